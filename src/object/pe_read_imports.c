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
open_table(struct table *out, const struct wf_pe_reading *reading, uint32_t rva,
           const char *what, struct wf_error *err)
{
    struct wf_pe_view view;

    if (!wf_pe_map(&view, &reading->file, rva, what, err))
        return false;
    *out =
        (struct table){ .rest = view.bytes, .num_zeros = view.num_zeros, .what = what };
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
    uint32_t rva;
    uint64_t base; /* taken off addresses to make RVAs of them */
    uint32_t need;
};

static bool
add_import(struct wf_pe_reading *reading, const char *name, uint32_t need,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;

    if (object->num_imports >= reading->limits->symbols)
        return wf_error_set(err, WF_ERR_LIMIT,
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

/* Addresses are below 4 GiB where they are used. */
static bool
rva_of(uint32_t *out, uint64_t address, uint64_t base, const char *what,
       struct wf_error *err)
{
    if (address < base || address - base > UINT32_MAX)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "%s is said to be at address %#" PRIx64
                            "; the image is at %#" PRIx64,
                            what, address, base);
    *out = (uint32_t)(address - base);
    return true;
}

static bool
add_symbol(struct wf_pe_reading *reading, const struct lookup *lookup, uint64_t thunk,
           struct wf_error *err)
{
    enum { HINT_LEN = 2 };
    static const char what[] = "the name of an imported symbol";
    const uint64_t by_ordinal = UINT64_C(1) << (reading->file.is_plus ? 63 : 31);
    const char *name = NULL;
    uint32_t rva = 0;

    if ((thunk & by_ordinal) != 0)
        name = wf_arena_printf(reading->arena, "#%u", (unsigned)(thunk & 0xffff));
    else if (!rva_of(&rva, thunk, lookup->base, what, err) ||
             !wf_pe_read_name(&name, reading,
                              rva <= UINT32_MAX - HINT_LEN ? rva + HINT_LEN : rva,
                              WF_PE_LONGEST_SYMBOL_NAME, what, err))
        return false;
    return add_import(reading, name, lookup->need, err);
}

static bool
read_symbols(struct wf_pe_reading *reading, const struct lookup *lookup,
             struct wf_error *err)
{
    const size_t word = reading->file.is_plus ? 8 : 4;
    struct table table;
    struct wf_bytes record;

    if (!open_table(&table, reading, lookup->rva, "the table of imported symbols", err))
        return false;
    while (next_record(&record, &table, word, reading)) {
        struct wf_reader r = wf_reader_over(record, WF_LITTLE);
        const uint64_t thunk = word == 8 ? wf_read_u64(&r) : wf_read_u32(&r);

        if (thunk == 0)
            break;
        if (!wf_pe_spend(&reading->entries_budget, 1, "imported symbols", err) ||
            !add_symbol(reading, lookup, thunk, err))
            return false;
        reading->needs[lookup->need].num_symbols++;
    }
    return true;
}

/* Adds the DLL, then the symbols of the table at `lookup`; 0: unknown ones. */
static bool
add_dll(struct wf_pe_reading *reading, struct wf_pe_need need, uint32_t name_rva,
        uint32_t lookup_rva, uint64_t at, struct wf_error *err)
{
    const struct lookup lookup = {
        .rva = lookup_rva,
        .base = need.is_va ? reading->file.image_base : 0,
        .need = (uint32_t)reading->object->num_needed,
    };
    const char *name = NULL;

    if (!wf_pe_read_name(&name, reading, name_rva, WF_PE_LONGEST_DLL_NAME,
                         "the name of an imported DLL", err))
        return false;
    if (name[0] == '\0')
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the name of an imported DLL is empty");
    wf_pe_add_need(reading, name, need);
    return lookup_rva == 0 || read_symbols(reading, &lookup, err);
}

/* Without a lookup table the address table holds the names, until it is bound. */
static bool
read_import(struct wf_pe_reading *reading, struct wf_bytes record, bool *out_end,
            struct wf_error *err)
{
    const struct wf_pe_need need = { .kind = WF_PE_IMPORT };
    struct wf_reader r = wf_reader_over(record, WF_LITTLE);
    const uint32_t lookup = wf_read_u32(&r);
    const uint32_t stamp = wf_read_u32(&r);

    wf_read_skip(&r, 4); /* ForwarderChain */
    const uint32_t name = wf_read_u32(&r);
    const uint32_t addresses = wf_read_u32(&r);

    *out_end = name == 0 || addresses == 0;
    if (*out_end)
        return true;
    if (stamp != 0)
        reading->pe->has_bound_imports = true;
    const bool has_names = lookup != 0 || stamp == 0;

    return add_dll(reading, need, name,
                   !has_names    ? 0
                   : lookup != 0 ? lookup
                                 : addresses,
                   record.file_off, err);
}

/* Descriptors of the first form hold addresses. */
static bool
read_delay(struct wf_pe_reading *reading, struct wf_bytes record, bool *out_end,
           struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(record, WF_LITTLE);
    const struct wf_pe_need need = {
        .kind = WF_PE_DELAY,
        .is_va = (wf_read_u32(&r) & PE_DELAY_IS_RVA) == 0,
    };
    const uint64_t base = need.is_va ? reading->file.image_base : 0;
    uint32_t name = wf_read_u32(&r);

    wf_read_skip(&r, 8); /* module handle, address table */
    uint32_t lookup = wf_read_u32(&r);

    *out_end = name == 0;
    if (*out_end)
        return true;
    if (!rva_of(&name, name, base, "the name of a DLL that is loaded late", err) ||
        (lookup != 0 &&
         !rva_of(&lookup, lookup, base, "the table of imported symbols", err)))
        return false;
    return add_dll(reading, need, name, lookup, record.file_off, err);
}

typedef bool read_descriptor(struct wf_pe_reading *reading, struct wf_bytes record,
                             bool *out_end, struct wf_error *err);

static bool
read_descriptors(struct wf_pe_reading *reading, enum wf_pe_directory directory,
                 const char *what, size_t len, read_descriptor *read,
                 struct wf_error *err)
{
    const uint32_t rva = reading->file.directories[directory].address;
    struct table table;
    struct wf_bytes record;
    bool is_end = false;

    if (rva == 0)
        return true;
    if (!open_table(&table, reading, rva, what, err))
        return false;
    while (!is_end && next_record(&record, &table, len, reading))
        if (!wf_pe_spend(&reading->entries_budget, 1, "imported DLLs", err) ||
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
