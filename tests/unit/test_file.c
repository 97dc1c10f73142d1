/* test_file.c -- what is opened and what is not, reading, replacing, links. */
#define _XOPEN_SOURCE 700 /* mknod */
#include "../support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <signal.h>
#include <unistd.h>

#include "../support/folder.h"
#include "base/file.h"

static void
assert_holds(const char *path, const char *text)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };

    wf_buffer_init(&content, 1 << 20);
    assert_true(wf_file_read_whole(&content, path, &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&content), text));
    wf_buffer_clear(&content);
}

static void
assert_not_opened(const char *path, const char *says)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };

    assert_false(wf_file_open(&file, path, &err));
    assert_int_equal(file.fd_plus_1, 0);
    assert_error(err, WF_ERR_IO, says);
}

static void
a_regular_file_is_opened_with_its_size_and_mode(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };

    folder_write(state, "a", "12345");
    assert_int_equal(chmod(folder_path(state, "a"), 0640), 0);
    folder_link(state, "link", "a");
    assert_true(wf_file_open(&file, folder_path(state, "link"), &err));
    assert_int_equal(file.size, 5);
    assert_int_equal(file.mode, 0640);
    wf_file_close(&file);
    assert_int_equal(file.fd_plus_1, 0);
    wf_file_close(&file);
}

static void
only_regular_files_are_opened(void **state)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    folder_make(state, "folder");
    assert_not_opened(folder_path(state, "folder"),
                      "is a folder; a regular file is expected");
    /* Nobody writes to it: an open that waited would not come back. */
    assert_int_equal(mkfifo(folder_path(state, "fifo"), 0600), 0);
    assert_not_opened(folder_path(state, "fifo"),
                      "is a FIFO; a regular file is expected");
    assert_not_opened("/dev/null", "is a device; a regular file is expected");
    snprintf(name.sun_path, sizeof name.sun_path, "%s", folder_path(state, "socket"));
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    assert_not_opened(folder_path(state, "socket"),
                      "is a socket; a regular file is expected");
    close(fd);
}

static void
what_is_not_there_is_an_error(void **state)
{
    assert_not_opened(folder_path(state, "none"),
                      "cannot be opened: No such file or directory");
    assert_not_opened("", "cannot be opened: No such file or directory");
    folder_link(state, "loop", "loop");
    assert_not_opened(folder_path(state, "loop"),
                      "cannot be opened: Too many levels of symbolic links");
}

/* The superuser may read everything, so this looks with other eyes for a moment. */
static void
an_unreadable_file_is_an_error(void **state)
{
    const bool is_root = geteuid() == 0;

    folder_write(state, "secret", "x");
    const char *path = folder_path(state, "secret");

    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(*state, 0755), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    assert_not_opened(path, "cannot be opened: Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
}

static void
parts_are_read_by_offset(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };
    char part[4] = "";
    size_t got = 0;

    folder_write(state, "a", "0123456789");
    assert_true(wf_file_open(&file, folder_path(state, "a"), &err));
    assert_true(wf_file_pread(&file, part, 3, 7, &err));
    assert_string_equal(part, "789");
    assert_true(wf_file_pread(&file, part, 0, 10, &err));
    assert_true(wf_file_pread_upto(&file, part, 3, 8, &got, &err));
    assert_int_equal(got, 2);
    assert_true(wf_file_pread_upto(&file, part, 3, 100, &got, &err));
    assert_int_equal(got, 0);
    wf_file_close(&file);
}

static void
an_offset_no_file_can_have_is_an_error(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };
    char byte = 0;

    folder_write(state, "a", "0");
    assert_true(wf_file_open(&file, folder_path(state, "a"), &err));
    assert_false(wf_file_pread(&file, &byte, 1, UINT64_MAX, &err));
    assert_error_at(err, WF_ERR_IO, UINT64_MAX,
                    "at 0xffffffffffffffff: no file has 1 bytes there");
    assert_false(wf_file_pread(&file, &byte, 1, INT64_MAX, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    wf_file_close(&file);
}

static void
a_file_that_shrank_is_an_error_that_says_what_came(void **state)
{
    struct wf_file file = { 0 };
    struct wf_error err = { 0 };
    char part[8];

    folder_write(state, "a", "0123456789");
    assert_true(wf_file_open(&file, folder_path(state, "a"), &err));
    assert_int_equal(truncate(folder_path(state, "a"), 4), 0);
    assert_false(wf_file_pread(&file, part, 8, 2, &err));
    assert_error_at(
        err, WF_ERR_IO, 2,
        "at 0x2: 8 bytes expected, 2 came; the file had 10 when it was opened");
    wf_file_close(&file);
}

static void
a_whole_file_is_appended(void **state)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };

    folder_write(state, "a", "cd");
    wf_buffer_init(&content, 4);
    wf_buffer_add_str(&content, "ab");
    assert_true(wf_file_read_whole(&content, folder_path(state, "a"), &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&content), "abcd"));
    wf_buffer_clear(&content);
}

static void
a_file_over_the_maximum_is_not_read(void **state)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };

    folder_write(state, "a", "abcde");
    wf_buffer_init(&content, 4);
    assert_false(wf_file_read_whole(&content, folder_path(state, "a"), &err));
    assert_error(err, WF_ERR_LIMIT, "holds 5 bytes; at most 4 are read");
    assert_int_equal(content.cap, 0);
    wf_buffer_clear(&content);
}

static void
a_file_larger_than_one_read_is_whole(void **state)
{
    enum { LEN = 100000 };
    char *text = malloc(LEN + 1);

    assert_non_null(text);
    for (size_t i = 0; i < LEN; i++)
        text[i] = (char)('a' + i % 23);
    text[LEN] = '\0';
    folder_write(state, "a", text);
    assert_holds(folder_path(state, "a"), text);
    free(text);
}

static void
a_file_that_says_0_bytes_is_read_to_its_end(void **state)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&content, 1 << 20);
    assert_true(wf_file_read_whole(&content, "/proc/self/status", &err));
    assert_true(wf_bytes_starts_with(wf_buffer_bytes(&content), "Name:"));
    wf_buffer_clear(&content);
}

static void
a_stream_is_read_to_its_end_or_its_maximum(void **state)
{
    struct wf_buffer content;
    struct wf_error err = { 0 };
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abcdef", 6), 6);
    close(ends[1]);
    wf_buffer_init(&content, 6);
    assert_true(wf_stream_read_whole(&content, ends[0], &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&content), "abcdef"));
    close(ends[0]);
    wf_buffer_reset(&content);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abcdefg", 7), 7);
    close(ends[1]);
    assert_false(wf_stream_read_whole(&content, ends[0], &err));
    assert_error(err, WF_ERR_LIMIT, "the input is larger than 6 bytes");
    close(ends[0]);
    assert_false(wf_stream_read_whole(&content, ends[0], &err));
    wf_buffer_reset(&content);
    assert_false(wf_stream_read_whole(&content, ends[0], &err));
    assert_error_at(err, WF_ERR_IO, 0, "at 0x0: cannot be read: Bad file descriptor");
    wf_buffer_clear(&content);
}

static void
a_file_appears_with_its_content_and_mode(void **state)
{
    const char *path = folder_path(state, "new");
    struct wf_error err = { 0 };
    struct stat st;
    const mode_t mask = umask(027);

    assert_true(wf_file_write_atomic(path, wf_bytes_str("content"), 0666, &err));
    umask(mask);
    assert_holds(path, "content");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(folder_count(state), 1);
}

static void
a_file_is_replaced_and_not_written_into(void **state)
{
    struct wf_error err = { 0 };

    folder_write(state, "a", "old");
    assert_int_equal(link(folder_path(state, "a"), folder_path(state, "other")), 0);
    assert_true(
        wf_file_write_atomic(folder_path(state, "a"), wf_bytes_of(NULL, 0), 0644, &err));
    assert_holds(folder_path(state, "a"), "");
    assert_holds(folder_path(state, "other"), "old");
    assert_int_equal(folder_count(state), 2);
}

static void
a_name_of_the_greatest_length_can_be_written(void **state)
{
    char name[256];
    struct wf_error err = { 0 };

    memset(name, 'n', 255);
    name[255] = '\0';
    assert_true(
        wf_file_write_atomic(folder_path(state, name), wf_bytes_str("x"), 0644, &err));
    assert_holds(folder_path(state, name), "x");
    assert_int_equal(folder_count(state), 1);
}

static void
a_place_that_cannot_be_written_is_an_error(void **state)
{
    struct wf_error err = { 0 };

    assert_false(wf_file_write_atomic(folder_path(state, "none/a"), wf_bytes_str("x"),
                                      0644, &err));
    assert_error(err, WF_ERR_IO,
                 "its folder cannot be opened: No such file or directory");
    assert_false(
        wf_file_write_atomic(folder_path(state, ""), wf_bytes_str("x"), 0644, &err));
    assert_error(err, WF_ERR_IO, "is the name of a folder, not of a file");
    folder_make(state, "folder");
    assert_false(wf_file_write_atomic(folder_path(state, "folder"), wf_bytes_str("x"),
                                      0644, &err));
    assert_error(err, WF_ERR_IO, "cannot be replaced: Is a directory");
    assert_int_equal(folder_count(state), 1);
}

static void
a_write_that_fails_midway_leaves_everything_as_it_was(void **state)
{
    static char content[100000];
    struct rlimit before;
    struct wf_error err = { 0 };

    folder_write(state, "a", "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 50000, before.rlim_max }),
                     0);
    const bool ok = wf_file_write_atomic(
        folder_path(state, "a"), wf_bytes_of(content, sizeof content), 0644, &err);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(ok);
    assert_error_at(err, WF_ERR_IO, 50000,
                    "at 0xc350: cannot be written: File too large");
    assert_holds(folder_path(state, "a"), "old");
    assert_int_equal(folder_count(state), 1);
}

static void
kinds_of_paths_follow_links(void **state)
{
    folder_write(state, "file", "x");
    folder_make(state, "folder");
    folder_link(state, "to_file", "file");
    folder_link(state, "to_nothing", "nothing");
    assert_int_equal(wf_path_kind(folder_path(state, "file")), WF_PATH_FILE);
    assert_int_equal(wf_path_kind(folder_path(state, "to_file")), WF_PATH_FILE);
    assert_int_equal(wf_path_kind(folder_path(state, "folder")), WF_PATH_FOLDER);
    assert_int_equal(wf_path_kind(folder_path(state, "to_nothing")), WF_PATH_ABSENT);
    assert_int_equal(wf_path_kind(folder_path(state, "file/x")), WF_PATH_ABSENT);
    assert_int_equal(wf_path_kind("/dev/null"), WF_PATH_OTHER);
}

static void
a_folder_is_listed_in_byte_order(void **state)
{
    static const char *const expected[] = { ".hidden", "B", "a", "b10", "b9" };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;

    for (size_t i = 0; i < WF_COUNT(expected); i++)
        folder_write(state, expected[WF_COUNT(expected) - 1 - i], "");
    assert_true(wf_folder_list(&arena, *state, &names, &num, &err));
    assert_int_equal(num, WF_COUNT(expected));
    for (size_t i = 0; i < num; i++)
        assert_string_equal(names[i], expected[i]);
    wf_arena_clear(&arena);
}

static void
an_empty_folder_is_listed_and_a_missing_one_is_not(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 7;

    assert_true(wf_folder_list(&arena, *state, &names, &num, &err));
    assert_int_equal(num, 0);
    assert_false(wf_folder_list(&arena, folder_path(state, "none"), &names, &num, &err));
    assert_error(err, WF_ERR_IO, "cannot be listed: No such file or directory");
    wf_arena_clear(&arena);
}

static void
the_machine_has_memory_and_processors(void **state)
{
    (void)state;
    assert_true(wf_memory_of_machine() > 1 << 20);
    assert_true(wf_cpus_usable() >= 1);
}

static void
removes_a_file_and_of_a_link_the_link(void **state)
{
    struct wf_error err = { 0 };

    folder_write(state, "a", "text");
    folder_link(state, "b", "a");
    assert_true(wf_file_remove(folder_path(state, "b"), &err));
    assert_int_equal(wf_path_kind(folder_path(state, "a")), WF_PATH_FILE);
    assert_true(wf_file_remove(folder_path(state, "a"), &err));
    assert_int_equal(folder_count(state), 0);
    assert_false(wf_file_remove(folder_path(state, "a"), &err));
    assert_error(err, WF_ERR_IO, "cannot be removed: No such file or directory");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_regular_file_is_opened_with_its_size_and_mode),
        IN_FOLDER(removes_a_file_and_of_a_link_the_link),
        IN_FOLDER(only_regular_files_are_opened),
        IN_FOLDER(what_is_not_there_is_an_error),
        IN_FOLDER(an_unreadable_file_is_an_error),
        IN_FOLDER(parts_are_read_by_offset),
        IN_FOLDER(an_offset_no_file_can_have_is_an_error),
        IN_FOLDER(a_file_that_shrank_is_an_error_that_says_what_came),
        IN_FOLDER(a_whole_file_is_appended),
        IN_FOLDER(a_file_over_the_maximum_is_not_read),
        IN_FOLDER(a_file_larger_than_one_read_is_whole),
        cmocka_unit_test(a_file_that_says_0_bytes_is_read_to_its_end),
        cmocka_unit_test(a_stream_is_read_to_its_end_or_its_maximum),
        IN_FOLDER(a_file_appears_with_its_content_and_mode),
        IN_FOLDER(a_file_is_replaced_and_not_written_into),
        IN_FOLDER(a_name_of_the_greatest_length_can_be_written),
        IN_FOLDER(a_place_that_cannot_be_written_is_an_error),
        IN_FOLDER(a_write_that_fails_midway_leaves_everything_as_it_was),
        IN_FOLDER(kinds_of_paths_follow_links),
        IN_FOLDER(a_folder_is_listed_in_byte_order),
        IN_FOLDER(an_empty_folder_is_listed_and_a_missing_one_is_not),
        cmocka_unit_test(the_machine_has_memory_and_processors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
