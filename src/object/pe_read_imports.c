/* pe_read_imports.c -- import and delay-import directories: which DLLs, and which of their
 * symbols.  Where loaders stop reading, this does; directories' sizes are not trusted. */
#include "object/pe_read.h"

#include <inttypes.h>

/* A table of records of one length that begins at an RVA. */
struct table {
    struct wf_bytes rest;
    uint64_t num_zeros; /* behind it, in memory */
    const char *what;
};

static bool
open_table(struct table *out, const struct wf_pe_reading *reading,
           struct wf_pe_place place, struct wf_error *err)
{
    struct wf_pe_view view;

    if (!wf_pe_map(&view, &reading->file, place, err))
        return false;
    *out = (struct table){ .rest = view.bytes,
                           .num_zeros = view.num_zeros,
                           .what = place.what };
    return true;
}

/* The next record; false at the end of the table's memory.  Zeros, which end every table, may
 * be there without bytes in the file. */
static bool
next_record(struct wf_bytes *out, struct table *table, size_t len,
            struct wf_pe_reading *reading)
{
    if (table->rest.len >= len) {
        *out = wf_bytes_first(table->rest, len);
        table->rest = wf_bytes_skip(table->rest, len);
        return true;
    }
    if (table->num_zeros < len)
        wf_pe_add_fault(reading, "pe-unterminated",
                        wf_arena_printf(reading->arena,
                                        "%s has no end before its section's",
                                        table->what));
    return false;
}

/* One DLL's symbols: the table that names them, and how. */
struct lookup {
    struct wf_pe_place place; /* RVA 0: unknown ones */
    uint64_t base;            /* taken off addresses to make RVAs of them */
    uint32_t need;
};

static bool
add_import(struct wf_pe_reading *reading, const char *name, uint32_t need, uint64_t at,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;

    if (object->num_imports >= reading->limits->symbols)
        return wf_error_at(err, WF_ERR_LIMIT, at,
                           "more imported symbols than the limit of %" PRIu64
                           " (--limit symbols=N)",
                           reading->limits->symbols);
    object->imports = wf_arena_grow(reading->arena, object->imports, object->num_imports,
                                    &reading->cap_imports, sizeof *object->imports);
    object->imports[object->num_imports++] = (struct wf_import){
        .name = name,
        .need = -1,
        .binding = WF_BIND_GLOBAL,
        .type = WF_SYM_NOTYPE,
        .library = (int32_t)need,
    };
    return true;
}

/* A hint stands before the name. */
static bool
read_symbol_name(const char **out, struct wf_pe_reading *reading, uint64_t address,
                 uint64_t base, uint64_t at, struct wf_error *err)
{
    enum { HINT_LEN = 2 };
    struct wf_pe_place place;

    if (!wf_pe_place_of(&place, address, base, at, "the name of an imported symbol", err))
        return false;
    if (place.rva <= UINT32_MAX - HINT_LEN)
        place.rva += HINT_LEN;
    return wf_pe_read_name(out, reading, place, WF_PE_LONGEST_SYMBOL_NAME, err);
}

static bool
add_symbol(struct wf_pe_reading *reading, const struct lookup *lookup, uint64_t thunk,
           uint64_t at, struct wf_error *err)
{
    const uint64_t by_ordinal = UINT64_C(1) << (reading->file.is_plus ? 63 : 31);
    const char *name = NULL;

    if ((thunk & by_ordinal) != 0)
        name = wf_arena_printf(reading->arena, "#%u", (unsigned)(thunk & 0xffff));
    else if (!read_symbol_name(&name, reading, thunk, lookup->base, at, err))
        return false;
    return add_import(reading, name, lookup->need, at, err);
}

static bool
read_symbols(struct wf_pe_reading *reading, const struct lookup *lookup,
             struct wf_error *err)
{
    const size_t word = reading->file.is_plus ? 8 : 4;
    struct table table;
    struct wf_bytes record;

    if (!open_table(&table, reading, lookup->place, err))
        return false;
    while (next_record(&record, &table, word, reading)) {
        struct wf_reader r = wf_reader_over(record, WF_LITTLE);
        const uint64_t thunk = word == 8 ? wf_read_u64(&r) : wf_read_u32(&r);

        if (thunk == 0)
            break;
        if (!wf_pe_spend(&reading->entries_budget, 1, "imported symbols", record.file_off,
                         err) ||
            !add_symbol(reading, lookup, thunk, record.file_off, err))
            return false;
        reading->needs[lookup->need].num_symbols++;
    }
    return true;
}

/* Adds the DLL, then the symbols of the table at `symbols`. */
static bool
add_dll(struct wf_pe_reading *reading, struct wf_pe_need need, struct wf_pe_place dll,
        struct wf_pe_place symbols, struct wf_error *err)
{
    const struct lookup lookup = {
        .place = symbols,
        .base = need.is_va ? reading->file.image_base : 0,
        .need = (uint32_t)reading->object->num_needed,
    };
    const char *name = NULL;

    if (!wf_pe_read_name(&name, reading, dll, WF_PE_LONGEST_DLL_NAME, err))
        return false;
    if (name[0] == '\0')
        return wf_error_at(err, WF_ERR_MALFORMED, dll.field, "%s is empty", dll.what);
    wf_pe_add_need(reading, name, need);
    return symbols.rva == 0 || read_symbols(reading, &lookup, err);
}

static const char dll_what[] = "the name of an imported DLL";
static const char symbols_what[] = "the table of imported symbols";

/* Without a lookup table the address table holds the names, until it is bound. */
static bool
read_import(struct wf_pe_reading *reading, struct wf_bytes record, bool *out_end,
            struct wf_error *err)
{
    enum { LOOKUP = 0, NAME = 12, ADDRESSES = 16 };
    const struct wf_pe_need need = { .kind = WF_PE_IMPORT };
    struct wf_reader r = wf_reader_over(record, WF_LITTLE);
    struct wf_pe_place symbols = { wf_read_u32(&r), record.file_off + LOOKUP,
                                   symbols_what };
    const uint32_t stamp = wf_read_u32(&r);

    wf_read_skip(&r, 4); /* ForwarderChain */
    const struct wf_pe_place name = { wf_read_u32(&r), record.file_off + NAME, dll_what };
    const uint32_t addresses = wf_read_u32(&r);

    *out_end = name.rva == 0 || addresses == 0;
    if (*out_end)
        return true;
    if (stamp != 0)
        reading->pe->has_bound_imports = true;
    else if (symbols.rva == 0)
        symbols =
            (struct wf_pe_place){ addresses, record.file_off + ADDRESSES, symbols_what };
    return add_dll(reading, need, name, symbols, err);
}

/* Descriptors of the first form hold addresses. */
static bool
read_delay(struct wf_pe_reading *reading, struct wf_bytes record, bool *out_end,
           struct wf_error *err)
{
    enum { NAME = 4, LOOKUP = 16 };
    struct wf_reader r = wf_reader_over(record, WF_LITTLE);
    const struct wf_pe_need need = {
        .kind = WF_PE_DELAY,
        .is_va = (wf_read_u32(&r) & PE_DELAY_IS_RVA) == 0,
    };
    const uint64_t base = need.is_va ? reading->file.image_base : 0;
    const uint32_t name = wf_read_u32(&r);

    wf_read_skip(&r, 8); /* module handle, address table */
    const uint32_t lookup = wf_read_u32(&r);
    struct wf_pe_place dll;
    struct wf_pe_place symbols = { 0 };

    *out_end = name == 0;
    if (*out_end)
        return true;
    if (!wf_pe_place_of(&dll, name, base, record.file_off + NAME,
                        "the name of a DLL that is loaded late", err) ||
        (lookup != 0 && !wf_pe_place_of(&symbols, lookup, base, record.file_off + LOOKUP,
                                        symbols_what, err)))
        return false;
    return add_dll(reading, need, dll, symbols, err);
}

typedef bool read_descriptor(struct wf_pe_reading *reading, struct wf_bytes record,
                             bool *out_end, struct wf_error *err);

static bool
read_descriptors(struct wf_pe_reading *reading, enum wf_pe_directory directory,
                 const char *what, size_t len, read_descriptor *read,
                 struct wf_error *err)
{
    const struct wf_pe_place place =
        wf_pe_directory_place(&reading->file, directory, what);
    struct table table;
    struct wf_bytes record;
    bool is_end = false;

    if (place.rva == 0)
        return true;
    if (!open_table(&table, reading, place, err))
        return false;
    while (!is_end && next_record(&record, &table, len, reading))
        if (!wf_pe_spend(&reading->entries_budget, 1, "imported DLLs", record.file_off,
                         err) ||
            !read(reading, record, &is_end, err))
            return false;
    return true;
}

bool
wf_pe_read_imports(struct wf_pe_reading *reading, struct wf_error *err)
{
    if (!read_descriptors(reading, WF_PE_DIR_IMPORT, "the import directory",
                          PE_IMPORT_LEN, read_import, err) ||
        !read_descriptors(reading, WF_PE_DIR_DELAY_IMPORT, "the delay-import directory",
                          PE_DELAY_LEN, read_delay, err))
        return false;
    if (reading->file.directories[WF_PE_DIR_BOUND_IMPORT].address != 0)
        reading->pe->has_bound_imports = true;
    if (reading->pe->has_bound_imports)
        wf_pe_add_fault(reading, "pe-bound",
                        "its imports are bound: addresses of functions in the DLLs of "
                        "another machine are in it");
    return wf_arena_ok(reading->arena, "the imported symbols", err);
}
