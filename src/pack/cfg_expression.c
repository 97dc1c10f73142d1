/* cfg_expression.c -- conditions on a target ("cfg" of the Rust reference, "Conditional
 * compilation"), as cargo's configuration has them. */
#include <string.h>

#include "pack/compile_parts.h"

enum { DEEPEST = 32 };

struct parser {
    const char *whole;
    struct wf_bytes rest;
    const struct wf_strings *lines;
    struct wf_error *err;
};

static bool
refuse(const struct parser *p, const char *expected)
{
    return wf_error_set(p->err, WF_ERR_MALFORMED,
                        "\"%s\" is no condition: %s is expected at character %zu",
                        p->whole, expected, strlen(p->whole) - p->rest.len + 1);
}

static void
skip_space(struct parser *p)
{
    while (p->rest.len > 0 && p->rest.data[0] == ' ')
        p->rest = wf_bytes_skip(p->rest, 1);
}

/* Takes `c` when it comes next. */
static bool
take(struct parser *p, char c)
{
    skip_space(p);
    if (p->rest.len == 0 || p->rest.data[0] != (uint8_t)c)
        return false;
    p->rest = wf_bytes_skip(p->rest, 1);
    return true;
}

static bool
is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

static struct wf_bytes
take_name(struct parser *p)
{
    size_t len = 0;

    skip_space(p);
    while (len < p->rest.len && is_name_byte(p->rest.data[len]))
        len++;
    const struct wf_bytes name = wf_bytes_first(p->rest, len);

    p->rest = wf_bytes_skip(p->rest, len);
    return name;
}

/* rustc prints `unix` and `target_os="linux"`, one a line. */
static bool
is_set(const struct parser *p, struct wf_bytes name, const struct wf_bytes *value)
{
    for (size_t i = 0; i < p->lines->num; i++) {
        struct wf_bytes line = wf_bytes_str(p->lines->items[i]);

        if (line.len < name.len || !wf_bytes_equal(wf_bytes_first(line, name.len), name))
            continue;
        line = wf_bytes_skip(line, name.len);
        if (value == NULL
                ? line.len == 0
                : line.len == value->len + 3 && line.data[0] == '=' &&
                      wf_bytes_equal(wf_bytes_first(wf_bytes_skip(line, 2), value->len),
                                     *value))
            return true;
    }
    return false;
}

static bool
take_option(struct parser *p, bool *out, struct wf_bytes name)
{
    if (!take(p, '=')) {
        *out = wf_bytes_equal_str(name, "true") ||
               (!wf_bytes_equal_str(name, "false") && is_set(p, name, NULL));
        return true;
    }
    if (!take(p, '"'))
        return refuse(p, "a value in quotes");
    const uint8_t *end = p->rest.len == 0 ? NULL : memchr(p->rest.data, '"', p->rest.len);

    if (end == NULL)
        return refuse(p, "the end of the value");
    const struct wf_bytes value = wf_bytes_first(p->rest, (size_t)(end - p->rest.data));

    p->rest = wf_bytes_skip(p->rest, value.len + 1);
    *out = is_set(p, name, &value);
    return true;
}

static bool take_condition(struct parser *p, bool *out, unsigned depth);

/* The list behind all( and any( may be empty and may end in a comma; not( has one. */
static bool
take_list(struct parser *p, bool *out, struct wf_bytes name, unsigned depth)
{
    const bool is_all = wf_bytes_equal_str(name, "all");
    const bool is_not = wf_bytes_equal_str(name, "not");
    size_t num = 0;
    bool result = is_all;

    if (!is_all && !is_not && !wf_bytes_equal_str(name, "any"))
        return refuse(p, "all, any or not before a bracket");
    while (!take(p, ')')) {
        bool holds = false;

        if ((num > 0 && !take(p, ',')) || (num > 0 && is_not))
            return refuse(p, "')'");
        if (num > 0 && take(p, ')'))
            break;
        if (!take_condition(p, &holds, depth + 1))
            return false;
        result = is_all ? result && holds : result || holds;
        num++;
    }
    if (is_not && num != 1)
        return refuse(p, "one condition in not()");
    *out = is_not ? !result : result;
    return true;
}

/* Recursion is bounded by `depth`. */
static bool
take_condition(struct parser *p, bool *out, unsigned depth)
{
    const struct wf_bytes name = take_name(p);

    if (name.len == 0)
        return refuse(p, "a name");
    if (depth == DEEPEST)
        return wf_error_set(p->err, WF_ERR_LIMIT,
                            "\"%s\" is nested more than %d levels deep", p->whole,
                            DEEPEST);
    return take(p, '(') ? take_list(p, out, name, depth) : take_option(p, out, name);
}

bool
wf_cfg_matches(bool *out, const char *expression, const struct wf_strings *lines,
               struct wf_error *err)
{
    struct parser p = {
        .whole = expression,
        .rest = wf_bytes_str(expression),
        .lines = lines,
        .err = err,
    };
    bool matches = false;

    if (!wf_bytes_equal_str(take_name(&p), "cfg") || !take(&p, '('))
        return refuse(&p, "cfg(");
    if (!take_condition(&p, &matches, 0))
        return false;
    if (!take(&p, ')') || (skip_space(&p), p.rest.len > 0))
        return refuse(&p, "the end");
    *out = matches;
    return true;
}
