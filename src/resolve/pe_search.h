/* pe_search.h -- the search for one DLL, as a package's modules are loaded on Windows
 * (LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, os.add_dll_directory), and for what no loader would
 * find. */
#ifndef WF_RESOLVE_PE_SEARCH_H
#define WF_RESOLVE_PE_SEARCH_H

#include "resolve/library_search.h"

/* wf_pe_key is the name by which a DLL is known in a process: without case, and with the
 * ".dll" that the loader puts behind a name without a dot. */
struct wf_name *wf_pe_key(struct wf_library_files *files, const char *dll);

/* wf_pe_search is wf_request_search for PE; `file` of the request is the key of its need.
 * In order, and without case in every place:
 *
 *   the folder of the root   the loader adds the one of the module that Python loads
 *   the folder of who asks   another one only in the wheel
 *   a folder X.libs          what packages add, by name
 *   a member of that name    in the order of paths
 *   --lib-path
 *   --sysroot                Windows/System32 (SysWOW64 for x86), Windows, the folder itself
 *   PATH                     if asked for
 *
 * What Windows or the interpreter has is looked for in the first two alone, what they alone
 * may have in the wheel.  A file for another machine is passed over. */
struct wf_loaded *wf_pe_search(struct wf_request *request);

#endif
