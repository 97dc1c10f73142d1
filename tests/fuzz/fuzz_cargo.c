/* fuzz_cargo.c -- whatever stands where cargo writes: as the answer of `cargo metadata`, as
 * messages of a build, as lines of `cargo tree`. */
#include <string.h>

#include "pack/bridge_parts.h"
#include "pack/compile_parts.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char small_answer[] =
    "{\"packages\":[{\"name\":\"demo\",\"version\":\"0.1.0\",\"id\":\"demo\","
    "\"manifest_path\":\"/w/Cargo.toml\",\"targets\":[{\"kind\":[\"cdylib\"],"
    "\"crate_types\":[\"cdylib\"],\"name\":\"demo\",\"src_path\":\"/w/src/lib.rs\"},"
    "{\"kind\":[\"bin\"],\"crate_types\":[\"bin\"],\"name\":\"tool\","
    "\"src_path\":\"/w/src/main.rs\"}]},{\"name\":\"pyo3\",\"version\":\"0.29.3\","
    "\"id\":\"pyo3\",\"manifest_path\":\"/p\",\"targets\":[]}],\"workspace_members\":[],"
    "\"resolve\":{\"nodes\":[{\"id\":\"demo\",\"deps\":[{\"pkg\":\"pyo3\"}]}],\"root\":"
    "\"demo\"},\"target_directory\":\"/w/target\",\"workspace_root\":\"/w\"}";

/* Every edge leads to a crate of the graph, and every crate is found by its id. */
static void
check_graph(const struct wf_cargo_graph *graph)
{
    struct wf_arena arena = { 0 };

    expect(graph->root != NULL);
    for (size_t i = 0; i < graph->num_crates; i++) {
        const struct wf_crate *crate = &graph->crates[i];

        expect(wf_crate_by_id(graph, crate->id) == crate);
        for (size_t j = 0; j < crate->num_dependencies; j++) {
            const struct wf_crate *to = crate->dependencies[j].crate;

            expect(to >= graph->crates && to < graph->crates + graph->num_crates);
        }
    }
    const bool *reached = wf_crate_reached(&arena, graph, graph->root);

    for (size_t i = 0; i < graph->root->num_dependencies; i++)
        expect(reached[graph->root->dependencies[i].crate - graph->crates]);
    wf_arena_clear(&arena);
}

static void
read_answer(struct wf_bytes text)
{
    struct wf_cargo_graph graph = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_cargo_graph_parse(&graph, &arena, text, "/w/Cargo.toml", &err)) {
        struct wf_build_asked asked = { .folder = "/" };
        struct wf_project project = { .manifest = "/w/Cargo.toml" };
        struct wf_bridge bridge;

        check_graph(&graph);
        graph.num_members = 1; /* no program is run */
        if (wf_bridge_find(&bridge, &arena, &project, &graph, &asked, &err))
            expect(bridge.bindings != WF_BINDINGS_AUTO && bridge.cpython_max < 100);
        else
            expect(err.kind == WF_ERR_REFUSED && err.text[0] != '\0');
    } else {
        expect_reason(&err, text.len);
    }
    wf_cargo_graph_end(&graph);
    wf_arena_clear(&arena);
}

static void
hear(const struct wf_cargo_graph *graph, size_t target, struct wf_bytes text)
{
    struct wf_arena arena = { 0 };
    struct wf_compiled compiled = { 0 };
    struct wf_compile_state state = {
        .arena = &arena,
        .graph = graph,
        .target = &graph->root->targets[target],
        .cross_target_dir = target == 0 ? "/home/target" : NULL,
        .out = &compiled,
    };
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text)) {
        struct wf_error err = { 0 };

        line.file_off = 0;
        if (!wf_compile_message(&state, line, &err))
            expect_reason(&err, line.len);
    }
    expect(state.artifact.path == NULL || state.artifact.target == state.target);
    for (size_t i = 0; i < compiled.link_paths.num; i++)
        expect(compiled.link_paths.items[i][0] != '\0');
    wf_arena_clear(&arena);
}

static void
read_tree(const struct wf_cargo_graph *graph, struct wf_bytes text)
{
    struct wf_arena arena = { 0 };
    struct wf_binding binding = { .crate = wf_crate_by_id(graph, "pyo3") };
    struct wf_binding_list list = { .items = &binding, .num = 1 };
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text)) {
        struct wf_error err = { 0 };

        if (!wf_binding_tree_line(&list, &arena, line, &err))
            expect_reason(&err, line.len);
    }
    expect(binding.is_seen || binding.features.num == 0);
    wf_arena_clear(&arena);
}

/* A line is a condition, too. */
static void
read_condition(struct wf_bytes text)
{
    struct wf_arena arena = { 0 };
    struct wf_strings lines = { 0 };
    struct wf_error err = { 0 };
    bool holds = false;

    wf_strings_append(&arena, &lines, "unix");
    wf_strings_append(&arena, &lines, "target_os=\"linux\"");
    if (!wf_cfg_matches(&holds, wf_arena_str(&arena, text), &lines, &err))
        expect_reason(&err, text.len);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes text = wf_bytes_of(data, len);
    static struct wf_cargo_graph graph; /* the same for all inputs */
    static struct wf_arena arena;

    if (graph.root == NULL)
        expect(
            wf_cargo_graph_parse(&graph, &arena, wf_bytes_str(small_answer), "m", NULL));
    read_answer(text);
    for (size_t target = 0; target < graph.root->num_targets; target++)
        hear(&graph, target, text);
    read_tree(&graph, text);
    read_condition(text);
    return 0;
}
