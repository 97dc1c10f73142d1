/* test_elf_sections.c -- where section headers and program headers disagree. */
#include "../support/elf_reading.h"

#include <stdio.h>

#include <elf.h>

static const char *const needed[] = { "libc.so.6", NULL };
static const struct wf_test_symbol imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "f" }, { 0 } };

static struct wf_test_elf
recipe_with_tables(void)
{
    return (struct wf_test_elf){
        .machine = machine("x86_64"),
        .needed = needed,
        .imports = imports,
        .exports = exports,
    };
}

/* Fields of a 64-bit section header. */
enum { SH_TYPE = 4, SH_OFFSET = 24, SH_SIZE = 32, SH_LINK = 40, SECTION_LEN = 64 };

/* The place of the first section header of `type`. */
static size_t
section_at(const struct elf_reading *r, uint32_t type)
{
    for (size_t at = r->at.sections; at < r->image.len; at += SECTION_LEN) {
        const uint8_t *p = r->image.data + at + SH_TYPE;

        if (((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
             (uint32_t)p[3] << 24) == type)
            return at;
    }
    fail_msg("no section of type 0x%x", type);
    return 0;
}

static void
headers_that_agree_say_nothing(void **state)
{
    const struct wf_test_elf recipe = recipe_with_tables();
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_true(r.object->has_sections);
    assert_int_equal(r.object->num_section_differences, 0);
    end_reading(&r);
}

/* Pokes one field of the section of `type` and compares the one sentence that follows. */
static void
expect_difference(uint32_t type, size_t field, uint64_t value, size_t len,
                  const char *text)
{
    const struct wf_test_elf recipe = recipe_with_tables();
    struct elf_reading r = build_elf(&recipe);

    wf_test_poke(&r.image, section_at(&r, type) + field, value, len, WF_LITTLE);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_section_differences, 1);
    assert_string_equal(r.object->section_differences[0], text);
    assert_int_equal(r.object->num_needed, 1);
    assert_int_equal(r.object->num_imports, 1);
    end_reading(&r);
}

static void
sections_that_lead_elsewhere_are_named(void **state)
{
    const struct wf_test_elf recipe = recipe_with_tables();
    struct elf_reading r = build_elf(&recipe);
    char text[160];

    (void)state;
    (void)snprintf(text, sizeof text,
                   "the section headers place the dynamic section at 0x10, the loader at "
                   "0x%zx",
                   r.at.dynamic);
    expect_difference(SHT_DYNAMIC, SH_OFFSET, 0x10, 8, text);
    (void)snprintf(
        text, sizeof text,
        "the section headers place a dynamic symbol table at 0x10, the loader at "
        "0x%zx",
        r.at.symbols);
    expect_difference(SHT_DYNSYM, SH_OFFSET, 0x10, 8, text);
    (void)snprintf(text, sizeof text,
                   "the section headers place version needs at 0x10, the loader at 0x%zx",
                   r.at.verneed);
    expect_difference(SHT_GNU_verneed, SH_OFFSET, 0x10, 8, text);
    (void)snprintf(
        text, sizeof text,
        "the section headers place symbol versions at 0x10, the loader at 0x%zx",
        r.at.versym);
    expect_difference(SHT_GNU_versym, SH_OFFSET, 0x10, 8, text);
    (void)snprintf(
        text, sizeof text,
        "the section headers place the dynamic string table at 0x0, the loader at "
        "0x%zx",
        r.at.strings);
    expect_difference(SHT_DYNAMIC, SH_LINK, 0, 4, text);
    (void)snprintf(text, sizeof text,
                   "the section headers end the dynamic section after 16 bytes, its last "
                   "entry after %zu",
                   r.at.dynamic_len);
    expect_difference(SHT_DYNAMIC, SH_SIZE, 16, 8, text);
    end_reading(&r);
}

static void
sections_that_are_missing_or_empty_are_named(void **state)
{
    (void)state;
    expect_difference(SHT_DYNAMIC, SH_TYPE, SHT_PROGBITS, 4,
                      "the section headers have no dynamic section");
    expect_difference(SHT_DYNAMIC, SH_LINK, 99, 4,
                      "the dynamic section is linked to no string table");
    expect_difference(
        SHT_DYNSYM, SH_TYPE, SHT_NULL, 4,
        "the dynamic section has a dynamic symbol table, the section headers "
        "have none");
    expect_difference(
        SHT_GNU_verneed, SH_TYPE, SHT_NULL, 4,
        "the dynamic section has version needs, the section headers have none");
    expect_difference(SHT_DYNSYM, SH_SIZE, 48, 8,
                      "the section headers give 2 dynamic symbols, the hash table 3");
    expect_difference(SHT_DYNSYM, SH_SIZE, 96, 8,
                      "the section headers give 4 dynamic symbols, the hash table 3");
    expect_difference(SHT_STRTAB, SH_TYPE, SHT_NOBITS, 4,
                      "the section headers give the dynamic string table no bytes");
}

static void
sections_the_loader_does_not_know_of_are_named(void **state)
{
    static const struct {
        uint64_t tag;
        const char *text;
    } rows[] = {
        { DT_VERSYM,
          "the section headers have symbol versions, the dynamic section has none" },
        { DT_VERNEED,
          "the section headers have version needs, the dynamic section has none" },
    };
    const struct wf_test_elf recipe = recipe_with_tables();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke64(&r, dyn_at(&r, rows[i].tag, 0), DT_DEBUG);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->num_section_differences, 1);
        assert_string_equal(r.object->section_differences[0], rows[i].text);
        end_reading(&r);
    }
}

/* Most tools take PT_DYNAMIC at its offset, loaders at its address. */
static void
an_offset_that_is_not_where_the_address_leads_is_named(void **state)
{
    struct wf_test_elf recipe = recipe_with_tables();

    (void)state;
    recipe.no_sections = true;
    struct elf_reading r = build_elf(&recipe);
    char text[160];

    poke64(&r, 64 + 2 * 56 + 8, 0x10);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_needed, 1);
    assert_int_equal(r.object->num_section_differences, 1);
    (void)snprintf(text, sizeof text,
                   "PT_DYNAMIC is at offset 0x10, but its address is loaded from 0x%zx",
                   r.at.dynamic);
    assert_string_equal(r.object->section_differences[0], text);
    end_reading(&r);
}

/* Fields of the ELF header about sections. */
enum { E_SHOFF = 40, E_SHENTSIZE = 58, E_SHNUM = 60 };

static void
a_section_table_that_cannot_be_read_is_a_difference_and_no_error(void **state)
{
    static const struct {
        size_t field, len;
        uint64_t value;
        const char *text;
    } rows[] = {
        { E_SHENTSIZE, 2, 0, "section headers are said to be 0 bytes long" },
        { E_SHENTSIZE, 2, 40, "section headers are said to be 40 bytes long" },
        { E_SHOFF, 8, UINT64_MAX,
          "the section headers at 0xffffffffffffffff are outside the file" },
        { E_SHNUM, 2, 0xffff, "65535 section headers are claimed at 0x" },
    };
    const struct wf_test_elf recipe = recipe_with_tables();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        wf_test_poke(&r.image, rows[i].field, rows[i].value, rows[i].len, WF_LITTLE);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_false(r.object->has_sections);
        assert_int_equal(r.object->num_section_differences, 1);
        assert_int_equal(
            strncmp(r.object->section_differences[0], rows[i].text, strlen(rows[i].text)),
            0);
        assert_int_equal(r.object->num_imports, 1);
        end_reading(&r);
    }
}

/* With e_shnum 0 the count stands in the first section header. */
static void
the_count_of_very_many_sections_is_in_the_first_header(void **state)
{
    static const struct {
        uint64_t count;
        bool fits;
    } rows[] = {
        { UINT64_MAX, false },
        { UINT64_C(1) << 58, false },
        { 8, true },
    };
    const struct wf_test_elf recipe = recipe_with_tables();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke16(&r, E_SHNUM, 0);
        poke64(&r, r.at.sections + SH_SIZE, rows[i].count);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->has_sections, rows[i].fits);
        assert_int_equal(r.object->num_section_differences, rows[i].fits ? 0 : 1);
        end_reading(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_agree_say_nothing),
        cmocka_unit_test(sections_that_lead_elsewhere_are_named),
        cmocka_unit_test(sections_that_are_missing_or_empty_are_named),
        cmocka_unit_test(sections_the_loader_does_not_know_of_are_named),
        cmocka_unit_test(an_offset_that_is_not_where_the_address_leads_is_named),
        cmocka_unit_test(
            a_section_table_that_cannot_be_read_is_a_difference_and_no_error),
        cmocka_unit_test(the_count_of_very_many_sections_is_in_the_first_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
