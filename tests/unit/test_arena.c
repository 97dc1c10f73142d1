/* test_arena.c -- memory that ends with its owner. */
#include "../support/unit.h"

#include <stdalign.h>

#include "base/arena.h"

static void
an_empty_arena_can_be_cleared_twice(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    wf_arena_clear(&arena);
    wf_arena_clear(&arena);
    assert_null(arena.blocks);
}

/* Sizes around the first block, the largest one and the share that gets a block alone. */
static void
memory_is_zeroed_aligned_and_apart(void **state)
{
    static const size_t lens[] = { 0,    1,    7,     16,     17,     1000,   1024,
                                   1025, 4096, 65536, 100000, 262144, 300000, 3 };
    struct wf_arena arena = { 0 };
    unsigned char *parts[WF_COUNT(lens)];

    (void)state;
    for (size_t i = 0; i < WF_COUNT(lens); i++) {
        parts[i] = wf_arena_alloc(&arena, lens[i]);
        assert_int_equal((uintptr_t)parts[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < lens[i]; j++)
            assert_int_equal(parts[i][j], 0);
        memset(parts[i], (int)i + 1, lens[i]);
    }
    for (size_t i = 0; i < WF_COUNT(lens); i++)
        for (size_t j = 0; j < lens[i]; j++)
            assert_int_equal(parts[i][j], i + 1);
    wf_arena_clear(&arena);
}

static void
what_was_handed_out_is_counted_until_cleared(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    wf_arena_alloc(&arena, 100);
    assert_in_range(arena.used, 100, 128);
    wf_arena_clear(&arena);
    assert_int_equal(arena.used, 0);
}

static void
more_than_the_limit_is_an_error_that_names_what_asked(void **state)
{
    struct wf_arena arena;
    struct wf_error err = { 0 };

    (void)state;
    wf_arena_init(&arena, 64);
    wf_arena_alloc(&arena, 64);
    assert_true(wf_arena_ok(&arena, "a table", &err));
    wf_arena_alloc(&arena, 1);
    assert_false(wf_arena_ok(&arena, "a table", &err));
    assert_error(err, WF_ERR_LIMIT,
                 "a table needs more than 64 bytes of memory to describe");
    wf_arena_clear(&arena);
}

static void
without_a_limit_all_is_well(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    wf_arena_alloc(&arena, 1 << 20);
    assert_true(wf_arena_ok(&arena, "a table", NULL));
    wf_arena_clear(&arena);
}

static void
a_growing_array_keeps_its_elements(void **state)
{
    struct wf_arena arena = { 0 };
    uint32_t *numbers = NULL;
    size_t cap = 0;

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        numbers = wf_arena_grow(&arena, numbers, i, &cap, sizeof *numbers);
        assert_true(cap > i);
        numbers[i] = i;
    }
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    wf_arena_clear(&arena);
}

static void
text_is_copied_and_ended(void **state)
{
    struct wf_arena arena = { 0 };
    char source[] = "needed";

    (void)state;
    const char *part = wf_arena_str(&arena, wf_bytes_of(source, 4));
    const char *whole = wf_arena_strdup(&arena, source);

    memset(source, '-', sizeof source);
    assert_string_equal(part, "need");
    assert_string_equal(whole, "needed");
    assert_string_equal(wf_arena_str(&arena, wf_bytes_of(NULL, 0)), "");
    wf_arena_clear(&arena);
}

static void
formatted_text_is_as_long_as_it_gets(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wf_arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    assert_int_equal(strlen(wf_arena_printf(&arena, "%05000d", 1)), 5000);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_arena_can_be_cleared_twice),
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(what_was_handed_out_is_counted_until_cleared),
        cmocka_unit_test(more_than_the_limit_is_an_error_that_names_what_asked),
        cmocka_unit_test(without_a_limit_all_is_well),
        cmocka_unit_test(a_growing_array_keeps_its_elements),
        cmocka_unit_test(text_is_copied_and_ended),
        cmocka_unit_test(formatted_text_is_as_long_as_it_gets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
