/* test_venv.c -- which virtual environment is meant, and Pythons that answer badly. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/venv.h"

#define GOOD_ANSWER                                                                      \
    "#!/bin/sh\necho hello from site\necho wheelpack-develop-1\necho yes\necho no\n"     \
    "echo /somewhere/site-packages\n"

/* An environment below the test's folder whose Python is this script. */
static void
make_venv(void **state, const char *name, const char *script, const char *config)
{
    char path[256];

    snprintf(path, sizeof path, "%s/pyvenv.cfg", name);
    folder_put(state, path, config);
    snprintf(path, sizeof path, "%s/bin/python", name);
    folder_put(state, path, script);
    assert_int_equal(chmod(folder_path(state, path), 0755), 0);
}

static const char *
in_folder(struct wf_arena *arena, void **state, const char *name, const char *variable)
{
    return wf_arena_printf(arena, "%s=%s", variable, folder_path(state, name));
}

static void
the_active_environment_is_taken(void **state)
{
    static const char *const variables[] = { "VIRTUAL_ENV", "CONDA_PREFIX" };

    make_venv(state, "env", GOOD_ANSWER, "home = /usr/bin\n");
    for (size_t i = 0; i < WF_COUNT(variables); i++) {
        struct wf_arena arena = { 0 };
        struct wf_build_asked asked = pack_asked_new(*state);
        struct wf_venv venv = { 0 };
        struct wf_error err = { 0 };

        pack_set(in_folder(&arena, state, "env", variables[i]));
        assert_true(wf_venv_find(&venv, &arena, &asked, &err));
        assert_string_equal(venv.folder, folder_path(state, "env"));
        assert_string_equal(venv.python, folder_path(state, "env/bin/python"));
        assert_true(venv.has_pip);
        assert_false(venv.has_uv);
        assert_false(venv.is_uv);
        assert_string_equal(venv.platlib, "/somewhere/site-packages");
        wf_arena_clear(&arena);
    }
}

static void
two_that_differ_are_refused_and_two_alike_are_one(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_venv venv = { 0 };
    struct wf_error err = { 0 };

    make_venv(state, "env", GOOD_ANSWER, "");
    pack_set(in_folder(&arena, state, "env", "VIRTUAL_ENV"));
    pack_set("CONDA_PREFIX=/opt/conda");
    assert_false(wf_venv_find(&venv, &arena, &asked, &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_string_equal(
        err.text,
        wf_arena_printf(&arena,
                        "both VIRTUAL_ENV (%s) and CONDA_PREFIX (/opt/conda) are set and "
                        "differ; unset the one that is not meant",
                        folder_path(state, "env")));
    pack_set(in_folder(&arena, state, "env", "CONDA_PREFIX"));
    assert_true(wf_venv_find(&venv, &arena, &asked, &err));
    wf_arena_clear(&arena);
}

static void
else_the_nearest_one_called_venv_is_taken(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_venv venv = { 0 };
    struct wf_error err = { 0 };

    make_venv(state, ".venv", GOOD_ANSWER, "home = /usr\nuv = 0.9\n");
    folder_tree(state, "a/b/.venv");
    asked.folder = wf_arena_strdup(&arena, folder_path(state, "a/b"));
    assert_true(wf_venv_find(&venv, &arena, &asked, &err));
    assert_string_equal(venv.folder, folder_path(state, ".venv"));
    assert_true(venv.is_uv);
    wf_arena_clear(&arena);
}

static void
pixi_counts_as_uv(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_venv venv = { 0 };

    make_venv(state, "env", GOOD_ANSWER, "");
    folder_put(state, "env/conda-meta/pixi_env_prefix", "");
    pack_set(in_folder(&arena, state, "env", "CONDA_PREFIX"));
    assert_true(wf_venv_find(&venv, &arena, &asked, NULL));
    assert_true(venv.is_uv);
    wf_arena_clear(&arena);
}

static void
without_any_it_is_said_how_to_get_one(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_venv venv = { 0 };
    struct wf_error err = { 0 };

    assert_false(wf_venv_find(&venv, &arena, &asked, &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_string_equal(
        err.text, "develop installs into a virtual environment, and none is active: "
                  "activate one (VIRTUAL_ENV, or CONDA_PREFIX of conda), or make one "
                  "called .venv here or in a folder above: python3 -m venv .venv");
    pack_set(in_folder(&arena, state, "gone", "VIRTUAL_ENV"));
    assert_false(wf_venv_find(&venv, &arena, &asked, &err));
    assert_string_equal(
        err.text, wf_arena_printf(&arena,
                                  "the virtual environment %s has no bin/python that "
                                  "can be run",
                                  folder_path(state, "gone")));
    wf_arena_clear(&arena);
}

static void
a_python_that_answers_otherwise_is_told(void **state)
{
    static const struct {
        const char *script;
        const char *expected; /* behind the program's path */
    } rows[] = {
        { "#!/bin/sh\necho rubbish\n",
          " does not answer as a Python does: it printed \"rubbish\n\"" },
        { "#!/bin/sh\n", " does not answer as a Python does: it printed \"\"" },
        { "#!/bin/sh\nprintf 'wheelpack-develop-1\\nyes\\nyes\\n/x'\n",
          " does not answer as a Python does: it printed "
          "\"wheelpack-develop-1\nyes\nyes\n"
          "/x\"" },
        { "#!/bin/sh\nprintf 'wheelpack-develop-1\\nyes\\nyes\\nx\\n'\n",
          " does not answer as a Python does: it printed "
          "\"wheelpack-develop-1\nyes\nyes\n"
          "x\n\"" },
        { "#!/bin/sh\necho broken >&2\nexit 3\n", " ended with status 3: broken\n" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_build_asked asked = pack_asked_new(*state);
        struct wf_venv venv = { 0 };
        struct wf_error err = { 0 };

        make_venv(state, "env", rows[i].script, "");
        pack_set(in_folder(&arena, state, "env", "VIRTUAL_ENV"));
        assert_false(wf_venv_find(&venv, &arena, &asked, &err));
        assert_int_equal(err.kind, WF_ERR_REFUSED);
        assert_string_equal(err.text,
                            wf_arena_printf(&arena, "%s%s",
                                            folder_path(state, "env/bin/python"),
                                            rows[i].expected));
        wf_arena_clear(&arena);
    }
}

static void
a_python_that_floods_is_ended(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_venv venv = { 0 };
    struct wf_error err = { 0 };

    make_venv(state, "env", "#!/bin/sh\nwhile :; do echo yes yes yes yes yes yes; done\n",
              "");
    pack_set(in_folder(&arena, state, "env", "VIRTUAL_ENV"));
    assert_false(wf_venv_find(&venv, &arena, &asked, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_non_null(strstr(err.text, "env/bin/python"));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_active_environment_is_taken, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(two_that_differ_are_refused_and_two_alike_are_one,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(else_the_nearest_one_called_venv_is_taken,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(pixi_counts_as_uv, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(without_any_it_is_said_how_to_get_one,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_python_that_answers_otherwise_is_told,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_python_that_floods_is_ended, folder_setup,
                                        folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
