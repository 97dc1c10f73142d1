/* test_windows_policy.c -- who provides a DLL on Windows: every row of the tables, and what
 * stands just beside it. */
#include "policy/windows_tables.h"

#include "../support/unit.h"

static struct wf_strings
list_of(const char **items, size_t num)
{
    return (struct wf_strings){ .items = items, .num = num };
}

/* As a wheel with one python tag and up to two abi tags has it. */
static enum wf_windows_source
provides(enum wf_windows_release release, enum wf_arch arch, const char *python,
         const char *abi, const char *other_abi, const char *dll)
{
    const char *pythons[] = { python };
    const char *abis[] = { abi, other_abi };
    const struct wf_strings python_tags = list_of(pythons, 1);
    const struct wf_strings abi_tags = list_of(abis, other_abi == NULL ? 1 : 2);
    const char *why;

    return wf_windows_provides(&why, release, arch, &python_tags, &abi_tags, "x.pyd",
                               dll);
}

static enum wf_windows_source
ask(enum wf_windows_release release, enum wf_arch arch, const char *dll, const char **why)
{
    const char *pythons[] = { "cp312" };
    const char *abis[] = { "cp312" };
    const struct wf_strings python_tags = list_of(pythons, 1);
    const struct wf_strings abi_tags = list_of(abis, 1);

    return wf_windows_provides(why, release, arch, &python_tags, &abi_tags, "x.pyd", dll);
}

static void
finds_releases_by_their_number_alone(void **state)
{
    enum wf_windows_release release = WF_WINDOWS_7;

    (void)state;
    assert_true(wf_windows_release_find(&release, "8.1"));
    assert_int_equal(release, WF_WINDOWS_8_1);
    assert_true(wf_windows_release_find(&release, "11"));
    assert_string_equal(wf_windows_release_name(release), "Windows 11");
    assert_false(wf_windows_release_find(&release, "8"));
    assert_false(wf_windows_release_find(&release, "12"));
    assert_false(wf_windows_release_find(&release, ""));
    assert_int_equal(release, WF_WINDOWS_11);
}

static void
patterns_match_whole_names_without_case(void **state)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } rows[] = {
        { "a.dll", "A.DLL", true },
        { "a.dll", "a.dll.", false },
        { "a.dll", "a.dl", false },
        { "a{}.dll", "a0012.dll", true },
        { "a{}.dll", "a.dll", false },
        { "a{9-12}", "a9", true },
        { "a{9-12}", "a12", true },
        { "a{9-12}", "a8", false },
        { "a{9-12}", "a13", false },
        { "a{9-12}", "a09", false },
        { "a{9-12}", "a99999999999999999999", false },
        { "a{9-12}", "a", false },
        { "api-*", "API-x", true },
        { "api-*", "api-", true },
        { "api-*", "api", false },
        { "a", "", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        if (wf_windows_matches(rows[i].pattern, rows[i].text) != rows[i].matches)
            fail_msg("%s and %s", rows[i].pattern, rows[i].text);
}

/* How many DLLs every release from `release` on has; the numbers are those of the
 * intersections of the lists. */
static size_t
count_since(enum wf_windows_machine machine, enum wf_windows_release release)
{
    size_t num = 0;

    for (size_t i = 0; i < wf_num_windows_dlls; i++) {
        const unsigned mark = wf_windows_marks[i][machine];

        num += mark != 0 && mark != WF_SINCE_SOME && mark - 1 <= (unsigned)release;
    }
    return num;
}

static void
keeps_what_all_lists_of_a_machine_have(void **state)
{
    (void)state;
    assert_int_equal(count_since(WF_MACHINE_X86, WF_WINDOWS_7), 1226);
    assert_int_equal(count_since(WF_MACHINE_X86, WF_WINDOWS_8_1), 1523);
    assert_int_equal(count_since(WF_MACHINE_X86, WF_WINDOWS_10), 2026);
    assert_int_equal(count_since(WF_MACHINE_X86, WF_WINDOWS_11), 2116);
    assert_int_equal(count_since(WF_MACHINE_AMD64, WF_WINDOWS_7), 1422);
    assert_int_equal(count_since(WF_MACHINE_AMD64, WF_WINDOWS_8_1), 1898);
    assert_int_equal(count_since(WF_MACHINE_AMD64, WF_WINDOWS_10), 2974);
    assert_int_equal(count_since(WF_MACHINE_AMD64, WF_WINDOWS_11), 3200);
    assert_int_equal(count_since(WF_MACHINE_ARM64, WF_WINDOWS_7), 0);
    assert_int_equal(count_since(WF_MACHINE_ARM64, WF_WINDOWS_10), 2767);
    assert_int_equal(count_since(WF_MACHINE_ARM64, WF_WINDOWS_11), 3023);
}

static void
finds_every_name_of_the_table_again(void **state)
{
    static const enum wf_arch archs[] = { WF_ARCH_I686, WF_ARCH_X86_64, WF_ARCH_AARCH64 };

    (void)state;
    for (size_t i = 0; i < wf_num_windows_dlls; i++) {
        const char *name = wf_windows_pool + wf_windows_names[i];

        for (size_t machine = 0; machine < WF_NUM_MACHINES; machine++) {
            const unsigned mark = wf_windows_marks[i][machine];
            enum wf_windows_release release = WF_WINDOWS_7;
            const bool has = mark != 0 && mark != WF_SINCE_SOME;

            if (wf_windows_since(&release, archs[machine], name) != has ||
                (has && release + 1 != mark))
                fail_msg("%s", name);
        }
    }
}

static void
says_since_when_a_dll_is_there(void **state)
{
    static const struct {
        const char *dll;
        enum wf_arch arch;
        int since; /* -1: never */
    } rows[] = {
        { "KERNEL32.dll", WF_ARCH_X86_64, WF_WINDOWS_7 },
        { "kernel32.dll", WF_ARCH_AARCH64, WF_WINDOWS_10 },
        { "combase.dll", WF_ARCH_X86_64, WF_WINDOWS_8_1 },
        { "ucrtbase.dll", WF_ARCH_I686, WF_WINDOWS_10 },
        { "icu.dll", WF_ARCH_X86_64, WF_WINDOWS_11 },
        { "opengl32.dll", WF_ARCH_X86_64, WF_WINDOWS_7 },
        { "opengl32.dll", WF_ARCH_AARCH64, WF_WINDOWS_11 },
        { "aaclient.dll", WF_ARCH_X86_64, -1 },
        { "vcruntime140.dll", WF_ARCH_X86_64, -1 },
        { "api-ms-win-crt-heap-l1-1-0.dll", WF_ARCH_X86_64, WF_WINDOWS_7 },
        { "ext-ms-win-x-l1-1-0.dll", WF_ARCH_AARCH64, WF_WINDOWS_10 },
        { "kernel32.dll", WF_ARCH_S390X, -1 },
        { "", WF_ARCH_X86_64, -1 },
        { "zzz.dll", WF_ARCH_X86_64, -1 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        enum wf_windows_release release = WF_WINDOWS_7;
        const bool has = wf_windows_since(&release, rows[i].arch, rows[i].dll);

        if (has != (rows[i].since >= 0) || (has && (int)release != rows[i].since))
            fail_msg("%s", rows[i].dll);
    }
}

static void
the_system_provides_what_the_oldest_release_has(void **state)
{
    static const struct {
        enum wf_windows_release release;
        enum wf_arch arch;
        const char *dll;
        enum wf_windows_source source;
        const char *why;
    } rows[] = {
        { WF_WINDOWS_10, WF_ARCH_X86_64, "User32.DLL", WF_WINDOWS_SYSTEM,
          "a part of Windows" },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "ucrtbase.dll", WF_WINDOWS_SYSTEM,
          "a part of Windows from 10 on" },
        { WF_WINDOWS_8_1, WF_ARCH_X86_64, "ucrtbase.dll", WF_WINDOWS_NEVER,
          "a part of Windows from 10 on, which fits no older release" },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "icu.dll", WF_WINDOWS_NEVER,
          "a part of Windows from 11 on, which fits no older release" },
        { WF_WINDOWS_7, WF_ARCH_I686, "shcore.dll", WF_WINDOWS_NEVER,
          "a part of Windows from 8.1 on, which fits no older release" },
        { WF_WINDOWS_11, WF_ARCH_X86_64, "icu.dll", WF_WINDOWS_SYSTEM,
          "a part of Windows from 11 on" },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "aaclient.dll", WF_WINDOWS_NEVER,
          "a part of some releases of Windows alone" },
        { WF_WINDOWS_7, WF_ARCH_AARCH64, "kernel32.dll", WF_WINDOWS_SYSTEM,
          "a part of Windows from 10 on" },
        { WF_WINDOWS_7, WF_ARCH_AARCH64, "opengl32.dll", WF_WINDOWS_NEVER,
          "a part of Windows from 11 on, which fits no older release" },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "zlib1.dll", WF_WINDOWS_NOBODY, NULL },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "msvcp140.dll", WF_WINDOWS_NOBODY, NULL },
        { WF_WINDOWS_10, WF_ARCH_S390X, "kernel32.dll", WF_WINDOWS_NOBODY, NULL },
        { WF_WINDOWS_10, WF_ARCH_X86_64, "API-MS-Win-core-l1.dll", WF_WINDOWS_SYSTEM,
          "an API set: a name that the loader of Windows maps, and no file" },
        { WF_WINDOWS_7, WF_ARCH_I686, "ext-ms-win-l1.dll", WF_WINDOWS_SYSTEM,
          "an API set: a name that the loader of Windows maps, and no file" },
        { WF_WINDOWS_7, WF_ARCH_I686, "ext-other.dll", WF_WINDOWS_NOBODY, NULL },
        { WF_WINDOWS_7, WF_ARCH_I686, "apix.dll", WF_WINDOWS_NOBODY, NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *why = "";

        if (ask(rows[i].release, rows[i].arch, rows[i].dll, &why) != rows[i].source)
            fail_msg("%zu: %s", i, rows[i].dll);
        if (rows[i].why == NULL)
            assert_null(why);
        else
            assert_string_equal(why, rows[i].why);
    }
}

static void
drivers_and_com_are_for_nobody_to_bundle(void **state)
{
    static const struct {
        const char *dll;
        const char *why;
    } rows[] = {
        { "nvcuda.dll", "the NVIDIA driver brings it, and it must fit that" },
        { "NVML.dll", "the NVIDIA driver brings it, and it must fit that" },
        { "amdocl64.dll", "the AMD driver brings it, and it must fit that" },
        { "libmfxhw64.dll", "the Intel driver brings it, and it must fit that" },
        { "vulkan-1.dll", "the graphics drivers bring it, so that it finds all of them" },
        { "OpenCL.dll", "the graphics drivers bring it, so that it finds all of them" },
    };
    const char *why;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        if (ask(WF_WINDOWS_10, WF_ARCH_X86_64, rows[i].dll, &why) != WF_WINDOWS_NEVER)
            fail_msg("%s", rows[i].dll);
        assert_string_equal(why, rows[i].why);
    }
    assert_int_equal(ask(WF_WINDOWS_7, WF_ARCH_X86_64, "combase.dll", &why),
                     WF_WINDOWS_NEVER);
    assert_string_equal(why, "COM itself: a second one in a process does not start");
    assert_int_equal(ask(WF_WINDOWS_10, WF_ARCH_X86_64, "combase.dll", &why),
                     WF_WINDOWS_SYSTEM);
    assert_int_equal(ask(WF_WINDOWS_10, WF_ARCH_X86_64, "cudart64_12.dll", &why),
                     WF_WINDOWS_NOBODY);
}

static void
libraries_of_others_are_ordinary_where_windows_has_a_copy(void **state)
{
    const char *why;

    (void)state;
    assert_int_equal(ask(WF_WINDOWS_11, WF_ARCH_X86_64, "libcrypto.dll", &why),
                     WF_WINDOWS_NOBODY);
    assert_int_equal(ask(WF_WINDOWS_10, WF_ARCH_X86_64, "onnxruntime.dll", &why),
                     WF_WINDOWS_NOBODY);
    assert_int_equal(ask(WF_WINDOWS_10, WF_ARCH_X86_64, "DirectML.dll", &why),
                     WF_WINDOWS_NOBODY);
    assert_int_equal(ask(WF_WINDOWS_8_1, WF_ARCH_X86_64, "d3dcompiler_47.dll", &why),
                     WF_WINDOWS_SYSTEM);
    assert_int_equal(ask(WF_WINDOWS_7, WF_ARCH_X86_64, "d3dcompiler_47.dll", &why),
                     WF_WINDOWS_NOBODY);
}

static void
interpreters_are_known_by_the_shape_of_their_names(void **state)
{
    static const char *const own[] = {
        "python3.dll",      "Python312.DLL",     "python313t.dll", "python39_d.dll",
        "python313t_d.dll", "libpypy3.10-c.dll", "libpypy3-c.dll", "python-native.dll",
        "PYTHON27.DLL",     "LibPyPy3.9-C.dll",  "python3t.dll",
    };
    static const char *const others[] = {
        "python.dll",       "python3x.dll",     "python3.12.dll",   "python312d.dll",
        "python312_dt.dll", "libpypy-c.dll",    "libpypy3.10.dll",  "python312.dll.dll",
        "xpython312.dll",   "python-nativ.dll", "pythoncom312.dll", "python312tt.dll",
        "python-native",    "python312.dl",     "python312.so",     "",
    };
    const char *why;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(own); i++)
        if (ask(WF_WINDOWS_10, WF_ARCH_X86_64, own[i], &why) != WF_WINDOWS_PYTHON ||
            !wf_windows_is_interpreter(own[i]))
            fail_msg("%s", own[i]);
    for (size_t i = 0; i < WF_COUNT(others); i++)
        if (ask(WF_WINDOWS_10, WF_ARCH_X86_64, others[i], &why) != WF_WINDOWS_NOBODY ||
            wf_windows_is_interpreter(others[i]))
            fail_msg("%s", others[i]);
}

/* Tag, machines that have it ("x": x86, "6": amd64, "a": arm64), and the runtimes that come
 * with it there. */
struct implied {
    const char *python;
    const char *abi;
    const char *machines;
    const char *dlls[2];
    bool x86_first; /* x86 has the first of them alone */
};

static void
expect_implied(const struct implied *row)
{
    static const struct {
        char letter;
        enum wf_arch arch;
    } archs[] = { { 'x', WF_ARCH_I686 },
                  { '6', WF_ARCH_X86_64 },
                  { 'a', WF_ARCH_AARCH64 } };
    static const char *const known[] = {
        "vcruntime140.dll", "vcruntime140_1.dll", "vcruntime140d.dll",
        "ucrtbased.dll",    "msvcr100.dll",       "msvcr90.dll",
    };

    for (size_t i = 0; i < WF_COUNT(archs); i++)
        for (size_t k = 0; k < WF_COUNT(known); k++) {
            bool wanted = false;

            for (size_t n = 0; n < WF_COUNT(row->dlls); n++)
                wanted |= row->dlls[n] != NULL && strcmp(row->dlls[n], known[k]) == 0 &&
                          (strchr(row->machines, archs[i].letter) != NULL ||
                           (row->x86_first && i == 0 && n == 0));
            if (provides(WF_WINDOWS_10, archs[i].arch, row->python, row->abi, NULL,
                         known[k]) != (wanted ? WF_WINDOWS_RUNTIME : WF_WINDOWS_NOBODY))
                fail_msg("%s-%s on %c: %s", row->python, row->abi, archs[i].letter,
                         known[k]);
        }
}

static void
each_abi_tag_implies_its_runtimes_and_no_others(void **state)
{
#define V140                                                                             \
    {                                                                                    \
        "vcruntime140.dll", NULL                                                         \
    }
#define VBOTH                                                                            \
    {                                                                                    \
        "vcruntime140.dll", "vcruntime140_1.dll"                                         \
    }
#define DEBUG                                                                            \
    {                                                                                    \
        "vcruntime140d.dll", "ucrtbased.dll"                                             \
    }
#define NONE                                                                             \
    {                                                                                    \
        NULL, NULL                                                                       \
    }
    static const struct implied rows[] = {
        { "cp39", "cp39", "6a", VBOTH, true },
        { "cp312", "cp312", "6a", VBOTH, true },
        { "cp313", "cp313", "6a", VBOTH, true },
        { "cp313", "cp313t", "6a", VBOTH, true },
        { "cp399", "cp399", "6a", VBOTH, true },
        { "cp312", "cp312t", "", NONE, false },
        { "cp3100", "cp3100", "", NONE, false },
        { "cp39", "cp39d", "x6a", DEBUG, false },
        { "cp312", "cp312d", "x6a", DEBUG, false },
        { "cp313", "cp313d", "x6a", DEBUG, false },
        { "cp313", "cp313td", "x6a", DEBUG, false },
        { "cp312", "cp312td", "", NONE, false },
        { "pp310", "pypy310_pp73", "6", V140, false },
        { "pp38", "pypy38_pp73", "6", V140, false },
        { "pp37", "pypy37_pp73", "x6", V140, false },
        { "pp36", "pypy36_pp73", "x", V140, false },
        { "pp35", "pypy35_pp73", "", NONE, false },
        { "pp27", "pypy_73", "x6", V140, false },
        { "pp27", "pypy_41", "x", { "msvcr90.dll", NULL }, false },
        { "graalpy312", "graalpy250_312_native", "6", VBOTH, false },
        { "graalpy39", "graalpy250_39_native", "", NONE, false },
        { "cp35", "cp35m", "x6", V140, false },
        { "cp37", "cp37m", "x6", V140, false },
        { "cp38", "cp38", "x6", V140, false },
        { "cp38", "cp38m", "", NONE, false },
        { "cp37", "cp37", "", NONE, false },
        { "cp35", "cp35dm", "x6", DEBUG, false },
        { "cp38", "cp38d", "x6", DEBUG, false },
        { "cp33", "cp33m", "x6", { "msvcr100.dll", NULL }, false },
        { "cp34", "cp34m", "x6", { "msvcr100.dll", NULL }, false },
        { "cp26", "cp26m", "x6", { "msvcr90.dll", NULL }, false },
        { "cp27", "cp27m", "x6", { "msvcr90.dll", NULL }, false },
        { "cp32", "cp32m", "x6", { "msvcr90.dll", NULL }, false },
        { "cp27", "cp27mu", "", NONE, false },
        { "py3", "none", "", NONE, false },
        { "cp312", "none", "", NONE, false },
        { "cp312", "abi3", "6a", VBOTH, true },
        { "cp39", "abi3", "6a", VBOTH, true },
        { "cp315", "abi3t", "6a", VBOTH, true },
        { "cp38", "abi3", "x6", V140, false },
        { "cp35", "abi3", "x6", V140, false },
        { "cp34", "abi3", "x6", { "msvcr100.dll", NULL }, false },
        { "cp32", "abi3", "x6", { "msvcr90.dll", NULL }, false },
        { "cp31", "abi3", "", NONE, false },
        { "py3", "abi3", "", NONE, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        expect_implied(&rows[i]);
    assert_int_equal(provides(WF_WINDOWS_10, WF_ARCH_X86_64, "cp312", "cp312", NULL,
                              "VCRuntime140.DLL"),
                     WF_WINDOWS_RUNTIME);
}

static void
several_abi_tags_imply_what_all_of_them_do(void **state)
{
    (void)state;
    assert_int_equal(provides(WF_WINDOWS_10, WF_ARCH_X86_64, "cp36", "cp36m", "cp312",
                              "vcruntime140.dll"),
                     WF_WINDOWS_RUNTIME);
    assert_int_equal(provides(WF_WINDOWS_10, WF_ARCH_X86_64, "cp36", "cp36m", "cp312",
                              "vcruntime140_1.dll"),
                     WF_WINDOWS_NOBODY);
    assert_int_equal(provides(WF_WINDOWS_10, WF_ARCH_X86_64, "cp312", "abi3", "abi3t",
                              "vcruntime140_1.dll"),
                     WF_WINDOWS_RUNTIME);
    assert_int_equal(provides(WF_WINDOWS_10, WF_ARCH_X86_64, "cp312", "cp312", "abi3",
                              "vcruntime140.dll"),
                     WF_WINDOWS_NOBODY);
}

static void
msvcp140_alone_never_uses_its_concrt140(void **state)
{
    const char *pythons[] = { "py3" };
    const char *abis[] = { "none" };
    const struct wf_strings python_tags = list_of(pythons, 1);
    const struct wf_strings abi_tags = list_of(abis, 1);
    const char *why;

    (void)state;
    assert_int_equal(wf_windows_provides(&why, WF_WINDOWS_10, WF_ARCH_X86_64,
                                         &python_tags, &abi_tags, "MSVCP140.dll",
                                         "CONCRT140.dll"),
                     WF_WINDOWS_SYSTEM);
    assert_string_equal(why, "a delay load that only Windows XP made use of");
    assert_int_equal(wf_windows_provides(&why, WF_WINDOWS_10, WF_ARCH_X86_64,
                                         &python_tags, &abi_tags, "msvcp140_1.dll",
                                         "concrt140.dll"),
                     WF_WINDOWS_NOBODY);
    assert_int_equal(wf_windows_provides(&why, WF_WINDOWS_10, WF_ARCH_X86_64,
                                         &python_tags, &abi_tags, "msvcp140.dll",
                                         "vcruntime140.dll"),
                     WF_WINDOWS_NOBODY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_releases_by_their_number_alone),
        cmocka_unit_test(patterns_match_whole_names_without_case),
        cmocka_unit_test(keeps_what_all_lists_of_a_machine_have),
        cmocka_unit_test(finds_every_name_of_the_table_again),
        cmocka_unit_test(says_since_when_a_dll_is_there),
        cmocka_unit_test(the_system_provides_what_the_oldest_release_has),
        cmocka_unit_test(drivers_and_com_are_for_nobody_to_bundle),
        cmocka_unit_test(libraries_of_others_are_ordinary_where_windows_has_a_copy),
        cmocka_unit_test(interpreters_are_known_by_the_shape_of_their_names),
        cmocka_unit_test(each_abi_tag_implies_its_runtimes_and_no_others),
        cmocka_unit_test(several_abi_tags_imply_what_all_of_them_do),
        cmocka_unit_test(msvcp140_alone_never_uses_its_concrt140),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
