/* test_draft.c -- members as an archive: the same bytes by any number of threads, what is
 * late waited for last, digests handed on. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "audit/audit.h"
#include "base/pool.h"
#include "pack/assemble.h"
#include "wheel/zip_scan.h"

enum { LONG_LEN = 5 << 20, SHORT_LEN = 1000 };

struct drafting {
    struct wf_arena arena;
    struct wf_content content;
    struct wf_known_digests known;
    struct wf_output *output;
    struct wf_buffer archive;
    struct wf_error err;
};

/* Bytes that can be deflated, but not to nothing. */
static void
write_library(void **state, const char *name, size_t len)
{
    FILE *file = fopen(folder_path(state, name), "wb");
    uint32_t seed = 1;

    assert_non_null(file);
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        assert_true(putc((int)(seed >> 30), file) != EOF);
    }
    assert_int_equal(fclose(file), 0);
}

static void
fill(struct drafting *d, void **state)
{
    d->content.arena = &d->arena;
    assert_true(wf_content_add_compiled(&d->content, "demo/long.so",
                                        folder_path(state, "long.so"), &d->err));
    assert_true(wf_content_add_compiled(&d->content, "demo/short.so",
                                        folder_path(state, "short.so"), &d->err));
    assert_true(wf_content_add_bytes(&d->content, "demo/zero.py",
                                     wf_bytes_str("answer = 42\n"), false, &d->err));
}

static bool
draft(struct drafting *d, void **state, unsigned num_threads)
{
    const struct wf_audit_options audit = { .limits = wf_limits_standard() };
    const struct wf_repair_options options = { .audit = &audit,
                                               .level = -1,
                                               .time = 315532800 };
    struct wf_assembly assembly = { .content = &d->content,
                                    .dist_info = "demo-1.0.dist-info" };
    struct wf_pool *pool = wf_pool_new(num_threads, UINT64_MAX);

    wf_content_sort(&d->content, assembly.dist_info);
    assert_true(wf_output_open(&d->output, *state, &d->err));
    const bool ok =
        wf_draft_write(d->output, &d->known, pool, &assembly, &options, &d->err);

    wf_pool_free(pool);
    return ok;
}

static void
read_archive(struct drafting *d)
{
    struct wf_file file = { 0 };

    wf_buffer_init(&d->archive, SIZE_MAX);
    assert_true(wf_output_reader(&file, d->output, &d->err));
    assert_true(wf_buffer_reserve(&d->archive, (size_t)file.size));
    assert_true(wf_file_pread(&file, d->archive.data, (size_t)file.size, 0, &d->err));
    d->archive.len = (size_t)file.size;
}

static void
end(struct drafting *d)
{
    wf_output_discard(d->output);
    wf_buffer_clear(&d->archive);
    wf_arena_clear(&d->arena);
}

static void
any_number_of_threads_writes_the_same_bytes(void **state)
{
    struct drafting first = { 0 };

    write_library(state, "long.so", LONG_LEN);
    write_library(state, "short.so", SHORT_LEN);
    fill(&first, state);
    assert_true(draft(&first, state, 1));
    read_archive(&first);
    /* A quarter of each byte is chance. */
    assert_in_range(first.archive.len, LONG_LEN / 4, LONG_LEN / 2);
    for (unsigned num = 2; num <= 5; num++) {
        struct drafting other = { 0 };

        fill(&other, state);
        assert_true(draft(&other, state, num));
        read_archive(&other);
        assert_true(wf_bytes_equal(wf_buffer_bytes(&first.archive),
                                   wf_buffer_bytes(&other.archive)));
        end(&other);
    }
    end(&first);
}

static void
what_chunks_make_is_one_stream_of_the_file(void **state)
{
    struct drafting d = { 0 };
    struct wf_file file = { 0 };
    struct wf_zip zip = { 0 };
    struct wf_inflater *inflater = wf_inflater_new();
    struct wf_buffer was;
    struct wf_buffer in;
    struct wf_buffer out;
    const struct wf_limits limits = wf_limits_standard();

    write_library(state, "long.so", LONG_LEN);
    write_library(state, "short.so", SHORT_LEN);
    fill(&d, state);
    assert_true(draft(&d, state, 2));
    assert_true(wf_output_reader(&file, d.output, &d.err));
    assert_true(wf_zip_open(&zip, &d.arena, &file, &limits, &d.err));
    assert_int_equal(zip.num_members, 4);
    assert_true(wf_zip_check_local(&zip, 0, zip.num_members, inflater, &d.err));
    assert_string_equal(zip.members[0].name, "demo/long.so");
    assert_int_equal(zip.members[0].method, WF_ZIP_DEFLATED);
    wf_buffer_init(&was, SIZE_MAX);
    wf_buffer_init(&in, SIZE_MAX);
    wf_buffer_init(&out, SIZE_MAX);
    assert_true(wf_file_read_whole(&was, folder_path(state, "long.so"), &d.err));
    assert_true(wf_zip_read(&out, &in, &zip, &zip.members[0], inflater, &d.err));
    assert_true(wf_bytes_equal(wf_buffer_bytes(&was), wf_buffer_bytes(&out)));
    wf_buffer_clear(&was);
    wf_buffer_clear(&in);
    wf_buffer_clear(&out);
    wf_inflater_free(inflater);
    end(&d);
}

static void
digests_of_long_members_are_handed_on(void **state)
{
    struct drafting d = { 0 };
    struct wf_sha256 *sha = wf_sha256_new();
    struct wf_buffer was;
    uint8_t digest[WF_SHA256_LEN];

    write_library(state, "long.so", LONG_LEN);
    write_library(state, "short.so", SHORT_LEN);
    fill(&d, state);
    assert_true(draft(&d, state, 2));
    wf_buffer_init(&was, SIZE_MAX);
    assert_true(wf_file_read_whole(&was, folder_path(state, "long.so"), &d.err));
    wf_sha256_of(sha, digest, wf_buffer_bytes(&was));
    assert_int_equal(d.known.num, 1);
    assert_string_equal(d.known.items[0].name, "demo/long.so");
    assert_int_equal(d.known.items[0].size, LONG_LEN);
    assert_int_equal(d.known.items[0].crc, wf_crc32(0, wf_buffer_bytes(&was)));
    assert_memory_equal(d.known.items[0].sha256, digest, sizeof digest);
    wf_buffer_clear(&was);
    wf_sha256_free(sha);
    end(&d);
}

static bool
come_late(void *context, struct wf_bytes *out, struct wf_error *err)
{
    const char *text = context;

    if (text == NULL)
        return wf_error_set(err, WF_ERR_REFUSED, "nothing was made");
    *out = wf_bytes_str(text);
    return true;
}

static void
late_bytes_stand_where_those_at_hand_would(void **state)
{
    static char text[] = "made by another program\n";
    /* In front of all others, between them, behind them. */
    static const char *const names[] = { "a.py", "demo/made.py", "made.py" };

    write_library(state, "long.so", LONG_LEN);
    write_library(state, "short.so", SHORT_LEN);
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const struct wf_late late = { come_late, text };
        struct drafting prompt = { 0 };
        struct drafting waits = { 0 };

        fill(&prompt, state);
        assert_true(wf_content_add_bytes(&prompt.content, names[i], wf_bytes_str(text),
                                         false, &prompt.err));
        assert_true(draft(&prompt, state, 2));
        read_archive(&prompt);
        fill(&waits, state);
        assert_true(wf_content_add_late(&waits.content, names[i], &late, &waits.err));
        assert_true(draft(&waits, state, 2));
        read_archive(&waits);
        assert_true(wf_bytes_equal(wf_buffer_bytes(&prompt.archive),
                                   wf_buffer_bytes(&waits.archive)));
        end(&prompt);
        end(&waits);
    }
}

static void
what_never_comes_fails_the_draft(void **state)
{
    const struct wf_late late = { come_late, NULL };
    struct drafting d = { 0 };

    write_library(state, "long.so", LONG_LEN);
    write_library(state, "short.so", SHORT_LEN);
    fill(&d, state);
    assert_true(wf_content_add_late(&d.content, "a.py", &late, &d.err));
    assert_false(draft(&d, state, 2));
    assert_error(d.err, WF_ERR_REFUSED, "nothing was made");
    assert_int_equal(d.known.num, 0);
    end(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(any_number_of_threads_writes_the_same_bytes),
        IN_FOLDER(what_chunks_make_is_one_stream_of_the_file),
        IN_FOLDER(digests_of_long_members_are_handed_on),
        IN_FOLDER(late_bytes_stand_where_those_at_hand_would),
        IN_FOLDER(what_never_comes_fails_the_draft),
    };

    wf_deflate_warm_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
