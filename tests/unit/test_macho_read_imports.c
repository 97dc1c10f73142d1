/* test_macho_read_imports.c -- imported symbols and the library each names, from chained
 * fixups, from bind opcodes, and from the symbol table. */
#include "../support/macho_reading.h"

#define IMPORTS                                                                          \
    "'dylibs': ['/usr/lib/libSystem.B.dylib', '@rpath/liba.dylib', "                     \
    "'@rpath/libb.dylib'], "                                                             \
    "'imports': [{'name': '_own', 'library': 'self'}, {'name': '_main', 'library': "     \
    "'main'}, {'name': '_flat', 'library': 'flat'}, {'name': '_third', 'library': 3}, "  \
    "{'name': '_first', 'library': 1, 'lazy': true}, {'name': '_maybe', 'library': 2, "  \
    "'weak': true}, {'name': '_coalesced', 'library': 'weak'}]"

static const char *const ways[] = {
    "'bound_by': 'info'",
    "'bound_by': 'chained', 'format': 1",
    "'bound_by': 'chained', 'format': 2",
    "'bound_by': 'chained', 'format': 3",
    "'bound_by': 'symbols'",
    "'bound_by': 'symbols', 'arch': 'ppc'",
    "'bound_by': 'chained', 'arch': 'i386'",
    "'bound_by': 'info', 'arch': 'ppc64'",
};

/* A recipe of two lists of keys. */
static struct macho_reading
read_with(const char *keys, const char *way)
{
    char recipe[2000];

    snprintf(recipe, sizeof recipe, "{%s, %s}", keys, way);
    return read_macho(recipe);
}

static void
every_way_of_binding_gives_the_same_imports(void **state)
{
    static const struct {
        const char *name;
        int32_t library;
        enum wf_binding binding;
    } expected[] = {
        { "_coalesced", -1, WF_BIND_GLOBAL }, { "_first", 0, WF_BIND_GLOBAL },
        { "_flat", -1, WF_BIND_GLOBAL },      { "_main", -1, WF_BIND_GLOBAL },
        { "_maybe", 1, WF_BIND_WEAK },        { "_own", -1, WF_BIND_GLOBAL },
        { "_third", 2, WF_BIND_GLOBAL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(ways); i++) {
        struct macho_reading r = read_with(IMPORTS, ways[i]);

        assert_int_equal(r.object->num_imports, WF_COUNT(expected));
        for (size_t k = 0; k < WF_COUNT(expected); k++) {
            const struct wf_import *import = &r.object->imports[k];

            assert_string_equal(import->name, expected[k].name);
            assert_int_equal(import->library, expected[k].library);
            assert_int_equal(import->binding, expected[k].binding);
            assert_int_equal(import->need, -1);
        }
        assert_int_equal(r.macho->num_faults, 0);
        end_macho(&r);
    }
}

static void
the_ways_of_binding_are_told(void **state)
{
    static const struct {
        const char *way;
        bool info, chained;
    } rows[] = { { "'bound_by': 'info'", true, false },
                 { "'bound_by': 'chained'", false, true },
                 { "'bound_by': 'symbols'", false, false } };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_with("'locals': 1", rows[i].way);

        assert_int_equal(r.macho->has_dyld_info, rows[i].info);
        assert_int_equal(r.macho->has_chained_fixups, rows[i].chained);
        end_macho(&r);
    }
}

static void
a_symbol_bound_often_is_listed_once_for_each_library(void **state)
{
    struct macho_reading r = read_macho(
        "{'dylibs': ['a', 'b'], 'imports': ['_x', {'name': '_x', 'library': 2}, '_x', "
        "{'name': '_x', 'lazy': true}, {'name': '_x', 'weak': true}]}");

    (void)state;
    assert_int_equal(r.object->num_imports, 2);
    assert_int_equal(r.object->imports[0].library, 0);
    assert_int_equal(r.object->imports[0].binding, WF_BIND_GLOBAL); /* once is enough */
    assert_int_equal(r.object->imports[1].library, 1);
    end_macho(&r);
}

static void
more_than_fifteen_libraries_have_their_numbers(void **state)
{
    char keys[1000] = "'imports': [{'name': '_s', 'library': 20}], 'dylibs': ['l0'";

    (void)state;
    for (size_t i = 1; i < 20; i++) {
        const size_t len = strlen(keys);

        snprintf(keys + len, sizeof keys - len, ", 'l%zu'%s", i, i == 19 ? "]" : "");
    }
    for (size_t i = 0; i < WF_COUNT(ways); i++) {
        struct macho_reading r = read_with(keys, ways[i]);

        assert_int_equal(r.object->imports[0].library, 19);
        end_macho(&r);
    }
}

static void
a_library_that_nobody_loads_is_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(ways); i++) {
        struct macho_reading r = read_with(
            "'dylibs': ['l'], 'imports': [{'name': '_s', 'library': 2}]", ways[i]);

        assert_int_equal(r.object->imports[0].library, -1);
        assert_string_equal(fault_of(r.macho, "macho-library-ordinal"),
                            "_s is imported from library 2 of 1");
        end_macho(&r);
    }
}

static void
dlopen_is_noticed_by_its_whole_name(void **state)
{
    static const struct {
        const char *keys;
        bool expected;
    } rows[] = { { "'imports': ['_dlopen']", true },
                 { "'imports': ['dlopen']", false },
                 { "'imports': ['_dlopen_preflight']", false } };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_with("'locals': 1", rows[i].keys);

        assert_int_equal(r.object->calls_dlopen, rows[i].expected);
        end_macho(&r);
    }
}

static void
a_flat_namespace_names_no_libraries(void **state)
{
    struct macho_reading r =
        read_macho("{'bound_by': 'symbols', 'flags': 5, 'imports': ['_x']}");

    (void)state;
    assert_int_equal(r.object->imports[0].library, -1);
    end_macho(&r);
}

/* Opcodes straight from a recipe: what of them is an import. */
static void
opcodes_are_run_as_dyld_runs_them(void **state)
{
    static const struct {
        const char *command; /* which table of LC_DYLD_INFO the bytes are */
        const char *hex;
        size_t num;
        const char *name;
        int32_t library;
    } rows[] = {
        /* set ordinal 1, name _a, bind */
        { "16", "11 40 5f61 00 90 00", 1, "_a", 0 },
        /* a name that is never bound */
        { "16", "11 40 5f61 00 00", 0, NULL, 0 },
        /* DONE ends all tables but the lazy one */
        { "16", "00 11 40 5f61 00 90", 0, NULL, 0 },
        { "32", "00 11 40 5f61 00 90", 1, "_a", 0 },
        /* each opcode that binds, with its operands */
        { "16", "11 40 5f61 00 a0 8001 00", 1, "_a", 0 },
        { "16", "11 40 5f61 00 b3 00", 1, "_a", 0 },
        { "16", "11 40 5f61 00 c0 8001 7f 00", 1, "_a", 0 },
        /* what only sets something */
        { "16", "51 60 7f 71 8001 80 8001 11 40 5f61 00 90 00", 1, "_a", 0 },
        { "16", "d0 8001 11 40 5f61 00 90 d1 00", 1, "_a", 0 },
        /* an ordinal in LEB128, and special ones */
        { "16", "20 8100 40 5f61 00 90 00", 1, "_a", 0 },
        { "16", "3e 40 5f61 00 90 00", 1, "_a", -1 },
        { "16", "30 40 5f61 00 90 00", 1, "_a", -1 },
        /* weak table: a symbol to coalesce, and a definition of one's own */
        { "24", "40 5f61 00 90 00", 1, "_a", -1 },
        { "24", "48 5f61 00 90 00", 0, NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char hex[100];
        size_t len = 0;

        for (const char *at = rows[i].hex; *at != '\0'; at++)
            if (*at != ' ')
                hex[len++] = *at;
        hex[len] = '\0';
        char recipe[400];

        /* The bytes stand where the string table ends a page of its own. */
        snprintf(recipe, sizeof recipe,
                 "{'data': 64, 'poke': [{'at': 16384, 'hex': '%s'}, {'command': "
                 "'LC_DYLD_INFO_ONLY', 'at': %s, 'u32': 16384}, {'command': "
                 "'LC_DYLD_INFO_ONLY', 'at': %d, 'u32': %zu}]}",
                 hex, rows[i].command,
                 rows[i].command[0] == '1'   ? 20
                 : rows[i].command[0] == '2' ? 28
                                             : 36,
                 len / 2);
        struct macho_reading r = read_macho(recipe);

        if (r.object == NULL)
            fail_msg("row %zu: %s", i, r.err.text);
        assert_int_equal(r.object->num_imports, rows[i].num);
        if (rows[i].num > 0) {
            assert_string_equal(r.object->imports[0].name, rows[i].name);
            assert_int_equal(r.object->imports[0].library, rows[i].library);
        }
        end_macho(&r);
    }
}

static void
wrong_opcodes_are_refused(void **state)
{
    static const struct {
        const char *hex;
        const char *text;
    } rows[] = {
        { "90", "at 0x4000: a pointer is bound before any symbol was named" },
        { "e0", "at 0x4000: 0xe0 is no opcode for binding symbols" },
        { "d2", "at 0x4000: 0xd2 is no opcode for binding symbols" },
        { "405f61", "at 0x4001: the bind opcodes is cut short; 2 bytes remain" },
        { "20ffff", "at 0x4003: the bind opcodes is cut short; 0 bytes remain" },
        { "20ffffffffffffffffff7f", "at 0x400b: the bind opcodes is cut short; 0 bytes "
                                    "remain" },
        { "6080", "at 0x4002: the bind opcodes is cut short; 0 bytes remain" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[400];

        snprintf(recipe, sizeof recipe,
                 "{'data': 64, 'poke': [{'at': 16384, 'hex': '%s'}, {'command': "
                 "'LC_DYLD_INFO_ONLY', 'at': 16, 'u32': 16384}, {'command': "
                 "'LC_DYLD_INFO_ONLY', 'at': 20, 'u32': %zu}]}",
                 rows[i].hex, strlen(rows[i].hex) / 2);
        struct macho_reading r = read_macho(recipe);

        assert_null(r.object);
        assert_string_equal(r.err.text, rows[i].text);
        end_macho(&r);
    }
}

/* Fields of the header of chained fixups, which stand at the begin of __LINKEDIT. */
static void
lies_of_chained_fixups_are_refused(void **state)
{
    static const struct {
        unsigned at;
        uint32_t value;
        enum wf_error_kind kind;
        const char *text;
    } rows[] = {
        { 0, 1, WF_ERR_UNSUPPORTED,
          "chained fixups of version 1; 0 is the only one known" },
        { 8, UINT32_MAX, WF_ERR_MALFORMED,
          "the imports table claims 4 bytes from "
          "0xffffffff; there are " },
        { 12, UINT32_MAX, WF_ERR_MALFORMED,
          "the names of imports claims 0 bytes from "
          "0xffffffff; there are " },
        { 16, UINT32_MAX, WF_ERR_MALFORMED,
          "the imports table claims 17179869180 bytes" },
        { 20, 0, WF_ERR_UNSUPPORTED, "an imports table of format 0; 1 to 3 are known" },
        { 20, 4, WF_ERR_UNSUPPORTED, "an imports table of format 4; 1 to 3 are known" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r =
            build_macho("{'bound_by': 'chained', 'imports': ['_x']}");
        const size_t fixups =
            wf_test_macho_get(&r.image, command_at(&r, LC_DYLD_CHAINED_FIXUPS, 0) + 8);

        wf_test_macho_set(&r.image, fixups + rows[i].at, rows[i].value);
        read_macho_as(&r, "x.so");
        assert_null(r.object);
        assert_int_equal(r.err.kind, rows[i].kind);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_macho(&r);
    }
}

static void
a_name_outside_the_names_is_refused(void **state)
{
    struct macho_reading r = build_macho("{'bound_by': 'chained', 'imports': ['_x']}");
    const size_t fixups =
        wf_test_macho_get(&r.image, command_at(&r, LC_DYLD_CHAINED_FIXUPS, 0) + 8);
    const size_t import = fixups + wf_test_macho_get(&r.image, fixups + 8);

    (void)state;
    wf_test_macho_set(&r.image, import, 1 | 4U << 9);
    read_macho_as(&r, "x.so");
    assert_non_null(strstr(r.err.text, "the name of an imported symbol is at 4 of names "
                                       "that have 4 bytes"));
    /* The last name must end. */
    wf_test_macho_set(&r.image, import, 1 | 1U << 9);
    r.image.data[import + 4 + 3] = 'y';
    read_macho_as(&r, "x.so");
    assert_non_null(strstr(r.err.text, "the name of an imported symbol has no NUL before "
                                       "its table ends"));
    end_macho(&r);
}

static void
compressed_names_are_read_from_the_symbol_table(void **state)
{
    struct macho_reading r =
        build_macho("{'bound_by': 'chained', 'imports': ['_x', '_y']}");
    const size_t fixups =
        wf_test_macho_get(&r.image, command_at(&r, LC_DYLD_CHAINED_FIXUPS, 0) + 8);

    (void)state;
    wf_test_macho_set(&r.image, fixups + 24, 1);
    read_macho_as(&r, "x.so");
    assert_int_equal(r.object->num_imports, 2);
    assert_string_equal(r.object->imports[1].name, "_y");
    assert_string_equal(fault_of(r.macho, "macho-import-names"),
                        "the names of the imports of its chained fixups are compressed");
    end_macho(&r);
}

/* A table may name one long text very often; memory does not grow with that. */
static void
names_that_overlap_are_bounded(void **state)
{
    enum { NUM = 3000, LONG = 4000 };
    struct wf_buffer recipe;
    struct macho_reading r;

    (void)state;
    wf_buffer_init(&recipe, 1 << 20);
    wf_buffer_add_str(&recipe, "{'bound_by': 'chained', 'imports': ['_");
    for (size_t i = 0; i < LONG; i++)
        wf_buffer_add_char(&recipe, 'x');
    wf_buffer_add_str(&recipe, "'");
    for (size_t i = 0; i < NUM; i++)
        wf_buffer_printf(&recipe, ", '_%zu'", i);
    wf_buffer_add(&recipe, "]}", 3);
    r = build_macho((const char *)recipe.data);
    const size_t fixups =
        wf_test_macho_get(&r.image, command_at(&r, LC_DYLD_CHAINED_FIXUPS, 0) + 8);
    const size_t imports = fixups + wf_test_macho_get(&r.image, fixups + 8);

    for (size_t i = 0; i < NUM; i++)
        wf_test_macho_set(&r.image, imports + 4 * i, 1 | 1U << 9);
    read_macho_as(&r, "x.so");
    assert_int_equal(r.err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "is more than its tables can hold, or than the "
                                       "limit of "));
    end_macho(&r);
    wf_buffer_clear(&recipe);
}

static void
the_limit_of_symbols_holds(void **state)
{
    struct macho_reading r = build_macho("{'imports': ['_a', '_b', '_c']}");
    struct wf_limits limits = wf_limits_standard();

    (void)state;
    limits.symbols = 2;
    assert_false(wf_object_read(&r.file, &r.arena, "x.so", wf_buffer_bytes(&r.image),
                                &limits, &r.err));
    assert_int_equal(r.err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(r.err.text,
                           "import 2 is more than its tables can hold, or than "
                           "the limit of 2 (--limit symbols=N)"));
    limits.symbols = 3;
    assert_true(wf_object_read(&r.file, &r.arena, "x.so", wf_buffer_bytes(&r.image),
                               &limits, &r.err));
    end_macho(&r);
}

static void
two_tables_of_one_kind_are_refused(void **state)
{
    struct macho_reading r = read_macho("{'commands': [{'command': 'LC_SYMTAB', 'hex': "
                                        "'00000000000000000000000000000000'}]}");

    (void)state;
    assert_null(r.object);
    assert_non_null(strstr(r.err.text, "a second LC_SYMTAB leads to other tables"));
    end_macho(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_binding_gives_the_same_imports),
        cmocka_unit_test(the_ways_of_binding_are_told),
        cmocka_unit_test(a_symbol_bound_often_is_listed_once_for_each_library),
        cmocka_unit_test(more_than_fifteen_libraries_have_their_numbers),
        cmocka_unit_test(a_library_that_nobody_loads_is_a_fault),
        cmocka_unit_test(dlopen_is_noticed_by_its_whole_name),
        cmocka_unit_test(a_flat_namespace_names_no_libraries),
        cmocka_unit_test(opcodes_are_run_as_dyld_runs_them),
        cmocka_unit_test(wrong_opcodes_are_refused),
        cmocka_unit_test(lies_of_chained_fixups_are_refused),
        cmocka_unit_test(a_name_outside_the_names_is_refused),
        cmocka_unit_test(compressed_names_are_read_from_the_symbol_table),
        cmocka_unit_test(names_that_overlap_are_bounded),
        cmocka_unit_test(the_limit_of_symbols_holds),
        cmocka_unit_test(two_tables_of_one_kind_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
