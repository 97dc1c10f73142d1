/* test_macho_edit_place.c -- where signatures stand, and slices in their file. */
#include "../support/macho_editing.h"
#include "object/macho_edit_parts.h"

static void
sign_all(struct editing *t)
{
    for (size_t i = 0; i < t->before.num_objects; i++) {
        t->slices[i].sign = WF_MACHO_SIGN;
        t->slices[i].identifier = "libx";
    }
}

static struct wf_macho_layout
layout_of(struct editing *t, const struct wf_buffer *file)
{
    struct wf_macho_header header = { 0 };
    struct wf_macho_layout layout = { 0 };

    assert_true(wf_macho_read_header(&header, wf_buffer_bytes(file), NULL));
    assert_true(
        wf_macho_read_layout(&layout, &t->arena, wf_buffer_bytes(file), &header, NULL));
    return layout;
}

static void
an_unsigned_image_gets_a_signature_behind_linkedit(void **state)
{
    static const char *const recipes[] = {
        "{ 'arch': 'arm64' }",
        "{ 'arch': 'x86_64', 'type': 'bundle', 'exports': ['_PyInit_x', '_odd'] }",
        "{ 'arch': 'i386' }",
        "{ 'arch': 'arm64', 'type': 'execute' }",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct editing t;

        start_editing(&t, recipes[i]);
        sign_all(&t);
        do_edit(&t);
        assert_true(t.edited.changed);
        assert_int_equal(t.edited.num_waiting, 1);
        assert_signed(&t, 0, "libx");
        const struct wf_macho_signature signature = edited_signature(&t, 0);

        assert_true(signature.offset >= t.file.len);
        assert_true(signature.offset < t.file.len + WF_MACHO_SIGN_ALIGN);
        for (size_t at = t.file.len; at < signature.offset; at++)
            assert_int_equal(t.out.data[at], 0);
        const struct wf_macho_layout layout = layout_of(&t, &t.out);

        assert_int_equal(layout.linkedit->off + layout.linkedit->len, t.out.len);
        assert_true(layout.linkedit->vmsize >= layout.linkedit->len);
        end_editing(&t);
    }
}

static void
an_old_signature_is_cut_off_where_it_began(void **state)
{
    static const char *const recipes[] = {
        "{ 'signature': 'linker', 'identifier': 'a.out', 'pad': 0 }",
        "{ 'signature': 'adhoc', 'arch': 'x86_64', 'pad': 0 }",
        "{ 'signature': { 'zeros': 18000 }, 'pad': 0 }",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct editing t;

        start_editing(&t, recipes[i]);
        const uint64_t old_off = layout_of(&t, &t.file).signature_off;

        sign_all(&t);
        do_edit(&t);
        assert_signed(&t, 0, "libx");
        assert_int_equal(edited_signature(&t, 0).offset, old_off);
        assert_int_equal(t.after.objects[0].macho->num_commands,
                         t.before.objects[0].macho->num_commands);
        end_editing(&t);
    }
}

static void
signing_twice_gives_the_same_bytes(void **state)
{
    struct editing t, again;

    (void)state;
    start_editing(&t, "{ 'arch': 'x86_64', 'rpaths': ['/a'] }");
    sign_all(&t);
    do_edit(&t);
    start_editing(&again, "{ }");
    wf_buffer_reset(&again.file);
    wf_buffer_add(&again.file, t.out.data, t.out.len);
    sign_all(&again);
    do_edit(&again);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&again.out), wf_buffer_bytes(&t.out)));
    end_editing(&again);
    end_editing(&t);
}

static void
linkedit_grows_in_memory_by_whole_pages_and_never_shrinks(void **state)
{
    static const struct {
        const char *recipe;
        uint64_t page;
    } rows[] = {
        { "{ 'arch': 'arm64', 'text': 2600000 }", 16384 },
        { "{ 'arch': 'x86_64', 'text': 2600000 }", 4096 },
        { "{ 'arch': 'i386', 'text': 2600000 }", 4096 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, rows[i].recipe);
        sign_all(&t);
        do_edit(&t);
        const struct wf_macho_layout layout = layout_of(&t, &t.out);

        assert_true(layout.linkedit->len > rows[i].page);
        assert_int_equal(layout.linkedit->vmsize % rows[i].page, 0);
        assert_true(layout.linkedit->vmsize - layout.linkedit->len < rows[i].page);
        assert_signed(&t, 0, "libx");
        end_editing(&t);
    }
    struct editing t;

    start_editing(&t, "{ 'signature': { 'zeros': 90000 } }");
    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    const uint64_t vmsize = layout_of(&t, &t.file).linkedit->vmsize;

    do_edit(&t);
    assert_true(vmsize >= 90000);
    assert_int_equal(layout_of(&t, &t.out).linkedit->vmsize, vmsize);
    end_editing(&t);
}

static void
a_dropped_signature_leaves_neither_command_nor_bytes(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'arch': 'x86_64', 'signature': 'adhoc' }");
    const struct wf_macho_layout old = layout_of(&t, &t.file);

    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    do_edit(&t);
    assert_int_equal(t.out.len, old.signature_off);
    assert_int_equal(t.edited.num_waiting, 0);
    assert_false(t.after.objects[0].macho->has_signature);
    assert_null(t.after.objects[0].macho->why_not_signable);
    assert_int_equal(layout_of(&t, &t.out).linkedit->len,
                     old.signature_off - old.linkedit->off);
    end_editing(&t);

    start_editing(&t, "{ 'arch': 'x86_64' }");
    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    do_edit(&t);
    assert_false(t.edited.changed);
    end_editing(&t);
}

static void
nothing_may_follow_the_signature(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'signature': 'adhoc' }");
    const size_t len = t.file.len;

    wf_buffer_add_str(&t.file, "more");
    sign_all(&t);
    char *text = wf_arena_printf(&t.arena,
                                 "arm64 cannot be signed anew: __LINKEDIT ends at %zu, "
                                 "and the image at %zu",
                                 len, len + 4);
    assert_refused(&t, WF_ERR_REFUSED, text);
    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    assert_refused(&t, WF_ERR_REFUSED, text);
    end_editing(&t);
}

static void
an_address_space_has_an_end(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'arch': 'i386' }");
    const uint32_t nth = (uint32_t)layout_of(&t, &t.file).num_segments - 1;
    const size_t at = wf_test_macho_find(&t.file, 0, LC_SEGMENT, nth);

    wf_test_macho_set(&t.file, at + 24, 0xfffff000);
    wf_test_macho_set(&t.file, at + 28, 0);
    sign_all(&t);
    assert_refused(&t, WF_ERR_REFUSED,
                   "the signature of i386 leads __LINKEDIT out of the address space: it "
                   "begins at 0xfffff000 and would have 4096 bytes");
    wf_test_macho_set(&t.file, at + 24, 0xffffe000);
    do_edit(&t);
    end_editing(&t);
}

#define UNIVERSAL                                                                        \
    "'slices': [{ 'arch': 'x86_64', 'align': 12, 'rpaths': ['/a'] },"                    \
    "  { 'arch': 'arm64', 'align': 14, 'signature': 'linker' },"                         \
    "  { 'arch': 'i386', 'align': 12 }]"

static void
slices_get_new_places_by_their_alignment_and_zeros_between(void **state)
{
    static const char *const recipes[] = { "{ " UNIVERSAL " }",
                                           "{ 'fat': 64, " UNIVERSAL " }" };
    static const uint32_t dropped[] = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct editing t;
        uint64_t end = i == 0 ? 8 + 3 * 20 : 8 + 3 * 32; /* of the fat header */

        start_editing(&t, recipes[i]);
        t.slices[0].dropped_rpaths = dropped;
        t.slices[0].num_dropped_rpaths = 1;
        t.slices[0].sign = WF_MACHO_SIGN;
        t.slices[0].identifier = "first";
        t.slices[1].id = "/DLC/x";
        t.slices[1].sign = WF_MACHO_SIGN;
        t.slices[1].identifier = "second";
        do_edit(&t);
        assert_int_equal(t.edited.num_waiting, 2);
        assert_signed(&t, 0, "first");
        assert_signed(&t, 1, "second");
        assert_int_equal(t.after.objects[0].num_rpaths, 0);
        assert_string_equal(t.after.objects[1].soname, "/DLC/x");
        assert_string_equal(t.after.objects[0].soname, "@rpath/libdemo.dylib");
        for (size_t k = 0; k < 3; k++) {
            const struct wf_macho *macho = t.after.objects[k].macho;

            assert_int_equal(macho->slice_off % macho->slice_align, 0);
            assert_true(macho->slice_off - end < macho->slice_align);
            for (uint64_t at = end; at < macho->slice_off; at++)
                assert_int_equal(t.out.data[at], 0);
            assert_int_equal(macho->slice_align, t.before.objects[k].macho->slice_align);
            end = macho->slice_off + macho->slice_size;
        }
        assert_int_equal(end, t.out.len);
        const struct wf_macho *was = t.before.objects[2].macho;

        assert_memory_equal(edited_slice(&t, 2).data, t.file.data + was->slice_off,
                            was->slice_size);
        assert_int_equal(edited_slice(&t, 2).len, was->slice_size);
        end_editing(&t);
    }
}

static void
slices_keep_the_order_of_the_header_and_that_of_the_file(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64' }, { 'arch': 'i386' }] }");
    uint8_t entry[20];

    memcpy(entry, t.file.data + 8, sizeof entry);
    memcpy(t.file.data + 8, t.file.data + 28, sizeof entry);
    memcpy(t.file.data + 28, entry, sizeof entry);
    assert_true(read_facts(&t.before, &t.arena, wf_buffer_bytes(&t.file), &t.err));
    sign_all(&t);
    do_edit(&t);
    assert_string_equal(t.after.objects[0].arch_name, "i386");
    assert_string_equal(t.after.objects[1].arch_name, "x86_64");
    assert_true(t.after.objects[1].macho->slice_off <
                t.after.objects[0].macho->slice_off);
    assert_signed(&t, 0, "libx");
    assert_signed(&t, 1, "libx");
    end_editing(&t);
}

static void
an_edit_of_one_slice_refused_refuses_the_file_and_names_it(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64', 'pad': 16 },"
                      "  { 'arch': 'arm64', 'pad': 0 }] }");
    sign_all(&t);
    assert_refused(
        &t, WF_ERR_REFUSED,
        "the load commands of arm64 are 16 bytes too long: the header has room "
        "for 0 more bytes; link with -headerpad_max_install_names (or "
        "-headerpad 0x10)");
    end_editing(&t);
}

static void
bytes_between_slices_that_are_not_zero_are_not_thrown_away(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64' }] }");
    sign_all(&t);
    t.file.data[100] = 1;
    assert_false(try_edit(&t));
    assert_error_at(t.err, WF_ERR_REFUSED, 100,
                    "at 0x64: this byte belongs to no slice, and would be lost");
    t.file.data[100] = 0;
    do_edit(&t);
    const size_t end = t.file.len;

    wf_buffer_add(&t.file, "\0\0\1", 3);
    assert_false(try_edit(&t));
    assert_int_equal(t.err.offset, end + 2);
    end_editing(&t);
}

static void
a_slice_that_old_tools_hid_is_not_lost(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'hidden': 1, 'slices': [{ 'arch': 'x86_64' },"
                      "  { 'arch': 'arm64' }] }");
    sign_all(&t);
    assert_false(try_edit(&t));
    assert_error_at(t.err, WF_ERR_REFUSED, 28,
                    "at 0x1c: this byte belongs to no slice, and would be lost");
    end_editing(&t);
}

static void
an_alignment_that_a_slice_has_not_is_not_given_to_it(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'slices': [{ 'arch': 'x86_64', 'align': 12 }] }");
    sign_all(&t);
    t.file.data[8 + 19] = 31; /* the align of the first entry */
    assert_false(try_edit(&t));
    assert_error_at(t.err, WF_ERR_MALFORMED, 4096,
                    "at 0x1000: x86_64 begins here, and the fat header says that it is "
                    "aligned to 2^31 bytes");
    end_editing(&t);
}

/* Files of 4 GiB are not made here: what decides looks at lengths alone. */
static void
offsets_of_32_bits_end_at_4_gib(void **state)
{
    static const uint8_t gap[4096];
    struct wf_macho_slice slice = { .align = 12 };
    struct wf_macho_part part = { .slice = &slice, .name = "arm64" };
    struct wf_error err = { 0 };
    struct wf_macho_editor e = {
        .file = { .is_fat = true, .slices = &slice, .num_slices = 1 },
        .parts = &part,
        .err = &err,
    };

    (void)state;
    slice.bytes.file_off = sizeof gap;
    e.bytes = wf_bytes_of(gap, sizeof gap);
    part.new_len = UINT32_MAX - 4096;
    assert_true(wf_macho_place_parts(&e));
    assert_int_equal(e.new_len, UINT32_MAX);
    part.new_len++;
    assert_false(wf_macho_place_parts(&e));
    assert_error(err, WF_ERR_REFUSED,
                 "arm64 would end at 4294967296, and the fat header reaches to 4 GiB");
    e.file.is_fat_64 = true;
    assert_true(wf_macho_place_parts(&e));
    wf_arena_clear(&e.arena);
}

static void
a_signature_beyond_4_gib_is_refused(void **state)
{
    static const struct wf_macho_slice_edit edit = { .sign = WF_MACHO_SIGN,
                                                     .identifier = "x" };
    struct wf_macho_segment segment = { .len = 4096 };
    struct wf_error err = { 0 };
    struct wf_macho_editor e = { .err = &err };
    struct wf_macho_part part = {
        .edit = &edit,
        .name = "arm64",
        .layout = { .text = &segment, .linkedit = &segment },
        .bytes = { .len = (size_t)UINT32_MAX - 100 },
    };

    (void)state;
    assert_false(wf_macho_place_signature(&e, &part));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_non_null(
        strstr(err.text, " with a signature, and LC_CODE_SIGNATURE reaches to 4 GiB"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unsigned_image_gets_a_signature_behind_linkedit),
        cmocka_unit_test(an_old_signature_is_cut_off_where_it_began),
        cmocka_unit_test(signing_twice_gives_the_same_bytes),
        cmocka_unit_test(linkedit_grows_in_memory_by_whole_pages_and_never_shrinks),
        cmocka_unit_test(a_dropped_signature_leaves_neither_command_nor_bytes),
        cmocka_unit_test(nothing_may_follow_the_signature),
        cmocka_unit_test(an_address_space_has_an_end),
        cmocka_unit_test(slices_get_new_places_by_their_alignment_and_zeros_between),
        cmocka_unit_test(slices_keep_the_order_of_the_header_and_that_of_the_file),
        cmocka_unit_test(an_edit_of_one_slice_refused_refuses_the_file_and_names_it),
        cmocka_unit_test(bytes_between_slices_that_are_not_zero_are_not_thrown_away),
        cmocka_unit_test(an_alignment_that_a_slice_has_not_is_not_given_to_it),
        cmocka_unit_test(offsets_of_32_bits_end_at_4_gib),
        cmocka_unit_test(a_signature_beyond_4_gib_is_refused),
        cmocka_unit_test(a_slice_that_old_tools_hid_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
