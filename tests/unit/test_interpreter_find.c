/* test_interpreter_find.c -- which Pythons a build is for. */
#include "../support/unit.h"

#include "../support/fake_python.h"
#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/interpreter_parts.h"

struct world {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_bridge bridge;
    struct wf_crate pyo3;
    struct wf_triple triple;
    struct wf_interpreters found;
    const char *requires_python;
    struct wf_error err;
};

static void
set_target(struct world *w, const char *target)
{
    assert_true(wf_triple_parse(&w->triple, &w->arena, target, "x86_64-unknown-linux-gnu",
                                &w->err));
}

/* An extension with pyo3, for this machine; no Python anywhere. */
static struct world *
world_of(void **state)
{
    static struct world w;

    wf_arena_clear(&w.arena); /* of the one before */
    w = (struct world){ .pyo3 = { .name = "pyo3", .version = "0.25.1" } };
    w.asked = pack_asked_new(wf_arena_strdup(&w.arena, (const char *)*state));
    w.bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_PYO3,
                                   .pyo3 = &w.pyo3,
                                   .pyo3_name = "pyo3",
                                   .cpython_min = 7,
                                   .cpython_max = 15,
                                   .pypy_min = 9,
                                   .pypy_max = 11,
                                   .free_threaded = true };
    folder_tree(state, "bin");
    pack_set(wf_arena_printf(&w.arena, "PATH=%s", folder_path(state, "bin")));
    set_target(&w, "x86_64-unknown-linux-gnu");
    return &w;
}

static void
ask_for(struct world *w, const char *name)
{
    w->asked.has_interpreters = true;
    wf_strings_append(&w->arena, &w->asked.interpreters, name);
}

static bool
find(struct world *w)
{
    w->found = (struct wf_interpreters){ 0 };
    w->err = (struct wf_error){ 0 };
    return wf_interpreters_find(&w->found, &w->arena, &w->bridge, &w->triple, NULL,
                                w->requires_python, &w->asked, &w->err);
}

/* "CPython 3.12 (run)", each Python found, in order. */
static const char *
found(struct world *w)
{
    const char *text = "";

    for (size_t i = 0; i < w->found.num; i++) {
        const struct wf_interpreter *one = &w->found.items[i];

        text = wf_arena_printf(&w->arena, "%s%s%s%s", text, i == 0 ? "" : ", ",
                               wf_interpreter_name(&w->arena, one),
                               one->is_placeholder       ? " (placeholder)"
                               : one->executable == NULL ? " (table)"
                                                         : "");
    }
    return text;
}

static void
finds(struct world *w, const char *expected)
{
    if (!find(w))
        fail_msg("%s: %s", w->err.where, w->err.text);
    assert_string_equal(found(w), expected);
}

static void
fails(struct world *w, enum wf_error_kind kind, const char *text)
{
    assert_false(find(w));
    assert_int_equal(w->found.num, 0);
    assert_error(w->err, kind, text);
    wf_arena_clear(&w->arena);
}

static void
the_default_is_the_environments_python_before_that_of_the_path(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3", 8, "");
    finds(w, "CPython 3.8");
    fake_cpython(state, "github/bin/python", 9, "");
    pack_set(
        wf_arena_printf(&w->arena, "pythonLocation=%s", folder_path(state, "github")));
    finds(w, "CPython 3.9");
    fake_cpython(state, "venv/bin/python", 10, "");
    pack_set(wf_arena_printf(&w->arena, "VIRTUAL_ENV=%s", folder_path(state, "venv")));
    finds(w, "CPython 3.10");
    fake_cpython(state, "own", 11, "");
    pack_set(wf_arena_printf(&w->arena, "PYO3_PYTHON=%s", folder_path(state, "own")));
    finds(w, "CPython 3.11");
    /* The last is pyo3's business alone. */
    w->bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_CFFI };
    finds(w, "CPython 3.10");
    assert_string_equal(pack_says(),
                        wf_arena_printf(&w->arena,
                                        "Using CPython 3.10 at %s to generate the cffi "
                                        "bindings\n",
                                        folder_path(state, "venv/bin/python")));
    wf_arena_clear(&w->arena);
}

static void
a_default_that_the_project_forbids_is_dropped(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3", 8, "");
    w->requires_python = ">=3.9";
    fails(
        w, WF_ERR_REFUSED,
        "Couldn't find any python interpreters that requires-python allows; please name "
        "at least one with -i");
}

static void
without_any_python_the_user_is_told_to_name_one(void **state)
{
    struct world *w = world_of(state);

    fails(w, WF_ERR_REFUSED,
          "Couldn't find any python interpreters; please name at least one with -i");
    w = world_of(state);
    pack_set("PYO3_PYTHON=/no/such/python");
    fails(w, WF_ERR_REFUSED,
          "Couldn't find any python interpreters; please name at least one with -i");
    assert_non_null(strstr(pack_says(), "warning: PYO3_PYTHON: /no/such/python is no "
                                        "program that can be run\n"));
}

static void
an_invalid_requires_python_is_an_error(void **state)
{
    struct world *w = world_of(state);

    w->requires_python = "3.x";
    assert_false(find(w));
    assert_string_equal(w->err.where, "requires-python");
    wf_arena_clear(&w->arena);
}

static void
names_are_programs_first_and_then_of_the_table(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3.9", 9, "");
    fake_python(state, "bin/pypy3.11",
                &(struct fake_python){ "pypy", 3, 11, "",
                                       ".pypy311-pp73-x86_64-linux-gnu.so", NULL, 0 });
    fake_cpython(state, "opt/mine", 13, "");
    ask_for(w, "python3.9");
    ask_for(w, "3.9");
    ask_for(w, "3.14t");
    ask_for(w, "pypy3.11");
    ask_for(w, "graalpy3.11");
    ask_for(w, "opt/mine");
    finds(w,
          "CPython 3.9, CPython 3.14t (table), PyPy 3.11, GraalVM 3.11 (table), CPython "
          "3.13");
    assert_string_equal(wf_interpreter_tag(&w->arena, &w->found.items[2]),
                        "pp311-pypy311_pp73");
    wf_arena_clear(&w->arena);
}

static void
names_of_no_python_are_errors(void **state)
{
    static const struct {
        const char *name;
        enum wf_error_kind kind;
        const char *text;
    } rows[] = {
        { "python2.7", WF_ERR_REFUSED,
          "Couldn't find any python interpreters from 'python2.7'." },
        { "ruby", WF_ERR_REFUSED, "Couldn't find any python interpreters from 'ruby'." },
        { "/no/such/python3.12", WF_ERR_REFUSED,
          "Couldn't find any python interpreters from '/no/such/python3.12'." },
        { "python", WF_ERR_REFUSED,
          "Couldn't find any python interpreters from 'python'." },
        { "3.13t", WF_ERR_REFUSED,
          "Free-threaded Python interpreter is only supported on 3.14 and later." },
        { "3.99", WF_ERR_REFUSED, "CPython 3.99 is not known; versions 3.7 to 3.15 are" },
        { "pypy3.11t", WF_ERR_REFUSED, "PyPy has no free-threaded build" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world *w = world_of(state);

        ask_for(w, rows[i].name);
        fails(w, rows[i].kind, rows[i].text);
    }
}

static void
a_name_without_version_is_passed_over_beside_others(void **state)
{
    struct world *w = world_of(state);

    ask_for(w, "pypy3");
    ask_for(w, "3.12");
    finds(w, "CPython 3.12 (table)");
    assert_string_equal(
        pack_says(), "warning: 'pypy3' is passed over: there is no such program, and it "
                     "names no version to build for without one\n");
    wf_arena_clear(&w->arena);
}

static void
a_shim_without_its_python_gives_way_to_the_table(void **state)
{
    struct world *w = world_of(state);

    fake_program(
        state, "bin/python3.12",
        "#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n");
    ask_for(w, "python3.12");
    finds(w, "CPython 3.12 (table)");
    assert_non_null(strstr(pack_says(), "is passed over: pyenv: python3.12: command not "
                                        "found\n"));
    wf_arena_clear(&w->arena);
}

static void
pythons_that_cannot_be_built_for_are_named(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3.6", 6, "m");
    ask_for(w, "python3.6");
    fails(w, WF_ERR_REFUSED,
          wf_arena_printf(&w->arena,
                          "CPython 3.6m at %s is too old; Python 3.7 or later is needed",
                          folder_path(state, "bin/python3.6")));
    w = world_of(state);
    fake_python(state, "bin/python3",
                &(struct fake_python){ "cpython", 3, 12, "", ".pyd", "windows", 0 });
    fails(w, WF_ERR_REFUSED,
          wf_arena_printf(&w->arena,
                          "CPython 3.12 at %s says that its system is windows; the "
                          "target's is linux",
                          folder_path(state, "bin/python3")));
    w = world_of(state);
    fake_python(state, "bin/python3",
                &(struct fake_python){ "cpython", 3, 12, "", NULL, NULL, 32 });
    fails(w, WF_ERR_REFUSED,
          wf_arena_printf(&w->arena,
                          "CPython 3.12 at %s has pointers of 32 bits; those of the "
                          "target x86_64-unknown-linux-gnu have 64",
                          folder_path(state, "bin/python3")));
}

static void
f_finds_all_that_the_project_and_its_bindings_allow(void **state)
{
    static const unsigned minors[] = { 7, 8, 9, 10, 14 };
    struct world *w = world_of(state);

    for (size_t i = 0; i < WF_COUNT(minors); i++)
        fake_cpython(state, wf_arena_printf(&w->arena, "bin/python3.%u", minors[i]),
                     minors[i], minors[i] == 7 ? "m" : "");
    fake_cpython(state, "bin/python3.13t", 13, "t");
    fake_cpython(state, "bin/python3.14t", 14, "t");
    fake_python(state, "bin/pypy3.10",
                &(struct fake_python){ "pypy", 3, 10, "",
                                       ".pypy310-pp73-x86_64-linux-gnu.so", NULL, 0 });
    w->asked.find_interpreter = true;
    finds(w,
          "CPython 3.7m, CPython 3.8, CPython 3.9, CPython 3.10, CPython 3.14, CPython "
          "3.14t, PyPy 3.10");
    w->requires_python = ">=3.9,<3.14";
    finds(w, "CPython 3.9, CPython 3.10, PyPy 3.10");
    w->requires_python = NULL;
    w->bridge.free_threaded = false;
    w->bridge.cpython_min = 9;
    w->bridge.pypy_max = 9;
    finds(w, "CPython 3.9, CPython 3.10, CPython 3.14");
    w->bridge.free_threaded = true;
    w->bridge.abi3 = (struct wf_stable_floor){ WF_STABLE_ABI3, true, 10 };
    w->bridge.pypy_max = 11;
    finds(w, "CPython 3.10, CPython 3.14");
    wf_arena_clear(&w->arena);
}

static void
f_takes_whatever_is_called_python_at_last(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3", 6, "m");
    fake_cpython(state, "bin/python", 12, "");
    w->asked.find_interpreter = true;
    finds(w, "CPython 3.12");
    w->requires_python = ">=3.13";
    fails(
        w, WF_ERR_REFUSED,
        "Couldn't find any python interpreters that requires-python allows; please name "
        "at least one with -i");
}

static void
one_version_is_built_for_once(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3.12", 12, "");
    fake_cpython(state, "bin/python3", 12, "");
    ask_for(w, "python3");
    ask_for(w, "python3.12");
    finds(w, "CPython 3.12");
    wf_arena_clear(&w->arena);
}

static void
a_fixed_floor_needs_no_interpreter(void **state)
{
    struct world *w = world_of(state);

    w->bridge.abi3 = (struct wf_stable_floor){ WF_STABLE_ABI3, true, 9 };
    finds(w, "CPython 3.9 (placeholder)");
    assert_string_equal(pack_says(), "Not using a specific python interpreter\n");
    /* One that cannot use the result is no reason to stop. */
    fake_cpython(state, "bin/python3", 8, "");
    finds(w, "CPython 3.9 (placeholder)");
    fake_cpython(state, "bin/python3", 12, "");
    finds(w, "CPython 3.12");
    ask_for(w, "python3.10");
    finds(w, "CPython 3.10 (table)");
    w = world_of(state);
    w->bridge.abi3 = (struct wf_stable_floor){ WF_STABLE_ABI3, true, 9 };
    ask_for(w, "nothing");
    fails(w, WF_ERR_REFUSED, "Couldn't find any python interpreters from 'nothing'.");
    w = world_of(state);
    assert_int_equal(remove(folder_path(state, "bin/python3")), 0);
    w->bridge.abi3 = (struct wf_stable_floor){ WF_STABLE_ABI3, false, 0 };
    fails(w, WF_ERR_REFUSED,
          "Couldn't find any python interpreters; please name at least one with -i");
    w = world_of(state);
    w->bridge.abi3t = (struct wf_stable_floor){ WF_STABLE_ABI3T, true, 9 };
    finds(w, "CPython 3.15 (placeholder)");
    wf_arena_clear(&w->arena);
}

static void
an_empty_list_is_the_default(void **state)
{
    struct world *w = world_of(state);

    fake_cpython(state, "bin/python3", 11, "");
    w->asked.has_interpreters = true;
    finds(w, "CPython 3.11");
    wf_arena_clear(&w->arena);
}

static void
cffi_wants_exactly_one(void **state)
{
    struct world *w = world_of(state);

    w->bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_CFFI };
    ask_for(w, "python3.12");
    fails(w, WF_ERR_REFUSED, "Failed to find a python interpreter from `python3.12`");
    w = world_of(state);
    w->bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_CFFI };
    fake_cpython(state, "bin/python3.12", 12, "");
    ask_for(w, "python3.12");
    finds(w, "CPython 3.12");
    ask_for(w, "python3.13");
    fails(w, WF_ERR_REFUSED,
          "You can only specify one python interpreter for `cffi` bindings");
}

static void
programs_need_none_and_take_one(void **state)
{
    struct world *w = world_of(state);

    w->bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_BIN, .is_bin = true };
    finds(w, "");
    ask_for(w, "3.14");
    finds(w, "");
    ask_for(w, "3.13");
    fails(w, WF_ERR_REFUSED,
          "You can only specify one python interpreter for `bin` bindings");
    w = world_of(state);
    w->bridge.bindings = WF_BINDINGS_BIN;
    w->bridge.is_bin = true;
    ask_for(w, "3.14");
    ask_for(w, "3.13");
    finds(w, "CPython 3.14 (table), CPython 3.13 (table)");
    wf_arena_clear(&w->arena);
}

static void
a_cross_build_takes_the_table(void **state)
{
    struct world *w = world_of(state);

    set_target(w, "aarch64-unknown-linux-gnu");
    fake_cpython(state, "bin/python3.12", 12, "");
    fake_cpython(state, "bin/python3", 11, "");
    ask_for(w, "python3.12");
    ask_for(w, "/not/here/python3.13");
    ask_for(w, "python3");
    finds(w, "CPython 3.12 (table), CPython 3.13 (table), CPython 3.11 (table)");
    assert_string_equal(w->found.items[0].ext_suffix,
                        ".cpython-312-aarch64-linux-gnu.so");
    w->asked.interpreters.num = 0;
    w->asked.has_interpreters = false;
    w->asked.find_interpreter = true;
    w->requires_python = ">=3.13";
    finds(w, "CPython 3.13 (table), CPython 3.14 (table), CPython 3.15 (table), CPython "
             "3.14t (table), CPython 3.15t (table)");
    w->asked.find_interpreter = false;
    w->requires_python = NULL;
    fails(
        w, WF_ERR_REFUSED,
        "Couldn't find any python interpreters for the target aarch64-unknown-linux-gnu; "
        "name them (-i 3.12), use -f, or set PYO3_CROSS_LIB_DIR or PYO3_CONFIG_FILE");
    w = world_of(state);
    set_target(w, "aarch64-unknown-linux-gnu");
    w->bridge.abi3 = (struct wf_stable_floor){ WF_STABLE_ABI3, true, 9 };
    finds(w, "CPython 3.11");
    wf_arena_clear(&w->arena);
}

static void
extensions_for_windows_want_an_import_library(void **state)
{
    struct world *w = world_of(state);

    set_target(w, "x86_64-pc-windows-msvc");
    ask_for(w, "3.12");
    assert_false(find(w));
    assert_error(w->err, WF_ERR_REFUSED,
                 "CPython 3.12 is not there to be linked with on Windows; turn on pyo3's "
                 "feature generate-import-lib (or use pyo3 0.29 or later)");
    w->bridge.generates_import_lib = true;
    finds(w, "CPython 3.12 (table)");
    w->bridge.generates_import_lib = false;
    w->asked.artifact = "demo.dll";
    finds(w, "CPython 3.12 (table)");
    w->asked.artifact = NULL;
    w->pyo3.version = "0.29.0";
    finds(w, "CPython 3.12 (table)");
    wf_arena_clear(&w->arena);
}

static void
pyo3s_configuration_file_is_read(void **state)
{
    struct world *w = world_of(state);

    folder_write(state, "config.txt",
                 "implementation=CPython\nversion=3.14\nshared=true\n"
                 "build_flags=Py_GIL_DISABLED\npointer_width=64\n");
    pack_set(wf_arena_printf(&w->arena, "PYO3_CONFIG_FILE=%s",
                             folder_path(state, "config.txt")));
    finds(w, "CPython 3.14t (table)");
    assert_string_equal(w->found.items[0].ext_suffix,
                        ".cpython-314t-x86_64-linux-gnu.so");
    folder_write(state, "config.txt",
                 "implementation=PyPy\nversion=3.10\next_suffix=.pypy310-pp99-x.so\n");
    finds(w, "PyPy 3.10 (table)");
    assert_string_equal(wf_interpreter_tag(&w->arena, &w->found.items[0]),
                        "pp310-pypy310_pp99");
    wf_arena_clear(&w->arena);
}

static void
a_broken_configuration_file_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        { "", "%s: a version such as 3.12 was expected" },
        { "version=twelve\n", "%s: a version such as 3.12 was expected" },
        { "version=2.7\n", "%s: a version such as 3.12 was expected" },
        { "version=3.12\nshared\n",
          "PYO3_CONFIG_FILE: %s: line 2: key=value was expected" },
        { "version=3.12\next_suffix=/../x.so\n",
          "%s: implementation, abiflags or ext_suffix holds characters that no Python "
          "has "
          "there" },
        { "version=3.12\npointer_width=wide\n", "%s: pointer_width is 32 or 64" },
        { "version=3.99\n", "%s: ext_suffix is needed: this Python is not in the table" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world *w = world_of(state);
        const char *path = wf_arena_strdup(&w->arena, folder_path(state, "config.txt"));
        const char *at = strstr(rows[i].said, "%s");

        folder_write(state, "config.txt", rows[i].text);
        pack_set(wf_arena_printf(&w->arena, "PYO3_CONFIG_FILE=%s", path));
        fails(w, WF_ERR_MALFORMED,
              wf_arena_printf(&w->arena, "%.*s%s%s", (int)(at - rows[i].said),
                              rows[i].said, path, at + 2));
    }
}

static void
build_details_tell_of_another_machines_python(void **state)
{
    struct world *w = world_of(state);

    set_target(w, "aarch64-unknown-linux-gnu");
    fake_cpython(state, "bin/python3", 11, "");
    folder_put(state, "root/lib/python3.14/build-details.json",
               "{\"schema_version\": \"1.0\", \"language\": {\"version\": \"3.14\"}, "
               "\"implementation\": {\"name\": \"cpython\"}, \"abi\": {\"flags\": "
               "[\"t\"], \"extension_suffix\": \".cpython-314t-aarch64-linux-gnu.so\"}}");
    pack_set(
        wf_arena_printf(&w->arena, "PYO3_CROSS_LIB_DIR=%s", folder_path(state, "root")));
    finds(w, "CPython 3.14t (table)");
    assert_true(w->found.items[0].gil_disabled);
    assert_string_equal(w->found.items[0].host_executable,
                        folder_path(state, "bin/python3"));
    /* Not in a build for this machine. */
    set_target(w, "x86_64-unknown-linux-gnu");
    finds(w, "CPython 3.11");
    set_target(w, "aarch64-unknown-linux-gnu");
    folder_put(state, "root/lib/python3.14/build-details.json",
               "{\"language\": {\"version\": \"3.14\"}}");
    fails(w, WF_ERR_MALFORMED,
          wf_arena_printf(&w->arena, "%s: abi.extension_suffix is needed",
                          folder_path(state, "root/lib/python3.14/build-details.json")));
}

static void
a_library_folder_without_a_python_is_an_error(void **state)
{
    struct world *w = world_of(state);

    set_target(w, "aarch64-unknown-linux-gnu");
    folder_tree(state, "root/lib");
    pack_set(
        wf_arena_printf(&w->arena, "PYO3_CROSS_LIB_DIR=%s", folder_path(state, "root")));
    assert_false(find(w));
    assert_error(w->err, WF_ERR_REFUSED,
                 "PYO3_CROSS_LIB_DIR needs a Python of this machine beside the library, "
                 "and 'python3' is none");
    fake_cpython(state, "bin/python3", 11, "");
    fails(w, WF_ERR_REFUSED,
          "PYO3_CROSS_LIB_DIR has 0 files _sysconfigdata*.py that fit (and no "
          "build-details.json); exactly one was expected");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_default_is_the_environments_python_before_that_of_the_path),
        IN_FOLDER(a_default_that_the_project_forbids_is_dropped),
        IN_FOLDER(without_any_python_the_user_is_told_to_name_one),
        IN_FOLDER(an_invalid_requires_python_is_an_error),
        IN_FOLDER(names_are_programs_first_and_then_of_the_table),
        IN_FOLDER(names_of_no_python_are_errors),
        IN_FOLDER(a_name_without_version_is_passed_over_beside_others),
        IN_FOLDER(a_shim_without_its_python_gives_way_to_the_table),
        IN_FOLDER(pythons_that_cannot_be_built_for_are_named),
        IN_FOLDER(f_finds_all_that_the_project_and_its_bindings_allow),
        IN_FOLDER(f_takes_whatever_is_called_python_at_last),
        IN_FOLDER(one_version_is_built_for_once),
        IN_FOLDER(a_fixed_floor_needs_no_interpreter),
        IN_FOLDER(an_empty_list_is_the_default),
        IN_FOLDER(cffi_wants_exactly_one),
        IN_FOLDER(programs_need_none_and_take_one),
        IN_FOLDER(a_cross_build_takes_the_table),
        IN_FOLDER(extensions_for_windows_want_an_import_library),
        IN_FOLDER(pyo3s_configuration_file_is_read),
        IN_FOLDER(a_broken_configuration_file_is_named_with_its_line),
        IN_FOLDER(build_details_tell_of_another_machines_python),
        IN_FOLDER(a_library_folder_without_a_python_is_an_error),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    wf_buffer_clear(&pack_said);
    return failed;
}
