/* strip_names.h -- packing a table of names, for the strippers.  Internal to this folder. */
#ifndef WF_OBJECT_STRIP_NAMES_H
#define WF_OBJECT_STRIP_NAMES_H

#include "base/arena.h"

/* wf_strip_names packs a table of names: marked names stay, with the sharing of tails
 * that the table has, so the result is never larger.  `{ 0 }` is a table that stays as it
 * is. */
struct wf_strip_names {
    struct wf_bytes table;
    uint64_t *bits;   /* one for each byte: a name starts here; after packing: it stays */
    uint64_t *before; /* bytes that stay before each word of bits */
};

void wf_strip_names_init(struct wf_strip_names *names, struct wf_arena *arena,
                         struct wf_bytes table);

/* wf_strip_names_mark keeps the name at `off`, besides the one at 0, which always stays;
 * false when it is outside the table. */
WF_MUST_USE bool wf_strip_names_mark(struct wf_strip_names *names, uint64_t off);

/* wf_strip_names_pack sets *out, in `arena`; it fails when the last name has no end. */
WF_MUST_USE bool wf_strip_names_pack(struct wf_bytes *out, struct wf_strip_names *names,
                                     struct wf_arena *arena, struct wf_error *err);

/* wf_strip_names_new is where the name at `off` stands in the packed table. */
uint32_t wf_strip_names_new(const struct wf_strip_names *names, uint32_t off);

#endif
