/* verdict_parts.h -- what the files of the verdict share; only verdict*.c include it. */
#ifndef WF_AUDIT_VERDICT_PARTS_H
#define WF_AUDIT_VERDICT_PARTS_H

#include "audit/verdict.h"

enum { WF_NUM_REASONS = WF_REASON_ARCH + 1 };

/* wf_ladder is the policies a verdict chooses from: those of one family that are official
 * and exist for one architecture, oldest first. */
struct wf_ladder {
    enum wf_policy_family family;
    enum wf_arch arch; /* as the policies name it: armv7l for ARMv6 code, too */
    const struct wf_policy **steps;
    size_t num;
};

/* wf_ladder_reach is the oldest step that permits what `rank` permits; wf_ladder_below the
 * newest step that does not.  NULL when there is none. */
const struct wf_policy *wf_ladder_reach(const struct wf_ladder *ladder, wf_rank rank);
const struct wf_policy *wf_ladder_below(const struct wf_ladder *ladder, wf_rank rank);

/* wf_ladder_rank is the rank of wf_ladder_reach, or WF_RANK_NEVER. */
wf_rank wf_ladder_rank(const struct wf_ladder *ladder, wf_rank rank);

/* wf_judged is a set of objects under the policies of one family: all that its oldest step
 * does not permit.  Ranks and blockers are derived from nothing else. */
struct wf_judged {
    struct wf_ladder ladder;
    const uint32_t *objects; /* indices into report->objects, ascending */
    size_t num_objects;
    struct wf_blocker *needs; /* `policy` and `tag` are filled in for a platform's own */
    size_t num_needs;
    size_t cap_needs;
    wf_rank ranks[WF_NUM_REASONS]; /* the highest need of each reason */
};

/* What the verdict knows about one object, beside report->objects. */
struct wf_verdict_object {
    uint32_t platform; /* index, or WF_NO_PLATFORM */
    bool counted;      /* decides about symbols that are forbidden, and ISA */
    /* macOS: Python itself loads it: an extension, or a library that nothing in the wheel
     * needs; in a wheel without any of these its programs.  Windows: a hard root: a .pyd, and
     * what --analyze-existing names. */
    bool is_module;
    bool weighs; /* a module, or loaded by one: its minimum system counts */
};

enum { WF_NO_PLATFORM = INT32_MAX };

/* What tags ask for. */
struct wf_wanted {
    uint32_t archs; /* 1 << enum wf_arch of the Linux and Android tags; 0: any */
    /* The same of the macOS tags; 0 also when no module of the wheel has any of them. */
    uint32_t macos_archs;
    uint32_t windows_archs; /* and of the Windows tags */
    bool linux_or_android;  /* some tag is of these systems */
    bool macos;
    bool windows;
    bool glibc;
    bool musl;
    bool android;
};

/* What is known about one architecture of macOS, by Apple's word: verdict_macos_archs.c. */
struct wf_macos_arch_facts {
    const struct wf_object *lacking; /* the first module without it, or NULL */
    const struct wf_object *newest;  /* what sets the minimum of its platform, or NULL */
    uint32_t claimed;                /* the oldest version its tags claim; 0 without */
};

enum { WF_MACOS_ARCHS = 5 };

struct wf_verdict_state {
    const struct wf_audit_options *options;
    struct wf_wanted named;  /* by the file name alone */
    struct wf_wanted wanted; /* and by --plat where it is silent */
    struct wf_verdict_object *objects;
    struct wf_judged *judged; /* of each platform; ladder.num is 0 without a family */
    bool has_macos_code;      /* judged or not */
    struct wf_macos_arch_facts macos[WF_MACOS_ARCHS];
};

/* verdict_group.c: sorts the objects into platforms, decides each one's libc, and says why
 * an object is not judged. */
void wf_verdict_group(struct wf_report *report, struct wf_verdict_state *state);
void wf_verdict_ladder(struct wf_ladder *out, struct wf_report *report,
                       const struct wf_policies *policies, enum wf_policy_family family,
                       enum wf_arch arch);
bool wf_verdict_family_of(enum wf_policy_family *out, enum wf_libc libc);

/* verdict_strangers.c: a file for another system than those of the tags is cargo, as long as
 * there is code for one of them.  _why_left_out says why an object is not judged, or NULL;
 * `system_wanted` is by wf_verdict_system_index. */
enum { WF_VERDICT_SYSTEMS = 3 }; /* Linux and Android, macOS, Windows */
size_t wf_verdict_system_index(enum wf_format format);
bool wf_verdict_system_is_wanted(const struct wf_report *report,
                                 const struct wf_wanted *wanted, enum wf_format format);
const char *wf_verdict_why_left_out(struct wf_report *report,
                                    const struct wf_object *object,
                                    const struct wf_wanted *wanted,
                                    const bool *system_wanted);

/* verdict_roots.c: resolves what every judged object needs. */
WF_MUST_USE bool wf_verdict_resolve(struct wf_report *report,
                                    struct wf_verdict_state *state, struct wf_error *err);

/* verdict_needs.c: fills `needs` and `ranks` of a set whose ladder and objects are set. */
void wf_verdict_needs(struct wf_judged *judged, struct wf_report *report,
                      const struct wf_verdict_state *state);

/* wf_edges is the edges of one node, sorted by name. */
struct wf_edges {
    const struct wf_edge **items;
    size_t num;
};

/* verdict_roots.c: the index of the member object whose `resolved` a library of the wheel
 * is, or num_objects. */
size_t wf_verdict_member_index(const struct wf_report *report,
                               const struct wf_object *object);

struct wf_edges wf_verdict_edges(struct wf_arena *arena, const struct wf_node *node);

/* wf_edges_in_wheel says whether the library called `name` resolves inside the wheel. */
bool wf_edges_in_wheel(const struct wf_edges *edges, const char *name);

/* verdict_musl.c: the release of the libc in a sysroot. */
bool wf_musl_in_sysroot(unsigned *major, unsigned *minor, const char *sysroot,
                        enum wf_arch arch);

/* verdict_external.c: externals, and the forecast of a repair. */
void wf_verdict_externals(struct wf_platform *platform, const struct wf_judged *judged,
                          struct wf_report *report, const struct wf_verdict_state *state,
                          wf_rank base);

/* verdict_blockers.c: the needs of a platform as sorted blockers. */
void wf_verdict_blockers(struct wf_platform *platform, struct wf_judged *judged,
                         struct wf_report *report);

/* verdict_macos_archs.c: fills what is known before anything is resolved; the facts of an
 * architecture that has a platform. */
void wf_verdict_macos_note_archs(const struct wf_report *report,
                                 struct wf_verdict_state *state);
struct wf_macos_arch_facts *wf_verdict_macos_arch(struct wf_report *report,
                                                  enum wf_arch arch);

/* verdict_macos.c: the verdict on the platforms of macOS, and their tags together. */
void wf_verdict_macos(struct wf_report *report, struct wf_verdict_state *state);

/* The judged platform of macOS for an architecture, by Apple's word, or NULL. */
struct wf_platform *wf_verdict_macos_platform(struct wf_report *report, const char *arch);
bool wf_verdict_macos_is_first(const struct wf_report *report,
                               const struct wf_platform *platform);

/* "a.so" or, of a universal file, "a.so (arm64)". */
const char *wf_verdict_macos_name(struct wf_arena *arena, const char *path,
                                  const char *slice);

/* verdict_macos_needs.c: externals of a platform, and the forecast of a repair. */
void wf_verdict_macos_needs(struct wf_platform *platform, const struct wf_judged *judged,
                            struct wf_report *report);

/* Whether a dylib command leads out of the wheel, or nowhere. */
bool wf_verdict_macos_is_outward(const struct wf_edge *edge);

/* verdict_macos_blockers.c: why the tags of a platform are not better. */
void wf_verdict_macos_blockers(struct wf_platform *platform,
                               const struct wf_judged *judged, struct wf_report *report,
                               const struct wf_verdict_state *state);

/* verdict_macos_claims.c: one tag of macOS: 1, 0, or -1. */
int wf_verdict_macos_claim(const char **why, struct wf_report *report,
                           const struct wf_platform_tag *tag);

/* --plat macosx_…, with or without an architecture, as wf_verdict_plat. */
int wf_verdict_macos_plat(struct wf_report *report, const char *tag,
                          struct wf_error *err);

/* verdict_windows.c: the verdict on the platforms of Windows. */
void wf_verdict_windows(struct wf_report *report, struct wf_verdict_state *state);

/* Marks the hard roots, before anything is resolved. */
void wf_verdict_windows_mark(struct wf_report *report, struct wf_verdict_state *state);

/* Whether an object is a .pyd; whether it is a program outside of the packages. */
bool wf_verdict_windows_is_pyd(const struct wf_object *object);
bool wf_verdict_windows_is_script(const struct wf_member_object *member);

/* verdict_windows_needs.c: externals, forecast and blockers of a platform. */
void wf_verdict_windows_needs(struct wf_platform *platform,
                              const struct wf_judged *judged, struct wf_report *report,
                              struct wf_verdict_state *state);

/* verdict_windows_claims.c: one tag of Windows, as wf_verdict_macos_claim; and --plat. */
int wf_verdict_windows_claim(const char **why, struct wf_report *report,
                             const struct wf_platform_tag *tag);
int wf_verdict_windows_plat(struct wf_report *report, const struct wf_platform_tag *tag,
                            struct wf_error *err);

/* verdict_claims.c: any tag: 1, 0, or -1 with the reason. */
int wf_verdict_claim(const char **why, struct wf_report *report,
                     const struct wf_platform_tag *tag);

/* verdict_auditwheel.c: versions by library, and what bars the way to better policies. */
void wf_verdict_versions(struct wf_platform *platform, const struct wf_judged *judged,
                         struct wf_report *report);
void wf_verdict_upgrades(struct wf_platform *platform, const struct wf_judged *judged,
                         struct wf_report *report, wf_rank base);

#endif
