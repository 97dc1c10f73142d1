/* buffer.h -- output that grows, with a hard maximum. */
#ifndef WF_BASE_BUFFER_H
#define WF_BASE_BUFFER_H

#include "base/bytes.h"

/* wf_buffer owns its bytes.  Appending past `max` marks it as over-full and drops the
 * bytes; wf_buffer_ok tells, once, at the end.  `{ 0 }` is empty and takes nothing. */
struct wf_buffer {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t max;
    bool over;
};

void wf_buffer_init(struct wf_buffer *buffer, size_t max);
void wf_buffer_clear(struct wf_buffer *buffer);

/* wf_buffer_reset empties the buffer and keeps its memory. */
void wf_buffer_reset(struct wf_buffer *buffer);

/* wf_buffer_reserve makes room for `len` bytes in all; their content is unspecified.
 * Returns false, and marks the buffer over-full, when `len` is above the maximum. */
bool wf_buffer_reserve(struct wf_buffer *buffer, size_t len);

void wf_buffer_add(struct wf_buffer *buffer, const void *data, size_t len);
void wf_buffer_add_str(struct wf_buffer *buffer, const char *text);
void wf_buffer_add_char(struct wf_buffer *buffer, char c);
void wf_buffer_printf(struct wf_buffer *buffer, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_buffer_bytes borrows the content until the buffer next changes. */
struct wf_bytes wf_buffer_bytes(const struct wf_buffer *buffer);

WF_MUST_USE bool wf_buffer_ok(const struct wf_buffer *buffer, const char *what,
                              struct wf_error *err);

#endif
