/* test_verdict_group.c -- which objects belong together, and whose libc is meant. */
#include "../support/report_builder.h"
#include "../support/unit.h"

static void
assert_why_not(const struct wf_report *report, size_t object, const char *why)
{
    assert_false(report->objects[object].judged);
    assert_non_null(report->objects[object].why_not);
    assert_string_equal(report->objects[object].why_not, why);
}

static void
judges_the_objects_of_the_architecture_the_tags_name(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so", .kind = WF_KIND_EXTENSION, .needed = { "libc.so.6" } },
        { .path = "other.so",
          .arch = WF_ARCH_AARCH64,
          .needed = { "libc.so.6", "libodd.so" } },
        { .path = "prog.o", .kind = WF_KIND_DEVICE, .arch_name = "BPF" },
    };
    struct wf_report *report =
        wf_test_judged("x-1-py3-none-linux_x86_64.whl", objects, 3);

    (void)state;
    assert_int_equal(report->num_platforms, 1);
    assert_int_equal(report->platforms[0].num_objects, 1);
    assert_string_equal(report->platforms[0].tag, "manylinux_2_5_x86_64");
    assert_true(report->objects[0].judged);
    assert_null(report->objects[0].why_not);
    assert_why_not(report, 1, "for aarch64; the wheel is for x86_64");
    assert_why_not(report, 2, "for a device, not for the machine Python runs on");
    wf_report_free(report);
}

static void
gives_no_verdict_when_all_objects_are_for_another_machine(void **state)
{
    static const struct {
        enum wf_arch arch;
        const char *arch_name;
        const char *why;
    } cases[] = {
        { WF_ARCH_AARCH64, NULL, "for aarch64; the wheel is for x86_64" },
        { WF_ARCH_ARMV5L, "armv5l (soft float)",
          "for armv5l (soft float); the wheel is for x86_64" },
        { WF_ARCH_MIPS64, "mips64", "for mips64; the wheel is for x86_64" },
        { WF_ARCH_UNKNOWN, "sparc", "for sparc; the wheel is for x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .arch = cases[i].arch,
            .arch_name = cases[i].arch_name,
            .needed = { "libc.so.6" },
        };
        struct wf_report *report =
            wf_test_judged("x-1-py3-none-manylinux_2_17_x86_64.whl", &object, 1);

        assert_int_equal(report->kind, WF_VERDICT_UNKNOWN);
        assert_int_equal(report->num_platforms, 1);
        assert_int_equal(report->platforms[0].arch, cases[i].arch);
        assert_false(report->platforms[0].judged);
        assert_null(report->platforms[0].tag);
        assert_int_equal(report->claims[0].met, 0);
        assert_why_not(report, 0, cases[i].why);
        wf_report_free(report);
    }
}

static void
gives_no_verdict_on_machines_without_policies(void **state)
{
    static const enum wf_arch archs[] = { WF_ARCH_X32, WF_ARCH_MIPS64, WF_ARCH_ARMV5L,
                                          WF_ARCH_MIPSEL, WF_ARCH_RISCV32 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(archs); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .arch = archs[i],
            .needed = { "libc.so.6" },
        };
        struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &object, 1);

        assert_int_equal(report->kind, WF_VERDICT_UNKNOWN);
        assert_false(report->platforms[0].judged);
        assert_int_equal(report->platforms[0].arch, archs[i]);
        assert_false(report->objects[0].judged);
        assert_non_null(strstr(report->objects[0].why_not, wf_arch_name(archs[i])));
        wf_report_free(report);
    }
}

static void
takes_armv6_code_for_armv7_wheels_and_not_the_reverse(void **state)
{
    static const struct wf_test_object v6 = { .path = "_x.so",
                                              .kind = WF_KIND_EXTENSION,
                                              .arch = WF_ARCH_ARMV6L,
                                              .needed = { "libc.so.6" } };
    static const struct wf_test_object v7 = { .path = "_x.so",
                                              .kind = WF_KIND_EXTENSION,
                                              .arch = WF_ARCH_ARMV7L,
                                              .needed = { "libc.so.6" } };
    const struct wf_test_object both[] = { v6, v7 };
    struct wf_report *report = wf_test_judged("x-1-py3-none-linux_armv7l.whl", &v6, 1);

    (void)state;
    assert_string_equal(report->platforms[0].tag, "manylinux_2_17_armv7l");
    assert_int_equal(report->platforms[0].arch, WF_ARCH_ARMV6L);
    assert_int_equal(report->claims[0].met, 1);
    wf_report_free(report);

    report = wf_test_judged("x-1-py3-none-linux_armv6l.whl", &v6, 1);
    assert_string_equal(report->platforms[0].tag, "manylinux_2_17_armv7l");
    assert_int_equal(report->claims[0].met, 1);
    wf_report_free(report);

    report = wf_test_judged("x-1-py3-none-linux_armv6l.whl", &v7, 1);
    assert_int_equal(report->kind, WF_VERDICT_UNKNOWN);
    assert_int_equal(report->claims[0].met, 0);
    wf_report_free(report);

    report = wf_test_judged("x-1-py3-none-any.whl", both, 2);
    assert_int_equal(report->num_platforms, 1);
    assert_int_equal(report->platforms[0].arch, WF_ARCH_ARMV7L);
    wf_report_free(report);
}

static void
shows_a_wheel_for_any_platform_by_system_and_architecture(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "d/win.dll",
          .kind = WF_KIND_UNREAD,
          .format = WF_FORMAT_PE,
          .arch = WF_ARCH_X86_64 },
        { .path = "d/linux_i386.so",
          .arch = WF_ARCH_I686,
          .needed = { "libc.so.6" },
          .imports = { "f@GLIBC_2.7:libc.so.6" } },
        { .path = "d/mac.dylib",
          .kind = WF_KIND_UNREAD,
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64 },
        { .path = "d/linux_amd64.so", .needed = { "libc.so.6" } },
        { .path = "d/mac.dylib",
          .kind = WF_KIND_UNREAD,
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_X86_64 },
    };
    static const struct {
        const char *os;
        enum wf_arch arch;
        bool judged;
        const char *tag;
    } expected[] = {
        { "linux", WF_ARCH_X86_64, true, "manylinux_2_5_x86_64" },
        { "linux", WF_ARCH_I686, true, "manylinux_2_12_i686" },
        { "macos", WF_ARCH_X86_64, false, NULL },
        { "macos", WF_ARCH_AARCH64, false, NULL },
        { "windows", WF_ARCH_X86_64, false, NULL },
    };
    struct wf_report *report =
        wf_test_judged("debugpy-1-py2.py3-none-any.whl", objects, WF_COUNT(objects));

    (void)state;
    assert_int_equal(report->kind, WF_VERDICT_NATIVE);
    assert_int_equal(report->num_platforms, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++) {
        const struct wf_platform *platform = &report->platforms[i];

        assert_string_equal(platform->os, expected[i].os);
        assert_int_equal(platform->arch, expected[i].arch);
        assert_int_equal(platform->judged, expected[i].judged);
        assert_int_equal(platform->num_objects, 1);
        if (expected[i].tag == NULL)
            assert_null(platform->tag);
        else
            assert_string_equal(platform->tag, expected[i].tag);
    }
    wf_report_free(report);
}

/* What decides the libc of objects. */
struct libc_case {
    const char *platforms; /* of the file name */
    enum wf_object_kind kind;
    const char *needed;
    enum wf_libc libc; /* as the object says */
    const char *tag;
    bool guessed;
    bool undecided;
};

static void
decides_the_libc_by_objects_then_tags_and_never_by_the_host(void **state)
{
    static const struct libc_case cases[] = {
        /* NEEDED. */
        { "any", WF_KIND_EXTENSION, "libc.so.6", WF_LIBC_GLIBC, "manylinux_2_5_x86_64",
          false, false },
        { "any", WF_KIND_EXTENSION, "libc.musl-x86_64.so.1", WF_LIBC_MUSL,
          "musllinux_1_2_x86_64", false, false },
        /* The SOABI suffix or the interpreter, as the object layer found. */
        { "linux_x86_64", WF_KIND_EXTENSION, NULL, WF_LIBC_MUSL, "musllinux_1_2_x86_64",
          false, false },
        { "linux_x86_64", WF_KIND_EXECUTABLE, NULL, WF_LIBC_GLIBC, "manylinux_2_5_x86_64",
          false, false },
        /* The objects are silent, the tags are not. */
        { "manylinux_2_28_x86_64", WF_KIND_EXTENSION, NULL, WF_LIBC_UNKNOWN,
          "manylinux_2_5_x86_64", false, false },
        { "musllinux_1_2_x86_64", WF_KIND_EXTENSION, NULL, WF_LIBC_UNKNOWN,
          "musllinux_1_2_x86_64", false, false },
        /* Both families: code that needs no libc meets both. */
        { "manylinux_2_5_x86_64.musllinux_1_1_x86_64", WF_KIND_EXECUTABLE, NULL,
          WF_LIBC_UNKNOWN, "manylinux_2_5_x86_64", true, false },
        { "manylinux_2_5_x86_64.musllinux_1_1_x86_64", WF_KIND_EXTENSION, NULL,
          WF_LIBC_UNKNOWN, "manylinux_2_5_x86_64", true, false },
        /* All are silent. */
        { "linux_x86_64", WF_KIND_EXECUTABLE, NULL, WF_LIBC_UNKNOWN,
          "manylinux_2_5_x86_64", true, false },
        { "linux_x86_64", WF_KIND_SHARED, NULL, WF_LIBC_UNKNOWN, "manylinux_2_5_x86_64",
          true, false },
        { "linux_x86_64", WF_KIND_EXTENSION, NULL, WF_LIBC_UNKNOWN, "linux_x86_64", false,
          true },
        /* The tags are wrong. */
        { "manylinux_2_17_x86_64", WF_KIND_EXTENSION, "libc.musl-x86_64.so.1",
          WF_LIBC_MUSL, "musllinux_1_2_x86_64", false, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = cases[i].kind,
            .libc = cases[i].libc,
            .needed = { cases[i].needed },
        };
        char wheel[128] = "x-1-py3-none-";

        memcpy(wheel + strlen(wheel), cases[i].platforms, strlen(cases[i].platforms) + 1);
        memcpy(wheel + strlen(wheel), ".whl", 5);
        struct wf_report *report = wf_test_judged(wheel, &object, 1);
        const struct wf_platform *platform = &report->platforms[0];

        if (strcmp(platform->tag, cases[i].tag) != 0)
            fail_msg("case %zu: %s, not %s", i, platform->tag, cases[i].tag);
        assert_int_equal(platform->libc_guessed, cases[i].guessed);
        assert_int_equal(platform->libc_undecided, cases[i].undecided);
        wf_report_free(report);
    }
}

static void
lets_plat_decide_for_an_extension_that_says_nothing(void **state)
{
    static const struct wf_test_object object = { .path = "_x.so",
                                                  .kind = WF_KIND_EXTENSION };
    static const struct {
        const char *plat;
        const char *tag;
    } cases[] = {
        { "manylinux_2_17_x86_64", "manylinux_2_5_x86_64" },
        { "manylinux2014", "manylinux_2_5_x86_64" },
        { "musllinux_1_2", "musllinux_1_2_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_audit_options options = wf_test_options();
        struct wf_report *report =
            wf_test_report("x-1-cp310-cp310-linux_x86_64.whl", &object, 1);
        struct wf_error err = { 0 };

        options.plat = cases[i].plat;
        wf_test_judge(report, &options);
        assert_string_equal(report->platforms[0].tag, cases[i].tag);
        assert_false(report->platforms[0].libc_undecided);
        assert_int_equal(wf_verdict_plat(report, &options, options.plat, &err), 1);
        wf_report_free(report);
    }
}

static void
leaves_out_the_other_libc_when_the_tags_name_one(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_g.so", .kind = WF_KIND_EXTENSION, .needed = { "libc.so.6" } },
        { .path = "_m.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libc.musl-x86_64.so.1" } },
        { .path = "tool", .kind = WF_KIND_EXECUTABLE },
    };
    struct wf_report *report =
        wf_test_judged("x-1-py3-none-manylinux_2_17_x86_64.whl", objects, 3);

    (void)state;
    assert_int_equal(report->num_platforms, 1);
    assert_int_equal(report->platforms[0].num_objects, 2);
    assert_why_not(report, 1, "linked against musl; the wheel is for glibc");
    assert_int_equal(report->claims[0].met, 1);
    wf_report_free(report);

    report = wf_test_judged("x-1-py3-none-musllinux_1_2_x86_64.whl", objects, 3);
    assert_string_equal(report->platforms[0].tag, "musllinux_1_2_x86_64");
    assert_why_not(report, 0, "linked against glibc; the wheel is for musl");
    wf_report_free(report);
}

static void
judges_both_libcs_when_no_tag_chooses(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_m.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libc.musl-x86_64.so.1" } },
        { .path = "_g.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libc.so.6" },
          .imports = { "f@GLIBC_2.34:libc.so.6" } },
    };
    static const char *const wheels[] = {
        "x-1-py3-none-linux_x86_64.whl",
        "x-1-py3-none-manylinux_2_34_x86_64.musllinux_1_1_x86_64.whl",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(wheels); i++) {
        struct wf_report *report = wf_test_judged(wheels[i], objects, 2);

        assert_int_equal(report->num_platforms, 2);
        assert_string_equal(report->platforms[0].tag, "manylinux_2_34_x86_64");
        assert_string_equal(report->platforms[1].tag,
                            i == 0 ? "musllinux_1_2_x86_64" : "musllinux_1_1_x86_64");
        for (size_t k = 0; k < report->num_claims; k++)
            assert_int_equal(report->claims[k].met, 1);
        wf_report_free(report);
    }
}

/* design.md 5.8: nothing in a file says which musl it was built for. */
static void
believes_musllinux_tags_until_a_symbol_disproves_them(void **state)
{
    static const struct {
        const char *wheel;
        const char *import;
        const char *tag;
    } cases[] = {
        { "x-1-py3-none-linux_i686.whl", "free", "musllinux_1_2_i686" },
        { "x-1-py3-none-musllinux_1_2_i686.whl", "free", "musllinux_1_2_i686" },
        { "x-1-py3-none-musllinux_1_1_i686.whl", "free", "musllinux_1_1_i686" },
        { "x-1-py3-none-musllinux_1_1_i686.musllinux_1_2_i686.whl", "free",
          "musllinux_1_1_i686" },
        { "x-1-py3-none-musllinux_1_1_i686.whl", "__stat_time64", "musllinux_1_2_i686" },
        { "x-1-py3-none-musllinux_1_1_i686.whl", "?gettid", "musllinux_1_1_i686" },
        { "x-1-py3-none-musllinux_1_9_i686.whl", "free", "musllinux_1_2_i686" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .arch = WF_ARCH_I686,
            .needed = { "libc.musl-x86.so.1" },
            .imports = { cases[i].import },
        };
        struct wf_report *report = wf_test_judged(cases[i].wheel, &object, 1);

        assert_string_equal(report->platforms[0].tag, cases[i].tag);
        wf_report_free(report);
    }
}

static void
knows_every_name_of_musl_as_the_platform(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .libc = WF_LIBC_MUSL,
        .needed = { "libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1", "libc.so",
                    "libpthread.so.0", "libm.so.6", "libdl.so.2", "librt.so.1",
                    "libutil.so.1", "libxnet.so", "libz.so.1" },
    };
    static const struct wf_test_object foreign = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .libc = WF_LIBC_MUSL,
        .needed = { "libc.musl-aarch64.so.1" },
    };
    static const struct wf_test_object stdcxx = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .libc = WF_LIBC_MUSL,
        .needed = { "libstdc++.so.6" },
    };
    struct wf_report *report = wf_test_judged("x-1-py3-none-any.whl", &object, 1);

    (void)state;
    assert_int_equal(report->platforms[0].num_externals, 0);
    assert_string_equal(report->platforms[0].tag, "musllinux_1_2_x86_64");
    wf_report_free(report);
    report = wf_test_judged("x-1-py3-none-any.whl", &foreign, 1);
    assert_string_equal(report->platforms[0].tag, "linux_x86_64");
    wf_report_free(report);
    report = wf_test_judged("x-1-py3-none-any.whl", &stdcxx, 1);
    assert_string_equal(report->platforms[0].tag, "linux_x86_64");
    wf_report_free(report);
}

/* auditwheel: the tag of an Android wheel never changes, unless a library of it is newer. */
static void
keeps_android_tags_at_their_level(void **state)
{
    static const struct {
        const char *wheel;
        enum wf_arch arch;
        const char *library;
        const char *tag;
    } cases[] = {
        { "spam-1-cp313-cp313-android_21_arm64_v8a.whl", WF_ARCH_AARCH64, "liblog.so",
          "android_21_arm64_v8a" },
        { "spam-1-cp313-cp313-android_23_x86_64.whl", WF_ARCH_X86_64, "liblog.so",
          "android_23_x86_64" },
        { "spam-1-cp313-cp313-android_24_arm64_v8a.whl", WF_ARCH_AARCH64, "libvulkan.so",
          "android_24_arm64_v8a" },
        { "spam-1-cp313-cp313-android_24_arm64_v8a.whl", WF_ARCH_AARCH64, "libaaudio.so",
          "android_26_arm64_v8a" },
        { "spam-1-cp313-cp313-android_28_x86_64.whl", WF_ARCH_X86_64,
          "libneuralnetworks.so", "android_28_x86_64" },
        { "spam-1-cp313-cp313-android_24_arm64_v8a.whl", WF_ARCH_AARCH64,
          "libpython3.13.so", "android_24_arm64_v8a" },
        { "spam-1-cp313-cp313-android_24_arm64_v8a.whl", WF_ARCH_AARCH64,
          "libc++_shared.so", "linux_aarch64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object = {
            .path = "spam.so",
            .kind = WF_KIND_EXTENSION,
            .arch = cases[i].arch,
            .needed = { "libc.so", "libm.so", "libdl.so", cases[i].library },
        };
        struct wf_report *report = wf_test_judged(cases[i].wheel, &object, 1);

        assert_int_equal(report->num_platforms, 1);
        assert_string_equal(report->platforms[0].os, "android");
        if (strcmp(report->platforms[0].tag, cases[i].tag) != 0)
            fail_msg("%s with %s: %s", cases[i].wheel, cases[i].library,
                     report->platforms[0].tag);
        assert_int_equal(report->claims[0].met,
                         strstr(cases[i].wheel, cases[i].tag) != NULL);
        wf_report_free(report);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_the_objects_of_the_architecture_the_tags_name),
        cmocka_unit_test(gives_no_verdict_when_all_objects_are_for_another_machine),
        cmocka_unit_test(gives_no_verdict_on_machines_without_policies),
        cmocka_unit_test(takes_armv6_code_for_armv7_wheels_and_not_the_reverse),
        cmocka_unit_test(shows_a_wheel_for_any_platform_by_system_and_architecture),
        cmocka_unit_test(decides_the_libc_by_objects_then_tags_and_never_by_the_host),
        cmocka_unit_test(lets_plat_decide_for_an_extension_that_says_nothing),
        cmocka_unit_test(leaves_out_the_other_libc_when_the_tags_name_one),
        cmocka_unit_test(judges_both_libcs_when_no_tag_chooses),
        cmocka_unit_test(believes_musllinux_tags_until_a_symbol_disproves_them),
        cmocka_unit_test(knows_every_name_of_musl_as_the_platform),
        cmocka_unit_test(keeps_android_tags_at_their_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
