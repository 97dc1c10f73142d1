/* library_search.h -- the search for one DT_NEEDED, in the order of the target's loader, and
 * what it shares with the search for a dylib (dyld_search.h). */
#ifndef WF_RESOLVE_LIBRARY_SEARCH_H
#define WF_RESOLVE_LIBRARY_SEARCH_H

#include "resolve/places.h"

/* wf_attempt is a place that did not do; made into a try only when it is worth telling. */
struct wf_attempt {
    const struct wf_place *place;
    struct wf_found found;
    struct wf_name *file; /* its name there; NULL: the one looked for */
};

/* wf_hunt is what all searches of one resolver share. */
struct wf_hunt {
    struct wf_library_files *files;
    const struct wf_search *search;
    const struct wf_node *root;  /* of the present tree */
    uint64_t num_steps;          /* places looked at, in all */
    unsigned num_searches;       /* the number of the present search */
    struct wf_attempt *attempts; /* of the present search */
    size_t num_attempts;
    size_t cap_attempts;
    /* Folders named for Mach-O, before and behind the path that a name is. */
    struct wf_places dyld_before;
    struct wf_places dyld_behind;
    bool has_dyld;
    /* Folders outside for PE: those for x86 differ. */
    struct wf_places pe_folders[2];
    bool has_pe_folders[2];
};

/* wf_request is one DT_NEEDED being looked for. */
struct wf_request {
    struct wf_hunt *hunt;
    struct wf_target *target;   /* NULL for Mach-O and PE */
    const struct wf_node *node; /* that needs it */
    struct wf_name *need;       /* as needed */
    struct wf_edge *edge;       /* filled in: by and why */
    struct wf_name *file;       /* the file name looked for: `need`, or its last part */
    bool wheel_only;
    bool by_dlopen; /* the running program asks for it: bundles will do */
};

/* wf_request_search looks for the library and sets how it was found, or why it need not be.
 * NULL when there is no file to go on with. */
struct wf_loaded *wf_request_search(struct wf_request *request);

/* wf_hunt_add_attempt notes a place that did not do. */
void wf_hunt_add_attempt(struct wf_hunt *hunt, const struct wf_place *place,
                         struct wf_found found);

/* wf_request_keep_tries puts the places that did not do into the edge. */
void wf_request_keep_tries(struct wf_request *request);

/* wf_loaded_of is the library of a node. */
struct wf_loaded *wf_loaded_of(const struct wf_node *node);

#endif
