/* sdist_archive.c -- .tar.gz (see sdist_archive.h): gzip both ways and reading tar are
 * libarchive's, headers are ours (pack/sdist_tar.c). */
#include "pack/sdist_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/file.h"
#include "base/output.h"
#include "base/scratch.h"
#include "pack/sdist_tar.h"
#include "wheel/member_path.h"

enum { PIECE = 1 << 16, MOST_HEADER = 1 << 16 };

/* libarchive keeps one text for its errors; ours, from the output, says more. */
struct writing {
    const struct wf_sdist_archive *archive;
    struct archive *gzip;
    struct wf_output *output;
    struct wf_error *err;
    bool output_failed;
    unsigned num_pax;
    struct wf_buffer head; /* of one member */
    uint8_t *piece;
};

static la_ssize_t
write_output(struct archive *gzip, void *context, const void *data, size_t len)
{
    struct writing *w = context;

    (void)gzip;
    if (wf_output_write(w->output, data, len, w->err))
        return (la_ssize_t)len;
    w->output_failed = true;
    return -1;
}

static bool
gzip_failed(struct writing *w)
{
    const char *text = archive_error_string(w->gzip);

    return !w->output_failed &&
           wf_error_set(w->err, WF_ERR_IO, "cannot be compressed: %s",
                        text == NULL ? "libarchive gives no reason" : text);
}

static bool
put(struct writing *w, const void *data, size_t len)
{
    return len == 0 || archive_write_data(w->gzip, data, len) == (la_ssize_t)len ||
           gzip_failed(w);
}

/* The filter wants an archive around it; "raw" is the one that adds nothing. */
static bool
open_gzip(struct writing *w)
{
    struct archive_entry *entry = archive_entry_new();
    bool ok = false;

    archive_entry_set_filetype(entry, AE_IFREG);
    ok = archive_write_set_format_raw(w->gzip) == ARCHIVE_OK &&
         archive_write_add_filter_gzip(w->gzip) == ARCHIVE_OK &&
         archive_write_set_filter_option(w->gzip, "gzip", "compression-level", "6") ==
             ARCHIVE_OK &&
         archive_write_set_filter_option(w->gzip, "gzip", "timestamp", NULL) ==
             ARCHIVE_OK &&
         archive_write_set_bytes_in_last_block(w->gzip, 1) == ARCHIVE_OK &&
         archive_write_open(w->gzip, w, NULL, write_output, NULL) == ARCHIVE_OK &&
         archive_write_header(w->gzip, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return ok || gzip_failed(w);
}

static bool
put_header(struct writing *w, const struct wf_content_member *member, uint64_t size)
{
    struct wf_arena scratch = { 0 };
    const char *path = wf_arena_printf(&scratch, "%s/%s", w->archive->top, member->name);

    wf_buffer_reset(&w->head);
    const bool ok =
        wf_tar_header(&w->head, path, size, w->archive->time, &w->num_pax, w->err) &&
        wf_buffer_ok(&w->head, "its header", w->err) && put(w, w->head.data, w->head.len);

    wf_arena_clear(&scratch);
    return ok;
}

static bool
put_padding(struct writing *w, uint64_t size)
{
    static const uint8_t zeros[WF_TAR_BLOCK];

    return put(w, zeros, wf_tar_padding(size));
}

/* As many bytes as the header says; a file that shrinks meanwhile is an error of reading. */
static bool
put_file(struct writing *w, const struct wf_content_member *member)
{
    struct wf_file file = { 0 };

    if (!wf_file_open(&file, member->source, w->err))
        return false;
    bool ok = put_header(w, member, file.size);

    for (uint64_t off = 0; ok && off < file.size;) {
        const uint64_t rest = file.size - off;
        const size_t len = rest < PIECE ? (size_t)rest : PIECE;

        ok = wf_file_pread(&file, w->piece, len, off, w->err) && put(w, w->piece, len);
        off += len;
    }
    ok = ok && put_padding(w, file.size);
    wf_file_close(&file);
    return ok;
}

static bool
put_member(struct writing *w, const struct wf_content_member *member)
{
    if (member->source != NULL)
        return put_file(w, member) ||
               (!w->output_failed && wf_error_prefix(w->err, "%s", member->source));
    return (put_header(w, member, member->bytes.len) &&
            put(w, member->bytes.data, member->bytes.len) &&
            put_padding(w, member->bytes.len)) ||
           (!w->output_failed && wf_error_prefix(w->err, "%s", member->name));
}

static bool
put_all(struct writing *w)
{
    if (!open_gzip(w))
        return false;
    for (size_t i = 0; i < w->archive->num; i++) {
        if (!put_member(w, &w->archive->members[i]))
            return false;
    }
    wf_buffer_reset(&w->head);
    wf_tar_end(&w->head);
    return put(w, w->head.data, w->head.len) &&
           (archive_write_close(w->gzip) == ARCHIVE_OK || gzip_failed(w));
}

bool
wf_sdist_archive_write(const char **out, struct wf_arena *arena,
                       const struct wf_sdist_archive *archive, struct wf_error *err)
{
    const char *name = wf_arena_printf(arena, "%s.tar.gz", archive->top);
    const char *path = wf_arena_printf(arena, "%s/%s", archive->folder, name);
    struct writing w = { .archive = archive, .err = err };

    if (!wf_output_open(&w.output, archive->folder, err))
        return wf_error_prefix(err, "%s", path);
    w.gzip = archive_write_new();
    w.piece = wf_arena_alloc(arena, PIECE);
    wf_buffer_init(&w.head, MOST_HEADER);
    bool ok = put_all(&w);

    /* Freeing an archive that is not closed closes it, and so writes: before the output ends. */
    archive_write_free(w.gzip);
    wf_buffer_clear(&w.head);
    if (!ok)
        wf_output_discard(w.output);
    else
        ok = wf_output_commit(w.output, name, 0666, err) &&
             wf_output_sync_folder(archive->folder, err);
    if (!ok)
        return wf_error_prefix(err, "%s", path);
    *out = path;
    return true;
}

/* Unpacking. */
struct unpacking {
    struct wf_arena *arena;
    const char *folder;
    const struct wf_limits *limits;
    struct wf_error *err;
    const char *top; /* with its slash; NULL: nothing yet */
    uint64_t num, total;
    struct wf_buffer bytes;
};

static bool
check_name(struct unpacking *u, const char *name)
{
    const char *slash = strchr(name, '/');
    struct wf_error why = { 0 };

    if (!wf_member_path_check(wf_bytes_str(name), &why))
        return wf_error_set(u->err, WF_ERR_REFUSED, "%s", why.text);
    if (slash == NULL || slash[1] == '\0')
        return wf_error_set(
            u->err, WF_ERR_REFUSED,
            "%s stands beside the one folder that an sdist has at its top", name);
    if (u->top == NULL)
        u->top = wf_arena_str(u->arena, wf_bytes_of(name, (size_t)(slash - name) + 1));
    return strncmp(name, u->top, strlen(u->top)) == 0 ||
           wf_error_set(u->err, WF_ERR_REFUSED,
                        "%s is not below %s: an sdist has one folder at its top", name,
                        u->top);
}

static bool
check_limits(struct unpacking *u, const char *name, int64_t size)
{
    const struct wf_limits *limits = u->limits;

    if (++u->num > limits->members)
        return wf_error_set(u->err, WF_ERR_LIMIT, "there are more than %llu members",
                            (unsigned long long)limits->members);
    if (size < 0 || (uint64_t)size > limits->member_bytes ||
        (uint64_t)size > limits->total_bytes - u->total)
        return wf_error_set(u->err, WF_ERR_LIMIT,
                            "%s has %lld bytes, more than the limits allow", name,
                            (long long)size);
    u->total += (uint64_t)size;
    return true;
}

static bool
read_failed(struct archive *tar, struct wf_error *err)
{
    const char *text = archive_error_string(tar);

    return wf_error_set(err, WF_ERR_MALFORMED, "is no sound .tar.gz: %s",
                        text == NULL ? "libarchive gives no reason" : text);
}

static bool
unpack_entry(struct unpacking *u, struct archive *tar, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry) != NULL)
        return wf_error_set(u->err, WF_ERR_REFUSED,
                            "%s is no regular file; an sdist of ours holds nothing else",
                            name == NULL ? "a member without a name" : name);
    const int64_t size = archive_entry_size(entry);

    if (!check_name(u, name) || !check_limits(u, name, size))
        return false;
    wf_buffer_reset(&u->bytes);
    if (!wf_buffer_reserve(&u->bytes, (size_t)size))
        return wf_buffer_ok(&u->bytes, name, u->err);
    const la_ssize_t len = archive_read_data(tar, u->bytes.data, (size_t)size);

    if (len != (la_ssize_t)size)
        return read_failed(tar, u->err);
    const char *path = wf_arena_printf(u->arena, "%s/%s", u->folder, name);

    return wf_scratch_write(path, wf_bytes_of(u->bytes.data, (size_t)size), u->err) ||
           wf_error_prefix(u->err, "%s", path);
}

static bool
unpack_all(struct unpacking *u, struct archive *tar)
{
    struct archive_entry *entry = NULL;
    int status = ARCHIVE_OK;

    /* A name that is not ASCII is a warning in the locale "C"; its bytes come all the same. */
    while ((status = archive_read_next_header(tar, &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        if (!unpack_entry(u, tar, entry))
            return false;
    }
    if (status != ARCHIVE_EOF)
        return read_failed(tar, u->err);
    return u->top != NULL || wf_error_set(u->err, WF_ERR_MALFORMED, "is empty");
}

bool
wf_sdist_archive_unpack(const char **out, struct wf_arena *arena, const char *path,
                        const char *folder, const struct wf_limits *limits,
                        struct wf_error *err)
{
    struct archive *tar = archive_read_new();
    struct unpacking u = {
        .arena = arena, .folder = folder, .limits = limits, .err = err
    };

    wf_buffer_init(&u.bytes, SIZE_MAX);
    bool ok = archive_read_support_filter_gzip(tar) == ARCHIVE_OK &&
              archive_read_support_format_tar(tar) == ARCHIVE_OK &&
              archive_read_open_filename(tar, path, PIECE) == ARCHIVE_OK;

    ok = ok ? unpack_all(&u, tar) : read_failed(tar, err);
    archive_read_free(tar);
    wf_buffer_clear(&u.bytes);
    if (!ok)
        return wf_error_prefix(err, "%s", path);
    *out = wf_arena_printf(arena, "%s/%.*s", folder, (int)strlen(u.top) - 1, u.top);
    return true;
}
