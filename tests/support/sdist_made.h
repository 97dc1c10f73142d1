/* sdist_made.h -- projects in a temporary folder, made into sdists with the cargo that is
 * here, and unpacked again beside them. */
#ifndef WF_TESTS_SDIST_MADE_H
#define WF_TESTS_SDIST_MADE_H

#include "folder.h"
#include "pack_asked.h"
#include "unit.h"

#include <stdio.h>

#include "base/file.h"
#include "pack/build.h"
#include "pack/cargo_graph.h"
#include "pack/program.h"
#include "pack/sdist_archive.h"
#include "pack/select.h"

struct sdist_made {
    struct wf_arena arena;
    struct wf_build_asked asked;
    const char *path; /* of the archive */
    const char *tree; /* what was unpacked */
    struct wf_error err;
};

#define SDIST_PYPROJECT "[build-system]\nrequires = [\"wheelpack\"]\n"
#define SDIST_CRATE(name)                                                                \
    "[package]\nname = \"" name "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
#define SDIST_MAIN "fn main() {}\n"

/* A crate of that name in a folder, with a line or more below its [package]. */
#define sdist_crate(state, folder, name, source, more)                                   \
    do {                                                                                 \
        folder_put(state, folder "/Cargo.toml", SDIST_CRATE(name) more);                 \
        folder_put(state, folder "/src/" source,                                         \
                   strcmp(source, "main.rs") == 0 ? SDIST_MAIN : "");                    \
    } while (0)

/* The test's own environment, with what cargo needs of ours. */
static inline void
sdist_world(void **state, struct sdist_made *made, const char *project)
{
    static const char *const names[] = { "PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME",
                                         "RUSTUP_TOOLCHAIN" };

    memset(made, 0, sizeof *made);
    made->asked =
        pack_asked_new(wf_arena_strdup(&made->arena, folder_path(state, project)));
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL)
            pack_set(wf_arena_printf(&made->arena, "%s=%s", names[i], value));
    }
    folder_tree(state, "scratch");
    pack_set(wf_arena_printf(&made->arena, "TMPDIR=%s", folder_path(state, "scratch")));
    if (wf_program_find(&made->arena, &made->asked, "cargo") == NULL)
        skip();
}

static inline void
sdist_end(struct sdist_made *made)
{
    wf_arena_clear(&made->arena);
}

/* sdist_make makes the sdist of the project in that folder into "out", and unpacks it. */
static inline void
sdist_make(void **state, struct sdist_made *made, const char *project)
{
    struct wf_error err = { 0 };

    sdist_world(state, made, project);
    if (!wf_build_sdist(&made->path, &made->arena, &made->asked,
                        folder_path(state, "out"), &err))
        fail_msg("%s: %s", err.where, err.text);
    folder_tree(state, "unpacked");
    if (!wf_sdist_archive_unpack(
            &made->tree, &made->arena, made->path,
            wf_arena_strdup(&made->arena, folder_path(state, "unpacked")),
            &made->asked.limits, &err))
        fail_msg("%s: %s", err.where, err.text);
}

/* sdist_names is the paths of all files, in byte order, with a blank between. */
static inline const char *
sdist_names(struct sdist_made *made)
{
    const struct wf_walk_request walk = { .root = made->tree, .no_rules = true };
    struct wf_found_file *files = NULL;
    struct wf_buffer text;
    size_t num = 0;

    assert_true(wf_walk(&files, &num, &made->arena, &walk, NULL));
    wf_buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < num; i++)
        wf_buffer_printf(&text, "%s%s", i == 0 ? "" : " ", files[i].path);
    const char *names = wf_arena_str(&made->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return names;
}

/* sdist_text is the text of one file. */
static inline const char *
sdist_text(struct sdist_made *made, const char *name)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    assert_true(wf_file_read_whole(
        &text, wf_arena_printf(&made->arena, "%s/%s", made->tree, name), NULL));
    const char *copy = wf_arena_str(&made->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

/* sdist_is_read: cargo reads what was unpacked, with the lock that is in it. */
static inline void
sdist_is_read(struct sdist_made *made, const char *manifest)
{
    struct wf_cargo_graph graph = { 0 };
    struct wf_build_asked asked = made->asked;
    struct wf_error err = { 0 };

    asked.folder = made->tree;
    asked.cargo.locked = true;
    asked.cargo.offline = true;
    if (!wf_cargo_graph_read(&graph, &made->arena,
                             wf_arena_printf(&made->arena, "%s/%s", made->tree, manifest),
                             &asked, &err))
        fail_msg("%s: %s", err.where, err.text);
    wf_cargo_graph_end(&graph);
}

/* sdist_refuses: no sdist is made, for that reason; nothing is left behind. */
static inline void
sdist_refuses(void **state, const char *project, enum wf_error_kind kind, const char *why)
{
    struct sdist_made made;
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;

    sdist_world(state, &made, project);
    assert_false(wf_build_sdist(&made.path, &made.arena, &made.asked,
                                folder_path(state, "out"), &err));
    assert_error(err, kind, why);
    assert_int_not_equal(wf_path_kind(folder_path(state, "out")), WF_PATH_FOLDER);
    assert_true(
        wf_folder_list(&made.arena, folder_path(state, "scratch"), &names, &num, NULL));
    assert_int_equal(num, 0);
    sdist_end(&made);
}

#define in_folder(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

#endif
