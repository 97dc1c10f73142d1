/* pe_builder.h -- PE files made in memory from JSON recipes: real enough for loaders' rules,
 * readers and editors; their code runs nowhere.
 *
 * A recipe is an object; every key is optional:
 *
 *   "machine"   "amd64" (default), "x86", "arm64", "arm", "arm64ec" (amd64 with hybrid
 *               metadata), "arm64x" (arm64 with them), or a number
 *   "plus"      bool: a PE32+ header; default: by the machine
 *   "type"      "dll" (default) or "exe"
 *   "characteristics", "dll_characteristics", "subsystem"   numbers instead of the usual
 *   "linker", "os"   "14.40", "6.0": versions of the linker and of the subsystem
 *   "image_base"     number
 *   "section_align", "file_align"   numbers; 4096 and 512
 *   "lfanew"    number: where the PE header stands, default 128
 *   "directories"    number of data directories, default 16
 *   "text"      number: bytes of .text, default 16; 0: there is none
 *   "name"      text: the name in the export directory; default "demo.dll" with "exports"
 *   "exports"   list of names or of {"name" (none: by ordinal only), "forward":
 *               "other.symbol", "gap": N unused ordinals before it}.  Names are to be in
 *               byte order, as linkers write them
 *   "imports"   list of DLL names or of {"dll" or "dll_hex", "symbols": list of names and
 *               "#ordinals" (default: ["f"]), "bound": number: TimeDateStamp, "no_int": bool
 *               (no lookup table beside the IAT)}
 *   "delay"     the same list for delay imports; also "va": true, addresses instead of RVAs
 *   "unended"   bool: no zero descriptor ends the imports, whose last one ends a page
 *   "bound"     list of DLL names or of {"dll", "refs": list of DLL names}: the bound-import
 *               table, right behind the section table
 *   "load_config"    {"flags": DependentLoadFlags, "guard": number, "size": number}
 *   "pdb"       text: path in a CodeView record; "" is a record without one
 *   "guid", "age"    32 hex digits, number: of it
 *   "clr"       number: the flags of a CLR header
 *   "slack"     number: fill .rdata until so many bytes are left of its raw data
 *   "sections"  list of {"name", "size", "virtual": number (default: size), "flags":
 *               number, "fill": byte}, behind .rdata
 *   "virtual_zero"   bool: VirtualSize 0 everywhere, as of old linkers
 *   "header_room"    number: free bytes behind section and bound-import tables, the rest of
 *               the headers is filled; default: all is free
 *   "relocations"    bool: a .reloc section with what needs it, default: if anything does
 *   "symbols"   number of COFF symbols; there is a string table, too, when a section's name
 *               is longer than eight bytes
 *   "overlay"   text, or number of bytes 0x5a
 *   "certificate"    number: bytes of (no real) PKCS #7 data, or {"size", "revision",
 *               "type", "length": of the entry instead of the right one}
 *   "checksum"  "none" (default), "right", "wrong", or a number
 *   "poke"      before the checksum is made, "damage" after it: lists of {"in": what, "nth":
 *               N, "at": offset in it}, and one of "hex", "u8", "u16", "u32", "u64".  What:
 *               "file" (default), "coff", "optional", "directory" (the nth one's entry),
 *               "section" (the nth one's header), "raw" (its bytes), "rva" (nth is the RVA),
 *               "import", "delay", "debug" (nth descriptor), "export", "load_config", "clr",
 *               "bound", "symbols", "overlay", "certificate"
 *   "truncate"  number: keep only so many bytes
 *
 * Sections are .text, .rdata (all tables), "sections", .reloc. */
#ifndef WF_TESTS_SUPPORT_PE_BUILDER_H
#define WF_TESTS_SUPPORT_PE_BUILDER_H

#include "base/buffer.h"
#include "base/json.h"

/* wf_test_pe_from_json appends the file that a recipe describes to `out`.  Errors
 * (WF_ERR_MALFORMED) name the key. */
WF_MUST_USE bool wf_test_pe_from_json(const struct wf_json *recipe, struct wf_buffer *out,
                                      struct wf_error *err);

/* wf_test_pe_from_text parses JSON and does the same.  For C strings' sake apostrophes stand
 * for quotation marks: "{'machine': 'x86'}". */
WF_MUST_USE bool wf_test_pe_from_text(const char *text, struct wf_buffer *out,
                                      struct wf_error *err);

/* wf_test_pe_find is the offset in a built file of what "in" of a poke names; SIZE_MAX: it is
 * not there. */
size_t wf_test_pe_find(struct wf_bytes file, const char *what, size_t nth);

/* wf_test_pe_get and wf_test_pe_set read and write a field of `len` bytes. */
uint64_t wf_test_pe_get(struct wf_bytes file, size_t off, size_t len);
void wf_test_pe_set(struct wf_buffer *file, size_t off, uint64_t value, size_t len);

/* wf_test_pe_checksum is the right checksum, made word by word as Microsoft describes it. */
uint32_t wf_test_pe_checksum(struct wf_bytes file);

#endif
