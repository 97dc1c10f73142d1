/* test_elf_symbols.c -- imports, exports and module functions of ELF objects. */
#include "../support/elf_reading.h"

#include <stdio.h>

#include <elf.h>

static void
tells_binding_and_type_of_imports(void **state)
{
    static const struct wf_test_symbol imports[] = {
        { .name = "function" },
        { .name = "weak", .weak = true },
        { .name = "data", .object = true },
        { .name = "either", .notype = true, .weak = true },
        { 0 },
    };
    static const struct {
        enum wf_binding binding;
        enum wf_symbol_type type;
    } expected[] = {
        { WF_BIND_GLOBAL, WF_SYM_FUNC },
        { WF_BIND_WEAK, WF_SYM_FUNC },
        { WF_BIND_GLOBAL, WF_SYM_OBJECT },
        { WF_BIND_WEAK, WF_SYM_NOTYPE },
    };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = imports,
        .relocations = true,
    };
    struct elf_reading r = read_elf(&recipe, "x.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++) {
        assert_string_equal(r.object->imports[i].name, imports[i].name);
        assert_int_equal(r.object->imports[i].binding, expected[i].binding);
        assert_int_equal(r.object->imports[i].type, expected[i].type);
    }
    end_reading(&r);
}

/* st_info of the first import, and what it is read as. */
static void
knows_every_kind_of_symbol(void **state)
{
    static const struct {
        uint8_t info;
        enum wf_binding binding;
        enum wf_symbol_type type;
    } rows[] = {
        { 0x00, WF_BIND_LOCAL, WF_SYM_NOTYPE }, { 0x16, WF_BIND_GLOBAL, WF_SYM_TLS },
        { 0x1a, WF_BIND_GLOBAL, WF_SYM_FUNC },  { 0xa1, WF_BIND_OTHER, WF_SYM_OBJECT },
        { 0x13, WF_BIND_GLOBAL, WF_SYM_OTHER }, { 0x1f, WF_BIND_GLOBAL, WF_SYM_OTHER },
    };
    static const struct wf_test_symbol imports[] = { { .name = "f" }, { 0 } };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = imports,
        .hash = WF_TEST_HASH_SYSV,
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        wf_test_poke(&r.image, r.at.symbols + 24 + 4, rows[i].info, 1, WF_LITTLE);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->imports[0].binding, rows[i].binding);
        assert_int_equal(r.object->imports[0].type, rows[i].type);
        end_reading(&r);
    }
}

static void
a_symbol_without_a_name_imports_nothing(void **state)
{
    static const struct wf_test_symbol imports[] = { { .name = "f" },
                                                     { .name = "g" },
                                                     { 0 } };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = imports,
        .hash = WF_TEST_HASH_SYSV,
    };
    struct elf_reading r = build_elf(&recipe);

    (void)state;
    poke32(&r, r.at.symbols + 24, 0);
    read_image(&r, "x.so");
    assert_non_null(r.object);
    assert_int_equal(r.object->num_imports, 1);
    assert_string_equal(r.object->imports[0].name, "g");
    end_reading(&r);
}

static void
sees_who_opens_libraries_by_itself(void **state)
{
    static const struct {
        const char *name;
        bool opens;
    } rows[] = {
        { "dlopen", true },
        { "dlmopen", true },
        { "dlsym", false },
        { "dlopen2", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_symbol imports[] = { { .name = rows[i].name }, { 0 } };
        const struct wf_test_elf recipe = {
            .machine = machine("x86_64"),
            .imports = imports,
        };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->calls_dlopen, rows[i].opens);
        end_reading(&r);
    }
}

static void
a_hidden_definition_is_no_export(void **state)
{
    static const struct {
        uint8_t info, other;
        size_t num;
    } rows[] = {
        { 0x12, STV_DEFAULT, 2 },  { 0x12, STV_PROTECTED, 2 }, { 0x12, STV_HIDDEN, 1 },
        { 0x12, STV_INTERNAL, 1 }, { 0x02, STV_DEFAULT, 1 },   { 0xa2, STV_DEFAULT, 2 },
    };
    static const struct wf_test_symbol exports[] = { { .name = "f" },
                                                     { .name = "g" },
                                                     { 0 } };
    const struct wf_test_elf recipe = { .machine = machine("x86_64"),
                                        .exports = exports };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        wf_test_poke(&r.image, r.at.symbols + 24 + 4, rows[i].info, 1, WF_LITTLE);
        wf_test_poke(&r.image, r.at.symbols + 24 + 5, rows[i].other, 1, WF_LITTLE);
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->num_exports, rows[i].num);
        end_reading(&r);
    }
}

static void
an_extension_is_told_by_a_function_named_after_its_file(void **state)
{
    static const struct {
        const char *path;
        const char *function;
        enum wf_object_kind kind;
        bool is_python2;
        size_t num_inits;
    } rows[] = {
        { "p/_x.cpython-312-x86_64-linux-gnu.so", "PyInit__x", WF_KIND_EXTENSION, false,
          1 },
        { "p/_x.abi3.so", "PyInit__x", WF_KIND_EXTENSION, false, 1 },
        { "_x.so", "PyModExport__x", WF_KIND_EXTENSION, false, 1 },
        { "_x.so", "_cffi_pypyinit__x", WF_KIND_EXTENSION, true, 1 },
        { "_x.so", "init_x", WF_KIND_EXTENSION, true, 1 },
        { "_y.so", "PyInit__x", WF_KIND_SHARED, false, 1 },
        { "_x2.so", "PyInit__x", WF_KIND_SHARED, false, 1 },
        { "_x.so", "PyInit__x2", WF_KIND_SHARED, false, 1 },
        { "_x.so", "init_x2", WF_KIND_SHARED, false, 0 },
        { "_x.so", "xPyInit__x", WF_KIND_SHARED, false, 0 },
        { "libx.so.1", "initialize", WF_KIND_SHARED, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_symbol exports[] = { { .name = rows[i].function }, { 0 } };
        const struct wf_test_elf recipe = {
            .machine = machine("aarch64"),
            .exports = exports,
        };
        struct elf_reading r = read_elf(&recipe, rows[i].path);

        assert_non_null(r.object);
        assert_int_equal(r.object->kind, rows[i].kind);
        assert_int_equal(r.object->is_python2, rows[i].is_python2);
        assert_int_equal(r.object->num_module_inits, rows[i].num_inits);
        if (rows[i].num_inits > 0)
            assert_string_equal(r.object->module_inits[0], rows[i].function);
        end_reading(&r);
    }
}

static void
a_module_for_both_pythons_is_no_python_2_one(void **state)
{
    static const struct wf_test_symbol exports[] = {
        { .name = "_cffi_pypyinit__x" },
        { .name = "PyInit__x" },
        { 0 },
    };
    const struct wf_test_elf recipe = { .machine = machine("x86_64"),
                                        .exports = exports };
    struct elf_reading r = read_elf(&recipe, "_x.abi3.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->kind, WF_KIND_EXTENSION);
    assert_false(r.object->is_python2);
    assert_int_equal(r.object->num_module_inits, 2);
    end_reading(&r);
}

static void
data_and_imports_make_no_module(void **state)
{
    static const struct wf_test_symbol named[] = { { .name = "PyInit_x", .object = true },
                                                   { 0 } };
    const struct wf_test_elf exporting = { .machine = machine("x86_64"),
                                           .exports = named };
    const struct wf_test_elf importing = { .machine = machine("x86_64"),
                                           .imports = named };
    struct elf_reading a = read_elf(&exporting, "x.so");
    struct elf_reading b = read_elf(&importing, "x.so");

    (void)state;
    assert_non_null(a.object);
    assert_non_null(b.object);
    assert_int_equal(a.object->kind, WF_KIND_SHARED);
    assert_int_equal(b.object->kind, WF_KIND_SHARED);
    end_reading(&a);
    end_reading(&b);
}

static void
refuses_names_outside_the_string_table(void **state)
{
    static const struct wf_test_symbol imports[] = { { .name = "f" }, { 0 } };
    static const struct wf_test_symbol exports[] = { { .name = "g" }, { 0 } };
    static const char *const texts[] = {
        "the name of an imported symbol is at 0x7fffffff in the string table, which has "
        "5 "
        "bytes",
        "the name of an exported symbol is at 0x7fffffff in the string table, which has "
        "5 "
        "bytes",
    };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = imports,
        .exports = exports,
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct elf_reading r = build_elf(&recipe);
        const size_t at = r.at.symbols + 24 * (i + 1);
        char text[sizeof r.err.text];

        poke32(&r, at, 0x7fffffff);
        read_image(&r, "x.so");
        assert_null(r.object);
        (void)snprintf(text, sizeof text, "at 0x%zx: %s", at, texts[i]);
        assert_error_at(r.err, WF_ERR_MALFORMED, at, text);
        end_reading(&r);
    }
}

static void
refuses_a_symbol_table_that_is_not_as_loaders_know_it(void **state)
{
    const struct wf_test_elf recipe = { .machine = machine("x86_64") };
    static const struct {
        uint64_t tag, value;
        const char *text;
    } rows[] = {
        { DT_SYMTAB, 0x999999,
          "DT_SYMTAB is at address 0x999999; no PT_LOAD has file bytes" },
        { DT_SYMENT, 16, "DT_SYMENT says that symbols have 16 bytes; they have 24" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);
        const size_t at = dyn_at(&r, rows[i].tag, 0);

        poke64(&r, at + 8, rows[i].value);
        read_image(&r, "x.so");
        assert_null(r.object);
        assert_int_equal(r.err.offset, at);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_reading(&r);
    }
}

static void
the_number_of_symbols_has_a_limit(void **state)
{
    static const struct wf_test_symbol imports[] = { { .name = "f" },
                                                     { .name = "g" },
                                                     { 0 } };
    const struct wf_test_elf recipe = {
        .machine = machine("x86_64"),
        .imports = imports,
        .hash = WF_TEST_HASH_SYSV,
    };
    struct elf_reading r = build_elf(&recipe);
    struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    char text[sizeof r.err.text];

    (void)state;
    limits.symbols = 3;
    assert_true(wf_object_read(&file, &r.arena, "x.so", wf_buffer_bytes(&r.image),
                               &limits, &r.err));
    limits.symbols = 2;
    assert_false(wf_object_read(&file, &r.arena, "x.so", wf_buffer_bytes(&r.image),
                                &limits, &r.err));
    (void)snprintf(text, sizeof text,
                   "at 0x%zx: the symbol table has 3 symbols; the limit is 2 "
                   "(--limit symbols=N)",
                   r.at.symbols);
    assert_error_at(r.err, WF_ERR_LIMIT, r.at.symbols, text);
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_binding_and_type_of_imports),
        cmocka_unit_test(knows_every_kind_of_symbol),
        cmocka_unit_test(a_symbol_without_a_name_imports_nothing),
        cmocka_unit_test(sees_who_opens_libraries_by_itself),
        cmocka_unit_test(a_hidden_definition_is_no_export),
        cmocka_unit_test(an_extension_is_told_by_a_function_named_after_its_file),
        cmocka_unit_test(a_module_for_both_pythons_is_no_python_2_one),
        cmocka_unit_test(data_and_imports_make_no_module),
        cmocka_unit_test(refuses_names_outside_the_string_table),
        cmocka_unit_test(refuses_a_symbol_table_that_is_not_as_loaders_know_it),
        cmocka_unit_test(the_number_of_symbols_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
