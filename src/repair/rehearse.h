/* rehearse.h -- makes every change of a plan and writes nothing: what a dry run says that a
 * plan alone cannot know, since room for a change is known by making it. */
#ifndef WF_REPAIR_REHEARSE_H
#define WF_REPAIR_REHEARSE_H

#include "base/pool.h"
#include "repair/plan.h"

/* wf_rehearse is false where wf_repairer_apply would fail at a changed, bundled or fused
 * member, with the same error; of several the first in the order of the new wheel. */
WF_MUST_USE bool wf_rehearse(const struct wf_plan *plan,
                             const struct wf_repair_options *options,
                             struct wf_pool *pool, struct wf_error *err);

#endif
