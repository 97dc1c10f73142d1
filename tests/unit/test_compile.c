/* test_compile.c -- targets, and runs of a cargo of the test's own: what it is called with,
 * and what it does. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/cargo_builder.h"
#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/compile_parts.h"

#define ROOT_ID "path+file:///w#demo@0.1.0"
#define TELLS(kind, type, name, file)                                                    \
    "echo '{\"reason\":\"compiler-artifact\",\"package_id\":\"" ROOT_ID "\",\"target\":" \
    "{\"kind\":[\"" kind "\"],\"crate_types\":[\"" type "\"],\"name\":\"" name "\"},"    \
    "\"filenames\":[\"" file "\"]}'\n"
#define TELLS_LIBRARY TELLS("cdylib", "cdylib", "demo", "/t/libdemo.so")

struct work {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_cargo_graph graph;
    struct wf_project project;
    struct wf_bridge bridge;
    struct wf_triple triple;
    struct wf_compile_request request;
    struct wf_compiled compiled;
    struct wf_error err;
};

/* A crate called demo with those targets and features, below the test's folder. */
static void
begin(struct work *w, const char *folder, const char *targets, const char *features)
{
    const struct cargo_crate crates[] = {
        { .name = "demo", .targets = targets, .features = features, .is_member = true },
        { .name = NULL },
    };
    struct wf_buffer json;

    *w = (struct work){
        .asked = pack_asked_new(folder),
        .project.manifest = "/w/demo/Cargo.toml",
        .bridge.bindings = WF_BINDINGS_CFFI,
        .triple = { .text = "x86_64-unknown-linux-gnu",
                    .arch = "x86_64",
                    .os = WF_OS_LINUX },
    };
    wf_buffer_init(&json, 1 << 16);
    cargo_metadata_write(&json, crates);
    assert_true(
        wf_cargo_graph_parse(&w->graph, &w->arena, wf_buffer_bytes(&json), "m", NULL));
    wf_buffer_clear(&json);
    w->request = (struct wf_compile_request){
        .asked = &w->asked,
        .project = &w->project,
        .graph = &w->graph,
        .bridge = &w->bridge,
        .triple = &w->triple,
        .profile = "dev",
    };
}

static void
end(struct work *w)
{
    wf_cargo_graph_end(&w->graph);
    wf_arena_clear(&w->arena);
}

/* The names of the targets, or why there are none. */
static const char *
targets_of(struct work *w)
{
    static char text[1200];
    const struct wf_crate_target **targets = NULL;
    size_t num = 0;

    text[0] = '\0';
    w->err = (struct wf_error){ 0 };
    if (!wf_compile_targets(&targets, &num, &w->arena, &w->bridge, &w->project, &w->graph,
                            w->asked.say, &w->err))
        snprintf(text, sizeof text, "%s", w->err.text);
    for (size_t i = 0; i < num; i++) {
        const size_t used = strlen(text);

        snprintf(text + used, sizeof text - used, "%s ", targets[i]->name);
    }
    return text;
}

static void
libraries_or_programs_are_built_as_the_binding_wants(void **state)
{
    static const struct {
        const char *targets, *features;
        bool is_bin;
        const char *built;
    } rows[] = {
        { "bin:tool cdylib:demo:cdylib,rlib", "", false, "demo " },
        { "bin:tool lib:demo", "", false, "demo " },
        { "rlib:one rlib:two", "", false, "one " },
        { "rlib:one cdylib:two", "", false, "two " },
        { "custom-build:build-script-build:bin example:demo:cdylib", "", false,
          "/w/demo/Cargo.toml has no library; add [lib] with crate-type = [\"cdylib\"]" },
        { "cdylib:demo bin:tool bin:other", "", true, "tool other " },
        { "bin:tool bin:other:bin:cli,net", "cli", true, "tool " },
        { "bin:tool bin:other:bin:cli,net", "net,cli", true, "tool other " },
        { "bin:other:bin:cli", "", true,
          "/w/demo/Cargo.toml has no program that can be built: those it has need "
          "features "
          "that are off" },
        { "cdylib:demo test:demo:bin custom-build:demo:bin", "", true,
          "/w/demo/Cargo.toml has no program, as the bindings \"bin\" want one; add "
          "src/main.rs or [[bin]], or take the bindings of its library" },
        { "test:demo:bin bench:demo:bin custom-build:demo:bin bin:tool", "", true,
          "tool " },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct work w;

        begin(&w, "/", rows[i].targets, rows[i].features);
        w.bridge.is_bin = rows[i].is_bin;
        assert_string_equal(targets_of(&w), rows[i].built);
        assert_string_equal(pack_says(), "");
        end(&w);
    }
}

static void
configured_targets_are_built_alone_and_said(void **state)
{
    static const struct wf_target_choice choices[] = {
        { "tool", NULL }, { "other", "cdylib" }, { "third", "bin" }, { "no-such", NULL }
    };
    struct work w;

    (void)state;
    begin(&w, "/", "bin:tool bin:other bin:third", "");
    w.bridge.is_bin = true;
    w.project.pyproject.settings.has_targets = true;
    assert_string_equal(targets_of(&w),
                        "none of the crate's targets is named by `targets` in "
                        "pyproject.toml; see their names and crate types with `cargo "
                        "metadata --no-deps`");
    assert_int_equal(w.err.kind, WF_ERR_REFUSED);
    w.project.pyproject.settings.targets = (struct wf_target_choice *)(uintptr_t)choices;
    w.project.pyproject.settings.num_targets = WF_COUNT(choices);
    assert_string_equal(targets_of(&w), "tool third ");
    assert_string_equal(pack_says(),
                        "Found 2 Cargo targets in `Cargo.toml`: tool, third\n");
    end(&w);
}

static struct wf_strings
words(struct work *w, const char *const *items, size_t num)
{
    struct wf_strings list = { 0 };

    for (size_t i = 0; i < num; i++)
        wf_strings_append(&w->arena, &list, items[i]);
    return list;
}

static const char *
arguments_of(struct work *w)
{
    static char text[2000];
    const char *const *argv =
        wf_compile_arguments(&w->arena, &w->request, &w->graph.root->targets[0]);

    text[0] = '\0';
    for (; *argv != NULL; argv++) {
        const size_t used = strlen(text);

        snprintf(text + used, sizeof text - used, "%s|", *argv);
    }
    return text;
}

static void
cargo_is_called_with_everything_in_its_order(void **state)
{
    static const char *const features[] = { "a,b", "c" };
    static const char *const held[] = { "pyo3/abi3" };
    static const char *const config[] = { "net.retry=1", "x.toml" };
    static const char *const unstable[] = { "build-std" };
    static const char *const rustc[] = { "-C", "lto" };
    struct work w;

    (void)state;
    begin(&w, "/", "cdylib:demo:rlib,cdylib", "");
    w.asked.cargo = (struct wf_cargo_asked){
        .quiet = true,
        .jobs = "3",
        .profile = "not this one",
        .features = words(&w, features, 2),
        .all_features = true,
        .no_default_features = true,
        .target = "x86_64-unknown-linux-gnu",
        .target_dir = "/t",
        .ignore_rust_version = true,
        .color = "never",
        .frozen = true,
        .locked = true,
        .offline = true,
        .config = words(&w, config, 2),
        .unstable = words(&w, unstable, 1),
        .timings = true,
        .future_incompat_report = true,
        .verbose = 5,
        .rustc_args = words(&w, rustc, 2),
    };
    w.request.features = words(&w, held, 1);
    w.request.profile = "release";
    w.request.strip = true;
    pack_set("CARGO=/opt/cargo");
    assert_string_equal(
        arguments_of(&w),
        "/opt/cargo|rustc|--quiet|--jobs|3|--profile|release|--features|a,b|--features|c|"
        "--features|pyo3/abi3|--all-features|--no-default-features|--target|"
        "x86_64-unknown-linux-gnu|--target-dir|/t|--message-format|"
        "json-render-diagnostics|-vv|--color|never|--frozen|--locked|--offline|--config|"
        "net.retry=1|--config|x.toml|-Z|build-std|--timings|--manifest-path|"
        "/w/demo/Cargo.toml|--ignore-rust-version|--lib|--crate-type|cdylib|"
        "--future-incompat-report|--|-C|lto|-C|strip=symbols|");
    end(&w);
}

static void
what_is_not_asked_for_is_not_said_to_cargo(void **state)
{
    static const struct {
        const char *targets, *end;
    } rows[] = {
        { "cdylib:demo", "--lib|" },
        { "lib:demo", "--lib|--crate-type|cdylib|" },
        { "staticlib:demo:staticlib,cdylib", "--lib|--crate-type|cdylib|" },
        { "bin:tool", "--bin|tool|" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct work w;
        char says[300];

        begin(&w, "/", rows[i].targets, "");
        snprintf(says, sizeof says,
                 "cargo|rustc|--profile|dev|--message-format|json-render-diagnostics|"
                 "--manifest-path|/w/demo/Cargo.toml|%s",
                 rows[i].end);
        assert_string_equal(arguments_of(&w), says);
        end(&w);
    }
}

static void
an_extension_for_macos_names_itself_by_rpath(void **state)
{
    struct wf_crate pyo3 = { .name = "pyo3" };
    struct work w;

    (void)state;
    begin(&w, "/", "cdylib:demo", "");
    w.triple.os = WF_OS_MACOS;
    w.request.library_file = "demo.abi3.so";
    assert_null(strstr(arguments_of(&w), "install_name"));
    w.bridge.pyo3 = &pyo3;
    assert_non_null(strstr(arguments_of(&w),
                           "|--|-C|link-args=-Wl,-install_name,@rpath/demo.abi3.so|"));
    w.bridge.is_bin = true;
    assert_null(strstr(arguments_of(&w), "install_name"));
    end(&w);
}

/* The variable NAME of what cargo gets, or NULL. */
static const char *
variable_for_cargo(struct work *w, const char *name)
{
    const size_t len = strlen(name);
    const char *const *env = NULL;

    w->err = (struct wf_error){ 0 };
    if (!wf_compile_environment(&env, &w->arena, &w->request, &w->graph.root->targets[0],
                                &w->err))
        return NULL;
    for (; *env != NULL; env++)
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
            return *env + len + 1;
    return NULL;
}

static void
flags_of_rustc_are_encoded_only_where_some_are_added(void **state)
{
    static const char flags[] = "CARGO_ENCODED_RUSTFLAGS";
    struct wf_crate pyo3 = { .name = "pyo3" };
    struct work w;

    (void)state;
    begin(&w, "/", "cdylib:demo", "");
    pack_set("RUSTFLAGS=-g --cfg x");
    pack_set("CARGO=/opt/cargo");
    assert_null(variable_for_cargo(&w, flags));
    assert_string_equal(variable_for_cargo(&w, "RUSTFLAGS"), "-g --cfg x");
    assert_null(variable_for_cargo(&w, "CARGO"));
    w.triple.is_musl = true;
    assert_string_equal(variable_for_cargo(&w, flags),
                        "-g\x1f--cfg\x1fx\x1f-C\x1ftarget-feature=-crt-static");
    pack_set("RUSTFLAGS=-Ctarget-feature=-crt-static");
    assert_null(variable_for_cargo(&w, flags));
    pack_set("RUSTFLAGS=-C target-feature=-crt-static");
    assert_null(variable_for_cargo(&w, flags));
    w.triple.is_musl = false;
    w.triple.os = WF_OS_MACOS;
    w.triple.text = "aarch64-apple-darwin";
    pack_set("RUSTFLAGS=");
    assert_null(variable_for_cargo(&w, flags));
    w.bridge.pyo3 = &pyo3;
    assert_string_equal(variable_for_cargo(&w, flags),
                        "-C\x1flink-arg=-undefined\x1f-C\x1flink-arg=dynamic_lookup");
    w.asked.include_debuginfo = true;
    assert_non_null(strstr(variable_for_cargo(&w, flags), "\x1fsplit-debuginfo=packed"));
    end(&w);
}

static void
a_program_for_musl_stays_static(void **state)
{
    struct work w;

    (void)state;
    begin(&w, "/", "bin:tool", "");
    w.triple.is_musl = true;
    assert_null(variable_for_cargo(&w, "CARGO_ENCODED_RUSTFLAGS"));
    assert_int_equal(w.err.kind, WF_ERR_NONE);
    end(&w);
}

static void
debug_information_that_no_wheel_can_hold_is_refused(void **state)
{
    struct work w;

    (void)state;
    begin(&w, "/", "cdylib:demo", "");
    pack_set("RUSTFLAGS=-C split-debuginfo=unpacked");
    assert_null(variable_for_cargo(&w, "CARGO_ENCODED_RUSTFLAGS"));
    assert_int_equal(w.err.kind, WF_ERR_NONE);
    w.asked.include_debuginfo = true;
    assert_null(variable_for_cargo(&w, "CARGO_ENCODED_RUSTFLAGS"));
    assert_error(
        w.err, WF_ERR_REFUSED,
        "-C split-debuginfo=unpacked leaves the debug information in object files "
        "that no wheel can hold; take \"packed\", or leave out "
        "--include-debuginfo");
    end(&w);
}

static void
the_deployment_target_of_macos_is_set_unless_it_is(void **state)
{
    static const char name[] = "MACOSX_DEPLOYMENT_TARGET";
    struct work w;

    (void)state;
    begin(&w, "/", "cdylib:demo", "");
    assert_null(variable_for_cargo(&w, name));
    w.triple = (struct wf_triple){ .text = "x86_64-apple-darwin",
                                   .arch = "x86_64",
                                   .os = WF_OS_MACOS };
    assert_string_equal(variable_for_cargo(&w, name), "10.12");
    assert_string_equal(pack_says(), "Using MACOSX_DEPLOYMENT_TARGET=10.12 for "
                                     "x86_64-apple-darwin by default\n");
    w.triple.arch = "aarch64";
    assert_string_equal(variable_for_cargo(&w, name), "11.0");
    assert_true(wf_toml_parse(&w.project.pyproject.settings.target, &w.arena,
                              wf_bytes_str("x86_64-apple-darwin."
                                           "macos-deployment-target = \"12.3\""),
                              &w.err));
    assert_string_equal(variable_for_cargo(&w, name), "12.3");
    pack_set("MACOSX_DEPLOYMENT_TARGET=13.0");
    assert_string_equal(variable_for_cargo(&w, name), "13.0");
    end(&w);
}

/* Writes the cargo that is run, and runs it. */
static bool
build(struct work *w, void **state, const char *script)
{
    static char program[9000];
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 16);
    wf_buffer_printf(&text, "#!/bin/sh\n%s", script);
    wf_buffer_add_char(&text, '\0');
    folder_write(state, "cargo", (const char *)text.data);
    wf_buffer_clear(&text);
    snprintf(program, sizeof program, "CARGO=%s", folder_path(state, "cargo"));
    assert_int_equal(chmod(program + strlen("CARGO="), 0700), 0);
    pack_set(program);
    w->err = (struct wf_error){ 0 };
    w->compiled = (struct wf_compiled){ 0 };
    return wf_compile(&w->compiled, &w->arena, &w->request, &w->err);
}

static void
each_target_is_a_run_of_its_own(void **state)
{
    struct work w;

    begin(&w, *state, "bin:one bin:two", "");
    w.bridge.is_bin = true;
    assert_true(build(&w, state,
                      "case \"$*\" in *--bin\\ one*) n=one;; *) n=two;; esac\n"
                      "echo '{\"reason\":\"compiler-artifact\",\"package_id\":\"" ROOT_ID
                      "\",\"target\":{\"kind\":[\"bin\"],\"crate_types\":[\"bin\"],"
                      "\"name\":\"'$n'\"},\"filenames\":[\"/t/'$n'\"]}'\n"));
    assert_int_equal(w.compiled.num_artifacts, 2);
    assert_string_equal(w.compiled.artifacts[0].path, "/t/one");
    assert_string_equal(w.compiled.artifacts[1].path, "/t/two");
    assert_string_equal(w.compiled.artifacts[1].target->name, "two");
    end(&w);
}

static void
link_paths_are_told_once_in_their_order(void **state)
{
    struct work w;

    begin(&w, *state, "cdylib:demo", "");
    assert_true(build(&w, state,
                      "for p in /z /a /z /m /a; do echo "
                      "'{\"reason\":\"build-script-executed\",\"package_id\":\"x\","
                      "\"linked_libs\":[\"l\"],\"linked_paths\":[\"native='$p'\"]}'; "
                      "done\n" TELLS_LIBRARY));
    assert_int_equal(w.compiled.link_paths.num, 3);
    assert_string_equal(w.compiled.link_paths.items[0], "/z");
    assert_string_equal(w.compiled.link_paths.items[1], "/a");
    assert_string_equal(w.compiled.link_paths.items[2], "/m");
    end(&w);
}

static void
a_cargo_that_fails_is_told_with_its_command(void **state)
{
    static const struct {
        const char *script, *status;
    } rows[] = {
        { TELLS_LIBRARY "exit 101", "exit status: 101" },
        { "kill -9 $$", "signal: 9" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct work w;
        char says[1100];

        begin(&w, *state, "cdylib:demo", "");
        assert_false(build(&w, state, rows[i].script));
        snprintf(says, sizeof says,
                 "Cargo build finished with \"%s\": `%s rustc --profile dev "
                 "--message-format json-render-diagnostics --manifest-path "
                 "/w/demo/Cargo.toml --lib`",
                 rows[i].status, folder_path(state, "cargo"));
        assert_error(w.err, WF_ERR_REFUSED, says);
        assert_int_equal(w.compiled.num_artifacts, 0);
        end(&w);
    }
}

#define NO_XWIN                                                                          \
    "xwin is not supported: build on Windows, have a linker of your own "                \
    "(CARGO_TARGET_<TRIPLE>_LINKER), or make the wheel with --artifact"

static void
no_xwin_links_for_windows(void **state)
{
    struct work w;

    begin(&w, *state, "cdylib:demo", "");
    w.triple = (struct wf_triple){ .text = "x86_64-pc-windows-msvc",
                                   .arch = "x86_64",
                                   .os = WF_OS_WINDOWS,
                                   .is_cross = true };
    pack_set("MATURIN_USE_XWIN=0");
    assert_true(build(&w, state, TELLS_LIBRARY));
    assert_string_equal(pack_says(), "");
    assert_false(build(&w, state, "exit 101"));
    assert_non_null(strstr(w.err.text, "exit status: 101"));
    assert_string_equal(pack_says(), "warning: " NO_XWIN "\n");
    pack_set("MATURIN_USE_XWIN=1");
    assert_false(build(&w, state, TELLS_LIBRARY));
    assert_error(w.err, WF_ERR_REFUSED, "MATURIN_USE_XWIN: " NO_XWIN);
    w.triple.is_cross = false;
    assert_true(build(&w, state, TELLS_LIBRARY));
    end(&w);
}

static void
a_cargo_that_tells_of_no_library_is_told(void **state)
{
    static const char *const scripts[] = {
        ":",
        "echo rubbish; echo '{\"reason\":\"build-finished\",\"success\":true}'",
        TELLS("custom-build", "bin", "demo", "/t/build-script-build"),
        TELLS("rlib", "rlib", "demo", "/t/libdemo.rlib"),
    };

    for (size_t i = 0; i < WF_COUNT(scripts); i++) {
        struct work w;

        begin(&w, *state, "cdylib:demo", "");
        assert_false(build(&w, state, scripts[i]));
        assert_error(
            w.err, WF_ERR_REFUSED,
            "cargo has built no cdylib of demo: it told of none; does [lib] have "
            "crate-type = [\"cdylib\"]?");
        end(&w);
    }
}

static void
a_cargo_that_floods_is_ended(void **state)
{
    struct work w;
    char says[9100];

    begin(&w, *state, "cdylib:demo", "");
    assert_false(build(&w, state, "exec tr '\\0' x < /dev/zero"));
    snprintf(says, sizeof says, "%s wrote a line of more than 16777216 bytes",
             folder_path(state, "cargo"));
    assert_error(w.err, WF_ERR_IO, says);
    assert_string_equal(w.err.where, "building demo");
    end(&w);
}

static void
a_cargo_that_is_not_there_is_told(void **state)
{
    struct work w;

    begin(&w, *state, "cdylib:demo", "");
    pack_set("CARGO=/no/such/cargo");
    assert_false(wf_compile(&w.compiled, &w.arena, &w.request, &w.err));
    assert_error(w.err, WF_ERR_IO,
                 "/no/such/cargo cannot be started: No such file or directory");
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libraries_or_programs_are_built_as_the_binding_wants),
        cmocka_unit_test(configured_targets_are_built_alone_and_said),
        cmocka_unit_test(cargo_is_called_with_everything_in_its_order),
        cmocka_unit_test(what_is_not_asked_for_is_not_said_to_cargo),
        cmocka_unit_test(an_extension_for_macos_names_itself_by_rpath),
        cmocka_unit_test(flags_of_rustc_are_encoded_only_where_some_are_added),
        cmocka_unit_test(a_program_for_musl_stays_static),
        cmocka_unit_test(debug_information_that_no_wheel_can_hold_is_refused),
        cmocka_unit_test(the_deployment_target_of_macos_is_set_unless_it_is),
        IN_FOLDER(each_target_is_a_run_of_its_own),
        IN_FOLDER(link_paths_are_told_once_in_their_order),
        IN_FOLDER(a_cargo_that_fails_is_told_with_its_command),
        IN_FOLDER(no_xwin_links_for_windows),
        IN_FOLDER(a_cargo_that_tells_of_no_library_is_told),
        IN_FOLDER(a_cargo_that_floods_is_ended),
        IN_FOLDER(a_cargo_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
