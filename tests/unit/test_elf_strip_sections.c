/* test_elf_strip_sections.c -- which sections go at which level, what is refused, and what
 * any bytes at all may do. */
#include "../support/strip_reading.h"

#include <stdio.h>

#define PLAIN(name_)                                                                     \
    {                                                                                    \
        .name = name_, .type = SHT_PROGBITS, .align = 1, .content = name_,               \
        .len = sizeof(name_)                                                             \
    }

/* Both sides of each name that is known, and what only looks like one. */
static const struct wf_test_section many[] = {
    PLAIN(".comment"),
    PLAIN(".debug_info"),
    PLAIN(".debug"),
    PLAIN("debug_info"),
    PLAIN(".zdebug_line"),
    PLAIN(".gnu.debuglto_.debug_info"),
    PLAIN(".gnu.debuglto_.text"),
    PLAIN(".gnu.linkonce.wi.x"),
    PLAIN(".gnu.linkonce.w.x"),
    PLAIN(".line"),
    PLAIN(".stab"),
    PLAIN(".stabstr"),
    PLAIN(".gdb_index"),
    PLAIN(".gdb_indexer"),
    PLAIN(".gnu_debuglink"),
    PLAIN(".gnu_debugaltlink"),
    PLAIN(".gnu.build.attributes"),
    PLAIN(".gnu.lto_.x"),
    { .name = ".debug_gdb_scripts",
      .type = SHT_PROGBITS,
      .flags = SHF_ALLOC,
      .align = 1,
      .content = "x",
      .len = 1 },
    { .name = ".debug_str",
      .type = SHT_PROGBITS,
      .flags = SHF_COMPRESSED,
      .align = 8,
      .content = "0123456789abcdef0123456789",
      .len = 26 },
    { .name = ".symtab",
      .type = SHT_SYMTAB,
      .link = ".strtab",
      .info = 1,
      .align = 8,
      .entry_len = 24,
      .content = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                 "\0\1\0\0\0\x12\0\xf1\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
      .len = 48 },
    { .name = ".strtab", .type = SHT_STRTAB, .align = 1, .content = "\0main", .len = 6 },
};

static const char loaded_list[] =
    ".note.gnu.build-id .gnu.hash .dynsym .dynstr .gnu.version .gnu.version_r .text "
    ".dynamic ";
static const char others_list[] =
    ".comment debug_info .gnu.debuglto_.text .gnu.linkonce.w.x .gdb_indexer "
    ".gnu_debuglink .gnu_debugaltlink .gnu.build.attributes .gnu.lto_.x "
    ".debug_gdb_scripts ";

static void
expect_list(struct stripping *s, const char *end)
{
    char list[1024];

    (void)snprintf(list, sizeof list, "%s%s%s", loaded_list, others_list, end);
    assert_true(s->ok);
    assert_string_equal(wf_test_section_list(&s->sections), list);
    assert_same_facts(&s->image, &s->out);
}

static void
debug_level_takes_what_debuggers_know_and_leaves_symbols(void **state)
{
    struct stripping s = build_with("x86_64", many, WF_COUNT(many));

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    expect_list(&s, ".symtab .strtab .shstrtab ");
    end_stripping(&s);
}

static void
the_higher_levels_take_the_symbol_table_too(void **state)
{
    struct stripping s = build_with("x86_64", many, WF_COUNT(many));

    (void)state;
    strip_at(&s, WF_STRIP_ALL);
    expect_list(&s, ".shstrtab ");
    strip_at(&s, WF_STRIP_UNNEEDED);
    expect_list(&s, ".shstrtab ");
    end_stripping(&s);
}

static void
level_nothing_takes_nothing(void **state)
{
    struct stripping s = build_with("x86_64", many, WF_COUNT(many));

    (void)state;
    strip_at(&s, WF_STRIP_NOTHING);
    assert_true(s.ok);
    assert_int_equal(s.out.len, s.image.len);
    assert_memory_equal(s.out.data, s.image.data, s.image.len);
    end_stripping(&s);
}

static void
contents_links_and_names_of_what_stays_are_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        const struct wf_test_section sections[] = { many[0], many[1], many[15] };
        struct stripping s = build_with(strip_machines[i], sections, 3);

        strip_at(&s, WF_STRIP_ALL);
        assert_true(s.ok);
        assert_true(s.out.len < s.image.len);
        assert_true(wf_bytes_equal_str(wf_bytes_first(bytes_named(&s, ".comment"), 8),
                                       ".comment"));
        assert_int_equal(header_named(&s, ".gnu.version")->link,
                         wf_test_section_idx(&s.sections, ".dynsym"));
        assert_int_equal(header_named(&s, ".dynamic")->link,
                         wf_test_section_idx(&s.sections, ".dynstr"));
        /* Nothing is behind the section headers. */
        assert_int_equal(s.sections.image.header.sections_off +
                             s.sections.num * wf_elf_section_len(&s.sections.image),
                         s.out.len);
        assert_same_facts(&s.image, &s.out);
        end_stripping(&s);
    }
}

/* Some linkers put sections that are not loaded before the others. */
static void
loaded_sections_get_new_numbers_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        const struct wf_test_section sections[] = {
            { .name = ".debug_info",
              .type = SHT_PROGBITS,
              .first = true,
              .len = 3,
              .content = "abc",
              .align = 1 },
            { .name = ".comment",
              .type = SHT_PROGBITS,
              .first = true,
              .len = 3,
              .content = "abc",
              .align = 1 },
        };
        struct stripping s = build_with(strip_machines[i], sections, 2);
        const bool wide = s.machine->bits == 64;
        struct wf_elf_symbol symbols[8];

        wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
        wf_test_poke(&s.image, s.at.symbols + (wide ? 2 * 24 + 6 : 2 * 16 + 14),
                     wf_test_section_idx(&s.sections, ".text"), 2, s.machine->endian);
        strip_at(&s, WF_STRIP_DEBUG);
        assert_true(s.ok);
        assert_int_equal(header_named(&s, ".gnu.hash")->link,
                         wf_test_section_idx(&s.sections, ".dynsym"));
        const size_t num = wf_elf_decode_symbols(
            &s.sections.image, bytes_named(&s, ".dynsym"), symbols, WF_COUNT(symbols));

        assert_int_equal(num, 3);
        assert_int_equal(symbols[1].section, SHN_UNDEF);
        assert_int_equal(symbols[2].section, wf_test_section_idx(&s.sections, ".text"));
        assert_same_facts(&s.image, &s.out);
        end_stripping(&s);
    }
}

static void
a_section_that_a_dynamic_symbol_names_stays(void **state)
{
    const struct wf_test_section sections[] = { many[1], many[9] };
    struct stripping s = build_with("x86_64", sections, 2);

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    wf_test_poke(&s.image, s.at.symbols + 2 * 24 + 6,
                 wf_test_section_idx(&s.sections, ".line"), 2, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".debug_info"), 0);
    assert_int_not_equal(wf_test_section_idx(&s.sections, ".line"), 0);
    end_stripping(&s);
}

static void
what_is_stripped_already_comes_out_as_it_went_in(void **state)
{
    static const enum wf_strip_level levels[] = { WF_STRIP_DEBUG, WF_STRIP_UNNEEDED,
                                                  WF_STRIP_ALL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(levels); i++) {
        struct stripping s = build_with("x86_64", many, WF_COUNT(many));

        strip_at(&s, levels[i]);
        wf_buffer_reset(&s.image);
        wf_buffer_add(&s.image, s.out.data, s.out.len);
        strip_at(&s, levels[i]);
        assert_int_equal(s.out.len, s.image.len);
        assert_memory_equal(s.out.data, s.image.data, s.image.len);
        end_stripping(&s);
    }
}

static void
an_image_without_section_headers_comes_out_as_it_went_in(void **state)
{
    struct wf_test_elf recipe = strip_recipe("x86_64");

    (void)state;
    recipe.no_sections = true;
    struct stripping s = build_recipe(&recipe, NULL, 0);

    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(s.out.len, s.image.len);
    assert_memory_equal(s.out.data, s.image.data, s.image.len);
    end_stripping(&s);
}

static void
more_sections_than_the_header_counts_are_counted_in_the_first(void **state)
{
    const struct wf_test_section sections[] = {
        { .name = ".comment", .type = SHT_PROGBITS, .repeats = 66000 },
        { .name = ".debug_info", .type = SHT_PROGBITS, .repeats = 9 },
    };
    struct stripping s = build_with("x86_64", sections, 2);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(s.sections.num, 1 + 8 + 66001 + 1);
    assert_int_equal(s.sections.image.header.num_sections, 0);
    assert_int_equal(s.sections.image.header.names_idx, SHN_XINDEX);
    assert_string_equal(s.sections.names[s.sections.num - 1], ".shstrtab");
    assert_same_facts(&s.image, &s.out);
    end_stripping(&s);
}

static void
few_enough_sections_are_counted_in_the_header_again(void **state)
{
    const struct wf_test_section sections[] = {
        { .name = ".debug_info", .type = SHT_PROGBITS, .repeats = 66000 },
    };
    struct stripping s = build_with("s390x", sections, 1);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(s.sections.image.header.num_sections, 10);
    assert_int_equal(s.sections.image.header.names_idx, 9);
    assert_int_equal(s.sections.headers[0].len, 0);
    assert_int_equal(s.sections.headers[0].link, 0);
    end_stripping(&s);
}

static void
relocations_of_a_section_that_goes_go_too(void **state)
{
    const struct wf_test_section sections[] = {
        many[1],
        { .name = ".rela.debug_info",
          .type = SHT_RELA,
          .subject = ".debug_info",
          .entry_len = 24,
          .align = 8 },
        { .name = ".rela.other",
          .type = SHT_RELA,
          .subject = ".comment",
          .entry_len = 24,
          .align = 8 },
        many[0],
    };
    struct stripping s = build_with("x86_64", sections, 4);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".rela.debug_info"), 0);
    assert_int_equal(header_named(&s, ".rela.other")->info,
                     wf_test_section_idx(&s.sections, ".comment"));
    end_stripping(&s);
}

static void
links_to_what_went_are_cleared(void **state)
{
    const struct wf_test_section sections[] = {
        { .name = ".ordered",
          .type = SHT_PROGBITS,
          .flags = SHF_LINK_ORDER,
          .link = ".line",
          .align = 1,
          .content = "x",
          .len = 1 },
        { .name = ".informed",
          .type = SHT_PROGBITS,
          .flags = SHF_INFO_LINK,
          .subject = ".line",
          .align = 1,
          .content = "x",
          .len = 1 },
        { .name = ".told",
          .type = SHT_PROGBITS,
          .info = 77,
          .align = 1,
          .content = "x",
          .len = 1 },
        many[9],
    };
    struct stripping s = build_with("x86_64", sections, 4);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(header_named(&s, ".ordered")->link, 0);
    assert_int_equal(header_named(&s, ".informed")->info, 0);
    assert_int_equal(header_named(&s, ".told")->info, 77);
    end_stripping(&s);
}

/* Refusals. */

static void
expect_refusal(struct wf_test_elf recipe, const char *text)
{
    struct stripping s = build_recipe(&recipe, NULL, 0);

    strip_at(&s, WF_STRIP_ALL);
    assert_false(s.ok);
    assert_error(s.err, WF_ERR_REFUSED, text);
    end_stripping(&s);
}

static void
files_that_no_loader_maps_are_refused(void **state)
{
    struct wf_test_elf recipe = strip_recipe("x86_64");

    (void)state;
    recipe.type = WF_TEST_REL;
    expect_refusal(recipe, "relocatable object: only what a loader maps is stripped");
    recipe.type = WF_TEST_CORE;
    expect_refusal(recipe, "core dump: only what a loader maps is stripped");
    recipe.type = WF_TEST_DYN;
    recipe.debug = WF_TEST_DEBUG_EMPTY;
    expect_refusal(recipe, "debug file: only what a loader maps is stripped");
    recipe.debug = WF_TEST_NO_DEBUG;
    recipe.machine = machine("bpf");
    expect_refusal(recipe, "device code: only what a loader maps is stripped");
}

/* Pokes a field of the section header of `name` and expects an error there. */
static void
expect_malformed(const char *name, size_t field, uint64_t value, size_t len,
                 const char *text)
{
    const struct wf_test_section sections[] = { many[0], many[1], many[3] };
    struct stripping s = build_with("x86_64", sections, 3);

    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t at = (size_t)s.sections.image.header.sections_off +
                      64 * wf_test_section_idx(&s.sections, name);
    char whole[256];

    wf_test_poke(&s.image, at + field, value, len, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    (void)snprintf(whole, sizeof whole, "at 0x%zx: %s", at, text);
    assert_false(s.ok);
    assert_error_at(s.err, WF_ERR_MALFORMED, at, whole);
    end_stripping(&s);
}

enum { SH_NAME = 0, SH_OFFSET = 24, SH_SIZE = 32 };

static void
sections_that_make_no_sense_are_refused(void **state)
{
    const struct wf_test_section sections[] = { many[0], many[1], many[3] };
    struct stripping s = build_with("x86_64", sections, 3);
    char text[256];

    (void)state;
    (void)snprintf(text, sizeof text,
                   "section 9 claims 0x9 bytes from 0x100000 on; the file has %zu",
                   s.image.len);
    expect_malformed(".comment", SH_OFFSET, 0x100000, 8, text);
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    (void)snprintf(text, sizeof text,
                   "section 9 has its name at 0x12345 of %llu bytes of names",
                   (unsigned long long)header_named(&s, ".shstrtab")->len);
    expect_malformed(".comment", SH_NAME, 0x12345, 4, text);
    end_stripping(&s);
}

/* Each of them fits, but all of them in one file do not; without a limit a small file could
 * ask for a huge one. */
static void
sections_that_overlap_are_refused(void **state)
{
    const struct wf_test_section sections[] = { many[0], many[3] };
    struct stripping s = build_with("x86_64", sections, 2);
    char text[256];

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t at = (size_t)s.sections.image.header.sections_off +
                      64 * wf_test_section_idx(&s.sections, "debug_info");

    wf_test_poke(&s.image, at + SH_OFFSET, 0, 8, WF_LITTLE);
    wf_test_poke(&s.image, at + SH_SIZE, s.image.len, 8, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    (void)snprintf(text, sizeof text,
                   "at 0x%zx: the sections that are not loaded hold more bytes than the "
                   "file, %zu; they overlap",
                   at, s.image.len);
    assert_error_at(s.err, WF_ERR_MALFORMED, at, text);
    end_stripping(&s);
}

static void
damage_in_what_goes_does_no_harm(void **state)
{
    const struct wf_test_section sections[] = { many[0], many[1] };
    struct stripping s = build_with("x86_64", sections, 2);

    (void)state;
    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    wf_test_poke(&s.image,
                 (size_t)s.sections.image.header.sections_off +
                     64 * wf_test_section_idx(&s.sections, ".debug_info") + SH_OFFSET,
                 UINT64_MAX, 8, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".debug_info"), 0);
    end_stripping(&s);
}

static void
names_that_cannot_be_found_are_refused(void **state)
{
    struct stripping s = build_with("x86_64", many, 1);

    (void)state;
    wf_test_poke(&s.image, 62, 500, 2, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_error_at(s.err, WF_ERR_MALFORMED, 0,
                    "at 0x0: section names are said to be in section 500; there are 11");
    wf_test_poke(&s.image, 62, 7, 2, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_int_equal(s.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(s.err.text, "section names are said to be in section 7, which "
                                       "is no string table"));
    wf_test_poke(&s.image, 62, 10, 2, WF_LITTLE);
    wf_test_poke(&s.image, 40, s.image.len - 63, 8, WF_LITTLE);
    strip_at(&s, WF_STRIP_ALL);
    assert_false(s.ok);
    assert_int_equal(s.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(s.err.text, "the section headers at 0x"));
    end_stripping(&s);
}

static void
a_result_above_the_maximum_is_refused(void **state)
{
    struct stripping s = build_with("x86_64", many, WF_COUNT(many));

    (void)state;
    s.out.max = 500;
    strip_at(&s, WF_STRIP_ALL);
    assert_false(s.ok);
    assert_error(s.err, WF_ERR_LIMIT, "the stripped image is larger than 500 bytes");
    s.out.over = false;
    strip_at(&s, WF_STRIP_NOTHING);
    assert_error(s.err, WF_ERR_LIMIT, "the stripped image is larger than 500 bytes");
    end_stripping(&s);
}

/* Any result must be one that can be read and stripped again without change. */
static void
strip_twice(struct stripping *s, enum wf_strip_level level)
{
    const struct wf_bytes exact = exact_copy(s->image.data, s->image.len);
    struct wf_buffer twice;

    s->err = (struct wf_error){ 0 };
    wf_buffer_reset(&s->out);
    wf_buffer_init(&twice, 64 << 20);
    if (!wf_elf_strip(&s->out, exact, level, &s->err)) {
        assert_int_not_equal(s->err.kind, WF_ERR_NONE);
        assert_true(s->err.text[0] != '\0');
        assert_int_equal(s->out.len, 0);
    } else {
        assert_true(wf_elf_strip(&twice, wf_buffer_bytes(&s->out), level, &s->err));
        assert_int_equal(twice.len, s->out.len);
        assert_memory_equal(twice.data, s->out.data, twice.len);
    }
    wf_buffer_clear(&twice);
    free_exact(exact);
}

static void
every_truncation_gives_a_result_or_an_error(void **state)
{
    (void)state;
    for (size_t m = 0; m < WF_COUNT(strip_machines); m++) {
        const struct wf_test_section sections[] = { many[0], many[1], many[15] };
        struct stripping s = build_with(strip_machines[m], sections, 3);

        for (size_t len = s.image.len; len-- > 0;) {
            s.image.len = len;
            strip_twice(&s, WF_STRIP_ALL);
        }
        end_stripping(&s);
    }
}

static void
every_changed_byte_gives_a_result_or_an_error(void **state)
{
    static const uint8_t values[] = { 0, 1, 0x7f, 0xff };

    (void)state;
    struct stripping s = build_with("x86_64", many, WF_COUNT(many));

    for (size_t at = 0; at < s.image.len; at++) {
        const uint8_t old = s.image.data[at];

        for (size_t i = 0; i < WF_COUNT(values); i++) {
            s.image.data[at] = values[i];
            strip_twice(&s, WF_STRIP_DEBUG);
        }
        s.image.data[at] = old;
    }
    end_stripping(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debug_level_takes_what_debuggers_know_and_leaves_symbols),
        cmocka_unit_test(the_higher_levels_take_the_symbol_table_too),
        cmocka_unit_test(level_nothing_takes_nothing),
        cmocka_unit_test(contents_links_and_names_of_what_stays_are_right),
        cmocka_unit_test(loaded_sections_get_new_numbers_everywhere),
        cmocka_unit_test(a_section_that_a_dynamic_symbol_names_stays),
        cmocka_unit_test(what_is_stripped_already_comes_out_as_it_went_in),
        cmocka_unit_test(an_image_without_section_headers_comes_out_as_it_went_in),
        cmocka_unit_test(more_sections_than_the_header_counts_are_counted_in_the_first),
        cmocka_unit_test(few_enough_sections_are_counted_in_the_header_again),
        cmocka_unit_test(relocations_of_a_section_that_goes_go_too),
        cmocka_unit_test(links_to_what_went_are_cleared),
        cmocka_unit_test(files_that_no_loader_maps_are_refused),
        cmocka_unit_test(sections_that_make_no_sense_are_refused),
        cmocka_unit_test(sections_that_overlap_are_refused),
        cmocka_unit_test(damage_in_what_goes_does_no_harm),
        cmocka_unit_test(names_that_cannot_be_found_are_refused),
        cmocka_unit_test(a_result_above_the_maximum_is_refused),
        cmocka_unit_test(every_truncation_gives_a_result_or_an_error),
        cmocka_unit_test(every_changed_byte_gives_a_result_or_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
