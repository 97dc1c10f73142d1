/* content_tree.c -- members written below a folder (see content.h). */
#include "pack/content.h"

#include <string.h>

#include "base/file.h"
#include "base/output.h"

enum { PIECE = 1 << 20 };

static bool
copy_file(struct wf_output *output, const char *source, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    struct wf_file file = { 0 };
    size_t len = PIECE;
    bool ok = wf_file_open(&file, source, err);
    void *piece = wf_arena_alloc(&scratch, PIECE);

    for (uint64_t off = 0; ok && len == PIECE; off += len)
        ok = wf_file_pread_upto(&file, piece, PIECE, off, &len, err) &&
             wf_output_write(output, piece, len, err);
    if (!ok)
        wf_error_prefix(err, "%s", source);
    wf_file_close(&file);
    wf_arena_clear(&scratch);
    return ok;
}

static bool
write_member(const struct wf_content_member *member, char *path, struct wf_error *err)
{
    struct wf_output *output = NULL;
    char *slash = strrchr(path, '/');

    *slash = '\0';
    if (!wf_folder_make(path, err))
        return false;
    if (!wf_output_open(&output, path, err))
        return wf_error_prefix(err, "%s", path);
    const bool ok = member->source != NULL ? copy_file(output, member->source, err)
                                           : wf_output_write(output, member->bytes.data,
                                                             member->bytes.len, err);

    if (!ok) {
        wf_output_discard(output);
        return false;
    }
    return wf_output_commit(output, slash + 1, member->is_executable ? 0777 : 0666,
                            err) ||
           wf_error_prefix(err, "%s/%s", path, slash + 1);
}

bool
wf_content_write_tree(const struct wf_content *content, const char *folder,
                      struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    bool ok = true;

    for (size_t i = 0; i < content->num && ok; i++)
        ok = write_member(
            &content->members[i],
            wf_arena_printf(&scratch, "%s/%s", folder, content->members[i].name), err);
    wf_arena_clear(&scratch);
    return ok;
}
