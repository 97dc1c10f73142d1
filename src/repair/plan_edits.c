/* plan_edits.c -- what changes in each object, and why (auditwheel.md 4.3, 4.4, 4.6). */
#include <string.h>

#include "repair/plan_parts.h"
#include "wheel/member_path.h"

enum { ANDROID_RUNPATH = 24 }; /* the API level whose loader knows DT_RUNPATH */

/* One object's change in the making. */
struct edit {
    struct wf_planning *planning;
    const struct wf_user *user;
    struct wf_plan_edit *out;
    struct wf_elf_rename *renames;
    size_t num_renames;
    const char *needs_graft; /* the name of one that it needs, or NULL */
    bool may_load;           /* it may load one by dlopen */
    const char *moved;       /* where a script moves to, or NULL */
};

static void
explain(struct edit *edit, const char *text)
{
    wf_strings_append(edit->planning->arena, &edit->out->reasons, text);
}

static void
rename_use(struct edit *edit, const struct wf_use *use, const char *to)
{
    /* Uses come by name: what is needed twice stands together. */
    if (edit->num_renames > 0 &&
        strcmp(edit->renames[edit->num_renames - 1].from, use->edge->name) == 0)
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

/* A graft is found by its file name. */
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

    edit->needs_graft = use->edge->name;
    if (strcmp(graft->name, use->edge->name) != 0)
        rename_use(edit, use, graft->name);
}

bool
wf_plan_is_outside(struct wf_arena *arena, const char *member)
{
    const char *key = wf_member_path_data_key(arena, member);

    return key != NULL && strcmp(key, "platlib") != 0 && strcmp(key, "purelib") != 0;
}

const char *
wf_plan_folder_of(struct wf_arena *arena, const char *path)
{
    const char *base = wf_text_base_name(path);

    return base == path
               ? ""
               : wf_arena_str(arena, wf_bytes_of(path, (size_t)(base - path) - 1));
}

static struct wf_search_place
place_of(struct edit *edit)
{
    struct wf_planning *planning = edit->planning;
    const struct wf_user *user = edit->user;

    if (user->member == NULL)
        return (struct wf_search_place){ .folder = planning->plan->lib_dir };
    if (edit->moved != NULL)
        return (struct wf_search_place){
            .folder = wf_plan_folder_of(planning->arena, edit->moved), .moved = true
        };
    if (wf_plan_is_outside(planning->arena, user->path))
        return (struct wf_search_place){ .folder = NULL };
    return (struct wf_search_place){ .folder = wf_plan_folder_of(
                                         planning->arena, user->member->installed) };
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

static void
refuse(struct edit *edit, const char *text, const char *advice)
{
    wf_plan_refuse(edit->planning, &(struct wf_refusal){ .kind = WF_REFUSE_SEARCH,
                                                         .object = edit->user->path,
                                                         .library = edit->needs_graft,
                                                         .text = text,
                                                         .advice = advice });
}

/* The lowest level that the result claims to run on; 0 when it claims none. */
static unsigned
android_level(const struct edit *edit)
{
    const struct wf_strings *tags = &edit->planning->plan->tags_after;
    unsigned lowest = 0;

    for (size_t i = 0; i < tags->num; i++) {
        const struct wf_platform_tag tag =
            wf_platform_tag_parse(edit->planning->arena, tags->items[i]);

        if (tag.family == WF_TAG_ANDROID && (lowest == 0 || tag.major < lowest))
            lowest = tag.major;
    }
    return lowest;
}

/* Whether an object can be given a search path; a refusal when it needs one all the same. */
static bool
can_search(struct edit *edit, const struct wf_search_place *at)
{
    const char *path = edit->user->path;
    struct wf_arena *arena = edit->planning->arena;

    if (!wf_plan_search_fits(edit->user->object)) {
        refuse(
            edit,
            wf_arena_printf(
                arena, "the search path of %s has more than 512 entries or 16 KiB", path),
            "build it with a shorter one");
        return false;
    }
    if (edit->planning->judged->family == WF_POLICY_ANDROID &&
        android_level(edit) < ANDROID_RUNPATH) {
        refuse(edit,
               wf_arena_printf(arena,
                               "%s needs a search path, which Android knows from API "
                               "level %d on; the wheel is for level %u",
                               path, ANDROID_RUNPATH, android_level(edit)),
               "build for android_24 or above");
        return false;
    }
    if (at->folder != NULL)
        return true;
    if (edit->needs_graft != NULL)
        refuse(edit,
               wf_arena_printf(arena,
                               "%s is installed outside of site-packages, where it would "
                               "not find %s",
                               path, edit->needs_graft),
               "put it into a package, or leave the library out with --exclude");
    return false;
}

/* A program that moves into site-packages takes the way to what it needs there along. */
static struct wf_strings
folders_to_search(struct edit *edit)
{
    struct wf_arena *arena = edit->planning->arena;
    struct wf_strings folders = { 0 };

    for (size_t i = 0; edit->moved != NULL && i < edit->user->num_uses; i++) {
        const struct wf_use *use = &edit->user->uses[i];

        if (use->kind == WF_USE_INSIDE &&
            !wf_plan_is_outside(arena, use->edge->library->path))
            wf_strings_append(arena, &folders,
                              wf_plan_folder_of(arena, use->edge->library->path));
    }
    wf_strings_sort(&folders);
    wf_strings_append(arena, &folders, edit->planning->plan->lib_dir);
    return folders;
}

/* A graft keeps nothing of the search path it was built with: it knows the machine it came
 * from.  An object of the wheel that gets a library keeps what lies inside the wheel. */
static void
change_search(struct edit *edit)
{
    const struct wf_search_place at = place_of(edit);
    const bool needs_path = edit->needs_graft != NULL || edit->may_load;

    if (edit->user->member == NULL && !needs_path) {
        set_search(edit, NULL);
        return;
    }
    if (!needs_path || !can_search(edit, &at))
        return;
    if (edit->user->member == NULL) {
        set_search(edit, "$ORIGIN");
        return;
    }
    const struct wf_strings folders = folders_to_search(edit);

    set_search(edit, wf_plan_search_path(edit->planning, edit->user->object, &at,
                                         &folders, &edit->out->reasons));
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
has_asked(const struct wf_planning *planning)
{
    for (size_t i = 0; i < planning->grafting->num_grafts; i++)
        if (planning->grafting->grafts[i].asked != NULL)
            return true;
    return false;
}

static const struct wf_plan_edit *
edit_user(struct wf_planning *planning, const struct wf_user *user, bool any_asked)
{
    struct wf_plan_edit *out = wf_arena_alloc(planning->arena, sizeof *out);
    struct edit edit = {
        .planning = planning,
        .user = user,
        .out = out,
        .may_load = any_asked && user->object->calls_dlopen,
        .moved = wf_plan_moved_script(planning, user),
    };

    edit.renames = wf_arena_array(planning->arena, user->num_uses, sizeof *edit.renames);
    for (size_t i = 0; i < user->num_uses; i++)
        look_at_use(&edit, user->by_name[i]);
    change_search(&edit);
    change_rest(&edit);
    out->edit.needed = edit.renames;
    out->edit.num_needed = edit.num_renames;
    return out->reasons.num == 0 && edit.moved == NULL ? NULL : out;
}

const struct wf_plan_edit **
wf_plan_edits(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    const bool any_asked = has_asked(planning);
    const struct wf_plan_edit **edits = wf_arena_array(
        planning->arena, grafting->num_users, sizeof(const struct wf_plan_edit *));

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        edits[i] = edit_user(planning, user, any_asked);
        if (user->member == NULL && edits[i] != NULL)
            planning->plan->grafts[user->graft].change = *edits[i];
    }
    return edits;
}

static bool
needs_graft(const struct wf_user *user)
{
    for (size_t i = 0; i < user->num_uses; i++)
        if (user->uses[i].kind == WF_USE_GRAFT)
            return true;
    return false;
}

/* The slices of a universal program are users one behind the other. */
static bool
any_slice_needs_graft(const struct wf_planning *planning, const struct wf_user *user)
{
    const struct wf_user *first = planning->grafting->users;
    const struct wf_user *end = first + planning->grafting->num_members;
    const struct wf_zip_member *member = user->member->member;

    for (const struct wf_user *at = user; at < end && at->member->member == member; at++)
        if (needs_graft(at))
            return true;
    for (const struct wf_user *at = user; at > first && at[-1].member->member == member;
         at--)
        if (needs_graft(at - 1))
            return true;
    return false;
}

/* A program in .data/scripts is installed where no path to site-packages is known, so one
 * that needs bundled libraries moves beside them. */
const char *
wf_plan_moved_script(struct wf_planning *planning, const struct wf_user *user)
{
    /* Windows looks beside the program, where its DLLs come then. */
    if (user->member == NULL || user->object->kind != WF_KIND_EXECUTABLE ||
        user->object->format == WF_FORMAT_PE)
        return NULL;
    const char *key = wf_member_path_data_key(planning->arena, user->path);

    if (key == NULL || strcmp(key, "scripts") != 0 ||
        !any_slice_needs_graft(planning, user))
        return NULL;
    return wf_arena_printf(planning->arena, "%s.scripts/%s",
                           planning->report->wheel->name.name,
                           wf_text_base_name(user->path));
}
