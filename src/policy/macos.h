/* macos.h -- what macOS provides and how its platform tags work: policies/macos.json, turned
 * into tables by the build (macos_compile).  Versions are packed as load commands have
 * them: major << 16 | minor << 8 | patch. */
#ifndef WF_POLICY_MACOS_H
#define WF_POLICY_MACOS_H

#include "base/arch.h"
#include "base/text.h"

/* wf_macos_provides says whether the system has the library of this install name or path:
 * by folders with their boundaries ("/usr/lib/", not "/usr/libexec"), never by what a host
 * has.  /System/Volumes/Data is not the system's.  /usr/local/lib is not, either, and a path
 * that climbs ("/usr/lib/../x") is nobody's. */
bool wf_macos_provides(const char *install_name);

/* wf_macos_word is one architecture word of a tag: "universal2" needs both of its
 * architectures in every module. */
struct wf_macos_word {
    const char *word;         /* "universal2" */
    const char *const *archs; /* Apple's words: "x86_64", "arm64" */
    size_t num_archs;
    uint32_t oldest; /* the first system of the word: 11.0 of arm64, else 10.x */
    uint32_t newest; /* the last one, or 0: ppc ended with 10.6 */
    bool is_written; /* repair may write it; others are only understood */
};

/* wf_macos_word_find is NULL for a word nobody knows. */
const struct wf_macos_word *wf_macos_word_find(const char *word);

/* wf_macos_word_has says whether the word promises the architecture. */
bool wf_macos_word_has(const struct wf_macos_word *word, const char *arch);

/* wf_macos_oldest is the first system of an architecture: an arm64 slice needs 11.0, even
 * when it says 10.9.  0 for one nobody knows. */
uint32_t wf_macos_oldest(const char *arch);

/* wf_macos_tag_fault says why no machine accepts a tag ("macosx_11_7_arm64": from 11 on the
 * minor number is 0), or NULL when some do, or when the word is not known. */
const char *wf_macos_tag_fault(struct wf_arena *arena, unsigned major, unsigned minor,
                               const char *word);

/* wf_macos_tag is the tag of a minimum system: minor 0 from 11 on, not below the word's
 * oldest system. */
const char *wf_macos_tag(struct wf_arena *arena, uint32_t min_os, const char *word);

/* wf_macos_tag_before is the newest tag that a minimum system rules out, or NULL when it is
 * the oldest one of the word. */
const char *wf_macos_tag_before(struct wf_arena *arena, uint32_t min_os,
                                const char *word);

/* wf_macos_arch is one architecture of a wheel and the oldest system it runs on; 0 when
 * nothing says. */
struct wf_macos_arch {
    const char *arch; /* "x86_64", "arm64" or "i386" */
    uint32_t min_os;
};

/* wf_macos_pack appends the tags of all `archs` (each once) together: x86_64 and arm64 in one
 * as universal2, i386 and x86_64 in one as intel, where that loses no machine.  Each minimum
 * is first raised to `target` (0: none).  The order of `archs` does not matter. */
void wf_macos_pack(struct wf_arena *arena, struct wf_strings *out,
                   const struct wf_macos_arch *archs, size_t num, uint32_t target);

/* wf_macos_rounded is the version that the tag of a minimum system has. */
uint32_t wf_macos_rounded(uint32_t min_os);

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
