/* test_compile_messages.c -- files and folders out of cargo's messages. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/cargo_builder.h"
#include "../support/pack_asked.h"
#include "pack/compile_parts.h"

#define ROOT_ID "path+file:///w#demo@0.1.0"
#define ARTIFACT(id, kind, types, name, files)                                           \
    "{\"reason\":\"compiler-artifact\",\"package_id\":\"" id "\",\"target\":{\"kind\":"  \
    "[" kind "],\"crate_types\":[" types "],\"name\":\"" name                            \
    "\"},\"filenames\":[" files "],\"executable\":null,\"fresh\":false}"
#define SCRIPT(id, libs, paths, folder)                                                  \
    "{\"reason\":\"build-script-executed\",\"package_id\":\"" id                         \
    "\",\"linked_libs\":[" libs "],\"linked_paths\":[" paths "],\"out_dir\":\"" folder   \
    "\"}"

enum { LIBRARY, PROGRAM };

struct listening {
    struct wf_arena arena;
    struct wf_cargo_graph graph;
    struct wf_compiled compiled;
    struct wf_compile_state state;
};

static void
begin(struct listening *l, size_t target, const struct wf_say *say)
{
    static const struct cargo_crate crates[] = {
        { .name = "demo",
          .targets = "cdylib:demo:cdylib,rlib bin:tool",
          .is_member = true },
        { .name = NULL },
    };
    struct wf_buffer json;

    *l = (struct listening){ 0 };
    wf_buffer_init(&json, 1 << 16);
    cargo_metadata_write(&json, crates);
    assert_true(
        wf_cargo_graph_parse(&l->graph, &l->arena, wf_buffer_bytes(&json), "m", NULL));
    wf_buffer_clear(&json);
    l->state = (struct wf_compile_state){
        .arena = &l->arena,
        .graph = &l->graph,
        .say = say,
        .target = &l->graph.root->targets[target],
        .out = &l->compiled,
    };
}

static void
end(struct listening *l)
{
    wf_cargo_graph_end(&l->graph);
    wf_arena_clear(&l->arena);
}

static void
hear(struct listening *l, const char *line)
{
    struct wf_error err = { 0 };

    if (!wf_compile_message(&l->state, wf_bytes_str(line), &err))
        fail_msg("%s: %s", line, err.text);
}

static void
the_library_is_the_cdylib_of_the_root(void **state)
{
    struct listening l;

    (void)state;
    begin(&l, LIBRARY, NULL);
    hear(&l, ARTIFACT("registry+x#other@1.0.0", "\"cdylib\"", "\"cdylib\"", "demo",
                      "\"/t/libother.so\""));
    hear(&l, ARTIFACT(ROOT_ID, "\"custom-build\"", "\"bin\"", "build-script-build",
                      "\"/t/build/demo/build-script-build\""));
    hear(&l, ARTIFACT(ROOT_ID, "\"bin\"", "\"bin\"", "tool", "\"/t/tool\""));
    hear(&l, ARTIFACT(ROOT_ID, "\"rlib\"", "\"rlib\"", "demo", "\"/t/libdemo.rlib\""));
    assert_null(l.state.artifact.path);
    hear(&l, ARTIFACT(ROOT_ID, "\"rlib\",\"cdylib\"", "\"rlib\",\"cdylib\"", "demo",
                      "\"/t/libdemo.rlib\",\"/t/libdemo.so\""));
    assert_string_equal(l.state.artifact.path, "/t/libdemo.so");
    assert_ptr_equal(l.state.artifact.target, l.state.target);
    assert_null(l.state.artifact.import_library);
    end(&l);
}

/* As cargo tells of x86_64-pc-windows-msvc. */
static void
what_came_with_the_library_is_told_apart(void **state)
{
    struct listening l;

    (void)state;
    begin(&l, LIBRARY, NULL);
    hear(&l, ARTIFACT(ROOT_ID, "\"cdylib\"", "\"cdylib\"", "demo",
                      "\"C:\\\\t\\\\demo.dll\",\"C:\\\\t\\\\demo.dll.lib\","
                      "\"C:\\\\t\\\\demo.dll.exp\",\"C:\\\\t\\\\demo.pdb\""));
    assert_string_equal(l.state.artifact.path, "C:\\t\\demo.dll");
    assert_string_equal(l.state.artifact.import_library, "C:\\t\\demo.dll.lib");
    assert_int_equal(l.state.artifact.debug_files.num, 1);
    assert_string_equal(l.state.artifact.debug_files.items[0], "C:\\t\\demo.pdb");
    end(&l);
}

static void
a_program_is_the_one_of_its_name(void **state)
{
    struct listening l;

    (void)state;
    begin(&l, PROGRAM, NULL);
    hear(&l, ARTIFACT(ROOT_ID, "\"cdylib\"", "\"cdylib\"", "tool", "\"/t/libtool.so\""));
    hear(&l, ARTIFACT(ROOT_ID, "\"bin\"", "\"bin\"", "other", "\"/t/other\""));
    hear(&l, ARTIFACT(ROOT_ID, "\"custom-build\"", "\"bin\"", "tool", "\"/t/script\""));
    assert_null(l.state.artifact.path);
    hear(&l,
         ARTIFACT(ROOT_ID, "\"bin\"", "\"bin\"", "tool", "\"/t/tool\",\"/t/tool.dwp\""));
    assert_string_equal(l.state.artifact.path, "/t/tool");
    assert_string_equal(l.state.artifact.debug_files.items[0], "/t/tool.dwp");
    end(&l);
}

static void
folders_of_build_scripts_are_kept_by_package(void **state)
{
    struct listening l;

    (void)state;
    begin(&l, LIBRARY, NULL);
    hear(&l, SCRIPT("a#1", "", "", "/t/build/a/out"));
    hear(&l, SCRIPT(ROOT_ID, "", "", "/t/build/demo/out"));
    assert_int_equal(l.compiled.num_out_dirs, 2);
    assert_string_equal(l.compiled.out_dirs[1].crate_id, ROOT_ID);
    assert_string_equal(l.compiled.out_dirs[1].path, "/t/build/demo/out");
    end(&l);
}

/* Only where something is linked that is looked for when the library is loaded. */
static void
link_paths_count_where_a_dynamic_library_is_linked(void **state)
{
    static const struct {
        const char *line, *paths;
    } rows[] = {
        { SCRIPT("a", "\"z\"", "\"native=/l\",\"all=/m\",\"/n\"", "/o"), "/l /m /n " },
        { SCRIPT("a", "\"dylib=z\"", "\"native=/l\"", "/o"), "/l " },
        { SCRIPT("a", "\"dylib:+verbatim=z\"", "\"native=/l\"", "/o"), "/l " },
        { SCRIPT("a", "\"static=y\",\"dylib=z\"", "\"native=/l\"", "/o"), "/l " },
        { SCRIPT("a", "\"static=z\"", "\"native=/l\"", "/o"), "" },
        { SCRIPT("a", "\"framework=z\"", "\"native=/l\"", "/o"), "" },
        { SCRIPT("a", "", "\"native=/l\"", "/o"), "" },
        { SCRIPT("a", "\"z\"", "\"dependency=/l\",\"crate=/m\",\"framework=/n\",\"\"",
                 "/o"),
          "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct listening l;
        char paths[100] = "";

        begin(&l, LIBRARY, NULL);
        hear(&l, rows[i].line);
        for (size_t j = 0; j < l.compiled.link_paths.num; j++) {
            const size_t used = strlen(paths);

            snprintf(paths + used, sizeof paths - used, "%s ",
                     l.compiled.link_paths.items[j]);
        }
        assert_string_equal(paths, rows[i].paths);
        end(&l);
    }
}

static void
in_a_container_the_target_folder_has_another_name(void **state)
{
    struct listening l;

    (void)state;
    begin(&l, LIBRARY, NULL);
    l.state.cross_target_dir = "/home/me/target";
    hear(&l, ARTIFACT(ROOT_ID, "\"cdylib\"", "\"cdylib\"", "demo",
                      "\"/target/debug/libdemo.so\""));
    hear(&l, SCRIPT("a", "\"z\"", "\"native=/targets/lib\"", "/target/out"));
    assert_string_equal(l.state.artifact.path, "/home/me/target/debug/libdemo.so");
    assert_string_equal(l.compiled.out_dirs[0].path, "/home/me/target/out");
    assert_string_equal(l.compiled.link_paths.items[0], "/targets/lib");
    end(&l);
}

/* Procedural macros print where cargo writes its messages. */
static void
what_is_no_message_is_said_as_it_is(void **state)
{
    const struct wf_build_asked asked = pack_asked_new("/");
    struct listening l;

    (void)state;
    begin(&l, LIBRARY, asked.say);
    hear(&l, "hello from a macro");
    hear(&l, "{ not JSON");
    hear(&l, "");
    hear(&l, "{\"reason\":\"build-finished\",\"success\":true}");
    hear(&l, "{\"reason\":null}");
    hear(&l, "{}");
    hear(&l, "[1]");
    assert_string_equal(pack_says(), "hello from a macro\n{ not JSON\n[1]\n");
    end(&l);
}

static void
a_message_of_another_shape_is_an_error(void **state)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        { "{\"reason\":1}",
          "at 0xa: cargo's JSON: \"reason\" of a message is a number; a string is "
          "expected" },
        { "{\"reason\":\"compiler-artifact\"}",
          "at 0x0: cargo's JSON: an artifact has no \"package_id\"; a string is "
          "expected" },
        { "{\"reason\":\"compiler-artifact\",\"package_id\":\"a\",\"target\":[]}",
          "at 0x38: cargo's JSON: \"target\" of an artifact is an array; an object is "
          "expected" },
        { "{\"reason\":\"build-script-executed\",\"package_id\":\"a\",\"linked_libs\":1}",
          "at 0x41: cargo's JSON: \"linked_libs\" of a build script's result is a "
          "number; "
          "an array is expected" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_error err = { 0 };
        struct listening l;

        begin(&l, LIBRARY, NULL);
        assert_false(wf_compile_message(&l.state, wf_bytes_str(rows[i].line), &err));
        assert_error(err, WF_ERR_MALFORMED, rows[i].says);
        assert_string_equal(err.where, "a message of cargo");
        end(&l);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_is_the_cdylib_of_the_root),
        cmocka_unit_test(what_came_with_the_library_is_told_apart),
        cmocka_unit_test(a_program_is_the_one_of_its_name),
        cmocka_unit_test(folders_of_build_scripts_are_kept_by_package),
        cmocka_unit_test(link_paths_count_where_a_dynamic_library_is_linked),
        cmocka_unit_test(in_a_container_the_target_folder_has_another_name),
        cmocka_unit_test(what_is_no_message_is_said_as_it_is),
        cmocka_unit_test(a_message_of_another_shape_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
