/* arena.h -- memory that lives as long as its owner.  With buffer.c the only user of
 * malloc: running out of memory ends the program with one line, so nobody else checks. */
#ifndef WF_BASE_ARENA_H
#define WF_BASE_ARENA_H

#include "base/bytes.h"

struct wf_arena_block;

/* wf_arena hands out memory that is freed all at once by wf_arena_clear.  `{ 0 }` is a
 * valid empty arena without a limit.  Not thread-safe: an arena belongs to one owner. */
struct wf_arena {
    struct wf_arena_block *blocks;
    size_t used;  /* bytes handed out */
    size_t limit; /* 0: none */
};

void wf_arena_init(struct wf_arena *arena, size_t limit);
void wf_arena_clear(struct wf_arena *arena);

/* wf_arena_alloc returns `len` zeroed bytes, aligned for any type; they live as long as
 * the arena.  `len` must have been compared with what the input can hold.  Never NULL. */
void *wf_arena_alloc(struct wf_arena *arena, size_t len);

/* wf_arena_array returns `num` zeroed elements of `size` bytes; an overflowing product is
 * a broken promise of the caller and ends the program. */
void *wf_arena_array(struct wf_arena *arena, size_t num, size_t size);

/* wf_arena_grow makes room for one more element in an array of this arena: when *cap is
 * reached it is doubled and the elements are moved.  Returns the array. */
void *wf_arena_grow(struct wf_arena *arena, void *array, size_t num, size_t *cap,
                    size_t size);

/* Copies of text as C strings.  An embedded NUL ends wf_arena_str's copy early for C
 * readers, so callers refuse NULs first. */
char *wf_arena_str(struct wf_arena *arena, struct wf_bytes text);
char *wf_arena_strdup(struct wf_arena *arena, const char *text);
char *wf_arena_printf(struct wf_arena *arena, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_arena_ok is asked once per record or table: false, with WF_ERR_LIMIT naming `what`,
 * as soon as more than the limit was handed out. */
WF_MUST_USE bool wf_arena_ok(const struct wf_arena *arena, const char *what,
                             struct wf_error *err);

/* wf_out_of_memory prints one line and ends the program. */
WF_NORETURN void wf_out_of_memory(size_t len);

#endif
