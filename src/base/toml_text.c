/* toml_text.c -- a cursor in a TOML text, and what it says of what stands there. */
#include "base/toml_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/toml_scan.h"

enum { LONGEST_REASON = 768 };

/* A byte order mark is of no line. */
static size_t
start_of(struct wf_bytes text)
{
    return wf_bytes_starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
}

void
wf_toml_place(uint32_t *line, uint32_t *column, struct wf_bytes text, size_t off)
{
    *line = 1;
    *column = 1;
    for (size_t i = start_of(text); i < off && i < text.len; i++) {
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
    const size_t start = start_of(text);

    while (off > start && text.data[off - 1] != '\n')
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

bool
wf_toml_one_of(const struct wf_toml_text *text, const char *set)
{
    return text->at < text->bytes.len && text->bytes.data[text->at] != '\0' &&
           strchr(set, text->bytes.data[text->at]) != NULL;
}

void
wf_toml_skip_blanks(struct wf_toml_text *text)
{
    while (wf_toml_one_of(text, " \t"))
        text->at++;
}

bool
wf_toml_is_control(uint8_t c)
{
    return (c < ' ' && c != '\t') || c == 0x7F;
}

bool
wf_toml_skip_comment(struct wf_toml_text *text)
{
    if (!wf_toml_one_of(text, "#"))
        return true;
    while (text->at < text->bytes.len && !wf_toml_one_of(text, "\n") &&
           !wf_toml_ahead(text, "\r\n")) {
        if (wf_toml_is_control(text->bytes.data[text->at]))
            return wf_toml_expected(text, "the rest of a comment");
        text->at++;
    }
    return true;
}

bool
wf_toml_skip_lines(struct wf_toml_text *text)
{
    for (;;) {
        wf_toml_skip_blanks(text);
        if (!wf_toml_skip_comment(text))
            return false;
        if (wf_toml_one_of(text, "\n"))
            text->at++;
        else if (wf_toml_ahead(text, "\r\n"))
            text->at += 2;
        else
            return true;
    }
}
