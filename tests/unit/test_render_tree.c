/* test_render_tree.c -- dependency trees as text and as JSON. */
#include "../support/unit.h"

#include "../support/tree_builder.h"
#include "base/json.h"
#include "object/macho.h"
#include "render/render.h"

static struct tree_world w;
static struct wf_buffer out;

static int
setup(void **state)
{
    (void)state;
    tree_setup(&w);
    wf_buffer_init(&out, 1 << 20);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tree_clear(&w);
    wf_buffer_clear(&out);
    return 0;
}

static const struct wf_text_style plain = { 0 };
static const struct wf_text_style verbose = { .verbose = 1 };

static void
assert_text(const struct wf_text_style *style, unsigned indent, const char *expected)
{
    wf_buffer_reset(&out);
    wf_render_tree_text(&out, w.tree, indent, style);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
}

/* The tree as JSON, parsed again; the caller ends it. */
static struct wf_json *
parse_json(void)
{
    struct wf_json_writer writer = { .out = &out };
    struct wf_json *root = NULL;

    wf_buffer_reset(&out);
    wf_render_tree_json(&writer, w.tree);
    if (!wf_json_parse(&root, wf_buffer_bytes(&out), &w.err))
        fail_msg("%s", w.err.text);
    return root;
}

static const char *
json_text(const struct wf_json *object, const char *key)
{
    const struct wf_json *value = wf_json_get(object, key);

    assert_non_null(value);
    return wf_json_kind(value) == WF_JSON_NULL ? NULL : wf_json_string(value);
}

/* The idx-th element of the list under `key`. */
static const struct wf_json *
json_at(const struct wf_json *object, const char *key, size_t idx)
{
    const struct wf_json *value = wf_json_first(wf_json_get(object, key));

    for (size_t i = 0; i < idx && value != NULL; i++)
        value = wf_json_next(value);
    assert_non_null(value);
    return value;
}

static void
opens_each_library_out_where_it_is_loaded_first(void **state)
{
    struct wf_object *root = tree_add(&w, "demo/_x.so", "liba.so libb.so");

    (void)state;
    root->rpath = "$ORIGIN/../libs";
    root->interp = "/lib64/ld-linux-x86-64.so.2";
    tree_add(&w, "libs/liba.so", "libc1.so libb.so");
    tree_add(&w, "libs/libb.so", "libc1.so");
    tree_add(&w, "libs/libc1.so", "liba.so");
    tree_of(&w, root);
    assert_text(&plain, 0,
                "demo/_x.so (x86_64, glibc)\n"
                "  interpreter /lib64/ld-linux-x86-64.so.2\n"
                "  liba.so => libs/liba.so (RPATH of demo/_x.so)\n"
                "    libc1.so => libs/libc1.so (RPATH of demo/_x.so)\n"
                "      liba.so (loaded already)\n"
                "    libb.so (loaded already)\n"
                "  libb.so => libs/libb.so (RPATH of demo/_x.so)\n"
                "    libc1.so (loaded already)\n");
    assert_text(&plain, 2,
                "  demo/_x.so (x86_64, glibc)\n"
                "    interpreter /lib64/ld-linux-x86-64.so.2\n"
                "    liba.so => libs/liba.so (RPATH of demo/_x.so)\n"
                "      libc1.so => libs/libc1.so (RPATH of demo/_x.so)\n"
                "        liba.so (loaded already)\n"
                "      libb.so (loaded already)\n"
                "    libb.so => libs/libb.so (RPATH of demo/_x.so)\n"
                "      libc1.so (loaded already)\n");
}

static void
says_where_a_missing_library_was_looked_for(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");
    struct wf_object *bad = tree_add(&w, "one/libb.so", "");

    (void)state;
    root->rpath = "$ORIGIN/one:$ORIGIN/../two";
    bad->arch = WF_ARCH_AARCH64;
    bad->machine = 183;
    bad->arch_name = "aarch64";
    tree_of(&w, root);
    assert_text(&plain, 0,
                "_x.so (x86_64, glibc)\n"
                "  liba.so => not found\n"
                "    tried one/liba.so: no such file (RPATH of _x.so)\n"
                "    tried $ORIGIN/../two: leaves the wheel (RPATH of _x.so)\n"
                "  libb.so => not found\n"
                "    tried one/libb.so: for another architecture: aarch64 "
                "(RPATH of _x.so)\n"
                "    tried $ORIGIN/../two: leaves the wheel (RPATH of _x.so)\n");
}

static void
cuts_a_long_list_of_places_without_v(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    (void)state;
    root->rpath = "$ORIGIN/0:$ORIGIN/1:$ORIGIN/2:$ORIGIN/3:$ORIGIN/4:$ORIGIN/5:"
                  "$ORIGIN/6:$ORIGIN/7:$ORIGIN/8:$ORIGIN/9";
    tree_of(&w, root);
    assert_text(&plain, 0,
                "_x.so (x86_64, glibc)\n"
                "  liba.so => not found\n"
                "    tried 0/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 1/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 2/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 3/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 4/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 5/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 6/liba.so: no such file (RPATH of _x.so)\n"
                "    tried 7/liba.so: no such file (RPATH of _x.so)\n"
                "    and 2 more (-v shows all)\n");
    wf_buffer_reset(&out);
    wf_render_tree_text(&out, w.tree, 0, &verbose);
    wf_buffer_add_char(&out, '\0');
    assert_non_null(strstr((const char *)out.data, "tried 9/liba.so"));
    assert_null(strstr((const char *)out.data, "more"));
}

static void
tells_every_other_way_apart(void **state)
{
    static const char *patterns[] = { "libcuda*" };
    struct wf_object *root = tree_add(
        &w, "_x.so", "libcuda.so.1 libpython3.12.so.1.0 ld-linux-x86-64.so.2 liba.so");

    (void)state;
    w.search.excludes = (struct wf_strings){ .items = patterns, .num = 1, .cap = 1 };
    tree_add(&w, "elsewhere/liba.so", "");
    tree_add(&w, "elsewhere/glibc-hwcaps/x86-64-v3/liba.so", "");
    tree_of(&w, root);
    assert_text(&plain, 0,
                "_x.so (x86_64, glibc)\n"
                "  libcuda.so.1 => excluded (libcuda*)\n"
                "  libpython3.12.so.1.0 => not looked for (the interpreter has it)\n"
                "  ld-linux-x86-64.so.2 => not looked for (the loader itself)\n"
                "  liba.so => elsewhere/liba.so outside the search path "
                "(a member of that file name)\n"
                "    some processors load elsewhere/glibc-hwcaps/x86-64-v3/liba.so\n");
}

static void
escapes_names_that_could_drive_a_terminal(void **state)
{
    struct wf_object *root = tree_add(&w, "_\x1b[31m.so", "lib\n.so");

    (void)state;
    root->rpath = "$ORIGIN/\x07";
    tree_of(&w, root);
    assert_text(&plain, 0,
                "_\\x1B[31m.so (x86_64, glibc)\n"
                "  lib\\x0A.so => not found\n"
                "    tried \\x07/lib\\x0A.so: no such file (RPATH of _\\x1B[31m.so)\n");
}

static void
ends_on_the_deepest_tree(void **state)
{
    enum { DEEP = TREE_MOST_OBJECTS };

    (void)state;
    for (size_t i = 0; i < DEEP; i++)
        tree_add(&w, wf_arena_printf(&w.arena, "lib%zu.so", i),
                 wf_arena_printf(&w.arena, "lib%zu.so", (i + 1) % DEEP))
            ->rpath = "$ORIGIN";
    w.objects[0].soname = "lib0.so";
    tree_of(&w, &w.objects[0]);
    wf_render_tree_text(&out, w.tree, 0, &plain);
    wf_buffer_add_char(&out, '\0');
    assert_non_null(strstr((const char *)out.data, "lib0.so (loaded already)\n"));
}

static void
writes_facts_edges_and_libraries(void **state)
{
    struct wf_object *root = tree_add(&w, "demo/_x.so", "liba.so libnone.so _x.so");

    (void)state;
    root->rpath = "$ORIGIN:/usr/lib";
    root->soname = "_x.so";
    tree_add(&w, "demo/liba.so", "")->soname = "liba.so";
    tree_of(&w, root);
    struct wf_json *json = parse_json();
    const struct wf_json *edge = json_at(json, "edges", 0);
    const struct wf_json *libraries = wf_json_get(json, "libraries");
    const struct wf_json *liba = wf_json_get(libraries, "liba.so");
    const struct wf_json *none = wf_json_get(libraries, "libnone.so");

    assert_string_equal(json_text(json, "path"), "demo/_x.so");
    assert_string_equal(json_text(json, "arch"), "x86_64");
    assert_string_equal(json_text(json, "libc"), "glibc");
    assert_string_equal(json_text(json, "rpath"), "$ORIGIN:/usr/lib");
    assert_null(json_text(json, "runpath"));
    assert_null(json_text(json, "interpreter"));
    assert_true(wf_json_bool(wf_json_get(json, "in_wheel")));
    assert_string_equal(wf_json_string(json_at(json, "needed", 1)), "libnone.so");

    assert_string_equal(json_text(edge, "name"), "liba.so");
    assert_string_equal(json_text(edge, "by"), "rpath");
    assert_string_equal(json_text(edge, "why"), "RPATH of demo/_x.so");
    assert_string_equal(json_text(edge, "library"), "liba.so");
    edge = json_at(json, "edges", 1);
    assert_string_equal(json_text(edge, "by"), "not-found");
    assert_null(json_text(edge, "library"));
    const struct wf_json *attempt = json_at(edge, "tries", 1);

    assert_string_equal(json_text(attempt, "path"), "/usr/lib");
    assert_string_equal(json_text(attempt, "result"), "foreign");
    assert_null(json_text(attempt, "detail"));
    assert_string_equal(json_text(json_at(json, "edges", 2), "library"), "demo/_x.so");

    assert_string_equal(json_text(liba, "path"), "demo/liba.so");
    assert_string_equal(json_text(liba, "soname"), "liba.so");
    assert_null(json_text(none, "path"));
    assert_null(wf_json_first(wf_json_get(none, "needed")));
    assert_null(wf_json_get(libraries, "_x.so"));
    wf_json_free(json);
}

/* Two objects may write the same path and mean two files. */
static void
keys_libraries_needed_by_path_by_their_own_path(void **state)
{
    struct wf_object *root =
        tree_add(&w, "_x.so", "$ORIGIN/liba.so $ORIGIN/sub/libb.so liba.so");

    (void)state;
    tree_add(&w, "liba.so", "");
    tree_add(&w, "sub/libb.so", "$ORIGIN/liba.so");
    tree_add(&w, "sub/liba.so", "");
    tree_of(&w, root);
    struct wf_json *json = parse_json(); /* no key twice, or it would not parse */
    const struct wf_json *libraries = wf_json_get(json, "libraries");

    assert_non_null(wf_json_get(libraries, "./liba.so"));
    assert_non_null(wf_json_get(libraries, "sub/libb.so"));
    assert_non_null(wf_json_get(libraries, "sub/liba.so"));
    assert_string_equal(json_text(json_at(json, "edges", 0), "library"), "./liba.so");
    wf_json_free(json);
}

static void
names_a_missing_library_once(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "libnone.so liba.so libnone.so");

    (void)state;
    root->rpath = "$ORIGIN";
    tree_add(&w, "liba.so", "libnone.so");
    tree_of(&w, root);
    struct wf_json *json = parse_json();

    assert_non_null(wf_json_get(wf_json_get(json, "libraries"), "libnone.so"));
    wf_json_free(json);
}

/* A slice with two libraries: one that may be missing, one whose names are its own. */
static void
make_macho_tree(void)
{
    static const struct wf_macho_dylib dylibs[] = {
        { .weak = true }, { .reexport = true, .upward = true, .lazy = true }, { 0 }
    };
    static const struct wf_macho macho = { .dylibs = dylibs,
                                           .min_os = WF_MACOS_VERSION(11, 0, 0) };
    static const char *needed[] = { "@rpath/liba.dylib", "@loader_path/libb.dylib",
                                    "/usr/lib/libSystem.B.dylib" };
    static const char *rpaths[] = { "@loader_path", "/opt" };
    static const struct wf_object object = { .slice = "arm64",
                                             .format = WF_FORMAT_MACHO,
                                             .arch_name = "arm64",
                                             .needed = needed,
                                             .num_needed = 3,
                                             .rpaths = rpaths,
                                             .num_rpaths = 2,
                                             .macho = &macho };
    static const struct wf_object leaf = { .format = WF_FORMAT_MACHO,
                                           .arch_name = "arm64",
                                           .macho = &macho };
    static const struct wf_library libraries[] = {
        { .path = "demo/_x.so", .in_wheel = true, .object = &object },
        { .path = "demo/libb.dylib", .in_wheel = true, .object = &leaf },
    };
    static struct wf_edge edges[3];
    static struct wf_node nodes[2];
    static struct wf_node *order[] = { &nodes[0], &nodes[1] };
    static const struct wf_tree tree = { .root = &nodes[0],
                                         .nodes = order,
                                         .num_nodes = 2 };

    nodes[0] =
        (struct wf_node){ .library = &libraries[0], .edges = edges, .num_edges = 3 };
    nodes[1] = (struct wf_node){
        .library = &libraries[1], .parent = &nodes[0], .via = &edges[1], .depth = 1
    };
    edges[0] = (struct wf_edge){ .name = needed[0], .weak = true, .by = WF_FOUND_NOT };
    edges[1] = (struct wf_edge){ .name = needed[1],
                                 .by = WF_FOUND_LOADER_PATH,
                                 .why = "@loader_path of demo/_x.so",
                                 .library = &libraries[1],
                                 .node = &nodes[1] };
    edges[2] = (struct wf_edge){ .name = needed[2],
                                 .by = WF_FOUND_DEFAULT,
                                 .why = "the system has it" };
    w.tree = &tree;
}

static void
marks_how_a_macho_object_needs_its_libraries(void **state)
{
    (void)state;
    make_macho_tree();
    assert_text(&plain, 0,
                "demo/_x.so (arm64)\n"
                "  @rpath/liba.dylib (weak) => not found\n"
                "  @loader_path/libb.dylib (re-exported, upward, lazy) => "
                "demo/libb.dylib (@loader_path of demo/_x.so)\n"
                "  /usr/lib/libSystem.B.dylib => not looked for (the system has it)\n");
}

static void
writes_what_only_macho_objects_have(void **state)
{
    (void)state;
    make_macho_tree();
    struct wf_json *json = parse_json();
    const struct wf_json *weak = json_at(json, "edges", 0);
    const struct wf_json *other = json_at(json, "edges", 1);

    assert_string_equal(json_text(json, "slice"), "arm64");
    assert_string_equal(json_text(json, "min_os"), "11.0");
    assert_string_equal(wf_json_string(json_at(json, "rpaths", 1)), "/opt");
    assert_true(wf_json_bool(wf_json_get(weak, "weak")));
    assert_false(wf_json_bool(wf_json_get(weak, "reexport")));
    assert_false(wf_json_bool(wf_json_get(other, "weak")));
    assert_true(wf_json_bool(wf_json_get(other, "reexport")));
    assert_true(wf_json_bool(wf_json_get(other, "upward")));
    assert_true(wf_json_bool(wf_json_get(other, "lazy")));
    assert_string_equal(json_text(other, "by"), "loader-path");
    assert_string_equal(json_text(other, "library"), "demo/libb.dylib");
    wf_json_free(json);
    /* ELF has none of these. */
    tree_of(&w, tree_add(&w, "_x.so", "libnone.so"));
    json = parse_json();
    assert_null(wf_json_get(json, "rpaths"));
    assert_null(wf_json_get(json_at(json, "edges", 0), "weak"));
    wf_json_free(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_each_library_out_where_it_is_loaded_first),
        TEST(says_where_a_missing_library_was_looked_for),
        TEST(cuts_a_long_list_of_places_without_v),
        TEST(tells_every_other_way_apart),
        TEST(escapes_names_that_could_drive_a_terminal),
        TEST(ends_on_the_deepest_tree),
        TEST(writes_facts_edges_and_libraries),
        TEST(keys_libraries_needed_by_path_by_their_own_path),
        TEST(names_a_missing_library_once),
        TEST(marks_how_a_macho_object_needs_its_libraries),
        TEST(writes_what_only_macho_objects_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
