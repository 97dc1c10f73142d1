/* verdict_auditwheel.c -- the parts of auditwheel's JSON that a verdict of ours does not
 * need itself: versions by library, and what bars the way to each better policy
 * (auditwheel.md 1.2). */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

/* A library with a version needed from it, or a symbol it guards. */
struct pair {
    const char *library;
    const char *item;
};

struct pairs {
    struct pair *items;
    size_t num;
    size_t cap;
};

static void
add_pair(struct pairs *pairs, struct wf_arena *arena, const char *library,
         const char *item)
{
    pairs->items =
        wf_arena_grow(arena, pairs->items, pairs->num, &pairs->cap, sizeof *pairs->items);
    pairs->items[pairs->num++] = (struct pair){ library, item };
}

static int
compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    const int order = strcmp(a->library, b->library);

    return order != 0 ? order : strcmp(a->item, b->item);
}

/* Sorts the pairs and gathers them by library, each item once. */
static struct wf_library_versions *
by_library(size_t *out_num, struct pairs *pairs, struct wf_arena *arena)
{
    struct wf_library_versions *list = wf_arena_array(arena, pairs->num, sizeof *list);
    size_t num = 0;

    if (pairs->num > 1)
        qsort(pairs->items, pairs->num, sizeof *pairs->items, compare_pairs);
    for (size_t i = 0; i < pairs->num; i++) {
        const struct pair *pair = &pairs->items[i];

        if (i > 0 && compare_pairs(pair, pair - 1) == 0)
            continue;
        if (num == 0 || strcmp(list[num - 1].library, pair->library) != 0)
            list[num++].library = pair->library;
        wf_strings_append(arena, &list[num - 1].versions, pair->item);
    }
    *out_num = num;
    return list;
}

/* Every object counts here, also those that another one needs, and so do versions of
 * libraries inside the wheel: this is what auditwheel prints, not what we judge by. */
void
wf_verdict_versions(struct wf_platform *platform, const struct wf_judged *judged,
                    struct wf_report *report)
{
    struct pairs pairs = { 0 };

    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_object *object = &report->objects[judged->objects[i]].object;

        for (size_t k = 0; k < object->num_version_needs; k++)
            if (!wf_is_loader(object->version_needs[k].library))
                add_pair(&pairs, &report->arena, object->version_needs[k].library,
                         object->version_needs[k].version);
    }
    platform->versions = by_library(&platform->num_versions, &pairs, &report->arena);
}

static void
fill_upgrade(struct wf_upgrade *upgrade, const struct wf_platform *platform,
             const struct wf_judged *judged, struct wf_report *report, wf_rank rank)
{
    struct pairs pairs = { 0 };

    /* What only libraries outside the wheel need depends on the host: auditwheel prints
     * it, we leave it to the forecast. */
    for (size_t i = 0; i < platform->num_externals; i++)
        if (platform->externals[i].direct && platform->externals[i].allowed_from > rank)
            wf_strings_append(&report->arena, &upgrade->libraries,
                              platform->externals[i].name);
    for (size_t i = 0; i < judged->num_needs; i++) {
        const struct wf_blocker *need = &judged->needs[i];

        /* The highest needs stand first. */
        if (need->needs <= rank)
            break;
        if (need->reason == WF_REASON_SYMBOL)
            add_pair(&pairs, &report->arena, need->library, need->symbol);
    }
    upgrade->forbidden = by_library(&upgrade->num_forbidden, &pairs, &report->arena);
}

void
wf_verdict_upgrades(struct wf_platform *platform, const struct wf_judged *judged,
                    struct wf_report *report, wf_rank base)
{
    const struct wf_ladder *ladder = &judged->ladder;

    platform->upgrades =
        wf_arena_array(&report->arena, ladder->num, sizeof *platform->upgrades);
    for (size_t i = ladder->num; i-- > 0;) {
        const struct wf_policy *policy = ladder->steps[i];
        struct wf_upgrade *upgrade = &platform->upgrades[platform->num_upgrades];

        if (policy->rank >= platform->verdict || policy->rank < base)
            continue;
        fill_upgrade(upgrade, platform, judged, report, policy->rank);
        if (upgrade->libraries.num == 0 && upgrade->num_forbidden == 0)
            continue;
        upgrade->policy = wf_policies_full_name(&report->arena, policy->name,
                                                policy->family, ladder->arch);
        platform->num_upgrades++;
    }
}
