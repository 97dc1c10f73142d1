/* dyld_search.c -- where dyld looks for one install name: dyld(1), dyld's Loader.cpp. */
#include "resolve/dyld_search.h"

#include <string.h>

#include "object/macho.h"
#include "resolve/dyld_places.h"
#include "resolve/search_path.h"
#include "resolve/slices.h"

static bool
is_provided(const struct wf_search *search, const char *path)
{
    return search->is_macos_provided != NULL && search->is_macos_provided(path);
}

bool
wf_dyld_has_system(struct wf_request *request)
{
    if (!is_provided(request->hunt->search, request->need->text))
        return false;
    request->edge->by = WF_FOUND_DEFAULT;
    request->edge->why = "the platform has it";
    return true;
}

bool
wf_dyld_answers(const struct wf_search *search, const char *install_name)
{
    return wf_dyld_behind(install_name, "@loader_path") == NULL &&
           wf_dyld_behind(install_name, "@executable_path") == NULL &&
           !is_provided(search, install_name);
}

static const struct wf_object *
process_of(const struct wf_request *request)
{
    return request->hunt->root->library->object;
}

/* What stands at a place, as far as the process can load it. */
static struct wf_found
look(struct wf_request *request, const struct wf_place *place)
{
    struct wf_library_files *files = request->hunt->files;
    const struct wf_found found =
        wf_library_files_look(files, place->source, place->dir, request->file);

    if (found.loaded == NULL)
        return found;
    return wf_slice_for(files->arena, found.loaded, process_of(request),
                        request->by_dlopen);
}

static struct wf_loaded *
try_place(struct wf_request *request, const struct wf_place *any, const char *sub)
{
    struct wf_hunt *hunt = request->hunt;
    const struct wf_place *place = NULL;
    struct wf_found found = { .result = WF_TRY_ABSENT };

    /* The whole search is over then, and the caller says so. */
    if (++hunt->num_steps > hunt->files->limits->tree_steps)
        return NULL;
    place = wf_dyld_place_below(hunt, any, sub);
    if (request->wheel_only && (place->dir == NULL || place->source != WF_SOURCE_WHEEL))
        return NULL;
    if (place->dir != NULL) {
        unsigned *searched = &place->dir->searched[place->source];

        if (*searched == hunt->num_searches)
            return NULL; /* several objects of the chain often name one folder */
        *searched = hunt->num_searches;
        found = look(request, place);
    }
    if (found.loaded == NULL) {
        wf_hunt_add_attempt(hunt, place, found);
        return NULL;
    }
    request->edge->by = place->by;
    request->edge->why = place->why;
    return found.loaded;
}

static struct wf_loaded *
try_places(struct wf_request *request, const struct wf_places *places, const char *sub)
{
    struct wf_loaded *found = NULL;

    for (size_t i = 0; i < places->num && found == NULL; i++)
        found = try_place(request, &places->items[i], sub);
    return found;
}

/* The rpaths of one library.  Folders of the system are not looked at, since no other
 * machine has them: *system becomes the library's path there, once. */
static struct wf_loaded *
try_rpaths(struct wf_request *request, const struct wf_loaded *owner, const char *sub,
           const struct wf_place **system)
{
    struct wf_arena *arena = request->hunt->files->arena;
    const struct wf_object *object = owner->library.object;
    struct wf_loaded *found = NULL;

    for (size_t i = 0; i < object->num_rpaths && found == NULL; i++) {
        const struct wf_place *place = &owner->rpath.items[i];
        const char *rpath = object->rpaths[i];

        if (rpath[0] == '/' && request->hunt->search->is_macos_provided != NULL) {
            rpath = wf_search_path_join(arena, rpath, sub);
            rpath = wf_search_path_join(arena, rpath, request->file->text);
            if (is_provided(request->hunt->search, rpath)) {
                *system = *system == NULL ? place : *system;
                continue;
            }
        }
        found = try_place(request, place, sub);
    }
    return found;
}

/* dyld's search for @rpath: the object's own, then those of the chain that loads it.  A
 * folder of the system comes last, and ends the search: nothing named stands in for it. */
static struct wf_loaded *
try_chain(struct wf_request *request, const char *sub, bool *ended)
{
    const struct wf_place *system = NULL;
    struct wf_loaded *found = NULL;

    for (const struct wf_loaded *owner = wf_loaded_of(request->node);
         owner != NULL && found == NULL; owner = owner->behind) {
        request->hunt->num_steps++;
        found = try_rpaths(request, owner, sub, &system);
    }
    *ended = found == NULL && system != NULL;
    if (*ended) {
        request->edge->by = WF_FOUND_DEFAULT;
        request->edge->why = wf_arena_printf(request->hunt->files->arena,
                                             "a folder of the system, %s", system->why);
    }
    return found;
}

/* The folder in which a named folder may have the library: from X.framework on, or what
 * stands behind @rpath; "" when only the base name counts. */
static const char *
folder_in_named(struct wf_arena *arena, const char *name)
{
    const char *rest = wf_dyld_behind(name, "@rpath");
    const char *framework = strstr(name, ".framework/");

    if (framework != NULL) {
        while (framework > name && framework[-1] != '/')
            framework--;
        return wf_search_path_folder(arena, framework);
    }
    return rest == NULL ? "" : wf_search_path_folder(arena, rest + strspn(rest, "/"));
}

static struct wf_loaded *
try_named(struct wf_request *request, const struct wf_places *places)
{
    const char *sub = folder_in_named(request->hunt->files->arena, request->need->text);
    struct wf_loaded *found = NULL;

    if (*sub != '\0')
        found = try_places(request, places, sub);
    return found != NULL ? found : try_places(request, places, "");
}

/* Any member called so, by its file name or the last part of its install name; or
 * (`exactly`) by the whole of that, which nobody else can be meant by. */
static struct wf_loaded *
try_members(struct wf_request *request, bool exactly)
{
    struct wf_hunt *hunt = request->hunt;
    const struct wf_loaded *owner = wf_loaded_of(request->node);

    for (size_t i = 0; i < request->file->num_members; i++) {
        struct wf_loaded *member = request->file->members[i];

        if (++hunt->num_steps > hunt->files->limits->tree_steps)
            return NULL;
        if (member->first_slice == owner->first_slice)
            continue; /* a library is not what it asks for itself */
        if (exactly && member->soname != request->need)
            continue;
        const struct wf_found found = wf_slice_for(
            hunt->files->arena, member, process_of(request), request->by_dlopen);

        if (found.loaded == NULL ||
            (found.loaded != member && (exactly || found.loaded->name != request->file)))
            continue;
        request->edge->by = WF_FOUND_OUTSIDE_SEARCH;
        request->edge->why = member->name == request->file && !exactly
                                 ? "a member of that file name"
                                 : "a member of that install name";
        return found.loaded;
    }
    return NULL;
}

/* The place that a name says itself. */
static struct wf_loaded *
try_itself(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    const char *name = request->need->text;
    struct wf_place *place = wf_arena_alloc(hunt->files->arena, sizeof *place);
    enum wf_found_by by = WF_FOUND_PATH;

    if (wf_dyld_behind(name, "@loader_path") != NULL)
        by = WF_FOUND_LOADER_PATH;
    else if (wf_dyld_behind(name, "@executable_path") != NULL)
        by = WF_FOUND_EXECUTABLE_PATH;
    *place =
        wf_dyld_place(hunt, wf_loaded_of(request->node),
                      wf_search_path_folder(hunt->files->arena, name), by,
                      by == WF_FOUND_PATH ? "the name is a path" : "the name says so");
    return try_place(request, place, "");
}

static struct wf_loaded *
search_rpath(struct wf_request *request, const char *rest, bool *ended)
{
    struct wf_hunt *hunt = request->hunt;
    const char *sub = wf_search_path_folder(hunt->files->arena, rest + strspn(rest, "/"));
    struct wf_loaded *found = try_chain(request, sub, ended);

    if (found == NULL && !*ended)
        found = try_named(request, &hunt->dyld_before);
    return found;
}

/* A relative name is one of the current folder to dyld; whoever built the wheel meant a
 * library of the wheel. */
static struct wf_loaded *
search_relative(struct wf_request *request, bool *ended)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_loaded *found = NULL;

    if (request->by_dlopen)
        found = search_rpath(request, request->need->text, ended);
    if (found == NULL && !*ended) {
        found = try_itself(request);
        if (found == NULL)
            found = try_members(request, false);
        if (found == NULL)
            found = try_named(request, &hunt->dyld_before);
    }
    return found;
}

static struct wf_loaded *
search_for(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    const char *name = request->need->text;
    const char *rest = wf_dyld_behind(name, "@rpath");
    struct wf_loaded *found = NULL;
    bool ended = false;

    if (rest != NULL) {
        found = search_rpath(request, rest, &ended);
    } else if (name[0] == '/') {
        found = try_named(request, &hunt->dyld_before);
        if (found == NULL)
            found = try_itself(request);
    } else if (wf_dyld_behind(name, "@loader_path") != NULL ||
               wf_dyld_behind(name, "@executable_path") != NULL) {
        found = try_itself(request);
        if (found == NULL)
            found = try_named(request, &hunt->dyld_before);
    } else {
        found = search_relative(request, &ended);
    }
    if (found == NULL && !ended)
        found = try_members(request, true);
    if (found == NULL && !ended)
        found = try_named(request, &hunt->dyld_behind);
    if (found == NULL && !ended)
        found = try_members(request, false);
    return found;
}

struct wf_loaded *
wf_dyld_search(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    const char *name = request->need->text;
    struct wf_loaded *found = NULL;

    hunt->num_searches++;
    hunt->num_attempts = 0;
    wf_dyld_named(hunt);
    request->file = wf_names_add(&hunt->files->names, wf_text_base_name(name));
    request->wheel_only = wf_is_libpython_macos(name);
    found = search_for(request);
    if (found != NULL)
        return found;
    if (request->wheel_only) {
        request->edge->by = WF_FOUND_LIBPYTHON;
        request->edge->why = "the interpreter has it";
    }
    if (request->edge->by != WF_FOUND_NOT)
        hunt->num_attempts = 0; /* nobody needs to know */
    return NULL;
}
