/* test_dependency_groups.c -- groups of pyproject.toml, and requirements of extras. */
#include "../support/unit.h"

#include <stdio.h>

#include "pack/dependency_groups.h"

/* The group as one text, "a|b", or the error's. */
static const char *
group(struct wf_arena *arena, const char *text, const char *name, struct wf_error *err)
{
    const struct wf_toml *root = NULL;
    struct wf_strings out = { 0 };
    const char *joined = "";

    assert_true(wf_toml_parse(&root, arena, wf_bytes_str(text), err));
    if (!wf_dependency_group_add(&out, arena, wf_toml_get(root, "dependency-groups"),
                                 name, err))
        return err->text;
    for (size_t i = 0; i < out.num; i++)
        joined =
            wf_arena_printf(arena, "%s%s%s", joined, i == 0 ? "" : "|", out.items[i]);
    return joined;
}

static void
groups_hold_requirements_and_other_groups(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        const char *expected;
    } rows[] = {
        { "[dependency-groups]\ndev = ['a', 'b>1']\n", "dev", "a|b>1" },
        { "[dependency-groups]\nt = ['t']\ndev = ['a', {include-group = 't'}, 'b']\n",
          "dev", "a|t|b" },
        { "[dependency-groups]\n'My.Dev' = ['a']\n", "my-dev", "a" },
        { "[dependency-groups]\nt = ['t']\ndev = [{include-group = 't'}, "
          "{include-group = 't'}]\n",
          "dev", "t|t" },
        { "[dependency-groups]\ndev = []\n", "dev", "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };

        assert_string_equal(group(&arena, rows[i].text, rows[i].name, &err),
                            rows[i].expected);
        assert_int_equal(err.kind, WF_ERR_NONE);
        wf_arena_clear(&arena);
    }
}

static void
what_is_no_group_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text;
        enum wf_error_kind kind;
        const char *expected;
    } rows[] = {
        { "", WF_ERR_REFUSED, "[dependency-groups] has no group \"dev\"" },
        { "dependency-groups = 1\n", WF_ERR_REFUSED,
          "[dependency-groups] has no group \"dev\"" },
        { "[dependency-groups]\ndev = 'a'\n", WF_ERR_MALFORMED,
          "line 2, column 7: dependency-groups.dev is a string; an array was expected" },
        { "[dependency-groups]\ndev = [1]\n", WF_ERR_MALFORMED,
          "line 2, column 8: a requirement or { include-group = \"name\" } was expected "
          "in "
          "a dependency group" },
        { "[dependency-groups]\ndev = [{include-group = 'x', y = 1}]\n", WF_ERR_MALFORMED,
          "line 2, column 8: a requirement or { include-group = \"name\" } was expected "
          "in "
          "a dependency group" },
        { "[dependency-groups]\ndev = [{include-group = 'x'}]\n", WF_ERR_REFUSED,
          "[dependency-groups] has no group \"x\"" },
        { "[dependency-groups]\nx = [{include-group = 'dev'}]\n"
          "dev = [{include-group = 'x'}]\n",
          WF_ERR_REFUSED, "line 3: the dependency group \"dev\" includes itself" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };

        assert_string_equal(group(&arena, rows[i].text, "dev", &err), rows[i].expected);
        assert_int_equal(err.kind, rows[i].kind);
        wf_arena_clear(&arena);
    }
}

/* Each group names the next one twice: the whole doubles with every line. */
static void
groups_that_multiply_are_bounded(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *text = "[dependency-groups]\ng0 = ['a']\n";

    (void)state;
    for (unsigned i = 1; i < 30; i++)
        text = wf_arena_printf(&arena,
                               "%sg%u = [{include-group = 'g%u'}, {include-group = "
                               "'g%u'}]\n",
                               text, i, i - 1, i - 1);
    assert_string_equal(group(&arena, text, "g29", &err),
                        "the dependency groups come to more than 10000 entries");
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    wf_arena_clear(&arena);
}

static void
a_group_is_there_by_any_spelling(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = NULL;

    (void)state;
    assert_true(
        wf_toml_parse(&root, &arena, wf_bytes_str("[g]\nDev_Tools = []\n"), NULL));
    assert_true(wf_dependency_group_is(wf_toml_get(root, "g"), "dev-tools"));
    assert_false(wf_dependency_group_is(wf_toml_get(root, "g"), "dev"));
    assert_false(wf_dependency_group_is(NULL, "dev"));
    wf_arena_clear(&arena);
}

static void
extras_decide_markers_and_leave_the_rest(void **state)
{
    static const struct {
        const char *requirement;
        const char *extras[3];
        const char *expected; /* NULL: it does not count */
    } rows[] = {
        { "a>=1", { 0 }, "a>=1" },
        { "a ; extra == 'x'", { 0 }, NULL },
        { "a ; extra == 'x'", { "y" }, NULL },
        { "a ; extra == 'x'", { "y", "x" }, "a" },
        { "a ; extra == 'My-Extra'", { "my_extra" }, "a" },
        { "a ; 'x' == extra", { "x" }, "a" },
        { "a ; extra != 'x'", { 0 }, "a" },
        { "a ; extra != 'x'", { "x" }, NULL },
        { "a ; os_name == 'nt'", { "x" }, "a ; os_name == 'nt'" },
        { "a ; os_name == 'nt' and extra == 'x'", { "x" }, "a ; os_name == 'nt'" },
        { "a ; os_name == 'nt' and extra == 'x'", { 0 }, NULL },
        { "a ; os_name == 'nt' or extra == 'x'", { "x" }, "a" },
        { "a ; os_name == 'nt' or extra == 'x'", { 0 }, "a ; os_name == 'nt'" },
        { "a ; (os_name == 'nt' or os_name == 'posix') and (extra == 'x' or extra == "
          "'y')",
          { "y" },
          "a ; os_name == 'nt' or os_name == 'posix'" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_strings extras = { 0 };
        struct wf_error err = { 0 };
        const char *out = "unset";

        for (size_t j = 0; rows[i].extras[j] != NULL; j++)
            wf_strings_append(&arena, &extras, rows[i].extras[j]);
        assert_true(wf_requirement_for(&out, &arena, rows[i].requirement, &extras, &err));
        if (rows[i].expected == NULL)
            assert_null(out);
        else
            assert_string_equal(out, rows[i].expected);
        wf_arena_clear(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_hold_requirements_and_other_groups),
        cmocka_unit_test(what_is_no_group_is_told_with_its_line),
        cmocka_unit_test(groups_that_multiply_are_bounded),
        cmocka_unit_test(a_group_is_there_by_any_spelling),
        cmocka_unit_test(extras_decide_markers_and_leave_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
