/* test_pe_read_tables.c -- load configuration, hybrid images, .NET, debug information. */
#include "object/pe_format.h"

#include "../support/pe_reading.h"

static void
load_configurations_of_both_widths_are_read(void **state)
{
    static const char *const machines[] = { "amd64", "x86", "arm64" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(machines); i++) {
        struct wf_arena arena = { 0 };
        const char *recipe = wf_arena_printf(
            &arena, "{'machine': '%s', 'load_config': {'flags': 2048, 'guard': 66816}}",
            machines[i]);
        struct pe_reading r = read_pe(recipe);

        assert_int_equal(r.pe->dependent_load_flags, 0x800);
        assert_int_equal(r.pe->guard_flags, 66816);
        assert_int_equal(r.pe->hybrid, WF_PE_PLAIN);
        end_pe(&r);
        wf_arena_clear(&arena);
    }
}

static void
fields_behind_its_size_are_not_there(void **state)
{
    static const struct {
        const char *recipe;
        uint16_t load_flags;
        uint32_t guard_flags;
    } rows[] = {
        { "{'load_config': {'flags': 2048, 'guard': 256, 'size': 79}}", 0, 0 },
        { "{'load_config': {'flags': 2048, 'guard': 256, 'size': 80}}", 2048, 0 },
        { "{'load_config': {'flags': 2048, 'guard': 256, 'size': 147}}", 2048, 0 },
        { "{'load_config': {'flags': 2048, 'guard': 256, 'size': 148}}", 2048, 256 },
        { "{'machine': 'x86', 'load_config': {'flags': 2048, 'guard': 256, 'size': 55}}",
          0, 0 },
        { "{'machine': 'x86', 'load_config': {'flags': 2048, 'guard': 256, 'size': 56}}",
          2048, 0 },
        { "{'machine': 'x86', 'load_config': {'flags': 2048, 'guard': 256, 'size': 92}}",
          2048, 256 },
        { "{'load_config': {'flags': 2048, 'size': 0}}", 0, 0 },
        { "{'load_config': {'flags': 2048, 'size': 4294967295}}", 2048, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        assert_non_null(r.object);
        assert_int_equal(r.pe->dependent_load_flags, rows[i].load_flags);
        assert_int_equal(r.pe->guard_flags, rows[i].guard_flags);
        end_pe(&r);
    }
}

static void
load_flags_are_told(void **state)
{
    (void)state;
    assert_pe_fault("{'load_config': {'flags': 2048}}", "pe-load-flags",
                    "DependentLoadFlags is 0x800: what it needs is looked for only where "
                    "these flags say");
    assert_pe_fault("{'load_config': {'flags': 0}}", "pe-load-flags", NULL);
}

static void
metadata_of_hybrids_make_arm64ec_and_arm64x(void **state)
{
    static const struct {
        const char *recipe;
        enum wf_pe_hybrid hybrid;
        enum wf_arch arch;
        const char *name;
        uint16_t machine;
    } rows[] = {
        { "{'machine': 'arm64ec'}", WF_PE_ARM64EC, WF_ARCH_X86_64, "arm64ec",
          PE_MACHINE_AMD64 },
        { "{'machine': 'arm64x'}", WF_PE_ARM64X, WF_ARCH_AARCH64, "arm64x",
          PE_MACHINE_ARM64 },
        { "{'machine': 'amd64', 'load_config': {}}", WF_PE_PLAIN, WF_ARCH_X86_64, "amd64",
          PE_MACHINE_AMD64 },
        { "{'machine': 'arm64', 'load_config': {}}", WF_PE_PLAIN, WF_ARCH_AARCH64,
          "arm64", PE_MACHINE_ARM64 },
        /* The pointer is not in a configuration that is shorter. */
        { "{'machine': 'arm64x', 'load_config': {'size': 207}}", WF_PE_PLAIN,
          WF_ARCH_AARCH64, "arm64", PE_MACHINE_ARM64 },
        { "{'machine': 'arm64x', 'load_config': {'size': 208}}", WF_PE_ARM64X,
          WF_ARCH_AARCH64, "arm64x", PE_MACHINE_ARM64 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        assert_non_null(r.object);
        assert_int_equal(r.pe->hybrid, rows[i].hybrid);
        assert_int_equal(r.object->arch, rows[i].arch);
        assert_string_equal(r.object->arch_name, rows[i].name);
        assert_int_equal(r.pe->machine, rows[i].machine);
        end_pe(&r);
    }
}

static void
assemblies_of_dotnet_are_told_from_native_code(void **state)
{
    static const struct {
        const char *recipe;
        bool is_dotnet, is_il_only, is_any;
        enum wf_arch arch;
        const char *name;
    } rows[] = {
        { "{}", false, false, false, WF_ARCH_X86_64, "amd64" },
        { "{'machine': 'x86', 'clr': 1}", true, true, true, WF_ARCH_UNKNOWN,
          "any machine (.NET)" },
        { "{'machine': 'x86', 'clr': 3}", true, true, false, WF_ARCH_I686, "x86" },
        { "{'machine': 'x86', 'clr': 0}", true, false, false, WF_ARCH_I686, "x86" },
        { "{'machine': 'amd64', 'clr': 1}", true, true, false, WF_ARCH_X86_64, "amd64" },
        { "{'machine': 'amd64', 'clr': 16}", true, false, false, WF_ARCH_X86_64,
          "amd64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        assert_non_null(r.object);
        assert_int_equal(r.pe->is_dotnet, rows[i].is_dotnet);
        assert_int_equal(r.pe->is_il_only, rows[i].is_il_only);
        assert_int_equal(r.pe->is_any_machine, rows[i].is_any);
        assert_int_equal(r.object->arch, rows[i].arch);
        assert_string_equal(r.object->arch_name, rows[i].name);
        end_pe(&r);
    }
}

static void
a_pdb_is_known_by_guid_and_age_as_symbol_servers_write_them(void **state)
{
    struct pe_reading r = read_pe("{'pdb': 'C:/build/demo.pdb', 'age': 171}");

    (void)state;
    assert_string_equal(r.object->build_id, "00112233445566778899AABBCCDDEEFFab");
    assert_string_equal(r.pe->pdb, "C:/build/demo.pdb");
    end_pe(&r);
    /* GNU ld writes a record without a path for --build-id. */
    r = read_pe("{'pdb': ''}");
    assert_string_equal(r.object->build_id, "00112233445566778899AABBCCDDEEFF1");
    assert_null(r.pe->pdb);
    end_pe(&r);
    r = read_pe("{}");
    assert_null(r.object->build_id);
    assert_null(r.pe->pdb);
    end_pe(&r);
}

static void
other_debug_records_are_let_be(void **state)
{
    static const char *const recipes[] = {
        "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 12, 'u32': 16}]}",
        "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 16, 'u32': 23}]}",
        "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 16, 'u32': 0}]}",
        "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 24, 'u32': 0}]}",
        "{'pdb': 'x.pdb', 'poke': [{'in': 'raw', 'nth': 1, 'hex': '4e423130'}]}",
        "{'pdb': 'x.pdb', 'poke': [{'in': 'directory', 'nth': 6, 'at': 4, 'u32': 27}]}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct pe_reading r = read_pe(recipes[i]);

        assert_non_null(r.object);
        assert_null(r.object->build_id);
        assert_null(pe_fault(r.pe, "pe-debug"));
        end_pe(&r);
    }
}

static void
a_path_without_a_nul_ends_with_its_record(void **state)
{
    struct pe_reading r =
        read_pe("{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 16, 'u32': 27}]}");

    (void)state;
    assert_string_equal(r.pe->pdb, "x.p");
    end_pe(&r);
}

static void
debug_information_outside_of_the_file_is_a_fault_and_no_error(void **state)
{
    static const struct {
        const char *recipe;
        const char *text;
    } rows[] = {
        { "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 24, 'u32': 4096}]}",
          "debug information of 30 bytes at 0x1000 is not in the file" },
        { "{'pdb': 'x.pdb', 'poke': [{'in': 'debug', 'at': 16, 'u32': 4294967295}]}",
          "debug information of 4294967295 bytes at 0x400 is not in the file" },
        { "{'pdb': 'x.pdb', 'poke': [{'in': 'directory', 'nth': 6, 'u32': 65536}]}",
          "the debug directory of 28 bytes at RVA 0x10000 is not in the file" },
        { "{'pdb': 'x.pdb', 'poke': [{'in': 'directory', 'nth': 6, 'at': 4, 'u32': "
          "2800}]}",
          "the debug directory of 2800 bytes at RVA 0x2020 is not in the file" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_pe_fault(rows[i].recipe, "pe-debug", rows[i].text);
    assert_pe_fault("{'pdb': 'x.pdb'}", "pe-debug", NULL);
}

static void
tables_that_loaders_read_must_be_in_the_file(void **state)
{
    static const struct pe_refusal rows[] = {
        { "{'poke': [{'in': 'directory', 'nth': 10, 'u32': 65536}]}", WF_ERR_MALFORMED,
          "directory", 10, 0,
          "the load configuration is said to be at RVA 0x10000, in no section" },
        { "{'poke': [{'in': 'directory', 'nth': 14, 'u32': 65536}]}", WF_ERR_MALFORMED,
          "directory", 14, 0,
          "the CLR header is said to be at RVA 0x10000, in no section" },
        { "{'poke': [{'in': 'directory', 'nth': 14, 'u32': 4540}]}", WF_ERR_MALFORMED,
          "rva", 4540, 0, "the CLR header has 72 bytes; 68 remain" },
        { "{'poke': [{'in': 'directory', 'nth': 10, 'u32': 4608}]}", WF_ERR_MALFORMED,
          "directory", 10, 0,
          "the load configuration is said to be at RVA 0x1200, where the file has no "
          "bytes" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_pe_refused_at(&rows[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_configurations_of_both_widths_are_read),
        cmocka_unit_test(fields_behind_its_size_are_not_there),
        cmocka_unit_test(load_flags_are_told),
        cmocka_unit_test(metadata_of_hybrids_make_arm64ec_and_arm64x),
        cmocka_unit_test(assemblies_of_dotnet_are_told_from_native_code),
        cmocka_unit_test(a_pdb_is_known_by_guid_and_age_as_symbol_servers_write_them),
        cmocka_unit_test(other_debug_records_are_let_be),
        cmocka_unit_test(a_path_without_a_nul_ends_with_its_record),
        cmocka_unit_test(debug_information_outside_of_the_file_is_a_fault_and_no_error),
        cmocka_unit_test(tables_that_loaders_read_must_be_in_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
