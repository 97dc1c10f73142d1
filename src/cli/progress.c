/* progress.c -- a line on standard error while long work goes on. */
#include "cli/progress.h"

static const double first_after = 0.5;
static const double again_after = 0.1;

void
wf_progress_start(struct wf_progress *progress, struct wf_cli *cli)
{
    *progress = (struct wf_progress){ .cli = cli };
    clock_gettime(CLOCK_MONOTONIC, &progress->started);
}

static double
seconds_since(const struct timespec *started)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - started->tv_sec) +
           (double)(now.tv_nsec - started->tv_nsec) / 1e9;
}

void
wf_progress_show(struct wf_progress *progress, size_t num)
{
    struct wf_cli *cli = progress->cli;

    if (!cli->err_is_terminal || cli->quiet)
        return;
    const double now = seconds_since(&progress->started);

    if (now < first_after || now - progress->shown_at < again_after)
        return;
    fprintf(cli->err, "\r%zu %s read, %.1f s\x1B[K", num, num == 1 ? "wheel" : "wheels",
            now);
    fflush(cli->err);
    progress->shown_at = now;
    progress->is_shown = true;
}

void
wf_progress_hide(struct wf_progress *progress)
{
    if (!progress->is_shown)
        return;
    fputs("\r\x1B[K", progress->cli->err);
    fflush(progress->cli->err);
    progress->is_shown = false;
}
