/* test_plan_macos_room.c -- the header room of Mach-O slices, step by step (delocate-macho.md
 * 4.3; delocate #147): every case is given the bytes it needs, and one command's worth
 * less. */
#include "../support/plan_macos.h"

/* The recipe of a library to bundle, and of a module, each with `pad` bytes of room. */
static void
add_library(struct plan_world *world, const char *name, unsigned pad, const char *keys)
{
    plan_dylib(world, name,
               wf_arena_printf(&world->arena, "{ 'id': '%s', 'pad': %u, " SIGNED ", %s }",
                               name, pad, keys));
}

static const char *
plan_module(struct plan_world *world, const char *path, unsigned pad, const char *keys)
{
    return plan_macos(world, ARM,
                      wf_arena_printf(&world->arena,
                                      PACKAGE ", { 'name': '%s', 'macho': { 'type': "
                                              "'bundle', 'exports': ['_PyInit__x'], "
                                              "'pad': %u, " SIGNED ", %s } }",
                                      path, pad, keys));
}

static const char *
part_after(const char *text, const char *what)
{
    const char *found = strstr(text, what);

    if (found == NULL)
        fail_msg("no %s in: %s", what, text);
    return found == NULL ? "" : found + strlen(what);
}

#define NOTHING_ELSE                                                                     \
    "'without': ['LC_SOURCE_VERSION', 'LC_DATA_IN_CODE', 'LC_FUNCTION_STARTS'], "        \
    "'tools': 0"

/* A command's string is padded to 8 bytes: "libz.dylib" (10) and "/DLC/…/libz.dylib". */
static void
has_plain_names_where_they_fit_to_the_byte(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "libz.dylib", 512, NOTHING_ELSE);
    /* 24 + 14 + 1 is 40; 24 + 31 + 1 is 56. */
    const char *text = plan_module(&world, "demo/_x.so", 16,
                                   "'dylibs': ['/libz.dylib.14'], " NOTHING_ELSE);

    assert_non_null(strstr(text, "refused\n"));
    folder_link(state, "lib/libz.dylib.14", "libz.dylib");
    text = plan_module(&world, "demo/_x.so", 16,
                       "'dylibs': ['/libz.dylib.14'], " NOTHING_ELSE);
    assert_string_equal(part_after(text, "edit demo/_x.so\n"),
                        "  needs /libz.dylib.14 as @loader_path/.dylibs/libz.dylib\n"
                        "  [enough, sign]\n");
    text = plan_module(&world, "demo/_x.so", 8,
                       "'dylibs': ['/libz.dylib.14'], " NOTHING_ELSE);
    assert_null(strstr(text, "@loader_path/.dylibs/libz.dylib\n"));
    plan_clear(&world);
}

static void
uses_an_rpath_that_is_there(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "libz.dylib", 512, NOTHING_ELSE);
    const char *text = plan_module(&world, "demo/_x.so", 0,
                                   "'dylibs': ['/a/b/c/libz.dylib'], 'rpaths': "
                                   "['@loader_path/.dylibs'], " NOTHING_ELSE);

    assert_string_equal(part_after(text, "edit demo/_x.so\n"),
                        "  needs /a/b/c/libz.dylib as @rpath/libz.dylib\n"
                        "  [reused-rpath, sign]\n");
    plan_clear(&world);
}

/* Another file of that name, nearer: the rpath would lead to that one. */
static void
uses_no_rpath_that_leads_to_another_file(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", 512, NOTHING_ELSE);
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE
        ", { 'name': 'demo/near/libz.dylib', 'macho': { " SIGNED " } }, { 'name': "
        "'demo/_x.so', 'macho': { 'type': 'bundle', 'exports': ['_PyInit__x'], 'pad': 0, "
        "'dylibs': ['/libz.dylib'], 'rpaths': ['@loader_path/near', "
        "'@loader_path/.dylibs'], " SIGNED ", " NOTHING_ELSE " } }");

    assert_null(strstr(text, "as @rpath/libz.dylib\n"));
    plan_clear(&world);
}

/* Three names take 16 bytes more each; the rpath that goes gives 16 for the 40 of another one,
 * which leaves the names as they are. */
static void
adds_one_rpath_for_all_names(void **state)
{
    static const char keys[] =
        "'dylibs': ['@rpath/liba.dylib', '@rpath/libb.dylib', '@rpath/libc.dylib'], "
        "'rpaths': ['/x'], " NOTHING_ELSE;
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "liba.dylib", 512, NOTHING_ELSE);
    add_library(&world, "libb.dylib", 512, NOTHING_ELSE);
    add_library(&world, "libc.dylib", 512, NOTHING_ELSE);
    const char *text = plan_module(&world, "demo/sub/_x.so", 24, keys);

    assert_string_equal(part_after(text, "edit demo/sub/_x.so\n"),
                        "  no longer looks in /x: an absolute folder belongs to the "
                        "machine it was built on\n"
                        "  looks for libraries in @loader_path/../.dylibs\n"
                        "  [added-rpath, sign]\n");
    text = plan_module(&world, "demo/sub/_x.so", 32, keys);
    assert_non_null(strstr(text, "  [enough, sign]\n"));
    plan_clear(&world);
}

/* The names stay as they are: the rpath is the whole edit, and the slice is signed for it. */
static void
edits_a_slice_for_an_rpath_alone(void **state)
{
    static const char keys[] = "'dylibs': ['@rpath/liba.dylib', '@rpath/libb.dylib', "
                               "'@rpath/libc.dylib', '@rpath/libd.dylib'], " NOTHING_ELSE;
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "liba.dylib", 512, NOTHING_ELSE);
    add_library(&world, "libb.dylib", 512, NOTHING_ELSE);
    add_library(&world, "libc.dylib", 512, NOTHING_ELSE);
    add_library(&world, "libd.dylib", 512, NOTHING_ELSE);
    /* 12 + 23 + 1 is 40; names by @loader_path take 16 bytes more, each of four. */
    const char *text = plan_module(&world, "demo/sub/_x.so", 40, keys);
    assert_string_equal(part_after(text, "edit demo/sub/_x.so\n"),
                        "  looks for libraries in @loader_path/../.dylibs\n"
                        "  [added-rpath, sign]\n");
    plan_clear(&world);
}

static void
gives_up_as_few_commands_as_it_takes(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "libz.dylib", 512, NOTHING_ELSE);
    folder_link(state, "lib/libz.dylib.14", "libz.dylib");
    const char *text = plan_module(&world, "demo/_x.so", 8,
                                   "'dylibs': "
                                   "['/libz.dylib.14']");

    assert_string_equal(part_after(text, "edit demo/_x.so\n"),
                        "  needs /libz.dylib.14 as @loader_path/.dylibs/libz.dylib\n"
                        "  gives up LC_SOURCE_VERSION, to have room in its header\n"
                        "  [reclaimed, sign]\n");
    plan_clear(&world);
}

/* #147: long ids are the usual trigger. */
static void
i147_shortens_the_id_of_a_library_without_room(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "libz.dylib", 0, NOTHING_ELSE);
    const char *text =
        plan_module(&world, "demo/_x.so", 512, "'dylibs': ['/opt/libz.dylib']");

    assert_string_equal(part_after(text, "\ngraft "),
                        "demo/.dylibs/libz.dylib (/DLC/HASH) from lib/libz.dylib\n"
                        "  is called /DLC/HASH\n"
                        "  [short-id, sign]\n"
                        "edit demo/_x.so\n"
                        "  needs /opt/libz.dylib as @loader_path/.dylibs/libz.dylib\n"
                        "  [enough, sign]\n");
    plan_clear(&world);
}

/* 24 + 24 (@loader_path/.d/libz.dyl) + 1 is 56 as well; so is the id. */
static void
moves_the_libraries_to_a_shorter_folder_for_everybody(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    add_library(&world, "libz.dylib", 512, NOTHING_ELSE);
    folder_link(state, "lib/libz.dylib.14", "libz.dylib");
    const char *text = plan_module(&world, "demo/_x.so", 8,
                                   "'dylibs': ['/libz.dylib.14'], " NOTHING_ELSE);

    assert_string_equal(part_after(text, "\ngraft "),
                        "demo/libz.dylib (/DLC/demo/libz.dylib) from lib/libz.dylib\n"
                        "  is called /DLC/demo/libz.dylib\n"
                        "  [enough, sign]\n"
                        "edit demo/_x.so\n"
                        "  needs /libz.dylib.14 as @loader_path/libz.dylib\n"
                        "  [short-folder, sign]\n");
    world.options.lib_sdir = ".dylibs";
    assert_string_equal(
        plan_module(&world, "demo/_x.so", 8,
                    "'dylibs': ['/libz.dylib.14'], " NOTHING_ELSE),
        "refused\n"
        "no-header-room: demo/_x.so has no room for the new names of its libraries: the "
        "load commands are 8 bytes too long for its header, in which 8 are free [link "
        "it with -headerpad_max_install_names (or -headerpad 0x10)]\n");
    plan_clear(&world);
}

static void
refuses_every_slice_that_is_short_with_its_bytes(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    folder_link(state, "lib/z", "libz-of-a-rather-long-name.dylib");
    plan_dylib(&world, "libz-of-a-rather-long-name.dylib",
               "{ 'slices': [" X86("'id': '/z'") ", " A64("'id': '/z'") "] }");
    const char *text = plan_macos(
        &world, BOTH,
        PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'slices': [{ 'arch': 'x86_64', "
                "'type': 'bundle', 'exports': ['_PyInit__x'], 'pad': 0, 'dylibs': "
                "['/z'], " NOTHING_ELSE " }, { 'type': 'bundle', 'exports': "
                "['_PyInit__x'], 'pad': 16, 'dylibs': ['/z'], " SIGNED ", " NOTHING_ELSE
                " }] } }");

    /* 24 + 45 + 1 is 72, where 24 + 2 + 1 is 32 now. */
    assert_string_equal(
        text,
        "refused\n"
        "no-header-room: demo/_x.so (arm64) has no room for the new names of its "
        "libraries: the load commands are 24 bytes too long for its header, in which 16 "
        "are free [link it with -headerpad_max_install_names (or -headerpad 0x28)]\n"
        "no-header-room: demo/_x.so (x86_64) has no room for the new names of its "
        "libraries: the load commands are 40 bytes too long for its header, in which 0 "
        "are free [link it with -headerpad_max_install_names (or -headerpad 0x28)]\n");
    plan_clear(&world);
}

/* An unsigned slice for arm64 gets a signature with any edit, which takes 16 bytes. */
static void
counts_the_command_of_a_new_signature(void **state)
{
    static const char keys[] = PACKAGE
        ", { 'name': 'demo/_x.so', 'macho': { 'arch': '%s', 'type': 'bundle', 'exports': "
        "['_PyInit__x'], 'pad': %u, 'rpaths': ['x'], 'dylibs': ['libin.dylib', " SYSTEM
        "], " NOTHING_ELSE " } }, { 'name': 'demo/libin.dylib', 'macho': { 'arch': "
        "'%s', 'signature': 'linker' } }";
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    /* "@loader_path/libin.dylib" takes 16 bytes more than "libin.dylib"; the rpath gives
     * 16 back. */
    const char *text = plan_macos(
        &world, ARM, wf_arena_printf(&world.arena, keys, "arm64", 16, "arm64"));

    assert_non_null(strstr(text, "  [enough, sign]\n"));
    text =
        plan_macos(&world, ARM, wf_arena_printf(&world.arena, keys, "arm64", 8, "arm64"));
    assert_non_null(strstr(text, "refused\nno-header-room: demo/_x.so has no room for "
                                 "the new names of its libraries: the load commands are "
                                 "8 bytes too long for its header, in which 8 are free"));
    text = plan_macos(&world, INTEL,
                      wf_arena_printf(&world.arena, keys, "x86_64", 0, "x86_64"));
    assert_non_null(strstr(text, "  [enough, keep]\n"));
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(has_plain_names_where_they_fit_to_the_byte),
        TEST(uses_an_rpath_that_is_there),
        TEST(uses_no_rpath_that_leads_to_another_file),
        TEST(adds_one_rpath_for_all_names),
        TEST(edits_a_slice_for_an_rpath_alone),
        TEST(gives_up_as_few_commands_as_it_takes),
        TEST(i147_shortens_the_id_of_a_library_without_room),
        TEST(moves_the_libraries_to_a_shorter_folder_for_everybody),
        TEST(refuses_every_slice_that_is_short_with_its_bytes),
        TEST(counts_the_command_of_a_new_signature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
