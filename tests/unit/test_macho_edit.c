/* test_macho_edit.c -- what an edit is asked, and any bytes it is asked of. */
#include "../support/macho_editing.h"

static void
an_edit_of_nothing_gives_the_same_bytes(void **state)
{
    static const char *const recipes[] = {
        "{ 'signature': 'adhoc' }",
        "{ 'type': 'object' }",
        "{ 'fat': 64, 'slices': [{ 'arch': 'arm64', 'signature': 'linker' }] }",
        "{ 'slices': [{ 'arch': 'x86_64', 'archive': 64 }] }",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct editing t;

        start_editing(&t, recipes[i]);
        do_edit(&t);
        assert_false(t.edited.changed);
        assert_int_equal(t.edited.num_waiting, 0);
        assert_true(wf_bytes_equal(wf_buffer_bytes(&t.out), wf_buffer_bytes(&t.file)));
        end_editing(&t);
    }
}

static void
names_that_are_there_already_change_nothing(void **state)
{
    static const struct wf_macho_rename same = { 0, "/usr/lib/libSystem.B.dylib" };
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 0, 'signature': 'adhoc' }");
    t.slices[0].id = "@rpath/libdemo.dylib";
    t.slices[0].renames = &same;
    t.slices[0].num_renames = 1;
    do_edit(&t);
    assert_false(t.edited.changed);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&t.out), wf_buffer_bytes(&t.file)));
    end_editing(&t);
}

static void
a_signature_that_a_change_makes_false_is_not_kept(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 64, 'signature': 'linker' }");
    t.slices[0].id = "/DLC/x";
    assert_refused(&t, WF_ERR_REFUSED,
                   "arm64 has a signature that this change would make false; it must be "
                   "made anew or dropped");
    end_editing(&t);

    start_editing(&t, "{ 'pad': 64, 'arch': 'x86_64' }");
    t.slices[0].id = "/DLC/x";
    do_edit(&t);
    assert_string_equal(t.after.objects[0].soname, "/DLC/x");
    assert_false(t.after.objects[0].macho->has_signature);
    assert_int_equal(t.out.len, t.file.len);
    end_editing(&t);
}

static void
only_what_is_linked_is_edited(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'type': 'object' }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    assert_false(try_edit(&t));
    assert_error_at(t.err, WF_ERR_REFUSED, 12,
                    "at 0xc: the file type of arm64 is 1; only programs, dylibs and "
                    "bundles (2, 6 and 8) are edited");
    end_editing(&t);

    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64', 'archive': 64 }] }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    assert_int_equal(t.err.offset, t.before.objects[0].macho->slice_off);
    assert_non_null(
        strstr(t.err.text, "x86_64 is a static library, which has no load commands"));
    end_editing(&t);
}

static void
a_file_longer_than_allowed_is_told(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    t.out.max = t.file.len;
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_LIMIT);
    assert_non_null(strstr(t.err.text, " are allowed"));
    end_editing(&t);
}

static void
the_same_file_and_edit_give_the_same_bytes(void **state)
{
    struct editing t;
    struct wf_buffer first;

    (void)state;
    start_editing(&t, "{ 'pad': 64, 'rpaths': ['/a'] }");
    t.slices[0].id = "/DLC/x";
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    do_edit(&t);
    wf_buffer_init(&first, EDITING_MOST);
    wf_buffer_add(&first, t.out.data, t.out.len);
    do_edit(&t);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&first), wf_buffer_bytes(&t.out)));
    wf_buffer_clear(&first);
    end_editing(&t);
}

static void
symbols_go_before_the_edit_and_the_signature_comes_after(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 64, 'locals': 300, 'stabs': 20, 'signature': 'linker',"
                      "  'exports': ['_PyInit_x'] }");
    t.edit.strip = WF_MACHO_STRIP_LOCAL;
    t.slices[0].id = "/DLC/x";
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    do_edit(&t);
    assert_true(t.out.len + 300 * 16 < t.file.len);
    assert_signed(&t, 0, "x");
    assert_string_equal(t.after.objects[0].soname, "/DLC/x");
    assert_int_equal(t.after.objects[0].num_exports, t.before.objects[0].num_exports);
    end_editing(&t);
}

static void
an_unsigned_slice_is_stripped_and_stays_unsigned(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64', 'locals': 9 },"
                      "  { 'arch': 'arm64', 'signature': 'adhoc', 'locals': 0 },"
                      "  { 'arch': 'i386', 'archive': 64 }] }");
    t.edit.strip = WF_MACHO_STRIP_LOCAL;
    do_edit(&t);
    assert_true(t.edited.changed);
    assert_false(t.after.objects[0].macho->has_signature);
    assert_true(t.after.objects[0].macho->slice_size <
                t.before.objects[0].macho->slice_size);
    /* Nothing to take from the second: it keeps its bytes, and its signature with them. */
    assert_signed(&t, 1, "demo");
    assert_int_equal(t.after.objects[2].macho->slice_size, 64);
    end_editing(&t);
}

static void
a_signed_slice_that_loses_symbols_is_signed_or_refused(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'locals': 9, 'signature': 'adhoc' }");
    t.edit.strip = WF_MACHO_STRIP_LOCAL;
    assert_refused(&t, WF_ERR_REFUSED,
                   "arm64 has a signature that this change would make false; it must be "
                   "made anew or dropped");
    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    do_edit(&t);
    assert_false(t.after.objects[0].macho->has_signature);
    end_editing(&t);
}

static void
what_cannot_be_stripped_is_refused_whole(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'type': 'object', 'locals': 9 }");
    t.edit.strip = WF_MACHO_STRIP_DEBUG;
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    end_editing(&t);
}

static const char *const small[] = {
    "{ 'page': 512, 'text': 16, 'data': 16, 'rpaths': ['/a', '/b'], 'pad': 64,"
    "  'exports': ['_f'], 'imports': ['_g'], 'locals': 1, 'signature': 'adhoc' }",
    "{ 'page': 512, 'text': 16, 'data': 16, 'rpaths': ['/a', '/b'], 'pad': 64, 'arch':"
    "  'i386' }",
    "{ 'slices': [{ 'arch': 'x86_64', 'page': 512, 'text': 16, 'data': 0, 'align': 4,"
    "    'rpaths': ['/a', '/b'], 'pad': 64 },"
    "  { 'arch': 'arm64', 'page': 512, 'text': 16, 'data': 0, 'align': 4, 'pad': 64,"
    "    'rpaths': ['/a', '/b'], 'signature': 'linker' }] }",
};

static void
ask_for_everything(struct editing *t)
{
    static const uint32_t dropped[] = { 1 };
    static const char *const added[] = { "@loader_path/../c" };
    static const struct wf_macho_rename renames[] = { { 0, "@loader_path/libz.dylib" } };

    for (size_t i = 0; i < t->before.num_objects; i++)
        t->slices[i] = (struct wf_macho_slice_edit){
            .id = "/DLC/libx.dylib",
            .renames = renames,
            .num_renames = 1,
            .dropped_rpaths = dropped,
            .num_dropped_rpaths = 1,
            .added_rpaths = added,
            .num_added_rpaths = 1,
            .sign = WF_MACHO_SIGN,
            .identifier = "x",
        };
}

/* The plan of an edit comes from facts of the same bytes; where those say less than the edit
 * asks (a damaged file has no such library), nobody would ask it. */
static bool
facts_allow(struct editing *t)
{
    struct wf_object_file facts;
    struct wf_error err = { 0 };

    if (!read_facts(&facts, &t->arena, wf_buffer_bytes(&t->file), &err) ||
        facts.num_objects != t->edit.num_slices)
        return false;
    for (size_t i = 0; i < facts.num_objects; i++)
        if (facts.objects[i].kind == WF_KIND_ARCHIVE ||
            facts.objects[i].num_needed != 1 || facts.objects[i].num_rpaths != 2)
            return false;
    return true;
}

/* Either an error with a text, or a result whose signatures are true. */
static void
try_damaged(struct editing *t)
{
    struct wf_error err = { 0 };

    if (!facts_allow(t))
        return;
    if (!try_edit(t)) {
        assert_true(t->err.kind == WF_ERR_MALFORMED || t->err.kind == WF_ERR_REFUSED);
        assert_true(t->err.text[0] != '\0');
        assert_true(!t->err.has_offset || t->err.offset <= t->file.len);
        return;
    }
    assert_true(read_facts(&t->after, &t->arena, wf_buffer_bytes(&t->out), &err));
    for (size_t i = 0; i < t->after.num_objects; i++) {
        assert_string_equal(t->after.objects[i].needed[0], "@loader_path/libz.dylib");
        if (t->after.objects[i].endian == WF_LITTLE)
            assert_signed(t, i, "x");
    }
}

static void
any_prefix_is_edited_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(small); i++) {
        struct editing t;

        start_editing(&t, small[i]);
        ask_for_everything(&t);
        do_edit(&t);
        for (; t.file.len > 0; t.file.len--)
            try_damaged(&t);
        end_editing(&t);
    }
}

static void
any_changed_byte_is_edited_or_refused(void **state)
{
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(small); i++) {
        struct editing t;

        start_editing(&t, small[i]);
        ask_for_everything(&t);
        for (size_t at = 0; at < t.file.len; at++)
            for (size_t k = 0; k < WF_COUNT(changes); k++) {
                t.file.data[at] ^= changes[k];
                try_damaged(&t);
                t.file.data[at] ^= changes[k];
            }
        end_editing(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_of_nothing_gives_the_same_bytes),
        cmocka_unit_test(names_that_are_there_already_change_nothing),
        cmocka_unit_test(a_signature_that_a_change_makes_false_is_not_kept),
        cmocka_unit_test(only_what_is_linked_is_edited),
        cmocka_unit_test(a_file_longer_than_allowed_is_told),
        cmocka_unit_test(the_same_file_and_edit_give_the_same_bytes),
        cmocka_unit_test(symbols_go_before_the_edit_and_the_signature_comes_after),
        cmocka_unit_test(an_unsigned_slice_is_stripped_and_stays_unsigned),
        cmocka_unit_test(a_signed_slice_that_loses_symbols_is_signed_or_refused),
        cmocka_unit_test(what_cannot_be_stripped_is_refused_whole),
        cmocka_unit_test(any_prefix_is_edited_or_refused),
        cmocka_unit_test(any_changed_byte_is_edited_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
