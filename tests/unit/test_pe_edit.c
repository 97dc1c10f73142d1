/* Names in PE files get others: which fields change, and what is kept true beside them. */
#include <stdio.h>

#include "../support/pe_editing.h"

#include "object/pe_format.h"

static void
an_edit_of_nothing_gives_the_same_bytes(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'certificate': 64, 'checksum': 'wrong' }");
    add_rename(&t, "other.dll", "x.dll");
    add_rename(&t, "A.DLL", "a.dll"); /* it has that name */
    t.edit.clear_load_flags = true;
    t.edit.export_name = "b.dll"; /* there is no export directory */
    do_edit(&t);
    assert_room(&t, "unchanged");
    assert_false(t.edited.lost_certificate);
    assert_int_equal(t.edited.growth, 0);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&t.file), wf_buffer_bytes(&t.out)));
    end_editing(&t);
}

static void
every_import_of_a_name_changes_without_regard_to_case(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['A.dll', 'b.dll', 'a.DLL'], 'delay': ['a.dll'],"
                      "  'checksum': 'right' }");
    add_rename(&t, "a.dll", "a-0123.dll");
    do_edit(&t);
    assert_room(&t, "padding");
    assert_int_equal(t.after.objects[0].num_needed, 4);
    assert_string_equal(new_needed(&t, 0), "a-0123.dll");
    assert_string_equal(new_needed(&t, 1), "b.dll");
    assert_string_equal(new_needed(&t, 2), "a-0123.dll");
    assert_string_equal(new_needed(&t, 3), "a-0123.dll");
    /* One string serves all. */
    assert_int_equal(field(&t, 1, "import", 0, 12, 4), field(&t, 1, "delay", 0, 4, 4));
    assert_int_equal(t.after.objects[0].num_imports, t.before.objects[0].num_imports);
    end_editing(&t);
}

static void
only_the_case_of_a_name_changes_when_that_is_asked(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['A.dll'] }");
    add_rename(&t, "a.dll", "a.dll");
    do_edit(&t);
    assert_string_equal(new_needed(&t, 0), "a.dll");
    end_editing(&t);
}

static void
an_old_name_stays_where_it_was_for_those_who_share_it(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['abcdef.dll'] }");
    const uint64_t old = field(&t, 0, "import", 0, 12, 4);

    add_rename(&t, "abcdef.dll", "x.dll");
    do_edit(&t);
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.out), "rva", (size_t)old);

    assert_memory_equal(t.out.data + at, "abcdef.dll", 11);
    end_editing(&t);
}

static void
a_delay_import_of_addresses_gets_an_address(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'machine': 'x86', 'image_base': 268435456,"
                      "  'delay': [{ 'dll': 'a.dll', 'va': true }] }");
    add_rename(&t, "a.dll", "a-0123.dll");
    do_edit(&t);
    assert_string_equal(new_needed(&t, 0), "a-0123.dll");
    assert_true(t.after.objects[0].pe->needs[0].is_va);
    assert_true(field(&t, 1, "delay", 0, 4, 4) > 268435456);
    end_editing(&t);
}

static void
a_bound_delay_import_is_no_longer_taken_for_bound(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'delay': ['a.dll', 'b.dll'], 'poke': ["
                      "  { 'in': 'delay', 'nth': 0, 'at': 28, 'u32': 77 },"
                      "  { 'in': 'delay', 'nth': 1, 'at': 28, 'u32': 78 }] }");
    add_rename(&t, "a.dll", "a-0123.dll");
    do_edit(&t);
    assert_int_equal(field(&t, 1, "delay", 0, 28, 4), 0);
    assert_int_equal(field(&t, 1, "delay", 1, 28, 4), 78); /* still true */
    end_editing(&t);
}

static void
the_checksum_is_right_afterwards_unless_there_was_none(void **state)
{
    static const char *const had[] = { "right", "wrong" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(had); i++) {
        struct editing t;
        char recipe[80];

        snprintf(recipe, sizeof recipe, "{ 'imports': ['a.dll'], 'checksum': '%s' }",
                 had[i]);
        start_editing(&t, recipe);
        add_rename(&t, "a.dll", "abc.dll");
        do_edit(&t);
        assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_CHECKSUM, 4),
                         wf_test_pe_checksum(wf_buffer_bytes(&t.out)));
        end_editing(&t);
    }
    struct editing t;

    start_editing(&t, "{ 'imports': ['a.dll'] }");
    add_rename(&t, "a.dll", "abc.dll");
    do_edit(&t);
    assert_int_equal(field(&t, 1, "optional", 0, PE_OPT_CHECKSUM, 4), 0);
    end_editing(&t);
}

static void
load_flags_are_cleared_in_place_and_only_when_asked(void **state)
{
    static const char *const machines[] = { "x86", "amd64", "arm64" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(machines); i++) {
        struct editing t;
        char recipe[120];

        snprintf(recipe, sizeof recipe,
                 "{ 'machine': '%s', 'load_config': { 'flags': 2048 } }", machines[i]);
        start_editing(&t, recipe);
        do_edit(&t);
        assert_room(&t, "unchanged");
        assert_int_equal(t.after.objects[0].pe->dependent_load_flags, 2048);
        t.edit.clear_load_flags = true;
        do_edit(&t);
        assert_room(&t, "in-place");
        assert_int_equal(t.out.len, t.file.len);
        assert_int_equal(t.after.objects[0].pe->dependent_load_flags, 0);
        end_editing(&t);
    }
}

static void
a_load_configuration_too_short_for_flags_is_left_alone(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'load_config': { 'flags': 2048, 'size': 79 } }");
    t.edit.clear_load_flags = true;
    do_edit(&t);
    assert_room(&t, "unchanged");
    end_editing(&t);
    start_editing(&t, "{ 'load_config': { 'flags': 2048, 'size': 80 } }");
    t.edit.clear_load_flags = true;
    do_edit(&t);
    assert_room(&t, "in-place");
    end_editing(&t);
}

static void
a_certificate_goes_with_its_bytes(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'certificate': 64 }");
    const size_t before = wf_test_pe_find(wf_buffer_bytes(&t.file), "certificate", 0);

    add_rename(&t, "a.dll", "abc.dll");
    do_edit(&t);
    assert_true(t.edited.lost_certificate);
    assert_int_equal(t.out.len, before);
    assert_int_equal(field(&t, 1, "directory", 4, 0, 8), 0);
    assert_int_equal(t.after.objects[0].pe->certificate_len, 0);
    end_editing(&t);
}

static void
a_certificate_that_data_follow_is_zeroed_and_those_stay(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'certificate': 64 }");
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.file), "certificate", 0);
    const size_t end = t.file.len;

    wf_buffer_add_str(&t.file, "appended");
    add_rename(&t, "a.dll", "abc.dll");
    do_edit(&t);
    assert_room(&t, "padding");
    assert_int_equal(t.out.len, end + 8);
    assert_memory_equal(t.out.data + end, "appended", 8);
    for (size_t i = at; i < end; i++)
        assert_int_equal(t.out.data[i], 0);
    end_editing(&t);
}

static void
an_image_that_needs_its_signature_is_refused_when_it_would_change(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'dll_characteristics': 128 }");
    do_edit(&t);
    assert_room(&t, "unchanged");
    add_rename(&t, "a.dll", "abc.dll");
    assert_refused(&t, WF_ERR_REFUSED,
                   "at 0xde: the image may only be loaded with a true signature "
                   "(FORCE_INTEGRITY), and any change makes it false; leave it alone "
                   "(--no-mangle)");
    end_editing(&t);
}

static void
bound_imports_are_unbound_when_names_change(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': [{ 'dll': 'a.dll', 'bound': 4294967295 },"
                      "  { 'dll': 'b.dll', 'bound': 4294967295 }],"
                      "  'bound': ['a.dll', 'b.dll'] }");
    const size_t table = wf_test_pe_find(wf_buffer_bytes(&t.file), "bound", 0);
    const uint64_t addresses = field(&t, 0, "import", 1, 16, 4);
    const uint64_t lookup = field(&t, 0, "import", 1, 0, 4);
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&t.file), "rva", (size_t)addresses);

    /* As the linker left it: an address of some day. */
    wf_test_pe_set(&t.file, at, 0x7ff812345678, 8);
    add_rename(&t, "a.dll", "abc.dll");
    do_edit(&t);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(field(&t, 1, "import", i, 4, 8), 0);
    assert_int_equal(field(&t, 1, "directory", 11, 0, 8), 0);
    assert_int_equal(wf_test_pe_get(wf_buffer_bytes(&t.out), table, 8), 0);
    assert_int_equal(field(&t, 1, "rva", (size_t)addresses, 0, 8),
                     field(&t, 0, "rva", (size_t)lookup, 0, 8));
    assert_false(t.after.objects[0].pe->has_bound_imports);
    end_editing(&t);
}

static void
bound_imports_stay_when_only_flags_change(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': [{ 'dll': 'a.dll', 'bound': 4294967295 }],"
                      "  'bound': ['a.dll'], 'load_config': { 'flags': 2048 } }");
    t.edit.clear_load_flags = true;
    do_edit(&t);
    assert_true(t.after.objects[0].pe->has_bound_imports);
    end_editing(&t);
}

static void
a_bound_import_without_lookup_table_is_refused(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': [{ 'dll': 'a.dll', 'bound': 99, 'no_int': true }] }");
    add_rename(&t, "a.dll", "abc.dll");
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(t.err.text, ": the import of a.dll is bound to one build of "
                                       "it, and has no lookup table to undo that; keep "
                                       "its name"));
    end_editing(&t);
}

static void
the_name_of_an_import_must_be_readable(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'poke': ["
                      "  { 'in': 'import', 'at': 12, 'u32': 1048576 }] }");
    add_rename(&t, "a.dll", "abc.dll");
    assert_refused(
        &t, WF_ERR_MALFORMED,
        "at 0x444: the name of an import is said to be at RVA 0x100000, in no section");
    end_editing(&t);
}

static void
a_new_name_may_have_512_bytes(void **state)
{
    static char name[514];
    struct editing t;

    (void)state;
    memset(name, 'n', 513);
    start_editing(&t, "{ 'imports': ['a.dll'] }");
    add_rename(&t, "a.dll", name);
    assert_refused(&t, WF_ERR_REFUSED,
                   "the new name of a.dll has 513 bytes; at most 512 are written");
    name[512] = '\0';
    do_edit(&t);
    assert_string_equal(new_needed(&t, 0), name);
    end_editing(&t);
}

static void
a_result_above_the_maximum_is_an_error(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'imports': ['a.dll'], 'slack': 4 }");
    add_rename(&t, "a.dll", "abc.dll");
    wf_buffer_clear(&t.out);
    wf_buffer_init(&t.out, t.file.len + 511);
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_LIMIT);
    wf_buffer_clear(&t.out);
    wf_buffer_init(&t.out, t.file.len + 512);
    assert_true(try_edit(&t));
    end_editing(&t);
}

/* Every prefix of a file gives an edited file or one stated error. */
static void
a_file_cut_anywhere_is_edited_or_refused(void **state)
{
    static const char *const recipes[] = {
        "{ 'imports': [{ 'dll': 'a.dll', 'bound': 9 }], 'delay': ['b.dll'], 'slack': 20,"
        "  'bound': ['a.dll'], 'exports': ['f', { 'name': 'g', 'forward': 'a.g' }],"
        "  'symbols': 3, 'load_config': { 'flags': 1 }, 'pdb': 'x.pdb' }",
        "{ 'machine': 'x86', 'imports': ['a.dll'], 'certificate': 40, 'checksum': "
        "'right' }",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct editing t;

        start_editing(&t, recipes[i]);
        add_rename(&t, "a.dll", "a-0123456789abcdef.dll");
        t.edit.export_name = "demo-0123456789abcdef.dll";
        t.edit.clear_load_flags = true;
        for (size_t len = t.file.len; len-- > 0;) {
            t.file.len = len;
            if (!try_edit(&t))
                assert_true(t.err.text[0] != '\0');
        }
        end_editing(&t);
    }
}

/* Every byte changed in turn: what is written can be read, and says what was asked. */
static void
a_file_with_any_byte_changed_is_edited_or_refused(void **state)
{
    static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0xff };
    struct editing t;
    size_t num_edited = 0;

    (void)state;
    start_editing(&t,
                  "{ 'imports': [{ 'dll': 'a.dll', 'bound': 9 }], 'delay': ['b.dll'],"
                  "  'exports': ['f', { 'name': 'g', 'forward': 'a.g' }], 'slack': 20,"
                  "  'symbols': 3, 'load_config': { 'flags': 1 }, 'pdb': 'x.pdb' }");
    add_rename(&t, "a.dll", "a-0123456789abcdef.dll");
    t.edit.export_name = "demo-0123456789abcdef.dll";
    for (size_t at = 0; at < t.file.len; at++) {
        const uint8_t was = t.file.data[at];

        for (size_t i = 0; i < WF_COUNT(values); i++) {
            struct wf_pe_edited edited;
            struct wf_buffer same;

            t.file.data[at] = values[i];
            if (!try_edit(&t)) {
                assert_true(t.err.text[0] != '\0');
                continue;
            }
            num_edited++;
            wf_buffer_init(&same, EDITING_MOST);
            assert_true(wf_pe_apply_edit(&same, &edited, wf_buffer_bytes(&t.out), &t.edit,
                                         &t.err));
            assert_true(wf_bytes_equal(wf_buffer_bytes(&same), wf_buffer_bytes(&t.out)));
            wf_buffer_clear(&same);
        }
        t.file.data[at] = was;
    }
    assert_true(num_edited > t.file.len);
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_of_nothing_gives_the_same_bytes),
        cmocka_unit_test(every_import_of_a_name_changes_without_regard_to_case),
        cmocka_unit_test(only_the_case_of_a_name_changes_when_that_is_asked),
        cmocka_unit_test(an_old_name_stays_where_it_was_for_those_who_share_it),
        cmocka_unit_test(a_delay_import_of_addresses_gets_an_address),
        cmocka_unit_test(a_bound_delay_import_is_no_longer_taken_for_bound),
        cmocka_unit_test(the_checksum_is_right_afterwards_unless_there_was_none),
        cmocka_unit_test(load_flags_are_cleared_in_place_and_only_when_asked),
        cmocka_unit_test(a_load_configuration_too_short_for_flags_is_left_alone),
        cmocka_unit_test(a_certificate_goes_with_its_bytes),
        cmocka_unit_test(a_certificate_that_data_follow_is_zeroed_and_those_stay),
        cmocka_unit_test(
            an_image_that_needs_its_signature_is_refused_when_it_would_change),
        cmocka_unit_test(bound_imports_are_unbound_when_names_change),
        cmocka_unit_test(bound_imports_stay_when_only_flags_change),
        cmocka_unit_test(a_bound_import_without_lookup_table_is_refused),
        cmocka_unit_test(the_name_of_an_import_must_be_readable),
        cmocka_unit_test(a_new_name_may_have_512_bytes),
        cmocka_unit_test(a_result_above_the_maximum_is_an_error),
        cmocka_unit_test(a_file_cut_anywhere_is_edited_or_refused),
        cmocka_unit_test(a_file_with_any_byte_changed_is_edited_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
