/* Forwarders and the export name; the other view of ARM64X images. */
#include "../support/pe_editing.h"

#include "object/pe_format.h"

/* The text of the forwarder in the nth entry of the address table of the result. */
static const char *
forward_text(const struct editing *t, size_t nth)
{
    const struct wf_bytes out = wf_buffer_bytes(&t->out);
    const uint64_t table = field(t, 1, "export", 0, 28, 4);
    const uint64_t rva = field(t, 1, "rva", (size_t)table, 4 * nth, 4);

    /* It must be in the directory's range to be one. */
    assert_true(rva >= field(t, 1, "directory", 0, 0, 4));
    assert_true(rva <
                field(t, 1, "directory", 0, 0, 4) + field(t, 1, "directory", 0, 4, 4));
    return (const char *)out.data + wf_test_pe_find(out, "rva", (size_t)rva);
}

static void
the_export_name_changes_alone(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'name': 'demo.dll', 'exports': ['f'] }");
    t.edit.export_name = "demo-0123.dll";
    do_edit(&t);
    assert_room(&t, "padding");
    assert_string_equal(t.after.objects[0].soname, "demo-0123.dll");
    assert_int_equal(field(&t, 1, "directory", 0, 0, 8),
                     field(&t, 0, "directory", 0, 0, 8));
    assert_int_equal(t.after.objects[0].num_exports, 1);
    end_editing(&t);
}

static void
a_forwarder_is_cut_at_its_last_dot(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'exports': [{ 'name': 'a', 'forward': 'other.f' },"
                      "  { 'name': 'b', 'forward': 'OTHER.#12' },"
                      "  { 'name': 'c', 'forward': 'third.f' },"
                      "  { 'name': 'd', 'forward': 'x.y.f' }, 'own'] }");
    add_rename(&t, "other.dll", "other-0123.dll");
    add_rename(&t, "x.y", "z.dll");
    do_edit(&t);
    assert_string_equal(forward_text(&t, 0), "other-0123.f");
    assert_string_equal(forward_text(&t, 1), "other-0123.#12");
    assert_string_equal(forward_text(&t, 2), "third.f");
    assert_string_equal(forward_text(&t, 3), "z.f");
    assert_int_equal(t.after.objects[0].num_exports, 5);
    assert_int_equal(t.after.objects[0].num_needed, 3);
    assert_string_equal(new_needed(&t, 0), "other-0123.dll");
    assert_string_equal(new_needed(&t, 1), "third.dll");
    assert_string_equal(new_needed(&t, 2), "z.dll");
    assert_string_equal(t.after.objects[0].soname, "demo.dll");
    end_editing(&t);
}

static void
a_name_with_more_dots_or_another_ending_is_written_out(void **state)
{
    static const struct {
        const char *to;
        const char *text;
    } cases[] = {
        { "new.dll", "new.f" },
        { "NEW.DLL", "NEW.f" },
        { "a-1.2.dll", "a-1.2.dll.f" },
        { "new.pyd", "new.pyd.f" },
        { "new", "new.f" },
        { ".dll", ".dll.f" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct editing t;

        start_editing(&t, "{ 'exports': [{ 'name': 'a', 'forward': 'other.f' }] }");
        add_rename(&t, "other.dll", cases[i].to);
        assert_true(try_edit(&t));
        assert_string_equal(forward_text(&t, 0), cases[i].text);
        end_editing(&t);
    }
}

static void
a_forwarder_to_a_written_out_name_is_found_again(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'exports': [{ 'name': 'a', 'forward': 'a-1.2.dll.f' }] }");
    add_rename(&t, "A-1.2.dll", "b.dll");
    do_edit(&t);
    assert_string_equal(forward_text(&t, 0), "b.f");
    end_editing(&t);
}

static void
one_text_of_several_forwarders_is_written_once(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'exports': [{ 'name': 'a', 'forward': 'other.f' },"
                      "  { 'name': 'b', 'forward': 'other.g' }] }");
    const uint64_t table = field(&t, 0, "export", 0, 28, 4);
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.file), "rva", (size_t)table);

    wf_test_pe_set(&t.file, at + 4, wf_test_pe_get(wf_buffer_bytes(&t.file), at, 4), 4);
    add_rename(&t, "other.dll", "new.dll");
    do_edit(&t);
    assert_int_equal(field(&t, 1, "rva", (size_t)table, 0, 4),
                     field(&t, 1, "rva", (size_t)table, 4, 4));
    assert_int_equal(field(&t, 1, "directory", 0, 4, 4), PE_EXPORT_LEN + sizeof "new.f");
    end_editing(&t);
}

static void
name_and_forwarders_change_together(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'name': 'demo.dll', 'slack': 0, 'imports': ['other.dll'],"
                      "  'exports': ['f', { 'name': 'g', 'forward': 'other.f' }] }");
    add_rename(&t, "other.dll", "new.dll");
    t.edit.export_name = "demo-0123.dll";
    do_edit(&t);
    assert_room(&t, "new-section");
    assert_string_equal(t.after.objects[0].soname, "demo-0123.dll");
    assert_string_equal(forward_text(&t, 1), "new.f");
    assert_string_equal(new_needed(&t, 0), "new.dll");
    end_editing(&t);
}

static void
a_text_without_module_or_symbol_is_no_forwarder_to_rename(void **state)
{
    static const char *const texts[] = { "other.", ".f", "other" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        struct editing t;

        start_editing(&t, "{ 'exports': [{ 'name': 'a', 'forward': 'xxxxxx.y' }] }");
        const uint64_t table = field(&t, 0, "export", 0, 28, 4);
        const uint64_t rva = field(&t, 0, "rva", (size_t)table, 0, 4);
        const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.file), "rva", (size_t)rva);

        memcpy(t.file.data + at, texts[i], strlen(texts[i]) + 1);
        add_rename(&t, "other.dll", "new.dll");
        add_rename(&t, ".dll", "new.dll");
        do_edit(&t);
        assert_room(&t, "unchanged");
        end_editing(&t);
    }
}

static void
more_addresses_than_there_is_memory_are_damage(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'exports': ['f'], 'poke': ["
                      "  { 'in': 'export', 'at': 20, 'u32': 268435456 }] }");
    t.edit.export_name = "new.dll";
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(
        t.err.text, "the table of exported functions has 268435456 entries; there is "
                    "room for "));
    end_editing(&t);
}

/* A load configuration that leads to dynamic relocations at the end of .more: one for ARM64X
 * with the value of two bytes at `rva`. */
static void
start_arm64x(struct editing *t, uint64_t rva, uint32_t symbol)
{
    start_editing(t, "{ 'machine': 'arm64x', 'imports': ['a.dll'], 'exports': ['f'],"
                     "  'load_config': { 'size': 320 },"
                     "  'sections': [{ 'name': '.more', 'size': 64, 'flags': 1073741888,"
                     "    'fill': 0 }] }");
    const size_t config = wf_test_pe_find(wf_buffer_bytes(&t->file), "load_config", 0);
    const size_t raw = wf_test_pe_find(wf_buffer_bytes(&t->file), "raw", 2);
    const uint64_t fields[][2] = {
        { 1, 4 },
        { 8 + 4 + 8 + 4, 4 },
        { symbol, 8 },
        { 8 + 4, 4 },
        { rva / 4096 * 4096, 4 },
        { 8 + 4, 4 },
        { 0x5000 | rva % 4096, 2 },
        { 0, 2 },
    };
    size_t at = raw;

    wf_test_pe_set(&t->file, config + PE_LOAD_DYNAMIC_OFF_64, 0, 4);
    wf_test_pe_set(&t->file, config + PE_LOAD_DYNAMIC_SECTION_64, 3, 2);
    for (size_t i = 0; i < WF_COUNT(fields); i++) {
        wf_test_pe_set(&t->file, at, fields[i][0], (size_t)fields[i][1]);
        at += (size_t)fields[i][1];
    }
    add_rename(t, "a.dll", "abc.dll");
}

static void
a_field_that_the_other_view_replaces_is_not_changed(void **state)
{
    struct editing t;
    uint64_t name;

    (void)state;
    start_arm64x(&t, 0, 6);
    name = field(&t, 0, "directory", 1, 0, 4) + 12;
    end_editing(&t);
    for (uint64_t rva = name - 2; rva < name + 5; rva++) {
        start_arm64x(&t, rva, 6);
        if (rva == name - 2 || rva == name + 4) {
            assert_true(try_edit(&t));
        } else {
            assert_false(try_edit(&t));
            assert_int_equal(t.err.kind, WF_ERR_REFUSED);
            assert_non_null(strstr(t.err.text, "the image is one for two machines "
                                               "(ARM64X), and the other one's view has "
                                               "another value at RVA "));
        }
        end_editing(&t);
    }
    start_arm64x(&t, name, 3); /* of another kind */
    assert_true(try_edit(&t));
    end_editing(&t);
}

static void
dynamic_relocations_of_an_unknown_version_are_refused(void **state)
{
    struct editing t;

    (void)state;
    start_arm64x(&t, 0, 6);
    wf_test_pe_set(&t.file, wf_test_pe_find(wf_buffer_bytes(&t.file), "raw", 2), 2, 4);
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(t.err.text, "dynamic relocations of version 2; only version 1 "
                                       "is known, so nobody knows what they change"));
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_export_name_changes_alone),
        cmocka_unit_test(a_forwarder_is_cut_at_its_last_dot),
        cmocka_unit_test(a_name_with_more_dots_or_another_ending_is_written_out),
        cmocka_unit_test(a_forwarder_to_a_written_out_name_is_found_again),
        cmocka_unit_test(one_text_of_several_forwarders_is_written_once),
        cmocka_unit_test(name_and_forwarders_change_together),
        cmocka_unit_test(a_text_without_module_or_symbol_is_no_forwarder_to_rename),
        cmocka_unit_test(more_addresses_than_there_is_memory_are_damage),
        cmocka_unit_test(a_field_that_the_other_view_replaces_is_not_changed),
        cmocka_unit_test(dynamic_relocations_of_an_unknown_version_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
