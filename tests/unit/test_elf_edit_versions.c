/* test_elf_edit_versions.c -- version needs follow their library; without its DT_NEEDED a
 * loader aborts on them. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "liba.so", "libb.so", "libc.so", NULL };
static const struct wf_test_symbol imports[] = {
    { .name = "a1", .version = "A_1", .library = "liba.so" },
    { .name = "a2", .version = "A_2", .library = "liba.so" },
    { .name = "b1", .version = "B_1", .library = "libb.so" },
    { .name = "c1", .version = "C_1", .library = "libc.so" },
    { .name = "none" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" }, { 0 } };

static struct wf_test_elf
recipe_for(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .needed = needed,
        .imports = imports,
        .exports = exports,
        .relocations = true,
        .spare = 2,
    };
}

/* Asserts which library the version of the import `idx` is needed from; NULL: none. */
static void
assert_library(const struct elf_editing *t, size_t idx, const char *library)
{
    const struct wf_object *object = t->after.object;
    const struct wf_import *import = &object->imports[idx];

    assert_string_equal(import->name, imports[idx].name);
    if (library == NULL) {
        assert_int_equal(import->need, -1);
        return;
    }
    assert_true(import->need >= 0);
    assert_string_equal(object->version_needs[import->need].library, library);
    assert_string_equal(object->version_needs[import->need].version,
                        imports[idx].version);
}

static void
versions_follow_the_new_name_of_their_library(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", "liba-0123abcd.so" },
                                                    { "libc.so", "C" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 2 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &edit);

        assert_edited(&t, WF_ELF_HEAD);
        assert_library(&t, 0, "liba-0123abcd.so");
        assert_library(&t, 1, "liba-0123abcd.so");
        assert_library(&t, 2, "libb.so");
        assert_library(&t, 3, "C");
        assert_library(&t, 4, NULL);
        end_editing(&t);
    }
}

/* A version need may be of a library that is only loaded by another. */
static void
versions_are_renamed_without_a_need_of_their_library(void **state)
{
    static const char *const only_b[] = { "libb.so", NULL };
    static const struct wf_elf_rename renames[] = { { "liba.so", "A" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.needed = only_b;
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_library(&t, 0, "A");
    assert_needed(&t, only_b);
    edit_again(&t, &edit);
    assert_edited(&t, WF_ELF_UNCHANGED);
    end_editing(&t);
}

static void
versions_of_a_removed_library_go_wherever_they_stand(void **state)
{
    static const char *const all[] = { "liba.so", "libb.so", "libc.so" };

    (void)state;
    for (unsigned gone = 1; gone < 7; gone++) {
        struct wf_elf_rename renames[3];
        struct wf_elf_edit edit = { .needed = renames };
        size_t num_needs = 4;

        for (size_t i = 0; i < 3; i++) {
            if ((gone >> i & 1) == 0)
                continue;
            renames[edit.num_needed++] = (struct wf_elf_rename){ all[i], NULL };
            num_needs -= i == 0 ? 2 : 1;
        }
        for (size_t m = 0; m < WF_COUNT(edited_machines); m++) {
            const struct wf_test_elf recipe = recipe_for(edited_machines[m]);
            struct elf_editing t = edit_elf(&recipe, &edit);

            assert_edited(&t, WF_ELF_IN_PLACE);
            assert_int_equal(t.after.object->num_version_needs, num_needs);
            assert_library(&t, 0, (gone & 1) != 0 ? NULL : "liba.so");
            assert_library(&t, 1, (gone & 1) != 0 ? NULL : "liba.so");
            assert_library(&t, 2, (gone & 2) != 0 ? NULL : "libb.so");
            assert_library(&t, 3, (gone & 4) != 0 ? NULL : "libc.so");
            assert_int_equal(entry_of(&t.after, DT_VERNEED),
                             entry_of(&t.before, DT_VERNEED));
            assert_int_equal(peek_field(&t.after,
                                        section_at_place(&t.after, SHT_GNU_verneed, 0),
                                        WF_SH_INFO),
                             3 - edit.num_needed);
            assert_int_equal(t.after.object->num_section_differences, 0);
            end_editing(&t);
        }
    }
}

static void
unversioned_symbols_are_global(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    static const uint8_t expected[] = { 0, 0, 1, 0, 1, 0, 4, 0, 5, 0, 1, 0, 1, 0 };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    /* The second symbol's version is hidden. */
    poke16(&t.before, t.before.at.versym + 4, 0x8003);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_memory_equal(t.after.image.data + t.before.at.versym, expected,
                        sizeof expected);
    end_editing(&t);
}

static void
the_number_of_needs_goes_down(void **state)
{
    static const struct wf_elf_rename renames[] = { { "libb.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    const struct wf_test_elf recipe = recipe_for("s390x");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = entry_at(&t.before, DT_RELENT, 0);

    (void)state;
    poke_field(&t.before, at, WF_D_TAG, DT_VERNEEDNUM);
    poke_field(&t.before, at, WF_D_VAL, 3);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(entry_of(&t.after, DT_VERNEEDNUM), 2);
    end_editing(&t);
}

/* glibc would follow DT_VERSYM into tables that it did not make. */
static void
without_any_need_left_the_tables_of_versions_go(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL },
                                                    { "libb.so", NULL },
                                                    { "libc.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 3 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const size_t at = section_at_place(&t.before, SHT_GNU_verneed, 0);

        apply_edit(&t, &edit);
        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_int_equal(t.after.object->num_version_needs, 0);
        assert_int_equal(entry_at(&t.after, DT_VERNEED, 0), 0);
        assert_int_equal(entry_at(&t.after, DT_VERSYM, 0), 0);
        assert_int_equal(t.after.object->num_section_differences, 0);
        assert_int_equal(peek_field(&t.after, at, WF_SH_TYPE), SHT_NULL);
        assert_int_equal(peek_field(&t.after, at, WF_SH_NAME), 0);
        end_editing(&t);
    }
}

static void
symbol_versions_stay_when_the_object_defines_versions(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL },
                                                    { "libb.so", NULL },
                                                    { "libc.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 3 };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    poke64(&t.before, entry_at(&t.before, DT_RELENT, 0), DT_VERDEF);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(entry_at(&t.after, DT_VERNEED, 0), 0);
    assert_int_not_equal(entry_at(&t.after, DT_VERSYM, 0), 0);
    end_editing(&t);
}

static void
an_index_that_a_library_which_stays_has_too_is_not_touched(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    /* The one version of libb.so, behind liba.so's record and its two. */
    poke16(&t.before, t.before.at.verneed + 4 * 16 + 6, 2);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(t.after.image.data[t.before.at.versym + 2], 2);
    assert_int_equal(t.after.image.data[t.before.at.versym + 4], 1);
    end_editing(&t);
}

static void
damaged_version_needs_are_named(void **state)
{
    static const struct wf_elf_edit edit = { .soname = "x" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = t.before.at.verneed;
    char text[200];

    (void)state;
    poke32(&t.before, at + 4, 100000);
    apply_edit(&t, &edit);
    snprintf(
        text, sizeof text,
        "at 0x%zx: the library of a version need, at 0x186a0 in the string table, is "
        "not within its %llu bytes",
        at, (unsigned long long)entry_of(&t.before, DT_STRSZ));
    assert_error_at(t.err, WF_ERR_MALFORMED, at, text);
    poke32(&t.before, at + 4, 1);
    poke32(&t.before, at + 12, 1);
    apply_edit(&t, &edit);
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    poke32(&t.before, at + 12, 100000);
    apply_edit(&t, &edit);
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(t.err.text, "a version need claims 16 bytes"));
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_follow_the_new_name_of_their_library),
        cmocka_unit_test(versions_are_renamed_without_a_need_of_their_library),
        cmocka_unit_test(versions_of_a_removed_library_go_wherever_they_stand),
        cmocka_unit_test(unversioned_symbols_are_global),
        cmocka_unit_test(the_number_of_needs_goes_down),
        cmocka_unit_test(without_any_need_left_the_tables_of_versions_go),
        cmocka_unit_test(symbol_versions_stay_when_the_object_defines_versions),
        cmocka_unit_test(an_index_that_a_library_which_stays_has_too_is_not_touched),
        cmocka_unit_test(damaged_version_needs_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
