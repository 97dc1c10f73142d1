/* macho_sign.c -- ad-hoc code signatures: their layout, and the hashes of the pages. */
#include "object/macho_sign.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"
#include "base/text.h"
#include "object/macho_signature.h"

enum {
    NUM_BLOBS = 3,
    NUM_SPECIAL = 2, /* slots 1 (Info.plist: none) and 2 (requirements) */
    BLOBS_OFF = CS_SUPER_LEN + NUM_BLOBS * CS_INDEX_LEN,
    REQUIREMENTS_LEN = 12,
    CMS_LEN = CS_BLOB_LEN,
};

/* SHA-256 of the empty requirements, fade0c01 0000000c 00000000. */
static const uint8_t requirements_hash[WF_SHA256_LEN] = {
    0x98, 0x79, 0x20, 0x90, 0x4e, 0xab, 0x65, 0x0e, 0x75, 0x78, 0x8c,
    0x05, 0x4a, 0xa0, 0xb0, 0x52, 0x4e, 0x6a, 0x80, 0xbf, 0xc7, 0x1a,
    0xa3, 0x2d, 0xf8, 0xd2, 0x37, 0xa6, 0x17, 0x43, 0xf9, 0x86,
};

static uint64_t
num_pages(const struct wf_macho_signing *signing)
{
    return signing->code_limit / WF_MACHO_SIGN_PAGE +
           (signing->code_limit % WF_MACHO_SIGN_PAGE != 0);
}

/* Where the page hashes begin in the CodeDirectory. */
static uint64_t
hash_offset(const struct wf_macho_signing *signing)
{
    return CD_EXEC_SEGMENT_LEN + strlen(signing->identifier) + 1 +
           NUM_SPECIAL * WF_SHA256_LEN;
}

static uint64_t
directory_size(const struct wf_macho_signing *signing)
{
    return hash_offset(signing) + num_pages(signing) * WF_SHA256_LEN;
}

uint64_t
wf_macho_signature_size(const struct wf_macho_signing *signing)
{
    return BLOBS_OFF + directory_size(signing) + REQUIREMENTS_LEN + CMS_LEN;
}

static void
add_u32(struct wf_buffer *out, uint64_t value)
{
    const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 8), (uint8_t)value };

    wf_buffer_add(out, bytes, sizeof bytes);
}

static void
add_u64(struct wf_buffer *out, uint64_t value)
{
    add_u32(out, value >> 32);
    add_u32(out, value);
}

static void
add_zeros(struct wf_buffer *out, uint64_t len)
{
    static const uint8_t zeros[256];

    for (; len > sizeof zeros && !out->over; len -= sizeof zeros)
        wf_buffer_add(out, zeros, sizeof zeros);
    if (!out->over)
        wf_buffer_add(out, zeros, (size_t)len);
}

static void
add_directory(struct wf_buffer *out, const struct wf_macho_signing *signing)
{
    const uint64_t limit = signing->code_limit;

    add_u32(out, CS_MAGIC_CODE_DIRECTORY);
    add_u32(out, directory_size(signing));
    add_u32(out, CD_VERSION_EXEC_SEGMENT);
    add_u32(out, CD_ADHOC | signing->flags);
    add_u32(out, hash_offset(signing));
    add_u32(out, CD_EXEC_SEGMENT_LEN); /* the identifier stands right behind */
    add_u32(out, NUM_SPECIAL);
    add_u32(out, num_pages(signing));
    add_u32(out, limit > UINT32_MAX ? UINT32_MAX : limit);
    wf_buffer_add_char(out, WF_SHA256_LEN);
    wf_buffer_add_char(out, CD_HASH_SHA256);
    wf_buffer_add_char(out, 0); /* no platform binary */
    wf_buffer_add_char(out, CD_PAGE_SHIFT);
    add_zeros(out, 16); /* spare, scatter, team, spare */
    add_u64(out, limit > UINT32_MAX ? limit : 0);
    add_u64(out, signing->exec_base);
    add_u64(out, signing->exec_limit);
    add_u64(out, signing->is_main ? CD_EXEC_MAIN : 0);
    wf_buffer_add(out, signing->identifier, strlen(signing->identifier) + 1);
    wf_buffer_add(out, requirements_hash, sizeof requirements_hash);
    add_zeros(out, WF_SHA256_LEN); /* no Info.plist */
}

void
wf_macho_write_signature(struct wf_buffer *out, uint64_t *hashes_off,
                         const struct wf_macho_signing *signing)
{
    const uint64_t directory_end = BLOBS_OFF + directory_size(signing);
    const size_t start = out->len;

    assert(num_pages(signing) <= UINT32_MAX / WF_SHA256_LEN / 2);
    add_u32(out, CS_MAGIC_SUPER);
    add_u32(out, wf_macho_signature_size(signing));
    add_u32(out, NUM_BLOBS);
    add_u32(out, CS_SLOT_CODE_DIRECTORY);
    add_u32(out, BLOBS_OFF);
    add_u32(out, CS_SLOT_REQUIREMENTS);
    add_u32(out, directory_end);
    add_u32(out, CS_SLOT_CMS);
    add_u32(out, directory_end + REQUIREMENTS_LEN);
    add_directory(out, signing);
    *hashes_off = out->len - start;
    add_zeros(out, num_pages(signing) * WF_SHA256_LEN);
    add_u32(out, CS_MAGIC_REQUIREMENTS);
    add_u32(out, REQUIREMENTS_LEN);
    add_u32(out, 0);
    add_u32(out, CS_MAGIC_CMS);
    add_u32(out, CMS_LEN);
}

void
wf_macho_hash_pages(uint8_t *hashes, struct wf_bytes signed_bytes, uint64_t first,
                    uint64_t num, struct wf_sha256 *sha)
{
    if (num == 0)
        return;
    assert(first <= signed_bytes.len / WF_MACHO_SIGN_PAGE);
    struct wf_bytes rest =
        wf_bytes_skip(signed_bytes, (size_t)(first * WF_MACHO_SIGN_PAGE));

    for (uint64_t i = 0; i < num; i++) {
        const size_t len = rest.len < WF_MACHO_SIGN_PAGE ? rest.len : WF_MACHO_SIGN_PAGE;

        wf_sha256_of(sha, hashes + i * WF_SHA256_LEN, wf_bytes_first(rest, len));
        rest = wf_bytes_skip(rest, len);
    }
}

const char *
wf_macho_default_identifier(struct wf_arena *arena, const char *path)
{
    return wf_arena_strdup(arena, wf_text_base_name(path));
}
