/* policy.h -- what each platform tag promises: which symbol versions, libraries and symbols
 * an object may rely on.  Data in policies/ (JSON), compiled into the program. */
#ifndef WF_POLICY_POLICY_H
#define WF_POLICY_POLICY_H

#include "base/arch.h"
#include "base/arena.h"
#include "base/limits.h"

enum wf_policy_family {
    WF_POLICY_MANYLINUX,
    WF_POLICY_MUSLLINUX,
    WF_POLICY_ANDROID,
    WF_POLICY_FAMILIES,
};

/* A rank orders the policies of one family: 1 promises least (oldest, most compatible),
 * higher is newer.  What a policy permits, every higher rank of its family permits too;
 * so one byte per (name, family, architecture) is the whole table. */
typedef uint8_t wf_rank;
enum {
    WF_RANK_NEVER = 255, /* no policy permits it */
    WF_RANK_ALWAYS = 0,  /* the policies say nothing about its kind: permitted */
};

/* wf_policy is one platform tag without its architecture. */
struct wf_policy {
    const char *name; /* "manylinux_2_17" */
    enum wf_policy_family family;
    wf_rank rank;
    unsigned major;             /* 2 */
    unsigned minor;             /* 17; Android: major is the API level, minor 0 */
    unsigned priority;          /* auditwheel's number, for those who know it */
    bool provisional;           /* shown, and reached by an explicit --plat only */
    const char *const *aliases; /* "manylinux2014" */
    size_t num_aliases;
    const char *const *systems; /* first systems that satisfy it: "Debian 12" */
    size_t num_systems;
    const char *const *images; /* where to build for it: "manylinux2014" */
    size_t num_images;
    uint32_t arch_mask; /* 1 << enum wf_arch: where it exists */
};

/* wf_policies is a whole set: the built-in one, or that one changed by --policy-file. */
struct wf_policies;

/* wf_policies_builtin lives as long as the program; nothing is parsed at start. */
const struct wf_policies *wf_policies_builtin(void);

/* wf_policies_load builds `base` (NULL: nothing) with the policies of one JSON file
 * (schema: wheelfix-policy(5)) added or, under the same name, replaced.  The result lives
 * in `arena` and borrows from `base`.  A replaced policy promises what the file says; the
 * newer ones go on promising what it promised before.
 * Refused with the JSON path of what is wrong: schema faults, sets that are not
 * monotonic (naming policy, architecture, family of versions and the missing item). */
WF_MUST_USE bool wf_policies_load(const struct wf_policies **out, struct wf_arena *arena,
                                  const struct wf_policies *base, struct wf_bytes json,
                                  struct wf_error *err);

/* wf_policies_list is the policies of a family, rank ascending (oldest first); *num of
 * them.  Borrowed from the set. */
const struct wf_policy *wf_policies_list(const struct wf_policies *set,
                                         enum wf_policy_family family, size_t *num);

bool wf_policy_has_arch(const struct wf_policy *policy, enum wf_arch arch);

/* wf_policies_find is the policy called `name` without architecture ("manylinux2014",
 * "manylinux_2_17"), or NULL.  wf_policies_at is the one of a rank. */
const struct wf_policy *wf_policies_find(const struct wf_policies *set, const char *name);
const struct wf_policy *wf_policies_at(const struct wf_policies *set,
                                       enum wf_policy_family family, wf_rank rank);

/* wf_policies_not_above is the newest policy of a family that exists for `arch` and whose
 * number is not above major.minor (PEP 600: any number is a tag), provisional ones
 * included, or NULL. */
const struct wf_policy *wf_policies_not_above(const struct wf_policies *set,
                                              enum wf_policy_family family,
                                              enum wf_arch arch, unsigned major,
                                              unsigned minor);

/* The lowest rank that permits something, WF_RANK_ALWAYS or WF_RANK_NEVER.
 * A version name is judged by its prefix (before the first '_'): a prefix the policies do
 * not list ("OPENSSL") is always permitted, GLIBC_PRIVATE never.  musl and Android have
 * no version tables: always.  A library the platform does not provide is never permitted.
 * Symbols are forbidden library by library ("uncompress2" of libz.so.1), as auditwheel's
 * blacklists: ALWAYS when never forbidden. */
wf_rank wf_policies_version_rank(const struct wf_policies *set,
                                 enum wf_policy_family family, enum wf_arch arch,
                                 const char *version);
wf_rank wf_policies_library_rank(const struct wf_policies *set,
                                 enum wf_policy_family family, enum wf_arch arch,
                                 const char *library);
wf_rank wf_policies_symbol_rank(const struct wf_policies *set,
                                enum wf_policy_family family, const char *library,
                                const char *symbol);

/* wf_policies_forbids_in says whether any symbol of `library` is forbidden by any policy
 * of the family: asked once per needed library before asking symbol by symbol. */
bool wf_policies_forbids_in(const struct wf_policies *set, enum wf_policy_family family,
                            const char *library);

/* Whether a library that no policy grants may come into a wheel. */
enum wf_bundling {
    WF_BUNDLE_ORDINARY,
    WF_BUNDLE_HOST,  /* the host's drivers bring it: left out unless asked for by name */
    WF_BUNDLE_NEVER, /* a part of the system's libc: two of them in a process break it */
};

/* wf_policies_bundling is about a needed name, of any architecture; *why (may be NULL) is
 * the reason, one phrase, or NULL for ordinary ones. */
enum wf_bundling wf_policies_bundling(const char *library, const char **why);

/* wf_policies_full_name is "manylinux_2_17_x86_64" (Android spells aarch64 arm64_v8a);
 * arena-owned.  `name` may be an alias. */
const char *wf_policies_full_name(struct wf_arena *arena, const char *name,
                                  enum wf_policy_family family, enum wf_arch arch);

/* wf_policies_image is the newest container image that builds nothing above `rank`: pypa's
 * with the architecture ("manylinux_2_28_x86_64"), a system's own as it is ("debian:11"); or
 * NULL. */
const char *wf_policies_image(struct wf_arena *arena, const struct wf_policies *set,
                              enum wf_policy_family family, enum wf_arch arch,
                              wf_rank rank);

/* Walking a set, for `wheelfix policies` and tests: every version, library and forbidden
 * symbol with its rank, in byte order of the names. */
typedef void wf_policy_visit_fn(void *context, const char *library_or_null,
                                const char *name, wf_rank rank);
void wf_policies_visit_versions(const struct wf_policies *set,
                                enum wf_policy_family family, enum wf_arch arch,
                                wf_policy_visit_fn *visit, void *context);
void wf_policies_visit_libraries(const struct wf_policies *set,
                                 enum wf_policy_family family, enum wf_arch arch,
                                 wf_policy_visit_fn *visit, void *context);
void wf_policies_visit_symbols(const struct wf_policies *set,
                               enum wf_policy_family family, wf_policy_visit_fn *visit,
                               void *context);

const char *wf_policy_family_name(enum wf_policy_family family); /* "manylinux" */

/* wf_policy_name_parse reads "manylinux_2_17", "musllinux_1_2" or "android_21"; false
 * when `name` has not the form of any family. */
bool wf_policy_name_parse(const char *name, enum wf_policy_family *family,
                          unsigned *major, unsigned *minor);

/* wf_policies_suggest is the known tag (with an architecture when `tag` has one) nearest
 * to a mistyped one, or NULL.  Arena-owned. */
const char *wf_policies_suggest(const struct wf_policies *set, struct wf_arena *arena,
                                const char *tag);

#endif
