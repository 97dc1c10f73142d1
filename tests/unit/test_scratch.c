/* test_scratch.c -- folders that are there only while a program runs. */
#include "../support/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../support/folder.h"
#include "base/file.h"
#include "base/scratch.h"

static void
each_is_a_folder_of_its_own_that_nobody_else_may_enter(void **state)
{
    struct wf_arena arena = { 0 };
    const char *first = NULL;
    const char *second = NULL;
    struct stat status;

    assert_true(wf_scratch_new(&first, &arena, *state, NULL));
    assert_true(wf_scratch_new(&second, &arena, *state, NULL));
    assert_string_not_equal(first, second);
    assert_int_equal(stat(first, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    wf_scratch_end(first);
    wf_scratch_end(second);
    assert_int_equal(folder_count(state), 0);
    wf_arena_clear(&arena);
}

static void
what_links_lead_to_stays(void **state)
{
    struct wf_arena arena = { 0 };
    const char *folder = NULL;

    folder_write(state, "kept", "");
    assert_true(wf_scratch_new(&folder, &arena, *state, NULL));
    assert_true(wf_folder_make(wf_arena_printf(&arena, "%s/deep/er", folder), NULL));
    assert_true(wf_file_write_atomic(wf_arena_printf(&arena, "%s/deep/er/file", folder),
                                     wf_bytes_str("x"), 0600, NULL));
    assert_int_equal(symlink(*state, wf_arena_printf(&arena, "%s/deep/up", folder)), 0);
    wf_scratch_end(folder);
    assert_int_equal(folder_count(state), 1);
    wf_scratch_end(NULL);
    wf_arena_clear(&arena);
}

/* As from a signal handler: more entries than come at once, and links stay what they are. */
static void
all_that_are_there_are_dropped_at_once(void **state)
{
    struct wf_arena arena = { 0 };
    const char *folders[2] = { NULL };

    folder_write(state, "kept", "");
    for (size_t i = 0; i < WF_COUNT(folders); i++) {
        assert_true(wf_scratch_new(&folders[i], &arena, *state, NULL));
        for (unsigned j = 0; j < 500; j++)
            assert_true(wf_scratch_write(
                wf_arena_printf(&arena, "%s/some/folder/file-%03u", folders[i], j),
                wf_bytes_str("x"), NULL));
        assert_int_equal(symlink(*state, wf_arena_printf(&arena, "%s/up", folders[i])),
                         0);
    }
    wf_scratch_drop();
    assert_int_equal(folder_count(state), 1);
    for (size_t i = 0; i < WF_COUNT(folders); i++)
        wf_scratch_end(folders[i]);
    folder_tree(state, "another");
    wf_scratch_drop();
    assert_int_equal(folder_count(state), 2);
    wf_arena_clear(&arena);
}

static void
a_parent_that_is_not_there_is_named(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *folder = NULL;

    (void)state;
    assert_false(wf_scratch_new(&folder, &arena, "/nowhere/at/all", &err));
    assert_null(folder);
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.text,
                        "no folder can be made in /nowhere/at/all: No such file "
                        "or directory");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            each_is_a_folder_of_its_own_that_nobody_else_may_enter, folder_setup,
            folder_teardown),
        cmocka_unit_test_setup_teardown(what_links_lead_to_stays, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(all_that_are_there_are_dropped_at_once,
                                        folder_setup, folder_teardown),
        cmocka_unit_test(a_parent_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
