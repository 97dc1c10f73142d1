/* fuzz_deflate_join.c -- any bytes are a stream that can be continued, or a placed error;
 * and a stream that inflates does so, to the same bytes, with an empty one behind it, and
 * spliced for a changed byte, to the changed bytes. */
#include <string.h>

#include "base/deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ROOM = 1 << 16 };

static void
check_joined(struct wf_inflater *inflater, struct wf_buffer *joined,
             struct wf_bytes expected)
{
    static uint8_t out[ROOM];

    wf_buffer_add(joined, "\x03\x00", 2);
    if (!wf_inflate(inflater, wf_buffer_bytes(joined), out, expected.len, NULL))
        __builtin_trap();
    if (expected.len > 0 && memcmp(out, expected.data, expected.len) != 0)
        __builtin_trap();
}

/* Where the byte is changed is as good as random, and follows from the input. */
static void
check_spliced(struct wf_inflater *inflater, struct wf_bytes stream, uint8_t *was,
              size_t len)
{
    static uint8_t now[ROOM];
    static uint8_t out[ROOM];
    struct wf_deflater *deflater = wf_deflater_new(1);
    struct wf_buffer spliced;

    memcpy(now, was, len);
    if (len > 0)
        now[stream.len * 40503 % len] ^= 1;
    wf_buffer_init(&spliced, SIZE_MAX);
    if (wf_deflate_splice(&spliced, deflater, stream, wf_bytes_of(was, len),
                          wf_bytes_of(now, len)) &&
        (!wf_inflate(inflater, wf_buffer_bytes(&spliced), out, len, NULL) ||
         memcmp(out, now, len) != 0))
        __builtin_trap();
    wf_buffer_clear(&spliced);
    wf_deflater_free(deflater);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t out[ROOM];
    struct wf_inflater *inflater = wf_inflater_new();
    const struct wf_bytes in = wf_bytes_of(data, len);
    const size_t made = wf_inflate_peek(inflater, in, out, sizeof out);
    const bool is_whole = wf_inflate(inflater, in, out, made, NULL);
    struct wf_buffer joined;
    struct wf_error err = { 0 };

    wf_buffer_init(&joined, SIZE_MAX);
    wf_buffer_add(&joined, data, len);
    if (!wf_deflate_join(&joined, &err)) {
        if (is_whole || err.kind != WF_ERR_MALFORMED || err.offset > len)
            __builtin_trap();
    } else if (is_whole) {
        check_joined(inflater, &joined, wf_bytes_of(out, made));
        check_spliced(inflater, in, out, made);
    }
    wf_buffer_clear(&joined);
    wf_inflater_free(inflater);
    return 0;
}
