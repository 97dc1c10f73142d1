/* plan_macos.c -- the order in which the repair of a macOS wheel is planned: all its
 * architectures at once, since universal files hold several. */
#include <string.h>

#include "repair/plan_macos_parts.h"

/* In the shortest folder that is there the rest is short by the least. */
static void
fit_folder(struct wf_mac_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    const bool grafts = planning->plan->num_grafts > 0;
    bool *was_short = NULL;

    for (unsigned level = 0; grafts ? wf_mac_place_grafts(planning, level) : level == 0;
         level++) {
        wf_mac_lay_out(layout);
        wf_mac_fit_files(layout);
        if (level > 0)
            wf_mac_mark_helped(layout, was_short);
        if (layout->num_short == 0)
            return;
        if (level == 0)
            was_short = wf_mac_list_short(layout);
    }
}

static void
join_lists(struct wf_mac_layout *layout)
{
    struct wf_arena *arena = layout->planning->arena;
    struct wf_plan *plan = layout->planning->plan;

    for (size_t i = 0; i < layout->num_files; i++)
        for (size_t k = 0; k < layout->files[i].num_slices; k++) {
            const struct wf_mac_slice *slice = &layout->files[i].slices[k];

            for (size_t n = 0; slice->user != NULL && n < slice->user->num_uses; n++)
                if (slice->user->uses[n].thin)
                    wf_strings_append(arena, &plan->left,
                                      wf_mac_new_name(slice, (uint32_t)n));
        }
    wf_strings_sort(&plan->left);
}

/* By user, as the list of members wants it. */
static const struct wf_plan_edit **
edits_by_user(struct wf_mac_layout *layout)
{
    const struct wf_grafting *grafting = layout->planning->grafting;
    const struct wf_plan_edit **edits =
        wf_arena_array(layout->planning->arena, grafting->num_users,
                       sizeof(const struct wf_plan_edit *));

    for (size_t i = 0; i < layout->num_files; i++) {
        const struct wf_mac_file *file = &layout->files[i];

        if (file->graft != NULL && layout->edits[i] != NULL)
            file->graft->change = *layout->edits[i];
        for (size_t k = 0; k < file->num_slices; k++)
            if (file->slices[k].user != NULL)
                edits[file->slices[k].user - grafting->users] = layout->edits[i];
    }
    return edits;
}

static bool
plan_changes(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    struct wf_mac_layout layout = { .planning = planning };

    if (!wf_mac_read_grafts(planning, err))
        return false;
    wf_mac_list_files(&layout);
    fit_folder(&layout);
    if (wf_mac_is_over(&layout))
        return wf_error_set(
            err, WF_ERR_LIMIT,
            "to see where its names lead takes more than %llu steps "
            "(--limit tree-steps)",
            (unsigned long long)planning->options->audit->limits.tree_steps);
    wf_mac_refuse_short(&layout);
    wf_mac_edit_files(&layout);
    join_lists(&layout);
    if (!wf_arena_ok(planning->arena, "the plan of its repair", err))
        return false;
    plan->out_name = wf_plan_result_name(planning);
    return plan->kind == WF_PLAN_REFUSED ||
           wf_plan_members(planning, edits_by_user(&layout), err);
}

/* In a package the name is that of a folder, and these two are folders that are there. */
static void
check_folder(struct wf_planning *planning)
{
    const char *name = planning->options->lib_sdir;

    if (name == NULL || (strcmp(name, ".") != 0 && strcmp(name, "..") != 0))
        return;
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_NAME,
                                 .text = wf_arena_printf(
                                     planning->arena,
                                     "--lib-sdir %s names no folder of its own", name),
                                 .advice = "give the folder a name",
                             });
}

bool
wf_plan_macos(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;

    planning->native = true;
    check_folder(planning);
    planning->grafting = wf_plan_graft_macos(planning);
    wf_mac_adopt_thin(planning);
    wf_mac_judge_uses(planning);
    wf_mac_judge_archs(planning);
    wf_mac_choose_tags(planning);
    wf_mac_list_left(planning);
    if (!wf_arena_ok(planning->arena, "the plan of its repair", err))
        return false;
    /* Names and room are about what comes in: all of it must be known. */
    if (plan->kind != WF_PLAN_REFUSED && !plan_changes(planning, err))
        return false;
    if (plan->kind == WF_PLAN_REFUSED)
        wf_plan_sort_refusals(planning);
    return true;
}
