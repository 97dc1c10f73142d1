/* json.h -- strict reading of JSON (RFC 8259), and writing it.  json.c is the only file
 * that includes cJSON. */
#ifndef WF_BASE_JSON_H
#define WF_BASE_JSON_H

#include "base/buffer.h"

enum wf_json_kind {
    WF_JSON_NULL,
    WF_JSON_BOOL,
    WF_JSON_NUMBER,
    WF_JSON_STRING,
    WF_JSON_ARRAY,
    WF_JSON_OBJECT,
};

/* A parsed value.  Children live as long as the root. */
struct wf_json;

/* wf_json_parse reads one document.  Refused, with the byte offset: invalid UTF-8, a byte
 * order mark, duplicate keys in one object, U+0000 in a string, raw control characters,
 * numbers JSON does not allow (01, 1.), anything after the value; and as WF_ERR_LIMIT
 * nesting over 64, more than a million keys and values, numbers over 63 characters.  The
 * caller owns *out and ends it with wf_json_free. */
WF_MUST_USE bool wf_json_parse(struct wf_json **out, struct wf_bytes text,
                               struct wf_error *err);
/* wf_json_parse_large likewise, with a limit of the caller's on keys and values: for what
 * grows with a project and not with an attack. */
WF_MUST_USE bool wf_json_parse_large(struct wf_json **out, struct wf_bytes text,
                                     size_t most_marks, struct wf_error *err);
void wf_json_free(struct wf_json *root);

enum wf_json_kind wf_json_kind(const struct wf_json *value);
const char *wf_json_kind_name(enum wf_json_kind kind);

/* wf_json_offset is where the value starts in the text, for messages about it. */
uint64_t wf_json_offset(const struct wf_json *value);

/* Walking: wf_json_first of an array or object (NULL when empty or neither), then
 * wf_json_next; wf_json_key is the member's name inside an object, else NULL. */
const struct wf_json *wf_json_first(const struct wf_json *value);
const struct wf_json *wf_json_next(const struct wf_json *value);
const char *wf_json_key(const struct wf_json *value);

/* wf_json_get is the member called `key` (exact case), or NULL. */
const struct wf_json *wf_json_get(const struct wf_json *object, const char *key);

/* Values; each must be asked of its own kind only (asserted). */
bool wf_json_bool(const struct wf_json *value);
const char *wf_json_string(const struct wf_json *value);

/* wf_json_integer sets *out when the value is a number written as an integer (neither 1.0
 * nor 1e3) that an int64_t holds exactly: 64-bit numbers do not pass through a double. */
WF_MUST_USE bool wf_json_integer(int64_t *out, const struct wf_json *value);

/* wf_json_writer appends a document to a buffer: keys in the order written, commas and
 * indentation its own business.  indent 0 writes one line without spaces after commas. */
struct wf_json_writer {
    struct wf_buffer *out;
    unsigned indent;
    unsigned depth;
    bool has_items; /* at the present depth */
    bool after_key;
};

void wf_json_begin_object(struct wf_json_writer *w);
void wf_json_end_object(struct wf_json_writer *w);
void wf_json_begin_array(struct wf_json_writer *w);
void wf_json_end_array(struct wf_json_writer *w);
void wf_json_write_key(struct wf_json_writer *w, const char *key);

/* wf_json_write_string escapes as JSON demands and writes valid UTF-8 as it is; control,
 * bidi and other invisible characters as \uXXXX.  A byte that is not UTF-8 becomes the
 * four characters \xHH (lower case), and in such a string, or one that holds four
 * characters of that look, every backslash does.  So a reader of the document gets the
 * bytes back by replacing each \xHH by its byte, whatever the string.  NULL writes null. */
void wf_json_write_string(struct wf_json_writer *w, const char *text);
void wf_json_write_bool(struct wf_json_writer *w, bool value);
void wf_json_write_u64(struct wf_json_writer *w, uint64_t value);
void wf_json_write_null(struct wf_json_writer *w);

/* wf_json_write_written puts a value in its place that another writer wrote, of the same
 * indent and started at this depth. */
void wf_json_write_written(struct wf_json_writer *w, struct wf_bytes value);

#endif
