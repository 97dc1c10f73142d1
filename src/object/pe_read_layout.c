/* pe_read_layout.c -- what stands where in a PE file, and what of that is amiss: sections,
 * COFF symbols, certificate, overlay, room for names and for one more section. */
#include "object/pe_read.h"

#include <inttypes.h>

#include "base/checked.h"

enum { CERTIFICATE_ALIGN = 8, MOST_PADDING = 1 << 16 };

static uint64_t
round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

static bool
is_zero(struct wf_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

static void
add_section_fault(struct wf_pe_reading *reading, size_t i, const char *what, uint64_t is,
                  const char *other, uint64_t should)
{
    wf_pe_add_fault(reading, "pe-sections",
                    wf_arena_printf(reading->arena,
                                    "section %zu %s %#" PRIx64 ", and %s %#" PRIx64, i,
                                    what, is, other, should));
}

/* Windows maps whole files where sections are aligned to less than a page, and takes other
 * sections only when each begins in memory where the one before ends. */
static void
check_sections(struct wf_pe_reading *reading)
{
    const struct wf_pe_file *file = &reading->file;
    const bool is_flat = file->section_align < PE_PAGE;
    uint64_t next = round_up(file->headers_size, file->section_align);

    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_pe_section *section = &file->sections[i];
        const uint64_t size =
            section->virtual_size != 0 ? section->virtual_size : section->raw_size;

        if (is_flat && section->raw_size != 0 && section->raw_off != section->address)
            add_section_fault(reading, i, "begins at RVA", section->address,
                              "without alignment to pages must be so in the file; it is "
                              "at",
                              section->raw_off);
        else if (!is_flat && section->address != next)
            add_section_fault(reading, i, "begins at RVA", section->address,
                              "what is before it ends at", next);
        else if (section->raw_off != 0 && section->bytes.len < section->raw_size)
            add_section_fault(reading, i, "has bytes up to",
                              (uint64_t)section->raw_off + section->raw_size,
                              "the file ends at", file->bytes.len);
        next = round_up(section->address + size, file->section_align);
    }
    if (next > round_up(file->image_size, file->section_align))
        wf_pe_add_fault(reading, "pe-image-size",
                        wf_arena_printf(reading->arena,
                                        "SizeOfImage is %#" PRIx32
                                        ", and sections end at %#" PRIx64,
                                        file->image_size, next));
}

static void
check_symbols(struct wf_pe_reading *reading)
{
    const struct wf_pe_file *file = &reading->file;

    if (file->symbols_off == 0 || file->num_symbols == 0)
        return;
    reading->pe->num_coff_symbols = file->num_symbols;
    if (!wf_fits(file->symbols_off, (uint64_t)file->num_symbols * PE_SYMBOL_LEN,
                 file->bytes.len))
        wf_pe_add_fault(reading, "pe-symbols",
                        wf_arena_printf(reading->arena,
                                        "%" PRIu32 " COFF symbols at %#" PRIx32
                                        " are not in the file",
                                        file->num_symbols, file->symbols_off));
}

/* How long a sequence of DER is, with its tag and length; 0: none begins here. */
static uint64_t
der_len(struct wf_bytes bytes)
{
    enum { SEQUENCE = 0x30, LONG_FORM = 0x80 };
    struct wf_reader r = wf_reader_over(bytes, WF_LITTLE);
    const uint8_t tag = wf_read_u8(&r);
    const uint8_t first = wf_read_u8(&r);
    uint64_t len = first;

    if (first >= LONG_FORM) {
        len = 0;
        if (first == LONG_FORM || first > LONG_FORM + 4)
            return 0;
        for (unsigned i = first - LONG_FORM; i > 0; i--)
            len = len << 8 | wf_read_u8(&r);
    }
    return r.failed || tag != SEQUENCE ? 0 : len + (bytes.len - r.rest.len);
}

/* One entry of the certificate table; *rest goes on behind it.  What is wrong, or NULL. */
static const char *
check_entry(struct wf_arena *arena, struct wf_bytes *rest)
{
    enum { PKCS_SIGNED_DATA = 2, REVISION_1 = 0x100, REVISION_2 = 0x200 };
    struct wf_reader r = wf_reader_over(*rest, WF_LITTLE);
    const uint32_t len = wf_read_u32(&r);
    const uint16_t revision = wf_read_u16(&r);
    const uint16_t type = wf_read_u16(&r);

    if (r.failed || len < PE_CERTIFICATE_LEN || len > rest->len)
        return wf_arena_printf(arena,
                               "an entry of %" PRIu32 " bytes stands where %zu are left",
                               len, rest->len);
    if ((revision != REVISION_1 && revision != REVISION_2) || type != PKCS_SIGNED_DATA)
        return wf_arena_printf(arena,
                               "an entry is of revision %#x and type %u; PKCS #7 signed "
                               "data is type 2",
                               (unsigned)revision, (unsigned)type);
    const struct wf_bytes data =
        wf_bytes_skip(wf_bytes_first(*rest, len), PE_CERTIFICATE_LEN);
    const uint64_t needed = der_len(data);

    if (needed == 0 || needed > data.len)
        return wf_arena_printf(arena,
                               "its PKCS #7 data of %zu bytes are no sequence of that "
                               "length",
                               data.len);
    const uint64_t step = round_up(len, CERTIFICATE_ALIGN);

    *rest = wf_bytes_skip(*rest, step < rest->len ? (size_t)step : rest->len);
    return NULL;
}

static const char *
check_certificate(struct wf_pe_reading *reading, struct wf_pe_range range)
{
    const struct wf_bytes file = reading->file.bytes;
    const uint64_t end = (uint64_t)range.address + range.size;
    const char *fault = NULL;
    struct wf_bytes table;

    if (!wf_bytes_slice(&table, file, range.address, range.size, "certificates", NULL))
        return wf_arena_printf(reading->arena,
                               "it is said to end at %#" PRIx64 ", and the file ends at "
                               "%#zx",
                               end, file.len);
    if (range.address % CERTIFICATE_ALIGN != 0)
        return wf_arena_printf(reading->arena,
                               "it begins at %#" PRIx32 ", which is not a multiple of 8",
                               range.address);
    if (end != file.len)
        return wf_arena_printf(reading->arena,
                               "it ends at %#" PRIx64 ", and the file goes on to %#zx",
                               end, file.len);
    while (fault == NULL && table.len > 0)
        fault = check_entry(reading->arena, &table);
    return fault;
}

static void
read_certificate(struct wf_pe_reading *reading)
{
    const struct wf_pe_range range = reading->file.directories[WF_PE_DIR_SECURITY];
    struct wf_pe *pe = reading->pe;

    if (range.address == 0 || range.size == 0)
        return;
    pe->certificate_off = range.address;
    pe->certificate_len = range.size;
    pe->certificate_fault = check_certificate(reading, range);
    if (pe->certificate_fault != NULL)
        wf_pe_add_fault(reading, "pe-certificate",
                        wf_arena_printf(reading->arena,
                                        "its signature cannot be valid: %s",
                                        pe->certificate_fault));
}

/* Signers align the certificate by a few zeros, which are no overlay. */
static void
read_overlay(struct wf_pe_reading *reading)
{
    const struct wf_pe_file *file = &reading->file;
    struct wf_pe *pe = reading->pe;
    const uint64_t len = file->bytes.len;
    uint64_t end = file->headers_size < len ? file->headers_size : len;

    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_bytes bytes = file->sections[i].bytes;

        if (bytes.len > 0 && bytes.file_off + bytes.len > end)
            end = bytes.file_off + bytes.len;
    }
    pe->overlay_off = end;
    pe->overlay_len = len - end;
    if (pe->certificate_len == 0 || pe->certificate_off < end ||
        !wf_fits(pe->certificate_off, pe->certificate_len, len))
        return;
    pe->overlay_len -= pe->certificate_len;
    if (pe->overlay_len < CERTIFICATE_ALIGN &&
        pe->overlay_len == pe->certificate_off - end &&
        is_zero(wf_bytes_first(wf_bytes_skip(file->bytes, (size_t)end),
                               (size_t)pe->overlay_len)))
        pe->overlay_len = 0;
}

/* Zeros behind what a section holds, up to the end of its bytes; a name needs few. */
static uint32_t
padding_of(const struct wf_pe_file *file, const struct wf_pe_section *section)
{
    const uint32_t wanted = PE_SEC_INITIALIZED | PE_SEC_READ;
    const uint64_t mapped = wf_pe_mapped_size(section);
    const size_t most = section->bytes.len < mapped ? section->bytes.len : (size_t)mapped;

    if (file->section_align < PE_PAGE || section->virtual_size == 0 ||
        section->virtual_size >= most || (section->flags & wanted) != wanted ||
        (section->flags & PE_SEC_EXECUTE) != 0)
        return 0;
    struct wf_bytes rest = wf_bytes_skip(section->bytes, section->virtual_size);

    rest = wf_bytes_first(rest, most - section->virtual_size);
    if (rest.len > MOST_PADDING)
        rest = wf_bytes_first(rest, MOST_PADDING);
    return is_zero(rest) ? (uint32_t)rest.len : 0;
}

/* Free bytes for one more section header: before the first section's, zero, and not those of
 * the bound-import table, which likes to stand there. */
static bool
has_header_room(const struct wf_pe_file *file)
{
    const uint64_t begin =
        file->sections_off + (uint64_t)PE_SECTION_HEADER_LEN * file->num_sections;
    const uint64_t end = begin + PE_SECTION_HEADER_LEN;
    const struct wf_pe_range bound = file->directories[WF_PE_DIR_BOUND_IMPORT];
    struct wf_bytes room;

    if (file->num_sections >= PE_MOST_SECTIONS || end > file->headers_size ||
        !wf_bytes_slice(&room, file->bytes, begin, PE_SECTION_HEADER_LEN, "room", NULL))
        return false;
    for (size_t i = 0; i < file->num_sections; i++)
        if (file->sections[i].bytes.len > 0 && file->sections[i].bytes.file_off < end)
            return false;
    if (bound.address != 0 && bound.address < end &&
        begin < (uint64_t)bound.address + bound.size)
        return false;
    return is_zero(room);
}

void
wf_pe_read_layout(struct wf_pe_reading *reading)
{
    const struct wf_pe_file *file = &reading->file;

    check_sections(reading);
    check_symbols(reading);
    read_certificate(reading);
    read_overlay(reading);
    for (size_t i = 0; i < file->num_sections; i++) {
        const uint32_t padding = padding_of(file, &file->sections[i]);

        if (padding > reading->pe->padding)
            reading->pe->padding = padding;
    }
    reading->pe->has_header_room = has_header_room(file);
}
