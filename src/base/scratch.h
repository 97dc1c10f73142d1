/* scratch.h -- a folder for what is needed only while a program runs. */
#ifndef WF_BASE_SCRATCH_H
#define WF_BASE_SCRATCH_H

#include "base/arena.h"
#include "base/error.h"

/* wf_scratch_new makes a folder of a new name in `parent` that only this user can enter;
 * *out is its path (arena-owned).  wf_scratch_end removes it with everything below; links
 * are removed and not followed.  NULL is fine. */
WF_MUST_USE bool wf_scratch_new(const char **out, struct wf_arena *arena,
                                const char *parent, struct wf_error *err);
void wf_scratch_end(const char *folder);

/* wf_scratch_drop removes all that are there, for a signal handler that is about to end this
 * process: it makes no call that a handler must not make. */
void wf_scratch_drop(void);

/* wf_scratch_write writes a new file there (a name that is taken is WF_ERR_IO, and no link
 * is followed), with the folders above it.  It is not synced: nobody keeps it. */
WF_MUST_USE bool wf_scratch_write(const char *path, struct wf_bytes content,
                                  struct wf_error *err);

#endif
