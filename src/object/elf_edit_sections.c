/* elf_edit_sections.c -- section headers and symbol tables kept in step with what moved, and
 * which parts of the file headers describe.  Format: gABI chapter 4. */
#include "object/elf_edit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

enum { BATCH = 64 };

static struct wf_elf_edit_section
decode_section(const struct wf_elf_image *image, struct wf_bytes table, uint64_t off)
{
    return (struct wf_elf_edit_section){
        .name_off = (uint32_t)wf_elf_get(image, table, off, WF_SH_NAME),
        .type = (uint32_t)wf_elf_get(image, table, off, WF_SH_TYPE),
        .flags = wf_elf_get(image, table, off, WF_SH_FLAGS),
        .vaddr = wf_elf_get(image, table, off, WF_SH_ADDR),
        .off = wf_elf_get(image, table, off, WF_SH_OFFSET),
        .len = wf_elf_get(image, table, off, WF_SH_SIZE),
        .link = (uint32_t)wf_elf_get(image, table, off, WF_SH_LINK),
        .info = (uint32_t)wf_elf_get(image, table, off, WF_SH_INFO),
        .align = wf_elf_get(image, table, off, WF_SH_ADDRALIGN),
        .entry_len = wf_elf_get(image, table, off, WF_SH_ENTSIZE),
    };
}

bool
wf_elf_has_bytes(const struct wf_elf_edit_section *section)
{
    return section->type != SHT_NOBITS && section->type != SHT_NULL && section->len > 0;
}

const char *
wf_elf_section_name(struct wf_elf_editor *e, size_t idx)
{
    const size_t names = e->image.header.names_idx;
    struct wf_bytes table;

    if (names < e->num_sections && wf_elf_has_bytes(&e->sections[names]) &&
        wf_bytes_slice(&table, e->image.bytes, e->sections[names].off,
                       e->sections[names].len, "", NULL) &&
        e->sections[idx].name_off < table.len) {
        const struct wf_bytes rest = wf_bytes_skip(table, e->sections[idx].name_off);
        const uint8_t *end = memchr(rest.data, '\0', rest.len);

        if (end != NULL && end != rest.data)
            return wf_arena_str(&e->arena,
                                wf_bytes_first(rest, (size_t)(end - rest.data)));
    }
    return wf_arena_printf(&e->arena, "section %zu", idx);
}

size_t
wf_elf_section_at(const struct wf_elf_editor *e, uint32_t type, uint64_t off)
{
    for (size_t i = 0; i < e->num_sections; i++)
        if (e->sections[i].type == type && e->sections[i].off == off)
            return i;
    return WF_NO_IDX;
}

static int
compare_ranges(const void *a, const void *b)
{
    const struct wf_elf_range *x = a;
    const struct wf_elf_range *y = b;

    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* Adds the part of [off, off + len) that is inside the file. */
static void
add_used(struct wf_elf_editor *e, uint64_t off, uint64_t len)
{
    const uint64_t whole = e->image.bytes.len;

    if (len == 0 || off >= whole)
        return;
    e->used[e->num_used++] =
        (struct wf_elf_range){ off, len > whole - off ? whole : off + len };
}

static void
unite_used(struct wf_elf_editor *e)
{
    size_t num = 0;

    qsort(e->used, e->num_used, sizeof *e->used, compare_ranges);
    for (size_t i = 0; i < e->num_used; i++) {
        if (num == 0 || e->used[i].off > e->used[num - 1].end)
            e->used[num++] = e->used[i];
        else if (e->used[i].end > e->used[num - 1].end)
            e->used[num - 1].end = e->used[i].end;
    }
    e->num_used = num;
}

/* Ranges that only touch stay apart only by being united; a gap is a true gap. */
static void
collect_used(struct wf_elf_editor *e)
{
    const struct wf_elf_image *image = &e->image;
    const struct wf_elf_header *h = &image->header;

    e->used = wf_arena_array(&e->arena, image->num_segments + e->num_sections + 3,
                             sizeof *e->used);
    add_used(e, 0, image->bits == 64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
    add_used(e, h->segments_off, image->num_segments * wf_elf_segment_len(image));
    add_used(e, h->sections_off, e->num_sections * wf_elf_section_len(image));
    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].type != PT_NULL)
            add_used(e, image->segments[i].off, image->segments[i].file_len);
    for (size_t i = 0; i < e->num_sections; i++)
        if (wf_elf_has_bytes(&e->sections[i]))
            add_used(e, e->sections[i].off, e->sections[i].len);
    unite_used(e);
}

bool
wf_elf_take_sections(struct wf_elf_editor *e)
{
    const struct wf_elf_sections found = wf_elf_find_sections(&e->image, &e->arena);
    const size_t len = wf_elf_section_len(&e->image);

    e->section_fault = found.fault;
    e->num_sections = found.table.len / len;
    e->sections = wf_arena_array(&e->arena, e->num_sections, sizeof *e->sections);
    for (size_t i = 0; i < e->num_sections; i++)
        e->sections[i] = decode_section(&e->image, found.table, i * len);
    collect_used(e);
    return wf_arena_ok(&e->arena, "the section headers", e->err);
}

bool
wf_elf_is_zero(struct wf_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

uint64_t
wf_elf_gap_behind(const struct wf_elf_editor *e, uint64_t off)
{
    size_t low = 0, high = e->num_used;
    struct wf_bytes gap;

    /* The first range that ends at `off` or later. */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (e->used[middle].end < off)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == e->num_used || e->used[low].end != off || low + 1 == e->num_used)
        return 0;
    const uint64_t len = e->used[low + 1].off - off;

    if (!wf_bytes_slice(&gap, e->image.bytes, off, len, "", NULL) || !wf_elf_is_zero(gap))
        return 0;
    return len;
}

static void
write_section(const struct wf_elf_editor *e, struct wf_buffer *out, size_t idx,
              const struct wf_elf_edit_section *s)
{
    const uint64_t off =
        e->layout.sections_off + (uint64_t)idx * wf_elf_section_len(&e->image);
    const struct {
        enum wf_elf_field field;
        uint64_t value;
    } fields[] = {
        { WF_SH_NAME, s->name_off },   { WF_SH_TYPE, s->type },
        { WF_SH_FLAGS, s->flags },     { WF_SH_ADDR, s->vaddr },
        { WF_SH_OFFSET, s->off },      { WF_SH_SIZE, s->len },
        { WF_SH_LINK, s->link },       { WF_SH_INFO, s->info },
        { WF_SH_ADDRALIGN, s->align }, { WF_SH_ENTSIZE, s->entry_len },
    };

    for (size_t i = 0; i < WF_COUNT(fields); i++)
        wf_elf_put(&e->image, out, off, fields[i].field, fields[i].value);
}

static void
follow_strings(const struct wf_elf_editor *e, struct wf_elf_edit_section *s)
{
    const struct wf_elf_layout *l = &e->layout;

    if (e->appended_len == 0)
        return;
    s->off = l->strings_off;
    s->vaddr = l->strings_vaddr;
    s->len = e->dynamic.strtab.len + e->appended_len;
}

static void
follow_dynamic(const struct wf_elf_editor *e, struct wf_elf_edit_section *s)
{
    const struct wf_elf_layout *l = &e->layout;

    if (!l->moves_dynamic)
        return;
    s->off = l->dynamic_off;
    s->vaddr = l->dynamic_vaddr;
    s->len = l->num_slots * wf_elf_dyn_len(&e->image);
}

/* A table of version needs or symbol versions that nobody refers to any more becomes an
 * inactive section, without a name, since linters know types by names. */
static void
deactivate(struct wf_elf_edit_section *s)
{
    *s = (struct wf_elf_edit_section){ 0 };
}

static void
follow_needs(const struct wf_elf_editor *e, struct wf_elf_edit_section *s)
{
    if (e->num_kept_needs == e->num_needs)
        return;
    s->info = (uint32_t)e->num_kept_needs;
    if (e->num_kept_needs == 0)
        deactivate(s);
}

static bool
is_at(const struct wf_elf_editor *e, const struct wf_elf_edit_section *s,
      struct wf_bytes table)
{
    return table.len > 0 && s->off == (uint64_t)(table.data - e->image.bytes.data);
}

/* Returns whether anything about the section changed. */
static bool
follow(const struct wf_elf_editor *e, struct wf_elf_edit_section *s)
{
    const struct wf_elf_layout *l = &e->layout;
    const struct wf_elf_edit_section old = *s;

    if (s->type == SHT_NULL)
        return false;
    if (s->off >= l->block.off && s->off < l->block.end && s->type != SHT_NOBITS) {
        s->off = wf_elf_new_off(l, s->off);
        if ((s->flags & SHF_ALLOC) != 0)
            s->vaddr = wf_elf_new_vaddr(l, s->vaddr);
    }
    if (e->has_dynamic && s->type == SHT_STRTAB && (s->flags & SHF_ALLOC) != 0 &&
        old.off == e->strings_off)
        follow_strings(e, s);
    else if (e->has_dynamic && s->type == SHT_DYNAMIC && old.off == e->dynamic_off)
        follow_dynamic(e, s);
    else if (s->type == SHT_GNU_verneed && is_at(e, &old, e->needs_table))
        follow_needs(e, s);
    else if (s->type == SHT_GNU_versym && e->drops_versym && is_at(e, &old, e->versym))
        deactivate(s);
    return s->off != old.off || s->vaddr != old.vaddr || s->len != old.len ||
           s->type != old.type || s->info != old.info;
}

/* What the symbols of a table are compared with. */
struct symbol_walk {
    const struct wf_elf_editor *e;
    struct wf_buffer *out;
    size_t dynamic_idx; /* of these sections, or WF_NO_IDX */
    size_t strings_idx;
    struct wf_bytes names; /* of the table's symbols */
};

/* _DYNAMIC has no section on some machines with GNU ld (aarch64, s390x), and a wrong one or
 * an old value after patchelf. */
static bool
is_called_dynamic(const struct symbol_walk *w, const struct wf_elf_symbol *symbol)
{
    static const char name[] = "_DYNAMIC";

    return symbol->name_off < w->names.len &&
           w->names.len - symbol->name_off >= sizeof name &&
           memcmp(w->names.data + symbol->name_off, name, sizeof name) == 0;
}

/* Symbols of the moved block, of .dynamic and of .dynstr follow: linkers give _DYNAMIC that
 * section's index, and mold 1.10 has a symbol for each section. */
static void
follow_symbol(const struct symbol_walk *w, const struct wf_elf_symbol *symbol,
              uint64_t off)
{
    const struct wf_elf_editor *e = w->e;
    const struct wf_elf_layout *l = &e->layout;

    if (symbol->section == SHN_UNDEF || (symbol->info & 0xf) == STT_TLS)
        return;
    if (l->moves_dynamic &&
        (is_called_dynamic(w, symbol) ||
         (symbol->section == w->dynamic_idx && symbol->value == e->dynamic_vaddr))) {
        wf_elf_put(&e->image, w->out, off, WF_ST_VALUE, l->dynamic_vaddr);
        if (wf_elf_get(&e->image, wf_buffer_bytes(w->out), off, WF_ST_SIZE) != 0)
            wf_elf_put(&e->image, w->out, off, WF_ST_SIZE,
                       l->num_slots * wf_elf_dyn_len(&e->image));
    } else if (l->moves_strings && symbol->section == w->strings_idx &&
               symbol->value == e->dynamic.value[WF_TAG_STRTAB])
        wf_elf_put(&e->image, w->out, off, WF_ST_VALUE, l->strings_vaddr);
    else if (symbol->section != SHN_ABS && wf_elf_in_block(l, symbol->value))
        wf_elf_put(&e->image, w->out, off, WF_ST_VALUE,
                   wf_elf_new_vaddr(l, symbol->value));
}

static void
follow_symbols(const struct symbol_walk *w, struct wf_bytes table)
{
    const struct wf_elf_image *image = &w->e->image;
    const size_t len = wf_elf_symbol_len(image);
    struct wf_elf_symbol batch[BATCH];
    size_t num;

    while ((num = wf_elf_decode_symbols(image, table, batch, BATCH)) > 0) {
        const uint64_t off = (uint64_t)(table.data - image->bytes.data);

        for (size_t i = 0; i < num; i++)
            follow_symbol(w, &batch[i], wf_elf_new_off(&w->e->layout, off + i * len));
        table = wf_bytes_skip(table, num * len);
    }
}

static bool
section_bytes(struct wf_bytes *out, const struct wf_elf_editor *e, size_t idx)
{
    return idx < e->num_sections && wf_elf_has_bytes(&e->sections[idx]) &&
           wf_bytes_slice(out, e->image.bytes, e->sections[idx].off, e->sections[idx].len,
                          "", NULL);
}

static void
write_symbols(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const struct wf_elf_layout *l = &e->layout;
    const size_t len = wf_elf_symbol_len(&e->image);
    struct symbol_walk w = { e, out, WF_NO_IDX, WF_NO_IDX, e->dynamic.strtab };
    struct wf_bytes table;

    if (l->block.off == l->block.end && !l->moves_dynamic && !l->moves_strings)
        return;
    if (e->has_dynamic) {
        w.dynamic_idx = wf_elf_section_at(e, SHT_DYNAMIC, e->dynamic_off);
        w.strings_idx = wf_elf_section_at(e, SHT_STRTAB, e->strings_off);
    }
    if (e->symbols.len > 0)
        follow_symbols(&w, wf_bytes_first(e->symbols, e->num_symbols * len));
    for (size_t i = 0; i < e->num_sections; i++) {
        if (e->sections[i].type != SHT_SYMTAB || !section_bytes(&table, e, i))
            continue;
        w.names = (struct wf_bytes){ 0 };
        (void)section_bytes(&w.names, e, e->sections[i].link);
        follow_symbols(&w, table);
    }
}

void
wf_elf_write_sections(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    write_symbols(e, out);
    for (size_t i = 0; i < e->num_sections; i++) {
        struct wf_elf_edit_section s = e->sections[i];

        if (follow(e, &s))
            write_section(e, out, i, &s);
    }
}
