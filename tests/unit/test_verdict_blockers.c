/* test_verdict_blockers.c -- why not a better policy, by object, symbol and library. */
#include "../support/report_builder.h"
#include "../support/unit.h"

static void
assert_blocker(const struct wf_blocker *blocker, const struct wf_blocker *expected)
{
#define ASSERT_SAME(field)                                                               \
    do {                                                                                 \
        if (expected->field == NULL)                                                     \
            assert_null(blocker->field);                                                 \
        else                                                                             \
            assert_string_equal(blocker->field, expected->field);                        \
    } while (0)

    ASSERT_SAME(policy);
    ASSERT_SAME(tag);
    ASSERT_SAME(object);
    ASSERT_SAME(library);
    ASSERT_SAME(symbol);
    ASSERT_SAME(version);
    assert_int_equal(blocker->reason, expected->reason);
    assert_int_equal(blocker->weak, expected->weak);
}

static void
names_the_newest_policy_that_each_need_forbids(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "b.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libc.so.6", "libfoo.so.1", "libz.so.1", "libexpat.so.1" },
          .imports = { "stat@GLIBC_2.33:libc.so.6", "?stat64@GLIBC_2.33:libc.so.6",
                       "@GLIBC_ABI_DT_RELR:libc.so.6", "uncompress2",
                       "free@GLIBC_2.2.5:libc.so.6" } },
        { .path = "a.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libc.so.6" },
          .imports = { "memcpy@GLIBC_2.14:libc.so.6" },
          .isa = 3 },
    };
    static const struct wf_blocker expected[] = {
        { .policy = "manylinux_2_41",
          .tag = "manylinux_2_41_x86_64",
          .reason = WF_REASON_ISA,
          .object = "a.so",
          .version = "x86-64-v3" },
        { .policy = "manylinux_2_41",
          .tag = "manylinux_2_41_x86_64",
          .reason = WF_REASON_LIBRARY,
          .object = "b.so",
          .library = "libfoo.so.1" },
        { .policy = "manylinux_2_35",
          .tag = "manylinux_2_35_x86_64",
          .reason = WF_REASON_VERSION_MARKER,
          .object = "b.so",
          .library = "libc.so.6",
          .version = "GLIBC_ABI_DT_RELR" },
        { .policy = "manylinux_2_31",
          .tag = "manylinux_2_31_x86_64",
          .reason = WF_REASON_VERSION,
          .object = "b.so",
          .library = "libc.so.6",
          .symbol = "stat",
          .version = "GLIBC_2.33" },
        { .policy = "manylinux_2_31",
          .tag = "manylinux_2_31_x86_64",
          .reason = WF_REASON_VERSION,
          .object = "b.so",
          .library = "libc.so.6",
          .symbol = "stat64",
          .version = "GLIBC_2.33",
          .weak = true },
        { .policy = "manylinux_2_31",
          .tag = "manylinux_2_31_x86_64",
          .reason = WF_REASON_SYMBOL,
          .object = "b.so",
          .library = "libz.so.1",
          .symbol = "uncompress2" },
        { .policy = "manylinux_2_12",
          .tag = "manylinux_2_12_x86_64",
          .reason = WF_REASON_VERSION,
          .object = "a.so",
          .library = "libc.so.6",
          .symbol = "memcpy",
          .version = "GLIBC_2.14" },
        { .policy = "manylinux_2_5",
          .tag = "manylinux_2_5_x86_64",
          .reason = WF_REASON_LIBRARY,
          .object = "b.so",
          .library = "libexpat.so.1" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_int_equal(platform->num_blockers, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++)
        assert_blocker(&platform->blockers[i], &expected[i]);
    wf_report_free(report);
}

static void
says_the_same_thing_once(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6", "libfoo.so", "libfoo.so" },
        .imports = { "?memcpy@GLIBC_2.14:libc.so.6", "memcpy@GLIBC_2.14:libc.so.6" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &object, 1);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_int_equal(platform->num_blockers, 2);
    assert_string_equal(platform->blockers[0].library, "libfoo.so");
    assert_string_equal(platform->blockers[1].symbol, "memcpy");
    assert_false(platform->blockers[1].weak);
    wf_report_free(report);
}

static void
has_none_when_the_oldest_policy_permits_all(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .arch = WF_ARCH_AARCH64,
        .needed = { "libc.so.6" },
        .imports = { "f@GLIBC_2.17:libc.so.6" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &object, 1);

    (void)state;
    assert_int_equal(report->platforms[0].num_blockers, 0);
    wf_report_free(report);
}

/* 2_36 came before 2_38 on every machine, but riscv64's 2_36 has no DT_RELR. */
static void
names_policies_that_exist_for_the_architecture_only(void **state)
{
    static const struct wf_test_object riscv = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .arch = WF_ARCH_RISCV64,
        .needed = { "libc.so.6" },
        .imports = { "@GLIBC_ABI_DT_RELR:libc.so.6" },
    };
    static const struct wf_test_object ppc64 = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .arch = WF_ARCH_PPC64,
        .needed = { "libc.so.6", "libfoo.so" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &riscv, 1);

    (void)state;
    assert_string_equal(report->platforms[0].blockers[0].tag, "manylinux_2_37_riscv64");
    wf_report_free(report);
    /* manylinux_2_17 is all that ppc64 has. */
    report = wf_test_judged("x-1-py3-none-any.whl", &ppc64, 1);
    assert_string_equal(report->platforms[0].blockers[0].tag, "manylinux_2_17_ppc64");
    wf_report_free(report);
}

static void
names_the_musl_release_of_a_newer_symbol(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.musl-x86_64.so.1" },
        .imports = { "reallocarray" },
    };
    static const struct wf_blocker expected = {
        .policy = "musllinux_1_1",
        .tag = "musllinux_1_1_x86_64",
        .reason = WF_REASON_VERSION,
        .object = "_x.so",
        .library = "libc.musl-x86_64.so.1",
        .symbol = "reallocarray",
        .version = "musl_1.2.2",
    };
    struct wf_report *report =
        wf_test_judged("x-1-py3-none-musllinux_1_1_x86_64.whl", &object, 1);

    (void)state;
    assert_int_equal(report->platforms[0].num_blockers, 1);
    assert_blocker(&report->platforms[0].blockers[0], &expected);
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_newest_policy_that_each_need_forbids),
        cmocka_unit_test(says_the_same_thing_once),
        cmocka_unit_test(has_none_when_the_oldest_policy_permits_all),
        cmocka_unit_test(names_policies_that_exist_for_the_architecture_only),
        cmocka_unit_test(names_the_musl_release_of_a_newer_symbol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
