/* elf_image.h -- the headers of an ELF file, and typed access to ranges of it.  Internal
 * to this folder.  32- and 64-bit records of either byte order come out in one 64-bit
 * form; nothing behind this header asks which they were, except for entry sizes. */
#ifndef WF_OBJECT_ELF_IMAGE_H
#define WF_OBJECT_ELF_IMAGE_H

#include "base/arena.h"
#include "base/reader.h"

/* wf_elf_header is the ELF header (gABI "ELF Header"). */
struct wf_elf_header {
    uint8_t osabi;
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint32_t flags;
    uint64_t entry;
    uint64_t segments_off;
    uint16_t segment_len;
    uint16_t num_segments;
    uint64_t sections_off;
    uint16_t section_len;
    uint16_t num_sections; /* 0 with sections_off: the count is in section 0 */
    uint16_t names_idx;
};

/* wf_elf_segment is one program header. */
struct wf_elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t off;
    uint64_t vaddr;
    uint64_t file_len; /* p_filesz */
    uint64_t mem_len;  /* p_memsz */
    uint64_t align;
};

/* wf_elf_section is one section header. */
struct wf_elf_section {
    uint32_t name_off;
    uint32_t type;
    uint64_t flags;
    uint64_t vaddr;
    uint64_t off;
    uint64_t len;
    uint32_t link;
    uint64_t entry_len;
    uint32_t info;
    uint64_t align;
};

struct wf_elf_symbol {
    uint32_t name_off;
    uint8_t info;
    uint8_t other;
    uint16_t section;
    uint64_t value;
};

struct wf_elf_dyn {
    uint64_t tag; /* 32-bit tags are sign-extended, as the type in <elf.h> is signed */
    uint64_t value;
};

/* wf_elf_image is an opened image.  `bytes` is borrowed; the segments live as long as the
 * arena given to wf_elf_image_open. */
struct wf_elf_image {
    struct wf_bytes bytes;
    unsigned bits;
    enum wf_endian endian;
    struct wf_elf_header header;
    struct wf_elf_segment *segments;
    size_t num_segments;
};

/* wf_elf_read_header decodes the identification and the header; the program headers are
 * not looked at, since relocatable and device files need none. */
WF_MUST_USE bool wf_elf_read_header(struct wf_elf_image *image, struct wf_bytes bytes,
                                    struct wf_error *err);

/* wf_elf_read_segments decodes the program headers; none is not an error.
 * wf_elf_check_segments then refuses PT_LOADs that no loader maps: outside the file, more
 * file bytes than memory, not ascending, an alignment that is no power of two, offset and
 * address that differ inside a page.  Separate debug files fail that and are still read. */
WF_MUST_USE bool wf_elf_read_segments(struct wf_elf_image *image, struct wf_arena *arena,
                                      struct wf_error *err);
WF_MUST_USE bool wf_elf_check_segments(const struct wf_elf_image *image,
                                       struct wf_error *err);

/* wf_elf_map sets *out to the file bytes that a loader puts at `vaddr`, up to the end of
 * its PT_LOAD's file bytes.  The one place where an address becomes an offset.  `what` and
 * `claim_off`, the place that names the address, are for the error. */
WF_MUST_USE bool wf_elf_map(struct wf_bytes *out, const struct wf_elf_image *image,
                            uint64_t vaddr, const char *what, uint64_t claim_off,
                            struct wf_error *err);

/* Sizes of one record in the file. */
size_t wf_elf_word_len(const struct wf_elf_image *image); /* 4 or 8 */
size_t wf_elf_symbol_len(const struct wf_elf_image *image);
size_t wf_elf_dyn_len(const struct wf_elf_image *image);
size_t wf_elf_section_len(const struct wf_elf_image *image);

/* Each decodes records from the front of `table` into `out`, at most `max` and at most as
 * many as are whole, and returns how many. */
size_t wf_elf_decode_symbols(const struct wf_elf_image *image, struct wf_bytes table,
                             struct wf_elf_symbol *out, size_t max);
size_t wf_elf_decode_dyns(const struct wf_elf_image *image, struct wf_bytes table,
                          struct wf_elf_dyn *out, size_t max);
size_t wf_elf_decode_sections(const struct wf_elf_image *image, struct wf_bytes table,
                              struct wf_elf_section *out, size_t max);
size_t wf_elf_decode_halves(const struct wf_elf_image *image, struct wf_bytes table,
                            uint16_t *out, size_t max);
size_t wf_elf_decode_words(const struct wf_elf_image *image, struct wf_bytes table,
                           uint32_t *out, size_t max);

/* wf_elf_warm_up prepares libelf. */
void wf_elf_warm_up(void);

#endif
