/* core_values.c -- values of [project] with their place, and paths they name. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack/core_parts.h"
#include "pack/paths.h"

bool
wf_core_refuse(struct wf_error *err, const struct wf_toml *value, const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list values;

    va_start(values, fmt);
    (void)vsnprintf(text, sizeof text, fmt, values);
    va_end(values);
    return wf_error_set(err, WF_ERR_MALFORMED, "line %u, column %u: %s", value->line,
                        value->column, text);
}

bool
wf_core_is_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7F)
            return false;
    }
    return wf_utf8_is_valid(wf_bytes_str(text));
}

bool
wf_core_line(const char **out, const struct wf_toml *value, const char *path,
             struct wf_error *err)
{
    const char *text = NULL;

    if (!wf_toml_want_string(&text, value, path, err))
        return false;
    if (text == NULL)
        return true;
    if (!wf_core_is_line(text))
        return wf_core_refuse(
            err, value,
            "%s has a line break or another control character; it must be one line",
            path);
    *out = text;
    return true;
}

bool
wf_core_lines(struct wf_strings *out, struct wf_arena *arena, const struct wf_toml *value,
              const char *path, struct wf_error *err)
{
    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_ARRAY)
        return wf_core_refuse(err, value, "%s is %s; an array of strings was expected",
                              path, wf_toml_kind_name(value->kind));
    for (const struct wf_toml *item = value->first; item != NULL; item = item->next) {
        const char *text = NULL;

        if (!wf_core_line(&text, item, path, err))
            return false;
        wf_strings_append(arena, out, text);
    }
    return true;
}

static int
by_key(const void *a, const void *b)
{
    const struct wf_toml *const *left = a;
    const struct wf_toml *const *right = b;

    return strcmp((*left)->key, (*right)->key);
}

bool
wf_core_sorted(const struct wf_toml ***out, struct wf_arena *arena,
               const struct wf_toml *value, const char *path, struct wf_error *err)
{
    const struct wf_toml *table = NULL;
    size_t num = 0;

    if (!wf_toml_want_table(&table, value, path, err))
        return false;
    const struct wf_toml *first = table == NULL ? NULL : table->first;

    for (const struct wf_toml *item = first; item != NULL; item = item->next) {
        if (!wf_core_is_line(item->key))
            return wf_core_refuse(err, item, "a key of %s has a control character", path);
        num++;
    }
    const struct wf_toml **items = wf_arena_array(arena, num + 1, sizeof(void *));

    num = 0;
    for (const struct wf_toml *item = first; item != NULL; item = item->next)
        items[num++] = item;
    if (num > 1)
        qsort(items, num, sizeof(void *), by_key);
    *out = items;
    return true;
}

const char *
wf_core_join(struct wf_arena *arena, const struct wf_strings *texts, const char *joint)
{
    struct wf_buffer out;

    if (texts->num == 0)
        return NULL;
    wf_buffer_init(&out, SIZE_MAX);
    for (size_t i = 0; i < texts->num; i++) {
        wf_buffer_add_str(&out, i == 0 ? "" : joint);
        wf_buffer_add_str(&out, texts->items[i]);
    }
    const char *joined = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return joined;
}

const char *
wf_core_summary(struct wf_arena *arena, const char *text)
{
    static const char blanks[] = " \t\r\n\v\f";
    char *out = wf_arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;

    for (const char *at = text; *at != '\0';) {
        at += strspn(at, blanks);
        size_t line_len = strcspn(at, "\r\n");

        const char *next = at + line_len;

        while (line_len > 0 && strchr(blanks, at[line_len - 1]) != NULL)
            line_len--;
        if (len > 0 && line_len > 0)
            out[len++] = ' ';
        memcpy(out + len, at, line_len);
        len += line_len;
        at = next;
    }
    return out;
}

const char *
wf_core_place(struct wf_arena *arena, const char *root, const char *folder,
              const char *written)
{
    if (*written == '\0' || *written == '/' || strchr(written, '\\') != NULL ||
        !wf_core_is_line(written))
        return NULL;
    const char *path = wf_path_join(arena, folder, written);
    const char *below = root == NULL ? path : wf_path_below(path, root);

    return below == NULL || *below == '\0' ? NULL : path;
}

const char *
wf_core_allowed(const struct wf_core *core)
{
    const char *workspace = core->graph->workspace_root;
    const char *root = core->project->root;

    return workspace != NULL && wf_path_below(root, workspace) != NULL ? workspace : root;
}
