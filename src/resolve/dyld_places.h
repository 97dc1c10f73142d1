/* dyld_places.h -- folders as dyld reads them: LC_RPATH, the folder part of an install name,
 * DYLD_LIBRARY_PATH and its like, turned into places. */
#ifndef WF_RESOLVE_DYLD_PLACES_H
#define WF_RESOLVE_DYLD_PLACES_H

#include "resolve/library_search.h"

/* wf_dyld_behind reads what follows an @word in a name: "/x" of "@rpath/x", "" of the bare
 * word.  NULL when `text` does not begin with the word, or the word goes on. */
const char *wf_dyld_behind(const char *text, const char *word);

/* wf_dyld_rpaths splits the LC_RPATHs of a library, once.  More than 10,000 are
 * WF_ERR_LIMIT.  @executable_path is the program's of the present tree: what depends on it
 * is left as text until it is asked for (wf_dyld_place). */
WF_MUST_USE bool wf_dyld_rpaths(struct wf_loaded *loaded, struct wf_hunt *hunt,
                                struct wf_error *err);

/* wf_dyld_place is the folder that `text` means in a load command of `owner`: absolute, or
 * beginning with @loader_path or @executable_path. */
struct wf_place wf_dyld_place(struct wf_hunt *hunt, const struct wf_loaded *owner,
                              const char *text, enum wf_found_by by, const char *why);

/* wf_dyld_place_below is `place`, or the folder `sub` ("" is none) in it. */
const struct wf_place *wf_dyld_place_below(struct wf_hunt *hunt,
                                           const struct wf_place *place, const char *sub);

/* wf_dyld_named fills in hunt->dyld_before and hunt->dyld_behind, once. */
void wf_dyld_named(struct wf_hunt *hunt);

#endif
