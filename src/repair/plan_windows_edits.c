/* plan_windows_edits.c -- what changes in each PE file, and why. */
#include <stdlib.h>
#include <string.h>

#include "object/pe.h"
#include "repair/plan_windows_parts.h"

struct editing {
    struct wf_planning *planning;
    const struct wf_user *user;
    struct wf_pe_rename *renames;
    size_t num_renames;
    bool needs_members; /* what it needs is in the wheel, not Windows' own */
    bool keeps_grafts;  /* it needs some that it calls by another name than theirs */
};

static void
refuse_kept_name(struct editing *editing, const struct wf_use *use,
                 const struct wf_plan_graft *graft)
{
    wf_plan_refuse(editing->planning,
                   &(struct wf_refusal){
                       .kind = WF_REFUSE_NAME,
                       .object = editing->user->path,
                       .library = use->edge->name,
                       .text = wf_arena_printf(
                           editing->planning->arena,
                           "%s needs %s, which comes in as %s, and is not to be changed",
                           editing->user->path, use->edge->name, graft->name),
                       .advice = "have its names changed, too, with --with-mangle, or "
                                 "give the DLL under one name",
                   });
}

/* The loader puts ".dll" behind a name without a dot, and looks for it without case. */
static bool
is_name_of(const char *need, const struct wf_plan_graft *graft)
{
    struct wf_arena scratch = { 0 };
    const char *whole =
        strchr(need, '.') != NULL ? need : wf_arena_printf(&scratch, "%s.dll", need);
    const bool same = wf_text_compare_nocase(whole, graft->name) == 0;

    wf_arena_clear(&scratch);
    return same;
}

static void
look_at_use(struct editing *editing, const struct wf_use *use)
{
    const struct wf_planning *planning = editing->planning;

    editing->needs_members |= use->kind == WF_USE_GRAFT || use->kind == WF_USE_INSIDE;
    if (use->kind != WF_USE_GRAFT)
        return;
    const struct wf_plan_graft *graft = wf_win_graft_of(planning->plan, use);

    if (is_name_of(use->edge->name, graft))
        return;
    if (!wf_win_may_rename(planning, editing->user)) {
        refuse_kept_name(editing, use, graft);
        return;
    }
    editing->renames[editing->num_renames++] =
        (struct wf_pe_rename){ .from = use->edge->name, .to = graft->name };
}

static int
compare_renames(const void *left, const void *right)
{
    const struct wf_pe_rename *a = left;
    const struct wf_pe_rename *b = right;
    const int order = wf_text_compare_nocase(a->from, b->from);

    return order != 0 ? order : strcmp(a->from, b->from);
}

/* Spellings that differ only in case are one name. */
static void
sort_renames(struct editing *editing)
{
    size_t num = 0;

    if (editing->num_renames > 1)
        qsort(editing->renames, editing->num_renames, sizeof *editing->renames,
              compare_renames);
    for (size_t i = 0; i < editing->num_renames; i++)
        if (num == 0 || wf_text_compare_nocase(editing->renames[num - 1].from,
                                               editing->renames[i].from) != 0)
            editing->renames[num++] = editing->renames[i];
    editing->num_renames = num;
}

/* Flags that have DLLs looked for in System32 alone are in the way of all others. */
static bool
clears_flags(const struct editing *editing)
{
    return editing->needs_members && editing->user->object->pe->dependent_load_flags != 0;
}

static void
note_flags_left(struct editing *editing)
{
    wf_plan_note(editing->planning, "pe-load-flags", WF_WARNING, editing->user->path,
                 "its load flags (0x%x) have DLLs looked for in few places, and stay: it "
                 "is signed by whoever made it",
                 editing->user->object->pe->dependent_load_flags);
}

static void
note_signature(struct editing *editing)
{
    if (editing->user->object->pe->certificate_off != 0)
        wf_plan_note(editing->planning, "pe-signature-lost", WF_WARNING,
                     editing->user->path,
                     "its signature goes: it would not hold for what is changed");
}

static struct wf_plan_edit *
edit_of(struct editing *editing)
{
    struct wf_planning *planning = editing->planning;
    struct wf_arena *arena = planning->arena;
    struct wf_plan_edit *out = wf_arena_alloc(arena, sizeof *out);
    struct wf_pe_edit *pe = wf_arena_alloc(arena, sizeof *pe);
    const struct wf_user *user = editing->user;

    pe->renames = editing->renames;
    pe->num_renames = editing->num_renames;
    pe->clear_load_flags = clears_flags(editing);
    for (size_t i = 0; i < pe->num_renames; i++)
        wf_strings_append(arena, &out->reasons,
                          wf_arena_printf(arena, "needs %s as %s", pe->renames[i].from,
                                          pe->renames[i].to));
    if (pe->clear_load_flags)
        wf_strings_append(
            arena, &out->reasons,
            wf_arena_printf(arena,
                            "looks for DLLs as Python does, not by its load "
                            "flags (0x%x)",
                            user->object->pe->dependent_load_flags));
    out->pe = pe;
    out->strip = planning->options->strip != WF_STRIP_NOTHING;
    return out;
}

/* A DLL that changes for another reason tells its new name, too; one that does not keeps
 * its bytes, and with them a signature that somebody may ask for. */
static void
name_export(struct editing *editing, struct wf_plan_edit *edit)
{
    struct wf_planning *planning = editing->planning;
    const struct wf_plan_graft *graft = &planning->plan->grafts[editing->user->graft];
    const char *old = editing->user->object->soname;
    struct wf_pe_edit *pe = wf_arena_alloc(planning->arena, sizeof *pe);

    if (edit->reasons.num == 0 || graft->keeps_name || old == NULL ||
        strcmp(old, graft->name) == 0)
        return;
    *pe = *edit->pe;
    pe->export_name = graft->name;
    edit->pe = pe;
    wf_strings_append(planning->arena, &edit->reasons,
                      wf_arena_printf(planning->arena, "is called %s", graft->name));
}

static struct wf_plan_edit *
edit_user(struct wf_planning *planning, const struct wf_user *user)
{
    struct editing editing = { .planning = planning, .user = user };

    editing.renames =
        wf_arena_array(planning->arena, user->num_uses, sizeof *editing.renames);
    for (size_t i = 0; i < user->num_uses; i++)
        look_at_use(&editing, &user->uses[i]);
    sort_renames(&editing);
    if (!wf_win_may_edit(planning, user)) {
        if (user->member != NULL && clears_flags(&editing))
            note_flags_left(&editing);
        editing.num_renames = 0;
        editing.needs_members = false;
    }
    struct wf_plan_edit *edit = edit_of(&editing);

    if (user->member == NULL)
        name_export(&editing, edit);
    if (edit->reasons.num > 0)
        note_signature(&editing);
    return edit;
}

const struct wf_plan_edit **
wf_win_edits(struct wf_win_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    const struct wf_grafting *grafting = planning->grafting;
    const struct wf_plan_edit **edits = wf_arena_array(
        planning->arena, grafting->num_users, sizeof(const struct wf_plan_edit *));

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];
        const struct wf_plan_edit *edit;

        /* Of twins only the one that comes in is told of. */
        if (user->member == NULL && planning->plan->grafts[user->graft].same_as != NULL)
            continue;
        edit = edit_user(planning, user);
        if (user->member == NULL)
            planning->plan->grafts[user->graft].change = *edit;
        else if (edit->reasons.num > 0)
            edits[i] = edit;
    }
    return edits;
}
