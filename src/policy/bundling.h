/* bundling.h -- the compiled table behind wf_policies_bundling.  Internal to this folder. */
#ifndef WF_POLICY_BUNDLING_H
#define WF_POLICY_BUNDLING_H

#include "policy/policy.h"

struct wf_bundling_row {
    const char *glob; /* of needed names */
    enum wf_bundling bundling;
    const char *why;
};

/* Made from policies/bundling.json by bundling_compile; file order. */
extern const struct wf_bundling_row wf_bundling_rows[];
extern const size_t wf_num_bundling_rows;

#endif
