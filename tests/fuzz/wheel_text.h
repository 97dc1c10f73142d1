/* wheel_text.h -- wheels described line by line, so that a mutated description is one of a
 * wheel again.  (Bytes of an archive are not: the first change breaks its checksums.)
 *
 * The first line is the file name.  Each member begins with a line "=== NAME", and its
 * content is the lines that follow, to the byte; but when the first of them is "%elf", it
 * is the image that the others ask for, a word and what it takes on each line:
 *
 *   machine NAME           as in elf_builder.h; x86_64 when nobody knows it
 *   needed, soname, rpath, runpath, interp TEXT
 *   import NAME [VERSION LIBRARY]
 *   export NAME
 *   marker VERSION LIBRARY
 *   isa BITS               the property's number
 *   program, relocatable, static, debug, executable-stack, textrel
 *
 * Other lines mean nothing. */
#ifndef WF_TESTS_FUZZ_WHEEL_TEXT_H
#define WF_TESTS_FUZZ_WHEEL_TEXT_H

#include "base/arena.h"
#include "base/buffer.h"

/* wheel_from_text appends the archive to `out` and returns the file name: no longer than
 * 200 bytes, without '/', never empty, arena-owned. */
const char *wheel_from_text(struct wf_buffer *out, struct wf_arena *arena,
                            struct wf_bytes text);

#endif
