/* pep508.c -- requirements ("Dependency specifiers", PyPA), read by their grammar. */
#include "wheel/pep508.h"

#include <string.h>

#include "wheel/marker.h"
#include "wheel/pep440_scan.h"

/* The reading of one requirement. */
struct scan {
    struct wf_arena *arena;
    const char *text; /* for messages */
    const char *at;
    struct wf_error *err;
};

static bool
refuse(struct scan *s, const char *expected)
{
    return wf_scan_error(s->err, s->text, s->at, expected);
}

static bool
is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The length of the name `text` begins with, or 0. */
static size_t
name_len(const char *text)
{
    size_t len = 0;

    if (!is_alnum(*text))
        return 0;
    while (is_alnum(text[len]) || (text[len] != '\0' && strchr("-_.", text[len])))
        len++;
    while (!is_alnum(text[len - 1]))
        len--;
    return len;
}

bool
wf_requirement_is_name(const char *text)
{
    const size_t len = name_len(text);

    return len > 0 && text[len] == '\0';
}

static const char *
take_name(struct scan *s)
{
    const size_t len = name_len(s->at);

    if (len == 0)
        return NULL;
    const char *name = wf_arena_str(s->arena, wf_bytes_of(s->at, len));

    s->at = wf_scan_blanks(s->at + len);
    return name;
}

static bool
take_sign(struct scan *s, char sign)
{
    if (*s->at != sign)
        return false;
    s->at = wf_scan_blanks(s->at + 1);
    return true;
}

static bool
read_extras(struct wf_strings *out, struct scan *s)
{
    if (!take_sign(s, '[') || take_sign(s, ']'))
        return true;
    do {
        const char *name = take_name(s);

        if (name == NULL)
            return refuse(s, "the name of an extra");
        wf_strings_append(s->arena, out, name);
    } while (take_sign(s, ','));
    return take_sign(s, ']') || refuse(s, "',' or ']'");
}

static bool
read_clauses(struct wf_specifiers *out, struct scan *s)
{
    while (*s->at != '\0' && *s->at != ';' && *s->at != ')') {
        struct wf_specifier specifier = { 0 };
        const char *expected = NULL;

        if (!wf_specifier_scan(&specifier, s->arena, &s->at, &expected))
            return refuse(s, expected);
        wf_specifier_append(s->arena, out, &specifier);
        s->at = wf_scan_blanks(s->at);
        if (!take_sign(s, ','))
            break;
    }
    return true;
}

static bool
read_specifiers(struct wf_requirement *out, struct scan *s)
{
    if (!take_sign(s, '('))
        return read_clauses(&out->specifiers, s);
    return read_clauses(&out->specifiers, s) &&
           (take_sign(s, ')') || refuse(s, "',' or ')'"));
}

/* A URL ends at a blank, so that a ';' of its own belongs to it. */
static bool
read_url(struct wf_requirement *out, struct scan *s)
{
    const size_t len = strcspn(s->at, " \t");

    if (len == 0)
        return refuse(s, "a URL behind '@'");
    out->url = wf_arena_str(s->arena, wf_bytes_of(s->at, len));
    s->at = wf_scan_blanks(s->at + len);
    return true;
}

static bool
read_requirement(struct wf_requirement *out, struct scan *s)
{
    s->at = wf_scan_blanks(s->at);
    out->name = take_name(s);
    if (out->name == NULL)
        return refuse(s, "the name of a package");
    if (!read_extras(&out->extras, s))
        return false;
    if (take_sign(s, '@') ? !read_url(out, s) : !read_specifiers(out, s))
        return false;
    if (take_sign(s, ';') &&
        !wf_marker_parse(&out->marker, s->arena, s->text, &s->at, s->err))
        return false;
    if (*s->at == '\0')
        return true;
    return refuse(s, out->marker != NULL ? "\"and\", \"or\" or the end"
                     : out->url != NULL  ? "';' or the end"
                     : out->specifiers.num > 0
                         ? "',', ';' or the end"
                         : "'[', '@', '(', ';' or a version clause");
}

bool
wf_requirement_parse(struct wf_requirement *out, struct wf_arena *arena, const char *text,
                     struct wf_error *err)
{
    struct wf_requirement requirement = { 0 };
    struct scan s = { arena, text, text, err };

    if (!wf_scan_plain(text, err) || !read_requirement(&requirement, &s))
        return false;
    *out = requirement;
    return true;
}

/* The name in lower case, runs of "-_." one '-'. */
static void
write_name(struct wf_buffer *out, const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        const bool is_run = strchr("-_.", *c) != NULL;

        if (is_run && c > name && strchr("-_.", c[-1]) != NULL)
            continue;
        wf_buffer_add_char(out, is_run                   ? '-'
                                : *c >= 'A' && *c <= 'Z' ? (char)(*c + ('a' - 'A'))
                                                         : *c);
    }
}

void
wf_requirement_write(struct wf_buffer *out, const struct wf_requirement *requirement,
                     const char *extra)
{
    struct wf_arena arena = { 0 };

    write_name(out, requirement->name);
    for (size_t i = 0; i < requirement->extras.num; i++) {
        wf_buffer_add_char(out, i == 0 ? '[' : ',');
        write_name(out, requirement->extras.items[i]);
    }
    wf_buffer_add_str(out, requirement->extras.num > 0 ? "]" : "");
    if (requirement->url != NULL)
        wf_buffer_printf(out, " @ %s", requirement->url);
    wf_buffer_add_str(out, wf_specifiers_text(&arena, &requirement->specifiers, ","));
    wf_arena_clear(&arena);
    if (requirement->marker == NULL && extra == NULL)
        return;
    wf_buffer_add_str(out, " ; ");
    wf_marker_write(out, requirement->marker, extra);
}
