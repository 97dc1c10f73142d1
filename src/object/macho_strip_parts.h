/* macho_strip_parts.h -- between the files that strip Mach-O slices.  Internal to this
 * folder.
 *
 * The order of work: wf_macho_strip_read finds the tables of __LINKEDIT; …_choose decides
 * which symbols go; …_renew makes the tables that get smaller; …_write copies the slice
 * around them.  Nothing is written before everything was checked. */
#ifndef WF_OBJECT_MACHO_STRIP_PARTS_H
#define WF_OBJECT_MACHO_STRIP_PARTS_H

#include "base/buffer.h"
#include "object/macho_edit.h"
#include "object/macho_layout.h"

/* wf_macho_strip_table is a run of bytes in __LINKEDIT, and the field that says where. */
struct wf_macho_strip_table {
    uint64_t off; /* all offsets are relative to the slice */
    uint64_t len;
    size_t field_off;
    bool is_wide; /* the field has 64 bits */
};

/* wf_macho_strip_shrunk is a table that gets smaller. */
struct wf_macho_strip_shrunk {
    uint64_t off;
    uint64_t len;
    struct wf_bytes renewed; /* shorter, by a multiple of the word */
};

/* wf_macho_symbol is one nlist. */
struct wf_macho_symbol {
    uint32_t name;
    uint8_t type;
    uint16_t description;
    uint64_t value;
};

struct wf_macho_stripping {
    struct wf_arena arena; /* ends with the stripping */
    struct wf_bytes slice;
    enum wf_macho_strip level;
    struct wf_macho_header header;
    struct wf_macho_layout layout;
    struct wf_error *err;

    /* Where commands stand; 0: there is none. */
    size_t symtab_at;
    size_t dysymtab_at;
    size_t signature_at;
    size_t linkedit_at;

    struct wf_macho_strip_table *tables; /* by place */
    size_t num_tables;
    size_t cap_tables;

    struct wf_macho_strip_shrunk symbols;
    struct wf_macho_strip_shrunk names;
    uint32_t num_symbols;
    uint32_t num_kept;
    uint8_t *keeps;    /* of each symbol, 1 or 0 */
    uint32_t *new_idx; /* of each symbol that stays; of others, of the next; one more */
};

/* wf_macho_strip_word reads a 32-bit field; the place was proved to lie inside. */
uint32_t wf_macho_strip_word(const struct wf_macho_stripping *s, uint64_t off);

/* wf_macho_strip_symbol reads symbol `i`, one of num_symbols. */
struct wf_macho_symbol wf_macho_strip_symbol(const struct wf_macho_stripping *s,
                                             uint32_t i);

/* wf_macho_strip_put writes a field of 4 or 8 bytes, which lies inside. */
void wf_macho_strip_put(uint8_t *at, uint64_t value, size_t len, enum wf_endian endian);

size_t wf_macho_strip_symbol_len(const struct wf_macho_stripping *s);

WF_MUST_USE bool wf_macho_strip_read(struct wf_macho_stripping *s);
WF_MUST_USE bool wf_macho_strip_choose(struct wf_macho_stripping *s);
WF_MUST_USE bool wf_macho_strip_renew(struct wf_macho_stripping *s);
WF_MUST_USE bool wf_macho_strip_write(struct wf_macho_stripping *s,
                                      struct wf_buffer *out);

#endif
