/* settings.h -- pyproject.toml: [build-system], [project], and [tool.maturin] with
 * [tool.wheelpack], which has the same keys and wins key by key.  Keys are a table in
 * settings.c; one that is not in it is a warning with the nearest known one. */
#ifndef WF_PACK_SETTINGS_H
#define WF_PACK_SETTINGS_H

#include "base/toml.h"
#include "pack/asked.h"

enum wf_dist_format { WF_IN_WHEEL = 1, WF_IN_SDIST = 2 };

/* wf_include is one entry of `include`; those with `from_out_dir` name files that a build
 * script wrote. */
struct wf_include {
    const char *glob;
    unsigned formats; /* enum wf_dist_format */
    bool from_out_dir;
    const char *to;         /* folder in the wheel, of from_out_dir */
    const char *crate_name; /* or NULL: the root crate */
};

/* wf_target_choice is one entry of `targets`. */
struct wf_target_choice {
    const char *name;
    const char *kind; /* "bin", "cdylib", …; or NULL */
};

/* wf_feature is one entry of `features`. */
struct wf_feature {
    const char *name;
    const char *python_version;        /* specifiers, or NULL */
    const char *python_implementation; /* "cpython", or NULL */
};

struct wf_settings {
    const char *module_name;
    const char *python_source;
    struct wf_strings python_packages;
    struct wf_include *includes;
    size_t num_includes;
    struct wf_include *excludes; /* glob and formats */
    size_t num_excludes;
    const char *data;
    enum wf_bindings bindings;
    const char *compatibility;
    enum wf_audit_mode audit;
    bool strip;
    bool sdist_by_git; /* sdist-generator = "git" */
    struct wf_target_choice *targets;
    size_t num_targets;
    bool has_targets;
    const struct wf_toml *target; /* target.<triple> */
    const char *profile;
    const char *editable_profile;
    struct wf_feature *features;
    size_t num_features;
    bool all_features;
    bool no_default_features;
    bool frozen;
    bool locked;
    struct wf_strings config;
    struct wf_strings unstable_flags;
    struct wf_strings rustc_args;
    const char *manifest_path;
    bool use_base_python;
    bool sbom_rust;       /* default true */
    bool sbom_auditwheel; /* default true */
    struct wf_strings sbom_include;
    bool include_import_lib;
};

struct wf_pyproject {
    const char *path;              /* absolute */
    const struct wf_toml *root;    /* the whole file */
    const struct wf_toml *project; /* [project], or NULL */
    struct wf_strings build_requires;
    const char *build_backend; /* or NULL */
    struct wf_settings settings;
};

/* wf_pyproject_read reads `path` (absolute).  Errors start "pyproject.toml at <path> is
 * invalid" and tell line and column; old configuration (tool.pyo3-pack) is WF_ERR_REFUSED,
 * each key with its new home.  Warnings go to `say`. */
WF_MUST_USE bool wf_pyproject_read(struct wf_pyproject *out, struct wf_arena *arena,
                                   const char *path, const struct wf_say *say,
                                   struct wf_error *err);
/* wf_pyproject_parse is the part behind the file, for tests and fuzzing. */
WF_MUST_USE bool wf_pyproject_parse(struct wf_pyproject *out, struct wf_arena *arena,
                                    const char *path, struct wf_bytes text,
                                    const struct wf_say *say, struct wf_error *err);

/* wf_setting_blame puts file, line and column of a key of [tool.wheelpack], else of
 * [tool.maturin], in front of an error about what its value led to; nothing where it does not
 * stand.  Returns false. */
bool wf_setting_blame(struct wf_error *err, const struct wf_pyproject *pyproject,
                      const char *key);

#endif
