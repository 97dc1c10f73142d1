/* verdict_windows_needs.c -- what the objects of a Windows wheel need that neither Windows nor
 * an interpreter nor the wheel has, what a repair here would bundle, and what stands in the
 * way of that. */
#include "audit/verdict_parts.h"

#include "object/pe.h"

#include <stdlib.h>
#include <string.h>

/* One need that leads out of the wheel, or nowhere. */
struct outward {
    const char *key; /* the name without case */
    const struct wf_edge *edge;
    const char *needer; /* "": --include */
    bool direct;        /* an object of the wheel has it */
    bool hard;          /* a module that Python loads does not work without it */
};

struct walk {
    struct wf_report *report;
    struct outward *outward;
    size_t num;
    size_t cap;
};

static bool
is_outward(const struct wf_edge *edge)
{
    if (edge->by == WF_FOUND_NOT || edge->by == WF_FOUND_MACHINE)
        return true;
    return edge->library != NULL && !edge->library->in_wheel;
}

/* What is reached by forwarders alone is needed by nobody for sure. */
static bool
is_needed(const struct wf_node *node)
{
    for (; node->via != NULL; node = node->parent)
        if (node->via->weak)
            return false;
    return true;
}

static void
look_at(struct walk *walk, const struct wf_node *node, bool hard)
{
    struct wf_arena *arena = &walk->report->arena;
    const bool in_wheel = node->library->in_wheel;
    const char *needer = node->library->path;
    const size_t index =
        in_wheel ? wf_verdict_member_index(walk->report, node->library->object)
                 : walk->report->num_objects;

    if (index < walk->report->num_objects)
        needer = walk->report->objects[index].object.path;
    for (size_t i = 0; i < node->num_edges; i++) {
        const struct wf_edge *edge = &node->edges[i];

        if (!is_outward(edge))
            continue;
        walk->outward = wf_arena_grow(arena, walk->outward, walk->num, &walk->cap,
                                      sizeof *walk->outward);
        walk->outward[walk->num++] = (struct outward){
            .key = wf_text_lower(arena, edge->name),
            .edge = edge,
            .needer = needer,
            .direct = in_wheel,
            .hard = hard && !edge->weak && is_needed(node),
        };
    }
}

/* Programs in .data/scripts get no DLLs unless they are asked for: nothing beside them would
 * be found. */
static void
look_at_tree(struct walk *walk, struct wf_verdict_state *state, uint32_t root)
{
    const struct wf_member_object *member = &walk->report->objects[root];
    const bool hard = state->objects[root].is_module;

    if (member->tree == NULL || (!hard && wf_verdict_windows_is_script(member)))
        return;
    for (size_t i = 0; i < member->tree->num_nodes; i++) {
        const struct wf_node *node = member->tree->nodes[i];
        const size_t index =
            node->library->in_wheel
                ? wf_verdict_member_index(walk->report, node->library->object)
                : walk->report->num_objects;

        if (hard && index < walk->report->num_objects)
            state->objects[index].weighs = true;
        look_at(walk, node, hard);
    }
}

/* The module in whose place somebody may ask for a DLL by its name. */
static const struct wf_member_object *
asking_member(const struct wf_judged *judged, const struct wf_report *report,
              const struct wf_verdict_state *state)
{
    for (size_t i = 0; i < judged->num_objects; i++)
        if (state->objects[judged->objects[i]].is_module)
            return &report->objects[judged->objects[i]];
    return report->num_platforms == 1 && judged->num_objects > 0
               ? &report->objects[judged->objects[0]]
               : NULL;
}

/* What --include names belongs to the forecast alone: no object needs it, but a repair is
 * refused without it.  A limit of the search was met by the trees before. */
static void
look_at_included(struct walk *walk, const struct wf_judged *judged,
                 const struct wf_verdict_state *state)
{
    const struct wf_strings *includes = &state->options->search.includes;
    const struct wf_member_object *member = asking_member(judged, walk->report, state);
    struct wf_arena *arena = &walk->report->arena;

    for (size_t i = 0; member != NULL && i < includes->num; i++) {
        const struct wf_edge *edge;
        struct wf_error err = { 0 };

        if (!wf_resolver_named(&edge, walk->report->resolver, &member->resolved,
                               includes->items[i], WF_LIBC_UNKNOWN, &err) ||
            !is_outward(edge))
            continue;
        walk->outward = wf_arena_grow(arena, walk->outward, walk->num, &walk->cap,
                                      sizeof *walk->outward);
        walk->outward[walk->num++] =
            (struct outward){ .key = wf_text_lower(arena, includes->items[i]),
                              .edge = edge,
                              .needer = "",
                              .hard = true };
    }
}

static const char *
found_path(const struct wf_edge *edge)
{
    return edge->library == NULL ? "" : edge->library->real_path;
}

static int
compare_outward(const void *left, const void *right)
{
    const struct outward *a = left;
    const struct outward *b = right;
    int order = strcmp(a->key, b->key);

    if (order == 0)
        order = strcmp(found_path(a->edge), found_path(b->edge));
    if (order == 0)
        order = strcmp(a->needer, b->needer);
    if (order == 0)
        order = strcmp(a->edge->name, b->edge->name);
    return order != 0 ? order : (int)b->hard - (int)a->hard;
}

static bool
is_same(const struct outward *a, const struct outward *b)
{
    return strcmp(a->key, b->key) == 0 &&
           strcmp(found_path(a->edge), found_path(b->edge)) == 0;
}

static const char *
why_left_out(const struct wf_edge *edge)
{
    return edge->by == WF_FOUND_MACHINE ? edge->why : NULL;
}

static void
add_external(struct wf_platform *platform, const struct outward *items, size_t num,
             struct wf_arena *arena)
{
    struct wf_external *external = &platform->externals[platform->num_externals++];
    const struct wf_edge *edge = items[0].edge;

    *external = (struct wf_external){
        .name = edge->name,
        .library = edge->library,
        .by = edge->by,
        .why = edge->why,
        .allowed_from = WF_RANK_NEVER,
        .edge = edge,
        .bundled_below = edge->library != NULL ? WF_RANK_NEVER : WF_RANK_ALWAYS,
        .left_out = why_left_out(edge),
        .weak = true,
    };
    for (size_t i = 0; i < num; i++) {
        external->direct |= items[i].direct;
        external->weak &= !items[i].hard;
        if (items[i].needer[0] != '\0' &&
            (i == 0 || strcmp(items[i - 1].needer, items[i].needer) != 0))
            wf_strings_append(arena, &external->needed_by, items[i].needer);
    }
    if (external->library != NULL)
        platform->grafts[platform->num_grafts++] =
            (struct wf_graft){ .name = external->name,
                               .from = external->library->real_path };
}

static const struct wf_object *
other_machine(const struct wf_platform *platform, const struct wf_judged *judged,
              const struct wf_report *report, const struct wf_verdict_state *state)
{
    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_object *object = &report->objects[judged->objects[i]].object;

        if (state->objects[judged->objects[i]].is_module &&
            !wf_verdict_windows_fits(object, platform->arch))
            return object;
    }
    return NULL;
}

static void
decide(struct wf_platform *platform, bool all_fit)
{
    platform->verdict = all_fit ? WF_RANK_ALWAYS : WF_RANK_NEVER;
    platform->repaired = platform->verdict;
    for (size_t i = 0; i < platform->num_externals; i++) {
        const struct wf_external *external = &platform->externals[i];

        if (external->weak || external->left_out != NULL)
            continue;
        if (external->direct)
            platform->verdict = WF_RANK_NEVER;
        if (external->library == NULL)
            platform->repaired = WF_RANK_NEVER;
    }
    if (platform->repaired == WF_RANK_NEVER)
        platform->num_grafts = 0;
}

struct blocking {
    struct wf_platform *platform;
    struct wf_arena *arena;
    size_t cap;
};

static void
block(struct blocking *blocking, const char *object, const char *library,
      enum wf_reason reason)
{
    struct wf_platform *platform = blocking->platform;
    const char *tag = wf_verdict_windows_tag(platform->arch);

    platform->blockers =
        wf_arena_grow(blocking->arena, platform->blockers, platform->num_blockers,
                      &blocking->cap, sizeof *platform->blockers);
    platform->blockers[platform->num_blockers++] = (struct wf_blocker){
        .policy = tag,
        .tag = tag,
        .reason = reason,
        .object = object,
        .library = library,
        .version = reason == WF_REASON_MISSING_ARCH
                       ? wf_verdict_windows_machine(platform->arch)
                       : NULL,
        .needs = WF_RANK_NEVER,
    };
}

static bool
is_wrong_machine(const struct wf_edge *edge)
{
    for (size_t i = 0; i < edge->num_tries; i++)
        if (edge->tries[i].result == WF_TRY_ARCH)
            return edge->library == NULL;
    return false;
}

/* In the order of the objects, which is that of the archive, then in that of the DLLs. */
static void
find_blockers(struct wf_platform *platform, const struct wf_judged *judged,
              const struct walk *walk, const struct wf_verdict_state *state)
{
    struct blocking blocking = { .platform = platform, .arena = &walk->report->arena };

    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_object *object =
            &walk->report->objects[judged->objects[i]].object;

        if (state->objects[judged->objects[i]].is_module &&
            !wf_verdict_windows_fits(object, platform->arch))
            block(&blocking, object->path, NULL, WF_REASON_MISSING_ARCH);
    }
    for (size_t i = 0; i < walk->num; i++) {
        const struct outward *item = &walk->outward[i];

        if (!item->hard || !item->direct || why_left_out(item->edge) != NULL ||
            (i > 0 && is_same(item - 1, item) && item[-1].hard &&
             strcmp(item[-1].needer, item->needer) == 0))
            continue;
        block(&blocking, item->needer, item->edge->name,
              is_wrong_machine(item->edge) ? WF_REASON_MISSING_ARCH : WF_REASON_LIBRARY);
    }
}

void
wf_verdict_windows_needs(struct wf_platform *platform, const struct wf_judged *judged,
                         struct wf_report *report, struct wf_verdict_state *state)
{
    struct walk walk = { .report = report };

    for (size_t i = 0; i < judged->num_objects; i++)
        if (state->objects[judged->objects[i]].counted)
            look_at_tree(&walk, state, judged->objects[i]);
    look_at_included(&walk, judged, state);
    if (walk.num > 1)
        qsort(walk.outward, walk.num, sizeof *walk.outward, compare_outward);
    platform->externals =
        wf_arena_array(&report->arena, walk.num, sizeof *platform->externals);
    platform->grafts = wf_arena_array(&report->arena, walk.num, sizeof *platform->grafts);
    for (size_t i = 0, end; i < walk.num; i = end) {
        end = i + 1;
        while (end < walk.num && is_same(&walk.outward[i], &walk.outward[end]))
            end++;
        add_external(platform, &walk.outward[i], end - i, &report->arena);
    }
    decide(platform, other_machine(platform, judged, report, state) == NULL);
    find_blockers(platform, judged, &walk, state);
}
