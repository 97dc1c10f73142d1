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

/* What a taker of lines saw: every line followed by '|'. */
struct taken {
    struct wf_buffer lines;
    size_t num;
    size_t stop_after; /* 0: never */
};

static bool
take_line(void *context, struct wf_bytes line, struct wf_error *err)
{
    struct taken *taken = context;

    wf_buffer_add(&taken->lines, line.data, line.len);
    wf_buffer_add_char(&taken->lines, '|');
    taken->num++;
    if (taken->stop_after == 0 || taken->num < taken->stop_after)
        return true;
    return wf_error_set(err, WF_ERR_REFUSED, "line %zu is not wanted", taken->num);
}

static bool
run_lines(struct taken *taken, const char *script, size_t max_line, struct wf_error *err)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    const struct wf_spawn_request request = { .argv = argv, .timeout_ms = 60000 };
    int status = -1;

    wf_buffer_init(&taken->lines, 1 << 24);
    const bool ok =
        wf_spawn_lines(&request, max_line, take_line, taken, NULL, &status, err);

    assert_int_equal(status, ok ? 0 : -1);
    return ok;
}

static void
lines_are_handed_on_without_their_ends(void **state)
{
    static const struct {
        const char *script, *lines;
    } rows[] = {
        { "printf 'a\\nbb\\n\\nccc'", "a|bb||ccc|" },
        { "printf 'a\\n'", "a|" },
        { "printf 'a\\r\\n'", "a\r|" },
        { "printf 12345678", "12345678|" },
        { "printf '12345678\\n12345678\\n'", "12345678|12345678|" },
        { "printf 1234; sleep 0.1; printf '5678\\n9'", "12345678|9|" },
        { ":", "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct taken taken = { 0 };
        struct wf_error err = { 0 };

        assert_true(run_lines(&taken, rows[i].script, 8, &err));
        assert_true(wf_bytes_equal_str(wf_buffer_bytes(&taken.lines), rows[i].lines));
        wf_buffer_clear(&taken.lines);
    }
}

static void
a_line_comes_before_the_program_ends(void **state)
{
    struct taken taken = { .stop_after = 1 };
    struct wf_error err = { 0 };
    const uint64_t before = now_ms();

    (void)state;
    assert_false(run_lines(&taken, "echo first; sleep 50", 100, &err));
    assert_error(err, WF_ERR_REFUSED, "line 1 is not wanted");
    assert_in_range(now_ms() - before, 0, 30000);
    wf_buffer_clear(&taken.lines);
}

static void
a_line_that_is_too_long_ends_the_program(void **state)
{
    static const char *const scripts[] = {
        "printf '123456789\\n'; sleep 50",
        "printf 12345; sleep 0.1; printf 6789; sleep 50",
        "printf 'ok\\n'; while :; do printf x; done",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(scripts); i++) {
        struct taken taken = { 0 };
        struct wf_error err = { 0 };

        assert_false(run_lines(&taken, scripts[i], 8, &err));
        assert_error(err, WF_ERR_IO, "/bin/sh wrote a line of more than 8 bytes");
        wf_buffer_clear(&taken.lines);
    }
}

static void
many_lines_of_every_length_arrive_whole(void **state)
{
    struct taken taken = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(run_lines(&taken,
                          "awk 'BEGIN { for (i = 0; i < 1500; i++) {"
                          " s = s \"x\"; print s } }'",
                          1500, &err));
    assert_int_equal(taken.num, 1500);
    assert_int_equal(taken.lines.len, 1500 + 1500 * 1501 / 2);
    wf_buffer_clear(&taken.lines);
}

static void
a_shared_standard_error_is_ours(void **state)
{
    const char *const argv[] = { "/bin/sh", "-c", "echo out; echo seen >&2", NULL };
    const int saved = dup(STDERR_FILENO);
    struct wf_buffer out;
    struct wf_buffer seen;
    struct wf_error err = { 0 };
    int status = -1;

    wf_buffer_init(&out, 100);
    wf_buffer_init(&seen, 100);
    const int fd = open(folder_path(state, "stderr"), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0 && saved >= 0);
    dup2(fd, STDERR_FILENO);
    const bool ok =
        wf_spawn(&(struct wf_spawn_request){ .argv = argv, .shares_stderr = true }, &out,
                 NULL, &status, &err);

    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    assert_true(ok);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&out), "out\n"));
    assert_true(wf_file_read_whole(&seen, folder_path(state, "stderr"), &err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&seen), "seen\n"));
    wf_buffer_clear(&out);
    wf_buffer_clear(&seen);
}

static struct wf_spawned *
start_shell(struct outcome *o, const char *script, unsigned timeout_ms)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    const struct wf_spawn_request request = { .argv = argv, .timeout_ms = timeout_ms };
    struct wf_spawned *spawned = NULL;

    *o = (struct outcome){ .status = -1 };
    wf_buffer_init(&o->out, 1 << 20);
    wf_buffer_init(&o->err_out, 1 << 20);
    assert_true(wf_spawn_start(&spawned, &request, &o->out, &o->err_out, &o->err));
    return spawned;
}

/* Both wait for what the other makes, so neither ends unless they run at once. */
static void
started_programs_run_side_by_side(void **state)
{
    const char *first = folder_path(state, "first");
    const char *second = folder_path(state, "second");
    char scripts[2][9000];
    struct wf_spawned *spawned[2];
    struct outcome o[2];

    assert_int_equal(mkfifo(first, 0600), 0);
    assert_int_equal(mkfifo(second, 0600), 0);
    snprintf(scripts[0], sizeof scripts[0], "echo to2 > %s; cat %s; echo e1 >&2", first,
             second);
    snprintf(scripts[1], sizeof scripts[1], "cat %s; echo to1 > %s; exit 4", first,
             second);
    for (size_t i = 0; i < 2; i++)
        spawned[i] = start_shell(&o[i], scripts[i], 30000);
    for (size_t i = 0; i < 2; i++)
        assert_true(wf_spawn_wait(spawned[i], &o[i].status, &o[i].err));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o[0].out), "to1\n"));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o[0].err_out), "e1\n"));
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&o[1].out), "to2\n"));
    assert_int_equal(o[0].status, 0);
    assert_int_equal(o[1].status, 4);
    clear(&o[0]);
    clear(&o[1]);
}

static void
a_started_program_that_does_not_end_in_time_is_ended(void **state)
{
    struct outcome o;
    struct wf_spawned *spawned = start_shell(&o, "exec sleep 60", 200);

    (void)state;
    assert_false(wf_spawn_wait(spawned, &o.status, &o.err));
    assert_error(o.err, WF_ERR_IO, "/bin/sh did not end within 200 ms");
    clear(&o);
}

static void
a_program_that_cannot_be_started_in_the_background_is_an_error(void **state)
{
    const char *const argv[] = { "no-such-program-of-ours", NULL };
    struct wf_spawned *spawned = NULL;
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_spawn_start(&spawned, &(struct wf_spawn_request){ .argv = argv },
                                NULL, NULL, &err));
    assert_error(err, WF_ERR_IO,
                 "no-such-program-of-ours cannot be started: No such file or directory");
    assert_null(spawned);
}

/* Its child holds a FIFO open until it, too, is gone. */
static void
a_killed_program_is_gone_with_what_it_started(void **state)
{
    const char *fifo = folder_path(state, "fifo");
    char script[9000];
    struct outcome o;

    assert_int_equal(mkfifo(fifo, 0600), 0);
    const int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    assert_true(fd >= 0);
    snprintf(script, sizeof script, "exec 9>%s; echo x >&9; sleep 60 & sleep 60", fifo);
    struct wf_spawned *spawned = start_shell(&o, script, 0);

    assert_int_equal(poll(&wait, 1, 30000), 1);
    wf_spawn_kill(spawned);
    wf_spawn_kill(NULL);
    assert_int_equal(read(fd, script, 2), 2);
    assert_int_equal(poll(&wait, 1, 30000), 1);
    assert_true((wait.revents & POLLHUP) != 0);
    close(fd);
    clear(&o);
}

static void
an_interrupt_reaches_every_program_under_way(void **state)
{
    struct outcome o[2];
    struct wf_spawned *spawned[2];

    (void)state;
    for (size_t i = 0; i < 2; i++)
        spawned[i] = start_shell(&o[i], "exec sleep 60", 0);
    wf_spawn_end_groups();
    for (size_t i = 0; i < 2; i++) {
        assert_true(wf_spawn_wait(spawned[i], &o[i].status, &o[i].err));
        assert_int_equal(o[i].status, 128 + 15);
        clear(&o[i]);
    }
    wf_spawn_end_groups(); /* nothing is left that it could end */
}

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
        cmocka_unit_test(lines_are_handed_on_without_their_ends),
        cmocka_unit_test(a_line_comes_before_the_program_ends),
        cmocka_unit_test(a_line_that_is_too_long_ends_the_program),
        cmocka_unit_test(many_lines_of_every_length_arrive_whole),
        IN_FOLDER(a_shared_standard_error_is_ours),
        IN_FOLDER(started_programs_run_side_by_side),
        cmocka_unit_test(a_started_program_that_does_not_end_in_time_is_ended),
        cmocka_unit_test(a_program_that_cannot_be_started_in_the_background_is_an_error),
        IN_FOLDER(a_killed_program_is_gone_with_what_it_started),
        cmocka_unit_test(an_interrupt_reaches_every_program_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
