/* elf_strip_write.c -- writing the image whose parts have their places: bytes of segments,
 * contents of sections, then the three kinds of headers. */
#include "object/elf_strip_parts.h"

#include <string.h>

#include "base/checked.h"

void
wf_strip_put(const struct wf_strip *s, uint8_t *at, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const size_t shift = 8 * (s->image.endian == WF_BIG ? len - 1 - i : i);

        at[i] = (uint8_t)(value >> shift);
    }
}

/* Writes words of 4 or 8 bytes and halves one after the other. */
struct writer {
    const struct wf_strip *s;
    uint8_t *at;
};

static void
put(struct writer *w, uint64_t value, size_t len)
{
    wf_strip_put(w->s, w->at, value, len);
    w->at += len;
}

static uint8_t *
put_section(const struct wf_strip *s, uint8_t *at, const struct wf_elf_section *header)
{
    const size_t word = wf_elf_word_len(&s->image);
    struct writer w = { s, at };

    put(&w, header->name_off, 4);
    put(&w, header->type, 4);
    put(&w, header->flags, word);
    put(&w, header->vaddr, word);
    put(&w, header->off, word);
    put(&w, header->len, word);
    put(&w, header->link, 4);
    put(&w, header->info, 4);
    put(&w, header->align, word);
    put(&w, header->entry_len, word);
    return w.at;
}

/* Numbers that do not fit the ELF header stand in the first section header (gABI, "ELF
 * Header", e_shnum and e_shstrndx). */
static void
put_section_headers(uint8_t *image, const struct wf_strip *s)
{
    uint8_t *at = image + s->sections_off;
    struct wf_elf_section first = s->sections[0].header;
    const uint32_t names = wf_strip_new_idx(s, (uint32_t)s->names_idx);

    first.len = s->num_kept >= SHN_LORESERVE ? s->num_kept : 0;
    first.link = names >= SHN_LORESERVE ? names : 0;
    at = put_section(s, at, &first);
    for (size_t i = 1; i < s->num_sections; i++)
        if (!s->sections[i].goes)
            at = put_section(s, at, &s->sections[i].header);
}

static void
put_header(uint8_t *image, const struct wf_strip *s)
{
    const bool wide = s->image.bits == 64;
    const size_t word = wf_elf_word_len(&s->image);
    const uint32_t names = wf_strip_new_idx(s, (uint32_t)s->names_idx);
    const uint64_t segments = s->image.header.segments_off;

    wf_strip_put(s, image + (wide ? 32 : 28), wf_strip_moved(s, segments), word);
    wf_strip_put(s, image + (wide ? 40 : 32), s->sections_off, word);
    wf_strip_put(s, image + (wide ? 60 : 48),
                 s->num_kept >= SHN_LORESERVE ? 0 : s->num_kept, 2);
    wf_strip_put(s, image + (wide ? 62 : 50), names >= SHN_LORESERVE ? SHN_XINDEX : names,
                 2);
}

/* Program headers follow the bytes they speak of.  Those that are said to be outside the
 * file speak of none.  In a debug file, those whose bytes are not there get none, at an
 * offset that goes with their address. */
static void
put_segment(const struct wf_strip *s, uint8_t *at, const struct wf_elf_segment *segment)
{
    const size_t word = wf_elf_word_len(&s->image);
    uint8_t *off = at + (word == 8 ? 8 : 4);

    if (s->is_debug_file && (segment->type == PT_LOAD ||
                             !wf_strip_holds(s, segment->off, segment->file_len))) {
        wf_strip_put(s, off, segment->align == 0 ? 0 : segment->vaddr % segment->align,
                     word);
        wf_strip_put(s, at + (word == 8 ? 32 : 16), 0, word);
    } else if (wf_fits(segment->off, segment->file_len, s->image.bytes.len)) {
        wf_strip_put(s, off, wf_strip_moved(s, segment->off), word);
    }
}

static void
put_segments(uint8_t *image, const struct wf_strip *s)
{
    const size_t len = s->image.bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    uint8_t *at = image + wf_strip_moved(s, s->image.header.segments_off);

    for (size_t i = 0; i < s->image.num_segments; i++)
        put_segment(s, at + i * len, &s->image.segments[i]);
}

/* The loaded symbol table names sections, too.  Loaders only ask whether a symbol has one,
 * so nothing but the number changes, and only where linkers put sections that are not
 * loaded before those that are.  Section headers that lead elsewhere than the loader must not
 * change what it sees. */
static void
put_dynamic_symbols(uint8_t *image, const struct wf_strip *s)
{
    const size_t len = wf_elf_symbol_len(&s->image);
    size_t idx = 0;
    struct wf_elf_symbol symbol;

    for (size_t i = 1; i < s->num_old && idx == 0 && s->sections_agree; i++)
        if (s->sections[i].header.type == SHT_DYNSYM && s->sections[i].in_place)
            idx = i;
    if (idx == 0)
        return;
    struct wf_bytes rest = s->sections[idx].content;
    uint8_t *at = image + s->sections[idx].header.off;

    while (wf_elf_decode_symbols(&s->image, rest, &symbol, 1) == 1) {
        const uint32_t section = wf_strip_new_idx(s, symbol.section);

        if (symbol.section < SHN_LORESERVE && section != symbol.section)
            wf_strip_put(s, at + (s->image.bits == 64 ? 6 : 14), section, 2);
        at += len;
        rest = wf_bytes_skip(rest, len);
    }
}

static void
put_contents(uint8_t *image, const struct wf_strip *s)
{
    for (size_t i = 0; i < s->num_ranges; i++) {
        const struct wf_strip_range *range = &s->ranges[i];

        memcpy(image + (range->start - range->moved), s->image.bytes.data + range->start,
               (size_t)(range->end - range->start));
    }
    for (size_t i = 1; i < s->num_sections; i++) {
        const struct wf_strip_section *section = &s->sections[i];

        if (!section->goes && !section->in_place && section->content.len > 0)
            memcpy(image + section->header.off, section->content.data,
                   section->content.len);
    }
}

bool
wf_strip_write(struct wf_buffer *out, const struct wf_strip *s, struct wf_error *err)
{
    const uint64_t headers = s->num_kept * (uint64_t)wf_elf_section_len(&s->image);
    size_t len;

    if (!wf_u64_to_size(&len, s->sections_off + headers) || !wf_buffer_reserve(out, len))
        return wf_error_set(err, WF_ERR_LIMIT,
                            "the stripped image is larger than %zu bytes", out->max);
    memset(out->data, 0, len);
    put_contents(out->data, s);
    put_dynamic_symbols(out->data, s);
    put_header(out->data, s);
    put_segments(out->data, s);
    put_section_headers(out->data, s);
    out->len = len;
    return true;
}
