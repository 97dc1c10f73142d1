/* pe_edit_imports.c -- the names in import descriptors, of both kinds; and what bound imports
 * say about DLLs that get another name. */
#include "object/pe_edit_parts.h"

#include <inttypes.h>
#include <string.h>

/* Offsets in the two kinds of descriptors. */
enum {
    IMPORT_LOOKUP = 0,
    IMPORT_TIME = 4,
    IMPORT_CHAIN = 8,
    IMPORT_NAME = 12,
    IMPORT_ADDRESSES = 16,
    DELAY_FLAGS = 0,
    DELAY_NAME = 4,
    DELAY_TIME = 28,
};

static size_t
name_off(const struct wf_pe_name *name)
{
    return name->is_delay ? DELAY_NAME : IMPORT_NAME;
}

/* Descriptors of VC 6 hold addresses, relocated when the image is: an edited field stays one,
 * and its relocation goes on being right. */
static bool
add_name(struct wf_pe_name_list *out, struct wf_arena *arena,
         const struct wf_pe_file *file, struct wf_pe_name name, struct wf_error *err)
{
    const char *what =
        name.is_delay ? "the name of a delay import" : "the name of an import";
    const size_t off = name_off(&name);
    struct wf_pe_place place;

    if (name.is_delay &&
        (wf_pe_get_u32(name.descriptor, DELAY_FLAGS) & PE_DELAY_IS_RVA) == 0)
        name.base = file->image_base;
    if (!wf_pe_place_of(&place, wf_pe_get_u32(name.descriptor, off), name.base,
                        name.descriptor.file_off + off, what, err) ||
        !wf_pe_string(&name.text, file, place, WF_PE_LONGEST_DLL_NAME, err))
        return false;
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = name;
    return true;
}

/* The loader stops at a descriptor without name or addresses, or where the file ends. */
static bool
is_last(struct wf_bytes descriptor, bool is_delay)
{
    if (is_delay)
        return wf_pe_get_u32(descriptor, DELAY_NAME) == 0;
    return wf_pe_get_u32(descriptor, IMPORT_NAME) == 0 ||
           wf_pe_get_u32(descriptor, IMPORT_ADDRESSES) == 0;
}

static bool
list_table(struct wf_pe_name_list *out, struct wf_arena *arena,
           const struct wf_pe_file *file, bool is_delay, struct wf_error *err)
{
    const size_t len = is_delay ? PE_DELAY_LEN : PE_IMPORT_LEN;
    const struct wf_pe_place place =
        is_delay ? wf_pe_directory_place(file, WF_PE_DIR_DELAY_IMPORT,
                                         "the delay-import directory")
                 : wf_pe_directory_place(file, WF_PE_DIR_IMPORT, "the import directory");
    uint32_t rva = place.rva;
    struct wf_pe_view view;

    if (rva == 0)
        return true;
    if (!wf_pe_map(&view, file, place, err))
        return false;
    for (struct wf_bytes rest = view.bytes; rest.len >= len;
         rest = wf_bytes_skip(rest, len), rva += (uint32_t)len) {
        const struct wf_pe_name name = { .is_delay = is_delay,
                                         .descriptor = wf_bytes_first(rest, len),
                                         .descriptor_rva = rva };

        if (is_last(name.descriptor, is_delay))
            break;
        if (!add_name(out, arena, file, name, err))
            return false;
    }
    return true;
}

bool
wf_pe_list_names(struct wf_pe_name_list *out, struct wf_arena *arena,
                 const struct wf_pe_file *file, struct wf_error *err)
{
    return list_table(out, arena, file, false, err) &&
           list_table(out, arena, file, true, err);
}

/* A delay import may be bound, too: its time stamp tells the helper that it is. */
static void
plan_name(struct wf_pe_editor *e, const struct wf_pe_name *name, size_t rename)
{
    const struct wf_bytes descriptor = name->descriptor;
    const size_t at = name_off(name);

    wf_pe_change_address(e, descriptor.file_off + at, name->descriptor_rva + (uint32_t)at,
                         wf_pe_new_name(e, rename, name->descriptor_rva),
                         (uint32_t)name->base);
    if (name->is_delay && wf_pe_get_u32(descriptor, DELAY_TIME) != 0)
        wf_pe_change_u32(e, descriptor.file_off + DELAY_TIME,
                         name->descriptor_rva + DELAY_TIME, 0);
}

bool
wf_pe_plan_imports(struct wf_pe_editor *e)
{
    size_t rename;

    for (size_t i = 0; i < e->names.num; i++)
        if (wf_pe_find_rename(&rename, e, e->names.items[i].text))
            plan_name(e, &e->names.items[i], rename);
    return true;
}

/* How many bytes the lookup table has up to its closing zero. */
static size_t
thunks_len(const struct wf_pe_editor *e, struct wf_bytes table)
{
    const size_t word = e->file.is_plus ? 8 : 4;
    size_t len = 0;

    for (; table.len - len >= word; len += word)
        if (wf_pe_get_u32(table, len) == 0 &&
            (word == 4 || wf_pe_get_u32(table, len + 4) == 0))
            break;
    return len;
}

/* The address table of a bound import holds addresses of another day's DLL; the loader fills
 * it anew from what it held before, which the lookup table repeats.  `*budget` is what is left
 * of the bytes that all tables of a sound file can have. */
static bool
restore_addresses(struct wf_pe_editor *e, const struct wf_pe_name *name, size_t *budget)
{
    const struct wf_bytes descriptor = name->descriptor;
    const struct wf_pe_place lookup = { wf_pe_get_u32(descriptor, IMPORT_LOOKUP),
                                        descriptor.file_off + IMPORT_LOOKUP,
                                        "the lookup table of a bound import" };
    const struct wf_pe_place addresses = { wf_pe_get_u32(descriptor, IMPORT_ADDRESSES),
                                           descriptor.file_off + IMPORT_ADDRESSES,
                                           "the address table of a bound import" };
    struct wf_bytes from;
    struct wf_bytes to;

    if (lookup.rva == 0)
        return wf_error_at(e->err, WF_ERR_REFUSED, descriptor.file_off,
                           "the import of %.*s is bound to one build of it, and has no "
                           "lookup table to undo that; keep its name",
                           (int)name->text.len, (const char *)name->text.data);
    if (!wf_pe_at(&from, &e->file, lookup, e->err) ||
        !wf_pe_at(&to, &e->file, addresses, e->err))
        return false;
    const size_t len = thunks_len(e, from);

    if (len > to.len || len > *budget)
        return wf_error_at(e->err, WF_ERR_MALFORMED, from.file_off,
                           "the lookup table of a bound import has %zu bytes; its "
                           "address table has room for %zu",
                           len, to.len < *budget ? to.len : *budget);
    *budget -= len;
    if (len > 0)
        wf_pe_change_bytes(e, to.file_off, addresses.rva, from.data, (uint32_t)len);
    return true;
}

static bool
unbind(struct wf_pe_editor *e, const struct wf_pe_name *name, size_t *budget)
{
    const uint64_t off = name->descriptor.file_off;

    if (name->is_delay || wf_pe_get_u32(name->descriptor, IMPORT_TIME) == 0)
        return true;
    wf_pe_change_u32(e, off + IMPORT_TIME, name->descriptor_rva + IMPORT_TIME, 0);
    wf_pe_change_u32(e, off + IMPORT_CHAIN, name->descriptor_rva + IMPORT_CHAIN, 0);
    return restore_addresses(e, name, budget);
}

/* The table stands in the headers, where a new section's header may have to go. */
static void
drop_table(struct wf_pe_editor *e)
{
    const struct wf_pe_range table = e->file.directories[WF_PE_DIR_BOUND_IMPORT];
    const uint64_t headers =
        e->file.sections_off + (uint64_t)e->file.num_sections * PE_SECTION_HEADER_LEN;
    const uint64_t end = e->file.headers_size < e->file.bytes.len ? e->file.headers_size
                                                                  : e->file.bytes.len;

    if (table.address == 0)
        return;
    wf_pe_change_directory(e, WF_PE_DIR_BOUND_IMPORT, NULL, 0);
    if (table.address < headers || table.address >= end ||
        table.size > end - table.address)
        return;
    e->bound = wf_bytes_first(wf_bytes_skip(e->file.bytes, table.address), table.size);
    wf_pe_change_bytes(e, table.address, table.address,
                       wf_arena_alloc(&e->arena, table.size), table.size);
}

bool
wf_pe_plan_unbinding(struct wf_pe_editor *e)
{
    struct wf_pe_name_list names = { 0 };
    size_t budget = e->file.bytes.len;

    if (!wf_pe_list_names(&names, &e->arena, &e->file, e->err))
        return false;
    for (size_t i = 0; i < names.num; i++)
        if (!unbind(e, &names.items[i], &budget))
            return false;
    drop_table(e);
    return true;
}
