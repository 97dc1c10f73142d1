/* rules_wheel.h -- the rules about the wheel as a whole: tags, WHEEL, RECORD, archive. */
#ifndef WF_AUDIT_RULES_WHEEL_H
#define WF_AUDIT_RULES_WHEEL_H

#include "audit/rule.h"

extern const struct wf_rule wf_rule_any_native;
extern const struct wf_rule wf_rule_exclude_unmatched;
extern const struct wf_rule wf_rule_libc_unknown;
extern const struct wf_rule wf_rule_platform_tag_pure;
extern const struct wf_rule wf_rule_pt_mixed_libc;
extern const struct wf_rule wf_rule_purelib_with_native;
extern const struct wf_rule wf_rule_rc_complete;
extern const struct wf_rule wf_rule_rc_hash_match;
extern const struct wf_rule wf_rule_rc_no_extra;
extern const struct wf_rule wf_rule_rc_size_match;
extern const struct wf_rule wf_rule_tag_not_met;
extern const struct wf_rule wf_rule_tags_differ;

#endif
