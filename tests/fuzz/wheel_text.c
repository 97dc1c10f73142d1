/* wheel_text.c -- from lines to members, from words to images. */
#include "wheel_text.h"

#include <stdlib.h>
#include <string.h>

#include "../support/elf_builder.h"
#include "../support/zip_builder.h"
#include "promise.h"

enum { LONGEST_NAME = 200, LARGEST_IMAGE = 1 << 20 };

static const char member_mark[] = "=== ";

/* What one image is to have; lists end with an empty element, as the builder wants. */
struct parts {
    struct wf_arena *arena;
    struct wf_test_elf elf;
    const char **needed;
    struct wf_test_symbol *imports;
    struct wf_test_symbol *exports;
    struct wf_test_marker *markers;
    size_t num_needed, num_imports, num_exports, num_markers;
};

/* Takes the next word off *rest, which is NULL when none is left. */
static const char *
next_word(char **rest)
{
    char *word = *rest;

    if (word == NULL)
        return NULL;
    char *blank = strchr(word, ' ');

    *rest = blank == NULL ? NULL : blank + 1;
    if (blank != NULL)
        *blank = '\0';
    return word;
}

static void
add_import(struct parts *p, char *rest)
{
    struct wf_test_symbol *import = &p->imports[p->num_imports++];

    import->name = next_word(&rest);
    import->version = next_word(&rest);
    import->library = rest;
    if (rest == NULL)
        import->version = NULL;
}

static void
add_marker(struct parts *p, char *rest)
{
    const char *version = next_word(&rest);

    if (rest != NULL)
        p->markers[p->num_markers++] =
            (struct wf_test_marker){ .version = version, .library = rest };
}

static void
read_word_line(struct parts *p, const char *word, char *rest)
{
    struct wf_test_elf *elf = &p->elf;

    if (strcmp(word, "machine") == 0 && wf_test_machine_named(rest) != NULL)
        elf->machine = wf_test_machine_named(rest);
    else if (strcmp(word, "needed") == 0)
        p->needed[p->num_needed++] = rest;
    else if (strcmp(word, "soname") == 0)
        elf->soname = rest;
    else if (strcmp(word, "rpath") == 0)
        elf->rpath = rest;
    else if (strcmp(word, "runpath") == 0)
        elf->runpath = rest;
    else if (strcmp(word, "interp") == 0)
        elf->interp = rest;
    else if (strcmp(word, "import") == 0)
        add_import(p, rest);
    else if (strcmp(word, "export") == 0)
        p->exports[p->num_exports++].name = rest;
    else if (strcmp(word, "marker") == 0)
        add_marker(p, rest);
    else if (strcmp(word, "isa") == 0)
        elf->isa_needed_bits = (uint32_t)strtoul(rest, NULL, 0);
}

static void
read_flag(struct wf_test_elf *elf, const char *word)
{
    if (strcmp(word, "program") == 0)
        elf->type = WF_TEST_PIE;
    else if (strcmp(word, "relocatable") == 0)
        elf->type = WF_TEST_REL;
    else if (strcmp(word, "static") == 0)
        elf->no_dynamic = true;
    else if (strcmp(word, "debug") == 0)
        elf->debug = WF_TEST_DEBUG_EMPTY;
    else if (strcmp(word, "executable-stack") == 0)
        elf->stack = WF_TEST_STACK_EXEC;
    else if (strcmp(word, "textrel") == 0)
        elf->textrel = true;
}

static size_t
count_lines(struct wf_bytes lines)
{
    struct wf_bytes line = { 0 };
    size_t num = 0;

    while (wf_bytes_line(&line, &lines))
        num++;
    return num;
}

static struct wf_bytes
build_image(struct wf_arena *arena, struct wf_bytes lines)
{
    const size_t most = count_lines(lines) + 1; /* and the end of a list */
    struct parts p = {
        .arena = arena,
        .elf = { .machine = wf_test_machine_named("x86_64") },
        .needed = wf_arena_array(arena, most, sizeof *p.needed),
        .imports = wf_arena_array(arena, most, sizeof *p.imports),
        .exports = wf_arena_array(arena, most, sizeof *p.exports),
        .markers = wf_arena_array(arena, most, sizeof *p.markers),
    };
    struct wf_bytes line = { 0 };
    struct wf_buffer image;

    while (wf_bytes_line(&line, &lines)) {
        char *rest = wf_arena_str(arena, line);
        const char *word = next_word(&rest);

        if (rest != NULL)
            read_word_line(&p, word, rest);
        else
            read_flag(&p.elf, word);
    }
    p.elf.needed = p.needed;
    p.elf.imports = p.imports;
    p.elf.exports = p.exports;
    p.elf.markers = p.markers;
    wf_buffer_init(&image, LARGEST_IMAGE);
    wf_test_elf_build(&image, NULL, &p.elf);
    const struct wf_bytes kept = wf_bytes_of(
        memcpy(wf_arena_alloc(arena, image.len), image.data, image.len), image.len);

    wf_buffer_clear(&image);
    return kept;
}

static struct wf_bytes
content_of(struct wf_arena *arena, struct wf_bytes lines)
{
    struct wf_bytes rest = lines;
    struct wf_bytes first = { 0 };

    if (wf_bytes_line(&first, &rest) && wf_bytes_equal_str(first, "%elf"))
        return build_image(arena, rest);
    return lines;
}

static const char *
file_name_of(struct wf_arena *arena, struct wf_bytes line)
{
    char *name = wf_arena_str(
        arena, wf_bytes_first(line, line.len < LONGEST_NAME ? line.len : LONGEST_NAME));

    for (char *p = name; *p != '\0'; p++) {
        if (*p == '/')
            *p = '_';
    }
    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return "a.whl";
    return name;
}

/* Takes the lines before the next member (or all) off *rest. */
static struct wf_bytes
take_content(struct wf_bytes *rest)
{
    const struct wf_bytes all = *rest;
    struct wf_bytes line = { 0 };

    for (struct wf_bytes at = all; wf_bytes_line(&line, &at); *rest = at) {
        if (wf_bytes_starts_with(line, member_mark))
            break;
    }
    return wf_bytes_first(all, all.len - rest->len);
}

const char *
wheel_from_text(struct wf_buffer *out, struct wf_arena *arena, struct wf_bytes text)
{
    struct wf_test_member *members =
        wf_arena_array(arena, text.len / sizeof member_mark + 1, sizeof *members);
    struct wf_test_zip zip = { .members = members };
    struct wf_bytes rest = text;
    struct wf_bytes line = { 0 };
    struct wf_error err = { 0 };

    (void)wf_bytes_line(&line, &rest);
    const char *name = file_name_of(arena, line);

    (void)take_content(&rest);
    while (wf_bytes_line(&line, &rest)) {
        members[zip.num_members++] = (struct wf_test_member){
            .name = wf_bytes_skip(line, strlen(member_mark)),
            .data = content_of(arena, take_content(&rest)),
            .is_stored = true,
        };
    }
    expect(wf_test_zip_build(out, &zip, &err));
    return name;
}
