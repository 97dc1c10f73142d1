/* macos.h -- what macOS provides and how its platform tags work: policies/macos.json, turned
 * into tables by the build (macos_compile).  Versions are packed as load commands have
 * them: major << 16 | minor << 8 | patch. */
#ifndef WF_POLICY_MACOS_H
#define WF_POLICY_MACOS_H

#include "base/arch.h"
#include "base/text.h"

/* wf_macos_provides says whether the system has the library of this install name or path:
 * by folders with their boundaries ("/usr/lib/", not "/usr/libexec"), never by what a host
 * has.  /System/Volumes/Data is not the system's.  /usr/local/lib is not, either. */
bool wf_macos_provides(const char *install_name);

/* wf_macos_word is one architecture word of a tag: "universal2" needs both of its
 * architectures in every module. */
struct wf_macos_word {
    const char *word;         /* "universal2" */
    const char *const *archs; /* Apple's words: "x86_64", "arm64" */
    size_t num_archs;
    uint32_t oldest; /* the first system of the word: 11.0 of arm64, else 10.x */
    bool is_written; /* repair may write it; others are only understood */
};

/* wf_macos_word_find is NULL for a word nobody knows. */
const struct wf_macos_word *wf_macos_word_find(const char *word);

/* wf_macos_tag_fault says why no machine accepts a tag ("macosx_11_7_arm64": from 11 on the
 * minor number is 0), or NULL when some do. */
const char *wf_macos_tag_fault(struct wf_arena *arena, unsigned major, unsigned minor,
                               const char *word);

/* wf_macos_tag is the tag of a minimum system: minor 0 from 11 on, not below the word's
 * oldest system. */
const char *wf_macos_tag(struct wf_arena *arena, uint32_t min_os, const char *word);

/* wf_macos_dyld_rule is a check of dyld that begins with an SDK. */
struct wf_macos_dyld_rule {
    const char *rule;     /* "macho-duplicate-rpath" */
    uint32_t sdk_library; /* refused from this SDK on; 0: always, UINT32_MAX: never */
    uint32_t sdk_program; /* the same for executables */
    const char *why;      /* one phrase for people */
};

/* wf_macos_dyld_rule_find is NULL for a rule without a row. */
const struct wf_macos_dyld_rule *wf_macos_dyld_rule_find(const char *rule);

#endif
