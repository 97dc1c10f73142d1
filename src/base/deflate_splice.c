/* deflate_splice.c -- a stream for changed bytes, of the blocks of the stream before.
 *
 * Blocks are kept bit for bit, at their place within a byte (stored blocks count from byte
 * boundaries), so copying them is copying bytes: empty blocks of 10 and of 91 bits lead from
 * any bit to any other. */
#include "base/deflate.h"

#include <string.h>

#include "base/deflate_blocks.h"

enum { WINDOW = 32768, LEAST_BLOCKS = 3 };

struct splice {
    struct wf_buffer *out;
    uint64_t num_bits; /* written to `out` */
    struct wf_deflater *deflater;
    struct wf_bytes stream;
    struct wf_bytes now;
    struct wf_deflate_blocks blocks;
    struct wf_arena scratch;
    bool *keep; /* by block */
};

static void
add_bits(struct splice *s, uint64_t value, unsigned num)
{
    for (; num > 0; num--, value >>= 1, s->num_bits++) {
        const unsigned at = (unsigned)(s->num_bits % 8);

        if (at == 0)
            wf_buffer_add_char(s->out, 0);
        if (!s->out->over)
            s->out->data[s->out->len - 1] |= (uint8_t)((value & 1) << at);
    }
}

/* A block with fixed codes that holds only its end: 10 bits. */
static void
add_short_empty_block(struct splice *s)
{
    add_bits(s, 2, 10);
}

/* One with its own codes, 91 bits: an odd number.  Of the code lengths only 1 and 18 (a run
 * of zeros) are used; the literal 0, the end and one distance have a code. */
static void
add_long_empty_block(struct splice *s)
{
    add_bits(s, 4, 3);                   /* not the last; codes of its own */
    add_bits(s, 0, 5);                   /* 257 literals */
    add_bits(s, 0, 5);                   /* 1 distance */
    add_bits(s, 14, 4);                  /* 18 lengths of code lengths */
    add_bits(s, UINT64_C(1) << 6, 51);   /* in the third place: 18 */
    add_bits(s, 1, 3);                   /* in the last: 1 */
    add_bits(s, 0, 1);                   /* literal 0 */
    add_bits(s, 1 | (138 - 11) << 1, 8); /* zeros ... */
    add_bits(s, 1 | (117 - 11) << 1, 8); /* ... up to the end of the block */
    add_bits(s, 0, 1);                   /* the end of the block */
    add_bits(s, 0, 1);                   /* the distance */
    add_bits(s, 1, 1);                   /* and here it ends */
}

/* Leads to bit `target` of a byte. */
static void
lead_to(struct splice *s, unsigned target)
{
    if ((s->num_bits - target) % 2 != 0)
        add_long_empty_block(s);
    while (s->num_bits % 8 != target)
        add_short_empty_block(s);
}

/* An empty stored block ends at a byte. */
static void
lead_to_byte(struct splice *s)
{
    if (s->num_bits % 8 == 0)
        return;
    add_bits(s, 0, 3);
    while (s->num_bits % 8 != 0)
        add_bits(s, 0, 1);
    add_bits(s, 0xffff0000, 32);
}

/* Copies the bits [from, to) of the stream before; they go to the same place in a byte. */
static void
copy_bits(struct splice *s, uint64_t from, uint64_t to)
{
    size_t first = (size_t)(from / 8);
    const size_t end = (size_t)((to + 7) / 8);
    const unsigned head = (unsigned)(from % 8);

    lead_to(s, head);
    if (s->out->over)
        return;
    if (head != 0) {
        s->out->data[s->out->len - 1] |=
            (uint8_t)(s->stream.data[first] & (0xffu << head));
        first++;
    }
    if (end > first)
        wf_buffer_add(s->out, s->stream.data + first, end - first);
    s->num_bits += to - from;
    if (to % 8 != 0 && !s->out->over)
        s->out->data[s->out->len - 1] &= (uint8_t)((1u << (to % 8)) - 1);
}

static uint64_t
bit_of(const struct splice *s, size_t block)
{
    return block < s->blocks.num ? s->blocks.items[block].bit : s->blocks.end_bit;
}

static uint64_t
off_of(const struct splice *s, size_t block)
{
    return block < s->blocks.num ? s->blocks.items[block].off : s->blocks.out_len;
}

/* New blocks for the bytes [from, to) as they are now. */
static bool
add_new(struct splice *s, size_t from, size_t to, bool is_last)
{
    struct wf_deflate_blocks blocks;
    struct wf_error err;

    lead_to_byte(s);
    const size_t start = s->out->len;

    wf_deflate(s->deflater, wf_bytes_first(wf_bytes_skip(s->now, from), to - from),
               s->out);
    if (s->out->over)
        return false;
    const struct wf_bytes made = wf_bytes_skip(wf_buffer_bytes(s->out), start);

    if (is_last)
        return true;
    if (!wf_deflate_blocks_list(&blocks, &s->scratch, made, &err))
        return false;
    const uint64_t last = blocks.items[blocks.num - 1].bit;

    s->out->data[start + last / 8] &= (uint8_t) ~(1u << (last % 8));
    s->num_bits = start * 8 + blocks.end_bit;
    return true;
}

/* The offset behind the last byte of a block that differs, or 0. */
static uint64_t
change_in(const struct splice *s, struct wf_bytes was, size_t block)
{
    const uint64_t from = off_of(s, block);
    uint64_t to = off_of(s, block + 1);

    if (to > s->now.len)
        return to;
    if (to == from || memcmp(was.data + from, s->now.data + from, to - from) == 0)
        return 0;
    while (was.data[to - 1] == s->now.data[to - 1])
        to--;
    return to;
}

/* A block is kept when it holds nothing new and cannot reach back to anything new; the last
 * one only when nothing follows it.  Returns how many bytes are kept. */
static uint64_t
choose_blocks(struct splice *s, struct wf_bytes was)
{
    uint64_t changed_to = 0;
    uint64_t kept = 0;

    s->keep = wf_arena_array(&s->scratch, s->blocks.num, sizeof *s->keep);
    for (size_t i = 0; i < s->blocks.num; i++) {
        const uint64_t change = change_in(s, was, i);

        if (change != 0)
            changed_to = change;
        s->keep[i] = change == 0 &&
                     (changed_to == 0 || off_of(s, i) >= changed_to + WINDOW) &&
                     (i + 1 < s->blocks.num || was.len == s->now.len);
        if (s->keep[i])
            kept += off_of(s, i + 1) - off_of(s, i);
    }
    return kept;
}

static bool
write_stream(struct splice *s)
{
    size_t end = 0;

    for (size_t i = 0; i < s->blocks.num; i = end) {
        while (end < s->blocks.num && s->keep[end] == s->keep[i])
            end++;
        const bool is_last = end == s->blocks.num;

        if (s->keep[i])
            copy_bits(s, bit_of(s, i), bit_of(s, end));
        else if (!add_new(s, (size_t)off_of(s, i),
                          is_last ? s->now.len : (size_t)off_of(s, end), is_last))
            return false;
    }
    return !s->out->over;
}

bool
wf_deflate_splice(struct wf_buffer *out, struct wf_deflater *deflater,
                  struct wf_bytes stream, struct wf_bytes was, struct wf_bytes now)
{
    struct splice s = { .out = out, .deflater = deflater, .stream = stream, .now = now };
    struct wf_error err;
    const bool ok = wf_deflate_blocks_list(&s.blocks, &s.scratch, stream, &err) &&
                    s.blocks.out_len == was.len && s.blocks.num >= LEAST_BLOCKS &&
                    choose_blocks(&s, was) >= now.len / 2 && write_stream(&s);

    wf_arena_clear(&s.scratch);
    if (!ok)
        wf_buffer_reset(out);
    return ok;
}
