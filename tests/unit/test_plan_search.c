/* test_plan_search.c -- search paths as they must be where the wheel is installed, and
 * programs that move there (auditwheel.md 4.3, 4.6). */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/tree_builder.h"
#include "../support/unit.h"

#define TAG "cp311-cp311-linux_x86_64"
#define PROGRAM                                                                          \
    "\"type\": \"pie\", \"interp\": \"/lib64/ld-linux-x86-64.so.2\","                    \
    " \"needed\": [\"libfoo.so.1\", \"libc.so.6\"]"

/* The plan of a wheel with one object at `path` that needs libfoo.so.1, and has `keys`. */
static const char *
plan_object(struct plan_world *world, const char *path, const char *keys)
{
    plan_library(world, "libfoo.so.1", "");
    return plan_wheel(world, TAG,
                      wf_arena_printf(&world->arena,
                                      "{ \"name\": \"%s\", \"elf\": { \"machine\": "
                                      "\"x86_64\", %s } }",
                                      path, keys));
}

static const char *
plan_path(struct plan_world *world, const char *path, const char *search)
{
    return plan_object(world, path,
                       wf_arena_printf(&world->arena,
                                       "\"needed\": [\"libfoo.so.1\", \"libc.so.6\"], %s",
                                       search));
}

static void
leads_from_the_installed_place_to_the_libraries(void **state)
{
    static const struct {
        const char *path;
        const char *way;
    } cases[] = {
        { "_x.so", "  looks for libraries in $ORIGIN/demo.libs\n" },
        { "demo/_x.so", "  looks for libraries in $ORIGIN/../demo.libs\n" },
        { "a/b/c/_x.so", "  looks for libraries in $ORIGIN/../../../demo.libs\n" },
        { "demo-1.0.data/platlib/demo/_x.so",
          "  looks for libraries in $ORIGIN/../demo.libs\n" },
        { "demo-1.0.data/purelib/_x.so", "  looks for libraries in $ORIGIN/demo.libs\n" },
        { "demo.libs/_x.so", "  looks for libraries in $ORIGIN\n" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        assert_non_null(strstr(plan_path(&world, cases[i].path, "\"stack\": \"plain\""),
                               cases[i].way));
        plan_clear(&world);
    }
}

static void
keeps_entries_inside_the_wheel_and_tells_which_go(void **state)
{
    static const struct {
        const char *search;
        const char *edits;
    } cases[] = {
        { "\"rpath\": \"$ORIGIN/../nvidia/cublas/lib\"",
          "  looks for libraries in "
          "$ORIGIN/../nvidia/cublas/lib:$ORIGIN/../demo.libs\n" },
        { "\"runpath\": \"${ORIGIN}/../demo/./lib:$ORIGIN\"",
          "  looks for libraries in $ORIGIN/lib:$ORIGIN:$ORIGIN/../demo.libs\n" },
        { "\"rpath\": \"$ORIGIN/../demo.libs:$ORIGIN\"", "" },
        { "\"rpath\": \"/usr/lib:lib::$ORIGIN/../../x\"",
          "  search path entry \"/usr/lib\" goes: an absolute folder belongs to the "
          "machine it was built on\n"
          "  search path entry \"lib\" goes: a relative folder depends on where a "
          "program "
          "is started\n"
          "  search path entry \"\" goes: an empty entry is the folder a program is "
          "started in\n"
          "  search path entry \"$ORIGIN/../../x\" goes: it leaves the wheel\n"
          "  looks for libraries in $ORIGIN/../demo.libs\n" },
        { "\"rpath\": \"$ORIGIN/$LIB:$PLATFORM/x:$ORIGINAL\"",
          "  search path entry \"$ORIGIN/$LIB\" goes: only the loader knows what it "
          "stands for\n"
          "  search path entry \"$PLATFORM/x\" goes: only the loader knows what it "
          "stands "
          "for\n"
          "  search path entry \"$ORIGINAL\" goes: only the loader knows what it stands "
          "for\n"
          "  looks for libraries in $ORIGIN/../demo.libs\n" },
        { "\"rpath\": \"/a\", \"runpath\": \"$ORIGIN/b\"",
          "  looks for libraries in $ORIGIN/b:$ORIGIN/../demo.libs\n" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        assert_string_equal(
            strstr(plan_path(&world, "demo/_x.so", cases[i].search), "edit demo/_x.so\n"),
            wf_arena_printf(&world.arena,
                            "edit demo/_x.so\n"
                            "  needs libfoo.so.1 as libfoo-HASH.so.1\n%s",
                            cases[i].edits));
        plan_clear(&world);
    }
}

static void
touches_no_path_of_an_object_that_gets_no_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_null(strstr(plan_object(&world, "demo/_x.so",
                                   "\"needed\": [\"libc.so.6\"], \"runpath\": \"/opt\""),
                       "edit"));
    plan_clear(&world);
}

static const char *
repeat(struct plan_world *world, const char *text, size_t times)
{
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    for (size_t i = 0; i < times; i++)
        wf_buffer_add_str(&out, text);
    const char *copy = wf_arena_str(&world->arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return copy;
}

static void
refuses_a_path_of_more_than_16_kib_or_512_entries(void **state)
{
    struct plan_world world;

    static const char refusal[] = "refused\n"
                                  "no-search-path: the search path of demo/_x.so has "
                                  "more than 512 entries or 16 KiB "
                                  "[build it with a shorter one]\n";

    plan_setup(&world, state);
    assert_string_equal(plan_path(&world, "demo/_x.so",
                                  wf_arena_printf(&world.arena, "\"rpath\": \"%s\"",
                                                  repeat(&world, "$ORIGIN:", 512))),
                        refusal);
    assert_string_equal(
        plan_path(&world, "demo/_x.so",
                  wf_arena_printf(&world.arena, "\"rpath\": \"x%s\"",
                                  repeat(&world, "0123456789abcdef", 1024))),
        refusal);
    assert_non_null(strstr(plan_path(&world, "demo/_x.so",
                                     wf_arena_printf(&world.arena, "\"rpath\": \"%s\"",
                                                     repeat(&world, "$ORIGIN:", 511))),
                           "  looks for libraries in $ORIGIN:$ORIGIN/../demo.libs\n"));
    assert_non_null(
        strstr(plan_path(&world, "demo/_x.so",
                         wf_arena_printf(&world.arena, "\"rpath\": \"%s\"",
                                         repeat(&world, "0123456789abcdef", 1024))),
               "  looks for libraries in $ORIGIN/../demo.libs\n"));
    plan_clear(&world);
}

static void
moves_a_script_that_needs_a_library_and_leaves_a_stand_in(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    assert_string_equal(
        plan_object(&world, "demo-1.0.data/scripts/tool",
                    PROGRAM ", \"rpath\": \"$ORIGIN/../lib\""),
        "repair manylinux_2_5_x86_64: "
        "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  is called libfoo-HASH.so.1\n"
        "member demo-1.0.data/scripts/tool 100755 bytes\n"
        "member demo.libs/libfoo-HASH.so.1 100644 graft\n"
        "member demo.scripts/tool 100755 edit\n"
        "edit demo.scripts/tool\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  search path entry \"$ORIGIN/../lib\" goes: the program moves, and its folder "
        "with it\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n"
        "member demo-1.0.dist-info/METADATA 100644 wheel\n"
        "member demo-1.0.dist-info/WHEEL 100644 bytes\n"
        "member demo-1.0.dist-info/sboms/wheelfix.cdx.json 100644 sbom\n"
        "member demo-1.0.dist-info/RECORD 100644 record\n"
        "drop demo-1.0.data/scripts/tool: moved to demo.scripts/tool; a script that runs "
        "it takes its place\n");
    plan_clear(&world);
}

static void
leaves_a_script_that_needs_no_library_where_it_is(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_object(&world, "demo-1.0.data/scripts/tool",
                    "\"type\": \"pie\", \"interp\": \"/lib64/ld-linux-x86-64.so.2\","
                    " \"needed\": [\"libc.so.6\"]"),
        "repair manylinux_2_5_x86_64: "
        "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl\n");
    plan_clear(&world);
}

static void
refuses_an_object_outside_of_site_packages_that_needs_a_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_object(&world, "demo-1.0.data/data/bin/tool", PROGRAM),
        "refused\n"
        "no-search-path: demo-1.0.data/data/bin/tool is installed outside of "
        "site-packages, where it would not find libfoo.so.1 [put it into "
        "a "
        "package, or leave the library out with --exclude]\n");
    plan_clear(&world);
}

/* auditwheel.md 5.2 */
static void
gives_android_a_runpath_and_only_from_level_24_on(void **state)
{
    static const char object[] =
        "{ \"name\": \"spam/_x.so\", \"elf\": { \"machine\": \"aarch64\", \"android\": "
        "true, \"exports\": [\"PyInit__x\"], \"needed\": [\"libc.so\", \"libdl.so\", "
        "\"libpython3.13.so\", \"libc++_shared.so\"] } }";
    struct plan_world world;

    plan_setup(&world, state);
    tree_file(state, "lib/libc++_shared.so",
              "{ \"machine\": \"aarch64\", \"android\": true, \"soname\": "
              "\"libc++_shared.so\", \"needed\": [\"libc.so\"] }");
    assert_string_equal(
        plan_wheel(&world, "cp313-cp313-android_24_arm64_v8a", object),
        "repair android_24_arm64_v8a: demo-1.0-cp313-cp313-android_24_arm64_v8a.whl\n"
        "graft demo.libs/libc++_shared-HASH.so (libc++_shared-HASH.so) from "
        "lib/libc++_shared.so\n"
        "  is called libc++_shared-HASH.so\n"
        "edit spam/_x.so\n"
        "  needs libc++_shared.so as libc++_shared-HASH.so\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n");
    assert_string_equal(
        plan_wheel(&world, "cp313-cp313-android_21_arm64_v8a", object),
        "refused\n"
        "no-search-path: spam/_x.so needs a search path, which Android knows from API "
        "level 24 on; the wheel is for level 21 [build for android_24 or above]\n");
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leads_from_the_installed_place_to_the_libraries),
        TEST(keeps_entries_inside_the_wheel_and_tells_which_go),
        TEST(touches_no_path_of_an_object_that_gets_no_library),
        TEST(refuses_a_path_of_more_than_16_kib_or_512_entries),
        TEST(moves_a_script_that_needs_a_library_and_leaves_a_stand_in),
        TEST(leaves_a_script_that_needs_no_library_where_it_is),
        TEST(refuses_an_object_outside_of_site_packages_that_needs_a_library),
        TEST(gives_android_a_runpath_and_only_from_level_24_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
