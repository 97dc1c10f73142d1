/* test_macho_edit_check.c -- a result that does not say what was asked is never given out. */
#include "../support/macho_editing.h"
#include "object/macho_edit_parts.h"

static const struct wf_macho_rename renames[] = { { 1, "@loader_path/libb.dylib" } };
static const uint32_t dropped[] = { 0 };
static const char *const added[] = { "@loader_path/c" };

static void
start_checked(struct editing *t)
{
    start_editing(t, "{ 'pad': 200, 'rpaths': ['/a', '/b'], 'signature': 'linker',"
                     "  'dylibs': ['/liba.dylib', '/libb.dylib'] }");
    t->slices[0] = (struct wf_macho_slice_edit){
        .id = "/DLC/x",
        .renames = renames,
        .num_renames = 1,
        .dropped_rpaths = dropped,
        .num_dropped_rpaths = 1,
        .added_rpaths = added,
        .num_added_rpaths = 1,
        .sign = WF_MACHO_SIGN,
        .identifier = "x",
    };
    do_edit(t);
}

/* What the editor knows of the file before it compares. */
static bool
is_what_was_asked(struct editing *t, bool is_changed)
{
    struct wf_macho_editor e = { .edit = &t->edit,
                                 .bytes = wf_buffer_bytes(&t->file),
                                 .err = &t->err };
    struct wf_macho_part part = { .edit = t->slices, .is_changed = is_changed };

    t->err = (struct wf_error){ 0 };
    assert_true(wf_macho_split(&e.file, &e.arena, e.bytes, NULL));
    part.slice = e.file.slices;
    part.bytes = part.slice->bytes;
    part.is_signed = t->slices[0].sign == WF_MACHO_SIGN;
    assert_true(wf_macho_read_header(&part.header, part.bytes, NULL));
    assert_true(
        wf_macho_read_layout(&part.layout, &e.arena, part.bytes, &part.header, NULL));
    e.parts = &part;
    /* The signature is where the last good result has it. */
    assert_true(t->edited.num_waiting == 1);
    part.signing.code_limit = t->edited.waiting[0].code_limit;
    part.signature_size = t->out.len - part.signing.code_limit;
    const bool ok = wf_macho_check_result(&e, wf_buffer_bytes(&t->out));

    wf_arena_clear(&e.arena);
    if (!ok)
        assert_error(t->err, WF_ERR_MALFORMED,
                     "its parts overlap: changing one of them spoils another");
    return ok;
}

static void
a_result_as_planned_is_accepted(void **state)
{
    struct editing t;

    (void)state;
    start_checked(&t);
    assert_true(is_what_was_asked(&t, true));
    end_editing(&t);
}

static void
a_word_that_differs_is_noticed(void **state)
{
    static const struct {
        uint32_t command;
        size_t nth;
        size_t off;
        uint32_t value;
    } rows[] = {
        { LC_ID_DYLIB, 0, 24, 0x58585858 },   { LC_LOAD_DYLIB, 0, 24, 0x58585858 },
        { LC_LOAD_DYLIB, 1, 24, 0x58585858 }, { LC_RPATH, 0, 12, 0x58585858 },
        { LC_RPATH, 1, 12, 0x58585858 },      { LC_RPATH, 0, 0, LC_SOURCE_VERSION },
        { LC_LOAD_DYLIB, 0, 0, LC_UUID },     { LC_SEGMENT_64, 0, 8, 0x58585858 },
        { LC_SEGMENT_64, 0, 24, 16384 },      { LC_SEGMENT_64, 0, 32, 4096 },
        { LC_SEGMENT_64, 0, 40, 4096 },       { LC_SEGMENT_64, 0, 48, 4096 },
        { LC_CODE_SIGNATURE, 0, 8, 4096 },    { LC_CODE_SIGNATURE, 0, 12, 4096 },
        { LC_CODE_SIGNATURE, 0, 0, LC_UUID }, { LC_ID_DYLIB, 0, 0, LC_UUID },
        { LC_LOAD_DYLIB, 0, 8, 0xffff },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_checked(&t);
        const size_t at = wf_test_macho_find(&t.out, 0, rows[i].command, rows[i].nth);

        assert_true(at != SIZE_MAX);
        wf_test_macho_set(&t.out, at + rows[i].off, rows[i].value);
        if (is_what_was_asked(&t, true))
            fail_msg("row %zu is not noticed", i);
        end_editing(&t);
    }
}

static void
a_slice_that_nothing_was_asked_of_must_be_what_it_was(void **state)
{
    struct editing t;

    (void)state;
    start_checked(&t);
    assert_false(is_what_was_asked(&t, false));
    wf_buffer_reset(&t.out);
    wf_buffer_add(&t.out, t.file.data, t.file.len);
    assert_true(is_what_was_asked(&t, false));
    t.out.data[t.out.len - 1] ^= 1;
    assert_false(is_what_was_asked(&t, false));
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_as_planned_is_accepted),
        cmocka_unit_test(a_word_that_differs_is_noticed),
        cmocka_unit_test(a_slice_that_nothing_was_asked_of_must_be_what_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
