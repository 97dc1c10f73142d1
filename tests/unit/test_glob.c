/* test_glob.c -- what patterns of paths match, and that none takes long. */
#include "../support/unit.h"

#include <time.h>

#include "pack/glob.h"

static void
check(const char *pattern, enum wf_glob_dialect dialect, const char *path, bool expected)
{
    struct wf_arena arena = { 0 };
    struct wf_glob glob;
    const char *why = wf_glob_parse(&glob, &arena, wf_bytes_str(pattern), dialect);

    if (why != NULL)
        fail_msg("'%s' is refused: %s", pattern, why);
    if (wf_glob_matches(&glob, wf_bytes_str(path)) != expected)
        fail_msg("'%s' %s '%s'", pattern, expected ? "must match" : "must not match",
                 path);
    wf_arena_clear(&arena);
}

static void
names_match_by_stars_questions_and_sets(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        { "a", "a", true },
        { "a", "b", false },
        { "a", "ab", false },
        { "*", "anything", true },
        { "*.py", "x.py", true },
        { "*.py", "x.pyc", false },
        { "*a*b*c", "xaxxbyyc", true },
        { "*a*b*c", "xaxxbyy", false },
        { "?", "\xc3\xa4", true }, /* a character, not a byte */
        { "?", "\xff", true },
        { "?", "ab", false },
        { "[abc]x", "bx", true },
        { "[!abc]x", "bx", false },
        { "[^abc]x", "dx", true },
        { "[a-c]", "b", true },
        { "[a-c]", "d", false },
        { "[]a]", "]", true },
        { "[!]a]", "]", false },
        { "[a-]", "-", true },
        { "[\\]]", "]", true },
        { "[[:digit:]]x", "7x", true },
        { "[[:digit:]]x", "ax", false },
        { "[[:upper:]_]", "_", true },
        { "[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", true },
        { "\\*", "*", true },
        { "\\*", "x", false },
        { "a\\?", "a?", true },
        { "a\\?", "ab", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        check(rows[i].pattern, WF_GLOB_GITIGNORE, rows[i].path, rows[i].matches);
}

static void
a_star_stays_in_its_folder_and_two_go_through_all(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        { "a/*", "a/b", true },
        { "a/*", "a/b/c", false },
        { "a?b", "a/b", false },
        { "a[/]b", "a/b", false },
        { "**/b", "b", true },
        { "**/b", "x/y/b", true },
        { "**/b", "x/yb", false },
        { "a/**", "a/b", true },
        { "a/**", "a/b/c", true },
        { "a/**", "a", false },
        { "a/**/b", "a/b", true },
        { "a/**/b", "a/x/y/b", true },
        { "a/**/b", "a/xb", false },
        { "a/**/b/**/c", "a/b/b/x/c", true },
        { "a/**/b/**/c", "a/x/c", false },
        { "a/**/**/b", "a/b", true },
        { "***/b", "x/b", true },
        { "a**", "ab", true },
        { "a**", "ab/c", false },
        { "a\\/b", "a/b", true },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        check(rows[i].pattern, WF_GLOB_GITIGNORE, rows[i].path, rows[i].matches);
}

static void
in_globs_of_include_a_backslash_is_one(void **state)
{
    (void)state;
    check("a\\", WF_GLOB_INCLUDE, "a\\", true);
    check("\\*", WF_GLOB_INCLUDE, "\\x", true);
    check("[^a]", WF_GLOB_INCLUDE, "^", true);
    check("[!a]", WF_GLOB_INCLUDE, "b", true);
}

static void
what_is_no_pattern_is_told(void **state)
{
    static const char *const broken[] = { "[a",           "[",    "[]", "a[!]",
                                          "[[:nosuch:]]", "x/[a", "[a-" };
    struct wf_arena arena = { 0 };
    struct wf_glob glob;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(broken); i++)
        assert_string_equal(
            wf_glob_parse(&glob, &arena, wf_bytes_str(broken[i]), WF_GLOB_GITIGNORE),
            "its \"[\" has no end, or an unknown class");
    assert_string_equal(
        wf_glob_parse(&glob, &arena, wf_bytes_str("a\\"), WF_GLOB_GITIGNORE),
        "it ends in a backslash");
    wf_arena_clear(&arena);
}

/* A matcher that tries every way would need more steps than there are. */
static void
many_stars_take_no_time(void **state)
{
    char pattern[2001];
    char path[4001];
    const clock_t start = clock();

    (void)state;
    for (size_t i = 0; i < 2000; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    pattern[1999] = 'b';
    pattern[2000] = '\0';
    memset(path, 'a', 4000);
    path[4000] = '\0';
    check(pattern, WF_GLOB_GITIGNORE, path, false);
    for (size_t i = 0; i < 2000; i += 4)
        memcpy(pattern + i, "**/a", 4);
    for (size_t i = 1; i < 4000; i += 2)
        path[i] = '/';
    path[3999] = '\0';
    check(pattern, WF_GLOB_GITIGNORE, path, true);
    pattern[1999] = 'b';
    check(pattern, WF_GLOB_GITIGNORE, path, false);
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void
any_bytes_are_a_pattern_or_refused(void **state)
{
    static const char alphabet[] = "a*?[]!^\\/-:\xc3\xa4";
    struct wf_arena arena = { 0 };
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[12];
        struct wf_glob glob;

        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        const struct wf_bytes exact = exact_copy(text, sizeof text);
        const struct wf_bytes path = exact_copy(text, (seed >> 8) % sizeof text);

        if (wf_glob_parse(&glob, &arena, exact, WF_GLOB_GITIGNORE) == NULL)
            (void)wf_glob_matches(&glob, path);
        free_exact(exact);
        free_exact(path);
    }
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match_by_stars_questions_and_sets),
        cmocka_unit_test(a_star_stays_in_its_folder_and_two_go_through_all),
        cmocka_unit_test(in_globs_of_include_a_backslash_is_one),
        cmocka_unit_test(what_is_no_pattern_is_told),
        cmocka_unit_test(many_stars_take_no_time),
        cmocka_unit_test(any_bytes_are_a_pattern_or_refused),
    };

    return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
