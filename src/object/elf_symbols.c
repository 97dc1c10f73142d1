/* elf_symbols.c -- imported symbols with their versions, and module functions.
 * Format: gABI chapter 4, "Symbol Table"; versions as in elf_versions.c. */
#include "object/elf_format.h"

#include <inttypes.h>
#include <string.h>

#include "object/python_module.h"

enum { BATCH = 64, INDEX_MASK = 0x7fff };

/* What the walk over the symbols carries. */
struct walk {
    struct wf_object *object;
    struct wf_elf_dynamic *dynamic;
    const struct wf_elf_version_map *versions;
    const struct wf_elf_image *image;
    struct wf_arena *arena;
    struct wf_python_module module;
    size_t cap_imports;
    size_t cap_inits;
    bool has_python2_init;
    bool has_python3_init;
};

static enum wf_binding
binding_of(const struct wf_elf_symbol *symbol)
{
    switch (symbol->info >> 4) {
    case STB_LOCAL:
        return WF_BIND_LOCAL;
    case STB_GLOBAL:
        return WF_BIND_GLOBAL;
    case STB_WEAK:
        return WF_BIND_WEAK;
    default:
        return WF_BIND_OTHER;
    }
}

static enum wf_symbol_type
type_of(const struct wf_elf_symbol *symbol)
{
    switch (symbol->info & 0xf) {
    case STT_NOTYPE:
        return WF_SYM_NOTYPE;
    case STT_FUNC:
    case STT_GNU_IFUNC:
        return WF_SYM_FUNC;
    case STT_OBJECT:
        return WF_SYM_OBJECT;
    case STT_TLS:
        return WF_SYM_TLS;
    default:
        return WF_SYM_OTHER;
    }
}

static bool
add_import(struct walk *w, const struct wf_elf_symbol *symbol, int32_t need, uint64_t at,
           struct wf_error *err)
{
    struct wf_object *object = w->object;
    struct wf_import import = {
        .need = need,
        .binding = binding_of(symbol),
        .type = type_of(symbol),
    };

    if (!wf_elf_string(&import.name, &w->dynamic->strings, w->arena, symbol->name_off,
                       "the name of an imported symbol", at, err))
        return false;
    /* Section symbols and the like have no name and import nothing. */
    if (import.name[0] == '\0')
        return true;
    if (strcmp(import.name, "dlopen") == 0 || strcmp(import.name, "dlmopen") == 0)
        object->calls_dlopen = true;
    if (need >= 0)
        object->version_needs[need].used = true;
    object->imports = wf_arena_grow(w->arena, object->imports, object->num_imports,
                                    &w->cap_imports, sizeof import);
    object->imports[object->num_imports++] = import;
    return true;
}

/* Only names that begin like a module function are looked at further. */
static bool
add_export(struct walk *w, const struct wf_elf_symbol *symbol, uint64_t at,
           struct wf_error *err)
{
    struct wf_object *object = w->object;
    const struct wf_bytes strtab = w->dynamic->strtab;

    if (symbol->name_off >= strtab.len)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the name of an exported symbol is at 0x%" PRIx32
                           " in the string table, which has %zu bytes",
                           symbol->name_off, strtab.len);
    object->num_exports++;
    const uint8_t first = strtab.data[symbol->name_off];

    if (type_of(symbol) != WF_SYM_FUNC || (first != 'P' && first != '_' && first != 'i'))
        return true;
    const enum wf_module_init kind =
        wf_python_module_init(&w->module, wf_bytes_skip(strtab, symbol->name_off));

    if (kind == WF_INIT_NONE)
        return true;
    w->has_python2_init |= kind == WF_INIT_PYTHON2;
    w->has_python3_init |= kind == WF_INIT_PYTHON3;
    object->module_inits =
        wf_arena_grow(w->arena, object->module_inits, object->num_module_inits,
                      &w->cap_inits, sizeof *object->module_inits);
    return wf_elf_string(&object->module_inits[object->num_module_inits++],
                         &w->dynamic->strings, w->arena, symbol->name_off,
                         "the name of a module function", at, err);
}

static bool
is_visible(const struct wf_elf_symbol *symbol)
{
    const unsigned visibility = symbol->other & 3;

    return (symbol->info >> 4) != STB_LOCAL &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

/* The version need a symbol has by its index, or -1. */
static int32_t
need_of(const struct walk *w, uint16_t index)
{
    index &= INDEX_MASK;
    return index < w->versions->num ? w->versions->need[index] : -1;
}

/* A defined symbol with a needed version is the program's own copy of a library's data
 * (R_*_COPY): the library is asked for it all the same, so it is an import. */
static bool
add_symbol(struct walk *w, const struct wf_elf_symbol *symbol, int32_t need, uint64_t at,
           struct wf_error *err)
{
    if (symbol->section == SHN_UNDEF || need >= 0)
        return add_import(w, symbol, need, at, err);
    if (is_visible(symbol))
        return add_export(w, symbol, at, err);
    return true;
}

static bool
read_all(struct walk *w, struct wf_bytes table, struct wf_bytes versym,
         struct wf_error *err)
{
    const size_t len = wf_elf_symbol_len(w->image);
    struct wf_elf_symbol symbols[BATCH];
    uint16_t indices[BATCH] = { 0 };
    bool is_null = true; /* the first symbol stands for "no symbol" */
    size_t num;

    while ((num = wf_elf_decode_symbols(w->image, table, symbols, BATCH)) > 0) {
        const size_t num_indices = wf_elf_decode_halves(w->image, versym, indices, num);

        for (size_t i = 0; i < num; i++, is_null = false) {
            const int32_t need = i < num_indices ? need_of(w, indices[i]) : -1;

            if (!is_null &&
                !add_symbol(w, &symbols[i], need, table.file_off + i * len, err))
                return false;
        }
        if (!wf_arena_ok(w->arena, "the symbol table", err))
            return false;
        table = wf_bytes_skip(table, num * len);
        versym = wf_bytes_skip(versym, num_indices * sizeof indices[0]);
    }
    return true;
}

static bool
find_versions(struct wf_bytes *out, const struct wf_elf_image *image,
              const struct wf_elf_dynamic *dynamic, size_t num_symbols,
              struct wf_error *err)
{
    *out = (struct wf_bytes){ 0 };
    if (!dynamic->has[WF_TAG_VERSYM])
        return true;
    if (!wf_elf_map_tag(out, image, dynamic, WF_TAG_VERSYM, "DT_VERSYM", err))
        return false;
    if (out->len / 2 < num_symbols)
        return wf_error_at(
            err, WF_ERR_MALFORMED, out->file_off,
            "DT_VERSYM has no room for the versions of %zu symbols; %zu bytes "
            "remain in its PT_LOAD",
            num_symbols, out->len);
    *out = wf_bytes_first(*out, num_symbols * 2);
    return true;
}

static bool
check_number(size_t num, uint64_t limit, struct wf_bytes table, struct wf_error *err)
{
    if (num <= limit)
        return true;
    return wf_error_at(err, WF_ERR_LIMIT, table.file_off,
                       "the symbol table has %zu symbols; the limit is %" PRIu64
                       " (--limit symbols=N)",
                       num, limit);
}

bool
wf_elf_read_symbols(size_t *out_num, struct wf_object *object,
                    struct wf_elf_dynamic *dynamic,
                    const struct wf_elf_version_map *versions,
                    const struct wf_elf_image *image, struct wf_arena *arena,
                    const struct wf_limits *limits, struct wf_error *err)
{
    struct walk w = {
        .object = object,
        .dynamic = dynamic,
        .versions = versions,
        .image = image,
        .arena = arena,
        .module = wf_python_module_of(arena, object->path),
    };
    const size_t len = wf_elf_symbol_len(image);
    struct wf_bytes table, versym;
    bool exact = false;
    size_t num = 0;

    *out_num = 0;
    if (!dynamic->has[WF_TAG_SYMTAB])
        return true;
    if (dynamic->has[WF_TAG_SYMENT] && dynamic->value[WF_TAG_SYMENT] != len)
        return wf_error_at(err, WF_ERR_MALFORMED, dynamic->at[WF_TAG_SYMENT],
                           "DT_SYMENT says that symbols have %" PRIu64
                           " bytes; they have %zu",
                           dynamic->value[WF_TAG_SYMENT], len);
    if (!wf_elf_map_tag(&table, image, dynamic, WF_TAG_SYMTAB, "DT_SYMTAB", err) ||
        !wf_elf_count_symbols(&num, &exact, image, dynamic, table, err) ||
        !check_number(num, limits->symbols, table, err) ||
        !find_versions(&versym, image, dynamic, num, err) ||
        !read_all(&w, wf_bytes_first(table, num * len), versym, err))
        return false;
    object->is_python2 = w.has_python2_init && !w.has_python3_init;
    if (w.has_python2_init || w.has_python3_init)
        object->kind = WF_KIND_EXTENSION;
    if (exact)
        *out_num = num;
    return true;
}
