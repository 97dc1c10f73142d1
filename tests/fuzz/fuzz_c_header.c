/* fuzz_c_header.c -- any bytes at all must yield a header without conditions or a stated
 * error, and what was made once is made into the same again. */
#include "pack/bindings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
make(struct wf_buffer *out, struct wf_bytes header)
{
    struct wf_error err = { 0 };

    wf_buffer_init(out, 1 << 24);
    if (wf_cffi_preprocess(out, header, &err))
        return true;
    if (err.kind == WF_ERR_NONE || err.text[0] == '\0')
        __builtin_trap(); /* it failed and did not say why */
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer once;
    struct wf_buffer again = { 0 };

    if (make(&once, wf_bytes_of(data, len)) && make(&again, wf_buffer_bytes(&once)) &&
        again.len > once.len)
        __builtin_trap(); /* it grew */
    wf_buffer_clear(&once);
    wf_buffer_clear(&again);
    return 0;
}
