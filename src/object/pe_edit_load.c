/* pe_edit_load.c -- the load configuration: flags for the search of DLLs, and the relocations
 * that make an image for another machine of an ARM64X one when it is mapped. */
#include "object/pe_edit_parts.h"

#include <stdlib.h>

#include "base/checked.h"

/* Of the table of dynamic relocations, and of its part for ARM64X. */
enum {
    DYNAMIC_HEADER_LEN = 8, /* version, size */
    DYNAMIC_ARM64X = 6,
    BLOCK_HEADER_LEN = 8, /* page, size */
    FIXUP_VALUE = 1,
    FIXUP_DELTA = 2,
};

static bool
load_config(struct wf_bytes *out, uint32_t *rva, const struct wf_pe_file *file)
{
    const struct wf_pe_place place =
        wf_pe_directory_place(file, WF_PE_DIR_LOAD_CONFIG, "the load configuration");
    struct wf_bytes bytes;

    *rva = place.rva;
    if (*rva == 0 || !wf_pe_at(&bytes, file, place, NULL) || bytes.len < 4)
        return false;
    const uint32_t size = wf_pe_get_u32(bytes, 0);

    *out = size < bytes.len ? wf_bytes_first(bytes, size) : bytes;
    return true;
}

bool
wf_pe_load_flags(struct wf_bytes *out, uint32_t *rva, const struct wf_pe_file *file)
{
    const size_t off = file->is_plus ? PE_LOAD_FLAGS_64 : (size_t)PE_LOAD_FLAGS_32;
    struct wf_bytes config;

    if (!load_config(&config, rva, file) || config.len < off + 2)
        return false;
    *rva += (uint32_t)off;
    *out = wf_bytes_first(wf_bytes_skip(config, off), 2);
    return true;
}

bool
wf_pe_plan_load_flags(struct wf_pe_editor *e)
{
    static const uint8_t zeros[2];
    struct wf_bytes flags;
    uint32_t rva;

    if (e->edit->clear_load_flags && wf_pe_load_flags(&flags, &rva, &e->file) &&
        wf_pe_get_u16(flags, 0) != 0)
        wf_pe_change_bytes(e, flags.file_off, rva, zeros, 2);
    return true;
}

/* The records of one page.  A length of 0 bytes is one of the flags of a delta. */
static bool
visit_block(uint32_t page, struct wf_bytes records, wf_pe_visit *visit, void *context)
{
    while (records.len >= 2) {
        const uint16_t record = wf_pe_get_u16(records, 0);
        const unsigned kind = record >> 12 & 3;
        const uint32_t len = kind == FIXUP_DELTA ? 4 : 1U << (record >> 14);
        size_t rest = 2;

        if (kind == FIXUP_VALUE)
            rest += (len + 1) / 2 * 2;
        else if (kind == FIXUP_DELTA)
            rest += 2;
        if (record != 0 && !visit(context, page + (record & 0xfff), len))
            return false;
        records = wf_bytes_skip(records, rest < records.len ? rest : records.len);
    }
    return true;
}

static bool
visit_blocks(struct wf_bytes blocks, wf_pe_visit *visit, void *context)
{
    while (blocks.len >= BLOCK_HEADER_LEN) {
        const uint32_t page = wf_pe_get_u32(blocks, 0);
        const uint32_t size = wf_pe_get_u32(blocks, 4);

        if (size < BLOCK_HEADER_LEN || size > blocks.len)
            break;
        if (!visit_block(page,
                         wf_bytes_skip(wf_bytes_first(blocks, size), BLOCK_HEADER_LEN),
                         visit, context))
            return false;
        blocks = wf_bytes_skip(blocks, size);
    }
    return true;
}

/* Entries of the first version: what they are for, and their size. */
static bool
visit_entries(const struct wf_pe_editor *e, struct wf_bytes entries, wf_pe_visit *visit,
              void *context)
{
    const size_t word = e->file.is_plus ? 8 : 4;

    while (entries.len >= word + 4) {
        const uint32_t symbol = wf_pe_get_u32(entries, 0);
        const uint32_t size = wf_pe_get_u32(entries, word);
        const struct wf_bytes rest = wf_bytes_skip(entries, word + 4);
        const struct wf_bytes blocks =
            wf_bytes_first(rest, size < rest.len ? size : rest.len);

        if (symbol == DYNAMIC_ARM64X && !visit_blocks(blocks, visit, context))
            return false;
        entries = wf_bytes_skip(rest, blocks.len);
    }
    return true;
}

/* Where the table is; an empty view without one. */
static bool
find_table(struct wf_pe_editor *e, struct wf_bytes *out)
{
    const struct wf_pe_file *file = &e->file;
    const size_t section_at =
        file->is_plus ? PE_LOAD_DYNAMIC_SECTION_64 : (size_t)PE_LOAD_DYNAMIC_SECTION_32;
    const size_t off_at =
        file->is_plus ? PE_LOAD_DYNAMIC_OFF_64 : (size_t)PE_LOAD_DYNAMIC_OFF_32;
    struct wf_bytes config;
    uint32_t rva;

    *out = (struct wf_bytes){ 0 };
    if (!load_config(&config, &rva, file) || config.len < section_at + 2)
        return true;
    const uint16_t section = wf_pe_get_u16(config, section_at);
    const uint32_t off = wf_pe_get_u32(config, off_at);

    if (section == 0)
        return true;
    if (section > file->num_sections ||
        !wf_fits(off, DYNAMIC_HEADER_LEN, file->sections[section - 1].bytes.len))
        return wf_error_at(e->err, WF_ERR_MALFORMED, config.file_off + off_at,
                           "dynamic relocations are said to be at %#x of section %u, "
                           "where the file has none",
                           off, section);
    *out = wf_bytes_skip(file->sections[section - 1].bytes, off);
    return true;
}

bool
wf_pe_each_dynamic(struct wf_pe_editor *e, wf_pe_visit *visit, void *context)
{
    struct wf_bytes table;

    if (!find_table(e, &table))
        return false;
    if (table.len == 0)
        return true;
    const uint32_t version = wf_pe_get_u32(table, 0);
    const uint32_t size = wf_pe_get_u32(table, 4);
    const struct wf_bytes rest = wf_bytes_skip(table, DYNAMIC_HEADER_LEN);

    if (version != 1)
        return wf_error_at(e->err, WF_ERR_REFUSED, table.file_off,
                           "dynamic relocations of version %u; only version 1 is known, "
                           "so nobody knows what they change",
                           version);
    if (size > rest.len)
        return wf_error_at(e->err, WF_ERR_MALFORMED, table.file_off + 4,
                           "dynamic relocations claim %u bytes; %zu remain", size,
                           rest.len);
    return visit_entries(e, wf_bytes_first(rest, size), visit, context);
}

static int
compare_changes(const void *a, const void *b)
{
    const struct wf_pe_change *const *left = a;
    const struct wf_pe_change *const *right = b;

    return (*left)->rva < (*right)->rva ? -1 : (*left)->rva > (*right)->rva;
}

struct overlap {
    struct wf_pe_editor *e;
    const struct wf_pe_change **changes; /* sorted by RVA */
};

/* Changes are fields next to one another or apart; the one before may reach in. */
static bool
visit_change(void *context, uint32_t rva, uint32_t len)
{
    const struct overlap *overlap = context;
    struct wf_pe_editor *e = overlap->e;
    size_t first = 0;
    size_t end = e->num_changes;

    while (first < end) {
        const size_t middle = first + (end - first) / 2;

        if ((uint64_t)overlap->changes[middle]->rva + overlap->changes[middle]->len > rva)
            end = middle;
        else
            first = middle + 1;
    }
    if (first == e->num_changes || overlap->changes[first]->rva >= (uint64_t)rva + len)
        return true;
    return wf_error_set(e->err, WF_ERR_REFUSED,
                        "the image is one for two machines (ARM64X), and the other one's "
                        "view has another value at RVA %#x, which would have to change; "
                        "keep its names",
                        rva);
}

bool
wf_pe_check_dynamic(struct wf_pe_editor *e)
{
    struct overlap overlap = { .e = e };

    overlap.changes =
        wf_arena_array(&e->arena, e->num_changes, sizeof(const struct wf_pe_change *));
    for (size_t i = 0; i < e->num_changes; i++)
        overlap.changes[i] = &e->changes[i];
    qsort(overlap.changes, e->num_changes, sizeof(const struct wf_pe_change *),
          compare_changes);
    return wf_pe_each_dynamic(e, visit_change, &overlap);
}
