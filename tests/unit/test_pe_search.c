/* test_pe_search.c -- trees over the DLLs of a wheel and those of folders: the rules of
 * Windows. */
#include "../support/unit.h"

#include "../support/folder.h"
#include "../support/tree_builder.h"

static struct tree_world w;

/* What Windows and the interpreter have in these tests. */
static enum wf_found_by
provider(const char **why, const void *context, enum wf_arch arch, const char *importer,
         const char *dll)
{
    (void)context;
    (void)arch;
    *why = NULL;
    if (strcmp(dll, "kernel32.dll") == 0)
        return WF_FOUND_DEFAULT;
    if (strcmp(dll, "python312.dll") == 0)
        return WF_FOUND_LIBPYTHON;
    if (strcmp(dll, "nvcuda.dll") == 0) {
        *why = "a driver";
        return WF_FOUND_MACHINE;
    }
    if (strcmp(dll, "unused.dll") == 0 && strcmp(importer, "A.dll") == 0)
        return WF_FOUND_DEFAULT;
    return WF_FOUND_NOT;
}

static int
setup(void **state)
{
    folder_setup(state);
    tree_setup(&w);
    w.search.windows_provider = provider;
    return 0;
}

static int
teardown(void **state)
{
    tree_clear(&w);
    return folder_teardown(state);
}

static void
use_lib_path(void **state, const char *const *names, size_t num)
{
    for (size_t i = 0; i < num; i++)
        wf_strings_append(&w.arena, &w.search.lib_path,
                          wf_arena_strdup(&w.arena, folder_path(state, names[i])));
}

/* The path of a library outside below the test's folder. */
static const char *
below(void **state, const struct wf_edge *edge)
{
    const size_t len = strlen(folder_path(state, ""));

    assert_non_null(edge->library);
    assert_false(edge->library->in_wheel);
    return edge->library->path + len;
}

static void
looks_into_the_nearest_folders_of_the_wheel_first(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll c.dll d.dll");

    (void)state;
    tree_add_dll(&w, "aaa/a.dll", "");
    tree_add_dll(&w, "aaa/c.dll", "");
    tree_add_dll(&w, "bbb/c.dll", "");
    tree_add_dll(&w, "demo.libs/a.dll", "");
    tree_add_dll(&w, "demo.libs/b.dll", "");
    tree_add_dll(&w, "aaa/b.dll", "");
    tree_add_dll(&w, "demo/a.dll", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: a.dll=demo/a.dll(loader-path) "
                        "b.dll=demo.libs/b.dll(dll-folder) "
                        "c.dll=aaa/c.dll(outside-search) d.dll=-(not-found)\n"
                        "demo/a.dll:\ndemo.libs/b.dll:\naaa/c.dll:\n");
    assert_string_equal(tree_edge(&w, "c.dll")->why, "a member of that file name");
    assert_int_equal(tree_edge(&w, "d.dll")->num_tries, 0);
}

static void
the_folder_of_the_module_counts_for_all_that_it_loads(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll");

    (void)state;
    tree_add_dll(&w, "other/a.dll", "b.dll c.dll");
    tree_add_dll(&w, "other/b.dll", "");
    tree_add_dll(&w, "other/c.dll", "");
    tree_add_dll(&w, "demo/b.dll", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: a.dll=other/a.dll(outside-search)\n"
                        "other/a.dll: b.dll=demo/b.dll(loader-path) "
                        "c.dll=other/c.dll(outside-search)\n"
                        "demo/b.dll:\nother/c.dll:\n");
    assert_string_equal(tree_edge(&w, "c.dll")->why, "the folder of who needs it");
}

static void
compares_names_without_case_and_adds_what_is_left_out(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "FOO.DLL bar odd.drv");

    (void)state;
    tree_add_dll(&w, "demo/Foo.dll", "");
    tree_add_dll(&w, "demo/BAR.dll", "");
    tree_add_dll(&w, "demo/odd.drv", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: FOO.DLL=demo/Foo.dll(loader-path) "
                        "bar=demo/BAR.dll(loader-path) "
                        "odd.drv=demo/odd.drv(loader-path)\n"
                        "demo/Foo.dll:\ndemo/BAR.dll:\ndemo/odd.drv:\n");
}

static void
one_dll_of_a_name_is_loaded_in_a_process(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll");

    (void)state;
    tree_add_dll(&w, "demo/a.dll", "");
    tree_add_dll(&w, "demo/b.dll", "A.DLL B.dll _X.pyd");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: a.dll=demo/a.dll(loader-path) "
                        "b.dll=demo/b.dll(loader-path)\n"
                        "demo/a.dll:\n"
                        "demo/b.dll: A.DLL=demo/a.dll(loaded) B.dll=demo/b.dll(loaded) "
                        "_X.pyd=demo/_x.pyd(loaded)\n");
}

static void
passes_over_dlls_for_other_machines(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll");
    struct wf_object *x86 = tree_add_dll(&w, "demo/A.dll", "");

    (void)state;
    tree_set_machine(&w, x86, "x86");
    tree_add_dll(&w, "other/a.dll", "");
    tree_set_machine(&w, tree_add_dll(&w, "demo/b.dll", ""), "arm64");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: a.dll=other/a.dll(outside-search) "
                        "b.dll=-(not-found)\nother/a.dll:\n");
    assert_string_equal(tree_tries(&w, "a.dll"),
                        "demo/A.dll arch loader-path: the folder of the module\n");
    assert_string_equal(tree_edge(&w, "a.dll")->tries[0].detail, "x86");
    assert_string_equal(tree_tries(&w, "b.dll"),
                        "demo/b.dll arch loader-path: the folder of the module\n");
}

static void
arm64x_code_is_for_both_kinds_of_process(void **state)
{
    struct wf_object *amd64 = tree_add_dll(&w, "one/_x.pyd", "a.dll");
    struct wf_object *arm64 = tree_add_dll(&w, "two/_y.pyd", "a.dll");
    struct wf_object *x86 = tree_add_dll(&w, "three/_z.pyd", "a.dll");

    (void)state;
    tree_set_machine(&w, arm64, "arm64");
    tree_set_machine(&w, x86, "x86");
    tree_set_machine(&w, tree_add_dll(&w, "demo.libs/a.dll", ""), "arm64x");
    assert_non_null(strstr(tree_of(&w, amd64), "a.dll=demo.libs/a.dll"));
    assert_non_null(strstr(tree_of(&w, arm64), "a.dll=demo.libs/a.dll"));
    assert_non_null(strstr(tree_of(&w, x86), "a.dll=-(not-found)"));
}

static void
objects_of_other_systems_are_no_dlls(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll");

    (void)state;
    tree_add(&w, "demo/a.dll", "");
    assert_string_equal(tree_of(&w, root), "demo/_x.pyd: a.dll=-(not-found)\n");
}

static void
what_windows_has_is_taken_from_the_wheel_only_beside_its_user(void **state)
{
    struct wf_object *root =
        tree_add_dll(&w, "demo/_x.pyd", "KERNEL32.dll python312.dll nvcuda.dll");
    struct wf_object *other = tree_add_dll(&w, "other/_y.pyd", "kernel32.dll");

    (void)state;
    tree_add_dll(&w, "demo/python312.dll", "");
    tree_add_dll(&w, "other/kernel32.dll", "");
    tree_add_dll(&w, "x.libs/kernel32.dll", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: KERNEL32.dll=-(default) python312.dll=-(libpython) "
                        "nvcuda.dll=-(machine)\n");
    assert_string_equal(tree_edge(&w, "nvcuda.dll")->why, "a driver");
    assert_string_equal(tree_edge(&w, "KERNEL32.dll")->why, "the platform has it");
    assert_non_null(strstr(tree_of(&w, other), "kernel32.dll=other/kernel32.dll"));
}

static void
what_nobody_may_bundle_is_found_in_the_wheel_all_the_same(void **state)
{
    static const char *const folders[] = { "lib" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "nvcuda.dll");
    struct wf_object *plain = tree_add_dll(&w, "demo/_y.pyd", "NVCUDA.dll");

    tree_pe_file(state, "lib/nvcuda.dll", "{}");
    use_lib_path(state, folders, 1);
    assert_string_equal(tree_of(&w, plain), "demo/_y.pyd: NVCUDA.dll=-(machine)\n");
    wf_resolver_free(w.resolver);
    w.resolver = NULL;
    tree_add_dll(&w, "other/nvcuda.dll", "");
    assert_non_null(strstr(tree_of(&w, root), "nvcuda.dll=other/nvcuda.dll"));
}

static void
the_provider_is_told_who_asks(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll unused.dll");

    (void)state;
    tree_add_dll(&w, "demo/A.dll", "unused.dll");
    assert_string_equal(tree_of(&w, root), "demo/_x.pyd: a.dll=demo/A.dll(loader-path) "
                                           "unused.dll=-(not-found)\n"
                                           "demo/A.dll: unused.dll=-(default)\n");
}

static void
marks_delay_imports_and_forwarders(void **state)
{
    struct wf_object *root =
        tree_add_dll(&w, "demo/_x.pyd", "a.dll delay:b.dll forward:c.dll");

    (void)state;
    (void)tree_of(&w, root);
    assert_false(tree_edge(&w, "a.dll")->lazy);
    assert_false(tree_edge(&w, "a.dll")->weak);
    assert_true(tree_edge(&w, "b.dll")->lazy);
    assert_false(tree_edge(&w, "b.dll")->weak);
    assert_true(tree_edge(&w, "c.dll")->lazy);
    assert_true(tree_edge(&w, "c.dll")->weak);
}

static void
names_with_folders_in_them_are_not_looked_for(void **state)
{
    static const char *const folders[] = { "lib" };
    struct wf_object *root = tree_add_dll(
        &w, "demo/_x.pyd", "../a.dll sub\\a.dll c:a.dll /a.dll .. . ../demo/a.dll");

    tree_add_dll(&w, "demo/a.dll", "");
    tree_pe_file(state, "a.dll", "{}");
    tree_pe_file(state, "lib/sub/a.dll", "{}");
    use_lib_path(state, folders, 1);
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.pyd: ../a.dll=-(not-found) sub\\a.dll=-(not-found) "
                        "c:a.dll=-(not-found) /a.dll=-(not-found) ..=-(not-found) "
                        ".=-(not-found) ../demo/a.dll=-(not-found)\n");
}

static void
looks_into_named_folders_in_their_order(void **state)
{
    static const char *const folders[] = { "none", "one", "two" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "A.dll b.dll gone.dll");

    tree_pe_file(state, "one/a.DLL", "{ 'imports': ['c.dll', 'kernel32.dll'] }");
    tree_pe_file(state, "two/a.dll", "{}");
    tree_pe_file(state, "two/B.dll", "{}");
    tree_pe_file(state, "two/c.dll", "{}");
    tree_pe_file(state, "one/C.dll", "{}");
    use_lib_path(state, folders, 3);
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "A.dll")), "one/a.DLL");
    assert_int_equal(tree_edge(&w, "A.dll")->by, WF_FOUND_LIB_PATH);
    assert_string_equal(below(state, tree_edge(&w, "b.dll")), "two/B.dll");
    assert_string_equal(below(state, tree_edge(&w, "c.dll")), "one/C.dll");
    assert_int_equal(tree_edge(&w, "c.dll")->by, WF_FOUND_LOADER_PATH);
    assert_int_equal(tree_edge(&w, "kernel32.dll")->by, WF_FOUND_DEFAULT);
    assert_int_equal(tree_edge(&w, "gone.dll")->num_tries, 3);
}

static void
of_names_that_differ_by_case_alone_the_exact_one_wins(void **state)
{
    static const char *const folders[] = { "lib" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "Foo.dll bar.dll Baz.dll");

    tree_pe_file(state, "lib/FOO.dll", "{}");
    tree_pe_file(state, "lib/Foo.dll", "{}");
    tree_pe_file(state, "lib/foo.dll", "{}");
    tree_pe_file(state, "lib/Bar.dll", "{}");
    tree_pe_file(state, "lib/BAR.dll", "{}");
    tree_pe_file(state, "lib/Baz.dll", "{ 'machine': 'x86' }");
    tree_pe_file(state, "lib/baz.dll", "{}");
    use_lib_path(state, folders, 1);
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "Foo.dll")), "lib/Foo.dll");
    assert_string_equal(below(state, tree_edge(&w, "bar.dll")), "lib/BAR.dll");
    assert_string_equal(below(state, tree_edge(&w, "Baz.dll")), "lib/baz.dll");
    assert_int_equal(tree_edge(&w, "Baz.dll")->num_tries, 1);
    assert_int_equal(tree_edge(&w, "Baz.dll")->tries[0].result, WF_TRY_ARCH);
    assert_string_equal(tree_edge(&w, "Baz.dll")->tries[0].detail, "x86");
}

static void
what_is_no_dll_is_passed_over_with_a_note(void **state)
{
    static const char *const folders[] = { "one", "two" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll c.dll");

    tree_file(state, "one/a.dll", "{ \"machine\": \"x86_64\" }");
    tree_pe_file(state, "two/a.dll", "{}");
    tree_folder(state, "one/b.dll");
    tree_pe_file(state, "one/c.dll", "{ 'truncate': 200 }");
    use_lib_path(state, folders, 2);
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "a.dll")), "two/a.dll");
    assert_int_equal(tree_edge(&w, "a.dll")->tries[0].result, WF_TRY_NOT_OBJECT);
    assert_string_equal(tree_edge(&w, "a.dll")->tries[0].detail, "ELF");
    assert_null(tree_edge(&w, "b.dll")->library);
    assert_null(tree_edge(&w, "c.dll")->library);
    assert_int_equal(tree_edge(&w, "c.dll")->tries[0].result, WF_TRY_UNREADABLE);
}

static void
a_sysroot_has_system_folders_for_each_machine(void **state)
{
    struct wf_object *x64 = tree_add_dll(&w, "demo/_x.pyd", "a.dll top.dll win.dll");
    struct wf_object *x86 = tree_add_dll(&w, "demo/_y.pyd", "a.dll");

    tree_set_machine(&w, x86, "x86");
    tree_pe_file(state, "root/Windows/System32/A.dll", "{}");
    tree_pe_file(state, "root/Windows/SysWOW64/A.dll", "{ 'machine': 'x86' }");
    tree_pe_file(state, "root/Windows/Win.dll", "{}");
    tree_pe_file(state, "root/Top.dll", "{}");
    w.search.sysroot = wf_arena_strdup(&w.arena, folder_path(state, "root"));
    (void)tree_of(&w, x64);
    assert_string_equal(below(state, tree_edge(&w, "a.dll")),
                        "root/Windows/System32/A.dll");
    assert_string_equal(below(state, tree_edge(&w, "top.dll")), "root/Top.dll");
    assert_string_equal(below(state, tree_edge(&w, "win.dll")), "root/Windows/Win.dll");
    (void)tree_of(&w, x86);
    assert_string_equal(below(state, tree_edge(&w, "a.dll")),
                        "root/Windows/SysWOW64/A.dll");
    assert_int_equal(tree_edge(&w, "a.dll")->num_tries, 0);
}

static void
path_comes_last(void **state)
{
    static const char *const folders[] = { "lib" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll");

    tree_pe_file(state, "path/a.dll", "{}");
    tree_pe_file(state, "path/b.dll", "{}");
    tree_pe_file(state, "lib/a.dll", "{}");
    use_lib_path(state, folders, 1);
    wf_strings_append(&w.arena, &w.search.use_path,
                      wf_arena_strdup(&w.arena, folder_path(state, "path")));
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "a.dll")), "lib/a.dll");
    assert_string_equal(below(state, tree_edge(&w, "b.dll")), "path/b.dll");
    assert_string_equal(tree_edge(&w, "b.dll")->why, "PATH");
}

static void
the_wheel_is_left_out_when_asked_so(void **state)
{
    static const char *const folders[] = { "lib" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll kernel32.dll");

    tree_add_dll(&w, "demo/a.dll", "");
    tree_add_dll(&w, "demo/kernel32.dll", "");
    tree_pe_file(state, "lib/a.dll", "{}");
    use_lib_path(state, folders, 1);
    w.search.no_search_wheel = true;
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "a.dll")), "lib/a.dll");
    assert_int_equal(tree_edge(&w, "kernel32.dll")->by, WF_FOUND_DEFAULT);
}

static void
exclusions_compare_names_without_case(void **state)
{
    static const char *patterns[] = { "FOO*.dll", "nothing.dll" };
    struct wf_object *root = tree_add_dll(
        &w, "demo/_x.pyd", "foo1.dll a.dll C:\\x/y\\Foo2.DLL foo.dll\\a.dll");
    struct wf_strings unmatched = { 0 };

    (void)state;
    tree_add_dll(&w, "demo/foo1.dll", "b.dll");
    tree_add_dll(&w, "demo/A.dll", "");
    w.search.excludes = (struct wf_strings){ patterns, 2, 2 };
    assert_string_equal(tree_of(&w, root), "demo/_x.pyd: foo1.dll=-(excluded) "
                                           "a.dll=demo/A.dll(loader-path) "
                                           "C:\\x/y\\Foo2.DLL=-(excluded) "
                                           "foo.dll\\a.dll=-(not-found)\n"
                                           "demo/A.dll:\n");
    assert_string_equal(tree_edge(&w, "foo1.dll")->why, "FOO*.dll");
    wf_resolver_unmatched_excludes(w.resolver, &w.arena, &unmatched);
    assert_int_equal(unmatched.num, 1);
    assert_string_equal(unmatched.items[0], "nothing.dll");
}

static void
an_included_name_is_looked_for_although_windows_has_it(void **state)
{
    static const char *const folders[] = { "lib" };
    static const char *patterns[] = { "Kernel32.dll" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "kernel32.dll");
    const struct wf_edge *edge;

    tree_pe_file(state, "lib/KERNEL32.dll", "{}");
    use_lib_path(state, folders, 1);
    w.search.includes = (struct wf_strings){ patterns, 1, 1 };
    (void)tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "kernel32.dll")->by, WF_FOUND_DEFAULT);
    assert_true(wf_resolver_named(&edge, w.resolver, root, "kernel32.dll",
                                  WF_LIBC_UNKNOWN, &w.err));
    assert_string_equal(below(state, edge), "lib/KERNEL32.dll");
}

static void
what_nobody_bundles_is_looked_for_when_it_is_included(void **state)
{
    static const char *const folders[] = { "lib" };
    static const char *patterns[] = { "NVCUDA.dll" };
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "nvcuda.dll");

    tree_pe_file(state, "lib/nvcuda.dll", "{}");
    use_lib_path(state, folders, 1);
    w.search.includes = (struct wf_strings){ patterns, 1, 1 };
    (void)tree_of(&w, root);
    assert_string_equal(below(state, tree_edge(&w, "nvcuda.dll")), "lib/nvcuda.dll");
}

static void
many_namesakes_end_at_the_limit_of_steps(void **state)
{
    struct wf_object *root = tree_add_dll(&w, "demo/_x.pyd", "a.dll b.dll");
    const struct wf_tree *tree;
    const struct wf_object *members[8];

    (void)state;
    members[0] = root;
    for (size_t i = 1; i < WF_COUNT(members); i++)
        members[i] = tree_add_dll(&w, wf_arena_printf(&w.arena, "d%zu/a.dll", i), "");
    w.limits.tree_steps = 3;
    w.resolver = wf_resolver_new(&w.search, members, WF_COUNT(members), &w.limits);
    assert_false(wf_resolver_tree(&tree, w.resolver, root, WF_LIBC_UNKNOWN, &w.err));
    assert_int_equal(w.err.kind, WF_ERR_LIMIT);
    assert_string_equal(w.err.text, "its search for libraries takes more than 3 steps "
                                    "(--limit tree-steps)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looks_into_the_nearest_folders_of_the_wheel_first),
        TEST(the_folder_of_the_module_counts_for_all_that_it_loads),
        TEST(compares_names_without_case_and_adds_what_is_left_out),
        TEST(one_dll_of_a_name_is_loaded_in_a_process),
        TEST(passes_over_dlls_for_other_machines),
        TEST(arm64x_code_is_for_both_kinds_of_process),
        TEST(objects_of_other_systems_are_no_dlls),
        TEST(what_windows_has_is_taken_from_the_wheel_only_beside_its_user),
        TEST(what_nobody_may_bundle_is_found_in_the_wheel_all_the_same),
        TEST(the_provider_is_told_who_asks),
        TEST(marks_delay_imports_and_forwarders),
        TEST(names_with_folders_in_them_are_not_looked_for),
        TEST(looks_into_named_folders_in_their_order),
        TEST(of_names_that_differ_by_case_alone_the_exact_one_wins),
        TEST(what_is_no_dll_is_passed_over_with_a_note),
        TEST(a_sysroot_has_system_folders_for_each_machine),
        TEST(path_comes_last),
        TEST(the_wheel_is_left_out_when_asked_so),
        TEST(exclusions_compare_names_without_case),
        TEST(an_included_name_is_looked_for_although_windows_has_it),
        TEST(what_nobody_bundles_is_looked_for_when_it_is_included),
        TEST(many_namesakes_end_at_the_limit_of_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
