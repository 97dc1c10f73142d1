/* zip_scan.c -- the central directory (APPNOTE.TXT 6.3.9, section 4.3.12).  zip_local.c
 * reads what it points to. */
#include "wheel/zip_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "wheel/member_path.h"
#include "wheel/zip_end.h"
#include "wheel/zip_header.h"
#include "wheel/zip_names.h"

/* Deflate cannot expand more than this, and what its smallest stream may hold. */
enum { DEFLATE_RATIO = 1032, DEFLATE_SLACK = 64 };

enum { RATIO_FREE = 1 << 20 }; /* bytes below which the ratio limit does not matter */

enum { NEWEST_VERSION = 63, USUAL_VERSION = 45 };

const struct wf_zip_note_row wf_zip_note_rows[] = {
    { WF_ZIP_NOTE_DESCRIPTOR, "zp-no-descriptor" },
    { WF_ZIP_NOTE_DIRECTORY, "zp-folder-entry" },
    { WF_ZIP_NOTE_NO_UTF8_FLAG, "zp-name-utf8" },
    { WF_ZIP_NOTE_ZIP64, "zp-zip64-needless" },
    { WF_ZIP_NOTE_COMMENT, "zp-no-cd-comment" },
    { WF_ZIP_NOTE_EXTRA, "zp-extra-field" },
    { WF_ZIP_NOTE_MODE, "zp-mode" },
    { WF_ZIP_NOTE_WINDOWS_NAME, "zp-path-windows" },
    { WF_ZIP_NOTE_INVISIBLE, "zp-path-printable" },
    { WF_ZIP_NOTE_CASE, "zp-path-collide" },
    { WF_ZIP_NOTE_VERSION, "zp-version-needed" },
    { WF_ZIP_NOTE_LOCAL, "zp-local-differs" },
    { WF_ZIP_NOTE_KIND, "zp-dir-empty" },
};

const size_t wf_num_zip_note_rows = WF_COUNT(wf_zip_note_rows);

static bool
check_flags(const struct wf_zip_header *h, uint64_t off, struct wf_error *err)
{
    const unsigned encrypted =
        WF_ZIP_FLAG_ENCRYPTED | WF_ZIP_FLAG_STRONG | WF_ZIP_FLAG_MASKED;
    /* Bits 1 and 2 say how hard a compressor tried. */
    const unsigned known = 1 << 1 | 1 << 2 | WF_ZIP_FLAG_DESCRIPTOR | WF_ZIP_FLAG_UTF8;

    if ((h->flags & encrypted) != 0)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, off,
                           "is encrypted (flags 0x%04x); wheels cannot be", h->flags);
    if ((h->flags & ~known) != 0)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, off,
                           "has flags 0x%04x; only 0x%04x are read", h->flags, known);
    if (h->method != WF_ZIP_STORED && h->method != WF_ZIP_DEFLATED)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, off,
                           "uses compression method %u; only 0 (stored) and 8 (deflated) "
                           "are read",
                           h->method);
    if ((h->version_needed & 0xff) > NEWEST_VERSION)
        return wf_error_at(
            err, WF_ERR_UNSUPPORTED, off, "needs zip version %u.%u; the newest is %d.%d",
            (h->version_needed & 0xffU) / 10, (h->version_needed & 0xffU) % 10,
            NEWEST_VERSION / 10, NEWEST_VERSION % 10);
    if (h->disk != 0)
        return wf_error_at(err, WF_ERR_UNSUPPORTED, off, "starts on disk %u", h->disk);
    return true;
}

static bool
check_sizes(const struct wf_zip_header *h, uint64_t off, bool is_folder,
            struct wf_error *err)
{
    const unsigned long long size = h->size;
    const unsigned long long comp = h->comp_size;

    if (is_folder && h->size != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, off, "is a folder and holds %llu bytes",
                           size);
    if (h->method == WF_ZIP_STORED && size != comp)
        return wf_error_at(err, WF_ERR_MALFORMED, off,
                           "is stored and claims %llu bytes from %llu", size, comp);
    if (h->size == 0 && h->crc != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, off, "is empty and has the CRC 0x%08x",
                           h->crc);
    if (h->method == WF_ZIP_STORED || (is_folder && comp == 0))
        return true;
    if (h->comp_size == 0)
        return wf_error_at(
            err, WF_ERR_MALFORMED, off,
            "is deflated and has no data; even an empty one takes 2 bytes");
    /* Both sides fit: comp_size was compared with the file. */
    if (size > DEFLATE_SLACK && (size - DEFLATE_SLACK) / DEFLATE_RATIO > comp)
        return wf_error_at(err, WF_ERR_MALFORMED, off,
                           "claims %llu bytes from %llu; deflate cannot expand so far",
                           size, comp);
    return true;
}

static bool
check_limits(const struct wf_zip_header *h, uint64_t off, const struct wf_limits *limits,
             struct wf_error *err)
{
    if (h->name.len > limits->path_bytes)
        return wf_error_at(err, WF_ERR_LIMIT, off,
                           "name has %zu bytes; the limit is %llu", h->name.len,
                           (unsigned long long)limits->path_bytes);
    if (h->size > limits->member_bytes)
        return wf_error_at(err, WF_ERR_LIMIT, off, "claims %llu bytes; the limit is %llu",
                           (unsigned long long)h->size,
                           (unsigned long long)limits->member_bytes);
    if (limits->ratio != 0 && h->size > RATIO_FREE &&
        h->size / limits->ratio > h->comp_size)
        return wf_error_at(err, WF_ERR_LIMIT, off,
                           "claims %llu bytes from %llu; the limit is %llu to one",
                           (unsigned long long)h->size, (unsigned long long)h->comp_size,
                           (unsigned long long)limits->ratio);
    return true;
}

/* Extractors follow the type bits whatever system claims to have written them, so they are
 * judged for every one; the DOS bit only where the writer's system has it. */
static bool
check_attributes(struct wf_zip_member *member, struct wf_error *err)
{
    enum { TYPE = 0170000, FOLDER = 0040000, REGULAR = 0100000, SPECIAL_BITS = 07000 };
    const uint32_t mode = wf_zip_mode(member);
    const bool is_folder = wf_zip_is_folder(member);
    const unsigned host = member->made_by >> 8;
    const bool is_dos = host == 0 || host == 10 || host == 14; /* FAT, NTFS, VFAT */

    if ((mode & TYPE) != 0 && (mode & TYPE) != REGULAR && (mode & TYPE) != FOLDER)
        return wf_error_at(err, WF_ERR_MALFORMED, member->central_off,
                           "has mode 0%o: a link, device, socket or FIFO, not a file",
                           mode);
    if (!is_folder &&
        ((mode & TYPE) == FOLDER || (is_dos && (member->external_attr & 0x10) != 0)))
        return wf_error_at(
            err, WF_ERR_MALFORMED, member->central_off,
            "is named as a file and marked as a folder (attributes 0x%08x)",
            member->external_attr);
    if (is_folder && (mode & TYPE) == REGULAR)
        member->notes |= WF_ZIP_NOTE_KIND;
    if ((mode & SPECIAL_BITS) != 0)
        member->notes |= WF_ZIP_NOTE_MODE;
    return true;
}

/* The place of the data is known to fit before any size is believed. */
static bool
check_place(const struct wf_zip_header *h, uint64_t off, uint64_t central_off,
            struct wf_error *err)
{
    uint64_t len = 0;

    if (wf_add_u64(&len, h->comp_size, WF_ZIP_LOCAL_LEN + h->name.len) &&
        wf_fits(h->local_off, len, central_off))
        return true;
    return wf_error_at(
        err, WF_ERR_MALFORMED, off,
        "claims %llu bytes behind the header at 0x%llx; the directory starts "
        "at 0x%llx",
        (unsigned long long)h->comp_size, (unsigned long long)h->local_off,
        (unsigned long long)central_off);
}

static bool
check_header(const struct wf_zip_header *h, uint64_t off, uint64_t central_off,
             const struct wf_limits *limits, struct wf_error *err)
{
    const bool is_folder = h->name.data[h->name.len - 1] == '/';

    return check_flags(h, off, err) && check_place(h, off, central_off, err) &&
           check_sizes(h, off, is_folder, err) && check_limits(h, off, limits, err);
}

static struct wf_zip_member
member_of(const struct wf_zip_header *h, const char *name, uint64_t central_off)
{
    return (struct wf_zip_member){
        .name = name,
        .local_off = h->local_off,
        .comp_size = h->comp_size,
        .size = h->size,
        .central_off = central_off,
        .crc = h->crc,
        .external_attr = h->external_attr,
        .method = h->method,
        .flags = h->flags,
        .made_by = h->made_by,
        .version_needed = h->version_needed,
        .dos_time = h->dos_time,
        .dos_date = h->dos_date,
        .name_len = (uint16_t)h->name.len,
        .notes = h->notes,
    };
}

/* `names` has room for what is left of the directory, so for this name and its NUL. */
static bool
read_member(struct wf_zip *zip, struct wf_bytes *rest, char **names,
            const struct wf_limits *limits, struct wf_error *err)
{
    const uint64_t off = rest->file_off;
    struct wf_zip_header h = { 0 };
    struct wf_error name_err = { 0 };

    if (!wf_zip_read_central(&h, rest, err))
        return wf_error_prefix(err, "entry %zu", zip->num_members);
    if (!wf_member_path_check(h.name, &name_err)) {
        wf_error_at(err, name_err.kind, off, "%s", name_err.text);
        return wf_error_prefix(err, "entry %zu", zip->num_members);
    }
    char *name = *names;

    memcpy(name, h.name.data, h.name.len);
    name[h.name.len] = '\0';
    *names += h.name.len + 1;
    struct wf_zip_member *member = &zip->members[zip->num_members];

    *member = member_of(&h, name, off);
    if (!check_header(&h, off, zip->central_off, limits, err) ||
        !check_attributes(member, err))
        return wf_error_prefix(err, "%s", name);
    member->notes |= wf_zip_name_notes(member);
    if ((member->flags & WF_ZIP_FLAG_DESCRIPTOR) != 0)
        member->notes |= WF_ZIP_NOTE_DESCRIPTOR;
    if ((member->version_needed & 0xff) > USUAL_VERSION)
        member->notes |= WF_ZIP_NOTE_VERSION;
    zip->num_members++;
    return true;
}

static bool
read_members(struct wf_zip *zip, struct wf_arena *arena, struct wf_bytes central,
             size_t num, const struct wf_limits *limits, struct wf_error *err)
{
    /* Each record is 46 bytes longer than its name, so this holds every name and NUL. */
    char *names = wf_arena_alloc(arena, central.len);
    struct wf_bytes rest = central;

    zip->members = wf_arena_array(arena, num, sizeof *zip->members);
    zip->by_name = wf_arena_array(arena, num, sizeof *zip->by_name);
    zip->by_off = wf_arena_array(arena, num, sizeof *zip->by_off);
    if (!wf_arena_ok(arena, "the directory", err))
        return false;
    while (zip->num_members < num) {
        if (!read_member(zip, &rest, &names, limits, err))
            return false;
        const struct wf_zip_member *member = &zip->members[zip->num_members - 1];

        if (!wf_add_u64(&zip->total_size, zip->total_size, member->size) ||
            zip->total_size > limits->total_bytes)
            return wf_error_at(err, WF_ERR_LIMIT, member->central_off,
                               "members claim more than %llu bytes in all",
                               (unsigned long long)limits->total_bytes);
    }
    if (rest.len > 0)
        return wf_error_at(err, WF_ERR_MALFORMED, rest.file_off,
                           "%zu bytes of the directory follow its %zu entries", rest.len,
                           num);
    return true;
}

static bool
read_central(struct wf_zip *zip, struct wf_arena *arena, const struct wf_zip_end *end,
             const struct wf_limits *limits, struct wf_error *err)
{
    if (end->num_members > limits->members)
        return wf_error_at(err, WF_ERR_LIMIT, end->end_off,
                           "archive has %llu members; the limit is %llu",
                           (unsigned long long)end->num_members,
                           (unsigned long long)limits->members);
    if (limits->arena_bytes != 0 && end->central_len > limits->arena_bytes)
        return wf_error_at(err, WF_ERR_LIMIT, end->end_off,
                           "directory has %llu bytes; the limit is %llu",
                           (unsigned long long)end->central_len,
                           (unsigned long long)limits->arena_bytes);
    size_t len = 0;
    size_t num = 0;

    if (!wf_u64_to_size(&len, end->central_len) ||
        !wf_u64_to_size(&num, end->num_members) || num > UINT32_MAX)
        return wf_error_at(err, WF_ERR_LIMIT, end->end_off,
                           "directory of %llu bytes does not fit into memory",
                           (unsigned long long)end->central_len);
    struct wf_arena scratch = { 0 };
    uint8_t *data = wf_arena_alloc(&scratch, len);
    bool ok = wf_file_pread(zip->file, data, len, end->central_off, err);

    if (ok)
        ok = read_members(
            zip, arena,
            (struct wf_bytes){ .data = data, .len = len, .file_off = end->central_off },
            num, limits, err);
    wf_arena_clear(&scratch);
    return ok;
}

struct place {
    uint64_t off;
    uint32_t idx;
};

static int
compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;

    if (left->off != right->off)
        return left->off < right->off ? -1 : 1;
    return (left->idx > right->idx) - (left->idx < right->idx);
}

static void
index_places(struct wf_zip *zip)
{
    struct wf_arena scratch = { 0 };
    struct place *places = wf_arena_array(&scratch, zip->num_members, sizeof *places);
    bool is_sorted = true;

    for (size_t i = 0; i < zip->num_members; i++) {
        places[i] = (struct place){ zip->members[i].local_off, (uint32_t)i };
        is_sorted = is_sorted && (i == 0 || places[i - 1].off < places[i].off);
    }
    if (!is_sorted)
        qsort(places, zip->num_members, sizeof *places, compare_places);
    for (size_t i = 0; i < zip->num_members; i++)
        zip->by_off[i] = places[i].idx;
    wf_arena_clear(&scratch);
}

/* What the directory alone shows about the order of members in the file; zip_local.c
 * proves that they touch. */
static bool
check_places(const struct wf_zip *zip, struct wf_error *err)
{
    uint64_t end = 0;

    for (size_t i = 0; i < zip->num_members; i++) {
        const struct wf_zip_member *member = &zip->members[zip->by_off[i]];

        if (i == 0 && member->local_off != 0) {
            wf_error_at(err, WF_ERR_MALFORMED, 0,
                        "%llu bytes stand in front of the first member",
                        (unsigned long long)member->local_off);
            return wf_error_prefix(err, "%s", member->name);
        }
        if (member->local_off < end) {
            wf_error_at(err, WF_ERR_MALFORMED, member->local_off,
                        "overlaps %s, which ends at 0x%llx or later",
                        zip->members[zip->by_off[i - 1]].name, (unsigned long long)end);
            return wf_error_prefix(err, "%s", member->name);
        }
        end = member->local_off + WF_ZIP_LOCAL_LEN + member->name_len + member->comp_size;
    }
    if (zip->num_members == 0 && zip->central_off != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, 0,
                           "%llu bytes stand in front of an empty archive",
                           (unsigned long long)zip->central_off);
    return true;
}

static bool
open_zip(struct wf_zip *zip, struct wf_arena *arena, struct wf_arena *scratch,
         const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_zip_end end = { 0 };

    if (!wf_zip_read_end(&end, scratch, zip->file, err))
        return false;
    zip->central_off = end.central_off;
    zip->central_len = end.central_len;
    zip->end_off = end.end_off;
    zip->is_zip64 = end.is_zip64;
    zip->comment = wf_bytes_of(wf_arena_str(arena, end.comment), end.comment.len);
    if (!read_central(zip, arena, &end, limits, err))
        return false;
    index_places(zip);
    return check_places(zip, err) && wf_zip_index_names(zip, err);
}

bool
wf_zip_open(struct wf_zip *out, struct wf_arena *arena, const struct wf_file *file,
            const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    struct wf_zip zip = { .file = file };
    const bool ok = open_zip(&zip, arena, &scratch, limits, err);

    if (ok)
        *out = zip;
    wf_arena_clear(&scratch);
    return ok;
}

struct wf_zip_member *
wf_zip_find(const struct wf_zip *zip, const char *name)
{
    size_t low = 0;
    size_t high = zip->num_members;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        struct wf_zip_member *member = &zip->members[zip->by_name[mid]];
        const int order = strcmp(member->name, name);

        if (order == 0)
            return member;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

bool
wf_zip_is_folder(const struct wf_zip_member *member)
{
    return member->name_len > 0 && member->name[member->name_len - 1] == '/';
}

uint32_t
wf_zip_mode(const struct wf_zip_member *member)
{
    return member->external_attr >> 16;
}
