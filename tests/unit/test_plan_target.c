/* test_plan_target.c -- which policy a repair aims at, and the tags of the result
 * (auditwheel.md 3.10, 4.8, 5.2, 5.3). */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/unit.h"

/* An extension of an x86-64 wheel that needs fstat at a version of libc. */
#define NEEDS(version) EXTENSION("x86_64", version)
#define EXTENSION(machine, version)                                                      \
    "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"" machine "\","               \
    " \"exports\": [\"PyInit__x\"], \"needed\": [\"libc.so.6\"],"                        \
    " \"imports\": [{ \"name\": \"fstat\", \"version\": \"" version "\","                \
    " \"library\": \"libc.so.6\" }] } }"
#define MUSL(machine, libc, symbol)                                                      \
    "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"" machine "\","               \
    " \"exports\": [\"PyInit__x\"], \"needed\": [\"" libc "\"],"                         \
    " \"imports\": [{ \"name\": \"" symbol "\" }] } }"

/* What a plan answers to a wheel. */
struct tag_case {
    const char *tags;    /* triple of the file name */
    const char *members; /* NULL: an extension that needs GLIBC_2.4 */
    const char *plat;
    bool only_plat;
    const char *answer;
};

static void
check_case(void **state, const struct tag_case *c)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    world.options.plat = c->plat;
    world.audit.plat = c->plat;
    world.options.only_plat = c->only_plat;
    text =
        plan_wheel(&world, c->tags, c->members == NULL ? NEEDS("GLIBC_2.4") : c->members);
    /* Policy and file name stand in the first line. */
    text = wf_arena_str(&world.arena, wf_bytes_of(text, strcspn(text, "\n")));
    if (strcmp(text, c->answer) != 0)
        fail_msg("%s: %s", text, world.text);
    plan_clear(&world);
}

static void
aims_at_the_best_policy_and_writes_its_names(void **state)
{
    static const struct tag_case cases[] = {
        { "cp311-cp311-linux_x86_64", NULL, NULL, false,
          "repair manylinux_2_5_x86_64: "
          "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.12"), NULL, false,
          "repair manylinux_2_12_x86_64: "
          "demo-1.0-cp311-cp311-manylinux2010_x86_64.manylinux_2_12_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.25"), NULL, false,
          "repair manylinux_2_26_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_26_x86_64.whl" },
        { "cp311-cp311-linux_aarch64", EXTENSION("aarch64", "GLIBC_2.17"), NULL, false,
          "repair manylinux_2_17_aarch64: "
          "demo-1.0-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.whl" },
        { "cp311-cp311-linux_riscv64", EXTENSION("riscv64", "GLIBC_2.27"), NULL, false,
          "repair manylinux_2_31_riscv64: "
          "demo-1.0-cp311-cp311-manylinux_2_31_riscv64.whl" },
        { "cp311.cp312-abi3.none-linux_x86_64", NEEDS("GLIBC_2.28"), NULL, false,
          "repair manylinux_2_28_x86_64: "
          "demo-1.0-cp311.cp312-abi3.none-manylinux_2_28_x86_64.whl" },
        { "cp311-cp311-any", NEEDS("GLIBC_2.28"), NULL, false,
          "repair manylinux_2_28_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

/* auditwheel.md 5.3: the target with its aliases, and unless --only-plat what is better. */
static void
writes_the_tag_asked_for_and_a_better_one_beside_it(void **state)
{
    static const struct tag_case cases[] = {
        { "cp311-cp311-linux_x86_64", NULL, "manylinux2014", true,
          "repair manylinux_2_17_x86_64: "
          "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NULL, "manylinux_2_17_x86_64", true,
          "repair manylinux_2_17_x86_64: "
          "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NULL, "manylinux2014_x86_64", false,
          "repair manylinux_2_5_x86_64: demo-1.0-cp311-cp311-manylinux1_x86_64."
          "manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_5_x86_64.whl" },
        { "cp311-cp311-linux_aarch64", EXTENSION("aarch64", "GLIBC_2.23"),
          "manylinux_2_28", false,
          "repair manylinux_2_24_aarch64: "
          "demo-1.0-cp311-cp311-manylinux_2_24_aarch64.manylinux_2_28_aarch64.whl" },
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.28"), "manylinux_2_28", false,
          "repair manylinux_2_28_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

/* PEP 600: any number is a tag, judged by the newest policy that is not above it. */
static void
takes_numbers_that_are_in_no_table(void **state)
{
    static const struct tag_case cases[] = {
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.17"), "manylinux_2_25", true,
          "repair manylinux_2_25_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_25_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.23"), "manylinux_2_25", false,
          "repair manylinux_2_24_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_25_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.25"), "manylinux_2_25", false,
          "refused" },
        { "cp311-cp311-linux_x86_64", NULL, "manylinux_2_4", false, "refused" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

/* auditwheel keeps manylinux2014 there although it is wrong (python_mscl). */
static void
removes_tags_that_are_proved_unmet_and_keeps_all_others(void **state)
{
    static const struct tag_case cases[] = {
        { "cp311-cp311-manylinux2014_aarch64.manylinux_2_31_aarch64",
          EXTENSION("aarch64", "GLIBC_2.29"), NULL, false,
          "repair manylinux_2_31_aarch64: "
          "demo-1.0-cp311-cp311-manylinux_2_31_aarch64.whl" },
        { "cp311-cp311-manylinux_2_17_x86_64", NULL, NULL, false,
          "repair manylinux_2_5_x86_64: demo-1.0-cp311-cp311-manylinux1_x86_64."
          "manylinux_2_17_x86_64.manylinux_2_5_x86_64.whl" },
        { "cp311-cp311-manylinux_2_25_x86_64", NEEDS("GLIBC_2.26"), NULL, false,
          "repair manylinux_2_26_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_26_x86_64.whl" },
        { "cp311-cp311-manylinux_2_25_x86_64", NEEDS("GLIBC_2.25"), NULL, false,
          "repair manylinux_2_26_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_25_x86_64.manylinux_2_26_x86_64.whl" },
        { "cp311-cp311-linux_x86_64.win_amd64", NEEDS("GLIBC_2.28"), NULL, false,
          "repair manylinux_2_28_x86_64: "
          "demo-1.0-cp311-cp311-manylinux_2_28_x86_64.win_amd64.whl" },
        { "cp311-cp311-linux_armv6l", MUSL("armv6l", "libc.musl-armhf.so.1", "puts"),
          NULL, false,
          "repair musllinux_1_2_armv7l: "
          "demo-1.0-cp311-cp311-linux_armv6l.musllinux_1_2_armv7l.whl" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

static void
needs_nothing_when_the_tags_are_right_in_any_order(void **state)
{
    static const struct tag_case cases[] = {
        { "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", NEEDS("GLIBC_2.14"),
          NULL, false, "copy: nothing needs to change" },
        { "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", NEEDS("GLIBC_2.14"),
          "manylinux2014", false, "copy: nothing needs to change" },
        { "cp311-cp311-manylinux_2_28_x86_64", NEEDS("GLIBC_2.28"), NULL, false,
          "copy: nothing needs to change" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

/* design.md 5.8: nothing in a file says that musl 1.1 will do. */
static void
reaches_musllinux_1_1_only_when_asked_and_not_with_newer_symbols(void **state)
{
    static const char old[] = MUSL("x86_64", "libc.musl-x86_64.so.1", "puts");
    static const char newer[] = MUSL("x86_64", "libc.musl-x86_64.so.1", "tcsetwinsize");
    static const char time64[] = MUSL("i686", "libc.musl-x86.so.1", "__stat_time64");
    static const struct tag_case cases[] = {
        { "cp311-cp311-linux_x86_64", old, NULL, false,
          "repair musllinux_1_2_x86_64: demo-1.0-cp311-cp311-musllinux_1_2_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", old, "musllinux_1_1", false,
          "repair musllinux_1_1_x86_64: demo-1.0-cp311-cp311-musllinux_1_1_x86_64.whl" },
        { "cp311-cp311-linux_x86_64", newer, "musllinux_1_1", false, "refused" },
        { "cp311-cp311-linux_i686", time64, "musllinux_1_1", false, "refused" },
        { "cp311-cp311-linux_i686", time64, NULL, false,
          "repair musllinux_1_2_i686: demo-1.0-cp311-cp311-musllinux_1_2_i686.whl" },
        { "cp311-cp311-musllinux_1_1_x86_64", old, NULL, false,
          "copy: nothing needs to change" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

static void
refuses_musllinux_1_1_for_a_graft_with_newer_symbols(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "musllinux_1_1";
    plan_library(&world, "libfoo.so.1",
                 "\"needed\": [\"libc.musl-x86_64.so.1\"],"
                 " \"imports\": [{ \"name\": \"tcsetwinsize\" }]");
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-linux_x86_64",
                   "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"x86_64\","
                   " \"exports\": [\"PyInit__x\"],"
                   " \"needed\": [\"libfoo.so.1\", \"libc.musl-x86_64.so.1\"] } }"),
        "refused\n"
        "need-not-granted: lib/libfoo.so.1, which would be bundled, needs "
        "tcsetwinsize@1.2.2 of musl [build on an older system, such as "
        "the image musllinux_1_1_x86_64; or give a library that was built there with "
        "--lib-path, "
        "or leave it out with --exclude]\n");
    plan_clear(&world);
}

/* The levels of Android are ranges, and nothing in a file names one. */
static void
leaves_the_level_of_android_as_it_is_claimed(void **state)
{
    static const char object[] =
        "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"aarch64\", \"android\": "
        "true, \"exports\": [\"PyInit__x\"], \"needed\": [\"libc.so\", "
        "\"libpython3.13.so\"] } }";
    static const struct tag_case cases[] = {
        { "cp313-cp313-android_24_arm64_v8a", object, NULL, false,
          "copy: nothing needs to change" },
        { "cp313-cp313-android_25_arm64_v8a", object, NULL, false,
          "copy: nothing needs to change" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        check_case(state, &cases[i]);
}

static void
refuses_a_tag_that_does_not_fit_and_ignores_one_of_the_environment(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "musllinux_1_2";
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.4")),
        "refused\n"
        "tag-does-not-fit: --plat musllinux_1_2 does not fit: its objects are x86_64, "
        "glibc [give a tag of the wheel's own kind, or --plat auto]\n");
    world.options.plat = "manylinux2014_aarch64";
    world.options.plat_is_preset = true;
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.4")),
        "repair manylinux_2_5_x86_64: "
        "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl\n"
        "note plat-ignored: --plat manylinux2014_aarch64 does not fit: its objects are "
        "x86_64, glibc; the environment set it, so it is ignored\n");
    plan_clear(&world);
}

static void
changes_no_tag_under_no_update_tags(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.no_update_tags = true;
    plan_library(&world, "libfoo.so.1", "");
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-linux_x86_64", NEEDS("GLIBC_2.4")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

static void
tells_of_a_tag_that_goes_why(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1",
                 "\"needed\": [\"libc.so.6\"], \"imports\": [{ \"name\": \"fstat\","
                 " \"version\": \"GLIBC_2.33\", \"library\": \"libc.so.6\" }]");
    assert_non_null(strstr(
        plan_wheel(&world, "cp311-cp311-manylinux_2_28_x86_64",
                   "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"x86_64\","
                   " \"exports\": [\"PyInit__x\"],"
                   " \"needed\": [\"libfoo.so.1\", \"libc.so.6\"] } }"),
        "\nwarning tag-not-met: the tag manylinux_2_28_x86_64 does not hold and goes: "
        "lib/libfoo.so.1 needs fstat@GLIBC_2.33 of libc.so.6\n"));
    plan_clear(&world);
}

/* A graft may prove a number wrong that is in no table. */
static void
removes_a_number_in_no_table_that_a_graft_exceeds(void **state)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1",
                 "\"needed\": [\"libc.so.6\"], \"imports\": [{ \"name\": \"fstat\","
                 " \"version\": \"GLIBC_2.26\", \"library\": \"libc.so.6\" }]");
    text = plan_wheel(&world, "cp311-cp311-manylinux_2_25_x86_64",
                      "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"x86_64\","
                      " \"exports\": [\"PyInit__x\"],"
                      " \"needed\": [\"libfoo.so.1\", \"libc.so.6\"] } }");
    assert_ptr_equal(strstr(text, "repair manylinux_2_26_x86_64: "
                                  "demo-1.0-cp311-cp311-manylinux_2_26_x86_64.whl\n"),
                     text);
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(aims_at_the_best_policy_and_writes_its_names),
        TEST(writes_the_tag_asked_for_and_a_better_one_beside_it),
        TEST(takes_numbers_that_are_in_no_table),
        TEST(removes_tags_that_are_proved_unmet_and_keeps_all_others),
        TEST(needs_nothing_when_the_tags_are_right_in_any_order),
        TEST(reaches_musllinux_1_1_only_when_asked_and_not_with_newer_symbols),
        TEST(refuses_musllinux_1_1_for_a_graft_with_newer_symbols),
        TEST(leaves_the_level_of_android_as_it_is_claimed),
        TEST(refuses_a_tag_that_does_not_fit_and_ignores_one_of_the_environment),
        TEST(changes_no_tag_under_no_update_tags),
        TEST(tells_of_a_tag_that_goes_why),
        TEST(removes_a_number_in_no_table_that_a_graft_exceeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
