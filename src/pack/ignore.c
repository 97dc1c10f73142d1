/* ignore.c -- gitignore(5): lines of a file to patterns, and which of them decides. */
#include "pack/ignore.h"

#include <string.h>

#include "pack/glob.h"

struct rule {
    struct wf_glob glob;
    bool lets_in;     /* "!" */
    bool folder_only; /* "name/" */
    bool is_anchored; /* has a slash that is not its last: a path from the base on */
};

struct wf_ignore {
    const struct wf_ignore *parent;
    const char *base;
    size_t base_len;
    struct rule *rules;
    size_t num;
    size_t cap;
};

/* Spaces at the end count only behind a backslash. */
static struct wf_bytes
without_trailing_spaces(struct wf_bytes line)
{
    size_t end = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '\\' && i + 1 < line.len)
            end = ++i + 1;
        else if (line.data[i] != ' ')
            end = i + 1;
    }
    return wf_bytes_first(line, end);
}

static bool
take_first(struct wf_bytes *line, char c)
{
    if (line->len == 0 || line->data[0] != (uint8_t)c)
        return false;
    *line = wf_bytes_skip(*line, 1);
    return true;
}

static void
add_rule(struct wf_ignore *ignore, struct wf_arena *arena, struct wf_bytes line)
{
    struct rule rule = { 0 };

    if (line.len > 0 && line.data[0] == '#')
        return;
    line = without_trailing_spaces(line);
    rule.lets_in = take_first(&line, '!');
    if (line.len > 0 && line.data[line.len - 1] == '/') {
        rule.folder_only = true;
        line = wf_bytes_first(line, line.len - 1);
    }
    rule.is_anchored = line.len > 0 && memchr(line.data, '/', line.len) != NULL;
    if (wf_glob_parse(&rule.glob, arena, line, WF_GLOB_GITIGNORE) != NULL ||
        rule.glob.num_parts == 0)
        return;
    ignore->rules = wf_arena_grow(arena, ignore->rules, ignore->num, &ignore->cap,
                                  sizeof *ignore->rules);
    ignore->rules[ignore->num++] = rule;
}

struct wf_ignore *
wf_ignore_new(struct wf_arena *arena, const char *base, struct wf_bytes text,
              const struct wf_ignore *parent)
{
    struct wf_ignore *ignore = wf_arena_alloc(arena, sizeof *ignore);
    /* The patterns point into it, so it lives as long as they do. */
    struct wf_bytes rest =
        wf_bytes_of(memcpy(wf_arena_alloc(arena, text.len + 1),
                           text.len == 0 ? (const void *)"" : text.data, text.len),
                    text.len);
    struct wf_bytes line;

    ignore->parent = parent;
    ignore->base = wf_arena_strdup(arena, base);
    ignore->base_len = strlen(base);
    if (wf_bytes_starts_with(rest, "\xef\xbb\xbf"))
        rest = wf_bytes_skip(rest, 3);
    while (wf_bytes_line(&line, &rest))
        add_rule(ignore, arena, line);
    return ignore;
}

static bool
rule_matches(const struct rule *rule, struct wf_bytes path, struct wf_bytes name,
             bool is_folder)
{
    if (rule->folder_only && !is_folder)
        return false;
    if (rule->is_anchored)
        return wf_glob_matches(&rule->glob, path);
    return wf_glob_part_matches(&rule->glob, &rule->glob.parts[0], name);
}

/* The path as seen from the folder of the rules; NULL for a path outside it. */
static const char *
path_from_base(const struct wf_ignore *ignore, const char *path)
{
    if (ignore->base_len == 0)
        return path;
    if (strncmp(path, ignore->base, ignore->base_len) != 0 ||
        path[ignore->base_len] != '/')
        return NULL;
    return path + ignore->base_len + 1;
}

int
wf_ignore_match(const struct wf_ignore *ignore, const char *path, bool is_folder)
{
    const struct wf_bytes name = wf_bytes_str(wf_text_base_name(path));

    for (; ignore != NULL; ignore = ignore->parent) {
        const char *from_base = path_from_base(ignore, path);

        if (from_base == NULL)
            continue;
        for (size_t i = ignore->num; i-- > 0;) {
            if (rule_matches(&ignore->rules[i], wf_bytes_str(from_base), name, is_folder))
                return ignore->rules[i].lets_in ? -1 : 1;
        }
    }
    return 0;
}
