/* reader.c -- the sticky reader. */
#include "base/reader.h"

struct wf_reader
wf_reader_over(struct wf_bytes src, enum wf_endian endian)
{
    return (struct wf_reader){ .rest = src, .endian = endian };
}

struct wf_bytes
wf_read_bytes(struct wf_reader *r, size_t len)
{
    if (r->failed || len > r->rest.len) {
        r->failed = true;
        return (struct wf_bytes){ .file_off = r->rest.file_off };
    }
    const struct wf_bytes taken = wf_bytes_first(r->rest, len);

    r->rest = wf_bytes_skip(r->rest, len);
    return taken;
}

void
wf_read_skip(struct wf_reader *r, size_t len)
{
    (void)wf_read_bytes(r, len);
}

static uint64_t
read_number(struct wf_reader *r, size_t len)
{
    const struct wf_bytes b = wf_read_bytes(r, len);
    uint64_t value = 0;

    for (size_t i = 0; i < b.len; i++) {
        const size_t at = r->endian == WF_BIG ? i : b.len - 1 - i;

        value = value << 8 | b.data[at];
    }
    return value;
}

uint8_t
wf_read_u8(struct wf_reader *r)
{
    return (uint8_t)read_number(r, 1);
}

uint16_t
wf_read_u16(struct wf_reader *r)
{
    return (uint16_t)read_number(r, 2);
}

uint32_t
wf_read_u32(struct wf_reader *r)
{
    return (uint32_t)read_number(r, 4);
}

uint64_t
wf_read_u64(struct wf_reader *r)
{
    return read_number(r, 8);
}

bool
wf_reader_ok(const struct wf_reader *r, const char *what, struct wf_error *err)
{
    if (!r->failed)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, r->rest.file_off,
                       "%s is cut short; %zu bytes remain", what, r->rest.len);
}
