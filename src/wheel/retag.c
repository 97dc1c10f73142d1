/* retag.c -- file name and WHEEL under other platform tags (see retag.h). */
#include "wheel/retag.h"

#include <string.h>

const char *
wf_retag_name(struct wf_arena *arena, const char *base_name,
              const struct wf_strings *platforms)
{
    static const char suffix[] = ".whl";
    const char *last = strrchr(base_name, '-');
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    wf_buffer_add(&out, base_name, last == NULL ? 0 : (size_t)(last - base_name) + 1);
    for (size_t i = 0; i < platforms->num; i++) {
        if (i > 0)
            wf_buffer_add_char(&out, '.');
        wf_buffer_add_str(&out, platforms->items[i]);
    }
    wf_buffer_add_str(&out, suffix);
    const char *name = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return name;
}

/* The header lines of WHEEL, each with the folded ones behind it. */
enum line_kind { LINE_OTHER, LINE_TAG, LINE_PURELIB };

struct rewriting {
    struct wf_buffer *out;
    const struct wf_wheel_name *name;
    const struct wf_strings *platforms;
    const char *line_end;
    bool platlib;
    bool wrote_tags;
    bool wrote_purelib;
};

static bool
has_key(struct wf_bytes line, const char *key)
{
    const size_t len = strlen(key);

    if (line.len <= len || line.data[len] != ':')
        return false;
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = line.data[i];
        const uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;

        if (lower != (uint8_t)key[i])
            return false;
    }
    return true;
}

static enum line_kind
kind_of(struct wf_bytes line)
{
    if (has_key(line, "tag"))
        return LINE_TAG;
    return has_key(line, "root-is-purelib") ? LINE_PURELIB : LINE_OTHER;
}

static void
write_tags(struct rewriting *rewriting)
{
    const struct wf_wheel_name *name = rewriting->name;

    if (rewriting->wrote_tags)
        return;
    rewriting->wrote_tags = true;
    for (size_t p = 0; p < name->pythons.num; p++)
        for (size_t a = 0; a < name->abis.num; a++)
            for (size_t i = 0; i < rewriting->platforms->num; i++)
                wf_buffer_printf(rewriting->out, "Tag: %s-%s-%s%s",
                                 name->pythons.items[p], name->abis.items[a],
                                 rewriting->platforms->items[i], rewriting->line_end);
}

static void
write_purelib(struct rewriting *rewriting)
{
    if (!rewriting->wrote_purelib)
        wf_buffer_printf(rewriting->out, "Root-Is-Purelib: false%s", rewriting->line_end);
    rewriting->wrote_purelib = true;
}

/* A line with its ending, as it stands. */
static struct wf_bytes
whole_line(struct wf_bytes text)
{
    const uint8_t *end = text.len == 0 ? NULL : memchr(text.data, '\n', text.len);

    return wf_bytes_first(text, end == NULL ? text.len : (size_t)(end - text.data) + 1);
}

static bool
is_blank(struct wf_bytes line)
{
    return wf_bytes_equal_str(line, "\n") || wf_bytes_equal_str(line, "\r\n");
}

static void
add_line(struct rewriting *rewriting, struct wf_bytes line)
{
    wf_buffer_add(rewriting->out, line.data, line.len);
    if (line.len > 0 && line.data[line.len - 1] != '\n')
        wf_buffer_add_str(rewriting->out, rewriting->line_end);
}

static void
rewrite(struct rewriting *rewriting, struct wf_bytes text)
{
    enum line_kind kind = LINE_OTHER;

    while (text.len > 0) {
        const struct wf_bytes line = whole_line(text);
        const bool folded = line.data[0] == ' ' || line.data[0] == '\t';

        if (is_blank(line))
            break;
        text = wf_bytes_skip(text, line.len);
        if (!folded)
            kind = kind_of(line);
        if (kind == LINE_TAG)
            write_tags(rewriting);
        else if (kind == LINE_PURELIB && rewriting->platlib)
            write_purelib(rewriting);
        else
            add_line(rewriting, line);
    }
    write_tags(rewriting);
    if (rewriting->platlib)
        write_purelib(rewriting);
    wf_buffer_add(rewriting->out, text.data, text.len);
}

/* The tags that the file name would have, expanded. */
static struct wf_strings
expected_tags(struct wf_arena *arena, const struct wf_wheel_name *name,
              const struct wf_strings *platforms)
{
    struct wf_strings tags = { 0 };

    for (size_t p = 0; p < name->pythons.num; p++)
        for (size_t a = 0; a < name->abis.num; a++)
            for (size_t i = 0; i < platforms->num; i++)
                wf_strings_append(
                    arena, &tags,
                    wf_arena_printf(arena, "%s-%s-%s", name->pythons.items[p],
                                    name->abis.items[a], platforms->items[i]));
    wf_strings_sort(&tags);
    return tags;
}

static bool
same_strings(const struct wf_strings *a, const struct wf_strings *b)
{
    if (a->num != b->num)
        return false;
    for (size_t i = 0; i < a->num; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

bool
wf_retag_wheel_file(struct wf_buffer *out, struct wf_bytes text,
                    const struct wf_wheel_name *name, const struct wf_strings *platforms,
                    bool platlib, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_wheel_file old;
    const bool ok = wf_wheel_file_parse(&old, &arena, text, err);

    if (ok) {
        const struct wf_strings wanted = expected_tags(&arena, name, platforms);
        const uint8_t *lf = text.len == 0 ? NULL : memchr(text.data, '\n', text.len);
        const bool crlf = lf != NULL && lf > text.data && lf[-1] == '\r';
        struct rewriting rewriting = {
            .out = out,
            .name = name,
            .platforms = platforms,
            .line_end = crlf ? "\r\n" : "\n",
            .platlib = platlib && old.root_is_purelib != 0,
        };

        if (same_strings(&old.tags, &wanted) && !rewriting.platlib)
            wf_buffer_add(out, text.data, text.len);
        else
            rewrite(&rewriting, text);
    }
    wf_arena_clear(&arena);
    return ok;
}
