/* exclusion.c -- --exclude (see exclusion.h). */
#include "resolve/exclusion.h"

#include <stdlib.h>
#include <string.h>

void
wf_exclusion_init(struct wf_exclusion *exclusion, struct wf_arena *arena,
                  const struct wf_search *search)
{
    *exclusion = (struct wf_exclusion){
        .search = search,
        .used = wf_arena_array(arena, search->excludes.num, sizeof(bool)),
        .lower = wf_arena_array(arena, search->excludes.num, sizeof(const char *)),
    };
    for (size_t i = 0; i < search->excludes.num; i++)
        exclusion->lower[i] = wf_text_lower(arena, search->excludes.items[i]);
}

static bool
matches(const char *pattern, const char *text, bool is_dylib)
{
    if (!is_dylib)
        return wf_text_glob(pattern, text);
    if (strpbrk(pattern, "*?[") == NULL)
        return strstr(text, pattern) != NULL;
    return wf_text_glob(pattern, text) || wf_text_glob(pattern, wf_text_base_name(text));
}

/* The index + 1 of the first pattern that matches, or -1; remembered in *memo. */
static int
first_match(const struct wf_exclusion *exclusion, int *memo, const char *text,
            bool is_dylib)
{
    const struct wf_strings *patterns = &exclusion->search->excludes;

    if (*memo != 0)
        return *memo;
    *memo = -1;
    for (size_t i = 0; i < patterns->num && *memo < 0; i++)
        if (matches(patterns->items[i], text, is_dylib))
            *memo = (int)i + 1;
    return *memo;
}

static bool
exclude(struct wf_exclusion *exclusion, struct wf_edge *edge, int match)
{
    if (match < 0)
        return false;
    const size_t idx = (size_t)match - 1;

    exclusion->used[idx] = true;
    edge->by = WF_FOUND_EXCLUDED;
    edge->why = exclusion->search->excludes.items[idx];
    return true;
}

static int
compare_names(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool
is_excluded_name(const struct wf_exclusion *exclusion, struct wf_edge *edge)
{
    const struct wf_strings *names = &exclusion->search->exclude_names;

    if (names->num == 0 || bsearch(edge->name, names->items, names->num,
                                   sizeof *names->items, compare_names) == NULL)
        return false;
    edge->by = WF_FOUND_EXCLUDED;
    edge->why = edge->name;
    return true;
}

/* Behind the folder or drive that a few names have: a list of DLLs cannot hold those. */
static const char *
base_of_dll(const char *name)
{
    for (const char *end; (end = strpbrk(name, "/\\:")) != NULL;)
        name = end + 1;
    return name;
}

/* first_match for a DLL, whose key and the patterns are in lower case. */
static int
first_match_of_dll(const struct wf_exclusion *exclusion, struct wf_name *need)
{
    if (need->exclude_dll != 0)
        return need->exclude_dll;
    need->exclude_dll = -1;
    for (size_t i = 0; i < exclusion->search->excludes.num && need->exclude_dll < 0; i++)
        if (wf_text_glob(exclusion->lower[i], base_of_dll(need->text)))
            need->exclude_dll = (int)i + 1;
    return need->exclude_dll;
}

bool
wf_exclusion_of_need(struct wf_exclusion *exclusion, struct wf_edge *edge,
                     struct wf_name *need, enum wf_format format)
{
    const bool is_dylib = format == WF_FORMAT_MACHO;
    int *memo = is_dylib ? &need->exclude_dylib : &need->exclude;
    const int match = format == WF_FORMAT_PE
                          ? first_match_of_dll(exclusion, need)
                          : first_match(exclusion, memo, need->text, is_dylib);

    return exclude(exclusion, edge, match) || is_excluded_name(exclusion, edge);
}

bool
wf_exclusion_of_library(struct wf_exclusion *exclusion, struct wf_edge *edge,
                        struct wf_loaded *loaded)
{
    const bool is_dylib = loaded->library.object->format == WF_FORMAT_MACHO;

    if (loaded->library.object->format == WF_FORMAT_PE)
        return false;
    return exclude(
        exclusion, edge,
        first_match(exclusion, &loaded->exclude, loaded->library.real_path, is_dylib));
}
