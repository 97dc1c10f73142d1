/* test_elf_edit_strings.c -- a name stands in .dynstr already, goes over the one it replaces,
 * or is appended; an old name that somebody else uses is never written over. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "libz.so.1", "libc.so.6", NULL };
static const struct wf_test_symbol imports[] = {
    { .name = "inflate", .version = "ZLIB_1.2.9", .library = "libz.so.1" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "xlibz.so.1" }, { 0 } };
static const struct wf_elf_rename to_short[] = { { "libz.so.1", "z.s" } };
static const struct wf_elf_edit shorten = { .needed = to_short, .num_needed = 1 };

static struct wf_test_elf
recipe_for(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .needed = needed,
        .exports = exports,
        .spare = 4,
    };
}

/* Where a string stands in .dynstr of the image before. */
static size_t
string_at(const struct elf_editing *t, const char *text)
{
    const uint8_t *start = t->before.image.data;
    const size_t len = strlen(text) + 1;

    for (size_t at = t->before.at.strings; at + len < t->before.image.len; at++)
        if (start[at - 1] == '\0' && memcmp(start + at, text, len) == 0)
            return at;
    fail_msg("no string %s", text);
    return 0;
}

static void
a_name_that_is_there_is_used_whole_or_as_the_end_of_another(void **state)
{
    static const char *const names[] = { "libc.so.6", "xlibz.so.1", "so.6", "1", "" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const struct wf_elf_edit edit = { .search = WF_ELF_SEARCH_RPATH,
                                          .search_path = names[i] };
        const struct wf_test_elf recipe = recipe_for("x86_64");
        struct elf_editing t = edit_elf(&recipe, &edit);

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_string_equal(t.after.object->rpath, names[i]);
        assert_memory_equal(t.after.image.data + t.after.at.strings,
                            t.before.image.data + t.after.at.strings,
                            t.before.at.dynamic - t.after.at.strings);
        end_editing(&t);
    }
}

static void
finds_ends_of_strings_among_many_names(void **state)
{
    static const char *const added[] = { "6",    ".6",       "so.6",  ".1",
                                         "so.1", "ibz.so.1", "c.so.6" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 7 };
    static const char *const expected[] = { "libz.so.1", "libc.so.6", "6",    ".6",
                                            "so.6",      ".1",        "so.1", "ibz.so.1",
                                            "c.so.6",    NULL };
    struct wf_test_elf recipe = recipe_for("s390x");

    (void)state;
    recipe.spare = 7;
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
a_shorter_name_goes_over_the_old_one_and_zeros_fill_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &shorten);
        const size_t at = string_at(&t, "libz.so.1");

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_memory_equal(t.after.image.data + at, "z.s\0\0\0\0\0\0", 10);
        assert_string_equal(t.after.object->needed[0], "z.s");
        end_editing(&t);
    }
}

static void
a_name_of_equal_length_fits_and_a_longer_one_does_not(void **state)
{
    static const struct wf_elf_rename equal[] = { { "libz.so.1", "libq.so.1" } };
    static const struct wf_elf_rename longer[] = { { "libz.so.1", "libqq.so.1" } };
    static const struct wf_elf_edit fits = { .needed = equal, .num_needed = 1 };
    static const struct wf_elf_edit grows = { .needed = longer, .num_needed = 1 };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &fits);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_string_equal(t.after.object->needed[0], "libq.so.1");
    apply_edit(&t, &grows);
    assert_edited(&t, WF_ELF_HEAD);
    assert_string_equal(t.after.object->needed[0], "libqq.so.1");
    end_editing(&t);
}

/* The need and the version need of one library are renamed alike. */
static void
a_need_and_its_versions_share_the_new_name(void **state)
{
    static const struct wf_elf_rename renames[] = { { "libz.so.1", "libqq.so.1" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.imports = imports;
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(entry_of(&t.after, DT_STRSZ),
                     entry_of(&t.before, DT_STRSZ) + sizeof "libqq.so.1");
    assert_string_equal(t.after.object->version_needs[0].library, "libqq.so.1");
    end_editing(&t);
}

/* Makes the first need point at the end of the exported symbol's name, as linkers do. */
static struct elf_editing
sharing(struct wf_test_elf recipe)
{
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = string_at(&t, "xlibz.so.1") + 1;

    poke_field(&t.before, entry_at(&t.before, DT_NEEDED, 0), WF_D_VAL,
               at - t.before.at.strings);
    return t;
}

/* .dynstr of the edited image, wherever it is. */
static const uint8_t *
strings_after(struct elf_editing *t)
{
    return t->after.image.data + peek_field(&t->after,
                                            section_at_place(&t->after, SHT_STRTAB, 0),
                                            WF_SH_OFFSET);
}

static void
strings_that_moved_leave_nothing_behind_unless_others_use_them(void **state)
{
    static const struct wf_elf_edit edit = { .soname = "a-longer-name.so" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wf_test_elf recipe = recipe_for("x86_64");

        recipe.no_sections = i == 1; /* what else may be there is not known */
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const uint64_t len = entry_of(&t.before, DT_STRSZ);

        if (i == 2) /* the section names, too */
            poke_field(&t.before, section_at_place(&t.before, SHT_STRTAB, 1),
                       WF_SH_OFFSET, t.before.at.strings + len - 1);
        apply_edit(&t, &edit);
        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(wf_elf_is_zero(wf_bytes_of(
                             t.after.image.data + t.before.at.strings, (size_t)len)),
                         i == 0);
        end_editing(&t);
    }
}

static void
the_end_of_a_symbols_name_is_not_written_over(void **state)
{
    struct elf_editing t = sharing(recipe_for("x86_64"));
    const size_t at = string_at(&t, "xlibz.so.1");

    (void)state;
    apply_edit(&t, &shorten);
    assert_edited(&t, WF_ELF_HEAD);
    assert_string_equal(t.after.object->needed[0], "z.s");
    assert_memory_equal(strings_after(&t) + (at - t.before.at.strings), "xlibz.so.1", 11);
    end_editing(&t);
}

/* The ways in which somebody else may use the bytes of "libz.so.1". */
enum user {
    NOBODY,
    SYMBOL,
    SYMBOL_OF_SECTIONS, /* that only the section headers count */
    ENTRY,              /* into the middle */
    FILTER,
    UNKNOWN_ENTRY, /* whose value may be an offset */
    VERSION,
    VERSION_LIBRARY,
    NUM_USERS,
};

static void
add_user(struct elf_editing *t, enum user user, uint64_t off)
{
    struct elf_reading *r = &t->before;

    if (user == SYMBOL || user == SYMBOL_OF_SECTIONS)
        poke32(r, r->at.symbols + 2 * 24, off);
    if (user == SYMBOL_OF_SECTIONS)
        poke32(r, r->at.hash + 4, 2);
    if (user == ENTRY)
        poke64(r, entry_at(r, DT_RPATH, 0) + 8, off + 3);
    if (user == FILTER || user == UNKNOWN_ENTRY) {
        const size_t at = entry_at(r, DT_SYMENT, 0);

        poke64(r, at, user == FILTER ? DT_FILTER : 0x6abcdef0);
        poke64(r, at + 8, off + 1);
    }
    if (user == VERSION)
        poke32(r, r->at.verneed + 16 + 8, off);
    if (user == VERSION_LIBRARY)
        poke32(r, r->at.verneed + 4, off + 5);
}

static void
an_old_name_that_anybody_uses_is_not_written_over(void **state)
{
    static const struct wf_test_symbol versioned[] = {
        { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
        { 0 },
    };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.rpath = "/opt";
    recipe.imports = versioned;
    recipe.hash = WF_TEST_HASH_SYSV;
    for (enum user user = NOBODY; user < NUM_USERS; user++) {
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const uint64_t off = entry_of(&t.before, DT_NEEDED);

        add_user(&t, user, off);
        apply_edit(&t, &shorten);
        assert_edited(&t, user == NOBODY ? WF_ELF_IN_PLACE : WF_ELF_HEAD);
        assert_string_equal(t.after.object->needed[0], "z.s");
        assert_memory_equal(strings_after(&t) + off,
                            user == NOBODY ? "z.s\0\0\0\0\0\0" : "libz.so.1", 10);
        end_editing(&t);
    }
}

static void
what_is_not_known_to_be_free_is_not_written_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct wf_test_elf recipe = recipe_for("x86_64");

        if (i == 1) /* nothing tells how many symbols there are */
            recipe.hash = WF_TEST_HASH_NONE;
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const size_t strings =
            (section_at_place(&t.before, SHT_STRTAB, 0) - t.before.at.sections) / 64;

        if (i == 2) /* section names in .dynstr */
            poke_field(&t.before, 0, WF_E_SHSTRNDX, strings);
        else if (i == 3) /* a section of another kind that uses it */
            poke_field(&t.before, section_at_place(&t.before, SHT_PROGBITS, 0),
                       WF_SH_LINK, strings);
        apply_edit(&t, &shorten);
        assert_edited(&t, i == 0 ? WF_ELF_IN_PLACE : WF_ELF_HEAD);
        assert_string_equal(t.after.object->needed[0], "z.s");
        end_editing(&t);
    }
}

static void
two_names_do_not_go_over_one_old_one(void **state)
{
    static const struct wf_elf_edit edit = { .soname = "q1",
                                             .needed = to_short,
                                             .num_needed = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.soname = "libx.so";
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    poke64(&t.before, entry_at(&t.before, DT_SONAME, 0) + 8,
           entry_of(&t.before, DT_NEEDED));
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_string_equal(t.after.object->soname, "q1");
    assert_string_equal(t.after.object->needed[0], "z.s");
    end_editing(&t);
}

static void
a_table_that_does_not_end_its_last_string_gets_an_end(void **state)
{
    static const struct wf_elf_edit edit = { .soname = "libnew.so" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const uint64_t len = entry_of(&t.before, DT_STRSZ);

    (void)state;
    poke64(&t.before, entry_at(&t.before, DT_NEEDED, 1) + 8, 1);
    poke64(&t.before, entry_at(&t.before, DT_STRSZ, 0) + 8, len - 1);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_string_equal(t.after.object->soname, "libnew.so");
    assert_int_equal(entry_of(&t.after, DT_STRSZ), len + sizeof "libnew.so");
    end_editing(&t);
}

static void
a_table_without_a_length_is_not_appended_to(void **state)
{
    static const struct wf_elf_edit edit = { .soname = "libnew.so" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    char text[200];

    (void)state;
    poke64(&t.before, entry_at(&t.before, DT_STRSZ, 0), DT_SYMENT);
    apply_edit(&t, &edit);
    snprintf(text, sizeof text,
             "at 0x%zx: the dynamic section has no DT_STRSZ; where its strings end, and "
             "new ones could go, is not known",
             t.before.at.dynamic);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.dynamic, text);
    apply_edit(&t, &shorten);
    assert_edited(&t, WF_ELF_IN_PLACE);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_there_is_used_whole_or_as_the_end_of_another),
        cmocka_unit_test(finds_ends_of_strings_among_many_names),
        cmocka_unit_test(a_shorter_name_goes_over_the_old_one_and_zeros_fill_the_rest),
        cmocka_unit_test(a_name_of_equal_length_fits_and_a_longer_one_does_not),
        cmocka_unit_test(a_need_and_its_versions_share_the_new_name),
        cmocka_unit_test(strings_that_moved_leave_nothing_behind_unless_others_use_them),
        cmocka_unit_test(the_end_of_a_symbols_name_is_not_written_over),
        cmocka_unit_test(an_old_name_that_anybody_uses_is_not_written_over),
        cmocka_unit_test(what_is_not_known_to_be_free_is_not_written_over),
        cmocka_unit_test(two_names_do_not_go_over_one_old_one),
        cmocka_unit_test(a_table_that_does_not_end_its_last_string_gets_an_end),
        cmocka_unit_test(a_table_without_a_length_is_not_appended_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
