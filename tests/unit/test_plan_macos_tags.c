/* test_plan_macos_tags.c -- the tags of a repaired macOS wheel, deployment targets and
 * architectures (delocate-macho.md 2.7, 2.8; issues with delocate by their numbers). */
#include "../support/plan_macos.h"

#define MIN(version) ", 'min_os': '" version "'"
#define THIN_X86(path, keys)                                                             \
    "{ 'name': '" path "', 'macho': { 'arch': 'x86_64', 'type': 'bundle', 'exports': "   \
    "['_PyInit__x'], 'pad': 512" keys " } }"

/* What a plan answers to a wheel. */
struct tag_case {
    const char *tags;
    const char *members;
    unsigned target; /* packed, or 0 */
    const char *plat;
    const char *first; /* line of the plan */
};

static void
check_cases(void **state, const struct tag_case *cases, size_t num)
{
    for (size_t i = 0; i < num; i++) {
        const struct tag_case *c = &cases[i];
        struct plan_world world;

        plan_setup(&world, state);
        world.audit.macos_target = c->target;
        world.audit.macos_target_name = "MACOSX_DEPLOYMENT_TARGET";
        world.options.plat = c->plat;
        const char *text = plan_macos(&world, c->tags, c->members);

        if (strncmp(text, c->first, strlen(c->first)) != 0)
            fail_msg("%s %s: %s", c->tags, c->members, text);
        plan_clear(&world);
    }
}

/* delocate's table (2.8), where an architecture that modules lack goes instead of failing. */
static void
writes_the_tags_that_are_true(void **state)
{
    static const struct tag_case cases[] = {
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, NULL, "copy: " },
        { "cp311-cp311-macosx_10_15_x86_64", THIN_X86("_x.so", MIN("10.9")), 0, NULL,
          RESULT("macosx_10_9_x86_64") },
        { INTEL, THIN_X86("_x.so", MIN("12.1")), 0, NULL, RESULT("macosx_12_0_x86_64") },
        { INTEL, THIN_X86("_x.so", MIN("10.9")) ", " THIN_X86("_y.so", MIN("12.0")), 0,
          NULL, RESULT("macosx_12_0_x86_64") },
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0, NULL, "copy: " },
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("12.0")), 0, NULL,
          "repair macosx_10_9_x86_64: "
          "demo-1.0-cp311-cp311-macosx_10_9_x86_64.macosx_12_0_arm64.whl\n" },
        { BOTH, FAT_MODULE("_x.so", MIN("12.0"), MIN("12.0")), 0, NULL,
          RESULT("macosx_12_0_universal2") },
        { "cp311-cp311-macosx_10_9_x86_64.macosx_11_0_arm64",
          FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0, NULL,
          RESULT("macosx_10_9_universal2") },
        { BOTH, THIN_X86("_x.so", MIN("10.9")), 0, NULL, RESULT("macosx_10_9_x86_64") },
        { "cp311-cp311-any", THIN_X86("_x.so", MIN("10.9")), 0, NULL,
          RESULT("macosx_10_9_x86_64") },
        { "cp311-cp311-macosx_10_9_x86_64.win_amd64", THIN_X86("_x.so", MIN("10.13")), 0,
          NULL,
          "repair macosx_10_13_x86_64: "
          "demo-1.0-cp311-cp311-macosx_10_13_x86_64.win_amd64.whl\n" },
    };

    check_cases(state, cases, WF_COUNT(cases));
}

/* D7: a fat library beside it does not make a thin module universal. */
static void
d7_judges_the_architectures_of_every_module(void **state)
{
    static const struct tag_case cases[] = {
        { BOTH,
          PACKAGE
          ", " THIN_X86("demo/_x.so", ", 'dylibs': ['@loader_path/liba.dylib']") ", " FAT(
              "demo/liba.dylib", "'min_os': '10.9'", "'min_os': '11.0'"),
          0, NULL, RESULT("macosx_10_9_x86_64") },
        { BOTH,
          FAT_MODULE("demo/_x.so", "", "") ", " THIN_X86("demo/b/_x.so", MIN("10.9")), 0,
          NULL, RESULT("macosx_10_9_x86_64") },
        { BOTH,
          FAT_MODULE("demo/_x.so", "", "") ", { 'name': 'demo/tool', 'macho': { 'arch': "
                                           "'x86_64', 'type': 'execute' } }",
          0, NULL, "copy: " },
    };

    check_cases(state, cases, WF_COUNT(cases));
}

static void
raises_tags_to_the_target(void **state)
{
    static const struct tag_case cases[] = {
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0x0a0d00, NULL,
          RESULT("macosx_10_13_universal2") },
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0x0c0300, NULL,
          RESULT("macosx_12_0_universal2") },
        { INTEL, THIN_X86("_x.so", MIN("12.1")), 0x0c0100, NULL,
          RESULT("macosx_12_0_x86_64") },
        { INTEL, THIN_X86("_x.so", MIN("12.1")), 0x0d0400, NULL,
          RESULT("macosx_13_0_x86_64") },
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0x0a0900, NULL, "copy: " },
    };

    check_cases(state, cases, WF_COUNT(cases));
}

static void
refuses_everything_above_the_target_and_says_which_would_do(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.audit.macos_target = WF_MACOS_VERSION(10, 9, 0);
    world.audit.macos_target_name = "--require-target-macos-version";
    plan_dylib(
        &world, "libz.dylib",
        "{ 'slices': [" X86("'min_os': '12.3'") ", " A64("'min_os': '11.0'") "] }");
    assert_string_equal(
        plan_macos(&world, BOTH,
                   PACKAGE
                   ", " FAT_MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']",
                                   ", 'dylibs': ['/opt/libz.dylib'], 'min_os': "
                                   "'12.0'") ", { 'name': 'demo/tool', 'macho': "
                                             "{ 'type': 'execute', 'min_os': "
                                             "'15.0', " SIGNED " } }"),
        "refused\n"
        "deployment-target: lib/libz.dylib (x86_64) needs macOS 12.3; "
        "--require-target-macos-version asks for 10.9 [set "
        "MACOSX_DEPLOYMENT_TARGET=12.3, or build it for the older system]\n"
        "deployment-target: demo/_x.so (arm64) needs macOS 12.0; "
        "--require-target-macos-version asks for 10.9 [set "
        "MACOSX_DEPLOYMENT_TARGET=12.3, or build it for the older system]\n");
    plan_clear(&world);
}

static void
tells_of_a_minor_number_that_the_tag_drops(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    const char *text = plan_macos(&world, INTEL, THIN_X86("_x.so", MIN("12.1")));

    assert_non_null(strstr(
        text, "warning macosx-minor-dropped _x.so: needs macOS 12.1, and tags have no "
              "such number: macosx_12_0_x86_64 is installed on 12.0, too; build it for "
              "that, or accept it with MACOSX_DEPLOYMENT_TARGET=12.1\n"));
    world.audit.macos_target = WF_MACOS_VERSION(12, 1, 0);
    world.audit.macos_target_name = "MACOSX_DEPLOYMENT_TARGET";
    assert_null(strstr(plan_macos(&world, INTEL, THIN_X86("_x.so", MIN("12.1"))),
                       "macosx-minor-dropped"));
    plan_clear(&world);
}

/* What comes in counts, too. */
static void
needs_what_its_libraries_need(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "libz.dylib", "{ 'min_os': '13.0', 'pad': 512, " SIGNED " }");
    const char *text =
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']"));

    assert_ptr_equal(strstr(text, RESULT("macosx_13_0_arm64")), text);
    world.options.no_update_tags = true;
    text =
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']"));
    assert_ptr_equal(strstr(text, RESULT("macosx_11_0_arm64")), text);
    plan_clear(&world);
}

static void
tells_of_a_tag_that_goes_why(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_non_null(strstr(
        plan_macos(&world, "cp311-cp311-macosx_11_7_arm64", MODULE("_x.so", "")),
        "warning tag-not-met: the tag macosx_11_7_arm64 does not hold and goes: "));
    assert_non_null(
        strstr(plan_macos(&world, INTEL, THIN_X86("_x.so", MIN("12.0"))),
               "warning tag-not-met: the tag macosx_10_9_x86_64 does not hold "
               "and goes: _x.so needs macOS 12.0\n"));
    plan_clear(&world);
}

/* What is bundled is missing no more; what it brings along may be the reason. */
static void
tells_why_a_tag_goes_from_the_repaired_wheel(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "libz.dylib", "{ 'min_os': '13.0', 'pad': 512, " SIGNED " }");
    assert_non_null(strstr(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']")),
        "libz.dylib needs macOS 13.0\n"));
    const char *text =
        plan_macos(&world, BOTH,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']"));

    assert_non_null(strstr(text,
                           "warning tag-not-met: the tag macosx_10_9_universal2 does "
                           "not hold and goes: demo/_x.so has no code for x86_64\n"));
    text = plan_macos(&world, BOTH,
                      PACKAGE
                      ", " FAT_MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']",
                                      ", 'dylibs': ['/opt/libz.dylib']"));
    assert_non_null(strstr(text, "does not hold and goes: not all that its modules load "
                                 "has code for x86_64\n"));
    plan_clear(&world);
}

/* A tag may promise less than the repaired wheel keeps: then it is replaced, and there is
 * nothing to say against it. */
static void
says_nothing_against_a_tag_that_an_older_one_replaces(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "libz.dylib", "{ 'min_os': '11.0', 'pad': 512, " SIGNED " }");
    const char *text =
        plan_macos(&world, "cp311-cp311-macosx_13_0_arm64",
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']"));

    assert_ptr_equal(strstr(text, RESULT("macosx_11_0_arm64")), text);
    assert_null(strstr(text, "tag-not-met"));
    plan_clear(&world);
}

static void
writes_the_tag_asked_for_where_it_holds(void **state)
{
    static const struct tag_case cases[] = {
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, "macosx_10_13_x86_64",
          RESULT("macosx_10_13_x86_64") },
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, "macosx_10_9_x86_64", "copy: " },
        { INTEL, THIN_X86("_x.so", MIN("10.13")), 0, "macosx_10_9_x86_64",
          "refused\n"
          "tag-does-not-fit: --plat macosx_10_9_x86_64 does not fit: _x.so needs macOS "
          "10.13 [give a tag that holds, or --plat auto]\n" },
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, "macosx_10_9_universal2",
          "refused\n"
          "tag-does-not-fit: --plat macosx_10_9_universal2 does not fit: _x.so has no "
          "code for arm64 [give a tag that holds, or --plat auto]\n" },
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, "macosx_11_7_x86_64",
          "refused\n"
          "tag-does-not-fit: --plat macosx_11_7_x86_64 does not fit: " },
        { INTEL, THIN_X86("_x.so", MIN("10.9")), 0, "manylinux2014_x86_64",
          "refused\n"
          "tag-does-not-fit: --plat manylinux2014_x86_64 does not fit: its objects are "
          "for macOS [give a tag that holds, or --plat auto]\n" },
        { BOTH, FAT_MODULE("_x.so", MIN("10.9"), MIN("11.0")), 0,
          "macosx_10_10_universal2", RESULT("macosx_10_10_universal2") },
    };

    check_cases(state, cases, WF_COUNT(cases));
}

static void
ignores_a_tag_of_another_system_that_the_environment_set(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "manylinux2014_x86_64";
    world.options.plat_is_preset = true;
    assert_string_equal(
        plan_macos(&world, INTEL, THIN_X86("_x.so", MIN("10.9"))),
        "copy: nothing needs to change\n"
        "note plat-ignored: --plat manylinux2014_x86_64 does not fit: its objects are "
        "for macOS; the environment set it, so it is ignored\n");
    plan_clear(&world);
}

static void
refuses_modules_without_a_required_architecture_and_no_programs(void **state)
{
    static const char wheel[] = FAT_MODULE("demo/_x.so", "", "") ", " THIN_X86(
        "demo/b/_x.so",
        MIN("10.9")) ", "
                     "{ 'name': 'demo/tool', 'macho': { 'arch': 'x86_64', "
                     "'type': 'execute' } }";
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_add(&world.arena, &world.options.require_archs, "arm64");
    wf_strings_add(&world.arena, &world.options.require_archs, "x86_64");
    assert_string_equal(
        plan_macos(&world, BOTH, wheel),
        "refused\n"
        "architecture-missing: demo/b/_x.so has no code for arm64, which --require-archs "
        "asks for [build it for every architecture that is asked for]\n");
    assert_string_equal(plan_macos(&world, BOTH, FAT_MODULE("demo/_x.so", "", "")),
                        "copy: nothing needs to change\n");
    plan_clear(&world);
}

/* delocate bundles it as well; its tags are wrong then. */
static void
bundles_a_thin_library_and_gives_up_the_tag_unless_archs_are_checked(void **state)
{
    static const char wheel[] =
        PACKAGE ", " FAT_MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib']",
                                ", 'dylibs': ['/opt/libz.dylib']");
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "libz.dylib", "{ 'arch': 'x86_64', 'pad': 512 }");
    const char *text = plan_macos(&world, BOTH, wheel);

    assert_ptr_equal(strstr(text, RESULT("macosx_10_9_x86_64")), text);
    assert_non_null(strstr(text, "\nedit demo/_x.so\n"
                                 "  needs /opt/libz.dylib as "
                                 "@loader_path/.dylibs/libz.dylib\n"));
    assert_non_null(strstr(text, "warning architecture-missing demo/_x.so (arm64): "
                                 "/opt/libz.dylib has no code for arm64, so the tags are "
                                 "without it\n"));
    world.options.check_archs = true;
    assert_string_equal(
        plan_macos(&world, BOTH, wheel),
        "refused\n"
        "architecture-missing: demo/_x.so (arm64) needs /opt/libz.dylib, which was not "
        "found for its architecture: lib/libz.dylib has x86_64 [give the folder that has "
        "it with --lib-path, or leave it out with --exclude]\n");
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_the_tags_that_are_true),
        TEST(d7_judges_the_architectures_of_every_module),
        TEST(raises_tags_to_the_target),
        TEST(refuses_everything_above_the_target_and_says_which_would_do),
        TEST(tells_of_a_minor_number_that_the_tag_drops),
        TEST(needs_what_its_libraries_need),
        TEST(tells_of_a_tag_that_goes_why),
        TEST(tells_why_a_tag_goes_from_the_repaired_wheel),
        TEST(says_nothing_against_a_tag_that_an_older_one_replaces),
        TEST(writes_the_tag_asked_for_where_it_holds),
        TEST(ignores_a_tag_of_another_system_that_the_environment_set),
        TEST(refuses_modules_without_a_required_architecture_and_no_programs),
        TEST(bundles_a_thin_library_and_gives_up_the_tag_unless_archs_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
