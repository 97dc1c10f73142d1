/* test_plan_macos.c -- what comes into a macOS wheel, where it goes and how it is called
 * (delocate-macho.md 2.6, 3.2, 3.3, 6): delocate's defects by their numbers. */
#include "../support/plan_macos.h"

/* A library with room for any name. */
static void
add_library(struct plan_world *world, const char *name, const char *keys)
{
    plan_dylib(world, name,
               wf_arena_printf(&world->arena,
                               "{ 'id': '/opt/lib/%s', 'pad': 512, " SIGNED "%s }",
                               wf_text_base_name(name), keys));
}

static void
puts_libraries_into_the_package_with_ids_of_their_own(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    add_library(&world, "libz.1.dylib", "");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE
                   ", " MODULE("demo/_x.so", ", 'dylibs': "
                                             "['/opt/lib/libz.1.dylib', " SYSTEM "]")),
        RESULT("macosx_11_0_arm64") "graft demo/.dylibs/libz.1.dylib "
                                    "(/DLC/demo/.dylibs/libz.1.dylib) from "
                                    "lib/libz.1.dylib\n"
                                    "  is called /DLC/demo/.dylibs/libz.1.dylib\n"
                                    "member demo/.dylibs/libz.1.dylib 100644 graft\n"
                                    "member demo/__init__.py 100644 wheel\n"
                                    "member demo/_x.so 100644 edit\n"
                                    "edit demo/_x.so\n"
                                    "  needs /opt/lib/libz.1.dylib as "
                                    "@loader_path/.dylibs/libz.1.dylib\n"
                                    "member demo-1.0.dist-info/METADATA 100644 wheel\n"
                                    "member demo-1.0.dist-info/WHEEL 100644 wheel\n"
                                    "member demo-1.0.dist-info/sboms/"
                                    "wheelfix.cdx.json 100644 sbom\n"
                                    "member demo-1.0.dist-info/RECORD 100644 record\n");
    plan_clear(&world);
}

/* Where the libraries go, by what packages there are. */
static void
chooses_the_package_named_as_the_distribution_then_the_first(void **state)
{
    static const struct {
        const char *packages;
        const char *module;
        const char *lib_sdir;
        const char *folder;
    } cases[] = {
        { FILE_IN("abc/__init__.py") ", " PACKAGE, "demo/_x.so", NULL, "demo/.dylibs" },
        { FILE_IN("zoo/__init__.py") ", " FILE_IN("abc/__init__.py"), "zoo/_x.so", NULL,
          "abc/.dylibs" },
        { FILE_IN("abc/__init__.py") ", " FILE_IN("Demo/__init__.py"), "abc/_x.so", NULL,
          "Demo/.dylibs" },
        { FILE_IN("demo/sub/__init__.py"), "demo/_x.so", NULL, "demo.dylibs" },
        { FILE_IN("demo-1.0.data/purelib/demo/__init__.py"), "demo/_x.so", NULL,
          "demo/.dylibs" },
        { FILE_IN("demo-1.0.data/data/abc/__init__.py"), "_x.so", NULL, "demo.dylibs" },
        { PACKAGE, "demo/_x.so", "_libs", "demo/_libs" },
        { FILE_IN("other.py"), "_x.so", "_libs", "demo_libs" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        world.options.lib_sdir = cases[i].lib_sdir;
        add_library(&world, "libz.dylib", "");
        const char *text = plan_macos(
            &world, ARM,
            wf_arena_printf(&world.arena,
                            "%s, { 'name': '%s', 'macho': { 'type': 'bundle', 'pad': "
                            "512, 'exports': ['_PyInit__x'], " SIGNED ", 'dylibs': "
                            "['/opt/lib/libz.dylib'] } }",
                            cases[i].packages, cases[i].module));
        const char *line = wf_arena_printf(&world.arena, "\ngraft %s/libz.dylib (/DLC/%s",
                                           cases[i].folder, cases[i].folder);

        if (strstr(text, line) == NULL)
            fail_msg("%s: %s", line, text);
        plan_clear(&world);
    }
}

static void
refuses_a_folder_that_is_none_of_its_own(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    for (int i = 0; i < 2; i++) {
        world.options.lib_sdir = i == 0 ? "." : "..";
        assert_string_equal(
            plan_macos(&world, ARM,
                       PACKAGE
                       ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/lib/libz.dylib']")),
            wf_arena_printf(&world.arena,
                            "refused\n"
                            "name-taken: --lib-sdir %s names no folder of its own [give "
                            "the folder a name]\n",
                            world.options.lib_sdir));
    }
    plan_clear(&world);
}

/* D1: delocate rewrites the last of the names alone.  dyld refuses the same string twice. */
static void
d1_rewrites_all_names_of_one_library_to_strings_that_differ(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.1.dylib", "");
    folder_link(state, "lib/libz.dylib", "libz.1.dylib");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/libz.dylib', "
                                                     "'/usr/local/lib/libz.1.dylib', "
                                                     "'@rpath/libz.dylib']")),
        RESULT("macosx_11_0_arm64") "graft demo/.dylibs/libz.1.dylib "
                                    "(/DLC/demo/.dylibs/libz.1.dylib) from "
                                    "lib/libz.1.dylib\n"
                                    "  is called /DLC/demo/.dylibs/libz.1.dylib\n"
                                    "edit demo/_x.so\n"
                                    "  needs /opt/libz.dylib as "
                                    "@loader_path/.dylibs/libz.1.dylib\n"
                                    "  needs /usr/local/lib/libz.1.dylib as "
                                    "@loader_path/./.dylibs/libz.1.dylib\n"
                                    "  needs @rpath/libz.dylib as "
                                    "@loader_path/././.dylibs/libz.1.dylib\n");
    plan_clear(&world);
}

/* D2: delocate throws changes away when nothing is copied. */
static void
d2_repairs_a_wheel_that_needs_no_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(
            &world, ARM,
            PACKAGE ", " MODULE(
                "demo/_x.so",
                ", 'dylibs': ['libin.dylib', " SYSTEM
                "], 'rpaths': ['libs/']") ", " LIBRARY("demo/lib/libin.dylib", "")),
        RESULT("macosx_11_0_arm64") "edit demo/_x.so\n"
                                    "  needs libin.dylib as "
                                    "@loader_path/lib/libin.dylib\n"
                                    "  no longer looks in libs/: a relative folder "
                                    "depends on where a program is started\n");
    plan_clear(&world);
}

/* D3: delocate forgets the folder in its second pass. */
static void
d3_finds_what_only_the_executable_path_leads_to(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.audit.search.lib_path = (struct wf_strings){ 0 };
    world.audit.search.executable_path =
        wf_arena_strdup(&world.arena, folder_path(state, "lib"));
    add_library(&world, "deep/libz.dylib", "");
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE
        ", " MODULE("demo/_x.so", ", 'dylibs': ['@executable_path/deep/libz.dylib']"));

    assert_non_null(strstr(text, "needs @executable_path/deep/libz.dylib as "
                                 "@loader_path/.dylibs/libz.dylib\n"));
    plan_clear(&world);
}

/* D4: delocate looks only at files that need something. */
static void
d4_takes_rpaths_from_objects_that_need_only_the_system(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'rpaths': ['/opt/lib', "
                                                     "'@rpath/..', '@loader_path/lib']")),
        RESULT("macosx_11_0_arm64") "edit demo/_x.so\n"
                                    "  no longer looks in /opt/lib: an absolute folder "
                                    "belongs to the machine it was built on\n"
                                    "  no longer looks in @rpath/..: it stands for no "
                                    "folder\n");
    world.options.keep_rpaths = true;
    assert_string_equal(plan_macos(&world, ARM,
                                   PACKAGE
                                   ", " MODULE("demo/_x.so", ", 'rpaths': ['/opt/lib', "
                                                             "'/opt/lib', 'x']")),
                        "copy: nothing needs to change\n");
    plan_clear(&world);
}

/* D5, #255: dyld knows @loader_path alone; delocate takes it away. */
static void
d5_and_255_keep_a_bare_loader_path_and_take_repeats(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'rpaths': ['@loader_path', "
                                                     "'@executable_path', "
                                                     "'@loader_path/lib']")),
        "copy: nothing needs to change\n");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'rpaths': ['@loader_path', "
                                                     "'@loader_path/', "
                                                     "'@loader_path']")),
        RESULT("macosx_11_0_arm64") "edit demo/_x.so\n"
                                    "  no longer looks in @loader_path: it stands there "
                                    "twice\n");
    plan_clear(&world);
}

/* D6, #149: .data/platlib and purelib are site-packages. */
static void
d6_and_149_name_libraries_from_where_members_are_installed(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    const char *text =
        plan_macos(&world, ARM,
                   FILE_IN("demo-1.0.data/platlib/demo/__init__.py") ", " MODULE(
                       "demo-1.0.data/platlib/demo/sub/_x.so",
                       ", 'dylibs': ['/opt/lib/libz.dylib', "
                       "'/opt/lib/libin.dylib']") ", " LIBRARY("demo-1.0.data/"
                                                               "purelib/demo/lib/"
                                                               "libin.dylib",
                                                               ""));

    assert_non_null(strstr(text, "\ngraft demo/.dylibs/libz.dylib "));
    assert_non_null(strstr(text, "\nedit demo-1.0.data/platlib/demo/sub/_x.so\n"
                                 "  needs /opt/lib/libz.dylib as "
                                 "@loader_path/../.dylibs/libz.dylib\n"
                                 "  needs /opt/lib/libin.dylib as "
                                 "@loader_path/../lib/libin.dylib\n"));
    plan_clear(&world);
}

/* D6, #240, #241: scripts are installed where no way to site-packages is known. */
static void
d6_and_240_move_a_program_that_needs_a_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE ", " PROGRAM(
            "demo-1.0.data/scripts/tool",
            ", 'dylibs': ['/opt/lib/libz.dylib'], 'rpaths': "
            "['@loader_path', '@loader_path/../lib']") ", " PROGRAM("demo-1.0.data/"
                                                                    "scripts/plain",
                                                                    ""));

    assert_non_null(strstr(text,
                           "\nedit demo.scripts/tool\n"
                           "  needs /opt/lib/libz.dylib as "
                           "@loader_path/../demo/.dylibs/libz.dylib\n"
                           "  no longer looks in @loader_path/../lib: it was a folder "
                           "beside its old place\n"
                           "drop demo-1.0.data/scripts/tool: moved to demo.scripts/tool; "
                           "a script that runs it takes its place\n"));
    assert_null(strstr(text, "plain"));
    plan_clear(&world);
}

static void
moves_a_universal_program_when_one_slice_needs_a_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    const char *text = plan_macos(
        &world, BOTH,
        PACKAGE ", " FAT("demo-1.0.data/scripts/tool", "'type': 'execute'",
                         "'type': 'execute', 'dylibs': ['/opt/lib/libz.dylib']"));

    assert_non_null(strstr(text, "\nedit demo.scripts/tool\n"
                                 "  arm64: needs /opt/lib/libz.dylib as "
                                 "@loader_path/../demo/.dylibs/libz.dylib\n"));
    plan_clear(&world);
}

static void
refuses_an_object_outside_of_site_packages_that_needs_a_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " LIBRARY("demo-1.0.data/data/lib/libx.dylib",
                                        ", 'dylibs': ['/opt/lib/libz.dylib']")),
        "refused\n"
        "no-search-path: demo-1.0.data/data/lib/libx.dylib is installed outside of "
        "site-packages, where it would not find /opt/lib/libz.dylib [put it into a "
        "package, or leave the library out with --exclude]\n");
    plan_clear(&world);
}

/* #204: Swift's libraries are the system's, and their rpath is what leads there. */
static void
i204_leaves_the_rpath_of_the_systems_swift(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so",
                                       ", 'dylibs': ['@rpath/libswiftCore.dylib', " SYSTEM
                                       "], 'rpaths': ['/usr/lib/swift']")),
        "copy: nothing needs to change\n");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'rpaths': ['/usr/libexec']")),
        RESULT("macosx_11_0_arm64") "edit demo/_x.so\n"
                                    "  no longer looks in /usr/libexec: an absolute "
                                    "folder belongs to the machine it was built on\n");
    plan_clear(&world);
}

/* #207: an exclusion is one even when the library is nowhere. */
static void
i207_excludes_a_library_that_is_missing_and_tells_of_its_rpath(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.audit.search.excludes, "libgone");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE
                   ", " MODULE("demo/_x.so",
                               ", 'dylibs': ['/opt/lib/libgone.dylib', " SYSTEM "]")),
        "copy: nothing needs to change\n");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so",
                                       ", 'dylibs': ['@rpath/libgone.dylib', " SYSTEM
                                       "], 'rpaths': ['/opt/lib']")),
        RESULT("macosx_11_0_arm64") "edit demo/_x.so\n"
                                    "  no longer looks in /opt/lib: an absolute folder "
                                    "belongs to the machine it was built on\n"
                                    "warning rpath-removed demo/_x.so: needs a library "
                                    "that stays outside by @rpath, and no longer looks "
                                    "in /opt/lib: --no-sanitize-rpaths keeps that\n");
    plan_clear(&world);
}

/* #271: what a library of the wheel finds by the rpaths of its loader is found. */
static void
i271_follows_the_rpaths_of_the_loader_in_the_wheel_and_outside(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(
            &world, ARM,
            PACKAGE ", " MODULE(
                "demo/_x.so",
                ", 'dylibs': ['@rpath/liba.dylib'], 'rpaths': "
                "['@loader_path/lib']") ", " LIBRARY("demo/lib/liba.dylib",
                                                     ", 'id': '@rpath/liba.dylib', "
                                                     "'dylibs': "
                                                     "['@rpath/libb.dylib']") ","
                                                                              " " LIBRARY(
                                                                                  "demo/"
                                                                                  "lib/"
                                                                                  "libb."
                                                                                  "dylib",
                                                                                  ", "
                                                                                  "'id': "
                                                                                  "'@"
                                                                                  "rpath/"
                                                                                  "libb."
                                                                                  "dylib"
                                                                                  "'")),
        "copy: nothing needs to change\n");
    add_library(&world, "liba.dylib", ", 'dylibs': ['@rpath/libb.dylib']");
    add_library(&world, "libb.dylib", "");
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/lib/liba.dylib']"));

    assert_non_null(strstr(text, "\ngraft demo/.dylibs/libb.dylib "));
    assert_non_null(
        strstr(text, "  needs @rpath/libb.dylib as @loader_path/libb.dylib\n"));
    plan_clear(&world);
}

/* #278: what macOS keeps on its data volume is the user's. */
static void
i278_bundles_a_library_that_is_found_below_system_volumes_data(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.audit.search.lib_path = (struct wf_strings){ 0 };
    world.audit.search.sysroot = wf_arena_strdup(&world.arena, folder_path(state, "lib"));
    add_library(&world, "System/Volumes/Data/opt/libz.dylib", "");
    add_library(&world, "System/Library/libq.dylib", "");
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE
        ", " MODULE("demo/_x.so", ", 'dylibs': ['/System/Volumes/Data/opt/libz.dylib', "
                                  "'/System/Library/libq.dylib']"));

    assert_non_null(strstr(text, "\ngraft demo/.dylibs/libz.dylib "));
    assert_null(strstr(text, "libq"));
    plan_clear(&world);
}

/* #53, #85, #148, #165: delocate refuses them. */
static void
gives_two_libraries_of_one_name_two_names(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.audit.search.lib_path,
                      wf_arena_strdup(&world.arena, folder_path(state, "lib/b")));
    add_library(&world, "libz.1.dylib", ", 'dylibs': ['@loader_path/b/LIBZ.1.dylib']");
    add_library(&world, "b/LIBZ.1.dylib", ", 'text': 4000");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE
                   ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/lib/libz.1.dylib']")),
        RESULT("macosx_11_0_arm64") "graft demo/.dylibs/LIBZ.1.dylib "
                                    "(/DLC/demo/.dylibs/LIBZ.1.dylib) from "
                                    "lib/b/LIBZ.1.dylib\n"
                                    "  is called /DLC/demo/.dylibs/LIBZ.1.dylib\n"
                                    "graft demo/.dylibs/libz-HASH.1.dylib "
                                    "(/DLC/demo/.dylibs/libz-HASH.1.dylib) from "
                                    "lib/libz.1.dylib\n"
                                    "  needs @loader_path/b/LIBZ.1.dylib as "
                                    "@loader_path/LIBZ.1.dylib\n"
                                    "  is called /DLC/demo/.dylibs/libz-HASH.1.dylib\n"
                                    "edit demo/_x.so\n"
                                    "  needs /opt/lib/libz.1.dylib as "
                                    "@loader_path/.dylibs/libz-HASH.1.dylib\n");
    plan_clear(&world);
}

static void
takes_another_name_where_the_wheel_has_that_one(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    const char *text =
        plan_macos(&world, ARM,
                   PACKAGE ", " FILE_IN("demo/.dylibs/LibZ.dylib") ", " MODULE(
                       "demo/_x.so", ", 'dylibs': ['/opt/lib/libz.dylib']"));

    assert_non_null(strstr(text, "\ngraft demo/.dylibs/libz-HASH.dylib "));
    plan_clear(&world);
}

static void
has_the_same_bytes_in_once_where_they_need_the_same(void **state)
{
    static const char wheel[] =
        PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['@rpath/a/libz.dylib', "
                                          "'@rpath/b/libz.dylib'], 'rpaths': "
                                          "['/opt']");
    struct plan_world world;

    plan_setup(&world, state);
    world.audit.search.sysroot = wf_arena_strdup(&world.arena, folder_path(state, "lib"));
    add_library(&world, "opt/a/libz.dylib", "");
    add_library(&world, "opt/b/libz.dylib", "");
    const char *text = plan_macos(&world, ARM, wheel);

    assert_non_null(strstr(text, ") from lib/opt/b/libz.dylib, again\n"));
    assert_non_null(strstr(text, "  needs @rpath/a/libz.dylib as "
                                 "@loader_path/.dylibs/libz.dylib\n"
                                 "  needs @rpath/b/libz.dylib as "
                                 "@loader_path/./.dylibs/libz.dylib\n"));
    add_library(&world, "opt/a/libz.dylib", ", 'dylibs': ['@loader_path/liby.dylib']");
    add_library(&world, "opt/b/libz.dylib", ", 'dylibs': ['@loader_path/liby.dylib']");
    add_library(&world, "opt/a/liby.dylib", "");
    add_library(&world, "opt/b/liby.dylib", ", 'text': 4000");
    text = plan_macos(&world, ARM, wheel);
    assert_null(strstr(text, ", again\n"));
    assert_non_null(strstr(text, "\ngraft demo/.dylibs/libz-HASH.dylib "));
    plan_clear(&world);
}

/* pyarrow's names: nothing is longer than it must be, and nothing is written anew. */
static void
leaves_names_alone_that_lead_to_the_right_file(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(
            &world, ARM,
            PACKAGE ", " MODULE(
                "demo/_x.so",
                ", 'dylibs': ['@rpath/liba.26.dylib', "
                "'@loader_path/sub/../libb.dylib'], 'rpaths': "
                "['@loader_path']") ", " LIBRARY("demo/liba.26.dylib",
                                                 "") ", " LIBRARY("demo/libb.dylib", "")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

static void
spells_a_name_anew_that_stands_there_twice(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE
        ", " MODULE("demo/_x.so",
                    ", 'dylibs': ['@loader_path/liba.dylib', "
                    "'liba.dylib', "
                    "'@loader_path/liba.dylib']") ", " LIBRARY("demo/liba.dylib", ""));

    assert_non_null(strstr(text, "  needs @loader_path/liba.dylib as "
                                 "@loader_path/./liba.dylib\n"));
    assert_non_null(strstr(text, "  needs liba.dylib as @loader_path/././liba.dylib\n"));
    plan_clear(&world);
}

static void
edits_each_slice_by_its_own_names_and_tells_what_they_share_once(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_rooms = true;
    plan_dylib(&world, "libz.dylib",
               "{ 'slices': [" X86("'id': '/x/libz.dylib'") ", " A64(
                   "'id': '/a/libz.dylib', 'rpaths': ['/opt/lib']") "] }");
    assert_string_equal(
        plan_macos(&world, BOTH,
                   PACKAGE ", " FAT_MODULE("demo/_x.so",
                                           ", 'dylibs': ['/x/libz.dylib'], 'rpaths': "
                                           "['/opt/lib']",
                                           ", 'dylibs': ['/a/libz.dylib'], 'rpaths': "
                                           "['/opt/lib']")),
        RESULT("macosx_10_9_universal2") "graft demo/.dylibs/libz.dylib "
                                         "(/DLC/demo/.dylibs/libz.dylib) from "
                                         "lib/libz.dylib\n"
                                         "  is called /DLC/demo/.dylibs/libz.dylib\n"
                                         "  arm64: no longer looks in /opt/lib: an "
                                         "absolute folder belongs to the machine it was "
                                         "built on\n"
                                         "  [enough, keep]\n"
                                         "  [enough, sign]\n"
                                         "edit demo/_x.so\n"
                                         "  x86_64: needs /x/libz.dylib as "
                                         "@loader_path/.dylibs/libz.dylib\n"
                                         "  no longer looks in /opt/lib: an absolute "
                                         "folder belongs to the machine it was built "
                                         "on\n"
                                         "  arm64: needs /a/libz.dylib as "
                                         "@loader_path/.dylibs/libz.dylib\n"
                                         "  [enough, keep]\n"
                                         "  [enough, sign]\n");
    plan_clear(&world);
}

/* A slice that nobody loads must not lead to the machine it was built on, either. */
static void
names_libraries_alike_in_a_slice_that_nobody_loads(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "liby.dylib", "");
    plan_dylib(
        &world, "libz.dylib",
        "{ 'slices': [" X86(
            "'id': '/x/libz.dylib', 'dylibs': "
            "['/opt/lib/liby.dylib'], 'rpaths': ['/opt']") ", " A64("'id': "
                                                                    "'/a/libz.dylib', "
                                                                    "'dylibs': "
                                                                    "['/opt/lib/"
                                                                    "liby.dylib']") "] "
                                                                                    "}");
    const char *text = plan_macos(
        &world, ARM,
        PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/lib/libz.dylib']"));

    assert_non_null(strstr(text, "  needs /opt/lib/liby.dylib as "
                                 "@loader_path/liby.dylib\n"
                                 "  is called /DLC/demo/.dylibs/libz.dylib\n"
                                 "  x86_64: no longer looks in /opt: "));
    plan_clear(&world);
}

/* No tag names x86_64, so nobody judges that slice. */
static void
edits_a_slice_that_is_not_judged_with_the_rest_of_its_file(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    const char *text =
        plan_macos(&world, ARM,
                   PACKAGE ", " FAT_MODULE("demo/_x.so",
                                           ", 'dylibs': ['/opt/lib/libz.dylib', "
                                           "'/opt/lib/libq.dylib'], 'rpaths': ['/x']",
                                           ", 'dylibs': ['/opt/lib/libz.dylib']"));

    assert_ptr_equal(strstr(text, RESULT("macosx_11_0_arm64")), text);
    assert_non_null(strstr(text, "\nedit demo/_x.so\n"
                                 "  needs /opt/lib/libz.dylib as "
                                 "@loader_path/.dylibs/libz.dylib\n"
                                 "  x86_64: no longer looks in /x: "));
    plan_clear(&world);
}

static void
refuses_libraries_that_are_missing_once_each_and_notes_weak_ones(void **state)
{
    static const char wheel[] = PACKAGE ", " MODULE(
        "demo/_x.so", ", 'dylibs': ['/opt/libgone.dylib', { 'name': "
                      "'@rpath/libweak.dylib', 'kind': 'weak' }, " SYSTEM "]");
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, ARM, wheel),
        "refused\n"
        "note macho-weak-missing demo/_x.so: @rpath/libweak.dylib was not found, and it "
        "runs without: it asks for it weakly\n"
        "library-not-found: demo/_x.so needs /opt/libgone.dylib, which was not found "
        "[give the folder that has it with --lib-path, or leave it out with "
        "--exclude]\n");
    world.options.ignore_missing = true;
    assert_string_equal(
        plan_macos(&world, ARM, wheel),
        "copy: nothing needs to change\n"
        "warning library-not-found demo/_x.so: /opt/libgone.dylib was not found, and is "
        "left to whoever has it\n"
        "note macho-weak-missing demo/_x.so: @rpath/libweak.dylib was not found, and it "
        "runs without: it asks for it weakly\n");
    plan_clear(&world);
}

static void
says_of_a_bundle_that_nothing_can_be_linked_against_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "_b.so", "{ 'type': 'bundle', " SIGNED " }");
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/_b.so']")),
        "refused\n"
        "library-not-found: demo/_x.so needs /opt/_b.so, which was not found: "
        "lib/_b.so is of another kind (bundle), and nothing can be linked against that "
        "[give the folder that has it with --lib-path, or leave it out with "
        "--exclude]\n");
    plan_clear(&world);
}

/* #25: two Pythons in one process. */
static void
never_bundles_python_and_leaves_it_out_when_told_to(void **state)
{
    static const char wheel[] = PACKAGE
        ", " MODULE("demo/_x.so", ", 'dylibs': ['/Library/Frameworks/Python.framework/"
                                  "Versions/3.11/Python', " SYSTEM "]");
    struct plan_world world;

    plan_setup(&world, state);
    plan_dylib(&world, "Python", "{ " SIGNED " }");
    assert_string_equal(
        plan_macos(&world, ARM, wheel),
        "refused\n"
        "library-never-bundled: demo/_x.so needs "
        "/Library/Frameworks/Python.framework/Versions/3.11/Python, which is never "
        "bundled: the interpreter that loads it is another Python [link extensions with "
        "-undefined dynamic_lookup and without Python's own library, or leave it out "
        "with --exclude]\n");
    wf_strings_append(&world.arena, &world.audit.search.excludes, "Python.framework");
    assert_string_equal(plan_macos(&world, ARM, wheel),
                        "copy: nothing needs to change\n");
    plan_clear(&world);
}

static void
looks_at_dylib_names_alone_when_told_to(void **state)
{
    static const char wheel[] = PACKAGE ", " MODULE(
        "demo/_x.other",
        ", 'dylibs': ['/opt/libz.dylib'], 'rpaths': "
        "['x']") ", " MODULE("demo/_x.so", ", 'dylibs': ['/opt/Core', " SYSTEM "]");
    struct plan_world world;

    plan_setup(&world, state);
    world.options.dylibs_only = true;
    add_library(&world, "libz.dylib", "");
    add_library(&world, "Core", "");
    assert_string_equal(
        plan_macos(&world, ARM, wheel),
        "copy: nothing needs to change\n"
        "warning library-left-out demo/_x.so: /opt/Core is not bundled: --dylibs-only "
        "takes names in .so and .dylib alone\n"
        "warning library-left-out demo/_x.other: /opt/libz.dylib is not bundled: "
        "--dylibs-only takes names in .so and .dylib alone\n");
    world.options.dylibs_only = false;
    assert_non_null(strstr(plan_macos(&world, ARM, wheel), "\ngraft demo/.dylibs/Core "));
    plan_clear(&world);
}

static void
tells_of_an_rpath_that_leads_out_of_site_packages(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, ARM,
                   PACKAGE
                   ", " MODULE("demo/_x.so", ", 'rpaths': ['@loader_path/../../lib', "
                                             "'@loader_path/..']")),
        "copy: nothing needs to change\n"
        "note rpath-outside-wheel demo/_x.so: its rpath @loader_path/../../lib leads out "
        "of site-packages\n");
    plan_clear(&world);
}

/* Seventeen names of one library, each with its own detour outside. */
static void
refuses_more_names_of_one_library_than_it_would_spell(void **state)
{
    struct plan_world world;
    struct wf_buffer names;

    plan_setup(&world, state);
    add_library(&world, "libz.dylib", "");
    wf_buffer_init(&names, SIZE_MAX);
    for (int num = 1; num <= 17; num++) {
        wf_buffer_printf(&names, "%s'/%d/libz.dylib'", num == 1 ? "" : ", ", num);
        if (num < 16)
            continue;
        const char *text = plan_macos(
            &world, ARM,
            wf_arena_printf(&world.arena,
                            PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': "
                                    "'bundle', 'pad': 4096, " SIGNED
                                    ", 'dylibs': [%.*s] } }",
                            (int)names.len, (const char *)names.data));

        if (num == 16)
            assert_non_null(strstr(text, "  needs /16/libz.dylib as @loader_path/./././"
                                         "././././././././././././.dylibs/libz.dylib\n"));
        else
            assert_string_equal(
                text, "refused\n"
                      "name-taken: demo/_x.so has more than 16 dylib commands that lead "
                      "to demo/.dylibs/libz.dylib, and dyld wants them all to be spelled "
                      "differently [link it with each library once]\n");
    }
    wf_buffer_clear(&names);
    plan_clear(&world);
}

/* Each name is looked for along each rpath: the product of both is bounded. */
static void
gives_up_when_names_and_rpaths_are_too_many(void **state)
{
    struct plan_world world;
    struct wf_buffer text;

    plan_setup(&world, state);
    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add_str(&text, PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': "
                                     "'bundle', " SIGNED ", 'pad': 0, 'dylibs': [");
    for (int i = 0; i < 300; i++)
        wf_buffer_printf(&text, "%s'/o/%d.dylib'", i == 0 ? "" : ", ", i);
    wf_buffer_add_str(&text, "], 'rpaths': [");
    for (int i = 0; i < 300; i++)
        wf_buffer_printf(&text, "%s'@loader_path/%d'", i == 0 ? "" : ", ", i);
    wf_buffer_add_str(&text, "] } }");
    for (int i = 0; i < 300; i++)
        wf_buffer_printf(&text, ", { 'name': 'demo/%d.dylib', 'macho': { " SIGNED " } }",
                         i);
    wf_buffer_add_char(&text, '\0');
    world.audit.limits.tree_steps = 20000;
    assert_string_equal(
        plan_macos(&world, ARM, (const char *)text.data),
        "failed: to see where its names lead takes more than 20000 steps (--limit "
        "tree-steps)\n");
    world.audit.limits.tree_steps = 5000000;
    assert_ptr_not_equal(strstr(plan_macos(&world, ARM, (const char *)text.data),
                                "\nno-header-room: demo/_x.so has no room "),
                         NULL);
    wf_buffer_clear(&text);
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(puts_libraries_into_the_package_with_ids_of_their_own),
        TEST(chooses_the_package_named_as_the_distribution_then_the_first),
        TEST(refuses_a_folder_that_is_none_of_its_own),
        TEST(d1_rewrites_all_names_of_one_library_to_strings_that_differ),
        TEST(d2_repairs_a_wheel_that_needs_no_library),
        TEST(d3_finds_what_only_the_executable_path_leads_to),
        TEST(d4_takes_rpaths_from_objects_that_need_only_the_system),
        TEST(d5_and_255_keep_a_bare_loader_path_and_take_repeats),
        TEST(d6_and_149_name_libraries_from_where_members_are_installed),
        TEST(d6_and_240_move_a_program_that_needs_a_library),
        TEST(moves_a_universal_program_when_one_slice_needs_a_library),
        TEST(refuses_an_object_outside_of_site_packages_that_needs_a_library),
        TEST(i204_leaves_the_rpath_of_the_systems_swift),
        TEST(i207_excludes_a_library_that_is_missing_and_tells_of_its_rpath),
        TEST(i271_follows_the_rpaths_of_the_loader_in_the_wheel_and_outside),
        TEST(i278_bundles_a_library_that_is_found_below_system_volumes_data),
        TEST(gives_two_libraries_of_one_name_two_names),
        TEST(takes_another_name_where_the_wheel_has_that_one),
        TEST(has_the_same_bytes_in_once_where_they_need_the_same),
        TEST(leaves_names_alone_that_lead_to_the_right_file),
        TEST(spells_a_name_anew_that_stands_there_twice),
        TEST(edits_each_slice_by_its_own_names_and_tells_what_they_share_once),
        TEST(names_libraries_alike_in_a_slice_that_nobody_loads),
        TEST(edits_a_slice_that_is_not_judged_with_the_rest_of_its_file),
        TEST(refuses_libraries_that_are_missing_once_each_and_notes_weak_ones),
        TEST(says_of_a_bundle_that_nothing_can_be_linked_against_it),
        TEST(never_bundles_python_and_leaves_it_out_when_told_to),
        TEST(looks_at_dylib_names_alone_when_told_to),
        TEST(tells_of_an_rpath_that_leads_out_of_site_packages),
        TEST(refuses_more_names_of_one_library_than_it_would_spell),
        TEST(gives_up_when_names_and_rpaths_are_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
