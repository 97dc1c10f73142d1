/* spawn.c -- start a program, gather what it writes, wait for its end. */
#define _GNU_SOURCE /* pipe2, posix_spawn_file_actions_addchdir_np */
#include "base/spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* One stream of the program: the end we read (-1: discarded, or at its end) and the end
 * it writes. */
struct stream {
    struct wf_buffer *into;
    const char *name;
    int read_fd;
    int write_fd;
};

struct run {
    const struct wf_spawn_request *request;
    struct stream streams[2];
    uint64_t deadline_ms; /* 0: none */
    pid_t pid;
};

static uint64_t
now_ms(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool
system_refused(struct wf_error *err, const struct run *run, const char *what, int number)
{
    return wf_error_set(err, WF_ERR_IO, "%s %s: %s", run->request->argv[0], what,
                        strerror(number));
}

static void
close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool
open_streams(struct run *run, struct wf_error *err)
{
    for (size_t i = 0; i < WF_COUNT(run->streams); i++) {
        struct stream *s = &run->streams[i];
        int ends[2];

        if (s->into == NULL)
            continue;
        if (pipe2(ends, O_CLOEXEC) != 0)
            return system_refused(err, run, "cannot be given a pipe", errno);
        s->read_fd = ends[0];
        s->write_fd = ends[1];
    }
    return true;
}

static int
add_file_actions(const struct run *run, posix_spawn_file_actions_t *actions)
{
    int failed =
        posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    for (int i = 0; i < 2 && failed == 0; i++) {
        const int target = i == 0 ? STDOUT_FILENO : STDERR_FILENO;
        const int fd = run->streams[i].write_fd;

        failed = fd >= 0 ? posix_spawn_file_actions_adddup2(actions, fd, target)
                         : posix_spawn_file_actions_addopen(actions, target, "/dev/null",
                                                            O_WRONLY, 0);
    }
    if (failed == 0 && run->request->folder != NULL)
        failed = posix_spawn_file_actions_addchdir_np(actions, run->request->folder);
    return failed;
}

/* Its own process group, so that what it starts can be ended with it; no blocked and no
 * ignored signals of ours. */
static int
set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t restored;

    sigemptyset(&none);
    sigemptyset(&restored);
    sigaddset(&restored, SIGPIPE);
    sigaddset(&restored, SIGXFSZ);
    sigaddset(&restored, SIGXFSZ);
    sigaddset(&restored, SIGINT);
    sigaddset(&restored, SIGTERM);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &restored);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
                                                    POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
}

/* posix_spawn does not write to the vectors; POSIX says so, and keeps them without const
 * for old callers. */
static char *const *
vector_of(const char *const *strings)
{
    union {
        const char *const *from;
        char *const *to;
    } same = { .from = strings };

    return same.to;
}

static bool
start(struct run *run, struct wf_error *err)
{
    const struct wf_spawn_request *request = run->request;
    char *const *envp = request->envp == NULL ? environ : vector_of(request->envp);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int failed = add_file_actions(run, &actions);

    if (failed == 0)
        failed = set_attributes(&attributes);
    if (failed == 0)
        failed = posix_spawnp(&run->pid, request->argv[0], &actions, &attributes,
                              vector_of(request->argv), envp);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < WF_COUNT(run->streams); i++)
        close_end(&run->streams[i].write_fd);
    if (failed == 0)
        return true;
    run->pid = 0;
    return system_refused(err, run, "cannot be started", failed);
}

static bool
timed_out(const struct run *run, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_IO, "%s did not end within %u ms",
                        run->request->argv[0], run->request->timeout_ms);
}

/* Milliseconds until the deadline as poll wants them: -1 is for ever. */
static int
time_left(const struct run *run)
{
    const uint64_t now = now_ms();

    if (run->deadline_ms == 0)
        return -1;
    if (now >= run->deadline_ms)
        return 0;
    return run->deadline_ms - now < 60000 ? (int)(run->deadline_ms - now) : 60000;
}

static bool
read_some(const struct run *run, struct stream *s, struct wf_error *err)
{
    uint8_t chunk[8192];
    const ssize_t n = read(s->read_fd, chunk, sizeof chunk);

    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0)
        return system_refused(err, run, "cannot be listened to", errno);
    if (n == 0) {
        close_end(&s->read_fd);
        return true;
    }
    wf_buffer_add(s->into, chunk, (size_t)n);
    if (!s->into->over)
        return true;
    return wf_error_set(err, WF_ERR_IO, "%s wrote more than %zu bytes to its %s",
                        run->request->argv[0], s->into->max, s->name);
}

/* Reads both streams to their ends. */
static bool
gather(struct run *run, struct wf_error *err)
{
    for (;;) {
        struct pollfd waits[2];
        nfds_t num = 0;
        size_t of[2];

        for (size_t i = 0; i < WF_COUNT(run->streams); i++)
            if (run->streams[i].read_fd >= 0) {
                waits[num] =
                    (struct pollfd){ .fd = run->streams[i].read_fd, .events = POLLIN };
                of[num++] = i;
            }
        if (num == 0)
            return true;
        const int left = time_left(run);

        if (left == 0)
            return timed_out(run, err);
        if (poll(waits, num, left) < 0 && errno != EINTR)
            return system_refused(err, run, "cannot be waited for", errno);
        for (nfds_t i = 0; i < num; i++)
            if (waits[i].revents != 0 && !read_some(run, &run->streams[of[i]], err))
                return false;
    }
}

/* A program may close its streams and run on; there is no call that waits for its end and
 * for a time, so with a deadline this looks again after ever longer pauses. */
static bool
wait_for_end(struct run *run, int *status, struct wf_error *err)
{
    long pause_ms = 1;
    int raw = 0;

    for (;;) {
        const int flags = run->deadline_ms == 0 ? 0 : WNOHANG;
        const pid_t got = waitpid(run->pid, &raw, flags);

        if (got == run->pid)
            break;
        if (got < 0 && errno != EINTR) {
            run->pid = 0; /* somebody else has waited for it */
            return system_refused(err, run, "cannot be waited for", errno);
        }
        if (got == 0) {
            if (time_left(run) == 0)
                return timed_out(run, err);
            nanosleep(&(struct timespec){ .tv_nsec = pause_ms * 1000000 }, NULL);
            pause_ms = pause_ms < 16 ? pause_ms * 2 : 16;
        }
    }
    run->pid = 0;
    *status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
    return true;
}

static void
end_run(struct run *run)
{
    for (size_t i = 0; i < WF_COUNT(run->streams); i++) {
        close_end(&run->streams[i].read_fd);
        close_end(&run->streams[i].write_fd);
    }
    if (run->pid == 0)
        return;
    kill(-run->pid, SIGKILL);
    while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

bool
wf_spawn(const struct wf_spawn_request *request, struct wf_buffer *out,
         struct wf_buffer *err_out, int *status, struct wf_error *err)
{
    struct run run = {
        .request = request,
        .streams = { { out, "standard output", -1, -1 },
                     { err_out, "standard error", -1, -1 } },
        .deadline_ms = request->timeout_ms == 0 ? 0 : now_ms() + request->timeout_ms,
    };

    assert(request->argv[0] != NULL);
    const bool ok = open_streams(&run, err) && start(&run, err) && gather(&run, err) &&
                    wait_for_end(&run, status, err);

    end_run(&run);
    return ok;
}
