/* dyld_places.c -- from rpaths, names and variables to places: dyld(1), dyld's Loader.cpp. */
#include "resolve/dyld_places.h"

#include <string.h>

#include "resolve/search_path.h"

enum { MOST_RPATHS = 10000, LONGEST_SHOWN = 200 };

const char *
wf_dyld_behind(const char *text, const char *word)
{
    const size_t len = strlen(word);

    if (strncmp(text, word, len) != 0 || (text[len] != '/' && text[len] != '\0'))
        return NULL;
    return text + len;
}

static void
add_place(struct wf_places *out, struct wf_arena *arena, struct wf_place place)
{
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = place;
}

static struct wf_place
refuse(struct wf_hunt *hunt, const char *text, enum wf_try_result result,
       enum wf_found_by by, const char *why)
{
    if (strlen(text) > LONGEST_SHOWN)
        text = wf_arena_printf(hunt->files->arena, "%.*s...", (int)LONGEST_SHOWN, text);
    return (struct wf_place){ .text = text, .result = result, .by = by, .why = why };
}

/* The program of the tree: what @executable_path is about, if it is known. */
static const struct wf_loaded *
program_of(const struct wf_hunt *hunt)
{
    const struct wf_loaded *root = wf_loaded_of(hunt->root);

    return root->library.object->kind == WF_KIND_EXECUTABLE ? root : NULL;
}

/* The folder `rest` away from the folder of a library. */
static struct wf_place
beside(struct wf_hunt *hunt, const struct wf_loaded *library, const char *rest,
       const char *text, enum wf_found_by by, const char *why)
{
    struct wf_arena *arena = hunt->files->arena;
    const char *dir = library->dir->text;

    rest += strspn(rest, "/");
    if (*rest != '\0')
        dir = wf_search_path_join(arena, dir, rest);
    if (library->source == WF_SOURCE_WHEEL)
        dir = wf_search_path_in_wheel(arena, dir);
    if (dir == NULL)
        return refuse(hunt, text, WF_TRY_LEAVES_WHEEL, by, why);
    return (struct wf_place){ .source = library->source,
                              .dir = wf_names_add(&hunt->files->names, dir),
                              .by = by,
                              .why = why };
}

static struct wf_place
below_program(struct wf_hunt *hunt, const char *rest, const char *text,
              enum wf_found_by by, const char *why)
{
    const struct wf_loaded *program = program_of(hunt);
    const char *dir = hunt->search->executable_path;

    if (program != NULL)
        return beside(hunt, program, rest, text, by, why);
    if (dir == NULL)
        return refuse(hunt, text, WF_TRY_TOKEN, by, why);
    rest += strspn(rest, "/");
    if (*rest != '\0')
        dir = wf_search_path_join(hunt->files->arena, dir, rest);
    return (struct wf_place){ .source = WF_SOURCE_HOST,
                              .dir = wf_names_add(&hunt->files->names, dir),
                              .by = by,
                              .why = why };
}

/* An absolute folder is one of the sysroot.  Without, it is one of this machine, where a
 * cross build may have put the very library that the name says. */
static struct wf_place
absolute(struct wf_hunt *hunt, const char *text, enum wf_found_by by, const char *why)
{
    const bool has_sysroot = hunt->files->sysroot != NULL;

    if (!has_sysroot && !hunt->search->use_host)
        return refuse(hunt, text, WF_TRY_FOREIGN, by, why);
    return (struct wf_place){ .source = has_sysroot ? WF_SOURCE_SYSROOT : WF_SOURCE_HOST,
                              .dir = wf_names_add(&hunt->files->names, text),
                              .by = by,
                              .why = why };
}

struct wf_place
wf_dyld_place(struct wf_hunt *hunt, const struct wf_loaded *owner, const char *text,
              enum wf_found_by by, const char *why)
{
    const char *rest = wf_dyld_behind(text, "@loader_path");

    if (rest != NULL)
        return beside(hunt, owner, rest, text, by, why);
    rest = wf_dyld_behind(text, "@executable_path");
    if (rest != NULL)
        return below_program(hunt, rest, text, by, why);
    if (text[0] == '/')
        return absolute(hunt, text, by, why);
    return refuse(hunt, text, text[0] == '@' ? WF_TRY_TOKEN : WF_TRY_RELATIVE, by, why);
}

const struct wf_place *
wf_dyld_place_below(struct wf_hunt *hunt, const struct wf_place *place, const char *sub)
{
    struct wf_arena *arena = hunt->files->arena;

    if (*sub == '\0' || place->dir == NULL)
        return place;
    const char *joined = wf_search_path_join(arena, place->dir->text, sub);
    const char *dir = joined;
    struct wf_place *below = wf_arena_alloc(arena, sizeof *below);

    if (place->source == WF_SOURCE_WHEEL)
        dir = wf_search_path_in_wheel(arena, joined);
    if (dir == NULL) {
        *below = refuse(hunt, joined, WF_TRY_LEAVES_WHEEL, place->by, place->why);
        return below;
    }
    *below = *place;
    below->dir = wf_names_add(&hunt->files->names, dir);
    return below;
}

/* Whether the places that stand for the library's rpaths are those of this tree. */
static bool
is_split(const struct wf_loaded *loaded, const struct wf_loaded *program)
{
    return loaded->has_rpaths && (!loaded->has_program || loaded->program == program);
}

bool
wf_dyld_rpaths(struct wf_loaded *loaded, struct wf_hunt *hunt, struct wf_error *err)
{
    const struct wf_object *object = loaded->library.object;
    const struct wf_loaded *program = program_of(hunt);

    if (object->num_rpaths == 0 || is_split(loaded, program))
        return true;
    if (object->num_rpaths > MOST_RPATHS)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "%s has %zu LC_RPATHs; more than %d are not searched",
                            loaded->library.path, object->num_rpaths, MOST_RPATHS);
    const char *why =
        wf_arena_printf(hunt->files->arena, "LC_RPATH of %s", loaded->library.path);

    loaded->has_rpaths = true;
    loaded->program = program;
    loaded->rpath.num = 0;
    for (size_t i = 0; i < object->num_rpaths; i++) {
        const char *text = object->rpaths[i];

        loaded->has_program |= wf_dyld_behind(text, "@executable_path") != NULL;
        add_place(&loaded->rpath, hunt->files->arena,
                  wf_dyld_place(hunt, loaded, text, WF_FOUND_RPATH, why));
    }
    return true;
}

/* An empty item is the current folder: what a person at a keyboard means, never a wheel. */
static void
add_variable(struct wf_places *out, struct wf_hunt *hunt, const char *list,
             enum wf_found_by by, const char *why)
{
    struct wf_library_files *files = hunt->files;
    struct wf_bytes item;

    for (const char *rest = wf_search_path_start(list);
         wf_search_path_next(&item, &rest, ":");) {
        const char *dir = item.len == 0 ? "." : wf_arena_str(files->arena, item);

        if (item.len == 0 && files->num_members > 0) {
            add_place(out, files->arena, refuse(hunt, "", WF_TRY_RELATIVE, by, why));
            continue;
        }
        add_place(out, files->arena,
                  (struct wf_place){ .source = WF_SOURCE_HOST,
                                     .dir = wf_names_add(&files->names, dir),
                                     .by = by,
                                     .why = why });
    }
}

void
wf_dyld_named(struct wf_hunt *hunt)
{
    struct wf_library_files *files = hunt->files;
    const struct wf_search *search = hunt->search;

    if (hunt->has_dyld)
        return;
    hunt->has_dyld = true;
    add_variable(&hunt->dyld_before, hunt, search->dyld_path, WF_FOUND_ENVIRONMENT,
                 "DYLD_LIBRARY_PATH");
    for (size_t i = 0; i < search->lib_path.num; i++)
        add_place(&hunt->dyld_behind, files->arena,
                  (struct wf_place){
                      .source = WF_SOURCE_HOST,
                      .dir = wf_names_add(&files->names, search->lib_path.items[i]),
                      .by = WF_FOUND_LIB_PATH,
                      .why = "--lib-path" });
    add_variable(&hunt->dyld_behind, hunt, search->dyld_fallback_path, WF_FOUND_FALLBACK,
                 "DYLD_FALLBACK_LIBRARY_PATH");
}
