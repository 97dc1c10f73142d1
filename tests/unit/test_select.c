/* test_select.c -- which files of a project go into its wheel and its sdist. */
#include "../support/pack_tree.h"

#include <stdio.h>

static void
write_project(void **state, const char *maturin)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "pyproject.toml",
               wf_arena_printf(&arena,
                               "[build-system]\nrequires = []\n[project]\nname = "
                               "\"demo\"\n[tool.maturin]\n%s\n",
                               maturin));
    folder_put(state, "Cargo.toml", "[package]\nname = \"demo\"\n");
    wf_arena_clear(&arena);
}

static void
assert_wheel(void **state, struct pack_tree *tree, const char *expected)
{
    if (!wf_select_wheel(&tree->content, &tree->request, &tree->err))
        fail_msg("%s: %s", tree->err.where, tree->err.text);
    assert_string_equal(pack_tree_names(tree, &tree->content), expected);
    (void)state;
}

static void
assert_selects(void **state, const char *maturin, const char *expected)
{
    struct pack_tree tree;

    write_project(state, maturin);
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    assert_wheel(state, &tree, expected);
    pack_tree_end(&tree);
}

static void
assert_not_selected(void **state, const char *maturin, const char *why)
{
    struct pack_tree tree;

    write_project(state, maturin);
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    assert_false(wf_select_wheel(&tree.content, &tree.request, &tree.err));
    assert_error(tree.err, WF_ERR_REFUSED, why);
    pack_tree_end(&tree);
}

#define METADATA "demo-1.0.dist-info/METADATA"

static void
packages_go_in_without_what_an_editable_build_left(void **state)
{
    folder_put(state, "demo/__init__.py", "");
    folder_put(state, "demo/sub/x.py", "");
    folder_put(state, "demo/.hidden", "");
    folder_put(state, "demo/demo.cpython-312-x86_64-linux-gnu.so", "");
    folder_put(state, "demo/libdemo.so", "");
    folder_put(state, "demo/demo/libdemo.so", "");
    folder_put(state, "demo/demo.pdb", "");
    folder_put(state, "demo/libdemo.dylib.dSYM/Contents/x", "");
    folder_put(state, "demo/other.so", "");
    folder_put(state, "demo/demo.py", "");
    folder_put(state, "outside.py", "");
    assert_selects(state, "",
                   "demo/.hidden demo/__init__.py demo/demo.py demo/other.so "
                   "demo/sub/x.py " METADATA);
}

static void
python_packages_and_source_are_kept(void **state)
{
    folder_put(state, "py/demo/__init__.py", "");
    folder_put(state, "py/extra/x.py", "");
    folder_put(state, "py/not/y.py", "");
    assert_selects(state,
                   "python-source = \"py\"\npython-packages = [\"extra\", \"missing\"]",
                   "demo/__init__.py extra/x.py " METADATA);
    assert_non_null(strstr(pack_says(), "warning: python-packages names "));
    assert_non_null(strstr(pack_says(), "py/missing, which is not there\n"));
}

/* A wheel without them could not be imported. */
static void
python_files_outside_the_project_go_in(void **state)
{
    void *inner = (void *)(uintptr_t)folder_path(state, "crate");
    struct wf_arena arena = { 0 };

    inner = wf_arena_strdup(&arena, inner);
    folder_put(state, "python/demo/__init__.py", "");
    folder_tree(state, "crate");
    assert_selects(&inner, "python-source = \"../python\"", "demo/__init__.py " METADATA);
    wf_arena_clear(&arena);
}

static void
ignored_files_come_in_by_include_and_go_by_exclude(void **state)
{
    folder_tree(state, ".git");
    folder_put(state, ".gitignore", "*.txt\n");
    folder_put(state, "demo/__init__.py", "");
    folder_put(state, "demo/a.txt", "");
    folder_put(state, "demo/b.py", "");
    folder_put(state, "assets/x.txt", "");
    assert_selects(state, "", "demo/__init__.py demo/b.py " METADATA);
    assert_selects(state, "include = [\"demo/*.txt\", \"assets/*\"]",
                   "assets/x.txt demo/__init__.py demo/a.txt demo/b.py " METADATA);
    assert_selects(state, "exclude = [\"demo/b*\"]", "demo/__init__.py " METADATA);
    assert_selects(state,
                   "include = [\"assets/*\"]\nexclude = [\"*.txt\", \"!/assets/x.txt\"]",
                   "assets/x.txt demo/__init__.py demo/b.py " METADATA);
    assert_selects(state,
                   "include = [{ path = \"assets/*\", format = \"sdist\" }]\n"
                   "exclude = [{ path = \"demo/b*\", format = \"sdist\" }]",
                   "demo/__init__.py demo/b.py " METADATA);
}

static void
includes_fall_back_to_the_python_folder(void **state)
{
    folder_put(state, "py/demo/__init__.py", "");
    folder_put(state, "py/data/x", "");
    folder_put(state, "top/y", "");
    assert_selects(state,
                   "python-source = \"py\"\ninclude = [\"data/*\", \"top/*\", "
                   "\"py/demo/*\"]",
                   "data/x demo/__init__.py top/y " METADATA);
}

static void
files_of_build_scripts_go_where_they_are_told(void **state)
{
    const char *include = "include = [{ path = \"*.txt\", from = \"out-dir\", to = "
                          "\"demo/gen\" }]";
    struct wf_out_dir out = { .crate_id = "demo 1.0" };
    struct pack_tree tree;

    folder_put(state, "target/out/a.txt", "");
    folder_put(state, "target/out/b.rs", "");
    write_project(state, include);
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    assert_false(wf_select_wheel(&tree.content, &tree.request, &tree.err));
    assert_error(
        tree.err, WF_ERR_REFUSED,
        "include takes \"*.txt\" from OUT_DIR of demo, which has none: the crate "
        "needs a build.rs that was run");
    out.path = folder_path(state, "target/out");
    tree.compiled.out_dirs = &out;
    tree.compiled.num_out_dirs = 1;
    assert_wheel(state, &tree, "demo/gen/a.txt " METADATA);
    pack_tree_end(&tree);
}

static void
the_data_folder_has_five_folders_and_nothing_else(void **state)
{
    char why[1024];

    folder_put(state, "demo.data/data/a/b.txt", "");
    folder_put(state, "demo.data/headers/x.h", "");
    folder_put(state, "demo.data/scripts/run", "");
    folder_link(state, "demo.data/data/link", "a");
    assert_selects(state, "",
                   "demo-1.0.data/data/a/b.txt demo-1.0.data/data/link/b.txt "
                   "demo-1.0.data/headers/x.h demo-1.0.data/scripts/run " METADATA);
    folder_put(state, "demo.data/lib/x", "");
    snprintf(why, sizeof why,
             "the data folder %s holds \"lib\"; only the folders data, headers, platlib, "
             "purelib and scripts are installed",
             folder_path(state, "demo.data"));
    assert_not_selected(state, "", why);
}

static void
dist_info_holds_entry_points_licences_and_sboms(void **state)
{
    struct pack_tree tree;
    struct wf_license_file licenses[2] = { { .path = "LICENSE" },
                                           { .path = "vendor/COPYING" } };

    folder_put(state, "LICENSE", "");
    folder_put(state, "vendor/COPYING", "");
    folder_put(state, "bom/a.json", "{}");
    write_project(state, "exclude = [\"*\"]\n[tool.maturin.sbom]\ninclude = "
                         "[\"bom/a.json\"]");
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    licenses[0].source = wf_arena_strdup(&tree.arena, folder_path(state, "LICENSE"));
    licenses[1].source =
        wf_arena_strdup(&tree.arena, folder_path(state, "vendor/COPYING"));
    tree.metadata.licenses = licenses;
    tree.metadata.num_licenses = 2;
    tree.metadata.entry_points = wf_bytes_str("[console_scripts]\nx=y:z\n");
    assert_wheel(state, &tree,
                 METADATA " demo-1.0.dist-info/entry_points.txt "
                          "demo-1.0.dist-info/licenses/LICENSE "
                          "demo-1.0.dist-info/licenses/vendor/COPYING "
                          "demo-1.0.dist-info/sboms/a.json");
    assert_string_equal(pack_tree_text(&tree, &tree.content, METADATA),
                        "Metadata-Version: 2.4\n");
    pack_tree_end(&tree);
}

static void
a_licence_that_climbs_is_refused(void **state)
{
    struct pack_tree tree;
    struct wf_license_file license = { .path = "../LICENSE", .source = "/x/LICENSE" };

    write_project(state, "");
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    tree.metadata.licenses = &license;
    tree.metadata.num_licenses = 1;
    assert_false(wf_select_wheel(&tree.content, &tree.request, &tree.err));
    assert_int_equal(tree.err.kind, WF_ERR_REFUSED);
    assert_non_null(
        strstr(tree.err.text, "/x/LICENSE cannot be a member of an archive: "));
    pack_tree_end(&tree);
}

static void
an_sbom_outside_the_project_must_be_named_as_such(void **state)
{
    struct wf_arena arena = { 0 };
    void *inner = wf_arena_strdup(&arena, folder_path(state, "p"));
    struct pack_tree tree;
    char expected[1024];

    folder_put(state, "out.json", "{}");
    folder_tree(state, "p");
    folder_link(state, "p/in.json", "../out.json");
    write_project(&inner, "[tool.maturin.sbom]\ninclude = [\"in.json\"]");
    pack_tree_load(&inner, &tree, WF_BINDINGS_CFFI);
    assert_false(wf_select_wheel(&tree.content, &tree.request, &tree.err));
    assert_int_equal(tree.err.kind, WF_ERR_REFUSED);
    assert_non_null(
        strstr(tree.err.text, "the SBOM \"in.json\" is outside the project ("));
    pack_tree_end(&tree);
    snprintf(expected, sizeof expected, "[tool.maturin.sbom]\ninclude = [\"%s\"]",
             folder_path(state, "out.json"));
    assert_selects(&inner, expected, METADATA " demo-1.0.dist-info/sboms/out.json");
    snprintf(expected, sizeof expected, "the SBOM %s is not a file that is there",
             folder_path(state, "p/none.json"));
    assert_not_selected(&inner, "[tool.maturin.sbom]\ninclude = [\"none.json\"]",
                        expected);
    wf_arena_clear(&arena);
}

static void
prepared_metadata_is_taken_as_it_is(void **state)
{
    struct pack_tree tree;
    char expected[1024];

    folder_put(state, "m/demo-1.0.dist-info/METADATA", "prepared");
    folder_put(state, "m/demo-1.0.dist-info/WHEEL", "");
    folder_put(state, "m/demo-1.0.dist-info/RECORD", "");
    folder_put(state, "m/demo-1.0.dist-info/licenses/L", "");
    write_project(state, "");
    for (int i = 0; i < 2; i++) {
        pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
        tree.asked.metadata_dir = i == 0 ? "m" : "m/demo-1.0.dist-info";
        assert_wheel(state, &tree, METADATA " demo-1.0.dist-info/licenses/L");
        assert_non_null(tree.content.members[0].source);
        pack_tree_end(&tree);
    }
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    tree.asked.metadata_dir = "m/demo-1.0.dist-info/licenses";
    assert_false(wf_select_wheel(&tree.content, &tree.request, &tree.err));
    snprintf(expected, sizeof expected,
             "there is no METADATA in %s, nor in %s/demo-1.0.dist-info: the metadata "
             "directory is not what prepare_metadata_for_build_wheel made",
             folder_path(state, "m/demo-1.0.dist-info/licenses"),
             folder_path(state, "m/demo-1.0.dist-info/licenses"));
    assert_error(tree.err, WF_ERR_REFUSED, expected);
    pack_tree_end(&tree);
}

static void
an_editable_wheel_points_to_the_python_files(void **state)
{
    struct pack_tree tree;

    folder_put(state, "py/demo/__init__.py", "");
    folder_put(state, "demo.data/data/x", "");
    write_project(state, "python-source = \"py\"\ninclude = [\"py/demo/*\"]");
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    tree.asked.editable = true;
    assert_true(wf_select_is_editable_tree(&tree.asked, &tree.layout));
    tree.request.tree = &tree.tree;
    assert_wheel(state, &tree, "demo-1.0.data/data/x demo.pth " METADATA);
    assert_string_equal(pack_tree_text(&tree, &tree.content, "demo.pth"),
                        folder_path(state, "py"));
    pack_tree_end(&tree);
}

static void
assert_sdist(void **state, const char *maturin, const char *root, const char *expected)
{
    struct pack_tree tree;
    struct wf_found_file *files = NULL;
    struct wf_buffer text;
    size_t num = 0;

    write_project(state, maturin);
    pack_tree_load(state, &tree, WF_BINDINGS_CFFI);
    wf_buffer_init(&text, 1 << 16);
    if (!wf_select_sdist(&files, &num, &tree.arena, &tree.project, &tree.layout, root,
                         &tree.err))
        fail_msg("%s", tree.err.text);
    for (size_t i = 0; i < num; i++)
        wf_buffer_printf(&text, "%s%s", i == 0 ? "" : " ", files[i].path);
    wf_buffer_add_char(&text, '\0');
    assert_string_equal((const char *)text.data, expected);
    wf_buffer_clear(&text);
    pack_tree_end(&tree);
}

static void
an_sdist_leaves_hidden_and_compiled_files_out(void **state)
{
    folder_tree(state, ".git");
    folder_put(state, ".gitignore", "*.txt\n");
    folder_put(state, "demo/__init__.py", "");
    folder_put(state, "demo/__init__.pyc", "");
    folder_put(state, "demo/libdemo.so", "");
    folder_put(state, "demo/.hidden", "");
    folder_put(state, "demo/a.txt", "");
    folder_put(state, "demo/b.py", "");
    assert_sdist(state, "", *state, "demo/__init__.py demo/b.py");
    assert_sdist(state,
                 "include = [\"demo/*.txt\", { path = \"demo/.h*\", format = "
                 "\"wheel\" }]\nexclude = [{ path = \"demo/b*\", format = \"sdist\" }]",
                 *state, "demo/__init__.py demo/a.txt");
}

static void
an_sdist_keeps_paths_from_its_top_on(void **state)
{
    struct wf_arena arena = { 0 };
    void *inner = wf_arena_strdup(&arena, folder_path(state, "crate"));

    folder_put(state, "python/demo/__init__.py", "");
    folder_put(state, "crate/top.txt", "");
    assert_sdist(&inner, "python-source = \"../python\"\ninclude = [\"top.txt\"]", *state,
                 "crate/top.txt python/demo/__init__.py");
    assert_sdist(&inner, "python-source = \"../python\"\ninclude = [\"top.txt\"]", inner,
                 "python/demo/__init__.py top.txt");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(packages_go_in_without_what_an_editable_build_left),
        in_folder(python_packages_and_source_are_kept),
        in_folder(python_files_outside_the_project_go_in),
        in_folder(ignored_files_come_in_by_include_and_go_by_exclude),
        in_folder(includes_fall_back_to_the_python_folder),
        in_folder(files_of_build_scripts_go_where_they_are_told),
        in_folder(the_data_folder_has_five_folders_and_nothing_else),
        in_folder(dist_info_holds_entry_points_licences_and_sboms),
        in_folder(a_licence_that_climbs_is_refused),
        in_folder(an_sbom_outside_the_project_must_be_named_as_such),
        in_folder(prepared_metadata_is_taken_as_it_is),
        in_folder(an_editable_wheel_points_to_the_python_files),
        in_folder(an_sdist_leaves_hidden_and_compiled_files_out),
        in_folder(an_sdist_keeps_paths_from_its_top_on),
    };

    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
