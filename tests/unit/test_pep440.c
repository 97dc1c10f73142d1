/* test_pep440.c -- versions taken apart and compared, and what clauses contain. */
#include "../support/unit.h"

#include "wheel/pep440.h"

static struct wf_arena arena;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static struct wf_version
version_of(const char *text)
{
    struct wf_version version = { 0 };
    struct wf_error err = { 0 };

    if (!wf_version_parse(&version, &arena, text, &err))
        fail_msg("%s is a version", text);
    return version;
}

static bool
contains(const char *clauses, const char *text)
{
    struct wf_specifiers specifiers = { 0 };
    struct wf_version version = version_of(text);
    struct wf_error err = { 0 };

    if (!wf_specifiers_parse(&specifiers, &arena, clauses, &err))
        fail_msg("%s: %s", clauses, err.text);
    return wf_specifiers_contain(&specifiers, &version);
}

static void
takes_a_version_apart(void **state)
{
    const struct wf_version version = version_of(" v1!02.0-RC.1.rev2_dev3+Local.01 ");

    (void)state;
    assert_string_equal(version.text, "1!2.0rc1.post2.dev3+local.1");
    assert_string_equal(version.epoch, "1");
    assert_int_equal(version.release.num, 2);
    assert_string_equal(version.release.items[0], "2");
    assert_string_equal(version.pre, "rc");
    assert_string_equal(version.pre_number, "1");
    assert_string_equal(version.post, "2");
    assert_string_equal(version.dev, "3");
    assert_int_equal(version.local.num, 2);
    assert_string_equal(version.local.items[0], "local");
    assert_string_equal(version.local.items[1], "1");
}

static void
leaves_absent_parts_empty(void **state)
{
    const struct wf_version version = version_of("7");

    (void)state;
    assert_string_equal(version.epoch, "0");
    assert_null(version.pre);
    assert_null(version.pre_number);
    assert_null(version.post);
    assert_null(version.dev);
    assert_int_equal(version.local.num, 0);
}

static void
refuses_what_is_no_version_and_touches_nothing(void **state)
{
    struct wf_version version = { .text = "untouched" };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_version_parse(&version, &arena, "1.0-nightly.3", &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "\"1.0-nightly.3\" is no version of Python packages (PEP 440)");
    assert_string_equal(version.text, "untouched");
    assert_false(wf_version_parse(&version, &arena, "1.0 0", &err));
    assert_false(wf_version_parse(&version, &arena, "", &err));
}

/* Ascending; the order of PEP 440 and of its implementation in Python. */
static void
orders_versions_as_the_standard_does(void **state)
{
    static const char *const ascending[] = {
        "0.9",         "1.dev0",          "1.0.dev1", "1.0a1.dev1", "1.0a1",
        "1.0a1.post1", "1.0a2",           "1.0b1",    "1.0rc1",     "1",
        "1+abc",       "1.0+abc.5",       "1.0+5",    "1.0+10",     "1.0.post1.dev1",
        "1.0.post1",   "1.0.1",           "1.2",      "1.10",       "99999999999999999",
        "1!0.1",       "99999999999!0.1",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(ascending); i++) {
        for (size_t j = 0; j < WF_COUNT(ascending); j++) {
            const struct wf_version a = version_of(ascending[i]);
            const struct wf_version b = version_of(ascending[j]);
            const int order = wf_version_compare(&a, &b);

            if ((order > 0) - (order < 0) != (i > j) - (i < j))
                fail_msg("%s and %s", ascending[i], ascending[j]);
        }
    }
}

static void
finds_equal_what_differs_in_zeros_only(void **state)
{
    const struct wf_version a = version_of("1");
    const struct wf_version b = version_of("1.0.0");

    (void)state;
    assert_int_equal(wf_version_compare(&a, &b), 0);
}

static void
tells_what_clauses_contain(void **state)
{
    static const struct {
        const char *clauses, *version;
        bool is_in;
    } cases[] = {
        { "", "1.0", true },
        { ">=3.8,<4", "3.8", true },
        { ">=3.8,<4", "4.0", false },
        { ">=3.8,<4", "4.0a1", false },
        { "<4a2", "4.0a1", true },
        { "<1.post1", "1.dev0", true },
        { "<1.post1", "1.post1.dev0", false },
        { ">1", "1.post1", false },
        { ">1", "1+local", false },
        { ">1", "1.0.1", true },
        { ">1.post1", "1.post2", true },
        { ">1.post1", "1.post1+x", false },
        { ">1.dev0", "1.post1", true },
        { "==1.0", "1", true },
        { "==1.0", "1.0+local", true },
        { "==1.0+other", "1.0+local", false },
        { "==1.0+local", "1.0+local", true },
        { "!=1.0", "1.0+local", false },
        { "==1.*", "1.5rc1", true },
        { "==1.*", "2.0", false },
        { "==1.0.*", "1", true },
        { "==1!1.*", "1.1", false },
        { "!=1.5.*", "1.5.7", false },
        { "!=1.5.*", "1.6", true },
        { "<=1.0", "1.0+local", true },
        { ">=1.0", "1.0rc1", false },
        { "~=1.4.5", "1.4.9", true },
        { "~=1.4.5", "1.5", false },
        { "~=1.4", "1.9", true },
        { "~=1.4", "1.3", false },
        { "~=1.4rc1", "1.4rc1", true },
        { "~=1.4rc1", "2.0", false },
        { "===1.0", "1.0", true },
        { "===1.0", "1.0.0", false },
        { "===1.0RC1", "1.0rc1", true },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        if (contains(cases[i].clauses, cases[i].version) != cases[i].is_in)
            fail_msg("%s in %s", cases[i].version, cases[i].clauses);
    }
}

static void
keeps_clauses_in_order_and_their_versions_in_normal_form(void **state)
{
    struct wf_specifiers specifiers = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_specifiers_parse(&specifiers, &arena,
                                    " < 4 , >=3.08,, != 3.9.* ,===odd!", &err));
    assert_int_equal(specifiers.num, 4);
    assert_string_equal(specifiers.items[0].op, "<");
    assert_string_equal(specifiers.items[1].text, "3.8");
    assert_string_equal(specifiers.items[2].text, "3.9.*");
    assert_true(specifiers.items[2].is_prefix);
    assert_false(specifiers.items[1].is_prefix);
    assert_string_equal(specifiers.items[3].text, "odd!");
    assert_null(specifiers.items[3].version.text);
}

static void
writes_clauses_by_ascending_version(void **state)
{
    static const char *const cases[][2] = {
        { "<4,>=3.8,!=3.9.*", ">=3.8, !=3.9.*, <4" },
        { "===odd,>=1", ">=1, ===odd" },
        { ">=1,<1.0,==1.0.0,!=1", ">=1, <1.0, ==1.0.0, !=1" },
        { "", "" },
    };
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_specifiers specifiers = { 0 };

        assert_true(wf_specifiers_parse(&specifiers, &arena, cases[i][0], &err));
        assert_string_equal(wf_specifiers_text(&arena, &specifiers, ", "), cases[i][1]);
    }
}

static void
refuses_a_clause_with_its_column_and_what_was_expected(void **state)
{
    static const char *const cases[][2] = {
        { "3.8", "column 1: one of ~= == != <= >= < > === was expected, \"3.8\" stands "
                 "there, in \"3.8\"" },
        { ">=", "column 3: a version was expected, the text ends there, in \">=\"" },
        { ">=1 <2",
          "column 5: ',' or the end was expected, \"<2\" stands there, in \">=1 <2\"" },
        { ">=1.x",
          "column 4: ',' or the end was expected, \".x\" stands there, in \">=1.x\"" },
        { "~=1", "column 3: a version of at least two numbers behind \"~=\" was "
                 "expected, \"1\" stands there, in \"~=1\"" },
        { ">1+x", "column 2: a version without \"+local\" behind this operator was "
                  "expected, \"1+x\" stands there, in \">1+x\"" },
        { ">=1.*", "column 3: a version without \".*\" (it goes with numbers behind == "
                   "and != only) was expected, \"1.*\" stands there, in \">=1.*\"" },
        { "==1a1.*",
          "column 3: a version without \".*\" (it goes with numbers behind == and != "
          "only) was expected, \"1a1.*\" stands there, in \"==1a1.*\"" },
        { "\xc3\xa9>1", "column 1: one of ~= == != <= >= < > === was expected, "
                        "\"\xc3\xa9>1\" stands there, in \"\xc3\xa9>1\"" },
        { ">1\n", "\">1\n\" has the control byte 0x0a; it must be one line" },
        { ">1\xff", "\">1\xff\" is not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_specifiers specifiers = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_specifiers_parse(&specifiers, &arena, cases[i][0], &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i][1]);
        assert_int_equal(specifiers.num, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_version_apart),
        cmocka_unit_test(leaves_absent_parts_empty),
        cmocka_unit_test(refuses_what_is_no_version_and_touches_nothing),
        cmocka_unit_test(orders_versions_as_the_standard_does),
        cmocka_unit_test(finds_equal_what_differs_in_zeros_only),
        cmocka_unit_test(tells_what_clauses_contain),
        cmocka_unit_test(keeps_clauses_in_order_and_their_versions_in_normal_form),
        cmocka_unit_test(writes_clauses_by_ascending_version),
        cmocka_unit_test(refuses_a_clause_with_its_column_and_what_was_expected),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
