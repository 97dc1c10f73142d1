/* ld_conf.h -- /etc/ld.so.conf with its includes, and musl's ld-musl-<arch>.path. */
#ifndef WF_RESOLVE_LD_CONF_H
#define WF_RESOLVE_LD_CONF_H

#include "base/text.h"

struct wf_conf_dir {
    const char *dir;
    const char *why; /* "/etc/ld.so.conf.d/libc.conf line 2" */
};

struct wf_conf_dirs {
    struct wf_conf_dir *items;
    size_t num;
    size_t cap;
};

/* wf_ld_conf_parse appends the directories of one ld.so.conf text; `include` patterns go to
 * *includes (absolute ones as they are, relative ones joined to the folder of `name`).
 * Comments, "hwcap" lines and blank lines are skipped; a NUL ends the text. */
void wf_ld_conf_parse(struct wf_conf_dirs *out, struct wf_strings *includes,
                      struct wf_arena *arena, struct wf_bytes text, const char *name);

/* wf_ld_conf_read follows includes from /etc/ld.so.conf under `root` ("" is the host), at
 * most 32 deep and each file once.  A missing or unreadable file adds nothing. */
void wf_ld_conf_read(struct wf_conf_dirs *out, struct wf_arena *arena, const char *root);

/* wf_musl_path_parse appends the directories of musl's path file: separated by colons or
 * newlines. */
void wf_musl_path_parse(struct wf_conf_dirs *out, struct wf_arena *arena,
                        struct wf_bytes text, const char *name);

#endif
