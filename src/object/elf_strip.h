/* elf_strip.h -- taking out of an ELF image what no loader reads, at binutils' levels, and
 * keeping what was taken as a separate debug file. */
#ifndef WF_OBJECT_ELF_STRIP_H
#define WF_OBJECT_ELF_STRIP_H

#include "base/buffer.h"

enum wf_strip_level {
    WF_STRIP_NOTHING,
    WF_STRIP_DEBUG, /* strip -g: debug sections; .symtab stays, without debug symbols */
    WF_STRIP_UNNEEDED, /* strip --strip-unneeded: of a linked image the same as all, unless
                          it has relocations for a linker, whose symbols then stay */
    WF_STRIP_ALL,      /* strip -s: .symtab, .strtab and debug sections go */
};

/* wf_elf_strip appends the stripped image to `out` (empty, its maximum bounds it).  Bytes
 * that a segment holds stay where they are; only a segment behind sections that go, where
 * patchelf puts one, moves up by whole pages of 64 KiB or more.  Between segments and behind
 * the last section nothing is kept.  An image without section headers, or with nothing to
 * take, comes out as it went in; so does a stripped one.  WF_ERR_REFUSED for what no loader
 * maps (wf_object_is_judged); WF_ERR_MALFORMED when sections or symbols make no sense: the
 * image may load all the same.  Thread-safe. */
WF_MUST_USE bool wf_elf_strip(struct wf_buffer *out, struct wf_bytes image,
                              enum wf_strip_level level, struct wf_error *err);

/* wf_elf_debug_file appends to `out` (empty) the separate debug file of `image`, as
 * objcopy --only-keep-debug: all section headers, the contents of unloaded sections and of
 * notes only.  An image with nothing that WF_STRIP_ALL takes has none: `out` stays empty. */
WF_MUST_USE bool wf_elf_debug_file(struct wf_buffer *out, struct wf_bytes image,
                                   struct wf_error *err);

/* wf_elf_strip_linked is wf_elf_strip with a .gnu_debuglink that names `debug_name` (a base
 * name) and the CRC-32 of `debug_file`; a link that was there is replaced.  Without a debug
 * file (it is empty) there is no new link. */
WF_MUST_USE bool wf_elf_strip_linked(struct wf_buffer *out, struct wf_bytes image,
                                     enum wf_strip_level level, const char *debug_name,
                                     struct wf_bytes debug_file, struct wf_error *err);

#endif
