/* library_search.c -- where one name is looked for: glibc's dl-load.c, musl's dynlink.c. */
#include "resolve/library_search.h"

#include <string.h>

#include "resolve/system_dirs.h"

void
wf_hunt_add_attempt(struct wf_hunt *hunt, const struct wf_place *place,
                    struct wf_found found)
{
    hunt->attempts = wf_arena_grow(hunt->files->arena, hunt->attempts, hunt->num_attempts,
                                   &hunt->cap_attempts, sizeof *hunt->attempts);
    hunt->attempts[hunt->num_attempts++] =
        (struct wf_attempt){ .place = place, .found = found };
}

/* Of a library that was found only broken candidates are news. */
static bool
is_worth_telling(const struct wf_request *request, const struct wf_attempt *attempt)
{
    return request->edge->library == NULL ||
           (attempt->place->dir != NULL && attempt->found.result != WF_TRY_ABSENT);
}

void
wf_request_keep_tries(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_edge *edge = request->edge;
    size_t num = 0;

    for (size_t i = 0; i < hunt->num_attempts; i++)
        num += is_worth_telling(request, &hunt->attempts[i]);
    if (num == 0)
        return;
    edge->tries = wf_arena_array(hunt->files->arena, num, sizeof *edge->tries);
    for (size_t i = 0; i < hunt->num_attempts; i++) {
        const struct wf_attempt *attempt = &hunt->attempts[i];
        const struct wf_place *place = attempt->place;

        if (!is_worth_telling(request, attempt))
            continue;
        edge->tries[edge->num_tries++] = (struct wf_try){
            .path = place->dir == NULL
                        ? place->text
                        : wf_library_files_path(hunt->files, place->source, place->dir,
                                                attempt->file == NULL ? request->file
                                                                      : attempt->file),
            .by = place->by,
            .why = place->why,
            .result = place->dir == NULL ? place->result : attempt->found.result,
            .detail = attempt->found.detail,
        };
    }
}

/* Bits of e_flags that name the floating-point convention: code with another one cannot be
 * loaded beside it.  ARM's are part of the architecture's name. */
static uint32_t
abi_flags(const struct wf_object *object)
{
    enum { EM_RISCV_NUMBER = 243, EM_LOONGARCH_NUMBER = 258 };

    if (object->machine == EM_RISCV_NUMBER)
        return object->flags & 0x6;
    return object->machine == EM_LOONGARCH_NUMBER ? object->flags & 0x7 : 0;
}

/* ELFOSABI_NONE, _GNU and _ARM_AEABI are one system to a Linux loader. */
static bool
is_linux_osabi(const struct wf_object *object)
{
    return object->osabi == 0 || object->osabi == 3 || object->osabi == 64;
}

static bool
is_hard_float_arm(enum wf_arch arch)
{
    return arch == WF_ARCH_ARMV6L || arch == WF_ARCH_ARMV7L;
}

static bool
has_equal_abi(const struct wf_object *a, const struct wf_object *b)
{
    return a->bits == b->bits && a->endian == b->endian && a->machine == b->machine &&
           abi_flags(a) == abi_flags(b) &&
           (a->osabi == b->osabi || (is_linux_osabi(a) && is_linux_osabi(b))) &&
           (a->arch == b->arch ||
            (is_hard_float_arm(a->arch) && is_hard_float_arm(b->arch)));
}

/* Whether the loader would take `found` for this request; else its result says why not. */
static bool
is_usable(const struct wf_request *request, struct wf_found *found)
{
    const struct wf_object *object = NULL;

    if (found->loaded == NULL)
        return false;
    object = found->loaded->library.object;
    if (object->format != WF_FORMAT_ELF) {
        found->result = WF_TRY_NOT_OBJECT;
        found->detail = wf_format_name(object->format);
    } else if (!has_equal_abi(request->node->library->object, object)) {
        found->result = WF_TRY_ARCH;
        found->detail = object->arch_name;
    } else if (request->target->libc != WF_LIBC_UNKNOWN &&
               object->libc != WF_LIBC_UNKNOWN && object->libc != request->target->libc) {
        found->result = WF_TRY_LIBC;
        found->detail = wf_libc_name(object->libc);
    } else {
        return true;
    }
    found->loaded = NULL;
    return false;
}

static struct wf_loaded *
try_place(struct wf_request *request, const struct wf_place *place)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_found found = { .result = WF_TRY_ABSENT };

    hunt->num_steps++;
    if (request->wheel_only && (place->dir == NULL || place->source != WF_SOURCE_WHEEL))
        return NULL;
    if (place->dir != NULL) {
        unsigned *searched = &place->dir->searched[place->source];

        if (*searched == hunt->num_searches)
            return NULL; /* several objects of the chain often name one folder */
        *searched = hunt->num_searches;
        found =
            wf_library_files_look(hunt->files, place->source, place->dir, request->file);
    }
    if (is_usable(request, &found))
        return found.loaded;
    wf_hunt_add_attempt(hunt, place, found);
    return NULL;
}

static struct wf_loaded *
try_places(struct wf_request *request, const struct wf_places *places)
{
    for (size_t i = 0; i < places->num; i++) {
        struct wf_loaded *loaded = try_place(request, &places->items[i]);

        if (loaded != NULL) {
            request->edge->by = places->items[i].by;
            request->edge->why = places->items[i].why;
            return loaded;
        }
    }
    return NULL;
}

/* The search lists of the object and of those that led to it, nearest first.  glibc takes
 * the RPATHs of those that have no RUNPATH, musl whichever each has. */
static struct wf_loaded *
try_chain(struct wf_request *request)
{
    const bool musl = request->target->libc == WF_LIBC_MUSL;
    struct wf_loaded *found = NULL;

    for (const struct wf_node *node = request->node; node != NULL && found == NULL;
         node = node->parent) {
        const struct wf_loaded *owner = wf_loaded_of(node);

        request->hunt->num_steps++;
        if (owner->library.object->runpath == NULL)
            found = try_places(request, &owner->rpath);
        else if (musl)
            found = try_places(request, &owner->runpath);
    }
    return found;
}

/* The search of a name without a slash, in the order of the target's loader.  bionic knows
 * no RPATH. */
static struct wf_loaded *
search_for(struct wf_request *request)
{
    const struct wf_target *target = request->target;
    const struct wf_loaded *owner = wf_loaded_of(request->node);
    const bool has_runpath = owner->library.object->runpath != NULL;
    struct wf_loaded *found = NULL;

    if (target->libc == WF_LIBC_MUSL) {
        found = try_places(request, &target->before);
        if (found == NULL)
            found = try_chain(request);
    } else {
        if (!has_runpath && target->libc != WF_LIBC_BIONIC)
            found = try_chain(request);
        if (found == NULL)
            found = try_places(request, &target->before);
        if (found == NULL)
            found = try_places(request, &owner->runpath);
    }
    /* Nothing there is the wheel's. */
    if (found != NULL || request->wheel_only)
        return found;
    return try_places(request, wf_target_behind(request->target, request->hunt->files,
                                                request->hunt->search));
}

/* What no loader would find and the wheel's author meant: the root's RUNPATH, which is not
 * inherited, and any member of that name. */
static struct wf_loaded *
search_beyond(struct wf_request *request)
{
    const struct wf_node *root = request->hunt->root;
    struct wf_loaded *found = NULL;

    if (!request->wheel_only && request->node != root)
        found = try_places(request, &wf_loaded_of(root)->runpath);
    for (size_t i = 0; found == NULL && i < request->file->num_members; i++) {
        struct wf_found member = { .loaded = request->file->members[i] };

        request->hunt->num_steps++;
        if (is_usable(request, &member)) {
            found = member.loaded;
            request->edge->why = found->name == request->file
                                     ? "a member of that file name"
                                     : "a member of that SONAME";
        }
    }
    if (found != NULL)
        request->edge->by = WF_FOUND_OUTSIDE_SEARCH;
    return found;
}

/* musl's loader is its libc, and answers to all the names that libc ever had. */
static bool
is_musl_libc(const char *name)
{
    static const char *const words[] = { "c.",  "pthread.", "rt.",  "m.",
                                         "dl.", "util.",    "xnet." };

    if (strncmp(name, "ld-musl-", 8) == 0)
        return true;
    if (strncmp(name, "lib", 3) != 0)
        return false;
    for (size_t i = 0; i < WF_COUNT(words); i++)
        if (strncmp(name + 3, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static struct wf_loaded *
find_musl_libc(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    const struct wf_target *target = request->target;
    const char *path = wf_system_musl_loader(hunt->files->arena, target->arch);
    struct wf_name *name = NULL;

    request->edge->by = WF_FOUND_DEFAULT;
    request->edge->why = "musl's loader is its libc";
    if (path == NULL || !target->has_system)
        return NULL;
    const struct wf_place place =
        wf_place_of_need(&name, hunt->files, target, wf_loaded_of(request->node), path);

    if (place.dir == NULL)
        return NULL;
    struct wf_found found =
        wf_library_files_look(hunt->files, place.source, place.dir, name);

    return is_usable(request, &found) ? found.loaded : NULL;
}

/* A need with a slash is opened as it is. */
static struct wf_loaded *
search_path_need(struct wf_request *request)
{
    struct wf_hunt *hunt = request->hunt;
    struct wf_place *place = wf_arena_alloc(hunt->files->arena, sizeof *place);
    struct wf_places places = { .items = place, .num = 1 };

    *place = wf_place_of_need(&request->file, hunt->files, request->target,
                              wf_loaded_of(request->node), request->need->text);
    struct wf_loaded *found = try_places(request, &places);

    return found != NULL ? found : search_beyond(request);
}

/* A glob with a slash is about paths, and where a name leads is not known yet. */
static bool
is_included(const struct wf_search *search, const char *name)
{
    for (size_t i = 0; i < search->includes.num; i++)
        if (strchr(search->includes.items[i], '/') != NULL ||
            wf_text_glob(search->includes.items[i], name))
            return true;
    return false;
}

/* Why a name is not looked for outside the wheel, or NULL. */
static const char *
why_wheel_only(const struct wf_request *request)
{
    const struct wf_search *search = request->hunt->search;
    const struct wf_target *target = request->target;
    const char *name = request->file->text;

    if (wf_is_libpython(name))
        return "the interpreter has it";
    if (search->is_provided != NULL && !is_included(search, name) &&
        search->is_provided(search->context, target->arch, target->libc, name))
        return "the platform has it";
    return NULL;
}

static struct wf_loaded *
search_name(struct wf_request *request)
{
    const char *why = why_wheel_only(request);
    struct wf_loaded *found = NULL;

    request->wheel_only = why != NULL;
    if (!request->wheel_only || request->file->num_members > 0) {
        found = search_for(request);
        if (found == NULL)
            found = search_beyond(request);
    }
    if (found == NULL && why == NULL && wf_is_loader(request->file->text))
        why = "the loader itself";
    if (found == NULL && why != NULL) {
        request->edge->by =
            wf_is_libpython(request->file->text) ? WF_FOUND_LIBPYTHON : WF_FOUND_DEFAULT;
        request->edge->why = why;
        request->hunt->num_attempts = 0;
    }
    return found;
}

struct wf_loaded *
wf_request_search(struct wf_request *request)
{
    request->hunt->num_searches++;
    request->hunt->num_attempts = 0;
    request->file = request->need;
    if (request->target->libc == WF_LIBC_MUSL && is_musl_libc(request->need->text))
        return find_musl_libc(request);
    if (strchr(request->need->text, '/') != NULL)
        return search_path_need(request);
    return search_name(request);
}

struct wf_loaded *
wf_loaded_of(const struct wf_node *node)
{
    /* Every library is the first member of a struct wf_loaded of ours. */
    return (struct wf_loaded *)(uintptr_t)node->library;
}
