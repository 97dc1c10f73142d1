/* reading.h -- what a worker does with bytes: members become facts and digests, and are
 * compared.  Which member is read when, and by whom, is auditor.c's. */
#ifndef WF_AUDIT_READING_H
#define WF_AUDIT_READING_H

#include "audit/audit.h"
#include "audit/share.h"

enum { WF_READING_PIECE = 1 << 20 }; /* read at once for digests and comparisons */

/* wf_reading_list fills readings[] with the native members, in archive order; with `all`
 * with every file.  Their arenas are the caller's to start. */
void wf_reading_list(struct wf_report *report, bool all);

/* wf_reading_read inflates a member and keeps its facts, its digest, or both, as the
 * options say; never its bytes.  What is wrong stands in the reading. */
void wf_reading_read(struct wf_reading *reading, const struct wf_zip *zip,
                     struct wf_worker *worker, const struct wf_audit_options *options);

/* wf_reading_are_same tells whether two members of one length have the same bytes as
 * stored; false, too, when they cannot be read. */
bool wf_reading_are_same(struct wf_worker *worker, const struct wf_share_entry *a,
                         const struct wf_share_entry *b);

/* wf_reading_copy takes over what was read of a member with the same bytes, under the
 * name of this one. */
void wf_reading_copy(struct wf_reading *to, const struct wf_reading *from);

/* wf_reading_hash_file sets report->sha256 to the digest of the whole file, which is read
 * in pieces, or sets *err when it cannot be read. */
void wf_reading_hash_file(struct wf_report *report, struct wf_worker *worker,
                          struct wf_error *err);

#endif
