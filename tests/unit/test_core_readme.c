/* test_core_readme.c -- the long description: where it comes from, and its type. */
#include <stdio.h>

#include "../support/core_project.h"

static void
knows_the_type_by_the_ending(void **state)
{
    static const char *const cases[][2] = {
        { "a.md", "text/markdown; charset=UTF-8; variant=GFM" },
        { "a.MarkDown", "text/markdown; charset=UTF-8; variant=GFM" },
        { "a.rst", "text/x-rst; charset=UTF-8" },
        { "a.RST", "text/x-rst; charset=UTF-8" },
        { "a.txt", "text/plain; charset=UTF-8" },
        { "md", "text/plain; charset=UTF-8" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct core_project p;

        core_project_init(&p, state);
        folder_write(state, cases[i][0], "text\n");
        p.crate.readme = cases[i][0];
        assert_true(core_project_make(&p, NULL));
        assert_string_equal(
            core_project_text(&p),
            wf_arena_printf(&p.arena,
                            "Metadata-Version: 2.4\nName: demo-crate\nVersion: 0.1.0\n"
                            "Description-Content-Type: %s\n\ntext\n\n",
                            cases[i][1]));
        core_project_clear(&p);
    }
}

static void
finds_the_readme_of_a_crate_by_itself_in_this_order(void **state)
{
    static const char *const names[] = { "README", "README.rst", "README.txt",
                                         "README.md" };

    for (size_t i = 0; i < WF_COUNT(names); i++) {
        struct core_project p;

        core_project_init(&p, state);
        folder_write(state, names[i], names[i]);
        assert_true(core_project_make(&p, NULL));
        assert_string_equal(p.metadata.readme_source, folder_path(state, names[i]));
        core_project_clear(&p);
    }
}

static void
takes_none_where_cargo_says_false(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    folder_write(state, "README.md", "x");
    assert_true(wf_toml_parse(&p.project.cargo, &p.arena,
                              wf_bytes_str("[package]\nreadme = false\n"), &p.err));
    assert_true(core_project_make(&p, NULL));
    assert_null(p.metadata.readme_source);
    assert_null(strstr(core_project_text(&p), "Description"));
    core_project_clear(&p);
}

static void
takes_what_the_project_names(void **state)
{
    folder_put(state, "docs/long.rst", "Long\n");
    assert_fields(state, "readme = './docs/../docs/long.rst'\n",
                  "Description-Content-Type: text/x-rst; charset=UTF-8\n\nLong\n\n");
    assert_fields(state,
                  "readme = {file = 'docs/long.rst', content-type = 'text/markdown'}\n",
                  "Description-Content-Type: text/markdown\n\nLong\n\n");
    assert_fields(state, "readme = {file = 'docs/long.rst'}\n", "\nLong\n\n");
    assert_fields(state, "readme = {text = ''}\n", "\n\n");
}

static void
takes_a_readme_above_the_project_inside_the_workspace(void **state)
{
    struct core_project p;

    folder_write(state, "README.md", "of all");
    folder_tree(state, "crates/a");
    core_project_init(&p, state);
    p.project.root = wf_arena_printf(&p.arena, "%s/crates/a", (const char *)*state);
    assert_true(core_project_make(
        &p, "[project]\nname='d'\nversion='1'\nreadme = '../../README.md'\n"));
    assert_string_equal(p.metadata.readme_source, folder_path(state, "README.md"));
    p.graph.workspace_root = p.project.root;
    assert_false(core_project_make(
        &p, "[project]\nname='d'\nversion='1'\nreadme = '../../README.md'\n"));
    assert_error(
        p.err, WF_ERR_MALFORMED,
        "line 4, column 10: readme \"../../README.md\" is no relative path inside "
        "the project");
    core_project_clear(&p);
}

static void
refuses_a_readme_that_is_none(void **state)
{
    folder_write(state, "latin.md", "\xe9");
    core_project_refuses(
        state, "readme = '/etc/hostname'\n",
        "line 4, column 10: readme \"/etc/hostname\" is no relative path "
        "inside the project");
    core_project_refuses(state, "readme = 'a\\b'\n",
                         "line 4, column 10: readme \"a\\b\" is no relative path inside "
                         "the project");
    core_project_refuses(state, "readme = ''\n",
                         "line 4, column 10: readme \"\" is no relative path inside the "
                         "project");
    core_project_refuses(
        state, "readme = {file = 'x', text = 'y'}\n",
        "line 4, column 10: project.readme has both file and text; one of "
        "file and text was expected");
    core_project_refuses(
        state, "readme = {content-type = 'y'}\n",
        "line 4, column 10: project.readme has neither file nor text; one "
        "of file and text was expected");
    core_project_refuses(state, "readme = 'latin.md'\n",
                         "it is not UTF-8; a readme must be");
    core_project_refuses(state, "readme = 'absent.md'\n",
                         "cannot be opened: No such file or directory");
}

static void
refuses_a_readme_with_a_nul(void **state)
{
    struct core_project p;
    FILE *file = fopen(folder_path(state, "nul.md"), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite("a\0b", 1, 3, file), 3);
    assert_int_equal(fclose(file), 0);
    core_project_init(&p, state);
    p.crate.readme = "nul.md";
    assert_false(core_project_make(&p, NULL));
    assert_error(p.err, WF_ERR_MALFORMED, "a NUL byte stands in it; a readme is text");
    assert_string_equal(p.err.where, wf_arena_printf(&p.arena, "%s: readme %s",
                                                     folder_path(state, "Cargo.toml"),
                                                     folder_path(state, "nul.md")));
    p.crate.readme = "/etc/hostname";
    assert_false(core_project_make(&p, NULL));
    assert_error(p.err, WF_ERR_MALFORMED,
                 "package.readme \"/etc/hostname\" is no relative path");
    core_project_clear(&p);
}

#define in_a_folder(test_)                                                               \
    cmocka_unit_test_setup_teardown(test_, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(knows_the_type_by_the_ending),
        in_a_folder(finds_the_readme_of_a_crate_by_itself_in_this_order),
        in_a_folder(takes_none_where_cargo_says_false),
        in_a_folder(takes_what_the_project_names),
        in_a_folder(takes_a_readme_above_the_project_inside_the_workspace),
        in_a_folder(refuses_a_readme_that_is_none),
        in_a_folder(refuses_a_readme_with_a_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
