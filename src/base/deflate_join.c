/* deflate_join.c -- one stream after the other: where the blocks of a DEFLATE stream
 * (RFC 1951) begin and end is found by walking all of them, without what they decode to. */
#include "base/deflate.h"
#include "base/deflate_blocks.h"

#include <assert.h>
#include <string.h>

enum {
    MAX_BITS = 15,      /* the longest code */
    FAST_BITS = 10,     /* codes up to this length are looked up at once */
    RUN_BITS = 11,      /* and the literals that come first in so many bits together */
    NUM_LITERALS = 288, /* literal and length symbols; the last two are never used */
    NUM_DISTANCES = 32, /* likewise */
    NUM_CODE_LENGTHS = 19,
    END_OF_BLOCK = 256,
};

/* The next bits of the stream, lowest first.  Behind its end come zeros, and `num_bits`
 * counts only real ones: taking more than there are is noticed when it has been done. */
struct bit_reader {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t bits;
    int num_bits;
};

/* What a symbol means for the walk. */
enum step_kind { STEP_LITERAL, STEP_LENGTH, STEP_END, STEP_NONE, STEP_LONG };

/* What was looked up: how many bits it takes with its extra bits, and without; and what it
 * stands for: literals, and a copy of `base` bytes and as many more as its extra bits say. */
struct step {
    uint8_t kind;
    uint8_t num_bits;
    uint8_t num_code_bits;
    uint8_t num_literals;
    uint8_t num_extra;
    uint16_t base;
};

/* A canonical Huffman code.  `fast` is indexed by the next FAST_BITS bits; longer codes are
 * found bit by bit by their order: `symbols` is sorted by length, then by symbol. */
struct code {
    struct step fast[1 << FAST_BITS];
    uint16_t num[MAX_BITS + 1]; /* of codes of each length */
    uint16_t symbols[NUM_LITERALS];
    const uint8_t *extra_bits; /* of each symbol */
    const uint8_t *kinds;
    const uint16_t *bases; /* NULL: symbols stand for no bytes */
};

struct walk {
    struct bit_reader reader;
    const uint8_t *start;
    uint64_t last_header_bit;
    uint64_t out_len;                 /* of what was walked, bytes */
    struct wf_deflate_blocks *blocks; /* where they are listed, or NULL */
    struct code literals;
    struct code distances;
    struct step runs[1 << RUN_BITS];
};

static uint64_t
position(const struct walk *walk)
{
    const struct bit_reader *r = &walk->reader;

    return (uint64_t)(r->at - walk->start) * 8 - (uint64_t)(int64_t)r->num_bits;
}

/* Whether more was taken than there was; the position is then without meaning. */
static inline bool
is_past_end(const struct bit_reader *r)
{
    return r->num_bits < 0;
}

static bool
cut_short(const struct walk *walk, struct wf_error *err)
{
    return wf_error_at(err, WF_ERR_MALFORMED, (uint64_t)(walk->reader.end - walk->start),
                       "deflate data cannot be continued: it is cut short");
}

static bool
damaged(const struct walk *walk, const char *what, struct wf_error *err)
{
    if (is_past_end(&walk->reader))
        return cut_short(walk, err);
    return wf_error_at(err, WF_ERR_MALFORMED, position(walk) / 8,
                       "deflate data cannot be continued: %s", what);
}

/* Written so that compilers see one load in it. */
static inline uint64_t
eight_bytes(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
           (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
           (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* Makes at least 48 bits ready where the stream has them: a length and a distance with
 * their extra bits take no more. */
static inline void
refill(struct bit_reader *r)
{
    if (r->end - r->at >= 8) {
        /* Eight bytes at once; those that find no room come again, the same, next time. */
        r->bits |= eight_bytes(r->at) << r->num_bits;
        r->at += (63 - r->num_bits) >> 3;
        r->num_bits |= 56;
        return;
    }
    while (r->num_bits <= 56 && r->at < r->end) {
        r->bits |= (uint64_t)*r->at++ << r->num_bits;
        r->num_bits += 8;
    }
}

static inline void
take(struct bit_reader *r, unsigned num)
{
    r->bits >>= num;
    r->num_bits -= (int)num;
}

static unsigned
read_bits(struct bit_reader *r, unsigned num)
{
    refill(r);
    const unsigned value = (unsigned)(r->bits & ((1u << num) - 1));

    take(r, num);
    return value;
}

static struct step
step_of(const struct code *code, unsigned symbol, unsigned code_len)
{
    const bool counts = code->bases != NULL;

    return (struct step){
        .kind = code->kinds[symbol],
        .num_bits = (uint8_t)(code_len + code->extra_bits[symbol]),
        .num_code_bits = (uint8_t)code_len,
        .num_literals = counts && code->kinds[symbol] == STEP_LITERAL,
        .num_extra = counts ? code->extra_bits[symbol] : 0,
        .base = counts ? code->bases[symbol] : 0,
    };
}

/* Codes stand in the stream with their first bit lowest. */
static unsigned
reversed(unsigned value, unsigned num_bits)
{
    unsigned result = 0;

    for (; num_bits > 0; num_bits--, value >>= 1)
        result = result << 1 | (value & 1);
    return result;
}

/* Enters a code of up to FAST_BITS wherever it is what comes next, and a mark for the
 * slower way where a longer one begins. */
static void
enter(struct code *code, unsigned symbol, unsigned value, unsigned len)
{
    if (len > FAST_BITS) {
        code->fast[reversed(value >> (len - FAST_BITS), FAST_BITS)].kind = STEP_LONG;
        return;
    }
    for (unsigned i = reversed(value, len); i < 1u << FAST_BITS; i += 1u << len)
        code->fast[i] = step_of(code, symbol, len);
}

/* Sets up `code` for the lengths given (0: the symbol is not used).  More codes than there
 * is room for are refused; a bit pattern that is no code is found when it comes up. */
static bool
set_code(struct code *code, const uint8_t *lengths, unsigned num)
{
    uint16_t place[MAX_BITS + 2] = { 0 };
    unsigned next[MAX_BITS + 2] = { 0 };

    memset(code->num, 0, sizeof code->num);
    for (unsigned i = 0; i < num; i++)
        code->num[lengths[i]]++;
    code->num[0] = 0;
    for (unsigned len = 1; len <= MAX_BITS; len++) {
        if (next[len] + code->num[len] > 1u << len)
            return false;
        next[len + 1] = (next[len] + code->num[len]) << 1;
        place[len + 1] = (uint16_t)(place[len] + code->num[len]);
    }
    for (size_t i = 0; i < WF_COUNT(code->fast); i++)
        code->fast[i] = (struct step){ .kind = STEP_NONE };
    for (unsigned i = 0; i < num; i++) {
        const unsigned len = lengths[i];

        if (len == 0)
            continue;
        code->symbols[place[len]++] = (uint16_t)i;
        enter(code, i, next[len]++, len);
    }
    return true;
}

/* The symbol of the next code, bit by bit; its length goes to *out_len.  -1 is none. */
static int
find_symbol(const struct code *code, uint64_t bits, unsigned *out_len)
{
    unsigned value = 0;
    unsigned first = 0;
    unsigned place = 0;

    for (unsigned len = 1; len <= MAX_BITS; len++, bits >>= 1) {
        const unsigned num = code->num[len];

        value |= bits & 1;
        if (value - first < num) {
            *out_len = len;
            return code->symbols[place + value - first];
        }
        place += num;
        first = (first + num) << 1;
        value <<= 1;
    }
    return -1;
}

static struct step
find_long(const struct code *code, uint64_t bits)
{
    unsigned len = 0;
    const int symbol = find_symbol(code, bits, &len);

    return symbol < 0 ? (struct step){ .kind = STEP_NONE }
                      : step_of(code, (unsigned)symbol, len);
}

/* RFC 1951, 3.2.5.  What is beyond these tables is not in any stream. */
static const uint8_t literal_extra[NUM_LITERALS] = {
    [265] = 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5,
};
static const uint16_t literal_bases[NUM_LITERALS] = {
    [257] = 3, 4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23,  27,
    31,        35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
};
static const uint8_t distance_extra[NUM_DISTANCES] = {
    0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
    6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
};
static const uint8_t literal_kinds[NUM_LITERALS] = {
    [END_OF_BLOCK] = STEP_END,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_LENGTH,
    STEP_NONE,
    STEP_NONE,
};
static const uint8_t distance_kinds[NUM_DISTANCES] = { [30] = STEP_NONE, STEP_NONE };
static const uint8_t plain_kinds[NUM_CODE_LENGTHS] = { STEP_LITERAL };
static const uint8_t no_extra[NUM_CODE_LENGTHS] = { 0 };

static void
set_fixed_codes(struct walk *walk)
{
    uint8_t lengths[NUM_LITERALS];

    memset(lengths, 8, sizeof lengths);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    const bool ok = set_code(&walk->literals, lengths, NUM_LITERALS);

    memset(lengths, 5, NUM_DISTANCES);
    const bool ok_too = set_code(&walk->distances, lengths, NUM_DISTANCES);

    assert(ok && ok_too);
}

/* The lengths of both codes stand in the stream as one list, itself coded. */
static bool
read_lengths(struct walk *walk, const struct code *code, uint8_t *lengths, unsigned num,
             struct wf_error *err)
{
    struct bit_reader *r = &walk->reader;

    for (unsigned i = 0; i < num;) {
        unsigned len = 0;

        refill(r);
        const int symbol = find_symbol(code, r->bits, &len);

        if (symbol < 0)
            return damaged(walk, "a code length has no code", err);
        take(r, len);
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && i == 0)
            return damaged(walk, "the first code length is a repetition", err);
        const uint8_t repeated = symbol == 16 ? lengths[i - 1] : 0;
        unsigned times = symbol == 16   ? 3 + read_bits(r, 2)
                         : symbol == 17 ? 3 + read_bits(r, 3)
                                        : 11 + read_bits(r, 7);

        if (times > num - i)
            return damaged(walk, "there are too many code lengths", err);
        while (times-- > 0)
            lengths[i++] = repeated;
        if (is_past_end(r))
            return cut_short(walk, err);
    }
    return true;
}

static bool
read_codes(struct walk *walk, struct wf_error *err)
{
    static const uint8_t order[NUM_CODE_LENGTHS] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                     11, 4,  12, 3, 13, 2, 14, 1, 15 };
    struct bit_reader *r = &walk->reader;
    uint8_t lengths[NUM_LITERALS + NUM_DISTANCES] = { 0 };
    struct code of_lengths = { .extra_bits = no_extra, .kinds = plain_kinds };
    const unsigned num_literals = read_bits(r, 5) + 257;
    const unsigned num_distances = read_bits(r, 5) + 1;
    const unsigned num_lengths = read_bits(r, 4) + 4;

    for (unsigned i = 0; i < num_lengths; i++)
        lengths[order[i]] = (uint8_t)read_bits(r, 3);
    if (!set_code(&of_lengths, lengths, NUM_CODE_LENGTHS))
        return damaged(walk, "the code of its code lengths is overfull", err);
    memset(lengths, 0, sizeof lengths);
    if (!read_lengths(walk, &of_lengths, lengths, num_literals + num_distances, err))
        return false;
    if (!set_code(&walk->literals, lengths, num_literals) ||
        !set_code(&walk->distances, lengths + num_literals, num_distances))
        return damaged(walk, "a code is overfull", err);
    return true;
}

/* All literals that `bits` holds whole and what comes behind them, if it is whole, too: to
 * the walk they are one step. */
static struct step
run_of(const struct code *code, unsigned bits)
{
    struct step run = { .kind = STEP_LITERAL };

    while (run.kind == STEP_LITERAL) {
        const struct step step = code->fast[bits & ((1u << FAST_BITS) - 1)];
        const unsigned num_code_bits = run.num_code_bits + step.num_code_bits;

        if (step.kind == STEP_LONG || step.kind == STEP_NONE || num_code_bits > RUN_BITS)
            return run.num_bits == 0 ? step : run;
        bits >>= step.num_code_bits;
        run.num_literals = (uint8_t)(run.num_literals + step.num_literals);
        run.num_extra = step.num_extra;
        run.base = step.base;
        run.kind = step.kind;
        run.num_bits = (uint8_t)(run.num_bits + step.num_bits);
        run.num_code_bits = (uint8_t)num_code_bits;
    }
    return run;
}

/* Whether a length was read, which a distance follows, is as good as random: a branch on it
 * would cost more than looking up a distance each time and taking it or not. */
static bool
walk_coded(struct walk *walk, struct wf_error *err)
{
    struct bit_reader r = walk->reader; /* a copy, so that it stays in registers */
    struct step step = { 0 };
    uint64_t out_len = 0;

    for (unsigned i = 0; i < WF_COUNT(walk->runs); i++)
        walk->runs[i] = run_of(&walk->literals, i);
    while (step.kind <= STEP_LENGTH && !is_past_end(&r)) {
        refill(&r);
        step = walk->runs[r.bits & ((1u << RUN_BITS) - 1)];
        if (step.kind == STEP_LONG)
            step = find_long(&walk->literals, r.bits);
        take(&r, step.num_code_bits);
        out_len += step.num_literals + step.base +
                   (r.bits & ((UINT64_C(1) << step.num_extra) - 1));
        take(&r, step.num_extra);
        const unsigned if_length = step.kind == STEP_LENGTH ? 0xff : 0;
        struct step distance = walk->distances.fast[r.bits & ((1u << FAST_BITS) - 1)];

        if ((distance.kind & if_length) != STEP_LITERAL) {
            distance = find_long(&walk->distances, r.bits);
            if (distance.kind != STEP_LITERAL)
                step.kind = STEP_NONE;
        }
        take(&r, distance.num_bits & if_length);
    }
    walk->reader = r;
    walk->out_len += out_len;
    if (is_past_end(&r))
        return cut_short(walk, err);
    return step.kind == STEP_END || damaged(walk, "a symbol has no code", err);
}

static bool
walk_stored(struct walk *walk, struct wf_error *err)
{
    struct bit_reader *r = &walk->reader;

    take(r, (unsigned)r->num_bits & 7);
    const unsigned len = read_bits(r, 16);
    const unsigned inverted = read_bits(r, 16);

    if (is_past_end(r))
        return cut_short(walk, err);
    if (len != (~inverted & 0xffff))
        return damaged(walk, "a stored block's length and its complement differ", err);
    r->at -= r->num_bits / 8; /* whole bytes that were read ahead */
    r->bits = 0;
    r->num_bits = 0;
    if (len > (size_t)(r->end - r->at))
        return cut_short(walk, err);
    r->at += len;
    walk->out_len += len;
    return true;
}

static bool
list_block(struct walk *walk, struct wf_error *err)
{
    struct wf_deflate_blocks *blocks = walk->blocks;

    blocks->items = wf_arena_grow(blocks->arena, blocks->items, blocks->num, &blocks->cap,
                                  sizeof *blocks->items);
    blocks->items[blocks->num++] =
        (struct wf_deflate_block){ .bit = walk->last_header_bit, .off = walk->out_len };
    return wf_arena_ok(blocks->arena, "the list of deflate blocks", err);
}

static bool
walk_block(struct walk *walk, bool *is_last, struct wf_error *err)
{
    walk->last_header_bit = position(walk);
    if (walk->blocks != NULL && !list_block(walk, err))
        return false;
    *is_last = read_bits(&walk->reader, 1) != 0;
    const unsigned kind = read_bits(&walk->reader, 2);

    if (is_past_end(&walk->reader))
        return cut_short(walk, err);
    if (kind == 3)
        return damaged(walk, "a block is of no known kind", err);
    if (kind == 0)
        return walk_stored(walk, err);
    if (kind == 1)
        set_fixed_codes(walk);
    else if (!read_codes(walk, err))
        return false;
    return walk_coded(walk, err);
}

/* Every block takes at least three bits, so the walk ends. */
static bool
walk_blocks(struct walk *walk, struct wf_bytes in, struct wf_error *err)
{
    bool is_last = false;

    if (in.len == 0)
        return wf_error_at(err, WF_ERR_MALFORMED, 0,
                           "deflate data cannot be continued: it is empty");
    walk->start = in.data;
    walk->reader = (struct bit_reader){ .at = in.data, .end = in.data + in.len };
    walk->literals.extra_bits = literal_extra;
    walk->literals.kinds = literal_kinds;
    walk->literals.bases = literal_bases;
    walk->distances.extra_bits = distance_extra;
    walk->distances.kinds = distance_kinds;
    while (!is_last) {
        if (!walk_block(walk, &is_last, err))
            return false;
    }
    const uint64_t end_byte = (position(walk) + 7) / 8;

    if (end_byte == in.len)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, end_byte,
                       "deflate data cannot be continued: %zu bytes follow its end",
                       in.len - (size_t)end_byte);
}

/* The header of an empty stored block is three zero bits and zeros up to the next byte;
 * then come a length of 0 and its complement. */
bool
wf_deflate_join(struct wf_buffer *stream, struct wf_error *err)
{
    static const uint8_t empty[] = { 0, 0, 0, 0xff, 0xff };
    const struct wf_bytes in = wf_buffer_bytes(stream);
    struct walk walk = { 0 };

    if (!walk_blocks(&walk, in, err))
        return false;
    const unsigned end_bit = (unsigned)(position(&walk) % 8);
    const bool has_room =
        end_bit != 0 && end_bit <= 5; /* for the header, in the last byte */

    stream->data[walk.last_header_bit / 8] &=
        (uint8_t) ~(1u << (walk.last_header_bit % 8));
    if (end_bit != 0)
        stream->data[in.len - 1] &= (uint8_t)((1u << end_bit) - 1);
    wf_buffer_add(stream, empty + has_room, sizeof empty - has_room);
    return wf_buffer_ok(stream, "the deflate data", err);
}

bool
wf_deflate_blocks_list(struct wf_deflate_blocks *blocks, struct wf_arena *arena,
                       struct wf_bytes in, struct wf_error *err)
{
    struct walk walk = { .blocks = blocks };

    *blocks = (struct wf_deflate_blocks){ .arena = arena };
    if (!walk_blocks(&walk, in, err))
        return false;
    blocks->end_bit = position(&walk);
    blocks->out_len = walk.out_len;
    return true;
}
