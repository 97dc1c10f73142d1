/* verdict_external.c -- the libraries that neither the platform nor the wheel provides,
 * and what a repair here would make of them (auditwheel.md 3.8, 3.9).  This is the one
 * part that depends on where libraries are found. */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

/* One external name.  Its width says under which policies it is external: all those of a
 * lower rank.  It is the widest way to reach it from the wheel, where a way is as narrow
 * as the lowest rank of the names on it: what a policy provides is not looked into. */
struct outside {
    const char *name;
    const struct wf_edge *edge; /* the first one */
    const struct wf_node *node; /* where its own needs were resolved, or NULL */
    wf_rank width;
    /* The same without the ways over what a repair leaves to the host: under lower ranks
     * than this one it would be grafted. */
    wf_rank graft;
    wf_rank versions; /* rank of its own version needs */
    wf_rank isa;      /* rank from which its ISA mark does not matter */
    bool direct;
    struct wf_strings needed_by;
};

/* One need of such a name, met while walking. */
struct meeting {
    const char *name;
    const struct wf_edge *edge;
    const char *needer;
    wf_rank width;
    wf_rank graft;
    bool direct;
    uint32_t order;
};

struct frontier {
    const struct wf_node *node;
    const char *path;
    wf_rank width;
    wf_rank graft;
    bool in_wheel;
};

struct walk {
    struct wf_report *report;
    const struct wf_policies *policies;
    const struct wf_judged *judged;
    wf_rank oldest;
    struct outside *outside; /* by name */
    size_t num_outside;
    struct meeting *meetings;
    size_t num_meetings;
    size_t cap_meetings;
    struct frontier *frontier;
    size_t num_frontier;
    size_t cap_frontier;
};

static void
push(struct walk *walk, const struct frontier *from)
{
    walk->frontier =
        wf_arena_grow(&walk->report->arena, walk->frontier, walk->num_frontier,
                      &walk->cap_frontier, sizeof *walk->frontier);
    walk->frontier[walk->num_frontier++] = *from;
}

static wf_rank
library_rank(const struct walk *walk, const char *name)
{
    return wf_policies_library_rank(walk->policies, walk->judged->ladder.family,
                                    walk->judged->ladder.arch, name);
}

static void
meet(struct walk *walk, const struct frontier *from, const struct wf_edge *edge)
{
    if (edge->by == WF_FOUND_EXCLUDED || wf_is_loader(edge->name) ||
        (edge->library != NULL && edge->library->in_wheel) ||
        (walk->judged->ladder.family == WF_POLICY_ANDROID && wf_is_libpython(edge->name)))
        return;
    const wf_rank rank = library_rank(walk, edge->name);
    const wf_rank width = rank < from->width ? rank : from->width;
    const bool left = wf_policies_bundling(edge->name, NULL) == WF_BUNDLE_HOST;

    if (width <= walk->oldest)
        return;
    walk->meetings =
        wf_arena_grow(&walk->report->arena, walk->meetings, walk->num_meetings,
                      &walk->cap_meetings, sizeof *walk->meetings);
    walk->meetings[walk->num_meetings] = (struct meeting){
        .name = edge->name,
        .edge = edge,
        .needer = from->path,
        .width = width,
        .graft = left                 ? WF_RANK_ALWAYS
                 : rank < from->graft ? rank
                                      : from->graft,
        .direct = from->in_wheel,
        .order = (uint32_t)walk->num_meetings,
    };
    walk->num_meetings++;
}

/* Each frontier is looked at once: what it needs is met, and the frontier is empty. */
static void
meet_frontier(struct walk *walk)
{
    walk->num_meetings = 0;
    for (size_t i = 0; i < walk->num_frontier; i++) {
        const struct frontier *from = &walk->frontier[i];

        for (size_t k = 0; k < from->node->num_edges; k++)
            meet(walk, from, &from->node->edges[k]);
    }
    walk->num_frontier = 0;
}

static int
compare_meetings(const void *left, const void *right)
{
    const struct meeting *a = left;
    const struct meeting *b = right;
    const int order = strcmp(a->name, b->name);

    if (order != 0)
        return order;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void
widen(struct walk *walk, struct outside *outside, const struct meeting *meeting)
{
    outside->direct |= meeting->direct;
    const bool wider = meeting->width > outside->width || meeting->graft > outside->graft;

    if (outside->node == NULL && meeting->edge->library != NULL) {
        /* Another object may have found what the first one did not. */
        outside->edge = meeting->edge;
        outside->node = meeting->edge->node;
    } else if (!wider) {
        return;
    }
    if (meeting->width > outside->width)
        outside->width = meeting->width;
    if (meeting->graft > outside->graft)
        outside->graft = meeting->graft;
    if (outside->node != NULL)
        push(walk, &(struct frontier){ .node = outside->node,
                                       .path = outside->edge->library->path,
                                       .width = outside->width,
                                       .graft = outside->graft });
}

/* Merges the meetings, by name, into the sorted list of what is known. */
static void
merge(struct walk *walk)
{
    struct wf_arena *arena = &walk->report->arena;
    struct outside *merged =
        wf_arena_array(arena, walk->num_outside + walk->num_meetings, sizeof *merged);
    size_t num = 0;
    size_t old = 0;

    qsort(walk->meetings, walk->num_meetings, sizeof *walk->meetings, compare_meetings);
    for (size_t i = 0; i < walk->num_meetings; i++) {
        const struct meeting *meeting = &walk->meetings[i];

        while (old < walk->num_outside &&
               strcmp(walk->outside[old].name, meeting->name) <= 0)
            merged[num++] = walk->outside[old++];
        if (num == 0 || strcmp(merged[num - 1].name, meeting->name) != 0)
            merged[num++] = (struct outside){
                .name = meeting->name,
                .edge = meeting->edge,
            };
        widen(walk, &merged[num - 1], meeting);
        struct wf_strings *by = &merged[num - 1].needed_by;

        if (by->num == 0 || strcmp(by->items[by->num - 1], meeting->needer) != 0)
            wf_strings_append(arena, by, meeting->needer);
    }
    while (old < walk->num_outside)
        merged[num++] = walk->outside[old++];
    walk->outside = merged;
    walk->num_outside = num;
}

/* From the objects of the wheel outwards, a level at a time.  A library is looked at again
 * only when it was reached by a wider way, of which there are as many as policies. */
static void
walk_outwards(struct walk *walk)
{
    for (size_t i = 0; i < walk->judged->num_objects; i++) {
        const struct wf_member_object *member =
            &walk->report->objects[walk->judged->objects[i]];

        if (member->node != NULL)
            push(walk, &(struct frontier){ .node = member->node,
                                           .path = member->object.path,
                                           .width = WF_RANK_NEVER,
                                           .graft = WF_RANK_NEVER,
                                           .in_wheel = true });
    }
    while (walk->num_frontier > 0) {
        meet_frontier(walk);
        if (walk->num_meetings == 0)
            break;
        merge(walk);
    }
}

static bool
is_outside(const struct walk *walk, const char *name)
{
    size_t low = 0;
    size_t high = walk->num_outside;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(walk->outside[middle].name, name);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* What a library brings along when it is grafted: its own version needs, except from what
 * is in the wheel or would be grafted with it; and its ISA mark, which does not matter
 * where the platform provides the library (libmvec from 2_24 on). */
static void
weigh(struct outside *outside, const struct walk *walk, bool isa_matters)
{
    const struct wf_library *library = outside->edge->library;

    if (library == NULL || outside->node == NULL)
        return;
    const struct wf_object *object = library->object;
    const struct wf_edges edges = wf_verdict_edges(&walk->report->arena, outside->node);

    for (size_t i = 0; i < object->num_version_needs; i++) {
        const struct wf_version_need *need = &object->version_needs[i];

        if (wf_is_loader(need->library) || wf_edges_in_wheel(&edges, need->library) ||
            is_outside(walk, need->library))
            continue;
        const wf_rank rank =
            wf_policies_version_rank(walk->policies, walk->judged->ladder.family,
                                     walk->judged->ladder.arch, need->version);

        if (rank > outside->versions)
            outside->versions = rank;
    }
    if (isa_matters && object->arch == WF_ARCH_X86_64 && object->isa_needed > 1)
        outside->isa = outside->graft;
}

/* What a repair that aims at one policy would graft. */
struct aim {
    size_t num;       /* libraries external under it */
    bool found;       /* all of them were found */
    wf_rank versions; /* highest rank of their version needs */
};

static bool
is_grafted(const struct outside *outside, wf_rank rank)
{
    return outside->graft > rank && !wf_is_libpython(outside->name);
}

static struct aim
aim_at(const struct walk *walk, wf_rank rank)
{
    struct aim aim = { .found = true };

    for (size_t i = 0; i < walk->num_outside; i++) {
        const struct outside *outside = &walk->outside[i];

        if (!is_grafted(outside, rank))
            continue;
        aim.num++;
        aim.found &= outside->edge->library != NULL &&
                     wf_policies_bundling(outside->name, NULL) != WF_BUNDLE_NEVER;
        if (outside->versions > aim.versions)
            aim.versions = outside->versions;
    }
    return aim;
}

static wf_rank
highest(wf_rank a, wf_rank b)
{
    return a > b ? a : b;
}

/* The rank a repair reaches: the fewest grafts first, then the oldest policy (auditwheel's
 * graft policy), held up by what the wheel's objects and the grafts themselves need. */
static wf_rank
forecast(const struct walk *walk, const struct wf_platform *platform, wf_rank base)
{
    const struct wf_ladder *ladder = &walk->judged->ladder;
    const wf_rank versions = highest(walk->judged->ranks[WF_REASON_VERSION],
                                     walk->judged->ranks[WF_REASON_VERSION_MARKER]);
    wf_rank symbols = WF_RANK_NEVER;
    wf_rank graft = WF_RANK_NEVER;
    size_t fewest = SIZE_MAX;

    for (size_t i = 0; i < ladder->num; i++) {
        const wf_rank rank = ladder->steps[i]->rank;

        if (rank < base)
            continue;
        const struct aim aim = aim_at(walk, rank);
        const wf_rank needed = highest(rank, highest(versions, aim.versions));

        if (needed < symbols)
            symbols = needed;
        if (aim.found && aim.num < fewest) {
            fewest = aim.num;
            graft = rank;
        }
    }
    wf_rank reached = highest(symbols, graft);

    reached = highest(reached, highest(platform->ucs2, platform->pyfpe));
    reached = highest(reached, highest(platform->forbidden, platform->isa));
    for (size_t i = 0; i < walk->num_outside; i++)
        if (!wf_is_libpython(walk->outside[i].name))
            reached = highest(reached, walk->outside[i].isa);
    return wf_ladder_rank(ladder, reached);
}

static int
compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
sort_once_each(struct wf_strings *list)
{
    size_t num = 0;

    qsort(list->items, list->num, sizeof *list->items, compare_texts);
    for (size_t i = 0; i < list->num; i++)
        if (num == 0 || strcmp(list->items[num - 1], list->items[i]) != 0)
            list->items[num++] = list->items[i];
    list->num = num;
}

static void
tell_externals(struct wf_platform *platform, struct walk *walk)
{
    platform->externals = wf_arena_array(&walk->report->arena, walk->num_outside,
                                         sizeof *platform->externals);
    for (size_t i = 0; i < walk->num_outside; i++) {
        struct outside *outside = &walk->outside[i];

        const char *why = NULL;

        if (wf_policies_bundling(outside->name, &why) != WF_BUNDLE_HOST)
            why = NULL;
        sort_once_each(&outside->needed_by);
        platform->externals[platform->num_externals++] = (struct wf_external){
            .name = outside->name,
            .needed_by = outside->needed_by,
            .library = outside->edge->library,
            .by = outside->edge->by,
            .why = outside->edge->why,
            .allowed_from = outside->width,
            .edge = outside->edge,
            .direct = outside->direct,
            .bundled_below = outside->graft,
            .left_out = why,
        };
    }
}

static void
tell_grafts(struct wf_platform *platform, const struct walk *walk)
{
    platform->grafts =
        wf_arena_array(&walk->report->arena, walk->num_outside, sizeof *platform->grafts);
    for (size_t i = 0; i < walk->num_outside; i++)
        if (platform->repaired != WF_RANK_NEVER &&
            is_grafted(&walk->outside[i], platform->repaired))
            platform->grafts[platform->num_grafts++] = (struct wf_graft){
                .name = walk->outside[i].name,
                .from = walk->outside[i].edge->library->real_path,
            };
}

void
wf_verdict_externals(struct wf_platform *platform, const struct wf_judged *judged,
                     struct wf_report *report, const struct wf_verdict_state *state,
                     wf_rank base)
{
    struct walk walk = {
        .report = report,
        .policies = state->options->policies,
        .judged = judged,
        .oldest = judged->ladder.steps[0]->rank,
    };

    walk_outwards(&walk);
    for (size_t i = 0; i < walk.num_outside; i++)
        weigh(&walk.outside[i], &walk, !state->options->disable_isa_check);
    platform->repaired = forecast(&walk, platform, base);
    tell_externals(platform, &walk);
    tell_grafts(platform, &walk);
}
