/* test_retag.c -- file names and WHEEL files under other platform tags. */
#include "../support/unit.h"

#include "wheel/retag.h"

static struct wf_arena arena;
static struct wf_buffer out;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    wf_buffer_clear(&out);
    return 0;
}

static const struct wf_strings *
two_tags(void)
{
    static const char *items[] = { "manylinux2014_x86_64", "manylinux_2_17_x86_64" };
    static const struct wf_strings tags = { .items = items, .num = 2 };

    return &tags;
}

static const struct wf_strings *
one_tag(void)
{
    static const char *items[] = { "linux_x86_64" };
    static const struct wf_strings tags = { .items = items, .num = 1 };

    return &tags;
}

/* WHEEL of the wheel called `name`, retagged to `tags`, as a C string. */
static const char *
retagged(const char *name, const char *text, const struct wf_strings *tags, bool platlib)
{
    const struct wf_bytes exact = exact_copy(text, strlen(text));
    struct wf_wheel_name parsed;
    struct wf_error err = { 0 };

    wf_buffer_clear(&out);
    wf_buffer_init(&out, 1 << 20);
    assert_true(wf_wheel_name_parse(&parsed, &arena, name, &err));
    assert_true(wf_retag_wheel_file(&out, exact, &parsed, tags, platlib, &err));
    wf_buffer_add_char(&out, '\0');
    free_exact(exact);
    return (const char *)out.data;
}

#define CP311 "demo-1.0-cp311-cp311-linux_x86_64.whl"

static void
replaces_the_last_part_of_the_name_alone(void **state)
{
    (void)state;
    assert_string_equal(wf_retag_name(&arena, CP311, two_tags()),
                        "demo-1.0-cp311-cp311-manylinux2014_x86_64."
                        "manylinux_2_17_x86_64.whl");
    assert_string_equal(
        wf_retag_name(&arena, "My.Demo-1.0+l-2b-Py2.py3-None-any.whl", one_tag()),
        "My.Demo-1.0+l-2b-Py2.py3-None-linux_x86_64.whl");
}

static void
puts_the_new_tags_where_the_old_ones_began(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311,
                                 "Wheel-Version: 1.0\n"
                                 "Generator: builder (1.0)\n"
                                 "Root-Is-Purelib: false\n"
                                 "Tag: cp311-cp311-linux_x86_64\n"
                                 "Build: 3\n"
                                 "\n",
                                 two_tags(), true),
                        "Wheel-Version: 1.0\n"
                        "Generator: builder (1.0)\n"
                        "Root-Is-Purelib: false\n"
                        "Tag: cp311-cp311-manylinux2014_x86_64\n"
                        "Tag: cp311-cp311-manylinux_2_17_x86_64\n"
                        "Build: 3\n"
                        "\n");
}

static void
writes_a_line_for_each_pair_of_python_and_abi(void **state)
{
    (void)state;
    assert_string_equal(retagged("demo-1.0-py2.py3-none-any.whl",
                                 "Wheel-Version: 1.0\n"
                                 "Root-Is-Purelib: true\n"
                                 "Tag: py2-none-any\n"
                                 "Tag: py3-none-any\n",
                                 two_tags(), true),
                        "Wheel-Version: 1.0\n"
                        "Root-Is-Purelib: false\n"
                        "Tag: py2-none-manylinux2014_x86_64\n"
                        "Tag: py2-none-manylinux_2_17_x86_64\n"
                        "Tag: py3-none-manylinux2014_x86_64\n"
                        "Tag: py3-none-manylinux_2_17_x86_64\n");
    assert_string_equal(retagged("demo-1.0-cp311-abi3.cp311-any.whl",
                                 "Wheel-Version: 1.0\nTag: cp311-abi3-any\n", one_tag(),
                                 false),
                        "Wheel-Version: 1.0\n"
                        "Tag: cp311-abi3-linux_x86_64\n"
                        "Tag: cp311-cp311-linux_x86_64\n");
}

static void
replaces_compressed_sets_by_single_tags(void **state)
{
    (void)state;
    assert_string_equal(retagged("demo-1.0-py2.py3-none-any.whl",
                                 "Wheel-Version: 1.0\nTag: py2.py3-none-any\n", one_tag(),
                                 false),
                        "Wheel-Version: 1.0\n"
                        "Tag: py2-none-linux_x86_64\n"
                        "Tag: py3-none-linux_x86_64\n");
}

static void
changes_no_byte_when_all_is_right_however_it_is_written(void **state)
{
    static const char *const right[] = {
        "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
        "Tag: cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64\n",
        "Wheel-Version: 1.0\nroot-is-purelib:FALSE\n"
        "tag: cp311-cp311-manylinux_2_17_x86_64\nTAG: cp311-cp311-manylinux2014_x86_64",
        "Wheel-Version: 1.0\r\nTag: cp311-cp311-manylinux_2_17_x86_64\r\n"
        "Root-Is-Purelib: False\r\nTag: cp311-cp311-manylinux2014_x86_64\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(right); i++)
        assert_string_equal(retagged(CP311, right[i], two_tags(), true), right[i]);
}

static void
keeps_line_ends_of_both_kinds(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311,
                                 "Wheel-Version: 1.0\r\n"
                                 "Root-Is-Purelib: true\r\n"
                                 "Tag: cp311-cp311-linux_x86_64\r\n"
                                 "\r\n",
                                 two_tags(), true),
                        "Wheel-Version: 1.0\r\n"
                        "Root-Is-Purelib: false\r\n"
                        "Tag: cp311-cp311-manylinux2014_x86_64\r\n"
                        "Tag: cp311-cp311-manylinux_2_17_x86_64\r\n"
                        "\r\n");
}

static void
ends_a_last_line_that_has_no_end(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311, "Wheel-Version: 1.0", one_tag(), true),
                        "Wheel-Version: 1.0\n"
                        "Tag: cp311-cp311-linux_x86_64\n"
                        "Root-Is-Purelib: false\n");
    assert_string_equal(
        retagged(CP311, "Wheel-Version: 1.0\nTag: cp311-cp311-any", one_tag(), false),
        "Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n");
}

static void
adds_tags_that_are_missing_at_the_end_of_the_headers(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311,
                                 "Wheel-Version: 1.0\n"
                                 "Root-Is-Purelib: false\n"
                                 "\n"
                                 "Tag: not-a-header\n",
                                 one_tag(), true),
                        "Wheel-Version: 1.0\n"
                        "Root-Is-Purelib: false\n"
                        "Tag: cp311-cp311-linux_x86_64\n"
                        "\n"
                        "Tag: not-a-header\n");
    assert_string_equal(retagged(CP311, "", one_tag(), false),
                        "Tag: cp311-cp311-linux_x86_64\n");
}

static void
sets_root_is_purelib_only_when_asked_and_not_false_already(void **state)
{
    static const struct {
        const char *line;
        const char *after; /* with platlib */
    } cases[] = {
        { "Root-Is-Purelib: true\n", "Root-Is-Purelib: false\n" },
        { "root-is-PURELIB:TRUE\n", "Root-Is-Purelib: false\n" },
        { "Root-Is-Purelib: maybe\n", "Root-Is-Purelib: false\n" },
        { "Root-Is-Purelib:\n", "Root-Is-Purelib: false\n" },
        { "Root-Is-Purelib: false\n", "Root-Is-Purelib: false\n" },
        { "Root-Is-Purelib: False\n", "Root-Is-Purelib: False\n" },
        { "Root-Is-Purelib: true\nX: y\nRoot-Is-Purelib: true\n",
          "Root-Is-Purelib: false\nX: y\n" },
    };
    static const char tag[] = "Tag: cp311-cp311-linux_x86_64\n";

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *text = wf_arena_printf(&arena, "%s%s", cases[i].line, tag);

        assert_string_equal(retagged(CP311, text, one_tag(), true),
                            wf_arena_printf(&arena, "%s%s", cases[i].after, tag));
        assert_string_equal(retagged(CP311, text, one_tag(), false), text);
    }
    assert_string_equal(retagged(CP311, tag, one_tag(), true),
                        "Tag: cp311-cp311-linux_x86_64\nRoot-Is-Purelib: false\n");
}

static void
takes_folded_lines_with_the_line_they_continue(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311,
                                 "Wheel-Version: 1.0\n"
                                 "Generator: builder\n"
                                 "  and its\n"
                                 "\tfriends\n"
                                 "Root-Is-Purelib: true\n"
                                 " or not\n"
                                 " \n"
                                 "Tag: cp311-cp311-any\n"
                                 "X: y\n"
                                 " Tag: folded\n",
                                 one_tag(), true),
                        "Wheel-Version: 1.0\n"
                        "Generator: builder\n"
                        "  and its\n"
                        "\tfriends\n"
                        "Root-Is-Purelib: false\n"
                        "Tag: cp311-cp311-linux_x86_64\n"
                        "X: y\n"
                        " Tag: folded\n");
}

static void
tells_keys_from_longer_ones(void **state)
{
    static const char text[] = "Tags: x\nTagged: y\nMy-Tag: z\n"
                               "Root-Is-Purelib-Not: true\n";

    (void)state;
    assert_string_equal(
        retagged(CP311, text, one_tag(), true),
        wf_arena_printf(&arena, "%s%s", text,
                        "Tag: cp311-cp311-linux_x86_64\nRoot-Is-Purelib: false\n"));
}

static void
keeps_bytes_beyond_ascii(void **state)
{
    (void)state;
    assert_string_equal(retagged(CP311,
                                 "Generator: b\xc3\xbcilder\nTag: cp311-cp311-any\n",
                                 one_tag(), false),
                        "Generator: b\xc3\xbcilder\nTag: cp311-cp311-linux_x86_64\n");
}

static void
refuses_what_is_no_wheel_file(void **state)
{
    struct wf_wheel_name name;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_wheel_name_parse(&name, &arena, CP311, &err));
    wf_buffer_clear(&out);
    wf_buffer_init(&out, 1 << 16);
    assert_false(wf_retag_wheel_file(&out, wf_bytes_str("Wheel-Version: 1.0\nno colon\n"),
                                     &name, one_tag(), true, &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(err.text, "line 2"));
    assert_false(wf_retag_wheel_file(&out, wf_bytes_str("Wheel-Version: 2.0\n"), &name,
                                     one_tag(), true, &err));
    assert_int_equal(err.kind, WF_ERR_UNSUPPORTED);
    assert_int_equal(out.len, 0);
}

/* Whatever it takes, it writes something that says what was asked, and that a second turn
 * leaves alone. */
static void
check_outcome(struct wf_bytes text, const struct wf_wheel_name *name)
{
    struct wf_error err = { 0 };
    struct wf_wheel_file parsed;
    struct wf_buffer again;

    wf_buffer_reset(&out);
    if (!wf_retag_wheel_file(&out, text, name, two_tags(), true, &err)) {
        assert_int_not_equal(err.kind, WF_ERR_NONE);
        assert_string_not_equal(err.text, "");
        return;
    }
    assert_true(wf_wheel_file_parse(&parsed, &arena, wf_buffer_bytes(&out), &err));
    assert_int_equal(parsed.root_is_purelib, 0);
    assert_int_equal(parsed.tags.num, 2);
    wf_buffer_init(&again, 1 << 16);
    assert_true(
        wf_retag_wheel_file(&again, wf_buffer_bytes(&out), name, two_tags(), true, &err));
    assert_true(wf_bytes_equal(wf_buffer_bytes(&again), wf_buffer_bytes(&out)));
    wf_buffer_clear(&again);
}

static void
survives_every_cut_and_every_changed_byte(void **state)
{
    static const char good[] = "Wheel-Version: 1.0\r\nRoot-Is-Purelib: true\n"
                               "Tag: cp311-cp311-any\n Tag: x\n\nbody";
    static const uint8_t others[] = { 0, '\n', '\r', ' ', ':', 'T', 0xff };
    struct wf_wheel_name name;
    struct wf_error err = { 0 };

    (void)state;
    assert_true(wf_wheel_name_parse(&name, &arena, CP311, &err));
    wf_buffer_clear(&out);
    wf_buffer_init(&out, 1 << 16);
    for (size_t len = 0; len < sizeof good; len++) {
        const struct wf_bytes cut = exact_copy(good, len);

        check_outcome(cut, &name);
        free_exact(cut);
    }
    for (size_t at = 0; at + 1 < sizeof good; at++)
        for (size_t i = 0; i < WF_COUNT(others); i++) {
            char changed[sizeof good];

            memcpy(changed, good, sizeof good);
            changed[at] = (char)others[i];
            const struct wf_bytes exact = exact_copy(changed, sizeof good - 1);

            check_outcome(exact, &name);
            free_exact(exact);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_the_last_part_of_the_name_alone),
        cmocka_unit_test(puts_the_new_tags_where_the_old_ones_began),
        cmocka_unit_test(writes_a_line_for_each_pair_of_python_and_abi),
        cmocka_unit_test(replaces_compressed_sets_by_single_tags),
        cmocka_unit_test(changes_no_byte_when_all_is_right_however_it_is_written),
        cmocka_unit_test(keeps_line_ends_of_both_kinds),
        cmocka_unit_test(ends_a_last_line_that_has_no_end),
        cmocka_unit_test(adds_tags_that_are_missing_at_the_end_of_the_headers),
        cmocka_unit_test(sets_root_is_purelib_only_when_asked_and_not_false_already),
        cmocka_unit_test(takes_folded_lines_with_the_line_they_continue),
        cmocka_unit_test(tells_keys_from_longer_ones),
        cmocka_unit_test(keeps_bytes_beyond_ascii),
        cmocka_unit_test(refuses_what_is_no_wheel_file),
        cmocka_unit_test(survives_every_cut_and_every_changed_byte),
    };

    return cmocka_run_group_tests_name("retag", tests, NULL, teardown);
}
