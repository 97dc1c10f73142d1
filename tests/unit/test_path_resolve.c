/* test_path_resolve.c -- links are followed inside the root and never out of it. */
#include "../support/unit.h"

#include <limits.h>
#include <stdio.h>

#include "../support/folder.h"
#include "base/file.h"

/* A root with what a small system has:
 *     usr/lib/libc.so.6           a file
 *     lib -> usr/lib              a relative link
 *     lib64 -> /usr/lib           an absolute link, meant inside the root
 *     usr/lib/libc.so -> libc.so.6
 *     usr/up -> ../../../lib      more ".." than there are folders
 *     loop -> loop, dangling -> nothing, usr/back -> ..
 */
static int
setup(void **state)
{
    if (folder_setup(state) != 0)
        return -1;
    folder_make(state, "usr");
    folder_make(state, "usr/lib");
    folder_write(state, "usr/lib/libc.so.6", "x");
    folder_link(state, "lib", "usr/lib");
    folder_link(state, "lib64", "/usr/lib");
    folder_link(state, "usr/lib/libc.so", "libc.so.6");
    folder_link(state, "usr/up", "../../../lib");
    folder_link(state, "usr/back", "..");
    folder_link(state, "loop", "loop");
    folder_link(state, "dangling", "nothing");
    return 0;
}

static void
links_and_dots_are_followed_inside_the_root(void **state)
{
    static const struct {
        const char *path, *resolved;
    } rows[] = {
        { "/usr/lib/libc.so.6", "/usr/lib/libc.so.6" },
        { "usr/lib/libc.so.6", "/usr/lib/libc.so.6" },
        { "//usr///lib//libc.so.6", "/usr/lib/libc.so.6" },
        { "/lib/libc.so.6", "/usr/lib/libc.so.6" },
        { "/lib64/libc.so", "/usr/lib/libc.so.6" },
        { "/usr/up/libc.so", "/usr/lib/libc.so.6" },
        { "/usr/back/back/usr/lib", NULL },
        { "/usr/back/usr/back/lib", "/usr/lib" },
        { "/usr/./lib/../lib/.", "/usr/lib" },
        { "/lib/../lib", "/usr/lib" },
        { "/../../usr/lib", "/usr/lib" },
        { "/lib/../../../..", "/" },
        { "/", "/" },
        { "", "/" },
        { "/usr/lib/", "/usr/lib" },
        { "/none", NULL },
        { "/dangling", NULL },
        { "/loop", NULL },
        { "/loop/x", NULL },
        { "/usr/lib/libc.so.6/x", NULL },
        { "/usr/lib/libc.so.6/", NULL },
        { "/usr/lib/libc.so.6/.", NULL },
        { "/usr/lib/libc.so.6/..", NULL },
        { "/none/..", NULL },
    };
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *got = wf_path_resolve(&arena, *state, rows[i].path);

        if (got == NULL ? rows[i].resolved != NULL
                        : rows[i].resolved == NULL || strcmp(got, rows[i].resolved) != 0)
            fail_msg("'%s' gave %s", rows[i].path, got == NULL ? "nothing" : got);
    }
    wf_arena_clear(&arena);
}

static void
a_root_that_is_not_there_has_no_paths(void **state)
{
    struct wf_arena arena = { 0 };

    assert_null(wf_path_resolve(&arena, folder_path(state, "none"), "/"));
    assert_null(wf_path_resolve(&arena, folder_path(state, "none"), "/usr"));
    wf_arena_clear(&arena);
}

static void
without_a_root_it_is_the_host(void **state)
{
    struct wf_arena arena = { 0 };

    assert_string_equal(wf_path_resolve(&arena, "", "/"), "/");
    assert_string_equal(wf_path_resolve(&arena, "", "/proc/../dev/./null"), "/dev/null");
    const char *inside = wf_path_resolve(&arena, "", folder_path(state, "lib/libc.so"));

    assert_non_null(inside);
    assert_non_null(strstr(inside, "/usr/lib/libc.so.6"));
    wf_arena_clear(&arena);
}

static void
forty_links_are_followed_and_no_more(void **state)
{
    struct wf_arena arena = { 0 };
    char name[16];
    char target[16] = "usr";

    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "n%d", i);
        folder_link(state, name, target);
        memcpy(target, name, sizeof target);
    }
    assert_string_equal(wf_path_resolve(&arena, *state, "/n40"), "/usr");
    assert_null(wf_path_resolve(&arena, *state, "/n41"));
    wf_arena_clear(&arena);
}

static void
paths_longer_than_the_system_knows_are_not_there(void **state)
{
    struct wf_arena arena = { 0 };
    char path[2 * PATH_MAX];

    memset(path, '/', sizeof path);
    path[PATH_MAX - 1] = '\0';
    assert_string_equal(wf_path_resolve(&arena, *state, path), "/");
    path[PATH_MAX - 1] = '/';
    path[PATH_MAX] = '\0';
    assert_null(wf_path_resolve(&arena, *state, path));
    memset(path, 'a', sizeof path);
    path[PATH_MAX - 1] = '\0';
    assert_null(wf_path_resolve(&arena, *state, path));
    wf_arena_clear(&arena);
}

/* Two links whose targets together pass the longest path there can be. */
static void
links_that_grow_the_path_beyond_all_bounds_are_not_followed(void **state)
{
    struct wf_arena arena = { 0 };
    char target[PATH_MAX];

    memset(target, '/', sizeof target);
    memcpy(target + sizeof target - 8, "grow/a", 7);
    target[sizeof target - 2] = '\0';
    folder_link(state, "grow", target);
    assert_null(wf_path_resolve(&arena, *state, "/grow/usr/lib"));
    wf_arena_clear(&arena);
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOT(links_and_dots_are_followed_inside_the_root),
        IN_ROOT(a_root_that_is_not_there_has_no_paths),
        IN_ROOT(without_a_root_it_is_the_host),
        IN_ROOT(forty_links_are_followed_and_no_more),
        IN_ROOT(paths_longer_than_the_system_knows_are_not_there),
        IN_ROOT(links_that_grow_the_path_beyond_all_bounds_are_not_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
