/* test_verdict_auditwheel.c -- the parts of auditwheel's JSON: versions by library, and what
 * bars the way to better policies. */
#include "../support/report_builder.h"
#include "../support/unit.h"

static void
lists_versions_of_every_object_by_library_as_text_sorts(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo-1.so", "libc.so.6", "ld-linux-x86-64.so.2" },
          .runpath = "$ORIGIN",
          .imports = { "f@GLIBC_2.5:libc.so.6", "g@GLIBC_2.17:libc.so.6",
                       "h@GLIBC_2.17:libc.so.6", "i@FOO_1:libfoo-1.so",
                       "j@GLIBC_2.3:ld-linux-x86-64.so.2" } },
        { .path = "libfoo-1.so",
          .soname = "libfoo-1.so",
          .needed = { "libc.so.6" },
          .imports = { "@GLIBC_2.2.5:libc.so.6" } },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", objects, 2);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_int_equal(platform->num_versions, 2);
    assert_string_equal(platform->versions[0].library, "libc.so.6");
    assert_int_equal(platform->versions[0].versions.num, 3);
    assert_string_equal(platform->versions[0].versions.items[0], "GLIBC_2.17");
    assert_string_equal(platform->versions[0].versions.items[1], "GLIBC_2.2.5");
    assert_string_equal(platform->versions[0].versions.items[2], "GLIBC_2.5");
    assert_string_equal(platform->versions[1].library, "libfoo-1.so");
    assert_int_equal(platform->versions[1].versions.num, 1);
    wf_report_free(report);
}

/* auditwheel's testzlib 0.0.1: it needs private symbols of libz. */
static void
lists_forbidden_symbols_under_every_better_policy(void **state)
{
    static const struct wf_test_object object = {
        .path = "testzlib.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libz.so.1", "libc.so.6" },
        .imports = { "inflate_fast", "uncompress2", "inflate@ZLIB_1.2.2:libz.so.1" },
    };
    struct wf_report *report =
        wf_test_judged("testzlib-0.0.1-cp310-cp310-linux_x86_64.whl", &object, 1);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_string_equal(platform->tag, "linux_x86_64");
    assert_int_equal(platform->forbidden, WF_RANK_NEVER);
    assert_string_equal(platform->symbol_tag, "manylinux_2_12_x86_64");
    assert_int_equal(platform->num_upgrades, 16);
    assert_string_equal(platform->upgrades[0].policy, "manylinux_2_41_x86_64");
    assert_int_equal(platform->upgrades[0].libraries.num, 0);
    assert_int_equal(platform->upgrades[0].num_forbidden, 1);
    assert_string_equal(platform->upgrades[0].forbidden[0].library, "libz.so.1");
    assert_int_equal(platform->upgrades[0].forbidden[0].versions.num, 1);
    assert_string_equal(platform->upgrades[0].forbidden[0].versions.items[0],
                        "inflate_fast");
    assert_string_equal(platform->upgrades[15].policy, "manylinux_2_5_x86_64");
    assert_int_equal(platform->upgrades[15].forbidden[0].versions.num, 2);
    assert_string_equal(platform->upgrades[15].forbidden[0].versions.items[1],
                        "uncompress2");
    assert_int_equal(platform->pyfpe, platform->ucs2);
    assert_int_equal(platform->isa, platform->libraries);
    wf_report_free(report);
}

/* auditwheel's program with the symbols that glibc 2.18 brought to aarch64. */
static void
lists_a_forbidden_symbol_under_every_library_that_forbids_it(void **state)
{
    static const struct wf_test_object object = {
        .path = "test.so",
        .kind = WF_KIND_EXTENSION,
        .arch = WF_ARCH_AARCH64,
        .needed = { "libc.so.6", "libm.so.6", "libpthread.so.0" },
        .imports = { "__cxa_thread_atexit_impl@GLIBC_2.18:libc.so.6",
                     "__issignaling@GLIBC_2.18:libm.so.6",
                     "__issignalingf@GLIBC_2.18:libm.so.6",
                     "__issignalingl@GLIBC_2.18:libm.so.6",
                     "pthread_getattr_default_np@GLIBC_2.18:libpthread.so.0",
                     "pthread_setattr_default_np@GLIBC_2.18:libpthread.so.0" },
    };
    struct wf_report *report =
        wf_test_judged("test-1-cp311-cp311-linux_aarch64.whl", &object, 1);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_string_equal(platform->tag, "manylinux_2_24_aarch64");
    assert_string_equal(platform->symbol_tag, "manylinux_2_17_aarch64");
    assert_int_equal(platform->num_upgrades, 1);
    assert_string_equal(platform->upgrades[0].policy, "manylinux_2_17_aarch64");
    assert_int_equal(platform->upgrades[0].num_forbidden, 3);
    assert_string_equal(platform->upgrades[0].forbidden[0].library, "libc.so.6");
    assert_int_equal(platform->upgrades[0].forbidden[0].versions.num, 6);
    assert_string_equal(platform->upgrades[0].forbidden[1].library, "libm.so.6");
    assert_int_equal(platform->upgrades[0].forbidden[1].versions.num, 3);
    assert_string_equal(platform->upgrades[0].forbidden[2].library, "libpthread.so.0");
    assert_int_equal(platform->upgrades[0].forbidden[2].versions.num, 2);
    wf_report_free(report);
}

static void
lists_libraries_under_the_policies_that_lack_them(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libexpat.so.1", "libc.so.6" },
        .imports = { "f@GLIBC_2.28:libc.so.6" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &object, 1);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_string_equal(platform->tag, "manylinux_2_28_x86_64");
    assert_int_equal(platform->num_upgrades, 1);
    assert_string_equal(platform->upgrades[0].policy, "manylinux_2_5_x86_64");
    assert_int_equal(platform->upgrades[0].libraries.num, 1);
    assert_string_equal(platform->upgrades[0].libraries.items[0], "libexpat.so.1");
    assert_int_equal(platform->upgrades[0].num_forbidden, 0);
    wf_report_free(report);
}

/* auditwheel knows one musllinux policy at a time, and no provisional one. */
static void
lists_no_policy_below_the_musl_that_is_assumed_and_no_provisional_one(void **state)
{
    static const struct wf_test_object musl = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.musl-x86_64.so.1", "libstdc++.so.6" },
    };
    static const struct wf_test_object snappy = {
        .path = "_snappy_cffi.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libsnappy.so.1", "libc.so.6" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-linux_x86_64.whl", &musl, 1);

    (void)state;
    assert_int_equal(report->platforms[0].num_upgrades, 1);
    assert_string_equal(report->platforms[0].upgrades[0].policy, "musllinux_1_2_x86_64");
    wf_report_free(report);

    report =
        wf_test_judged("python_snappy-0.5.2-pp260-pypy_41-linux_x86_64.whl", &snappy, 1);
    const struct wf_platform *platform = &report->platforms[0];

    assert_int_equal(platform->num_externals, 1);
    assert_string_equal(platform->externals[0].name, "libsnappy.so.1");
    assert_int_equal(platform->num_upgrades, 16);
    assert_string_equal(platform->upgrades[0].policy, "manylinux_2_41_x86_64");
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_versions_of_every_object_by_library_as_text_sorts),
        cmocka_unit_test(lists_forbidden_symbols_under_every_better_policy),
        cmocka_unit_test(lists_a_forbidden_symbol_under_every_library_that_forbids_it),
        cmocka_unit_test(lists_libraries_under_the_policies_that_lack_them),
        cmocka_unit_test(
            lists_no_policy_below_the_musl_that_is_assumed_and_no_provisional_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
