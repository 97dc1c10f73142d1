/* repair.h -- what a repair is asked for. */
#ifndef WF_REPAIR_REPAIR_H
#define WF_REPAIR_REPAIR_H

#include "audit/audit.h"
#include "object/elf_strip.h"
#include "repair/packages.h"

struct wf_repair_options {
    /* Policies, search (with --exclude and --include), limits. */
    const struct wf_audit_options *audit;
    const char *plat; /* --plat TAG as given; NULL is "auto" */
    bool
        plat_is_preset; /* it came from (WHEELFIX_|AUDITWHEEL_)PLAT: one that does not fit a
                            wheel is ignored with a note */
    const char *lib_sdir;  /* --lib-sdir, or NULL: the system's (".libs", ".dylibs") */
    bool no_update_tags;   /* --no-update-tags */
    bool only_plat;        /* --only-plat */
    bool clear_exec_stack; /* --clear-exec-stack */
    enum wf_strip_level strip; /* --strip */
    const char *debug_dir;     /* --debug-dir, or NULL */
    bool sbom;
    struct wf_strings include_only; /* --include-only globs */
    struct wf_strings no_mangle;    /* --no-mangle globs */
    int level; /* of DEFLATE, 0 (store) to 12; -1: WF_DEFLATE_LEVEL, and unchanged
                      members stay as they are */
    int64_t
        time; /* of every member, seconds since 1970; SOURCE_DATE_EPOCH or 1980-01-01 */
    struct wf_packages
        *packages;            /* who owns a library of the system; used by one thread */
    const char *tool_version; /* for the SBOM */
    /* macOS */
    bool dylibs_only;    /* --dylibs-only: only names in .so and .dylib are looked at
                                 and copied */
    bool keep_rpaths;    /* --no-sanitize-rpaths */
    bool ignore_missing; /* --ignore-missing-dependencies */
    bool check_archs;    /* --check-archs: copied libraries have every architecture of
                                 what needs them */
    struct wf_strings require_archs; /* --require-archs, expanded: "x86_64", "arm64" */
    bool sign_always;                /* --sign=always: x86_64, too, when edited */
    /* Windows.  `strip` is only for files that have no room otherwise; `no_mangle` are globs
     * without case. */
    bool no_mangle_all; /* --no-mangle-all: no DLL gets another name */
    bool with_mangle;   /* --with-mangle: what DLLs of the wheel need directly gets other
                            names, too, and those DLLs are edited */
    bool custom_patch;  /* --custom-patch: the patch goes to marks in .py files only */
    struct wf_strings
        namespace_pkgs;   /* --namespace-pkg, dotted: "corp.tools"; parents are
                                         meant, too */
    bool include_symbols; /* --include-symbols: X.pdb from beside a bundled X.dll */
    bool include_imports; /* --include-imports: X.lib likewise */
    /* wheelfix fuse */
    struct wf_strings
        allow_differing; /* --allow-differing globs: members that may differ,
                                          and are then taken from the wheel given first */
};

#endif
