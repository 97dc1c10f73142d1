/* elf_image.c -- ELF, program and section headers, and typed records; the only file that
 * includes libelf.  Format: System V gABI, chapters 4 and 5.
 *
 * libelf translates ranges that were cut out here (elf32_xlatetom, elf64_xlatetom): class
 * and byte order are its business, bounds are ours.  No Elf handle is opened: a handle
 * allocates for every section header the file claims, and facts come from program headers
 * anyway. */
#include "object/elf_image.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include <libelf.h>

#include "base/checked.h"

/* Bytes may only be mapped where offset and address agree inside a page, and no system
 * has smaller pages than this. */
enum { SMALLEST_PAGE = 4096 };

/* Records translated at a time. */
enum { BATCH = 64 };

void
wf_elf_warm_up(void)
{
    (void)elf_version(EV_CURRENT);
}

/* Translates whole records of `type` into `out`, which is large enough for them in both
 * classes' memory form. */
static void
translate(const struct wf_elf_image *image, struct wf_bytes records, Elf_Type type,
          void *out, size_t out_len)
{
    /* libelf takes the source as non-const and only reads it. */
    Elf_Data from = {
        .d_buf = (void *)(uintptr_t)records.data,
        .d_type = type,
        .d_size = records.len,
        .d_version = EV_CURRENT,
    };
    Elf_Data to = {
        .d_buf = out, .d_type = type, .d_size = out_len, .d_version = EV_CURRENT
    };
    const unsigned encoding = image->endian == WF_BIG ? ELFDATA2MSB : ELFDATA2LSB;
    const Elf_Data *done = image->bits == 64 ? elf64_xlatetom(&to, &from, encoding)
                                             : elf32_xlatetom(&to, &from, encoding);

    /* It fails only on a size that is no multiple or does not fit, which is our slip. */
    assert(done != NULL);
    (void)done;
}

/* How many of at most `max` records of `len` bytes are whole in `table`. */
static size_t
whole_records(struct wf_bytes table, size_t len, size_t max)
{
    const size_t num = table.len / len;

    return num < max ? num : max;
}

static bool
check_identification(struct wf_elf_image *image, struct wf_error *err)
{
    const uint8_t *ident = image->bytes.data;
    const uint64_t at = image->bytes.file_off;

    if (image->bytes.len < EI_NIDENT)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the identification is %d bytes long; the file has %zu",
                           EI_NIDENT, image->bytes.len);
    if (memcmp(ident, ELFMAG, SELFMAG) != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, at, "no ELF magic number stands here");
    if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
        return wf_error_at(err, WF_ERR_MALFORMED, at + EI_CLASS,
                           "the class is %u; 1 (32-bit) and 2 (64-bit) exist",
                           ident[EI_CLASS]);
    if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
        return wf_error_at(err, WF_ERR_MALFORMED, at + EI_DATA,
                           "the byte order is %u; 1 (little) and 2 (big endian) exist",
                           ident[EI_DATA]);
    image->bits = ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
    image->endian = ident[EI_DATA] == ELFDATA2MSB ? WF_BIG : WF_LITTLE;
    image->header.osabi = ident[EI_OSABI];
    return true;
}

static void
take_header32(struct wf_elf_header *to, const Elf32_Ehdr *from)
{
    to->type = from->e_type;
    to->machine = from->e_machine;
    to->version = from->e_version;
    to->flags = from->e_flags;
    to->entry = from->e_entry;
    to->segments_off = from->e_phoff;
    to->segment_len = from->e_phentsize;
    to->num_segments = from->e_phnum;
    to->sections_off = from->e_shoff;
    to->section_len = from->e_shentsize;
    to->num_sections = from->e_shnum;
    to->names_idx = from->e_shstrndx;
}

static void
take_header64(struct wf_elf_header *to, const Elf64_Ehdr *from)
{
    to->type = from->e_type;
    to->machine = from->e_machine;
    to->version = from->e_version;
    to->flags = from->e_flags;
    to->entry = from->e_entry;
    to->segments_off = from->e_phoff;
    to->segment_len = from->e_phentsize;
    to->num_segments = from->e_phnum;
    to->sections_off = from->e_shoff;
    to->section_len = from->e_shentsize;
    to->num_sections = from->e_shnum;
    to->names_idx = from->e_shstrndx;
}

bool
wf_elf_read_header(struct wf_elf_image *image, struct wf_bytes bytes,
                   struct wf_error *err)
{
    union {
        Elf32_Ehdr narrow;
        Elf64_Ehdr wide;
    } raw;
    struct wf_bytes header;

    *image = (struct wf_elf_image){ .bytes = bytes };
    if (!check_identification(image, err))
        return false;
    const size_t len = image->bits == 64 ? sizeof raw.wide : sizeof raw.narrow;

    if (!wf_bytes_slice(&header, bytes, 0, len, "the ELF header", err))
        return false;
    translate(image, header, ELF_T_EHDR, &raw, sizeof raw);
    if (image->bits == 64)
        take_header64(&image->header, &raw.wide);
    else
        take_header32(&image->header, &raw.narrow);
    return true;
}

static struct wf_elf_segment
segment_of32(const Elf32_Phdr *from)
{
    return (struct wf_elf_segment){
        .type = from->p_type,
        .flags = from->p_flags,
        .off = from->p_offset,
        .vaddr = from->p_vaddr,
        .file_len = from->p_filesz,
        .mem_len = from->p_memsz,
        .align = from->p_align,
    };
}

static struct wf_elf_segment
segment_of64(const Elf64_Phdr *from)
{
    return (struct wf_elf_segment){
        .type = from->p_type,
        .flags = from->p_flags,
        .off = from->p_offset,
        .vaddr = from->p_vaddr,
        .file_len = from->p_filesz,
        .mem_len = from->p_memsz,
        .align = from->p_align,
    };
}

static void
decode_segments(struct wf_elf_image *image, struct wf_bytes table)
{
    union {
        Elf32_Phdr narrow[BATCH];
        Elf64_Phdr wide[BATCH];
    } raw;
    const size_t len = image->bits == 64 ? sizeof raw.wide[0] : sizeof raw.narrow[0];
    size_t done = 0;

    while (done < image->num_segments) {
        const size_t num = whole_records(table, len, BATCH);

        translate(image, wf_bytes_first(table, num * len), ELF_T_PHDR, &raw, sizeof raw);
        for (size_t i = 0; i < num; i++)
            image->segments[done + i] = image->bits == 64 ? segment_of64(&raw.wide[i])
                                                          : segment_of32(&raw.narrow[i]);
        table = wf_bytes_skip(table, num * len);
        done += num;
    }
}

bool
wf_elf_read_segments(struct wf_elf_image *image, struct wf_arena *arena,
                     struct wf_error *err)
{
    const struct wf_elf_header *h = &image->header;
    const size_t len = image->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    struct wf_bytes table;

    if (h->num_segments == 0)
        return true;
    if (h->segment_len != len)
        return wf_error_at(err, WF_ERR_MALFORMED, image->bytes.file_off,
                           "program headers are said to be %u bytes long; they have %zu",
                           h->segment_len, len);
    if (!wf_bytes_slice(&table, image->bytes, h->segments_off, h->num_segments * len,
                        "the program header table", err))
        return false;
    image->segments = wf_arena_array(arena, h->num_segments, sizeof *image->segments);
    image->num_segments = h->num_segments;
    decode_segments(image, table);
    return true;
}

/* The second half: what a PT_LOAD says about memory. */
static bool
check_load_memory(const struct wf_elf_image *image, size_t idx, uint64_t header_off,
                  uint64_t previous_end, struct wf_error *err)
{
    const struct wf_elf_segment *s = &image->segments[idx];

    if (s->file_len > s->mem_len)
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) has 0x%" PRIx64
                           " bytes in the file for 0x%" PRIx64 " in memory",
                           idx, s->file_len, s->mem_len);
    if (s->vaddr > UINT64_MAX - s->mem_len)
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) claims 0x%" PRIx64
                           " bytes of memory from 0x%" PRIx64
                           " on, past the last address",
                           idx, s->mem_len, s->vaddr);
    if (s->vaddr < previous_end)
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) starts at address 0x%" PRIx64
                           ", before the end of the PT_LOAD before it, 0x%" PRIx64,
                           idx, s->vaddr, previous_end);
    return true;
}

static bool
check_load(const struct wf_elf_image *image, size_t idx, uint64_t previous_end,
           struct wf_error *err)
{
    const struct wf_elf_segment *s = &image->segments[idx];
    const size_t header_len = image->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    const uint64_t header_off = image->header.segments_off + idx * header_len;

    if (!wf_fits(s->off, s->file_len, image->bytes.len))
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) claims 0x%" PRIx64
                           " bytes from 0x%" PRIx64 " on; the file has %zu",
                           idx, s->file_len, s->off, image->bytes.len);
    if ((s->align & (s->align - 1)) != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) has alignment 0x%" PRIx64
                           ", which is no power of two",
                           idx, s->align);
    if (s->file_len > 0 && (s->vaddr - s->off) % SMALLEST_PAGE != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, header_off,
                           "program header %zu (PT_LOAD) puts offset 0x%" PRIx64
                           " at address 0x%" PRIx64 ", another place in its page",
                           idx, s->off, s->vaddr);
    return check_load_memory(image, idx, header_off, previous_end, err);
}

bool
wf_elf_check_segments(const struct wf_elf_image *image, struct wf_error *err)
{
    uint64_t end = 0;

    for (size_t i = 0; i < image->num_segments; i++) {
        if (image->segments[i].type != PT_LOAD)
            continue;
        if (!check_load(image, i, end, err))
            return false;
        end = image->segments[i].vaddr + image->segments[i].mem_len;
    }
    return true;
}

bool
wf_elf_map(struct wf_bytes *out, const struct wf_elf_image *image, uint64_t vaddr,
           const char *what, uint64_t claim_off, struct wf_error *err)
{
    for (size_t i = 0; i < image->num_segments; i++) {
        const struct wf_elf_segment *s = &image->segments[i];

        if (s->type != PT_LOAD || vaddr < s->vaddr || vaddr - s->vaddr >= s->file_len)
            continue;
        const uint64_t skip = vaddr - s->vaddr;
        uint64_t off = 0;

        if (!wf_add_u64(&off, s->off, skip))
            continue;
        return wf_bytes_slice(out, image->bytes, off, s->file_len - skip, what, err);
    }
    return wf_error_at(err, WF_ERR_MALFORMED, claim_off,
                       "%s is at address 0x%" PRIx64 "; no PT_LOAD has file bytes there",
                       what, vaddr);
}

size_t
wf_elf_word_len(const struct wf_elf_image *image)
{
    return image->bits / 8;
}

size_t
wf_elf_symbol_len(const struct wf_elf_image *image)
{
    return image->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

size_t
wf_elf_dyn_len(const struct wf_elf_image *image)
{
    return image->bits == 64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
}

size_t
wf_elf_section_len(const struct wf_elf_image *image)
{
    return image->bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

size_t
wf_elf_decode_symbols(const struct wf_elf_image *image, struct wf_bytes table,
                      struct wf_elf_symbol *out, size_t max)
{
    union {
        Elf32_Sym narrow[BATCH];
        Elf64_Sym wide[BATCH];
    } raw;
    const size_t len = wf_elf_symbol_len(image);
    const size_t num = whole_records(table, len, max < BATCH ? max : BATCH);

    translate(image, wf_bytes_first(table, num * len), ELF_T_SYM, &raw, sizeof raw);
    for (size_t i = 0; i < num && image->bits == 64; i++)
        out[i] = (struct wf_elf_symbol){
            .name_off = raw.wide[i].st_name,
            .info = raw.wide[i].st_info,
            .other = raw.wide[i].st_other,
            .section = raw.wide[i].st_shndx,
            .value = raw.wide[i].st_value,
        };
    for (size_t i = 0; i < num && image->bits == 32; i++)
        out[i] = (struct wf_elf_symbol){
            .name_off = raw.narrow[i].st_name,
            .info = raw.narrow[i].st_info,
            .other = raw.narrow[i].st_other,
            .section = raw.narrow[i].st_shndx,
            .value = raw.narrow[i].st_value,
        };
    return num;
}

size_t
wf_elf_decode_dyns(const struct wf_elf_image *image, struct wf_bytes table,
                   struct wf_elf_dyn *out, size_t max)
{
    union {
        Elf32_Dyn narrow[BATCH];
        Elf64_Dyn wide[BATCH];
    } raw;
    const size_t len = wf_elf_dyn_len(image);
    const size_t num = whole_records(table, len, max < BATCH ? max : BATCH);

    translate(image, wf_bytes_first(table, num * len), ELF_T_DYN, &raw, sizeof raw);
    for (size_t i = 0; i < num && image->bits == 64; i++)
        out[i] =
            (struct wf_elf_dyn){ (uint64_t)raw.wide[i].d_tag, raw.wide[i].d_un.d_val };
    for (size_t i = 0; i < num && image->bits == 32; i++)
        out[i] = (struct wf_elf_dyn){ (uint64_t)(int64_t)raw.narrow[i].d_tag,
                                      raw.narrow[i].d_un.d_val };
    return num;
}

size_t
wf_elf_decode_sections(const struct wf_elf_image *image, struct wf_bytes table,
                       struct wf_elf_section *out, size_t max)
{
    union {
        Elf32_Shdr narrow[BATCH];
        Elf64_Shdr wide[BATCH];
    } raw;
    const size_t len = wf_elf_section_len(image);
    const size_t num = whole_records(table, len, max < BATCH ? max : BATCH);

    translate(image, wf_bytes_first(table, num * len), ELF_T_SHDR, &raw, sizeof raw);
    for (size_t i = 0; i < num && image->bits == 64; i++) {
        const Elf64_Shdr *s = &raw.wide[i];

        out[i] = (struct wf_elf_section){ s->sh_name,     s->sh_type,    s->sh_flags,
                                          s->sh_addr,     s->sh_offset,  s->sh_size,
                                          s->sh_link,     s->sh_entsize, s->sh_info,
                                          s->sh_addralign };
    }
    for (size_t i = 0; i < num && image->bits == 32; i++) {
        const Elf32_Shdr *s = &raw.narrow[i];

        out[i] = (struct wf_elf_section){ s->sh_name,     s->sh_type,    s->sh_flags,
                                          s->sh_addr,     s->sh_offset,  s->sh_size,
                                          s->sh_link,     s->sh_entsize, s->sh_info,
                                          s->sh_addralign };
    }
    return num;
}

size_t
wf_elf_decode_halves(const struct wf_elf_image *image, struct wf_bytes table,
                     uint16_t *out, size_t max)
{
    const size_t num = whole_records(table, sizeof *out, max);

    translate(image, wf_bytes_first(table, num * sizeof *out), ELF_T_HALF, out,
              max * sizeof *out);
    return num;
}

size_t
wf_elf_decode_words(const struct wf_elf_image *image, struct wf_bytes table,
                    uint32_t *out, size_t max)
{
    const size_t num = whole_records(table, sizeof *out, max);

    translate(image, wf_bytes_first(table, num * sizeof *out), ELF_T_WORD, out,
              max * sizeof *out);
    return num;
}
