/* macho_read.h -- between the parts of the Mach-O reader: one slice on its way to an object.
 * Internal to this folder. */
#ifndef WF_OBJECT_MACHO_READ_H
#define WF_OBJECT_MACHO_READ_H

#include "object/macho_layout.h"
#include "object/python_module.h"

/* wf_macho_table is a part of the slice that a command refers to; both 0: none. */
struct wf_macho_table {
    uint32_t off;
    uint32_t len;
};

/* wf_macho_reading is one slice being read.  The arrays of `object` and `macho` grow here
 * and are handed over by wf_macho_read_commands and wf_macho_read_faults. */
struct wf_macho_reading {
    struct wf_arena *arena;
    const struct wf_limits *limits;
    const struct wf_macho_file *file;
    struct wf_bytes slice;
    const struct wf_macho_header *header;
    struct wf_macho_layout layout;
    struct wf_object *object;
    struct wf_macho *macho;
    struct wf_python_module module;

    struct wf_macho_dylib *dylibs;
    uint32_t *rpath_sizes;
    size_t cap_needed, cap_dylibs, cap_rpaths, cap_rpath_sizes, cap_inits;
    size_t inits_budget; /* bytes that names of module functions may still take */
    bool has_python2_init, has_python3_init;

    /* What the commands lead to. */
    uint32_t num_ids;
    bool has_version;
    bool has_info, has_chained, has_trie, has_symtab, has_dysymtab;
    struct wf_macho_table bind, weak_bind, lazy_bind, info_exports;
    struct wf_macho_table chained, trie;
    uint32_t symbols_off, num_symbols;
    struct wf_macho_table strings;
    uint32_t
        symbol_ranges[6]; /* LC_DYSYMTAB: first and number of locals, exports, imports */

    struct wf_macho_fault *faults;
    size_t num_faults, cap_faults;
};

/* wf_macho_read_commands fills in what the load commands themselves say. */
WF_MUST_USE bool wf_macho_read_commands(struct wf_macho_reading *reading,
                                        struct wf_error *err);

/* wf_macho_read_imports lists the symbols that dyld is to find elsewhere: from chained
 * fixups, else from dyld's bind opcodes, else from the symbol table. */
WF_MUST_USE bool wf_macho_read_imports(struct wf_macho_reading *reading,
                                       struct wf_error *err);

/* wf_macho_read_exports counts the symbols offered, and finds module functions: in the
 * exports trie, or in the symbol table of images so old that they have none. */
WF_MUST_USE bool wf_macho_read_exports(struct wf_macho_reading *reading,
                                       struct wf_error *err);

/* wf_macho_read_faults asks dyld's rules, and hands all faults over. */
WF_MUST_USE bool wf_macho_read_faults(struct wf_macho_reading *reading,
                                      struct wf_error *err);

/* wf_macho_check_bounds is its part about segments, sections and tables. */
WF_MUST_USE bool wf_macho_check_bounds(struct wf_macho_reading *reading,
                                       struct wf_error *err);

/* wf_macho_add_fault keeps a fault; `rule` is static, `text` lives as long as the arena. */
void wf_macho_add_fault(struct wf_macho_reading *reading, const char *rule,
                        const char *text);

/* wf_macho_table_bytes cuts a table out of the slice. */
WF_MUST_USE bool wf_macho_table_bytes(struct wf_bytes *out,
                                      const struct wf_macho_reading *reading,
                                      struct wf_macho_table table, const char *what,
                                      struct wf_error *err);

/* wf_macho_import is one import as a table has it; `name` points into the slice, where it
 * is proved to end. */
struct wf_macho_import {
    const char *name;
    int32_t ordinal; /* 1-based number of a dylib command; 0 and below: none */
    bool weak;
};

/* wf_macho_imports collects them.  Names may overlap in the input, so that their length all
 * together is bounded: `budget` bytes are left. */
struct wf_macho_imports {
    struct wf_macho_import *items;
    size_t num, cap;
    size_t budget;
};

/* wf_macho_add_import adds the import whose name begins at `name` and must end in it; `at`
 * is the place of the record for errors.  Empty names import nothing. */
WF_MUST_USE bool wf_macho_add_import(struct wf_macho_imports *imports,
                                     struct wf_macho_reading *reading,
                                     struct wf_bytes name, int32_t ordinal, bool weak,
                                     uint64_t at, struct wf_error *err);

/* The tables of bind opcodes. */
enum wf_macho_binds { WF_MACHO_BINDS, WF_MACHO_WEAK_BINDS, WF_MACHO_LAZY_BINDS };

/* wf_macho_read_opcodes collects the imports of one of them. */
WF_MUST_USE bool wf_macho_read_opcodes(struct wf_macho_imports *imports,
                                       struct wf_macho_reading *reading,
                                       struct wf_macho_table table,
                                       enum wf_macho_binds binds, struct wf_error *err);

/* wf_macho_read_chained collects the imports of LC_DYLD_CHAINED_FIXUPS; *out_known says
 * false when the names are compressed, and nothing was collected. */
WF_MUST_USE bool wf_macho_read_chained(struct wf_macho_imports *imports, bool *out_known,
                                       struct wf_macho_reading *reading,
                                       struct wf_error *err);

/* wf_macho_symbol is one entry of the symbol table. */
struct wf_macho_symbol {
    uint32_t name_off;
    uint8_t type;
    uint8_t section;
    uint16_t desc;
    uint64_t value;
};

/* wf_macho_symbol_walk visits the symbol table, which is proved to lie in the slice. */
struct wf_macho_symbol_walk {
    struct wf_bytes rest;
    struct wf_bytes strings;
    enum wf_endian endian;
    bool is_64;
};

WF_MUST_USE bool wf_macho_symbols(struct wf_macho_symbol_walk *out,
                                  const struct wf_macho_reading *reading,
                                  struct wf_error *err);
bool wf_macho_next_symbol(struct wf_macho_symbol *out, struct wf_macho_symbol_walk *walk);

/* wf_macho_symbol_name is the view from the name's first byte to the end of the strings. */
WF_MUST_USE bool wf_macho_symbol_name(struct wf_bytes *out,
                                      const struct wf_macho_symbol_walk *walk,
                                      const struct wf_macho_symbol *symbol,
                                      struct wf_error *err);

/* wf_macho_uleb reads a ULEB128 number; `r` fails on one that does not end or fit. */
uint64_t wf_macho_uleb(struct wf_reader *r);

#endif
