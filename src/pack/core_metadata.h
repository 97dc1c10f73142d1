/* core_metadata.h -- METADATA from [project] and Cargo.toml (core metadata 2.4). */
#ifndef WF_PACK_CORE_METADATA_H
#define WF_PACK_CORE_METADATA_H

#include "pack/cargo_graph.h"
#include "pack/project.h"

struct wf_license_file {
    const char *path;   /* as in License-File, '/' */
    const char *source; /* absolute */
};

struct wf_core_metadata {
    const char *name;             /* as written */
    const char *version;          /* PEP 440, normalised */
    const char *dist_name;        /* of file names: runs of "-_." one '_', lower case */
    const char *dist_version;     /* of file names: '-' written '_' */
    const char *requires_python;  /* or NULL */
    struct wf_bytes metadata;     /* the text of METADATA and PKG-INFO */
    struct wf_bytes entry_points; /* the text of entry_points.txt; empty: no such file */
    struct wf_license_file *licenses;
    size_t num_licenses;
    struct wf_strings requires_dist; /* as written in METADATA */
    struct wf_strings extras;
    bool has_scripts;          /* [project.scripts] is not empty */
    const char *readme_source; /* absolute path, or NULL */
};

/* wf_core_metadata_make reads what the manifests name (readme, licences).  Errors name file,
 * line and column, or what in Cargo.toml does not fit. */
WF_MUST_USE bool wf_core_metadata_make(struct wf_core_metadata *out,
                                       struct wf_arena *arena,
                                       const struct wf_project *project,
                                       const struct wf_cargo_graph *graph,
                                       const struct wf_say *say, struct wf_error *err);

/* wf_semver_to_pep440: "1.0.0-alpha.1" is "1.0.0a1"; NULL when there is no such version. */
const char *wf_semver_to_pep440(struct wf_arena *arena, const char *semver);

#endif
