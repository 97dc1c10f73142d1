/* test_spawn.c -- programs: what they say, how they end, and what ends them. */
#define _XOPEN_SOURCE 700 /* mkfifo */
#include "../support/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../support/folder.h"
#include "base/file.h"
#include "base/spawn.h"

/* What one run gave. */
struct outcome {
    bool ok;
    int status;
    struct wf_buffer out;
    struct wf_buffer err_out;
    struct wf_error err;
};

static void
run(struct outcome *o, const struct wf_spawn_request *request, size_t max)
{
    *o = (struct outcome){ .status = -1 };
    wf_buffer_init(&o->out, max);
    wf_buffer_init(&o->err_out, max);
    o->ok = wf_spawn(request, &o->out, &o->err_out, &o->status, &o->err);
}

/* Tests may use a shell, as the program that is run. */
static void
run_shell(struct outcome *o, const char *script, unsigned timeout_ms)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };

    run(o, &(struct wf_spawn_request){ .argv = argv, .timeout_ms = timeout_ms }, 1 << 20);
}

static void
clear(struct outcome *o)
{
    wf_buffer_clear(&o->out);
    wf_buffer_clear(&o->err_out);
}

static uint64_t
now_ms(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
both_streams_and_the_status_are_told(void **state)
{
    struct outcome o;

    (void)state;
    run_shell(&o, "echo one; echo two >&2; exit 7", 0);
    assert_true(o.ok);
    assert_int_equal(o.status, 7);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o.out), "one\n"));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o.err_out), "two\n"));
    clear(&o);
}

static void
a_signal_is_a_status_over_128(void **state)
{
    struct outcome o;

    (void)state;
    run_shell(&o, "kill -9 $$", 0);
    assert_true(o.ok);
    assert_int_equal(o.status, 128 + 9);
    clear(&o);
}

static void
arguments_are_passed_as_they_are(void **state)
{
    const char *const argv[] = { "printf", "%s|", "a b", "$(exit)", "*", "", "'", NULL };
    struct outcome o;

    (void)state;
    run(&o, &(struct wf_spawn_request){ .argv = argv }, 4096);
    assert_true(o.ok);
    assert_int_equal(o.status, 0);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o.out), "a b|$(exit)|*||'|"));
    clear(&o);
}

static void
environment_and_folder_are_as_asked(void **state)
{
    const char *const argv[] = { "/bin/sh", "-c", "echo \"$WORD\"; ls", NULL };
    const char *const envp[] = { "WORD=given", "PATH=/usr/bin:/bin", NULL };
    struct outcome o;

    folder_write(state, "here", "");
    run(&o, &(struct wf_spawn_request){ .argv = argv, .envp = envp, .folder = *state },
        4096);
    assert_true(o.ok);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o.out), "given\nhere\n"));
    clear(&o);
}

static void
there_is_nothing_on_standard_input(void **state)
{
    struct outcome o;

    (void)state;
    run_shell(&o, "cat; echo end", 10000);
    assert_true(o.ok);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o.out), "end\n"));
    clear(&o);
}

static void
much_on_both_streams_does_not_block(void **state)
{
    struct outcome o;

    (void)state;
    run_shell(&o,
              "i=0; while [ $i -lt 3000 ]; do i=$((i + 1));"
              " echo 0123456789012345678901234567890123456789012345678;"
              " echo 0123456789012345678901234567890123456789012345678 >&2; done",
              60000);
    assert_true(o.ok);
    assert_int_equal(o.out.len, 150000);
    assert_int_equal(o.err_out.len, 150000);
    clear(&o);
}

static void
output_nobody_asked_for_is_discarded(void **state)
{
    const char *const argv[] = { "/bin/sh", "-c", "echo out; echo err >&2; exit 3",
                                 NULL };
    struct wf_error err = { 0 };
    int status = 0;

    (void)state;
    assert_true(
        wf_spawn(&(struct wf_spawn_request){ .argv = argv }, NULL, NULL, &status, &err));
    assert_int_equal(status, 3);
}

static void
a_program_that_cannot_be_started_is_an_error(void **state)
{
    const char *const missing[] = { "no-such-program-of-ours", NULL };
    const char *const data[] = { folder_path(state, "data"), NULL };
    char text[5000];
    struct outcome o;

    run(&o, &(struct wf_spawn_request){ .argv = missing }, 4096);
    assert_false(o.ok);
    assert_error(o.err, WF_ERR_IO,
                 "no-such-program-of-ours cannot be started: No such file or directory");
    clear(&o);
    folder_write(state, "data", "text");
    run(&o, &(struct wf_spawn_request){ .argv = data }, 4096);
    assert_false(o.ok);
    snprintf(text, sizeof text, "%s cannot be started: Permission denied", data[0]);
    assert_error(o.err, WF_ERR_IO, text);
    assert_int_equal(o.status, -1);
    clear(&o);
}

static void
a_folder_that_is_not_there_is_an_error(void **state)
{
    const char *const argv[] = { "true", NULL };
    struct outcome o;

    run(&o,
        &(struct wf_spawn_request){ .argv = argv, .folder = folder_path(state, "none") },
        4096);
    assert_false(o.ok);
    assert_error(o.err, WF_ERR_IO, "true cannot be started: No such file or directory");
    clear(&o);
}

static void
a_program_that_writes_too_much_is_ended(void **state)
{
    static const struct {
        const char *script, *says;
    } rows[] = {
        { "while :; do echo 0123456789; done",
          "/bin/sh wrote more than 1000 bytes to its standard output" },
        { "while :; do echo 0123456789 >&2; done",
          "/bin/sh wrote more than 1000 bytes to its standard error" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *const argv[] = { "/bin/sh", "-c", rows[i].script, NULL };
        struct outcome o;

        run(&o, &(struct wf_spawn_request){ .argv = argv }, 1000);
        assert_false(o.ok);
        assert_error(o.err, WF_ERR_IO, rows[i].says);
        clear(&o);
    }
}

/* Whether it is silent, talks, or has closed its streams: the deadline holds. */
static void
a_program_that_does_not_end_in_time_is_ended(void **state)
{
    static const char *const scripts[] = {
        "exec sleep 60",
        "while :; do echo .; sleep 0.05; done",
        "exec >&- 2>&-; exec sleep 60",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(scripts); i++) {
        const uint64_t before = now_ms();
        struct outcome o;

        run_shell(&o, scripts[i], 200);
        assert_false(o.ok);
        assert_error(o.err, WF_ERR_IO, "/bin/sh did not end within 200 ms");
        assert_in_range(now_ms() - before, 200, 30000);
        clear(&o);
    }
}

static void
without_output_the_deadline_holds_as_well(void **state)
{
    const char *const argv[] = { "sleep", "60", NULL };
    struct wf_error err = { 0 };
    int status = -1;

    (void)state;
    assert_false(wf_spawn(&(struct wf_spawn_request){ .argv = argv, .timeout_ms = 100 },
                          NULL, NULL, &status, &err));
    assert_error(err, WF_ERR_IO, "sleep did not end within 100 ms");
    assert_int_equal(status, -1);
}

/* The shell's child holds a FIFO open; when the last holder is gone, we are told. */
static void
what_the_program_started_ends_with_it(void **state)
{
    const char *fifo = folder_path(state, "fifo");
    const char *const argv[] = { "/bin/sh", "-c", "exec 9>fifo; sleep 60 & sleep 60",
                                 NULL };
    struct outcome o;

    assert_int_equal(mkfifo(fifo, 0600), 0);
    const int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    assert_true(fd >= 0);
    run(&o,
        &(struct wf_spawn_request){ .argv = argv, .folder = *state, .timeout_ms = 500 },
        4096);
    assert_false(o.ok);
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    assert_int_equal(poll(&wait, 1, 30000), 1);
    assert_true((wait.revents & POLLHUP) != 0);
    close(fd);
    clear(&o);
}

static void
our_files_are_not_handed_on(void **state)
{
    struct wf_file file = { 0 };
    struct outcome o;
    char script[64];

    folder_write(state, "a", "x");
    assert_true(wf_file_open(&file, folder_path(state, "a"), NULL));
    snprintf(script, sizeof script, "[ -e /proc/self/fd/%d ]", file.fd_plus_1 - 1);
    run_shell(&o, script, 10000);
    assert_true(o.ok);
    assert_int_equal(o.status, 1);
    clear(&o);
    wf_file_close(&file);
}

#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_streams_and_the_status_are_told),
        cmocka_unit_test(a_signal_is_a_status_over_128),
        cmocka_unit_test(arguments_are_passed_as_they_are),
        IN_FOLDER(environment_and_folder_are_as_asked),
        cmocka_unit_test(there_is_nothing_on_standard_input),
        cmocka_unit_test(much_on_both_streams_does_not_block),
        cmocka_unit_test(output_nobody_asked_for_is_discarded),
        IN_FOLDER(a_program_that_cannot_be_started_is_an_error),
        IN_FOLDER(a_folder_that_is_not_there_is_an_error),
        cmocka_unit_test(a_program_that_writes_too_much_is_ended),
        cmocka_unit_test(a_program_that_does_not_end_in_time_is_ended),
        cmocka_unit_test(without_output_the_deadline_holds_as_well),
        IN_FOLDER(what_the_program_started_ends_with_it),
        IN_FOLDER(our_files_are_not_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
