/* plan_macos_names.c -- the strings by which a slice names the libraries of the wheel
 * (delocate-macho.md 3.3).  What leads there already stays as it is; two commands of one
 * slice never have the same string, which dyld refuses. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_macos_parts.h"

/* Each further name of one library takes two bytes more; nobody has more than two. */
enum { MOST_SPELLINGS = 16 };

struct naming {
    struct wf_mac_layout *layout;
    const struct wf_mac_file *file;
    struct wf_mac_slice *slice;
    enum wf_mac_form form;
    const char *added; /* the rpath of WF_MAC_ADDED, or NULL */
    bool uses_added;
    struct wf_macho_rename *renames;
    size_t num_renames;
};

static bool
reaches(const struct naming *naming, const char *name, const char *target)
{
    return wf_mac_reaches(naming->layout, naming->file, naming->slice, name, target,
                          naming->added, false);
}

/* A name of a library that was in the wheel may go on leading there by the rpaths of what
 * loads the object, as long as the object stays where it is. */
static bool
leads_there(const struct naming *naming, size_t index, const char *target)
{
    const struct wf_mac_slice *slice = naming->slice;
    const bool stood_there = naming->file->graft == NULL && naming->file->moved == NULL &&
                             slice->user != NULL &&
                             slice->user->uses[index].kind == WF_USE_INSIDE;

    return wf_mac_reaches(naming->layout, naming->file, slice,
                          slice->object->needed[index], target, naming->added,
                          stood_there);
}

/* The part of a path below a folder, or NULL when it is not below. */
static const char *
below(const char *path, const char *folder)
{
    const size_t len = strlen(folder);

    if (len == 0)
        return path;
    return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

/* The name by way of one rpath, or NULL when the target is not there. */
static const char *
by_rpath(const struct naming *naming, const char *rpath, const char *target)
{
    const char *behind = wf_mac_behind(rpath, "@loader_path");
    struct wf_arena scratch = { 0 };
    const char *name = NULL;

    if (behind == NULL || wf_mac_is_over(naming->layout))
        return NULL;
    const char *place = wf_mac_join(&scratch, naming->file->folder, behind);
    const char *rest = place == NULL ? NULL : below(target, place);

    if (rest != NULL)
        name = wf_arena_printf(naming->layout->planning->arena, "@rpath/%s", rest);
    wf_arena_clear(&scratch);
    naming->layout->planning->num_steps++;
    return name != NULL && reaches(naming, name, target) ? name : NULL;
}

static const char *
shorter(const char *a, const char *b)
{
    return b != NULL && strlen(b) < strlen(a) ? b : a;
}

static const char *
name_of(const struct naming *naming, const char *target)
{
    struct wf_arena *arena = naming->layout->planning->arena;
    const char *name = wf_arena_printf(arena, "@loader_path/%s",
                                       wf_mac_way(arena, naming->file->folder, target));

    if (naming->form == WF_MAC_PLAIN)
        return name;
    for (size_t i = 0; i < naming->slice->num_kept; i++)
        name = shorter(name, by_rpath(naming, naming->slice->kept[i], target));
    if (naming->added != NULL)
        name = shorter(name, by_rpath(naming, naming->added, target));
    return name;
}

/* One dylib command with a target. */
struct need {
    const char *target;
    uint32_t index;
    bool stays;
    const char *name;
};

/* Of one target those that stay come first. */
static int
compare_needs(const void *left, const void *right)
{
    const struct need *a = left;
    const struct need *b = right;
    const int order = strcmp(a->target, b->target);

    if (order != 0)
        return order;
    return a->stays != b->stays ? b->stays - a->stays
                                : (a->index > b->index) - (a->index < b->index);
}

static bool
is_spelled(const struct need *group, size_t num, const char *name)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(group[i].name, name) == 0)
            return true;
    return false;
}

/* "@loader_path/./x", "@loader_path/././x": a detour of no length. */
static const char *
respell(struct wf_arena *arena, const char *name)
{
    const size_t head = strcspn(name, "/") + 1;

    return wf_arena_printf(arena, "%.*s./%s", (int)head, name, name + head);
}

/* What leads to one library by several commands; the same string twice counts as one that
 * stays and one that does not. */
static void
name_group(struct naming *naming, struct need *group, size_t num)
{
    struct wf_arena *arena = naming->layout->planning->arena;

    for (size_t i = 0; i < num; i++) {
        if (!group[i].stays)
            group[i].name = name_of(naming, group[i].target);
        while (is_spelled(group, i, group[i].name))
            group[i].name = respell(arena, group[i].name);
    }
}

static int
compare_renames(const void *left, const void *right)
{
    const struct wf_macho_rename *a = left;
    const struct wf_macho_rename *b = right;

    return (a->index > b->index) - (a->index < b->index);
}

/* Whether a name would lead nowhere without the rpath that is added. */
static bool
leads_by_added(const struct naming *naming, const struct need *need)
{
    return naming->added != NULL && wf_mac_behind(need->name, "@rpath") != NULL &&
           reaches(naming, need->name, need->target) &&
           !wf_mac_reaches(naming->layout, naming->file, naming->slice, need->name,
                           need->target, NULL, false);
}

static void
take_renames(struct naming *naming, const struct need *needs, size_t num)
{
    const struct wf_object *object = naming->slice->object;

    for (size_t i = 0; i < num; i++) {
        naming->uses_added |= leads_by_added(naming, &needs[i]);
        if (strcmp(object->needed[needs[i].index], needs[i].name) != 0)
            naming->renames[naming->num_renames++] =
                (struct wf_macho_rename){ .index = needs[i].index, .to = needs[i].name };
    }
    if (naming->num_renames > 1)
        qsort(naming->renames, naming->num_renames, sizeof *naming->renames,
              compare_renames);
}

static size_t
list_needs(const struct naming *naming, struct need *needs)
{
    const struct wf_object *object = naming->slice->object;
    size_t num = 0;

    for (size_t i = 0; i < object->num_needed; i++) {
        const char *target = naming->slice->targets[i];

        if (target == NULL)
            continue;
        const bool stays = leads_there(naming, i, target);

        needs[num++] = (struct need){ .target = target,
                                      .index = (uint32_t)i,
                                      .stays = stays,
                                      .name = stays ? object->needed[i] : NULL };
    }
    if (num > 1)
        qsort(needs, num, sizeof *needs, compare_needs);
    return num;
}

/* The rpath to the folder of the libraries, or NULL when there is one. */
static const char *
added_rpath(const struct naming *naming)
{
    struct wf_arena *arena = naming->layout->planning->arena;
    const char *lib_dir = naming->layout->lib_dir;
    const char *way;

    if (naming->form != WF_MAC_ADDED || lib_dir == NULL)
        return NULL;
    /* To the folder: the way to something in it, without that. */
    way =
        wf_mac_way(arena, naming->file->folder, wf_arena_printf(arena, "%s/x", lib_dir));
    way = wf_plan_folder_of(arena, way);
    way =
        way[0] == '\0' ? "@loader_path" : wf_arena_printf(arena, "@loader_path/%s", way);
    for (size_t i = 0; i < naming->slice->num_kept; i++)
        if (strcmp(naming->slice->kept[i], way) == 0)
            return NULL;
    return way;
}

static void
set_edit(struct naming *naming)
{
    struct wf_macho_slice_edit *edit = &naming->slice->edit;
    const char **added =
        wf_arena_array(naming->layout->planning->arena, 1, sizeof *added);

    *added = naming->added;
    edit->renames = naming->renames;
    edit->num_renames = naming->num_renames;
    edit->added_rpaths = added;
    edit->num_added_rpaths = naming->added != NULL && naming->uses_added;
}

void
wf_mac_name_needs(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                  struct wf_mac_slice *slice, enum wf_mac_form form)
{
    struct wf_arena *arena = layout->planning->arena;
    struct naming naming = {
        .layout = layout, .file = file, .slice = slice, .form = form
    };
    const size_t most = slice->object->num_needed;
    struct need *needs = wf_arena_array(arena, most, sizeof *needs);

    naming.added = added_rpath(&naming);
    naming.renames = wf_arena_array(arena, most, sizeof *naming.renames);
    const size_t num = list_needs(&naming, needs);

    slice->overnamed = NULL;
    for (size_t first = 0, end; first < num; first = end) {
        for (end = first + 1;
             end < num && strcmp(needs[first].target, needs[end].target) == 0; end++)
            ;
        if (end - first > MOST_SPELLINGS) {
            slice->overnamed = needs[first].target;
            return;
        }
        name_group(&naming, &needs[first], end - first);
    }
    take_renames(&naming, needs, num);
    set_edit(&naming);
}

void
wf_mac_refuse_overnamed(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                        const struct wf_mac_slice *slice)
{
    struct wf_arena *arena = layout->planning->arena;

    if (slice->overnamed == NULL)
        return;
    wf_plan_refuse(layout->planning,
                   &(struct wf_refusal){
                       .kind = WF_REFUSE_NAME,
                       .object = file->path,
                       .library = slice->overnamed,
                       .text = wf_arena_printf(
                           arena,
                           "%s has more than %d dylib commands that lead to %s, and dyld "
                           "wants them all to be spelled differently",
                           wf_mac_where(arena, file->path, slice->object), MOST_SPELLINGS,
                           slice->overnamed),
                       .advice = "link it with each library once",
                   });
}

static int
compare_index(const void *key, const void *item)
{
    const uint32_t *index = key;
    const struct wf_macho_rename *rename = item;

    return (*index > rename->index) - (*index < rename->index);
}

const char *
wf_mac_new_name(const struct wf_mac_slice *slice, uint32_t index)
{
    const struct wf_macho_slice_edit *edit = &slice->edit;
    const struct wf_macho_rename *rename =
        edit->num_renames == 0 ? NULL
                               : bsearch(&index, edit->renames, edit->num_renames,
                                         sizeof *edit->renames, compare_index);

    return rename != NULL ? rename->to : slice->object->needed[index];
}
