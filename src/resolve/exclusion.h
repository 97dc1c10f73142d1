/* exclusion.h -- what --exclude leaves out of a search, and which patterns were of use. */
#ifndef WF_RESOLVE_EXCLUSION_H
#define WF_RESOLVE_EXCLUSION_H

#include "resolve/library_files.h"

struct wf_exclusion {
    const struct wf_search *search;
    bool *used;         /* per pattern */
    const char **lower; /* the patterns in lower case */
};

void wf_exclusion_init(struct wf_exclusion *exclusion, struct wf_arena *arena,
                       const struct wf_search *search);

/* wf_exclusion_of_need says whether a name is left out, and then fills in the edge.  A
 * pattern matches the whole of it; of a dylib's install name also the base name, and without
 * *?[ any part; of a DLL (`need` is its key, in lower case) the base name, without case. */
bool wf_exclusion_of_need(struct wf_exclusion *exclusion, struct wf_edge *edge,
                          struct wf_name *need, enum wf_format format);

/* wf_exclusion_of_library says the same of a library that was found, by its real path; never
 * of a DLL, which is known by its name alone. */
bool wf_exclusion_of_library(struct wf_exclusion *exclusion, struct wf_edge *edge,
                             struct wf_loaded *loaded);

#endif
