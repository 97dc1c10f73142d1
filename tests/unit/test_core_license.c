/* test_core_license.c -- licence fields, and which files are licences (PEP 639). */
#include <stdio.h>

#include "../support/core_project.h"

static void
takes_the_usual_files_and_says_so(void **state)
{
    struct core_project p;

    folder_write(state, "LICENSE", "");
    folder_write(state, "LICENCE.txt", "");
    folder_write(state, "NOTICE.md", "");
    folder_write(state, "AUTHORS.txt", "");
    folder_write(state, "license", "");
    folder_write(state, "MY_LICENSE", "");
    folder_make(state, "COPYING");
    folder_put(state, "_vendor/LICENSE", "");
    core_project_init(&p, state);
    assert_true(core_project_make(&p, "[project]\nname='demo'\nversion='1'\n"));
    assert_string_equal(core_project_text(&p),
                        "Metadata-Version: 2.4\nName: demo\nVersion: 1\n"
                        "License-File: LICENCE.txt\nLicense-File: LICENSE\n"
                        "License-File: NOTICE.md\nLicense-File: AUTHORS.txt\n");
    assert_string_equal(p.said, "step: Including license file `LICENCE.txt`\n"
                                "step: Including license file `LICENSE`\n"
                                "step: Including license file `NOTICE.md`\n"
                                "step: Including license file `AUTHORS.txt`\n");
    assert_int_equal(p.metadata.num_licenses, 4);
    assert_string_equal(p.metadata.licenses[3].source, folder_path(state, "AUTHORS.txt"));
    core_project_clear(&p);
}

static void
takes_what_patterns_match_in_their_order_and_once(void **state)
{
    folder_write(state, "LICENSE", "");
    folder_put(state, "sub/b.txt", "");
    folder_put(state, "sub/deep/a.txt", "");
    assert_fields(
        state, "license-files = ['sub/*.txt', 'L*', 'nothing*', '**/*.txt', '[L]*E']\n",
        "License-File: sub/b.txt\nLicense-File: LICENSE\n"
        "License-File: sub/deep/a.txt\n");
    assert_fields(state, "license-files = []\n", "");
}

static void
refuses_patterns_that_leave_the_project(void **state)
{
    core_project_refuses(state, "license-files = ['a', '../x']\n",
                         "line 4, column 23: project.license-files: \"../x\" has \"..\"");
    core_project_refuses(
        state, "license-files = ['/x']\n",
        "line 4, column 18: project.license-files: \"/x\" has an absolute path");
    core_project_refuses(state, "license-files = ['***']\n",
                         "line 4, column 18: project.license-files: \"***\" has \"***\"");
    core_project_refuses(
        state, "license-files = ['a b']\n",
        "line 4, column 18: project.license-files: \"a b\" has a character other than "
        "letters, digits and _-./*?[]");
    core_project_refuses(
        state, "license-files = ['']\n",
        "line 4, column 18: project.license-files: \"\" has nothing in it");
}

static void
an_expression_replaces_cargos_licence(void **state)
{
    struct core_project p;

    core_project_init(&p, state);
    p.crate.license = "MIT";
    assert_true(core_project_make(&p, "[project]\nname='demo'\nversion='1'\n"
                                      "dynamic=['license']\nlicense='Apache-2.0'\n"));
    assert_string_equal(core_project_text(&p),
                        "Metadata-Version: 2.4\nName: demo\nVersion: 1\n"
                        "License-Expression: Apache-2.0\n");
    core_project_clear(&p);
}

static void
folds_a_text_at_78_columns(void **state)
{
    assert_fields(
        state,
        "license = {text = \"one two\\r\\n\\n   \\n  in\\tner\\n"
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
        "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 abc end\\n"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xx "
        "y\\n\"}\n",
        "License: one two\r\n\t\r\n\t\r\n\t  in\tner\r\n\t"
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
        "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 abc\r\n\tend"
        "\r\n\txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xx"
        "xxxxxx\r\n\ty\n");
}

static void
names_a_file_by_its_place_or_from_outside_by_its_name(void **state)
{
    struct core_project p;

    folder_write(state, "LIC", "");
    folder_put(state, "in/sub/lic.txt", "");
    core_project_init(&p, state);
    p.project.root = wf_arena_printf(&p.arena, "%s/in", (const char *)*state);
    assert_true(core_project_make(&p, "[project]\nname='demo'\nversion='1'\n"
                                      "license = {file='sub/../sub/lic.txt'}\n"));
    assert_string_equal(p.metadata.licenses[0].path, "sub/lic.txt");
    p.metadata = (struct wf_core_metadata){ 0 };
    assert_true(core_project_make(&p, "[project]\nname='demo'\nversion='1'\n"
                                      "license = {file='../LIC'}\n"));
    assert_string_equal(p.metadata.licenses[0].path, "LIC");
    assert_string_equal(p.metadata.licenses[0].source, folder_path(state, "LIC"));
    core_project_clear(&p);
}

/* A repository with a licence, and a crate below it with one: what was named first stays. */
static void
of_two_files_of_one_name_the_first_stays(void **state)
{
    static const char text[] = "[project]\nname='demo'\nversion='1'\n"
                               "license = {file='../LIC'}\n"
                               "license-files = ['LIC']\n";
    struct core_project p;

    folder_write(state, "LIC", "above");
    folder_put(state, "in/LIC", "below");
    core_project_init(&p, state);
    p.project.root = wf_arena_printf(&p.arena, "%s/in", (const char *)*state);
    assert_true(core_project_make(&p, text));
    assert_int_equal(p.metadata.num_licenses, 1);
    assert_string_equal(p.metadata.licenses[0].source, folder_path(state, "LIC"));
    assert_string_equal(
        p.said,
        wf_arena_printf(&p.arena,
                        "warning: the licence file %s is left out: \"LIC\" in the "
                        "wheel is %s; rename one of them\n",
                        folder_path(state, "in/LIC"), folder_path(state, "LIC")));
    core_project_clear(&p);

    folder_write(state, "LIC", "below");
    core_project_init(&p, state);
    p.project.root = wf_arena_printf(&p.arena, "%s/in", (const char *)*state);
    assert_true(core_project_make(&p, text));
    assert_int_equal(p.metadata.num_licenses, 1);
    assert_string_equal(p.said, "");
    core_project_clear(&p);
}

static void
refuses_tables_and_files_that_do_not_fit(void **state)
{
    core_project_refuses(state, "license = {}\n",
                         "line 4, column 11: project.license has neither file nor text; "
                         "one of file and text was expected");
    core_project_refuses(state, "license = {file='a', text='b'}\n",
                         "line 4, column 11: project.license has both file and text; one "
                         "of file and text was expected");
    core_project_refuses(state, "license = {text=\"a\\u0001\"}\n",
                         "line 4, column 17: project.license.text has the control byte "
                         "0x01");
    core_project_refuses(state, "license = {text=\"a\\rb\"}\n",
                         "line 4, column 17: project.license.text has the control byte "
                         "0x0d");
}

static void
refuses_files_that_are_absent_or_outside(void **state)
{
    struct core_project p;
    const char *folder = *state;

    core_project_init(&p, state);
    core_project_refuses(state, "license = {file='/etc/hostname'}\n",
                         wf_arena_printf(&p.arena,
                                         "project.license.file \"/etc/hostname\" is no "
                                         "relative path inside %s",
                                         folder));
    core_project_refuses(
        state, "license = {file='absent'}\n",
        wf_arena_printf(&p.arena, "project.license.file: there is no file %s/absent",
                        folder));
    p.crate.license_file = "../x";
    assert_false(core_project_make(&p, NULL));
    assert_error(
        p.err, WF_ERR_MALFORMED,
        wf_arena_printf(&p.arena,
                        "package.license-file \"../x\" is no relative path inside "
                        "%s",
                        folder));
    core_project_clear(&p);
}

#define in_a_folder(test_)                                                               \
    cmocka_unit_test_setup_teardown(test_, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(takes_the_usual_files_and_says_so),
        in_a_folder(takes_what_patterns_match_in_their_order_and_once),
        in_a_folder(refuses_patterns_that_leave_the_project),
        in_a_folder(an_expression_replaces_cargos_licence),
        in_a_folder(folds_a_text_at_78_columns),
        in_a_folder(names_a_file_by_its_place_or_from_outside_by_its_name),
        in_a_folder(of_two_files_of_one_name_the_first_stays),
        in_a_folder(refuses_tables_and_files_that_do_not_fit),
        in_a_folder(refuses_files_that_are_absent_or_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
