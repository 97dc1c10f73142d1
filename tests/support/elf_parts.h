/* elf_parts.h -- between the two halves of the ELF builder: what an image consists of
 * (elf_parts.c), and where it goes (elf_builder.c). */
#ifndef WF_TESTS_SUPPORT_ELF_PARTS_H
#define WF_TESTS_SUPPORT_ELF_PARTS_H

#include "elf_builder.h"

/* Pages of all tests; the data segment is moved up by one, so that no padding is needed. */
enum { PAGE = 4096, MOST = 64 << 20 };

/* The parts of an image, in file order.  The first PT_LOAD reaches to PART_CODE, the
 * second holds PART_DYNAMIC; the rest is not loaded. */
enum part {
    PART_INTERP,
    PART_PROPERTIES,
    PART_NOTES,
    PART_HASH,
    PART_GNU_HASH,
    PART_SYMBOLS,
    PART_STRINGS,
    PART_VERSYM,
    PART_VERNEED,
    PART_RELOCATIONS,
    PART_CODE,
    PART_DYNAMIC,
    PART_ARM_ATTRIBUTES,
    PART_NAMES,
    PART_COUNT,
};

/* What the section header of each part says. */
struct wf_test_part {
    const char *name;
    uint32_t type;
    uint32_t flags;
    enum part link; /* PART_COUNT: none */
};

extern const struct wf_test_part wf_test_parts[PART_COUNT];

/* One version need with the index its symbols carry. */
struct need {
    const char *library;
    const char *version;
    bool weak;
    uint16_t index;
};

/* wf_test_builder is one image in the making. */
struct wf_test_builder {
    const struct wf_test_elf *recipe;
    const struct wf_test_machine *machine;
    bool is_wide;
    struct wf_buffer parts[PART_COUNT];
    bool has[PART_COUNT];
    size_t off[PART_COUNT];
    uint64_t vaddr[PART_COUNT];
    size_t section_idx[PART_COUNT];
    size_t num_sections;
    size_t num_imports;
    size_t num_exports;
    struct need *needs;
    size_t num_needs;
    size_t cap_needs;
    size_t num_libraries; /* that versions are needed from */
    struct wf_arena arena;
    size_t dynamic_strings; /* where the texts of the dynamic section start */
    size_t segments_off;
    size_t num_segments;
    size_t sections_off;
};

/* wf_test_put appends a number, wf_test_pad zeros up to a multiple of `align`. */
void wf_test_put(struct wf_buffer *out, uint64_t value, size_t len,
                 enum wf_endian endian);
void wf_test_pad(struct wf_buffer *out, size_t align);

/* wf_test_make_parts fills every part but the dynamic section's final values. */
void wf_test_make_parts(struct wf_test_builder *b);

/* wf_test_finish_dynamic writes the dynamic section once all places are known. */
void wf_test_finish_dynamic(struct wf_test_builder *b);

/* wf_test_is_loadable says that the image has program headers. */
bool wf_test_is_loadable(const struct wf_test_builder *b);

#endif
