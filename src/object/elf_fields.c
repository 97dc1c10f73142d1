/* elf_fields.c -- where fields stand in records.  Format: gABI chapters 4 and 5; GNU symbol
 * versioning (LSB Core, chapter 10.7).  Offsets and sizes come from the system's structs;
 * none is ever laid over bytes. */
#include "object/elf_fields.h"

#include <assert.h>

#include "base/checked.h"

struct place {
    uint8_t off;
    uint8_t len;
};

struct places {
    struct place narrow;
    struct place wide;
};

#define PLACE(record, member)                                                            \
    {                                                                                    \
        offsetof(record, member), sizeof(((const record *)NULL)->member)                 \
    }
#define FIELD(record, member)                                                            \
    {                                                                                    \
        PLACE(Elf32_##record, member), PLACE(Elf64_##record, member)                     \
    }

static const struct places fields[WF_FIELD_COUNT] = {
    [WF_E_SHOFF] = FIELD(Ehdr, e_shoff),
    [WF_E_PHNUM] = FIELD(Ehdr, e_phnum),
    [WF_E_SHNUM] = FIELD(Ehdr, e_shnum),
    [WF_E_SHSTRNDX] = FIELD(Ehdr, e_shstrndx),
    [WF_P_TYPE] = FIELD(Phdr, p_type),
    [WF_P_FLAGS] = FIELD(Phdr, p_flags),
    [WF_P_OFFSET] = FIELD(Phdr, p_offset),
    [WF_P_VADDR] = FIELD(Phdr, p_vaddr),
    [WF_P_PADDR] = FIELD(Phdr, p_paddr),
    [WF_P_FILESZ] = FIELD(Phdr, p_filesz),
    [WF_P_MEMSZ] = FIELD(Phdr, p_memsz),
    [WF_P_ALIGN] = FIELD(Phdr, p_align),
    [WF_SH_NAME] = FIELD(Shdr, sh_name),
    [WF_SH_TYPE] = FIELD(Shdr, sh_type),
    [WF_SH_FLAGS] = FIELD(Shdr, sh_flags),
    [WF_SH_ADDR] = FIELD(Shdr, sh_addr),
    [WF_SH_OFFSET] = FIELD(Shdr, sh_offset),
    [WF_SH_SIZE] = FIELD(Shdr, sh_size),
    [WF_SH_LINK] = FIELD(Shdr, sh_link),
    [WF_SH_INFO] = FIELD(Shdr, sh_info),
    [WF_SH_ADDRALIGN] = FIELD(Shdr, sh_addralign),
    [WF_SH_ENTSIZE] = FIELD(Shdr, sh_entsize),
    [WF_ST_NAME] = FIELD(Sym, st_name),
    [WF_ST_SHNDX] = FIELD(Sym, st_shndx),
    [WF_ST_VALUE] = FIELD(Sym, st_value),
    [WF_ST_SIZE] = FIELD(Sym, st_size),
    [WF_D_TAG] = FIELD(Dyn, d_tag),
    [WF_D_VAL] = FIELD(Dyn, d_un),
    [WF_VN_VERSION] = FIELD(Verneed, vn_version),
    [WF_VN_CNT] = FIELD(Verneed, vn_cnt),
    [WF_VN_FILE] = FIELD(Verneed, vn_file),
    [WF_VN_AUX] = FIELD(Verneed, vn_aux),
    [WF_VN_NEXT] = FIELD(Verneed, vn_next),
    [WF_VNA_OTHER] = FIELD(Vernaux, vna_other),
    [WF_VNA_NAME] = FIELD(Vernaux, vna_name),
    [WF_VNA_NEXT] = FIELD(Vernaux, vna_next),
    [WF_VD_AUX] = FIELD(Verdef, vd_aux),
    [WF_VD_NEXT] = FIELD(Verdef, vd_next),
    [WF_VDA_NAME] = FIELD(Verdaux, vda_name),
    [WF_VDA_NEXT] = FIELD(Verdaux, vda_next),
    [WF_VERSYM] = { { 0, 2 }, { 0, 2 } },
};

size_t
wf_elf_segment_len(const struct wf_elf_image *image)
{
    return image->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

static uint64_t
get(const struct wf_elf_image *image, struct wf_bytes bytes, uint64_t off, size_t len)
{
    uint64_t value = 0;

    assert(wf_fits(off, len, bytes.len));
    for (size_t i = 0; i < len; i++) {
        const size_t at = image->endian == WF_BIG ? i : len - 1 - i;

        value = value << 8 | bytes.data[(size_t)off + at];
    }
    return value;
}

static void
put(const struct wf_elf_image *image, struct wf_buffer *out, uint64_t off, size_t len,
    uint64_t value)
{
    assert(wf_fits(off, len, out->len));
    for (size_t i = 0; i < len; i++) {
        const size_t at = image->endian == WF_BIG ? len - 1 - i : i;

        out->data[(size_t)off + at] = (uint8_t)(value >> (8 * i));
    }
}

static struct place
place_of(const struct wf_elf_image *image, enum wf_elf_field field)
{
    return image->bits == 64 ? fields[field].wide : fields[field].narrow;
}

uint64_t
wf_elf_get(const struct wf_elf_image *image, struct wf_bytes bytes, uint64_t record_off,
           enum wf_elf_field field)
{
    const struct place place = place_of(image, field);

    assert(record_off <= UINT64_MAX - place.off);
    return get(image, bytes, record_off + place.off, place.len);
}

void
wf_elf_put(const struct wf_elf_image *image, struct wf_buffer *out, uint64_t record_off,
           enum wf_elf_field field, uint64_t value)
{
    const struct place place = place_of(image, field);

    assert(record_off <= UINT64_MAX - place.off);
    put(image, out, record_off + place.off, place.len, value);
}

uint64_t
wf_elf_get_word(const struct wf_elf_image *image, struct wf_bytes bytes, uint64_t off)
{
    return get(image, bytes, off, wf_elf_word_len(image));
}

void
wf_elf_put_word(const struct wf_elf_image *image, struct wf_buffer *out, uint64_t off,
                uint64_t value)
{
    put(image, out, off, wf_elf_word_len(image), value);
}
