/* Where new names find room: padding, a new section, header room; both sides of each. */
#include <stdio.h>

#include "../support/pe_editing.h"

#include "object/pe_format.h"

/* "abcdefgh.dll" and its NUL take 13 bytes. */
static const char new_name[] = "abcdefgh.dll";

static void
start(struct editing *t, const char *recipe)
{
    start_editing(t, recipe);
    add_rename(t, "a.dll", new_name);
}

static void
expect_room(const char *recipe, const char *room)
{
    struct editing t;

    start(&t, recipe);
    do_edit(&t);
    if (strcmp(wf_pe_room_name(t.edited.room), room) != 0)
        fail_msg("%s: %s, not %s", recipe, wf_pe_room_name(t.edited.room), room);
    assert_string_equal(new_needed(&t, 0), new_name);
    assert_int_equal(t.edited.growth, t.out.len - t.file.len);
    end_editing(&t);
}

static void
expect_refusal(const char *recipe, const char *text)
{
    struct editing t;

    start(&t, recipe);
    assert_refused(&t, WF_ERR_REFUSED, text);
    end_editing(&t);
}

static void
padding_must_have_every_byte_of_the_name(void **state)
{
    (void)state;
    expect_room("{ 'imports': ['a.dll'], 'slack': 13 }", "padding");
    expect_room("{ 'imports': ['a.dll'], 'slack': 12 }", "new-section");
}

static void
names_in_padding_count_as_part_of_the_section(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 20, 'overlay': 'kept' }");
    do_edit(&t);
    assert_int_equal(t.out.len, t.file.len);
    assert_int_equal(field(&t, 1, "section", 1, PE_SEC_VIRTUAL_SIZE, 4),
                     field(&t, 0, "section", 1, PE_SEC_VIRTUAL_SIZE, 4) + 13);
    assert_int_equal(field(&t, 1, "section", 1, PE_SEC_RAW_SIZE, 4),
                     field(&t, 0, "section", 1, PE_SEC_RAW_SIZE, 4));
    assert_memory_equal(t.out.data + t.out.len - 4, "kept", 4);
    end_editing(&t);
}

static void
padding_that_is_not_zero_is_none(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 40 }");
    const uint64_t raw = field(&t, 0, "section", 1, PE_SEC_RAW_OFF, 4);
    const uint64_t size = field(&t, 0, "section", 1, PE_SEC_RAW_SIZE, 4);

    t.file.data[raw + size - 1] = 1;
    do_edit(&t);
    assert_room(&t, "new-section");
    end_editing(&t);
}

static void
a_section_of_another_kind_is_not_written_to(void **state)
{
    static const struct {
        uint32_t flags;
        const char *room;
    } kinds[] = {
        { 0x40000040U, "padding" },     /* read */
        { 0xc0000040U, "padding" },     /* written, too */
        { 0x60000020U, "new-section" }, /* code */
        { 0x60000040U, "new-section" }, /* executed */
        { 0xc0000080U, "new-section" }, /* not initialised */
        { 0x42000040U, "new-section" }, /* discarded */
        { 0xd0000040U, "new-section" }, /* shared between processes */
        { 0x80000040U, "new-section" }, /* not read */
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(kinds); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe,
                 "{ 'imports': ['a.dll'], 'slack': 0, 'sections': [{ 'name': '.more',"
                 "  'size': 512, 'virtual': 400, 'fill': 0, 'flags': %u }] }",
                 kinds[i].flags);
        expect_room(recipe, kinds[i].room);
    }
}

static void
what_is_only_read_goes_before_what_is_written_to(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'sections': ["
              "  { 'name': '.data', 'size': 512, 'virtual': 400, 'fill': 0,"
              "    'flags': 3221225536 },"
              "  { 'name': '.rest', 'size': 512, 'virtual': 400, 'fill': 0,"
              "    'flags': 1073741888 }] }");
    do_edit(&t);
    assert_int_equal(field(&t, 1, "section", 2, PE_SEC_VIRTUAL_SIZE, 4), 400);
    assert_int_equal(field(&t, 1, "section", 3, PE_SEC_VIRTUAL_SIZE, 4), 413);
    end_editing(&t);
}

static void
a_size_in_memory_of_zero_is_not_taken_for_padding(void **state)
{
    (void)state;
    expect_room("{ 'imports': ['a.dll'], 'slack': 40, 'virtual_zero': true }",
                "new-section");
}

static void
padding_that_something_leads_to_is_none(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 40, 'exports': ['f'] }");
    const uint64_t end = field(&t, 0, "section", 1, PE_SEC_ADDRESS, 4) +
                         field(&t, 0, "section", 1, PE_SEC_VIRTUAL_SIZE, 4);
    const uint64_t table = field(&t, 0, "export", 0, 28, 4);
    const size_t entry = wf_test_pe_find(wf_buffer_bytes(&t.file), "rva", (size_t)table);

    wf_test_pe_set(&t.file, entry, end + 30, 4); /* an exported object */
    do_edit(&t);
    assert_room(&t, "new-section");
    end_editing(&t);
    /* A directory of nothing but zeros: thread-local storage. */
    start(&t, "{ 'imports': ['a.dll'], 'slack': 40, 'exports': ['f'] }");
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.file), "directory", 9);

    wf_test_pe_set(&t.file, at, end + 5, 4);
    wf_test_pe_set(&t.file, at + 4, 8, 4);
    do_edit(&t);
    assert_room(&t, "new-section");
    end_editing(&t);
}

static void
padding_beside_debug_information_is_free(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'pdb': 'x.pdb', 'slack': 60, 'overlay': 'more' }");
    do_edit(&t);
    assert_room(&t, "padding");
    assert_string_equal(t.after.objects[0].pe->pdb, "x.pdb");
    end_editing(&t);
}

static void
padding_that_debug_information_stands_in_is_none(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'pdb': 'x.pdb', 'slack': 60 }");
    const uint64_t end = field(&t, 0, "section", 1, PE_SEC_RAW_OFF, 4) +
                         field(&t, 0, "section", 1, PE_SEC_RAW_SIZE, 4);
    const size_t entry = wf_test_pe_find(wf_buffer_bytes(&t.file), "debug", 0);

    /* In the file alone: its last byte. */
    wf_test_pe_set(&t.file, entry + 16, 1, 4);
    wf_test_pe_set(&t.file, entry + 20, 0, 4);
    wf_test_pe_set(&t.file, entry + 24, end - 1, 4);
    do_edit(&t);
    assert_room(&t, "new-section");
    wf_test_pe_set(&t.file, entry + 24, end, 4);
    wf_test_pe_set(&t.file, entry + 16, 0, 4);
    do_edit(&t);
    assert_room(&t, "padding");
    end_editing(&t);
}

static void
padding_that_is_relocated_is_none(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 40, 'relocations': true }");
    const uint64_t end = field(&t, 0, "section", 1, PE_SEC_ADDRESS, 4) +
                         field(&t, 0, "section", 1, PE_SEC_VIRTUAL_SIZE, 4);
    const uint64_t rva = field(&t, 0, "directory", 5, 0, 4);
    const size_t block = wf_test_pe_find(wf_buffer_bytes(&t.file), "rva", (size_t)rva);

    assert_true(try_edit(&t));
    assert_room(&t, "padding");

    wf_test_pe_set(&t.file, block, end / 4096 * 4096, 4);
    wf_test_pe_set(&t.file, block + 4, 12, 4);
    wf_test_pe_set(&t.file, block + 8, 0xa000 | (end + 8) % 4096, 2);
    wf_test_pe_set(&t.file, block + 10, 0, 2);
    wf_test_pe_set(&t.file, wf_test_pe_find(wf_buffer_bytes(&t.file), "directory", 5) + 4,
                   12, 4);
    do_edit(&t);
    assert_room(&t, "moved-up"); /* three section headers fill the headers */
    end_editing(&t);
}

static void
a_new_section_agrees_with_the_headers(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'checksum': 'right' }");
    const uint64_t num = field(&t, 0, "coff", 0, 2, 2);

    do_edit(&t);
    assert_room(&t, "new-section");
    assert_int_equal(field(&t, 1, "coff", 0, 2, 2), num + 1);
    const size_t last = (size_t)num;

    assert_int_equal(field(&t, 1, "section", last, 0, 8), 0x786966772eULL); /* .wfix */
    assert_int_equal(field(&t, 1, "section", last, PE_SEC_FLAGS, 4), 0x40000040U);
    assert_int_equal(field(&t, 1, "section", last, PE_SEC_VIRTUAL_SIZE, 4), 13);
    assert_int_equal(field(&t, 1, "section", last, PE_SEC_RAW_SIZE, 4), 512);
    assert_int_equal(field(&t, 1, "section", last, PE_SEC_RAW_OFF, 4), t.file.len);
    assert_int_equal(field(&t, 1, "section", last, PE_SEC_ADDRESS, 4),
                     field(&t, 0, "optional", 0, PE_OPT_IMAGE_SIZE, 4));
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_IMAGE_SIZE, 4),
                     field(&t, 0, "optional", 0, PE_OPT_IMAGE_SIZE, 4) + 4096);
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_INITIALIZED_SIZE, 4),
                     field(&t, 0, "optional", 0, PE_OPT_INITIALIZED_SIZE, 4) + 512);
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_CHECKSUM, 4),
                     wf_test_pe_checksum(wf_buffer_bytes(&t.out)));
    assert_int_equal(t.out.len, t.file.len + 512);
    end_editing(&t);
}

static void
the_gap_behind_the_table_takes_a_header_of_forty_bytes(void **state)
{
    (void)state;
    expect_room("{ 'imports': ['a.dll'], 'slack': 0, 'header_room': 40 }", "new-section");
    expect_room("{ 'imports': ['a.dll'], 'slack': 0, 'header_room': 39 }", "moved-up");
}

static void
the_table_of_bound_imports_makes_room(void **state)
{
    (void)state;
    expect_room("{ 'imports': [{ 'dll': 'a.dll', 'bound': 4294967295 }], 'slack': 0,"
                "  'bound': ['a.dll', 'bcdef.dll'], 'header_room': 0 }",
                "new-section");
}

static void
all_that_names_a_place_in_the_file_moves_up(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'header_room': 0, 'pdb': 'x.pdb',"
              "  'symbols': 5 }");
    do_edit(&t);
    assert_room(&t, "moved-up");
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_HEADERS_SIZE, 4),
                     field(&t, 0, "optional", 0, PE_OPT_HEADERS_SIZE, 4) + 512);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(field(&t, 1, "section", i, PE_SEC_RAW_OFF, 4),
                         field(&t, 0, "section", i, PE_SEC_RAW_OFF, 4) + 512);
    assert_int_equal(field(&t, 1, "debug", 0, 24, 4),
                     field(&t, 0, "debug", 0, 24, 4) + 512);
    assert_string_equal(t.after.objects[0].pe->pdb, "x.pdb");
    /* Symbols stand behind the new section. */
    assert_int_equal(field(&t, 1, "coff", 0, 8, 4), field(&t, 0, "coff", 0, 8, 4) + 1024);
    assert_int_equal(field(&t, 1, "coff", 0, 12, 4), 5);
    const size_t was = wf_test_pe_find(wf_buffer_bytes(&t.file), "symbols", 0);
    const size_t is = wf_test_pe_find(wf_buffer_bytes(&t.out), "symbols", 0);

    assert_int_equal(t.out.len - is, t.file.len - was);
    assert_memory_equal(t.out.data + is, t.file.data + was, t.file.len - was);
    end_editing(&t);
}

static void
headers_cannot_grow_into_the_first_section(void **state)
{
    static const char text[] =
        "new names take 13 bytes, more than there is padding, and the headers have no "
        "place for one more section; keep the names (--no-mangle)";

    (void)state;
    /* Headers of 3584 bytes, of 4096 bytes. */
    expect_room("{ 'imports': ['a.dll'], 'slack': 0, 'header_room': 0, 'lfanew': 3072 }",
                "moved-up");
    expect_refusal(
        "{ 'imports': ['a.dll'], 'slack': 0, 'header_room': 0, 'lfanew': 3584 }", text);
}

static void
other_data_behind_the_sections_do_not_move(void **state)
{
    (void)state;
    expect_room("{ 'imports': ['a.dll'], 'slack': 13, 'overlay': 'extra data' }",
                "padding");
    expect_refusal(
        "{ 'imports': ['a.dll'], 'slack': 12, 'overlay': 'extra data' }",
        "new names take 13 bytes, more than there is padding, and a new section "
        "would move 10 bytes of other data behind the sections (from 0x600 on); "
        "keep the names (--no-mangle), or take that data off (--strip)");
}

static void
symbols_with_other_data_behind_them_do_not_move(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'symbols': 2 }");
    wf_buffer_add_str(&t.file, "x");
    assert_false(try_edit(&t));
    assert_non_null(strstr(t.err.text, " bytes of other data behind the sections"));
    end_editing(&t);
}

static void
zeros_that_fill_up_the_file_are_no_data(void **state)
{
    static const uint8_t zeros[512];
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0 }");
    wf_buffer_add(&t.file, zeros, 511);
    do_edit(&t);
    assert_room(&t, "new-section");
    end_editing(&t);
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0 }");
    wf_buffer_add(&t.file, zeros, 512);
    assert_false(try_edit(&t));
    end_editing(&t);
}

static void
a_certificate_makes_room_for_a_section(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'certificate': 2000 }");
    do_edit(&t);
    assert_room(&t, "new-section");
    assert_true(t.edited.lost_certificate);
    assert_int_equal(t.edited.growth, 0);
    assert_true(t.out.len < t.file.len);
    end_editing(&t);
}

static void
sections_smaller_than_pages_get_no_company(void **state)
{
    (void)state;
    expect_refusal(
        "{ 'imports': ['a.dll'], 'section_align': 512, 'slack': 40 }",
        "new names take 13 bytes, more than there is padding, and sections of "
        "this image are mapped as the file is, so that none can be added; keep "
        "the names (--no-mangle)");
}

static void
a_section_longer_than_the_file_is_damage(void **state)
{
    struct editing t;

    (void)state;
    start(&t, "{ 'imports': ['a.dll'], 'slack': 0 }");
    t.file.len--;
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(t.err.text, ": section .rdata claims 512 bytes at 0x400; the "
                                       "file ends before"));
    end_editing(&t);
}

static void
a_second_edit_uses_the_padding_of_the_new_section(void **state)
{
    struct editing t;
    struct editing next;

    (void)state;
    start(&t, "{ 'imports': ['a.dll', 'b.dll'], 'slack': 0 }");
    do_edit(&t);
    start_editing(&next, "{ }");
    wf_buffer_reset(&next.file);
    wf_buffer_add(&next.file, t.out.data, t.out.len);
    add_rename(&next, "b.dll", "b-0123.dll");
    do_edit(&next);
    assert_room(&next, "padding");
    assert_string_equal(new_needed(&next, 0), new_name);
    assert_string_equal(new_needed(&next, 1), "b-0123.dll");
    end_editing(&next);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_must_have_every_byte_of_the_name),
        cmocka_unit_test(names_in_padding_count_as_part_of_the_section),
        cmocka_unit_test(padding_that_is_not_zero_is_none),
        cmocka_unit_test(a_section_of_another_kind_is_not_written_to),
        cmocka_unit_test(what_is_only_read_goes_before_what_is_written_to),
        cmocka_unit_test(a_size_in_memory_of_zero_is_not_taken_for_padding),
        cmocka_unit_test(padding_that_something_leads_to_is_none),
        cmocka_unit_test(padding_beside_debug_information_is_free),
        cmocka_unit_test(padding_that_debug_information_stands_in_is_none),
        cmocka_unit_test(padding_that_is_relocated_is_none),
        cmocka_unit_test(a_new_section_agrees_with_the_headers),
        cmocka_unit_test(the_gap_behind_the_table_takes_a_header_of_forty_bytes),
        cmocka_unit_test(the_table_of_bound_imports_makes_room),
        cmocka_unit_test(all_that_names_a_place_in_the_file_moves_up),
        cmocka_unit_test(headers_cannot_grow_into_the_first_section),
        cmocka_unit_test(other_data_behind_the_sections_do_not_move),
        cmocka_unit_test(symbols_with_other_data_behind_them_do_not_move),
        cmocka_unit_test(zeros_that_fill_up_the_file_are_no_data),
        cmocka_unit_test(a_certificate_makes_room_for_a_section),
        cmocka_unit_test(sections_smaller_than_pages_get_no_company),
        cmocka_unit_test(a_section_longer_than_the_file_is_damage),
        cmocka_unit_test(a_second_edit_uses_the_padding_of_the_new_section),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
