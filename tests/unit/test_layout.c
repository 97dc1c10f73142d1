/* test_layout.c -- the module's name, and where its Python files are. */
#include "../support/pack_tree.h"

static void
write_project(void **state, const char *project, const char *maturin, const char *cargo)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "pyproject.toml",
               wf_arena_printf(&arena,
                               "[build-system]\nrequires = []\n%s\n[tool.maturin]\n%s\n",
                               project, maturin));
    folder_put(state, "Cargo.toml",
               wf_arena_printf(&arena, "[package]\nname = \"crate-name\"\n%s\n", cargo));
    wf_arena_clear(&arena);
}

static bool
find(void **state, struct pack_tree *tree, enum wf_bindings bindings)
{
    pack_tree_read(state, tree, bindings);
    return wf_layout_find(&tree->layout, &tree->arena, &tree->project, &tree->graph,
                          &tree->bridge, &tree->err);
}

static void
assert_module(void **state, const char *project, const char *maturin, const char *cargo,
              const char *expected)
{
    struct pack_tree tree;

    write_project(state, project, maturin, cargo);
    if (!find(state, &tree, WF_BINDINGS_PYO3))
        fail_msg("%s", tree.err.text);
    assert_string_equal(tree.layout.module_name, expected);
    pack_tree_end(&tree);
}

static void
the_module_is_named_by_the_first_that_names_it(void **state)
{
    assert_module(state, "[project]\nname = \"p\"", "module-name = \"m\"",
                  "[lib]\nname = \"l\"", "m");
    assert_module(state, "[project]\nname = \"p\"", "", "[lib]\nname = \"l\"", "l");
    assert_module(state, "[project]\nname = \"p\"", "", "", "p");
    assert_module(state, "", "", "", "demo"); /* of the crate */
}

/* The first setting stands in line 5, and the value is what is wrong. */
static void
assert_blames(void **state, struct pack_tree *tree, const char *maturin)
{
    assert_string_equal(tree->err.where,
                        wf_arena_printf(&tree->arena, "%s: line 5, column %u",
                                        folder_path(state, "pyproject.toml"),
                                        (unsigned)strcspn(maturin, "=") + 3));
}

static void
assert_refused(void **state, const char *maturin, enum wf_bindings bindings,
               const char *why)
{
    struct pack_tree tree;

    write_project(state, "", maturin, "");
    assert_false(find(state, &tree, bindings));
    assert_error(tree.err, WF_ERR_REFUSED, why);
    assert_blames(state, &tree, maturin);
    pack_tree_end(&tree);
}

static void
a_name_that_python_cannot_import_is_refused(void **state)
{
    const char *dash = "the module name \"a-b\" ends in a part with a '-', which Python "
                       "cannot import; give another as module-name in [tool.maturin], or "
                       "as name in [lib] of Cargo.toml";
    struct pack_tree tree;

    assert_refused(state, "module-name = \"a-b\"", WF_BINDINGS_PYO3, dash);
    assert_refused(state, "module-name = \"a-b\"", WF_BINDINGS_CFFI, dash);
    assert_true(find(state, &tree, WF_BINDINGS_BIN)); /* nobody imports a program */
    pack_tree_end(&tree);
    assert_refused(state, "module-name = \"a..b\"", WF_BINDINGS_PYO3,
                   "the module name \"a..b\" has an empty part; give another as "
                   "module-name in [tool.maturin], or as name in [lib] of Cargo.toml");
    assert_refused(state, "module-name = \"../x\"", WF_BINDINGS_BIN,
                   "the module name \"../x\" has an empty part; give another as "
                   "module-name in [tool.maturin], or as name in [lib] of Cargo.toml");
    assert_refused(
        state, "module-name = \"a/x\"", WF_BINDINGS_BIN,
        "the module name \"a/x\" has a slash, backslash or control character; "
        "give another as module-name in [tool.maturin], or as name in [lib] of "
        "Cargo.toml");
}

static void
assert_place(void **state, const char *maturin, bool is_mixed, const char *ext_dir,
             const char *ext)
{
    struct pack_tree tree;

    write_project(state, "", maturin, "");
    assert_true(find(state, &tree, WF_BINDINGS_PYO3));
    assert_int_equal(tree.layout.is_mixed, is_mixed);
    assert_string_equal(tree.layout.ext_dir, ext_dir);
    assert_string_equal(tree.layout.ext, ext);
    assert_int_equal(tree.layout.package_dirs.num, is_mixed ? 1 : 0);
    pack_tree_end(&tree);
}

static void
the_package_that_is_there_makes_it_mixed(void **state)
{
    assert_place(state, "module-name = \"a\"", false, "a", "a");
    assert_place(state, "module-name = \"a.b.c\"", false, "c", "c");
    folder_tree(state, "a"); /* no __init__.py: a namespace package */
    assert_place(state, "module-name = \"a\"", true, "a", "a");
    assert_place(state, "module-name = \"a.b.c\"", true, "a/b", "c");
    folder_put(state, "a/Cargo.toml", ""); /* a crate of that name */
    assert_place(state, "module-name = \"a\"", false, "a", "a");
    folder_put(state, "a/__init__.py", "");
    assert_place(state, "module-name = \"a\"", true, "a", "a");
}

static void
assert_python_dir(void **state, const char *project, const char *maturin,
                  const char *expected)
{
    struct pack_tree tree;

    write_project(state, project, maturin, "");
    if (!find(state, &tree, WF_BINDINGS_PYO3))
        fail_msg("%s", tree.err.text);
    assert_string_equal(tree.layout.python_dir, expected[0] == '\0'
                                                    ? (const char *)*state
                                                    : folder_path(state, expected));
    pack_tree_end(&tree);
}

static void
python_files_are_where_it_says_or_in_src_beside_rust(void **state)
{
    folder_put(state, "py/m/__init__.py", "");
    assert_python_dir(state, "", "python-source = \"py\"\nmodule-name = \"m\"", "py");
    assert_python_dir(state, "", "python-source = \"py/../py/.\"\nmodule-name = \"m\"",
                      "py");
    folder_put(state, "src/my_demo/__init__.py", "");
    assert_python_dir(state, "[project]\nname = \"my-demo\"", "module-name = \"x\"", "");
    folder_put(state, "rust/Cargo.toml", "[package]\nname = \"demo\"\n");
    assert_python_dir(state, "[project]\nname = \"my-demo\"", "module-name = \"x\"",
                      "src");
    assert_python_dir(state, "[project]\nname = \"other\"", "module-name = \"x\"", "");
    assert_python_dir(state, "[project]\nname = \"other\"",
                      "module-name = \"x\"\npython-packages = [\"my_demo\"]", "src");
}

static void
assert_error_names_folder(void **state, const char *maturin, const char *before,
                          const char *folder, const char *behind)
{
    struct pack_tree tree;
    struct wf_arena arena = { 0 };

    write_project(state, "", maturin, "");
    assert_false(find(state, &tree, WF_BINDINGS_PYO3));
    assert_error(
        tree.err, WF_ERR_REFUSED,
        wf_arena_printf(&arena, "%s%s%s", before, folder_path(state, folder), behind));
    assert_blames(state, &tree, maturin);
    wf_arena_clear(&arena);
    pack_tree_end(&tree);
}

static void
what_is_set_must_be_there(void **state)
{
    assert_error_names_folder(state, "python-source = \"py\"\nmodule-name = \"m\"",
                              "python-source is set to \"py\", and there is no folder ",
                              "py", "");
    folder_tree(state, "py");
    assert_error_names_folder(
        state, "python-source = \"py\"\nmodule-name = \"m\"",
        "python-source is set to \"py\", and there is no package ", "py/m",
        " for the module m: make it, or take python-source out of pyproject.toml");
    assert_error_names_folder(state, "data = \"d\"\nmodule-name = \"m\"",
                              "data is set to \"d\", and there is no folder ", "d", "");
    folder_put(state, "d", "a file");
    assert_error_names_folder(state, "data = \"d\"\nmodule-name = \"m\"",
                              "data is set to \"d\", and there is no folder ", "d", "");
}

static void
the_data_folder_is_found_by_the_name_of_the_module(void **state)
{
    struct pack_tree tree;

    write_project(state, "", "module-name = \"a.b\"", "");
    assert_true(find(state, &tree, WF_BINDINGS_PYO3));
    assert_null(tree.layout.data_dir);
    pack_tree_end(&tree);
    folder_tree(state, "a.b.data");
    assert_true(find(state, &tree, WF_BINDINGS_PYO3));
    assert_string_equal(tree.layout.data_dir, folder_path(state, "a.b.data"));
    pack_tree_end(&tree);
}

static void
packages_outside_the_python_folder_are_refused(void **state)
{
    struct pack_tree tree;

    write_project(state, "", "module-name = \"m\"\npython-packages = [\"../x\"]", "");
    assert_false(find(state, &tree, WF_BINDINGS_PYO3));
    assert_int_equal(tree.err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(tree.err.text,
                           "python-packages names \"../x\", which is not a "
                           "folder below "));
    pack_tree_end(&tree);
    write_project(state, "", "module-name = \"m\"\npython-packages = [\".\"]", "");
    assert_false(find(state, &tree, WF_BINDINGS_PYO3));
    pack_tree_end(&tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(the_module_is_named_by_the_first_that_names_it),
        in_folder(a_name_that_python_cannot_import_is_refused),
        in_folder(the_package_that_is_there_makes_it_mixed),
        in_folder(python_files_are_where_it_says_or_in_src_beside_rust),
        in_folder(what_is_set_must_be_there),
        in_folder(the_data_folder_is_found_by_the_name_of_the_module),
        in_folder(packages_outside_the_python_folder_are_refused),
    };

    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
