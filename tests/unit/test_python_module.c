/* test_python_module.c -- names of module functions, ASCII and not. */
#include "object/python_module.h"

#include "../support/unit.h"

static void
the_module_is_the_base_name_up_to_its_first_dot(void **state)
{
    static const struct {
        const char *path;
        const char *name;
    } rows[] = {
        { "a/b/_x.cpython-312-x86_64-linux-gnu.so", "_x" },
        { "x.so", "x" },
        { "x", "x" },
        { "a.b/x.so", "x" },
        { "a/.hidden.so", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        const struct wf_python_module module = wf_python_module_of(&arena, rows[i].path);

        assert_string_equal(module.name, rows[i].name);
        assert_null(module.punycode);
        wf_arena_clear(&arena);
    }
}

/* Expected values are those of Python's own codec:
 * name.encode("punycode").replace(b"-", b"_"). */
static void
names_that_are_not_ascii_are_encoded_as_python_does(void **state)
{
    static const struct {
        const char *path;
        const char *punycode;
    } rows[] = {
        { "l\xc3\xa4nder.so", "lnder_gra" },
        { "\xc3\xa4.so", "4ca" },
        { "a-\xc3\xa4.so", "a__wia" },
        { "\xe3\x82\xa4\xe3\x83\xb3\xe3\x83\x9d\xe3\x83\xbc\xe3\x83\x88.so",
          "eckvduc7d0b" },
        { "\xf0\x9d\x94\x98x.so", "x_439q" },
        { "\xc3\xa4\xc3\xa4\xc3\xb6\xc3\xbc.so", "4caa8cya" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        const struct wf_python_module module = wf_python_module_of(&arena, rows[i].path);

        assert_non_null(module.punycode);
        assert_string_equal(module.punycode, rows[i].punycode);
        wf_arena_clear(&arena);
    }
}

static void
what_is_not_utf_8_has_no_encoding(void **state)
{
    static const char *const paths[] = {
        "\xc3.so",
        "\xff\xff.so",
        "\x80.so",
        "a\xe3\x82.so",
        ("\xc3"
         "a.so"), /* in one literal the escape would go on */
        "\xf8\x80\x80.so",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(paths); i++) {
        struct wf_arena arena = { 0 };

        assert_null(wf_python_module_of(&arena, paths[i]).punycode);
        wf_arena_clear(&arena);
    }
}

/* The longest names a file can have, of the largest code points, far apart. */
static void
the_longest_names_fit(void **state)
{
    char path[256] = { 0 };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i + 4 <= 252; i += 4)
        memcpy(path + i, i % 8 == 0 ? "\xf7\xbf\xbf\xbf" : "\xf0\x80\x82\x80", 4);
    assert_non_null(wf_python_module_of(&arena, path).punycode);
    memset(path, 0xc3, 255);
    assert_null(wf_python_module_of(&arena, path).punycode);
    wf_arena_clear(&arena);
}

static void
classifies_functions_by_prefix_and_name(void **state)
{
    static const struct {
        const char *function;
        enum wf_module_init init;
    } rows[] = {
        { "PyInit_x", WF_INIT_PYTHON3 },
        { "PyModExport_x", WF_INIT_PYTHON3 },
        { "_cffi_pypyinit_x", WF_INIT_PYTHON2 },
        { "initx", WF_INIT_PYTHON2 },
        { "PyInit_y", WF_INIT_FOREIGN },
        { "PyInit_", WF_INIT_FOREIGN },
        { "PyInit_xx", WF_INIT_FOREIGN },
        { "PyInitU_x", WF_INIT_FOREIGN },
        { "_cffi_pypyinit_y", WF_INIT_FOREIGN },
        { "inity", WF_INIT_NONE },
        { "init", WF_INIT_NONE },
        { "initxx", WF_INIT_NONE },
        { "PyInitx", WF_INIT_NONE },
        { "PyIni", WF_INIT_NONE },
        { "pyinit_x", WF_INIT_NONE },
        { "", WF_INIT_NONE },
    };
    struct wf_arena arena = { 0 };
    const struct wf_python_module module = wf_python_module_of(&arena, "x.so");

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_bytes ended =
            exact_copy(rows[i].function, strlen(rows[i].function) + 1);
        const struct wf_bytes cut =
            exact_copy(rows[i].function, strlen(rows[i].function));

        assert_int_equal(wf_python_module_init(&module, ended), rows[i].init);
        assert_int_equal(wf_python_module_init(&module, cut), rows[i].init);
        free_exact(ended);
        free_exact(cut);
    }
    wf_arena_clear(&arena);
}

static void
an_encoded_name_counts_behind_its_own_prefixes(void **state)
{
    static const struct {
        const char *function;
        enum wf_module_init init;
    } rows[] = {
        { "PyInitU_lnder_gra", WF_INIT_PYTHON3 },
        { "PyModExportU_lnder_gra", WF_INIT_PYTHON3 },
        { "PyInit_lnder_gra", WF_INIT_FOREIGN },
        { "PyInitU_other", WF_INIT_FOREIGN },
    };
    struct wf_arena arena = { 0 };
    const struct wf_python_module module =
        wf_python_module_of(&arena, "p/l\xc3\xa4nder.abi3.so");

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_int_equal(wf_python_module_init(&module, wf_bytes_str(rows[i].function)),
                         rows[i].init);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_module_is_the_base_name_up_to_its_first_dot),
        cmocka_unit_test(names_that_are_not_ascii_are_encoded_as_python_does),
        cmocka_unit_test(what_is_not_utf_8_has_no_encoding),
        cmocka_unit_test(the_longest_names_fit),
        cmocka_unit_test(classifies_functions_by_prefix_and_name),
        cmocka_unit_test(an_encoded_name_counts_behind_its_own_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
