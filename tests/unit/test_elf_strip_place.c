/* test_elf_strip_place.c -- what keeps its place, and what moves into room that is free. */
#include "../support/strip_reading.h"

#include <stdio.h>

static const struct wf_test_section debug_info = {
    .name = ".debug_info", .type = SHT_PROGBITS, .align = 1, .content = "abc", .len = 3
};

/* The segments of an image. */
static size_t
read_segments(struct wf_elf_segment *out, size_t max, const struct wf_buffer *image)
{
    struct wf_arena arena = { 0 };
    struct wf_elf_image read;

    assert_true(wf_elf_read_header(&read, wf_buffer_bytes(image), NULL));
    assert_true(wf_elf_read_segments(&read, &arena, NULL));
    assert_true(read.num_segments <= max);
    memcpy(out, read.segments, read.num_segments * sizeof *out);
    const size_t num = read.num_segments;

    wf_arena_clear(&arena);
    return num;
}

enum { MOST_SEGMENTS = 16 };

/* Every segment holds the same bytes at the same address, `moved` bytes further up when it
 * starts behind `at`.  The first page has the headers, which differ. */
static void
expect_segments(const struct stripping *s, uint64_t at, uint64_t moved)
{
    struct wf_elf_segment before[MOST_SEGMENTS], after[MOST_SEGMENTS];
    const size_t num = read_segments(before, MOST_SEGMENTS, &s->image);

    assert_int_equal(read_segments(after, MOST_SEGMENTS, &s->out), num);
    for (size_t i = 0; i < num; i++) {
        const bool behind = before[i].off >= at;
        const size_t skip = before[i].off == 0 ? s->at.notes : 0;

        assert_int_equal(after[i].vaddr, before[i].vaddr);
        assert_int_equal(after[i].file_len, before[i].file_len);
        assert_int_equal(after[i].off, before[i].off - (behind ? moved : 0));
        if (after[i].file_len > skip)
            assert_memory_equal(s->out.data + after[i].off + skip,
                                s->image.data + before[i].off + skip,
                                before[i].file_len - skip);
    }
}

static void
what_segments_hold_keeps_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct stripping s = build_with(strip_machines[i], &debug_info, 1);

        strip_at(&s, WF_STRIP_ALL);
        assert_true(s.ok);
        expect_segments(&s, 0, 0);
        end_stripping(&s);
    }
}

/* As patchelf leaves them: a last segment behind the debug sections. */
static struct stripping
build_with_room(const char *name, size_t room)
{
    struct stripping s = build_with(name, &debug_info, 1);

    wf_test_insert(&s.image, s.machine, s.at.dynamic, room);
    return s;
}

static void
a_segment_behind_what_went_moves_by_whole_large_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct stripping s = build_with_room(strip_machines[i], 200 * 1024);
        const size_t at = s.at.dynamic + 200 * 1024;

        strip_at(&s, WF_STRIP_ALL);
        assert_true(s.ok);
        expect_segments(&s, at, 192 * 1024);
        assert_int_equal(header_named(&s, ".dynamic")->off, at - 192 * 1024);
        assert_same_facts(&s.image, &s.out);
        /* The room that is left holds nothing. */
        for (size_t off = s.at.code + 64; off < at - 192 * 1024; off++)
            assert_int_equal(s.out.data[off], 0);
        end_stripping(&s);
    }
}

static void
a_segment_does_not_move_by_less_than_the_largest_page(void **state)
{
    struct stripping s = build_with_room("aarch64", 60 * 1024);

    (void)state;
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    expect_segments(&s, 0, 0);
    end_stripping(&s);

    /* Neither by less than its own alignment. */
    struct wf_test_elf recipe = strip_recipe("x86_64");

    recipe.align = 2 << 20;
    s = build_recipe(&recipe, &debug_info, 1);
    wf_test_insert(&s.image, s.machine, s.at.dynamic, 2 << 20);
    wf_test_insert(&s.image, s.machine, s.at.dynamic, 1 << 20);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    expect_segments(&s, s.at.dynamic + 1, 2 << 20);
    end_stripping(&s);
}

static void
program_headers_do_not_move(void **state)
{
    struct stripping s = build_with_room("x86_64", 200 * 1024);
    const size_t table = s.at.dynamic + 200 * 1024 + s.at.dynamic_len;
    const size_t len = 56 * 8;

    (void)state;
    /* The table is copied to where the last segment ends and is found there. */
    wf_test_insert(&s.image, s.machine, table, 4096);
    memcpy(s.image.data + table, s.image.data + s.at.segments, len);
    wf_test_poke(&s.image, 32, table, 8, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(s.sections.image.header.segments_off, table);
    assert_same_facts(&s.image, &s.out);
    end_stripping(&s);
}

static void
sections_inside_a_segment_stay_there_whether_loaded_or_not(void **state)
{
    const struct wf_test_section sections[] = {
        debug_info,
        { .name = ".comment",
          .type = SHT_PROGBITS,
          .align = 1,
          .content = "abc",
          .len = 3 },
    };
    struct stripping s = build_with("x86_64", sections, 2);

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t at = (size_t)s.sections.image.header.sections_off +
                      64 * wf_test_section_idx(&s.sections, ".comment");

    wf_test_poke(&s.image, at + 24, s.at.code, 8, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(header_named(&s, ".comment")->off, s.at.code);
    end_stripping(&s);
}

static void
alignments_of_unloaded_sections_are_kept_up_to_a_bound(void **state)
{
    const struct wf_test_section sections[] = {
        debug_info,
        { .name = ".a", .type = SHT_PROGBITS, .align = 1, .content = "abc", .len = 3 },
        { .name = ".b", .type = SHT_PROGBITS, .align = 32, .content = "abc", .len = 3 },
        { .name = ".c", .type = SHT_PROGBITS, .align = 4096, .content = "abc", .len = 3 },
    };
    struct stripping s = build_with("x86_64", sections, 4);

    (void)state;
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(header_named(&s, ".a")->off, s.at.dynamic + s.at.dynamic_len);
    assert_int_equal(header_named(&s, ".b")->off % 32, 0);
    assert_int_equal(header_named(&s, ".c")->off % 64, 0);
    assert_true(header_named(&s, ".c")->off < header_named(&s, ".b")->off + 128);
    assert_int_equal(header_named(&s, ".c")->align, 4096);
    end_stripping(&s);
}

static void
a_loaded_section_outside_every_segment_is_kept(void **state)
{
    const struct wf_test_section sections[] = {
        debug_info,
        { .name = ".lost",
          .type = SHT_PROGBITS,
          .flags = SHF_ALLOC,
          .align = 1,
          .content = "found",
          .len = 5 },
    };
    struct stripping s = build_with("x86_64", sections, 2);

    (void)state;
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_true(wf_bytes_equal_str(bytes_named(&s, ".lost"), "found"));
    end_stripping(&s);
}

static void
loaded_sections_outside_segments_that_overlap_are_refused(void **state)
{
    const struct wf_test_section lost = {
        .name = ".lost",
        .type = SHT_PROGBITS,
        .flags = SHF_ALLOC,
        .align = 1,
        .content = "found",
        .len = 5,
        .repeats = 2,
    };
    const struct wf_test_section sections[] = { debug_info, lost };
    struct stripping s = build_with("x86_64", sections, 2);
    char text[256];

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t first = (size_t)s.sections.image.header.sections_off +
                         64 * wf_test_section_idx(&s.sections, ".lost");

    for (size_t i = 0; i < 3; i++) {
        wf_test_poke(&s.image, first + i * 64 + 24, 0, 8, WF_LITTLE);
        wf_test_poke(&s.image, first + i * 64 + 32, s.image.len, 8, WF_LITTLE);
    }
    strip_at(&s, WF_STRIP_ALL);
    (void)snprintf(text, sizeof text,
                   "at 0x%zx: the loaded sections outside every segment hold more bytes "
                   "than the file, %zu; they overlap",
                   first + 64, s.image.len);
    assert_error_at(s.err, WF_ERR_MALFORMED, first + 64, text);
    end_stripping(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_segments_hold_keeps_its_place),
        cmocka_unit_test(a_segment_behind_what_went_moves_by_whole_large_pages),
        cmocka_unit_test(a_segment_does_not_move_by_less_than_the_largest_page),
        cmocka_unit_test(program_headers_do_not_move),
        cmocka_unit_test(sections_inside_a_segment_stay_there_whether_loaded_or_not),
        cmocka_unit_test(alignments_of_unloaded_sections_are_kept_up_to_a_bound),
        cmocka_unit_test(a_loaded_section_outside_every_segment_is_kept),
        cmocka_unit_test(loaded_sections_outside_segments_that_overlap_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
