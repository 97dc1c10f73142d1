/* test_metadata.c -- METADATA and WHEEL. */
#include "../support/unit.h"

#include "base/buffer.h"
#include "wheel/metadata.h"

static const char metadata[] = "Metadata-Version: 2.1\n"
                               "Name: demo\r\n"
                               "Classifier: one\n"
                               "classifier:two \n"
                               "Summary: first\n"
                               "        second\r\n"
                               "\t third\n"
                               "License:\n"
                               "Keywords:  a: b  \n"
                               "\n"
                               "The description: not a header\n";

static const char wheel_file[] = "Wheel-Version: 1.0\n"
                                 "Generator: bdist_wheel 0.40\n"
                                 "Root-Is-Purelib: FALSE\n"
                                 "Build: 3\n"
                                 "Tag: cp311-cp311-linux_x86_64\n"
                                 "Tag: py3.py2-none-any\n";

static void
reads_fields_of_both_line_ends(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_fields fields = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_fields_parse(&fields, &arena, wf_bytes_str(metadata), &err));
    assert_int_equal(fields.num, 7);
    assert_string_equal(wf_fields_get(&fields, "Name"), "demo");
    assert_string_equal(wf_fields_get(&fields, "name"), "demo");
    assert_string_equal(wf_fields_get(&fields, "Classifier"), "one");
    assert_int_equal(wf_fields_count(&fields, "CLASSIFIER"), 2);
    assert_string_equal(fields.items[3].value, "two");
    assert_int_equal(fields.items[3].line, 4);
    assert_string_equal(wf_fields_get(&fields, "Summary"), "first\nsecond\nthird");
    assert_string_equal(wf_fields_get(&fields, "License"), "");
    assert_string_equal(wf_fields_get(&fields, "Keywords"), "a: b");
    assert_int_equal(fields.items[6].line, 9);
    assert_null(wf_fields_get(&fields, "The description"));
    assert_null(wf_fields_get(&fields, "Nam"));
    assert_int_equal(wf_fields_count(&fields, "Version"), 0);
    assert_string_equal(metadata + fields.body_off, "The description: not a header\n");
    wf_arena_clear(&arena);
}

static void
headers_may_end_with_the_text(void **state)
{
    static const struct {
        const char *text;
        size_t num;
        size_t body_off;
    } cases[] = {
        { "", 0, 0 },
        { "A: b", 1, 4 },
        { "A: b\n", 1, 5 },
        { "A: b\n\n", 1, 6 },
        { "A: b\r\n\r\nbody", 1, 8 },
        { "\nA: b", 0, 1 },
        { "A:", 1, 2 },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i].text, strlen(cases[i].text));
        struct wf_fields fields = { 0 };
        struct wf_error err = { 0 };

        assert_true(wf_fields_parse(&fields, &arena, exact, &err));
        assert_int_equal(fields.num, cases[i].num);
        assert_int_equal(fields.body_off, cases[i].body_off);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

static void
refuses_what_is_no_header_and_names_the_line(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *error;
    } cases[] = {
        { "\xef\xbb\xbfName: a\n", 11, "line 1 starts with a byte order mark" },
        { "A: b\nC: \xff\n", 10, "line 2 is not UTF-8" },
        { "A: b\nC\n", 7, "line 2 has no colon; headers are \"Key: value\"" },
        { ": b\n", 4, "line 1 has an empty key" },
        { "A b: c\n", 7, "line 1 has the byte 0x20 in its key" },
        { "A : c\n", 6, "line 1 has the byte 0x20 in its key" },
        { "\xc3\xa9: c\n", 6, "line 1 has the byte 0xc3 in its key" },
        { " A: b\n", 6, "line 1 continues a header, and none stands before it" },
        { "A: b\nC: d\0e\n", 12, "line 2 has a NUL byte" },
        { "A: b\rC: d\r", 10, "line 1 has a carriage return without a line feed" },
        { "A: b\r", 5, "line 1 has a carriage return without a line feed" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i].text, cases[i].len);
        struct wf_fields fields = { .num = 77 };
        struct wf_error err = { 0 };

        assert_false(wf_fields_parse(&fields, &arena, exact, &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i].error);
        assert_int_equal(fields.num, 77);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

static void
bounds_the_number_of_headers(void **state)
{
    enum { MOST = 100000 };
    struct wf_arena arena = { 0 };
    struct wf_fields fields = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < MOST; i++)
        wf_buffer_add_str(&text, "a:\n");
    assert_true(wf_fields_parse(&fields, &arena, wf_buffer_bytes(&text), &err));
    assert_int_equal(fields.num, MOST);
    wf_buffer_add_str(&text, "a:\n");
    assert_false(wf_fields_parse(&fields, &arena, wf_buffer_bytes(&text), &err));
    assert_error(err, WF_ERR_LIMIT, "line 100001 is header 100001; the limit is 100000");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
a_header_of_many_lines_is_joined_in_one_pass(void **state)
{
    enum { LINES = 200000 };
    struct wf_arena arena = { 0 };
    struct wf_fields fields = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add_str(&text, "Description: x\n");
    for (size_t i = 0; i < LINES; i++)
        wf_buffer_add_str(&text, "        |y\n");
    assert_true(wf_fields_parse(&fields, &arena, wf_buffer_bytes(&text), &err));
    assert_int_equal(fields.num, 1);
    assert_int_equal(strlen(fields.items[0].value), 1 + 3 * (size_t)LINES);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
reads_what_wheel_says(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_wheel_file file = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_wheel_file_parse(&file, &arena, wf_bytes_str(wheel_file), &err));
    assert_string_equal(file.version, "1.0");
    assert_string_equal(file.generator, "bdist_wheel 0.40");
    assert_string_equal(file.build, "3");
    assert_int_equal(file.root_is_purelib, 0);
    assert_int_equal(file.tag_lines.num, 2);
    assert_string_equal(file.tag_lines.items[1], "py3.py2-none-any");
    assert_int_equal(file.tags.num, 3);
    assert_string_equal(file.tags.items[0], "cp311-cp311-linux_x86_64");
    assert_string_equal(file.tags.items[1], "py2-none-any");
    assert_string_equal(file.tags.items[2], "py3-none-any");
    wf_arena_clear(&arena);
}

static void
what_wheel_leaves_out_is_told_apart(void **state)
{
    static const struct {
        const char *text;
        int is_purelib;
    } cases[] = {
        { "", -1 },
        { "Root-Is-Purelib: true\n", 1 },
        { "root-is-purelib: True\n", 1 },
        { "Root-Is-Purelib: false\n", 0 },
        { "Root-Is-Purelib: yes\n", -1 },
        { "Root-Is-Purelib:\n", -1 },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_wheel_file file = { 0 };
        struct wf_error err = { 0 };

        assert_true(
            wf_wheel_file_parse(&file, &arena, wf_bytes_str(cases[i].text), &err));
        assert_int_equal(file.root_is_purelib, cases[i].is_purelib);
        assert_null(file.version);
        assert_null(file.generator);
        assert_null(file.build);
        assert_int_equal(file.tags.num, 0);
    }
    wf_arena_clear(&arena);
}

static void
refuses_wheels_of_another_version(void **state)
{
    static const struct {
        const char *text;
        enum wf_error_kind kind;
        const char *error;
    } cases[] = {
        { "Wheel-Version: 2.0\n", WF_ERR_UNSUPPORTED,
          "Wheel-Version 2.0; only version 1 is known" },
        { "Wheel-Version: 0.9\n", WF_ERR_UNSUPPORTED,
          "Wheel-Version 0.9; only version 1 is known" },
        { "Wheel-Version: 1\n", WF_ERR_MALFORMED,
          "Wheel-Version \"1\" is not two numbers with a dot" },
        { "Wheel-Version: 1.x\n", WF_ERR_MALFORMED,
          "Wheel-Version \"1.x\" is not two numbers with a dot" },
        { "Wheel-Version:\n", WF_ERR_MALFORMED,
          "Wheel-Version \"\" is not two numbers with a dot" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_wheel_file file = { 0 };
        struct wf_error err = { 0 };

        assert_false(
            wf_wheel_file_parse(&file, &arena, wf_bytes_str(cases[i].text), &err));
        assert_error(err, cases[i].kind, cases[i].error);
    }
    wf_arena_clear(&arena);
}

static void
refuses_tags_that_cannot_be_expanded(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_wheel_file file = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    (void)state;
    assert_false(wf_wheel_file_parse(&file, &arena,
                                     wf_bytes_str("Generator: a\nTag: py3-any\n"), &err));
    assert_error(err, WF_ERR_MALFORMED, "tag has 2 parts; python-abi-platform has 3");
    assert_string_equal(err.where, "line 2");
    /* Each line is short and allowed; together they ask for too much. */
    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i <= 10000; i++)
        wf_buffer_add_str(&text, "Tag: py3-none-any\n");
    assert_false(wf_wheel_file_parse(&file, &arena, wf_buffer_bytes(&text), &err));
    assert_error(err, WF_ERR_LIMIT, "tags expand to more than 10000 triples");
    assert_string_equal(err.where, "line 10001");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
parse_damaged(struct wf_bytes exact)
{
    struct wf_arena arena = { 0 };
    struct wf_wheel_file file = { 0 };
    struct wf_fields fields = { 0 };
    struct wf_error err = { 0 };

    if (!wf_wheel_file_parse(&file, &arena, exact, &err))
        assert_int_not_equal(err.text[0], '\0');
    if (wf_fields_parse(&fields, &arena, exact, &err))
        assert_true(fields.body_off <= exact.len);
    wf_arena_clear(&arena);
}

static void
damaged_texts_are_read_within_their_bytes(void **state)
{
    static const char *const texts[] = { metadata, wheel_file };
    static const char changes[] = { '\0', '\n', '\r', ' ', ':', '.', '-', '\xff' };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        const size_t whole = strlen(texts[i]);

        for (size_t len = 0; len <= whole; len++) {
            struct wf_bytes exact = exact_copy(texts[i], len);

            parse_damaged(exact);
            free_exact(exact);
        }
        for (size_t at = 0; at < whole; at++) {
            struct wf_bytes exact = exact_copy(texts[i], whole);

            for (size_t c = 0; c < sizeof changes; c++) {
                ((char *)(uintptr_t)exact.data)[at] = changes[c];
                parse_damaged(exact);
            }
            free_exact(exact);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_of_both_line_ends),
        cmocka_unit_test(headers_may_end_with_the_text),
        cmocka_unit_test(refuses_what_is_no_header_and_names_the_line),
        cmocka_unit_test(bounds_the_number_of_headers),
        cmocka_unit_test(a_header_of_many_lines_is_joined_in_one_pass),
        cmocka_unit_test(reads_what_wheel_says),
        cmocka_unit_test(what_wheel_leaves_out_is_told_apart),
        cmocka_unit_test(refuses_wheels_of_another_version),
        cmocka_unit_test(refuses_tags_that_cannot_be_expanded),
        cmocka_unit_test(damaged_texts_are_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
