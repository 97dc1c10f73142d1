/* quote.h -- untrusted names made safe for terminals. */
#ifndef WF_RENDER_QUOTE_H
#define WF_RENDER_QUOTE_H

#include "base/buffer.h"

/* wf_quote_add appends `text` so that it prints on one line and cannot drive a terminal:
 * printable UTF-8 as it is, everything else (controls, bidi and invisible characters, bytes
 * that are not UTF-8) as \xHH or \u{HHHH}, and a backslash as two. */
void wf_quote_add(struct wf_buffer *out, const char *text);

/* wf_quote_error appends "where: text" of an error, both quoted. */
void wf_quote_error(struct wf_buffer *out, const struct wf_error *err);

#endif
