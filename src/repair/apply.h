/* apply.h -- carries plans out: patch, digest and deflate in the pool, write, read again,
 * judge again, and only then give the file its name. */
#ifndef WF_REPAIR_APPLY_H
#define WF_REPAIR_APPLY_H

#include "base/pool.h"
#include "repair/plan.h"

/* wf_repaired says what became of one wheel. */
struct wf_repaired {
    void *ticket;     /* as given to wf_repairer_apply */
    const char *path; /* of the result */
    bool ok;
    struct wf_error err; /* when not ok: `where` starts with the path of the source */
};

/* wf_repairer holds what repairs of one run share: the pool, and new members that several
 * wheels have in common. */
struct wf_repairer;

/* wf_repairer_sink is told of every wheel in the order of wf_repairer_apply, when its file
 * has its name or is known never to get it. */
typedef void wf_repairer_sink(void *context, const struct wf_repaired *repaired);

struct wf_repairer *wf_repairer_new(const struct wf_repair_options *options,
                                    struct wf_pool *pool, wf_repairer_sink *done,
                                    void *context);

/* wf_repairer_apply writes the wheel of a plan that is not refused into `folder` (which
 * exists).  The file is made durable beside the next wheel's work and named after that, so
 * `done` may be called for it later; neither the plan nor its report are needed then.  On
 * failure nothing is left of it: WF_ERR_IO, WF_ERR_MALFORMED (the input's data is damaged),
 * WF_ERR_REFUSED (an object has no place for an edit; the result does not reach the tags it
 * would claim). */
void wf_repairer_apply(struct wf_repairer *repairer, const struct wf_plan *plan,
                       const char *folder, void *ticket);

/* wf_repairer_rehearse makes what wf_repairer_apply would write, as far as making it can fail:
 * false with the error that the repair would end with. */
WF_MUST_USE bool wf_repairer_rehearse(struct wf_repairer *repairer,
                                      const struct wf_plan *plan, struct wf_error *err);

/* wf_repairer_settle gives the file that waits its name now, so that `done` was called for
 * every wheel before the answer about one that is not written. */
void wf_repairer_settle(struct wf_repairer *repairer);

/* wf_repairer_finish names what is left, makes the names durable, and ends the repairer. */
WF_MUST_USE bool wf_repairer_finish(struct wf_repairer *repairer, struct wf_error *err);

#endif
