/* test_verify_windows.c -- finished wheels for Windows, read again: the names that DLLs were
 * to have, flags and signatures that were to go, and names that lead out of the wheel. */
#include <string.h>

#include "../support/verifying.h"

#define MODULE "'exports': ['PyInit__native'], 'imports': ['foo-1.dll', 'KERNEL32.dll']"
#define OWN    ", { 'name': 'demo/foo-1.dll', 'pe': { 'exports': ['f'] } }"

/* What is edited, of one wheel. */
static struct wf_pe_edit edit;
static struct wf_pe_rename renames[1];

static void
start(struct written *w, void **state, const char *pe, const char *others)
{
    *w = (struct written){ 0 };
    renames[0] = (struct wf_pe_rename){ "foo.dll", "foo-1.dll" };
    edit = (struct wf_pe_edit){ .renames = renames, .num_renames = 1 };
    w->change.pe = &edit;
    start_written(w, state,
                  wf_arena_printf(&w->arena,
                                  "{'about':'x','wheel':{'name':'demo','version':'1.0',"
                                  "'tags':['cp311-cp311-win_amd64']},'members':[{'name':"
                                  "'demo/_native.pyd','pe':{%s}}%s]}",
                                  pe, others),
                  "demo/_native.pyd");
}

static void
accepts_a_file_that_has_its_new_names(void **state)
{
    struct written w;

    start(&w, state, MODULE ", 'name': 'x.pyd', 'checksum': 'right'", OWN);
    edit.export_name = "x.pyd";
    edit.clear_load_flags = true;
    expect_accepted(&w);
    start(&w, state, MODULE ", 'checksum': 'none'", OWN);
    expect_accepted(&w);
}

static void
refuses_a_file_that_has_its_old_names(void **state)
{
    struct written w;

    start(&w, state, "'exports': ['PyInit__native'], 'imports': ['FOO.dll', 'foo-1.dll']",
          OWN);
    expect_fault(&w, WF_ERR_IO, "it was to need foo-1.dll instead of foo.dll");
    start(&w, state, "'exports': ['PyInit__native'], 'imports': ['KERNEL32.dll']", OWN);
    expect_fault(&w, WF_ERR_IO, "it was to need foo-1.dll instead of foo.dll");
    start(&w, state, MODULE ", 'name': 'y.pyd'", OWN);
    edit.export_name = "x.pyd";
    expect_fault(&w, WF_ERR_IO, "it was to be called x.pyd");
}

static void
refuses_what_was_to_go_and_is_there(void **state)
{
    struct written w;

    start(&w, state, MODULE ", 'load_config': { 'flags': 2048 }", OWN);
    edit.clear_load_flags = true;
    expect_fault(&w, WF_ERR_IO, "its load flags were to go, and are 0x800");
    start(&w, state, MODULE ", 'load_config': { 'flags': 2048 }", OWN);
    expect_accepted(&w);
    start(&w, state, MODULE ", 'certificate': 64", OWN);
    expect_fault(&w, WF_ERR_IO, "its signature was to go, and is there");
}

static void
refuses_a_checksum_that_is_wrong(void **state)
{
    struct written w;
    struct wf_error err = { 0 };

    start(&w, state, MODULE ", 'checksum': 1", OWN);
    assert_false(verify(&w, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, "demo/_native.pyd");
    assert_true(wf_text_starts_with(err.text, "its checksum is 0x1, and should be 0x"));
}

/* Nobody asks what stands in a file whose edit is none. */
static void
leaves_unedited_files_alone(void **state)
{
    struct written w;

    start(&w, state, MODULE ", 'certificate': 64, 'checksum': 1", OWN);
    edit.num_renames = 0;
    expect_accepted(&w);
}

static void
refuses_a_need_that_leads_out_of_the_wheel(void **state)
{
    struct written w;
    struct wf_error err = { 0 };

    start(&w, state, MODULE, "");
    assert_false(verify(&w, &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    if (strstr(err.text, "foo-1.dll") == NULL)
        fail_msg("%s", err.text);
    start(&w, state, MODULE, "");
    wf_strings_append(&w.arena, &w.plan.left, "foo-1.dll");
    expect_accepted(&w);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(accepts_a_file_that_has_its_new_names),
        TEST(refuses_a_file_that_has_its_old_names),
        TEST(refuses_what_was_to_go_and_is_there),
        TEST(refuses_a_checksum_that_is_wrong),
        TEST(leaves_unedited_files_alone),
        TEST(refuses_a_need_that_leads_out_of_the_wheel),
    };

    return cmocka_run_group_tests_name("verify on Windows", tests, NULL, NULL);
}
