/* test_deflate_splice.c -- streams for changed bytes, made of the blocks of the one before:
 * two inflaters read the new bytes, and most of the stream is the old one. */
#include "../support/unit.h"

#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/deflate.h"

enum { LEN = 2000000, ROUNDS = 150, MOST_EDITS = 4 };

struct world {
    uint8_t *was;
    uint8_t *now;
    struct wf_arena arena;
    struct wf_buffer stream;
    struct wf_buffer spliced;
    struct wf_deflater *deflater;
    struct wf_inflater *inflater;
    uint32_t seed;
};

static uint32_t
next(struct world *w)
{
    w->seed = w->seed * 1664525 + 1013904223;
    return w->seed >> 8;
}

/* Letters with copies of what stands before them, noise that is stored, and runs of one
 * byte: blocks of every kind, and matches over all distances. */
static void
fill(struct world *w, uint8_t *data, size_t len)
{
    size_t at = 0;

    while (at < len) {
        const unsigned kind = next(w) % 8;

        for (size_t num = 500 + next(w) % 9000; num > 0 && at < len; num--) {
            size_t copy = next(w) % 40;
            const size_t back = 1 + next(w) % 32768;

            if (kind == 0)
                data[at++] = (uint8_t)next(w);
            else if (kind == 1)
                data[at++] = 7;
            else if (copy < 10 || back > at)
                data[at++] = (uint8_t)('a' + next(w) % 16);
            else
                for (; copy > 0 && at < len; copy--, at++)
                    data[at] = data[at - back];
        }
    }
}

/* As most wheels are made: by zlib, whose blocks are short. */
static void
pack(struct world *w, int level)
{
    z_stream z = { 0 };

    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_true(wf_buffer_reserve(&w->stream, deflateBound(&z, LEN)));
    z.next_in = w->was;
    z.avail_in = LEN;
    z.next_out = w->stream.data;
    z.avail_out = (uInt)w->stream.cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    w->stream.len = z.total_out;
    deflateEnd(&z);
}

static void
begin(struct world *w, int level, uint32_t seed)
{
    *w = (struct world){ .seed = seed };
    w->was = wf_arena_alloc(&w->arena, LEN);
    w->now = wf_arena_alloc(&w->arena, LEN + 100000);
    fill(w, w->was, LEN);
    memcpy(w->now, w->was, LEN);
    w->deflater = wf_deflater_new(WF_DEFLATE_LEVEL);
    w->inflater = wf_inflater_new();
    wf_buffer_init(&w->stream, SIZE_MAX);
    wf_buffer_init(&w->spliced, SIZE_MAX);
    pack(w, level);
}

static void
end(struct world *w)
{
    wf_buffer_clear(&w->stream);
    wf_buffer_clear(&w->spliced);
    wf_deflater_free(w->deflater);
    wf_inflater_free(w->inflater);
    wf_arena_clear(&w->arena);
}

static bool
splice(struct world *w, size_t len)
{
    wf_buffer_reset(&w->spliced);
    return wf_deflate_splice(&w->spliced, w->deflater, wf_buffer_bytes(&w->stream),
                             wf_bytes_of(w->was, LEN), wf_bytes_of(w->now, len));
}

/* By libdeflate, and by zlib, which reads block after block. */
static void
assert_is_now(struct world *w, size_t len)
{
    struct wf_error err = { 0 };
    uint8_t *out = wf_arena_alloc(&w->arena, len + 1);
    const struct wf_bytes spliced = wf_buffer_bytes(&w->spliced);

    if (!wf_inflate(w->inflater, spliced, out, len, &err))
        fail_msg("%s", err.text);
    assert_memory_equal(out, w->now, len);
    memset(out, 0, len);
    assert_int_equal(wf_inflate_peek(w->inflater, spliced, out, len + 1), len);
    assert_memory_equal(out, w->now, len);
}

static void
reads_as_the_new_bytes_whatever_is_changed(void **state)
{
    unsigned num_spliced = 0;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world w;

        begin(&w, (int)(1 + round % 9), round);
        for (unsigned i = next(&w) % (MOST_EDITS + 1); i > 0; i--) {
            const size_t at = next(&w) % LEN;
            const size_t num = 1 + next(&w) % 64;

            for (size_t k = at; k < LEN && k < at + num; k++)
                w.now[k] ^= (uint8_t)(1 + next(&w) % 255);
        }
        if (splice(&w, LEN)) {
            assert_is_now(&w, LEN);
            num_spliced++;
        }
        end(&w);
    }
    /* Four changes can take more than half of so short a stream. */
    assert_true(num_spliced > ROUNDS / 2);
}

static void
reads_as_the_new_bytes_when_they_are_more_or_fewer(void **state)
{
    static const size_t lens[] = { LEN + 1, LEN + 4096, LEN + 99999, LEN - 1,
                                   LEN - 5000 };

    (void)state;
    for (uint32_t round = 0; round < 6; round++)
        for (size_t i = 0; i < WF_COUNT(lens); i++) {
            struct world w;

            begin(&w, 6, round);
            fill(&w, w.now + LEN, 100000);
            w.now[300] ^= 1;
            assert_true(splice(&w, lens[i]));
            assert_is_now(&w, lens[i]);
            end(&w);
        }
}

static void
keeps_the_stream_where_nothing_is_changed(void **state)
{
    struct world w;

    (void)state;
    begin(&w, 6, 1);
    assert_true(splice(&w, LEN));
    assert_int_equal(w.spliced.len, w.stream.len);
    assert_memory_equal(w.spliced.data, w.stream.data, w.stream.len);
    end(&w);
}

/* What is kept of the end of a stream is its very bytes. */
static void
keeps_the_bytes_far_behind_a_change(void **state)
{
    struct world w;

    (void)state;
    begin(&w, 6, 2);
    w.now[1000] ^= 1;
    assert_true(splice(&w, LEN));
    assert_memory_equal(w.spliced.data + w.spliced.len - w.stream.len / 2,
                        w.stream.data + w.stream.len - w.stream.len / 2,
                        w.stream.len / 2);
    end(&w);
}

static void
gives_way_when_most_is_changed(void **state)
{
    struct world w;

    (void)state;
    begin(&w, 6, 3);
    for (size_t i = 0; i < LEN; i += 40000)
        w.now[i] ^= 1;
    assert_false(splice(&w, LEN));
    assert_int_equal(w.spliced.len, 0);
    end(&w);
}

static void
gives_way_when_the_stream_is_another_ones(void **state)
{
    struct world w;

    (void)state;
    begin(&w, 6, 4);
    assert_false(wf_deflate_splice(&w.spliced, w.deflater, wf_buffer_bytes(&w.stream),
                                   wf_bytes_of(w.was, LEN - 1),
                                   wf_bytes_of(w.now, LEN - 1)));
    for (size_t len = 0; len < 2000; len++) {
        assert_false(wf_deflate_splice(&w.spliced, w.deflater,
                                       wf_bytes_first(wf_buffer_bytes(&w.stream), len),
                                       wf_bytes_of(w.was, LEN), wf_bytes_of(w.now, LEN)));
        assert_int_equal(w.spliced.len, 0);
    }
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_the_new_bytes_whatever_is_changed),
        cmocka_unit_test(reads_as_the_new_bytes_when_they_are_more_or_fewer),
        cmocka_unit_test(keeps_the_stream_where_nothing_is_changed),
        cmocka_unit_test(keeps_the_bytes_far_behind_a_change),
        cmocka_unit_test(gives_way_when_most_is_changed),
        cmocka_unit_test(gives_way_when_the_stream_is_another_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
