/* crate_sbom.h -- the crate graph as CycloneDX (PEP 770): deterministic, without absolute
 * paths, times or random ids. */
#ifndef WF_PACK_CRATE_SBOM_H
#define WF_PACK_CRATE_SBOM_H

#include "pack/cargo_graph.h"

/* wf_crate_sbom_write appends the document about `graph->root` and all it is built from,
 * without what only its tests need.  `lock` is the text of Cargo.lock (checksums), or
 * empty. */
WF_MUST_USE bool wf_crate_sbom_write(struct wf_buffer *out,
                                     const struct wf_cargo_graph *graph,
                                     struct wf_bytes lock, const char *tool_version,
                                     struct wf_error *err);

#endif
