/* toml_scalar.c -- the grammar of TOML's numbers, dates and words. */
#include "base/toml_scalar.h"

#include <string.h>

static const char decimal[] = "0123456789";

static bool
is_one_of(struct wf_bytes text, const char *set)
{
    return text.len > 0 && text.data[0] != '\0' && strchr(set, text.data[0]) != NULL;
}

static bool
skip_one_of(struct wf_bytes *text, const char *set)
{
    if (!is_one_of(*text, set))
        return false;
    *text = wf_bytes_skip(*text, 1);
    return true;
}

/* Digits, with single '_' between two of them; at least one. */
static bool
skip_digits(struct wf_bytes *text, const char *digits)
{
    if (!skip_one_of(text, digits))
        return false;
    for (;;) {
        const bool has_mark = skip_one_of(text, "_");

        if (!skip_one_of(text, digits))
            return !has_mark;
    }
}

static bool
is_based(struct wf_bytes text)
{
    static const struct {
        const char *start;
        const char *digits;
    } bases[] = {
        { "0x", "0123456789abcdefABCDEF" },
        { "0o", "01234567" },
        { "0b", "01" },
    };

    for (size_t i = 0; i < WF_COUNT(bases); i++) {
        if (!wf_bytes_starts_with(text, bases[i].start))
            continue;
        text = wf_bytes_skip(text, 2);
        return skip_digits(&text, bases[i].digits) && text.len == 0;
    }
    return false;
}

/* An integer, or a float by its fraction or exponent. */
static bool
is_decimal(struct wf_bytes text)
{
    (void)skip_one_of(&text, "+-");
    if (wf_bytes_equal_str(text, "inf") || wf_bytes_equal_str(text, "nan"))
        return true;
    if (is_one_of(text, "0"))
        (void)skip_one_of(&text, "0");
    else if (!skip_digits(&text, decimal))
        return false;
    if (skip_one_of(&text, ".") && !skip_digits(&text, decimal))
        return false;
    if (skip_one_of(&text, "eE")) {
        (void)skip_one_of(&text, "+-");
        if (!skip_digits(&text, decimal))
            return false;
    }
    return text.len == 0;
}

/* Exactly `num` digits, as a number. */
static bool
skip_number(unsigned *out, struct wf_bytes *text, unsigned num)
{
    unsigned value = 0;

    for (unsigned i = 0; i < num; i++) {
        if (!is_one_of(*text, decimal))
            return false;
        value = value * 10 + (unsigned)(text->data[0] - '0');
        *text = wf_bytes_skip(*text, 1);
    }
    *out = value;
    return true;
}

static unsigned
days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    const bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leaps ? 29 : days[month - 1];
}

static bool
skip_date(struct wf_bytes *text)
{
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;

    return skip_number(&year, text, 4) && skip_one_of(text, "-") &&
           skip_number(&month, text, 2) && skip_one_of(text, "-") &&
           skip_number(&day, text, 2) && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_of(year, month);
}

static bool
skip_hour_and_minute(struct wf_bytes *text)
{
    unsigned hour = 0;
    unsigned minute = 0;

    return skip_number(&hour, text, 2) && skip_one_of(text, ":") &&
           skip_number(&minute, text, 2) && hour < 24 && minute < 60;
}

static bool
skip_time(struct wf_bytes *text)
{
    unsigned second = 0;

    if (!skip_hour_and_minute(text) || !skip_one_of(text, ":") ||
        !skip_number(&second, text, 2) || second >= 60)
        return false;
    if (!skip_one_of(text, "."))
        return true;
    if (!skip_one_of(text, decimal))
        return false;
    while (skip_one_of(text, decimal))
        continue;
    return true;
}

static bool
is_date_or_time(struct wf_bytes text)
{
    struct wf_bytes time = text;

    if (skip_time(&time))
        return time.len == 0;
    if (!skip_date(&text))
        return false;
    if (text.len == 0)
        return true;
    if (!skip_one_of(&text, "Tt ") || !skip_time(&text))
        return false;
    if (text.len == 0 || (skip_one_of(&text, "Zz") && text.len == 0))
        return true;
    return skip_one_of(&text, "+-") && skip_hour_and_minute(&text) && text.len == 0;
}

bool
wf_toml_is_scalar(struct wf_bytes text)
{
    return wf_bytes_equal_str(text, "true") || wf_bytes_equal_str(text, "false") ||
           is_based(text) || is_decimal(text) || is_date_or_time(text);
}
