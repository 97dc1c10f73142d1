/* compile.h -- `cargo rustc`: what is built, and which files came of it. */
#ifndef WF_PACK_COMPILE_H
#define WF_PACK_COMPILE_H

#include "pack/bridge.h"
#include "pack/cargo_guess.h"
#include "pack/interpreter.h"

struct wf_artifact {
    const struct wf_crate_target *target;
    const char *path;              /* the library or program */
    const char *import_library;    /* or NULL */
    struct wf_strings debug_files; /* .pdb, .dwp, .dSYM */
    uint32_t min_os; /* of --artifact for macOS: the oldest system it says it runs on, as
                        in object/macho.h; else 0 */
};

struct wf_compiled {
    struct wf_artifact *artifacts; /* in the order of the targets */
    size_t num_artifacts;
    /* Folders of build scripts: OUT_DIR by package id, and where they link from. */
    struct wf_out_dir {
        const char *crate_id;
        const char *path;
    } * out_dirs;
    size_t num_out_dirs;
    struct wf_strings link_paths;
};

/* wf_compile_targets lists what is to be built: programs whose required features are on,
 * or libraries; filtered by [tool.maturin] targets, which is then said. */
WF_MUST_USE bool wf_compile_targets(const struct wf_crate_target ***out, size_t *out_num,
                                    struct wf_arena *arena,
                                    const struct wf_bridge *bridge,
                                    const struct wf_project *project,
                                    const struct wf_cargo_graph *graph,
                                    const struct wf_say *say, struct wf_error *err);

struct wf_compile_request {
    const struct wf_build_asked *asked;
    const struct wf_project *project;
    const struct wf_cargo_graph *graph;
    const struct wf_bridge *bridge;
    const struct wf_triple *triple;
    const struct wf_interpreter *interpreter; /* or NULL */
    const struct wf_stable_floor *stable;
    const char *library_file; /* the file name in the wheel, for install names; or NULL */
    bool strip;
    const char *profile;
    struct wf_strings features;   /* those whose conditions hold */
    struct wf_cargo_guess *guess; /* asked when cargo is past its locks; or NULL */
};
/* wf_compile runs cargo for every target, one after the other; diagnostics and progress
 * are cargo's own, on standard error.
 * *out is untouched on failure. */
WF_MUST_USE bool wf_compile(struct wf_compiled *out, struct wf_arena *arena,
                            const struct wf_compile_request *request,
                            struct wf_error *err);
/* wf_compiled_artifact is what --artifact stands for: the file is that of the first target;
 * no program is run.  WF_ERR_REFUSED when it is not for the triple's system and machine, or
 * no library where one is wanted. */
WF_MUST_USE bool wf_compiled_artifact(struct wf_compiled *out, struct wf_arena *arena,
                                      const struct wf_compile_request *request,
                                      struct wf_error *err);
/* wf_compile_message takes one line of cargo's output; for tests and fuzzing.  What is not
 * JSON was printed by a macro, and is said as it is. */
struct wf_compile_state; /* pack/compile_parts.h */
WF_MUST_USE bool wf_compile_message(struct wf_compile_state *state, struct wf_bytes line,
                                    struct wf_error *err);

#endif
