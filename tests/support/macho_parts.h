/* macho_parts.h -- between the parts of the Mach-O builder: a recipe as it was read
 * (macho_recipe.c), what stands in __LINKEDIT (macho_parts.c), load commands and layout
 * (macho_builder.c). */
#ifndef WF_TESTS_SUPPORT_MACHO_PARTS_H
#define WF_TESTS_SUPPORT_MACHO_PARTS_H

#include "base/arena.h"
#include "macho_builder.h"

/* Ordinals of libraries that are none. */
enum { ORDINAL_SELF = 0, ORDINAL_MAIN = -1, ORDINAL_FLAT = -2, ORDINAL_WEAK = -3 };

enum bound_by { BOUND_BY_INFO, BOUND_BY_CHAINED, BOUND_BY_SYMBOLS };

enum signature { UNSIGNED, BY_LINKER, AD_HOC, BY_BYTES };

struct macho_dylib {
    const char *name;
    uint32_t command;
    uint32_t current;
    uint32_t compatibility;
    uint32_t use_flags;
    bool is_use;
    size_t pad;
};

struct macho_rpath {
    const char *path;
    size_t pad;
};

struct macho_import {
    const char *name;
    int32_t ordinal;
    bool weak;
    bool lazy;
};

struct macho_section {
    const char *name;
    uint64_t size;
    uint32_t type;
    uint64_t off; /* in the slice; laid out */
};

struct macho_segment {
    const char *name;
    uint64_t size;
    uint32_t protection;
    struct macho_section *sections;
    size_t num_sections;
    uint64_t vaddr, vmsize, off, filesize; /* laid out */
};

/* A command that the recipe spells out. */
struct macho_raw {
    uint32_t command;
    struct wf_bytes rest; /* behind cmdsize */
    bool is_linkedit;     /* `rest` goes to __LINKEDIT instead */
    size_t off;           /* there; laid out */
};

struct macho_recipe {
    uint32_t cpu_type;
    uint32_t cpu_subtype;
    enum wf_endian endian;
    bool is_64;
    uint32_t file_type;
    uint32_t flags;
    const char *id;
    struct macho_dylib *dylibs;
    size_t num_dylibs;
    struct macho_rpath *rpaths;
    size_t num_rpaths;
    bool is_min;      /* LC_VERSION_MIN_… */
    bool is_zippered; /* two of LC_BUILD_VERSION */
    uint32_t version_command;
    uint32_t platform, min_os, sdk, num_tools;
    uint8_t uuid[16];
    const uint32_t *without;
    size_t num_without;
    struct macho_raw *raws;
    size_t num_raws;
    struct macho_import *imports;
    size_t num_imports;
    const char **exports;
    size_t num_exports;
    enum bound_by bound_by;
    uint32_t format;
    uint64_t num_locals, num_stabs;
    uint64_t text, data, pad, page;
    struct macho_segment *extra;
    size_t num_extra;
    enum signature signature;
    struct wf_bytes signature_bytes;
    const char *identifier;
    const struct wf_json *poke;
    const struct wf_json *damage;
    uint32_t align;
    bool has_at;
    uint64_t at;
    struct wf_bytes opaque; /* the whole slice, when it is no image */
    bool is_opaque;
    int64_t truncate; /* -1: whole */
};

/* wf_test_macho_recipe reads the keys of one slice. */
WF_MUST_USE bool wf_test_macho_recipe(struct macho_recipe *out, struct wf_arena *arena,
                                      const struct wf_json *json, struct wf_error *err);

/* wf_test_macho_poke applies a list of pokes to the slice that begins at `start`. */
WF_MUST_USE bool wf_test_macho_poke(struct wf_buffer *file, size_t start,
                                    enum wf_endian endian, const struct wf_json *list,
                                    struct wf_error *err);

/* wf_test_macho_image appends one slice. */
WF_MUST_USE bool wf_test_macho_image(struct wf_buffer *out, struct wf_arena *arena,
                                     struct macho_recipe *recipe, struct wf_error *err);

/* What stands in __LINKEDIT, in the order of Apple's ld. */
enum macho_part {
    MACHO_REBASE,
    MACHO_BIND,
    MACHO_LAZY_BIND,
    MACHO_EXPORTS, /* of LC_DYLD_INFO, or the exports trie */
    MACHO_CHAINED,
    MACHO_STARTS, /* of functions */
    MACHO_IN_CODE,
    MACHO_RAWS,
    MACHO_SYMBOLS,
    MACHO_INDIRECT,
    MACHO_STRINGS,
    MACHO_PARTS
};

struct macho_linkedit {
    struct wf_buffer parts[MACHO_PARTS];
    uint64_t off[MACHO_PARTS]; /* in the slice; laid out */
    uint64_t num_locals;       /* symbols of each kind, in this order */
    uint64_t num_exports;
    uint64_t num_imports;
};

/* The segment whose section holds one pointer for each import. */
struct macho_pointers {
    uint32_t segment; /* number of it */
    uint32_t num_segments;
    uint64_t vm_off; /* of the segment from the image's start */
};

void wf_test_macho_linkedit(struct macho_linkedit *out, struct wf_arena *arena,
                            struct macho_recipe *recipe, struct macho_pointers pointers);
void wf_test_macho_linkedit_clear(struct macho_linkedit *linkedit);

/* wf_test_macho_sign appends the signature of out->data[start ..] as the recipe asks;
 * wf_test_macho_signature_len is how long it will be. */
void wf_test_macho_sign(struct wf_buffer *out, size_t start,
                        const struct macho_recipe *recipe, uint64_t exec_limit);
uint64_t wf_test_macho_signature_len(const struct macho_recipe *recipe,
                                     uint64_t code_limit);

/* wf_test_macho_put appends a number, wf_test_macho_pad zeros up to a multiple of `align`
 * from `start` on. */
void wf_test_macho_put(struct wf_buffer *out, uint64_t value, size_t len,
                       enum wf_endian endian);
void wf_test_macho_pad(struct wf_buffer *out, size_t start, uint64_t align);

#endif
