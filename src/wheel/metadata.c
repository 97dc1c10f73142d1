/* metadata.c -- "Key: value" headers (core metadata specification, RFC 822 style), and
 * WHEEL. */
#include "wheel/metadata.h"

#include <string.h>

#include "wheel/tags.h"

/* Far above any real file; keeps the description of a hostile one small. */
enum { MAX_FIELDS = 100000 };

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
equals_ignoring_case(const char *a, const char *b)
{
    for (; lower(*a) == lower(*b); a++, b++) {
        if (*a == '\0')
            return true;
    }
    return false;
}

/* Walks the lines of the arena's copy of a text; each is ended by a NUL in place of its
 * LF or CRLF. */
struct line_walk {
    char *rest;
    char *end;
    char *line;
    size_t len;
    unsigned num;
};

static bool
next_line(struct line_walk *walk)
{
    if (walk->rest == walk->end)
        return false;
    char *lf = memchr(walk->rest, '\n', (size_t)(walk->end - walk->rest));
    char *stop = lf == NULL ? walk->end : lf;

    walk->line = walk->rest;
    walk->rest = lf == NULL ? walk->end : lf + 1;
    walk->num++;
    if (lf != NULL && stop > walk->line && stop[-1] == '\r')
        stop--;
    *stop = '\0';
    walk->len = (size_t)(stop - walk->line);
    return true;
}

static bool
check_text(struct wf_bytes text, struct wf_error *err)
{
    if (wf_bytes_starts_with(text, "\xef\xbb\xbf"))
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line 1 starts with a byte order mark");
    if (!wf_utf8_is_valid(text)) {
        struct wf_bytes rest = text;
        struct wf_bytes line = { 0 };
        unsigned num = 0;

        while (wf_bytes_line(&line, &rest)) {
            num++;
            if (!wf_utf8_is_valid(line))
                break;
        }
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u is not UTF-8", num);
    }
    return true;
}

static bool
check_line(const struct line_walk *walk, struct wf_error *err)
{
    if (memchr(walk->line, '\0', walk->len) != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u has a NUL byte", walk->num);
    if (memchr(walk->line, '\r', walk->len) != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u has a carriage return without a line feed",
                            walk->num);
    return true;
}

/* Cuts blanks at both ends, in place. */
static char *
trim(char *text)
{
    while (is_blank(*text))
        text++;
    size_t len = strlen(text);

    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* Moves a continuation line up behind the value it continues.  `end` is where that value
 * ends; there is always room, since the line ends cut away stood between. */
static char *
continue_value(char *end, const char *line)
{
    while (is_blank(*line))
        line++;
    const size_t len = strlen(line);

    *end = '\n';
    memmove(end + 1, line, len + 1);
    return end + 1 + len;
}

static bool
check_key(const char *key, unsigned num, struct wf_error *err)
{
    if (*key == '\0')
        return wf_error_set(err, WF_ERR_MALFORMED, "line %u has an empty key", num);
    for (const char *p = key; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "line %u has the byte 0x%02x in its key", num,
                                (unsigned)(unsigned char)*p);
    }
    return true;
}

static bool
add_field(struct wf_fields *fields, struct wf_arena *arena, const struct line_walk *walk,
          char **value_end, struct wf_error *err)
{
    char *colon = strchr(walk->line, ':');

    if (colon == NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u has no colon; headers are \"Key: value\"",
                            walk->num);
    *colon = '\0';
    if (!check_key(walk->line, walk->num, err))
        return false;
    if (fields->num == MAX_FIELDS)
        return wf_error_set(err, WF_ERR_LIMIT, "line %u is header %d; the limit is %d",
                            walk->num, MAX_FIELDS + 1, MAX_FIELDS);
    char *value = trim(colon + 1);

    fields->items = wf_arena_grow(arena, fields->items, fields->num, &fields->cap,
                                  sizeof *fields->items);
    fields->items[fields->num++] =
        (struct wf_field){ .name = walk->line, .value = value, .line = walk->num };
    *value_end = value + strlen(value);
    return true;
}

bool
wf_fields_parse(struct wf_fields *out, struct wf_arena *arena, struct wf_bytes text,
                struct wf_error *err)
{
    struct wf_fields fields = { 0 };

    if (!check_text(text, err))
        return false;
    char *copy = wf_arena_str(arena, text);
    struct line_walk walk = { .rest = copy, .end = copy + text.len };
    char *value_end = NULL;

    while (next_line(&walk) && walk.len > 0) {
        if (!check_line(&walk, err))
            return false;
        if (!is_blank(*walk.line)) {
            if (!add_field(&fields, arena, &walk, &value_end, err))
                return false;
            continue;
        }
        if (fields.num == 0)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "line %u continues a header, and none stands before it",
                                walk.num);
        value_end = continue_value(value_end, walk.line);
    }
    fields.body_off = (size_t)(walk.rest - copy);
    *out = fields;
    return true;
}

const char *
wf_fields_get(const struct wf_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->num; i++) {
        if (equals_ignoring_case(fields->items[i].name, name))
            return fields->items[i].value;
    }
    return NULL;
}

size_t
wf_fields_count(const struct wf_fields *fields, const char *name)
{
    size_t num = 0;

    for (size_t i = 0; i < fields->num; i++)
        num += equals_ignoring_case(fields->items[i].name, name);
    return num;
}

static bool
check_wheel_version(const char *version, struct wf_error *err)
{
    const char *dot = strchr(version, '.');
    uint64_t major = 0;
    uint64_t minor = 0;

    if (dot == NULL ||
        !wf_text_decimal(&major, wf_bytes_of(version, (size_t)(dot - version))) ||
        !wf_text_decimal(&minor, wf_bytes_str(dot + 1)))
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "Wheel-Version \"%s\" is not two numbers with a dot",
                            version);
    if (major != 1)
        return wf_error_set(err, WF_ERR_UNSUPPORTED,
                            "Wheel-Version %s; only version 1 is known", version);
    return true;
}

/* Tag lines should hold one triple each; compressed ones are expanded as well. */
static bool
read_tag_lines(struct wf_wheel_file *file, struct wf_arena *arena, struct wf_error *err)
{
    size_t budget = WF_TAGS_BUDGET;

    for (size_t i = 0; i < file->fields.num; i++) {
        const struct wf_field *field = &file->fields.items[i];

        if (!equals_ignoring_case(field->name, "Tag"))
            continue;
        wf_strings_append(arena, &file->tag_lines, field->value);
        if (!wf_tags_expand(arena, &file->tags, wf_bytes_str(field->value), &budget, err))
            return wf_error_prefix(err, "line %u", field->line);
    }
    return true;
}

bool
wf_wheel_file_parse(struct wf_wheel_file *out, struct wf_arena *arena,
                    struct wf_bytes text, struct wf_error *err)
{
    struct wf_wheel_file file = { .root_is_purelib = -1 };

    if (!wf_fields_parse(&file.fields, arena, text, err))
        return false;
    file.version = wf_fields_get(&file.fields, "Wheel-Version");
    file.generator = wf_fields_get(&file.fields, "Generator");
    file.build = wf_fields_get(&file.fields, "Build");
    const char *purelib = wf_fields_get(&file.fields, "Root-Is-Purelib");

    if (purelib != NULL && equals_ignoring_case(purelib, "true"))
        file.root_is_purelib = 1;
    else if (purelib != NULL && equals_ignoring_case(purelib, "false"))
        file.root_is_purelib = 0;
    if ((file.version != NULL && !check_wheel_version(file.version, err)) ||
        !read_tag_lines(&file, arena, err))
        return false;
    *out = file;
    return true;
}
