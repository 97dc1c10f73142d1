/* quote.c -- untrusted names made safe for terminals. */
#include "render/quote.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

static bool
is_plain_ascii(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '\\';
}

void
wf_quote_add(struct wf_buffer *out, const char *text)
{
    struct wf_bytes rest = wf_bytes_str(text);

    while (rest.len > 0) {
        size_t plain = 0;
        uint32_t code_point = 0;

        while (plain < rest.len && is_plain_ascii(rest.data[plain]))
            plain++;
        wf_buffer_add(out, rest.data, plain);
        rest = wf_bytes_skip(rest, plain);
        if (rest.len == 0)
            return;
        size_t len = wf_utf8_next(rest, &code_point);

        if (len == 0) {
            wf_buffer_printf(out, "\\x%02X", rest.data[0]);
            len = 1;
        } else if (code_point == '\\') {
            wf_buffer_add_str(out, "\\\\");
        } else if (code_point < 0x80) {
            wf_buffer_printf(out, "\\x%02" PRIX32, code_point);
        } else if (wf_text_is_invisible(code_point)) {
            wf_buffer_printf(out, "\\u{%04" PRIX32 "}", code_point);
        } else {
            wf_buffer_add(out, rest.data, len);
        }
        rest = wf_bytes_skip(rest, len);
    }
}

void
wf_quote_error(struct wf_buffer *out, const struct wf_error *err)
{
    if (err->where[0] != '\0') {
        wf_quote_add(out, err->where);
        wf_buffer_add_str(out, ": ");
    }
    wf_quote_add(out, err->text);
}
