/* macho_strip.c -- symbols are taken out of a slice (see macho_strip.h). */
#include "object/macho_strip.h"

#include <assert.h>

#include "object/macho_strip_parts.h"

uint32_t
wf_macho_strip_word(const struct wf_macho_stripping *s, uint64_t off)
{
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(s->slice, (size_t)off), s->header.endian);

    return wf_read_u32(&r);
}

void
wf_macho_strip_put(uint8_t *at, uint64_t value, size_t len, enum wf_endian endian)
{
    for (size_t i = 0; i < len; i++) {
        const size_t place = endian == WF_LITTLE ? i : len - 1 - i;

        at[place] = (uint8_t)(value >> 8 * i);
    }
}

size_t
wf_macho_strip_symbol_len(const struct wf_macho_stripping *s)
{
    return s->header.is_64 ? SYMBOL_64_LEN : SYMBOL_LEN;
}

struct wf_macho_symbol
wf_macho_strip_symbol(const struct wf_macho_stripping *s, uint32_t i)
{
    const size_t len = wf_macho_strip_symbol_len(s);
    struct wf_reader r = wf_reader_over(
        wf_bytes_skip(s->slice, (size_t)s->symbols.off + i * len), s->header.endian);
    struct wf_macho_symbol symbol = { .name = wf_read_u32(&r), .type = wf_read_u8(&r) };

    wf_read_skip(&r, 1); /* the section's number */
    symbol.description = wf_read_u16(&r);
    symbol.value = s->header.is_64 ? wf_read_u64(&r) : wf_read_u32(&r);
    return symbol;
}

static bool
strip(struct wf_macho_stripping *s, struct wf_buffer *out)
{
    const bool asks = s->level != WF_MACHO_STRIP_NOTHING;

    if (asks && (!wf_macho_strip_read(s) || !wf_macho_strip_choose(s)))
        return false;
    if (s->num_kept < s->num_symbols)
        return wf_macho_strip_renew(s) && wf_macho_strip_write(s, out);
    wf_buffer_add(out, s->slice.data, s->slice.len);
    return wf_buffer_ok(out, "the slice", s->err);
}

bool
wf_macho_strip_slice(struct wf_buffer *out, struct wf_bytes slice,
                     enum wf_macho_strip level, struct wf_error *err)
{
    struct wf_macho_stripping s = { .slice = slice, .level = level, .err = err };

    assert(out->len == 0);
    const bool ok = strip(&s, out);

    wf_arena_clear(&s.arena);
    return ok;
}
