/* error.h -- why the tool cannot go on: a plain value owned by the caller. */
#ifndef WF_BASE_ERROR_H
#define WF_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

/* The kinds are grouped by who can act, and they fix the exit status. */
enum wf_error_kind {
    WF_ERR_NONE,
    WF_ERR_USAGE,       /* the person at the keyboard: exit 2 */
    WF_ERR_IO,          /* the system refused: exit 3 */
    WF_ERR_MALFORMED,   /* the input breaks its specification: exit 3 */
    WF_ERR_UNSUPPORTED, /* the input is valid and we do not read it: exit 3 */
    WF_ERR_LIMIT,       /* the input asks for more than wf_limits allows: exit 3 */
    WF_ERR_REFUSED,     /* the input is sound, and the answer is no: exit 1 */
};

/* wf_error has fixed storage, so that reporting one never allocates.  `text` is what is
 * wrong, `where` the place from outside in ("demo-1.0.whl: demo/_native.so"); both may
 * hold bytes of the input and are escaped by whoever prints them.  `{ 0 }` is "none". */
struct wf_error {
    enum wf_error_kind kind;
    bool has_offset;
    uint64_t offset; /* bytes from the start of the innermost place, when has_offset */
    char where[1024];
    char text[1024];
};

/* wf_error_set and wf_error_at replace what `err` held by a new error; the second also
 * starts the text with "at 0x…: ".  Both return false, so that a function can end with
 * `return wf_error_set(…)`.  Text that does not fit ends in "...".  `err` may be NULL. */
bool wf_error_set(struct wf_error *err, enum wf_error_kind kind, const char *fmt, ...)
    WF_PRINTF(3, 4);
bool wf_error_at(struct wf_error *err, enum wf_error_kind kind, uint64_t offset,
                 const char *fmt, ...) WF_PRINTF(4, 5);

/* wf_error_prefix puts a place in front of err->where ("outer: inner") and leaves the
 * text alone.  Returns false. */
bool wf_error_prefix(struct wf_error *err, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_error_kind_name is the stable word for a kind, as JSON prints it: "malformed". */
const char *wf_error_kind_name(enum wf_error_kind kind);

#endif
