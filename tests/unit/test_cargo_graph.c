/* test_cargo_graph.c -- crates and edges out of what cargo writes. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/cargo_builder.h"
#include "pack/cargo_graph.h"

/* Every key that a package has in the answer of cargo 1.95. */
static const char whole_package[] =
    "{\"packages\":[{\"name\":\"demo\",\"version\":\"1.2.3\",\"id\":\"demo-id\","
    "\"license\":\"MIT\",\"license_file\":\"COPYING\",\"description\":\"What it does\","
    "\"source\":null,\"dependencies\":[],\"targets\":[{\"kind\":[\"cdylib\",\"rlib\"],"
    "\"crate_types\":[\"cdylib\",\"rlib\"],\"name\":\"demo_lib\","
    "\"src_path\":\"/w/src/lib.rs\",\"edition\":\"2021\",\"doc\":true},"
    "{\"kind\":[\"bin\"],\"crate_types\":[\"bin\"],\"name\":\"tool\","
    "\"required-features\":[\"cli\"],\"src_path\":\"/w/src/main.rs\"}],"
    "\"features\":{},\"manifest_path\":\"/w/Cargo.toml\",\"metadata\":null,"
    "\"authors\":[\"A <a@b.c>\",\"B\"],\"keywords\":[\"k\"],\"readme\":\"README.md\","
    "\"repository\":\"https://r\",\"homepage\":\"https://h\","
    "\"documentation\":\"https://d\",\"edition\":\"2021\",\"links\":\"z\","
    "\"rust_version\":\"1.70\"},"
    "{\"name\":\"dep\",\"version\":\"0.1.0\",\"id\":\"dep-id\",\"source\":\"registry+x\","
    "\"targets\":[],\"manifest_path\":\"/r/Cargo.toml\"}],"
    "\"workspace_members\":[\"demo-id\"],\"resolve\":{\"nodes\":["
    "{\"id\":\"demo-id\",\"features\":[\"a\",\"b\"],\"deps\":[{\"name\":\"dep\","
    "\"pkg\":\"dep-id\",\"dep_kinds\":[{\"kind\":null,\"target\":null},"
    "{\"kind\":\"dev\",\"target\":null},{\"kind\":\"build\",\"target\":null}]}]},"
    "{\"id\":\"dep-id\",\"features\":[],\"deps\":[]}],\"root\":\"demo-id\"},"
    "\"target_directory\":\"/t\",\"version\":1,\"workspace_root\":\"/w\"}";

struct parsed {
    struct wf_arena arena;
    struct wf_cargo_graph graph;
};

static void
parse(struct parsed *p, const char *json)
{
    struct wf_error err = { 0 };

    *p = (struct parsed){ 0 };
    if (!wf_cargo_graph_parse(&p->graph, &p->arena, wf_bytes_str(json), "/w/Cargo.toml",
                              &err))
        fail_msg("%s: %s", err.where, err.text);
}

static void
parse_crates(struct parsed *p, const struct cargo_crate *crates)
{
    struct wf_buffer json;

    wf_buffer_init(&json, 1 << 20);
    cargo_metadata_write(&json, crates);
    wf_buffer_add_char(&json, '\0');
    parse(p, (const char *)json.data);
    wf_buffer_clear(&json);
}

static void
end(struct parsed *p)
{
    wf_cargo_graph_end(&p->graph);
    wf_arena_clear(&p->arena);
}

static void
all_that_a_package_says_is_kept(void **state)
{
    struct parsed p;

    (void)state;
    parse(&p, whole_package);
    const struct wf_crate *demo = p.graph.root;

    assert_string_equal(demo->id, "demo-id");
    assert_string_equal(demo->name, "demo");
    assert_string_equal(demo->version, "1.2.3");
    assert_string_equal(demo->manifest_path, "/w/Cargo.toml");
    assert_null(demo->source);
    assert_string_equal(demo->description, "What it does");
    assert_string_equal(demo->license, "MIT");
    assert_string_equal(demo->license_file, "COPYING");
    assert_string_equal(demo->readme, "README.md");
    assert_string_equal(demo->homepage, "https://h");
    assert_string_equal(demo->documentation, "https://d");
    assert_string_equal(demo->repository, "https://r");
    assert_string_equal(demo->links, "z");
    assert_string_equal(demo->rust_version, "1.70");
    assert_string_equal(demo->edition, "2021");
    assert_int_equal(demo->authors.num, 2);
    assert_string_equal(demo->authors.items[1], "B");
    assert_int_equal(demo->keywords.num, 1);
    assert_true(demo->is_member);
    assert_non_null(wf_json_get(demo->json, "features"));
    assert_string_equal(p.graph.workspace_root, "/w");
    assert_string_equal(p.graph.target_dir, "/t");
    assert_int_equal(p.graph.num_members, 1);
    assert_int_equal(p.graph.num_crates, 2);
    end(&p);
}

static void
targets_and_resolved_features_are_kept(void **state)
{
    struct parsed p;

    (void)state;
    parse(&p, whole_package);
    const struct wf_crate *demo = p.graph.root;

    assert_int_equal(demo->num_targets, 2);
    assert_string_equal(demo->targets[0].name, "demo_lib");
    assert_string_equal(demo->targets[0].src_path, "/w/src/lib.rs");
    assert_int_equal(demo->targets[0].kinds.num, 2);
    assert_string_equal(demo->targets[0].crate_types.items[1], "rlib");
    assert_int_equal(demo->targets[0].required_features.num, 0);
    assert_string_equal(demo->targets[1].required_features.items[0], "cli");
    assert_int_equal(demo->features.num, 2);
    assert_string_equal(demo->features.items[1], "b");
    end(&p);
}

static void
an_edge_has_all_of_its_kinds(void **state)
{
    struct parsed p;

    (void)state;
    parse(&p, whole_package);
    const struct wf_crate *demo = p.graph.root;

    assert_int_equal(demo->num_dependencies, 1);
    assert_ptr_equal(demo->dependencies[0].crate, wf_crate_by_id(&p.graph, "dep-id"));
    assert_true(demo->dependencies[0].normal);
    assert_true(demo->dependencies[0].build);
    assert_true(demo->dependencies[0].dev);
    assert_false(wf_crate_by_id(&p.graph, "dep-id")->is_member);
    assert_null(wf_crate_by_id(&p.graph, "no-id"));
    end(&p);
}

static void
what_a_crate_reaches_is_transitive_and_ends_in_circles(void **state)
{
    static const struct cargo_crate crates[] = {
        { .name = "root", .deps = "a", .is_member = true },
        { .name = "a", .deps = "b c" },
        { .name = "b", .deps = "a c" },
        { .name = "c" },
        { .name = "other", .deps = "far", .is_member = true },
        { .name = "far" },
        { .name = NULL },
    };
    struct parsed p;

    (void)state;
    parse_crates(&p, crates);
    assert_non_null(wf_crate_reaches(&p.graph, p.graph.root, "c"));
    assert_non_null(wf_crate_reaches(&p.graph, p.graph.root, "a"));
    assert_null(wf_crate_reaches(&p.graph, p.graph.root, "root"));
    assert_null(wf_crate_reaches(&p.graph, p.graph.root, "far"));
    assert_null(wf_crate_reaches(&p.graph, p.graph.root, "no-such-crate"));
    assert_int_equal(p.graph.num_members, 2);
    end(&p);
}

/* A chain as long as a graph may be; a walk by recursion would not survive it. */
static void
a_long_chain_is_walked(void **state)
{
    enum { LENGTH = 20000 };
    struct wf_buffer json;
    struct parsed p;

    (void)state;
    wf_buffer_init(&json, 1 << 24);
    wf_buffer_add_str(&json, "{\"packages\":[");
    for (int i = 0; i < LENGTH; i++)
        wf_buffer_printf(&json,
                         "%s{\"name\":\"c%d\",\"version\":\"1.0.0\",\"id\":\"%d\","
                         "\"manifest_path\":\"/\",\"targets\":[]}",
                         i == 0 ? "" : ",", i, i);
    wf_buffer_add_str(&json, "],\"workspace_members\":[\"0\"],\"workspace_root\":\"/\","
                             "\"target_directory\":\"/\",\"resolve\":{\"root\":\"0\","
                             "\"nodes\":[");
    for (int i = 0; i < LENGTH; i++)
        wf_buffer_printf(&json, "%s{\"id\":\"%d\",\"deps\":[{\"pkg\":\"%d\"}]}",
                         i == 0 ? "" : ",", i, (i + 1) % LENGTH);
    wf_buffer_add_str(&json, "]}}");
    wf_buffer_add_char(&json, '\0');
    parse(&p, (const char *)json.data);
    assert_non_null(wf_crate_reaches(&p.graph, p.graph.root, "c19999"));
    assert_non_null(wf_crate_reaches(&p.graph, p.graph.root, "c0"));
    end(&p);
    wf_buffer_clear(&json);
}

#define PACKAGE(fields)                                                                  \
    "{\"workspace_root\":\"/\",\"target_directory\":\"/\",\"workspace_members\":[],"     \
    "\"resolve\":{\"nodes\":[],\"root\":null},\"packages\":[" fields "]}"
#define SOUND                                                                            \
    "{\"name\":\"a\",\"version\":\"1.0.0\",\"id\":\"a\",\"manifest_path\":\"/\","        \
    "\"targets\":[]}"
#define AROUND(members, resolve)                                                         \
    "{\"workspace_root\":\"/\",\"target_directory\":\"/\",\"packages\":[" SOUND "],"     \
    "\"workspace_members\":[" members "],\"resolve\":" resolve "}"

/* `at` is what stands in the text where the error says it is; NULL: it has no place. */
static void
what_does_not_fit_is_told_with_its_place(void **state)
{
    static const struct {
        const char *json, *at, *says;
    } rows[] = {
        { "", "", "JSON ends where a value is expected" },
        { "[]", "[]", "cargo's JSON is no object" },
        { "{}", "{}",
          "cargo's JSON: the answer has no \"workspace_root\"; a string is expected" },
        { "{\"workspace_root\":1}", "1}",
          "cargo's JSON: \"workspace_root\" of the answer is a number; a string is "
          "expected" },
        { PACKAGE("1"), "1]}",
          "cargo's JSON: \"packages\" of the answer is a number; an object is expected" },
        { PACKAGE("{}"), "{}]}",
          "cargo's JSON: a package has no \"id\"; a string is expected" },
        { PACKAGE("{\"id\":\"a\",\"name\":[]}"), "[]}]}",
          "cargo's JSON: \"name\" of a package is an array; a string is expected" },
        { PACKAGE("{\"id\":\"a\",\"name\":\"a\",\"version\":\"1\",\"manifest_path\":\"\","
                  "\"authors\":[1]}"),
          "1]}]}",
          "cargo's JSON: \"authors\" of a package is a number; a string is expected" },
        { PACKAGE(SOUND "," SOUND), "{",
          "cargo's JSON: the package \"a\" is there twice" },
        { PACKAGE(SOUND), NULL,
          "/w/Cargo.toml is a virtual manifest: it has no package of its own; name the "
          "Cargo.toml of one of the workspace's members with --manifest-path" },
        { AROUND("\"b\"", "null"), "\"b\"]",
          "cargo's JSON: \"workspace_members\" of the answer names \"b\", which is none "
          "of "
          "its packages" },
        { AROUND("", "null"), "{\"workspace_root",
          "cargo's JSON: the answer has no \"resolve\"; an object is expected" },
        { AROUND("", "{\"nodes\":[{\"id\":\"b\",\"deps\":[]}]}"), "\"b\",\"deps",
          "cargo's JSON: \"id\" of a node names \"b\", which is none of its packages" },
        { AROUND("", "{\"nodes\":[{\"id\":\"a\",\"deps\":[{\"pkg\":\"b\"}]}]}"),
          "\"b\"}]",
          "cargo's JSON: \"pkg\" of a dependency names \"b\", which is none of its "
          "packages" },
        { AROUND("", "{\"nodes\":[],\"root\":\"b\"}"), "\"b\"}}",
          "cargo's JSON: \"root\" of the resolve names \"b\", which is none of its "
          "packages" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_cargo_graph graph = { 0 };
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };
        char text[1100];

        assert_false(wf_cargo_graph_parse(&graph, &arena, wf_bytes_str(rows[i].json),
                                          "/w/Cargo.toml", &err));
        assert_string_equal(err.where, "`cargo metadata`");
        assert_int_equal(err.has_offset, rows[i].at != NULL);
        snprintf(text, sizeof text, "at 0x%llx: %s", (unsigned long long)err.offset,
                 rows[i].says);
        assert_string_equal(err.text, rows[i].at == NULL ? rows[i].says : text);
        if (rows[i].at != NULL)
            assert_memory_equal(rows[i].json + err.offset, rows[i].at,
                                strlen(rows[i].at));
        assert_null(graph.json);
        wf_arena_clear(&arena);
    }
}

/* Any cut of a good answer is an error, and none reads beyond what there is. */
static void
every_cut_of_an_answer_is_an_error(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof whole_package - 1; len++) {
        struct wf_bytes exact = exact_copy(whole_package, len);
        struct wf_cargo_graph graph = { 0 };
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_cargo_graph_parse(&graph, &arena, exact, "m", &err));
        assert_int_not_equal(err.kind, WF_ERR_NONE);
        wf_arena_clear(&arena);
        free_exact(exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_a_package_says_is_kept),
        cmocka_unit_test(targets_and_resolved_features_are_kept),
        cmocka_unit_test(an_edge_has_all_of_its_kinds),
        cmocka_unit_test(what_a_crate_reaches_is_transitive_and_ends_in_circles),
        cmocka_unit_test(a_long_chain_is_walked),
        cmocka_unit_test(what_does_not_fit_is_told_with_its_place),
        cmocka_unit_test(every_cut_of_an_answer_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
