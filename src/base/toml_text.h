/* toml_text.h -- a cursor in a TOML text. */
#ifndef WF_BASE_TOML_TEXT_H
#define WF_BASE_TOML_TEXT_H

#include "base/arena.h"

struct wf_toml_text {
    struct wf_bytes bytes;
    size_t at;
    struct wf_arena *arena;
    struct wf_error *err;
    bool continued; /* a string had a backslash at the end of a line */
};

/* wf_toml_refuse puts "line 3, column 7: " in front; wf_toml_expected says what stands at
 * the cursor instead of what is expected.  Both return false. */
bool wf_toml_refuse(const struct wf_toml_text *text, enum wf_error_kind kind, size_t at,
                    const char *fmt, ...) WF_PRINTF(4, 5);
bool wf_toml_expected(const struct wf_toml_text *text, const char *expected);

bool wf_toml_ahead(const struct wf_toml_text *text, const char *word);
bool wf_toml_one_of(const struct wf_toml_text *text, const char *set);
/* wf_toml_is_control: what neither a string nor a comment may hold as it is. */
bool wf_toml_is_control(uint8_t c);

void wf_toml_skip_blanks(struct wf_toml_text *text); /* spaces and tabs */
/* To the end of a comment's line; over blanks, comments and ends of lines. */
WF_MUST_USE bool wf_toml_skip_comment(struct wf_toml_text *text);
WF_MUST_USE bool wf_toml_skip_lines(struct wf_toml_text *text);

/* wf_toml_place counts lines and characters up to `off`, both from 1; here and below a byte
 * order mark is of no line. */
void wf_toml_place(uint32_t *line, uint32_t *column, struct wf_bytes text, size_t off);

/* wf_toml_line_end is the offset behind the line that `off` stands in, its LF included. */
size_t wf_toml_line_end(struct wf_bytes text, size_t off);
size_t wf_toml_line_start(struct wf_bytes text, size_t off);

#endif
