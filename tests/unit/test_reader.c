/* test_reader.c -- the reader fails once and stays failed. */
#include "../support/unit.h"

#include "base/reader.h"

static const uint8_t image[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void
numbers_are_read_in_the_readers_byte_order(void **state)
{
    struct wf_reader little = wf_reader_over(wf_bytes_of(image, sizeof image), WF_LITTLE);
    struct wf_reader big = wf_reader_over(wf_bytes_of(image, sizeof image), WF_BIG);

    (void)state;
    assert_int_equal(wf_read_u8(&little), 0x01);
    assert_int_equal(wf_read_u16(&little), 0x0302);
    assert_int_equal(wf_read_u32(&little), 0x07060504);
    assert_true(wf_read_u64(&little) == UINT64_C(0x0F0E0D0C0B0A0908));
    assert_int_equal(wf_read_u8(&big), 0x01);
    assert_int_equal(wf_read_u16(&big), 0x0203);
    assert_int_equal(wf_read_u32(&big), 0x04050607);
    assert_true(wf_read_u64(&big) == UINT64_C(0x08090A0B0C0D0E0F));
    assert_true(wf_reader_ok(&little, "it", NULL));
    assert_true(wf_reader_ok(&big, "it", NULL));
    assert_int_equal(little.rest.len, 0);
}

static void
after_the_first_miss_all_is_zero(void **state)
{
    struct wf_bytes src = wf_bytes_of(image, 3);
    struct wf_error err = { 0 };

    (void)state;
    src.file_off = 0x10;
    struct wf_reader r = wf_reader_over(src, WF_LITTLE);

    assert_int_equal(wf_read_u8(&r), 1);
    assert_int_equal(wf_read_u32(&r), 0);
    assert_int_equal(wf_read_u8(&r), 0); /* it would fit, and does not un-fail */
    wf_read_skip(&r, 0);
    assert_int_equal(wf_read_bytes(&r, 1).len, 0);
    assert_false(wf_reader_ok(&r, "record", &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x11,
                    "at 0x11: record is cut short; 2 bytes remain");
}

static void
skipping_and_taking_move_on(void **state)
{
    struct wf_reader r = wf_reader_over(wf_bytes_of(image, sizeof image), WF_LITTLE);

    (void)state;
    wf_read_skip(&r, 4);
    const struct wf_bytes taken = wf_read_bytes(&r, 2);

    assert_int_equal(taken.data[0], 5);
    assert_int_equal(taken.len, 2);
    assert_int_equal(taken.file_off, 4);
    assert_int_equal(wf_read_u8(&r), 7);
    wf_read_skip(&r, SIZE_MAX);
    assert_false(wf_reader_ok(&r, "it", NULL));
}

static void
every_prefix_of_a_record_is_refused_where_it_ends(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof image; len++) {
        const struct wf_bytes exact = exact_copy(image, len);
        struct wf_reader r = wf_reader_over(exact, WF_BIG);

        (void)wf_read_u8(&r);
        (void)wf_read_u16(&r);
        (void)wf_read_u32(&r);
        (void)wf_read_u64(&r);
        assert_int_equal(wf_reader_ok(&r, "it", NULL), len == sizeof image);
        free_exact(exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_in_the_readers_byte_order),
        cmocka_unit_test(after_the_first_miss_all_is_zero),
        cmocka_unit_test(skipping_and_taking_move_on),
        cmocka_unit_test(every_prefix_of_a_record_is_refused_where_it_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
