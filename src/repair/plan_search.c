/* plan_search.c -- DT_RPATH and DT_RUNPATH as they must be where the wheel is installed
 * (auditwheel.md 4.3).  Everything here is about text: whether a folder exists is unknown
 * until the wheel is installed. */
#include <string.h>

#include "repair/plan_parts.h"

/* The parts of a path below site-packages; "a/../b" is taken as written. */
struct place {
    const char **parts;
    size_t *lens;
    size_t num;
    bool outside; /* climbed out of site-packages */
};

static void
walk_into(struct place *place, const char *path)
{
    while (*path != '\0') {
        const size_t len = strcspn(path, "/");

        if (len == 2 && memcmp(path, "..", 2) == 0) {
            place->outside |= place->num == 0;
            place->num -= place->num > 0;
        } else if (len > 0 && !(len == 1 && path[0] == '.')) {
            place->parts[place->num] = path;
            place->lens[place->num++] = len;
        }
        path += len + (path[len] == '/');
    }
}

static struct place
new_place(struct wf_arena *arena, const char *folder, const char *rest)
{
    const size_t most = strlen(folder) / 2 + strlen(rest) / 2 + 2;
    struct place place = { 0 };

    place.parts = wf_arena_array(arena, most, sizeof *place.parts);
    place.lens = wf_arena_array(arena, most, sizeof *place.lens);
    walk_into(&place, folder);
    walk_into(&place, rest);
    return place;
}

static bool
same_part(const struct place *a, const struct place *b, size_t i)
{
    return a->lens[i] == b->lens[i] && memcmp(a->parts[i], b->parts[i], a->lens[i]) == 0;
}

/* "$ORIGIN/../x.libs": the way from one place to another. */
static const char *
way(struct wf_arena *arena, const struct place *from, const struct place *to)
{
    size_t same = 0;
    const char *text = "$ORIGIN";

    while (same < from->num && same < to->num && same_part(from, to, same))
        same++;
    for (size_t i = same; i < from->num; i++)
        text = wf_arena_printf(arena, "%s/..", text);
    for (size_t i = same; i < to->num; i++)
        text = wf_arena_printf(arena, "%s/%.*s", text, (int)to->lens[i], to->parts[i]);
    return text;
}

/* What stands behind $ORIGIN, or NULL when the entry does not start with it. */
static const char *
behind_origin(const char *entry)
{
    static const char *const spellings[] = { "$ORIGIN", "${ORIGIN}" };

    for (size_t i = 0; i < WF_COUNT(spellings); i++) {
        const char *rest = entry + strlen(spellings[i]);

        if (wf_text_starts_with(entry, spellings[i]) && (*rest == '\0' || *rest == '/'))
            return rest;
    }
    return NULL;
}

/* The entry as it stays, or NULL with *why when it goes. */
static const char *
surviving(struct wf_planning *planning, const char *entry, const char *folder,
          const char **why)
{
    const char *rest = behind_origin(entry);
    const bool excluding = planning->options->audit->search.excludes.num > 0;

    if (rest == NULL) {
        *why = entry[0] == '\0' ? "an empty entry is the folder a program is started in"
               : entry[0] == '/'
                   ? "an absolute folder belongs to the machine it was built on"
               : entry[0] == '$'
                   ? "only the loader knows what it stands for"
                   : "a relative folder depends on where a program is started";
        return NULL;
    }
    if (strchr(rest, '$') != NULL && !excluding) {
        *why = "only the loader knows what it stands for";
        return NULL;
    }
    const struct place from =
        new_place(planning->arena, folder == NULL ? "" : folder, "");
    const struct place to =
        new_place(planning->arena, folder == NULL ? "" : folder, rest);

    if (folder != NULL && !to.outside && strchr(rest, '$') == NULL)
        return way(planning->arena, &from, &to);
    *why = "it leaves the wheel";
    /* That is how an excluded library is found. */
    return excluding ? entry : NULL;
}

static void
add_once(struct wf_planning *planning, struct wf_strings *list, const char *entry)
{
    if (!wf_strings_has(list, entry))
        wf_strings_append(planning->arena, list, entry);
}

static void
keep_entries(struct wf_planning *planning, struct wf_strings *list, const char *path,
             const char *folder, struct wf_strings *reasons)
{
    struct wf_arena *arena = planning->arena;

    for (const char *at = path;; at += strcspn(at, ":") + 1) {
        const char *entry = wf_arena_str(arena, wf_bytes_of(at, strcspn(at, ":")));
        const char *why = NULL;
        const char *kept = surviving(planning, entry, folder, &why);

        if (kept != NULL)
            add_once(planning, list, kept);
        else
            wf_strings_append(
                arena, reasons,
                wf_arena_printf(arena, "search path entry \"%s\" goes: %s", entry, why));
        if (at[strcspn(at, ":")] == '\0')
            return;
    }
}

const char *
wf_plan_search_path(struct wf_planning *planning, const struct wf_object *object,
                    const char *folder, const char *lib_dir, struct wf_strings *reasons)
{
    struct wf_arena *arena = planning->arena;
    struct wf_strings list = { 0 };
    /* Where there is a RUNPATH the loader ignores the RPATH. */
    const char *old = object->runpath != NULL ? object->runpath : object->rpath;

    if (old != NULL)
        keep_entries(planning, &list, old, folder, reasons);
    if (lib_dir != NULL && folder != NULL) {
        const struct place from = new_place(arena, folder, "");
        const struct place to = new_place(arena, "", lib_dir);

        add_once(planning, &list, way(arena, &from, &to));
    }
    const char *text = NULL;

    for (size_t i = 0; i < list.num; i++)
        text = text == NULL ? list.items[i]
                            : wf_arena_printf(arena, "%s:%s", text, list.items[i]);
    return text;
}
