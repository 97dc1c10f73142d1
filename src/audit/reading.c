/* reading.c -- one member as bytes: its facts and digest, and whether it equals another. */
#include "audit/reading.h"

#include <stdlib.h>
#include <string.h>

static bool
is_native(const struct wf_zip_member *member)
{
    return !wf_zip_is_folder(member) &&
           wf_object_recognise(wf_bytes_of(member->head, member->head_len)) !=
               WF_FORMAT_NONE;
}

void
wf_reading_list(struct wf_report *report, bool all)
{
    const struct wf_zip *zip = &report->wheel->zip;
    size_t num = 0;

    for (size_t i = 0; i < zip->num_members; i++)
        num += all ? !wf_zip_is_folder(&zip->members[i]) : is_native(&zip->members[i]);
    report->readings = wf_arena_array(&report->arena, num, sizeof *report->readings);
    for (size_t i = 0; i < zip->num_members; i++) {
        const struct wf_zip_member *member = &zip->members[i];
        const bool native = is_native(member);

        if (native || (all && !wf_zip_is_folder(member)))
            report->readings[report->num_readings++] = (struct wf_reading){
                .member = member,
                .is_native = native,
            };
    }
}

static struct wf_error *
keep_error(struct wf_arena *arena, const struct wf_error *err)
{
    struct wf_error *copy = wf_arena_alloc(arena, sizeof *copy);

    *copy = *err;
    return copy;
}

static int
compare_name(const void *name, const void *known)
{
    return strcmp(name, ((const struct wf_known_digest *)known)->name);
}

/* The digest of bytes whose size and CRC are those of the archive's directory. */
static const struct wf_known_digest *
find_known(const struct wf_known_digests *known, const struct wf_zip_member *member)
{
    if (known == NULL || known->num == 0)
        return NULL;
    const struct wf_known_digest *found = bsearch(member->name, known->items, known->num,
                                                  sizeof *known->items, compare_name);

    return found != NULL && found->size == member->size && found->crc == member->crc
               ? found
               : NULL;
}

static void
digest(struct wf_reading *reading, struct wf_bytes bytes, struct wf_worker *worker,
       const struct wf_known_digests *all_known)
{
    const struct wf_known_digest *known = find_known(all_known, reading->member);

    if (known != NULL) {
        memcpy(reading->sha256, known->sha256, sizeof reading->sha256);
    } else {
        struct wf_sha256 *sha = wf_worker_sha256(worker);

        wf_sha256_start(sha);
        wf_sha256_add(sha, bytes);
        wf_sha256_end(sha, reading->sha256);
    }
    reading->is_hashed = true;
}

void
wf_reading_read(struct wf_reading *reading, const struct wf_zip *zip,
                struct wf_worker *worker, const struct wf_audit_options *options)
{
    struct wf_error err = { 0 };

    if (!wf_zip_read(&worker->out, &worker->in, zip, reading->member, worker->inflater,
                     &err)) {
        reading->failed = true;
        reading->error = keep_error(&reading->arena, &err);
        return;
    }
    const struct wf_bytes bytes = wf_buffer_bytes(&worker->out);

    if (reading->is_native &&
        !wf_object_read(&reading->file, &reading->arena, reading->member->name, bytes,
                        &options->limits, &err)) {
        reading->unreadable = true;
        reading->error = keep_error(&reading->arena, &err);
    }
    if (options->check_hashes)
        digest(reading, bytes, worker, options->known);
}

bool
wf_reading_are_same(struct wf_worker *worker, const struct wf_share_entry *a,
                    const struct wf_share_entry *b)
{
    const uint64_t len = a->reading->member->comp_size;
    const size_t half = WF_READING_PIECE / 2;

    if (!wf_buffer_reserve(&worker->in, WF_READING_PIECE))
        return false;
    for (uint64_t off = 0; off < len; off += half) {
        const size_t piece = len - off < half ? (size_t)(len - off) : half;

        if (!wf_file_pread(a->zip->file, worker->in.data, piece,
                           a->reading->member->data_off + off, NULL) ||
            !wf_file_pread(b->zip->file, worker->in.data + half, piece,
                           b->reading->member->data_off + off, NULL) ||
            memcmp(worker->in.data, worker->in.data + half, piece) != 0)
            return false;
    }
    return true;
}

void
wf_reading_copy(struct wf_reading *to, const struct wf_reading *from)
{
    const struct wf_object_file *file = &from->file;

    to->file.objects =
        wf_arena_array(&to->arena, file->num_objects, sizeof *file->objects);
    to->file.num_objects = file->num_objects;
    for (size_t i = 0; i < file->num_objects; i++)
        wf_object_copy(&to->file.objects[i], &to->arena, &file->objects[i],
                       to->member->name);
    to->is_hashed = from->is_hashed;
    memcpy(to->sha256, from->sha256, WF_SHA256_LEN);
}

void
wf_reading_hash_file(struct wf_report *report, struct wf_worker *worker,
                     struct wf_error *err)
{
    const struct wf_file *file = &report->wheel->file;
    struct wf_sha256 *sha = wf_worker_sha256(worker);
    bool ok = wf_buffer_reserve(&worker->in, WF_READING_PIECE);

    wf_sha256_start(sha);
    for (uint64_t off = 0; ok && off < file->size; off += WF_READING_PIECE) {
        const uint64_t left = file->size - off;
        const size_t len = left < WF_READING_PIECE ? (size_t)left : WF_READING_PIECE;

        ok = wf_file_pread(file, worker->in.data, len, off, err);
        if (ok)
            wf_sha256_add(sha, wf_bytes_of(worker->in.data, len));
    }
    if (ok) {
        uint8_t digest[WF_SHA256_LEN];

        wf_sha256_end(sha, digest);
        wf_sha256_hex(report->sha256, digest);
    }
}
