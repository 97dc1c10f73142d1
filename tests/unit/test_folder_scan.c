/* test_folder_scan.c -- what is in a folder, and of which kind. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "base/file.h"

static void
entries_come_sorted_with_their_kinds(void **state)
{
    static const struct wf_folder_entry expected[] = {
        { "dangling", WF_PATH_ABSENT, true, false },
        { "fifo", WF_PATH_OTHER, false, false },
        { "file", WF_PATH_FILE, false, false },
        { "folder", WF_PATH_FOLDER, false, true },
        { "link", WF_PATH_FOLDER, true, true },
        { "run", WF_PATH_FILE, false, true },
    };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_folder_identity identity;
    struct wf_folder_identity again;
    struct wf_folder_entry *entries = NULL;
    size_t num = 0;

    folder_put(state, "run", "");
    assert_int_equal(chmod(folder_path(state, "run"), 0700), 0);
    folder_put(state, "file", "");
    assert_int_equal(chmod(folder_path(state, "file"), 0611), 0); /* not by its owner */
    folder_make(state, "folder");
    folder_link(state, "link", "folder");
    folder_link(state, "dangling", "none");
    assert_int_equal(mkfifo(folder_path(state, "fifo"), 0600), 0);
    assert_true(wf_folder_scan(&arena, *state, &entries, &num, &identity, &err));
    assert_int_equal(num, WF_COUNT(expected));
    for (size_t i = 0; i < num; i++) {
        assert_string_equal(entries[i].name, expected[i].name);
        assert_int_equal(entries[i].kind, expected[i].kind);
        assert_int_equal(entries[i].is_link, expected[i].is_link);
        assert_int_equal(entries[i].is_executable, expected[i].is_executable);
    }
    assert_true(
        wf_folder_scan(&arena, folder_path(state, "link"), &entries, &num, &again, &err));
    assert_int_equal(num, 0);
    assert_true(again.number != identity.number);
    wf_arena_clear(&arena);
}

static void
what_is_no_folder_is_an_error(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_folder_identity identity;
    struct wf_folder_entry *entries = NULL;
    size_t num = 0;

    folder_put(state, "file", "");
    assert_false(wf_folder_scan(&arena, folder_path(state, "file"), &entries, &num,
                                &identity, &err));
    assert_error(err, WF_ERR_IO, "cannot be listed: Not a directory");
    assert_null(entries);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_come_sorted_with_their_kinds,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_folder_is_an_error, folder_setup,
                                        folder_teardown),
    };

    return cmocka_run_group_tests_name("folder_scan", tests, NULL, NULL);
}
