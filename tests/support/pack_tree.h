/* pack_tree.h -- a project in a temporary folder, read as a build reads it, with a crate that
 * no cargo was asked about. */
#ifndef WF_TESTS_PACK_TREE_H
#define WF_TESTS_PACK_TREE_H

#include "folder.h"
#include "pack_asked.h"
#include "unit.h"

#include "pack/bindings.h"
#include "pack/select.h"

struct pack_tree {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_project project;
    struct wf_crate crate;
    struct wf_cargo_graph graph;
    struct wf_bridge bridge;
    struct wf_triple triple;
    struct wf_layout layout;
    struct wf_core_metadata metadata;
    struct wf_compiled compiled;
    struct wf_artifact artifact;
    struct wf_content content;
    struct wf_content tree;
    struct wf_bind_request request;
    struct wf_error err;
};

/* pack_tree_read reads pyproject.toml and Cargo.toml of the folder; the crate is "demo" 1.0
 * for Linux on x86_64, and one library or program of it was built. */
static inline void
pack_tree_read(void **state, struct pack_tree *tree, enum wf_bindings bindings)
{
    struct wf_error err = { 0 };

    memset(tree, 0, sizeof *tree);
    tree->asked = pack_asked_new(*state);
    if (!wf_project_find(&tree->project, &tree->arena, &tree->asked, &err))
        fail_msg("%s: %s", err.where, err.text);
    tree->crate = (struct wf_crate){
        .id = "demo 1.0",
        .name = "demo",
        .version = "1.0",
        .manifest_path = tree->project.manifest,
        .is_member = true,
    };
    tree->graph = (struct wf_cargo_graph){
        .crates = &tree->crate,
        .num_crates = 1,
        .root = &tree->crate,
        .workspace_root = tree->project.manifest_dir,
        .target_dir = wf_arena_strdup(&tree->arena, folder_path(state, "target")),
        .num_members = 1,
    };
    tree->bridge.bindings = bindings;
    tree->bridge.is_bin = bindings == WF_BINDINGS_BIN;
    assert_true(wf_triple_parse(&tree->triple, &tree->arena, "x86_64-unknown-linux-gnu",
                                "x86_64-unknown-linux-gnu", &err));
    tree->metadata = (struct wf_core_metadata){
        .name = "demo",
        .version = "1.0",
        .dist_name = "demo",
        .dist_version = "1.0",
        .metadata = wf_bytes_str("Metadata-Version: 2.4\n"),
    };
    tree->artifact.path =
        wf_arena_strdup(&tree->arena, folder_path(state, "target/libdemo.so"));
    tree->compiled.artifacts = &tree->artifact;
    tree->compiled.num_artifacts = 1;
    tree->content.arena = &tree->arena;
    tree->tree.arena = &tree->arena;
    tree->request = (struct wf_bind_request){
        .asked = &tree->asked,
        .project = &tree->project,
        .graph = &tree->graph,
        .bridge = &tree->bridge,
        .triple = &tree->triple,
        .layout = &tree->layout,
        .metadata = &tree->metadata,
        .compiled = &tree->compiled,
    };
}

/* pack_tree_load likewise, and finds the layout. */
static inline void
pack_tree_load(void **state, struct pack_tree *tree, enum wf_bindings bindings)
{
    pack_tree_read(state, tree, bindings);
    if (!wf_layout_find(&tree->layout, &tree->arena, &tree->project, &tree->graph,
                        &tree->bridge, &tree->err))
        fail_msg("%s", tree->err.text);
}

/* pack_tree_names is the members in the order of the wheel, with a blank between. */
static inline const char *
pack_tree_names(struct pack_tree *tree, struct wf_content *content)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    wf_content_sort(content, "demo-1.0.dist-info");
    for (size_t i = 0; i < content->num; i++)
        wf_buffer_printf(&text, "%s%s", i == 0 ? "" : " ", content->members[i].name);
    const char *copy = wf_arena_str(&tree->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

/* pack_tree_text is the text of a generated member. */
static inline const char *
pack_tree_text(struct pack_tree *tree, const struct wf_content *content, const char *name)
{
    for (size_t i = 0; i < content->num; i++) {
        if (strcmp(content->members[i].name, name) == 0)
            return wf_arena_str(&tree->arena, content->members[i].bytes);
    }
    return NULL;
}

static inline void
pack_tree_end(struct pack_tree *tree)
{
    wf_arena_clear(&tree->arena); /* what was said stays until the next is read */
}

#define in_folder(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

#endif
