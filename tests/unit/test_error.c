/* test_error.c -- errors say what, and where from outside in. */
#include "../support/unit.h"

#include "base/error.h"

static void
an_error_has_kind_and_text_and_no_place_of_its_own(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_error_set(&err, WF_ERR_USAGE, "no such option: %s", "--x"));
    assert_error(err, WF_ERR_USAGE, "no such option: --x");
    assert_false(err.has_offset);
    assert_string_equal(err.where, "");
}

static void
an_offset_is_kept_and_starts_the_text(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_error_at(&err, WF_ERR_MALFORMED, UINT64_MAX, "%d remain", 48));
    assert_error_at(err, WF_ERR_MALFORMED, UINT64_MAX,
                    "at 0xffffffffffffffff: 48 remain");
}

static void
a_new_error_replaces_all_of_the_old_one(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    wf_error_at(&err, WF_ERR_MALFORMED, 7, "first");
    wf_error_prefix(&err, "a.whl");
    wf_error_set(&err, WF_ERR_IO, "second");
    assert_error(err, WF_ERR_IO, "second");
    assert_false(err.has_offset);
    assert_int_equal(err.offset, 0);
    assert_string_equal(err.where, "");
}

static void
places_read_from_outside_in(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    wf_error_set(&err, WF_ERR_IO, "cut short");
    assert_false(wf_error_prefix(&err, "demo/%s", "_native.so"));
    assert_false(wf_error_prefix(&err, "demo.whl"));
    assert_string_equal(err.where, "demo.whl: demo/_native.so");
    assert_string_equal(err.text, "cut short");
}

static void
what_does_not_fit_ends_in_dots(void **state)
{
    struct wf_error err = { 0 };
    char longest[5000];

    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    wf_error_set(&err, WF_ERR_IO, "%s", longest);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_string_equal(err.text + sizeof err.text - 5, "x...");
    wf_error_at(&err, WF_ERR_IO, 1, "%s", longest);
    assert_string_equal(err.text + sizeof err.text - 5, "x...");
    wf_error_prefix(&err, "%s", longest);
    assert_string_equal(err.where + sizeof err.where - 5, "x...");
    wf_error_prefix(&err, "outer");
    assert_int_equal(strncmp(err.where, "outer: xxx", 10), 0);
    assert_string_equal(err.where + sizeof err.where - 5, "x...");
    wf_error_prefix(&err, "%s", longest);
    assert_int_equal(strlen(err.where), sizeof err.where - 1);
}

static void
a_text_that_just_fits_is_whole(void **state)
{
    struct wf_error err = { 0 };
    char text[sizeof err.text];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    wf_error_set(&err, WF_ERR_IO, "%s", text);
    assert_string_equal(err.text, text);
}

static void
nobody_has_to_listen(void **state)
{
    (void)state;
    assert_false(wf_error_set(NULL, WF_ERR_IO, "x"));
    assert_false(wf_error_at(NULL, WF_ERR_IO, 1, "x"));
    assert_false(wf_error_prefix(NULL, "x"));
}

static void
each_kind_has_its_word(void **state)
{
    static const char *const words[] = { "none",        "usage", "io",     "malformed",
                                         "unsupported", "limit", "refused" };

    (void)state;
    for (int i = WF_ERR_NONE; i <= WF_ERR_REFUSED; i++)
        assert_string_equal(wf_error_kind_name((enum wf_error_kind)i), words[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_has_kind_and_text_and_no_place_of_its_own),
        cmocka_unit_test(an_offset_is_kept_and_starts_the_text),
        cmocka_unit_test(a_new_error_replaces_all_of_the_old_one),
        cmocka_unit_test(places_read_from_outside_in),
        cmocka_unit_test(what_does_not_fit_ends_in_dots),
        cmocka_unit_test(a_text_that_just_fits_is_whole),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(each_kind_has_its_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
