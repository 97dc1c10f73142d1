/* test_elf_fields.c -- fields of records in either class and byte order. */
#include "../support/elf_editing.h"

static void
reads_fields_as_the_headers_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = { .machine = machine(edited_machines[i]) };
        struct elf_reading r = build_elf(&recipe);
        const struct wf_elf_image image = headers_of(&r);
        const size_t second = image.header.segments_off + wf_elf_segment_len(&image);

        assert_int_equal(peek_field(&r, 0, WF_E_PHNUM), image.num_segments);
        assert_int_equal(peek_field(&r, 0, WF_E_SHOFF), image.header.sections_off);
        assert_int_equal(peek_field(&r, second, WF_P_TYPE), image.segments[1].type);
        assert_int_equal(peek_field(&r, second, WF_P_FLAGS), image.segments[1].flags);
        assert_int_equal(peek_field(&r, second, WF_P_OFFSET), image.segments[1].off);
        assert_int_equal(peek_field(&r, second, WF_P_VADDR), image.segments[1].vaddr);
        assert_int_equal(peek_field(&r, second, WF_P_FILESZ), image.segments[1].file_len);
        assert_int_equal(peek_field(&r, second, WF_P_MEMSZ), image.segments[1].mem_len);
        assert_int_equal(peek_field(&r, second, WF_P_ALIGN), image.segments[1].align);
        end_reading(&r);
    }
}

static void
writes_what_is_read_back_and_nothing_beside_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = { .machine = machine(edited_machines[i]) };
        struct elf_reading r = build_elf(&recipe);
        struct elf_reading untouched = build_elf(&recipe);

        for (enum wf_elf_field f = WF_P_TYPE; f <= WF_SH_ENTSIZE; f++) {
            const uint64_t old = peek_field(&r, r.at.segments, f);

            poke_field(&r, r.at.segments, f, 0x1234);
            assert_int_equal(peek_field(&r, r.at.segments, f), 0x1234);
            poke_field(&r, r.at.segments, f, old);
        }
        assert_memory_equal(r.image.data, untouched.image.data, r.image.len);
        end_reading(&r);
        end_reading(&untouched);
    }
}

static void
words_are_as_wide_as_addresses(void **state)
{
    static const struct {
        const char *machine;
        uint8_t expected[8];
    } cases[] = {
        { "x86_64", { 8, 7, 6, 5, 4, 3, 2, 1 } },
        { "s390x", { 1, 2, 3, 4, 5, 6, 7, 8 } },
        { "i686", { 8, 7, 6, 5, 0xaa, 0xaa, 0xaa, 0xaa } },
        { "mips", { 5, 6, 7, 8, 0xaa, 0xaa, 0xaa, 0xaa } },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_elf recipe = { .machine = machine(cases[i].machine) };
        struct elf_reading r = build_elf(&recipe);
        const struct wf_elf_image image = headers_of(&r);

        memset(r.image.data, 0xaa, 8);
        wf_elf_put_word(&image, &r.image, 0, 0x0102030405060708);
        assert_memory_equal(r.image.data, cases[i].expected, 8);
        assert_int_equal(wf_elf_get_word(&image, wf_buffer_bytes(&r.image), 0),
                         image.bits == 64 ? 0x0102030405060708 : 0x05060708);
        end_reading(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_as_the_headers_are_decoded),
        cmocka_unit_test(writes_what_is_read_back_and_nothing_beside_it),
        cmocka_unit_test(words_are_as_wide_as_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
