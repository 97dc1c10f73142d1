/* test_case_fold.c -- names as file systems that ignore case compare them. */
#include "../support/unit.h"

#include "wheel/case_fold.h"

static void
folds_single_characters(void **state)
{
    static const uint32_t cases[][2] = {
        { 'A', 'a' },           { 'Z', 'z' },       { 'a', 'a' },
        { '@', '@' },           { '[', '[' },       { 0xc9, 0xe9 },
        { 0xd7, 0xd7 },         { 0xdf, 0xdf },     { 0x100, 0x101 },
        { 0x101, 0x101 },       { 0x130, 0x130 },   { 0x17f, 's' },
        { 0x3a3, 0x3c3 },       { 0x3c2, 0x3c3 },   { 0x410, 0x430 },
        { 0x1e9e, 0xdf },       { 0x212a, 'k' },    { 0xff21, 0xff41 },
        { 0x10400, 0x10428 },   { 0x4e00, 0x4e00 }, { 0x1e921, 0x1e943 },
        { 0x10ffff, 0x10ffff },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const uint32_t folded = wf_case_fold(cases[i][0]);

        if (folded != cases[i][1])
            fail_msg("U+%04x folds to U+%04x", (unsigned)cases[i][0], (unsigned)folded);
    }
}

static void
folding_twice_changes_nothing_more(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x20000; c++)
        assert_int_equal(wf_case_fold(wf_case_fold(c)), wf_case_fold(c));
}

static void
names_that_differ_only_in_case_compare_and_hash_alike(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
    } cases[] = {
        { "Package/A.py", "package/a.PY", 0 },
        { "\xce\xa3", "\xcf\x82", 0 },
        { "", "", 0 },
        { "a", "b", -1 },
        { "B", "a", 1 },
        { "a", "ab", -1 },
        { "AB", "a", 1 },
        { "stra\xc3\x9f"
          "e",
          "strasse", 1 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_bytes a = wf_bytes_str(cases[i].a);
        const struct wf_bytes b = wf_bytes_str(cases[i].b);

        assert_int_equal(wf_case_fold_compare(a, b), cases[i].order);
        assert_int_equal(wf_case_fold_compare(b, a), -cases[i].order);
        assert_int_equal(wf_case_fold_hash(a) == wf_case_fold_hash(b),
                         cases[i].order == 0);
    }
}

static void
bytes_that_are_not_utf8_stand_for_themselves(void **state)
{
    struct wf_bytes cut = exact_copy("A\xce", 2);

    (void)state;
    assert_int_equal(wf_case_fold_compare(cut, wf_bytes_str("a\xce")), 0);
    assert_int_equal(wf_case_fold_hash(cut), wf_case_fold_hash(wf_bytes_str("a\xce")));
    free_exact(cut);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_single_characters),
        cmocka_unit_test(folding_twice_changes_nothing_more),
        cmocka_unit_test(names_that_differ_only_in_case_compare_and_hash_alike),
        cmocka_unit_test(bytes_that_are_not_utf8_stand_for_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
