/* fuse.h -- two wheels of different architectures become one (delocate-macho.md 3.7). */
#ifndef WF_REPAIR_FUSE_H
#define WF_REPAIR_FUSE_H

#include "repair/plan.h"

/* wf_fuse_plan plans the wheel that holds what the wheels of both reports (not failed, read
 * with check_hashes) hold: members with the same bytes once, Mach-O files and static
 * libraries of both as universal files, the rest from whichever has it.  It promises no
 * older system than its slices run on, nor than the two wheels did.  What cannot be fused
 * (other names or versions, members that differ and are no binaries, one architecture on both
 * sides, a module that lacks one) is a plan of kind WF_PLAN_REFUSED with every reason.
 *
 * `first` is the wheel given first, which matters only to options->allow_differing: without
 * that both orders give the same plan, whose `report` is of the wheel whose name comes first
 * by bytes, and `other` of the other one.  Both reports outlive the plan; wf_plan_free ends
 * it. */
WF_MUST_USE bool wf_fuse_plan(struct wf_plan **out, struct wf_report *first,
                              struct wf_report *second,
                              const struct wf_repair_options *options,
                              struct wf_error *err);

#endif
