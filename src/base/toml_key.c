/* toml_key.c -- keys decoded, strings checked. */
#include "base/toml_key.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"

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
                              "U+%04X is no character that a text may have", c);
    add_utf8(out, c);
    return true;
}

static bool
unescape(struct wf_buffer *out, struct wf_toml_text *text)
{
    static const char letters[] = "btnfr\"\\";
    static const char meanings[] = "\b\t\n\f\r\"\\";

    text->at++;
    if (wf_toml_one_of(text, "uU")) {
        const unsigned digits = text->bytes.data[text->at] == 'u' ? 4 : 8;

        text->at++;
        return unescape_code_point(out, text, digits);
    }
    if (!wf_toml_one_of(text, letters))
        return wf_toml_expected(text, "an escape (one of b t n f r u U \" \\)");
    wf_buffer_add_char(out,
                       meanings[strchr(letters, text->bytes.data[text->at]) - letters]);
    text->at++;
    return true;
}

/* A string on one line; decoded into `out`, which takes nothing when that is not asked. */
static bool
scan_quoted(struct wf_buffer *out, struct wf_toml_text *text)
{
    const size_t start = text->at;
    const uint8_t quote = text->bytes.data[text->at++];

    while (text->at < text->bytes.len && text->bytes.data[text->at] != quote) {
        const uint8_t c = text->bytes.data[text->at];

        if (c == '\n' || wf_toml_ahead(text, "\r\n"))
            break;
        if (wf_toml_is_control(c))
            return wf_toml_expected(text, "the rest of a string");
        if (c == '\\' && quote == '"') {
            if (!unescape(out, text))
                return false;
            continue;
        }
        wf_buffer_add_char(out, (char)c);
        text->at++;
    }
    if (text->at == text->bytes.len || text->bytes.data[text->at] != quote)
        return wf_toml_refuse(text, WF_ERR_MALFORMED, start,
                              "this string is not closed by %c on its line", quote);
    text->at++;
    return true;
}

/* A backslash at the end of a line takes along all blanks and ends of lines behind it. */
static bool
skip_continuation(struct wf_toml_text *text)
{
    struct wf_toml_text behind = *text;
    const char *set = " \t";

    behind.at++;
    for (;;) {
        if (wf_toml_one_of(&behind, "\n"))
            set = " \t\n";
        else if (wf_toml_ahead(&behind, "\r\n"))
            behind.at++;
        else if (!wf_toml_one_of(&behind, set))
            break;
        behind.at++;
    }
    if (strchr(set, '\n') == NULL)
        return false;
    text->at = behind.at;
    text->continued = true;
    return true;
}

static bool
scan_long_part(struct wf_buffer *out, struct wf_toml_text *text, char quote)
{
    if (quote == '"' && wf_toml_one_of(text, "\\"))
        return skip_continuation(text) || unescape(out, text);
    if (wf_toml_ahead(text, "\r\n"))
        text->at++;
    else if (wf_toml_is_control(text->bytes.data[text->at]) &&
             text->bytes.data[text->at] != '\n')
        return wf_toml_expected(text, "the rest of a string");
    wf_buffer_add_char(out, (char)text->bytes.data[text->at++]);
    return true;
}

/* An end of line right behind the first three quotes does not count; up to two quotes may
 * stand before the three that close. */
static bool
scan_long_string(struct wf_buffer *out, struct wf_toml_text *text, const char *quotes)
{
    const size_t start = text->at;

    text->at += 3;
    if (wf_toml_ahead(text, "\r\n"))
        text->at += 2;
    else if (wf_toml_ahead(text, "\n"))
        text->at++;
    while (!wf_toml_ahead(text, quotes)) {
        if (text->at == text->bytes.len)
            return wf_toml_refuse(text, WF_ERR_MALFORMED, start,
                                  "this string is not closed by %s", quotes);
        if (!scan_long_part(out, text, quotes[0]))
            return false;
    }
    text->at += 3;
    for (unsigned i = 0; i < 2 && wf_toml_ahead(text, quotes + 2); i++, text->at++)
        wf_buffer_add_char(out, quotes[0]);
    return true;
}

const char *
wf_toml_decode_long(struct wf_arena *arena, struct wf_bytes literal)
{
    struct wf_toml_text text = { .bytes = literal, .arena = arena };
    struct wf_buffer value;

    wf_buffer_init(&value, SIZE_MAX);
    const bool ok = scan_long_string(&value, &text, "\"\"\"");

    assert(ok);
    (void)ok;
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&value));

    wf_buffer_clear(&value);
    return copy;
}

bool
wf_toml_scan_string(struct wf_toml_text *text)
{
    struct wf_buffer nothing = { 0 };

    if (wf_toml_ahead(text, "\"\"\""))
        return scan_long_string(&nothing, text, "\"\"\"");
    if (wf_toml_ahead(text, "'''"))
        return scan_long_string(&nothing, text, "'''");
    return scan_quoted(&nothing, text);
}

static bool
scan_part(struct wf_toml_part *out, struct wf_toml_text *text)
{
    struct wf_buffer name;
    bool ok = true;

    out->start = text->at;
    wf_buffer_init(&name, SIZE_MAX);
    if (wf_toml_one_of(text, "\"'")) {
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
        if (!wf_toml_one_of(text, "."))
            return true;
        text->at++;
        wf_toml_skip_blanks(text);
    }
}
