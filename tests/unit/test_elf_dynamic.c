/* test_elf_dynamic.c -- the dynamic section as a loader reads it. */
#include "../support/elf_reading.h"

#include <stdio.h>

#include <elf.h>

static const char *const two_needed[] = { "libb.so", "liba.so", NULL };

static struct wf_test_elf
recipe_for_all(void)
{
    return (struct wf_test_elf){
        .machine = machine("x86_64"),
        .needed = two_needed,
        .soname = "libme.so.1",
        .rpath = "/opt/lib:$ORIGIN",
        .runpath = "",
    };
}

static void
keeps_names_as_they_stand_and_needed_in_file_order(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = read_elf(&recipe, "x.so");
    const struct wf_object *o = r.object;

    (void)state;
    assert_non_null(o);
    assert_true(o->has_dynamic);
    assert_int_equal(o->num_needed, 2);
    assert_string_equal(o->needed[0], "libb.so");
    assert_string_equal(o->needed[1], "liba.so");
    assert_string_equal(o->soname, "libme.so.1");
    assert_string_equal(o->rpath, "/opt/lib:$ORIGIN");
    assert_string_equal(o->runpath, "");
    end_reading(&r);
}

static void
what_is_absent_is_null(void **state)
{
    const struct wf_test_elf recipe = { .machine = machine("x86_64") };
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_needed, 0);
    assert_null(r.object->soname);
    assert_null(r.object->rpath);
    assert_null(r.object->runpath);
    assert_null(r.object->interp);
    assert_null(r.object->build_id);
    end_reading(&r);
}

/* glibc and musl both let the last of a repeated entry count. */
static void
the_last_of_a_repeated_entry_counts(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke64(&r, dyn_at(&r, DT_RPATH, 0), DT_SONAME);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_string_equal(r.object->soname, "/opt/lib:$ORIGIN");
    assert_null(r.object->rpath);
    end_reading(&r);
}

static void
nothing_behind_the_end_mark_counts(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    /* An end mark in the place of DT_RUNPATH hides what follows, DT_STRTAB included. */
    poke64(&r, dyn_at(&r, DT_RUNPATH, 0), DT_NULL);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.offset, r.at.dynamic);
    assert_non_null(strstr(r.err.text, "the dynamic section has no DT_STRTAB"));
    end_reading(&r);
}

static void
flags_have_two_spellings_each(void **state)
{
    static const struct {
        uint64_t tag, value;
        bool textrel, bind_now, pie;
    } rows[] = {
        { DT_TEXTREL, 0, true, false, false },
        { DT_FLAGS, DF_TEXTREL, true, false, false },
        { DT_BIND_NOW, 0, false, true, false },
        { DT_FLAGS, DF_BIND_NOW, false, true, false },
        { DT_FLAGS_1, DF_1_NOW, false, true, false },
        { DT_FLAGS_1, DF_1_PIE, false, false, true },
        { DT_FLAGS, DF_SYMBOLIC, false, false, false },
        { DT_FLAGS_1, DF_1_NODELETE, false, false, false },
    };
    const struct wf_test_elf recipe = recipe_for_all();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);
        const size_t at = dyn_at(&r, DT_RUNPATH, 0);

        poke64(&r, at, rows[i].tag);
        poke64(&r, at + 8, rows[i].value);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->text_relocations, rows[i].textrel);
        assert_int_equal(r.object->bind_now, rows[i].bind_now);
        assert_int_equal(r.object->is_pie, rows[i].pie);
        assert_false(r.object->has_relr);
        end_reading(&r);
    }
}

static void
sees_relative_relocations_and_relro(void **state)
{
    struct wf_test_elf recipe = recipe_for_all();

    (void)state;
    recipe.relr = recipe.relro = true;
    struct elf_reading r = read_elf(&recipe, "x.so");

    assert_non_null(r.object);
    assert_true(r.object->has_relr);
    assert_true(r.object->relro);
    end_reading(&r);
}

/* Pokes one entry and compares the whole error; %s in `text` is the entry's place. */
static void
expect_error(uint64_t tag, size_t field, uint64_t value, const char *begin,
             const char *end)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);
    const size_t at = dyn_at(&r, tag, 0);
    char text[sizeof r.err.text];

    poke64(&r, at + field, value);
    read_image(&r, "x.so");
    assert_null(r.object);
    (void)snprintf(text, sizeof text, "at 0x%zx: %s", at, begin);
    assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
    assert_int_equal(r.err.offset, at);
    assert_int_equal(strncmp(r.err.text, text, strlen(text)), 0);
    assert_non_null(strstr(r.err.text, end));
    end_reading(&r);
}

static void
refuses_strings_outside_the_string_table(void **state)
{
    (void)state;
    expect_error(DT_NEEDED, 8, 0x1000,
                 "a DT_NEEDED name is at 0x1000 in the string table,",
                 "which has 46 bytes");
    expect_error(DT_SONAME, 8, 46, "DT_SONAME is at 0x2e in the string table,",
                 "which has 46 bytes");
    expect_error(DT_RPATH, 8, UINT64_MAX, "DT_RPATH is at 0xffffffffffffffff in",
                 "46 bytes");
}

static void
refuses_a_string_without_an_end(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);
    const size_t at = dyn_at(&r, DT_RPATH, 0);
    char text[sizeof r.err.text];

    (void)state;
    /* The table now ends in the middle of the RPATH. */
    poke64(&r, dyn_at(&r, DT_STRSZ, 0) + 8, 40);
    read_image(&r, "x.so");
    assert_null(r.object);
    (void)snprintf(
        text, sizeof text,
        "at 0x%zx: DT_RPATH, at 0x1c in the string table, is not ended within its "
        "40 bytes",
        at);
    assert_error_at(r.err, WF_ERR_MALFORMED, at, text);
    end_reading(&r);
}

static void
refuses_a_string_table_that_is_not_loaded(void **state)
{
    (void)state;
    expect_error(DT_STRTAB, 8, 0x999999,
                 "DT_STRTAB is at address 0x999999; no PT_LOAD has file bytes there", "");
    expect_error(DT_STRSZ, 8, 1 << 20, "DT_STRSZ claims 1048576 bytes; ",
                 "remain in the PT_LOAD");
    expect_error(DT_STRTAB, 8, UINT64_MAX, "DT_STRTAB is at address 0xffffffffffffffff",
                 "");
}

static void
without_its_size_the_string_table_ends_with_its_load(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke64(&r, dyn_at(&r, DT_STRSZ, 0), DT_DEBUG);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_string_equal(r.object->soname, "libme.so.1");
    end_reading(&r);
}

/* The second program header is the PT_LOAD of the data, the third PT_DYNAMIC. */
enum { DYNAMIC_HEADER = 64 + 2 * 56, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32 };

static void
expect_dynamic_error(size_t field, uint64_t value, const char *text)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);

    poke64(&r, DYNAMIC_HEADER + field, value);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
    assert_true(r.err.has_offset);
    assert_non_null(strstr(r.err.text, text));
    end_reading(&r);
}

static void
refuses_a_dynamic_section_that_is_not_there(void **state)
{
    (void)state;
    expect_dynamic_error(P_FILESZ, 0, "PT_DYNAMIC has no bytes in the file");
    expect_dynamic_error(P_OFFSET, 1 << 20, "PT_DYNAMIC claims ");
    expect_dynamic_error(P_OFFSET, UINT64_MAX, "PT_DYNAMIC claims ");
    expect_dynamic_error(P_FILESZ, 1 << 20, "PT_DYNAMIC claims 1048576 bytes from 0x");
    expect_dynamic_error(
        P_VADDR, 0x999000,
        "PT_DYNAMIC is at address 0x999000; no PT_LOAD has file bytes there");
    expect_dynamic_error(0, PT_NULL,
                         "a shared object without PT_DYNAMIC; no loader takes it");
    expect_dynamic_error(0, PT_NOTE, "a shared object without PT_DYNAMIC");
}

static void
refuses_two_dynamic_sections(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke32(&r, DYNAMIC_HEADER + 56, PT_DYNAMIC); /* was PT_GNU_STACK */
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_error_at(r.err, WF_ERR_MALFORMED, 64,
                    "at 0x40: program header 3 is a second PT_DYNAMIC");
    end_reading(&r);
}

static void
refuses_a_dynamic_section_without_an_end_mark(void **state)
{
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);
    char text[sizeof r.err.text];

    (void)state;
    poke64(&r, dyn_at(&r, DT_NULL, 0), DT_DEBUG);
    read_image(&r, "x.so");
    assert_null(r.object);
    (void)snprintf(text, sizeof text,
                   "at 0x%zx: PT_DYNAMIC has no DT_NULL within its %zu bytes",
                   r.at.dynamic, r.at.dynamic_len);
    assert_error_at(r.err, WF_ERR_MALFORMED, r.at.dynamic, text);
    end_reading(&r);
}

static void
reads_a_hundred_thousand_needed_libraries(void **state)
{
    struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_buffer image;
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&image, 64 << 20);
    assert_true(wf_test_elf_from_text(
        "{\"machine\": \"x86_64\", \"repeat\": {\"needed\": 100000}}", &image, &err));
    assert_true(
        wf_object_read(&file, &arena, "x.so", wf_buffer_bytes(&image), &limits, &err));
    assert_int_equal(file.objects[0].num_needed, 100000);
    assert_string_equal(file.objects[0].needed[99999], "lib99999.so");
    wf_arena_clear(&arena);
    wf_buffer_clear(&image);
}

/* One long string that very many entries name: refused before memory is spent on it. */
static void
names_that_share_bytes_have_a_bound(void **state)
{
    enum { NUM = 2000, LONG = 60000 };
    char *name = malloc(LONG + 1);
    const char **needed = calloc(NUM + 1, sizeof *needed);
    struct wf_test_elf recipe = { .machine = machine("x86_64"), .needed = needed };

    (void)state;
    memset(name, 'x', LONG);
    name[LONG] = '\0';
    for (size_t i = 0; i < NUM; i++)
        needed[i] = i == 0 ? name : "";
    struct elf_reading r = build_elf(&recipe);

    for (size_t i = 0; i < NUM; i++)
        poke64(&r, r.at.dynamic + 16 * i + 8, 1 + i);
    read_image(&r, "x.so");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "a DT_NEEDED name is 599"));
    assert_true(r.arena.used < 1 << 20);
    end_reading(&r);
    free(needed);
    free(name);
}

static void
the_memory_limit_is_an_error_and_not_the_end(void **state)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_test_elf recipe = recipe_for_all();
    struct elf_reading r = build_elf(&recipe);
    struct wf_object_file file = { 0 };

    (void)state;
    wf_arena_init(&r.arena, 64);
    assert_false(wf_object_read(&file, &r.arena, "x.so", wf_buffer_bytes(&r.image),
                                &limits, &r.err));
    assert_error(r.err, WF_ERR_LIMIT,
                 "the list of needed libraries needs more than 64 bytes of memory to "
                 "describe");
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_names_as_they_stand_and_needed_in_file_order),
        cmocka_unit_test(what_is_absent_is_null),
        cmocka_unit_test(the_last_of_a_repeated_entry_counts),
        cmocka_unit_test(nothing_behind_the_end_mark_counts),
        cmocka_unit_test(flags_have_two_spellings_each),
        cmocka_unit_test(sees_relative_relocations_and_relro),
        cmocka_unit_test(refuses_strings_outside_the_string_table),
        cmocka_unit_test(refuses_a_string_without_an_end),
        cmocka_unit_test(refuses_a_string_table_that_is_not_loaded),
        cmocka_unit_test(without_its_size_the_string_table_ends_with_its_load),
        cmocka_unit_test(refuses_a_dynamic_section_that_is_not_there),
        cmocka_unit_test(refuses_two_dynamic_sections),
        cmocka_unit_test(refuses_a_dynamic_section_without_an_end_mark),
        cmocka_unit_test(reads_a_hundred_thousand_needed_libraries),
        cmocka_unit_test(names_that_share_bytes_have_a_bound),
        cmocka_unit_test(the_memory_limit_is_an_error_and_not_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
