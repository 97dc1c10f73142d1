/* path_sort.c -- a radix sort over words of eight bytes, each level by qsort. */
#include "wheel/path_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { WORD = 8 };

/* A run of paths that agree in their first `depth` bytes. */
struct run {
    size_t first;
    size_t num;
    size_t depth;
};

struct run_stack {
    struct run *items;
    size_t num;
    size_t cap;
};

/* The next eight bytes as a number that orders as they do; a path that ends in them is
 * filled up with zeros. */
static uint64_t
word_at(const char *path, size_t depth)
{
    uint64_t word = 0;
    size_t i = 0;

    for (; i < WORD && path[depth + i] != '\0'; i++)
        word = word << 8 | (uint8_t)path[depth + i];
    return i == 0 ? 0 : word << 8 * (WORD - i);
}

static int
compare_words(const void *a, const void *b)
{
    const struct wf_path_key *left = a;
    const struct wf_path_key *right = b;

    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return (left->idx > right->idx) - (left->idx < right->idx);
}

/* Archives and RECORDs are often written in order: then this pass is all there is. */
static void
sort_run(struct wf_path_key *keys, size_t num, size_t depth)
{
    bool is_sorted = true;

    for (size_t i = 0; i < num; i++) {
        keys[i].key = word_at(keys[i].path, depth);
        is_sorted = is_sorted && (i == 0 || compare_words(&keys[i - 1], &keys[i]) < 0);
    }
    if (!is_sorted)
        qsort(keys, num, sizeof *keys, compare_words);
}

/* The last byte of a word is zero only when the path ended in it: paths hold no NUL. */
static void
push_equal_runs(struct run_stack *stack, struct wf_arena *arena,
                const struct wf_path_key *keys, struct run run)
{
    for (size_t i = 0; i < run.num;) {
        size_t end = i + 1;

        while (end < run.num && keys[end].key == keys[i].key)
            end++;
        if (end - i > 1 && (keys[i].key & 0xff) != 0) {
            stack->items = wf_arena_grow(arena, stack->items, stack->num, &stack->cap,
                                         sizeof *stack->items);
            stack->items[stack->num++] =
                (struct run){ run.first + i, end - i, run.depth + WORD };
        }
        i = end;
    }
}

void
wf_path_sort(struct wf_path_key *keys, size_t num)
{
    struct wf_arena arena = { 0 };
    struct run_stack stack = { 0 };
    struct run run = { 0, num, 0 };

    for (;;) {
        sort_run(keys + run.first, run.num, run.depth);
        push_equal_runs(&stack, &arena, keys + run.first, run);
        if (stack.num == 0)
            break;
        run = stack.items[--stack.num];
    }
    wf_arena_clear(&arena);
}
