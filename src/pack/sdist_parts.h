/* sdist_parts.h -- an sdist on its way: what the sdist_*.c files share. */
#ifndef WF_PACK_SDIST_PARTS_H
#define WF_PACK_SDIST_PARTS_H

#include "pack/build.h"
#include "pack/content.h"

/* wf_sdist_crate is the project's crate, or one it depends on by a path. */
struct wf_sdist_crate {
    const struct wf_crate *crate;
    const char *dir;   /* of its manifest; absolute */
    const char *place; /* the same below the sdist's top; "" is the top */
};

struct wf_sdist {
    struct wf_arena *arena;
    const struct wf_build_asked *asked; /* with what is configured */
    const struct wf_project *project;
    struct wf_cargo_graph graph;
    struct wf_core_metadata metadata;
    struct wf_layout layout;
    const char *scratch; /* a folder that goes again */

    const char *root;  /* the folder that is the sdist's top; absolute */
    const char *place; /* of pyproject.toml's folder below it; "" when it stays there */
    /* pyproject.toml moves to the top, and what it tells of by paths from its folder on
     * (packages, `include`, data) with it: the same settings find it there.  A Python folder
     * elsewhere keeps its place, and settings name that. */
    bool moves_along;
    struct wf_sdist_crate *crates; /* the project's own first; then by folder */
    size_t num_crates;
    /* Members, but PKG-INFO.  What is added first stays: wf_sdist_add. */
    struct wf_content content;
    const char *out_dir;
};

/* wf_sdist_find_crates walks from the project's crate along all that has no registry, and
 * sets root, place and crates.  Folders with nothing but "/" in common are WF_ERR_REFUSED. */
WF_MUST_USE bool wf_sdist_find_crates(struct wf_sdist *sdist, struct wf_error *err);
/* wf_sdist_has_paths: the manifest names a path dependency, or inherits what may be one. */
bool wf_sdist_has_paths(const struct wf_toml *manifest);
/* wf_sdist_crate_in is the crate of that folder, or NULL. */
const struct wf_sdist_crate *wf_sdist_crate_in(const struct wf_sdist *sdist,
                                               const char *dir);

/* wf_sdist_listing is a program under way that names files. */
struct wf_sdist_listing;
/* `cargo package --list` for the package `name`, whose manifest it is; `git ls-files -z` for
 * the project's folder. */
WF_MUST_USE bool wf_sdist_list_crate(struct wf_sdist_listing **out,
                                     const struct wf_sdist *sdist, const char *manifest,
                                     const char *name, struct wf_error *err);
WF_MUST_USE bool wf_sdist_list_git(struct wf_sdist_listing **out,
                                   const struct wf_sdist *sdist, struct wf_error *err);
/* wf_sdist_listed waits, and hands each name to `take`.  It ends the listing, also on
 * failure; wf_sdist_unlist ends it without asking (NULL is fine). */
typedef bool wf_sdist_take(void *context, const char *name, struct wf_error *err);
WF_MUST_USE bool wf_sdist_listed(struct wf_sdist_listing *listing, wf_sdist_take *take,
                                 void *context, struct wf_error *err);
void wf_sdist_unlist(struct wf_sdist_listing *listing);

/* wf_sdist_add adds the file at `source` (absolute) unless the path is taken or it is
 * excluded; wf_sdist_add_named also when it is excluded, since a manifest names it. */
WF_MUST_USE bool wf_sdist_add(struct wf_sdist *sdist, const char *path,
                              const char *source, struct wf_error *err);
WF_MUST_USE bool wf_sdist_add_named(struct wf_sdist *sdist, const char *path,
                                    const char *source, struct wf_error *err);
WF_MUST_USE bool wf_sdist_add_text(struct wf_sdist *sdist, const char *path,
                                   struct wf_bytes text, struct wf_error *err);
/* wf_sdist_holds: the path was added from that source. */
bool wf_sdist_holds(const struct wf_sdist *sdist, const char *path, const char *source);
/* wf_sdist_path is `name` behind a place ("" or "a/b"). */
const char *wf_sdist_path(struct wf_arena *arena, const char *place, const char *name);
/* wf_sdist_relative leads from one absolute folder to another: "../b"; "." for itself. */
const char *wf_sdist_relative(struct wf_arena *arena, const char *from, const char *to);

/* wf_sdist_manifest is a manifest being rewritten. */
struct wf_sdist_manifest {
    struct wf_sdist *sdist;
    const char *path; /* absolute */
    const char *dir;
    const struct wf_sdist_crate *crate; /* NULL: only a workspace's */
    const struct wf_toml *toml;
    struct wf_toml_edit *edit;
};
/* wf_sdist_manifest_open reads one; errors of all these name it. */
WF_MUST_USE bool wf_sdist_manifest_open(struct wf_sdist_manifest *out,
                                        struct wf_sdist *sdist, const char *path,
                                        struct wf_error *err);
/* wf_sdist_manifest_end adds the new text to the sdist under `name`. */
WF_MUST_USE bool wf_sdist_manifest_end(struct wf_sdist_manifest *manifest,
                                       const char *name, struct wf_error *err);
/* Edits by keys, NULL-ended. */
WF_MUST_USE bool wf_sdist_set(struct wf_sdist_manifest *manifest, const char *const *keys,
                              const char *value, struct wf_error *err);
WF_MUST_USE bool wf_sdist_set_text(struct wf_sdist_manifest *manifest,
                                   const char *const *keys, const char *text,
                                   struct wf_error *err);
WF_MUST_USE bool wf_sdist_remove(struct wf_sdist_manifest *manifest,
                                 const char *const *keys, struct wf_error *err);
/* wf_sdist_write_value appends a value as TOML on one line. */
void wf_sdist_write_value(struct wf_buffer *out, const struct wf_toml *value);

/* wf_sdist_add_manifests adds every crate's Cargo.toml, that of the workspace, and the
 * readme and licence that they name. */
WF_MUST_USE bool wf_sdist_add_manifests(struct wf_sdist *sdist, struct wf_error *err);
/* wf_sdist_prune_workspace leaves in [workspace] and [patch] only what is in the sdist. */
WF_MUST_USE bool wf_sdist_prune_workspace(struct wf_sdist_manifest *manifest,
                                          struct wf_error *err);
/* wf_sdist_inherit writes what a crate inherits from a workspace that is not in the sdist
 * into its own manifest. */
WF_MUST_USE bool wf_sdist_inherit(struct wf_sdist_manifest *manifest,
                                  struct wf_error *err);
/* wf_sdist_add_pyproject adds pyproject.toml at the top, with its paths as they are there. */
WF_MUST_USE bool wf_sdist_add_pyproject(struct wf_sdist *sdist, struct wf_error *err);

/* wf_sdist_licenses adds the licence files under the names that PKG-INFO has, and sets *out
 * to PKG-INFO: METADATA as the unpacked project would have it. */
WF_MUST_USE bool wf_sdist_licenses(struct wf_bytes *out, struct wf_sdist *sdist,
                                   struct wf_error *err);

/* Each gathers all members, the first with the crates' listings, the second with git's. */
WF_MUST_USE bool wf_sdist_gather(struct wf_sdist *sdist, struct wf_sdist_listing *first,
                                 struct wf_error *err);
WF_MUST_USE bool wf_sdist_gather_git(struct wf_sdist *sdist,
                                     struct wf_sdist_listing *listing,
                                     struct wf_error *err);

#endif
