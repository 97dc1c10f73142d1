/* elf_libc.c -- which C library an object was linked for: by its interpreter, then by
 * what it needs, then by the SOABI part of its file name. */
#include "object/elf_format.h"

#include <string.h>

/* Where CPython began to tell musl from glibc in SOABI; before, musl's said "gnu" too. */
enum { FIRST_HONEST_CPYTHON = 11 };

static bool
starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Any interpreter that is not known to be another system's is glibc's, as for auditwheel:
 * distributions move it (/nix/store/…/ld-linux-x86-64.so.2). */
static enum wf_libc
libc_of_interp(const char *interp)
{
    const char *base = base_name(interp);

    if (starts_with(base, "ld-musl-"))
        return WF_LIBC_MUSL;
    if (strcmp(base, "linker") == 0 || strcmp(base, "linker64") == 0)
        return WF_LIBC_BIONIC;
    if (strstr(base, "uClibc") != NULL || starts_with(base, "ld-elf"))
        return WF_LIBC_UNKNOWN; /* uClibc; the BSDs */
    return WF_LIBC_GLIBC;
}

static enum wf_libc
libc_of_needed(const char *name)
{
    if (starts_with(name, "libc.musl-") || starts_with(name, "ld-musl-"))
        return WF_LIBC_MUSL;
    if (strcmp(name, "libc.so.6") == 0 || starts_with(name, "ld-linux") ||
        starts_with(name, "ld64.so."))
        return WF_LIBC_GLIBC;
    return WF_LIBC_UNKNOWN;
}

/* "cpython-3NN" with NN from 11 on. */
static bool
is_honest_cpython(const char *base)
{
    const char *tag = strstr(base, ".cpython-3");
    unsigned minor = 0;

    if (tag == NULL)
        return false;
    for (tag += strlen(".cpython-3"); *tag >= '0' && *tag <= '9' && minor < 1000; tag++)
        minor = minor * 10 + (unsigned)(*tag - '0');
    return minor >= FIRST_HONEST_CPYTHON;
}

/* The end of the SOABI: "-linux-gnu.so", "-linux-musleabihf.so", "-linux-android.so". */
static enum wf_libc
libc_of_suffix(const char *base)
{
    const char *last = NULL;

    for (const char *at = strstr(base, "-linux-"); at != NULL; at = strstr(at, "-linux-"))
        last = at += strlen("-linux-");
    if (last == NULL ||
        strspn(last, "abcdefghijklmnopqrstuvwxyz0123456789") != strcspn(last, ".") ||
        strcmp(last + strcspn(last, "."), ".so") != 0)
        return WF_LIBC_UNKNOWN;
    if (starts_with(last, "musl"))
        return WF_LIBC_MUSL;
    if (starts_with(last, "android"))
        return WF_LIBC_BIONIC;
    if (starts_with(last, "gnu") && is_honest_cpython(base))
        return WF_LIBC_GLIBC;
    return WF_LIBC_UNKNOWN;
}

/* By the names in DT_NEEDED.  Returns whether they name two libcs at once, which is an
 * answer too: nothing further is asked. */
static bool
tell_by_needed(struct wf_object *object, struct wf_arena *arena)
{
    const char *first = NULL;

    for (size_t i = 0; i < object->num_needed; i++) {
        const char *name = object->needed[i];
        const enum wf_libc libc = libc_of_needed(name);

        if (libc == WF_LIBC_UNKNOWN || libc == object->libc)
            continue;
        if (first != NULL) {
            object->libc = WF_LIBC_UNKNOWN;
            object->libc_why =
                wf_arena_printf(arena, "DT_NEEDED names both %s and %s", first, name);
            return true;
        }
        first = name;
        object->libc = libc;
        object->libc_why = wf_arena_printf(arena, "DT_NEEDED %s", name);
    }
    return false;
}

/* Objects linked without libc itself (-nostdlib, or only libm) still show it by their
 * versions: musl has none, and Android's begin with LIBC. */
static void
tell_by_versions(struct wf_object *object, struct wf_arena *arena)
{
    for (size_t i = 0; i < object->num_version_needs; i++) {
        const char *version = object->version_needs[i].version;

        if (starts_with(version, "GLIBC_"))
            object->libc = WF_LIBC_GLIBC;
        else if (strcmp(version, "LIBC") == 0)
            object->libc = WF_LIBC_BIONIC;
        else
            continue;
        object->libc_why = wf_arena_printf(arena, "needs version %s", version);
        return;
    }
}

static bool
needs_plain_libc(const struct wf_object *object)
{
    for (size_t i = 0; i < object->num_needed; i++)
        if (strcmp(object->needed[i], "libc.so") == 0)
            return true;
    return false;
}

void
wf_elf_tell_libc(struct wf_object *object, const struct wf_elf_notes *notes,
                 struct wf_arena *arena)
{
    const char *base = base_name(object->path);

    object->libc = WF_LIBC_UNKNOWN;
    object->libc_why = NULL;
    object->libc_suffix = libc_of_suffix(base);
    if (object->interp != NULL) {
        object->libc = libc_of_interp(object->interp);
        object->libc_why = wf_arena_printf(arena, "interpreter %s", object->interp);
        return;
    }
    if (tell_by_needed(object, arena) || object->libc != WF_LIBC_UNKNOWN)
        return;
    tell_by_versions(object, arena);
    if (object->libc != WF_LIBC_UNKNOWN)
        return;
    if (notes->is_android) {
        object->libc = WF_LIBC_BIONIC;
        object->libc_why = "a note of Android";
    } else if (object->libc_suffix != WF_LIBC_UNKNOWN) {
        object->libc = object->libc_suffix;
        object->libc_why = "the end of the file name";
    } else if (needs_plain_libc(object)) {
        object->libc_why =
            "DT_NEEDED libc.so is musl's or Android's; nothing tells which";
    }
}
