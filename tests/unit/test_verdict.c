/* test_verdict.c -- from facts to the best tag of each platform: what an object needs
 * (verdict_needs.c) and what that makes of it. */
#include "../support/report_builder.h"
#include "../support/unit.h"

#define LIBC "libc.so.6"

/* One object in a wheel named for nothing but Linux, and the tags it gets. */
struct one_need {
    enum wf_arch arch;
    const char *library;
    const char *import;
    const char *tag;
};

static void
assert_tag(const struct one_need *need)
{
    const struct wf_test_object object = {
        .path = "demo/_x.so",
        .kind = WF_KIND_EXTENSION,
        .arch = need->arch,
        .libc = WF_LIBC_GLIBC,
        .needed = { LIBC, need->library },
        .imports = { need->import },
    };
    struct wf_report *report = wf_test_judged("demo-1.0-cp311-cp311-any.whl", &object, 1);

    assert_int_equal(report->num_platforms, 1);
    if (strcmp(report->platforms[0].tag, need->tag) != 0)
        fail_msg("%s of %s: %s, not %s", need->import, need->library,
                 report->platforms[0].tag, need->tag);
    wf_report_free(report);
}

static void
gives_the_oldest_policy_that_permits_a_version(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, NULL, "free@GLIBC_2.2.5:libc.so.6", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.5:libc.so.6", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.6:libc.so.6", "manylinux_2_12_x86_64" },
        { WF_ARCH_X86_64, NULL, "memcpy@GLIBC_2.14:libc.so.6", "manylinux_2_17_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.17:libc.so.6", "manylinux_2_17_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.18:libc.so.6", "manylinux_2_24_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.28:libc.so.6", "manylinux_2_28_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.29:libc.so.6", "manylinux_2_31_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.41:libc.so.6", "manylinux_2_41_x86_64" },
        { WF_ARCH_I686, NULL, "f@GLIBC_2.1.3:libc.so.6", "manylinux_2_5_i686" },
        { WF_ARCH_I686, NULL, "f@GLIBC_2.37:libc.so.6", "manylinux_2_37_i686" },
        { WF_ARCH_AARCH64, NULL, "f@GLIBC_2.17:libc.so.6", "manylinux_2_17_aarch64" },
        { WF_ARCH_PPC64LE, NULL, "f@GLIBC_2.17:libc.so.6", "manylinux_2_17_ppc64le" },
        { WF_ARCH_PPC64, NULL, "f@GLIBC_2.17:libc.so.6", "manylinux_2_17_ppc64" },
        { WF_ARCH_S390X, NULL, "f@GLIBC_2.4:libc.so.6", "manylinux_2_17_s390x" },
        { WF_ARCH_ARMV7L, NULL, "f@GLIBC_2.4:libc.so.6", "manylinux_2_17_armv7l" },
        { WF_ARCH_RISCV64, NULL, "f@GLIBC_2.27:libc.so.6", "manylinux_2_31_riscv64" },
        { WF_ARCH_LOONGARCH64, NULL, "f@GLIBC_2.36:libc.so.6",
          "manylinux_2_36_loongarch64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
keeps_the_irregularities_of_the_tables(void **state)
{
    static const struct one_need cases[] = {
        /* aarch64 got its 2.17 from a distribution that had 2.18's symbols. */
        { WF_ARCH_AARCH64, NULL, "f@GLIBC_2.18:libc.so.6", "manylinux_2_17_aarch64" },
        { WF_ARCH_X86_64, NULL, "@GLIBC_ABI_DT_RELR:libc.so.6", "manylinux_2_36_x86_64" },
        { WF_ARCH_RISCV64, NULL, "@GLIBC_ABI_DT_RELR:libc.so.6",
          "manylinux_2_38_riscv64" },
        { WF_ARCH_X86_64, "libz.so.1", "f@ZLIB_1.2.0:libz.so.1",
          "manylinux_2_12_x86_64" },
        { WF_ARCH_X86_64, "libatomic.so.1", "f@LIBATOMIC_1.0:libatomic.so.1",
          "manylinux_2_24_x86_64" },
        { WF_ARCH_I686, "libatomic.so.1", "f@LIBATOMIC_1.0:libatomic.so.1",
          "manylinux_2_17_i686" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
gives_no_policy_to_a_version_none_has(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, NULL, "f@GLIBC_999:libc.so.6", "linux_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@GLIBC_PRIVATE:libc.so.6", "linux_x86_64" },
        { WF_ARCH_S390X, NULL, "f@GLIBC_PRIVATE:libc.so.6", "linux_s390x" },
        /* Only provisional policies have it. */
        { WF_ARCH_X86_64, NULL, "f@GLIBC_2.42:libc.so.6", "linux_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
asks_nothing_about_versions_of_unknown_kinds(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, NULL, "f@OPENSSL_1_1_0:libc.so.6", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, NULL, "f@nounderscore:libc.so.6", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, NULL, "PyList_New", "manylinux_2_5_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
does_not_ask_for_versions_of_the_loader(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, "ld-linux-x86-64.so.2",
          "__tls_get_addr@GLIBC_2.35:ld-linux-x86-64.so.2", "manylinux_2_5_x86_64" },
        { WF_ARCH_PPC64LE, "ld64.so.2", "f@GLIBC_2.35:ld64.so.2",
          "manylinux_2_17_ppc64le" },
        { WF_ARCH_S390X, "ld64.so.1", "f@GLIBC_2.35:ld64.so.1", "manylinux_2_17_s390x" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
gives_the_oldest_policy_that_provides_a_library(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, "libstdc++.so.6", "f", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, "libexpat.so.1", "f", "manylinux_2_12_x86_64" },
        { WF_ARCH_X86_64, "libmvec.so.1", "f", "manylinux_2_24_x86_64" },
        { WF_ARCH_X86_64, "libmvec.so.1", "f@GLIBC_2.22:libmvec.so.1",
          "manylinux_2_24_x86_64" },
        { WF_ARCH_X86_64, "libcrypt.so.1", "f", "linux_x86_64" },
        { WF_ARCH_X86_64, "libpython3.13.so.1.0", "f", "linux_x86_64" },
        { WF_ARCH_X86_64, "libpython3.13t.so.1.0", "f", "linux_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static void
forbids_the_private_symbols_of_libraries(void **state)
{
    static const struct one_need cases[] = {
        { WF_ARCH_X86_64, "libz.so.1", "inflate_fast", "linux_x86_64" },
        { WF_ARCH_X86_64, "libz.so.1", "inflate", "manylinux_2_5_x86_64" },
        /* uncompress2 became public in the zlib of 2.34 and later. */
        { WF_ARCH_X86_64, "libz.so.1", "uncompress2", "manylinux_2_34_x86_64" },
        { WF_ARCH_X86_64, "libz.so.1", "longest_match", "manylinux_2_36_x86_64" },
        { WF_ARCH_X86_64, "libz.so.1", "crc32_combine_op", "manylinux_2_37_x86_64" },
        /* Weak uses do without; and who does not need libz may use any name. */
        { WF_ARCH_X86_64, "libz.so.1", "?inflate_fast", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, "libm.so.6", "inflate_fast", "manylinux_2_5_x86_64" },
        /* glibc 2.18's own: permitted by version on aarch64, forbidden by name. */
        { WF_ARCH_AARCH64, NULL, "__issignaling@GLIBC_2.18:libc.so.6",
          "manylinux_2_24_aarch64" },
        { WF_ARCH_AARCH64, NULL, "__cxa_thread_atexit_impl@GLIBC_2.18:libc.so.6",
          "manylinux_2_24_aarch64" },
        { WF_ARCH_X86_64, NULL, "?__cxa_thread_atexit_impl", "manylinux_2_5_x86_64" },
        { WF_ARCH_X86_64, NULL, "__cxa_thread_atexit_impl", "manylinux_2_24_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_tag(&cases[i]);
}

static struct wf_report *
judge_one(const char *wheel, const struct wf_test_object *object)
{
    return wf_test_judged(wheel, object, 1);
}

static void
names_the_policy_before_its_aliases_and_the_claims_that_hold(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { LIBC },
        .imports = { "memcpy@GLIBC_2.14:libc.so.6" },
    };
    struct wf_report *report = judge_one(
        "x-1-py3-none-manylinux_2_12_x86_64.manylinux_2_28_x86_64.manylinux2014_x86_64."
        "linux_x86_64.whl",
        &object);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_string_equal(platform->tag, "manylinux_2_17_x86_64");
    assert_int_equal(platform->tags.num, 4);
    assert_string_equal(platform->tags.items[0], "manylinux_2_17_x86_64");
    assert_string_equal(platform->tags.items[1], "manylinux2014_x86_64");
    assert_string_equal(platform->tags.items[2], "linux_x86_64");
    assert_string_equal(platform->tags.items[3], "manylinux_2_28_x86_64");
    wf_report_free(report);
}

static void
takes_the_worst_of_all_reasons(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { LIBC, "libexpat.so.1" },
          .imports = { "f@GLIBC_2.5:libc.so.6" } },
        { .path = "_y.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { LIBC, "libz.so.1" },
          .imports = { "f@GLIBC_2.28:libc.so.6", "uncompress2" } },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);
    const struct wf_platform *platform = &report->platforms[0];
    const struct wf_policies *policies = wf_policies_builtin();

    (void)state;
    assert_string_equal(platform->tag, "manylinux_2_34_x86_64");
    assert_string_equal(platform->symbol_tag, "manylinux_2_28_x86_64");
    assert_int_equal(platform->libraries,
                     wf_policies_find(policies, "manylinux_2_12")->rank);
    assert_int_equal(platform->forbidden,
                     wf_policies_find(policies, "manylinux_2_34")->rank);
    assert_int_equal(platform->isa, wf_policies_find(policies, "manylinux1")->rank);
    wf_report_free(report);
}

/* PEP 513: such code runs in few Pythons. */
static void
refuses_the_marks_of_odd_pythons_in_extensions_only(void **state)
{
    static const struct {
        struct wf_test_object object;
        bool pyfpe;
        bool ucs2;
    } cases[] = {
        { { .path = "_x.so", .kind = WF_KIND_EXTENSION, .imports = { "PyFPE_jbuf" } },
          true,
          false },
        { { .path = "_x.so", .kind = WF_KIND_EXTENSION, .imports = { "PyFPE_dummy" } },
          true,
          false },
        { { .path = "_x.so", .kind = WF_KIND_EXTENSION, .imports = { "PyFPE_other" } },
          false,
          false },
        { { .path = "_x.so", .kind = WF_KIND_EXTENSION, .imports = { "$PyFPE_jbuf" } },
          false,
          false },
        { { .path = "libx.so", .kind = WF_KIND_SHARED, .imports = { "PyFPE_jbuf" } },
          false,
          false },
        { { .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .is_python2 = true,
            .imports = { "PyUnicodeUCS2_AsUnicode" } },
          false,
          true },
        { { .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .imports = { "PyUnicodeUCS2_AsUnicode" } },
          false,
          false },
        { { .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .is_python2 = true,
            .imports = { "PyUnicodeUCS4_AsUnicode" } },
          false,
          false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_test_object object = cases[i].object;

        object.needed[0] = LIBC;
        struct wf_report *report = judge_one("x-1-py3-none-any.whl", &object);
        const struct wf_platform *platform = &report->platforms[0];

        assert_int_equal(platform->pyfpe == WF_RANK_NEVER, cases[i].pyfpe);
        assert_int_equal(platform->ucs2 == WF_RANK_NEVER, cases[i].ucs2);
        assert_string_equal(platform->tag, cases[i].pyfpe || cases[i].ucs2
                                               ? "linux_x86_64"
                                               : "manylinux_2_5_x86_64");
        assert_string_equal(platform->symbol_tag, "manylinux_2_5_x86_64");
        wf_report_free(report);
    }
}

static void
refuses_isa_levels_above_the_baseline_unless_told_not_to(void **state)
{
    (void)state;
    for (unsigned level = 0; level <= 4; level++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .needed = { LIBC },
            .isa = level,
        };
        struct wf_report *report = judge_one("x-1-py3-none-any.whl", &object);

        assert_string_equal(report->platforms[0].tag,
                            level > 1 ? "linux_x86_64" : "manylinux_2_5_x86_64");
        wf_report_free(report);

        struct wf_audit_options options = wf_test_options();

        options.disable_isa_check = true;
        report = wf_test_report("x-1-py3-none-any.whl", &object, 1);
        wf_test_judge(report, &options);
        assert_string_equal(report->platforms[0].tag, "manylinux_2_5_x86_64");
        wf_report_free(report);
    }
}

/* As in auditwheel: it is the loader of the extension who would notice. */
static void
passes_over_the_isa_of_a_library_that_another_object_needs(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfast.so", LIBC },
          .runpath = "$ORIGIN" },
        { .path = "libfast.so", .needed = { LIBC }, .isa = 3 },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);

    (void)state;
    assert_string_equal(report->platforms[0].tag, "manylinux_2_5_x86_64");
    wf_report_free(report);
    report = wf_test_judged("x-1-py3-none-any.whl", objects + 1, 1);
    assert_string_equal(report->platforms[0].tag, "linux_x86_64");
    wf_report_free(report);
}

static void
counts_the_versions_of_every_object_and_of_no_library_in_the_wheel(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libz.so.1", LIBC },
          .runpath = "$ORIGIN/x.libs",
          .imports = { "f@ZLIB_1.2.12:libz.so.1", "g@GLIBC_2.4:libc.so.6",
                       "longest_match" } },
        { .path = "x.libs/libz.so.1",
          .soname = "libz.so.1",
          .needed = { LIBC },
          .imports = { "h@GLIBC_2.14:libc.so.6" } },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);

    (void)state;
    assert_string_equal(report->platforms[0].tag, "manylinux_2_17_x86_64");
    wf_report_free(report);
    /* Without the library in the wheel its version and its private symbol count. */
    report = wf_test_judged("x-1-py3-none-any.whl", objects, 1);
    assert_string_equal(report->platforms[0].symbol_tag, "manylinux_2_37_x86_64");
    wf_report_free(report);
}

static void
counts_an_object_in_a_circle_that_nothing_else_enters(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "liba.so", .needed = { "libb.so", LIBC }, .runpath = "$ORIGIN" },
        { .path = "libb.so",
          .needed = { "liba.so", "libmissing.so", LIBC },
          .runpath = "$ORIGIN" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);

    (void)state;
    assert_string_equal(report->platforms[0].tag, "linux_x86_64");
    assert_non_null(report->objects[0].tree);
    assert_ptr_equal(report->objects[1].tree, report->objects[0].tree);
    wf_report_free(report);
}

static void
answers_a_wheel_without_native_code_as_such(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "x/a.o", .kind = WF_KIND_RELOCATABLE },
        { .path = "x/a.debug", .kind = WF_KIND_DEBUG },
        { .path = "x/core", .kind = WF_KIND_CORE },
        { .path = "x/prog.bpf.o", .kind = WF_KIND_DEVICE, .arch_name = "BPF" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", NULL, 0);

    (void)state;
    assert_int_equal(report->kind, WF_VERDICT_PURE);
    assert_int_equal(report->num_platforms, 0);
    assert_int_equal(report->claims[0].met, 1);
    wf_report_free(report);
    report = wf_test_judged("x-1-py3-none-any.whl", objects, WF_COUNT(objects));
    assert_int_equal(report->kind, WF_VERDICT_PURE);
    for (size_t i = 0; i < WF_COUNT(objects); i++) {
        assert_false(report->objects[i].judged);
        assert_non_null(report->objects[i].why_not);
    }
    wf_report_free(report);
}

static void
passes_a_limit_of_the_resolver_on(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "liba.so", LIBC },
          .runpath = "$ORIGIN" },
        { .path = "liba.so", .needed = { "libb.so" }, .runpath = "$ORIGIN" },
        { .path = "libb.so", .needed = { LIBC } },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report = wf_test_report("x-1-py3-none-any.whl", objects, 3);
    struct wf_error err = { 0 };

    (void)state;
    options.limits.tree_nodes = 2;
    assert_false(wf_verdict_platforms(report, &options, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(err.where, "_x.so"));
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_oldest_policy_that_permits_a_version),
        cmocka_unit_test(keeps_the_irregularities_of_the_tables),
        cmocka_unit_test(gives_no_policy_to_a_version_none_has),
        cmocka_unit_test(asks_nothing_about_versions_of_unknown_kinds),
        cmocka_unit_test(does_not_ask_for_versions_of_the_loader),
        cmocka_unit_test(gives_the_oldest_policy_that_provides_a_library),
        cmocka_unit_test(forbids_the_private_symbols_of_libraries),
        cmocka_unit_test(names_the_policy_before_its_aliases_and_the_claims_that_hold),
        cmocka_unit_test(takes_the_worst_of_all_reasons),
        cmocka_unit_test(refuses_the_marks_of_odd_pythons_in_extensions_only),
        cmocka_unit_test(refuses_isa_levels_above_the_baseline_unless_told_not_to),
        cmocka_unit_test(passes_over_the_isa_of_a_library_that_another_object_needs),
        cmocka_unit_test(
            counts_the_versions_of_every_object_and_of_no_library_in_the_wheel),
        cmocka_unit_test(counts_an_object_in_a_circle_that_nothing_else_enters),
        cmocka_unit_test(answers_a_wheel_without_native_code_as_such),
        cmocka_unit_test(passes_a_limit_of_the_resolver_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
