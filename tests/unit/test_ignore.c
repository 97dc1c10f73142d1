/* test_ignore.c -- patterns of .gitignore: by themselves, and beside git's own answer. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "base/file.h"
#include "base/spawn.h"
#include "pack/ignore.h"

static int
match(const char *patterns, const char *path, bool is_folder)
{
    struct wf_arena arena = { 0 };
    const int answer = wf_ignore_match(
        wf_ignore_new(&arena, "", wf_bytes_str(patterns), NULL), path, is_folder);

    wf_arena_clear(&arena);
    return answer;
}

static void
a_name_counts_everywhere_and_a_path_from_its_folder_on(void **state)
{
    (void)state;
    assert_int_equal(match("x\n", "x", false), 1);
    assert_int_equal(match("x\n", "a/b/x", false), 1);
    assert_int_equal(match("x\n", "a/x/b", false), 0);
    assert_int_equal(match("/x\n", "x", false), 1);
    assert_int_equal(match("/x\n", "a/x", false), 0);
    assert_int_equal(match("a/x\n", "a/x", false), 1);
    assert_int_equal(match("a/x\n", "b/a/x", false), 0);
    assert_int_equal(match("**/a/x\n", "b/a/x", false), 1);
}

static void
a_slash_at_the_end_is_for_folders(void **state)
{
    (void)state;
    assert_int_equal(match("x/\n", "x", true), 1);
    assert_int_equal(match("x/\n", "x", false), 0);
    assert_int_equal(match("x/\n", "a/x", true), 1);
    assert_int_equal(match("a/x/\n", "b/a/x", true), 0);
}

static void
the_last_pattern_that_matches_decides(void **state)
{
    (void)state;
    assert_int_equal(match("*.py\n!keep.py\n", "keep.py", false), -1);
    assert_int_equal(match("!keep.py\n*.py\n", "keep.py", false), 1);
    assert_int_equal(match("*.py\n!keep.py\n", "other.py", false), 1);
    assert_int_equal(match("*.py\n!keep.py\n", "readme", false), 0);
}

static void
comments_blanks_and_quotes_are_as_git_has_them(void **state)
{
    (void)state;
    assert_int_equal(match("#x\n", "#x", false), 0);
    assert_int_equal(match("\\#x\n", "#x", false), 1);
    assert_int_equal(match("\\!x\n", "!x", false), 1);
    assert_int_equal(match("x   \n", "x", false), 1);
    assert_int_equal(match("x\\ \n", "x ", false), 1);
    assert_int_equal(match("x\\ \n", "x", false), 0);
    assert_int_equal(match("x\r\n", "x", false), 1);
    assert_int_equal(match("\xef\xbb\xbfx\n", "x", false), 1);
    assert_int_equal(match("x", "x", false), 1);
    assert_int_equal(match("\n  \n/\n!\n", "x", false), 0);
    assert_int_equal(match("[a\nx\n", "x", false), 1); /* a broken line is no line */
}

static void
nearer_files_win_over_those_above(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_ignore *top =
        wf_ignore_new(&arena, "", wf_bytes_str("*.log\n"), NULL);
    const struct wf_ignore *inner =
        wf_ignore_new(&arena, "a/b", wf_bytes_str("!x.log\n/y\n"), top);

    (void)state;
    assert_int_equal(wf_ignore_match(inner, "a/b/x.log", false), -1);
    assert_int_equal(wf_ignore_match(inner, "a/b/z.log", false), 1);
    assert_int_equal(wf_ignore_match(inner, "a/b/y", false), 1);
    assert_int_equal(wf_ignore_match(inner, "a/b/c/y", false), 0);
    assert_int_equal(wf_ignore_match(inner, "a/bx/x.log", false), 1);
    wf_arena_clear(&arena);
}

/* One line of patterns each: git is asked about every one with every path. */
static const char *const patterns[] = {
    "a",       "/a",       "a/",      "*.py",    "!a",   "a/b",  "/a/b/",  "**/b",
    "a/**",    "a/**/c",   "*",       "?",       "[ab]", "[!a]", "[a-c]x", "\\a",
    "a*/b",    "*/b",      "**",      "/**/b",   "a**c", "**a",  "[]]",    "[[:alpha:]]",
    "a[/]b",   "\\",       "[a",      "x y",     "a//b", "./a",  "../a",   "**/",
    "/*",      "*/",       "a/*",     "!a/b",    "#a",   "\\#a", "a/**/",  "***",
    "a/***/c", "[a-]",     "[\\]]",   "a\\",     "*b*",  "a?c",  "[^a]",   "/",
    "!",       "b/**/c/d", "**/c/**", "a/b/c/d", "*.*",  ".*",   "[!.]*",  "**b/c",
};
static const char *const paths[] = {
    "a",     "b",   "c",     "ax",      "a.py",    "#a",    "x y",
    "]",     "ac",  "abc",   ".hidden", "d/a",     "d/b",   "d/a.py",
    "e/b/c", "e/c", "e/b/x", "e/bx",    "f/b/c/d", "f/c/d", "e/b/c.py",
};

static bool
git(void **state, const char *const *argv, int *status)
{
    const struct wf_spawn_request request = { .argv = argv, .folder = *state };
    struct wf_buffer out;
    struct wf_buffer said;
    struct wf_error err = { 0 };

    wf_buffer_init(&out, 1 << 20);
    wf_buffer_init(&said, 1 << 20);
    const bool ran = wf_spawn(&request, &out, &said, status, &err);

    wf_buffer_clear(&out);
    wf_buffer_clear(&said);
    return ran;
}

/* As a walk does: a folder above that is ignored decides. */
static bool
is_ignored(const struct wf_ignore *ignore, const char *path)
{
    char part[64];

    for (size_t i = 0; path[i] != '\0'; i++) {
        if (path[i] != '/')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (wf_ignore_match(ignore, part, true) > 0)
            return true;
    }
    return wf_ignore_match(ignore, path, false) > 0;
}

static void
compare_with_git(void **state, const char *text)
{
    const char *argv[4 + WF_COUNT(paths) + 1] = { "git", "check-ignore", "--no-index",
                                                  "--quiet" };
    struct wf_arena arena = { 0 };
    const struct wf_ignore *ignore = wf_ignore_new(&arena, "", wf_bytes_str(text), NULL);

    folder_put(state, ".gitignore", text);
    for (size_t i = 0; i < WF_COUNT(paths); i++) {
        int status = -1;

        argv[4] = paths[i];
        argv[5] = NULL;
        assert_true(git(state, argv, &status));
        assert_true(status == 0 || status == 1);
        if (is_ignored(ignore, paths[i]) != (status == 0))
            fail_msg("git says that \"%s\" %s \"%s\"", text,
                     status == 0 ? "ignores" : "does not ignore", paths[i]);
    }
    wf_arena_clear(&arena);
}

static void
git_has_the_same_answers(void **state)
{
    const char *init[] = { "git", "init", "--quiet", ".", NULL };
    int status = -1;

    if (!git(state, init, &status) || status != 0)
        skip();
    for (size_t i = 0; i < WF_COUNT(paths); i++)
        folder_put(state, paths[i], "");
    for (size_t i = 0; i < WF_COUNT(patterns); i++) {
        char two[64];

        snprintf(two, sizeof two, "%s\n", patterns[i]);
        compare_with_git(state, two);
        snprintf(two, sizeof two, "*\n!*/\n%s\n",
                 patterns[(i * 7 + 3) % WF_COUNT(patterns)]);
        if (i % 4 == 0)
            compare_with_git(state, two);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_counts_everywhere_and_a_path_from_its_folder_on),
        cmocka_unit_test(a_slash_at_the_end_is_for_folders),
        cmocka_unit_test(the_last_pattern_that_matches_decides),
        cmocka_unit_test(comments_blanks_and_quotes_are_as_git_has_them),
        cmocka_unit_test(nearer_files_win_over_those_above),
        cmocka_unit_test_setup_teardown(git_has_the_same_answers, folder_setup,
                                        folder_teardown),
    };

    return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
