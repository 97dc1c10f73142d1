/* test_cargo_metadata.c -- `cargo metadata` as a program of the test's own. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/cargo_graph.h"

#define ANSWER                                                                           \
    "echo '{\"packages\":[{\"name\":\"demo\",\"version\":\"0.1.0\",\"id\":\"demo\","     \
    "\"manifest_path\":\"/w/Cargo.toml\",\"targets\":[]}],\"workspace_members\":"        \
    "[\"demo\"],\"resolve\":{\"nodes\":[{\"id\":\"demo\",\"deps\":[]}],\"root\":"        \
    "\"demo\"},\"target_directory\":\"/t\",\"workspace_root\":\"/w\"}'\n"

struct asking {
    struct wf_build_asked asked;
    struct wf_arena arena;
    struct wf_cargo_graph graph;
    struct wf_error err;
};

static bool
ask(struct asking *a, void **state, const char *script)
{
    char text[2000];
    char path[9000];
    const char *before = getenv("PATH");

    snprintf(text, sizeof text, "#!/bin/sh\n%s", script);
    folder_write(state, "cargo", text);
    assert_int_equal(chmod(folder_path(state, "cargo"), 0700), 0);
    snprintf(path, sizeof path, "%s:%s", (const char *)*state, before);
    assert_int_equal(setenv("PATH", path, 1), 0);
    a->err = (struct wf_error){ 0 };
    return wf_cargo_graph_read(&a->graph, &a->arena, "/w/Cargo.toml", &a->asked, &a->err);
}

static void
end(struct asking *a)
{
    wf_cargo_graph_end(&a->graph);
    wf_arena_clear(&a->arena);
}

static void
cargo_is_asked_with_everything_that_decides(void **state)
{
    struct asking a = { .asked = pack_asked_new(*state) };
    const char *features[] = { "a,b", "c" };
    const char *unstable[] = { "x" };
    struct wf_buffer said;

    a.asked.cargo = (struct wf_cargo_asked){
        .frozen = true,
        .locked = true,
        .offline = true,
        .features = { features, 2, 2 },
        .all_features = true,
        .no_default_features = true,
        .target = "i686-unknown-linux-gnu",
        .unstable = { unstable, 1, 1 },
        .quiet = true,
        .profile = "release",
    };
    assert_true(ask(&a, state, "echo \"$@\" > said\necho noise >&2\n" ANSWER));
    assert_string_equal(a.graph.root->name, "demo");
    wf_buffer_init(&said, 2000);
    assert_true(wf_file_read_whole(&said, folder_path(state, "said"), NULL));
    assert_true(wf_bytes_equal_str(
        wf_buffer_bytes(&said),
        "metadata --format-version 1 --manifest-path /w/Cargo.toml --frozen --locked "
        "--offline --features a,b --features c --all-features --no-default-features "
        "--filter-platform i686-unknown-linux-gnu -Z x\n"));
    wf_buffer_clear(&said);
    end(&a);
}

static void
without_wishes_cargo_is_asked_shortly(void **state)
{
    struct asking a = { .asked = pack_asked_new(*state) };
    struct wf_buffer said;

    assert_true(ask(&a, state, "echo \"$@\" > said\n" ANSWER));
    wf_buffer_init(&said, 2000);
    assert_true(wf_file_read_whole(&said, folder_path(state, "said"), NULL));
    assert_true(wf_bytes_equal_str(
        wf_buffer_bytes(&said),
        "metadata --format-version 1 --manifest-path /w/Cargo.toml\n"));
    wf_buffer_clear(&said);
    end(&a);
}

/* Many words are cut in front: behind stands what it failed of. */
static void
a_cargo_that_fails_has_the_word(void **state)
{
    static const struct {
        const char *script, *starts, *ends;
    } rows[] = {
        { "echo 'error: no such lock' >&2; echo >&2; exit 101",
          "`cargo metadata` exited with an error: error: no such lock", "no such lock" },
        { "printf 'error: no parse\\n\\nCaused by:\\n  no  hyphens\\n' >&2; exit 101",
          "`cargo metadata` exited with an error: error: no parse Caused by: no hyphens",
          "hyphens" },
        { "exit 3",
          "`cargo metadata` exited with an error: it said nothing, and ended with status "
          "3",
          "status 3" },
        { "i=0; while [ $i -lt 500 ]; do echo \"line $i of it\" >&2; i=$((i + 1)); done; "
          "exit 1",
          "`cargo metadata` exited with an error: ...", "line 499 of it" },
        { "kill -9 $$",
          "`cargo metadata` exited with an error: it said nothing, and ended with status "
          "137",
          "137" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct asking a = { .asked = pack_asked_new(*state) };

        assert_false(ask(&a, state, rows[i].script));
        assert_int_equal(a.err.kind, WF_ERR_REFUSED);
        assert_true(wf_text_starts_with(a.err.text, rows[i].starts));
        assert_true(wf_text_ends_with(a.err.text, rows[i].ends));
        assert_null(a.graph.json);
        end(&a);
    }
}

static void
rubbish_is_told_with_its_place(void **state)
{
    struct asking a = { .asked = pack_asked_new(*state) };

    assert_false(ask(&a, state, "echo 'Hello, I am cargo'"));
    assert_error_at(a.err, WF_ERR_MALFORMED, 0,
                    "at 0x0: JSON has 'H' where a value is expected");
    assert_string_equal(a.err.where, "`cargo metadata`");
    assert_false(ask(&a, state, "exec cat /dev/zero"));
    assert_error(a.err, WF_ERR_IO,
                 "cargo wrote more than 67108864 bytes to its standard output");
    end(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(cargo_is_asked_with_everything_that_decides),
        IN_FOLDER(without_wishes_cargo_is_asked_shortly),
        IN_FOLDER(a_cargo_that_fails_has_the_word),
        IN_FOLDER(rubbish_is_told_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
