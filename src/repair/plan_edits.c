/* plan_edits.c -- what changes in each object, and why (auditwheel.md 4.3, 4.4, 4.6). */
#include <string.h>

#include "repair/plan_parts.h"
#include "wheel/member_path.h"

/* One object's change in the making. */
struct edit {
    struct wf_planning *planning;
    const struct wf_user *user;
    struct wf_plan_edit *out;
    struct wf_elf_rename *renames;
    size_t num_renames;
    bool needs_path; /* it needs, or may load, a library that comes into the wheel */
};

static void
explain(struct edit *edit, const char *text)
{
    wf_strings_append(edit->planning->arena, &edit->out->reasons, text);
}

static bool
is_renamed_already(const struct edit *edit, const char *name)
{
    for (size_t i = 0; i < edit->num_renames; i++)
        if (strcmp(edit->renames[i].from, name) == 0)
            return true;
    return false;
}

static void
rename_use(struct edit *edit, const struct wf_use *use, const char *to)
{
    if (is_renamed_already(edit, use->edge->name))
        return;
    edit->renames[edit->num_renames++] =
        (struct wf_elf_rename){ .from = use->edge->name, .to = to };
    explain(edit, to == NULL ? wf_arena_printf(edit->planning->arena,
                                               "no longer needs %s: the interpreter that "
                                               "loads it has it",
                                               use->edge->name)
                             : wf_arena_printf(edit->planning->arena, "needs %s as %s",
                                               use->edge->name, to));
}

/* What a graft is asked for by: the file name of one that has no SONAME others could use. */
static void
look_at_use(struct edit *edit, const struct wf_use *use)
{
    if (use->kind == WF_USE_PYTHON) {
        rename_use(edit, use, NULL);
        return;
    }
    if (use->kind != WF_USE_GRAFT)
        return;
    const struct wf_plan_graft *graft = &edit->planning->plan->grafts[use->graft];

    edit->needs_path = true;
    if (strcmp(graft->soname, use->edge->name) != 0)
        rename_use(edit, use, graft->soname);
}

static bool
is_under_data(struct wf_arena *arena, const char *member)
{
    const char *key = wf_member_path_data_key(arena, member);

    return key != NULL && strcmp(key, "platlib") != 0 && strcmp(key, "purelib") != 0;
}

/* The folder an object stands in after installation, below site-packages; NULL when it
 * stands outside of it. */
static const char *
folder_of(struct edit *edit)
{
    struct wf_planning *planning = edit->planning;
    struct wf_arena *arena = planning->arena;
    const char *path = edit->user->path;

    if (edit->user->member == NULL)
        return planning->plan->lib_dir;
    const char *moved = wf_plan_moved_script(planning, edit->user);

    if (moved != NULL)
        path = moved;
    else if (is_under_data(arena, path))
        return NULL;
    else
        path = edit->user->member->installed;
    const char *base = wf_text_base_name(path);

    return base == path
               ? ""
               : wf_arena_str(arena, wf_bytes_of(path, (size_t)(base - path) - 1));
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
set_search(struct edit *edit, const char *path)
{
    const bool android = edit->planning->judged->family == WF_POLICY_ANDROID;
    const struct wf_object *object = edit->user->object;
    const char *same = android ? object->runpath : object->rpath;
    const char *other = android ? object->rpath : object->runpath;

    if (other == NULL && same_text(same, path))
        return;
    edit->out->edit.search = path == NULL ? WF_ELF_SEARCH_NONE
                             : android    ? WF_ELF_SEARCH_RUNPATH
                                          : WF_ELF_SEARCH_RPATH;
    edit->out->edit.search_path = path;
    explain(edit, path == NULL ? "its search path named nothing in the wheel"
                               : wf_arena_printf(edit->planning->arena,
                                                 "looks for libraries in %s", path));
}

/* A graft keeps nothing of the search path it was built with: it knows the machine it came
 * from.  An object of the wheel that gets a library keeps what lies inside the wheel. */
static void
change_search(struct edit *edit)
{
    struct wf_planning *planning = edit->planning;

    if (edit->user->member == NULL) {
        set_search(edit, edit->needs_path ? "$ORIGIN" : NULL);
        return;
    }
    if (edit->needs_path)
        set_search(edit,
                   wf_plan_search_path(planning, edit->user->object, folder_of(edit),
                                       planning->plan->lib_dir, &edit->out->reasons));
}

static void
change_rest(struct edit *edit)
{
    const struct wf_repair_options *options = edit->planning->options;

    if (options->clear_exec_stack && edit->user->object->stack == WF_STACK_EXECUTABLE) {
        edit->out->edit.clear_exec_stack = true;
        explain(edit, "its stack is no longer executable");
    }
    if (options->strip != WF_STRIP_NOTHING) {
        edit->out->strip = true;
        explain(edit, "is stripped");
    }
    if (edit->user->member == NULL) {
        const struct wf_plan_graft *graft =
            &edit->planning->plan->grafts[edit->user->graft];

        if (!same_text(edit->user->object->soname, graft->soname)) {
            edit->out->edit.soname = graft->soname;
            explain(edit, wf_arena_printf(edit->planning->arena, "is called %s",
                                          graft->soname));
        }
    }
}

/* A library that nobody needs by name is loaded by dlopen: by whoever may call it. */
static bool
may_load_included(const struct wf_planning *planning, const struct wf_user *user)
{
    if (!user->object->calls_dlopen)
        return false;
    for (size_t i = 0; i < planning->grafting->num_grafts; i++)
        if (planning->grafting->grafts[i].asked != NULL)
            return true;
    return false;
}

static const struct wf_plan_edit *
edit_user(struct wf_planning *planning, const struct wf_user *user)
{
    struct wf_plan_edit *out = wf_arena_alloc(planning->arena, sizeof *out);
    struct edit edit = { .planning = planning, .user = user, .out = out };

    edit.renames = wf_arena_array(planning->arena, user->num_uses, sizeof *edit.renames);
    edit.needs_path = may_load_included(planning, user);
    for (size_t i = 0; i < user->num_uses; i++)
        look_at_use(&edit, &user->uses[i]);
    change_search(&edit);
    change_rest(&edit);
    out->edit.needed = edit.renames;
    out->edit.num_needed = edit.num_renames;
    if (out->reasons.num == 0 && wf_plan_moved_script(planning, user) == NULL)
        return NULL;
    return out;
}

const struct wf_plan_edit **
wf_plan_edits(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    const struct wf_plan_edit **edits =
        wf_arena_array(planning->arena, grafting->num_users, sizeof *edits);

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        edits[i] = edit_user(planning, user);
        if (user->member == NULL && edits[i] != NULL)
            planning->plan->grafts[user->graft].change = *edits[i];
    }
    return edits;
}

/* A program in .data/scripts is installed where no path to site-packages is known, so one
 * that needs bundled libraries moves beside them. */
const char *
wf_plan_moved_script(struct wf_planning *planning, const struct wf_user *user)
{
    if (user->member == NULL)
        return NULL;
    const char *key = wf_member_path_data_key(planning->arena, user->path);
    bool grafts = may_load_included(planning, user);

    if (key == NULL || strcmp(key, "scripts") != 0)
        return NULL;
    for (size_t i = 0; i < user->num_uses; i++)
        grafts |= user->uses[i].kind == WF_USE_GRAFT;
    return grafts ? wf_arena_printf(planning->arena, "%s.scripts/%s",
                                    planning->report->wheel->name.name,
                                    wf_text_base_name(user->path))
                  : NULL;
}
