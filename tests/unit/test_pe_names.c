/* test_pe_names.c -- names of machines; which DLLs are C++ runtimes. */
#include "object/pe.h"

#include "../support/unit.h"
#include "base/attributes.h"

static void
machines_are_named_as_windows_tags_do(void **state)
{
    (void)state;
    assert_string_equal(wf_pe_machine_name(0x8664), "amd64");
    assert_string_equal(wf_pe_machine_name(0x014c), "x86");
    assert_string_equal(wf_pe_machine_name(0xaa64), "arm64");
    assert_string_equal(wf_pe_machine_name(0xa641), "arm64ec");
    assert_string_equal(wf_pe_machine_name(0xa64e), "arm64x");
    assert_string_equal(wf_pe_machine_name(0x01c4), "arm");
    assert_string_equal(wf_pe_machine_name(0x0200), "ia64");
    assert_null(wf_pe_machine_name(0));
    assert_null(wf_pe_machine_name(0x9999));
}

static void
runtimes_of_visual_cpp_are_known_by_pattern_and_without_case(void **state)
{
    static const char *const yes[] = {
        "vcruntime140.dll",
        "VCRUNTIME140_1.dll",
        "vcruntime140_threads.dll",
        "vcruntime140d.dll",
        "msvcp140.dll",
        "msvcp140_atomic_wait.dll",
        "msvcp140_1.dll",
        "MSVCP140.DLL",
        "msvcr90.dll",
        "msvcr100.dll",
        "concrt140.dll",
        "vccorlib140.dll",
        "mfc140u.dll",
        "mfcm140ud.dll",
        "mfc140chs.dll",
        "vcamp140.dll",
        "vcomp140.dll",
        "ucrtbase.dll",
        "ucrtbased.dll",
        "msvcp140-0fa7eb79.dll",
        "MSVCP140_1-0FA7EB792D3FBCF2233E4EA47E9144B9.dll",
        "ucrtbase-0fa7eb792d3fbcf2233e4ea47e9144b9.dll",
    };
    static const char *const no[] = {
        "msvcrt.dll",
        "msvcp.dll",
        "vcruntime.dll",
        "msvcp140",
        "msvcp140.dlls",
        "libmsvcp140.dll",
        "msvcp140-0fa7eb7.dll",
        "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144b99.dll",
        "msvcp140-gfa7eb79.dll",
        "msvcp140-.dll",
        "msvcp140-0fa7eb79",
        "mfcx140.dll",
        "ucrtbase",
        "ucrtbase1.dll",
        "",
        "kernel32.dll",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        if (!wf_is_vc_runtime(yes[i]))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < WF_COUNT(no); i++)
        if (wf_is_vc_runtime(no[i]))
            fail_msg("%s", no[i]);
}

/* The digest in a name may end with the letter. */
static void
debug_runtimes_are_known_by_their_letter_and_not_by_a_digest(void **state)
{
    static const char *const yes[] = {
        "vcruntime140d.dll",
        "VCRUNTIME140_1D.dll",
        "vcruntime140_threadsd.dll",
        "msvcp140d.dll",
        "msvcp140d_atomic_wait.dll",
        "msvcp140_2d.dll",
        "msvcr100d.dll",
        "concrt140d.dll",
        "vccorlib140d.dll",
        "mfc140ud.dll",
        "mfcm140d.dll",
        "vcomp140d.dll",
        "ucrtbased.dll",
        "msvcp140d-0fa7eb792d3fbcf2233e4ea47e9144b9.dll",
    };
    static const char *const no[] = {
        "msvcp140-0fa7eb792d3fbcf2233e4ea47e9144bd.dll",
        "vcruntime140-0fa7eb7d.dll",
        "vcruntime140.dll",
        "vcruntime140_threads.dll",
        "msvcp140_codecvt_ids.dll",
        "mfc140deu.dll",
        "msvcrtd.dll",
        "mfcd.dll",
        "ucrtbase.dll",
        "ucrtbasedd.dll",
        "ucrtbase-0fa7eb792d3fbcf2233e4ea47e9144bd.dll",
        "msvcp140d",
        "kernel32d.dll",
        "",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        if (!wf_is_debug_runtime(yes[i]))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < WF_COUNT(no); i++)
        if (wf_is_debug_runtime(no[i]))
            fail_msg("%s", no[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_are_named_as_windows_tags_do),
        cmocka_unit_test(runtimes_of_visual_cpp_are_known_by_pattern_and_without_case),
        cmocka_unit_test(debug_runtimes_are_known_by_their_letter_and_not_by_a_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
