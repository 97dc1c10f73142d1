/* elf_format.h -- what the readers of ELF tables hand to each other.  Internal to this
 * folder.  The constants of the format are the system's (<elf.h>); its structs are not
 * used outside elf_image.c and, for the places of fields, elf_fields.c. */
#ifndef WF_OBJECT_ELF_FORMAT_H
#define WF_OBJECT_ELF_FORMAT_H

#include <elf.h>

#include "object/elf_image.h"
#include "object/object.h"

/* wf_elf_strings is the dynamic string table.  `budget` bounds the text copied out of it:
 * names may share bytes, and without a bound a small file could ask for the same long
 * string any number of times. */
struct wf_elf_strings {
    struct wf_bytes table;
    uint64_t budget;
};

struct wf_elf_strings wf_elf_strings_of(struct wf_bytes table);

/* wf_elf_string copies the string at `name_off`.  It fails, at `claim_off` (the record
 * that names the string), when the string starts or ends outside the table, or when the
 * budget is spent (WF_ERR_LIMIT). */
WF_MUST_USE bool wf_elf_string(const char **out, struct wf_elf_strings *strings,
                               struct wf_arena *arena, uint64_t name_off,
                               const char *what, uint64_t claim_off,
                               struct wf_error *err);

/* The entries of the dynamic section that stand once.  Where one is repeated the last
 * counts, as for glibc's and musl's loaders. */
enum wf_elf_tag {
    WF_TAG_STRTAB,
    WF_TAG_STRSZ,
    WF_TAG_SYMTAB,
    WF_TAG_SYMENT,
    WF_TAG_SONAME,
    WF_TAG_RPATH,
    WF_TAG_RUNPATH,
    WF_TAG_HASH,
    WF_TAG_GNU_HASH,
    WF_TAG_VERSYM,
    WF_TAG_VERNEED,
    WF_TAG_RELA,
    WF_TAG_RELASZ,
    WF_TAG_REL,
    WF_TAG_RELSZ,
    WF_TAG_JMPREL,
    WF_TAG_PLTRELSZ,
    WF_TAG_PLTREL,
    WF_TAG_RELR,
    WF_TAG_TEXTREL,
    WF_TAG_BIND_NOW,
    WF_TAG_FLAGS,
    WF_TAG_FLAGS_1,
    WF_TAG_MIPS_SYMTABNO,
    WF_TAG_COUNT,
};

struct wf_elf_dynamic {
    struct wf_bytes table; /* the entries up to and with DT_NULL */
    struct wf_bytes strtab;
    struct wf_elf_strings strings;
    bool has[WF_TAG_COUNT];
    uint64_t value[WF_TAG_COUNT];
    uint64_t at[WF_TAG_COUNT]; /* file offset of the entry, for errors */
};

/* wf_elf_find_segment is the first program header of `type`, or NULL. */
const struct wf_elf_segment *wf_elf_find_segment(const struct wf_elf_image *image,
                                                 uint32_t type);

/* wf_elf_read_dynamic reads PT_DYNAMIC, which must exist, as the loader does: at its
 * address.  Fills needed, soname, rpath, runpath and the flags of the object. */
WF_MUST_USE bool wf_elf_read_dynamic(struct wf_elf_dynamic *out, struct wf_object *object,
                                     const struct wf_elf_image *image,
                                     struct wf_arena *arena, struct wf_error *err);

/* wf_elf_map_tag maps the table whose address the entry `tag` (which must be there) holds. */
WF_MUST_USE bool wf_elf_map_tag(struct wf_bytes *out, const struct wf_elf_image *image,
                                const struct wf_elf_dynamic *dynamic, enum wf_elf_tag tag,
                                const char *what, struct wf_error *err);

/* wf_elf_version_map says which version need each version index of DT_VERSYM stands for;
 * -1 for indices of no need. */
struct wf_elf_version_map {
    int32_t *need;
    size_t num;
};

/* wf_elf_read_version_needs fills the version needs of the object, and `out` (from
 * `scratch`); both are empty without DT_VERNEED. */
WF_MUST_USE bool
wf_elf_read_version_needs(struct wf_elf_version_map *out, struct wf_object *object,
                          struct wf_elf_dynamic *dynamic,
                          const struct wf_elf_image *image, struct wf_arena *arena,
                          struct wf_arena *scratch, struct wf_error *err);

/* wf_elf_count_symbols finds the length of the dynamic symbol table, which the dynamic
 * section does not hold: from DT_HASH, DT_GNU_HASH or, when those say nothing, from what
 * refers to symbols.  `table` is all that is mapped from DT_SYMTAB on.  *out_exact tells
 * whether a table said the number. */
WF_MUST_USE bool wf_elf_count_symbols(size_t *out, bool *out_exact,
                                      const struct wf_elf_image *image,
                                      const struct wf_elf_dynamic *dynamic,
                                      struct wf_bytes table, struct wf_error *err);

/* wf_elf_read_symbols fills imports, exports and module functions of the object and marks
 * the version needs they use.  *out_num is the number of symbols if a hash table said it,
 * else 0. */
WF_MUST_USE bool wf_elf_read_symbols(
    size_t *out_num, struct wf_object *object, struct wf_elf_dynamic *dynamic,
    const struct wf_elf_version_map *versions, const struct wf_elf_image *image,
    struct wf_arena *arena, const struct wf_limits *limits, struct wf_error *err);

/* wf_elf_notes is what the notes of an image say. */
struct wf_elf_notes {
    bool is_android; /* a note owned by "Android" */
};

/* wf_elf_read_notes fills ISA levels and build-id.  Damaged notes end the reading quietly:
 * no loader refuses a file for them. */
void wf_elf_read_notes(struct wf_elf_notes *out, struct wf_object *object,
                       const struct wf_elf_image *image, struct wf_arena *arena);

/* wf_elf_sections is the section header table as far as it can be read, or nothing. */
struct wf_elf_sections {
    struct wf_bytes table;
    const char *fault; /* why it cannot be read though the header names one, or NULL */
};

struct wf_elf_sections wf_elf_find_sections(const struct wf_elf_image *image,
                                            struct wf_arena *arena);

/* wf_elf_sections_lack_bytes says that every section with code, or the dynamic one, is
 * NOBITS: a separate debug file. */
bool wf_elf_sections_lack_bytes(const struct wf_elf_sections *sections,
                                const struct wf_elf_image *image);

/* wf_elf_arm_attributes reads .ARM.attributes; fields are -1 when it is silent. */
struct wf_elf_arm_attributes {
    int cpu_arch; /* Tag_CPU_arch: 10 is ARMv7 */
    int vfp_args; /* Tag_ABI_VFP_args: 1 is hard float */
};

struct wf_elf_arm_attributes
wf_elf_read_arm_attributes(const struct wf_elf_sections *sections,
                           const struct wf_elf_image *image);

/* wf_elf_compare_sections notes where the section headers lead elsewhere than the program
 * headers.  `num_symbols` is 0 when it is not known for sure. */
void wf_elf_compare_sections(struct wf_object *object,
                             const struct wf_elf_sections *sections,
                             const struct wf_elf_image *image,
                             const struct wf_elf_dynamic *dynamic, size_t num_symbols,
                             struct wf_arena *arena);

/* wf_elf_name_machine sets arch and arch_name.  `attributes` counts for ARM only. */
void wf_elf_name_machine(struct wf_object *object, struct wf_arena *arena,
                         const struct wf_elf_arm_attributes *attributes);

/* wf_elf_is_device_machine: BPF, CUDA, AMDGPU and others no Python runs on. */
bool wf_elf_is_device_machine(uint16_t machine);

/* wf_elf_tell_libc sets libc, libc_why and libc_suffix. */
void wf_elf_tell_libc(struct wf_object *object, const struct wf_elf_notes *notes,
                      struct wf_arena *arena);

#endif
