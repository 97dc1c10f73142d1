/* elf_parts.c -- the tables of a tiny ELF image: symbols, hashes, versions, notes, the
 * dynamic section.  Format: System V gABI; GNU hash and symbol versions. */
#include "elf_parts.h"

#include <string.h>

#include <elf.h>

const struct wf_test_part wf_test_parts[PART_COUNT] = {
    [PART_INTERP] = { ".interp", SHT_PROGBITS, SHF_ALLOC, PART_COUNT },
    [PART_PROPERTIES] = { ".note.gnu.property", SHT_NOTE, SHF_ALLOC, PART_COUNT },
    [PART_NOTES] = { ".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, PART_COUNT },
    [PART_HASH] = { ".hash", SHT_HASH, SHF_ALLOC, PART_SYMBOLS },
    [PART_GNU_HASH] = { ".gnu.hash", SHT_GNU_HASH, SHF_ALLOC, PART_SYMBOLS },
    [PART_SYMBOLS] = { ".dynsym", SHT_DYNSYM, SHF_ALLOC, PART_STRINGS },
    [PART_STRINGS] = { ".dynstr", SHT_STRTAB, SHF_ALLOC, PART_COUNT },
    [PART_VERSYM] = { ".gnu.version", SHT_GNU_versym, SHF_ALLOC, PART_SYMBOLS },
    [PART_VERNEED] = { ".gnu.version_r", SHT_GNU_verneed, SHF_ALLOC, PART_STRINGS },
    [PART_RELOCATIONS] = { ".rel.dyn", SHT_REL, SHF_ALLOC, PART_SYMBOLS },
    [PART_CODE] = { ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, PART_COUNT },
    [PART_DYNAMIC] = { ".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, PART_STRINGS },
    [PART_ARM_ATTRIBUTES] = { ".ARM.attributes", SHT_ARM_ATTRIBUTES, 0, PART_COUNT },
    [PART_NAMES] = { ".shstrtab", SHT_STRTAB, 0, PART_COUNT },
};

void
wf_test_put(struct wf_buffer *out, uint64_t value, size_t len, enum wf_endian endian)
{
    for (size_t i = 0; i < len; i++) {
        const size_t shift = 8 * (endian == WF_BIG ? len - 1 - i : i);

        const uint64_t byte = shift < 64 ? value >> shift & 0xff : 0;

        wf_buffer_add_char(out, (char)byte);
    }
}

void
wf_test_pad(struct wf_buffer *out, size_t align)
{
    while (out->len % align != 0)
        wf_buffer_add_char(out, '\0');
}

bool
wf_test_is_loadable(const struct wf_test_builder *b)
{
    return b->recipe->type != WF_TEST_REL && b->recipe->type != WF_TEST_CORE;
}

/* Shorthands that know the byte order and the class. */
static void
put16(struct wf_test_builder *b, enum part part, uint64_t value)
{
    wf_test_put(&b->parts[part], value, 2, b->machine->endian);
}

static void
put32(struct wf_test_builder *b, enum part part, uint64_t value)
{
    wf_test_put(&b->parts[part], value, 4, b->machine->endian);
}

static void
put_word(struct wf_test_builder *b, enum part part, uint64_t value)
{
    wf_test_put(&b->parts[part], value, b->is_wide ? 8 : 4, b->machine->endian);
}

/* Adds a text to the string table and returns where it is; texts are not shared. */
static size_t
add_string(struct wf_test_builder *b, const char *text)
{
    struct wf_buffer *strings = &b->parts[PART_STRINGS];
    const size_t at = strings->len;

    wf_buffer_add(strings, text, strlen(text) + 1);
    return at;
}

static uint16_t
need_index(struct wf_test_builder *b, const char *library, const char *version, bool weak)
{
    for (size_t i = 0; i < b->num_needs; i++)
        if (strcmp(b->needs[i].library, library) == 0 &&
            strcmp(b->needs[i].version, version) == 0)
            return b->needs[i].index;
    b->needs =
        wf_arena_grow(&b->arena, b->needs, b->num_needs, &b->cap_needs, sizeof *b->needs);
    b->needs[b->num_needs] =
        (struct need){ library, version, weak, (uint16_t)(b->num_needs + 2) };
    return b->needs[b->num_needs++].index;
}

static void
put_symbol(struct wf_test_builder *b, size_t name, uint8_t info, uint16_t section)
{
    struct wf_buffer *out = &b->parts[PART_SYMBOLS];
    const enum wf_endian endian = b->machine->endian;

    wf_test_put(out, name, 4, endian);
    if (!b->is_wide)
        wf_test_put(out, 0, 8, endian); /* value, size */
    wf_buffer_add_char(out, (char)info);
    wf_buffer_add_char(out, '\0');
    wf_test_put(out, section, 2, endian);
    if (b->is_wide)
        wf_test_put(out, 0, 16, endian);
}

static uint8_t
symbol_info(const struct wf_test_symbol *symbol)
{
    const unsigned binding = symbol->weak ? STB_WEAK : STB_GLOBAL;
    const unsigned type = symbol->notype   ? STT_NOTYPE
                          : symbol->object ? STT_OBJECT
                                           : STT_FUNC;

    return (uint8_t)(binding << 4 | type);
}

/* Symbols in the order linkers use: none, imports, exports. */
static void
make_symbols(struct wf_test_builder *b)
{
    const struct wf_test_elf *recipe = b->recipe;

    put_symbol(b, 0, 0, SHN_UNDEF);
    put16(b, PART_VERSYM, 0);
    for (const struct wf_test_symbol *s = recipe->imports; s != NULL && s->name != NULL;
         s++) {
        put_symbol(b, add_string(b, s->name), symbol_info(s),
                   s->copy ? SHN_ABS : SHN_UNDEF);
        put16(b, PART_VERSYM,
              s->version == NULL ? 1 : need_index(b, s->library, s->version, false));
        b->num_imports++;
    }
    for (const struct wf_test_symbol *s = recipe->exports; s != NULL && s->name != NULL;
         s++) {
        put_symbol(b, add_string(b, s->name), symbol_info(s), SHN_ABS);
        put16(b, PART_VERSYM, 1);
        b->num_exports++;
    }
    for (const struct wf_test_marker *m = recipe->markers;
         m != NULL && m->library != NULL; m++)
        (void)need_index(b, m->library, m->version, m->weak);
    b->has[PART_SYMBOLS] = b->has[PART_STRINGS] = true;
    b->has[PART_VERSYM] = b->num_needs > 0;
}

static bool
is_first_of_library(const struct wf_test_builder *b, size_t idx)
{
    for (size_t i = 0; i < idx; i++)
        if (strcmp(b->needs[i].library, b->needs[idx].library) == 0)
            return false;
    return true;
}

static uint32_t
sysv_hash(const char *name)
{
    uint32_t hash = 0;

    for (; *name != '\0'; name++) {
        hash = (hash << 4) + (uint8_t)*name;
        hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
    }
    return hash;
}

/* One verneed record, directly followed by its vernaux records. */
static void
put_library_needs(struct wf_test_builder *b, size_t first, bool is_last)
{
    const char *library = b->needs[first].library;
    size_t num = 0, done = 0;

    for (size_t i = first; i < b->num_needs; i++)
        num += strcmp(b->needs[i].library, library) == 0;
    put16(b, PART_VERNEED, 1);
    put16(b, PART_VERNEED, num);
    put32(b, PART_VERNEED, add_string(b, library));
    put32(b, PART_VERNEED, 16);
    put32(b, PART_VERNEED, is_last ? 0 : 16 + num * 16);
    for (size_t i = first; i < b->num_needs; i++) {
        if (strcmp(b->needs[i].library, library) != 0)
            continue;
        put32(b, PART_VERNEED, sysv_hash(b->needs[i].version));
        put16(b, PART_VERNEED, b->needs[i].weak ? 2 : 0);
        put16(b, PART_VERNEED, b->needs[i].index);
        put32(b, PART_VERNEED, add_string(b, b->needs[i].version));
        put32(b, PART_VERNEED, ++done == num ? 0 : 16);
    }
}

static void
make_version_needs(struct wf_test_builder *b)
{
    size_t last = 0;

    for (size_t i = 0; i < b->num_needs; i++)
        if (is_first_of_library(b, i)) {
            last = i;
            b->num_libraries++;
        }
    for (size_t i = 0; i < b->num_needs; i++)
        if (is_first_of_library(b, i))
            put_library_needs(b, i, i == last);
    b->has[PART_VERNEED] = b->num_needs > 0;
}

/* One bucket whose chain visits every symbol; s390x has words of 64 bits. */
static void
make_hash(struct wf_test_builder *b)
{
    const size_t num = 1 + b->num_imports + b->num_exports;
    const size_t len = b->machine->machine == EM_S390 ? 8 : 4;
    struct wf_buffer *out = &b->parts[PART_HASH];
    const enum wf_endian endian = b->machine->endian;

    wf_test_put(out, 1, len, endian);
    wf_test_put(out, num, len, endian);
    wf_test_put(out, num > 1 ? 1 : 0, len, endian);
    for (size_t i = 0; i < num; i++)
        wf_test_put(out, i > 0 && i + 1 < num ? i + 1 : 0, len, endian);
    b->has[PART_HASH] = true;
}

static uint32_t
gnu_hash(const char *name)
{
    uint32_t hash = 5381;

    for (; *name != '\0'; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

/* The filter has one word and a shift of 0, so each name sets one bit. */
static uint64_t
gnu_filter(const struct wf_test_builder *b)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < b->num_exports; i++)
        bits |= UINT64_C(1) << gnu_hash(b->recipe->exports[i].name) % b->machine->bits;
    return bits;
}

/* One bucket with every export.  Without exports the table is empty and, as GNU ld writes
 * it, counts no symbols. */
static void
make_gnu_hash(struct wf_test_builder *b)
{
    const size_t first = 1 + b->num_imports;

    put32(b, PART_GNU_HASH, 1);
    put32(b, PART_GNU_HASH, b->num_exports == 0 ? 1 : first);
    put32(b, PART_GNU_HASH, 1);
    put32(b, PART_GNU_HASH, 0);
    put_word(b, PART_GNU_HASH, gnu_filter(b));
    put32(b, PART_GNU_HASH, b->num_exports == 0 ? 0 : first);
    for (size_t i = 0; i < b->num_exports; i++)
        put32(b, PART_GNU_HASH,
              (gnu_hash(b->recipe->exports[i].name) & ~1U) | (i + 1 == b->num_exports));
    b->has[PART_GNU_HASH] = true;
}

/* A REL entry for each import; what it relocates and how is nobody's business here. */
static void
make_relocations(struct wf_test_builder *b)
{
    if (!b->recipe->relocations)
        return;
    for (size_t i = 1; i <= b->num_imports; i++) {
        put_word(b, PART_RELOCATIONS, 0);
        put_word(b, PART_RELOCATIONS, b->is_wide ? (uint64_t)i << 32 | 6 : i << 8 | 6);
    }
    b->has[PART_RELOCATIONS] = true;
}

static void
put_note(struct wf_test_builder *b, enum part part, const char *owner, uint32_t type,
         const void *content, size_t len, size_t align)
{
    struct wf_buffer *out = &b->parts[part];

    put32(b, part, strlen(owner) + 1);
    put32(b, part, len);
    put32(b, part, type);
    wf_buffer_add(out, owner, strlen(owner) + 1);
    wf_test_pad(out, align);
    wf_buffer_add(out, content, len);
    wf_test_pad(out, align);
    b->has[part] = true;
}

static void
put_property(struct wf_buffer *out, uint32_t type, uint32_t bits,
             const struct wf_test_builder *b)
{
    if (bits == 0)
        return;
    wf_test_put(out, type, 4, b->machine->endian);
    wf_test_put(out, 4, 4, b->machine->endian);
    wf_test_put(out, bits, 4, b->machine->endian);
    wf_test_pad(out, b->is_wide ? 8 : 4);
}

static void
make_notes(struct wf_test_builder *b)
{
    const struct wf_test_elf *recipe = b->recipe;
    static const uint8_t api_level[4] = { 21 };
    struct wf_buffer properties;

    wf_buffer_init(&properties, MOST);
    put_property(&properties, 0xc0008002, recipe->isa_needed_bits, b);
    put_property(&properties, 0xc0010002, recipe->isa_used_bits, b);
    if (properties.len > 0)
        put_note(b, PART_PROPERTIES, "GNU", 5, properties.data, properties.len,
                 b->is_wide ? 8 : 4);
    wf_buffer_clear(&properties);
    if (recipe->build_id_len > 0)
        put_note(b, PART_NOTES, "GNU", 3, recipe->build_id, recipe->build_id_len, 4);
    if (recipe->android)
        put_note(b, PART_NOTES, "Android", 1, api_level, sizeof api_level, 4);
}

/* "A", one vendor, one part for the whole file: a name, to be skipped, and the two tags. */
static void
make_arm_attributes(struct wf_test_builder *b)
{
    struct wf_buffer *out = &b->parts[PART_ARM_ATTRIBUTES];
    const uint8_t tags[] = {
        5,
        'v',
        '\0',
        6,
        (uint8_t)b->recipe->arm_cpu_arch,
        28,
        (uint8_t)b->recipe->arm_vfp_args,
    };

    if (b->recipe->arm_cpu_arch == 0)
        return;
    wf_buffer_add_char(out, 'A');
    put32(b, PART_ARM_ATTRIBUTES, 4 + 6 + 5 + sizeof tags);
    wf_buffer_add(out, "aeabi", 6);
    wf_buffer_add_char(out, 1);
    put32(b, PART_ARM_ATTRIBUTES, 5 + sizeof tags);
    wf_buffer_add(out, tags, sizeof tags);
    b->has[PART_ARM_ATTRIBUTES] = true;
}

/* Dynamic entries are written twice: first for their number and strings, then, when all
 * places are known, for good. */
static void
put_dyn(struct wf_test_builder *b, uint64_t tag, uint64_t value)
{
    put_word(b, PART_DYNAMIC, tag);
    put_word(b, PART_DYNAMIC, value);
}

static void
put_dyn_place(struct wf_test_builder *b, uint64_t tag, enum part part)
{
    if (b->has[part])
        put_dyn(b, tag, b->vaddr[part]);
}

static void
put_dyn_text(struct wf_test_builder *b, uint64_t tag, const char *text,
             size_t *next_string)
{
    if (text == NULL)
        return;
    put_dyn(b, tag, *next_string);
    *next_string += strlen(text) + 1;
}

static void
put_dyn_flags(struct wf_test_builder *b)
{
    const struct wf_test_elf *recipe = b->recipe;

    if (recipe->textrel)
        put_dyn(b, DT_TEXTREL, 0);
    if (recipe->bind_now)
        put_dyn(b, DT_FLAGS, DF_BIND_NOW);
    if (recipe->type == WF_TEST_PIE)
        put_dyn(b, DT_FLAGS_1, DF_1_PIE);
    if (recipe->relr)
        put_dyn(b, DT_RELR, 0);
}

/* `next_string` is where the texts of these entries start in the string table. */
static void
put_dynamic(struct wf_test_builder *b, size_t next_string)
{
    const struct wf_test_elf *recipe = b->recipe;

    wf_buffer_reset(&b->parts[PART_DYNAMIC]);
    for (const char *const *name = recipe->needed; name != NULL && *name != NULL; name++)
        put_dyn_text(b, DT_NEEDED, *name, &next_string);
    put_dyn_text(b, DT_SONAME, recipe->soname, &next_string);
    put_dyn_text(b, DT_RPATH, recipe->rpath, &next_string);
    put_dyn_text(b, DT_RUNPATH, recipe->runpath, &next_string);
    put_dyn_place(b, DT_HASH, PART_HASH);
    put_dyn_place(b, DT_GNU_HASH, PART_GNU_HASH);
    put_dyn_place(b, DT_STRTAB, PART_STRINGS);
    put_dyn(b, DT_STRSZ, b->parts[PART_STRINGS].len);
    put_dyn_place(b, DT_SYMTAB, PART_SYMBOLS);
    put_dyn(b, DT_SYMENT, b->is_wide ? 24 : 16);
    put_dyn_place(b, DT_VERSYM, PART_VERSYM);
    put_dyn_place(b, DT_VERNEED, PART_VERNEED);
    if (b->has[PART_RELOCATIONS]) {
        put_dyn_place(b, DT_REL, PART_RELOCATIONS);
        put_dyn(b, DT_RELSZ, b->parts[PART_RELOCATIONS].len);
        put_dyn(b, DT_RELENT, b->is_wide ? 16 : 8);
    }
    if (b->machine->machine == EM_MIPS)
        put_dyn(b, DT_MIPS_SYMTABNO, 1 + b->num_imports + b->num_exports);
    put_dyn_flags(b);
    for (size_t i = 0; i <= recipe->spare; i++)
        put_dyn(b, DT_NULL, 0);
}

/* The texts that put_dynamic counts, in the same order.  Returns where they start. */
static size_t
add_dynamic_strings(struct wf_test_builder *b)
{
    const struct wf_test_elf *recipe = b->recipe;
    const char *const others[] = { recipe->soname, recipe->rpath, recipe->runpath };
    const size_t start = b->parts[PART_STRINGS].len;

    for (const char *const *name = recipe->needed; name != NULL && *name != NULL; name++)
        (void)add_string(b, *name);
    for (size_t i = 0; i < WF_COUNT(others); i++)
        if (others[i] != NULL)
            (void)add_string(b, others[i]);
    return start;
}

static void
make_section_names(struct wf_test_builder *b)
{
    wf_buffer_add_char(&b->parts[PART_NAMES], '\0');
    for (enum part p = 0; p < PART_COUNT; p++)
        wf_buffer_add(&b->parts[PART_NAMES], wf_test_parts[p].name,
                      strlen(wf_test_parts[p].name) + 1);
    b->has[PART_NAMES] = true;
}

/* Everything that only objects with a dynamic section have. */
static void
make_dynamic_parts(struct wf_test_builder *b)
{
    const enum wf_test_hash hash = b->recipe->hash;

    wf_buffer_add_char(&b->parts[PART_STRINGS], '\0');
    make_symbols(b);
    make_version_needs(b);
    if (hash == WF_TEST_HASH_SYSV || hash == WF_TEST_HASH_BOTH)
        make_hash(b);
    if (hash == WF_TEST_HASH_GNU || hash == WF_TEST_HASH_BOTH)
        make_gnu_hash(b);
    make_relocations(b);
    b->has[PART_DYNAMIC] = true;
    b->dynamic_strings = add_dynamic_strings(b);
    put_dynamic(b, b->dynamic_strings);
}

void
wf_test_make_parts(struct wf_test_builder *b)
{
    const struct wf_test_elf *recipe = b->recipe;

    for (enum part p = 0; p < PART_COUNT; p++)
        wf_buffer_init(&b->parts[p], MOST);
    wf_buffer_add(&b->parts[PART_CODE], "code", 4);
    b->has[PART_CODE] = true;
    make_arm_attributes(b);
    make_section_names(b);
    if (!wf_test_is_loadable(b))
        return;
    if (recipe->interp != NULL)
        wf_buffer_add(&b->parts[PART_INTERP], recipe->interp, strlen(recipe->interp) + 1);
    b->has[PART_INTERP] = recipe->interp != NULL;
    make_notes(b);
    if (!recipe->no_dynamic)
        make_dynamic_parts(b);
}

void
wf_test_finish_dynamic(struct wf_test_builder *b)
{
    if (b->has[PART_DYNAMIC])
        put_dynamic(b, b->dynamic_strings);
}
