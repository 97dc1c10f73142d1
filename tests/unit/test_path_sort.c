/* test_path_sort.c -- ordering very many paths. */
#include "../support/unit.h"

#include "base/arena.h"
#include "wheel/path_sort.h"

static int
compare_plainly(const void *a, const void *b)
{
    const struct wf_path_key *left = a;
    const struct wf_path_key *right = b;
    const int order = strcmp(left->path, right->path);

    return order != 0 ? order : (left->idx > right->idx) - (left->idx < right->idx);
}

static void
sorts_as_strcmp_and_then_by_index(const char *const *paths, size_t num)
{
    struct wf_arena arena = { 0 };
    struct wf_path_key *keys = wf_arena_array(&arena, num, sizeof *keys);
    struct wf_path_key *plain = wf_arena_array(&arena, num, sizeof *plain);

    for (size_t i = 0; i < num; i++) {
        struct wf_bytes exact = exact_copy(paths[i], strlen(paths[i]) + 1);

        keys[i] = (struct wf_path_key){ (const char *)exact.data, 0, (uint32_t)i };
        plain[i] = keys[i];
    }
    wf_path_sort(keys, num);
    qsort(plain, num, sizeof *plain, compare_plainly);
    for (size_t i = 0; i < num; i++)
        assert_int_equal(keys[i].idx, plain[i].idx);
    for (size_t i = 0; i < num; i++)
        free_exact(wf_bytes_of(keys[i].path, 0));
    wf_arena_clear(&arena);
}

static void
orders_by_bytes_whatever_the_lengths(void **state)
{
    static const char *const paths[] = {
        "b",
        "a",
        "",
        "a/b",
        "a",
        "12345678",
        "1234567",
        "123456789",
        "12345678",
        "\xff",
        "\x7f",
        "12345678x",
        "123456",
        "a/b/c/d/e/f/g/h",
        "a/b/c/d/e/f/g/g",
        "a/b/c/d/e/f/g",
        "12345678123456781234567812345678",
        "12345678123456781234567812345677",
    };

    (void)state;
    sorts_as_strcmp_and_then_by_index(paths, WF_COUNT(paths));
    sorts_as_strcmp_and_then_by_index(paths, 1);
    sorts_as_strcmp_and_then_by_index(paths, 0);
}

static void
orders_made_up_paths_of_few_letters(void **state)
{
    enum { NUM = 3000, LONGEST = 40 };
    static char texts[NUM][LONGEST + 1];
    static const char *paths[NUM];
    uint32_t seed = 12345;

    (void)state;
    for (size_t i = 0; i < NUM; i++) {
        seed = seed * 1664525 + 1013904223;
        const size_t len = (seed >> 16) % LONGEST;

        for (size_t j = 0; j < len; j++) {
            seed = seed * 1664525 + 1013904223;
            texts[i][j] = "ab/\xc3"[seed >> 30];
        }
        paths[i] = texts[i];
    }
    sorts_as_strcmp_and_then_by_index(paths, NUM);
}

/* Each level would cost a call, or the square of the length, in a careless sort. */
static void
long_common_beginnings_cost_only_their_bytes(void **state)
{
    enum { NUM = 500, LEN = 60000 };
    struct wf_arena arena = { 0 };
    struct wf_path_key keys[NUM];

    (void)state;
    for (uint32_t i = 0; i < NUM; i++) {
        char *path = wf_arena_alloc(&arena, LEN + 1);

        memset(path, 'n', LEN);
        path[LEN - 1 - i % 7] = 'm';
        keys[i] = (struct wf_path_key){ path, 0, i };
    }
    wf_path_sort(keys, NUM);
    for (size_t i = 1; i < NUM; i++)
        assert_true(compare_plainly(&keys[i - 1], &keys[i]) < 0);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_by_bytes_whatever_the_lengths),
        cmocka_unit_test(orders_made_up_paths_of_few_letters),
        cmocka_unit_test(long_common_beginnings_cost_only_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
