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
};

/* wf_spawn runs the program to its end with no standard input, and appends what it wrote
 * to `out` and `err_out` (either may be NULL: discarded; their maxima bound them, and a
 * program that writes more is killed).  *status is its exit status, or 128 + the signal.
 * Fails (WF_ERR_IO) when it cannot be started, times out or writes too much. */
WF_MUST_USE bool wf_spawn(const struct wf_spawn_request *request, struct wf_buffer *out,
                          struct wf_buffer *err_out, int *status, struct wf_error *err);

#endif
