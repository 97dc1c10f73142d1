/* test_output.c -- files that are written in pieces, also backwards, and appear whole or
 * not at all. */
#include "../support/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../support/folder.h"
#include "base/output.h"

enum { MIB = 1 << 20 };

static struct wf_output *
started(void **state)
{
    struct wf_output *output = NULL;
    struct wf_error err = { 0 };

    assert_true(wf_output_open(&output, *state, &err));
    return output;
}

static void
write_str(struct wf_output *output, const char *text)
{
    assert_true(wf_output_write(output, text, strlen(text), NULL));
}

static void
assert_file(void **state, const char *name, const void *data, size_t len)
{
    struct wf_buffer content;

    wf_buffer_init(&content, SIZE_MAX);
    assert_true(wf_file_read_whole(&content, folder_path(state, name), NULL));
    assert_int_equal(content.len, len);
    if (len > 0)
        assert_memory_equal(content.data, data, len);
    wf_buffer_clear(&content);
}

static void
nothing_has_a_name_before_it_is_committed(void **state)
{
    struct wf_output *output = started(state);

    write_str(output, "content");
    assert_true(wf_output_sync(output, NULL));
    assert_int_equal(folder_count(state), 0);
    assert_true(wf_output_commit(output, "a.whl", 0644, NULL));
    assert_int_equal(folder_count(state), 1);
    assert_file(state, "a.whl", "content", 7);
    assert_true(wf_output_sync_folder(*state, NULL));
}

static void
what_is_discarded_leaves_nothing(void **state)
{
    struct wf_output *output = started(state);

    write_str(output, "content");
    wf_output_discard(output);
    assert_int_equal(folder_count(state), 0);
    wf_output_discard(NULL);
}

static void
an_empty_output_is_an_empty_file(void **state)
{
    assert_true(wf_output_commit(started(state), "empty", 0600, NULL));
    assert_file(state, "empty", "", 0);
}

static void
a_file_of_that_name_is_replaced_and_a_link_not_followed(void **state)
{
    struct wf_output *output = started(state);
    struct stat st;

    folder_write(state, "old", "old");
    folder_link(state, "a", "old");
    write_str(output, "new");
    assert_true(wf_output_commit(output, "a", 0644, NULL));
    assert_int_equal(lstat(folder_path(state, "a"), &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_file(state, "a", "new", 3);
    assert_file(state, "old", "old", 3);
    assert_int_equal(folder_count(state), 2);
}

static void
the_mode_is_cut_by_the_umask(void **state)
{
    static const struct {
        mode_t mask;
        uint32_t mode;
        mode_t expected;
    } rows[] = { { 022, 0666, 0644 }, { 027, 0777, 0750 }, { 0, 0666, 0666 },
                 { 077, 0644, 0600 }, { 022, 0600, 0600 }, { 0, 06755, 0755 } };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const mode_t before = umask(rows[i].mask);
        struct stat st;

        assert_true(wf_output_commit(started(state), "a", rows[i].mode, NULL));
        umask(before);
        assert_int_equal(stat(folder_path(state, "a"), &st), 0);
        assert_int_equal(st.st_mode & 07777, rows[i].expected);
    }
}

/* Over the buffer's size, in pieces that do and do not divide it, with fields that are
 * filled in afterwards: near, so that they are still in the buffer, and far. */
static void
pieces_and_fields_filled_in_later_end_where_they_belong(void **state)
{
    static const size_t pieces[] = { 1, 8192, MIB - 1, MIB, MIB + 1, 3 * MIB + 17 };
    uint8_t *expected = malloc(8 * MIB);
    uint8_t *piece = malloc(4 * MIB);
    struct wf_output *output = started(state);
    uint64_t at = 0;

    assert_non_null(expected);
    assert_non_null(piece);
    for (size_t i = 0; i < WF_COUNT(pieces); i++) {
        const uint64_t field = at;

        memset(piece, (int)('a' + i), pieces[i]);
        assert_true(wf_output_write(output, "....", 4, NULL));
        assert_true(wf_output_write(output, piece, pieces[i], NULL));
        assert_int_equal(wf_output_tell(output), at + 4 + pieces[i]);
        memset(expected + at + 4, (int)('a' + i), pieces[i]);
        at += 4 + pieces[i];
        assert_true(wf_output_seek(output, field, NULL));
        assert_true(wf_output_write(output, "HEAD", 4, NULL));
        memcpy(expected + field, "HEAD", 4);
        assert_true(wf_output_seek(output, at, NULL));
        assert_int_equal(wf_output_tell(output), at);
    }
    assert_true(wf_output_seek(output, MIB, NULL));
    write_str(output, "middle");
    memcpy(expected + MIB, "middle", 6);
    assert_true(wf_output_commit(output, "a", 0644, NULL));
    assert_file(state, "a", expected, at);
    free(piece);
    free(expected);
}

static void
what_was_written_can_be_read_before_it_has_a_name(void **state)
{
    struct wf_output *output = started(state);
    struct wf_file file = { 0 };
    char text[8] = "";

    write_str(output, "content");
    assert_true(wf_output_seek(output, 1, NULL));
    write_str(output, "O");
    assert_true(wf_output_reader(&file, output, NULL));
    assert_int_equal(file.size, 7);
    assert_true(wf_file_pread(&file, text, 7, 0, NULL));
    assert_string_equal(text, "cOntent");
    assert_true(wf_output_commit(output, "a", 0644, NULL));
    assert_file(state, "a", "cOntent", 7);
}

static void
a_folder_that_is_none_is_told(void **state)
{
    struct wf_output *output = NULL;
    struct wf_error err = { 0 };

    assert_false(wf_output_open(&output, folder_path(state, "none"), &err));
    assert_error(err, WF_ERR_IO,
                 "its folder cannot be opened: No such file or directory");
    folder_write(state, "file", "");
    assert_false(wf_output_open(&output, folder_path(state, "file"), &err));
    assert_error(err, WF_ERR_IO, "its folder cannot be opened: Not a directory");
    assert_false(wf_output_sync_folder(folder_path(state, "none"), &err));
    assert_error(err, WF_ERR_IO,
                 "was written, but its folder cannot be synced: No such file or "
                 "directory");
    assert_null(output);
}

/* The superuser may write everywhere, so this is tried by somebody else for a moment. */
static void
a_folder_that_may_not_be_written_is_told(void **state)
{
    const bool is_root = geteuid() == 0;
    struct wf_output *output = NULL;
    struct wf_error err = { 0 };

    assert_int_equal(chmod(*state, 0555), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    const bool ok = wf_output_open(&output, *state, &err);

    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(*state, 0700), 0);
    assert_false(ok);
    assert_error(err, WF_ERR_IO, "no file can be made in its folder: Permission denied");
    assert_int_equal(folder_count(state), 0);
}

static void
a_name_that_is_a_folder_is_told_and_nothing_left(void **state)
{
    struct wf_output *output = started(state);
    struct wf_error err = { 0 };

    folder_make(state, "a");
    assert_false(wf_output_commit(output, "a", 0644, &err));
    assert_error(err, WF_ERR_IO, "cannot be replaced: Is a directory");
    assert_int_equal(folder_count(state), 1);
}

static void
a_file_that_may_not_grow_is_told_with_its_place_and_nothing_is_left(void **state)
{
    char *content = calloc(2, MIB);
    struct wf_output *output = started(state);
    struct rlimit before;
    struct wf_error err = { 0 };

    assert_non_null(content);
    folder_write(state, "a", "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 50000, before.rlim_max }),
                     0);
    const bool wrote = wf_output_write(output, content, (size_t)2 * MIB, &err);
    struct wf_error at_commit = { 0 };
    const bool committed = wf_output_commit(output, "a", 0644, &at_commit);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(wrote);
    assert_error_at(err, WF_ERR_IO, 50000,
                    "at 0xc350: cannot be written: File too large");
    assert_false(committed);
    assert_file(state, "a", "old", 3);
    assert_int_equal(folder_count(state), 1);
    free(content);
}

/* A child that is killed at any moment between its first call and its last: the old file
 * or the new one, and nothing else. */
static void
killed_at_any_moment_it_leaves_the_old_file_or_the_new_one(void **state)
{
    enum { NUM_KILLS = 200 };
    int num_new = 0;

    for (int i = 0; i < NUM_KILLS; i++) {
        folder_write(state, "a", "old");
        int go[2];

        assert_int_equal(pipe(go), 0);
        const pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
            struct wf_output *output = NULL;
            bool ok = write(go[1], "!", 1) == 1 && wf_output_open(&output, *state, NULL);

            for (int n = 0; ok && n < 50; n++)
                ok = wf_output_write(output, "0123456789", 10, NULL);
            if (ok)
                ok = wf_output_commit(output, "b", 0644, NULL);
            _exit(ok ? 0 : 1);
        }
        char byte = 0;

        assert_int_equal(read(go[0], &byte, 1), 1);
        nanosleep(&(struct timespec){ .tv_nsec = i * 7000 }, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        close(go[0]);
        close(go[1]);
        assert_file(state, "a", "old", 3);
        const bool is_there = unlink(folder_path(state, "b")) == 0;

        num_new += is_there;
        assert_int_equal(folder_count(state), 1);
    }
    print_message("# killed %d times, finished before %d times\n", NUM_KILLS, num_new);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(nothing_has_a_name_before_it_is_committed),
        IN_FOLDER(what_is_discarded_leaves_nothing),
        IN_FOLDER(an_empty_output_is_an_empty_file),
        IN_FOLDER(a_file_of_that_name_is_replaced_and_a_link_not_followed),
        IN_FOLDER(the_mode_is_cut_by_the_umask),
        IN_FOLDER(pieces_and_fields_filled_in_later_end_where_they_belong),
        IN_FOLDER(what_was_written_can_be_read_before_it_has_a_name),
        IN_FOLDER(a_folder_that_is_none_is_told),
        IN_FOLDER(a_folder_that_may_not_be_written_is_told),
        IN_FOLDER(a_name_that_is_a_folder_is_told_and_nothing_left),
        IN_FOLDER(a_file_that_may_not_grow_is_told_with_its_place_and_nothing_is_left),
        IN_FOLDER(killed_at_any_moment_it_leaves_the_old_file_or_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
