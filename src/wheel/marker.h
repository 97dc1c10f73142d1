/* marker.h -- environment markers of requirements ("Dependency specifiers", PyPA): a tree
 * of comparisons, for the parser and the writer of requirements. */
#ifndef WF_WHEEL_MARKER_H
#define WF_WHEEL_MARKER_H

#include "base/buffer.h"
#include "base/text.h"

enum wf_marker_kind { WF_MARKER_COMPARISON, WF_MARKER_AND, WF_MARKER_OR };

/* One side of a comparison: the name of a variable, or a text. */
struct wf_marker_value {
    const char *text;
    bool is_variable;
};

struct wf_marker {
    enum wf_marker_kind kind;
    struct wf_marker_value left, right; /* of a comparison */
    const char *op;                     /* "<=", "in", "not in", … */
    const struct wf_marker *first;      /* of "and", "or": two or more */
    const struct wf_marker *next;       /* sibling */
};

/* wf_marker_parse reads a marker at *at of `text` and moves *at behind it: to the end, or a
 * character that no marker goes on with. */
WF_MUST_USE bool wf_marker_parse(const struct wf_marker **out, struct wf_arena *arena,
                                 const char *text, const char **at, struct wf_error *err);

/* wf_marker_write appends it: "a == 'b' and (c > 'd' or e in 'f')".  Not NULL, `extra` is
 * and-ed to it; `marker` may then be NULL. */
void wf_marker_write(struct wf_buffer *out, const struct wf_marker *marker,
                     const char *extra);

#endif
