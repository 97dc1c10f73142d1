/* spawn.c -- start a program, gather what it writes, wait for its end. */
#define _GNU_SOURCE /* pipe2, posix_spawn_file_actions_addchdir_np */
#include "base/spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

extern char **environ;

enum { CHUNK = 64 * 1024, MOST_GROUPS = 256, BACKGROUND_PIPE = 1 << 20 };

/* One stream of the program: the end we read (-1: discarded, shared, or at its end) and the
 * end it writes; what is read goes into a buffer or, line by line, to somebody. */
struct stream {
    struct wf_buffer *into;
    struct lines *lines;
    const char *name;
    int read_fd;
    int write_fd;
};

/* Lines for a taker; `begun` holds the start of one whose end has not come. */
struct lines {
    wf_spawn_line *take;
    void *context;
    size_t max_line;
    struct wf_buffer begun;
};

struct run {
    const struct wf_spawn_request *request;
    struct stream streams[2];
    uint64_t deadline_ms; /* 0: none */
    pid_t pid;
    size_t slot; /* in `groups` */
};

/* The process groups under way, for a signal handler: 0 is a free slot.  Programs are
 * started by several threads. */
static atomic_int groups[MOST_GROUPS];

/* What is more than the table holds runs all the same; only an interrupt does not reach it. */
static size_t
note_group(pid_t pid)
{
    size_t slot = 0;

    for (int unused = 0; slot < MOST_GROUPS; slot++, unused = 0)
        if (atomic_compare_exchange_strong(&groups[slot], &unused, pid))
            break;
    return slot;
}

static void
forget_group(size_t slot)
{
    if (slot < MOST_GROUPS)
        atomic_store(&groups[slot], 0);
}

void
wf_spawn_end_groups(void)
{
    for (size_t i = 0; i < MOST_GROUPS; i++) {
        const int pid = atomic_load(&groups[i]);

        if (pid > 0)
            kill(-pid, SIGTERM);
    }
}

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

        if (s->into == NULL && s->lines == NULL)
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

        if (target == STDERR_FILENO && run->request->shares_stderr)
            continue;
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

/* A signal that ends us between the program's start and the note of its group would leave
 * it behind, so signals wait (for the thread that starts it, which is the one that takes
 * them). */
static int
spawn_noted(struct run *run, const posix_spawn_file_actions_t *actions,
            const posix_spawnattr_t *attributes, char *const *envp)
{
    sigset_t all;
    sigset_t saved;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    const int failed = posix_spawnp(&run->pid, run->request->argv[0], actions, attributes,
                                    vector_of(run->request->argv), envp);

    if (failed == 0)
        run->slot = note_group(run->pid);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    return failed;
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
        failed = spawn_noted(run, &actions, &attributes, envp);
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
line_too_long(const struct run *run, const struct lines *lines, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_IO, "%s wrote a line of more than %zu bytes",
                        run->request->argv[0], lines->max_line);
}

/* Hands every line on that ends in `chunk`, and keeps the beginning of the next one. */
static bool
take_lines(const struct run *run, struct lines *lines, struct wf_bytes chunk,
           struct wf_error *err)
{
    while (chunk.len > 0) {
        const uint8_t *end = memchr(chunk.data, '\n', chunk.len);
        const size_t len = end == NULL ? chunk.len : (size_t)(end - chunk.data);
        struct wf_bytes line = wf_bytes_first(chunk, len);

        if (len > lines->max_line - lines->begun.len)
            return line_too_long(run, lines, err);
        if (end == NULL || lines->begun.len > 0) {
            wf_buffer_add(&lines->begun, line.data, line.len);
            line = wf_buffer_bytes(&lines->begun);
        }
        if (end == NULL)
            return true;
        if (!lines->take(lines->context, line, err))
            return false;
        wf_buffer_reset(&lines->begun);
        chunk = wf_bytes_skip(chunk, len + 1);
    }
    return true;
}

static bool
take_last_line(struct lines *lines, struct wf_error *err)
{
    return lines == NULL || lines->begun.len == 0 ||
           lines->take(lines->context, wf_buffer_bytes(&lines->begun), err);
}

static bool
read_some(const struct run *run, struct stream *s, struct wf_error *err)
{
    uint8_t chunk[CHUNK];
    const ssize_t n = read(s->read_fd, chunk, sizeof chunk);

    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0)
        return system_refused(err, run, "cannot be listened to", errno);
    if (n == 0) {
        close_end(&s->read_fd);
        return take_last_line(s->lines, err);
    }
    if (s->lines != NULL)
        return take_lines(run, s->lines, wf_bytes_of(chunk, (size_t)n), err);
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

static void
ended(struct run *run)
{
    run->pid = 0;
    forget_group(run->slot);
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
            ended(run); /* somebody else has waited for it */
            return system_refused(err, run, "cannot be waited for", errno);
        }
        if (got == 0) {
            if (time_left(run) == 0)
                return timed_out(run, err);
            nanosleep(&(struct timespec){ .tv_nsec = pause_ms * 1000000 }, NULL);
            pause_ms = pause_ms < 16 ? pause_ms * 2 : 16;
        }
    }
    ended(run);
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
    ended(run);
}

static struct run
run_of(const struct wf_spawn_request *request, struct wf_buffer *out, struct lines *lines,
       struct wf_buffer *err_out)
{
    assert(request->argv[0] != NULL);
    assert(!request->shares_stderr || err_out == NULL);
    return (struct run){
        .request = request,
        .streams = { { out, lines, "standard output", -1, -1 },
                     { err_out, NULL, "standard error", -1, -1 } },
        .deadline_ms = request->timeout_ms == 0 ? 0 : now_ms() + request->timeout_ms,
    };
}

static bool
run_to_end(struct run *run, int *status, struct wf_error *err)
{
    const bool ok = open_streams(run, err) && start(run, err) && gather(run, err) &&
                    wait_for_end(run, status, err);

    end_run(run);
    return ok;
}

bool
wf_spawn(const struct wf_spawn_request *request, struct wf_buffer *out,
         struct wf_buffer *err_out, int *status, struct wf_error *err)
{
    struct run run = run_of(request, out, NULL, err_out);

    return run_to_end(&run, status, err);
}

bool
wf_spawn_lines(const struct wf_spawn_request *request, size_t max_line,
               wf_spawn_line *take, void *context, struct wf_buffer *err_out, int *status,
               struct wf_error *err)
{
    struct lines lines = { .take = take, .context = context, .max_line = max_line };
    struct run run = run_of(request, NULL, &lines, err_out);

    wf_buffer_init(&lines.begun, max_line);
    const bool ok = run_to_end(&run, status, err);

    wf_buffer_clear(&lines.begun);
    return ok;
}

struct wf_spawned {
    struct wf_arena arena; /* owns this very struct and the request's copy */
    struct wf_spawn_request request;
    struct run run;
};

static const char *const *
copy_vector(struct wf_arena *arena, const char *const *strings)
{
    size_t num = 0;

    if (strings == NULL)
        return NULL;
    while (strings[num] != NULL)
        num++;
    const char **copy = wf_arena_array(arena, num + 1, sizeof *copy);

    for (size_t i = 0; i < num; i++)
        copy[i] = wf_arena_strdup(arena, strings[i]);
    return copy;
}

static void
free_spawned(struct wf_spawned *spawned)
{
    struct wf_arena arena = spawned->arena;

    end_run(&spawned->run);
    wf_arena_clear(&arena);
}

/* Nobody reads until the end is waited for, so that the pipes get as much room as a program
 * without privileges may give them; one that writes more waits for us. */
static void
widen(const struct stream *s)
{
    if (s->read_fd >= 0)
        (void)fcntl(s->read_fd, F_SETPIPE_SZ, BACKGROUND_PIPE);
}

bool
wf_spawn_start(struct wf_spawned **out, const struct wf_spawn_request *request,
               struct wf_buffer *out_buffer, struct wf_buffer *err_out,
               struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_spawned *spawned = wf_arena_alloc(&arena, sizeof *spawned);

    spawned->request = *request;
    spawned->request.argv = copy_vector(&arena, request->argv);
    spawned->request.envp = copy_vector(&arena, request->envp);
    if (request->folder != NULL)
        spawned->request.folder = wf_arena_strdup(&arena, request->folder);
    spawned->arena = arena;
    spawned->run = run_of(&spawned->request, out_buffer, NULL, err_out);
    if (!open_streams(&spawned->run, err) || !start(&spawned->run, err)) {
        free_spawned(spawned);
        return false;
    }
    for (size_t i = 0; i < WF_COUNT(spawned->run.streams); i++)
        widen(&spawned->run.streams[i]);
    *out = spawned;
    return true;
}

bool
wf_spawn_wait(struct wf_spawned *spawned, int *status, struct wf_error *err)
{
    const bool ok =
        gather(&spawned->run, err) && wait_for_end(&spawned->run, status, err);

    free_spawned(spawned);
    return ok;
}

void
wf_spawn_kill(struct wf_spawned *spawned)
{
    if (spawned != NULL)
        free_spawned(spawned);
}
