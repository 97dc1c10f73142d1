/* scratch.c -- folders that go again (see scratch.h). */
#define _XOPEN_SOURCE 700 /* nftw */
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { MOST_OPEN_FOLDERS = 16 };

bool
wf_scratch_new(const char **out, struct wf_arena *arena, const char *parent,
               struct wf_error *err)
{
    char *path = wf_arena_printf(arena, "%s/wheelpack-XXXXXX", parent);

    if (mkdtemp(path) == NULL)
        return wf_error_set(err, WF_ERR_IO, "no folder can be made in %.500s: %s", parent,
                            strerror(errno));
    *out = path;
    return true;
}

/* What cannot be removed stays: there is nobody to tell who could do more. */
static int
remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind == FTW_DP || kind == FTW_DNR)
        (void)rmdir(path);
    else
        (void)unlink(path);
    return 0;
}

void
wf_scratch_end(const char *folder)
{
    if (folder != NULL)
        (void)nftw(folder, remove_entry, MOST_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static bool
write_all(int fd, struct wf_bytes content)
{
    while (content.len > 0) {
        const ssize_t n = write(fd, content.data, content.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = wf_bytes_skip(content, (size_t)n);
    }
    return true;
}

bool
wf_scratch_write(const char *path, struct wf_bytes content, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    const char *slash = strrchr(path, '/');
    const char *folder =
        slash == NULL ? "."
                      : wf_arena_str(&scratch, wf_bytes_of(path, (size_t)(slash - path)));
    bool ok = wf_folder_make(folder, err);

    if (ok) {
        const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                            (mode_t)0666);

        ok = fd >= 0 && write_all(fd, content);
        if (!ok)
            wf_error_set(err, WF_ERR_IO, "cannot be written: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    wf_arena_clear(&scratch);
    return ok;
}
