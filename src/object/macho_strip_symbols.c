/* macho_strip_symbols.c -- which symbols stay, and the tables without the others. */
#include "base/checked.h"
#include "object/macho_strip_parts.h"
#include "object/strip_names.h"

/* As `strip -S` and `strip -x` decide by the symbol alone. */
static bool
is_wanted(const struct wf_macho_stripping *s, const struct wf_macho_symbol *symbol)
{
    if ((symbol->type & N_STAB) != 0)
        return false;
    return s->level == WF_MACHO_STRIP_DEBUG || (symbol->type & N_EXT) != 0 ||
           (symbol->type & N_TYPE) == N_UNDF ||
           (symbol->description & REFERENCED_DYNAMICALLY) != 0;
}

static bool
keep(struct wf_macho_stripping *s, uint32_t i, uint64_t at, const char *what)
{
    if (i >= s->num_symbols)
        return wf_error_at(s->err, WF_ERR_MALFORMED, s->slice.file_off + at,
                           "%s names symbol %u of %u", what, i, s->num_symbols);
    s->keeps[i] = 1;
    return true;
}

static bool
keep_indirect(struct wf_macho_stripping *s)
{
    const uint64_t off = wf_macho_strip_word(s, s->dysymtab_at + 56);
    const uint64_t num = wf_macho_strip_word(s, s->dysymtab_at + 60);

    for (uint64_t i = 0; i < num; i++) {
        const uint64_t at = off + i * 4;
        const uint32_t symbol = wf_macho_strip_word(s, at);

        if ((symbol & INDIRECT_SPECIAL) == 0 &&
            !keep(s, symbol, at, "the indirect symbol table"))
            return false;
    }
    return true;
}

static bool
keep_relocated(struct wf_macho_stripping *s)
{
    const uint64_t off = wf_macho_strip_word(s, s->dysymtab_at + 64);
    const uint64_t num = wf_macho_strip_word(s, s->dysymtab_at + 68);

    for (uint64_t i = 0; i < num; i++) {
        const uint64_t at = off + i * 8 + 4;
        const uint32_t symbol = wf_macho_strip_word(s, at) & RELOCATION_SYMBOL;

        if (!keep(s, symbol, at, "an external relocation"))
            return false;
    }
    return true;
}

/* LC_DYSYMTAB cuts the symbols into three ranges. */
static bool
check_ranges(const struct wf_macho_stripping *s)
{
    for (size_t at = s->dysymtab_at + 8; at < s->dysymtab_at + 32; at += 8) {
        const uint32_t first = wf_macho_strip_word(s, at);
        const uint32_t num = wf_macho_strip_word(s, at + 4);

        if (num > 0 && !wf_fits(first, num, s->num_symbols))
            return wf_error_at(s->err, WF_ERR_MALFORMED, s->slice.file_off + at,
                               "LC_DYSYMTAB has a range of %u symbols from %u; there are "
                               "%u",
                               num, first, s->num_symbols);
    }
    return true;
}

bool
wf_macho_strip_choose(struct wf_macho_stripping *s)
{
    s->keeps = wf_arena_array(&s->arena, (size_t)s->num_symbols + 1, sizeof *s->keeps);
    s->new_idx =
        wf_arena_array(&s->arena, (size_t)s->num_symbols + 1, sizeof *s->new_idx);
    for (uint32_t i = 0; i < s->num_symbols; i++) {
        const struct wf_macho_symbol symbol = wf_macho_strip_symbol(s, i);

        s->keeps[i] = is_wanted(s, &symbol);
    }
    if (s->dysymtab_at != 0 &&
        (!keep_indirect(s) || !keep_relocated(s) || !check_ranges(s)))
        return false;
    for (uint32_t i = 0; i < s->num_symbols; i++)
        s->new_idx[i + 1] = s->new_idx[i] + s->keeps[i];
    s->num_kept = s->new_idx[s->num_symbols];
    return true;
}

static bool
is_indirect(const struct wf_macho_symbol *symbol)
{
    return (symbol->type & N_STAB) == 0 && (symbol->type & N_TYPE) == N_INDR;
}

static bool
mark_name(struct wf_macho_stripping *s, struct wf_strip_names *names, uint64_t name,
          uint32_t i)
{
    if (wf_strip_names_mark(names, name))
        return true;
    return wf_error_at(s->err, WF_ERR_MALFORMED,
                       s->slice.file_off + s->symbols.off +
                           i * (uint64_t)wf_macho_strip_symbol_len(s),
                       "symbol %u has its name at %llu of a table of %llu bytes", i,
                       (unsigned long long)name, (unsigned long long)s->names.len);
}

static bool
mark_names(struct wf_macho_stripping *s, struct wf_strip_names *names)
{
    for (uint32_t i = 0; i < s->num_symbols; i++) {
        const struct wf_macho_symbol symbol = wf_macho_strip_symbol(s, i);

        if (s->keeps[i] &&
            (!mark_name(s, names, symbol.name, i) ||
             (is_indirect(&symbol) && !mark_name(s, names, symbol.value, i))))
            return false;
    }
    return true;
}

/* The table gets smaller by a multiple of the word, so that what follows stays aligned;
 * zeros fill up. */
static bool
renew_names(struct wf_macho_stripping *s, struct wf_strip_names *names)
{
    const size_t word = s->header.is_64 ? 8 : 4;
    const size_t len = (size_t)s->names.len;
    struct wf_bytes packed;

    if (!wf_strip_names_pack(&packed, names, &s->arena, s->err))
        return false;
    const size_t new_len = len - (len - packed.len) / word * word;
    uint8_t *renewed = wf_arena_alloc(&s->arena, new_len);

    for (size_t i = 0; i < packed.len; i++)
        renewed[i] = packed.data[i];
    s->names.renewed = wf_bytes_of(renewed, new_len);
    return true;
}

static void
renew_symbols(struct wf_macho_stripping *s, const struct wf_strip_names *names)
{
    const size_t len = wf_macho_strip_symbol_len(s);
    const struct wf_bytes old = wf_bytes_first(
        wf_bytes_skip(s->slice, (size_t)s->symbols.off), (size_t)s->symbols.len);
    uint8_t *renewed = wf_arena_array(&s->arena, s->num_kept, len);
    uint8_t *at = renewed;

    for (uint32_t i = 0; i < s->num_symbols; i++) {
        const struct wf_macho_symbol symbol = wf_macho_strip_symbol(s, i);

        if (!s->keeps[i])
            continue;
        for (size_t k = 0; k < len; k++)
            at[k] = old.data[i * len + k];
        wf_macho_strip_put(at, wf_strip_names_new(names, symbol.name), 4,
                           s->header.endian);
        if (is_indirect(&symbol))
            wf_macho_strip_put(at + 8, wf_strip_names_new(names, (uint32_t)symbol.value),
                               len - 8, s->header.endian);
        at += len;
    }
    s->symbols.renewed = wf_bytes_of(renewed, s->num_kept * len);
}

bool
wf_macho_strip_renew(struct wf_macho_stripping *s)
{
    struct wf_strip_names names;

    wf_strip_names_init(&names, &s->arena,
                        wf_bytes_first(wf_bytes_skip(s->slice, (size_t)s->names.off),
                                       (size_t)s->names.len));
    if (!mark_names(s, &names) || !renew_names(s, &names))
        return false;
    renew_symbols(s, &names);
    return true;
}
