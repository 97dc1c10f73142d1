/* test_sdist.c -- which files are in an sdist, by workspaces that a real cargo reads. */
#include "../support/sdist_made.h"

#include "base/spawn.h"

static void
assert_files(void **state, const char *project, const char *manifest,
             const char *expected)
{
    struct sdist_made made;

    sdist_make(state, &made, project);
    assert_string_equal(sdist_names(&made), expected);
    if (manifest != NULL)
        sdist_is_read(&made, manifest);
    sdist_end(&made);
}

static void
put_pyproject(void **state, const char *folder, const char *more)
{
    struct wf_arena arena = { 0 };

    folder_put(state, wf_arena_printf(&arena, "%s/pyproject.toml", folder),
               wf_arena_printf(&arena, "%s%s", SDIST_PYPROJECT, more));
    wf_arena_clear(&arena);
}

static void
a_program_has_what_cargo_packages_without_what_is_excluded(void **state)
{
    folder_put(state, "hello-world/Cargo.toml",
               SDIST_CRATE("hello-world") "default-run = \"foo\"\n"
                                          "[[bin]]\nname = \"foo\"\n"
                                          "[[bin]]\nname = \"hello-world\"\n"
                                          "path = \"src/main.rs\"\n"
                                          "[[example]]\nname = \"excluded_example\"\n"
                                          "[[example]]\nname = \"included_example\"\n"
                                          "[[bench]]\nname = \"excluded_bench\"\n"
                                          "[[bench]]\nname = \"included_bench\"\n");
    folder_put(state, "hello-world/src/main.rs", SDIST_MAIN);
    folder_put(state, "hello-world/src/bin/foo.rs", SDIST_MAIN);
    folder_put(state, "hello-world/examples/excluded_example.rs", SDIST_MAIN);
    folder_put(state, "hello-world/examples/included_example.rs", SDIST_MAIN);
    folder_put(state, "hello-world/benches/excluded_bench.rs", SDIST_MAIN);
    folder_put(state, "hello-world/benches/included_bench.rs", SDIST_MAIN);
    folder_put(state, "hello-world/check_installed/check_installed.py", "");
    folder_put(state, "hello-world/LICENSE", "");
    folder_put(state, "hello-world/licenses/AUTHORS.txt", "");
    folder_put(state, "hello-world/README.md", "hello\n");
    put_pyproject(state, "hello-world",
                  "[project]\nname = \"hello-world\"\ndynamic = [\"version\"]\n"
                  "license-files = [\"LICENSE\", \"licenses/*\"]\n[tool.maturin]\n"
                  "exclude = [\"examples/excluded_example.rs\", "
                  "\"benches/excluded_bench.rs\"]\n");
    assert_files(state, "hello-world", "Cargo.toml",
                 "Cargo.lock Cargo.toml LICENSE PKG-INFO README.md "
                 "benches/included_bench.rs check_installed/check_installed.py "
                 "examples/included_example.rs licenses/AUTHORS.txt pyproject.toml "
                 "src/bin/foo.rs src/main.rs");
}

static void
of_two_readmes_for_one_place_cargos_is_taken(void **state)
{
    struct sdist_made made;

    folder_put(state, "README.md", "of cargo\n");
    folder_put(state, "demo/README.md", "of Python\n");
    sdist_crate(state, "demo", "demo", "main.rs", "readme = \"../README.md\"\n");
    put_pyproject(state, "demo",
                  "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = "
                  "\"README.md\"\n");
    sdist_make(state, &made, "demo");
    assert_string_equal(sdist_names(&made), "Cargo.lock Cargo.toml PKG-INFO README.md "
                                            "pyproject.toml src/main.rs");
    assert_string_equal(sdist_text(&made, "README.md"), "of cargo\n");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        SDIST_CRATE("demo") "readme = \"README.md\"\n");
    sdist_end(&made);
}

static void
path_dependencies_come_along_with_their_own(void **state)
{
    sdist_crate(state, "main", "main", "main.rs",
                "[dependencies]\nsome_dep = { path = \"../some_dep\" }\n");
    sdist_crate(state, "some_dep", "some_dep", "lib.rs",
                "[dependencies]\ntransitive = { path = \"../transitive\" }\n");
    sdist_crate(state, "transitive", "transitive", "lib.rs", "");
    sdist_crate(state, "unused", "unused", "lib.rs", "");
    put_pyproject(state, "main", "");
    assert_files(state, "main", "main/Cargo.toml",
                 "PKG-INFO main/Cargo.lock main/Cargo.toml main/src/main.rs "
                 "pyproject.toml some_dep/Cargo.toml some_dep/src/lib.rs "
                 "transitive/Cargo.toml transitive/src/lib.rs");
}

static void
dependencies_of_other_systems_and_optional_ones_come_along(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "main", "main", "main.rs",
                "[target.'cfg(windows)'.dependencies]\n"
                "windows_dep = { path = \"../windows_dep\" }\n"
                "[dependencies.optional_dep]\npath = \"../optional_dep\"\n"
                "optional = true\n");
    sdist_crate(state, "windows_dep", "windows_dep", "lib.rs", "");
    sdist_crate(state, "optional_dep", "optional_dep", "lib.rs", "");
    put_pyproject(state, "main", "");
    sdist_make(state, &made, "main");
    assert_string_equal(sdist_names(&made),
                        "PKG-INFO main/Cargo.lock main/Cargo.toml main/src/main.rs "
                        "optional_dep/Cargo.toml optional_dep/src/lib.rs pyproject.toml "
                        "windows_dep/Cargo.toml windows_dep/src/lib.rs");
    assert_string_equal(sdist_text(&made, "main/Cargo.toml"),
                        SDIST_CRATE("main") "[target.'cfg(windows)'.dependencies]\n"
                                            "windows_dep = { path = \"../windows_dep\" }"
                                            "\n[dependencies.optional_dep]\n"
                                            "path = \"../optional_dep\"\n"
                                            "optional = true\n");
    sdist_is_read(&made, "main/Cargo.toml");
    sdist_end(&made);
}

static void
of_a_workspace_only_what_is_needed_comes_along(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\n# all of them\nmembers = [\n"
               "    \"generic_lib\", # one\n    \"left_out\",\n    \"python\",\n"
               "    \"transitive_lib\",\n]\ndefault-members = [\"left_out\"]\n");
    sdist_crate(state, "python", "python", "main.rs",
                "[dependencies]\ngeneric_lib = { path = \"../generic_lib\" }\n");
    sdist_crate(state, "generic_lib", "generic_lib", "lib.rs",
                "[dependencies]\ntransitive_lib = { path = \"../transitive_lib\" }\n");
    sdist_crate(state, "transitive_lib", "transitive_lib", "lib.rs", "");
    sdist_crate(state, "left_out", "left_out", "lib.rs", "");
    put_pyproject(state, "python", "");
    sdist_make(state, &made, "python");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO generic_lib/Cargo.toml "
                        "generic_lib/src/lib.rs pyproject.toml python/Cargo.toml "
                        "python/src/main.rs transitive_lib/Cargo.toml "
                        "transitive_lib/src/lib.rs");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        "[workspace]\nresolver = \"2\"\n# all of them\nmembers = [\n"
                        "    \"generic_lib\", # one\n    \"python\",\n"
                        "    \"transitive_lib\",\n]\n");
    assert_string_equal(sdist_text(&made, "pyproject.toml"),
                        SDIST_PYPROJECT "\n[tool.maturin]\n"
                                        "manifest-path = \"python/Cargo.toml\"\n");
    sdist_is_read(&made, "python/Cargo.toml");
    sdist_end(&made);
}

static void
globs_of_members_stay_when_they_name_something(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\", \"other/*\"]\n");
    sdist_crate(state, "crates/py", "py", "main.rs", "");
    sdist_crate(state, "other/x", "x", "lib.rs", "");
    put_pyproject(state, "crates/py", "");
    sdist_make(state, &made, "crates/py");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n");
    sdist_is_read(&made, "crates/py/Cargo.toml");
    sdist_end(&made);
}

static void
a_package_at_the_top_that_nobody_needs_leaves_its_workspace(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               SDIST_CRATE("top") "[dependencies]\npy = { path = \"py\" }\n"
                                  "[workspace]\n[profile.release]\nlto = true\n"
                                  "[features]\nx = []\n");
    folder_put(state, "src/lib.rs", "");
    sdist_crate(state, "py", "py", "main.rs", "");
    put_pyproject(state, "py", "");
    sdist_make(state, &made, "py");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO py/Cargo.toml "
                        "py/src/main.rs pyproject.toml");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        "[workspace]\nmembers = [\"py\"]\nresolver = \"2\"\n"
                        "[profile.release]\nlto = true\n");
    sdist_is_read(&made, "py/Cargo.toml");
    sdist_end(&made);
}

static void
a_package_at_the_top_that_is_needed_stays_whole(void **state)
{
    folder_put(state, "Cargo.toml",
               SDIST_CRATE("top") "[workspace]\nmembers = [\"py\", \"z\"]\n");
    folder_put(state, "src/lib.rs", "");
    sdist_crate(state, "py", "py", "main.rs",
                "[dependencies]\ntop = { path = \"..\" }\n");
    sdist_crate(state, "z", "z", "lib.rs", "");
    put_pyproject(state, "py", "");
    assert_files(state, "py", "py/Cargo.toml",
                 "Cargo.lock Cargo.toml PKG-INFO py/Cargo.toml py/src/main.rs "
                 "pyproject.toml src/lib.rs");
}

static void
default_members_do_not_decide_whose_files_are_listed(void **state)
{
    struct sdist_made made;

    sdist_crate(state, ".", "top", "main.rs",
                "[workspace]\nmembers = [\"a\"]\ndefault-members = [\"a\"]\n"
                "resolver = \"2\"\n");
    sdist_crate(state, "a", "a", "lib.rs", "");
    put_pyproject(state, ".", "");
    sdist_make(state, &made, ".");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO pyproject.toml src/main.rs");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        SDIST_CRATE("top") "[workspace]\nresolver = \"2\"\n");
    sdist_end(&made);
}

static void
readme_and_licence_above_the_project_keep_their_place(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"crates/python-pkg\"]\n");
    folder_put(state, "crates/LICENSE", "licence\n");
    folder_put(state, "crates/README.md", "read\n");
    sdist_crate(state, "crates/python-pkg", "python-pkg", "main.rs", "");
    put_pyproject(state, "crates/python-pkg",
                  "[project]\nname = \"python-pkg\"\nversion = \"1\"\n"
                  "readme = \"../README.md\" # above\n"
                  "license = { file = \"../LICENSE\" }\n");
    sdist_make(state, &made, "crates/python-pkg");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO crates/LICENSE crates/README.md "
                        "crates/python-pkg/Cargo.toml crates/python-pkg/src/main.rs "
                        "pyproject.toml");
    assert_string_equal(sdist_text(&made, "pyproject.toml"), SDIST_PYPROJECT
                        "[project]\nname = \"python-pkg\"\nversion = \"1\"\n"
                        "readme = \"crates/README.md\" # above\n"
                        "license = { file = \"crates/LICENSE\" }\n\n[tool.maturin]\n"
                        "manifest-path = \"crates/python-pkg/Cargo.toml\"\n");
    assert_string_equal(sdist_text(&made, "PKG-INFO"),
                        "Metadata-Version: 2.4\nName: python-pkg\nVersion: 1\n"
                        "License-File: crates/LICENSE\n"
                        "Description-Content-Type: text/markdown; charset=UTF-8; "
                        "variant=GFM\n\nread\n\n");
    sdist_end(&made);
}

/* What pyproject.toml tells of by paths from its folder on is found from the top as well. */
static void
packages_beside_pyproject_move_to_the_top_with_it(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "py", "demo", "lib.rs",
                "[lib]\ncrate-type = [\"cdylib\"]\n"
                "[dependencies]\nother = { path = \"../other\" }\n");
    sdist_crate(state, "other", "other", "lib.rs", "");
    folder_put(state, "README.md", "above\n");
    folder_put(state, "py/README.md", "beside\n");
    folder_put(state, "py/demo/__init__.py", "");
    folder_put(state, "py/demo/taken.txt", "");
    folder_put(state, "py/demo.data/scripts/run", "");
    put_pyproject(state, "py",
                  "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = "
                  "\"README.md\"\n[tool.maturin]\ninclude = [\"demo/taken.txt\"]\n");
    sdist_make(state, &made, "py");
    assert_string_equal(sdist_names(&made),
                        "PKG-INFO README.md demo.data/scripts/run demo/__init__.py "
                        "demo/taken.txt other/Cargo.toml other/src/lib.rs py/Cargo.lock "
                        "py/Cargo.toml py/README.md py/demo.data/scripts/run "
                        "py/src/lib.rs pyproject.toml");
    assert_string_equal(sdist_text(&made, "README.md"), "beside\n");
    assert_string_equal(
        sdist_text(&made, "pyproject.toml"), SDIST_PYPROJECT
        "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = \"README.md\"\n"
        "[tool.maturin]\ninclude = [\"demo/taken.txt\"]\n"
        "manifest-path = \"py/Cargo.toml\"\n");
    sdist_end(&made);
}

static void
a_readme_right_above_is_named_without_its_dots(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"py\"]\n");
    sdist_crate(state, "py", "demo", "main.rs", "");
    folder_put(state, "README.md", "above\n");
    put_pyproject(state, "py",
                  "[project]\nname = \"demo\"\nversion = \"1\"\n"
                  "readme = { file = \"../README.md\", content-type = "
                  "\"text/plain\" }\n");
    sdist_make(state, &made, "py");
    assert_string_equal(sdist_text(&made, "README.md"), "above\n");
    assert_non_null(strstr(sdist_text(&made, "pyproject.toml"),
                           "readme = { file = \"README.md\", content-type = "
                           "\"text/plain\" }\n"));
    sdist_end(&made);
}

/* Another crate has the place at the top: a build from the sdist must not take its readme. */
static void
a_readme_whose_place_is_taken_is_named_where_it_stands(void **state)
{
    struct sdist_made made;

    sdist_crate(state, ".", "top", "lib.rs", "[workspace]\nmembers = [\"py\"]\n");
    folder_put(state, "README.md", "of the top\n");
    sdist_crate(state, "py", "demo", "main.rs",
                "readme = false\n[dependencies]\ntop = { path = \"..\" }\n");
    folder_put(state, "py/README.md", "of Python\n");
    put_pyproject(state, "py",
                  "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = "
                  "\"README.md\"\n");
    sdist_make(state, &made, "py");
    assert_string_equal(sdist_text(&made, "README.md"), "of the top\n");
    assert_string_equal(sdist_text(&made, "py/README.md"), "of Python\n");
    assert_non_null(
        strstr(sdist_text(&made, "pyproject.toml"), "readme = \"py/README.md\"\n"));
    sdist_end(&made);
}

static void
licences_that_were_found_stand_where_pkg_info_says(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"py\"]\n");
    sdist_crate(state, "py", "py", "main.rs", "include = [\"src/**\"]\n");
    folder_put(state, "py/LICENSE", "licence\n");
    folder_put(state, "py/NOTICE", "notice\n");
    put_pyproject(state, "py", "[project]\nname = \"py\"\nversion = \"1\"\n");
    sdist_make(state, &made, "py");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml LICENSE NOTICE PKG-INFO py/Cargo.toml "
                        "py/src/main.rs pyproject.toml");
    assert_non_null(strstr(sdist_text(&made, "PKG-INFO"),
                           "License-File: LICENSE\nLicense-File: NOTICE\n"));
    sdist_end(&made);
}

static void
python_outside_of_the_crate_comes_along(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "crate", "external-python-source", "main.rs", "");
    folder_put(state, "python/external_python_source/__init__.py", "");
    put_pyproject(state, "crate",
                  "[project]\nname = \"external-python-source\"\nversion = \"1\"\n"
                  "[tool.maturin]\npython-source = \"../python\"\n"
                  "module-name = \"external_python_source\"\n");
    sdist_make(state, &made, "crate");
    assert_string_equal(sdist_names(&made), "PKG-INFO crate/Cargo.lock crate/Cargo.toml "
                                            "crate/src/main.rs pyproject.toml "
                                            "python/external_python_source/__init__.py");
    assert_non_null(strstr(sdist_text(&made, "pyproject.toml"),
                           "manifest-path = \"crate/Cargo.toml\"\n"));
    assert_non_null(
        strstr(sdist_text(&made, "pyproject.toml"), "python-source = \"python\"\n"));
    sdist_end(&made);
}

static void
a_crate_below_its_python_files_is_found_again(void **state)
{
    struct sdist_made made;

    folder_put(state, "README.md", "");
    sdist_crate(state, "rust", "demo", "lib.rs", "[lib]\ncrate-type = [\"cdylib\"]\n");
    folder_put(state, "src/demo/__init__.py", "");
    folder_put(state, "src/demo/sub/x.py", "");
    folder_put(state, "src/demo/sub/x.pyc", "");
    folder_put(state, "src/demo/.hidden", "");
    put_pyproject(state, ".",
                  "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = \"README.md\"\n"
                  "[tool.maturin]\nexclude = [\"README.md\"]\n");
    sdist_make(state, &made, ".");
    assert_string_equal(sdist_names(&made),
                        "PKG-INFO README.md pyproject.toml rust/Cargo.lock "
                        "rust/Cargo.toml rust/src/lib.rs src/demo/__init__.py "
                        "src/demo/sub/x.py");
    assert_string_equal(sdist_text(&made, "rust/Cargo.toml"),
                        SDIST_CRATE("demo") "[lib]\ncrate-type = [\"cdylib\"]\n");
    sdist_end(&made);
}

static void
included_and_excluded_files_are_the_same_for_cargo_and_git(void **state)
{
    static const char files[] =
        "Cargo.lock Cargo.toml PKG-INFO build.rs demo/__init__.py "
        "demo/generated.txt demo/taken.txt pyproject.toml src/lib.rs tox.ini";
    static const char pyproject[] =
        "[project]\nname = \"demo\"\nversion = \"1\"\n[tool.maturin]\ninclude = "
        "[\"demo/taken.txt\", { path = \"demo/generated.txt\", format = \"sdist\" }, "
        "{ path = \"demo/wheel.txt\", format = \"wheel\" }]\n"
        "exclude = [\"demo/left.txt\", \"**/left.md\"]\n";
    static const char *const git[][8] = {
        { "git", "init", "-q", NULL },
        { "git", "add", "Cargo.toml", "Cargo.lock", "build.rs", "demo/__init__.py",
          "demo/left.txt", NULL },
        { "git", "add", "pyproject.toml", "src/lib.rs", "tox.ini", NULL },
    };

    sdist_crate(state, ".", "demo", "lib.rs", "[lib]\ncrate-type = [\"cdylib\"]\n");
    folder_put(state, "build.rs", SDIST_MAIN);
    folder_put(state, "tox.ini", "");
    folder_put(state, "demo/__init__.py", "");
    folder_put(state, "demo/left.txt", "");
    folder_put(state, "demo/taken.txt", "");
    folder_put(state, "demo/generated.txt", "");
    folder_put(state, "demo/left.md", "");
    put_pyproject(state, ".", pyproject);
    assert_files(state, ".", "Cargo.toml", files);
    for (size_t i = 0; i < WF_COUNT(git); i++) {
        const struct wf_spawn_request request = { .argv = git[i], .folder = *state };
        int status = 0;

        if (!wf_spawn(&request, NULL, NULL, &status, NULL))
            skip();
        assert_int_equal(status, 0);
    }
    put_pyproject(state, ".",
                  "[project]\nname = \"demo\"\nversion = \"1\"\n[tool.maturin]\n"
                  "sdist-generator = \"git\"\ninclude = "
                  "[\"demo/taken.txt\", { path = \"demo/generated.txt\", format = "
                  "\"sdist\" }]\nexclude = [\"demo/left.txt\"]\n");
    assert_int_equal(wf_file_remove(folder_path(state, "out/demo-1.tar.gz"), NULL), true);
    struct sdist_made made;

    sdist_world(state, &made, ".");
    assert_true(wf_build_sdist(&made.path, &made.arena, &made.asked,
                               folder_path(state, "out"), &made.err));
    folder_tree(state, "unpacked-git");
    assert_true(wf_sdist_archive_unpack(
        &made.tree, &made.arena, made.path,
        wf_arena_strdup(&made.arena, folder_path(state, "unpacked-git")),
        &made.asked.limits, NULL));
    assert_string_equal(sdist_names(&made), files);
    sdist_end(&made);
}

static void
nothing_changes_in_the_source_tree_but_the_lock(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "demo", "demo", "main.rs", "");
    put_pyproject(state, "demo", "");
    sdist_make(state, &made, "demo");
    char **names = NULL;
    size_t num = 0;

    assert_true(
        wf_folder_list(&made.arena, folder_path(state, "demo"), &names, &num, NULL));
    assert_int_equal(num, 4);
    assert_string_equal(names[0], "Cargo.lock");
    assert_true(
        wf_folder_list(&made.arena, folder_path(state, "scratch"), &names, &num, NULL));
    assert_int_equal(num, 0);
    sdist_end(&made);
}

static void
what_was_made_before_is_not_in_the_next_sdist(void **state)
{
    struct sdist_made made;

    sdist_crate(state, ".", "demo", "main.rs", "include = [\"src\", \"out\"]\n");
    put_pyproject(state, ".", "");
    folder_put(state, "out/demo-0.0.9.tar.gz", "");
    folder_put(state, "out/demo-0.0.9-py3-none-any.whl", "");
    folder_put(state, "out/demo-0.0.9.txt", "");
    folder_put(state, "out/other-0.0.9.tar.gz", "");
    sdist_make(state, &made, ".");
    assert_string_equal(
        sdist_names(&made),
        "Cargo.lock Cargo.toml PKG-INFO out/demo-0.0.9.txt out/other-0.0.9.tar.gz "
        "pyproject.toml src/main.rs");
    sdist_end(&made);
}

static struct wf_buffer
bytes_made_in(void **state, const char *project)
{
    struct sdist_made made;
    struct wf_buffer bytes;

    sdist_make(state, &made, project);
    wf_buffer_init(&bytes, 1 << 20);
    assert_true(wf_file_read_whole(&bytes, made.path, NULL));
    sdist_end(&made);
    return bytes;
}

static void
other_folders_give_the_same_bytes(void **state)
{
    struct wf_buffer first;
    struct wf_buffer second;

    for (int i = 0; i < 2; i++) {
        const char *const crates[][2] = { { "a/main", "a/lib" },
                                          { "b/c/main", "b/c/lib" } };

        folder_tree(state, crates[i][0]);
        if (i == 0) {
            sdist_crate(state, "a/main", "main", "main.rs",
                        "[dependencies]\nlib = { path = \"../lib\" }\n");
            sdist_crate(state, "a/lib", "lib", "lib.rs", "");
        } else {
            sdist_crate(state, "b/c/main", "main", "main.rs",
                        "[dependencies]\nlib = { path = \"../lib\" }\n");
            sdist_crate(state, "b/c/lib", "lib", "lib.rs", "");
        }
        put_pyproject(state, crates[i][0], "[project]\nname=\"main\"\nversion=\"1\"\n");
    }
    first = bytes_made_in(state, "a/main");
    assert_true(wf_file_remove(folder_path(state, "unpacked/main-1/PKG-INFO"), NULL));
    struct sdist_made made;

    sdist_world(state, &made, "b/c/main");
    assert_true(wf_build_sdist(&made.path, &made.arena, &made.asked,
                               folder_path(state, "out2"), NULL));
    wf_buffer_init(&second, 1 << 20);
    assert_true(wf_file_read_whole(&second, made.path, NULL));
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    wf_buffer_clear(&first);
    wf_buffer_clear(&second);
    sdist_end(&made);
}

static void
without_pyproject_there_is_no_sdist(void **state)
{
    struct wf_arena arena = { 0 };

    sdist_crate(state, "demo", "demo", "main.rs", "");
    sdist_refuses(state, "demo", WF_ERR_REFUSED,
                  wf_arena_printf(&arena,
                                  "there is no pyproject.toml in %s, and an sdist needs "
                                  "one: pip reads there how to build it",
                                  folder_path(state, "demo")));
    wf_arena_clear(&arena);
}

static void
git_takes_no_file_from_above(void **state)
{
    struct wf_arena arena = { 0 };

    sdist_crate(state, "demo", "demo", "main.rs", "");
    folder_put(state, "README.md", "");
    put_pyproject(state, "demo",
                  "[project]\nname = \"demo\"\nversion = \"1\"\nreadme = "
                  "\"../README.md\"\n[tool.maturin]\nsdist-generator = \"git\"\n");
    sdist_refuses(
        state, "demo", WF_ERR_REFUSED,
        wf_arena_printf(&arena,
                        "%s: line 6, column 10: project.readme must not contain "
                        "`..` when using the git sdist generator",
                        folder_path(state, "demo/pyproject.toml")));
    wf_arena_clear(&arena);
}

static void
a_virtual_manifest_is_named(void **state)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = []\n");
    put_pyproject(state, ".", "");
    sdist_refuses(state, ".", WF_ERR_MALFORMED,
                  wf_arena_printf(&arena,
                                  "%s has no package.name: it is no manifest of a "
                                  "package; name one of a workspace's members with "
                                  "--manifest-path",
                                  folder_path(state, "Cargo.toml")));
    wf_arena_clear(&arena);
}

/* Cargo parts names by lines: neither half is a file. */
static void
a_name_of_two_lines_names_no_other_file_and_is_told(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "demo", "demo", "main.rs", "");
    folder_put(state, "demo/src/one\ntwo", "");
    folder_put(state, "two", "");
    put_pyproject(state, "demo", "");
    sdist_make(state, &made, "demo");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO pyproject.toml src/main.rs");
    assert_non_null(strstr(pack_says(), "warning: cargo lists \"src/one\" of demo, and "
                                        "there is no such file: a line break in a name "
                                        "would do that\n"));
    sdist_end(&made);
}

static void
links_are_what_they_lead_to(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "demo", "demo", "main.rs", "");
    folder_put(state, "TEXT", "text\n");
    folder_link(state, "demo/LICENSE", "../TEXT");
    folder_link(state, "demo/src/self", ".");
    folder_link(state, "demo/src/nowhere.rs", "/nowhere");
    put_pyproject(state, "demo", "[project]\nname = \"demo\"\nversion = \"1\"\n");
    sdist_make(state, &made, "demo");
    assert_non_null(strstr(sdist_names(&made), "LICENSE PKG-INFO"));
    assert_null(strstr(sdist_names(&made), "nowhere"));
    assert_string_equal(sdist_text(&made, "LICENSE"), "text\n");
    sdist_end(&made);
}

static void
crates_that_need_each_other_in_a_circle_are_each_there_once(void **state)
{
    sdist_crate(state, "main", "main", "lib.rs",
                "[dev-dependencies]\nother = { path = \"../other\" }\n");
    sdist_crate(state, "other", "other", "lib.rs",
                "[dependencies]\nmain = { path = \"../main\" }\n");
    put_pyproject(state, "main", "");
    assert_files(state, "main", "main/Cargo.toml",
                 "PKG-INFO main/Cargo.lock main/Cargo.toml main/src/lib.rs "
                 "other/Cargo.toml other/src/lib.rs pyproject.toml");
}

static void
what_cargo_says_against_a_workspace_is_told(void **state)
{
    struct sdist_made made;
    struct wf_error err = { 0 };

    folder_put(state, "a/Cargo.toml", SDIST_CRATE("a") "workspace = \"../b\"\n");
    folder_put(state, "a/src/main.rs", SDIST_MAIN);
    folder_put(state, "b/Cargo.toml", SDIST_CRATE("b") "workspace = \"../a\"\n");
    folder_put(state, "b/src/lib.rs", "");
    put_pyproject(state, "a", "");
    sdist_world(state, &made, "a");
    assert_false(wf_build_sdist(&made.path, &made.arena, &made.asked,
                                folder_path(state, "out"), &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(err.text, "` exited with an error: "));
    assert_non_null(strstr(err.text, "workspace"));
    sdist_end(&made);
}

/* A cargo of the test's own: `package` says what the test has it say, the rest is cargo's. */
static void
put_cargo(void **state, struct sdist_made *made, const char *package)
{
    const char *cargo = wf_program_find(&made->arena, &made->asked, "cargo");
    const char *path = wf_arena_printf(&made->arena, "%s/bin/cargo", (char *)*state);

    folder_tree(state, "bin");
    assert_true(wf_file_write_atomic(
        path,
        wf_bytes_str(wf_arena_printf(&made->arena,
                                     "#!/bin/sh\ncase $1 in\npackage) %s ;;\n"
                                     "*) exec %s \"$@\" ;;\nesac\n",
                                     package, cargo)),
        0755, NULL));
    pack_set(
        wf_arena_printf(&made->arena, "PATH=%s/bin:%s", (char *)*state, getenv("PATH")));
}

/* wf_spawn looks programs up in the path of the test itself. */
static void
assert_cargo_is_refused(void **state, const char *package, enum wf_error_kind kind,
                        const char *why)
{
    struct sdist_made made;
    struct wf_error err = { 0 };
    const char *path = getenv("PATH");
    char kept[4096];

    snprintf(kept, sizeof kept, "%s", path);
    sdist_crate(state, "demo", "demo", "main.rs", "");
    folder_put(state, "secret", "");
    put_pyproject(state, "demo", "");
    sdist_world(state, &made, "demo");
    put_cargo(state, &made, package);
    assert_int_equal(setenv("PATH", pack_environment("PATH"), 1), 0);
    const bool ok = wf_build_sdist(&made.path, &made.arena, &made.asked,
                                   folder_path(state, "out"), &err);

    assert_int_equal(setenv("PATH", kept, 1), 0);
    assert_false(ok);
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, why));
    assert_int_not_equal(wf_path_kind(folder_path(state, "out")), WF_PATH_FOLDER);
    sdist_end(&made);
}

static void
a_cargo_that_dies_is_told_with_its_words(void **state)
{
    assert_cargo_is_refused(state, "echo never mind >&2; exit 3", WF_ERR_REFUSED,
                            "` exited with an error: never mind");
    assert_cargo_is_refused(state, "kill -9 $$", WF_ERR_REFUSED,
                            "` exited with an error: it said nothing, and ended with "
                            "status 137");
}

static void
a_cargo_that_names_files_of_others_is_refused(void **state)
{
    assert_cargo_is_refused(state, "echo ../secret", WF_ERR_REFUSED,
                            "name \"../secret\" has a \"..\" part");
    assert_cargo_is_refused(state, "printf 'a\\0b\\n'", WF_ERR_MALFORMED,
                            "` named a file with a NUL in its name");
}

static void
a_cargo_that_floods_is_stopped(void **state)
{
    assert_cargo_is_refused(state, "exec yes src/main.rs", WF_ERR_IO, "wrote more than");
}

static void
without_a_lock_there_is_a_reason_or_a_warning(void **state)
{
    struct sdist_made made;
    struct wf_error err = { 0 };

    sdist_crate(state, "demo", "demo", "main.rs", "");
    put_pyproject(state, "demo", "");
    sdist_world(state, &made, "demo");
    made.asked.cargo.locked = true;
    assert_false(wf_build_sdist(&made.path, &made.arena, &made.asked,
                                folder_path(state, "out"), &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(err.text, "`cargo metadata` exited with an error: "));
    sdist_end(&made);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_program_has_what_cargo_packages_without_what_is_excluded),
        in_folder(of_two_readmes_for_one_place_cargos_is_taken),
        in_folder(path_dependencies_come_along_with_their_own),
        in_folder(dependencies_of_other_systems_and_optional_ones_come_along),
        in_folder(of_a_workspace_only_what_is_needed_comes_along),
        in_folder(globs_of_members_stay_when_they_name_something),
        in_folder(a_package_at_the_top_that_nobody_needs_leaves_its_workspace),
        in_folder(a_package_at_the_top_that_is_needed_stays_whole),
        in_folder(default_members_do_not_decide_whose_files_are_listed),
        in_folder(readme_and_licence_above_the_project_keep_their_place),
        in_folder(packages_beside_pyproject_move_to_the_top_with_it),
        in_folder(a_readme_right_above_is_named_without_its_dots),
        in_folder(a_readme_whose_place_is_taken_is_named_where_it_stands),
        in_folder(licences_that_were_found_stand_where_pkg_info_says),
        in_folder(python_outside_of_the_crate_comes_along),
        in_folder(a_crate_below_its_python_files_is_found_again),
        in_folder(included_and_excluded_files_are_the_same_for_cargo_and_git),
        in_folder(nothing_changes_in_the_source_tree_but_the_lock),
        in_folder(what_was_made_before_is_not_in_the_next_sdist),
        in_folder(other_folders_give_the_same_bytes),
        in_folder(without_pyproject_there_is_no_sdist),
        in_folder(git_takes_no_file_from_above),
        in_folder(a_virtual_manifest_is_named),
        in_folder(a_name_of_two_lines_names_no_other_file_and_is_told),
        in_folder(links_are_what_they_lead_to),
        in_folder(crates_that_need_each_other_in_a_circle_are_each_there_once),
        in_folder(what_cargo_says_against_a_workspace_is_told),
        in_folder(a_cargo_that_dies_is_told_with_its_words),
        in_folder(a_cargo_that_names_files_of_others_is_refused),
        in_folder(a_cargo_that_floods_is_stopped),
        in_folder(without_a_lock_there_is_a_reason_or_a_warning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
