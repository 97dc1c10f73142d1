/* audit.h -- judge wheels: read, resolve, compare with the policies, run the rules. */
#ifndef WF_AUDIT_AUDIT_H
#define WF_AUDIT_AUDIT_H

#include "audit/report.h"
#include "base/pool.h"
#include "policy/windows.h"

/* wf_known_digests are digests of long members which who wrote the archive has made of the
 * bytes that went into it; a member of that name, size and CRC is not digested again. */
struct wf_known_digest {
    const char *name;
    uint64_t size;
    uint32_t crc;
    uint8_t sha256[WF_SHA256_LEN];
};
struct wf_known_digests {
    struct wf_known_digest *items; /* by name (strcmp) */
    size_t num;
};

struct wf_audit_options {
    const struct wf_policies *policies;
    struct wf_limits limits;
    struct wf_search search;
    const char *plat; /* --plat TAG as given, or NULL */
    /* The environment said so: a tag that does not fit a wheel is not an error, and
     * plat_met stays -1. */
    bool plat_is_preset;
    bool disable_isa_check;
    /* macOS: MACOSX_DEPLOYMENT_TARGET or --require-target-macos-version, packed; 0 without.
     * Tags are raised to it, and what needs more is refused (show: a finding). */
    uint32_t macos_target;
    const char *macos_target_name; /* which of the two said so */
    /* Windows: the oldest release to be supported (--windows-min), and which members are
     * roots like .pyd files: .dll (--analyze-existing), .exe (--analyze-existing-exes). */
    enum wf_windows_release windows_min;
    bool analyze_existing;
    bool analyze_existing_exes;
    bool allow_pure;   /* --allow-pure-python-wheel */
    bool check_hashes; /* recompute every hash of RECORD, but for those known */
    const struct wf_known_digests *known; /* looked at when members are read; or NULL */
    bool file_sha256;                     /* fill report->sha256 */
    bool whole_trees;     /* find what the platform provides, too (wheelfix tree) */
    unsigned num_threads; /* 0: as many as processors are usable */
};

/* wf_auditor audits wheels in the order they were added, several at once. */
struct wf_auditor;

struct wf_auditor *wf_auditor_new(const struct wf_audit_options *options);
void wf_auditor_free(struct wf_auditor *auditor);

/* wf_auditor_source yields the path of the next wheel (borrowed until the report of that
 * wheel was taken), or NULL after the last. */
typedef const char *wf_auditor_source(void *context);

/* wf_auditor_pool is the pool the wheels are read in: who takes a report may use it for its
 * own work on that wheel, until it returns. */
struct wf_pool *wf_auditor_pool(struct wf_auditor *auditor);

/* wf_auditor_run audits every wheel of `next` and hands each report to `take`, in the
 * order of the source, on the calling thread; a report is borrowed until `take` returns for
 * the next WF_AUDITOR_KEPT behind it.
 * A wheel that cannot be read is a report with `failed`.  At most a
 * bounded window of wheels is open at once.  `take` returns false to stop early. */
enum { WF_AUDITOR_KEPT = 8 };
typedef bool wf_auditor_sink(void *context, struct wf_report *report);
void wf_auditor_run(struct wf_auditor *auditor, wf_auditor_source *next,
                    wf_auditor_sink *take, void *context);

/* wf_auditor_run_file likewise audits one wheel that is open already (borrowed), under the
 * file name `name`. */
void wf_auditor_run_file(struct wf_auditor *auditor, const char *name,
                         const struct wf_file *file, wf_auditor_sink *take,
                         void *context);

/* wf_audit_judge is the part after reading: resolve, verdict, claims, rules; for a report
 * whose wheel and objects are filled in.  Exposed for tests. */
WF_MUST_USE bool wf_audit_judge(struct wf_report *report,
                                const struct wf_audit_options *options,
                                struct wf_error *err);

#endif
