/* faultshim.c -- a library for LD_PRELOAD that makes one call of the system fail.
 *
 * FAULT_AT=N       the N-th call that counts, from 1
 * FAULT_CALLS=...  which count, by name, separated by commas (default: all of them but
 *                  malloc): open read write pread pwrite fsync rename link chmod mmap malloc
 * FAULT_KIND=...   fail    it is refused with an error usual for it (default)
 *                  short   a read or write does half of what was asked
 *                  again   it is interrupted (EINTR)
 *                  before  the process is killed before it
 *                  after   the process is killed behind it
 *                  flip    a pwrite writes one bit that is wrong, in its byte FAULT_BYTE
 *                          (modulo the length)
 * FAULT_FIRED=PATH this file is made when it happens: without it there are fewer calls
 * FAULT_NO_TMPFILE=1  the file system knows no O_TMPFILE (not counted)
 *
 * Calls that libc makes for itself, and those on standard streams, do not count. */
#define _GNU_SOURCE    /* O_TMPFILE, syscall */
#undef _FORTIFY_SOURCE /* it makes libc's calls inline functions */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { FAIL, SHORT, AGAIN, BEFORE, AFTER, FLIP };

static struct {
    long at; /* 0: nothing happens */
    enum kind kind;
    const char *calls; /* NULL: all */
    const char *fired;
    bool no_tmpfile;
    size_t byte;
} plan;

static atomic_long num_calls;

static enum kind
kind_of(const char *word)
{
    static const char *const words[] = { "fail",   "short", "again",
                                         "before", "after", "flip" };

    for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0)
            return (enum kind)i;
    }
    return FAIL;
}

__attribute__((constructor)) static void
read_plan(void)
{
    const char *at = getenv("FAULT_AT");

    plan.kind = kind_of(getenv("FAULT_KIND"));
    plan.calls = getenv("FAULT_CALLS");
    plan.fired = getenv("FAULT_FIRED");
    plan.no_tmpfile = getenv("FAULT_NO_TMPFILE") != NULL;
    plan.byte =
        getenv("FAULT_BYTE") == NULL ? 0 : strtoul(getenv("FAULT_BYTE"), NULL, 10);
    plan.at = at == NULL ? 0 : strtol(at, NULL, 10);
}

static bool
counts(const char *call)
{
    const char *list = plan.calls;
    const size_t len = strlen(call);

    if (list == NULL)
        return strcmp(call, "malloc") != 0;
    for (; *list != '\0'; list += strcspn(list, ","), list += *list == ',') {
        if (strncmp(list, call, len) == 0 && (list[len] == ',' || list[len] == '\0'))
            return true;
    }
    return false;
}

/* Whether this is the call.  Being killed before it happens here. */
static bool
is_hit(const char *call)
{
    if (plan.at == 0 || !counts(call) || atomic_fetch_add(&num_calls, 1) + 1 != plan.at)
        return false;
    if (plan.fired != NULL)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, plan.fired,
                                   O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    if (plan.kind == BEFORE)
        kill(getpid(), SIGKILL);
    return true;
}

static void
behind(bool hit)
{
    if (hit && plan.kind == AFTER)
        kill(getpid(), SIGKILL);
}

/* Sets the error of a call that was hit and is not to be made; false: make it. */
static bool
is_refused(bool hit, int error)
{
    if (!hit || (plan.kind != FAIL && plan.kind != AGAIN))
        return false;
    errno = plan.kind == AGAIN ? EINTR : error;
    return true;
}

static size_t
shortened(bool hit, size_t len)
{
    return hit && plan.kind == SHORT && len > 1 ? len / 2 : len;
}

static int
open_file(int folder, const char *path, int flags, mode_t mode)
{
    if (plan.no_tmpfile && (flags & __O_TMPFILE) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    const bool hit = is_hit("open");

    if (is_refused(hit, EMFILE))
        return -1;
    const int fd = (int)syscall(SYS_openat, folder, path, flags, mode);

    behind(hit);
    return fd;
}

static mode_t
mode_of(int flags, va_list args)
{
    return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
}

#define OPENS(name, folder_parameter, folder)                                            \
    int name(folder_parameter const char *path, int flags, ...)                          \
    {                                                                                    \
        va_list args;                                                                    \
                                                                                         \
        va_start(args, flags);                                                           \
        const mode_t mode = mode_of(flags, args);                                        \
        va_end(args);                                                                    \
        return open_file(folder, path, flags, mode);                                     \
    }

#define NO_FOLDER
#define FOLDER int folder,
OPENS(open, NO_FOLDER, AT_FDCWD)
OPENS(open64, NO_FOLDER, AT_FDCWD)
OPENS(openat, FOLDER, folder)
OPENS(openat64, FOLDER, folder)

ssize_t
read(int fd, void *out, size_t len)
{
    const bool hit = fd > STDERR_FILENO && is_hit("read");

    if (is_refused(hit, EIO))
        return -1;
    const ssize_t n = syscall(SYS_read, fd, out, shortened(hit, len));

    behind(hit);
    return n;
}

ssize_t
write(int fd, const void *data, size_t len)
{
    const bool hit = fd > STDERR_FILENO && is_hit("write");

    if (is_refused(hit, ENOSPC))
        return -1;
    const ssize_t n = syscall(SYS_write, fd, data, shortened(hit, len));

    behind(hit);
    return n;
}

#define READS_AT(name)                                                                   \
    ssize_t name(int fd, void *out, size_t len, off_t off)                               \
    {                                                                                    \
        const bool hit = is_hit("pread");                                                \
                                                                                         \
        if (is_refused(hit, EIO))                                                        \
            return -1;                                                                   \
        const ssize_t n = syscall(SYS_pread64, fd, out, shortened(hit, len), off);       \
                                                                                         \
        behind(hit);                                                                     \
        return n;                                                                        \
    }

/* What was written at `off` has a wrong bit on the disk. */
static void
flip_bit(int fd, const uint8_t *data, size_t len, off_t off)
{
    const size_t idx = plan.byte % len;
    const uint8_t wrong = data[idx] ^ 1;

    syscall(SYS_pwrite64, fd, &wrong, 1, off + (off_t)idx);
}

#define WRITES_AT(name)                                                                  \
    ssize_t name(int fd, const void *data, size_t len, off_t off)                        \
    {                                                                                    \
        const bool hit = is_hit("pwrite");                                               \
                                                                                         \
        if (is_refused(hit, ENOSPC))                                                     \
            return -1;                                                                   \
        const ssize_t n = syscall(SYS_pwrite64, fd, data, shortened(hit, len), off);     \
                                                                                         \
        if (hit && plan.kind == FLIP && len > 0)                                         \
            flip_bit(fd, data, len, off);                                                \
        behind(hit);                                                                     \
        return n;                                                                        \
    }

READS_AT(pread)
READS_AT(pread64)
WRITES_AT(pwrite)
WRITES_AT(pwrite64)

static int
plain_call(const char *call, int error, long number, long a, long b, long c, long d)
{
    const bool hit = is_hit(call);

    if (is_refused(hit, error))
        return -1;
    const int status = (int)syscall(number, a, b, c, d);

    behind(hit);
    return status;
}

int
fsync(int fd)
{
    return plain_call("fsync", EIO, SYS_fsync, fd, 0, 0, 0);
}

int
fchmod(int fd, mode_t mode)
{
    return plain_call("chmod", EIO, SYS_fchmod, fd, (long)mode, 0, 0);
}

int
rename(const char *from, const char *to)
{
    return plain_call("rename", EACCES, SYS_rename, (long)from, (long)to, 0, 0);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return plain_call("rename", EACCES, SYS_renameat, from_folder, (long)from, to_folder,
                      (long)to);
}

int
linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    const bool hit = is_hit("link");

    if (is_refused(hit, EACCES))
        return -1;
    const int status = (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);

    behind(hit);
    return status;
}

#define MAPS(name)                                                                       \
    void *name(void *at, size_t len, int protection, int flags, int fd, off_t off)       \
    {                                                                                    \
        const bool hit = is_hit("mmap");                                                 \
                                                                                         \
        if (is_refused(hit, ENOMEM))                                                     \
            return MAP_FAILED;                                                           \
        void *map = (void *)syscall(SYS_mmap, at, len, protection, flags, fd, off);      \
                                                                                         \
        behind(hit);                                                                     \
        return map;                                                                      \
    }

MAPS(mmap)
MAPS(mmap64)

/* glibc's own, under the names it has for those who stand in front of it. */
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t num, size_t len);
void *__libc_realloc(void *old, size_t len);

void *
malloc(size_t len)
{
    return is_refused(is_hit("malloc"), ENOMEM) ? NULL : __libc_malloc(len);
}

void *
calloc(size_t num, size_t len)
{
    return is_refused(is_hit("malloc"), ENOMEM) ? NULL : __libc_calloc(num, len);
}

void *
realloc(void *old, size_t len)
{
    return is_refused(is_hit("malloc"), ENOMEM) ? NULL : __libc_realloc(old, len);
}
