/* pe_file.c -- headers and sections of PE files, and the way from RVAs to bytes (see
 * pe_file.h).  What loaders accept: MiVerifyImageHeader and MiCreateImageFileMap of the
 * Windows Research Kernel. */
#include "object/pe_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/checked.h"

static struct wf_reader
reader_at(struct wf_bytes bytes, size_t off)
{
    return wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);
}

static bool
read_coff_header(struct wf_pe_file *out, uint16_t *num_sections, struct wf_error *err)
{
    const struct wf_bytes bytes = out->bytes;

    if (bytes.len < PE_DOS_HEADER_LEN)
        return wf_error_at(err, WF_ERR_MALFORMED, 0,
                           "the DOS header needs %d bytes; there are %zu",
                           PE_DOS_HEADER_LEN, bytes.len);
    struct wf_reader r = reader_at(bytes, PE_LFANEW_OFF);
    const uint32_t off = wf_read_u32(&r);
    struct wf_bytes header;

    if (off % 4 != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, PE_LFANEW_OFF,
                           "the PE header is said to be at %#x, not at a multiple of 4",
                           off);
    if (!wf_bytes_slice(&header, bytes, off, PE_SIGNATURE_LEN + PE_COFF_HEADER_LEN,
                        "the PE header", err))
        return false;
    if (!wf_bytes_equal(wf_bytes_first(header, PE_SIGNATURE_LEN),
                        wf_bytes_of("PE\0", PE_SIGNATURE_LEN)))
        return wf_error_at(
            err, WF_ERR_MALFORMED, off,
            "no PE header stands where the DOS header says; \"PE\" and two "
            "zeros are expected");
    out->coff_off = (uint64_t)off + PE_SIGNATURE_LEN;
    out->optional_off = out->coff_off + PE_COFF_HEADER_LEN;
    r = reader_at(header, PE_SIGNATURE_LEN);
    out->machine = wf_read_u16(&r);
    *num_sections = wf_read_u16(&r);
    wf_read_skip(&r, 4); /* TimeDateStamp */
    out->symbols_off = wf_read_u32(&r);
    out->num_symbols = wf_read_u32(&r);
    out->optional_len = wf_read_u16(&r);
    out->characteristics = wf_read_u16(&r);
    return wf_reader_ok(&r, "the COFF header", err);
}

static bool
check_magic(struct wf_pe_file *out, struct wf_bytes header, struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(header, WF_LITTLE);
    const uint16_t magic = wf_read_u16(&r);

    if (!wf_reader_ok(&r, "the optional header", err))
        return false;
    if (magic != PE_MAGIC_32 && magic != PE_MAGIC_32_PLUS)
        return wf_error_at(err, WF_ERR_MALFORMED, out->optional_off,
                           "the optional header begins with %#x; %#x (PE32) or %#x "
                           "(PE32+) is expected",
                           magic, PE_MAGIC_32, PE_MAGIC_32_PLUS);
    out->is_plus = magic == PE_MAGIC_32_PLUS;
    if ((out->machine == PE_MACHINE_I386 && out->is_plus) ||
        ((out->machine == PE_MACHINE_AMD64 || out->machine == PE_MACHINE_ARM64) &&
         !out->is_plus))
        return wf_error_at(err, WF_ERR_MALFORMED, out->optional_off,
                           "machine %s (%#x) with a header of %s",
                           wf_pe_machine_name(out->machine), out->machine,
                           out->is_plus ? "PE32+" : "PE32");
    const size_t least =
        out->is_plus ? PE_OPT_DIRECTORIES_64 : (size_t)PE_OPT_DIRECTORIES_32;

    if (header.len < least)
        return wf_error_at(err, WF_ERR_MALFORMED, out->coff_off + 16,
                           "the optional header has %zu bytes; at least %zu are expected",
                           header.len, least);
    return true;
}

static bool
is_power_of_two(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool
check_alignments(const struct wf_pe_file *file, struct wf_error *err)
{
    const uint64_t at = file->optional_off + PE_OPT_SECTION_ALIGN;

    if (!is_power_of_two(file->section_align) || !is_power_of_two(file->file_align))
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "sections are aligned to %#x and %#x in the file; powers of "
                           "two are expected",
                           file->section_align, file->file_align);
    if (file->file_align > file->section_align)
        return wf_error_at(
            err, WF_ERR_MALFORMED, at,
            "sections are aligned to %#x in the file, and to %#x, less, in "
            "memory",
            file->file_align, file->section_align);
    if (file->file_align % PE_SECTOR != 0 && file->file_align != file->section_align)
        return wf_error_at(
            err, WF_ERR_MALFORMED, at,
            "sections are aligned to %#x in the file; a multiple of %#x is "
            "expected, or what they are aligned to in memory (%#x)",
            file->file_align, PE_SECTOR, file->section_align);
    return true;
}

static void
read_directories(struct wf_pe_file *out, struct wf_bytes header)
{
    const size_t off =
        out->is_plus ? PE_OPT_DIRECTORIES_64 : (size_t)PE_OPT_DIRECTORIES_32;
    const size_t room = (header.len - off) / 8;
    struct wf_reader r = reader_at(header, off - 4);
    const uint32_t num = wf_read_u32(&r);

    out->directories_off = out->optional_off + off;
    out->num_directories =
        num < WF_PE_NUM_DIRECTORIES + 1 ? num : WF_PE_NUM_DIRECTORIES + 1;
    if (out->num_directories > room)
        out->num_directories = (uint32_t)room;
    for (uint32_t i = 0; i < out->num_directories && i < WF_PE_NUM_DIRECTORIES; i++) {
        out->directories[i].address = wf_read_u32(&r);
        out->directories[i].size = wf_read_u32(&r);
    }
}

static bool
read_optional_header(struct wf_pe_file *out, struct wf_error *err)
{
    struct wf_bytes header;

    if (!wf_bytes_slice(&header, out->bytes, out->optional_off, out->optional_len,
                        "the optional header", err) ||
        !check_magic(out, header, err))
        return false;
    struct wf_reader r = reader_at(header, out->is_plus ? PE_OPT_IMAGE_BASE_64
                                                        : (size_t)PE_OPT_IMAGE_BASE_32);

    out->image_base = out->is_plus ? wf_read_u64(&r) : wf_read_u32(&r);
    out->section_align = wf_read_u32(&r);
    out->file_align = wf_read_u32(&r);
    wf_read_skip(&r, PE_OPT_IMAGE_SIZE - PE_OPT_FILE_ALIGN - 4);
    out->image_size = wf_read_u32(&r);
    out->headers_size = wf_read_u32(&r);
    out->checksum_off = out->optional_off + PE_OPT_CHECKSUM;
    read_directories(out, header);
    return wf_reader_ok(&r, "the optional header", err) && check_alignments(out, err);
}

/* What the file has of [off, off + len). */
static struct wf_bytes
clip(struct wf_bytes bytes, uint64_t off, uint64_t len)
{
    if (off >= bytes.len)
        return (struct wf_bytes){ .file_off = off };
    const struct wf_bytes rest = wf_bytes_skip(bytes, (size_t)off);

    return wf_bytes_first(rest, len < rest.len ? (size_t)len : rest.len);
}

/* The loader counts in sectors, but for images that it maps as the file is. */
static void
read_section(struct wf_pe_section *out, struct wf_reader *r,
             const struct wf_pe_file *file)
{
    const uint32_t unit = file->section_align < PE_PAGE ? 1 : PE_SECTOR;

    out->header_off = r->rest.file_off;
    const struct wf_bytes name = wf_read_bytes(r, 8);

    for (size_t i = 0; i < name.len; i++)
        out->name[i] = (char)name.data[i];
    out->virtual_size = wf_read_u32(r);
    out->address = wf_read_u32(r);
    out->raw_size = wf_read_u32(r);
    out->raw_off = wf_read_u32(r);
    wf_read_skip(r, PE_SEC_FLAGS - PE_SEC_RAW_OFF - 4);
    out->flags = wf_read_u32(r);
    out->bytes = clip(file->bytes, out->raw_off / unit * unit,
                      out->raw_off == 0 ? 0 : out->raw_size);
}

static bool
read_sections(struct wf_pe_file *out, struct wf_arena *arena, uint16_t num,
              struct wf_error *err)
{
    struct wf_bytes table;

    if (num > PE_MOST_SECTIONS)
        return wf_error_at(err, WF_ERR_MALFORMED, out->coff_off + 2,
                           "%u sections; loaders take at most %d", num, PE_MOST_SECTIONS);
    out->sections_off = out->optional_off + out->optional_len;
    if (!wf_bytes_slice(&table, out->bytes, out->sections_off,
                        (uint64_t)num * PE_SECTION_HEADER_LEN, "the section table", err))
        return false;
    struct wf_reader r = wf_reader_over(table, WF_LITTLE);

    out->sections = wf_arena_array(arena, num, sizeof *out->sections);
    out->num_sections = num;
    for (uint16_t i = 0; i < num; i++)
        read_section(&out->sections[i], &r, out);
    return wf_reader_ok(&r, "the section table", err);
}

bool
wf_pe_open(struct wf_pe_file *out, struct wf_arena *arena, struct wf_bytes bytes,
           struct wf_error *err)
{
    struct wf_pe_file file = { .bytes = bytes };
    uint16_t num_sections = 0;

    if (!read_coff_header(&file, &num_sections, err) ||
        !read_optional_header(&file, err) ||
        !read_sections(&file, arena, num_sections, err))
        return false;
    *out = file;
    return true;
}

uint64_t
wf_pe_mapped_size(const struct wf_pe_section *section)
{
    const uint64_t size =
        section->virtual_size != 0 ? section->virtual_size : section->raw_size;

    return (size + PE_PAGE - 1) / PE_PAGE * PE_PAGE;
}

const struct wf_pe_section *
wf_pe_find_section(const struct wf_pe_file *file, uint32_t rva)
{
    if (file->section_align < PE_PAGE || rva < file->headers_size)
        return NULL;
    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_pe_section *section = &file->sections[i];

        if (rva >= section->address &&
            rva - section->address < wf_pe_mapped_size(section))
            return section;
    }
    return NULL;
}

struct wf_pe_place
wf_pe_directory_place(const struct wf_pe_file *file, enum wf_pe_directory directory,
                      const char *what)
{
    return (struct wf_pe_place){ .rva = file->directories[directory].address,
                                 .field = file->directories_off + 8 * (uint64_t)directory,
                                 .what = what };
}

bool
wf_pe_place_of(struct wf_pe_place *out, uint64_t address, uint64_t base, uint64_t field,
               const char *what, struct wf_error *err)
{
    if (base == 0 && address > UINT32_MAX)
        return wf_error_at(err, WF_ERR_MALFORMED, field,
                           "%s is said to be at RVA %#" PRIx64 ", in no section", what,
                           address);
    if (address < base || address - base > UINT32_MAX)
        return wf_error_at(err, WF_ERR_MALFORMED, field,
                           "%s is said to be at address %#" PRIx64
                           "; the image is at %#" PRIx64,
                           what, address, base);
    *out = (struct wf_pe_place){ (uint32_t)(address - base), field, what };
    return true;
}

bool
wf_pe_map(struct wf_pe_view *out, const struct wf_pe_file *file, struct wf_pe_place place,
          struct wf_error *err)
{
    const struct wf_pe_section *section = wf_pe_find_section(file, place.rva);
    struct wf_bytes bytes;
    uint64_t off = place.rva;
    uint64_t size;

    if (section != NULL) {
        off = place.rva - section->address;
        size = wf_pe_mapped_size(section);
        bytes = clip(section->bytes, 0, size);
    } else {
        size = file->section_align < PE_PAGE ? file->bytes.len : file->headers_size;
        bytes = clip(file->bytes, 0, size);
    }
    if (off >= size)
        return wf_error_at(err, WF_ERR_MALFORMED, place.field,
                           "%s is said to be at RVA %#x, in no section", place.what,
                           place.rva);
    *out = (struct wf_pe_view){ .bytes = clip(bytes, off, bytes.len) };
    out->num_zeros = size - off - out->bytes.len;
    return true;
}

bool
wf_pe_at(struct wf_bytes *out, const struct wf_pe_file *file, struct wf_pe_place place,
         struct wf_error *err)
{
    struct wf_pe_view view;

    if (!wf_pe_map(&view, file, place, err))
        return false;
    if (view.bytes.len == 0)
        return wf_error_at(err, WF_ERR_MALFORMED, place.field,
                           "%s is said to be at RVA %#x, where the file has no bytes",
                           place.what, place.rva);
    *out = view.bytes;
    return true;
}

bool
wf_pe_string(struct wf_bytes *out, const struct wf_pe_file *file,
             struct wf_pe_place place, size_t most, struct wf_error *err)
{
    struct wf_pe_view view;

    if (!wf_pe_map(&view, file, place, err))
        return false;
    const size_t len = view.bytes.len <= most ? view.bytes.len : most + 1;
    const uint8_t *end = len == 0 ? NULL : memchr(view.bytes.data, '\0', len);

    if (end != NULL)
        *out = wf_bytes_first(view.bytes, (size_t)(end - view.bytes.data));
    else if (len <= most && view.num_zeros > 0)
        *out = view.bytes;
    else
        return wf_error_at(err, WF_ERR_MALFORMED, view.bytes.file_off,
                           "%s has no NUL in its first %zu bytes", place.what, len);
    return true;
}

/* Compilers make one load of it where they can. */
static uint64_t
load_u64(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
           (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
           (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* The sum is one of 16-bit words whose carries come round again, which is arithmetic modulo
 * 2^16 - 1: words of 32 bits may be added up first, and the field's bytes taken away again. */
uint32_t
wf_pe_checksum(struct wf_bytes bytes, uint64_t field_off)
{
    uint64_t low = 0;
    uint64_t high = 0;
    size_t i = 0;

    for (; bytes.len - i >= 8; i += 8) {
        const uint64_t word = load_u64(bytes.data + i);

        low += word & UINT32_MAX;
        high += word >> 32;
    }
    for (; i < bytes.len; i++)
        low += (uint64_t)bytes.data[i] << 8 * (i % 4);
    for (uint64_t k = field_off; k < bytes.len && k - field_off < 4; k++) {
        /* The sum that holds the byte is at least as large. */
        uint64_t *sum = bytes.len - k > bytes.len % 8 && k % 8 >= 4 ? &high : &low;

        *sum -= (uint64_t)bytes.data[k] << 8 * (k % 4);
    }
    low = (low & UINT32_MAX) + (low >> 32) + (high & UINT32_MAX) + (high >> 32);
    while (low > UINT16_MAX)
        low = (low & UINT16_MAX) + (low >> 16);
    return (uint32_t)(low + bytes.len);
}
