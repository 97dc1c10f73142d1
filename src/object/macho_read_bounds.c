/* macho_read_bounds.c -- dyld's rules about where segments, sections and the tables of
 * __LINKEDIT stand.  The list of rules is macho.h's. */
#include "object/macho_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

enum { READ = 1, READ_WRITE = 3, READ_EXECUTE = 5, TABLES_OF_A_COMMAND = 5 };

/* What the checks carry; of each kind of trouble the first one stands for all, where there
 * may be many. */
struct bounds {
    struct wf_macho_reading *reading;
    struct wf_arena *arena;
    bool has_bad_section;
};

/* A part of the file with its owner's name. */
struct part {
    uint64_t off;
    uint64_t len;
    const char *name;
};

static void
check_segment(struct bounds *b, const struct wf_macho_segment *s)
{
    if (s->len > 0 && !wf_fits(s->off, s->len, b->reading->slice.len))
        wf_macho_add_fault(b->reading, "macho-segment-bounds",
                           wf_arena_printf(b->arena,
                                           "segment %s has %" PRIu64 " bytes at %" PRIu64
                                           "; the image has %zu",
                                           s->name, s->len, s->off,
                                           b->reading->slice.len));
    else if (s->len > s->vmsize)
        wf_macho_add_fault(b->reading, "macho-segment-bounds",
                           wf_arena_printf(b->arena,
                                           "segment %s has %" PRIu64
                                           " bytes, and memory for %" PRIu64,
                                           s->name, s->len, s->vmsize));
}

static void
check_protection(struct bounds *b, const struct wf_macho_segment *s)
{
    static const struct {
        const char *segment;
        uint32_t protection;
        const char *rule;
        const char *text;
    } rows[] = {
        { "__TEXT", READ_EXECUTE, "macho-text-protection",
          "__TEXT is not mapped to be read and executed alone" },
        { "__DATA", READ_WRITE, "macho-data-protection",
          "__DATA is not mapped to be read and written alone" },
        { "__LINKEDIT", READ, "macho-writable-linkedit",
          "__LINKEDIT is not mapped to be read alone" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++)
        if (strcmp(rows[i].segment, s->name) == 0 && rows[i].protection != s->protection)
            wf_macho_add_fault(b->reading, rows[i].rule, rows[i].text);
}

static void
check_text(struct bounds *b)
{
    const struct wf_macho_segment *text = b->reading->layout.text;
    const uint64_t need = b->reading->layout.commands_end;

    if (text == NULL)
        wf_macho_add_fault(b->reading, "macho-text-bounds", "there is no __TEXT segment");
    else if (text->off != 0)
        wf_macho_add_fault(
            b->reading, "macho-text-bounds",
            wf_arena_printf(b->arena, "__TEXT begins at %" PRIu64, text->off));
    else if (text->len < need || text->vmsize < need)
        wf_macho_add_fault(b->reading, "macho-text-bounds",
                           wf_arena_printf(b->arena,
                                           "__TEXT ends before the load commands do, at "
                                           "%" PRIu64,
                                           need));
}

static int
compare_parts(const void *a, const void *b)
{
    const struct part *x = a;
    const struct part *y = b;

    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Sorts the parts, and tells of the first two that share something. */
static void
check_overlap(struct bounds *b, struct part *parts, size_t num, const char *rule,
              const char *what)
{
    if (num > 1)
        qsort(parts, num, sizeof *parts, compare_parts);
    for (size_t i = 1; i < num; i++) {
        const struct part *before = &parts[i - 1];

        if (parts[i].off - before->off >= before->len)
            continue;
        wf_macho_add_fault(b->reading, rule,
                           wf_arena_printf(b->arena, "%s and %s share %s from %" PRIu64,
                                           before->name, parts[i].name, what,
                                           parts[i].off));
        return;
    }
}

static void
check_segment_overlap(struct bounds *b)
{
    const struct wf_macho_layout *layout = &b->reading->layout;
    struct part *in_file =
        wf_arena_array(b->arena, layout->num_segments, sizeof *in_file);
    struct part *in_memory =
        wf_arena_array(b->arena, layout->num_segments, sizeof *in_memory);
    size_t num_file = 0;
    size_t num_memory = 0;

    for (size_t i = 0; i < layout->num_segments; i++) {
        const struct wf_macho_segment *s = &layout->segments[i];

        if (s->len > 0)
            in_file[num_file++] = (struct part){ s->off, s->len, s->name };
        if (s->vmsize > 0)
            in_memory[num_memory++] = (struct part){ s->vmaddr, s->vmsize, s->name };
    }
    check_overlap(b, in_file, num_file, "macho-segment-overlap", "bytes");
    check_overlap(b, in_memory, num_memory, "macho-segment-overlap", "addresses");
}

static void
check_segment_order(struct bounds *b)
{
    const struct wf_macho_layout *layout = &b->reading->layout;
    uint64_t off = 0;
    uint64_t vaddr = 0;

    for (size_t i = 0; i < layout->num_segments; i++) {
        const struct wf_macho_segment *s = &layout->segments[i];

        if ((s->len > 0 && s->off < off) || s->vmaddr < vaddr) {
            wf_macho_add_fault(b->reading, "macho-segment-order",
                               wf_arena_printf(b->arena,
                                               "segment %s is mapped before the one its "
                                               "command follows",
                                               s->name));
            return;
        }
        off = s->len > 0 ? s->off : off;
        vaddr = s->vmaddr;
    }
}

static int
compare_names(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;

    return strcmp(*x, *y);
}

static void
check_segment_names(struct bounds *b)
{
    const struct wf_macho_layout *layout = &b->reading->layout;
    const size_t num = layout->num_segments;
    const char **names = wf_arena_array(b->arena, num, sizeof *names);

    for (size_t i = 0; i < num; i++)
        names[i] = layout->segments[i].name;
    if (num > 1)
        qsort(names, num, sizeof *names, compare_names);
    for (size_t i = 1; i < num; i++)
        if (strcmp(names[i - 1], names[i]) == 0) {
            wf_macho_add_fault(
                b->reading, "macho-duplicate-segment",
                wf_arena_printf(b->arena, "two segments are called %s", names[i]));
            return;
        }
}

/* The sections of a segment command; wf_macho_read_layout proved that it holds them. */
static void
check_sections(struct bounds *b, const struct wf_macho_command *command,
               const struct wf_macho_segment *s)
{
    const bool is_64 = b->reading->header->is_64;
    struct wf_reader r = wf_macho_reader(b->reading->header, command);

    wf_read_skip(&r, is_64 ? SEGMENT_64_LEN : SEGMENT_LEN);
    for (uint32_t i = 0; i < s->num_sections && !b->has_bad_section; i++) {
        const struct wf_bytes name = wf_read_bytes(&r, 16);

        wf_read_skip(&r, 16);
        const uint64_t vaddr = is_64 ? wf_read_u64(&r) : wf_read_u32(&r);
        const uint64_t len = is_64 ? wf_read_u64(&r) : wf_read_u32(&r);

        wf_read_skip(&r, is_64 ? SECTION_64_LEN - 48 : SECTION_LEN - 40);
        if (vaddr >= s->vmaddr && wf_fits(vaddr - s->vmaddr, len, s->vmsize))
            continue;
        b->has_bad_section = true;
        wf_macho_add_fault(
            b->reading, "macho-section-bounds",
            wf_arena_printf(b->arena, "section %.16s of segment %s lies outside it",
                            (const char *)wf_arena_str(b->arena, name), s->name));
    }
}

/* The tables of __LINKEDIT, with the names dyld has for them in its messages. */
struct tables {
    struct part *parts;
    size_t num, cap;
    bool has_unaligned;
};

/* Strings are the only table without an alignment; indices of symbols have that of 32 bits. */
static void
add_table(struct bounds *b, struct tables *tables, const char *name, uint64_t off,
          uint64_t len, uint64_t align)
{
    if (len == 0)
        return;
    tables->parts = wf_arena_grow(b->arena, tables->parts, tables->num, &tables->cap,
                                  sizeof *tables->parts);
    tables->parts[tables->num++] = (struct part){ off, len, name };
    if (off % align == 0)
        return;
    const bool is_signature = strcmp(name, "code signature") == 0;

    if (!is_signature && tables->has_unaligned)
        return;
    tables->has_unaligned = tables->has_unaligned || !is_signature;
    wf_macho_add_fault(
        b->reading,
        is_signature ? "macho-unaligned-signature" : "macho-unaligned-linkedit",
        wf_arena_printf(b->arena,
                        "the %s begins at %" PRIu64 ", which is no multiple of %" PRIu64,
                        name, off, align));
}

static const char *
linkedit_name(uint32_t command)
{
    switch (command) {
    case LC_SEGMENT_SPLIT_INFO:
        return "segment split info";
    case LC_FUNCTION_STARTS:
        return "function starts";
    case LC_DATA_IN_CODE:
        return "data in code";
    case LC_DYLD_EXPORTS_TRIE:
        return "exports trie";
    case LC_DYLD_CHAINED_FIXUPS:
        return "chained fixups";
    case LC_CODE_SIGNATURE:
        return "code signature";
    default:
        return NULL;
    }
}

/* Offset and size of a table stand side by side in all of these. */
static void
add_pair(struct bounds *b, struct tables *tables, const struct wf_macho_command *command,
         size_t field_off, const char *name, uint64_t unit, uint64_t align)
{
    const struct wf_macho_header *header = b->reading->header;

    add_table(b, tables, name, wf_macho_word(header, command, field_off),
              unit * wf_macho_word(header, command, field_off + 4), align);
}

static void
add_tables(struct bounds *b, struct tables *tables,
           const struct wf_macho_command *command)
{
    static const char *const info[TABLES_OF_A_COMMAND] = {
        "rebase opcodes", "bind opcodes", "weak bind opcodes", "lazy bind opcodes",
        "exports trie"
    };
    const bool is_64 = b->reading->header->is_64;
    const uint64_t pointer = is_64 ? 8 : 4;
    const char *name = linkedit_name(command->command);

    switch (command->command) {
    case LC_DYLD_INFO:
    case LC_DYLD_INFO_ONLY:
        for (size_t i = 0; i < TABLES_OF_A_COMMAND; i++)
            add_pair(b, tables, command, 8 + 8 * i, info[i], 1, pointer);
        return;
    case LC_SYMTAB:
        add_pair(b, tables, command, 8, "symbol table", is_64 ? 16 : 12, pointer);
        add_pair(b, tables, command, 16, "symbol strings", 1, 1);
        return;
    case LC_DYSYMTAB:
        add_pair(b, tables, command, 56, "indirect symbol table", 4, 4);
        add_pair(b, tables, command, 64, "external relocations", 8, pointer);
        add_pair(b, tables, command, 72, "local relocations", 8, pointer);
        return;
    default:
        if (name != NULL)
            add_pair(b, tables, command, 8, name, 1, pointer);
    }
}

/* Tells of the first table outside __LINKEDIT. */
static void
check_inside(struct bounds *b, const struct tables *tables)
{
    const struct wf_macho_segment *linkedit = b->reading->layout.linkedit;

    for (size_t i = 0; i < tables->num; i++) {
        const struct part *part = &tables->parts[i];

        if (linkedit != NULL && part->off >= linkedit->off &&
            wf_fits(part->off - linkedit->off, part->len, linkedit->len))
            continue;
        wf_macho_add_fault(b->reading, "macho-linkedit-bounds",
                           wf_arena_printf(b->arena,
                                           "the %s, %" PRIu64 " bytes at %" PRIu64
                                           ", lies outside __LINKEDIT",
                                           part->name, part->len, part->off));
        return;
    }
}

static bool
walk_commands(struct bounds *b, struct tables *tables, struct wf_error *err)
{
    const struct wf_macho_layout *layout = &b->reading->layout;
    struct wf_macho_walk walk = wf_macho_walk_over(b->reading->header);
    struct wf_macho_command command;
    size_t num_segments = 0;

    while (wf_macho_next(&command, &walk, err)) {
        if (command.command == LC_SEGMENT || command.command == LC_SEGMENT_64)
            check_sections(b, &command, &layout->segments[num_segments++]);
        else
            add_tables(b, tables, &command);
    }
    return !walk.failed;
}

bool
wf_macho_check_bounds(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct bounds b = { .reading = reading, .arena = reading->arena };
    const struct wf_macho_layout *layout = &reading->layout;
    struct tables tables = { 0 };

    check_text(&b);
    for (size_t i = 0; i < layout->num_segments; i++) {
        check_segment(&b, &layout->segments[i]);
        check_protection(&b, &layout->segments[i]);
    }
    check_segment_overlap(&b);
    check_segment_order(&b);
    check_segment_names(&b);
    if (!walk_commands(&b, &tables, err))
        return false;
    check_inside(&b, &tables);
    check_overlap(&b, tables.parts, tables.num, "macho-linkedit-bounds", "bytes");
    return true;
}
