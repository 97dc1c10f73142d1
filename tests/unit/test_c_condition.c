/* test_c_condition.c -- what an #if says. */
#include "../support/unit.h"

#include <stdio.h>

#include "pack/c_condition.h"

/* V is 7, EMPTY is defined without a number. */
static bool
value_of(const void *context, struct wf_bytes name, int64_t *value)
{
    (void)context;
    if (wf_bytes_equal_str(name, "V"))
        *value = 7;
    else if (wf_bytes_equal_str(name, "EMPTY"))
        *value = 0;
    else
        return false;
    return true;
}

static void
conditions_are_what_c_makes_of_them(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "1", true },
        { "0", false },
        { "V", true },
        { "V == 7", true },
        { "UNKNOWN", false },
        { "true", false },
        { "defined(V)", true },
        { "defined V", true },
        { "defined(UNKNOWN)", false },
        { "!defined(UNKNOWN) && defined(EMPTY)", true },
        { "201112L >= 202311L", false },
        { "0x10 == 16 && 010 == 8 && 10uLL == 10", true },
        { "1 + 2 * 3 == 7", true },
        { "(1 + 2) * 3 == 9", true },
        { "10 - 2 - 3 == 5", true },
        { "7 / 2 == 3 && 7 % 2 == 1 && -7 / 2 == -3", true },
        { "1 << 3 == 8", true }, /* shifts are stronger than == */
        { "-8 >> 1 == -4", true },
        { "(6 & 3) == 2 && (6 | 3) == 7 && (6 ^ 3) == 5", true },
        { "6 & 3 == 3", false }, /* 6 & 1 */
        { "~0 == -1", true },
        { "- -1 == 1", true },
        { "!0 && !!5", true },
        { "1 ? 0 : 1", false },
        { "0 ? 0 : 1 ? 2 : 0", true },
        { "1 || 1 / 0", true },
        { "0 && 1 / 0", false },
        { "1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2", true },
        { "9223372036854775807 + 1 < 0", true }, /* wraps, and is no fault */
        { "(-9223372036854775807 - 1) / -1 < 0", true },
        { "1 << 64", false },
    };
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_bytes text = exact_copy(rows[i].text, strlen(rows[i].text));
        bool holds = !rows[i].holds;

        if (!wf_c_condition(&holds, text, value_of, NULL, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        if (holds != rows[i].holds)
            fail_msg("%s is %d", rows[i].text, holds);
        free_exact(text);
    }
}

static void
what_is_no_condition_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *expected, *stands;
    } rows[] = {
        { "", "a number or a name", "" },
        { "1 +", "a number or a name", "" },
        { "(1", "\")\"", "" },
        { "1 2", "the end", "2" },
        { "F(1)", "the end", "(1)" },
        { "1 ? 2", "\":\"", "" },
        { "defined", "the name of a macro behind \"defined\"", "" },
        { "defined(V", "\")\"", "" },
        { "09", "a whole number", "09" },
        { "0x", "a whole number", "" },
        { "1.5", "the end", ".5" },
        { "1 / 0", "a divisor other than zero", "" },
        { "'a'", "a number or a name", "'a'" },
    };
    struct wf_error err = { 0 };
    char expected[256];
    bool holds = false;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        if (wf_c_condition(&holds, wf_bytes_str(rows[i].text), value_of, NULL, &err))
            fail_msg("%s is taken", rows[i].text);
        snprintf(expected, sizeof expected,
                 "%s is expected in the condition where \"%s\" stands", rows[i].expected,
                 rows[i].stands);
        assert_error(err, WF_ERR_MALFORMED, expected);
    }
}

static void
depth_has_an_end(void **state)
{
    static const char *const starts[] = { "(", "!", "-", "1?", "1?1:" };
    struct wf_error err = { 0 };
    bool holds = false;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(starts); i++) {
        char text[40001] = "";
        size_t len = 0;

        while (len + 8 < sizeof text) {
            memcpy(text + len, starts[i], strlen(starts[i]));
            len += strlen(starts[i]);
        }
        assert_false(
            wf_c_condition(&holds, wf_bytes_of(text, len), value_of, NULL, &err));
        assert_non_null(
            strstr(err.text, "fewer than 64 levels of brackets and signs is expected"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_are_what_c_makes_of_them),
        cmocka_unit_test(what_is_no_condition_is_told_with_its_place),
        cmocka_unit_test(depth_has_an_end),
    };

    return cmocka_run_group_tests_name("c_condition", tests, NULL, NULL);
}
