/* utf8.h -- decoding UTF-8 (RFC 3629), and which characters do not show themselves. */
#ifndef WF_BASE_UTF8_H
#define WF_BASE_UTF8_H

#include "base/bytes.h"

/* wf_utf8_is_valid: RFC 3629, no surrogates, no overlong forms. */
bool wf_utf8_is_valid(struct wf_bytes text);

/* wf_utf8_next decodes the first character of a non-empty text: its length in bytes, with
 * the code point in *out; 0 when the bytes there are not UTF-8. */
size_t wf_utf8_next(struct wf_bytes text, uint32_t *out);

/* wf_text_is_invisible says that a code point must not reach a terminal as it is:
 * controls, bidi overrides and isolates, zero-width and other format characters. */
bool wf_text_is_invisible(uint32_t code_point);

#endif
