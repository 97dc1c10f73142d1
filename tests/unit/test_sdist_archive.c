/* test_sdist_archive.c -- .tar.gz: written, unpacked, and what is not unpacked. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "base/file.h"
#include "pack/sdist_archive.h"
#include "pack/sdist_tar.h"

static bool
write_two(void **state, struct wf_arena *arena, const char **path, const char *source,
          struct wf_error *err)
{
    const struct wf_content_member members[] = {
        { .name = "PKG-INFO", .bytes = wf_bytes_str("Name: demo\n") },
        { .name = "src/\303\244.rs", .source = source },
    };
    const struct wf_sdist_archive archive = {
        .top = "demo-1.0",
        .folder = *state,
        .members = members,
        .num = WF_COUNT(members),
        .time = 1153704088,
    };

    return wf_sdist_archive_write(path, arena, &archive, err);
}

static const char *
text_of(struct wf_arena *arena, const char *path)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 1 << 20);
    assert_true(wf_file_read_whole(&text, path, NULL));
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
what_is_written_is_unpacked_again(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_limits limits = wf_limits_standard();
    const char *path = NULL;
    const char *top = NULL;

    folder_write(state, "source", "fn main() {}\n");
    folder_make(state, "into");
    assert_true(write_two(state, &arena, &path, folder_path(state, "source"), NULL));
    assert_string_equal(path, folder_path(state, "demo-1.0.tar.gz"));
    assert_true(wf_sdist_archive_unpack(
        &top, &arena, path, wf_arena_strdup(&arena, folder_path(state, "into")), &limits,
        NULL));
    assert_string_equal(top, folder_path(state, "into/demo-1.0"));
    assert_string_equal(text_of(&arena, folder_path(state, "into/demo-1.0/PKG-INFO")),
                        "Name: demo\n");
    assert_string_equal(
        text_of(&arena, folder_path(state, "into/demo-1.0/src/\303\244.rs")),
        "fn main() {}\n");
    wf_arena_clear(&arena);
}

/* RFC 1952: no flags (no name), no time. */
static void
gzip_tells_neither_name_nor_time(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_file file = { 0 };
    const char *path = NULL;
    uint8_t head[8];

    folder_write(state, "source", "x");
    assert_true(write_two(state, &arena, &path, folder_path(state, "source"), NULL));
    assert_true(wf_file_open(&file, path, NULL));
    assert_true(wf_file_pread(&file, head, sizeof head, 0, NULL));
    assert_memory_equal(head, "\x1f\x8b\x08\x00\x00\x00\x00\x00", sizeof head);
    wf_file_close(&file);
    wf_arena_clear(&arena);
}

static void
a_source_that_is_gone_leaves_nothing(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *path = NULL;

    assert_false(write_two(state, &arena, &path, folder_path(state, "gone"), &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_non_null(strstr(err.where, "demo-1.0.tar.gz"));
    assert_non_null(strstr(err.where, "/gone"));
    assert_null(path);
    assert_int_equal(folder_count(state), 0);
    wf_arena_clear(&arena);
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const struct wf_sdist_archive archive = { .top = "demo-1.0",
                                              .folder = folder_path(state, "no") };
    const char *path = NULL;

    assert_false(wf_sdist_archive_write(&path, &arena, &archive, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, wf_arena_printf(&arena, "%s/demo-1.0.tar.gz",
                                                   folder_path(state, "no")));
    wf_arena_clear(&arena);
}

/* Refuses a tar of these members (without gzip, which is read as well). */
static void
assert_not_unpacked(void **state, struct wf_bytes tar, enum wf_error_kind kind,
                    const char *why, const struct wf_limits *limits)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *top = NULL;

    folder_tree(state, "into");
    assert_true(wf_file_write_atomic(folder_path(state, "x.tar"), tar, 0600, NULL));
    assert_false(wf_sdist_archive_unpack(
        &top, &arena, folder_path(state, "x.tar"),
        wf_arena_strdup(&arena, folder_path(state, "into")), limits, &err));
    assert_error(err, kind, why);
    assert_null(top);
    assert_int_equal(folder_count(state), 2); /* x.tar, into: nothing beside */
    wf_arena_clear(&arena);
}

static struct wf_buffer
tar_of(const char *const *names)
{
    struct wf_buffer tar;
    unsigned num_pax = 0;

    wf_buffer_init(&tar, 1 << 20);
    for (; *names != NULL; names++)
        assert_true(wf_tar_header(&tar, *names, 0, 0, &num_pax, NULL));
    wf_tar_end(&tar);
    return tar;
}

static void
names_that_lead_elsewhere_are_not_unpacked(void **state)
{
    static const struct {
        const char *names[3];
        const char *why;
    } rows[] = {
        { { "demo-1.0/../../evil" }, "name \"demo-1.0/../../evil\" has a \"..\" part" },
        { { "/evil" }, "name \"/evil\" is absolute" },
        { { "demo-1.0/a\nb" }, "name \"demo-1.0/a\" has the control byte 0x0a at 10" },
        { { "demo-1.0/a", "other/b" },
          "other/b is not below demo-1.0/: an sdist has one folder at its top" },
        { { "file" }, "file stands beside the one folder that an sdist has at its top" },
    };
    const struct wf_limits limits = wf_limits_standard();

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_buffer tar = tar_of(rows[i].names);

        assert_not_unpacked(state, wf_buffer_bytes(&tar), WF_ERR_REFUSED, rows[i].why,
                            &limits);
        wf_buffer_clear(&tar);
    }
}

/* Changes the kind of the first member, and its sum by as much. */
static void
links_and_folders_are_not_unpacked(void **state)
{
    static const char *const names[] = { "demo-1.0/a", NULL };
    const struct wf_limits limits = wf_limits_standard();

    for (char kind = '1'; kind <= '6'; kind++) {
        struct wf_buffer tar = tar_of(names);
        unsigned sum = 0;
        char digits[8];

        tar.data[156] = (uint8_t)kind;
        memcpy(tar.data + 157, "x", 1);
        memset(tar.data + 148, ' ', 8);
        for (size_t i = 0; i < WF_TAR_BLOCK; i++)
            sum += tar.data[i];
        snprintf(digits, sizeof digits, "%06o", sum);
        memcpy(tar.data + 148, digits, 7);
        assert_not_unpacked(
            state, wf_buffer_bytes(&tar), WF_ERR_REFUSED,
            "demo-1.0/a is no regular file; an sdist of ours holds nothing else",
            &limits);
        wf_buffer_clear(&tar);
    }
}

static void
more_than_the_limits_is_not_unpacked(void **state)
{
    static const char *const names[] = { "demo-1.0/a", "demo-1.0/b", NULL };
    struct wf_buffer tar = tar_of(names);
    struct wf_limits limits = wf_limits_standard();
    unsigned num_pax = 0;

    limits.members = 1;
    assert_not_unpacked(state, wf_buffer_bytes(&tar), WF_ERR_LIMIT,
                        "there are more than 1 members", &limits);
    wf_buffer_reset(&tar);
    assert_true(wf_tar_header(&tar, "demo-1.0/c", 4097, 0, &num_pax, NULL));
    limits.member_bytes = 4096;
    assert_not_unpacked(state, wf_buffer_bytes(&tar), WF_ERR_LIMIT,
                        "demo-1.0/c has 4097 bytes, more than the limits allow", &limits);
    wf_buffer_clear(&tar);
}

static void
a_file_twice_is_not_unpacked_over_itself(void **state)
{
    static const char *const names[] = { "demo-1.0/a", "demo-1.0/a", NULL };
    const struct wf_limits limits = wf_limits_standard();
    struct wf_buffer tar = tar_of(names);

    assert_not_unpacked(state, wf_buffer_bytes(&tar), WF_ERR_IO,
                        "cannot be written: File exists", &limits);
    wf_buffer_clear(&tar);
}

static void
every_part_of_an_archive_is_unpacked_or_refused_with_a_reason(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_limits limits = wf_limits_standard();
    const char *path = NULL;
    struct wf_buffer whole;

    folder_write(state, "source", "fn main() {}\n");
    assert_true(write_two(state, &arena, &path, folder_path(state, "source"), NULL));
    wf_buffer_init(&whole, 1 << 20);
    assert_true(wf_file_read_whole(&whole, path, NULL));
    for (size_t len = 0; len < whole.len; len++) {
        struct wf_error err = { 0 };
        const char *into = wf_arena_printf(&arena, "%s/%zu", (char *)*state, len);
        const char *top = NULL;

        assert_true(wf_file_write_atomic(folder_path(state, "part"),
                                         wf_bytes_of(whole.data, len), 0600, NULL));
        if (!wf_sdist_archive_unpack(&top, &arena, folder_path(state, "part"), into,
                                     &limits, &err)) {
            assert_int_not_equal(err.kind, WF_ERR_NONE);
            assert_true(strlen(err.text) > 0);
        }
    }
    wf_buffer_clear(&whole);
    wf_arena_clear(&arena);
}

#define in_folder(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(what_is_written_is_unpacked_again),
        in_folder(gzip_tells_neither_name_nor_time),
        in_folder(a_source_that_is_gone_leaves_nothing),
        in_folder(a_folder_that_is_not_there_is_named),
        in_folder(names_that_lead_elsewhere_are_not_unpacked),
        in_folder(links_and_folders_are_not_unpacked),
        in_folder(more_than_the_limits_is_not_unpacked),
        in_folder(a_file_twice_is_not_unpacked_over_itself),
        in_folder(every_part_of_an_archive_is_unpacked_or_refused_with_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
