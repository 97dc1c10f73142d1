/* test_cargo_options.c -- the command line's words and the configured ones together. */
#include "../support/unit.h"

#include "../support/pack_asked.h"
#include "pack/cargo_options.h"

/* One of each that can be configured. */
static struct wf_feature features[] = {
    { .name = "plain" },
    { .name = "newer", .python_version = ">=3.11" },
    { .name = "pypy", .python_implementation = "pypy" },
    { .name = "two,three" },
};

static const char *words[] = { "configured" };

static struct wf_project
configured(void)
{
    return (struct wf_project){
        .manifest = "/w/Cargo.toml",
        .pyproject.settings = {
            .manifest_path = "rust/Cargo.toml",
            .profile = "release",
            .editable_profile = "dev",
            .features = features,
            .num_features = WF_COUNT(features),
            .all_features = true,
            .no_default_features = true,
            .frozen = true,
            .locked = true,
            .config = { words, 1, 1 },
            .unstable_flags = { words, 1, 1 },
            .rustc_args = { words, 1, 1 },
            .bindings = WF_BINDINGS_PYO3,
            .compatibility = "linux",
        },
    };
}

static struct wf_cargo_asked
merge(struct wf_arena *arena, const struct wf_project *project,
      const struct wf_build_asked *asked)
{
    struct wf_cargo_asked out = { 0 };

    assert_true(wf_cargo_options(&out, arena, project, asked, NULL));
    return out;
}

static void
what_is_configured_counts_where_nothing_is_asked(void **state)
{
    const struct wf_build_asked asked = pack_asked_new("/");
    const struct wf_project project = configured();
    struct wf_arena arena = { 0 };
    const struct wf_cargo_asked cargo = merge(&arena, &project, &asked);

    (void)state;
    assert_null(cargo.profile);
    assert_string_equal(cargo.manifest_path, "/w/Cargo.toml");
    assert_int_equal(cargo.features.num, 2);
    assert_string_equal(cargo.features.items[0], "plain");
    assert_string_equal(cargo.features.items[1], "two,three");
    assert_true(cargo.all_features && cargo.no_default_features);
    assert_true(cargo.frozen && cargo.locked && !cargo.offline);
    assert_string_equal(cargo.config.items[0], "configured");
    assert_string_equal(cargo.unstable.items[0], "configured");
    assert_string_equal(cargo.rustc_args.items[0], "configured");
    assert_string_equal(
        pack_says(),
        "Using build options manifest-path, profile, features, all-features, "
        "no-default-features, frozen, locked, config, unstable-flags, "
        "bindings, rustc-args, compatibility from pyproject.toml\n");
    wf_arena_clear(&arena);
}

static void
what_is_asked_stands_before_what_is_configured(void **state)
{
    const char *own[] = { "asked" };
    struct wf_build_asked asked = pack_asked_new("/");
    const struct wf_project project = configured();
    struct wf_arena arena = { 0 };

    (void)state;
    asked.cargo = (struct wf_cargo_asked){
        .manifest_path = "rust/Cargo.toml",
        .profile = "bench",
        .features = { own, 1, 1 },
        .all_features = true,
        .no_default_features = true,
        .frozen = true,
        .locked = true,
        .config = { own, 1, 1 },
        .unstable = { own, 1, 1 },
        .rustc_args = { own, 1, 1 },
    };
    asked.bindings = WF_BINDINGS_CFFI;
    asked.compatibility = (struct wf_strings){ own, 1, 1 };
    const struct wf_cargo_asked cargo = merge(&arena, &project, &asked);

    assert_string_equal(cargo.profile, "bench");
    assert_int_equal(cargo.features.num, 1);
    assert_string_equal(cargo.features.items[0], "asked");
    assert_string_equal(cargo.config.items[0], "asked");
    assert_string_equal(cargo.unstable.items[0], "asked");
    assert_string_equal(cargo.rustc_args.items[0], "asked");
    assert_string_equal(pack_says(), "");
    wf_arena_clear(&arena);
}

static void
nothing_is_said_where_nothing_is_configured(void **state)
{
    const struct wf_build_asked asked = pack_asked_new("/");
    const struct wf_project project = { .manifest = "/w/Cargo.toml" };
    struct wf_arena arena = { 0 };
    const struct wf_cargo_asked cargo = merge(&arena, &project, &asked);

    (void)state;
    assert_int_equal(cargo.features.num, 0);
    assert_false(cargo.locked);
    assert_string_equal(pack_says(), "");
    wf_arena_clear(&arena);
}

/* The profile of editable builds is told of there alone, and before the other. */
static void
an_editable_build_has_a_profile_of_its_own(void **state)
{
    struct wf_build_asked asked = pack_asked_new("/");
    struct wf_project project = { .manifest = "/w/Cargo.toml" };
    struct wf_arena arena = { 0 };

    (void)state;
    asked.editable = true;
    project.pyproject.settings.profile = "release";
    (void)merge(&arena, &project, &asked);
    project.pyproject.settings.editable_profile = "dev";
    (void)merge(&arena, &project, &asked);
    assert_string_equal(pack_says(),
                        "Using build options profile from pyproject.toml\n"
                        "Using build options editable-profile from pyproject.toml\n");
    wf_arena_clear(&arena);
}

static void
the_target_may_come_from_the_environment(void **state)
{
    struct wf_build_asked asked = pack_asked_new("/");
    const struct wf_project project = { .manifest = "/w/Cargo.toml" };
    struct wf_arena arena = { 0 };

    (void)state;
    assert_null(merge(&arena, &project, &asked).target);
    pack_set("CARGO_BUILD_TARGET=");
    assert_null(merge(&arena, &project, &asked).target);
    pack_set("CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu");
    assert_string_equal(merge(&arena, &project, &asked).target,
                        "aarch64-unknown-linux-gnu");
    asked.cargo.target = "i686-unknown-linux-gnu";
    assert_string_equal(merge(&arena, &project, &asked).target, "i686-unknown-linux-gnu");
    wf_arena_clear(&arena);
}

static void
archflags_name_a_target_of_macos_where_nothing_else_does(void **state)
{
    static const struct {
        const char *flags;
        const char *target;
    } rows[] = {
        { "ARCHFLAGS=-arch arm64", "aarch64-apple-darwin" },
        { "ARCHFLAGS= -arch  x86_64 ", "x86_64-apple-darwin" },
        { "ARCHFLAGS=-arch x86_64 -arch arm64", "universal2-apple-darwin" },
        { "ARCHFLAGS=", NULL },
        { "ARCHFLAGS=-arch ppc", NULL },
        { "ARCHFLAGS=-arch x86_64h", NULL },
    };
    struct wf_build_asked asked = pack_asked_new("/");
    const struct wf_project project = { .manifest = "/w/Cargo.toml" };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        pack_set(rows[i].flags);
        const char *target = merge(&arena, &project, &asked).target;

        if (rows[i].target == NULL)
            assert_null(target);
        else
            assert_string_equal(target, rows[i].target);
    }
    assert_string_equal(pack_says(),
                        "Building for aarch64-apple-darwin by ARCHFLAGS\n"
                        "Building for x86_64-apple-darwin by ARCHFLAGS\n"
                        "Building for universal2-apple-darwin by ARCHFLAGS\n");
    pack_set("ARCHFLAGS=-arch arm64");
    pack_set("CARGO_BUILD_TARGET=i686-unknown-linux-gnu");
    assert_string_equal(merge(&arena, &project, &asked).target, "i686-unknown-linux-gnu");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_configured_counts_where_nothing_is_asked),
        cmocka_unit_test(what_is_asked_stands_before_what_is_configured),
        cmocka_unit_test(nothing_is_said_where_nothing_is_configured),
        cmocka_unit_test(an_editable_build_has_a_profile_of_its_own),
        cmocka_unit_test(the_target_may_come_from_the_environment),
        cmocka_unit_test(archflags_name_a_target_of_macos_where_nothing_else_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
