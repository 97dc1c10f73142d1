/* test_dyld_files.c -- dylibs outside the wheel: folders that were named, a sysroot, this
 * machine. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "../support/tree_builder.h"
#include "policy/macos.h"

static struct tree_world w;

#define LIB "{'id': '/opt/lib/lib.dylib'}"

static int
setup(void **state)
{
    tree_setup(&w);
    w.search.is_macos_provided = wf_macos_provides;
    return folder_setup(state);
}

static int
teardown(void **state)
{
    tree_clear(&w);
    return folder_teardown(state);
}

static const char *
path(void **state, const char *name)
{
    return wf_arena_strdup(&w.arena, folder_path(state, name));
}

/* A text with the test's folder called "~". */
static const char *
short_of(void **state, const char *text)
{
    const char *folder = *state;
    const char *out = "";

    for (const char *at = strstr(text, folder); at != NULL; at = strstr(text, folder)) {
        out = wf_arena_printf(&w.arena, "%s%.*s~", out, (int)(at - text), text);
        text = at + strlen(folder);
    }
    return wf_arena_printf(&w.arena, "%s%s", out, text);
}

static void
use_lib_path(void **state, const char *name)
{
    wf_strings_append(&w.arena, &w.search.lib_path, path(state, name));
}

static void
searches_named_folders_by_base_name_in_their_order(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so",
                       "/none/liba.dylib @rpath/libb.dylib @loader_path/libc.dylib "
                       "libd.dylib @executable_path/libe.dylib",
                       "@loader_path");

    use_lib_path(state, "named");
    w.search.dyld_path = path(state, "first");
    w.search.dyld_fallback_path = path(state, "last");
    tree_macho_file(state, "first/liba.dylib", LIB);
    tree_macho_file(state, "named/liba.dylib", LIB);
    tree_macho_file(state, "named/libb.dylib", LIB);
    tree_macho_file(state, "named/libd.dylib", LIB);
    tree_macho_file(state, "last/libb.dylib", LIB);
    tree_macho_file(state, "last/libc.dylib", LIB);
    tree_macho_file(state, "last/libe.dylib", LIB);
    tree_of(&w, root);
    static const struct {
        const char *name;
        const char *path;
        enum wf_found_by by;
        const char *why;
    } rows[] = {
        { "/none/liba.dylib", "first/liba.dylib", WF_FOUND_ENVIRONMENT,
          "DYLD_LIBRARY_PATH" },
        { "@rpath/libb.dylib", "named/libb.dylib", WF_FOUND_LIB_PATH, "--lib-path" },
        { "@loader_path/libc.dylib", "last/libc.dylib", WF_FOUND_FALLBACK,
          "DYLD_FALLBACK_LIBRARY_PATH" },
        { "libd.dylib", "named/libd.dylib", WF_FOUND_LIB_PATH, "--lib-path" },
        { "@executable_path/libe.dylib", "last/libe.dylib", WF_FOUND_FALLBACK,
          "DYLD_FALLBACK_LIBRARY_PATH" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_edge *edge = tree_edge(&w, rows[i].name);

        assert_non_null(edge->library);
        assert_string_equal(edge->library->path, path(state, rows[i].path));
        assert_int_equal(edge->by, rows[i].by);
        assert_string_equal(edge->why, rows[i].why);
        assert_false(edge->library->in_wheel);
    }
}

static void
puts_the_path_itself_between_the_named_folders(void **state)
{
    const char *whole = path(state, "opt/liba.dylib");
    struct wf_object *root = tree_add_dylib(&w, "_x.so", whole, "");

    w.search.use_host = true;
    use_lib_path(state, "named");
    tree_macho_file(state, "opt/liba.dylib", LIB);
    tree_macho_file(state, "named/liba.dylib", LIB);
    tree_of(&w, root);
    assert_string_equal(tree_edge(&w, whole)->library->path, whole);
    assert_int_equal(tree_edge(&w, whole)->by, WF_FOUND_PATH);
    assert_string_equal(tree_edge(&w, whole)->why, "the name is a path");
}

static void
prefers_a_member_of_that_very_name_to_named_folders(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib @rpath/libb.dylib", "");

    use_lib_path(state, "named");
    tree_macho_file(state, "named/liba.dylib", LIB);
    tree_macho_file(state, "named/libb.dylib", LIB);
    tree_add_dylib(&w, "libs/liba.dylib", "", "")->soname = "@rpath/liba.dylib";
    tree_add_dylib(&w, "libs/libb.dylib", "", "")->soname = "/opt/libb.dylib";
    tree_of(&w, root);
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->library->path,
                        "libs/liba.dylib");
    assert_int_equal(tree_edge(&w, "@rpath/liba.dylib")->by, WF_FOUND_OUTSIDE_SEARCH);
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->why,
                        "a member of that install name");
    assert_int_equal(tree_edge(&w, "@rpath/libb.dylib")->by, WF_FOUND_LIB_PATH);
}

static void
tells_every_place_where_a_library_is_not(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "/opt/lib/libnone.dylib @rpath/sub/libnone.dylib", "");

    use_lib_path(state, "named");
    w.search.dyld_path = path(state, "first");
    w.search.dyld_fallback_path = path(state, "last");
    folder_make(state, "named");
    tree_of(&w, root);
    assert_string_equal(
        short_of(state, tree_tries(&w, "/opt/lib/libnone.dylib")),
        "~/first/libnone.dylib absent environment: DYLD_LIBRARY_PATH\n"
        "/opt/lib foreign path: the name is a path\n"
        "~/named/libnone.dylib absent lib-path: --lib-path\n"
        "~/last/libnone.dylib absent fallback: DYLD_FALLBACK_LIBRARY_PATH\n");
    assert_string_equal(
        short_of(state, tree_tries(&w, "@rpath/sub/libnone.dylib")),
        "~/first/sub/libnone.dylib absent environment: DYLD_LIBRARY_PATH\n"
        "~/first/libnone.dylib absent environment: DYLD_LIBRARY_PATH\n"
        "~/named/sub/libnone.dylib absent lib-path: --lib-path\n"
        "~/last/sub/libnone.dylib absent fallback: DYLD_FALLBACK_LIBRARY_PATH\n"
        "~/named/libnone.dylib absent lib-path: --lib-path\n"
        "~/last/libnone.dylib absent fallback: DYLD_FALLBACK_LIBRARY_PATH\n");
}

static void
never_lets_a_named_folder_stand_in_for_the_system(void **state)
{
    struct wf_object *root = tree_add_dylib(
        &w, "_x.so", "/usr/lib/libSystem.B.dylib @rpath/libswiftCore.dylib",
        "/usr/lib/swift");

    use_lib_path(state, "named");
    w.search.dyld_path = path(state, "named");
    tree_macho_file(state, "named/libSystem.B.dylib", LIB);
    tree_macho_file(state, "named/libswiftCore.dylib", LIB);
    assert_string_equal(tree_of(&w, root), "_x.so: /usr/lib/libSystem.B.dylib=-(default) "
                                           "@rpath/libswiftCore.dylib=-(default)\n");
}

static void
looks_for_libpython_in_no_folder(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/libpython3.12.dylib", "");

    use_lib_path(state, "named");
    tree_macho_file(state, "named/libpython3.12.dylib", LIB);
    assert_string_equal(tree_of(&w, root),
                        "_x.so: @rpath/libpython3.12.dylib=-(libpython)\n");
}

static void
reads_variables_as_lists_of_folders(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "");

    w.search.dyld_path =
        wf_arena_printf(&w.arena, ":%s:%s", path(state, "one"), path(state, "two"));
    tree_macho_file(state, "two/liba.dylib", LIB);
    tree_of(&w, root);
    assert_string_equal(tree_edge(&w, "@rpath/liba.dylib")->library->path,
                        path(state, "two/liba.dylib"));
    root->needed[0] = "@rpath/libnone.dylib";
    wf_resolver_free(w.resolver);
    w.resolver = NULL;
    tree_of(&w, root);
    /* No wheel means the folder in which a program was started. */
    assert_string_equal(short_of(state, tree_tries(&w, "@rpath/libnone.dylib")),
                        " relative environment: DYLD_LIBRARY_PATH\n"
                        "~/one/libnone.dylib absent environment: DYLD_LIBRARY_PATH\n"
                        "~/two/libnone.dylib absent environment: DYLD_LIBRARY_PATH\n");
}

static void
finds_frameworks_whole_and_by_base_name(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so",
                       "/Library/Frameworks/One.framework/Versions/A/One "
                       "@rpath/Two.framework/Versions/B/Two",
                       "");

    use_lib_path(state, "named");
    tree_macho_file(state, "named/One.framework/Versions/A/One", LIB);
    tree_macho_file(state, "named/Two", LIB);
    tree_of(&w, root);
    assert_string_equal(
        tree_edge(&w, "/Library/Frameworks/One.framework/Versions/A/One")->library->path,
        path(state, "named/One.framework/Versions/A/One"));
    assert_string_equal(
        tree_edge(&w, "@rpath/Two.framework/Versions/B/Two")->library->path,
        path(state, "named/Two"));
}

static void
takes_absolute_places_from_the_sysroot_and_never_leaves_it(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "/opt/lib/liba.dylib @rpath/libb.dylib", "/opt/lib");

    w.search.sysroot = path(state, "root");
    tree_macho_file(state, "root/opt/cellar/liba.dylib",
                    "{'id': '/opt/lib/liba.dylib', 'dylibs': "
                    "['@loader_path/libc.dylib', '/opt/lib/libout.dylib']}");
    tree_macho_file(state, "root/opt/cellar/libc.dylib", LIB);
    tree_macho_file(state, "root/opt/lib/libb.dylib", LIB);
    tree_macho_file(state, "outside/libout.dylib", LIB);
    folder_link(state, "root/opt/lib/liba.dylib", "/opt/cellar/liba.dylib");
    folder_link(state, "root/opt/lib/libout.dylib", "../../../outside/libout.dylib");
    assert_string_equal(
        short_of(state, tree_of(&w, root)),
        "_x.so: /opt/lib/liba.dylib=~/root/opt/lib/liba.dylib(path) "
        "@rpath/libb.dylib=~/root/opt/lib/libb.dylib(rpath)\n"
        "~/root/opt/lib/liba.dylib: "
        "@loader_path/libc.dylib=~/root/opt/cellar/libc.dylib(loader-path) "
        "/opt/lib/libout.dylib=-(not-found)\n"
        "~/root/opt/lib/libb.dylib: /usr/lib/libSystem.B.dylib=-(default)\n"
        "~/root/opt/cellar/libc.dylib: /usr/lib/libSystem.B.dylib=-(default)\n");
    assert_string_equal(tree_edge(&w, "/opt/lib/liba.dylib")->library->real_path,
                        path(state, "root/opt/cellar/liba.dylib"));
}

static void
looks_beside_the_real_file_and_loads_it_once(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@rpath/liba.1.dylib @rpath/liba.dylib", "");

    use_lib_path(state, "lib");
    tree_macho_file(state, "cellar/liba.1.2.dylib",
                    "{'id': '/x/liba.1.dylib', 'dylibs': "
                    "['@loader_path/../other/libb.dylib']}");
    tree_macho_file(state, "other/libb.dylib", "{'dylibs': ['/x/liba.1.dylib']}");
    folder_make(state, "lib");
    folder_link(state, "lib/liba.1.dylib", "../cellar/liba.1.2.dylib");
    folder_link(state, "lib/liba.dylib", "liba.1.dylib");
    assert_string_equal(
        short_of(state, tree_of(&w, root)),
        "_x.so: @rpath/liba.1.dylib=~/lib/liba.1.dylib(lib-path) "
        "@rpath/liba.dylib=~/lib/liba.1.dylib(loaded)\n"
        "~/lib/liba.1.dylib: @loader_path/../other/libb.dylib="
        "~/cellar/../other/libb.dylib(loader-path)\n"
        "~/cellar/../other/libb.dylib: /x/liba.1.dylib=~/lib/liba.1.dylib(loaded)\n");
    assert_string_equal(tree_edge(&w, "@rpath/liba.1.dylib")->library->real_path,
                        path(state, "cellar/liba.1.2.dylib"));
}

static void
chooses_slices_of_files_and_tells_the_others(void **state)
{
    struct wf_object *arm = tree_add_dylib(
        &w, "_x.so", "@rpath/liba.dylib @rpath/libb.dylib @rpath/libf.dylib", "");
    struct wf_object *x86 = tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "");

    tree_set_cpu(x86, "x86_64");
    use_lib_path(state, "one");
    use_lib_path(state, "two");
    tree_macho_file(state, "one/liba.dylib",
                    "{'slices': [{'arch': 'x86_64', 'id': '/x/one.dylib'},"
                    " {'arch': 'arm64', 'id': '/x/two.dylib'}]}");
    tree_macho_file(state, "one/libb.dylib",
                    "{'slices': [{'arch': 'x86_64'}, {'arch': 'x86_64h'}]}");
    tree_macho_file(state, "two/libb.dylib", LIB);
    tree_macho_file(state, "one/libf.dylib",
                    "{'slices': [{'arch': 'x86_64'}, {'arch': 'arm64', 'archive': 64}]}");
    tree_of(&w, arm);
    const struct wf_edge *liba = tree_edge(&w, "@rpath/liba.dylib");
    const struct wf_edge *libb = tree_edge(&w, "@rpath/libb.dylib");
    const struct wf_edge *libf = tree_edge(&w, "@rpath/libf.dylib");

    assert_string_equal(liba->library->object->soname, "/x/two.dylib");
    assert_string_equal(libb->library->path, path(state, "two/libb.dylib"));
    assert_int_equal(libb->num_tries, 1);
    assert_int_equal(libb->tries[0].result, WF_TRY_ARCH);
    assert_string_equal(libb->tries[0].detail, "x86_64, x86_64h");
    assert_null(libf->library);
    assert_string_equal(libf->tries[0].detail, "static library");
    const char *real = liba->library->real_path;

    tree_of(&w, x86);
    liba = tree_edge(&w, "@rpath/liba.dylib");
    assert_string_equal(liba->library->object->soname, "/x/one.dylib");
    assert_ptr_equal(liba->library->real_path, real); /* one file, a library per slice */
}

static void
passes_over_what_is_no_dylib(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so",
                       "/x/libelf.dylib /x/libtext.dylib /x/libcut.dylib "
                       "/x/libdir.dylib /x/libbundle.dylib",
                       "");

    use_lib_path(state, "one");
    tree_file(state, "one/libelf.dylib", "{\"machine\": \"aarch64\"}");
    folder_write(state, "one/libtext.dylib", "a text\n");
    tree_macho_file(state, "one/libcut.dylib", "{'truncate': 100}");
    folder_make(state, "one/libdir.dylib");
    tree_macho_file(state, "one/libbundle.dylib", "{'type': 'bundle'}");
    tree_of(&w, root);
    static const struct {
        const char *name;
        enum wf_try_result result;
        const char *detail; /* its beginning, or NULL */
    } rows[] = {
        { "/x/libelf.dylib", WF_TRY_NOT_OBJECT, "ELF" },
        { "/x/libtext.dylib", WF_TRY_NOT_OBJECT, NULL },
        { "/x/libcut.dylib", WF_TRY_UNREADABLE, "" },
        { "/x/libdir.dylib", WF_TRY_UNREADABLE, "" },
        { "/x/libbundle.dylib", WF_TRY_NOT_OBJECT, "bundle" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_edge *edge = tree_edge(&w, rows[i].name);

        assert_null(edge->library);
        const struct wf_try *last = &edge->tries[edge->num_tries - 1];

        assert_int_equal(last->result, rows[i].result);
        if (rows[i].detail == NULL)
            assert_null(last->detail);
        else
            assert_int_equal(
                strncmp(last->detail, rows[i].detail, strlen(rows[i].detail)), 0);
    }
}

static void
finds_the_program_of_a_module_where_it_was_told(void **state)
{
    struct wf_object *root =
        tree_add_dylib(&w, "_x.so", "@executable_path/liba.dylib @rpath/libb.dylib",
                       "@executable_path/../lib");

    w.search.executable_path = path(state, "bin");
    tree_macho_file(state, "bin/liba.dylib", LIB);
    tree_macho_file(state, "lib/libb.dylib", LIB);
    tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "@executable_path/liba.dylib")->by,
                     WF_FOUND_EXECUTABLE_PATH);
    assert_string_equal(tree_edge(&w, "@executable_path/liba.dylib")->library->path,
                        path(state, "bin/liba.dylib"));
    assert_string_equal(tree_edge(&w, "@rpath/libb.dylib")->library->path,
                        path(state, "bin/../lib/libb.dylib"));
}

static void
takes_absolute_rpaths_of_this_machine_when_it_is_searched(void **state)
{
    struct wf_object *root = tree_add_dylib(&w, "_x.so", "@rpath/liba.dylib", "");

    root->rpaths[0] = path(state, "opt");
    root->num_rpaths = 1;
    tree_macho_file(state, "opt/liba.dylib", LIB);
    assert_string_equal(tree_of(&w, root), "_x.so: @rpath/liba.dylib=-(not-found)\n");
    wf_resolver_free(w.resolver);
    w.resolver = NULL;
    w.search.use_host = true;
    tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "@rpath/liba.dylib")->by, WF_FOUND_RPATH);
}

static void
resolves_a_file_of_this_machine_with_its_slices(void **state)
{
    tree_macho_file(state, "bin/demo",
                    "{'slices': ["
                    "{'arch': 'x86_64', 'type': 'execute',"
                    " 'dylibs': ['@executable_path/liba.dylib']},"
                    "{'arch': 'arm64', 'type': 'execute',"
                    " 'dylibs': ['@rpath/liba.dylib'], 'rpaths': ['@loader_path']}]}");
    tree_macho_file(state, "bin/liba.dylib",
                    "{'slices': [{'arch': 'x86_64', 'dylibs': []},"
                    " {'arch': 'arm64', 'dylibs': []}]}");
    const struct wf_object *slices = tree_read(&w, folder_path(state, "bin/demo"));

    assert_string_equal(short_of(state, tree_of(&w, &slices[0])),
                        "~/bin/demo: @executable_path/liba.dylib="
                        "~/bin/liba.dylib(executable-path)\n~/bin/liba.dylib:\n");
    assert_string_equal(
        short_of(state, tree_of(&w, &slices[1])),
        "~/bin/demo: @rpath/liba.dylib=~/bin/liba.dylib(rpath)\n~/bin/liba.dylib:\n");
    assert_string_equal(w.tree->nodes[1]->library->object->arch_name, "arm64");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(searches_named_folders_by_base_name_in_their_order),
        TEST(puts_the_path_itself_between_the_named_folders),
        TEST(prefers_a_member_of_that_very_name_to_named_folders),
        TEST(tells_every_place_where_a_library_is_not),
        TEST(never_lets_a_named_folder_stand_in_for_the_system),
        TEST(looks_for_libpython_in_no_folder),
        TEST(reads_variables_as_lists_of_folders),
        TEST(finds_frameworks_whole_and_by_base_name),
        TEST(takes_absolute_places_from_the_sysroot_and_never_leaves_it),
        TEST(looks_beside_the_real_file_and_loads_it_once),
        TEST(chooses_slices_of_files_and_tells_the_others),
        TEST(passes_over_what_is_no_dylib),
        TEST(finds_the_program_of_a_module_where_it_was_told),
        TEST(takes_absolute_rpaths_of_this_machine_when_it_is_searched),
        TEST(resolves_a_file_of_this_machine_with_its_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
