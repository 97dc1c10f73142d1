/* compile_parts.h -- what the files of compiling share. */
#ifndef WF_PACK_COMPILE_PARTS_H
#define WF_PACK_COMPILE_PARTS_H

#include "pack/compile.h"

/* wf_compile_state is one run of cargo under way. */
struct wf_compile_state {
    struct wf_arena *arena;
    const struct wf_cargo_graph *graph;
    const struct wf_say *say;
    struct wf_cargo_guess *guess;
    const struct wf_crate_target *target; /* what is built */
    const char
        *cross_target_dir; /* what cargo calls "/target", in a container; or NULL */
    struct wf_compiled *out;
    struct wf_artifact artifact; /* path NULL: not told yet */
    size_t cap_out_dirs;
};

/* wf_compile_is_bin is whether the target is a program. */
bool wf_compile_is_bin(const struct wf_crate_target *target);

/* The argument vector of `cargo rustc` for one target, with $CARGO as the program, and its
 * environment: ours, what the interpreter needs, and flags of rustc where we add some. */
const char *const *wf_compile_arguments(struct wf_arena *arena,
                                        const struct wf_compile_request *request,
                                        const struct wf_crate_target *target);
WF_MUST_USE bool wf_compile_environment(const char *const **out, struct wf_arena *arena,
                                        const struct wf_compile_request *request,
                                        const struct wf_crate_target *target,
                                        struct wf_error *err);

/* wf_rustflags_effective appends the flags that cargo would give rustc for `triple`, from
 * the first source that has any: CARGO_ENCODED_RUSTFLAGS, RUSTFLAGS, target.<triple> and
 * target.'cfg(…)' of cargo's configuration files and --config with
 * CARGO_TARGET_<TRIPLE>_RUSTFLAGS, build.rustflags with CARGO_BUILD_RUSTFLAGS.
 * Not handled: `include` in configuration files. */
WF_MUST_USE bool wf_rustflags_effective(struct wf_strings *out, struct wf_arena *arena,
                                        const struct wf_build_asked *asked,
                                        const char *triple, struct wf_error *err);

/* wf_cfg_matches evaluates "cfg(all(unix, target_arch = \"x86_64\"))" over the lines of
 * `rustc --print cfg`; what is no such expression is WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_cfg_matches(bool *out, const char *expression,
                                const struct wf_strings *lines, struct wf_error *err);

#endif
