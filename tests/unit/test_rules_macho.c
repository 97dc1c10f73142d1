/* test_rules_macho.c -- what rules say about objects of macOS, and how grave it is. */
#include "../support/report_builder.h"
#include "../support/unit.h"

#include "audit/rules_dyld.h"
#include "object/macho.h"

#define V(major, minor) WF_MACOS_VERSION(major, minor, 0)

/* Judges one wheel and runs one rule over it. */
static struct wf_report *
checked(const char *rule, const char *wheel, const struct wf_test_object *objects,
        size_t num, uint32_t target)
{
    static struct wf_audit_options options;

    options = wf_test_options();
    options.macos_target = target;
    options.macos_target_name = "MACOSX_DEPLOYMENT_TARGET";
    struct wf_report *report = wf_test_report(wheel, objects, num);

    wf_test_judge(report, &options);
    const struct wf_rule *found = wf_rule_find(rule);

    assert_non_null(found);
    if (found->check != NULL)
        found->check(found, report, &options);
    else
        wf_rules_dyld_add(report);
    return report;
}

static void
assert_finding(const struct wf_report *report, size_t index, const char *where,
               enum wf_severity severity, const char *message)
{
    assert_true(index < report->num_findings);
    assert_string_equal(report->findings[index].where, where);
    assert_string_equal(report->findings[index].message, message);
    assert_int_equal(report->findings[index].severity, severity);
}

/* A library of a wheel for arm64, with one odd thing. */
#define LIBRARY(...)                                                                     \
    {                                                                                    \
        .path = "p/libx.dylib", .format = WF_FORMAT_MACHO, .arch = WF_ARCH_AARCH64,      \
        .min_os = V(11, 0), __VA_ARGS__                                                  \
    }
#define WHEEL "x-1-py3-none-macosx_11_0_arm64.whl"

static void
tells_search_paths_that_lead_out_of_the_wheel(void **state)
{
    static const struct wf_test_object objects[] = {
        LIBRARY(.rpaths = { "/opt/lib", "/usr/lib/swift", "@loader_path",
                            "@loader_path/..", "@loader_path/../..",
                            "@loader_path/../q/../..", "@executable_path/../lib", "libs",
                            "@rpath/x", "@loader_pathx" })
    };
    struct wf_report *report = checked("rpath-outside-wheel", WHEEL, objects, 1, 0);
    static const char ignored[] =
        "is ignored by dyld, which wants a path that begins with "
        "'/', @loader_path or @executable_path";
    static const char *const paths[] = { "libs", "@rpath/x", "@loader_pathx" };

    (void)state;
    assert_int_equal(report->num_findings, 6);
    assert_finding(report, 0, "p/libx.dylib", WF_WARNING,
                   "LC_RPATH \"/opt/lib\" is absolute");
    assert_finding(report, 1, "p/libx.dylib", WF_WARNING,
                   "LC_RPATH \"@loader_path/../..\" leaves the wheel");
    assert_finding(report, 2, "p/libx.dylib", WF_WARNING,
                   "LC_RPATH \"@loader_path/../q/../..\" leaves the wheel");
    for (size_t i = 0; i < WF_COUNT(paths); i++)
        assert_finding(
            report, 3 + i, "p/libx.dylib", WF_WARNING,
            wf_arena_printf(&report->arena, "LC_RPATH \"%s\" %s", paths[i], ignored));
    wf_report_free(report);
}

static void
tells_install_names_that_are_paths_outside_the_system(void **state)
{
    static const struct wf_test_object objects[] = {
        LIBRARY(.needed = { "/usr/lib/libSystem.B.dylib", "/opt/homebrew/lib/liby.dylib",
                            "@rpath/libz.dylib", "libw.dylib",
                            "/Library/Frameworks/Python.framework/Versions/3.12/Python" },
                .soname = "/Users/me/libx.dylib")
    };
    struct wf_report *report = checked("absolute-needed", WHEEL, objects, 1, 0);

    (void)state;
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/libx.dylib", WF_WARNING,
                   "needs \"/opt/homebrew/lib/liby.dylib\" by its path");
    wf_report_free(report);
    report = checked("needs-libpython", WHEEL, objects, 1, 0);
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/libx.dylib", WF_WARNING,
                   "needs /Library/Frameworks/Python.framework/Versions/3.12/Python");
    wf_report_free(report);
    report = checked("macho-build-path", WHEEL, objects, 1, 0);
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/libx.dylib", WF_NOTE,
                   "has the install name \"/Users/me/libx.dylib\"");
    wf_report_free(report);
}

static void
leaves_install_names_in_peace_that_are_nobodys_path(void **state)
{
    static const char *const names[] = { "/DLC/p/.dylibs/libx.dylib", "@rpath/libx.dylib",
                                         "libx.dylib", "/usr/lib/libx.dylib", NULL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const struct wf_test_object object = LIBRARY(.soname = names[i]);
        struct wf_report *report = checked("macho-build-path", WHEEL, &object, 1, 0);

        assert_int_equal(report->num_findings, 0);
        wf_report_free(report);
    }
}

static void
wants_signatures_of_arm64_alone_and_right_ones_of_all(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .slice = "x86_64",
          .min_os = V(10, 9) },
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64",
          .min_os = V(11, 0) },
        { .path = "p/b.so",
          .format = WF_FORMAT_MACHO,
          .slice = "x86_64",
          .signature = WF_MACHO_ADHOC,
          .bad_pages = 2,
          .min_os = V(10, 9) },
        { .path = "p/b.so",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64",
          .signature = WF_MACHO_LINKER,
          .min_os = V(11, 0) },
    };
    static const char wheel[] = "x-1-py3-none-macosx_10_9_universal2.whl";
    struct wf_report *report =
        checked("macho-unsigned", wheel, objects, WF_COUNT(objects), 0);

    (void)state;
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/a.so", WF_FAILURE, "has no code signature (arm64)");
    wf_report_free(report);
    report = checked("macho-signature-invalid", wheel, objects, WF_COUNT(objects), 0);
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/b.so", WF_FAILURE,
                   "was changed after it was signed: 2 of 8 pages differ, the first at "
                   "0x4000 (x86_64)");
    wf_report_free(report);
}

static void
says_how_much_room_is_left_when_it_is_little(void **state)
{
    static const struct {
        uint64_t room;
        enum wf_macho_signature_kind signature;
        const char *message; /* NULL: nothing is said */
    } cases[] = {
        { 32, WF_MACHO_ADHOC, "has room for 32 more bytes of load commands" },
        { 63, WF_MACHO_ADHOC, "has room for 63 more bytes of load commands" },
        { 64, WF_MACHO_ADHOC, NULL },
        /* The command of a signature takes 16. */
        { 64, WF_MACHO_UNSIGNED, "has room for 48 more bytes of load commands" },
        { 80, WF_MACHO_UNSIGNED, NULL },
        { 8, WF_MACHO_UNSIGNED, "has room for 0 more bytes of load commands" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object =
            LIBRARY(.room = cases[i].room, .signature = cases[i].signature);
        struct wf_report *report = checked("macho-header-room", WHEEL, &object, 1, 0);

        assert_int_equal(report->num_findings, cases[i].message != NULL);
        if (cases[i].message != NULL)
            assert_finding(report, 0, "p/libx.dylib", WF_NOTE, cases[i].message);
        wf_report_free(report);
    }
}

static void
tells_what_needs_more_than_the_deployment_target(void **state)
{
    static const struct wf_test_object objects[] = {
        LIBRARY(.signature = WF_MACHO_ADHOC),
        { .path = "p/y.dylib",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .min_os = V(12, 1) },
    };
    struct wf_report *report = checked("macho-above-target", WHEEL, objects, 2, V(10, 9));

    (void)state;
    /* arm64 begins with 11.0, whatever the target. */
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/y.dylib", WF_FAILURE,
                   "needs macOS 12.1, and MACOSX_DEPLOYMENT_TARGET is 10.9");
    wf_report_free(report);
    report = checked("macho-above-target", WHEEL, objects, 2, V(12, 0));
    assert_int_equal(report->num_findings, 1);
    wf_report_free(report);
    report = checked("macho-above-target", WHEEL, objects, 2, V(12, 1));
    assert_int_equal(report->num_findings, 0);
    wf_report_free(report);
    report = checked("macho-above-target", WHEEL, objects, 2, 0);
    assert_int_equal(report->num_findings, 0);
    wf_report_free(report);
}

static void
says_what_a_tag_cannot_say(void **state)
{
    static const struct wf_test_object object = {
        .path = "p/x.so",
        .format = WF_FORMAT_MACHO,
        .kind = WF_KIND_EXTENSION,
        .min_os = V(12, 3),
    };
    static const char wheel[] = "x-1-py3-none-macosx_12_0_x86_64.whl";
    struct wf_report *report = checked("macosx-minor-dropped", wheel, &object, 1, 0);

    (void)state;
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/x.so", WF_NOTE,
                   "needs macOS 12.3 (x86_64), and macosx_12_0_x86_64 is accepted from "
                   "12.0 on");
    wf_report_free(report);
    /* Who names the target knows. */
    report = checked("macosx-minor-dropped", wheel, &object, 1, V(12, 3));
    assert_int_equal(report->num_findings, 0);
    wf_report_free(report);
}

static void
tells_helper_programs_that_do_not_run_everywhere(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXTENSION,
          .slice = "x86_64",
          .min_os = V(10, 9) },
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXTENSION,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64",
          .min_os = V(11, 0) },
        { .path = "p/tool",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXECUTABLE,
          .arch = WF_ARCH_AARCH64,
          .min_os = V(13, 0) },
    };
    struct wf_report *report = checked(
        "macho-program", "x-1-py3-none-macosx_10_9_universal2.whl", objects, 3, 0);

    (void)state;
    assert_int_equal(report->num_findings, 2);
    assert_finding(report, 0, "p/tool", WF_NOTE, "has no code for x86_64");
    assert_finding(report, 1, "p/tool", WF_NOTE, "needs macOS 13.0");
    wf_report_free(report);
    /* A wheel of nothing but programs is judged by them. */
    report =
        checked("macho-program", "x-1-py3-none-macosx_11_0_arm64.whl", &objects[2], 1, 0);
    assert_int_equal(report->num_findings, 0);
    wf_report_free(report);
}

static void
tells_missing_libraries_that_may_be_missing(void **state)
{
    static const struct wf_test_object object =
        LIBRARY(.needed = { "/usr/lib/libSystem.B.dylib", "?/opt/liby.dylib",
                            "/opt/libz.dylib", "?/usr/lib/libnew.dylib" });
    struct wf_report *report = checked("macho-weak-missing", WHEEL, &object, 1, 0);

    (void)state;
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/libx.dylib", WF_NOTE,
                   "does without /opt/liby.dylib, which was not found");
    wf_report_free(report);
}

static void
names_the_slice_that_finds_a_library_where_no_loader_looks(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .slice = "x86_64",
          .needed = { "@rpath/liby.dylib" } },
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64",
          .rpaths = { "@loader_path/lib" },
          .needed = { "@rpath/liby.dylib" } },
        { .path = "p/lib/liby.dylib", .format = WF_FORMAT_MACHO, .slice = "x86_64" },
        { .path = "p/lib/liby.dylib",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64" },
    };
    struct wf_report *report =
        checked("found-outside-search-path", "x-1-py3-none-macosx_10_9_universal2.whl",
                objects, WF_COUNT(objects), 0);

    (void)state;
    assert_int_equal(report->num_findings, 1);
    assert_finding(report, 0, "p/a.so", WF_WARNING,
                   "needs @rpath/liby.dylib; the wheel holds it as p/lib/liby.dylib, "
                   "where no loader looks (x86_64)");
    wf_report_free(report);
}

static void
grades_what_dyld_refuses_by_the_sdk_of_the_slice(void **state)
{
    static const struct {
        const char *rule;
        enum wf_object_kind kind;
        uint32_t sdk;
        enum wf_severity severity;
        const char *message;
    } cases[] = {
        { "macho-missing-uuid", WF_KIND_SHARED, V(12, 0), WF_FAILURE,
          "something is odd, which dyld refuses from SDK 12.0 on" },
        { "macho-missing-uuid", WF_KIND_SHARED, V(11, 3), WF_NOTE,
          "something is odd, which dyld refuses from SDK 12.0 on" },
        { "macho-missing-uuid", WF_KIND_EXECUTABLE, V(15, 0), WF_NOTE,
          "something is odd, which dyld refuses from SDK 26.0 on" },
        { "macho-missing-uuid", WF_KIND_SHARED, 0, WF_NOTE,
          "something is odd, which dyld refuses from SDK 12.0 on" },
        { "macho-segment-bounds", WF_KIND_SHARED, 0, WF_FAILURE, "something is odd" },
        { "macho-hidden-slice", WF_KIND_SHARED, V(26, 0), WF_NOTE, "something is odd" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object object =
            LIBRARY(.kind = cases[i].kind, .sdk = cases[i].sdk, .fault = cases[i].rule);
        struct wf_report *report = checked(cases[i].rule, WHEEL, &object, 1, 0);

        assert_int_equal(report->num_findings, 1);
        assert_string_equal(report->findings[0].rule, cases[i].rule);
        assert_finding(report, 0, "p/libx.dylib", cases[i].severity, cases[i].message);
        wf_report_free(report);
    }
}

static void
takes_no_library_of_macos_for_one_of_linux(void **state)
{
    static const char *const rules[] = { "exec-stack",
                                         "text-relocations",
                                         "isa-level",
                                         "unknown-arch",
                                         "libc-unknown",
                                         "pt-mixed-libc",
                                         "found-outside-search-path",
                                         "not-judged" };
    static const struct wf_test_object object =
        LIBRARY(.needed = { "/usr/lib/libSystem.B.dylib" }, .isa = 3);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rules); i++) {
        struct wf_report *report = checked(rules[i], WHEEL, &object, 1, 0);

        if (report->num_findings > 0)
            fail_msg("%s: %s", rules[i], report->findings[0].message);
        wf_report_free(report);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_search_paths_that_lead_out_of_the_wheel),
        cmocka_unit_test(tells_install_names_that_are_paths_outside_the_system),
        cmocka_unit_test(leaves_install_names_in_peace_that_are_nobodys_path),
        cmocka_unit_test(wants_signatures_of_arm64_alone_and_right_ones_of_all),
        cmocka_unit_test(says_how_much_room_is_left_when_it_is_little),
        cmocka_unit_test(tells_what_needs_more_than_the_deployment_target),
        cmocka_unit_test(says_what_a_tag_cannot_say),
        cmocka_unit_test(tells_helper_programs_that_do_not_run_everywhere),
        cmocka_unit_test(tells_missing_libraries_that_may_be_missing),
        cmocka_unit_test(names_the_slice_that_finds_a_library_where_no_loader_looks),
        cmocka_unit_test(grades_what_dyld_refuses_by_the_sdk_of_the_slice),
        cmocka_unit_test(takes_no_library_of_macos_for_one_of_linux),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
