/* section_builder.h -- for the tests of stripping: a built ELF image gets sections that are
 * not loaded, a symbol table among them; and reading back what a stripped image has. */
#ifndef WF_TESTS_SUPPORT_SECTION_BUILDER_H
#define WF_TESTS_SUPPORT_SECTION_BUILDER_H

#include "object/elf_image.h"

#include "elf_builder.h"

/* wf_test_section is one section to add. */
struct wf_test_section {
    const char *name;
    uint32_t type;
    uint64_t flags;
    const char *link;    /* name of the section that sh_link means, or NULL */
    const char *subject; /* likewise for sh_info; else `info` */
    uint32_t info;
    uint64_t align;
    uint64_t entry_len;
    const void *content;
    size_t len;
    bool first;     /* before the image's own sections, whose numbers shift */
    size_t repeats; /* so many more of it */
};

/* wf_test_add_sections rewrites the image in `image` (class and byte order as `machine`):
 * sections marked `first`, the image's own, the others, .shstrtab.  Offsets of what was
 * there do not change. */
void wf_test_add_sections(struct wf_buffer *image, const struct wf_test_machine *machine,
                          const struct wf_test_section *sections, size_t num);

/* wf_test_insert puts `len` bytes 0xa5 into the image at `at`; program and section headers
 * follow.  Addresses stay, so `len` must be a multiple of the page. */
void wf_test_insert(struct wf_buffer *image, const struct wf_test_machine *machine,
                    size_t at, size_t len);

/* wf_test_put_symbol appends a symbol, named by its place in a table of names. */
void wf_test_put_symbol(struct wf_buffer *out, const struct wf_test_machine *machine,
                        uint32_t name_off, unsigned type, unsigned binding,
                        uint32_t section, uint64_t value);

/* wf_test_sections is what an image has: headers, and names that point into it. */
struct wf_test_sections {
    struct wf_arena arena;
    struct wf_elf_image image;
    struct wf_elf_section *headers;
    const char **names;
    size_t num;
};

/* wf_test_read_sections reads an image of ours; it ends the test on a damaged one. */
void wf_test_read_sections(struct wf_test_sections *out, struct wf_bytes image);
void wf_test_end_sections(struct wf_test_sections *sections);

/* wf_test_section_idx is the number of the section called `name`, or 0. */
size_t wf_test_section_idx(const struct wf_test_sections *sections, const char *name);
struct wf_bytes wf_test_section_bytes(const struct wf_test_sections *sections,
                                      const char *name);

/* wf_test_section_list is the names in order, each followed by a space. */
const char *wf_test_section_list(struct wf_test_sections *sections);

#endif
