/* pe_edit_room.c -- room in the padding behind the bytes of a section: zeros that the file
 * has anyway, mapped once the section's size in memory says so.  Zeros are not enough: nothing
 * may lead there. */
#include "object/pe_edit_parts.h"

#include <inttypes.h>

#define SEC_GP_RELATIVE 0x00008000U
#define SEC_MANY_RELOCS 0x01000000U
#define SEC_NEVER_PADDING                                                                \
    (PE_SEC_CODE | PE_SEC_UNINITIALIZED | SEC_GP_RELATIVE | SEC_MANY_RELOCS |            \
     PE_SEC_DISCARDABLE | PE_SEC_SHARED | PE_SEC_EXECUTE)

enum { WIDEST_RELOCATION = 8, RELOCATION_HEADER_LEN = 8 };

/* padding is one candidate: [start, end) of memory. */
struct padding {
    const struct wf_pe_section *section;
    uint64_t start;
    uint64_t end;
    bool is_used;
    uint64_t next; /* where the next item may go */
};

struct paddings {
    struct padding items[PE_MOST_SECTIONS];
    size_t num;
};

/* Where the next section begins in memory. */
static uint64_t
next_address(const struct wf_pe_file *file, const struct wf_pe_section *section)
{
    uint64_t next = (uint64_t)UINT32_MAX + 1;

    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_pe_section *other = &file->sections[i];

        if (other != section && other->address >= section->address &&
            other->address < next)
            next = other->address;
    }
    return next;
}

static bool
meets(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    return a < b_end && b < a_end;
}

/* Whether something else has the file's bytes [off, end). */
static bool
is_shared_off(const struct wf_pe_editor *e, const struct wf_pe_section *section,
              uint64_t off, uint64_t end)
{
    const struct wf_pe_file *file = &e->file;
    const struct wf_pe_range *security = &file->directories[WF_PE_DIR_SECURITY];

    if (off < file->headers_size || off < file->sections_off)
        return true;
    for (size_t i = 0; i < file->num_sections; i++) {
        const struct wf_bytes other = file->sections[i].bytes;

        if (&file->sections[i] != section && other.len > 0 &&
            meets(off, end, other.file_off, other.file_off + other.len))
            return true;
    }
    return meets(off, end, security->address,
                 (uint64_t)security->address + security->size) ||
           meets(off, end, e->tail.symbols, e->tail.symbols + e->tail.symbols_len);
}

static bool
is_zero(struct wf_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

/* A size in memory of 0 stands for the size in the file: no padding is known then. */
static void
add_padding(struct paddings *out, const struct wf_pe_editor *e,
            const struct wf_pe_section *section)
{
    const uint32_t wanted = PE_SEC_INITIALIZED | PE_SEC_READ;
    const uint64_t next = next_address(&e->file, section);
    const uint64_t raw_end = (uint64_t)section->address + section->bytes.len < next
                                 ? section->bytes.len
                             : next > section->address ? next - section->address
                                                       : 0;

    if ((section->flags & (wanted | SEC_NEVER_PADDING)) != wanted ||
        section->virtual_size == 0 || section->virtual_size >= raw_end)
        return;
    const struct wf_bytes rest = wf_bytes_skip(section->bytes, section->virtual_size);

    if (!is_zero(rest) ||
        is_shared_off(e, section, rest.file_off, rest.file_off + rest.len))
        return;
    out->items[out->num++] = (struct padding){
        .section = section,
        .start = (uint64_t)section->address + section->virtual_size,
        .end = section->address + raw_end,
        .next = (uint64_t)section->address + section->virtual_size,
    };
}

/* The candidate that [rva, rva + len) reaches into is none.  They are sorted and apart. */
static void
mark_used(struct paddings *paddings, uint64_t rva, uint64_t len)
{
    size_t first = 0;
    size_t end = paddings->num;

    while (first < end) {
        const size_t middle = first + (end - first) / 2;

        if (paddings->items[middle].end > rva)
            end = middle;
        else
            first = middle + 1;
    }
    for (; first < paddings->num && paddings->items[first].start < rva + len; first++)
        paddings->items[first].is_used = true;
}

/* The same of the file's bytes [off, off + len). */
static void
mark_used_off(struct paddings *paddings, uint64_t off, uint64_t len)
{
    for (size_t i = 0; i < paddings->num; i++) {
        struct padding *padding = &paddings->items[i];
        const uint64_t start = padding->section->bytes.file_off +
                               (padding->start - padding->section->address);

        if (meets(start, start + (padding->end - padding->start), off, off + len))
            padding->is_used = true;
    }
}

static void
mark_directories(struct paddings *paddings, const struct wf_pe_file *file)
{
    struct wf_pe_debug debug;

    for (size_t i = 0; i < WF_PE_NUM_DIRECTORIES; i++)
        if (i != WF_PE_DIR_SECURITY && file->directories[i].address != 0)
            mark_used(paddings, file->directories[i].address,
                      file->directories[i].size > 0 ? file->directories[i].size : 1);
    for (size_t i = 0; wf_pe_debug_entry(&debug, file, i); i++) {
        if (debug.rva != 0)
            mark_used(paddings, debug.rva, debug.size > 0 ? debug.size : 1);
        mark_used_off(paddings, debug.raw_off, debug.size);
    }
}

static void
mark_exports(struct paddings *paddings, struct wf_pe_editor *e)
{
    struct wf_pe_exports exports = { 0 };

    if (!wf_pe_list_exports(&exports, &e->arena, &e->file, NULL))
        return;
    struct wf_reader r = wf_reader_over(exports.table, WF_LITTLE);

    for (size_t i = 0; i < exports.table.len / 4; i++)
        mark_used(paddings, wf_read_u32(&r), 1);
}

static void
mark_relocations(struct paddings *paddings, const struct wf_pe_file *file)
{
    const struct wf_pe_range *range = &file->directories[WF_PE_DIR_RELOCATION];
    struct wf_bytes rest;

    if (range->address == 0 ||
        !wf_pe_at(&rest, file,
                  wf_pe_directory_place(file, WF_PE_DIR_RELOCATION, "the relocations"),
                  NULL))
        return;
    if (range->size < rest.len)
        rest = wf_bytes_first(rest, range->size);
    while (rest.len >= RELOCATION_HEADER_LEN) {
        const uint64_t page = wf_pe_get_u32(rest, 0);
        const uint32_t size = wf_pe_get_u32(rest, 4);

        if (size < RELOCATION_HEADER_LEN || size > rest.len)
            return;
        for (uint32_t at = RELOCATION_HEADER_LEN; size - at >= 2; at += 2) {
            const uint16_t entry = wf_pe_get_u16(rest, at);

            if (entry >> 12 != 0)
                mark_used(paddings, page + (entry & 0xfff), WIDEST_RELOCATION);
        }
        rest = wf_bytes_skip(rest, size);
    }
}

static bool
visit_dynamic(void *context, uint32_t rva, uint32_t len)
{
    mark_used(context, rva, len);
    return true;
}

/* By address: sections stand in that order in all but odd files. */
static void
sort_paddings(struct paddings *paddings)
{
    for (size_t i = 1; i < paddings->num; i++)
        for (size_t k = i;
             k > 0 && paddings->items[k].start < paddings->items[k - 1].start; k--) {
            const struct padding moved = paddings->items[k];

            paddings->items[k] = paddings->items[k - 1];
            paddings->items[k - 1] = moved;
        }
}

static void
list_paddings(struct paddings *out, struct wf_pe_editor *e)
{
    /* Sections below the size of a page are mapped as the file is. */
    if (e->file.section_align < PE_PAGE)
        return;
    for (size_t i = 0; i < e->file.num_sections; i++)
        add_padding(out, e, &e->file.sections[i]);
    sort_paddings(out);
    mark_directories(out, &e->file);
    mark_exports(out, e);
    mark_relocations(out, &e->file);
    if (!wf_pe_each_dynamic(e, visit_dynamic, out))
        out->num = 0;
}

static bool
place_in(struct padding *padding, struct wf_pe_item *item)
{
    const uint64_t rva = (padding->next + item->align - 1) / item->align * item->align;

    if (padding->is_used || rva > padding->end || item->len > padding->end - rva)
        return false;
    item->rva = (uint32_t)rva;
    item->off = padding->section->bytes.file_off + (rva - padding->section->address);
    padding->next = rva + item->len;
    return true;
}

/* Its own section is best; else what is only read goes before what is written to. */
static bool
place_item(const struct wf_pe_file *file, struct paddings *paddings,
           struct wf_pe_item *item)
{
    const struct wf_pe_section *home = wf_pe_find_section(file, item->home);

    for (size_t i = 0; i < paddings->num; i++)
        if (paddings->items[i].section == home && place_in(&paddings->items[i], item))
            return true;
    for (int written = 0; written < 2; written++)
        for (size_t i = 0; i < paddings->num; i++) {
            struct padding *padding = &paddings->items[i];
            const bool is_written = (padding->section->flags & PE_SEC_WRITE) != 0;

            if (is_written == (written != 0) && place_in(padding, item))
                return true;
        }
    return false;
}

static void
grow_section(struct wf_pe_editor *e, const struct padding *padding)
{
    const struct wf_pe_section *section = padding->section;
    const uint64_t align = e->file.section_align;
    const uint64_t image_end = (padding->next + align - 1) / align * align;
    const uint64_t size_off = e->file.optional_off + PE_OPT_IMAGE_SIZE;

    if (padding->next == padding->start)
        return;
    wf_pe_change_u32(e, section->header_off + PE_SEC_VIRTUAL_SIZE,
                     (uint32_t)section->header_off + PE_SEC_VIRTUAL_SIZE,
                     (uint32_t)(padding->next - section->address));
    if (image_end > e->file.image_size)
        wf_pe_change_u32(e, size_off, (uint32_t)size_off, (uint32_t)image_end);
}

bool
wf_pe_find_padding(struct wf_pe_editor *e)
{
    struct paddings paddings = { .num = 0 };

    list_paddings(&paddings, e);
    for (size_t i = 0; i < e->num_items; i++)
        if (!place_item(&e->file, &paddings, e->items[i]))
            return false;
    for (size_t i = 0; i < paddings.num; i++)
        grow_section(e, &paddings.items[i]);
    return true;
}
