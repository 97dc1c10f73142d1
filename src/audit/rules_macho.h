/* rules_macho.h -- the rules about single objects of macOS. */
#ifndef WF_AUDIT_RULES_MACHO_H
#define WF_AUDIT_RULES_MACHO_H

#include "audit/rule.h"

extern const struct wf_rule wf_rule_macho_above_target;
extern const struct wf_rule wf_rule_macho_build_path;
extern const struct wf_rule wf_rule_macho_header_room;
extern const struct wf_rule wf_rule_macho_minor_dropped;
extern const struct wf_rule wf_rule_macho_program;
extern const struct wf_rule wf_rule_macho_signature_invalid;
extern const struct wf_rule wf_rule_macho_unsigned;
extern const struct wf_rule wf_rule_macho_weak_missing;

/* The parts for macOS of rules that ELF has, too: rpath-outside-wheel, absolute-needed and
 * needs-libpython. */
void wf_macho_check_rpaths(const struct wf_rule *rule, struct wf_report *report);
void wf_macho_check_needed(const struct wf_rule *rule, struct wf_report *report);
void wf_macho_check_libpython(const struct wf_rule *rule, struct wf_report *report);

#endif
