/* test_quote.c -- what reaches a terminal cannot drive it. */
#include "../support/unit.h"
#include "base/utf8.h"
#include "render/quote.h"

static void
assert_quoted(const char *text, const char *expected)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 4096);
    wf_quote_add(&out, text);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
}

static void
leaves_printable_text_alone(void **state)
{
    (void)state;
    assert_quoted("", "");
    assert_quoted("demo/_native.so", "demo/_native.so");
    assert_quoted(" ~ \"'$(x)`", " ~ \"'$(x)`");
    assert_quoted("gr\xC3\xBC\xC3\x9F \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x90\x8D",
                  "gr\xC3\xBC\xC3\x9F \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x90\x8D");
}

static void
escapes_what_could_drive_a_terminal_or_hide(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        { "\x1B[31mred", "\\x1B[31mred" },
        { "two\nlines\r\ttab", "two\\x0Alines\\x0D\\x09tab" },
        { "\x7F", "\\x7F" },
        { "back\\slash", "back\\\\slash" },
        { "c1 \xC2\x9B"
          "31m",
          "c1 \\u{009B}31m" },
        { "bidi \xE2\x80\xAE"
          "fdp",
          "bidi \\u{202E}fdp" },
        { "isolate \xE2\x81\xA6", "isolate \\u{2066}" },
        { "zero\xE2\x80\x8Bwidth", "zero\\u{200B}width" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_quoted(cases[i].text, cases[i].expected);
}

static void
escapes_bytes_that_are_not_utf8_one_by_one(void **state)
{
    (void)state;
    assert_quoted("\xFF\xFEx", "\\xFF\\xFEx");
    assert_quoted("cut \xE6\x97", "cut \\xE6\\x97");
    assert_quoted("overlong \xC0\xAF", "overlong \\xC0\\xAF");
    assert_quoted("surrogate \xED\xA0\x80", "surrogate \\xED\\xA0\\x80");
}

static void
every_byte_yields_visible_text_on_one_line(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        const char text[3] = { 'a', (char)byte, '\0' };
        struct wf_buffer out;

        wf_buffer_init(&out, 64);
        wf_quote_add(&out, text);
        assert_true(out.len >= 2);
        for (size_t i = 0; i < out.len; i++)
            assert_true(out.data[i] >= 0x20 && out.data[i] < 0x7F);
        wf_buffer_clear(&out);
    }
}

static void
an_error_names_its_place_first_and_both_are_escaped(void **state)
{
    struct wf_error err = { 0 };
    struct wf_buffer out;

    (void)state;
    wf_error_at(&err, WF_ERR_MALFORMED, 0x20, "bad \x1B name");
    wf_error_prefix(&err, "a\nb.whl");
    wf_buffer_init(&out, 4096);
    wf_quote_error(&out, &err);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, "a\\x0Ab.whl: at 0x20: bad \\x1B name");
    wf_buffer_reset(&out);
    wf_error_set(&err, WF_ERR_IO, "no place");
    wf_quote_error(&out, &err);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, "no place");
    wf_buffer_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_printable_text_alone),
        cmocka_unit_test(escapes_what_could_drive_a_terminal_or_hide),
        cmocka_unit_test(escapes_bytes_that_are_not_utf8_one_by_one),
        cmocka_unit_test(every_byte_yields_visible_text_on_one_line),
        cmocka_unit_test(an_error_names_its_place_first_and_both_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
