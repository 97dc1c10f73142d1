/* test_content.c -- members of a wheel: one of each name, none that climbs, in order. */
#include "../support/pack_tree.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool
add(struct wf_content *content, const char *name, const char *source,
    struct wf_error *err)
{
    return wf_content_add_file(content, name, source, false, err);
}

static void
one_name_has_one_source(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_content_has(&content, "a"));
    assert_true(add(&content, "a", "/x/a", &err));
    assert_true(add(&content, "a", "/x/a", &err));
    assert_int_equal(content.num, 1);
    assert_true(wf_content_has(&content, "a"));
    assert_false(add(&content, "a", "/y/a", &err));
    assert_error(err, WF_ERR_REFUSED,
                 "a would be in the wheel twice: from /x/a and from /y/a");
    assert_true(wf_content_add_bytes(&content, "b", wf_bytes_str("text"), false, &err));
    assert_true(wf_content_add_bytes(&content, "b", wf_bytes_str("text"), false, &err));
    assert_false(wf_content_add_bytes(&content, "b", wf_bytes_str("other"), false, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "b would be in the wheel twice: from generated and from generated");
    wf_arena_clear(&arena);
}

static void
hostile_names_are_refused(void **state)
{
    static const struct {
        const char *name, *why;
    } rows[] = {
        { "../a", "has a \"..\" part" },
        { "a/../b", "has a \"..\" part" },
        { "/a", "is absolute" },
        { "a\\b", "has a backslash" },
        { "a//b", "has an empty part (\"//\")" },
        { "./a", "has a \".\" part" },
        { "C:/a", "starts with a drive letter" },
        { "\xff", "is not UTF-8" },
        { "a/", "is a folder's" },
    };
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };
    char expected[256];

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        assert_false(add(&content, rows[i].name, "/x", &err));
        snprintf(expected, sizeof expected,
                 "/x cannot be a member of an archive: name \"%s\" %s", rows[i].name,
                 rows[i].why);
        assert_error(err, WF_ERR_REFUSED, expected);
    }
    assert_false(add(&content, "a\nb", "/x", &err));
    assert_error(
        err, WF_ERR_REFUSED,
        "/x cannot be a member of an archive: name \"a\" has the control byte 0x0a "
        "at 1");
    assert_int_equal(content.num, 0);
    wf_arena_clear(&arena);
}

static void
members_are_ordered_part_by_part_with_dist_info_last(void **state)
{
    static const char *const names[] = {
        "demo-1.0.dist-info/RECORD",   "z",     "demo-1.0.dist-info/licenses/A", "a/b",
        "demo-1.0.dist-info/WHEEL",    "a-b/c", "demo-1.0.dist-infox/y",         "a.py",
        "demo-1.0.dist-info/METADATA",
    };
    static const char *const ordered[] = {
        "a/b",
        "a-b/c",
        "a.py",
        "demo-1.0.dist-infox/y",
        "z",
        "demo-1.0.dist-info/METADATA",
        "demo-1.0.dist-info/WHEEL",
        "demo-1.0.dist-info/licenses/A",
        "demo-1.0.dist-info/RECORD",
    };
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++)
        assert_true(add(&content, names[i], "/x", &err));
    wf_content_sort(&content, "demo-1.0.dist-info");
    for (size_t i = 0; i < WF_COUNT(ordered); i++)
        assert_string_equal(content.members[i].name, ordered[i]);
    assert_true(wf_content_has(&content, "a.py")); /* still found */
    assert_false(add(&content, "a.py", "/y", &err));
    wf_arena_clear(&arena);
}

static void
what_is_excluded_is_left_out_and_compiled_files_never(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };
    const struct wf_build_asked asked = pack_asked_new("/");

    (void)state;
    wf_content_exclude(&content, "/p", wf_bytes_str("/src/x*\n!/src/xkeep\n*.so\n"),
                       asked.say);
    assert_true(add(&content, "x1", "/p/src/x1", &err));
    assert_true(add(&content, "xkeep", "/p/src/xkeep", &err));
    assert_true(add(&content, "other.so", "/elsewhere/other", &err));
    assert_true(wf_content_add_compiled(&content, "a.so", "/p/a.so", &err));
    assert_true(wf_content_add_bytes(&content, "b.so", wf_bytes_str("x"), false, &err));
    assert_int_equal(content.num, 3);
    assert_true(wf_content_has(&content, "xkeep"));
    assert_string_equal(pack_says(),
                        "warning: `exclude` leaves other.so out by its name in the "
                        "wheel: write the pattern for its path in the project instead\n");
    assert_true(content.members[1].is_compiled && content.members[1].is_executable);
    wf_buffer_clear(&pack_said);
    wf_arena_clear(&arena);
}

static void
a_pattern_for_a_folder_leaves_its_files_and_says_so_once(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };
    const struct wf_build_asked asked = pack_asked_new("/");

    (void)state;
    wf_content_exclude(&content, "/p", wf_bytes_str("tests/\n"), asked.say);
    assert_true(add(&content, "m/tests/a", "/p/m/tests/a", &err));
    assert_true(add(&content, "m/tests/b", "/p/m/tests/b", &err));
    assert_int_equal(content.num, 2);
    assert_string_equal(pack_says(),
                        "warning: a pattern of `exclude` matches the folder m/tests, "
                        "which leaves its files in: write \"m/tests/**\" to exclude "
                        "them\n");
    wf_buffer_clear(&pack_said);
    wf_arena_clear(&arena);
}

static void
glue_takes_the_place_of_what_was_left_in_the_project(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_build_asked asked = pack_asked_new("/");
    struct wf_content content = { .arena = &arena, .say = asked.say };
    struct wf_error err = { 0 };
    char expected[1024];

    folder_put(state, "same", "glue");
    folder_put(state, "own", "hand-written");
    assert_true(add(&content, "same", folder_path(state, "same"), &err));
    assert_true(add(&content, "own", folder_path(state, "own"), &err));
    assert_true(wf_content_add_glue(&content, "same", wf_bytes_str("glue"), &err));
    assert_string_equal(pack_says(), "");
    assert_true(wf_content_add_glue(&content, "own", wf_bytes_str("glue"), &err));
    snprintf(expected, sizeof expected,
             "warning: %s is not in the wheel: a generated file takes its place\n",
             folder_path(state, "own"));
    assert_string_equal(pack_says(), expected);
    assert_int_equal(content.num, 2);
    assert_null(content.members[1].source);
    assert_true(wf_content_add_compiled(&content, "lib", "/x/lib", &err));
    assert_false(wf_content_add_glue(&content, "lib", wf_bytes_str("glue"), &err));
    assert_error(err, WF_ERR_REFUSED,
                 "lib would be in the wheel twice: from /x/lib and from generated");
    wf_buffer_clear(&pack_said);
    wf_arena_clear(&arena);
}

static void
a_tree_is_written_over_what_stood_there(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };
    struct wf_buffer text;
    struct stat before;
    struct stat after;

    wf_buffer_init(&text, 100);
    folder_put(state, "built", "new");
    folder_put(state, "p/lib.so", "old");
    assert_int_equal(link(folder_path(state, "p/lib.so"), folder_path(state, "held")), 0);
    assert_int_equal(stat(folder_path(state, "p/lib.so"), &before), 0);
    assert_true(
        wf_content_add_compiled(&content, "p/lib.so", folder_path(state, "built"), &err));
    assert_true(wf_content_add_bytes(&content, "p/q/__init__.py", wf_bytes_str("x = 1\n"),
                                     false, &err));
    assert_true(wf_content_write_tree(&content, *state, &err));
    assert_true(wf_file_read_whole(&text, folder_path(state, "p/lib.so"), &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&text), "new"));
    assert_int_equal(stat(folder_path(state, "p/lib.so"), &after), 0);
    assert_true(after.st_ino != before.st_ino); /* who has it open keeps the old one */
    assert_true((after.st_mode & S_IXUSR) != 0);
    wf_buffer_reset(&text);
    assert_true(wf_file_read_whole(&text, folder_path(state, "p/q/__init__.py"), &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&text), "x = 1\n"));
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
a_tree_that_cannot_be_written_names_the_place(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };

    folder_put(state, "p", "a file where a folder is needed");
    assert_true(wf_content_add_bytes(&content, "p/x", wf_bytes_str(""), false, &err));
    assert_false(wf_content_write_tree(&content, *state, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, folder_path(state, "p"));
    wf_arena_clear(&arena);
}

static void
many_members_are_not_compared_with_each_other(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    struct wf_error err = { 0 };
    char name[32];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        snprintf(name, sizeof name, "p/%d.py", i);
        assert_true(add(&content, name, name, &err));
    }
    wf_content_sort(&content, "demo-1.0.dist-info");
    assert_int_equal(content.num, 200000);
    assert_true(wf_content_has(&content, "p/199999.py"));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name_has_one_source),
        cmocka_unit_test(hostile_names_are_refused),
        cmocka_unit_test(members_are_ordered_part_by_part_with_dist_info_last),
        cmocka_unit_test(what_is_excluded_is_left_out_and_compiled_files_never),
        cmocka_unit_test(a_pattern_for_a_folder_leaves_its_files_and_says_so_once),
        in_folder(glue_takes_the_place_of_what_was_left_in_the_project),
        in_folder(a_tree_is_written_over_what_stood_there),
        in_folder(a_tree_that_cannot_be_written_names_the_place),
        cmocka_unit_test(many_members_are_not_compared_with_each_other),
    };

    return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
