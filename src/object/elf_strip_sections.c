/* elf_strip_sections.c -- reading the sections of an image, and choosing those that go.
 * Format: gABI chapter 4, "Sections".  Which sections are debug sections is known by their
 * names alone; the list is binutils' (bfd/elf.c, as of 2.40). */
#include "object/elf_strip_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/checked.h"

/* Names of sections for debuggers: all that start so, when they are not loaded. */
static const char *const debug_prefixes[] = {
    ".debug", ".gnu.debuglto_.debug_", ".gnu.linkonce.wi.", ".zdebug", ".line", ".stab",
};

static bool
refuse_unjudged(struct wf_strip *s, struct wf_bytes image, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file;

    if (!wf_object_read(&file, &s->arena, "", image, &limits, err))
        return false;
    for (size_t i = 0; i < file.num_objects; i++)
        if (!wf_object_is_judged(&file.objects[i]))
            return wf_error_set(err, WF_ERR_REFUSED,
                                "%s: only what a loader maps is stripped",
                                wf_object_kind_name(file.objects[i].kind));
    s->sections_agree = file.objects[0].num_section_differences == 0;
    return true;
}

/* Sections without bytes in the file. */
static bool
has_no_bytes(const struct wf_elf_section *header)
{
    return header->type == SHT_NULL || header->type == SHT_NOBITS;
}

static void
read_sections(struct wf_strip *s, struct wf_bytes table)
{
    const size_t len = wf_elf_section_len(&s->image);
    struct wf_elf_section header;

    /* One more than there are: .gnu_debuglink may be added. */
    s->num_old = s->num_sections = table.len / len;
    s->sections = wf_arena_array(&s->arena, s->num_old + 1, sizeof *s->sections);
    for (size_t i = 0; wf_elf_decode_sections(&s->image, table, &header, 1) == 1; i++) {
        struct wf_strip_section *section = &s->sections[i];

        section->header = header;
        section->header_off = table.file_off;
        /* Bytes outside the file count only when the section stays. */
        if (!has_no_bytes(&header) && wf_fits(header.off, header.len, s->image.bytes.len))
            section->content = wf_bytes_first(
                wf_bytes_skip(s->image.bytes, (size_t)header.off), (size_t)header.len);
        table = wf_bytes_skip(table, len);
    }
}

static bool
find_names(struct wf_strip *s, struct wf_error *err)
{
    const uint16_t claimed = s->image.header.names_idx;
    const uint32_t idx = claimed == SHN_XINDEX ? s->sections[0].header.link : claimed;

    if (idx >= s->num_old)
        return wf_error_at(err, WF_ERR_MALFORMED, 0,
                           "section names are said to be in section %" PRIu32
                           "; there are %zu",
                           idx, s->num_old);
    if (idx != 0 && s->sections[idx].header.type != SHT_STRTAB)
        return wf_error_at(err, WF_ERR_MALFORMED, s->sections[idx].header_off,
                           "section names are said to be in section %" PRIu32
                           ", which is no string table",
                           idx);
    s->names_idx = idx;
    return true;
}

bool
wf_strip_open(struct wf_strip *s, struct wf_bytes image, struct wf_error *err)
{
    *s = (struct wf_strip){ 0 };
    if (!wf_elf_read_header(&s->image, image, err) || !refuse_unjudged(s, image, err) ||
        !wf_elf_read_segments(&s->image, &s->arena, err))
        return false;
    const struct wf_elf_sections sections = wf_elf_find_sections(&s->image, &s->arena);

    if (sections.fault != NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, s->image.header.sections_off, "%s",
                           sections.fault);
    if (sections.table.len == 0)
        return true;
    read_sections(s, sections.table);
    return find_names(s, err);
}

void
wf_strip_clear(struct wf_strip *s)
{
    wf_arena_clear(&s->arena);
}

struct wf_bytes
wf_strip_name(const struct wf_strip *s, size_t idx)
{
    const struct wf_bytes names = s->sections[s->names_idx].content;
    const uint32_t off = s->sections[idx].header.name_off;

    if (off >= names.len)
        return (struct wf_bytes){ 0 };
    return wf_bytes_skip(names, off);
}

bool
wf_strip_is_named(const struct wf_strip *s, size_t idx, const char *name)
{
    const struct wf_bytes found = wf_strip_name(s, idx);
    const size_t len = strlen(name) + 1;

    return found.len >= len && memcmp(found.data, name, len) == 0;
}

static bool
is_for_debuggers(const struct wf_strip *s, size_t idx)
{
    const struct wf_bytes name = wf_strip_name(s, idx);

    for (size_t i = 0; i < WF_COUNT(debug_prefixes); i++)
        if (wf_bytes_starts_with(name, debug_prefixes[i]))
            return true;
    return wf_strip_is_named(s, idx, ".gdb_index");
}

size_t
wf_strip_old_idx(const struct wf_strip *s, uint64_t idx)
{
    return idx < s->num_old ? (size_t)idx : 0;
}

bool
wf_strip_is_loaded(const struct wf_strip_section *section)
{
    return (section->header.flags & SHF_ALLOC) != 0;
}

bool
wf_strip_is_relocations(const struct wf_strip_section *section)
{
    return section->header.type == SHT_REL || section->header.type == SHT_RELA;
}

/* The symbol table goes whole, with what only it makes sense with. */
static void
drop_symbol_tables(struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];

        if (wf_strip_is_loaded(section))
            continue;
        if (section->header.type == SHT_SYMTAB || section->header.type == SHT_GROUP ||
            section->header.type == SHT_SYMTAB_SHNDX)
            section->goes = true;
    }
}

/* Tables of names go with the symbol table they belong to, when nobody else is linked to
 * them; `held` marks those that somebody is. */
static void
drop_unused_strings(struct wf_strip *s)
{
    bool *held = wf_arena_array(&s->arena, s->num_old, sizeof *held);

    held[s->names_idx] = true;
    for (size_t i = 1; i < s->num_old; i++)
        if (!s->sections[i].goes)
            held[wf_strip_old_idx(s, s->sections[i].header.link)] = true;
    for (size_t i = 1; i < s->num_old; i++) {
        const size_t strings = wf_strip_old_idx(s, s->sections[i].header.link);

        if (s->sections[i].goes && s->sections[i].header.type == SHT_SYMTAB &&
            !held[strings] && s->sections[strings].header.type == SHT_STRTAB &&
            !wf_strip_is_loaded(&s->sections[strings]))
            s->sections[strings].goes = true;
    }
}

/* Relocations go with the section they are for, and with the symbols they count in. */
static void
drop_relocations(struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];
        const size_t target = wf_strip_old_idx(s, section->header.info);
        const size_t symbols = wf_strip_old_idx(s, section->header.link);

        if (wf_strip_is_relocations(section) && !wf_strip_is_loaded(section) &&
            (s->sections[target].goes || s->sections[symbols].goes))
            section->goes = true;
    }
}

/* A group whose members are all gone is none.  Its content is a word of flags, then section
 * indices. */
static bool
has_members(const struct wf_strip *s, const struct wf_strip_section *group)
{
    struct wf_reader r = wf_reader_over(group->content, s->image.endian);

    (void)wf_read_u32(&r);
    while (r.rest.len >= 4) {
        const size_t member = wf_strip_old_idx(s, wf_read_u32(&r));

        if (member != 0 && !s->sections[member].goes)
            return true;
    }
    return false;
}

static void
drop_empty_groups(struct wf_strip *s)
{
    uint64_t budget = s->image.bytes.len; /* groups may all claim the same bytes */

    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];

        if (section->header.type != SHT_GROUP || section->goes ||
            wf_strip_is_loaded(section) || section->content.len > budget)
            continue;
        budget -= section->content.len;
        section->goes = !has_members(s, section);
    }
}

/* A loaded symbol table may name a section that is not loaded.  No linker writes that; but
 * a symbol must not lose its section, or it would look undefined, or absolute. */
static void
keep_sections_of_dynamic_symbols(struct wf_strip *s)
{
    enum { BATCH = 64 };
    struct wf_elf_symbol batch[BATCH];
    struct wf_bytes rest = { 0 };
    size_t num;

    for (size_t i = 1; i < s->num_old && rest.len == 0; i++)
        if (s->sections[i].header.type == SHT_DYNSYM)
            rest = s->sections[i].content;
    while ((num = wf_elf_decode_symbols(&s->image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++)
            if (batch[i].section < SHN_LORESERVE)
                s->sections[wf_strip_old_idx(s, batch[i].section)].goes = false;
        rest = wf_bytes_skip(rest, num * wf_elf_symbol_len(&s->image));
    }
}

void
wf_strip_choose(struct wf_strip *s, enum wf_strip_level level, bool relinked)
{
    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];

        if (wf_strip_is_loaded(section) || i == s->names_idx)
            continue;
        section->goes = (level != WF_STRIP_NOTHING && is_for_debuggers(s, i)) ||
                        (relinked && wf_strip_is_named(s, i, ".gnu_debuglink"));
    }
    if (level == WF_STRIP_ALL)
        drop_symbol_tables(s);
    keep_sections_of_dynamic_symbols(s);
    drop_relocations(s);
    drop_empty_groups(s);
    drop_unused_strings(s);
}

void
wf_strip_number(struct wf_strip *s)
{
    uint32_t next = 0;

    for (size_t i = 0; i < s->num_sections; i++)
        s->sections[i].new_idx = s->sections[i].goes ? 0 : next++;
    s->num_kept = next;
}

uint32_t
wf_strip_new_idx(const struct wf_strip *s, uint32_t idx)
{
    return idx < s->num_old ? s->sections[idx].new_idx : idx;
}

bool
wf_strip_check_contents(const struct wf_strip *s, struct wf_error *err)
{
    uint64_t rest = s->image.bytes.len;

    for (size_t i = 1; i < s->num_old; i++) {
        const struct wf_strip_section *section = &s->sections[i];
        const struct wf_elf_section *header = &section->header;

        if (section->goes || has_no_bytes(header))
            continue;
        if (!wf_fits(header->off, header->len, s->image.bytes.len))
            return wf_error_at(err, WF_ERR_MALFORMED, section->header_off,
                               "section %zu claims 0x%" PRIx64 " bytes from 0x%" PRIx64
                               " on; the file has %zu",
                               i, header->len, header->off, s->image.bytes.len);
        if (wf_strip_is_loaded(section))
            continue;
        if (header->len > rest)
            return wf_error_at(err, WF_ERR_MALFORMED, section->header_off,
                               "the sections that are not loaded hold more bytes than "
                               "the file, %zu; they overlap",
                               s->image.bytes.len);
        rest -= header->len;
    }
    return true;
}
