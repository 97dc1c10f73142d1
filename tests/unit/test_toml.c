/* test_toml.c -- TOML read with places: values, refusals, limits. */
#include "../support/unit.h"

#include <math.h>
#include <stdio.h>

#include "base/toml.h"

static const struct wf_toml *
parse(struct wf_arena *arena, const char *text)
{
    const struct wf_toml *root = NULL;
    struct wf_error err = { 0 };
    const struct wf_bytes exact = exact_copy(text, strlen(text));

    if (!wf_toml_parse(&root, arena, exact, &err))
        fail_msg("%s: %s", text, err.text);
    free_exact(exact);
    return root;
}

static void
every_kind_of_value_is_read(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = parse(&arena, "s = \"a\\u00e9\\n\"\n"
                                               "l = 'a\\n'\n"
                                               "i = -9223372036854775808\n"
                                               "h = 0xFF_FF\n"
                                               "f = 1.5e3\n"
                                               "n = -inf\n"
                                               "b = true\n"
                                               "d = 1979-05-27\n"
                                               "t = 07:32:00.5\n"
                                               "o = 1979-05-27T07:32:00-07:00\n"
                                               "z = 1979-05-27 07:32:00Z\n"
                                               "m = \"\"\"\na\\\n   b\"\"\"\n");

    (void)state;
    assert_int_equal(root->kind, WF_TOML_TABLE);
    assert_int_equal(root->num, 12);
    assert_string_equal(wf_toml_get(root, "s")->string, "a\xC3\xA9\n");
    assert_string_equal(wf_toml_get(root, "l")->string, "a\\n");
    assert_true(wf_toml_get(root, "i")->integer == INT64_MIN);
    assert_int_equal(wf_toml_get(root, "h")->integer, 0xFFFF);
    assert_true(wf_toml_get(root, "f")->number > 1499 &&
                wf_toml_get(root, "f")->number < 1501);
    assert_true(isinf(wf_toml_get(root, "n")->number));
    assert_true(wf_toml_get(root, "b")->boolean);
    assert_int_equal(wf_toml_get(root, "d")->kind, WF_TOML_TIME);
    assert_string_equal(wf_toml_get(root, "d")->string, "1979-05-27");
    assert_string_equal(wf_toml_get(root, "t")->string, "07:32:00.5");
    assert_string_equal(wf_toml_get(root, "o")->string, "1979-05-27T07:32:00-07:00");
    assert_string_equal(wf_toml_get(root, "z")->string, "1979-05-27T07:32:00Z");
    assert_string_equal(wf_toml_get(root, "m")->string, "ab");
    wf_arena_clear(&arena);
}

/* A backslash at the end of a line joins lines; what stands behind may be any letter. */
static void
a_backslash_at_the_end_of_a_line_joins_lines(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root =
        parse(&arena, "[t]\n"
                      "a = [\"\"\"\r\n x \\ \t\r\n\n   \xC3\xA9\\u00e9\\\n"
                      "\xE2\x80\x83\n\"\"\"\"\", 'b']\n"
                      "[[s]]\nk = { l = \"\"\"\\\n  \"\"\" }\n"
                      "[t.u]\nc = [\"\"\"\xC3\xA9\\\n\xC3\xA9\"\"\", 1]\n");
    const struct wf_toml *list = wf_toml_at(root, "t.u.c");

    (void)state;
    assert_string_equal(wf_toml_at(root, "t.a")->first->string,
                        " x \xC3\xA9\xC3\xA9\xE2\x80\x83\n\"\"");
    assert_string_equal(wf_toml_at(root, "t.a")->first->next->string, "b");
    assert_string_equal(wf_toml_at(wf_toml_get(root, "s")->first, "k.l")->string, "");
    assert_string_equal(list->first->string, "\xC3\xA9\xC3\xA9");
    assert_int_equal(list->first->next->line, 13);
    assert_int_equal(list->first->next->column, 7);
    wf_arena_clear(&arena);
}

/* Keys come in the order in which they are first written, whatever their letters. */
static void
tables_keep_the_order_of_the_file(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root =
        parse(&arena, "z = 1\na = 2\n[m]\ny.b = 1\ny.a = 2\n[c]\n[m.x]\nq = 1\n");
    static const char *const keys[] = { "z", "a", "m", "c" };
    size_t num = 0;

    (void)state;
    for (const struct wf_toml *value = root->first; value != NULL; value = value->next)
        assert_string_equal(value->key, keys[num++]);
    assert_int_equal(num, WF_COUNT(keys));
    assert_string_equal(wf_toml_at(root, "m")->first->key, "y");
    assert_string_equal(wf_toml_at(root, "m.y")->first->key, "b");
    assert_int_equal(wf_toml_at(root, "m.x.q")->integer, 1);
    assert_null(wf_toml_at(root, "m.x.q.r"));
    assert_null(wf_toml_at(root, "m.nothing.q"));
    assert_null(wf_toml_get(NULL, "a"));
    assert_null(wf_toml_get(wf_toml_get(root, "z"), "a"));
    wf_arena_clear(&arena);
}

static void
a_value_knows_its_line_and_its_column_in_characters(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = parse(&arena, "# \xC3\xA9\n"
                                               "\"\xC3\xA9\" = 'x'\n"
                                               "[t]\n"
                                               "k = [ 1,\n"
                                               "  '\xC3\xA9', 2 ]\n"
                                               "[[a]]\r\n"
                                               "b = { c = 1 }\r\n");
    const struct wf_toml *list = wf_toml_at(root, "t.k");
    const struct wf_toml *element = wf_toml_get(root, "a")->first;

    (void)state;
    assert_int_equal(root->first->line, 2);
    assert_int_equal(root->first->key_line, 2);
    assert_int_equal(root->first->column, 7);
    assert_int_equal(wf_toml_get(root, "t")->line, 3);
    assert_int_equal(list->line, 4);
    assert_int_equal(list->column, 5);
    assert_true(list->is_inline);
    assert_int_equal(list->num, 3);
    assert_int_equal(list->first->next->next->line, 5);
    assert_int_equal(list->first->next->next->column, 8);
    assert_false(wf_toml_get(root, "a")->is_inline);
    assert_int_equal(element->line, 6);
    assert_false(element->is_inline);
    assert_null(element->key);
    assert_true(wf_toml_get(element, "b")->is_inline);
    assert_int_equal(wf_toml_at(element, "b.c")->column, 11);
    wf_arena_clear(&arena);
}

static void
the_empty_document_is_an_empty_table(void **state)
{
    static const char *const texts[] = { "", "\n", "# only this", "\xEF\xBB\xBF",
                                         "\xEF\xBB\xBF\r\n" };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        const struct wf_toml *root = parse(&arena, texts[i]);

        assert_int_equal(root->kind, WF_TOML_TABLE);
        assert_null(root->first);
        assert_null(wf_toml_get(root, "a"));
    }
    wf_arena_clear(&arena);
}

struct refusal {
    const char *text;
    const char *says;
};

static void
expect_refusal(const struct refusal *row)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = NULL;
    struct wf_error err = { 0 };
    const struct wf_bytes exact = exact_copy(row->text, strlen(row->text));

    if (wf_toml_parse(&root, &arena, exact, &err))
        fail_msg("read: %s", row->text);
    if (strcmp(err.text, row->says) != 0)
        fail_msg("%s\nsays: %s\nnot:  %s", row->text, err.text, row->says);
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_null(root);
    free_exact(exact);
    wf_arena_clear(&arena);
}

static void
structure_that_is_not_toml_is_refused_with_its_place(void **state)
{
    static const struct refusal rows[] = {
        { "a", "line 1, column 2: the file ends where '.' or '=' is expected" },
        { "a =", "line 1, column 4: the file ends where a value is expected" },
        { "a =\nb = 1", "line 1, column 4: the line ends where a value is expected" },
        { "a = 1 b = 2\n", "line 1, column 5: 1 b = 2 is no number, date, true or false, "
                           "and a string stands "
                           "in quotes" },
        { "a = 1\n[", "line 2, column 2: the file ends where a key is expected" },
        { "\xEF\xBB\xBF= 1", "line 1, column 1: '=' stands where a key is expected" },
        { "= 1", "line 1, column 1: '=' stands where a key is expected" },
        { "a..b = 1", "line 1, column 3: '.' stands where a key is expected" },
        { "\xC3\xA9 = 1", "line 1, column 1: byte 0xc3 stands where a key is expected" },
        { "[a", "line 1, column 3: the file ends where '.' or ']' is expected" },
        { "[[a]", "line 1, column 4: ']' stands where '.' or \"]]\" is expected" },
        { "[a] b", "line 1, column 5: 'b' stands where the end of the line is expected" },
        { "a = [1, 2", "line 1, column 10: the file ends where ',' or ']' is expected" },
        { "a = ['x' 'y']", "line 1, column 10: ''' stands where ',' or ']' is expected" },
        { "a = { b = 1, }", "line 1, column 14: '}' stands where a key is expected" },
        { "a = {\n b = 1 }", "line 1, column 6: the line ends where a key is expected" },
        { "a = { b = 'x' c = 1 }",
          "line 1, column 15: 'c' stands where ',' or '}' is expected" },
        { "a = \"x", "line 1, column 5: this string is not closed by \" on its line" },
        { "a = 'x\n'", "line 1, column 5: this string is not closed by ' on its line" },
        { "a = \"\"\"x\"\"", "line 1, column 5: this string is not closed by \"\"\"" },
        { "\"\\x\" = 1", "line 1, column 3: 'x' stands where an escape (one of b t n f r "
                         "u U \" \\) is expected" },
        { "\"\\u00g0\" = 1",
          "line 1, column 6: 'g' stands where a hexadecimal digit is expected" },
        { "\"a\\u0000\" = 1",
          "line 1, column 5: U+0000 is no character that a text may have" },
        { "\"\\ud800\" = 1",
          "line 1, column 4: U+D800 is no character that a text may have" },
        { "\"\"\"a\"\"\" = 1",
          "line 1, column 3: '\"' stands where '.' or '=' is expected" },
        { "a = 'x' \x01",
          "line 1, column 9: byte 0x01 stands where the end of the line is "
          "expected" },
        { "a = \"\xFF\"",
          "line 1, column 6: byte 0xff is not UTF-8, which TOML demands" },
        { "#\xED\xA0\x80",
          "line 1, column 2: byte 0xed is not UTF-8, which TOML demands" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        expect_refusal(&rows[i]);
}

static void
a_key_is_defined_once_and_never_extended_from_elsewhere(void **state)
{
    static const struct refusal rows[] = {
        { "a = 1\na = 2",
          "line 2, column 1: a is defined again, but line 1 made it a value" },
        { "a = 1\n\"\\u0061\" = 2",
          "line 2, column 1: a is defined again, but line 1 made it a value" },
        { "[t]\n[t]",
          "line 2, column 2: t is defined again as a table, but line 1 made it a table" },
        { "[t.s]\n[t]\n[t]",
          "line 3, column 2: t is defined again as a table, but line 2 made it a table" },
        { "t.s = 1\n[t]", "line 2, column 2: t is defined again as a table, but line 1 "
                          "made it a table of dotted keys" },
        { "t = []\n[[t]]", "line 2, column 3: t is made an array of tables, but line 1 "
                           "made it an array" },
        { "[t]\n[[t]]", "line 2, column 3: t is made an array of tables, but line 1 made "
                        "it a table" },
        { "[[t]]\n[t]",
          "line 2, column 2: t is defined again as a table, but line 1 made "
          "it an array of tables" },
        { "t = {}\n[t.s]", "line 2, column 2: t is extended as a table, but line 1 made "
                           "it an inline table" },
        { "t = {}\nt.s = 1",
          "line 2, column 1: t is extended by a dotted key, but line 1 "
          "made it an inline table" },
        { "[t.s.r]\n[t]\ns.r.q = 1",
          "line 3, column 3: t.s.r is extended by a dotted key, "
          "but line 1 made it a table" },
        { "[t.s.r]\n[t]\ns.q = 1\n[t.s]",
          "line 4, column 4: t.s is defined again as a "
          "table, but line 3 made it a table of dotted keys" },
        { "t = { a = 1, a = 2 }",
          "line 1, column 14: t.a is defined again, but line 1 made it a value" },
        { "t = { a.b = 1, a = 2 }", "line 1, column 16: t.a is defined again, but line 1 "
                                    "made it a table of dotted keys" },
        { "[[a]]\n[a.b]\n[a.b]", "line 3, column 4: a.0.b is defined again as a table, "
                                 "but line 2 made it a table" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        expect_refusal(&rows[i]);
    /* What looks alike and is allowed. */
    parse(&arena, "[t.s]\n[t]\na = 1");
    parse(&arena, "[t.s.r]\n[t]\ns.q = 1");
    parse(&arena, "t.s = 1\nt.r = 2\n[t.q]");
    parse(&arena, "[[a]]\n[a.b]\n[[a]]\n[a.b]");
    parse(&arena, "t = { a.b = 1, a.c = 2 }");
    wf_arena_clear(&arena);
}

static void
values_that_are_not_toml_are_refused_with_their_place(void **state)
{
    static const struct refusal rows[] = {
        { "a = \"\\q\"",
          "line 1, column 7: 'q' stands where an escape (one of b t n f r u U "
          "\" \\) is expected" },
        { "a = \"\x01\"",
          "line 1, column 6: byte 0x01 stands where the rest of a string is expected" },
        { "a = 'x\x7f'",
          "line 1, column 7: byte 0x7f stands where the rest of a string is expected" },
        { "a = \"\"\"x\r\"\"\"",
          "line 1, column 9: byte 0x0d stands where the rest of a string is expected" },
        { "a = \"\"\"x\\ y\"\"\"",
          "line 1, column 10: byte 0x20 stands where an escape (one "
          "of b t n f r u U \" \\) is expected" },
        { "# \x01",
          "line 1, column 3: byte 0x01 stands where the rest of a comment is expected" },
        { "# x\ry",
          "line 1, column 4: byte 0x0d stands where the rest of a comment is expected" },
        { "a = \"x\\u0000y\"",
          "line 1, column 9: U+0000 is no character that a text may have" },
        { "a = [1, 2 3]",
          "line 1, column 9: 2 3 is no number, date, true or false, and a "
          "string stands in quotes" },
        { "a = 9223372036854775808",
          "line 1, column 24: decimal integer: '9223372036854775808'"
          " is not representable in 64 bits" },
        { "b = 1\na = 0123456789012345678901234567890123456789x",
          "line 2, column 5: 0123456789012345678901234567890123456789... is no number, "
          "date, "
          "true or false, and a string stands in quotes" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        expect_refusal(&rows[i]);
}

/* Each as the value of a key: what TOML's grammar has, and what looks alike. */
static void
numbers_and_dates_are_those_of_toml(void **state)
{
    static const char *const good[] = {
        "0",
        "+0",
        "-0",
        "1_2_3",
        "0xDEAD_beef",
        "0o17",
        "0b1_0",
        "1.5",
        "0.0",
        "-0.5e-03",
        "1e5",
        "1E+5",
        "6_6.2_2e1_0",
        "inf",
        "+inf",
        "-nan",
        "true",
        "false",
        "1979-05-27",
        "2000-02-29",
        "07:32:00",
        "07:32:59.999999",
        "1979-05-27T00:32:00",
        "1979-05-27t00:32:00.5z",
        "1979-05-27 23:59:59+23:59",
        "1979-05-27 # c",
    };
    static const char *const bad[] = {
        "01",
        "1_",
        "_1",
        "1__2",
        "0x",
        "0x_1",
        "0xG",
        "+0x1",
        "0O7",
        "0b2",
        "0o8",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "1_.5",
        "1._5",
        "00.5",
        "infinity",
        "+true",
        "True",
        "NaN",
        "1979-5-27",
        "1979-13-01",
        "1979-00-01",
        "1979-02-30",
        "1900-02-29",
        "24:00:00",
        "07:60:00",
        "07:32:60",
        "07:32",
        "07:32:00.",
        "1979-05-27T",
        "1979-05-27  07:32:00",
        "1979-05-27T07:32:00+24:00",
        "1979-05-27T07:32:00+01",
        "1979-05-27Z",
        "yes",
        "x",
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(good); i++)
        assert_non_null(
            parse(&arena, wf_arena_printf(&arena, "a = %s\n", good[i]))->first);
    for (size_t i = 0; i < WF_COUNT(bad); i++) {
        const char *text = wf_arena_printf(&arena, "a = %s", bad[i]);
        const char *says = wf_arena_printf(&arena,
                                           "line 1, column 5: %s is no number, date, "
                                           "true or false, and a string stands in "
                                           "quotes",
                                           bad[i]);

        expect_refusal(&(struct refusal){ text, says });
    }
    wf_arena_clear(&arena);
}

/* `times` copies of `unit` behind `start`, and then `end`. */
static struct wf_bytes
repeated(struct wf_buffer *out, const char *start, const char *unit, size_t times,
         const char *end)
{
    wf_buffer_init(out, SIZE_MAX);
    wf_buffer_add_str(out, start);
    for (size_t i = 0; i < times; i++)
        wf_buffer_add_str(out, unit);
    wf_buffer_add_str(out, end);
    return wf_buffer_bytes(out);
}

static void
expect_limit(struct wf_bytes text, const char *says)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = NULL;
    struct wf_error err = { 0 };

    assert_false(wf_toml_parse(&root, &arena, text, &err));
    assert_error(err, WF_ERR_LIMIT, says);
    wf_arena_clear(&arena);
}

static void
nesting_stops_at_64_levels_however_it_is_written(void **state)
{
    static const struct {
        const char *start, *unit, *end;
        size_t fits, times;
        const char *says;
    } rows[] = {
        { "a = ", "[", "", 0, 1000000,
          "line 1, column 69: more than 64 levels of nesting" },
        { "a = ", "{a=", "", 0, 1000000,
          "line 1, column 195: more than 64 levels of nesting" },
        { "a", ".a", " = 1", 63, 64,
          "line 1, column 129: more than 64 levels of nesting" },
        { "[a", ".a", "]", 63, 1000000,
          "line 1, column 130: more than 64 levels of nesting" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_buffer text;

        expect_limit(
            repeated(&text, rows[i].start, rows[i].unit, rows[i].times, rows[i].end),
            rows[i].says);
        wf_buffer_clear(&text);
        if (rows[i].fits > 0) {
            struct wf_arena arena = { 0 };

            repeated(&text, rows[i].start, rows[i].unit, rows[i].fits, rows[i].end);
            wf_buffer_add_char(&text, '\0');
            parse(&arena, (const char *)text.data);
            wf_buffer_clear(&text);
            wf_arena_clear(&arena);
        }
    }
}

static void
a_document_has_at_most_100000_keys_and_values(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    expect_limit(repeated(&text, "a = [", "1,", 100000, "]"),
                 "line 1, column 200004: more than 100000 keys and values");
    wf_buffer_clear(&text);
    repeated(&text, "a = [", "1,", 99999, "]");
    wf_buffer_add_char(&text, '\0');
    assert_int_equal(parse(&arena, (const char *)text.data)->first->num, 99999);
    wf_buffer_clear(&text);
    expect_limit(repeated(&text, "", "[[a]]\n", 100000, ""),
                 "line 100000, column 1: more than 100000 keys and values");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
a_document_has_at_most_16_mib(void **state)
{
    struct wf_buffer text;

    (void)state;
    expect_limit(repeated(&text, "", "#\n", 8388608, "#"),
                 "the file has 16777217 bytes; TOML is read up to 16777216");
    wf_buffer_clear(&text);
}

static void
a_typed_question_answers_or_names_path_and_both_kinds(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_toml *root =
        parse(&arena, "s = 'x'\nb = true\nl = ['a', 'b']\nt = {}\nm = [\n  'a', 1]\n");
    const char *string = "before";
    bool yes = false;
    struct wf_strings strings = { 0 };
    const struct wf_toml *table = NULL;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_toml_want_string(&string, NULL, "x", &err));
    assert_string_equal(string, "before");
    assert_true(wf_toml_want_string(&string, wf_toml_get(root, "s"), "x", &err));
    assert_string_equal(string, "x");
    assert_true(wf_toml_want_bool(&yes, wf_toml_get(root, "b"), "x", &err));
    assert_true(yes);
    assert_true(wf_toml_want_table(&table, wf_toml_get(root, "t"), "x", &err));
    assert_ptr_equal(table, wf_toml_get(root, "t"));
    assert_true(
        wf_toml_want_strings(&strings, &arena, wf_toml_get(root, "l"), "x", &err));
    assert_int_equal(strings.num, 2);
    assert_string_equal(strings.items[1], "b");

    assert_false(wf_toml_want_bool(&yes, wf_toml_get(root, "s"), "tool.x.strip", &err));
    assert_error(
        err, WF_ERR_MALFORMED,
        "line 1, column 5: tool.x.strip is a string; true or false was expected");
    assert_false(wf_toml_want_string(&string, wf_toml_get(root, "b"), "b", &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 2, column 5: b is a boolean; a string was expected");
    assert_false(wf_toml_want_table(&table, wf_toml_get(root, "l"), "l", &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 3, column 5: l is an array; a table was expected");
    assert_false(
        wf_toml_want_strings(&strings, &arena, wf_toml_get(root, "s"), "s", &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 1, column 5: s is a string; an array of strings was expected");
    assert_false(
        wf_toml_want_strings(&strings, &arena, wf_toml_get(root, "m"), "m", &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 6, column 8: m is an integer; an array of strings was expected");
    wf_arena_clear(&arena);
}

static void
a_quoted_text_reads_back_as_it_was(void **state)
{
    char text[130];
    struct wf_arena arena = { 0 };
    struct wf_buffer quoted;

    (void)state;
    for (int i = 0; i < 127; i++)
        text[i] = (char)(i + 1);
    memcpy(text + 127, "\xC3\xA9", 3);
    wf_buffer_init(&quoted, SIZE_MAX);
    wf_buffer_add_str(&quoted, "a = ");
    wf_toml_quote(&quoted, text);
    wf_buffer_add_char(&quoted, '\0');
    assert_string_equal(parse(&arena, (const char *)quoted.data)->first->string, text);
    wf_buffer_clear(&quoted);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(a_backslash_at_the_end_of_a_line_joins_lines),
        cmocka_unit_test(tables_keep_the_order_of_the_file),
        cmocka_unit_test(a_value_knows_its_line_and_its_column_in_characters),
        cmocka_unit_test(the_empty_document_is_an_empty_table),
        cmocka_unit_test(structure_that_is_not_toml_is_refused_with_its_place),
        cmocka_unit_test(a_key_is_defined_once_and_never_extended_from_elsewhere),
        cmocka_unit_test(values_that_are_not_toml_are_refused_with_their_place),
        cmocka_unit_test(numbers_and_dates_are_those_of_toml),
        cmocka_unit_test(nesting_stops_at_64_levels_however_it_is_written),
        cmocka_unit_test(a_document_has_at_most_100000_keys_and_values),
        cmocka_unit_test(a_document_has_at_most_16_mib),
        cmocka_unit_test(a_typed_question_answers_or_names_path_and_both_kinds),
        cmocka_unit_test(a_quoted_text_reads_back_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
