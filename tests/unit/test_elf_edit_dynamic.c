/* test_elf_edit_dynamic.c -- which entries the dynamic section has after an edit, and in which
 * order. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "liba.so", "libb.so", "libc.so.6", NULL };
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" }, { 0 } };

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

static void
renames_each_need_where_it_stands(void **state)
{
    static const struct wf_elf_rename renames[] = { { "libc.so.6", "C" },
                                                    { "liba.so", "A" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 2 };
    static const char *const expected[] = { "A", "libb.so", "C", NULL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &edit);

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_needed(&t, expected);
        end_editing(&t);
    }
}

static void
the_first_of_two_renames_of_one_name_counts(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", "A" },
                                                    { "liba.so", "B" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 2 };
    static const char *const expected[] = { "A", "libb.so", "libc.so.6", NULL };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
a_name_renamed_to_one_that_is_needed_already_leaves_that_one(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", "libc.so.6" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    static const char *const expected[] = { "libb.so", "libc.so.6", NULL };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
two_names_renamed_to_one_leave_the_first(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", "x" },
                                                    { "libb.so", "x" } };
    static const char *const added[] = { "x", "y", "y" };
    static const struct wf_elf_edit edit = {
        .needed = renames,
        .num_needed = 2,
        .added = added,
        .num_added = 3,
    };
    static const char *const expected[] = { "x", "libc.so.6", "y", NULL };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
names_that_stood_there_twice_are_let_be(void **state)
{
    static const char *const twice[] = { "liba.so", "libb.so", "liba.so", NULL };
    static const struct wf_elf_rename renames[] = { { "libb.so", "liba.so" } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 1 };
    static const char *const expected[] = { "liba.so", "liba.so", NULL };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.needed = twice;
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
removal_closes_the_gap_and_leaves_empty_entries(void **state)
{
    static const struct wf_elf_rename renames[] = { { "libb.so", NULL },
                                                    { "liba.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = renames, .num_needed = 2 };
    static const char *const expected[] = { "libc.so.6", NULL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &edit);
        const struct wf_elf_segment dynamic = segment_of(&t.after, PT_DYNAMIC);
        const size_t len = t.after.object->bits == 64 ? 16 : 8;

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_needed(&t, expected);
        assert_int_equal(entry_at(&t.after, DT_NEEDED, 0), dynamic.off);
        assert_int_equal(entry_at(&t.after, DT_NULL, 0),
                         entry_at(&t.before, DT_NULL, 0) - 2 * len);
        assert_int_equal(entry_at(&t.after, DT_NULL, 6), entry_at(&t.before, DT_NULL, 4));
        assert_int_equal(t.after.object->num_section_differences, 0);
        end_editing(&t);
    }
}

static void
added_names_stand_behind_the_others(void **state)
{
    static const char *const added[] = { "x", "libb.so", "y" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 3 };
    static const char *const expected[] = { "liba.so", "libb.so", "libc.so.6",
                                            "x",       "y",       NULL };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    assert_false(t.result.moved_dynamic);
    assert_needed(&t, expected);
    assert_int_equal(entry_at(&t.after, DT_NEEDED, 4),
                     segment_of(&t.after, PT_DYNAMIC).off + 4 * 16);
    end_editing(&t);
}

static void
added_names_come_first_where_nothing_was_needed(void **state)
{
    static const char *const added[] = { "x" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    static const char *const expected[] = { "x", NULL };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.needed = NULL;
    recipe.soname = "libx.so";
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_IN_PLACE); /* the end of "PyInit_x" */
    assert_needed(&t, expected);
    assert_int_equal(entry_at(&t.after, DT_NEEDED, 0),
                     segment_of(&t.after, PT_DYNAMIC).off);
    end_editing(&t);
}

static void
added_names_take_the_place_of_removed_ones(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL },
                                                    { "libb.so", NULL },
                                                    { "libc.so.6", NULL } };
    static const char *const added[] = { "libc.so.6", "so" };
    static const struct wf_elf_edit edit = {
        .needed = renames,
        .num_needed = 3,
        .added = added,
        .num_added = 2,
    };
    static const char *const expected[] = { "libc.so.6", "so", NULL };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE); /* "so" is the end of "liba.so" */
    assert_needed(&t, expected);
    end_editing(&t);
}

static void
sets_and_removes_the_soname(void **state)
{
    static const struct wf_elf_edit set = { .soname = "libq.so" };
    static const struct wf_elf_edit removal = { .soname = "" };
    struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &set);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    assert_string_equal(t.after.object->soname, "libq.so");
    edit_again(&t, &removal);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_null(t.after.object->soname);
    edit_again(&t, &removal);
    assert_edited(&t, WF_ELF_UNCHANGED);
    end_editing(&t);
    recipe.soname = "libx.so.1";
    t = edit_elf(&recipe, &set);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_string_equal(t.after.object->soname, "libq.so");
    end_editing(&t);
}

static void
runpath_becomes_rpath_in_the_same_entry_and_back(void **state)
{
    static const struct wf_elf_edit rpath = { .search = WF_ELF_SEARCH_RPATH,
                                              .search_path = "/opt" };
    static const struct wf_elf_edit runpath = { .search = WF_ELF_SEARCH_RUNPATH,
                                                .search_path = "/opt" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.runpath = "/opt";
        recipe.spare = 0;
        struct elf_editing t = edit_elf(&recipe, &rpath);

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_string_equal(t.after.object->rpath, "/opt");
        assert_null(t.after.object->runpath);
        assert_int_equal(entry_at(&t.after, DT_RPATH, 0),
                         entry_at(&t.before, DT_RUNPATH, 0));
        edit_again(&t, &runpath);
        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_string_equal(t.after.object->runpath, "/opt");
        assert_null(t.after.object->rpath);
        end_editing(&t);
    }
}

static void
of_two_search_paths_one_is_left_or_none(void **state)
{
    static const struct wf_elf_edit one = { .search = WF_ELF_SEARCH_RPATH,
                                            .search_path = "/second" };
    static const struct wf_elf_edit none = { .search = WF_ELF_SEARCH_NONE };
    static const struct wf_elf_edit keep = { .soname = "a.so" };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.rpath = "/first";
    recipe.runpath = "/second";
    struct elf_editing t = edit_elf(&recipe, &one);

    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_string_equal(t.after.object->rpath, "/second");
    assert_null(t.after.object->runpath);
    apply_edit(&t, &none);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_null(t.after.object->rpath);
    assert_null(t.after.object->runpath);
    apply_edit(&t, &keep);
    assert_edited(&t, WF_ELF_IN_PLACE); /* the end of "liba.so" */
    assert_string_equal(t.after.object->rpath, "/first");
    assert_string_equal(t.after.object->runpath, "/second");
    end_editing(&t);
}

static void
an_empty_search_path_is_one(void **state)
{
    static const struct wf_elf_edit edit = { .search = WF_ELF_SEARCH_RUNPATH,
                                             .search_path = "" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_string_equal(t.after.object->runpath, "");
    end_editing(&t);
}

/* lld leaves no entry to spare. */
static void
without_a_spare_entry_the_dynamic_section_moves(void **state)
{
    static const char *const added[] = { "libb2.so", "liba2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 2 };
    static const struct wf_elf_edit more = { .search = WF_ELF_SEARCH_RPATH,
                                             .search_path = "2.so" };
    static const char *const expected[] = { "liba.so",  "libb.so",  "libc.so.6",
                                            "libb2.so", "liba2.so", NULL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.spare = 1;
        struct elf_editing t = edit_elf(&recipe, &edit);
        const struct wf_elf_segment dynamic = segment_of(&t.after, PT_DYNAMIC);
        const struct wf_elf_segment load = last_load_of(&t.after);

        assert_edited(&t, WF_ELF_HEAD);
        assert_true(t.result.moved_dynamic);
        assert_needed(&t, expected);
        /* The loader relocates entries in place. */
        assert_int_equal(load.flags, PF_R | PF_W);
        assert_true(dynamic.off >= load.off && dynamic.vaddr % 8 == 0);
        assert_true(dynamic.off + dynamic.file_len <= load.off + load.file_len);
        assert_int_equal(dynamic.vaddr - dynamic.off, load.vaddr - load.off);
        assert_int_equal(dynamic.mem_len, dynamic.file_len);
        assert_int_not_equal(entry_at(&t.after, DT_NULL, 4), 0);
        assert_int_equal(entry_at(&t.after, DT_NULL, 5), 0);
        assert_int_equal(t.after.object->num_section_differences, 0);
        edit_again(&t, &more);
        assert_edited(&t, WF_ELF_IN_PLACE);
        end_editing(&t);
    }
}

static void
with_a_spare_entry_it_stays(void **state)
{
    static const char *const added[] = { "libb2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.spare = 1;
    struct elf_editing t = edit_elf(&recipe, &edit);

    assert_edited(&t, WF_ELF_HEAD);
    assert_false(t.result.moved_dynamic);
    assert_int_equal(segment_of(&t.after, PT_DYNAMIC).off, t.before.at.dynamic);
    assert_int_equal(last_load_of(&t.after).flags, PF_R);
    end_editing(&t);
}

static void
entries_behind_the_end_that_are_not_empty_are_not_spare(void **state)
{
    static const char *const added[] = { "libb2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.spare = 1;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    poke64(&t.before, entry_at(&t.before, DT_NULL, 1) + 8, 1);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_true(t.result.moved_dynamic);
    end_editing(&t);
}

/* x86, ARM and others: what stands at DT_PLTGOT first is the address of .dynamic. */
static void
the_global_offset_table_follows_a_dynamic_section_that_moves(void **state)
{
    static const char *const added[] = { "libb2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.spare = 0;
    recipe.needed = (const char *const[]){ "liba.so", "libb.so", NULL };
    recipe.imports = (const struct wf_test_symbol[]){ { .name = "f" }, { 0 } };
    recipe.relocations = true;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const uint64_t vaddr = segment_of(&t.before, PT_DYNAMIC).vaddr;
    const size_t got = t.before.at.relocations; /* any word of the image */

    poke64(&t.before, got, vaddr);
    poke64(&t.before, entry_at(&t.before, DT_RELENT, 0), DT_PLTGOT);
    poke64(&t.before, entry_at(&t.before, DT_PLTGOT, 0) + 8, got);
    apply_edit(&t, &edit);
    assert_true(t.ok && t.result.moved_dynamic);
    assert_int_equal(peek_field(&t.after, got, WF_D_TAG),
                     segment_of(&t.after, PT_DYNAMIC).vaddr);
    poke64(&t.before, got, vaddr + 1);
    apply_edit(&t, &edit);
    assert_true(t.ok);
    assert_int_equal(peek_field(&t.after, got, WF_D_TAG), vaddr + 1);
    end_editing(&t);
}

static void
on_mips_the_dynamic_section_does_not_move(void **state)
{
    static const char *const added[] = { "libb2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    struct wf_test_elf recipe = recipe_for("mips64");
    char text[200];

    (void)state;
    recipe.spare = 0;
    struct elf_editing t = edit_elf(&recipe, &edit);

    snprintf(text, sizeof text,
             "at 0x%zx: the dynamic section has no entry to spare, and on MIPS it must "
             "not move",
             t.before.at.dynamic);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.dynamic, text);
    end_editing(&t);
}

/* DT_MIPS_RLD_MAP_REL counts from its own place. */
static void
an_entry_that_points_relative_to_itself_still_points_there(void **state)
{
    static const struct wf_elf_rename renames[] = { { "liba.so", NULL } };
    static const char *const added[] = { "so.6", "b.so", "6" };
    static const struct wf_elf_edit removal = { .needed = renames, .num_needed = 1 };
    static const struct wf_elf_edit addition = { .added = added, .num_added = 3 };
    const struct wf_test_elf recipe = recipe_for("mips64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = entry_at(&t.before, DT_SYMENT, 0);

    (void)state;
    poke_field(&t.before, at, WF_D_TAG, DT_MIPS_RLD_MAP_REL);
    poke_field(&t.before, at, WF_D_VAL, 0x1000);
    apply_edit(&t, &removal);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(entry_at(&t.after, DT_MIPS_RLD_MAP_REL, 0), at - 16);
    assert_int_equal(entry_of(&t.after, DT_MIPS_RLD_MAP_REL), 0x1000 + 16);
    apply_edit(&t, &addition);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(entry_of(&t.after, DT_MIPS_RLD_MAP_REL), 0x1000 - 3 * 16);
    end_editing(&t);
}

static void
the_dynamic_section_of_a_static_pie_does_not_move(void **state)
{
    static const char *const added[] = { "libb2.so" };
    static const struct wf_elf_edit edit = { .added = added, .num_added = 1 };
    struct wf_test_elf recipe = recipe_for("x86_64");
    char text[200];

    (void)state;
    recipe.spare = 0;
    recipe.type = WF_TEST_PIE;
    struct elf_editing t = edit_elf(&recipe, &edit);

    snprintf(
        text, sizeof text,
        "at 0x%zx: the dynamic section has no entry to spare, and the program, which "
        "relocates itself, expects it where it stands",
        t.before.at.dynamic);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.dynamic, text);
    end_editing(&t);
    recipe.interp = "/lib/ld.so.1";
    t = edit_elf(&recipe, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_true(t.result.moved_dynamic);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renames_each_need_where_it_stands),
        cmocka_unit_test(the_first_of_two_renames_of_one_name_counts),
        cmocka_unit_test(a_name_renamed_to_one_that_is_needed_already_leaves_that_one),
        cmocka_unit_test(two_names_renamed_to_one_leave_the_first),
        cmocka_unit_test(names_that_stood_there_twice_are_let_be),
        cmocka_unit_test(removal_closes_the_gap_and_leaves_empty_entries),
        cmocka_unit_test(added_names_stand_behind_the_others),
        cmocka_unit_test(added_names_come_first_where_nothing_was_needed),
        cmocka_unit_test(added_names_take_the_place_of_removed_ones),
        cmocka_unit_test(sets_and_removes_the_soname),
        cmocka_unit_test(runpath_becomes_rpath_in_the_same_entry_and_back),
        cmocka_unit_test(of_two_search_paths_one_is_left_or_none),
        cmocka_unit_test(an_empty_search_path_is_one),
        cmocka_unit_test(without_a_spare_entry_the_dynamic_section_moves),
        cmocka_unit_test(with_a_spare_entry_it_stays),
        cmocka_unit_test(entries_behind_the_end_that_are_not_empty_are_not_spare),
        cmocka_unit_test(the_global_offset_table_follows_a_dynamic_section_that_moves),
        cmocka_unit_test(on_mips_the_dynamic_section_does_not_move),
        cmocka_unit_test(an_entry_that_points_relative_to_itself_still_points_there),
        cmocka_unit_test(the_dynamic_section_of_a_static_pie_does_not_move),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
