/* elf_edit_around.c -- the parts of a file that headers describe, and which of them may move
 * when the program header table needs their place.  Format: gABI chapters 4 and 5. */
#include "object/elf_edit_parts.h"

#include <stdlib.h>

#include "base/checked.h"

static bool
entry_points_at(const struct wf_elf_editor *e, uint64_t vaddr)
{
    for (size_t i = 0; i < e->num_entries; i++)
        if (e->entries[i].value == vaddr &&
            wf_elf_value_of(e->entries[i].tag) == WF_ELF_VALUE_TABLE)
            return true;
    return false;
}

/* MIPS has segments of its own for what other machines keep in notes. */
static bool
is_mips_segment(const struct wf_elf_image *image, uint32_t type)
{
    return image->header.machine == EM_MIPS &&
           (type == PT_MIPS_REGINFO || type == PT_MIPS_OPTIONS ||
            type == PT_MIPS_ABIFLAGS);
}

static enum wf_elf_mobility
segment_mobility(const struct wf_elf_image *image, uint32_t type)
{
    if (type == PT_INTERP || type == PT_NOTE || type == PT_GNU_PROPERTY ||
        is_mips_segment(image, type))
        return WF_ELF_MOVES;
    return type == PT_DYNAMIC ? WF_ELF_MOVES_ALONE : WF_ELF_STAYS;
}

/* Whether a movable segment starts where the section does, as PT_INTERP does. */
static bool
segment_starts_at(const struct wf_elf_image *image, uint64_t off)
{
    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].off == off && image->segments[i].file_len > 0 &&
            segment_mobility(image, image->segments[i].type) == WF_ELF_MOVES)
            return true;
    return false;
}

/* Tables that the dynamic section points at move, since the pointer follows.  Relocations
 * of static programs are found by symbols that code holds, and stay. */
static enum wf_elf_mobility
section_mobility(const struct wf_elf_editor *e, const struct wf_elf_edit_section *s)
{
    if ((s->flags & SHF_ALLOC) == 0)
        return WF_ELF_MOVES;
    switch (s->type) {
    case SHT_NOTE:
    case SHT_STRTAB:
    case SHT_DYNSYM:
    case SHT_HASH:
    case SHT_GNU_HASH:
    case SHT_GNU_versym:
    case SHT_GNU_verdef:
    case SHT_GNU_verneed:
        return WF_ELF_MOVES;
    case SHT_DYNAMIC:
        return s->off == e->dynamic_off ? WF_ELF_MOVES_ALONE : WF_ELF_STAYS;
    case SHT_RELA:
    case SHT_REL:
    case SHT_RELR:
        return entry_points_at(e, s->vaddr) ? WF_ELF_MOVES : WF_ELF_STAYS;
    default:
        return segment_starts_at(&e->image, s->off) ? WF_ELF_MOVES : WF_ELF_STAYS;
    }
}

static void
add_part(struct wf_elf_parts *p, uint64_t off, uint64_t len, struct wf_elf_part part)
{
    part.range = (struct wf_elf_range){ off, off + len };
    if (len > 0 && wf_fits(off, len, p->e->image.bytes.len))
        p->items[p->num++] = part;
}

bool
wf_elf_is_frame(uint32_t type)
{
    return type == PT_NULL || type == PT_LOAD || type == PT_PHDR ||
           type == PT_GNU_STACK || type == PT_GNU_RELRO;
}

static void
add_segments(struct wf_elf_parts *p)
{
    const struct wf_elf_image *image = &p->e->image;

    for (size_t i = 0; i < image->num_segments; i++) {
        const struct wf_elf_segment *s = &image->segments[i];

        if (!wf_elf_is_frame(s->type))
            add_part(p, s->off, s->file_len,
                     (struct wf_elf_part){
                         .mobility = segment_mobility(image, s->type),
                         .idx = i,
                         .align = s->align,
                     });
    }
}

static void
add_sections(struct wf_elf_parts *p)
{
    struct wf_elf_editor *e = p->e;

    for (size_t i = 0; i < e->num_sections; i++) {
        const struct wf_elf_edit_section *s = &e->sections[i];

        if (wf_elf_has_bytes(s))
            add_part(p, s->off, s->len,
                     (struct wf_elf_part){
                         .mobility = section_mobility(e, s),
                         .is_section = true,
                         .idx = i,
                         .align = s->align,
                     });
    }
    add_part(p, e->image.header.sections_off,
             e->num_sections * wf_elf_section_len(&e->image),
             (struct wf_elf_part){ .mobility = WF_ELF_MOVES_ALONE, .is_section = true });
}

/* Without sections, tables are known by where the dynamic section says they start; a length
 * that it does not tell is counted as `unknown`, which must not be in the way. */
struct table {
    enum wf_elf_tag start;
    enum wf_elf_tag len; /* WF_TAG_COUNT: not told */
};

static uint64_t
table_len(const struct wf_elf_editor *e, const struct table *table)
{
    const uint64_t symbols = e->symbols_are_counted ? e->num_symbols : 0;

    if (table->start == WF_TAG_SYMTAB)
        return symbols * wf_elf_symbol_len(&e->image);
    if (table->start == WF_TAG_VERSYM)
        return symbols * sizeof(Elf64_Versym);
    return table->len == WF_TAG_COUNT ? 0 : e->dynamic.value[table->len];
}

/* The hash tables tell their own length. */
static uint64_t
hash_len(const struct wf_elf_editor *e, uint64_t vaddr, bool is_gnu)
{
    const struct wf_elf_image *image = &e->image;
    struct wf_bytes table;

    if (!wf_elf_map(&table, image, vaddr, "", 0, NULL) || table.len < 16)
        return 0;
    struct wf_reader r = wf_reader_over(table, image->endian);
    const uint64_t first = wf_read_u32(&r);
    const uint64_t second = wf_read_u32(&r);
    const uint64_t third = wf_read_u32(&r);

    if (!is_gnu)
        return image->bits == 64 && (image->header.machine == EM_S390 ||
                                     image->header.machine == EM_ALPHA)
                   ? 0
                   : (2 + first + second) * 4;
    if (!e->symbols_are_counted || second > e->num_symbols)
        return 0;
    return 16 + third * wf_elf_word_len(image) + (first + e->num_symbols - second) * 4;
}

static void
add_tables(struct wf_elf_parts *p)
{
    static const struct table tables[] = {
        { WF_TAG_STRTAB, WF_TAG_STRSZ }, { WF_TAG_SYMTAB, WF_TAG_COUNT },
        { WF_TAG_VERSYM, WF_TAG_COUNT }, { WF_TAG_RELA, WF_TAG_RELASZ },
        { WF_TAG_REL, WF_TAG_RELSZ },    { WF_TAG_JMPREL, WF_TAG_PLTRELSZ },
        { WF_TAG_HASH, WF_TAG_COUNT },   { WF_TAG_GNU_HASH, WF_TAG_COUNT },
    };
    const struct wf_elf_editor *e = p->e;

    for (size_t i = 0; i < WF_COUNT(tables); i++) {
        const enum wf_elf_tag tag = tables[i].start;
        const uint64_t vaddr = e->dynamic.value[tag];
        struct wf_bytes at;

        if (!e->dynamic.has[tag] || !wf_elf_map(&at, &e->image, vaddr, "", 0, NULL))
            continue;
        const bool is_hash = tag == WF_TAG_HASH || tag == WF_TAG_GNU_HASH;
        const uint64_t len = is_hash ? hash_len(e, vaddr, tag == WF_TAG_GNU_HASH)
                                     : table_len(e, &tables[i]);

        add_part(p, (uint64_t)(at.data - e->image.bytes.data), len,
                 (struct wf_elf_part){ .mobility = WF_ELF_MOVES, .align = 8 });
    }
}

static int
compare_parts(const void *a, const void *b)
{
    const struct wf_elf_part *x = a;
    const struct wf_elf_part *y = b;

    if (x->range.off != y->range.off)
        return x->range.off < y->range.off ? -1 : 1;
    if (x->is_section != y->is_section)
        return x->is_section ? -1 : 1;
    return x->idx < y->idx ? -1 : x->idx > y->idx;
}

void
wf_elf_collect_parts(struct wf_elf_parts *p)
{
    struct wf_elf_editor *e = p->e;

    p->items = wf_arena_array(&e->arena, e->image.num_segments + e->num_sections + 16,
                              sizeof *p->items);
    add_segments(p);
    if (e->num_sections > 0)
        add_sections(p);
    else if (e->has_dynamic)
        add_tables(p);
    qsort(p->items, p->num, sizeof *p->items, compare_parts);
}
