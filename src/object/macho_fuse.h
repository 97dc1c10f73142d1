/* macho_fuse.h -- files of different architectures become one universal file: what lipo
 * -create does. */
#ifndef WF_OBJECT_MACHO_FUSE_H
#define WF_OBJECT_MACHO_FUSE_H

#include "base/buffer.h"
#include "object/macho.h"

/* wf_macho_fuse appends to `out` (empty) a universal file with every slice of both files,
 * thin or universal, images or static libraries; slices keep their bytes, and with them
 * their signatures.  A slice that both have, byte for byte, is there once.
 *
 * Layout as lipo's: arm64 behind all others, those by rising alignment, of one processor by
 * subtype, gaps zero; the order of the two files does not matter.  The fat header has 32
 * bits, which every loader reads.
 *
 * WF_ERR_REFUSED: both have one architecture and differ in it, one is a static library where
 * the other is an image, or the result is longer than its header can tell.  WF_ERR_MALFORMED:
 * a file is damaged; `where` says which. */
WF_MUST_USE bool wf_macho_fuse(struct wf_buffer *out, struct wf_bytes a,
                               struct wf_bytes b, struct wf_error *err);

/* wf_macho_slice_align is the alignment (log2) of an image that stood alone before: the page
 * of its machine, as loaders demand; for a processor nobody knows, what the addresses of its
 * segments (or the sections of an object file) have in common. */
uint32_t wf_macho_slice_align(struct wf_bytes slice);

#endif
