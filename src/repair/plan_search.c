/* plan_search.c -- DT_RPATH and DT_RUNPATH as they must be where the wheel is installed
 * (auditwheel.md 4.3).  Everything here is about text: whether a folder exists is unknown
 * until the wheel is installed. */
#include <string.h>

#include "repair/plan_parts.h"

/* Entries are compared with each other, so there may not be too many. */
enum { LONGEST_PATH = 16 << 10, MOST_ENTRIES = 512 };

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
    struct wf_buffer text;
    size_t same = 0;

    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add_str(&text, "$ORIGIN");
    while (same < from->num && same < to->num && same_part(from, to, same))
        same++;
    for (size_t i = same; i < from->num; i++)
        wf_buffer_add_str(&text, "/..");
    for (size_t i = same; i < to->num; i++) {
        wf_buffer_add_char(&text, '/');
        wf_buffer_add(&text, to->parts[i], to->lens[i]);
    }
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

/* From `folder` to where `rest` leads from there; NULL when that is no place in the wheel. */
static const char *
way_inside(struct wf_planning *planning, const char *folder, const char *rest)
{
    struct wf_arena scratch = { 0 };
    const struct place from = new_place(&scratch, folder, "");
    const struct place to = new_place(&scratch, folder, rest);
    const char *text = to.outside ? NULL : way(planning->arena, &from, &to);

    wf_arena_clear(&scratch);
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

/* Why an entry without $ORIGIN goes. */
static const char *
why_not_origin(const char *entry)
{
    if (entry[0] == '\0')
        return "an empty entry is the folder a program is started in";
    if (entry[0] == '/')
        return "an absolute folder belongs to the machine it was built on";
    if (entry[0] == '$')
        return "only the loader knows what it stands for";
    return "a relative folder depends on where a program is started";
}

/* The entry as it stays, or NULL with *why when it goes. */
static const char *
surviving(struct wf_planning *planning, const char *entry,
          const struct wf_search_place *at, const char **why)
{
    const char *rest = behind_origin(entry);
    /* That is how an excluded library is found. */
    const bool may_leave =
        planning->options->audit->search.excludes.num > 0 && !at->moved;

    if (rest == NULL) {
        *why = why_not_origin(entry);
        return NULL;
    }
    if (strchr(rest, '$') != NULL) {
        *why = "only the loader knows what it stands for";
        return may_leave ? entry : NULL;
    }
    *why =
        at->moved ? "the program moves, and its folder with it" : "it leaves the wheel";
    if (at->folder != NULL && !at->moved) {
        const char *kept = way_inside(planning, at->folder, rest);

        if (kept != NULL)
            return kept;
    }
    return may_leave ? entry : NULL;
}

static void
add_once(struct wf_planning *planning, struct wf_strings *list, const char *entry)
{
    if (!wf_strings_has(list, entry))
        wf_strings_append(planning->arena, list, entry);
}

static void
keep_entries(struct wf_planning *planning, struct wf_strings *list, const char *path,
             const struct wf_search_place *at, struct wf_strings *reasons)
{
    struct wf_arena *arena = planning->arena;
    struct wf_strings gone = { 0 };

    for (const char *from = path;; from += strcspn(from, ":") + 1) {
        const char *entry = wf_arena_str(arena, wf_bytes_of(from, strcspn(from, ":")));
        const char *why = NULL;
        const char *kept = surviving(planning, entry, at, &why);

        if (kept != NULL)
            add_once(planning, list, kept);
        else if (wf_strings_add(arena, &gone, entry))
            wf_strings_append(
                arena, reasons,
                wf_arena_printf(arena, "search path entry \"%s\" goes: %s", entry, why));
        if (from[strcspn(from, ":")] == '\0')
            return;
    }
}

const char *
wf_plan_search_path(struct wf_planning *planning, const struct wf_object *object,
                    const struct wf_search_place *at, const struct wf_strings *folders,
                    struct wf_strings *reasons)
{
    struct wf_arena *arena = planning->arena;
    struct wf_strings list = { 0 };
    struct wf_buffer text;
    /* Where there is a RUNPATH the loader ignores the RPATH. */
    const char *old = object->runpath != NULL ? object->runpath : object->rpath;

    if (old != NULL)
        keep_entries(planning, &list, old, at, reasons);
    for (size_t i = 0; at->folder != NULL && i < folders->num; i++) {
        struct wf_arena scratch = { 0 };
        const struct place from = new_place(&scratch, at->folder, "");
        const struct place to = new_place(&scratch, "", folders->items[i]);

        add_once(planning, &list, way(arena, &from, &to));
        wf_arena_clear(&scratch);
    }
    if (list.num == 0)
        return NULL;
    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < list.num; i++)
        wf_buffer_printf(&text, "%s%s", i == 0 ? "" : ":", list.items[i]);
    const char *joined = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return joined;
}

bool
wf_plan_search_fits(const struct wf_object *object)
{
    const char *old = object->runpath != NULL ? object->runpath : object->rpath;
    size_t entries = 1;

    if (old == NULL)
        return true;
    for (const char *at = old; (at = strchr(at, ':')) != NULL; at++)
        entries++;
    return entries <= MOST_ENTRIES && strlen(old) <= LONGEST_PATH;
}
