/* member_path.h -- names inside the archive: what is refused, and where a member stands
 * after installation. */
#ifndef WF_WHEEL_MEMBER_PATH_H
#define WF_WHEEL_MEMBER_PATH_H

#include "base/arena.h"

/* wf_member_path_check refuses (WF_ERR_MALFORMED, no offset) a name that is empty,
 * absolute, climbs ("..", also as a middle part), has empty or "." parts, a backslash, a
 * drive letter, a NUL or another control byte, or is not UTF-8.  A trailing '/' (folder)
 * is allowed. */
WF_MUST_USE bool wf_member_path_check(struct wf_bytes name, struct wf_error *err);

/* wf_member_path_is_windows_hazard: a device name (CON, NUL, COM1 …, with any extension),
 * a part ending in a dot or space, or a ':'. */
bool wf_member_path_is_windows_hazard(const char *name);

/* wf_member_path_installed is where a member stands after installation, relative to
 * site-packages: "x.data/platlib/a.so" and "x.data/purelib/a.so" become "a.so".  Members of other .data
 * keys (scripts, data, headers) stand outside site-packages and keep their name.
 * Borrowed from `name` or arena-owned. */
const char *wf_member_path_installed(struct wf_arena *arena, const char *name);

/* wf_member_path_data_key is "purelib", "platlib", "scripts", "data", "headers" for a
 * member of <dist>.data, the arena-owned unknown word, or NULL for every other member. */
const char *wf_member_path_data_key(struct wf_arena *arena, const char *name);

#endif
