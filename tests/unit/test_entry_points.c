/* test_entry_points.c -- entry_points.txt. */
#include "../support/unit.h"

#include "base/buffer.h"
#include "wheel/metadata.h"

static const char sample[] = "# made by hand\n"
                             "; as well\n"
                             "[console_scripts]\r\n"
                             "demo = demo.cli:main\n"
                             "  demo-x=demo.cli : x [extra1, extra2]\n"
                             "\n"
                             "[plugins.of.others]\n"
                             "a/b = demo\n"
                             "demo = demo:other\n";

static void
reads_groups_names_and_targets(void **state)
{
    static const struct wf_entry_point want[] = {
        { "console_scripts", "demo", "demo.cli:main", 4 },
        { "console_scripts", "demo-x", "demo.cli : x", 5 },
        { "plugins.of.others", "a/b", "demo", 8 },
        { "plugins.of.others", "demo", "demo:other", 9 },
    };
    struct wf_arena arena = { 0 };
    struct wf_entry_points points = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_entry_points_parse(&points, &arena, wf_bytes_str(sample), &err));
    assert_int_equal(points.num, WF_COUNT(want));
    for (size_t i = 0; i < WF_COUNT(want); i++) {
        assert_string_equal(points.items[i].group, want[i].group);
        assert_string_equal(points.items[i].name, want[i].name);
        assert_string_equal(points.items[i].target, want[i].target);
        assert_int_equal(points.items[i].line, want[i].line);
    }
    wf_arena_clear(&arena);
}

static void
a_group_may_be_empty_or_stand_twice(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_entry_points points = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_entry_points_parse(&points, &arena, wf_bytes_str(""), &err));
    assert_int_equal(points.num, 0);
    assert_true(wf_entry_points_parse(
        &points, &arena, wf_bytes_str("[a]\n[b]\nx=y\n[a]\nx=y\n[b]\nz=y"), &err));
    assert_int_equal(points.num, 3);
    wf_arena_clear(&arena);
}

static void
refuses_what_it_cannot_read_and_names_the_line(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { "a = b\n", "line 1 stands before the first group" },
        { "[a]\nb\n", "line 2 has no '='; entry points are \"name = module:attr\"" },
        { "[a]\nb: c\n", "line 2 has no '='; entry points are \"name = module:attr\"" },
        { "[a\nb=c\n", "line 1 is no group \"[name]\"" },
        { "[]\n", "line 1 is no group \"[name]\"" },
        { "[a]\n= b\n", "line 2 has no name" },
        { "[a]\nb =\n", "line 2 has no target" },
        { "[a]\nb = [x]\n", "line 2 has no target" },
        { "[a]\nb = c\nd = e\nb = f\n",
          "line 4: \"b\" stands twice in [a], first on line 2" },
        { "[console_scripts]\na/b = c\n",
          "line 2: script name \"a/b\" is no plain file name" },
        { "[gui_scripts]\na\\b = c\n",
          "line 2: script name \"a\\b\" is no plain file name" },
        { "[console_scripts]\n.. = c\n",
          "line 2: script name \"..\" is no plain file name" },
        { "[console_scripts]\nC:x = c\n",
          "line 2: script name \"C:x\" is no plain file name" },
        { "[a]\nb = \xff\n", "line 2 is not UTF-8" },
        { "[a]\nb = c\rd = e\n", "line 2 has the control byte 0x0d" },
        { "[a]\nb\x1b = c\n", "line 2 has the control byte 0x1b" },
        { "\xef\xbb\xbf[a]\n", "line 1 stands before the first group" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i].text, strlen(cases[i].text));
        struct wf_entry_points points = { .num = 77 };
        struct wf_error err = { 0 };

        assert_false(wf_entry_points_parse(&points, &arena, exact, &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i].error);
        assert_int_equal(points.num, 77);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

static void
bounds_the_number_of_entry_points(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_entry_points points = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add_str(&text, "[a]\n");
    for (size_t i = 0; i < 100000; i++)
        wf_buffer_printf(&text, "n%zu=t\n", i);
    assert_true(wf_entry_points_parse(&points, &arena, wf_buffer_bytes(&text), &err));
    assert_int_equal(points.num, 100000);
    wf_buffer_add_str(&text, "x=t\n");
    assert_false(wf_entry_points_parse(&points, &arena, wf_buffer_bytes(&text), &err));
    assert_error(err, WF_ERR_LIMIT,
                 "line 100002 is one entry point more than the limit of 100000");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
parse_damaged(struct wf_bytes exact)
{
    struct wf_arena arena = { 0 };
    struct wf_entry_points points = { 0 };
    struct wf_error err = { 0 };

    if (!wf_entry_points_parse(&points, &arena, exact, &err))
        assert_int_not_equal(err.text[0], '\0');
    for (size_t i = 0; i < points.num; i++) {
        assert_int_not_equal(points.items[i].name[0], '\0');
        assert_int_not_equal(points.items[i].target[0], '\0');
    }
    wf_arena_clear(&arena);
}

static void
damaged_texts_are_read_within_their_bytes(void **state)
{
    static const char changes[] = { '\0', '\n', '\r', ' ', '=', '[', ']', '\xff' };
    const size_t whole = sizeof sample - 1;

    (void)state;
    for (size_t len = 0; len <= whole; len++) {
        struct wf_bytes exact = exact_copy(sample, len);

        parse_damaged(exact);
        free_exact(exact);
    }
    for (size_t at = 0; at < whole; at++) {
        struct wf_bytes exact = exact_copy(sample, whole);

        for (size_t c = 0; c < sizeof changes; c++) {
            ((char *)(uintptr_t)exact.data)[at] = changes[c];
            parse_damaged(exact);
        }
        free_exact(exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_groups_names_and_targets),
        cmocka_unit_test(a_group_may_be_empty_or_stand_twice),
        cmocka_unit_test(refuses_what_it_cannot_read_and_names_the_line),
        cmocka_unit_test(bounds_the_number_of_entry_points),
        cmocka_unit_test(damaged_texts_are_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
