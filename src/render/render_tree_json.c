/* render_tree_json.c -- one dependency tree, schema wheelfix.tree/1 (wheelfix-json(5)). */
#include <string.h>

#include "render/json_macho.h"
#include "base/json_keys.h"
#include "render/json_pe.h"
#include "render/render.h"

/* Keys of "libraries": the needed name, or the path where the need was one itself, which
 * two objects may write alike and mean differently. */
struct keys {
    struct wf_arena arena;
};

static const char *
key_of(struct keys *keys, const struct wf_node *node)
{
    const char *name = node->via->name;
    const char *path = node->library->path;

    if (strchr(name, '/') == NULL)
        return name;
    return strchr(path, '/') != NULL ? path : wf_arena_printf(&keys->arena, "./%s", path);
}

static void
write_tries(struct wf_json_writer *w, const struct wf_edge *edge)
{
    wf_json_write_key(w, "tries");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edge->num_tries; i++) {
        const struct wf_try *attempt = &edge->tries[i];

        wf_json_begin_object(w);
        wf_key_string(w, "path", attempt->path);
        wf_key_string(w, "by", wf_found_by_name(attempt->by));
        wf_key_string(w, "why", attempt->why);
        wf_key_string(w, "result", wf_try_result_name(attempt->result));
        wf_key_string(w, "detail", attempt->detail);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* How a Mach-O object or a PE image needs its library `i`. */
static void
write_marks(struct wf_json_writer *w, const struct wf_object *object, size_t i)
{
    if (object->pe != NULL && object->pe->needs != NULL && i < object->num_needed)
        wf_key_string(w, "kind", wf_pe_need_word(object->pe->needs[i].kind));
    if (object->macho == NULL || i >= object->num_needed)
        return;
    const struct wf_macho_dylib *dylib = &object->macho->dylibs[i];

    wf_key_bool(w, "weak", dylib->weak);
    wf_key_bool(w, "reexport", dylib->reexport);
    wf_key_bool(w, "upward", dylib->upward);
    wf_key_bool(w, "lazy", dylib->lazy);
}

static void
write_edges(struct wf_json_writer *w, struct keys *keys, const struct wf_tree *tree,
            const struct wf_node *node)
{
    wf_json_write_key(w, "edges");
    wf_json_begin_array(w);
    for (size_t i = 0; i < node->num_edges; i++) {
        const struct wf_edge *edge = &node->edges[i];

        wf_json_begin_object(w);
        wf_key_string(w, "name", edge->name);
        write_marks(w, node->library->object, i);
        wf_key_string(w, "by", wf_found_by_name(edge->by));
        wf_key_string(w, "why", edge->why);
        wf_json_write_key(w, "library");
        if (edge->node == NULL)
            wf_json_write_null(w);
        else if (edge->node == tree->root)
            wf_json_write_string(w, tree->root->library->path);
        else
            wf_json_write_string(w, key_of(keys, edge->node));
        write_tries(w, edge);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
write_facts(struct wf_json_writer *w, const struct wf_library *library)
{
    const struct wf_object *object = library->object;

    wf_key_string(w, "path", library->path);
    wf_key_string(w, "real_path", library->real_path);
    wf_json_write_key(w, "in_wheel");
    wf_json_write_bool(w, library->in_wheel);
    wf_key_string(w, "arch", object->arch_name);
    if (object->macho != NULL) {
        wf_key_string(w, "slice", object->slice);
        wf_key_macos_version(w, "min_os", object->macho->min_os);
        wf_key_rpaths(w, object);
    }
    if (object->pe != NULL)
        wf_key_machine(w, object->pe);
    wf_key_string(w, "libc", wf_libc_name(object->libc));
    wf_key_string(w, "interpreter", object->interp);
    wf_key_string(w, "soname", object->soname);
    wf_key_string(w, "rpath", object->rpath);
    wf_key_string(w, "runpath", object->runpath);
    wf_json_write_key(w, "needed");
    wf_json_begin_array(w);
    for (size_t i = 0; i < object->num_needed; i++)
        wf_json_write_string(w, object->needed[i]);
    wf_json_end_array(w);
    wf_json_write_key(w, "variants");
    wf_json_begin_array(w);
    for (size_t i = 0; i < library->variants.num; i++)
        wf_json_write_string(w, library->variants.items[i]);
    wf_json_end_array(w);
}

/* Names without a file: not found, left out, or the interpreter's. */
static void
write_missing(struct wf_json_writer *w, struct keys *keys, const struct wf_tree *tree)
{
    struct wf_strings seen = { 0 };

    for (size_t i = 1; i < tree->num_nodes; i++)
        wf_strings_add(&keys->arena, &seen, key_of(keys, tree->nodes[i]));
    for (size_t i = 0; i < tree->num_nodes; i++) {
        const struct wf_node *node = tree->nodes[i];

        for (size_t k = 0; k < node->num_edges; k++) {
            const struct wf_edge *edge = &node->edges[k];

            if (edge->node != NULL || !wf_strings_add(&keys->arena, &seen, edge->name))
                continue;
            wf_json_write_key(w, edge->name);
            wf_json_begin_object(w);
            wf_key_string(w, "path", NULL);
            wf_key_string(w, "real_path", NULL);
            wf_json_write_key(w, "needed");
            wf_json_begin_array(w);
            wf_json_end_array(w);
            wf_json_end_object(w);
        }
    }
}

void
wf_render_tree_json(struct wf_json_writer *w, const struct wf_tree *tree)
{
    struct keys keys = { 0 };

    wf_json_begin_object(w);
    write_facts(w, tree->root->library);
    write_edges(w, &keys, tree, tree->root);
    wf_json_write_key(w, "libraries");
    wf_json_begin_object(w);
    for (size_t i = 1; i < tree->num_nodes; i++) {
        const struct wf_node *node = tree->nodes[i];

        wf_json_write_key(w, key_of(&keys, node));
        wf_json_begin_object(w);
        write_facts(w, node->library);
        write_edges(w, &keys, tree, node);
        wf_json_end_object(w);
    }
    write_missing(w, &keys, tree);
    wf_json_end_object(w);
    wf_json_end_object(w);
    wf_arena_clear(&keys.arena);
}
