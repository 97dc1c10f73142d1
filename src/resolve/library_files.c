/* library_files.c -- looking at places, and reading the files that stand there. */
#include "resolve/library_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "resolve/pe_search.h"
#include "resolve/search_path.h"
#include "resolve/slices.h"

/* No library is larger; what claims to be is not worth the memory. */
static const uint64_t LARGEST_LIBRARY = UINT64_C(1) << 31;

/* glibc-hwcaps subfolders (ld.so(8)), the most demanding first, as the loader prefers
 * them. */
struct hwcaps_row {
    enum wf_arch arch;
    const char *name;
};

static const struct hwcaps_row hwcaps_rows[] = {
    { WF_ARCH_X86_64, "x86-64-v4" }, { WF_ARCH_X86_64, "x86-64-v3" },
    { WF_ARCH_X86_64, "x86-64-v2" }, { WF_ARCH_PPC64LE, "power10" },
    { WF_ARCH_PPC64LE, "power9" },   { WF_ARCH_S390X, "z16" },
    { WF_ARCH_S390X, "z15" },        { WF_ARCH_S390X, "z14" },
    { WF_ARCH_S390X, "z13" },
};

const char *
wf_library_files_path(struct wf_library_files *files, enum wf_source source,
                      const struct wf_name *dir, const struct wf_name *name)
{
    const char *path = wf_search_path_join(files->arena, dir->text, name->text);

    if (source != WF_SOURCE_SYSROOT)
        return path;
    return wf_arena_printf(files->arena, "%s%s", files->sysroot, path);
}

static struct wf_name *
hwcaps_dir(struct wf_library_files *files, const struct wf_name *dir, const char *row)
{
    return wf_names_add(
        &files->names,
        wf_search_path_join(files->arena, dir->text,
                            wf_arena_printf(files->arena, "glibc-hwcaps/%s", row)));
}

/* Only whether something stands there: a sysroot's links are followed inside it. */
static bool
stands_there(struct wf_library_files *files, enum wf_source source,
             const struct wf_name *dir, const struct wf_name *name)
{
    const char *path = wf_search_path_join(files->arena, dir->text, name->text);

    if (source == WF_SOURCE_WHEEL)
        return wf_place_table_find(&files->table, source, dir, name) != NULL;
    if (source == WF_SOURCE_HOST)
        return wf_path_kind(path) != WF_PATH_ABSENT;
    return wf_path_resolve(files->arena, files->sysroot, path) != NULL;
}

/* Whether it is worth asking for variants of libraries in this folder. */
static bool
has_hwcaps(struct wf_library_files *files, enum wf_source source, struct wf_name *dir)
{
    if (source == WF_SOURCE_WHEEL)
        return files->has_hwcaps;
    if (dir->has_hwcaps == 0)
        dir->has_hwcaps =
            stands_there(files, source, dir, wf_names_add(&files->names, "glibc-hwcaps"))
                ? 1
                : -1;
    return dir->has_hwcaps > 0;
}

static void
find_variants(struct wf_library_files *files, struct wf_loaded *loaded)
{
    const enum wf_arch arch = loaded->library.object->arch;

    if (loaded->library.object->format != WF_FORMAT_ELF ||
        !has_hwcaps(files, loaded->source, loaded->dir))
        return;
    for (size_t i = 0; i < WF_COUNT(hwcaps_rows); i++) {
        if (hwcaps_rows[i].arch != arch)
            continue;
        struct wf_name *dir = hwcaps_dir(files, loaded->dir, hwcaps_rows[i].name);

        if (stands_there(files, loaded->source, dir, loaded->name))
            wf_strings_append(
                files->arena, &loaded->library.variants,
                wf_library_files_path(files, loaded->source, dir, loaded->name));
    }
}

static void
set_facts(struct wf_library_files *files, struct wf_loaded *loaded,
          const struct wf_object *object, enum wf_source source, const char *path)
{
    const char *folder = wf_search_path_folder(files->arena, path);

    /* A bare name of this machine stands in the current folder. */
    if (source == WF_SOURCE_HOST && *folder == '\0')
        folder = ".";
    loaded->library.object = object;
    loaded->library.in_wheel = source == WF_SOURCE_WHEEL;
    loaded->first_slice = loaded;
    loaded->source = source;
    loaded->dir = wf_names_add(&files->names, folder);
    loaded->name = wf_names_add(&files->names, wf_text_base_name(path));
    if (object->soname != NULL)
        loaded->soname = wf_names_add(&files->names, object->soname);
}

static int
compare_paths(const void *a, const void *b)
{
    const struct wf_loaded *const *x = a;
    const struct wf_loaded *const *y = b;
    const int order = strcmp((*x)->library.path, (*y)->library.path);

    if (order != 0)
        return order;
    return ((*x)->member_idx > (*y)->member_idx) - ((*x)->member_idx < (*y)->member_idx);
}

static int
compare_objects(const void *a, const void *b)
{
    const struct wf_loaded *const *x = a;
    const struct wf_loaded *const *y = b;
    const uintptr_t left = (uintptr_t)(*x)->library.object;
    const uintptr_t right = (uintptr_t)(*y)->library.object;

    return (left > right) - (left < right);
}

static void
add_namesake(struct wf_library_files *files, struct wf_name *name,
             struct wf_loaded *member)
{
    name->members = wf_arena_grow(files->arena, name->members, name->num_members,
                                  &name->cap_members, sizeof(struct wf_loaded *));
    name->members[name->num_members++] = member;
}

/* The name under which others may ask for a member, beside its file name: its SONAME, or
 * the last part of its install name. */
static struct wf_name *
own_name(struct wf_library_files *files, const struct wf_loaded *member)
{
    const struct wf_object *object = member->library.object;

    if (member->soname == NULL || object->format != WF_FORMAT_MACHO)
        return member->soname;
    return wf_names_add(&files->names, wf_text_base_name(object->soname));
}

/* Makes a member known by its place, its file name and its SONAME.  What no loader loads
 * stands at its place all the same, so that the search can say what is wrong with it;
 * variants for some processors are never chosen by name. */
static void
list_member(struct wf_library_files *files, struct wf_loaded *member)
{
    if (member->first_slice == member &&
        wf_place_table_find(&files->table, WF_SOURCE_WHEEL, member->dir, member->name) ==
            NULL)
        wf_place_table_add(&files->table, WF_SOURCE_WHEEL, member->dir, member->name,
                           member);
    const bool is_variant = strstr(member->dir->text, "glibc-hwcaps/") != NULL;
    struct wf_name *own = own_name(files, member);

    files->has_hwcaps |= is_variant;
    if (is_variant || !wf_object_is_judged(member->library.object))
        return;
    if (member->library.object->format == WF_FORMAT_PE) {
        add_namesake(files, wf_pe_key(files, member->name->text), member);
        return;
    }
    add_namesake(files, member->name, member);
    if (own != NULL && own != member->name)
        add_namesake(files, own, member);
}

static void
list_members(struct wf_library_files *files, const struct wf_object *const *members)
{
    const size_t num = files->num_members;
    struct wf_loaded **by_path =
        wf_arena_array(files->arena, num, sizeof(struct wf_loaded *));

    files->members = wf_arena_array(files->arena, num, sizeof *files->members);
    files->by_object = wf_arena_array(files->arena, num, sizeof(struct wf_loaded *));
    for (size_t i = 0; i < num; i++) {
        struct wf_loaded *member = &files->members[i];

        set_facts(files, member, members[i], WF_SOURCE_WHEEL, members[i]->path);
        member->member_idx = i;
        member->library.path = members[i]->path;
        member->library.real_path = members[i]->path;
        by_path[i] = member;
        files->by_object[i] = member;
    }
    if (num > 0) {
        qsort(by_path, num, sizeof *by_path, compare_paths);
        qsort(files->by_object, num, sizeof *files->by_object, compare_objects);
    }
    wf_slices_join(by_path, num);
    for (size_t i = 0; i < num; i++)
        list_member(files, by_path[i]);
    for (size_t i = 0; i < num && files->has_hwcaps; i++)
        find_variants(files, by_path[i]);
}

void
wf_library_files_init(struct wf_library_files *files, struct wf_arena *arena,
                      const struct wf_limits *limits, const char *sysroot,
                      const struct wf_object *const *members, size_t num_members)
{
    *files = (struct wf_library_files){ .arena = arena,
                                        .limits = limits,
                                        .num_members = num_members };
    if (sysroot != NULL) {
        size_t len = strlen(sysroot);

        while (len > 0 && sysroot[len - 1] == '/')
            len--;
        files->sysroot = wf_arena_str(arena, wf_bytes_of(sysroot, len));
    }
    wf_names_init(&files->names, arena);
    wf_place_table_init(&files->table, arena);
    wf_buffer_init(&files->bytes,
                   (size_t)(limits->member_bytes < LARGEST_LIBRARY ? limits->member_bytes
                                                                   : LARGEST_LIBRARY));
    list_members(files, members);
}

void
wf_library_files_clear(struct wf_library_files *files)
{
    wf_buffer_clear(&files->bytes);
}

static struct wf_found
not_found(enum wf_try_result result, const char *detail)
{
    return (struct wf_found){ .result = result, .detail = detail };
}

static const char *
error_text(struct wf_library_files *files, const struct wf_error *err)
{
    return wf_arena_strdup(files->arena, err->text);
}

static bool
is_read_whole(enum wf_format format)
{
    return format != WF_FORMAT_NONE;
}

/* Reads an object straight into the buffer.  Of anything else the first bytes are enough:
 * most of what is no library is a short text. */
static bool
read_bytes(struct wf_buffer *out, enum wf_format *format, const char *path,
           struct wf_error *err)
{
    uint8_t head[WF_SNIFF_LEN];
    struct wf_file file = { 0 };
    size_t len = 0;

    wf_buffer_reset(out);
    if (!wf_file_open(&file, path, err))
        return false;
    bool ok = wf_file_pread_upto(&file, head, sizeof head, 0, &len, err);

    *format = ok ? wf_object_recognise(wf_bytes_of(head, len)) : WF_FORMAT_NONE;
    if (is_read_whole(*format)) {
        wf_buffer_reserve(out, (size_t)file.size);
        ok = wf_buffer_ok(out, "the file", err) &&
             wf_file_pread(&file, out->data, (size_t)file.size, 0, err);
        out->len = ok ? (size_t)file.size : 0;
    }
    wf_file_close(&file);
    return ok;
}

/* Whether some loader loads what the file holds; of a universal one the slices are asked
 * one by one, by those who know for which processor. */
static bool
is_loadable(const struct wf_object_file *image)
{
    return image->num_objects > 1 ||
           (image->num_objects == 1 && wf_object_is_judged(&image->objects[0]));
}

/* Reads the file at `real` (a path of this machine, every link followed). */
static struct wf_found
read_file(struct wf_library_files *files, const char *real)
{
    enum wf_format format = WF_FORMAT_NONE;
    struct wf_object_file image = { 0 };
    struct wf_error err = { 0 };

    if (!read_bytes(&files->bytes, &format, real, &err))
        return not_found(WF_TRY_UNREADABLE, error_text(files, &err));
    if (!is_read_whole(format))
        return not_found(WF_TRY_NOT_OBJECT,
                         format == WF_FORMAT_NONE ? NULL : wf_format_name(format));
    if (!wf_object_read(&image, files->arena, real, wf_buffer_bytes(&files->bytes),
                        files->limits, &err))
        return not_found(WF_TRY_UNREADABLE, error_text(files, &err));
    if (!is_loadable(&image))
        return not_found(
            WF_TRY_NOT_OBJECT,
            image.num_objects == 0 ? NULL : wf_object_kind_name(image.objects[0].kind));
    return (struct wf_found){ .loaded = wf_slices_new(files->arena, &image) };
}

/* What the folder of a library is to itself: where it was found first is its $ORIGIN; dyld
 * asks the system for the real path, and that is @loader_path. */
static const char *
path_of_itself(struct wf_library_files *files, const struct wf_loaded *loaded,
               enum wf_source source, const char *found, const char *real)
{
    if (loaded->library.object->format != WF_FORMAT_MACHO)
        return found;
    return source == WF_SOURCE_SYSROOT ? real + strlen(files->sysroot) : real;
}

/* The library with this real path: one for all names that lead to it. */
static struct wf_found
look_at_file(struct wf_library_files *files, enum wf_source source, struct wf_name *dir,
             struct wf_name *name, const char *real)
{
    struct wf_name *file = wf_names_add(&files->names, real);

    if (file->file != NULL)
        return (struct wf_found){ .loaded = file->file };
    if (file->file_result != WF_TRY_ABSENT)
        return not_found((enum wf_try_result)file->file_result, file->file_fault);
    const struct wf_found found = read_file(files, file->text);
    struct wf_loaded *loaded = found.loaded;

    if (loaded == NULL) {
        file->file_result = (int)found.result;
        file->file_fault = found.detail;
        return found;
    }
    const char *path = wf_search_path_join(files->arena, dir->text, name->text);

    for (struct wf_loaded *slice = loaded; slice != NULL; slice = slice->next_slice) {
        set_facts(files, slice, slice->library.object, source,
                  path_of_itself(files, slice, source, path, file->text));
        slice->first_slice = loaded;
        slice->library.path = wf_library_files_path(files, source, dir, name);
        slice->library.real_path = file->text;
    }
    find_variants(files, loaded);
    file->file = loaded;
    return found;
}

static struct wf_found
look_in_sysroot(struct wf_library_files *files, struct wf_name *dir, struct wf_name *name)
{
    const char *path = wf_search_path_join(files->arena, dir->text, name->text);
    const char *real = wf_path_resolve(files->arena, files->sysroot, path);

    if (real == NULL)
        return not_found(WF_TRY_ABSENT, NULL);
    real = wf_arena_printf(files->arena, "%s%s", files->sysroot, real);
    return look_at_file(files, WF_SOURCE_SYSROOT, dir, name, real);
}

/* One question to the system before the walk along the links: most places have nothing. */
static struct wf_found
look_on_host(struct wf_library_files *files, struct wf_name *dir, struct wf_name *name)
{
    const char *path = wf_search_path_join(files->arena, dir->text, name->text);

    if (wf_path_kind(path) == WF_PATH_ABSENT)
        return not_found(WF_TRY_ABSENT, NULL);
    const char *whole = wf_path_absolute(files->arena, path);
    const char *real = whole == NULL ? NULL : wf_path_resolve(files->arena, "", whole);

    return look_at_file(files, WF_SOURCE_HOST, dir, name, real == NULL ? path : real);
}

struct wf_found
wf_library_files_look(struct wf_library_files *files, enum wf_source source,
                      struct wf_name *dir, struct wf_name *name)
{
    void *known = wf_place_table_find(&files->table, source, dir, name);

    if (source == WF_SOURCE_WHEEL) {
        struct wf_loaded *member = known;

        if (member == NULL)
            return not_found(WF_TRY_ABSENT, NULL);
        if (member->next_slice == NULL && !wf_object_is_judged(member->library.object))
            return not_found(WF_TRY_NOT_OBJECT,
                             wf_object_kind_name(member->library.object->kind));
        return (struct wf_found){ .loaded = member };
    }
    if (known != NULL)
        return *(struct wf_found *)known;
    struct wf_found *found = wf_arena_alloc(files->arena, sizeof *found);

    *found = source == WF_SOURCE_HOST ? look_on_host(files, dir, name)
                                      : look_in_sysroot(files, dir, name);
    wf_place_table_add(&files->table, source, dir, name, found);
    return *found;
}

static struct wf_loaded *
find_member(struct wf_library_files *files, const struct wf_object *object)
{
    const struct wf_loaded key = { .library = { .object = object } };
    const struct wf_loaded *const at = &key;
    struct wf_loaded **member = NULL;

    if (files->num_members > 0)
        member = bsearch(&at, files->by_object, files->num_members,
                         sizeof *files->by_object, compare_objects);
    return member == NULL ? NULL : *member;
}

/* A file named on the command line may lie in the sysroot: then all of its search does. */
static struct wf_loaded *
add_outside(struct wf_library_files *files, const struct wf_object *object,
            const char *whole, const char *real)
{
    struct wf_loaded *loaded = wf_arena_alloc(files->arena, sizeof *loaded);
    const size_t top = files->sysroot == NULL ? 0 : strlen(files->sysroot);
    const bool is_inside = files->sysroot != NULL &&
                           strncmp(object->path, files->sysroot, top) == 0 &&
                           object->path[top] == '/';
    /* The kernel tells a program its real path, and that is its $ORIGIN; a library's is
     * the path under which it was opened.  dyld looks at real paths only. */
    const bool is_real =
        object->kind == WF_KIND_EXECUTABLE || object->format == WF_FORMAT_MACHO;
    const char *from = is_real ? real : whole;

    if (is_inside)
        set_facts(files, loaded, object, WF_SOURCE_SYSROOT, object->path + top);
    else
        set_facts(files, loaded, object, WF_SOURCE_HOST, from);
    loaded->library.path = object->path;
    loaded->library.real_path = real;
    find_variants(files, loaded);
    return loaded;
}

struct wf_loaded *
wf_library_files_of(struct wf_library_files *files, const struct wf_object *object)
{
    struct wf_loaded *member = find_member(files, object);

    if (member != NULL)
        return member;
    const char *whole = wf_path_absolute(files->arena, object->path);

    if (whole == NULL)
        whole = object->path;
    const char *real = wf_path_resolve(files->arena, "", whole);
    struct wf_name *file = wf_names_add(&files->names, real == NULL ? whole : real);

    for (struct wf_loaded *slice = file->file; slice != NULL; slice = slice->next_slice)
        if (slice->library.object == object)
            return slice;
    struct wf_loaded *loaded = add_outside(files, object, whole, file->text);

    if (object->format == WF_FORMAT_MACHO && file->file != NULL)
        wf_slices_put_first(loaded, file->file);
    file->file = loaded;
    return loaded;
}
