/* test_policy_load.c -- policy files over the built-in set: what they change. */
#include "../support/policy_loading.h"

#include "base/file.h"
#include "base/json.h"
#include "policy/policy_set.h"

static struct loaded
load_ok(const char *json)
{
    struct loaded l = load(json);

    assert_string_equal(l.err.text, "");
    assert_true(l.ok);
    return l;
}

/* The policy that first permits a version on x86_64: its name, "always" or "never". */
static const char *
rank_name(const struct wf_policies *set, wf_rank rank)
{
    if (rank == WF_RANK_ALWAYS)
        return "always";
    if (rank == WF_RANK_NEVER)
        return "never";
    return wf_policies_at(set, WF_POLICY_MANYLINUX, rank)->name;
}

static const char *
version_from(const struct loaded *l, enum wf_arch arch, const char *version)
{
    return rank_name(
        l->set, wf_policies_version_rank(l->set, WF_POLICY_MANYLINUX, arch, version));
}

static const char *
library_from(const struct loaded *l, enum wf_arch arch, const char *library)
{
    return rank_name(
        l->set, wf_policies_library_rank(l->set, WF_POLICY_MANYLINUX, arch, library));
}

static const char *
symbol_from(const struct loaded *l, const char *library, const char *symbol)
{
    return rank_name(
        l->set, wf_policies_symbol_rank(l->set, WF_POLICY_MANYLINUX, library, symbol));
}

static void
assert_same_table(const struct wf_rank_table *a, const struct wf_rank_table *b,
                  size_t num_columns)
{
    assert_int_equal(a->num_names, b->num_names);
    assert_int_equal(a->pool_len, b->pool_len);
    assert_memory_equal(a->pool, b->pool, a->pool_len);
    assert_memory_equal(a->names, b->names, a->num_names * sizeof *a->names);
    assert_memory_equal(a->ranks, b->ranks, a->num_names * num_columns);
}

static void
assert_same_family(const struct wf_policies *a, const struct wf_policies *b,
                   enum wf_policy_family family)
{
    const struct wf_family_set *x = &a->families[family], *y = &b->families[family];

    assert_int_equal(x->num_policies, y->num_policies);
    for (size_t i = 0; i < x->num_policies; i++) {
        assert_string_equal(x->policies[i].name, y->policies[i].name);
        assert_int_equal(x->policies[i].rank, y->policies[i].rank);
        assert_int_equal(x->policies[i].arch_mask, y->policies[i].arch_mask);
    }
    assert_int_equal(x->num_columns, y->num_columns);
    assert_memory_equal(x->columns, y->columns, sizeof x->columns);
    assert_same_table(&x->versions, &y->versions, x->num_columns);
    assert_same_table(&x->prefixes, &y->prefixes, x->num_columns);
    assert_same_table(&x->libraries, &y->libraries, x->num_columns);
    assert_int_equal(x->symbols.num_rows, y->symbols.num_rows);
    for (size_t i = 0; i < x->symbols.num_rows; i++) {
        const struct wf_symbol_rank *s = &x->symbols.rows[i], *t = &y->symbols.rows[i];

        assert_string_equal(x->symbols.pool + s->library, y->symbols.pool + t->library);
        assert_string_equal(x->symbols.pool + s->symbol, y->symbols.pool + t->symbol);
        assert_int_equal(s->rank, t->rank);
    }
}

/* The files of policies/, read at run time, say what was compiled in. */
static void
the_project_s_own_files_load_to_the_built_in_set(void **state)
{
    (void)state;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        const enum wf_policy_family family = (enum wf_policy_family)f;
        const struct wf_policies *from_nothing = NULL, *from_builtin = NULL;
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };
        struct wf_buffer text;

        wf_buffer_init(&text, 1 << 20);
        assert_true(wf_file_read_whole(&text,
                                       wf_arena_printf(&arena, "%s/policies/%s.json",
                                                       getenv("srcdir"),
                                                       wf_policy_family_name(family)),
                                       &err));
        assert_true(
            wf_policies_load(&from_nothing, &arena, NULL, wf_buffer_bytes(&text), &err));
        assert_same_family(from_nothing, wf_policies_builtin(), family);
        assert_true(wf_policies_load(&from_builtin, &arena, wf_policies_builtin(),
                                     wf_buffer_bytes(&text), &err));
        assert_same_family(from_builtin, wf_policies_builtin(), family);
        wf_buffer_clear(&text);
        wf_arena_clear(&arena);
    }
}

/* What is written of one architecture of one policy, whole: all but one item. */
struct expansion {
    struct wf_json_writer w;
    const struct wf_policy *policy;
    const char *without;
    char prefix[32];
};

static void
write_version(void *context, const char *library, const char *name, wf_rank rank)
{
    struct expansion *e = context;
    const size_t len = strcspn(name, "_");

    assert_null(library);
    assert_true(len < sizeof e->prefix);
    if (rank > e->policy->rank || (e->without != NULL && strcmp(name, e->without) == 0))
        return;
    if (strncmp(e->prefix, name, len) != 0 || e->prefix[len] != '\0') {
        if (e->prefix[0] != '\0')
            wf_json_end_array(&e->w);
        memcpy(e->prefix, name, len);
        e->prefix[len] = '\0';
        wf_json_write_key(&e->w, e->prefix);
        wf_json_begin_array(&e->w);
    }
    wf_json_write_string(&e->w, name + len + 1);
}

static void
write_library(void *context, const char *library, const char *name, wf_rank rank)
{
    struct expansion *e = context;

    assert_null(library);
    if (rank <= e->policy->rank && (e->without == NULL || strcmp(name, e->without) != 0))
        wf_json_write_string(&e->w, name);
}

/* One built-in policy with its sets whole, for one architecture. */
static void
expand(struct wf_buffer *out, const struct wf_policy *policy, enum wf_arch arch,
       const char *without)
{
    struct expansion e = { .w = { .out = out }, .policy = policy, .without = without };

    wf_buffer_reset(out);
    wf_json_begin_object(&e.w);
    wf_json_write_key(&e.w, "schema");
    wf_json_write_u64(&e.w, 1);
    wf_json_write_key(&e.w, "family");
    wf_json_write_string(&e.w, wf_policy_family_name(policy->family));
    wf_json_write_key(&e.w, "policies");
    wf_json_begin_array(&e.w);
    wf_json_begin_object(&e.w);
    wf_json_write_key(&e.w, "name");
    wf_json_write_string(&e.w, policy->name);
    wf_json_write_key(&e.w, "sets");
    wf_json_write_string(&e.w, "whole");
    wf_json_write_key(&e.w, "architectures");
    wf_json_begin_array(&e.w);
    wf_json_write_string(&e.w, wf_arch_name(arch));
    wf_json_end_array(&e.w);
    wf_json_write_key(&e.w, "versions");
    wf_json_begin_object(&e.w);
    wf_json_write_key(&e.w, wf_arch_name(arch));
    wf_json_begin_object(&e.w);
    wf_policies_visit_versions(wf_policies_builtin(), policy->family, arch, write_version,
                               &e);
    if (e.prefix[0] != '\0')
        wf_json_end_array(&e.w);
    wf_json_end_object(&e.w);
    wf_json_end_object(&e.w);
    wf_json_write_key(&e.w, "libraries");
    wf_json_begin_array(&e.w);
    wf_policies_visit_libraries(wf_policies_builtin(), policy->family, arch,
                                write_library, &e);
    wf_json_end_array(&e.w);
    wf_json_end_object(&e.w);
    wf_json_end_array(&e.w);
    wf_json_end_object(&e.w);
}

struct oldest {
    const char *name;
    wf_rank rank;
};

static void
find_oldest(void *context, const char *library, const char *name, wf_rank rank)
{
    struct oldest *oldest = context;

    (void)library;
    if (oldest->name == NULL || rank < oldest->rank)
        *oldest = (struct oldest){ name, rank };
}

/* Written out whole, a built-in policy is accepted; without one item of an older one it is
 * refused, and the item named. */
static void
check_growth(const struct wf_policy *policy, enum wf_arch arch, bool libraries)
{
    const struct wf_policies *builtin = wf_policies_builtin(), *set = NULL;
    struct oldest oldest = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    expand(&text, policy, arch, NULL);
    assert_true(wf_policies_load(&set, &arena, builtin, wf_buffer_bytes(&text), &err));
    if (libraries)
        wf_policies_visit_libraries(builtin, policy->family, arch, find_oldest, &oldest);
    else
        wf_policies_visit_versions(builtin, policy->family, arch, find_oldest, &oldest);
    if (oldest.name != NULL && oldest.rank < policy->rank) {
        expand(&text, policy, arch, oldest.name);
        assert_false(
            wf_policies_load(&set, &arena, builtin, wf_buffer_bytes(&text), &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_string_equal(
            err.text, wf_arena_printf(
                          &arena,
                          "%s for %s lacks %s, which %s permits; a newer policy permits "
                          "all that an older one does",
                          policy->name, wf_arch_name(arch), oldest.name,
                          wf_policies_at(builtin, policy->family, oldest.rank)->name));
    }
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
every_built_in_policy_permits_all_that_the_older_ones_do(void **state)
{
    size_t num_checked = 0;

    (void)state;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        size_t num = 0;
        const struct wf_policy *list =
            wf_policies_list(wf_policies_builtin(), (enum wf_policy_family)f, &num);

        for (size_t i = 0; i < num; i++)
            for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
                if (wf_policy_has_arch(&list[i], (enum wf_arch)a)) {
                    check_growth(&list[i], (enum wf_arch)a, false);
                    check_growth(&list[i], (enum wf_arch)a, true);
                    num_checked++;
                }
    }
    assert_int_equal(num_checked, 122 + 15 + 8);
}

static void
a_set_that_does_not_grow_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *json;
        const char *where;
        const char *text;
    } cases[] = {
        { HEAD "{\"name\":\"manylinux_1_1\"," X86
               ",\"versions\":{\"*\":{\"ONE\":[\"1\"]}}},"
               "{\"name\":\"manylinux_1_2\"," X86 ",\"sets\":\"whole\","
               "\"versions\":{\"x86_64\":{\"ONE\":[\"2\"]}}}]}",
          "$.policies[1].versions.x86_64.ONE",
          "manylinux_1_2 for x86_64 lacks ONE_1, which manylinux_1_1 permits; a newer "
          "policy permits all that an older one does" },
        { HEAD "{\"name\":\"manylinux_1_2\"," X86 ",\"sets\":\"whole\","
               "\"libraries\":[\"libtwo.so\",\"libtwo.so\"]},"
               "{\"name\":\"manylinux_1_1\"," X86 ",\"libraries\":[\"libone.so\"]}]}",
          "$.policies[0].libraries",
          "manylinux_1_2 for x86_64 lacks libone.so, which manylinux_1_1 permits; a "
          "newer "
          "policy permits all that an older one does" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct loaded l = load(cases[i].json);

        assert_false(l.ok);
        assert_null(l.set);
        assert_int_equal(l.err.kind, WF_ERR_MALFORMED);
        assert_string_equal(l.err.text, cases[i].text);
        assert_string_equal(l.err.where, cases[i].where);
        wf_arena_clear(&l.arena);
    }
}

static void
a_newer_policy_may_lack_an_architecture(void **state)
{
    struct loaded l = load_ok(
        HEAD "{\"name\":\"manylinux_1_1\",\"architectures\":[\"x86_64\",\"mips64\"],"
             "\"versions\":{\"*\":{\"GLIBC\":[\"1\"]}}},"
             "{\"name\":\"manylinux_1_2\"," X86 ",\"sets\":\"whole\","
             "\"versions\":{\"*\":{\"GLIBC\":[\"1\",\"2\"]}}}]}");

    (void)state;
    assert_string_equal(version_from(&l, WF_ARCH_MIPS64, "GLIBC_1"), "manylinux_1_1");
    assert_string_equal(version_from(&l, WF_ARCH_MIPS64, "GLIBC_2"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2"), "manylinux_1_2");
    wf_arena_clear(&l.arena);
}

static void
an_added_policy_takes_its_place_among_the_others(void **state)
{
    struct loaded l = load_ok(
        HEAD "{\"name\":\"manylinux_2_29\",\"aliases\":[\"acme1\"],\"priority\":63," X86
             ",\"systems\":[\"Acme 1\"],\"provisional\":true,"
             "\"versions\":{\"*\":{\"GLIBC\":[\"2.29\"]}},"
             "\"libraries\":[\"libacme.so.1\"]}]}");
    const struct wf_policy *policy = wf_policies_find(l.set, "acme1");
    size_t num = 0;

    (void)state;
    assert_non_null(policy);
    assert_string_equal(policy->name, "manylinux_2_29");
    assert_int_equal(policy->priority, 63);
    assert_true(policy->provisional);
    assert_int_equal(policy->num_systems, 1);
    assert_string_equal(policy->systems[0], "Acme 1");
    assert_int_equal(policy->rank, wf_policies_find(l.set, "manylinux_2_28")->rank + 1);
    assert_int_equal(policy->rank, wf_policies_find(l.set, "manylinux_2_31")->rank - 1);
    wf_policies_list(l.set, WF_POLICY_MANYLINUX, &num);
    assert_int_equal(num, 20);

    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.28"), "manylinux_2_28");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.29"), "manylinux_2_29");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.30"), "manylinux_2_31");
    assert_string_equal(version_from(&l, WF_ARCH_AARCH64, "GLIBC_2.29"),
                        "manylinux_2_31");
    assert_string_equal(library_from(&l, WF_ARCH_X86_64, "libacme.so.1"),
                        "manylinux_2_29");
    assert_string_equal(library_from(&l, WF_ARCH_AARCH64, "libacme.so.1"),
                        "manylinux_2_31");
    assert_string_equal(symbol_from(&l, "libz.so.1", "uncompress2"), "manylinux_2_34");
    wf_arena_clear(&l.arena);
}

static void
a_replaced_policy_promises_what_the_file_says(void **state)
{
    struct loaded l = load_ok(HEAD "{\"name\":\"manylinux_2_28\"," X86
                                   ",\"versions\":{\"*\":{\"GLIBC\":[\"2.28x\"]}}}]}");
    const struct wf_policy *policy = wf_policies_find(l.set, "manylinux_2_28");

    (void)state;
    assert_int_equal(policy->arch_mask, 1U << WF_ARCH_X86_64);
    assert_int_equal(policy->num_systems, 0);
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.28x"),
                        "manylinux_2_28");
    /* What it promised before stays with the next one that has the architecture. */
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.28"), "manylinux_2_31");
    assert_string_equal(version_from(&l, WF_ARCH_AARCH64, "GLIBC_2.28"),
                        "manylinux_2_31");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.27"), "manylinux_2_27");
    assert_string_equal(symbol_from(&l, "libz.so.1", "uncompress2"), "manylinux_2_34");
    wf_arena_clear(&l.arena);
}

static void
what_only_the_newest_promised_goes_when_it_is_replaced(void **state)
{
    struct loaded l = load_ok(HEAD "{\"name\":\"manylinux_2_44\"," X86 "}]}");

    (void)state;
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.44"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_AARCH64, "GLIBC_2.44"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.43"), "manylinux_2_43");
    assert_null(wf_policies_at(l.set, WF_POLICY_MANYLINUX, 20));
    wf_arena_clear(&l.arena);
}

/* The added policy builds on the replaced one as it is now, so it inherits nothing that
 * only the old one promised; ppc64 had no policy between 2_17 and it. */
static void
an_added_policy_does_not_inherit_from_what_was_replaced(void **state)
{
    static const char json[] =
        HEAD "{\"name\":\"manylinux_2_44\",\"architectures\":[\"mips64\"]},"
             "{\"name\":\"manylinux_4_17\",\"architectures\":[\"x86_64\",\"ppc64\"]}]}";
    struct loaded l = load_ok(json);
    const struct wf_policies *again = NULL;

    (void)state;
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.44"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.43"), "manylinux_2_43");
    assert_string_equal(version_from(&l, WF_ARCH_PPC64, "GLIBC_2.17"), "manylinux_2_17");
    assert_string_equal(library_from(&l, WF_ARCH_PPC64, "libmvec.so.1"),
                        "manylinux_4_17");
    assert_true(wf_policies_load(&again, &l.arena, l.set, wf_bytes_str(json), &l.err));
    assert_same_family(again, l.set, WF_POLICY_MANYLINUX);
    wf_arena_clear(&l.arena);
}

static void
a_replaced_policy_may_drop_its_alias(void **state)
{
    struct loaded l = load_ok(HEAD "{\"name\":\"manylinux_2_17\"," X86 "},"
                                   "{\"name\":\"manylinux_2_18\"," X86
                                   ",\"aliases\":[\"manylinux2014\"]}]}");

    (void)state;
    assert_string_equal(wf_policies_find(l.set, "manylinux2014")->name, "manylinux_2_18");
    wf_arena_clear(&l.arena);
}

static void
a_prefix_is_known_where_a_policy_lists_it(void **state)
{
    struct loaded l = load_ok(
        HEAD "{\"name\":\"manylinux_2_28\",\"architectures\":[\"x86_64\",\"aarch64\"],"
             "\"versions\":{\"x86_64\":{\"OPENSSL\":[\"3.0.0\"],\"EMPTY\":[]}}}]}");

    (void)state;
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "OPENSSL_3.0.0"),
                        "manylinux_2_28");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "OPENSSL_1_1_0"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_AARCH64, "OPENSSL_1_1_0"), "always");
    assert_string_equal(version_from(&l, WF_ARCH_X86_64, "EMPTY_1"), "never");
    assert_string_equal(version_from(&l, WF_ARCH_I686, "EMPTY_1"), "always");
    wf_arena_clear(&l.arena);
}

static void
forbidden_symbols_are_added_and_changed(void **state)
{
    struct loaded l = load_ok(
        HEAD
        "],\"about\":\"stricter\",\"forbidden_symbols\":["
        "{\"library\":\"libz.so.1\",\"allowed_from\":\"manylinux_2_28\","
        "\"symbols\":[\"uncompress2\"]},"
        "{\"library\":\"libz.so.1\",\"allowed_from\":null,\"symbols\":[\"deflate\"]},"
        "{\"library\":\"libm.so.6\",\"allowed_from\":null,\"symbols\":[\"sin\"]},"
        "{\"library\":\"libm.so.6\",\"allowed_from\":\"manylinux2014\","
        "\"symbols\":[\"sin\"]}]}");

    (void)state;
    assert_string_equal(symbol_from(&l, "libz.so.1", "uncompress2"), "manylinux_2_28");
    assert_string_equal(symbol_from(&l, "libz.so.1", "deflate"), "never");
    assert_string_equal(symbol_from(&l, "libm.so.6", "sin"), "manylinux_2_17");
    assert_string_equal(symbol_from(&l, "libm.so.6", "__issignaling"), "manylinux_2_24");
    assert_string_equal(symbol_from(&l, "libz.so.1", "crc32"), "always");
    wf_arena_clear(&l.arena);
}

static void
files_can_be_loaded_one_over_the_other(void **state)
{
    struct loaded l = load_ok(HEAD "{\"name\":\"manylinux_2_29\"," X86
                                   ",\"versions\":{\"*\":{\"GLIBC\":[\"2.29\"]}}}]}");
    const struct wf_policies *second = NULL;

    (void)state;
    assert_true(wf_policies_load(
        &second, &l.arena, l.set,
        wf_bytes_str("{\"schema\":1,\"family\":\"android\",\"policies\":[{\"name\":"
                     "\"android_35\",\"architectures\":[\"arm64_v8a\"],\"libraries\":"
                     "[\"libnew.so\"]}]}"),
        &l.err));
    assert_int_equal(wf_policies_find(second, "android_35")->rank, 5);
    assert_int_equal(
        wf_policies_library_rank(second, WF_POLICY_ANDROID, WF_ARCH_AARCH64, "libnew.so"),
        5);
    assert_int_equal(
        wf_policies_library_rank(second, WF_POLICY_ANDROID, WF_ARCH_X86_64, "libnew.so"),
        WF_RANK_NEVER);
    assert_non_null(wf_policies_find(second, "manylinux_2_29"));
    assert_null(wf_policies_find(wf_policies_builtin(), "manylinux_2_29"));
    wf_arena_clear(&l.arena);
}

static void
a_file_of_nothing_changes_nothing(void **state)
{
    struct loaded l = load_ok(HEAD "]}");

    (void)state;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++)
        assert_same_family(l.set, wf_policies_builtin(), (enum wf_policy_family)f);
    wf_arena_clear(&l.arena);
}

/* What only the whole file can tell has no single value to point to. */
static void
refuses_what_does_not_fit_together(void **state)
{
    static const struct {
        const char *json;
        const char *where;
        const char *text;
    } cases[] = {
        { HEAD "{\"name\":\"manylinux_2_29\"," X86 "},{\"name\":\"manylinux_2_30\"," X86
               "},{\"name\":\"manylinux_2_29\"," X86 "}]}",
          "$.policies[2].name", "\"manylinux_2_29\" is there already" },
        { HEAD "{\"name\":\"manylinux_2_29\"," X86 ",\"aliases\":[\"manylinux2014\"]}]}",
          "$.policies",
          "\"manylinux2014\" is a name of both manylinux_2_17 and manylinux_2_29" },
        { HEAD "{\"name\":\"manylinux_2_29\"," X86 ",\"aliases\":[\"acme\",\"acme\"]}]}",
          "$.policies", "\"acme\" is a name of both manylinux_2_29 and manylinux_2_29" },
        { HEAD "],\"forbidden_symbols\":[{\"library\":\"l\",\"allowed_from\":null,"
               "\"symbols\":[]},{\"library\":\"l\",\"allowed_from\":\"manylinux_2_30\","
               "\"symbols\":[\"s\"]}]}",
          "$.forbidden_symbols[1].allowed_from",
          "no policy of the family is called \"manylinux_2_30\"" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct loaded l = load(cases[i].json);

        assert_false(l.ok);
        assert_null(l.set);
        assert_int_equal(l.err.kind, WF_ERR_MALFORMED);
        assert_string_equal(l.err.text, cases[i].text);
        assert_string_equal(l.err.where, cases[i].where);
        wf_arena_clear(&l.arena);
    }
}

/* A file of `num` policies manylinux_9_0, manylinux_9_1, ... */
static void
write_many_policies(struct wf_buffer *out, size_t num)
{
    wf_buffer_reset(out);
    wf_buffer_add_str(out, HEAD);
    for (size_t i = 0; i < num; i++)
        wf_buffer_printf(out, "%s{\"name\":\"manylinux_9_%zu\"," X86 "}",
                         i == 0 ? "" : ",", i);
    wf_buffer_add_str(out, "]}");
}

static void
a_family_has_254_ranks(void **state)
{
    static const struct {
        size_t num;
        const char *text; /* NULL: accepted */
    } cases[] = {
        { 254 - 19, NULL },
        { 254 - 18, "with this file there are more than 254 policies of a family" },
        { 255, "at 0x2c: there are 255 policies; a family can have 254" },
    };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct loaded l = { 0 };

        write_many_policies(&text, cases[i].num);
        l.ok = wf_policies_load(&l.set, &l.arena, wf_policies_builtin(),
                                wf_buffer_bytes(&text), &l.err);
        assert_int_equal(l.ok, cases[i].text == NULL);
        if (l.ok) {
            assert_int_equal(wf_policies_find(l.set, "manylinux_9_234")->rank, 254);
            assert_string_equal(version_from(&l, WF_ARCH_X86_64, "GLIBC_2.44"),
                                "manylinux_2_44");
        } else {
            assert_int_equal(l.err.kind, WF_ERR_LIMIT);
            assert_string_equal(l.err.text, cases[i].text);
        }
        wf_arena_clear(&l.arena);
    }
    wf_buffer_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_project_s_own_files_load_to_the_built_in_set),
        cmocka_unit_test(every_built_in_policy_permits_all_that_the_older_ones_do),
        cmocka_unit_test(a_set_that_does_not_grow_is_refused_at_its_place),
        cmocka_unit_test(a_newer_policy_may_lack_an_architecture),
        cmocka_unit_test(an_added_policy_takes_its_place_among_the_others),
        cmocka_unit_test(a_replaced_policy_promises_what_the_file_says),
        cmocka_unit_test(what_only_the_newest_promised_goes_when_it_is_replaced),
        cmocka_unit_test(an_added_policy_does_not_inherit_from_what_was_replaced),
        cmocka_unit_test(a_replaced_policy_may_drop_its_alias),
        cmocka_unit_test(a_prefix_is_known_where_a_policy_lists_it),
        cmocka_unit_test(forbidden_symbols_are_added_and_changed),
        cmocka_unit_test(files_can_be_loaded_one_over_the_other),
        cmocka_unit_test(a_file_of_nothing_changes_nothing),
        cmocka_unit_test(refuses_what_does_not_fit_together),
        cmocka_unit_test(a_family_has_254_ranks),
    };

    return cmocka_run_group_tests_name("policy_load", tests, NULL, NULL);
}
