/* macho_read_imports.c -- the symbols that an image asks others for.
 * Formats: <mach-o/fixup-chains.h>, <mach-o/nlist.h>. */
#include "object/macho_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MH_TWOLEVEL = 0x80 };

/* Library numbers in n_desc that are none. */
enum {
    DYNAMIC_LOOKUP_ORDINAL = 0xfe,
    EXECUTABLE_ORDINAL = 0xff,
};

bool
wf_macho_table_bytes(struct wf_bytes *out, const struct wf_macho_reading *reading,
                     struct wf_macho_table table, const char *what, struct wf_error *err)
{
    if (table.len == 0) {
        *out = (struct wf_bytes){ 0 };
        return true;
    }
    return wf_bytes_slice(out, reading->slice, table.off, table.len, what, err);
}

bool
wf_macho_add_import(struct wf_macho_imports *imports, struct wf_macho_reading *reading,
                    struct wf_bytes name, int32_t ordinal, bool weak, uint64_t at,
                    struct wf_error *err)
{
    const uint8_t *end = name.len == 0 ? NULL : memchr(name.data, '\0', name.len);

    if (end == NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the name of an imported symbol has no NUL before its table "
                           "ends");
    const size_t len = (size_t)(end - name.data);

    if (len == 0)
        return true;
    if (len >= imports->budget || imports->num >= reading->limits->symbols)
        return wf_error_at(err, WF_ERR_LIMIT, at,
                           "import %zu is more than its tables can hold, or than the "
                           "limit of %" PRIu64 " (--limit symbols=N)",
                           imports->num, reading->limits->symbols);
    imports->budget -= len + 1;
    imports->items = wf_arena_grow(reading->arena, imports->items, imports->num,
                                   &imports->cap, sizeof *imports->items);
    imports->items[imports->num++] = (struct wf_macho_import){
        .name = (const char *)name.data, .ordinal = ordinal, .weak = weak
    };
    return true;
}

/* Ordinals of 8 bits: those above 0xf0 are below zero, as for dyld. */
static int32_t
ordinal_of(uint32_t value, unsigned bits)
{
    const uint32_t all = (UINT32_C(1) << bits) - 1;

    return value > all - 15 ? (int32_t)value - (int32_t)all - 1 : (int32_t)value;
}

/* The three forms of the imports table. */
enum { IMPORT = 1, IMPORT_ADDEND = 2, IMPORT_ADDEND64 = 3 };

static bool
read_chained_import(struct wf_macho_imports *imports, struct wf_macho_reading *reading,
                    struct wf_reader *r, uint32_t format, struct wf_bytes names,
                    struct wf_error *err)
{
    const uint64_t at = r->rest.file_off;
    const uint64_t bits =
        format == IMPORT_ADDEND64 ? wf_read_u64(r) : (uint64_t)wf_read_u32(r);
    const bool is_wide = format == IMPORT_ADDEND64;
    const uint64_t name_off = bits >> (is_wide ? 32 : 9);
    const bool weak = (bits >> (is_wide ? 16 : 8) & 1) != 0;
    const int32_t ordinal =
        ordinal_of((uint32_t)(bits & (is_wide ? 0xffff : 0xff)), is_wide ? 16 : 8);

    wf_read_skip(r, format == IMPORT ? 0 : is_wide ? 8 : 4);
    if (name_off >= names.len)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the name of an imported symbol is at %" PRIu64
                           " of names that have %zu bytes",
                           name_off, names.len);
    return wf_macho_add_import(imports, reading, wf_bytes_skip(names, (size_t)name_off),
                               ordinal, weak, at, err);
}

/* The header of chained fixups. */
struct fixups {
    uint32_t version;
    uint32_t imports_off;
    uint32_t names_off;
    uint32_t num_imports;
    uint32_t format;
    uint32_t names_format;
};

static bool
read_fixups(struct fixups *out, struct wf_bytes bytes,
            const struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(bytes, reading->header->endian);

    out->version = wf_read_u32(&r);
    wf_read_skip(&r, 4); /* where the chains begin */
    out->imports_off = wf_read_u32(&r);
    out->names_off = wf_read_u32(&r);
    out->num_imports = wf_read_u32(&r);
    out->format = wf_read_u32(&r);
    out->names_format = wf_read_u32(&r);
    if (!wf_reader_ok(&r, "the header of chained fixups", err))
        return false;
    if (out->version != 0)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, bytes.file_off,
                           "chained fixups of version %u; 0 is the only one known",
                           out->version);
    if (out->num_imports > 0 && (out->format < IMPORT || out->format > IMPORT_ADDEND64))
        return wf_error_at(err, WF_ERR_UNSUPPORTED, bytes.file_off + 20,
                           "an imports table of format %u; 1 to 3 are known",
                           out->format);
    return true;
}

bool
wf_macho_read_chained(struct wf_macho_imports *imports, bool *out_known,
                      struct wf_macho_reading *reading, struct wf_error *err)
{
    static const uint8_t lengths[] = { 0, 4, 8, 16 };
    struct fixups fixups = { 0 };
    struct wf_bytes bytes, table, names;

    *out_known = true;
    if (!wf_macho_table_bytes(&bytes, reading, reading->chained, "the chained fixups",
                              err) ||
        !read_fixups(&fixups, bytes, reading, err))
        return false;
    *out_known = fixups.names_format == 0;
    if (fixups.num_imports == 0 || !*out_known)
        return true;
    if (!wf_bytes_slice(&table, bytes, fixups.imports_off,
                        (uint64_t)fixups.num_imports * lengths[fixups.format],
                        "the imports table", err) ||
        !wf_bytes_slice(&names, bytes, fixups.names_off, 0, "the names of imports", err))
        return false;
    names = wf_bytes_skip(bytes, fixups.names_off);
    struct wf_reader r = wf_reader_over(table, reading->header->endian);

    imports->budget += 4 * names.len; /* with addends a name may be there often */
    for (uint32_t i = 0; i < fixups.num_imports; i++)
        if (!read_chained_import(imports, reading, &r, fixups.format, names, err))
            return false;
    return true;
}

bool
wf_macho_symbols(struct wf_macho_symbol_walk *out, const struct wf_macho_reading *reading,
                 struct wf_error *err)
{
    const bool is_64 = reading->header->is_64;
    const uint64_t len =
        (uint64_t)reading->num_symbols * (is_64 ? SYMBOL_64_LEN : SYMBOL_LEN);

    *out = (struct wf_macho_symbol_walk){ .endian = reading->header->endian,
                                          .is_64 = is_64 };
    if (reading->num_symbols == 0)
        return true;
    return wf_bytes_slice(&out->rest, reading->slice, reading->symbols_off, len,
                          "the symbol table", err) &&
           wf_macho_table_bytes(&out->strings, reading, reading->strings,
                                "the string table", err);
}

bool
wf_macho_next_symbol(struct wf_macho_symbol *out, struct wf_macho_symbol_walk *walk)
{
    struct wf_reader r = wf_reader_over(walk->rest, walk->endian);

    if (walk->rest.len == 0)
        return false;
    out->name_off = wf_read_u32(&r);
    out->type = wf_read_u8(&r);
    out->section = wf_read_u8(&r);
    out->desc = wf_read_u16(&r);
    out->value = walk->is_64 ? wf_read_u64(&r) : wf_read_u32(&r);
    walk->rest = r.rest;
    return true;
}

bool
wf_macho_symbol_name(struct wf_bytes *out, const struct wf_macho_symbol_walk *walk,
                     const struct wf_macho_symbol *symbol, struct wf_error *err)
{
    if (symbol->name_off >= walk->strings.len)
        return wf_error_at(err, WF_ERR_MALFORMED, walk->rest.file_off,
                           "the symbol before names itself at %u of a string table of "
                           "%zu bytes",
                           symbol->name_off, walk->strings.len);
    *out = wf_bytes_skip(walk->strings, symbol->name_off);
    return true;
}

/* Undefined external symbols; without a two-level namespace nobody says where from. */
static bool
read_undefined(struct wf_macho_imports *imports, struct wf_macho_reading *reading,
               struct wf_error *err)
{
    const bool is_flat = (reading->macho->flags & MH_TWOLEVEL) == 0;
    struct wf_macho_symbol_walk walk;
    struct wf_macho_symbol symbol;
    struct wf_bytes name;

    if (!wf_macho_symbols(&walk, reading, err))
        return false;
    imports->budget += 2 * walk.strings.len;
    while (wf_macho_next_symbol(&symbol, &walk)) {
        const uint32_t type = symbol.type & N_TYPE;
        const uint32_t ordinal = symbol.desc >> 8;
        const bool has_library = !is_flat && ordinal != DYNAMIC_LOOKUP_ORDINAL &&
                                 ordinal != EXECUTABLE_ORDINAL;

        if ((symbol.type & N_STAB) != 0 || (symbol.type & N_EXT) == 0 ||
            (type != N_UNDF && type != N_PBUD))
            continue;
        if (!wf_macho_symbol_name(&name, &walk, &symbol, err) ||
            !wf_macho_add_import(
                imports, reading, name, has_library ? (int32_t)ordinal : -2,
                (symbol.desc & N_WEAK_REF) != 0, walk.rest.file_off, err))
            return false;
    }
    return true;
}

static int
compare_imports(const void *a, const void *b)
{
    const struct wf_macho_import *x = a;
    const struct wf_macho_import *y = b;
    const int by_name = strcmp(x->name, y->name);

    if (by_name != 0)
        return by_name;
    if (x->ordinal != y->ordinal)
        return x->ordinal < y->ordinal ? -1 : 1;
    return (int)x->weak - (int)y->weak; /* what must be there comes first, and counts */
}

/* A library's index, or -1; *out_bad keeps the first number that no library has. */
static int32_t
library_of(const struct wf_macho_reading *reading, const struct wf_macho_import *import,
           const struct wf_macho_import **out_bad)
{
    if (import->ordinal <= 0)
        return -1;
    if ((size_t)import->ordinal <= reading->object->num_needed)
        return import->ordinal - 1;
    if (*out_bad == NULL)
        *out_bad = import;
    return -1;
}

/* An image binds one symbol in many places; it is listed once for each library. */
static void
keep_imports(struct wf_macho_reading *reading, struct wf_macho_imports *imports)
{
    struct wf_object *object = reading->object;
    const struct wf_macho_import *bad = NULL;

    if (imports->num > 1)
        qsort(imports->items, imports->num, sizeof *imports->items, compare_imports);
    object->imports =
        wf_arena_array(reading->arena, imports->num, sizeof *object->imports);
    for (size_t i = 0; i < imports->num; i++) {
        const struct wf_macho_import *import = &imports->items[i];
        const struct wf_macho_import *before = i == 0 ? NULL : import - 1;

        if (before != NULL && before->ordinal == import->ordinal &&
            strcmp(before->name, import->name) == 0)
            continue;
        object->imports[object->num_imports++] = (struct wf_import){
            .name = wf_arena_strdup(reading->arena, import->name),
            .need = -1,
            .binding = import->weak ? WF_BIND_WEAK : WF_BIND_GLOBAL,
            .type = WF_SYM_NOTYPE,
            .library = library_of(reading, import, &bad),
        };
        if (strcmp(import->name, "_dlopen") == 0)
            object->calls_dlopen = true;
    }
    if (bad != NULL)
        wf_macho_add_fault(reading, "macho-library-ordinal",
                           wf_arena_printf(reading->arena,
                                           "%s is imported from library %d of %zu",
                                           bad->name, bad->ordinal, object->num_needed));
}

bool
wf_macho_read_imports(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_macho_imports imports = { 0 };
    bool is_known = false;

    if (reading->has_chained) {
        if (!wf_macho_read_chained(&imports, &is_known, reading, err))
            return false;
        if (!is_known)
            wf_macho_add_fault(reading, "macho-import-names",
                               "the names of the imports of its chained fixups are "
                               "compressed");
    } else if (reading->has_info) {
        is_known = true;
        if (!wf_macho_read_opcodes(&imports, reading, reading->bind, WF_MACHO_BINDS,
                                   err) ||
            !wf_macho_read_opcodes(&imports, reading, reading->weak_bind,
                                   WF_MACHO_WEAK_BINDS, err) ||
            !wf_macho_read_opcodes(&imports, reading, reading->lazy_bind,
                                   WF_MACHO_LAZY_BINDS, err))
            return false;
    }
    if (!is_known && reading->has_symtab && !read_undefined(&imports, reading, err))
        return false;
    keep_imports(reading, &imports);
    return wf_arena_ok(reading->arena, "the imported symbols", err);
}
