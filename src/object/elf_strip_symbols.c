/* elf_strip_symbols.c -- the symbol table that stays: which symbols, under which numbers,
 * and all that counts in them or in sections: extended section numbers, relocations kept
 * by --emit-relocs, groups.
 * Format: gABI chapter 4, "Symbol Table", "Relocation", "Section Groups". */
#include "object/elf_strip_parts.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH = 64 };

static const struct wf_strip_section *
symbols_of(const struct wf_strip *s)
{
    return &s->sections[s->symbols_idx];
}

/* gABI allows one table. */
static bool
find_symbols(struct wf_strip *s, struct wf_error *err)
{
    for (size_t i = 1; i < s->num_old; i++) {
        const struct wf_strip_section *section = &s->sections[i];

        if (section->header.type != SHT_SYMTAB || section->goes ||
            wf_strip_is_loaded(section))
            continue;
        if (s->symbols_idx != 0)
            return wf_error_at(err, WF_ERR_MALFORMED, section->header_off,
                               "section %zu is a second symbol table; section %zu is one",
                               i, s->symbols_idx);
        s->symbols_idx = i;
    }
    for (size_t i = 1; i < s->num_old && s->symbols_idx != 0; i++)
        if (s->sections[i].header.type == SHT_SYMTAB_SHNDX && !s->sections[i].goes &&
            !wf_strip_is_loaded(&s->sections[i]) &&
            s->sections[i].header.link == s->symbols_idx)
            s->extended_idx = i;
    return true;
}

static bool
check_entries(const struct wf_strip_section *section, size_t len, const char *what,
              struct wf_error *err)
{
    if (section->header.entry_len == len)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, section->header_off,
                       "%s has entries of %" PRIu64 " bytes; they have %zu", what,
                       section->header.entry_len, len);
}

static bool
check_symbols(struct wf_strip *s, struct wf_error *err)
{
    const size_t len = wf_elf_symbol_len(&s->image);
    const size_t strings = wf_strip_old_idx(s, symbols_of(s)->header.link);

    if (!check_entries(symbols_of(s), len, "the symbol table", err))
        return false;
    if (s->sections[strings].header.type != SHT_STRTAB)
        return wf_error_at(err, WF_ERR_MALFORMED, symbols_of(s)->header_off,
                           "the symbol table has its names in section %" PRIu32
                           ", which is no string table",
                           symbols_of(s)->header.link);
    s->sections[strings].goes = false; /* whatever its name is */
    s->num_symbols = symbols_of(s)->content.len / len;
    s->symbol_to = wf_arena_array(&s->arena, s->num_symbols + 1, sizeof *s->symbol_to);
    s->symbol_used =
        wf_arena_array(&s->arena, s->num_symbols + 1, sizeof *s->symbol_used);
    return true;
}

bool
wf_strip_symbol_section(size_t *out, const struct wf_strip *s, size_t idx,
                        const struct wf_elf_symbol *symbol, struct wf_error *err)
{
    const struct wf_bytes words = s->sections[s->extended_idx].content;
    uint32_t section = 0;

    *out = 0;
    if (symbol->section != SHN_XINDEX) {
        if (symbol->section < SHN_LORESERVE)
            *out = wf_strip_old_idx(s, symbol->section);
        return true;
    }
    if (s->extended_idx == 0 || idx >= words.len / sizeof section)
        return wf_error_at(err, WF_ERR_MALFORMED,
                           symbols_of(s)->content.file_off +
                               idx * wf_elf_symbol_len(&s->image),
                           "symbol %zu has an extended section number; there are %zu",
                           idx, words.len / sizeof section);
    (void)wf_elf_decode_words(&s->image, wf_bytes_skip(words, idx * sizeof section),
                              &section, 1);
    if (section >= s->num_old)
        return wf_error_at(err, WF_ERR_MALFORMED, words.file_off + idx * sizeof section,
                           "symbol %zu is in section %" PRIu32 "; there are %zu", idx,
                           section, s->num_old);
    *out = section;
    return true;
}

/* Relocations that stay and count in the symbol table. */
static bool
counts_in_symbols(const struct wf_strip *s, const struct wf_strip_section *section)
{
    return s->symbols_idx != 0 && wf_strip_is_relocations(section) && !section->goes &&
           !wf_strip_is_loaded(section) && section->header.link == s->symbols_idx;
}

static size_t
relocation_len(const struct wf_strip *s, const struct wf_strip_section *section)
{
    return wf_elf_word_len(&s->image) * (section->header.type == SHT_RELA ? 3 : 2);
}

/* Where r_info holds the symbol in a 64-bit relocation: in its upper half; 64-bit MIPS
 * puts it first in either byte order. */
static size_t
wide_symbol_at(const struct wf_strip *s)
{
    return s->image.endian == WF_BIG || s->image.header.machine == EM_MIPS ? 8 : 12;
}

static uint32_t
relocation_symbol(const struct wf_strip *s, struct wf_bytes record)
{
    const bool wide = s->image.bits == 64;
    struct wf_reader r = wf_reader_over(
        wf_bytes_skip(record, wide ? wide_symbol_at(s) : 4), s->image.endian);
    const uint32_t word = wf_read_u32(&r);

    return wide ? word : word >> 8;
}

static void
put_relocation_symbol(const struct wf_strip *s, uint8_t *record, uint32_t symbol)
{
    /* A 32-bit r_info is symbol << 8 | type. */
    const uint8_t type = record[4 + (s->image.endian == WF_BIG ? 3 : 0)];

    if (s->image.bits == 64)
        wf_strip_put(s, record + wide_symbol_at(s), symbol, 4);
    else
        wf_strip_put(s, record + 4, symbol << 8 | type, 4);
}

static bool
mark_relocations(struct wf_strip *s, const struct wf_strip_section *section,
                 struct wf_error *err)
{
    const size_t len = relocation_len(s, section);
    struct wf_bytes rest = section->content;

    if (!check_entries(section, len, "a relocation section", err))
        return false;
    while (rest.len >= len) {
        const uint32_t symbol = relocation_symbol(s, wf_bytes_first(rest, len));

        if (symbol >= s->num_symbols)
            return wf_error_at(err, WF_ERR_MALFORMED, rest.file_off,
                               "a relocation is for symbol %" PRIu32 "; there are %zu",
                               symbol, s->num_symbols);
        s->symbol_used[symbol] = true;
        rest = wf_bytes_skip(rest, len);
    }
    return true;
}

static bool
mark_used(struct wf_strip *s, struct wf_error *err)
{
    for (size_t i = 1; i < s->num_old; i++) {
        const struct wf_strip_section *section = &s->sections[i];

        if (counts_in_symbols(s, section) && !mark_relocations(s, section, err))
            return false;
        if (section->header.type == SHT_GROUP && !section->goes &&
            section->header.link == s->symbols_idx &&
            section->header.info < s->num_symbols)
            s->symbol_used[section->header.info] = true;
    }
    return true;
}

/* Binutils' rules: debug level drops section and file symbols and those of sections that
 * go; the higher levels keep what relocations need. */
static bool
stays(const struct wf_strip *s, enum wf_strip_level level, size_t idx,
      const struct wf_elf_symbol *symbol, size_t section)
{
    const unsigned type = symbol->info & 0xf;

    if (s->symbol_used[idx] || level == WF_STRIP_NOTHING)
        return true;
    return level == WF_STRIP_DEBUG && type != STT_SECTION && type != STT_FILE &&
           !s->sections[section].goes;
}

static bool
choose_each(struct wf_strip *s, enum wf_strip_level level, struct wf_error *err)
{
    struct wf_bytes rest = symbols_of(s)->content;
    struct wf_elf_symbol batch[BATCH];
    size_t num, idx = 0, section = 0;

    s->num_kept_symbols = 0;
    while ((num = wf_elf_decode_symbols(&s->image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++, idx++) {
            if (!wf_strip_symbol_section(&section, s, idx, &batch[i], err))
                return false;
            if (idx == 0 || stays(s, level, idx, &batch[i], section))
                s->symbol_to[idx] = (uint32_t)s->num_kept_symbols++;
        }
        rest = wf_bytes_skip(rest, num * wf_elf_symbol_len(&s->image));
    }
    return true;
}

/* Whether a section that stays, other than the table's own extension, is linked to it.
 * Loaded relocations of static programs are, and use no symbol of it. */
static bool
is_linked_to_symbols(const struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++)
        if (!s->sections[i].goes && i != s->extended_idx &&
            !wf_strip_is_loaded(&s->sections[i]) &&
            s->sections[i].header.link == s->symbols_idx)
            return true;
    return false;
}

static void
drop_symbols(struct wf_strip *s)
{
    const size_t strings = wf_strip_old_idx(s, symbols_of(s)->header.link);
    bool held = strings == s->names_idx || wf_strip_is_loaded(&s->sections[strings]);

    for (size_t i = 1; i < s->num_old; i++)
        held = held || (i != s->symbols_idx && !s->sections[i].goes &&
                        s->sections[i].header.link == strings);
    s->sections[strings].goes = !held;
    s->sections[s->symbols_idx].goes = true;
    if (s->extended_idx != 0)
        s->sections[s->extended_idx].goes = true;
    s->symbols_idx = s->extended_idx = 0;
}

/* Extended section numbers go when no symbol needs one any more. */
static void
drop_extended(struct wf_strip *s)
{
    if (s->extended_idx == 0 || s->num_kept > SHN_LORESERVE)
        return;
    s->sections[s->extended_idx].goes = true;
    wf_strip_number(s);
}

bool
wf_strip_choose_symbols(struct wf_strip *s, enum wf_strip_level level,
                        struct wf_error *err)
{
    if (!find_symbols(s, err))
        return false;
    if (s->symbols_idx != 0) {
        if (!check_symbols(s, err) || !mark_used(s, err) || !choose_each(s, level, err))
            return false;
        if (level != WF_STRIP_NOTHING && s->num_kept_symbols <= 1 &&
            !is_linked_to_symbols(s))
            drop_symbols(s);
    }
    wf_strip_number(s);
    drop_extended(s);
    return true;
}

/* Says whether the old symbol stays.  The first, empty one always does. */
static bool
is_kept(const struct wf_strip *s, size_t idx)
{
    return idx == 0 || s->symbol_to[idx] != 0;
}

static bool
mark_symbol_names(struct wf_strip *s, struct wf_error *err)
{
    struct wf_bytes rest = symbols_of(s)->content;
    struct wf_elf_symbol batch[BATCH];
    size_t num, idx = 0;

    while ((num = wf_elf_decode_symbols(&s->image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++, idx++)
            if (is_kept(s, idx) &&
                !wf_strip_names_mark(&s->symbol_names, batch[i].name_off))
                return wf_error_at(err, WF_ERR_MALFORMED,
                                   rest.file_off + i * wf_elf_symbol_len(&s->image),
                                   "symbol %zu has its name at 0x%" PRIx32
                                   " of %zu bytes of names",
                                   idx, batch[i].name_off, s->symbol_names.table.len);
        rest = wf_bytes_skip(rest, num * wf_elf_symbol_len(&s->image));
    }
    return true;
}

/* Names are cut out of a table that is not loaded and belongs to its one user alone. */
static bool
may_pack(const struct wf_strip *s, size_t table, size_t user)
{
    if (table == 0 || wf_strip_is_loaded(&s->sections[table]))
        return false;
    for (size_t i = 1; i < s->num_old; i++)
        if (i != user && !s->sections[i].goes && s->sections[i].header.link == table)
            return false;
    return true;
}

static bool
pack_names(struct wf_strip *s, size_t idx, struct wf_strip_names *names,
           struct wf_error *err)
{
    if (names->bits == NULL)
        return true;
    s->sections[idx].renewed = true;
    return wf_strip_names_pack(&s->sections[idx].content, names, &s->arena, err);
}

static bool
renew_symbol_names(struct wf_strip *s, struct wf_error *err)
{
    const size_t table = wf_strip_old_idx(s, symbols_of(s)->header.link);

    if (table == s->names_idx)
        return true; /* one table for both stays whole */
    if (may_pack(s, table, s->symbols_idx))
        wf_strip_names_init(&s->symbol_names, &s->arena, s->sections[table].content);
    return mark_symbol_names(s, err) && pack_names(s, table, &s->symbol_names, err);
}

static bool
renew_section_names(struct wf_strip *s, struct wf_error *err)
{
    if (may_pack(s, s->names_idx, s->names_idx))
        wf_strip_names_init(&s->section_names, &s->arena,
                            s->sections[s->names_idx].content);
    for (size_t i = 0; i < s->num_old; i++)
        if (!s->sections[i].goes &&
            !wf_strip_names_mark(&s->section_names, s->sections[i].header.name_off))
            return wf_error_at(
                err, WF_ERR_MALFORMED, s->sections[i].header_off,
                "section %zu has its name at 0x%" PRIx32 " of %zu bytes of names", i,
                s->sections[i].header.name_off, s->section_names.table.len);
    if (!pack_names(s, s->names_idx, &s->section_names, err))
        return false;
    for (size_t i = 0; i < s->num_old; i++)
        s->sections[i].header.name_off =
            wf_strip_names_new(&s->section_names, s->sections[i].header.name_off);
    return true;
}

bool
wf_strip_renew_names(struct wf_strip *s, struct wf_error *err)
{
    return (s->symbols_idx == 0 || renew_symbol_names(s, err)) &&
           renew_section_names(s, err);
}

/* Gives a section new content of `len` bytes, starting with what it had. */
static uint8_t *
renew(struct wf_strip *s, size_t idx, size_t len)
{
    struct wf_strip_section *section = &s->sections[idx];
    uint8_t *bytes = wf_arena_alloc(&s->arena, len);
    const size_t old = section->content.len < len ? section->content.len : len;

    if (old > 0)
        memcpy(bytes, section->content.data, old);
    section->content = wf_bytes_of(bytes, len);
    section->renewed = true;
    return bytes;
}

/* The section field of a symbol that stays; *out_word is its extended number. */
static uint16_t
new_section_field(const struct wf_strip *s, const struct wf_elf_symbol *symbol,
                  size_t section, uint32_t *out_word)
{
    *out_word = 0;
    if (section == 0)
        return symbol->section == SHN_XINDEX ? SHN_UNDEF : symbol->section;
    if (s->sections[section].goes)
        return SHN_ABS; /* only something a relocation still counts on */
    if (s->sections[section].new_idx < SHN_LORESERVE)
        return (uint16_t)s->sections[section].new_idx;
    *out_word = s->sections[section].new_idx;
    return SHN_XINDEX;
}

/* Places of the fields of a symbol that change. */
static void
put_symbol(const struct wf_strip *s, uint8_t *at, uint32_t name_off, uint16_t section)
{
    wf_strip_put(s, at, name_off, 4);
    wf_strip_put(s, at + (s->image.bits == 64 ? 6 : 14), section, 2);
}

/* Writes the symbols that stay to `to`, and their extended numbers to `words` when there is
 * such a table. */
static bool
put_symbols(struct wf_strip *s, struct wf_bytes from, uint8_t *to, uint8_t *words,
            struct wf_error *err)
{
    const size_t len = wf_elf_symbol_len(&s->image);
    struct wf_elf_symbol symbol;
    size_t section = 0, next = 0, num_local = 0;
    bool all_local = true;

    for (size_t i = 0; wf_elf_decode_symbols(&s->image, from, &symbol, 1) == 1; i++) {
        const struct wf_bytes record = wf_bytes_first(from, len);
        uint32_t word;

        from = wf_bytes_skip(from, len);
        if (!is_kept(s, i))
            continue;
        if (!wf_strip_symbol_section(&section, s, i, &symbol, err))
            return false;
        const uint16_t field = new_section_field(s, &symbol, section, &word);

        memcpy(to + next * len, record.data, len);
        put_symbol(s, to + next * len,
                   wf_strip_names_new(&s->symbol_names, symbol.name_off), field);
        if (words != NULL)
            wf_strip_put(s, words + next * sizeof word, word, sizeof word);
        all_local = all_local && symbol.info >> 4 == STB_LOCAL;
        num_local += all_local;
        next++;
    }
    s->sections[s->symbols_idx].header.info = (uint32_t)num_local;
    return true;
}

static bool
renew_table(struct wf_strip *s, struct wf_error *err)
{
    const size_t len = wf_elf_symbol_len(&s->image);
    const struct wf_bytes old = symbols_of(s)->content;
    const size_t num = s->num_kept_symbols;
    uint8_t *symbols = wf_arena_array(&s->arena, num + 1, len);
    uint8_t *words = NULL;
    const bool extended = s->extended_idx != 0 && !s->sections[s->extended_idx].goes;

    if (extended)
        words = wf_arena_array(&s->arena, num + 1, sizeof(uint32_t));
    if (!put_symbols(s, old, symbols, words, err))
        return false;
    s->sections[s->symbols_idx].content = wf_bytes_of(symbols, num * len);
    s->sections[s->symbols_idx].renewed = true;
    if (extended) {
        s->sections[s->extended_idx].content = wf_bytes_of(words, num * sizeof(uint32_t));
        s->sections[s->extended_idx].renewed = true;
    }
    return true;
}

static void
renew_relocations(struct wf_strip *s, size_t idx)
{
    const size_t len = relocation_len(s, &s->sections[idx]);
    struct wf_bytes rest = s->sections[idx].content;
    uint8_t *to = renew(s, idx, rest.len);

    while (rest.len >= len) {
        const uint32_t symbol = relocation_symbol(s, wf_bytes_first(rest, len));

        put_relocation_symbol(s, to, s->symbol_to[symbol]);
        to += len;
        rest = wf_bytes_skip(rest, len);
    }
}

/* A group is a word of flags and the section indices of its members. */
static void
renew_group(struct wf_strip *s, size_t idx)
{
    struct wf_reader r = wf_reader_over(s->sections[idx].content, s->image.endian);
    uint8_t *to = renew(s, idx, s->sections[idx].content.len);
    size_t len = 4;

    (void)wf_read_u32(&r);
    while (r.rest.len >= 4) {
        const uint32_t member = wf_strip_new_idx(s, wf_read_u32(&r));

        if (member != 0) {
            wf_strip_put(s, to + len, member, 4);
            len += 4;
        }
    }
    s->sections[idx].content = wf_bytes_of(to, len);
    if (s->symbols_idx != 0 && s->sections[idx].header.link == s->symbols_idx &&
        s->sections[idx].header.info < s->num_symbols)
        s->sections[idx].header.info = s->symbol_to[s->sections[idx].header.info];
}

bool
wf_strip_renew_symbols(struct wf_strip *s, struct wf_error *err)
{
    if (s->symbols_idx != 0 && !renew_table(s, err))
        return false;
    for (size_t i = 1; i < s->num_old; i++) {
        const struct wf_strip_section *section = &s->sections[i];

        if (counts_in_symbols(s, section))
            renew_relocations(s, i);
        else if (section->header.type == SHT_GROUP && !section->goes &&
                 !wf_strip_is_loaded(section) && section->content.len >= 4)
            renew_group(s, i);
    }
    return true;
}
