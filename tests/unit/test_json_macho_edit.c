/* test_json_macho_edit.c -- edits of Mach-O files in plans for programs and people. */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/unit.h"

#include "base/json.h"

#define TAG "cp311-cp311-macosx_11_0_universal2"

/* A universal module; its arm64 slice has an rpath twice. */
#define MODULE                                                                           \
    "{ \"name\": \"demo/__init__.py\", \"text\": \"\" },"                                \
    "{ \"name\": \"demo/_x.so\", \"macho\": { \"slices\": ["                             \
    "  { \"arch\": \"x86_64\", \"type\": \"bundle\", \"exports\": [\"_PyInit__x\"],"     \
    "    \"dylibs\": [\"/opt/libfoo.dylib\"], \"min_os\": \"11.0\", \"pad\": 64 },"      \
    "  { \"arch\": \"arm64\", \"type\": \"bundle\", \"exports\": [\"_PyInit__x\"],"      \
    "    \"dylibs\": [\"/opt/libfoo.dylib\"], \"signature\": \"adhoc\","                 \
    "    \"identifier\": \"old\", \"pad\": 64,"                                          \
    "    \"rpaths\": [\"/build\", \"@loader_path\", \"@loader_path\"] } ] } }"

#define LIBRARY                                                                          \
    "{'slices': [{'arch': 'x86_64', 'id': '/opt/libfoo.dylib', 'pad': 64},"              \
    "{'arch': 'arm64', 'id': '/opt/libfoo.dylib', 'signature': 'adhoc', 'pad': 64}]}"

static void
plan(struct plan_world *world, void **state, enum plan_form form)
{
    plan_setup(world, state);
    world->form = form;
    plan_dylib(world, "libfoo.dylib", LIBRARY);
    plan_wheel(world, TAG, MODULE);
}

/* The element `at` of the array under `key`. */
static const struct wf_json *
element(const struct wf_json *object, const char *key, size_t at)
{
    const struct wf_json *value = wf_json_first(wf_json_get(object, key));

    for (size_t i = 0; i < at && value != NULL; i++)
        value = wf_json_next(value);
    return value;
}

static const char *
string(const struct wf_json *object, const char *key)
{
    const struct wf_json *value = wf_json_get(object, key);

    assert_non_null(value);
    return wf_json_kind(value) == WF_JSON_NULL ? "null" : wf_json_string(value);
}

static void
assert_member(const struct wf_json *edit)
{
    const struct wf_json *x86_64 = element(edit, "slices", 0);
    const struct wf_json *arm64 = element(edit, "slices", 1);
    const struct wf_json *name = element(arm64, "names", 0);

    assert_string_equal(string(edit, "path"), "demo/_x.so");
    assert_string_equal(string(x86_64, "slice"), "x86_64");
    assert_string_equal(string(x86_64, "signature"), "keep");
    assert_string_equal(string(x86_64, "identifier"), "null");
    assert_null(element(x86_64, "rpaths_dropped", 0));
    assert_string_equal(string(arm64, "slice"), "arm64");
    assert_string_equal(string(arm64, "id"), "null");
    assert_string_equal(string(name, "from"), "/opt/libfoo.dylib");
    assert_string_equal(string(name, "to"), "@loader_path/.dylibs/libfoo.dylib");
    assert_string_equal(wf_json_string(element(arm64, "rpaths_dropped", 0)), "/build");
    assert_string_equal(wf_json_string(element(arm64, "rpaths_dropped", 1)),
                        "@loader_path");
    assert_null(element(arm64, "rpaths_dropped", 2));
    assert_null(element(arm64, "rpaths_added", 0));
    assert_string_equal(string(arm64, "signature"), "sign");
    assert_string_equal(string(arm64, "identifier"), "old");
    assert_string_equal(string(wf_json_get(arm64, "header_room"), "step"), "enough");
    assert_null(element(edit, "slices", 2));
}

static void
assert_graft(const struct wf_json *graft)
{
    const struct wf_json *x86_64 = element(graft, "slices", 0);
    const struct wf_json *id = wf_json_get(x86_64, "id");

    assert_string_equal(string(graft, "path"), "demo/.dylibs/libfoo.dylib");
    assert_string_equal(string(id, "from"), "/opt/libfoo.dylib");
    assert_string_equal(string(id, "to"), string(graft, "soname"));
    assert_string_equal(string(element(graft, "slices", 1), "signature"), "sign");
}

static void
every_slice_tells_what_changes_in_it(void **state)
{
    struct plan_world world;
    struct wf_error err = { 0 };
    struct wf_json *root = NULL;

    plan(&world, state, PLAN_JSON);
    if (!wf_json_parse(&root, wf_bytes_str(world.text), &err))
        fail_msg("%s: %s", err.text, world.text);
    assert_member(element(root, "edit", 0));
    assert_graft(element(root, "graft", 0));
    wf_json_free(root);
    plan_clear(&world);
}

static void
people_are_told_how_many_slices_are_signed(void **state)
{
    struct plan_world world;

    plan(&world, state, PLAN_TEXT);
    assert_non_null(strstr(world.text, "  edits    1 object\n"
                                       "             demo/_x.so\n"
                                       "  signs    2 slices, ad hoc\n"));
    world.options.sign_always = true;
    plan_wheel(&world, TAG, MODULE);
    assert_non_null(strstr(world.text, "  signs    4 slices, ad hoc\n"));
    plan_clear(&world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_slice_tells_what_changes_in_it,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(people_are_told_how_many_slices_are_signed,
                                        folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
