/* test_policy.c -- questions to the built-in set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy/policy.h"

#define X86_64 WF_ARCH_X86_64

/* Every policy, oldest first, with the architectures it exists for. */
static const struct {
    const char *name;
    const char *alias;
    unsigned priority;
    bool provisional;
    const char *archs;
} policies[] = {
    { "manylinux_2_5", "manylinux1", 100, false, "x86_64 i686" },
    { "manylinux_2_12", "manylinux2010", 90, false, "x86_64 i686" },
    { "manylinux_2_17", "manylinux2014", 80, false,
      "x86_64 i686 aarch64 armv7l ppc64le ppc64 s390x" },
    { "manylinux_2_24", NULL, 70, false, "x86_64 i686 aarch64 armv7l ppc64le s390x" },
    { "manylinux_2_26", NULL, 68, false, "x86_64 i686 aarch64 armv7l ppc64le s390x" },
    { "manylinux_2_27", NULL, 65, false, "x86_64 i686 aarch64 armv7l ppc64le s390x" },
    { "manylinux_2_28", NULL, 64, false, "x86_64 i686 aarch64 armv7l ppc64le s390x" },
    { "manylinux_2_31", NULL, 61, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "manylinux_2_34", NULL, 58, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "manylinux_2_35", NULL, 57, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "manylinux_2_36", NULL, 56, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_37", NULL, 55, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_38", NULL, 54, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_39", NULL, 53, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_40", NULL, 52, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_41", NULL, 51, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "manylinux_2_42", NULL, 50, true,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "manylinux_2_43", NULL, 49, true,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "manylinux_2_44", NULL, 48, true, "x86_64 aarch64 ppc64le s390x" },
    { "musllinux_1_1", NULL, 100, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64" },
    { "musllinux_1_2", NULL, 90, false,
      "x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 loongarch64" },
    { "android_21", NULL, 79, false, "x86_64 aarch64" },
    { "android_24", NULL, 76, false, "x86_64 aarch64" },
    { "android_26", NULL, 74, false, "x86_64 aarch64" },
    { "android_27", NULL, 73, false, "x86_64 aarch64" },
};

static const struct wf_policies *
builtin(void)
{
    return wf_policies_builtin();
}

static wf_rank
rank_of(const char *name)
{
    const struct wf_policy *policy = wf_policies_find(builtin(), name);

    assert_non_null(policy);
    return policy->rank;
}

static wf_rank
version(enum wf_arch arch, const char *name)
{
    return wf_policies_version_rank(builtin(), WF_POLICY_MANYLINUX, arch, name);
}

static wf_rank
library(enum wf_policy_family family, enum wf_arch arch, const char *name)
{
    return wf_policies_library_rank(builtin(), family, arch, name);
}

static wf_rank
symbol(enum wf_policy_family family, const char *lib, const char *name)
{
    return wf_policies_symbol_rank(builtin(), family, lib, name);
}

static void
lists_every_policy_in_the_order_of_its_number(void **state)
{
    size_t k = 0;

    (void)state;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        size_t num = 0;
        const struct wf_policy *list =
            wf_policies_list(builtin(), (enum wf_policy_family)f, &num);

        for (size_t i = 0; i < num; i++, k++) {
            assert_in_range(k, 0, WF_COUNT(policies) - 1);
            assert_string_equal(list[i].name, policies[k].name);
            assert_int_equal(list[i].family, f);
            assert_int_equal(list[i].rank, i + 1);
            assert_int_equal(list[i].priority, policies[k].priority);
            assert_int_equal(list[i].provisional, policies[k].provisional);
            assert_int_equal(list[i].num_aliases, policies[k].alias != NULL);
            if (policies[k].alias != NULL)
                assert_string_equal(list[i].aliases[0], policies[k].alias);
            assert_ptr_equal(
                wf_policies_at(builtin(), (enum wf_policy_family)f, (wf_rank)(i + 1)),
                &list[i]);
        }
        assert_null(wf_policies_at(builtin(), (enum wf_policy_family)f, 0));
        assert_null(
            wf_policies_at(builtin(), (enum wf_policy_family)f, (wf_rank)(num + 1)));
        assert_null(wf_policies_at(builtin(), (enum wf_policy_family)f, WF_RANK_NEVER));
    }
    assert_int_equal(k, WF_COUNT(policies));
}

static void
knows_for_which_architectures_a_policy_exists(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(policies); i++) {
        const struct wf_policy *policy = wf_policies_find(builtin(), policies[i].name);
        char archs[256] = "";
        size_t len = 0;

        assert_non_null(policy);
        for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
            const char *name = wf_arch_name((enum wf_arch)a);

            if (!wf_policy_has_arch(policy, (enum wf_arch)a))
                continue;
            if (len > 0)
                archs[len++] = ' ';
            memcpy(archs + len, name, strlen(name) + 1);
            len += strlen(name);
        }
        assert_string_equal(archs, policies[i].archs);
    }
}

static void
finds_a_policy_by_its_name_and_by_its_alias_only(void **state)
{
    static const char *const unknown[] = {
        "",
        "linux",
        "manylinux",
        "manylinux_2",
        "manylinux_2_18",
        "manylinux2011",
        "manylinux_2_17_x86_64",
        "Manylinux1",
    };

    (void)state;
    assert_ptr_equal(wf_policies_find(builtin(), "manylinux2014"),
                     wf_policies_find(builtin(), "manylinux_2_17"));
    assert_int_equal(wf_policies_find(builtin(), "manylinux2010")->minor, 12);
    assert_int_equal(wf_policies_find(builtin(), "manylinux1")->minor, 5);
    assert_int_equal(wf_policies_find(builtin(), "android_24")->major, 24);
    for (size_t i = 0; i < WF_COUNT(unknown); i++)
        assert_null(wf_policies_find(builtin(), unknown[i]));
}

static void
a_version_is_judged_by_its_prefix(void **state)
{
    static const char *const always[] = { "OPENSSL_1_1_0", "noversion",
                                          "GLIBC",         "",
                                          "_2.17",         "glibc_2.17",
                                          "GLIB_2.17",     "GLIBCX_3.4" };
    static const char *const never[] = { "GLIBC_999",   "GLIBC_PRIVATE", "GLIBC_",
                                         "GLIBC_2.170", "GLIBC_2.1",     "GLIBCXX_2.17",
                                         "ZLIB_9",      "GLIBC_2.17 " };

    (void)state;
    assert_int_equal(version(X86_64, "GLIBC_2.17"), rank_of("manylinux_2_17"));
    assert_int_equal(version(X86_64, "GLIBC_2.2.5"), rank_of("manylinux_2_5"));
    for (size_t i = 0; i < WF_COUNT(always); i++)
        assert_int_equal(version(X86_64, always[i]), WF_RANK_ALWAYS);
    for (size_t i = 0; i < WF_COUNT(never); i++)
        assert_int_equal(version(X86_64, never[i]), WF_RANK_NEVER);
}

static void
an_architecture_without_policies_has_no_versions_and_no_libraries(void **state)
{
    (void)state;
    assert_int_equal(version(WF_ARCH_MIPS64, "GLIBC_2.17"), WF_RANK_NEVER);
    assert_int_equal(version(WF_ARCH_UNKNOWN, "GLIBC_2.17"), WF_RANK_NEVER);
    assert_int_equal(version(WF_ARCH_MIPS64, "OPENSSL_3.0.0"), WF_RANK_ALWAYS);
    assert_int_equal(library(WF_POLICY_MANYLINUX, WF_ARCH_MIPS64, "libc.so.6"),
                     WF_RANK_NEVER);
    assert_int_equal(library(WF_POLICY_ANDROID, WF_ARCH_I686, "libc.so"), WF_RANK_NEVER);
}

static void
musl_and_android_have_no_version_tables(void **state)
{
    static const char *const names[] = { "GLIBC_2.17", "GLIBC_PRIVATE", "ANYTHING_1" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        assert_int_equal(
            wf_policies_version_rank(builtin(), WF_POLICY_MUSLLINUX, X86_64, names[i]),
            WF_RANK_ALWAYS);
        assert_int_equal(
            wf_policies_version_rank(builtin(), WF_POLICY_ANDROID, X86_64, names[i]),
            WF_RANK_ALWAYS);
    }
}

/* A ladder: linux < the oldest version < the newest one. */
static void
a_newer_version_needs_a_newer_policy(void **state)
{
    (void)state;
    assert_true(version(X86_64, "GLIBC_2.2.5") < version(X86_64, "GLIBC_2.17"));
    assert_true(version(X86_64, "GLIBC_2.17") < version(X86_64, "GLIBC_2.41"));
    assert_true(version(X86_64, "GLIBC_2.41") < version(X86_64, "GLIBC_999"));
}

static void
a_library_begins_with_the_first_policy_of_the_architecture(void **state)
{
    (void)state;
    assert_int_equal(library(WF_POLICY_MANYLINUX, WF_ARCH_AARCH64, "libc.so.6"),
                     rank_of("manylinux_2_17"));
    assert_int_equal(library(WF_POLICY_MANYLINUX, WF_ARCH_LOONGARCH64, "libmvec.so.1"),
                     rank_of("manylinux_2_36"));
    /* ppc64 has 2_17 only, which is older than the promise of libmvec. */
    assert_int_equal(library(WF_POLICY_MANYLINUX, WF_ARCH_PPC64, "libmvec.so.1"),
                     WF_RANK_NEVER);
}

static void
musl_is_one_library_under_many_names(void **state)
{
    static const struct {
        enum wf_arch arch;
        const char *name;
        bool provided;
    } cases[] = {
        { X86_64, "libc.musl-x86_64.so.1", true },
        { WF_ARCH_I686, "libc.musl-x86.so.1", true },
        { WF_ARCH_AARCH64, "libc.musl-aarch64.so.1", true },
        { WF_ARCH_S390X, "libc.musl-s390x.so.1", true },
        { WF_ARCH_PPC64LE, "libc.musl-ppc64le.so.1", true },
        { WF_ARCH_ARMV7L, "libc.musl-armv7.so.1", true },
        { WF_ARCH_RISCV64, "libc.musl-riscv64.so.1", true },
        { X86_64, "libc.so", true },
        { X86_64, "libpthread.so.0", true },
        { X86_64, "librt.so.1", true },
        { X86_64, "libm.so.6", true },
        { X86_64, "libdl.so.2", true },
        { X86_64, "libutil.so.1", true },
        { X86_64, "libxnet.so.1", true },
        { X86_64, "ld-musl-x86_64.so.1", true },
        { WF_ARCH_ARMV7L, "ld-musl-armhf.so.1", true },
        { WF_ARCH_ARMV7L, "libc.musl-armhf.so.1", true },
        { WF_ARCH_AARCH64, "libc.musl-armhf.so.1", false },
        { X86_64, "libz.so.1", true },
        { X86_64, "libc.musl-aarch64.so.1", false },
        { WF_ARCH_I686, "libc.musl-x86_64.so.1", false },
        { X86_64, "libc.musl-", false },
        { X86_64, "libcrypt.so.1", false },
        { X86_64, "libresolv.so.2", false },
        { X86_64, "libstdc++.so.6", false },
        { X86_64, "libgcc_s.so.1", false },
        { X86_64, "libc", false },
        { X86_64, "lib", false },
        { X86_64, "c.so", false },
        { WF_ARCH_PPC64, "libc.so", false }, /* no musllinux policy */
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_int_equal(library(WF_POLICY_MUSLLINUX, cases[i].arch, cases[i].name),
                         cases[i].provided ? rank_of("musllinux_1_1") : WF_RANK_NEVER);
    assert_int_equal(
        library(WF_POLICY_MUSLLINUX, WF_ARCH_LOONGARCH64, "libc.musl-loongarch64.so.1"),
        rank_of("musllinux_1_2"));
}

static void
an_android_level_is_judged_by_the_policy_below_it(void **state)
{
    static const unsigned expected[] = { 21, 21, 21, 24, 24, 26, 27, 27 };

    (void)state;
    for (unsigned level = 21; level <= 28; level++) {
        const struct wf_policy *a = wf_policies_not_above(builtin(), WF_POLICY_ANDROID,
                                                          WF_ARCH_AARCH64, level, 0);
        const struct wf_policy *b =
            wf_policies_not_above(builtin(), WF_POLICY_ANDROID, X86_64, level, 0);

        assert_non_null(a);
        assert_ptr_equal(a, b);
        assert_int_equal(a->major, expected[level - 21]);
    }
    assert_null(
        wf_policies_not_above(builtin(), WF_POLICY_ANDROID, WF_ARCH_AARCH64, 20, 0));
    assert_null(
        wf_policies_not_above(builtin(), WF_POLICY_ANDROID, WF_ARCH_ARMV7L, 24, 0));
}

static void
any_number_is_judged_by_the_newest_policy_not_above_it(void **state)
{
    static const struct {
        enum wf_arch arch;
        unsigned major, minor;
        const char *name; /* NULL: none */
    } cases[] = {
        { X86_64, 2, 17, "manylinux_2_17" },
        { X86_64, 2, 18, "manylinux_2_17" },
        { X86_64, 2, 23, "manylinux_2_17" },
        { X86_64, 2, 33, "manylinux_2_31" },
        { X86_64, 2, 4, NULL },
        { X86_64, 1, 99, NULL },
        { X86_64, 0, 0, NULL },
        { X86_64, 2, 43, "manylinux_2_43" }, /* provisional ones too */
        { X86_64, 2, 999, "manylinux_2_44" },
        { X86_64, 3, 0, "manylinux_2_44" },
        { WF_ARCH_I686, 2, 44, "manylinux_2_43" },
        { WF_ARCH_AARCH64, 2, 12, NULL },
        { WF_ARCH_PPC64, 2, 41, "manylinux_2_17" },
        { WF_ARCH_LOONGARCH64, 2, 44, "manylinux_2_41" },
        { WF_ARCH_MIPS, 2, 41, NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_policy *policy =
            wf_policies_not_above(builtin(), WF_POLICY_MANYLINUX, cases[i].arch,
                                  cases[i].major, cases[i].minor);

        if (cases[i].name == NULL) {
            assert_null(policy);
        } else {
            assert_non_null(policy);
            assert_string_equal(policy->name, cases[i].name);
        }
    }
}

static void
a_symbol_is_forbidden_in_its_library_only(void **state)
{
    (void)state;
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libz.so.1", "uncompress2"),
                     rank_of("manylinux_2_34"));
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libz.so.1", "crc32_combine_op"),
                     rank_of("manylinux_2_37"));
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libz.so.1", "zcfree"), WF_RANK_NEVER);
    assert_int_equal(symbol(WF_POLICY_MUSLLINUX, "libz.so.1", "uncompress2"),
                     WF_RANK_NEVER);
    assert_int_equal(symbol(WF_POLICY_MUSLLINUX, "libz.so.1", "crc32_combine_op"),
                     WF_RANK_ALWAYS);
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libz.so.1", "deflate"), WF_RANK_ALWAYS);
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libz.so", "uncompress2"),
                     WF_RANK_ALWAYS);
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "libm.so.6", "uncompress2"),
                     WF_RANK_ALWAYS);
    assert_int_equal(symbol(WF_POLICY_MANYLINUX, "zzz.so", "zzz"), WF_RANK_ALWAYS);
    assert_int_equal(symbol(WF_POLICY_ANDROID, "libz.so.1", "uncompress2"),
                     WF_RANK_ALWAYS);
}

static void
says_for_which_libraries_symbols_matter(void **state)
{
    (void)state;
    assert_true(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, "libz.so.1"));
    assert_true(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, "libc.so.6"));
    assert_true(wf_policies_forbids_in(builtin(), WF_POLICY_MUSLLINUX, "libz.so.1"));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_MUSLLINUX, "libc.so.6"));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, "libz.so"));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, "libz.so.11"));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, ""));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_MANYLINUX, "zzz"));
    assert_false(wf_policies_forbids_in(builtin(), WF_POLICY_ANDROID, "libz.so"));
}

struct previous {
    const char *library;
    const char *name;
    size_t num;
};

static void
follows_the_previous(void *context, const char *lib, const char *name, wf_rank rank)
{
    struct previous *previous = context;

    assert_true(rank >= 1);
    if (previous->name != NULL) {
        const int by_library = lib == NULL ? 0 : strcmp(previous->library, lib);

        assert_true(by_library <= 0);
        assert_true(by_library < 0 || strcmp(previous->name, name) < 0);
    }
    *previous = (struct previous){ lib, name, previous->num + 1 };
}

static void
visits_names_once_and_in_byte_order(void **state)
{
    struct previous versions = { 0 }, libraries = { 0 }, symbols = { 0 };

    (void)state;
    wf_policies_visit_versions(builtin(), WF_POLICY_MANYLINUX, X86_64,
                               follows_the_previous, &versions);
    wf_policies_visit_libraries(builtin(), WF_POLICY_ANDROID, X86_64,
                                follows_the_previous, &libraries);
    wf_policies_visit_symbols(builtin(), WF_POLICY_MANYLINUX, follows_the_previous,
                              &symbols);
    assert_true(versions.num > 100);
    assert_int_equal(libraries.num, 21);
    assert_int_equal(symbols.num, 6 + 3 + 2 + 41);
}

static void
spells_full_names_as_tags_do(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wf_policies_full_name(&arena, "manylinux2014",
                                              WF_POLICY_MANYLINUX, WF_ARCH_AARCH64),
                        "manylinux2014_aarch64");
    assert_string_equal(
        wf_policies_full_name(&arena, "android_24", WF_POLICY_ANDROID, WF_ARCH_AARCH64),
        "android_24_arm64_v8a");
    assert_string_equal(
        wf_policies_full_name(&arena, "android_24", WF_POLICY_ANDROID, X86_64),
        "android_24_x86_64");
    assert_string_equal(wf_policy_family_name(WF_POLICY_MUSLLINUX), "musllinux");
    wf_arena_clear(&arena);
}

static void
proposes_the_nearest_tag(void **state)
{
    static const struct {
        const char *typed;
        const char *proposed; /* NULL: nothing is near */
    } cases[] = {
        { "manylinux_2_1x7", "manylinux_2_17" },
        { "manylinux2104", "manylinux2014" },
        { "manylinux2014_x86_46", "manylinux2014_x86_64" },
        { "manylinux2015", "manylinux2014" }, /* 2010 is as near; newer ones win */
        { "manylinux_2_17_amd64", "manylinux_2_17_x86_64" },
        { "manylinux2014_arm64", "manylinux2014_aarch64" },
        { "android_24_arm64", "android_24_arm64_v8a" },
        { "musslinux_1_2_x86_64", "musllinux_1_2_x86_64" },
        { "manylinux_2_28_x86-64", "manylinux_2_28_x86_64" },
        { "windows", NULL },
        { "", NULL },
        { "manylinux_2_17_x86_64_manylinux_2_17_x86_64_manylinux_2_17_x86_64_and", NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_arena arena = { 0 };
        const char *proposed = wf_policies_suggest(builtin(), &arena, cases[i].typed);

        if (cases[i].proposed == NULL) {
            assert_null(proposed);
        } else {
            assert_non_null(proposed);
            assert_string_equal(proposed, cases[i].proposed);
        }
        wf_arena_clear(&arena);
    }
}

static void
every_adopted_policy_names_a_first_system(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(policies); i++) {
        const struct wf_policy *policy = wf_policies_find(builtin(), policies[i].name);

        assert_true(policy->num_systems > 0 || policy->provisional);
    }
    assert_string_equal(wf_policies_find(builtin(), "manylinux_2_36")->systems[0],
                        "Debian 12");
    assert_string_equal(wf_policies_find(builtin(), "manylinux2014")->images[0],
                        "manylinux2014");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_every_policy_in_the_order_of_its_number),
        cmocka_unit_test(knows_for_which_architectures_a_policy_exists),
        cmocka_unit_test(finds_a_policy_by_its_name_and_by_its_alias_only),
        cmocka_unit_test(a_version_is_judged_by_its_prefix),
        cmocka_unit_test(
            an_architecture_without_policies_has_no_versions_and_no_libraries),
        cmocka_unit_test(musl_and_android_have_no_version_tables),
        cmocka_unit_test(a_newer_version_needs_a_newer_policy),
        cmocka_unit_test(a_library_begins_with_the_first_policy_of_the_architecture),
        cmocka_unit_test(musl_is_one_library_under_many_names),
        cmocka_unit_test(an_android_level_is_judged_by_the_policy_below_it),
        cmocka_unit_test(any_number_is_judged_by_the_newest_policy_not_above_it),
        cmocka_unit_test(a_symbol_is_forbidden_in_its_library_only),
        cmocka_unit_test(says_for_which_libraries_symbols_matter),
        cmocka_unit_test(visits_names_once_and_in_byte_order),
        cmocka_unit_test(spells_full_names_as_tags_do),
        cmocka_unit_test(proposes_the_nearest_tag),
        cmocka_unit_test(every_adopted_policy_names_a_first_system),
    };

    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
