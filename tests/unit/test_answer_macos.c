/* test_answer_macos.c -- what people read about a wheel for macOS. */
#include "../support/macos_sample.h"
#include "../support/unit.h"

#include "render/render.h"

static const struct wf_text_style plain = { 0 };
static const struct wf_text_style verbose = { .verbose = 1 };

static void
assert_text(struct sample *sample, const struct wf_text_style *style,
            const char *expected)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    wf_render_text(&out, sample->report, &sample->options, style);
    wf_buffer_add_char(&out, '\0');
    assert_false(out.over);
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
}

static void
all_architectures_have_one_verdict(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_fine(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds, nothing to "
                "repair\n"
                "  better   macosx_10_12_x86_64 is blocked by macOS 10.13 in "
                "demo/_native.so (x86_64)\n");
    assert_text(&sample, &verbose,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds, nothing to "
                "repair\n"
                "  needs    macOS 10.13 on x86_64: demo/_native.so\n"
                "           macOS 11.0 on arm64: demo/_native.so\n"
                "  better   macosx_10_12_x86_64 is blocked by\n"
                "             demo/_native.so (x86_64)  macOS 10.13  its own minimum\n");
    sample_clear(&sample);
}

static void
a_defect_of_a_binary_is_something_to_repair(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_fine(&sample);
    sample.report->platforms[0].num_blockers = 0;
    wf_report_add(sample.report, "macho-header-room", WF_NOTE, "demo/_native.so",
                  "16 bytes are left");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds, nothing to "
                "repair\n"
                "  notes    macho-header-room; -v shows them\n");
    sample.report->num_findings = 0;
    wf_report_add(sample.report, "macho-unsigned", WF_FAILURE, "demo/_native.so",
                  "the arm64 slice is not signed");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds\n"
                "  repair   macosx_10_13_universal2; mends signatures\n"
                "  failure  macho-unsigned: demo/_native.so: the arm64 slice is not "
                "signed\n");
    wf_report_add(sample.report, "rpath-outside-wheel", WF_WARNING, "demo/_native.so",
                  "LC_RPATH \"/opt\" is absolute");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds\n"
                "  repair   macosx_10_13_universal2; mends search paths and signatures\n"
                "  failure  macho-unsigned: demo/_native.so: the arm64 slice is not "
                "signed\n"
                "  warning  rpath-outside-wheel: demo/_native.so: LC_RPATH \"/opt\" is "
                "absolute\n");
    sample.report->num_findings = 0;
    wf_report_add(sample.report, "macho-missing-uuid", WF_FAILURE, "demo/_native.so",
                  "it has no LC_UUID");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds\n"
                "  failure  macho-missing-uuid: demo/_native.so: it has no LC_UUID\n");
    sample_clear(&sample);
}

static void
a_repair_that_misses_a_library_is_refused_and_says_which(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_blocked(&sample);
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-macosx_11_0_universal2.whl\n"
        "  verdict  macosx_10_13_x86_64, macosx_12_0_arm64\n"
        "  tags     macosx_11_0_universal2 does not hold: demo/_native.so (arm64) needs "
        "macOS 12.0\n"
        "  repair   is refused, with 1 library missing\n"
        "             @rpath/libb.dylib           not found, needed by demo/_native.so\n"
        "             @rpath/liba.dylib           from /opt/lib/liba.1.dylib\n"
        "             @rpath/libpython3.11.dylib  the interpreter's own, never bundled\n"
        "  better   macosx_12_0_arm64 is blocked by\n"
        "             demo/_native.so (arm64)  no code for arm64  @rpath/libb.dylib\n"
        "             demo/_other.so           no code for arm64  in it\n");
    sample_clear(&sample);
}

static void
a_library_of_both_architectures_is_bundled_once(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_repairable(&sample);
    sample.report->platforms[1].num_blockers = 0;
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-macosx_11_0_universal2.whl\n"
        "  verdict  macosx_10_13_x86_64, macosx_12_0_arm64\n"
        "  tags     macosx_11_0_universal2 does not hold: demo/_native.so (arm64) needs "
        "macOS 12.0\n"
        "  repair   macosx_10_13_x86_64, macosx_13_0_arm64, bundling 2 libraries\n"
        "             @rpath/liba.dylib           from /opt/lib/liba.1.dylib\n"
        "             @rpath/libb.dylib           from /opt/lib/libb.dylib\n"
        "             @rpath/libpython3.11.dylib  the interpreter's own, never "
        "bundled\n");
    sample_clear(&sample);
}

static void
a_library_without_code_for_one_architecture_is_not_missing(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_repairable(&sample);
    struct wf_report *report = sample.report;

    report->platforms[1].num_blockers = 0;
    report->platforms[1].externals[0].library = NULL;
    report->platforms[1].externals[0].by = WF_FOUND_NOT;
    report->macos_tags.num = 0;
    report->macos_repaired_tags.num = 1;
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-macosx_11_0_universal2.whl\n"
        "  verdict  none: it needs 3 libraries that neither macOS nor the wheel has\n"
        "  tags     macosx_11_0_universal2 does not hold: demo/_native.so (arm64) needs "
        "macOS 12.0\n"
        "  repair   macosx_10_13_x86_64, bundling 2 libraries\n"
        "             @rpath/liba.dylib           from /opt/lib/liba.1.dylib\n"
        "             @rpath/libb.dylib           from /opt/lib/libb.dylib\n"
        "             @rpath/libpython3.11.dylib  the interpreter's own, never "
        "bundled\n");
    sample_clear(&sample);
}

static void
a_tag_asked_for_in_vain_is_told_with_what_each_architecture_needs(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_fine(&sample);
    sample.report->platforms[0].num_blockers = 0;
    sample.options.plat = "macosx_10_9_universal2";
    sample.report->plat_met = 0;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds, nothing to "
                "repair\n"
                "  asked    macosx_10_9_universal2 is not met\n"
                "  because  macOS 10.13 on x86_64: demo/_native.so\n"
                "           macOS 11.0 on arm64: demo/_native.so\n");
    sample.report->plat_met = 1;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2; its own tag holds, nothing to "
                "repair\n"
                "  asked    macosx_10_9_universal2 is met\n");
    sample_clear(&sample);
}

static void
only_tags_change_when_nothing_comes_in(void **state)
{
    struct sample sample;

    (void)state;
    sample_macos_fine(&sample);
    sample.report->platforms[0].num_blockers = 0;
    sample_claim(&sample, 0, 0, "demo/_native.so lacks arm64");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  macosx_10_13_universal2\n"
                "  tags     macosx_10_13_universal2 does not hold: demo/_native.so lacks "
                "arm64\n"
                "  repair   macosx_10_13_universal2; only its tags change\n");
    sample.report->macos_tags.num = 0;
    sample.report->macos_repaired_tags.num = 0;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  verdict  none: no tag fits all of its modules\n"
                "  tags     macosx_10_13_universal2 does not hold: demo/_native.so lacks "
                "arm64\n"
                "  repair   reaches no tag\n");
    sample_clear(&sample);
}

static void
code_for_another_system_has_a_verdict_of_its_own(void **state)
{
    struct sample sample;
    struct sample linux_sample;

    (void)state;
    sample_macos_fine(&sample);
    sample_fine(&linux_sample);
    sample.report->platforms[0].num_blockers = 0;
    sample.report->platforms[1] = linux_sample.report->platforms[0];
    sample.report->platforms[1].num_blockers = 0;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl\n"
                "  macos, 1 object:\n"
                "  verdict  macosx_10_13_universal2, nothing to repair\n"
                "  linux x86_64, glibc, 1 object:\n"
                "  verdict  manylinux_2_17_x86_64\n"
                "  repair   manylinux_2_17_x86_64; only its tags change\n"
                "  tags     its own holds\n");
    sample_clear(&linux_sample);
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_architectures_have_one_verdict),
        cmocka_unit_test(a_defect_of_a_binary_is_something_to_repair),
        cmocka_unit_test(a_repair_that_misses_a_library_is_refused_and_says_which),
        cmocka_unit_test(a_library_of_both_architectures_is_bundled_once),
        cmocka_unit_test(a_library_without_code_for_one_architecture_is_not_missing),
        cmocka_unit_test(
            a_tag_asked_for_in_vain_is_told_with_what_each_architecture_needs),
        cmocka_unit_test(only_tags_change_when_nothing_comes_in),
        cmocka_unit_test(code_for_another_system_has_a_verdict_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
