/* test_pe_read_imports.c -- which DLLs an image needs, and which symbols of theirs: imports,
 * delay imports of both forms, bound ones, and tables that lie. */
#include "object/pe_format.h"

#include "../support/pe_reading.h"

/* The needs as "import a.dll f #12; delay b.dll g". */
static const char *
told_needs(struct pe_reading *r)
{
    static const char *const kinds[] = { "import", "delay", "forward" };
    struct wf_buffer text;
    size_t import = 0;

    wf_buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < r->object->num_needed; i++) {
        const struct wf_pe_need *need = &r->pe->needs[i];
        uint32_t num = 0;

        wf_buffer_printf(&text, "%s%s %s", i == 0 ? "" : "; ", kinds[need->kind],
                         r->object->needed[i]);
        for (; import < r->object->num_imports &&
               r->object->imports[import].library == (int32_t)i;
             import++, num++)
            wf_buffer_printf(&text, " %s", r->object->imports[import].name);
        assert_int_equal(need->num_symbols, num);
    }
    assert_int_equal(import, r->object->num_imports);
    const char *told = wf_arena_str(&r->arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return told;
}

static void
assert_needs(const char *recipe, const char *expected)
{
    struct pe_reading r = read_pe(recipe);

    if (r.object == NULL)
        fail_msg("%s: %s", recipe, r.err.text);
    assert_string_equal(told_needs(&r), expected);
    end_pe(&r);
}

static void
imports_come_first_then_delay_imports_in_table_order_with_repetitions(void **state)
{
    (void)state;
    assert_needs("{}", "");
    assert_needs("{'imports': ['b.dll', 'A.dll', 'b.dll'], 'delay': ['d.dll', 'A.dll']}",
                 "import b.dll f; import A.dll f; import b.dll f; delay d.dll f; delay "
                 "A.dll f");
    assert_needs("{'delay': [{'dll': 'd.dll', 'symbols': ['x', '#7', 'y']}]}",
                 "delay d.dll x #7 y");
}

static void
symbols_are_names_or_ordinals_in_both_widths(void **state)
{
    static const char *const machines[] = { "amd64", "x86", "arm64", "arm" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(machines); i++) {
        struct wf_arena arena = { 0 };

        assert_needs(
            wf_arena_printf(&arena,
                            "{'machine': '%s', 'imports': [{'dll': 'a.dll', 'symbols': "
                            "['?f@@YAXXZ', '#65535', '#0', 'g']}]}",
                            machines[i]),
            "import a.dll ?f@@YAXXZ #65535 #0 g");
        wf_arena_clear(&arena);
    }
}

static void
facts_of_an_import_are_those_of_a_plain_symbol(void **state)
{
    struct pe_reading r = read_pe("{'imports': ['a.dll']}");

    (void)state;
    assert_int_equal(r.object->num_imports, 1);
    assert_int_equal(r.object->imports[0].need, -1);
    assert_int_equal(r.object->imports[0].binding, WF_BIND_GLOBAL);
    assert_int_equal(r.object->imports[0].type, WF_SYM_NOTYPE);
    assert_int_equal(r.object->imports[0].library, 0);
    assert_int_equal(r.object->num_version_needs, 0);
    assert_false(r.object->calls_dlopen);
    end_pe(&r);
}

static void
an_import_of_nothing_is_still_a_need(void **state)
{
    (void)state;
    assert_needs("{'imports': [{'dll': 'a.dll', 'symbols': []}, 'b.dll']}",
                 "import a.dll; import b.dll f");
}

static void
without_a_lookup_table_the_address_table_names_symbols(void **state)
{
    (void)state;
    assert_needs("{'imports': [{'dll': 'a.dll', 'no_int': true}]}", "import a.dll f");
    /* Bound, it holds addresses. */
    assert_needs("{'imports': [{'dll': 'a.dll', 'no_int': true, 'bound': 1000}]}",
                 "import a.dll");
    assert_needs("{'imports': [{'dll': 'a.dll', 'bound': 1000}]}", "import a.dll f");
}

static void
delay_imports_of_the_first_form_hold_addresses(void **state)
{
    static const char recipe[] = "{'machine': 'x86', 'delay': [{'dll': 'v.dll', 'va': "
                                 "true, 'symbols': ['f', '#3']}, 'w.dll']}";
    struct pe_reading r = read_pe(recipe);

    (void)state;
    assert_needs(recipe, "delay v.dll f #3; delay w.dll f");
    assert_true(r.pe->needs[0].is_va);
    assert_false(r.pe->needs[1].is_va);
    end_pe(&r);
    assert_pe_refused_at(&(struct pe_refusal){
        "{'machine': 'x86', 'delay': [{'dll': 'v.dll', 'va': true}], 'poke': [{'in': "
        "'delay', 'at': 4, 'u32': 268435455}]}",
        WF_ERR_MALFORMED, "delay", 0, 4,
        "the name of a DLL that is loaded late is said to be at address 0xfffffff; the "
        "image is at 0x10000000" });
    assert_pe_refused_at(&(struct pe_refusal){
        "{'machine': 'x86', 'delay': [{'dll': 'v.dll', 'va': true}], 'poke': [{'in': "
        "'delay', 'at': 16, 'u32': 4096}]}",
        WF_ERR_MALFORMED, "delay", 0, 16,
        "the table of imported symbols is said to be at address 0x1000; the image is at "
        "0x10000000" });
}

static void
a_delay_import_without_a_lookup_table_has_no_known_symbols(void **state)
{
    (void)state;
    assert_needs("{'delay': [{'dll': 'd.dll', 'no_int': true}]}", "delay d.dll");
}

static void
loaders_stop_at_a_descriptor_without_name_or_addresses(void **state)
{
    (void)state;
    assert_needs("{'imports': ['a.dll', 'b.dll', 'c.dll'], 'poke': [{'in': 'import', "
                 "'nth': 1, 'at': 12, 'u32': 0}]}",
                 "import a.dll f");
    assert_needs("{'imports': ['a.dll', 'b.dll', 'c.dll'], 'poke': [{'in': 'import', "
                 "'nth': 1, 'at': 16, 'u32': 0}]}",
                 "import a.dll f");
    assert_needs("{'delay': ['a.dll', 'b.dll'], 'poke': [{'in': 'delay', 'nth': 1, 'at': "
                 "4, 'u32': 0}]}",
                 "delay a.dll f");
}

static void
the_size_of_a_directory_is_not_trusted(void **state)
{
    (void)state;
    assert_needs("{'imports': ['a.dll', 'b.dll'], 'poke': [{'in': 'directory', 'nth': 1, "
                 "'at': 4, 'u32': 0}]}",
                 "import a.dll f; import b.dll f");
    assert_needs("{'imports': ['a.dll'], 'poke': [{'in': 'directory', 'nth': 1, 'at': 4, "
                 "'u32': 4294967295}]}",
                 "import a.dll f");
}

static void
a_directory_that_is_not_counted_is_not_there(void **state)
{
    (void)state;
    assert_needs("{'imports': ['a.dll'], 'delay': ['d.dll'], 'directories': 13}",
                 "import a.dll f");
    assert_needs("{'imports': ['a.dll'], 'directories': 1}", "");
}

static void
imports_without_an_end_are_read_up_to_their_sections(void **state)
{
    (void)state;
    assert_needs("{'imports': ['a.dll', 'b.dll'], 'unended': true}",
                 "import a.dll f; import b.dll f");
    assert_pe_fault("{'imports': ['a.dll', 'b.dll'], 'unended': true}", "pe-unterminated",
                    "the import directory has no end before its section's");
    assert_pe_fault("{'imports': ['a.dll', 'b.dll']}", "pe-unterminated", NULL);
}

static void
symbols_without_an_end_are_read_up_to_their_sections(void **state)
{
    static const char recipe[] =
        "{'lfanew': 64, 'text': 0, 'imports': ['a.dll'], 'sections': [{'size': 4096, "
        "'fill': 0}], 'poke': [{'in': 'import', 'u32': 12280}, {'in': 'rva', 'nth': "
        "12280, 'hex': '0500000000000080'}]}";

    (void)state;
    /* The table of eight bytes is the last of its section, which has a page. */
    assert_needs(recipe, "import a.dll #5");
    assert_pe_fault(recipe, "pe-unterminated",
                    "the table of imported symbols has no end before its section's");
}

static void
an_end_may_stand_in_memory_alone(void **state)
{
    /* The raw data of .rdata ends with a descriptor, and its page goes on with zeros. */
    static const char recipe[] =
        "{'imports': ['a.dll'], 'poke': [{'in': 'directory', 'nth': 1, 'u32': 8684}, "
        "{'in': 'rva', 'nth': 8684, 'hex': "
        "'0000000000000000000000000020000010200000'}]}";

    (void)state;
    assert_needs(recipe, "import a.dll f");
    assert_pe_fault(recipe, "pe-unterminated", NULL);
}

static void
tables_and_names_outside_of_the_image_are_refused(void **state)
{
    static const struct pe_refusal rows[] = {
        { "{'imports': ['a.dll'], 'poke': [{'in': 'directory', 'nth': 1, 'u32': "
          "4294963200}]}",
          WF_ERR_MALFORMED, "directory", 1, 0,
          "the import directory is said to be at RVA 0xfffff000, in no section" },
        { "{'delay': ['a.dll'], 'poke': [{'in': 'directory', 'nth': 13, 'u32': 12288}]}",
          WF_ERR_MALFORMED, "directory", 13, 0,
          "the delay-import directory is said to be at RVA 0x3000, in no section" },
        { "{'imports': ['a.dll', 'b.dll'], 'poke': [{'in': 'import', 'nth': 1, 'at': 12, "
          "'u32': 12288}]}",
          WF_ERR_MALFORMED, "import", 1, 12,
          "the name of an imported DLL is said to be at RVA 0x3000, in no section" },
        { "{'imports': ['a.dll', ''] }", WF_ERR_MALFORMED, "import", 1, 12,
          "the name of an imported DLL is empty" },
        { "{'imports': ['a.dll'], 'poke': [{'in': 'import', 'u32': 12288}]}",
          WF_ERR_MALFORMED, "import", 0, 0,
          "the table of imported symbols is said to be at RVA 0x3000, in no section" },
        { "{'imports': ['a.dll'], 'poke': [{'in': 'import', 'u32': 0}, {'in': 'import', "
          "'at': 16, 'u32': 12288}]}",
          WF_ERR_MALFORMED, "import", 0, 16,
          "the table of imported symbols is said to be at RVA 0x3000, in no section" },
        { "{'imports': ['a.dll'], 'poke': [{'in': 'rva', 'nth': 8208, 'u64': 12286}]}",
          WF_ERR_MALFORMED, "rva", 8208, 0,
          "the name of an imported symbol is said to be at RVA 0x3000, in no section" },
        { "{'imports': ['a.dll'], 'poke': [{'in': 'rva', 'nth': 8208, 'u64': "
          "4294967296}]}",
          WF_ERR_MALFORMED, "rva", 8208, 0,
          "the name of an imported symbol is said to be at RVA 0x100000000, in no "
          "section" },
        { "{'imports': ['a.dll'], 'poke': [{'in': 'rva', 'nth': 8208, 'u64': "
          "4294967295}]}",
          WF_ERR_MALFORMED, "rva", 8208, 0,
          "the name of an imported symbol is said to be at RVA 0xffffffff, in no "
          "section" },
        { "{'delay': ['a.dll'], 'poke': [{'in': 'delay', 'at': 4, 'u32': 12288}]}",
          WF_ERR_MALFORMED, "delay", 0, 4,
          "the name of a DLL that is loaded late is said to be at RVA 0x3000, in no "
          "section" },
        { "{'delay': ['a.dll'], 'poke': [{'in': 'delay', 'at': 16, 'u32': 12288}]}",
          WF_ERR_MALFORMED, "delay", 0, 16,
          "the table of imported symbols is said to be at RVA 0x3000, in no section" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_pe_refused_at(&rows[i]);
}

static void
names_without_an_end_are_refused(void **state)
{
    (void)state;
    assert_pe_refused(
        "{'lfanew': 64, 'imports': ['a.dll'], 'sections': [{'size': 1024}], "
        "'poke': [{'in': 'import', 'at': 12, 'u32': 12288}]}",
        WF_ERR_MALFORMED,
        "at 0x600: the name of an imported DLL has no NUL in its first 513 "
        "bytes");
}

static void
symbols_may_have_names_of_kilobytes(void **state)
{
    char name[5001] = { 0 };
    struct wf_arena arena = { 0 };

    (void)state;
    memset(name, 'x', sizeof name - 1);
    struct pe_reading r = read_pe(wf_arena_printf(
        &arena, "{'imports': [{'dll': 'a.dll', 'symbols': ['%s']}]}", name));

    assert_non_null(r.object);
    assert_string_equal(r.object->imports[0].name, name);
    end_pe(&r);
    wf_arena_clear(&arena);
}

static void
names_are_kept_as_they_stand_and_odd_ones_are_told(void **state)
{
    static const char space[] = "{'imports': ['a.dll', 'a b.dll']}";
    static const char many[] = "{'imports': ['a b.dll', 'c.dll', 'd e.dll'], 'delay': "
                               "[' f.dll']}";
    static const char latin[] = "{'imports': [{'dll_hex': '6de4782e646c6c'}]}";

    (void)state;
    assert_needs(space, "import a.dll f; import a b.dll f");
    assert_pe_fault(space, "pe-name-odd",
                    "the name \"a b.dll\" has characters other than ASCII's printed "
                    "ones");
    assert_pe_fault(many, "pe-name-odd",
                    "the name \"a b.dll\" has characters other than ASCII's printed "
                    "ones; likewise 2 more");
    assert_needs(latin, "import m\xe4x.dll f");
    assert_pe_fault(latin, "pe-name-odd",
                    "the name \"m\xe4x.dll\" has characters other than ASCII's printed "
                    "ones");
    assert_pe_fault("{'imports': ['a b.dll', 'c d.dll']}", "pe-name-odd",
                    "the name \"a b.dll\" has characters other than ASCII's printed "
                    "ones; likewise 1 more");
    assert_pe_fault("{'imports': ['!#$%~.dll', 'no-dot']}", "pe-name-odd", NULL);
}

static void
names_with_folders_and_drives_are_told(void **state)
{
    static const char *const names[] = { "sub\\\\a.dll", "C:a.dll", "../a.dll" };
    static const char *const told[] = { "sub\\a.dll", "C:a.dll", "../a.dll" };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(names); i++)
        assert_pe_fault(
            wf_arena_printf(&arena, "{'imports': ['%s']}", names[i]), "pe-name-path",
            wf_arena_printf(&arena, "the name \"%s\" has a folder or a drive", told[i]));
    assert_pe_fault("{'imports': ['a.dll']}", "pe-name-path", NULL);
    wf_arena_clear(&arena);
}

static void
bound_imports_are_told(void **state)
{
    static const char text[] =
        "its imports are bound: addresses of functions in the DLLs "
        "of another machine are in it";
    struct pe_reading r = read_pe("{'imports': ['a.dll']}");

    (void)state;
    assert_false(r.pe->has_bound_imports);
    end_pe(&r);
    assert_pe_fault("{'imports': [{'dll': 'a.dll', 'bound': 4294967295}], 'bound': "
                    "[{'dll': 'a.dll', 'refs': ['ntdll.dll']}]}",
                    "pe-bound", text);
    assert_pe_fault("{'imports': [{'dll': 'a.dll', 'bound': 4294967295}]}", "pe-bound",
                    text);
    assert_pe_fault("{'imports': ['a.dll'], 'bound': ['a.dll']}", "pe-bound", text);
    assert_pe_fault("{'imports': ['a.dll']}", "pe-bound", NULL);
}

static void
tables_that_overlap_are_bounded(void **state)
{
    /* Every descriptor leads to one table of symbols: quadratic in the file's size. */
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    wf_buffer_add_str(&text, "{'imports': [{'dll': 'a.dll', 'symbols': ['#1'");
    for (int i = 0; i < 500; i++)
        wf_buffer_add_str(&text, ",'#2'");
    wf_buffer_add_str(&text, "]}");
    for (int i = 0; i < 99; i++)
        wf_buffer_add_str(&text, ",{'dll': 'b.dll', 'symbols': []}");
    wf_buffer_add_str(&text, "]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));
    const size_t first = pe_part(&r, "import", 0);
    const uint64_t table = wf_test_pe_get(wf_buffer_bytes(&r.image), first, 4);

    for (size_t i = 1; i < 100; i++)
        wf_test_pe_set(&r.image, pe_part(&r, "import", i), table, 4);
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    assert_error(
        r.err, WF_ERR_LIMIT,
        "at 0xf40: imported symbols are more than the file could hold side by side");
    assert_true(r.arena.used < 64 * r.image.len);
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
names_that_overlap_are_bounded(void **state)
{
    /* Hundred DLLs, and one name of 400 bytes. */
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    wf_buffer_add_str(&text, "{'imports': ['");
    for (int i = 0; i < 400; i++)
        wf_buffer_add_char(&text, 'a');
    wf_buffer_add_str(&text, "'");
    for (int i = 0; i < 99; i++)
        wf_buffer_add_str(&text, ",{'dll': 'b', 'symbols': []}");
    wf_buffer_add_str(&text, "]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));
    const size_t first = pe_part(&r, "import", 0);
    const uint64_t name = wf_test_pe_get(wf_buffer_bytes(&r.image), first + 12, 4);

    for (size_t i = 1; i < 100; i++)
        wf_test_pe_set(&r.image, pe_part(&r, "import", i) + 12, name, 4);
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    assert_error(r.err, WF_ERR_LIMIT,
                 "at 0x1234: names are more than the file could hold side by side");
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
the_limit_of_symbols_holds(void **state)
{
    struct pe_reading r =
        build_pe("{'imports': [{'dll': 'a.dll', 'symbols': ['f', 'g']}]}");
    struct wf_limits limits = wf_limits_standard();

    (void)state;
    limits.symbols = 2;
    read_pe_within(&r, "x.dll", &limits);
    assert_non_null(r.object);
    limits.symbols = 1;
    read_pe_within(&r, "x.dll", &limits);
    assert_null(r.object);
    assert_error(
        r.err, WF_ERR_LIMIT,
        "at 0x418: more imported symbols than the limit of 1 (--limit symbols=N)");
    end_pe(&r);
}

static void
many_imports_take_time_and_memory_of_their_size(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 16 << 20);
    wf_buffer_add_str(&text, "{'imports': [");
    for (int i = 0; i < 20000; i++)
        wf_buffer_printf(&text, "%s{'dll': 'library%d.dll', 'symbols': ['#%d']}",
                         i == 0 ? "" : ",", i, i);
    wf_buffer_add_str(&text, "]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));

    read_pe_as(&r, "x.dll");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_needed, 20000);
    assert_string_equal(r.object->needed[19999], "library19999.dll");
    assert_true(r.arena.used < 16 * r.image.len);
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            imports_come_first_then_delay_imports_in_table_order_with_repetitions),
        cmocka_unit_test(symbols_are_names_or_ordinals_in_both_widths),
        cmocka_unit_test(facts_of_an_import_are_those_of_a_plain_symbol),
        cmocka_unit_test(an_import_of_nothing_is_still_a_need),
        cmocka_unit_test(without_a_lookup_table_the_address_table_names_symbols),
        cmocka_unit_test(delay_imports_of_the_first_form_hold_addresses),
        cmocka_unit_test(a_delay_import_without_a_lookup_table_has_no_known_symbols),
        cmocka_unit_test(loaders_stop_at_a_descriptor_without_name_or_addresses),
        cmocka_unit_test(the_size_of_a_directory_is_not_trusted),
        cmocka_unit_test(a_directory_that_is_not_counted_is_not_there),
        cmocka_unit_test(imports_without_an_end_are_read_up_to_their_sections),
        cmocka_unit_test(symbols_without_an_end_are_read_up_to_their_sections),
        cmocka_unit_test(an_end_may_stand_in_memory_alone),
        cmocka_unit_test(tables_and_names_outside_of_the_image_are_refused),
        cmocka_unit_test(names_without_an_end_are_refused),
        cmocka_unit_test(symbols_may_have_names_of_kilobytes),
        cmocka_unit_test(names_are_kept_as_they_stand_and_odd_ones_are_told),
        cmocka_unit_test(names_with_folders_and_drives_are_told),
        cmocka_unit_test(bound_imports_are_told),
        cmocka_unit_test(tables_that_overlap_are_bounded),
        cmocka_unit_test(names_that_overlap_are_bounded),
        cmocka_unit_test(the_limit_of_symbols_holds),
        cmocka_unit_test(many_imports_take_time_and_memory_of_their_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
