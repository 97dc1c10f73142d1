/* bytes.h -- a borrowed run of bytes that knows its place in the file it came from. */
#ifndef WF_BASE_BYTES_H
#define WF_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

/* wf_bytes is borrowed: it owns nothing and lives as long as what it was cut from.
 * `file_off` is where data[0] stands in that file (for a wheel's member: in the member as
 * inflated).  An empty view has no length, whatever its pointer. */
struct wf_bytes {
    const uint8_t *data;
    size_t len;
    uint64_t file_off;
};

/* wf_bytes_of views `len` bytes at `data` as a file of their own (offset 0). */
struct wf_bytes wf_bytes_of(const void *data, size_t len);

/* wf_bytes_str views a C string without its NUL. */
struct wf_bytes wf_bytes_str(const char *text);

/* wf_bytes_slice sets *out to `len` bytes from `off` (both relative to src, both straight
 * from the input).  When they do not fit, `err` names `what` and where it claimed to be,
 * kind WF_ERR_MALFORMED, and *out is untouched. */
WF_MUST_USE bool wf_bytes_slice(struct wf_bytes *out, struct wf_bytes src, uint64_t off,
                                uint64_t len, const char *what, struct wf_error *err);

/* wf_bytes_first and wf_bytes_skip split at a length already compared with src.len; a
 * larger one is a broken promise of the caller and ends the program. */
struct wf_bytes wf_bytes_first(struct wf_bytes src, size_t len);
struct wf_bytes wf_bytes_skip(struct wf_bytes src, size_t len);

bool wf_bytes_equal(struct wf_bytes a, struct wf_bytes b);
bool wf_bytes_equal_str(struct wf_bytes a, const char *text);
bool wf_bytes_starts_with(struct wf_bytes a, const char *prefix);

/* wf_bytes_line takes the next line off *rest into *line, without its LF or CRLF; a last
 * line needs no ending.  Returns false when nothing is left. */
bool wf_bytes_line(struct wf_bytes *line, struct wf_bytes *rest);

#endif
