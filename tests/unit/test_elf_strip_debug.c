/* test_elf_strip_debug.c -- separate debug files, and the links to them. */
#include "../support/strip_reading.h"

#include "base/deflate.h"

static const struct wf_test_section usual[] = {
    { .name = ".comment", .type = SHT_PROGBITS, .align = 1, .content = "abc", .len = 3 },
    { .name = ".debug_info",
      .type = SHT_PROGBITS,
      .align = 1,
      .content = "debug",
      .len = 5 },
    { .name = ".zeros", .type = SHT_NOBITS, .flags = SHF_ALLOC | SHF_WRITE, .len = 64 },
};

static void
make_debug_file(struct stripping *s)
{
    const struct wf_bytes exact = exact_copy(s->image.data, s->image.len);

    s->err = (struct wf_error){ 0 };
    wf_buffer_reset(&s->out);
    take_result(s, wf_elf_debug_file(&s->out, exact, &s->err));
    free_exact(exact);
}

static void
strip_linked(struct stripping *s, const char *name, const char *file)
{
    const struct wf_bytes exact = exact_copy(s->image.data, s->image.len);

    s->err = (struct wf_error){ 0 };
    wf_buffer_reset(&s->out);
    take_result(s, wf_elf_strip_linked(&s->out, exact, WF_STRIP_ALL, name,
                                       wf_bytes_str(file), &s->err));
    free_exact(exact);
}

static void
a_debug_file_has_all_sections_and_bytes_only_for_debuggers_and_notes(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct stripping s = build_with(strip_machines[i], usual, WF_COUNT(usual));

        make_debug_file(&s);
        assert_true(s.ok);
        assert_string_equal(wf_test_section_list(&s.sections),
                            ".note.gnu.build-id .gnu.hash .dynsym .dynstr .gnu.version "
                            ".gnu.version_r .text .dynamic .comment .debug_info .zeros "
                            ".shstrtab ");
        for (size_t j = 1; j < s.sections.num; j++) {
            const struct wf_elf_section *header = &s.sections.headers[j];
            const bool has_bytes =
                (header->flags & SHF_ALLOC) == 0 || header->type == SHT_NOTE;

            assert_int_equal(header->type != SHT_NOBITS, has_bytes);
        }
        assert_true(wf_bytes_equal_str(bytes_named(&s, ".debug_info"), "debug"));
        assert_int_equal(header_named(&s, ".zeros")->len, 64);
        assert_int_equal(header_named(&s, ".dynsym")->link,
                         wf_test_section_idx(&s.sections, ".dynstr"));
        end_stripping(&s);
    }
}

static void
a_debug_file_is_recognised_as_one_and_has_the_build_id(void **state)
{
    const struct wf_limits limits = wf_limits_standard();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct stripping s = build_with(strip_machines[i], usual, WF_COUNT(usual));
        struct wf_object_file file = { 0 };
        struct wf_arena arena = { 0 };

        make_debug_file(&s);
        assert_true(wf_object_read(&file, &arena, "x.debug", wf_buffer_bytes(&s.out),
                                   &limits, &s.err));
        assert_int_equal(file.objects[0].kind, WF_KIND_DEBUG);
        assert_string_equal(file.objects[0].build_id, "0102030400000000");
        wf_arena_clear(&arena);
        end_stripping(&s);
    }
}

static void
segments_of_a_debug_file_have_no_bytes_but_notes(void **state)
{
    struct stripping s = build_with("s390x", usual, WF_COUNT(usual));
    struct wf_arena arena = { 0 };
    struct wf_elf_image image;

    (void)state;
    make_debug_file(&s);
    assert_true(wf_elf_read_header(&image, wf_buffer_bytes(&s.out), NULL));
    assert_true(wf_elf_read_segments(&image, &arena, NULL));
    for (size_t i = 0; i < image.num_segments; i++) {
        const struct wf_elf_segment *segment = &image.segments[i];

        if (segment->type != PT_NOTE) {
            assert_int_equal(segment->file_len, 0);
            continue;
        }
        assert_int_equal(segment->off, header_named(&s, ".note.gnu.build-id")->off);
        assert_int_equal(segment->file_len, header_named(&s, ".note.gnu.build-id")->len);
    }
    assert_true(wf_elf_check_segments(&image, &s.err));
    wf_arena_clear(&arena);
    end_stripping(&s);
}

static void
what_has_nothing_for_debuggers_has_no_debug_file(void **state)
{
    struct wf_test_elf recipe = strip_recipe("x86_64");
    struct stripping s = build_recipe(&recipe, usual, 1);

    (void)state;
    make_debug_file(&s);
    assert_true(s.ok);
    assert_int_equal(s.out.len, 0);
    end_stripping(&s);
    recipe.no_sections = true;
    s = build_recipe(&recipe, NULL, 0);
    make_debug_file(&s);
    assert_true(s.ok);
    assert_int_equal(s.out.len, 0);
    end_stripping(&s);
}

static void
a_link_names_the_file_and_its_crc_in_the_images_byte_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct stripping s = build_with(strip_machines[i], usual, WF_COUNT(usual));

        strip_linked(&s, "x.debug", "123456789");
        assert_true(s.ok);
        assert_int_equal(wf_test_section_idx(&s.sections, ".debug_info"), 0);
        struct wf_reader r =
            wf_reader_over(bytes_named(&s, ".gnu_debuglink"), s.machine->endian);

        assert_true(wf_bytes_equal(wf_read_bytes(&r, 8), wf_bytes_of("x.debug", 8)));
        /* The check value of this CRC. */
        assert_int_equal(wf_read_u32(&r), 0xcbf43926);
        assert_int_equal(r.rest.len, 0);
        assert_int_equal(header_named(&s, ".gnu_debuglink")->off % 4, 0);
        assert_same_facts(&s.image, &s.out);
        end_stripping(&s);
    }
}

static void
the_name_in_a_link_is_padded_to_a_multiple_of_four(void **state)
{
    static const char *const file_names[] = { "a", "ab", "abc", "abcd" };
    static const size_t lens[] = { 8, 8, 8, 12 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(lens); i++) {
        struct stripping s = build_with("x86_64", usual, WF_COUNT(usual));

        strip_linked(&s, file_names[i], "123456789");
        const struct wf_bytes link = bytes_named(&s, ".gnu_debuglink");

        assert_int_equal(link.len, lens[i]);
        assert_string_equal((const char *)link.data, file_names[i]);
        assert_int_equal(link.data[link.len - 5], 0);
        end_stripping(&s);
    }
}

static void
a_link_that_was_there_is_replaced_and_doing_it_again_changes_nothing(void **state)
{
    struct stripping s = build_with("x86_64", usual, WF_COUNT(usual));

    (void)state;
    strip_linked(&s, "old.debug", "old");
    for (size_t i = 0; i < 2; i++) {
        wf_buffer_reset(&s.image);
        wf_buffer_add(&s.image, s.out.data, s.out.len);
        strip_linked(&s, "new.debug", "new");
        assert_true(s.ok);
        assert_string_equal((const char *)bytes_named(&s, ".gnu_debuglink").data,
                            "new.debug");
    }
    assert_int_equal(s.out.len, s.image.len);
    assert_memory_equal(s.out.data, s.image.data, s.image.len);
    end_stripping(&s);
}

static void
without_a_debug_file_there_is_no_link(void **state)
{
    struct stripping s = build_with("x86_64", usual, WF_COUNT(usual));

    (void)state;
    strip_linked(&s, "x.debug", "");
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".gnu_debuglink"), 0);
    end_stripping(&s);
}

static void
an_image_whose_section_names_are_loaded_gets_no_link(void **state)
{
    struct stripping s = build_with("x86_64", usual, WF_COUNT(usual));

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t at = (size_t)s.sections.image.header.sections_off +
                      64 * wf_test_section_idx(&s.sections, ".shstrtab");

    wf_test_poke(&s.image, at + 8, SHF_ALLOC, 8, WF_LITTLE);
    strip_linked(&s, "x.debug", "file");
    assert_false(s.ok);
    assert_error(s.err, WF_ERR_REFUSED,
                 "the image has no table of section names that can grow by "
                 ".gnu_debuglink");
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    end_stripping(&s);
}

static void
a_file_that_no_loader_maps_has_no_debug_file(void **state)
{
    struct wf_test_elf recipe = strip_recipe("x86_64");

    (void)state;
    recipe.type = WF_TEST_REL;
    struct stripping s = build_recipe(&recipe, NULL, 0);

    make_debug_file(&s);
    assert_false(s.ok);
    assert_error(s.err, WF_ERR_REFUSED,
                 "relocatable object: only what a loader maps is stripped");
    end_stripping(&s);
}

static void
every_changed_byte_gives_a_debug_file_or_an_error(void **state)
{
    static const uint8_t values[] = { 0, 1, 0x80, 0xff };
    struct stripping s = build_with("mips", usual, WF_COUNT(usual));

    (void)state;
    for (size_t at = 0; at < s.image.len; at++) {
        const uint8_t old = s.image.data[at];

        for (size_t i = 0; i < WF_COUNT(values); i++) {
            const struct wf_bytes exact = exact_copy(s.image.data, s.image.len);

            ((uint8_t *)(uintptr_t)exact.data)[at] = values[i];
            s.err = (struct wf_error){ 0 };
            wf_buffer_reset(&s.out);
            if (!wf_elf_debug_file(&s.out, exact, &s.err))
                assert_true(s.err.text[0] != '\0' && s.out.len == 0);
            else
                assert_true(s.out.len <= 2 * s.image.len);
            free_exact(exact);
        }
        s.image.data[at] = old;
    }
    end_stripping(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_debug_file_has_all_sections_and_bytes_only_for_debuggers_and_notes),
        cmocka_unit_test(a_debug_file_is_recognised_as_one_and_has_the_build_id),
        cmocka_unit_test(segments_of_a_debug_file_have_no_bytes_but_notes),
        cmocka_unit_test(what_has_nothing_for_debuggers_has_no_debug_file),
        cmocka_unit_test(a_link_names_the_file_and_its_crc_in_the_images_byte_order),
        cmocka_unit_test(the_name_in_a_link_is_padded_to_a_multiple_of_four),
        cmocka_unit_test(
            a_link_that_was_there_is_replaced_and_doing_it_again_changes_nothing),
        cmocka_unit_test(without_a_debug_file_there_is_no_link),
        cmocka_unit_test(an_image_whose_section_names_are_loaded_gets_no_link),
        cmocka_unit_test(a_file_that_no_loader_maps_has_no_debug_file),
        cmocka_unit_test(every_changed_byte_gives_a_debug_file_or_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
