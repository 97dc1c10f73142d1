/* test_project.c -- where a project's manifests are, and what is said of old ones. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/project.h"

#define BUILD   "[build-system]\nrequires = ['wheelpack']\n"
#define PACKAGE "[package]\nname = 'crate'\nversion = '1.0.0'\n"

/* Finds from `folder` below the test's own, with --manifest-path unless NULL. */
static bool
try_find(void **state, struct wf_project *out, struct wf_arena *arena, const char *folder,
         const char *manifest, struct wf_error *err)
{
    struct wf_build_asked asked =
        pack_asked_new(wf_arena_strdup(arena, folder_path(state, folder)));

    asked.cargo.manifest_path = manifest;
    return wf_project_find(out, arena, &asked, err);
}

static struct wf_project
find(void **state, struct wf_arena *arena, const char *folder, const char *manifest)
{
    struct wf_project project = { 0 };
    struct wf_error err = { 0 };

    if (!try_find(state, &project, arena, folder, manifest, &err))
        fail_msg("%s: %s", err.where, err.text);
    assert_string_equal(wf_toml_at(project.cargo, "package.name")->string, "crate");
    return project;
}

#define assert_at(state_, path_, name_)                                                  \
    assert_string_equal(path_, folder_path(state_, name_))

static void
a_crate_without_pyproject_is_a_project(void **state)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "p/Cargo.toml", PACKAGE);
    const struct wf_project project = find(state, &arena, "p", NULL);

    assert_at(state, project.root, "p");
    assert_at(state, project.manifest, "p/Cargo.toml");
    assert_at(state, project.manifest_dir, "p");
    assert_false(project.has_pyproject);
    assert_true(project.pyproject.settings.sbom_rust);
    wf_arena_clear(&arena);
}

static void
pyproject_may_name_the_manifest(void **state)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "p/pyproject.toml",
               BUILD "[tool.maturin]\nmanifest-path = 'a/b/../Cargo.toml'\n");
    folder_put(state, "p/Cargo.toml", "[package]\nname = 'wrong'\n");
    folder_put(state, "p/a/Cargo.toml", PACKAGE);
    folder_tree(state, "p/a/b");
    const struct wf_project project = find(state, &arena, "p", NULL);

    assert_at(state, project.root, "p");
    assert_at(state, project.manifest, "p/a/Cargo.toml");
    assert_at(state, project.manifest_dir, "p/a");
    assert_true(project.has_pyproject);
    wf_arena_clear(&arena);
}

/* rust/Cargo.toml is the manifest when the Python code fills src. */
static void
the_folder_rust_counts_when_python_is_elsewhere(void **state)
{
    static const struct {
        const char *pyproject;
        const char *python; /* a file, or NULL */
        bool is_rust;
    } rows[] = {
        { "[tool.maturin]\npython-source = 'py'\n", NULL, true },
        { "[project]\nname = 'my-pkg'\n", "p/src/my_pkg/__init__.py", true },
        { "[project]\nname = 'my-pkg'\n", "p/src/my-pkg/__init__.py", false },
        { "[tool.maturin]\npython-packages = ['q', 'r']\n", "p/src/r/__init__.py", true },
        { "[project]\nname = 'other'\n", NULL, false },
        { "[project]\nname = 1\n", NULL, false },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };

        folder_put(state, "p/Cargo.toml", PACKAGE);
        folder_put(state, "p/rust/Cargo.toml", PACKAGE);
        folder_put(state, "p/pyproject.toml",
                   wf_arena_printf(&arena, BUILD "%s", rows[i].pyproject));
        if (rows[i].python != NULL)
            folder_put(state, rows[i].python, "");
        assert_at(state, find(state, &arena, "p", NULL).manifest,
                  rows[i].is_rust ? "p/rust/Cargo.toml" : "p/Cargo.toml");
        wf_arena_clear(&arena);
        folder_teardown(state);
        folder_setup(state);
    }
}

/* W is the workspace; the folder above it is the last that is looked into. */
static void
pyproject_is_looked_for_as_far_as_above_the_workspace(void **state)
{
    static const struct {
        const char *pyproject; /* its folder */
        const char *workspace; /* the text of top/w/Cargo.toml */
        const char *root;
    } rows[] = {
        { "top/w/crates/c", "[workspace]\nmembers = ['crates/c']\n", "top/w/crates/c" },
        { "top/w/crates", "[workspace]\nmembers = ['crates/c']\n", "top/w/crates" },
        { "top/w", "[workspace]\nmembers = ['crates/c']\n", "top/w" },
        { "top", "[workspace]\nmembers = ['crates/c']\n", "top" },
        { ".", "[workspace]\nmembers = ['crates/c']\n", "top/w/crates/c" },
        /* Not of that workspace: its own, and the folder above. */
        { "top", "[workspace]\nexclude = ['crates/c']\n", "top/w/crates/c" },
        { "top/w/crates", "[workspace]\nexclude = ['crates/c']\n", "top/w/crates" },
        { "top/w/crates", PACKAGE, "top/w/crates" },
        { "top/w", PACKAGE, "top/w/crates/c" },
        /* One that does not parse is cargo's to complain about. */
        { "top/w/crates", "[", "top/w/crates" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };

        folder_put(state, "top/w/crates/c/Cargo.toml", PACKAGE);
        folder_put(state, "top/w/Cargo.toml", rows[i].workspace);
        folder_put(state, wf_arena_printf(&arena, "%s/pyproject.toml", rows[i].pyproject),
                   BUILD);
        const struct wf_project project =
            find(state, &arena, "top/w", "crates/c/Cargo.toml");

        assert_at(state, project.root, rows[i].root);
        assert_at(state, project.manifest, "top/w/crates/c/Cargo.toml");
        assert_int_equal(project.has_pyproject,
                         strcmp(rows[i].pyproject, rows[i].root) == 0);
        wf_arena_clear(&arena);
        folder_teardown(state);
        folder_setup(state);
    }
}

static void
a_package_may_name_its_workspace(void **state)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "a/w/Cargo.toml", "[workspace]\n");
    folder_put(state, "a/x/y/c/Cargo.toml", PACKAGE "workspace = '../../../w'\n");
    folder_put(state, "a/pyproject.toml", BUILD);
    assert_at(state, find(state, &arena, ".", "a/x/y/c/Cargo.toml").root, "a");
    wf_arena_clear(&arena);
}

static void
a_manifest_path_is_followed_through_links(void **state)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "real/Cargo.toml", PACKAGE);
    folder_put(state, "real/pyproject.toml", BUILD);
    folder_link(state, "link", "real");
    const struct wf_project project = find(state, &arena, ".", "link/Cargo.toml");

    assert_at(state, project.root, "real");
    assert_at(state, find(state, &arena, "link", NULL).root, "real");
    wf_arena_clear(&arena);
}

static void
a_manifest_that_is_not_there_is_named_with_the_folder(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_project project = { 0 };
    struct wf_error err = { 0 };
    const char *folder = NULL;

    folder_make(state, "p");
    folder = wf_arena_strdup(&arena, folder_path(state, "p"));
    assert_false(try_find(state, &project, &arena, "p", NULL, &err));
    assert_error(err, WF_ERR_IO,
                 wf_arena_printf(&arena, "Can't find Cargo.toml (in %s)", folder));
    assert_false(try_find(state, &project, &arena, "p", "x/Cargo.toml", &err));
    assert_error(err, WF_ERR_IO,
                 wf_arena_printf(&arena, "Can't find x/Cargo.toml (in %s)", folder));
    assert_false(try_find(state, &project, &arena, "p", "../p", &err));
    assert_error(err, WF_ERR_IO,
                 wf_arena_printf(&arena,
                                 "../p (in %s) is a folder; the Cargo.toml in it was "
                                 "expected",
                                 folder));
    wf_arena_clear(&arena);
}

static void
a_manifest_that_does_not_parse_is_named_with_the_place(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_project project = { 0 };
    struct wf_error err = { 0 };

    folder_write(state, "Cargo.toml", "[package]\nname\n");
    assert_false(try_find(state, &project, &arena, ".", NULL, &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 2, column 5: the line ends where '.' or '=' is expected");
    assert_at(state, err.where, "Cargo.toml");
    wf_arena_clear(&arena);
}

static void
old_metadata_in_the_manifest_is_refused_key_by_key(void **state)
{
    static const struct {
        const char *metadata;
        const char *says;
    } rows[] = {
        { "[package.metadata.pyo3-pack]\nclassifier = []\n"
          "[package.metadata.pyo3-pack.scripts]\na = 'b:c'\n",
          "package.metadata.pyo3-pack is configuration of pyo3-pack. line 5: "
          "package.metadata.pyo3-pack.classifier: write project.classifiers in "
          "pyproject.toml; line 6: package.metadata.pyo3-pack.scripts: write "
          "[project.scripts] in pyproject.toml" },
        { "[package.metadata.maturin]\nrequires-dist = []\nname = 'x'\n",
          "package.metadata.maturin is configuration of maturin before 0.14. line 5: "
          "package.metadata.maturin.requires-dist: write project.dependencies in "
          "pyproject.toml" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_project project = { 0 };
        struct wf_error err = { 0 };

        folder_write(state, "Cargo.toml",
                     wf_arena_printf(&arena, PACKAGE "%s", rows[i].metadata));
        assert_false(try_find(state, &project, &arena, ".", NULL, &err));
        assert_error(err, WF_ERR_REFUSED, rows[i].says);
        assert_at(state, err.where, "Cargo.toml");
        wf_arena_clear(&arena);
    }
}

static void
old_metadata_that_says_nothing_about_wheels_is_a_warning(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_project project = { 0 };
    struct wf_error err = { 0 };

    folder_write(state, "Cargo.toml",
                 PACKAGE "[package.metadata.maturin]\nbindings = 'cffi'\nother = 1\n");
    assert_true(try_find(state, &project, &arena, ".", NULL, &err));
    assert_string_equal(
        pack_says(), "warning: Cargo.toml: line 5: package.metadata.maturin.bindings is "
                     "no longer read; write tool.maturin.bindings in pyproject.toml\n");
    wf_arena_clear(&arena);
}

#define in_folder(test_)                                                                 \
    cmocka_unit_test_setup_teardown(test_, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_crate_without_pyproject_is_a_project),
        in_folder(pyproject_may_name_the_manifest),
        in_folder(the_folder_rust_counts_when_python_is_elsewhere),
        in_folder(pyproject_is_looked_for_as_far_as_above_the_workspace),
        in_folder(a_package_may_name_its_workspace),
        in_folder(a_manifest_path_is_followed_through_links),
        in_folder(a_manifest_that_is_not_there_is_named_with_the_folder),
        in_folder(a_manifest_that_does_not_parse_is_named_with_the_place),
        in_folder(old_metadata_in_the_manifest_is_refused_key_by_key),
        in_folder(old_metadata_that_says_nothing_about_wheels_is_a_warning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
