/* build.h -- the commands: each from what is asked to files in the output folder. */
#ifndef WF_PACK_BUILD_H
#define WF_PACK_BUILD_H

#include "pack/assemble.h"

/* wf_built is one file that was made. */
struct wf_built {
    const char *path;
    const char *for_whom; /* "CPython 3.12", "abi3 Python >= 3.9", or NULL */
    bool is_sdist;
};
struct wf_builts {
    struct wf_built *items;
    size_t num;
    size_t cap;
};

/* wf_project_load is what every command begins with: manifests, cargo's graph, metadata,
 * bridge, target, layout. */
struct wf_loaded {
    struct wf_project project;
    struct wf_cargo_graph graph;
    struct wf_core_metadata metadata;
    struct wf_bridge bridge;
    struct wf_triple triple;
    struct wf_layout layout;
    struct wf_cargo_asked cargo;        /* asked and configured, together */
    const struct wf_build_asked *asked; /* with that */
    bool features_asked;          /* --features was given: configured ones do not count */
    struct wf_cargo_guess *guess; /* that the graph is made of, or NULL */
};
WF_MUST_USE bool wf_project_load(struct wf_loaded *out, struct wf_arena *arena,
                                 const struct wf_build_asked *asked,
                                 struct wf_error *err);
void wf_loaded_end(struct wf_loaded *loaded);

/* wf_project_load_guess likewise, with a graph that may be a guess (pack/cargo_guess.h),
 * which the caller ends after what was loaded. */
WF_MUST_USE bool wf_project_load_guess(struct wf_loaded *out,
                                       struct wf_cargo_guess *guess,
                                       struct wf_arena *arena,
                                       const struct wf_build_asked *asked,
                                       struct wf_error *err);

/* wf_build makes the wheels (and with asked->sdist the sdist first, and wheels from it). */
WF_MUST_USE bool wf_build(struct wf_builts *out, struct wf_arena *arena,
                          const struct wf_build_asked *asked, struct wf_error *err);

/* wf_build_sdist makes the sdist of the project into `out_dir` (NULL: where wheels go).
 * Never starts a compiler. */
WF_MUST_USE bool wf_build_sdist(const char **out, struct wf_arena *arena,
                                const struct wf_build_asked *asked, const char *out_dir,
                                struct wf_error *err);

/* wf_write_dist_info writes METADATA, WHEEL, entry_points.txt and licences below `folder`
 * (PEP 517 prepare_metadata); *out is the name of the dist-info folder. */
WF_MUST_USE bool wf_write_dist_info(const char **out, struct wf_arena *arena,
                                    const struct wf_build_asked *asked,
                                    const char *folder, struct wf_error *err);

/* wf_list_pythons lists what `build -f` would build pyo3 crates for: the Pythons that are
 * here, or, with asked->cargo.target, those of the table. */
WF_MUST_USE bool wf_list_pythons(struct wf_interpreters *out, struct wf_arena *arena,
                                 const struct wf_build_asked *asked,
                                 struct wf_error *err);

/* wf_check_project appends every reason why PyPI would refuse what the project builds;
 * nothing is compiled, so what the audit of a library would say is not among them.  *name
 * is "demo 1.0". */
WF_MUST_USE bool wf_check_project(struct wf_strings *reasons, const char **name,
                                  struct wf_arena *arena,
                                  const struct wf_build_asked *asked,
                                  struct wf_error *err);

/* wf_develop_asked: what `wheelpack develop` adds. */
struct wf_develop_asked {
    struct wf_build_asked build;
    struct wf_strings extras;
    struct wf_strings groups;
    bool skip_install;
    const char *pip_path;
    bool uv;
};
WF_MUST_USE bool wf_develop(struct wf_arena *arena, const struct wf_develop_asked *asked,
                            struct wf_error *err);

/* wf_pack_asked: a wheel of files that are there, without cargo; [project] beside
 * build.folder or at build.cargo.manifest_path says what it is. */
struct wf_pack_asked {
    struct wf_build_asked build;
    struct wf_strings scripts; /* files for .data/scripts */
    struct wf_strings modules; /* "FILE" or "FILE=place/in/wheel" */
    struct wf_strings data;    /* folders of the shape of .data */
    const char *tag;           /* python-abi-platform; NULL: by what the files are */
};
WF_MUST_USE bool wf_pack(const char **out, struct wf_arena *arena,
                         const struct wf_pack_asked *asked, struct wf_error *err);

#endif
