/* pe_search.c -- where a DLL is looked for: Microsoft's "Dynamic-link library search order",
 * and the folders that repairing tools add. */
#include "resolve/pe_search.h"

#include <string.h>

#include "base/file.h"
#include "object/pe.h"
#include "resolve/search_path.h"

/* The files of one folder that share a name but for its case, in byte order. */
struct namesakes {
    const char **names;
    size_t num;
    size_t cap;
};

/* Kinds of entries in the table of places, beside the sources of files: each is added to a
 * source. */
enum { FOLDED = 16, LISTED = 32 };

struct wf_name *
wf_pe_key(struct wf_library_files *files, const char *dll)
{
    const char *key = wf_text_lower(files->arena, dll);

    if (strchr(key, '.') == NULL)
        key = wf_arena_printf(files->arena, "%s.dll", key);
    return wf_names_add(&files->names, key);
}

/* A name with a folder in it is looked for in that folder of the machine, which nobody here
 * knows. */
static bool
is_path(const char *dll)
{
    return strpbrk(dll, "/\\:") != NULL;
}

static const struct wf_object *
process_of(const struct wf_request *request)
{
    return request->hunt->root->library->object;
}

/* Code for both kinds of process, and code for .NET, has a machine that says nothing. */
static bool
is_for_process(const struct wf_object *dll, const struct wf_object *process)
{
    if (dll->arch == process->arch)
        return true;
    return dll->pe != NULL &&
           (dll->pe->is_any_machine ||
            (dll->pe->hybrid == WF_PE_ARM64X && process->arch == WF_ARCH_X86_64));
}

/* Whether a process may load what stands somewhere; else why not. */
static struct wf_found
as_far_as_usable(const struct wf_request *request, struct wf_found found)
{
    if (found.loaded == NULL)
        return found;
    const struct wf_object *object = found.loaded->library.object;

    if (object->format != WF_FORMAT_PE)
        return (struct wf_found){ .result = WF_TRY_NOT_OBJECT,
                                  .detail = wf_format_name(object->format) };
    if (!is_for_process(object, process_of(request)))
        return (struct wf_found){ .result = WF_TRY_ARCH, .detail = object->arch_name };
    return found;
}

static bool
has_steps(struct wf_hunt *hunt)
{
    return ++hunt->num_steps <= hunt->files->limits->tree_steps;
}

static void
pass_over(struct wf_request *request, const struct wf_place *place, struct wf_found found,
          struct wf_name *file)
{
    struct wf_hunt *hunt = request->hunt;

    wf_hunt_add_attempt(hunt, place, found);
    hunt->attempts[hunt->num_attempts - 1].file = file;
}

static struct wf_loaded *
take_member(struct wf_request *request, struct wf_loaded *member, enum wf_found_by by,
            const char *why)
{
    struct wf_hunt *hunt = request->hunt;
    const struct wf_found found =
        as_far_as_usable(request, (struct wf_found){ .loaded = member });

    if (found.loaded == NULL) {
        struct wf_place *place = wf_arena_alloc(hunt->files->arena, sizeof *place);

        *place = (struct wf_place){
            .source = WF_SOURCE_WHEEL, .dir = member->dir, .by = by, .why = why
        };
        pass_over(request, place, found, member->name);
        return NULL;
    }
    request->edge->by = by;
    request->edge->why = why;
    return found.loaded;
}

/* Whether a folder is one that repairing tools make beside the packages. */
static bool
is_libs_folder(const struct wf_name *dir)
{
    return wf_text_ends_with(dir->text, ".libs") && strchr(dir->text, '/') == NULL;
}

/* Where members are looked for, the nearest first. */
enum nearness { BESIDE_ROOT, BESIDE_ASKER, IN_LIBS, ANYWHERE, NUM_NEARNESS };

static const struct {
    enum wf_found_by by;
    const char *why;
} nearness_words[] = {
    [BESIDE_ROOT] = { WF_FOUND_LOADER_PATH, "the folder of the module" },
    [BESIDE_ASKER] = { WF_FOUND_OUTSIDE_SEARCH, "the folder of who needs it" },
    [IN_LIBS] = { WF_FOUND_DLL_FOLDER, "a folder of DLLs" },
    [ANYWHERE] = { WF_FOUND_OUTSIDE_SEARCH, "a member of that file name" },
};

static enum nearness
nearness_of(const struct wf_request *request, const struct wf_loaded *member)
{
    const struct wf_loaded *asker = wf_loaded_of(request->node);

    if (member->dir == wf_loaded_of(request->hunt->root)->dir)
        return BESIDE_ROOT;
    if (member->dir == asker->dir)
        return is_libs_folder(member->dir) ? IN_LIBS : BESIDE_ASKER;
    return is_libs_folder(member->dir) ? IN_LIBS : ANYWHERE;
}

/* The members of that name are in the order of their paths; the first of the nearest ones
 * that will do.  A library is not what it asks for itself. */
static struct wf_loaded *
try_members(struct wf_request *request, enum nearness farthest)
{
    struct wf_hunt *hunt = request->hunt;
    const struct wf_loaded *asker = wf_loaded_of(request->node);
    struct wf_loaded *found = NULL;

    if (hunt->search->no_search_wheel || !asker->library.in_wheel)
        return NULL;
    for (int near = BESIDE_ROOT; near <= (int)farthest && found == NULL; near++)
        for (size_t i = 0; i < request->file->num_members && found == NULL; i++) {
            struct wf_loaded *member = request->file->members[i];

            if (!has_steps(hunt))
                return NULL;
            if (member != asker && nearness_of(request, member) == (enum nearness)near)
                found = take_member(request, member, nearness_words[near].by,
                                    nearness_words[near].why);
        }
    return found;
}

/* The path of a folder on this machine; NULL when it is not there. */
static const char *
host_folder(struct wf_library_files *files, const struct wf_place *place)
{
    const char *real;

    if (place->source == WF_SOURCE_HOST)
        return place->dir->text;
    real = wf_path_resolve(files->arena, files->sysroot, place->dir->text);
    return real == NULL ? NULL
                        : wf_arena_printf(files->arena, "%s%s", files->sysroot, real);
}

/* Lists a folder once, by the names that Windows would know its files by. */
static void
list_folder(struct wf_library_files *files, const struct wf_place *place)
{
    const char *path = host_folder(files, place);
    const unsigned kind = FOLDED + place->source;
    const unsigned mark = LISTED + place->source;
    struct wf_error ignored = { 0 };
    char **names;
    size_t num = 0;

    if (wf_place_table_find(&files->table, mark, place->dir, place->dir) != NULL)
        return;
    wf_place_table_add(&files->table, mark, place->dir, place->dir, place->dir);
    if (path == NULL || !wf_folder_list(files->arena, path, &names, &num, &ignored))
        return;
    for (size_t i = 0; i < num; i++) {
        struct wf_name *key =
            wf_names_add(&files->names, wf_text_lower(files->arena, names[i]));
        struct namesakes *same =
            wf_place_table_find(&files->table, kind, place->dir, key);

        if (same == NULL) {
            same = wf_arena_alloc(files->arena, sizeof *same);
            wf_place_table_add(&files->table, kind, place->dir, key, same);
        }
        same->names = wf_arena_grow(files->arena, same->names, same->num, &same->cap,
                                    sizeof *same->names);
        same->names[same->num++] = names[i];
    }
}

static struct wf_loaded *
try_file(struct wf_request *request, const struct wf_place *place, const char *name)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_name *file = wf_names_add(&hunt->files->names, name);
    const struct wf_found found = as_far_as_usable(
        request, wf_library_files_look(hunt->files, place->source, place->dir, file));

    if (found.loaded == NULL) {
        pass_over(request, place, found, file);
        return NULL;
    }
    request->edge->by = place->by;
    request->edge->why = place->why;
    return found.loaded;
}

/* The file that is called exactly so comes before those of other case. */
static struct wf_loaded *
try_folder(struct wf_request *request, const struct wf_place *place)
{
    struct wf_library_files *files = request->hunt->files;
    struct wf_loaded *found = NULL;
    const char *exact = NULL;

    list_folder(files, place);
    const struct namesakes *same = wf_place_table_find(
        &files->table, FOLDED + place->source, place->dir, request->file);

    if (!has_steps(request->hunt))
        return NULL;
    if (same == NULL) {
        pass_over(request, place, (struct wf_found){ .result = WF_TRY_ABSENT }, NULL);
        return NULL;
    }
    for (size_t i = 0; i < same->num; i++)
        if (strcmp(same->names[i], request->edge->name) == 0)
            exact = same->names[i];
    if (exact != NULL)
        found = try_file(request, place, exact);
    for (size_t i = 0; i < same->num && found == NULL; i++)
        if (same->names[i] != exact)
            found = try_file(request, place, same->names[i]);
    return found;
}

/* `name` in a folder of the sysroot, in whatever case it stands there; NULL when it does
 * not. */
static const char *
find_below(struct wf_library_files *files, const char *dir, const char *name)
{
    const struct wf_place place = { .source = WF_SOURCE_SYSROOT,
                                    .dir = wf_names_add(&files->names, dir) };

    list_folder(files, &place);
    const struct namesakes *same =
        wf_place_table_find(&files->table, FOLDED + WF_SOURCE_SYSROOT, place.dir,
                            wf_names_add(&files->names, name));

    return same == NULL ? NULL : wf_search_path_join(files->arena, dir, same->names[0]);
}

static void
add_folder(struct wf_hunt *hunt, struct wf_places *places, const struct wf_place *place)
{
    places->items = wf_arena_grow(hunt->files->arena, places->items, places->num,
                                  &places->cap, sizeof *places->items);
    places->items[places->num++] = *place;
}

static void
add_sysroot(struct wf_hunt *hunt, struct wf_places *places, const char *dir)
{
    if (dir != NULL)
        add_folder(hunt, places,
                   &(struct wf_place){ .source = WF_SOURCE_SYSROOT,
                                       .dir = wf_names_add(&hunt->files->names, dir),
                                       .by = WF_FOUND_DEFAULT,
                                       .why = "a folder of the sysroot" });
}

/* An x86 process that asks for System32 gets SysWOW64 where there is one. */
static void
add_sysroot_folders(struct wf_hunt *hunt, struct wf_places *places, enum wf_arch arch)
{
    struct wf_library_files *files = hunt->files;
    const char *windows = find_below(files, "/", "windows");

    if (windows != NULL) {
        const char *wow = find_below(files, windows, "syswow64");

        add_sysroot(hunt, places,
                    arch == WF_ARCH_I686 && wow != NULL
                        ? wow
                        : find_below(files, windows, "system32"));
        add_sysroot(hunt, places, windows);
    }
    add_sysroot(hunt, places, "/");
}

/* The folders outside, made when they are first asked for. */
static const struct wf_places *
folders_outside(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    const enum wf_arch arch = process_of(request)->arch;
    struct wf_places *places = &hunt->pe_folders[arch == WF_ARCH_I686];
    const struct wf_search *search = hunt->search;

    if (hunt->has_pe_folders[arch == WF_ARCH_I686])
        return places;
    hunt->has_pe_folders[arch == WF_ARCH_I686] = true;
    for (size_t i = 0; i < search->lib_path.num; i++)
        add_folder(hunt, places,
                   &(struct wf_place){ .source = WF_SOURCE_HOST,
                                       .dir = wf_names_add(&hunt->files->names,
                                                           search->lib_path.items[i]),
                                       .by = WF_FOUND_LIB_PATH,
                                       .why = "--lib-path" });
    if (search->sysroot != NULL)
        add_sysroot_folders(hunt, places, arch);
    for (size_t i = 0; i < search->use_path.num; i++)
        add_folder(hunt, places,
                   &(struct wf_place){ .source = WF_SOURCE_HOST,
                                       .dir = wf_names_add(&hunt->files->names,
                                                           search->use_path.items[i]),
                                       .by = WF_FOUND_ENVIRONMENT,
                                       .why = "PATH" });
    return places;
}

/* Whoever is outside finds its neighbours before all others, as a loader would. */
static struct wf_loaded *
try_outside(struct wf_request *request)
{
    const struct wf_places *places = folders_outside(request);
    const struct wf_loaded *asker = wf_loaded_of(request->node);
    struct wf_loaded *found = NULL;

    if (!asker->library.in_wheel) {
        struct wf_place *beside =
            wf_arena_alloc(request->hunt->files->arena, sizeof *beside);

        *beside = (struct wf_place){ .source = asker->source,
                                     .dir = asker->dir,
                                     .by = WF_FOUND_LOADER_PATH,
                                     .why = "the folder of who needs it" };
        found = try_folder(request, beside);
    }
    for (size_t i = 0; i < places->num && found == NULL; i++)
        if (asker->library.in_wheel || places->items[i].dir != asker->dir)
            found = try_folder(request, &places->items[i]);
    return found;
}

static bool
is_included(const struct wf_request *request)
{
    const struct wf_strings *includes = &request->hunt->search->includes;

    for (size_t i = 0; i < includes->num; i++)
        if (wf_text_glob(wf_text_lower(request->hunt->files->arena, includes->items[i]),
                         request->file->text))
            return true;
    return false;
}

/* Who has it in any case: WF_FOUND_NOT for nobody.  What --include names comes in though the
 * platform has it, under its own name, so that needs of it stay what they are; and what nobody
 * bundles unasked was asked for. */
static enum wf_found_by
ask_provider(const char **why, const struct wf_request *request)
{
    const struct wf_search *search = request->hunt->search;

    *why = NULL;
    if (search->windows_provider == NULL)
        return WF_FOUND_NOT;
    const enum wf_found_by by = search->windows_provider(
        why, search->windows_context, process_of(request)->arch,
        wf_loaded_of(request->node)->name->text, request->file->text);

    return (request->by_dlopen || by == WF_FOUND_MACHINE) && is_included(request)
               ? WF_FOUND_NOT
               : by;
}

struct wf_loaded *
wf_pe_search(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_loaded *found = NULL;
    const char *why;

    hunt->num_searches++;
    hunt->num_attempts = 0;
    request->file = request->need;
    if (is_path(request->need->text))
        return NULL;
    const enum wf_found_by by = ask_provider(&why, request);

    if (by != WF_FOUND_LIBPYTHON)
        found = try_members(request, by == WF_FOUND_DEFAULT ? BESIDE_ASKER : ANYWHERE);
    if (found == NULL && by == WF_FOUND_NOT)
        found = try_outside(request);
    if (found == NULL && by != WF_FOUND_NOT) {
        request->edge->by = by;
        request->edge->why = why == NULL ? "the platform has it" : why;
        hunt->num_attempts = 0;
    }
    return found;
}
