/* refusals.h -- why a wheel misses the platform tag that was asked for, told to those who
 * have wheelpack's options and not those of `wheelfix repair`. */
#ifndef WF_PACK_REFUSALS_H
#define WF_PACK_REFUSALS_H

#include "pack/triple.h"
#include "repair/plan.h"

/* What there is to suggest; each may be NULL. */
struct wf_way_out {
    const char *image; /* where older libraries are: "manylinux2014_x86_64" */
    const char *fits;  /* a tag that holds for the wheel: "manylinux_2_34" */
};

/* wf_refusals_text is every reason in one line: symbols by object, library and version, the
 * newest first, what is alike once, and behind them what would help, each advice once.  It
 * fits into an error: where there are too many reasons, the rest is a number. */
const char *wf_refusals_text(struct wf_arena *arena, const struct wf_refusal *refusals,
                             size_t num, const struct wf_way_out *way_out);

/* wf_refusals_way_out looks for it: an image for the tag that was asked for, and a tag that
 * holds; `tag` without architecture, or NULL when none was asked for. */
struct wf_way_out wf_refusals_way_out(struct wf_arena *arena,
                                      const struct wf_report *report, const char *tag);

/* wf_refusals_libc is what to say when the code of the wheel is for another C library than
 * `tag` ("musllinux_1_2"): which object needs what, and what would help.  NULL when it is
 * not, or nothing tells. */
const char *wf_refusals_libc(struct wf_arena *arena, const struct wf_report *report,
                             const char *tag, const struct wf_triple *triple);

#endif
