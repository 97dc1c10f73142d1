/* test_paths.c -- paths of manifests behind the folders they are relative to. */
#include "../support/unit.h"

#include "pack/paths.h"

static void
joined_paths_are_absolute_and_plain(void **state)
{
    static const struct {
        const char *folder, *path, *joined;
    } rows[] = {
        { "/p", "a", "/p/a" },
        { "/p", ".", "/p" },
        { "/p", "", "/p" },
        { "/p", "../a", "/a" },
        { "/p/q", "../../../a", "/a" },
        { "/p", "/a//b/", "/a/b" },
        { "/p", "a/./b/../c", "/p/a/c" },
        { "/", "a", "/a" },
        { "/", "..", "/" },
        { "/p", "...", "/p/..." },
        { "/p", "a..", "/p/a.." },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(wf_path_join(&arena, rows[i].folder, rows[i].path),
                            rows[i].joined);
    wf_arena_clear(&arena);
}

static void
a_path_is_below_a_folder_by_whole_parts(void **state)
{
    (void)state;
    assert_string_equal(wf_path_below("/p/a/b", "/p"), "a/b");
    assert_string_equal(wf_path_below("/p", "/p"), "");
    assert_string_equal(wf_path_below("/a", "/"), "a");
    assert_null(wf_path_below("/pa", "/p"));
    assert_null(wf_path_below("/", "/p"));
    assert_null(wf_path_below("/q/p", "/p"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_paths_are_absolute_and_plain),
        cmocka_unit_test(a_path_is_below_a_folder_by_whole_parts),
    };

    return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
