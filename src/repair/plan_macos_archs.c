/* plan_macos_archs.c -- architectures that a module or a library lacks (delocate-macho.md
 * 2.7).  Only --check-archs and --require-archs refuse; else the tags tell. */
#include <string.h>

#include "repair/plan_macos_parts.h"

static bool
is_wrong_arch(const struct wf_edge *edge)
{
    for (size_t i = 0; i < edge->num_tries; i++)
        if (edge->tries[i].result == WF_TRY_ARCH)
            return true;
    return false;
}

/* Whether somebody asked for libraries to be complete. */
static bool
is_asked(const struct wf_planning *planning, const struct wf_user *user)
{
    const struct wf_repair_options *options = planning->options;

    return options->check_archs ||
           wf_strings_has(&options->require_archs, user->object->arch_name);
}

/* The same need of another slice, which was met; or NULL. */
static const struct wf_use *
find_met(const struct wf_user *sibling, const char *name)
{
    const struct wf_use *use = wf_user_use(sibling, name);

    return use != NULL && !use->thin &&
                   (use->kind == WF_USE_GRAFT || use->kind == WF_USE_INSIDE)
               ? use
               : NULL;
}

static void
adopt_use(struct wf_planning *planning, const struct wf_user *user, struct wf_use *use,
          const struct wf_use *met)
{
    use->thin = true;
    use->kind = met->kind == WF_USE_GRAFT ? WF_USE_GRAFT : WF_USE_LEFT;
    use->graft = met->graft;
    wf_plan_note(planning, "architecture-missing", WF_WARNING,
                 wf_mac_where(planning->arena, user->path, user->object),
                 "%s has no code for %s, so the tags are without it", use->edge->name,
                 user->object->arch_name);
}

/* The slices of one file, users [first, first + num) by `of`. */
static void
adopt_in_file(struct wf_planning *planning, struct wf_user *const *of, size_t num)
{
    for (size_t i = 0; num > 1 && i < num; i++) {
        if (is_asked(planning, of[i]))
            continue;
        for (size_t k = 0; k < of[i]->num_uses; k++) {
            struct wf_use *use = &of[i]->uses[k];
            const struct wf_use *met = NULL;

            if (use->kind != WF_USE_MISSING || !is_wrong_arch(use->edge))
                continue;
            for (size_t s = 0; met == NULL && s < num; s++)
                met = find_met(of[s], use->edge->name);
            if (met != NULL)
                adopt_use(planning, of[i], use, met);
        }
    }
}

static bool
is_same_file(const struct wf_user *a, const struct wf_user *b)
{
    return a->member != NULL && b->member != NULL
               ? a->member->member == b->member->member
               : a->member == b->member && a->graft == b->graft;
}

/* Users by file: members stand together, grafts are put together. */
static struct wf_user **
by_file(struct wf_planning *planning)
{
    struct wf_grafting *grafting = planning->grafting;
    struct wf_user **list =
        wf_arena_array(planning->arena, grafting->num_users, sizeof(struct wf_user *));
    uint32_t *start =
        wf_arena_array(planning->arena, grafting->num_grafts + 1, sizeof *start);

    for (size_t i = 0; i < grafting->num_members; i++)
        list[i] = &grafting->users[i];
    for (size_t i = grafting->num_members; i < grafting->num_users; i++)
        start[grafting->users[i].graft + 1]++;
    for (size_t i = 0; i < grafting->num_grafts; i++)
        start[i + 1] += start[i];
    for (size_t i = grafting->num_members; i < grafting->num_users; i++)
        list[grafting->num_members + start[grafting->users[i].graft]++] =
            &grafting->users[i];
    return list;
}

void
wf_mac_adopt_thin(struct wf_planning *planning)
{
    struct wf_user **list = by_file(planning);
    const size_t num = planning->grafting->num_users;

    for (size_t first = 0, end; first < num; first = end) {
        for (end = first + 1; end < num && is_same_file(list[first], list[end]); end++)
            ;
        adopt_in_file(planning, &list[first], end - first);
    }
}

/* Extensions decide; in a wheel without any, what else is loaded by itself. */
static bool
is_module(const struct wf_planning *planning, const struct wf_user *user, bool extensions)
{
    const struct wf_report *report = planning->report;

    if (extensions)
        return user->object->kind == WF_KIND_EXTENSION;
    return user->object->kind != WF_KIND_EXECUTABLE &&
           wf_verdict_is_root(report, (uint32_t)(user->member - report->objects));
}

static void
require_arch(struct wf_planning *planning, const struct wf_user *first,
             const struct wf_user *end, const char *arch)
{
    for (const struct wf_user *user = first; user < end; user++)
        if (strcmp(user->object->arch_name, arch) == 0)
            return;
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_ARCH,
            .object = first->path,
            .text = wf_arena_printf(
                planning->arena, "%s has no code for %s, which --require-archs asks for",
                first->path, arch),
            .advice = "build it for every architecture that is asked for",
        });
}

void
wf_mac_judge_archs(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    const struct wf_strings *archs = &planning->options->require_archs;
    const struct wf_user *all_end = grafting->users + grafting->num_members;
    bool extensions = false;

    for (size_t i = 0; i < grafting->num_members; i++)
        extensions |= grafting->users[i].object->kind == WF_KIND_EXTENSION;
    for (const struct wf_user *user = grafting->users, *end; user < all_end; user = end) {
        for (end = user + 1; end < all_end && is_same_file(user, end); end++)
            ;
        for (size_t i = 0; i < archs->num && is_module(planning, user, extensions); i++)
            require_arch(planning, user, end, archs->items[i]);
    }
}
