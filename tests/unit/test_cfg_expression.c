/* test_cfg_expression.c -- conditions on a target, true, false, and none at all. */
#include "../support/unit.h"

#include "pack/compile_parts.h"

static struct wf_strings
linux_lines(struct wf_arena *arena)
{
    static const char *const words[] = {
        "debug_assertions",
        "target_arch=\"x86_64\"",
        "target_env=\"gnu\"",
        "target_feature=\"sse2\"",
        "target_feature=\"fxsr\"",
        "target_os=\"linux\"",
        "unix",
    };
    struct wf_strings lines = { 0 };

    for (size_t i = 0; i < WF_COUNT(words); i++)
        wf_strings_append(arena, &lines, words[i]);
    return lines;
}

static void
conditions_are_those_of_the_language(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "cfg(unix)", true },
        { "cfg(windows)", false },
        { "cfg(uni)", false },
        { "cfg( unix )", true },
        { "cfg(true)", true },
        { "cfg(false)", false },
        { "cfg(target_os = \"linux\")", true },
        { "cfg(target_os=\"linux\")", true },
        { "cfg(target_os = \"lin\")", false },
        { "cfg(target_os = \"linuxx\")", false },
        { "cfg(target_os)", false },
        { "cfg(unix = \"\")", false },
        { "cfg(target_feature = \"fxsr\")", true },
        { "cfg(not(windows))", true },
        { "cfg(not(unix))", false },
        { "cfg(all())", true },
        { "cfg(any())", false },
        { "cfg(all(unix, target_arch = \"x86_64\"))", true },
        { "cfg(all(unix, target_arch = \"x86\"))", false },
        { "cfg(any(windows, target_arch = \"x86_64\",))", true },
        { "cfg(any(windows, target_arch = \"x86\"))", false },
        { "cfg(all(not(any(windows, not(unix))), any(all(), x)))", true },
    };
    struct wf_arena arena = { 0 };
    const struct wf_strings lines = linux_lines(&arena);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_error err = { 0 };
        bool holds = !rows[i].holds;

        if (!wf_cfg_matches(&holds, rows[i].text, &lines, &err))
            fail_msg("%s", err.text);
        if (holds != rows[i].holds)
            fail_msg("%s", rows[i].text);
    }
    wf_arena_clear(&arena);
}

static void
what_is_no_condition_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "unix", "\"unix\" is no condition: cfg( is expected at character 5" },
        { "cfg()", "\"cfg()\" is no condition: a name is expected at character 5" },
        { "cfg(unix",
          "\"cfg(unix\" is no condition: the end is expected at character 9" },
        { "cfg(unix))",
          "\"cfg(unix))\" is no condition: the end is expected at character 10" },
        { "cfg(a b)",
          "\"cfg(a b)\" is no condition: the end is expected at character 7" },
        { "cfg(a=b)",
          "\"cfg(a=b)\" is no condition: a value in quotes is expected at character 7" },
        { "cfg(a=\"b)",
          "\"cfg(a=\"b)\" is no condition: the end of the value is expected at character "
          "8" },
        { "cfg(most(a))", "\"cfg(most(a))\" is no condition: all, any or not before a "
                          "bracket is expected at character 10" },
        { "cfg(all(a b))",
          "\"cfg(all(a b))\" is no condition: ')' is expected at character 11" },
        { "cfg(not())",
          "\"cfg(not())\" is no condition: one condition in not() is expected "
          "at character 10" },
        { "cfg(not(a,b))",
          "\"cfg(not(a,b))\" is no condition: ')' is expected at character 11" },
    };
    struct wf_strings none = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_error err = { 0 };
        bool holds = false;

        assert_false(wf_cfg_matches(&holds, rows[i].text, &none, &err));
        assert_error(err, WF_ERR_MALFORMED, rows[i].says);
    }
}

static void
deep_nesting_is_a_limit(void **state)
{
    struct wf_strings none = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;
    bool holds = false;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    wf_buffer_add_str(&text, "cfg(");
    for (int i = 0; i < 100000; i++)
        wf_buffer_add_str(&text, "not(");
    wf_buffer_add_char(&text, '\0');
    assert_false(wf_cfg_matches(&holds, (const char *)text.data, &none, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    wf_buffer_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_are_those_of_the_language),
        cmocka_unit_test(what_is_no_condition_is_told_with_its_place),
        cmocka_unit_test(deep_nesting_is_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
