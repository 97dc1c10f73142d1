/* macho_fuse.h -- files of different architectures become one universal file: what lipo
 * -create does. */
#ifndef WF_OBJECT_MACHO_FUSE_H
#define WF_OBJECT_MACHO_FUSE_H

#include "base/buffer.h"
#include "object/macho.h"

/* wf_macho_fuse appends to `out` (empty) a universal file with every slice of both files,
 * thin or universal, images or static libraries; slices keep their bytes, and with them
 * their signatures.  Layout as lipo's: arm64 family last, others by rising alignment, of one
 * processor by subtype; alignment guessed from the segments' addresses.  The 64-bit fat
 * header only where an offset needs it.  WF_ERR_REFUSED when both have one architecture, or
 * one is a static library where the other is an image; the text names them. */
WF_MUST_USE bool wf_macho_fuse(struct wf_buffer *out, struct wf_bytes a,
                               struct wf_bytes b, struct wf_error *err);

/* wf_macho_slice_align is the alignment (log2) lipo would give a slice. */
uint32_t wf_macho_slice_align(struct wf_bytes slice);

#endif
