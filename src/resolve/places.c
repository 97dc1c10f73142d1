/* places.c -- from lists of text to places: ld.so(8), musl's dynlink.c. */
#include "resolve/places.h"

#include <string.h>

#include "resolve/search_path.h"
#include "resolve/system_dirs.h"

/* As much of an item as an explanation shows. */
enum { LONGEST_SHOWN = 200, MOST_ITEMS = 10000 };

/* What the items of one list have in common. */
struct list {
    struct wf_library_files *files;
    const struct wf_target *target;
    const struct wf_loaded *owner; /* whose RPATH or RUNPATH it is, or NULL */
    enum wf_found_by by;
    const char *why;
    bool for_wheel; /* of a list without owner */
};

static void
add_place(struct wf_places *out, struct wf_arena *arena, struct wf_place place)
{
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = place;
}

static struct wf_place
make_place(const struct list *list, enum wf_source source, const char *dir)
{
    return (struct wf_place){ .source = source,
                              .dir = wf_names_add(&list->files->names, dir),
                              .by = list->by,
                              .why = list->why };
}

static struct wf_place
refuse(const struct list *list, struct wf_bytes item, enum wf_try_result result)
{
    const char *dots = item.len > LONGEST_SHOWN ? "..." : "";
    struct wf_arena *arena = list->files->arena;

    if (item.len > LONGEST_SHOWN)
        item = wf_bytes_first(item, LONGEST_SHOWN);
    return (struct wf_place){
        .text = wf_arena_printf(arena, "%s%s", wf_arena_str(arena, item), dots),
        .result = result,
        .by = list->by,
        .why = list->why,
    };
}

/* An absolute folder belongs to the target's system: the sysroot, or this machine when the
 * target is of its kind. */
static struct wf_place
absolute_place(const struct list *list, struct wf_bytes item, const char *dir)
{
    if (!list->target->has_system)
        return refuse(list, item, WF_TRY_FOREIGN);
    return make_place(list, list->target->system, dir);
}

static struct wf_place
origin_place(const struct list *list, struct wf_bytes item, const char *dir)
{
    if (list->owner->source != WF_SOURCE_WHEEL)
        return make_place(list, list->owner->source, dir);
    const char *inside = wf_search_path_in_wheel(list->files->arena, dir);

    if (inside == NULL)
        return refuse(list, item, WF_TRY_LEAVES_WHEEL);
    return make_place(list, WF_SOURCE_WHEEL, inside);
}

static struct wf_place
relative_place(const struct list *list, struct wf_bytes item, const char *dir)
{
    const bool is_host =
        list->target->has_system && list->target->system == WF_SOURCE_HOST;
    const bool is_known = list->owner == NULL
                              ? !list->for_wheel || *dir != '\0'
                              : list->owner->source == WF_SOURCE_HOST && is_host;

    if (!is_known)
        return refuse(list, item, WF_TRY_RELATIVE);
    return make_place(list, WF_SOURCE_HOST, *dir == '\0' ? "." : dir);
}

static struct wf_tokens
tokens_of(const struct list *list)
{
    return (struct wf_tokens){
        .origin = list->owner == NULL ? NULL : list->owner->dir->text,
        .lib = list->target->lib,
        .platform = list->target->platform,
        .musl = list->target->libc == WF_LIBC_MUSL,
    };
}

static struct wf_place
place_of_item(const struct list *list, struct wf_bytes item)
{
    const struct wf_tokens tokens = tokens_of(list);
    const char *dir = NULL;
    const enum wf_expansion how =
        wf_search_path_expand(&dir, list->files->arena, item, &tokens);

    if (how == WF_NOT_EXPANDED) {
        const bool at_top = tokens.origin != NULL && *tokens.origin == '\0' &&
                            wf_bytes_starts_with(item, "$ORIGIN");

        return refuse(list, item, at_top ? WF_TRY_LEAVES_WHEEL : WF_TRY_TOKEN);
    }
    if (how == WF_EXPANDED_ORIGIN)
        return origin_place(list, item, dir);
    /* A folder named on the command line or in a variable is one of this machine. */
    if (dir[0] == '/')
        return list->owner == NULL ? make_place(list, WF_SOURCE_HOST, dir)
                                   : absolute_place(list, item, dir);
    return relative_place(list, item, dir);
}

/* musl gives up a whole list when one '$' in it is not $ORIGIN's. */
static bool
is_spoilt(const struct list *list, const char *text)
{
    if (list->target->libc != WF_LIBC_MUSL)
        return false;
    for (const char *at = strchr(text, '$'); at != NULL; at = strchr(at + 1, '$'))
        if (strncmp(at, "$ORIGIN", 7) != 0 && strncmp(at, "${ORIGIN}", 9) != 0)
            return true;
    return false;
}

/* False when the list is longer than any of a person's making. */
static bool
split_list(struct wf_places *out, const struct list *list, const char *text,
           const char *separators)
{
    const bool drops_empty = list->target->libc == WF_LIBC_MUSL;
    struct wf_bytes item;
    size_t num = 0;

    if (text != NULL && is_spoilt(list, text)) {
        add_place(out, list->files->arena,
                  refuse(list, wf_bytes_str(text), WF_TRY_TOKEN));
        return true;
    }
    for (const char *rest = wf_search_path_start(text);
         wf_search_path_next(&item, &rest, separators);) {
        if (++num > MOST_ITEMS)
            return false;
        if (item.len > 0 || !drops_empty)
            add_place(out, list->files->arena, place_of_item(list, item));
    }
    return true;
}

static const char *
own_separators(enum wf_libc libc)
{
    return libc == WF_LIBC_MUSL ? ":\n" : ":";
}

static bool
split_own(struct wf_places *out, struct wf_library_files *files,
          const struct wf_target *target, const struct wf_loaded *loaded,
          enum wf_found_by by, const char *text, struct wf_error *err)
{
    const char *kind = by == WF_FOUND_RPATH ? "RPATH" : "RUNPATH";
    const struct list list = {
        .files = files,
        .target = target,
        .owner = loaded,
        .by = by,
        .why = wf_arena_printf(files->arena, "%s of %s", kind, loaded->library.path),
    };

    if (split_list(out, &list, text, own_separators(target->libc)))
        return true;
    return wf_error_set(err, WF_ERR_LIMIT, "the %s has more than %d folders", list.why,
                        MOST_ITEMS);
}

bool
wf_places_of(struct wf_loaded *loaded, struct wf_library_files *files,
             const struct wf_target *target, struct wf_error *err)
{
    const struct wf_object *object = loaded->library.object;

    if (loaded->split_for == target)
        return true;
    loaded->rpath = (struct wf_places){ 0 };
    loaded->runpath = (struct wf_places){ 0 };
    loaded->split_for = target;
    return (object->rpath == NULL || split_own(&loaded->rpath, files, target, loaded,
                                               WF_FOUND_RPATH, object->rpath, err)) &&
           (object->runpath == NULL || split_own(&loaded->runpath, files, target, loaded,
                                                 WF_FOUND_RUNPATH, object->runpath, err));
}

struct wf_place
wf_place_of_need(struct wf_name **name, struct wf_library_files *files,
                 const struct wf_target *target, const struct wf_loaded *loaded,
                 const char *need)
{
    const struct list list = { .files = files,
                               .target = target,
                               .owner = loaded,
                               .by = WF_FOUND_PATH,
                               .why = "the name is a path" };
    const char *folder = wf_search_path_folder(files->arena, need);

    *name = wf_names_add(&files->names, wf_text_base_name(need));
    return place_of_item(&list, wf_bytes_str(folder));
}

/* The places before an object's own RUNPATH.  LD_LIBRARY_PATH speaks of this machine, and
 * of nothing else. */
static void
add_before(struct wf_target *target, struct list *list, const struct wf_search *search)
{
    const bool is_host = target->has_system && target->system == WF_SOURCE_HOST;

    list->by = WF_FOUND_LIB_PATH;
    list->why = "--lib-path";
    for (size_t i = 0; i < search->lib_path.num; i++)
        add_place(&target->before, list->files->arena,
                  make_place(list, WF_SOURCE_HOST, search->lib_path.items[i]));

    list->by = WF_FOUND_ENVIRONMENT;
    list->why = search->named_environment_name;
    (void)split_list(&target->before, list, search->named_environment, ":");
    list->why = search->environment_name;
    if (is_host && search->ldpaths == NULL)
        (void)split_list(&target->before, list, search->environment,
                         target->libc == WF_LIBC_MUSL ? ":\n" : ":;");
}

static void
add_behind(struct wf_target *target, struct list *list, const struct wf_search *search)
{
    const char *root = target->system == WF_SOURCE_HOST ? "" : list->files->sysroot;
    struct wf_system_dirs dirs = { 0 };

    if (search->ldpaths != NULL) {
        list->by = WF_FOUND_CONF;
        list->why = "--ldpaths";
        (void)split_list(&target->behind, list, search->ldpaths, ":");
        return;
    }
    if (!target->has_system)
        return;
    wf_system_dirs_read(&dirs, list->files->arena, root, target->arch, target->libc);
    for (size_t i = 0; i < dirs.num; i++) {
        list->by = dirs.items[i].is_default ? WF_FOUND_DEFAULT : WF_FOUND_CONF;
        list->why = dirs.items[i].why;
        add_place(&target->behind, list->files->arena,
                  make_place(list, target->system, dirs.items[i].dir));
    }
}

/* A silent object may be this machine's: what is found for it tells. */
static bool
is_own_kind(enum wf_arch arch, enum wf_libc libc)
{
    return wf_arch_meets(arch, wf_arch_host()) &&
           (libc == WF_LIBC_UNKNOWN || libc == wf_search_host_libc());
}

void
wf_target_init(struct wf_target *target, struct wf_library_files *files,
               const struct wf_search *search, enum wf_arch arch, enum wf_libc libc,
               bool for_wheel)
{
    struct list list = { .files = files, .target = target, .for_wheel = for_wheel };

    *target = (struct wf_target){ .arch = arch, .libc = libc, .for_wheel = for_wheel };
    if (files->sysroot != NULL) {
        target->has_system = true;
        target->system = WF_SOURCE_SYSROOT;
    } else if (search->use_host && is_own_kind(arch, libc)) {
        target->has_system = true;
        target->system = WF_SOURCE_HOST;
    }
    if (target->has_system) {
        target->lib = wf_system_lib(
            files->arena, target->system == WF_SOURCE_HOST ? "" : files->sysroot, arch);
        target->platform = wf_system_platform(arch);
    }
    add_before(target, &list, search);
}

const struct wf_places *
wf_target_behind(struct wf_target *target, struct wf_library_files *files,
                 const struct wf_search *search)
{
    struct list list = { .files = files,
                         .target = target,
                         .for_wheel = target->for_wheel };

    if (!target->has_behind)
        add_behind(target, &list, search);
    target->has_behind = true;
    return &target->behind;
}
