/* apply.h -- carries plans out: patch, digest and deflate in the pool, write, read again,
 * judge again, and only then give the file its name. */
#ifndef WF_REPAIR_APPLY_H
#define WF_REPAIR_APPLY_H

#include "repair/plan.h"

/* wf_repaired says what became of one wheel. */
struct wf_repaired {
    const char *path; /* of the result */
    uint64_t size;    /* bytes */
    char sha256[WF_SHA256_HEX + 1];
};

/* wf_repairer holds what repairs of one run share: the pool, and grafted libraries that are
 * patched, hashed and deflated once.  `folder` is where results go; it exists. */
struct wf_repairer;

struct wf_repairer *wf_repairer_new(const struct wf_repair_options *options,
                                    struct wf_pool *pool, const char *folder);
void wf_repairer_free(struct wf_repairer *repairer);

/* wf_repairer_apply writes the wheel of a plan that is not refused.  On failure nothing is
 * left of it: WF_ERR_IO, WF_ERR_MALFORMED (the input's data is damaged), WF_ERR_REFUSED (an
 * object has no place for an edit; or the result does not reach the tags it would claim).
 * *out lives as long as the plan. */
WF_MUST_USE bool wf_repairer_apply(struct wf_repaired *out, struct wf_repairer *repairer,
                                   struct wf_plan *plan, struct wf_error *err);

/* wf_repairer_finish makes the results' names durable; called once, after the last. */
WF_MUST_USE bool wf_repairer_finish(struct wf_repairer *repairer, struct wf_error *err);

#endif
