/* pe_format.h -- the constants of PE files.  Internal to this folder.
 * Names and values: Microsoft's "PE Format", <winnt.h>. */
#ifndef WF_OBJECT_PE_FORMAT_H
#define WF_OBJECT_PE_FORMAT_H

enum {
    PE_MACHINE_I386 = 0x014c,
    PE_MACHINE_ARMNT = 0x01c4,
    PE_MACHINE_AMD64 = 0x8664,
    PE_MACHINE_ARM64EC = 0xa641, /* of object files: images say amd64 */
    PE_MACHINE_ARM64X = 0xa64e,  /* the same: images say arm64 */
    PE_MACHINE_ARM64 = 0xaa64,
};

enum {
    PE_DOS_HEADER_LEN = 64,
    PE_LFANEW_OFF = 0x3c,
    PE_SIGNATURE_LEN = 4,
    PE_COFF_HEADER_LEN = 20,
    PE_SECTION_HEADER_LEN = 40,
    PE_MOST_SECTIONS = 96, /* of the loader */
    PE_PAGE = 0x1000,
    PE_SECTOR = 0x200, /* PointerToRawData is rounded down to it */
};

enum { PE_MAGIC_32 = 0x10b, PE_MAGIC_32_PLUS = 0x20b };

/* Offsets of fields in the optional header; up to its directories they are the same in both
 * kinds but for the image base. */
enum {
    PE_OPT_LINKER = 2,
    PE_OPT_CODE_SIZE = 4,
    PE_OPT_INITIALIZED_SIZE = 8,
    PE_OPT_IMAGE_BASE_64 = 24,
    PE_OPT_IMAGE_BASE_32 = 28,
    PE_OPT_SECTION_ALIGN = 32,
    PE_OPT_FILE_ALIGN = 36,
    PE_OPT_SUBSYSTEM_VERSION = 48,
    PE_OPT_IMAGE_SIZE = 56,
    PE_OPT_HEADERS_SIZE = 60,
    PE_OPT_CHECKSUM = 64,
    PE_OPT_SUBSYSTEM = 68,
    PE_OPT_DLL_CHARACTERISTICS = 70,
    PE_OPT_NUM_DIRECTORIES_32 = 92,
    PE_OPT_NUM_DIRECTORIES_64 = 108,
    PE_OPT_DIRECTORIES_32 = 96,
    PE_OPT_DIRECTORIES_64 = 112,
};

/* Offsets of fields in a section header. */
enum {
    PE_SEC_VIRTUAL_SIZE = 8,
    PE_SEC_ADDRESS = 12,
    PE_SEC_RAW_SIZE = 16,
    PE_SEC_RAW_OFF = 20,
    PE_SEC_FLAGS = 36,
};

enum { PE_FILE_DLL = 0x2000 };

enum {
    PE_DLL_HIGH_ENTROPY = 0x20,
    PE_DLL_DYNAMIC_BASE = 0x40,
    PE_DLL_FORCE_INTEGRITY = 0x80,
    PE_DLL_NX = 0x100,
    PE_DLL_GUARD_CF = 0x4000,
};

#define PE_SEC_CODE          0x00000020U
#define PE_SEC_INITIALIZED   0x00000040U
#define PE_SEC_UNINITIALIZED 0x00000080U
#define PE_SEC_DISCARDABLE   0x02000000U
#define PE_SEC_SHARED        0x10000000U
#define PE_SEC_EXECUTE       0x20000000U
#define PE_SEC_READ          0x40000000U
#define PE_SEC_WRITE         0x80000000U

enum {
    PE_EXPORT_LEN = 40,
    PE_IMPORT_LEN = 20,
    PE_DELAY_LEN = 32,
    PE_BOUND_LEN = 8,
    PE_DEBUG_LEN = 28,
    PE_CERTIFICATE_LEN = 8, /* without its data */
    PE_SYMBOL_LEN = 18,
    PE_CLR_LEN = 72,
};

/* Offsets in the load configuration. */
enum {
    PE_LOAD_FLAGS_32 = 0x36,
    PE_LOAD_FLAGS_64 = 0x4e,
    PE_LOAD_GUARD_FLAGS_32 = 0x58,
    PE_LOAD_GUARD_FLAGS_64 = 0x90,
    PE_LOAD_CHPE_32 = 0x7c,
    PE_LOAD_CHPE_64 = 0xc8,
    PE_LOAD_DYNAMIC_OFF_32 = 0x88, /* of the relocations that make another image of it */
    PE_LOAD_DYNAMIC_OFF_64 = 0xe0,
    PE_LOAD_DYNAMIC_SECTION_32 = 0x8c,
    PE_LOAD_DYNAMIC_SECTION_64 = 0xe4,
};

enum { PE_DELAY_IS_RVA = 1 };
enum { PE_DEBUG_CODEVIEW = 2 };
enum { PE_CLR_IL_ONLY = 1, PE_CLR_32BIT_REQUIRED = 2 };

#endif
