/* plan_grafts.c -- from the objects of the wheel outwards: what a policy grants stays
 * outside, everything else comes in, and so does what that needs (auditwheel.md 4.2). */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"

struct walk {
    struct wf_planning *planning;
    struct wf_grafting *out;
    bool macos;
    bool windows;
    enum wf_policy_family family;
    uint32_t *slots; /* index of a user + 1, by its key */
    size_t num_slots;
};

bool
wf_plan_matches(const struct wf_strings *globs, const char *name, const char *path)
{
    for (size_t i = 0; i < globs->num; i++)
        if (wf_text_glob(globs->items[i], name) ||
            (path != NULL && wf_text_glob(globs->items[i], path)))
            return true;
    return false;
}

wf_rank
wf_plan_library_rank(const struct wf_planning *planning, const char *name)
{
    return wf_policies_library_rank(planning->options->audit->policies,
                                    planning->judged->family, planning->arch, name);
}

/* Of a library that is not in the wheel, nor the loader's or Python's, and may come in. */
static enum wf_use_kind
kind_of_ordinary(const struct walk *walk, const struct wf_edge *edge, const char *path)
{
    const struct wf_repair_options *options = walk->planning->options;
    const bool included =
        wf_plan_matches(&options->audit->search.includes, edge->name, path);
    const enum wf_use_kind in = path == NULL ? WF_USE_MISSING : WF_USE_GRAFT;

    if (included)
        return in;
    if (wf_plan_library_rank(walk->planning, edge->name) <= walk->out->rank)
        return WF_USE_PROVIDED;
    if (wf_policies_bundling(edge->name, NULL) == WF_BUNDLE_HOST ||
        (options->include_only.num > 0 &&
         !wf_plan_matches(&options->include_only, edge->name, path)))
        return WF_USE_LEFT;
    return in;
}

static enum wf_use_kind
kind_on_linux(const struct walk *walk, const struct wf_edge *edge)
{
    const bool python = wf_is_libpython(edge->name);

    if (edge->library != NULL && edge->library->in_wheel)
        return WF_USE_INSIDE;
    if (edge->by == WF_FOUND_EXCLUDED)
        return WF_USE_LEFT;
    if (wf_is_loader(edge->name) || (python && walk->family == WF_POLICY_ANDROID))
        return WF_USE_PROVIDED;
    if (python)
        return WF_USE_PYTHON;
    if (wf_policies_bundling(edge->name, NULL) == WF_BUNDLE_NEVER)
        return wf_plan_library_rank(walk->planning, edge->name) <= walk->out->rank
                   ? WF_USE_PROVIDED
                   : WF_USE_NEVER;
    return kind_of_ordinary(walk, edge,
                            edge->library == NULL ? NULL : edge->library->path);
}

static enum wf_use_kind
kind_of(const struct walk *walk, const struct wf_user *user, const struct wf_edge *edge)
{
    if (walk->macos)
        return wf_plan_macos_use(walk->planning, user, edge);
    return walk->windows ? wf_plan_windows_use(walk->planning, user, edge)
                         : kind_on_linux(walk, edge);
}

static size_t
slot_of(const struct walk *walk, const struct wf_object *key)
{
    size_t slot = (size_t)(((uintptr_t)key >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20);

    slot &= walk->num_slots - 1;
    while (walk->slots[slot] != 0 && walk->out->users[walk->slots[slot] - 1].key != key)
        slot = (slot + 1) & (walk->num_slots - 1);
    return slot;
}

/* The table is at most half full. */
static void
index_user(struct walk *walk, size_t idx)
{
    if (2 * (idx + 1) > walk->num_slots) {
        walk->num_slots = walk->num_slots == 0 ? 64 : 2 * walk->num_slots;
        walk->slots =
            wf_arena_array(walk->planning->arena, walk->num_slots, sizeof *walk->slots);
        for (size_t i = 0; i < idx; i++)
            walk->slots[slot_of(walk, walk->out->users[i].key)] = (uint32_t)i + 1;
    }
    walk->slots[slot_of(walk, walk->out->users[idx].key)] = (uint32_t)idx + 1;
}

/* The user that is this library, or NULL. */
static struct wf_user *
find_user(const struct walk *walk, const struct wf_library *library)
{
    if (library == NULL || walk->num_slots == 0)
        return NULL;
    const uint32_t found = walk->slots[slot_of(walk, library->object)];

    return found == 0 ? NULL : &walk->out->users[found - 1];
}

static void
add_user(struct walk *walk, const struct wf_user *user)
{
    struct wf_grafting *out = walk->out;

    out->users = wf_arena_grow(walk->planning->arena, out->users, out->num_users,
                               &out->cap_users, sizeof *out->users);
    out->users[out->num_users] = *user;
    index_user(walk, out->num_users++);
}

/* One graft for each real file, however many names and trees lead to it. */
static uint32_t
add_graft(struct walk *walk, const struct wf_edge *edge)
{
    struct wf_grafting *out = walk->out;
    struct wf_arena *arena = walk->planning->arena;
    const struct wf_user *known = find_user(walk, edge->library);
    uint32_t idx = known == NULL ? (uint32_t)out->num_grafts : known->graft;

    if (known == NULL) {
        out->grafts = wf_arena_grow(arena, out->grafts, out->num_grafts, &out->cap_grafts,
                                    sizeof *out->grafts);
        out->grafts[out->num_grafts++] = (struct wf_graft_draft){
            .library = edge->library,
            .user = (uint32_t)out->num_users,
        };
        add_user(walk, &(struct wf_user){
                           .graft = idx,
                           .library = edge->library,
                           .key = edge->library->object,
                           .object = edge->library->object,
                           .node = edge->node,
                           .path = edge->library->path,
                       });
    }
    wf_strings_add(arena, &out->grafts[idx].names, edge->name);
    return idx;
}

static int
compare_uses(const void *left, const void *right)
{
    const struct wf_use *const *a = left;
    const struct wf_use *const *b = right;
    const int order = strcmp((*a)->edge->name, (*b)->edge->name);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static void
sort_uses(struct walk *walk, struct wf_user *user)
{
    user->by_name = wf_arena_array(walk->planning->arena, user->num_uses,
                                   sizeof(const struct wf_use *));
    for (size_t i = 0; i < user->num_uses; i++)
        user->by_name[i] = &user->uses[i];
    qsort(user->by_name, user->num_uses, sizeof(const struct wf_use *), compare_uses);
}

static int
compare_name_to_use(const void *key, const void *item)
{
    return strcmp(key, (*(const struct wf_use *const *)item)->edge->name);
}

const struct wf_use *
wf_user_use(const struct wf_user *user, const char *name)
{
    if (user->num_uses == 0)
        return NULL;
    const struct wf_use *const *found =
        bsearch(name, user->by_name, user->num_uses, sizeof(const struct wf_use *),
                compare_name_to_use);

    return found == NULL ? NULL : *found;
}

static void
use_all(struct walk *walk, size_t user_idx)
{
    const struct wf_node *node = walk->out->users[user_idx].node;
    const size_t num = node == NULL ? 0 : node->num_edges;
    struct wf_use *uses = wf_arena_array(walk->planning->arena, num, sizeof *uses);

    for (size_t i = 0; i < num; i++) {
        const struct wf_edge *edge = &node->edges[i];

        uses[i].edge = edge;
        uses[i].kind = kind_of(walk, &walk->out->users[user_idx], edge);
        uses[i].graft =
            uses[i].kind == WF_USE_GRAFT ? add_graft(walk, edge) : WF_NO_GRAFT;
    }
    walk->out->users[user_idx].uses = uses;
    walk->out->users[user_idx].num_uses = num;
    sort_uses(walk, &walk->out->users[user_idx]);
}

/* From user number `first` on, and on to those that come in meanwhile. */
static void
walk_outwards(struct walk *walk, size_t first)
{
    for (size_t i = first; i < walk->out->num_users; i++)
        use_all(walk, i);
}

static bool
is_needed(const struct walk *walk, const char *name)
{
    for (size_t i = 0; i < walk->out->num_users; i++)
        if (wf_user_use(&walk->out->users[i], name) != NULL)
            return true;
    return false;
}

static int
compare_places(const void *left, const void *right)
{
    const struct wf_graft_draft *const *a = left;
    const struct wf_graft_draft *const *b = right;
    const int order = strcmp((*a)->library->real_path, (*b)->library->real_path);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* The slices of one universal file were met one by one, and come in together: as the file
 * that was met first. */
static void
join_slices(struct walk *walk)
{
    struct wf_grafting *out = walk->out;
    struct wf_arena *arena = walk->planning->arena;
    struct wf_graft_draft **sorted =
        wf_arena_array(arena, out->num_grafts, sizeof(struct wf_graft_draft *));
    uint32_t *first = wf_arena_array(arena, out->num_grafts, sizeof *first);
    uint32_t *now = wf_arena_array(arena, out->num_grafts, sizeof *now);
    size_t num = 0;

    for (size_t i = 0; i < out->num_grafts; i++)
        sorted[i] = &out->grafts[i];
    if (out->num_grafts > 0)
        qsort(sorted, out->num_grafts, sizeof(struct wf_graft_draft *), compare_places);
    for (size_t i = 0; i < out->num_grafts; i++) {
        const bool same = i > 0 && strcmp(sorted[i - 1]->library->real_path,
                                          sorted[i]->library->real_path) == 0;

        first[sorted[i] - out->grafts] = same ? first[sorted[i - 1] - out->grafts]
                                              : (uint32_t)(sorted[i] - out->grafts);
    }
    for (size_t i = 0; i < out->num_grafts; i++) {
        if (first[i] != i) {
            struct wf_strings *names = &out->grafts[now[first[i]]].names;

            for (size_t k = 0; k < out->grafts[i].names.num; k++)
                wf_strings_add(arena, names, out->grafts[i].names.items[k]);
            now[i] = now[first[i]];
            continue;
        }
        now[i] = (uint32_t)num;
        out->grafts[num++] = out->grafts[i];
    }
    out->num_grafts = num;
    for (size_t i = 0; i < out->num_users; i++) {
        if (out->users[i].graft != WF_NO_GRAFT)
            out->users[i].graft = now[out->users[i].graft];
        for (size_t k = 0; k < out->users[i].num_uses; k++)
            if (out->users[i].uses[k].graft != WF_NO_GRAFT)
                out->users[i].uses[k].graft = now[out->users[i].uses[k].graft];
    }
}

/* What --include names and nobody needs comes in all the same, for dlopen. */
static void
add_asked(struct walk *walk)
{
    struct wf_grafting *out = walk->out;

    for (size_t i = 0; i < walk->planning->num_asked; i++) {
        const struct wf_asked *asked = &walk->planning->asked[i];
        const struct wf_library *library = asked->edge->library;

        if (library == NULL || library->in_wheel || asked->is_bundled ||
            asked->edge->by == WF_FOUND_EXCLUDED || is_needed(walk, asked->name))
            continue;
        const size_t first = out->num_users;
        const uint32_t idx = add_graft(walk, asked->edge);

        /* Known by another name it keeps both. */
        out->grafts[idx].asked = asked->name;
        out->users[out->grafts[idx].user].asked = true;
        walk_outwards(walk, first);
    }
}

/* On Windows, too, but as it is, and alone; what came in as a need stays that. */
static void
add_asked_alone(struct walk *walk)
{
    struct wf_grafting *out = walk->out;

    for (size_t i = 0; i < walk->planning->num_asked; i++) {
        const struct wf_asked *asked = &walk->planning->asked[i];
        const struct wf_library *library = asked->edge->library;

        if (library == NULL || library->in_wheel ||
            asked->edge->by == WF_FOUND_EXCLUDED || find_user(walk, library) != NULL)
            continue;
        const uint32_t idx = add_graft(walk, asked->edge);

        out->grafts[idx].asked = asked->name;
        out->users[out->grafts[idx].user].asked = true;
    }
}

/* What a program alone loads may keep its libpython; what an extension or a lone library
 * loads, too, may not. */
static size_t
start_at_modules(struct walk *walk, uint32_t *waiting, bool programs)
{
    struct wf_grafting *out = walk->out;
    size_t num = 0;

    for (size_t i = 0; i < out->num_users; i++) {
        const struct wf_member_object *member = out->users[i].member;

        if (!out->users[i].asked &&
            (member == NULL || (member->object.kind == WF_KIND_EXECUTABLE) != programs ||
             !wf_verdict_is_root(walk->planning->report,
                                 (uint32_t)(member - walk->planning->report->objects))))
            continue;
        out->users[i].from_module = true;
        waiting[num++] = (uint32_t)i;
    }
    return num;
}

/* All that those load that wait. */
static void
mark_onwards(struct walk *walk, uint32_t *waiting, size_t num)
{
    struct wf_grafting *out = walk->out;

    while (num > 0) {
        const struct wf_user *user = &out->users[waiting[--num]];

        for (size_t i = 0; i < user->num_uses; i++) {
            struct wf_user *loaded = find_user(walk, user->uses[i].edge->library);

            if (loaded == NULL || loaded->from_module)
                continue;
            loaded->from_module = true;
            waiting[num++] = (uint32_t)(loaded - out->users);
        }
    }
}

static void
mark_from_modules(struct walk *walk)
{
    uint32_t *waiting =
        wf_arena_array(walk->planning->arena, walk->out->num_users, sizeof *waiting);
    size_t num = start_at_modules(walk, waiting, false);

    /* A wheel for macOS without modules is for its programs. */
    if (num == 0 && walk->macos)
        num = start_at_modules(walk, waiting, true);
    mark_onwards(walk, waiting, num);
}

/* On Windows what must be complete is told by its name and the options. */
static void
mark_from_hard_roots(struct walk *walk)
{
    struct wf_grafting *out = walk->out;
    uint32_t *waiting =
        wf_arena_array(walk->planning->arena, out->num_users, sizeof *waiting);
    size_t num = 0;

    for (size_t i = 0; i < out->num_members; i++) {
        if (!wf_win_is_hard(walk->planning, out->users[i].member))
            continue;
        out->users[i].from_module = true;
        waiting[num++] = (uint32_t)i;
    }
    mark_onwards(walk, waiting, num);
}

static void
add_member(struct walk *walk, const struct wf_member_object *member)
{
    add_user(walk, &(struct wf_user){ .member = member,
                                      .graft = WF_NO_GRAFT,
                                      .key = &member->resolved,
                                      .object = &member->object,
                                      .node = member->node,
                                      .path = member->object.path });
}

static void
start_with_wheel(struct walk *walk)
{
    struct wf_report *report = walk->planning->report;
    size_t num;
    const uint32_t *objects = wf_verdict_members(report, walk->planning->platform, &num);

    for (size_t i = 0; i < num; i++)
        add_member(walk, &report->objects[objects[i]]);
}

struct wf_grafting *
wf_plan_graft_under(struct wf_planning *planning, wf_rank rank)
{
    struct wf_grafting *out = wf_arena_alloc(planning->arena, sizeof *out);
    struct walk walk = { .planning = planning,
                         .out = out,
                         .family = planning->judged->family };

    out->rank = rank;
    start_with_wheel(&walk);
    out->num_members = out->num_users;
    walk_outwards(&walk, 0);
    add_asked(&walk);
    mark_from_modules(&walk);
    wf_plan_judge(planning, out);
    return out;
}

struct wf_grafting *
wf_plan_graft_macos(struct wf_planning *planning)
{
    struct wf_grafting *out = wf_arena_alloc(planning->arena, sizeof *out);
    struct walk walk = { .planning = planning, .out = out, .macos = true };
    struct wf_report *report = planning->report;

    /* The slices of one member follow each other. */
    for (size_t i = 0; i < report->num_objects; i++)
        if (wf_plan_is_macos(&report->objects[i]))
            add_member(&walk, &report->objects[i]);
    out->num_members = out->num_users;
    walk_outwards(&walk, 0);
    mark_from_modules(&walk);
    join_slices(&walk);
    return out;
}

struct wf_grafting *
wf_plan_graft_windows(struct wf_planning *planning)
{
    struct wf_grafting *out = wf_arena_alloc(planning->arena, sizeof *out);
    struct walk walk = { .planning = planning, .out = out, .windows = true };
    struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_objects; i++)
        if (wf_plan_is_windows(&report->objects[i]))
            add_member(&walk, &report->objects[i]);
    out->num_members = out->num_users;
    walk_outwards(&walk, 0);
    add_asked_alone(&walk);
    mark_from_hard_roots(&walk);
    return out;
}
