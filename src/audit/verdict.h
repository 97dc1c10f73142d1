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

/* wf_policy_arch is the architecture whose policies judge code for `arch`: armv7l for ARMv6
 * code, too. */
enum wf_arch wf_policy_arch(enum wf_arch arch);

/* wf_verdict_linux_tag is "linux_x86_64". */
const char *wf_verdict_linux_tag(struct wf_arena *arena, enum wf_arch arch);

/* wf_musl_introduced is the musl release that introduced `symbol` ("1.2.2"), or NULL for
 * one that musl 1.1 may have. */
const char *wf_musl_introduced(const char *symbol);

/* wf_verdict_glibc_above says that a version ("GLIBC_2.26") is above the number of a
 * manylinux tag, which then cannot be met, policy or not. */
bool wf_verdict_glibc_above(const char *version, const struct wf_platform_tag *tag);

/* wf_verdict_phrase is a need as one phrase: "a.so needs memcpy@GLIBC_2.14 of libc.so.6". */
const char *wf_verdict_phrase(struct wf_arena *arena, const struct wf_blocker *need);

/* wf_verdict_members is the objects that a platform of the report was judged by: indices
 * into report->objects, ascending, *num of them.  wf_verdict_is_root says whether one is
 * loaded by itself: an extension, or nothing in the wheel needs it. */
const uint32_t *wf_verdict_members(const struct wf_report *report, size_t platform,
                                   size_t *num);
bool wf_verdict_is_root(const struct wf_report *report, uint32_t object);

/* macOS: wf_verdict_weighs says whether Python loads the object, by itself or through
 * another one, so that its minimum system decides; the helper programs of a wheel do not
 * weigh.  wf_verdict_end_of_file is the index behind the last slice of the file that begins
 * at `first`: the slices of a file stand together. */
bool wf_verdict_weighs(const struct wf_report *report, uint32_t object);
size_t wf_verdict_end_of_file(const struct wf_report *report, size_t first);

/* wf_verdict_macos_word is Apple's word for an architecture ("arm64"), or NULL for one that
 * no Python of macOS was built for.  wf_verdict_macos_min_os is the oldest system an object
 * runs on, not below the first one of its architecture; 0 when it does not say. */
const char *wf_verdict_macos_word(enum wf_arch arch);
uint32_t wf_verdict_macos_min_os(const struct wf_object *object);

/* wf_verdict_macos_claimed is the oldest version that the tags of the file name claim for an
 * architecture; 0 without. */
uint32_t wf_verdict_macos_claimed(const struct wf_report *report, const char *arch);

/* wf_verdict_macos_lacks is the first module without code for an architecture, or NULL when
 * all have it. */
const struct wf_object *wf_verdict_macos_lacks(const struct wf_report *report,
                                               const char *arch);

/* Windows: wf_verdict_windows_search says in `search` who has which DLL, for a wheel of that
 * name or (NULL) a file alone.  wf_verdict_windows_tag is "win_amd64", _machine "amd64"; NULL
 * for machines without Python.  _fits says whether a process for a machine may load an
 * object.  wf_verdict_is_hard says whether an object is a hard root: a missing DLL or a wrong
 * machine there cannot be repaired.  Others that nobody loads are soft roots. */
void wf_verdict_windows_search(struct wf_search *search, struct wf_arena *arena,
                               enum wf_windows_release release,
                               const struct wf_wheel_name *name);
const char *wf_verdict_windows_tag(enum wf_arch arch);
const char *wf_verdict_windows_machine(enum wf_arch arch);
bool wf_verdict_windows_fits(const struct wf_object *object, enum wf_arch arch);
bool wf_verdict_is_hard(const struct wf_report *report, uint32_t object);

#endif
