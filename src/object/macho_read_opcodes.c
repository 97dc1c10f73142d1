/* macho_read_opcodes.c -- dyld's bind opcodes (LC_DYLD_INFO): a small program whose effect
 * is a table of pointers, of which we keep the symbols.  Format: <mach-o/loader.h>. */
#include "object/macho_read.h"

#include <string.h>

enum { OPCODE_MASK = 0xf0, IMMEDIATE_MASK = 0x0f };

enum {
    DONE = 0x00,
    SET_ORDINAL_IMM = 0x10,
    SET_ORDINAL_ULEB = 0x20,
    SET_SPECIAL_IMM = 0x30,
    SET_SYMBOL = 0x40,
    SET_TYPE_IMM = 0x50,
    SET_ADDEND_SLEB = 0x60,
    SET_PLACE_ULEB = 0x70,
    ADD_ADDRESS_ULEB = 0x80,
    DO_BIND = 0x90,
    DO_BIND_ADD_ULEB = 0xa0,
    DO_BIND_ADD_SCALED = 0xb0,
    DO_BIND_TIMES_ULEB = 0xc0,
    THREADED = 0xd0,
};

enum { WEAK_IMPORT = 1, NON_WEAK_DEFINITION = 8 };
enum { THREADED_SET_COUNT_ULEB = 0, THREADED_APPLY = 1 };

/* How many bytes a number in LEB128 takes: up to the first without the top bit.  Tables of
 * exports and bindings consist of such numbers, so this looks at bytes itself.  Without an
 * end `r` fails where its bytes do. */
static size_t
leb_len(struct wf_reader *r)
{
    const struct wf_bytes bytes = r->rest;

    for (size_t i = 0; !r->failed && i < bytes.len; i++)
        if ((bytes.data[i] & 0x80) == 0)
            return i + 1;
    wf_read_skip(r, bytes.len);
    r->failed = true;
    return 0;
}

uint64_t
wf_macho_uleb(struct wf_reader *r)
{
    enum { MOST = 10 };
    const size_t len = leb_len(r);
    const struct wf_bytes bytes = wf_read_bytes(r, len);
    uint64_t value = 0;

    if (bytes.len > MOST || (bytes.len == MOST && bytes.data[MOST - 1] > 1)) {
        r->failed = true;
        return 0;
    }
    for (size_t i = 0; i < bytes.len; i++)
        value |= (uint64_t)(bytes.data[i] & 0x7f) << (7 * i);
    return value;
}

/* Its value does not matter here; its length does. */
static void
skip_leb(struct wf_reader *r)
{
    wf_read_skip(r, leb_len(r));
}

/* What the program has set so far. */
struct machine {
    struct wf_bytes name;
    bool has_name;
    bool is_definition; /* of the weak table: the image has a strong one of its own */
    bool weak;
    int32_t ordinal;
    bool is_added; /* this name with this ordinal */
    bool is_done;
};

static void
set_ordinal(struct machine *m, int32_t ordinal)
{
    m->is_added = m->is_added && m->ordinal == ordinal;
    m->ordinal = ordinal;
}

static void
set_name(struct machine *m, struct wf_reader *r, uint8_t immediate)
{
    const uint8_t *end =
        r->rest.len == 0 ? NULL : memchr(r->rest.data, '\0', r->rest.len);

    if (end == NULL) {
        r->failed = true;
        return;
    }
    const size_t len = (size_t)(end - r->rest.data) + 1;

    m->name = wf_read_bytes(r, len);
    m->has_name = true;
    m->weak = (immediate & WEAK_IMPORT) != 0;
    m->is_definition = (immediate & NON_WEAK_DEFINITION) != 0;
    m->is_added = false;
}

/* Opcodes that only set something; false for the others. */
static bool
set_state(struct machine *m, struct wf_reader *r, uint8_t opcode, uint8_t immediate)
{
    uint64_t ordinal;

    switch (opcode) {
    case SET_ORDINAL_IMM:
        set_ordinal(m, immediate);
        return true;
    case SET_ORDINAL_ULEB:
        ordinal = wf_macho_uleb(r);
        set_ordinal(m, ordinal > INT32_MAX ? INT32_MAX : (int32_t)ordinal);
        return true;
    case SET_SPECIAL_IMM:
        set_ordinal(m, immediate == 0 ? 0 : (int32_t)immediate - 16);
        return true;
    case SET_SYMBOL:
        set_name(m, r, immediate);
        return true;
    case SET_TYPE_IMM:
        return true;
    case SET_ADDEND_SLEB:
    case SET_PLACE_ULEB:
    case ADD_ADDRESS_ULEB:
        skip_leb(r);
        return true;
    default:
        return false;
    }
}

/* Reads the operands of an opcode that binds; false when it is none. */
static bool
read_binding(struct wf_reader *r, uint8_t opcode)
{
    switch (opcode) {
    case DO_BIND:
    case DO_BIND_ADD_SCALED:
        return true;
    case DO_BIND_ADD_ULEB:
        skip_leb(r);
        return true;
    case DO_BIND_TIMES_ULEB:
        skip_leb(r);
        skip_leb(r);
        return true;
    default:
        return false;
    }
}

static bool
add_binding(struct machine *m, struct wf_macho_imports *imports,
            struct wf_macho_reading *reading, enum wf_macho_binds binds, uint64_t at,
            struct wf_error *err)
{
    if (!m->has_name)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "a pointer is bound before any symbol was named");
    if (m->is_added || m->is_definition)
        return true;
    m->is_added = true;
    return wf_macho_add_import(imports, reading, m->name,
                               binds == WF_MACHO_WEAK_BINDS ? -3 : m->ordinal, m->weak,
                               at, err);
}

/* One opcode.  DONE ends a table, and what follows is padding; but the lazy table ends each
 * of its bindings with it. */
static bool
run_opcode(struct machine *m, struct wf_macho_imports *imports,
           struct wf_macho_reading *reading, struct wf_reader *r,
           enum wf_macho_binds binds, struct wf_error *err)
{
    const uint64_t at = r->rest.file_off;
    const uint8_t byte = wf_read_u8(r);
    const uint8_t opcode = byte & OPCODE_MASK;
    const uint8_t immediate = byte & IMMEDIATE_MASK;

    if (opcode == DONE) {
        m->is_done = binds != WF_MACHO_LAZY_BINDS;
        return true;
    }
    if (set_state(m, r, opcode, immediate))
        return true;
    if (opcode == THREADED && immediate == THREADED_APPLY)
        return true;
    if (opcode == THREADED && immediate == THREADED_SET_COUNT_ULEB) {
        skip_leb(r);
        return true;
    }
    if (opcode != THREADED && read_binding(r, opcode))
        return r->failed || add_binding(m, imports, reading, binds, at, err);
    return wf_error_at(err, WF_ERR_MALFORMED, at, "%#x is no opcode for binding symbols",
                       byte);
}

bool
wf_macho_read_opcodes(struct wf_macho_imports *imports, struct wf_macho_reading *reading,
                      struct wf_macho_table table, enum wf_macho_binds binds,
                      struct wf_error *err)
{
    struct machine m = { 0 };
    struct wf_bytes bytes;

    if (!wf_macho_table_bytes(&bytes, reading, table, "the bind opcodes", err))
        return false;
    struct wf_reader r = wf_reader_over(bytes, reading->header->endian);

    imports->budget += 2 * bytes.len;
    while (r.rest.len > 0 && !r.failed && !m.is_done)
        if (!run_opcode(&m, imports, reading, &r, binds, err))
            return false;
    return wf_reader_ok(&r, "the bind opcodes", err);
}
