/* plan_macos_files.c -- the Mach-O files of the new wheel: where each will stand, its slices,
 * and where each dylib command of them leads. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_macos_parts.h"

static bool
is_skipped(const struct wf_planning *planning, const char *path)
{
    return planning->options->dylibs_only && !wf_text_ends_with(path, ".so") &&
           !wf_text_ends_with(path, ".dylib");
}

/* Where a member will be looked at from, installed. */
static const char *
folder_of_member(const struct wf_planning *planning, const struct wf_mac_file *file)
{
    struct wf_arena *arena = planning->arena;

    if (file->moved != NULL)
        return wf_plan_folder_of(arena, file->moved);
    return wf_plan_is_outside(arena, file->path)
               ? NULL
               : wf_plan_folder_of(arena, file->member->installed);
}

/* Code of an architecture that no tag names is not judged, and what its slice tells of the
 * machine it was built on goes all the same, with the rest of its file. */
static bool
is_for_macos(const struct wf_object *object)
{
    return object->macho != NULL && wf_object_is_judged(object) &&
           (object->macho->platform == WF_MACHO_MACOS ||
            object->macho->platform == WF_MACHO_PLATFORM_NONE);
}

static void
add_member(struct wf_mac_layout *layout, size_t first, size_t num,
           const struct wf_user **next)
{
    struct wf_planning *planning = layout->planning;
    const struct wf_member_object *objects = &planning->report->objects[first];
    struct wf_mac_file *file = &layout->files[layout->num_files++];

    file->member = &objects[0];
    file->path = objects[0].member->name;
    file->skipped = is_skipped(planning, file->path);
    file->num_slices = num;
    file->slices = wf_arena_array(planning->arena, num, sizeof *file->slices);
    for (size_t i = 0; i < num; i++) {
        struct wf_mac_slice *slice = &file->slices[i];

        slice->object = &objects[i].object;
        slice->is_ours = !file->skipped && is_for_macos(slice->object);
        if (!wf_plan_is_macos(&objects[i]))
            continue;
        slice->user = (*next)++;
        if (file->moved == NULL)
            file->moved = wf_plan_moved_script(planning, slice->user);
    }
    file->folder = folder_of_member(planning, file);
}

static void
list_members(struct wf_mac_layout *layout)
{
    const struct wf_report *report = layout->planning->report;
    const struct wf_user *next = layout->planning->grafting->users;

    for (size_t i = 0, end; i < report->num_objects; i = end) {
        bool any = false;

        for (end = i; end < report->num_objects &&
                      report->objects[end].member == report->objects[i].member;
             end++)
            any |= wf_plan_is_macos(&report->objects[end]);
        if (any)
            add_member(layout, i, end - i, &next);
    }
}

/* The users that each graft is, one for each slice that is loaded: lists in arrays. */
struct slices_of {
    uint32_t *first; /* by graft: index of a user + 1, or 0 */
    uint32_t *next;  /* by user: the same */
};

static struct slices_of
index_slices(const struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    struct slices_of of = { 0 };

    of.first = wf_arena_array(planning->arena, grafting->num_grafts, sizeof *of.first);
    of.next = wf_arena_array(planning->arena, grafting->num_users, sizeof *of.next);
    for (size_t i = grafting->num_users; i > grafting->num_members; i--) {
        const uint32_t graft = grafting->users[i - 1].graft;

        of.next[i - 1] = of.first[graft];
        of.first[graft] = (uint32_t)i;
    }
    return of;
}

/* All slices of a library come along, also those that nothing in the wheel loads. */
static void
add_graft(struct wf_mac_layout *layout, struct wf_plan_graft *graft,
          const struct slices_of *of)
{
    struct wf_planning *planning = layout->planning;
    const struct wf_library *library = graft->library;
    const struct wf_user *users = planning->grafting->users;
    struct wf_mac_file *file = &layout->files[layout->num_files++];

    file->graft = graft;
    file->path = graft->from;
    file->num_slices = library->num_slices;
    file->slices =
        wf_arena_array(planning->arena, library->num_slices, sizeof *file->slices);
    for (size_t i = 0; i < library->num_slices; i++) {
        file->slices[i].object = &library->slices[i];
        file->slices[i].is_ours = library->slices[i].macho != NULL;
    }
    graft->slices = wf_arena_array(planning->arena, library->num_slices,
                                   sizeof(const struct wf_library *));
    for (uint32_t at = of->first[graft - planning->plan->grafts]; at != 0;
         at = of->next[at - 1]) {
        file->slices[users[at - 1].object - library->slices].user = &users[at - 1];
        graft->slices[graft->num_slices++] = users[at - 1].library;
    }
}

/* Where the need `k` of a slice leads in the new wheel, or NULL. */
static const char *
target_of(const struct wf_mac_layout *layout, const struct wf_mac_slice *slice, size_t k)
{
    const struct wf_plan *plan = layout->planning->plan;

    if (slice->user == NULL || k >= slice->user->num_uses)
        return NULL;
    const struct wf_use *use = &slice->user->uses[k];

    if (use->kind == WF_USE_INSIDE)
        return use->edge->library->path;
    if (use->kind != WF_USE_GRAFT)
        return NULL;
    const struct wf_plan_graft *graft = &plan->grafts[use->graft];

    return graft->same_as != NULL ? graft->same_as->path : graft->path;
}

/* A slice that nobody loads names its libraries as the others do, where it has the same
 * names. */
static void
borrow_targets(const struct wf_mac_file *file, struct wf_mac_slice *slice)
{
    for (size_t i = 0; i < file->num_slices; i++) {
        const struct wf_mac_slice *other = &file->slices[i];

        if (other->user == NULL)
            continue;
        for (size_t k = 0; k < slice->object->num_needed; k++) {
            const struct wf_use *use = wf_user_use(other->user, slice->object->needed[k]);

            if (slice->targets[k] == NULL && use != NULL)
                slice->targets[k] = other->targets[use - other->user->uses];
        }
    }
}

static void
find_targets(struct wf_mac_layout *layout, struct wf_mac_file *file)
{
    struct wf_arena *arena = layout->planning->arena;

    for (size_t i = 0; i < file->num_slices; i++) {
        struct wf_mac_slice *slice = &file->slices[i];

        slice->targets =
            wf_arena_array(arena, slice->object->num_needed, sizeof *slice->targets);
        for (size_t k = 0;
             file->folder != NULL && slice->is_ours && k < slice->object->num_needed; k++)
            slice->targets[k] = target_of(layout, slice, k);
    }
    for (size_t i = 0; i < file->num_slices; i++)
        if (file->slices[i].user == NULL && file->slices[i].is_ours)
            borrow_targets(file, &file->slices[i]);
}

void
wf_mac_list_files(struct wf_mac_layout *layout)
{
    struct wf_plan *plan = layout->planning->plan;
    struct wf_arena *arena = layout->planning->arena;
    const size_t most = layout->planning->grafting->num_members + plan->num_grafts;

    const struct slices_of of = index_slices(layout->planning);

    layout->files = wf_arena_array(arena, most, sizeof *layout->files);
    list_members(layout);
    for (size_t i = 0; i < plan->num_grafts; i++)
        if (plan->grafts[i].same_as == NULL)
            add_graft(layout, &plan->grafts[i], &of);
}

void
wf_mac_lay_out(struct wf_mac_layout *layout)
{
    struct wf_plan *plan = layout->planning->plan;
    struct wf_arena *arena = layout->planning->arena;

    layout->lib_dir = plan->lib_dir;
    layout->places = (struct wf_strings){ 0 };
    for (size_t i = 0; i < layout->num_files; i++) {
        struct wf_mac_file *file = &layout->files[i];

        if (file->graft != NULL)
            file->folder = plan->lib_dir;
        if (file->folder != NULL)
            wf_strings_append(arena, &layout->places,
                              file->graft != NULL   ? file->graft->path
                              : file->moved != NULL ? file->moved
                                                    : file->member->installed);
    }
    wf_strings_sort(&layout->places);
    for (size_t i = 0; i < layout->num_files; i++)
        find_targets(layout, &layout->files[i]);
}
