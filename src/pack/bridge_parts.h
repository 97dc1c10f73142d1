/* bridge_parts.h -- what the files of bridge detection share. */
#ifndef WF_PACK_BRIDGE_PARTS_H
#define WF_PACK_BRIDGE_PARTS_H

#include "pack/bridge.h"

/* wf_binding is a crate among the root's dependencies that ties Rust to Python, with its
 * features as the root alone would have them. */
struct wf_binding {
    const struct wf_crate *crate;
    struct wf_strings features;
    bool is_seen; /* by `cargo tree` */
};
struct wf_binding_list {
    struct wf_binding *items;
    size_t num;
    size_t cap;
};

/* wf_binding_of is the first one called `name`, or NULL. */
const struct wf_binding *wf_binding_of(const struct wf_binding_list *list,
                                       const char *name);

/* cargo unifies the features of all members of a workspace, so that a member seems to have
 * what only another one asks for.  wf_binding_correct asks `cargo tree` for the root alone,
 * drops those it does not name and takes its features.  When cargo fails, that is a warning
 * and the list stays as it is. */
void wf_binding_correct(struct wf_binding_list *list, struct wf_arena *arena,
                        const char *manifest, const struct wf_build_asked *asked);

/* wf_binding_tree_line takes one line of `cargo tree`, "pyo3 v0.29.3|abi3,default (*)"; one
 * of a binding crate that does not look so is WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_binding_tree_line(struct wf_binding_list *list,
                                      struct wf_arena *arena, struct wf_bytes line,
                                      struct wf_error *err);

#endif
