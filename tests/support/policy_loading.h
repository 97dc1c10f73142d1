/* policy_loading.h -- what tests of policy files share: a file loaded over the built-in
 * set, and the head of one. */
#ifndef WF_TESTS_POLICY_LOADING_H
#define WF_TESTS_POLICY_LOADING_H

#include "unit.h"

#include "policy/policy.h"

#define HEAD "{\"schema\":1,\"family\":\"manylinux\",\"policies\":["
#define X86  "\"architectures\":[\"x86_64\"]"

/* One loaded set and the memory it lives in. */
struct loaded {
    struct wf_arena arena;
    const struct wf_policies *set;
    struct wf_error err;
    bool ok;
};

static inline struct loaded
load(const char *json)
{
    struct loaded l = { 0 };

    l.ok = wf_policies_load(&l.set, &l.arena, wf_policies_builtin(), wf_bytes_str(json),
                            &l.err);
    return l;
}

#endif
