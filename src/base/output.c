/* output.c -- files without a name until they are complete. */
#define _GNU_SOURCE /* O_TMPFILE, O_PATH */
#include "base/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* How often another temporary name is tried when one is taken; how many names a signal
 * handler finds (further ones it leaves behind). */
enum { NUM_TRIES = 1000, NAME_LEN = 64, MOST_NAMED = 64 };

static const size_t BUFFER_LEN = (size_t)1 << 20;

/* `buffer` holds the bytes of the file from `base_off` on that were not written yet, and
 * the next one goes to its position `at`: header fields that are filled in afterwards are
 * mostly still here. */
struct wf_output {
    struct wf_arena arena; /* holds this struct itself */
    int folder_fd;
    int fd;
    uint32_t mode_allowed; /* permission bits that the umask lets through */
    bool is_named;
    bool is_synced;
    char temp[NAME_LEN]; /* when is_named */
    struct wf_buffer buffer;
    uint64_t base_off;
    size_t at;
    uint64_t flushed_end; /* of the file as the system has it */
};

/* What wf_output_drop_names removes; NULL is a free place. */
static _Atomic(const struct wf_output *) named_outputs[MOST_NAMED];

static bool
system_refused(struct wf_error *err, const char *what)
{
    return wf_error_set(err, WF_ERR_IO, "%s: %s", what, strerror(errno));
}

static void
change_named(const struct wf_output *was, const struct wf_output *now)
{
    for (size_t i = 0; i < MOST_NAMED; i++) {
        const struct wf_output *expected = was;

        if (atomic_compare_exchange_strong(&named_outputs[i], &expected, now))
            return;
    }
}

static void
set_named(struct wf_output *output, bool is_named)
{
    if (output->is_named == is_named)
        return;
    output->is_named = is_named;
    change_named(is_named ? NULL : output, is_named ? output : NULL);
}

/* A name and the note of it appear and go together. */
static void
hold_signals(sigset_t *saved)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, saved);
}

void
wf_output_drop_names(void)
{
    for (size_t i = 0; i < MOST_NAMED; i++) {
        const struct wf_output *output = atomic_load(&named_outputs[i]);

        if (output != NULL)
            (void)unlinkat(output->folder_fd, output->temp, 0);
    }
}

static void
choose_temp_name(struct wf_output *output, unsigned try)
{
    snprintf(output->temp, sizeof output->temp, ".wheelfix-%ld-%u.tmp", (long)getpid(),
             try);
}

/* Through /proc an unnamed file can be named later, which needs no privilege, unlike
 * AT_EMPTY_PATH. */
static void
proc_path(char path[NAME_LEN], int fd)
{
    snprintf(path, NAME_LEN, "/proc/self/fd/%d", fd);
}

/* A file that could never be named (no /proc here) is of no use. */
static bool
open_unnamed(struct wf_output *output)
{
    char path[NAME_LEN];

    output->fd = openat(output->folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0777);
    if (output->fd < 0)
        return false;
    proc_path(path, output->fd);
    if (faccessat(AT_FDCWD, path, F_OK, 0) == 0)
        return true;
    close(output->fd);
    output->fd = -1;
    return false;
}

static bool
open_named(struct wf_output *output)
{
    for (unsigned try = 0; try < NUM_TRIES; try++) {
        choose_temp_name(output, try);
        output->fd =
            openat(output->folder_fd, output->temp,
                   O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)0777);
        if (output->fd >= 0) {
            set_named(output, true);
            return true;
        }
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* All permission bits are asked for, to see which the umask (or the folder's default
 * access list) leaves: it cannot be read without changing it for every thread.  Until it
 * is complete, a file with a name is for its owner alone. */
static bool
open_file(struct wf_output *output, struct wf_error *err)
{
    struct stat st;
    sigset_t saved;

    hold_signals(&saved);
    const bool ok = open_unnamed(output) || open_named(output);
    const int reason = errno;

    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    errno = reason;
    if (!ok)
        return system_refused(err, "no file can be made in its folder");
    if (fstat(output->fd, &st) != 0)
        return system_refused(err, "its mode cannot be asked for");
    output->mode_allowed = st.st_mode & 0777;
    if (output->is_named)
        (void)fchmod(output->fd, 0600);
    return true;
}

bool
wf_output_open(struct wf_output **out, const char *folder, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_output *output = wf_arena_alloc(&arena, sizeof *output);

    output->arena = arena;
    output->fd = -1;
    wf_buffer_init(&output->buffer, BUFFER_LEN);
    output->folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (output->folder_fd < 0) {
        system_refused(err, "its folder cannot be opened");
        wf_output_discard(output);
        return false;
    }
    if (!open_file(output, err)) {
        wf_output_discard(output);
        return false;
    }
    *out = output;
    return true;
}

/* Writes all of `data` at its own offset. */
static bool
write_all(int fd, struct wf_bytes data, struct wf_error *err)
{
    while (data.len > 0) {
        const ssize_t n = pwrite(fd, data.data, data.len, (off_t)data.file_off);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return wf_error_at(err, WF_ERR_IO, data.file_off, "cannot be written: %s",
                               n < 0 ? strerror(errno) : "nothing is taken");
        data = wf_bytes_skip(data, (size_t)n);
    }
    return true;
}

static bool
write_at(struct wf_output *output, struct wf_bytes data, struct wf_error *err)
{
    const uint64_t end = data.file_off + data.len;

    if (!write_all(output->fd, data, err))
        return false;
    if (output->flushed_end < end)
        output->flushed_end = end;
    return true;
}

/* What could not be written stays in the buffer: the next attempt says so again. */
static bool
flush(struct wf_output *output, struct wf_error *err)
{
    struct wf_bytes data = wf_buffer_bytes(&output->buffer);

    data.file_off = output->base_off;
    if (!write_at(output, data, err))
        return false;
    output->base_off += output->at;
    output->at = 0;
    wf_buffer_reset(&output->buffer);
    return true;
}

/* Puts `len` bytes at the position, over what is there; they fit. */
static void
put(struct wf_output *output, const void *data, size_t len)
{
    struct wf_buffer *buffer = &output->buffer;
    const size_t over = buffer->len - output->at < len ? buffer->len - output->at : len;

    if (over > 0)
        memcpy(buffer->data + output->at, data, over);
    wf_buffer_add(buffer, (const uint8_t *)data + over, len - over);
    output->at += len;
}

bool
wf_output_write(struct wf_output *output, const void *data, size_t len,
                struct wf_error *err)
{
    const uint8_t *rest = data;

    output->is_synced = false;
    if (output->buffer.cap < BUFFER_LEN)
        wf_buffer_reserve(&output->buffer, BUFFER_LEN);
    while (len > 0) {
        const size_t room = BUFFER_LEN - output->at;
        const size_t part = len < room ? len : room;

        put(output, rest, part);
        rest += part;
        len -= part;
        if (output->at == BUFFER_LEN && !flush(output, err))
            return false;
    }
    return true;
}

static uint64_t
size_of(const struct wf_output *output)
{
    const uint64_t buffered_end = output->base_off + output->buffer.len;

    return buffered_end > output->flushed_end ? buffered_end : output->flushed_end;
}

bool
wf_output_seek(struct wf_output *output, uint64_t off, struct wf_error *err)
{
    assert(off <= size_of(output));
    if (off >= output->base_off && off - output->base_off <= output->buffer.len) {
        output->at = (size_t)(off - output->base_off);
        return true;
    }
    if (!flush(output, err))
        return false;
    output->base_off = off;
    return true;
}

uint64_t
wf_output_tell(const struct wf_output *output)
{
    return output->base_off + output->at;
}

bool
wf_output_reader(struct wf_file *out, struct wf_output *output, struct wf_error *err)
{
    if (!flush(output, err))
        return false;
    *out = (struct wf_file){
        .fd_plus_1 = output->fd + 1,
        .size = output->flushed_end,
        .mode = 0600,
    };
    return true;
}

static bool
sync_fd(int fd)
{
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return false;
    }
    return true;
}

bool
wf_output_sync(struct wf_output *output, struct wf_error *err)
{
    if (!flush(output, err))
        return false;
    if (!sync_fd(output->fd))
        return system_refused(err, "cannot be synced");
    output->is_synced = true;
    return true;
}

/* Gives an unnamed file a name in the folder, unless that is taken (EEXIST). */
static bool
link_as(const struct wf_output *output, const char *name)
{
    char path[NAME_LEN];

    proc_path(path, output->fd);
    return linkat(AT_FDCWD, path, output->folder_fd, name, AT_SYMLINK_FOLLOW) == 0;
}

static bool
link_as_temp(struct wf_output *output)
{
    for (unsigned try = 0; try < NUM_TRIES; try++) {
        choose_temp_name(output, try);
        if (link_as(output, output->temp)) {
            set_named(output, true);
            return true;
        }
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* Where nothing has the final name yet it is given at once: there is then no moment at
 * which a temporary name could outlive the process.  A file that is there can only be
 * replaced by renaming. */
static bool
give_name(struct wf_output *output, const char *base_name, struct wf_error *err)
{
    if (!output->is_named) {
        if (link_as(output, base_name))
            return true;
        if (errno != EEXIST || !link_as_temp(output))
            return system_refused(err, "the finished file cannot be named");
    }
    if (renameat(output->folder_fd, output->temp, output->folder_fd, base_name) != 0)
        return system_refused(err, "cannot be replaced");
    set_named(output, false); /* it has its final name, which is not to be removed */
    return true;
}

/* A file system without permission bits says EPERM or has the call not at all; such a
 * file is as readable as its folder's mount makes it. */
static bool
set_mode(struct wf_output *output, uint32_t mode, struct wf_error *err)
{
    if (fchmod(output->fd, mode & output->mode_allowed) == 0 || errno == EPERM ||
        errno == ENOSYS || errno == EOPNOTSUPP)
        return true;
    return system_refused(err, "its mode cannot be set");
}

static bool
prepare(struct wf_output *output, uint32_t mode, struct wf_error *err)
{
    return flush(output, err) && set_mode(output, mode, err) &&
           (output->is_synced || wf_output_sync(output, err));
}

bool
wf_output_commit(struct wf_output *output, const char *base_name, uint32_t mode,
                 struct wf_error *err)
{
    sigset_t saved;
    bool ok = prepare(output, mode, err);

    hold_signals(&saved);
    ok = ok && give_name(output, base_name, err);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    wf_output_discard(output);
    return ok;
}

void
wf_output_discard(struct wf_output *output)
{
    if (output == NULL)
        return;
    struct wf_arena arena = output->arena;
    sigset_t saved;

    hold_signals(&saved);
    if (output->is_named)
        (void)unlinkat(output->folder_fd, output->temp, 0);
    set_named(output, false);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    if (output->fd >= 0)
        close(output->fd);
    if (output->folder_fd >= 0)
        close(output->folder_fd);
    wf_buffer_clear(&output->buffer);
    wf_arena_clear(&arena);
}

/* Some file systems cannot sync a folder and say EINVAL; there is nothing to be done
 * about those. */
bool
wf_output_sync_folder(const char *folder, struct wf_error *err)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool ok = fd >= 0 && (sync_fd(fd) || errno == EINVAL);

    if (!ok)
        system_refused(err, "was written, but its folder cannot be synced");
    if (fd >= 0)
        close(fd);
    return ok;
}
