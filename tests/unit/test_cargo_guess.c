/* test_cargo_guess.c -- what `cargo metadata` said last time, with a cargo of the test's own
 * that says what stands in the file "answer" and counts its runs in "calls". */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/cargo_guess.h"

static const char cargo_script[] = "#!/bin/sh\n"
                                   "echo call >> calls\n"
                                   "[ ! -f words ] || { cat words >&2; exit 101; }\n"
                                   "cat answer\n";

static const char answer_form[] =
    "{\"packages\":[{\"name\":\"demo\",\"version\":\"%s\",\"id\":\"demo\","
    "\"manifest_path\":\"%s/"
    "Cargo.toml\",\"targets\":[]}],\"workspace_members\":[\"demo\"],"
    "\"resolve\":{\"nodes\":[{\"id\":\"demo\",\"deps\":[]}],\"root\":\"demo\"},"
    "\"target_directory\":\"/t\",\"workspace_root\":\"%s\"}\n";

struct guessing {
    struct wf_build_asked asked;
    struct wf_arena arena;
    struct wf_cargo_graph graph;
    struct wf_cargo_guess guess;
    struct wf_error err;
    void **state;
};

static void
answer(void **state, const char *version)
{
    char text[4000];
    const char *folder = *state;

    snprintf(text, sizeof text, answer_form, version, folder, folder);
    folder_write(state, "answer", text);
}

static struct guessing
start(void **state)
{
    struct guessing g = { .asked = pack_asked_new(*state), .state = state };
    char path[9000];

    folder_write(state, "cargo", cargo_script);
    assert_int_equal(chmod(folder_path(state, "cargo"), 0700), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", (const char *)*state);
    assert_int_equal(setenv("PATH", path, 1), 0);
    folder_write(state, "calls", "");
    folder_write(state, "Cargo.toml", "[package]\n");
    answer(state, "1.0.0");
    g.asked.cache_dir = "cache";
    return g;
}

/* A build's beginning. */
static bool
begin(struct guessing *g)
{
    char manifest[4000];

    g->asked.cache_dir = folder_path(g->state, "cache");
    snprintf(manifest, sizeof manifest, "%s/Cargo.toml", (const char *)*g->state);
    return wf_cargo_guess_graph(&g->graph, &g->guess, &g->arena, manifest, &g->asked,
                                &g->err);
}

static void
end(struct guessing *g)
{
    wf_cargo_graph_end(&g->graph);
    wf_cargo_guess_end(&g->guess);
    wf_arena_clear(&g->arena);
    g->guess = (struct wf_cargo_guess){ 0 };
    g->err = (struct wf_error){ 0 };
}

static size_t
calls(void **state)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 4000);
    assert_true(wf_file_read_whole(&text, folder_path(state, "calls"), NULL));
    const size_t num = text.len / strlen("call\n");

    wf_buffer_clear(&text);
    return num;
}

/* One build whose guess is right, or that has none: how often cargo ran before it was asked
 * to confirm, and in all. */
static void
build(struct guessing *g, size_t before, size_t in_all)
{
    folder_write(g->state, "calls", "");
    assert_true(begin(g));
    assert_int_equal(calls(g->state), before);
    assert_true(wf_cargo_guess_confirm(&g->guess, &g->err));
    assert_int_equal(calls(g->state), in_all);
    end(g);
}

static void
a_second_build_begins_without_cargo_and_asks_it_later(void **state)
{
    struct guessing g = start(state);

    build(&g, 1, 1);
    folder_write(state, "calls", "");
    assert_true(begin(&g));
    assert_string_equal(g.graph.root->version, "1.0.0");
    assert_int_equal(g.guess.state, WF_GUESS_OPEN);
    assert_int_equal(calls(state), 0);
    wf_cargo_guess_ask(&g.guess);
    wf_cargo_guess_ask(&g.guess);
    assert_true(wf_cargo_guess_confirm(&g.guess, &g.err));
    assert_true(wf_cargo_guess_confirm(&g.guess, &g.err));
    assert_int_equal(g.guess.state, WF_GUESS_RIGHT);
    assert_int_equal(calls(state), 1);
    end(&g);
}

static void
an_answer_that_differs_makes_the_guess_wrong(void **state)
{
    struct guessing g = start(state);

    build(&g, 1, 1);
    answer(state, "2.0.0");
    assert_true(begin(&g));
    assert_string_equal(g.graph.root->version, "1.0.0");
    assert_false(wf_cargo_guess_confirm(&g.guess, &g.err));
    assert_int_equal(g.guess.state, WF_GUESS_WRONG);
    assert_error(g.err, WF_ERR_IO,
                 "`cargo metadata` says something else than it did last time");

    /* As a build that starts over does. */
    wf_cargo_graph_end(&g.graph);
    wf_cargo_guess_end(&g.guess);
    assert_true(begin(&g));
    assert_string_equal(g.graph.root->version, "2.0.0");
    assert_true(wf_cargo_guess_confirm(&g.guess, &g.err));
    end(&g);

    /* Whose answers change like that is not trusted before it says the same twice. */
    build(&g, 1, 1);
    build(&g, 0, 1);
}

static void
a_manifest_that_changed_leaves_no_guess(void **state)
{
    static const char *const files[] = { "Cargo.toml", "Cargo.lock" };
    struct guessing g = start(state);

    build(&g, 1, 1);
    for (size_t i = 0; i < WF_COUNT(files); i++) {
        folder_write(state, files[i], "# longer than it was before\n");
        build(&g, 1, 1);
        build(&g, 0, 1);
    }
}

static void
other_wishes_and_variables_have_answers_of_their_own(void **state)
{
    struct guessing g = start(state);

    build(&g, 1, 1);
    g.asked.cargo.all_features = true;
    build(&g, 1, 1);
    build(&g, 0, 1);
    pack_set("CARGO_TARGET_DIR=/elsewhere");
    build(&g, 1, 1);
    build(&g, 0, 1);
}

static void
a_cargo_that_fails_now_has_the_word(void **state)
{
    struct guessing g = start(state);

    build(&g, 1, 1);
    folder_write(state, "words", "error: the lock is gone\n");
    assert_true(begin(&g));
    assert_false(wf_cargo_guess_confirm(&g.guess, &g.err));
    assert_error(g.err, WF_ERR_REFUSED,
                 "`cargo metadata` exited with an error: error: the lock is gone");
    assert_int_equal(g.guess.state, WF_GUESS_FAILED);
    end(&g);
    /* A cargo that was asked and is not needed any more is ended. */
    assert_true(begin(&g));
    wf_cargo_guess_ask(&g.guess);
    end(&g);
}

static void
what_is_kept_and_damaged_is_no_guess(void **state)
{
    static const char *const texts[] = { "", "1", "1\n", "{}", "wheelpack memo 1\n" };
    struct guessing g = start(state);
    struct wf_arena arena = { 0 };
    char **names = NULL;
    size_t num = 0;

    build(&g, 1, 1);
    assert_true(
        wf_folder_list(&arena, folder_path(state, "cache"), &names, &num, &g.err));
    assert_int_equal(num, 1);
    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        char name[300];

        snprintf(name, sizeof name, "cache/%s", names[0]);
        folder_write(state, name, texts[i]);
        build(&g, 1, 1);
    }
    build(&g, 0, 1);
    wf_arena_clear(&arena);
}

static void
no_guess_is_always_right(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    wf_cargo_guess_ask(NULL);
    assert_true(wf_cargo_guess_confirm(NULL, &err));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_second_build_begins_without_cargo_and_asks_it_later),
        IN_FOLDER(an_answer_that_differs_makes_the_guess_wrong),
        IN_FOLDER(a_manifest_that_changed_leaves_no_guess),
        IN_FOLDER(other_wishes_and_variables_have_answers_of_their_own),
        IN_FOLDER(a_cargo_that_fails_now_has_the_word),
        IN_FOLDER(what_is_kept_and_damaged_is_no_guess),
        cmocka_unit_test(no_guess_is_always_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
