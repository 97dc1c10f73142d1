/* verdict_blockers.c -- why not a better policy: the needs of a platform in the order they
 * are printed, each with the newest policy that it forbids. */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

static int
compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return wf_text_compare_natural(a, b);
}

/* Newest policy first; what is equal here says the same. */
static int
compare_needs(const void *left, const void *right)
{
    const struct wf_blocker *a = left;
    const struct wf_blocker *b = right;

    if (a->needs != b->needs)
        return a->needs > b->needs ? -1 : 1;
    int order = compare_texts(a->object, b->object);

    if (order == 0 && a->reason != b->reason)
        order = a->reason < b->reason ? -1 : 1;
    if (order == 0)
        order = compare_texts(a->library, b->library);
    if (order == 0)
        order = compare_texts(a->version, b->version);
    if (order == 0)
        order = compare_texts(a->symbol, b->symbol);
    /* The strong one of two is kept. */
    return order != 0 ? order : (int)a->weak - (int)b->weak;
}

static bool
is_same(const struct wf_blocker *a, const struct wf_blocker *b)
{
    return a->reason == b->reason && compare_texts(a->object, b->object) == 0 &&
           compare_texts(a->library, b->library) == 0 &&
           compare_texts(a->version, b->version) == 0 &&
           compare_texts(a->symbol, b->symbol) == 0;
}

void
wf_verdict_blockers(struct wf_platform *platform, struct wf_judged *judged,
                    struct wf_report *report)
{
    const struct wf_policy *policy = NULL;
    const char *tag = NULL;
    size_t num = 0;

    if (judged->num_needs > 1)
        qsort(judged->needs, judged->num_needs, sizeof *judged->needs, compare_needs);
    for (size_t i = 0; i < judged->num_needs; i++) {
        struct wf_blocker *need = &judged->needs[i];
        const struct wf_policy *below = wf_ladder_below(&judged->ladder, need->needs);

        if (num > 0 && is_same(&judged->needs[num - 1], need))
            continue;
        if (below != policy) {
            policy = below;
            tag = wf_policies_full_name(&report->arena, policy->name, policy->family,
                                        judged->ladder.arch);
        }
        need->policy = policy->name;
        need->tag = tag;
        judged->needs[num++] = *need;
    }
    judged->num_needs = num;
    platform->blockers = judged->needs;
    platform->num_blockers = num;
}

const char *
wf_verdict_phrase(struct wf_arena *arena, const struct wf_blocker *need)
{
    const char *object = wf_verdict_macos_name(arena, need->object, need->slice);

    switch (need->reason) {
    case WF_REASON_VERSION:
        return wf_arena_printf(arena, "%s needs %s@%s of %s", need->object, need->symbol,
                               need->version, need->library);
    case WF_REASON_VERSION_MARKER:
        return wf_arena_printf(arena, "%s needs version %s of %s", need->object,
                               need->version, need->library);
    case WF_REASON_LIBRARY:
        return wf_arena_printf(
            arena, "%s needs %s, which neither the platform nor the wheel provides",
            object, need->library);
    case WF_REASON_SYMBOL:
        return wf_arena_printf(arena, "%s uses %s, which is private to %s", need->object,
                               need->symbol, need->library);
    case WF_REASON_ISA:
        return wf_arena_printf(arena, "%s runs on %s processors only", need->object,
                               need->version);
    case WF_REASON_UCS2:
        return wf_arena_printf(arena, "%s uses %s of narrow-unicode Python", need->object,
                               need->symbol);
    case WF_REASON_PYFPE:
        return wf_arena_printf(arena, "%s uses %s, which most Pythons lack", need->object,
                               need->symbol);
    case WF_REASON_MIN_OS:
        return wf_arena_printf(arena, "%s needs macOS %s", object, need->version);
    case WF_REASON_MISSING_ARCH:
        if (need->library != NULL)
            return wf_arena_printf(arena, "%s needs %s, which has no code for %s", object,
                                   need->library, need->version);
        return wf_arena_printf(arena, "%s has no code for %s", need->object,
                               need->version);
    case WF_REASON_ARCH:
        break;
    }
    return wf_arena_printf(arena, "%s is for a machine without a policy", need->object);
}
