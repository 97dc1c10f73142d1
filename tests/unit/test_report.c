/* test_report.c -- keeping and ordering findings, gathering objects. */
#include "../support/unit.h"

#include <stdio.h>

#include "audit/report.h"

static void
findings_are_ordered_by_severity_rule_and_place(void **state)
{
    static const struct {
        const char *rule;
        enum wf_severity severity;
        const char *where;
        const char *message;
    } rows[] = {
        /* In the order they are to come. */
        { "tag-not-met", WF_FAILURE, "", "x" },
        { "exec-stack", WF_WARNING, "a.so", "x" },
        { "rc-complete", WF_WARNING, "RECORD:2", "x" },
        { "rc-complete", WF_WARNING, "RECORD:10", "x" },
        { "rc-complete", WF_WARNING, "RECORD:10", "y" },
        { "a-rule", WF_NOTE, "", "x" },
    };
    struct wf_report *report = wf_report_new("dist/x.whl");

    (void)state;
    assert_int_equal(wf_report_worst(report), -1);
    wf_report_sort_findings(report);
    for (size_t i = WF_COUNT(rows); i-- > 0;)
        wf_report_add(report, rows[i].rule, rows[i].severity, rows[i].where, "%s",
                      rows[i].message);
    wf_report_sort_findings(report);
    assert_int_equal(report->num_findings, WF_COUNT(rows));
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        assert_string_equal(report->findings[i].rule, rows[i].rule);
        assert_int_equal(report->findings[i].severity, rows[i].severity);
        assert_string_equal(report->findings[i].where, rows[i].where);
        assert_string_equal(report->findings[i].message, rows[i].message);
    }
    assert_int_equal(wf_report_worst(report), WF_FAILURE);
    wf_report_free(report);
}

static void
the_worst_finding_is_the_most_severe(void **state)
{
    struct wf_report *report = wf_report_new("x.whl");

    (void)state;
    wf_report_add(report, "a", WF_NOTE, "", "x");
    assert_int_equal(wf_report_worst(report), WF_NOTE);
    wf_report_add(report, "b", WF_WARNING, "", "x");
    wf_report_add(report, "c", WF_NOTE, "", "x");
    assert_int_equal(wf_report_worst(report), WF_WARNING);
    wf_report_free(report);
}

static void
no_finding_is_dropped_or_cut(void **state)
{
    struct wf_report *report = wf_report_new("x.whl");
    char place[32];
    char *longest = calloc(1, 100001);

    (void)state;
    assert_non_null(longest);
    memset(longest, 'x', 100000);
    for (unsigned i = 0; i < 50000; i++) {
        (void)snprintf(place, sizeof place, "RECORD:%u", i);
        wf_report_add(report, "rc-complete", WF_WARNING, place, "%u", i);
    }
    memset(place, 0, sizeof place); /* it was copied */
    wf_report_add(report, "long", WF_NOTE, "", "%s", longest);
    wf_report_sort_findings(report);
    assert_int_equal(report->num_findings, 50001);
    assert_string_equal(report->findings[49999].where, "RECORD:49999");
    assert_string_equal(report->findings[49999].message, "49999");
    assert_string_equal(report->findings[50000].message, longest);
    free(longest);
    wf_report_free(report);
}

static void
words_are_those_of_the_documents(void **state)
{
    static const char *const reasons[] = {
        "symbol-version",
        "version-marker",
        "external-library",
        "forbidden-symbol",
        "isa-level",
        "narrow-unicode",
        "pyfpe",
        "no-policy-for-architecture",
    };

    (void)state;
    assert_string_equal(wf_severity_name(WF_NOTE), "note");
    assert_string_equal(wf_severity_name(WF_WARNING), "warning");
    assert_string_equal(wf_severity_name(WF_FAILURE), "failure");
    for (size_t i = 0; i < WF_COUNT(reasons); i++)
        assert_string_equal(wf_reason_name((enum wf_reason)i), reasons[i]);
}

static void
a_report_knows_its_wheel_by_path_and_base_name(void **state)
{
    char path[] = "dist/demo-1-py3-none-any.whl";
    struct wf_report *report = wf_report_new(path);

    (void)state;
    memset(path, 0, sizeof path); /* it was copied */
    assert_string_equal(report->path, "dist/demo-1-py3-none-any.whl");
    assert_string_equal(report->base_name, "demo-1-py3-none-any.whl");
    assert_int_equal(report->plat_met, -1);
    assert_false(report->failed);
    wf_report_free(report);
    wf_report_free(NULL);
}

static void
objects_are_gathered_in_archive_order_at_their_installed_place(void **state)
{
    static const struct wf_zip_member members[] = {
        { .name = "demo-1.data/platlib/demo/b.so" },
        { .name = "demo/a.so" },
        { .name = "demo/fat.dylib" },
        { .name = "demo/cut.so" },
    };
    struct wf_report *report = wf_report_new("x.whl");
    struct wf_object objects[4] = { 0 };

    (void)state;
    report->num_readings = WF_COUNT(members);
    report->readings =
        wf_arena_array(&report->arena, report->num_readings, sizeof *report->readings);
    for (size_t i = 0; i < WF_COUNT(members); i++) {
        report->readings[i].member = &members[i];
        report->readings[i].file.objects = &objects[i];
        report->readings[i].file.num_objects = 1;
        objects[i].path = members[i].name;
    }
    objects[3].path = members[2].name;
    report->readings[2].file.num_objects = 2; /* a slice for each of two machines */
    report->readings[3].file.num_objects = 0;
    report->readings[3].unreadable = true;
    wf_report_gather(report);
    assert_int_equal(report->num_objects, 4);
    assert_true(report->has_unreadable);
    assert_string_equal(report->objects[0].installed, "demo/b.so");
    assert_string_equal(report->objects[0].object.path, members[0].name);
    assert_string_equal(report->objects[0].resolved.path, "demo/b.so");
    assert_string_equal(report->objects[1].installed, "demo/a.so");
    assert_ptr_equal(report->objects[2].member, &members[2]);
    assert_ptr_equal(report->objects[3].member, &members[2]);
    wf_report_free(report);
}

static void
without_damage_nothing_is_unreadable(void **state)
{
    struct wf_report *report = wf_report_new("x.whl");

    (void)state;
    wf_report_gather(report);
    assert_int_equal(report->num_objects, 0);
    assert_false(report->has_unreadable);
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_ordered_by_severity_rule_and_place),
        cmocka_unit_test(the_worst_finding_is_the_most_severe),
        cmocka_unit_test(no_finding_is_dropped_or_cut),
        cmocka_unit_test(words_are_those_of_the_documents),
        cmocka_unit_test(a_report_knows_its_wheel_by_path_and_base_name),
        cmocka_unit_test(objects_are_gathered_in_archive_order_at_their_installed_place),
        cmocka_unit_test(without_damage_nothing_is_unreadable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
