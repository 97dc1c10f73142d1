/* test_record_write.c -- rows of RECORD, and that the reader takes them back as they were. */
#include "../support/unit.h"

#include "wheel/record.h"
#include "wheel/record_write.h"

static const uint8_t digest[WF_SHA256_LEN] = { 0xfb, 0xff, 1, 2, 3 };

#define DIGEST_TEXT "sha256=-_8BAgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void
assert_row(const char *path, uint64_t size, const char *expected)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 4096);
    wf_record_write_row(&out, path, digest, size);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
}

static void
a_row_is_path_hash_and_size(void **state)
{
    (void)state;
    assert_row("demo/__init__.py", 0, "demo/__init__.py," DIGEST_TEXT ",0\n");
    assert_row("demo/\xc3\xa9 x.py", UINT64_MAX,
               "demo/\xc3\xa9 x.py," DIGEST_TEXT ",18446744073709551615\n");
}

static void
only_paths_that_csv_would_misread_are_quoted(void **state)
{
    (void)state;
    assert_row("a,b", 1, "\"a,b\"," DIGEST_TEXT ",1\n");
    assert_row("a\"b\"", 1, "\"a\"\"b\"\"\"," DIGEST_TEXT ",1\n");
    assert_row("a\nb", 1, "\"a\nb\"," DIGEST_TEXT ",1\n");
    assert_row("a'b; c", 1, "a'b; c," DIGEST_TEXT ",1\n");
}

static void
its_own_row_has_neither_hash_nor_size(void **state)
{
    struct wf_buffer out;

    (void)state;
    wf_buffer_init(&out, 4096);
    wf_record_write_own_row(&out, "a,b-1.dist-info/RECORD");
    assert_true(
        wf_bytes_equal_str(wf_buffer_bytes(&out), "\"a,b-1.dist-info/RECORD\",,\n"));
    wf_buffer_clear(&out);
}

static void
what_is_written_is_read_back_without_a_fault(void **state)
{
    static const char *const paths[] = { "a,b.py", "a.py", "b\"q\".so",
                                         "\"",     ",",    "d-1.dist-info/WHEEL" };
    const char *own = "d-1.dist-info/RECORD";
    struct wf_arena arena = { 0 };
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;

    (void)state;
    wf_buffer_init(&out, 4096);
    for (size_t i = 0; i < WF_COUNT(paths); i++)
        wf_record_write_row(&out, paths[i], digest, i);
    wf_record_write_own_row(&out, own);
    assert_true(wf_record_parse(&record, &arena, wf_buffer_bytes(&out), &err));
    assert_int_equal(record.num_faults, 0);
    assert_int_equal(record.num_rows, WF_COUNT(paths) + 1);
    for (size_t i = 0; i < WF_COUNT(paths); i++) {
        assert_string_equal(record.rows[i].path, paths[i]);
        assert_int_equal(record.rows[i].size, i);
        assert_true(record.rows[i].has_sha256);
        assert_memory_equal(record.rows[i].sha256, digest, WF_SHA256_LEN);
    }
    assert_string_equal(record.rows[WF_COUNT(paths)].path, own);
    assert_false(record.rows[WF_COUNT(paths)].has_size);
    wf_arena_clear(&arena);
    wf_buffer_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_path_hash_and_size),
        cmocka_unit_test(only_paths_that_csv_would_misread_are_quoted),
        cmocka_unit_test(its_own_row_has_neither_hash_nor_size),
        cmocka_unit_test(what_is_written_is_read_back_without_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
