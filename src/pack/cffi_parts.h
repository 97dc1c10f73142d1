/* cffi_parts.h -- making the glue of cffi, and knowing whether it was made before. */
#ifndef WF_PACK_CFFI_PARTS_H
#define WF_PACK_CFFI_PARTS_H

#include "base/buffer.h"
#include "base/sha256.h"
#include "pack/bindings.h"

/* wf_cffi_inputs is what the glue is made of. */
struct wf_cffi_inputs {
    const char *header;    /* a header that is there, or NULL: cbindgen makes it */
    const char *crate_dir; /* absolute */
    const char *config;    /* of cbindgen, or NULL */
    const char *cbindgen;  /* the program, absolute, or NULL */
    const char *python;
    const char *python_text; /* "CPython 3.12 at …" */
    const char *const *environment;
};

/* wf_cffi_find_inputs finds them, and says what to install when there is no cbindgen. */
WF_MUST_USE bool wf_cffi_find_inputs(struct wf_cffi_inputs *out, struct wf_arena *arena,
                                     const struct wf_bind_request *request,
                                     struct wf_error *err);

/* wf_cffi_make appends the text of ffi.py: runs cbindgen and the interpreter's cffi.  Safe
 * beside other threads. */
WF_MUST_USE bool wf_cffi_make(struct wf_buffer *out, const struct wf_cffi_inputs *inputs,
                              struct wf_error *err);

/* wf_cffi_key is a digest of all that the glue depends on; false when that cannot be known
 * (sources outside the crate's src folder, macros expanded by the compiler). */
bool wf_cffi_key(char out[WF_SHA256_HEX + 1], const struct wf_cffi_inputs *inputs,
                 const struct wf_bind_request *request);

#endif
