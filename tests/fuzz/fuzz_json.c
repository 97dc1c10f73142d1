/* fuzz_json.c -- any bytes yield a value or a placed error, and a value that is written
 * and read again is the same. */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void write_value(struct wf_json_writer *w, const struct wf_json *value);

static void
write_children(struct wf_json_writer *w, const struct wf_json *value, bool is_object)
{
    for (const struct wf_json *child = wf_json_first(value); child != NULL;
         child = wf_json_next(child)) {
        if (is_object) {
            wf_json_write_key(w, wf_json_key(child));
            if (wf_json_get(value, wf_json_key(child)) != child)
                __builtin_trap(); /* a key leads to its own member */
        }
        write_value(w, child);
    }
}

static void
write_number(struct wf_json_writer *w, const struct wf_json *value)
{
    int64_t number = 0;

    if (wf_json_integer(&number, value) && number >= 0)
        wf_json_write_u64(w, (uint64_t)number);
    else
        wf_json_write_null(w);
}

/* Recursion is bounded by the reader's limit on nesting. */
static void
write_value(struct wf_json_writer *w, const struct wf_json *value)
{
    switch (wf_json_kind(value)) {
    case WF_JSON_OBJECT:
        wf_json_begin_object(w);
        write_children(w, value, true);
        wf_json_end_object(w);
        break;
    case WF_JSON_ARRAY:
        wf_json_begin_array(w);
        write_children(w, value, false);
        wf_json_end_array(w);
        break;
    case WF_JSON_STRING:
        wf_json_write_string(w, wf_json_string(value));
        break;
    case WF_JSON_BOOL:
        wf_json_write_bool(w, wf_json_bool(value));
        break;
    case WF_JSON_NUMBER:
        write_number(w, value);
        break;
    case WF_JSON_NULL:
        wf_json_write_null(w);
        break;
    }
}

static void
write_document(struct wf_buffer *out, const struct wf_json *root, unsigned indent)
{
    struct wf_json_writer w = { .out = out, .indent = indent };

    wf_buffer_init(out, SIZE_MAX);
    write_value(&w, root);
    if (w.depth != 0)
        __builtin_trap();
}

/* What was written parses to what it was written from: the same text comes out again.  A
 * string that looks like a byte escape is escaped, and so changes; such a document is
 * compared from its second writing on, where it changes again, so it is only parsed. */
static void
check_written(const struct wf_json *root, unsigned indent)
{
    struct wf_buffer once;
    struct wf_buffer twice;
    struct wf_json *again = NULL;
    struct wf_error err = { 0 };

    write_document(&once, root, indent);
    if (!wf_json_parse(&again, wf_buffer_bytes(&once), &err))
        __builtin_trap();
    write_document(&twice, again, indent);
    const bool has_escape =
        once.len > 0 && memmem(once.data, once.len, "\\\\x", 3) != NULL;

    if (!has_escape && !wf_bytes_equal(wf_buffer_bytes(&once), wf_buffer_bytes(&twice)))
        __builtin_trap();
    wf_json_free(again);
    wf_buffer_clear(&once);
    wf_buffer_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    if (wf_json_parse(&root, wf_bytes_of(data, len), &err)) {
        check_written(root, 0);
        check_written(root, 2);
        wf_json_free(root);
        return 0;
    }
    if (err.kind == WF_ERR_UNSUPPORTED)
        __builtin_trap(); /* our scan let something through that cJSON refuses */
    if (err.kind == WF_ERR_NONE || err.text[0] == '\0' || !err.has_offset ||
        err.offset > len)
        __builtin_trap(); /* it failed and did not say why and where */
    return 0;
}
