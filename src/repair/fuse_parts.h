/* fuse_parts.h -- what the files of the fuser share; only fuse*.c include it. */
#ifndef WF_REPAIR_FUSE_PARTS_H
#define WF_REPAIR_FUSE_PARTS_H

#include "repair/fuse.h"
#include "repair/plan_parts.h"

/* wf_fusing is the plan of a fused wheel in the making.  `planning` has what all plans have;
 * its report is that of reports[0]. */
struct wf_fusing {
    struct wf_planning planning;
    struct wf_report
        *reports[2]; /* by name of the file: their order is nobody's choice */
    const struct wf_report *given; /* the one given first */
    size_t cap_members;
    size_t cap_drops;
    size_t num_fused;
    const struct wf_zip_member *wheel_files[2]; /* WHEEL, or NULL */
};

/* wf_fuse_refuse adds a reason of kind WF_REFUSE_FUSE; `object` is a member, or NULL. */
void wf_fuse_refuse(struct wf_fusing *fusing, const char *object, const char *text,
                    const char *advice);

/* fuse_members.c: every member of both, but WHEEL and RECORD, in plan->members; what cannot
 * be fused is refused. */
WF_MUST_USE bool wf_fuse_members(struct wf_fusing *fusing, struct wf_error *err);

/* fuse_tags.c: plan->tags_after, left and out_name, by judging what the members make
 * together; tags that would not hold are refused. */
WF_MUST_USE bool wf_fuse_tags(struct wf_fusing *fusing, struct wf_error *err);

#endif
