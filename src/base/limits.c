/* limits.c -- the table of limits. */
#include "base/limits.h"

#include <string.h>

#include "base/attributes.h"

/* clang-format off */
#define ROW(name_, field, value, about_) \
    { .name = (name_), .field_off = offsetof(struct wf_limits, field), \
      .standard = (value), .about = (about_) }
/* clang-format on */

const struct wf_limit_row wf_limit_rows[] = {
    ROW("members", members, 1000000, "members of one archive"),
    ROW("member-bytes", member_bytes, UINT64_C(8) << 30,
        "inflated bytes of one member; at most half of the memory unless given"),
    ROW("total-bytes", total_bytes, UINT64_C(64) << 30, "inflated bytes of one archive"),
    ROW("ratio", ratio, 1032, "inflated to compressed bytes of one member over 1 MiB"),
    ROW("path-bytes", path_bytes, 4096, "bytes of one member's path"),
    ROW("text-bytes", text_bytes, UINT64_C(16) << 20,
        "bytes of METADATA, WHEEL, entry_points.txt or a policy file"),
    ROW("record-bytes", record_bytes, UINT64_C(512) << 20, "bytes of RECORD"),
    ROW("symbols", symbols, UINT64_C(16) << 20, "dynamic symbols of one object"),
    ROW("tree-depth", tree_depth, 256, "levels of one dependency tree"),
    ROW("tree-nodes", tree_nodes, 100000, "libraries of one dependency tree"),
    ROW("tree-steps", tree_steps, 5000000,
        "places searched for the libraries of one wheel"),
    ROW("arena-bytes", arena_bytes, UINT64_C(4) << 30,
        "memory that describes one wheel; at most half of all unless given"),
    ROW("memory", memory, 0,
        "inflated bytes in flight (0: a quarter of the memory, at most 1 GiB)"),
};

const size_t wf_num_limit_rows = WF_COUNT(wf_limit_rows);

struct wf_limits
wf_limits_standard(void)
{
    struct wf_limits limits = { 0 };

    for (size_t i = 0; i < wf_num_limit_rows; i++)
        wf_limits_set(&limits, wf_limit_rows[i].name, wf_limit_rows[i].standard);
    return limits;
}

_Bool
wf_limits_set(struct wf_limits *limits, const char *name, uint64_t value)
{
    for (size_t i = 0; i < wf_num_limit_rows; i++) {
        if (strcmp(wf_limit_rows[i].name, name) != 0)
            continue;
        memcpy((char *)limits + wf_limit_rows[i].field_off, &value, sizeof value);
        return 1;
    }
    return 0;
}
