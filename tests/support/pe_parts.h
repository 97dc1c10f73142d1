/* pe_parts.h -- between the parts of the PE builder: a recipe as it was read (pe_recipe.c),
 * what stands in .rdata (pe_parts.c), headers and layout (pe_builder.c). */
#ifndef WF_TESTS_SUPPORT_PE_PARTS_H
#define WF_TESTS_SUPPORT_PE_PARTS_H

#include "pe_builder.h"
#include "recipe_keys.h"

#include "object/pe_file.h"

struct pe_symbol {
    const char *name; /* NULL: by ordinal */
    uint16_t ordinal;
};

/* An import or delay import. */
struct pe_need {
    struct wf_bytes dll;
    struct pe_symbol *symbols;
    size_t num_symbols;
    uint32_t bound;
    bool no_int;
    bool is_va;
};

struct pe_export {
    const char *name; /* NULL: none */
    const char *forward;
    uint32_t gap;
};

struct pe_bound {
    const char *dll;
    const char **refs;
    size_t num_refs;
};

struct pe_section_recipe {
    const char *name;
    uint64_t size;
    uint64_t virtual_size;
    uint32_t flags;
    uint8_t fill;
};

struct pe_recipe {
    uint16_t machine;
    bool is_plus;
    bool is_hybrid;
    uint16_t characteristics;
    uint16_t dll_characteristics;
    uint16_t subsystem;
    uint32_t linker, os; /* major and minor, 16 bits each */
    uint64_t image_base;
    uint32_t section_align, file_align;
    uint32_t lfanew;
    uint32_t num_directories;
    uint32_t text;
    const char *name;
    struct pe_export *exports;
    size_t num_exports;
    struct pe_need *imports, *delays;
    size_t num_imports, num_delays;
    bool is_unended;
    struct pe_bound *bounds;
    size_t num_bounds;
    bool has_load_config;
    uint16_t load_flags;
    uint32_t guard_flags;
    uint32_t load_config_size;
    const char *pdb;
    struct wf_bytes guid;
    uint32_t age;
    bool has_clr;
    uint32_t clr_flags;
    bool has_slack;
    uint32_t slack;
    struct pe_section_recipe *sections;
    size_t num_sections;
    bool is_virtual_zero;
    bool has_room;
    uint32_t room;
    bool wants_relocations, refuses_relocations;
    uint32_t num_symbols;
    struct wf_bytes overlay;
    bool has_certificate;
    uint32_t certificate_size, certificate_length;
    uint16_t certificate_revision, certificate_type;
    bool has_checksum, is_wrong_checksum, is_checksum_given;
    uint32_t checksum;
    const struct wf_json *poke, *damage;
    uint64_t truncate;
};

/* wf_test_pe_recipe reads the keys. */
WF_MUST_USE bool wf_test_pe_recipe(struct pe_recipe *out, struct wf_arena *arena,
                                   const struct wf_json *json, struct wf_error *err);

/* wf_test_pe_poke applies a list of pokes to the file that begins at `start`. */
WF_MUST_USE bool wf_test_pe_poke(struct wf_buffer *file, size_t start,
                                 const struct wf_json *list, struct wf_error *err);

/* pe_data is .rdata in the making. */
struct pe_data {
    struct wf_buffer bytes;
    uint32_t base; /* RVA of its first byte */
    struct wf_pe_range directories[WF_PE_NUM_DIRECTORIES];
    uint32_t *addresses; /* RVAs of what must be relocated */
    size_t num_addresses, cap_addresses;
    uint32_t debug_raw;   /* RVA of the CodeView record, 0: none */
    uint32_t debug_field; /* RVA of the field for its file offset */
};

/* wf_test_pe_data fills `bytes` (initialised, of enough room). */
void wf_test_pe_data(struct pe_data *out, struct wf_arena *arena,
                     const struct pe_recipe *recipe);

/* wf_test_pe_put appends a little-endian number, wf_test_pe_pad bytes `fill` up to a multiple
 * of `align` from `start` on. */
void wf_test_pe_put(struct wf_buffer *out, uint64_t value, size_t len);
void wf_test_pe_pad(struct wf_buffer *out, size_t start, uint64_t align, uint8_t fill);

#endif
