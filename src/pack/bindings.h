/* bindings.h -- what each binding puts into a wheel: bind_pyo3.c, bind_cffi.c,
 * bind_uniffi.c, bind_bin.c. */
#ifndef WF_PACK_BINDINGS_H
#define WF_PACK_BINDINGS_H

#include "pack/compile.h"
#include "pack/content.h"
#include "pack/core_metadata.h"
#include "pack/layout.h"

struct wf_bind_request {
    const struct wf_build_asked *asked;
    const struct wf_project *project;
    const struct wf_cargo_graph *graph;
    const struct wf_bridge *bridge;
    const struct wf_triple *triple;
    const struct wf_layout *layout;
    const struct wf_core_metadata *metadata;
    const struct wf_interpreter *interpreter; /* or NULL */
    const struct wf_stable_floor *stable;
    const struct wf_compiled *compiled;
    /* Of an editable build of Python files (wf_select_is_editable_tree), else NULL: library
     * and glue go here, by names relative to the Python folder, and not into the wheel;
     * wf_content_write_tree puts them into the source tree. */
    struct wf_content *tree;
};

/* Each adds library or programs, and the glue, to `content`, or to request->tree. */
WF_MUST_USE bool wf_bind_pyo3(struct wf_content *content,
                              const struct wf_bind_request *request,
                              struct wf_error *err);
WF_MUST_USE bool wf_bind_bin(struct wf_content *content,
                             const struct wf_bind_request *request, struct wf_error *err);
WF_MUST_USE bool wf_bind_uniffi(struct wf_content *content,
                                const struct wf_bind_request *request,
                                struct wf_error *err);

/* cffi needs the header (target/header.h, or the program cbindgen) and the interpreter's
 * cffi, but not the library: wf_cffi_start begins before cargo runs (nothing to wait for
 * when the glue is cached), wf_bind_cffi waits for it. */
struct wf_cffi_glue;
WF_MUST_USE bool wf_cffi_start(struct wf_cffi_glue **out, struct wf_arena *arena,
                               const struct wf_bind_request *request,
                               struct wf_error *err);
WF_MUST_USE bool wf_bind_cffi(struct wf_content *content, struct wf_cffi_glue *glue,
                              const struct wf_bind_request *request,
                              struct wf_error *err);
/* wf_cffi_end waits for what still runs; NULL is fine. */
void wf_cffi_end(struct wf_cffi_glue *glue);

/* wf_cffi_preprocess resolves the conditional blocks that cbindgen writes, so that cffi's
 * cdef takes the header (C 2011, no C++, __STDC_VERSION__ 201112L). */
WF_MUST_USE bool wf_cffi_preprocess(struct wf_buffer *out, struct wf_bytes header,
                                    struct wf_error *err);

#endif
