/* macho_strip_tables.c -- what stands in __LINKEDIT, and who says so. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "object/macho_strip_parts.h"

/* Every pair of an offset and a size, or number of entries, in a load command. */
static const struct field {
    uint32_t command;
    uint8_t at;        /* of the offset; the size follows */
    uint8_t entry_len; /* bytes of an entry; 0: of a symbol */
} fields[] = {
    { LC_SYMTAB, 8, 0 },
    { LC_SYMTAB, 16, 1 },
    { LC_DYSYMTAB, 56, 4 }, /* indirect symbols */
    { LC_DYSYMTAB, 64, 8 }, /* relocations: external, local */
    { LC_DYSYMTAB, 72, 8 },
    { LC_TWOLEVEL_HINTS, 8, 4 },
    { LC_SYMSEG, 8, 1 },
    { LC_DYLD_INFO, 8, 1 },
    { LC_DYLD_INFO, 16, 1 },
    { LC_DYLD_INFO, 24, 1 },
    { LC_DYLD_INFO, 32, 1 },
    { LC_DYLD_INFO, 40, 1 },
    { LC_DYLD_INFO_ONLY, 8, 1 },
    { LC_DYLD_INFO_ONLY, 16, 1 },
    { LC_DYLD_INFO_ONLY, 24, 1 },
    { LC_DYLD_INFO_ONLY, 32, 1 },
    { LC_DYLD_INFO_ONLY, 40, 1 },
    { LC_SEGMENT_SPLIT_INFO, 8, 1 },
    { LC_FUNCTION_STARTS, 8, 1 },
    { LC_DATA_IN_CODE, 8, 1 },
    { LC_DYLIB_CODE_SIGN_DRS, 8, 1 },
    { LC_LINKER_OPTIMIZATION_HINT, 8, 1 },
    { LC_DYLD_EXPORTS_TRIE, 8, 1 },
    { LC_DYLD_CHAINED_FIXUPS, 8, 1 },
    { LC_ATOM_INFO, 8, 1 },
    { LC_FUNCTION_VARIANTS, 8, 1 },
    { LC_FUNCTION_VARIANT_FIXUPS, 8, 1 },
    { LC_LAZY_LOAD_DYLIB_INFO, 8, 1 },
};

enum { NOTE_LEN = 40, NOTE_AT = 24 };

static bool
refuse(const struct wf_macho_stripping *s, const struct wf_macho_command *command,
       const char *why)
{
    return wf_error_at(s->err, WF_ERR_REFUSED, command->bytes.file_off,
                       "load command %u (%#x) %s; its slice is not stripped",
                       command->index, command->command, why);
}

/* Where a command, or a field of it, stands in the slice. */
static size_t
place_of(const struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    return (size_t)(command->bytes.file_off - s->slice.file_off);
}

/* What ends before __LINKEDIT stays; what is empty may stand anywhere. */
static bool
add_table(struct wf_macho_stripping *s, const struct wf_macho_command *command,
          struct wf_macho_strip_table table)
{
    const struct wf_macho_segment *linkedit = s->layout.linkedit;
    const uint64_t end =
        s->layout.has_signature ? s->layout.signature_off : linkedit->off + linkedit->len;

    if (!wf_fits(table.off, table.len, end)) {
        if (table.len == 0)
            return true;
        return wf_error_at(s->err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "load command %u (%#x) has %" PRIu64 " bytes at %" PRIu64
                           ", and __LINKEDIT ends at %" PRIu64,
                           command->index, command->command, table.len, table.off, end);
    }
    if (table.off + table.len <= linkedit->off && table.off < linkedit->off)
        return true;
    if (table.off < linkedit->off)
        return refuse(s, command, "names bytes before __LINKEDIT");
    s->tables = wf_arena_grow(&s->arena, s->tables, s->num_tables, &s->cap_tables,
                              sizeof *s->tables);
    s->tables[s->num_tables++] = table;
    return true;
}

static bool
add_note(struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    struct wf_reader r = wf_macho_reader(&s->header, command);

    wf_read_skip(&r, NOTE_AT);
    const uint64_t off = wf_read_u64(&r);
    const uint64_t len = wf_read_u64(&r);

    return add_table(
        s, command,
        (struct wf_macho_strip_table){ off, len, place_of(s, command) + NOTE_AT, true });
}

static bool
add_tables(struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    for (size_t i = 0; i < WF_COUNT(fields); i++) {
        const struct field *f = &fields[i];

        if (f->command != command->command)
            continue;
        if (command->bytes.len < f->at + 8U)
            return wf_error_at(s->err, WF_ERR_MALFORMED, command->bytes.file_off + 4,
                               "load command %u (%#x) has %zu bytes; its fields take %u",
                               command->index, command->command, command->bytes.len,
                               f->at + 8U);
        const size_t len = f->entry_len > 0 ? f->entry_len : wf_macho_strip_symbol_len(s);
        const struct wf_macho_strip_table table = {
            .off = wf_macho_word(&s->header, command, f->at),
            .len = (uint64_t)wf_macho_word(&s->header, command, f->at + 4U) * len,
            .field_off = place_of(s, command) + f->at,
        };

        if (!add_table(s, command, table))
            return false;
    }
    return true;
}

/* Relocations of sections are for linkers; they name symbols by their numbers. */
static bool
check_sections(const struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    const bool is_64 = s->header.is_64;
    const size_t len = is_64 ? SECTION_64_LEN : SECTION_LEN;
    struct wf_bytes rest =
        wf_bytes_skip(command->bytes, is_64 ? SEGMENT_64_LEN : SEGMENT_LEN);

    for (; rest.len >= len; rest = wf_bytes_skip(rest, len)) {
        struct wf_reader r = wf_reader_over(rest, s->header.endian);

        wf_read_skip(&r, is_64 ? 60 : 52);
        if (wf_read_u32(&r) > 0)
            return refuse(s, command, "has a section with relocations");
    }
    return true;
}

/* Tables that no linker of this century writes, and that hold numbers of symbols. */
static bool
check_dysymtab(const struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    if (wf_macho_word(&s->header, command, 36) > 0 ||
        wf_macho_word(&s->header, command, 44) > 0 ||
        wf_macho_word(&s->header, command, 52) > 0)
        return refuse(s, command, "has a table of contents, of modules or of references");
    if (wf_macho_word(&s->header, command, 68) > 0 && s->header.endian == WF_BIG)
        return refuse(s, command, "has external relocations, big-endian ones");
    return true;
}

static bool
note_once(struct wf_macho_stripping *s, size_t *at,
          const struct wf_macho_command *command)
{
    if (*at != 0)
        return wf_error_at(s->err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "load command %u (%#x) is the second of its kind",
                           command->index, command->command);
    *at = place_of(s, command);
    return true;
}

/* wf_macho_read_layout has seen that the commands have all their fields. */
static bool
read_command(struct wf_macho_stripping *s, const struct wf_macho_command *command)
{
    if (wf_macho_command_name(command->command) == NULL)
        return refuse(s, command, "is unknown, and may lead into __LINKEDIT");
    if (command->index == s->layout.linkedit->command)
        s->linkedit_at = place_of(s, command);
    switch (command->command) {
    case LC_SEGMENT:
    case LC_SEGMENT_64:
        return check_sections(s, command);
    case LC_CODE_SIGNATURE:
        return note_once(s, &s->signature_at, command);
    case LC_SYMTAB:
        return note_once(s, &s->symtab_at, command) && add_tables(s, command);
    case LC_DYSYMTAB:
        return note_once(s, &s->dysymtab_at, command) && check_dysymtab(s, command) &&
               add_tables(s, command);
    case LC_NOTE:
        return add_note(s, command);
    default:
        return add_tables(s, command);
    }
}

static int
compare_tables(const void *a, const void *b)
{
    const struct wf_macho_strip_table *x = a;
    const struct wf_macho_strip_table *y = b;

    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    return x->len < y->len ? -1 : x->len > y->len;
}

static bool
check_overlaps(struct wf_macho_stripping *s)
{
    uint64_t end = 0;

    if (s->num_tables > 0)
        qsort(s->tables, s->num_tables, sizeof *s->tables, compare_tables);
    for (size_t i = 0; i < s->num_tables; i++) {
        const struct wf_macho_strip_table *table = &s->tables[i];

        if (table->len == 0)
            continue;
        if (table->off < end)
            return wf_error_at(s->err, WF_ERR_MALFORMED,
                               s->slice.file_off + table->field_off,
                               "what begins at %" PRIu64 " overlaps what ends at %" PRIu64
                               " in __LINKEDIT",
                               table->off, end);
        end = table->off + table->len;
    }
    return true;
}

static void
find_symbols(struct wf_macho_stripping *s)
{
    if (s->symtab_at == 0)
        return;
    s->num_symbols = wf_macho_strip_word(s, s->symtab_at + 12);
    s->symbols.off = wf_macho_strip_word(s, s->symtab_at + 8);
    s->symbols.len = s->num_symbols * (uint64_t)wf_macho_strip_symbol_len(s);
    s->names.off = wf_macho_strip_word(s, s->symtab_at + 16);
    s->names.len = wf_macho_strip_word(s, s->symtab_at + 20);
    if (s->names.len == 0) /* it stands nowhere: as good a place as any */
        s->names.off = s->symbols.off + s->symbols.len;
}

/* Tables that lie before __LINKEDIT were let pass; these two may not. */
static bool
check_symbols(const struct wf_macho_stripping *s)
{
    const uint64_t start = s->layout.linkedit->off;

    if (s->num_symbols == 0 || (s->symbols.off >= start && s->names.off >= start))
        return true;
    return wf_error_at(s->err, WF_ERR_MALFORMED, s->slice.file_off + s->symtab_at,
                       "symbols at %" PRIu64 " and their names at %" PRIu64
                       " stand before __LINKEDIT, which begins at %" PRIu64,
                       s->symbols.off, s->names.off, start);
}

static bool
check_image(const struct wf_macho_stripping *s)
{
    const uint32_t type = s->header.file_type;

    if (type != MH_EXECUTE && type != MH_DYLIB && type != MH_BUNDLE)
        return wf_error_at(s->err, WF_ERR_REFUSED, s->slice.file_off + 12,
                           "only libraries, bundles and programs are stripped; this is a "
                           "file of type %u",
                           type);
    if (s->layout.why_not_signable != NULL)
        return wf_error_set(s->err, WF_ERR_REFUSED, "the slice is not stripped: %s",
                            s->layout.why_not_signable);
    if (s->layout.linkedit->off < s->layout.commands_end)
        return wf_error_at(s->err, WF_ERR_MALFORMED, s->slice.file_off,
                           "__LINKEDIT begins at %" PRIu64
                           ", and the load commands end at %" PRIu64,
                           s->layout.linkedit->off, s->layout.commands_end);
    return true;
}

bool
wf_macho_strip_read(struct wf_macho_stripping *s)
{
    struct wf_macho_command command;

    if (!wf_macho_read_header(&s->header, s->slice, s->err) ||
        !wf_macho_read_layout(&s->layout, &s->arena, s->slice, &s->header, s->err) ||
        !check_image(s))
        return false;
    struct wf_macho_walk walk = wf_macho_walk_over(&s->header);

    while (wf_macho_next(&command, &walk, s->err))
        if (!read_command(s, &command))
            return false;
    if (walk.failed || !check_overlaps(s))
        return false;
    find_symbols(s);
    return check_symbols(s);
}
