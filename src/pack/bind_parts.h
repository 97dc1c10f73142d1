/* bind_parts.h -- what the bindings share. */
#ifndef WF_PACK_BIND_PARTS_H
#define WF_PACK_BIND_PARTS_H

#include "pack/bindings.h"

/* wf_bind_library is the library that was built, or NULL with an error: cargo made none. */
const struct wf_artifact *wf_bind_library(const struct wf_bind_request *request,
                                          struct wf_error *err);

/* wf_bind_add_library adds it as `folder`/`file`, and beside it its debug information and
 * its import library where those are asked for. */
WF_MUST_USE bool wf_bind_add_library(struct wf_content *content,
                                     const struct wf_bind_request *request,
                                     const struct wf_artifact *artifact,
                                     const char *folder, const char *file,
                                     struct wf_error *err);

/* wf_bind_library_file is the system's name for a library: "libdemo.so", "demo.dll". */
const char *wf_bind_library_file(struct wf_arena *arena, const struct wf_triple *triple,
                                 const char *name);

/* wf_bind_glue_dir is where library and glue of cffi and uniffi go: a package called as the
 * extension, inside the mixed project's. */
const char *wf_bind_glue_dir(struct wf_arena *arena, const struct wf_layout *layout);

/* wf_bind_find_program is the first file of that name in the absolute folders of PATH, or
 * NULL. */
const char *wf_bind_find_program(struct wf_arena *arena,
                                 const struct wf_build_asked *asked, const char *name);

#endif
