/* ld_conf.c -- the configuration files of loaders: ldconfig(8), musl's dynlink.c. */
#include "resolve/ld_conf.h"

#include <string.h>

#include "base/file.h"
#include "resolve/search_path.h"

/* Far above what any system has; a hostile sysroot gets no further. */
enum {
    DEEPEST_INCLUDE = 32,
    MOST_LINES = 10000,
    MOST_FILES = 10000,
    MOST_PATTERNS = 1000,
    LONGEST_FILE = 1 << 20,
};

static void
add_dir(struct wf_conf_dirs *out, struct wf_arena *arena, const struct wf_conf_dir *dir)
{
    if (out->num >= MOST_LINES)
        return;
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = *dir;
}

static struct wf_bytes
until(struct wf_bytes text, char end)
{
    const uint8_t *at = text.len > 0 ? memchr(text.data, end, text.len) : NULL;

    return at == NULL ? text : wf_bytes_first(text, (size_t)(at - text.data));
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct wf_bytes
trim(struct wf_bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = wf_bytes_skip(text, 1);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text = wf_bytes_first(text, text.len - 1);
    return text;
}

/* Takes the next word off *rest; false at the end of the line. */
static bool
next_word(struct wf_bytes *word, struct wf_bytes *rest)
{
    size_t len = 0;

    *rest = trim(*rest);
    while (len < rest->len && !is_blank(rest->data[len]))
        len++;
    *word = wf_bytes_first(*rest, len);
    *rest = wf_bytes_skip(*rest, len);
    return len > 0;
}

static void
add_includes(struct wf_conf_dirs *out, struct wf_arena *arena, struct wf_bytes rest,
             const char *name, const char *why)
{
    struct wf_bytes word;

    while (next_word(&word, &rest)) {
        const char *pattern = wf_arena_str(arena, word);

        if (pattern[0] != '/')
            pattern =
                wf_search_path_join(arena, wf_search_path_folder(arena, name), pattern);
        add_dir(out, arena,
                &(struct wf_conf_dir){ .dir = pattern, .why = why, .is_include = true });
    }
}

static void
add_folder(struct wf_conf_dirs *out, struct wf_arena *arena, struct wf_bytes line,
           const char *why)
{
    line = trim(until(line, '='));
    while (line.len > 1 && line.data[line.len - 1] == '/')
        line = wf_bytes_first(line, line.len - 1);
    if (line.len == 0 || line.data[0] != '/')
        return;
    add_dir(out, arena,
            &(struct wf_conf_dir){ .dir = wf_arena_str(arena, line), .why = why });
}

void
wf_ld_conf_parse(struct wf_conf_dirs *out, struct wf_arena *arena, struct wf_bytes text,
                 const char *name)
{
    struct wf_bytes line;
    unsigned number = 0;

    text = until(text, '\0');
    while (out->num < MOST_LINES && wf_bytes_line(&line, &text)) {
        struct wf_bytes rest = trim(until(line, '#'));
        const struct wf_bytes whole = rest;
        struct wf_bytes word;

        number++;
        if (!next_word(&word, &rest) || wf_bytes_equal_str(word, "hwcap"))
            continue;
        const char *why = wf_arena_printf(arena, "%s line %u", name, number);

        if (wf_bytes_equal_str(word, "include"))
            add_includes(out, arena, rest, name, why);
        else
            add_folder(out, arena, whole, why);
    }
}

/* Reading with includes. */
struct conf_reader {
    struct wf_conf_dirs *out;
    struct wf_arena *arena;
    const char *root;
    struct wf_strings seen; /* files read, by real path */
    unsigned num_patterns;  /* expanded so far */
};

/* Appends the text of `path` inside the root to `text`. */
static bool
read_inside(struct wf_buffer *text, struct wf_arena *arena, const char *root,
            const char *path)
{
    return wf_file_read_whole(text, wf_arena_printf(arena, "%s%s", root, path), NULL) &&
           wf_buffer_ok(text, path, NULL);
}

/* The entries of `folder` (inside the root) that match, appended to `out`. */
static void
match_folder(struct conf_reader *reader, struct wf_strings *out, const char *folder,
             const char *pattern)
{
    const char *real = wf_path_resolve(reader->arena, reader->root, folder);
    char **names = NULL;
    size_t num_names = 0;

    if (real == NULL ||
        !wf_folder_list(reader->arena,
                        wf_arena_printf(reader->arena, "%s%s", reader->root, real),
                        &names, &num_names, NULL))
        return;
    for (size_t i = 0; i < num_names && out->num < MOST_FILES; i++) {
        const bool is_hidden = names[i][0] == '.' && pattern[0] != '.';

        if (!is_hidden && wf_text_glob(pattern, names[i]))
            wf_strings_append(reader->arena, out,
                              wf_search_path_join(reader->arena, folder, names[i]));
    }
}

/* Expands a pattern one part at a time: glob(3) would follow links out of the root. */
static void
expand_pattern(struct conf_reader *reader, struct wf_strings *out, const char *pattern)
{
    struct wf_bytes part;

    wf_strings_append(reader->arena, out, "/");
    for (const char *rest = pattern; wf_search_path_next(&part, &rest, "/");) {
        const char *text = wf_arena_str(reader->arena, part);
        struct wf_strings next = { 0 };

        if (part.len == 0)
            continue;
        for (size_t i = 0; i < out->num && next.num < MOST_FILES; i++) {
            if (strpbrk(text, "*?[") != NULL)
                match_folder(reader, &next, out->items[i], text);
            else
                wf_strings_append(
                    reader->arena, &next,
                    wf_search_path_join(reader->arena, out->items[i], text));
        }
        *out = next;
    }
}

static void
read_conf_file(struct conf_reader *reader, const char *name, unsigned depth)
{
    const char *real = wf_path_resolve(reader->arena, reader->root, name);
    struct wf_conf_dirs lines = { 0 };
    struct wf_buffer text;

    if (real == NULL || reader->seen.num >= MOST_FILES ||
        !wf_strings_add(reader->arena, &reader->seen, real))
        return;
    wf_buffer_init(&text, LONGEST_FILE);
    if (read_inside(&text, reader->arena, reader->root, real))
        wf_ld_conf_parse(&lines, reader->arena, wf_buffer_bytes(&text), name);
    wf_buffer_clear(&text);

    for (size_t i = 0; i < lines.num; i++) {
        struct wf_strings files = { 0 };

        if (!lines.items[i].is_include) {
            add_dir(reader->out, reader->arena, &lines.items[i]);
            continue;
        }
        if (depth < DEEPEST_INCLUDE && reader->num_patterns++ < MOST_PATTERNS)
            expand_pattern(reader, &files, lines.items[i].dir);
        for (size_t k = 0; k < files.num; k++)
            read_conf_file(reader, files.items[k], depth + 1);
    }
}

void
wf_ld_conf_read(struct wf_conf_dirs *out, struct wf_arena *arena, const char *root)
{
    struct conf_reader reader = { .out = out, .arena = arena, .root = root };

    read_conf_file(&reader, "/etc/ld.so.conf", 0);
}

void
wf_musl_path_parse(struct wf_conf_dirs *out, struct wf_arena *arena, struct wf_bytes text,
                   const char *name)
{
    struct wf_bytes item;

    text = until(text, '\0');
    const char *list = wf_search_path_start(wf_arena_str(arena, text));

    while (out->num < MOST_LINES && wf_search_path_next(&item, &list, ":\n"))
        if (item.len > 0)
            add_dir(
                out, arena,
                &(struct wf_conf_dir){ .dir = wf_arena_str(arena, item), .why = name });
}

bool
wf_musl_path_read(struct wf_conf_dirs *out, struct wf_arena *arena, const char *root,
                  const char *name)
{
    const char *real = wf_path_resolve(arena, root, name);
    struct wf_buffer text;

    if (real == NULL)
        return false;
    wf_buffer_init(&text, LONGEST_FILE);
    if (read_inside(&text, arena, root, real))
        wf_musl_path_parse(out, arena, wf_buffer_bytes(&text), name);
    wf_buffer_clear(&text);
    return true;
}
