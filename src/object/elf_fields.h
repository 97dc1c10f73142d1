/* elf_fields.h -- single fields of ELF records, read and written where they stand, in
 * either class and byte order.  Internal to this folder; for the editors, which change a
 * few fields and leave the rest of a record as it is. */
#ifndef WF_OBJECT_ELF_FIELDS_H
#define WF_OBJECT_ELF_FIELDS_H

#include "base/buffer.h"
#include "object/elf_format.h"

/* The fields by their names in the gABI; the record they belong to is in the prefix. */
enum wf_elf_field {
    WF_E_SHOFF,
    WF_E_PHNUM,
    WF_E_SHNUM,
    WF_E_SHSTRNDX,
    WF_P_TYPE,
    WF_P_FLAGS,
    WF_P_OFFSET,
    WF_P_VADDR,
    WF_P_PADDR,
    WF_P_FILESZ,
    WF_P_MEMSZ,
    WF_P_ALIGN,
    WF_SH_NAME,
    WF_SH_TYPE,
    WF_SH_FLAGS,
    WF_SH_ADDR,
    WF_SH_OFFSET,
    WF_SH_SIZE,
    WF_SH_LINK,
    WF_SH_INFO,
    WF_SH_ADDRALIGN,
    WF_SH_ENTSIZE,
    WF_ST_NAME,
    WF_ST_SHNDX,
    WF_ST_VALUE,
    WF_ST_SIZE,
    WF_D_TAG,
    WF_D_VAL,
    WF_VN_VERSION,
    WF_VN_CNT,
    WF_VN_FILE,
    WF_VN_AUX,
    WF_VN_NEXT,
    WF_VNA_OTHER,
    WF_VNA_NAME,
    WF_VNA_NEXT,
    WF_VD_AUX,
    WF_VD_NEXT,
    WF_VDA_NAME,
    WF_VDA_NEXT,
    WF_VERSYM,
    WF_FIELD_COUNT,
};

/* wf_elf_segment_len is the size of a program header in the file. */
size_t wf_elf_segment_len(const struct wf_elf_image *image);

/* wf_elf_get and wf_elf_put read and write one field of the record at `record_off`, all of
 * which the caller has found to lie inside; a field that does not is a broken promise and
 * ends the program.  wf_elf_put keeps the low bytes of a value that is too wide. */
uint64_t wf_elf_get(const struct wf_elf_image *image, struct wf_bytes bytes,
                    uint64_t record_off, enum wf_elf_field field);
void wf_elf_put(const struct wf_elf_image *image, struct wf_buffer *out,
                uint64_t record_off, enum wf_elf_field field, uint64_t value);

/* wf_elf_get_word and wf_elf_put_word do the same for an address-sized word. */
uint64_t wf_elf_get_word(const struct wf_elf_image *image, struct wf_bytes bytes,
                         uint64_t off);
void wf_elf_put_word(const struct wf_elf_image *image, struct wf_buffer *out,
                     uint64_t off, uint64_t value);

#endif
