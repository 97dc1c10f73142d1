/* plan_windows_uses.c -- what becomes of each need of a PE file: Windows or Python has it, it
 * is in the wheel, it comes in, it stays outside; or there is no repair. */
#include <stdlib.h>
#include <string.h>

#include "object/pe.h"
#include "repair/plan_windows_parts.h"
#include "wheel/member_path.h"

bool
wf_plan_is_windows(const struct wf_member_object *member)
{
    return member->judged && member->object.format == WF_FORMAT_PE;
}

static bool
ends_with(const char *path, const char *suffix)
{
    const size_t len = strlen(path);
    const size_t suffix_len = strlen(suffix);

    return len >= suffix_len &&
           wf_text_compare_nocase(path + len - suffix_len, suffix) == 0;
}

bool
wf_win_is_hard(const struct wf_planning *planning, const struct wf_member_object *member)
{
    const struct wf_audit_options *audit = planning->options->audit;
    const char *path = member->member->name;

    if (ends_with(path, ".exe"))
        return audit->analyze_existing_exes;
    if (wf_plan_is_outside(planning->arena, path))
        return false;
    return ends_with(path, ".pyd") ||
           (ends_with(path, ".dll") && audit->analyze_existing);
}

static bool
is_root(const struct wf_planning *planning, const struct wf_user *user)
{
    const struct wf_report *report = planning->report;

    return wf_win_is_hard(planning, user->member) ||
           wf_verdict_is_root(report, (uint32_t)(user->member - report->objects));
}

/* Whoever signed a helper wants it as it is; a module is repaired all the same. */
static bool
is_sealed(const struct wf_planning *planning, const struct wf_user *user)
{
    return user->object->pe->certificate_off != 0 &&
           !wf_win_is_hard(planning, user->member) && !planning->options->with_mangle;
}

bool
wf_win_may_edit(const struct wf_planning *planning, const struct wf_user *user)
{
    return user->member == NULL ? !user->asked : !is_sealed(planning, user);
}

bool
wf_win_may_rename(const struct wf_planning *planning, const struct wf_user *user)
{
    if (!wf_win_may_edit(planning, user))
        return false;
    return user->member == NULL || planning->options->with_mangle ||
           is_root(planning, user);
}

/* What is installed beside Python's own programs is looked for by nobody's patch. */
static bool
is_script(const struct wf_planning *planning, const struct wf_user *user)
{
    if (user->member == NULL || wf_win_is_hard(planning, user->member))
        return false;
    const char *key = wf_member_path_data_key(planning->arena, user->path);

    return key != NULL && strcmp(key, "scripts") == 0;
}

static bool
is_not_chosen(const struct wf_planning *planning, const struct wf_edge *edge)
{
    const struct wf_strings *only = &planning->options->include_only;

    return only->num > 0 && !wf_plan_matches(only, edge->name, edge->library->path);
}

enum wf_use_kind
wf_plan_windows_use(const struct wf_planning *planning, const struct wf_user *user,
                    const struct wf_edge *edge)
{
    if (edge->library != NULL && edge->library->in_wheel)
        return WF_USE_INSIDE;
    if (edge->by == WF_FOUND_EXCLUDED || edge->by == WF_FOUND_MACHINE)
        return WF_USE_LEFT;
    if (edge->by == WF_FOUND_LIBPYTHON || edge->by == WF_FOUND_DEFAULT)
        return WF_USE_PROVIDED;
    if (edge->library == NULL)
        return WF_USE_MISSING;
    return is_script(planning, user) || is_not_chosen(planning, edge) ? WF_USE_LEFT
                                                                      : WF_USE_GRAFT;
}

/* Nothing of a hard root works without it; a forwarder is followed when somebody asks for
 * that very export, and not before. */
static bool
is_vital(const struct wf_user *user, const struct wf_use *use)
{
    return user->from_module && !use->edge->weak;
}

static const char *
how_missing(struct wf_arena *arena, const struct wf_edge *edge)
{
    for (size_t i = 0; i < edge->num_tries; i++)
        if (edge->tries[i].result == WF_TRY_ARCH)
            return wf_arena_printf(arena,
                                   "which was not found for its machine: %s is for %s",
                                   edge->tries[i].path, edge->tries[i].detail);
    return "which was not found";
}

static void
refuse_missing(struct wf_planning *planning, const struct wf_user *user,
               const struct wf_use *use)
{
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_MISSING,
            .object = user->path,
            .library = use->edge->name,
            .edge = use->edge,
            .text =
                wf_arena_printf(planning->arena, "%s needs %s, %s", user->path,
                                use->edge->name, how_missing(planning->arena, use->edge)),
            .advice = "give the folder that has it with --add-path, or leave it out with "
                      "--exclude",
        });
}

void
wf_win_judge_uses(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0; k < user->num_uses; k++)
            if (user->uses[k].kind == WF_USE_MISSING && is_vital(user, &user->uses[k]))
                refuse_missing(planning, user, &user->uses[k]);
    }
}

static bool
fits_tags(const struct wf_planning *planning, const struct wf_object *object)
{
    const struct wf_wheel_name *name = &planning->report->wheel->name;
    bool any = false;

    for (size_t i = 0; i < name->num_platforms; i++) {
        const struct wf_platform_tag *tag = &name->platforms[i];

        if (tag->family != WF_TAG_WINDOWS)
            continue;
        any = true;
        if (wf_verdict_windows_fits(object, tag->arch))
            return true;
    }
    return !any;
}

void
wf_win_judge_machines(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (member->object.format != WF_FORMAT_PE || !wf_win_is_hard(planning, member) ||
            fits_tags(planning, &member->object))
            continue;
        wf_plan_refuse(
            planning, &(struct wf_refusal){
                          .kind = WF_REFUSE_ARCH,
                          .object = member->object.path,
                          .text = wf_arena_printf(
                              planning->arena, "%s is for %s, and no tag of the wheel is",
                              member->object.path, member->object.arch_name),
                          .advice = "build it for the machine of the tag",
                      });
    }
}

/* A need that stays outside. */
struct leaving {
    const struct wf_use *use;
    const struct wf_user *user;
    size_t order;
};

static int
compare_leaving(const void *left, const void *right)
{
    const struct leaving *a = left;
    const struct leaving *b = right;
    int order = wf_text_compare_nocase(a->use->edge->name, b->use->edge->name);

    if (order == 0)
        order = strcmp(a->user->path, b->user->path);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static void
note_left(struct wf_planning *planning, const struct leaving *leaving)
{
    const struct wf_edge *edge = leaving->use->edge;
    const char *where = leaving->user->path;
    const char *why = "--include-only does not name it";

    if (edge->by == WF_FOUND_EXCLUDED)
        return;
    if (leaving->use->kind == WF_USE_MISSING) {
        wf_plan_note(planning, "library-not-found", WF_WARNING, where,
                     "%s was not found, and is left to whoever has it%s", edge->name,
                     edge->weak ? ": some of its exports live there" : "");
        return;
    }
    if (edge->by == WF_FOUND_MACHINE)
        why = edge->why;
    else if (is_script(planning, leaving->user))
        why = "a program in .data/scripts gets no DLLs without --analyze-existing-exes";
    wf_plan_note(planning, "library-left-out", WF_WARNING, where, "%s is not bundled: %s",
                 edge->name, why);
}

static bool
stays_outside(const struct wf_user *user, const struct wf_use *use)
{
    return use->kind == WF_USE_LEFT ||
           (use->kind == WF_USE_MISSING && !is_vital(user, use));
}

/* By name and user, each once; as on macOS the result is judged where nothing is found. */
void
wf_win_list_left(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    struct leaving *list = NULL;
    size_t num = 0;
    size_t cap = 0;

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0; k < user->num_uses; k++) {
            if (!stays_outside(user, &user->uses[k]))
                continue;
            list = wf_arena_grow(planning->arena, list, num, &cap, sizeof *list);
            list[num] = (struct leaving){ &user->uses[k], user, num };
            num++;
        }
    }
    if (num > 1)
        qsort(list, num, sizeof *list, compare_leaving);
    for (size_t i = 0; i < num; i++) {
        const bool same = i > 0 && wf_text_compare_nocase(list[i - 1].use->edge->name,
                                                          list[i].use->edge->name) == 0;

        wf_strings_append(planning->arena, &planning->plan->left,
                          list[i].use->edge->name);
        if (!same || strcmp(list[i - 1].user->path, list[i].user->path) != 0)
            note_left(planning, &list[i]);
    }
    wf_strings_sort(&planning->plan->left);
}
