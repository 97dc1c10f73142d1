/* rehearse.c -- the changes of a plan, made for nothing (see rehearse.h). */
#include "repair/rehearse.h"

#include <string.h>

#include "repair/produce.h"

/* Copies of one library are changed alike. */
static bool
is_changed(const struct wf_plan_member *member)
{
    if (member->source == WF_FROM_GRAFT)
        return strcmp(member->name, member->graft->path) == 0;
    return member->source == WF_FROM_EDIT || member->source == WF_FROM_FUSE;
}

static void
list_changes(struct wf_producer *producer, const struct wf_plan *plan)
{
    producer->products =
        wf_arena_array(producer->arena, plan->num_members, sizeof *producer->products);
    for (size_t i = 0; i < plan->num_members; i++)
        if (is_changed(&plan->members[i]))
            producer->products[producer->num_products++].member = &plan->members[i];
}

bool
wf_rehearse(const struct wf_plan *plan, const struct wf_repair_options *options,
            struct wf_pool *pool, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_producer producer = {
        .pool = pool,
        .arena = &arena,
        .options = options,
        .zip = &plan->report->wheel->zip,
        .is_rehearsal = true,
    };
    bool ok = true;

    if (plan->kind == WF_PLAN_REPAIR)
        list_changes(&producer, plan);
    for (size_t i = 0; ok && i < producer.num_products; i++) {
        const struct wf_product *product = wf_producer_get(&producer, i);

        ok = product->err.kind == WF_ERR_NONE;
        if (!ok)
            *err = product->err;
        wf_producer_release(&producer, i);
    }
    wf_producer_end(&producer);
    wf_arena_clear(&arena);
    return ok || wf_error_prefix(err, "%s", plan->report->path);
}
