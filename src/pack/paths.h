/* paths.h -- putting paths of manifests behind the folders they are relative to. */
#ifndef WF_PACK_PATHS_H
#define WF_PACK_PATHS_H

#include "base/arena.h"

/* wf_path_join puts `path` behind `folder` (absolute), or takes it alone when it is
 * absolute, without ".", "..", double slashes and a slash at the end.  No link is looked
 * at: "a/../b" is "b". */
char *wf_path_join(struct wf_arena *arena, const char *folder, const char *path);

/* wf_path_below is the part of `path` behind `folder` ("" for the folder itself), borrowed
 * from `path`; NULL when it is not below.  Both as wf_path_join makes them. */
const char *wf_path_below(const char *path, const char *folder);

#endif
