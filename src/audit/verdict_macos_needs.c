/* verdict_macos_needs.c -- what the objects of one architecture of macOS need that neither
 * the system nor the wheel has, and what a repair here would bundle. */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

/* One dylib command that leads out of the wheel, or nowhere. */
struct outward {
    const struct wf_edge *edge;
    const struct wf_node *from;
    const char *needer;
    bool direct; /* an object of the wheel has it */
};

struct walk {
    struct wf_report *report;
    struct outward *outward;
    size_t num;
    size_t cap;
    const struct wf_node **queue; /* libraries outside whose needs are to be seen */
    size_t num_queue;
    size_t cap_queue;
};

bool
wf_verdict_macos_is_outward(const struct wf_edge *edge)
{
    if (edge->by == WF_FOUND_EXCLUDED)
        return false;
    if (edge->by == WF_FOUND_NOT || edge->by == WF_FOUND_LIBPYTHON)
        return true;
    return edge->library != NULL && !edge->library->in_wheel;
}

static void
look_at(struct walk *walk, const struct wf_node *node, const char *needer, bool direct)
{
    struct wf_arena *arena = &walk->report->arena;

    for (size_t i = 0; i < node->num_edges; i++) {
        const struct wf_edge *edge = &node->edges[i];

        if (!wf_verdict_macos_is_outward(edge))
            continue;
        walk->outward = wf_arena_grow(arena, walk->outward, walk->num, &walk->cap,
                                      sizeof *walk->outward);
        walk->outward[walk->num++] = (struct outward){ edge, node, needer, direct };
        if (edge->library == NULL || edge->node == NULL)
            continue;
        walk->queue = wf_arena_grow(arena, walk->queue, walk->num_queue, &walk->cap_queue,
                                    sizeof *walk->queue);
        walk->queue[walk->num_queue++] = edge->node;
    }
}

static int
compare_libraries(const void *left, const void *right)
{
    const struct wf_node *const *a = left;
    const struct wf_node *const *b = right;

    return strcmp((*a)->library->real_path, (*b)->library->real_path);
}

/* Every library outside is looked into once, whichever tree it was met in. */
static void
look_outside(struct walk *walk)
{
    struct wf_strings seen = { 0 };

    while (walk->num_queue > 0) {
        const struct wf_node **level = walk->queue;
        const size_t num = walk->num_queue;

        walk->queue = NULL;
        walk->num_queue = 0;
        walk->cap_queue = 0;
        qsort(level, num, sizeof *level, compare_libraries);
        for (size_t i = 0; i < num; i++) {
            const char *path = level[i]->library->real_path;

            if ((i > 0 && strcmp(level[i - 1]->library->real_path, path) == 0) ||
                !wf_strings_add(&walk->report->arena, &seen, path))
                continue;
            look_at(walk, level[i], level[i]->library->path, false);
        }
    }
}

static const char *
found_path(const struct wf_edge *edge)
{
    return edge->library == NULL ? "" : edge->library->real_path;
}

/* By name and file: "@loader_path/x" of two folders may be two libraries. */
static int
compare_outward(const void *left, const void *right)
{
    const struct outward *a = left;
    const struct outward *b = right;
    int order = strcmp(a->edge->name, b->edge->name);

    if (order == 0)
        order = strcmp(found_path(a->edge), found_path(b->edge));
    if (order == 0)
        order = strcmp(a->needer, b->needer);
    return order != 0 ? order : (int)a->edge->weak - (int)b->edge->weak;
}

static bool
is_same(const struct outward *a, const struct outward *b)
{
    return strcmp(a->edge->name, b->edge->name) == 0 &&
           strcmp(found_path(a->edge), found_path(b->edge)) == 0;
}

static void
add_external(struct wf_platform *platform, const struct outward *items, size_t num,
             struct wf_arena *arena)
{
    struct wf_external *external = &platform->externals[platform->num_externals++];
    const bool found = items[0].edge->library != NULL;

    *external = (struct wf_external){
        .name = items[0].edge->name,
        .library = items[0].edge->library,
        .by = items[0].edge->by,
        .why = items[0].edge->why,
        .allowed_from = WF_RANK_NEVER,
        .edge = items[0].edge,
        .bundled_below = found ? WF_RANK_NEVER : WF_RANK_ALWAYS,
        .weak = true,
    };
    for (size_t i = 0; i < num; i++) {
        external->direct |= items[i].direct;
        external->weak &= items[i].edge->weak;
        if (i == 0 || strcmp(items[i - 1].needer, items[i].needer) != 0)
            wf_strings_append(arena, &external->needed_by, items[i].needer);
    }
    if (found)
        platform->grafts[platform->num_grafts++] =
            (struct wf_graft){ .name = external->name,
                               .from = external->library->real_path };
}

/* A library that may be missing is no hindrance.  Where others are found does not change
 * the verdict, and decides what a repair makes of it. */
static void
decide(struct wf_platform *platform)
{
    platform->verdict = WF_RANK_ALWAYS;
    platform->repaired = WF_RANK_ALWAYS;
    for (size_t i = 0; i < platform->num_externals; i++) {
        const struct wf_external *external = &platform->externals[i];

        if (external->direct && !external->weak)
            platform->verdict = WF_RANK_NEVER;
        if (external->library == NULL && !external->weak)
            platform->repaired = WF_RANK_NEVER;
    }
    if (platform->repaired == WF_RANK_NEVER)
        platform->num_grafts = 0;
}

void
wf_verdict_macos_needs(struct wf_platform *platform, const struct wf_judged *judged,
                       struct wf_report *report)
{
    struct walk walk = { .report = report };

    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[judged->objects[i]];

        if (member->node != NULL)
            look_at(&walk, member->node, member->object.path, true);
    }
    look_outside(&walk);
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
    decide(platform);
}
