/* macho_format.h -- the constants of Mach-O.  Internal to this folder.
 * Names and values: <mach-o/loader.h>, <mach-o/fat.h>, <mach/machine.h>. */
#ifndef WF_OBJECT_MACHO_FORMAT_H
#define WF_OBJECT_MACHO_FORMAT_H

#define MH_MAGIC     0xfeedfaceU
#define MH_MAGIC_64  0xfeedfacfU
#define FAT_MAGIC    0xcafebabeU
#define FAT_MAGIC_64 0xcafebabfU

enum { MH_HEADER_LEN = 28, MH_HEADER_64_LEN = 32 };
enum { FAT_HEADER_LEN = 8, FAT_ARCH_LEN = 20, FAT_ARCH_64_LEN = 32 };

/* A Java class file has the magic number of a universal file; its next word is its version,
 * from 45 on, where a universal file has the number of its slices. */
enum { FAT_MOST_SLICES = 44 };

enum {
    MH_OBJECT = 1,
    MH_EXECUTE = 2,
    MH_CORE = 4,
    MH_DYLIB = 6,
    MH_DYLINKER = 7,
    MH_BUNDLE = 8,
    MH_DYLIB_STUB = 9,
    MH_DSYM = 10,
    MH_KEXT_BUNDLE = 11,
};

enum {
    CPU_I386 = 7,
    CPU_ARM = 12,
    CPU_PPC = 18,
    CPU_X86_64 = 0x01000007,
    CPU_ARM64 = 0x0100000c,
    CPU_PPC64 = 0x01000012,
    CPU_ARM64_32 = 0x0200000c,
};

#define CPU_SUBTYPE_MASK 0x00ffffffU /* the rest are capability bits */
enum { CPU_SUBTYPE_X86_64_H = 8, CPU_SUBTYPE_ARM64E = 2 };

/* The bit that says: a loader that does not know the command must refuse the file. */
#define LC_REQ_DYLD 0x80000000U

#define LC_SEGMENT                  0x1U
#define LC_SYMTAB                   0x2U
#define LC_SYMSEG                   0x3U
#define LC_DYSYMTAB                 0xbU
#define LC_LOAD_DYLIB               0xcU
#define LC_ID_DYLIB                 0xdU
#define LC_LOAD_DYLINKER            0xeU
#define LC_TWOLEVEL_HINTS           0x16U
#define LC_SEGMENT_64               0x19U
#define LC_UUID                     0x1bU
#define LC_CODE_SIGNATURE           0x1dU
#define LC_SEGMENT_SPLIT_INFO       0x1eU
#define LC_LAZY_LOAD_DYLIB          0x20U
#define LC_ENCRYPTION_INFO          0x21U
#define LC_DYLD_INFO                0x22U
#define LC_VERSION_MIN_MACOSX       0x24U
#define LC_VERSION_MIN_IPHONEOS     0x25U
#define LC_FUNCTION_STARTS          0x26U
#define LC_DATA_IN_CODE             0x29U
#define LC_SOURCE_VERSION           0x2aU
#define LC_DYLIB_CODE_SIGN_DRS      0x2bU
#define LC_ENCRYPTION_INFO_64       0x2cU
#define LC_LINKER_OPTIMIZATION_HINT 0x2eU
#define LC_VERSION_MIN_TVOS         0x2fU
#define LC_VERSION_MIN_WATCHOS      0x30U
#define LC_NOTE                     0x31U
#define LC_BUILD_VERSION            0x32U
#define LC_ATOM_INFO                0x36U
#define LC_FUNCTION_VARIANTS        0x37U
#define LC_FUNCTION_VARIANT_FIXUPS  0x38U
#define LC_TARGET_TRIPLE            0x39U
#define LC_LAZY_LOAD_DYLIB_INFO     0x3aU
#define LC_LOAD_WEAK_DYLIB          (0x18U | LC_REQ_DYLD)
#define LC_RPATH                    (0x1cU | LC_REQ_DYLD)
#define LC_REEXPORT_DYLIB           (0x1fU | LC_REQ_DYLD)
#define LC_DYLD_INFO_ONLY           (0x22U | LC_REQ_DYLD)
#define LC_LOAD_UPWARD_DYLIB        (0x23U | LC_REQ_DYLD)
#define LC_MAIN                     (0x28U | LC_REQ_DYLD)
#define LC_DYLD_EXPORTS_TRIE        (0x33U | LC_REQ_DYLD)
#define LC_DYLD_CHAINED_FIXUPS      (0x34U | LC_REQ_DYLD)

/* The word where a dylib command has its timestamp, in the form of macOS 15 (dylib_use). */
#define DYLIB_USE_MARKER 0x1a741800U
enum {
    DYLIB_USE_WEAK = 1,
    DYLIB_USE_REEXPORT = 2,
    DYLIB_USE_UPWARD = 4,
    DYLIB_USE_DELAYED = 8,
};
enum { DYLIB_LEN = 24, DYLIB_USE_LEN = 28, RPATH_LEN = 12, LINKEDIT_DATA_LEN = 16 };

enum { SEGMENT_LEN = 56, SECTION_LEN = 68, SEGMENT_64_LEN = 72, SECTION_64_LEN = 80 };
enum {
    SECTION_TYPE_MASK = 0xff,
    S_ZEROFILL = 1,
    S_GB_ZEROFILL = 12,
    S_TLV_ZEROFILL = 18
};

/* A symbol (nlist, nlist_64): its name, type, section, description, value. */
enum { SYMBOL_LEN = 12, SYMBOL_64_LEN = 16 };

/* n_type: any bit of N_STAB makes it a debugger's; else these. */
enum {
    N_STAB = 0xe0,
    N_PEXT = 0x10,
    N_TYPE = 0x0e,
    N_EXT = 0x01,
    N_UNDF = 0x00,
    N_INDR = 0x0a, /* its value is another name */
    N_PBUD = 0x0c,
};
enum { N_WEAK_REF = 0x40, REFERENCED_DYNAMICALLY = 0x10 }; /* n_desc */

/* Entries of the indirect symbol table that are no symbol numbers: local, absolute. */
#define INDIRECT_SPECIAL (0x80000000U | 0x40000000U)

/* The symbol's number in the second word of a relocation. */
#define RELOCATION_SYMBOL 0x00ffffffU

#endif
