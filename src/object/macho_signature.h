/* macho_signature.h -- the constants of code signatures.  Internal to this folder; what
 * they are used for is in macho_sign.h.  Names and values: <kern/cs_blobs.h>, whose
 * numbers are big-endian, whatever the processor. */
#ifndef WF_OBJECT_MACHO_SIGNATURE_H
#define WF_OBJECT_MACHO_SIGNATURE_H

#define CS_MAGIC_REQUIREMENTS     0xfade0c01U
#define CS_MAGIC_CODE_DIRECTORY   0xfade0c02U
#define CS_MAGIC_SUPER            0xfade0cc0U
#define CS_MAGIC_CMS              0xfade0b01U
#define CS_MAGIC_ENTITLEMENTS     0xfade7171U
#define CS_MAGIC_DER_ENTITLEMENTS 0xfade7172U

/* A superblob is magic, length, count and so many of {slot, offset}; every blob in it is
 * magic, length and its content. */
enum { CS_SUPER_LEN = 12, CS_INDEX_LEN = 8, CS_BLOB_LEN = 8 };

/* The kernel takes no larger signature. */
enum { CS_LARGEST = 40 << 20 };

enum {
    CS_SLOT_CODE_DIRECTORY = 0,
    CS_SLOT_REQUIREMENTS = 2,
    CS_SLOT_ENTITLEMENTS = 5,
    CS_SLOT_DER_ENTITLEMENTS = 7,
    CS_SLOT_ALTERNATES = 0x1000, /* five of them: further CodeDirectories */
    CS_SLOT_ALTERNATES_END = 0x1005,
    CS_SLOT_CMS = 0x10000,
};

/* Versions of the CodeDirectory, by what each added, and how long its fixed part then is. */
enum {
    CD_VERSION_FIRST = 0x20001,
    CD_VERSION_SCATTER = 0x20100,
    CD_VERSION_TEAM = 0x20200,
    CD_VERSION_LIMIT_64 = 0x20300,
    CD_VERSION_EXEC_SEGMENT = 0x20400,
    CD_VERSION_RUNTIME = 0x20500,
    CD_VERSION_LINKAGE = 0x20600,
    CD_VERSION_INCOMPATIBLE = 0x2f000, /* codesign's; anything below is read */
};
enum { CD_EXEC_SEGMENT_LEN = 88 };

enum { CD_ADHOC = 0x2, CD_LINKER_SIGNED = 0x20000 }; /* flags */
enum { CD_EXEC_MAIN = 1 };
enum { CD_PAGE_SHIFT = 12 };
enum {
    CD_HASH_SHA1 = 1,
    CD_HASH_SHA256 = 2,
    CD_HASH_SHA256_TRUNCATED = 3,
    CD_HASH_SHA384 = 4,
};

#endif
