/* policy_set.h -- how a set of policies is kept: sorted tables without pointers, the same
 * for the compiled-in set and for a loaded one. */
#ifndef WF_POLICY_POLICY_SET_H
#define WF_POLICY_POLICY_SET_H

#include "policy/policy.h"

/* wf_rank_table answers "from which rank on is NAME permitted for ARCHITECTURE": one row
 * per name in byte order, one byte per column (wf_family_set.columns). */
struct wf_rank_table {
    const char *pool; /* the names, each ended by NUL */
    size_t pool_len;
    const uint32_t *names; /* offsets in the pool */
    const wf_rank *ranks;  /* num_names rows of num_columns bytes */
    size_t num_names;
};

/* wf_symbol_rank is one forbidden symbol of one library; sorted by library, then symbol. */
struct wf_symbol_rank {
    uint32_t library; /* offsets in the pool */
    uint32_t symbol;
    wf_rank rank; /* of the first policy that permits it, or WF_RANK_NEVER */
};

struct wf_symbol_table {
    const char *pool;
    size_t pool_len;
    const struct wf_symbol_rank *rows;
    size_t num_rows;
};

/* wf_family_set is all that is known of one family. */
struct wf_family_set {
    const struct wf_policy *policies; /* rank ascending: the first has rank 1 */
    size_t num_policies;
    uint8_t columns[WF_ARCH_COUNT]; /* 1 + column in the tables; 0: no policy has it */
    size_t num_columns;
    struct wf_rank_table versions;
    struct wf_rank_table prefixes; /* NEVER where no policy of the column lists it */
    struct wf_rank_table libraries;
    struct wf_symbol_table symbols;
};

struct wf_policies {
    struct wf_family_set families[WF_POLICY_FAMILIES];
};

/* wf_rank_table_find is the row of the name that `text` of `len` bytes spells, or
 * num_names. */
size_t wf_rank_table_find(const struct wf_rank_table *table, const char *text,
                          size_t len);

/* wf_family_set_find is the policy of the family with this name or alias, or NULL. */
const struct wf_policy *wf_family_set_find(const struct wf_family_set *set,
                                           const char *name);

/* The most policies a family can have: ranks 1 to 254. */
enum { WF_MAX_POLICIES = WF_RANK_NEVER - 1 };

/* What policies/ was compiled to (policy_tables.c, made by policy_compile). */
extern const struct wf_policies wf_policy_tables;

#endif
