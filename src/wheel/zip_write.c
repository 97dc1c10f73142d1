/* zip_write.c -- libzip as the writer: what the archive is made of is given to it as
 * compressed bytes, and what it writes goes to our own output. */
#include "wheel/zip_write.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zip.h>

/* How much of an input archive is read at once; libzip asks for 8 KiB. */
static const size_t READ_LEN = (size_t)1 << 20;

enum member_kind { MEMBER_COPY, MEMBER_NEW, MEMBER_FOLDER };

/* A member as libzip knows it: the state of one source.  `packed` is filled in when libzip
 * first asks about it, which it does in archive order. */
struct member {
    struct wf_zip_writer *writer;
    enum member_kind kind;
    const char *name;
    size_t idx;                        /* of the supply (new) */
    const struct wf_zip *zip;          /* copy */
    const struct wf_zip_member *entry; /* copy */
    zip_uint64_t place;                /* in the archive */
    struct wf_zip_packed packed;
    uint64_t packed_len;
    bool is_known;
};

struct wf_zip_writer {
    struct wf_arena arena; /* holds this struct itself */
    struct wf_output *output;
    struct wf_zip_supply supply;
    zip_t *archive;
    zip_error_t zip_error; /* what libzip is told when one of ours fails */
    uint16_t dos_time;
    uint16_t dos_date;
    struct wf_error err;       /* the first of ours */
    const struct member *held; /* whose bytes the supply lends now */
    const struct member *open; /* whose data libzip is reading */
    uint64_t at;               /* in the data of `open` */
    uint32_t crc;              /* of what was read of it, when it is stored */
    struct wf_buffer ahead;    /* of a copy: the bytes from ahead_off on */
    uint64_t ahead_off;
};

/* The time of every member, in two-second steps from 1980 to 2107. */
static void
set_time(struct wf_zip_writer *writer, int64_t seconds)
{
    const int64_t first = 315532800; /* 1980-01-01 00:00:00 */
    const int64_t last = 4354819198; /* 2107-12-31 23:59:58 */
    const int64_t within = seconds < first ? first : seconds > last ? last : seconds;
    const time_t time = (time_t)within;
    struct tm tm;
    const struct tm *ok = gmtime_r(&time, &tm);

    assert(ok != NULL);
    writer->dos_time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
    writer->dos_date =
        (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
}

/* Ours fails: libzip hears of a read error, and the caller gets `err` as it is. */
static zip_int64_t
fail(struct wf_zip_writer *writer)
{
    zip_error_set(&writer->zip_error, ZIP_ER_READ, EIO);
    return -1;
}

static bool
has_failed(const struct wf_zip_writer *writer)
{
    return writer->err.kind != WF_ERR_NONE;
}

static void
put_u16(uint8_t *out, uint16_t value)
{
    out[0] = (uint8_t)(value & 0xff);
    out[1] = (uint8_t)(value >> 8);
}

/* libzip turns times into local ones and back, which no zone with daylight saving allows
 * for every time.  The two headers of a member each come in one piece, so the fields are
 * set here: at 10 in the local header and at 12 in the central one (APPNOTE 4.3.7, 4.3.12).
 * No name and no extra field begins like a header. */
static bool
write_header(struct wf_zip_writer *writer, const void *data, size_t len)
{
    static const char local_magic[] = "PK\003\004";
    static const char central_magic[] = "PK\001\002";
    enum { LOCAL_LEN = 30, CENTRAL_LEN = 46, LOCAL_TIME = 10, CENTRAL_TIME = 12 };
    uint8_t header[CENTRAL_LEN];
    size_t time_at = 0;

    if (len == LOCAL_LEN && memcmp(data, local_magic, 4) == 0)
        time_at = LOCAL_TIME;
    else if (len == CENTRAL_LEN && memcmp(data, central_magic, 4) == 0)
        time_at = CENTRAL_TIME;
    if (time_at == 0)
        return wf_output_write(writer->output, data, len, &writer->err);
    memcpy(header, data, len);
    put_u16(header + time_at, writer->dos_time);
    put_u16(header + time_at + 2, writer->dos_date);
    return wf_output_write(writer->output, header, len, &writer->err);
}

static zip_int64_t
write_part(struct wf_zip_writer *writer, const void *data, zip_uint64_t len)
{
    const bool ok = writer->open == NULL
                        ? write_header(writer, data, len)
                        : wf_output_write(writer->output, data, len, &writer->err);

    return ok ? (zip_int64_t)len : fail(writer);
}

static zip_int64_t
seek(struct wf_zip_writer *writer, void *data, zip_uint64_t len)
{
    const zip_source_args_seek_t *args =
        ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, len, &writer->zip_error);

    if (args == NULL)
        return -1;
    /* libzip only ever goes to places that it asked for before. */
    assert(args->whence == SEEK_SET && args->offset >= 0);
    return wf_output_seek(writer->output, (uint64_t)args->offset, &writer->err)
               ? 0
               : fail(writer);
}

/* The archive as libzip sees it: a file that is not there yet and that can be written. */
static zip_int64_t
archive_source(void *context, void *data, zip_uint64_t len, zip_source_cmd_t command)
{
    struct wf_zip_writer *writer = context;

    switch ((int)command) {
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_WRITABLE;
    case ZIP_SOURCE_STAT:
        zip_error_set(&writer->zip_error, ZIP_ER_READ, ENOENT);
        return -1;
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&writer->zip_error, data, len);
    case ZIP_SOURCE_WRITE:
        return write_part(writer, data, len);
    case ZIP_SOURCE_SEEK_WRITE:
        return seek(writer, data, len);
    case ZIP_SOURCE_TELL_WRITE:
        return (zip_int64_t)wf_output_tell(writer->output);
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_COMMIT_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_FREE:
        return 0;
    default:
        zip_error_set(&writer->zip_error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static bool
get_supply(struct member *member)
{
    struct wf_zip_writer *writer = member->writer;
    const struct wf_zip_supply *supply = &writer->supply;

    assert(writer->held == NULL); /* one at a time, in archive order */
    if (!supply->get(supply->context, member->idx, &member->packed, &writer->err))
        return false;
    writer->held = member;
    member->packed_len = member->packed.bytes.len;
    return true;
}

static void
release_supply(struct wf_zip_writer *writer)
{
    if (writer->held == NULL)
        return;
    if (writer->supply.release != NULL)
        writer->supply.release(writer->supply.context, writer->held->idx);
    writer->held = NULL;
}

/* Stored members are told to libzip as such: it would deflate them by itself. */
static bool
learn(struct member *member)
{
    if (member->is_known)
        return true;
    if (member->kind == MEMBER_NEW && !get_supply(member))
        return false;
    if (member->kind == MEMBER_COPY) {
        const struct wf_zip_member *entry = member->entry;

        member->packed = (struct wf_zip_packed){ .size = entry->size,
                                                 .crc = entry->crc,
                                                 .method = entry->method };
        member->packed_len = entry->comp_size;
    }
    member->is_known = true;
    return member->packed.method != WF_ZIP_STORED ||
           zip_set_file_compression(member->writer->archive, member->place, ZIP_CM_STORE,
                                    0) == 0;
}

static zip_int64_t
stat_member(struct member *member, void *data, zip_uint64_t len)
{
    zip_stat_t *st = data;

    assert(len >= sizeof *st);
    if (!learn(member))
        return fail(member->writer);
    zip_stat_init(st);
    st->valid = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD |
                ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_MTIME;
    st->size = member->packed.size;
    st->comp_size = member->packed_len;
    st->crc = member->packed.crc;
    st->comp_method = member->packed.method;
    st->encryption_method = ZIP_EM_NONE;
    st->mtime = 0; /* see write_header */
    return 0;
}

/* Makes the next bytes of a copy ready in `ahead`. */
static bool
read_ahead(struct wf_zip_writer *writer, const struct member *member)
{
    struct wf_buffer *ahead = &writer->ahead;
    const uint64_t left = member->packed_len - writer->at;
    const size_t len = left < READ_LEN ? (size_t)left : READ_LEN;

    if (writer->at - writer->ahead_off < ahead->len)
        return true;
    wf_buffer_reset(ahead);
    wf_buffer_reserve(ahead, READ_LEN);
    if (!wf_file_pread(member->zip->file, ahead->data, len,
                       member->entry->data_off + writer->at, &writer->err))
        return wf_error_prefix(&writer->err, "%s", member->name);
    ahead->len = len;
    writer->ahead_off = writer->at;
    return true;
}

static zip_int64_t
read_member(const struct member *member, void *out, zip_uint64_t len)
{
    struct wf_zip_writer *writer = member->writer;
    const uint64_t left = member->packed_len - writer->at;
    struct wf_bytes from = member->packed.bytes;
    size_t skip = (size_t)writer->at;

    if (left == 0)
        return 0;
    if (member->kind == MEMBER_COPY) {
        if (!read_ahead(writer, member))
            return fail(writer);
        from = wf_buffer_bytes(&writer->ahead);
        skip = (size_t)(writer->at - writer->ahead_off);
    }
    const size_t ready = from.len - skip;
    const struct wf_bytes part =
        wf_bytes_of(from.data + skip, len < ready ? (size_t)len : ready);

    memcpy(out, part.data, part.len);
    writer->at += part.len;
    if (member->packed.method == WF_ZIP_STORED)
        writer->crc = wf_crc32(writer->crc, part);
    return (zip_int64_t)part.len;
}

/* libzip computes the CRC of what is stored anew, so that damage would get a right one. */
static bool
check_stored(struct wf_zip_writer *writer, const struct member *member)
{
    if (member->packed.method != WF_ZIP_STORED || has_failed(writer) ||
        writer->at < member->packed_len || writer->crc == member->packed.crc)
        return true;
    wf_error_set(&writer->err, WF_ERR_MALFORMED,
                 "its data has the CRC 0x%08x; 0x%08x is expected", writer->crc,
                 member->packed.crc);
    return wf_error_prefix(&writer->err, "%s", member->name);
}

static void
open_member(const struct member *member)
{
    struct wf_zip_writer *writer = member->writer;

    writer->open = member;
    writer->at = 0;
    writer->crc = 0;
    writer->ahead_off = 0;
    wf_buffer_reset(&writer->ahead);
}

static zip_int64_t
close_member(const struct member *member)
{
    struct wf_zip_writer *writer = member->writer;
    const bool ok = check_stored(writer, member);

    writer->open = NULL;
    release_supply(writer);
    return ok ? 0 : fail(writer);
}

static zip_int64_t
member_source(void *context, void *data, zip_uint64_t len, zip_source_cmd_t command)
{
    struct member *member = context;
    struct wf_zip_writer *writer = member->writer;

    switch ((int)command) {
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_READABLE;
    case ZIP_SOURCE_STAT:
        return stat_member(member, data, len);
    case ZIP_SOURCE_OPEN:
        open_member(member);
        return 0;
    case ZIP_SOURCE_READ:
        return read_member(member, data, len);
    case ZIP_SOURCE_CLOSE:
        return close_member(member);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&writer->zip_error, data, len);
    case ZIP_SOURCE_FREE:
        return 0;
    default:
        zip_error_set(&writer->zip_error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

struct wf_zip_writer *
wf_zip_writer_new(struct wf_output *output, int64_t time,
                  const struct wf_zip_supply *supply)
{
    struct wf_arena arena = { 0 };
    struct wf_zip_writer *writer = wf_arena_alloc(&arena, sizeof *writer);

    writer->arena = arena;
    writer->output = output;
    writer->supply = *supply;
    set_time(writer, time);
    wf_buffer_init(&writer->ahead, READ_LEN);
    zip_error_init(&writer->zip_error);
    zip_source_t *source = zip_source_function_create(archive_source, writer, NULL);

    if (source != NULL)
        writer->archive = zip_open_from_source(source, ZIP_CREATE, NULL);
    /* There is nothing to open: only a lack of memory makes these fail. */
    if (writer->archive == NULL)
        wf_out_of_memory(sizeof *writer);
    return writer;
}

void
wf_zip_writer_free(struct wf_zip_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->archive != NULL)
        zip_discard(writer->archive);
    struct wf_arena arena = writer->arena;

    zip_error_fini(&writer->zip_error);
    wf_buffer_clear(&writer->ahead);
    wf_arena_clear(&arena);
}

static bool
library_failed(struct wf_zip_writer *writer, const char *name, struct wf_error *err)
{
    wf_error_set(err, WF_ERR_IO, "the archive cannot be written: %s",
                 zip_error_strerror(zip_get_error(writer->archive)));
    return name == NULL ? false : wf_error_prefix(err, "%s", name);
}

static bool
is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((*text & 0x80) != 0)
            return false;
    }
    return true;
}

/* Adds `template` as the archive's next member. */
static bool
add(struct wf_zip_writer *writer, const char *name, uint32_t mode,
    const struct member *template, struct wf_error *err)
{
    const uint32_t dos_folder = template->kind == MEMBER_FOLDER ? 0x10 : 0;
    struct member *member = wf_arena_alloc(&writer->arena, sizeof *member);

    *member = *template;
    member->writer = writer;
    member->name = wf_arena_strdup(&writer->arena, name);
    zip_source_t *source = zip_source_function_create(member_source, member, NULL);

    if (source == NULL)
        wf_out_of_memory(sizeof *member);
    const zip_int64_t place = zip_file_add(writer->archive, name, source,
                                           is_ascii(name) ? 0 : ZIP_FL_ENC_UTF_8);

    if (place < 0) {
        zip_source_free(source);
        return library_failed(writer, name, err);
    }
    member->place = (zip_uint64_t)place;
    if (zip_file_set_external_attributes(writer->archive, member->place, 0,
                                         ZIP_OPSYS_UNIX, mode << 16 | dos_folder) != 0)
        return library_failed(writer, name, err);
    return true;
}

bool
wf_zip_writer_copy(struct wf_zip_writer *writer, const char *name, uint32_t mode,
                   const struct wf_zip *zip, const struct wf_zip_member *member,
                   struct wf_error *err)
{
    const struct member copy = { .kind = MEMBER_COPY, .zip = zip, .entry = member };

    assert(member->end_off != 0); /* wf_zip_check_local was there */
    return add(writer, name, mode, &copy, err);
}

bool
wf_zip_writer_add(struct wf_zip_writer *writer, const char *name, uint32_t mode,
                  size_t idx, struct wf_error *err)
{
    const struct member new = { .kind = MEMBER_NEW, .idx = idx };

    return add(writer, name, mode, &new, err);
}

bool
wf_zip_writer_folder(struct wf_zip_writer *writer, const char *name, uint32_t mode,
                     struct wf_error *err)
{
    const struct member folder = { .kind = MEMBER_FOLDER };

    return add(writer, name, mode, &folder, err);
}

/* libzip writes no archive without members, and no wheel is one. */
bool
wf_zip_writer_finish(struct wf_zip_writer *writer, struct wf_error *err)
{
    assert(zip_get_num_entries(writer->archive, 0) > 0);
    const bool ok = zip_close(writer->archive) == 0;

    release_supply(writer); /* when libzip gave up before it read what it asked about */
    if (ok)
        writer->archive = NULL;
    if (!has_failed(writer))
        return ok || library_failed(writer, NULL, err);
    if (err != NULL)
        *err = writer->err;
    return false;
}
