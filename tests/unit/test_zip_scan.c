/* test_zip_scan.c -- what an accepted archive says, and that damage never passes for it.
 * The malformed archives themselves are in test_malformed.c. */
#include "../support/unit.h"
#include "../support/zip_builder.h"
#include "../support/zip_reading.h"

#include <stdio.h>

#include "base/arena.h"

enum { MANY = 70000 };

static struct wf_bytes
built(struct wf_buffer *out, const struct wf_test_zip *zip)
{
    struct wf_error err = { 0 };

    wf_buffer_init(out, SIZE_MAX);
    assert_true(wf_test_zip_build(out, zip, &err));
    return wf_buffer_bytes(out);
}

/* Three members, out of order, one stored, one a folder. */
static struct wf_bytes
build_small(struct wf_buffer *out)
{
    static const struct wf_test_member members[] = {
        { .name = { (const uint8_t *)"z/b.py", 6, 0 },
          .data = { (const uint8_t *)"import z.a\n", 11, 0 } },
        { .name = { (const uint8_t *)"z/", 2, 0 }, .is_stored = true },
        { .name = { (const uint8_t *)"a.so", 4, 0 },
          .data = { (const uint8_t *)"\177ELF and the rest", 17, 0 },
          .is_stored = true,
          .mode = 0100755 },
    };
    const struct wf_test_zip zip = {
        .members = members,
        .num_members = WF_COUNT(members),
        .comment = wf_bytes_str("said by hand"),
    };

    return built(out, &zip);
}

static void
describes_members_in_the_order_of_the_directory(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_all(&r, &err));
    assert_int_equal(r.zip.num_members, 3);
    assert_string_equal(r.zip.members[0].name, "z/b.py");
    assert_string_equal(r.zip.members[1].name, "z/");
    assert_string_equal(r.zip.members[2].name, "a.so");
    assert_int_equal(r.zip.by_name[0], 2);
    assert_int_equal(r.zip.by_name[1], 1);
    assert_int_equal(r.zip.by_name[2], 0);
    assert_int_equal(r.zip.total_size, 28);
    assert_false(r.zip.is_zip64);
    assert_true(wf_bytes_equal_str(r.zip.comment, "said by hand"));
    assert_null(zip_reading_broken(&r));
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
tells_kind_mode_and_first_bytes_of_a_member(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_all(&r, &err));
    const struct wf_zip_member *so = wf_zip_find(&r.zip, "a.so");
    const struct wf_zip_member *py = wf_zip_find(&r.zip, "z/b.py");
    const struct wf_zip_member *folder = wf_zip_find(&r.zip, "z/");

    assert_int_equal(wf_zip_mode(so), 0100755);
    assert_int_equal(so->method, WF_ZIP_STORED);
    assert_int_equal(so->head_len, 17);
    assert_memory_equal(so->head, "\177ELF", 4);
    assert_int_equal(py->method, WF_ZIP_DEFLATED);
    assert_int_equal(py->head_len, 11);
    assert_memory_equal(py->head, "import z.a\n", 11);
    assert_true(wf_zip_is_folder(folder));
    assert_false(wf_zip_is_folder(py));
    assert_int_equal(folder->notes, WF_ZIP_NOTE_DIRECTORY);
    assert_int_equal(py->notes, 0);
    assert_null(wf_zip_find(&r.zip, "z"));
    assert_null(wf_zip_find(&r.zip, "zz"));
    assert_null(wf_zip_find(&r.zip, ""));
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
every_cut_archive_is_refused(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    for (size_t len = bytes.len; len-- > 0;) {
        struct wf_error err = { 0 };

        zip_reading_cut(&r, len, true);
        assert_false(zip_reading_all(&r, &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_int_not_equal(err.text[0], '\0');
        assert_int_equal(err.has_offset, len >= 22);
    }
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
refuse_or_keep_promises(struct zip_reading *r, size_t at)
{
    struct wf_error err = { 0 };

    if (zip_reading_all(r, &err)) {
        const char *broken = zip_reading_broken(r);

        if (broken != NULL)
            fail_msg("with another byte at %zu: %s", at, broken);
    } else if (err.text[0] == '\0' || err.kind == WF_ERR_NONE) {
        fail_msg("with another byte at %zu: refused without a reason", at);
    }
}

static void
every_changed_byte_is_refused_or_harmless(void **state)
{
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };
    struct zip_reading r;
    struct wf_buffer bytes;

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    for (size_t at = 0; at < bytes.len; at++) {
        for (size_t i = 0; i < WF_COUNT(changes); i++) {
            zip_reading_put(&r, at, bytes.data[at] ^ changes[i]);
            refuse_or_keep_promises(&r, at);
        }
        zip_reading_put(&r, at, bytes.data[at]);
    }
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

/* The CRC covers the content; the last byte is left out because the bits that fill it up
 * mean nothing (fixtures/malformed/deflate-padding.json). */
static void
every_changed_data_byte_is_refused(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_all(&r, &err));
    const struct wf_zip_member py = *wf_zip_find(&r.zip, "z/b.py");

    for (uint64_t at = py.data_off; at < py.data_off + py.comp_size - 1; at++) {
        zip_reading_put(&r, (size_t)at, bytes.data[at] ^ 0x40);
        assert_false(zip_reading_all(&r, &err));
        assert_string_equal(err.where, "z/b.py");
        zip_reading_put(&r, (size_t)at, bytes.data[at]);
    }
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
a_file_that_shrinks_is_a_short_read(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_open(&r, &err));
    zip_reading_cut(&r, 40, false);
    assert_false(wf_zip_check_local(&r.zip, 0, 3, r.inflater, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, "z/b.py");
    assert_false(zip_reading_open(&r, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
a_file_that_shrinks_before_its_data_is_read_is_a_short_read(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_all(&r, &err));
    const struct wf_zip_member *so = wf_zip_find(&r.zip, "a.so");

    zip_reading_cut(&r, (size_t)so->data_off + 3, false);
    assert_false(wf_zip_read(&r.out, &r.in, &r.zip, so, r.inflater, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, "a.so");
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static struct wf_test_member *
many_members(struct wf_arena *arena, size_t num)
{
    struct wf_test_member *members = wf_arena_array(arena, num, sizeof *members);

    for (size_t i = 0; i < num; i++) {
        /* Reversed, so that no order comes for free. */
        const char *name =
            wf_arena_printf(arena, "package/with/folders/m%05zu.py", num - i);

        members[i] = (struct wf_test_member){
            .name = wf_bytes_str(name),
            .data = wf_bytes_str("pass\n"),
            .is_stored = true,
        };
    }
    return members;
}

static void
reads_seventy_thousand_members_through_zip64(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_test_zip zip = {
        .members = many_members(&arena, MANY),
        .num_members = MANY,
        .has_zip64 = true,
    };
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, built(&bytes, &zip)));
    if (!zip_reading_all(&r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.zip.num_members, MANY);
    assert_true(r.zip.is_zip64);
    assert_null(zip_reading_broken(&r));
    r.limits.members = MANY - 1;
    assert_false(zip_reading_open(&r, &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&arena);
}

/* Readers that ignore the count find all, readers that believe it 4,464. */
static void
refuses_a_count_modulo_65536(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_test_override low[] = { { "num", MANY - 65536 },
                                      { "num_here", MANY - 65536 } };
    const struct wf_test_zip zip = {
        .members = many_members(&arena, MANY),
        .num_members = MANY,
        .end = { low, WF_COUNT(low) },
    };
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, built(&bytes, &zip)));
    assert_false(zip_reading_open(&r, &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(err.text, "bytes of the directory follow its 4464 entries"));
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&arena);
}

static void
reads_sixty_five_thousand_five_hundred_thirty_five_members_without_zip64(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_test_zip zip = {
        .members = many_members(&arena, UINT16_MAX),
        .num_members = UINT16_MAX,
    };
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, built(&bytes, &zip)));
    assert_true(zip_reading_all(&r, &err));
    assert_int_equal(r.zip.num_members, UINT16_MAX);
    assert_false(r.zip.is_zip64);
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&arena);
}

static void
headers_are_checked_in_any_ranges(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_open(&r, &err));
    assert_true(wf_zip_check_local(&r.zip, 2, 1, r.inflater, &err));
    assert_true(wf_zip_check_local(&r.zip, 1, 1, r.inflater, &err));
    assert_true(wf_zip_check_local(&r.zip, 0, 1, r.inflater, &err));
    assert_true(wf_zip_check_local(&r.zip, 0, 0, r.inflater, &err));
    assert_null(zip_reading_broken(&r));
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
the_error_of_a_range_is_that_of_the_lowest_offset(void **state)
{
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(zip_reading_start(&r, build_small(&bytes)));
    assert_true(zip_reading_open(&r, &err));
    for (size_t i = 0; i < 3; i++)
        zip_reading_put(&r, (size_t)r.zip.members[i].local_off, 'X');
    assert_false(wf_zip_check_local(&r.zip, 0, 3, r.inflater, &err));
    assert_int_equal(err.offset, 0);
    assert_string_equal(err.where, "z/b.py");
    assert_false(wf_zip_check_local(&r.zip, 2, 1, r.inflater, &err));
    assert_string_equal(err.where, "a.so");
    assert_int_equal(err.offset, r.zip.members[2].local_off);
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

/* The peek wants 64 bytes; long extra fields and slow data must not hide them. */
static void
long_extra_fields_do_not_hide_the_first_bytes(void **state)
{
    uint8_t extra[4 + 60000] = { 0x55, 0x54, 60000 & 0xff, 60000 >> 8 };
    uint8_t data[300];
    const struct wf_test_member member = {
        .name = wf_bytes_str("a.so"),
        .data = wf_bytes_of(data, sizeof data),
        .local_extra = wf_bytes_of(extra, sizeof extra),
    };
    const struct wf_test_zip zip = { .members = &member, .num_members = 1 };
    struct zip_reading r;
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    assert_true(zip_reading_start(&r, built(&bytes, &zip)));
    if (!zip_reading_all(&r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.zip.members[0].head_len, 64);
    assert_memory_equal(r.zip.members[0].head, data, 64);
    zip_reading_end(&r);
    wf_buffer_clear(&bytes);
}

static void
each_note_has_a_slug_of_its_own(void **state)
{
    unsigned notes = 0;

    (void)state;
    for (size_t i = 0; i < wf_num_zip_note_rows; i++) {
        assert_int_equal(notes & wf_zip_note_rows[i].note, 0);
        assert_true(strncmp(wf_zip_note_rows[i].slug, "zp-", 3) == 0);
        notes |= wf_zip_note_rows[i].note;
    }
    assert_int_equal(notes, (1U << wf_num_zip_note_rows) - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_members_in_the_order_of_the_directory),
        cmocka_unit_test(tells_kind_mode_and_first_bytes_of_a_member),
        cmocka_unit_test(every_cut_archive_is_refused),
        cmocka_unit_test(every_changed_byte_is_refused_or_harmless),
        cmocka_unit_test(every_changed_data_byte_is_refused),
        cmocka_unit_test(a_file_that_shrinks_is_a_short_read),
        cmocka_unit_test(a_file_that_shrinks_before_its_data_is_read_is_a_short_read),
        cmocka_unit_test(reads_seventy_thousand_members_through_zip64),
        cmocka_unit_test(refuses_a_count_modulo_65536),
        cmocka_unit_test(
            reads_sixty_five_thousand_five_hundred_thirty_five_members_without_zip64),
        cmocka_unit_test(headers_are_checked_in_any_ranges),
        cmocka_unit_test(the_error_of_a_range_is_that_of_the_lowest_offset),
        cmocka_unit_test(long_extra_fields_do_not_hide_the_first_bytes),
        cmocka_unit_test(each_note_has_a_slug_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
