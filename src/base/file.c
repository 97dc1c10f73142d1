/* file.c -- opening, reading and replacing files. */
#define _GNU_SOURCE /* O_TMPFILE, sched_getaffinity */
#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { CHUNK = 16 * 1024 };

static bool
system_refused(struct wf_error *err, const char *what)
{
    return wf_error_set(err, WF_ERR_IO, "%s: %s", what, strerror(errno));
}

static const char *
kind_word(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return "a device";
    return "not a file";
}

static bool
is_regular(const struct stat *st, struct wf_error *err)
{
    if (S_ISREG(st->st_mode))
        return true;
    return wf_error_set(err, WF_ERR_IO, "is %s; a regular file is expected",
                        kind_word(st->st_mode));
}

/* Takes over `fd`, when it is a regular file's. */
static bool
keep_descriptor(struct wf_file *out, int fd, struct wf_error *err)
{
    struct stat st;
    const bool known = fstat(fd, &st) == 0;

    if (!known || !is_regular(&st, err)) {
        if (!known)
            system_refused(err, "cannot be asked for its size");
        close(fd);
        return false;
    }
    *out = (struct wf_file){
        .fd_plus_1 = fd + 1,
        .size = (uint64_t)st.st_size,
        .mode = (uint32_t)(st.st_mode & 07777),
    };
    return true;
}

/* The first look spares devices from being opened, which can have effects; the second,
 * after opening, is the one that counts.  O_NONBLOCK, because a FIFO may have taken the
 * file's place in between. */
bool
wf_file_open(struct wf_file *out, const char *path, struct wf_error *err)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return system_refused(err, "cannot be opened");
    if (!is_regular(&st, err))
        return false;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return system_refused(err, "cannot be opened");
    return keep_descriptor(out, fd, err);
}

bool
wf_file_duplicate(struct wf_file *out, const struct wf_file *file, struct wf_error *err)
{
    const int fd = fcntl(file->fd_plus_1 - 1, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return system_refused(err, "cannot be opened again");
    return keep_descriptor(out, fd, err);
}

void
wf_file_close(struct wf_file *file)
{
    if (file->fd_plus_1 != 0)
        close(file->fd_plus_1 - 1);
    *file = (struct wf_file){ 0 };
}

bool
wf_file_pread_upto(const struct wf_file *file, void *out, size_t len, uint64_t off,
                   size_t *out_len, struct wf_error *err)
{
    size_t got = 0;

    assert(file->fd_plus_1 != 0);
    if (off > INT64_MAX || len > INT64_MAX - off)
        return wf_error_at(err, WF_ERR_IO, off, "no file has %zu bytes there", len);
    while (got < len) {
        const ssize_t n =
            pread(file->fd_plus_1 - 1, (char *)out + got, len - got, (off_t)(off + got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return wf_error_at(err, WF_ERR_IO, off + got, "cannot be read: %s",
                               strerror(errno));
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *out_len = got;
    return true;
}

bool
wf_file_pread(const struct wf_file *file, void *out, size_t len, uint64_t off,
              struct wf_error *err)
{
    size_t got = 0;

    if (!wf_file_pread_upto(file, out, len, off, &got, err))
        return false;
    if (got == len)
        return true;
    return wf_error_at(
        err, WF_ERR_IO, off,
        "%zu bytes expected, %zu came; the file had %llu when it was opened", len, got,
        (unsigned long long)file->size);
}

/* Reads to the end, not only as much as the size said: files of /proc say 0. */
static bool
read_opened(struct wf_buffer *out, const struct wf_file *file, struct wf_error *err)
{
    uint8_t chunk[CHUNK];
    uint64_t off = 0;
    size_t got = 0;

    if (file->size > out->max - out->len)
        return wf_error_set(err, WF_ERR_LIMIT, "holds %llu bytes; at most %zu are read",
                            (unsigned long long)file->size, out->max - out->len);
    do {
        if (!wf_file_pread_upto(file, chunk, sizeof chunk, off, &got, err))
            return false;
        wf_buffer_add(out, chunk, got);
        off += got;
    } while (got == sizeof chunk && !out->over);
    if (off < file->size)
        return wf_error_at(err, WF_ERR_IO, off,
                           "the file ends here; it had %llu bytes when it was opened",
                           (unsigned long long)file->size);
    return wf_buffer_ok(out, "the file", err);
}

bool
wf_file_read_whole(struct wf_buffer *out, const char *path, struct wf_error *err)
{
    struct wf_file file = { 0 };

    if (!wf_file_open(&file, path, err))
        return false;
    const bool ok = read_opened(out, &file, err);

    wf_file_close(&file);
    return ok;
}

bool
wf_stream_read_whole(struct wf_buffer *out, int fd, struct wf_error *err)
{
    uint8_t chunk[CHUNK];
    uint64_t off = 0;

    while (!out->over) {
        const ssize_t n = read(fd, chunk, sizeof chunk);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return wf_error_at(err, WF_ERR_IO, off, "cannot be read: %s",
                               strerror(errno));
        if (n == 0)
            break;
        wf_buffer_add(out, chunk, (size_t)n);
        off += (uint64_t)n;
    }
    return wf_buffer_ok(out, "the input", err);
}

enum wf_path_kind
wf_path_kind(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return WF_PATH_ABSENT;
    if (S_ISREG(st.st_mode))
        return WF_PATH_FILE;
    return S_ISDIR(st.st_mode) ? WF_PATH_FOLDER : WF_PATH_OTHER;
}

bool
wf_path_stamp(struct wf_stamp *out, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    *out = (struct wf_stamp){
        .size = (uint64_t)st.st_size,
        .time_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
    };
    return true;
}

bool
wf_path_is_program(const char *path)
{
    return wf_path_kind(path) == WF_PATH_FILE && access(path, X_OK) == 0;
}

char *
wf_system_release(struct wf_arena *arena)
{
    struct utsname names;

    return wf_arena_strdup(arena, uname(&names) == 0 ? names.release : "");
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
wf_folder_list(struct wf_arena *arena, const char *path, char ***out, size_t *out_num,
               struct wf_error *err)
{
    DIR *folder = opendir(path);
    char **names = NULL;
    size_t num = 0;
    size_t cap = 0;

    if (folder == NULL)
        return system_refused(err, "cannot be listed");
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);

        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names = wf_arena_grow(arena, names, num, &cap, sizeof *names);
        names[num++] = wf_arena_strdup(arena, entry->d_name);
    }
    const bool ok = errno == 0 || system_refused(err, "cannot be listed to its end");

    closedir(folder);
    if (!ok)
        return false;
    if (num > 1)
        qsort(names, num, sizeof *names, compare_names);
    *out = names;
    *out_num = num;
    return true;
}

uint64_t
wf_memory_of_machine(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page_len = sysconf(_SC_PAGESIZE);

    return pages > 0 && page_len > 0 ? (uint64_t)pages * (uint64_t)page_len : 0;
}

unsigned
wf_cpus_usable(void)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    /* More processors than cpu_set_t has room for, or no such call. */
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    return online > 0 ? (unsigned)online : 1;
}

bool
wf_file_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

unsigned
wf_file_terminal_width(int fd)
{
    struct winsize size = { 0 };

    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool
wf_folder_make(const char *path, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    char *part = wf_arena_strdup(&arena, path);
    bool ok = true;

    for (char *at = part; ok && *at != '\0';) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        const char end = *at;

        *at = '\0';
        ok = mkdir(part, 0777) == 0 || errno == EEXIST || errno == EISDIR;
        if (!ok)
            system_refused(err, "cannot be made");
        *at = end;
    }
    wf_arena_clear(&arena);
    if (ok && wf_path_kind(path) != WF_PATH_FOLDER)
        ok = wf_error_set(err, WF_ERR_IO, "is no folder");
    return ok || wf_error_prefix(err, "%s", path);
}
