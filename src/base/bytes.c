/* bytes.c -- cutting and comparing views. */
#include "base/bytes.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"

struct wf_bytes
wf_bytes_of(const void *data, size_t len)
{
    return (struct wf_bytes){ .data = data, .len = len };
}

struct wf_bytes
wf_bytes_str(const char *text)
{
    return wf_bytes_of(text, strlen(text));
}

bool
wf_bytes_slice(struct wf_bytes *out, struct wf_bytes src, uint64_t off, uint64_t len,
               const char *what, struct wf_error *err)
{
    if (!wf_fits(off, len, src.len))
        return wf_error_at(err, WF_ERR_MALFORMED, src.file_off,
                           "%s claims %llu bytes from 0x%llx; there are %zu", what,
                           (unsigned long long)len, (unsigned long long)off, src.len);
    *out = (struct wf_bytes){
        .data = src.len == 0 ? src.data : src.data + off,
        .len = (size_t)len,
        .file_off = src.file_off + off,
    };
    return true;
}

struct wf_bytes
wf_bytes_first(struct wf_bytes src, size_t len)
{
    assert(len <= src.len);
    src.len = len;
    return src;
}

struct wf_bytes
wf_bytes_skip(struct wf_bytes src, size_t len)
{
    assert(len <= src.len);
    if (len == 0)
        return src;
    return (struct wf_bytes){
        .data = src.data + len,
        .len = src.len - len,
        .file_off = src.file_off + len,
    };
}

bool
wf_bytes_equal(struct wf_bytes a, struct wf_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
wf_bytes_equal_str(struct wf_bytes a, const char *text)
{
    return wf_bytes_equal(a, wf_bytes_str(text));
}

bool
wf_bytes_starts_with(struct wf_bytes a, const char *prefix)
{
    const size_t len = strlen(prefix);

    return len <= a.len &&
           wf_bytes_equal(wf_bytes_first(a, len), wf_bytes_of(prefix, len));
}

bool
wf_bytes_line(struct wf_bytes *line, struct wf_bytes *rest)
{
    if (rest->len == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);

    *line = wf_bytes_first(*rest, len);
    *rest = wf_bytes_skip(*rest, end == NULL ? len : len + 1);
    if (end != NULL && len > 0 && line->data[len - 1] == '\r')
        line->len--;
    return true;
}
