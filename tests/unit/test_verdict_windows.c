/* test_verdict_windows.c -- the verdict on wheels of Windows: roots, machines, DLLs that are
 * missing or found, every claimed tag. */
#include "../support/report_builder.h"
#include "../support/unit.h"

#include "../support/folder.h"
#include "../support/tree_builder.h"

#define OBJECT(kind_, path_, arch_, ...)                                                 \
    {                                                                                    \
        .path = (path_), .format = WF_FORMAT_PE, .kind = (kind_), .arch = (arch_),       \
        .needed = {                                                                      \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }
#define PYD(path, ...)   OBJECT(WF_KIND_EXTENSION, path, WF_ARCH_X86_64, __VA_ARGS__)
#define DLL(path, ...)   OBJECT(WF_KIND_SHARED, path, WF_ARCH_X86_64, __VA_ARGS__)
#define EXE(path, ...)   OBJECT(WF_KIND_EXECUTABLE, path, WF_ARCH_X86_64, __VA_ARGS__)
#define PYD86(path, ...) OBJECT(WF_KIND_EXTENSION, path, WF_ARCH_I686, __VA_ARGS__)
#define DLL86(path, ...) OBJECT(WF_KIND_SHARED, path, WF_ARCH_I686, __VA_ARGS__)
#define EXE86(path, ...) OBJECT(WF_KIND_EXECUTABLE, path, WF_ARCH_I686, __VA_ARGS__)

/* The options of the present test, and the report of its wheel. */
struct world {
    struct wf_audit_options options;
    struct wf_report *report;
};

static struct world w;

static int
setup(void **state)
{
    w.options = wf_test_options();
    w.options.windows_min = WF_WINDOWS_10;
    w.report = NULL;
    return folder_setup(state);
}

static int
teardown(void **state)
{
    wf_report_free(w.report);
    return folder_teardown(state);
}

static void
judge(const char *wheel, const struct wf_test_object *objects, size_t num)
{
    wf_report_free(w.report);
    w.report = wf_test_report(wheel, objects, num);
    wf_test_judge(w.report, &w.options);
}

#define JUDGE(wheel, ...)                                                                \
    do {                                                                                 \
        const struct wf_test_object objects_[] = { __VA_ARGS__ };                        \
        judge((wheel), objects_, WF_COUNT(objects_));                                    \
    } while (0)

static const struct wf_platform *
only_platform(void)
{
    assert_int_equal(w.report->num_platforms, 1);
    assert_string_equal(w.report->platforms[0].os, "windows");
    assert_true(w.report->platforms[0].judged);
    return &w.report->platforms[0];
}

/* "a.dll (one.pyd two.pyd)?": each external, who needs it, and "?" when it may be missing,
 * "+" when it was found. */
static const char *
externals(void)
{
    const struct wf_platform *platform = only_platform();
    struct wf_arena *arena = &w.report->arena;
    const char *text = "";

    for (size_t i = 0; i < platform->num_externals; i++) {
        const struct wf_external *external = &platform->externals[i];

        text =
            wf_arena_printf(arena, "%s%s%s (", text, i == 0 ? "" : ", ", external->name);
        for (size_t k = 0; k < external->needed_by.num; k++)
            text = wf_arena_printf(arena, "%s%s%s", text, k == 0 ? "" : " ",
                                   external->needed_by.items[k]);
        text = wf_arena_printf(arena, "%s)%s%s", text, external->weak ? "?" : "",
                               external->library != NULL ? "+" : "");
    }
    return text;
}

static void
assert_verdict(bool verdict, bool repaired)
{
    const struct wf_platform *platform = only_platform();

    assert_int_equal(platform->verdict, verdict ? WF_RANK_ALWAYS : WF_RANK_NEVER);
    assert_int_equal(platform->repaired, repaired ? WF_RANK_ALWAYS : WF_RANK_NEVER);
    assert_int_equal(platform->tags.num > 0, verdict);
    assert_int_equal(platform->repaired_tag != NULL, repaired);
}

static void
assert_claim(size_t i, const char *tag, int met, const char *why)
{
    assert_true(i < w.report->num_claims);
    assert_string_equal(w.report->claims[i].tag, tag);
    if (w.report->claims[i].met != met)
        fail_msg("%s: %d (%s)", tag, w.report->claims[i].met,
                 w.report->claims[i].why == NULL ? "" : w.report->claims[i].why);
    if (why == NULL)
        assert_null(w.report->claims[i].why);
    else
        assert_string_equal(w.report->claims[i].why, why);
}

static void
holds_a_tag_when_all_dlls_are_there(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl",
          PYD("x/_a.pyd", "KERNEL32.dll", "python312.dll", "VCRUNTIME140.dll",
              "api-ms-win-crt-heap-l1-1-0.dll", "b.dll"),
          DLL("x.libs/B.dll", "ntdll.dll"));
    assert_verdict(true, true);
    assert_string_equal(only_platform()->tag, "win_amd64");
    assert_string_equal(only_platform()->tags.items[0], "win_amd64");
    assert_string_equal(externals(), "");
    assert_claim(0, "win_amd64", 1, NULL);
}

static void
refuses_a_missing_dll_of_a_module_and_of_what_it_loads(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "b.dll", "gone.dll"),
          PYD("x/_c.pyd", "GONE.dll"), DLL("x/b.dll", "delay:late.dll"));
    assert_verdict(false, false);
    assert_string_equal(externals(), "gone.dll (x/_a.pyd x/_c.pyd), late.dll (x/b.dll)");
    assert_claim(0, "win_amd64", 0,
                 "x/_a.pyd needs gone.dll, which neither the platform nor the wheel "
                 "provides");
    assert_int_equal(only_platform()->num_blockers, 3);
    assert_string_equal(only_platform()->blockers[1].object, "x/_c.pyd");
    assert_string_equal(only_platform()->blockers[2].object, "x/b.dll");
    assert_string_equal(only_platform()->blockers[2].library, "late.dll");
    assert_string_equal(only_platform()->blockers[2].policy, "win_amd64");
    assert_int_equal(only_platform()->blockers[2].reason, WF_REASON_LIBRARY);
}

static void
a_forwarder_that_leads_nowhere_holds_nothing_up(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "b.dll"),
          DLL("x/b.dll", "forward:gone.dll", "forward:c.dll"),
          DLL("x/c.dll", "lost.dll"));
    assert_verdict(true, true);
    assert_string_equal(externals(), "gone.dll (x/b.dll)?, lost.dll (x/c.dll)?");
    assert_claim(0, "win_amd64", 1, NULL);
}

static void
dlls_that_nobody_loads_are_judged_but_hold_nothing_up(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-win_amd64.whl", DLL("x/ctypes.dll", "gone.dll", "b.dll"),
          DLL("x/b.dll", "kernel32.dll"));
    assert_verdict(true, true);
    assert_string_equal(externals(), "gone.dll (x/ctypes.dll)?");
    assert_false(wf_verdict_is_hard(w.report, 0));
    assert_true(wf_verdict_is_root(w.report, 0));
    assert_false(wf_verdict_is_root(w.report, 1));
    assert_claim(0, "win_amd64", 1, NULL);
    /* The flag makes it a root like a module. */
    w.options.analyze_existing = true;
    JUDGE("x-1-py3-none-win_amd64.whl", DLL("x/ctypes.DLL", "gone.dll"));
    assert_verdict(false, false);
    assert_true(wf_verdict_is_hard(w.report, 0));
    w.options.analyze_existing = false;
    w.options.analyze_existing_exes = true;
    JUDGE("x-1-py3-none-win_amd64.whl", DLL("x/ctypes.dll", "gone.dll"));
    assert_verdict(true, true);
}

static void
programs_in_scripts_get_no_dlls_unless_asked_for(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-win_amd64.whl", EXE("x-1.data/scripts/t.exe", "gone.dll"),
          EXE("x/tool.exe", "lost.dll"));
    assert_string_equal(externals(), "lost.dll (x/tool.exe)?");
    assert_verdict(true, true);
    w.options.analyze_existing_exes = true;
    JUDGE("x-1-py3-none-win_amd64.whl", EXE("x-1.data/scripts/t.exe", "gone.dll"));
    assert_string_equal(externals(), "gone.dll (x-1.data/scripts/t.exe)");
    assert_verdict(false, false);
}

static void
modules_outside_of_packages_are_no_roots_of_python(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x-1.data/data/_a.pyd", "gone.dll"),
          PYD("x-1.data/platlib/_b.pyd", "kernel32.dll"));
    assert_false(wf_verdict_is_hard(w.report, 0));
    assert_true(wf_verdict_is_hard(w.report, 1));
    assert_verdict(true, true);
}

static void
runtimes_come_with_the_interpreters_of_the_tags(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-none-win_amd64.whl", PYD("x/_a.pyd", "vcruntime140.dll"));
    assert_string_equal(externals(), "vcruntime140.dll (x/_a.pyd)");
    JUDGE("x-1-cp38.cp312-cp38.cp312-win_amd64.whl",
          PYD("x/_a.pyd", "vcruntime140.dll", "vcruntime140_1.dll"));
    assert_string_equal(externals(), "vcruntime140_1.dll (x/_a.pyd)");
}

static void
the_oldest_windows_decides_what_is_there(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "ucrtbase.dll"));
    assert_string_equal(externals(), "");
    w.options.windows_min = WF_WINDOWS_7;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "ucrtbase.dll"));
    assert_string_equal(externals(), "ucrtbase.dll (x/_a.pyd)");
    assert_string_equal(only_platform()->externals[0].left_out,
                        "a part of Windows from 10 on, which fits no older release");
    assert_int_equal(only_platform()->externals[0].by, WF_FOUND_MACHINE);
    /* Nobody may bundle it, so that it holds nothing up. */
    assert_verdict(true, true);
    assert_claim(0, "win_amd64", 1, NULL);
}

static void
modules_for_another_machine_cannot_be_repaired(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", NULL),
          PYD86("x/_b.pyd", NULL));
    assert_verdict(false, false);
    assert_claim(0, "win_amd64", 0, "x/_b.pyd is for x86");
    assert_int_equal(only_platform()->num_blockers, 1);
    assert_int_equal(only_platform()->blockers[0].reason, WF_REASON_MISSING_ARCH);
    assert_string_equal(only_platform()->blockers[0].version, "amd64");
    /* A tag that no module fits does not make them unjudgeable. */
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD86("x/_b.pyd", NULL), DLL("x/a.dll", NULL));
    assert_int_equal(w.report->num_platforms, 2);
    assert_string_equal(w.report->platforms[0].tag, "win_amd64");
    assert_string_equal(w.report->platforms[1].tag, "win32");
    assert_claim(0, "win_amd64", 0, "x/_b.pyd is for x86");
}

static void
helpers_for_other_machines_are_judged_by_their_own(void **state)
{
    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", NULL),
          DLL86("x/attach_x86.dll", "kernel32.dll", "b.dll", "wow64win.dll"),
          DLL86("x/b.dll", NULL));
    assert_verdict(true, true);
    /* This one is a part of 64-bit Windows alone. */
    assert_string_equal(externals(), "wow64win.dll (x/attach_x86.dll)?");
    assert_claim(0, "win_amd64", 1, NULL);
    assert_int_equal(only_platform()->num_objects, 3);
}

static void
a_tag_for_a_machine_that_nothing_is_for_cannot_be_known(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-win_amd64.whl", EXE86("x/tool.exe", NULL));
    assert_claim(0, "win_amd64", -1, "x/tool.exe is for x86");
    assert_string_equal(only_platform()->tag, "win32");
    JUDGE("x-1-py3-none-win_ia64.whl", EXE("x/tool.exe", NULL));
    assert_claim(0, "win_ia64", -1, "its architecture is not known");
}

static void
each_of_several_tags_is_judged_by_its_own_objects(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-win32.win_amd64.whl", DLL("x/64/a.dll", "gone.dll"),
          DLL86("x/32/a.dll", NULL));
    assert_int_equal(w.report->num_platforms, 2);
    assert_string_equal(w.report->platforms[0].tag, "win_amd64");
    assert_int_equal(w.report->platforms[0].num_externals, 1);
    assert_string_equal(w.report->platforms[1].tag, "win32");
    assert_int_equal(w.report->platforms[1].num_externals, 0);
    assert_claim(0, "win32", 1, NULL);
    assert_claim(1, "win_amd64", 1, NULL);
}

static void
arm64x_modules_meet_tags_of_both_machines(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-win_amd64.win_arm64.whl", { .path = "x/_a.pyd",
                                                    .format = WF_FORMAT_PE,
                                                    .kind = WF_KIND_EXTENSION,
                                                    .arch = WF_ARCH_AARCH64,
                                                    .hybrid = WF_PE_ARM64X });
    assert_claim(0, "win_amd64", 1, NULL);
    assert_claim(1, "win_arm64", 1, NULL);
}

static void
programs_in_a_wheel_for_every_system_are_not_judged(void **state)
{
    (void)state;
    JUDGE("x-1-py3-none-any.whl", EXE("x/t64.exe", "gone.dll"));
    assert_false(w.report->platforms[0].judged);
    assert_string_equal(w.report->objects[0].why_not,
                        "for Windows; no tag of the wheel is");
    JUDGE("x-1-py3-none-any.whl", EXE("x/t64.exe", "gone.dll"), PYD("x/_a.pyd", NULL));
    assert_true(w.report->platforms[0].judged);
    JUDGE("x-1-cp312-cp312-win_amd64.whl",
          { .path = "x/old.dll",
            .format = WF_FORMAT_PE,
            .arch = WF_ARCH_UNKNOWN,
            .arch_name = "ia64" },
          PYD("x/_a.pyd", NULL));
    assert_string_equal(w.report->objects[0].why_not,
                        "for ia64, which has no platform tags");
    assert_int_equal(w.report->num_platforms, 1);
}

static void
what_is_found_outside_would_be_bundled(void **state)
{
    tree_pe_file(state, "lib/B.dll", "{ 'imports': ['c.dll', 'gone.dll'] }");
    tree_pe_file(state, "lib/c.dll", "{}");
    tree_pe_file(state, "lib/wrong.dll", "{ 'machine': 'x86' }");
    struct wf_arena arena = { 0 };

    wf_strings_append(&arena, &w.options.search.lib_path,
                      wf_arena_strdup(&arena, folder_path(state, "lib")));
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "c.dll"),
          DLL("x/soft.dll", "b.dll"));
    assert_verdict(false, true);
    assert_int_equal(only_platform()->num_grafts, 2);
    assert_string_equal(only_platform()->grafts[0].name, "b.dll");
    assert_true(only_platform()->externals[0].weak);
    assert_false(only_platform()->externals[1].weak);
    /* What a bundled DLL lacks is missing, too; softly where its user is soft. */
    assert_string_equal(only_platform()->externals[2].name, "gone.dll");
    assert_true(only_platform()->externals[2].weak);
    assert_false(only_platform()->externals[2].direct);
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "b.dll", "wrong.dll"));
    assert_verdict(false, false);
    assert_int_equal(only_platform()->num_grafts, 0);
    assert_claim(0, "win_amd64", 0,
                 "x/_a.pyd needs b.dll, which neither the platform nor the wheel "
                 "provides");
    assert_int_equal(only_platform()->blockers[1].reason, WF_REASON_MISSING_ARCH);
    assert_string_equal(only_platform()->blockers[1].library, "wrong.dll");
    wf_arena_clear(&arena);
}

static void
plat_asks_for_a_tag(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", NULL));
    assert_int_equal(wf_verdict_plat(w.report, &w.options, "win_amd64", &err), 1);
    JUDGE("x-1-cp312-cp312-win_amd64.whl", PYD("x/_a.pyd", "gone.dll"));
    assert_int_equal(wf_verdict_plat(w.report, &w.options, "win_amd64", &err), 0);
    assert_int_equal(wf_verdict_plat(w.report, &w.options, "win32", &err), -1);
    assert_string_equal(err.text, "win32 does not fit: the wheel is tagged for another "
                                  "architecture");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_a_tag_when_all_dlls_are_there),
        TEST(refuses_a_missing_dll_of_a_module_and_of_what_it_loads),
        TEST(a_forwarder_that_leads_nowhere_holds_nothing_up),
        TEST(dlls_that_nobody_loads_are_judged_but_hold_nothing_up),
        TEST(programs_in_scripts_get_no_dlls_unless_asked_for),
        TEST(modules_outside_of_packages_are_no_roots_of_python),
        TEST(runtimes_come_with_the_interpreters_of_the_tags),
        TEST(the_oldest_windows_decides_what_is_there),
        TEST(modules_for_another_machine_cannot_be_repaired),
        TEST(helpers_for_other_machines_are_judged_by_their_own),
        TEST(a_tag_for_a_machine_that_nothing_is_for_cannot_be_known),
        TEST(each_of_several_tags_is_judged_by_its_own_objects),
        TEST(arm64x_modules_meet_tags_of_both_machines),
        TEST(programs_in_a_wheel_for_every_system_are_not_judged),
        TEST(what_is_found_outside_would_be_bundled),
        TEST(plat_asks_for_a_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
