/* test_deflate_join.c -- streams that follow one another, whatever kind of block ends the
 * first and at whatever bit.  zlib makes the odd ones and reads them all. */
#include "../support/unit.h"

#include <stdio.h>
#include <zlib.h>

#include "base/deflate.h"

enum { LONGEST = 3 << 20 };

enum last_block { STORED, FIXED, DYNAMIC, NUM_KINDS };

/* Text that compresses somewhat: words in an order that a small generator decides. */
static void
fill(uint8_t *out, size_t len, uint32_t seed)
{
    static const char words[] = "wheel fix repair audit ELF NEEDED RPATH glibc musl \n";
    uint32_t x = seed * 2654435761u + 1;

    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        out[i] = (x >> 28) == 0 ? (uint8_t)(x >> 16) : (uint8_t)words[(x >> 24) % 52];
    }
}

static void
pack(struct wf_buffer *out, enum last_block kind, const uint8_t *text, size_t len)
{
    z_stream z = { 0 };
    uint8_t part[4096];
    int status = Z_OK;

    assert_int_equal(deflateInit2(&z, kind == STORED ? 0 : 6, Z_DEFLATED, -15, 8,
                                  kind == FIXED ? Z_FIXED : Z_DEFAULT_STRATEGY),
                     Z_OK);
    z.next_in = (uint8_t *)(uintptr_t)text;
    z.avail_in = (uInt)len;
    while (status == Z_OK) {
        z.next_out = part;
        z.avail_out = sizeof part;
        status = deflate(&z, Z_FINISH);
        wf_buffer_add(out, part, sizeof part - z.avail_out);
    }
    assert_int_equal(status, Z_STREAM_END);
    deflateEnd(&z);
}

/* How many bits of the last byte zlib does not use: it says so where the last block ends. */
static unsigned
unused_bits(struct wf_bytes packed)
{
    z_stream z = { 0 };
    uint8_t part[4096];
    const int last_block_ended = 64 | 128;

    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    z.next_in = (uint8_t *)(uintptr_t)packed.data;
    z.avail_in = (uInt)packed.len;
    do {
        z.next_out = part;
        z.avail_out = sizeof part;
        assert_int_equal(inflate(&z, Z_BLOCK), Z_OK);
    } while ((z.data_type & last_block_ended) != last_block_ended);
    const unsigned num = (unsigned)z.data_type & 7;

    inflateEnd(&z);
    return num;
}

static void
assert_holds(struct wf_bytes packed, const uint8_t *text, size_t len)
{
    struct wf_inflater *inflater = wf_inflater_new();
    uint8_t *out = malloc(len + 1);
    struct wf_error err = { 0 };
    z_stream z = { 0 };

    assert_non_null(out);
    assert_true(wf_inflate(inflater, packed, out, len, &err));
    assert_memory_equal(out, text, len);
    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    z.next_in = (uint8_t *)(uintptr_t)packed.data;
    z.avail_in = (uInt)packed.len;
    z.next_out = out;
    z.avail_out = (uInt)len + 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    assert_int_equal(z.avail_out, 1);
    assert_memory_equal(out, text, len);
    inflateEnd(&z);
    free(out);
    wf_inflater_free(inflater);
}

/* 300 lengths of each kind meet every end bit; the second half follows as a stream of
 * zlib's with the same kind. */
static void
every_kind_of_last_block_is_continued_at_every_bit(void **state)
{
    unsigned seen[NUM_KINDS][8] = { { 0 } };
    uint8_t text[2400];
    struct wf_error err = { 0 };

    (void)state;
    fill(text, sizeof text, 7);
    for (int kind = STORED; kind < NUM_KINDS; kind++)
        for (size_t first = 600; first < 900; first++) {
            struct wf_buffer packed;

            wf_buffer_init(&packed, SIZE_MAX);
            pack(&packed, (enum last_block)kind, text, first);
            seen[kind][unused_bits(wf_buffer_bytes(&packed))]++;
            assert_true(wf_deflate_join(&packed, &err));
            pack(&packed, (enum last_block)kind, text + first, sizeof text - first);
            assert_holds(wf_buffer_bytes(&packed), text, sizeof text);
            wf_buffer_clear(&packed);
        }
    assert_int_equal(seen[STORED][0], 300);
    for (int kind = FIXED; kind < NUM_KINDS; kind++)
        for (int bit = 0; bit < 8; bit++)
            assert_true(seen[kind][bit] > 0);
}

/* What is appended: a header that begins in the last byte when three bits are left there,
 * and is padded to it; else a byte more. */
static void
an_empty_stored_block_follows_and_the_final_bit_is_gone(void **state)
{
    struct wf_buffer packed;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&packed, SIZE_MAX);
    wf_buffer_add(&packed, "\x03\x00", 2); /* fixed, end of block: bits 0 to 9 */
    assert_true(wf_deflate_join(&packed, &err));
    assert_int_equal(packed.len, 6);
    assert_memory_equal(packed.data, "\x02\x00\x00\x00\xff\xff", 6);
    wf_buffer_reset(&packed);
    wf_buffer_add(&packed, "\x01\x01\x00\xfe\xff!", 6); /* stored: ends at a byte */
    assert_true(wf_deflate_join(&packed, &err));
    assert_int_equal(packed.len, 11);
    assert_memory_equal(packed.data, "\x00\x01\x00\xfe\xff!\x00\x00\x00\xff\xff", 11);
    wf_buffer_clear(&packed);
}

static void
bits_behind_the_end_are_cleared(void **state)
{
    struct wf_buffer packed;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&packed, SIZE_MAX);
    wf_buffer_add(&packed, "\x03\xfc", 2);
    assert_true(wf_deflate_join(&packed, &err));
    assert_memory_equal(packed.data, "\x02\x00\x00\x00\xff\xff", 6);
    wf_buffer_clear(&packed);
}

/* As a large member is made: chunks of their own, of which all but the last are joined.
 * Chunks that do not compress end in stored blocks. */
static void
chunks_of_every_level_make_one_stream(void **state)
{
    uint8_t *text = malloc(LONGEST);
    static const int levels[] = { 1, WF_DEFLATE_LEVEL, 6, 9, WF_DEFLATE_MAX_LEVEL };

    (void)state;
    assert_non_null(text);
    fill(text, LONGEST, 1);
    for (size_t i = LONGEST / 3; i < LONGEST / 2; i++)
        text[i] = (uint8_t)(i * i * 2654435761u >> 13); /* hardly compressible */
    for (size_t level = 0; level < WF_COUNT(levels); level++) {
        struct wf_deflater *deflater = wf_deflater_new(levels[level]);
        const size_t chunk = levels[level] > 9 ? LONGEST / 3 : 100000;
        struct wf_buffer part;
        struct wf_buffer packed;
        struct wf_error err = { 0 };

        wf_buffer_init(&part, SIZE_MAX);
        wf_buffer_init(&packed, SIZE_MAX);
        for (size_t at = 0; at < LONGEST; at += chunk) {
            const size_t left = LONGEST - at;

            wf_buffer_reset(&part);
            wf_deflate(deflater, wf_bytes_of(text + at, left < chunk ? left : chunk),
                       &part);
            if (left > chunk)
                assert_true(wf_deflate_join(&part, &err));
            wf_buffer_add(&packed, part.data, part.len);
        }
        assert_holds(wf_buffer_bytes(&packed), text, LONGEST);
        wf_buffer_clear(&part);
        wf_buffer_clear(&packed);
        wf_deflater_free(deflater);
    }
    free(text);
}

static void
refused(const char *bytes, size_t len, uint64_t at, const char *says)
{
    struct wf_buffer packed;
    struct wf_error err = { 0 };
    char text[200];

    wf_buffer_init(&packed, SIZE_MAX);
    wf_buffer_add(&packed, bytes, len);
    snprintf(text, sizeof text, "at 0x%llx: deflate data cannot be continued: %s",
             (unsigned long long)at, says);
    assert_false(wf_deflate_join(&packed, &err));
    assert_error_at(err, WF_ERR_MALFORMED, at, text);
    assert_int_equal(packed.len, len);
    wf_buffer_clear(&packed);
}

static void
what_is_no_whole_stream_is_refused_and_left_alone(void **state)
{
    (void)state;
    refused("", 0, 0, "it is empty");
    refused("\x07\x00", 2, 0, "a block is of no known kind");
    refused("\x03\x00\x00", 3, 2, "1 bytes follow its end");
    refused("\x01\x01\x00\xff\xff!", 6, 5,
            "a stored block's length and its complement differ");
    refused("\x01\x02\x00\xfd\xff!", 6, 6, "it is cut short");
    refused("\x01\x01\x00", 3, 3, "it is cut short");
    refused("\x02\x00", 2, 2, "it is cut short"); /* no block says that it is the last */
    refused("\x03", 1, 1, "it is cut short");
    /* Fixed: literal 286 (11000110), which stands for nothing. */
    refused("\x1b\x03\x00", 3, 1, "a symbol has no code");
    /* Dynamic: 19 code lengths of 1 bit each. */
    refused("\x05\xe0\x93\x24\x49\x92\x24\x49\x92\x24", 10, 9,
            "the code of its code lengths is overfull");
}

/* Every prefix and every changed bit: a stream that can be continued, or an error with a
 * place.  What zlib's reader takes for a whole stream must be continued. */
static void
check_change(struct wf_inflater *inflater, struct wf_bytes changed)
{
    uint8_t before[8192];
    uint8_t after[8192];
    struct wf_buffer packed;
    struct wf_error err = { 0 };
    const size_t len = wf_inflate_peek(inflater, changed, before, sizeof before);
    const bool is_whole = wf_inflate(inflater, changed, before, len, NULL);

    wf_buffer_init(&packed, SIZE_MAX);
    wf_buffer_add(&packed, changed.data, changed.len);
    if (wf_deflate_join(&packed, &err)) {
        wf_buffer_add(&packed, "\x03\x00", 2);
        assert_int_equal(wf_inflate(inflater, wf_buffer_bytes(&packed), after, len, NULL),
                         is_whole);
        if (is_whole)
            assert_memory_equal(before, after, len);
    } else {
        assert_false(is_whole);
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_in_range(err.offset, 0, changed.len);
    }
    wf_buffer_clear(&packed);
}

static void
every_prefix_and_every_changed_bit_is_continued_or_a_placed_error(void **state)
{
    struct wf_inflater *inflater = wf_inflater_new();
    uint8_t text[900];

    (void)state;
    fill(text, sizeof text, 3);
    for (int kind = STORED; kind < NUM_KINDS; kind++) {
        struct wf_buffer packed;

        wf_buffer_init(&packed, SIZE_MAX);
        pack(&packed, (enum last_block)kind, text, sizeof text);
        for (size_t len = 0; len < packed.len; len++) {
            const struct wf_bytes exact = exact_copy(packed.data, len);

            check_change(inflater, exact);
            free_exact(exact);
        }
        const struct wf_bytes exact = exact_copy(packed.data, packed.len);
        uint8_t *bytes = (uint8_t *)(uintptr_t)exact.data;

        for (size_t bit = 0; bit < exact.len * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            check_change(inflater, exact);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        free_exact(exact);
        wf_buffer_clear(&packed);
    }
    wf_inflater_free(inflater);
}

static void
a_buffer_without_room_for_the_block_is_told(void **state)
{
    struct wf_buffer packed;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&packed, 4);
    wf_buffer_add(&packed, "\x03\x00", 2);
    assert_false(wf_deflate_join(&packed, &err));
    assert_error(err, WF_ERR_LIMIT, "the deflate data is larger than 4 bytes");
    wf_buffer_clear(&packed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_last_block_is_continued_at_every_bit),
        cmocka_unit_test(an_empty_stored_block_follows_and_the_final_bit_is_gone),
        cmocka_unit_test(bits_behind_the_end_are_cleared),
        cmocka_unit_test(chunks_of_every_level_make_one_stream),
        cmocka_unit_test(what_is_no_whole_stream_is_refused_and_left_alone),
        cmocka_unit_test(
            every_prefix_and_every_changed_bit_is_continued_or_a_placed_error),
        cmocka_unit_test(a_buffer_without_room_for_the_block_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
