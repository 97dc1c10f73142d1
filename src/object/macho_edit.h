/* macho_edit.h -- changes to the load commands of Mach-O files: install names, ids, search
 * paths, signatures; and stripping.  Works on bytes; content never moves in its slice,
 * number and order of dylib commands and segments never change.
 *
 * Whether an edit fits is known before anything is written, from facts alone: see
 * wf_macho_room. */
#ifndef WF_OBJECT_MACHO_EDIT_H
#define WF_OBJECT_MACHO_EDIT_H

#include "base/buffer.h"
#include "object/macho.h"

/* A new string for the dylib command `index` (into `needed`). */
struct wf_macho_rename {
    uint32_t index;
    const char *to;
};

enum wf_macho_sign {
    WF_MACHO_SIGN_KEEP, /* a slice without one, or with nothing else to change */
    WF_MACHO_SIGN,      /* ad hoc: replaced, or added (16 bytes of header room) */
    WF_MACHO_SIGN_DROP, /* taken off: unsigned x86_64 is loaded, a stale signature is not */
};

/* wf_macho_slice_edit is everything to change in one slice.  `{ 0 }` changes nothing.
 * Strings and arrays are borrowed. */
struct wf_macho_slice_edit {
    const char *id;                        /* new string of LC_ID_DYLIB; NULL leaves it */
    const struct wf_macho_rename *renames; /* ascending by index */
    size_t num_renames;
    const uint32_t *dropped_rpaths; /* indices into `rpaths`, ascending */
    size_t num_dropped_rpaths;
    const char *const *added_rpaths; /* behind those that stay */
    size_t num_added_rpaths;
    size_t num_reclaimed; /* the first so many of the slice's `reclaims` go */
    enum wf_macho_sign sign;
    const char *identifier; /* of the new signature; set with WF_MACHO_SIGN */
};

enum wf_macho_strip {
    WF_MACHO_STRIP_NOTHING,
    WF_MACHO_STRIP_DEBUG, /* strip -S: stabs (the debug map) */
    WF_MACHO_STRIP_LOCAL, /* strip -x: local symbols, too */
};

/* wf_macho_edit is for a whole file: one entry per slice, in their order. */
struct wf_macho_edit {
    const struct wf_macho_slice_edit *slices;
    size_t num_slices;
    enum wf_macho_strip
        strip; /* of every slice but archives, before its edit: one that has
                                  a signature and loses symbols must be signed or dropped */
};

/* wf_macho_room is what an edit leaves of the header room of a slice, in bytes; below zero
 * it is short by so many and cannot be done.  The signature's command counts when the edit
 * adds one.  Needs only facts; equal to what wf_macho_apply_edit finds. */
int64_t wf_macho_room(const struct wf_object *slice,
                      const struct wf_macho_slice_edit *edit);

/* wf_macho_unsigned is a slice of an edited file whose pages wait to be hashed, so that the
 * pool can share the work (wf_macho_hash_pages): see wf_macho_finish_edit. */
struct wf_macho_unsigned {
    uint64_t slice_off;  /* of the slice in the new file */
    uint64_t code_limit; /* bytes from there that are signed */
    uint64_t hashes_off; /* in the new file: where the page hashes go */
    uint64_t num_pages;
};

/* What an earlier signature had and the new one lacks follows from the facts. */
struct wf_macho_edited {
    bool changed; /* true as well where a signature is made anew and comes out the same */
    struct wf_macho_unsigned *waiting; /* slices to hash; arena-owned */
    size_t num_waiting;
};

/* wf_macho_apply_edit appends the edited file to `out` (empty, its maximum bounds it),
 * complete but for the page hashes of the slices in result->waiting.  A universal file gets
 * new offsets by the alignments of its header, gaps are zero.  Nothing to change gives the
 * same bytes.  The same file and edit give the same bytes.  WF_ERR_MALFORMED: the file is
 * damaged; WF_ERR_REFUSED: sound, and has no room or no place for a signature, the text says
 * by how many bytes.  Thread-safe for different arenas. */
WF_MUST_USE bool wf_macho_apply_edit(struct wf_buffer *out,
                                     struct wf_macho_edited *result,
                                     struct wf_arena *arena, struct wf_bytes file,
                                     const struct wf_macho_edit *edit,
                                     struct wf_error *err);

/* wf_macho_finish_edit hashes all that waits: what a caller without a pool does. */
void wf_macho_finish_edit(struct wf_buffer *out, const struct wf_macho_edited *result);

#endif
