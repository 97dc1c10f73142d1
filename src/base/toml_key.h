/* toml_key.h -- keys and strings of a TOML text. */
#ifndef WF_BASE_TOML_KEY_H
#define WF_BASE_TOML_KEY_H

#include "base/toml_nodes.h"
#include "base/toml_text.h"

/* One part of a dotted key, decoded, and where it starts. */
struct wf_toml_part {
    const char *name;
    size_t start;
};
struct wf_toml_key {
    struct wf_toml_part parts[WF_TOML_MOST_LEVELS];
    size_t num;
};

/* wf_toml_scan_key reads a key of one part or more, and the blanks behind it. */
WF_MUST_USE bool wf_toml_scan_key(struct wf_toml_key *out, struct wf_toml_text *text);

/* wf_toml_scan_string leaves the cursor, which stands at a quote, behind a string of any of
 * the four kinds; U+0000 is refused, too. */
WF_MUST_USE bool wf_toml_scan_string(struct wf_toml_text *text);

/* wf_toml_decode_long is the value of a string in three quotes ("), which was scanned: the
 * arena owns it. */
const char *wf_toml_decode_long(struct wf_arena *arena, struct wf_bytes literal);

#endif
