/* test_zip_write.c -- archives as they are written: what the strict reader says of them,
 * their order, times, modes and bytes, and what is said when they cannot be. */
#define _XOPEN_SOURCE 700 /* tzset */
#include "../support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../support/folder.h"
#include "../support/zip_builder.h"
#include "../support/zip_reading.h"
#include "wheel/zip_write.h"

enum { MOST = 16, FILE_MODE = 0100644, FOLDER_MODE = 040755 };

/* New members by index, and what was asked of them so far. */
struct shelf {
    struct wf_zip_packed items[MOST];
    size_t asked[4 * MOST]; /* idx, +1000 when it was a release */
    size_t num_asked;
    size_t fails_at; /* 0: never */
};

static bool
get(void *context, size_t idx, struct wf_zip_packed *out, struct wf_error *err)
{
    struct shelf *shelf = context;

    shelf->asked[shelf->num_asked++] = idx;
    if (shelf->fails_at != 0 && idx == shelf->fails_at)
        return wf_error_at(err, WF_ERR_REFUSED, 77, "no room for \"%s\"", "x");
    *out = shelf->items[idx];
    return true;
}

static void
release(void *context, size_t idx)
{
    struct shelf *shelf = context;

    shelf->asked[shelf->num_asked++] = 1000 + idx;
}

static struct wf_zip_packed
stored(struct wf_bytes text)
{
    return (struct wf_zip_packed){ text, text.len, wf_crc32(0, text), WF_ZIP_STORED };
}

/* Into `out`, which must live as long. */
static struct wf_zip_packed
deflated(struct wf_buffer *out, struct wf_bytes text)
{
    struct wf_deflater *deflater = wf_deflater_new(WF_DEFLATE_LEVEL);

    wf_buffer_init(out, SIZE_MAX);
    wf_deflate(deflater, text, out);
    wf_deflater_free(deflater);
    return (struct wf_zip_packed){ wf_buffer_bytes(out), text.len, wf_crc32(0, text),
                                   WF_ZIP_DEFLATED };
}

/* What one test writes and then reads. */
struct fixture {
    struct wf_output *output;
    struct shelf shelf;
    struct wf_zip_writer *writer;
    struct zip_reading reading;
    struct wf_buffer bytes; /* the archive */
};

static void
start(struct fixture *f, void **state, int64_t seconds)
{
    const struct wf_zip_supply supply = { get, release, &f->shelf };

    assert_true(wf_output_open(&f->output, *state, NULL));
    f->writer = wf_zip_writer_new(f->output, seconds, &supply);
}

/* Writes all that was added, and reads it with the strict reader. */
static void
finish(struct fixture *f, void **state)
{
    struct wf_error err = { 0 };

    if (!wf_zip_writer_finish(f->writer, &err))
        fail_msg("%s: %s", err.where, err.text);
    wf_zip_writer_free(f->writer);
    assert_true(wf_output_commit(f->output, "a.zip", 0644, &err));
    wf_buffer_init(&f->bytes, SIZE_MAX);
    assert_true(wf_file_read_whole(&f->bytes, folder_path(state, "a.zip"), &err));
    assert_true(zip_reading_start(&f->reading, wf_buffer_bytes(&f->bytes)));
    if (!zip_reading_all(&f->reading, &err))
        fail_msg("%s: %s", err.where, err.text);
    assert_null(zip_reading_broken(&f->reading));
}

static void
end(struct fixture *f)
{
    zip_reading_end(&f->reading);
    wf_buffer_clear(&f->bytes);
}

static void
add_text(struct fixture *f, const char *name, uint32_t mode, size_t idx, const char *text)
{
    f->shelf.items[idx] = stored(wf_bytes_str(text));
    assert_true(wf_zip_writer_add(f->writer, name, mode, idx, NULL));
}

static void
assert_member(struct fixture *f, size_t i, const char *name, uint32_t mode,
              struct wf_bytes content)
{
    const struct wf_zip_member *member = &f->reading.zip.members[i];

    assert_string_equal(member->name, name);
    assert_int_equal(wf_zip_mode(member), mode);
    assert_true(wf_zip_read(&f->reading.out, &f->reading.in, &f->reading.zip, member,
                            f->reading.inflater, NULL));
    assert_true(wf_bytes_equal(wf_buffer_bytes(&f->reading.out), content));
}

static void
members_stand_in_the_order_they_were_added(void **state)
{
    struct fixture f = { 0 };
    struct wf_buffer packed;

    start(&f, state, 0);
    add_text(&f, "z.py", FILE_MODE, 1, "zed");
    f.shelf.items[2] = deflated(&packed, wf_bytes_str("aaaaaaaaaaaaaaaaaaaaaa"));
    assert_true(wf_zip_writer_add(f.writer, "a.so", 0100755, 2, NULL));
    assert_true(wf_zip_writer_folder(f.writer, "lib/", FOLDER_MODE, NULL));
    add_text(&f, "lib/empty", FILE_MODE, 3, "");
    finish(&f, state);
    assert_int_equal(f.reading.zip.num_members, 4);
    assert_member(&f, 0, "z.py", FILE_MODE, wf_bytes_str("zed"));
    assert_member(&f, 1, "a.so", 0100755, wf_bytes_str("aaaaaaaaaaaaaaaaaaaaaa"));
    assert_member(&f, 2, "lib/", FOLDER_MODE, wf_bytes_str(""));
    assert_member(&f, 3, "lib/empty", FILE_MODE, wf_bytes_str(""));
    assert_int_equal(f.reading.zip.members[0].method, WF_ZIP_STORED);
    assert_int_equal(f.reading.zip.members[1].method, WF_ZIP_DEFLATED);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(f.reading.zip.by_off[i], i);
    wf_buffer_clear(&packed);
    end(&f);
}

/* The strict reader has nothing to note but that a folder is there, and nothing stands in
 * the archive beside headers, names and data. */
static void
nothing_odd_is_written(void **state)
{
    struct fixture f = { 0 };
    struct wf_buffer packed;
    size_t names = 0;

    start(&f, state, 1700000000);
    add_text(&f, "a.py", FILE_MODE, 1, "text");
    add_text(&f, "d\xc3\xa9j\xc3\xa0.py", FILE_MODE, 2, "text");
    f.shelf.items[3] = deflated(&packed, wf_bytes_str("text text text text text"));
    assert_true(wf_zip_writer_add(f.writer, "b.py", FILE_MODE, 3, NULL));
    assert_true(wf_zip_writer_folder(f.writer, "lib/", FOLDER_MODE, NULL));
    finish(&f, state);
    for (size_t i = 0; i < 4; i++) {
        const struct wf_zip_member *member = &f.reading.zip.members[i];

        assert_int_equal(member->notes, i == 3 ? WF_ZIP_NOTE_DIRECTORY : 0);
        assert_int_equal(member->flags, i == 1 ? 0x800 : 0);
        assert_int_equal(member->made_by >> 8, 3);
        assert_int_equal(member->data_off, member->local_off + 30 + member->name_len);
        assert_int_equal(member->end_off, member->data_off + member->comp_size);
        names += member->name_len;
    }
    assert_int_equal(f.reading.zip.members[3].external_attr & 0x10, 0x10);
    assert_int_equal(f.reading.zip.central_len, 4 * 46 + names);
    assert_int_equal(f.reading.zip.comment.len, 0);
    assert_false(f.reading.zip.is_zip64);
    wf_buffer_clear(&packed);
    end(&f);
}

static const char *const zones[] = {
    "UTC0",
    "EST5EDT,M3.2.0,M11.1.0", /* skips 02:00 to 03:00 on 2020-03-08 */
    "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "<+14>-14",
    "<-12>12",
};

static void
set_zone(const char *zone)
{
    if (zone == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", zone, 1);
    tzset();
}

static void
times_are_utc_in_steps_of_two_seconds_from_1980_on_in_any_zone(void **state)
{
    static const struct {
        int64_t seconds;
        unsigned date;
        unsigned time;
    } rows[] = {
        { 0, 1 << 5 | 1, 0 },
        { -1, 1 << 5 | 1, 0 },
        { INT64_MIN, 1 << 5 | 1, 0 },
        { 315532799, 1 << 5 | 1, 0 },
        { 315532802, 1 << 5 | 1, 1 },
        { 315532803, 1 << 5 | 1, 1 },
        { 1583634600, 40 << 9 | 3 << 5 | 8, 2 << 11 | 30 << 5 }, /* 2020-03-08 02:30 */
        { 1601119800, 40 << 9 | 9 << 5 | 26, 11 << 11 | 30 << 5 },
        { 4102444799, 119 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29 },
        { INT64_MAX, 127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29 },
    };

    for (size_t zone = 0; zone < WF_COUNT(zones); zone++) {
        set_zone(zones[zone]);
        for (size_t i = 0; i < WF_COUNT(rows); i++) {
            struct fixture f = { 0 };

            start(&f, state, rows[i].seconds);
            add_text(&f, "a", FILE_MODE, 1, "text");
            assert_true(wf_zip_writer_folder(f.writer, "b/", FOLDER_MODE, NULL));
            finish(&f, state);
            for (size_t m = 0; m < 2; m++) {
                assert_int_equal(f.reading.zip.members[m].dos_date, rows[i].date);
                assert_int_equal(f.reading.zip.members[m].dos_time, rows[i].time);
                assert_false(f.reading.zip.members[m].notes & WF_ZIP_NOTE_LOCAL);
            }
            end(&f);
        }
    }
    set_zone(NULL);
}

/* An archive to copy from: a stored member, a deflated one, one with a data descriptor, an
 * extra field and a comment, and a large one. */
static void
open_source(struct zip_reading *out, struct wf_bytes large)
{
    const struct wf_test_member members[] = {
        { .name = wf_bytes_str("stored"),
          .data = wf_bytes_str("plain"),
          .is_stored = true },
        { .name = wf_bytes_str("deflated"),
          .data = wf_bytes_str("xxxxxxxxxxxxxxxxxxxx") },
        { .name = wf_bytes_str("odd"),
          .data = wf_bytes_str("odd odd odd odd"),
          .descriptor = WF_TEST_DESCRIPTOR_MAGIC,
          .comment = wf_bytes_str("comment"),
          .central_extra = wf_bytes_of("\x99\x99\x01\x00!", 5),
          .local_extra = wf_bytes_of("\x99\x99\x01\x00!", 5) },
        { .name = wf_bytes_str("large"), .data = large },
        { .name = wf_bytes_str("large_stored"), .data = large, .is_stored = true },
    };
    const struct wf_test_zip zip = { .members = members,
                                     .num_members = WF_COUNT(members) };
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    wf_buffer_init(&bytes, SIZE_MAX);
    assert_true(wf_test_zip_build(&bytes, &zip, &err));
    assert_true(zip_reading_start(out, wf_buffer_bytes(&bytes)));
    wf_buffer_clear(&bytes);
    assert_true(zip_reading_open(out, &err));
    assert_true(
        wf_zip_check_local(&out->zip, 0, out->zip.num_members, out->inflater, &err));
}

/* Bytes that do not compress, over the buffers' sizes. */
static struct wf_bytes
large_bytes(void)
{
    const size_t len = ((size_t)3 << 20) + 4321;
    uint8_t *data = malloc(len);
    uint64_t x = 88172645463325252u;

    assert_non_null(data);
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        data[i] = (uint8_t)x;
    }
    return wf_bytes_of(data, len);
}

static void
copies_are_the_stored_bytes_and_nothing_else_of_a_member(void **state)
{
    const struct wf_bytes large = large_bytes();
    struct zip_reading source;
    struct fixture f = { 0 };

    open_source(&source, large);
    start(&f, state, 0);
    for (size_t i = source.zip.num_members; i-- > 0;)
        assert_true(wf_zip_writer_copy(f.writer, source.zip.members[i].name, FILE_MODE,
                                       &source.zip, &source.zip.members[i], NULL));
    finish(&f, state);
    for (size_t i = 0; i < source.zip.num_members; i++) {
        const struct wf_zip_member *from = &source.zip.members[i];
        const struct wf_zip_member *to = wf_zip_find(&f.reading.zip, from->name);
        uint8_t *before = malloc(from->comp_size);

        assert_non_null(before);
        assert_non_null(to);
        assert_int_equal(to - f.reading.zip.members, source.zip.num_members - 1 - i);
        assert_int_equal(to->comp_size, from->comp_size);
        assert_int_equal(to->method, from->method);
        assert_int_equal(to->notes, 0);
        assert_true(
            wf_file_pread(&source.file, before, from->comp_size, from->data_off, NULL));
        assert_memory_equal(before, f.bytes.data + to->data_off, from->comp_size);
        free(before);
    }
    end(&f);
    zip_reading_end(&source);
    free_exact(large);
}

static void
large_new_members_are_written_whole(void **state)
{
    const struct wf_bytes large = large_bytes();
    struct fixture f = { 0 };
    struct wf_buffer packed;

    start(&f, state, 0);
    add_text(&f, "a", FILE_MODE, 1, "before");
    f.shelf.items[2] = stored(large);
    assert_true(wf_zip_writer_add(f.writer, "stored", FILE_MODE, 2, NULL));
    f.shelf.items[3] = deflated(&packed, large);
    assert_true(wf_zip_writer_add(f.writer, "deflated", FILE_MODE, 3, NULL));
    add_text(&f, "z", FILE_MODE, 4, "behind");
    finish(&f, state);
    assert_member(&f, 0, "a", FILE_MODE, wf_bytes_str("before"));
    assert_member(&f, 1, "stored", FILE_MODE, large);
    assert_member(&f, 2, "deflated", FILE_MODE, large);
    assert_member(&f, 3, "z", FILE_MODE, wf_bytes_str("behind"));
    end(&f);
    wf_buffer_clear(&packed);
    free_exact(large);
}

/* By index 1, 3, 2, as they stand in the archive; a copy is between them. */
static void
supplies_are_asked_in_archive_order_and_one_at_a_time(void **state)
{
    static const size_t expected[] = { 1, 1001, 3, 1003, 2, 1002 };
    const struct wf_bytes large = large_bytes();
    struct zip_reading source;
    struct fixture f = { 0 };

    open_source(&source, large);
    start(&f, state, 0);
    add_text(&f, "c", FILE_MODE, 1, "one");
    assert_true(wf_zip_writer_copy(f.writer, "large", FILE_MODE, &source.zip,
                                   wf_zip_find(&source.zip, "large"), NULL));
    add_text(&f, "b", FILE_MODE, 3, "three");
    assert_true(wf_zip_writer_folder(f.writer, "lib/", FOLDER_MODE, NULL));
    add_text(&f, "a", FILE_MODE, 2, "two");
    assert_int_equal(f.shelf.num_asked, 0); /* not before the archive is written */
    finish(&f, state);
    assert_int_equal(f.shelf.num_asked, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++)
        assert_int_equal(f.shelf.asked[i], expected[i]);
    end(&f);
    zip_reading_end(&source);
    free_exact(large);
}

static void
the_same_members_are_the_same_bytes(void **state)
{
    struct wf_buffer first = { 0 };

    for (size_t zone = 0; zone < WF_COUNT(zones); zone++) {
        struct fixture f = { 0 };
        struct wf_buffer packed;

        set_zone(zones[zone]);
        start(&f, state, 1583634600);
        add_text(&f, "a", FILE_MODE, 1, "text");
        f.shelf.items[2] = deflated(&packed, wf_bytes_str("text text text text text"));
        assert_true(wf_zip_writer_add(f.writer, "b", FILE_MODE, 2, NULL));
        assert_true(wf_zip_writer_folder(f.writer, "c/", FOLDER_MODE, NULL));
        finish(&f, state);
        if (zone == 0) {
            wf_buffer_init(&first, SIZE_MAX);
            wf_buffer_add(&first, f.bytes.data, f.bytes.len);
        }
        assert_int_equal(f.bytes.len, first.len);
        assert_memory_equal(f.bytes.data, first.data, first.len);
        wf_buffer_clear(&packed);
        end(&f);
    }
    set_zone(NULL);
    wf_buffer_clear(&first);
}

/* Gives up an archive that cannot be finished; its error is left in *err. */
static void
finish_fails(struct fixture *f, void **state, struct wf_error *err)
{
    assert_false(wf_zip_writer_finish(f->writer, err));
    wf_zip_writer_free(f->writer);
    wf_output_discard(f->output);
    assert_int_equal(folder_count(state), 0);
}

static void
an_error_of_a_supply_comes_back_as_it_was(void **state)
{
    static const size_t expected[] = { 1, 1001, 2 };
    struct fixture f = { .shelf.fails_at = 2 };
    struct wf_error err = { 0 };

    start(&f, state, 0);
    add_text(&f, "a", FILE_MODE, 1, "one");
    add_text(&f, "b", FILE_MODE, 2, "two");
    add_text(&f, "c", FILE_MODE, 3, "three");
    finish_fails(&f, state, &err);
    assert_error_at(err, WF_ERR_REFUSED, 77, "at 0x4d: no room for \"x\"");
    assert_string_equal(err.where, "");
    assert_int_equal(f.shelf.num_asked, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++)
        assert_int_equal(f.shelf.asked[i], expected[i]);
}

/* Wherever the output ends: the output's own error, and what was lent is given back. */
static void
an_error_of_the_output_comes_back_as_it_was_wherever_it_comes(void **state)
{
    const struct wf_bytes large = large_bytes();
    struct rlimit before;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t limit = 0; limit < large.len; limit += (size_t)1 << 20) {
        struct fixture f = { 0 };
        struct wf_error err = { 0 };
        char text[80];

        start(&f, state, 0);
        f.shelf.items[1] = stored(large);
        assert_true(wf_zip_writer_add(f.writer, "a", FILE_MODE, 1, NULL));
        assert_int_equal(
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){ limit, before.rlim_max }), 0);
        const bool ok = wf_zip_writer_finish(f.writer, &err);

        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_false(ok);
        snprintf(text, sizeof text, "at 0x%zx: cannot be written: File too large", limit);
        assert_error_at(err, WF_ERR_IO, limit, text);
        assert_int_equal(f.shelf.num_asked, 2);
        wf_zip_writer_free(f.writer);
        wf_output_discard(f.output);
        assert_int_equal(folder_count(state), 0);
    }
    free_exact(large);
}

static void
a_source_that_shrinks_is_told_with_member_and_place(void **state)
{
    const struct wf_bytes large = large_bytes();
    struct zip_reading source;
    struct fixture f = { 0 };
    struct wf_error err = { 0 };

    open_source(&source, large);
    const struct wf_zip_member *member = wf_zip_find(&source.zip, "large");
    const uint64_t second_piece = member->data_off + (1 << 20);

    start(&f, state, 0);
    assert_true(
        wf_zip_writer_copy(f.writer, "new/name", FILE_MODE, &source.zip, member, NULL));
    zip_reading_cut(&source, (size_t)second_piece + 5, false);
    finish_fails(&f, state, &err);
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_int_equal(err.offset, second_piece);
    assert_string_equal(err.where, "new/name");
    assert_non_null(strstr(err.text, "1048576 bytes expected, 5 came"));
    zip_reading_end(&source);
    free_exact(large);
}

/* libzip would compute a CRC that is right for the damaged bytes. */
static void
damage_in_a_stored_member_is_not_given_a_new_crc(void **state)
{
    struct zip_reading source;
    struct fixture f = { 0 };
    struct wf_error err = { 0 };

    open_source(&source, wf_bytes_str("x"));
    const struct wf_zip_member *member = wf_zip_find(&source.zip, "stored");

    start(&f, state, 0);
    assert_true(
        wf_zip_writer_copy(f.writer, "stored", FILE_MODE, &source.zip, member, NULL));
    zip_reading_put(&source, (size_t)member->data_off, 'P');
    finish_fails(&f, state, &err);
    assert_error(err, WF_ERR_MALFORMED,
                 "its data has the CRC 0xd8e14dcb; 0x192062cf is expected");
    assert_string_equal(err.where, "stored");
    zip_reading_end(&source);
}

static void
a_name_that_is_there_already_is_told(void **state)
{
    struct fixture f = { 0 };
    struct wf_error err = { 0 };

    start(&f, state, 0);
    add_text(&f, "a", FILE_MODE, 1, "one");
    assert_false(wf_zip_writer_add(f.writer, "a", FILE_MODE, 2, &err));
    assert_error(err, WF_ERR_IO, "the archive cannot be written: File already exists");
    assert_string_equal(err.where, "a");
    wf_zip_writer_free(f.writer);
    wf_output_discard(f.output);
}

static void
what_was_added_can_be_given_up(void **state)
{
    struct fixture f = { 0 };

    start(&f, state, 0);
    add_text(&f, "a", FILE_MODE, 1, "one");
    wf_zip_writer_free(f.writer);
    wf_zip_writer_free(NULL);
    wf_output_discard(f.output);
    assert_int_equal(f.shelf.num_asked, 0);
}

/* Every index is one text. */
static bool
get_number(void *context, size_t idx, struct wf_zip_packed *out, struct wf_error *err)
{
    static char text[32];

    (void)context;
    (void)err;
    snprintf(text, sizeof text, "number %zu", idx);
    *out = stored(wf_bytes_str(text));
    return true;
}

static void
more_members_than_16_bits_count_are_written(void **state)
{
    enum { NUM = 70000 };
    const struct wf_zip_supply supply = { get_number, NULL, NULL };
    struct fixture f = { 0 };
    char name[32];

    assert_true(wf_output_open(&f.output, *state, NULL));
    f.writer = wf_zip_writer_new(f.output, 0, &supply);
    for (size_t i = 0; i < NUM; i++) {
        snprintf(name, sizeof name, "demo/part_%zu.py", i * 7919 % NUM);
        assert_true(wf_zip_writer_add(f.writer, name, FILE_MODE, i, NULL));
    }
    finish(&f, state);
    assert_int_equal(f.reading.zip.num_members, NUM);
    assert_true(f.reading.zip.is_zip64);
    assert_member(&f, 0, "demo/part_0.py", FILE_MODE, wf_bytes_str("number 0"));
    assert_member(&f, NUM - 1, "demo/part_62081.py", FILE_MODE,
                  wf_bytes_str("number 69999"));
    for (size_t i = 0; i < NUM; i++)
        assert_int_equal(f.reading.zip.members[i].notes, 0);
    end(&f);
}

/* 1280 chunks of 4 MiB of zeros and one more byte: over 5 GiB in some 5 MB. */
static struct wf_zip_packed
five_gib_of_zeros(struct wf_buffer *out)
{
    struct wf_deflater *deflater = wf_deflater_new(WF_DEFLATE_LEVEL);
    uint8_t *zeros = calloc(1, WF_DEFLATE_CHUNK);
    const struct wf_bytes chunk = wf_bytes_of(zeros, WF_DEFLATE_CHUNK);
    struct wf_zip_packed packed = { .method = WF_ZIP_DEFLATED };
    struct wf_buffer stream;

    assert_non_null(zeros);
    wf_buffer_init(&stream, SIZE_MAX);
    wf_buffer_init(out, SIZE_MAX);
    wf_deflate(deflater, chunk, &stream);
    assert_true(wf_deflate_join(&stream, NULL));
    for (int i = 0; i < 1280; i++) {
        wf_buffer_add(out, stream.data, stream.len);
        packed.crc = wf_crc32_combine(packed.crc, wf_crc32(0, chunk), chunk.len);
        packed.size += chunk.len;
    }
    wf_deflate(deflater, wf_bytes_first(chunk, 1), out);
    packed.crc = wf_crc32(packed.crc, wf_bytes_first(chunk, 1));
    packed.size++;
    packed.bytes = wf_buffer_bytes(out);
    wf_buffer_clear(&stream);
    free(zeros);
    wf_deflater_free(deflater);
    return packed;
}

/* Only headers are read again: inflating so much takes its time. */
static void
a_member_over_4_gib_gets_zip64_fields_and_others_none(void **state)
{
    struct wf_buffer packed;
    struct fixture f = { 0 };
    struct wf_error err = { 0 };

    start(&f, state, 0);
    add_text(&f, "a", FILE_MODE, 1, "one");
    f.shelf.items[2] = five_gib_of_zeros(&packed);
    assert_true(wf_zip_writer_add(f.writer, "large", FILE_MODE, 2, NULL));
    add_text(&f, "z", FILE_MODE, 3, "three");
    assert_true(wf_zip_writer_finish(f.writer, &err));
    wf_zip_writer_free(f.writer);
    assert_true(wf_output_commit(f.output, "a.zip", 0644, &err));
    wf_buffer_init(&f.bytes, SIZE_MAX);
    assert_true(wf_file_read_whole(&f.bytes, folder_path(state, "a.zip"), &err));
    assert_true(zip_reading_start(&f.reading, wf_buffer_bytes(&f.bytes)));
    f.reading.limits.member_bytes = UINT64_MAX;
    f.reading.limits.total_bytes = UINT64_MAX;
    f.reading.limits.ratio = UINT64_MAX;
    if (!zip_reading_open(&f.reading, &err) ||
        !wf_zip_check_local(&f.reading.zip, 0, 3, f.reading.inflater, &err))
        fail_msg("%s: %s", err.where, err.text);
    for (size_t i = 0; i < 3; i++) {
        const struct wf_zip_member *member = &f.reading.zip.members[i];

        assert_int_equal(member->notes, 0);
        assert_int_equal(member->data_off - member->local_off - 30 - member->name_len,
                         i == 1 ? 20 : 0);
    }
    assert_int_equal(f.reading.zip.members[1].size, (UINT64_C(5) << 30) + 1);
    assert_int_equal(f.reading.zip.members[1].comp_size, packed.len);
    wf_buffer_clear(&packed);
    end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(members_stand_in_the_order_they_were_added),
        IN_FOLDER(nothing_odd_is_written),
        IN_FOLDER(times_are_utc_in_steps_of_two_seconds_from_1980_on_in_any_zone),
        IN_FOLDER(copies_are_the_stored_bytes_and_nothing_else_of_a_member),
        IN_FOLDER(large_new_members_are_written_whole),
        IN_FOLDER(supplies_are_asked_in_archive_order_and_one_at_a_time),
        IN_FOLDER(the_same_members_are_the_same_bytes),
        IN_FOLDER(an_error_of_a_supply_comes_back_as_it_was),
        IN_FOLDER(an_error_of_the_output_comes_back_as_it_was_wherever_it_comes),
        IN_FOLDER(a_source_that_shrinks_is_told_with_member_and_place),
        IN_FOLDER(damage_in_a_stored_member_is_not_given_a_new_crc),
        IN_FOLDER(a_name_that_is_there_already_is_told),
        IN_FOLDER(what_was_added_can_be_given_up),
        IN_FOLDER(more_members_than_16_bits_count_are_written),
        IN_FOLDER(a_member_over_4_gib_gets_zip64_fields_and_others_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
