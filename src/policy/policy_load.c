/* policy_load.c -- a policy file over a set. */
#include "policy/policy_records.h"

bool
wf_policies_load(const struct wf_policies **out, struct wf_arena *arena,
                 const struct wf_policies *base, struct wf_bytes json,
                 struct wf_error *err)
{
    struct wf_policy_records records;
    struct wf_policies *set = wf_arena_alloc(arena, sizeof *set);

    if (!wf_policy_records_read(&records, arena, json, err) ||
        !wf_policy_records_merge(set, arena, base, &records, err) ||
        !wf_arena_ok(arena, "the policy file", err))
        return false;
    *out = set;
    return true;
}
