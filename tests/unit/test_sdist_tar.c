/* test_sdist_tar.c -- headers of tar, byte by byte. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/arena.h"
#include "pack/sdist_tar.h"

static struct wf_buffer
header_of(const char *path, uint64_t size, int64_t time, unsigned *num_pax)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 16);
    assert_true(wf_tar_header(&out, path, size, time, num_pax, NULL));
    return out;
}

static void
assert_field(const struct wf_buffer *header, size_t off, const char *text)
{
    assert_memory_equal(header->data + off, text, strlen(text) + 1);
}

static void
a_header_names_nobody_and_no_mode_but_0644(void **state)
{
    unsigned num_pax = 0;
    struct wf_buffer header = header_of("demo-1.0/a.rs", 1025, 1153704088, &num_pax);

    (void)state;
    assert_int_equal(header.len, WF_TAR_BLOCK);
    assert_int_equal(num_pax, 0);
    assert_field(&header, 0, "demo-1.0/a.rs");
    assert_field(&header, 100, "0000644");
    assert_field(&header, 108, "0000000");
    assert_field(&header, 116, "0000000");
    assert_field(&header, 124, "00000002001");
    assert_field(&header, 136, "10461020230");
    assert_memory_equal(header.data + 156, "0", 1);
    assert_memory_equal(header.data + 257, "ustar\00000", 9);
    assert_int_equal(header.data[265], 0);
    assert_int_equal(header.data[297], 0);
    wf_buffer_clear(&header);
}

static void
the_sum_counts_itself_as_blanks(void **state)
{
    unsigned num_pax = 0;
    struct wf_buffer header = header_of("a/b", 0, 0, &num_pax);
    unsigned sum = 0;
    char text[8];

    (void)state;
    for (size_t i = 0; i < WF_TAR_BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : header.data[i];
    snprintf(text, sizeof text, "%06o", sum);
    assert_field(&header, 148, text);
    assert_int_equal(header.data[155], ' ');
    wf_buffer_clear(&header);
}

/* A path of `before` bytes, a slash, and `behind` bytes. */
static const char *
parted(struct wf_arena *arena, size_t before, size_t behind)
{
    char *path = wf_arena_alloc(arena, before + behind + 2);

    memset(path, 'a', before + behind + 1);
    path[before] = '/';
    return path;
}

static void
a_path_is_parted_at_a_slash_where_both_parts_fit(void **state)
{
    struct wf_arena arena = { 0 };
    unsigned num_pax = 0;
    struct wf_buffer header = header_of(parted(&arena, 155, 100), 0, 0, &num_pax);

    (void)state;
    assert_int_equal(header.len, WF_TAR_BLOCK);
    assert_int_equal(header.data[99], 'a');
    assert_int_equal(header.data[345 + 154], 'a');
    assert_int_equal(header.data[500], 0);
    wf_buffer_clear(&header);

    header = header_of(parted(&arena, 49, 50), 0, 0, &num_pax);
    assert_int_equal(header.data[49], '/');
    assert_int_equal(header.data[345], 0);
    wf_buffer_clear(&header);
    assert_int_equal(num_pax, 0);
    wf_arena_clear(&arena);
}

static void
a_path_that_does_not_fit_has_a_record_in_front(void **state)
{
    struct wf_arena arena = { 0 };
    const char *const paths[] = { parted(&arena, 156, 100), parted(&arena, 20, 101) };
    unsigned num_pax = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(paths); i++) {
        struct wf_buffer header = header_of(paths[i], 3, 7, &num_pax);
        const size_t len = strlen(paths[i]) + strlen("000 path=\n");
        const char *record = wf_arena_printf(&arena, "%zu path=%s\n", len, paths[i]);

        assert_int_equal(header.len, 3 * WF_TAR_BLOCK);
        assert_field(&header, 0, "././@PaxHeader");
        assert_memory_equal(header.data + 156, "x", 1);
        assert_field(&header, 124, wf_arena_printf(&arena, "%011zo", len));
        assert_memory_equal(header.data + WF_TAR_BLOCK, record, len + 1);
        assert_string_equal((char *)header.data + 2 * WF_TAR_BLOCK,
                            i == 0 ? "PaxHeaders/0" : "PaxHeaders/1");
        assert_memory_equal(header.data + 2 * WF_TAR_BLOCK + 156, "0", 1);
        wf_buffer_clear(&header);
    }
    wf_arena_clear(&arena);
}

/* "9 path=x\n" is 9 bytes, and a record of 10 needs two digits: 11. */
static void
a_record_counts_the_digits_of_its_own_length(void **state)
{
    static const struct {
        const char *path, *record;
    } rows[] = {
        { "\303\244", "11 path=\303\244\n" },
        { "\303\244/b", "13 path=\303\244/b\n" },
    };
    unsigned num_pax = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_buffer header = header_of(rows[i].path, 0, 0, &num_pax);

        assert_memory_equal(header.data + WF_TAR_BLOCK, rows[i].record,
                            strlen(rows[i].record) + 1);
        wf_buffer_clear(&header);
    }
}

static void
what_has_no_digits_in_ustar_is_refused(void **state)
{
    struct wf_buffer out;
    struct wf_error err = { 0 };
    unsigned num_pax = 0;

    (void)state;
    wf_buffer_init(&out, 1 << 16);
    assert_true(wf_tar_header(&out, "a", (UINT64_C(1) << 33) - 1, (INT64_C(1) << 33) - 1,
                              &num_pax, &err));
    assert_false(wf_tar_header(&out, "a", UINT64_C(1) << 33, 0, &num_pax, &err));
    assert_error(err, WF_ERR_UNSUPPORTED,
                 "has 8589934592 bytes; a member of a tar has less than 8 GiB");
    assert_false(wf_tar_header(&out, "a", 0, INT64_C(1) << 33, &num_pax, &err));
    assert_error(err, WF_ERR_UNSUPPORTED,
                 "the time 8589934592 is outside what a tar can hold (0 to 8589934591)");
    assert_false(wf_tar_header(&out, "a", 0, -1, &num_pax, &err));
    assert_error(err, WF_ERR_UNSUPPORTED,
                 "the time -1 is outside what a tar can hold (0 to 8589934591)");
    assert_int_equal(out.len, WF_TAR_BLOCK);
    wf_buffer_clear(&out);
}

static void
padding_fills_blocks(void **state)
{
    (void)state;
    assert_int_equal(wf_tar_padding(0), 0);
    assert_int_equal(wf_tar_padding(1), 511);
    assert_int_equal(wf_tar_padding(512), 0);
    assert_int_equal(wf_tar_padding(513), 511);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_names_nobody_and_no_mode_but_0644),
        cmocka_unit_test(the_sum_counts_itself_as_blanks),
        cmocka_unit_test(a_path_is_parted_at_a_slash_where_both_parts_fit),
        cmocka_unit_test(a_path_that_does_not_fit_has_a_record_in_front),
        cmocka_unit_test(a_record_counts_the_digits_of_its_own_length),
        cmocka_unit_test(what_has_no_digits_in_ustar_is_refused),
        cmocka_unit_test(padding_fills_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
