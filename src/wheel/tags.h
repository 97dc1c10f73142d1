/* tags.h -- platform compatibility tags (PEP 425, 513, 600, 656, 730, 738). */
#ifndef WF_WHEEL_TAGS_H
#define WF_WHEEL_TAGS_H

#include "base/arch.h"
#include "base/text.h"

enum wf_tag_family {
    WF_TAG_ANY,
    WF_TAG_LINUX,     /* linux_<arch>: nothing promised */
    WF_TAG_MANYLINUX, /* manylinux_X_Y_<arch> and the three old names */
    WF_TAG_MUSLLINUX,
    WF_TAG_ANDROID, /* android_<api>_<abi> */
    WF_TAG_MACOS,
    WF_TAG_WINDOWS, /* win32, win_amd64, win_arm64 */
    WF_TAG_IOS,
    WF_TAG_EMSCRIPTEN, /* emscripten, pyodide, pyemscripten */
    WF_TAG_OTHER,
};

/* wf_platform_tag is one platform tag, taken apart. */
struct wf_platform_tag {
    const char *text; /* "manylinux2014_x86_64" */
    enum wf_tag_family family;
    enum wf_arch arch;     /* WF_ARCH_UNKNOWN when the word is not known */
    const char *arch_word; /* as written: "x86_64", "arm64_v8a", or "" */
    unsigned major; /* manylinux and musllinux X; android's API level; macOS major */
    unsigned minor;
    const char *legacy; /* "manylinux2014" when written so, else NULL */
};

/* wf_platform_tag_parse never fails: what it does not know is WF_TAG_OTHER.  Strings are
 * borrowed from `text` or static. */
struct wf_platform_tag wf_platform_tag_parse(struct wf_arena *arena, const char *text);

/* wf_tag_family_os is "linux", "android", "macos", "windows", "ios", "emscripten", or NULL
 * for any and other. */
const char *wf_tag_family_os(enum wf_tag_family family);

/* wf_tag_family_libc_word is "glibc", "musl", "bionic", or NULL. */
const char *wf_tag_family_libc_word(enum wf_tag_family family);

/* wf_tags_split appends the parts of a compressed set ("a.b.c") to `set`, in lower case,
 * sorted, once each.  An empty part, one over 255 bytes or with anything but ASCII letters,
 * digits and '_' is WF_ERR_MALFORMED; more than 10,000 parts are WF_ERR_LIMIT. */
WF_MUST_USE bool wf_tags_split(struct wf_arena *arena, struct wf_strings *set,
                               struct wf_bytes compressed, struct wf_error *err);

/* wf_tags_expand appends every "python-abi-platform" triple of one compressed tag
 * ("cp311.cp312-abi3-linux_x86_64") to `set`.  *budget is how many triples may still be
 * made, repeated ones included: each is taken off, and more are WF_ERR_LIMIT
 * (WF_TAGS_BUDGET is plenty for one wheel, and bounds what a short line can ask for). */
enum { WF_TAGS_BUDGET = 10000 };
WF_MUST_USE bool wf_tags_expand(struct wf_arena *arena, struct wf_strings *set,
                                struct wf_bytes tag, size_t *budget,
                                struct wf_error *err);

#endif
