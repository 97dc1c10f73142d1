/* test_pep508.c -- requirements: read by their grammar, written in one way. */
#include "../support/unit.h"

#include "wheel/pep508.h"

static struct wf_arena arena;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static const char *
written(const char *text, const char *extra)
{
    struct wf_requirement requirement = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;

    if (!wf_requirement_parse(&requirement, &arena, text, &err))
        fail_msg("%s: %s", text, err.text);
    wf_buffer_init(&out, 1 << 20);
    wf_requirement_write(&out, &requirement, extra);
    const char *result = wf_arena_str(&arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return result;
}

static void
keeps_what_was_written(void **state)
{
    struct wf_requirement requirement = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_requirement_parse(
        &requirement, &arena, "Foo_Bar [Zed, b_c] >= 1.0 , <2 ; os_name=='nt'", &err));
    assert_string_equal(requirement.name, "Foo_Bar");
    assert_int_equal(requirement.extras.num, 2);
    assert_string_equal(requirement.extras.items[0], "Zed");
    assert_string_equal(requirement.extras.items[1], "b_c");
    assert_int_equal(requirement.specifiers.num, 2);
    assert_string_equal(requirement.specifiers.items[0].text, "1.0");
    assert_null(requirement.url);
    assert_non_null(requirement.marker);
}

static void
writes_the_one_form(void **state)
{
    static const char *const cases[][2] = {
        { "a", "a" },
        { "Foo__.-Bar", "foo-bar" },
        { "a[]", "a" },
        { "a [ Zed , b.C ]", "a[zed,b-c]" },
        { "a(>=1)", "a>=1" },
        { "a ( )", "a" },
        { "a <2, >=1.0", "a>=1.0,<2" },
        { "a>=1,", "a>=1" },
        { "a==1.*", "a==1.*" },
        { "a @ https://x.org/a;b.whl", "a @ https://x.org/a;b.whl" },
        { "a@https://x.org/a.whl ; os_name=='nt'",
          "a @ https://x.org/a.whl ; os_name == 'nt'" },
        { "a;python_version<\"3.8\"", "a ; python_version < '3.8'" },
        { "a; os.name == 'nt'", "a ; os_name == 'nt'" },
        { "a; python_implementation == 'x'",
          "a ; platform_python_implementation == 'x'" },
        { "a; platform.python_implementation == 'x'",
          "a ; platform_python_implementation == 'x'" },
        { "a; 'linux' in sys_platform", "a ; 'linux' in sys_platform" },
        { "a; sys_platform not  in 'a b'", "a ; sys_platform not in 'a b'" },
        { "a; os_name == \"it's\"", "a ; os_name == \"it's\"" },
        { "a; extra == 'A__b'", "a ; extra == 'a-b'" },
        { "a; 'A.b' == extra", "a ; 'a-b' == extra" },
        { "a; os_name == 'A__b'", "a ; os_name == 'A__b'" },
        { "a; os_name=='a' and os_name=='b' or os_name=='c'",
          "a ; (os_name == 'a' and os_name == 'b') or os_name == 'c'" },
        { "a; os_name=='a' and (os_name=='b' or os_name=='c')",
          "a ; os_name == 'a' and (os_name == 'b' or os_name == 'c')" },
        { "a; (((os_name=='a')))", "a ; os_name == 'a'" },
        { "a; os_name=='a' and (os_name=='b' and os_name=='c')",
          "a ; os_name == 'a' and os_name == 'b' and os_name == 'c'" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *text = written(cases[i][0], NULL);

        assert_string_equal(text, cases[i][1]);
        assert_string_equal(written(text, NULL), text);
    }
}

static void
joins_the_extra_to_the_marker(void **state)
{
    (void)state;
    assert_string_equal(written("a>1", "x"), "a>1 ; extra == 'x'");
    assert_string_equal(written("a; os_name=='nt'", "x"),
                        "a ; os_name == 'nt' and extra == 'x'");
    assert_string_equal(written("a; os_name=='nt' and os_name=='b'", "x"),
                        "a ; os_name == 'nt' and os_name == 'b' and extra == 'x'");
    assert_string_equal(written("a; os_name=='nt' or os_name=='b'", "x"),
                        "a ; (os_name == 'nt' or os_name == 'b') and extra == 'x'");
    assert_string_equal(written("a @ file:///b", "x"), "a @ file:///b ; extra == 'x'");
}

static void
knows_a_name(void **state)
{
    (void)state;
    assert_true(wf_requirement_is_name("a"));
    assert_true(wf_requirement_is_name("A.b_c-1"));
    assert_false(wf_requirement_is_name(""));
    assert_false(wf_requirement_is_name("a_"));
    assert_false(wf_requirement_is_name("-a"));
    assert_false(wf_requirement_is_name("a b"));
    assert_false(wf_requirement_is_name("\xc3\xa9"));
}

static void
refuses_with_the_column_and_what_was_expected(void **state)
{
    static const char *const cases[][2] = {
        { "",
          "column 1: the name of a package was expected, the text ends there, in \"\"" },
        { ">=1", "column 1: the name of a package was expected, \">=1\" stands there, in "
                 "\">=1\"" },
        { "a b", "column 3: one of ~= == != <= >= < > === was expected, \"b\" stands "
                 "there, in \"a b\"" },
        { "a[",
          "column 3: the name of an extra was expected, the text ends there, in \"a[\"" },
        { "a[b c]",
          "column 5: ',' or ']' was expected, \"c]\" stands there, in \"a[b c]\"" },
        { "a>=1 x", "column 6: ',', ';' or the end was expected, \"x\" stands there, in "
                    "\"a>=1 x\"" },
        { "a (>=1",
          "column 7: ',' or ')' was expected, the text ends there, in \"a (>=1\"" },
        { "a)", "column 2: '[', '@', '(', ';' or a version clause was expected, \")\" "
                "stands there, in \"a)\"" },
        { "a @",
          "column 4: a URL behind '@' was expected, the text ends there, in \"a @\"" },
        { "a @ u x",
          "column 7: ';' or the end was expected, \"x\" stands there, in \"a @ u x\"" },
        { "a;",
          "column 3: a variable of markers (python_version, sys_platform, \xe2\x80\xa6) "
          "or a text in quotes was expected, the text ends there, in \"a;\"" },
        { "a; b == 'c'", "column 4: a variable of markers (python_version, sys_platform, "
                         "\xe2\x80\xa6) or a text in quotes was expected, \"b == 'c'\" "
                         "stands there, in \"a; b == 'c'\"" },
        { "a; os_name = 'c'",
          "column 12: one of === == ~= != <= >= < >, in, not in was expected, \"= 'c'\" "
          "stands there, in \"a; os_name = 'c'\"" },
        { "a; os_name not 'c'", "column 16: \"in\" behind \"not\" was expected, \"'c'\" "
                                "stands there, in \"a; os_name not 'c'\"" },
        { "a; os_name == 'c", "column 17: a closing quote was expected, the text ends "
                              "there, in \"a; os_name == 'c\"" },
        { "a; (os_name == 'c'", "column 19: \"and\", \"or\" or ')' was expected, the "
                                "text ends there, in \"a; (os_name == 'c'\"" },
        { "a; os_name == 'c' x", "column 19: \"and\", \"or\" or the end was expected, "
                                 "\"x\" stands there, in \"a; os_name == 'c' x\"" },
        { "a\nName: b", "\"a\nName: b\" has the control byte 0x0a; it must be one line" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_requirement requirement = { 0 };
        struct wf_error err = { 0 };

        if (wf_requirement_parse(&requirement, &arena, cases[i][0], &err))
            fail_msg("%s is no requirement", cases[i][0]);
        assert_error(err, WF_ERR_MALFORMED, cases[i][1]);
        assert_null(requirement.name);
    }
}

static void
refuses_parentheses_without_end(void **state)
{
    enum { NUM = 100000 };
    char *text = wf_arena_alloc(&arena, NUM + 8);
    struct wf_requirement requirement = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    memcpy(text, "a;", 2);
    memset(text + 2, '(', NUM);
    assert_false(wf_requirement_parse(&requirement, &arena, text, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
}

/* Every prefix and every changed byte, in a block of exactly the size. */
static void
damaged_requirements_are_read_within_their_bytes(void **state)
{
    static const char good[] = "Foo[a,b]>=1.0,!=2.* ; (os_name == 'x' or extra not in "
                               "\"y\") and python_version ~= '3.8'";

    (void)state;
    for (size_t len = 0; len < sizeof good; len++) {
        for (int c = 1; c < 256; c += 3) {
            struct wf_bytes exact = exact_copy(good, len + 1);
            char *text = (char *)(uintptr_t)exact.data;
            struct wf_requirement requirement = { 0 };
            struct wf_error err = { 0 };

            text[len] = '\0';
            if (len > 0)
                text[len - 1] = (char)c;
            if (!wf_requirement_parse(&requirement, &arena, text, &err))
                assert_int_equal(err.kind, WF_ERR_MALFORMED);
            free_exact(exact);
        }
        wf_arena_clear(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_was_written),
        cmocka_unit_test(writes_the_one_form),
        cmocka_unit_test(joins_the_extra_to_the_marker),
        cmocka_unit_test(knows_a_name),
        cmocka_unit_test(refuses_with_the_column_and_what_was_expected),
        cmocka_unit_test(refuses_parentheses_without_end),
        cmocka_unit_test(damaged_requirements_are_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
