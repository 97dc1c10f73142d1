/* test_json.c -- strict reading, exact numbers, reversible writing. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/json.h"

static struct wf_json *
parse(const char *text)
{
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    if (!wf_json_parse(&root, wf_bytes_str(text), &err))
        fail_msg("%s: %s", text, err.text);
    return root;
}

/* What JSON forbids, or this reader does; where the error stands and what it says. */
static void
what_is_not_strict_json_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        uint64_t offset;
        const char *says;
    } rows[] = {
        { "", 0, "at 0x0: JSON ends where a value is expected" },
        { "  ", 2, "at 0x2: JSON ends where a value is expected" },
        { "nul", 0, "at 0x0: JSON has 'n' where a value is expected" },
        { "nulL", 0, "at 0x0: JSON has 'n' where a value is expected" },
        { "NaN", 0, "at 0x0: JSON has 'N' where a value is expected" },
        { "'a'", 0, "at 0x0: JSON has ''' where a value is expected" },
        { "\xEF\xBB\xBF{}", 0,
          "at 0x0: JSON starts with a byte order mark, which it must not have" },
        { "\xA0 1", 0, "at 0x0: JSON has byte 0xa0 where a value is expected" },
        { "\f1", 0, "at 0x0: JSON has byte 0x0c where a value is expected" },
        { "1 2", 2, "at 0x2: JSON has '2' where the end is expected" },
        { "{} x", 3, "at 0x3: JSON has 'x' where the end is expected" },
        { "01", 1,
          "at 0x1: JSON has '1' where the end of a number that starts with 0 is "
          "expected" },
        { "-01", 2,
          "at 0x2: JSON has '1' where the end of a number that starts with 0 is "
          "expected" },
        { "1.", 2, "at 0x2: JSON ends where a digit is expected" },
        { "1.e1", 2, "at 0x2: JSON has 'e' where a digit is expected" },
        { ".5", 0, "at 0x0: JSON has '.' where a value is expected" },
        { "+1", 0, "at 0x0: JSON has '+' where a value is expected" },
        { "-", 1, "at 0x1: JSON ends where a digit is expected" },
        { "1e", 2, "at 0x2: JSON ends where a digit is expected" },
        { "1e+", 3, "at 0x3: JSON ends where a digit is expected" },
        { "[1,]", 3, "at 0x3: JSON has ']' where a value is expected" },
        { "[1 2]", 3, "at 0x3: JSON has '2' where ',' or ']' is expected" },
        { "[1", 2, "at 0x2: JSON ends where ',' or ']' is expected" },
        { "{1:2}", 1, "at 0x1: JSON has '1' where a key in quotes is expected" },
        { "{\"a\" 1}", 5, "at 0x5: JSON has '1' where ':' is expected" },
        { "{\"a\":1,}", 7, "at 0x7: JSON has '}' where a key in quotes is expected" },
        { "{\"a\":1]", 6, "at 0x6: JSON has ']' where ',' or '}' is expected" },
        { "{\"a\":1", 6, "at 0x6: JSON ends where ',' or '}' is expected" },
        { "[1 /* x */]", 3, "at 0x3: JSON has '/' where ',' or ']' is expected" },
        { "\"a", 2, "at 0x2: JSON ends where the rest of a string is expected" },
        { "\"a\nb\"", 2,
          "at 0x2: JSON has byte 0x0a where the rest of a string is expected" },
        { "\"\\x\"", 2,
          "at 0x2: JSON has 'x' where an escape (one of \"\\/bfnrtu) is expected" },
        { "\"\\u12g4\"", 5,
          "at 0x5: JSON has 'g' where a hexadecimal digit is expected" },
        { "\"a\\u0000\"", 2, "at 0x2: JSON has U+0000 in a string" },
        { "\"\\ud800\"", 1, "at 0x1: JSON has half of a surrogate pair" },
        { "\"\\udc00\"", 1, "at 0x1: JSON has half of a surrogate pair" },
        { "\"\\ud800\\u0041\"", 1, "at 0x1: JSON has half of a surrogate pair" },
        { "\"\\ud800x\"", 1, "at 0x1: JSON has half of a surrogate pair" },
        { "\"a\xFF\"", 2, "at 0x2: JSON has byte 0xff, which is not UTF-8, in a string" },
        { "\"\xED\xA0\x80\"", 1,
          "at 0x1: JSON has byte 0xed, which is not UTF-8, in a string" },
        { "{\"a\":1,\"b\":2,\"a\":3}", 13,
          "at 0xd: JSON has the key \"a\" twice in one object" },
        { "{\"a\":1,\"\\u0061\":2}", 7,
          "at 0x7: JSON has the key \"a\" twice in one object" },
        { "[{},{\"x\":{\"\":1,\"\":1}}]", 15,
          "at 0xf: JSON has the key \"\" twice in one object" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_bytes exact = exact_copy(rows[i].text, strlen(rows[i].text));
        struct wf_json *root = NULL;
        struct wf_error err = { 0 };

        assert_false(wf_json_parse(&root, exact, &err));
        assert_null(root);
        assert_error_at(err, WF_ERR_MALFORMED, rows[i].offset, rows[i].says);
        free_exact(exact);
    }
}

static void
a_nul_byte_does_not_end_the_text_quietly(void **state)
{
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_json_parse(&root, wf_bytes_of("1\0", 2), &err));
    assert_error_at(err, WF_ERR_MALFORMED, 1,
                    "at 0x1: JSON has byte 0x00 where the end is expected");
    assert_false(wf_json_parse(&root, wf_bytes_of("\"\\\0\"", 4), &err));
    assert_int_equal(err.offset, 2);
}

static void
nesting_has_a_limit(void **state)
{
    char text[131] = { 0 };
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    wf_json_free(parse(text));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    assert_false(wf_json_parse(&root, wf_bytes_str(text), &err));
    assert_error_at(err, WF_ERR_LIMIT, 64,
                    "at 0x40: JSON is nested more than 64 levels deep");
}

static void
a_hundred_thousand_brackets_do_not_end_the_stack(void **state)
{
    enum { LEN = 100000 };
    char *text = malloc(LEN);
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    assert_non_null(text);
    memset(text, '[', LEN);
    assert_false(wf_json_parse(&root, wf_bytes_of(text, LEN), &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    free(text);
}

static void
numbers_have_a_longest_length(void **state)
{
    char digits[65] = { 0 };
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    memset(digits, '7', 63);
    wf_json_free(parse(digits));
    memset(digits, '7', 64);
    assert_false(wf_json_parse(&root, wf_bytes_str(digits), &err));
    assert_error_at(err, WF_ERR_LIMIT, 0,
                    "at 0x0: JSON has a number of 64 characters; at most 63 are read");
}

static void
values_have_a_largest_number(void **state)
{
    enum { NUM = 1 << 20 };
    struct wf_buffer text;
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add_str(&text, "[0");
    for (size_t i = 0; i < NUM; i++)
        wf_buffer_add_str(&text, ",0");
    assert_false(wf_json_parse(&root, wf_buffer_bytes(&text), &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(err.text, "JSON has more than 1048576 keys and values"));
    wf_buffer_clear(&text);
}

/* With a walk per key this would take minutes. */
static void
a_hundred_thousand_keys_are_told_apart_in_no_long_time(void **state)
{
    enum { NUM = 100000 };
    struct wf_buffer text;
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };
    int64_t value = 0;
    char key[16];

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    for (int i = 0; i < NUM; i++)
        wf_buffer_printf(&text, "%c\"k%d\":%d", i == 0 ? '{' : ',', i, i);
    wf_buffer_add_char(&text, '}');
    assert_true(wf_json_parse(&root, wf_buffer_bytes(&text), &err));
    for (int i = 0; i < NUM; i++) {
        snprintf(key, sizeof key, "k%d", i);
        assert_true(wf_json_integer(&value, wf_json_get(root, key)));
        assert_int_equal(value, i);
    }
    wf_json_free(root);
    wf_buffer_clear(&text);
}

static void
a_document_can_be_walked_in_its_order(void **state)
{
    struct wf_json *root =
        parse(" { \"z\" : [1, \"two\", true, null, {}], \"a\" : false } ");

    (void)state;
    assert_int_equal(wf_json_kind(root), WF_JSON_OBJECT);
    assert_null(wf_json_key(root));
    const struct wf_json *list = wf_json_first(root);

    assert_string_equal(wf_json_key(list), "z");
    assert_int_equal(wf_json_offset(list), 9);
    static const enum wf_json_kind kinds[] = { WF_JSON_NUMBER, WF_JSON_STRING,
                                               WF_JSON_BOOL, WF_JSON_NULL,
                                               WF_JSON_OBJECT };
    size_t num = 0;

    for (const struct wf_json *v = wf_json_first(list); v != NULL; v = wf_json_next(v)) {
        assert_in_range(num, 0, WF_COUNT(kinds) - 1);
        assert_int_equal(wf_json_kind(v), kinds[num++]);
        assert_null(wf_json_key(v));
    }
    assert_int_equal(num, WF_COUNT(kinds));
    assert_string_equal(wf_json_key(wf_json_next(list)), "a");
    assert_null(wf_json_next(wf_json_next(list)));
    wf_json_free(root);
}

static void
members_are_found_by_their_exact_key(void **state)
{
    struct wf_json *root = parse("{\"Tag\":true,\"tag\":false,\"\":null}");

    (void)state;
    assert_true(wf_json_bool(wf_json_get(root, "Tag")));
    assert_false(wf_json_bool(wf_json_get(root, "tag")));
    assert_int_equal(wf_json_kind(wf_json_get(root, "")), WF_JSON_NULL);
    assert_null(wf_json_get(root, "TAG"));
    assert_null(wf_json_get(wf_json_get(root, "Tag"), "x"));
    assert_null(wf_json_first(wf_json_get(root, "Tag")));
    wf_json_free(root);
    wf_json_free(NULL);
}

static void
strings_are_decoded(void **state)
{
    struct wf_json *root =
        parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\xC3\xA9\x7F\"");

    (void)state;
    assert_string_equal(wf_json_string(root), "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC"
                                              "\xF0\x9F\x98\x80\xC3\xA9\x7F");
    wf_json_free(root);
}

static void
integers_of_64_bits_are_exact(void **state)
{
    static const struct {
        const char *text;
        bool is_integer;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "9007199254740993", true, INT64_C(9007199254740993) },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "18446744073709551616", false, 0 },
        { "1.0", false, 0 },
        { "1e3", false, 0 },
        { "\"1\"", false, 0 },
        { "true", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_json *root = parse(rows[i].text);
        int64_t value = 77;

        assert_int_equal(wf_json_integer(&value, root), rows[i].is_integer);
        assert_true(value == (rows[i].is_integer ? rows[i].value : 77));
        wf_json_free(root);
    }
}

static void
kinds_have_names(void **state)
{
    static const char *const names[] = { "null",   "bool",  "number",
                                         "string", "array", "object" };

    (void)state;
    for (int i = WF_JSON_NULL; i <= WF_JSON_OBJECT; i++)
        assert_string_equal(wf_json_kind_name((enum wf_json_kind)i), names[i]);
}

static const char sample[] = "{\"name\":\"x86_64\",\"versions\":[2.5,-17,1e2],\"a\\u00e9"
                             "\xE2\x82\xAC\":{\"weak\":false,\"none\":null,\"\":[[]]}}";

static void
every_prefix_is_cut_short_at_its_end(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof sample - 1; len++) {
        const struct wf_bytes exact = exact_copy(sample, len);
        struct wf_json *root = NULL;
        struct wf_error err = { 0 };

        assert_false(wf_json_parse(&root, exact, &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_true(err.has_offset);
        assert_in_range(err.offset, 0, len);
        free_exact(exact);
    }
}

static void
every_changed_byte_is_a_value_or_a_placed_error(void **state)
{
    const struct wf_bytes exact = exact_copy(sample, sizeof sample - 1);
    uint8_t *bytes = (uint8_t *)(uintptr_t)exact.data;

    (void)state;
    for (size_t at = 0; at < exact.len; at++)
        for (unsigned value = 0; value < 256; value++) {
            const uint8_t before = bytes[at];
            struct wf_json *root = NULL;
            struct wf_error err = { 0 };

            bytes[at] = (uint8_t)value;
            if (wf_json_parse(&root, exact, &err)) {
                wf_json_free(root);
            } else {
                assert_int_equal(err.kind, WF_ERR_MALFORMED);
                assert_in_range(err.offset, 0, exact.len);
            }
            bytes[at] = before;
        }
    free_exact(exact);
}

static void
write_sample(struct wf_json_writer *w)
{
    wf_json_begin_object(w);
    wf_json_write_key(w, "tags");
    wf_json_begin_array(w);
    wf_json_write_string(w, "a");
    wf_json_write_u64(w, UINT64_MAX);
    wf_json_end_array(w);
    wf_json_write_key(w, "empty");
    wf_json_begin_object(w);
    wf_json_end_object(w);
    wf_json_write_key(w, "none");
    wf_json_begin_array(w);
    wf_json_end_array(w);
    wf_json_write_key(w, "met");
    wf_json_write_bool(w, true);
    wf_json_write_key(w, "where");
    wf_json_write_null(w);
    wf_json_end_object(w);
}

static void
a_document_is_written_on_one_line_or_indented(void **state)
{
    struct wf_buffer out;
    struct wf_json_writer w = { .out = &out };

    (void)state;
    wf_buffer_init(&out, 4096);
    write_sample(&w);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&out),
                                   "{\"tags\":[\"a\",18446744073709551615],\"empty\":{},"
                                   "\"none\":[],\"met\":true,\"where\":null}"));
    wf_buffer_reset(&out);
    w = (struct wf_json_writer){ .out = &out, .indent = 2 };
    write_sample(&w);
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&out), "{\n"
                                                          "  \"tags\": [\n"
                                                          "    \"a\",\n"
                                                          "    18446744073709551615\n"
                                                          "  ],\n"
                                                          "  \"empty\": {},\n"
                                                          "  \"none\": [],\n"
                                                          "  \"met\": true,\n"
                                                          "  \"where\": null\n"
                                                          "}"));
    wf_buffer_clear(&out);
}

static void
values_of_another_writer_look_like_ones_own(void **state)
{
    (void)state;
    for (unsigned indent = 0; indent <= 2; indent += 2) {
        struct wf_buffer at_once, in_parts, part;
        struct wf_json_writer whole = { .out = &at_once, .indent = indent };
        struct wf_json_writer w = { .out = &in_parts, .indent = indent };

        wf_buffer_init(&at_once, 4096);
        wf_buffer_init(&in_parts, 4096);
        wf_json_begin_array(&whole);
        wf_json_begin_array(&w);
        for (int i = 0; i < 2; i++) {
            struct wf_json_writer other = { .out = &part, .indent = indent, .depth = 1 };

            wf_buffer_init(&part, 4096);
            write_sample(&other);
            wf_json_write_written(&w, wf_buffer_bytes(&part));
            wf_buffer_clear(&part);
            write_sample(&whole);
        }
        wf_json_end_array(&whole);
        wf_json_end_array(&w);
        assert_true(
            wf_bytes_equal(wf_buffer_bytes(&in_parts), wf_buffer_bytes(&at_once)));
        wf_buffer_clear(&at_once);
        wf_buffer_clear(&in_parts);
    }
}

static void
several_documents_follow_each_other_without_commas(void **state)
{
    struct wf_buffer out;
    struct wf_json_writer w = { .out = &out };

    (void)state;
    wf_buffer_init(&out, 64);
    for (int i = 0; i < 2; i++) {
        wf_json_begin_object(&w);
        wf_json_end_object(&w);
        wf_buffer_add_char(&out, '\n');
    }
    assert_true(wf_bytes_equal_str(wf_buffer_bytes(&out), "{}\n{}\n"));
    wf_buffer_clear(&out);
}

static void
strings_are_written_so_that_nothing_is_lost_or_hidden(void **state)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        { NULL, "null" },
        { "", "\"\"" },
        { "a/b \xC3\xA9\xF0\x9F\x98\x80", "\"a/b \xC3\xA9\xF0\x9F\x98\x80\"" },
        { "\"\\", "\"\\\"\\\\\"" },
        { "\n\x1B\x7F", "\"\\u000a\\u001b\\u007f\"" },
        { "\xE2\x80\xAE\xEF\xBB\xBF", "\"\\u202e\\ufeff\"" },
        { "\xF3\xA0\x80\x81", "\"\\udb40\\udc01\"" },
        { "\xFF", "\"\\\\xff\"" },
        { "\xE2\x82", "\"\\\\xe2\\\\x82\"" },
        { "a\\\xFF", "\"a\\\\x5c\\\\xff\"" },
        { "\\xff", "\"\\\\x5cxff\"" },
        { "\\xFF", "\"\\\\xFF\"" },
        { "\\x5", "\"\\\\x5\"" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_buffer out;
        struct wf_json_writer w = { .out = &out };

        wf_buffer_init(&out, 256);
        wf_json_write_string(&w, rows[i].text);
        wf_buffer_add_char(&out, '\0');
        assert_string_equal((const char *)out.data, rows[i].json);
        wf_buffer_clear(&out);
    }
}

/* Undoes the byte escapes of a decoded string: the promise of the header. */
static void
undo_byte_escapes(char *text)
{
    char *to = text;
    unsigned value = 0;

    for (const char *from = text; *from != '\0';) {
        static const char digits[] = "0123456789abcdef";
        const char *high = from[0] == '\\' && from[1] == 'x' && from[2] != '\0'
                               ? strchr(digits, from[2])
                               : NULL;
        const char *low =
            high != NULL && from[3] != '\0' ? strchr(digits, from[3]) : NULL;

        if (low == NULL) {
            *to++ = *from++;
            continue;
        }
        value = (unsigned)(high - digits) << 4 | (unsigned)(low - digits);
        *to++ = (char)value;
        from += 4;
    }
    *to = '\0';
}

/* All strings of four symbols that can be mistaken for each other. */
static void
any_bytes_come_back_from_what_was_written(void **state)
{
    static const char *const parts[] = { "\\", "x", "5c", "f", "\xFF", "\xC3\xA9", "" };
    enum { NUM = WF_COUNT(parts) };

    (void)state;
    for (size_t i = 0; i < NUM * NUM * NUM * NUM; i++) {
        struct wf_buffer out;
        struct wf_json_writer w = { .out = &out };
        struct wf_json *root = NULL;
        struct wf_error err = { 0 };
        char text[32];
        char back[128];

        snprintf(text, sizeof text, "%s%s%s%s", parts[i % NUM], parts[i / NUM % NUM],
                 parts[i / NUM / NUM % NUM], parts[i / NUM / NUM / NUM]);
        wf_buffer_init(&out, 256);
        wf_json_write_string(&w, text);
        assert_true(wf_json_parse(&root, wf_buffer_bytes(&out), &err));
        snprintf(back, sizeof back, "%s", wf_json_string(root));
        undo_byte_escapes(back);
        assert_string_equal(back, text);
        wf_json_free(root);
        wf_buffer_clear(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_strict_json_is_refused_with_its_place),
        cmocka_unit_test(a_nul_byte_does_not_end_the_text_quietly),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(a_hundred_thousand_brackets_do_not_end_the_stack),
        cmocka_unit_test(numbers_have_a_longest_length),
        cmocka_unit_test(values_have_a_largest_number),
        cmocka_unit_test(a_hundred_thousand_keys_are_told_apart_in_no_long_time),
        cmocka_unit_test(a_document_can_be_walked_in_its_order),
        cmocka_unit_test(members_are_found_by_their_exact_key),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(integers_of_64_bits_are_exact),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(every_prefix_is_cut_short_at_its_end),
        cmocka_unit_test(every_changed_byte_is_a_value_or_a_placed_error),
        cmocka_unit_test(a_document_is_written_on_one_line_or_indented),
        cmocka_unit_test(values_of_another_writer_look_like_ones_own),
        cmocka_unit_test(several_documents_follow_each_other_without_commas),
        cmocka_unit_test(strings_are_written_so_that_nothing_is_lost_or_hidden),
        cmocka_unit_test(any_bytes_come_back_from_what_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
