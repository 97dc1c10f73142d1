/* macos_tables.h -- policies/macos.json as macos_compile writes it.  Internal to this
 * folder. */
#ifndef WF_POLICY_MACOS_TABLES_H
#define WF_POLICY_MACOS_TABLES_H

#include "policy/macos.h"

/* Folders of the system, each with a slash at both ends. */
extern const char *const wf_macos_folders[];
extern const size_t wf_num_macos_folders;

/* The newest system whose tags have a minor number. */
extern const uint32_t wf_macos_last_with_minor;

/* Numbers that Apple left out: the system after the first is the second. */
extern const uint32_t wf_macos_gap_after;
extern const uint32_t wf_macos_gap_until;

extern const struct wf_macos_word wf_macos_words[];
extern const size_t wf_num_macos_words;

extern const struct wf_macos_dyld_rule wf_macos_dyld_rules[];
extern const size_t wf_num_macos_dyld_rules;

#endif
