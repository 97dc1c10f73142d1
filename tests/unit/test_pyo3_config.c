/* test_pyo3_config.c -- what pyo3's build scripts are told of the interpreter. */
#include "../support/unit.h"

#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/interpreter_parts.h"

struct world {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_bridge bridge;
    struct wf_crate pyo3;
    struct wf_triple triple;
    struct wf_interpreter python;
    const struct wf_stable_floor *stable;
    const char *folder;
    struct wf_error err;
};

/* An extension of that pyo3, for CPython 3.12 of this machine. */
static struct world *
world_of(void **state, const char *pyo3)
{
    static struct world w;

    wf_arena_clear(&w.arena); /* of the one before */
    w = (struct world){ .pyo3 = { .name = "pyo3", .version = pyo3 } };
    w.folder = wf_arena_strdup(&w.arena, (const char *)*state);
    w.asked = pack_asked_new(w.folder);
    w.bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_PYO3, .pyo3 = &w.pyo3 };
    assert_true(wf_triple_parse(&w.triple, &w.arena, "x86_64-unknown-linux-gnu",
                                "x86_64-unknown-linux-gnu", &w.err));
    w.python = (struct wf_interpreter){ .kind = WF_PYTHON_CPYTHON,
                                        .implementation = "cpython",
                                        .executable = "/opt/python3.12",
                                        .major = 3,
                                        .minor = 12,
                                        .abiflags = "",
                                        .ext_suffix = ".so",
                                        .pointer_width = 64 };
    return &w;
}

/* All variables, a line each, with FOLDER for the test's own. */
static const char *
told(struct world *w)
{
    struct wf_strings list = { 0 };
    const char *text = "";

    if (!wf_pyo3_environment(&list, &w->arena, &w->bridge, &w->python, w->stable,
                             &w->triple, w->folder, &w->asked, &w->err))
        fail_msg("%s: %s", w->err.where, w->err.text);
    for (size_t i = 0; i < list.num; i++) {
        const char *at = strstr(list.items[i], w->folder);

        text = at == NULL ? wf_arena_printf(&w->arena, "%s%s\n", text, list.items[i])
                          : wf_arena_printf(&w->arena, "%s%.*sFOLDER%s\n", text,
                                            (int)(at - list.items[i]), list.items[i],
                                            at + strlen(w->folder));
    }
    return text;
}

static const char *
config(struct world *w, const char *name)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 4096);
    if (!wf_file_read_whole(
            &text, wf_arena_printf(&w->arena, "%s/maturin/%s", w->folder, name), &w->err))
        fail_msg("%s: %s", name, w->err.text);
    const char *copy = wf_arena_str(&w->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
a_python_that_runs_is_named(void **state)
{
    struct world *w = world_of(state, "0.29.0");

    assert_string_equal(told(w), "PYO3_BUILD_EXTENSION_MODULE=1\n"
                                 "PYO3_PYTHON=/opt/python3.12\n"
                                 "PYTHON_SYS_EXECUTABLE=/opt/python3.12\n"
                                 "PYO3_ENVIRONMENT_SIGNATURE=cpython-3.12-64bit\n");
    w->bridge.is_bin = true;
    assert_string_equal(told(w), "PYO3_PYTHON=/opt/python3.12\n"
                                 "PYTHON_SYS_EXECUTABLE=/opt/python3.12\n"
                                 "PYO3_ENVIRONMENT_SIGNATURE=cpython-3.12-64bit\n");
    w->bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_CFFI };
    assert_string_equal(told(w), "PYTHON_SYS_EXECUTABLE=/opt/python3.12\n");
    assert_int_equal(folder_count(state), 0);
    wf_arena_clear(&w->arena);
}

static void
a_stable_abi_is_told_in_a_file_from_029_on(void **state)
{
    const struct wf_stable_floor floor = { WF_STABLE_ABI3, true, 9 };
    const struct wf_stable_floor floating = { WF_STABLE_ABI3, false, 0 };
    struct world *w = world_of(state, "0.29.3");

    w->stable = &floor;
    assert_string_equal(told(w), "PYO3_BUILD_EXTENSION_MODULE=1\n"
                                 "PYO3_PYTHON=/opt/python3.12\n"
                                 "PYTHON_SYS_EXECUTABLE=/opt/python3.12\n"
                                 "PYO3_ENVIRONMENT_SIGNATURE=cpython-3.12-64bit\n"
                                 "PYO3_CONFIG_FILE=FOLDER/maturin/"
                                 "pyo3-config-x86_64-unknown-linux-gnu-3.9-abi3.txt\n");
    assert_string_equal(config(w, "pyo3-config-x86_64-unknown-linux-gnu-3.9-abi3.txt"),
                        "implementation=CPython\nversion=3.9\n"
                        "target_abi=CPython-abi3-3.9\nshared=true\nbuild_flags=\n"
                        "suppress_build_script_link_lines=false\npointer_width=64\n");
    w->stable = &floating;
    assert_non_null(strstr(told(w), "-3.12-abi3.txt\n"));
    assert_non_null(
        strstr(config(w, "pyo3-config-x86_64-unknown-linux-gnu-3.12-abi3.txt"),
               "target_abi=CPython-abi3-3.12\n"));
    w->pyo3.version = "0.28.9";
    assert_null(strstr(told(w), "PYO3_CONFIG_FILE"));
    assert_null(strstr(told(w), "PYO3_NO_PYTHON"));
    w->pyo3.version = "0.16.3";
    assert_non_null(strstr(told(w), "PYO3_NO_PYTHON=1\n"));
    w->pyo3.version = "0.16.4";
    assert_null(strstr(told(w), "PYO3_NO_PYTHON"));
    wf_arena_clear(&w->arena);
}

static void
a_python_of_the_table_is_told_in_a_file(void **state)
{
    struct world *w = world_of(state, "0.29.3");

    w->python.executable = NULL;
    w->python.minor = 14;
    w->python.abiflags = "t";
    w->python.gil_disabled = true;
    assert_string_equal(told(w), "PYO3_BUILD_EXTENSION_MODULE=1\n"
                                 "PYO3_CONFIG_FILE=FOLDER/maturin/"
                                 "pyo3-config-x86_64-unknown-linux-gnu-3.14t.txt\n");
    assert_string_equal(config(w, "pyo3-config-x86_64-unknown-linux-gnu-3.14t.txt"),
                        "implementation=CPython\nversion=3.14\n"
                        "target_abi=CPython-free_threaded-3.14\nshared=true\n"
                        "build_flags=Py_GIL_DISABLED\n"
                        "suppress_build_script_link_lines=false\npointer_width=64\n");
    w = world_of(state, "0.25.1");
    w->python.executable = NULL;
    w->python.kind = WF_PYTHON_PYPY;
    w->python.implementation = "pypy";
    w->python.minor = 11;
    assert_non_null(strstr(told(w), "-pypy3.11.txt\n"));
    assert_string_equal(config(w, "pyo3-config-x86_64-unknown-linux-gnu-pypy3.11.txt"),
                        "implementation=PyPy\nversion=3.11\nshared=true\nabi3=false\n"
                        "build_flags=\nsuppress_build_script_link_lines=false\n"
                        "pointer_width=64\n");
    wf_arena_clear(&w->arena);
}

static void
abi3t_is_free_threaded_in_the_file(void **state)
{
    const struct wf_stable_floor floor = { WF_STABLE_ABI3T, true, 15 };
    struct world *w = world_of(state, "0.29.3");

    w->stable = &floor;
    w->python.minor = 15;
    (void)told(w);
    assert_string_equal(config(w, "pyo3-config-x86_64-unknown-linux-gnu-3.15-abi3t.txt"),
                        "implementation=CPython\nversion=3.15\n"
                        "target_abi=CPython-abi3t-3.15\nshared=true\n"
                        "build_flags=Py_GIL_DISABLED\n"
                        "suppress_build_script_link_lines=false\npointer_width=64\n");
    wf_arena_clear(&w->arena);
}

static void
a_cross_build_names_the_library_folder_and_the_helper(void **state)
{
    struct world *w = world_of(state, "0.25.1");

    assert_true(wf_triple_parse(&w->triple, &w->arena, "aarch64-unknown-linux-gnu",
                                "x86_64-unknown-linux-gnu", &w->err));
    pack_set("PYO3_CROSS_LIB_DIR=/sysroot/lib");
    w->python.executable = NULL;
    w->python.host_executable = "/opt/python3.11";
    assert_string_equal(told(w), "PYO3_BUILD_EXTENSION_MODULE=1\n"
                                 "PYO3_PYTHON=/opt/python3.11\n"
                                 "PYTHON_SYS_EXECUTABLE=/opt/python3.11\n"
                                 "PYO3_CONFIG_FILE=FOLDER/maturin/"
                                 "pyo3-config-aarch64-unknown-linux-gnu-3.12.txt\n");
    assert_non_null(strstr(config(w, "pyo3-config-aarch64-unknown-linux-gnu-3.12.txt"),
                           "lib_dir=/sysroot/lib\n"));
    wf_arena_clear(&w->arena);
}

static void
a_file_that_the_user_gives_is_let_be(void **state)
{
    struct world *w = world_of(state, "0.29.3");

    pack_set("PYO3_CONFIG_FILE=/own.txt");
    w->python.executable = NULL;
    assert_string_equal(told(w), "PYO3_BUILD_EXTENSION_MODULE=1\n");
    assert_int_equal(folder_count(state), 0);
    wf_arena_clear(&w->arena);
}

static void
the_file_is_written_only_when_it_differs(void **state)
{
    struct world *w = world_of(state, "0.29.3");
    struct stat before;
    struct stat after;
    static const char name[] = "maturin/pyo3-config-x86_64-unknown-linux-gnu-3.12.txt";

    w->python.executable = NULL;
    (void)told(w);
    assert_int_equal(stat(folder_path(state, name), &before), 0);
    (void)told(w);
    assert_int_equal(stat(folder_path(state, name), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    w->python.pointer_width = 32;
    (void)told(w);
    assert_int_equal(stat(folder_path(state, name), &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    wf_arena_clear(&w->arena);
}

static void
a_folder_that_cannot_be_made_is_an_error(void **state)
{
    struct world *w = world_of(state, "0.29.3");
    struct wf_strings list = { 0 };

    folder_write(state, "maturin", "a file");
    w->python.executable = NULL;
    assert_false(wf_pyo3_environment(&list, &w->arena, &w->bridge, &w->python, NULL,
                                     &w->triple, w->folder, &w->asked, &w->err));
    assert_int_equal(w->err.kind, WF_ERR_IO);
    assert_string_equal(w->err.where, folder_path(state, "maturin"));
    wf_arena_clear(&w->arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_python_that_runs_is_named),
        IN_FOLDER(a_stable_abi_is_told_in_a_file_from_029_on),
        IN_FOLDER(a_python_of_the_table_is_told_in_a_file),
        IN_FOLDER(abi3t_is_free_threaded_in_the_file),
        IN_FOLDER(a_cross_build_names_the_library_folder_and_the_helper),
        IN_FOLDER(a_file_that_the_user_gives_is_let_be),
        IN_FOLDER(the_file_is_written_only_when_it_differs),
        IN_FOLDER(a_folder_that_cannot_be_made_is_an_error),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    wf_buffer_clear(&pack_said);
    return failed;
}
