/* zip_header.c -- decoding local and central headers and their extra fields
 * (APPNOTE.TXT 6.3.9, sections 4.3.7, 4.3.12, 4.4 and 4.5). */
#include "wheel/zip_header.h"

enum {
    EXTRA_ZIP64 = 0x0001,
    EXTRA_NTFS = 0x000a,
    EXTRA_STRONG = 0x0017,
    EXTRA_TIMES = 0x5455,
    EXTRA_UNIX_OLD = 0x5855,
    EXTRA_UNICODE_PATH = 0x7075,
    EXTRA_UNIX_IDS = 0x7855,
    EXTRA_UNIX_IDS_NEW = 0x7875,
    EXTRA_AES = 0x9901,
};

/* What zip64 is used for: past this, Python's zipfile writes it although 32 bits would
 * still do, so smaller values alone make its use remarkable. */
enum { ZIP64_USUAL = 0x7fffffff };

/* The sizes and places of a header that zip64 can widen, in the order in which its extra
 * field lists them. */
struct wide_fields {
    uint64_t *value[3];
    uint32_t *disk; /* NULL in a local header */
    size_t num;     /* of `value`: 2 in a local header */
};

static bool
is_wide(const struct wide_fields *f, size_t i)
{
    return *f->value[i] == UINT32_MAX;
}

/* A field that lists more than the header asks for (as Python's force_zip64 does) is read
 * when it lists all fields in order and repeats what the header says itself: only then do
 * readers that take the first values and readers that take all agree. */
static bool
check_unasked_zip64(const struct wide_fields *f, struct wf_bytes data, bool zero_is_open,
                    struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(data, WF_LITTLE);

    for (size_t i = 0; i < f->num && r.rest.len >= 8; i++) {
        const uint64_t off = r.rest.file_off;
        const uint64_t value = wf_read_u64(&r);

        if (value != *f->value[i] && !(zero_is_open && value == 0))
            return wf_error_at(err, WF_ERR_MALFORMED, off,
                               "zip64 field %zu says %llu; the header says %llu", i,
                               (unsigned long long)value,
                               (unsigned long long)*f->value[i]);
    }
    const bool ends = r.rest.len == 0 ||
                      (r.rest.len == 4 && f->disk != NULL && wf_read_u32(&r) == *f->disk);

    if (ends)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, data.file_off,
                       "zip64 extra field has %zu bytes; its header explains none or "
                       "not all of them",
                       data.len);
}

static bool
read_zip64(struct wf_zip_header *h, const struct wide_fields *f, struct wf_bytes data,
           struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(data, WF_LITTLE);
    uint64_t asked[3] = { 0 };
    bool is_needed = false;

    for (size_t i = 0; i < f->num; i++)
        asked[i] = is_wide(f, i) ? wf_read_u64(&r) : *f->value[i];
    uint32_t disk = 0;

    if (f->disk != NULL)
        disk = *f->disk == UINT16_MAX ? wf_read_u32(&r) : *f->disk;
    if (!wf_reader_ok(&r, "zip64 extra field", err))
        return false;
    for (size_t i = 0; i < f->num; i++) {
        *f->value[i] = asked[i];
        is_needed = is_needed || asked[i] > ZIP64_USUAL;
    }
    if (f->disk != NULL)
        *f->disk = disk;
    if (!is_needed)
        h->notes |= WF_ZIP_NOTE_ZIP64;
    const bool zero_is_open = f->disk == NULL && (h->flags & WF_ZIP_FLAG_DESCRIPTOR) != 0;

    return r.rest.len == 0 || check_unasked_zip64(f, data, zero_is_open, err);
}

/* Info-ZIP's Unicode path: some readers take it instead of the name (libzip, CPython from
 * 3.12.1 on), others do not, so it may only repeat the name. */
static bool
check_unicode_path(const struct wf_zip_header *h, struct wf_bytes data,
                   struct wf_error *err)
{
    enum { VERSION_AND_CRC = 5 };

    if (data.len < VERSION_AND_CRC || data.data[0] != 1 ||
        !wf_bytes_equal(wf_bytes_skip(data, VERSION_AND_CRC), h->name))
        return wf_error_at(err, WF_ERR_MALFORMED, data.file_off,
                           "Unicode path extra field gives another name than the header");
    return true;
}

static bool
read_extra_field(struct wf_zip_header *h, const struct wide_fields *f, unsigned id,
                 struct wf_bytes data, struct wf_error *err)
{
    switch (id) {
    case EXTRA_ZIP64:
        return read_zip64(h, f, data, err);
    case EXTRA_UNICODE_PATH:
        return check_unicode_path(h, data, err);
    case EXTRA_STRONG:
    case EXTRA_AES:
        return wf_error_at(err, WF_ERR_UNSUPPORTED, data.file_off,
                           "extra field 0x%04x says that the member is encrypted", id);
    case EXTRA_NTFS:
    case EXTRA_TIMES:
    case EXTRA_UNIX_OLD:
    case EXTRA_UNIX_IDS:
    case EXTRA_UNIX_IDS_NEW:
        return true;
    default:
        h->notes |= WF_ZIP_NOTE_EXTRA;
        return true;
    }
}

/* Every extra field is walked, each at most once where a second could say something
 * else; a sentinel that no zip64 field explains is left as it is and fails later, when it
 * does not fit the file. */
static bool
read_extra(struct wf_zip_header *h, const struct wide_fields *f, struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(h->extra, WF_LITTLE);
    bool has_zip64 = false;
    bool has_path = false;

    while (r.rest.len > 0) {
        const uint64_t off = r.rest.file_off;
        const unsigned id = wf_read_u16(&r);
        const struct wf_bytes data = wf_read_bytes(&r, wf_read_u16(&r));

        if (!wf_reader_ok(&r, "extra field", err))
            return false;
        if ((id == EXTRA_ZIP64 && has_zip64) || (id == EXTRA_UNICODE_PATH && has_path))
            return wf_error_at(err, WF_ERR_MALFORMED, off,
                               "extra field 0x%04x stands twice in one header", id);
        has_zip64 = has_zip64 || id == EXTRA_ZIP64;
        has_path = has_path || id == EXTRA_UNICODE_PATH;
        if (!read_extra_field(h, f, id, data, err))
            return false;
    }
    return true;
}

struct lengths {
    uint16_t name;
    uint16_t extra;
};

/* The run of fields that both kinds of header have. */
static struct lengths
read_common(struct wf_zip_header *h, struct wf_reader *r)
{
    struct lengths lens = { 0 };

    h->version_needed = wf_read_u16(r);
    h->flags = wf_read_u16(r);
    h->method = wf_read_u16(r);
    h->dos_time = wf_read_u16(r);
    h->dos_date = wf_read_u16(r);
    h->crc = wf_read_u32(r);
    h->comp_size = wf_read_u32(r);
    h->size = wf_read_u32(r);
    lens.name = wf_read_u16(r);
    lens.extra = wf_read_u16(r);
    return lens;
}

bool
wf_zip_read_central(struct wf_zip_header *out, struct wf_bytes *rest,
                    struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(*rest, WF_LITTLE);
    struct wf_zip_header h = { 0 };
    const uint32_t magic = wf_read_u32(&r);

    h.made_by = wf_read_u16(&r);
    const struct lengths lens = read_common(&h, &r);

    h.comment_len = wf_read_u16(&r);
    h.disk = wf_read_u16(&r);
    wf_read_skip(&r, 2); /* internal attributes: whether a tool thought it was text */
    h.external_attr = wf_read_u32(&r);
    h.local_off = wf_read_u32(&r);
    h.name = wf_read_bytes(&r, lens.name);
    h.extra = wf_read_bytes(&r, lens.extra);
    wf_read_skip(&r, h.comment_len);
    if (!wf_reader_ok(&r, "central directory record", err))
        return false;
    if (magic != WF_ZIP_CENTRAL_MAGIC)
        return wf_error_at(err, WF_ERR_MALFORMED, rest->file_off,
                           "no central directory record: 0x%08x stands there, not 0x%08x",
                           magic, WF_ZIP_CENTRAL_MAGIC);
    const struct wide_fields wide = {
        .value = { &h.size, &h.comp_size, &h.local_off },
        .disk = &h.disk,
        .num = 3,
    };

    if (!read_extra(&h, &wide, err))
        return false;
    if (h.comment_len > 0)
        h.notes |= WF_ZIP_NOTE_COMMENT;
    *out = h;
    *rest = r.rest;
    return true;
}

bool
wf_zip_read_local(struct wf_zip_header *out, struct wf_bytes src, size_t *need,
                  struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(src, WF_LITTLE);
    struct wf_zip_header h = { 0 };
    const uint32_t magic = wf_read_u32(&r);

    const struct lengths lens = read_common(&h, &r);

    if (!wf_reader_ok(&r, "local header", err))
        return false;
    if (magic != WF_ZIP_LOCAL_MAGIC)
        return wf_error_at(err, WF_ERR_MALFORMED, src.file_off,
                           "no local header: 0x%08x stands there, not 0x%08x", magic,
                           WF_ZIP_LOCAL_MAGIC);
    *need = (size_t)WF_ZIP_LOCAL_LEN + lens.name + lens.extra;
    if (*need > src.len) {
        *out = h;
        return true;
    }
    h.name = wf_read_bytes(&r, lens.name);
    h.extra = wf_read_bytes(&r, lens.extra);
    const struct wide_fields wide = {
        .value = { &h.size, &h.comp_size },
        .num = 2,
    };

    if (!read_extra(&h, &wide, err))
        return false;
    *out = h;
    return true;
}
