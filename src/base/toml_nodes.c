/* toml_nodes.c -- a tree of keys, each with its children in order and by name. */
#include "base/toml_nodes.h"

#include <string.h>

#include "base/buffer.h"

enum { LONGEST_PATH = 200 };

struct wf_toml_node *
wf_toml_node_find(const struct wf_toml_node *parent, const char *name)
{
    struct wf_toml_node *node = parent->search;

    while (node != NULL) {
        const int order = strcmp(name, node->name);

        if (order == 0)
            return node;
        node = order < 0 ? node->left : node->right;
    }
    return NULL;
}

/* A left child of the same rank moves above its parent. */
static struct wf_toml_node *
skew(struct wf_toml_node *top)
{
    struct wf_toml_node *left = top->left;

    if (left == NULL || left->rank != top->rank)
        return top;
    top->left = left->right;
    left->right = top;
    return left;
}

/* Of three of the same rank to the right the middle one rises. */
static struct wf_toml_node *
split(struct wf_toml_node *top)
{
    struct wf_toml_node *right = top->right;

    if (right == NULL || right->right == NULL || right->right->rank != top->rank)
        return top;
    top->right = right->left;
    right->left = top;
    right->rank++;
    return right;
}

/* As deep as the tree, which is at most twice the logarithm of its size. */
static struct wf_toml_node *
insert(struct wf_toml_node *top, struct wf_toml_node *node)
{
    if (top == NULL)
        return node;
    if (strcmp(node->name, top->name) < 0)
        top->left = insert(top->left, node);
    else
        top->right = insert(top->right, node);
    return split(skew(top));
}

struct wf_toml_node *
wf_toml_node_add(struct wf_arena *arena, struct wf_toml_node *parent, const char *name,
                 enum wf_toml_shape shape)
{
    struct wf_toml_node *node = wf_arena_alloc(arena, sizeof *node);

    node->name = name;
    node->shape = shape;
    node->parent = parent;
    node->level = parent->level + 1;
    node->rank = 1;
    parent->search = insert(parent->search, node);
    if (parent->last == NULL)
        parent->first = node;
    else
        parent->last->next = node;
    parent->last = node;
    parent->num++;
    return node;
}

const char *
wf_toml_shape_about(enum wf_toml_shape shape)
{
    static const char *const about[] = {
        [WF_TOML_ROOT] = "the document",
        [WF_TOML_IMPLICIT] = "a table",
        [WF_TOML_HEADER] = "a table",
        [WF_TOML_DOTTED] = "a table of dotted keys",
        [WF_TOML_TABLES] = "an array of tables",
        [WF_TOML_ELEMENT] = "an element of an array of tables",
        [WF_TOML_SCALAR] = "a value",
        [WF_TOML_LIST] = "an array",
        [WF_TOML_BRACES] = "an inline table",
    };

    return about[shape];
}

const char *
wf_toml_node_path(struct wf_arena *arena, const struct wf_toml_node *node)
{
    const struct wf_toml_node *above[WF_TOML_MOST_LEVELS + 2];
    struct wf_buffer path;
    size_t num = 0;

    for (; node->parent != NULL; node = node->parent)
        above[num++] = node;
    wf_buffer_init(&path, LONGEST_PATH);
    while (num > 0) {
        wf_buffer_add_str(&path, path.len == 0 ? "" : ".");
        wf_buffer_add_str(&path, above[--num]->name);
    }
    const char *text = wf_arena_printf(arena, "%.*s%s", (int)path.len,
                                       path.data == NULL ? "" : (const char *)path.data,
                                       path.over ? "..." : "");

    wf_buffer_clear(&path);
    return text;
}
