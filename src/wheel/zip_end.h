/* zip_end.h -- the record(s) that end an archive.  Used by the files of the zip scanner
 * only. */
#ifndef WF_WHEEL_ZIP_END_H
#define WF_WHEEL_ZIP_END_H

#include "base/arena.h"
#include "base/file.h"

/* wf_zip_end is what the end records say together. */
struct wf_zip_end {
    uint64_t num_members;
    uint64_t central_len;
    uint64_t central_off;
    uint64_t central_end; /* where the first end record stands */
    uint64_t end_off;     /* of the plain one */
    bool is_zip64;
    struct wf_bytes comment; /* lives as long as the arena */
};

/* wf_zip_read_end finds the one end record, which must end with the file, and checks that
 * the directory it describes stands right before it and can hold its entries.  A second
 * end record that another reader might take, and a file that is a tar archive as well,
 * are refused. */
WF_MUST_USE bool wf_zip_read_end(struct wf_zip_end *out, struct wf_arena *arena,
                                 const struct wf_file *file, struct wf_error *err);

#endif
