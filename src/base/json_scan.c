/* json_scan.c -- one pass over a JSON text (RFC 8259). */
#include "base/json_scan.h"

#include <string.h>

#include "base/utf8.h"

struct scan {
    struct wf_bytes rest;
    struct wf_arena *arena;
    struct wf_json_marks *marks;
    size_t most_marks;
    struct wf_error *err;
};

static bool scan_value(struct scan *s, unsigned level);

/* Says what was expected and what stands there instead. */
static bool
refuse(const struct scan *s, const char *expected)
{
    const uint64_t at = s->rest.file_off;

    if (s->rest.len == 0)
        return wf_error_at(s->err, WF_ERR_MALFORMED, at, "JSON ends where %s is expected",
                           expected);
    const uint8_t c = s->rest.data[0];

    if (c > ' ' && c < 0x7F)
        return wf_error_at(s->err, WF_ERR_MALFORMED, at,
                           "JSON has '%c' where %s is expected", c, expected);
    return wf_error_at(s->err, WF_ERR_MALFORMED, at,
                       "JSON has byte 0x%02x where %s is expected", c, expected);
}

static bool
next_is(const struct scan *s, char c)
{
    return s->rest.len > 0 && s->rest.data[0] == (uint8_t)c;
}

static bool
next_is_digit(const struct scan *s)
{
    return s->rest.len > 0 && s->rest.data[0] >= '0' && s->rest.data[0] <= '9';
}

static void
skip(struct scan *s, size_t len)
{
    s->rest = wf_bytes_skip(s->rest, len);
}

static void
skip_space(struct scan *s)
{
    while (next_is(s, ' ') || next_is(s, '\t') || next_is(s, '\n') || next_is(s, '\r'))
        skip(s, 1);
}

static bool
add_mark(struct scan *s)
{
    struct wf_json_marks *marks = s->marks;

    if (marks->num == s->most_marks)
        return wf_error_at(s->err, WF_ERR_LIMIT, s->rest.file_off,
                           "JSON has more than %zu keys and values", s->most_marks);
    marks->items = wf_arena_grow(s->arena, marks->items, marks->num, &marks->cap,
                                 sizeof *marks->items);
    marks->items[marks->num++] = s->rest;
    return true;
}

/* Four hexadecimal digits behind "\u". */
static bool
scan_hex(struct scan *s, uint32_t *out)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit =
            s->rest.len == 0 ? NULL : memchr(digits, s->rest.data[0], sizeof digits - 1);

        if (digit == NULL)
            return refuse(s, "a hexadecimal digit");
        value = value << 4 | ((uint32_t)(digit - digits) & 15);
        skip(s, 1);
    }
    *out = value;
    return true;
}

/* A character outside the basic plane is written as a pair of surrogates, which mean
 * nothing alone. */
static bool
scan_unicode_escape(struct scan *s)
{
    const uint64_t at = s->rest.file_off - 2;
    uint32_t value = 0;
    uint32_t low = 0;

    if (!scan_hex(s, &value))
        return false;
    if (value == 0)
        return wf_error_at(s->err, WF_ERR_MALFORMED, at, "JSON has U+0000 in a string");
    if (value < 0xD800 || value > 0xDFFF)
        return true;
    if (value < 0xDC00 && wf_bytes_starts_with(s->rest, "\\u")) {
        skip(s, 2);
        if (!scan_hex(s, &low))
            return false;
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return wf_error_at(s->err, WF_ERR_MALFORMED, at,
                           "JSON has half of a surrogate pair");
    return true;
}

static bool
scan_escape(struct scan *s)
{
    skip(s, 1);
    if (next_is(s, 'u')) {
        skip(s, 1);
        return scan_unicode_escape(s);
    }
    if (s->rest.len == 0 || s->rest.data[0] == '\0' ||
        strchr("\"\\/bfnrt", s->rest.data[0]) == NULL)
        return refuse(s, "an escape (one of \"\\/bfnrtu)");
    skip(s, 1);
    return true;
}

/* Characters that stand for themselves come in long runs, which need no closer look. */
static void
skip_plain(struct scan *s)
{
    size_t len = 0;

    while (len < s->rest.len && s->rest.data[len] >= ' ' && s->rest.data[len] < 0x80 &&
           s->rest.data[len] != '"' && s->rest.data[len] != '\\')
        len++;
    skip(s, len);
}

static bool
scan_string(struct scan *s)
{
    for (skip(s, 1), skip_plain(s); !next_is(s, '"'); skip_plain(s)) {
        uint32_t c = 0;

        if (next_is(s, '\\')) {
            if (!scan_escape(s))
                return false;
            continue;
        }
        const size_t len = wf_utf8_next(s->rest, &c);

        if (s->rest.len > 0 && len == 0)
            return wf_error_at(s->err, WF_ERR_MALFORMED, s->rest.file_off,
                               "JSON has byte 0x%02x, which is not UTF-8, in a string",
                               s->rest.data[0]);
        if (len == 0 || c < ' ')
            return refuse(s, "the rest of a string");
        skip(s, len);
    }
    skip(s, 1);
    return true;
}

static bool
scan_digits(struct scan *s)
{
    if (!next_is_digit(s))
        return refuse(s, "a digit");
    while (next_is_digit(s))
        skip(s, 1);
    return true;
}

static bool
scan_number(struct scan *s)
{
    const struct wf_bytes from = s->rest;

    if (next_is(s, '-'))
        skip(s, 1);
    if (next_is(s, '0')) {
        skip(s, 1);
        if (next_is_digit(s))
            return refuse(s, "the end of a number that starts with 0");
    } else if (!scan_digits(s)) {
        return false;
    }
    if (next_is(s, '.')) {
        skip(s, 1);
        if (!scan_digits(s))
            return false;
    }
    if (next_is(s, 'e') || next_is(s, 'E')) {
        skip(s, 1);
        if (next_is(s, '+') || next_is(s, '-'))
            skip(s, 1);
        if (!scan_digits(s))
            return false;
    }
    const size_t len = from.len - s->rest.len;

    if (len > WF_JSON_LONGEST_NUMBER)
        return wf_error_at(s->err, WF_ERR_LIMIT, from.file_off,
                           "JSON has a number of %zu characters; at most %d are read",
                           len, WF_JSON_LONGEST_NUMBER);
    s->marks->items[s->marks->num - 1] = wf_bytes_first(from, len);
    return true;
}

static bool
scan_word(struct scan *s)
{
    static const char *const words[] = { "true", "false", "null" };

    for (size_t i = 0; i < WF_COUNT(words); i++)
        if (wf_bytes_starts_with(s->rest, words[i])) {
            skip(s, strlen(words[i]));
            return true;
        }
    return refuse(s, "a value");
}

static bool
scan_key(struct scan *s)
{
    if (!next_is(s, '"'))
        return refuse(s, "a key in quotes");
    if (!add_mark(s) || !scan_string(s))
        return false;
    skip_space(s);
    if (!next_is(s, ':'))
        return refuse(s, "':'");
    skip(s, 1);
    skip_space(s);
    return true;
}

/* An array or an object, from its bracket on. */
static bool
scan_container(struct scan *s, unsigned level)
{
    const bool is_object = next_is(s, '{');
    const char close = is_object ? '}' : ']';

    if (level == WF_JSON_MOST_LEVELS)
        return wf_error_at(s->err, WF_ERR_LIMIT, s->rest.file_off,
                           "JSON is nested more than %d levels deep",
                           WF_JSON_MOST_LEVELS);
    skip(s, 1);
    skip_space(s);
    if (next_is(s, close)) {
        skip(s, 1);
        return true;
    }
    for (;;) {
        if ((is_object && !scan_key(s)) || !scan_value(s, level + 1))
            return false;
        skip_space(s);
        if (next_is(s, close)) {
            skip(s, 1);
            return true;
        }
        if (!next_is(s, ','))
            return refuse(s, is_object ? "',' or '}'" : "',' or ']'");
        skip(s, 1);
        skip_space(s);
    }
}

static bool
scan_value(struct scan *s, unsigned level)
{
    if (!add_mark(s))
        return false;
    if (next_is(s, '{') || next_is(s, '['))
        return scan_container(s, level);
    if (next_is(s, '"'))
        return scan_string(s);
    if (next_is(s, '-') || next_is_digit(s))
        return scan_number(s);
    return scan_word(s);
}

bool
wf_json_scan(struct wf_json_marks *out, struct wf_arena *arena, struct wf_bytes text,
             size_t most_marks, struct wf_error *err)
{
    struct scan s = {
        .rest = text, .arena = arena, .marks = out, .most_marks = most_marks, .err = err
    };

    if (wf_bytes_starts_with(text, "\xEF\xBB\xBF"))
        return wf_error_at(err, WF_ERR_MALFORMED, text.file_off,
                           "JSON starts with a byte order mark, which it must not have");
    skip_space(&s);
    if (!scan_value(&s, 0))
        return false;
    skip_space(&s);
    return s.rest.len == 0 || refuse(&s, "the end");
}
