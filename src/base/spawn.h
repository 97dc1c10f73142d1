/* spawn.h -- run a program from an argument vector, never through a shell. */
#ifndef WF_BASE_SPAWN_H
#define WF_BASE_SPAWN_H

#include "base/buffer.h"

/* wf_spawn_request says what to run.  argv[0] is looked up in PATH unless it holds a
 * slash; argv and envp end with NULL; envp NULL is this process's environment. */
struct wf_spawn_request {
    const char *const *argv;
    const char *const *envp;
    const char *folder;  /* working folder, or NULL for ours */
    unsigned timeout_ms; /* 0: none; past it the program is killed */
    /* The program writes its standard error to ours itself; then err_out is NULL.  For
     * programs whose progress people watch. */
    bool shares_stderr;
};

/* wf_spawn runs the program to its end with no standard input, and appends what it wrote
 * to `out` and `err_out` (either may be NULL: discarded; their maxima bound them, and a
 * program that writes more is killed).  *status is its exit status, or 128 + the signal.
 * Fails (WF_ERR_IO) when it cannot be started, times out or writes too much. */
WF_MUST_USE bool wf_spawn(const struct wf_spawn_request *request, struct wf_buffer *out,
                          struct wf_buffer *err_out, int *status, struct wf_error *err);

/* wf_spawn_lines likewise, but hands each line of standard output (without its LF, the last
 * one also when unended) to `take` as it comes.  A line over `max_line` bytes, or `take`
 * returning false (with *err set), kills the program and fails. */
typedef bool wf_spawn_line(void *context, struct wf_bytes line, struct wf_error *err);
WF_MUST_USE bool wf_spawn_lines(const struct wf_spawn_request *request, size_t max_line,
                                wf_spawn_line *take, void *context,
                                struct wf_buffer *err_out, int *status,
                                struct wf_error *err);

/* A program that runs while other work is done.  wf_spawn_start returns at once; the request
 * need not live on.  Either wf_spawn_wait fills the buffers, waits and tells as
 * wf_spawn does, or wf_spawn_kill ends the program without asking (NULL is fine): exactly
 * one of both, once.  Nobody reads in between, so a program that writes more than a pipe
 * holds (1 MiB on Linux) stands still until then.  Used by one thread at a time. */
struct wf_spawned;
WF_MUST_USE bool wf_spawn_start(struct wf_spawned **out,
                                const struct wf_spawn_request *request,
                                struct wf_buffer *out_buffer, struct wf_buffer *err_out,
                                struct wf_error *err);
WF_MUST_USE bool wf_spawn_wait(struct wf_spawned *spawned, int *status,
                               struct wf_error *err);
void wf_spawn_kill(struct wf_spawned *spawned);

/* wf_spawn_end_groups ends all programs under way, each with what it has started, for a
 * signal handler that is about to end this process (it is async-signal-safe): programs are
 * process groups of their own, and a terminal's interrupt reaches only ours. */
void wf_spawn_end_groups(void);

#endif
