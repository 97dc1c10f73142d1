/* verdict.h -- from facts and policies to ranks, tags, blockers and claims
 * (auditwheel.md §3.9; differences in docs/differences.md). */
#ifndef WF_AUDIT_VERDICT_H
#define WF_AUDIT_VERDICT_H

#include "audit/audit.h"

/* wf_verdict_platforms groups the objects by system, architecture and libc, resolves them
 * and fills report->platforms.  wf_verdict_claims judges every tag of the file name.
 * wf_verdict_plat answers --plat: 1, 0, or -1 with `err` set when the tag does not fit the
 * wheel at all. */
WF_MUST_USE bool wf_verdict_platforms(struct wf_report *report,
                                      const struct wf_audit_options *options,
                                      struct wf_error *err);
void wf_verdict_claims(struct wf_report *report, const struct wf_audit_options *options);
int wf_verdict_plat(struct wf_report *report, const struct wf_audit_options *options,
                    const char *tag, struct wf_error *err);

#endif
