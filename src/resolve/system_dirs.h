/* system_dirs.h -- what a Linux system's own loader knows without being told: its default
 * folders, its configuration, what $LIB and $PLATFORM stand for. */
#ifndef WF_RESOLVE_SYSTEM_DIRS_H
#define WF_RESOLVE_SYSTEM_DIRS_H

#include "base/arch.h"
#include "object/object.h"
#include "resolve/ld_conf.h"

struct wf_system_dir {
    const char *dir; /* absolute, inside the root */
    const char *why; /* a line of a file, or "default folder" */
    bool is_default;
};

struct wf_system_dirs {
    struct wf_system_dir *items; /* in search order, each once */
    size_t num;
    size_t cap;
};

/* wf_system_dirs_read lists the folders that the loader of `libc` for `arch` searches at the
 * end, in the system under `root` ("" is this machine): its configuration, then those
 * default folders that exist there.  Debian's, Fedora's and plain layouts are all tried,
 * since the files of other architectures that lie there are passed over anyway. */
void wf_system_dirs_read(struct wf_system_dirs *out, struct wf_arena *arena,
                         const char *root, enum wf_arch arch, enum wf_libc libc);

/* wf_system_lib is what $LIB stands for there: "lib/x86_64-linux-gnu", "lib64" or "lib". */
const char *wf_system_lib(struct wf_arena *arena, const char *root, enum wf_arch arch);

/* wf_system_platform is what $PLATFORM stands for, or NULL where it names the processor of
 * the running machine ("power9", "z14"). */
const char *wf_system_platform(enum wf_arch arch);

/* wf_system_musl_loader is the path of musl's loader, which is its libc; NULL for an
 * architecture we have no name for. */
const char *wf_system_musl_loader(struct wf_arena *arena, enum wf_arch arch);

/* wf_system_libc tells which C library the system under `root` lives on. */
enum wf_libc wf_system_libc(struct wf_arena *arena, const char *root, enum wf_arch arch);

#endif
