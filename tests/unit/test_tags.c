/* test_tags.c -- platform tags and compressed sets. */
#include "../support/unit.h"

#include "wheel/tags.h"

static void
takes_platform_tags_apart(void **state)
{
    static const struct {
        const char *text;
        enum wf_tag_family family;
        enum wf_arch arch;
        const char *arch_word;
        unsigned major, minor;
        const char *legacy;
    } cases[] = {
        { "any", WF_TAG_ANY, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "linux_x86_64", WF_TAG_LINUX, WF_ARCH_X86_64, "x86_64", 0, 0, NULL },
        { "linux_armv6l", WF_TAG_LINUX, WF_ARCH_ARMV6L, "armv6l", 0, 0, NULL },
        { "linux_mipsel", WF_TAG_LINUX, WF_ARCH_MIPSEL, "mipsel", 0, 0, NULL },
        { "linux_riscv64", WF_TAG_LINUX, WF_ARCH_RISCV64, "riscv64", 0, 0, NULL },
        { "linux_quantum", WF_TAG_LINUX, WF_ARCH_UNKNOWN, "quantum", 0, 0, NULL },
        { "manylinux1_i686", WF_TAG_MANYLINUX, WF_ARCH_I686, "i686", 2, 5, "manylinux1" },
        { "manylinux2010_x86_64", WF_TAG_MANYLINUX, WF_ARCH_X86_64, "x86_64", 2, 12,
          "manylinux2010" },
        { "manylinux2014_aarch64", WF_TAG_MANYLINUX, WF_ARCH_AARCH64, "aarch64", 2, 17,
          "manylinux2014" },
        { "manylinux_2_28_s390x", WF_TAG_MANYLINUX, WF_ARCH_S390X, "s390x", 2, 28, NULL },
        { "manylinux_2_05_x86_64", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "manylinux_2_1234567_x86_64", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "manylinux_2_28", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "manylinux_2_28_", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "manylinux_2_x86_64", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "manylinux2024_x86_64", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "musllinux_1_2_ppc64le", WF_TAG_MUSLLINUX, WF_ARCH_PPC64LE, "ppc64le", 1, 2,
          NULL },
        { "android_21_arm64_v8a", WF_TAG_ANDROID, WF_ARCH_AARCH64, "arm64_v8a", 21, 0,
          NULL },
        { "android_9_x86_64", WF_TAG_ANDROID, WF_ARCH_X86_64, "x86_64", 9, 0, NULL },
        { "android_24_x86", WF_TAG_ANDROID, WF_ARCH_I686, "x86", 24, 0, NULL },
        { "macosx_10_9_universal2", WF_TAG_MACOS, WF_ARCH_UNKNOWN, "universal2", 10, 9,
          NULL },
        { "macosx_11_0_arm64", WF_TAG_MACOS, WF_ARCH_AARCH64, "arm64", 11, 0, NULL },
        { "win32", WF_TAG_WINDOWS, WF_ARCH_I686, "", 0, 0, NULL },
        { "win_amd64", WF_TAG_WINDOWS, WF_ARCH_X86_64, "amd64", 0, 0, NULL },
        { "win_arm64", WF_TAG_WINDOWS, WF_ARCH_AARCH64, "arm64", 0, 0, NULL },
        { "ios_13_0_arm64_iphoneos", WF_TAG_IOS, WF_ARCH_AARCH64, "arm64_iphoneos", 13, 0,
          NULL },
        { "emscripten_3_1_58_wasm32", WF_TAG_EMSCRIPTEN, WF_ARCH_UNKNOWN, "wasm32", 3, 1,
          NULL },
        { "pyodide_2024_0_wasm32", WF_TAG_EMSCRIPTEN, WF_ARCH_UNKNOWN, "wasm32", 2024, 0,
          NULL },
        { "pyemscripten_2026_0_wasm32", WF_TAG_EMSCRIPTEN, WF_ARCH_UNKNOWN, "wasm32",
          2026, 0, NULL },
        { "linux", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "linux_", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
        { "something", WF_TAG_OTHER, WF_ARCH_UNKNOWN, "", 0, 0, NULL },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_platform_tag tag = wf_platform_tag_parse(&arena, cases[i].text);

        print_message("# %s\n", cases[i].text);
        assert_string_equal(tag.text, cases[i].text);
        assert_int_equal(tag.family, cases[i].family);
        assert_int_equal(tag.arch, cases[i].arch);
        assert_string_equal(tag.arch_word, cases[i].arch_word);
        assert_int_equal(tag.major, cases[i].major);
        assert_int_equal(tag.minor, cases[i].minor);
        assert_int_equal(tag.legacy == NULL, cases[i].legacy == NULL);
        if (tag.legacy != NULL)
            assert_string_equal(tag.legacy, cases[i].legacy);
    }
    wf_arena_clear(&arena);
}

static void
assert_word(const char *word, const char *want)
{
    assert_int_equal(word == NULL, want == NULL);
    if (want != NULL)
        assert_string_equal(word, want);
}

static void
names_system_and_libc_of_each_family(void **state)
{
    static const struct {
        enum wf_tag_family family;
        const char *os;
        const char *libc;
    } cases[] = {
        { WF_TAG_ANY, NULL, NULL },
        { WF_TAG_LINUX, "linux", NULL },
        { WF_TAG_MANYLINUX, "linux", "glibc" },
        { WF_TAG_MUSLLINUX, "linux", "musl" },
        { WF_TAG_ANDROID, "android", "bionic" },
        { WF_TAG_MACOS, "macos", NULL },
        { WF_TAG_WINDOWS, "windows", NULL },
        { WF_TAG_IOS, "ios", NULL },
        { WF_TAG_EMSCRIPTEN, "emscripten", NULL },
        { WF_TAG_OTHER, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        assert_word(wf_tag_family_os(cases[i].family), cases[i].os);
        assert_word(wf_tag_family_libc_word(cases[i].family), cases[i].libc);
    }
}

static void
splits_sets_sorted_in_lower_case_and_once_each(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_strings set = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_tags_split(&arena, &set, wf_bytes_str("cp312.CP311.cp312"), &err));
    assert_true(wf_tags_split(&arena, &set, wf_bytes_str("abi3"), &err));
    assert_int_equal(set.num, 3);
    assert_string_equal(set.items[0], "abi3");
    assert_string_equal(set.items[1], "cp311");
    assert_string_equal(set.items[2], "cp312");
    wf_arena_clear(&arena);
}

static void
refuses_parts_that_are_no_tags(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { "", "a tag is empty" },
        { "a.", "a tag is empty" },
        { ".a", "a tag is empty" },
        { "a..b", "a tag is empty" },
        { "a b",
          "tag \"a b\" has the byte 0x20; only letters, digits and '_' make a tag" },
        { "a.b+c",
          "tag \"b+c\" has the byte 0x2b; only letters, digits and '_' make a tag" },
        { "\xc3\xa9",
          "tag \"\xc3\xa9\" has the byte 0xc3; only letters, digits and '_' make a tag" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact = exact_copy(cases[i].text, strlen(cases[i].text));
        struct wf_strings set = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_tags_split(&arena, &set, exact, &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i].error);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

static void
bounds_parts_and_their_length(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_strings set = { 0 };
    struct wf_error err = { 0 };
    char text[30000];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(wf_tags_split(&arena, &set, wf_bytes_of(text, 255), &err));
    assert_false(wf_tags_split(&arena, &set, wf_bytes_of(text, 256), &err));
    assert_error(err, WF_ERR_MALFORMED, "a tag has 256 bytes; 255 is the most");
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = '.';
    assert_true(wf_tags_split(&arena, &set, wf_bytes_of(text, 19999), &err));
    assert_false(wf_tags_split(&arena, &set, wf_bytes_of(text, 20001), &err));
    assert_error(err, WF_ERR_LIMIT, "a tag set has 10001 parts; the limit is 10000");
    wf_arena_clear(&arena);
}

static void
expands_compressed_tags_to_every_triple(void **state)
{
    static const char *const want[] = {
        "py2-none-linux_i686",
        "py2-none-linux_x86_64",
        "py3-none-linux_i686",
        "py3-none-linux_x86_64",
    };
    struct wf_arena arena = { 0 };
    struct wf_strings set = { 0 };
    struct wf_error err = { 0 };
    size_t budget = WF_TAGS_BUDGET;

    (void)state;
    assert_true(wf_tags_expand(&arena, &set,
                               wf_bytes_str("py3.py2-none-linux_x86_64.linux_i686"),
                               &budget, &err));
    assert_true(
        wf_tags_expand(&arena, &set, wf_bytes_str("py3-none-linux_i686"), &budget, &err));
    assert_int_equal(budget, WF_TAGS_BUDGET - 5);
    assert_int_equal(set.num, WF_COUNT(want));
    for (size_t i = 0; i < WF_COUNT(want); i++)
        assert_string_equal(set.items[i], want[i]);
    wf_arena_clear(&arena);
}

static void
refuses_tags_of_another_shape_and_more_than_the_budget(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_strings set = { 0 };
    struct wf_error err = { 0 };
    size_t budget = 3;

    (void)state;
    assert_false(wf_tags_expand(&arena, &set, wf_bytes_str("py3-none"), &budget, &err));
    assert_error(err, WF_ERR_MALFORMED, "tag has 2 parts; python-abi-platform has 3");
    assert_false(
        wf_tags_expand(&arena, &set, wf_bytes_str("1-py3-none-any"), &budget, &err));
    assert_error(err, WF_ERR_MALFORMED, "tag has 4 parts; python-abi-platform has 3");
    assert_false(wf_tags_expand(&arena, &set, wf_bytes_str("py3--any"), &budget, &err));
    assert_error(err, WF_ERR_MALFORMED, "a tag is empty");
    assert_false(wf_tags_expand(&arena, &set, wf_bytes_str("a.b-c.d-e"), &budget, &err));
    assert_error(err, WF_ERR_LIMIT, "tags expand to more than 10000 triples");
    assert_int_equal(set.num, 0);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_platform_tags_apart),
        cmocka_unit_test(names_system_and_libc_of_each_family),
        cmocka_unit_test(splits_sets_sorted_in_lower_case_and_once_each),
        cmocka_unit_test(refuses_parts_that_are_no_tags),
        cmocka_unit_test(bounds_parts_and_their_length),
        cmocka_unit_test(expands_compressed_tags_to_every_triple),
        cmocka_unit_test(refuses_tags_of_another_shape_and_more_than_the_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
