/* project.h -- where a project is, and its two manifests. */
#ifndef WF_PACK_PROJECT_H
#define WF_PACK_PROJECT_H

#include "pack/settings.h"

struct wf_project {
    const char *root;     /* folder of pyproject.toml, else of Cargo.toml; absolute */
    const char *manifest; /* Cargo.toml, absolute */
    const char *manifest_dir;
    bool has_pyproject;
    struct wf_pyproject pyproject;
    const struct wf_toml *cargo; /* the manifest as TOML: [lib] name, package.metadata */
};

/* wf_project_find locates the manifests as maturin does (--manifest-path,
 * tool.maturin.manifest-path, rust/Cargo.toml, ./Cargo.toml) and reads them.  Without
 * --manifest-path no program is run; with it the folders above the manifest are looked
 * through for pyproject.toml, up to the parent of the workspace root, which is found by
 * reading the manifests above.
 * Old configuration in package.metadata (pyo3-pack, maturin) is WF_ERR_REFUSED, each key
 * with its new home. */
WF_MUST_USE bool wf_project_find(struct wf_project *out, struct wf_arena *arena,
                                 const struct wf_build_asked *asked,
                                 struct wf_error *err);

/* wf_project_workspace is the folder of the workspace of the crate in `dir` (absolute), whose
 * manifest is `cargo`; `dir` when it is in none.  Found by reading manifests. */
const char *wf_project_workspace(struct wf_arena *arena, const struct wf_toml *cargo,
                                 const char *dir);

#endif
