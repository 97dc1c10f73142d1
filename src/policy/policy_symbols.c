/* policy_symbols.c -- the forbidden symbols of a file over those of a family. */
#include "policy/policy_records.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A forbidden symbol; of two with one name the later in `order` counts. */
struct symbol_entry {
    const char *library;
    const char *symbol;
    size_t order;
    wf_rank rank;
};

static int
compare_symbol_names(const struct symbol_entry *a, const struct symbol_entry *b)
{
    const int by_library = strcmp(a->library, b->library);

    return by_library != 0 ? by_library : strcmp(a->symbol, b->symbol);
}

static int
compare_symbols(const void *a, const void *b)
{
    const struct symbol_entry *x = a, *y = b;
    const int by_name = compare_symbol_names(x, y);

    return by_name != 0 ? by_name : (x->order > y->order) - (x->order < y->order);
}

static bool
rank_of_listing(const struct wf_family_set *set, const struct wf_symbol_listing *listing,
                wf_rank *out, struct wf_error *err)
{
    if (listing->allowed_from == NULL) {
        *out = WF_RANK_NEVER;
        return true;
    }
    const struct wf_policy *policy = wf_family_set_find(set, listing->allowed_from);

    if (policy != NULL) {
        *out = policy->rank;
        return true;
    }
    wf_error_set(err, WF_ERR_MALFORMED, "no policy of the family is called \"%s\"",
                 listing->allowed_from);
    return wf_error_prefix(err, "$.forbidden_symbols[%zu].allowed_from",
                           listing->row_idx);
}

static void
write_symbols(struct wf_arena *arena, struct wf_symbol_table *out,
              const struct symbol_entry *entries, size_t num)
{
    size_t pool_len = 0, used = 0, num_rows = 0;

    for (size_t i = 0; i < num; i++)
        pool_len += strlen(entries[i].library) + strlen(entries[i].symbol) + 2;
    assert(pool_len <= UINT32_MAX);
    char *pool = wf_arena_alloc(arena, pool_len);
    struct wf_symbol_rank *rows = wf_arena_array(arena, num, sizeof *rows);

    for (size_t i = 0; i < num; i++) {
        const struct symbol_entry *e = &entries[i];

        if (i + 1 < num && compare_symbol_names(e, &entries[i + 1]) == 0)
            continue;
        struct wf_symbol_rank *row = &rows[num_rows];

        if (num_rows > 0 && strcmp(pool + row[-1].library, e->library) == 0) {
            row->library = row[-1].library;
        } else {
            row->library = (uint32_t)used;
            memcpy(pool + used, e->library, strlen(e->library) + 1);
            used += strlen(e->library) + 1;
        }
        row->symbol = (uint32_t)used;
        row->rank = e->rank;
        memcpy(pool + used, e->symbol, strlen(e->symbol) + 1);
        used += strlen(e->symbol) + 1;
        num_rows++;
    }
    *out = (struct wf_symbol_table){
        .pool = pool, .pool_len = used, .rows = rows, .num_rows = num_rows
    };
}

bool
wf_policy_symbols_merge(struct wf_family_set *set, struct wf_arena *arena,
                        const struct wf_family_set *base, const wf_rank *policy_rank,
                        const struct wf_policy_records *file, struct wf_error *err)
{
    const struct wf_symbol_table *old = &base->symbols;
    const size_t most = old->num_rows + file->num_symbols;
    struct symbol_entry *entries = wf_arena_array(arena, most, sizeof *entries);
    size_t num = 0;

    for (; num < old->num_rows; num++) {
        const wf_rank rank = old->rows[num].rank;

        entries[num] = (struct symbol_entry){
            .library = old->pool + old->rows[num].library,
            .symbol = old->pool + old->rows[num].symbol,
            .order = num,
            .rank = rank == WF_RANK_NEVER ? WF_RANK_NEVER : policy_rank[rank],
        };
    }
    for (size_t i = 0; i < file->num_symbols; i++, num++) {
        entries[num] = (struct symbol_entry){ .library = file->symbols[i].library,
                                              .symbol = file->symbols[i].symbol,
                                              .order = num };
        if (!rank_of_listing(set, &file->symbols[i], &entries[num].rank, err))
            return false;
    }
    if (num > 1)
        qsort(entries, num, sizeof *entries, compare_symbols);
    write_symbols(arena, &set->symbols, entries, num);
    return true;
}
