/* test_verify_windows.c -- finished wheels for Windows, read again: the names that DLLs were
 * to have, flags and signatures that were to go, and names that lead out of the wheel. */
#include "../support/folder.h"
#include "../support/recipe.h"
#include "../support/report_builder.h"
#include "../support/unit.h"

#include <string.h>

#include "audit/audit.h"
#include "base/file.h"
#include "repair/verify.h"

#define MODULE "'exports': ['PyInit__native'], 'imports': ['foo-1.dll', 'KERNEL32.dll']"
#define OWN    ", { 'name': 'demo/foo-1.dll', 'pe': { 'exports': ['f'] } }"

enum { MOST_MEMBERS = 8 };

/* One wheel as it was written, and the plan that it was written by. */
struct written {
    struct wf_arena arena;
    struct wf_file file;
    struct wf_zip zip;
    struct wf_audit_options audit;
    struct wf_repair_options options;
    struct wf_plan plan;
    struct wf_plan_member planned[MOST_MEMBERS];
    struct wf_written members[MOST_MEMBERS];
    struct wf_plan_edit change;
    struct wf_pe_edit edit;
    struct wf_pe_rename renames[1];
};

static void
write_wheel(struct written *w, void **state, const char *pe, const char *others)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };
    char *text = wf_arena_printf(
        &w->arena,
        "{'about':'x','wheel':{'name':'demo','version':'1.0','tags':"
        "['cp311-cp311-win_amd64']},'members':[{'name':'demo/_native.pyd','pe':{%s}}%s]}",
        pe, others);

    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';

    if (!wf_test_recipe_parse(&recipe, wf_bytes_str(text), &err))
        fail_msg("%s: %s", err.where, err.text);
    const char *path = folder_path(state, recipe.file_name);

    assert_true(wf_file_write_atomic(path, wf_buffer_bytes(&recipe.bytes), 0644, &err));
    assert_true(wf_file_open(&w->file, path, &err));
    w->plan.out_name = wf_arena_strdup(&w->arena, recipe.file_name);
    wf_test_recipe_clear(&recipe);
}

/* As a repair that edited the module would tell it. */
static void
start(struct written *w, void **state, const char *pe, const char *others)
{
    struct wf_error err = { 0 };

    *w = (struct written){ .audit = wf_test_options() };
    w->options.audit = &w->audit;
    write_wheel(w, state, pe, others);
    assert_true(wf_zip_open(&w->zip, &w->arena, &w->file, &w->audit.limits, &err));
    assert_true(w->zip.num_members <= MOST_MEMBERS);
    for (size_t i = 0; i < w->zip.num_members; i++) {
        const struct wf_zip_member *member = &w->zip.members[i];

        w->planned[i] = (struct wf_plan_member){ .name = member->name,
                                                 .mode = member->external_attr >> 16,
                                                 .source = WF_FROM_BYTES };
        w->members[i] = (struct wf_written){ .name = member->name,
                                             .size = member->size,
                                             .crc = member->crc };
    }
    w->plan.members = w->planned;
    w->plan.num_members = w->zip.num_members;
    w->renames[0] = (struct wf_pe_rename){ "foo.dll", "foo-1.dll" };
    w->edit = (struct wf_pe_edit){ .renames = w->renames, .num_renames = 1 };
    w->change.pe = &w->edit;
    for (size_t i = 0; i < w->zip.num_members; i++)
        if (strcmp(w->planned[i].name, "demo/_native.pyd") == 0) {
            w->planned[i].source = WF_FROM_EDIT;
            w->planned[i].change = &w->change;
        }
}

static bool
verify(struct written *w, struct wf_error *err)
{
    struct wf_report *report = NULL;
    struct wf_pool *pool = wf_pool_new(1, wf_pool_budget_for(0));
    const struct wf_verify_request request = {
        .pool = pool,
        .plan = &w->plan,
        .options = &w->options,
        .file = &w->file,
        .members = w->members,
        .num_members = w->zip.num_members,
    };

    wf_object_warm_up();
    const bool ok = wf_verify(&report, &request, err);

    if (ok)
        wf_report_free(report);
    wf_pool_free(pool);
    wf_file_close(&w->file);
    wf_arena_clear(&w->arena);
    return ok;
}

static void
expect_accepted(struct written *w)
{
    struct wf_error err = { 0 };

    if (!verify(w, &err))
        fail_msg("%s: %s", err.where, err.text);
}

static void
expect_fault(struct written *w, enum wf_error_kind kind, const char *text)
{
    struct wf_error err = { 0 };

    assert_false(verify(w, &err));
    assert_error(err, kind, text);
}

static void
accepts_a_file_that_has_its_new_names(void **state)
{
    struct written w;

    start(&w, state, MODULE ", 'name': 'x.pyd', 'checksum': 'right'", OWN);
    w.edit.export_name = "x.pyd";
    w.edit.clear_load_flags = true;
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
    w.edit.export_name = "x.pyd";
    expect_fault(&w, WF_ERR_IO, "it was to be called x.pyd");
}

static void
refuses_what_was_to_go_and_is_there(void **state)
{
    struct written w;

    start(&w, state, MODULE ", 'load_config': { 'flags': 2048 }", OWN);
    w.edit.clear_load_flags = true;
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
    w.edit.num_renames = 0;
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
