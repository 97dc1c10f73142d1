/* test_render_text.c -- what people read about a wheel. */
#include "../support/report_sample.h"
#include "../support/unit.h"

#include <stdio.h>

#include "render/render.h"

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

static const struct wf_text_style plain = { 0 };
static const struct wf_text_style verbose = { .verbose = 1 };

static void
a_fine_wheel_takes_three_lines(void **state)
{
    struct sample sample;

    (void)state;
    sample_fine(&sample);
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64; its own tags hold, nothing to repair\n"
        "  better   manylinux_2_12_x86_64 is blocked by memcpy@GLIBC_2.14 (libc.so.6) in "
        "demo/_native.so\n");
    sample.report->platforms[0].num_blockers = 0;
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64; its own tags hold, nothing to repair\n");
    sample_clear(&sample);
}

static void
says_what_is_wrong_in_the_order_of_questions(void **state)
{
    struct sample sample;

    (void)state;
    sample_blocked(&sample);
    assert_text(
        &sample, &plain,
        "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\n"
        "  verdict  linux_x86_64, no more portable tag\n"
        "  tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs "
        "dlsym@GLIBC_2.34\n"
        "  repair   reaches no portable tag, with 1 library missing\n"
        "             libbar.so.2  not found, needed by demo/_native.so and 1 more\n"
        "             libfoo.so.1  from /usr/lib/libfoo.so.1.2.3\n"
        "  better   manylinux_2_41_x86_64 is blocked by\n"
        "             demo/_native.so  libbar.so.2  not in the platform or the "
        "wheel\n"
        "             demo/_native.so  libfoo.so.1  not in the platform or the "
        "wheel\n"
        "             demo/_native.so  uncompress2  libz.so.1, forbidden\n"
        "             and 1 more (-v shows all)\n"
        "  warning  exec-stack: demo/_native.so: its stack is executable\n"
        "  notes    zp-extra-field, zp-no-descriptor (3); -v shows them\n");
    sample_clear(&sample);
}

static void
tells_all_when_asked_to(void **state)
{
    struct sample sample;

    (void)state;
    sample_blocked(&sample);
    assert_text(
        &sample, &verbose,
        "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\n"
        "  verdict  linux_x86_64, no more portable tag\n"
        "  tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs "
        "dlsym@GLIBC_2.34\n"
        "  repair   reaches no portable tag, with 1 library missing\n"
        "             libbar.so.2  not found, needed by demo/_native.so, demo/_other.so\n"
        "               tried /usr/lib/libbar.so.2: no such file\n"
        "             libfoo.so.1  from /usr/lib/libfoo.so.1.2.3, by /etc/ld.so.conf "
        "line "
        "1, needed by demo/_native.so\n"
        "  better   manylinux_2_41_x86_64 is blocked by\n"
        "             demo/_native.so  libbar.so.2  not in the platform or the wheel\n"
        "             demo/_native.so  libfoo.so.1  not in the platform or the wheel\n"
        "             demo/_native.so  uncompress2  libz.so.1, forbidden\n"
        "             demo/_native.so  x86-64-v3    a processor above the baseline\n"
        "           manylinux_2_31_x86_64 is blocked by\n"
        "             demo/_native.so  GLIBC_ABI_DT_RELR  libc.so.6, a marker\n"
        "             demo/_native.so  dlsym@GLIBC_2.34   libc.so.6\n"
        "           manylinux_2_28_x86_64 is blocked by\n"
        "             demo/_native.so  st\\x1Bat@GLIBC_2.30  libc.so.6 (weak)\n"
        "  failure  tag-not-met: it does not hold\n"
        "  warning  exec-stack: demo/_native.so: its stack is executable\n"
        "  note     zp-extra-field: demo/x.py: extra\n"
        "  note     zp-no-descriptor: demo/x.py: note 0\n"
        "  note     zp-no-descriptor: demo/x.py: note 1\n"
        "  note     zp-no-descriptor: demo/x.py: note 2\n");
    sample_clear(&sample);
}

static void
says_what_a_repair_bundles_and_from_where(void **state)
{
    struct sample sample;

    (void)state;
    sample_repairable(&sample);
    sample.report->platforms[0].num_blockers = 0;
    sample.report->num_findings = 0;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\n"
                "  verdict  linux_x86_64, no more portable tag\n"
                "  tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs "
                "dlsym@GLIBC_2.34\n"
                "  repair   manylinux_2_34_x86_64, bundling 2 libraries\n"
                "             libbar.so.2  from /opt/libbar.so.2\n"
                "             libfoo.so.1  from /usr/lib/libfoo.so.1.2.3\n");
    sample_clear(&sample);
}

static void
a_better_tag_than_the_claimed_ones_is_a_repair_of_tags(void **state)
{
    struct sample sample;

    (void)state;
    sample_fine(&sample);
    sample.report->claims[0].tag = "manylinux_2_28_x86_64";
    sample.report->num_claims = 1;
    sample.report->platforms[0].num_blockers = 0;
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64; its own tag holds\n"
        "  repair   manylinux_2_17_x86_64; only its tags change\n");
    sample_clear(&sample);
}

static void
an_asked_for_tag_is_answered_and_explained(void **state)
{
    static const struct {
        const char *plat;
        const char *blocked;
    } cases[] = {
        { "manylinux_2_31_x86_64", "manylinux_2_31_x86_64" },
        { "manylinux_2_31", "manylinux_2_31" },
        { "manylinux_2_33", "manylinux_2_33" }, /* judged by the policy below */
    };
    struct sample sample;

    (void)state;
    sample_blocked(&sample);
    struct wf_platform *platform = &sample.report->platforms[0];

    /* Only versions stand in the way: two above 2.31, one that 2.31 permits. */
    platform->blockers += 4;
    platform->num_blockers -= 4;
    platform->num_externals = 0;
    sample.report->num_findings = 0;
    sample.report->plat_met = 0;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        char expected[1024];

        sample.options.plat = cases[i].plat;
        snprintf(expected, sizeof expected,
                 "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\n"
                 "  verdict  linux_x86_64, no more portable tag\n"
                 "  tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs "
                 "dlsym@GLIBC_2.34\n"
                 "  asked    %s is not met\n"
                 "  repair   reaches no portable tag\n"
                 "  because  %s is blocked by\n"
                 "             demo/_native.so  GLIBC_ABI_DT_RELR  libc.so.6, a marker\n"
                 "             demo/_native.so  dlsym@GLIBC_2.34   libc.so.6\n",
                 cases[i].plat, cases[i].blocked);
        assert_text(&sample, &plain, expected);
    }
    sample.report->plat_met = 1;
    platform->num_blockers = 0;
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\n"
                "  verdict  linux_x86_64, no more portable tag\n"
                "  tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs "
                "dlsym@GLIBC_2.34\n"
                "  asked    manylinux_2_33 is met\n"
                "  repair   reaches no portable tag\n");
    sample_clear(&sample);
}

static void
tags_with_one_reason_share_a_line(void **state)
{
    struct sample sample;

    (void)state;
    sample_fine(&sample);
    sample.report->platforms[0].num_blockers = 0;
    sample.report->claims[0].met = 0;
    sample.report->claims[0].why = "why so";
    sample.report->claims[1] = sample.report->claims[0];
    sample.report->claims[1].tag = "manylinux_2_17_x86_64";
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64\n"
        "  tags     manylinux2014_x86_64, manylinux_2_17_x86_64 do not hold: why so\n"
        "  repair   manylinux_2_17_x86_64; only its tags change\n");
    sample.report->claims[1].met = -1;
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64\n"
        "  tags     manylinux2014_x86_64 does not hold: why so\n"
        "           manylinux_2_17_x86_64 cannot be told: why so\n"
        "  repair   manylinux_2_17_x86_64; only its tags change\n");
    sample_clear(&sample);
}

static void
wheels_without_a_verdict_say_so(void **state)
{
    struct sample sample;

    (void)state;
    sample_pure(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-py3-none-any.whl\n"
                "  verdict  no native code: it fits any platform\n");
    sample_clear(&sample);
    sample_foreign(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-cp311-cp311-linux_mips64.whl\n"
                "  verdict  none; 1 object: no policy for sparc (big endian)\n"
                "  tags     linux_mips64 cannot be told: no policy speaks about it\n");
    sample_clear(&sample);
    sample_fine(&sample);
    sample.report->platforms[0].libc_undecided = true;
    sample.report->platforms[0].verdict = WF_RANK_NEVER;
    sample.report->platforms[0].num_blockers = 0;
    sample.report->num_claims = 0;
    assert_text(
        &sample, &plain,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  undecided: nothing in the wheel names the C library of its "
        "extensions; ask with --plat TAG\n");
    sample_clear(&sample);
}

static void
code_for_several_systems_is_told_per_system(void **state)
{
    struct sample sample;

    (void)state;
    sample_two_systems(&sample);
    assert_text(&sample, &plain,
                "demo-1.0-py3-none-any.whl\n"
                "  linux x86_64, glibc, 1 object:\n"
                "  verdict  manylinux_2_17_x86_64\n"
                "  repair   manylinux_2_17_x86_64; only its tags change\n"
                "  linux aarch64, glibc, 2 objects:\n"
                "  verdict  manylinux_2_17_aarch64\n"
                "  repair   manylinux_2_17_aarch64; only its tags change\n"
                "  tags     its own holds\n"
                "  failure  any-native: native code under any\n");
    sample_clear(&sample);
}

static void
colour_adds_only_colour(void **state)
{
    const struct wf_text_style coloured = { .colour = true };
    struct sample sample;
    struct wf_buffer out;
    struct wf_buffer bare;

    (void)state;
    sample_blocked(&sample);
    wf_buffer_init(&out, 1 << 20);
    wf_buffer_init(&bare, 1 << 20);
    wf_render_text(&out, sample.report, &sample.options, &coloured);
    assert_non_null(memchr(out.data, '\x1B', out.len));
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] == '\x1B')
            while (out.data[i] != 'm')
                i++;
        else
            wf_buffer_add_char(&bare, (char)out.data[i]);
    }
    wf_buffer_reset(&out);
    wf_render_text(&out, sample.report, &sample.options, &plain);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&out), wf_buffer_bytes(&bare)));
    assert_null(memchr(out.data, '\x1B', out.len));
    wf_buffer_clear(&out);
    wf_buffer_clear(&bare);
    sample_clear(&sample);
}

static void
the_list_of_tags_is_broken_at_the_width_of_the_terminal(void **state)
{
    const struct wf_text_style narrow = { .verbose = 1, .width = 40 };
    struct sample sample;

    (void)state;
    sample_fine(&sample);
    sample.report->platforms[0].num_blockers = 0;
    assert_text(
        &sample, &narrow,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n"
        "  verdict  manylinux_2_17_x86_64; its own tags hold, nothing to repair\n"
        "  holds    manylinux_2_17_x86_64,\n"
        "           manylinux2014_x86_64\n");
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fine_wheel_takes_three_lines),
        cmocka_unit_test(says_what_is_wrong_in_the_order_of_questions),
        cmocka_unit_test(tells_all_when_asked_to),
        cmocka_unit_test(says_what_a_repair_bundles_and_from_where),
        cmocka_unit_test(a_better_tag_than_the_claimed_ones_is_a_repair_of_tags),
        cmocka_unit_test(an_asked_for_tag_is_answered_and_explained),
        cmocka_unit_test(tags_with_one_reason_share_a_line),
        cmocka_unit_test(wheels_without_a_verdict_say_so),
        cmocka_unit_test(code_for_several_systems_is_told_per_system),
        cmocka_unit_test(colour_adds_only_colour),
        cmocka_unit_test(the_list_of_tags_is_broken_at_the_width_of_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
