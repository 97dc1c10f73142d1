/* crate_sbom_parts.h -- the crates of a document: gathered, named, then written. */
#ifndef WF_PACK_CRATE_SBOM_PARTS_H
#define WF_PACK_CRATE_SBOM_PARTS_H

#include "pack/crate_sbom.h"

/* wf_sbom_crate is one crate of the document. */
struct wf_sbom_crate {
    const struct wf_crate *crate;
    const char *ref;      /* unique in the document, without any folder of the machine */
    const char *purl;     /* package URL */
    const char *checksum; /* SHA-256 of Cargo.lock in hexadecimal, or NULL */
    bool is_needed;       /* part of the result, not only of building it */
};

struct wf_sbom_crates {
    struct wf_sbom_crate *items; /* by ref */
    size_t num;
    const struct wf_sbom_crate **by_idx; /* by place in the graph; NULL: not in it */
    const struct wf_sbom_crate *root;
};

/* wf_sbom_crates_gather walks from the root over what is linked and what only builds. */
WF_MUST_USE bool wf_sbom_crates_gather(struct wf_sbom_crates *out, struct wf_arena *arena,
                                       const struct wf_cargo_graph *graph,
                                       struct wf_bytes lock, struct wf_error *err);

#endif
