/* Symbols and debug sections are taken off PE files. */
#include "../support/pe_editing.h"

#include "object/pe_format.h"

/* Two debug sections with long names behind .data, and symbols. */
#define WITH_DEBUG                                                                       \
    "{ 'imports': ['a.dll'], 'symbols': 4, 'checksum': 'right', 'sections': ["           \
    "  { 'name': '.data', 'size': 16, 'flags': 3221225536 },"                            \
    "  { 'name': '.debug_aranges', 'size': 700, 'flags': 1107296320 },"                  \
    "  { 'name': '.debug_info', 'size': 5000, 'flags': 1107296320 }]"

static void
strip(struct editing *t)
{
    const struct wf_bytes exact = exact_copy(t->file.data, t->file.len);
    struct wf_buffer again;

    wf_buffer_reset(&t->out);
    if (!wf_pe_strip(&t->out, exact, &t->err) ||
        !read_facts(&t->before, &t->arena, wf_buffer_bytes(&t->file), &t->err) ||
        !read_facts(&t->after, &t->arena, wf_buffer_bytes(&t->out), &t->err))
        fail_msg("%s", t->err.text);
    free_exact(exact);
    wf_buffer_init(&again, EDITING_MOST);
    assert_true(wf_pe_strip(&again, wf_buffer_bytes(&t->out), &t->err));
    assert_true(wf_bytes_equal(wf_buffer_bytes(&again), wf_buffer_bytes(&t->out)));
    wf_buffer_clear(&again);
}

static void
assert_same(const struct editing *t)
{
    assert_true(wf_bytes_equal(wf_buffer_bytes(&t->file), wf_buffer_bytes(&t->out)));
}

static void
last_debug_sections_go_with_the_symbols(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, WITH_DEBUG "}");
    assert_int_equal(field(&t, 0, "coff", 0, 2, 2), 5);
    strip(&t);
    assert_int_equal(field(&t, 1, "coff", 0, 2, 2), 3);
    assert_int_equal(field(&t, 1, "coff", 0, 8, 8), 0);
    assert_int_equal(field(&t, 1, "coff", 0, 18, 2) & 0x20c, 0x20c);
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_IMAGE_SIZE, 4),
                     field(&t, 0, "section", 3, PE_SEC_ADDRESS, 4));
    assert_int_equal(t.out.len, field(&t, 0, "section", 3, PE_SEC_RAW_OFF, 4));
    assert_int_equal(field(&t, 1, "section", 3, 0, 8), 0);
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_CHECKSUM, 4),
                     wf_test_pe_checksum(wf_buffer_bytes(&t.out)));
    assert_string_equal(new_needed(&t, 0), "a.dll");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(field(&t, 1, "section", i, PE_SEC_RAW_OFF, 4),
                         field(&t, 0, "section", i, PE_SEC_RAW_OFF, 4));
    end_editing(&t);
}

static void
debug_sections_before_others_stay_with_a_cut_name(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'symbols': 4, 'sections': ["
                      "  { 'name': '.debug_info', 'size': 700, 'flags': 1107296320 },"
                      "  { 'name': '.last', 'size': 16, 'flags': 3221225536 }] }");
    strip(&t);
    assert_int_equal(field(&t, 1, "coff", 0, 2, 2), 4);
    assert_memory_equal(t.out.data +
                            wf_test_pe_find(wf_buffer_bytes(&t.out), "section", 2),
                        ".debug_i", 8);
    assert_int_equal(field(&t, 1, "coff", 0, 8, 8), 0);
    assert_int_equal(t.out.len, field(&t, 0, "coff", 0, 8, 4));
    end_editing(&t);
}

static void
a_section_that_is_mapped_for_good_is_no_debug_section(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'symbols': 4, 'sections': ["
                      "  { 'name': '.debug', 'size': 700, 'flags': 1073741888 }] }");
    strip(&t);
    assert_int_equal(field(&t, 1, "coff", 0, 2, 2), 3);
    end_editing(&t);
}

/* Their sections stand in the file where they do in memory, and not at whole sectors. */
static void
images_aligned_below_the_page_lose_what_is_behind_their_sections(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'section_align': 64, 'file_align': 64, 'imports': ['a.dll'],"
                      "  'symbols': 3, 'exports': ['f'] }");
    const uint64_t end = field(&t, 0, "section", 1, PE_SEC_RAW_OFF, 4) +
                         field(&t, 0, "section", 1, PE_SEC_RAW_SIZE, 4);

    strip(&t);
    assert_int_equal(t.before.objects[0].pe->overlay_off, end);
    assert_int_equal(t.out.len, end);
    assert_string_equal(new_needed(&t, 0), "a.dll");
    assert_int_equal(t.after.objects[0].num_exports, 1);
    end_editing(&t);
}

/* The name of a DLL stands in a debug section, which no directory leads to. */
static void
a_section_that_is_used_after_all_does_not_go(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, WITH_DEBUG "}");
    wf_test_pe_set(&t.file, wf_test_pe_find(wf_buffer_bytes(&t.file), "import", 0) + 12,
                   field(&t, 0, "section", 4, PE_SEC_ADDRESS, 4), 4);
    memcpy(t.file.data + field(&t, 0, "section", 4, PE_SEC_RAW_OFF, 4), "b.dll", 6);
    assert_false(wf_pe_strip(&t.out, wf_buffer_bytes(&t.file), &t.err));
    assert_error(t.err, WF_ERR_MALFORMED,
                 "its parts overlap: changing one of them spoils another");
    assert_int_equal(t.out.len, 0);
    end_editing(&t);
}

static void
nothing_to_take_gives_the_same_bytes(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'certificate': 64, 'checksum': 'wrong' }");
    strip(&t);
    assert_same(&t);
    end_editing(&t);
}

static void
a_certificate_goes_with_symbols(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, WITH_DEBUG ", 'certificate': 64 }");
    strip(&t);
    assert_int_equal(field(&t, 1, "directory", 4, 0, 8), 0);
    assert_int_equal(t.out.len, field(&t, 0, "section", 3, PE_SEC_RAW_OFF, 4));
    end_editing(&t);
}

static void
other_data_go_from_a_library_and_stay_behind_a_program(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, WITH_DEBUG ", 'overlay': 'archive' }");
    strip(&t);
    assert_int_equal(t.out.len, field(&t, 0, "section", 3, PE_SEC_RAW_OFF, 4));
    end_editing(&t);
    start_editing(&t, WITH_DEBUG ", 'overlay': 'archive', 'type': 'exe' }");
    strip(&t);
    assert_same(&t);
    end_editing(&t);
    start_editing(&t, WITH_DEBUG ", 'type': 'exe' }");
    strip(&t);
    assert_int_equal(t.out.len, field(&t, 0, "section", 3, PE_SEC_RAW_OFF, 4));
    end_editing(&t);
}

static void
stripping_makes_room_for_a_new_section(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'slack': 0, 'overlay': 'extra data' }");
    add_rename(&t, "a.dll", "abc.dll");
    assert_false(try_edit(&t));
    strip(&t);
    wf_buffer_reset(&t.file);
    wf_buffer_add(&t.file, t.out.data, t.out.len);
    do_edit(&t);
    assert_room(&t, "new-section");
    end_editing(&t);
}

static void
an_image_that_needs_its_signature_is_not_stripped(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'symbols': 4, 'dll_characteristics': 128 }");
    assert_false(wf_pe_strip(&t.out, wf_buffer_bytes(&t.file), &t.err));
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    assert_int_equal(t.out.len, 0);
    end_editing(&t);
}

/* Cut anywhere, and every byte changed: a file or one stated error, and a file can be read. */
static void
a_damaged_file_is_stripped_or_refused(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, WITH_DEBUG "}");
    for (size_t len = t.file.len; len-- > 0;) {
        const struct wf_bytes exact = exact_copy(t.file.data, len);

        wf_buffer_reset(&t.out);
        t.err = (struct wf_error){ 0 };
        if (!wf_pe_strip(&t.out, exact, &t.err))
            assert_true(t.err.text[0] != '\0' && t.out.len == 0);
        free_exact(exact);
    }
    for (size_t at = 0; at < 1024; at++) {
        const uint8_t was = t.file.data[at];

        t.file.data[at] ^= 0xff;
        const struct wf_bytes exact = exact_copy(t.file.data, t.file.len);

        wf_buffer_reset(&t.out);
        t.err = (struct wf_error){ 0 };
        if (wf_pe_strip(&t.out, exact, &t.err))
            assert_true(t.out.len <= t.file.len);
        else
            assert_true(t.err.text[0] != '\0' && t.out.len == 0);
        free_exact(exact);
        t.file.data[at] = was;
    }
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_debug_sections_go_with_the_symbols),
        cmocka_unit_test(debug_sections_before_others_stay_with_a_cut_name),
        cmocka_unit_test(a_section_that_is_mapped_for_good_is_no_debug_section),
        cmocka_unit_test(
            images_aligned_below_the_page_lose_what_is_behind_their_sections),
        cmocka_unit_test(a_section_that_is_used_after_all_does_not_go),
        cmocka_unit_test(nothing_to_take_gives_the_same_bytes),
        cmocka_unit_test(a_certificate_goes_with_symbols),
        cmocka_unit_test(other_data_go_from_a_library_and_stay_behind_a_program),
        cmocka_unit_test(stripping_makes_room_for_a_new_section),
        cmocka_unit_test(an_image_that_needs_its_signature_is_not_stripped),
        cmocka_unit_test(a_damaged_file_is_stripped_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
