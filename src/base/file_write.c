/* file_write.c -- a file that appears whole or not at all. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often another temporary name is tried when one is taken, and how much of the final
 * name goes into it (255 bytes is the most a name may have). */
enum { NUM_TRIES = 100, NAME_PART = 200 };

/* A file on its way: unnamed (O_TMPFILE), or under a temporary name, in the folder of the
 * final one. */
struct draft {
    int folder_fd;
    int fd;
    bool is_named;
    const char *name; /* the final one */
    char temp[NAME_PART + 48];
};

static bool
system_refused(struct wf_error *err, const char *what)
{
    return wf_error_set(err, WF_ERR_IO, "%s: %s", what, strerror(errno));
}

static void
choose_temp_name(struct draft *draft, unsigned try)
{
    snprintf(draft->temp, sizeof draft->temp, ".%.*s.%ld-%u.tmp", NAME_PART, draft->name,
             (long)getpid(), try);
}

/* Opens the draft without a name where the file system can do that, so that a crash
 * leaves nothing behind; else under a temporary name. */
static bool
open_draft(struct draft *draft, uint32_t mode, struct wf_error *err)
{
    draft->fd = openat(draft->folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (draft->fd >= 0)
        return true;
    for (unsigned try = 0; try < NUM_TRIES; try++) {
        choose_temp_name(draft, try);
        draft->fd = openat(draft->folder_fd, draft->temp,
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (draft->fd >= 0) {
            draft->is_named = true;
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return system_refused(err, "no file can be made in its folder");
}

static bool
write_all(int fd, struct wf_bytes content, struct wf_error *err)
{
    while (content.len > 0) {
        const ssize_t n = write(fd, content.data, content.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return wf_error_at(err, WF_ERR_IO, content.file_off, "cannot be written: %s",
                               strerror(errno));
        content = wf_bytes_skip(content, (size_t)n);
    }
    return true;
}

/* An unnamed file gets its name through /proc, which needs no privilege, unlike
 * AT_EMPTY_PATH. */
static bool
name_draft(struct draft *draft, struct wf_error *err)
{
    char link[32];

    if (draft->is_named)
        return true;
    snprintf(link, sizeof link, "/proc/self/fd/%d", draft->fd);
    for (unsigned try = 0; try < NUM_TRIES; try++) {
        choose_temp_name(draft, try);
        if (linkat(AT_FDCWD, link, draft->folder_fd, draft->temp, AT_SYMLINK_FOLLOW) ==
            0) {
            draft->is_named = true;
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return system_refused(err, "the finished file cannot be named");
}

/* Some file systems cannot sync a folder and say EINVAL; there is nothing to be done
 * about those. */
static bool
sync_folder(const struct draft *draft, struct wf_error *err)
{
    if (fsync(draft->folder_fd) == 0 || errno == EINVAL)
        return true;
    return system_refused(err, "was written, but its folder cannot be synced");
}

static bool
write_draft(struct draft *draft, struct wf_bytes content, uint32_t mode,
            struct wf_error *err)
{
    if (!open_draft(draft, mode, err) || !write_all(draft->fd, content, err))
        return false;
    if (fsync(draft->fd) != 0)
        return system_refused(err, "cannot be synced");
    if (!name_draft(draft, err))
        return false;
    if (renameat(draft->folder_fd, draft->temp, draft->folder_fd, draft->name) != 0)
        return system_refused(err, "cannot be replaced");
    draft->is_named = false; /* it has its final name now, and is not to be removed */
    return sync_folder(draft, err);
}

bool
wf_file_write_atomic(const char *path, struct wf_bytes content, uint32_t mode,
                     struct wf_error *err)
{
    const char *slash = strrchr(path, '/');
    struct draft draft = { .fd = -1, .name = slash == NULL ? path : slash + 1 };
    struct wf_arena arena = { 0 };
    bool ok = false;

    if (draft.name[0] == '\0')
        return wf_error_set(err, WF_ERR_IO, "is the name of a folder, not of a file");
    const char *folder =
        slash == NULL
            ? "."
            : wf_arena_str(&arena, wf_bytes_of(path, (size_t)(slash - path) + 1));

    content.file_off = 0;
    draft.folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (draft.folder_fd < 0) {
        system_refused(err, "its folder cannot be opened");
        goto out;
    }
    ok = write_draft(&draft, content, mode, err);
    if (draft.fd >= 0)
        close(draft.fd);
    if (draft.is_named)
        unlinkat(draft.folder_fd, draft.temp, 0);
    close(draft.folder_fd);
out:
    wf_arena_clear(&arena);
    return ok;
}
