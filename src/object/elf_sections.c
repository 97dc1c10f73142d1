/* elf_sections.c -- section headers: a cross-check of what the program headers say, and
 * the ARM build attributes, which stand nowhere else.
 * Format: gABI chapter 4, "Sections"; "Addenda to, and Errata in, the ABI for the Arm
 * Architecture", build attributes. */
#include "object/elf_format.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH = 64 };

/* An attribute section longer than this is none: real ones have some 60 bytes. */
enum { LONGEST_ATTRIBUTES = 64 * 1024 };

struct wf_elf_sections
wf_elf_find_sections(const struct wf_elf_image *image, struct wf_arena *arena)
{
    const struct wf_elf_header *h = &image->header;
    const size_t len = wf_elf_section_len(image);
    struct wf_elf_sections out = { 0 };
    struct wf_elf_section first;
    struct wf_bytes rest;

    if (h->sections_off == 0)
        return out;
    if (h->section_len != len) {
        out.fault = wf_arena_printf(arena, "section headers are said to be %u bytes long",
                                    h->section_len);
        return out;
    }
    if (h->sections_off > image->bytes.len || image->bytes.len - h->sections_off < len) {
        out.fault = wf_arena_printf(
            arena, "the section headers at 0x%" PRIx64 " are outside the file",
            h->sections_off);
        return out;
    }
    rest = wf_bytes_skip(image->bytes, (size_t)h->sections_off);
    (void)wf_elf_decode_sections(image, rest, &first, 1);
    /* More than 65279 sections are counted in the otherwise empty first header. */
    const uint64_t num = h->num_sections != 0 ? h->num_sections : first.len;

    if (num > rest.len / len) {
        out.fault = wf_arena_printf(
            arena, "%" PRIu64 " section headers are claimed at 0x%" PRIx64 "; %zu fit",
            num, h->sections_off, rest.len / len);
        return out;
    }
    out.table = wf_bytes_first(rest, (size_t)num * len);
    return out;
}

bool
wf_elf_sections_lack_bytes(const struct wf_elf_sections *sections,
                           const struct wf_elf_image *image)
{
    const struct wf_elf_segment *dynamic = wf_elf_find_segment(image, PT_DYNAMIC);
    const size_t len = wf_elf_section_len(image);
    struct wf_elf_section batch[BATCH];
    struct wf_bytes rest = sections->table;
    size_t num, num_code = 0, num_code_with_bytes = 0;

    while ((num = wf_elf_decode_sections(image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++) {
            const struct wf_elf_section *s = &batch[i];

            if ((s->flags & SHF_ALLOC) == 0)
                continue;
            if (dynamic != NULL && s->type == SHT_NOBITS && s->vaddr == dynamic->vaddr &&
                s->len > 0)
                return true;
            if ((s->flags & SHF_EXECINSTR) != 0) {
                num_code++;
                num_code_with_bytes += s->type != SHT_NOBITS;
            }
        }
        rest = wf_bytes_skip(rest, num * len);
    }
    return num_code > 0 && num_code_with_bytes == 0;
}

/* The first section of `type`; false when there is none. */
static bool
find_section(struct wf_elf_section *out, const struct wf_elf_sections *sections,
             const struct wf_elf_image *image, uint32_t type)
{
    const size_t len = wf_elf_section_len(image);
    struct wf_elf_section batch[BATCH];
    struct wf_bytes rest = sections->table;
    size_t num;

    while ((num = wf_elf_decode_sections(image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++)
            if (batch[i].type == type) {
                *out = batch[i];
                return true;
            }
        rest = wf_bytes_skip(rest, num * len);
    }
    return false;
}

static bool
section_at(struct wf_elf_section *out, const struct wf_elf_sections *sections,
           const struct wf_elf_image *image, uint32_t idx)
{
    const size_t len = wf_elf_section_len(image);

    if (idx >= sections->table.len / len)
        return false;
    return wf_elf_decode_sections(image, wf_bytes_skip(sections->table, idx * len), out,
                                  1) == 1;
}

/* Reads a ULEB128 number that fits 32 bits; a longer one fails the reader. */
static uint32_t
read_uleb(struct wf_reader *r)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        const uint8_t byte = wf_read_u8(r);

        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return value > UINT32_MAX ? 0 : (uint32_t)value;
    }
    r->failed = true;
    return 0;
}

static void
skip_text(struct wf_reader *r)
{
    while (!r->failed && wf_read_u8(r) != '\0')
        continue;
}

/* Tags of the "aeabi" vendor.  Those above 32 hold text when odd, a number when even. */
enum {
    TAG_FILE = 1,
    TAG_CPU_RAW_NAME = 4,
    TAG_CPU_NAME = 5,
    TAG_CPU_ARCH = 6,
    TAG_ABI_VFP_ARGS = 28,
    TAG_COMPATIBILITY = 32,
};

static void
read_attributes(struct wf_elf_arm_attributes *out, struct wf_bytes bytes,
                enum wf_endian endian)
{
    struct wf_reader r = wf_reader_over(bytes, endian);

    while (!r.failed && r.rest.len > 0) {
        const uint32_t tag = read_uleb(&r);

        if (tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
            (tag > TAG_COMPATIBILITY && tag % 2 == 1)) {
            skip_text(&r);
            continue;
        }
        const uint32_t value = read_uleb(&r);

        if (tag == TAG_COMPATIBILITY)
            skip_text(&r);
        if (r.failed || value > 255)
            continue;
        if (tag == TAG_CPU_ARCH)
            out->cpu_arch = (int)value;
        else if (tag == TAG_ABI_VFP_ARGS)
            out->vfp_args = (int)value;
    }
}

/* Visits the parts of one vendor's attributes: tag, size (with both), content. */
static void
read_vendor(struct wf_elf_arm_attributes *out, struct wf_bytes vendor,
            enum wf_endian endian)
{
    struct wf_reader r = wf_reader_over(vendor, endian);

    if (!wf_bytes_equal(wf_read_bytes(&r, sizeof "aeabi"),
                        wf_bytes_of("aeabi", sizeof "aeabi")))
        return;
    while (!r.failed && r.rest.len > 0) {
        const size_t before = r.rest.len;
        const uint32_t tag = read_uleb(&r);
        const uint32_t len = wf_read_u32(&r);
        const size_t head = before - r.rest.len;

        if (r.failed || len < head)
            return;
        const struct wf_bytes content = wf_read_bytes(&r, len - head);

        if (tag == TAG_FILE)
            read_attributes(out, content, endian);
    }
}

struct wf_elf_arm_attributes
wf_elf_read_arm_attributes(const struct wf_elf_sections *sections,
                           const struct wf_elf_image *image)
{
    struct wf_elf_arm_attributes out = { .cpu_arch = -1, .vfp_args = -1 };
    struct wf_elf_section section;
    struct wf_bytes content;

    if (image->header.machine != EM_ARM ||
        !find_section(&section, sections, image, SHT_ARM_ATTRIBUTES) ||
        section.len > LONGEST_ATTRIBUTES ||
        !wf_bytes_slice(&content, image->bytes, section.off, section.len, "", NULL))
        return out;
    struct wf_reader r = wf_reader_over(content, image->endian);

    if (wf_read_u8(&r) != 'A')
        return out;
    while (!r.failed && r.rest.len > 0) {
        const uint32_t len = wf_read_u32(&r);

        if (len < 4)
            break;
        read_vendor(&out, wf_read_bytes(&r, len - 4), image->endian);
    }
    return out;
}

/* What the comparison carries. */
struct comparison {
    struct wf_object *object;
    const struct wf_elf_sections *sections;
    const struct wf_elf_image *image;
    const struct wf_elf_dynamic *dynamic;
    struct wf_arena *arena;
    size_t cap;
};

static void
add_difference(struct comparison *c, const char *sentence)
{
    struct wf_object *object = c->object;

    object->section_differences = wf_arena_grow(c->arena, object->section_differences,
                                                object->num_section_differences, &c->cap,
                                                sizeof *object->section_differences);
    object->section_differences[object->num_section_differences++] = sentence;
}

/* Compares where a section stands with where the loader finds the same table. */
static void
compare_place(struct comparison *c, const struct wf_elf_section *section,
              const char *name, struct wf_bytes loaded)
{
    if (section->type == SHT_NOBITS)
        add_difference(
            c, wf_arena_printf(c->arena, "the section headers give %s no bytes", name));
    else if (section->off != loaded.file_off)
        add_difference(c, wf_arena_printf(c->arena,
                                          "the section headers place %s at 0x%" PRIx64
                                          ", the loader at 0x%" PRIx64,
                                          name, section->off, loaded.file_off));
}

/* Compares the section of `type` with the table that the entry `tag` leads to.  Returns
 * whether both exist. */
static bool
compare_table(struct comparison *c, struct wf_elf_section *section, uint32_t type,
              enum wf_elf_tag tag, const char *name)
{
    const bool has = find_section(section, c->sections, c->image, type);
    struct wf_bytes loaded;

    if (!c->dynamic->has[tag] || c->dynamic->value[tag] == 0 ||
        !wf_elf_map_tag(&loaded, c->image, c->dynamic, tag, name, NULL)) {
        if (has)
            add_difference(c, wf_arena_printf(c->arena,
                                              "the section headers have %s, the dynamic "
                                              "section has none",
                                              name));
        return false;
    }
    if (!has) {
        add_difference(c,
                       wf_arena_printf(c->arena,
                                       "the dynamic section has %s, the section headers "
                                       "have none",
                                       name));
        return false;
    }
    compare_place(c, section, name, loaded);
    return true;
}

static void
compare_dynamic(struct comparison *c)
{
    const struct wf_elf_dynamic *dynamic = c->dynamic;
    struct wf_elf_section section, strings;

    if (!find_section(&section, c->sections, c->image, SHT_DYNAMIC)) {
        add_difference(c, "the section headers have no dynamic section");
        return;
    }
    compare_place(c, &section, "the dynamic section", dynamic->table);
    if (section.len < dynamic->table.len)
        add_difference(
            c, wf_arena_printf(c->arena,
                               "the section headers end the dynamic section after "
                               "%" PRIu64 " bytes, its last entry after %zu",
                               section.len, dynamic->table.len));
    if (section_at(&strings, c->sections, c->image, section.link))
        compare_place(c, &strings, "the dynamic string table", dynamic->strtab);
    else
        add_difference(c, "the dynamic section is linked to no string table");
}

static void
compare_symbols(struct comparison *c, size_t num_symbols)
{
    const size_t len = wf_elf_symbol_len(c->image);
    struct wf_elf_section section;

    if (!compare_table(c, &section, SHT_DYNSYM, WF_TAG_SYMTAB, "a dynamic symbol table"))
        return;
    if (num_symbols > 0 && section.len / len != num_symbols)
        add_difference(c, wf_arena_printf(c->arena,
                                          "the section headers give %" PRIu64
                                          " dynamic symbols, the hash table %zu",
                                          section.len / len, num_symbols));
}

/* PT_DYNAMIC's own offset is what most tools read; the loader goes by its address. */
static void
compare_segment(struct comparison *c)
{
    const struct wf_elf_segment *segment = wf_elf_find_segment(c->image, PT_DYNAMIC);

    if (segment != NULL && segment->off != c->dynamic->table.file_off)
        add_difference(c, wf_arena_printf(c->arena,
                                          "PT_DYNAMIC is at offset 0x%" PRIx64
                                          ", but its address is loaded from 0x%" PRIx64,
                                          segment->off, c->dynamic->table.file_off));
}

void
wf_elf_compare_sections(struct wf_object *object, const struct wf_elf_sections *sections,
                        const struct wf_elf_image *image,
                        const struct wf_elf_dynamic *dynamic, size_t num_symbols,
                        struct wf_arena *arena)
{
    struct comparison c = { object, sections, image, dynamic, arena, 0 };
    struct wf_elf_section section;

    compare_segment(&c);
    if (sections->fault != NULL)
        add_difference(&c, sections->fault);
    if (sections->table.len == 0)
        return;
    compare_dynamic(&c);
    compare_symbols(&c, num_symbols);
    compare_table(&c, &section, SHT_GNU_verneed, WF_TAG_VERNEED, "version needs");
    compare_table(&c, &section, SHT_GNU_versym, WF_TAG_VERSYM, "symbol versions");
}
