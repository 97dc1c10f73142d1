/* test_core_metadata.c -- METADATA and entry_points.txt from the two manifests. */
#include <stdio.h>

#include "../support/core_project.h"

static void
gives_all_of_cargo_without_a_project_table(void **state)
{
    static const char *authors[] = { "A B <a@b.c>", "No Mail" };
    static const char *keywords[] = { "x", "y" };
    struct core_project p;

    core_project_init(&p, state);
    p.crate.version = "0.1.0-alpha.1";
    p.crate.description = "\none\n  two  words\r\n\nthree\n";
    p.crate.authors = (struct wf_strings){ authors, 2, 2 };
    p.crate.keywords = (struct wf_strings){ keywords, 2, 2 };
    p.crate.homepage = "https://home";
    p.crate.documentation = "https://doc";
    p.crate.repository = "https://repo";
    p.crate.license = "MIT OR Apache-2.0";
    p.crate.license_file = "sub/lic.txt";
    folder_put(state, "sub/lic.txt", "l");
    folder_write(state, "LICENSE", "not asked for");
    folder_write(state, "README.md", "# read");
    assert_true(core_project_make(&p, NULL));
    assert_string_equal(
        core_project_text(&p),
        "Metadata-Version: 2.4\nName: demo-crate\nVersion: 0.1.0a1\n"
        "License-File: sub/lic.txt\nSummary: one two  words three\nKeywords: x,y\n"
        "Home-Page: https://home\nAuthor: A B <a@b.c>, No Mail\n"
        "Author-email: A B <a@b.c>, No Mail\nLicense: MIT OR Apache-2.0\n"
        "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM\n"
        "Project-URL: Homepage, https://home\nProject-URL: Documentation, https://doc\n"
        "Project-URL: Source Code, https://repo\n\n# read\n");
    assert_string_equal(p.metadata.name, "demo-crate");
    assert_string_equal(p.metadata.dist_name, "demo_crate");
    assert_string_equal(p.metadata.version, "0.1.0a1");
    assert_string_equal(p.metadata.readme_source, folder_path(state, "README.md"));
    assert_int_equal(p.metadata.entry_points.len, 0);
    assert_string_equal(p.said, "");
    core_project_clear(&p);
}

static void
names_without_address_give_no_author_email(void **state)
{
    static const char *authors[] = { "No Mail" };
    struct core_project p;

    core_project_init(&p, state);
    p.crate.authors = (struct wf_strings){ authors, 1, 1 };
    assert_true(core_project_make(&p, NULL));
    assert_non_null(strstr(core_project_text(&p), "\nAuthor: No Mail\n"));
    assert_null(strstr(core_project_text(&p), "Author-email"));
    core_project_clear(&p);
}

static void
fill_crate(struct wf_crate *crate)
{
    static const char *words[] = { "c@d" };

    crate->description = "of Cargo";
    crate->authors = (struct wf_strings){ words, 1, 1 };
    crate->keywords = (struct wf_strings){ words, 1, 1 };
    crate->homepage = "https://home";
    crate->repository = "https://repo";
    crate->license = "MIT";
}

static void
a_project_table_clears_all_but_home_page_and_licence_file(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    fill_crate(&p.crate);
    p.crate.license_file = "COPY.txt";
    p.crate.readme = "absent.md"; /* not even looked for */
    folder_write(state, "COPY.txt", "l");
    assert_true(core_project_make(&p, "[project]\nname = 'demo'\nversion = '1'\n"));
    assert_string_equal(core_project_text(&p),
                        "Metadata-Version: 2.4\nName: demo\nVersion: 1\n"
                        "License-File: COPY.txt\nHome-Page: https://home\n");
    core_project_clear(&p);
}

static void
dynamic_fields_are_cargos(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    fill_crate(&p.crate);
    folder_write(state, "README", "text");
    assert_true(core_project_make(
        &p, "[project]\nname = 'demo'\ndynamic = ['version', 'description', 'authors', "
            "'keywords', 'urls', 'license', 'readme', 'classifiers']\n"));
    assert_string_equal(core_project_text(&p),
                        "Metadata-Version: 2.4\nName: demo\nVersion: 0.1.0\n"
                        "Summary: of Cargo\nKeywords: c@d\nHome-Page: https://home\n"
                        "Author: c@d\nAuthor-email: c@d\nLicense: MIT\n"
                        "Description-Content-Type: text/plain; charset=UTF-8\n"
                        "Project-URL: Homepage, https://home\n"
                        "Project-URL: Source Code, https://repo\n\ntext\n");
    assert_string_equal(p.said, "");
    core_project_clear(&p);
}

static void
writes_the_fields_of_a_project_in_their_order(void **state)
{
    assert_fields(
        state,
        "description = 'sum'\nrequires-python = '<4,>=3.08'\nkeywords = ['k2', 'k1']\n"
        "classifiers = ['Z :: b', 'A :: c']\nlicense = 'MIT'\n"
        "authors = [{name='Solo'}]\nmaintainers = [{email='m@n'}]\n"
        "dependencies = ['Foo_Bar >1; os_name==\"nt\"', 'b']\n"
        "readme = {text = 'hi', content-type = 'text/markdown'}\n"
        "[project.urls]\nZeta = 'https://z'\nAlpha = 'https://a'\n"
        "[project.optional-dependencies]\nb_B = ['x']\nA = ['y; os_name==\"nt\"']\n",
        "Classifier: Z :: b\nClassifier: A :: c\n"
        "Requires-Dist: foo-bar>1 ; os_name == 'nt'\nRequires-Dist: b\n"
        "Requires-Dist: y ; os_name == 'nt' and extra == 'a'\n"
        "Requires-Dist: x ; extra == 'b-b'\n"
        "Provides-Extra: a\nProvides-Extra: b-b\nSummary: sum\nKeywords: k2,k1\n"
        "Author: Solo\nMaintainer-email: m@n\nLicense-Expression: MIT\n"
        "Requires-Python: >=3.8, <4\nDescription-Content-Type: text/markdown\n"
        "Project-URL: Alpha, https://a\nProject-URL: Zeta, https://z\n\nhi\n");
}

static void
writes_people_by_name_or_by_address(void **state)
{
    assert_fields(state,
                  "authors = [{name='Doe, J. \"X\" \\', email='j@d'}, {name='Solo, Too'},"
                  " {email='e@f'}, {name='Zed', email='z@z'}, {name='Second'}]\n",
                  "Author: Solo, Too, Second\n"
                  "Author-email: \"Doe, J. \\\"X\\\" \\\\\" <j@d>, e@f, Zed <z@z>\n");
    assert_fields(state,
                  "authors = []\nkeywords = []\ndescription = ''\n"
                  "requires-python = ' '\n",
                  "");
}

static void
names_for_files_are_normalised(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    assert_true(core_project_make(
        &p, "[project]\nname = 'My.-Demo_X'\nversion = '1!2.0-RC1+Abc-DE'\n"));
    assert_string_equal(p.metadata.name, "My.-Demo_X");
    assert_string_equal(p.metadata.dist_name, "my_demo_x");
    assert_string_equal(p.metadata.version, "1!2.0rc1+abc.de");
    assert_string_equal(p.metadata.dist_version, "1!2.0rc1+abc.de");
    core_project_clear(&p);
}

static void
reads_versions_of_rust_as_versions_of_python(void **state)
{
    static const char *const cases[][2] = {
        { "0.1.0", "0.1.0" },
        { "0.1.0-alpha.1", "0.1.0a1" },
        { "1.0.0-beta", "1.0.0b0" },
        { "1.0.0-rc.1", "1.0.0rc1" },
        { "1.0.0-pre.1", "1.0.0rc1" },
        { "1.0.0-preview.1", "1.0.0rc1" },
        { "1.0.0-c.1", "1.0.0rc1" },
        { "0.10.2-dev", "0.10.2.dev0" },
        { "1.0.0-1", "1.0.0.post1" },
        { "1.0.0-post.1", "1.0.0.post1" },
        { "1.0.0-rev.1", "1.0.0.post1" },
        { "1.0.0+abc-def", "1.0.0+abc.def" },
        { "1.0.0-nightly.3", NULL },
        { "1.0.0-alpha.1.2", NULL },
        { " 1.0.0", NULL },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *version = wf_semver_to_pep440(&arena, cases[i][0]);

        if (cases[i][1] == NULL)
            assert_null(version);
        else
            assert_string_equal(version, cases[i][1]);
    }
    wf_arena_clear(&arena);
}

static void
refuses_a_version_of_rust_that_python_has_no_word_for(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    p.crate.version = "1.0.0-nightly.3";
    assert_false(core_project_make(&p, NULL));
    assert_error(p.err, WF_ERR_MALFORMED,
                 "Rust version used in Cargo.toml is not a valid python version: "
                 "\"1.0.0-nightly.3\"; use -alpha, -beta, -rc, -dev or -post with a "
                 "number, or set project.version in pyproject.toml");
    assert_string_equal(p.err.where, folder_path(state, "Cargo.toml"));
    p.err = (struct wf_error){ 0 };
    assert_true(core_project_make(&p, "[project]\nname = 'd'\nversion = '2'\n"));
    assert_string_equal(p.metadata.version, "2");
    core_project_clear(&p);
}

static void
warns_of_a_version_said_never_or_twice(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    assert_true(core_project_make(&p, "[project]\nname = 'd'\n"));
    assert_string_equal(p.metadata.version, "0.1.0");
    assert_string_equal(p.said,
                        "warning: pyproject.toml: project.version is missing and not "
                        "listed in project.dynamic; the version of Cargo.toml is used\n");
    p.said[0] = '\0';
    assert_true(core_project_make(
        &p, "[project]\nname = 'd'\nversion = '3'\ndynamic = ['version']\n"));
    assert_string_equal(p.metadata.version, "3");
    assert_string_equal(p.said, "warning: pyproject.toml: project.version is set, and "
                                "project.dynamic lists it; the version of Cargo.toml is "
                                "not used\n");
    core_project_clear(&p);
}

static void
warns_of_unknown_keys_with_the_nearest_known_one(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    assert_true(core_project_make(&p, "[project]\nname = 'd'\nversion = '1'\n"
                                      "dependancies = []\nzzzzzzzzz = 1\n"));
    assert_string_equal(
        p.said, "warning: pyproject.toml: line 4: unknown key "
                "project.dependancies is ignored; did you mean \"dependencies\"?\n"
                "warning: pyproject.toml: line 5: unknown key project.zzzzzzzzz "
                "is ignored\n");
    core_project_clear(&p);
}

static void
writes_entry_points_by_group_and_name(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    assert_true(core_project_make(
        &p, "[project]\nname = 'd'\nversion = '1'\n"
            "[project.entry-points.'z.grp']\nb = 'x:y'\na = 'x:z'\n"
            "[project.entry-points.'a.grp']\nb = 'x'\n[project.entry-points.none]\n"
            "[project.gui-scripts]\ng = 'm:h'\n"
            "[project.scripts]\nzz = 'm:f'\naa = 'm:g [extra]'\n"));
    assert_string_equal(
        wf_arena_str(&p.arena, p.metadata.entry_points),
        "[console_scripts]\naa=m:g [extra]\nzz=m:f\n[gui_scripts]\ng=m:h\n"
        "[a.grp]\nb=x\n[z.grp]\na=x:z\nb=x:y\n");
    assert_true(p.metadata.has_scripts);
    assert_true(core_project_make(&p, "[project]\nname = 'd'\nversion = '1'\n"
                                      "[project.gui-scripts]\ng = 'm:h'\n"));
    assert_false(p.metadata.has_scripts);
    core_project_clear(&p);
}

static void
refuses_with_line_and_column(void **state)
{
    static const char *const cases[][2] = {
        { "dynamic = ['name']\n",
          "line 4, column 11: project.dynamic lists \"name\"; a name is never dynamic" },
        { "dependencies = ['a',\n 'b >']\n", "column 4: a version was expected, the text "
                                             "ends there, in \"b >\"" },
        { "requires-python = '3.8'\n", "column 1: one of ~= == != <= >= < > === was "
                                       "expected, \"3.8\" stands there, in "
                                       "\"3.8\"" },
        { "optional-dependencies = {'a b' = []}\n",
          "line 4, column 34: \"a b\" is no name of an extra; letters, digits and, "
          "between "
          "them, \"-_.\" were expected" },
        { "optional-dependencies = {A = [], a = []}\n",
          "line 4, column 38: the extra \"a\" stands twice in "
          "project.optional-dependencies, spelled differently" },
        { "authors = ['me']\n",
          "line 4, column 12: project.authors has a string; a table "
          "with name, email or both was expected" },
        { "maintainers = [{}]\n",
          "line 4, column 16: project.maintainers has a table with "
          "neither name nor email" },
        { "authors = 'me'\n", "line 4, column 11: project.authors is a string; an array "
                              "of tables was expected" },
        { "keywords = 'x'\n",
          "line 4, column 12: project.keywords is a string; an array of "
          "strings was expected" },
        { "dependencies = 'x'\n",
          "line 4, column 16: project.dependencies is a string; an "
          "array of requirements was expected" },
        { "entry-points = {console_scripts = {a='b:c'}}\n",
          "line 4, column 35: project.entry-points.console_scripts is not allowed; "
          "project.scripts is the place for it" },
        { "entry-points = {gui_scripts = {a='b:c'}}\n",
          "line 4, column 31: project.entry-points.gui_scripts is not allowed; "
          "project.gui-scripts is the place for it" },
        { "entry-points = {'a]' = {a='b:c'}}\n",
          "line 4, column 24: \"a]\" cannot be a group of entry_points.txt" },
        { "scripts = {'a/b' = 'm:f'}\n", "line 4, column 20: project.scripts: \"a/b\" is "
                                         "no plain file name, as a script's "
                                         "must be" },
        { "scripts = {'a..b' = 'm:f'}\n",
          "line 4, column 21: project.scripts: \"a..b\" is no plain file name, as a "
          "script's must be" },
        { "scripts = {a = ''}\n",
          "line 4, column 16: project.scripts has an entry without target" },
        { "scripts = {'' = 'm:f'}\n",
          "line 4, column 17: project.scripts has an entry without name" },
        { "scripts = {'a ' = 'm:f'}\n",
          "line 4, column 19: project.scripts: \"a \" cannot be a name of "
          "entry_points.txt" },
        { "scripts = {a = ' '}\n",
          "line 4, column 16: project.scripts has an entry without target" },
        { "scripts = {'a=b' = 'm:f'}\n",
          "line 4, column 20: project.scripts: \"a=b\" cannot be a name of "
          "entry_points.txt" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++)
        core_project_refuses(state, cases[i][0], cases[i][1]);
}

static void
says_which_value_a_requirement_is(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    assert_false(core_project_make(&p, "[project]\nname = 'd'\nversion = '1'\n"
                                       "dependencies = ['a',\n 'b >']\n"));
    assert_string_equal(p.err.where,
                        wf_arena_printf(&p.arena,
                                        "%s/pyproject.toml: line 5, column 2: "
                                        "project.dependencies",
                                        (const char *)*state));
    core_project_clear(&p);
}

/* A line break in a value would begin a field of its own. */
static void
refuses_a_line_break_in_every_field(void **state)
{
    static const char *const cases[][2] = {
        { "license = \"a\\nb\"\n", "line 4, column 11: project.license" },
        { "keywords = [\"a\\nb\"]\n", "line 4, column 13: project.keywords" },
        { "classifiers = [\"a\\rb\"]\n", "line 4, column 16: project.classifiers" },
        { "requires-python = \">1\\n\"\n", "line 4, column 19: project.requires-python" },
        { "authors = [{name = \"a\\nb\"}]\n", "line 4, column 20: project.authors" },
        { "authors = [{email = \"a\\u007fb\"}]\n", "line 4, column 21: project.authors" },
        { "urls = {a = \"x\\ny\"}\n", "line 4, column 13: project.urls" },
        { "scripts = {a = \"x\\ny\"}\n", "line 4, column 16: project.scripts" },
        { "readme = \"x\\ny\"\n", "line 4, column 10: project.readme" },
        { "readme = {text='x', content-type=\"a\\nb\"}\n",
          "line 4, column 34: project.readme.content-type" },
        { "license-files = [\"x\\ny\"]\n", "line 4, column 18: project.license-files" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        char text[256];

        snprintf(text, sizeof text,
                 "%s has a line break or another control character; it must be one line",
                 cases[i][1]);
        core_project_refuses(state, cases[i][0], text);
    }
    core_project_refuses(
        state, "urls = {\"x\\ny\" = 'z'}\n",
        "line 4, column 18: a key of project.urls has a control character");
    core_project_refuses(
        state, "description = \"a\\u0001b\"\n",
        "line 4, column 15: project.description has a control character");
}

static void
refuses_a_line_break_in_cargos_fields(void **state)
{
    static const char *authors[] = { "a\nName: b" };
    struct core_project p;

    core_project_init(&p, state);
    p.crate.authors = (struct wf_strings){ authors, 1, 1 };
    assert_false(core_project_make(&p, NULL));
    assert_error(p.err, WF_ERR_MALFORMED,
                 "package.authors has a line break or another control character; it must "
                 "be one line");
    p.crate.authors = (struct wf_strings){ 0 };
    p.crate.homepage = "https://x\ny";
    assert_false(core_project_make(&p, NULL));
    assert_error(
        p.err, WF_ERR_MALFORMED,
        "package.homepage has a line break or another control character; it must "
        "be one line");
    core_project_clear(&p);
}

static void
refuses_names_and_versions_that_are_none(void **state)
{
    static const struct {
        const char *toml, *where, *text;
    } cases[] = {
        { "[project]\nversion = '1'\n", "pyproject.toml",
          "line 1, column 1: [project] has no name; a name must stand there" },
        { "[project]\nname = 'a/../b'\nversion = '1'\n", "pyproject.toml",
          "line 2, column 8: \"a/../b\" is no name of a package; letters, digits and, "
          "between them, \"-_.\" were expected" },
        { "[project]\nname = ''\nversion = '1'\n", "pyproject.toml",
          "line 2, column 8: \"\" is no name of a package; letters, digits and, between "
          "them, \"-_.\" were expected" },
        { "[project]\nname = 'a'\nversion = '1/..'\n",
          "pyproject.toml: line 3, column 11: project.version",
          "\"1/..\" is no version of Python packages (PEP 440)" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct core_project p;

        core_project_init(&p, state);
        assert_false(core_project_make(&p, cases[i].toml));
        assert_error(p.err, WF_ERR_MALFORMED, cases[i].text);
        assert_string_equal(p.err.where, folder_path(state, cases[i].where));
        core_project_clear(&p);
    }
}

static void
same_manifests_give_the_same_bytes_with_keys_in_any_order(void **state)
{
    struct core_project a;
    struct core_project b;

    core_project_init(&a, state);
    core_project_init(&b, state);
    assert_true(core_project_make(&a, "[project]\nname='d'\nversion='1'\n"
                                      "urls = {a = 'b', c = 'd'}\n"
                                      "scripts = {a = 'b:c', c = 'd:e'}\n"
                                      "optional-dependencies = {x = ['y'], z = []}\n"));
    assert_true(core_project_make(&b, "[project]\n"
                                      "optional-dependencies = {z = [], x = ['y']}\n"
                                      "scripts = {c = 'd:e', a = 'b:c'}\n"
                                      "urls = {c = 'd', a = 'b'}\n"
                                      "version='1'\nname='d'\n"));
    assert_true(wf_bytes_equal(a.metadata.metadata, b.metadata.metadata));
    assert_true(wf_bytes_equal(a.metadata.entry_points, b.metadata.entry_points));
    core_project_clear(&a);
    core_project_clear(&b);
}

#define in_a_folder(test_)                                                               \
    cmocka_unit_test_setup_teardown(test_, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(gives_all_of_cargo_without_a_project_table),
        in_a_folder(names_without_address_give_no_author_email),
        in_a_folder(a_project_table_clears_all_but_home_page_and_licence_file),
        in_a_folder(dynamic_fields_are_cargos),
        in_a_folder(writes_the_fields_of_a_project_in_their_order),
        in_a_folder(writes_people_by_name_or_by_address),
        in_a_folder(names_for_files_are_normalised),
        cmocka_unit_test(reads_versions_of_rust_as_versions_of_python),
        in_a_folder(refuses_a_version_of_rust_that_python_has_no_word_for),
        in_a_folder(warns_of_a_version_said_never_or_twice),
        in_a_folder(warns_of_unknown_keys_with_the_nearest_known_one),
        in_a_folder(writes_entry_points_by_group_and_name),
        in_a_folder(refuses_with_line_and_column),
        in_a_folder(says_which_value_a_requirement_is),
        in_a_folder(refuses_a_line_break_in_every_field),
        in_a_folder(refuses_a_line_break_in_cargos_fields),
        in_a_folder(refuses_names_and_versions_that_are_none),
        in_a_folder(same_manifests_give_the_same_bytes_with_keys_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
