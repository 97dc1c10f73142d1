/* arena.c -- chained blocks, freed together. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/checked.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

struct wf_arena_block {
    struct wf_arena_block *next;
    size_t len;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

void
wf_out_of_memory(size_t len)
{
    char line[96];
    const int n = snprintf(line, sizeof line,
                           "wheelfix: out of memory (asked for %zu bytes)\n", len);

    /* Nothing is left to do if even this write fails. */
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        abort();
    abort();
}

void
wf_arena_init(struct wf_arena *arena, size_t limit)
{
    *arena = (struct wf_arena){ .limit = limit };
}

void
wf_arena_clear(struct wf_arena *arena)
{
    struct wf_arena_block *block = arena->blocks;

    while (block != NULL) {
        struct wf_arena_block *next = block->next;

        free(block);
        block = next;
    }
    arena->blocks = NULL;
    arena->used = 0;
}

/* Large requests get a block of their own behind the current one, so that the rest of the
 * current one stays in use. */
static struct wf_arena_block *
add_block(struct wf_arena *arena, size_t len)
{
    size_t want = arena->blocks == NULL ? FIRST_BLOCK : arena->blocks->len * 2;

    if (want > LARGEST_BLOCK)
        want = LARGEST_BLOCK;
    const bool alone = len > want / 4;
    const size_t size = alone ? len : want;

    if (size > SIZE_MAX - sizeof(struct wf_arena_block))
        wf_out_of_memory(size);
    struct wf_arena_block *block = calloc(1, sizeof *block + size);

    if (block == NULL)
        wf_out_of_memory(size);
    block->len = size;
    if (alone && arena->blocks != NULL) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *
wf_arena_alloc(struct wf_arena *arena, size_t len)
{
    const size_t align = alignof(max_align_t);

    if (len > SIZE_MAX - align)
        wf_out_of_memory(len);
    len = len == 0 ? align : (len + align - 1) / align * align;
    struct wf_arena_block *block = arena->blocks;

    if (block == NULL || len > block->len - block->used)
        block = add_block(arena, len);
    void *out = block->data + block->used;

    block->used += len;
    arena->used += len;
    return out;
}

void *
wf_arena_array(struct wf_arena *arena, size_t num, size_t size)
{
    size_t len = 0;

    if (!wf_mul_size(&len, num, size))
        wf_out_of_memory(num);
    return wf_arena_alloc(arena, len);
}

void *
wf_arena_grow(struct wf_arena *arena, void *array, size_t num, size_t *cap, size_t size)
{
    if (num < *cap)
        return array;
    const size_t new_cap = *cap == 0 ? 8 : *cap * 2;
    void *grown = wf_arena_array(arena, new_cap, size);

    if (num > 0)
        memcpy(grown, array, num * size);
    *cap = new_cap;
    return grown;
}

char *
wf_arena_str(struct wf_arena *arena, struct wf_bytes text)
{
    char *copy = wf_arena_alloc(arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *
wf_arena_strdup(struct wf_arena *arena, const char *text)
{
    return wf_arena_str(arena, wf_bytes_str(text));
}

char *
wf_arena_printf(struct wf_arena *arena, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(len >= 0);
    char *out = wf_arena_alloc(arena, (size_t)len + 1);

    va_start(args, fmt);
    vsnprintf(out, (size_t)len + 1, fmt, args);
    va_end(args);
    return out;
}

bool
wf_arena_ok(const struct wf_arena *arena, const char *what, struct wf_error *err)
{
    if (arena->limit == 0 || arena->used <= arena->limit)
        return true;
    return wf_error_set(err, WF_ERR_LIMIT,
                        "%s needs more than %zu bytes of memory to describe", what,
                        arena->limit);
}
