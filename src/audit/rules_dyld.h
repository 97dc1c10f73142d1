/* rules_dyld.h -- the rules of dyld that slices break.  They have a row and no check. */
#ifndef WF_AUDIT_RULES_DYLD_H
#define WF_AUDIT_RULES_DYLD_H

#include "audit/rule.h"

extern const struct wf_rule wf_rules_dyld[];
extern const size_t wf_num_rules_dyld;

/* wf_rules_dyld_add turns what the reader found into findings: failures where the slice's own
 * SDK lets dyld refuse it, else notes. */
void wf_rules_dyld_add(struct wf_report *report);

#endif
