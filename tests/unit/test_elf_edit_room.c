/* test_elf_edit_room.c -- where what does not fit in place goes: padding, the end of the last
 * segment, a new segment; pages are never shared, and what is there is never covered. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "libz.so.1", NULL };
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" }, { 0 } };

enum { PADDING = 4096 };

static struct wf_test_elf
recipe_for(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .needed = needed,
        .exports = exports,
        .rpath = "/opt",
        .build_id_len = 20,
    };
}

static struct wf_elf_edit
search(size_t len)
{
    return (struct wf_elf_edit){
        .search = WF_ELF_SEARCH_RPATH,
        .search_path = long_text(len),
    };
}

static void
assert_search(const struct elf_editing *t, size_t len)
{
    assert_int_equal(strlen(t->after.object->rpath), len);
    assert_int_equal(t->after.object->num_section_differences, 0);
}

static void
padding_that_holds_the_strings_is_used_and_nothing_grows(void **state)
{
    const struct wf_elf_edit edit = search(1000);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.align = strcmp(edited_machines[i], "ppc64") == 0 ||
                               strcmp(edited_machines[i], "aarch64") == 0
                           ? 65536
                           : 4096;
        recipe.padding = recipe.align;
        struct elf_editing t = edit_elf(&recipe, &edit);
        const struct wf_elf_segment was = segment_of(&t.before, PT_LOAD);
        const struct wf_elf_segment is = segment_of(&t.after, PT_LOAD);
        const uint64_t len = entry_of(&t.before, DT_STRSZ) + 1001;

        assert_edited(&t, WF_ELF_SLACK);
        assert_int_equal(t.result.growth, 0);
        assert_search(&t, 1000);
        assert_int_equal(is.file_len, was.file_len + len);
        assert_int_equal(is.mem_len, was.mem_len + len);
        assert_int_equal(entry_of(&t.after, DT_STRTAB), was.vaddr + was.mem_len);
        assert_int_equal(entry_of(&t.after, DT_STRSZ), len);
        end_editing(&t);
    }
}

static void
strings_that_end_their_segment_grow_there(void **state)
{
    const struct wf_elf_edit first = search(100);
    const struct wf_elf_edit second = { .soname = "libnew.so" };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    recipe.spare = 2;
    struct elf_editing t = edit_elf(&recipe, &first);

    assert_edited(&t, WF_ELF_SLACK);
    edit_again(&t, &second);
    assert_edited(&t, WF_ELF_SLACK);
    assert_int_equal(entry_of(&t.after, DT_STRTAB), entry_of(&t.before, DT_STRTAB));
    assert_int_equal(segment_of(&t.after, PT_LOAD).mem_len,
                     segment_of(&t.before, PT_LOAD).mem_len + sizeof "libnew.so");
    assert_string_equal(t.after.object->soname, "libnew.so");
    assert_search(&t, 100);
    end_editing(&t);
}

static void
padding_that_is_too_short_or_not_empty_is_let_be(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_elf_edit large = search(PADDING);
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    struct elf_editing t = edit_elf(&recipe, &large);

    assert_edited(&t, WF_ELF_HEAD);
    assert_search(&t, PADDING);
    t.before.image.data[t.before.at.dynamic - 1] = 1;
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(t.after.image.data[t.before.at.dynamic - 1], 1);
    end_editing(&t);
}

static void
padding_that_a_section_describes_is_let_be(void **state)
{
    const struct wf_elf_edit edit = search(3500);
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    struct elf_editing t = edit_elf(&recipe, &edit);
    const size_t names = section_at_place(&t.before, SHT_STRTAB, 1);

    assert_edited(&t, WF_ELF_SLACK);
    poke_field(&t.before, names, WF_SH_OFFSET, t.before.at.dynamic - 900);
    poke_field(&t.before, names, WF_SH_SIZE, 100);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    end_editing(&t);
}

static void
padding_behind_a_writable_segment_is_let_be(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 0), WF_P_FLAGS,
               PF_R | PF_W | PF_X);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    end_editing(&t);
}

/* More memory than file: zeros stand there already. */
static void
padding_behind_zeroed_memory_is_let_be(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = segment_at(&t.before, PT_LOAD, 0);

    poke_field(&t.before, at, WF_P_MEMSZ, peek_field(&t.before, at, WF_P_FILESZ) + 8);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    end_editing(&t);
}

/* The file has room, the memory before the next segment's page has not. */
static void
a_segment_does_not_grow_into_a_page_of_the_next(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = 2 * PADDING;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const struct wf_elf_segment first = segment_of(&t.before, PT_LOAD);
    const uint64_t room = PADDING - first.mem_len - entry_of(&t.before, DT_STRSZ) - 1;
    const struct wf_elf_edit fits = search(room);
    const struct wf_elf_edit exceeds = search(room + 1);
    const size_t load = segment_at(&t.before, PT_LOAD, 1);
    const size_t dynamic = segment_at(&t.before, PT_DYNAMIC, 0);
    const uint64_t vaddr = t.before.at.dynamic - PADDING; /* in the second page */

    poke_field(&t.before, load, WF_P_VADDR, vaddr);
    poke_field(&t.before, dynamic, WF_P_VADDR, vaddr);
    apply_edit(&t, &fits);
    assert_true(t.ok);
    assert_string_equal(wf_elf_room_name(t.result.room), "slack");
    apply_edit(&t, &exceeds);
    assert_true(t.ok);
    assert_string_equal(wf_elf_room_name(t.result.room), "head");
    end_editing(&t);
}

/* What any new segment must be. */
static void
assert_new_segment(struct elf_editing *t, uint64_t page)
{
    const struct wf_elf_image image = headers_of(&t->after);
    const struct wf_elf_segment new = last_load_of(&t->after);
    const struct wf_elf_segment last = last_load_of(&t->before);
    uint64_t end = 0;

    assert_int_equal(count_segments_of(&t->after, PT_LOAD),
                     count_segments_of(&t->before, PT_LOAD) + 1);
    assert_int_equal(new.align, page);
    assert_int_equal(new.vaddr % page, new.off % page);
    assert_true(new.vaddr / page > (last.vaddr + last.mem_len - 1) / page);
    assert_int_equal(new.file_len, new.mem_len);
    for (size_t i = 0; i < image.num_segments; i++) {
        if (image.segments[i].type != PT_LOAD)
            continue;
        assert_true(image.segments[i].vaddr >= end);
        end = image.segments[i].vaddr + image.segments[i].mem_len;
    }
}

static void
a_new_segment_is_the_last_and_shares_no_page(void **state)
{
    static const struct {
        const char *machine;
        uint64_t align;
        uint64_t page;
    } cases[] = {
        { "x86_64", 4096, 4096 },    { "x86_64", 0x200000, 0x200000 },
        { "i686", 4096, 4096 },      { "s390x", 4096, 4096 },
        { "armv7l", 65536, 65536 },  { "riscv64", 4096, 4096 },
        { "aarch64", 4096, 65536 },  { "aarch64", 65536, 65536 },
        { "ppc64le", 65536, 65536 }, { "loongarch64", 16384, 65536 },
        { "mips64", 65536, 65536 },  { "sparc64", 0x100000, 0x100000 },
    };
    const struct wf_elf_edit edit = search(1000);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_test_elf recipe = recipe_for(cases[i].machine);

        recipe.align = cases[i].align;
        struct elf_editing t = edit_elf(&recipe, &edit);

        assert_edited(&t, WF_ELF_HEAD);
        assert_search(&t, 1000);
        assert_new_segment(&t, cases[i].page);
        /* Nothing is padded to the page. */
        assert_true(t.result.growth < 1000 + 500);
        end_editing(&t);
    }
}

static void
a_new_segment_is_above_all_memory(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 1), WF_P_MEMSZ, 0x40000123);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_new_segment(&t, 4096);
    end_editing(&t);
}

/* eu-elflint takes a relocation to reach as far as its symbol is long. */
static void
a_new_segment_is_as_far_away_as_the_longest_symbol(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const struct wf_elf_segment last = last_load_of(&t.before);

    (void)state;
    poke_field(&t.before, t.before.at.symbols + 24, WF_ST_SIZE, 0x12345);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_true(last_load_of(&t.after).vaddr >= last.vaddr + last.mem_len + 0x12345);
    poke_field(&t.before, t.before.at.symbols + 24, WF_ST_SIZE, UINT64_MAX);
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_true(last_load_of(&t.after).vaddr < last.vaddr + last.mem_len + 0x2000);
    end_editing(&t);
}

static void
addresses_that_do_not_reach_so_high_are_refused(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_test_elf narrow = recipe_for("i686");
    const struct wf_test_elf wide = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&narrow, "x.so") };

    (void)state;
    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 1), WF_P_MEMSZ,
               0xffffffff - last_load_of(&t.before).vaddr);
    apply_edit(&t, &edit);
    assert_error(t.err, WF_ERR_REFUSED,
                 "its segments reach so high that no address above them is left");
    end_editing(&t);
    t = (struct elf_editing){ .before = read_elf(&wide, "x.so") };
    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 1), WF_P_MEMSZ,
               UINT64_MAX - last_load_of(&t.before).vaddr);
    apply_edit(&t, &edit);
    assert_error(t.err, WF_ERR_REFUSED,
                 "its segments reach so high that no address above them is left");
    end_editing(&t);
}

static void
section_headers_at_the_end_move_behind_the_new_bytes(void **state)
{
    const struct wf_elf_edit edit = search(1000);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &edit);
        const struct wf_elf_image image = headers_of(&t.after);
        const struct wf_elf_segment new = last_load_of(&t.after);

        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(image.header.sections_off % 8, 0);
        assert_true(image.header.sections_off - (new.off + new.file_len) < 8);
        assert_int_equal(image.header.sections_off +
                             image.header.num_sections * wf_elf_section_len(&image),
                         t.after.image.len);
        end_editing(&t);
    }
}

static void
section_headers_elsewhere_stay(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    for (size_t i = 0; i < 16; i++)
        wf_buffer_add_char(&t.before.image, '\0');
    apply_edit(&t, &edit);
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(peek_field(&t.after, 0, WF_E_SHOFF), t.before.at.sections);
    assert_search(&t, 1000);
    end_editing(&t);
}

/* A zip archive or a script's data behind a program. */
static void
data_behind_what_headers_describe_must_stay_the_last(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_elf_edit fits = { .search = WF_ELF_SEARCH_RPATH,
                                      .search_path = "/o" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t len = t.before.image.len;
    char text[200];

    (void)state;
    wf_buffer_add_str(&t.before.image, "PK data");
    apply_edit(&t, &edit);
    snprintf(text, sizeof text,
             "at 0x%zx: 7 bytes that no header describes follow here, and whoever reads "
             "them looks for them at the end of the file; it cannot grow",
             len);
    assert_error_at(t.err, WF_ERR_REFUSED, len, text);
    apply_edit(&t, &fits);
    assert_edited(&t, WF_ELF_IN_PLACE);
    end_editing(&t);
}

static void
images_without_section_headers_are_edited_alike(void **state)
{
    const struct wf_elf_edit edit = search(1000);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.no_sections = true;
        struct elf_editing t = edit_elf(&recipe, &edit);

        assert_edited(&t, WF_ELF_HEAD);
        assert_search(&t, 1000);
        assert_false(t.after.object->has_sections);
        end_editing(&t);
    }
}

static void
section_headers_that_cannot_be_read_stop_growth_only(void **state)
{
    const struct wf_elf_edit edit = search(1000);
    const struct wf_elf_edit fits = { .soname = "1", .clear_exec_stack = true };
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.padding = PADDING;
    recipe.spare = 2;
    recipe.stack = WF_TEST_STACK_EXEC;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    poke_field(&t.before, 0, WF_E_SHOFF, 1000000);
    apply_edit(&t, &edit);
    assert_error_at(t.err, WF_ERR_MALFORMED, 1000000,
                    "at 0xf4240: the section headers at 0xf4240 are outside the file");
    apply_edit(&t, &fits);
    assert_edited(&t, WF_ELF_IN_PLACE);
    end_editing(&t);
}

/* Each run of other tools adds a segment. */
static void
a_further_edit_makes_the_added_segment_longer(void **state)
{
    const struct wf_elf_edit first = search(1000);
    const struct wf_elf_edit second = { .soname = "libnew.so" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.spare = 2;
        struct elf_editing t = edit_elf(&recipe, &first);

        assert_edited(&t, WF_ELF_HEAD);
        edit_again(&t, &second);
        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(count_segments_of(&t.after, PT_LOAD),
                         count_segments_of(&t.before, PT_LOAD));
        assert_int_equal(last_load_of(&t.after).mem_len,
                         last_load_of(&t.before).mem_len + sizeof "libnew.so");
        assert_true(t.result.growth <= 16);
        assert_int_equal(entry_of(&t.after, DT_STRTAB), entry_of(&t.before, DT_STRTAB));
        assert_string_equal(t.after.object->soname, "libnew.so");
        assert_search(&t, 1000);
        end_editing(&t);
    }
}

static void
a_dynamic_section_that_moves_later_makes_that_segment_writable(void **state)
{
    static const char *const added[] = { "libmore.so" };
    const struct wf_elf_edit first = search(1000);
    const struct wf_elf_edit second = { .added = added, .num_added = 1 };
    const struct wf_elf_edit third = { .soname = "libthird.so" };
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &first);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(last_load_of(&t.after).flags, PF_R);
    edit_again(&t, &second);
    assert_edited(&t, WF_ELF_HEAD);
    assert_true(t.result.moved_dynamic);
    assert_int_equal(last_load_of(&t.after).flags, PF_R | PF_W);
    assert_int_equal(count_segments_of(&t.after, PT_LOAD), 3);
    edit_again(&t, &third);
    assert_edited(&t, WF_ELF_HEAD);
    assert_false(t.result.moved_dynamic);
    assert_int_equal(count_segments_of(&t.after, PT_LOAD), 3);
    assert_string_equal(t.after.object->soname, "libthird.so");
    assert_string_equal(t.after.object->needed[1], "libmore.so");
    assert_search(&t, 1000);
    end_editing(&t);
}

/* A tool has put something behind it. */
static void
an_added_segment_that_is_not_the_last_any_more_is_let_be(void **state)
{
    const struct wf_elf_edit first = search(1000);
    const struct wf_elf_edit second = search(2000);
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &first);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    const size_t names = section_at_place(&t.after, SHT_STRTAB, 1);
    const struct wf_elf_segment own = last_load_of(&t.after);
    const struct wf_bytes content = exact_copy(t.after.image.data, t.after.image.len);

    /* The section names, 200 bytes long, now stand between it and the section headers. */
    t.after.image.len = own.off + own.file_len;
    wf_buffer_add(&t.after.image, content.data + t.before.at.code, 200);
    while (t.after.image.len % 8 != 0)
        wf_buffer_add_char(&t.after.image, '\0');
    const uint64_t sections = t.after.image.len;
    const uint64_t old = names - peek_field(&t.after, 0, WF_E_SHOFF);

    wf_buffer_add(&t.after.image, content.data + (names - old),
                  content.len - (names - old));
    poke_field(&t.after, 0, WF_E_SHOFF, sections);
    poke_field(&t.after, sections + old, WF_SH_OFFSET, own.off + own.file_len);
    poke_field(&t.after, sections + old, WF_SH_SIZE, 200);
    free_exact(content);
    edit_again(&t, &second);
    assert_edited(&t, WF_ELF_HEAD);
    assert_new_segment(&t, 4096);
    assert_int_equal(strlen(t.after.object->rpath), 2000);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_that_holds_the_strings_is_used_and_nothing_grows),
        cmocka_unit_test(strings_that_end_their_segment_grow_there),
        cmocka_unit_test(padding_that_is_too_short_or_not_empty_is_let_be),
        cmocka_unit_test(padding_that_a_section_describes_is_let_be),
        cmocka_unit_test(padding_behind_a_writable_segment_is_let_be),
        cmocka_unit_test(padding_behind_zeroed_memory_is_let_be),
        cmocka_unit_test(a_segment_does_not_grow_into_a_page_of_the_next),
        cmocka_unit_test(a_new_segment_is_the_last_and_shares_no_page),
        cmocka_unit_test(a_new_segment_is_above_all_memory),
        cmocka_unit_test(a_new_segment_is_as_far_away_as_the_longest_symbol),
        cmocka_unit_test(addresses_that_do_not_reach_so_high_are_refused),
        cmocka_unit_test(section_headers_at_the_end_move_behind_the_new_bytes),
        cmocka_unit_test(section_headers_elsewhere_stay),
        cmocka_unit_test(data_behind_what_headers_describe_must_stay_the_last),
        cmocka_unit_test(images_without_section_headers_are_edited_alike),
        cmocka_unit_test(section_headers_that_cannot_be_read_stop_growth_only),
        cmocka_unit_test(a_further_edit_makes_the_added_segment_longer),
        cmocka_unit_test(a_dynamic_section_that_moves_later_makes_that_segment_writable),
        cmocka_unit_test(an_added_segment_that_is_not_the_last_any_more_is_let_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
