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

/* An index beside the architectures: of what holds for all of them. */
enum { ANY_ARCH = WF_ARCH_COUNT };

struct merge {
    struct wf_arena *arena;
    const struct wf_policy_records *file;
    const struct wf_family_set *base;
    struct wf_family_set set;       /* what is being built */
    wf_rank record_rank[NUM_RANKS]; /* of a record, by its index in the file */
    wf_rank policy_rank[NUM_RANKS]; /* of a policy of the base, by its rank there */
    bool replaced[NUM_RANKS];       /* likewise: the file has one of its name */
    /* Where what a policy of the base was the first to permit is permitted now. */
    wf_rank items_rank[WF_ARCH_COUNT + 1][NUM_RANKS];
    /* The lowest rank not below, among those of the column's architecture. */
    wf_rank next[WF_ARCH_COUNT][NUM_RANKS];
};

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
        return wf_error_prefix(err, "$.policies[%zu].name",
                               (size_t)(later - file->records));
    }
    *out = sorted;
    return true;
}

/* Both lists into one, by number; a record takes the place of the policy of its name. */
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
            m->replaced[i] = order == 0;
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

/* What a replaced policy was the first to permit stays with the next one that is not
 * replaced: that one went on permitting it, and goes on. */
static void
place_items(struct merge *m)
{
    for (unsigned a = 0; a <= ANY_ARCH; a++) {
        wf_rank rank = WF_RANK_NEVER;

        for (size_t r = m->base->num_policies; r > 0; r--) {
            const struct wf_policy *policy = &m->base->policies[r - 1];

            if (!m->replaced[r] &&
                (a == ANY_ARCH || wf_policy_has_arch(policy, (enum wf_arch)a)))
                rank = m->policy_rank[r];
            m->items_rank[a][r] = rank;
        }
    }
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
                    (struct entry){ name, UINT32_C(1) << a, m->items_rank[a][rank] };
        }
        if (for_all && first != WF_RANK_NEVER)
            entries[num++] =
                (struct entry){ name, all_archs, m->items_rank[ANY_ARCH][first] };
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

static bool
is_permitted_somewhere(const wf_rank *row, size_t num_columns)
{
    for (size_t c = 0; c < num_columns; c++)
        if (row[c] != WF_RANK_NEVER)
            return true;
    return false;
}

/* Sorted entries as a table: one row per name, the lowest rank in each column.  A name
 * that no policy permits any more is left out. */
static void
write_table(const struct merge *m, struct wf_rank_table *out, const struct entry *entries,
            size_t num)
{
    const size_t num_columns = m->set.num_columns;
    size_t most_names = 0, most_bytes = 0;

    for (size_t i = 0; i < num; i++)
        if (i == 0 || compare_entries(&entries[i - 1], &entries[i]) != 0) {
            most_names++;
            most_bytes += strlen(entries[i].name) + 1;
        }
    assert(most_bytes <= UINT32_MAX);
    char *pool = wf_arena_alloc(m->arena, most_bytes);
    uint32_t *names = wf_arena_array(m->arena, most_names, sizeof *names);
    wf_rank *ranks = wf_arena_array(m->arena, most_names, num_columns);
    size_t num_names = 0, used = 0;

    memset(ranks, WF_RANK_NEVER, most_names * num_columns);
    for (size_t i = 0; i < num; i++) {
        wf_rank *row = ranks + num_names * num_columns;

        lower_ranks(m, row, &entries[i]);
        if (i + 1 < num && compare_entries(&entries[i], &entries[i + 1]) == 0)
            continue;
        if (!is_permitted_somewhere(row, num_columns))
            continue;
        const size_t len = strlen(entries[i].name) + 1;

        names[num_names++] = (uint32_t)used;
        memcpy(pool + used, entries[i].name, len);
        used += len;
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

/* The check of one table against one record whose sets are whole, for one architecture. */
struct whole_check {
    const struct merge *m;
    const struct wf_rank_table *table;
    const struct wf_policy_listings *list;
    size_t idx; /* of the record; its listings are [first, end) */
    size_t first, end;
    enum wf_arch arch;
    uint32_t *stamps; /* per row: the last check in which the record listed it */
    uint32_t stamp;   /* of this check */
};

/* The rank of a row for the architecture, and whether older policies permit it. */
static wf_rank
rank_of_row(const struct whole_check *c, size_t row)
{
    const size_t num_columns = c->m->set.num_columns;

    return c->table->ranks[row * num_columns + c->m->set.columns[c->arch] - 1U];
}

static bool
is_older(const struct whole_check *c, size_t row)
{
    return rank_of_row(c, row) < c->m->record_rank[c->idx];
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

/* How much of what older policies permit the record lists; those rows get the stamp. */
static size_t
count_listed(const struct whole_check *c)
{
    size_t num = 0;

    for (size_t i = c->first; i < c->end; i++) {
        const struct wf_policy_listing *listing = &c->list->items[i];
        const size_t row =
            wf_rank_table_find(c->table, listing->name, strlen(listing->name));

        assert(row < c->table->num_names);
        if ((listing->arch_mask >> c->arch & 1) == 0 || c->stamps[row] == c->stamp ||
            !is_older(c, row))
            continue;
        c->stamps[row] = c->stamp;
        num++;
    }
    return num;
}

/* Names the first item that an older policy permits and the record does not list. */
static bool
name_missing(const struct whole_check *c, struct wf_error *err)
{
    const struct merge *m = c->m;
    size_t row = 0;

    while (row < c->table->num_names && (c->stamps[row] == c->stamp || !is_older(c, row)))
        row++;
    assert(row < c->table->num_names);
    const char *name = c->table->pool + c->table->names[row];

    wf_error_set(
        err, WF_ERR_MALFORMED,
        "%s for %s lacks %s, which %s permits; a newer policy permits all that an "
        "older one does",
        m->file->records[c->idx].policy.name, wf_arch_name(c->arch), name,
        m->set.policies[rank_of_row(c, row) - 1].name);
    if (c->table == &m->set.libraries)
        return wf_error_prefix(err, "$.policies[%zu].libraries", c->idx);
    return wf_error_prefix(err, "$.policies[%zu].versions.%s.%.*s", c->idx,
                           wf_arch_name(c->arch), (int)strcspn(name, "_"), name);
}

/* A policy whose sets are whole must list all that the older ones permit.  Counting what
 * it lists of that keeps this linear in the file; only a miss is searched for. */
static bool
check_whole(const struct merge *m, const struct wf_rank_table *table,
            const struct wf_policy_listings *list, struct wf_error *err)
{
    const size_t *older = count_older(m, table);
    struct whole_check c = { .m = m, .table = table, .list = list };

    c.stamps = wf_arena_array(m->arena, table->num_names, sizeof *c.stamps);
    for (; c.idx < m->file->num_records; c.idx++, c.first = c.end) {
        const struct wf_policy_record *record = &m->file->records[c.idx];

        while (c.end < list->num && list->items[c.end].record_idx == c.idx)
            c.end++;
        for (unsigned a = 0; record->whole && a < WF_ARCH_COUNT; a++) {
            c.arch = (enum wf_arch)a;
            if (!wf_policy_has_arch(&record->policy, c.arch))
                continue;
            const size_t column = m->set.columns[a] - 1U;

            c.stamp++;
            if (count_listed(&c) != older[column * NUM_RANKS + m->record_rank[c.idx]])
                return name_missing(&c, err);
        }
    }
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
    place_items(&m);
    number_columns(&m);
    merge_table(&m, &m.set.versions, &m.base->versions, &file->versions, false);
    merge_table(&m, &m.set.prefixes, &m.base->prefixes, &file->prefixes, false);
    merge_table(&m, &m.set.libraries, &m.base->libraries, &file->libraries, true);
    if (!check_whole(&m, &m.set.versions, &file->versions, err) ||
        !check_whole(&m, &m.set.libraries, &file->libraries, err) ||
        !wf_policy_symbols_merge(&m.set, arena, m.base, m.policy_rank, file, err))
        return false;
    set.families[file->family] = m.set;
    if (!check_words(arena, &set, err))
        return false;
    *out = set;
    return true;
}
