/* test_pe_read_exports.c -- what an image offers, whether it is a Python module, and which
 * DLLs its forwarders lead to. */
#include "object/pe_format.h"

#include "../support/pe_reading.h"

static void
the_name_in_the_export_directory_is_the_images_own(void **state)
{
    struct pe_reading r = read_pe("{'name': 'Own.dll', 'exports': ['f']}");

    (void)state;
    assert_string_equal(r.object->soname, "Own.dll");
    end_pe(&r);
    r = read_pe("{}");
    assert_null(r.object->soname);
    end_pe(&r);
    r = read_pe("{'exports': ['f'], 'poke': [{'in': 'export', 'at': 12, 'u32': 0}]}");
    assert_non_null(r.object);
    assert_null(r.object->soname);
    end_pe(&r);
}

static void
functions_are_counted_once_and_gaps_not_at_all(void **state)
{
    static const struct {
        const char *recipe;
        size_t num;
    } rows[] = {
        { "{'exports': []}", 0 },
        { "{'name': 'x.dll'}", 0 },
        { "{'exports': ['a', 'b', 'c']}", 3 },
        { "{'exports': ['a', {'gap': 5}, {'name': 'b'}]}", 3 },
        { "{'exports': [{'gap': 1000}]}", 1 },
        { "{'exports': ['a', {'name': 'b', 'forward': 'x.y'}]}", 2 },
        /* Two names for one function. */
        { "{'exports': ['a', 'b'], 'poke': [{'in': 'export', 'at': 20, 'u32': 1}]}", 1 },
        { "{'exports': ['a'], 'directories': 0}", 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        if (r.object == NULL)
            fail_msg("%s: %s", rows[i].recipe, r.err.text);
        assert_int_equal(r.object->num_exports, rows[i].num);
        end_pe(&r);
    }
}

static void
a_library_that_begins_the_module_of_its_name_is_an_extension(void **state)
{
    static const struct {
        const char *path;
        const char *exports;
        enum wf_object_kind kind;
        size_t num_inits;
        bool is_python2;
    } rows[] = {
        { "x.cp312-win_amd64.pyd", "'PyInit_x'", WF_KIND_EXTENSION, 1, false },
        { "d/x.pyd", "'PyInit_x'", WF_KIND_EXTENSION, 1, false },
        { "x.pyd", "'PyModExport_x'", WF_KIND_EXTENSION, 1, false },
        { "x.pyd", "'PyInit_y'", WF_KIND_SHARED, 1, false },
        { "x.pyd", "'f'", WF_KIND_SHARED, 0, false },
        { "x.pyd", "'initx'", WF_KIND_EXTENSION, 1, true },
        { "x.pyd", "'inity'", WF_KIND_SHARED, 0, false },
        { "x.pyd", "'PyInit_x', 'initx'", WF_KIND_EXTENSION, 2, false },
        { "x.pyd", "'PyInit_X'", WF_KIND_SHARED, 1, false },
        /* A debug build. */
        { "x_d.cp312-win_amd64.pyd", "'PyInit_x'", WF_KIND_EXTENSION, 1, false },
        { "x_d.pyd", "'PyInit_x_d'", WF_KIND_EXTENSION, 1, false },
        { "x_d.pyd", "'initx'", WF_KIND_EXTENSION, 1, true },
        { "_d.pyd", "'PyInit_'", WF_KIND_SHARED, 1, false },
        { "x.pyd", "'PyInit_x_d'", WF_KIND_SHARED, 1, false },
        /* PEP 489: punycode. */
        { "m\xc3\xa4x.pyd", "'PyInitU_mx_via'", WF_KIND_EXTENSION, 1, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct pe_reading r =
            build_pe(wf_arena_printf(&arena, "{'exports': [%s]}", rows[i].exports));

        read_pe_as(&r, rows[i].path);
        assert_non_null(r.object);
        if (r.object->kind != rows[i].kind)
            fail_msg("%s with %s", rows[i].path, rows[i].exports);
        assert_int_equal(r.object->num_module_inits, rows[i].num_inits);
        assert_int_equal(r.object->is_python2, rows[i].is_python2);
        end_pe(&r);
        wf_arena_clear(&arena);
    }
}

static void
a_program_stays_one_whatever_it_exports(void **state)
{
    struct pe_reading r = build_pe("{'type': 'exe', 'exports': ['PyInit_x']}");

    (void)state;
    read_pe_as(&r, "x.exe");
    assert_int_equal(r.object->kind, WF_KIND_EXECUTABLE);
    assert_int_equal(r.object->num_module_inits, 1);
    assert_string_equal(r.object->module_inits[0], "PyInit_x");
    end_pe(&r);
}

/* The DLLs that are needed by forwarders, with how many symbols each. */
static void
assert_forwards(const char *recipe, const char *expected)
{
    struct pe_reading r = read_pe(recipe);
    struct wf_buffer text;

    if (r.object == NULL)
        fail_msg("%s: %s", recipe, r.err.text);
    wf_buffer_init(&text, 1 << 16);
    for (size_t i = 0; i < r.object->num_needed; i++)
        if (r.pe->needs[i].kind == WF_PE_FORWARD)
            wf_buffer_printf(&text, "%s:%u ", r.object->needed[i],
                             (unsigned)r.pe->needs[i].num_symbols);
    wf_buffer_add_char(&text, '\0');
    assert_string_equal((const char *)text.data, expected);
    wf_buffer_clear(&text);
    end_pe(&r);
}

static void
forwarders_are_needs_each_dll_once_in_the_order_they_are_met(void **state)
{
    (void)state;
    assert_forwards("{'exports': ['f']}", "");
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'other.g'}]}", "other.dll:1 ");
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'zz.g'}, {'name': 'g', "
                    "'forward': 'aa.#12'}, {'name': 'h', 'forward': 'ZZ.h'}, 'i']}",
                    "zz.dll:2 aa.dll:1 ");
    assert_forwards("{'exports': [{'forward': 'by.#1'}]}", "by.dll:1 ");
}

static void
a_forwarders_dll_ends_at_the_last_dot(void **state)
{
    (void)state;
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'other.dll.g'}]}",
                    "other.dll:1 ");
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'lib-1.2.g'}]}", "lib-1.2:1 ");
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'other-0123abcd.g'}]}",
                    "other-0123abcd.dll:1 ");
}

static void
forwarders_come_behind_imports(void **state)
{
    struct pe_reading r = read_pe("{'imports': ['a.dll'], 'delay': ['b.dll'], 'exports': "
                                  "[{'name': 'f', 'forward': 'a.f'}]}");

    (void)state;
    assert_int_equal(r.object->num_needed, 3);
    assert_string_equal(r.object->needed[2], "a.dll");
    assert_int_equal(r.pe->needs[0].kind, WF_PE_IMPORT);
    assert_int_equal(r.pe->needs[1].kind, WF_PE_DELAY);
    assert_int_equal(r.pe->needs[2].kind, WF_PE_FORWARD);
    end_pe(&r);
}

static void
forwarders_to_themselves_and_in_circles_are_only_names(void **state)
{
    (void)state;
    assert_forwards(
        "{'name': 'demo.dll', 'exports': [{'name': 'f', 'forward': 'demo.f'}, "
        "{'name': 'g', 'forward': 'demo.h'}, {'name': 'h', 'forward': "
        "'demo.g'}]}",
        "demo.dll:3 ");
}

static void
forwarders_that_name_no_dll_are_told(void **state)
{
    static const char *const texts[] = { "nodot", ".g", "other.", ".", "" };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        const char *recipe = wf_arena_printf(
            &arena, "{'exports': [{'name': 'f', 'forward': '%s'}]}", texts[i]);

        assert_forwards(recipe, "");
        assert_pe_fault(
            recipe, "pe-forwarder",
            wf_arena_printf(&arena,
                            "an export is forwarded to \"%s\", which is not DLL.FUNCTION",
                            texts[i]));
    }
    assert_pe_fault("{'exports': [{'name': 'f', 'forward': 'nodot'}, {'name': 'g', "
                    "'forward': 'a.g'}, {'name': 'h', 'forward': '.h'}]}",
                    "pe-forwarder",
                    "an export is forwarded to \"nodot\", which is not DLL.FUNCTION; "
                    "likewise 1 more");
    assert_pe_fault("{'exports': [{'name': 'f', 'forward': 'a.g'}]}", "pe-forwarder",
                    NULL);
    wf_arena_clear(&arena);
}

static void
only_addresses_within_the_directory_are_forwarders(void **state)
{
    /* The directory's size is cut before the string. */
    (void)state;
    assert_forwards("{'exports': [{'name': 'f', 'forward': 'other.g'}], 'poke': [{'in': "
                    "'directory', 'at': 4, 'u32': 40}]}",
                    "");
}

static void
tables_outside_of_the_image_are_refused(void **state)
{
    static const struct pe_refusal rows[] = {
        { "{'exports': ['f'], 'poke': [{'in': 'directory', 'u32': 16384}]}",
          WF_ERR_MALFORMED, "directory", 0, 0,
          "the export directory is said to be at RVA 0x4000, in no section" },
        { "{'exports': ['f'], 'poke': [{'in': 'directory', 'u32': 8704}]}",
          WF_ERR_MALFORMED, "directory", 0, 0,
          "the export directory is said to be at RVA 0x2200, where the file has no "
          "bytes" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 12, 'u32': 16384}]}",
          WF_ERR_MALFORMED, "export", 0, 12,
          "the name in the export directory is said to be at RVA 0x4000, in no section" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 28, 'u32': 16384}]}",
          WF_ERR_MALFORMED, "export", 0, 28,
          "the table of exported functions is said to be at RVA 0x4000, in no section" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 32, 'u32': 16384}]}",
          WF_ERR_MALFORMED, "export", 0, 32,
          "the table of exported names is said to be at RVA 0x4000, in no section" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 20, 'u32': 2000}]}",
          WF_ERR_MALFORMED, "export", 0, 20,
          "the table of exported functions has 2000 entries; there is room for 1011" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 24, 'u32': 2000}]}",
          WF_ERR_MALFORMED, "export", 0, 24,
          "the table of exported names has 2000 entries; there is room for 1010" },
        { "{'exports': ['f'], 'poke': [{'in': 'export', 'at': 20, 'u32': 4294967295}]}",
          WF_ERR_LIMIT, "export", 0, 20,
          "the table of exported functions has 4294967295 entries; the limit is 16777216 "
          "(--limit symbols=N)" },
        { "{'exports': ['f'], 'poke': [{'in': 'rva', 'nth': 8248, 'u32': 16384}]}",
          WF_ERR_MALFORMED, "rva", 8248, 0,
          "the name of an exported function is said to be at RVA 0x4000, in no section" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_pe_refused_at(&rows[i]);
    assert_pe_refused("{'exports': ['f'], 'poke': [{'in': 'directory', 'u32': 8672}]}",
                      WF_ERR_MALFORMED,
                      "at 0x600: the export directory is cut short; 0 bytes remain");
}

static void
tables_may_go_on_in_zeros_that_are_not_in_the_file(void **state)
{
    struct pe_reading r =
        read_pe("{'exports': ['f'], 'poke': [{'in': 'export', 'at': 20, 'u32': 1011}]}");

    (void)state;
    assert_non_null(r.object);
    /* Behind the one function: names and ordinals, which look like functions. */
    assert_in_range(r.object->num_exports, 1, 3);
    end_pe(&r);
}

static void
the_limit_of_symbols_holds(void **state)
{
    struct pe_reading r = build_pe("{'exports': ['f', 'g']}");
    struct wf_limits limits = wf_limits_standard();

    (void)state;
    limits.symbols = 2;
    read_pe_within(&r, "x.dll", &limits);
    assert_non_null(r.object);
    limits.symbols = 1;
    read_pe_within(&r, "x.dll", &limits);
    assert_error(r.err, WF_ERR_LIMIT,
                 "at 0x414: the table of exported functions has 2 entries; the limit is "
                 "1 (--limit "
                 "symbols=N)");
    end_pe(&r);
}

static void
hundred_thousand_forwarders_are_no_trouble(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 16 << 20);
    wf_buffer_add_str(&text, "{'exports': [");
    for (int i = 0; i < 100000; i++)
        wf_buffer_printf(&text, "%s{'forward': 'library%d.f'}", i == 0 ? "" : ",",
                         i % 50000);
    wf_buffer_add_str(&text, "]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));

    read_pe_as(&r, "x.dll");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_needed, 50000);
    assert_string_equal(r.object->needed[49999], "library49999.dll");
    assert_int_equal(r.pe->needs[49999].num_symbols, 2);
    assert_true(r.arena.used < 32 * r.image.len);
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

/* Names that might be a module's are read to their ends. */
static void
names_of_functions_that_overlap_are_bounded(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    wf_buffer_add_str(&text, "{'exports': ['Py");
    for (int i = 0; i < 400; i++)
        wf_buffer_add_char(&text, 'a');
    wf_buffer_add_str(&text, "', {'gap': 1000}]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));
    const struct wf_bytes file = wf_buffer_bytes(&r.image);
    const size_t directory = pe_part(&r, "export", 0);
    const size_t names =
        pe_part(&r, "rva", (size_t)wf_test_pe_get(file, directory + 32, 4));
    const size_t functions =
        pe_part(&r, "rva", (size_t)wf_test_pe_get(file, directory + 28, 4));
    const uint64_t name = wf_test_pe_get(file, names, 4);

    read_pe_as(&r, "x.dll");
    assert_non_null(r.object);
    for (size_t i = 0; i < 1000; i++)
        wf_test_pe_set(&r.image, functions + 4 * i, name, 4);
    wf_test_pe_set(&r.image, directory + 20, 0, 4);
    wf_test_pe_set(&r.image, directory + 24, 1000, 4);
    wf_test_pe_set(&r.image, directory + 32, wf_test_pe_get(file, directory + 28, 4), 4);
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    assert_int_equal(r.err.kind, WF_ERR_LIMIT);
    assert_true(r.err.offset >= functions && r.err.offset < functions + 4000);
    assert_non_null(
        strstr(r.err.text, ": names are more than the file could hold side by side"));
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
forwarders_that_overlap_are_bounded(void **state)
{
    /* A thousand functions that all are one forwarder of 400 bytes. */
    struct wf_arena arena = { 0 };
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 20);
    wf_buffer_add_str(&text, "{'exports': [{'forward': 'a.");
    for (int i = 0; i < 400; i++)
        wf_buffer_add_char(&text, 'a');
    wf_buffer_add_str(&text, "'}, {'gap': 1000}]}");
    struct pe_reading r = build_pe(wf_arena_str(&arena, wf_buffer_bytes(&text)));
    const struct wf_bytes file = wf_buffer_bytes(&r.image);
    const size_t table = pe_part(
        &r, "rva", (size_t)wf_test_pe_get(file, pe_part(&r, "export", 0) + 28, 4));
    const uint64_t forward = wf_test_pe_get(file, table, 4);

    for (size_t i = 1; i < 1000; i++)
        wf_test_pe_set(&r.image, table + 4 * i, forward, 4);
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    assert_error(r.err, WF_ERR_LIMIT,
                 "at 0x630: names are more than the file could hold side by side");
    end_pe(&r);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_in_the_export_directory_is_the_images_own),
        cmocka_unit_test(functions_are_counted_once_and_gaps_not_at_all),
        cmocka_unit_test(a_library_that_begins_the_module_of_its_name_is_an_extension),
        cmocka_unit_test(a_program_stays_one_whatever_it_exports),
        cmocka_unit_test(forwarders_are_needs_each_dll_once_in_the_order_they_are_met),
        cmocka_unit_test(a_forwarders_dll_ends_at_the_last_dot),
        cmocka_unit_test(forwarders_come_behind_imports),
        cmocka_unit_test(forwarders_to_themselves_and_in_circles_are_only_names),
        cmocka_unit_test(forwarders_that_name_no_dll_are_told),
        cmocka_unit_test(only_addresses_within_the_directory_are_forwarders),
        cmocka_unit_test(tables_outside_of_the_image_are_refused),
        cmocka_unit_test(tables_may_go_on_in_zeros_that_are_not_in_the_file),
        cmocka_unit_test(the_limit_of_symbols_holds),
        cmocka_unit_test(hundred_thousand_forwarders_are_no_trouble),
        cmocka_unit_test(names_of_functions_that_overlap_are_bounded),
        cmocka_unit_test(forwarders_that_overlap_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
