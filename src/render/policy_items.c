/* policy_items.c -- lists of what one policy permits. */
#include "render/policy_items.h"

#include <stdlib.h>
#include <string.h>

/* A walk over a set that keeps what a policy permits, or forbids. */
struct gather {
    struct wf_arena *arena;
    const struct wf_policy *policy;
    const char *library; /* of forbidden symbols */
    struct wf_strings found;
};

static void
add_permitted(void *context, const char *library, const char *name, wf_rank rank)
{
    struct gather *g = context;

    (void)library;
    if (rank <= g->policy->rank)
        wf_strings_append(g->arena, &g->found, name);
}

static int
compare_versions(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return wf_text_compare_natural(*x, *y);
}

struct wf_strings
wf_policy_items_versions(struct wf_arena *arena, const struct wf_policies *set,
                         const struct wf_policy *policy, enum wf_arch arch)
{
    struct gather g = { .arena = arena, .policy = policy };

    wf_policies_visit_versions(set, policy->family, arch, add_permitted, &g);
    if (g.found.num > 1)
        qsort(g.found.items, g.found.num, sizeof *g.found.items, compare_versions);
    return g.found;
}

struct wf_strings
wf_policy_items_libraries(struct wf_arena *arena, const struct wf_policies *set,
                          const struct wf_policy *policy)
{
    struct gather g = { .arena = arena, .policy = policy };

    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        if (wf_policy_has_arch(policy, (enum wf_arch)a)) {
            wf_policies_visit_libraries(set, policy->family, (enum wf_arch)a,
                                        add_permitted, &g);
            break;
        }
    return g.found;
}

static void
add_forbidden(void *context, const char *library, const char *name, wf_rank rank)
{
    struct gather *g = context;

    if (rank <= g->policy->rank)
        return;
    if (g->library == NULL) {
        if (g->found.num == 0 || strcmp(g->found.items[g->found.num - 1], library) != 0)
            wf_strings_append(g->arena, &g->found, library);
    } else if (strcmp(g->library, library) == 0) {
        wf_strings_append(g->arena, &g->found, name);
    }
}

struct wf_strings
wf_policy_items_forbidden(struct wf_arena *arena, const struct wf_policies *set,
                          const struct wf_policy *policy, const char *library)
{
    struct gather g = { .arena = arena, .policy = policy, .library = library };

    wf_policies_visit_symbols(set, policy->family, add_forbidden, &g);
    return g.found;
}

/* Versions in natural order keep those of one prefix together. */
struct wf_strings
wf_policy_items_prefixes(struct wf_arena *arena, const struct wf_strings *versions)
{
    struct wf_strings prefixes = { 0 };
    size_t len = 0;

    for (size_t i = 0; i < versions->num; i++) {
        const char *version = versions->items[i];

        if (i > 0 && strncmp(version, versions->items[i - 1], len) == 0 &&
            version[len] == '_')
            continue;
        len = strcspn(version, "_");
        wf_strings_add(arena, &prefixes, wf_arena_str(arena, wf_bytes_of(version, len)));
    }
    return prefixes;
}

const char *
wf_policy_items_suffix(const char *version, const char *prefix)
{
    const size_t len = strlen(prefix);

    return strncmp(version, prefix, len) == 0 && version[len] == '_' ? version + len + 1
                                                                     : NULL;
}

const char *
wf_policy_items_highest(const struct wf_strings *versions, const char *prefix)
{
    const char *highest = NULL;

    for (size_t i = 0; i < versions->num; i++) {
        const char *suffix = wf_policy_items_suffix(versions->items[i], prefix);

        if (suffix != NULL && suffix[0] >= '0' && suffix[0] <= '9')
            highest = suffix; /* they come in the order of their numbers */
    }
    return highest;
}
