/* plan_grafts.c -- from the objects of the wheel outwards: what a policy grants stays
 * outside, everything else comes in, and so does what that needs (auditwheel.md 4.2). */
#include <string.h>

#include "repair/plan_parts.h"

struct walk {
    struct wf_planning *planning;
    struct wf_grafting *out;
    enum wf_policy_family family;
    uint32_t *slots; /* index of a user + 1, by its key */
    size_t num_slots;
};

static bool
matches(const struct wf_strings *globs, const char *name, const char *path)
{
    for (size_t i = 0; i < globs->num; i++)
        if (wf_text_glob(globs->items[i], name) ||
            (path != NULL && wf_text_glob(globs->items[i], path)))
            return true;
    return false;
}

static wf_rank
library_rank(const struct walk *walk, const char *name)
{
    return wf_policies_library_rank(walk->planning->options->audit->policies,
                                    walk->family, walk->planning->arch, name);
}

static enum wf_use_kind
kind_of(const struct walk *walk, const struct wf_edge *edge)
{
    const struct wf_repair_options *options = walk->planning->options;
    const bool python = wf_is_libpython(edge->name);
    const char *path = edge->library == NULL ? NULL : edge->library->path;

    if (edge->library != NULL && edge->library->in_wheel)
        return WF_USE_INSIDE;
    if (edge->by == WF_FOUND_EXCLUDED)
        return WF_USE_LEFT;
    if (wf_is_loader(edge->name) || (python && walk->family == WF_POLICY_ANDROID))
        return WF_USE_PROVIDED;
    if (python)
        return WF_USE_PYTHON;
    const enum wf_bundling bundling = wf_policies_bundling(edge->name, NULL);
    const bool included = matches(&options->includes, edge->name, path);

    if (bundling != WF_BUNDLE_NEVER && included)
        return path == NULL ? WF_USE_MISSING : WF_USE_GRAFT;
    if (library_rank(walk, edge->name) <= walk->out->rank)
        return WF_USE_PROVIDED;
    if (bundling == WF_BUNDLE_HOST ||
        (options->include_only.num > 0 &&
         !matches(&options->include_only, edge->name, path)))
        return WF_USE_LEFT;
    if (bundling == WF_BUNDLE_NEVER)
        return WF_USE_NEVER;
    return path == NULL ? WF_USE_MISSING : WF_USE_GRAFT;
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
                           .key = edge->library->object,
                           .object = edge->library->object,
                           .node = edge->node,
                           .path = edge->library->path,
                       });
    }
    wf_strings_add(arena, &out->grafts[idx].names, edge->name);
    return idx;
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
        uses[i].kind = kind_of(walk, edge);
        uses[i].graft =
            uses[i].kind == WF_USE_GRAFT ? add_graft(walk, edge) : WF_NO_GRAFT;
    }
    walk->out->users[user_idx].uses = uses;
    walk->out->users[user_idx].num_uses = num;
}

/* What a program alone loads may keep its libpython; what an extension or a lone library
 * loads, too, may not. */
static void
mark_from_modules(struct walk *walk)
{
    struct wf_grafting *out = walk->out;
    uint32_t *waiting =
        wf_arena_array(walk->planning->arena, out->num_users, sizeof *waiting);
    size_t num = 0;

    for (size_t i = 0; i < out->num_users; i++) {
        const struct wf_member_object *member = out->users[i].member;

        if (member == NULL || member->object.kind == WF_KIND_EXECUTABLE ||
            !wf_verdict_is_root(walk->planning->report,
                                (uint32_t)(member - walk->planning->report->objects)))
            continue;
        out->users[i].from_module = true;
        waiting[num++] = (uint32_t)i;
    }
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
refuse(struct walk *walk, const struct wf_refusal *refusal)
{
    struct wf_grafting *out = walk->out;

    out->refusals = wf_arena_grow(walk->planning->arena, out->refusals, out->num_refusals,
                                  &out->cap_refusals, sizeof *out->refusals);
    out->refusals[out->num_refusals++] = *refusal;
}

static const char *
older_image(const struct walk *walk)
{
    const struct wf_policy *policy = wf_policies_at(
        walk->planning->options->audit->policies, walk->family, walk->out->rank);

    if (policy == NULL || policy->num_images == 0)
        return "build on an older system";
    return wf_arena_printf(walk->planning->arena, "build in the image %s_%s",
                           policy->images[0], wf_arch_name(walk->planning->arch));
}

static void
need(struct walk *walk, wf_rank rank)
{
    if (rank > walk->out->highest)
        walk->out->highest = rank;
}

/* The wheel's own objects: what the audit found, libraries apart. */
static void
judge_wheel(struct walk *walk)
{
    const struct wf_platform *platform = walk->planning->judged;

    for (size_t i = 0; i < platform->num_blockers; i++) {
        const struct wf_blocker *blocker = &platform->blockers[i];

        if (blocker->reason == WF_REASON_LIBRARY)
            continue;
        need(walk, blocker->needs);
        if (blocker->needs > walk->out->rank)
            refuse(walk, &(struct wf_refusal){
                             .kind = WF_REFUSE_NEED,
                             .object = blocker->object,
                             .library = blocker->library,
                             .symbol = blocker->symbol,
                             .version = blocker->version,
                             .text = wf_verdict_phrase(walk->planning->arena, blocker),
                             .advice = blocker->reason == WF_REASON_ISA
                                           ? "build for the baseline processor, or give "
                                             "--disable-isa-ext-check"
                                           : older_image(walk),
                         });
    }
}

static bool
provides(const struct wf_user *user, const char *library)
{
    for (size_t i = 0; i < user->num_uses; i++)
        if (strcmp(user->uses[i].edge->name, library) == 0)
            return user->uses[i].kind == WF_USE_PROVIDED;
    return true;
}

/* A graft needs versions of the platform, too. */
static void
judge_graft(struct walk *walk, const struct wf_user *user)
{
    const struct wf_object *object = user->object;
    const struct wf_policies *policies = walk->planning->options->audit->policies;

    for (size_t i = 0; i < object->num_version_needs; i++) {
        const struct wf_version_need *version = &object->version_needs[i];

        if (wf_is_loader(version->library) || !provides(user, version->library))
            continue;
        const wf_rank rank = wf_policies_version_rank(
            policies, walk->family, walk->planning->arch, version->version);

        need(walk, rank);
        if (rank > walk->out->rank)
            refuse(walk, &(struct wf_refusal){
                             .kind = WF_REFUSE_NEED,
                             .object = user->path,
                             .library = version->library,
                             .version = version->version,
                             .text = wf_arena_printf(
                                 walk->planning->arena,
                                 "%s, which would be bundled, needs %s of %s", user->path,
                                 version->version, version->library),
                             .advice = older_image(walk),
                         });
    }
    if (!walk->planning->options->audit->disable_isa_check &&
        object->arch == WF_ARCH_X86_64 && object->isa_needed > 1) {
        need(walk, WF_RANK_NEVER);
        refuse(walk, &(struct wf_refusal){
                         .kind = WF_REFUSE_NEED,
                         .object = user->path,
                         .text = wf_arena_printf(walk->planning->arena,
                                                 "%s, which would be bundled, runs on "
                                                 "x86-64-v%u processors only",
                                                 user->path, object->isa_needed),
                         .advice = "use a build for the baseline processor, or give "
                                   "--disable-isa-ext-check",
                     });
    }
}

static void
judge_use(struct walk *walk, const struct wf_user *user, const struct wf_use *use)
{
    struct wf_arena *arena = walk->planning->arena;
    const char *name = use->edge->name;
    struct wf_refusal refusal = { .object = user->path, .library = name };

    switch (use->kind) {
    case WF_USE_PROVIDED:
        if (!wf_is_loader(name) && !wf_is_libpython(name))
            need(walk, library_rank(walk, name));
        return;
    case WF_USE_MISSING:
        refusal.kind = WF_REFUSE_MISSING;
        refusal.edge = use->edge;
        refusal.text =
            wf_arena_printf(arena, "%s needs %s, which was not found", user->path, name);
        refusal.advice = "give the folder that has it with --lib-path, or leave it out "
                         "with --exclude";
        break;
    case WF_USE_NEVER:
        refusal.kind = WF_REFUSE_NEVER;
        refusal.text = wf_arena_printf(arena,
                                       "%s needs %s, which belongs to the system's libc "
                                       "and is never bundled, and the policy does not "
                                       "grant it",
                                       user->path, name);
        refusal.advice = "choose a newer tag, or build without it";
        break;
    case WF_USE_PYTHON:
        if (user->object->kind != WF_KIND_EXECUTABLE && user->from_module)
            return;
        refusal.kind = WF_REFUSE_PYTHON;
        refusal.text = wf_arena_printf(arena,
                                       "%s needs %s, which only a program's own Python "
                                       "can provide",
                                       user->path, name);
        refusal.advice = "link Python statically into the program, or leave the library "
                         "out with --exclude";
        break;
    case WF_USE_INSIDE:
    case WF_USE_LEFT:
    case WF_USE_GRAFT:
        return;
    }
    refuse(walk, &refusal);
}

static void
start_with_wheel(struct walk *walk)
{
    struct wf_report *report = walk->planning->report;
    size_t num;
    const uint32_t *objects = wf_verdict_members(report, walk->planning->platform, &num);

    for (size_t i = 0; i < num; i++) {
        const struct wf_member_object *member = &report->objects[objects[i]];

        add_user(walk, &(struct wf_user){ .member = member,
                                          .graft = WF_NO_GRAFT,
                                          .key = &member->resolved,
                                          .object = &member->object,
                                          .node = member->node,
                                          .path = member->object.path });
    }
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
    for (size_t i = 0; i < out->num_users; i++)
        use_all(&walk, i);
    mark_from_modules(&walk);
    judge_wheel(&walk);
    for (size_t i = 0; i < out->num_users; i++) {
        const struct wf_user *user = &out->users[i];

        for (size_t k = 0; k < user->num_uses; k++)
            judge_use(&walk, user, &user->uses[k]);
        if (user->member == NULL)
            judge_graft(&walk, user);
    }
    return out;
}
