/* deflate.c -- libdeflate for whole members and chunks, zlib for their first bytes. */
#define ZLIB_CONST /* zlib then promises not to write to its input */
#include "base/deflate.h"

#include <assert.h>
#include <limits.h>
#include <libdeflate.h>
#include <zlib.h>

#include "base/arena.h"

struct wf_inflater {
    struct wf_arena arena; /* holds this struct itself */
    struct libdeflate_decompressor *whole;
    z_stream peek;
};

struct wf_inflater *
wf_inflater_new(void)
{
    struct wf_arena arena = { 0 };
    struct wf_inflater *inflater = wf_arena_alloc(&arena, sizeof *inflater);

    inflater->arena = arena;
    inflater->whole = libdeflate_alloc_decompressor();
    /* Negative window bits: raw DEFLATE, without zlib's own frame. */
    if (inflater->whole == NULL || inflateInit2(&inflater->peek, -MAX_WBITS) != Z_OK)
        wf_out_of_memory(sizeof *inflater);
    return inflater;
}

void
wf_inflater_free(struct wf_inflater *inflater)
{
    if (inflater == NULL)
        return;
    struct wf_arena arena = inflater->arena;

    libdeflate_free_decompressor(inflater->whole);
    inflateEnd(&inflater->peek);
    wf_arena_clear(&arena);
}

/* Starts zlib over at the beginning of `in`.  What is beyond zlib's own 32-bit count is
 * given later. */
static void
start_stream(z_stream *z, struct wf_bytes in)
{
    const int status = inflateReset(z);

    assert(status == Z_OK);
    z->next_in = in.data;
    z->avail_in = in.len < UINT_MAX ? (uInt)in.len : UINT_MAX;
}

size_t
wf_inflate_peek(struct wf_inflater *inflater, struct wf_bytes in, uint8_t *out,
                size_t out_len)
{
    z_stream *z = &inflater->peek;

    if (in.len == 0 || out_len == 0)
        return 0;
    start_stream(z, in);
    z->next_out = out;
    z->avail_out = out_len < UINT_MAX ? (uInt)out_len : UINT_MAX;
    const uInt room = z->avail_out;

    /* Whatever the status: what was decoded before it is what can be had. */
    (void)inflate(z, Z_SYNC_FLUSH);
    return room - z->avail_out;
}

/* How zlib, which knows where it stands, sees a stream that libdeflate refused. */
struct autopsy {
    uint64_t num_in;
    uint64_t num_out;
    int status;
};

static struct autopsy
examine(z_stream *z, struct wf_bytes in, uint64_t most_out)
{
    uint8_t scratch[8192];
    struct autopsy seen = { .status = Z_OK };

    start_stream(z, in);
    while (seen.status == Z_OK && seen.num_out <= most_out) {
        if (z->avail_in == 0) {
            const struct wf_bytes rest = wf_bytes_skip(in, (size_t)seen.num_in);

            z->avail_in = rest.len < UINT_MAX ? (uInt)rest.len : UINT_MAX;
        }
        const uInt before = z->avail_in;

        z->next_out = scratch;
        z->avail_out = sizeof scratch;
        seen.status = inflate(z, Z_NO_FLUSH);
        seen.num_in += before - z->avail_in;
        seen.num_out += sizeof scratch - z->avail_out;
    }
    return seen;
}

/* libdeflate only says that it failed.  A second pass, which no good member pays for,
 * finds out how and where. */
static bool
explain(struct wf_inflater *inflater, struct wf_bytes in, size_t out_len,
        struct wf_error *err)
{
    const struct autopsy seen = examine(&inflater->peek, in, out_len);
    const unsigned long long at_out = seen.num_out;

    if (seen.num_out > out_len)
        return wf_error_at(err, WF_ERR_MALFORMED, in.file_off,
                           "deflate data is longer than the %zu bytes it should hold",
                           out_len);
    if (seen.status == Z_STREAM_END && seen.num_in < in.len)
        return wf_error_at(err, WF_ERR_MALFORMED, in.file_off + seen.num_in,
                           "deflate data ends %llu bytes before the end of its place",
                           (unsigned long long)(in.len - seen.num_in));
    if (seen.status == Z_STREAM_END && seen.num_out < out_len)
        return wf_error_at(err, WF_ERR_MALFORMED, in.file_off,
                           "deflate data holds %llu bytes; %zu are expected", at_out,
                           out_len);
    if (seen.status == Z_BUF_ERROR)
        return wf_error_at(err, WF_ERR_MALFORMED, in.file_off + in.len,
                           "deflate data is cut short after %llu of %zu bytes", at_out,
                           out_len);
    return wf_error_at(err, WF_ERR_MALFORMED, in.file_off + seen.num_in,
                       "deflate data is damaged after %llu of %zu bytes", at_out,
                       out_len);
}

bool
wf_inflate(struct wf_inflater *inflater, struct wf_bytes in, uint8_t *out, size_t out_len,
           struct wf_error *err)
{
    uint8_t nothing = 0;
    size_t used = 0;
    size_t made = 0;
    const enum libdeflate_result result = libdeflate_deflate_decompress_ex(
        inflater->whole, in.len == 0 ? &nothing : in.data, in.len,
        out_len == 0 ? &nothing : out, out_len, &used, &made);

    if (result == LIBDEFLATE_SUCCESS && used == in.len && made == out_len)
        return true;
    return explain(inflater, in, out_len, err);
}

struct wf_deflater {
    struct wf_arena arena; /* holds this struct itself */
    struct libdeflate_compressor *compressor;
};

struct wf_deflater *
wf_deflater_new(int level)
{
    struct wf_arena arena = { 0 };
    struct wf_deflater *deflater = wf_arena_alloc(&arena, sizeof *deflater);

    assert(level >= 1 && level <= WF_DEFLATE_MAX_LEVEL);
    deflater->arena = arena;
    deflater->compressor = libdeflate_alloc_compressor(level);
    if (deflater->compressor == NULL)
        wf_out_of_memory(sizeof *deflater);
    return deflater;
}

void
wf_deflater_free(struct wf_deflater *deflater)
{
    if (deflater == NULL)
        return;
    struct wf_arena arena = deflater->arena;

    libdeflate_free_compressor(deflater->compressor);
    wf_arena_clear(&arena);
}

void
wf_deflate(struct wf_deflater *deflater, struct wf_bytes in, struct wf_buffer *out)
{
    static const uint8_t nothing = 0;
    const size_t most = libdeflate_deflate_compress_bound(deflater->compressor, in.len);

    if (out->over || most > out->max - out->len) {
        out->over = true;
        return;
    }
    if (!wf_buffer_reserve(out, out->len + most))
        return;
    const size_t made = libdeflate_deflate_compress(deflater->compressor,
                                                    in.len == 0 ? &nothing : in.data,
                                                    in.len, out->data + out->len, most);

    assert(made > 0); /* the bound is one */
    out->len += made;
}

uint32_t
wf_crc32_combine(uint32_t first, uint32_t second, uint64_t len)
{
    /* In steps that fit zlib's type on every host: a run of zeros moves `first` on. */
    const uint64_t step = UINT64_C(1) << 30;

    for (; len > step; len -= step)
        first = (uint32_t)crc32_combine(first, 0, (z_off_t)step);
    return (uint32_t)crc32_combine(first, second, (z_off_t)len);
}

uint32_t
wf_crc32(uint32_t crc, struct wf_bytes data)
{
    /* libdeflate takes a NULL pointer as the wish for the initial value. */
    return data.len == 0 ? crc : libdeflate_crc32(crc, data.data, data.len);
}

void
wf_deflate_warm_up(void)
{
    static const uint8_t empty_stored[] = { 1, 0, 0, 0xFF, 0xFF };
    struct wf_inflater *inflater = wf_inflater_new();
    uint8_t out = 0;
    const bool ok = wf_inflate(inflater, wf_bytes_of(empty_stored, sizeof empty_stored),
                               &out, 0, NULL);

    assert(ok);
    wf_inflater_free(inflater);
    (void)wf_crc32(0, wf_bytes_of(empty_stored, sizeof empty_stored));
}

const char *
wf_deflate_version(void)
{
    return "libdeflate " LIBDEFLATE_VERSION_STRING;
}
