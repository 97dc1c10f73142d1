/* plan_macos_rpaths.c -- LC_RPATHs that must not leave the machine a wheel was built on
 * (delocate-macho.md 3.4), in every slice, whatever it needs. */
#include <stdlib.h>
#include <string.h>

#include "policy/macos.h"
#include "repair/plan_macos_parts.h"

/* Folders of the system are the same everywhere: libraries of Swift are named by @rpath and
 * found in /usr/lib/swift. */
static bool
is_of_system(const char *rpath)
{
    struct wf_arena scratch = { 0 };
    const bool is = rpath[0] == '/' &&
                    wf_macos_provides(wf_arena_printf(&scratch, "%s/x.dylib", rpath));

    wf_arena_clear(&scratch);
    return is;
}

static bool
is_relocatable(const char *rpath)
{
    return wf_mac_behind(rpath, "@loader_path") != NULL ||
           wf_mac_behind(rpath, "@executable_path") != NULL || is_of_system(rpath);
}

bool
wf_mac_rpath_stays(const struct wf_planning *planning, const char *rpath)
{
    return planning->options->keep_rpaths || is_relocatable(rpath);
}

static const char *
why_unfit(const char *rpath)
{
    if (rpath[0] == '/')
        return "an absolute folder belongs to the machine it was built on";
    if (rpath[0] == '@')
        return "it stands for no folder";
    return "a relative folder depends on where a program is started";
}

/* What moved from its place keeps only its own folder: what else @loader_path led to is
 * elsewhere now. */
static bool
leads_astray(const struct wf_mac_file *file, const char *rpath)
{
    const char *rest = wf_mac_behind(rpath, "@loader_path");
    struct wf_arena scratch = { 0 };

    if (rest == NULL || (file->graft == NULL && file->moved == NULL))
        return false;
    const char *place = wf_mac_join(&scratch, file->folder, rest);
    const bool astray = place == NULL || strcmp(place, file->folder) != 0;

    wf_arena_clear(&scratch);
    return astray;
}

static int
compare_texts(const void *left, const void *right)
{
    const char *const *const *a = left;
    const char *const *const *b = right;
    const int order = strcmp(**a, **b);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* repeats[i]: the same text stands further up. */
static bool *
find_repeats(struct wf_arena *arena, const struct wf_object *object)
{
    const size_t num = object->num_rpaths;
    bool *repeats = wf_arena_array(arena, num, sizeof *repeats);
    const char ***sorted = wf_arena_array(arena, num, sizeof(const char **));

    for (size_t i = 0; i < num; i++)
        sorted[i] = &object->rpaths[i];
    if (num > 1)
        qsort(sorted, num, sizeof(const char **), compare_texts);
    for (size_t i = 1; i < num; i++)
        repeats[sorted[i] - object->rpaths] = strcmp(*sorted[i - 1], *sorted[i]) == 0;
    return repeats;
}

static const char *
why_dropped(const struct wf_mac_file *file, const char *rpath, bool repeats)
{
    if (!is_relocatable(rpath))
        return why_unfit(rpath);
    if (leads_astray(file, rpath))
        return "it was a folder beside its old place";
    return repeats ? "it stands there twice" : NULL;
}

void
wf_mac_sort_rpaths(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                   struct wf_mac_slice *slice)
{
    struct wf_arena *arena = layout->planning->arena;
    const struct wf_object *object = slice->object;
    const bool stay = layout->planning->options->keep_rpaths || !slice->is_ours;
    const bool *repeats = find_repeats(arena, object);

    slice->kept = wf_arena_array(arena, object->num_rpaths, sizeof *slice->kept);
    slice->dropped = wf_arena_array(arena, object->num_rpaths, sizeof *slice->dropped);
    slice->dropped_why =
        wf_arena_array(arena, object->num_rpaths, sizeof *slice->dropped_why);
    slice->num_kept = 0;
    slice->num_dropped = 0;
    for (size_t i = 0; i < object->num_rpaths; i++) {
        const char *why = stay ? NULL : why_dropped(file, object->rpaths[i], repeats[i]);

        if (why == NULL) {
            slice->kept[slice->num_kept++] = object->rpaths[i];
        } else {
            slice->dropped_why[slice->num_dropped] = why;
            slice->dropped[slice->num_dropped++] = (uint32_t)i;
        }
    }
}

/* A path below the environment of Python may be meant: it stays, and is told. */
static void
note_escapes(struct wf_mac_layout *layout, const struct wf_mac_file *file,
             const struct wf_mac_slice *slice, const char *where)
{
    struct wf_arena scratch = { 0 };

    for (size_t i = 0; file->folder != NULL && i < slice->num_kept; i++) {
        const char *rest = wf_mac_behind(slice->kept[i], "@loader_path");

        if (rest != NULL && wf_mac_join(&scratch, file->folder, rest) == NULL)
            wf_plan_note(layout->planning, "rpath-outside-wheel", WF_NOTE, where,
                         "its rpath %s leads out of site-packages", slice->kept[i]);
    }
    wf_arena_clear(&scratch);
}

static bool
is_left_to_rpath(const struct wf_user *user)
{
    for (size_t i = 0; user != NULL && i < user->num_uses; i++)
        if (user->uses[i].kind == WF_USE_LEFT &&
            wf_mac_behind(user->uses[i].edge->name, "@rpath") != NULL)
            return true;
    return false;
}

void
wf_mac_note_rpaths(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                   const struct wf_mac_slice *slice)
{
    const char *where = wf_mac_where(layout->planning->arena, file->path, slice->object);

    note_escapes(layout, file, slice, where);
    if (!is_left_to_rpath(slice->user))
        return;
    for (size_t i = 0; i < slice->num_dropped; i++)
        if (slice->object->rpaths[slice->dropped[i]][0] == '/')
            wf_plan_note(layout->planning, "rpath-removed", WF_WARNING, where,
                         "needs a library that stays outside by @rpath, and no longer "
                         "looks in %s: --no-sanitize-rpaths keeps that",
                         slice->object->rpaths[slice->dropped[i]]);
}
