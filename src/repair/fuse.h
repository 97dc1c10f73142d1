/* fuse.h -- two wheels of different architectures become one (delocate-macho.md 3.7). */
#ifndef WF_REPAIR_FUSE_H
#define WF_REPAIR_FUSE_H

#include "repair/plan.h"

/* wf_fuse_plan plans the wheel that holds what both reports' wheels hold: members with the
 * same bytes once, Mach-O files of both as universal files, the rest from whichever has it.
 * Tags are what the slices of both allow.  What cannot be fused (other names or versions,
 * members that differ and are no binaries, one architecture on both sides) is a plan of kind
 * WF_PLAN_REFUSED with every reason.  Both reports outlive the plan. */
WF_MUST_USE bool wf_fuse_plan(struct wf_plan **out, struct wf_report *a,
                              struct wf_report *b,
                              const struct wf_repair_options *options,
                              struct wf_error *err);

#endif
