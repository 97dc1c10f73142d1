/* test_render_plan.c -- plans for people and for programs. */
#include "../support/folder.h"
#include "../support/plan_builder.h"
#include "../support/unit.h"

#include "base/json.h"

#define TAG   "cp311-cp311-linux_x86_64"
#define NAME  "demo-1.0-cp311-cp311-linux_x86_64.whl"
#define FIXED "demo-1.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl"
#define TOOL                                                                             \
    "{ \"name\": \"demo-1.0.data/scripts/tool\", \"elf\": { \"machine\": \"x86_64\","    \
    " \"type\": \"pie\", \"interp\": \"/lib64/ld-linux-x86-64.so.2\","                   \
    " \"needed\": [\"libfoo.so.1\", \"libcuda.so.1\", \"libc.so.6\"] } }"
#define MISSING                                                                          \
    "{ \"name\": \"demo/a.so\", \"elf\": { \"machine\": \"x86_64\","                     \
    " \"needed\": [\"libgone.so.1\", \"libc.so.6\"] } },"                                \
    "{ \"name\": \"demo/b.so\", \"elf\": { \"machine\": \"x86_64\","                     \
    " \"needed\": [\"libgone.so.1\", \"libc.so.6\"] } }"

static void
says_what_is_bundled_edited_and_dropped(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_TEXT;
    plan_library(&world, "libfoo.so.1", "");
    assert_string_equal(
        plan_wheel(&world, TAG, TOOL), NAME
        "\n"
        "  result   out/" FIXED "\n"
        "  bundles  1 library\n"
        "             demo.libs/libfoo-HASH.so.1  from lib/libfoo.so.1\n"
        "  edits    1 object\n"
        "             demo.scripts/tool\n"
        "  drops    demo-1.0.data/scripts/tool: moved to demo.scripts/tool; a script "
        "that runs it takes its place\n"
        "  warning  demo-1.0.data/scripts/tool: libcuda.so.1 is not bundled: the "
        "NVIDIA driver brings it, and it must fit the kernel module of the host\n");
    plan_clear(&world);
}

static void
gives_the_reason_of_each_change_when_asked_to(void **state)
{
    struct plan_world world;
    const char *text;

    plan_setup(&world, state);
    world.form = PLAN_TEXT;
    world.style.verbose = 1;
    plan_library(&world, "libfoo.so.1", "");
    text = plan_wheel(&world, TAG, TOOL);
    assert_non_null(strstr(text, "from lib/libfoo.so.1\n"
                                 "               is called libfoo-HASH.so.1\n"));
    assert_non_null(
        strstr(text, "demo.scripts/tool\n"
                     "               needs libfoo.so.1 as libfoo-HASH.so.1\n"
                     "               looks for libraries in $ORIGIN/../demo.libs\n"));
    plan_clear(&world);
}

static void
says_why_a_wheel_is_copied(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_TEXT;
    assert_string_equal(
        plan_wheel(&world, "py3-none-any", "{ \"name\": \"demo.py\", \"text\": \"\" }"),
        "demo-1.0-py3-none-any.whl\n"
        "  copied   it holds no native code\n"
        "  result   out/demo-1.0-py3-none-any.whl\n");
    plan_clear(&world);
}

static void
lists_reasons_with_the_places_tried_and_one_cure_for_all(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_REFUSALS;
    assert_string_equal(
        plan_wheel(&world, TAG, MISSING), NAME
        "\n"
        "  refused  2 reasons, and nothing was written\n"
        "             demo/a.so needs libgone.so.1, which was not found\n"
        "               tried lib/libgone.so.1: no such file\n"
        "             demo/b.so needs libgone.so.1, which was not found\n"
        "  advice   give the folder that has it with --lib-path, or leave it out with "
        "--exclude\n");
    plan_clear(&world);
}

static const char *
string_at(const struct wf_json *object, const char *key)
{
    const struct wf_json *value = wf_json_get(object, key);

    assert_non_null(value);
    return wf_json_kind(value) == WF_JSON_STRING ? wf_json_string(value) : NULL;
}

static const struct wf_json *
only_one(const struct wf_json *object, const char *key)
{
    const struct wf_json *list = wf_json_get(object, key);

    assert_non_null(list);
    assert_int_equal(wf_json_kind(list), WF_JSON_ARRAY);
    assert_non_null(wf_json_first(list));
    assert_null(wf_json_next(wf_json_first(list)));
    return wf_json_first(list);
}

static struct wf_json *
parse(const char *text)
{
    struct wf_json *json = NULL;
    struct wf_error err = { 0 };

    if (!wf_json_parse(&json, wf_bytes_str(text), &err))
        fail_msg("%s", err.text);
    return json;
}

static void
writes_every_part_of_a_plan_as_json(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_JSON;
    plan_library(&world, "libfoo.so.1", "");
    struct wf_json *json = parse(plan_wheel(&world, TAG, TOOL));

    assert_string_equal(string_at(json, "path"), NAME);
    assert_string_equal(string_at(json, "filename"), NAME);
    assert_string_equal(string_at(json, "action"), "repair");
    assert_null(string_at(json, "why"));
    assert_string_equal(string_at(json, "policy"), "manylinux_2_5_x86_64");
    assert_string_equal(string_at(json, "output"), FIXED);
    assert_string_equal(wf_json_string(only_one(json, "tags_before")), "linux_x86_64");
    const struct wf_json *graft = only_one(json, "graft");

    assert_string_equal(string_at(graft, "path"), "demo.libs/libfoo-HASH.so.1");
    assert_string_equal(string_at(graft, "soname"), "libfoo-HASH.so.1");
    assert_string_equal(string_at(graft, "from"), "lib/libfoo.so.1");
    assert_string_equal(wf_json_string(only_one(graft, "needed_as")), "libfoo.so.1");
    assert_null(string_at(graft, "package"));
    const struct wf_json *edit = only_one(json, "edit");

    assert_string_equal(string_at(edit, "path"), "demo.scripts/tool");
    assert_string_equal(string_at(edit, "from"), "demo-1.0.data/scripts/tool");
    assert_string_equal(string_at(only_one(json, "drop"), "path"),
                        "demo-1.0.data/scripts/tool");
    const struct wf_json *finding = only_one(json, "findings");

    assert_string_equal(string_at(finding, "rule"), "library-left-out");
    assert_string_equal(string_at(finding, "severity"), "warning");
    assert_null(wf_json_first(wf_json_get(json, "refusals")));
    wf_json_free(json);
    plan_clear(&world);
}

static void
writes_a_refusal_as_json_without_a_plan(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_JSON;
    struct wf_json *json = parse(plan_wheel(&world, TAG, MISSING));

    assert_string_equal(string_at(json, "action"), "refuse");
    assert_null(string_at(json, "output"));
    assert_null(wf_json_first(wf_json_get(json, "graft")));
    assert_null(wf_json_first(wf_json_get(json, "edit")));
    const struct wf_json *first = wf_json_first(wf_json_get(json, "refusals"));

    assert_string_equal(string_at(first, "reason"), "library-not-found");
    assert_string_equal(string_at(first, "object"), "demo/a.so");
    assert_string_equal(string_at(first, "library"), "libgone.so.1");
    assert_null(string_at(first, "symbol"));
    assert_string_equal(string_at(only_one(first, "tried"), "path"), "lib/libgone.so.1");
    assert_string_equal(string_at(only_one(first, "tried"), "result"), "absent");
    assert_string_equal(string_at(wf_json_next(first), "object"), "demo/b.so");
    wf_json_free(json);
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_is_bundled_edited_and_dropped),
        TEST(gives_the_reason_of_each_change_when_asked_to),
        TEST(says_why_a_wheel_is_copied),
        TEST(lists_reasons_with_the_places_tried_and_one_cure_for_all),
        TEST(writes_every_part_of_a_plan_as_json),
        TEST(writes_a_refusal_as_json_without_a_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
