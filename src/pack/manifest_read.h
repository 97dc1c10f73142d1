/* manifest_read.h -- a manifest from the disk to TOML. */
#ifndef WF_PACK_MANIFEST_READ_H
#define WF_PACK_MANIFEST_READ_H

#include "base/toml.h"

/* Errors carry no path; the caller puts it in front. */

/* wf_manifest_text begins `out` and fills it with the file; it is cleared in any case. */
WF_MUST_USE bool wf_manifest_text(struct wf_buffer *out, const char *path,
                                  struct wf_error *err);
WF_MUST_USE bool wf_manifest_read(const struct wf_toml **out, struct wf_arena *arena,
                                  const char *path, struct wf_error *err);

#endif
