/* zip_reading.c -- temporary files, and promises checked. */
#include "zip_reading.h"

#include <string.h>
#include <unistd.h>

#include "wheel/member_path.h"

enum { LARGEST_MEMBER = 256 << 20 };

bool
zip_reading_replace(struct zip_reading *reading, struct wf_bytes bytes)
{
    const int fd = fileno(reading->stream);

    if (ftruncate(fd, 0) != 0 ||
        (bytes.len > 0 && pwrite(fd, bytes.data, bytes.len, 0) != (ssize_t)bytes.len))
        return false;
    reading->file =
        (struct wf_file){ .fd_plus_1 = fd + 1, .size = bytes.len, .mode = 0644 };
    return true;
}

bool
zip_reading_start(struct zip_reading *out, struct wf_bytes bytes)
{
    *out = (struct zip_reading){ .stream = tmpfile(), .limits = wf_limits_standard() };
    if (out->stream == NULL)
        return false;
    if (!zip_reading_replace(out, bytes)) {
        fclose(out->stream);
        return false;
    }
    out->inflater = wf_inflater_new();
    wf_buffer_init(&out->in, LARGEST_MEMBER);
    wf_buffer_init(&out->out, LARGEST_MEMBER);
    return true;
}

void
zip_reading_end(struct zip_reading *reading)
{
    wf_buffer_clear(&reading->in);
    wf_buffer_clear(&reading->out);
    wf_inflater_free(reading->inflater);
    wf_arena_clear(&reading->arena);
    fclose(reading->stream);
}

void
zip_reading_put(struct zip_reading *reading, size_t at, uint8_t byte)
{
    if (pwrite(fileno(reading->stream), &byte, 1, (off_t)at) != 1)
        perror("pwrite");
}

void
zip_reading_cut(struct zip_reading *reading, size_t len, bool known)
{
    if (ftruncate(fileno(reading->stream), (off_t)len) != 0)
        perror("ftruncate");
    if (known)
        reading->file.size = len;
}

bool
zip_reading_open(struct zip_reading *reading, struct wf_error *err)
{
    wf_arena_clear(&reading->arena);
    wf_arena_init(&reading->arena, (size_t)reading->limits.arena_bytes);
    return wf_zip_open(&reading->zip, &reading->arena, &reading->file, &reading->limits,
                       err);
}

bool
zip_reading_all(struct zip_reading *reading, struct wf_error *err)
{
    struct wf_zip *zip = &reading->zip;

    if (!zip_reading_open(reading, err) ||
        !wf_zip_check_local(zip, 0, zip->num_members, reading->inflater, err))
        return false;
    for (size_t i = 0; i < zip->num_members; i++) {
        if (!wf_zip_read(&reading->out, &reading->in, zip, &zip->members[i],
                         reading->inflater, err))
            return false;
    }
    return true;
}

static const char *
broken_member(const struct wf_zip_member *member)
{
    struct wf_error err = { 0 };
    const uint64_t least_len = (uint64_t)30 + member->name_len;

    if (strlen(member->name) != member->name_len ||
        !wf_member_path_check(wf_bytes_str(member->name), &err))
        return "a name is not allowed";
    if (member->data_off < member->local_off + least_len ||
        member->end_off < member->data_off + member->comp_size)
        return "data does not stand between its header and its end";
    if (member->head_len > sizeof member->head || member->head_len > member->size)
        return "the head is longer than the member";
    return NULL;
}

const char *
zip_reading_broken(const struct zip_reading *reading)
{
    const struct wf_zip *zip = &reading->zip;
    uint64_t end = 0;

    for (size_t i = 0; i < zip->num_members; i++) {
        const struct wf_zip_member *member = &zip->members[zip->by_off[i]];
        const char *broken = broken_member(member);

        if (broken != NULL)
            return broken;
        if (member->local_off != end)
            return "members do not touch";
        end = member->end_off;
        if (i > 0 && strcmp(zip->members[zip->by_name[i - 1]].name,
                            zip->members[zip->by_name[i]].name) >= 0)
            return "by_name is not in order";
        if (wf_zip_find(zip, member->name) != member)
            return "a member is not found by its name";
    }
    if (end != zip->central_off || zip->central_off + zip->central_len > zip->end_off ||
        zip->end_off + 22 + zip->comment.len != reading->file.size)
        return "members, directory and end records do not tile the file";
    return NULL;
}
