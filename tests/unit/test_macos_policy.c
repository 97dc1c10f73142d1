/* test_macos_policy.c -- what macOS provides, its tags, and the rules of dyld. */
#include "policy/macos.h"

#include "../support/unit.h"

#define V(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8)

static void
provides_what_stands_in_its_folders_and_nothing_beside_them(void **state)
{
    static const char *const provided[] = {
        "/usr/lib/libSystem.B.dylib",
        "/usr/lib/swift/libswiftCore.dylib",
        "/System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate",
        "/System/iOSSupport/usr/lib/libx.dylib",
        "/System/Cryptexes/OS/usr/lib/libx.dylib",
        "/usr/lib/..x/liby.dylib",
    };
    static const char *const not_provided[] = {
        "/usr/libexec/x.dylib",
        "/usr/lib",
        "/usr/local/lib/libz.dylib",
        "/System/Volumes/Data/opt/libx.dylib",
        "/System/LibraryX/libx.dylib",
        "/Library/Frameworks/Python.framework/Versions/3.12/Python",
        "/opt/homebrew/lib/libz.dylib",
        "/usr/lib/../local/lib/libz.dylib",
        "/usr/lib/..",
        "usr/lib/libz.dylib",
        "@rpath/libz.dylib",
        "",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(provided); i++)
        if (!wf_macos_provides(provided[i]))
            fail_msg("%s", provided[i]);
    for (size_t i = 0; i < WF_COUNT(not_provided); i++)
        if (wf_macos_provides(not_provided[i]))
            fail_msg("%s", not_provided[i]);
}

static void
knows_the_architectures_of_each_word(void **state)
{
    const struct wf_macos_word *universal2 = wf_macos_word_find("universal2");
    const struct wf_macos_word *fat3 = wf_macos_word_find("fat3");

    (void)state;
    assert_non_null(universal2);
    assert_true(wf_macos_word_has(universal2, "x86_64"));
    assert_true(wf_macos_word_has(universal2, "arm64"));
    assert_false(wf_macos_word_has(universal2, "i386"));
    assert_true(universal2->is_written);
    assert_non_null(fat3);
    assert_int_equal(fat3->num_archs, 3);
    assert_false(fat3->is_written);
    assert_null(wf_macos_word_find("arm64e"));
    assert_int_equal(wf_macos_oldest("arm64"), V(11, 0));
    assert_int_equal(wf_macos_oldest("x86_64"), V(10, 4));
    assert_int_equal(wf_macos_oldest("sparc"), 0);
}

static void
says_why_no_machine_accepts_a_tag(void **state)
{
    static const struct {
        unsigned major;
        unsigned minor;
        const char *word;
        const char *fault;
    } cases[] = {
        { 10, 9, "x86_64", NULL },
        { 10, 16, "x86_64", NULL },
        { 10, 17, "x86_64", "no machine accepts it: there is no macOS 10.17" },
        { 10, 3, "x86_64", "no machine accepts it: x86_64 begins with macOS 10.4" },
        { 9, 0, "x86_64", "no machine accepts it: x86_64 begins with macOS 10.4" },
        { 10, 16, "arm64", "no machine accepts it: arm64 begins with macOS 11.0" },
        { 11, 0, "arm64", NULL },
        { 11, 7, "arm64",
          "no machine accepts it: from macOS 11 on the minor number of a tag is 0" },
        { 26, 0, "universal2", NULL },
        { 10, 9, "universal2", NULL },
        { 26, 1, "universal2",
          "no machine accepts it: from macOS 11 on the minor number of a tag is 0" },
        { 10, 14, "i386", NULL },
        { 10, 15, "i386", "no machine accepts it: i386 ended with macOS 10.14" },
        { 11, 0, "ppc", "no machine accepts it: ppc ended with macOS 10.6" },
        { 10, 5, "ppc64", NULL },
        { 11, 7, "vax", NULL },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *fault =
            wf_macos_tag_fault(&arena, cases[i].major, cases[i].minor, cases[i].word);

        if (cases[i].fault == NULL)
            assert_null(fault);
        else
            assert_string_equal(fault, cases[i].fault);
    }
    wf_arena_clear(&arena);
}

static void
names_the_tag_of_a_minimum_and_the_one_before(void **state)
{
    static const struct {
        uint32_t min_os;
        const char *word;
        const char *tag;
        const char *before;
    } cases[] = {
        { V(10, 9), "x86_64", "macosx_10_9_x86_64", "macosx_10_8_x86_64" },
        { V(10, 4), "x86_64", "macosx_10_4_x86_64", NULL },
        { V(10, 1), "x86_64", "macosx_10_4_x86_64", NULL },
        { V(10, 9), "arm64", "macosx_11_0_arm64", NULL },
        { V(11, 0), "arm64", "macosx_11_0_arm64", NULL },
        { V(11, 0), "x86_64", "macosx_11_0_x86_64", "macosx_10_16_x86_64" },
        { V(11, 7), "arm64", "macosx_11_0_arm64", NULL },
        { V(12, 3), "arm64", "macosx_12_0_arm64", "macosx_11_0_arm64" },
        { V(15, 0), "arm64", "macosx_15_0_arm64", "macosx_14_0_arm64" },
        { V(26, 0), "arm64", "macosx_26_0_arm64", "macosx_15_0_arm64" },
        { V(27, 0), "universal2", "macosx_27_0_universal2", "macosx_26_0_universal2" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *before = wf_macos_tag_before(&arena, cases[i].min_os, cases[i].word);

        assert_string_equal(wf_macos_tag(&arena, cases[i].min_os, cases[i].word),
                            cases[i].tag);
        if (cases[i].before == NULL)
            assert_null(before);
        else
            assert_string_equal(before, cases[i].before);
    }
    wf_arena_clear(&arena);
}

/* Tags of x86_64, arm64 and i386 minimums together; 0 leaves one out. */
static void
assert_packed(uint32_t x86_64, uint32_t arm64, uint32_t i386, uint32_t target,
              const char *expected)
{
    const struct wf_macos_arch all[] = { { "i386", i386 },
                                         { "arm64", arm64 },
                                         { "x86_64", x86_64 } };
    struct wf_macos_arch archs[3];
    struct wf_arena arena = { 0 };
    struct wf_strings tags = { 0 };
    const char *text = "";
    size_t num = 0;

    for (size_t i = 0; i < 3; i++)
        if (all[i].min_os != 0)
            archs[num++] = all[i];
    wf_macos_pack(&arena, &tags, archs, num, target);
    for (size_t i = 0; i < tags.num; i++)
        text = wf_arena_printf(&arena, "%s%s%s", text, i == 0 ? "" : " ", tags.items[i]);
    assert_string_equal(text, expected);
    wf_arena_clear(&arena);
}

static void
packs_architectures_where_no_machine_is_lost(void **state)
{
    (void)state;
    assert_packed(V(10, 9), V(11, 0), 0, 0, "macosx_10_9_universal2");
    assert_packed(V(10, 9), V(10, 9), 0, 0, "macosx_10_9_universal2");
    assert_packed(V(12, 0), V(12, 0), 0, 0, "macosx_12_0_universal2");
    assert_packed(V(11, 0), V(11, 0), 0, 0, "macosx_11_0_universal2");
    assert_packed(V(12, 0), V(11, 0), 0, 0, "macosx_12_0_x86_64 macosx_11_0_arm64");
    assert_packed(V(10, 9), V(12, 0), 0, 0, "macosx_10_9_x86_64 macosx_12_0_arm64");
    assert_packed(V(10, 9), V(11, 3), 0, 0, "macosx_10_9_x86_64 macosx_11_0_arm64");
    assert_packed(V(12, 3) | 1, V(12, 3), 0, 0, "macosx_12_0_universal2");
    assert_packed(V(10, 6), 0, V(10, 6), 0, "macosx_10_6_intel");
    assert_packed(V(10, 9), 0, V(10, 6), 0, "macosx_10_9_x86_64 macosx_10_6_i386");
    assert_packed(V(10, 6), V(11, 0), V(10, 6), 0,
                  "macosx_10_6_universal2 macosx_10_6_i386");
    assert_packed(V(12, 1), 0, 0, 0, "macosx_12_0_x86_64");
    assert_packed(0, 0, 0, 0, "");
}

static void
raises_each_minimum_to_the_target_before_packing(void **state)
{
    (void)state;
    assert_packed(V(12, 1), 0, 0, V(12, 1), "macosx_12_0_x86_64");
    assert_packed(V(12, 1), 0, 0, V(13, 4), "macosx_13_0_x86_64");
    assert_packed(V(10, 9), V(11, 0), 0, V(10, 13), "macosx_10_13_universal2");
    assert_packed(V(10, 9), V(11, 0), 0, V(12, 3), "macosx_12_0_universal2");
    assert_packed(V(10, 9), V(12, 0), 0, V(12, 3), "macosx_12_0_universal2");
    assert_packed(V(10, 9), 0, 0, V(10, 6), "macosx_10_9_x86_64");
}

static void
knows_from_which_sdk_dyld_refuses_what(void **state)
{
    const struct wf_macos_dyld_rule *uuid = wf_macos_dyld_rule_find("macho-missing-uuid");
    const struct wf_macos_dyld_rule *rpath =
        wf_macos_dyld_rule_find("macho-duplicate-rpath");
    const struct wf_macos_dyld_rule *bounds =
        wf_macos_dyld_rule_find("macho-segment-bounds");
    const struct wf_macos_dyld_rule *hidden =
        wf_macos_dyld_rule_find("macho-hidden-slice");

    (void)state;
    assert_non_null(uuid);
    assert_int_equal(uuid->sdk_library, V(12, 0));
    assert_int_equal(uuid->sdk_program, V(26, 0));
    assert_non_null(rpath);
    assert_int_equal(rpath->sdk_library, V(26, 0));
    assert_non_null(bounds);
    assert_int_equal(bounds->sdk_library, 0);
    assert_non_null(hidden);
    assert_int_equal(hidden->sdk_program, UINT32_MAX);
    assert_null(wf_macos_dyld_rule_find("macho-unsigned"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provides_what_stands_in_its_folders_and_nothing_beside_them),
        cmocka_unit_test(knows_the_architectures_of_each_word),
        cmocka_unit_test(says_why_no_machine_accepts_a_tag),
        cmocka_unit_test(names_the_tag_of_a_minimum_and_the_one_before),
        cmocka_unit_test(packs_architectures_where_no_machine_is_lost),
        cmocka_unit_test(raises_each_minimum_to_the_target_before_packing),
        cmocka_unit_test(knows_from_which_sdk_dyld_refuses_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
