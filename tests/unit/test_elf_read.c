/* test_elf_read.c -- kinds of ELF files, and the marks of their program headers. */
#include "../support/elf_reading.h"

#include <elf.h>

static void
tells_programs_from_libraries(void **state)
{
    static const char interp[] = "/lib64/ld-linux-x86-64.so.2";
    static const struct {
        struct wf_test_elf recipe;
        enum wf_object_kind kind;
        bool is_pie;
    } rows[] = {
        { { .type = WF_TEST_DYN }, WF_KIND_SHARED, false },
        { { .type = WF_TEST_DYN, .soname = "liba.so" }, WF_KIND_SHARED, false },
        { { .type = WF_TEST_EXEC, .interp = interp }, WF_KIND_EXECUTABLE, false },
        { { .type = WF_TEST_PIE, .interp = interp }, WF_KIND_EXECUTABLE, true },
        { { .type = WF_TEST_PIE }, WF_KIND_EXECUTABLE, true }, /* static PIE */
        /* Linkers before binutils 2.26 do not mark a PIE. */
        { { .type = WF_TEST_DYN, .interp = interp }, WF_KIND_EXECUTABLE, true },
        /* libc.so.6 and Qt's libraries can be run, too. */
        { { .type = WF_TEST_DYN, .interp = interp, .soname = "libc.so.6" },
          WF_KIND_SHARED,
          false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_test_elf recipe = rows[i].recipe;

        recipe.machine = machine("x86_64");
        struct elf_reading r = read_elf(&recipe, "bin/tool");

        assert_non_null(r.object);
        assert_int_equal(r.object->kind, rows[i].kind);
        assert_int_equal(r.object->is_pie, rows[i].is_pie);
        assert_true(wf_object_is_judged(r.object));
        if (recipe.interp != NULL)
            assert_string_equal(r.object->interp, interp);
        end_reading(&r);
    }
}

static void
a_program_is_no_extension_whatever_it_exports(void **state)
{
    static const struct wf_test_symbol exports[] = { { .name = "PyInit_tool" }, { 0 } };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_PIE,
        .exports = exports,
    };
    struct elf_reading r = read_elf(&recipe, "bin/tool");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_EXECUTABLE);
    end_reading(&r);
}

static void
a_static_program_has_no_dynamic_part(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("aarch64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
    };
    struct elf_reading r = read_elf(&recipe, "bin/tool");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_EXECUTABLE);
    assert_false(r.object->has_dynamic);
    assert_int_equal(r.object->num_needed, 0);
    assert_int_equal(r.object->libc, WF_LIBC_UNKNOWN);
    assert_int_equal(r.object->num_section_differences, 0);
    end_reading(&r);
}

static void
object_files_and_core_dumps_are_named_and_not_read(void **state)
{
    static const struct {
        enum wf_test_type type;
        enum wf_object_kind kind;
    } rows[] = {
        { WF_TEST_REL, WF_KIND_RELOCATABLE },
        { WF_TEST_CORE, WF_KIND_CORE },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = {
            .machine = machine("x86_64"),
            .type = rows[i].type,
        };
        struct elf_reading r = build_elf(&recipe);

        /* Not even sound program headers are asked for. */
        poke64(&r, 32, UINT64_MAX);
        read_image(&r, "x.o");
        assert_non_null(r.object);
        assert_int_equal(r.object->kind, rows[i].kind);
        assert_int_equal(r.object->arch, WF_ARCH_X86_64);
        assert_false(wf_object_is_judged(r.object));
        end_reading(&r);
    }
}

static const char *const needed[] = { "libc.so.6", NULL };

static void
separate_debug_files_are_told_by_missing_bytes(void **state)
{
    static const char *const machines[] = { "x86_64", "s390x", "armv7l" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        for (enum wf_test_debug debug = WF_TEST_DEBUG_EMPTY; debug <= WF_TEST_DEBUG_STALE;
             debug++) {
            const struct wf_test_elf recipe = {
                .machine = machine(machines[i]),
                .needed = needed,
                .build_id = { 0xab },
                .build_id_len = 1,
                .debug = debug,
            };
            struct elf_reading r = read_elf(&recipe, "x.so.debug");

            assert_non_null(r.object);
            assert_int_equal(r.object->kind, WF_KIND_DEBUG);
            assert_false(wf_object_is_judged(r.object));
            assert_int_equal(r.object->num_needed, 0);
            assert_null(r.object->soname);
            assert_false(r.object->has_dynamic);
            assert_string_equal(r.object->build_id, "ab");
            end_reading(&r);
        }
}

/* A debug file whose old program headers reach past its end, as eu-strip leaves it. */
static void
a_debug_file_shorter_than_its_program_headers_say_is_one(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .needed = needed,
        .debug = WF_TEST_DEBUG_STALE,
    };
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke64(&r, 64 + 56 + 32, 1 << 20); /* p_filesz of the second PT_LOAD */
    poke64(&r, 64 + 56 + 40, 1 << 20);
    read_image(&r, "x.so.debug");
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_DEBUG);
    end_reading(&r);
}

static void
a_static_program_has_debug_files_too(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .type = WF_TEST_EXEC,
        .no_dynamic = true,
        .debug = WF_TEST_DEBUG_EMPTY,
    };
    struct elf_reading r = read_elf(&recipe, "tool.debug");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_DEBUG);
    end_reading(&r);
}

/* Sections can lie: what a loader loads is no debug file. */
static void
sections_without_bytes_do_not_hide_an_object_that_loads(void **state)
{
    const struct wf_test_elf recipe = { .machine = machine("x86_64"), .needed = needed };
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    /* Turn every section into one without bytes. */
    for (size_t at = r.at.sections + 64; at < r.image.len; at += 64)
        poke32(&r, at + 4, SHT_NOBITS);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_SHARED);
    assert_int_equal(r.object->num_needed, 1);
    assert_true(r.object->num_section_differences > 0);
    end_reading(&r);
}

static void
the_mark_of_the_stack_has_three_states(void **state)
{
    static const struct {
        enum wf_test_stack made;
        enum wf_stack_mark read;
    } rows[] = {
        { WF_TEST_STACK_NONE, WF_STACK_ABSENT },
        { WF_TEST_STACK_PLAIN, WF_STACK_PLAIN },
        { WF_TEST_STACK_EXEC, WF_STACK_EXECUTABLE },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = {
            .machine = machine("i686"),
            .stack = rows[i].made,
        };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->stack, rows[i].read);
        assert_false(r.object->relro);
        end_reading(&r);
    }
}

static void
the_largest_alignment_of_loads_counts(void **state)
{
    const struct wf_test_elf recipe = { .machine = machine("aarch64"), .align = 0x10000 };
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->max_align, 0x10000);
    end_reading(&r);
}

/* PT_INTERP is the first program header when there is one. */
static void
refuses_an_interpreter_without_an_end(void **state)
{
    static const struct {
        size_t field;
        uint64_t value;
        const char *text;
    } rows[] = {
        { 8, 1 << 20, "PT_INTERP claims 12 bytes from 0x100000; there are " },
        { 32, UINT64_MAX, "PT_INTERP claims 18446744073709551615 bytes from 0x" },
        { 32, 0, "PT_INTERP has no end of text within 4096 of its 0 bytes" },
        { 32, 11, "PT_INTERP has no end of text within 4096 of its 11 bytes" },
    };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .interp = "/lib/ld.so1",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        poke64(&r, 64 + rows[i].field, rows[i].value);
        read_image(&r, "x.so");
        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_true(r.err.has_offset);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_reading(&r);
    }
}

/* Many program headers, each of which some step looks at. */
static void
many_segments_cost_no_more_than_their_number(void **state)
{
    enum { NUM = 65000 };
    const struct wf_test_elf recipe = { .machine = machine("x86_64"), .needed = needed };
    struct elf_reading r = build_elf(&recipe);
    const size_t end = (r.image.len + 7) / 8 * 8;

    (void)state;
    while (r.image.len < end + NUM * 56)
        wf_buffer_add_char(&r.image, '\0');
    memcpy(r.image.data + end, r.image.data + 64, 4 * 56);
    for (size_t i = 4; i < NUM; i++) {
        poke32(&r, end + 56 * i, PT_NOTE);
        poke64(&r, end + 56 * i + 32, r.image.len);
    }
    poke64(&r, 32, end);
    poke16(&r, 56, NUM);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_needed, 1);
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_programs_from_libraries),
        cmocka_unit_test(a_program_is_no_extension_whatever_it_exports),
        cmocka_unit_test(a_static_program_has_no_dynamic_part),
        cmocka_unit_test(object_files_and_core_dumps_are_named_and_not_read),
        cmocka_unit_test(separate_debug_files_are_told_by_missing_bytes),
        cmocka_unit_test(a_debug_file_shorter_than_its_program_headers_say_is_one),
        cmocka_unit_test(a_static_program_has_debug_files_too),
        cmocka_unit_test(sections_without_bytes_do_not_hide_an_object_that_loads),
        cmocka_unit_test(the_mark_of_the_stack_has_three_states),
        cmocka_unit_test(the_largest_alignment_of_loads_counts),
        cmocka_unit_test(refuses_an_interpreter_without_an_end),
        cmocka_unit_test(many_segments_cost_no_more_than_their_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
