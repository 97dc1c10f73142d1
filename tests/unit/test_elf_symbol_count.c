/* test_elf_symbol_count.c -- the length of a table that nothing states outright. */
#include "../support/elf_reading.h"

#include <stdio.h>

#include <elf.h>

static const struct wf_test_symbol imports[] = {
    { .name = "one" },
    { .name = "two" },
    { .name = "three" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "a" },
                                                 { .name = "b" },
                                                 { 0 } };

static struct wf_test_elf
recipe_with(enum wf_test_hash hash)
{
    return (struct wf_test_elf){
        .machine = machine("x86_64"),
        .imports = imports,
        .exports = exports,
        .hash = hash,
    };
}

/* Six of a thousand real libraries export nothing: their GNU hash table is empty. */
static void
an_empty_gnu_hash_table_hides_no_import(void **state)
{
    struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_GNU);

    (void)state;
    recipe.exports = NULL;
    for (int with_relocations = 0; with_relocations < 2; with_relocations++)
        for (int without_sections = 0; without_sections < 2; without_sections++) {
            recipe.relocations = with_relocations;
            recipe.no_sections = without_sections;
            struct elf_reading r = read_elf(&recipe, "x.so");

            assert_non_null(r.object);
            assert_int_equal(r.object->num_imports, 3);
            end_reading(&r);
        }
}

/* patchelf moves a table and fills its old place with 'X'; relocations still say which
 * symbols there are. */
static void
filler_behind_the_symbols_is_not_taken_for_symbols(void **state)
{
    static const uint8_t fillers[] = { 'X', 0, 0xff };

    (void)state;
    for (size_t i = 0; i < sizeof fillers; i++) {
        struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_NONE);

        recipe.relocations = true;
        struct elf_reading r = build_elf(&recipe);

        /* Where the two exports stood. */
        memset(r.image.data + r.at.symbols + 24 * 4, fillers[i], 48);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->num_imports, 3);
        assert_int_equal(r.object->num_exports, 0);
        end_reading(&r);
    }
}

static void
relocations_show_symbols_that_no_table_counts(void **state)
{
    struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_NONE);

    (void)state;
    recipe.relocations = true;
    struct elf_reading r = build_elf(&recipe);

    /* An unnamed symbol looks like filler, yet a relocation names the one behind it. */
    poke32(&r, r.at.symbols + 24 * 2, 0);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 2);
    assert_string_equal(r.object->imports[1].name, "three");
    end_reading(&r);
}

/* Offsets in DT_GNU_HASH with one filter word and one bucket, 64-bit. */
enum {
    GNU_NBUCKETS = 0,
    GNU_SYMOFFSET = 4,
    GNU_BLOOM_SIZE = 8,
    GNU_BUCKET = 24,
    GNU_CHAINS = 28,
};

static void
expect_error(enum wf_test_hash hash, bool gnu, size_t field, uint32_t value,
             const char *text)
{
    const struct wf_test_elf recipe = recipe_with(hash);
    struct elf_reading r = build_elf(&recipe);

    poke32(&r, (gnu ? r.at.gnu_hash : r.at.hash) + field, value);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
    assert_true(r.err.has_offset);
    assert_non_null(strstr(r.err.text, text));
    end_reading(&r);
}

static void
refuses_gnu_hash_tables_that_lie(void **state)
{
    const enum wf_test_hash hash = WF_TEST_HASH_GNU;

    (void)state;
    expect_error(hash, true, GNU_NBUCKETS, UINT32_MAX,
                 "the list of buckets of DT_GNU_HASH claims 17179869180 bytes from 0x8; "
                 "there are ");
    expect_error(
        hash, true, GNU_BLOOM_SIZE, UINT32_MAX,
        "the filter of DT_GNU_HASH claims 34359738360 bytes from 0x0; there are ");
    expect_error(hash, true, GNU_BUCKET, UINT32_MAX,
                 "a bucket of DT_GNU_HASH names symbol 4294967295; there is room for the "
                 "chains of ");
}

static void
refuses_a_gnu_hash_chain_without_an_end(void **state)
{
    const struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_GNU);
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    /* From the first chain word to the end of the PT_LOAD no word has its lowest bit. */
    memset(r.image.data + r.at.gnu_hash + GNU_CHAINS, 0,
           r.at.code + 4 - r.at.gnu_hash - GNU_CHAINS);
    poke64(&r, dyn_at(&r, DT_STRSZ, 0) + 8, 0);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.offset, r.at.gnu_hash + GNU_CHAINS);
    assert_non_null(strstr(r.err.text, "the last chain of DT_GNU_HASH has no end"));
    end_reading(&r);
}

static void
a_gnu_hash_table_without_buckets_counts_nothing(void **state)
{
    struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_GNU);

    (void)state;
    recipe.relocations = true;
    struct elf_reading r = build_elf(&recipe);

    poke32(&r, r.at.gnu_hash + GNU_NBUCKETS, 0);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 3);
    assert_int_equal(r.object->num_exports, 2);
    end_reading(&r);
}

static void
refuses_more_symbols_than_are_loaded(void **state)
{
    const struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_SYSV);
    struct elf_reading r = build_elf(&recipe);
    char text[sizeof r.err.text];

    (void)state;
    poke32(&r, r.at.hash + 4, 0x7fffffff);
    read_image(&r, "x.so");
    assert_null(r.object);
    (void)snprintf(
        text, sizeof text,
        "at 0x%zx: the symbol table is said to have 2147483647 symbols; %zu fit "
        "into its PT_LOAD",
        r.at.symbols, (r.at.code + 4 - r.at.symbols) / 24);
    assert_error_at(r.err, WF_ERR_MALFORMED, r.at.symbols, text);
    end_reading(&r);
}

static void
refuses_hash_tables_that_are_not_loaded(void **state)
{
    static const struct {
        enum wf_test_hash hash;
        uint64_t tag;
        const char *text;
    } rows[] = {
        { WF_TEST_HASH_SYSV, DT_HASH, "DT_HASH is at address 0x999999; no PT_LOAD has" },
        { WF_TEST_HASH_GNU, DT_GNU_HASH,
          "DT_GNU_HASH is at address 0x999999; no PT_LOAD" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = recipe_with(rows[i].hash);
        struct elf_reading r = build_elf(&recipe);
        const size_t at = dyn_at(&r, rows[i].tag, 0);

        poke64(&r, at + 8, 0x999999);
        read_image(&r, "x.so");
        assert_null(r.object);
        assert_int_equal(r.err.offset, at);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_reading(&r);
    }
}

static void
a_hash_table_cut_by_the_end_of_its_load_is_refused(void **state)
{
    const struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_BOTH);
    static const uint64_t tags[] = { DT_HASH, DT_GNU_HASH };
    static const char *const texts[] = { "DT_HASH is cut short",
                                         "DT_GNU_HASH is cut short" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct elf_reading r = build_elf(&recipe);

        if (tags[i] == DT_GNU_HASH)
            poke64(&r, dyn_at(&r, DT_HASH, 0), DT_DEBUG);
        poke64(&r, dyn_at(&r, tags[i], 0) + 8, r.at.code);
        read_image(&r, "x.so");
        assert_null(r.object);
        assert_non_null(strstr(r.err.text, texts[i]));
        end_reading(&r);
    }
}

/* MIPS counts by an entry of its own, and says what relocations do not. */
static void
mips_states_the_number(void **state)
{
    struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_NONE);

    (void)state;
    recipe.machine = machine("mips64el");
    struct elf_reading r = build_elf(&recipe);
    const size_t at = dyn_at(&r, DT_MIPS_SYMTABNO, 0);

    /* Filler after the third symbol, and the entry says three. */
    memset(r.image.data + r.at.symbols + 24 * 3, 'X', 24);
    poke64(&r, at + 8, 3);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 2);
    end_reading(&r);
}

static void
an_object_without_symbols_has_none(void **state)
{
    const struct wf_test_elf recipe = recipe_with(WF_TEST_HASH_GNU);
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke64(&r, dyn_at(&r, DT_SYMTAB, 0), DT_DEBUG);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 0);
    assert_int_equal(r.object->num_exports, 0);
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_gnu_hash_table_hides_no_import),
        cmocka_unit_test(filler_behind_the_symbols_is_not_taken_for_symbols),
        cmocka_unit_test(relocations_show_symbols_that_no_table_counts),
        cmocka_unit_test(refuses_gnu_hash_tables_that_lie),
        cmocka_unit_test(refuses_a_gnu_hash_chain_without_an_end),
        cmocka_unit_test(a_gnu_hash_table_without_buckets_counts_nothing),
        cmocka_unit_test(refuses_more_symbols_than_are_loaded),
        cmocka_unit_test(refuses_hash_tables_that_are_not_loaded),
        cmocka_unit_test(a_hash_table_cut_by_the_end_of_its_load_is_refused),
        cmocka_unit_test(mips_states_the_number),
        cmocka_unit_test(an_object_without_symbols_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
