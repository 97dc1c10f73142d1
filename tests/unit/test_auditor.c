/* test_auditor.c -- wheels through the pool: order, threads, failures, shared members. */
#include "../support/elf_builder.h"
#include "../support/folder.h"
#include "../support/recipe.h"
#include "../support/report_builder.h"
#include "../support/unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/file.h"
#include "render/render.h"

enum {
    MOST = 64,          /* wheels of one run */
    SHARED = 40 * 1024, /* a member of this size is worth sharing */
    PADDING = 400000,   /* and with so much behind it, worth a second thread */
};

/* One run: what goes in, what comes out. */
struct run {
    void **state;
    struct wf_arena arena;
    struct wf_audit_options options;
    const char *paths[MOST];
    size_t num_paths;
    size_t num_given;
    size_t num_taken;
    size_t stop_after; /* `take` wants no more behind this many; 0: all */
    size_t most_open;
    struct wf_buffer json; /* a line for each report */
    bool failed[MOST];
    const char *where[MOST];
    const char *error[MOST];
    char sha256[MOST][WF_SHA256_HEX + 1];
    int met[MOST]; /* the first claim */
    size_t num_unreadable[MOST];
    size_t num_hashed[MOST];
    const char *finding[MOST]; /* the first, or "" */
};

static void
start_run(struct run *run, void **state)
{
    *run = (struct run){ .state = state, .options = wf_test_options() };
    run->options.num_threads = 1;
    wf_buffer_init(&run->json, SIZE_MAX);
}

static void
end_run(struct run *run)
{
    wf_buffer_clear(&run->json);
    wf_arena_clear(&run->arena);
}

static const char *
next_path(void *context)
{
    struct run *run = context;

    if (run->num_given == run->num_paths)
        return NULL;
    const char *path = run->paths[run->num_given++];

    if (run->num_given - run->num_taken > run->most_open)
        run->most_open = run->num_given - run->num_taken;
    return path;
}

static void
note(struct run *run, size_t i, const struct wf_report *report)
{
    run->failed[i] = report->failed;
    run->where[i] = wf_arena_strdup(&run->arena, report->error.where);
    run->error[i] = wf_arena_strdup(&run->arena, report->error.text);
    (void)snprintf(run->sha256[i], sizeof run->sha256[i], "%s", report->sha256);
    run->met[i] = report->num_claims > 0 ? report->claims[0].met : -2;
    run->finding[i] = "";
    if (report->num_findings > 0)
        run->finding[i] =
            wf_arena_printf(&run->arena, "%s: %s: %s", report->findings[0].rule,
                            report->findings[0].where, report->findings[0].message);
    for (size_t k = 0; !report->failed && k < report->num_readings; k++) {
        run->num_unreadable[i] += report->readings[k].unreadable;
        run->num_hashed[i] += report->readings[k].is_hashed;
    }
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct run *run = context;
    struct wf_json_writer w = { .out = &run->json };

    assert_string_equal(report->path, run->paths[run->num_taken]);
    note(run, run->num_taken, report);
    wf_render_json(&w, report, &run->options);
    wf_buffer_add_char(&run->json, '\n');
    run->num_taken++;
    return run->num_taken != run->stop_after;
}

static void
audit(struct run *run)
{
    struct wf_auditor *auditor = wf_auditor_new(&run->options);

    run->num_given = 0;
    run->num_taken = 0;
    wf_buffer_reset(&run->json);
    memset(run->num_unreadable, 0, sizeof run->num_unreadable);
    memset(run->num_hashed, 0, sizeof run->num_hashed);
    wf_auditor_run(auditor, next_path, take_report, run);
    wf_auditor_free(auditor);
}

/* Adds the wheel demo-VERSION-cp311-cp311-manylinux_2_17_x86_64.whl with these members. */
static const char *
add_wheel(struct run *run, const char *version, const char *members)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };
    const char *text = wf_arena_printf(
        &run->arena,
        "{\"about\":\"x\",\"wheel\":{\"name\":\"demo\",\"version\":\"%s\","
        "\"tags\":[\"cp311-cp311-manylinux_2_17_x86_64\"]},\"members\":[%s]}",
        version, members);

    if (!wf_test_recipe_parse(&recipe, wf_bytes_str(text), &err))
        fail_msg("%s: %s", err.where, err.text);
    const char *path =
        wf_arena_strdup(&run->arena, folder_path(run->state, recipe.file_name));

    assert_true(wf_file_write_atomic(path, wf_buffer_bytes(&recipe.bytes), 0644, &err));
    wf_test_recipe_clear(&recipe);
    assert_true(run->num_paths < MOST);
    run->paths[run->num_paths++] = path;
    return path;
}

/* A member NAME that is an extension which needs fstat of libc at this version, repeated
 * so that it is worth sharing; what follows an image is not looked at. */
static const char *
extension(struct run *run, const char *name, const char *version)
{
    return wf_arena_printf(
        &run->arena,
        "{\"name\":\"%s\",\"method\":\"stored\",\"times\":40,\"elf\":{"
        "\"machine\":\"x86_64\",\"needed\":[\"libc.so.6\"],\"exports\":[\"PyInit__x\"],"
        "\"imports\":[{\"name\":\"fstat\",\"version\":\"%s\",\"library\":\"libc.so.6\"}]"
        "}}",
        name, version);
}

/* Thirty wheels of every kind: the same object in most, damaged ones among them. */
static void
add_all_kinds(struct run *run)
{
    const char *old = extension(run, "demo/_x.so", "GLIBC_2.14");
    const char *new = extension(run, "demo/_x.so", "GLIBC_2.33");
    const char *cut = "{\"name\":\"demo/cut.so\",\"elf\":{\"machine\":\"x86_64\","
                      "\"truncate\":64}}";
    const char *bad = "{\"name\":\"demo/bad.so\",\"elf\":{\"machine\":\"x86_64\"},"
                      "\"local\":{\"crc\":1},\"central\":{\"crc\":1}}";

    for (unsigned i = 0; i < 30; i++) {
        const char *version = wf_arena_printf(&run->arena, "%u", i);

        add_wheel(run, version,
                  i % 10 == 3   ? wf_arena_printf(&run->arena, "%s,%s", old, bad)
                  : i % 10 == 5 ? wf_arena_printf(&run->arena, "%s,%s", old, cut)
                  : i % 10 == 7 ? ""
                  : i % 2 == 0  ? old
                                : new);
    }
    run->paths[run->num_paths++] = wf_arena_strdup(
        &run->arena, folder_path(run->state, "missing-1-py3-none-any.whl"));
}

static void
assert_same_for_all_threads(struct run *run)
{
    struct wf_buffer first;

    wf_buffer_init(&first, SIZE_MAX);
    for (unsigned threads = 1; threads <= 8; threads++) {
        run->options.num_threads = threads;
        audit(run);
        assert_int_equal(run->num_taken, run->num_paths);
        if (threads == 1)
            wf_buffer_add(&first, run->json.data, run->json.len);
        assert_int_equal(run->json.len, first.len);
        assert_memory_equal(run->json.data, first.data, first.len);
    }
    wf_buffer_clear(&first);
}

static void
the_answer_is_the_same_for_every_number_of_threads(void **state)
{
    struct run run;

    start_run(&run, state);
    add_all_kinds(&run);
    assert_same_for_all_threads(&run);
    run.options.file_sha256 = true;
    run.options.check_hashes = true;
    assert_same_for_all_threads(&run);
    end_run(&run);
}

static void
reports_come_in_the_order_of_the_source_and_fail_alone(void **state)
{
    struct run run;

    start_run(&run, state);
    add_all_kinds(&run);
    for (run.options.num_threads = 1; run.options.num_threads <= 8;
         run.options.num_threads++) {
        audit(&run); /* take_report compares the paths */
        for (size_t i = 0; i < 30; i++) {
            assert_int_equal(run.failed[i], i % 10 == 3);
            assert_int_equal(run.num_unreadable[i], i % 10 == 5);
            if (i % 10 == 3)
                assert_string_equal(run.where[i], "demo/bad.so");
            else if (i % 10 == 5)
                assert_int_equal(run.met[i], -1);
            else
                assert_int_equal(run.met[i], i % 10 == 7 || i % 2 == 0);
        }
        assert_true(run.failed[30]);
        assert_string_equal(run.error[30], "cannot be opened: No such file or directory");
        assert_in_range(run.most_open, 1, (size_t)run.options.num_threads * 4);
    }
    end_run(&run);
}

static void
a_run_can_be_stopped_early(void **state)
{
    struct run run;

    start_run(&run, state);
    add_all_kinds(&run);
    run.stop_after = 2;
    for (run.options.num_threads = 1; run.options.num_threads <= 4;
         run.options.num_threads++) {
        audit(&run);
        assert_int_equal(run.num_taken, 2);
        assert_true(run.num_given <= 2 + (size_t)run.options.num_threads * 4);
    }
    end_run(&run);
}

static void
a_run_without_wheels_takes_nothing(void **state)
{
    struct run run;

    start_run(&run, state);
    audit(&run);
    assert_int_equal(run.num_taken, 0);
    end_run(&run);
}

static void
the_digest_of_the_file_is_told_when_asked_for(void **state)
{
    struct wf_sha256 *sha = wf_sha256_new();
    struct wf_buffer bytes;
    struct wf_error err = { 0 };
    uint8_t digest[WF_SHA256_LEN];
    char hex[WF_SHA256_HEX + 1];
    struct run run;

    start_run(&run, state);
    wf_buffer_init(&bytes, SIZE_MAX);
    /* Of one piece, and of several with a rest. */
    add_wheel(&run, "1", "");
    add_wheel(&run, "2", "{\"name\":\"demo/a\",\"method\":\"stored\",\"zeros\":3000001}");
    audit(&run);
    assert_string_equal(run.sha256[0], "");
    run.options.file_sha256 = true;
    audit(&run);
    for (size_t i = 0; i < 2; i++) {
        wf_buffer_reset(&bytes);
        assert_true(wf_file_read_whole(&bytes, run.paths[i], &err));
        wf_sha256_start(sha);
        wf_sha256_add(sha, wf_buffer_bytes(&bytes));
        wf_sha256_end(sha, digest);
        wf_sha256_hex(hex, digest);
        assert_string_equal(run.sha256[i], hex);
    }
    wf_buffer_clear(&bytes);
    wf_sha256_free(sha);
    end_run(&run);
}

static void
hashes_are_checked_when_asked_for(void **state)
{
    struct run run;

    start_run(&run, state);
    add_wheel(&run, "1",
              "{\"name\":\"demo/a.py\",\"text\":\"x\"},{\"name\":\"demo/\","
              "\"method\":\"stored\"}");
    add_wheel(&run, "2",
              "{\"name\":\"demo/a.py\",\"text\":\"x\"},"
              "{\"name\":\"demo-2.dist-info/RECORD\",\"text\":\"demo/a.py,sha256="
              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1\\n"
              "demo-2.dist-info/METADATA,,\\ndemo-2.dist-info/WHEEL,,\\n"
              "demo-2.dist-info/RECORD,,\\n\"}");
    audit(&run);
    assert_int_equal(run.num_hashed[0], 0);
    assert_null(strstr(run.finding[1], "rc-hash-match"));
    run.options.check_hashes = true;
    audit(&run);
    assert_int_equal(run.num_hashed[0], 4); /* folders have none */
    assert_string_equal(
        run.finding[1],
        "rc-hash-match: demo-2.dist-info/RECORD:1: says demo/a.py has SHA-256 "
        "0000000000000000000000000000000000000000000000000000000000000000; it has "
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");

    /* A digest that who wrote the archive knows stands for bytes of that size and CRC. */
    struct wf_known_digest digest = { .name = "demo/a.py",
                                      .size = 1,
                                      .crc = wf_crc32(0, wf_bytes_str("x")) };
    const struct wf_known_digests known = { &digest, 1 };

    run.options.known = &known;
    audit(&run);
    assert_null(strstr(run.finding[1], "rc-hash-match"));
    digest.crc++;
    audit(&run);
    assert_non_null(strstr(run.finding[1], "rc-hash-match"));
    digest.crc--;
    digest.size++;
    audit(&run);
    assert_non_null(strstr(run.finding[1], "rc-hash-match"));
    end_run(&run);
}

/* The state of a CRC-32 before its last inversion, and back. */
static uint32_t
crc_row(uint32_t idx)
{
    for (unsigned bit = 0; bit < 8; bit++)
        idx = (idx & 1) != 0 ? idx >> 1 ^ UINT32_C(0xedb88320) : idx >> 1;
    return idx;
}

static uint32_t
row_with_top(uint32_t top)
{
    uint32_t idx = 0;

    while (crc_row(idx) >> 24 != top)
        idx++;
    return idx;
}

/* Puts over the last four bytes what gives all of them the CRC `crc`. */
static void
forge_crc(struct wf_buffer *bytes, uint32_t crc)
{
    uint32_t state = ~wf_crc32(0, wf_bytes_first(wf_buffer_bytes(bytes), bytes->len - 4));
    uint32_t want = ~crc;
    uint32_t rows[4];

    for (unsigned i = 4; i-- > 0;) {
        rows[i] = row_with_top(want >> 24);
        want = (want ^ crc_row(rows[i])) << 8;
    }
    for (unsigned i = 0; i < 4; i++) {
        bytes->data[bytes->len - 4 + i] = (uint8_t)(state ^ rows[i]);
        state = crc_row(rows[i]) ^ state >> 8;
    }
    assert_int_equal(wf_crc32(0, wf_buffer_bytes(bytes)), crc);
}

/* An extension of SHARED bytes that needs fstat at this version. */
static void
build_extension(struct wf_buffer *out, const char *version)
{
    char text[512];
    struct wf_error err = { 0 };

    (void)snprintf(text, sizeof text,
                   "{\"machine\":\"x86_64\",\"needed\":[\"libc.so.6\"],\"exports\":"
                   "[\"PyInit__x\"],\"imports\":[{\"name\":\"fstat\",\"version\":\"%s\","
                   "\"library\":\"libc.so.6\"}]}",
                   version);
    wf_buffer_init(out, SIZE_MAX);
    assert_true(wf_test_elf_from_text(text, out, &err));
    while (out->len < SHARED)
        wf_buffer_add_char(out, 'x');
}

/* Zeros behind both keep two CRCs equal. */
static void
pad(struct wf_buffer *bytes)
{
    static const uint8_t zeros[PADDING];

    wf_buffer_add(bytes, zeros, sizeof zeros);
}

/* A member of these bytes, which are padded. */
static const char *
stored_member(struct run *run, const char *name, const struct wf_buffer *bytes,
              const char *more)
{
    struct wf_buffer text;

    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_printf(&text,
                     "{\"name\":\"%s\",\"method\":\"stored\",%s\"zeros\":%d,\"hex\":\"",
                     name, more, PADDING);
    for (size_t i = 0; i < bytes->len - PADDING; i++)
        wf_buffer_printf(&text, "%02x", (unsigned)bytes->data[i]);
    wf_buffer_add_str(&text, "\"}");
    const char *member = wf_arena_str(&run->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return member;
}

static void
members_with_one_crc_and_other_bytes_are_told_apart(void **state)
{
    struct wf_buffer old;
    struct wf_buffer new;
    struct run run;

    start_run(&run, state);
    build_extension(&old, "GLIBC_2.14");
    build_extension(&new, "GLIBC_2.33");
    assert_int_equal(old.len, new.len);
    forge_crc(&new, wf_crc32(0, wf_buffer_bytes(&old)));
    pad(&old);
    pad(&new);
    assert_int_equal(wf_crc32(0, wf_buffer_bytes(&new)),
                     wf_crc32(0, wf_buffer_bytes(&old)));
    for (unsigned i = 0; i < 12; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i),
                  stored_member(&run, "demo/_x.so", i % 3 == 1 ? &new : &old, ""));
    for (run.options.num_threads = 1; run.options.num_threads <= 8;
         run.options.num_threads++) {
        audit(&run);
        for (size_t i = 0; i < 12; i++)
            assert_int_equal(run.met[i], i % 3 != 1);
    }
    wf_buffer_clear(&old);
    wf_buffer_clear(&new);
    end_run(&run);
}

static void
a_damaged_member_is_not_what_a_sound_one_takes_over(void **state)
{
    struct wf_buffer sound;
    struct wf_buffer damaged;
    char crc[96];
    struct run run;

    start_run(&run, state);
    build_extension(&sound, "GLIBC_2.14");
    build_extension(&damaged, "GLIBC_2.14");
    damaged.data[damaged.len - 1] ^= 1;
    pad(&sound);
    pad(&damaged);
    (void)snprintf(crc, sizeof crc, "\"local\":{\"crc\":%u},\"central\":{\"crc\":%u},",
                   wf_crc32(0, wf_buffer_bytes(&sound)),
                   wf_crc32(0, wf_buffer_bytes(&sound)));
    /* The damaged one first, in the middle, and twice. */
    for (unsigned i = 0; i < 12; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i),
                  stored_member(&run, "demo/_x.so", i % 4 == 0 ? &damaged : &sound,
                                i % 4 == 0 ? crc : ""));
    for (run.options.num_threads = 1; run.options.num_threads <= 8;
         run.options.num_threads++) {
        audit(&run);
        for (size_t i = 0; i < 12; i++) {
            assert_int_equal(run.failed[i], i % 4 == 0);
            assert_string_equal(run.where[i], i % 4 == 0 ? "demo/_x.so" : "");
            if (i % 4 != 0)
                assert_int_equal(run.met[i], 1);
        }
    }
    wf_buffer_clear(&sound);
    wf_buffer_clear(&damaged);
    end_run(&run);
}

static void
an_unreadable_object_is_told_by_each_wheel_that_has_it(void **state)
{
    const char *cut = "{\"name\":\"demo/cut.so\",\"method\":\"stored\","
                      "\"hex\":\"7f454c46\",\"zeros\":500000}";
    struct run run;

    start_run(&run, state);
    for (unsigned i = 0; i < 6; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i), cut);
    for (run.options.num_threads = 1; run.options.num_threads <= 4;
         run.options.num_threads++) {
        audit(&run);
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(run.num_unreadable[i], 1);
            assert_non_null(
                strstr(run.finding[i], "object-unreadable: demo/cut.so: at 0x"));
        }
    }
    end_run(&run);
}

static void
the_same_member_twice_in_one_wheel_is_two_objects(void **state)
{
    struct run run;

    start_run(&run, state);
    for (unsigned i = 0; i < 3; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i),
                  wf_arena_printf(&run.arena, "%s,%s,%s",
                                  extension(&run, "a/_x.so", "GLIBC_2.14"),
                                  extension(&run, "b/_x.so", "GLIBC_2.14"),
                                  extension(&run, "c/_x.so", "GLIBC_2.33")));
    for (run.options.num_threads = 1; run.options.num_threads <= 4;
         run.options.num_threads++) {
        audit(&run);
        wf_buffer_add_char(&run.json, '\0');
        const char *json = (const char *)run.json.data;

        for (size_t i = 0; i < 3; i++) {
            const char *end = strchr(json, '\n');

            for (char name = 'a'; name <= 'c'; name++) {
                char path[32];

                (void)snprintf(path, sizeof path, "{\"path\":\"%c/_x.so\"", name);
                const char *at = strstr(json, path);

                assert_non_null(at);
                assert_true(at < end);
            }
            assert_int_equal(run.met[i], 0);
            json = end + 1;
        }
    }
    end_run(&run);
}

/* More wheels than are open or kept at once, each with the same object: reports go while
 * others still compare with them. */
static void
a_long_run_shares_and_forgets(void **state)
{
    struct run run;

    start_run(&run, state);
    for (unsigned i = 0; i < MOST; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i),
                  wf_arena_printf(&run.arena, "%s,%s",
                                  extension(&run, "demo/_x.so", "GLIBC_2.14"),
                                  extension(&run, "demo/_y.so",
                                            i % 2 == 0 ? "GLIBC_2.15" : "GLIBC_2.16")));
    for (run.options.num_threads = 1; run.options.num_threads <= 8;
         run.options.num_threads += 3) {
        audit(&run);
        assert_int_equal(run.num_taken, MOST);
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(run.met[i], 1);
    }
    end_run(&run);
}

static void
a_wheel_that_was_cut_before_its_turn_fails_alone(void **state)
{
    struct run run;

    start_run(&run, state);
    for (unsigned i = 0; i < 3; i++)
        add_wheel(&run, wf_arena_printf(&run.arena, "%u", i),
                  extension(&run, "demo/_x.so", "GLIBC_2.14"));
    assert_int_equal(truncate(run.paths[1], 1000), 0);
    audit(&run);
    assert_false(run.failed[0]);
    assert_true(run.failed[1]);
    assert_string_equal(run.error[1], "at 0x0: no end record in the last 1000 bytes; not "
                                      "a zip archive, or cut short");
    assert_false(run.failed[2]);
    end_run(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_answer_is_the_same_for_every_number_of_threads),
        IN_FOLDER(reports_come_in_the_order_of_the_source_and_fail_alone),
        IN_FOLDER(a_run_can_be_stopped_early),
        IN_FOLDER(a_run_without_wheels_takes_nothing),
        IN_FOLDER(the_digest_of_the_file_is_told_when_asked_for),
        IN_FOLDER(hashes_are_checked_when_asked_for),
        IN_FOLDER(members_with_one_crc_and_other_bytes_are_told_apart),
        IN_FOLDER(a_damaged_member_is_not_what_a_sound_one_takes_over),
        IN_FOLDER(an_unreadable_object_is_told_by_each_wheel_that_has_it),
        IN_FOLDER(the_same_member_twice_in_one_wheel_is_two_objects),
        IN_FOLDER(a_long_run_shares_and_forgets),
        IN_FOLDER(a_wheel_that_was_cut_before_its_turn_fails_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
