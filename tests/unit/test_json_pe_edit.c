/* test_json_pe_edit.c -- what plans for Windows wheels tell programs and people. */
#include "../support/json_document.h"
#include "../support/unit.h"
#include "../support/windows_sample.h"

#include "render/render_plan.h"

static const struct wf_pe_rename renames[] = { { "foo.dll", "foo-0123.dll" },
                                               { "BAR.dll", "bar-4567.dll" } };
static const struct wf_pe_edit module_edit = { .renames = renames,
                                               .num_renames = WF_COUNT(renames) };
static const struct wf_pe_edit graft_edit = { .export_name = "foo-0123.dll",
                                              .clear_load_flags = true };
static const char *const patched[] = { "demo/__init__.py", "demo/sub/__init__.py" };
static const char *const copies[] = { "corp/foo-0123.dll", "corp/tools/foo-0123.dll" };

struct world {
    struct sample sample;
    struct wf_plan plan;
    struct wf_plan_edit change;
    struct wf_plan_graft graft;
    struct wf_plan_member member;
    struct wf_plan_file files[2];
};

static void
add(struct world *world, struct wf_strings *list, const char *const *items, size_t num)
{
    for (size_t i = 0; i < num; i++)
        wf_strings_append(&world->sample.report->arena, list, items[i]);
}

/* One DLL comes in, with its symbols and twice beside modules of a namespace. */
static void
begin(struct world *world)
{
    *world = (struct world){ 0 };
    sample_windows_repairable(&world->sample);
    const struct wf_report *report = world->sample.report;

    world->change = (struct wf_plan_edit){ .pe = &module_edit };
    add(world, &world->change.reasons,
        (const char *const[]){ "needs foo.dll as foo-0123.dll" }, 1);
    world->member = (struct wf_plan_member){ .name = "demo/_native.pyd",
                                             .source = WF_FROM_EDIT,
                                             .member = report->objects[0].member,
                                             .object = &report->objects[0],
                                             .change = &world->change };
    world->graft =
        (struct wf_plan_graft){ .from = "libs/Foo.dll",
                                .path = "demo.libs/foo-0123.dll",
                                .soname = "foo-0123.dll",
                                .change = { .pe = &graft_edit, .strip = true } };
    add(world, &world->graft.copies, copies, WF_COUNT(copies));
    world->files[0] =
        (struct wf_plan_file){ .from = "libs/Foo.lib", .path = "demo.libs/foo-0123.lib" };
    world->files[1] =
        (struct wf_plan_file){ .from = "libs/Foo.pdb", .path = "demo.libs/Foo.pdb" };
    world->plan = (struct wf_plan){
        .report = report,
        .kind = WF_PLAN_REPAIR,
        .out_name = report->base_name,
        .lib_dir = "demo.libs",
        .grafts = &world->graft,
        .num_grafts = 1,
        .members = &world->member,
        .num_members = 1,
        .load_order = "demo.libs/.load-order-demo-1.0",
        .files = world->files,
        .num_files = WF_COUNT(world->files),
    };
    add(world, &world->plan.patched, patched, WF_COUNT(patched));
}

static void
render_plan(struct document *document, const struct wf_plan *plan)
{
    struct wf_error err = { 0 };

    wf_buffer_init(&document->text, 1 << 20);
    struct wf_json_writer w = { .out = &document->text };

    wf_json_begin_object(&w);
    wf_render_plan_json(&w, plan);
    wf_json_end_object(&w);
    assert_true(wf_json_parse(&document->root, wf_buffer_bytes(&document->text), &err));
}

static void
programs_read_names_patches_and_files(void **state)
{
    static const struct expectation expected[] = {
        { "graft.0.path", "\"demo.libs/foo-0123.dll\"" },
        { "graft.0.names", "[]" },
        { "graft.0.export_name", "\"foo-0123.dll\"" },
        { "graft.0.load_flags_cleared", "true" },
        { "graft.0.may_strip", "true" },
        { "graft.0.copies.0", "\"corp/foo-0123.dll\"" },
        { "graft.0.copies.1", "\"corp/tools/foo-0123.dll\"" },
        { "edit.0.path", "\"demo/_native.pyd\"" },
        { "edit.0.names.0.from", "\"foo.dll\"" },
        { "edit.0.names.0.to", "\"foo-0123.dll\"" },
        { "edit.0.names.1.from", "\"BAR.dll\"" },
        { "edit.0.export_name", "null" },
        { "edit.0.load_flags_cleared", "false" },
        { "edit.0.may_strip", "false" },
        { "patched.0", "\"demo/__init__.py\"" },
        { "patched.1", "\"demo/sub/__init__.py\"" },
        { "load_order", "\"demo.libs/.load-order-demo-1.0\"" },
        { "files.0.path", "\"demo.libs/foo-0123.lib\"" },
        { "files.0.from", "\"libs/Foo.lib\"" },
        { "files.1.path", "\"demo.libs/Foo.pdb\"" },
    };
    struct world world;
    struct document document;

    (void)state;
    begin(&world);
    render_plan(&document, &world.plan);
    assert_all(&document, expected, WF_COUNT(expected));
    assert_null(at(document.root, "edit.0.slices"));
    assert_null(at(document.root, "edit.0.copies"));
    end(&document);
    sample_clear(&world.sample);
}

static void
a_plan_that_patches_nothing_says_so(void **state)
{
    static const struct expectation expected[] = { { "patched", "[]" },
                                                   { "load_order", "null" },
                                                   { "files", "[]" } };
    struct sample sample;
    struct document document;

    (void)state;
    sample_windows_fine(&sample);
    const struct wf_plan plan = { .report = sample.report,
                                  .kind = WF_PLAN_COPY,
                                  .out_name = sample.report->base_name };

    render_plan(&document, &plan);
    assert_all(&document, expected, WF_COUNT(expected));
    end(&document);
    sample_clear(&sample);
}

static void
plans_for_other_systems_have_none_of_these_keys(void **state)
{
    static const char *const keys[] = { "patched", "load_order", "files" };
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    const struct wf_plan plan = { .report = sample.report,
                                  .kind = WF_PLAN_COPY,
                                  .out_name = sample.report->base_name };

    render_plan(&document, &plan);
    for (size_t i = 0; i < WF_COUNT(keys); i++)
        assert_null(at(document.root, keys[i]));
    end(&document);
    sample_clear(&sample);
}

static void
assert_text(const struct wf_plan *plan, unsigned verbose, const char *expected)
{
    const struct wf_text_style style = { .verbose = verbose };
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    wf_render_plan_text(&out, plan, "out", &style);
    wf_buffer_add_char(&out, '\0');
    assert_false(out.over);
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
}

static void
people_read_where_dlls_go_and_which_files_are_patched(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    assert_text(&world.plan, 1,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  result   out/demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  bundles  1 library\n"
                "             demo.libs/foo-0123.dll  from libs/Foo.dll\n"
                "               and again as corp/foo-0123.dll\n"
                "               and again as corp/tools/foo-0123.dll\n"
                "  adds     2 files\n"
                "             demo.libs/foo-0123.lib  from libs/Foo.lib\n"
                "             demo.libs/Foo.pdb       from libs/Foo.pdb\n"
                "  edits    1 object\n"
                "             demo/_native.pyd\n"
                "               needs foo.dll as foo-0123.dll\n"
                "  patches  2 Python files\n"
                "             demo/__init__.py\n"
                "             demo/sub/__init__.py\n"
                "  lists    the DLLs for Pythons before 3.10 in "
                "demo.libs/.load-order-demo-1.0\n");
    sample_clear(&world.sample);
}

static void
people_read_nothing_of_what_there_is_not(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    world.plan.num_files = 0;
    world.plan.patched.num = 1;
    world.plan.load_order = NULL;
    world.graft.copies.num = 0;
    assert_text(&world.plan, 0,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  result   out/demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  bundles  1 library\n"
                "             demo.libs/foo-0123.dll  from libs/Foo.dll\n"
                "  edits    1 object\n"
                "             demo/_native.pyd\n"
                "  patches  1 Python file\n"
                "             demo/__init__.py\n");
    world.plan.patched.num = 0;
    world.plan.num_grafts = 0;
    world.plan.num_members = 0;
    assert_text(&world.plan, 0,
                "demo-1.0-cp311-cp311-win_amd64.whl\n"
                "  result   out/demo-1.0-cp311-cp311-win_amd64.whl\n");
    sample_clear(&world.sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_read_names_patches_and_files),
        cmocka_unit_test(a_plan_that_patches_nothing_says_so),
        cmocka_unit_test(plans_for_other_systems_have_none_of_these_keys),
        cmocka_unit_test(people_read_where_dlls_go_and_which_files_are_patched),
        cmocka_unit_test(people_read_nothing_of_what_there_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
