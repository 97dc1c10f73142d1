/* progress.h -- a line on standard error while long work goes on. */
#ifndef WF_CLI_PROGRESS_H
#define WF_CLI_PROGRESS_H

#include <time.h>

#include "cli/command.h"

/* wf_progress shows nothing unless standard error is a terminal, -q is absent and half a
 * second has passed. */
struct wf_progress {
    struct wf_cli *cli;
    struct timespec started;
    double shown_at; /* seconds since the start; 0: never */
    bool is_shown;
};

void wf_progress_start(struct wf_progress *progress, struct wf_cli *cli);

/* wf_progress_show says that `num` wheels are done; at most ten times a second. */
void wf_progress_show(struct wf_progress *progress, size_t num);

/* wf_progress_hide takes the line away, so that something else can be printed. */
void wf_progress_hide(struct wf_progress *progress);

#endif
