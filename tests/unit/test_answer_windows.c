/* test_answer_windows.c -- what people read about a wheel for Windows. */
#include "../support/unit.h"
#include "../support/windows_sample.h"

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
a_wheel_that_has_all_it_needs_is_told_in_a_line(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_fine(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  verdict  win_amd64; its own tag holds, nothing to repair\n");
    sample_clear(&sample);
}

static void
a_tag_of_another_machine_is_told_with_the_reason(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_fine(&sample);
    sample_claim(&sample, 0, 0, "demo/_native.pyd is for arm64");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  verdict  win_amd64\n"
                "  tags     win_amd64 does not hold: demo/_native.pyd is for arm64\n");
    sample_clear(&sample);
}

static void
what_is_missing_comes_first_and_says_who_needs_it(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_blocked(&sample);
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-win_amd64.whl\n"
        "  verdict  none: it needs 2 DLLs that Windows 10, Python and the wheel "
        "do not have\n"
        "  tags     win_amd64 does not hold: demo/_native.pyd needs foo.dll\n"
        "  repair   is refused, with 1 DLL missing: give its folder with "
        "--add-path, or leave it out with --exclude\n"
        "             bar.dll     not found, needed by demo/_native.pyd\n"
        "             foo.dll     from libs/Foo.dll\n"
        "             opencl.dll  left out: the driver brings it\n"
        "             soft.dll    not found (not required), needed by demo/helper.dll\n");
    sample.options.windows_min = WF_WINDOWS_7;
    assert_text(
        &sample, &verbose,
        "demo-1.0-cp311-cp311-win_amd64.whl\n"
        "  verdict  none: it needs 2 DLLs that Windows 7, Python and the wheel "
        "do not have\n"
        "  tags     win_amd64 does not hold: demo/_native.pyd needs foo.dll\n"
        "  repair   is refused, with 1 DLL missing: give its folder with --add-path, or "
        "leave it out with --exclude\n"
        "             bar.dll     not found, needed by demo/_native.pyd\n"
        "               tried libs/bar.dll: for another architecture\n"
        "             foo.dll     from libs/Foo.dll, by --lib-path libs, needed "
        "by demo/_native.pyd\n"
        "             opencl.dll  left out: the driver brings it, needed by "
        "demo/_native.pyd\n"
        "             soft.dll    not found (not required), needed by demo/helper.dll\n"
        "  because  win_amd64 is blocked by\n"
        "             demo/_native.pyd  bar.dll            not in the platform or the "
        "wheel\n"
        "             demo/other.pyd    no code for amd64  in it\n");
    sample_clear(&sample);
}

static void
what_nobody_bundles_is_told_of_a_wheel_that_holds(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_blocked(&sample);
    struct wf_platform *platform = &sample.report->platforms[0];

    /* opencl.dll and soft.dll. */
    platform->externals++;
    platform->num_externals = 2;
    platform->verdict = WF_RANK_ALWAYS;
    platform->repaired = WF_RANK_ALWAYS;
    sample_claim(&sample, 0, 1, NULL);
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-win_amd64.whl\n"
        "  verdict  win_amd64; its own tag holds, nothing to repair\n"
        "  needs    2 DLLs that no repair here would bundle\n"
        "             opencl.dll  left out: the driver brings it\n"
        "             soft.dll    not found (not required), needed by demo/helper.dll\n");
    sample_clear(&sample);
}

static void
modules_for_two_machines_have_no_tag(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_fine(&sample);
    sample.report->platforms[0].verdict = WF_RANK_NEVER;
    sample.report->platforms[0].repaired = WF_RANK_NEVER;
    sample_claim(&sample, 0, 0, "demo/other.pyd is for arm64");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  verdict  none: no tag fits all of its modules\n"
                "  tags     win_amd64 does not hold: demo/other.pyd is for arm64\n"
                "  repair   reaches no tag\n");
    sample_clear(&sample);
}

static void
a_repair_tells_what_it_bundles_from_where(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_repairable(&sample);
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-win_amd64.whl\n"
        "  verdict  none: it needs 2 DLLs that Windows 10, Python and the wheel "
        "do not have\n"
        "  tags     win_amd64 does not hold: demo/_native.pyd needs foo.dll\n"
        "  repair   win_amd64, bundling 2 DLLs\n"
        "             foo.dll     from libs/Foo.dll\n"
        "             opencl.dll  left out: the driver brings it\n"
        "             soft.dll    not found (not required), needed by demo/helper.dll\n"
        "             bar.dll     from libs/bar.dll\n");
    sample_clear(&sample);
}

static void
each_architecture_has_its_own_answer(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_two(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-py3-none-win32.win_amd64.whl\n"
                "  windows x86, 1 object:\n"
                "  verdict  none: it needs 1 DLL that Windows 10, Python and the wheel "
                "do not have\n"
                "  repair   win32, bundling 1 DLL\n"
                "             foo.dll  from libs/Foo.dll\n"
                "  windows amd64, 1 object:\n"
                "  verdict  win_amd64\n"
                "  tags     win32 does not hold: demo/a.pyd needs foo.dll\n");
    sample_clear(&sample);
}

static void
code_for_a_machine_without_windows_is_not_judged(void **state)
{
    struct sample sample;

    (void)state;
    sample_windows_fine(&sample);
    sample.report->platforms[0].judged = false;
    sample.report->platforms[0].arch = WF_ARCH_RISCV64;
    sample_claim(&sample, 0, -1, "nobody judges riscv64");
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  verdict  none: no Windows runs on riscv64\n"
                "  tags     win_amd64 cannot be told: nobody judges riscv64\n");
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wheel_that_has_all_it_needs_is_told_in_a_line),
        cmocka_unit_test(a_tag_of_another_machine_is_told_with_the_reason),
        cmocka_unit_test(what_is_missing_comes_first_and_says_who_needs_it),
        cmocka_unit_test(what_nobody_bundles_is_told_of_a_wheel_that_holds),
        cmocka_unit_test(modules_for_two_machines_have_no_tag),
        cmocka_unit_test(a_repair_tells_what_it_bundles_from_where),
        cmocka_unit_test(each_architecture_has_its_own_answer),
        cmocka_unit_test(code_for_a_machine_without_windows_is_not_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
