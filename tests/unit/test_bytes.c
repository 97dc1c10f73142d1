/* test_bytes.c -- views that cannot see beyond what they view. */
#include "../support/unit.h"

static void
a_slice_knows_its_place_in_the_file(void **state)
{
    struct wf_bytes whole = wf_bytes_str("0123456789");
    struct wf_bytes part = { 0 };

    (void)state;
    whole.file_off = 1000;
    assert_true(wf_bytes_slice(&part, whole, 3, 4, "it", NULL));
    assert_true(wf_bytes_equal_str(part, "3456"));
    assert_int_equal(part.file_off, 1003);
    assert_true(wf_bytes_slice(&part, part, 1, 2, "it", NULL));
    assert_int_equal(part.file_off, 1004);
}

static void
a_slice_that_does_not_fit_is_refused_without_wrapping(void **state)
{
    static const struct {
        uint64_t off, len;
    } rows[] = {
        { 0, 11 },
        { 11, 0 },
        { 10, 1 },
        { 4, 7 },
        { 5, UINT64_MAX },
        { UINT64_MAX, 5 },
        { UINT64_MAX, UINT64_MAX },
        { UINT64_C(1) << 32, 0 },
    };
    const struct wf_bytes whole = wf_bytes_str("0123456789");

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_bytes part = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_bytes_slice(&part, whole, rows[i].off, rows[i].len, "it", &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_null(part.data);
    }
}

static void
the_refusal_names_what_it_claimed_and_what_there_is(void **state)
{
    struct wf_bytes whole = wf_bytes_str("0123456789");
    struct wf_bytes part = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    whole.file_off = 32;
    assert_false(wf_bytes_slice(&part, whole, 8, 3, "string table", &err));
    assert_error_at(err, WF_ERR_MALFORMED, 32,
                    "at 0x20: string table claims 3 bytes from 0x8; there are 10");
}

static void
the_empty_slices_at_both_ends_fit(void **state)
{
    const struct wf_bytes whole = wf_bytes_str("ab");
    struct wf_bytes part = whole;

    (void)state;
    assert_true(wf_bytes_slice(&part, whole, 0, 0, "it", NULL));
    assert_int_equal(part.len, 0);
    assert_true(wf_bytes_slice(&part, whole, 2, 0, "it", NULL));
    assert_int_equal(part.len, 0);
    assert_true(wf_bytes_slice(&part, wf_bytes_of(NULL, 0), 0, 0, "it", NULL));
    assert_int_equal(part.len, 0);
}

static void
splitting_gives_both_parts(void **state)
{
    const struct wf_bytes whole = wf_bytes_str("abcde");

    (void)state;
    assert_true(wf_bytes_equal_str(wf_bytes_first(whole, 2), "ab"));
    assert_true(wf_bytes_equal_str(wf_bytes_skip(whole, 2), "cde"));
    assert_int_equal(wf_bytes_skip(whole, 2).file_off, 2);
    assert_int_equal(wf_bytes_skip(whole, 5).len, 0);
    assert_int_equal(wf_bytes_skip(wf_bytes_of(NULL, 0), 0).len, 0);
}

static void
comparison_is_by_length_and_content(void **state)
{
    (void)state;
    assert_true(wf_bytes_equal_str(wf_bytes_str("ab"), "ab"));
    assert_false(wf_bytes_equal_str(wf_bytes_str("ab"), "abc"));
    assert_false(wf_bytes_equal_str(wf_bytes_str("abc"), "ab"));
    assert_true(wf_bytes_equal(wf_bytes_of(NULL, 0), wf_bytes_str("")));
    assert_false(wf_bytes_equal(wf_bytes_of("a\0b", 3), wf_bytes_of("a\0c", 3)));
    assert_true(wf_bytes_starts_with(wf_bytes_str("lib.so"), "lib"));
    assert_true(wf_bytes_starts_with(wf_bytes_str("lib"), ""));
    assert_false(wf_bytes_starts_with(wf_bytes_str("li"), "lib"));
}

static void
lines_end_with_lf_or_crlf_or_the_end(void **state)
{
    static const char *const expected[] = { "one", "", "two", "a\rb", "last\r" };
    struct wf_bytes rest = wf_bytes_str("one\n\ntwo\r\na\rb\nlast\r");
    struct wf_bytes line = { 0 };
    size_t num = 0;

    (void)state;
    while (wf_bytes_line(&line, &rest)) {
        assert_in_range(num, 0, WF_COUNT(expected) - 1);
        assert_true(wf_bytes_equal_str(line, expected[num]));
        num++;
    }
    assert_int_equal(num, WF_COUNT(expected));
    assert_int_equal(line.file_off, 14);
}

static void
an_ending_at_the_end_starts_no_line(void **state)
{
    struct wf_bytes rest = wf_bytes_str("a\n");
    struct wf_bytes line = { 0 };

    (void)state;
    assert_true(wf_bytes_line(&line, &rest));
    assert_false(wf_bytes_line(&line, &rest));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_knows_its_place_in_the_file),
        cmocka_unit_test(a_slice_that_does_not_fit_is_refused_without_wrapping),
        cmocka_unit_test(the_refusal_names_what_it_claimed_and_what_there_is),
        cmocka_unit_test(the_empty_slices_at_both_ends_fit),
        cmocka_unit_test(splitting_gives_both_parts),
        cmocka_unit_test(comparison_is_by_length_and_content),
        cmocka_unit_test(lines_end_with_lf_or_crlf_or_the_end),
        cmocka_unit_test(an_ending_at_the_end_starts_no_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
