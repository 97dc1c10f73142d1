/* toml.h -- reading TOML 1.0 with places, and edits that keep a file's own formatting.
 * toml_shim.cc is the only file that includes toml++, and the only C++. */
#ifndef WF_BASE_TOML_H
#define WF_BASE_TOML_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"

enum wf_toml_kind {
    WF_TOML_STRING,
    WF_TOML_INTEGER,
    WF_TOML_FLOAT,
    WF_TOML_BOOL,
    WF_TOML_TIME, /* any of the four; `string` is its text */
    WF_TOML_ARRAY,
    WF_TOML_TABLE,
};

/* wf_toml is one value, with its place in the text; all of it lives in the arena it was
 * parsed into. */
struct wf_toml {
    enum wf_toml_kind kind;
    const char *key;    /* inside a table, else NULL */
    uint32_t line;      /* of the value, from 1 */
    uint32_t column;    /* in characters, from 1 */
    uint32_t key_line;  /* of the key, from 1; 0 without */
    const char *string; /* of WF_TOML_STRING (no NUL in it) and WF_TOML_TIME */
    int64_t integer;
    double number;
    bool boolean;
    bool is_inline; /* a table or array that is one value: { … }, [ … ] */
    const struct wf_toml *first; /* of a table (in the order of the file) or array */
    const struct wf_toml *next;  /* sibling */
    size_t num;                  /* of children */
    const struct wf_toml *const *by_key; /* a table's children, sorted by key */
};

/* wf_toml_parse reads one document into a table.  Refused as WF_ERR_MALFORMED, with "line
 * L, column C" in the text: what TOML 1.0 does not allow, U+0000 in a string; as
 * WF_ERR_LIMIT: more than 64 levels, more than 100,000 values, over 16 MiB.  No exception
 * leaves the shim.  `text` need not live on. */
WF_MUST_USE bool wf_toml_parse(const struct wf_toml **out, struct wf_arena *arena,
                               struct wf_bytes text, struct wf_error *err);

/* wf_toml_get is the member `key` (exact case) of a table, or NULL (also of NULL). */
const struct wf_toml *wf_toml_get(const struct wf_toml *table, const char *key);
/* wf_toml_at follows "a.b.c" (keys without dots of their own), or NULL. */
const struct wf_toml *wf_toml_at(const struct wf_toml *table, const char *path);
const char *wf_toml_kind_name(enum wf_toml_kind kind); /* "a string", "an array" */

/* Typed questions, with one error for all: "line 3, column 7: tool.maturin.strip is a
 * string; true or false was expected".  `path` is for the message.  A value that is absent
 * (NULL) leaves *out as it is and is no error. */
WF_MUST_USE bool wf_toml_want_string(const char **out, const struct wf_toml *value,
                                     const char *path, struct wf_error *err);
WF_MUST_USE bool wf_toml_want_bool(bool *out, const struct wf_toml *value,
                                   const char *path, struct wf_error *err);
WF_MUST_USE bool wf_toml_want_table(const struct wf_toml **out,
                                    const struct wf_toml *value, const char *path,
                                    struct wf_error *err);
WF_MUST_USE bool wf_toml_want_strings(struct wf_strings *out, struct wf_arena *arena,
                                      const struct wf_toml *value, const char *path,
                                      struct wf_error *err);

/* wf_toml_edit changes a document as text: everything that is not named keeps its bytes,
 * comments and blank lines too.  `path` is the keys from the top, NULL-ended and not empty;
 * an element of an array (of tables, or in brackets) is named by its index in decimal, as
 * it was before any edit. */
struct wf_toml_edit;
/* The text is copied; what is wrong with it is told by the first function that is called
 * for it. */
struct wf_toml_edit *wf_toml_edit_new(struct wf_arena *arena, struct wf_bytes text);
/* Each fails (WF_ERR_REFUSED) where the path goes through something that is no table or
 * has no such element, or through a value that was set just now.
 * wf_toml_edit_set writes a value given as TOML ("\"x\"", "[\"a\"]"), adding key and table
 * where there are none, in the manner of their table: as a line, a dotted key, inside
 * braces, or below a new header; a table that has the name gives way to the value.
 * wf_toml_edit_remove takes a key, table, or element out with the comments on its own
 * lines; absent is fine.  A removed line takes one of the blank runs around it along. */
WF_MUST_USE bool wf_toml_edit_set(struct wf_toml_edit *edit, const char *const *path,
                                  const char *value, struct wf_error *err);
WF_MUST_USE bool wf_toml_edit_remove(struct wf_toml_edit *edit, const char *const *path,
                                     struct wf_error *err);
/* wf_toml_edit_end appends the new text; it parses, and differs from the old in the edited
 * values only (checked).  No edits: the same bytes. */
WF_MUST_USE bool wf_toml_edit_end(struct wf_buffer *out, struct wf_toml_edit *edit,
                                  struct wf_error *err);
/* wf_toml_quote appends a basic string, quoted and escaped. */
void wf_toml_quote(struct wf_buffer *out, const char *text);

#endif
