/* test_macho_names.c -- the words of Mach-O. */
#include "object/macho_file.h"

#include "../support/unit.h"

static void
processors_have_apples_names(void **state)
{
    static const struct {
        uint32_t type, subtype;
        const char *name;
    } rows[] = {
        { CPU_X86_64, 3, "x86_64" },
        { CPU_X86_64, 8, "x86_64h" },
        { CPU_ARM64, 0, "arm64" },
        { CPU_ARM64, 1, "arm64" },
        { CPU_ARM64, 2, "arm64e" },
        { CPU_ARM64, 0x80000002, "arm64e" },
        { CPU_I386, 3, "i386" },
        { CPU_PPC, 0, "ppc" },
        { CPU_PPC64, 0x80000000, "ppc64" },
        { CPU_ARM64_32, 1, "arm64_32" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(wf_macho_cpu_name(rows[i].type, rows[i].subtype),
                            rows[i].name);
    assert_null(wf_macho_cpu_name(99, 0));
}

static void
commands_have_names_with_their_right_bit_only(void **state)
{
    (void)state;
    assert_string_equal(wf_macho_command_name(LC_SEGMENT), "LC_SEGMENT");
    assert_string_equal(wf_macho_command_name(LC_RPATH), "LC_RPATH");
    assert_string_equal(wf_macho_command_name(LC_LOAD_WEAK_DYLIB), "LC_LOAD_WEAK_DYLIB");
    assert_string_equal(wf_macho_command_name(LC_DYLD_INFO), "LC_DYLD_INFO");
    assert_string_equal(wf_macho_command_name(LC_DYLD_INFO_ONLY), "LC_DYLD_INFO_ONLY");
    assert_string_equal(wf_macho_command_name(LC_LAZY_LOAD_DYLIB_INFO),
                        "LC_LAZY_LOAD_DYLIB_INFO");
    assert_null(wf_macho_command_name(0));
    assert_null(wf_macho_command_name(LC_RPATH & ~LC_REQ_DYLD));
    assert_null(wf_macho_command_name(LC_UUID | LC_REQ_DYLD));
    assert_null(wf_macho_command_name(0x3b));
    assert_null(wf_macho_command_name(UINT32_MAX));
}

static void
versions_have_a_patch_only_where_there_is_one(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wf_macos_version_text(&arena, WF_MACOS_VERSION(10, 9, 0)),
                        "10.9");
    assert_string_equal(wf_macos_version_text(&arena, WF_MACOS_VERSION(11, 0, 0)),
                        "11.0");
    assert_string_equal(wf_macos_version_text(&arena, WF_MACOS_VERSION(12, 0, 1)),
                        "12.0.1");
    assert_string_equal(wf_macos_version_text(&arena, UINT32_MAX), "65535.255.255");
    wf_arena_clear(&arena);
}

static void
platforms_have_names_up_to_the_newest_known(void **state)
{
    (void)state;
    assert_string_equal(wf_macho_platform_name(WF_MACHO_MACOS), "macOS");
    assert_string_equal(wf_macho_platform_name(WF_MACHO_CATALYST), "Catalyst");
    assert_string_equal(wf_macho_platform_name(12), "visionOS simulator");
    assert_null(wf_macho_platform_name(WF_MACHO_PLATFORM_NONE));
    assert_null(wf_macho_platform_name(13));
    assert_null(wf_macho_platform_name(UINT32_MAX));
}

static void
pythons_own_libraries_are_known_in_any_folder(void **state)
{
    static const char *const yes[] = {
        "libpython3.12.dylib",
        "@rpath/libpython3.13t.dylib",
        "@rpath/libpython3.13td.dylib",
        "/opt/homebrew/lib/libpython3.11.dylib",
        "libpython3.dylib",
        "/Library/Frameworks/Python.framework/Versions/3.12/Python",
        "@rpath/Python.framework/Versions/3.12/Python",
        "Python.framework/Python",
        "/Library/Frameworks/PythonT.framework/Versions/3.13/PythonT",
    };
    static const char *const no[] = {
        "libpython.dylib",
        "libpython3.12.so",
        "libpython3.12.dylib.x",
        "libboost_python312.dylib",
        "@rpath/libpython3.12x.dylib",
        "/usr/lib/Python",
        "Python",
        "/x/NoPython.framework/Python",
        "/Library/Frameworks/Python.framework/Versions/3.12/lib/libtcl8.6.dylib",
        "",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        assert_true(wf_is_libpython_macos(yes[i]));
    for (size_t i = 0; i < WF_COUNT(no); i++)
        assert_false(wf_is_libpython_macos(no[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processors_have_apples_names),
        cmocka_unit_test(commands_have_names_with_their_right_bit_only),
        cmocka_unit_test(versions_have_a_patch_only_where_there_is_one),
        cmocka_unit_test(platforms_have_names_up_to_the_newest_known),
        cmocka_unit_test(pythons_own_libraries_are_known_in_any_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
