/* test_elf_versions.c -- version needs, and which symbol has which. */
#include "../support/elf_reading.h"

#include <stdio.h>

#include <elf.h>

static const struct wf_test_symbol imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { .name = "exp", .version = "GLIBC_2.29", .library = "libm.so.6" },
    { .name = "open", .version = "GLIBC_2.2.5", .library = "libc.so.6" },
    { .name = "close", .version = "GLIBC_2.2.5", .library = "libc.so.6" },
    { .name = "plain" },
    { 0 },
};
static const struct wf_test_marker markers[] = {
    { .library = "libc.so.6", .version = "GLIBC_ABI_DT_RELR" },
    { .library = "libc.so.6", .version = "GLIBC_2.34", .weak = true },
    { 0 },
};

static struct wf_test_elf
recipe_with_versions(void)
{
    return (struct wf_test_elf){
        .machine = machine("x86_64"),
        .imports = imports,
        .markers = markers,
        .relocations = true,
    };
}

static void
lists_needs_by_library_in_file_order(void **state)
{
    static const struct wf_version_need expected[] = {
        { "libc.so.6", "GLIBC_2.14", false, true },
        { "libc.so.6", "GLIBC_2.2.5", false, true },
        { "libc.so.6", "GLIBC_ABI_DT_RELR", false, false },
        { "libc.so.6", "GLIBC_2.34", true, false },
        { "libm.so.6", "GLIBC_2.29", false, true },
    };
    const struct wf_test_elf recipe = recipe_with_versions();
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_version_needs, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++) {
        const struct wf_version_need *need = &r.object->version_needs[i];

        assert_string_equal(need->library, expected[i].library);
        assert_string_equal(need->version, expected[i].version);
        assert_int_equal(need->weak, expected[i].weak);
        assert_int_equal(need->used, expected[i].used);
    }
    end_reading(&r);
}

static void
knows_the_version_of_each_symbol(void **state)
{
    static const char *const versions[] = { "GLIBC_2.14", "GLIBC_2.29", "GLIBC_2.2.5",
                                            "GLIBC_2.2.5", NULL };
    const struct wf_test_elf recipe = recipe_with_versions();
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, WF_COUNT(versions));
    for (size_t i = 0; i < WF_COUNT(versions); i++) {
        const struct wf_import *import = &r.object->imports[i];

        assert_string_equal(import->name, imports[i].name);
        if (versions[i] == NULL)
            assert_int_equal(import->need, -1);
        else
            assert_string_equal(r.object->version_needs[import->need].version,
                                versions[i]);
    }
    end_reading(&r);
}

static void
an_object_without_version_needs_has_none(void **state)
{
    static const struct wf_test_symbol plain[] = { { .name = "f" }, { 0 } };
    const struct wf_test_elf recipe = { .machine = machine("x86_64"), .imports = plain };
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_version_needs, 0);
    assert_int_equal(r.object->num_imports, 1);
    assert_int_equal(r.object->imports[0].need, -1);
    end_reading(&r);
}

/* The hidden bit is not part of the index; an index that no need has means "none". */
static void
an_index_nobody_has_is_no_version(void **state)
{
    static const struct {
        uint16_t index;
        int32_t need;
    } rows[] = {
        { 0, -1 }, { 1, -1 }, { 2, 0 }, { 0x8002, 0 }, { 0x7fff, -1 }, { 0xffff, -1 },
    };
    const struct wf_test_elf recipe = recipe_with_versions();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke16(&r, r.at.versym + 2, rows[i].index);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->imports[0].need, rows[i].need);
        end_reading(&r);
    }
}

static void
a_program_imports_the_data_it_copies(void **state)
{
    static const struct wf_test_symbol copied[] = {
        { .name = "stdout",
          .version = "GLIBC_2.2.5",
          .library = "libc.so.6",
          .copy = true,
          .object = true },
        { 0 },
    };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .imports = copied,
    };
    struct elf_reading r = read_elf(&recipe, "bin/x");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 1);
    assert_string_equal(r.object->imports[0].name, "stdout");
    assert_int_equal(r.object->imports[0].type, WF_SYM_OBJECT);
    assert_true(r.object->version_needs[0].used);
    assert_int_equal(r.object->num_exports, 0);
    end_reading(&r);
}

/* Offsets in verneed and vernaux records; the first vernaux follows the first verneed. */
enum {
    VN_VERSION = 0,
    VN_FILE = 4,
    VN_AUX = 8,
    VN_NEXT = 12,
    VNA = 16,
    VNA_OTHER = VNA + 6,
    VNA_NAME = VNA + 8,
    VNA_NEXT = VNA + 12,
};

static void
expect_error(size_t field, uint32_t value, size_t len, size_t err_field, const char *text)
{
    const struct wf_test_elf recipe = recipe_with_versions();
    struct elf_reading r = build_elf(&recipe);
    char place[32];

    wf_test_poke(&r.image, r.at.verneed + field, value, len, WF_LITTLE);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
    assert_int_equal(r.err.offset, r.at.verneed + err_field);
    (void)snprintf(place, sizeof place, "at 0x%zx: ", r.at.verneed + err_field);
    assert_int_equal(strncmp(r.err.text, place, strlen(place)), 0);
    assert_non_null(strstr(r.err.text, text));
    end_reading(&r);
}

static void
refuses_needs_that_lead_outside(void **state)
{
    (void)state;
    expect_error(VN_VERSION, 2, 2, 0, "a version need has format 2; loaders know 1");
    expect_error(VN_FILE, 1 << 20, 4, 0,
                 "the library of a version need is at 0x100000 in the string table");
    expect_error(VNA_NAME, 1 << 20, 4, VNA,
                 "the name of a needed version is at 0x100000 in the string table");
    expect_error(VN_AUX, UINT32_MAX, 4, 0,
                 "a version need's entry claims 16 bytes from 0xffffffff; there are ");
    expect_error(VN_NEXT, UINT32_MAX, 4, 0,
                 "a version need claims 16 bytes from 0xffffffff; there are ");
    expect_error(VNA_NEXT, UINT32_MAX, 4, 0,
                 "a version need's entry claims 16 bytes from 0x10000000f; there are ");
}

/* A chain cannot go back, but it can pass over the same bytes again and again. */
static void
refuses_needs_that_overlap(void **state)
{
    enum { NUM = 4000 };
    struct wf_test_marker *many = calloc(NUM + 1, sizeof *many);
    const struct wf_test_elf recipe = { .machine = machine("x86_64"), .markers = many };
    static char names[NUM][8];

    (void)state;
    for (size_t i = 0; i < NUM; i++) {
        (void)snprintf(names[i], sizeof names[i], "V%zu", i);
        many[i] = (struct wf_test_marker){ .library = "l", .version = names[i] };
    }
    struct elf_reading r = build_elf(&recipe);

    /* Every record is a verneed, too, whose own chain is all that follows. */
    for (size_t i = 0; i < NUM; i++) {
        const size_t at = r.at.verneed + 16 * i;

        poke16(&r, at, 1);
        poke32(&r, at + 4, 0);
        poke32(&r, at + 8, 16);
        poke32(&r, at + 12, 16);
    }
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
    assert_non_null(
        strstr(r.err.text, "the version needs overlap: more records than the "));
    end_reading(&r);
    free(many);
}

static void
the_last_need_with_an_index_has_it(void **state)
{
    const struct wf_test_elf recipe = recipe_with_versions();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    /* The second entry, GLIBC_2.2.5, takes the index of the first, GLIBC_2.14. */
    poke16(&r, r.at.verneed + VNA_OTHER + 16, 2);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->imports[0].need, 1);
    assert_false(r.object->version_needs[0].used);
    end_reading(&r);
}

static void
refuses_tables_that_are_not_loaded(void **state)
{
    static const struct {
        uint64_t tag;
        const char *text;
    } rows[] = {
        { DT_VERNEED,
          "DT_VERNEED is at address 0x999999; no PT_LOAD has file bytes there" },
        { DT_VERSYM,
          "DT_VERSYM is at address 0x999999; no PT_LOAD has file bytes there" },
    };
    const struct wf_test_elf recipe = recipe_with_versions();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
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
refuses_symbol_versions_without_room(void **state)
{
    const struct wf_test_elf recipe = recipe_with_versions();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke64(&r, dyn_at(&r, DT_VERSYM, 0) + 8, r.at.code);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.offset, r.at.code);
    assert_non_null(strstr(r.err.text,
                           "DT_VERSYM has no room for the versions of 6 symbols; "
                           "4 bytes remain in its PT_LOAD"));
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_needs_by_library_in_file_order),
        cmocka_unit_test(knows_the_version_of_each_symbol),
        cmocka_unit_test(an_object_without_version_needs_has_none),
        cmocka_unit_test(an_index_nobody_has_is_no_version),
        cmocka_unit_test(a_program_imports_the_data_it_copies),
        cmocka_unit_test(refuses_needs_that_lead_outside),
        cmocka_unit_test(refuses_needs_that_overlap),
        cmocka_unit_test(the_last_need_with_an_index_has_it),
        cmocka_unit_test(refuses_tables_that_are_not_loaded),
        cmocka_unit_test(refuses_symbol_versions_without_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
