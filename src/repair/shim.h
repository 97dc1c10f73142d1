/* shim.h -- the script that stands in .data/scripts for an executable that moved beside the
 * libraries it needs. */
#ifndef WF_REPAIR_SHIM_H
#define WF_REPAIR_SHIM_H

#include "base/buffer.h"

/* wf_shim_write appends the script: "#!python", then Python that looks for `folder`/`name`
 * along sys.path, then in sysconfig's platlib, then where `pip install --prefix` and
 * `--target` put it as seen from the script, and replaces itself by it with the same
 * arguments.  Works for every Python from 2.7.  Both names may hold any bytes but NUL. */
void wf_shim_write(struct wf_buffer *out, const char *folder, const char *name);

#endif
