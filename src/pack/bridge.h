/* bridge.h -- what ties Rust to Python in a project, and the stable ABI it asks for. */
#ifndef WF_PACK_BRIDGE_H
#define WF_PACK_BRIDGE_H

#include "pack/cargo_graph.h"
#include "pack/project.h"

enum wf_stable_abi { WF_STABLE_NONE, WF_STABLE_ABI3, WF_STABLE_ABI3T };

struct wf_stable_floor {
    enum wf_stable_abi family;
    bool is_fixed;  /* abi3-py39; else "abi3": the floor is the interpreter's */
    unsigned minor; /* of Python 3, when fixed */
};

struct wf_bridge {
    enum wf_bindings bindings;   /* never AUTO */
    bool is_bin;                 /* programs: plain or, with pyo3, embedding Python */
    const struct wf_crate *pyo3; /* pyo3 or pyo3-ffi, or NULL */
    const char *pyo3_name;       /* "pyo3", "pyo3-ffi" */
    /* By feature, before interpreters are known: both families may be asked for. */
    struct wf_stable_floor abi3;
    struct wf_stable_floor abi3t;
    bool extension_module; /* the feature is on */
    bool generates_import_lib;
    /* What pyo3-ffi says it supports, minor numbers of Python 3. */
    unsigned cpython_min, cpython_max, pypy_min, pypy_max;
    bool free_threaded; /* candidates for -f: pyo3 0.23 or later, and plain programs */
};

/* wf_bridge_find decides as maturin does (pyo3 and pyo3-ffi, uniffi, cdylib, bin), with the
 * correction by `cargo tree` in workspaces of several members.  `cpython` (rust-cpython) is
 * WF_ERR_REFUSED. */
WF_MUST_USE bool wf_bridge_find(struct wf_bridge *out, struct wf_arena *arena,
                                const struct wf_project *project,
                                const struct wf_cargo_graph *graph,
                                const struct wf_build_asked *asked, struct wf_error *err);

/* wf_bridge_features parses the features of one crate into both floors: of several floors
 * the least. */
void wf_bridge_features(struct wf_bridge *bridge, const struct wf_strings *features);

/* wf_bridge_word is "cffi bindings", "pyo3 bindings with abi3-py3.9 support". */
const char *wf_bridge_word(struct wf_arena *arena, const struct wf_bridge *bridge);

#endif
