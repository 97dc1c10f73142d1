/* entry_points.c -- entry_points.txt ("Entry points specification", PyPA): an INI file
 * whose lines are read as importlib.metadata reads them, blanks around each cut away. */
#include <stdlib.h>
#include <string.h>

#include "wheel/metadata.h"

enum { MAX_ENTRY_POINTS = 100000 };

/* Groups whose names become files when the wheel is installed. */
static bool
is_script_group(const char *group)
{
    return strcmp(group, "console_scripts") == 0 || strcmp(group, "gui_scripts") == 0;
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct wf_bytes
trim(struct wf_bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = wf_bytes_skip(text, 1);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text = wf_bytes_first(text, text.len - 1);
    return text;
}

static bool
check_line(struct wf_bytes line, unsigned num, struct wf_error *err)
{
    for (size_t i = 0; i < line.len; i++) {
        if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "line %u has the control byte 0x%02x", num, line.data[i]);
    }
    if (!wf_utf8_is_valid(line))
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u is not UTF-8", num);
    return true;
}

static bool
read_group(const char **group, struct wf_arena *arena, struct wf_bytes line, unsigned num,
           struct wf_error *err)
{
    if (line.len < 3 || line.data[line.len - 1] != ']')
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u is no group \"[name]\"", num);
    *group = wf_arena_str(arena, wf_bytes_first(wf_bytes_skip(line, 1), line.len - 2));
    return true;
}

static bool
check_name(const struct wf_entry_point *point, struct wf_error *err)
{
    if (point->name[0] == '\0' || point->target[0] == '\0')
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u has no %s", point->line,
                            point->name[0] == '\0' ? "name" : "target");
    if (is_script_group(point->group) &&
        (strpbrk(point->name, "/\\:") != NULL || strstr(point->name, "..") != NULL))
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u: script name \"%s\" is no plain file name",
                            point->line, point->name);
    return true;
}

static bool
read_point(struct wf_entry_points *points, struct wf_arena *arena, const char *group,
           struct wf_bytes line, unsigned num, struct wf_error *err)
{
    const uint8_t *sign = memchr(line.data, '=', line.len);

    if (sign == NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u has no '='; entry points are \"name = module:attr\"",
                            num);
    if (points->num == MAX_ENTRY_POINTS)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "line %u is one entry point more than the limit of %d", num,
                            MAX_ENTRY_POINTS);
    const size_t at = (size_t)(sign - line.data);
    struct wf_bytes target = wf_bytes_skip(line, at + 1);
    const uint8_t *extras = target.len == 0 ? NULL : memchr(target.data, '[', target.len);

    if (extras != NULL)
        target = wf_bytes_first(target, (size_t)(extras - target.data));
    const struct wf_entry_point point = {
        .group = group,
        .name = wf_arena_str(arena, trim(wf_bytes_first(line, at))),
        .target = wf_arena_str(arena, trim(target)),
        .line = num,
    };

    if (!check_name(&point, err))
        return false;
    points->items = wf_arena_grow(arena, points->items, points->num, &points->cap,
                                  sizeof *points->items);
    points->items[points->num++] = point;
    return true;
}

static int
compare_points(const void *a, const void *b)
{
    const struct wf_entry_point *left = *(const struct wf_entry_point *const *)a;
    const struct wf_entry_point *right = *(const struct wf_entry_point *const *)b;
    int order = strcmp(left->group, right->group);

    if (order == 0)
        order = strcmp(left->name, right->name);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool
refuse_duplicates(const struct wf_entry_points *points, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    const struct wf_entry_point **sorted =
        wf_arena_array(&scratch, points->num, sizeof *sorted);
    bool ok = true;

    for (size_t i = 0; i < points->num; i++)
        sorted[i] = &points->items[i];
    if (points->num > 1)
        qsort(sorted, points->num, sizeof *sorted, compare_points);
    for (size_t i = 1; ok && i < points->num; i++) {
        if (strcmp(sorted[i - 1]->group, sorted[i]->group) == 0 &&
            strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            ok = wf_error_set(err, WF_ERR_MALFORMED,
                              "line %u: \"%s\" stands twice in [%s], first on line %u",
                              sorted[i]->line, sorted[i]->name, sorted[i]->group,
                              sorted[i - 1]->line);
    }
    wf_arena_clear(&scratch);
    return ok;
}

bool
wf_entry_points_parse(struct wf_entry_points *out, struct wf_arena *arena,
                      struct wf_bytes text, struct wf_error *err)
{
    struct wf_entry_points points = { 0 };
    const char *group = NULL;
    struct wf_bytes rest = text;
    struct wf_bytes line = { 0 };

    for (unsigned num = 1; wf_bytes_line(&line, &rest); num++) {
        if (!check_line(line, num, err))
            return false;
        line = trim(line);
        if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';')
            continue;
        if (line.data[0] == '[') {
            if (!read_group(&group, arena, line, num, err))
                return false;
            continue;
        }
        if (group == NULL)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "line %u stands before the first group", num);
        if (!read_point(&points, arena, group, line, num, err))
            return false;
    }
    if (!refuse_duplicates(&points, err))
        return false;
    *out = points;
    return true;
}
