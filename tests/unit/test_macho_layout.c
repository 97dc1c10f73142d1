/* test_macho_layout.c -- what bounds the load commands, what can go, what can be signed. */
#include "../support/macho_editing.h"
#include "object/macho_layout.h"

static struct wf_macho_layout
layout_of(struct editing *t)
{
    struct wf_macho_header header;
    struct wf_macho_layout layout;

    assert_true(wf_macho_read_header(&header, wf_buffer_bytes(&t->file), NULL));
    if (!wf_macho_read_layout(&layout, &t->arena, wf_buffer_bytes(&t->file), &header,
                              &t->err))
        fail_msg("%s", t->err.text);
    return layout;
}

/* Where __text begins, by its section header in the first segment. */
static uint32_t
text_off(const struct editing *t)
{
    const size_t at = wf_test_macho_find(&t->file, 0, LC_SEGMENT_64, 0);

    return wf_test_macho_get(&t->file, at + 72 + 48);
}

static void
the_first_section_with_bytes_bounds_the_commands(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 40 }");
    const struct wf_macho_layout layout = layout_of(&t);

    assert_int_equal(layout.first_content, layout.commands_end + 40);
    assert_int_equal(layout.first_content, text_off(&t));
    end_editing(&t);
}

static void
sections_without_bytes_in_the_file_bound_nothing(void **state)
{
    /* Of these only the types 1, 12 and 18 are zero-filled; 9 and 13 have their bits. */
    static const struct {
        uint32_t type;
        bool has_bytes;
    } rows[] = { { 0, true },  { 1, false },  { 9, true },  { 12, false },
                 { 13, true }, { 18, false }, { 19, true }, { 0x401, false } };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, "{ 'pad': 400 }");
        const size_t at = wf_test_macho_find(&t.file, 0, LC_SEGMENT_64, 0) + 72;
        const uint64_t end = layout_of(&t).commands_end;

        wf_test_macho_set(&t.file, at + 48, (uint32_t)end + 8);
        wf_test_macho_set(&t.file, at + 64, rows[i].type);
        if (rows[i].has_bytes)
            assert_int_equal(layout_of(&t).first_content, end + 8);
        else
            assert_true(layout_of(&t).first_content > end + 400);
        wf_test_macho_set(&t.file, at + 40, 0); /* a section of no bytes */
        wf_test_macho_set(&t.file, at + 44, 0);
        assert_true(layout_of(&t).first_content > end + 400);
        end_editing(&t);
    }
}

static void
a_segment_without_sections_bounds_the_commands(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 400 }");
    const size_t at = wf_test_macho_find(&t.file, 0, LC_SEGMENT_64, 1);
    const uint64_t end = layout_of(&t).commands_end;

    /* The second segment loses its sections, and begins in the padding. */
    wf_test_macho_set(&t.file, at + 40, (uint32_t)end + 100);
    wf_test_macho_set(&t.file, at + 64, 0);
    assert_int_equal(layout_of(&t).first_content, end + 100);
    wf_test_macho_set(&t.file, at + 48, 0); /* its bytes */
    assert_int_equal(layout_of(&t).first_content, end + 400);
    end_editing(&t);

    start_editing(&t, "{ 'pad': 400 }");
    const size_t text = wf_test_macho_find(&t.file, 0, LC_SEGMENT_64, 0);

    wf_test_macho_set(&t.file, text + 64, 0);
    assert_int_equal(layout_of(&t).first_content, layout_of(&t).commands_end);
    end_editing(&t);
}

static void
tables_that_lead_into_the_padding_bound_the_commands(void **state)
{
    static const struct {
        uint32_t command;
        size_t off;
        size_t num; /* of the field that counts */
    } rows[] = {
        { LC_SYMTAB, 8, 12 },          { LC_SYMTAB, 16, 20 },
        { LC_DYSYMTAB, 56, 60 },       { LC_DYLD_INFO_ONLY, 40, 44 },
        { LC_FUNCTION_STARTS, 8, 12 }, { LC_CODE_SIGNATURE, 8, 12 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, "{ 'pad': 400, 'signature': 'linker', 'exports': ['_f'],"
                          "  'imports': ['_g'] }");
        const size_t at = wf_test_macho_find(&t.file, 0, rows[i].command, 0);
        const uint64_t end = layout_of(&t).commands_end;

        assert_true(at != SIZE_MAX);
        wf_test_macho_set(&t.file, at + rows[i].off, (uint32_t)end + 4);
        wf_test_macho_set(&t.file, at + rows[i].num, 1);
        assert_int_equal(layout_of(&t).first_content, end + 4);
        wf_test_macho_set(&t.file, at + rows[i].num, 0);
        assert_int_equal(layout_of(&t).first_content, end + 400);
        end_editing(&t);
    }
}

static void
the_most_harmless_commands_come_first(void **state)
{
    static const char *const order[] = {
        "LC_SOURCE_VERSION",      "an empty LC_DATA_IN_CODE",
        "LC_TARGET_TRIPLE",       "the tools of LC_BUILD_VERSION",
        "LC_DYLIB_CODE_SIGN_DRS", "LC_SEGMENT_SPLIT_INFO",
        "LC_FUNCTION_STARTS",
    };
    static const uint32_t bytes[] = { 16, 16, 24, 16, 16, 16, 16 };
    struct editing t;

    (void)state;
    start_editing(&t,
                  "{ 'tools': 2, 'commands': ["
                  "  { 'command': 'LC_SEGMENT_SPLIT_INFO', 'data': '00112233' },"
                  "  { 'command': 'LC_TARGET_TRIPLE', 'hex': '0c00000061726d3634000000"
                  "00000000' },"
                  "  { 'command': 'LC_DYLIB_CODE_SIGN_DRS', 'data': '00112233' }] }");
    const struct wf_macho_layout layout = layout_of(&t);

    assert_int_equal(layout.num_reclaims, WF_COUNT(order));
    for (size_t i = 0; i < WF_COUNT(order); i++) {
        assert_string_equal(layout.reclaims[i].what, order[i]);
        assert_int_equal(layout.reclaims[i].bytes, bytes[i]);
    }
    end_editing(&t);
}

static void
data_in_code_with_bytes_is_not_harmless(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t,
                  "{ 'tools': 0, 'without': ['LC_DATA_IN_CODE'], 'commands': ["
                  "  { 'command': 'LC_DATA_IN_CODE', 'data': '0011223344556677' }] }");
    const struct wf_macho_layout layout = layout_of(&t);

    assert_int_equal(layout.num_reclaims, 3);
    assert_string_equal(layout.reclaims[0].what, "LC_SOURCE_VERSION");
    assert_string_equal(layout.reclaims[1].what, "LC_DATA_IN_CODE");
    assert_string_equal(layout.reclaims[2].what, "LC_FUNCTION_STARTS");
    end_editing(&t);
}

static void
what_stands_in_the_way_of_a_signature_is_said(void **state)
{
    static const struct {
        const char *recipe;
        uint32_t command; /* whose word at `off` becomes `value` */
        uint32_t nth;
        size_t off;
        uint32_t value;
        const char *why;
    } rows[] = {
        { "{ 'type': 'object' }", 0, 0, 0, 0, "it has 0 __LINKEDIT segments" },
        { "{ }", LC_SEGMENT_64, 0, 10, 0x4b4e494c, "it has no __TEXT segment" },
        { "{ }", LC_SEGMENT_64, 0, 24, 0x7fff0000,
          "segment __TEXT does not lie before __LINKEDIT" },
        { "{ }", LC_SEGMENT_64, 0, 48, 0x7fff0000,
          "segment __TEXT ends behind the image, which has" },
        { "{ }", 0, 0, 0, 0, NULL },
        { "{ 'signature': 'linker' }", LC_CODE_SIGNATURE, 0, 8, 16,
          "its signature stands from 16 to " },
        { "{ 'signature': 'linker' }", LC_CODE_SIGNATURE, 0, 12, 16,
          "its signature stands from " },
        { "{ 'signature': 'linker' }", LC_SYMTAB, 0, 20, 0x4000,
          "bytes of LC_SYMTAB reach into its signature" },
        { "{ 'signature': 'linker' }", LC_UUID, 0, 0, LC_CODE_SIGNATURE,
          "it has 2 signatures" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, rows[i].recipe);
        if (rows[i].command != 0) {
            const size_t at =
                wf_test_macho_find(&t.file, 0, rows[i].command, rows[i].nth);

            assert_true(at != SIZE_MAX);
            wf_test_macho_set(&t.file, at + rows[i].off, rows[i].value);
        }
        const char *why = layout_of(&t).why_not_signable;

        if (rows[i].why == NULL)
            assert_null(why);
        else if (why == NULL || strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
            fail_msg("row %zu: %s", i, why == NULL ? "nothing" : why);
        end_editing(&t);
    }
}

static void
commands_too_short_for_their_fields_are_told_with_their_place(void **state)
{
    static const struct {
        const char *command;
        uint32_t need;
    } rows[] = {
        { "LC_SEGMENT_64", 72 },     { "LC_SYMTAB", 24 },         { "LC_DYSYMTAB", 80 },
        { "LC_DYLD_INFO_ONLY", 48 }, { "LC_CODE_SIGNATURE", 16 }, { "LC_NOTE", 40 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_buffer file;
        struct wf_macho_header header;
        struct wf_macho_layout layout;
        struct wf_error err = { 0 };

        wf_buffer_init(&file, EDITING_MOST);
        assert_true(wf_test_macho_from_text(
            wf_arena_printf(&arena, "{ 'commands': [{ 'command': '%s', 'hex': '' }] }",
                            rows[i].command),
            &file, &err));
        assert_true(wf_macho_read_header(&header, wf_buffer_bytes(&file), &err));
        assert_false(
            wf_macho_read_layout(&layout, &arena, wf_buffer_bytes(&file), &header, &err));
        assert_int_equal(err.kind, WF_ERR_MALFORMED);
        assert_non_null(
            strstr(err.text, wf_arena_printf(&arena, "has 8 bytes; its fields take %u",
                                             rows[i].need)));
        wf_buffer_clear(&file);
        wf_arena_clear(&arena);
    }
}

static void
a_segment_that_counts_more_sections_than_it_has_is_told(void **state)
{
    struct editing t;
    struct wf_macho_header header;
    struct wf_macho_layout layout;

    (void)state;
    start_editing(&t, "{ }");
    const size_t at = wf_test_macho_find(&t.file, 0, LC_SEGMENT_64, 0);

    wf_test_macho_set(&t.file, at + 64, UINT32_MAX);
    assert_true(wf_macho_read_header(&header, wf_buffer_bytes(&t.file), &t.err));
    assert_false(wf_macho_read_layout(&layout, &t.arena, wf_buffer_bytes(&t.file),
                                      &header, &t.err));
    assert_error_at(t.err, WF_ERR_MALFORMED, at + 4,
                    "at 0x24: load command 0 (0x19) has 152 bytes; its fields take "
                    "343597383672");
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_section_with_bytes_bounds_the_commands),
        cmocka_unit_test(sections_without_bytes_in_the_file_bound_nothing),
        cmocka_unit_test(a_segment_without_sections_bounds_the_commands),
        cmocka_unit_test(tables_that_lead_into_the_padding_bound_the_commands),
        cmocka_unit_test(the_most_harmless_commands_come_first),
        cmocka_unit_test(data_in_code_with_bytes_is_not_harmless),
        cmocka_unit_test(what_stands_in_the_way_of_a_signature_is_said),
        cmocka_unit_test(commands_too_short_for_their_fields_are_told_with_their_place),
        cmocka_unit_test(a_segment_that_counts_more_sections_than_it_has_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
