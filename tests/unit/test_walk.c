/* test_walk.c -- which files of a tree are found: rules, links, circles, closed folders. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../support/folder.h"
#include "pack/ignore.h"

struct found {
    struct wf_arena arena;
    struct wf_strings below;
    struct wf_walk_request request;
    struct wf_found_file *files;
    size_t num;
    char said[1024];
};

static void
listen(void *context, enum wf_say_kind kind, const char *text)
{
    char *said = context;

    assert_int_equal(kind, WF_SAY_WARNING);
    snprintf(said, 1024, "%s", text);
}

/* The paths found, one after the other, with a blank between. */
static const char *
paths_of(struct found *found)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < found->num; i++) {
        wf_buffer_add_str(&text, i == 0 ? "" : " ");
        wf_buffer_add_str(&text, found->files[i].path);
    }
    const char *copy = wf_arena_str(&found->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
assert_finds(void **state, struct found *found, const char *expected)
{
    const struct wf_say say = { listen, found->said };
    struct wf_error err = { 0 };

    found->request.root = *state;
    found->request.say = &say;
    if (!wf_walk(&found->files, &found->num, &found->arena, &found->request, &err))
        fail_msg("%s: %s", err.where, err.text);
    assert_string_equal(paths_of(found), expected);
    found->request.say = NULL;
}

static void
assert_walks(void **state, struct wf_walk_request request, const char *expected)
{
    struct found found = { .request = request };

    assert_finds(state, &found, expected);
    wf_arena_clear(&found.arena);
}

static void
files_come_in_the_order_of_their_bytes(void **state)
{
    folder_put(state, "b/x", "");
    folder_put(state, "a/x", "");
    folder_put(state, "a-b", "");
    folder_put(state, "a.b/y", "");
    assert_walks(state, (struct wf_walk_request){ 0 }, "a-b a.b/y a/x b/x");
}

static void
a_file_tells_where_it_is_and_whether_it_runs(void **state)
{
    struct found found = { .request = { .no_rules = true } };

    folder_put(state, "a/run", "");
    assert_int_equal(chmod(folder_path(state, "a/run"), 0755), 0);
    folder_put(state, "b", "");
    assert_finds(state, &found, "a/run b");
    assert_string_equal(found.files[0].source, folder_path(state, "a/run"));
    assert_true(found.files[0].is_executable);
    assert_false(found.files[1].is_executable);
    wf_arena_clear(&found.arena);
}

static void
gitignore_counts_only_in_a_repository(void **state)
{
    folder_put(state, "a/.gitignore", "x\n");
    folder_put(state, "a/x", "");
    folder_put(state, "a/y", "");
    assert_walks(state, (struct wf_walk_request){ 0 }, "a/.gitignore a/x a/y");
    folder_tree(state, "a/.git");
    assert_walks(state, (struct wf_walk_request){ 0 }, "a/.gitignore a/y");
    assert_int_equal(rmdir(folder_path(state, "a/.git")), 0);
    folder_tree(state, ".jj");
    assert_walks(state, (struct wf_walk_request){ 0 }, "a/.gitignore a/y");
    assert_walks(state, (struct wf_walk_request){ .no_rules = true },
                 "a/.gitignore a/x a/y");
}

static void
rules_end_where_another_repository_begins(void **state)
{
    folder_tree(state, ".git");
    folder_put(state, ".gitignore", "x\n");
    folder_put(state, "a/x", "");
    folder_put(state, "b/x", "");
    folder_put(state, "b/.git", "a link to elsewhere");
    assert_walks(state, (struct wf_walk_request){ 0 }, ".gitignore b/.git b/x");
}

static void
ignore_files_count_without_one_and_win(void **state)
{
    folder_put(state, ".ignore", "x\n!y\n");
    folder_put(state, "a/x", "");
    folder_put(state, "a/y", "");
    assert_walks(state, (struct wf_walk_request){ 0 }, ".ignore a/y");
    folder_tree(state, ".git");
    folder_put(state, "a/.gitignore", "!x\ny\n");
    assert_walks(state, (struct wf_walk_request){ 0 }, ".ignore a/.gitignore a/y");
}

static void
what_is_below_an_ignored_folder_is_not_let_in_again(void **state)
{
    folder_put(state, ".ignore", "a/\n!a/x\n");
    folder_put(state, "a/x", "");
    folder_put(state, "b", "");
    assert_walks(state, (struct wf_walk_request){ 0 }, ".ignore b");
}

static void
rules_above_the_root_count_for_sdists_alone(void **state)
{
    struct found found = { .request = { .use_outer_rules = true, .skip_hidden = true } };
    void *inner = wf_arena_strdup(&found.arena, folder_path(state, "a/b"));

    folder_tree(state, ".git");
    folder_put(state, ".gitignore", "x\n/a/b/y\n/y\n");
    folder_put(state, "a/.gitignore", "/b/z\n");
    folder_put(state, "a/b/x", "");
    folder_put(state, "a/b/y", "");
    folder_put(state, "a/b/z", "");
    folder_put(state, "a/b/c/y", "");
    folder_put(state, "a/b/.hidden", "");
    assert_finds(&inner, &found, "c/y");
    found.request.use_outer_rules = false;
    assert_finds(&inner, &found, "c/y x y z");
    found.request.skip_hidden = false;
    assert_finds(&inner, &found, ".hidden c/y x y z");
    wf_arena_clear(&found.arena);
}

static void
rules_that_only_this_machine_has_never_count(void **state)
{
    struct found found = { .request = { .use_outer_rules = true, .skip_hidden = true } };

    folder_put(state, ".git/info/exclude", "x\n");
    folder_put(state, ".config/git/ignore", "y\n");
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder_path(state, ".config"), 1), 0);
    folder_put(state, "x", "");
    folder_put(state, "y", "");
    assert_finds(state, &found, "x y");
    assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
    wf_arena_clear(&found.arena);
}

static void
a_rule_lets_a_hidden_file_in(void **state)
{
    folder_put(state, ".ignore", "!.keep\n");
    folder_put(state, ".keep", "");
    folder_put(state, ".other", "");
    folder_put(state, "x", "");
    assert_walks(state, (struct wf_walk_request){ .skip_hidden = true }, ".keep x");
}

static void
only_what_leads_to_the_wanted_is_entered(void **state)
{
    struct found found = { 0 };

    folder_put(state, "a/b/x", "");
    folder_put(state, "a/y", "");
    folder_put(state, "ab/z", "");
    folder_put(state, "closed/w", "");
    assert_int_equal(chmod(folder_path(state, "closed"), 0), 0);
    wf_strings_append(&found.arena, &found.below,
                      wf_arena_strdup(&found.arena, folder_path(state, "a/b")));
    found.request.below = &found.below;
    assert_finds(state, &found, "a/b/x");
    assert_int_equal(chmod(folder_path(state, "closed"), 0700), 0);
    wf_arena_clear(&found.arena);
}

/* The superuser reads everything, so this looks with other eyes for a moment. */
static void
a_closed_folder_is_an_error_only_where_files_are_wanted(void **state)
{
    struct found found = { 0 };
    struct wf_error err = { 0 };
    const bool is_root = geteuid() == 0;

    folder_put(state, "a/x", "");
    folder_put(state, "a/closed/y", "");
    folder_put(state, "b/closed/z", "");
    assert_int_equal(chmod(*state, 0755), 0);
    assert_int_equal(chmod(folder_path(state, "a/closed"), 0), 0);
    assert_int_equal(chmod(folder_path(state, "b"), 0), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    wf_strings_append(&found.arena, &found.below,
                      wf_arena_strdup(&found.arena, folder_path(state, "b/closed/deep")));
    found.request.root = *state;
    found.request.below = &found.below;
    const bool skipped =
        wf_walk(&found.files, &found.num, &found.arena, &found.request, &err);

    found.request.below = NULL;
    const bool refused =
        !wf_walk(&found.files, &found.num, &found.arena, &found.request, &err);

    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(folder_path(state, "a/closed"), 0700), 0);
    assert_int_equal(chmod(folder_path(state, "b"), 0700), 0);
    assert_true(skipped);
    assert_true(refused);
    assert_error(err, WF_ERR_IO, "cannot be listed: Permission denied");
    assert_string_equal(err.where, folder_path(state, "a/closed"));
    wf_arena_clear(&found.arena);
}

static void
links_to_files_are_followed_and_those_to_folders_on_request(void **state)
{
    struct found found = { 0 };
    char expected[1024];

    folder_put(state, "a/x", "");
    folder_link(state, "f", "a/x");
    folder_link(state, "d", "a");
    assert_finds(state, &found, "a/x f");
    snprintf(expected, sizeof expected,
             "%s is a link to a folder, which is not followed: what is in it is left out",
             folder_path(state, "d"));
    assert_string_equal(found.said, expected);
    found.request.follow_folders = true;
    assert_finds(state, &found, "a/x d/x f");
    wf_arena_clear(&found.arena);
}

static void
links_that_lead_to_nothing_are_named(void **state)
{
    static const char *const targets[] = { "none", "lost", "/no/such/folder" };
    struct found found = { 0 };

    folder_put(state, "a/x", "");
    for (size_t i = 0; i < WF_COUNT(targets); i++) {
        char expected[1024];

        folder_link(state, "lost", targets[i]);
        assert_finds(state, &found, "a/x");
        snprintf(expected, sizeof expected,
                 "%s is a link that leads to nothing: it is left out",
                 folder_path(state, "lost"));
        assert_string_equal(found.said, expected);
        assert_int_equal(unlink(folder_path(state, "lost")), 0);
    }
    wf_arena_clear(&found.arena);
}

static void
links_to_nothing_are_not_missed_where_nothing_is_wanted(void **state)
{
    struct found found = { 0 };

    folder_put(state, ".git/config", "");
    folder_put(state, ".gitignore", "ignored\n.git\n");
    folder_put(state, "a/x", "");
    folder_link(state, "ignored", "none");
    folder_link(state, "aside", "none");
    wf_strings_append(&found.arena, &found.below,
                      wf_arena_strdup(&found.arena, folder_path(state, "a")));
    found.request.below = &found.below;
    assert_finds(state, &found, "a/x");
    assert_string_equal(found.said, "");
    found.request.below = NULL;
    assert_finds(state, &found, ".gitignore a/x");
    assert_non_null(strstr(found.said, "/aside is a link"));
    assert_int_equal(unlink(folder_path(state, "aside")), 0);
    found.said[0] = '\0';
    assert_finds(state, &found, ".gitignore a/x");
    assert_string_equal(found.said, "");
    wf_arena_clear(&found.arena);
}

static void
a_circle_is_an_error_that_names_the_link(void **state)
{
    struct found found = { .request = { .root = *state, .follow_folders = true } };
    struct wf_error err = { 0 };
    char expected[1024];

    folder_put(state, "a/b/x", "");
    folder_link(state, "a/b/up", "..");
    assert_false(wf_walk(&found.files, &found.num, &found.arena, &found.request, &err));
    snprintf(expected, sizeof expected,
             "%s is a link to the folder it is in (%s): the tree has no end; remove the "
             "link or exclude it from the project",
             folder_path(state, "a/b/up"), folder_path(state, "a"));
    assert_error(err, WF_ERR_MALFORMED, expected);
    wf_arena_clear(&found.arena);
}

/* Each folder has two links to the next: as many ways through as no disk has files. */
static void
links_that_multiply_come_to_an_end(void **state)
{
    struct found found = {
        .request = { .root = *state, .follow_folders = true, .max_files = 1000 }
    };
    struct wf_error err = { 0 };

    for (int i = 0; i < 30; i++) {
        char name[32];
        char target[32];

        snprintf(target, sizeof target, "../%d", i + 1);
        snprintf(name, sizeof name, "%d/a", i);
        folder_put(state, name, "");
        snprintf(name, sizeof name, "%d/l", i);
        folder_link(state, name, target);
        snprintf(name, sizeof name, "%d/m", i);
        folder_link(state, name, target);
    }
    folder_put(state, "30/a", "");
    assert_false(wf_walk(&found.files, &found.num, &found.arena, &found.request, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    wf_arena_clear(&found.arena);
}

static void
more_files_than_allowed_are_refused(void **state)
{
    struct found found = { .request = { .root = *state, .max_files = 2 } };
    struct wf_error err = { 0 };
    char expected[1024];

    folder_put(state, "a", "");
    folder_put(state, "b", "");
    assert_finds(state, &found, "a b");
    folder_put(state, "c", "");
    assert_false(wf_walk(&found.files, &found.num, &found.arena, &found.request, &err));
    snprintf(expected, sizeof expected,
             "%s: more than 2 files are below it; --limit members=NUMBER allows more",
             (const char *)*state);
    assert_error(err, WF_ERR_LIMIT, expected);
    wf_arena_clear(&found.arena);
}

static void
names_of_any_bytes_are_found(void **state)
{
    folder_put(state, "a\nb", "");
    folder_put(state, "\xff", "");
    folder_put(state, " ", "");
    assert_walks(state, (struct wf_walk_request){ 0 }, "  a\nb \xff");
}

static void
fifty_thousand_files_take_no_time(void **state)
{
    struct found found = { .request = { .root = *state } };
    struct wf_error err = { 0 };
    struct timespec start;
    struct timespec end;

    folder_tree(state, ".git");
    folder_put(state, ".gitignore",
               "*.pyc\n__pycache__/\n/build\ndist/\n*.so\n!keep.so\n");
    for (int i = 0; i < 50000; i++) {
        char name[64];

        snprintf(name, sizeof name, "p%d/q%d/f%d.py", i / 1000, i / 100, i);
        folder_put(state, name, "");
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_true(wf_walk(&found.files, &found.num, &found.arena, &found.request, &err));
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_int_equal(found.num, 50001);
    const double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;

    print_message("# 50000 files in %.3f s\n", seconds);
    assert_true(seconds < 5);
    wf_arena_clear(&found.arena);
}

#define in_folder(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(files_come_in_the_order_of_their_bytes),
        in_folder(a_file_tells_where_it_is_and_whether_it_runs),
        in_folder(gitignore_counts_only_in_a_repository),
        in_folder(rules_end_where_another_repository_begins),
        in_folder(ignore_files_count_without_one_and_win),
        in_folder(what_is_below_an_ignored_folder_is_not_let_in_again),
        in_folder(rules_above_the_root_count_for_sdists_alone),
        in_folder(rules_that_only_this_machine_has_never_count),
        in_folder(a_rule_lets_a_hidden_file_in),
        in_folder(only_what_leads_to_the_wanted_is_entered),
        in_folder(a_closed_folder_is_an_error_only_where_files_are_wanted),
        in_folder(links_to_files_are_followed_and_those_to_folders_on_request),
        in_folder(links_that_lead_to_nothing_are_named),
        in_folder(links_to_nothing_are_not_missed_where_nothing_is_wanted),
        in_folder(a_circle_is_an_error_that_names_the_link),
        in_folder(links_that_multiply_come_to_an_end),
        in_folder(more_files_than_allowed_are_refused),
        in_folder(names_of_any_bytes_are_found),
        in_folder(fifty_thousand_files_take_no_time),
    };

    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
