/* toml_key.h -- a cursor in a TOML text: blanks, keys, and where a scalar ends. */
#ifndef WF_BASE_TOML_KEY_H
#define WF_BASE_TOML_KEY_H

#include "base/toml_nodes.h"

struct wf_toml_text {
    struct wf_bytes bytes;
    size_t at;
    struct wf_arena *arena;
    struct wf_error *err;
};

/* One part of a dotted key, decoded, and where it starts. */
struct wf_toml_part {
    const char *name;
    size_t start;
};
struct wf_toml_key {
    struct wf_toml_part parts[WF_TOML_MOST_LEVELS];
    size_t num;
};

/* wf_toml_refuse puts "line 3, column 7: " in front; wf_toml_expected says what stands at
 * the cursor instead of what is expected.  Both return false. */
bool wf_toml_refuse(const struct wf_toml_text *text, enum wf_error_kind kind, size_t at,
                    const char *fmt, ...) WF_PRINTF(4, 5);
bool wf_toml_expected(const struct wf_toml_text *text, const char *expected);

bool wf_toml_ahead(const struct wf_toml_text *text, const char *word);
void wf_toml_skip_blanks(struct wf_toml_text *text);  /* spaces and tabs */
void wf_toml_skip_comment(struct wf_toml_text *text); /* to the end of its line */
void wf_toml_skip_lines(struct wf_toml_text *text);   /* blanks, comments, line ends */

/* wf_toml_scan_key reads a key of one part or more, and the blanks behind it. */
WF_MUST_USE bool wf_toml_scan_key(struct wf_toml_key *out, struct wf_toml_text *text);
/* wf_toml_skip_scalar leaves the cursor behind a string, number, date or word. */
WF_MUST_USE bool wf_toml_skip_scalar(struct wf_toml_text *text);

#endif
