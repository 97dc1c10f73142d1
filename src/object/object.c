/* object.c -- the table of formats, names of kinds, and names of well-known libraries. */
#include "object/object.h"

#include <string.h>

#include "object/elf_image.h"
#include "object/object_format.h"

static const struct wf_object_format *const formats[] = {
    &wf_elf_format,
    &wf_macho_format,
    &wf_pe_format,
};

enum wf_format
wf_object_recognise(struct wf_bytes head)
{
    for (size_t i = 0; i < WF_COUNT(formats); i++)
        if (formats[i]->recognise(head))
            return formats[i]->format;
    return WF_FORMAT_NONE;
}

const char *
wf_format_name(enum wf_format format)
{
    for (size_t i = 0; i < WF_COUNT(formats); i++)
        if (formats[i]->format == format)
            return formats[i]->name;
    return "none";
}

const char *
wf_object_kind_name(enum wf_object_kind kind)
{
    static const char *const names[] = {
        [WF_KIND_SHARED] = "shared library", [WF_KIND_EXTENSION] = "extension",
        [WF_KIND_EXECUTABLE] = "executable", [WF_KIND_RELOCATABLE] = "relocatable object",
        [WF_KIND_DEBUG] = "debug file",      [WF_KIND_DEVICE] = "device code",
        [WF_KIND_CORE] = "core dump",        [WF_KIND_ARCHIVE] = "static library",
        [WF_KIND_UNREAD] = "unread object",
    };

    return names[kind];
}

const char *
wf_libc_name(enum wf_libc libc)
{
    static const char *const names[] = {
        [WF_LIBC_UNKNOWN] = NULL,
        [WF_LIBC_GLIBC] = "glibc",
        [WF_LIBC_MUSL] = "musl",
        [WF_LIBC_BIONIC] = "bionic",
    };

    return names[libc];
}

bool
wf_object_read(struct wf_object_file *out, struct wf_arena *arena, const char *path,
               struct wf_bytes bytes, const struct wf_limits *limits,
               struct wf_error *err)
{
    const enum wf_format format = wf_object_recognise(bytes);
    struct wf_object_file file = { 0 };

    for (size_t i = 0; i < WF_COUNT(formats); i++) {
        if (formats[i]->format != format)
            continue;
        if (!formats[i]->read(&file, arena, wf_arena_strdup(arena, path), bytes, limits,
                              err))
            return wf_error_prefix(err, "%s", formats[i]->name);
        *out = file;
        return true;
    }
    return wf_error_at(err, WF_ERR_MALFORMED, bytes.file_off,
                       "no ELF, Mach-O or PE file begins here");
}

void
wf_object_warm_up(void)
{
    wf_elf_warm_up();
}

bool
wf_object_is_judged(const struct wf_object *object)
{
    return object->kind == WF_KIND_SHARED || object->kind == WF_KIND_EXTENSION ||
           object->kind == WF_KIND_EXECUTABLE;
}

static const char *
skip_digits(const char *text)
{
    return text + strspn(text, "0123456789");
}

/* libpython<digits>[.<digits>][flags].so[.<digits>]...; flags are those of SOABI: d(ebug),
 * m (pymalloc), t (free-threaded), u (wide unicode). */
bool
wf_is_libpython(const char *needed)
{
    static const char prefix[] = "libpython";

    if (strncmp(needed, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *at = needed + sizeof prefix - 1;
    const char *after = skip_digits(at);

    if (after == at)
        return false;
    at = after;
    if (at[0] == '.' && skip_digits(at + 1) != at + 1)
        at = skip_digits(at + 1);
    at += strspn(at, "dmtu");
    if (strncmp(at, ".so", 3) != 0)
        return false;
    for (at += 3; at[0] == '.'; at = after) {
        after = skip_digits(at + 1);
        if (after == at + 1)
            return false;
    }
    return at[0] == '\0';
}

bool
wf_is_loader(const char *needed)
{
    static const char *const names[] = { "ld64.so.1", "ld64.so.2", "ld.so.1" };

    for (size_t i = 0; i < WF_COUNT(names); i++)
        if (strcmp(needed, names[i]) == 0)
            return true;
    return strncmp(needed, "ld-linux", 8) == 0 || strncmp(needed, "ld-musl-", 8) == 0;
}
