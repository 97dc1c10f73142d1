/* name_table.h -- every distinct string of a search once, so that the search itself
 * compares and remembers by pointer. */
#ifndef WF_RESOLVE_NAME_TABLE_H
#define WF_RESOLVE_NAME_TABLE_H

#include "base/arena.h"

struct wf_loaded;
struct wf_node;

/* wf_name is one string: a needed name, a SONAME, a folder or a path.  Beside it stand the
 * marks of whoever searches: valid when their number is that of the present tree or
 * search. */
struct wf_name {
    const char *text;
    uint64_t hash;
    struct wf_loaded **members; /* of the wheel, called so by file name or SONAME, in the
                                   order of their paths */
    size_t num_members;
    size_t cap_members;
    struct wf_loaded *file; /* the file outside with this real path, once read */
    const char *file_fault; /* why that file is no library, or NULL */
    int file_result;        /* the wf_try_result of that */
    unsigned tree;          /* the tree in which `node` answers to this name */
    struct wf_node *node;
    unsigned searched[3];   /* by source: the search that was in this folder already */
    int exclude;            /* 0: not asked; -1: no pattern; else its index + 1 */
    int exclude_dylib;      /* the same by the rules for Mach-O */
    int exclude_dll;        /* and by those for PE */
    signed char has_hwcaps; /* a folder: 0 not asked, 1 has glibc-hwcaps, -1 has not */
};

struct wf_names {
    struct wf_arena *arena;
    struct wf_name **slots; /* open addressing; the capacity is a power of two */
    size_t num;
    size_t cap;
    uint64_t key[2];
};

/* wf_names_init makes an empty table.  Its hash is keyed by addresses that a wheel's author
 * cannot know, so that no set of names makes it slow; nothing depends on its order. */
void wf_names_init(struct wf_names *names, struct wf_arena *arena);

/* wf_names_add is the entry of `text` (copied when new); wf_names_find the same, or NULL. */
struct wf_name *wf_names_add(struct wf_names *names, const char *text);
struct wf_name *wf_names_find(const struct wf_names *names, const char *text);

/* wf_place_table maps (kind, folder, name) to what stands there. */
struct wf_place_slot {
    const struct wf_name *dir; /* NULL: free */
    const struct wf_name *name;
    unsigned kind;
    void *value;
};

struct wf_place_table {
    struct wf_arena *arena;
    struct wf_place_slot *slots;
    size_t num;
    size_t cap;
    uint64_t key;
};

void wf_place_table_init(struct wf_place_table *table, struct wf_arena *arena);

/* wf_place_table_find is the value, or NULL; wf_place_table_add sets the value of a place
 * that has none. */
void *wf_place_table_find(const struct wf_place_table *table, unsigned kind,
                          const struct wf_name *dir, const struct wf_name *name);
void wf_place_table_add(struct wf_place_table *table, unsigned kind,
                        const struct wf_name *dir, const struct wf_name *name,
                        void *value);

#endif
