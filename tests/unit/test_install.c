/* test_install.c -- pip or uv, by what is there and what is asked for. */
#include "../support/unit.h"

#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/develop_parts.h"

static const char *
joined(struct wf_arena *arena, const struct wf_strings *words)
{
    const char *text = "";

    for (size_t i = 0; i < words->num; i++)
        text = wf_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : " ", words->items[i]);
    return text;
}

static void
make_program(void **state, const char *name, const char *script)
{
    folder_put(state, name, script);
    assert_int_equal(chmod(folder_path(state, name), 0755), 0);
}

static const char *
read_file(struct wf_arena *arena, const char *path)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    assert_true(wf_file_read_whole(&text, path, NULL));
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
the_installer_is_the_one_that_is_there(void **state)
{
    static const struct {
        bool asks_uv, made_by_uv, has_pip, has_uv, uv_in_path;
        const char *pip_path;
        const char *expected;
    } rows[] = {
        { false, false, true, false, false, NULL,
          "/v/bin/python -m pip --disable-pip-version-check install" },
        { false, false, true, true, true, NULL,
          "/v/bin/python -m pip --disable-pip-version-check install" },
        { false, false, false, false, false, "/pip",
          "/pip --python /v/bin/python --disable-pip-version-check install" },
        { true, false, true, true, false, NULL,
          "/v/bin/python -m uv pip install --python /v/bin/python" },
        { true, false, true, false, true, NULL, "UV pip install --python /v/bin/python" },
        { false, true, false, false, true, NULL,
          "UV pip install --python /v/bin/python" },
        { false, true, true, false, false, NULL,
          "/v/bin/python -m pip --disable-pip-version-check install" },
        { false, true, true, true, false, "/pip",
          "/pip --python /v/bin/python --disable-pip-version-check install" },
        { true, false, true, false, false, NULL, NULL },
        { false, false, false, true, true, NULL, NULL },
    };

    make_program(state, "bin/uv", "#!/bin/sh\n");
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        const struct wf_venv venv = { .folder = "/v",
                                      .python = "/v/bin/python",
                                      .is_uv = rows[i].made_by_uv,
                                      .has_pip = rows[i].has_pip,
                                      .has_uv = rows[i].has_uv };
        struct wf_develop_asked asked = { .build = pack_asked_new("/"),
                                          .pip_path = rows[i].pip_path,
                                          .uv = rows[i].asks_uv };
        struct wf_installer installer;
        struct wf_error err = { 0 };

        if (rows[i].uv_in_path)
            pack_set(wf_arena_printf(&arena, "PATH=%s", folder_path(state, "bin")));
        const bool ok = wf_installer_find(&installer, &arena, &venv, &asked, &err);

        assert_int_equal(ok, rows[i].expected != NULL);
        if (ok && strncmp(rows[i].expected, "UV", 2) == 0)
            assert_string_equal(joined(&arena, &installer.command),
                                wf_arena_printf(&arena, "%s%s",
                                                folder_path(state, "bin/uv"),
                                                rows[i].expected + 2));
        else if (ok)
            assert_string_equal(joined(&arena, &installer.command), rows[i].expected);
        else
            assert_string_equal(err.text,
                                rows[i].asks_uv
                                    ? "--uv was given, but uv is neither a module of /v "
                                      "nor a program in PATH"
                                    : "the environment /v has no pip; give --uv to "
                                      "install with uv, or --pip-path for a pip "
                                      "elsewhere");
        wf_arena_clear(&arena);
    }
}

/* What the installer was given, as a script of the test's own writes it down. */
static void
requirements_are_no_options_and_wheels_come_alone(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_installer installer = { .arena = &arena, .asked = &asked };
    struct wf_strings what = { 0 };
    struct wf_error err = { 0 };

    make_program(state, "pip", "#!/bin/sh\necho \"$PWD\" \"$@\" >given\n");
    wf_strings_append(&arena, &installer.command,
                      wf_arena_strdup(&arena, folder_path(state, "pip")));
    wf_strings_append(&arena, &what, "--index-url=x");
    wf_strings_append(&arena, &what, "b");
    assert_true(wf_install(&installer, *state, &what, false, &err));
    assert_string_equal(
        read_file(&arena, folder_path(state, "given")),
        wf_arena_printf(&arena, "%s -- --index-url=x b\n", (const char *)*state));
    assert_true(wf_install(&installer, *state, &what, true, &err));
    assert_string_equal(read_file(&arena, folder_path(state, "given")),
                        wf_arena_printf(&arena,
                                        "%s --no-deps --force-reinstall -- --index-url=x "
                                        "b\n",
                                        (const char *)*state));
    wf_arena_clear(&arena);
}

static void
an_installer_that_fails_is_an_error(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = pack_asked_new(*state);
    struct wf_installer installer = { .arena = &arena, .asked = &asked };
    struct wf_strings what = { 0 };
    struct wf_error err = { 0 };

    make_program(state, "pip", "#!/bin/sh\nexit 7\n");
    wf_strings_append(&arena, &installer.command,
                      wf_arena_strdup(&arena, folder_path(state, "pip")));
    wf_strings_append(&arena, &what, "/x/a.whl");
    assert_false(wf_install(&installer, *state, &what, false, &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_string_equal(
        err.text, wf_arena_printf(&arena, "installing a.whl failed: %s ended with 7",
                                  folder_path(state, "pip")));
    wf_strings_append(&arena, &what, "b");
    assert_false(wf_install(&installer, *state, &what, false, &err));
    assert_non_null(strstr(err.text, "installing a.whl and others failed"));
    wf_arena_clear(&arena);
}

static void
an_installed_package_is_marked_and_its_record_fits(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    folder_put(state, "demo-1.dist-info/direct_url.json", "{}");
    folder_put(state, "demo-1.dist-info/RECORD",
               "demo.pth,sha256=x,1\r\n"
               "demo-1.dist-info/direct_url.json,sha256=old,2\r\n"
               "demo-1.dist-info/RECORD,,\r\n");
    const char *dist_info =
        wf_arena_strdup(&arena, folder_path(state, "demo-1.dist-info"));

    assert_true(wf_install_mark_editable(&arena, dist_info, "/home/a b/\xc3\xa4", &err));
    assert_string_equal(
        read_file(&arena, folder_path(state, "demo-1.dist-info/direct_url.json")),
        "{\"dir_info\":{\"editable\":true},\"url\":\"file:///home/a%20b/%C3%A4\"}");
    assert_string_equal(read_file(&arena, folder_path(state, "demo-1.dist-info/RECORD")),
                        "demo.pth,sha256=x,1\r\n"
                        "demo-1.dist-info/RECORD,,\r\n"
                        "demo-1.dist-info/direct_url.json,"
                        "sha256=90DqFpD--RHdq21tH9n-98TNG5FH-7Cbo-c-VEmEjv4,64\n");
    wf_arena_clear(&arena);
}

static void
a_package_that_is_not_there_cannot_be_marked(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    assert_false(wf_install_mark_editable(
        &arena, wf_arena_strdup(&arena, folder_path(state, "demo-1.dist-info")), "/p",
        &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where,
                        folder_path(state, "demo-1.dist-info/direct_url.json"));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_installer_is_the_one_that_is_there,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(requirements_are_no_options_and_wheels_come_alone,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(an_installer_that_fails_is_an_error, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(
            an_installed_package_is_marked_and_its_record_fits, folder_setup,
            folder_teardown),
        cmocka_unit_test_setup_teardown(a_package_that_is_not_there_cannot_be_marked,
                                        folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
