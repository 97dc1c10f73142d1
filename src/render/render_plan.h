/* render_plan.h -- plans and what became of them, as text or JSON. */
#ifndef WF_RENDER_RENDER_PLAN_H
#define WF_RENDER_RENDER_PLAN_H

#include "render/render.h"
#include "repair/plan.h"

/* wf_render_plan_text appends what a repair does, or would do, to one wheel: what comes in
 * from where, what changes in which object, what goes.  `folder` is where the result goes.
 * wf_render_refusals appends every reason of a refused plan, with what would help. */
void wf_render_plan_text(struct wf_buffer *out, const struct wf_plan *plan,
                         const char *folder, const struct wf_text_style *style);
void wf_render_refusals(struct wf_buffer *out, const struct wf_plan *plan,
                        const struct wf_text_style *style);

/* wf_render_plan_json writes the keys of one wheel object of wheelfix.plan/1 and
 * wheelfix.repair/1 (wheelfix-json(5)) into an object the caller began and ends. */
void wf_render_plan_json(struct wf_json_writer *w, const struct wf_plan *plan);

#endif
