/* test_python_patch.c -- the statements that make Python find bundled DLLs, and where they
 * are put. */
#include "../support/unit.h"

#include "repair/python_patch.h"

static const struct wf_python_patch short_form = { .lib_dir = "demo.libs",
                                                   .depth = 1,
                                                   .version = "1.2-rc1" };

#define FUNCTION "_delvewheel_patch_wheelfix_1_2_rc1"
#define SHORT_PATCH                                                                      \
    "# start delvewheel patch\n"                                                         \
    "def " FUNCTION "():\n"                                                              \
    "    import os\n"                                                                    \
    "    folder = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, "   \
    "\"demo.libs\"))\n"                                                                  \
    "    if os.path.isdir(folder):\n"                                                    \
    "        os.add_dll_directory(folder)\n"                                             \
    "\n"                                                                                 \
    "\n" FUNCTION "()\n"                                                                 \
    "del " FUNCTION "\n"                                                                 \
    "# end delvewheel patch"

/* The patched text as a C string, which the caller clears; `want_num` patches. */
static void
patch_text(struct wf_buffer *out, const char *text, const struct wf_python_patch *patch,
           bool at_marks, size_t want_num)
{
    struct wf_bytes exact = exact_copy(text, strlen(text));
    struct wf_error err = { 0 };
    size_t num = 77;

    wf_buffer_init(out, 1 << 20);
    if (!wf_python_patch_write(out, &num, exact, patch, at_marks, &err))
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(num, want_num);
    wf_buffer_add_char(out, '\0');
    free_exact(exact);
}

static void
check(const char *text, const char *want, bool at_marks, size_t want_num)
{
    struct wf_buffer out;

    patch_text(&out, text, &short_form, at_marks, want_num);
    assert_string_equal((const char *)out.data, want);
    wf_buffer_clear(&out);
}

static void
stands_between_blank_lines_and_all_else_keeps_its_bytes(void **state)
{
    (void)state;
    check("'a'\nx = 1\n", "'a'\n\n\n" SHORT_PATCH "\n\nx = 1\n", false, 1);
    check("'a'\n\n\nx = 1", "'a'\n\n\n" SHORT_PATCH "\n\n\nx = 1", false, 1);
}

static void
a_missing_line_ending_is_put_before_it(void **state)
{
    (void)state;
    check("# a\n'a'", "# a\n'a'\n\n\n" SHORT_PATCH "\n", false, 1);
    check("# a\n'a'; x = 1\n", "# a\n'a'; \n\n\n" SHORT_PATCH "\n\nx = 1\n", false, 1);
    check("# a\n# b", "# a\n# b\n\n\n" SHORT_PATCH "\n", false, 1);
}

static void
is_no_documentation_of_the_module(void **state)
{
    (void)state;
    check("x = 1\n", "None  " SHORT_PATCH "\n\nx = 1\n", false, 1);
    check("\nx = 1\n", "None  " SHORT_PATCH "\n\nx = 1\n", false, 1);
    check("#!python\nx = 1\n", "#!python\n\n\nNone  " SHORT_PATCH "\n\nx = 1\n", false,
          1);
    check("# a\nx = 1\n", "# a\n\n\n" SHORT_PATCH "\n\nx = 1\n", false, 1);
    check("from __future__ import a\n", "from __future__ import a\n\n\n" SHORT_PATCH "\n",
          false, 1);
}

static void
a_mark_is_replaced_by_it(void **state)
{
    (void)state;
    check("'a'\nx\n#  delvewheel : patch\ny\n", "'a'\nx\n" SHORT_PATCH "\ny\n", true, 1);
    check("x\n# delvewheel: patch\n# delvewheel: patch",
          "x\n" SHORT_PATCH "\n" SHORT_PATCH, true, 2);
    check("# delvewheel: patch\nx\n", "None  " SHORT_PATCH "\nx\n", true, 1);
    check("# a\n# delvewheel: patch\n", "# a\n" SHORT_PATCH "\n", true, 1);
    check("'a'\nx\n", "'a'\nx\n", true, 0);
}

static void
takes_the_line_ending_of_the_file(void **state)
{
    static const char *const endings[] = { "\n", "\r\n", "\r" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(endings); i++) {
        struct wf_buffer text;
        struct wf_buffer out;
        size_t num_cr = 0;
        size_t num_lf = 0;

        wf_buffer_init(&text, SIZE_MAX);
        wf_buffer_printf(&text, "'a'%sx = 1%s", endings[i], endings[i]);
        wf_buffer_add_char(&text, '\0');
        patch_text(&out, (const char *)text.data, &short_form, false, 1);
        for (size_t j = 0; j < out.len; j++) {
            num_cr += out.data[j] == '\r';
            num_lf += out.data[j] == '\n';
        }
        assert_int_equal(num_cr, endings[i][0] == '\r' ? 16 : 0);
        assert_int_equal(num_lf, strchr(endings[i], '\n') != NULL ? 16 : 0);
        wf_buffer_clear(&out);
        wf_buffer_clear(&text);
    }
    /* Of a file without any: as delvewheel writes it. */
    struct wf_buffer out;

    patch_text(&out, "", &short_form, false, 1);
    assert_non_null(strstr((const char *)out.data, "# end delvewheel patch\r\n"));
    assert_null(strstr((const char *)out.data, "patch\r\n\r\n#"));
    wf_buffer_clear(&out);
}

static void
a_patched_text_comes_out_as_it_went_in(void **state)
{
    static const char *const patched[] = {
        "# start delvewheel patch\n# end delvewheel patch\n",
        "'a'\r\n\r\n# start delvewheel patch\r\nx\r\n# end delvewheel patch",
        "\"\"\"\"\"\" # start delvewheel patch\rx\r# end delvewheel patch\r",
        "\"\"\"\"\"\"# start delvewheel patch\nx\n# end delvewheel patch  \n",
        "\xef\xbb\xbfNone  # start delvewheel patch\nx\n# end delvewheel patch\n",
        "# start delvewheel patch\n# end delvewheel patch\n# delvewheel: patch\n",
        /* Not even Python. */
        "'\n# start delvewheel patch\n# end delvewheel patch\n",
    };
    static const char *const others[] = {
        "",
        "# start delvewheel patch\n",
        "# end delvewheel patch\n# start delvewheel patch\n",
        "x = '# start delvewheel patch'\n# end delvewheel patch\n",
        "x # start delvewheel patch\n# end delvewheel patch\n",
        "# start delvewheel patch.\n# end delvewheel patch\n",
        "# start delvewheel patch # end delvewheel patch\n",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(patched); i++) {
        assert_true(wf_python_patch_is_there(wf_bytes_str(patched[i])));
        check(patched[i], patched[i], false, 0);
        check(patched[i], patched[i], true, 0);
    }
    for (size_t i = 0; i < WF_COUNT(others); i++)
        assert_false(wf_python_patch_is_there(wf_bytes_str(others[i])));
    assert_true(wf_python_patch_is_there(wf_bytes_str(SHORT_PATCH)));
}

static void
names_the_folder_from_where_the_file_is(void **state)
{
    static const struct {
        const char *lib_dir;
        unsigned depth;
        const char *want;
    } cases[] = {
        { ".", 0, "os.path.dirname(__file__), \".\"))" },
        { "a.libs", 0, "os.path.dirname(__file__), \"a.libs\"))" },
        { "a.libs", 3,
          "os.path.dirname(__file__), os.pardir, os.pardir, os.pardir, \"a.libs\"))" },
        { "a\"\\\n.libs", 1, "os.pardir, \"a\\\"\\\\\\x0a.libs\"))" },
        { "\xc3\xb6\xe2\x82\xac\xf0\x9f\x90\x8d", 1,
          "os.pardir, u\"\\xf6\\u20ac\\U0001f40d\"))" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_python_patch patch = { .lib_dir = cases[i].lib_dir,
                                               .depth = cases[i].depth,
                                               .version = "1" };
        struct wf_buffer out;

        patch_text(&out, "'a'\n", &patch, false, 1);
        if (strstr((const char *)out.data, cases[i].want) == NULL)
            fail_msg("%s is not in %s", cases[i].want, (const char *)out.data);
        wf_buffer_clear(&out);
    }
}

/* What it does is tried in tests/proof_python_patch.py. */
static void
the_long_form_knows_older_pythons(void **state)
{
    static const char *const wanted[] = {
        "import sys\n",
        "\"Anaconda_GetVersion\"",
        "\"packaged by conda-forge\"",
        "os.path.join(folder, \".load-order-demo-1.0\")",
        ".LoadLibraryExW\n",
        "load.restype = ctypes.wintypes.HMODULE\n",
        "load(path, None, 8)",
    };
    struct wf_python_patch patch = short_form;
    struct wf_buffer out;

    (void)state;
    patch.load_order = ".load-order-demo-1.0";
    patch_text(&out, "'a'\n", &patch, false, 1);
    for (size_t i = 0; i < WF_COUNT(wanted); i++) {
        if (strstr((const char *)out.data, wanted[i]) == NULL)
            fail_msg("%s is missing", wanted[i]);
    }
    wf_buffer_clear(&out);
    patch_text(&out, "'a'\n", &short_form, false, 1);
    assert_null(strstr((const char *)out.data, "ctypes"));
    wf_buffer_clear(&out);
}

static void
what_has_no_place_is_an_error_and_nothing_is_counted(void **state)
{
    struct wf_buffer out;
    struct wf_error err = { 0 };
    size_t num = 77;

    (void)state;
    wf_buffer_init(&out, 1 << 20);
    assert_false(wf_python_patch_write(&out, &num, wf_bytes_str("x\n\n'"), &short_form,
                                       true, &err));
    assert_error(err, WF_ERR_MALFORMED, "line 3: the string that begins here has no end");
    assert_false(
        wf_python_patch_write(&out, &num, wf_bytes_str("'"), &short_form, false, &err));
    assert_error(err, WF_ERR_MALFORMED, "line 1: the string that begins here has no end");
    assert_int_equal(num, 77);
    assert_int_equal(out.len, 0);
    wf_buffer_clear(&out);
    wf_buffer_init(&out, 20);
    assert_false(
        wf_python_patch_write(&out, &num, wf_bytes_str(""), &short_form, false, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    assert_int_equal(num, 77);
    wf_buffer_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_between_blank_lines_and_all_else_keeps_its_bytes),
        cmocka_unit_test(a_missing_line_ending_is_put_before_it),
        cmocka_unit_test(is_no_documentation_of_the_module),
        cmocka_unit_test(a_mark_is_replaced_by_it),
        cmocka_unit_test(takes_the_line_ending_of_the_file),
        cmocka_unit_test(a_patched_text_comes_out_as_it_went_in),
        cmocka_unit_test(names_the_folder_from_where_the_file_is),
        cmocka_unit_test(the_long_form_knows_older_pythons),
        cmocka_unit_test(what_has_no_place_is_an_error_and_nothing_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
