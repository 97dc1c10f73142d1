/* test_plan_members.c -- the members of the new wheel, and wheels of which nothing is made
 * anew (auditwheel.md 4.8 to 4.12). */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/unit.h"

#define TAG  "cp311-cp311-linux_x86_64"
#define NAME "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl"
#define OBJECT(name, keys)                                                               \
    "{ \"name\": \"" name "\", \"elf\": { \"machine\": \"x86_64\", " keys " } }"
#define PLAIN                                                                            \
    OBJECT("demo/_x.so", "\"exports\": [\"PyInit__x\"], \"needed\": [\"libc.so.6\"]")
#define WINDOWS "{ \"name\": \"demo/t.exe\", \"pe\": { \"type\": \"exe\" } }"

static void
orders_members_and_normalises_their_modes(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    assert_string_equal(
        plan_wheel(
            &world, TAG,
            "{ \"name\": \"zoo.py\", \"text\": \"z\", \"mode\": \"100600\" },"
            "{ \"name\": \"demo/\" },"
            "{ \"name\": \"demo/b.py\", \"text\": \"b\", \"mode\": \"100775\" },"
            "{ \"name\": \"demo/a.py\", \"text\": \"a\" },"
            "{ \"name\": \"demo-1.0.dist-info/RECORD.jws\", \"text\": \"j\" },"
            "{ \"name\": \"demo-1.0.dist-info/licenses/L\", \"text\": \"l\" }," PLAIN),
        "repair manylinux_2_5_x86_64: " NAME "\n"
        "member demo/_x.so 100644 wheel\n"
        "member demo/a.py 100644 wheel\n"
        "member demo/b.py 100755 wheel\n"
        "member zoo.py 100644 wheel\n"
        "member demo-1.0.dist-info/METADATA 100644 wheel\n"
        "member demo-1.0.dist-info/WHEEL 100644 bytes\n"
        "member demo-1.0.dist-info/licenses/L 100644 wheel\n"
        "member demo-1.0.dist-info/RECORD 100644 record\n"
        "drop demo-1.0.dist-info/RECORD.jws: signs the RECORD that was\n");
    plan_clear(&world);
}

static void
names_an_sbom_beside_one_that_is_there(void **state)
{
    static const char wheel[] = OBJECT(
        "demo/_x.so",
        "\"needed\": [\"libfoo.so.1\", \"libc.so.6\"]") ","
                                                        "{ \"name\": "
                                                        "\"demo-1.0.dist-info/sboms/"
                                                        "wheelfix.cdx.json\", \"text\": "
                                                        "\"{}\" }";
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    plan_library(&world, "libfoo.so.1", "");
    assert_non_null(strstr(plan_wheel(&world, TAG, wheel),
                           "sboms/wheelfix-2.cdx.json 100644 sbom\n"));
    world.options.sbom = false;
    assert_null(strstr(plan_wheel(&world, TAG, wheel), "100644 sbom\n"));
    plan_clear(&world);
}

static void
copies_a_wheel_without_native_code_and_notes_a_platform_tag(void **state)
{
    static const char member[] = "{ \"name\": \"demo/__init__.py\", \"text\": \"\" }";
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "manylinux2014";
    assert_string_equal(plan_wheel(&world, "py3-none-any", member),
                        "copy: it holds no native code\n");
    assert_string_equal(plan_wheel(&world, TAG, member),
                        "copy: it holds no native code\n"
                        "note platform-tag-pure: is tagged linux_x86_64 and holds no "
                        "native code\n");
    plan_clear(&world);
}

static void
copies_an_any_wheel_of_several_platforms(void **state)
{
    static const char other[] = "{ \"name\": \"demo/_y.so\", \"elf\": { \"machine\": "
                                "\"aarch64\", \"needed\": [\"libc.so.6\"] } }";
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(plan_wheel(&world, "py3-none-any",
                                   wf_arena_printf(&world.arena, "%s, %s", PLAIN, other)),
                        "copy: it holds code for several platforms, and its tags stay\n");
    assert_string_equal(
        plan_wheel(&world, "py3-none-any",
                   wf_arena_printf(&world.arena, "%s, %s", PLAIN, WINDOWS)),
        "copy: it holds code for several platforms, and its tags stay\n");
    plan_clear(&world);
}

static void
repairs_a_linux_wheel_with_a_program_for_windows_as_cargo(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(plan_wheel(&world, TAG, PLAIN ", " WINDOWS),
                        "repair manylinux_2_5_x86_64: " NAME "\n");
    plan_clear(&world);
}

static void
refuses_code_of_only_a_wrong_machine_and_names_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-linux_aarch64", PLAIN),
        "refused\n"
        "object-not-judged: demo/_x.so is not judged: for x86_64; the wheel is for "
        "aarch64 [give the wheel the platform tag of the machine it is for]\n");
    assert_string_equal(
        plan_wheel(&world, TAG,
                   "{ \"name\": \"demo/_x.so\", \"elf\": { \"machine\": \"mips64\","
                   " \"needed\": [\"libc.so.6\"] } }"),
        "refused\n"
        "object-not-judged: demo/_x.so is not judged: for mips64; the wheel is for "
        "x86_64 [give the wheel the platform tag of the machine it is for]\n");
    plan_clear(&world);
}

static void
refuses_programs_for_windows_that_no_tag_speaks_about(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(plan_wheel(&world, "cp311-cp311-win_amd64", WINDOWS),
                        "copy: nothing needs to change\n");
    assert_string_equal(plan_wheel(&world, TAG, WINDOWS),
                        "refused\n"
                        "object-not-judged: demo/t.exe is not judged: for Windows; no "
                        "tag of the wheel is "
                        "[give the wheel the platform tag of the machine it is for]\n");
    assert_string_equal(
        plan_wheel(&world, "cp311-cp311-win_amd64",
                   "{ \"name\": \"demo/t.exe\", \"pe\": { \"machine\": 512 } }"),
        "refused\n"
        "object-not-judged: demo/t.exe is not judged: for ia64, which has no platform "
        "tags [give the wheel the platform tag of the machine it is for]\n");
    plan_clear(&world);
}

static void
refuses_every_object_that_cannot_be_read(void **state)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    text = plan_wheel(&world, TAG,
                      PLAIN ", { \"name\": \"a.so\", \"hex\": \"7f454c46 02010100\" },"
                            "{ \"name\": \"b.so\", \"hex\": \"7f454c46 02010100\" }");
    assert_ptr_equal(
        strstr(text, "refused\nobject-not-judged: a.so is native code that cannot be "
                     "read: "),
        text);
    assert_non_null(strstr(text, "\nobject-not-judged: b.so is native code that cannot "
                                 "be read: "));
    plan_clear(&world);
}

static void
asks_for_a_tag_where_nothing_names_the_libc(void **state)
{
    static const char wheel[] =
        OBJECT("demo/_x.so", "\"exports\": [\"PyInit__x\"], \"imports\":"
                             " [{ \"name\": \"PyList_New\" }]");
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(plan_wheel(&world, TAG, wheel),
                        "refused\n"
                        "object-not-judged: nothing in the wheel says whether it is for "
                        "glibc or musl [say so with --plat]\n");
    world.options.plat = "musllinux_1_2";
    world.audit.plat = "musllinux_1_2";
    assert_string_equal(
        plan_wheel(&world, TAG, wheel),
        "repair musllinux_1_2_x86_64: demo-1.0-cp311-cp311-musllinux_1_2_x86_64.whl\n");
    plan_clear(&world);
}

/* The new RECORD will be right, and nobody would know that the old one was not. */
static void
tells_of_a_record_that_was_wrong(void **state)
{
    static const char wheel[] =
        PLAIN ", { \"name\": \"demo-1.0.dist-info/RECORD\", \"text\":"
              " \"demo/_x.so,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,1\\n"
              "demo-1.0.dist-info/METADATA,,\\ndemo-1.0.dist-info/WHEEL,,\\n"
              "demo-1.0.dist-info/RECORD,,\\n\" }";
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    text = plan_wheel(&world, TAG, wheel);
    assert_non_null(
        strstr(text, "\nwarning rc-hash-match demo-1.0.dist-info/RECORD:1: "));
    assert_non_null(
        strstr(text, "\nwarning rc-size-match demo-1.0.dist-info/RECORD:1: "));
    assert_null(strstr(plan_wheel(&world, TAG, PLAIN), "rc-"));
    plan_clear(&world);
}

static void
writes_root_is_purelib_right_and_calls_that_a_change(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    assert_non_null(strstr(
        plan_recipe(&world,
                    "{ \"about\": \"made by a test\", \"wheel\": { \"name\": \"demo\","
                    " \"version\": \"1.0\", \"root_is_purelib\": true, \"tags\":"
                    " [\"cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64\"] },"
                    " \"members\": [" PLAIN "] }"),
        "member demo-1.0.dist-info/WHEEL 100644 bytes\n"));
    plan_clear(&world);
}

static void
edits_what_is_asked_for_though_nothing_else_needs_to_change(void **state)
{
    static const char wheel[] =
        OBJECT("demo/_x.so", "\"stack\": \"exec\", \"needed\": [\"libc.so.6\"]");
    static const char tag[] = "cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64";
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(plan_wheel(&world, tag, wheel),
                        "copy: nothing needs to change\n");
    world.options.clear_exec_stack = true;
    assert_string_equal(plan_wheel(&world, tag, wheel),
                        "repair manylinux_2_5_x86_64: " NAME "\n"
                        "edit demo/_x.so\n"
                        "  its stack is no longer executable\n");
    world.options.clear_exec_stack = false;
    world.options.strip = WF_STRIP_ALL;
    assert_string_equal(plan_wheel(&world, tag, wheel),
                        "repair manylinux_2_5_x86_64: " NAME "\n"
                        "edit demo/_x.so\n"
                        "  is stripped\n");
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(orders_members_and_normalises_their_modes),
        TEST(names_an_sbom_beside_one_that_is_there),
        TEST(copies_a_wheel_without_native_code_and_notes_a_platform_tag),
        TEST(copies_an_any_wheel_of_several_platforms),
        TEST(repairs_a_linux_wheel_with_a_program_for_windows_as_cargo),
        TEST(refuses_code_of_only_a_wrong_machine_and_names_it),
        TEST(refuses_programs_for_windows_that_no_tag_speaks_about),
        TEST(refuses_every_object_that_cannot_be_read),
        TEST(asks_for_a_tag_where_nothing_names_the_libc),
        TEST(tells_of_a_record_that_was_wrong),
        TEST(writes_root_is_purelib_right_and_calls_that_a_change),
        TEST(edits_what_is_asked_for_though_nothing_else_needs_to_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
