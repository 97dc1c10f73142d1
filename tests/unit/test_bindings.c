/* test_bindings.c -- what each binding puts into a wheel; programs that are run are small
 * scripts of the test's own. */
#include "../support/pack_tree.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"

static const struct wf_interpreter python = {
    .kind = WF_PYTHON_CPYTHON,
    .implementation = "cpython",
    .executable = "/usr/bin/python3.12",
    .major = 3,
    .minor = 12,
    .abiflags = "",
    .ext_suffix = ".cpython-312-x86_64-linux-gnu.so",
};

static void
write_project(void **state, const char *maturin)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "pyproject.toml",
               wf_arena_printf(&arena,
                               "[build-system]\nrequires = []\n[project]\nname = "
                               "\"demo\"\n[tool.maturin]\n%s\n",
                               maturin));
    folder_put(state, "Cargo.toml", "[package]\nname = \"demo\"\n");
    folder_put(state, "target/libdemo.so", "library");
    wf_arena_clear(&arena);
}

static void
load(void **state, struct pack_tree *tree, const char *maturin, enum wf_bindings bindings)
{
    write_project(state, maturin);
    pack_tree_load(state, tree, bindings);
    tree->request.interpreter = &python;
}

typedef bool bind_fn(struct wf_content *content, const struct wf_bind_request *request,
                     struct wf_error *err);

static void
assert_binds(struct pack_tree *tree, bind_fn *bind, const char *expected)
{
    if (!bind(&tree->content, &tree->request, &tree->err))
        fail_msg("%s: %s", tree->err.where, tree->err.text);
    assert_string_equal(pack_tree_names(tree, &tree->content), expected);
}

static void
assert_not_bound(struct pack_tree *tree, bind_fn *bind, const char *why)
{
    assert_false(bind(&tree->content, &tree->request, &tree->err));
    assert_error(tree->err, WF_ERR_REFUSED, why);
}

static void
a_pure_extension_gets_a_package_and_its_stub(void **state)
{
    struct pack_tree tree;

    load(state, &tree, "", WF_BINDINGS_PYO3);
    assert_binds(&tree, wf_bind_pyo3,
                 "demo/__init__.py demo/demo.cpython-312-x86_64-linux-gnu.so");
    assert_string_equal(pack_tree_text(&tree, &tree.content, "demo/__init__.py"),
                        "# The package is its extension: all of demo is here.\n"
                        "from . import demo as _extension\n"
                        "from .demo import *\n"
                        "\n"
                        "__doc__ = _extension.__doc__\n"
                        "if hasattr(_extension, \"__all__\"):\n"
                        "    __all__ = _extension.__all__\n");
    pack_tree_end(&tree);
    folder_put(state, "demo.pyi", "def f() -> int: ...\n");
    load(state, &tree, "", WF_BINDINGS_PYO3);
    assert_binds(&tree, wf_bind_pyo3,
                 "demo/__init__.py demo/__init__.pyi "
                 "demo/demo.cpython-312-x86_64-linux-gnu.so demo/py.typed");
    assert_string_equal(pack_says(), "Found type stub file at demo.pyi\n");
    pack_tree_end(&tree);
}

static void
a_mixed_extension_goes_alone_where_it_is_imported_from(void **state)
{
    struct pack_tree tree;

    folder_put(state, "a/__init__.py", "");
    folder_put(state, "c.pyi", "");
    load(state, &tree, "module-name = \"a.b.c\"", WF_BINDINGS_PYO3);
    assert_binds(&tree, wf_bind_pyo3, "a/b/c.cpython-312-x86_64-linux-gnu.so");
    assert_true(tree.content.members[0].is_executable);
    assert_true(tree.content.members[0].is_compiled);
    pack_tree_end(&tree);
}

static void
an_editable_extension_goes_into_the_source_tree(void **state)
{
    struct pack_tree tree;

    folder_put(state, "a/__init__.py", "");
    load(state, &tree, "module-name = \"a.b.c\"", WF_BINDINGS_PYO3);
    tree.request.tree = &tree.tree;
    assert_binds(&tree, wf_bind_pyo3, "");
    assert_string_equal(pack_tree_names(&tree, &tree.tree),
                        "a/b/c.cpython-312-x86_64-linux-gnu.so");
    pack_tree_end(&tree);
}

static void
debug_files_and_import_library_go_beside_it_when_asked_for(void **state)
{
    struct pack_tree tree;

    folder_put(state, "target/demo.dwp", "");
    folder_put(state, "target/libdemo.dylib.dSYM/Contents/Info.plist", "");
    for (int i = 0; i < 3; i++) {
        load(state, &tree, i == 0 ? "" : "include-import-lib = true", WF_BINDINGS_PYO3);
        wf_strings_append(
            &tree.arena, &tree.artifact.debug_files,
            wf_arena_strdup(&tree.arena, folder_path(state, "target/demo.dwp")));
        wf_strings_append(
            &tree.arena, &tree.artifact.debug_files,
            wf_arena_strdup(&tree.arena,
                            folder_path(state, "target/libdemo.dylib.dSYM")));
        tree.artifact.import_library = "/x/demo.dll.lib";
        tree.asked.include_debuginfo = i > 0;
        tree.asked.strip = i == 2 ? 1 : -1;
        assert_binds(&tree, wf_bind_pyo3,
                     i == 0 ? "demo/__init__.py demo/demo.cpython-312-x86_64-linux-gnu.so"
                     : i == 1
                         ? "demo/__init__.py demo/demo.cpython-312-x86_64-linux-gnu.so "
                           "demo/demo.dll.lib demo/demo.dwp "
                           "demo/libdemo.dylib.dSYM/Contents/Info.plist"
                         : "demo/__init__.py demo/demo.cpython-312-x86_64-linux-gnu.so "
                           "demo/demo.dll.lib");
        pack_tree_end(&tree);
    }
}

static void
what_cargo_did_not_build_is_told(void **state)
{
    struct pack_tree tree;

    load(state, &tree, "", WF_BINDINGS_PYO3);
    tree.compiled.num_artifacts = 0;
    assert_not_bound(&tree, wf_bind_pyo3,
                     "cargo built no library that Python can load: does Cargo.toml have "
                     "`crate-type = [\"cdylib\"]` in [lib]?");
    assert_not_bound(&tree, wf_bind_bin,
                     "cargo built no program: does the crate have a bin target whose "
                     "required-features are on?");
    pack_tree_end(&tree);
}

static void
programs_are_scripts_and_have_no_entry_points_beside_them(void **state)
{
    struct wf_artifact programs[2] = { { .path = "/t/demo" }, { .path = "/t/foo.exe" } };
    struct pack_tree tree;

    load(state, &tree, "", WF_BINDINGS_BIN);
    tree.compiled.artifacts = programs;
    tree.compiled.num_artifacts = 2;
    assert_binds(&tree, wf_bind_bin,
                 "demo-1.0.data/scripts/demo demo-1.0.data/scripts/foo.exe");
    assert_true(tree.content.members[0].is_executable);
    tree.metadata.has_scripts = true;
    assert_not_bound(
        &tree, wf_bind_bin,
        "[project.scripts] cannot be had together with the programs of a bin "
        "crate: take it out of pyproject.toml, or build a library");
    pack_tree_end(&tree);
}

/* A program of the test's: what it is called with goes to calls.txt. */
static void
put_program(void **state, const char *name, const char *body)
{
    struct wf_arena arena = { 0 };
    const char *path = wf_arena_printf(&arena, "bin/%s", name);

    folder_put(state, path,
               wf_arena_printf(&arena, "#!/bin/sh\necho \"%s $*\" >>%s/calls.txt\n%s",
                               name, (const char *)*state, body));
    assert_int_equal(chmod(folder_path(state, path), 0755), 0);
    wf_arena_clear(&arena);
}

static void
set_path(void **state, struct pack_tree *tree)
{
    pack_set(
        wf_arena_printf(&tree->arena, "PATH=%s/bin:/usr/bin:/bin", (const char *)*state));
}

static const char *
text_of(void **state, struct pack_tree *tree, const char *name)
{
    struct wf_buffer text;
    struct wf_error err = { 0 };

    wf_buffer_init(&text, 1 << 20);
    if (!wf_file_read_whole(&text, folder_path(state, name), &err))
        fail_msg("%s: %s", name, err.text);
    const char *copy = wf_arena_str(&tree->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
load_cffi(void **state, struct pack_tree *tree, struct wf_interpreter *fake)
{
    load(state, tree, "", WF_BINDINGS_CFFI);
    set_path(state, tree);
    *fake = python;
    fake->executable = wf_arena_printf(&tree->arena, "%s/bin/py", (const char *)*state);
    tree->request.interpreter = fake;
}

/* The header is behind the script among the arguments. */
static const char py_body[] = "printf '%s' \"$3\" >\"${0%/bin/py}/header.txt\"\n"
                              "echo 'ffi = 1'\n";

/* What the draft would wait for. */
static bool
wait_for_members(struct pack_tree *tree)
{
    for (size_t i = 0; i < tree->content.num; i++) {
        struct wf_content_member *member = &tree->content.members[i];

        if (member->late == NULL)
            continue;
        if (!member->late->wait(member->late->context, &member->bytes, &tree->err))
            return false;
        member->bytes = wf_bytes_str(wf_arena_str(&tree->arena, member->bytes));
        member->late = NULL;
    }
    return true;
}

static bool
bind_cffi(struct pack_tree *tree)
{
    struct wf_cffi_glue *glue = NULL;
    const bool ok = wf_cffi_start(&glue, &tree->arena, &tree->request, &tree->err) &&
                    wf_bind_cffi(&tree->content, glue, &tree->request, &tree->err) &&
                    wait_for_members(tree);

    wf_cffi_end(glue);
    return ok;
}

static void
assert_cffi(void **state, struct pack_tree *tree, const char *expected)
{
    (void)state;
    if (!bind_cffi(tree))
        fail_msg("%s: %s", tree->err.where, tree->err.text);
    assert_string_equal(pack_tree_names(tree, &tree->content), expected);
}

static void
cffi_glue_is_made_of_a_header_of_cbindgen(void **state)
{
    struct wf_interpreter fake;
    struct pack_tree tree;

    put_program(state, "cbindgen",
                "echo '#if 0'; echo no; echo '#endif'; echo 'int f();'");
    put_program(state, "py", py_body);
    load_cffi(state, &tree, &fake);
    assert_cffi(state, &tree, "demo/__init__.py demo/ffi.py demo/libdemo.so");
    assert_string_equal(text_of(state, &tree, "header.txt"), "int f();\n");
    assert_string_equal(pack_tree_text(&tree, &tree.content, "demo/ffi.py"), "ffi = 1\n");
    assert_non_null(strstr(pack_tree_text(&tree, &tree.content, "demo/__init__.py"),
                           "\"libdemo.so\"),\n    ffi.RTLD_NOW | getattr(ffi, "
                           "\"RTLD_NODELETE\", 0),\n)\n"));
    assert_non_null(
        strstr(text_of(state, &tree, "calls.txt"), "cbindgen --quiet --lang c /"));
    assert_non_null(strstr(pack_says(), "warning: the wheel needs cffi where it is "
                                        "installed, and does not say so: add \"cffi\" to "
                                        "dependencies in [project]\n"));
    pack_tree_end(&tree);
}

static void
a_header_that_is_there_needs_no_cbindgen(void **state)
{
    struct wf_interpreter fake;
    struct pack_tree tree;

    put_program(state, "py", py_body);
    folder_put(state, "target/header.h", "int g();\n");
    folder_put(state, "demo/__init__.py", "");
    load_cffi(state, &tree, &fake);
    wf_strings_append(&tree.arena, &tree.metadata.requires_dist, "CFFI>=1.0");
    assert_cffi(state, &tree,
                "demo/demo/__init__.py demo/demo/ffi.py "
                "demo/demo/libdemo.so");
    assert_string_equal(text_of(state, &tree, "header.txt"), "int g();\n");
    assert_null(strstr(pack_says(), "warning"));
    pack_tree_end(&tree);
}

static void
a_wheel_that_asks_for_cffi_is_not_warned_about(void **state)
{
    static const struct {
        const char *requirement;
        bool is_cffi;
    } rows[] = {
        { "cffi", true },        { "CFFI>=1.0", true }, { "cffi ; os_name", true },
        { "cffi-extra", false }, { "cffi_x", false },   { "cff", false },
        { "cffi2", false },
    };
    struct wf_interpreter fake;
    struct pack_tree tree;

    put_program(state, "py", py_body);
    folder_put(state, "target/header.h", "int g();\n");
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        load_cffi(state, &tree, &fake);
        wf_strings_append(&tree.arena, &tree.metadata.requires_dist, rows[i].requirement);
        assert_cffi(state, &tree, "demo/__init__.py demo/ffi.py demo/libdemo.so");
        if ((strstr(pack_says(), "warning") == NULL) != rows[i].is_cffi)
            fail_msg("%s: %s", rows[i].requirement, pack_says());
        pack_tree_end(&tree);
    }
}

static void
settings_of_cbindgen_lose_their_defines(void **state)
{
    struct wf_interpreter fake;
    struct pack_tree tree;

    put_program(state, "cbindgen", "cp \"$5\" \"${0%/bin/cbindgen}/config.txt\"\n");
    put_program(state, "py", py_body);
    folder_put(state, "cbindgen.toml",
               "# kept\nstyle = \"tag\"\n\n[defines]\n"
               "\"unix\" = \"UNIX\"\n\n[enum]\nprefix = \"x\"\n");
    load_cffi(state, &tree, &fake);
    assert_cffi(state, &tree, "demo/__init__.py demo/ffi.py demo/libdemo.so");
    const char *config = text_of(state, &tree, "config.txt");

    assert_non_null(strstr(config, "style = \"tag\""));
    assert_non_null(strstr(config, "[enum]\nprefix = \"x\""));
    assert_null(strstr(config, "UNIX"));
    pack_tree_end(&tree);
}

static void
glue_is_kept_until_a_source_changes(void **state)
{
    struct wf_crate_target target = { .name = "demo" };
    struct wf_interpreter fake;
    struct pack_tree tree;
    static const char *const changes[] = { NULL, "src/lib.rs", "src/a/b.rs",
                                           "Cargo.toml" };

    put_program(state, "cbindgen", "echo 'int f();'");
    put_program(state, "py", py_body);
    folder_put(state, "src/lib.rs", "");
    for (size_t i = 0; i < 2 * WF_COUNT(changes); i++) {
        const char *change = changes[i / 2];

        folder_put(state, "calls.txt", "");
        load_cffi(state, &tree, &fake);
        if (i % 2 == 0 && change != NULL)
            folder_put(state, change, "[package]\nname = \"demo\"\nversion = \"2\"\n");
        else if (change != NULL && strcmp(change, "Cargo.toml") == 0)
            folder_put(state, change, "[package]\nname = \"demo\"\nversion = \"2\"\n");
        wf_strings_append(&tree.arena, &target.crate_types, "cdylib");
        target.src_path = wf_arena_strdup(&tree.arena, folder_path(state, "src/lib.rs"));
        tree.crate.targets = &target;
        tree.crate.num_targets = 1;
        tree.asked.cache_dir = wf_arena_strdup(&tree.arena, folder_path(state, "cache"));
        assert_cffi(state, &tree, "demo/__init__.py demo/ffi.py demo/libdemo.so");
        assert_string_equal(pack_tree_text(&tree, &tree.content, "demo/ffi.py"),
                            "ffi = 1\n");
        if ((strstr(text_of(state, &tree, "calls.txt"), "cbindgen") != NULL) !=
            (i % 2 == 0))
            fail_msg("round %zu: cbindgen was %srun", i, i % 2 == 0 ? "not " : "");
        target.crate_types = (struct wf_strings){ 0 };
        pack_tree_end(&tree);
    }
}

static void
assert_cffi_fails(void **state, const char *cbindgen, const char *py, const char *why)
{
    struct wf_interpreter fake;
    struct pack_tree tree;

    if (cbindgen != NULL)
        put_program(state, "cbindgen", cbindgen);
    put_program(state, "py", py);
    load_cffi(state, &tree, &fake);
    assert_false(bind_cffi(&tree));
    assert_error(tree.err, WF_ERR_REFUSED, why);
    pack_tree_end(&tree);
}

static void
programs_that_fail_are_told_with_their_words(void **state)
{
    char why[2048];
    char executable[512];

    snprintf(executable, sizeof executable, "%s", folder_path(state, "bin/py"));
    assert_cffi_fails(state, "echo 'first'; echo 'ERROR: no crate' >&2; exit 7", "",
                      "cbindgen could not make a header of the crate (exit status 7): "
                      "ERROR: no crate");
    assert_cffi_fails(state, "printf 'ERROR: no crate\\n  --> lib.rs\\n' >&2; exit 7", "",
                      "cbindgen could not make a header of the crate (exit status 7): "
                      "ERROR: no crate");
    snprintf(why, sizeof why,
             "CPython 3.12 at %s has no cffi, which makes the glue of the library (No "
             "module named 'cffi'): install it with `%s -m pip install cffi`",
             executable, executable);
    assert_cffi_fails(state, "echo 'int f();'",
                      "printf \"No module named 'cffi'\\n\" >&2; exit 3", why);
    snprintf(why, sizeof why,
             "cffi does not take the header of the crate (CPython 3.12 at %s ended with "
             "status 1): cffi.CDefError: cannot parse",
             executable);
    assert_cffi_fails(state, "echo 'int f();'",
                      "echo 'cffi.CDefError: cannot parse' >&2; exit 1", why);
    snprintf(why, sizeof why,
             "cffi does not take the header of the crate (CPython 3.12 at %s ended with "
             "status 1): cffi.CDefError: parse error; <cdef>: At end of input",
             executable);
    assert_cffi_fails(
        state, "echo 'int f();'",
        "printf 'Warning: w\\nTraceback (most recent call last):\\n  File "
        "\"x.py\"\\n    a = b\\n        ^\\ncffi.CDefError: parse error\\n<cdef>: "
        "At end of input\\n\\n' >&2; exit 1",
        why);
    snprintf(why, sizeof why, "CPython 3.12 at %s made no glue for cffi", executable);
    assert_cffi_fails(state, "echo 'int f();'", "", why);
}

static void
without_cbindgen_it_says_what_to_install(void **state)
{
    struct wf_interpreter fake;
    struct pack_tree tree;
    char why[2048];

    load_cffi(state, &tree, &fake);
    pack_set("PATH=/nonexistent:relative:");
    assert_false(bind_cffi(&tree));
    snprintf(
        why, sizeof why,
        "cffi needs a C header of the crate, and the program cbindgen that makes one "
        "is not in PATH: install it (`apt-get install cbindgen`, or `cargo install "
        "cbindgen --locked`), or let build.rs write %s/header.h",
        folder_path(state, "target"));
    assert_error(tree.err, WF_ERR_REFUSED, why);
    fake.executable = NULL;
    assert_false(bind_cffi(&tree));
    assert_error(tree.err, WF_ERR_REFUSED,
                 "cffi needs a Python that can be run here, to make its glue: name one "
                 "with -i");
    pack_tree_end(&tree);
}

/* Writes modules into the folder behind --out-dir. */
static const char bindgen_body[] = "while [ $# -gt 0 ]; do\n"
                                   "  if [ \"$1\" = --out-dir ]; then echo 'x = 1' "
                                   ">\"$2/one.py\"; echo y >\"$2/two.py\"; "
                                   "echo z >\"$2/other.py\"; fi\n"
                                   "  shift\n"
                                   "done\n";

static void
uniffi_ships_what_its_bindgen_made(void **state)
{
    struct pack_tree tree;

    put_program(state, "uniffi-bindgen", bindgen_body);
    folder_put(state, "target/wheelpack/uniffi/demo/stale.py", "of an earlier run");
    folder_put(state, "uniffi.toml",
               "[bindings.python]\ncdylib_name = \"renamed\"\n"
               "[bindings.python.external_packages]\nother = "
               "\"elsewhere\"\n");
    load(state, &tree, "", WF_BINDINGS_UNIFFI);
    set_path(state, &tree);
    assert_binds(&tree, wf_bind_uniffi,
                 "demo/__init__.py demo/librenamed.so demo/one.py demo/two.py");
    assert_string_equal(pack_tree_text(&tree, &tree.content, "demo/__init__.py"),
                        "# All that uniffi-bindgen made for the library is here.\n"
                        "from .one import *  # NOQA\n"
                        "from .two import *  # NOQA\n");
    assert_non_null(strstr(text_of(state, &tree, "calls.txt"),
                           "uniffi-bindgen generate --no-format --language python "
                           "--out-dir "));
    assert_non_null(
        strstr(text_of(state, &tree, "calls.txt"), "/uniffi.toml --library "));
    pack_tree_end(&tree);
}

static void
the_bindgen_of_the_crate_or_its_workspace_comes_first(void **state)
{
    struct wf_crate crates[2];
    struct wf_crate_target target = { .name = "uniffi-bindgen" };
    struct pack_tree tree;
    const char *calls = NULL;

    put_program(state, "cargo", bindgen_body);
    load(state, &tree, "", WF_BINDINGS_UNIFFI);
    set_path(state, &tree);
    pack_set("CARGO_BUILD_TARGET=x");
    wf_strings_append(&tree.arena, &target.kinds, "bin");
    wf_strings_append(&tree.arena, &target.required_features, "bindgen");
    tree.asked.cargo.offline = true;
    tree.crate.targets = &target;
    tree.crate.num_targets = 1;
    assert_binds(
        &tree, wf_bind_uniffi,
        "demo/__init__.py demo/libdemo.so demo/one.py demo/other.py demo/two.py");
    calls = text_of(state, &tree, "calls.txt");
    assert_non_null(strstr(calls, "cargo run --quiet --offline --bin uniffi-bindgen "
                                  "--manifest-path "));
    assert_non_null(strstr(calls, "Cargo.toml --features bindgen -- generate"));
    folder_put(state, "calls.txt", "");
    crates[0] = tree.crate;
    crates[0].num_targets = 0;
    crates[1] = tree.crate;
    tree.graph.crates = crates;
    tree.graph.num_crates = 2;
    tree.graph.root = &crates[0];
    tree.content = (struct wf_content){ .arena = &tree.arena };
    assert_true(wf_bind_uniffi(&tree.content, &tree.request, &tree.err));
    assert_non_null(
        strstr(text_of(state, &tree, "calls.txt"),
               "cargo run --quiet --offline --bin uniffi-bindgen -- generate"));
    pack_tree_end(&tree);
}

static void
a_bindgen_that_fails_or_makes_nothing_is_told(void **state)
{
    struct pack_tree tree;

    load(state, &tree, "", WF_BINDINGS_UNIFFI);
    assert_not_bound(&tree, wf_bind_uniffi,
                     "the crate has no bin target uniffi-bindgen, and no program of that "
                     "name is in PATH: install it in the version of the crate's uniffi "
                     "(`pip install uniffi-bindgen==VERSION`), or add the target");
    set_path(state, &tree);
    put_program(state, "uniffi-bindgen", "exit 3");
    assert_not_bound(
        &tree, wf_bind_uniffi,
        "uniffi-bindgen ended with status 3 and made no Python; what it said "
        "is above");
    put_program(state, "uniffi-bindgen", "");
    assert_not_bound(&tree, wf_bind_uniffi,
                     "uniffi-bindgen made no Python of the library: does the crate call "
                     "uniffi::setup_scaffolding! or include_scaffolding!?");
    folder_put(state, "uniffi.toml", "[bindings]\npython = 1\n");
    assert_false(wf_bind_uniffi(&tree.content, &tree.request, &tree.err));
    assert_int_equal(tree.err.kind, WF_ERR_MALFORMED);
    assert_string_equal(tree.err.where, folder_path(state, "uniffi.toml"));
    pack_tree_end(&tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_pure_extension_gets_a_package_and_its_stub),
        in_folder(a_mixed_extension_goes_alone_where_it_is_imported_from),
        in_folder(an_editable_extension_goes_into_the_source_tree),
        in_folder(debug_files_and_import_library_go_beside_it_when_asked_for),
        in_folder(what_cargo_did_not_build_is_told),
        in_folder(programs_are_scripts_and_have_no_entry_points_beside_them),
        in_folder(cffi_glue_is_made_of_a_header_of_cbindgen),
        in_folder(a_header_that_is_there_needs_no_cbindgen),
        in_folder(a_wheel_that_asks_for_cffi_is_not_warned_about),
        in_folder(settings_of_cbindgen_lose_their_defines),
        in_folder(glue_is_kept_until_a_source_changes),
        in_folder(programs_that_fail_are_told_with_their_words),
        in_folder(without_cbindgen_it_says_what_to_install),
        in_folder(uniffi_ships_what_its_bindgen_made),
        in_folder(the_bindgen_of_the_crate_or_its_workspace_comes_first),
        in_folder(a_bindgen_that_fails_or_makes_nothing_is_told),
    };

    return cmocka_run_group_tests_name("bindings", tests, NULL, NULL);
}
