/* test_cffi_preprocess.c -- headers as cffi's cdef takes them. */
#include "../support/unit.h"

#include <stdio.h>

#include "pack/bindings.h"

static void
assert_becomes(const char *header, const char *expected)
{
    const struct wf_bytes text = exact_copy(header, strlen(header));
    struct wf_error err = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    if (!wf_cffi_preprocess(&out, text, &err))
        fail_msg("%s: %s", header, err.text);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
    free_exact(text);
}

static void
assert_refused(const char *header, const char *why)
{
    struct wf_error err = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    assert_false(wf_cffi_preprocess(&out, wf_bytes_str(header), &err));
    assert_error(err, WF_ERR_MALFORMED, why);
    wf_buffer_clear(&out);
}

/* As cbindgen 0.24 and 0.29 write them. */
static void
both_ways_of_writing_an_enum_become_one(void **state)
{
    const char *plain = "enum Color {\n  Red,\n};\ntypedef uint32_t Color;\n";

    (void)state;
    assert_becomes("#include <stdint.h>\n\nenum Color {\n  Red,\n};\n"
                   "typedef uint32_t Color;\n",
                   plain);
    assert_becomes("#include <stdint.h>\n\nenum Color\n"
                   "#if __STDC_VERSION__ >= 202311L\n"
                   "  : uint32_t\n"
                   "#endif // __STDC_VERSION__ >= 202311L\n"
                   " {\n  Red,\n};\n"
                   "#if __STDC_VERSION__ >= 202311L\n"
                   "typedef enum Color Color;\n"
                   "#else\n"
                   "typedef uint32_t Color;\n"
                   "#endif // __STDC_VERSION__ >= 202311L\n",
                   "enum Color\n {\n  Red,\n};\ntypedef uint32_t Color;\n");
}

static void
guards_and_cpp_go_away(void **state)
{
    (void)state;
    assert_becomes("#ifndef DEMO_H\n#define DEMO_H\n#pragma once\n"
                   "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
                   "int f(void);\n"
                   "#ifdef __cplusplus\n} // extern \"C\"\n#endif\n"
                   "#endif /* DEMO_H */\n",
                   "int f(void);\n");
}

static void
of_macros_only_integers_stay(void **state)
{
    (void)state;
    assert_becomes("#define A 7\n#define B -0x1F\n# define C 10UL // ten\n"
                   "#define TEXT \"x\"\n#define PI 3.14\n#define SUM (1 + 2)\n"
                   "#define F(x) 1\n#define G (1)\n#define FLAG\n#define MINUS -\n",
                   "#define A 7\n#define B -0x1F\n#define C 10UL\n");
}

static void
blocks_are_chosen_as_a_compiler_does(void **state)
{
    (void)state;
    assert_becomes("#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif\n", "b\n");
    assert_becomes("#if 0\n#if 1\na\n#else\nb\n#endif\nc\n#else\nd\n#endif\n", "d\n");
    assert_becomes("#if 1\n#ifdef NO\na\n#else\nb\n#endif\n#endif\n", "b\n");
    assert_becomes("#define V 3\n#if V == 3\na\n#endif\n#undef V\n#ifdef V\nb\n#endif\n",
                   "#define V 3\na\n");
    assert_becomes("#if 0\n#error no\n#nonsense\n#if nonsense (\n#endif\n#define X 1\n"
                   "#endif\nint x;\n",
                   "int x;\n");
    assert_becomes("#define A 0x10\n#define B 010\n#define C -1\n"
                   "#if A == 16 && B == 8 && C < 0\nyes\n#endif\n",
                   "#define A 0x10\n#define B 010\n#define C -1\nyes\n");
}

static void
comments_hide_directives_and_strings_hide_comments(void **state)
{
    (void)state;
    assert_becomes("/**\n# Safety\n#if nonsense\n */\nint f(void);\n", "int f(void);\n");
    assert_becomes("// #if 0\nint f(void); // #endif\n", "int f(void);  \n");
    assert_becomes("#define A /* a\ncomment */ 5\n", "#define A 5\n");
    assert_refused("#define A /* a\ncomment */ 5\n#endif\n", "line 3: #endif has no #if");
    assert_refused("#define \\\nA 5\n#endif\n", "line 3: #endif has no #if");
    assert_becomes("char *s = \"/* no */ // no\"; /* yes */\n",
                   "char *s = \"/* no */ // no\";  \n");
    assert_becomes("char c = '\"'; // '\n", "char c = '\"';  \n");
    assert_becomes("#define \\\nA 5\n", "#define A 5\n");
    assert_becomes("a/b\n", "a/b\n");
    assert_becomes("\xef\xbb\xbfint x;\r\n", "int x;\n");
}

static void
faults_are_told_with_their_line(void **state)
{
    (void)state;
    assert_refused("int x;\n/* one\n two */\n#if 1\n", "line 4: #if has no #endif");
    assert_refused("\n#endif\n", "line 2: #endif has no #if");
    assert_refused("#else\n", "line 1: #else has no #if");
    assert_refused("#elif 1\n", "line 1: #elif has no #if");
    assert_refused("#if 1\n#else\n#else\n#endif\n",
                   "line 3: #else stands behind an #else");
    assert_refused("#if 1\n#else\n#elif 1\n#endif\n",
                   "line 3: #elif stands behind an #else");
    assert_refused("#if F(1)\n#endif\n",
                   "line 1: the end is expected in the condition where \"(1)\" stands");
    assert_refused("#ifdef\n#endif\n", "line 1: #ifdef wants the name of a macro");
    assert_refused("#ifndef +\n#endif\n", "line 1: #ifndef wants the name of a macro");
    assert_refused("#define\n", "line 1: #define wants the name of a macro");
    assert_refused("#error no C\n", "line 1: the header says #error no C");
    assert_refused("#nonsense\n", "line 1: #nonsense is no directive of C");
}

static void
a_nul_byte_and_deep_nesting_are_refused(void **state)
{
    struct wf_error err = { 0 };
    struct wf_buffer header;
    struct wf_buffer out;

    (void)state;
    wf_buffer_init(&out, 1 << 20);
    wf_buffer_init(&header, 1 << 20);
    assert_false(wf_cffi_preprocess(&out, wf_bytes_of("a\0b", 3), &err));
    assert_error(err, WF_ERR_MALFORMED, "a NUL byte is in the header");
    for (int i = 0; i < 1000; i++)
        wf_buffer_add_str(&header, "#if 1\n");
    assert_false(wf_cffi_preprocess(&out, wf_buffer_bytes(&header), &err));
    assert_error(err, WF_ERR_MALFORMED, "line 257: more than 256 #if are open");
    wf_buffer_clear(&header);
    wf_buffer_clear(&out);
}

static void
any_bytes_are_a_header_or_refused(void **state)
{
    static const char *const pieces[] = {
        "#if ", "#endif\n", "#else\n", "#elif ", "#define A ", "1\n",
        "/*",   "*/",       "//",      "\"",     "'",          "\\\n",
        "\n",   "(",        ")",       "&&",     "A",          "defined",
    };
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct wf_error err = { 0 };
        struct wf_buffer text;
        struct wf_buffer out;

        wf_buffer_init(&text, 1 << 16);
        wf_buffer_init(&out, 1 << 16);
        for (int i = 0; i < 30; i++) {
            seed = seed * 1664525u + 1013904223u;
            wf_buffer_add_str(&text, pieces[(seed >> 16) % WF_COUNT(pieces)]);
        }
        const struct wf_bytes exact = exact_copy(text.data, text.len);

        if (!wf_cffi_preprocess(&out, exact, &err))
            assert_int_equal(err.kind, WF_ERR_MALFORMED);
        free_exact(exact);
        wf_buffer_clear(&text);
        wf_buffer_clear(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_of_writing_an_enum_become_one),
        cmocka_unit_test(guards_and_cpp_go_away),
        cmocka_unit_test(of_macros_only_integers_stay),
        cmocka_unit_test(blocks_are_chosen_as_a_compiler_does),
        cmocka_unit_test(comments_hide_directives_and_strings_hide_comments),
        cmocka_unit_test(faults_are_told_with_their_line),
        cmocka_unit_test(a_nul_byte_and_deep_nesting_are_refused),
        cmocka_unit_test(any_bytes_are_a_header_or_refused),
    };

    return cmocka_run_group_tests_name("cffi_preprocess", tests, NULL, NULL);
}
