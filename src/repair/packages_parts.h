/* packages_parts.h -- what the files packages*.c share; nobody else includes it. */
#ifndef WF_REPAIR_PACKAGES_PARTS_H
#define WF_REPAIR_PACKAGES_PARTS_H

#include "base/buffer.h"
#include "repair/packages.h"

/* Far above what any system has; a hostile sysroot gets no further. */
enum {
    WF_PACKAGES_FILES = 2 * 1024 * 1024, /* files in one index */
    WF_PACKAGES_RECORDS = 200 * 1000,    /* packages of one database */
    WF_PACKAGES_TEXT = 64 * 1024 * 1024, /* bytes of one file of a database */
};

/* wf_file_index says which numbers stand under a path.  It keeps 64-bit digests of the
 * paths, not the paths: 70,000 files are read in milliseconds and need 1 MB.  Two paths of
 * one digest do not happen by chance, and who writes a database to make it happen could
 * have written the false owner down as well. */
struct wf_file_index {
    struct wf_file_entry *entries; /* the first is never used */
    size_t num;
    size_t cap;
    uint32_t *heads; /* 1 << bits of them: the newest entry of each chain, 0 for none */
    unsigned bits;
};

void wf_file_index_init(struct wf_file_index *index, struct wf_arena *arena,
                        unsigned bits);
void wf_file_index_add(struct wf_file_index *index, struct wf_arena *arena,
                       struct wf_bytes path, uint32_t number);

/* wf_file_index_next walks the numbers of a path, newest first: start with *at 0; false
 * when there are no more. */
struct wf_file_walk {
    uint64_t digest;
    uint32_t at;
    bool started;
};
bool wf_file_index_next(const struct wf_file_index *index, struct wf_file_walk *walk,
                        const char *path, uint32_t *number);

/* wf_system_root is where the databases stand, and what system it is. */
struct wf_system_root {
    const char *path;       /* without slash at the end; "" is the host */
    const char *distro;     /* os-release's ID in lower case, or "" */
    const char *distro_tag; /* "debian-12", or "" */
};

/* wf_system_read appends the file `path` of the root to `out`; a link never leads out.
 * False when it is absent, not a file, or longer than `out` takes. */
bool wf_system_read(const struct wf_system_root *root, struct wf_buffer *out,
                    const char *path);

/* wf_system_recognise fills in what os-release says. */
void wf_system_recognise(struct wf_system_root *root, struct wf_arena *arena);

/* wf_package_trim cuts blanks at both ends. */
struct wf_bytes wf_package_trim(struct wf_bytes text);

/* wf_package_field takes a line "Key: value" or "K:value" apart: true when its key is
 * `key`, compared as written. */
bool wf_package_field(struct wf_bytes *value, struct wf_bytes line, const char *key);

/* wf_package_licence is a licence as a database states it, trimmed; NULL when that is
 * empty or no name (over 1,000 bytes). */
const char *wf_package_licence(struct wf_arena *arena, struct wf_bytes text);

/* wf_copyright_licence is the short name of the licence of "Files: *" in a machine-readable
 * debian/copyright (copyright-format 1.0), or NULL. */
const char *wf_copyright_licence(struct wf_arena *arena, struct wf_bytes text);

/* The three databases.  Each _read is called once; each _owner takes a path as the database
 * spells it and answers NULL when it does not know it.  The _parse functions take any bytes:
 * what makes no sense is skipped. */
struct wf_dpkg;
struct wf_apk;
struct wf_rpm;

/* Status and diversions are read whole, then each list by its file name. */
struct wf_dpkg *wf_dpkg_parse(struct wf_arena *arena, const struct wf_system_root *root,
                              struct wf_bytes status, struct wf_bytes diversions);
void wf_dpkg_parse_list(struct wf_dpkg *dpkg, const char *file_name,
                        struct wf_bytes text);
struct wf_dpkg *wf_dpkg_read(struct wf_arena *arena, const struct wf_system_root *root);
const struct wf_package *wf_dpkg_owner(struct wf_dpkg *dpkg, const char *path);

struct wf_apk *wf_apk_parse(struct wf_arena *arena, const struct wf_system_root *root,
                            struct wf_bytes text);
struct wf_apk *wf_apk_read(struct wf_arena *arena, const struct wf_system_root *root);
const struct wf_package *wf_apk_owner(struct wf_apk *apk, const char *path);

/* rpm is asked first, about many files at once; then its answers are looked up. */
struct wf_rpm *wf_rpm_find(struct wf_arena *arena, const struct wf_system_root *root);
void wf_rpm_ask(struct wf_rpm *rpm, const char *const *paths, size_t num);
const struct wf_package *wf_rpm_owner(struct wf_rpm *rpm, const char *path);

#endif
