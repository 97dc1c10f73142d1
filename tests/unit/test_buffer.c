/* test_buffer.c -- output with a maximum. */
#include "../support/unit.h"

#include "base/buffer.h"

static void
an_empty_buffer_takes_nothing_and_can_be_cleared(void **state)
{
    struct wf_buffer buffer = { 0 };

    (void)state;
    wf_buffer_add(&buffer, "", 0);
    assert_true(wf_buffer_ok(&buffer, "it", NULL));
    wf_buffer_add_char(&buffer, 'a');
    assert_false(wf_buffer_ok(&buffer, "it", NULL));
    wf_buffer_clear(&buffer);
}

static void
pieces_are_appended_in_order(void **state)
{
    struct wf_buffer buffer;

    (void)state;
    wf_buffer_init(&buffer, 64);
    wf_buffer_add(&buffer, "ab", 2);
    wf_buffer_add_char(&buffer, 'c');
    wf_buffer_add_str(&buffer, "de");
    wf_buffer_printf(&buffer, "%d%s", 42, "f");
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&buffer), "abcde42f"));
    wf_buffer_clear(&buffer);
}

static void
the_maximum_itself_fits_and_one_more_does_not(void **state)
{
    struct wf_buffer buffer;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&buffer, 4);
    wf_buffer_add(&buffer, "abcd", 4);
    assert_true(wf_buffer_ok(&buffer, "the answer", &err));
    wf_buffer_add_char(&buffer, 'e');
    assert_false(wf_buffer_ok(&buffer, "the answer", &err));
    assert_error(err, WF_ERR_LIMIT, "the answer is larger than 4 bytes");
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&buffer), "abcd"));
    wf_buffer_clear(&buffer);
}

static void
once_over_full_nothing_small_slips_in(void **state)
{
    struct wf_buffer buffer;

    (void)state;
    wf_buffer_init(&buffer, 4);
    wf_buffer_add(&buffer, "abcde", 5);
    wf_buffer_add_char(&buffer, 'x');
    wf_buffer_printf(&buffer, "%c", 'y');
    assert_int_equal(buffer.len, 0);
    wf_buffer_reset(&buffer);
    wf_buffer_add_char(&buffer, 'z');
    assert_true(wf_buffer_ok(&buffer, "it", NULL));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&buffer), "z"));
    wf_buffer_clear(&buffer);
}

static void
long_formatted_text_is_whole_or_over(void **state)
{
    struct wf_buffer buffer;

    (void)state;
    wf_buffer_init(&buffer, 2000);
    wf_buffer_printf(&buffer, "%01999d", 5); /* one byte is left for vsnprintf's NUL */
    assert_int_equal(buffer.len, 1999);
    assert_int_equal(buffer.data[0], '0');
    assert_int_equal(buffer.data[1998], '5');
    wf_buffer_reset(&buffer);
    wf_buffer_printf(&buffer, "%02001d", 5);
    assert_true(buffer.over);
    assert_int_equal(buffer.len, 0);
    wf_buffer_clear(&buffer);
}

static void
reserving_keeps_the_content_and_minds_the_maximum(void **state)
{
    struct wf_buffer buffer;

    (void)state;
    wf_buffer_init(&buffer, 1000);
    wf_buffer_add_str(&buffer, "kept");
    assert_true(wf_buffer_reserve(&buffer, 1000));
    assert_true(buffer.cap >= 1000);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&buffer), "kept"));
    assert_false(wf_buffer_reserve(&buffer, 1001));
    assert_true(buffer.over);
    wf_buffer_clear(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.max, 1000);
}

static void
resetting_keeps_the_memory(void **state)
{
    struct wf_buffer buffer;

    (void)state;
    wf_buffer_init(&buffer, 1000);
    wf_buffer_add_str(&buffer, "first");
    const uint8_t *data = buffer.data;

    wf_buffer_reset(&buffer);
    assert_int_equal(buffer.len, 0);
    wf_buffer_add_str(&buffer, "next");
    assert_ptr_equal(buffer.data, data);
    wf_buffer_clear(&buffer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_takes_nothing_and_can_be_cleared),
        cmocka_unit_test(pieces_are_appended_in_order),
        cmocka_unit_test(the_maximum_itself_fits_and_one_more_does_not),
        cmocka_unit_test(once_over_full_nothing_small_slips_in),
        cmocka_unit_test(long_formatted_text_is_whole_or_over),
        cmocka_unit_test(reserving_keeps_the_content_and_minds_the_maximum),
        cmocka_unit_test(resetting_keeps_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
