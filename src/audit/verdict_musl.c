/* verdict_musl.c -- what tells one musl release from another.  musl has no symbol versions,
 * so only the names of newer functions prove that 1.1 will not do (WHATSNEW of musl). */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { MAX_LIBC_BYTES = 64 << 20 };

struct newer_symbol {
    const char *name;
    const char *release;
};

/* Sorted by name.  On 64-bit machines time64 changed no name. */
static const struct newer_symbol newer_symbols[] = {
    { "_Fork", "1.2.2" },
    { "gettid", "1.2.2" },
    { "posix_getdents", "1.2.6" },
    { "preadv2", "1.2.5" },
    { "pthread_getname_np", "1.2.3" },
    { "pwritev2", "1.2.5" },
    { "qsort_r", "1.2.3" },
    { "reallocarray", "1.2.2" },
    { "renameat2", "1.2.6" },
    { "statx", "1.2.5" },
    { "tcgetwinsize", "1.2.2" },
    { "tcsetwinsize", "1.2.2" },
};

static int
compare_symbol(const void *key, const void *item)
{
    const struct newer_symbol *symbol = item;

    return strcmp(key, symbol->name);
}

const char *
wf_musl_introduced(const char *symbol)
{
    /* 32-bit code built against 1.2 calls __clock_gettime64, __stat_time64 and so on. */
    if (symbol[0] == '_' && symbol[1] == '_')
        return strstr(symbol, "time64") != NULL ? "1.2.0" : NULL;
    const struct newer_symbol *found =
        bsearch(symbol, newer_symbols, WF_COUNT(newer_symbols), sizeof newer_symbols[0],
                compare_symbol);

    return found == NULL ? NULL : found->release;
}

static size_t
digits(struct wf_bytes text, size_t at, unsigned *value)
{
    size_t len = 0;

    *value = 0;
    while (at + len < text.len && len < 3 && text.data[at + len] >= '0' &&
           text.data[at + len] <= '9') {
        *value = *value * 10 + (unsigned)(text.data[at + len] - '0');
        len++;
    }
    return len;
}

/* The version that musl's loader prints stands in it as a string of its own: "1.2.3", or
 * "1.2.3-git-12-gabcdef" between releases. */
static bool
version_at(struct wf_bytes text, size_t at, unsigned *major, unsigned *minor)
{
    unsigned patch;
    size_t len = digits(text, at, major);

    if (len == 0 || at + len >= text.len || text.data[at + len] != '.')
        return false;
    at += len + 1;
    len = digits(text, at, minor);
    if (len == 0 || at + len >= text.len || text.data[at + len] != '.')
        return false;
    at += len + 1;
    len = digits(text, at, &patch);
    return len > 0 && at + len < text.len && *major == 1 &&
           (text.data[at + len] == '\0' || text.data[at + len] == '-');
}

static bool
find_version(struct wf_bytes text, unsigned *major, unsigned *minor)
{
    const uint8_t *end = text.data + text.len;

    for (const uint8_t *at = text.data; at < end;) {
        const uint8_t *nul = memchr(at, '\0', (size_t)(end - at));

        if (nul == NULL)
            return false;
        if (version_at(text, (size_t)(nul + 1 - text.data), major, minor))
            return true;
        at = nul + 1;
    }
    return false;
}

/* The loader's own word for the architecture, where it is not the one of the tags. */
static const char *
loader_word(enum wf_arch arch)
{
    static const char *const words[WF_ARCH_COUNT] = {
        [WF_ARCH_I686] = "i386",
        [WF_ARCH_ARMV6L] = "armhf",
        [WF_ARCH_ARMV7L] = "armhf",
        [WF_ARCH_PPC64LE] = "powerpc64le",
    };

    return words[arch] != NULL ? words[arch] : wf_arch_name(arch);
}

bool
wf_musl_in_sysroot(unsigned *major, unsigned *minor, const char *sysroot,
                   enum wf_arch arch)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer libc = { 0 };
    const char *path = wf_arena_printf(&arena, "/lib/ld-musl-%s.so.1", loader_word(arch));
    const char *inside = wf_path_resolve(&arena, sysroot, path);
    bool ok = false;

    if (inside == NULL) {
        path = wf_arena_printf(&arena, "/lib/libc.musl-%s.so.1", wf_arch_musl_word(arch));
        inside = wf_path_resolve(&arena, sysroot, path);
    }
    if (inside != NULL) {
        wf_buffer_init(&libc, MAX_LIBC_BYTES);
        ok = wf_file_read_whole(&libc, wf_arena_printf(&arena, "%s%s", sysroot, inside),
                                NULL) &&
             find_version(wf_buffer_bytes(&libc), major, minor);
    }
    wf_buffer_clear(&libc);
    wf_arena_clear(&arena);
    return ok;
}
