/* test_sdist_manifest.c -- what becomes of Cargo.toml and pyproject.toml in an sdist. */
#include "../support/sdist_made.h"

static void
assert_rewritten(void **state, const char *project, const char *name,
                 const char *expected)
{
    struct sdist_made made;

    sdist_make(state, &made, project);
    assert_string_equal(sdist_text(&made, name), expected);
    sdist_end(&made);
}

static void
targets_whose_source_is_excluded_go(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               SDIST_CRATE("demo") "default-run = \"gone\" # the second\n"
                                   "build = \"build.rs\"\n\n"
                                   "[lib]\npath = \"src/gone_lib.rs\"\n\n"
                                   "[[bin]] # first\nname = \"kept\"\n\n"
                                   "[[bin]]\nname = \"gone\"\n"
                                   "path = \"src/elsewhere/gone.rs\"\n\n"
                                   "[[test]]\nname = \"gone_test\"\n\n"
                                   "[[bench]]\nname = \"gone_bench\"\n\n"
                                   "[[example]]\nname = \"gone_example\"\n");
    folder_put(state, "build.rs", SDIST_MAIN);
    folder_put(state, "src/gone_lib.rs", "");
    folder_put(state, "src/bin/kept.rs", SDIST_MAIN);
    folder_put(state, "src/elsewhere/gone.rs", SDIST_MAIN);
    folder_put(state, "tests/gone_test.rs", "");
    folder_put(state, "benches/gone_bench.rs", "");
    folder_put(state, "examples/gone_example.rs", SDIST_MAIN);
    folder_put(state, "pyproject.toml",
               SDIST_PYPROJECT
               "[tool.maturin]\nexclude = [\"gone*.rs\", \"build.rs\"]\n");
    sdist_make(state, &made, ".");
    assert_string_equal(sdist_names(&made),
                        "Cargo.lock Cargo.toml PKG-INFO pyproject.toml src/bin/kept.rs");
    assert_string_equal(sdist_text(&made, "Cargo.toml"),
                        SDIST_CRATE("demo") "\n[[bin]] # first\nname = \"kept\"\n");
    sdist_is_read(&made, "Cargo.toml");
    sdist_end(&made);
}

static void
default_run_may_be_the_program_without_an_entry(void **state)
{
    folder_put(state, "Cargo.toml", SDIST_CRATE("demo") "default-run = \"demo\"\n");
    folder_put(state, "src/main.rs", SDIST_MAIN);
    folder_put(state, "src/bin/other.rs", SDIST_MAIN);
    folder_put(state, "pyproject.toml",
               SDIST_PYPROJECT "[tool.maturin]\nexclude = [\"src/main.rs\"]\n");
    assert_rewritten(state, ".", "Cargo.toml", SDIST_CRATE("demo"));
}

static void
targets_of_dependencies_stay(void **state)
{
    sdist_crate(state, "main", "main", "main.rs",
                "[dependencies]\nlib = { path = \"../lib\" }\n");
    sdist_crate(state, "lib", "lib", "lib.rs", "build = \"build.rs\"\n");
    folder_put(state, "lib/build.rs", SDIST_MAIN);
    folder_put(state, "main/pyproject.toml",
               SDIST_PYPROJECT "[tool.maturin]\nexclude = [\"nothing\"]\n");
    assert_rewritten(state, "main", "lib/Cargo.toml",
                     SDIST_CRATE("lib") "build = \"build.rs\"\n");
}

static void
readme_and_licence_go_beside_the_manifest(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"main\", \"lib\"]\n"
               "[workspace.package]\nreadme = \"docs/READ.md\"\n");
    folder_put(state, "docs/READ.md", "read\n");
    folder_put(state, "docs/TERMS", "terms\n");
    sdist_crate(state, "main", "main", "main.rs",
                "license-file = \"../docs/TERMS\"\nreadme.workspace = true\n"
                "[dependencies]\nlib = { path = \"../lib\" }\n");
    sdist_crate(state, "lib", "lib", "lib.rs", "");
    folder_put(state, "lib/README.md", "lib\n");
    folder_put(state, "main/pyproject.toml", SDIST_PYPROJECT);
    sdist_make(state, &made, "main");
    assert_string_equal(
        sdist_names(&made),
        "Cargo.lock Cargo.toml PKG-INFO TERMS lib/Cargo.toml lib/README.md "
        "lib/src/lib.rs "
        "main/Cargo.toml main/READ.md main/TERMS main/src/main.rs pyproject.toml");
    assert_string_equal(sdist_text(&made, "main/Cargo.toml"),
                        SDIST_CRATE("main") "license-file = \"TERMS\"\n"
                                            "readme = \"READ.md\"\n"
                                            "[dependencies]\n"
                                            "lib = { path = \"../lib\" }\n");
    assert_string_equal(sdist_text(&made, "lib/Cargo.toml"),
                        SDIST_CRATE("lib") "readme = \"README.md\"\n");
    sdist_end(&made);
}

static void
a_licence_outside_of_the_workspace_is_refused(void **state)
{
    struct wf_arena arena = { 0 };
    struct sdist_made made;
    struct wf_error err = { 0 };

    folder_put(state, "TERMS", "");
    sdist_crate(state, "main", "main", "main.rs",
                "[dependencies]\nlib = { path = \"../lib\" }\n");
    sdist_crate(state, "lib", "lib", "lib.rs", "license-file = \"../TERMS\"\n");
    folder_put(state, "main/pyproject.toml", SDIST_PYPROJECT);
    sdist_world(state, &made, "main");
    assert_false(wf_build_sdist(&made.path, &made.arena, &made.asked,
                                folder_path(state, "out"), &err));
    assert_error(err, WF_ERR_REFUSED,
                 wf_arena_printf(&arena,
                                 "%s: package.license-file \"../TERMS\" leads out of %s; "
                                 "name a file below it",
                                 folder_path(state, "lib/Cargo.toml"),
                                 folder_path(state, "lib")));
    sdist_end(&made);
    wf_arena_clear(&arena);
}

static void
patches_that_stay_behind_are_taken_out(void **state)
{
    struct sdist_made made;

    sdist_crate(state, "main", "main", "main.rs",
                "[patch.crates-io]\nunused = { path = \"../unused\" }\n"
                "# kept\nother = { git = \"https://example.org/x\" }\n");
    sdist_crate(state, "unused", "unused", "lib.rs", "");
    folder_put(state, "main/pyproject.toml",
               SDIST_PYPROJECT "[tool.maturin]\nsdist-generator = \"cargo\"\n");
    folder_put(state, "main/Cargo.toml",
               SDIST_CRATE("main") "[patch.crates-io]\n"
                                   "unused = { path = \"../unused\" }\n");
    sdist_make(state, &made, "main");
    assert_null(strstr(sdist_text(&made, "Cargo.toml"), "unused"));
    assert_null(strstr(sdist_names(&made), "unused"));
    sdist_is_read(&made, "Cargo.toml");
    sdist_end(&made);
}

/* A workspace above the sdist's top: nothing of it is there. */
static void
put_parent(void **state, const char *workspace)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "Cargo.toml",
               wf_arena_printf(&arena,
                               "[workspace]\nmembers = [\"crates/shared\"]\n"
                               "exclude = [\"crates/pysof\"]\nresolver = \"2\"\n%s",
                               workspace));
    sdist_crate(state, "crates/pysof", "pysof", "main.rs",
                "[dependencies]\nshared = { path = \"../shared\" }\n[workspace]\n");
    folder_put(state, "crates/pysof/pyproject.toml", SDIST_PYPROJECT);
    folder_put(state, "crates/shared/src/lib.rs", "");
    wf_arena_clear(&arena);
}

static void
what_is_inherited_from_above_is_written_down(void **state)
{
    struct sdist_made made;

    put_parent(
        state,
        "[workspace.package]\nversion = \"0.3.0\"\nedition = \"2021\"\n"
        "readme = \"README.md\"\npublish = false\nauthors = [\"A <a@b.c>\", \"B\"]\n"
        "include = [\"src/**\", \"README.md\"]\nlicense = \"MIT\"\n"
        "rust-version = \"1.70\"\nkeywords = [\"k\"]\n"
        "[workspace.dependencies]\nsibling = { path = \"crates/sibling\" }\n"
        "other = { path = \"crates/renamed\", package = \"renamed\", "
        "default-features = false }\n"
        "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"
        "unused = { level = \"warn\", priority = -1 }\n");
    folder_put(state, "README.md", "of all\n");
    folder_put(state, "crates/shared/Cargo.toml",
               "[package]\nname = \"shared\"\nversion.workspace = true\n"
               "edition = { workspace = true }\nreadme.workspace = true\n"
               "publish.workspace = true\nauthors.workspace = true\n"
               "include.workspace = true\nlicense.workspace = true\n"
               "rust-version.workspace = true\nkeywords.workspace = true\n\n"
               "# what it needs\n[dependencies]\n"
               "sibling = { workspace = true, features = [\"x\"], optional = true }\n\n"
               "[target.'cfg( unix )'.build-dependencies]\nother.workspace = true\n\n"
               "[lints]\nworkspace = true\n");
    sdist_crate(state, "crates/sibling", "sibling", "lib.rs", "[features]\nx = []\n");
    sdist_crate(state, "crates/renamed", "renamed", "lib.rs", "");
    folder_put(state, "crates/shared/build.rs", SDIST_MAIN);
    folder_put(state, "crates/pysof/Cargo.toml",
               SDIST_CRATE("pysof") "[dependencies]\nshared = { path = \"../shared\", "
                                    "features = [\"sibling\"] }\n[workspace]\n");
    sdist_make(state, &made, "crates/pysof");
    assert_string_equal(sdist_names(&made),
                        "PKG-INFO pyproject.toml pysof/Cargo.lock pysof/Cargo.toml "
                        "pysof/src/main.rs renamed/Cargo.toml renamed/src/lib.rs "
                        "shared/Cargo.toml shared/README.md shared/src/lib.rs "
                        "sibling/Cargo.toml sibling/src/lib.rs");
    assert_string_equal(
        sdist_text(&made, "shared/Cargo.toml"),
        "[package]\nname = \"shared\"\nversion = \"0.3.0\"\n"
        "edition = \"2021\"\nreadme = \"README.md\"\npublish = false\n"
        "authors = [\"A <a@b.c>\", \"B\"]\ninclude = [\"src/**\", \"README.md\"]\n"
        "license = \"MIT\"\nrust-version = \"1.70\"\nkeywords = [\"k\"]\n\n"
        "# what it needs\n[dependencies]\n"
        "sibling = { path = \"../sibling\", features = [\"x\"], optional = true }\n\n"
        "[target.'cfg( unix )'.build-dependencies]\n"
        "other = { path = \"../renamed\", package = \"renamed\", "
        "default-features = false }\n\n"
        "[lints.rust]\nunsafe_code = \"forbid\"\n"
        "unused = { level = \"warn\", priority = -1 }\n");
    sdist_is_read(&made, "pysof/Cargo.toml");
    sdist_end(&made);
}

static void
what_cannot_be_inherited_is_named(void **state)
{
    struct wf_arena arena = { 0 };
    struct sdist_made made;
    struct wf_error err = { 0 };

    put_parent(state, "");
    folder_put(state, "crates/shared/Cargo.toml",
               SDIST_CRATE("shared") "[lints]\nworkspace = true\n");
    sdist_world(state, &made, "crates/pysof");
    assert_false(wf_build_sdist(&made.path, &made.arena, &made.asked,
                                folder_path(state, "out"), &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(err.text, "lints"));
    sdist_end(&made);
    wf_arena_clear(&arena);
}

/* Paths of pyproject.toml that moved up by one folder. */
static void
settings_lead_to_the_same_files_from_the_top(void **state)
{
    struct sdist_made made;

    folder_put(state, "Cargo.toml",
               "[workspace]\nresolver = \"2\"\nmembers = [\"py\"]\n");
    sdist_crate(state, "py", "demo", "lib.rs", "[lib]\ncrate-type = [\"cdylib\"]\n");
    folder_put(state, "py/python/demo/__init__.py", "");
    folder_put(state, "py/python/demo/data.bin", "");
    folder_put(state, "py/stuff/data/x", "");
    folder_put(state, "py/pyproject.toml",
               SDIST_PYPROJECT
               "[project]\nname = \"demo\"\nversion = \"1\"\n\n"
               "[tool.maturin]\npython-source = \"python\" # here\ndata = \"stuff\"\n"
               "include = [\"python/demo/data.bin\", { path = \"python/x\", format = "
               "\"wheel\" }]\nexclude = [\"*.tmp\", \"/python/y\", \"!python/z\"]\n\n"
               "[tool.wheelpack]\npython-source = \"python\"\n");
    sdist_make(state, &made, "py");
    assert_string_equal(
        sdist_names(&made),
        "Cargo.lock Cargo.toml PKG-INFO py/Cargo.toml "
        "py/python/demo/__init__.py py/python/demo/data.bin py/src/lib.rs "
        "py/stuff/data/x pyproject.toml");
    assert_string_equal(
        sdist_text(&made, "pyproject.toml"), SDIST_PYPROJECT
        "[project]\nname = \"demo\"\nversion = \"1\"\n\n"
        "[tool.maturin]\npython-source = \"py/python\" # here\ndata = \"py/stuff\"\n"
        "include = [\"py/python/demo/data.bin\", { path = \"py/python/x\", format = "
        "\"wheel\" }]\nexclude = [\"*.tmp\", \"/py/python/y\", \"!/py/python/z\"]\n"
        "manifest-path = \"py/Cargo.toml\"\n\n"
        "[tool.wheelpack]\npython-source = \"py/python\"\n");
    sdist_end(&made);
}

static void
a_pyproject_at_the_top_keeps_every_byte(void **state)
{
    static const char text[] = SDIST_PYPROJECT
        "[project]\nname='demo' # ?\r\nversion=\"1\"\nreadme=\"./README.md\"";

    sdist_crate(state, ".", "demo", "main.rs", "");
    folder_put(state, "README.md", "");
    folder_put(state, "pyproject.toml", text);
    assert_rewritten(state, ".", "pyproject.toml", text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(targets_whose_source_is_excluded_go),
        in_folder(default_run_may_be_the_program_without_an_entry),
        in_folder(targets_of_dependencies_stay),
        in_folder(readme_and_licence_go_beside_the_manifest),
        in_folder(a_licence_outside_of_the_workspace_is_refused),
        in_folder(patches_that_stay_behind_are_taken_out),
        in_folder(what_is_inherited_from_above_is_written_down),
        in_folder(what_cannot_be_inherited_is_named),
        in_folder(settings_lead_to_the_same_files_from_the_top),
        in_folder(a_pyproject_at_the_top_keeps_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
