/* test_shim.c -- the text of the script; tests/cli/shim.bats runs it. */
#include "../support/unit.h"

#include "repair/shim.h"

static const char *
text_of(struct wf_buffer *out, const char *folder, const char *name)
{
    wf_buffer_init(out, 1 << 16);
    wf_shim_write(out, folder, name);
    wf_buffer_add_char(out, '\0');
    return (const char *)out->data;
}

static void
assert_names(const char *folder, const char *name, const char *line)
{
    struct wf_buffer out;

    assert_non_null(strstr(text_of(&out, folder, name), line));
    wf_buffer_clear(&out);
}

static void
starts_with_the_line_that_installers_replace(void **state)
{
    struct wf_buffer out;

    (void)state;
    assert_memory_equal(text_of(&out, "demo.scripts", "tool"), "#!python\n# Runs ", 16);
    assert_string_equal((const char *)out.data + out.len - 2, "\n");
    wf_buffer_clear(&out);
}

static void
names_the_program_in_bytes_of_plain_ascii(void **state)
{
    (void)state;
    assert_names("demo.scripts", "tool",
                 "\nprogram = os.path.join(b\"demo.scripts\", b\"tool\")\n");
    assert_names("a b", "it's", "\nprogram = os.path.join(b\"a b\", b\"it's\")\n");
    assert_names("d", "a\"b\\c\n%s",
                 "\nprogram = os.path.join(b\"d\", b\"a\\x22b\\x5cc\\x0a%s\")\n");
    assert_names("d", "\xc3\xa4\xff\x7f",
                 "\nprogram = os.path.join(b\"d\", b\"\\xc3\\xa4\\xff\\x7f\")\n");
}

static void
holds_nothing_but_ascii_whatever_the_names(void **state)
{
    struct wf_buffer out;

    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        const char name[] = { (char)c, '\0' };

        wf_buffer_init(&out, 1 << 16);
        wf_shim_write(&out, name, name);
        for (size_t i = 0; i < out.len; i++)
            assert_true(out.data[i] == '\n' ||
                        (out.data[i] >= ' ' && out.data[i] <= '~'));
        wf_buffer_clear(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_the_line_that_installers_replace),
        cmocka_unit_test(names_the_program_in_bytes_of_plain_ascii),
        cmocka_unit_test(holds_nothing_but_ascii_whatever_the_names),
    };

    return cmocka_run_group_tests_name("shim", tests, NULL, NULL);
}
