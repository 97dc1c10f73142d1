/* test_packages_copyright.c -- Debian's machine-readable copyright files. */
#include "../support/unit.h"

#include "repair/packages_parts.h"

#define FORMAT                                                                           \
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"

static struct wf_arena arena;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static const char *
licence_in(const char *text)
{
    return wf_copyright_licence(&arena, wf_bytes_str(text));
}

static void
finds_the_licence_of_all_files(void **state)
{
    (void)state;
    assert_string_equal(licence_in(FORMAT "Upstream-Name: zlib\n"
                                          "\n"
                                          "Files: *\n"
                                          "Copyright: 1995 A. Author\n"
                                          "License: Zlib\n"
                                          "\n"
                                          "Files: debian/*\n"
                                          "License: GPL-2+\n"
                                          "\n"
                                          "License: Zlib\n"
                                          " The text.\n"),
                        "Zlib");
}

static void
takes_the_short_name_without_the_text(void **state)
{
    (void)state;
    assert_string_equal(
        licence_in(FORMAT
                   "\nFiles: *\nLicense:\tGPL-2+ with OpenSSL exception \n Text\n .\n"),
        "GPL-2+ with OpenSSL exception");
    assert_string_equal(licence_in(FORMAT "\r\n\r\nFiles: *\r\nLicense: MIT\r\n"), "MIT");
    assert_null(licence_in(FORMAT "\nFiles: *\nLicense:\n The text alone.\n"));
}

static void
finds_the_pattern_among_others_and_on_folded_lines(void **state)
{
    (void)state;
    assert_string_equal(licence_in(FORMAT "\nFiles: a *\nLicense: A\n"), "A");
    assert_string_equal(licence_in(FORMAT "\nFiles: a\n b\n *\nLicense: A\n"), "A");
    assert_string_equal(licence_in(FORMAT "\nFiles:\n *\t b\nLicense: A"), "A");
    assert_null(licence_in(FORMAT "\nFiles: src/* *.c\nLicense: A\n"));
    assert_null(licence_in(FORMAT "\nFiles: src\nComment:\n *\nLicense: A\n"));
}

static void
lets_the_last_of_several_hold(void **state)
{
    (void)state;
    assert_string_equal(
        licence_in(FORMAT "\nFiles: *\nLicense: A\n\nFiles: *\nLicense: B\n"), "B");
}

static void
reads_only_files_that_say_they_are_machine_readable(void **state)
{
    (void)state;
    assert_null(licence_in("Files: *\nLicense: A\n"));
    assert_null(
        licence_in("This is the Debian package of zlib.\n\nFiles: *\nLicense: A\n"));
    assert_null(licence_in("Format: text\n\nFiles: *\nLicense: A\n"));
    assert_string_equal(licence_in("\n\n" FORMAT "\nFiles: *\nLicense: A\n"), "A");
    assert_string_equal(
        licence_in("Format-Specification: http://dep.debian.net/deps/dep5\n"
                   "\nFiles: *\nLicense: A\n"),
        "A");
}

static void
has_no_answer_for_what_is_no_name(void **state)
{
    char longest[1002];
    const char *text;

    (void)state;
    memset(longest, 'x', sizeof longest);
    longest[1001] = '\0';
    text = wf_arena_printf(&arena, FORMAT "\nFiles: *\nLicense: %s\n", longest);
    assert_null(licence_in(text));
    longest[1000] = '\0';
    text = wf_arena_printf(&arena, FORMAT "\nFiles: *\nLicense: %s\n", longest);
    assert_string_equal(licence_in(text), longest);
    assert_null(licence_in(""));
    assert_null(licence_in(FORMAT));
    assert_null(wf_copyright_licence(
        &arena, wf_bytes_of(FORMAT "\nFiles: *\nLicense: a\0b\n",
                            sizeof FORMAT "\nFiles: *\nLicense: a\0b\n" - 1)));
}

static void
reads_every_cut_within_its_bytes(void **state)
{
    static const char text[] =
        FORMAT "\nFiles: a\n *\nLicense: A\n\nFiles: *\nLicense: B";

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        const struct wf_bytes exact = exact_copy(text, len);
        const char *licence = wf_copyright_licence(&arena, exact);

        assert_true(licence == NULL || licence[0] == 'A' || licence[0] == 'B');
        free_exact(exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_licence_of_all_files),
        cmocka_unit_test(takes_the_short_name_without_the_text),
        cmocka_unit_test(finds_the_pattern_among_others_and_on_folded_lines),
        cmocka_unit_test(lets_the_last_of_several_hold),
        cmocka_unit_test(reads_only_files_that_say_they_are_machine_readable),
        cmocka_unit_test(has_no_answer_for_what_is_no_name),
        cmocka_unit_test(reads_every_cut_within_its_bytes),
    };

    return cmocka_run_group_tests_name("packages_copyright", tests, NULL, teardown);
}
