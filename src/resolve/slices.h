/* slices.h -- universal files as the search sees them: a library for each slice, and the one
 * that a process takes (dyld's graded architectures). */
#ifndef WF_RESOLVE_SLICES_H
#define WF_RESOLVE_SLICES_H

#include "resolve/library_files.h"

/* wf_slices_new makes a library of each object of a file (there is at least one), in the
 * file's order, and returns the first. */
struct wf_loaded *wf_slices_new(struct wf_arena *arena,
                                const struct wf_object_file *image);

/* wf_slices_join ties together the Mach-O members that share a path.  `by_path` is in the
 * order of paths. */
void wf_slices_join(struct wf_loaded **by_path, size_t num);

/* wf_slices_put_first puts a slice before those of the same file that are known. */
void wf_slices_put_first(struct wf_loaded *slice, struct wf_loaded *known);

/* wf_slice_for is the slice, of the file that `any` is one of, which a process takes whose
 * program is for the processor of `process`; with the result and detail of a try when it
 * takes none.  x86_64h code loads x86_64h and else x86_64; any other code its own kind
 * alone: arm64e libraries of others than Apple are refused to arm64 programs, and arm64
 * ones to arm64e programs.  What is linked to must be a dylib; `by_dlopen` takes bundles,
 * too. */
struct wf_found wf_slice_for(struct wf_arena *arena, struct wf_loaded *any,
                             const struct wf_object *process, bool by_dlopen);

#endif
