/* file_write.c -- a small file that appears whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"

static bool
write_in(const char *folder, const char *base_name, struct wf_bytes content,
         uint32_t mode, struct wf_error *err)
{
    struct wf_output *output = NULL;

    if (!wf_output_open(&output, folder, err))
        return false;
    if (!wf_output_write(output, content.data, content.len, err)) {
        wf_output_discard(output);
        return false;
    }
    return wf_output_commit(output, base_name, mode, err) &&
           wf_output_sync_folder(folder, err);
}

bool
wf_file_write_atomic(const char *path, struct wf_bytes content, uint32_t mode,
                     struct wf_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *base_name = slash == NULL ? path : slash + 1;
    struct wf_arena arena = { 0 };

    if (base_name[0] == '\0')
        return wf_error_set(err, WF_ERR_IO, "is the name of a folder, not of a file");
    const char *folder =
        slash == NULL
            ? "."
            : wf_arena_str(&arena, wf_bytes_of(path, (size_t)(slash - path) + 1));
    const bool ok = write_in(folder, base_name, content, mode, err);

    wf_arena_clear(&arena);
    return ok;
}

bool
wf_file_remove(const char *path, struct wf_error *err)
{
    return unlink(path) == 0 ||
           wf_error_set(err, WF_ERR_IO, "cannot be removed: %s", strerror(errno));
}
