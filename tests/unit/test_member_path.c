/* test_member_path.c -- names inside the archive. */
#include "../support/unit.h"

#include "base/arena.h"
#include "wheel/member_path.h"

static void
accepts_names_that_stay_where_they_are(void **state)
{
    static const char *const names[] = {
        "a",          "a/b.py", "a/",    "a/b/",        "...",  "a..b/c",
        ".hidden/.x", "a b",    "a/b:c", "\xc3\xa9.py", "ab:c", "1:a",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        struct wf_error err = { 0 };

        if (!wf_member_path_check(wf_bytes_str(names[i]), &err))
            fail_msg("%s: %s", names[i], err.text);
    }
}

static void
refuses_names_that_climb_hide_or_differ_between_readers(void **state)
{
    static const struct {
        const char *name;
        size_t len;
        const char *text;
    } cases[] = {
        { "", 0, "name is empty" },
        { "/", 1, "name \"/\" is absolute" },
        { "/a", 2, "name \"/a\" is absolute" },
        { "..", 2, "name \"..\" has a \"..\" part" },
        { "a/..", 4, "name \"a/..\" has a \"..\" part" },
        { "a/../b", 6, "name \"a/../b\" has a \"..\" part" },
        { ".", 1, "name \".\" has a \".\" part" },
        { "./a", 3, "name \"./a\" has a \".\" part" },
        { "a/.", 3, "name \"a/.\" has a \".\" part" },
        { "a//b", 4, "name \"a//b\" has an empty part (\"//\")" },
        { "a//", 3, "name \"a//\" has an empty part (\"//\")" },
        { "a\\b", 3, "name \"a\\b\" has a backslash" },
        { "c:a", 3, "name \"c:a\" starts with a drive letter" },
        { "Z:/a", 4, "name \"Z:/a\" starts with a drive letter" },
        { "a\0b", 3, "name \"a\" has the control byte 0x00 at 1" },
        { "ab\r", 3, "name \"ab\" has the control byte 0x0d at 2" },
        { "\x1b[31m", 5, "name \"\" has the control byte 0x1b at 0" },
        { "a\x7f", 2, "name \"a\" has the control byte 0x7f at 1" },
        { "a\xff", 2, "name \"a\xff\" is not UTF-8" },
        { "\xc0\xaf", 2, "name \"\xc0\xaf\" is not UTF-8" },
        { "\xed\xa0\x80", 3, "name \"\xed\xa0\x80\" is not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes name = exact_copy(cases[i].name, cases[i].len);
        struct wf_error err = { 0 };

        assert_false(wf_member_path_check(name, &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i].text);
        assert_false(err.has_offset);
        free_exact(name);
    }
}

static void
a_long_name_is_shown_in_part(void **state)
{
    char name[1000];
    struct wf_error err = { 0 };

    (void)state;
    memset(name, 'n', sizeof name);
    name[999] = '\\';
    assert_false(wf_member_path_check(wf_bytes_of(name, sizeof name), &err));
    assert_int_equal(strlen(err.text), strlen("name \"\" has a backslash") + 200);
}

static void
knows_what_windows_cannot_hold(void **state)
{
    static const char *const hazards[] = {
        "con",    "CON.txt", "a/Aux",       "nul .txt", "com1", "LPT9.so", "lpt0",
        "conin$", "CONOUT$", "com\xc2\xb9", "a.",       "a /b", "a./b",    "a:b",
        "a?",     "a*b",     "a|b",         "a<b",      "a>b",  "a\"b",
    };
    static const char *const fine[] = {
        "console", "com",   "com10", "lpt",     "a.b",         "con_/x",
        "xcon",    "auxil", "nul_",  "a b/c d", "com\xc3\xa9", ".a",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(hazards); i++) {
        if (!wf_member_path_is_windows_hazard(hazards[i]))
            fail_msg("%s is a hazard", hazards[i]);
    }
    for (size_t i = 0; i < WF_COUNT(fine); i++) {
        if (wf_member_path_is_windows_hazard(fine[i]))
            fail_msg("%s is no hazard", fine[i]);
    }
}

static void
libraries_of_data_folders_are_installed_beside_the_rest(void **state)
{
    static const char *const cases[][3] = {
        { "d-1.data/platlib/p/a.so", "p/a.so", "platlib" },
        { "d-1.data/purelib/a.py", "a.py", "purelib" },
        { "d-1.data/scripts/run", "d-1.data/scripts/run", "scripts" },
        { "d-1.data/data/lib/a.so", "d-1.data/data/lib/a.so", "data" },
        { "d-1.data/headers/a.h", "d-1.data/headers/a.h", "headers" },
        { "d-1.data/other/a", "d-1.data/other/a", "other" },
        { "d-1.data/loose", "d-1.data/loose", "loose" },
        { "d-1.data/platlib/", "d-1.data/platlib/", "platlib" },
        { "d-1.data/", "d-1.data/", NULL },
        { "d-1.data", "d-1.data", NULL },
        { ".data/platlib/a", ".data/platlib/a", NULL },
        { "p/x.data/platlib/a", "p/x.data/platlib/a", NULL },
        { "p/a.so", "p/a.so", NULL },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *key = wf_member_path_data_key(&arena, cases[i][0]);

        assert_string_equal(wf_member_path_installed(&arena, cases[i][0]), cases[i][1]);
        if (cases[i][2] == NULL)
            assert_null(key);
        else
            assert_string_equal(key, cases[i][2]);
    }
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_names_that_stay_where_they_are),
        cmocka_unit_test(refuses_names_that_climb_hide_or_differ_between_readers),
        cmocka_unit_test(a_long_name_is_shown_in_part),
        cmocka_unit_test(knows_what_windows_cannot_hold),
        cmocka_unit_test(libraries_of_data_folders_are_installed_beside_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
