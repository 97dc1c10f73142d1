/* test_text.c -- globs, nearest words, natural order, UTF-8, sets of strings. */
#include "../support/unit.h"

#include "base/text.h"

static void
prefixes_suffixes_and_base_names(void **state)
{
    (void)state;
    assert_true(wf_text_starts_with("libc.so", "lib"));
    assert_true(wf_text_starts_with("lib", ""));
    assert_false(wf_text_starts_with("li", "lib"));
    assert_true(wf_text_ends_with("libc.so", ".so"));
    assert_true(wf_text_ends_with(".so", ".so"));
    assert_false(wf_text_ends_with("so", ".so"));
    assert_string_equal(wf_text_base_name("a/b/c"), "c");
    assert_string_equal(wf_text_base_name("c"), "c");
    assert_string_equal(wf_text_base_name("a/"), "");
}

/* Each answer is that of Python 3.11's fnmatch.fnmatchcase. */
static void
globs_match_as_in_python(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        { "", "", true },
        { "", "a", false },
        { "*", "", true },
        { "*", "a/b", true },
        { "?", "", false },
        { "?", "/", true },
        { "?", "\xC3\xA9", true },
        { "??", "\xC3\xA9", false },
        { "?", "\xFF", true },
        { "lib*.so", "libfoo.so", true },
        { "lib*.so", "lib/foo.so", true },
        { "lib*.so", "libfoo.so.1", false },
        { "*a*b*c", "xaybzc", true },
        { "*a*b*c", "xaybz", false },
        { "*aab", "aaaab", true },
        { "a**b", "ab", true },
        { "[abc]", "b", true },
        { "[abc]", "d", false },
        { "[!abc]", "d", true },
        { "[!abc]", "a", false },
        { "[a-c]x", "bx", true },
        { "[a-c]x", "dx", false },
        { "[c-a]", "b", false },
        { "[!c-a]", "b", true },
        { "[]a]", "]", true },
        { "[]a]", "a", true },
        { "[!]a]", "]", false },
        { "[!]a]", "b", true },
        { "[-a]", "-", true },
        { "[a-]", "-", true },
        { "[a-c-e]", "d", false },
        { "[a-c-e]", "-", true },
        { "[a-c-e]", "e", true },
        { "[", "[", true },
        { "[a", "[a", true },
        { "[]", "[]", true },
        { "[!]", "[!]", true },
        { "[!", "[!", true },
        { "*[", "a[", true },
        { "[^a]", "^", true },
        { "[^a]", "b", false },
        { "a]", "a]", true },
        { "\\*", "\\x", true },
        { "[\xC3\xA0-\xC3\xBF]", "\xC3\xA9", true },
        { "[\xC3\xA0-\xC3\xBF]", "\xC3\x80", false },
        { "libA", "liba", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        if (wf_text_glob(rows[i].pattern, rows[i].text) != rows[i].matches)
            fail_msg("'%s' against '%s'", rows[i].pattern, rows[i].text);
}

/* Exponential or cubic matching would not come back from this one. */
static void
many_stars_and_brackets_take_no_long_time(void **state)
{
    enum { LEN = 20000 };
    static char text[LEN + 1];
    static char stars[LEN + 1];
    static char brackets[LEN + 1];

    (void)state;
    memset(text, 'a', LEN);
    for (size_t i = 0; i < LEN; i += 2) {
        stars[i] = '*';
        stars[i + 1] = 'a';
    }
    stars[LEN - 1] = 'b';
    memset(brackets, '[', LEN);
    brackets[0] = '*';
    assert_false(wf_text_glob(stars, text));
    assert_false(wf_text_glob(brackets, text));
}

static void
the_nearest_word_is_proposed(void **state)
{
    static const char *const words[] = { "show", "tree", "policies", "help", "version" };
    static const struct {
        const char *typed, *nearest;
    } rows[] = {
        { "show", "show" },
        { "sohw", "show" },
        { "shw", "show" },
        { "shoow", "show" },
        { "poilcies", "policies" },
        { "polices", "policies" },
        { "policy", NULL },
        { "xyz", NULL },
        { "", NULL },
        { "versoin", "version" },
        { "tre", "tree" },
        { "s", NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *nearest = wf_text_nearest(rows[i].typed, words, WF_COUNT(words));

        if (rows[i].nearest == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, rows[i].nearest);
    }
}

static void
of_equally_near_words_the_first_is_proposed(void **state)
{
    static const char *const words[] = { "cat", "car" };

    (void)state;
    assert_string_equal(wf_text_nearest("cap", words, 2), "cat");
    assert_null(wf_text_nearest("cap", words, 0));
}

static void
overlong_words_are_never_near(void **state)
{
    char long_word[66];
    const char *words[] = { long_word };

    (void)state;
    memset(long_word, 'a', 65);
    long_word[65] = '\0';
    assert_null(wf_text_nearest(long_word, words, 1));
    assert_null(wf_text_nearest("aaa", words, 1));
    long_word[64] = '\0';
    assert_ptr_equal(wf_text_nearest(long_word, words, 1), long_word);
}

static void
runs_of_digits_are_ordered_as_numbers(void **state)
{
    static const char *const ascending[] = {
        "",
        "GLIBC_2.2.5",
        "GLIBC_2.3",
        "GLIBC_2.17",
        "GLIBC_2.17a",
        "GLIBC_2.100",
        "GLIBC_2.99999999999999999999999",
        "GLIBC_A",
        "a",
        "a01",
        "a1",
        "a1b",
        "a2",
        "b",
        "\xC3\xA9",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(ascending); i++)
        for (size_t j = 0; j < WF_COUNT(ascending); j++) {
            const int order = wf_text_compare_natural(ascending[i], ascending[j]);

            if ((order > 0) - (order < 0) != (i > j) - (i < j))
                fail_msg("'%s' against '%s'", ascending[i], ascending[j]);
        }
}

static void
decimals_are_whole_and_in_range(void **state)
{
    static const char *const refused[] = { "",
                                           "-1",
                                           "+1",
                                           " 1",
                                           "1 ",
                                           "0x1",
                                           "1.0",
                                           "18446744073709551616",
                                           "99999999999999999999" };
    uint64_t out = 7;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(refused); i++)
        assert_false(wf_text_decimal(&out, wf_bytes_str(refused[i])));
    assert_int_equal(out, 7);
    assert_true(wf_text_decimal(&out, wf_bytes_str("18446744073709551615")));
    assert_true(out == UINT64_MAX);
    assert_true(wf_text_decimal(&out, wf_bytes_str("007")));
    assert_int_equal(out, 7);
}

/* The rows of RFC 3629's grammar at their edges, and what lies just beyond. */
static void
utf8_is_decoded_strictly(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        uint32_t code_point;
    } rows[] = {
        { "a", 1, 'a' },
        { "\x7F", 1, 0x7F },
        { "\xC2\x80", 2, 0x80 },
        { "\xDF\xBF", 2, 0x7FF },
        { "\xE0\xA0\x80", 3, 0x800 },
        { "\xED\x9F\xBF", 3, 0xD7FF },
        { "\xEE\x80\x80", 3, 0xE000 },
        { "\xEF\xBF\xBF", 3, 0xFFFF },
        { "\xF0\x90\x80\x80", 4, 0x10000 },
        { "\xF4\x8F\xBF\xBF", 4, 0x10FFFF },
        { "\x80", 0, 0 }, /* a continuation first */
        { "\xBF", 0, 0 },
        { "\xC0\x80", 0, 0 }, /* overlong */
        { "\xC1\xBF", 0, 0 },
        { "\xE0\x9F\xBF", 0, 0 },
        { "\xF0\x8F\xBF\xBF", 0, 0 },
        { "\xED\xA0\x80", 0, 0 }, /* a surrogate */
        { "\xED\xBF\xBF", 0, 0 },
        { "\xF4\x90\x80\x80", 0, 0 }, /* beyond the last code point */
        { "\xF5\x80\x80\x80", 0, 0 },
        { "\xFF", 0, 0 },
        { "\xC2", 0, 0 }, /* cut short */
        { "\xC2"
          "a",
          0, 0 },
        { "\xE1\x80", 0, 0 },
        { "\xE1\x80"
          "a",
          0, 0 },
        { "\xF1\x80\x80", 0, 0 },
        { "\xF1\x80\x80"
          "a",
          0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_bytes exact = exact_copy(rows[i].bytes, strlen(rows[i].bytes));
        uint32_t code_point = 0;

        assert_int_equal(wf_utf8_next(exact, &code_point), rows[i].len);
        assert_int_equal(code_point, rows[i].code_point);
        assert_int_equal(wf_utf8_is_valid(exact), rows[i].len > 0);
        free_exact(exact);
    }
}

static void
a_text_is_valid_to_its_last_byte(void **state)
{
    (void)state;
    assert_true(wf_utf8_is_valid(wf_bytes_of(NULL, 0)));
    assert_true(wf_utf8_is_valid(wf_bytes_str("a\xC3\xA9\xF0\x9F\x98\x80")));
    assert_false(wf_utf8_is_valid(wf_bytes_str("abc\xC3")));
    assert_true(wf_utf8_is_valid(wf_bytes_of("\0", 1)));
}

static void
what_does_not_show_itself_is_invisible(void **state)
{
    static const uint32_t invisible[] = {
        0,      7,      0x1B,   0x7F,   0x9F,   0xAD,   0x200B,  0x200F, 0x202A,
        0x202E, 0x2028, 0x2066, 0x2069, 0xFEFF, 0xFE0F, 0xE0001, 0x061C, 0x3164
    };
    static const uint32_t visible[] = { ' ',    'a',    '~',    0xA0,   0xE9,
                                        0x4E2D, 0x2010, 0x2030, 0x1F600 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(invisible); i++)
        assert_true(wf_text_is_invisible(invisible[i]));
    for (size_t i = 0; i < WF_COUNT(visible); i++)
        assert_false(wf_text_is_invisible(visible[i]));
}

static void
a_set_is_sorted_and_has_one_of_each(void **state)
{
    static const char *const added[] = { "b", "a", "c", "b", "aa", "", "c" };
    static const char *const sorted[] = { "", "a", "aa", "b", "c" };
    struct wf_arena arena = { 0 };
    struct wf_strings set = { 0 };
    size_t num_new = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(added); i++)
        num_new += wf_strings_add(&arena, &set, added[i]);
    assert_int_equal(num_new, WF_COUNT(sorted));
    assert_int_equal(set.num, WF_COUNT(sorted));
    for (size_t i = 0; i < set.num; i++)
        assert_string_equal(set.items[i], sorted[i]);
    assert_true(wf_strings_has(&set, "aa"));
    assert_false(wf_strings_has(&set, "ab"));
    wf_arena_clear(&arena);
}

static void
a_list_keeps_its_order_until_it_is_sorted(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_strings list = { 0 };

    (void)state;
    wf_strings_sort(&list);
    wf_strings_append(&arena, &list, "b");
    wf_strings_append(&arena, &list, "a");
    wf_strings_append(&arena, &list, "b");
    assert_int_equal(list.num, 3);
    assert_string_equal(list.items[0], "b");
    wf_strings_sort(&list);
    assert_int_equal(list.num, 2);
    assert_string_equal(list.items[0], "a");
    assert_string_equal(list.items[1], "b");
    wf_arena_clear(&arena);
}

static void
names_are_compared_without_the_case_of_their_letters(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    assert_int_equal(wf_text_compare_nocase("KERNEL32.dll", "kernel32.DLL"), 0);
    assert_true(wf_text_compare_nocase("a", "B") < 0);
    assert_true(wf_text_compare_nocase("_", "A") < 0); /* between the cases */
    assert_true(wf_text_compare_nocase("ab", "A") > 0);
    assert_true(wf_text_compare_nocase("\xc3\x84", "\xc3\xa4") < 0);
    assert_true(wf_text_compare_nocase("z", "\xc3\xa4") < 0);
    assert_string_equal(wf_text_lower(&arena, "Foo[@\xc3\x84Z].DLL"),
                        "foo[@\xc3\x84z].dll");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_suffixes_and_base_names),
        cmocka_unit_test(names_are_compared_without_the_case_of_their_letters),
        cmocka_unit_test(globs_match_as_in_python),
        cmocka_unit_test(many_stars_and_brackets_take_no_long_time),
        cmocka_unit_test(the_nearest_word_is_proposed),
        cmocka_unit_test(of_equally_near_words_the_first_is_proposed),
        cmocka_unit_test(overlong_words_are_never_near),
        cmocka_unit_test(runs_of_digits_are_ordered_as_numbers),
        cmocka_unit_test(decimals_are_whole_and_in_range),
        cmocka_unit_test(utf8_is_decoded_strictly),
        cmocka_unit_test(a_text_is_valid_to_its_last_byte),
        cmocka_unit_test(what_does_not_show_itself_is_invisible),
        cmocka_unit_test(a_set_is_sorted_and_has_one_of_each),
        cmocka_unit_test(a_list_keeps_its_order_until_it_is_sorted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
