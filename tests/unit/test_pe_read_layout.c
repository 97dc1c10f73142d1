/* test_pe_read_layout.c -- sections, symbols, certificate, overlay and room, and what is
 * amiss with them. */
#include "object/pe_format.h"

#include "../support/pe_reading.h"

static void
sound_images_have_no_fault(void **state)
{
    static const char *const recipes[] = {
        "{}",
        "{'text': 0}",
        "{'machine': 'x86', 'imports': ['a.dll'], 'delay': ['b.dll'], 'exports': ['f']}",
        "{'section_align': 32, 'file_align': 32, 'imports': ['a.dll']}",
        "{'virtual_zero': true, 'imports': ['a.dll']}",
        "{'section_align': 8192, 'text': 9000, 'imports': ['a.dll']}",
        "{'symbols': 3, 'certificate': 100, 'checksum': 'right', 'pdb': 'x.pdb'}",
        "{'sections': [{'size': 0, 'virtual': 100000, 'flags': 3221225600}, {}]}",
        "{'overlay': 100, 'relocations': true}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++)
        assert_pe_faultless(recipes[i]);
}

static void
sections_that_windows_does_not_map_are_told(void **state)
{
    static const struct {
        const char *recipe;
        const char *text;
    } rows[] = {
        { "{'sections': [{}], 'poke': [{'in': 'section', 'nth': 1, 'at': 12, 'u32': "
          "4096}]}",
          "section 1 begins at RVA 0x1000, and what is before it ends at 0x2000" },
        { "{'sections': [{}], 'poke': [{'in': 'section', 'nth': 1, 'at': 12, 'u32': "
          "12288}]}",
          "section 1 begins at RVA 0x3000, and what is before it ends at 0x2000" },
        { "{'poke': [{'in': 'section', 'at': 12, 'u32': 0}]}",
          "section 0 begins at RVA 0, and what is before it ends at 0x1000" },
        { "{'poke': [{'in': 'section', 'at': 16, 'u32': 513}]}",
          "section 0 has bytes up to 0x401, and the file ends at 0x400" },
        { "{'poke': [{'in': 'section', 'at': 20, 'u32': 4294966784}]}",
          "section 0 has bytes up to 0x100000000, and the file ends at 0x400" },
        { "{'section_align': 32, 'file_align': 32, 'poke': [{'in': 'section', 'at': 12, "
          "'u32': 4096}]}",
          "section 0 begins at RVA 0x1000, and without alignment to pages must be so in "
          "the file; it is at 0x200" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_pe_fault(rows[i].recipe, "pe-sections", rows[i].text);
}

static void
sections_behind_the_image_are_told(void **state)
{
    (void)state;
    assert_pe_fault("{'poke': [{'in': 'optional', 'at': 56, 'u32': 4096}]}",
                    "pe-image-size", "SizeOfImage is 0x1000, and sections end at 0x2000");
    assert_pe_fault("{'poke': [{'in': 'optional', 'at': 56, 'u32': 4097}]}",
                    "pe-image-size", NULL);
    assert_pe_fault("{'poke': [{'in': 'section', 'at': 8, 'u32': 4294967295}]}",
                    "pe-image-size",
                    "SizeOfImage is 0x2000, and sections end at 0x100001000");
}

static void
coff_symbols_are_counted(void **state)
{
    struct pe_reading r = read_pe("{'symbols': 12}");

    (void)state;
    assert_int_equal(r.pe->num_coff_symbols, 12);
    /* They and their string table are what stands behind the sections. */
    assert_int_equal(r.pe->overlay_off, 0x400);
    assert_int_equal(r.pe->overlay_len, 12 * 18 + 4);
    end_pe(&r);
    r = read_pe("{'poke': [{'in': 'coff', 'at': 12, 'u32': 12}]}");
    assert_int_equal(r.pe->num_coff_symbols, 0);
    end_pe(&r);
    assert_pe_fault("{'symbols': 2, 'truncate': 1060}", "pe-symbols", NULL);
    assert_pe_fault("{'symbols': 2, 'truncate': 1059}", "pe-symbols",
                    "2 COFF symbols at 0x400 are not in the file");
    assert_pe_fault("{'symbols': 2, 'poke': [{'in': 'coff', 'at': 12, 'u32': "
                    "4294967295}]}",
                    "pe-symbols", "4294967295 COFF symbols at 0x400 are not in the file");
}

static void
certificates_are_found_and_judged_by_their_form(void **state)
{
    struct pe_reading r = read_pe("{'certificate': 100}");

    (void)state;
    assert_int_equal(r.pe->certificate_off, 0x400);
    assert_int_equal(r.pe->certificate_len, 112);
    assert_null(r.pe->certificate_fault);
    assert_null(pe_fault(r.pe, "pe-certificate"));
    assert_int_equal(r.pe->overlay_len, 0);
    end_pe(&r);
    r = read_pe("{}");
    assert_int_equal(r.pe->certificate_off, 0);
    assert_int_equal(r.pe->certificate_len, 0);
    end_pe(&r);
}

static void
certificates_that_cannot_be_valid_say_why(void **state)
{
    static const struct {
        const char *recipe;
        const char *why;
    } rows[] = {
        { "{'certificate': 100, 'truncate': 1130}",
          "it is said to end at 0x470, and the file ends at 0x46a" },
        { "{'certificate': 100, 'poke': [{'in': 'directory', 'nth': 4, 'at': 4, 'u32': "
          "4294967295}]}",
          "it is said to end at 0x1000003ff, and the file ends at 0x470" },
        { "{'certificate': 100, 'poke': [{'in': 'directory', 'nth': 4, 'u32': 1025}, "
          "{'in': 'directory', 'nth': 4, 'at': 4, 'u32': 111}]}",
          "it begins at 0x401, which is not a multiple of 8" },
        { "{'certificate': 100, 'poke': [{'in': 'directory', 'nth': 4, 'at': 4, 'u32': "
          "104}]}",
          "it ends at 0x468, and the file goes on to 0x470" },
        { "{'certificate': {'size': 100, 'length': 7}}",
          "an entry of 7 bytes stands where 112 are left" },
        { "{'certificate': {'size': 100, 'length': 113}}",
          "an entry of 113 bytes stands where 112 are left" },
        { "{'certificate': {'size': 100, 'length': 4294967295}}",
          "an entry of 4294967295 bytes stands where 112 are left" },
        { "{'certificate': {'size': 100, 'length': 0}}",
          "an entry of 0 bytes stands where 112 are left" },
        { "{'certificate': {'size': 100, 'type': 1}}",
          "an entry is of revision 0x200 and type 1; PKCS #7 signed data is type 2" },
        { "{'certificate': {'size': 100, 'revision': 3}}",
          "an entry is of revision 0x3 and type 2; PKCS #7 signed data is type 2" },
        { "{'certificate': {'size': 100, 'length': 107}}",
          "its PKCS #7 data of 99 bytes are no sequence of that length" },
        { "{'certificate': 100, 'damage': [{'in': 'certificate', 'at': 8, 'u8': 49}]}",
          "its PKCS #7 data of 100 bytes are no sequence of that length" },
        { "{'certificate': 100, 'damage': [{'in': 'certificate', 'at': 9, 'u8': 128}]}",
          "its PKCS #7 data of 100 bytes are no sequence of that length" },
        { "{'certificate': 100, 'damage': [{'in': 'certificate', 'at': 9, 'u8': 133}]}",
          "its PKCS #7 data of 100 bytes are no sequence of that length" },
        { "{'certificate': {'size': 8, 'length': 9}}",
          "its PKCS #7 data of 1 bytes are no sequence of that length" },
        { "{'certificate': 100, 'damage': [{'in': 'certificate', 'u32': 40}, {'in': "
          "'certificate', 'at': 9, 'u8': 10}, {'in': 'certificate', 'at': 40, 'u32': "
          "4}]}",
          "an entry of 4 bytes stands where 72 are left" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);
        struct wf_arena arena = { 0 };

        if (r.object == NULL || r.pe->certificate_fault == NULL)
            fail_msg("%s: no fault", rows[i].recipe);
        assert_string_equal(r.pe->certificate_fault, rows[i].why);
        assert_string_equal(
            pe_fault(r.pe, "pe-certificate"),
            wf_arena_printf(&arena, "its signature cannot be valid: %s", rows[i].why));
        wf_arena_clear(&arena);
        end_pe(&r);
    }
}

static void
a_certificate_may_hold_several_entries_and_short_lengths(void **state)
{
    /* 40 bytes of which a short sequence is the data, then 72 of which it is a longer one. */
    assert_pe_fault("{'certificate': 100, 'damage': [{'in': 'certificate', 'u32': 40}, "
                    "{'in': 'certificate', 'at': 9, 'u8': 30}, {'in': 'certificate', "
                    "'at': 40, 'u32': 72}, {'in': 'certificate', 'at': 44, 'u32': "
                    "131584}, {'in': 'certificate', 'at': 48, 'hex': '303e'}]}",
                    "pe-certificate", NULL);
    (void)state;
}

static void
what_stands_behind_the_sections_is_overlay(void **state)
{
    static const struct {
        const char *recipe;
        uint64_t off, len;
    } rows[] = {
        { "{}", 0x400, 0 },
        { "{'text': 0}", 0x200, 0 },
        { "{'overlay': 'abc'}", 0x400, 3 },
        { "{'text': 0, 'overlay': 'abc'}", 0x200, 3 },
        { "{'overlay': 100, 'certificate': 100}", 0x400, 104 },
        /* Signers pad with zeros. */
        { "{'overlay': 0, 'certificate': 100, 'file_align': 4096}", 0x2000, 0 },
        { "{'symbols': 1, 'certificate': 100}", 0x400, 24 },
        /* In the middle, and not where it is said to be. */
        { "{'overlay': 100, 'certificate': 100, 'damage': [{'in': 'directory', 'nth': 4, "
          "'u32': 4096}]}",
          0x400, 216 },
        { "{'poke': [{'in': 'section', 'at': 16, 'u32': 4096}]}", 0x400, 0 },
        { "{'poke': [{'in': 'section', 'at': 16, 'u32': 256}]}", 0x300, 256 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        if (r.object == NULL)
            fail_msg("%s: %s", rows[i].recipe, r.err.text);
        assert_int_equal(r.pe->overlay_off, rows[i].off);
        assert_int_equal(r.pe->overlay_len, rows[i].len);
        end_pe(&r);
    }
}

static void
zeros_that_only_align_the_certificate_are_no_overlay(void **state)
{
    struct pe_reading r =
        read_pe("{'text': 0, 'certificate': 100, 'machine': 'x86', 'file_align': 4, "
                "'section_align': 4, 'lfanew': 64}");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.pe->certificate_off % 8, 0);
    assert_int_equal(r.pe->overlay_len, 0);
    end_pe(&r);
    r = read_pe("{'overlay': 'abc', 'certificate': 100}");
    assert_int_equal(r.pe->overlay_len, 8); /* with the padding behind it */
    end_pe(&r);
}

static void
checksums_are_right_wrong_or_absent(void **state)
{
    struct pe_reading r = read_pe("{'checksum': 'right', 'overlay': 'abc'}");

    (void)state;
    assert_int_equal(r.pe->checksum, wf_test_pe_checksum(wf_buffer_bytes(&r.image)));
    assert_int_equal(r.pe->right_checksum, r.pe->checksum);
    assert_null(pe_fault(r.pe, "pe-checksum"));
    end_pe(&r);
    r = read_pe("{}");
    assert_int_equal(r.pe->checksum, 0);
    assert_int_equal(r.pe->right_checksum, 0);
    assert_null(pe_fault(r.pe, "pe-checksum"));
    end_pe(&r);
    r = read_pe("{'checksum': 'wrong'}");
    assert_int_equal(r.pe->checksum, r.pe->right_checksum + 1);
    assert_non_null(pe_fault(r.pe, "pe-checksum"));
    end_pe(&r);
    assert_pe_fault("{'checksum': 4660}", "pe-checksum",
                    "the checksum is 0x1234, and 0xfd66 is right");
}

static void
padding_is_the_longest_run_of_zeros_for_names(void **state)
{
    static const struct {
        const char *recipe;
        uint32_t padding;
    } rows[] = {
        { "{'imports': ['a.dll'], 'slack': 0}", 0 },
        { "{'imports': ['a.dll'], 'slack': 1}", 1 },
        { "{'imports': ['a.dll'], 'slack': 300}", 300 },
        { "{'imports': ['a.dll'], 'slack': 100, 'sections': [{'size': 312}]}", 200 },
        /* Writable data will do, code, uninitialised and unreadable data will not. */
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 312, 'flags': "
          "3221225536}]}",
          200 },
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 312, 'flags': "
          "1610612768}]}",
          0 },
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 312, 'flags': "
          "1610612800}]}",
          0 },
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 312, 'flags': "
          "1073741952}]}",
          0 },
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 312, 'flags': 64}]}",
          0 },
        { "{'imports': ['a.dll'], 'slack': 300, 'virtual_zero': true}", 0 },
        { "{'section_align': 512, 'imports': ['a.dll'], 'slack': 300}", 0 },
        /* One byte that is not zero. */
        { "{'text': 0, 'imports': ['a.dll'], 'slack': 300, 'poke': [{'in': 'rva', 'nth': "
          "4607, 'u8': 1}]}",
          0 },
        { "{'text': 0, 'imports': ['a.dll'], 'slack': 300, 'poke': [{'in': 'rva', 'nth': "
          "4308, 'u8': 1}]}",
          0 },
        { "{'imports': ['a.dll'], 'slack': 0, 'sections': [{'size': 512, 'virtual': "
          "600}]}",
          0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        if (r.object == NULL)
            fail_msg("%s: %s", rows[i].recipe, r.err.text);
        if (r.pe->padding != rows[i].padding)
            fail_msg("%s: %u", rows[i].recipe, (unsigned)r.pe->padding);
        end_pe(&r);
    }
}

static void
room_for_a_header_is_forty_zero_bytes_of_nobody(void **state)
{
    static const struct {
        const char *recipe;
        bool has_room;
    } rows[] = {
        { "{}", true },
        { "{'imports': ['a.dll']}", true },
        { "{'header_room': 40}", true },
        { "{'header_room': 39}", false },
        { "{'header_room': 0}", false },
        { "{'bound': ['a.dll']}", false },
        { "{'bound': ['a.dll'], 'poke': [{'in': 'directory', 'nth': 11, 'u32': 0}]}",
          false }, /* not zero, still */
        { "{'poke': [{'in': 'directory', 'nth': 11, 'u32': 471}, {'in': 'directory', "
          "'nth': 11, 'at': 4, 'u32': 10}]}",
          false },
        { "{'poke': [{'in': 'directory', 'nth': 11, 'u32': 472}, {'in': 'directory', "
          "'nth': 11, 'at': 4, 'u32': 10}]}",
          true },
        { "{'poke': [{'in': 'optional', 'at': 60, 'u32': 472}]}", true },
        { "{'poke': [{'in': 'optional', 'at': 60, 'u32': 471}]}", false },
        /* A section's bytes begin in it. */
        { "{'poke': [{'in': 'section', 'at': 20, 'u32': 511}]}", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        if (r.object == NULL)
            fail_msg("%s: %s", rows[i].recipe, r.err.text);
        if (r.pe->has_header_room != rows[i].has_room)
            fail_msg("%s", rows[i].recipe);
        end_pe(&r);
    }
}

static void
ninety_six_sections_are_all_there_may_be(void **state)
{
    (void)state;
    for (int num = 95; num <= 96; num++) {
        struct wf_arena arena = { 0 };
        struct wf_buffer text;

        wf_buffer_init(&text, 1 << 16);
        wf_buffer_add_str(&text, "{'text': 0, 'sections': [");
        for (int i = 0; i < num; i++)
            wf_buffer_printf(&text, "%s{}", i == 0 ? "" : ",");
        wf_buffer_add_str(&text, "]}");
        struct pe_reading r = read_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));

        assert_non_null(r.object);
        assert_int_equal(r.pe->has_header_room, num == 95);
        end_pe(&r);
        wf_buffer_clear(&text);
        wf_arena_clear(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_images_have_no_fault),
        cmocka_unit_test(sections_that_windows_does_not_map_are_told),
        cmocka_unit_test(sections_behind_the_image_are_told),
        cmocka_unit_test(coff_symbols_are_counted),
        cmocka_unit_test(certificates_are_found_and_judged_by_their_form),
        cmocka_unit_test(certificates_that_cannot_be_valid_say_why),
        cmocka_unit_test(a_certificate_may_hold_several_entries_and_short_lengths),
        cmocka_unit_test(what_stands_behind_the_sections_is_overlay),
        cmocka_unit_test(zeros_that_only_align_the_certificate_are_no_overlay),
        cmocka_unit_test(checksums_are_right_wrong_or_absent),
        cmocka_unit_test(padding_is_the_longest_run_of_zeros_for_names),
        cmocka_unit_test(room_for_a_header_is_forty_zero_bytes_of_nobody),
        cmocka_unit_test(ninety_six_sections_are_all_there_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
