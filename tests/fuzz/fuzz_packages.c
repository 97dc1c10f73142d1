/* fuzz_packages.c -- any bytes are a package database: whoever owns a file has a name, a
 * version and a purl of printable characters.  The input is cut at form feeds into
 * status, diversions and a list of dpkg; the whole is apk's database and a copyright file. */
#include <string.h>

#include "repair/packages_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct wf_bytes
take_part(struct wf_bytes *rest)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, '\f', rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    const struct wf_bytes part = wf_bytes_first(*rest, len);

    *rest = wf_bytes_skip(*rest, end == NULL ? len : len + 1);
    return part;
}

static void
check_owner(const struct wf_package *package, const char *type)
{
    if (package == NULL)
        return;
    if (strcmp(package->type, type) != 0 || package->name[0] == '\0' ||
        strncmp(package->purl, "pkg:", 4) != 0)
        __builtin_trap();
    for (const char *c = package->purl; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            __builtin_trap();
    if (package->licence != NULL && package->licence[0] == '\0')
        __builtin_trap();
}

/* Every line that could be a path is asked about. */
static void
check_lines(struct wf_bytes text, struct wf_arena *arena, struct wf_dpkg *dpkg,
            struct wf_apk *apk)
{
    struct wf_bytes line;

    for (int i = 0; i < 100 && wf_bytes_line(&line, &text); i++) {
        const char *path = wf_arena_str(arena, line);

        check_owner(wf_dpkg_owner(dpkg, path), "deb");
        check_owner(wf_apk_owner(apk, path), "apk");
    }
    check_owner(wf_apk_owner(apk, "/usr/lib/liba.so"), "apk");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    /* A root that is not there: no file of this machine is read. */
    const struct wf_system_root root = { .path = "/dev/null/none",
                                         .distro = "",
                                         .distro_tag = "" };
    struct wf_arena arena = { 0 };
    const struct wf_bytes whole = wf_bytes_of(data, len);
    struct wf_bytes rest = whole;
    const struct wf_bytes status = take_part(&rest);
    const struct wf_bytes diversions = take_part(&rest);
    struct wf_dpkg *dpkg = wf_dpkg_parse(&arena, &root, status, diversions);

    wf_dpkg_parse_list(dpkg, "a.list", rest);
    wf_dpkg_parse_list(dpkg, "a:all.list", rest);
    struct wf_apk *apk = wf_apk_parse(&arena, &root, whole);
    const char *licence = wf_copyright_licence(&arena, whole);

    if (licence != NULL && (licence[0] == '\0' || strlen(licence) > 1000))
        __builtin_trap();
    check_lines(rest, &arena, dpkg, apk);
    wf_arena_clear(&arena);
    return 0;
}
