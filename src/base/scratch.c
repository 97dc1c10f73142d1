/* scratch.c -- folders that go again (see scratch.h). */
#define _GNU_SOURCE /* nftw, syscall */
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

enum { MOST_OPEN_FOLDERS = 16, MOST_NOTED = 8, MOST_DEPTH = 64, BATCH_LEN = 4096 };

/* The folders that are there, for a signal handler.  What is more than the table holds, or has
 * a longer path, is removed at its end all the same; only a signal leaves it. */
enum { FREE, TAKEN, NOTED };
static struct {
    atomic_int state;
    char path[PATH_MAX];
} noted[MOST_NOTED];

static void
note(const char *path)
{
    const size_t len = strlen(path);

    for (size_t i = 0; i < MOST_NOTED && len < sizeof noted[i].path; i++) {
        int expected = FREE;

        if (atomic_compare_exchange_strong(&noted[i].state, &expected, TAKEN)) {
            memcpy(noted[i].path, path, len + 1);
            atomic_store(&noted[i].state, NOTED);
            return;
        }
    }
}

static void
forget(const char *path)
{
    for (size_t i = 0; i < MOST_NOTED; i++)
        if (atomic_load(&noted[i].state) == NOTED && strcmp(noted[i].path, path) == 0)
            atomic_store(&noted[i].state, FREE);
}

/* A folder and the note of it appear together. */
bool
wf_scratch_new(const char **out, struct wf_arena *arena, const char *parent,
               struct wf_error *err)
{
    char *path = wf_arena_printf(arena, "%s/wheelpack-XXXXXX", parent);
    sigset_t all;
    sigset_t saved;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    const bool ok = mkdtemp(path) != NULL;
    const int number = errno;

    if (ok)
        note(path);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    if (!ok)
        return wf_error_set(err, WF_ERR_IO, "no folder can be made in %.500s: %s", parent,
                            strerror(number));
    *out = path;
    return true;
}

#ifdef SYS_getdents64
/* A folder's entries as the kernel gives them: opendir asks for memory, which a handler must
 * not do. */
struct kernel_entry {
    uint64_t inode;
    int64_t next_off;
    unsigned short len;
    unsigned char kind;
    char name[];
};

static bool
is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void
drop(int parent, const char *name, unsigned depth)
{
    _Alignas(struct kernel_entry) char batch[BATCH_LEN];
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    long num = 0;

    if (fd < 0)
        return;
    while ((num = syscall(SYS_getdents64, fd, batch, sizeof batch)) > 0) {
        for (long at = 0; at < num;) {
            const struct kernel_entry *entry = (const void *)(batch + at);

            at += entry->len;
            if (!is_dots(entry->name) && unlinkat(fd, entry->name, 0) != 0 &&
                depth < MOST_DEPTH)
                drop(fd, entry->name, depth + 1);
        }
    }
    close(fd);
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}
#else
static void
drop(int parent, const char *name, unsigned depth)
{
    (void)depth;
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}
#endif

void
wf_scratch_drop(void)
{
    for (size_t i = 0; i < MOST_NOTED; i++)
        if (atomic_load(&noted[i].state) == NOTED)
            drop(AT_FDCWD, noted[i].path, 0);
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
    if (folder == NULL)
        return;
    (void)nftw(folder, remove_entry, MOST_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    forget(folder);
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
