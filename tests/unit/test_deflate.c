/* test_deflate.c -- exact inflation, peeks, and where damage stands.  zlib makes the
 * streams. */
#include "../support/unit.h"

#include <stdio.h>
#include <zlib.h>

#include "base/deflate.h"

enum { TEXT_LEN = 3000, ROOM = 8192 };

/* One compressed text, and the state under test. */
struct fixture {
    struct wf_inflater *inflater;
    uint8_t text[TEXT_LEN];
    uint8_t packed[ROOM];
    size_t packed_len;
    uint8_t out[ROOM];
};

static void
pack(struct fixture *f, int level, int strategy)
{
    z_stream z = { 0 };

    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 8, strategy), Z_OK);
    z.next_in = f->text;
    z.avail_in = sizeof f->text;
    z.next_out = f->packed;
    z.avail_out = sizeof f->packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    f->packed_len = sizeof f->packed - z.avail_out;
    deflateEnd(&z);
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL)
        return -1;
    f->inflater = wf_inflater_new();
    for (size_t i = 0; i < sizeof f->text; i++)
        f->text[i] = (uint8_t)("wheelfix reads wheels "[i % 22] + (i % 97 == 0));
    pack(f, 6, Z_DEFAULT_STRATEGY);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    wf_inflater_free(f->inflater);
    free(f);
    return 0;
}

static struct wf_bytes
packed_at(const struct fixture *f, uint64_t file_off)
{
    struct wf_bytes view = wf_bytes_of(f->packed, f->packed_len);

    view.file_off = file_off;
    return view;
}

static void
every_kind_of_block_is_inflated(void **state)
{
    static const struct {
        int level, strategy;
    } rows[] = { { 0, Z_DEFAULT_STRATEGY },
                 { 1, Z_FIXED },
                 { 9, Z_DEFAULT_STRATEGY },
                 { 6, Z_HUFFMAN_ONLY } };
    struct fixture *f = *state;

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_error err = { 0 };

        pack(f, rows[i].level, rows[i].strategy);
        memset(f->out, 0, sizeof f->out);
        assert_true(wf_inflate(f->inflater, packed_at(f, 0), f->out, TEXT_LEN, &err));
        assert_memory_equal(f->out, f->text, TEXT_LEN);
    }
}

static void
nothing_is_inflated_to_nothing(void **state)
{
    static const uint8_t empty[] = { 3, 0 };
    struct fixture *f = *state;

    assert_true(wf_inflate(f->inflater, wf_bytes_of(empty, 2), NULL, 0, NULL));
}

static void
data_for_a_smaller_place_is_refused(void **state)
{
    struct fixture *f = *state;
    struct wf_error err = { 0 };

    assert_false(wf_inflate(f->inflater, packed_at(f, 64), f->out, TEXT_LEN - 1, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 64,
                    "at 0x40: deflate data is longer than the 2999 bytes it should hold");
    assert_false(wf_inflate(f->inflater, packed_at(f, 64), NULL, 0, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 64,
                    "at 0x40: deflate data is longer than the 0 bytes it should hold");
}

static void
data_for_a_larger_place_is_refused(void **state)
{
    struct fixture *f = *state;
    struct wf_error err = { 0 };

    assert_false(wf_inflate(f->inflater, packed_at(f, 64), f->out, TEXT_LEN + 1, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 64,
                    "at 0x40: deflate data holds 3000 bytes; 3001 are expected");
}

static void
bytes_after_the_end_are_refused(void **state)
{
    struct fixture *f = *state;
    struct wf_error err = { 0 };
    char expected[128];

    snprintf(expected, sizeof expected,
             "at 0x%zx: deflate data ends 2 bytes before the end of its place",
             64 + f->packed_len);
    f->packed_len += 2;
    assert_false(wf_inflate(f->inflater, packed_at(f, 64), f->out, TEXT_LEN, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 64 + f->packed_len - 2, expected);
}

static void
damage_is_told_with_its_place(void **state)
{
    static const uint8_t reserved_block_type[] = { 7, 0 };
    struct fixture *f = *state;
    struct wf_error err = { 0 };

    assert_false(
        wf_inflate(f->inflater, wf_bytes_of(reserved_block_type, 2), f->out, 10, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 1,
                    "at 0x1: deflate data is damaged after 0 of 10 bytes");
}

static void
an_empty_stream_is_cut_short(void **state)
{
    struct fixture *f = *state;
    struct wf_error err = { 0 };

    assert_false(wf_inflate(f->inflater, wf_bytes_of(NULL, 0), f->out, 10, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0,
                    "at 0x0: deflate data is cut short after 0 of 10 bytes");
}

static void
every_prefix_is_cut_short_at_its_end(void **state)
{
    struct fixture *f = *state;

    for (size_t len = 0; len < f->packed_len; len++) {
        const struct wf_bytes exact = exact_copy(f->packed, len);
        struct wf_error err = { 0 };

        assert_false(wf_inflate(f->inflater, exact, f->out, TEXT_LEN, &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_non_null(strstr(err.text, "is cut short after"));
        assert_int_equal(err.offset, len);
        free_exact(exact);
    }
}

/* Whatever a changed byte makes of the stream: the exact length, or an error with a
 * place inside the data. */
static void
every_changed_byte_is_an_answer_or_a_placed_error(void **state)
{
    struct fixture *f = *state;
    const struct wf_bytes exact = exact_copy(f->packed, f->packed_len);
    uint8_t *bytes = (uint8_t *)(uintptr_t)exact.data;
    uint8_t *out = malloc(TEXT_LEN);

    assert_non_null(out);
    for (size_t at = 0; at < exact.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct wf_error err = { 0 };

            bytes[at] ^= (uint8_t)(1u << bit);
            if (!wf_inflate(f->inflater, exact, out, TEXT_LEN, &err)) {
                assert_int_equal(err.kind, WF_ERR_MALFORMED);
                assert_in_range(err.offset, 0, exact.len);
            }
            bytes[at] ^= (uint8_t)(1u << bit);
        }
    free(out);
    free_exact(exact);
}

static void
a_peek_gives_the_first_bytes(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(wf_inflate_peek(f->inflater, packed_at(f, 0), f->out, 64), 64);
    assert_memory_equal(f->out, f->text, 64);
    assert_int_equal(wf_inflate_peek(f->inflater, packed_at(f, 0), f->out, ROOM),
                     TEXT_LEN);
}

static void
a_peek_into_a_part_gives_what_it_can(void **state)
{
    struct fixture *f = *state;
    size_t before = 0;

    for (size_t len = 0; len <= f->packed_len; len++) {
        const struct wf_bytes exact = exact_copy(f->packed, len);
        const size_t got = wf_inflate_peek(f->inflater, exact, f->out, TEXT_LEN);

        assert_in_range(got, before, TEXT_LEN);
        assert_memory_equal(f->out, f->text, got);
        before = got;
        free_exact(exact);
    }
    assert_int_equal(before, TEXT_LEN);
}

static void
a_peek_into_damage_or_nothing_is_empty_and_does_no_harm(void **state)
{
    static const uint8_t reserved_block_type[] = { 7, 0 };
    struct fixture *f = *state;

    assert_int_equal(
        wf_inflate_peek(f->inflater, wf_bytes_of(reserved_block_type, 2), f->out, 64), 0);
    assert_int_equal(wf_inflate_peek(f->inflater, wf_bytes_of(NULL, 0), f->out, 64), 0);
    assert_int_equal(wf_inflate_peek(f->inflater, packed_at(f, 0), f->out, 0), 0);
    assert_int_equal(wf_inflate_peek(f->inflater, packed_at(f, 0), f->out, 64), 64);
    assert_memory_equal(f->out, f->text, 64);
}

static void
crc32_is_that_of_zip_and_can_be_continued(void **state)
{
    (void)state;
    assert_int_equal(wf_crc32(0, wf_bytes_str("123456789")), 0xCBF43926);
    assert_int_equal(wf_crc32(wf_crc32(0, wf_bytes_str("1234")), wf_bytes_str("56789")),
                     0xCBF43926);
    assert_int_equal(wf_crc32(0, wf_bytes_of(NULL, 0)), 0);
    assert_int_equal(wf_crc32(0xCBF43926, wf_bytes_of(NULL, 0)), 0xCBF43926);
}

static void
crc32_of_two_runs_is_that_of_both_together(void **state)
{
    struct fixture *f = *state;
    const struct wf_bytes text = wf_bytes_of(f->text, TEXT_LEN);

    for (size_t at = 0; at <= TEXT_LEN; at += 499) {
        const uint32_t first = wf_crc32(0, wf_bytes_first(text, at));
        const uint32_t second = wf_crc32(0, wf_bytes_skip(text, at));

        assert_int_equal(wf_crc32_combine(first, second, TEXT_LEN - at),
                         wf_crc32(0, text));
    }
}

/* Moving on by n zeros and then by m is moving on by both; so is a run over 1 GiB. */
static void
crc32_of_runs_over_4_gib_is_combined(void **state)
{
    const uint64_t large = (UINT64_C(5) << 30) + 12345;
    const uint32_t once = wf_crc32_combine(0xCBF43926, 0, large);
    const uint32_t half = wf_crc32_combine(0xCBF43926, 0, 12345);

    (void)state;
    uint32_t pieces = half;
    for (int i = 0; i < 10; i++)
        pieces = wf_crc32_combine(pieces, 0, UINT64_C(1) << 29);
    assert_int_equal(once, pieces);
    assert_int_not_equal(once, half);
}

static void
what_was_deflated_at_each_level_is_inflated_again(void **state)
{
    struct fixture *f = *state;

    for (int level = 1; level <= WF_DEFLATE_MAX_LEVEL; level++)
        for (size_t len = 0; len <= TEXT_LEN; len += TEXT_LEN / 2) {
            struct wf_deflater *deflater = wf_deflater_new(level);
            struct wf_buffer packed;
            struct wf_error err = { 0 };

            wf_buffer_init(&packed, SIZE_MAX);
            wf_deflate(deflater, wf_bytes_of(len == 0 ? NULL : f->text, len), &packed);
            assert_true(wf_buffer_ok(&packed, "packed", &err));
            assert_true(
                wf_inflate(f->inflater, wf_buffer_bytes(&packed), f->out, len, &err));
            assert_memory_equal(f->out, f->text, len);
            wf_buffer_clear(&packed);
            wf_deflater_free(deflater);
        }
}

static void
a_deflater_is_used_again_and_what_is_in_the_buffer_stays(void **state)
{
    struct fixture *f = *state;
    struct wf_deflater *deflater = wf_deflater_new(WF_DEFLATE_LEVEL);
    struct wf_buffer packed;

    wf_buffer_init(&packed, SIZE_MAX);
    wf_deflate(deflater, wf_bytes_of(f->text, TEXT_LEN), &packed);
    const size_t once = packed.len;

    wf_deflate(deflater, wf_bytes_of(f->text, TEXT_LEN), &packed);
    assert_int_equal(packed.len, 2 * once);
    assert_memory_equal(packed.data, packed.data + once, once);
    wf_buffer_clear(&packed);
    wf_deflater_free(deflater);
    wf_deflater_free(NULL);
}

static void
a_buffer_that_is_too_small_is_told(void **state)
{
    struct fixture *f = *state;
    struct wf_deflater *deflater = wf_deflater_new(1);
    struct wf_buffer packed;
    struct wf_error err = { 0 };

    wf_buffer_init(&packed, 16);
    wf_deflate(deflater, wf_bytes_of(f->text, TEXT_LEN), &packed);
    assert_int_equal(packed.len, 0);
    assert_false(wf_buffer_ok(&packed, "packed", &err));
    wf_buffer_clear(&packed);
    wf_deflater_free(deflater);
}

static void
warming_up_can_be_repeated_and_freeing_nothing_is_fine(void **state)
{
    (void)state;
    wf_deflate_warm_up();
    wf_deflate_warm_up();
    wf_inflater_free(NULL);
}

#define WITH_STREAM(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STREAM(every_kind_of_block_is_inflated),
        WITH_STREAM(nothing_is_inflated_to_nothing),
        WITH_STREAM(data_for_a_smaller_place_is_refused),
        WITH_STREAM(data_for_a_larger_place_is_refused),
        WITH_STREAM(bytes_after_the_end_are_refused),
        WITH_STREAM(damage_is_told_with_its_place),
        WITH_STREAM(an_empty_stream_is_cut_short),
        WITH_STREAM(every_prefix_is_cut_short_at_its_end),
        WITH_STREAM(every_changed_byte_is_an_answer_or_a_placed_error),
        WITH_STREAM(a_peek_gives_the_first_bytes),
        WITH_STREAM(a_peek_into_a_part_gives_what_it_can),
        WITH_STREAM(a_peek_into_damage_or_nothing_is_empty_and_does_no_harm),
        cmocka_unit_test(crc32_is_that_of_zip_and_can_be_continued),
        WITH_STREAM(crc32_of_two_runs_is_that_of_both_together),
        cmocka_unit_test(crc32_of_runs_over_4_gib_is_combined),
        WITH_STREAM(what_was_deflated_at_each_level_is_inflated_again),
        WITH_STREAM(a_deflater_is_used_again_and_what_is_in_the_buffer_stays),
        WITH_STREAM(a_buffer_that_is_too_small_is_told),
        cmocka_unit_test(warming_up_can_be_repeated_and_freeing_nothing_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
