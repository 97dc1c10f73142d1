/* macho.h -- what an object has only because it is Mach-O: `wf_object.macho` points here.
 * One per slice; slices of a universal file differ in names, search paths and minimum OS.
 * Format: <mach-o/loader.h>, <mach-o/fat.h>, <kern/cs_blobs.h> as Apple publishes them.
 * Offsets are relative to the slice unless said otherwise. */
#ifndef WF_OBJECT_MACHO_H
#define WF_OBJECT_MACHO_H

#include "object/object.h"

/* wf_macos_version is a version as load commands pack it: major << 16 | minor << 8 | patch;
 * numbers compare as versions do.  0 is "none". */
typedef uint32_t wf_macos_version;

#define WF_MACOS_VERSION(major, minor, patch)                                            \
    ((wf_macos_version)(major) << 16 | (wf_macos_version)(minor) << 8 |                  \
     (wf_macos_version)(patch))

/* Platforms of LC_BUILD_VERSION; the VERSION_MIN commands name theirs by their number. */
enum wf_macho_platform {
    WF_MACHO_PLATFORM_NONE,
    WF_MACHO_MACOS,
    WF_MACHO_IOS,
    WF_MACHO_TVOS,
    WF_MACHO_WATCHOS,
    WF_MACHO_BRIDGEOS,
    WF_MACHO_CATALYST,
    WF_MACHO_IOS_SIMULATOR,
    WF_MACHO_TVOS_SIMULATOR,
    WF_MACHO_WATCHOS_SIMULATOR,
    WF_MACHO_DRIVERKIT,
    WF_MACHO_VISIONOS,
    WF_MACHO_VISIONOS_SIMULATOR, /* greater numbers: Apple's next ones */
};

/* File types that a loader loads. */
enum wf_macho_type {
    WF_MACHO_EXECUTE = 2,
    WF_MACHO_DYLIB = 6,
    WF_MACHO_BUNDLE = 8, /* by dlopen only: nothing can be linked to it */
};

/* wf_macho_dylib is one dylib command: the one behind `needed` of the same index.  Its
 * place among them is its identity: symbols name libraries by it. */
struct wf_macho_dylib {
    bool weak;     /* may be missing at run time */
    bool reexport; /* its symbols are the object's own, too */
    bool upward;   /* needs the object in turn */
    bool lazy;     /* LC_LAZY_LOAD_DYLIB, or delay-init: loaded at the first use */
    bool is_use;   /* in the form dylib_use (macOS 15): longer, with flags to keep */
    uint32_t current_version; /* 16.8.8 */
    uint32_t compatibility_version;
    uint32_t command_size; /* bytes of the whole command */
    uint32_t text_off;     /* where its string begins in it: 24 or 28 */
};

/* wf_macho_reclaim is a load command, or a part of one, that nothing needs at run time: the
 * bytes of it can go to longer names. */
struct wf_macho_reclaim {
    uint32_t command; /* index among all load commands */
    uint32_t bytes;   /* gained */
    const char *what; /* "LC_SOURCE_VERSION" */
};

enum wf_macho_signature_kind {
    WF_MACHO_UNSIGNED,
    WF_MACHO_ADHOC,  /* ad hoc, by codesign or a repair */
    WF_MACHO_LINKER, /* ad hoc, by the linker (flag linker-signed) */
    WF_MACHO_SIGNED, /* by somebody's certificate (a CMS blob with content) */
};

/* wf_macho_signature is what LC_CODE_SIGNATURE says, and whether it is true. */
struct wf_macho_signature {
    enum wf_macho_signature_kind kind;
    const char *identifier; /* or NULL */
    const char *team;       /* or NULL */
    uint32_t version;       /* of the CodeDirectory judged: 0x20400 */
    uint32_t flags;      /* CS_ADHOC 0x2, CS_RUNTIME 0x10000, CS_LINKER_SIGNED 0x20000 */
    const char *hash;    /* "sha1", "sha256", "sha256-truncated", "sha384" */
    uint32_t page_size;  /* bytes; 0: one hash over all */
    uint64_t offset;     /* where it begins */
    uint64_t size;       /* as LC_CODE_SIGNATURE has it */
    uint64_t code_limit; /* bytes that are signed */
    uint32_t num_pages;
    uint32_t num_bad_pages; /* whose hash differs */
    uint64_t first_bad;     /* offset of the first of them */
    bool has_entitlements;  /* slots 5 or 7 */
    /* Why a kernel or codesign would refuse it, one phrase; NULL when all is well, also
     * when there is none.  Pages are counted even then, as far as they can be. */
    const char *fault;
};

struct wf_macho {
    uint32_t cpu_type;
    uint32_t cpu_subtype; /* without capability bits */
    uint32_t file_type;   /* enum wf_macho_type, among others */
    uint32_t flags;
    /* Where the slice stands in the file; 0 and the file's size in thin ones. */
    uint64_t slice_off;
    uint64_t slice_size;
    uint32_t slice_align; /* bytes, as the fat header claims; 0 in thin files */
    uint32_t slice_index; /* of the fat header */

    /* Of several platforms (zippered libraries are for macOS and Catalyst) macOS counts. */
    enum wf_macho_platform platform;
    wf_macos_version min_os; /* of macOS; 0 for other platforms and when nothing says */
    wf_macos_version sdk;    /* of that platform; 0 when nothing says */
    bool has_uuid;
    bool has_chained_fixups;
    bool has_dyld_info;

    const struct wf_macho_dylib *dylibs; /* as many as the object's `needed` */
    const uint32_t *rpath_sizes;         /* bytes of each LC_RPATH command */
    uint32_t id_size;                    /* bytes of LC_ID_DYLIB, 0 without */

    /* Header room: load commands may grow from their end to `first_content`, the offset of
     * the first byte that anything refers to: a section with bytes, a segment without
     * sections, a table; see macho_layout.h. */
    uint32_t header_len; /* 28 or 32 */
    uint32_t num_commands;
    uint32_t commands_len; /* sizeofcmds */
    uint64_t first_content;
    const struct wf_macho_reclaim *reclaims; /* the most harmless first */
    size_t num_reclaims;

    /* __LINKEDIT is the last thing of the slice, and the signature (or what would be its
     * place) the last of that: only then can it be signed.  NULL, or why not. */
    const char *why_not_signable;
    bool has_signature; /* LC_CODE_SIGNATURE is there, wherever it leads */
    /* What dyld refuses in any case, or from some SDK on, one entry each. */
    const struct wf_macho_fault *faults;
    size_t num_faults;
    struct wf_macho_signature signature;
};

/* wf_macho_fault is a rule of dyld that the slice breaks; the SDKs from which it is one are
 * policies/macos.json's.  Only objects that can be loaded are asked.  Refused always:
 *
 *   macho-id               not exactly one LC_ID_DYLIB in MH_DYLIB, or one elsewhere
 *   macho-unknown-command  a command nobody knows that the loader must know (LC_REQ_DYLD)
 *   macho-command-size     a command of a fixed size has another
 *   macho-segment-bounds   a segment leaves the file or has more bytes than memory
 *   macho-segment-overlap  two segments share addresses or bytes
 *   macho-text-bounds      __TEXT is missing, not at 0, or ends before the load commands
 *   macho-linkedit-bounds  a table of __LINKEDIT lies outside, or overlaps another
 *   macho-two-fixups       both LC_DYLD_INFO and LC_DYLD_CHAINED_FIXUPS
 *   macho-symbol-counts    LC_DYSYMTAB counts symbols that LC_SYMTAB has not
 *   macho-library-ordinal  an import names a library by a number that none has
 *   macho-import-names     names of imports are compressed: they are read from the symbol
 *                          table instead
 *   macho-slice-alignment  the slice does not begin at a page of its processor
 *   macho-hidden-slice     a slice stands behind those the fat header counts (an old trick
 *                          of lipo); told of the first slice
 *
 * and from some SDK on:
 *
 *   macho-writable-linkedit, macho-unaligned-linkedit, macho-unaligned-signature,
 *   macho-text-protection, macho-segment-order, macho-section-bounds, macho-missing-uuid,
 *   macho-no-dylib-command, macho-duplicate-rpath, macho-duplicate-dylib,
 *   macho-data-protection, macho-duplicate-segment */
struct wf_macho_fault {
    const char *rule; /* "macho-duplicate-rpath", "macho-missing-uuid", … */
    const char *text; /* one phrase: what, and where */
};

/* wf_macho_cpu_name is Apple's word for a processor: "x86_64", "arm64e", "i386"; NULL when
 * unknown. */
const char *wf_macho_cpu_name(uint32_t cpu_type, uint32_t cpu_subtype);

/* wf_macos_version_text is "10.9", "11.0", "12.0.1": the patch only where it is not 0. */
const char *wf_macos_version_text(struct wf_arena *arena, wf_macos_version version);

/* wf_macho_platform_name is "macOS", "iOS simulator"; NULL when unknown or none. */
const char *wf_macho_platform_name(enum wf_macho_platform platform);

/* wf_is_libpython_macos: libpython3.12.dylib, Python of a framework, in any folder. */
bool wf_is_libpython_macos(const char *install_name);

#endif
