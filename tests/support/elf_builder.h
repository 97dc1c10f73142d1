/* elf_builder.h -- tiny ELF images made in memory: valid as far as loaders and tools look,
 * for any class, byte order and machine, so that no test needs a binary fixture. */
#ifndef WF_TESTS_SUPPORT_ELF_BUILDER_H
#define WF_TESTS_SUPPORT_ELF_BUILDER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/reader.h"

/* wf_test_machine is one row of the machines known by name. */
struct wf_test_machine {
    const char *name; /* "x86_64" */
    uint16_t machine;
    unsigned bits;
    enum wf_endian endian;
    uint32_t flags; /* e_flags */
};

/* wf_test_machine_named is the row called `name`, or NULL.  Known are the words of arch.h
 * (x86_64, i686, x32, aarch64, armv7l, armv6l, armv5l, ppc64le, ppc64, s390x, riscv64,
 * riscv32, loongarch64, mips, mipsel, mips64, mips64el) and mipsn32, sparc64, bpf, cuda,
 * amdgpu. */
const struct wf_test_machine *wf_test_machine_named(const char *name);
extern const struct wf_test_machine wf_test_machines[];
extern const size_t wf_test_num_machines;

enum wf_test_type {
    WF_TEST_DYN,
    WF_TEST_PIE,
    WF_TEST_EXEC,
    WF_TEST_REL,
    WF_TEST_CORE,
};

enum wf_test_stack { WF_TEST_STACK_PLAIN, WF_TEST_STACK_EXEC, WF_TEST_STACK_NONE };

enum wf_test_hash {
    WF_TEST_HASH_GNU,
    WF_TEST_HASH_SYSV,
    WF_TEST_HASH_BOTH,
    WF_TEST_HASH_NONE,
};

/* Separate debug files.  EMPTY: PT_LOADs and PT_DYNAMIC without file bytes, as of objcopy
 * --only-keep-debug; STALE: program headers of the original, which lead to unrelated
 * bytes, as of eu-strip -f.  Both have sections, without bytes but for notes. */
enum wf_test_debug { WF_TEST_NO_DEBUG, WF_TEST_DEBUG_EMPTY, WF_TEST_DEBUG_STALE };

/* One symbol.  With a version, `library` must be set, too. */
struct wf_test_symbol {
    const char *name;
    const char *version; /* imports: needed version, or NULL */
    const char *library; /* imports: who has that version */
    bool weak;
    bool object; /* STT_OBJECT; a function otherwise */
    bool notype; /* STT_NOTYPE */
    bool copy;   /* imports: defined here as a copy of the library's data */
};

/* A version need that no symbol uses: GLIBC_ABI_DT_RELR. */
struct wf_test_marker {
    const char *library;
    const char *version;
    bool weak;
};

/* wf_test_elf is a recipe; `{ .machine = ... }` alone is a shared object that needs and
 * offers nothing.  Lists end with an element whose first member is NULL. */
struct wf_test_elf {
    const struct wf_test_machine *machine;
    enum wf_test_type type;
    uint8_t osabi;
    const char *soname;
    const char *rpath;
    const char *runpath;
    const char *interp;
    const char *const *needed;
    const struct wf_test_symbol *imports;
    const struct wf_test_symbol *exports;
    const struct wf_test_marker *markers;
    enum wf_test_stack stack;
    enum wf_test_hash hash;
    enum wf_test_debug debug;
    bool no_sections;
    bool no_dynamic;  /* a static program */
    bool relocations; /* one for each import */
    bool textrel;
    bool bind_now;
    bool relro;
    bool relr;
    bool android;             /* a note of Android */
    uint32_t isa_needed_bits; /* GNU properties; no property when 0 */
    uint32_t isa_used_bits;
    uint8_t build_id[20];
    size_t build_id_len;
    int arm_cpu_arch; /* .ARM.attributes: Tag_CPU_arch; none when 0 */
    int arm_vfp_args;
    uint64_t align; /* p_align of the PT_LOADs; 4096 when 0 */
    size_t padding; /* zero bytes between the first PT_LOAD and the second */
    size_t spare;   /* entries of .dynamic behind DT_NULL */
};

/* wf_test_elf_places says where a built image has what, as offsets; 0: it has none. */
struct wf_test_elf_places {
    size_t segments, sections;
    size_t interp, properties, notes, hash, gnu_hash, symbols, strings, versym, verneed;
    size_t relocations, code, dynamic, arm_attributes;
    size_t dynamic_len; /* with DT_NULL */
};

/* wf_test_elf_build appends the image to `out`, an initialised buffer.  `places` may be
 * NULL.  Ends the program on a recipe it cannot build. */
void wf_test_elf_build(struct wf_buffer *out, struct wf_test_elf_places *places,
                       const struct wf_test_elf *recipe);

/* wf_test_poke writes `len` bytes of `value` at `off`, in that byte order. */
void wf_test_poke(struct wf_buffer *image, size_t off, uint64_t value, size_t len,
                  enum wf_endian endian);

/* wf_test_elf_from_json appends the image that a JSON recipe describes to `out`.  Errors
 * (WF_ERR_MALFORMED) name the key.  Keys, all optional but machine:
 *
 *   "machine"     a name of wf_test_machine_named
 *   "flags"       number: e_flags instead of that machine's
 *   "type"        "dyn" (default), "pie", "exec", "rel", "core"
 *   "soname", "rpath", "runpath", "interp"    texts
 *   "needed"      list of texts
 *   "imports"     list of {"name", "version", "library", "weak": bool,
 *                 "type": "func" (default) | "object" | "notype", "copy": bool}
 *   "exports"     list of texts (functions) or of {"name", "type", "weak"}
 *   "markers"     list of {"library", "version", "weak"}
 *   "stack"       "plain" (default), "exec", "none"
 *   "hash"        "gnu" (default), "sysv", "both", "none"
 *   "debug"       "empty" or "stale": a separate debug file
 *   "isa"         1 to 4: the x86-64 level needed; "isa_used" likewise
 *   "isa_bits"    number: the property as it stands, instead of "isa"
 *   "build_id"    even number of hex digits, at most 40
 *   "arm_arch", "arm_vfp"                     numbers for .ARM.attributes
 *   "sections"    bool, default true
 *   "dynamic"     bool, default true; false is a static program
 *   "relocations", "textrel", "bind_now", "relro", "relr", "android"    bools
 *   "align"       number: p_align
 *   "osabi"       number
 *   "damage"      one way to break it, by its name in elf_damage.h
 *   "poke"        list of {"at": offset, "hex": bytes}, after building
 *   "truncate"    number: keep only so many bytes
 *   "repeat"      {"needed": N}: N more needed libraries called libN.so
 */
WF_MUST_USE bool wf_test_elf_from_json(const struct wf_json *recipe,
                                       struct wf_buffer *out, struct wf_error *err);

/* wf_test_elf_from_text parses JSON and does the same. */
WF_MUST_USE bool wf_test_elf_from_text(const char *text, struct wf_buffer *out,
                                       struct wf_error *err);

#endif
