/* library_files.h -- the three sources of libraries: the wheel, a sysroot, the host.  What
 * stands at (source, folder, name), read at most once per file. */
#ifndef WF_RESOLVE_LIBRARY_FILES_H
#define WF_RESOLVE_LIBRARY_FILES_H

#include "base/buffer.h"
#include "resolve/name_table.h"
#include "resolve/resolve.h"

enum wf_source {
    WF_SOURCE_WHEEL,   /* folders are relative to site-packages, "" is that itself */
    WF_SOURCE_HOST,    /* folders are paths of this machine */
    WF_SOURCE_SYSROOT, /* folders are absolute inside the sysroot */
};

/* wf_place is one folder of a search; or one that cannot be searched, and why. */
struct wf_place {
    enum wf_source source;
    struct wf_name *dir;       /* NULL: cannot be searched */
    const char *text;          /* as written, when it cannot */
    enum wf_try_result result; /* when it cannot */
    enum wf_found_by by;
    const char *why;
};

struct wf_places {
    struct wf_place *items;
    size_t num;
    size_t cap;
};

struct wf_target;

/* wf_loaded is a library with what the search remembers about it.  Of a universal file it
 * is one slice. */
struct wf_loaded {
    struct wf_library library;     /* first: the two are converted into each other */
    struct wf_loaded *first_slice; /* of the same file; itself in thin ones */
    struct wf_loaded *next_slice;  /* or NULL */
    enum wf_source source;
    struct wf_name *dir;               /* the folder it was found in */
    struct wf_name *name;              /* its file name there */
    struct wf_name *soname;            /* or NULL */
    struct wf_name **needed;           /* the DT_NEEDED names, once asked for */
    const struct wf_target *split_for; /* whose rules filled `rpath` and `runpath` */
    struct wf_places rpath;
    struct wf_places runpath;
    size_t member_idx; /* of a member, in the order given */
    unsigned tree;     /* the tree that has it as `node` */
    struct wf_node *node;
    int exclude; /* as in wf_name, for its path */
    /* Of Mach-O: `rpath` is filled in; for the program @executable_path was of, if it is
     * in one of them. */
    bool has_rpaths;
    bool has_program;
    const struct wf_loaded *program;
    /* In the tree `expanded`: whose LC_RPATHs come behind its own.  Libraries without any
     * are left out of this chain. */
    unsigned expanded;
    const struct wf_loaded *behind;
    const char *slices; /* "x86_64, arm64": of the file, once asked for; in first_slice */
};

/* wf_found is what stands at one place. */
struct wf_found {
    struct wf_loaded *loaded;  /* NULL when it is no library */
    enum wf_try_result result; /* then why: WF_TRY_ABSENT among others */
    const char *detail;        /* or NULL */
};

struct wf_library_files {
    struct wf_arena *arena;
    const struct wf_limits *limits;
    const char *sysroot; /* without slash at the end, "" for the root folder; or NULL */
    struct wf_names names;
    struct wf_place_table table;
    struct wf_loaded *members; /* in the order given */
    size_t num_members;
    struct wf_loaded **by_object; /* by address of their facts */
    bool has_hwcaps;              /* some member lies in a glibc-hwcaps folder */
    struct wf_buffer bytes;       /* of the file being read */
};

/* wf_library_files_init lists the members; everything lives as long as `arena`, but for
 * what wf_library_files_clear frees. */
void wf_library_files_init(struct wf_library_files *files, struct wf_arena *arena,
                           const struct wf_limits *limits, const char *sysroot,
                           const struct wf_object *const *members, size_t num_members);
void wf_library_files_clear(struct wf_library_files *files);

/* wf_library_files_look says what stands at a place. */
struct wf_found wf_library_files_look(struct wf_library_files *files,
                                      enum wf_source source, struct wf_name *dir,
                                      struct wf_name *name);

/* wf_library_files_path is how that place is called for people. */
const char *wf_library_files_path(struct wf_library_files *files, enum wf_source source,
                                  const struct wf_name *dir, const struct wf_name *name);

/* wf_library_files_of is the member with these facts, or a library made of a file that
 * the caller read, whose path is one of this machine. */
struct wf_loaded *wf_library_files_of(struct wf_library_files *files,
                                      const struct wf_object *object);

#endif
