/* asked.h -- what a build is asked for on the command line, by maturin's names
 * (reference: `wheelpack build --help`).  Unset is NULL, empty or false; [tool.wheelpack]
 * and [tool.maturin] then decide (pack/settings.h). */
#ifndef WF_PACK_ASKED_H
#define WF_PACK_ASKED_H

#include "base/limits.h"
#include "base/text.h"
#include "pack/say.h"

enum wf_bindings {
    WF_BINDINGS_AUTO,
    WF_BINDINGS_PYO3,
    WF_BINDINGS_PYO3_FFI,
    WF_BINDINGS_CFFI,
    WF_BINDINGS_UNIFFI,
    WF_BINDINGS_BIN,
};
const char *wf_bindings_name(enum wf_bindings bindings); /* "pyo3-ffi" */
WF_MUST_USE bool wf_bindings_from_name(enum wf_bindings *out, const char *name);

enum wf_audit_mode {
    WF_AUDIT_DEFAULT, /* repair on Linux, else warn */
    WF_AUDIT_REPAIR,
    WF_AUDIT_CHECK,
    WF_AUDIT_WARN,
    WF_AUDIT_SKIP,
};

enum wf_compression { WF_COMPRESS_DEFLATED, WF_COMPRESS_STORED };

/* wf_cargo_asked goes to cargo as it is. */
struct wf_cargo_asked {
    bool quiet;
    const char *jobs;
    const char *profile; /* "release", "dev", …; NULL: the command's default */
    struct wf_strings features;
    bool all_features;
    bool no_default_features;
    const char *target; /* triple; CARGO_BUILD_TARGET is its default */
    const char *target_dir;
    const char *manifest_path;
    bool ignore_rust_version;
    const char *color;
    bool frozen;
    bool locked;
    bool offline;
    struct wf_strings config;
    struct wf_strings unstable; /* -Z */
    bool timings;
    bool future_incompat_report;
    unsigned verbose;
    struct wf_strings rustc_args; /* behind "--" */
};

struct wf_build_asked {
    struct wf_cargo_asked cargo;
    struct wf_strings interpreters; /* -i values, in order */
    bool has_interpreters;          /* -i was given, maybe without a value */
    bool find_interpreter;          /* -f */
    enum wf_bindings bindings;
    struct wf_strings compatibility; /* as given: "2014", "manylinux_2_28", "pypi", … */
    enum wf_audit_mode audit;
    const char *out_dir;
    bool include_debuginfo;
    struct wf_strings sbom_include;
    enum wf_compression compression;
    int level;                   /* of DEFLATE, 0 to 9 as maturin counts; -1: ours */
    int strip;                   /* 1, 0, or -1: as configured */
    bool sdist;                  /* an sdist first, wheels from it */
    bool editable;               /* the wheel of an editable install (PEP 660) */
    const char *artifact;        /* --artifact: this built file, and no cargo */
    const char *metadata_dir;    /* PEP 517: take dist-info from there */
    const char *default_profile; /* "dev"; "release" for the build backend */

    /* Of the world, filled in by the program. */
    const char *folder; /* the current one, absolute */
    const char *(*environment)(const char *name);
    const char *const *environment_all; /* "NAME=value", NULL-ended */
    const struct wf_say *say;
    struct wf_limits limits;
    unsigned num_threads; /* 0: as many as processors are usable */
    int64_t time;         /* SOURCE_DATE_EPOCH, or -1 without */
    const char *tool_version;
    const char *cache_dir; /* of probes and generated glue; NULL: none is kept */
};

#endif
