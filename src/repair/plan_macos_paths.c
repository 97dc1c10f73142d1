/* plan_macos_paths.c -- where names and rpaths lead in the installed wheel, as dyld reads
 * them (delocate-macho.md 2.10).  Everything here is about text. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_macos_parts.h"

/* Puts the parts of `rest` behind those in `path`; false when ".." leads above them. */
static bool
walk_into(struct wf_buffer *path, const char *rest)
{
    while (*rest != '\0') {
        const size_t len = strcspn(rest, "/");

        if (len == 2 && memcmp(rest, "..", 2) == 0) {
            if (path->len == 0)
                return false;
            while (path->len > 0 && path->data[path->len - 1] != '/')
                path->len--;
            path->len -= path->len > 0;
        } else if (len > 0 && !(len == 1 && rest[0] == '.')) {
            if (path->len > 0)
                wf_buffer_add_char(path, '/');
            wf_buffer_add(path, rest, len);
        }
        rest += len + (rest[len] == '/');
    }
    return true;
}

const char *
wf_mac_join(struct wf_arena *arena, const char *folder, const char *rest)
{
    struct wf_buffer path;
    const char *text = NULL;

    wf_buffer_init(&path, SIZE_MAX);
    if (walk_into(&path, folder) && walk_into(&path, rest))
        text = wf_arena_str(arena, wf_buffer_bytes(&path));
    wf_buffer_clear(&path);
    return text;
}

/* How much of both is the same, in whole parts. */
static size_t
common_len(const char *folder, const char *path)
{
    size_t same = 0;
    size_t i = 0;

    while (folder[i] != '\0' && folder[i] == path[i]) {
        i++;
        if (path[i] == '/' && (folder[i] == '/' || folder[i] == '\0'))
            same = i + 1;
    }
    return same;
}

const char *
wf_mac_way(struct wf_arena *arena, const char *folder, const char *path)
{
    const size_t same = common_len(folder, path);
    const size_t folder_len = strlen(folder);
    struct wf_buffer way;

    wf_buffer_init(&way, SIZE_MAX);
    if (same < folder_len) {
        wf_buffer_add_str(&way, "../");
        for (size_t i = same; i < folder_len; i++)
            if (folder[i] == '/')
                wf_buffer_add_str(&way, "../");
    }
    wf_buffer_add_str(&way, path + same);
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&way));

    wf_buffer_clear(&way);
    return text;
}

const char *
wf_mac_behind(const char *text, const char *token)
{
    const char *rest = text + strlen(token);

    return wf_text_starts_with(text, token) && (*rest == '\0' || *rest == '/') ? rest
                                                                               : NULL;
}

static int
compare_to_item(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool
is_there(const struct wf_mac_layout *layout, const char *path)
{
    const struct wf_strings *places = &layout->places;

    return places->num > 0 && bsearch(path, places->items, places->num,
                                      sizeof *places->items, compare_to_item) != NULL;
}

bool
wf_mac_is_over(const struct wf_mac_layout *layout)
{
    const struct wf_planning *planning = layout->planning;

    return planning->num_steps > planning->options->audit->limits.tree_steps;
}

/* What stands at `rest` from an rpath of an image in `folder`: 1 the target, 0 something
 * else, -1 nothing that the wheel has. */
static int
look_along(const struct wf_mac_layout *layout, const char *rpath, const char *folder,
           const char *rest, const char *target)
{
    const char *behind = wf_mac_behind(rpath, "@loader_path");
    struct wf_arena scratch = { 0 };
    int found = -1;

    /* Past the limit nothing leads anywhere; the plan is given up then. */
    if (behind == NULL || wf_mac_is_over(layout))
        return -1;
    layout->planning->num_steps++;
    const char *place = wf_mac_join(&scratch, folder, behind);
    const char *path = place == NULL ? NULL : wf_mac_join(&scratch, place, rest);

    if (path != NULL && strcmp(path, target) == 0)
        found = 1;
    else if (path != NULL && is_there(layout, path))
        found = 0;
    wf_arena_clear(&scratch);
    return found;
}

/* The rpaths of what loads the image count behind its own. */
static bool
chain_reaches(const struct wf_mac_layout *layout, const struct wf_mac_slice *slice,
              const char *rest, const char *target)
{
    const struct wf_node *node = slice->user == NULL ? NULL : slice->user->node;
    struct wf_arena scratch = { 0 };
    int found = -1;

    for (node = node == NULL ? NULL : node->parent; found < 0 && node != NULL;
         node = node->parent) {
        const struct wf_library *library = node->library;

        for (size_t i = 0;
             found < 0 && library->in_wheel && i < library->object->num_rpaths; i++) {
            const char *rpath = library->object->rpaths[i];

            if (wf_mac_rpath_stays(layout->planning, rpath))
                found =
                    look_along(layout, rpath, wf_plan_folder_of(&scratch, library->path),
                               rest, target);
        }
    }
    wf_arena_clear(&scratch);
    return found == 1;
}

static bool
rpath_reaches(const struct wf_mac_layout *layout, const struct wf_mac_file *file,
              const struct wf_mac_slice *slice, const char *rest, const char *target,
              const char *added, bool by_loaders)
{
    int found = -1;

    for (size_t i = 0; found < 0 && i < slice->num_kept; i++)
        found = look_along(layout, slice->kept[i], file->folder, rest, target);
    if (found < 0 && added != NULL)
        found = look_along(layout, added, file->folder, rest, target);
    if (found >= 0)
        return found == 1;
    return by_loaders && chain_reaches(layout, slice, rest, target);
}

bool
wf_mac_reaches(const struct wf_mac_layout *layout, const struct wf_mac_file *file,
               const struct wf_mac_slice *slice, const char *name, const char *target,
               const char *added, bool by_loaders)
{
    const char *rest = wf_mac_behind(name, "@rpath");
    struct wf_arena scratch = { 0 };

    if (rest != NULL)
        return rpath_reaches(layout, file, slice, rest, target, added, by_loaders);
    rest = wf_mac_behind(name, "@loader_path");
    /* A program's own folder is that of the executable. */
    if (rest == NULL && slice->object->kind == WF_KIND_EXECUTABLE)
        rest = wf_mac_behind(name, "@executable_path");
    const char *path = rest == NULL ? NULL : wf_mac_join(&scratch, file->folder, rest);
    const bool same = path != NULL && strcmp(path, target) == 0;

    wf_arena_clear(&scratch);
    return same;
}
