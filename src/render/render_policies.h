/* render_policies.h -- what the platforms promise, as text or JSON (`wheelfix policies`). */
#ifndef WF_RENDER_RENDER_POLICIES_H
#define WF_RENDER_RENDER_POLICIES_H

#include "policy/policy.h"
#include "render/render.h"

/* wf_policies_view is what is shown: all of a set or one policy, for all architectures
 * (WF_ARCH_UNKNOWN) or one. */
struct wf_policies_view {
    const struct wf_policies *set;
    const struct wf_policy *policy; /* NULL: all */
    enum wf_arch arch;
};

/* wf_render_policies_text appends a list of the tags, family by family, or the one policy
 * in full. */
void wf_render_policies_text(struct wf_buffer *out, const struct wf_policies_view *view,
                             const struct wf_text_style *style);

/* wf_render_policies_json writes an array of policy objects of schema
 * wheelfix.policies/1 (wheelfix-json(5)). */
void wf_render_policies_json(struct wf_json_writer *w,
                             const struct wf_policies_view *view);

#endif
