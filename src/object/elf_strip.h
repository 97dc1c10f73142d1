/* elf_strip.h -- taking out of an ELF image what no loader reads, at binutils' levels, and
 * keeping what was taken as a separate debug file. */
#ifndef WF_OBJECT_ELF_STRIP_H
#define WF_OBJECT_ELF_STRIP_H

#include "base/buffer.h"

enum wf_strip_level {
    WF_STRIP_NOTHING,
    WF_STRIP_DEBUG,    /* strip -g: debug sections; .symtab stays, without debug symbols */
    WF_STRIP_UNNEEDED, /* strip --strip-unneeded: of a linked image the same as all */
    WF_STRIP_ALL,      /* strip -s: .symtab, .strtab and debug sections go */
};

/* wf_elf_strip appends the stripped image to `out` (empty).  Bytes that a segment holds
 * stay where they are; section headers, their links and the name table follow.  An image
 * without section headers, or with nothing to take, comes out as it went in.
 * WF_ERR_MALFORMED and WF_ERR_REFUSED as in elf_edit.h.  Thread-safe. */
WF_MUST_USE bool wf_elf_strip(struct wf_buffer *out, struct wf_bytes image,
                              enum wf_strip_level level, struct wf_error *err);

/* wf_elf_debug_file appends to `out` (empty) the separate debug file of `image`, as
 * objcopy --only-keep-debug: all section headers, the contents of unallocated sections and
 * notes only. */
WF_MUST_USE bool wf_elf_debug_file(struct wf_buffer *out, struct wf_bytes image,
                                   struct wf_error *err);

/* wf_elf_strip_linked is wf_elf_strip with a .gnu_debuglink that names `debug_name` (a base
 * name) and the CRC-32 of `debug_file`. */
WF_MUST_USE bool wf_elf_strip_linked(struct wf_buffer *out, struct wf_bytes image,
                                     enum wf_strip_level level, const char *debug_name,
                                     struct wf_bytes debug_file, struct wf_error *err);

#endif
