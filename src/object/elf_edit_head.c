/* elf_edit_head.c -- room for further program headers: the table grows where it stands, and
 * what stands behind it moves.  Format: gABI chapters 4 and 5. */
#include "object/elf_edit_parts.h"

#include <inttypes.h>
#include <string.h>

static bool
refuse_part(struct wf_elf_parts *p, const struct wf_elf_part *part)
{
    struct wf_elf_editor *e = p->e;

    if (part->is_section)
        return wf_error_at(e->err, WF_ERR_REFUSED, part->range.off,
                           "%s stands right behind the program headers and must not "
                           "move; there is no room for one more of them",
                           wf_elf_section_name(e, part->idx));
    return wf_error_at(e->err, WF_ERR_REFUSED, part->range.off,
                       "what program header %zu (type 0x%" PRIx32
                       ") describes stands right behind the program headers and must "
                       "not move; there is no room for one more of them",
                       part->idx, e->image.segments[part->idx].type);
}

/* Bytes that nothing describes may be free only when they are zero. */
static bool
check_gap(struct wf_elf_parts *p, uint64_t off, uint64_t end)
{
    struct wf_bytes gap;

    if (off >= end)
        return true;
    if (!wf_bytes_slice(&gap, p->e->image.bytes, off, end - off,
                        "the room behind the program headers", p->e->err))
        return false;
    if (wf_elf_is_zero(gap))
        return true;
    return wf_error_at(p->e->err, WF_ERR_REFUSED, off,
                       "0x%" PRIx64 " bytes that no header describes stand right behind "
                       "the program headers; there is no room for one more of them",
                       end - off);
}

/* Parts aligned to more than this do not stand behind program headers. */
enum { LARGEST_ALIGN = 4096 };

static bool
take_part(struct wf_elf_parts *p, const struct wf_elf_part *part)
{
    struct wf_elf_layout *l = &p->e->layout;
    const bool is_first = l->block.off == l->block.end;

    if ((part->align & (part->align - 1)) != 0 || part->align > LARGEST_ALIGN)
        return refuse_part(p, part);
    if (is_first)
        l->block.off = part->range.off;
    if (is_first || part->range.end > l->block.end)
        l->block.end = part->range.end;
    if (part->align > l->block_align)
        l->block_align = part->align;
    l->block_parts[l->num_block_parts++] = part->range;
    return true;
}

/* What moves on its own: the section headers, which follow whatever the file's end is, and
 * .dynamic. */
static void
set_apart(struct wf_elf_editor *e, const struct wf_elf_part *part)
{
    const bool is_headers = part->range.off == e->image.header.sections_off &&
                            part->is_section && e->num_sections > 0;

    if (is_headers)
        e->layout.moves_sections = true;
    else
        e->layout.moves_dynamic = true;
}

/* Takes what meets [from, to), and what overlaps that, in the order of the file. */
static bool
sweep(struct wf_elf_parts *p, uint64_t from, uint64_t to)
{
    struct wf_elf_layout *l = &p->e->layout;
    uint64_t described = from; /* up to here */
    uint64_t reach = to;

    l->block_parts = wf_arena_array(&p->e->arena, p->num, sizeof *l->block_parts);
    for (size_t i = 0; i < p->num && p->items[i].range.off < reach; i++) {
        const struct wf_elf_part *part = &p->items[i];

        if (part->range.end <= from)
            continue;
        if (part->range.off < from || part->mobility == WF_ELF_STAYS)
            return refuse_part(p, part);
        if (described < to &&
            !check_gap(p, described, part->range.off < to ? part->range.off : to))
            return false;
        if (part->range.end > described)
            described = part->range.end;
        if (part->mobility == WF_ELF_MOVES_ALONE) {
            set_apart(p->e, part);
            continue;
        }
        if (!take_part(p, part))
            return false;
        if (part->range.end > reach)
            reach = part->range.end;
    }
    return check_gap(p, described, to);
}

/* Whether a part that moves starts at the address. */
static bool
starts_a_part(const struct wf_elf_parts *p, uint64_t vaddr)
{
    const struct wf_elf_layout *l = &p->e->layout;
    const uint64_t off = vaddr - p->host->vaddr + p->host->off;

    for (size_t i = 0; i < l->num_block_parts; i++)
        if (l->block_parts[i].off == off)
            return true;
    return false;
}

/* Every address in the room that the table takes, or in the block, must be one that is
 * known to follow.  Without sections the length of a table may not be known; it then is no
 * part and must not be in the way. */
static bool
check_pointers(struct wf_elf_parts *p, uint64_t from, uint64_t to)
{
    struct wf_elf_editor *e = p->e;
    const uint64_t shift = p->host->vaddr - p->host->off;

    for (size_t i = 0; i < e->num_entries; i++) {
        const struct wf_elf_entry *entry = &e->entries[i];
        const enum wf_elf_value value = wf_elf_value_of(entry->tag);
        const uint64_t off = entry->value - shift;
        const bool is_near =
            (off >= from && off < to) || wf_elf_in_block(&e->layout, entry->value);

        if (entry->name == WF_NO_IDX && is_near && value != WF_ELF_VALUE_NUMBER &&
            value != WF_ELF_VALUE_NAME &&
            (value != WF_ELF_VALUE_TABLE || !starts_a_part(p, entry->value)))
            return wf_error_at(e->err, WF_ERR_REFUSED, e->dynamic_off,
                               "%s may point at 0x%" PRIx64
                               ", which stands right behind the program headers; "
                               "there is no room for one more of them",
                               wf_elf_tag_name(e, entry->tag), entry->value);
    }
    return true;
}

/* Code may reach what it defines itself without asking a symbol, so data in the block that
 * is exported cannot be known to follow. */
static bool
check_exports(struct wf_elf_parts *p)
{
    enum { BATCH = 64 };
    struct wf_elf_editor *e = p->e;
    const size_t len = wf_elf_symbol_len(&e->image);
    struct wf_elf_symbol batch[BATCH];
    size_t num;

    if (e->symbols.len == 0)
        return true;
    struct wf_bytes rest = wf_bytes_first(e->symbols, e->num_symbols * len);

    while ((num = wf_elf_decode_symbols(&e->image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++) {
            const unsigned type = batch[i].info & 0xf;

            if (batch[i].section != SHN_UNDEF && batch[i].section != SHN_ABS &&
                (type == STT_OBJECT || type == STT_FUNC) &&
                wf_elf_in_block(&e->layout, batch[i].value))
                return wf_error_at(e->err, WF_ERR_REFUSED, rest.file_off + i * len,
                                   "an exported symbol is defined at 0x%" PRIx64
                                   ", right behind the program headers; there is no "
                                   "room for one more of them",
                                   batch[i].value);
        }
        rest = wf_bytes_skip(rest, num * len);
    }
    return true;
}

/* Offsets in the block become addresses by the host alone, and some readers go by the
 * one, some by the other. */
static bool
check_addresses(struct wf_elf_parts *p, uint64_t from, uint64_t to)
{
    struct wf_elf_editor *e = p->e;
    const struct wf_elf_layout *l = &e->layout;
    const uint64_t shift = p->host->vaddr - p->host->off;
    const uint64_t end = l->block.end > to ? l->block.end : to;

    for (size_t i = 0; i < e->num_sections; i++) {
        const struct wf_elf_edit_section *s = &e->sections[i];

        if ((s->flags & SHF_ALLOC) != 0 && wf_elf_has_bytes(s) &&
            s->off >= l->block.off && s->off < l->block.end && s->vaddr - s->off != shift)
            return wf_error_at(e->err, WF_ERR_MALFORMED, s->off,
                               "%s is said to be at address 0x%" PRIx64
                               "; its PT_LOAD puts it elsewhere",
                               wf_elf_section_name(e, i), s->vaddr);
    }
    for (size_t i = 0; i < e->image.num_segments; i++) {
        const struct wf_elf_segment *s = &e->image.segments[i];
        const uint64_t loaded_off = s->vaddr - shift;

        if (!wf_elf_is_frame(s->type) && s->file_len > 0 && s->off != loaded_off &&
            ((s->off >= from && s->off < end) ||
             (loaded_off >= from && loaded_off < end)))
            return wf_error_at(e->err, WF_ERR_MALFORMED, e->image.header.segments_off,
                               "program header %zu says address 0x%" PRIx64
                               "; its PT_LOAD puts it elsewhere",
                               i, s->vaddr);
    }
    return true;
}

static const struct wf_elf_segment *
find_host(const struct wf_elf_image *image, uint64_t end)
{
    const uint64_t off = image->header.segments_off;

    for (size_t i = 0; i < image->num_segments; i++) {
        const struct wf_elf_segment *s = &image->segments[i];

        if (s->type == PT_LOAD && off >= s->off && end >= s->off &&
            end - s->off <= s->file_len)
            return s;
    }
    return NULL;
}

static size_t
count_nulls(const struct wf_elf_image *image)
{
    size_t num = 0;

    for (size_t i = 0; i < image->num_segments; i++)
        num += image->segments[i].type == PT_NULL;
    return num;
}

bool
wf_elf_plan_table(struct wf_elf_editor *e, size_t num)
{
    const struct wf_elf_image *image = &e->image;
    struct wf_elf_layout *l = &e->layout;
    const size_t len = wf_elf_segment_len(image);
    const size_t nulls = count_nulls(image);
    const size_t num_more = num > nulls ? num - nulls : 0;
    const uint64_t from = image->header.segments_off + image->num_segments * len;
    const uint64_t to = from + num_more * len;
    struct wf_elf_parts p = { .e = e };

    l->num_nulls_used = num < nulls ? num : nulls;
    l->block = (struct wf_elf_range){ 0, 0 };
    l->block_align = 8;
    l->num_block_parts = 0;
    if (num_more == 0)
        return true;
    if (image->num_segments + num_more >= PN_XNUM)
        return wf_error_at(e->err, WF_ERR_REFUSED, image->header.segments_off,
                           "it has %zu program headers, and no more can be counted",
                           image->num_segments);
    p.host = find_host(image, to);
    if (p.host == NULL)
        return wf_error_at(e->err, WF_ERR_REFUSED, image->header.segments_off,
                           "no PT_LOAD holds the program headers and room for one more "
                           "of them");
    if (e->section_fault != NULL)
        return wf_error_at(e->err, WF_ERR_MALFORMED, image->header.sections_off, "%s",
                           e->section_fault);
    wf_elf_collect_parts(&p);
    if (!sweep(&p, from, to))
        return false;
    l->block_vaddr = p.host->vaddr + (l->block.off - p.host->off);
    return check_pointers(&p, from, to) && check_addresses(&p, from, to) &&
           check_exports(&p);
}
