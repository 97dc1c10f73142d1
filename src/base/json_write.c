/* json_write.c -- a JSON document, appended to a buffer as it comes. */
#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

static void
start_line(struct wf_json_writer *w)
{
    if (w->indent == 0)
        return;
    wf_buffer_add_char(w->out, '\n');
    for (unsigned i = 0; i < w->depth * w->indent; i++)
        wf_buffer_add_char(w->out, ' ');
}

/* What comes between the item before and the next one. */
static void
start_item(struct wf_json_writer *w)
{
    if (w->depth > 0 && !w->after_key) {
        if (w->has_items)
            wf_buffer_add_char(w->out, ',');
        start_line(w);
    }
    w->has_items = true;
    w->after_key = false;
}

static void
begin(struct wf_json_writer *w, char open)
{
    start_item(w);
    wf_buffer_add_char(w->out, open);
    w->depth++;
    w->has_items = false;
}

static void
end(struct wf_json_writer *w, char close)
{
    assert(w->depth > 0 && !w->after_key);
    w->depth--;
    if (w->has_items)
        start_line(w);
    wf_buffer_add_char(w->out, close);
    w->has_items = true;
}

void
wf_json_begin_object(struct wf_json_writer *w)
{
    begin(w, '{');
}

void
wf_json_end_object(struct wf_json_writer *w)
{
    end(w, '}');
}

void
wf_json_begin_array(struct wf_json_writer *w)
{
    begin(w, '[');
}

void
wf_json_end_array(struct wf_json_writer *w)
{
    end(w, ']');
}

static bool
is_lower_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Whether somewhere in `text` stands what we write for a byte that is not UTF-8. */
static bool
has_byte_escape(struct wf_bytes text)
{
    for (size_t i = 0; text.len >= 4 && i <= text.len - 4; i++)
        if (text.data[i] == '\\' && text.data[i + 1] == 'x' &&
            is_lower_hex(text.data[i + 2]) && is_lower_hex(text.data[i + 3]))
            return true;
    return false;
}

static void
add_code_point(struct wf_buffer *out, uint32_t c)
{
    if (c > 0xFFFF) {
        add_code_point(out, 0xD800 + ((c - 0x10000) >> 10));
        add_code_point(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
        return;
    }
    wf_buffer_printf(out, "\\u%04x", (unsigned)c);
}

/* `by_bytes`: this string holds byte escapes, so its backslashes are written as such,
 * too; then every \xHH in it is one. */
static void
add_string(struct wf_buffer *out, struct wf_bytes text, bool by_bytes)
{
    while (text.len > 0) {
        uint32_t c = 0;
        const size_t len = wf_utf8_next(text, &c);

        if (len == 0 || (by_bytes && c == '\\'))
            wf_buffer_printf(out, "\\\\x%02x", text.data[0]);
        else if (c == '"' || c == '\\')
            wf_buffer_printf(out, "\\%c", (char)c);
        else if (wf_text_is_invisible(c))
            add_code_point(out, c);
        else
            wf_buffer_add(out, text.data, len);
        text = wf_bytes_skip(text, len == 0 ? 1 : len);
    }
}

void
wf_json_write_string(struct wf_json_writer *w, const char *text)
{
    if (text == NULL) {
        wf_json_write_null(w);
        return;
    }
    const struct wf_bytes bytes = wf_bytes_str(text);

    start_item(w);
    wf_buffer_add_char(w->out, '"');
    add_string(w->out, bytes, !wf_utf8_is_valid(bytes) || has_byte_escape(bytes));
    wf_buffer_add_char(w->out, '"');
}

void
wf_json_write_key(struct wf_json_writer *w, const char *key)
{
    assert(w->depth > 0 && !w->after_key && key != NULL);
    wf_json_write_string(w, key);
    wf_buffer_add_str(w->out, w->indent == 0 ? ":" : ": ");
    w->after_key = true;
}

void
wf_json_write_bool(struct wf_json_writer *w, bool value)
{
    start_item(w);
    wf_buffer_add_str(w->out, value ? "true" : "false");
}

void
wf_json_write_u64(struct wf_json_writer *w, uint64_t value)
{
    start_item(w);
    wf_buffer_printf(w->out, "%llu", (unsigned long long)value);
}

void
wf_json_write_null(struct wf_json_writer *w)
{
    start_item(w);
    wf_buffer_add_str(w->out, "null");
}

void
wf_json_write_written(struct wf_json_writer *w, struct wf_bytes value)
{
    size_t start = 0;

    /* The other writer began a line of its own. */
    while (start < value.len && (value.data[start] == '\n' || value.data[start] == ' '))
        start++;
    start_item(w);
    wf_buffer_add(w->out, value.data + start, value.len - start);
}
