/* policy_records.h -- what one policy file says, read and checked but not yet merged. */
#ifndef WF_POLICY_POLICY_RECORDS_H
#define WF_POLICY_POLICY_RECORDS_H

#include "policy/policy_set.h"

/* wf_policy_listing is one name under one policy, for some architectures. */
struct wf_policy_listing {
    const char *name;   /* "GLIBC_2.17", "GLIBC", "libz.so.1" */
    uint32_t arch_mask; /* 1 << enum wf_arch */
    size_t record_idx;
};

/* wf_policy_listings is in the order of the file, so one policy's are neighbours. */
struct wf_policy_listings {
    struct wf_policy_listing *items;
    size_t num;
    size_t cap;
};

struct wf_policy_record {
    struct wf_policy policy; /* without its rank, which depends on the others */
    bool whole;              /* its sets are complete, not additions to the older ones */
};

struct wf_symbol_listing {
    const char *library;
    const char *symbol;
    const char *allowed_from; /* a name or alias, or NULL: never */
    size_t row_idx;           /* in "forbidden_symbols" */
};

/* wf_policy_records is one file; everything lives in the arena it was read into. */
struct wf_policy_records {
    enum wf_policy_family family;
    struct wf_policy_record *records; /* in the order of the file */
    size_t num_records;
    struct wf_policy_listings versions;
    struct wf_policy_listings prefixes;
    struct wf_policy_listings libraries;
    struct wf_symbol_listing *symbols;
    size_t num_symbols;
    size_t symbols_cap;
};

/* wf_policy_records_read reads a policy file (policies/README.md).  Refused with the JSON
 * path of what is wrong. */
WF_MUST_USE bool wf_policy_records_read(struct wf_policy_records *out,
                                        struct wf_arena *arena, struct wf_bytes json,
                                        struct wf_error *err);

/* wf_policy_records_merge builds `base` (NULL: nothing) with the file's policies added or
 * replaced.  *out borrows from `base`. */
WF_MUST_USE bool wf_policy_records_merge(struct wf_policies *out, struct wf_arena *arena,
                                         const struct wf_policies *base,
                                         const struct wf_policy_records *file,
                                         struct wf_error *err);

/* wf_policy_symbols_merge sets set->symbols: those of `base`, whose ranks `policy_rank`
 * translates, changed by the file's.  The policies of `set` are there already. */
WF_MUST_USE bool
wf_policy_symbols_merge(struct wf_family_set *set, struct wf_arena *arena,
                        const struct wf_family_set *base, const wf_rank *policy_rank,
                        const struct wf_policy_records *file, struct wf_error *err);

#endif
