/* test_record.c -- RECORD. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/buffer.h"
#include "wheel/record.h"

/* The SHA-256 of nothing, as RECORD writes it. */
#define EMPTY "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

static const char sample[] =
    "p/b.py,sha256=" EMPTY ",0\r\n"
    "\"p/a,\"\"x\"\".py\",sha256=" EMPTY ",12\n"
    "\n"
    "p/c.py,sha512=Uw6nv3_WuE5JnPRkFj02uyQ6aOFJNq3CcSfJ2zx7b9Yy4nIo"
    "1pDPZ5RMyVgLBxoiZNnkbyDkYfLCjRxHEQ8Yiw,18446744073709551615\n"
    "d-1.dist-info/RECORD,,\n";

static struct wf_record
parsed(struct wf_arena *arena, const char *text)
{
    struct wf_bytes exact = exact_copy(text, strlen(text));
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };

    if (!wf_record_parse(&record, arena, exact, &err))
        fail_msg("%s", err.text);
    free_exact(exact);
    return record;
}

static void
reads_rows_with_and_without_quotes(void **state)
{
    static const uint8_t empty_hash[] = { 0xe3, 0xb0, 0xc4, 0x42 };
    struct wf_arena arena = { 0 };
    const struct wf_record record = parsed(&arena, sample);

    (void)state;
    assert_int_equal(record.num_rows, 4);
    assert_string_equal(record.rows[0].path, "p/b.py");
    assert_string_equal(record.rows[0].hash, "sha256=" EMPTY);
    assert_true(record.rows[0].has_sha256);
    assert_memory_equal(record.rows[0].sha256, empty_hash, sizeof empty_hash);
    assert_true(record.rows[0].has_size);
    assert_int_equal(record.rows[0].size, 0);
    assert_string_equal(record.rows[1].path, "p/a,\"x\".py");
    assert_int_equal(record.rows[1].size, 12);
    assert_int_equal(record.rows[1].line, 2);
    assert_false(record.rows[2].has_sha256);
    assert_true(record.rows[2].size == UINT64_MAX);
    assert_int_equal(record.rows[2].line, 4);
    assert_string_equal(record.rows[3].hash, "");
    assert_false(record.rows[3].has_size);
    assert_int_equal(record.num_faults, 0);
    wf_arena_clear(&arena);
}

static void
finds_the_first_row_of_a_path(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_record record = parsed(&arena, "b,,\na,,\nb,,\nc,,\n");

    (void)state;
    assert_int_equal(wf_record_find(&record, "a")->line, 2);
    assert_int_equal(wf_record_find(&record, "b")->line, 1);
    assert_int_equal(wf_record_find(&record, "c")->line, 4);
    assert_null(wf_record_find(&record, ""));
    assert_null(wf_record_find(&record, "ab"));
    assert_null(wf_record_find(&record, "d"));
    assert_int_equal(record.by_path[0], 1);
    assert_int_equal(record.by_path[1], 0);
    assert_int_equal(record.by_path[2], 2);
    const struct wf_record none = parsed(&arena, "");

    assert_int_equal(none.num_rows, 0);
    assert_null(wf_record_find(&none, "a"));
    wf_arena_clear(&arena);
}

static void
each_fault_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *slug;
        const char *message;
        unsigned line;
    } cases[] = {
        { "a\n", "rc-csv", "1 fields; RECORD lines have 3", 1 },
        { "\na,b\n", "rc-csv", "2 fields; RECORD lines have 3", 2 },
        { "a,b,c,d,e\n", "rc-csv", "5 fields; RECORD lines have 3", 1 },
        { "a\"b,sha256=" EMPTY ",0\n", "rc-csv",
          "a quote stands inside a field without quotes", 1 },
        { ",sha256=" EMPTY ",0\n", "rc-canonical", "the path is empty", 1 },
        { "a,,0\n", "rc-hash-present", "the hash is missing", 1 },
        { "a,sha256=" EMPTY ",\n", "rc-hash-present", "the size is missing", 1 },
        { "x-1.dist-info/RECORD,,0\n", "rc-self-blank",
          "RECORD cannot hold a hash or size of itself", 1 },
        { "p/x-1.dist-info/RECORD,,0\n", "rc-hash-present", "the hash is missing", 1 },
        { "x-1.dist-info/RECORD.jws,,\n", "rc-no-sig-listed",
          "signatures of RECORD must not be listed in it", 1 },
        { "x-1.dist-info/RECORD.p7s,,\n", "rc-no-sig-listed",
          "signatures of RECORD must not be listed in it", 1 },
        { "a,md5=1B2M2Y8AsgTpgAmY7PhCfg,0\n", "rc-hash-strong",
          "the hash is weaker than SHA-256, which is the least allowed", 1 },
        { "a,sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,0\n", "rc-hash-strong",
          "the hash is weaker than SHA-256, which is the least allowed", 1 },
        { "a,crc32=AAAA,0\n", "rc-hash-known", "\"crc32\" is no known hash algorithm",
          1 },
        { "a,sha256,0\n", "rc-hash-known", "\"sha256\" is no known hash algorithm", 1 },
        { "a,SHA256=" EMPTY ",0\n", "rc-hash-known",
          "\"SHA256\" is no known hash algorithm", 1 },
        { "a,sha256=" EMPTY "=,0\n", "rc-hash-alphabet",
          "the hash is not URL-safe base64 without padding, or has the wrong length", 1 },
        { "a,sha256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU,0\n", "rc-hash-alphabet",
          "the hash is not URL-safe base64 without padding, or has the wrong length", 1 },
        { "a,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV,0\n", "rc-hash-alphabet",
          "the hash is not URL-safe base64 without padding, or has the wrong length", 1 },
        { "a,sha256=,0\n", "rc-hash-alphabet",
          "the hash is not URL-safe base64 without padding, or has the wrong length", 1 },
        { "a,sha256=" EMPTY ",-1\n", "rc-size-decimal", "the size is no decimal number",
          1 },
        { "a,sha256=" EMPTY ",18446744073709551616\n", "rc-size-decimal",
          "the size is no decimal number", 1 },
        { "a/,sha256=" EMPTY ",0\n", "rc-no-directories", "the path is a folder's", 1 },
        { "../a,sha256=" EMPTY ",0\n", "rc-relative", "the path leaves the wheel", 1 },
        { "a/../b,sha256=" EMPTY ",0\n", "rc-relative", "the path leaves the wheel", 1 },
        { "a/..,sha256=" EMPTY ",0\n", "rc-relative", "the path leaves the wheel", 1 },
        { "/a,sha256=" EMPTY ",0\n", "rc-relative", "the path leaves the wheel", 1 },
        { "C:/a,sha256=" EMPTY ",0\n", "rc-relative", "the path leaves the wheel", 1 },
        { "a\\b,sha256=" EMPTY ",0\n", "rc-forward-slash", "the path has a backslash",
          1 },
        { "./a,sha256=" EMPTY ",0\n", "rc-canonical",
          "the path has an empty or \".\" part", 1 },
        { "a//b,sha256=" EMPTY ",0\n", "rc-canonical",
          "the path has an empty or \".\" part", 1 },
        { "a/.,sha256=" EMPTY ",0\n", "rc-canonical",
          "the path has an empty or \".\" part", 1 },
        { "a\tb,sha256=" EMPTY ",0\n", "rc-canonical", "the path has a control character",
          1 },
        { "a,sha256=" EMPTY ",0\nb,sha256=" EMPTY ",0\na,sha256=" EMPTY ",0\n",
          "rc-no-duplicate", "the path stands on line 1 already", 3 },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_record record = parsed(&arena, cases[i].text);

        print_message("# %s: %s\n", cases[i].slug, cases[i].message);
        assert_int_equal(record.num_faults, 1);
        assert_string_equal(record.faults[0].slug, cases[i].slug);
        assert_string_equal(record.faults[0].message, cases[i].message);
        assert_int_equal(record.faults[0].line, cases[i].line);
    }
    wf_arena_clear(&arena);
}

static void
what_is_right_is_no_fault(void **state)
{
    static const char *const texts[] = {
        "a..b/...c,sha256=" EMPTY ",0\n",
        "a b,sha256=" EMPTY ",00\n",
        "\xc3\xa9.py,sha256=" EMPTY ",0",
        "\"a\",\"sha256=" EMPTY "\",\"0\"\r\n",
        "x-1.dist-info/RECORD,,\n\n\r\n",
        "a,sha3_256=" EMPTY ",0\na.b,blake2s=" EMPTY ",0\n",
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(texts); i++)
        assert_int_equal(parsed(&arena, texts[i]).num_faults, 0);
    wf_arena_clear(&arena);
}

static void
a_line_break_in_quotes_is_read_and_told(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_record record = parsed(&arena, "\"a\nb\",sha256=" EMPTY ",0\nc,,0\n");

    (void)state;
    assert_int_equal(record.num_rows, 2);
    assert_string_equal(record.rows[0].path, "a\nb");
    assert_int_equal(record.rows[0].line, 1);
    assert_int_equal(record.rows[1].line, 3);
    assert_int_equal(record.num_faults, 3);
    assert_string_equal(record.faults[0].slug, "rc-csv");
    assert_string_equal(record.faults[0].message,
                        "a line break stands inside a quoted field");
    assert_string_equal(record.faults[1].slug, "rc-canonical");
    assert_int_equal(record.faults[2].line, 3);
    wf_arena_clear(&arena);
}

static void
refuses_what_is_no_csv_and_says_where(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        uint64_t offset;
        const char *error;
    } cases[] = {
        { "a,,\n\"b,,\n", 9, 9, "at 0x9: line 2 has no closing quote" },
        { "\"", 1, 1, "at 0x1: line 1 has no closing quote" },
        { "\"a\"b,,\n", 7, 3, "at 0x3: line 1 goes on behind a closing quote" },
        { "a,,\rb,,\n", 8, 4,
          "at 0x4: line 1 has a carriage return without a line feed" },
        { "a,,\r", 4, 4, "at 0x4: line 1 has a carriage return without a line feed" },
        { "a,,\nb\0,,\n", 9, 5, "at 0x5: line 2 has a NUL byte" },
        { "\"a\0\",,\n", 7, 2, "at 0x2: line 1 has a NUL byte" },
        { "a,,\nb\xff,,\n", 9, 4, "at 0x4: line 2 is not UTF-8" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i].text, cases[i].len);
        struct wf_record record = { .num_rows = 77 };
        struct wf_error err = { 0 };

        assert_false(wf_record_parse(&record, &arena, exact, &err));
        assert_error_at(err, WF_ERR_MALFORMED, cases[i].offset, cases[i].error);
        assert_int_equal(record.num_rows, 77);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

static struct wf_record
parsed_rows(struct wf_arena *arena, struct wf_buffer *text, const char *fmt, size_t num)
{
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };

    wf_buffer_init(text, SIZE_MAX);
    for (size_t i = 0; i < num; i++) {
        char row[200];

        snprintf(row, sizeof row, "%s%07zu%s", fmt, (i * 7919) % num,
                 ",sha256=" EMPTY ",0\n");
        wf_buffer_add_str(text, row);
    }
    assert_true(wf_record_parse(&record, arena, wf_buffer_bytes(text), &err));
    return record;
}

static void
reads_a_million_rows_in_bounded_memory(void **state)
{
    enum { ROWS = 1000000 };
    struct wf_arena arena = { 0 };
    struct wf_buffer text;
    const struct wf_record record =
        parsed_rows(&arena, &text, "package/with/a/long/folder/name/module_", ROWS);

    (void)state;
    assert_int_equal(record.num_rows, ROWS);
    assert_int_equal(record.num_faults, 0);
    assert_int_equal(
        wf_record_find(&record, "package/with/a/long/folder/name/module_0000000")->line,
        1);
    assert_true(arena.used < text.len + (size_t)ROWS * 100);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
keeps_a_thousand_faults_and_counts_the_rest(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer text;
    const struct wf_record record = parsed_rows(&arena, &text, "../", 1500);

    (void)state;
    assert_int_equal(record.num_faults, 1000);
    assert_string_equal(record.faults[998].message, "the path leaves the wheel");
    assert_string_equal(record.faults[999].message,
                        "the path leaves the wheel (and 500 more faults of RECORD)");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
more_rows_than_the_limit_are_refused(void **state)
{
    enum { MOST = 4000000 };
    struct wf_arena arena = { 0 };
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i <= MOST; i++)
        wf_buffer_add(&text, "a\n", 2);
    assert_false(wf_record_parse(&record, &arena, wf_buffer_bytes(&text), &err));
    assert_error(err, WF_ERR_LIMIT,
                 "line 4000001 is more than the limit of 4000000 rows");
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
the_arena_bounds_what_a_record_takes(void **state)
{
    struct wf_arena arena = { .limit = 100 };
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_record_parse(&record, &arena, wf_bytes_str(sample), &err));
    assert_error(err, WF_ERR_LIMIT,
                 "RECORD needs more than 100 bytes of memory to describe");
    wf_arena_clear(&arena);
}

static void
parse_damaged(struct wf_bytes exact)
{
    struct wf_arena arena = { 0 };
    struct wf_record record = { 0 };
    struct wf_error err = { 0 };

    if (!wf_record_parse(&record, &arena, exact, &err))
        assert_int_not_equal(err.text[0], '\0');
    for (size_t i = 0; i < record.num_rows; i++)
        assert_non_null(wf_record_find(&record, record.rows[i].path));
    for (size_t i = 0; i < record.num_faults; i++)
        assert_int_not_equal(record.faults[i].message[0], '\0');
    wf_arena_clear(&arena);
}

static void
damaged_records_are_read_within_their_bytes(void **state)
{
    static const char changes[] = { '\0', '\n', '\r', '"', ',', '=', '/', '\xff' };
    const size_t whole = sizeof sample - 1;

    (void)state;
    for (size_t len = 0; len <= whole; len++) {
        struct wf_bytes exact = exact_copy(sample, len);

        parse_damaged(exact);
        free_exact(exact);
    }
    for (size_t at = 0; at < whole; at++) {
        for (size_t c = 0; c < sizeof changes; c++) {
            struct wf_bytes exact = exact_copy(sample, whole);

            ((char *)(uintptr_t)exact.data)[at] = changes[c];
            parse_damaged(exact);
            free_exact(exact);
        }
    }
}

/* The table is what rules are made from, so a slug that is not in it would be lost. */
static void
the_table_of_faults_is_sorted_and_complete(void **state)
{
    static const char every[] =
        "a\n/a,md5=x,x\n/a,x=x,\nb\\,sha256=x,1\n./c,,\nd/,,\n"
        "e,md5=1B2M2Y8AsgTpgAmY7PhCfg,0\nx-1.dist-info/RECORD,a,\n"
        "x-1.dist-info/RECORD.jws,,\n";
    struct wf_arena arena = { 0 };
    const struct wf_record record = parsed(&arena, every);
    struct wf_strings seen = { 0 };

    (void)state;
    for (size_t i = 0; i < record.num_faults; i++)
        wf_strings_add(&arena, &seen, record.faults[i].slug);
    assert_int_equal(seen.num, wf_num_record_fault_slugs);
    for (size_t i = 0; i < seen.num; i++)
        assert_string_equal(seen.items[i], wf_record_fault_slugs[i]);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_with_and_without_quotes),
        cmocka_unit_test(finds_the_first_row_of_a_path),
        cmocka_unit_test(each_fault_is_told_with_its_line),
        cmocka_unit_test(what_is_right_is_no_fault),
        cmocka_unit_test(a_line_break_in_quotes_is_read_and_told),
        cmocka_unit_test(refuses_what_is_no_csv_and_says_where),
        cmocka_unit_test(reads_a_million_rows_in_bounded_memory),
        cmocka_unit_test(keeps_a_thousand_faults_and_counts_the_rest),
        cmocka_unit_test(more_rows_than_the_limit_are_refused),
        cmocka_unit_test(the_arena_bounds_what_a_record_takes),
        cmocka_unit_test(damaged_records_are_read_within_their_bytes),
        cmocka_unit_test(the_table_of_faults_is_sorted_and_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
