/* json_scan.h -- the grammar of RFC 8259, checked before the JSON library sees a text. */
#ifndef WF_BASE_JSON_SCAN_H
#define WF_BASE_JSON_SCAN_H

#include "base/arena.h"

/* What one text may ask for: levels of nesting, keys and values in all, and the
 * characters of one number (the library copies 63). */
enum {
    WF_JSON_MOST_LEVELS = 64,
    WF_JSON_MOST_MARKS = 1 << 20,
    WF_JSON_LONGEST_NUMBER = 63,
};

/* wf_json_marks are the places where keys and values start, in the order of the text: a
 * key before its value, a value before its children.  A number's mark is exactly its
 * text, the others' run to the end of the document. */
struct wf_json_marks {
    struct wf_bytes *items; /* live as long as the arena given */
    size_t num;
    size_t cap;
};

/* wf_json_scan checks that `text` is one JSON value and nothing else, in valid UTF-8,
 * without U+0000, and within the limits above, with at most `most_marks` marks. */
WF_MUST_USE bool wf_json_scan(struct wf_json_marks *out, struct wf_arena *arena,
                              struct wf_bytes text, size_t most_marks,
                              struct wf_error *err);

#endif
