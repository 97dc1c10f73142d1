/* report.h -- what an audit says about one wheel: plain data for the renderers. */
#ifndef WF_AUDIT_REPORT_H
#define WF_AUDIT_REPORT_H

#include "base/text.h"
#include "object/object.h"
#include "policy/policy.h"
#include "resolve/resolve.h"
#include "wheel/wheel.h"

enum wf_severity { WF_NOTE, WF_WARNING, WF_FAILURE };
const char *wf_severity_name(enum wf_severity severity); /* "note" */

/* wf_finding is a fact about the wheel that a rule reports. */
struct wf_finding {
    const char *rule; /* stable slug: "tag-not-met" */
    enum wf_severity severity;
    const char *where;   /* member path, "RECORD:7", or "" for the wheel itself */
    const char *message; /* one sentence, no full stop */
};

/* Why a policy is not met; wf_reason_name gives the stable word for JSON. */
enum wf_reason {
    WF_REASON_VERSION,        /* "symbol-version": an imported symbol's version */
    WF_REASON_VERSION_MARKER, /* "version-marker": a needed version no symbol uses */
    WF_REASON_LIBRARY,        /* "external-library": not provided, not in the wheel */
    WF_REASON_SYMBOL,         /* "forbidden-symbol" */
    WF_REASON_ISA,            /* "isa-level" */
    WF_REASON_UCS2,           /* "narrow-unicode" */
    WF_REASON_PYFPE,          /* "pyfpe" */
    WF_REASON_ARCH,           /* "no-policy-for-architecture" */
    WF_REASON_MIN_OS,         /* "minimum-os": an object needs a newer macOS than a tag
                                 promises; `version` is that */
    WF_REASON_MISSING_ARCH,   /* "missing-architecture": a module, or what it loads, lacks
                                 an architecture that a tag promises; `version` is it */
};
const char *wf_reason_name(enum wf_reason reason);

/* wf_blocker says why the best policies are out of reach: `policy` is the newest policy
 * that this very fact still forbids, and with it all older ones. */
struct wf_blocker {
    const char *policy; /* "manylinux_2_17" */
    const char *tag;    /* "manylinux_2_17_x86_64" */
    enum wf_reason reason;
    const char *object;  /* member that needs it */
    const char *library; /* or NULL */
    const char *symbol;  /* or NULL: markers such as GLIBC_ABI_DT_RELR */
    const char *version; /* or NULL */
    bool weak;
    wf_rank needs;     /* lowest rank that permits it, or WF_RANK_NEVER */
    const char *slice; /* of a universal file: the architecture, or NULL */
};

/* wf_external is a library neither the platform nor the wheel provides. */
struct wf_external {
    const char *name;
    struct wf_strings needed_by;      /* member paths */
    const struct wf_library *library; /* where it was found, or NULL */
    enum wf_found_by by;
    const char *why;            /* how it was found */
    wf_rank allowed_from;       /* lowest rank under which it is external no more:
                                         the policy provides it, or all that needs it */
    const struct wf_edge *edge; /* one edge, for the places tried */
    bool direct;                /* an object of the wheel needs it; else only a
                                         library that is not in the wheel */
    bool weak;                  /* macOS: all that need it run without it, too */
    wf_rank bundled_below;      /* a repair that aims below this rank would bundle it */
    const char *left_out;       /* why a repair leaves it to the host, or NULL */
};

struct wf_graft {
    const char *name; /* as needed */
    const char *from; /* real path */
};

/* wf_claim is one platform tag the wheel carries. */
struct wf_claim {
    const char *tag;
    int met;         /* 1, 0, or -1: cannot be known */
    const char *why; /* when not met: one phrase naming object and need; else NULL */
};

/* What auditwheel's JSON names, kept for --format auditwheel. */
struct wf_library_versions {
    const char *library;
    struct wf_strings versions; /* byte order */
};

struct wf_upgrade {
    const char *policy;                    /* "manylinux_2_5_x86_64" */
    struct wf_strings libraries;           /* libs_to_eliminate */
    struct wf_library_versions *forbidden; /* symbols by library */
    size_t num_forbidden;
};

enum wf_system { WF_SYSTEM_LINUX, WF_SYSTEM_ANDROID, WF_SYSTEM_MACOS, WF_SYSTEM_WINDOWS };

/* wf_platform is the judgement of the objects of one system and architecture.  On macOS
 * `min_os` is the verdict; there are no policies, and of the ranks only `verdict` and
 * `repaired` mean something: ALWAYS, or NEVER when a library is missing that must not be. */
struct wf_platform {
    enum wf_system system;
    const char *os; /* "linux", "android", "macos", "windows" */
    /* macOS: the lowest system this architecture runs on as it stands, and after a repair
     * here (what it would bundle counts); the object each comes from, a member path or the
     * path of a library.  0 when no object says. */
    uint32_t min_os;
    const char *min_os_from;
    uint32_t repaired_min_os;
    const char *repaired_min_os_from;
    enum wf_arch arch;
    enum wf_libc libc;
    bool libc_guessed;   /* executables alone, nothing said: glibc tags, musl too */
    bool libc_undecided; /* an extension, nothing said: --plat is asked for */
    size_t num_objects;
    bool judged; /* false: no policy family speaks about it, there is no
                                  verdict, and every tag below is NULL */
    enum wf_policy_family family;
    wf_rank base;    /* oldest rank that comes into question: musl's and Android's own */
    wf_rank verdict; /* rank reached as it stands; NEVER: only linux_<arch> */
    wf_rank symbols; /* by versions alone */
    wf_rank libraries, forbidden, isa, ucs2, pyfpe; /* each reason alone */
    wf_rank repaired;         /* rank a repair here would reach; NEVER */
    const char *tag;          /* best single tag: "manylinux_2_17_x86_64" or "linux_…";
                               on macOS that of `min_os`, whatever is missing */
    struct wf_strings tags;   /* `tag`, its aliases, then every claimed tag that holds */
    const char *symbol_tag;   /* auditwheel's sym_tag */
    const char *repaired_tag; /* NULL when `repaired` is NEVER */
    struct wf_strings repaired_tags;
    struct wf_blocker *blockers; /* rank of policy descending, then object, library, … */
    size_t num_blockers;
    /* What the oldest policy does not provide; a verdict is held up only by those that
     * are `direct` and whose `allowed_from` is above it. */
    struct wf_external *externals; /* by name */
    size_t num_externals;
    struct wf_graft *grafts;
    size_t num_grafts;
    struct wf_library_versions *versions; /* by library */
    size_t num_versions;
    struct wf_upgrade *upgrades; /* newest policy first, as auditwheel prints them */
    size_t num_upgrades;
};

/* wf_member_object is one object of the wheel, with the member it came from. */
struct wf_member_object {
    const struct wf_zip_member *member;
    const char *installed; /* path after installation */
    struct wf_object object;
    struct wf_object resolved;  /* `object` with path = installed, for the resolver */
    bool judged;                /* counts in a verdict */
    const char *why_not;        /* when not judged: one phrase */
    const struct wf_tree *tree; /* of a judged root, or of the root that loads it */
    const struct wf_node *node; /* the object in that tree */
};

/* wf_reading is what was kept of one member that was read whole: an object, or, with
 * --check-hashes, any member. */
struct wf_reading {
    const struct wf_zip_member *member;
    struct wf_arena arena; /* its own, so that members are read side by side */
    bool is_native;        /* wf_object_recognise took its first bytes for an object */
    bool is_hashed;
    uint8_t sha256[WF_SHA256_LEN]; /* of the inflated bytes, when is_hashed */
    bool unreadable;               /* native, but damaged: `error` says how */
    bool failed;                   /* the archive's data is damaged: the wheel fails */
    struct wf_error *error;        /* when unreadable or failed */
    struct wf_object_file file;    /* when native and readable */
};

enum wf_verdict_kind {
    WF_VERDICT_PURE,    /* no native code, or none that a loader could load */
    WF_VERDICT_NATIVE,  /* platforms[] judge it */
    WF_VERDICT_UNKNOWN, /* native code nobody can judge (foreign machine, unread format) */
};

/* wf_report is the audit of one wheel.  It owns the wheel and all that is in it;
 * wf_report_free ends it. */
struct wf_report {
    struct wf_arena arena;
    const char *path;
    const char *base_name;
    char sha256[WF_SHA256_HEX + 1]; /* of the file; "" unless asked for */
    struct wf_wheel *wheel;         /* NULL when it could not be opened */
    bool failed;
    struct wf_error error; /* when failed */

    struct wf_reading *readings; /* archive order */
    size_t num_readings;
    bool has_unreadable; /* some object could not be read: nothing is proved met */

    enum wf_verdict_kind kind;
    struct wf_member_object *objects; /* archive order */
    size_t num_objects;
    struct wf_platform *platforms; /* one per system and architecture judged */
    size_t num_platforms;
    /* macOS: the tags that hold for all platforms together, packed ("universal2" for two
     * architectures), as the wheel stands and after a repair here.  Empty when a library is
     * missing, or no architecture is one of all modules. */
    struct wf_strings macos_tags;
    struct wf_strings macos_repaired_tags;
    struct wf_claim *claims; /* file name order */
    size_t num_claims;
    struct wf_finding *findings; /* severity descending, rule, where */
    size_t num_findings;
    size_t cap_findings;
    int plat_met; /* --plat: 1, 0, or -1 when it was not asked */
    struct wf_strings unmatched_excludes;
    struct wf_resolver *resolver;
    struct wf_verdict_state *verdict; /* kept between the steps of audit/verdict.h */
};

struct wf_report *wf_report_new(const char *path);
void wf_report_free(struct wf_report *report);

/* wf_report_reading is what was kept of a member of the report's own wheel, or NULL. */
const struct wf_reading *wf_report_reading(const struct wf_report *report,
                                           const struct wf_zip_member *member);

/* wf_report_gather fills objects[] from the readings, in archive order. */
void wf_report_gather(struct wf_report *report);

/* wf_report_add keeps a finding; `where` and `message` are copied.  Never drops one. */
void wf_report_add(struct wf_report *report, const char *rule, enum wf_severity severity,
                   const char *where, const char *fmt, ...) WF_PRINTF(5, 6);

/* wf_report_sort_findings puts them in their printed order: severity descending, rule,
 * where, message. */
void wf_report_sort_findings(struct wf_report *report);

/* wf_report_worst is the highest severity found, or -1 without findings. */
int wf_report_worst(const struct wf_report *report);

#endif
