/* plan_windows.c -- the order in which the repair of a Windows wheel is planned: all machines
 * of its files at once, since helpers for another one come along in some wheels. */
#include <string.h>

#include "repair/plan_windows_parts.h"

/* What another tool leaves in dist-info when it is done. */
static const struct wf_zip_member *
find_marker(const struct wf_planning *planning)
{
    const struct wf_wheel *wheel = planning->report->wheel;

    return wf_zip_find(
        &wheel->zip, wf_arena_printf(planning->arena, "%s/DELVEWHEEL", wheel->dist_info));
}

/* Its first line is "Version: 1.10.0". */
static bool
copy_repaired(struct wf_planning *planning, const struct wf_zip_member *marker,
              struct wf_error *err)
{
    static const char word[] = "Version: ";
    struct wf_bytes text;

    if (!wf_plan_read_text(&text, planning->arena, &planning->report->wheel->zip, marker,
                           err))
        return false;
    const char *line = wf_arena_str(planning->arena, text);
    const char *version = "of some version";

    if (wf_text_starts_with(line, word))
        version = wf_arena_printf(planning->arena, "%.*s",
                                  (int)strcspn(line + strlen(word), "\r\n"),
                                  line + strlen(word));
    planning->plan->kind = WF_PLAN_COPY;
    planning->plan->why =
        wf_arena_printf(planning->arena, "delvewheel %s has repaired it", version);
    return true;
}

/* The tags stay: what a PE file runs on is told by its machine alone. */
static void
check_tag(struct wf_planning *planning)
{
    const struct wf_repair_options *options = planning->options;
    struct wf_plan *plan = planning->plan;

    if (options->plat == NULL || strcmp(options->plat, "auto") == 0 ||
        wf_strings_has(&plan->tags_before, options->plat))
        return;
    const char *why = wf_arena_printf(
        planning->arena,
        "--plat %s does not fit: tags of Windows wheels stay as they are", options->plat);

    if (options->plat_is_preset)
        wf_plan_note(planning, "plat-ignored", WF_NOTE, "",
                     "%s; the environment set it, so it is ignored", why);
    else
        wf_plan_refuse(planning, &(struct wf_refusal){ .kind = WF_REFUSE_TAG,
                                                       .text = why,
                                                       .advice = "leave it away" });
}

static bool
is_tagged(const struct wf_planning *planning)
{
    const struct wf_wheel_name *name = &planning->report->wheel->name;

    for (size_t i = 0; i < name->num_platforms; i++)
        if (name->platforms[i].family == WF_TAG_WINDOWS)
            return true;
    return false;
}

static bool
plan_changes(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    struct wf_win_layout layout = { .planning = planning };

    if (!wf_win_name_grafts(planning, err))
        return false;
    if (plan->kind == WF_PLAN_REFUSED)
        return true;
    wf_win_draw_graph(&layout);
    wf_win_choose_folder(&layout);
    if (!wf_win_choose_packages(&layout, err) || !wf_win_place_grafts(&layout, err) ||
        !wf_win_find_files(planning, err) || !wf_win_patch_packages(&layout, err))
        return false;
    wf_win_refuse_taken(&layout);
    const struct wf_plan_edit **edits = wf_win_edits(&layout);

    if (!wf_arena_ok(planning->arena, "the plan of its repair", err))
        return false;
    plan->out_name = wf_plan_result_name(planning);
    return plan->kind == WF_PLAN_REFUSED || wf_plan_members(planning, edits, err);
}

bool
wf_plan_windows(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    const struct wf_zip_member *marker = find_marker(planning);

    if (marker != NULL)
        return copy_repaired(planning, marker, err);
    planning->native = is_tagged(planning);
    plan->policy_tag = plan->tags_before.num > 0 ? plan->tags_before.items[0] : "";
    check_tag(planning);
    if (!wf_win_find_asked(planning, err))
        return false;
    planning->grafting = wf_plan_graft_windows(planning);
    wf_win_judge_machines(planning);
    wf_win_judge_uses(planning);
    wf_win_judge_asked(planning);
    wf_win_list_left(planning);
    if (!wf_arena_ok(planning->arena, "the plan of its repair", err))
        return false;
    /* Names and places are about what comes in: all of it must be known. */
    if (plan->kind != WF_PLAN_REFUSED && !plan_changes(planning, err))
        return false;
    if (plan->kind == WF_PLAN_REFUSED)
        wf_plan_sort_refusals(planning);
    return true;
}
