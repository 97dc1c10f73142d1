/* resolver.c -- trees of libraries, in the order in which a loader loads them: glibc's
 * dl-load.c and dl-deps.c, musl's dynlink.c, dyld's JustInTimeLoader.cpp. */
#include "resolve/resolve.h"

#include <string.h>

#include "object/macho.h"
#include "object/pe.h"
#include "resolve/dyld_places.h"
#include "resolve/dyld_search.h"
#include "resolve/exclusion.h"
#include "resolve/library_search.h"
#include "resolve/pe_search.h"
#include "resolve/system_dirs.h"

struct wf_resolver {
    struct wf_arena arena;
    struct wf_search search;
    struct wf_limits limits;
    struct wf_library_files files;
    bool for_wheel;
    struct wf_exclusion exclusion;
    struct wf_target *targets[WF_ARCH_COUNT][WF_LIBC_BIONIC + 1];
    struct wf_hunt hunt;
    unsigned num_trees;     /* the number of the present tree */
    struct wf_node **queue; /* nodes of the present tree */
    size_t num_queue;
    size_t cap_queue;
    struct waiting *waiting; /* of a Mach-O tree, the next one last */
    size_t num_waiting;
    size_t cap_waiting;
    const struct wf_edge *dlopened; /* what wf_resolver_named asks for */
};

/* A node whose needs are to be resolved, and who asked for that. */
struct waiting {
    struct wf_node *node;
    const struct wf_loaded *asker;
};

static bool
is_macho(const struct wf_loaded *loaded)
{
    return loaded->library.object->format == WF_FORMAT_MACHO;
}

static bool
is_pe(const struct wf_loaded *loaded)
{
    return loaded->library.object->format == WF_FORMAT_PE;
}

/* Whose rules the present tree follows: those of its root. */
static enum wf_format
tree_format(const struct wf_resolver *resolver)
{
    return resolver->hunt.root->library->object->format;
}

/* dyld's rules are the same for every kind of Mach-O object, those of Windows for every
 * machine. */
static struct wf_target *
target_for(struct wf_resolver *resolver, const struct wf_loaded *root, enum wf_libc libc)
{
    const enum wf_arch arch = root->library.object->arch;
    struct wf_target **target = &resolver->targets[arch][libc];

    if (is_macho(root) || is_pe(root))
        return NULL;
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
    wf_exclusion_init(&resolver->exclusion, &resolver->arena, &resolver->search);
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

/* Under its own name a loaded library is found by whoever asks for that; musl does not look
 * at it, and on Windows that is its file name. */
static void
answer_to_own_name(struct wf_resolver *resolver, struct wf_node *node, enum wf_libc libc)
{
    struct wf_loaded *loaded = wf_loaded_of(node);

    if (is_pe(loaded))
        answer_to(resolver, wf_pe_key(&resolver->files, loaded->name->text), node);
    else if (libc != WF_LIBC_MUSL && loaded->soname != NULL &&
             (!is_macho(loaded) ||
              wf_dyld_answers(&resolver->search, loaded->soname->text)))
        answer_to(resolver, loaded->soname, node);
}

/* Whether what one object found under a name is what others find: not what a path says, and
 * dyld searches each time. */
static bool
is_shared_answer(const struct wf_resolver *resolver, const struct wf_request *request)
{
    return tree_format(resolver) != WF_FORMAT_MACHO &&
           strchr(request->need->text, '/') == NULL;
}

/* Enters what was found into tree and edge. */
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
        answer_to_own_name(resolver, edge->node,
                           request->target == NULL ? WF_LIBC_UNKNOWN
                                                   : request->target->libc);
    }
    if (is_shared_answer(resolver, request))
        answer_to(resolver, request->need, edge->node);
    return true;
}

static struct wf_loaded *
search_for(enum wf_format format, struct wf_request *request)
{
    if (format == WF_FORMAT_MACHO)
        return wf_dyld_search(request);
    return format == WF_FORMAT_PE ? wf_pe_search(request) : wf_request_search(request);
}

static bool
resolve_edge(struct wf_resolver *resolver, struct wf_target *target, struct wf_node *node,
             struct wf_edge *edge, struct wf_name *need, struct wf_error *err)
{
    struct wf_request request = { .hunt = &resolver->hunt,
                                  .target = target,
                                  .node = node,
                                  .need = need,
                                  .edge = edge,
                                  .by_dlopen = edge == resolver->dlopened };
    const enum wf_format format = tree_format(resolver);

    edge->name = need->text;
    resolver->hunt.num_steps++;
    if (format == WF_FORMAT_PE) {
        need = wf_pe_key(&resolver->files, need->text);
        request.need = need;
    }
    if (wf_exclusion_of_need(&resolver->exclusion, edge, need, format))
        return true;
    if (format == WF_FORMAT_MACHO && wf_dyld_has_system(&request))
        return true;
    if (need->tree == resolver->num_trees) {
        edge->by = WF_FOUND_LOADED;
        edge->why = "the name is loaded already";
        edge->node = need->node;
        edge->library = need->node->library;
        return true;
    }
    struct wf_loaded *found = search_for(format, &request);

    if (found != NULL && wf_exclusion_of_library(&resolver->exclusion, edge, found))
        return true;
    if (found != NULL && !enter_library(resolver, &request, found, node, err))
        return false;
    wf_request_keep_tries(&request);
    return check_budget(resolver, err);
}

static bool
split_search_lists(struct wf_resolver *resolver, struct wf_target *target,
                   struct wf_loaded *loaded, struct wf_error *err)
{
    if (target != NULL)
        return wf_places_of(loaded, &resolver->files, target, err);
    return !is_macho(loaded) || wf_dyld_rpaths(loaded, &resolver->hunt, err);
}

/* What the object itself says about its need. */
static void
mark_edge(struct wf_edge *edge, const struct wf_object *object, size_t i)
{
    if (object->macho != NULL && object->macho->dylibs != NULL)
        edge->weak = object->macho->dylibs[i].weak;
    if (object->pe == NULL || object->pe->needs == NULL)
        return;
    edge->weak = object->pe->needs[i].kind == WF_PE_FORWARD;
    edge->lazy = object->pe->needs[i].kind != WF_PE_IMPORT;
}

static bool
resolve_node(struct wf_resolver *resolver, struct wf_target *target, struct wf_node *node,
             struct wf_error *err)
{
    struct wf_loaded *loaded = wf_loaded_of(node);
    const struct wf_object *object = node->library->object;
    const size_t num = object->num_needed;

    if (!split_search_lists(resolver, target, loaded, err))
        return false;
    if (loaded->needed == NULL && num > 0) {
        loaded->needed = wf_arena_array(&resolver->arena, num, sizeof(struct wf_name *));
        for (size_t i = 0; i < num; i++)
            loaded->needed[i] = wf_names_add(&resolver->files.names, object->needed[i]);
    }
    node->edges = wf_arena_array(&resolver->arena, num, sizeof *node->edges);
    node->num_edges = num;
    for (size_t i = 0; i < num; i++) {
        mark_edge(&node->edges[i], object, i);
        if (!resolve_edge(resolver, target, node, &node->edges[i], loaded->needed[i],
                          err))
            return false;
    }
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

    if (node != NULL)
        answer_to_own_name(resolver, node, *libc);
    resolver->hunt.root = node;
    return node;
}

static void
let_wait(struct wf_resolver *resolver, struct wf_node *node,
         const struct wf_loaded *asker)
{
    if (node == NULL || wf_loaded_of(node)->expanded == resolver->num_trees)
        return;
    resolver->waiting =
        wf_arena_grow(&resolver->arena, resolver->waiting, resolver->num_waiting,
                      &resolver->cap_waiting, sizeof *resolver->waiting);
    resolver->waiting[resolver->num_waiting++] =
        (struct waiting){ .node = node, .asker = asker };
}

/* dyld loads all that an image needs, then turns to the first of those.  Whoever turns to an
 * image first passes its search paths on, even when another one loaded it. */
static bool
resolve_waiting(struct wf_resolver *resolver, struct wf_error *err)
{
    while (resolver->num_waiting > 0) {
        const struct waiting next = resolver->waiting[--resolver->num_waiting];
        struct wf_loaded *loaded = wf_loaded_of(next.node);

        if (loaded->expanded == resolver->num_trees)
            continue;
        loaded->expanded = resolver->num_trees;
        loaded->behind = next.asker;
        if (!resolve_node(resolver, NULL, next.node, err))
            return false;
        const struct wf_loaded *asker =
            loaded->library.object->num_rpaths > 0 ? loaded : loaded->behind;

        for (size_t i = next.node->num_edges; i > 0; i--)
            let_wait(resolver, next.node->edges[i - 1].node, asker);
    }
    return true;
}

/* Resolves what the nodes from `first` on need, and all that this brings in. */
static bool
resolve_queue(struct wf_resolver *resolver, struct wf_target *target, size_t first,
              struct wf_error *err)
{
    if (tree_format(resolver) == WF_FORMAT_MACHO) {
        resolver->num_waiting = 0;
        for (size_t i = resolver->num_queue; i > first; i--)
            let_wait(resolver, resolver->queue[i - 1],
                     first == 0 ? NULL : wf_loaded_of(resolver->queue[0]));
        return resolve_waiting(resolver, err);
    }
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
        !resolve_queue(resolver, target_for(resolver, root, libc), 0, err))
        return false;
    *out = keep_tree(resolver, libc);
    return true;
}

static bool
build_named(struct wf_edge *edge, struct wf_resolver *resolver, struct wf_loaded *root,
            const char *name, enum wf_libc libc, struct wf_error *err)
{
    struct wf_node *node = start_tree(resolver, root, &libc, err);
    struct wf_target *target = target_for(resolver, root, libc);

    if (node == NULL || !split_search_lists(resolver, target, root, err))
        return false;
    resolver->dlopened = edge;
    root->expanded = resolver->num_trees;
    root->behind = NULL;
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
        if (!resolver->exclusion.used[i])
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
