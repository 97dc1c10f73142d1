/* test_python_source.c -- the place behind what must come first in Python source; marks. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/buffer.h"
#include "wheel/python_source.h"
#include "wheel/python_tokens.h"

/* In the examples '|' is the place; the text is without it. */
struct example {
    const char *marked;
    bool needs_line;
};

static void
check_place(const struct example *example, struct wf_python_place *place)
{
    const size_t off = (size_t)(strchr(example->marked, '|') - example->marked);
    struct wf_buffer text;
    struct wf_error err = { 0 };

    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_add(&text, example->marked, off);
    wf_buffer_add_str(&text, example->marked + off + 1);
    struct wf_bytes exact = exact_copy(text.data, text.len);

    if (!wf_python_find_place(place, exact, &err))
        fail_msg("%s: %s", example->marked, err.text);
    if (place->off != off || place->needs_line != example->needs_line)
        fail_msg("%s: the place is %zu%s", example->marked, place->off,
                 place->needs_line ? ", a line is needed" : "");
    assert_true(place->head_off <= place->off);
    free_exact(exact);
    wf_buffer_clear(&text);
}

static void
check_docstrings(const struct example *examples, size_t num, bool has_docstring)
{
    for (size_t i = 0; i < num; i++) {
        struct wf_python_place place = { 0 };

        check_place(&examples[i], &place);
        if (place.has_docstring != has_docstring)
            fail_msg("%s: docstring or not", examples[i].marked);
    }
}

static void
a_docstring_stays_in_front(void **state)
{
    static const struct example examples[] = {
        { "\"\"\"doc\"\"\"\n|x = 1\n", false },
        { "'''a\n\n# b\n'''\n|x", false },
        { "\"doc\"|", true },
        { "\"do\\\"c\"\n|", false },
        { "'a\\\nb'\n|", false },
        { "'a\\\r\nb'\r\n|", false },
        { "\"\"\"a\"b\"\"c\\\"\"\"\"\n|", false },
        { "''\n|''", false },
        { "''''''\n|x", false },
        { "r'\\''\n|x", false },
        { "Ur\"\"\"\\\"\"\"\"\"\"\n|x", false },
        { "bR'x'\n|x", false },
        { "'a' \"b\" '''c\n'''\n|x", false },
        { "'a' \\\n  'b'\n|x", false },
        { "('a')\n|x", false },
        { "((\n'a' # b\n\n# (\n\"c\"\n)\n# d\n) # e\n|x", false },
        { "'a'   # noqa\n|x", false },
        { "'a';\n|x", false },
        { "'a' ; # b\n|x", false },
        { "'a'; |x = 1\n", true },
        { "'a';\t|x", true },
        { "'a'; \\\n|x\n", true },
        { "'a' \\\n\n|x", false },
        { "'a' \\\n# b\n|x", false },
        { "'a' # b|", true },
        { "'a'  |", true },
        { "\n\n'a'\n|\n\nx", false },
        { "# \"\"\"b\n'a'\n|x", false },
        { "\f'a'\f\n|x", false },
        { " \f'a'\n|x", false },
        { "'a'\n|'b'\n", false },
        { "'a'\n|x = \"no end", false },
        { "\\\n   'a'\n|x", false },
        { "\xef\xbb\xbf'a'\n|x", false },
    };

    (void)state;
    check_docstrings(examples, WF_COUNT(examples), true);
}

static void
what_is_no_docstring_stays_behind(void **state)
{
    static const struct example examples[] = {
        { "|x = 1\n", false },
        { "|", false },
        { "|\n \n\t\n", false },
        { "|\n\nx = 1", false },
        { "|'a', 'b'\n", false },
        { "|'a'.x()\n", false },
        { "|('a',)\n", false },
        { "|('a')('b')\n", false },
        { "|()\n", false },
        { "|('a' % x)\n", false },
        { "|'a' if b else c\n", false },
        { "|f'a'\n", false },
        { "|'a' f'{\"b\"}'\n", false },
        { "|f'no end\n", false },
        { "|Rf'''a\n'''\n", false },
        { "|t\"a\"\n", false },
        { "|None\n'a'\n", false },
        { "|x = 'no end", false },
        { "|x\n  'a'\n", false },
        { "\xef\xbb\xbf|x\n", false },
        { "|d'a'\n", false },
        { "|bu'a'\n", false },
        { "|rrr'a'\n", false },
    };

    (void)state;
    check_docstrings(examples, WF_COUNT(examples), false);
}

static void
imports_of_future_stay_in_front(void **state)
{
    static const struct example examples[] = {
        { "from __future__ import a\n|x\n", false },
        { "from __future__ import a|", true },
        { "from __future__ import a; |x = 1\n", true },
        { "from __future__ import a;\n|x = 1\n", false },
        { "from __future__ import a; from __future__ import b # c\n|x", false },
        { "from __future__ import (a,\n   b as c, # d\n)\n|x", false },
        { "from __future__ import(a)\n|x", false },
        { "from \\\n__future__ \\\nimport a, \\\n  b\n|x", false },
        { "from __future__ import a\n\n# b\n\nfrom __future__ import c\n|\n\nx", false },
        { "from .__future__ import a\n|x", false },
        { "from . \\\n . __future__ import a\n|x", false },
        { "# c\n\n# b\n\nfrom __future__ import a\n|x", false },
        { "from __future__ import a\n|from x import b\nfrom __future__ import c\n",
          false },
        { "from __future__ import a\n|'b'\nfrom __future__ import c\n", false },
        { "from __future__ import a\n|f\"{b}\"\n", false },
        { "from __future__ import a\n|x = \"no end", false },
        { "|from __future__.a import b\n", false },
        { "|from __future__a import b\n", false },
        { "|from x import __future__\n", false },
        { "|import __future__\n", false },
        { "|from__future__ import a\n", false },
    };
    static const struct example behind_docstring[] = {
        { "'a'\nfrom __future__ import b\n|x", false },
        { "'a'; from __future__ import b; |x", true },
        { "'a'; \\\nfrom __future__ import b\n|x", false },
        { "('''a\n''')\n\n# c\nfrom __future__ import b\n|x", false },
    };

    (void)state;
    check_docstrings(examples, WF_COUNT(examples), false);
    check_docstrings(behind_docstring, WF_COUNT(behind_docstring), true);
}

static void
the_comment_that_heads_the_file_stays_in_front(void **state)
{
    static const struct example examples[] = {
        { "#!python\n|", false },
        { "#!python\n|\nx\n", false },
        { "#!python\n# -*- coding: latin-1 -*-\n|x\n", false },
        { "#!python\n\n# a\n# b\n|\n# c\nx\n", false },
        { "# a\n|x\n", false },
        { "# a\n# b\n|\n# c\nx", false },
        { "#\n\n#\n# a\n|\n# b\n", false },
        { "#\n|\nx", false },
        { "\n\n# a\n|\n# b\n", false },
        { "   # a\n\t# b\n|x", false },
        { "# a|", true },
        { "\n# coding: x\n|x", false },
        { "\\\n# a\n|x", false },
        { "# a\\\n|x", false },
        { "# a\r# b\r|x", false },
        { "\xef\xbb\xbf# a\n|x", false },
    };

    (void)state;
    check_docstrings(examples, WF_COUNT(examples), false);
}

static void
find(struct wf_python_place *place, const char *text)
{
    struct wf_error err = { 0 };

    assert_true(wf_python_find_place(place, wf_bytes_str(text), &err));
}

static void
tells_what_stands_before_the_place(void **state)
{
    static const struct {
        const char *text;
        size_t head_off;
        size_t top_off;
        bool is_first;
    } cases[] = {
        { "x\n", 0, 0, true },
        { "\n\nx\n", 0, 0, true },
        { "\xef\xbb\xbfx\n", 3, 3, true },
        { "# a\nx\n", 0, 0, false },
        { "#!a\n\n#\nx\n", 0, 7, false },
        { "#!a\n# b\nx\n", 0, 4, false },
        { "# coding: latin-1\nx\n", 18, 0, false },
        { "#\n# coding=latin-1\nx\n", 19, 2, false },
        { "# a\n\n# coding=latin-1\nx\n", 0, 0, false },
        { "'a'\nx\n", 0, 0, false },
        { "'a'\nfrom __future__ import b\nx\n", 29, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_python_place place = { 0 };

        find(&place, cases[i].text);
        if (place.head_off != cases[i].head_off || place.top_off != cases[i].top_off ||
            place.is_first != cases[i].is_first)
            fail_msg("%s: %zu %zu %d", cases[i].text, place.head_off, place.top_off,
                     place.is_first);
    }
}

static void
the_first_line_ending_counts(void **state)
{
    static const struct {
        const char *text;
        enum wf_line_ending ending;
    } cases[] = {
        { "", WF_CRLF },           { "x", WF_CRLF },      { "x\n", WF_LF },
        { "x\r\ny\n", WF_CRLF },   { "x\ry\r\n", WF_CR }, { "x\r", WF_CR },
        { "'''\n'''\r\n", WF_LF }, { "x\n\r", WF_LF },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_python_place place = { 0 };

        find(&place, cases[i].text);
        assert_int_equal(place.ending, cases[i].ending);
    }
}

/* The second byte of a character may be a backslash: no escape, then. */
static void
heeds_encodings_of_two_bytes(void **state)
{
    static const struct example wide[] = {
        { "# coding: cp932\n'\x95\\'\n|x", false },
        { "# -*- coding: Shift_JIS -*-\n'\x95\\'\n|x", false },
        { "#\n# vim: set fileencoding=gbk :\n'\x81\\'\n|x", false },
        { "# coding:big5\n'\xa5\\'\n|x", false },
        { "# coding: JOHAB\n'\x85\\'\n|x", false },
        { "# coding: cp932\n'\xb1\\'' # single\n|x", false },
        { "# coding: latin-1\n'\x95\\''\n|x", false },
        { "# coding: euc-jp\n'\xb1\\''\n|x", false },
        { "'\x95\\''\n|x", false },
        { "x = 1\n# coding: cp932\n'\x95\\''\n|", false },
    };
    static const char *const refused[][2] = {
        { "# coding: hz\n", "hz" },
        { "# coding: ISO_2022_JP\n", "iso-2022-jp" },
        { "# coding: iso2022_kr\n", "iso2022-kr" },
        { "#coding=utf-7\n", "utf-7" },
        { "# coding: unicode_escape\n", "unicode-escape" },
    };

    (void)state;
    for (size_t i = 0; i + 1 < WF_COUNT(wide); i++) {
        struct wf_python_place place = { 0 };

        check_place(&wide[i], &place);
        assert_true(place.has_docstring);
    }
    for (size_t i = 0; i < WF_COUNT(refused); i++) {
        struct wf_python_place place = { 0 };
        struct wf_error err = { 0 };
        char want[128];

        snprintf(want, sizeof want,
                 "line 1 declares the encoding %s, which is no superset of ASCII",
                 refused[i][1]);
        assert_false(wf_python_find_place(&place, wf_bytes_str(refused[i][0]), &err));
        assert_error(err, WF_ERR_UNSUPPORTED, want);
    }
}

static void
refuses_what_python_would_and_names_the_line(void **state)
{
    static const char *const cases[][2] = {
        { "'a", "line 1: the string that begins here has no end" },
        { "# a\n'''a\n\n", "line 2: the string that begins here has no end" },
        { "\r\n\r\n'a\r\n'", "line 3: the string that begins here has no end" },
        { "'a\\", "line 1: the string that begins here has no end" },
        { "'a' 'b\n'", "line 1: the string that begins here has no end" },
        { "\n\r('a'\n\n", "line 3: the bracket that opens here is never closed" },
        { "('a'))", "line 1: a bracket is closed that is not open" },
        { "('a']", "line 1: a bracket is closed that is not open" },
        { "from __future__ import (a,\nb\n",
          "line 1: the bracket that opens here is never closed" },
        { "from __future__ import *\n",
          "line 1: a `from __future__` import holds more than names" },
        { "\nfrom __future__ import (\n'a')\n",
          "line 3: a `from __future__` import holds more than names" },
        { "'a' \\ \n", "line 1: a backslash joins lines only at the end of one" },
        { "from\\x", "line 1: a backslash joins lines only at the end of one" },
        { "  'a'\n", "line 1: the first statements of a file are not indented" },
        { "# a\n\n\tx\n", "line 3: the first statements of a file are not indented" },
        { "'a'\n x\n", "line 2: the first statements of a file are not indented" },
        { "\xff\xfe'\n", "line 1 starts with the byte order mark of UTF-16, which is no "
                         "encoding of Python "
                         "source" },
        { "\xfe\xff", "line 1 starts with the byte order mark of UTF-16, which is no "
                      "encoding of Python "
                      "source" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i][0], strlen(cases[i][0]));
        struct wf_python_place place = { .off = 77 };
        struct wf_error err = { 0 };

        if (wf_python_find_place(&place, exact, &err))
            fail_msg("%s is accepted", cases[i][0]);
        assert_error(err, WF_ERR_MALFORMED, cases[i][1]);
        assert_int_equal(place.off, 77);
        free_exact(exact);
    }
}

static void
refuses_bytes_of_zero_anywhere(void **state)
{
    struct wf_python_place place;
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_python_find_place(&place, wf_bytes_of("x\n\ny\0", 5), &err));
    assert_error(err, WF_ERR_MALFORMED, "line 3 has a NUL byte");
}

static void
bounds_what_is_open(void **state)
{
    char text[WF_PYTHON_MAX_OPEN + 2];
    struct wf_python_place place;
    struct wf_error err = { 0 };

    (void)state;
    memset(text, '(', sizeof text);
    assert_false(
        wf_python_find_place(&place, wf_bytes_of(text, WF_PYTHON_MAX_OPEN), &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 1: the bracket that opens here is never closed");
    assert_false(
        wf_python_find_place(&place, wf_bytes_of(text, WF_PYTHON_MAX_OPEN + 1), &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 1: more brackets are open than Python allows");
}

/* The lines of the marks, or the error. */
static void
check_marks(const char *text, const char *want)
{
    struct wf_bytes exact = exact_copy(text, strlen(text));
    struct wf_arena arena = { 0 };
    struct wf_python_marks marks = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer got;

    wf_buffer_init(&got, SIZE_MAX);
    if (!wf_python_find_marks(&marks, &arena, exact, &err))
        wf_buffer_add_str(&got, err.text);
    for (size_t i = 0; i < marks.num; i++) {
        wf_buffer_printf(&got, i == 0 ? "%zu" : " %zu",
                         wf_python_line_number(exact, marks.items[i].off));
        assert_int_equal(exact.data[marks.items[i].off], '#');
    }
    wf_buffer_add_char(&got, '\0');
    if (strcmp((const char *)got.data, want) != 0)
        fail_msg("%s: %s, not %s", text, (const char *)got.data, want);
    wf_buffer_clear(&got);
    wf_arena_clear(&arena);
    free_exact(exact);
}

static void
a_mark_is_a_line_of_its_own(void **state)
{
    (void)state;
    check_marks("# delvewheel: patch\nx\n", "1");
    check_marks("x\r\n#delvewheel:patch\r\n", "2");
    check_marks("x\r#   delvewheel \t:  patch  \ry\r# delvewheel: patch", "2 4");
    check_marks("# Delvewheel: patch\n", "");
    check_marks(" # delvewheel: patch\n", "");
    check_marks("x # delvewheel: patch\n", "");
    check_marks("## delvewheel: patch\n", "");
    check_marks("# delvewheel: patch it\n", "");
    check_marks("# delvewheel: patches\n", "");
    check_marks("# delvewheel patch\n", "");
    check_marks("def f():\n    x\n# delvewheel: patch\n\n# a\ny\n", "3");
    check_marks("if x:\n    y\n# delvewheel: patch", "3");
    check_marks("\xef\xbb\xbf# delvewheel: patch\n", "1");
    check_marks("'a'\nfrom __future__ import b\n# delvewheel: patch\n", "3");
    check_marks("# delvewheel: patch\n'a'\n", "1");
}

static void
in_strings_a_mark_is_text(void **state)
{
    (void)state;
    check_marks("'''\n# delvewheel: patch\n'''\n", "");
    check_marks("x = f'''{y}\n# delvewheel: patch\n'''\n", "");
    check_marks("x = f'''{y:{z}\n# delvewheel: patch\n}'''\n", "");
    check_marks("x = 'a\\\n# delvewheel: patch'\n", "");
    check_marks("f\"{x[\"a\"]}\" # '''\n# delvewheel: patch\n", "2");
    check_marks("f'{{' f\"}}'''\"\n# delvewheel: patch\n", "2");
    check_marks("f'{f\"{f'{1}'}\"}'\n# delvewheel: patch\n", "2");
    check_marks("f'\\N{LEFT CURLY BRACKET}{x}'\n# delvewheel: patch\n", "2");
    check_marks("rf'\\N{x}\\{y}\\'{z!r:>{w}}'\n# delvewheel: patch\n", "2");
    check_marks("f'{x:%H:%M\"}' f'{ {1: 2}[1] }' f'{(lambda: 1)()}'\n# delvewheel: patch",
                "2");
    check_marks("f'{x:'\n# delvewheel: patch\n",
                "line 1: the string that begins here has no end");
    check_marks("f'}'\n# delvewheel: patch\n",
                "line 1: a bracket is closed that is not open");
    check_marks("f'a\n# delvewheel: patch\n",
                "line 1: the string that begins here has no end");
}

static void
a_mark_where_no_statement_can_stand_is_refused(void **state)
{
    static const char *const cases[][2] = {
        { "x = (\n# delvewheel: patch\n)\n", "line 2: %s it is in brackets" },
        { "x = 1 + \\\n# delvewheel: patch\n2\n",
          "line 2: %s the line before goes on in this one" },
        { "@x\n# delvewheel: patch\ndef f(): pass\n",
          "line 2: %s a decorator stands before it" },
        { "def f():\n# delvewheel: patch\n    pass\n", "line 2: %s it is in a block" },
        { "def f():\n    x\n# delvewheel: patch\n# delvewheel: patch\n\n\ty\n",
          "line 3: %s it is in a block" },
        { "if x: pass\n# delvewheel: patch\nelse: pass\n",
          "line 2: %s the statement before goes on behind it" },
        { "try:\n  x\n# delvewheel: patch\nexcept: pass\n",
          "line 3: %s the statement before goes on behind it" },
        { "# delvewheel: patch\nfrom __future__ import a\n",
          "line 1: %s an encoding line or a `from __future__` import follows" },
        { "# delvewheel: patch\n# coding: latin-1\n",
          "line 1: %s an encoding line or a `from __future__` import follows" },
        { "x\n# delvewheel: patch\ny = (\n",
          "line 3: the bracket that opens here is never closed" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        char want[200];
        const char *end = strstr(cases[i][1], "%s");

        snprintf(want, sizeof want, "%.*s%s%s",
                 end == NULL ? 0 : (int)(end - cases[i][1]), cases[i][1],
                 end == NULL ? "" : "the patch cannot stand at this mark:",
                 end == NULL ? cases[i][1] : end + 2);
        check_marks(cases[i][0], want);
    }
}

static void
knows_the_idioms_of_namespaces(void **state)
{
    static const char *const yes[] = {
        "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
        "# a\n__path__=__import__( \"pkgutil\" ).extend_path(__path__,__name__)",
        "from pkgutil import extend_path\r\n__path__ = extend_path(__path__, "
        "__name__)\r\n",
        "import pkgutil\r__path__ = pkgutil.extend_path(__path__, __name__)  # noqa\r",
        "__import__('pkg_resources').declare_namespace(__name__)",
        "try:\n    __import__(\"pkg_resources\").declare_namespace(__name__)\nexcept: "
        "pass\n",
        "from pkg_resources import declare_namespace\ndeclare_namespace(__name__)\n",
        "\xef\xbb\xbf__import__('pkg_resources').declare_namespace(__name__)",
    };
    static const char *const no[] = {
        "",
        "# __import__('pkg_resources').declare_namespace(__name__)\n",
        "from pkgutil import extend_path\n",
        "x = __import__('pkg_resources').declare_namespace(__name__)\n",
        "__import__('pkg_resources').declare_namespace(__name__), 1\n",
        "__path__ = __import__('pkgutil').extend_path(__path__, __name__) + ['a/path']",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        assert_true(wf_python_is_namespace(wf_bytes_str(yes[i])));
    for (size_t i = 0; i < WF_COUNT(no); i++)
        assert_false(wf_python_is_namespace(wf_bytes_str(no[i])));
}

static const char sample[] =
    "#!python\n# coding: cp932\n\n('\x95\\' \\\n  r\"\"\"b\"\"\" # c\n)\nfrom __future__ "
    "import (a,\n b)\n# delvewheel: patch\n@x\ndef f():\n\treturn f'{x:{y}}\\N{A}' "
    "f\"\"\"{'{'}}}\"\"\"\n";

static void
read_damaged(struct wf_bytes exact)
{
    struct wf_arena arena = { 0 };
    struct wf_python_place place;
    struct wf_python_marks marks = { 0 };
    struct wf_error err = { 0 };

    if (wf_python_find_place(&place, exact, &err)) {
        assert_true(place.off <= exact.len);
        assert_true(place.needs_line || place.off == 0 || place.off == 3 ||
                    exact.data[place.off - 1] == '\n' ||
                    exact.data[place.off - 1] == '\r');
    } else {
        assert_int_not_equal(err.text[0], '\0');
    }
    if (wf_python_find_marks(&marks, &arena, exact, &err))
        assert_true(marks.num <= 1);
    (void)wf_python_is_namespace(exact);
    wf_arena_clear(&arena);
}

static void
damaged_texts_are_read_within_their_bytes(void **state)
{
    static const char changes[] = "\n\r \t\f\\'\"()[]{}#:;.,fN\x95\xff";
    const size_t whole = sizeof sample - 1;

    (void)state;
    for (size_t len = 0; len <= whole; len++) {
        struct wf_bytes exact = exact_copy(sample, len);

        read_damaged(exact);
        free_exact(exact);
    }
    for (size_t at = 0; at < whole; at++) {
        struct wf_bytes exact = exact_copy(sample, whole);

        for (size_t c = 0; c < sizeof changes; c++) {
            ((char *)(uintptr_t)exact.data)[at] = changes[c];
            read_damaged(exact);
        }
        free_exact(exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_docstring_stays_in_front),
        cmocka_unit_test(what_is_no_docstring_stays_behind),
        cmocka_unit_test(imports_of_future_stay_in_front),
        cmocka_unit_test(the_comment_that_heads_the_file_stays_in_front),
        cmocka_unit_test(tells_what_stands_before_the_place),
        cmocka_unit_test(the_first_line_ending_counts),
        cmocka_unit_test(heeds_encodings_of_two_bytes),
        cmocka_unit_test(refuses_what_python_would_and_names_the_line),
        cmocka_unit_test(refuses_bytes_of_zero_anywhere),
        cmocka_unit_test(bounds_what_is_open),
        cmocka_unit_test(a_mark_is_a_line_of_its_own),
        cmocka_unit_test(in_strings_a_mark_is_text),
        cmocka_unit_test(a_mark_where_no_statement_can_stand_is_refused),
        cmocka_unit_test(knows_the_idioms_of_namespaces),
        cmocka_unit_test(damaged_texts_are_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
