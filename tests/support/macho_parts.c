/* macho_parts.c -- what stands in __LINKEDIT of a test image: bindings, exports, symbols,
 * and the code signature.  Formats: <mach-o/loader.h>, <mach-o/nlist.h>,
 * <mach-o/fixup-chains.h>, <kern/cs_blobs.h>. */
#include "macho_parts.h"

#include <string.h>

#include "base/sha256.h"
#include "object/macho_format.h"

void
wf_test_macho_put(struct wf_buffer *out, uint64_t value, size_t len,
                  enum wf_endian endian)
{
    for (size_t i = 0; i < len; i++) {
        const size_t shift = 8 * (endian == WF_BIG ? len - 1 - i : i);

        wf_buffer_add_char(out, (char)(shift < 64 ? value >> shift & 0xff : 0));
    }
}

void
wf_test_macho_pad(struct wf_buffer *out, size_t start, uint64_t align)
{
    static const uint8_t zeros[4096];
    uint64_t need = (align - (out->len - start) % align) % align;

    for (; need > 0; need -= need < sizeof zeros ? need : sizeof zeros)
        wf_buffer_add(out, zeros, need < sizeof zeros ? (size_t)need : sizeof zeros);
}

static void
put_uleb(struct wf_buffer *out, uint64_t value)
{
    do {
        const uint8_t more = value > 0x7f ? 0x80 : 0;

        wf_buffer_add_char(out, (char)((value & 0x7f) | more));
        value >>= 7;
    } while (value != 0);
}

static void
put_name(struct wf_buffer *out, const char *name)
{
    wf_buffer_add(out, name, strlen(name) + 1);
}

/* The opcodes that bind import `index` to its pointer. */
static void
put_bind(struct wf_buffer *out, const struct macho_recipe *recipe,
         struct macho_pointers pointers, size_t index)
{
    enum {
        SET_ORDINAL_IMM = 0x10,
        SET_ORDINAL_ULEB = 0x20,
        SET_SPECIAL_IMM = 0x30,
        SET_SYMBOL = 0x40,
        SET_TYPE = 0x50,
        SET_PLACE = 0x70,
        DO_BIND = 0x90,
    };
    const struct macho_import *import = &recipe->imports[index];

    if (import->ordinal <= 0) {
        wf_buffer_add_char(out, (char)(SET_SPECIAL_IMM | (import->ordinal & 0xf)));
    } else if (import->ordinal < 16) {
        wf_buffer_add_char(out, (char)(SET_ORDINAL_IMM | import->ordinal));
    } else {
        wf_buffer_add_char(out, SET_ORDINAL_ULEB);
        put_uleb(out, (uint64_t)import->ordinal);
    }
    wf_buffer_add_char(out, (char)(SET_SYMBOL | import->weak));
    put_name(out, import->name);
    wf_buffer_add_char(out, SET_TYPE | 1);
    wf_buffer_add_char(out, (char)(SET_PLACE | pointers.segment));
    put_uleb(out, index * (recipe->is_64 ? 8 : 4));
    wf_buffer_add_char(out, (char)DO_BIND);
}

static void
make_bindings(struct macho_linkedit *l, const struct macho_recipe *recipe,
              struct macho_pointers pointers)
{
    bool is_bound = false;

    for (size_t i = 0; i < recipe->num_imports; i++) {
        const bool lazy = recipe->imports[i].lazy;
        struct wf_buffer *out = &l->parts[lazy ? MACHO_LAZY_BIND : MACHO_BIND];

        put_bind(out, recipe, pointers, i);
        if (lazy)
            wf_buffer_add_char(out, 0);
        is_bound = is_bound || !lazy;
    }
    if (is_bound)
        wf_buffer_add_char(&l->parts[MACHO_BIND], 0);
}

static void
put_import(struct wf_buffer *out, const struct macho_recipe *recipe,
           const struct macho_import *import, uint64_t name_off)
{
    const uint64_t ordinal = (uint64_t)(int64_t)import->ordinal;
    const uint64_t weak = import->weak;

    if (recipe->format == 3) {
        wf_test_macho_put(out, (ordinal & 0xffff) | weak << 16 | name_off << 32, 8,
                          recipe->endian);
        wf_test_macho_put(out, 0, 8, recipe->endian);
        return;
    }
    wf_test_macho_put(out, (ordinal & 0xff) | weak << 8 | name_off << 9, 4,
                      recipe->endian);
    if (recipe->format == 2)
        wf_test_macho_put(out, 0, 4, recipe->endian);
}

/* Which pages of the pointers' segment begin chains: dyld_chained_starts_in_segment. */
static void
put_starts(struct wf_buffer *out, const struct macho_recipe *recipe,
           struct macho_pointers pointers)
{
    enum { PTR_64_OFFSET = 6, PTR_32 = 3, NO_CHAIN = 0xffff };
    const uint64_t page = recipe->page;
    const uint64_t len = recipe->num_imports * (recipe->is_64 ? 8 : 4);
    const uint64_t pages = (len + page - 1) / page;
    const enum wf_endian endian = recipe->endian;

    wf_test_macho_put(out, pointers.num_segments, 4, endian);
    for (uint32_t i = 0; i < pointers.num_segments; i++)
        wf_test_macho_put(out,
                          i == pointers.segment && pages > 0
                              ? 4 + 4 * (uint64_t)pointers.num_segments
                              : 0,
                          4, endian);
    if (pages == 0)
        return;
    wf_test_macho_put(out, 22 + 2 * pages, 4, endian);
    wf_test_macho_put(out, page, 2, endian);
    wf_test_macho_put(out, recipe->is_64 ? PTR_64_OFFSET : PTR_32, 2, endian);
    wf_test_macho_put(out, pointers.vm_off, 8, endian);
    wf_test_macho_put(out, 0, 4, endian);
    wf_test_macho_put(out, pages, 2, endian);
    for (uint64_t i = 0; i < pages; i++)
        wf_test_macho_put(out, 0, 2, endian);
}

static void
make_chained(struct macho_linkedit *l, const struct macho_recipe *recipe,
             struct macho_pointers pointers)
{
    enum { HEADER = 28, IMPORT_1 = 4, IMPORT_2 = 8, IMPORT_3 = 16 };
    const size_t len = recipe->format == 3   ? IMPORT_3
                       : recipe->format == 2 ? IMPORT_2
                                             : IMPORT_1;
    struct wf_buffer *out = &l->parts[MACHO_CHAINED];
    const enum wf_endian endian = recipe->endian;
    struct wf_buffer starts;
    uint64_t name_off = 1;

    wf_buffer_init(&starts, 1 << 20);
    wf_buffer_add(&starts, "\0\0\0\0", 4); /* aligns the header to 8 */
    put_starts(&starts, recipe, pointers);
    wf_test_macho_pad(&starts, 0, 8);
    const size_t imports_off = HEADER + starts.len;

    wf_test_macho_put(out, 0, 4, endian);
    wf_test_macho_put(out, HEADER + 4, 4, endian);
    wf_test_macho_put(out, imports_off, 4, endian);
    wf_test_macho_put(out, imports_off + len * recipe->num_imports, 4, endian);
    wf_test_macho_put(out, recipe->num_imports, 4, endian);
    wf_test_macho_put(out, recipe->format, 4, endian);
    wf_test_macho_put(out, 0, 4, endian);
    wf_buffer_add(out, starts.data, starts.len);
    for (size_t i = 0; i < recipe->num_imports; i++) {
        put_import(out, recipe, &recipe->imports[i], name_off);
        name_off += strlen(recipe->imports[i].name) + 1;
    }
    wf_buffer_add_char(out, '\0');
    for (size_t i = 0; i < recipe->num_imports; i++)
        put_name(out, recipe->imports[i].name);
    wf_buffer_clear(&starts);
}

/* A trie of one level: every name is an edge of the root, at most 255.  Leaves have a fixed
 * size, and offsets are written in five bytes. */
static void
make_trie(struct macho_linkedit *l, const struct macho_recipe *recipe)
{
    enum { OFFSET_LEN = 5, LEAF_LEN = 4, MOST = 255 };
    struct wf_buffer *out = &l->parts[MACHO_EXPORTS];
    const size_t num = recipe->num_exports < MOST ? recipe->num_exports : MOST;
    uint64_t leaf = 2;

    if (num == 0)
        return;
    for (size_t i = 0; i < num; i++)
        leaf += strlen(recipe->exports[i]) + 1 + OFFSET_LEN;
    wf_buffer_add_char(out, 0);
    wf_buffer_add_char(out, (char)num);
    for (size_t i = 0; i < num; i++, leaf += LEAF_LEN) {
        put_name(out, recipe->exports[i]);
        for (size_t k = 0; k < OFFSET_LEN; k++)
            wf_buffer_add_char(
                out, (char)((leaf >> (7 * k) & 0x7f) | (k + 1 < OFFSET_LEN ? 0x80 : 0)));
    }
    for (size_t i = 0; i < num; i++)
        wf_buffer_add(out, "\x02\x00\x01\x00", LEAF_LEN); /* flags 0, address 1 */
}

static void
put_symbol(struct macho_linkedit *l, const struct macho_recipe *recipe, const char *name,
           uint8_t type, uint8_t section, uint16_t desc, uint64_t value)
{
    struct wf_buffer *symbols = &l->parts[MACHO_SYMBOLS];
    struct wf_buffer *strings = &l->parts[MACHO_STRINGS];

    wf_test_macho_put(symbols, name[0] == '\0' ? 0 : strings->len, 4, recipe->endian);
    wf_buffer_add_char(symbols, (char)type);
    wf_buffer_add_char(symbols, (char)section);
    wf_test_macho_put(symbols, desc, 2, recipe->endian);
    wf_test_macho_put(symbols, value, recipe->is_64 ? 8 : 4, recipe->endian);
    if (name[0] != '\0')
        put_name(strings, name);
}

static void
make_locals(struct macho_linkedit *l, struct wf_arena *arena,
            const struct macho_recipe *recipe)
{
    enum { SO = 0x64, OSO = 0x66, FUN = 0x24, SECTION = 0x0e };
    static const uint8_t stabs[] = { SO, OSO, FUN };

    for (uint64_t i = 0; i < recipe->num_stabs; i++)
        put_symbol(l, recipe,
                   wf_arena_printf(arena, "/build/stab%llu.o", (unsigned long long)i),
                   stabs[i % sizeof stabs], i % sizeof stabs == 2, 0, 0);
    for (uint64_t i = 0; i < recipe->num_locals; i++)
        put_symbol(l, recipe, wf_arena_printf(arena, "_local%llu", (unsigned long long)i),
                   SECTION, 1, 0, 0x1000);
    l->num_locals = recipe->num_stabs + recipe->num_locals;
}

static void
make_symbols(struct macho_linkedit *l, struct wf_arena *arena,
             const struct macho_recipe *recipe)
{
    enum { EXTERNAL = 1, SECTION = 0x0e, WEAK_REF = 0x40 };

    wf_buffer_add(&l->parts[MACHO_STRINGS], " ", 2);
    make_locals(l, arena, recipe);
    for (size_t i = 0; i < recipe->num_exports; i++)
        put_symbol(l, recipe, recipe->exports[i], SECTION | EXTERNAL, 1, 0, 0x1000);
    for (size_t i = 0; i < recipe->num_imports; i++) {
        const struct macho_import *import = &recipe->imports[i];
        static const uint8_t special[] = { 0, 0xff, 0xfe, 0xfe };
        const uint32_t ordinal =
            import->ordinal > 0 ? (uint32_t)import->ordinal : special[-import->ordinal];

        put_symbol(l, recipe, import->name, EXTERNAL, 0,
                   (uint16_t)((ordinal & 0xff) << 8 | (import->weak ? WEAK_REF : 0)), 0);
    }
    l->num_exports = recipe->num_exports;
    l->num_imports = recipe->num_imports;
    for (size_t i = 0; i < recipe->num_imports; i++)
        wf_test_macho_put(&l->parts[MACHO_INDIRECT], l->num_locals + l->num_exports + i,
                          4, recipe->endian);
    wf_test_macho_pad(&l->parts[MACHO_STRINGS], 0, 8);
}

void
wf_test_macho_linkedit(struct macho_linkedit *out, struct wf_arena *arena,
                       struct macho_recipe *recipe, struct macho_pointers pointers)
{
    struct macho_linkedit l = { 0 };

    for (size_t i = 0; i < MACHO_PARTS; i++)
        wf_buffer_init(&l.parts[i], 64 << 20);
    if (recipe->bound_by == BOUND_BY_INFO)
        make_bindings(&l, recipe, pointers);
    if (recipe->bound_by == BOUND_BY_CHAINED)
        make_chained(&l, recipe, pointers);
    if (recipe->bound_by != BOUND_BY_SYMBOLS)
        make_trie(&l, recipe);
    wf_buffer_add(&l.parts[MACHO_STARTS], "\x80\x20\0\0\0\0\0\0", 8);
    for (size_t i = 0; i < recipe->num_raws; i++) {
        struct macho_raw *raw = &recipe->raws[i];

        wf_test_macho_pad(&l.parts[MACHO_RAWS], 0, 8);
        raw->off = l.parts[MACHO_RAWS].len;
        if (raw->is_linkedit)
            wf_buffer_add(&l.parts[MACHO_RAWS], raw->rest.data, raw->rest.len);
    }
    make_symbols(&l, arena, recipe);
    *out = l;
}

void
wf_test_macho_linkedit_clear(struct macho_linkedit *linkedit)
{
    for (size_t i = 0; i < MACHO_PARTS; i++)
        wf_buffer_clear(&linkedit->parts[i]);
}

enum { CODE_DIRECTORY_LEN = 88, HASH_LEN = WF_SHA256_LEN, CODE_PAGE = 4096 };

static uint64_t
code_directory_len(const struct macho_recipe *recipe, uint64_t code_limit)
{
    const uint64_t num = (code_limit + CODE_PAGE - 1) / CODE_PAGE;
    const uint64_t special = recipe->signature == AD_HOC ? 2 : 0;

    return CODE_DIRECTORY_LEN + strlen(recipe->identifier) + 1 +
           HASH_LEN * (num + special);
}

uint64_t
wf_test_macho_signature_len(const struct macho_recipe *recipe, uint64_t code_limit)
{
    switch (recipe->signature) {
    case UNSIGNED:
        return 0;
    case BY_BYTES:
        return recipe->signature_bytes.len;
    case BY_LINKER:
        return 20 + code_directory_len(recipe, code_limit);
    case AD_HOC:
        return 36 + code_directory_len(recipe, code_limit) + 12 + 8;
    }
    return 0;
}

static void
put_hash(struct wf_buffer *out, struct wf_sha256 *sha, const void *data, size_t len)
{
    uint8_t digest[WF_SHA256_LEN];

    wf_sha256_start(sha);
    wf_sha256_add(sha, wf_bytes_of(data, len));
    wf_sha256_end(sha, digest);
    wf_buffer_add(out, digest, sizeof digest);
}

static void
put_code_directory(struct wf_buffer *out, size_t start, uint64_t code_limit,
                   const struct macho_recipe *recipe, uint64_t exec_limit)
{
    const bool is_ad_hoc = recipe->signature == AD_HOC;
    const uint64_t special = is_ad_hoc ? 2 : 0;
    const uint64_t num = (code_limit + CODE_PAGE - 1) / CODE_PAGE;
    const uint64_t ident_len = strlen(recipe->identifier) + 1;
    const uint64_t fields[] = {
        0xfade0c02,
        code_directory_len(recipe, code_limit),
        0x20400,
        is_ad_hoc ? 0x2 : 0x20002,
        CODE_DIRECTORY_LEN + ident_len + special * HASH_LEN,
        CODE_DIRECTORY_LEN,
        special,
        num,
        code_limit,
        0x2002000c, /* 32 bytes of SHA-256; pages of 2^12 */
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        exec_limit >> 32,
        exec_limit & 0xffffffff,
        0,
        recipe->file_type == MH_EXECUTE,
    };
    static const uint8_t none[HASH_LEN];
    struct wf_sha256 *sha = wf_sha256_new();

    for (size_t i = 0; i < WF_COUNT(fields); i++)
        wf_test_macho_put(out, fields[i], 4, WF_BIG);
    wf_buffer_add(out, recipe->identifier, (size_t)ident_len);
    if (is_ad_hoc) {
        put_hash(out, sha, "\xfa\xde\x0c\x01\0\0\0\x0c\0\0\0\0", 12);
        wf_buffer_add(out, none, sizeof none);
    }
    for (uint64_t at = 0; at < code_limit; at += CODE_PAGE) {
        const uint64_t rest = code_limit - at;

        put_hash(out, sha, out->data + start + at,
                 rest < CODE_PAGE ? (size_t)rest : CODE_PAGE);
    }
    wf_sha256_free(sha);
}

void
wf_test_macho_sign(struct wf_buffer *out, size_t start, const struct macho_recipe *recipe,
                   uint64_t exec_limit)
{
    const uint64_t code_limit = out->len - start;
    const bool is_ad_hoc = recipe->signature == AD_HOC;
    const uint64_t directory = code_directory_len(recipe, code_limit);
    const uint64_t first = is_ad_hoc ? 36 : 20;

    if (recipe->signature == BY_BYTES)
        wf_buffer_add(out, recipe->signature_bytes.data, recipe->signature_bytes.len);
    if (recipe->signature != BY_LINKER && !is_ad_hoc)
        return;
    wf_test_macho_put(out, 0xfade0cc0, 4, WF_BIG);
    wf_test_macho_put(out, wf_test_macho_signature_len(recipe, code_limit), 4, WF_BIG);
    wf_test_macho_put(out, is_ad_hoc ? 3 : 1, 4, WF_BIG);
    wf_test_macho_put(out, 0, 4, WF_BIG);
    wf_test_macho_put(out, first, 4, WF_BIG);
    if (is_ad_hoc) {
        wf_test_macho_put(out, 2, 4, WF_BIG);
        wf_test_macho_put(out, first + directory, 4, WF_BIG);
        wf_test_macho_put(out, 0x10000, 4, WF_BIG);
        wf_test_macho_put(out, first + directory + 12, 4, WF_BIG);
    }
    put_code_directory(out, start, code_limit, recipe, exec_limit);
    if (is_ad_hoc)
        wf_buffer_add(out, "\xfa\xde\x0c\x01\0\0\0\x0c\0\0\0\0\xfa\xde\x0b\x01\0\0\0\x08",
                      20);
}
