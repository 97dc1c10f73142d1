/* policy_merge.c -- the records of a file and the set they change, as a new set. */
#include "policy/policy_records.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_RANKS = 256 };

static const uint32_t all_archs = UINT32_MAX;

/* One name that is permitted from a rank on, for some architectures. */
struct entry {
    const char *name;
    uint32_t arch_mask;
    wf_rank rank;
};

struct merge {
    struct wf_arena *arena;
    const struct wf_policy_records *file;
    const struct wf_family_set *base;
    struct wf_family_set set;       /* what is being built */
    wf_rank record_rank[NUM_RANKS]; /* of a record, by its index in the file */
    wf_rank policy_rank[NUM_RANKS]; /* of a policy of the base, by its rank there */
    wf_rank items_rank[NUM_RANKS];  /* where what was first permitted there is now */
    wf_rank next[WF_ARCH_COUNT]
                [NUM_RANKS]; /* the lowest rank not below, of the column's */
};

static bool
wrong_record(size_t idx, const char *key, struct wf_error *err)
{
    return wf_error_prefix(err, "$.policies[%zu]%s", idx, key);
}

static int
compare_numbers(const struct wf_policy *a, const struct wf_policy *b)
{
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    return (a->minor > b->minor) - (a->minor < b->minor);
}

static int
compare_records(const void *a, const void *b)
{
    const struct wf_policy_record *const *x = a, *const *y = b;

    return compare_numbers(&(*x)->policy, &(*y)->policy);
}

/* The file's records, oldest first; refused when two have one name. */
static bool
sort_records(const struct merge *m, const struct wf_policy_record ***out,
             struct wf_error *err)
{
    const struct wf_policy_records *file = m->file;
    const struct wf_policy_record **sorted =
        wf_arena_array(m->arena, file->num_records, sizeof(struct wf_policy_record *));

    for (size_t i = 0; i < file->num_records; i++)
        sorted[i] = &file->records[i];
    if (file->num_records > 1)
        qsort(sorted, file->num_records, sizeof(struct wf_policy_record *),
              compare_records);
    for (size_t i = 1; i < file->num_records; i++) {
        if (compare_records(&sorted[i - 1], &sorted[i]) != 0)
            continue;
        const struct wf_policy_record *later =
            sorted[i - 1] > sorted[i] ? sorted[i - 1] : sorted[i];

        wf_error_set(err, WF_ERR_MALFORMED, "\"%s\" is there already",
                     later->policy.name);
        return wrong_record((size_t)(later - file->records), ".name", err);
    }
    *out = sorted;
    return true;
}

/* Both lists into one, by number; a record takes the place of the policy of its name.
 * What the replaced policy was the first to permit stays with the policies after it, which
 * go on permitting it. */
static bool
merge_policies(struct merge *m, struct wf_error *err)
{
    const size_t num_old = m->base->num_policies, num_new = m->file->num_records;
    const struct wf_policy_record **sorted = NULL;

    if (!sort_records(m, &sorted, err))
        return false;
    struct wf_policy *list = wf_arena_array(m->arena, num_old + num_new, sizeof *list);
    size_t num = 0;

    for (size_t i = 0, j = 0; i < num_old || j < num_new; num++) {
        const int order =
            i == num_old   ? 1
            : j == num_new ? -1
                           : compare_numbers(&m->base->policies[i], &sorted[j]->policy);
        const wf_rank rank = (wf_rank)(num + 1);

        if (num == WF_MAX_POLICIES)
            return wf_error_set(
                err, WF_ERR_LIMIT,
                "with this file there are more than %d policies of a family",
                WF_MAX_POLICIES);
        if (order <= 0) {
            list[num] = m->base->policies[i++];
            m->policy_rank[i] = rank;
            m->items_rank[i] = (wf_rank)(rank + (order == 0));
        }
        if (order >= 0) {
            list[num] = sorted[j]->policy;
            m->record_rank[sorted[j++] - m->file->records] = rank;
        }
        list[num].rank = rank;
    }
    m->set.policies = list;
    m->set.num_policies = num;
    return true;
}

/* Columns for the architectures that have a policy, and per column the lowest rank at or
 * above each rank whose policy exists for the architecture. */
static void
number_columns(struct merge *m)
{
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        wf_rank next[NUM_RANKS];
        bool any = false;

        memset(next, WF_RANK_NEVER, sizeof next);
        for (size_t r = m->set.num_policies; r > 0; r--) {
            const bool has = wf_policy_has_arch(&m->set.policies[r - 1], (enum wf_arch)a);

            any = any || has;
            next[r] = has ? (wf_rank)r : next[r + 1];
        }
        if (!any)
            continue;
        memcpy(m->next[m->set.num_columns], next, sizeof next);
        m->set.columns[a] = (uint8_t)++m->set.num_columns;
    }
}

/* What a table of the base says, as entries.  With `for_all` a name's first rank on any
 * architecture counts for all: libraries are promised whatever the architecture, and a
 * column holds a later rank only because its policies begin later. */
static size_t
add_base_entries(const struct merge *m, struct entry *entries,
                 const struct wf_rank_table *table, bool for_all)
{
    const size_t num_columns = m->base->num_columns;
    size_t num = 0;

    for (size_t i = 0; i < table->num_names; i++) {
        const wf_rank *row = table->ranks + i * num_columns;
        const char *name = table->pool + table->names[i];
        wf_rank first = WF_RANK_NEVER;

        for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
            if (m->base->columns[a] == 0 || row[m->base->columns[a] - 1] == WF_RANK_NEVER)
                continue;
            const wf_rank rank = row[m->base->columns[a] - 1];

            first = rank < first ? rank : first;
            if (!for_all)
                entries[num++] =
                    (struct entry){ name, UINT32_C(1) << a, m->items_rank[rank] };
        }
        if (for_all && first != WF_RANK_NEVER)
            entries[num++] = (struct entry){ name, all_archs, m->items_rank[first] };
    }
    return num;
}

static size_t
add_file_entries(const struct merge *m, struct entry *entries,
                 const struct wf_policy_listings *list, bool for_all)
{
    for (size_t i = 0; i < list->num; i++)
        entries[i] = (struct entry){
            .name = list->items[i].name,
            .arch_mask = for_all ? all_archs : list->items[i].arch_mask,
            .rank = m->record_rank[list->items[i].record_idx],
        };
    return list->num;
}

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static void
lower_ranks(const struct merge *m, wf_rank *row, const struct entry *entry)
{
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        if (m->set.columns[a] == 0 || (entry->arch_mask >> a & 1) == 0)
            continue;
        const unsigned column = m->set.columns[a] - 1U;
        const wf_rank rank = m->next[column][entry->rank];

        if (rank < row[column])
            row[column] = rank;
    }
}

/* Sorted entries as a table: one row per name, the lowest rank in each column. */
static void
write_table(const struct merge *m, struct wf_rank_table *out, const struct entry *entries,
            size_t num)
{
    const size_t num_columns = m->set.num_columns;
    size_t num_names = 0, pool_len = 0;

    for (size_t i = 0; i < num; i++) {
        if (i > 0 && compare_entries(&entries[i - 1], &entries[i]) == 0)
            continue;
        num_names++;
        pool_len += strlen(entries[i].name) + 1;
    }
    assert(pool_len <= UINT32_MAX);
    char *pool = wf_arena_alloc(m->arena, pool_len);
    uint32_t *names = wf_arena_array(m->arena, num_names, sizeof *names);
    wf_rank *ranks = wf_arena_array(m->arena, num_names, num_columns);
    size_t row = 0, used = 0;

    memset(ranks, WF_RANK_NEVER, num_names * num_columns);
    for (size_t i = 0; i < num; i++) {
        if (i == 0 || compare_entries(&entries[i - 1], &entries[i]) != 0) {
            const size_t len = strlen(entries[i].name) + 1;

            row += i != 0;
            names[row] = (uint32_t)used;
            memcpy(pool + used, entries[i].name, len);
            used += len;
        }
        lower_ranks(m, ranks + row * num_columns, &entries[i]);
    }
    *out = (struct wf_rank_table){
        .pool = pool,
        .pool_len = used,
        .names = names,
        .ranks = ranks,
        .num_names = num_names,
    };
}

static void
merge_table(const struct merge *m, struct wf_rank_table *out,
            const struct wf_rank_table *base, const struct wf_policy_listings *list,
            bool for_all)
{
    const size_t most =
        base->num_names * (for_all ? 1 : m->base->num_columns) + list->num;
    struct entry *entries = wf_arena_array(m->arena, most, sizeof *entries);
    size_t num = add_base_entries(m, entries, base, for_all);

    num += add_file_entries(m, entries + num, list, for_all);
    if (num > 1)
        qsort(entries, num, sizeof *entries, compare_entries);
    write_table(m, out, entries, num);
}

/* Names an item that an older policy permits and record `idx`, whose sets are whole, does
 * not list: the first one without the stamp. */
static bool
name_missing(const struct merge *m, size_t idx, enum wf_arch arch,
             const struct wf_rank_table *table, const uint32_t *stamps, uint32_t stamp,
             struct wf_error *err)
{
    const struct wf_policy *policy = &m->file->records[idx].policy;
    const size_t column = m->set.columns[arch] - 1U;
    size_t i = 0;

    while (stamps[i] == stamp ||
           table->ranks[i * m->set.num_columns + column] >= m->record_rank[idx])
        i++;
    assert(i < table->num_names);
    const char *name = table->pool + table->names[i];
    const wf_rank rank = table->ranks[i * m->set.num_columns + column];

    wf_error_set(
        err, WF_ERR_MALFORMED,
        "%s for %s lacks %s, which %s permits; a newer policy permits all that an "
        "older one does",
        policy->name, wf_arch_name(arch), name, m->set.policies[rank - 1].name);
    if (table == &m->set.libraries)
        return wrong_record(idx, ".libraries", err);
    wf_error_prefix(err, "%s.%.*s", wf_arch_name(arch), (int)strcspn(name, "_"), name);
    return wrong_record(idx, ".versions", err);
}

/* How many names each column permits below each rank: [column * NUM_RANKS + rank]. */
static size_t *
count_older(const struct merge *m, const struct wf_rank_table *table)
{
    const size_t num_columns = m->set.num_columns;
    size_t *older = wf_arena_array(m->arena, num_columns * NUM_RANKS, sizeof *older);

    for (size_t i = 0; i < table->num_names * num_columns; i++)
        if (table->ranks[i] != WF_RANK_NEVER)
            older[i % num_columns * NUM_RANKS + table->ranks[i] + 1U]++;
    for (size_t i = 0; i < num_columns * NUM_RANKS; i++)
        if (i % NUM_RANKS != 0)
            older[i] += older[i - 1];
    return older;
}

/* What record `idx` lists in `items` for `arch` of all that older policies permit; those
 * rows get the stamp. */
static size_t
count_listed(const struct merge *m, size_t idx, enum wf_arch arch,
             const struct wf_rank_table *table, const struct wf_policy_listing *items,
             size_t num_items, uint32_t *stamps, uint32_t stamp)
{
    const size_t column = m->set.columns[arch] - 1U;
    size_t num = 0;

    for (size_t i = 0; i < num_items; i++) {
        const char *name = items[i].name;
        const size_t row = wf_rank_table_find(table, name, strlen(name));

        assert(row < table->num_names);
        if ((items[i].arch_mask >> arch & 1) == 0 || stamps[row] == stamp ||
            table->ranks[row * m->set.num_columns + column] >= m->record_rank[idx])
            continue;
        stamps[row] = stamp;
        num++;
    }
    return num;
}

/* A policy whose sets are whole must list all that the older ones permit.  Counting what
 * it lists of that keeps this linear in the file; only a miss is searched for. */
static bool
check_whole(const struct merge *m, const struct wf_rank_table *table,
            const struct wf_policy_listings *list, struct wf_error *err)
{
    const size_t *older = count_older(m, table);
    uint32_t *stamps = wf_arena_array(m->arena, table->num_names, sizeof *stamps);
    uint32_t stamp = 0;
    size_t first = 0, end = 0;

    for (size_t i = 0; i < m->file->num_records; i++, first = end) {
        const struct wf_policy_record *record = &m->file->records[i];

        while (end < list->num && list->items[end].record_idx == i)
            end++;
        for (unsigned a = 0; record->whole && a < WF_ARCH_COUNT; a++) {
            const enum wf_arch arch = (enum wf_arch)a;

            if (!wf_policy_has_arch(&record->policy, arch))
                continue;
            const size_t below =
                (m->set.columns[a] - 1U) * (size_t)NUM_RANKS + m->record_rank[i];

            stamp++;
            if (count_listed(m, i, arch, table, list->items + first, end - first, stamps,
                             stamp) != older[below])
                return name_missing(m, i, arch, table, stamps, stamp, err);
        }
    }
    return true;
}

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
rank_of_listing(const struct merge *m, const struct wf_symbol_listing *listing,
                wf_rank *out, struct wf_error *err)
{
    if (listing->allowed_from == NULL) {
        *out = WF_RANK_NEVER;
        return true;
    }
    const struct wf_policy *policy = wf_family_set_find(&m->set, listing->allowed_from);

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
write_symbols(const struct merge *m, struct wf_symbol_table *out,
              const struct symbol_entry *entries, size_t num)
{
    size_t pool_len = 0, used = 0, num_rows = 0;

    for (size_t i = 0; i < num; i++)
        pool_len += strlen(entries[i].library) + strlen(entries[i].symbol) + 2;
    assert(pool_len <= UINT32_MAX);
    char *pool = wf_arena_alloc(m->arena, pool_len);
    struct wf_symbol_rank *rows = wf_arena_array(m->arena, num, sizeof *rows);

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

static bool
merge_symbols(struct merge *m, struct wf_error *err)
{
    const struct wf_symbol_table *base = &m->base->symbols;
    const struct wf_policy_records *file = m->file;
    const size_t most = base->num_rows + file->num_symbols;
    struct symbol_entry *entries = wf_arena_array(m->arena, most, sizeof *entries);
    size_t num = 0;

    for (; num < base->num_rows; num++) {
        const wf_rank rank = base->rows[num].rank;

        entries[num] = (struct symbol_entry){
            .library = base->pool + base->rows[num].library,
            .symbol = base->pool + base->rows[num].symbol,
            .order = num,
            .rank = rank == WF_RANK_NEVER ? WF_RANK_NEVER : m->policy_rank[rank],
        };
    }
    for (size_t i = 0; i < file->num_symbols; i++, num++) {
        entries[num] = (struct symbol_entry){ .library = file->symbols[i].library,
                                              .symbol = file->symbols[i].symbol,
                                              .order = num };
        if (!rank_of_listing(m, &file->symbols[i], &entries[num].rank, err))
            return false;
    }
    if (num > 1)
        qsort(entries, num, sizeof *entries, compare_symbols);
    write_symbols(m, &m->set.symbols, entries, num);
    return true;
}

/* A policy's name or alias. */
struct word {
    const char *text;
    const char *policy;
};

static int
compare_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;

    return strcmp(x->text, y->text);
}

/* A tag must mean one policy. */
static bool
check_words(struct wf_arena *arena, const struct wf_policies *set, struct wf_error *err)
{
    struct word *words = NULL;
    size_t num = 0, cap = 0;

    for (size_t f = 0; f < WF_POLICY_FAMILIES; f++)
        for (size_t i = 0; i < set->families[f].num_policies; i++) {
            const struct wf_policy *policy = &set->families[f].policies[i];

            for (size_t k = 0; k <= policy->num_aliases; k++) {
                words = wf_arena_grow(arena, words, num, &cap, sizeof *words);
                words[num++] =
                    (struct word){ k == 0 ? policy->name : policy->aliases[k - 1],
                                   policy->name };
            }
        }
    if (num > 1)
        qsort(words, num, sizeof *words, compare_words);
    for (size_t i = 1; i < num; i++)
        if (compare_words(&words[i - 1], &words[i]) == 0) {
            wf_error_set(err, WF_ERR_MALFORMED, "\"%s\" is a name of both %s and %s",
                         words[i].text, words[i - 1].policy, words[i].policy);
            return wf_error_prefix(err, "$.policies");
        }
    return true;
}

bool
wf_policy_records_merge(struct wf_policies *out, struct wf_arena *arena,
                        const struct wf_policies *base,
                        const struct wf_policy_records *file, struct wf_error *err)
{
    static const struct wf_policies nothing = { 0 };
    struct wf_policies set = base == NULL ? nothing : *base;
    struct merge m = { .arena = arena,
                       .file = file,
                       .base = base == NULL ? &nothing.families[file->family]
                                            : &base->families[file->family] };

    if (!merge_policies(&m, err))
        return false;
    number_columns(&m);
    merge_table(&m, &m.set.versions, &m.base->versions, &file->versions, false);
    merge_table(&m, &m.set.prefixes, &m.base->prefixes, &file->prefixes, false);
    merge_table(&m, &m.set.libraries, &m.base->libraries, &file->libraries, true);
    if (!check_whole(&m, &m.set.versions, &file->versions, err) ||
        !check_whole(&m, &m.set.libraries, &file->libraries, err) ||
        !merge_symbols(&m, err))
        return false;
    set.families[file->family] = m.set;
    if (!check_words(arena, &set, err))
        return false;
    *out = set;
    return true;
}
