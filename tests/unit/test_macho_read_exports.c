/* test_macho_read_exports.c -- what images offer, and which of it makes a Python module. */
#include "../support/macho_reading.h"

static const char *const ways[] = { "info", "chained", "symbols" };

static struct macho_reading
read_exports(const char *exports, const char *way, const char *path)
{
    char recipe[1000];

    snprintf(recipe, sizeof recipe, "{'exports': [%s], 'bound_by': '%s'}", exports, way);
    struct macho_reading r = build_macho(recipe);

    read_macho_as(&r, path);
    return r;
}

static void
exports_are_counted_wherever_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(ways); i++) {
        struct macho_reading r =
            read_exports("'_a', '_b', '_PyObject_New'", ways[i], "x");

        assert_int_equal(r.object->num_exports, 3);
        assert_int_equal(r.object->num_module_inits, 0);
        assert_int_equal(r.object->kind, WF_KIND_SHARED);
        end_macho(&r);
    }
}

static void
a_module_function_makes_an_extension(void **state)
{
    static const struct {
        const char *exports;
        const char *path;
        enum wf_object_kind kind;
        const char *init;
        bool is_python2;
    } rows[] = {
        { "'_PyInit__x'", "p/_x.cpython-312-darwin.so", WF_KIND_EXTENSION, "PyInit__x",
          false },
        { "'_PyInit__x'", "p/_x.abi3.so", WF_KIND_EXTENSION, "PyInit__x", false },
        { "'_PyInit__x'", "p/_y.so", WF_KIND_SHARED, "PyInit__x", false },
        { "'PyInit__x'", "p/_x.so", WF_KIND_SHARED, NULL, false }, /* not a C name */
        { "'_init_x'", "p/_x.so", WF_KIND_EXTENSION, "init_x", true },
        { "'_init_x'", "p/_y.so", WF_KIND_SHARED, NULL, false },
        { "'__cffi_pypyinit__x'", "p/_x.so", WF_KIND_EXTENSION, "_cffi_pypyinit__x",
          true },
        { "'_PyModExport__x'", "p/_x.so", WF_KIND_EXTENSION, "PyModExport__x", false },
        { "'_init_x', '_PyInit__x'", "p/_x.so", WF_KIND_EXTENSION, NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        for (size_t k = 0; k < WF_COUNT(ways); k++) {
            struct macho_reading r = read_exports(rows[i].exports, ways[k], rows[i].path);

            assert_int_equal(r.object->kind, rows[i].kind);
            assert_int_equal(r.object->is_python2, rows[i].is_python2);
            if (rows[i].init != NULL) {
                assert_int_equal(r.object->num_module_inits, 1);
                assert_string_equal(r.object->module_inits[0], rows[i].init);
            }
            end_macho(&r);
        }
}

static void
a_program_with_a_module_function_stays_a_program(void **state)
{
    struct macho_reading r =
        build_macho("{'type': 'execute', 'exports': ['_PyInit__x']}");

    (void)state;
    read_macho_as(&r, "_x");
    assert_int_equal(r.object->kind, WF_KIND_EXECUTABLE);
    assert_int_equal(r.object->num_module_inits, 1);
    end_macho(&r);
}

/* Stabs, private symbols, locals and undefined ones offer nothing. */
static void
only_defined_public_symbols_are_offered(void **state)
{
    struct macho_reading r = build_macho("{'bound_by': 'symbols', 'exports': ['_a', "
                                         "'_b'], 'imports': ['_c'], 'locals': 2, "
                                         "'stabs': 3}");
    const size_t symbols = wf_test_macho_get(&r.image, command_at(&r, LC_SYMTAB, 0) + 8);

    (void)state;
    read_macho_as(&r, "x");
    assert_int_equal(r.object->num_exports, 2);
    r.image.data[symbols + 5 * 16 + 4] |= 0x10; /* _a is private to the image now */
    read_macho_as(&r, "x");
    assert_int_equal(r.object->num_exports, 1);
    end_macho(&r);
}

/* An image whose __data, 64 bytes at 0x4000, holds a trie. */
static struct macho_reading
read_trie(const char *hex)
{
    char recipe[600];

    snprintf(recipe, sizeof recipe,
             "{'data': 64, 'bound_by': 'chained', 'poke': [{'at': 16384, 'hex': '%s'}, "
             "{'command': 'LC_DYLD_EXPORTS_TRIE', 'at': 8, 'u32': 16384}, {'command': "
             "'LC_DYLD_EXPORTS_TRIE', 'at': 12, 'u32': %zu}]}",
             hex, strlen(hex) / 2);
    return read_macho(recipe);
}

static void
names_are_put_together_along_the_trie(void **state)
{
    /* The root at 0; behind "_PyInit_" a node at 12, no export itself; behind that "_x" a
     * leaf at 21, and behind "z" one at 25. */
    struct macho_reading r = read_trie("0001"
                                       "5f5079496e69745f00"
                                       "0c"
                                       "0002"
                                       "5f7800"
                                       "15"
                                       "7a00"
                                       "19"
                                       "02000000"
                                       "02000000");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_exports, 2);
    assert_int_equal(r.object->num_module_inits, 2);
    assert_string_equal(r.object->module_inits[0], "PyInit_z");
    assert_string_equal(r.object->module_inits[1], "PyInit__x");
    assert_int_equal(r.object->kind, WF_KIND_EXTENSION);
    end_macho(&r);
}

static void
a_trie_with_a_way_back_is_refused(void **state)
{
    static const struct {
        const char *hex;
        const char *text;
    } rows[] = {
        /* the child is the root */
        { "00016100"
          "00",
          "at 0x4000: the exports trie comes here in two ways" },
        /* two children in one place */
        { "00026100"
          "086200"
          "08"
          "0000",
          "at 0x4008: the exports trie comes here in two "
          "ways" },
        { "00016100"
          "7f",
          "at 0x4000: the exports trie leads to 127, and has 5 bytes" },
        { "000161", "at 0x4002: an edge of the exports trie has no NUL before the trie "
                    "ends" },
        { "0001610080", "at 0x4005: a node of the exports trie is cut short; 0 bytes "
                        "remain" },
        { "05", "at 0x4001: a node of the exports trie is cut short; 0 bytes remain" },
        { "00", "at 0x4001: a node of the exports trie is cut short; 0 bytes remain" },
        { "ffffffffffffffffff7f", "at 0x400a: a node of the exports trie is cut short; 0 "
                                  "bytes remain" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_trie(rows[i].hex);

        assert_null(r.object);
        assert_string_equal(r.err.text, rows[i].text);
        end_macho(&r);
    }
}

/* A long beginning that very many names share is not copied for each of them. */
static void
names_that_share_a_beginning_are_bounded(void **state)
{
    enum { DEPTH = 400 };
    struct wf_buffer trie;
    struct macho_reading r = build_macho("{'data': 60000, 'bound_by': 'chained'}");
    const size_t command = command_at(&r, LC_DYLD_EXPORTS_TRIE, 0);

    (void)state;
    wf_buffer_init(&trie, 60000);
    wf_buffer_add(&trie, "\0\x01_PyInit_", 10);
    for (size_t i = 0; i < DEPTH; i++)
        wf_buffer_add_char(&trie, 'a');
    wf_buffer_add(&trie, "\0\0\0", 3); /* an edge, and room for the child's offset */
    const size_t node = trie.len;

    trie.data[node - 2] = (uint8_t)(node | 0x80);
    trie.data[node - 1] = (uint8_t)(node >> 7);
    wf_buffer_add(&trie, "\0\xff", 2);
    for (size_t i = 0; i < 255; i++) { /* leaves of three bytes behind the edges */
        const size_t leaf = node + 2 + 255 * 4 + 3 * i;

        wf_buffer_add_char(&trie, (char)(i + 1));
        wf_buffer_add_char(&trie, '\0');
        wf_buffer_add_char(&trie, (char)(leaf | 0x80));
        wf_buffer_add_char(&trie, (char)(leaf >> 7));
    }
    for (size_t i = 0; i < 255; i++)
        wf_buffer_add(&trie, "\x01\0\0", 3);
    memcpy(r.image.data + 0x4000, trie.data, trie.len);
    wf_test_macho_set(&r.image, command + 8, 0x4000);
    wf_test_macho_set(&r.image, command + 12, (uint32_t)trie.len);
    read_macho_as(&r, "x.so");
    assert_int_equal(r.err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "module functions no more names fit into what the "
                                       "table of exports may hold"));
    end_macho(&r);
    wf_buffer_clear(&trie);
}

static void
symbol_tables_outside_the_image_are_refused(void **state)
{
    static const struct {
        const char *poke;
        const char *text;
    } rows[] = {
        { "'at': 12, 'u32': 4294967295", "the symbol table claims 68719476720 bytes" },
        { "'at': 8, 'u32': 4294967295",
          "the symbol table claims 16 bytes from 0xffffffff" },
        { "'at': 20, 'u32': 4294967295", "the string table claims 4294967295 bytes" },
        { "'at': 20, 'u32': 1",
          "the symbol before names itself at 2 of a string table of 1 "
          "bytes" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[300];

        snprintf(recipe, sizeof recipe,
                 "{'bound_by': 'symbols', 'exports': ['_a'], 'poke': [{'command': "
                 "'LC_SYMTAB', %s}]}",
                 rows[i].poke);
        struct macho_reading r = read_macho(recipe);

        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_macho(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_are_counted_wherever_they_stand),
        cmocka_unit_test(a_module_function_makes_an_extension),
        cmocka_unit_test(a_program_with_a_module_function_stays_a_program),
        cmocka_unit_test(only_defined_public_symbols_are_offered),
        cmocka_unit_test(names_are_put_together_along_the_trie),
        cmocka_unit_test(a_trie_with_a_way_back_is_refused),
        cmocka_unit_test(names_that_share_a_beginning_are_bounded),
        cmocka_unit_test(symbol_tables_outside_the_image_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
