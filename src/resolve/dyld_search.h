/* dyld_search.h -- the search for one dylib command, as dyld makes it, and for what dyld
 * would not find. */
#ifndef WF_RESOLVE_DYLD_SEARCH_H
#define WF_RESOLVE_DYLD_SEARCH_H

#include "resolve/library_search.h"

/* wf_dyld_has_system says whether a name is the system's, and then fills in the edge. */
bool wf_dyld_has_system(struct wf_request *request);

/* wf_dyld_search is wf_request_search for Mach-O.  In order:
 *
 *   @rpath/x            the LC_RPATHs of the object and of those that load it, nearest first
 *   @loader_path/x      the folder of the object
 *   @executable_path/x  the folder of the program, or --executable-path
 *   /x                  DYLD_LIBRARY_PATH by base name, then the path itself
 *   x                   a member of that base name: dyld would ask the current folder
 *
 * then DYLD_LIBRARY_PATH (unless it was asked), --lib-path and DYLD_FALLBACK_LIBRARY_PATH,
 * by what follows @rpath or from X.framework on, and by base name.  dyld would not find the
 * rest: before --lib-path, a member that is called exactly so; at last, any member of that
 * base name. */
struct wf_loaded *wf_dyld_search(struct wf_request *request);

/* wf_dyld_answers says whether a loaded image is found by its install name when somebody
 * asks for that: not when dyld would replace an @word in the request first. */
bool wf_dyld_answers(const struct wf_search *search, const char *install_name);

#endif
