/* test_crate_sbom.c -- the crate graph as a document that says nothing of the machine. */
#include <stdio.h>

#include "../support/unit.h"

#include "pack/crate_sbom.h"

#define CRATES_IO "registry+https://github.com/rust-lang/crates.io-index"
#define SHA       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A workspace in /w: root -> needed -> deep, root -build-> tool, root -dev-> test. */
enum { ROOT, NEEDED, DEEP, TOOL, TEST, NUM };

struct graph {
    struct wf_crate crates[NUM];
    struct wf_crate_dependency of_root[3], of_needed[1], of_tool[1];
    struct wf_cargo_graph graph;
};

static struct wf_arena arena;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static void
graph_init(struct graph *g)
{
    *g = (struct graph){ .graph = { .num_crates = NUM, .workspace_root = "/w" } };
    g->graph.crates = g->crates;
    g->graph.root = &g->crates[ROOT];
    g->crates[ROOT] = (struct wf_crate){ .id = "path+file:///w#root@0.1.0",
                                         .name = "root",
                                         .version = "0.1.0",
                                         .manifest_path = "/w/Cargo.toml",
                                         .dependencies = g->of_root,
                                         .num_dependencies = 3 };
    g->crates[NEEDED] = (struct wf_crate){ .name = "needed",
                                           .version = "1.0.0",
                                           .source = CRATES_IO,
                                           .dependencies = g->of_needed,
                                           .num_dependencies = 1 };
    g->crates[DEEP] = (struct wf_crate){ .name = "deep",
                                         .version = "2.0.0",
                                         .manifest_path = "/w/crates/deep/Cargo.toml" };
    g->crates[TOOL] = (struct wf_crate){ .name = "tool",
                                         .version = "3.0.0+x",
                                         .source = CRATES_IO,
                                         .dependencies = g->of_tool,
                                         .num_dependencies = 1 };
    g->crates[TEST] =
        (struct wf_crate){ .name = "test", .version = "4.0.0", .source = CRATES_IO };
    g->of_root[0] = (struct wf_crate_dependency){ &g->crates[NEEDED], .normal = true };
    g->of_root[1] = (struct wf_crate_dependency){ &g->crates[TOOL], .build = true };
    g->of_root[2] = (struct wf_crate_dependency){ &g->crates[TEST], .dev = true };
    g->of_needed[0] = (struct wf_crate_dependency){ &g->crates[DEEP], .normal = true };
    g->of_tool[0] = (struct wf_crate_dependency){ &g->crates[DEEP], .normal = true };
}

/* The document, which must be JSON. */
static const char *
document(const struct graph *g, const char *lock)
{
    struct wf_json *json = NULL;
    struct wf_error err = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    if (!wf_crate_sbom_write(&out, &g->graph, wf_bytes_str(lock), "1.0", &err))
        fail_msg("%s: %s", err.where, err.text);
    assert_true(wf_json_parse(&json, wf_buffer_bytes(&out), &err));
    wf_json_free(json);
    const char *text = wf_arena_str(&arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}

/* Without the blanks of the layout. */
static const char *
packed(const char *text)
{
    char *out = wf_arena_strdup(&arena, text);
    size_t len = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            c += strspn(c, "\n ") - 1;
        else
            out[len++] = *c;
    }
    out[len] = '\0';
    return out;
}

static bool
has(const struct graph *g, const char *lock, const char *part)
{
    return strstr(packed(document(g, lock)), part) != NULL;
}

static void
writes_the_whole_document(void **state)
{
    struct graph g;

    (void)state;
    graph_init(&g);
    assert_string_equal(
        packed(document(&g, "[[package]]\nname = \"needed\"\nversion = \"1.0.0\"\n"
                            "source = \"" CRATES_IO "\"\nchecksum = \"" SHA "\"\n")),
        "{\"bomFormat\": \"CycloneDX\",\"specVersion\": \"1.6\",\"version\": 1,"
        "\"metadata\": {\"tools\": {\"components\": [{\"type\": \"application\","
        "\"name\": \"wheelpack\",\"version\": \"1.0\"}]},"
        "\"component\": {\"type\": \"library\",\"bom-ref\": \"pkg:cargo/root@0.1.0\","
        "\"name\": \"root\",\"version\": \"0.1.0\",\"purl\": \"pkg:cargo/root@0.1.0\"},"
        "\"properties\": [{\"name\": \"cdx:rustc:sbom:target:all_targets\","
        "\"value\": \"true\"}]},"
        "\"components\": [{\"type\": \"library\","
        "\"bom-ref\": \"pkg:cargo/deep@2.0.0#crates/deep\",\"name\": \"deep\","
        "\"version\": \"2.0.0\",\"scope\": \"required\","
        "\"purl\": \"pkg:cargo/deep@2.0.0\"},"
        "{\"type\": \"library\",\"bom-ref\": \"pkg:cargo/needed@1.0.0\","
        "\"name\": \"needed\",\"version\": \"1.0.0\",\"scope\": \"required\","
        "\"hashes\": [{\"alg\": \"SHA-256\",\"content\": \"" SHA "\"}],"
        "\"purl\": \"pkg:cargo/needed@1.0.0\"},"
        "{\"type\": \"library\",\"bom-ref\": \"pkg:cargo/tool@3.0.0%2Bx\","
        "\"name\": \"tool\",\"version\": \"3.0.0+x\",\"scope\": \"excluded\","
        "\"purl\": \"pkg:cargo/tool@3.0.0%2Bx\"}],"
        "\"dependencies\": ["
        "{\"ref\": \"pkg:cargo/deep@2.0.0#crates/deep\"},"
        "{\"ref\": \"pkg:cargo/needed@1.0.0\","
        "\"dependsOn\": [\"pkg:cargo/deep@2.0.0#crates/deep\"]},"
        "{\"ref\": \"pkg:cargo/root@0.1.0\","
        "\"dependsOn\": [\"pkg:cargo/needed@1.0.0\",\"pkg:cargo/tool@3.0.0%2Bx\"]},"
        "{\"ref\": \"pkg:cargo/tool@3.0.0%2Bx\","
        "\"dependsOn\": [\"pkg:cargo/deep@2.0.0#crates/deep\"]}]}");
}

static void
what_only_tests_need_is_left_out(void **state)
{
    struct graph g;

    (void)state;
    graph_init(&g);
    assert_null(strstr(document(&g, ""), "pkg:cargo/test"));
    g.of_tool[0] = (struct wf_crate_dependency){ &g.crates[TEST], .normal = true };
    assert_non_null(strstr(document(&g, ""), "pkg:cargo/test"));
}

static void
names_no_folder_of_the_machine(void **state)
{
    struct graph g;

    (void)state;
    graph_init(&g);
    g.crates[DEEP].manifest_path = "/home/me/secret/deep/Cargo.toml";
    g.crates[NEEDED].source = "git+file:///home/me/repository#abc";
    g.crates[TOOL].source = "registry+file:///home/me/index";
    g.crates[ROOT].homepage = "file:///home/me";
    assert_null(strstr(document(&g, ""), "/home"));
    assert_true(has(&g, "", "\"bom-ref\": \"pkg:cargo/deep@2.0.0#deep\""));
    assert_true(has(&g, "", "\"bom-ref\": \"pkg:cargo/needed@1.0.0\""));
}

static void
is_the_same_in_another_folder(void **state)
{
    struct graph here;
    struct graph there;

    (void)state;
    graph_init(&here);
    graph_init(&there);
    there.graph.workspace_root = "/elsewhere";
    there.crates[ROOT].manifest_path = "/elsewhere/Cargo.toml";
    there.crates[DEEP].manifest_path = "/elsewhere/crates/deep/Cargo.toml";
    assert_string_equal(document(&here, ""), document(&there, ""));
}

static void
tells_sources_without_who_asks(void **state)
{
    struct graph g;

    (void)state;
    graph_init(&g);
    g.crates[NEEDED].source = "git+https://me:secret@host.org/a.git?branch=main#0a1b2c";
    g.crates[TOOL].source = "sparse+https://token@my.registry/index/";
    assert_null(strstr(document(&g, ""), "secret"));
    assert_null(strstr(document(&g, ""), "token"));
    assert_true(has(&g, "",
                    "\"pkg:cargo/needed@1.0.0?vcs_url=git%2Bhttps:%2F%2Fhost.org%2Fa.git"
                    "%400a1b2c\""));
    assert_true(has(&g, "",
                    "\"pkg:cargo/tool@3.0.0%2Bx?repository_url=https:%2F%2Fmy.registry"
                    "%2Findex%2F\""));
}

static void
crates_of_one_name_go_by_different_words(void **state)
{
    struct graph g;

    (void)state;
    graph_init(&g);
    g.crates[DEEP] = (struct wf_crate){ .name = "twin",
                                        .version = "1.0.0",
                                        .manifest_path = "/a/twin/Cargo.toml" };
    g.crates[TEST] = (struct wf_crate){ .name = "twin",
                                        .version = "1.0.0",
                                        .manifest_path = "/b/twin/Cargo.toml" };
    g.of_root[2].normal = true;
    assert_true(has(&g, "", "\"bom-ref\": \"pkg:cargo/twin@1.0.0#twin\""));
    assert_true(has(&g, "", "\"bom-ref\": \"pkg:cargo/twin@1.0.0#twin~2\""));
}

static void
ends_where_crates_need_each_other(void **state)
{
    struct graph g;
    struct wf_crate_dependency back = { NULL, .normal = true };

    (void)state;
    graph_init(&g);
    back.crate = &g.crates[ROOT];
    g.crates[DEEP].dependencies = &back;
    g.crates[DEEP].num_dependencies = 1;
    assert_true(has(&g, "",
                    "{\"ref\": \"pkg:cargo/deep@2.0.0#crates/deep\","
                    "\"dependsOn\": [\"pkg:cargo/root@0.1.0\"]}"));
}

static void
tells_licences_as_expression_or_by_name(void **state)
{
    static const char *const cases[][2] = {
        { "MIT", "{\"expression\": \"MIT\"}" },
        { "MIT/Apache-2.0", "{\"expression\": \"MIT OR Apache-2.0\"}" },
        { "MIT / Apache-2.0", "{\"expression\": \"MIT OR Apache-2.0\"}" },
        { "(MIT OR X) AND Y", "{\"expression\": \"(MIT OR X) AND Y\"}" },
        { "My licence, 2024", "{\"license\": {\"name\": \"My licence, 2024\"}}" },
    };
    struct graph g;

    (void)state;
    graph_init(&g);
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        g.crates[NEEDED].license = cases[i][0];
        assert_true(
            has(&g, "", wf_arena_printf(&arena, "\"licenses\": [%s]", cases[i][1])));
    }
    g.crates[NEEDED].license = NULL;
    g.crates[NEEDED].license_file = "docs/LICENSE.md";
    assert_true(has(&g, "", "\"licenses\": [{\"license\": {\"name\": \"LICENSE.md\"}}]"));
}

static void
tells_authors_references_and_targets(void **state)
{
    static const char *authors[] = { "A B <a@b.c>",         "Solo",     "<x@y>",
                                     "Team <https://team>", "<nobody>", "Late <" };
    static const char *kinds[] = { "bin", "cdylib", "custom-build" };
    struct wf_crate_target targets[] = {
        { .name = "build-script", .kinds = { &kinds[2], 1, 1 } },
        { .name = "prog", .kinds = { &kinds[0], 1, 1 } },
        { .name = "lib", .kinds = { &kinds[1], 1, 1 } },
    };
    struct graph g;

    (void)state;
    graph_init(&g);
    g.crates[ROOT].authors = (struct wf_strings){ authors, 6, 6 };
    g.crates[ROOT].targets = targets;
    g.crates[ROOT].num_targets = 3;
    g.crates[ROOT].documentation = "https://doc";
    g.crates[ROOT].homepage = "not a URL";
    g.crates[ROOT].repository = "https://repo/with blank";
    g.crates[ROOT].description = "line\n\"two\"";
    assert_true(has(&g, "",
                    "\"authors\": [{\"name\": \"A B\",\"email\": \"a@b.c\"},"
                    "{\"name\": \"Solo\"},{\"email\": \"x@y\"},"
                    "{\"name\": \"Team\"},{\"name\": \"<nobody>\"},"
                    "{\"name\": \"Late <\"}],\"name\": \"root\""));
    assert_true(has(&g, "", "\"type\": \"application\",\"bom-ref\": \"pkg:cargo/root"));
    assert_true(has(&g, "", "\"description\": \"line\\u000a\\\"two\\\"\"") ||
                has(&g, "", "\"description\": \"line\\n\\\"two\\\"\""));
    assert_true(has(&g, "",
                    "\"externalReferences\": [{\"type\": \"documentation\","
                    "\"url\": \"https://doc\"}],\"components\": ["
                    "{\"type\": \"application\","
                    "\"bom-ref\": \"pkg:cargo/root@0.1.0 bin-target-0\","
                    "\"name\": \"prog\",\"version\": \"0.1.0\"},"
                    "{\"type\": \"library\","
                    "\"bom-ref\": \"pkg:cargo/root@0.1.0 bin-target-1\","
                    "\"name\": \"lib\",\"version\": \"0.1.0\"}]"));
}

static void
takes_only_checksums_that_are_of_this_crate(void **state)
{
    static const char *const locks[] = {
        "",
        "[[package]]\nname='needed'\nversion='1.0.1'\nsource='" CRATES_IO
        "'\nchecksum='" SHA "'\n",
        "[[package]]\nname='needed'\nversion='1.0.0'\nsource='x'\nchecksum='" SHA "'\n",
        "[[package]]\nname='needed'\nversion='1.0.0'\nchecksum='" SHA "'\n",
        "[[package]]\nname='needed'\nversion='1.0.0'\nsource='" CRATES_IO
        "'\nchecksum='short'\n",
        "package = 3\n",
    };
    struct graph g;

    (void)state;
    graph_init(&g);
    for (size_t i = 0; i < WF_COUNT(locks); i++)
        assert_null(strstr(document(&g, locks[i]), "hashes"));
}

static void
refuses_a_lock_that_is_no_toml(void **state)
{
    struct graph g;
    struct wf_error err = { 0 };
    struct wf_buffer out;

    (void)state;
    graph_init(&g);
    wf_buffer_init(&out, 1 << 20);
    assert_false(
        wf_crate_sbom_write(&out, &g.graph, wf_bytes_str("[[package"), "1.0", &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_string_equal(err.where, "Cargo.lock");
    assert_int_equal(out.len, 0);
    assert_false(wf_crate_sbom_write(
        &out, &g.graph, wf_bytes_str("[[package]]\nname = 1\n"), "1.0", &err));
    assert_string_equal(err.where, "Cargo.lock");
    wf_buffer_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_whole_document),
        cmocka_unit_test(what_only_tests_need_is_left_out),
        cmocka_unit_test(names_no_folder_of_the_machine),
        cmocka_unit_test(is_the_same_in_another_folder),
        cmocka_unit_test(tells_sources_without_who_asks),
        cmocka_unit_test(crates_of_one_name_go_by_different_words),
        cmocka_unit_test(ends_where_crates_need_each_other),
        cmocka_unit_test(tells_licences_as_expression_or_by_name),
        cmocka_unit_test(tells_authors_references_and_targets),
        cmocka_unit_test(takes_only_checksums_that_are_of_this_crate),
        cmocka_unit_test(refuses_a_lock_that_is_no_toml),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
