/* test_rustflags.c -- which flags cargo would give rustc, source by source. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/compile_parts.h"

#define TRIPLE "x86_64-unknown-linux-musl"

/* The flags, each followed by '|', or the error. */
static const char *
flags_of(const struct wf_build_asked *asked, struct wf_error *err)
{
    static char text[2000];
    struct wf_arena arena = { 0 };
    struct wf_strings flags = { 0 };

    *err = (struct wf_error){ 0 };
    text[0] = '\0';
    if (!wf_rustflags_effective(&flags, &arena, asked, TRIPLE, err))
        snprintf(text, sizeof text, "failed: %.500s", err->text);
    for (size_t i = 0; i < flags.num; i++) {
        const size_t used = strlen(text);

        snprintf(text + used, sizeof text - used, "%s|", flags.items[i]);
    }
    wf_arena_clear(&arena);
    return text;
}

/* In a project below the folder, with a home of its own beside it. */
static struct wf_build_asked
asked_in(void **state)
{
    static char home[9000];
    static char project[9000];
    struct wf_build_asked asked = pack_asked_new(project);

    folder_tree(state, "top/project/src");
    folder_tree(state, "home");
    snprintf(project, sizeof project, "%s", folder_path(state, "top/project"));
    snprintf(home, sizeof home, "CARGO_HOME=%s", folder_path(state, "home"));
    pack_set(home);
    return asked;
}

static void
expect(const struct wf_build_asked *asked, const char *flags)
{
    struct wf_error err;

    assert_string_equal(flags_of(asked, &err), flags);
    assert_int_equal(err.kind, WF_ERR_NONE);
}

/* Each source is added over the weaker ones. */
static void
the_strongest_source_wins(void **state)
{
    struct wf_build_asked asked = asked_in(state);

    expect(&asked, "");
    folder_put(state, "home/config.toml", "[build]\nrustflags = [\"home\"]\n");
    expect(&asked, "home|");
    pack_set("CARGO_BUILD_RUSTFLAGS=more  words");
    expect(&asked, "home|more|words|");
    folder_put(state, "top/.cargo/config.toml",
               "[target." TRIPLE "]\nrustflags = [\"-C\", \"target\"]\n"
               "[target.aarch64-apple-darwin]\nrustflags = [\"other\"]\n");
    expect(&asked, "-C|target|");
    pack_set("CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=of env");
    expect(&asked, "-C|target|of|env|");
    pack_set("RUSTFLAGS=-A  b ");
    expect(&asked, "-A|b|");
    pack_set("CARGO_ENCODED_RUSTFLAGS=x y\x1fz");
    expect(&asked, "x y|z|");
}

static void
a_variable_that_is_set_to_nothing_counts(void **state)
{
    struct wf_build_asked asked = asked_in(state);

    folder_put(state, "home/config.toml", "[build]\nrustflags = [\"home\"]\n");
    pack_set("RUSTFLAGS=");
    expect(&asked, "");
    pack_set("RUSTFLAGS=plain");
    pack_set("CARGO_ENCODED_RUSTFLAGS=");
    expect(&asked, "");
}

/* Lists are joined, the nearest last; a text stands alone, and --config is the nearest. */
static void
configurations_are_joined_from_far_to_near(void **state)
{
    struct wf_build_asked asked = asked_in(state);
    struct wf_arena arena = { 0 };

    folder_put(state, "home/config.toml", "build.rustflags = [\"home\"]\n");
    folder_put(state, "top/.cargo/config", "build.rustflags = [\"top\"]\n");
    folder_put(state, "top/.cargo/config.toml", "build.rustflags = [\"not read\"]\n");
    folder_put(state, "top/project/.cargo/config.toml", "build.rustflags = [\"near\"]\n");
    expect(&asked, "home|top|near|");
    folder_write(state, "asked.toml", "build.rustflags = [\"file\"]\n");
    wf_strings_append(&arena, &asked.cargo.config, folder_path(state, "asked.toml"));
    wf_strings_append(&arena, &asked.cargo.config, "build.rustflags=['value']");
    expect(&asked, "home|top|near|file|value|");
    pack_set("CARGO_BUILD_RUSTFLAGS=variable");
    expect(&asked, "home|top|near|variable|file|value|");
    folder_put(state, "top/project/.cargo/config.toml",
               "build.rustflags = \"one  text\"\n");
    expect(&asked, "one|text|variable|file|value|");
    wf_arena_clear(&arena);
}

static void
conditions_are_asked_of_rustc(void **state)
{
    static char rustc[9000];
    struct wf_build_asked asked = asked_in(state);

    folder_write(state, "rustc",
                 "#!/bin/sh\n"
                 "[ \"$*\" = '--print cfg --target " TRIPLE "' ] &&\n"
                 "printf 'unix\\ntarget_env=\"musl\"\\n'\n");
    assert_int_equal(chmod(folder_path(state, "rustc"), 0700), 0);
    snprintf(rustc, sizeof rustc, "RUSTC=%s", folder_path(state, "rustc"));
    pack_set(rustc);
    folder_put(state, "top/.cargo/config.toml",
               "[target.'cfg(unix)']\nrustflags = [\"unix\"]\n"
               "[target.'cfg(windows)']\nrustflags = [\"windows\"]\n"
               "[target.'cfg(target_env = \"musl\")']\nrustflags = [\"musl\"]\n"
               "[target.'cfg(rubbish']\nlinker = \"no flags, so nobody asks\"\n"
               "[build]\nrustflags = [\"weaker\"]\n");
    folder_put(state, "top/project/.cargo/config.toml",
               "[target.'cfg(unix)']\nrustflags = [\"near\"]\n");
    expect(&asked, "musl|unix|near|");
}

static void
what_cannot_be_read_is_told_with_its_file(void **state)
{
    struct wf_build_asked asked = asked_in(state);
    struct wf_error err;
    char where[9000];

    folder_put(state, "top/.cargo/config.toml", "[build]\nrustflags = 3\n");
    flags_of(&asked, &err);
    snprintf(where, sizeof where, "%s", folder_path(state, "top/.cargo/config.toml"));
    assert_string_equal(err.where, where);
    assert_string_equal(err.text,
                        "line 2, column 13: build.rustflags is an integer; an array of "
                        "strings was expected");
    folder_put(state, "top/.cargo/config.toml", "[build\n");
    flags_of(&asked, &err);
    assert_string_equal(err.where, where);
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
}

static void
nothing_is_read_where_the_environment_says_it_all(void **state)
{
    struct wf_build_asked asked = asked_in(state);

    folder_put(state, "top/.cargo/config.toml", "rubbish");
    pack_set("RUSTFLAGS=-g");
    expect(&asked, "-g|");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_strongest_source_wins),
        IN_FOLDER(a_variable_that_is_set_to_nothing_counts),
        IN_FOLDER(configurations_are_joined_from_far_to_near),
        IN_FOLDER(conditions_are_asked_of_rustc),
        IN_FOLDER(what_cannot_be_read_is_told_with_its_file),
        IN_FOLDER(nothing_is_read_where_the_environment_says_it_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
