/* test_verdict_claims.c -- each tag judged alone, and --plat. */
#include "../support/report_builder.h"
#include "../support/unit.h"

static const struct wf_claim *
claim_of(const struct wf_report *report, const char *tag)
{
    for (size_t i = 0; i < report->num_claims; i++)
        if (strcmp(report->claims[i].tag, tag) == 0)
            return &report->claims[i];
    return NULL;
}

static void
assert_claim(const struct wf_report *report, const char *tag, int met, const char *why)
{
    const struct wf_claim *claim = claim_of(report, tag);

    if (claim == NULL) {
        fail_msg("no claim %s", tag);
        return;
    }
    if (claim->met != met)
        fail_msg("%s: %d (%s), not %d", tag, claim->met, claim->why ? claim->why : "",
                 met);
    if (why == NULL)
        assert_null(claim->why);
    else
        assert_string_equal(claim->why, why);
}

static void
judges_each_tag_by_its_own_policy(void **state)
{
    static const struct wf_test_object object = {
        .path = "p/_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6" },
        .imports = { "stat@GLIBC_2.33:libc.so.6", "memcpy@GLIBC_2.14:libc.so.6" },
    };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-manylinux1_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64."
        "manylinux_2_34_x86_64.manylinux_2_43_x86_64.linux_x86_64.whl",
        &object, 1);
    static const char *const why = "p/_x.so needs stat@GLIBC_2.33 of libc.so.6";

    (void)state;
    assert_claim(report, "manylinux1_x86_64", 0, why);
    assert_claim(report, "manylinux2014_x86_64", 0, why);
    assert_claim(report, "manylinux_2_28_x86_64", 0, why);
    assert_claim(report, "manylinux_2_34_x86_64", 1, NULL);
    assert_claim(report, "manylinux_2_43_x86_64", 1, NULL);
    assert_claim(report, "linux_x86_64", 1, NULL);
    wf_report_free(report);
}

static void
meets_a_number_outside_the_table_by_a_policy_below_it(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6", "libmvec.so.1" },
        .imports = { "f@GLIBC_2.12:libc.so.6" },
    };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-manylinux_2_25_x86_64.manylinux_2_11_x86_64.manylinux_2_20_x86_64."
        "manylinux_2_4_x86_64.manylinux_2_99_x86_64.manylinux_2_12_x86_64.whl",
        &object, 1);

    (void)state;
    assert_claim(report, "manylinux_2_25_x86_64", 1, NULL);
    assert_claim(report, "manylinux_2_99_x86_64", 1, NULL);
    /* GLIBC_2.12 is above 2.11 and 2.4: proved wrong. */
    assert_claim(report, "manylinux_2_11_x86_64", 0,
                 "_x.so needs GLIBC_2.12 of libc.so.6");
    assert_claim(report, "manylinux_2_4_x86_64", 0,
                 "_x.so needs GLIBC_2.12 of libc.so.6");
    /* libmvec came with 2.22, which no policy says: not proved. */
    assert_claim(report, "manylinux_2_20_x86_64", -1,
                 "no policy has this number, and _x.so needs libmvec.so.1, which neither "
                 "the platform nor the wheel provides");
    /* In the table it is. */
    assert_claim(report, "manylinux_2_12_x86_64", 0,
                 "_x.so needs libmvec.so.1, which neither the platform nor the wheel "
                 "provides");
    wf_report_free(report);
}

static void
cannot_know_a_number_below_every_policy_of_the_architecture(void **state)
{
    static const struct wf_test_object object = { .path = "_x.so",
                                                  .kind = WF_KIND_EXTENSION,
                                                  .arch = WF_ARCH_RISCV64,
                                                  .needed = { "libc.so.6" } };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-manylinux_2_28_riscv64.manylinux_2_31_riscv64.whl", &object, 1);

    (void)state;
    assert_claim(report, "manylinux_2_28_riscv64", -1,
                 "no policy has this number or a lower one");
    assert_claim(report, "manylinux_2_31_riscv64", 1, NULL);
    wf_report_free(report);
}

static void
names_every_kind_of_reason(void **state)
{
    static const struct {
        struct wf_test_object object;
        const char *why;
    } cases[] = {
        { { .imports = { "@GLIBC_ABI_DT_RELR:libc.so.6" } },
          "_x.so needs version GLIBC_ABI_DT_RELR of libc.so.6" },
        { { .needed = { "libfoo.so.1" } },
          "_x.so needs libfoo.so.1, which neither the platform nor the wheel provides" },
        { { .needed = { "libz.so.1" }, .imports = { "inflate_fast" } },
          "_x.so uses inflate_fast, which is private to libz.so.1" },
        { { .isa = 3 }, "_x.so runs on x86-64-v3 processors only" },
        { { .imports = { "PyFPE_jbuf" } },
          "_x.so uses PyFPE_jbuf, which most Pythons lack" },
        { { .is_python2 = true, .imports = { "PyUnicodeUCS2_Join" } },
          "_x.so uses PyUnicodeUCS2_Join of narrow-unicode Python" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_test_object object = cases[i].object;

        object.path = "_x.so";
        object.kind = WF_KIND_EXTENSION;
        object.libc = WF_LIBC_GLIBC;
        struct wf_report *report =
            wf_test_judged("x-1-py3-none-manylinux_2_17_x86_64.whl", &object, 1);

        assert_claim(report, "manylinux_2_17_x86_64", 0, cases[i].why);
        wf_report_free(report);
    }
}

static void
judges_the_other_libcs_tags_by_what_the_objects_are_linked_against(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so", .kind = WF_KIND_EXTENSION, .needed = { "libc.so.6" } },
        { .path = "tool", .kind = WF_KIND_EXECUTABLE },
    };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-manylinux_2_17_x86_64.musllinux_1_2_x86_64.whl", objects, 2);

    (void)state;
    assert_claim(report, "manylinux_2_17_x86_64", 1, NULL);
    assert_claim(report, "musllinux_1_2_x86_64", 0,
                 "_x.so is linked against glibc (needs libc.so.6)");
    wf_report_free(report);

    /* A static program alone is for both. */
    report = wf_test_judged("x-1-py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64.whl",
                            objects + 1, 1);
    assert_claim(report, "manylinux_2_17_x86_64", 1, NULL);
    assert_claim(report, "musllinux_1_1_x86_64", 1, NULL);
    assert_true(report->platforms[0].libc_guessed);
    assert_true(wf_strings_has(&report->platforms[0].tags, "musllinux_1_1_x86_64"));
    wf_report_free(report);
}

static void
judges_each_architectures_tags_by_its_own_objects(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "a.so",
          .needed = { "libc.so.6" },
          .imports = { "f@GLIBC_2.28:libc.so.6" } },
        { .path = "b.so",
          .arch = WF_ARCH_AARCH64,
          .needed = { "libc.so.6" },
          .imports = { "f@GLIBC_2.17:libc.so.6" } },
    };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-manylinux_2_17_x86_64.manylinux_2_17_aarch64.whl", objects, 2);

    (void)state;
    assert_int_equal(report->num_platforms, 2);
    assert_claim(report, "manylinux_2_17_x86_64", 0,
                 "a.so needs f@GLIBC_2.28 of libc.so.6");
    assert_claim(report, "manylinux_2_17_aarch64", 1, NULL);
    assert_string_equal(report->platforms[0].tag, "manylinux_2_28_x86_64");
    assert_string_equal(report->platforms[1].tag, "manylinux_2_17_aarch64");
    wf_report_free(report);
}

static void
disproves_a_tag_of_a_machine_that_no_code_is_for(void **state)
{
    static const struct wf_test_object library = {
        .path = "a.so",
        .arch = WF_ARCH_I686,
        .needed = { "libc.so.6" },
    };
    static const struct wf_test_object program = {
        .path = "tool",
        .kind = WF_KIND_EXECUTABLE,
        .arch = WF_ARCH_I686,
    };
    static const char *const wheel =
        "x-1-py3-none-manylinux_2_17_i686.manylinux_2_17_x86_64.linux_x86_64.whl";
    struct wf_report *report = wf_test_judged(wheel, &library, 1);

    (void)state;
    assert_claim(report, "manylinux_2_17_i686", 1, NULL);
    assert_claim(report, "manylinux_2_17_x86_64", 0, "a.so is for i686");
    assert_claim(report, "linux_x86_64", 0, "a.so is for i686");
    wf_report_free(report);
    /* A 32-bit program does run on a 64-bit system. */
    report = wf_test_judged(wheel, &program, 1);
    assert_claim(report, "manylinux_2_17_i686", 1, NULL);
    assert_claim(report, "manylinux_2_17_x86_64", -1,
                 "no object of the wheel is for this machine");
    wf_report_free(report);
}

static void
cannot_know_tags_that_no_policy_speaks_about(void **state)
{
    static const struct wf_test_object object = { .path = "_x.so",
                                                  .needed = { "libc.so.6" } };
    struct wf_report *report = wf_test_judged(
        "x-1-py3-none-any.macosx_11_0_arm64.win_amd64.ios_13_0_arm64_iphoneos."
        "somewhere.linux_odd.whl",
        &object, 1);

    (void)state;
    assert_claim(report, "any", -1,
                 "the wheel holds native code, which is not for any platform");
    assert_claim(report, "macosx_11_0_arm64", -1,
                 "no object of the wheel is for this system");
    assert_claim(report, "win_amd64", -1, "no object of the wheel is for this system");
    assert_claim(report, "ios_13_0_arm64_iphoneos", -1,
                 "no policy speaks about this tag");
    assert_claim(report, "somewhere", -1, "no policy speaks about this tag");
    assert_claim(report, "linux_odd", -1, "its architecture is not known");
    wf_report_free(report);
}

static void
holds_every_tag_of_a_wheel_without_native_code(void **state)
{
    struct wf_report *report =
        wf_test_judged("x-1-py3-none-any.manylinux_2_5_x86_64.win_amd64.whl", NULL, 0);

    (void)state;
    assert_claim(report, "any", 1, NULL);
    assert_claim(report, "manylinux_2_5_x86_64", 1, NULL);
    assert_claim(report, "win_amd64", 1, NULL);
    wf_report_free(report);
}

static void
proves_nothing_when_an_object_could_not_be_read(void **state)
{
    static const struct wf_test_object object = { .path = "_x.so",
                                                  .kind = WF_KIND_EXTENSION,
                                                  .needed = { "libc.so.6" },
                                                  .imports = {
                                                      "f@GLIBC_2.14:libc.so.6" } };
    struct wf_zip_member member = { .name = "p/broken.so" };
    struct wf_reading reading = { .member = &member, .unreadable = true };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report = wf_test_report(
        "x-1-py3-none-manylinux_2_12_x86_64.manylinux_2_17_x86_64.whl", &object, 1);
    struct wf_error err = { 0 };

    (void)state;
    report->readings = &reading;
    report->num_readings = 1;
    report->has_unreadable = true;
    wf_test_judge(report, &options);
    assert_claim(report, "manylinux_2_17_x86_64", -1, "p/broken.so could not be read");
    assert_claim(report, "manylinux_2_12_x86_64", 0,
                 "_x.so needs f@GLIBC_2.14 of libc.so.6");
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_17", &err), 0);
    report->num_readings = 0;
    wf_report_free(report);
}

static void
applies_the_options_to_the_claims(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6", "libcuda.so.1" },
        .isa = 4,
    };
    static const char *const wheel = "x-1-py3-none-manylinux_2_17_x86_64.whl";
    struct wf_audit_options options = wf_test_options();
    struct wf_arena arena = { 0 };
    struct wf_report *report = wf_test_report(wheel, &object, 1);

    (void)state;
    wf_strings_append(&arena, &options.search.excludes, "libcuda.so.*");
    wf_strings_append(&arena, &options.search.excludes, "libother.so.*");
    wf_test_judge(report, &options);
    assert_claim(report, "manylinux_2_17_x86_64", 0,
                 "_x.so runs on x86-64-v4 processors only");
    assert_int_equal(report->unmatched_excludes.num, 1);
    assert_string_equal(report->unmatched_excludes.items[0], "libother.so.*");
    wf_report_free(report);

    options.disable_isa_check = true;
    report = wf_test_report(wheel, &object, 1);
    wf_test_judge(report, &options);
    assert_claim(report, "manylinux_2_17_x86_64", 1, NULL);
    wf_report_free(report);
    wf_arena_clear(&arena);
}

/* --plat on an x86-64 extension that needs GLIBC_2.28. */
static int
asked(const char *wheel, const char *plat, struct wf_error *err)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6" },
        .imports = { "fcntl64@GLIBC_2.28:libc.so.6" },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report = wf_test_report(wheel, &object, 1);

    options.plat = plat;
    wf_test_judge(report, &options);
    const int met = wf_verdict_plat(report, &options, plat, err);

    wf_report_free(report);
    return met;
}

static void
answers_plat_with_or_without_architecture_and_for_any_number(void **state)
{
    static const struct {
        const char *plat;
        int met;
    } cases[] = {
        { "manylinux_2_28", 1 },        { "manylinux_2_28_x86_64", 1 },
        { "manylinux_2_34", 1 },        { "manylinux_2_17", 0 },
        { "manylinux2014", 0 },         { "manylinux2014_x86_64", 0 },
        { "manylinux_2_29_x86_64", 1 }, { "manylinux_2_29", 1 },
        { "manylinux_2_27", 0 },        { "manylinux_2_20", 0 },
        { "manylinux_2_44", 1 },        { "linux_x86_64", 1 },
        { "musllinux_1_2", 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_error err = { 0 };
        const int met = asked("x-1-py3-none-linux_x86_64.whl", cases[i].plat, &err);

        if (met != cases[i].met)
            fail_msg("%s: %d %s", cases[i].plat, met, err.text);
    }
}

static void
refuses_a_plat_that_contradicts_the_file_name(void **state)
{
    static const struct {
        const char *wheel;
        const char *plat;
        const char *text;
    } cases[] = {
        { "x-1-py3-none-manylinux_2_28_x86_64.whl", "manylinux_2_28_aarch64",
          "manylinux_2_28_aarch64 does not fit: the wheel is tagged for another "
          "architecture" },
        { "x-1-py3-none-manylinux_2_28_x86_64.whl", "musllinux_1_2_x86_64",
          "musllinux_1_2_x86_64 does not fit: the wheel is tagged for glibc" },
        { "x-1-py3-none-musllinux_1_2_x86_64.whl", "manylinux_2_28",
          "manylinux_2_28_x86_64 does not fit: the wheel is tagged for musl" },
        { "x-1-py3-none-android_24_x86_64.whl", "manylinux_2_28_x86_64",
          "manylinux_2_28_x86_64 does not fit: the wheel is tagged for Android" },
        { "x-1-py3-none-linux_x86_64.whl", "macosx_11_0_arm64",
          "macosx_11_0_arm64 does not fit: the wheel is tagged for Linux" },
        { "x-1-py3-none-linux_x86_64.whl", "win_amd64",
          "win_amd64 does not fit: the wheel is tagged for Linux" },
        { "x-1-py3-none-macosx_11_0_arm64.whl", "win_arm64",
          "win_arm64 does not fit: the wheel is tagged for macOS" },
        { "x-1-py3-none-win32.win_arm64.whl", "win_amd64",
          "win_amd64 does not fit: the wheel is tagged for another architecture" },
        { "x-1-py3-none-win_amd64.whl", "win_ia64",
          "win_ia64 is no tag of Windows; there are win32, win_amd64 and win_arm64" },
        { "x-1-py3-none-win_amd64.whl", "ios_13_0_arm64_iphoneos",
          "ios_13_0_arm64_iphoneos is no manylinux, musllinux, android, linux, macosx or "
          "win tag" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_error err = { 0 };

        assert_int_equal(asked(cases[i].wheel, cases[i].plat, &err), -1);
        assert_int_equal(err.kind, WF_ERR_USAGE);
        assert_string_equal(err.text, cases[i].text);
    }
}

static void
reaches_provisional_policies_by_plat_only(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.so.6" },
        .imports = { "f@GLIBC_2.42:libc.so.6" },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report =
        wf_test_report("x-1-py3-none-linux_x86_64.whl", &object, 1);
    struct wf_error err = { 0 };

    (void)state;
    wf_test_judge(report, &options);
    assert_string_equal(report->platforms[0].tag, "linux_x86_64");
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_42", &err), 1);
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_41", &err), 0);
    wf_report_free(report);
}

static void
reaches_musllinux_1_1_by_plat_unless_a_symbol_is_newer(void **state)
{
    static const struct {
        const char *import;
        int met;
    } cases[] = { { "free", 1 }, { "reallocarray", 0 }, { "__clock_gettime64", 0 } };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .needed = { "libc.musl-x86_64.so.1" },
            .imports = { cases[i].import },
        };
        struct wf_audit_options options = wf_test_options();
        struct wf_report *report =
            wf_test_report("x-1-py3-none-linux_x86_64.whl", &object, 1);
        struct wf_error err = { 0 };

        wf_test_judge(report, &options);
        assert_string_equal(report->platforms[0].tag, "musllinux_1_2_x86_64");
        assert_int_equal(wf_verdict_plat(report, &options, "musllinux_1_1", &err),
                         cases[i].met);
        assert_int_equal(wf_verdict_plat(report, &options, "musllinux_1_2", &err), 1);
        wf_report_free(report);
    }
}

static void
asks_every_platform_when_plat_names_no_architecture(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "a.so",
          .needed = { "libc.so.6" },
          .imports = { "f@GLIBC_2.28:libc.so.6" } },
        { .path = "b.so", .arch = WF_ARCH_AARCH64, .needed = { "libc.so.6" } },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report = wf_test_report("x-1-py3-none-any.whl", objects, 2);
    struct wf_error err = { 0 };

    (void)state;
    wf_test_judge(report, &options);
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_28", &err), 1);
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_17", &err), 0);
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_17_aarch64", &err),
                     1);
    wf_report_free(report);
    report = wf_test_report("x-1-py3-none-any.whl", NULL, 0);
    wf_test_judge(report, &options);
    assert_int_equal(wf_verdict_plat(report, &options, "manylinux_2_17", &err), 1);
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_each_tag_by_its_own_policy),
        cmocka_unit_test(meets_a_number_outside_the_table_by_a_policy_below_it),
        cmocka_unit_test(cannot_know_a_number_below_every_policy_of_the_architecture),
        cmocka_unit_test(names_every_kind_of_reason),
        cmocka_unit_test(
            judges_the_other_libcs_tags_by_what_the_objects_are_linked_against),
        cmocka_unit_test(judges_each_architectures_tags_by_its_own_objects),
        cmocka_unit_test(disproves_a_tag_of_a_machine_that_no_code_is_for),
        cmocka_unit_test(cannot_know_tags_that_no_policy_speaks_about),
        cmocka_unit_test(holds_every_tag_of_a_wheel_without_native_code),
        cmocka_unit_test(proves_nothing_when_an_object_could_not_be_read),
        cmocka_unit_test(applies_the_options_to_the_claims),
        cmocka_unit_test(answers_plat_with_or_without_architecture_and_for_any_number),
        cmocka_unit_test(refuses_a_plat_that_contradicts_the_file_name),
        cmocka_unit_test(reaches_provisional_policies_by_plat_only),
        cmocka_unit_test(reaches_musllinux_1_1_by_plat_unless_a_symbol_is_newer),
        cmocka_unit_test(asks_every_platform_when_plat_names_no_architecture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
