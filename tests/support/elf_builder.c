/* elf_builder.c -- lay out and write tiny ELF images.  The recipe is trusted: a wrong one
 * ends the program. */
#include "elf_parts.h"

#include <assert.h>
#include <string.h>

#include <elf.h>

const struct wf_test_machine wf_test_machines[] = {
    { "x86_64", EM_X86_64, 64, WF_LITTLE, 0 },
    { "i686", EM_386, 32, WF_LITTLE, 0 },
    { "x32", EM_X86_64, 32, WF_LITTLE, 0 },
    { "aarch64", EM_AARCH64, 64, WF_LITTLE, 0 },
    { "armv7l", EM_ARM, 32, WF_LITTLE, 0x5000400 },
    { "armv6l", EM_ARM, 32, WF_LITTLE, 0x5000400 }, /* with .ARM.attributes */
    { "armv5l", EM_ARM, 32, WF_LITTLE, 0x5000200 },
    { "ppc64le", EM_PPC64, 64, WF_LITTLE, 2 },
    { "ppc64", EM_PPC64, 64, WF_BIG, 1 },
    { "s390x", EM_S390, 64, WF_BIG, 0 },
    { "riscv64", EM_RISCV, 64, WF_LITTLE, 5 },
    { "riscv32", EM_RISCV, 32, WF_LITTLE, 5 },
    { "loongarch64", 258, 64, WF_LITTLE, 0x43 },
    { "mips", EM_MIPS, 32, WF_BIG, 0x70001007 },
    { "mipsel", EM_MIPS, 32, WF_LITTLE, 0x70001007 },
    { "mips64", EM_MIPS, 64, WF_BIG, 0x80000007 },
    { "mips64el", EM_MIPS, 64, WF_LITTLE, 0x80000007 },
    { "mipsn32", EM_MIPS, 32, WF_BIG, 0x80000027 },
    { "sparc64", EM_SPARCV9, 64, WF_BIG, 0 },
    { "bpf", 247, 64, WF_LITTLE, 0 },
    { "cuda", 190, 64, WF_LITTLE, 0 },
    { "amdgpu", 224, 64, WF_LITTLE, 0x3f },
};

const size_t wf_test_num_machines = WF_COUNT(wf_test_machines);

const struct wf_test_machine *
wf_test_machine_named(const char *name)
{
    for (size_t i = 0; i < wf_test_num_machines; i++)
        if (strcmp(wf_test_machines[i].name, name) == 0)
            return &wf_test_machines[i];
    return NULL;
}

void
wf_test_poke(struct wf_buffer *image, size_t off, uint64_t value, size_t len,
             enum wf_endian endian)
{
    assert(off <= image->len && len <= image->len - off);
    for (size_t i = 0; i < len; i++) {
        const size_t shift = 8 * (endian == WF_BIG ? len - 1 - i : i);

        image->data[off + i] = (uint8_t)(value >> shift);
    }
}

static size_t
header_len(const struct wf_test_builder *b)
{
    return b->is_wide ? 64 : 52;
}

static size_t
segment_len(const struct wf_test_builder *b)
{
    return b->is_wide ? 56 : 32;
}

static size_t
section_len(const struct wf_test_builder *b)
{
    return b->is_wide ? 64 : 40;
}

static void
count_segments(struct wf_test_builder *b)
{
    if (!wf_test_is_loadable(b))
        return;
    b->num_segments = 1 + 2 * (size_t)b->has[PART_DYNAMIC] + b->has[PART_INTERP] +
                      2 * (size_t)b->has[PART_PROPERTIES] + b->has[PART_NOTES] +
                      (b->recipe->stack != WF_TEST_STACK_NONE) + b->recipe->relro;
}

/* Gives every part its place.  The data is loaded a page further up than it stands. */
static void
lay_out(struct wf_test_builder *b)
{
    const uint64_t base = b->recipe->type == WF_TEST_EXEC ? 0x400000 : 0;
    const uint64_t page = b->recipe->align == 0 ? PAGE : b->recipe->align;
    size_t off = header_len(b);

    count_segments(b);
    b->segments_off = b->num_segments == 0 ? 0 : off;
    off += b->num_segments * segment_len(b);
    b->num_sections = 1;
    for (enum part p = 0; p < PART_COUNT; p++) {
        if (!b->has[p])
            continue;
        off = (off + 7) / 8 * 8 + (p == PART_DYNAMIC ? b->recipe->padding : 0);
        b->off[p] = off;
        b->vaddr[p] = base + off + (p == PART_DYNAMIC ? page : 0);
        b->section_idx[p] = b->num_sections++;
        off += b->parts[p].len;
    }
    b->sections_off = b->recipe->no_sections ? 0 : (off + 7) / 8 * 8;
}

static void
put_header(struct wf_buffer *out, const struct wf_test_builder *b)
{
    static const uint16_t types[] = {
        [WF_TEST_DYN] = ET_DYN, [WF_TEST_PIE] = ET_DYN,   [WF_TEST_EXEC] = ET_EXEC,
        [WF_TEST_REL] = ET_REL, [WF_TEST_CORE] = ET_CORE,
    };
    const enum wf_endian endian = b->machine->endian;
    const size_t word = b->is_wide ? 8 : 4;
    const bool has_sections = b->sections_off != 0;
    const uint8_t ident[EI_NIDENT] = {
        0x7f,
        'E',
        'L',
        'F',
        b->is_wide ? ELFCLASS64 : ELFCLASS32,
        endian == WF_BIG ? ELFDATA2MSB : ELFDATA2LSB,
        EV_CURRENT,
        b->recipe->osabi,
    };

    wf_buffer_add(out, ident, sizeof ident);
    wf_test_put(out, types[b->recipe->type], 2, endian);
    wf_test_put(out, b->machine->machine, 2, endian);
    wf_test_put(out, EV_CURRENT, 4, endian);
    wf_test_put(out, b->vaddr[PART_CODE], word, endian);
    wf_test_put(out, b->segments_off, word, endian);
    wf_test_put(out, b->sections_off, word, endian);
    wf_test_put(out, b->machine->flags, 4, endian);
    wf_test_put(out, header_len(b), 2, endian);
    wf_test_put(out, b->num_segments == 0 ? 0 : segment_len(b), 2, endian);
    wf_test_put(out, b->num_segments, 2, endian);
    wf_test_put(out, has_sections ? section_len(b) : 0, 2, endian);
    wf_test_put(out, has_sections ? b->num_sections : 0, 2, endian);
    wf_test_put(out, has_sections ? b->section_idx[PART_NAMES] : 0, 2, endian);
}

struct segment {
    uint32_t type;
    uint32_t flags;
    uint64_t off;
    uint64_t vaddr;
    uint64_t len;
    uint64_t align;
};

static void
put_segment(struct wf_buffer *out, const struct wf_test_builder *b,
            const struct segment *s)
{
    const enum wf_endian endian = b->machine->endian;
    const size_t word = b->is_wide ? 8 : 4;
    const bool is_empty = b->recipe->debug == WF_TEST_DEBUG_EMPTY && s->type != PT_NOTE &&
                          s->type != PT_GNU_STACK;

    wf_test_put(out, s->type, 4, endian);
    if (b->is_wide)
        wf_test_put(out, s->flags, 4, endian);
    wf_test_put(out, s->off, word, endian);
    wf_test_put(out, s->vaddr, word, endian);
    wf_test_put(out, s->vaddr, word, endian);
    wf_test_put(out, is_empty ? 0 : s->len, word, endian);
    wf_test_put(out, s->len, word, endian);
    if (!b->is_wide)
        wf_test_put(out, s->flags, 4, endian);
    wf_test_put(out, s->align, word, endian);
}

static void
put_part_segment(struct wf_buffer *out, const struct wf_test_builder *b, uint32_t type,
                 uint32_t flags, enum part part, uint64_t align)
{
    const struct segment s = {
        type, flags, b->off[part], b->vaddr[part], b->parts[part].len, align,
    };

    if (b->has[part])
        put_segment(out, b, &s);
}

static void
put_segments(struct wf_buffer *out, const struct wf_test_builder *b)
{
    const uint64_t page = b->recipe->align == 0 ? PAGE : b->recipe->align;
    const size_t code_end = b->off[PART_CODE] + b->parts[PART_CODE].len;
    const struct segment code = {
        PT_LOAD, PF_R | PF_X, 0, b->vaddr[PART_CODE] - b->off[PART_CODE], code_end, page,
    };
    const bool exec = b->recipe->stack == WF_TEST_STACK_EXEC;
    const struct segment stack = {
        PT_GNU_STACK, PF_R | PF_W | (exec ? PF_X : 0U), 0, 0, 0, 16,
    };

    if (b->num_segments == 0)
        return;
    put_part_segment(out, b, PT_INTERP, PF_R, PART_INTERP, 1);
    put_segment(out, b, &code);
    put_part_segment(out, b, PT_LOAD, PF_R | PF_W, PART_DYNAMIC, page);
    put_part_segment(out, b, PT_DYNAMIC, PF_R | PF_W, PART_DYNAMIC, 8);
    put_part_segment(out, b, PT_NOTE, PF_R, PART_PROPERTIES, b->is_wide ? 8 : 4);
    put_part_segment(out, b, 0x6474e553, PF_R, PART_PROPERTIES, b->is_wide ? 8 : 4);
    put_part_segment(out, b, PT_NOTE, PF_R, PART_NOTES, 4);
    if (b->recipe->stack != WF_TEST_STACK_NONE)
        put_segment(out, b, &stack);
    if (b->recipe->relro)
        put_part_segment(out, b, PT_GNU_RELRO, PF_R,
                         b->has[PART_DYNAMIC] ? PART_DYNAMIC : PART_CODE, 1);
}

static size_t
entry_len(const struct wf_test_builder *b, enum part part)
{
    switch (part) {
    case PART_SYMBOLS:
        return b->is_wide ? 24 : 16;
    case PART_DYNAMIC:
    case PART_RELOCATIONS:
        return b->is_wide ? 16 : 8;
    case PART_VERSYM:
        return 2;
    case PART_HASH:
        return b->machine->machine == EM_S390 ? 8 : 4;
    case PART_INTERP:
    case PART_PROPERTIES:
    case PART_NOTES:
    case PART_GNU_HASH:
    case PART_STRINGS:
    case PART_VERNEED:
    case PART_CODE:
    case PART_ARM_ATTRIBUTES:
    case PART_NAMES:
    case PART_COUNT:
        break;
    }
    return 0;
}

static void
put_section(struct wf_buffer *out, const struct wf_test_builder *b, enum part part,
            size_t name_off)
{
    const enum wf_endian endian = b->machine->endian;
    const size_t word = b->is_wide ? 8 : 4;
    const bool is_loaded =
        (wf_test_parts[part].flags & SHF_ALLOC) != 0 && wf_test_is_loadable(b);
    const bool is_empty = b->recipe->debug != WF_TEST_NO_DEBUG && is_loaded &&
                          wf_test_parts[part].type != SHT_NOTE;
    const enum part link = wf_test_parts[part].link;

    wf_test_put(out, name_off, 4, endian);
    wf_test_put(out, is_empty ? SHT_NOBITS : wf_test_parts[part].type, 4, endian);
    wf_test_put(out, wf_test_parts[part].flags, word, endian);
    wf_test_put(out, is_loaded ? b->vaddr[part] : 0, word, endian);
    wf_test_put(out, b->off[part], word, endian);
    wf_test_put(out, b->parts[part].len, word, endian);
    wf_test_put(out, link == PART_COUNT ? 0 : b->section_idx[link], 4, endian);
    wf_test_put(out,
                part == PART_VERNEED   ? b->num_libraries
                : part == PART_SYMBOLS ? 1
                                       : 0,
                4, endian);
    wf_test_put(out, part == PART_INTERP ? 1 : 4, word, endian);
    wf_test_put(out, entry_len(b, part), word, endian);
}

static void
put_sections(struct wf_buffer *out, const struct wf_test_builder *b)
{
    size_t name_off = 1;

    for (size_t i = 0; i < section_len(b); i++)
        wf_buffer_add_char(out, '\0');
    for (enum part p = 0; p < PART_COUNT; p++) {
        if (b->has[p])
            put_section(out, b, p, name_off);
        name_off += strlen(wf_test_parts[p].name) + 1;
    }
}

static void
pad_to(struct wf_buffer *out, size_t len)
{
    assert(out->len <= len);
    while (out->len < len)
        wf_buffer_add_char(out, '\0');
}

/* A debug file has other bytes where the program headers lead. */
static void
put_part(struct wf_buffer *out, const struct wf_test_builder *b, enum part part)
{
    const struct wf_buffer *content = &b->parts[part];
    const bool is_gone = b->recipe->debug != WF_TEST_NO_DEBUG &&
                         (wf_test_parts[part].flags & SHF_ALLOC) != 0 &&
                         wf_test_parts[part].type != SHT_NOTE;

    for (size_t i = 0; is_gone && i < content->len; i++)
        wf_buffer_add_char(out, (char)0xa5);
    if (!is_gone)
        wf_buffer_add(out, content->data, content->len);
}

static void
write_image(struct wf_buffer *out, const struct wf_test_builder *b)
{
    const size_t start = out->len;

    put_header(out, b);
    put_segments(out, b);
    for (enum part p = 0; p < PART_COUNT; p++) {
        if (!b->has[p])
            continue;
        pad_to(out, start + b->off[p]);
        put_part(out, b, p);
    }
    if (b->sections_off != 0) {
        pad_to(out, start + b->sections_off);
        put_sections(out, b);
    }
}

static void
tell_places(struct wf_test_elf_places *places, const struct wf_test_builder *b)
{
    *places = (struct wf_test_elf_places){
        .segments = b->segments_off,
        .sections = b->sections_off,
        .interp = b->off[PART_INTERP],
        .properties = b->off[PART_PROPERTIES],
        .notes = b->off[PART_NOTES],
        .hash = b->off[PART_HASH],
        .gnu_hash = b->off[PART_GNU_HASH],
        .symbols = b->off[PART_SYMBOLS],
        .strings = b->off[PART_STRINGS],
        .versym = b->off[PART_VERSYM],
        .verneed = b->off[PART_VERNEED],
        .relocations = b->off[PART_RELOCATIONS],
        .code = b->off[PART_CODE],
        .dynamic = b->off[PART_DYNAMIC],
        .arm_attributes = b->off[PART_ARM_ATTRIBUTES],
        .dynamic_len = b->parts[PART_DYNAMIC].len,
    };
}

void
wf_test_elf_build(struct wf_buffer *out, struct wf_test_elf_places *places,
                  const struct wf_test_elf *recipe)
{
    struct wf_test_builder b = { .recipe = recipe, .machine = recipe->machine };

    assert(recipe->machine != NULL);
    b.is_wide = recipe->machine->bits == 64;
    wf_test_make_parts(&b);
    lay_out(&b);
    wf_test_finish_dynamic(&b);
    write_image(out, &b);
    assert(!out->over);
    if (places != NULL)
        tell_places(places, &b);
    for (enum part p = 0; p < PART_COUNT; p++)
        wf_buffer_clear(&b.parts[p]);
    wf_arena_clear(&b.arena);
}
