/* retag.h -- the same wheel under other platform tags: its file name and its WHEEL. */
#ifndef WF_WHEEL_RETAG_H
#define WF_WHEEL_RETAG_H

#include "wheel/wheel.h"

/* wf_retag_name is the file name with its last part replaced by `platforms` (sorted by
 * bytes, once each, joined by '.'); name, version, build, python and abi tags stay as they
 * are written. */
const char *wf_retag_name(struct wf_arena *arena, const char *base_name,
                          const struct wf_strings *platforms);

/* wf_retag_wheel_file appends `text` (WHEEL as it stands) with its Tag lines replaced: for
 * each python-abi pair of the file name and each of `platforms` one line, in that order,
 * where the first Tag line stood (at the end of the headers without any).  `platlib` sets
 * Root-Is-Purelib to false, where it stands.  Everything else, Generator included, keeps
 * its bytes and line ends.  When the expanded tags are these already, and Root-Is-Purelib
 * too, the text is unchanged. */
WF_MUST_USE bool wf_retag_wheel_file(struct wf_buffer *out, struct wf_bytes text,
                                     const struct wf_wheel_name *name,
                                     const struct wf_strings *platforms, bool platlib,
                                     struct wf_error *err);

#endif
