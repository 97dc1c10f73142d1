/* macho_signature.c -- code signatures are read, and compared with what they sign.
 *
 * The rules are the kernel's (cs_validate_csblob, which sees a signature when a library is
 * loaded), dyld's (what must be covered) and, for what is sealed beside the pages,
 * codesign's.  Every loop is bounded by bytes that are there, and no blob is hashed more
 * than once. */
#include "object/macho_signature.h"

#include <string.h>

#include "base/checked.h"
#include "base/reader.h"
#include "object/macho_file.h"
#include "object/macho_sign.h"

enum { MOST_DIRECTORIES = 4 }; /* one per type of hash */

/* What a signature is made of, as it is found. */
struct checking {
    struct wf_macho_signature *out;
    struct wf_macho_blame *blame;
    struct wf_bytes slice;
    struct wf_bytes blob; /* the superblob, or a CodeDirectory that stands alone */
    struct wf_macho_code_directory best;
    size_t num_directories;
    unsigned seen_hashes;                         /* bit by hash type */
    struct wf_bytes sealed[CS_NUM_SPECIAL_SLOTS]; /* blobs by slot; of none, empty */
    bool has_cms;                                 /* with content */
    struct wf_digest *digest;
};

/* Magic and length of the blob at `off`, which is then as long as it says. */
static bool
read_blob(struct wf_bytes *blob, uint32_t *magic, struct wf_bytes bytes, uint64_t off)
{
    if (off > bytes.len)
        return false;
    const struct wf_bytes rest = wf_bytes_skip(bytes, (size_t)off);
    struct wf_reader r = wf_reader_over(rest, WF_BIG);

    *magic = wf_read_u32(&r);
    const uint32_t len = wf_read_u32(&r);

    if (r.failed || len < CS_BLOB_LEN || len > rest.len)
        return false;
    *blob = wf_bytes_first(rest, len);
    return true;
}

/* One for each hash is all there can be, so that more are not worth their reading. */
static void
add_directory(struct checking *checking, struct wf_bytes blob)
{
    struct wf_macho_code_directory found;

    if (checking->num_directories++ == MOST_DIRECTORIES) {
        wf_macho_blame(checking->blame, "it has more than %d CodeDirectories",
                       MOST_DIRECTORIES);
        return;
    }
    if (checking->num_directories > MOST_DIRECTORIES)
        return;
    wf_macho_read_code_directory(&found, checking->blame, blob);
    if (found.hash == NULL) {
        if (checking->best.hash == NULL)
            checking->best = found; /* better than nothing, for what it says */
        return;
    }
    const unsigned bit = 1U << found.hash->type;

    if ((checking->seen_hashes & bit) != 0)
        wf_macho_blame(checking->blame, "two CodeDirectories have hashes of type %s",
                       found.hash->name);
    checking->seen_hashes |= bit;
    if (checking->best.hash == NULL || checking->best.hash->rank < found.hash->rank)
        checking->best = found;
}

/* Of two blobs for one slot the first counts, as for codesign. */
static void
add_sealed(struct checking *checking, uint32_t slot, uint32_t magic, struct wf_bytes blob)
{
    const bool is_xml = slot == CS_SLOT_ENTITLEMENTS;
    const bool is_der = slot == CS_SLOT_DER_ENTITLEMENTS;

    if (is_xml || is_der) {
        const uint32_t expected =
            is_xml ? CS_MAGIC_ENTITLEMENTS : CS_MAGIC_DER_ENTITLEMENTS;

        checking->out->has_entitlements = true;
        if (magic != expected)
            wf_macho_blame(checking->blame,
                           "slot %u holds %#x; entitlements begin with %#x", slot, magic,
                           expected);
        if (checking->sealed[slot].len > 0)
            wf_macho_blame(checking->blame, "slot %u is there twice", slot);
    }
    if (checking->sealed[slot].len == 0)
        checking->sealed[slot] = blob;
}

static void
add_blob(struct checking *checking, uint32_t slot, uint32_t off)
{
    struct wf_bytes blob;
    uint32_t magic;

    if (!read_blob(&blob, &magic, checking->blob, off)) {
        wf_macho_blame(checking->blame,
                       "the blob of slot %#x at %u leaves the %zu bytes of the signature",
                       slot, off, checking->blob.len);
        return;
    }
    if (slot == CS_SLOT_CODE_DIRECTORY ||
        (slot >= CS_SLOT_ALTERNATES && slot < CS_SLOT_ALTERNATES_END)) {
        if (magic == CS_MAGIC_CODE_DIRECTORY)
            add_directory(checking, blob);
        else
            wf_macho_blame(checking->blame,
                           "slot %#x holds %#x; a CodeDirectory begins with %#x", slot,
                           magic, CS_MAGIC_CODE_DIRECTORY);
    } else if (slot < CS_NUM_SPECIAL_SLOTS)
        add_sealed(checking, slot, magic, blob);
    else if (slot == CS_SLOT_CMS)
        checking->has_cms |= blob.len > CS_BLOB_LEN;
}

static void
read_index(struct checking *checking)
{
    struct wf_reader r = wf_reader_over(checking->blob, WF_BIG);

    wf_read_skip(&r, 8);
    const uint32_t num = wf_read_u32(&r);

    if (r.failed || num > r.rest.len / CS_INDEX_LEN) {
        wf_macho_blame(checking->blame,
                       "an index of %u blobs leaves the %zu bytes of the signature", num,
                       checking->blob.len);
        return;
    }
    for (uint32_t i = 0; i < num; i++) {
        const uint32_t slot = wf_read_u32(&r);
        const uint32_t off = wf_read_u32(&r);

        add_blob(checking, slot, off);
    }
}

static void
read_blobs(struct checking *checking, struct wf_bytes bytes)
{
    uint32_t magic = 0;

    if (bytes.len > CS_LARGEST)
        wf_macho_blame(checking->blame, "it has %zu bytes; a kernel takes %d", bytes.len,
                       CS_LARGEST);
    const bool ok = read_blob(&checking->blob, &magic, bytes, 0);

    if (magic != CS_MAGIC_SUPER && magic != CS_MAGIC_CODE_DIRECTORY)
        wf_macho_blame(checking->blame, "it begins with %#x; a signature does with %#x",
                       magic, CS_MAGIC_SUPER);
    else if (!ok)
        wf_macho_blame(checking->blame,
                       "it claims more than its %zu bytes, or less than %d", bytes.len,
                       CS_BLOB_LEN);
    else if (magic == CS_MAGIC_CODE_DIRECTORY)
        add_directory(checking, checking->blob);
    else
        read_index(checking);
}

static uint64_t
page_size(const struct wf_macho_code_directory *best)
{
    return best->page_shift == 0 ? UINT64_MAX : UINT64_C(1) << (best->page_shift & 63);
}

/* A kernel takes pages of 4 KiB, and of its own size, which is 16 KiB on arm64. */
static void
check_page_size(const struct checking *checking)
{
    const unsigned shift = checking->best.page_shift;
    struct wf_macho_header header = { 0 };
    const bool is_arm64 = wf_macho_read_header(&header, checking->slice, NULL) &&
                          header.cpu_type == CPU_ARM64;

    if (shift != CD_PAGE_SHIFT && !(is_arm64 && shift == CD_PAGE_SHIFT_ARM64))
        wf_macho_blame(checking->blame,
                       "it signs pages of 2^%u bytes; a kernel takes 2^%d%s", shift,
                       CD_PAGE_SHIFT, is_arm64 ? ", and 2^14 on arm64" : "");
}

/* The number of pages that `limit` bytes have. */
static uint64_t
count_pages(uint64_t limit, uint64_t page)
{
    return limit / page + (limit % page != 0);
}

/* All up to the signature must be covered, where the last page counts as a whole. */
static void
check_limit(const struct checking *checking)
{
    const struct wf_macho_code_directory *best = &checking->best;
    const uint64_t offset = checking->out->offset;
    const uint64_t page = page_size(best);
    const uint64_t num = count_pages(best->code_limit, page);

    if (best->code_limit > offset)
        wf_macho_blame(checking->blame, "it signs %llu bytes, and begins at %llu itself",
                       (unsigned long long)best->code_limit, (unsigned long long)offset);
    else if (best->page_shift == 0 ? best->code_limit < offset
                                   : count_pages(offset, page) > num)
        wf_macho_blame(checking->blame, "it signs %llu bytes of the %llu before it",
                       (unsigned long long)best->code_limit, (unsigned long long)offset);
    if (best->num_pages != num)
        wf_macho_blame(checking->blame, "it has hashes of %u pages; %llu bytes have %llu",
                       best->num_pages, (unsigned long long)best->code_limit,
                       (unsigned long long)num);
}

/* Compares as many pages as there are hashes, and bytes before the signature. */
static void
check_pages(struct checking *checking)
{
    const struct wf_macho_code_directory *best = &checking->best;
    const uint64_t page = page_size(best);
    const size_t size = best->hash->size;
    struct wf_macho_signature *out = checking->out;
    const uint64_t limit =
        best->code_limit < out->offset ? best->code_limit : out->offset;
    struct wf_bytes rest = wf_bytes_first(checking->slice, (size_t)limit);
    struct wf_bytes hashes = best->hashes;

    while (rest.len > 0 && hashes.len > 0) {
        const size_t len = rest.len < page ? rest.len : (size_t)page;
        uint8_t found[WF_DIGEST_MOST];

        wf_digest_of(checking->digest, found, wf_bytes_first(rest, len));
        if (memcmp(found, hashes.data, size) != 0 && out->num_bad_pages++ == 0)
            out->first_bad = limit - rest.len;
        rest = wf_bytes_skip(rest, len);
        hashes = wf_bytes_skip(hashes, size);
    }
    if (out->num_bad_pages > 0)
        wf_macho_blame(checking->blame,
                       "%u of %u pages differ from their hashes, the first at %#llx",
                       out->num_bad_pages, best->num_pages,
                       (unsigned long long)out->first_bad);
}

/* The hash in a special slot; NULL when there is none, or it says that there is nothing. */
static const uint8_t *
special_hash(const struct checking *checking, uint32_t slot)
{
    static const uint8_t nothing[WF_DIGEST_MOST];
    const struct wf_macho_code_directory *best = &checking->best;
    const size_t size = best->hash->size;

    if (slot > best->num_special)
        return NULL;
    const uint8_t *hash = best->special.data + best->special.len - slot * size;

    return memcmp(hash, nothing, size) == 0 ? NULL : hash;
}

/* What a slot seals stands outside of the signature: as a file beside, or in a section. */
static bool
is_outside(uint32_t slot)
{
    return slot == CS_SLOT_INFO_PLIST || slot == CS_SLOT_RESOURCES ||
           slot == CS_SLOT_APPLICATION || slot == CS_SLOT_DISK_IMAGE;
}

static void
check_special(const struct checking *checking, uint32_t slot)
{
    const struct wf_bytes blob = checking->sealed[slot];
    const uint8_t *hash = special_hash(checking, slot);
    uint8_t found[WF_DIGEST_MOST];
    const char *why;

    if (blob.len == 0 && (hash == NULL || is_outside(slot)))
        return;
    if (blob.len == 0)
        why = "is missing, and has a hash";
    else if (hash == NULL)
        why = "has no hash";
    else {
        wf_digest_of(checking->digest, found, blob);
        if (memcmp(found, hash, checking->best.hash->size) == 0)
            return;
        why = "differs from its hash";
    }
    wf_macho_blame(checking->blame, "the blob of slot %u %s", slot, why);
}

/* Without CS_ADHOC a certificate is looked for; with it, none is looked at. */
static void
judge_kind(const struct checking *checking)
{
    struct wf_macho_signature *out = checking->out;

    if ((out->flags & CD_LINKER_SIGNED) != 0)
        out->kind = WF_MACHO_LINKER;
    else if ((out->flags & CD_ADHOC) != 0 || !checking->has_cms)
        out->kind = WF_MACHO_ADHOC;
    else
        out->kind = WF_MACHO_SIGNED;
    if ((out->flags & CD_ADHOC) == 0 && !checking->has_cms)
        wf_macho_blame(checking->blame, "it is neither ad hoc nor by a certificate");
}

static void
copy_facts(const struct checking *checking)
{
    const struct wf_macho_code_directory *best = &checking->best;
    struct wf_macho_signature *out = checking->out;

    out->version = best->version;
    out->flags = best->flags;
    out->identifier = best->identifier;
    out->team = best->team;
    out->hash = best->hash == NULL ? NULL : best->hash->name;
    out->page_size = best->page_shift < 32 && best->page_shift > 0
                         ? UINT32_C(1) << best->page_shift
                         : 0;
    out->code_limit = best->code_limit;
    out->num_pages = best->num_pages;
}

static void
check_hashes(struct checking *checking)
{
    checking->digest = wf_digest_new(checking->best.hash->kind);
    check_pages(checking);
    for (uint32_t slot = 1; slot < CS_NUM_SPECIAL_SLOTS; slot++)
        check_special(checking, slot);
    wf_digest_free(checking->digest);
}

/* What can be compared is, whatever was wrong before. */
static void
read_signature(struct checking *checking, struct wf_bytes bytes)
{
    read_blobs(checking, bytes);
    if (checking->num_directories == 0) {
        wf_macho_blame(checking->blame, "it has no CodeDirectory");
        return;
    }
    copy_facts(checking);
    judge_kind(checking);
    check_page_size(checking);
    check_limit(checking);
    if (checking->best.hash != NULL)
        check_hashes(checking);
}

void
wf_macho_read_signature(struct wf_macho_signature *out, struct wf_arena *arena,
                        struct wf_bytes slice, uint64_t offset, uint64_t size)
{
    struct wf_macho_blame blame = { .arena = arena };
    struct checking checking = { .out = out, .blame = &blame, .slice = slice };

    *out = (struct wf_macho_signature){ .offset = offset, .size = size };
    if (wf_fits(offset, size, slice.len))
        read_signature(&checking, wf_bytes_first(wf_bytes_skip(slice, (size_t)offset),
                                                 (size_t)size));
    else
        wf_macho_blame(&blame, "%llu bytes at %llu leave the slice of %zu",
                       (unsigned long long)size, (unsigned long long)offset, slice.len);
    out->fault = blame.fault;
}
