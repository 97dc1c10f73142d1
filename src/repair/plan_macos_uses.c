/* plan_macos_uses.c -- what becomes of each dylib command: the system has it, it is in the
 * wheel, it comes in, it stays outside; or there is no repair. */
#include <stdlib.h>
#include <string.h>

#include "policy/macos.h"
#include "repair/plan_macos_parts.h"

bool
wf_plan_is_macos(const struct wf_member_object *member)
{
    return member->judged && member->object.format == WF_FORMAT_MACHO;
}

const char *
wf_mac_where(struct wf_arena *arena, const char *path, const struct wf_object *object)
{
    return object->slice == NULL ? path
                                 : wf_arena_printf(arena, "%s (%s)", path, object->slice);
}

static bool
is_dylib_name(const char *path)
{
    return wf_text_ends_with(path, ".so") || wf_text_ends_with(path, ".dylib");
}

static bool
is_python(const struct wf_edge *edge)
{
    return edge->by == WF_FOUND_LIBPYTHON || wf_is_libpython_macos(edge->name) ||
           (edge->library != NULL && wf_is_libpython_macos(edge->library->real_path));
}

/* By the name as written, and by the folder it was found in: @rpath leads to the system's
 * Swift. */
static bool
is_provided(const struct wf_edge *edge)
{
    if (wf_macos_provides(edge->name))
        return true;
    return edge->library == NULL ? edge->by == WF_FOUND_DEFAULT
                                 : wf_macos_provides(edge->library->path);
}

static bool
may_come_in(const struct wf_planning *planning, const struct wf_edge *edge)
{
    const struct wf_repair_options *options = planning->options;

    if (options->dylibs_only && !is_dylib_name(edge->library->real_path))
        return false;
    return options->include_only.num == 0 ||
           wf_plan_matches(&options->include_only, edge->name, edge->library->path);
}

enum wf_use_kind
wf_plan_macos_use(const struct wf_planning *planning, const struct wf_user *user,
                  const struct wf_edge *edge)
{
    if (edge->library != NULL && edge->library->in_wheel)
        return WF_USE_INSIDE;
    if (is_provided(edge))
        return WF_USE_PROVIDED;
    if (edge->by == WF_FOUND_EXCLUDED ||
        (planning->options->dylibs_only && user->member != NULL &&
         !is_dylib_name(user->path)))
        return WF_USE_LEFT;
    if (is_python(edge))
        return WF_USE_PYTHON;
    if (edge->library == NULL)
        return edge->weak || planning->options->ignore_missing ? WF_USE_LEFT
                                                               : WF_USE_MISSING;
    return may_come_in(planning, edge) ? WF_USE_GRAFT : WF_USE_LEFT;
}

/* What stands in the place of a library that dyld would not take: a bundle, a program. */
static const char *
how_missing(struct wf_arena *arena, const struct wf_edge *edge)
{
    for (size_t i = 0; i < edge->num_tries; i++) {
        const struct wf_try *try = &edge->tries[i];

        if (try->result == WF_TRY_NOT_OBJECT && try->detail != NULL)
            return wf_arena_printf(arena,
                                   "which was not found: %s is of another kind (%s), and "
                                   "nothing can be linked against that",
                                   try->path, try->detail);
        if (try->result == WF_TRY_ARCH)
            return wf_arena_printf(arena,
                                   "which was not found for its architecture: %s has %s",
                                   try->path, try->detail);
    }
    return "which was not found";
}

/* Somebody asked for all architectures, and the library is there without one. */
static bool
lacks_arch(const struct wf_planning *planning, const struct wf_user *user,
           const struct wf_edge *edge)
{
    const struct wf_repair_options *options = planning->options;
    bool wrong = false;

    for (size_t i = 0; i < edge->num_tries; i++)
        wrong |= edge->tries[i].result == WF_TRY_ARCH;
    return wrong && (options->check_archs ||
                     wf_strings_has(&options->require_archs, user->object->arch_name));
}

static void
refuse_missing(struct wf_planning *planning, const struct wf_user *user,
               const struct wf_use *use)
{
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = lacks_arch(planning, user, use->edge) ? WF_REFUSE_ARCH
                                                          : WF_REFUSE_MISSING,
            .object = user->path,
            .library = use->edge->name,
            .edge = use->edge,
            .text =
                wf_arena_printf(planning->arena, "%s needs %s, %s",
                                wf_mac_where(planning->arena, user->path, user->object),
                                use->edge->name, how_missing(planning->arena, use->edge)),
            .advice = "give the folder that has it with --lib-path, or leave it out with "
                      "--exclude",
        });
}

/* Two Pythons in one process are the end of it, and a dylib command cannot be deleted:
 * symbols know libraries by its place. */
static void
refuse_python(struct wf_planning *planning, const struct wf_user *user,
              const struct wf_use *use)
{
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_NEVER,
            .object = user->path,
            .library = use->edge->name,
            .text = wf_arena_printf(
                planning->arena,
                "%s needs %s, which is never bundled: the interpreter that loads it is "
                "another Python",
                wf_mac_where(planning->arena, user->path, user->object), use->edge->name),
            .advice = "link extensions with -undefined dynamic_lookup and without "
                      "Python's own library, or leave it out with --exclude",
        });
}

/* A program or library that is installed where no way to site-packages is known. */
static void
refuse_place(struct wf_planning *planning, const struct wf_user *user,
             const struct wf_use *use)
{
    if (user->member == NULL || !wf_plan_is_outside(planning->arena, user->path) ||
        wf_plan_moved_script(planning, user) != NULL)
        return;
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_SEARCH,
            .object = user->path,
            .library = use->edge->name,
            .text = wf_arena_printf(planning->arena,
                                    "%s is installed outside of site-packages, where it "
                                    "would not find %s",
                                    user->path, use->edge->name),
            .advice = "put it into a package, or leave the library out with --exclude",
        });
}

static void
judge_use(struct wf_planning *planning, const struct wf_user *user,
          const struct wf_use *use)
{
    switch (use->kind) {
    case WF_USE_MISSING:
        refuse_missing(planning, user, use);
        return;
    case WF_USE_PYTHON:
        refuse_python(planning, user, use);
        return;
    case WF_USE_GRAFT:
        refuse_place(planning, user, use);
        return;
    case WF_USE_PROVIDED:
    case WF_USE_INSIDE:
    case WF_USE_LEFT:
    case WF_USE_NEVER:
        return;
    }
}

void
wf_mac_judge_uses(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0; k < user->num_uses; k++)
            judge_use(planning, user, &user->uses[k]);
    }
}

/* A need that stays outside. */
struct leaving {
    const struct wf_edge *edge;
    const struct wf_user *user;
    size_t order;
};

static int
compare_leaving(const void *left, const void *right)
{
    const struct leaving *a = left;
    const struct leaving *b = right;
    int order = strcmp(a->edge->name, b->edge->name);

    if (order == 0)
        order = strcmp(a->user->path, b->user->path);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static void
note_left(struct wf_planning *planning, const struct leaving *leaving)
{
    const struct wf_edge *edge = leaving->edge;
    const char *where =
        wf_mac_where(planning->arena, leaving->user->path, leaving->user->object);

    if (edge->by == WF_FOUND_EXCLUDED)
        return;
    if (edge->library != NULL || is_python(edge))
        wf_plan_note(planning, "library-left-out", WF_WARNING, where,
                     "%s is not bundled: %s", edge->name,
                     planning->options->dylibs_only
                         ? "--dylibs-only takes names in .so and .dylib alone"
                         : "--include-only does not name it");
    else if (edge->weak)
        wf_plan_note(planning, "macho-weak-missing", WF_NOTE, where,
                     "%s was not found, and it runs without: it asks for it weakly",
                     edge->name);
    else
        wf_plan_note(planning, "library-not-found", WF_WARNING, where,
                     "%s was not found, and is left to whoever has it", edge->name);
}

/* By name and user, each once: what stays is named in the plan, so that the result can be
 * judged where nothing is found. */
void
wf_mac_list_left(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    struct leaving *list = NULL;
    size_t num = 0;
    size_t cap = 0;

    for (size_t i = 0; i < grafting->num_users; i++)
        for (size_t k = 0; k < grafting->users[i].num_uses; k++) {
            if (grafting->users[i].uses[k].kind != WF_USE_LEFT)
                continue;
            list = wf_arena_grow(planning->arena, list, num, &cap, sizeof *list);
            list[num] = (struct leaving){ grafting->users[i].uses[k].edge,
                                          &grafting->users[i], num };
            num++;
        }
    if (num > 1)
        qsort(list, num, sizeof *list, compare_leaving);
    for (size_t i = 0; i < num; i++) {
        const bool same =
            i > 0 && strcmp(list[i - 1].edge->name, list[i].edge->name) == 0;

        if (!same)
            wf_strings_append(planning->arena, &planning->plan->left, list[i].edge->name);
        if (!same || strcmp(list[i - 1].user->path, list[i].user->path) != 0)
            note_left(planning, &list[i]);
    }
}
