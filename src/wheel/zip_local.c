/* zip_local.c -- local headers, data descriptors and the data itself (APPNOTE.TXT 6.3.9,
 * sections 4.3.7 to 4.3.9). */
#include <string.h>

#include "base/checked.h"
#include "wheel/zip_header.h"

enum {
    WINDOW = 512,          /* read behind the header: enough data for a peek */
    PEEK_MOST = 64 * 1024, /* compressed bytes in which 64 inflated ones must appear */
    HEADER_MOST = WF_ZIP_LOCAL_LEN + 2 * UINT16_MAX,
    HEAD_LEN = sizeof((struct wf_zip_member *)0)->head,
};

/* One member being checked: `slot_end` is where the next one (or the directory) starts. */
struct slot {
    const struct wf_file *file;
    struct wf_zip_member *member;
    uint64_t slot_end;
    struct wf_buffer *scratch;
    struct wf_inflater *inflater;
};

static bool
fill(struct wf_bytes *out, const struct slot *slot, uint64_t off, uint64_t len,
     struct wf_error *err)
{
    if (!wf_buffer_reserve(slot->scratch, (size_t)len))
        return wf_buffer_ok(slot->scratch, "local header", err);
    if (!wf_file_pread(slot->file, slot->scratch->data, (size_t)len, off, err))
        return false;
    *out = (struct wf_bytes){ .data = slot->scratch->data,
                              .len = (size_t)len,
                              .file_off = off };
    return true;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool
differs(const struct slot *slot, const char *what, uint64_t local, uint64_t central,
        struct wf_error *err)
{
    return wf_error_at(err, WF_ERR_MALFORMED, slot->member->local_off,
                       "local header has %s 0x%llx; the directory at 0x%llx has 0x%llx",
                       what, (unsigned long long)local,
                       (unsigned long long)slot->member->central_off,
                       (unsigned long long)central);
}

/* With a descriptor the header may leave its sizes and CRC open (zero); what it does say
 * must be true. */
static bool
check_same(const struct slot *slot, const struct wf_zip_header *h, struct wf_error *err)
{
    struct wf_zip_member *member = slot->member;
    const struct {
        const char *what;
        uint64_t local;
        uint64_t central;
        bool may_be_open;
    } fields[] = {
        { "flags", h->flags, member->flags, false },
        { "method", h->method, member->method, false },
        { "CRC", h->crc, member->crc, true },
        { "compressed size", h->comp_size, member->comp_size, true },
        { "size", h->size, member->size, true },
    };
    const bool is_open = (member->flags & WF_ZIP_FLAG_DESCRIPTOR) != 0;

    if (!wf_bytes_equal(h->name, wf_bytes_of(member->name, member->name_len)))
        return wf_error_at(err, WF_ERR_MALFORMED, h->name.file_off,
                           "local header has another name: \"%.*s\"",
                           (int)least(h->name.len, WINDOW), (const char *)h->name.data);
    for (size_t i = 0; i < WF_COUNT(fields); i++) {
        if (fields[i].local == fields[i].central ||
            (is_open && fields[i].may_be_open && fields[i].local == 0))
            continue;
        return differs(slot, fields[i].what, fields[i].local, fields[i].central, err);
    }
    member->notes |= h->notes;
    if (h->version_needed != member->version_needed || h->dos_time != member->dos_time ||
        h->dos_date != member->dos_date)
        member->notes |= WF_ZIP_NOTE_LOCAL;
    return true;
}

/* Descriptors come with and without a magic, and with sizes of four or eight bytes; the
 * room up to the next header tells which. */
static bool
check_descriptor(const struct slot *slot, uint64_t data_end, struct wf_error *err)
{
    const struct wf_zip_member *member = slot->member;
    const uint64_t len = slot->slot_end - data_end;
    struct wf_bytes src = { 0 };

    if (len != 12 && len != 16 && len != 20 && len != 24)
        return wf_error_at(err, WF_ERR_MALFORMED, data_end,
                           "a data descriptor of 12, 16, 20 or 24 bytes belongs here; "
                           "%llu stand before the next header",
                           (unsigned long long)len);
    if (!fill(&src, slot, data_end, len, err))
        return false;
    struct wf_reader r = wf_reader_over(src, WF_LITTLE);
    const bool has_magic = len == 16 || len == 24;
    const uint32_t magic = has_magic ? wf_read_u32(&r) : WF_ZIP_DESCRIPTOR_MAGIC;
    const uint32_t crc = wf_read_u32(&r);
    const uint64_t comp_size = len >= 20 ? wf_read_u64(&r) : wf_read_u32(&r);
    const uint64_t size = len >= 20 ? wf_read_u64(&r) : wf_read_u32(&r);

    if (!wf_reader_ok(&r, "data descriptor", err))
        return false;
    if (magic == WF_ZIP_DESCRIPTOR_MAGIC && crc == member->crc &&
        comp_size == member->comp_size && size == member->size)
        return true;
    return wf_error_at(
        err, WF_ERR_MALFORMED, data_end,
        "data descriptor says CRC 0x%08x, %llu bytes from %llu; the directory "
        "says 0x%08x, %llu from %llu",
        crc, (unsigned long long)size, (unsigned long long)comp_size, member->crc,
        (unsigned long long)member->size, (unsigned long long)member->comp_size);
}

static bool
check_end(const struct slot *slot, uint64_t data_end, struct wf_error *err)
{
    if ((slot->member->flags & WF_ZIP_FLAG_DESCRIPTOR) != 0)
        return check_descriptor(slot, data_end, err);
    if (data_end != slot->slot_end)
        return wf_error_at(err, WF_ERR_MALFORMED, data_end,
                           "%llu bytes behind its data belong to no member",
                           (unsigned long long)(slot->slot_end - data_end));
    return true;
}

/* Asks for one byte more than a small member claims, so that a longer one shows. */
static size_t
peek(const struct slot *slot, struct wf_bytes data, uint8_t head[HEAD_LEN])
{
    struct wf_zip_member *member = slot->member;
    const size_t want = (size_t)least(member->size + 1, HEAD_LEN);

    if (member->method == WF_ZIP_DEFLATED)
        return wf_inflate_peek(slot->inflater, data, head, want);
    const size_t len = (size_t)least(data.len, want);

    memcpy(head, data.data, len);
    return len;
}

/* Fills head.  A compressor cannot need 64 KiB to say 64 bytes; data that does (empty
 * blocks in front, say) hides what the member is. */
static bool
read_head(const struct slot *slot, struct wf_bytes data, struct wf_error *err)
{
    struct wf_zip_member *member = slot->member;
    const size_t claimed = (size_t)least(member->size, HEAD_LEN);
    size_t len = peek(slot, data, member->head);

    if (len < claimed && data.len < member->comp_size) {
        const uint64_t more = least(member->comp_size, PEEK_MOST);

        if (!fill(&data, slot, member->data_off, more, err))
            return false;
        len = peek(slot, data, member->head);
    }
    if (len == claimed) {
        member->head_len = (uint8_t)len;
        return true;
    }
    memset(member->head, 0, sizeof member->head);
    return wf_error_at(
        err, WF_ERR_MALFORMED, member->data_off,
        "data is damaged: its first %zu bytes inflate to %zu%s; the member "
        "claims %llu",
        data.len, len, len > claimed ? " or more" : "", (unsigned long long)member->size);
}

static bool
read_header(const struct slot *slot, struct wf_zip_header *h, struct wf_bytes *data,
            struct wf_error *err)
{
    const struct wf_zip_member *member = slot->member;
    const uint64_t room = slot->slot_end - member->local_off;
    struct wf_bytes window = { 0 };
    size_t need = 0;

    if (!fill(&window, slot, member->local_off,
              least(room, (uint64_t)WF_ZIP_LOCAL_LEN + member->name_len + WINDOW), err) ||
        !wf_zip_read_local(h, window, &need, err))
        return false;
    if (need > window.len) {
        if (need > room)
            return wf_error_at(
                err, WF_ERR_MALFORMED, member->local_off,
                "local header claims %zu bytes; the next one starts behind "
                "%llu",
                need, (unsigned long long)room);
        if (!fill(&window, slot, member->local_off, least(room, need + WINDOW), err) ||
            !wf_zip_read_local(h, window, &need, err))
            return false;
    }
    /* The file may have changed between the two reads. */
    if (need > window.len)
        return wf_error_at(err, WF_ERR_IO, member->local_off,
                           "local header changed while it was read");
    *data = wf_bytes_skip(window, need);
    return true;
}

static bool
check_slot(const struct slot *slot, struct wf_error *err)
{
    struct wf_zip_member *member = slot->member;
    struct wf_zip_header h = { 0 };
    struct wf_bytes data = { 0 };

    if (!read_header(slot, &h, &data, err) || !check_same(slot, &h, err))
        return false;
    const uint64_t room = slot->slot_end - data.file_off;

    if (member->comp_size > room)
        return wf_error_at(err, WF_ERR_MALFORMED, data.file_off,
                           "data of %llu bytes does not fit before the next header, %llu "
                           "bytes on",
                           (unsigned long long)member->comp_size,
                           (unsigned long long)room);
    member->data_off = data.file_off;
    member->end_off = slot->slot_end;
    data = wf_bytes_first(data, (size_t)least(data.len, member->comp_size));
    if (!wf_zip_is_folder(member) && !read_head(slot, data, err))
        return false;
    return check_end(slot, member->data_off + member->comp_size, err);
}

bool
wf_zip_check_local(struct wf_zip *zip, size_t first, size_t num,
                   struct wf_inflater *inflater, struct wf_error *err)
{
    struct wf_buffer scratch = { 0 };
    bool ok = true;

    wf_buffer_init(&scratch, HEADER_MOST + WINDOW + PEEK_MOST);
    for (size_t i = first; ok && i < first + num; i++) {
        const bool is_last = i + 1 == zip->num_members;
        const struct slot slot = {
            .file = zip->file,
            .member = &zip->members[zip->by_off[i]],
            .slot_end =
                is_last ? zip->central_off : zip->members[zip->by_off[i + 1]].local_off,
            .scratch = &scratch,
            .inflater = inflater,
        };

        ok = check_slot(&slot, err);
        if (!ok)
            wf_error_prefix(err, "%s", slot.member->name);
    }
    wf_buffer_clear(&scratch);
    return ok;
}

static bool
read_data(struct wf_buffer *out, struct wf_buffer *in, const struct wf_zip *zip,
          const struct wf_zip_member *member, struct wf_inflater *inflater,
          struct wf_error *err)
{
    struct wf_buffer *target = member->method == WF_ZIP_STORED ? out : in;
    size_t comp_size = 0;
    size_t size = 0;

    wf_buffer_reset(out);
    wf_buffer_reset(in);
    if (!wf_u64_to_size(&comp_size, member->comp_size) ||
        !wf_u64_to_size(&size, member->size) || !wf_buffer_reserve(out, size) ||
        !wf_buffer_reserve(target, comp_size))
        return wf_error_at(err, WF_ERR_LIMIT, member->data_off,
                           "%llu bytes are more than is kept in memory",
                           (unsigned long long)member->size);
    if (comp_size > 0 &&
        !wf_file_pread(zip->file, target->data, comp_size, member->data_off, err))
        return false;
    target->len = comp_size;
    if (target == in && comp_size > 0) {
        struct wf_bytes data = wf_buffer_bytes(in);

        data.file_off = member->data_off;
        if (!wf_inflate(inflater, data, out->data, size, err))
            return false;
        out->len = size;
    }
    return true;
}

bool
wf_zip_read(struct wf_buffer *out, struct wf_buffer *in, const struct wf_zip *zip,
            const struct wf_zip_member *member, struct wf_inflater *inflater,
            struct wf_error *err)
{
    if (!read_data(out, in, zip, member, inflater, err))
        return wf_error_prefix(err, "%s", member->name);
    const uint32_t crc = wf_crc32(0, wf_buffer_bytes(out));

    if (crc == member->crc)
        return true;
    wf_error_at(err, WF_ERR_MALFORMED, member->data_off,
                "data has the CRC 0x%08x; the directory says 0x%08x", crc, member->crc);
    return wf_error_prefix(err, "%s", member->name);
}
