/* test_elf_edit_head.c -- the program header table grows in place, and what stands behind it
 * moves with all that points at it; what must not move is named. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "libz.so.1", NULL };
static const struct wf_test_symbol imports[] = {
    { .name = "inflate", .version = "ZLIB_1.2.9", .library = "libz.so.1" },
    { .name = "plain" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" }, { 0 } };
static const struct wf_elf_edit grow = { .search = WF_ELF_SEARCH_RPATH,
                                         .search_path = "/a/longer/path" };
static const struct wf_elf_edit clear_stack = { .clear_exec_stack = true };

static struct wf_test_elf
recipe_for(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .needed = needed,
        .imports = imports,
        .exports = exports,
        .rpath = "/opt",
        .build_id_len = 20,
        .isa_needed_bits = 1,
        .hash = WF_TEST_HASH_BOTH,
    };
}

/* Whether a segment is in the last PT_LOAD, at the address that gives. */
static void
assert_moved(struct elf_editing *t, const struct wf_elf_segment *s)
{
    const struct wf_elf_segment load = last_load_of(&t->after);

    assert_true(s->off >= load.off && s->off - load.off <= load.file_len - s->file_len);
    assert_int_equal(s->vaddr - s->off, load.vaddr - load.off);
}

/* Kernels and loaders look for notes by program headers, linters by sections. */
static void
notes_move_together_with_their_segments(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = recipe_for(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &grow);
        const struct wf_elf_segment note = segment_of(&t.after, PT_NOTE);
        const struct wf_elf_segment property = segment_of(&t.after, PT_GNU_PROPERTY);
        const size_t section = section_at_place(&t.after, SHT_NOTE, 0);

        assert_edited(&t, WF_ELF_HEAD);
        assert_moved(&t, &note);
        assert_moved(&t, &property);
        assert_int_equal(note.off, property.off);
        assert_int_equal(note.vaddr % note.align, 0);
        assert_int_equal(peek_field(&t.after, section, WF_SH_OFFSET), note.off);
        assert_int_equal(peek_field(&t.after, section, WF_SH_ADDR), note.vaddr);
        assert_memory_equal(t.after.image.data + note.off,
                            t.before.image.data + t.before.at.properties, note.file_len);
        assert_string_equal(t.after.object->build_id, t.before.object->build_id);
        end_editing(&t);
    }
}

/* Build-id and ABI tag share one PT_NOTE in what GNU ld makes. */
static void
all_notes_of_one_segment_move_when_the_first_is_in_the_way(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.android = true;
    recipe.isa_needed_bits = 0;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const struct wf_elf_segment was = segment_of(&t.before, PT_NOTE);
    const size_t section = section_at_place(&t.before, SHT_NOTE, 0);

    /* The section ends after the build-id, within the room that one more header takes. */
    poke_field(&t.before, section, WF_SH_SIZE, 36);
    apply_edit(&t, &grow);
    const struct wf_elf_segment is = segment_of(&t.after, PT_NOTE);

    assert_edited(&t, WF_ELF_HEAD);
    assert_true(was.file_len > 56);
    assert_int_equal(is.file_len, was.file_len);
    assert_moved(&t, &is);
    assert_memory_equal(t.after.image.data + is.off, t.before.image.data + was.off,
                        was.file_len);
    end_editing(&t);
}

static void
the_interpreter_moves_with_its_section(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.type = WF_TEST_PIE;
    recipe.interp = "/lib64/ld-linux-x86-64.so.2";
    struct elf_editing t = edit_elf(&recipe, &grow);
    const struct wf_elf_segment interp = segment_of(&t.after, PT_INTERP);

    assert_edited(&t, WF_ELF_HEAD);
    assert_moved(&t, &interp);
    assert_string_equal(t.after.object->interp, recipe.interp);
    assert_string_equal((const char *)t.after.image.data + interp.off, recipe.interp);
    assert_int_equal(
        peek_field(&t.after, section_at_place(&t.after, SHT_PROGBITS, 0), WF_SH_OFFSET),
        interp.off);
    /* llvm-strip 14 would go by the alignment of whichever starts a segment. */
    assert_true(interp.off > last_load_of(&t.after).off);
    end_editing(&t);
}

static void
the_header_of_the_table_itself_grows(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.relro = true;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = segment_at(&t.before, PT_GNU_RELRO, 0);
    const uint64_t len = headers_of(&t.before).num_segments * 56;

    poke_field(&t.before, at, WF_P_TYPE, PT_PHDR);
    poke_field(&t.before, at, WF_P_OFFSET, 64);
    poke_field(&t.before, at, WF_P_VADDR, 64);
    poke_field(&t.before, at, WF_P_FILESZ, len);
    poke_field(&t.before, at, WF_P_MEMSZ, len);
    apply_edit(&t, &grow);
    assert_edited(&t, WF_ELF_HEAD);
    const struct wf_elf_segment is = segment_of(&t.after, PT_PHDR);

    assert_int_equal(is.off, 64);
    assert_int_equal(is.vaddr, 64);
    assert_int_equal(is.file_len, len + 56);
    assert_int_equal(is.mem_len, len + 56);
    end_editing(&t);
}

static void
entries_follow_the_tables_that_move(void **state)
{
    static const uint64_t tags[] = { DT_HASH, DT_GNU_HASH, DT_SYMTAB, DT_STRTAB };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        /* Without notes tables are the first behind the program headers. */
        recipe.build_id_len = 0;
        recipe.isa_needed_bits = 0;
        recipe.hash = i % 2 == 0 ? WF_TEST_HASH_GNU : WF_TEST_HASH_SYSV;
        struct elf_editing t = edit_elf(&recipe, &grow);

        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(t.after.object->num_imports, 2);
        assert_int_equal(t.after.object->num_exports, 1);
        assert_string_equal(t.after.object->imports[0].name, "inflate");
        assert_string_equal(t.after.object->rpath, "/a/longer/path");
        assert_int_equal(t.after.object->num_section_differences, 0);
        for (size_t k = 0; k < WF_COUNT(tags); k++)
            if (entry_at(&t.before, tags[k], 0) != 0 && k < 2)
                assert_true(entry_of(&t.after, tags[k]) >= last_load_of(&t.after).vaddr);
        end_editing(&t);
    }
}

static void
what_is_left_behind_is_zeros(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = edit_elf(&recipe, &grow);
    const size_t end = t.before.at.properties + 56;

    (void)state;
    assert_edited(&t, WF_ELF_HEAD);
    for (size_t at = end; at < t.before.at.gnu_hash; at++)
        if (at < t.before.at.notes + 36)
            assert_int_equal(t.after.image.data[at], 0);
    end_editing(&t);
}

static void
an_empty_program_header_is_used_first(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.relro = true;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t num = headers_of(&t.before).num_segments;

    poke_field(&t.before, segment_at(&t.before, PT_GNU_RELRO, 0), WF_P_TYPE, PT_NULL);
    apply_edit(&t, &grow);
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(headers_of(&t.after).num_segments, num);
    assert_int_equal(segment_of(&t.after, PT_NOTE).off, t.before.at.properties);
    assert_int_equal(count_segments_of(&t.after, PT_LOAD), 3);
    end_editing(&t);
}

static void
an_executable_stack_loses_its_mark_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.stack = WF_TEST_STACK_EXEC;
        struct elf_editing t = edit_elf(&recipe, &clear_stack);

        assert_edited(&t, WF_ELF_IN_PLACE);
        assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
        assert_int_equal(segment_of(&t.after, PT_GNU_STACK).flags, PF_R | PF_W);
        edit_again(&t, &clear_stack);
        assert_edited(&t, WF_ELF_UNCHANGED);
        end_editing(&t);
    }
}

static void
an_image_without_a_stack_mark_gets_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        struct wf_test_elf recipe = recipe_for(edited_machines[i]);

        recipe.stack = WF_TEST_STACK_NONE;
        struct elf_editing t = edit_elf(&recipe, &clear_stack);
        const struct wf_elf_segment stack = segment_of(&t.after, PT_GNU_STACK);

        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
        assert_int_equal(stack.flags, PF_R | PF_W);
        assert_int_equal(stack.mem_len, 0);
        assert_int_equal(headers_of(&t.after).num_segments,
                         headers_of(&t.before).num_segments + 2);
        /* The segment that took what was in the way is used by the next edit. */
        edit_again(&t, &grow);
        assert_edited(&t, WF_ELF_HEAD);
        assert_int_equal(headers_of(&t.after).num_segments,
                         headers_of(&t.before).num_segments);
        end_editing(&t);
    }
}

static void
a_stack_mark_takes_an_empty_program_header(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.stack = WF_TEST_STACK_NONE;
    recipe.relro = true;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    poke_field(&t.before, segment_at(&t.before, PT_GNU_RELRO, 0), WF_P_TYPE, PT_NULL);
    apply_edit(&t, &clear_stack);
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
    assert_int_equal(t.result.growth, 0);
    end_editing(&t);
}

/* Lets the first PT_LOAD hold the whole image, so that it has room for any table. */
static void
load_all(struct elf_reading *r)
{
    const size_t at = segment_at(r, PT_LOAD, 0);

    poke_field(r, at, WF_P_FILESZ, r->image.len);
    poke_field(r, at, WF_P_MEMSZ, r->image.len);
}

static void
code_behind_the_table_is_named(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .stack = WF_TEST_STACK_NONE,
    };
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    char text[200];

    (void)state;
    load_all(&t.before);
    apply_edit(&t, &clear_stack);
    snprintf(text, sizeof text,
             "at 0x%zx: .text stands right behind the program headers and must not move; "
             "there is no room for one more of them",
             t.before.at.code);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.code, text);
    end_editing(&t);
}

/* Relocations that no dynamic section leads to are found by symbols of the start code. */
static void
relocations_of_a_static_program_do_not_move(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .build_id_len = 20,
        .stack = WF_TEST_STACK_NONE,
    };
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    load_all(&t.before);
    poke_field(&t.before, section_at_place(&t.before, SHT_NOTE, 0), WF_SH_TYPE, SHT_RELA);
    poke_field(&t.before, segment_at(&t.before, PT_NOTE, 0), WF_P_FILESZ, 0);
    apply_edit(&t, &clear_stack);
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(t.err.text, ".note.gnu.build-id stands right behind"));
    end_editing(&t);
}

static void
a_segment_of_unknown_kind_is_named(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    char text[300];

    (void)state;
    poke_field(&t.before, segment_at(&t.before, PT_GNU_PROPERTY, 0), WF_P_TYPE,
               0x6abcdef0);
    apply_edit(&t, &grow);
    snprintf(text, sizeof text,
             "at 0x%zx: what program header 4 (type 0x6abcdef0) describes stands right "
             "behind the program headers and must not move; there is no room for one "
             "more of them",
             t.before.at.properties);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.properties, text);
    end_editing(&t);
}

static void
bytes_that_nothing_describes_are_not_covered(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");
    char text[300];

    (void)state;
    recipe.no_sections = true;
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t from = 64 + headers_of(&t.before).num_segments * 56;

    poke_field(&t.before, segment_at(&t.before, PT_NOTE, 0), WF_P_TYPE, PT_NULL);
    poke_field(&t.before, segment_at(&t.before, PT_GNU_PROPERTY, 0), WF_P_TYPE, PT_NULL);
    poke_field(&t.before, segment_at(&t.before, PT_NOTE, 0), WF_P_TYPE, PT_GNU_RELRO);
    poke_field(&t.before, segment_at(&t.before, PT_NULL, 0), WF_P_TYPE, PT_GNU_RELRO);
    poke_field(&t.before, segment_at(&t.before, PT_NULL, 0), WF_P_TYPE, PT_GNU_RELRO);
    apply_edit(&t, &grow);
    snprintf(text, sizeof text,
             "at 0x%zx: 0x38 bytes that no header describes stand right behind the "
             "program headers; there is no room for one more of them",
             from);
    assert_error_at(t.err, WF_ERR_REFUSED, from, text);
    memset(t.before.image.data + from, 0, 56);
    apply_edit(&t, &grow);
    assert_edited(&t, WF_ELF_HEAD);
    end_editing(&t);
}

static void
an_entry_that_points_there_for_an_unknown_reason_is_named(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    char text[300];

    (void)state;
    poke64(&t.before, entry_at(&t.before, DT_SYMENT, 0), DT_INIT);
    poke64(&t.before, entry_at(&t.before, DT_INIT, 0) + 8, t.before.at.notes);
    apply_edit(&t, &grow);
    snprintf(
        text, sizeof text,
        "at 0x%zx: DT_INIT may point at 0x%zx, which stands right behind the program "
        "headers; there is no room for one more of them",
        t.before.at.dynamic, t.before.at.notes);
    assert_error_at(t.err, WF_ERR_REFUSED, t.before.at.dynamic, text);
    poke64(&t.before, entry_at(&t.before, DT_INIT, 0), 0x6abcdef0);
    apply_edit(&t, &grow);
    assert_non_null(strstr(t.err.text, "the dynamic entry 0x6abcdef0 may point at"));
    poke64(&t.before, entry_at(&t.before, 0x6abcdef0, 0), DT_FLAGS_1);
    apply_edit(&t, &grow);
    assert_true(t.ok);
    end_editing(&t);
}

/* Without sections, a table whose length nothing tells might be covered by half. */
static void
a_table_of_unknown_length_is_not_covered(void **state)
{
    struct wf_test_elf recipe = recipe_for("x86_64");

    (void)state;
    recipe.no_sections = true;
    recipe.build_id_len = 0;
    recipe.isa_needed_bits = 0;
    recipe.hash = WF_TEST_HASH_NONE;
    struct elf_editing t = edit_elf(&recipe, &grow);

    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    end_editing(&t);
    recipe.hash = WF_TEST_HASH_SYSV;
    t = edit_elf(&recipe, &grow);
    assert_edited(&t, WF_ELF_HEAD);
    assert_int_equal(t.after.object->num_imports, 2);
    end_editing(&t);
}

static void
exported_data_behind_the_table_does_not_move(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t at = t.before.at.symbols + 3 * 24;
    char text[300];

    (void)state;
    poke_field(&t.before, at, WF_ST_VALUE, t.before.at.notes + 16);
    poke_field(&t.before, at, WF_ST_SHNDX, 2);
    apply_edit(&t, &grow);
    snprintf(text, sizeof text,
             "at 0x%zx: an exported symbol is defined at 0x%zx, right behind the program "
             "headers; there is no room for one more of them",
             at, t.before.at.notes + 16);
    assert_error_at(t.err, WF_ERR_REFUSED, at, text);
    end_editing(&t);
}

static void
a_segment_whose_address_is_not_its_offsets_is_damage(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    poke_field(&t.before, segment_at(&t.before, PT_NOTE, 0), WF_P_OFFSET,
               t.before.at.code);
    apply_edit(&t, &grow);
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(t.err.text, "program header 3 says address 0x"));
    end_editing(&t);
}

static void
a_table_outside_all_segments_does_not_grow(void **state)
{
    const struct wf_test_elf recipe = recipe_for("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };
    const size_t load = segment_at(&t.before, PT_LOAD, 0);

    (void)state;
    poke_field(&t.before, load, WF_P_OFFSET, 0);
    poke_field(&t.before, load, WF_P_FILESZ, t.before.at.notes);
    poke_field(&t.before, load, WF_P_MEMSZ, t.before.at.notes);
    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 1), WF_P_TYPE, PT_LOAD);
    apply_edit(&t, &clear_stack);
    assert_false(t.ok); /* the tables are not mapped any more */
    end_editing(&t);
    const struct wf_test_elf bare = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .build_id_len = 20,
        .stack = WF_TEST_STACK_NONE,
    };

    t = (struct elf_editing){ .before = read_elf(&bare, "x.so") };
    poke_field(&t.before, segment_at(&t.before, PT_LOAD, 0), WF_P_FILESZ, 64 + 2 * 56);
    apply_edit(&t, &clear_stack);
    assert_error_at(t.err, WF_ERR_REFUSED, 64,
                    "at 0x40: no PT_LOAD holds the program headers and room for one more "
                    "of them");
    end_editing(&t);
}

/* Go's linker puts the section headers right behind the program headers. */
static void
section_headers_in_the_way_move_to_the_end(void **state)
{
    static const struct wf_test_elf recipe = {
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .build_id_len = 20,
        .stack = WF_TEST_STACK_NONE,
    };
    struct wf_test_elf here = recipe;

    (void)state;
    here.machine = machine("x86_64");
    struct elf_editing t = { .before = read_elf(&here, "x.so") };
    const struct wf_elf_image image = headers_of(&t.before);
    const size_t from = 64 + image.num_segments * 56;
    const size_t len = image.header.num_sections * 64;
    const struct wf_bytes old = exact_copy(t.before.image.data, t.before.image.len);

    /* Everything behind the program headers goes further down by the table's length. */
    t.before.image.len = from;
    wf_buffer_add(&t.before.image, old.data + image.header.sections_off, len);
    wf_buffer_add(&t.before.image, old.data + from, image.header.sections_off - from);
    poke_field(&t.before, 0, WF_E_SHOFF, from);
    for (size_t i = 1; i < image.header.num_sections; i++) {
        const size_t at = from + i * 64;

        poke_field(&t.before, at, WF_SH_OFFSET,
                   peek_field(&t.before, at, WF_SH_OFFSET) + len);
        if (peek_field(&t.before, at, WF_SH_ADDR) != 0)
            poke_field(&t.before, at, WF_SH_ADDR,
                       peek_field(&t.before, at, WF_SH_ADDR) + len);
    }
    for (size_t i = 0; i < image.num_segments; i++) {
        const size_t at = 64 + i * 56;
        const bool is_load = image.segments[i].type == PT_LOAD;

        poke_field(&t.before, at, is_load ? WF_P_FILESZ : WF_P_OFFSET,
                   (is_load ? image.segments[i].file_len : image.segments[i].off) + len);
        poke_field(&t.before, at, is_load ? WF_P_MEMSZ : WF_P_VADDR,
                   (is_load ? image.segments[i].mem_len : image.segments[i].vaddr) + len);
    }
    free_exact(old);
    apply_edit(&t, &clear_stack);
    assert_true(t.ok);
    assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
    assert_string_equal(t.after.object->build_id,
                        "0000000000000000000000000000000000000000");
    assert_int_equal(peek_field(&t.after, 0, WF_E_SHOFF) + len, t.after.image.len);
    assert_int_equal(count_segments_of(&t.after, PT_LOAD), 1);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_move_together_with_their_segments),
        cmocka_unit_test(all_notes_of_one_segment_move_when_the_first_is_in_the_way),
        cmocka_unit_test(the_interpreter_moves_with_its_section),
        cmocka_unit_test(the_header_of_the_table_itself_grows),
        cmocka_unit_test(entries_follow_the_tables_that_move),
        cmocka_unit_test(what_is_left_behind_is_zeros),
        cmocka_unit_test(an_empty_program_header_is_used_first),
        cmocka_unit_test(an_executable_stack_loses_its_mark_in_place),
        cmocka_unit_test(an_image_without_a_stack_mark_gets_one),
        cmocka_unit_test(a_stack_mark_takes_an_empty_program_header),
        cmocka_unit_test(code_behind_the_table_is_named),
        cmocka_unit_test(relocations_of_a_static_program_do_not_move),
        cmocka_unit_test(a_segment_of_unknown_kind_is_named),
        cmocka_unit_test(bytes_that_nothing_describes_are_not_covered),
        cmocka_unit_test(an_entry_that_points_there_for_an_unknown_reason_is_named),
        cmocka_unit_test(a_table_of_unknown_length_is_not_covered),
        cmocka_unit_test(exported_data_behind_the_table_does_not_move),
        cmocka_unit_test(a_segment_whose_address_is_not_its_offsets_is_damage),
        cmocka_unit_test(a_table_outside_all_segments_does_not_grow),
        cmocka_unit_test(section_headers_in_the_way_move_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
