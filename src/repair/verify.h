/* verify.h -- the finished wheel is read again as if somebody else had made it. */
#ifndef WF_REPAIR_VERIFY_H
#define WF_REPAIR_VERIFY_H

#include "repair/produce.h"

/* wf_written is one member of the new wheel as it must be found: by the size and
 * checksum of its own bytes when it was made here, by its stored bytes when it was copied
 * from `copied_of`. */
struct wf_written {
    const char *name;
    bool is_copy;
    const struct wf_zip *copied_from;
    const struct wf_zip_member *copied_of;
    const struct wf_object_file *facts; /* of a copied object; NULL: it is none */
    uint64_t size;                      /* bytes as inflated, of a new one */
    uint32_t crc;
};

/* wf_verify_result is the audit of the finished file; wf_report_free ends it. */
struct wf_verify_request {
    struct wf_pool *pool;
    const struct wf_plan *plan;
    const struct wf_repair_options *options;
    const struct wf_file *file; /* the finished archive */
    const struct wf_written *members;
    size_t num_members;
};

/* wf_verify scans the archive strictly, compares every member, parses every object that is
 * new, and judges the whole.  Members that differ are WF_ERR_IO (the disk or memory is not
 * to be trusted), and so is a slice whose new signature does not hold; a result that does
 * not keep the tags it would claim, or on macOS leads out of the wheel where the plan does
 * not say so, is WF_ERR_REFUSED.
 * On success *out is the report about the result, owned by the caller. */
WF_MUST_USE bool wf_verify(struct wf_report **out,
                           const struct wf_verify_request *request, struct wf_error *err);

#endif
