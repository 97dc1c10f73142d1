/* policy_builtin.c -- the set compiled in.  Alone in its file: policy_compile, which makes
 * the tables, links everything of this folder but this. */
#include "policy/policy_set.h"

const struct wf_policies *
wf_policies_builtin(void)
{
    return &wf_policy_tables;
}
