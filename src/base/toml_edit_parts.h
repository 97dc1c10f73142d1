/* toml_edit_parts.h -- an edit under way, between toml_edit.c, which notes what is asked,
 * toml_edit_write.c, which writes it, and toml_edit_check.c, which reads it again. */
#ifndef WF_BASE_TOML_EDIT_PARTS_H
#define WF_BASE_TOML_EDIT_PARTS_H

#include "base/toml.h"
#include "base/toml_scan.h"

/* wf_toml_added is a value where there was none, of a table that was written as it is. */
struct wf_toml_added {
    const char *const *names; /* from that table on */
    size_t num;
    const char *value;
    bool is_line; /* a line of its own; else below a new header, or inside braces */
    bool is_top;  /* the line is the first of its file */
    size_t at;    /* where the line goes, */
    size_t like;  /* and a place in the line whose indentation it gets */
    bool is_written;
    struct wf_toml_added *next;
};

/* One call, for the check: value NULL removes. */
struct wf_toml_change {
    const char *const *path;
    const char *value;
};

struct wf_toml_edit {
    struct wf_arena *arena;
    struct wf_bytes text;
    struct wf_toml_node *root;
    struct wf_toml_change *changes;
    size_t num;
    size_t cap;
};

/* wf_toml_edit_write appends the edited text, without a look at its meaning. */
void wf_toml_edit_write(struct wf_buffer *out, const struct wf_toml_edit *edit);

/* wf_toml_edit_check parses both texts and compares them. */
WF_MUST_USE bool wf_toml_edit_check(const struct wf_toml_edit *edit,
                                    struct wf_bytes after, struct wf_error *err);

/* wf_toml_quote_key appends a key, bare where it can be. */
void wf_toml_quote_key(struct wf_buffer *out, const char *key);

#endif
