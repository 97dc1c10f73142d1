/* test_plan_grafts.c -- what comes into a wheel, under which names, and what stays out. */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/tree_builder.h"
#include "../support/unit.h"

#include <stdio.h>

#define TAG       "cp311-cp311-linux_x86_64"
#define NAME_2_5  "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl"
#define NAME_2_17 "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"

/* An extension, library or program of the wheel with these keys of an ELF recipe. */
#define OBJECT(name, keys)                                                               \
    "{ \"name\": \"" name "\", \"elf\": { \"machine\": \"x86_64\", " keys " } }"
#define EXTENSION(keys)  OBJECT("demo/_x.so", "\"exports\": [\"PyInit__x\"], " keys)
#define NEEDS(libraries) "\"needed\": [" libraries ", \"libc.so.6\"]"

static void
grafts_what_the_policy_does_not_grant_and_what_that_needs(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1",
                 "\"soname\": \"libfoo.so.1\", " NEEDS("\"libbar.so.2\""));
    plan_library(&world, "libbar.so.2",
                 "\"soname\": \"libbar.so.2\", \"rpath\": \"/opt/lib\"");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libbar-HASH.so.2 (libbar-HASH.so.2) from lib/libbar.so.2\n"
        "  its search path named nothing in the wheel\n"
        "  is called libbar-HASH.so.2\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  needs libbar.so.2 as libbar-HASH.so.2\n"
        "  looks for libraries in $ORIGIN\n"
        "  is called libfoo-HASH.so.1\n"
        "edit demo/_x.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
lists_every_missing_library_with_who_needs_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1", NEEDS("\"libgone.so.3\""));
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS("\"liblost.so.9\", \"libfoo.so.1\"")) "," OBJECT(
                       "demo/a.so", NEEDS("\"liblost.so.9\""))),
        "refused\n"
        "library-not-found: lib/libfoo.so.1 needs libgone.so.3, which was not found "
        "[give the folder that has it with --lib-path, or leave it out with --exclude]\n"
        "library-not-found: demo/_x.so needs liblost.so.9, which was not found "
        "[give the folder that has it with --lib-path, or leave it out with --exclude]\n"
        "library-not-found: demo/a.so needs liblost.so.9, which was not found "
        "[give the folder that has it with --lib-path, or leave it out with "
        "--exclude]\n");
    plan_clear(&world);
}

static void
names_the_symbol_of_a_graft_that_is_too_new_and_an_image_of_the_target(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "manylinux2014";
    plan_library(
        &world, "libfoo.so.1",
        NEEDS("\"libbar.so.1\"") ", \"imports\": [{ \"name\": \"fstat\", \"version\": "
                                 "\"GLIBC_2.33\","
                                 " \"library\": \"libc.so.6\" }, { \"name\": \"bar\", "
                                 "\"version\":"
                                 " \"GLIBC_2.38\", \"library\": \"libbar.so.1\" }]");
    plan_library(&world, "libbar.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
        "refused\n"
        "need-not-granted: lib/libfoo.so.1, which would be bundled, needs "
        "fstat@GLIBC_2.33 of libc.so.6 [build on an older system, such as "
        "the image manylinux2014_x86_64; or give a library that was built there with "
        "--lib-path, "
        "or leave it out with --exclude]\n");
    plan_clear(&world);
}

static void
names_each_symbol_of_the_wheel_that_is_too_new_once(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "manylinux_2_24_x86_64";
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION("\"needed\": [\"libc.so.6\"], \"imports\": ["
                             "{ \"name\": \"stat\", \"version\": \"GLIBC_2.33\","
                             " \"library\": \"libc.so.6\" },"
                             "{ \"name\": \"fstat\", \"version\": \"GLIBC_2.33\","
                             " \"library\": \"libc.so.6\" }]")),
        "refused\n"
        "need-not-granted: demo/_x.so needs fstat@GLIBC_2.33 of libc.so.6 [build on an "
        "older system, such as the image manylinux2014_x86_64]\n"
        "need-not-granted: demo/_x.so needs stat@GLIBC_2.33 of libc.so.6 [build on an "
        "older system, such as the image manylinux2014_x86_64]\n");
    plan_clear(&world);
}

static void
leaves_to_the_host_what_its_drivers_bring(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libcuda.so.1", NEEDS("\"libnvidia-x.so.1\""));
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libcuda.so.1\", \"libEGL.so.1\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "warning library-left-out demo/_x.so: libEGL.so.1 is not bundled: the host's "
        "graphics driver stands behind it\n"
        "warning library-left-out demo/_x.so: libcuda.so.1 is not bundled: the NVIDIA "
        "driver brings it, and it must fit the kernel module of the host\n");
    plan_clear(&world);
}

static void
include(struct plan_world *world, const char *glob)
{
    wf_strings_append(&world->arena, &world->audit.search.includes, glob);
}

static void
bundles_a_driver_when_include_names_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libEGL.so.1");
    plan_library(&world, "libEGL.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libEGL.so.1\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libEGL-HASH.so.1 (libEGL-HASH.so.1) from lib/libEGL.so.1\n"
        "  is called libEGL-HASH.so.1\n"
        "edit demo/_x.so\n"
        "  needs libEGL.so.1 as libEGL-HASH.so.1\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
bundles_what_the_policy_grants_when_include_names_it(void **state)
{
    static const char *const globs[] = { "libz.so.1", "libz.*", "*/lib/libz*" };

    for (size_t i = 0; i < WF_COUNT(globs); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        include(&world, globs[i]);
        plan_library(&world, "libz.so.1", "");
        assert_string_equal(
            plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libz.so.1\""))),
            "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
            "graft demo.libs/libz-HASH.so.1 (libz-HASH.so.1) from lib/libz.so.1\n"
            "  is called libz-HASH.so.1\n"
            "edit demo/_x.so\n"
            "  needs libz.so.1 as libz-HASH.so.1\n"
            "  looks for libraries in $ORIGIN/../demo.libs\n");
        plan_clear(&world);
    }
}

/* uncompress2 is forbidden of the system's libz, which is not used then. */
static void
forgives_symbols_of_a_library_that_is_bundled(void **state)
{
    static const char wheel[] = EXTENSION(
        NEEDS("\"libz.so.1\"") ", \"imports\": [{ \"name\": \"uncompress2\" }]");
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "manylinux2014";
    plan_library(&world, "libz.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG, wheel),
        "refused\n"
        "need-not-granted: demo/_x.so uses uncompress2, which is private to libz.so.1 "
        "[bundle the library with --include, or build without the symbol]\n");
    include(&world, "libz.so.1");
    assert_non_null(
        strstr(plan_wheel(&world, TAG, wheel), "repair manylinux_2_5_x86_64"));
    plan_clear(&world);
}

static void
brings_in_what_nobody_needs_under_its_own_name_for_who_calls_dlopen(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libplug.so.3");
    plan_library(&world, "libplug.so.3",
                 "\"soname\": \"libplug.so.3\", " NEEDS("\"libbar.so.2\""));
    plan_library(&world, "libbar.so.2", "");
    assert_string_equal(
        plan_wheel(
            &world, TAG,
            EXTENSION(
                "\"needed\": [\"libc.so.6\"],"
                " \"imports\": [{ \"name\": \"dlopen\" }]") "," OBJECT("demo/quiet.so",
                                                                       "\"needed\": "
                                                                       "[\"libc.so."
                                                                       "6\"]")),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libbar-HASH.so.2 (libbar-HASH.so.2) from lib/libbar.so.2\n"
        "  is called libbar-HASH.so.2\n"
        "graft demo.libs/libplug.so.3 (libplug.so.3) from lib/libplug.so.3\n"
        "  needs libbar.so.2 as libbar-HASH.so.2\n"
        "  looks for libraries in $ORIGIN\n"
        "edit demo/_x.so\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

/* dlopen("libplug.so") opens a file of that name, whatever its SONAME is. */
static void
keeps_the_name_that_dlopen_is_given(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libplug.so");
    plan_library(&world, "libplug.so", "\"soname\": \"libplug.so.3\"");
    assert_non_null(
        strstr(plan_wheel(&world, TAG, EXTENSION("\"needed\": [\"libc.so.6\"]")),
               "graft demo.libs/libplug.so (libplug.so.3) from lib/libplug.so\n"));
    plan_clear(&world);
}

static void
refuses_an_include_that_is_found_nowhere(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libplug.so.3");
    include(&world, "libother*");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION("\"needed\": [\"libc.so.6\"]")),
        "refused\n"
        "library-not-found: --include libplug.so.3: it was not found [give the folder "
        "that has it with --lib-path]\n");
    plan_clear(&world);
}

static void
tells_of_an_include_that_brings_nothing_in(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libother*");
    include(&world, "libm.so.6");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libm.so.6\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "warning include-unmatched: --include libother* brings nothing into the wheel\n"
        "warning include-unmatched: --include libm.so.6 brings nothing into the wheel: "
        "it is a part of glibc, whose parts must be of one build\n");
    plan_clear(&world);
}

/* A second run: what the first one renamed is not brought in again. */
static void
takes_an_include_for_done_when_the_wheel_holds_it_renamed(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    include(&world, "libz.so.1");
    plan_library(&world, "libz.so.1", "");
    assert_string_equal(
        plan_wheel(
            &world, "cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64",
            EXTENSION(NEEDS(
                "\"libz-0a1b2c3d.so.1.2.13\"") ", \"rpath\": "
                                               "\"$ORIGIN/../"
                                               "demo.libs\"") "," OBJECT("demo.libs/"
                                                                         "libz-0a1b2c3d."
                                                                         "so.1.2.13",
                                                                         "\"needed\": "
                                                                         "[\"libc.so."
                                                                         "6\"]")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

static void
leaves_out_what_include_only_does_not_name_but_never_a_part_of_libc(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.options.include_only, "libfoo*");
    plan_library(&world, "libfoo.so.1", "");
    plan_library(&world, "libbar.so.2", "");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\", \"libbar.so.2\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  is called libfoo-HASH.so.1\n"
        "edit demo/_x.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n"
        "warning library-left-out demo/_x.so: libbar.so.2 is not bundled: "
        "--include-only does not name it\n");
    world.options.plat = "manylinux2014";
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libmvec.so.1\""))),
        "refused\n"
        "library-never-bundled: demo/_x.so needs libmvec.so.1, which the policy does not "
        "grant and which is never bundled: it is a part of glibc, whose parts must be of "
        "one build [choose a newer tag, or leave it out with --exclude]\n");
    plan_clear(&world);
}

static void
leaves_out_what_is_excluded_and_keeps_the_way_to_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.audit.search.excludes, "libbar*");
    plan_library(&world, "libfoo.so.1", NEEDS("\"libbar.so.2\""));
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS(
                       "\"libfoo.so.1\", \"libbar.so.2\"") ", \"runpath\": "
                                                           "\"$ORIGIN/../../..:/opt\"")),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  is called libfoo-HASH.so.1\n"
        "edit demo/_x.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  search path entry \"/opt\" goes: an absolute folder belongs to the machine it "
        "was built on\n"
        "  looks for libraries in $ORIGIN/../../..:$ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
keeps_the_name_of_what_no_mangle_names(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.options.no_mangle, "libfoo*");
    plan_library(&world, "libfoo.so.1", "\"soname\": \"libfoo.so.1\"");
    assert_string_equal(plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
                        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
                        "graft demo.libs/libfoo.so.1 (libfoo.so.1) from lib/libfoo.so.1\n"
                        "edit demo/_x.so\n"
                        "  looks for libraries in $ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
names_libraries_without_dot_and_ones_that_bear_their_digest(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libodd", "");
    assert_non_null(
        strstr(plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libodd\""))),
               "graft demo.libs/libodd-HASH (libodd-HASH) from lib/libodd\n"));
    plan_clear(&world);
}

/* Two extensions with folders of their own, which hold different files of one SONAME. */
static void
grafts_both_files_of_one_soname_and_gives_each_user_its_own(void **state)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    world.audit.search.sysroot =
        wf_arena_strdup(&world.arena, folder_path(state, "root"));
    tree_file(state, "root/a/libfoo.so.1",
              "{ \"machine\": \"x86_64\", \"soname\": \"libfoo.so.1\" }");
    tree_file(state, "root/b/libfoo.so.1",
              "{ \"machine\": \"x86_64\", \"soname\": \"libfoo.so.1\","
              " \"exports\": [\"b\"] }");
    text =
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS("\"libfoo.so.1\"") ", \"rpath\": \"/a\"") "," OBJECT(
                       "demo/_y.so", "\"exports\": [\"PyInit__y\"], " NEEDS(
                                         "\"libfoo.so.1\"") ", \"rpath\": \"/b\""));
    assert_non_null(strstr(text, "from root/a/libfoo.so.1\n"));
    assert_non_null(strstr(text, "from root/b/libfoo.so.1\n"));
    assert_null(strstr(text, ", again"));
    plan_clear(&world);
}

static void
grafts_two_files_of_one_content_and_name_once(void **state)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    world.audit.search.sysroot =
        wf_arena_strdup(&world.arena, folder_path(state, "root"));
    tree_file(state, "root/b/libfoo.so.1", "{ \"machine\": \"x86_64\" }");
    tree_file(state, "root/a/libfoo.so.1", "{ \"machine\": \"x86_64\" }");
    text =
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS("\"libfoo.so.1\"") ", \"rpath\": \"/b\"") "," OBJECT(
                       "demo/_y.so", "\"exports\": [\"PyInit__y\"], " NEEDS(
                                         "\"libfoo.so.1\"") ", \"rpath\": \"/a\""));
    assert_string_equal(
        text,
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from "
        "root/b/libfoo.so.1\n"
        "  is called libfoo-HASH.so.1\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from "
        "root/a/libfoo.so.1, again\n"
        "  is called libfoo-HASH.so.1\n"
        "edit demo/_x.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  search path entry \"/b\" goes: an absolute folder belongs to the machine "
        "it was built on\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n"
        "edit demo/_y.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  search path entry \"/a\" goes: an absolute folder belongs to the machine "
        "it was built on\n"
        "  looks for libraries in $ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
refuses_two_libraries_that_would_keep_one_name(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.audit.search.sysroot =
        wf_arena_strdup(&world.arena, folder_path(state, "root"));
    wf_strings_append(&world.arena, &world.options.no_mangle, "libfoo*");
    tree_file(state, "root/a/libfoo.so.1", "{ \"machine\": \"x86_64\" }");
    tree_file(state, "root/b/libfoo.so.1",
              "{ \"machine\": \"x86_64\", \"exports\": [\"b\"] }");
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS("\"libfoo.so.1\"") ", \"rpath\": \"/a\"") "," OBJECT(
                       "demo/_y.so", "\"exports\": [\"PyInit__y\"], " NEEDS(
                                         "\"libfoo.so.1\"") ", \"rpath\": \"/b\"")),
        "refused\n"
        "name-taken: root/a/libfoo.so.1 and root/b/libfoo.so.1 would both be libfoo.so.1 "
        "[name fewer libraries with --no-mangle or --include]\n");
    plan_clear(&world);
}

static void
refuses_a_name_that_the_wheel_has_already(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.options.no_mangle, "*");
    plan_library(&world, "libfoo.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION(NEEDS(
                       "\"libfoo.so.1\"")) ", { \"name\": \"demo.libs/libfoo.so.1\", "
                                           "\"text\": \"no library\" }"),
        "refused\n"
        "name-taken: the wheel has demo.libs/libfoo.so.1 already, and the repair would "
        "put something else there [choose another folder for the libraries with "
        "--lib-sdir]\n");
    plan_clear(&world);
}

static void
takes_the_need_of_libpython_away_and_writes_no_path_for_that(void **state)
{
    static const char *const names[] = { "libpython3.11.so.1.0", "libpython3.13t.so.1.0",
                                         "libpython3.8d.so.1.0" };

    for (size_t i = 0; i < WF_COUNT(names); i++) {
        struct plan_world world;
        const char *expected;

        plan_setup(&world, state);
        expected = wf_arena_printf(
            &world.arena,
            "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
            "edit demo/_x.so\n"
            "  no longer needs %s: the interpreter that loads it has it\n"
            "warning libpython-removed demo/_x.so: its need of %s is taken away: the "
            "interpreter that loads it has that\n",
            names[i], names[i]);
        assert_string_equal(
            plan_wheel(&world, TAG,
                       wf_arena_printf(&world.arena,
                                       EXTENSION("\"rpath\": \"/opt\", " NEEDS("\"%s\"")),
                                       names[i])),
            expected);
        plan_clear(&world);
    }
}

static void
takes_the_need_of_libpython_from_grafts_too(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1", NEEDS("\"libpython3.11.so.1.0\""));
    assert_non_null(strstr(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  no longer needs libpython3.11.so.1.0: the interpreter that loads it has "
        "it\n"));
    plan_clear(&world);
}

static void
refuses_a_program_that_needs_libpython_unless_that_is_excluded(void **state)
{
    static const char wheel[] = OBJECT(
        "demo/bin/tool",
        "\"type\": \"pie\", \"interp\":"
        " \"/lib64/ld-linux-x86-64.so.2\", " NEEDS(
            "\"libpython3.11.so.1.0\", \"libhelp.so\"") ", \"rpath\": "
                                                        "\"$ORIGIN\"") "," OBJECT("demo/"
                                                                                  "bin/"
                                                                                  "libhel"
                                                                                  "p.so",
                                                                                  NEEDS(
                                                                                      "\""
                                                                                      "li"
                                                                                      "bp"
                                                                                      "yt"
                                                                                      "ho"
                                                                                      "n3"
                                                                                      ".1"
                                                                                      "1."
                                                                                      "so"
                                                                                      ".1"
                                                                                      ".0"
                                                                                      "\""));
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_wheel(&world, TAG, wheel),
        "refused\n"
        "program-needs-libpython: demo/bin/libhelp.so is loaded by programs alone and "
        "needs libpython3.11.so.1.0, which no interpreter has loaded for it [link Python "
        "statically into the program, or leave the library out with --exclude]\n"
        "program-needs-libpython: demo/bin/tool is a program that needs "
        "libpython3.11.so.1.0, which no interpreter has loaded for it [link Python "
        "statically into the program, or leave the library out with --exclude]\n");
    wf_strings_append(&world.arena, &world.audit.search.excludes, "libpython*");
    assert_string_equal(plan_wheel(&world, TAG, wheel),
                        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n");
    plan_clear(&world);
}

static void
refuses_grafts_for_newer_processors_unless_told_not_to(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1", "\"isa\": 3");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
        "refused\n"
        "need-not-granted: lib/libfoo.so.1, which would be bundled, runs on x86-64-v3 "
        "processors only [build for the baseline processor, or give "
        "--disable-isa-ext-check]\n");
    world.audit.disable_isa_check = true;
    assert_non_null(strstr(plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libfoo.so.1\""))),
                           "repair manylinux_2_5_x86_64"));
    plan_clear(&world);
}

/* auditwheel.md 5.3: libmvec is a part of glibc that policies grant from 2_24 on. */
static void
prefers_a_newer_policy_that_grants_to_a_graft(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libexpat.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG, EXTENSION(NEEDS("\"libmvec.so.1\", \"libexpat.so.1\""))),
        "repair manylinux_2_24_x86_64: "
        "demo-1.0-cp311-cp311-manylinux_2_24_x86_64.whl\n");
    plan_clear(&world);
}

/* auditwheel.md 5.3: an extension finds liba by its own path, liba needs libb beside it. */
static void
leaves_libraries_inside_the_wheel_as_they_are(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_wheel(&world, TAG,
                   EXTENSION("\"rpath\": \"$ORIGIN\", " NEEDS("\"liba.so\"")) "," OBJECT(
                       "demo/liba.so",
                       NEEDS("\"libb.so\"")) "," OBJECT("demo/libb.so",
                                                        "\"needed\": [\"libc.so.6\"]")),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n");
    plan_clear(&world);
}

static void
grafts_for_a_library_inside_the_wheel_and_keeps_its_path(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libcrypt.so.1", "\"soname\": \"libcrypt.so.1\"");
    assert_string_equal(
        plan_wheel(
            &world, TAG,
            EXTENSION("\"rpath\": \"$ORIGIN\", " NEEDS("\"liba.so\"")) "," OBJECT(
                "demo/liba.so", NEEDS("\"libcrypt.so.1\"") ", \"rpath\": \"$ORIGIN\"")),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libcrypt-HASH.so.1 (libcrypt-HASH.so.1) from lib/libcrypt.so.1\n"
        "  is called libcrypt-HASH.so.1\n"
        "edit demo/liba.so\n"
        "  needs libcrypt.so.1 as libcrypt-HASH.so.1\n"
        "  looks for libraries in $ORIGIN:$ORIGIN/../demo.libs\n");
    plan_clear(&world);
}

static void
grafts_once_for_modules_at_the_top_that_share_a_library(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_library(&world, "libfoo.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG,
                   OBJECT("a.so", NEEDS("\"libfoo.so.1\"")) "," OBJECT(
                       "b.so", NEEDS("\"libfoo.so.1\""))),
        "repair manylinux_2_5_x86_64: " NAME_2_5 "\n"
        "graft demo.libs/libfoo-HASH.so.1 (libfoo-HASH.so.1) from lib/libfoo.so.1\n"
        "  is called libfoo-HASH.so.1\n"
        "edit a.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  looks for libraries in $ORIGIN/demo.libs\n"
        "edit b.so\n"
        "  needs libfoo.so.1 as libfoo-HASH.so.1\n"
        "  looks for libraries in $ORIGIN/demo.libs\n");
    plan_clear(&world);
}

/* A wheel is repaired alike on machines that keep their libraries elsewhere. */
static void
orders_grafts_by_what_is_in_them_not_by_where_they_were(void **state)
{
    static const char wheel[] = EXTENSION(NEEDS("\"libb.so.1\", \"liba.so.1\""));
    static const char *const folders[][2] = { { "one", "two" }, { "two", "one" } };
    const char *texts[2];
    struct plan_world worlds[2];

    for (size_t i = 0; i < WF_COUNT(folders); i++) {
        struct plan_world *world = &worlds[i];
        char name[64];

        plan_setup(world, state);
        for (size_t k = 0; k < 2; k++) {
            snprintf(name, sizeof name, "%zu/%s/lib%c.so.1", i, folders[i][k],
                     (char)('a' + k));
            tree_file(state, name,
                      k == 0 ? "{ \"machine\": \"x86_64\" }"
                             : "{ \"machine\": \"x86_64\", \"exports\": [\"b\"] }");
            snprintf(name, sizeof name, "%zu/%s", i, folders[i][k]);
            wf_strings_append(&world->arena, &world->audit.search.lib_path,
                              wf_arena_strdup(&world->arena, folder_path(state, name)));
        }
        world->with_members = true;
        texts[i] = strstr(plan_wheel(world, TAG, wheel), "member ");
        assert_non_null(texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
    plan_clear(&worlds[0]);
    plan_clear(&worlds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grafts_what_the_policy_does_not_grant_and_what_that_needs),
        TEST(lists_every_missing_library_with_who_needs_it),
        TEST(names_the_symbol_of_a_graft_that_is_too_new_and_an_image_of_the_target),
        TEST(names_each_symbol_of_the_wheel_that_is_too_new_once),
        TEST(leaves_to_the_host_what_its_drivers_bring),
        TEST(bundles_a_driver_when_include_names_it),
        TEST(bundles_what_the_policy_grants_when_include_names_it),
        TEST(forgives_symbols_of_a_library_that_is_bundled),
        TEST(brings_in_what_nobody_needs_under_its_own_name_for_who_calls_dlopen),
        TEST(keeps_the_name_that_dlopen_is_given),
        TEST(refuses_an_include_that_is_found_nowhere),
        TEST(tells_of_an_include_that_brings_nothing_in),
        TEST(takes_an_include_for_done_when_the_wheel_holds_it_renamed),
        TEST(leaves_out_what_include_only_does_not_name_but_never_a_part_of_libc),
        TEST(leaves_out_what_is_excluded_and_keeps_the_way_to_it),
        TEST(keeps_the_name_of_what_no_mangle_names),
        TEST(names_libraries_without_dot_and_ones_that_bear_their_digest),
        TEST(grafts_both_files_of_one_soname_and_gives_each_user_its_own),
        TEST(grafts_two_files_of_one_content_and_name_once),
        TEST(refuses_two_libraries_that_would_keep_one_name),
        TEST(refuses_a_name_that_the_wheel_has_already),
        TEST(takes_the_need_of_libpython_away_and_writes_no_path_for_that),
        TEST(takes_the_need_of_libpython_from_grafts_too),
        TEST(refuses_a_program_that_needs_libpython_unless_that_is_excluded),
        TEST(refuses_grafts_for_newer_processors_unless_told_not_to),
        TEST(prefers_a_newer_policy_that_grants_to_a_graft),
        TEST(leaves_libraries_inside_the_wheel_as_they_are),
        TEST(grafts_for_a_library_inside_the_wheel_and_keeps_its_path),
        TEST(grafts_once_for_modules_at_the_top_that_share_a_library),
        TEST(orders_grafts_by_what_is_in_them_not_by_where_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
