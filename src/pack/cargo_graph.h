/* cargo_graph.h -- `cargo metadata`: packages, targets, and who depends on whom. */
#ifndef WF_PACK_CARGO_GRAPH_H
#define WF_PACK_CARGO_GRAPH_H

#include "base/json.h"
#include "pack/asked.h"

struct wf_crate_target {
    const char *name;
    struct wf_strings kinds;       /* "cdylib", "bin", "custom-build", … */
    struct wf_strings crate_types; /* "cdylib", "rlib", "bin" */
    struct wf_strings required_features;
    const char *src_path;
};

struct wf_crate_dependency {
    const struct wf_crate *crate;
    bool normal, build, dev; /* kinds of the edge */
};

struct wf_crate {
    const char *id;
    const char *name;
    const char *version;
    const char *manifest_path;
    const char *source; /* "registry+…", or NULL: a path */
    const char *description, *license, *license_file, *readme, *homepage, *documentation,
        *repository, *links, *rust_version, *edition;
    struct wf_strings authors, keywords;
    struct wf_crate_target *targets;
    size_t num_targets;
    struct wf_crate_dependency *dependencies; /* as resolved, by id */
    size_t num_dependencies;
    struct wf_strings features; /* as resolved */
    bool is_member;             /* of the workspace */
    const struct wf_json *json; /* all that cargo says of it */
};

struct wf_cargo_graph {
    struct wf_json *json;    /* ended by wf_cargo_graph_end */
    struct wf_crate *crates; /* by id */
    size_t num_crates;
    const struct wf_crate *root; /* the package of the manifest */
    const char *workspace_root;
    const char *target_dir;
    size_t num_members;
};

/* wf_cargo_graph_read runs `cargo metadata` with the flags of maturin, in its order;
 * asked->cargo is what was asked and configured together (pack/cargo_options.h).  Fails
 * with cargo's own words behind "`cargo metadata` exited with an error:"; a virtual manifest
 * has no root package, which is an error, too.  On failure nothing needs to be ended. */
WF_MUST_USE bool wf_cargo_graph_read(struct wf_cargo_graph *out, struct wf_arena *arena,
                                     const char *manifest,
                                     const struct wf_build_asked *asked,
                                     struct wf_error *err);
/* The parts of it: what cargo is called with, and what it answers (of at most
 * WF_CARGO_MOST_ANSWER bytes; it grows by about 5 KB a crate). */
enum { WF_CARGO_MOST_ANSWER = 64 << 20, WF_CARGO_MOST_WORDS = 1 << 20 };
const char *const *wf_cargo_metadata_arguments(struct wf_arena *arena,
                                               const char *manifest,
                                               const struct wf_cargo_asked *cargo);
WF_MUST_USE bool wf_cargo_metadata_ask(struct wf_buffer *answer, struct wf_arena *arena,
                                       const char *manifest,
                                       const struct wf_build_asked *asked,
                                       struct wf_error *err);
/* wf_cargo_graph_parse is the part behind the program, for tests and fuzzing. */
WF_MUST_USE bool wf_cargo_graph_parse(struct wf_cargo_graph *out, struct wf_arena *arena,
                                      struct wf_bytes json, const char *manifest,
                                      struct wf_error *err);
void wf_cargo_graph_end(struct wf_cargo_graph *graph);

/* wf_cargo_failed is the error of a program that ended badly: "`cargo metadata` exited with
 * an error:" and its own words, of many the last. */
bool wf_cargo_failed(struct wf_error *err, const char *command, struct wf_bytes words,
                     int status);

/* wf_crate_by_id is the crate of that package id, or NULL. */
const struct wf_crate *wf_crate_by_id(const struct wf_cargo_graph *graph, const char *id);
/* wf_crate_reached says of every crate of the graph, by its index, whether `from` depends
 * on it, directly or not, by an edge of any kind; arena-owned. */
const bool *wf_crate_reached(struct wf_arena *arena, const struct wf_cargo_graph *graph,
                             const struct wf_crate *from);
/* wf_crate_reaches is the crate called `name` among the transitive dependencies of `from`,
 * or NULL. */
const struct wf_crate *wf_crate_reaches(const struct wf_cargo_graph *graph,
                                        const struct wf_crate *from, const char *name);

#endif
