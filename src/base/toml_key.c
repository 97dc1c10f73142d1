/* toml_key.c -- keys decoded, values skipped. */
#include "base/toml_key.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/toml_scan.h"

enum { LONGEST_REASON = 768 };

void
wf_toml_place(uint32_t *line, uint32_t *column, struct wf_bytes text, size_t off)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < off && i < text.len; i++) {
        if (text.data[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if ((text.data[i] & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}

size_t
wf_toml_line_end(struct wf_bytes text, size_t off)
{
    const uint8_t *found =
        off >= text.len ? NULL : memchr(text.data + off, '\n', text.len - off);

    return found == NULL ? text.len : (size_t)(found - text.data) + 1;
}

size_t
wf_toml_line_start(struct wf_bytes text, size_t off)
{
    while (off > 0 && text.data[off - 1] != '\n')
        off--;
    return off;
}

bool
wf_toml_refuse(const struct wf_toml_text *text, enum wf_error_kind kind, size_t at,
               const char *fmt, ...)
{
    char reason[LONGEST_REASON];
    uint32_t line = 0;
    uint32_t column = 0;
    va_list values;

    va_start(values, fmt);
    (void)vsnprintf(reason, sizeof reason, fmt, values);
    va_end(values);
    wf_toml_place(&line, &column, text->bytes, at);
    return wf_error_set(text->err, kind, "line %u, column %u: %s", line, column, reason);
}

bool
wf_toml_expected(const struct wf_toml_text *text, const char *expected)
{
    const size_t at = text->at;

    if (at == text->bytes.len)
        return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                              "the file ends where %s is expected", expected);
    const uint8_t c = text->bytes.data[at];

    if (c == '\n' || wf_toml_ahead(text, "\r\n"))
        return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                              "the line ends where %s is expected", expected);
    if (c > ' ' && c < 0x7F)
        return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                              "'%c' stands where %s is expected", c, expected);
    return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                          "byte 0x%02x stands where %s is expected", c, expected);
}

bool
wf_toml_ahead(const struct wf_toml_text *text, const char *word)
{
    return wf_bytes_starts_with(wf_bytes_skip(text->bytes, text->at), word);
}

static bool
has_one_of(const struct wf_toml_text *text, const char *set)
{
    return text->at < text->bytes.len && text->bytes.data[text->at] != '\0' &&
           strchr(set, text->bytes.data[text->at]) != NULL;
}

void
wf_toml_skip_blanks(struct wf_toml_text *text)
{
    while (has_one_of(text, " \t"))
        text->at++;
}

void
wf_toml_skip_comment(struct wf_toml_text *text)
{
    if (!has_one_of(text, "#"))
        return;
    while (text->at < text->bytes.len && !has_one_of(text, "\n") &&
           !wf_toml_ahead(text, "\r\n"))
        text->at++;
}

void
wf_toml_skip_lines(struct wf_toml_text *text)
{
    for (;;) {
        wf_toml_skip_blanks(text);
        wf_toml_skip_comment(text);
        if (has_one_of(text, "\n"))
            text->at++;
        else if (wf_toml_ahead(text, "\r\n"))
            text->at += 2;
        else
            return;
    }
}

static bool
is_bare(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
}

static void
add_utf8(struct wf_buffer *out, uint32_t c)
{
    if (c < 0x80) {
        wf_buffer_add_char(out, (char)c);
    } else if (c < 0x800) {
        wf_buffer_add_char(out, (char)(0xC0 | (c >> 6)));
        wf_buffer_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        wf_buffer_add_char(out, (char)(0xE0 | (c >> 12)));
        wf_buffer_add_char(out, (char)(0x80 | ((c >> 6) & 0x3F)));
        wf_buffer_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        wf_buffer_add_char(out, (char)(0xF0 | (c >> 18)));
        wf_buffer_add_char(out, (char)(0x80 | ((c >> 12) & 0x3F)));
        wf_buffer_add_char(out, (char)(0x80 | ((c >> 6) & 0x3F)));
        wf_buffer_add_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

static int
hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The digits behind \u or \U; the cursor stands at the first one. */
static bool
unescape_code_point(struct wf_buffer *out, struct wf_toml_text *text, unsigned digits)
{
    const size_t at = text->at;
    uint32_t c = 0;

    for (unsigned i = 0; i < digits; i++, text->at++) {
        const int value =
            text->at < text->bytes.len ? hex_value(text->bytes.data[text->at]) : -1;

        if (value < 0)
            return wf_toml_expected(text, "a hexadecimal digit");
        c = c << 4 | (uint32_t)value;
    }
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                              "U+%04X is no character that a key may have", c);
    add_utf8(out, c);
    return true;
}

static bool
unescape(struct wf_buffer *out, struct wf_toml_text *text)
{
    static const char letters[] = "btnfr\"\\";
    static const char meanings[] = "\b\t\n\f\r\"\\";

    text->at++;
    if (has_one_of(text, "uU")) {
        const unsigned digits = text->bytes.data[text->at] == 'u' ? 4 : 8;

        text->at++;
        return unescape_code_point(out, text, digits);
    }
    if (!has_one_of(text, letters))
        return wf_toml_expected(text, "an escape (one of b t n f r u U \" \\)");
    wf_buffer_add_char(out,
                       meanings[strchr(letters, text->bytes.data[text->at]) - letters]);
    text->at++;
    return true;
}

static bool
scan_quoted(struct wf_buffer *out, struct wf_toml_text *text)
{
    const uint8_t quote = text->bytes.data[text->at++];

    while (text->at < text->bytes.len && text->bytes.data[text->at] != quote) {
        const uint8_t c = text->bytes.data[text->at];

        if ((c < ' ' && c != '\t') || c == 0x7F)
            return wf_toml_expected(text, "the rest of a key in quotes");
        if (c == '\\' && quote == '"') {
            if (!unescape(out, text))
                return false;
            continue;
        }
        wf_buffer_add_char(out, (char)c);
        text->at++;
    }
    if (text->at == text->bytes.len)
        return wf_toml_expected(text, "the rest of a key in quotes");
    text->at++;
    return true;
}

static bool
scan_part(struct wf_toml_part *out, struct wf_toml_text *text)
{
    struct wf_buffer name;
    bool ok = true;

    out->start = text->at;
    wf_buffer_init(&name, SIZE_MAX);
    if (has_one_of(text, "\"'")) {
        ok = scan_quoted(&name, text);
    } else {
        while (text->at < text->bytes.len && is_bare(text->bytes.data[text->at]))
            wf_buffer_add_char(&name, (char)text->bytes.data[text->at++]);
        if (text->at == out->start)
            ok = wf_toml_expected(text, "a key");
    }
    if (ok)
        out->name = wf_arena_str(text->arena, wf_buffer_bytes(&name));
    wf_buffer_clear(&name);
    return ok;
}

bool
wf_toml_scan_key(struct wf_toml_key *out, struct wf_toml_text *text)
{
    out->num = 0;
    for (;;) {
        if (out->num == WF_COUNT(out->parts))
            return wf_toml_refuse(text, WF_ERR_LIMIT, text->at,
                                  "more than %d levels of nesting", WF_TOML_MOST_LEVELS);
        if (!scan_part(&out->parts[out->num++], text))
            return false;
        wf_toml_skip_blanks(text);
        if (!has_one_of(text, "."))
            return true;
        text->at++;
        wf_toml_skip_blanks(text);
    }
}

/* Up to two quotes may stand before the three that close. */
static bool
skip_long_string(struct wf_toml_text *text, const char *quotes)
{
    const size_t at = text->at;

    text->at += 3;
    while (!wf_toml_ahead(text, quotes)) {
        const size_t step = quotes[0] == '"' && has_one_of(text, "\\") ? 2 : 1;

        if (text->bytes.len - text->at < step)
            return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                                  "this string is not closed by %s", quotes);
        text->at += step;
    }
    text->at += 3;
    for (unsigned i = 0; i < 2 && wf_toml_ahead(text, (char[]){ quotes[0], '\0' }); i++)
        text->at++;
    return true;
}

static bool
skip_string(struct wf_toml_text *text, char quote)
{
    const size_t at = text->at++;

    while (text->at < text->bytes.len && text->bytes.data[text->at] != (uint8_t)quote) {
        if (has_one_of(text, "\n"))
            break;
        if (quote == '"' && has_one_of(text, "\\"))
            text->at++;
        if (text->at < text->bytes.len)
            text->at++;
    }
    if (text->at == text->bytes.len || text->bytes.data[text->at] == '\n')
        return wf_toml_refuse(text, WF_ERR_MALFORMED, at,
                              "this string is not closed by %c on its line", quote);
    text->at++;
    return true;
}

bool
wf_toml_skip_scalar(struct wf_toml_text *text)
{
    const size_t at = text->at;

    if (wf_toml_ahead(text, "\"\"\""))
        return skip_long_string(text, "\"\"\"");
    if (wf_toml_ahead(text, "'''"))
        return skip_long_string(text, "'''");
    if (has_one_of(text, "\"'"))
        return skip_string(text, (char)text->bytes.data[text->at]);
    while (text->at < text->bytes.len && !has_one_of(text, ",]}#\n\r"))
        text->at++;
    while (text->at > at && (text->bytes.data[text->at - 1] == ' ' ||
                             text->bytes.data[text->at - 1] == '\t'))
        text->at--;
    return text->at > at || wf_toml_expected(text, "a value");
}
