/* compose.h -- writes the archive of one plan, complete and verified, without a name. */
#ifndef WF_REPAIR_COMPOSE_H
#define WF_REPAIR_COMPOSE_H

#include "repair/made.h"

/* wf_composed_debug is a separate debug file, waiting for its name. */
struct wf_composed_debug {
    struct wf_output *output;
    const char *base_name;
};

struct wf_composition {
    const struct wf_repair_options *options;
    struct wf_pool *pool;
    struct wf_made_table *made;
    const struct wf_plan *plan;
    const char *folder;

    /* Set on success; the caller ends them. */
    struct wf_output *output;
    struct wf_composed_debug *debug_files;
    size_t num_debug_files;
};

/* wf_compose does one plan that is not refused.  Strings and arrays of the result live as
 * long as `arena`.  On failure nothing is left. */
WF_MUST_USE bool wf_compose(struct wf_composition *composition, struct wf_arena *arena,
                            struct wf_error *err);

#endif
