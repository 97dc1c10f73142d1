/* rules_elf.h -- the rules about single objects. */
#ifndef WF_AUDIT_RULES_ELF_H
#define WF_AUDIT_RULES_ELF_H

#include "audit/rule.h"

extern const struct wf_rule wf_rule_absolute_needed;
extern const struct wf_rule wf_rule_exec_stack;
extern const struct wf_rule wf_rule_found_outside_search_path;
extern const struct wf_rule wf_rule_isa_level;
extern const struct wf_rule wf_rule_needs_libpython;
extern const struct wf_rule wf_rule_not_judged;
extern const struct wf_rule wf_rule_object_unreadable;
extern const struct wf_rule wf_rule_rpath_outside_wheel;
extern const struct wf_rule wf_rule_section_view_differs;
extern const struct wf_rule wf_rule_text_relocations;
extern const struct wf_rule wf_rule_unknown_arch;

/* wf_rule_climbs_out says whether `path`, relative to the folder of the installed file,
 * climbs above site-packages. */
bool wf_rule_climbs_out(const char *installed, const char *path);

#endif
