/* test_elf_edit_sections.c -- section headers and symbols follow what moved, and nothing else
 * about them changes. */
#include "../support/elf_editing.h"

static const char *const needed[] = { "libz.so.1", NULL };
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" },
                                                 { .name = "_DYNAMIC", .object = true },
                                                 { 0 } };
static const char *const added[] = { "libmore.so" };
static const struct wf_elf_edit move_all = { .added = added, .num_added = 1 };

static struct wf_test_elf
recipe_for(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .needed = needed,
        .exports = exports,
        .build_id_len = 20,
    };
}

static size_t
idx_of(struct elf_reading *r, uint32_t type)
{
    const struct wf_elf_image image = headers_of(r);

    return (section_at_place(r, type, 0) - image.header.sections_off) /
           wf_elf_section_len(&image);
}

/* Symbol 2 is _DYNAMIC. */
static size_t
symbol_at(struct elf_reading *r)
{
    const struct wf_elf_image image = headers_of(r);

    return peek_field(r, section_at_place(r, SHT_DYNSYM, 0), WF_SH_OFFSET) +
           2 * wf_elf_symbol_len(&image);
}

static void
sections_lead_where_the_loader_looks(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &move_all);
        const size_t strings = section_at_place(&t.after, SHT_STRTAB, 0);
        const size_t dynamic = section_at_place(&t.after, SHT_DYNAMIC, 0);
        const struct wf_elf_segment segment = segment_of(&t.after, PT_DYNAMIC);

        assert_edited(&t, WF_ELF_HEAD);
        assert_true(t.result.moved_dynamic);
        assert_int_equal(t.after.object->num_section_differences, 0);
        assert_int_equal(peek_field(&t.after, strings, WF_SH_ADDR),
                         entry_of(&t.after, DT_STRTAB));
        assert_int_equal(peek_field(&t.after, strings, WF_SH_SIZE),
                         entry_of(&t.after, DT_STRSZ));
        assert_int_equal(peek_field(&t.after, dynamic, WF_SH_ADDR), segment.vaddr);
        assert_int_equal(peek_field(&t.after, dynamic, WF_SH_OFFSET), segment.off);
        assert_int_equal(peek_field(&t.after, dynamic, WF_SH_SIZE), segment.file_len);
        end_editing(&t);
    }
}

static void
what_did_not_move_keeps_its_header(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &move_all);
    const struct wf_elf_image before = headers_of(&t.before);
    const struct wf_elf_image after = headers_of(&t.after);
    const size_t code = idx_of(&t.before, SHT_PROGBITS);

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(before.header.num_sections, after.header.num_sections);
    assert_int_equal(before.header.names_idx, after.header.names_idx);
    assert_memory_equal(t.before.image.data + before.header.sections_off + code * 64,
                        t.after.image.data + after.header.sections_off + code * 64, 64);
    end_editing(&t);
}

static void
the_symbol_of_the_dynamic_section_follows_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i / 3]);
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const size_t at = symbol_at(&t.before);
        const uint64_t vaddr = segment_of(&t.before, PT_DYNAMIC).vaddr;

        /* GNU ld gives it no section on some machines, patchelf a wrong one. */
        poke_field(&t.before, at, WF_ST_SHNDX,
                   i % 3 == 0   ? idx_of(&t.before, SHT_DYNAMIC)
                   : i % 3 == 1 ? SHN_ABS
                                : 1);
        poke_field(&t.before, at, WF_ST_VALUE, vaddr);
        poke_field(&t.before, at, WF_ST_SIZE, 16);
        apply_edit(&t, &move_all);
        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(peek_field(&t.after, symbol_at(&t.after), WF_ST_VALUE),
                         segment_of(&t.after, PT_DYNAMIC).vaddr);
        assert_int_equal(peek_field(&t.after, symbol_at(&t.after), WF_ST_SIZE),
                         segment_of(&t.after, PT_DYNAMIC).mem_len);
        end_editing(&t);
    }
}

static void
another_absolute_symbol_of_that_value_does_not(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = symbol_at(&t.before) - 24; /* PyInit_x */
    const uint64_t vaddr = segment_of(&t.before, PT_DYNAMIC).vaddr;

    (void)state;
    poke_field(&t.before, at, WF_ST_SHNDX, SHN_ABS);
    poke_field(&t.before, at, WF_ST_VALUE, vaddr);
    apply_edit(&t, &move_all);
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(peek_field(&t.after, symbol_at(&t.after) - 24, WF_ST_VALUE), vaddr);
    end_editing(&t);
}

/* mold 1.10 gives every section a symbol. */
static void
symbols_of_sections_follow_them(void **state)
{
    static const uint32_t types[] = { SHT_NOTE, SHT_STRTAB, SHT_DYNAMIC, SHT_PROGBITS };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(types); i++) {
        const struct wf_test_elf recipe = recipe_for("s390x");
        struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
        const size_t at = symbol_at(&t.before) - 24;

        t.before.image.data[at + 4] = STT_SECTION;
        poke_field(&t.before, at, WF_ST_SHNDX, idx_of(&t.before, types[i]));
        poke_field(
            &t.before, at, WF_ST_VALUE,
            peek_field(&t.before, section_at_place(&t.before, types[i], 0), WF_SH_ADDR));
        apply_edit(&t, &move_all);
        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(
            peek_field(&t.after, symbol_at(&t.after) - 24, WF_ST_VALUE),
            peek_field(&t.after, section_at_place(&t.after, types[i], 0), WF_SH_ADDR));
        end_editing(&t);
    }
}

static void
names_of_sections_for_messages_are_bounded(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    struct wf_elf_editor e = { .err = &t.err };
    const size_t code = idx_of(&t.before, SHT_PROGBITS);
    const size_t dynamic = idx_of(&t.before, SHT_DYNAMIC);

    (void)state;
    assert_true(wf_elf_take_image(&e, wf_buffer_bytes(&t.before.image)));
    assert_string_equal(wf_elf_section_name(&e, code), ".text");
    e.sections[code].name_off = UINT32_MAX;
    assert_string_equal(wf_elf_section_name(&e, dynamic), ".dynamic");
    assert_int_equal(wf_elf_section_at(&e, SHT_DYNAMIC, t.before.at.dynamic), dynamic);
    assert_string_equal(wf_elf_section_name(&e, code), "section 5");
    e.image.header.names_idx = 60000;
    assert_string_equal(wf_elf_section_name(&e, dynamic), "section 6");
    wf_arena_clear(&e.arena);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_lead_where_the_loader_looks),
        cmocka_unit_test(what_did_not_move_keeps_its_header),
        cmocka_unit_test(the_symbol_of_the_dynamic_section_follows_it),
        cmocka_unit_test(another_absolute_symbol_of_that_value_does_not),
        cmocka_unit_test(symbols_of_sections_follow_them),
        cmocka_unit_test(names_of_sections_for_messages_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
