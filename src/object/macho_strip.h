/* macho_strip.h -- taking symbols out of a Mach-O slice that no loader reads. */
#ifndef WF_OBJECT_MACHO_STRIP_H
#define WF_OBJECT_MACHO_STRIP_H

#include "base/buffer.h"
#include "object/macho_edit.h"

/* wf_macho_strip_slice appends the stripped slice to `out` (empty, its maximum bounds it).
 * Only the symbol table and its names get smaller; what follows them in __LINKEDIT moves up
 * by multiples of the word, in its order, and all that names a symbol by its number is
 * brought up to date.  Symbols stay that are external, undefined, used at run time, or named
 * by the indirect symbol table.
 *
 * Nothing to take: the slice as it went in, with its signature; a stripped one is such.
 * Else the old signature is gone: LC_CODE_SIGNATURE stays where it is, with no bytes at the
 * end of the slice, a multiple of 16, for an edit to fill or to drop.
 *
 * WF_ERR_REFUSED: no image that is loaded (an object file), or one whose tables cannot be
 * told apart for sure; WF_ERR_MALFORMED: symbols make no sense.  Thread-safe. */
WF_MUST_USE bool wf_macho_strip_slice(struct wf_buffer *out, struct wf_bytes slice,
                                      enum wf_macho_strip level, struct wf_error *err);

#endif
