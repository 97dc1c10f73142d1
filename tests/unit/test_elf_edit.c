/* test_elf_edit.c -- what holds of every edit: nothing asked, nothing changed; the same bytes
 * each time; a second run changes nothing; damage is named. */
#include <stdio.h>

#include "../support/elf_editing.h"

static const char *const needed[] = { "libz.so.1", "libm.so.6", "libc.so.6", NULL };
static const struct wf_test_symbol imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { .name = "inflate", .version = "ZLIB_1.2.9", .library = "libz.so.1" },
    { 0 },
};
static const struct wf_test_symbol exports[] = { { .name = "PyInit_x" }, { 0 } };
static const struct wf_elf_rename renames[] = {
    { "libz.so.1", "libz-0123abcd.so.1" },
    { "libm.so.6", NULL },
};
static const char *const added[] = { "libadded.so.1" };

static struct wf_test_elf
usual_recipe(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .soname = "libx.so.1",
        .runpath = "/opt/lib",
        .needed = needed,
        .imports = imports,
        .exports = exports,
        .build_id = "0123456789abcdef0123",
        .build_id_len = 20,
        .stack = WF_TEST_STACK_EXEC,
    };
}

/* Everything at once. */
static const struct wf_elf_edit everything = {
    .soname = "libx-0123abcd.so.1",
    .needed = renames,
    .num_needed = 2,
    .added = added,
    .num_added = 1,
    .search = WF_ELF_SEARCH_RPATH,
    .search_path = "$ORIGIN/../x.libs",
    .clear_exec_stack = true,
};

static void
makes_all_changes_at_once_on_every_machine(void **state)
{
    static const char *const expected[] = { "libz-0123abcd.so.1", "libc.so.6",
                                            "libadded.so.1", NULL };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = usual_recipe(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &everything);

        assert_edited(&t, WF_ELF_HEAD);
        assert_needed(&t, expected);
        assert_string_equal(t.after.object->soname, everything.soname);
        assert_string_equal(t.after.object->rpath, everything.search_path);
        assert_null(t.after.object->runpath);
        assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
        assert_int_equal(t.after.object->num_section_differences, 0);
        assert_string_equal(t.after.object->version_needs[1].library,
                            "libz-0123abcd.so.1");
        assert_int_equal(t.after.object->imports[1].need, 1);
        assert_string_equal(t.after.object->build_id, t.before.object->build_id);
        end_editing(&t);
    }
}

static void
a_second_run_changes_no_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(edited_machines); i++) {
        const struct wf_test_elf recipe = usual_recipe(edited_machines[i]);
        struct elf_editing t = edit_elf(&recipe, &everything);

        edit_again(&t, &everything);
        assert_edited(&t, WF_ELF_UNCHANGED);
        assert_memory_equal(t.after.image.data, t.before.image.data, t.before.image.len);
        end_editing(&t);
    }
}

static void
gives_the_same_bytes_each_time(void **state)
{
    const struct wf_test_elf recipe = usual_recipe("x86_64");
    struct elf_editing one = edit_elf(&recipe, &everything);
    struct elf_editing two = edit_elf(&recipe, &everything);

    (void)state;
    assert_int_equal(one.after.image.len, two.after.image.len);
    assert_memory_equal(one.after.image.data, two.after.image.data, one.after.image.len);
    end_editing(&one);
    end_editing(&two);
}

static void
an_edit_that_asks_for_nothing_copies_any_bytes(void **state)
{
    static const struct wf_elf_edit nothing = { 0 };
    struct elf_editing t = { 0 };

    (void)state;
    wf_buffer_init(&t.before.image, 100);
    wf_buffer_add_str(&t.before.image, "this is no ELF image");
    wf_buffer_init(&t.after.image, 100);
    assert_true(wf_elf_apply_edit(&t.after.image, &t.result,
                                  wf_buffer_bytes(&t.before.image), &nothing, &t.err));
    assert_int_equal(t.result.room, WF_ELF_UNCHANGED);
    assert_int_equal(t.after.image.len, t.before.image.len);
    assert_memory_equal(t.after.image.data, t.before.image.data, t.before.image.len);
    end_editing(&t);
}

static void
what_is_so_already_stays_as_it_is(void **state)
{
    static const struct wf_elf_rename unknown[] = { { "libnobody.so", "libelse.so" },
                                                    { "libnobody2.so", NULL },
                                                    { "libc.so.6", "libc.so.6" } };
    static const char *const there[] = { "libc.so.6", "libz.so.1" };
    static const struct wf_elf_edit edit = {
        .soname = "libx.so.1",
        .needed = unknown,
        .num_needed = 3,
        .added = there,
        .num_added = 2,
        .search = WF_ELF_SEARCH_RUNPATH,
        .search_path = "/opt/lib",
    };
    const struct wf_test_elf recipe = usual_recipe("x86_64");
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_UNCHANGED);
    assert_memory_equal(t.after.image.data, t.before.image.data, t.before.image.len);
    end_editing(&t);
}

static void
names_each_room(void **state)
{
    (void)state;
    assert_string_equal(wf_elf_room_name(WF_ELF_UNCHANGED), "unchanged");
    assert_string_equal(wf_elf_room_name(WF_ELF_IN_PLACE), "in-place");
    assert_string_equal(wf_elf_room_name(WF_ELF_SLACK), "slack");
    assert_string_equal(wf_elf_room_name(WF_ELF_HEAD), "head");
}

static void
edits_only_programs_and_shared_objects(void **state)
{
    const struct wf_test_elf recipe = { .machine = machine("x86_64"),
                                        .type = WF_TEST_REL };
    struct elf_editing t = edit_elf(&recipe, &everything);

    (void)state;
    assert_error_at(t.err, WF_ERR_REFUSED, EI_NIDENT,
                    "at 0x10: the type is 1; only programs and shared objects (2 and 3) "
                    "are edited");
    end_editing(&t);
}

static void
a_static_program_takes_no_names_but_loses_its_executable_stack(void **state)
{
    static const struct wf_elf_edit absent = {
        .soname = "",
        .needed = renames,
        .num_needed = 2,
        .search = WF_ELF_SEARCH_NONE,
        .clear_exec_stack = true,
    };
    static const struct wf_elf_edit named = { .soname = "x" };
    static const struct wf_elf_edit searching = { .search = WF_ELF_SEARCH_RPATH,
                                                  .search_path = "/x" };
    static const struct wf_elf_edit needing = { .added = added, .num_added = 1 };
    static const struct wf_elf_edit *const refused[] = { &named, &searching, &needing };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .stack = WF_TEST_STACK_EXEC,
    };
    struct elf_editing t = edit_elf(&recipe, &absent);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    assert_int_equal(t.after.object->stack, WF_STACK_PLAIN);
    for (size_t i = 0; i < WF_COUNT(refused); i++) {
        apply_edit(&t, refused[i]);
        assert_error(t.err, WF_ERR_REFUSED,
                     "it is a static program: it has no dynamic section that could hold "
                     "a name or a search path");
    }
    end_editing(&t);
}

static void
an_image_larger_than_the_output_may_be_is_an_error(void **state)
{
    const struct wf_test_elf recipe = usual_recipe("x86_64");
    struct elf_editing t = edit_elf(&recipe, &everything);
    const size_t len = t.after.image.len;
    struct wf_buffer small;
    char text[100];

    (void)state;
    wf_buffer_init(&small, len - 1);
    assert_false(wf_elf_apply_edit(&small, &t.result, wf_buffer_bytes(&t.before.image),
                                   &everything, &t.err));
    snprintf(text, sizeof text, "the edited image has %zu bytes; at most %zu are allowed",
             len, len - 1);
    assert_error(t.err, WF_ERR_LIMIT, text);
    assert_int_equal(small.len, 0);
    wf_buffer_clear(&small);
    wf_buffer_init(&small, len);
    assert_true(wf_elf_apply_edit(&small, &t.result, wf_buffer_bytes(&t.before.image),
                                  &everything, &t.err));
    wf_buffer_clear(&small);
    end_editing(&t);
}

static void
damage_is_named_by_the_readers(void **state)
{
    const struct wf_test_elf recipe = usual_recipe("x86_64");
    struct elf_editing t = { .before = read_elf(&recipe, "x.so") };

    (void)state;
    poke64(&t.before, dyn_at(&t.before, DT_STRSZ, 0) + 8, 100000);
    apply_edit(&t, &everything);
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_true(t.err.has_offset);
    assert_non_null(strstr(t.err.text, "DT_STRSZ claims 100000 bytes; "));
    poke32(&t.before, segment_at(&t.before, PT_LOAD, 0), PT_NULL);
    poke32(&t.before, segment_at(&t.before, PT_LOAD, 0), PT_NULL);
    apply_edit(&t, &everything);
    assert_error_at(t.err, WF_ERR_MALFORMED, 64,
                    "at 0x40: none of its 5 program headers is a PT_LOAD; there is "
                    "nothing to load");
    end_editing(&t);
}

/* Tables that overlap can be read, and changing one then changes the other: here version
 * 3 goes with its library, and a symbol's name, at 3 in .dynstr, is read as a version. */
static void
overlapping_tables_that_an_edit_would_spoil_are_damage(void **state)
{
    static const struct wf_test_symbol many[] = {
        { .name = "a", .version = "A_1", .library = "liba.so" },
        { .name = "b", .version = "B_1", .library = "libb.so" },
        { .name = "c" },
        { .name = "d" },
        { .name = "e" },
        { .name = "f" },
        { .name = "g" },
        { .name = "h" },
        { .name = "i" },
        { .name = "j" },
        { .name = "k" },
        { .name = "l" },
        { .name = "m" },
        { 0 },
    };
    static const struct wf_elf_rename removal[] = { { "libb.so", NULL } };
    static const struct wf_elf_edit edit = { .needed = removal, .num_needed = 1 };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = many,
        .hash = WF_TEST_HASH_SYSV,
    };
    struct elf_editing t = edit_elf(&recipe, &edit);

    (void)state;
    assert_edited(&t, WF_ELF_IN_PLACE);
    poke64(&t.before, dyn_at(&t.before, DT_VERSYM, 0) + 8, t.before.at.symbols + 24);
    apply_edit(&t, &edit);
    assert_error(t.err, WF_ERR_MALFORMED,
                 "its tables overlap: changing one of them spoils another");
    end_editing(&t);
}

/* Every prefix, and every byte changed, gives an image that can be read if the input
 * could, or one error. */
static void
sweep(const struct wf_test_elf *recipe)
{
    struct elf_editing whole = { .before = build_elf(recipe) };
    struct elf_editing t = { 0 };
    size_t num_made = 0;

    wf_buffer_init(&t.before.image, 64 << 20);
    for (size_t len = 0; len < whole.before.image.len; len++) {
        wf_buffer_reset(&t.before.image);
        wf_buffer_add(&t.before.image, whole.before.image.data, len);
        apply_edit(&t, &everything);
    }
    for (size_t at = 0; at < whole.before.image.len; at++) {
        for (unsigned bit = 0; bit < 9; bit++) {
            wf_buffer_reset(&t.before.image);
            wf_buffer_add(&t.before.image, whole.before.image.data,
                          whole.before.image.len);
            t.before.image.data[at] ^= (uint8_t)(bit == 8 ? 0xff : 1U << bit);
            wf_arena_clear(&t.before.arena);
            t.before.object = NULL;
            if (at >= SELFMAG)
                read_image(&t.before, "x.so");
            apply_edit(&t, &everything);
            num_made += t.ok;
            if (t.ok && t.before.object != NULL && t.before.object->has_dynamic)
                assert_non_null(t.after.object);
        }
    }
    assert_true(num_made > whole.before.image.len);
    end_editing(&whole);
    end_editing(&t);
}

static void
any_damage_gives_an_image_or_one_error(void **state)
{
    const struct wf_test_elf wide = usual_recipe("x86_64");
    struct wf_test_elf narrow = usual_recipe("mips");

    (void)state;
    sweep(&wide);
    narrow.spare = 4;
    narrow.hash = WF_TEST_HASH_SYSV;
    sweep(&narrow);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_all_changes_at_once_on_every_machine),
        cmocka_unit_test(a_second_run_changes_no_byte),
        cmocka_unit_test(gives_the_same_bytes_each_time),
        cmocka_unit_test(an_edit_that_asks_for_nothing_copies_any_bytes),
        cmocka_unit_test(what_is_so_already_stays_as_it_is),
        cmocka_unit_test(names_each_room),
        cmocka_unit_test(edits_only_programs_and_shared_objects),
        cmocka_unit_test(a_static_program_takes_no_names_but_loses_its_executable_stack),
        cmocka_unit_test(an_image_larger_than_the_output_may_be_is_an_error),
        cmocka_unit_test(damage_is_named_by_the_readers),
        cmocka_unit_test(overlapping_tables_that_an_edit_would_spoil_are_damage),
        cmocka_unit_test(any_damage_gives_an_image_or_one_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
