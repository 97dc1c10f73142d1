/* macho_builder.h -- Mach-O files made in memory from JSON recipes: thin and universal, 32
 * and 64 bits, either byte order; real enough for loaders' rules, editors and signers.
 *
 * A recipe is an object.  With "slices" it is a universal file:
 *
 *   "slices"   list of slices; a slice may also be {"archive": N} (a static library of N
 *              bytes) or {"raw": hex}, both with "arch"
 *   "fat"      32 (default) or 64: the width of the fat header's offsets
 *   "hidden"   number: so many of the last slices are not counted in the header
 *   "poke"     see below; offsets from the start of the file, big endian
 *   "truncate" number: keep only so many bytes
 *
 * and without it a thin one, whose keys are those of a slice, all optional:
 *
 *   "arch"      "arm64" (default), "arm64e", "x86_64", "x86_64h", "i386", "arm64_32",
 *               "ppc", "ppc64"
 *   "type"      "dylib" (default), "bundle", "execute", "object", "dsym", "core", "stub",
 *               "dylinker", "kext", or a number
 *   "flags"     number: of the mach header, instead of what is usual for the type
 *   "id"        text: the install name; a dylib without one is called
 *               "@rpath/libdemo.dylib"
 *   "dylibs"    list of install names or of {"name", "kind": "load" (default), "weak",
 *               "reexport", "upward", "lazy", "use", "use_flags": number (of kind "use"),
 *               "current": "1.2.3", "compatibility": "1.0", "pad": N spare bytes}.
 *               Default: "/usr/lib/libSystem.B.dylib"
 *   "rpaths"    list of texts or of {"path", "pad": N spare bytes}
 *   "version"   "build", "min", "zippered" (Catalyst's, then macOS's), or a number: the
 *               command LC_VERSION_MIN_… itself.  Default: "build" from 10.14 on
 *   "platform"  number (1: macOS): of LC_BUILD_VERSION
 *   "min_os"    "11.0" (default on arm64), "10.9" (elsewhere)
 *   "sdk"       "14.0"
 *   "tools"     number of build-tool entries, default 1
 *   "uuid"      32 hex digits; a fixed one by default
 *   "without"   list of commands to leave out, by name: ["LC_UUID", "LC_SOURCE_VERSION"]
 *   "commands"  list of {"command": name or number, "hex": what follows cmdsize, or "data":
 *               hex}: further commands, before the signature's.  "data" is put into
 *               __LINKEDIT, and the command is a linkedit_data_command that leads to it
 *   "imports"   list of names or of {"name", "library": 1-based number of a dylib command,
 *               or "self", "main", "flat", "weak"; "weak": bool, "lazy": bool}; default
 *               library 1
 *   "exports"   list of names (with their leading underscore)
 *   "bound_by"  "info" (default: LC_DYLD_INFO_ONLY), "chained", or "symbols" (neither)
 *   "format"    1 (default), 2, 3: of the imports table of chained fixups
 *   "locals", "stabs"   numbers: of local symbols, of stabs
 *   "text", "data"      numbers: bytes of __text and of __data
 *   "pad"       number: bytes of header room, default 32
 *   "page"      number: bytes, for smaller images; 16384 on arm64, 4096 elsewhere
 *   "segments"  list of {"name", "size", "protection": number,
 *               "sections": list of {"name", "size", "type": number}}, before __LINKEDIT
 *   "signature" "none" (default), "linker" (CodeDirectory alone, flags 0x20002), "adhoc"
 *               (with empty requirements and CMS), {"zeros": N}, {"hex": bytes}
 *   "identifier" of the signature, default "demo"
 *   "align"     number: log2, in the fat header
 *   "at"        number: where the slice stands, instead of the next aligned offset
 *   "poke"      before signing, "damage" after it: lists of {"at": offset} or {"command":
 *               name or number, "nth": N, "at": offset in it}, and one of "hex", "u8",
 *               "u16", "u32", "u64".  Offsets count from the start of the slice
 *   "truncate"  number: keep only so many bytes (thin files)
 *
 * Commands stand in the order of Apple's ld: segments, id, dyld info or fixups and exports,
 * symtab, dysymtab, dylinker, uuid, version, source version, main, dylibs, rpaths, function
 * starts, data in code, "commands", code signature. */
#ifndef WF_TESTS_SUPPORT_MACHO_BUILDER_H
#define WF_TESTS_SUPPORT_MACHO_BUILDER_H

#include "base/buffer.h"
#include "base/json.h"
#include "base/reader.h"

/* wf_test_macho_from_json appends the file that a recipe describes to `out`.  Errors
 * (WF_ERR_MALFORMED) name the key. */
WF_MUST_USE bool wf_test_macho_from_json(const struct wf_json *recipe,
                                         struct wf_buffer *out, struct wf_error *err);

/* wf_test_macho_from_text parses JSON and does the same.  For C strings' sake apostrophes
 * stand for quotation marks: "{'id': '/usr/lib/libx.dylib'}". */
WF_MUST_USE bool wf_test_macho_from_text(const char *text, struct wf_buffer *out,
                                         struct wf_error *err);

/* wf_test_macho_slice is the offset of slice `nth` of a built file. */
size_t wf_test_macho_slice(const struct wf_buffer *file, size_t nth);

/* wf_test_macho_find is the offset in the file of the command number `nth` (0: first) of
 * kind `command` in the slice that begins at `slice_off`; SIZE_MAX: there is none. */
size_t wf_test_macho_find(const struct wf_buffer *file, size_t slice_off,
                          uint32_t command, size_t nth);

/* wf_test_macho_get and wf_test_macho_set read and write a 32-bit field of a little-endian
 * file. */
uint32_t wf_test_macho_get(const struct wf_buffer *file, size_t off);
void wf_test_macho_set(struct wf_buffer *file, size_t off, uint32_t value);

#endif
