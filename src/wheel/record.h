/* record.h -- RECORD: the list of files with hash and size (PEP 376, PEP 427). */
#ifndef WF_WHEEL_RECORD_H
#define WF_WHEEL_RECORD_H

#include "base/limits.h"
#include "base/sha256.h"
#include "base/text.h"

struct wf_record_row {
    const char *path; /* as written, unquoted */
    const char *hash; /* "sha256=…" as written, or "" */
    uint64_t size;    /* bytes, when has_size */
    bool has_size;
    bool has_sha256; /* hash was a well-formed sha256 */
    uint8_t sha256[WF_SHA256_LEN];
    unsigned line; /* from 1 */
};

/* wf_record_fault is something wrong with RECORD that does not stop reading it. */
struct wf_record_fault {
    const char *slug; /* rule id: "rc-hash-strong" */
    unsigned line;
    const char *message;
};

/* Every slug that wf_record_parse uses, sorted; the audit's rule of that id says what it
 * means. */
extern const char *const wf_record_fault_slugs[];
extern const size_t wf_num_record_fault_slugs;

struct wf_record {
    struct wf_record_row *rows; /* in file order */
    size_t num_rows;
    size_t cap_rows;
    uint32_t *by_path; /* indices of rows, path ascending, then line */
    struct wf_record_fault *faults;
    size_t num_faults;
    size_t cap_faults;
};

/* wf_record_parse reads CSV (RFC 4180 with LF or CRLF) row by row; empty lines are skipped.
 * Only what cannot be read as CSV or UTF-8 at all is an error, with line and offset, and
 * more than 4,000,000 rows are WF_ERR_LIMIT; wrong columns, sizes, hashes (weak, unknown,
 * wrong length or alphabet), paths (absolute, climbing, backslash, not canonical) and
 * duplicates are faults.  At most 1,000 faults are kept, and the last then says how many
 * more there are. */
WF_MUST_USE bool wf_record_parse(struct wf_record *out, struct wf_arena *arena,
                                 struct wf_bytes text, struct wf_error *err);

/* wf_record_find is the first row for `path`, or NULL. */
const struct wf_record_row *wf_record_find(const struct wf_record *record,
                                           const char *path);

#endif
