/* output.h -- a file being written that appears under its name whole, or not at all, even
 * when the process is killed. */
#ifndef WF_BASE_OUTPUT_H
#define WF_BASE_OUTPUT_H

#include "base/file.h"

struct wf_output;

/* wf_output_open starts a file in `folder` (which exists).  It has no name until it is
 * complete (O_TMPFILE); where the file system lacks that, its name starts with a dot and
 * does not end in ".whl".  On success the caller ends it with wf_output_commit or
 * wf_output_discard. */
WF_MUST_USE bool wf_output_open(struct wf_output **out, const char *folder,
                                struct wf_error *err);

/* wf_output_write appends; written through a buffer of 1 MiB.  wf_output_seek continues at
 * an earlier offset (libzip writes headers again); the size is the farthest end. */
WF_MUST_USE bool wf_output_write(struct wf_output *output, const void *data, size_t len,
                                 struct wf_error *err);
WF_MUST_USE bool wf_output_seek(struct wf_output *output, uint64_t off,
                                struct wf_error *err);
uint64_t wf_output_tell(const struct wf_output *output);

/* wf_output_reader flushes and lends the file for reading it again; valid until the output
 * ends.  Nothing is written afterwards. */
WF_MUST_USE bool wf_output_reader(struct wf_file *out, struct wf_output *output,
                                  struct wf_error *err);

/* wf_output_sync makes the content durable (fsync); may run on any thread.
 * wf_output_commit gives the file its name: `base_name` in the folder, replacing a file of
 * that name (a link is replaced, not followed), with permission bits `mode` cut by the
 * umask; syncs first unless wf_output_sync did.  It ends the output, also on failure, and
 * then nothing of it is left.  wf_output_sync_folder makes the names of all that was
 * committed in `folder` durable: once, after the last.  Errors do not repeat the path. */
WF_MUST_USE bool wf_output_sync(struct wf_output *output, struct wf_error *err);
WF_MUST_USE bool wf_output_commit(struct wf_output *output, const char *base_name,
                                  uint32_t mode, struct wf_error *err);
void wf_output_discard(struct wf_output *output);

/* wf_output_drop_names removes the temporary names of all outputs under way, for a signal
 * handler that is about to end the process (it is async-signal-safe).  Outputs are opened,
 * committed and discarded by the one thread that takes signals. */
void wf_output_drop_names(void);

WF_MUST_USE bool wf_output_sync_folder(const char *folder, struct wf_error *err);

#endif
