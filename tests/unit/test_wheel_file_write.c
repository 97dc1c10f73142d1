/* test_wheel_file_write.c -- WHEEL of a new wheel, and that it reads back. */
#include "../support/unit.h"

#include "wheel/metadata.h"

static void
assert_written(const char *python_abi, const char *const *platforms, size_t num,
               const char *expected)
{
    struct wf_strings list = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_wheel_file read = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;

    for (size_t i = 0; i < num; i++)
        wf_strings_append(&arena, &list, platforms[i]);
    wf_buffer_init(&out, 1 << 16);
    wf_wheel_file_write(&out, "wheelpack 1.0", python_abi, &list);
    assert_string_equal(wf_arena_str(&arena, wf_buffer_bytes(&out)), expected);
    assert_true(wf_wheel_file_parse(&read, &arena, wf_buffer_bytes(&out), &err));
    assert_string_equal(read.generator, "wheelpack 1.0");
    assert_int_equal(read.root_is_purelib, 0);
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
}

static void
writes_one_tag_line_for_each_platform(void **state)
{
    static const char *const platforms[] = { "manylinux_2_17_x86_64",
                                             "manylinux2014_x86_64" };

    (void)state;
    assert_written(
        "cp312-cp312", platforms, 2,
        "Wheel-Version: 1.0\nGenerator: wheelpack 1.0\nRoot-Is-Purelib: false\n"
        "Tag: cp312-cp312-manylinux_2_17_x86_64\n"
        "Tag: cp312-cp312-manylinux2014_x86_64\n");
}

static void
nests_python_abi_and_platform(void **state)
{
    static const char *const platforms[] = { "a", "b" };

    (void)state;
    assert_written(
        "py2.py3-x.y", platforms, 2,
        "Wheel-Version: 1.0\nGenerator: wheelpack 1.0\nRoot-Is-Purelib: false\n"
        "Tag: py2-x-a\nTag: py2-x-b\nTag: py2-y-a\nTag: py2-y-b\n"
        "Tag: py3-x-a\nTag: py3-x-b\nTag: py3-y-a\nTag: py3-y-b\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_tag_line_for_each_platform),
        cmocka_unit_test(nests_python_abi_and_platform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
