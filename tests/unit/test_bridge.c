/* test_bridge.c -- which binding a project has, from what cargo says of its crates. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/cargo_builder.h"
#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/bridge_parts.h"

#define FFI_029                                                                          \
    "{\"cpython\":{\"min-version\":\"3.8\",\"max-version\":\"3.15\"},"                   \
    "\"pypy\":{\"min-version\":\"3.11\",\"max-version\":\"3.11\"}}"
#define LIBRARY "cdylib:demo"
#define ROOT(targets_, deps_)                                                            \
    {                                                                                    \
        .name = "demo", .targets = (targets_), .deps = (deps_), .is_member = true        \
    }
#define PYO3(version_, features_)                                                        \
    {                                                                                    \
        .name = "pyo3", .version = (version_), .deps = "pyo3-ffi",                       \
        .features = (features_)                                                          \
    }
#define FFI(version_, features_, metadata_)                                              \
    {                                                                                    \
        .name = "pyo3-ffi", .version = (version_), .features = (features_),              \
        .metadata = (metadata_)                                                          \
    }

enum { MOST_CRATES = 8 };

struct found {
    struct wf_arena arena;
    struct wf_cargo_graph graph;
    struct wf_project project;
    struct wf_bridge bridge;
    struct wf_error err;
    bool ok;
};

static void
find(struct found *f, const struct cargo_crate *crates,
     const struct wf_build_asked *asked, enum wf_bindings configured)
{
    struct wf_buffer json;

    *f = (struct found){ .project.manifest = "/w/demo/Cargo.toml" };
    f->project.pyproject.settings.bindings = configured;
    wf_buffer_init(&json, 1 << 20);
    cargo_metadata_write(&json, crates);
    assert_true(
        wf_cargo_graph_parse(&f->graph, &f->arena, wf_buffer_bytes(&json), "m", &f->err));
    wf_buffer_clear(&json);
    f->ok = wf_bridge_find(&f->bridge, &f->arena, &f->project, &f->graph, asked, &f->err);
}

static void
end(struct found *f)
{
    wf_cargo_graph_end(&f->graph);
    wf_arena_clear(&f->arena);
}

/* The shapes of crates that people have, each with its binding in one word. */
static void
the_crates_of_the_root_decide(void **state)
{
    static const struct {
        enum wf_bindings asked;
        struct cargo_crate crates[MOST_CRATES];
        const char *word;
        enum wf_bindings bindings;
        bool is_bin;
    } rows[] = {
        { 0,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "default"),
            FFI("0.29.3", "default", FFI_029) },
          "pyo3 bindings",
          WF_BINDINGS_PYO3,
          false },
        { WF_BINDINGS_PYO3,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "default"),
            FFI("0.29.3", "default", FFI_029) },
          "pyo3 bindings",
          WF_BINDINGS_PYO3,
          false },
        /* The two words mean the same: the crate decides. */
        { WF_BINDINGS_PYO3_FFI,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "default"),
            FFI("0.29.3", "default", FFI_029) },
          "pyo3 bindings",
          WF_BINDINGS_PYO3,
          false },
        { 0,
          { ROOT(LIBRARY, "pyo3-ffi"), FFI("0.29.3", "abi3t,abi3t-py315", FFI_029) },
          "pyo3-ffi bindings with abi3t-py3.15 support",
          WF_BINDINGS_PYO3_FFI,
          false },
        { 0,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "abi3,abi3-py39,abi3-py310"),
            FFI("0.29.3", "abi3,abi3-py39,abi3-py310", FFI_029) },
          "pyo3 bindings with abi3-py3.9 support",
          WF_BINDINGS_PYO3,
          false },
        { 0,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "abi3t"),
            FFI("0.29.3", "abi3t", "{}") },
          "pyo3 bindings with abi3t support",
          WF_BINDINGS_PYO3,
          false },
        { 0,
          { ROOT(LIBRARY, "pyo3"), PYO3("0.29.3", "abi3-py38,abi3t-py315"),
            FFI("0.29.3", "abi3-py38,abi3t-py315", FFI_029) },
          "pyo3 bindings with abi3-py3.8 and abi3t-py3.15 support",
          WF_BINDINGS_PYO3,
          false },
        { 0,
          { ROOT("bin:demo", "pyo3"), PYO3("0.29.3", ""), FFI("0.29.3", "", FFI_029) },
          "pyo3 bin bindings",
          WF_BINDINGS_BIN,
          true },
        { WF_BINDINGS_BIN,
          { ROOT("cdylib:demo bin:demo", "pyo3"), PYO3("0.29.3", ""),
            FFI("0.29.3", "", FFI_029) },
          "pyo3 bin bindings",
          WF_BINDINGS_BIN,
          true },
        { 0,
          { ROOT("cdylib:demo bin:demo", "pyo3"), PYO3("0.29.3", ""),
            FFI("0.29.3", "", FFI_029) },
          "pyo3 bindings",
          WF_BINDINGS_PYO3,
          false },
        { 0,
          { ROOT(LIBRARY, "middle"),
            { .name = "middle", .deps = "uniffi" },
            { .name = "uniffi" } },
          "uniffi bindings",
          WF_BINDINGS_UNIFFI,
          false },
        { 0, { ROOT(LIBRARY, NULL) }, "cffi bindings", WF_BINDINGS_CFFI, false },
        { WF_BINDINGS_CFFI,
          { ROOT(LIBRARY, "uniffi"), { .name = "uniffi" } },
          "cffi bindings",
          WF_BINDINGS_CFFI,
          false },
        { 0, { ROOT("bin:demo", NULL) }, "bin bindings", WF_BINDINGS_BIN, true },
        { 0, { ROOT("lib:demo bin:demo", NULL) }, "bin bindings", WF_BINDINGS_BIN, true },
        /* A cdylib that is an example is none of the wheel's. */
        { 0,
          { ROOT("example:demo:cdylib bin:demo", NULL) },
          "bin bindings",
          WF_BINDINGS_BIN,
          true },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_build_asked asked = pack_asked_new("/");
        struct found f;

        asked.bindings = rows[i].asked;
        find(&f, rows[i].crates, &asked, WF_BINDINGS_AUTO);
        if (!f.ok)
            fail_msg("row %zu: %s", i, f.err.text);
        assert_string_equal(wf_bridge_word(&f.arena, &f.bridge), rows[i].word);
        assert_int_equal(f.bridge.bindings, rows[i].bindings);
        assert_int_equal(f.bridge.is_bin, rows[i].is_bin);
        assert_string_equal(pack_says(), "");
        end(&f);
    }
}

static void
a_configured_binding_counts_where_none_is_asked_for(void **state)
{
    static const struct cargo_crate crates[] = {
        ROOT("cdylib:demo bin:demo", NULL),
        { .name = NULL },
    };
    struct wf_build_asked asked = pack_asked_new("/");
    struct found f;

    (void)state;
    find(&f, crates, &asked, WF_BINDINGS_BIN);
    assert_true(f.ok);
    assert_int_equal(f.bridge.bindings, WF_BINDINGS_BIN);
    end(&f);
    asked.bindings = WF_BINDINGS_CFFI;
    find(&f, crates, &asked, WF_BINDINGS_BIN);
    assert_true(f.ok);
    assert_int_equal(f.bridge.bindings, WF_BINDINGS_CFFI);
    end(&f);
}

static void
what_cannot_be_decided_or_had_is_refused(void **state)
{
    static const struct {
        enum wf_bindings asked;
        struct cargo_crate crates[MOST_CRATES];
        const char *says;
    } rows[] = {
        { WF_BINDINGS_PYO3,
          { ROOT(LIBRARY, NULL) },
          "pyo3 bindings are asked for, but demo depends neither on pyo3 nor on "
          "pyo3-ffi; "
          "is a feature missing that turns it on?" },
        { WF_BINDINGS_PYO3,
          { ROOT("bin:demo", NULL) },
          "pyo3 bindings are asked for, but demo depends neither on pyo3 nor on "
          "pyo3-ffi; "
          "is a feature missing that turns it on?" },
        { 0,
          { ROOT("lib:demo", NULL) },
          "/w/demo/Cargo.toml has neither a library of crate-type cdylib nor a program, "
          "and no binding crate among its dependencies: add `crate-type = [\"cdylib\"]` "
          "to "
          "[lib], or name the binding with --bindings" },
        { 0,
          { ROOT(LIBRARY, "cpython"), { .name = "cpython", .version = "0.7.2" } },
          "the crate depends on cpython 0.7.2 (rust-cpython), which is no longer "
          "supported; move to pyo3, or choose another binding with --bindings" },
        { 0,
          { ROOT(LIBRARY, "pyo3@0.28.0 pyo3@0.29.0"),
            { .name = "pyo3", .version = "0.28.0" },
            { .name = "pyo3", .version = "0.29.0" } },
          "the crate depends on pyo3 0.28.0 and pyo3 0.29.0; only one version of it can "
          "be "
          "linked: see `cargo tree -i pyo3`" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_build_asked asked = pack_asked_new("/");
        struct found f;

        asked.bindings = rows[i].asked;
        find(&f, rows[i].crates, &asked, WF_BINDINGS_AUTO);
        assert_false(f.ok);
        assert_error(f.err, WF_ERR_REFUSED, rows[i].says);
        end(&f);
    }
}

/* pyo3-ffi says which Pythons it supports; older ones do not, and PyPy's least is known by
 * the version of pyo3. */
static void
bounds_of_python_come_from_pyo3_ffi(void **state)
{
    static const struct {
        const char *version, *metadata;
        unsigned cpython_min, cpython_max, pypy_min, pypy_max;
        bool free_threaded;
    } rows[] = {
        { "0.29.3", FFI_029, 8, 15, 11, 11, true },
        { "0.23.0", NULL, 7, 14, 9, 11, true },
        { "0.22.6", NULL, 7, 14, 7, 11, false },
        { "0.14.0", "{}", 7, 14, 7, 11, false },
        { "0.13.2", "[]", 7, 14, 8, 11, false },
        { "1.0.0", "{\"cpython\":3,\"pypy\":{\"min-version\":3}}", 7, 14, 9, 11, true },
        /* A number that no Python will have would be a loop of probes. */
        { "0.29.0", "{\"cpython\":{\"max-version\":\"3.4000000000\"}}", 7, 14, 9, 11,
          true },
        { "0.29.0", "{\"cpython\":{\"max-version\":\"3.x\"}}", 7, 14, 9, 11, true },
        { "rubbish", NULL, 7, 14, 8, 11, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct cargo_crate crates[] = {
            ROOT(LIBRARY, "pyo3"),
            PYO3(rows[i].version, "extension-module"),
            FFI(rows[i].version, "", rows[i].metadata),
            { .name = NULL },
        };
        struct wf_build_asked asked = pack_asked_new("/");
        struct found f;

        find(&f, crates, &asked, WF_BINDINGS_AUTO);
        assert_true(f.ok);
        assert_int_equal(f.bridge.cpython_min, rows[i].cpython_min);
        assert_int_equal(f.bridge.cpython_max, rows[i].cpython_max);
        assert_int_equal(f.bridge.pypy_min, rows[i].pypy_min);
        assert_int_equal(f.bridge.pypy_max, rows[i].pypy_max);
        assert_int_equal(f.bridge.free_threaded, rows[i].free_threaded);
        end(&f);
    }
}

static void
features_make_floors(void **state)
{
    static const struct {
        const char *features[6];
        struct wf_stable_floor abi3, abi3t;
    } rows[] = {
        { { "default", "abi4", "abi3x", "abi3-py2", "abi3-py3", "abi3-pyx" },
          { 0 },
          { 0 } },
        { { "abi3" }, { WF_STABLE_ABI3, false, 0 }, { 0 } },
        { { "abi3-py310", "abi3", "abi3-py38" }, { WF_STABLE_ABI3, true, 8 }, { 0 } },
        { { "abi3-py38", "abi3-py310" }, { WF_STABLE_ABI3, true, 8 }, { 0 } },
        { { "abi3t" }, { 0 }, { WF_STABLE_ABI3T, false, 0 } },
        { { "abi3t-py315" }, { 0 }, { WF_STABLE_ABI3T, true, 15 } },
        { { "abi3t-py313" }, { 0 }, { WF_STABLE_ABI3T, true, 15 } },
        { { "abi3t-py316", "abi3-py39" },
          { WF_STABLE_ABI3, true, 9 },
          { WF_STABLE_ABI3T, true, 16 } },
        { { "abi3-py34000000000" }, { 0 }, { 0 } },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_bridge bridge = { 0 };
        struct wf_arena arena = { 0 };
        struct wf_strings features = { 0 };

        for (size_t j = 0; j < WF_COUNT(rows[i].features); j++)
            if (rows[i].features[j] != NULL)
                wf_strings_append(&arena, &features, rows[i].features[j]);
        wf_bridge_features(&bridge, &features);
        assert_int_equal(bridge.abi3.family, rows[i].abi3.family);
        assert_int_equal(bridge.abi3.is_fixed, rows[i].abi3.is_fixed);
        assert_int_equal(bridge.abi3.minor, rows[i].abi3.minor);
        assert_int_equal(bridge.abi3t.family, rows[i].abi3t.family);
        assert_int_equal(bridge.abi3t.is_fixed, rows[i].abi3t.is_fixed);
        assert_int_equal(bridge.abi3t.minor, rows[i].abi3t.minor);
        wf_arena_clear(&arena);
    }
}

static void
an_old_extension_without_its_feature_is_warned_of(void **state)
{
    static const struct {
        const char *version, *features, *targets;
        bool is_warned;
    } rows[] = {
        { "0.25.1", "default", LIBRARY, true },
        { "0.25.1", "extension-module", LIBRARY, false },
        { "0.26.0", "default", LIBRARY, false },
        { "0.25.1", "default", "bin:demo", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct cargo_crate crates[] = {
            ROOT(rows[i].targets, "pyo3"),
            PYO3(rows[i].version, rows[i].features),
            FFI(rows[i].version, "", NULL),
            { .name = NULL },
        };
        struct wf_build_asked asked = pack_asked_new("/");
        struct found f;

        find(&f, crates, &asked, WF_BINDINGS_AUTO);
        assert_true(f.ok);
        assert_string_equal(pack_says(),
                            rows[i].is_warned
                                ? "warning: pyo3 0.25.1 is built without its feature "
                                  "extension-module: the "
                                  "library will want libpython, which is not there on "
                                  "every machine; turn "
                                  "the feature on, or take pyo3 0.26 or newer\n"
                                : "");
        end(&f);
    }
}

/* A cargo of the test's own: `script` is its answer to `cargo tree`. */
static struct wf_build_asked
asked_with_cargo(void **state, const char *script)
{
    static char path[9000];
    struct wf_build_asked asked = pack_asked_new(*state);

    folder_write(state, "cargo", script);
    assert_int_equal(chmod(folder_path(state, "cargo"), 0700), 0);
    snprintf(path, sizeof path, "%s:%s", (const char *)*state, getenv("PATH"));
    assert_int_equal(setenv("PATH", path, 1), 0);
    return asked;
}

/* In the whole workspace pyo3 is there with abi3; only the other member asks for it. */
static const struct cargo_crate workspace[] = {
    { .name = "demo", .targets = LIBRARY, .deps = "pyo3", .is_member = true },
    { .name = "other", .deps = "pyo3", .is_member = true },
    PYO3("0.29.3", "abi3,abi3-py39,extension-module"),
    FFI("0.29.3", "abi3,abi3-py39", FFI_029),
    { .name = NULL },
};

static void
in_a_workspace_the_features_of_the_root_alone_count(void **state)
{
    struct wf_build_asked asked =
        asked_with_cargo(state, "#!/bin/sh\n"
                                "echo \"$@\" > asked\n"
                                "echo 'demo v0.1.0 (/w|x/demo)|'\n"
                                "echo 'pyo3 v0.29.3|default,macros'\n"
                                "echo 'pyo3-ffi v0.29.3 (proc-macro)|'\n"
                                "echo\n"
                                "echo 'pyo3 v0.29.3|extension-module (*)'\n");
    struct wf_buffer words;
    struct found f;

    asked.cargo.locked = true;
    asked.cargo.target = "x86_64-unknown-linux-gnu";
    find(&f, workspace, &asked, WF_BINDINGS_AUTO);
    assert_true(f.ok);
    assert_string_equal(wf_bridge_word(&f.arena, &f.bridge), "pyo3 bindings");
    assert_true(f.bridge.extension_module);
    assert_string_equal(pack_says(), "");
    wf_buffer_init(&words, 1000);
    assert_true(wf_file_read_whole(&words, folder_path(state, "asked"), NULL));
    assert_true(wf_bytes_equal_str(
        wf_buffer_bytes(&words),
        "tree --manifest-path /w/demo/Cargo.toml --edges normal,build,dev --prefix none "
        "--format {p}|{f} --color never --locked --target x86_64-unknown-linux-gnu\n"));
    wf_buffer_clear(&words);
    end(&f);
}

static void
a_binding_that_only_another_member_has_is_none(void **state)
{
    struct wf_build_asked asked =
        asked_with_cargo(state, "#!/bin/sh\necho 'demo v0.1.0 (/w/demo)|'\n");
    struct found f;

    find(&f, workspace, &asked, WF_BINDINGS_AUTO);
    assert_true(f.ok);
    assert_string_equal(wf_bridge_word(&f.arena, &f.bridge), "cffi bindings");
    end(&f);
}

static void
when_cargo_tree_fails_the_whole_workspace_counts(void **state)
{
    static const struct {
        const char *script, *why;
    } rows[] = {
        { "#!/bin/sh\necho 'pyo3 v0.29.3|default'\necho 'no lock' >&2\nexit 101\n",
          "it ended with status 101: no lock\n" },
        { "#!/bin/sh\necho 'pyo3 of some kind|default'\n",
          "\"pyo3 of some kind|default\" is no line of the form \"name "
          "vVERSION|features\"" },
        { "#!/bin/sh\necho 'pyo3 v0.29.3'\n",
          "\"pyo3 v0.29.3\" is no line of the form \"name vVERSION|features\"" },
        { "#!/bin/sh\nwhile :; do printf xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done\n",
          "cargo wrote a line of more than 65536 bytes" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_build_asked asked = asked_with_cargo(state, rows[i].script);
        struct found f;
        char says[600];

        find(&f, workspace, &asked, WF_BINDINGS_AUTO);
        assert_true(f.ok);
        assert_string_equal(wf_bridge_word(&f.arena, &f.bridge),
                            "pyo3 bindings with abi3-py3.9 support");
        snprintf(says, sizeof says,
                 "warning: `cargo tree` could not tell which bindings the crate itself "
                 "has, so those of the whole workspace count: %s\n",
                 rows[i].why);
        assert_string_equal(pack_says(), says);
        end(&f);
    }
}

/* A crate alone is not asked about: its cargo would fail here. */
static void
a_crate_alone_needs_no_cargo_tree(void **state)
{
    struct wf_build_asked asked = asked_with_cargo(state, "#!/bin/sh\nexit 1\n");
    static const struct cargo_crate crates[] = {
        ROOT(LIBRARY, "pyo3"),
        PYO3("0.29.3", "abi3"),
        FFI("0.29.3", "abi3", FFI_029),
        { .name = NULL },
    };
    struct found f;

    find(&f, crates, &asked, WF_BINDINGS_AUTO);
    assert_true(f.ok);
    assert_string_equal(pack_says(), "");
    end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_crates_of_the_root_decide),
        cmocka_unit_test(a_configured_binding_counts_where_none_is_asked_for),
        cmocka_unit_test(what_cannot_be_decided_or_had_is_refused),
        cmocka_unit_test(bounds_of_python_come_from_pyo3_ffi),
        cmocka_unit_test(features_make_floors),
        cmocka_unit_test(an_old_extension_without_its_feature_is_warned_of),
        IN_FOLDER(in_a_workspace_the_features_of_the_root_alone_count),
        IN_FOLDER(a_binding_that_only_another_member_has_is_none),
        IN_FOLDER(when_cargo_tree_fails_the_whole_workspace_counts),
        IN_FOLDER(a_crate_alone_needs_no_cargo_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
