/* buffer.c -- capped growth. */
#include "base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void
wf_buffer_init(struct wf_buffer *buffer, size_t max)
{
    *buffer = (struct wf_buffer){ .max = max };
}

void
wf_buffer_clear(struct wf_buffer *buffer)
{
    free(buffer->data);
    wf_buffer_init(buffer, buffer->max);
}

void
wf_buffer_reset(struct wf_buffer *buffer)
{
    buffer->len = 0;
    buffer->over = false;
}

bool
wf_buffer_reserve(struct wf_buffer *buffer, size_t len)
{
    if (len > buffer->max) {
        buffer->over = true;
        return false;
    }
    if (len <= buffer->cap)
        return true;
    size_t cap = buffer->cap < buffer->max / 2 ? buffer->cap * 2 : buffer->max;

    if (cap < len)
        cap = len;
    uint8_t *data = realloc(buffer->data, cap);

    if (data == NULL)
        wf_out_of_memory(cap);
    buffer->data = data;
    buffer->cap = cap;
    return true;
}

void
wf_buffer_add(struct wf_buffer *buffer, const void *data, size_t len)
{
    if (buffer->over || len > buffer->max - buffer->len) {
        buffer->over = true;
        return;
    }
    if (len == 0 || !wf_buffer_reserve(buffer, buffer->len + len))
        return;
    memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

void
wf_buffer_add_str(struct wf_buffer *buffer, const char *text)
{
    wf_buffer_add(buffer, text, strlen(text));
}

void
wf_buffer_add_char(struct wf_buffer *buffer, char c)
{
    wf_buffer_add(buffer, &c, 1);
}

void
wf_buffer_printf(struct wf_buffer *buffer, const char *fmt, ...)
{
    char small[256];
    va_list args;

    va_start(args, fmt);
    const int len = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof small) {
        wf_buffer_add(buffer, small, (size_t)len);
        return;
    }
    /* One byte more than the text: vsnprintf ends it with a NUL that is not counted. */
    if (buffer->over || (size_t)len >= buffer->max - buffer->len ||
        !wf_buffer_reserve(buffer, buffer->len + (size_t)len + 1)) {
        buffer->over = true;
        return;
    }
    va_start(args, fmt);
    vsnprintf((char *)buffer->data + buffer->len, (size_t)len + 1, fmt, args);
    va_end(args);
    buffer->len += (size_t)len;
}

struct wf_bytes
wf_buffer_bytes(const struct wf_buffer *buffer)
{
    return wf_bytes_of(buffer->data, buffer->len);
}

bool
wf_buffer_ok(const struct wf_buffer *buffer, const char *what, struct wf_error *err)
{
    if (!buffer->over)
        return true;
    return wf_error_set(err, WF_ERR_LIMIT, "%s is larger than %zu bytes", what,
                        buffer->max);
}
