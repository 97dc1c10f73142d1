/* test_wheel_name.c -- file names of wheels. */
#include "../support/unit.h"

#include "wheel/wheel_name.h"

static struct wf_wheel_name
parsed(struct wf_arena *arena, const char *base_name)
{
    struct wf_wheel_name name = { 0 };
    struct wf_error err = { 0 };

    if (!wf_wheel_name_parse(&name, arena, base_name, &err))
        fail_msg("%s: %s", base_name, err.text);
    return name;
}

static void
takes_a_name_apart(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_wheel_name name =
        parsed(&arena, "Foo.Bar_baz-1.0.post1-2abc-cp312.cp311-abi3-"
                       "manylinux_2_17_x86_64.manylinux2014_x86_64.whl");

    (void)state;
    assert_string_equal(name.name, "Foo.Bar_baz");
    assert_string_equal(name.version, "1.0.post1");
    assert_string_equal(name.build, "2abc");
    assert_int_equal(name.pythons.num, 2);
    assert_string_equal(name.pythons.items[0], "cp311");
    assert_string_equal(name.pythons.items[1], "cp312");
    assert_int_equal(name.abis.num, 1);
    assert_string_equal(name.abis.items[0], "abi3");
    assert_int_equal(name.num_platforms, 2);
    assert_string_equal(name.platforms[0].text, "manylinux2014_x86_64");
    assert_int_equal(name.platforms[0].minor, 17);
    assert_string_equal(name.platforms[1].text, "manylinux_2_17_x86_64");
    assert_null(parsed(&arena, "a-1-py3-none-any.whl").build);
    wf_arena_clear(&arena);
}

static void
refuses_names_that_are_no_wheels(void **state)
{
    static const struct {
        const char *base_name;
        const char *error;
    } cases[] = {
        { "", "file name does not end in \".whl\"" },
        { "a-1-py3-none-any.zip", "file name does not end in \".whl\"" },
        { "a-1-py3-none-any.WHL", "file name does not end in \".whl\"" },
        { ".whl", "file name has 1 parts between dashes; a wheel's has 5, or 6 with a "
                  "build tag" },
        { "a-1-py3-none.whl", "file name has 4 parts between dashes; a wheel's has 5, or "
                              "6 with a build tag" },
        { "a-1-2-py3-none-any-x.whl", "file name has 7 parts between dashes; a wheel's "
                                      "has 5, or 6 with a build tag" },
        { "-1-py3-none-any.whl", "part 1 of the file name is empty" },
        { "a-1-py3-none-.whl", "part 5 of the file name is empty" },
        { "a-1--py3-none-any.whl", "part 3 of the file name is empty" },
        { "a-x-py3-none-any.whl", "\"x\" in the file name is no version (PEP 440)" },
        { "a-1-b2-py3-none-any.whl",
          "build tag \"b2\" in the file name does not start with a digit" },
        { "a b-1-py3-none-any.whl",
          "project name \"a b\" has the byte 0x20; only letters, digits, '_' and '.' may "
          "stand there" },
        { "a-1-py3-none-any .whl",
          "tag \"any \" has the byte 0x20; only letters, digits and '_' make a tag" },
        { "a-1-py3-none-any..linux_x86_64.whl", "a tag is empty" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_bytes exact =
            exact_copy(cases[i].base_name, strlen(cases[i].base_name) + 1);
        struct wf_wheel_name name = { .num_platforms = 77 };
        struct wf_error err = { 0 };

        assert_false(wf_wheel_name_parse(&name, &arena, (const char *)exact.data, &err));
        assert_error(err, WF_ERR_MALFORMED, cases[i].error);
        assert_int_equal(name.num_platforms, 77);
        free_exact(exact);
    }
    wf_arena_clear(&arena);
}

/* auditwheel's own cases: architecture, libc and platforms from the file name. */
static void
tells_architecture_and_libc_from_platform_tags(void **state)
{
    static const struct {
        const char *platforms;
        const char *archs; /* per tag, in sorted order */
        const char *libcs;
    } cases[] = {
        { "linux_x86_64", "x86_64 ", "- " },
        { "linux_i686", "i686 ", "- " },
        { "linux_aarch64", "aarch64 ", "- " },
        { "linux_ppc64", "ppc64 ", "- " },
        { "linux_ppc64le", "ppc64le ", "- " },
        { "linux_s390x", "s390x ", "- " },
        { "linux_armv7l", "armv7l ", "- " },
        { "linux_armv6l", "armv6l ", "- " },
        { "linux_riscv64", "riscv64 ", "- " },
        { "linux_loongarch64", "loongarch64 ", "- " },
        { "linux_mipsel", "mipsel ", "- " },
        { "linux_x86_64.manylinux1_x86_64", "x86_64 x86_64 ", "- glibc " },
        { "android_21_x86_64", "x86_64 ", "bionic " },
        { "android_21_arm64_v8a", "aarch64 ", "bionic " },
        { "any", "unknown ", "- " },
        { "any.any", "unknown ", "- " },
        { "linux_x86_64.linux_aarch64", "aarch64 x86_64 ", "- - " },
        { "linux_x86_64.linux_mipsel", "mipsel x86_64 ", "- - " },
        { "linux_x86_64.any", "unknown x86_64 ", "- - " },
        { "manylinux1_x86_64", "x86_64 ", "glibc " },
        { "manylinux1_x86_64.manylinux2010_x86_64", "x86_64 x86_64 ", "glibc glibc " },
        { "musllinux_1_1_x86_64", "x86_64 ", "musl " },
        { "manylinux1_x86_64.musllinux_1_1_x86_64", "x86_64 x86_64 ", "glibc musl " },
        { "something", "unknown ", "- " },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_wheel_name name = parsed(
            &arena, wf_arena_printf(&arena, "a-1-py3-none-%s.whl", cases[i].platforms));
        const char *archs = "";
        const char *libcs = "";

        for (size_t j = 0; j < name.num_platforms; j++) {
            const char *libc = wf_tag_family_libc_word(name.platforms[j].family);

            archs = wf_arena_printf(&arena, "%s%s ", archs,
                                    wf_arch_name(name.platforms[j].arch));
            libcs = wf_arena_printf(&arena, "%s%s ", libcs, libc == NULL ? "-" : libc);
        }
        assert_string_equal(archs, cases[i].archs);
        assert_string_equal(libcs, cases[i].libcs);
    }
    wf_arena_clear(&arena);
}

static void
normalises_names_as_folders_are_compared(void **state)
{
    static const char *const cases[][2] = {
        { "demo", "demo" }, { "Demo", "demo" },  { "a-b", "a_b" },
        { "a.b", "a_b" },   { "a-_.-b", "a_b" }, { "Friendly.Bard", "friendly_bard" },
        { "-a", "_a" },     { "a--", "a_" },     { "", "" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_string_equal(wf_name_normalise(&arena, cases[i][0]), cases[i][1]);
    wf_arena_clear(&arena);
}

static void
every_cut_and_changed_name_is_parsed_or_refused(void **state)
{
    static const char name[] =
        "demo-1.0-1-cp311.cp312-abi3-manylinux_2_17_x86_64.any.whl";
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t at = 0; at < sizeof name - 1; at++) {
        for (int c = 0; c < 256; c++) {
            struct wf_bytes exact = exact_copy(name, sizeof name);
            struct wf_wheel_name out = { 0 };
            struct wf_error err = { 0 };

            ((char *)(uintptr_t)exact.data)[at] = (char)c;
            if (!wf_wheel_name_parse(&out, &arena, (const char *)exact.data, &err))
                assert_int_not_equal(err.text[0], '\0');
            else
                assert_int_equal(out.num_platforms, out.platform_words.num);
            free_exact(exact);
        }
        wf_arena_clear(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_name_apart),
        cmocka_unit_test(refuses_names_that_are_no_wheels),
        cmocka_unit_test(tells_architecture_and_libc_from_platform_tags),
        cmocka_unit_test(normalises_names_as_folders_are_compared),
        cmocka_unit_test(every_cut_and_changed_name_is_parsed_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
