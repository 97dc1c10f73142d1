/* zip_end.c -- end records, plain and zip64 (APPNOTE.TXT 6.3.9, sections 4.3.14 to
 * 4.3.16). */
#include "wheel/zip_end.h"

#include <string.h>

#include "base/checked.h"
#include "base/reader.h"
#include "wheel/zip_header.h"

enum {
    END64_MAGIC = 0x06064b50,
    END_LEN = 22, /* without comment */
    END64_LEN = 56,
    LOCATOR_LEN = 20,
    /* What an end record with the longest comment and everything in front of it take. */
    TAIL_LEN = END64_LEN + LOCATOR_LEN + END_LEN + UINT16_MAX,
    TAR_BLOCK = 512,
};

/* The last bytes of the file, in which the end records must be. */
static bool
read_tail(struct wf_bytes *tail, struct wf_arena *arena, const struct wf_file *file,
          struct wf_error *err)
{
    if (file->size < END_LEN)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "file has %llu bytes; the smallest zip archive has %d",
                            (unsigned long long)file->size, END_LEN);
    const size_t len = file->size < TAIL_LEN ? (size_t)file->size : TAIL_LEN;
    uint8_t *data = wf_arena_alloc(arena, len);
    const uint64_t off = file->size - len;

    if (!wf_file_pread(file, data, len, off, err))
        return false;
    *tail = (struct wf_bytes){ .data = data, .len = len, .file_off = off };
    return true;
}

/* Finds the next end record magic at or after *at; false when there is none. */
static bool
next_end_magic(struct wf_bytes tail, size_t *at)
{
    while (tail.len - *at >= 4) {
        const uint8_t *p = memchr(tail.data + *at, 'P', tail.len - *at - 3);

        if (p == NULL)
            return false;
        *at = (size_t)(p - tail.data);
        if (memcmp(p, "PK\5\6", 4) == 0)
            return true;
        (*at)++;
    }
    return false;
}

static bool
ends_with_file(struct wf_bytes tail, size_t at)
{
    if (tail.len - at < END_LEN)
        return false;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(tail, at + END_LEN - 2), WF_LITTLE);
    const size_t comment_len = wf_read_u16(&r);

    return comment_len == r.rest.len;
}

/* The end record is the one whose comment ends with the file; there must be exactly one. */
static bool
find_end_record(size_t *out, struct wf_bytes tail, struct wf_error *err)
{
    size_t found = SIZE_MAX;
    size_t last = SIZE_MAX;

    for (size_t at = 0; next_end_magic(tail, &at); at++) {
        last = at;
        if (!ends_with_file(tail, at))
            continue;
        if (found != SIZE_MAX)
            return wf_error_at(err, WF_ERR_MALFORMED, tail.file_off + at,
                               "a second end record; the first at 0x%llx ends with the "
                               "file as well",
                               (unsigned long long)(tail.file_off + found));
        found = at;
    }
    if (found != SIZE_MAX) {
        *out = found;
        return true;
    }
    if (last != SIZE_MAX)
        return wf_error_at(err, WF_ERR_MALFORMED, tail.file_off + last,
                           "the end record does not end with the file, which has %zu "
                           "bytes from there",
                           tail.len - last);
    return wf_error_at(err, WF_ERR_MALFORMED, tail.file_off,
                       "no end record in the last %zu bytes; not a zip archive, or cut "
                       "short",
                       tail.len);
}

/* Reads the zip64 end record that stands between the directory and the locator at
 * end_off - 20.  Each plain field repeats it or is all ones. */
static bool
read_end64(struct wf_zip_end *end, struct wf_bytes tail, size_t locator_at,
           struct wf_error *err)
{
    const uint64_t locator_off = tail.file_off + locator_at;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(tail, locator_at + 4), WF_LITTLE);
    const uint32_t disk = wf_read_u32(&r);
    const uint64_t end64_off = wf_read_u64(&r);
    const uint32_t num_disks = wf_read_u32(&r);

    if (!wf_reader_ok(&r, "zip64 locator", err))
        return false;
    if (disk != 0 || num_disks != 1)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, locator_off,
                           "zip64 locator speaks of disk %u of %u; one disk is read",
                           disk, num_disks);
    if (locator_at < END64_LEN || end64_off != locator_off - END64_LEN)
        return wf_error_at(err, WF_ERR_MALFORMED, locator_off,
                           "zip64 locator points to 0x%llx; the zip64 end record must "
                           "stand right before it, with %d bytes",
                           (unsigned long long)end64_off, END64_LEN);
    r = wf_reader_over(wf_bytes_skip(tail, locator_at - END64_LEN), WF_LITTLE);
    const uint32_t magic = wf_read_u32(&r);
    const uint64_t len = wf_read_u64(&r);

    wf_read_skip(&r, 4); /* versions */
    const uint32_t this_disk = wf_read_u32(&r);
    const uint32_t central_disk = wf_read_u32(&r);
    const uint64_t num_here = wf_read_u64(&r);
    const uint64_t num = wf_read_u64(&r);
    const uint64_t central_len = wf_read_u64(&r);
    const uint64_t central_off = wf_read_u64(&r);

    if (!wf_reader_ok(&r, "zip64 end record", err))
        return false;
    if (magic != END64_MAGIC || len != END64_LEN - 12)
        return wf_error_at(err, WF_ERR_MALFORMED, end64_off,
                           "no zip64 end record of 44 bytes: magic 0x%08x, length %llu",
                           magic, (unsigned long long)len);
    if (this_disk != 0 || central_disk != 0 || num_here != num)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, end64_off,
                           "archive is spread over several disks");
    if ((end->num_members != UINT16_MAX && end->num_members != num) ||
        (end->central_len != UINT32_MAX && end->central_len != central_len) ||
        (end->central_off != UINT32_MAX && end->central_off != central_off))
        return wf_error_at(
            err, WF_ERR_MALFORMED, end64_off,
            "zip64 end record says %llu entries, %llu bytes from 0x%llx; the "
            "plain one says %llu, %llu from 0x%llx",
            (unsigned long long)num, (unsigned long long)central_len,
            (unsigned long long)central_off, (unsigned long long)end->num_members,
            (unsigned long long)end->central_len, (unsigned long long)end->central_off);
    end->num_members = num;
    end->central_len = central_len;
    end->central_off = central_off;
    end->central_end = end64_off;
    end->is_zip64 = true;
    return true;
}

static bool
read_end(struct wf_zip_end *out, struct wf_bytes tail, size_t at, struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(wf_bytes_skip(tail, at + 4), WF_LITTLE);
    struct wf_zip_end end = { .end_off = tail.file_off + at };
    const uint16_t disk = wf_read_u16(&r);
    const uint16_t central_disk = wf_read_u16(&r);
    const uint16_t num_here = wf_read_u16(&r);

    end.num_members = wf_read_u16(&r);
    end.central_len = wf_read_u32(&r);
    end.central_off = wf_read_u32(&r);
    end.central_end = end.end_off;
    end.comment = wf_read_bytes(&r, wf_read_u16(&r));
    if (!wf_reader_ok(&r, "end record", err))
        return false;
    if (disk != 0 || central_disk != 0 || num_here != end.num_members)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, end.end_off,
                           "archive is spread over several disks (this one is %u, the "
                           "directory starts on %u, %u of %u entries are here)",
                           disk, central_disk, num_here, (unsigned)end.num_members);
    if (at >= LOCATOR_LEN && memcmp(tail.data + at - LOCATOR_LEN, "PK\6\7", 4) == 0 &&
        !read_end64(&end, tail, at - LOCATOR_LEN, err))
        return false;
    *out = end;
    return true;
}

static bool
check_end(const struct wf_zip_end *end, struct wf_error *err)
{
    if (!wf_fits(end->central_off, end->central_len, end->central_end))
        return wf_error_at(err, WF_ERR_MALFORMED, end->central_end,
                           "directory claims %llu bytes from 0x%llx; only 0x%llx bytes "
                           "stand before its end record",
                           (unsigned long long)end->central_len,
                           (unsigned long long)end->central_off,
                           (unsigned long long)end->central_end);
    if (end->central_off + end->central_len != end->central_end)
        return wf_error_at(
            err, WF_ERR_MALFORMED, end->central_off + end->central_len,
            "%llu bytes between the directory and its end record (or in "
            "front of the archive)",
            (unsigned long long)(end->central_end - end->central_off - end->central_len));
    if (end->num_members > end->central_len / WF_ZIP_CENTRAL_LEN)
        return wf_error_at(err, WF_ERR_MALFORMED, end->central_end,
                           "directory of %llu bytes cannot hold %llu entries",
                           (unsigned long long)end->central_len,
                           (unsigned long long)end->num_members);
    return true;
}

/* Another end record that a reader might take: anywhere behind the start of the directory,
 * or before it when it finds a directory of its own in this file, as in two archives laid
 * end to end.  A stored archive inside a member counts from its own start and finds none. */
static bool
refuse_other_ends(const struct wf_file *file, struct wf_bytes tail, size_t at,
                  const struct wf_zip_end *end, struct wf_error *err)
{
    for (size_t other = 0; next_end_magic(tail, &other); other++) {
        const uint64_t off = tail.file_off + other;

        if (other == at)
            continue;
        struct wf_reader r = wf_reader_over(wf_bytes_skip(tail, other), WF_LITTLE);

        wf_read_skip(&r, 12);
        const uint64_t central_len = wf_read_u32(&r);
        const uint64_t central_off = wf_read_u32(&r);
        uint8_t magic[4] = { 0 };
        size_t len = 0;

        if (off < end->central_off &&
            (central_len < WF_ZIP_CENTRAL_LEN || !wf_fits(central_off, central_len, off)))
            continue;
        if (off < end->central_off) {
            if (!wf_file_pread_upto(file, magic, sizeof magic, central_off, &len, err))
                return false;
            if (len < sizeof magic || memcmp(magic, "PK\1\2", sizeof magic) != 0)
                continue;
        }
        return wf_error_at(err, WF_ERR_MALFORMED, off,
                           "a second end record; the one at 0x%llx ends the file",
                           (unsigned long long)end->end_off);
    }
    return true;
}

/* A file that begins as a tar archive too (tarfile's own test: the checksum of the first
 * block) is two archives. */
static bool
refuse_tar(const struct wf_file *file, struct wf_error *err)
{
    enum { SUM_AT = 148, SUM_LEN = 8 };
    uint8_t block[TAR_BLOCK];
    size_t len = 0;
    unsigned sum = 0;
    unsigned claimed = 0;

    if (!wf_file_pread_upto(file, block, sizeof block, 0, &len, err))
        return false;
    if (len < sizeof block)
        return true;
    for (size_t i = 0; i < sizeof block; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? ' ' : block[i];
    size_t i = SUM_AT;

    while (i < SUM_AT + SUM_LEN && block[i] == ' ')
        i++;
    for (; i < SUM_AT + SUM_LEN && block[i] >= '0' && block[i] <= '7'; i++)
        claimed = claimed << 3 | (unsigned)(block[i] - '0');
    if (claimed == sum)
        return wf_error_at(err, WF_ERR_MALFORMED, SUM_AT,
                           "file is a tar archive as well: its first block has a tar "
                           "checksum");
    return true;
}

bool
wf_zip_read_end(struct wf_zip_end *out, struct wf_arena *arena,
                const struct wf_file *file, struct wf_error *err)
{
    struct wf_bytes tail = { 0 };
    struct wf_zip_end end = { 0 };
    size_t at = 0;

    if (!read_tail(&tail, arena, file, err) || !find_end_record(&at, tail, err) ||
        !read_end(&end, tail, at, err) || !check_end(&end, err) ||
        !refuse_other_ends(file, tail, at, &end, err) || !refuse_tar(file, err))
        return false;
    *out = end;
    return true;
}
