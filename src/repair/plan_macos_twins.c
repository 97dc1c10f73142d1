/* plan_macos_twins.c -- libraries with the same bytes come in once.  Not when their names
 * lead to different libraries: "@loader_path/libbar.dylib" in two folders. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_macos_parts.h"

/* Each round joins what needs libraries that the last one joined: as deep as chains of such
 * libraries may be to be seen as the same. */
enum { MOST_ROUNDS = 64 };

/* Where the needs of one graft lead: equal lists of equal bytes are one library. */
struct twin {
    struct wf_plan_graft *graft;
    uintptr_t *leads;
    size_t num;
};

static uintptr_t
lead_of(const struct wf_plan *plan, const struct wf_use *use)
{
    if (use->kind == WF_USE_INSIDE)
        return (uintptr_t)use->edge->library;
    if (use->kind != WF_USE_GRAFT)
        return 0;
    const struct wf_plan_graft *graft = &plan->grafts[use->graft];

    return (uintptr_t)(graft->same_as != NULL ? graft->same_as : graft);
}

static void
follow_all(struct twin *twins, const struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < planning->plan->num_grafts; i++)
        twins[i].num = 0;
    for (size_t i = grafting->num_members; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];
        struct twin *twin = &twins[user->graft];

        for (size_t k = 0; k < user->num_uses; k++)
            twin->leads[twin->num++] = lead_of(planning->plan, &user->uses[k]);
    }
}

static int
compare_twins(const void *left, const void *right)
{
    const struct twin *a = *(const struct twin *const *)left;
    const struct twin *b = *(const struct twin *const *)right;
    int order = memcmp(a->graft->sha256, b->graft->sha256, WF_SHA256_LEN);

    if (order == 0)
        order = (a->num > b->num) - (a->num < b->num);
    for (size_t i = 0; order == 0 && i < a->num; i++)
        order = (a->leads[i] > b->leads[i]) - (a->leads[i] < b->leads[i]);
    return order;
}

/* Of twins the first that was met stands for all. */
static int
compare_places(const void *left, const void *right)
{
    const struct twin *a = *(const struct twin *const *)left;
    const struct twin *b = *(const struct twin *const *)right;
    const int order = compare_twins(left, right);

    return order != 0 ? order : (a->graft > b->graft) - (a->graft < b->graft);
}

static bool
join_round(struct twin **sorted, size_t num)
{
    bool changed = false;
    size_t first = 0;

    qsort(sorted, num, sizeof(struct twin *), compare_places);
    for (size_t i = 1; i < num; i++) {
        if (compare_twins(&sorted[first], &sorted[i]) != 0) {
            first = i;
            continue;
        }
        changed |= sorted[i]->graft->same_as == NULL;
        sorted[i]->graft->same_as = sorted[first]->graft;
    }
    return changed;
}

void
wf_mac_join_twins(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    const struct wf_grafting *grafting = planning->grafting;
    struct wf_arena scratch = { 0 };
    struct twin *twins = wf_arena_array(&scratch, plan->num_grafts, sizeof *twins);
    struct twin **sorted =
        wf_arena_array(&scratch, plan->num_grafts, sizeof(struct twin *));

    for (size_t i = grafting->num_members; i < grafting->num_users; i++)
        twins[grafting->users[i].graft].num += grafting->users[i].num_uses;
    for (size_t i = 0; i < plan->num_grafts; i++) {
        twins[i].graft = &plan->grafts[i];
        twins[i].leads = wf_arena_array(&scratch, twins[i].num, sizeof *twins[i].leads);
        sorted[i] = &twins[i];
    }
    for (size_t i = 0; i < MOST_ROUNDS; i++) {
        follow_all(twins, planning);
        if (!join_round(sorted, plan->num_grafts))
            break;
    }
    wf_arena_clear(&scratch);
}
