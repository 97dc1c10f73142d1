/* cffi_preprocess.c -- a C header as cffi's cdef takes it: without conditional blocks,
 * includes and pragmas, and of its macros only numbers (see bindings.h). */
#include "pack/bindings.h"

#include <ctype.h>
#include <string.h>

#include "pack/c_condition.h"

enum { MAX_HEADER = 64 << 20, MAX_NESTED = 256, MAX_MACROS = 100000 };

struct macro {
    struct wf_bytes name; /* of the text without comments */
    int64_t value;
    bool is_defined; /* the last #define or #undef of a name counts */
};

/* One #if that is open. */
struct block {
    size_t line;
    bool is_taken; /* its lines are in the result */
    bool was_taken;
    bool is_outer_taken;
    bool has_else;
};

struct header {
    struct wf_arena arena;
    struct macro *macros;
    uint32_t *slots; /* of a hash table: index of a macro, from 1 */
    size_t num_slots;
    size_t num_macros;
    size_t cap_macros;
    struct block blocks[MAX_NESTED];
    size_t num_blocks;
    size_t line;
    struct wf_buffer *out;
};

/* Of the compiler that reads the header: C 2011, hosted. */
static const struct {
    const char *name;
    int64_t value;
} standard_macros[] = {
    { "__STDC__", 1 },
    { "__STDC_VERSION__", 201112 },
    { "__STDC_HOSTED__", 1 },
};

static uint32_t *
find_slot(const struct header *header, struct wf_bytes name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ name.data[i]) * UINT64_C(0x100000001b3);
    size_t at = (size_t)(hash ^ hash >> 29) & (header->num_slots - 1);

    while (header->slots[at] != 0 &&
           !wf_bytes_equal(header->macros[header->slots[at] - 1].name, name))
        at = (at + 1) & (header->num_slots - 1);
    return &header->slots[at];
}

static void
grow_slots(struct header *header)
{
    if (header->num_macros < header->num_slots / 2)
        return;
    header->num_slots = header->num_slots == 0 ? 64 : header->num_slots * 2;
    header->slots =
        wf_arena_array(&header->arena, header->num_slots, sizeof *header->slots);
    for (size_t i = 0; i < header->num_macros; i++)
        *find_slot(header, header->macros[i].name) = (uint32_t)i + 1;
}

static void
set_macro(struct header *header, struct wf_bytes name, bool is_defined, int64_t value)
{
    grow_slots(header);
    uint32_t *slot = find_slot(header, name);

    if (*slot == 0) {
        header->macros = wf_arena_grow(&header->arena, header->macros, header->num_macros,
                                       &header->cap_macros, sizeof *header->macros);
        header->macros[header->num_macros++].name = name;
        *slot = (uint32_t)header->num_macros;
    }
    header->macros[*slot - 1].is_defined = is_defined;
    header->macros[*slot - 1].value = value;
}

static bool
value_of(const void *context, struct wf_bytes name, int64_t *value)
{
    const struct header *header = context;
    const uint32_t slot = *find_slot(header, name);

    if (slot == 0 || !header->macros[slot - 1].is_defined)
        return false;
    *value = header->macros[slot - 1].value;
    return true;
}

static bool
is_taken(const struct header *header)
{
    return header->num_blocks == 0 || header->blocks[header->num_blocks - 1].is_taken;
}

static struct wf_bytes
without_blanks(struct wf_bytes text)
{
    while (text.len > 0 && isspace(text.data[0]))
        text = wf_bytes_skip(text, 1);
    while (text.len > 0 && isspace(text.data[text.len - 1]))
        text.len--;
    return text;
}

static struct wf_bytes
take_name(struct wf_bytes *text)
{
    size_t len = 0;

    *text = without_blanks(*text);
    while (len < text->len && (isalnum(text->data[len]) || text->data[len] == '_'))
        len++;
    const struct wf_bytes name = wf_bytes_first(*text, len);

    *text = wf_bytes_skip(*text, len);
    return name;
}

static bool
refuse(struct header *header, const char *what, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_MALFORMED, "line %zu: %s", header->line, what);
}

static bool
judge(bool *out, struct header *header, struct wf_bytes condition, struct wf_error *err)
{
    struct wf_error why = { 0 };

    if (wf_c_condition(out, condition, value_of, header, &why))
        return true;
    return refuse(header, why.text, err);
}

static bool
open_block(struct header *header, bool holds, struct wf_error *err)
{
    const bool outer = is_taken(header);

    if (header->num_blocks == MAX_NESTED)
        return refuse(header, "more than 256 #if are open", err);
    header->blocks[header->num_blocks++] = (struct block){
        .line = header->line,
        .is_taken = outer && holds,
        .was_taken = holds,
        .is_outer_taken = outer,
    };
    return true;
}

static bool
do_if(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    bool holds = false;

    if (is_taken(header) && !judge(&holds, header, rest, err))
        return false;
    return open_block(header, holds, err);
}

static bool
do_ifdef(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    int64_t value = 0;
    const struct wf_bytes name = take_name(&rest);

    if (name.len == 0)
        return refuse(header, "#ifdef wants the name of a macro", err);
    return open_block(header, value_of(header, name, &value), err);
}

static bool
do_ifndef(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    int64_t value = 0;
    const struct wf_bytes name = take_name(&rest);

    if (name.len == 0)
        return refuse(header, "#ifndef wants the name of a macro", err);
    return open_block(header, !value_of(header, name, &value), err);
}

static bool
do_else(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    (void)rest;
    if (header->num_blocks == 0)
        return refuse(header, "#else has no #if", err);
    struct block *block = &header->blocks[header->num_blocks - 1];

    if (block->has_else)
        return refuse(header, "#else stands behind an #else", err);
    block->has_else = true;
    block->is_taken = block->is_outer_taken && !block->was_taken;
    return true;
}

static bool
do_elif(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    if (header->num_blocks == 0)
        return refuse(header, "#elif has no #if", err);
    struct block *block = &header->blocks[header->num_blocks - 1];

    if (block->has_else)
        return refuse(header, "#elif stands behind an #else", err);
    block->is_taken = false;
    if (!block->is_outer_taken || block->was_taken)
        return true;
    if (!judge(&block->is_taken, header, rest, err))
        return false;
    block->was_taken = block->is_taken;
    return true;
}

static bool
do_endif(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    (void)rest;
    if (header->num_blocks == 0)
        return refuse(header, "#endif has no #if", err);
    header->num_blocks--;
    return true;
}

/* What cffi takes for a constant: a sign, digits, and the suffixes of integers. */
static bool
is_integer(struct wf_bytes text)
{
    if (text.len > 0 && text.data[0] == '-')
        text = wf_bytes_skip(text, 1);
    while (text.len > 1 && strchr("uUlL", text.data[text.len - 1]) != NULL)
        text.len--;
    const bool is_hex =
        text.len > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x';

    for (size_t i = is_hex ? 2 : 0; i < text.len; i++) {
        if (is_hex ? !isxdigit(text.data[i]) : !isdigit(text.data[i]))
            return false;
    }
    return text.len > 0;
}

static int64_t
integer_of(struct wf_bytes text)
{
    const bool is_negative = text.data[0] == '-';
    uint64_t number = 0;
    size_t i = is_negative ? 1 : 0;
    unsigned base = 10;

    if (text.len > i + 1 && text.data[i] == '0')
        base = (text.data[i + 1] | 0x20) == 'x' ? 16 : 8;
    for (i += base == 16 ? 2 : 0; i < text.len && isxdigit(text.data[i]); i++)
        number = number * base + (unsigned)(isdigit(text.data[i])
                                                ? text.data[i] - '0'
                                                : tolower(text.data[i]) - 'a' + 10);
    return (int64_t)(is_negative ? 0 - number : number);
}

/* Macros that are integers are constants of the library, as cffi has them; others it could
 * not take. */
static bool
do_define(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    const struct wf_bytes name = take_name(&rest);
    const bool is_function = rest.len > 0 && rest.data[0] == '(';
    const struct wf_bytes value = without_blanks(rest);

    if (!is_taken(header))
        return true;
    if (name.len == 0)
        return refuse(header, "#define wants the name of a macro", err);
    if (header->num_macros >= MAX_MACROS)
        return refuse(header, "more than 100000 macros are defined", err);
    const bool is_constant = !is_function && is_integer(value);

    set_macro(header, name, true, is_constant ? integer_of(value) : 0);
    if (is_constant)
        wf_buffer_printf(header->out, "#define %.*s %.*s\n", (int)name.len,
                         (const char *)name.data, (int)value.len,
                         (const char *)value.data);
    return true;
}

static bool
do_undef(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    const struct wf_bytes name = take_name(&rest);

    (void)err;
    if (is_taken(header) && name.len > 0)
        set_macro(header, name, false, 0);
    return true;
}

static bool
do_error(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    rest = without_blanks(rest);
    return !is_taken(header) ||
           wf_error_set(err, WF_ERR_MALFORMED, "line %zu: the header says #error %.*s",
                        header->line, (int)(rest.len < 200 ? rest.len : 200),
                        rest.len == 0 ? "" : (const char *)rest.data);
}

static bool
do_nothing(struct header *header, struct wf_bytes rest, struct wf_error *err)
{
    (void)header;
    (void)rest;
    (void)err;
    return true;
}

static const struct {
    const char *word;
    bool (*act)(struct header *header, struct wf_bytes rest, struct wf_error *err);
} directives[] = {
    { "if", do_if },           { "ifdef", do_ifdef },    { "ifndef", do_ifndef },
    { "elif", do_elif },       { "else", do_else },      { "endif", do_endif },
    { "define", do_define },   { "undef", do_undef },    { "error", do_error },
    { "include", do_nothing }, { "pragma", do_nothing }, { "warning", do_nothing },
    { "line", do_nothing },    { "ident", do_nothing },
};

static bool
take_directive(struct header *header, struct wf_bytes text, struct wf_error *err)
{
    const struct wf_bytes word = take_name(&text);

    for (size_t i = 0; i < WF_COUNT(directives); i++) {
        if (wf_bytes_equal_str(word, directives[i].word))
            return directives[i].act(header, text, err);
    }
    if (word.len == 0 || !is_taken(header))
        return true;
    return wf_error_set(err, WF_ERR_MALFORMED, "line %zu: #%.*s is no directive of C",
                        header->line, (int)(word.len < 40 ? word.len : 40),
                        (const char *)word.data);
}

static bool
take_lines(struct header *header, struct wf_bytes text, struct wf_error *err)
{
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text)) {
        const struct wf_bytes bare = without_blanks(line);

        header->line++;
        if (bare.len > 0 && bare.data[0] == '#') {
            if (!take_directive(header, wf_bytes_skip(bare, 1), err))
                return false;
        } else if (is_taken(header) && bare.len > 0) {
            wf_buffer_add(header->out, line.data, line.len);
            wf_buffer_add_char(header->out, '\n');
        }
    }
    if (header->num_blocks == 0)
        return true;
    header->line = header->blocks[header->num_blocks - 1].line;
    return refuse(header, "#if has no #endif", err);
}

/* What begins with a quote, to behind its other one or the end of the line. */
static size_t
literal_len(struct wf_bytes text)
{
    size_t i = 1;

    while (i < text.len && text.data[i] != text.data[0] && text.data[i] != '\n')
        i += text.data[i] == '\\' && i + 1 < text.len ? 2 : 1;
    return i < text.len ? i + 1 : text.len;
}

/* A comment, to its end; *lines is how many line endings it has. */
static size_t
comment_len(struct wf_bytes text, size_t *lines)
{
    size_t i = 2;

    if (text.data[1] == '/') {
        while (i < text.len && text.data[i] != '\n')
            i++;
        return i;
    }
    for (; i < text.len; i++) {
        if (text.data[i] == '*' && i + 1 < text.len && text.data[i + 1] == '/')
            return i + 2;
        *lines += text.data[i] == '\n';
    }
    return text.len;
}

/* Comments are gone before directives are (C 2011, 5.1.1.2), and may hold lines that look
 * like some: Rust's documentation has its headings with '#'.  Line endings that go are put
 * behind the line, so that errors name the right one. */
static void
drop_comments(struct wf_buffer *out, struct wf_bytes text)
{
    size_t lines = 0;

    while (text.len > 0) {
        const uint8_t c = text.data[0];
        const uint8_t next = text.len > 1 ? text.data[1] : 0;
        size_t len = 1;

        if (c == '/' && (next == '/' || next == '*')) {
            len = comment_len(text, &lines);
            wf_buffer_add_char(out, ' ');
        } else if (c == '\\' && next == '\n') {
            len = 2;
            lines++;
        } else if (c != '\r') {
            len = c == '"' || c == '\'' ? literal_len(text) : 1;
            wf_buffer_add(out, text.data, len);
        }
        for (; text.data[len - 1] == '\n' && c != '\\' && lines > 0; lines--)
            wf_buffer_add_char(out, '\n');
        text = wf_bytes_skip(text, len);
    }
}

bool
wf_cffi_preprocess(struct wf_buffer *out, struct wf_bytes header, struct wf_error *err)
{
    struct header reading = { .out = out };
    struct wf_buffer text;

    if (header.len > 0 && memchr(header.data, '\0', header.len) != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED, "a NUL byte is in the header");
    if (wf_bytes_starts_with(header, "\xef\xbb\xbf"))
        header = wf_bytes_skip(header, 3);
    wf_buffer_init(&text, MAX_HEADER);
    drop_comments(&text, header);
    for (size_t i = 0; i < WF_COUNT(standard_macros); i++)
        set_macro(&reading, wf_bytes_str(standard_macros[i].name), true,
                  standard_macros[i].value);
    const bool ok = wf_buffer_ok(&text, "the header", err) &&
                    take_lines(&reading, wf_buffer_bytes(&text), err) &&
                    wf_buffer_ok(out, "the header without conditions", err);

    wf_buffer_clear(&text);
    wf_arena_clear(&reading.arena);
    return ok;
}
