/* zip_builder.c -- writing zip archives field by field. */
#include "zip_builder.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

/* Where a field stands in its record, and how many bytes it has. */
struct field {
    const char *name;
    size_t off;
    size_t len;
};

static const struct field local_fields[] = {
    { "magic", 0, 4 },     { "version", 4, 2 },    { "flags", 6, 2 },
    { "method", 8, 2 },    { "time", 10, 2 },      { "date", 12, 2 },
    { "crc", 14, 4 },      { "comp_size", 18, 4 }, { "size", 22, 4 },
    { "name_len", 26, 2 }, { "extra_len", 28, 2 }, { NULL, 30, 0 },
};

static const struct field central_fields[] = {
    { "magic", 0, 4 },        { "made_by", 4, 2 },    { "version", 6, 2 },
    { "flags", 8, 2 },        { "method", 10, 2 },    { "time", 12, 2 },
    { "date", 14, 2 },        { "crc", 16, 4 },       { "comp_size", 20, 4 },
    { "size", 24, 4 },        { "name_len", 28, 2 },  { "extra_len", 30, 2 },
    { "comment_len", 32, 2 }, { "disk", 34, 2 },      { "internal", 36, 2 },
    { "external", 38, 4 },    { "local_off", 42, 4 }, { NULL, 46, 0 },
};

static const struct field descriptor_fields[] = {
    { "crc", 0, 4 },
    { "comp_size", 4, 4 },
    { "size", 8, 4 },
    { NULL, 12, 0 },
};

static const struct field descriptor64_fields[] = {
    { "crc", 0, 4 },
    { "comp_size", 4, 8 },
    { "size", 12, 8 },
    { NULL, 20, 0 },
};

static const struct field end_fields[] = {
    { "magic", 0, 4 },        { "disk", 4, 2 },         { "central_disk", 6, 2 },
    { "num_here", 8, 2 },     { "num", 10, 2 },         { "central_len", 12, 4 },
    { "central_off", 16, 4 }, { "comment_len", 20, 2 }, { NULL, 22, 0 },
};

static const struct field end64_fields[] = {
    { "magic", 0, 4 },        { "len", 4, 8 },   { "made_by", 12, 2 },
    { "version", 14, 2 },     { "disk", 16, 4 }, { "central_disk", 20, 4 },
    { "num_here", 24, 8 },    { "num", 32, 8 },  { "central_len", 40, 8 },
    { "central_off", 48, 8 }, { NULL, 56, 0 },
};

static const struct field locator_fields[] = {
    { "magic", 0, 4 },  { "disk", 4, 4 }, { "end_off", 8, 8 },
    { "disks", 16, 4 }, { NULL, 20, 0 },
};

enum { LONGEST_RECORD = 64, DOS_DATE_1980 = 0x21 };

/* A record being filled field by field. */
struct record {
    const struct field *fields;
    uint8_t bytes[LONGEST_RECORD];
};

static bool
put(struct record *record, const char *name, uint64_t value)
{
    const struct field *field = record->fields;

    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    if (field->name == NULL)
        return false;
    for (size_t i = 0; i < field->len; i++)
        record->bytes[field->off + i] = (uint8_t)(value >> 8 * i);
    return true;
}

static void
must_put(struct record *record, const char *name, uint64_t value)
{
    const bool known = put(record, name, value);

    assert(known);
    (void)known;
}

static size_t
record_len(const struct record *record)
{
    const struct field *field = record->fields;

    while (field->name != NULL)
        field++;
    return field->off;
}

static bool
add_record(struct wf_buffer *out, struct record *record,
           const struct wf_test_overrides *overrides, struct wf_error *err)
{
    for (size_t i = 0; i < overrides->num; i++) {
        if (!put(record, overrides->items[i].field, overrides->items[i].value))
            return wf_error_set(err, WF_ERR_USAGE, "no field \"%s\" in this record",
                                overrides->items[i].field);
    }
    wf_buffer_add(out, record->bytes, record_len(record));
    return true;
}

static void
add_bytes(struct wf_buffer *out, struct wf_bytes bytes)
{
    wf_buffer_add(out, bytes.data, bytes.len);
}

void
wf_test_deflate(struct wf_buffer *out, struct wf_bytes data)
{
    z_stream stream = { 0 };
    uint8_t piece[4096];
    int status = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
                              MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);

    assert(status == Z_OK);
    /* zlib's input pointer lacks a const; it does not write there. */
    memcpy(&stream.next_in, &data.data, sizeof stream.next_in);
    stream.avail_in = (uInt)data.len;
    do {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        status = deflate(&stream, Z_FINISH);
        wf_buffer_add(out, piece, sizeof piece - stream.avail_out);
    } while (status == Z_OK);
    assert(status == Z_STREAM_END);
    deflateEnd(&stream);
}

/* What both headers of a member say. */
struct facts {
    const struct wf_test_member *member;
    uint64_t local_off;
    uint64_t comp_size;
    uint32_t crc;
    unsigned flags;
    unsigned method;
};

enum { FLAG_DESCRIPTOR = 1 << 3, FLAG_UTF8 = 1 << 11, METHOD_DEFLATE = 8 };

static void
put_common(struct record *record, const struct facts *facts)
{
    const struct wf_test_member *member = facts->member;

    must_put(record, "version", 20);
    must_put(record, "flags", facts->flags);
    must_put(record, "method", facts->method);
    must_put(record, "date", DOS_DATE_1980);
    must_put(record, "crc", facts->crc);
    must_put(record, "comp_size", facts->comp_size);
    must_put(record, "size", member->data.len);
    must_put(record, "name_len", member->name.len);
}

static bool
add_descriptor(struct wf_buffer *out, const struct facts *facts, struct wf_error *err)
{
    const enum wf_test_descriptor kind = facts->member->descriptor;
    const bool is_wide =
        kind == WF_TEST_DESCRIPTOR_MAGIC_64 || kind == WF_TEST_DESCRIPTOR_PLAIN_64;
    struct record record = { .fields =
                                 is_wide ? descriptor64_fields : descriptor_fields };

    if (kind == WF_TEST_NO_DESCRIPTOR)
        return true;
    if (kind == WF_TEST_DESCRIPTOR_MAGIC || kind == WF_TEST_DESCRIPTOR_MAGIC_64)
        wf_buffer_add(out, "PK\7\10", 4);
    must_put(&record, "crc", facts->crc);
    must_put(&record, "comp_size", facts->comp_size);
    must_put(&record, "size", facts->member->data.len);
    return add_record(out, &record, &facts->member->descriptor_fields, err);
}

static bool
add_local(struct wf_buffer *out, const struct facts *facts, struct wf_bytes stored,
          struct wf_error *err)
{
    const struct wf_test_member *member = facts->member;
    const struct wf_bytes name =
        member->local_name == NULL ? member->name : *member->local_name;
    struct record record = { .fields = local_fields };

    must_put(&record, "magic", 0x04034b50);
    put_common(&record, facts);
    must_put(&record, "name_len", name.len);
    must_put(&record, "extra_len", member->local_extra.len);
    if (member->descriptor != WF_TEST_NO_DESCRIPTOR) {
        must_put(&record, "crc", 0);
        must_put(&record, "comp_size", 0);
        must_put(&record, "size", 0);
    }
    if (!add_record(out, &record, &member->local, err))
        return false;
    add_bytes(out, name);
    add_bytes(out, member->local_extra);
    add_bytes(out, stored);
    return add_descriptor(out, facts, err);
}

static uint32_t
mode_of(const struct wf_test_member *member)
{
    const bool is_folder =
        member->name.len > 0 && member->name.data[member->name.len - 1] == '/';

    if (member->mode != 0)
        return member->mode;
    return is_folder ? 040755 : 0100644;
}

static bool
add_central(struct wf_buffer *out, const struct facts *facts, struct wf_error *err)
{
    enum { MADE_BY_UNIX = 3 << 8 | 20 };
    const struct wf_test_member *member = facts->member;
    struct record record = { .fields = central_fields };

    if (member->no_central)
        return true;
    must_put(&record, "magic", 0x02014b50);
    must_put(&record, "made_by", MADE_BY_UNIX);
    put_common(&record, facts);
    must_put(&record, "extra_len", member->central_extra.len);
    must_put(&record, "comment_len", member->comment.len);
    must_put(&record, "external", (uint64_t)mode_of(member) << 16);
    must_put(&record, "local_off", facts->local_off);
    if (!add_record(out, &record, &member->central, err))
        return false;
    add_bytes(out, member->name);
    add_bytes(out, member->central_extra);
    add_bytes(out, member->comment);
    return true;
}

/* Writes the local part of a member and its central record to `central`. */
static bool
add_member(struct wf_buffer *out, struct wf_buffer *central,
           const struct wf_test_member *member, size_t start, struct wf_error *err)
{
    struct wf_buffer deflated;
    struct wf_bytes stored = member->data;

    wf_buffer_init(&deflated, SIZE_MAX);
    if (member->raw != NULL)
        stored = *member->raw;
    else if (!member->is_stored) {
        wf_test_deflate(&deflated, member->data);
        stored = wf_buffer_bytes(&deflated);
    }
    add_bytes(out, member->before);
    const struct facts facts = {
        .member = member,
        .local_off = out->len - start,
        .comp_size = stored.len,
        .crc = (uint32_t)crc32_z(0, member->data.data, member->data.len),
        .flags = (member->descriptor == WF_TEST_NO_DESCRIPTOR ? 0U : FLAG_DESCRIPTOR) |
                 (member->flag_utf8 ? FLAG_UTF8 : 0U),
        .method = member->is_stored ? 0 : METHOD_DEFLATE,
    };
    const bool ok = (member->no_local || add_local(out, &facts, stored, err)) &&
                    add_central(central, &facts, err);

    add_bytes(out, member->after);
    wf_buffer_clear(&deflated);
    return ok;
}

static bool
add_end64(struct wf_buffer *out, const struct wf_test_zip *zip, uint64_t num,
          uint64_t central_off, uint64_t central_len, size_t start, struct wf_error *err)
{
    struct record end = { .fields = end64_fields };
    struct record locator = { .fields = locator_fields };
    const uint64_t end_off = out->len - start;

    must_put(&end, "magic", 0x06064b50);
    must_put(&end, "len", 44);
    must_put(&end, "made_by", 45);
    must_put(&end, "version", 45);
    must_put(&end, "num_here", num);
    must_put(&end, "num", num);
    must_put(&end, "central_len", central_len);
    must_put(&end, "central_off", central_off);
    must_put(&locator, "magic", 0x07064b50);
    must_put(&locator, "end_off", end_off);
    must_put(&locator, "disks", 1);
    return add_record(out, &end, &zip->end64, err) &&
           add_record(out, &locator, &zip->locator, err);
}

static uint64_t
at_most(uint64_t value, uint64_t most)
{
    return value < most ? value : most;
}

static bool
add_end(struct wf_buffer *out, const struct wf_test_zip *zip,
        const struct wf_buffer *central, size_t start, struct wf_error *err)
{
    struct record end = { .fields = end_fields };
    uint64_t num = 0;

    for (size_t i = 0; i < zip->num_members; i++)
        num += !zip->members[i].no_central;
    add_bytes(out, zip->before_central);
    const uint64_t central_off = out->len - start;

    add_bytes(out, wf_buffer_bytes(central));
    add_bytes(out, zip->before_end);
    if (zip->has_zip64 &&
        !add_end64(out, zip, num, central_off, central->len, start, err))
        return false;
    must_put(&end, "magic", 0x06054b50);
    must_put(&end, "num_here", at_most(num, UINT16_MAX));
    must_put(&end, "num", at_most(num, UINT16_MAX));
    must_put(&end, "central_len", at_most(central->len, UINT32_MAX));
    must_put(&end, "central_off", at_most(central_off, UINT32_MAX));
    must_put(&end, "comment_len", zip->comment.len);
    if (!add_record(out, &end, &zip->end, err))
        return false;
    add_bytes(out, zip->comment);
    add_bytes(out, zip->suffix);
    return true;
}

bool
wf_test_zip_build(struct wf_buffer *out, const struct wf_test_zip *zip,
                  struct wf_error *err)
{
    struct wf_buffer central;
    bool ok = true;
    size_t start = out->len;

    wf_buffer_init(&central, SIZE_MAX);
    add_bytes(out, zip->prefix);
    if (!zip->counts_prefix)
        start = out->len;
    for (size_t i = 0; ok && i < zip->num_members; i++)
        ok = add_member(out, &central, &zip->members[i], start, err);
    ok = ok && add_end(out, zip, &central, start, err) &&
         wf_buffer_ok(out, "the archive", err);
    wf_buffer_clear(&central);
    return ok;
}
