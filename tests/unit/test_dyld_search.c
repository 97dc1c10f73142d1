/* test_dyld_search.c -- trees over the Mach-O objects of a wheel: the rules of dyld. */
#include "../support/unit.h"

#include "../support/tree_builder.h"
#include "policy/macos.h"

static struct tree_world w;

static int
setup(void **state)
{
    (void)state;
    tree_setup(&w);
    w.search.is_macos_provided = wf_macos_provides;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tree_clear(&w);
    return 0;
}

static void
use_excludes(const char **patterns, size_t num)
{
    w.search.excludes = (struct wf_strings){ .items = patterns, .num = num, .cap = num };
}

/* @rpath */

static void
searches_the_rpaths_in_their_order(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "demo/_x.so", "@rpath/liba.dylib @rpath/sub/libb.dylib",
                       "@loader_path/none @loader_path/../libs @loader_path");

    (void)state;
    tree_add_dylib(&w, "demo/liba.dylib", "", "");
    tree_add_dylib(&w, "libs/liba.dylib", "", "");
    tree_add_dylib(&w, "demo/sub/libb.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.so: @rpath/liba.dylib=libs/liba.dylib(rpath) "
                        "@rpath/sub/libb.dylib=demo/sub/libb.dylib(rpath)\n"
                        "libs/liba.dylib:\ndemo/sub/libb.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->why,
                        "LC_RPATH of demo/_x.so");
    assert_int_equal(tree_edge(&w, "@rpath/liba.dylib")->num_tries, 0);
}

static void
lists_every_place_of_a_library_that_is_missing(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "demo/_x.so", "@rpath/sub/libnone.dylib",
                       "@loader_path @loader_path/../.. libs /opt/lib @rpath/x "
                       "@executable_path/../lib @loader_paths/x @loader_path");

    (void)state;
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.so: @rpath/sub/libnone.dylib=-(not-found)\n");
    assert_string_equal(tree_tries(&w, "@rpath/sub/libnone.dylib"),
                        "demo/sub/libnone.dylib absent rpath: LC_RPATH of demo/_x.so\n"
                        "@loader_path/../.. leaves-wheel rpath: LC_RPATH of demo/_x.so\n"
                        "libs relative rpath: LC_RPATH of demo/_x.so\n"
                        "/opt/lib foreign rpath: LC_RPATH of demo/_x.so\n"
                        "@rpath/x token rpath: LC_RPATH of demo/_x.so\n"
                        "@executable_path/../lib token rpath: LC_RPATH of demo/_x.so\n"
                        "@loader_paths/x token rpath: LC_RPATH of demo/_x.so\n");
}

static void
passes_rpaths_down_the_loading_chain_nearest_first(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "@loader_path/one");

    (void)state;
    tree_add_dylib(&w, "one/liba.dylib", "@rpath/libb.dylib", "@loader_path/../two");
    tree_add_dylib(&w, "two/libb.dylib", "@rpath/libc.dylib", "");
    /* In both: the nearest in the chain comes first. */
    tree_add_dylib(&w, "one/libc.dylib", "", "");
    tree_add_dylib(&w, "two/libc.dylib", "@rpath/libd.dylib", "");
    tree_add_dylib(&w, "one/libd.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/liba.dylib=one/liba.dylib(rpath)\n"
                        "one/liba.dylib: @rpath/libb.dylib=two/libb.dylib(rpath)\n"
                        "two/libb.dylib: @rpath/libc.dylib=two/libc.dylib(rpath)\n"
                        "two/libc.dylib: @rpath/libd.dylib=one/libd.dylib(rpath)\n"
                        "one/libd.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/libc.dylib")->why,
                        "LC_RPATH of one/liba.dylib");
    assert_string_equal(tree_edge(&w, "@rpath/libd.dylib")->why, "LC_RPATH of _x.so");
}

static void
does_not_lend_the_rpaths_of_a_neighbour(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@loader_path/liba.dylib @loader_path/libb.dylib", "");

    (void)state;
    tree_add_dylib(&w, "liba.dylib", "", "@loader_path/libs");
    tree_add_dylib(&w, "libb.dylib", "@rpath/libc.dylib", "");
    tree_add_dylib(&w, "libs/libc.dylib", "", "");
    tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "@rpath/libc.dylib")->by, WF_FOUND_OUTSIDE_SEARCH);
}

static void
takes_the_rpaths_of_whoever_turns_to_an_image_first(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@loader_path/liba.dylib @loader_path/libb.dylib", "");

    (void)state;
    /* _x.so loads libb.dylib, but dyld comes to its needs from liba.dylib. */
    tree_add_dylib(&w, "liba.dylib", "@loader_path/libb.dylib", "@loader_path/libs");
    tree_add_dylib(&w, "libb.dylib", "@rpath/libc.dylib", "");
    tree_add_dylib(&w, "libs/libc.dylib", "", "");
    tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "@rpath/libc.dylib")->by, WF_FOUND_RPATH);
    assert_string_equal(tree_edge(&w, "@rpath/libc.dylib")->why,
                        "LC_RPATH of liba.dylib");
}

static void
loads_all_that_one_image_needs_and_then_goes_down(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@loader_path/liba.dylib @loader_path/libb.dylib", "");

    (void)state;
    tree_add_dylib(&w, "liba.dylib", "@loader_path/libc.dylib", "");
    tree_add_dylib(&w, "libb.dylib", "@loader_path/libe.dylib", "");
    tree_add_dylib(&w, "libc.dylib", "@loader_path/libd.dylib", "");
    tree_add_dylib(&w, "libd.dylib", "", "");
    tree_add_dylib(&w, "libe.dylib", "", "");
    tree_of(&w, root);
    static const char *const order[] = { "_x.so",      "liba.dylib", "libb.dylib",
                                         "libc.dylib", "libd.dylib", "libe.dylib" };

    assert_int_equal(w.tree->num_nodes, WF_COUNT(order));
    for (size_t i = 0; i < WF_COUNT(order); i++)
        assert_string_equal(w.tree->nodes[i]->library->path, order[i]);
    assert_int_equal(w.tree->libc, WF_LIBC_UNKNOWN);
}

/* @loader_path, @executable_path */

static void
finds_libraries_beside_their_loader(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "demo/sub/_x.so",
                                            "@loader_path/../.dylibs/liba.dylib "
                                            "@loader_path/../../../lib/libb.dylib",
                                            "");

    (void)state;
    tree_add_dylib(&w, "demo/.dylibs/liba.dylib", "@loader_path/./libc.dylib", "");
    tree_add_dylib(&w, "demo/.dylibs/libc.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/sub/_x.so: @loader_path/../.dylibs/liba.dylib="
                        "demo/.dylibs/liba.dylib(loader-path) "
                        "@loader_path/../../../lib/libb.dylib=-(not-found)\n"
                        "demo/.dylibs/liba.dylib: @loader_path/./libc.dylib="
                        "demo/.dylibs/libc.dylib(loader-path)\n"
                        "demo/.dylibs/libc.dylib:\n");
    assert_string_equal(tree_edge(&w, "@loader_path/./libc.dylib")->why,
                        "the name says so");
    assert_string_equal(
        tree_tries(&w, "@loader_path/../../../lib/libb.dylib"),
        "@loader_path/../../../lib leaves-wheel loader-path: the name says so\n");
}

static void
knows_the_program_only_when_the_root_is_one(void **state)
{
    struct wf_object *program = tree_add_dylib(
        &w, "bin/demo", "@executable_path/../lib/liba.dylib", "@executable_path/../lib");
    struct wf_object *module =
        tree_add_dylib(&w, "demo/_x.so", "@executable_path/../lib/liba.dylib", "");

    (void)state;
    tree_set_type(&w, program, WF_MACHO_EXECUTE);
    tree_add_dylib(&w, "lib/liba.dylib", "@rpath/libb.dylib", "@executable_path/../lib");
    tree_add_dylib(&w, "lib/libb.dylib", "", "");
    assert_string_equal(tree_of(&w, program),
                        "bin/demo: @executable_path/../lib/liba.dylib="
                        "lib/liba.dylib(executable-path)\n"
                        "lib/liba.dylib: @rpath/libb.dylib=lib/libb.dylib(rpath)\n"
                        "lib/libb.dylib:\n");
    /* The same library in the tree of a module: nobody knows what will load that. */
    assert_string_equal(tree_of(&w, module),
                        "demo/_x.so: @executable_path/../lib/liba.dylib="
                        "lib/liba.dylib(outside-search)\n"
                        "lib/liba.dylib: @rpath/libb.dylib="
                        "lib/libb.dylib(outside-search)\nlib/libb.dylib:\n");
    assert_string_equal(tree_of(&w, program),
                        "bin/demo: @executable_path/../lib/liba.dylib="
                        "lib/liba.dylib(executable-path)\n"
                        "lib/liba.dylib: @rpath/libb.dylib=lib/libb.dylib(rpath)\n"
                        "lib/libb.dylib:\n");
}

/* The system */

static void
never_satisfies_a_system_name_from_the_wheel(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so",
                       "@loader_path/libz.1.dylib /usr/lib/libz.1.dylib "
                       "/usr/local/lib/libz.1.dylib",
                       "");

    (void)state;
    tree_add_dylib(&w, "libz.1.dylib", "", "")->soname = "/usr/lib/libz.1.dylib";
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @loader_path/libz.1.dylib=libz.1.dylib(loader-path) "
                        "/usr/lib/libz.1.dylib=-(default) "
                        "/usr/local/lib/libz.1.dylib=libz.1.dylib(loaded)\n"
                        "libz.1.dylib:\n");
    assert_string_equal(tree_edge(&w, "/usr/lib/libz.1.dylib")->why,
                        "the platform has it");
    assert_int_equal(tree_edge(&w, "/usr/lib/libz.1.dylib")->num_tries, 0);
}

static void
takes_an_rpath_into_the_system_for_an_answer_when_no_other_has_one(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/libswiftCore.dylib @rpath/liba.dylib",
                       "/usr/lib/swift @loader_path/libs");

    (void)state;
    tree_add_dylib(&w, "libs/liba.dylib", "", "");
    tree_add_dylib(&w, "else/libswiftCore.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/libswiftCore.dylib=-(default) "
                        "@rpath/liba.dylib=libs/liba.dylib(rpath)\nlibs/liba.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/libswiftCore.dylib")->why,
                        "a folder of the system, LC_RPATH of _x.so");
    assert_int_equal(tree_edge(&w, "@rpath/libswiftCore.dylib")->num_tries, 0);
}

static void
asks_for_system_names_when_nobody_says_what_the_system_has(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "/usr/lib/libz.1.dylib", "");

    (void)state;
    w.search.is_macos_provided = NULL;
    assert_string_equal(tree_of(&w, root), "_x.so: /usr/lib/libz.1.dylib=-(not-found)\n");
    assert_string_equal(tree_tries(&w, "/usr/lib/libz.1.dylib"),
                        "/usr/lib foreign path: the name is a path\n");
}

/* Names that are loaded already */

static void
takes_a_loaded_install_name_for_a_later_request(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so",
        "@loader_path/libs/liba-1.dylib @rpath/liba.dylib @loader_path/libb.dylib "
        "/opt/lib/libb.dylib",
        "@loader_path");

    (void)state;
    tree_add_dylib(&w, "libs/liba-1.dylib", "", "")->soname = "@rpath/liba.dylib";
    tree_add_dylib(&w, "liba.dylib", "", "");
    tree_add_dylib(&w, "libb.dylib", "", "")->soname = "/opt/lib/libb.dylib";
    assert_string_equal(
        tree_of(&w, root),
        "_x.so: @loader_path/libs/liba-1.dylib=libs/liba-1.dylib(loader-path) "
        "@rpath/liba.dylib=libs/liba-1.dylib(loaded) "
        "@loader_path/libb.dylib=libb.dylib(loader-path) "
        "/opt/lib/libb.dylib=libb.dylib(loaded)\n"
        "libs/liba-1.dylib:\nlibb.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->why,
                        "the name is loaded already");
}

static void
does_not_compare_names_whose_beginning_dyld_replaces(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@rpath/liba.dylib @loader_path/liba.dylib", "@loader_path/libs");

    (void)state;
    tree_add_dylib(&w, "libs/liba.dylib", "", "")->soname = "@loader_path/liba.dylib";
    tree_add_dylib(&w, "liba.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/liba.dylib=libs/liba.dylib(rpath) "
                        "@loader_path/liba.dylib=liba.dylib(loader-path)\n"
                        "libs/liba.dylib:\nliba.dylib:\n");
}

static void
searches_a_name_anew_for_each_object(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@loader_path/one/liba.dylib @loader_path/two/libb.dylib", "");

    (void)state;
    tree_add_dylib(&w, "one/liba.dylib", "@rpath/libc.dylib", "@loader_path");
    tree_add_dylib(&w, "two/libb.dylib", "@rpath/libc.dylib", "@loader_path");
    tree_add_dylib(&w, "one/libc.dylib", "", "");
    tree_add_dylib(&w, "two/libc.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @loader_path/one/liba.dylib=one/liba.dylib(loader-path) "
                        "@loader_path/two/libb.dylib=two/libb.dylib(loader-path)\n"
                        "one/liba.dylib: @rpath/libc.dylib=one/libc.dylib(rpath)\n"
                        "two/libb.dylib: @rpath/libc.dylib=two/libc.dylib(rpath)\n"
                        "one/libc.dylib:\ntwo/libc.dylib:\n");
}

static void
loads_a_file_of_two_names_once(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so",
        "@loader_path/liba.dylib @loader_path/./liba.dylib @rpath/liba.dylib",
        "@loader_path/libs/..");

    (void)state;
    tree_add_dylib(&w, "liba.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @loader_path/liba.dylib=liba.dylib(loader-path) "
                        "@loader_path/./liba.dylib=liba.dylib(loaded) "
                        "@rpath/liba.dylib=liba.dylib(loaded)\nliba.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->why,
                        "the same file is loaded already");
}

/* What dyld would not find */

static void
finds_members_by_base_name_when_all_else_fails(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "demo/_x.so",
                       "/build/lib/liba.dylib @rpath/libb.2.dylib "
                       "@loader_path/libc.dylib /build/Foo.framework/Versions/A/Foo",
                       "");

    (void)state;
    tree_add_dylib(&w, "z/liba.dylib", "", "");
    tree_add_dylib(&w, "a/liba.dylib", "", "");
    tree_add_dylib(&w, "libs/libb.2.1.dylib", "", "")->soname = "/build/libb.2.dylib";
    tree_add_dylib(&w, "Foo.framework/Versions/A/Foo", "", "");
    assert_string_equal(
        tree_of(&w, root),
        "demo/_x.so: /build/lib/liba.dylib=a/liba.dylib(outside-search) "
        "@rpath/libb.2.dylib=libs/libb.2.1.dylib(outside-search) "
        "@loader_path/libc.dylib=-(not-found) "
        "/build/Foo.framework/Versions/A/Foo="
        "Foo.framework/Versions/A/Foo(outside-search)\n"
        "a/liba.dylib:\nlibs/libb.2.1.dylib:\nFoo.framework/Versions/A/Foo:\n");
    assert_string_equal(tree_edge(&w, "/build/lib/liba.dylib")->why,
                        "a member of that file name");
    assert_string_equal(tree_edge(&w, "@rpath/libb.2.dylib")->why,
                        "a member of that install name");
}

static void
does_not_take_a_library_for_what_it_needs_itself(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "libs/liba.dylib", "/opt/liba.dylib", "");

    (void)state;
    assert_string_equal(tree_of(&w, root),
                        "libs/liba.dylib: /opt/liba.dylib=-(not-found)\n");
}

static void
looks_for_relative_names_in_the_wheel_and_says_what_dyld_does(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "demo/_x.so", "liba.dylib ../lib/libb.dylib libnone.dylib @other/libo.dylib",
        "@loader_path");

    (void)state;
    tree_add_dylib(&w, "libs/liba.dylib", "", "");
    tree_add_dylib(&w, "libs/libb.dylib", "", "");
    tree_add_dylib(&w, "demo/libnone-1.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.so: liba.dylib=libs/liba.dylib(outside-search) "
                        "../lib/libb.dylib=libs/libb.dylib(outside-search) "
                        "libnone.dylib=-(not-found) @other/libo.dylib=-(not-found)\n"
                        "libs/liba.dylib:\nlibs/libb.dylib:\n");
    assert_string_equal(tree_tries(&w, "libnone.dylib"),
                        " relative path: the name is a path\n");
    assert_string_equal(tree_tries(&w, "@other/libo.dylib"),
                        "@other token path: the name is a path\n");
}

static void
looks_for_libpython_in_the_wheel_alone(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so",
        "@rpath/libpython3.12.dylib /opt/Python.framework/Versions/3.12/Python "
        "@rpath/libpython3.11.dylib",
        "@loader_path/libs");

    (void)state;
    tree_add_dylib(&w, "libs/libpython3.11.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/libpython3.12.dylib=-(libpython) "
                        "/opt/Python.framework/Versions/3.12/Python=-(libpython) "
                        "@rpath/libpython3.11.dylib=libs/libpython3.11.dylib(rpath)\n"
                        "libs/libpython3.11.dylib:\n");
    assert_string_equal(tree_edge(&w, "@rpath/libpython3.12.dylib")->why,
                        "the interpreter has it");
    assert_int_equal(tree_edge(&w, "@rpath/libpython3.12.dylib")->num_tries, 0);
}

static void
marks_what_may_be_missing(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib weak:@rpath/libb.dylib", "");

    (void)state;
    tree_of(&w, root);
    assert_false(tree_edge(&w, "@rpath/liba.dylib")->weak);
    assert_true(tree_edge(&w, "@rpath/libb.dylib")->weak);
    assert_int_equal(tree_edge(&w, "@rpath/libb.dylib")->by, WF_FOUND_NOT);
}

/* --exclude */

static void
excludes_dylibs_by_any_part_of_a_name_and_by_globs(void **state)
{
    static const char *patterns[] = { "liba",     "/opt/x*", "libc.*.dylib",
                                      "ibd.dyli", "none",    "rpath/libe?dylib" };
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so",
                       "@rpath/liba.1.dylib /opt/xyz/libb.dylib @rpath/libc.2.dylib "
                       "@rpath/libd.dylib @rpath/libe.dylib",
                       "@loader_path");

    (void)state;
    use_excludes(patterns, WF_COUNT(patterns));
    tree_add_dylib(&w, "liba.1.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/liba.1.dylib=-(excluded) "
                        "/opt/xyz/libb.dylib=-(excluded) "
                        "@rpath/libc.2.dylib=-(excluded) @rpath/libd.dylib=-(excluded) "
                        "@rpath/libe.dylib=-(not-found)\n");
    assert_string_equal(tree_edge(&w, "@rpath/libc.2.dylib")->why, "libc.*.dylib");
    struct wf_strings unmatched = { 0 };

    wf_resolver_unmatched_excludes(w.resolver, &w.arena, &unmatched);
    assert_int_equal(unmatched.num, 2);
    assert_string_equal(unmatched.items[0], "none");
    assert_string_equal(unmatched.items[1], "rpath/libe?dylib");
}

static void
excludes_dylibs_by_a_part_of_the_path_they_were_found_at(void **state)
{
    static const char *patterns[] = { "vendor/" };
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "@loader_path/vendor");

    (void)state;
    use_excludes(patterns, 1);
    tree_add_dylib(&w, "vendor/liba.dylib", "", "");
    assert_string_equal(tree_of(&w, root), "_x.so: @rpath/liba.dylib=-(excluded)\n");
}

static void
keeps_the_rules_of_each_format_for_one_name(void **state)
{
    static const char *patterns[] = { "liba" };
    struct wf_object *elf = tree_add(&w, "_e.so", "liba.so");
    struct wf_object *macho = tree_add_dylib(&w, "_m.so", "liba.so", "");

    (void)state;
    use_excludes(patterns, 1);
    assert_string_equal(tree_of(&w, elf), "_e.so: liba.so=-(not-found)\n");
    assert_string_equal(tree_of(&w, macho), "_m.so: liba.so=-(excluded)\n");
    assert_string_equal(tree_of(&w, elf), "_e.so: liba.so=-(not-found)\n");
}

/* Kinds of files */

static void
links_to_dylibs_alone_and_opens_bundles_by_dlopen(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "@loader_path/_y.so @loader_path/demo @loader_path/a.o", "");
    const struct wf_edge *edge = NULL;

    (void)state;
    tree_set_type(&w, tree_add_dylib(&w, "_y.so", "", ""), WF_MACHO_BUNDLE);
    tree_set_type(&w, tree_add_dylib(&w, "demo", "", ""), WF_MACHO_EXECUTE);
    tree_add_dylib(&w, "a.o", "", "")->kind = WF_KIND_RELOCATABLE;
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @loader_path/_y.so=-(not-found) "
                        "@loader_path/demo=-(not-found) @loader_path/a.o=-(not-found)\n");
    assert_string_equal(tree_tries(&w, "@loader_path/_y.so"),
                        "_y.so not-object loader-path: the name says so\n");
    assert_string_equal(tree_edge(&w, "@loader_path/_y.so")->tries[0].detail, "bundle");
    assert_string_equal(tree_edge(&w, "@loader_path/demo")->tries[0].detail,
                        "executable");
    assert_string_equal(tree_edge(&w, "@loader_path/a.o")->tries[0].detail,
                        "relocatable object");
    assert_true(wf_resolver_named(&edge, w.resolver, root, "@loader_path/_y.so",
                                  WF_LIBC_UNKNOWN, &w.err));
    assert_int_equal(edge->by, WF_FOUND_LOADER_PATH);
    assert_string_equal(edge->library->path, "_y.so");
}

static void
searches_the_rpaths_for_a_bare_name_given_to_dlopen(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "liba.dylib", "@loader_path/l");
    const struct wf_edge *edge = NULL;

    (void)state;
    tree_add_dylib(&w, "a/liba.dylib", "", "");
    tree_add_dylib(&w, "l/liba.dylib", "@rpath/libb.dylib", "");
    tree_add_dylib(&w, "l/libb.dylib", "", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.dylib=a/liba.dylib(outside-search)\n"
                        "a/liba.dylib:\n");
    assert_true(wf_resolver_named(&edge, w.resolver, root, "liba.dylib", WF_LIBC_UNKNOWN,
                                  &w.err));
    assert_string_equal(edge->library->path, "l/liba.dylib");
    assert_int_equal(edge->by, WF_FOUND_RPATH);
    /* What it needs in turn is searched with the rpaths of the one that opens it. */
    assert_string_equal(edge->node->edges[0].library->path, "l/libb.dylib");
}

static void
never_mixes_formats(void **state)
{
    struct wf_object *elf = tree_add(&w, "_e.so", "liba.so");
    struct wf_object *macho = tree_add_dylib(&w, "_m.so", "@loader_path/libe.so", "");

    (void)state;
    elf->rpath = "$ORIGIN";
    tree_add_dylib(&w, "liba.so", "", "");
    tree_add(&w, "libe.so", "");
    assert_string_equal(tree_of(&w, elf), "_e.so: liba.so=-(not-found)\n");
    assert_string_equal(tree_tries(&w, "liba.so"),
                        "liba.so not-object rpath: RPATH of _e.so\n");
    assert_string_equal(tree_edge(&w, "liba.so")->tries[0].detail, "Mach-O");
    assert_string_equal(tree_of(&w, macho), "_m.so: @loader_path/libe.so=-(not-found)\n");
    assert_string_equal(tree_edge(&w, "@loader_path/libe.so")->tries[0].detail, "ELF");
}

/* Slices */

static struct wf_object *
add_slice(const char *path, const char *needed, const char *cpu)
{
    struct wf_object *slice = tree_add_dylib(&w, path, needed, "");

    tree_set_cpu(slice, cpu);
    slice->slice = cpu;
    return slice;
}

static void
chooses_the_slice_of_the_process(void **state)
{
    struct wf_object *x86 = add_slice("_x.so", "@loader_path/liba.dylib", "x86_64");
    struct wf_object *arm = add_slice("_x.so", "@loader_path/liba.dylib", "arm64");

    (void)state;
    struct wf_object *lib_x86 = add_slice("liba.dylib", "", "x86_64");
    struct wf_object *lib_arm =
        add_slice("liba.dylib", "@loader_path/libb.dylib", "arm64");

    add_slice("libb.dylib", "", "arm64");
    tree_of(&w, x86);
    assert_int_equal(w.tree->num_nodes, 2);
    assert_ptr_equal(w.tree->nodes[0]->library->object, x86);
    assert_ptr_equal(w.tree->nodes[1]->library->object, lib_x86);
    tree_of(&w, arm);
    assert_int_equal(w.tree->num_nodes, 3);
    assert_ptr_equal(w.tree->nodes[0]->library->object, arm);
    assert_ptr_equal(w.tree->nodes[1]->library->object, lib_arm);
}

static void
grades_slices_as_dyld_does(void **state)
{
    static const struct {
        const char *process;
        const char *slices[3];
        const char *chosen; /* or NULL */
        const char *detail;
    } rows[] = {
        { "x86_64", { "arm64", "x86_64" }, "x86_64", NULL },
        { "x86_64", { "x86_64h" }, NULL, "x86_64h" },
        { "x86_64h", { "x86_64", "x86_64h" }, "x86_64h", NULL },
        { "x86_64h", { "x86_64", "arm64" }, "x86_64", NULL },
        { "arm64", { "arm64e", "x86_64" }, NULL, "arm64e, x86_64" },
        { "arm64", { "arm64e", "arm64" }, "arm64", NULL },
        { "arm64e", { "arm64", "arm64e" }, "arm64e", NULL },
        { "arm64e", { "arm64" }, NULL, "arm64" },
        { "i386", { "i386", "x86_64" }, "i386", NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        tree_clear(&w);
        tree_setup(&w);
        struct wf_object *root =
            add_slice("_x.so", "@loader_path/liba.dylib", rows[i].process);

        for (size_t k = 0; k < 3 && rows[i].slices[k] != NULL; k++)
            add_slice("liba.dylib", "", rows[i].slices[k]);
        tree_of(&w, root);
        const struct wf_edge *edge = tree_edge(&w, "@loader_path/liba.dylib");

        if (rows[i].chosen != NULL) {
            assert_non_null(edge->library);
            assert_string_equal(edge->library->object->arch_name, rows[i].chosen);
            continue;
        }
        assert_null(edge->library);
        assert_int_equal(edge->num_tries, 1);
        assert_int_equal(edge->tries[0].result, WF_TRY_ARCH);
        assert_string_equal(edge->tries[0].detail, rows[i].detail);
    }
}

static void
asks_the_install_name_of_the_right_slice(void **state)
{
    struct wf_object *x86 = add_slice("_x.so", "/opt/liba.dylib", "x86_64");
    struct wf_object *arm = add_slice("_x.so", "/opt/liba.dylib", "arm64");

    (void)state;
    add_slice("libs/both.dylib", "", "x86_64")->soname = "liba.dylib";
    add_slice("libs/both.dylib", "", "arm64")->soname = "libam.dylib";
    assert_string_equal(
        tree_of(&w, x86),
        "_x.so: /opt/liba.dylib=libs/both.dylib(outside-search)\nlibs/both.dylib:\n");
    assert_string_equal(tree_of(&w, arm), "_x.so: /opt/liba.dylib=-(not-found)\n");
}

/* Hostile wheels */

static void
assert_limited(const struct wf_object *root, const char *text)
{
    const struct wf_object *members[TREE_MOST_OBJECTS];

    for (size_t i = 0; i < w.num_objects; i++)
        members[i] = &w.objects[i];
    wf_resolver_free(w.resolver);
    w.resolver = wf_resolver_new(&w.search, members, w.num_objects, &w.limits);
    assert_false(wf_resolver_tree(&w.tree, w.resolver, root, WF_LIBC_UNKNOWN, &w.err));
    assert_error(w.err, WF_ERR_LIMIT, text);
    assert_string_equal(w.err.where, root->path);
}

static void
ends_on_cycles_and_on_needs_of_oneself(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "liba.dylib", "@rpath/liba.dylib @rpath/libb.dylib", "@loader_path");

    (void)state;
    root->soname = "@rpath/liba.dylib";
    tree_add_dylib(&w, "libb.dylib", "@loader_path/libc.dylib @rpath/liba.dylib", "");
    tree_add_dylib(&w, "libc.dylib", "@loader_path/libb.dylib @loader_path/libc.dylib",
                   "");
    assert_string_equal(tree_of(&w, root),
                        "liba.dylib: @rpath/liba.dylib=liba.dylib(loaded) "
                        "@rpath/libb.dylib=libb.dylib(rpath)\n"
                        "libb.dylib: @loader_path/libc.dylib=libc.dylib(loader-path) "
                        "@rpath/liba.dylib=liba.dylib(loaded)\n"
                        "libc.dylib: @loader_path/libb.dylib=libb.dylib(loaded) "
                        "@loader_path/libc.dylib=libc.dylib(loaded)\n");
}

static void
refuses_more_rpaths_than_anybody_has(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "");

    (void)state;
    root->num_rpaths = 10001;
    root->rpaths = wf_arena_array(&w.arena, root->num_rpaths, sizeof *root->rpaths);
    for (size_t i = 0; i < root->num_rpaths; i++)
        root->rpaths[i] = "@loader_path/x";
    assert_limited(root, "_x.so has 10001 LC_RPATHs; more than 10000 are not searched");
    root->num_rpaths--;
    assert_string_equal(tree_of(&w, root), "_x.so: @rpath/liba.dylib=-(not-found)\n");
    assert_int_equal(tree_edge(&w, "@rpath/liba.dylib")->num_tries, 1);
}

static void
stops_within_one_search_when_the_steps_are_spent(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "");

    (void)state;
    w.limits.tree_steps = 50;
    root->num_rpaths = 10000;
    root->rpaths = wf_arena_array(&w.arena, root->num_rpaths, sizeof *root->rpaths);
    for (size_t i = 0; i < root->num_rpaths; i++)
        root->rpaths[i] = wf_arena_printf(&w.arena, "@loader_path/%zu", i);
    assert_limited(
        root, "its search for libraries takes more than 50 steps (--limit tree-steps)");
}

static void
takes_a_hundred_thousand_needs_in_stride(void **state)
{
    enum { MANY = 100000 };
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "", "@loader_path/libs");
    size_t num_loaded = 0;

    (void)state;
    tree_add_dylib(&w, "libs/liba.dylib", "", "")->soname = "@rpath/libz.dylib";
    root->macho = NULL; /* its dylib facts would be as many */
    root->num_needed = MANY;
    root->needed = wf_arena_array(&w.arena, MANY, sizeof *root->needed);
    for (size_t i = 0; i < MANY; i++)
        root->needed[i] = i % 3 == 0   ? "@rpath/liba.dylib"
                          : i % 3 == 1 ? "@rpath/libz.dylib"
                                       : wf_arena_printf(&w.arena, "@rpath/lib%zu", i);
    const struct wf_object *members[] = { root, &w.objects[1] };

    w.resolver = wf_resolver_new(&w.search, members, 2, &w.limits);
    assert_true(wf_resolver_tree(&w.tree, w.resolver, root, WF_LIBC_UNKNOWN, &w.err));
    assert_int_equal(w.tree->num_nodes, 2);
    for (size_t i = 0; i < MANY; i++)
        num_loaded += w.tree->root->edges[i].by == WF_FOUND_LOADED;
    assert_int_equal(num_loaded, 66667 - 1);
}

static void
limits_depth_and_size_as_for_other_trees(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "0.dylib", "@loader_path/1.dylib", "");

    (void)state;
    for (int i = 1; i < 6; i++)
        tree_add_dylib(&w, wf_arena_printf(&w.arena, "%d.dylib", i),
                       wf_arena_printf(&w.arena, "@loader_path/%d.dylib", i + 1), "");
    w.limits.tree_depth = 5;
    assert_limited(root, "its libraries go deeper than 5 levels (--limit tree-depth)");
    w.limits.tree_depth = 256;
    w.limits.tree_nodes = 5;
    assert_limited(root, "it loads more than 5 libraries (--limit tree-nodes)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(searches_the_rpaths_in_their_order),
        TEST(lists_every_place_of_a_library_that_is_missing),
        TEST(passes_rpaths_down_the_loading_chain_nearest_first),
        TEST(does_not_lend_the_rpaths_of_a_neighbour),
        TEST(takes_the_rpaths_of_whoever_turns_to_an_image_first),
        TEST(loads_all_that_one_image_needs_and_then_goes_down),
        TEST(finds_libraries_beside_their_loader),
        TEST(knows_the_program_only_when_the_root_is_one),
        TEST(never_satisfies_a_system_name_from_the_wheel),
        TEST(takes_an_rpath_into_the_system_for_an_answer_when_no_other_has_one),
        TEST(asks_for_system_names_when_nobody_says_what_the_system_has),
        TEST(takes_a_loaded_install_name_for_a_later_request),
        TEST(does_not_compare_names_whose_beginning_dyld_replaces),
        TEST(searches_a_name_anew_for_each_object),
        TEST(loads_a_file_of_two_names_once),
        TEST(finds_members_by_base_name_when_all_else_fails),
        TEST(does_not_take_a_library_for_what_it_needs_itself),
        TEST(looks_for_relative_names_in_the_wheel_and_says_what_dyld_does),
        TEST(looks_for_libpython_in_the_wheel_alone),
        TEST(marks_what_may_be_missing),
        TEST(excludes_dylibs_by_any_part_of_a_name_and_by_globs),
        TEST(excludes_dylibs_by_a_part_of_the_path_they_were_found_at),
        TEST(keeps_the_rules_of_each_format_for_one_name),
        TEST(links_to_dylibs_alone_and_opens_bundles_by_dlopen),
        TEST(searches_the_rpaths_for_a_bare_name_given_to_dlopen),
        TEST(never_mixes_formats),
        TEST(chooses_the_slice_of_the_process),
        TEST(grades_slices_as_dyld_does),
        TEST(asks_the_install_name_of_the_right_slice),
        TEST(ends_on_cycles_and_on_needs_of_oneself),
        TEST(refuses_more_rpaths_than_anybody_has),
        TEST(stops_within_one_search_when_the_steps_are_spent),
        TEST(takes_a_hundred_thousand_needs_in_stride),
        TEST(limits_depth_and_size_as_for_other_trees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
