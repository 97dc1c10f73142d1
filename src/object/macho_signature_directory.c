/* macho_signature_directory.c -- the CodeDirectory of a signature, taken apart. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/reader.h"
#include "object/macho_signature.h"

static const struct wf_macho_hash hashes[] = {
    { CD_HASH_SHA1, 20, 1, WF_DIGEST_SHA1, "sha1" },
    { CD_HASH_SHA256_TRUNCATED, 20, 2, WF_DIGEST_SHA256, "sha256-truncated" },
    { CD_HASH_SHA256, 32, 3, WF_DIGEST_SHA256, "sha256" },
    { CD_HASH_SHA384, 48, 4, WF_DIGEST_SHA384, "sha384" },
};

/* The fixed part as it stands; later versions appended to it. */
struct fixed {
    uint32_t hash_off;
    uint32_t identifier_off;
    uint32_t num_special;
    uint32_t num_pages;
    uint8_t hash_size;
    uint8_t hash_type;
    uint32_t scatter_off;
    uint32_t team_off;
};

/* What one call works on. */
struct reading {
    struct wf_macho_code_directory *out;
    struct wf_macho_blame *blame;
    struct wf_bytes blob;
};

void
wf_macho_blame(struct wf_macho_blame *blame, const char *fmt, ...)
{
    char text[256];
    va_list args;

    if (blame->fault != NULL)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    blame->fault = wf_arena_strdup(blame->arena, text);
}

static bool
read_fixed(struct fixed *fixed, const struct reading *reading)
{
    struct wf_reader r = wf_reader_over(reading->blob, WF_BIG);
    struct wf_macho_code_directory *out = reading->out;

    wf_read_skip(&r, 8); /* magic and length brought us here */
    out->version = wf_read_u32(&r);
    out->flags = wf_read_u32(&r);
    fixed->hash_off = wf_read_u32(&r);
    fixed->identifier_off = wf_read_u32(&r);
    fixed->num_special = wf_read_u32(&r);
    fixed->num_pages = wf_read_u32(&r);
    out->code_limit = wf_read_u32(&r);
    fixed->hash_size = wf_read_u8(&r);
    fixed->hash_type = wf_read_u8(&r);
    wf_read_skip(&r, 1);
    out->page_shift = wf_read_u8(&r);
    wf_read_skip(&r, 4);
    if (out->version >= CD_VERSION_SCATTER)
        fixed->scatter_off = wf_read_u32(&r);
    if (out->version >= CD_VERSION_TEAM)
        fixed->team_off = wf_read_u32(&r);
    if (out->version >= CD_VERSION_LIMIT_64) {
        wf_read_skip(&r, 4);
        const uint64_t limit = wf_read_u64(&r);

        if (limit != 0)
            out->code_limit = limit;
    }
    return !r.failed;
}

/* The text at `off`, where 0 is none; NULL also when it does not end in the blob. */
static const char *
text_at(const struct reading *reading, uint32_t off, const char *what)
{
    const struct wf_bytes blob = reading->blob;

    if (off == 0)
        return NULL;
    const struct wf_bytes text =
        off < blob.len ? wf_bytes_skip(blob, off) : wf_bytes_of(NULL, 0);
    const uint8_t *nul = text.len > 0 ? memchr(text.data, '\0', text.len) : NULL;

    if (nul == NULL) {
        wf_macho_blame(reading->blame,
                       "the %s at %u of the CodeDirectory does not end in its %zu bytes",
                       what, off, blob.len);
        return NULL;
    }
    return wf_arena_str(reading->blame->arena,
                        wf_bytes_first(text, (size_t)(nul - text.data)));
}

static void
find_hash(const struct reading *reading, const struct fixed *fixed)
{
    for (size_t i = 0; i < WF_COUNT(hashes); i++) {
        if (hashes[i].type != fixed->hash_type)
            continue;
        if (hashes[i].size == fixed->hash_size)
            reading->out->hash = &hashes[i];
        else
            wf_macho_blame(reading->blame, "hashes of type %s have %u bytes, not %u",
                           hashes[i].name, hashes[i].size, fixed->hash_size);
        return;
    }
    wf_macho_blame(reading->blame, "hash type %u is unknown", fixed->hash_type);
}

/* The slots stand around hash_off: special ones before it, those of pages behind. */
static void
find_slots(const struct reading *reading, const struct fixed *fixed)
{
    const struct wf_bytes blob = reading->blob;
    struct wf_macho_code_directory *out = reading->out;
    const uint64_t size = out->hash->size;
    const uint64_t special_len = fixed->num_special * size;
    const uint64_t len = fixed->num_pages * size;

    if (!wf_fits(fixed->hash_off, len, blob.len) || special_len > fixed->hash_off) {
        wf_macho_blame(reading->blame,
                       "%u special and %u page hashes around %u leave the CodeDirectory "
                       "of %zu bytes",
                       fixed->num_special, fixed->num_pages, fixed->hash_off, blob.len);
        return;
    }
    if (fixed->scatter_off != 0) {
        wf_macho_blame(reading->blame, "its pages are scattered, which no image needs");
        return;
    }
    const size_t start = fixed->hash_off - (size_t)special_len;

    out->num_special = fixed->num_special;
    out->special = wf_bytes_first(wf_bytes_skip(blob, start), (size_t)special_len);
    out->hashes = wf_bytes_first(wf_bytes_skip(blob, fixed->hash_off), (size_t)len);
}

static void
check_version(const struct reading *reading)
{
    const uint32_t version = reading->out->version;

    if (version < CD_VERSION_FIRST || version >= CD_VERSION_INCOMPATIBLE)
        wf_macho_blame(reading->blame, "CodeDirectory version %#x is not in use",
                       version);
    if (reading->blob.len < CD_KERNEL_LEN)
        wf_macho_blame(reading->blame,
                       "the CodeDirectory has %zu bytes; a kernel wants %d",
                       reading->blob.len, CD_KERNEL_LEN);
}

void
wf_macho_read_code_directory(struct wf_macho_code_directory *out,
                             struct wf_macho_blame *blame, struct wf_bytes blob)
{
    const struct reading reading = { out, blame, blob };
    struct fixed fixed = { 0 };

    *out = (struct wf_macho_code_directory){ 0 };
    if (!read_fixed(&fixed, &reading)) {
        *out = (struct wf_macho_code_directory){ 0 };
        wf_macho_blame(blame,
                       "the CodeDirectory ends after %zu bytes, inside its fixed part",
                       blob.len);
        return;
    }
    check_version(&reading);
    out->num_pages = fixed.num_pages;
    out->identifier = text_at(&reading, fixed.identifier_off, "identifier");
    out->team = text_at(&reading, fixed.team_off, "team identifier");
    find_hash(&reading, &fixed);
    if (out->hash != NULL)
        find_slots(&reading, &fixed);
}
