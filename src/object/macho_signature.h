/* macho_signature.h -- the constants of code signatures, and a CodeDirectory taken apart.
 * Internal to this folder; macho_sign.h is what others use.  Names and values:
 * <kern/cs_blobs.h>, whose numbers are big-endian, whatever the processor. */
#ifndef WF_OBJECT_MACHO_SIGNATURE_H
#define WF_OBJECT_MACHO_SIGNATURE_H

#include "base/arena.h"
#include "base/sha256.h"

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
    CS_SLOT_INFO_PLIST = 1,
    CS_SLOT_REQUIREMENTS = 2,
    CS_SLOT_RESOURCES = 3,
    CS_SLOT_APPLICATION = 4,
    CS_SLOT_ENTITLEMENTS = 5,
    CS_SLOT_DISK_IMAGE = 6,
    CS_SLOT_DER_ENTITLEMENTS = 7,
    CS_NUM_SPECIAL_SLOTS = 16, /* 11 have a meaning; those above hold nothing we check */
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
enum {
    CD_FIRST_LEN = 44,
    CD_EXEC_SEGMENT_LEN = 88,
    CD_KERNEL_LEN = 108, /* the kernel wants as much of any version: its newest struct */
};

enum { CD_ADHOC = 0x2, CD_LINKER_SIGNED = 0x20000 }; /* flags */
enum { CD_EXEC_MAIN = 1 };
enum { CD_PAGE_SHIFT = 12, CD_PAGE_SHIFT_ARM64 = 14 };
enum {
    CD_HASH_SHA1 = 1,
    CD_HASH_SHA256 = 2,
    CD_HASH_SHA256_TRUNCATED = 3,
    CD_HASH_SHA384 = 4,
};

/* wf_macho_hash is what a CodeDirectory's hash type means. */
struct wf_macho_hash {
    uint8_t type;
    uint8_t size; /* bytes that are kept of each */
    uint8_t rank; /* the kernel judges by the highest */
    enum wf_digest_kind kind;
    const char *name;
};

/* wf_macho_code_directory is one of them; what it says may be wrong, and where that makes
 * its hashes unreadable `hashes` is empty and `num_special` 0. */
struct wf_macho_code_directory {
    const struct wf_macho_hash *hash; /* NULL: none was read, or of an unknown type */
    uint32_t version;
    uint32_t flags;
    const char *identifier; /* or NULL */
    const char *team;       /* or NULL */
    uint64_t code_limit;
    uint8_t page_shift; /* 0: one hash over all */
    uint32_t num_pages;
    struct wf_bytes hashes; /* of the pages, num_pages * hash->size bytes */
    uint32_t num_special;
    struct wf_bytes special; /* before them: slot n is the n-th from the end */
};

/* wf_macho_blame keeps the first thing that the kernel or codesign refuse; however many
 * follow cost nothing. */
struct wf_macho_blame {
    struct wf_arena *arena;
    const char *fault; /* NULL: none */
};

void wf_macho_blame(struct wf_macho_blame *blame, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_macho_read_code_directory takes the blob apart, which is as long as it says. */
void wf_macho_read_code_directory(struct wf_macho_code_directory *out,
                                  struct wf_macho_blame *blame, struct wf_bytes blob);

#endif
