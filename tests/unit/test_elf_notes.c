/* test_elf_notes.c -- ISA levels, build-id and Android's mark, also in damaged notes. */
#include "../support/elf_reading.h"

static void
the_highest_level_needed_counts(void **state)
{
    static const struct {
        uint32_t bits;
        unsigned level;
    } rows[] = {
        { 0, 0 }, { 1, 1 }, { 2, 2 },   { 3, 2 },    { 4, 3 },
        { 7, 3 }, { 8, 4 }, { 0xf, 4 }, { 0x10, 0 }, { 0x12, 2 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = {
            .machine = machine("x86_64"),
            .isa_needed_bits = rows[i].bits,
            .isa_used_bits = 8,
        };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->isa_needed, rows[i].level);
        assert_int_equal(r.object->isa_needed_bits, rows[i].bits);
        assert_int_equal(r.object->isa_used_bits, 8);
        end_reading(&r);
    }
}

static void
x86_alone_has_such_levels(void **state)
{
    static const struct {
        const char *machine;
        unsigned level;
    } rows[] = {
        { "x86_64", 3 }, { "i686", 3 }, { "x32", 3 }, { "aarch64", 0 }, { "s390x", 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = {
            .machine = machine(rows[i].machine),
            .isa_needed_bits = 4,
        };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->isa_needed, rows[i].level);
        end_reading(&r);
    }
}

static const struct wf_test_elf with_build_id = {
    .build_id = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef },
    .build_id_len = 8,
};

static void
the_build_id_is_lower_case_hex(void **state)
{
    struct wf_test_elf recipe = with_build_id;

    (void)state;
    recipe.machine = machine("ppc64");
    struct elf_reading r = read_elf(&recipe, "x.so");

    assert_non_null(r.object);
    assert_string_equal(r.object->build_id, "0123456789abcdef");
    end_reading(&r);
}

/* Offsets in a note: lengths, type, owner. */
enum { OWNER_LEN = 0, CONTENT_LEN = 4, NOTE_TYPE = 8, OWNER = 12 };

static void
damaged_notes_end_the_reading_quietly(void **state)
{
    static const struct {
        size_t field;
        uint32_t value;
    } rows[] = {
        { OWNER_LEN, UINT32_MAX }, { OWNER_LEN, 0x7ffffffd },
        { OWNER_LEN, 3 },          { CONTENT_LEN, UINT32_MAX },
        { CONTENT_LEN, 0 },        { CONTENT_LEN, 9999 },
        { NOTE_TYPE, 77 },         { OWNER, 0 },
    };
    struct wf_test_elf recipe = with_build_id;

    (void)state;
    recipe.machine = machine("x86_64");
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke32(&r, r.at.notes + rows[i].field, rows[i].value);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_null(r.object->build_id);
        end_reading(&r);
    }
}

static void
a_property_of_another_size_is_not_read(void **state)
{
    static const struct {
        size_t field;
        uint32_t value;
    } rows[] = {
        { 16 + 4, 8 },
        { 16 + 4, 0 },
        { 16 + 4, UINT32_MAX },
        { 16 + 0, 0xc0000000 },
    };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .isa_needed_bits = 4,
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke32(&r, r.at.properties + rows[i].field, rows[i].value);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->isa_needed, 0);
        end_reading(&r);
    }
}

/* Notes that no PT_LOAD covers are found at their offset. */
static void
notes_outside_every_load_are_read_too(void **state)
{
    struct wf_test_elf recipe = with_build_id;

    (void)state;
    recipe.machine = machine("x86_64");
    struct elf_reading r = build_elf(&recipe);

    /* The fourth program header is the note's; move its address out of sight. */
    poke64(&r, 64 + 3 * 56 + 16, 0x999000);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_string_equal(r.object->build_id, "0123456789abcdef");
    end_reading(&r);
}

static void
a_note_of_android_tells_its_libc(void **state)
{
    struct wf_test_elf recipe = { .machine = machine("aarch64"), .android = true };
    struct elf_reading with = read_elf(&recipe, "x.so");

    (void)state;
    recipe.android = false;
    struct elf_reading without = read_elf(&recipe, "x.so");

    assert_non_null(with.object);
    assert_non_null(without.object);
    assert_int_equal(with.object->libc, WF_LIBC_BIONIC);
    assert_string_equal(with.object->libc_why, "a note of Android");
    assert_int_equal(without.object->libc, WF_LIBC_UNKNOWN);
    end_reading(&with);
    end_reading(&without);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_level_needed_counts),
        cmocka_unit_test(x86_alone_has_such_levels),
        cmocka_unit_test(the_build_id_is_lower_case_hex),
        cmocka_unit_test(damaged_notes_end_the_reading_quietly),
        cmocka_unit_test(a_property_of_another_size_is_not_read),
        cmocka_unit_test(notes_outside_every_load_are_read_too),
        cmocka_unit_test(a_note_of_android_tells_its_libc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
