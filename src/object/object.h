/* object.h -- the neutral model of one binary image, and the table of formats.  Rules and
 * the resolver read only this.  Facts are filled once, at read, and never change. */
#ifndef WF_OBJECT_OBJECT_H
#define WF_OBJECT_OBJECT_H

#include "base/arch.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/reader.h"

enum wf_format { WF_FORMAT_NONE, WF_FORMAT_ELF, WF_FORMAT_MACHO, WF_FORMAT_PE };

enum wf_object_kind {
    WF_KIND_SHARED,      /* a shared library that is not an extension */
    WF_KIND_EXTENSION,   /* its initialisation function matches its file name */
    WF_KIND_EXECUTABLE,  /* static or dynamic, PIE or not */
    WF_KIND_RELOCATABLE, /* ET_REL: an object file for a linker */
    WF_KIND_DEBUG,       /* a separate debug file: segments without file bytes */
    WF_KIND_DEVICE,      /* for a machine no Python runs on: BPF, CUDA, AMDGPU */
    WF_KIND_CORE,        /* a core dump */
    WF_KIND_ARCHIVE,     /* a static library: Mach-O slices may be one */
    WF_KIND_UNREAD, /* recognised by format only: programs for DOS, dynamic linkers */
};

enum wf_libc { WF_LIBC_UNKNOWN, WF_LIBC_GLIBC, WF_LIBC_MUSL, WF_LIBC_BIONIC };

/* PT_GNU_STACK: absent means executable on some machines (x86), so three states. */
enum wf_stack_mark { WF_STACK_ABSENT, WF_STACK_PLAIN, WF_STACK_EXECUTABLE };

enum wf_binding { WF_BIND_LOCAL, WF_BIND_GLOBAL, WF_BIND_WEAK, WF_BIND_OTHER };
enum wf_symbol_type {
    WF_SYM_NOTYPE,
    WF_SYM_FUNC,
    WF_SYM_OBJECT,
    WF_SYM_TLS,
    WF_SYM_OTHER
};

/* wf_version_need is one entry of the version needs (gABI "Symbol Versioning"; gnu
 * .gnu.version_r): version `version` of the library NEEDED as `library`. */
struct wf_version_need {
    const char *library; /* vn_file: a name in DT_NEEDED */
    const char *version; /* "GLIBC_2.17" */
    bool weak;           /* VER_FLG_WEAK */
    bool used;           /* some imported symbol has it; false for markers such as
                            GLIBC_ABI_DT_RELR and for leftovers */
};

/* wf_import is one undefined dynamic symbol, or one that a program defines only to hold
 * its copy of a library's data (R_*_COPY), which is told by its needed version. */
struct wf_import {
    const char *name; /* PE: "#12" when imported by ordinal */
    int32_t need;     /* index into version_needs, or -1 when it has no version */
    enum wf_binding binding;
    enum wf_symbol_type type;
    int32_t library; /* index into `needed` of the library that a two-level namespace
                        (Mach-O) or an import table (PE) names; -1 when it names none: looked
                        up in all, in the program, or coalesced with what the image itself
                        may define */
};

/* wf_object describes one image.  Every string and array lives as long as the arena given
 * to wf_object_read; nothing points into the image's bytes. */
struct wf_object {
    const char *path;  /* the name given to wf_object_read */
    const char *slice; /* of a universal file: this slice's architecture in Apple's words
                          ("arm64e"); NULL in other files */
    enum wf_format format;
    enum wf_object_kind kind;
    enum wf_arch arch;
    const char *arch_name; /* the architecture in words, also when arch is
                              WF_ARCH_UNKNOWN: "sparc64 (64-bit, big endian)" */
    unsigned bits;         /* 32 or 64 */
    enum wf_endian endian;
    uint8_t osabi;    /* EI_OSABI */
    uint16_t machine; /* e_machine */
    uint16_t type;    /* e_type */
    uint32_t flags;   /* e_flags */

    const char *soname;  /* DT_SONAME, the install name of LC_ID_DYLIB, the name in the
                            export directory of PE, or NULL */
    const char *rpath;   /* DT_RPATH as it stands, or NULL */
    const char *runpath; /* DT_RUNPATH as it stands, or NULL */
    const char *interp;  /* PT_INTERP, or NULL */
    const char **needed; /* DT_NEEDED, or the names of the dylib commands: file order; of
                            PE see wf_pe_need */
    size_t num_needed;
    const char **rpaths; /* LC_RPATH in file order; ELF has `rpath` and `runpath` */
    size_t num_rpaths;
    struct wf_version_need *version_needs;
    size_t num_version_needs;
    struct wf_import *imports; /* in symbol table order; Mach-O: by name and library */
    size_t num_imports;
    size_t num_exports;

    /* Names of exported functions that initialise a Python module: PyInit_x, PyInitU_x,
     * PyModExport_x, initx, _cffi_pypyinit_x. */
    const char **module_inits;
    size_t num_module_inits;
    bool is_python2; /* its module function is the Python 2 kind */

    enum wf_libc
        libc; /* by interpreter, NEEDED, or file name suffix (auditwheel.md §3.5) */
    const char *libc_why; /* what told, for -v: "interpreter /lib/ld-musl-x86_64.so.1" */
    enum wf_libc libc_suffix; /* what the SOABI part of the file name says on its own */

    enum wf_stack_mark stack;
    bool has_dynamic;  /* a dynamic section exists: false for static executables */
    bool has_sections; /* section headers exist */
    bool text_relocations;
    bool relro;
    bool bind_now;
    bool is_pie;
    bool calls_dlopen;   /* imports dlopen or dlmopen */
    bool has_relr;       /* DT_RELR */
    uint64_t max_align;  /* largest p_align of the PT_LOADs, bytes */
    unsigned isa_needed; /* x86-64 level demanded by GNU_PROPERTY_X86_ISA_1_NEEDED: 0 when
                            silent, 1 (baseline) to 4 */
    uint32_t isa_needed_bits;     /* the property as it stands */
    uint32_t isa_used_bits;       /* GNU_PROPERTY_X86_ISA_1_USED */
    const char *build_id;         /* lower-case hex, or NULL; LC_UUID, too; of PE the GUID
                                     and age of its PDB */
    const struct wf_macho *macho; /* what only Mach-O has: object/macho.h; or NULL */
    const struct wf_pe *pe;       /* what only PE has: object/pe.h; or NULL */

    /* What the section headers say differently from the program headers, one sentence
     * each; empty when they agree or are absent. */
    const char **section_differences;
    size_t num_section_differences;
};

/* wf_object_file is what one file holds: one object, or one per architecture. */
struct wf_object_file {
    struct wf_object *objects;
    size_t num_objects;
};

enum { WF_SNIFF_LEN = 64 };

/* wf_object_recognise tells the format from the first bytes (up to WF_SNIFF_LEN matter);
 * it cannot fail and looks at nothing but magic numbers. */
enum wf_format wf_object_recognise(struct wf_bytes head);
const char *wf_format_name(enum wf_format format);         /* "ELF" */
const char *wf_object_kind_name(enum wf_object_kind kind); /* "extension" */
const char *wf_libc_name(enum wf_libc libc); /* "glibc", NULL when unknown */

/* wf_object_read reads the image `bytes`, which wf_object_recognise took for an object.
 * `path` names it (its base name decides extension and SOABI).  Facts live as long as
 * `arena`; `bytes` may be dropped afterwards.  Errors (WF_ERR_MALFORMED, WF_ERR_LIMIT)
 * carry an offset in the image.  Thread-safe for different arenas. */
WF_MUST_USE bool wf_object_read(struct wf_object_file *out, struct wf_arena *arena,
                                const char *path, struct wf_bytes bytes,
                                const struct wf_limits *limits, struct wf_error *err);

/* wf_object_copy puts the facts of `object` into another arena, under another path with the
 * same base name: facts follow from bytes and base name alone. */
void wf_object_copy(struct wf_object *out, struct wf_arena *arena,
                    const struct wf_object *object, const char *path);

/* wf_object_warm_up prepares libelf; called once before the first thread starts. */
void wf_object_warm_up(void);

/* wf_object_is_judged says whether a policy can speak about the object at all: code that a
 * loader of the wheel's system may load, not ET_REL, debug-only, device or core files. */
bool wf_object_is_judged(const struct wf_object *object);

/* wf_is_libpython: libpython3.12.so.1.0, 3.13t, 3.13d, libpython3.so and the like. */
bool wf_is_libpython(const char *needed);

/* wf_is_loader: ld-linux*, ld64.so.1, ld64.so.2, ld-musl-*, ld.so.1. */
bool wf_is_loader(const char *needed);

#endif
