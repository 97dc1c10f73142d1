/* resolver.c -- trees of libraries, in the order in which a loader loads them: glibc's
 * dl-load.c and dl-deps.c, musl's dynlink.c. */
#include "resolve/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/library_search.h"
#include "resolve/system_dirs.h"

struct wf_resolver {
    struct wf_arena arena;
    struct wf_search search;
    struct wf_limits limits;
    struct wf_library_files files;
    bool for_wheel;
    bool *exclude_used; /* per pattern */
    struct wf_target *targets[WF_ARCH_COUNT][WF_LIBC_BIONIC + 1];
    struct wf_hunt hunt;
    unsigned num_trees;     /* the number of the present tree */
    struct wf_node **queue; /* nodes of the present tree */
    size_t num_queue;
    size_t cap_queue;
};

static struct wf_target *
target_for(struct wf_resolver *resolver, enum wf_arch arch, enum wf_libc libc)
{
    struct wf_target **target = &resolver->targets[arch][libc];

    if (*target == NULL) {
        *target = wf_arena_alloc(&resolver->arena, sizeof **target);
        wf_target_init(*target, &resolver->files, &resolver->search, arch, libc,
                       resolver->for_wheel);
    }
    return *target;
}

struct wf_resolver *
wf_resolver_new(const struct wf_search *search, const struct wf_object *const *members,
                size_t num_members, const struct wf_limits *limits)
{
    struct wf_arena arena;

    wf_arena_init(&arena, (size_t)limits->arena_bytes);
    struct wf_resolver *resolver = wf_arena_alloc(&arena, sizeof *resolver);

    resolver->arena = arena;
    resolver->search = *search;
    resolver->limits = *limits;
    resolver->for_wheel = num_members > 0;
    resolver->exclude_used =
        wf_arena_array(&resolver->arena, search->excludes.num, sizeof(bool));
    wf_library_files_init(&resolver->files, &resolver->arena, &resolver->limits,
                          search->sysroot, members, num_members);
    resolver->hunt.files = &resolver->files;
    resolver->hunt.search = &resolver->search;
    return resolver;
}

void
wf_resolver_free(struct wf_resolver *resolver)
{
    if (resolver == NULL)
        return;
    struct wf_arena arena = resolver->arena;

    wf_library_files_clear(&resolver->files);
    wf_arena_clear(&arena);
}

/* The index + 1 of the first pattern that matches, or -1. */
static int
match_excludes(const struct wf_resolver *resolver, const char *text)
{
    for (size_t i = 0; i < resolver->search.excludes.num; i++)
        if (wf_text_glob(resolver->search.excludes.items[i], text))
            return (int)i + 1;
    return -1;
}

static int
compare_names(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool
is_excluded_name(const struct wf_resolver *resolver, struct wf_edge *edge)
{
    const struct wf_strings *names = &resolver->search.exclude_names;

    if (names->num == 0 || bsearch(edge->name, names->items, names->num,
                                   sizeof *names->items, compare_names) == NULL)
        return false;
    edge->by = WF_FOUND_EXCLUDED;
    edge->why = edge->name;
    return true;
}

/* Makes the edge an excluded one when `*memo`, which remembers the answer for `text`, says
 * so. */
static bool
is_excluded(struct wf_resolver *resolver, struct wf_edge *edge, int *memo,
            const char *text)
{
    if (*memo == 0)
        *memo = match_excludes(resolver, text);
    if (*memo < 0)
        return false;
    const size_t idx = (size_t)*memo - 1;

    resolver->exclude_used[idx] = true;
    edge->by = WF_FOUND_EXCLUDED;
    edge->why = resolver->search.excludes.items[idx];
    return true;
}

static bool
check_budget(struct wf_resolver *resolver, struct wf_error *err)
{
    if (resolver->hunt.num_steps > resolver->limits.tree_steps)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "its search for libraries takes more than %llu steps "
                            "(--limit tree-steps)",
                            (unsigned long long)resolver->limits.tree_steps);
    return wf_arena_ok(&resolver->arena, "the tree of its libraries", err);
}

/* Puts a library into the present tree, below `parent`. */
static struct wf_node *
add_node(struct wf_resolver *resolver, struct wf_loaded *loaded, struct wf_node *parent,
         const struct wf_edge *via, struct wf_error *err)
{
    const unsigned depth = parent == NULL ? 0 : parent->depth + 1;

    if (depth >= resolver->limits.tree_depth) {
        wf_error_set(err, WF_ERR_LIMIT,
                     "its libraries go deeper than %llu levels (--limit tree-depth)",
                     (unsigned long long)resolver->limits.tree_depth);
        return NULL;
    }
    if (resolver->num_queue >= resolver->limits.tree_nodes) {
        wf_error_set(err, WF_ERR_LIMIT,
                     "it loads more than %llu libraries (--limit tree-nodes)",
                     (unsigned long long)resolver->limits.tree_nodes);
        return NULL;
    }
    struct wf_node *node = wf_arena_alloc(&resolver->arena, sizeof *node);

    *node = (struct wf_node){
        .library = &loaded->library, .parent = parent, .via = via, .depth = depth
    };
    loaded->tree = resolver->num_trees;
    loaded->node = node;
    resolver->queue =
        wf_arena_grow(&resolver->arena, resolver->queue, resolver->num_queue,
                      &resolver->cap_queue, sizeof(struct wf_node *));
    resolver->queue[resolver->num_queue++] = node;
    return node;
}

static void
answer_to(struct wf_resolver *resolver, struct wf_name *name, struct wf_node *node)
{
    if (name == NULL || name->tree == resolver->num_trees)
        return;
    name->tree = resolver->num_trees;
    name->node = node;
}

/* Enters what was found into tree and edge.  A path is not a name that others could ask
 * for, and musl does not look at the SONAME. */
static bool
enter_library(struct wf_resolver *resolver, const struct wf_request *request,
              struct wf_loaded *loaded, struct wf_node *parent, struct wf_error *err)
{
    struct wf_edge *edge = request->edge;

    edge->library = &loaded->library;
    if (loaded->tree == resolver->num_trees) {
        edge->node = loaded->node;
        edge->by = WF_FOUND_LOADED;
        edge->why = "the same file is loaded already";
    } else {
        edge->node = add_node(resolver, loaded, parent, edge, err);
        if (edge->node == NULL)
            return false;
        if (request->target->libc != WF_LIBC_MUSL)
            answer_to(resolver, loaded->soname, edge->node);
    }
    if (strchr(request->need->text, '/') == NULL)
        answer_to(resolver, request->need, edge->node);
    return true;
}

static bool
resolve_edge(struct wf_resolver *resolver, struct wf_target *target, struct wf_node *node,
             struct wf_edge *edge, struct wf_name *need, struct wf_error *err)
{
    struct wf_request request = { .hunt = &resolver->hunt,
                                  .target = target,
                                  .node = node,
                                  .need = need,
                                  .edge = edge };

    edge->name = need->text;
    resolver->hunt.num_steps++;
    if (is_excluded(resolver, edge, &need->exclude, need->text) ||
        is_excluded_name(resolver, edge))
        return true;
    if (need->tree == resolver->num_trees) {
        edge->by = WF_FOUND_LOADED;
        edge->why = "the name is loaded already";
        edge->node = need->node;
        edge->library = need->node->library;
        return true;
    }
    struct wf_loaded *found = wf_request_search(&request);

    if (found != NULL &&
        is_excluded(resolver, edge, &found->exclude, found->library.real_path))
        return true;
    if (found != NULL && !enter_library(resolver, &request, found, node, err))
        return false;
    wf_request_keep_tries(&request);
    return check_budget(resolver, err);
}

static bool
resolve_node(struct wf_resolver *resolver, struct wf_target *target, struct wf_node *node,
             struct wf_error *err)
{
    struct wf_loaded *loaded = wf_loaded_of(node);
    const struct wf_object *object = node->library->object;
    const size_t num = object->num_needed;

    if (!wf_places_of(loaded, &resolver->files, target, err))
        return false;
    if (loaded->needed == NULL && num > 0) {
        loaded->needed = wf_arena_array(&resolver->arena, num, sizeof(struct wf_name *));
        for (size_t i = 0; i < num; i++)
            loaded->needed[i] = wf_names_add(&resolver->files.names, object->needed[i]);
    }
    node->edges = wf_arena_array(&resolver->arena, num, sizeof *node->edges);
    node->num_edges = num;
    for (size_t i = 0; i < num; i++)
        if (!resolve_edge(resolver, target, node, &node->edges[i], loaded->needed[i],
                          err))
            return false;
    return true;
}

static const struct wf_tree *
keep_tree(struct wf_resolver *resolver, enum wf_libc libc)
{
    struct wf_tree *tree = wf_arena_alloc(&resolver->arena, sizeof *tree);
    const size_t num = resolver->num_queue;

    tree->libc = libc;
    tree->root = resolver->queue[0];
    tree->num_nodes = num;
    tree->nodes = wf_arena_array(&resolver->arena, num, sizeof(struct wf_node *));
    memcpy(tree->nodes, resolver->queue, num * sizeof(struct wf_node *));
    return tree;
}

/* Starts a new tree at `root`; *libc is what its own facts say, if they do. */
static struct wf_node *
start_tree(struct wf_resolver *resolver, struct wf_loaded *root, enum wf_libc *libc,
           struct wf_error *err)
{
    const struct wf_object *object = root->library.object;

    if (object->libc != WF_LIBC_UNKNOWN)
        *libc = object->libc;
    resolver->num_trees++;
    resolver->num_queue = 0;
    struct wf_node *node = add_node(resolver, root, NULL, NULL, err);

    if (node != NULL && *libc != WF_LIBC_MUSL)
        answer_to(resolver, root->soname, node);
    resolver->hunt.root = node;
    return node;
}

static bool
resolve_queue(struct wf_resolver *resolver, struct wf_target *target, size_t first,
              struct wf_error *err)
{
    for (size_t i = first; i < resolver->num_queue; i++)
        if (!resolve_node(resolver, target, resolver->queue[i], err))
            return false;
    return true;
}

static bool
build_tree(const struct wf_tree **out, struct wf_resolver *resolver,
           struct wf_loaded *root, enum wf_libc libc, struct wf_error *err)
{
    if (start_tree(resolver, root, &libc, err) == NULL ||
        !resolve_queue(resolver, target_for(resolver, root->library.object->arch, libc),
                       0, err))
        return false;
    *out = keep_tree(resolver, libc);
    return true;
}

static bool
build_named(struct wf_edge *edge, struct wf_resolver *resolver, struct wf_loaded *root,
            const char *name, enum wf_libc libc, struct wf_error *err)
{
    struct wf_node *node = start_tree(resolver, root, &libc, err);
    struct wf_target *target = target_for(resolver, root->library.object->arch, libc);

    if (node == NULL || !wf_places_of(wf_loaded_of(node), &resolver->files, target, err))
        return false;
    node->edges = edge;
    node->num_edges = 1;
    return resolve_edge(resolver, target, node, edge,
                        wf_names_add(&resolver->files.names, name), err) &&
           resolve_queue(resolver, target, 1, err);
}

bool
wf_resolver_tree(const struct wf_tree **out, struct wf_resolver *resolver,
                 const struct wf_object *root, enum wf_libc libc, struct wf_error *err)
{
    if (build_tree(out, resolver, wf_library_files_of(&resolver->files, root), libc, err))
        return true;
    return wf_error_prefix(err, "%s", root->path);
}

bool
wf_resolver_named(const struct wf_edge **out, struct wf_resolver *resolver,
                  const struct wf_object *root, const char *name, enum wf_libc libc,
                  struct wf_error *err)
{
    struct wf_edge *edge = wf_arena_alloc(&resolver->arena, sizeof *edge);

    if (!build_named(edge, resolver, wf_library_files_of(&resolver->files, root), name,
                     libc, err))
        return wf_error_prefix(err, "%s", root->path);
    *out = edge;
    return true;
}

void
wf_resolver_unmatched_excludes(const struct wf_resolver *resolver, struct wf_arena *arena,
                               struct wf_strings *out)
{
    for (size_t i = 0; i < resolver->search.excludes.num; i++)
        if (!resolver->exclude_used[i])
            wf_strings_append(arena, out, resolver->search.excludes.items[i]);
}

enum wf_libc
wf_search_host_libc(void)
{
    struct wf_arena arena = { 0 };
    const enum wf_libc libc = wf_system_libc(&arena, "", wf_arch_host());

    wf_arena_clear(&arena);
    return libc;
}
