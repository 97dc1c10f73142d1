/* test_rules_pe.c -- what the rules of Windows say, and where they say nothing. */
#include "../support/report_builder.h"
#include "../support/unit.h"

#include "audit/rule.h"

#define FILE_(path_, kind_, ...)                                                         \
    {                                                                                    \
        .path = (path_), .format = WF_FORMAT_PE, .kind = (kind_), .needed = {            \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }
#define PYD(path, ...) FILE_(path, WF_KIND_EXTENSION, __VA_ARGS__)
#define DLL(path, ...) FILE_(path, WF_KIND_SHARED, __VA_ARGS__)

/* The findings of one rule: "where: message" a line. */
static void
expect(const char *tags, const struct wf_test_object *objects, size_t num,
       const char *rule, const char *expected)
{
    struct wf_audit_options options = wf_test_options();
    struct wf_arena arena = { 0 };
    struct wf_report *report =
        wf_test_report(wf_arena_printf(&arena, "x-1-%s.whl", tags), objects, num);
    const char *text = "";

    options.windows_min = WF_WINDOWS_10;
    wf_test_judge(report, &options);
    wf_rule_find(rule)->check(wf_rule_find(rule), report, &options);
    wf_report_sort_findings(report);
    for (size_t i = 0; i < report->num_findings; i++)
        text = wf_arena_printf(&arena, "%s%s: %s\n", text, report->findings[i].where,
                               report->findings[i].message);
    assert_string_equal(text, expected);
    wf_report_free(report);
    wf_arena_clear(&arena);
}

#define EXPECT(tags, rule, expected, ...)                                                \
    do {                                                                                 \
        const struct wf_test_object objects_[] = { __VA_ARGS__ };                        \
        expect((tags), objects_, WF_COUNT(objects_), (rule), (expected));                \
    } while (0)

static void
compares_the_dll_of_python_with_the_tags(void **state)
{
    static const struct {
        const char *tags;
        const char *dll;
        bool fires;
    } rows[] = {
        { "cp312-cp312-win_amd64", "python312.dll", false },
        { "cp312-cp312-win_amd64", "PYTHON312.DLL", false },
        { "cp312-cp312-win_amd64", "python3.dll", false },
        { "cp312-cp312-win_amd64", "python311.dll", true },
        { "cp312-cp312-win_amd64", "python312_d.dll", true },
        { "cp312-cp312d-win_amd64", "python312_d.dll", false },
        { "cp313-cp313t-win_amd64", "python313t.dll", false },
        { "cp313-cp313t-win_amd64", "python313.dll", true },
        { "cp313-cp313-win_amd64", "python313t.dll", true },
        { "cp36-cp36m-win_amd64", "python36.dll", false },
        { "cp311.cp312-cp311.cp312-win_amd64", "python312.dll", false },
        { "cp311-abi3-win_amd64", "python3.dll", false },
        { "cp311-abi3-win_amd64", "python311.dll", true },
        { "cp312-none-win_amd64", "python312.dll", false },
        { "py3-none-win_amd64", "python312.dll", true },
        { "cp313-cp313t-win_amd64", "python3t.dll", false },
        { "cp313-cp313-win_amd64", "python3t.dll", true },
        { "cp315-abi3t-win_amd64", "python3t.dll", false },
        { "cp315-abi3.abi3t-win_amd64", "python3t.dll", false },
        { "cp315-abi3-win_amd64", "python3t.dll", true },
        { "cp313-cp313t-win_amd64", "python3.dll", true },
        { "cp313-cp313.cp313t-win_amd64", "python3.dll", false },
        { "py3-none-win_amd64", "python3.dll", false },
        { "pp310-pypy310_pp73-win_amd64", "libpypy3.10-c.dll", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        const char *abi = strchr(rows[i].tags, '-') + 1;
        const char *text = wf_arena_printf(
            &arena, "a.pyd: needs %s, which is not what the tag %.*s says\n", rows[i].dll,
            (int)strcspn(abi, "-"), abi);

        EXPECT(rows[i].tags, "pe-python-dll", rows[i].fires ? text : "",
               PYD("a.pyd", rows[i].dll));
        wf_arena_clear(&arena);
    }
}

static void
compares_runtimes_by_toolset(void **state)
{
    (void)state;
    EXPECT("cp312-cp312-win_amd64", "pe-old-runtime",
           "a.pyd: was linked by tools of version 14.40, and msvcp140.dll is of 14.36\n",
           PYD("a.pyd", "MSVCP140.dll", "b.dll"),
           { .path = "msvcp140.dll", .format = WF_FORMAT_PE, .linker = 1436 },
           { .path = "b.dll", .format = WF_FORMAT_PE, .linker = 1436 });
    EXPECT("cp312-cp312-win_amd64", "pe-old-runtime", "",
           { .path = "a.pyd",
             .format = WF_FORMAT_PE,
             .linker = 1441,
             .needed = { "msvcp140.dll" } },
           { .path = "msvcp140.dll", .format = WF_FORMAT_PE, .linker = 1440 });
    EXPECT("cp312-cp312-win_amd64", "pe-old-runtime",
           "a.pyd: was linked by tools of version 14.40, and "
           "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144b9.dll is of 14.36\n",
           PYD("a.pyd", "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144b9.dll"),
           { .path = "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144b9.dll",
             .format = WF_FORMAT_PE,
             .linker = 1436 });
}

static void
debug_runtimes_are_right_in_wheels_for_debug_builds(void **state)
{
    (void)state;
    EXPECT("cp312-cp312-win_amd64", "pe-debug-runtime",
           "a.pyd: needs VCRUNTIME140D.dll, which only machines of developers have\n"
           "a.pyd: needs ucrtbased.dll, which only machines of developers have\n",
           PYD("a.pyd", "ucrtbased.dll", "VCRUNTIME140D.dll", "vcruntime140.dll",
               "msvcrt.dll"));
    EXPECT("cp312-cp312-win_amd64", "pe-debug-runtime",
           "a.pyd: needs Python312_D.dll, which only machines of developers have\n"
           "a.pyd: needs msvcp140d_codecvt_ids.dll, which only machines of developers "
           "have\n",
           PYD("a.pyd", "Python312_D.dll", "msvcp140d_codecvt_ids.dll",
               "msvcp140_codecvt_ids.dll", "pythoncom312_d.dll", "python312.dll"));
    EXPECT("cp312-cp312d-win_amd64", "pe-debug-runtime", "",
           PYD("a.pyd", "ucrtbased.dll"));
    EXPECT("cp312-cp312-win_amd64", "pe-debug-runtime",
           "a.pyd: needs python312_d.dll, which only machines of developers have\n",
           PYD("a.pyd", "python312_d.dll", "python312.dll"));
    /* Those that a repair bundled have a digest in their names, whatever that ends with. */
    EXPECT("cp312-cp312-win_amd64", "pe-debug-runtime", "",
           PYD("a.pyd", "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144bd.dll"),
           DLL("msvcp140-0fa7eb792d3fbcf2233e4ea47e9144bd.dll", NULL));
}

static void
tells_of_dlls_that_are_missing_or_left_to_the_machine(void **state)
{
    (void)state;
    EXPECT(
        "cp312-cp312-win_amd64", "pe-dll-missing",
        "a.pyd: needs gone.dll, which was not found\n"
        "soft.dll: needs lost.dll, which was not found; every module loads without it\n",
        PYD("a.pyd", "gone.dll", "nvcuda.dll"), DLL("soft.dll", "lost.dll"));
    EXPECT("cp312-cp312-win_amd64", "pe-dll-left-out",
           "a.pyd: needs nvcuda.dll, which is not bundled: the NVIDIA driver brings it, "
           "and it must fit that\n",
           PYD("a.pyd", "gone.dll", "nvcuda.dll"));
}

static void
tells_of_files_for_other_machines(void **state)
{
    (void)state;
    EXPECT("cp312-cp312-win_amd64", "pe-machine",
           "h.exe: is for x86 in a wheel for amd64\n", PYD("a.pyd", NULL),
           { .path = "h.exe",
             .format = WF_FORMAT_PE,
             .kind = WF_KIND_EXECUTABLE,
             .arch = WF_ARCH_I686 });
    EXPECT("cp312-cp312-win_amd64", "pe-machine", "",
           { .path = "x.dll",
             .format = WF_FORMAT_PE,
             .arch = WF_ARCH_AARCH64,
             .hybrid = WF_PE_ARM64X },
           PYD("a.pyd", NULL));
}

static void
a_folder_that_the_package_has_to_add_is_a_note(void **state)
{
    (void)state;
    EXPECT(
        "cp312-cp312-win_amd64", "found-outside-search-path",
        "x/a.pyd: needs b.dll; the wheel holds it as y/b.dll, which is found only when "
        "the package adds that folder\n",
        PYD("x/a.pyd", "b.dll"), DLL("y/b.dll", NULL));
}

/* What stops a file from being loaded is a failure, what may is a warning, and what nobody
 * has to act on a note. */
static void
each_rule_is_as_grave_as_what_follows_from_it(void **state)
{
    static const struct {
        const char *rule;
        enum wf_severity severity;
    } rows[] = {
        { "pe-bound", WF_NOTE },
        { "pe-certificate", WF_WARNING },
        { "pe-checksum", WF_NOTE },
        { "pe-debug", WF_NOTE },
        { "pe-debug-runtime", WF_WARNING },
        { "pe-dll-left-out", WF_NOTE },
        { "pe-dll-missing", WF_WARNING },
        { "pe-forwarder", WF_WARNING },
        { "pe-image-size", WF_FAILURE },
        { "pe-integrity", WF_WARNING },
        { "pe-load-flags", WF_WARNING },
        { "pe-machine", WF_NOTE },
        { "pe-name-odd", WF_WARNING },
        { "pe-name-path", WF_WARNING },
        { "pe-old-runtime", WF_WARNING },
        { "pe-python-dll", WF_WARNING },
        { "pe-sections", WF_WARNING },
        { "pe-symbols", WF_NOTE },
        { "pe-unterminated", WF_WARNING },
    };
    size_t num = 0;

    (void)state;
    for (size_t i = 0; i < wf_rules_count(); i++)
        num += strncmp(wf_rules_at(i)->id, "pe-", 3) == 0;
    assert_int_equal(num, WF_COUNT(rows));
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        assert_non_null(wf_rule_find(rows[i].rule));
        if (wf_rule_find(rows[i].rule)->severity != rows[i].severity)
            fail_msg("%s", rows[i].rule);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_the_dll_of_python_with_the_tags),
        cmocka_unit_test(compares_runtimes_by_toolset),
        cmocka_unit_test(debug_runtimes_are_right_in_wheels_for_debug_builds),
        cmocka_unit_test(tells_of_dlls_that_are_missing_or_left_to_the_machine),
        cmocka_unit_test(tells_of_files_for_other_machines),
        cmocka_unit_test(each_rule_is_as_grave_as_what_follows_from_it),
        cmocka_unit_test(a_folder_that_the_package_has_to_add_is_a_note),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
