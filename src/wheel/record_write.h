/* record_write.h -- the rows of a new RECORD (PEP 376, PEP 427). */
#ifndef WF_WHEEL_RECORD_WRITE_H
#define WF_WHEEL_RECORD_WRITE_H

#include "base/buffer.h"
#include "base/sha256.h"

/* wf_record_write_row appends one row: path (quoted where CSV wants it), hash, size.  Rows
 * end in LF, whatever the RECORD that is replaced had.  `path` has passed
 * wf_member_path_check. */
void wf_record_write_row(struct wf_buffer *out, const char *path,
                         const uint8_t sha256[WF_SHA256_LEN], uint64_t size);

/* wf_record_write_own_row appends the row of RECORD itself, which has no hash and no size;
 * it comes last. */
void wf_record_write_own_row(struct wf_buffer *out, const char *path);

#endif
