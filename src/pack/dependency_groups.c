/* dependency_groups.c -- groups by name, and extras put into markers (see the header). */
#include "pack/dependency_groups.h"

#include <string.h>

#include "wheel/marker.h"
#include "wheel/pep508.h"
#include "wheel/wheel_name.h"

enum { MOST_DEPTH = 32, MOST_GROUPS = 1000, MOST_ENTRIES = 10000, MOST_TEXT = 1 << 16 };

struct gathering {
    struct wf_strings *out;
    struct wf_arena *arena;
    const struct wf_toml *groups;
    const struct wf_toml *open[MOST_DEPTH]; /* groups that are being read */
    size_t num_open;
    size_t num_read;
};

static const struct wf_toml *
find_group(const struct wf_toml *groups, const char *name)
{
    struct wf_arena scratch = { 0 };
    const char *wanted = wf_name_normalise(&scratch, name);
    const struct wf_toml *found =
        groups != NULL && groups->kind == WF_TOML_TABLE ? groups->first : NULL;

    while (found != NULL && strcmp(wf_name_normalise(&scratch, found->key), wanted) != 0)
        found = found->next;
    wf_arena_clear(&scratch);
    return found;
}

static bool
open_group(struct gathering *work, const struct wf_toml *group, struct wf_error *err)
{
    for (size_t i = 0; i < work->num_open; i++)
        if (work->open[i] == group)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "line %u: the dependency group \"%s\" includes itself",
                                group->line, group->key);
    if (group->kind != WF_TOML_ARRAY)
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "line %u, column %u: dependency-groups.%s is %s; an array was "
            "expected",
            group->line, group->column, group->key, wf_toml_kind_name(group->kind));
    if (work->num_open == MOST_DEPTH)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "dependency groups include each other more than %d deep",
                            MOST_DEPTH);
    work->open[work->num_open++] = group;
    return true;
}

static bool add_group(struct gathering *work, const char *name, struct wf_error *err);

static bool
add_entry(struct gathering *work, const struct wf_toml *entry, struct wf_error *err)
{
    const struct wf_toml *include = wf_toml_get(entry, "include-group");

    if (work->num_read++ == MOST_ENTRIES)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "the dependency groups come to more than %d entries",
                            MOST_ENTRIES);
    if (entry->kind == WF_TOML_STRING) {
        wf_strings_append(work->arena, work->out, entry->string);
        return true;
    }
    if (include != NULL && include->kind == WF_TOML_STRING && entry->num == 1)
        return add_group(work, include->string, err);
    return wf_error_set(
        err, WF_ERR_MALFORMED,
        "line %u, column %u: a requirement or { include-group = \"name\" } "
        "was expected in a dependency group",
        entry->line, entry->column);
}

static bool
add_group(struct gathering *work, const char *name, struct wf_error *err)
{
    const struct wf_toml *group = find_group(work->groups, name);

    if (group == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "[dependency-groups] has no group \"%.200s\"", name);
    if (!open_group(work, group, err))
        return false;
    for (const struct wf_toml *at = group->first; at != NULL; at = at->next)
        if (!add_entry(work, at, err))
            return false;
    work->num_open--;
    return true;
}

bool
wf_dependency_group_add(struct wf_strings *out, struct wf_arena *arena,
                        const struct wf_toml *groups, const char *name,
                        struct wf_error *err)
{
    struct gathering work = { .out = out, .arena = arena, .groups = groups };

    if (groups != NULL && groups->num > MOST_GROUPS)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "[dependency-groups] has %zu groups; %d are the most",
                            groups->num, MOST_GROUPS);
    return add_group(&work, name, err);
}

bool
wf_dependency_group_is(const struct wf_toml *groups, const char *name)
{
    return find_group(groups, name) != NULL;
}

/* What is left of a marker once extras are known. */
enum known { KNOWN_FALSE, KNOWN_TRUE, KNOWN_NOT };

static bool
has_extra(struct wf_arena *arena, const struct wf_strings *extras, const char *name)
{
    for (size_t i = 0; i < extras->num; i++)
        if (strcmp(wf_name_normalise(arena, extras->items[i]),
                   wf_name_normalise(arena, name)) == 0)
            return true;
    return false;
}

static bool
is_extra(const struct wf_marker_value *value)
{
    return value->is_variable && strcmp(value->text, "extra") == 0;
}

static enum known
settle_comparison(struct wf_arena *arena, const struct wf_marker *marker,
                  const struct wf_strings *extras)
{
    if (!is_extra(&marker->left) && !is_extra(&marker->right))
        return KNOWN_NOT;
    const char *name = is_extra(&marker->left) ? marker->right.text : marker->left.text;
    const bool has = has_extra(arena, extras, name);

    if (strcmp(marker->op, "==") == 0)
        return has ? KNOWN_TRUE : KNOWN_FALSE;
    return strcmp(marker->op, "!=") == 0 && !has ? KNOWN_TRUE : KNOWN_FALSE;
}

/* A copy of the marker without what is known; how deep markers nest is the parser's
 * business, which has a limit. */
static enum known
settle(struct wf_marker *out, struct wf_arena *arena, const struct wf_marker *marker,
       const struct wf_strings *extras)
{
    const enum known decides = marker->kind == WF_MARKER_AND ? KNOWN_FALSE : KNOWN_TRUE;
    struct wf_marker *last = NULL;
    size_t num = 0;

    *out = *marker;
    out->next = NULL;
    if (marker->kind == WF_MARKER_COMPARISON)
        return settle_comparison(arena, marker, extras);
    out->first = NULL;
    for (const struct wf_marker *at = marker->first; at != NULL; at = at->next) {
        struct wf_marker *part = wf_arena_alloc(arena, sizeof *part);
        const enum known known = settle(part, arena, at, extras);

        if (known == decides)
            return decides;
        if (known != KNOWN_NOT)
            continue;
        if (last == NULL)
            out->first = part;
        else
            last->next = part;
        last = part;
        num++;
    }
    if (num == 0)
        return decides == KNOWN_FALSE ? KNOWN_TRUE : KNOWN_FALSE;
    if (num == 1)
        *out = *last;
    return KNOWN_NOT;
}

bool
wf_requirement_for(const char **out, struct wf_arena *arena, const char *requirement,
                   const struct wf_strings *extras, struct wf_error *err)
{
    struct wf_requirement parsed;
    struct wf_marker left;
    struct wf_buffer text;

    if (!wf_requirement_parse(&parsed, arena, requirement, err))
        return false;
    if (parsed.marker != NULL) {
        const enum known known = settle(&left, arena, parsed.marker, extras);

        if (known == KNOWN_FALSE) {
            *out = NULL;
            return true;
        }
        parsed.marker = known == KNOWN_TRUE ? NULL : &left;
    }
    wf_buffer_init(&text, MOST_TEXT);
    wf_requirement_write(&text, &parsed, NULL);
    const bool ok = wf_buffer_ok(&text, "the requirement", err);

    *out = ok ? wf_arena_str(arena, wf_buffer_bytes(&text)) : NULL;
    wf_buffer_clear(&text);
    return ok;
}
