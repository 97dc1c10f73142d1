/* deflate_blocks.h -- where the blocks of a DEFLATE stream (RFC 1951) stand: between the
 * files of base/deflate*. */
#ifndef WF_BASE_DEFLATE_BLOCKS_H
#define WF_BASE_DEFLATE_BLOCKS_H

#include "base/arena.h"

struct wf_deflate_block {
    uint64_t bit; /* of its header, from the start of the stream */
    uint64_t off; /* of its first byte when inflated */
};

struct wf_deflate_blocks {
    struct wf_arena *arena;
    struct wf_deflate_block *items; /* in order */
    size_t num;
    size_t cap;
    uint64_t end_bit; /* behind the last block */
    uint64_t out_len; /* inflated, bytes */
};

/* wf_deflate_blocks_list walks one whole stream; errors as of wf_deflate_join. */
WF_MUST_USE bool wf_deflate_blocks_list(struct wf_deflate_blocks *blocks,
                                        struct wf_arena *arena, struct wf_bytes in,
                                        struct wf_error *err);

#endif
