/* rules_pe.h -- the rules about single files of Windows.  What the reader of PE finds has a
 * row and no check. */
#ifndef WF_AUDIT_RULES_PE_H
#define WF_AUDIT_RULES_PE_H

#include "audit/rule.h"

extern const struct wf_rule wf_rules_pe[];
extern const size_t wf_num_rules_pe;

/* wf_rules_pe_add turns what the reader found into findings. */
void wf_rules_pe_add(struct wf_report *report);

extern const struct wf_rule wf_rule_pe_debug_runtime;
extern const struct wf_rule wf_rule_pe_dll_left_out;
extern const struct wf_rule wf_rule_pe_dll_missing;
extern const struct wf_rule wf_rule_pe_machine;
extern const struct wf_rule wf_rule_pe_old_runtime;
extern const struct wf_rule wf_rule_pe_python_dll;

#endif
