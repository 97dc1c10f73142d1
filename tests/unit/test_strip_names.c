/* test_strip_names.c -- packing tables of names. */
#include "../support/unit.h"

#include "object/strip_names.h"

/* Packs `table` (with its last NUL) keeping the names at `kept`, which ends with 0. */
static void
check_packing(const char *table, size_t len, const uint32_t *kept, const char *wanted,
              size_t wanted_len)
{
    const struct wf_bytes exact = exact_copy(table, len);
    struct wf_arena arena = { 0 };
    struct wf_strip_names names;
    struct wf_error err = { 0 };
    struct wf_bytes out;

    wf_strip_names_init(&names, &arena, exact);
    for (size_t i = 0; kept[i] != 0; i++)
        assert_true(wf_strip_names_mark(&names, kept[i]));
    assert_true(wf_strip_names_pack(&out, &names, &arena, &err));
    assert_true(wf_bytes_equal(out, wf_bytes_of(wanted, wanted_len)));
    for (size_t i = 0; kept[i] != 0; i++)
        assert_string_equal((const char *)out.data + wf_strip_names_new(&names, kept[i]),
                            table + kept[i]);
    assert_int_equal(wf_strip_names_new(&names, 0), 0);
    wf_arena_clear(&arena);
    free_exact(exact);
}

#define CHECK(table_, wanted_, ...)                                                      \
    check_packing(table_, sizeof(table_), (const uint32_t[]){ __VA_ARGS__, 0 }, wanted_, \
                  sizeof(wanted_))

static void
names_that_nobody_marked_are_cut_out(void **state)
{
    (void)state;
    CHECK("\0one\0two\0three", "\0two", 5);
    CHECK("\0one\0two\0three", "\0one\0three", 1, 9);
    CHECK("\0one\0two\0three", "\0one\0two\0three", 9, 1, 5);
}

static void
tails_share_the_place_of_the_longest_name_that_stays(void **state)
{
    (void)state;
    CHECK("\0abcdef\0x", "\0cdef", 3);
    CHECK("\0abcdef\0x", "\0cdef", 3, 5);
    CHECK("\0abcdef\0x", "\0cdef\0x", 3, 8);
}

static void
names_on_both_sides_of_a_word_of_marks_are_found(void **state)
{
    char table[200], wanted[150];

    (void)state;
    /* A name of 62 letters from 1 on, then one that starts at each place around 64. */
    for (uint32_t at = 60; at < 68; at++) {
        memset(table, 'a', sizeof table);
        table[0] = table[at - 1] = table[199] = '\0';
        memset(wanted, 'a', sizeof wanted);
        wanted[0] = wanted[200 - at] = '\0';
        check_packing(table, sizeof table, (const uint32_t[]){ at, 0 }, wanted,
                      201 - (size_t)at);
    }
}

static void
names_outside_the_table_are_told(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_strip_names names;

    (void)state;
    wf_strip_names_init(&names, &arena, wf_bytes_of("\0ab", 4));
    assert_true(wf_strip_names_mark(&names, 3));
    assert_false(wf_strip_names_mark(&names, 4));
    assert_false(wf_strip_names_mark(&names, UINT32_MAX));
    wf_strip_names_init(&names, &arena, wf_bytes_of("", 0));
    assert_true(wf_strip_names_mark(&names, 0));
    assert_false(wf_strip_names_mark(&names, 1));
    wf_arena_clear(&arena);
}

static void
a_kept_name_without_an_end_is_refused_and_an_unused_one_is_not(void **state)
{
    const struct wf_bytes exact = exact_copy("\0ab\0cd", 6);
    struct wf_arena arena = { 0 };
    struct wf_strip_names names;
    struct wf_error err = { 0 };
    struct wf_bytes out;

    (void)state;
    wf_strip_names_init(&names, &arena, exact);
    assert_true(wf_strip_names_mark(&names, 1));
    assert_true(wf_strip_names_pack(&out, &names, &arena, &err));
    assert_int_equal(out.len, 4);
    wf_strip_names_init(&names, &arena, exact);
    assert_true(wf_strip_names_mark(&names, 5));
    assert_false(wf_strip_names_pack(&out, &names, &arena, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 5,
                    "at 0x5: the last name of a table of 6 bytes has no end");
    wf_arena_clear(&arena);
    free_exact(exact);
}

static void
a_table_that_is_left_alone_keeps_its_places(void **state)
{
    struct wf_strip_names names = { 0 };

    (void)state;
    assert_true(wf_strip_names_mark(&names, 1234));
    assert_int_equal(wf_strip_names_new(&names, 1234), 1234);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_nobody_marked_are_cut_out),
        cmocka_unit_test(tails_share_the_place_of_the_longest_name_that_stays),
        cmocka_unit_test(names_on_both_sides_of_a_word_of_marks_are_found),
        cmocka_unit_test(names_outside_the_table_are_told),
        cmocka_unit_test(a_kept_name_without_an_end_is_refused_and_an_unused_one_is_not),
        cmocka_unit_test(a_table_that_is_left_alone_keeps_its_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
