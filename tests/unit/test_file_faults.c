/* test_file_faults.c -- a system that refuses, interrupts or does half of what it was
 * asked.  The calls below stand in for libc's: the program's own come first. */
#define _GNU_SOURCE    /* O_TMPFILE, syscall */
#undef _FORTIFY_SOURCE /* it makes libc's calls inline functions */
#include "../support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/folder.h"
#include "base/output.h"

static struct {
    int tmpfile_error; /* of openat with O_TMPFILE */
    int link_error;
    int rename_error;
    int mode_error;
    bool takes_nothing;
    bool no_proc;
    int fsync_error;
    int fsyncs_before; /* that many still succeed */
    size_t most_bytes; /* of one read or write; 0: all */
    int num_interrupts;
    int read_error;
    uint64_t read_error_from;
    uint64_t end; /* where reads find the end of the file; 0: where it is */
    int num_fsyncs;
} faults;

static bool
interrupted(void)
{
    if (faults.num_interrupts == 0)
        return false;
    faults.num_interrupts--;
    errno = EINTR;
    return true;
}

static size_t
cut(size_t len)
{
    return faults.most_bytes != 0 && len > faults.most_bytes ? faults.most_bytes : len;
}

static int
refuse(int error)
{
    errno = error;
    return -1;
}

int
openat(int folder, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    if ((flags & __O_TMPFILE) != 0 && faults.tmpfile_error != 0)
        return refuse(faults.tmpfile_error);
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

int
linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    if (faults.link_error != 0)
        return refuse(faults.link_error);
    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    if (faults.rename_error != 0)
        return refuse(faults.rename_error);
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int
fsync(int fd)
{
    faults.num_fsyncs++;
    if (faults.fsync_error != 0 && faults.fsyncs_before-- == 0)
        return refuse(faults.fsync_error);
    return (int)syscall(SYS_fsync, fd);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t off)
{
    if (interrupted())
        return -1;
    if (faults.takes_nothing)
        return 0;
    return syscall(SYS_pwrite64, fd, data, cut(len), off);
}

int
fchmod(int fd, mode_t mode)
{
    if (faults.mode_error != 0)
        return refuse(faults.mode_error);
    return (int)syscall(SYS_fchmod, fd, mode);
}

/* What stands for /proc, through which unnamed files are named. */
int
faccessat(int folder, const char *path, int mode, int flags)
{
    if (faults.no_proc && strncmp(path, "/proc/", 6) == 0)
        return refuse(ENOENT);
    return (int)syscall(SYS_faccessat2, folder, path, mode, flags);
}

ssize_t
pread(int fd, void *data, size_t len, off_t off)
{
    if (interrupted())
        return -1;
    if (faults.read_error != 0 && (uint64_t)off >= faults.read_error_from)
        return refuse(faults.read_error);
    if (faults.end != 0) {
        if ((uint64_t)off >= faults.end)
            return 0;
        if (len > faults.end - (uint64_t)off)
            len = (size_t)(faults.end - (uint64_t)off);
    }
    return syscall(SYS_pread64, fd, data, cut(len), off);
}

static int
setup(void **state)
{
    if (folder_setup(state) != 0)
        return -1;
    folder_write(state, "a", "old");
    memset(&faults, 0, sizeof faults);
    return 0;
}

static int
teardown(void **state)
{
    memset(&faults, 0, sizeof faults);
    return folder_teardown(state);
}

static bool
write_new(void **state, struct wf_error *err)
{
    return wf_file_write_atomic(folder_path(state, "a"), wf_bytes_str("new content"),
                                0644, err);
}

static void
assert_a_holds(void **state, const char *text)
{
    struct wf_buffer content;

    memset(&faults, 0, sizeof faults);
    wf_buffer_init(&content, 4096);
    assert_true(wf_file_read_whole(&content, folder_path(state, "a"), NULL));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&content), text));
    wf_buffer_clear(&content);
    assert_int_equal(folder_count(state), 1);
}

static void
short_and_interrupted_writes_are_gone_on_with(void **state)
{
    struct wf_error err = { 0 };

    faults.most_bytes = 3;
    faults.num_interrupts = 2;
    assert_true(write_new(state, &err));
    assert_a_holds(state, "new content");
}

static void
short_and_interrupted_reads_are_gone_on_with(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };
    char text[4] = "";

    assert_true(wf_file_open(&file, folder_path(state, "a"), &err));
    faults.most_bytes = 1;
    faults.num_interrupts = 2;
    assert_true(wf_file_pread(&file, text, 3, 0, &err));
    assert_string_equal(text, "old");
    wf_file_close(&file);
}

static void
a_read_error_is_told_with_its_place(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };
    char text[4] = "";

    assert_true(wf_file_open(&file, folder_path(state, "a"), &err));
    faults.most_bytes = 1;
    faults.read_error = EIO;
    faults.read_error_from = 2;
    assert_false(wf_file_pread(&file, text, 3, 0, &err));
    assert_error_at(err, WF_ERR_IO, 2, "at 0x2: cannot be read: Input/output error");
    wf_file_close(&file);
}

/* After the file was opened and before its bytes are read. */
static void
a_file_that_shrinks_while_it_is_read_whole_is_an_error(void **state)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };

    faults.end = 1;
    wf_buffer_init(&content, 4096);
    assert_false(wf_file_read_whole(&content, folder_path(state, "a"), &err));
    assert_error_at(err, WF_ERR_IO, 1,
                    "at 0x1: the file ends here; it had 3 bytes when it was opened");
    wf_buffer_clear(&content);
}

static void
without_unnamed_files_a_named_one_is_used(void **state)
{
    static const int errors[] = { EOPNOTSUPP, EISDIR, ENOENT, EINVAL };

    for (size_t i = 0; i < WF_COUNT(errors); i++) {
        struct wf_error err = { 0 };

        faults.tmpfile_error = errors[i];
        assert_true(write_new(state, &err));
        assert_a_holds(state, "new content");
    }
}

static void
without_proc_a_named_file_is_used(void **state)
{
    struct wf_error err = { 0 };

    faults.no_proc = true;
    faults.link_error = EPERM; /* which is not asked for */
    assert_true(write_new(state, &err));
    assert_a_holds(state, "new content");
}

static void
a_file_system_without_permission_bits_is_written_to(void **state)
{
    static const int errors[] = { EPERM, ENOSYS, EOPNOTSUPP };

    for (size_t i = 0; i < WF_COUNT(errors); i++) {
        struct wf_error err = { 0 };

        faults.mode_error = errors[i];
        assert_true(write_new(state, &err));
        assert_a_holds(state, "new content");
    }
}

/* Where nothing has the name yet there is no moment with a temporary one. */
static void
a_new_file_gets_its_name_at_once(void **state)
{
    struct wf_error err = { 0 };

    faults.rename_error = EIO;
    assert_true(
        wf_file_write_atomic(folder_path(state, "b"), wf_bytes_str("new"), 0644, &err));
    assert_int_equal(folder_count(state), 2);
}

static void
a_temporary_name_that_is_taken_is_passed_over(void **state)
{
    struct wf_error err = { 0 };
    char name[64];

    for (int named = 0; named < 2; named++) {
        snprintf(name, sizeof name, ".wheelfix-%ld-0.tmp", (long)getpid());
        folder_write(state, name, "somebody else's");
        faults.tmpfile_error = named ? EOPNOTSUPP : 0;
        assert_true(write_new(state, &err));
        assert_int_equal(folder_count(state), 2);
        assert_int_equal(unlink(folder_path(state, name)), 0);
        assert_a_holds(state, "new content");
    }
}

static void
file_and_folder_are_both_synced(void **state)
{
    struct wf_error err = { 0 };

    assert_true(write_new(state, &err));
    assert_int_equal(faults.num_fsyncs, 2);
}

/* Whichever step fails, with and without a temporary name: the old file stays, and
 * nothing is left beside it. */
static void
whatever_fails_before_the_rename_changes_nothing(void **state)
{
    static const char *const says[] = {
        "cannot be synced: Input/output error",
        "cannot be replaced: Permission denied",
        "the finished file cannot be named: Operation not permitted",
        "its mode cannot be set: Input/output error",
        "at 0x0: cannot be written: nothing is taken",
    };

    for (int step = 0; step < 5; step++)
        for (int named = 0; named < (step == 2 ? 1 : 2); named++) {
            struct wf_error err = { 0 };

            faults.tmpfile_error = named ? EOPNOTSUPP : 0;
            faults.fsync_error = step == 0 ? EIO : 0;
            faults.rename_error = step == 1 ? EACCES : 0;
            faults.link_error = step == 2 ? EPERM : 0;
            faults.mode_error = step == 3 ? EIO : 0;
            faults.takes_nothing = step == 4;
            assert_false(write_new(state, &err));
            assert_error(err, WF_ERR_IO, says[step]);
            assert_a_holds(state, "old");
        }
}

static void
a_folder_that_cannot_be_synced_is_told_unless_it_never_can(void **state)
{
    struct wf_error err = { 0 };

    faults.fsync_error = EIO;
    faults.fsyncs_before = 1;
    assert_false(write_new(state, &err));
    assert_error(err, WF_ERR_IO,
                 "was written, but its folder cannot be synced: Input/output error");
    assert_a_holds(state, "new content");
    faults.fsync_error = EINVAL;
    faults.fsyncs_before = 1;
    assert_true(write_new(state, &err));
}

/* For the handler of a signal that ends the program: names that are only for the time
 * being go, and those that were given for good stay. */
static void
temporary_names_are_dropped_on_request(void **state)
{
    struct wf_output *outputs[3];

    faults.tmpfile_error = EOPNOTSUPP;
    for (int i = 0; i < 3; i++)
        assert_true(wf_output_open(&outputs[i], *state, NULL));
    assert_int_equal(folder_count(state), 4);
    assert_true(wf_output_commit(outputs[0], "b", 0644, NULL));
    wf_output_drop_names();
    assert_int_equal(folder_count(state), 2);
    wf_output_discard(outputs[1]);
    wf_output_discard(outputs[2]);
    assert_true(wf_output_open(&outputs[0], *state, NULL));
    wf_output_discard(outputs[0]);
    wf_output_drop_names();
    assert_int_equal(folder_count(state), 2);
}

#define WITH_FAULTS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAULTS(short_and_interrupted_writes_are_gone_on_with),
        WITH_FAULTS(short_and_interrupted_reads_are_gone_on_with),
        WITH_FAULTS(a_read_error_is_told_with_its_place),
        WITH_FAULTS(a_file_that_shrinks_while_it_is_read_whole_is_an_error),
        WITH_FAULTS(without_unnamed_files_a_named_one_is_used),
        WITH_FAULTS(without_proc_a_named_file_is_used),
        WITH_FAULTS(a_file_system_without_permission_bits_is_written_to),
        WITH_FAULTS(a_new_file_gets_its_name_at_once),
        WITH_FAULTS(a_temporary_name_that_is_taken_is_passed_over),
        WITH_FAULTS(file_and_folder_are_both_synced),
        WITH_FAULTS(whatever_fails_before_the_rename_changes_nothing),
        WITH_FAULTS(temporary_names_are_dropped_on_request),
        WITH_FAULTS(a_folder_that_cannot_be_synced_is_told_unless_it_never_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
