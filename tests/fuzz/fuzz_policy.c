/* fuzz_policy.c -- any policy file gives a set whose answers agree with each other, and
 * that the same file does not change again, or an error that says why. */
#include <string.h>

#include "policy/policy_set.h"

#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What a visit of one table checks: names ascend, and each is answered as visited. */
struct visit {
    const struct wf_policies *set;
    enum wf_policy_family family;
    enum wf_arch arch;
    const char *previous;
};

static void
visit_version(void *context, const char *library, const char *name, wf_rank rank)
{
    struct visit *v = context;

    (void)library;
    expect(v->previous == NULL || strcmp(v->previous, name) < 0);
    expect(wf_policies_version_rank(v->set, v->family, v->arch, name) == rank);
    const struct wf_policy *policy = wf_policies_at(v->set, v->family, rank);

    expect(policy != NULL && wf_policy_has_arch(policy, v->arch));
    v->previous = name;
}

static void
visit_library(void *context, const char *library, const char *name, wf_rank rank)
{
    struct visit *v = context;

    (void)library;
    expect(v->previous == NULL || strcmp(v->previous, name) < 0);
    /* Names of musl are one library, whatever the file says of each. */
    expect(v->family == WF_POLICY_MUSLLINUX ||
           wf_policies_library_rank(v->set, v->family, v->arch, name) == rank);
    v->previous = name;
}

static void
visit_symbol(void *context, const char *library, const char *name, wf_rank rank)
{
    const struct visit *v = context;

    expect(wf_policies_symbol_rank(v->set, v->family, library, name) == rank);
    expect(wf_policies_forbids_in(v->set, v->family, library));
}

static void
check_family(const struct wf_policies *set, enum wf_policy_family family)
{
    size_t num = 0;
    const struct wf_policy *list = wf_policies_list(set, family, &num);

    for (size_t i = 0; i < num; i++) {
        expect(list[i].rank == i + 1);
        expect(wf_policies_find(set, list[i].name) == &list[i]);
        for (size_t k = 0; k < list[i].num_aliases; k++)
            expect(wf_policies_find(set, list[i].aliases[k]) == &list[i]);
    }
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        struct visit v = { .set = set, .family = family, .arch = (enum wf_arch)a };

        wf_policies_visit_versions(set, family, v.arch, visit_version, &v);
        v.previous = NULL;
        wf_policies_visit_libraries(set, family, v.arch, visit_library, &v);
    }
    struct visit v = { .set = set, .family = family };

    wf_policies_visit_symbols(set, family, visit_symbol, &v);
}

static bool
same_table(const struct wf_rank_table *a, const struct wf_rank_table *b,
           size_t num_columns)
{
    return a->num_names == b->num_names && a->pool_len == b->pool_len &&
           memcmp(a->pool, b->pool, a->pool_len) == 0 &&
           memcmp(a->ranks, b->ranks, a->num_names * num_columns) == 0;
}

static void
check_same(const struct wf_family_set *a, const struct wf_family_set *b)
{
    expect(a->num_policies == b->num_policies && a->num_columns == b->num_columns);
    expect(memcmp(a->columns, b->columns, sizeof a->columns) == 0);
    expect(same_table(&a->versions, &b->versions, a->num_columns));
    expect(same_table(&a->libraries, &b->libraries, a->num_columns));
    expect(same_table(&a->prefixes, &b->prefixes, a->num_columns));
    expect(a->symbols.num_rows == b->symbols.num_rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_policies *once = NULL, *twice = NULL;
    const struct wf_bytes json = wf_bytes_of(data, len);
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_policies_load(&once, &arena, wf_policies_builtin(), json, &err)) {
        expect(wf_policies_load(&twice, &arena, once, json, &err));
        for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
            check_family(once, (enum wf_policy_family)f);
            check_same(&once->families[f], &twice->families[f]);
        }
    } else {
        expect(once == NULL);
        expect_reason(&err, len);
    }
    wf_arena_clear(&arena);
    return 0;
}
