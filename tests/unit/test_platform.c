/* test_platform.c -- platform tags before any audit, their old names, PyPI's list. */
#include "../support/unit.h"

#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/triple.h"

struct world {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_project project;
    struct wf_triple triple;
    struct wf_error err;
};

static struct world *
world_of(void **state, const char *target)
{
    static struct world w;

    wf_arena_clear(&w.arena); /* of the one before */
    w = (struct world){ 0 };
    w.asked = pack_asked_new(wf_arena_strdup(&w.arena, (const char *)*state));
    pack_set(wf_arena_printf(&w.arena, "PATH=%s", folder_path(state, "bin")));
    assert_true(
        wf_triple_parse(&w.triple, &w.arena, target, "x86_64-unknown-linux-gnu", &w.err));
    return &w;
}

static const char *
plain(struct world *w)
{
    const char *tag = NULL;

    if (!wf_platform_plain(&tag, &w->arena, &w->triple, &w->project, &w->asked, &w->err))
        fail_msg("%s", w->err.text);
    return tag;
}

static void
fails(struct world *w, const char *text)
{
    const char *tag = NULL;

    assert_false(
        wf_platform_plain(&tag, &w->arena, &w->triple, &w->project, &w->asked, &w->err));
    assert_error(w->err, WF_ERR_USAGE, text);
    wf_arena_clear(&w->arena);
}

static void
linux_and_windows_are_named_by_architecture(void **state)
{
    static const char *const rows[][2] = {
        { "x86_64-unknown-linux-gnu", "linux_x86_64" },
        { "x86_64-unknown-linux-musl", "linux_x86_64" },
        { "armv7-unknown-linux-gnueabihf", "linux_armv7l" },
        { "powerpc64le-unknown-linux-gnu", "linux_ppc64le" },
        { "i686-pc-windows-msvc", "win32" },
        { "x86_64-pc-windows-gnu", "win_amd64" },
        { "aarch64-pc-windows-msvc", "win_arm64" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world *w = world_of(state, rows[i][0]);

        assert_string_equal(plain(w), rows[i][1]);
        wf_arena_clear(&w->arena);
    }
}

static void
put_rustc(void **state, const char *version)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "bin/rustc",
               wf_arena_printf(&arena, "#!/bin/sh\necho %s\n", version));
    assert_int_equal(chmod(folder_path(state, "bin/rustc"), 0755), 0);
    wf_arena_clear(&arena);
}

static void
macos_has_the_highest_version_that_was_asked_for(void **state)
{
    static const struct {
        const char *target;
        const char *rustc;
        const char *variable;
        const char *tag;
    } rows[] = {
        { "x86_64-apple-darwin", "MACOSX_DEPLOYMENT_TARGET=10.12", NULL,
          "macosx_10_12_x86_64" },
        { "aarch64-apple-darwin", "deployment_target=11.0", NULL, "macosx_11_0_arm64" },
        { "aarch64-apple-darwin", "MACOSX_DEPLOYMENT_TARGET=11.0",
          "MACOSX_DEPLOYMENT_TARGET=10.9", "macosx_11_0_arm64" },
        { "x86_64-apple-darwin", "MACOSX_DEPLOYMENT_TARGET=10.12",
          "MACOSX_DEPLOYMENT_TARGET=10.14.6", "macosx_10_14_x86_64" },
        { "x86_64-apple-darwin", "MACOSX_DEPLOYMENT_TARGET=10.12",
          "MACOSX_DEPLOYMENT_TARGET=12.3", "macosx_12_0_x86_64" },
        { "x86_64-apple-darwin", "nonsense", NULL, "macosx_10_7_x86_64" },
        { "aarch64-apple-darwin", "", NULL, "macosx_11_0_arm64" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world *w = world_of(state, rows[i].target);

        put_rustc(state, rows[i].rustc);
        if (rows[i].variable != NULL)
            pack_set(rows[i].variable);
        assert_string_equal(plain(w), rows[i].tag);
        wf_arena_clear(&w->arena);
    }
}

static void
configure(struct world *w, const char *text)
{
    const struct wf_toml *root = NULL;

    assert_true(wf_toml_parse(&root, &w->arena, wf_bytes_str(text), &w->err));
    w->project.pyproject.settings.target = root;
}

static void
the_configured_version_of_macos_goes_before_the_variable(void **state)
{
    struct world *w = world_of(state, "x86_64-apple-darwin");

    pack_set("MACOSX_DEPLOYMENT_TARGET=13.0");
    configure(w, "[x86_64-apple-darwin]\nmacos-deployment-target = \"10.15\"\n"
                 "[aarch64-apple-darwin]\nmacos-deployment-target = \"14.0\"\n");
    assert_string_equal(plain(w), "macosx_10_15_x86_64");
    configure(w, "[x86_64-apple-darwin]\nmacosx-deployment-target = \"10.14\"\n");
    assert_string_equal(plain(w), "macosx_10_14_x86_64");
    configure(w, "[x86_64-apple-darwin]\nother = 1\n");
    assert_string_equal(plain(w), "macosx_13_0_x86_64");
    configure(w, "[x86_64-apple-darwin]\nmacos-deployment-target = \"eleven\"\n");
    fails(w, "macos-deployment-target is 'eleven'; a version of macOS such as 11.0 was "
             "expected");
    w = world_of(state, "x86_64-apple-darwin");
    pack_set("MACOSX_DEPLOYMENT_TARGET=11.");
    fails(w, "MACOSX_DEPLOYMENT_TARGET is '11.'; a version of macOS such as 11.0 was "
             "expected");
    w = world_of(state, "x86_64-apple-darwin");
    configure(w, "[x86_64-apple-darwin]\nmacos-deployment-target = 11\n");
    const char *tag = NULL;

    assert_false(
        wf_platform_plain(&tag, &w->arena, &w->triple, &w->project, &w->asked, &w->err));
    wf_arena_clear(&w->arena);
}

static void
other_systems_are_named_by_their_release(void **state)
{
    struct world *w = world_of(state, "x86_64-unknown-freebsd");

    pack_set("MATURIN_FREEBSD_VERSION=14.0-RELEASE");
    assert_string_equal(plain(w), "freebsd_14_0_release_amd64");
    pack_set("MATURIN_FREEBSD_VERSION=14/0");
    fails(w, "MATURIN_FREEBSD_VERSION is '14/0'; letters, digits, '.' and '-' were "
             "expected");
    w = world_of(state, "aarch64-unknown-openbsd");
    fails(w, "tags of openbsd name its release, which nothing here tells; set "
             "MATURIN_OPENBSD_VERSION, for example to 14.0");
}

static void
the_environment_may_name_the_whole_tag(void **state)
{
    struct world *w = world_of(state, "aarch64-apple-darwin");

    pack_set("_PYTHON_HOST_PLATFORM=macosx-12.0-universal2");
    assert_string_equal(plain(w), "macosx_12_0_universal2");
    assert_string_equal(pack_says(), "Overriding platform tag from "
                                     "_PYTHON_HOST_PLATFORM: macosx_12_0_universal2\n");
    pack_set("_PYTHON_HOST_PLATFORM=a b");
    fails(w, "_PYTHON_HOST_PLATFORM is 'a b'; letters, digits, '_', '-' and '.' were "
             "expected");
}

static const char *
with_aliases(struct wf_arena *arena, const char *tag, const char *arch)
{
    struct wf_strings list = { 0 };
    const char *text = "";

    wf_platform_with_aliases(&list, arena, tag, arch);
    for (size_t i = 0; i < list.num; i++)
        text = wf_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ".", list.items[i]);
    return text;
}

static void
old_names_stand_beside_new_ones_where_pypi_knows_them(void **state)
{
    static const char *const rows[][3] = {
        { "manylinux_2_17", "x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64" },
        { "manylinux_2_17", "ppc64", "manylinux_2_17_ppc64.manylinux2014_ppc64" },
        { "manylinux_2_17", "riscv64", "manylinux_2_17_riscv64" },
        { "manylinux_2_12", "i686", "manylinux_2_12_i686.manylinux2010_i686" },
        { "manylinux_2_12", "aarch64", "manylinux_2_12_aarch64" },
        { "manylinux_2_5", "x86_64", "manylinux_2_5_x86_64.manylinux1_x86_64" },
        { "manylinux_2_28", "x86_64", "manylinux_2_28_x86_64" },
        { "musllinux_1_2", "x86_64", "musllinux_1_2_x86_64" },
        { "linux", "x86_64", "linux_x86_64" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(with_aliases(&arena, rows[i][0], rows[i][1]), rows[i][2]);
    wf_arena_clear(&arena);
}

static void
pypi_takes_what_is_on_its_list(void **state)
{
    static const char *const taken[] = {
        "any",
        "win32",
        "win_amd64",
        "win_arm64",
        "manylinux1_i686",
        "manylinux2014_s390x",
        "linux_armv6l",
        "linux_armv7l",
        "manylinux_2_17_x86_64",
        "manylinux_2_39_riscv64",
        "manylinux_2_17_ppc64",
        "musllinux_1_2_aarch64",
        "macosx_10_9_x86_64",
        "macosx_10_12_universal2",
        "macosx_11_0_arm64",
        "macosx_15_0_arm64",
        "macosx_26_0_arm64",
        "ios_13_0_arm64_iphoneos",
        "android_24_arm64_v8a",
        "pyemscripten_2025_0_wasm32",
    };
    static const char *const refused[] = {
        "",
        "linux_x86_64",
        "linux_aarch64",
        "manylinux2010_aarch64",
        "manylinux_2_17_loongarch64",
        "manylinux_2_17_",
        "manylinux_2_x86_64",
        "manylinux_02_17_x86_64",
        "manylinux_2_17_x86_64 ",
        "manylinux_2_17_x86_64.linux_x86_64",
        "musllinux_1_2_ppc64",
        "macosx_11_1_arm64",
        "macosx_16_0_arm64",
        "macosx_9_0_x86_64",
        "macosx_11_0_sparc",
        "freebsd_14_0_release_amd64",
        "win_amd64x",
        "emscripten_3_1_58_wasm32",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(taken); i++)
        assert_true(wf_platform_pypi_takes(taken[i]));
    for (size_t i = 0; i < WF_COUNT(refused); i++)
        assert_false(wf_platform_pypi_takes(refused[i]));
}

static void
what_python_calls_its_platform_becomes_a_tag(void **state)
{
    static const char *const rows[][2] = {
        { "linux-x86_64", "linux_x86_64" },
        { "win-amd64", "win_amd64" },
        { "macosx-10.9-universal2", "macosx_10_9_universal2" },
        { "freebsd-14.0-RELEASE-amd64", "freebsd_14_0_release_amd64" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(wf_platform_of_python(&arena, rows[i][0]), rows[i][1]);
    assert_null(wf_platform_of_python(&arena, NULL));
    assert_null(wf_platform_of_python(&arena, ""));
    assert_null(wf_platform_of_python(&arena, "linux/x86_64"));
    assert_null(wf_platform_of_python(&arena, "linux\n"));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(linux_and_windows_are_named_by_architecture),
        IN_FOLDER(macos_has_the_highest_version_that_was_asked_for),
        IN_FOLDER(the_configured_version_of_macos_goes_before_the_variable),
        IN_FOLDER(other_systems_are_named_by_their_release),
        IN_FOLDER(the_environment_may_name_the_whole_tag),
        cmocka_unit_test(old_names_stand_beside_new_ones_where_pypi_knows_them),
        cmocka_unit_test(pypi_takes_what_is_on_its_list),
        cmocka_unit_test(what_python_calls_its_platform_becomes_a_tag),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    wf_buffer_clear(&pack_said);
    return failed;
}
