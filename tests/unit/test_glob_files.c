/* test_glob_files.c -- the files that a glob of `include` names. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "pack/ignore.h"

static void
assert_names(void **state, const char *glob, const char *expected)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_found_file *files = NULL;
    struct wf_buffer text;
    size_t num = 0;

    wf_buffer_init(&text, 1 << 20);
    if (!wf_glob_files(&files, &num, &arena, *state, glob, &err))
        fail_msg("%s: %s", glob, err.text);
    for (size_t i = 0; i < num; i++) {
        wf_buffer_add_str(&text, i == 0 ? "" : " ");
        wf_buffer_add_str(&text, files[i].path);
    }
    assert_string_equal(wf_arena_str(&arena, wf_buffer_bytes(&text)), expected);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
assert_refused(const char *glob, const char *why)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_found_file *files = NULL;
    size_t num = 0;
    char expected[1024];

    assert_false(wf_glob_files(&files, &num, &arena, "/nonexistent", glob, &err));
    snprintf(expected, sizeof expected,
             "the glob \"%s\" %s; a path relative to the project is expected, such as "
             "\"assets/**/*.txt\"",
             glob, why);
    assert_error(err, WF_ERR_MALFORMED, expected);
    wf_arena_clear(&arena);
}

static int
setup(void **state)
{
    if (folder_setup(state) != 0)
        return -1;
    folder_put(state, "a/x.txt", "");
    folder_put(state, "a/y.py", "");
    folder_put(state, "a/.hidden", "");
    folder_put(state, "a/b/x.txt", "");
    folder_put(state, "a/b/c/X.TXT", "");
    folder_put(state, "a/b/c/x.txt", "");
    folder_put(state, "[x]", "");
    folder_link(state, "l", "a/b");
    folder_link(state, "f", "a/x.txt");
    folder_put(state, ".gitignore", "*\n");
    folder_tree(state, ".git");
    return 0;
}

static void
globs_name_files_and_nothing_else(void **state)
{
    assert_names(state, "a/x.txt", "a/x.txt");
    assert_names(state, "a/./x.txt", "a/x.txt");
    assert_names(state, "a//x.txt", "a/x.txt");
    assert_names(state, "a", "");
    assert_names(state, "a/", "");
    assert_names(state, "none/*", "");
    assert_names(state, "a/*", "a/.hidden a/x.txt a/y.py");
    assert_names(state, "a/*.txt", "a/x.txt");
    assert_names(state, "a/?.py", "a/y.py");
    assert_names(state, "a/[xy].*", "a/x.txt a/y.py");
    assert_names(state, "a/[!x].*", "a/y.py");
    assert_names(state, "[[]x]", "[x]");
}

static void
two_stars_are_any_number_of_folders(void **state)
{
    assert_names(state, "a/**/x.txt", "a/b/c/x.txt a/b/x.txt a/x.txt");
    assert_names(state, "a/**/*.txt", "a/b/c/x.txt a/b/x.txt a/x.txt");
    assert_names(state, "a/**/**/x.txt", "a/b/c/x.txt a/b/x.txt a/x.txt");
    assert_names(state, "a/**/b/*", "a/b/x.txt");
    assert_names(state, "**/c/x.txt", "a/b/c/x.txt l/c/x.txt");
    assert_names(state, "a/**", ""); /* names folders */
    assert_names(state, "*/**/c/*", "a/b/c/X.TXT a/b/c/x.txt l/c/X.TXT l/c/x.txt");
}

static void
links_are_followed(void **state)
{
    assert_names(state, "f", "f");
    assert_names(state, "l/*", "l/x.txt");
}

static void
a_circle_is_an_error(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    folder_link(state, "a/b/up", "../../a");
    assert_names(state, "a/b/up/x.txt", "a/b/up/x.txt");
    assert_false(wf_glob_files(&files, &num, &arena, *state, "a/**/x.txt", &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(err.text, "a/b/up is a link to the folder it is in ("));
    wf_arena_clear(&arena);
}

static void
a_glob_that_is_not_relative_is_refused(void **state)
{
    (void)state;
    assert_refused("", "is empty");
    assert_refused("/etc/passwd", "is absolute");
    assert_refused("../x", "has a \"..\"");
    assert_refused("a/../../x", "has a \"..\"");
    assert_refused("a/..", "has a \"..\"");
    assert_refused("./a", "starts with \".\"");
    assert_refused("[a", "has a \"[\" without a \"]\"");
    assert_refused("a**b", "has \"**\" beside other characters");
    assert_refused("a/***/b", "has \"**\" beside other characters");
    assert_refused("1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/"
                   "5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4",
                   "has more than 63 parts");
}

#define in_tree(test) cmocka_unit_test_setup_teardown(test, setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_tree(globs_name_files_and_nothing_else),
        in_tree(two_stars_are_any_number_of_folders),
        in_tree(links_are_followed),
        in_tree(a_circle_is_an_error),
        cmocka_unit_test(a_glob_that_is_not_relative_is_refused),
    };

    return cmocka_run_group_tests_name("glob_files", tests, NULL, NULL);
}
