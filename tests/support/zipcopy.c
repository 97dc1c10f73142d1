/* zipcopy.c -- `zipcopy [-LEVEL] ARCHIVE FOLDER`: writes an archive anew into a folder, under
 * its name, through the strict reader, the writer and an output; with a level every member
 * is inflated and deflated on the way.  For tests of faults and for other readers' eyes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "wheel/zip_write.h"

struct copy {
    const struct wf_zip *zip;
    int level; /* 0: members are copied as they are */
    struct wf_inflater *inflater;
    struct wf_deflater *deflater;
    struct wf_buffer in;
    struct wf_buffer out;
    struct wf_buffer part;
    struct wf_buffer packed;
};

/* As a large member of a wheel is deflated: chunk after chunk. */
static bool
deflate_member(struct copy *copy, struct wf_error *err)
{
    struct wf_bytes rest = wf_buffer_bytes(&copy->out);
    const size_t most = rest.len > WF_DEFLATE_WHOLE ? WF_DEFLATE_CHUNK : rest.len;

    wf_buffer_reset(&copy->packed);
    do {
        const struct wf_bytes chunk =
            wf_bytes_first(rest, rest.len < most ? rest.len : most);

        rest = wf_bytes_skip(rest, chunk.len);
        wf_buffer_reset(&copy->part);
        wf_deflate(copy->deflater, chunk, &copy->part);
        if (rest.len > 0 && !wf_deflate_join(&copy->part, err))
            return false;
        wf_buffer_add(&copy->packed, copy->part.data, copy->part.len);
    } while (rest.len > 0);
    return wf_buffer_ok(&copy->packed, "the deflated member", err);
}

static bool
get(void *context, size_t idx, struct wf_zip_packed *out, struct wf_error *err)
{
    struct copy *copy = context;
    const struct wf_zip_member *member = &copy->zip->members[idx];

    if (!wf_zip_read(&copy->out, &copy->in, copy->zip, member, copy->inflater, err) ||
        !deflate_member(copy, err))
        return false;
    *out = (struct wf_zip_packed){ wf_buffer_bytes(&copy->packed), member->size,
                                   member->crc, WF_ZIP_DEFLATED };
    return true;
}

static bool
add_members(struct wf_zip_writer *writer, const struct copy *copy, struct wf_error *err)
{
    for (size_t i = 0; i < copy->zip->num_members; i++) {
        const struct wf_zip_member *member = &copy->zip->members[i];
        const uint32_t mode = wf_zip_mode(member);
        bool ok = false;

        if (wf_zip_is_folder(member))
            ok = wf_zip_writer_folder(writer, member->name, mode, err);
        else if (copy->level == 0)
            ok = wf_zip_writer_copy(writer, member->name, mode, copy->zip, member, err);
        else
            ok = wf_zip_writer_add(writer, member->name, mode, i, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool
write_archive(struct copy *copy, const char *folder, const char *name,
              struct wf_error *err)
{
    const struct wf_zip_supply supply = { get, NULL, copy };
    struct wf_output *output = NULL;

    if (!wf_output_open(&output, folder, err))
        return false;
    struct wf_zip_writer *writer = wf_zip_writer_new(output, 0, &supply);
    const bool ok = add_members(writer, copy, err) && wf_zip_writer_finish(writer, err);

    wf_zip_writer_free(writer);
    if (!ok) {
        wf_output_discard(output);
        return false;
    }
    return wf_output_commit(output, name, 0666, err) &&
           wf_output_sync_folder(folder, err);
}

static bool
run(int level, const char *path, const char *folder, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct copy copy = { .level = level, .inflater = wf_inflater_new() };
    struct wf_arena arena = { 0 };
    struct wf_file file = { 0 };
    struct wf_zip zip;

    copy.zip = &zip;
    copy.deflater = wf_deflater_new(level == 0 ? WF_DEFLATE_LEVEL : level);
    wf_buffer_init(&copy.in, SIZE_MAX);
    wf_buffer_init(&copy.out, SIZE_MAX);
    wf_buffer_init(&copy.part, SIZE_MAX);
    wf_buffer_init(&copy.packed, SIZE_MAX);
    const bool ok = wf_file_open(&file, path, err) &&
                    wf_zip_open(&zip, &arena, &file, &limits, err) &&
                    wf_zip_check_local(&zip, 0, zip.num_members, copy.inflater, err) &&
                    write_archive(&copy, folder, wf_text_base_name(path), err);

    wf_buffer_clear(&copy.in);
    wf_buffer_clear(&copy.out);
    wf_buffer_clear(&copy.part);
    wf_buffer_clear(&copy.packed);
    wf_deflater_free(copy.deflater);
    wf_inflater_free(copy.inflater);
    wf_file_close(&file);
    wf_arena_clear(&arena);
    return ok;
}

static void
end_by_signal(int number)
{
    wf_output_drop_names();
    signal(number, SIG_DFL);
    raise(number);
}

int
main(int argc, char **argv)
{
    const bool has_level = argc == 4 && argv[1][0] == '-';
    uint64_t level = 0;
    struct wf_error err = { 0 };

    if ((argc != 3 && !has_level) ||
        (has_level && (!wf_text_decimal(&level, wf_bytes_str(argv[1] + 1)) ||
                       level > WF_DEFLATE_MAX_LEVEL))) {
        fprintf(stderr, "usage: zipcopy [-LEVEL] ARCHIVE FOLDER\n");
        return 2;
    }
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGINT, end_by_signal);
    signal(SIGTERM, end_by_signal);
    signal(SIGABRT, end_by_signal);
    if (run((int)level, argv[argc - 2], argv[argc - 1], &err))
        return 0;
    fprintf(stderr, "zipcopy: %s%s%s\n", err.where, err.where[0] == '\0' ? "" : ": ",
            err.text);
    return 3;
}
