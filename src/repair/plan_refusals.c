/* plan_refusals.c -- the list of reasons why there is no repair. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"

const char *
wf_refusal_kind_name(enum wf_refusal_kind kind)
{
    static const char *const names[] = {
        [WF_REFUSE_NEED] = "need-not-granted",
        [WF_REFUSE_MISSING] = "library-not-found",
        [WF_REFUSE_NEVER] = "library-never-bundled",
        [WF_REFUSE_PYTHON] = "program-needs-libpython",
        [WF_REFUSE_TAG] = "tag-does-not-fit",
        [WF_REFUSE_OBJECT] = "object-not-judged",
        [WF_REFUSE_SEARCH] = "no-search-path",
        [WF_REFUSE_NAME] = "name-taken",
        [WF_REFUSE_ROOM] = "no-header-room",
        [WF_REFUSE_ARCH] = "architecture-missing",
        [WF_REFUSE_TARGET] = "deployment-target",
        [WF_REFUSE_SIGN] = "cannot-be-signed",
        [WF_REFUSE_PYTHON_FILE] = "python-file",
        [WF_REFUSE_FUSE] = "cannot-be-fused",
    };

    return names[kind];
}

void
wf_plan_refuse(struct wf_planning *planning, const struct wf_refusal *refusal)
{
    struct wf_plan *plan = planning->plan;

    plan->refusals = wf_arena_grow(planning->arena, plan->refusals, plan->num_refusals,
                                   &planning->cap_refusals, sizeof *plan->refusals);
    plan->refusals[plan->num_refusals++] = *refusal;
    plan->kind = WF_PLAN_REFUSED;
}

static int
compare_texts(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* By kind, so that one cure stands behind all that it helps; missing libraries by name. */
static int
compare_refusals(const void *left, const void *right)
{
    const struct wf_refusal *a = left;
    const struct wf_refusal *b = right;
    int order = (int)a->kind - (int)b->kind;

    if (order == 0)
        order = compare_texts(a->advice, b->advice);
    if (order == 0 && a->kind == WF_REFUSE_MISSING)
        order = compare_texts(a->library, b->library);
    if (order == 0)
        order = compare_texts(a->object, b->object);
    return order != 0 ? order : compare_texts(a->text, b->text);
}

void
wf_plan_sort_refusals(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    size_t num = 0;

    qsort(plan->refusals, plan->num_refusals, sizeof *plan->refusals, compare_refusals);
    for (size_t i = 0; i < plan->num_refusals; i++) {
        struct wf_refusal *refusal = &plan->refusals[i];
        const struct wf_refusal *last = num == 0 ? NULL : &plan->refusals[num - 1];

        if (last != NULL && compare_refusals(last, refusal) == 0)
            continue;
        if (last != NULL && last->kind == WF_REFUSE_MISSING &&
            compare_texts(last->library, refusal->library) == 0)
            refusal->edge = NULL;
        plan->refusals[num++] = *refusal;
    }
    plan->num_refusals = num;
}
