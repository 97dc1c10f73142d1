/* pe_edit_section.c -- a new last section for what found no padding.  Its header goes into
 * the zeros behind the section table; without such, all raw data moves up for it.  What
 * stands behind the sections would have to move: COFF symbols do, for headers name their
 * place; of other data nobody knows who counts on where it is. */
#include "object/pe_edit_parts.h"

#include <inttypes.h>

#include "base/checked.h"

enum {
    COFF_SYMBOLS = 8, /* in the COFF header: PointerToSymbolTable */
    LARGEST_ALIGN = 1 << 16,
    MOST_CERTIFICATE_PADDING = 8,
    SEC_RELOCATIONS = 24,
    SEC_LINE_NUMBERS = 28,
};

bool
wf_pe_debug_entry(struct wf_pe_debug *out, const struct wf_pe_file *file, size_t nth)
{
    const struct wf_pe_range *range = &file->directories[WF_PE_DIR_DEBUG];
    struct wf_bytes bytes;

    if (range->address == 0 || nth >= range->size / PE_DEBUG_LEN ||
        !wf_pe_at(&bytes, file,
                  wf_pe_directory_place(file, WF_PE_DIR_DEBUG, "the debug directory"),
                  NULL) ||
        nth >= bytes.len / PE_DEBUG_LEN)
        return false;
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(bytes, nth * PE_DEBUG_LEN), WF_LITTLE);

    /* One by one: C gives the parts of an initializer no order. */
    wf_read_skip(&r, 16);
    out->size = wf_read_u32(&r);
    out->rva = wf_read_u32(&r);
    out->field_off = r.rest.file_off;
    out->field_rva = range->address + (uint32_t)(nth * PE_DEBUG_LEN) + 24;
    out->raw_off = wf_read_u32(&r);
    return true;
}

static bool
is_zero(struct wf_bytes bytes, uint64_t off, uint64_t end)
{
    for (uint64_t i = off; i < end; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

/* Zeros that only fill up to an alignment. */
static bool
is_padding(const struct wf_pe_file *file, uint64_t off, uint64_t end)
{
    return end >= off && end - off < file->file_align && is_zero(file->bytes, off, end);
}

static uint64_t
end_of_sections(const struct wf_pe_file *file)
{
    const uint64_t len = file->bytes.len;
    uint64_t end =
        file->sections_off + (uint64_t)file->num_sections * PE_SECTION_HEADER_LEN;

    if (file->headers_size > end)
        end = file->headers_size < len ? file->headers_size : len;
    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_bytes bytes = file->sections[i].bytes;

        if (bytes.len > 0 && bytes.file_off + bytes.len > end)
            end = bytes.file_off + bytes.len;
    }
    return end;
}

static void
read_certificate(struct wf_pe_tail *out, const struct wf_pe_file *file)
{
    const struct wf_pe_range *range = &file->directories[WF_PE_DIR_SECURITY];

    if (range->address < out->start || range->address >= out->end || range->size == 0)
        return;
    out->certificate = range->address;
    out->certificate_end = range->size < out->end - range->address
                               ? (uint64_t)range->address + range->size
                               : out->end;
    if (!is_padding(file, out->certificate_end, out->end))
        return;
    out->end = out->certificate;
    if (out->end - out->start < MOST_CERTIFICATE_PADDING &&
        is_zero(file->bytes, out->start, out->end))
        out->end = out->start;
}

/* The string table begins with its size, which counts itself. */
static void
read_symbols(struct wf_pe_tail *out, const struct wf_pe_file *file)
{
    const uint64_t symbols = file->symbols_off;
    const uint64_t strings = symbols + (uint64_t)file->num_symbols * PE_SYMBOL_LEN;

    if (symbols == 0 || !wf_fits(strings, 4, file->bytes.len))
        return;
    const uint32_t size = wf_pe_get_u32(file->bytes, (size_t)strings);

    if (!wf_fits(strings, size, file->bytes.len))
        return;
    out->symbols = symbols;
    out->symbols_len = strings - symbols + (size < 4 ? 4 : size);
}

static bool
debug_leads_there(const struct wf_pe_file *file, uint64_t off)
{
    struct wf_pe_debug debug;

    for (size_t i = 0; wf_pe_debug_entry(&debug, file, i); i++)
        if (debug.size > 0 && debug.raw_off >= off)
            return true;
    return false;
}

void
wf_pe_read_tail(struct wf_pe_tail *out, const struct wf_pe_file *file)
{
    *out = (struct wf_pe_tail){ .start = end_of_sections(file), .end = file->bytes.len };
    read_certificate(out, file);
    read_symbols(out, file);
    if (debug_leads_there(file, out->start))
        return;
    const uint64_t symbols_end = out->symbols + out->symbols_len;

    out->is_empty = is_padding(file, out->start, out->end);
    out->only_symbols = out->symbols >= out->start && symbols_end <= out->end &&
                        out->symbols > 0 && is_padding(file, out->start, out->symbols) &&
                        is_padding(file, symbols_end, out->end);
}

static uint64_t
align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) / align * align;
}

static bool
refuse(struct wf_pe_editor *e, const char *why)
{
    uint64_t len = 0;

    for (size_t i = 0; i < e->num_items; i++)
        len += e->items[i]->len;
    return wf_error_set(
        e->err, WF_ERR_REFUSED,
        "new names take %" PRIu64 " bytes, more than there is padding, and %s", len, why);
}

static bool
check_tail(struct wf_pe_editor *e)
{
    const struct wf_pe_tail *tail = &e->tail;

    if (tail->is_empty || tail->only_symbols)
        return true;
    return refuse(
        e, wf_arena_printf(&e->arena,
                           "a new section would move %" PRIu64
                           " bytes of other data behind the sections (from %#" PRIx64
                           " on); keep the names (--no-mangle), or take that data off "
                           "(--strip)",
                           tail->end - tail->start, tail->start));
}

/* Loaders want sections side by side, so no section may be claimed longer than it is. */
static bool
check_sections(struct wf_pe_editor *e)
{
    const struct wf_pe_file *file = &e->file;

    if (file->section_align < PE_PAGE)
        return refuse(e, "sections of this image are mapped as the file is, so that none "
                         "can be added; keep the names (--no-mangle)");
    if (file->num_sections == 0 || file->num_sections >= PE_MOST_SECTIONS)
        return refuse(e, wf_arena_printf(&e->arena,
                                         "there are %zu sections, of at least 1 and at "
                                         "most %d; keep the names (--no-mangle)",
                                         file->num_sections, PE_MOST_SECTIONS));
    if (file->file_align > LARGEST_ALIGN)
        return refuse(e, wf_arena_printf(&e->arena,
                                         "sections are aligned to %#x in the file, where "
                                         "at most %#x is sound",
                                         file->file_align, LARGEST_ALIGN));
    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_pe_section *section = &file->sections[i];

        if (section->raw_off != 0 && section->bytes.len < section->raw_size)
            return wf_error_at(e->err, WF_ERR_MALFORMED,
                               section->header_off + PE_SEC_RAW_SIZE,
                               "section %s claims %u bytes at %#x; the file ends before",
                               section->name, section->raw_size, section->raw_off);
    }
    return true;
}

/* Whether a directory or a debug entry leads into [off, end) of the headers. */
static bool
is_used(const struct wf_pe_editor *e, uint64_t off, uint64_t end)
{
    const struct wf_pe_file *file = &e->file;
    struct wf_pe_debug debug;

    for (size_t i = 0; i < WF_PE_NUM_DIRECTORIES; i++) {
        const struct wf_pe_range *range = &file->directories[i];

        if (i != WF_PE_DIR_SECURITY && range->address != 0 && range->address < end &&
            (uint64_t)range->address + range->size > off &&
            !(i == WF_PE_DIR_BOUND_IMPORT && e->bound.len > 0))
            return true;
    }
    for (size_t i = 0; wf_pe_debug_entry(&debug, file, i); i++)
        if (debug.size > 0 && debug.raw_off < end &&
            (uint64_t)debug.raw_off + debug.size > off)
            return true;
    return e->tail.symbols > 0 && e->tail.symbols < end;
}

static bool
is_free(const struct wf_pe_editor *e, uint64_t off, uint64_t end)
{
    const uint64_t bound = e->bound.file_off;
    const uint64_t bound_end = bound + e->bound.len;

    for (uint64_t i = off; i < end; i++)
        if (e->file.bytes.data[i] != 0 && (i < bound || i >= bound_end))
            return false;
    return !is_used(e, off, end);
}

/* Where the first bytes of a section stand in the file; the end of the file without any. */
static uint64_t
first_raw(const struct wf_pe_file *file)
{
    uint64_t first = file->bytes.len;

    for (size_t i = 0; i < file->num_sections; i++)
        if (file->sections[i].bytes.len > 0 && file->sections[i].bytes.file_off < first)
            first = file->sections[i].bytes.file_off;
    return first;
}

static uint64_t
first_address(const struct wf_pe_file *file)
{
    uint64_t first = UINT32_MAX;

    for (size_t i = 0; i < file->num_sections; i++)
        if (file->sections[i].address < first)
            first = file->sections[i].address;
    return first;
}

/* Room for the header: where the table ends, or made there. */
static bool
find_header_room(struct wf_pe_editor *e)
{
    const struct wf_pe_file *file = &e->file;
    const uint64_t off =
        file->sections_off + (uint64_t)file->num_sections * PE_SECTION_HEADER_LEN;
    const uint64_t raw = first_raw(file);
    const uint64_t end = file->headers_size < raw ? file->headers_size : raw;

    e->move.insert = off;
    e->move.headers_end = end;
    e->room = WF_PE_SECTION;
    if (end >= off && end - off >= PE_SECTION_HEADER_LEN &&
        is_free(e, off, off + PE_SECTION_HEADER_LEN))
        return true;
    e->room = WF_PE_HEADER;
    e->move.shift = file->file_align;
    if (raw < off || file->headers_size < off ||
        file->headers_size + e->move.shift > first_address(file))
        return refuse(e, "the headers have no place for one more section; keep the names "
                         "(--no-mangle)");
    if (is_used(e, off, file->headers_size))
        return refuse(e, "the headers have no place for one more section: something else "
                         "stands in them; keep the names (--no-mangle)");
    return true;
}

static void
place_items(struct wf_pe_editor *e)
{
    struct wf_pe_move *move = &e->move;
    uint64_t len = 0;

    for (size_t i = 0; i < e->num_items; i++) {
        struct wf_pe_item *item = e->items[i];

        len = align_up(len, item->align);
        item->rva = move->rva + (uint32_t)len;
        item->off = move->raw_off + len;
        len += item->len;
    }
    move->len = (uint32_t)len;
    move->raw_size = (uint32_t)align_up(len, e->file.file_align);
}

/* Names and export directories are bounded, so `size` is small. */
static bool
place_section(struct wf_pe_editor *e)
{
    const struct wf_pe_file *file = &e->file;
    struct wf_pe_move *move = &e->move;
    uint64_t end = file->headers_size;
    uint64_t size = 0;

    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_pe_section *section = &file->sections[i];
        const uint64_t memory =
            section->virtual_size != 0 ? section->virtual_size : section->raw_size;

        if (section->address + memory > end)
            end = section->address + memory;
    }
    for (size_t i = 0; i < e->num_items; i++)
        size += e->items[i]->len + (uint64_t)e->items[i]->align;
    end = align_up(end, file->section_align);
    move->raw_off = align_up(e->tail.start + move->shift, file->file_align);
    if (align_up(end + size, file->section_align) > UINT32_MAX ||
        move->raw_off + size + file->file_align > UINT32_MAX)
        return refuse(e, "no address is left for one more section");
    move->rva = (uint32_t)end;
    move->keep_end = e->tail.start;
    move->is_there = true;
    place_items(e);
    return true;
}

/* A field at a known place in the file that holds a file offset. */
static void
shift_pointer(struct wf_pe_editor *e, uint64_t field_off, uint32_t field_rva,
              uint32_t value)
{
    if (e->move.shift > 0 && value >= e->move.insert)
        wf_pe_change_u32(e, field_off, field_rva, value + (uint32_t)e->move.shift);
}

static void
shift_header_pointer(struct wf_pe_editor *e, uint64_t field_off)
{
    shift_pointer(e, field_off, (uint32_t)field_off,
                  wf_pe_get_u32(e->file.bytes, (size_t)field_off));
}

static void
shift_pointers(struct wf_pe_editor *e)
{
    const struct wf_pe_file *file = &e->file;
    struct wf_pe_debug debug;

    for (size_t i = 0; i < file->num_sections; i++) {
        shift_header_pointer(e, file->sections[i].header_off + PE_SEC_RAW_OFF);
        shift_header_pointer(e, file->sections[i].header_off + SEC_RELOCATIONS);
        shift_header_pointer(e, file->sections[i].header_off + SEC_LINE_NUMBERS);
    }
    for (size_t i = 0; wf_pe_debug_entry(&debug, file, i); i++)
        shift_pointer(e, debug.field_off, debug.field_rva, debug.raw_off);
}

static void
move_symbols(struct wf_pe_editor *e)
{
    const uint64_t field = e->file.coff_off + COFF_SYMBOLS;

    if (e->tail.only_symbols)
        wf_pe_change_u32(e, field, (uint32_t)field,
                         (uint32_t)(e->move.raw_off + e->move.raw_size));
    else
        shift_header_pointer(e, field);
}

static void
change_header(struct wf_pe_editor *e, uint32_t field, uint64_t value)
{
    const uint64_t off = e->file.optional_off + field;

    wf_pe_change_u32(e, off, (uint32_t)off, (uint32_t)value);
}

static void
count_section(struct wf_pe_editor *e)
{
    const struct wf_pe_file *file = &e->file;
    const struct wf_pe_move *move = &e->move;
    const uint64_t num_off = file->coff_off + 2;
    const uint32_t initialized =
        wf_pe_get_u32(file->bytes, (size_t)file->optional_off + PE_OPT_INITIALIZED_SIZE);
    uint8_t *num = wf_arena_alloc(&e->arena, 2);

    num[0] = (uint8_t)(file->num_sections + 1);
    wf_pe_change_bytes(e, num_off, (uint32_t)num_off, num, 2);
    change_header(e, PE_OPT_INITIALIZED_SIZE, initialized + move->raw_size);
    change_header(e, PE_OPT_IMAGE_SIZE,
                  align_up((uint64_t)move->rva + move->len, file->section_align));
    if (move->shift > 0)
        change_header(e, PE_OPT_HEADERS_SIZE, file->headers_size + move->shift);
}

bool
wf_pe_add_section(struct wf_pe_editor *e)
{
    if (!check_sections(e) || !check_tail(e) || !find_header_room(e) || !place_section(e))
        return false;
    shift_pointers(e);
    move_symbols(e);
    count_section(e);
    return true;
}
