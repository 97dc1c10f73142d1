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
    };
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

bool
wf_exclusion_of_need(struct wf_exclusion *exclusion, struct wf_edge *edge,
                     struct wf_name *need, bool is_dylib)
{
    int *memo = is_dylib ? &need->exclude_dylib : &need->exclude;

    return exclude(exclusion, edge, first_match(exclusion, memo, need->text, is_dylib)) ||
           is_excluded_name(exclusion, edge);
}

bool
wf_exclusion_of_library(struct wf_exclusion *exclusion, struct wf_edge *edge,
                        struct wf_loaded *loaded)
{
    const bool is_dylib = loaded->library.object->format == WF_FORMAT_MACHO;

    return exclude(
        exclusion, edge,
        first_match(exclusion, &loaded->exclude, loaded->library.real_path, is_dylib));
}
