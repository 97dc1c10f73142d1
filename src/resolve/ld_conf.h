/* ld_conf.h -- /etc/ld.so.conf with its includes, and musl's ld-musl-<arch>.path. */
#ifndef WF_RESOLVE_LD_CONF_H
#define WF_RESOLVE_LD_CONF_H

#include "base/text.h"

/* wf_conf_dir is one line that counts; all strings are arena-owned. */
struct wf_conf_dir {
    const char *dir; /* an absolute folder; of an include, an absolute pattern of files */
    const char *why; /* "/etc/ld.so.conf.d/libc.conf line 2" */
    bool is_include;
};

struct wf_conf_dirs {
    struct wf_conf_dir *items;
    size_t num;
    size_t cap;
};

/* wf_ld_conf_parse appends the lines of one ld.so.conf text, whose path is `name`: its
 * folders (without "=flavour" and slashes at the end) and, in their places, the patterns of
 * `include` lines, relative ones joined to the folder of `name`.  Comments, "hwcap" lines,
 * blank lines and relative folders are skipped; a NUL ends the text. */
void wf_ld_conf_parse(struct wf_conf_dirs *out, struct wf_arena *arena,
                      struct wf_bytes text, const char *name);

/* wf_ld_conf_read reads /etc/ld.so.conf under `root` ("" is the host), and what it includes
 * in its place: at most 32 deep, each file once, links followed inside `root` only.  A
 * missing, unreadable or oversized file adds nothing. */
void wf_ld_conf_read(struct wf_conf_dirs *out, struct wf_arena *arena, const char *root);

/* wf_musl_path_parse appends the folders of musl's path file, separated by colons or
 * newlines; a NUL ends the text. */
void wf_musl_path_parse(struct wf_conf_dirs *out, struct wf_arena *arena,
                        struct wf_bytes text, const char *name);

/* wf_musl_path_read reads the path file `name` under `root`; false when there is none, and
 * the loader's own folders count. */
bool wf_musl_path_read(struct wf_conf_dirs *out, struct wf_arena *arena, const char *root,
                       const char *name);

#endif
