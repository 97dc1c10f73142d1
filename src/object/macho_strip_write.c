/* macho_strip_write.c -- the slice with its smaller tables. */
#include "base/checked.h"
#include "object/macho_strip_parts.h"

/* The two tables in the order they stand in. */
struct order {
    const struct wf_macho_strip_shrunk *first;
    const struct wf_macho_strip_shrunk *second;
};

static struct order
order_of(const struct wf_macho_stripping *s)
{
    const bool as_usual = s->symbols.off <= s->names.off;

    return (struct order){ as_usual ? &s->symbols : &s->names,
                           as_usual ? &s->names : &s->symbols };
}

/* How far a place moves because of one table; places inside it are of empty things. */
static uint64_t
moved_by(const struct wf_macho_strip_shrunk *table, uint64_t off)
{
    if (off <= table->off)
        return 0;
    const uint64_t inside = off - table->off < table->len ? off - table->off : table->len;

    return inside > table->renewed.len ? inside - table->renewed.len : 0;
}

static uint64_t
new_place(const struct wf_macho_stripping *s, uint64_t off)
{
    return off - moved_by(&s->symbols, off) - moved_by(&s->names, off);
}

static void
copy(const struct wf_macho_stripping *s, struct wf_buffer *out, uint64_t start,
     uint64_t end)
{
    wf_buffer_add(out, s->slice.data + start, (size_t)(end - start));
}

static uint64_t
align_to(uint64_t value, uint64_t align)
{
    return value + (align - value % align) % align;
}

/* What stays of the slice: all but the signature, which begins at a multiple of 16. */
static void
copy_all(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    static const uint8_t zeros[16];
    const struct order order = order_of(s);
    const uint64_t second_end = order.second->off + order.second->len;
    const uint64_t end = s->layout.has_signature ? s->layout.signature_off : s->slice.len;

    copy(s, out, 0, order.first->off);
    wf_buffer_add(out, order.first->renewed.data, order.first->renewed.len);
    copy(s, out, order.first->off + order.first->len, order.second->off);
    wf_buffer_add(out, order.second->renewed.data, order.second->renewed.len);
    copy(s, out, second_end, end);
    if (s->layout.has_signature)
        wf_buffer_add(out, zeros, (size_t)(align_to(out->len, sizeof zeros) - out->len));
}

static void
put_word(const struct wf_macho_stripping *s, struct wf_buffer *out, uint64_t off,
         uint64_t value)
{
    wf_macho_strip_put(out->data + off, value, 4, s->header.endian);
}

static void
move_tables(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    for (size_t i = 0; i < s->num_tables; i++) {
        const struct wf_macho_strip_table *table = &s->tables[i];

        wf_macho_strip_put(out->data + table->field_off, new_place(s, table->off),
                           table->is_wide ? 8 : 4, s->header.endian);
    }
    put_word(s, out, s->symtab_at + 12, s->num_kept);
    put_word(s, out, s->symtab_at + 20, s->names.renewed.len);
}

/* An empty range may begin anywhere. */
static uint32_t
new_index(const struct wf_macho_stripping *s, uint32_t i)
{
    return s->new_idx[i < s->num_symbols ? i : s->num_symbols];
}

static void
renumber_ranges(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    for (size_t at = s->dysymtab_at + 8; at < s->dysymtab_at + 32; at += 8) {
        const uint32_t first = wf_macho_strip_word(s, at);
        const uint32_t num = wf_macho_strip_word(s, at + 4);
        const uint32_t start = new_index(s, first);

        put_word(s, out, at, start);
        put_word(s, out, at + 4, num == 0 ? 0 : new_index(s, first + num) - start);
    }
}

static void
renumber_indirect(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    const uint64_t off = wf_macho_strip_word(s, s->dysymtab_at + 56);
    const uint64_t num = wf_macho_strip_word(s, s->dysymtab_at + 60);

    for (uint64_t i = 0; i < num; i++) {
        const uint32_t symbol = wf_macho_strip_word(s, off + i * 4);

        if ((symbol & INDIRECT_SPECIAL) == 0)
            put_word(s, out, new_place(s, off) + i * 4, s->new_idx[symbol]);
    }
}

static void
renumber_relocations(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    const uint64_t off = wf_macho_strip_word(s, s->dysymtab_at + 64);
    const uint64_t num = wf_macho_strip_word(s, s->dysymtab_at + 68);

    for (uint64_t i = 0; i < num; i++) {
        const uint32_t word = wf_macho_strip_word(s, off + i * 8 + 4);
        const uint32_t symbol = s->new_idx[word & RELOCATION_SYMBOL];

        put_word(s, out, new_place(s, off) + i * 8 + 4,
                 (word & ~RELOCATION_SYMBOL) | symbol);
    }
}

/* The address space shrinks to pages of the size it had. */
static void
shrink_linkedit(const struct wf_macho_stripping *s, struct wf_buffer *out)
{
    enum { SMALL_PAGE = 0x1000, LARGE_PAGE = 0x4000 };
    const struct wf_macho_segment *old = s->layout.linkedit;
    const uint64_t len = out->len - old->off;
    const uint64_t page = old->vmsize % LARGE_PAGE == 0 ? LARGE_PAGE : SMALL_PAGE;
    const uint64_t pages = align_to(len, page);
    const uint64_t vmsize = pages < old->vmsize ? pages : old->vmsize;
    const size_t word = s->header.is_64 ? 8 : 4;
    uint8_t *fields = out->data + s->linkedit_at + 24; /* address, then these */

    wf_macho_strip_put(fields + word, vmsize, word, s->header.endian);
    wf_macho_strip_put(fields + 3 * word, len, word, s->header.endian);
}

bool
wf_macho_strip_write(struct wf_macho_stripping *s, struct wf_buffer *out)
{
    copy_all(s, out);
    if (!wf_buffer_ok(out, "the stripped slice", s->err))
        return false;
    move_tables(s, out);
    if (s->dysymtab_at != 0) {
        renumber_ranges(s, out);
        renumber_indirect(s, out);
        renumber_relocations(s, out);
    }
    if (s->layout.has_signature) {
        put_word(s, out, s->signature_at + 8, out->len);
        put_word(s, out, s->signature_at + 12, 0);
    }
    shrink_linkedit(s, out);
    return true;
}
