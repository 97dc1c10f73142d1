/* test_macho_edit_commands.c -- which load commands an edit changes, and that it changes no
 * others. */
#include "../support/macho_editing.h"
#include "object/macho_edit_parts.h"

static void
start_with_libraries(struct editing *t, const char *arch)
{
    struct wf_arena arena = { 0 };

    start_editing(
        t, wf_arena_printf(
               &arena,
               "{ 'pad': 256, 'arch': '%s', 'rpaths': ['/a', '@loader_path/../b', '/c'],"
               "  'dylibs': ["
               "  { 'name': '/usr/lib/libSystem.B.dylib', 'current': '1.2.3' },"
               "  { 'name': '/opt/libw.dylib', 'kind': 'weak', 'compatibility': '4.5' },"
               "  { 'name': '/opt/libr.dylib', 'kind': 'reexport' },"
               "  { 'name': '/opt/libu.dylib', 'kind': 'upward' },"
               "  { 'name': '/opt/libd.dylib', 'kind': 'use', 'use_flags': 11 },"
               "  { 'name': '/opt/libl.dylib', 'kind': 'lazy' }] }",
               arch));
    wf_arena_clear(&arena);
}

/* Little- and big-endian images of either word size. */
static const char *const archs[] = { "arm64", "x86_64", "i386", "ppc", "ppc64" };

/* The commands of the first slice, by index. */
static struct wf_bytes
command_at(const struct wf_buffer *file, uint32_t index)
{
    struct wf_macho_header header;
    struct wf_macho_command command = { 0 };

    assert_true(wf_macho_read_header(&header, wf_buffer_bytes(file), NULL));
    struct wf_macho_walk walk = wf_macho_walk_over(&header);

    for (uint32_t i = 0; i <= index; i++)
        assert_true(wf_macho_next(&command, &walk, NULL));
    return command.bytes;
}

static void
a_new_name_keeps_kind_versions_and_flags_of_its_library(void **state)
{
    static const char to[] = "@loader_path/../.dylibs/lib.dylib";

    (void)state;
    for (size_t a = 0; a < WF_COUNT(archs); a++)
        for (uint32_t i = 0; i < 6; i++) {
            const struct wf_macho_rename rename = { i, to };
            struct editing t;

            start_with_libraries(&t, archs[a]);
            t.slices[0].renames = &rename;
            t.slices[0].num_renames = 1;
            do_edit(&t);
            const struct wf_object *before = &t.before.objects[0];
            const struct wf_object *after = &t.after.objects[0];

            assert_int_equal(after->num_needed, 6);
            for (uint32_t k = 0; k < 6; k++) {
                const struct wf_macho_dylib *was = &before->macho->dylibs[k];
                const struct wf_macho_dylib *is = &after->macho->dylibs[k];

                assert_string_equal(after->needed[k], k == i ? to : before->needed[k]);
                assert_int_equal(is->weak, was->weak);
                assert_int_equal(is->reexport, was->reexport);
                assert_int_equal(is->upward, was->upward);
                assert_int_equal(is->lazy, was->lazy);
                assert_int_equal(is->is_use, was->is_use);
                assert_int_equal(is->current_version, was->current_version);
                assert_int_equal(is->compatibility_version, was->compatibility_version);
                assert_int_equal(is->text_off, was->text_off);
            }
            end_editing(&t);
        }
}

static void
the_fixed_part_of_a_dylib_use_stays_byte_for_byte(void **state)
{
    const struct wf_macho_rename rename = { 4, "@loader_path/libd.dylib" };
    struct editing t;

    (void)state;
    start_with_libraries(&t, "arm64");
    t.slices[0].renames = &rename;
    t.slices[0].num_renames = 1;
    do_edit(&t);
    const size_t was = wf_test_macho_find(&t.file, 0, LC_LOAD_WEAK_DYLIB, 1);
    const size_t is = wf_test_macho_find(&t.out, 0, LC_LOAD_WEAK_DYLIB, 1);

    assert_true(was != SIZE_MAX && is != SIZE_MAX);
    assert_int_equal(wf_test_macho_get(&t.out, is + 4), 56);
    assert_int_equal(wf_test_macho_get(&t.out, is + 8), 28);
    assert_int_equal(wf_test_macho_get(&t.out, is + 12), DYLIB_USE_MARKER);
    assert_int_equal(wf_test_macho_get(&t.out, is + 24), 11);
    assert_memory_equal(t.out.data + is + 8, t.file.data + was + 8, 20);
    end_editing(&t);
}

static void
every_other_command_stays_byte_for_byte_and_in_its_place(void **state)
{
    (void)state;
    for (size_t a = 0; a < WF_COUNT(archs); a++) {
        struct editing t;

        start_with_libraries(&t, archs[a]);
        t.slices[0].id = "/DLC/pkg/.dylibs/libdemo.1.dylib";
        do_edit(&t);
        const struct wf_macho *macho = t.after.objects[0].macho;
        uint32_t num_changed = 0;

        assert_int_equal(macho->num_commands, t.before.objects[0].macho->num_commands);
        for (uint32_t i = 0; i < macho->num_commands; i++)
            if (!wf_bytes_equal(command_at(&t.file, i), command_at(&t.out, i)))
                num_changed++;
        assert_int_equal(num_changed, 1);
        assert_string_equal(t.after.objects[0].soname, t.slices[0].id);
        assert_int_equal(macho->id_size, wf_macho_command_size(24, t.slices[0].id,
                                                               macho->header_len == 32));
        end_editing(&t);
    }
}

static void
content_stays_where_it_is(void **state)
{
    struct editing t;

    (void)state;
    start_with_libraries(&t, "x86_64");
    t.slices[0].id = "/DLC/pkg/.dylibs/libdemo.1.dylib";
    do_edit(&t);
    const uint64_t content = t.before.objects[0].macho->first_content;

    assert_int_equal(t.out.len, t.file.len);
    assert_int_equal(t.after.objects[0].macho->first_content, content);
    assert_memory_equal(t.out.data + content, t.file.data + content,
                        t.file.len - content);
    end_editing(&t);
}

static void
search_paths_go_stay_in_order_and_come_behind(void **state)
{
    static const uint32_t dropped[] = { 0, 2 };
    static const char *const added[] = { "@loader_path/new", "@loader_path" };

    (void)state;
    for (size_t a = 0; a < WF_COUNT(archs); a++) {
        struct editing t;

        start_with_libraries(&t, archs[a]);
        t.slices[0].dropped_rpaths = dropped;
        t.slices[0].num_dropped_rpaths = 2;
        t.slices[0].added_rpaths = added;
        t.slices[0].num_added_rpaths = 2;
        do_edit(&t);
        const struct wf_object *after = &t.after.objects[0];

        assert_int_equal(after->num_rpaths, 3);
        assert_string_equal(after->rpaths[0], "@loader_path/../b");
        assert_string_equal(after->rpaths[1], "@loader_path/new");
        assert_string_equal(after->rpaths[2], "@loader_path");
        assert_int_equal(after->num_needed, 6);
        end_editing(&t);
    }
}

static void
bytes_that_commands_no_longer_take_become_zero(void **state)
{
    static const uint32_t dropped[] = { 0, 1, 2 };
    struct editing t;

    (void)state;
    start_with_libraries(&t, "arm64");
    t.slices[0].dropped_rpaths = dropped;
    t.slices[0].num_dropped_rpaths = 3;
    do_edit(&t);
    const struct wf_macho *before = t.before.objects[0].macho;
    const struct wf_macho *after = t.after.objects[0].macho;

    assert_int_equal(after->num_commands, before->num_commands - 3);
    assert_true(after->commands_len < before->commands_len);
    for (size_t i = after->header_len + after->commands_len;
         i < before->header_len + before->commands_len; i++)
        assert_int_equal(t.out.data[i], 0);
    end_editing(&t);
}

static void
a_renamed_command_loses_spare_bytes_and_others_keep_theirs(void **state)
{
    static const struct wf_macho_rename same = { 0, "/liba.dylib" };
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 0, 'dylibs': [{ 'name': '/liba.dylib', 'pad': 40 },"
                      "  { 'name': '/libb.dylib', 'pad': 40 }] }");
    t.slices[0].renames = &same;
    t.slices[0].num_renames = 1;
    assert_int_equal(wf_macho_room(&t.before.objects[0], &t.slices[0]), 40);
    do_edit(&t);
    const struct wf_macho_dylib *dylibs = t.after.objects[0].macho->dylibs;

    assert_int_equal(dylibs[0].command_size, 40);
    assert_int_equal(dylibs[1].command_size, 80);
    assert_string_equal(t.after.objects[0].needed[0], "/liba.dylib");
    end_editing(&t);
}

static void
reclaimed_commands_go_and_a_version_keeps_all_but_its_tools(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 0, 'tools': 3, 'min_os': '12.3', 'sdk': '14.5' }");
    const struct wf_macho *macho = t.before.objects[0].macho;

    t.slices[0].num_reclaimed = macho->num_reclaims;
    do_edit(&t);
    assert_true(wf_test_macho_find(&t.file, 0, LC_SOURCE_VERSION, 0) != SIZE_MAX);
    assert_true(wf_test_macho_find(&t.out, 0, LC_SOURCE_VERSION, 0) == SIZE_MAX);
    assert_true(wf_test_macho_find(&t.out, 0, LC_FUNCTION_STARTS, 0) == SIZE_MAX);
    assert_true(wf_test_macho_find(&t.out, 0, LC_UUID, 0) != SIZE_MAX);
    const size_t at = wf_test_macho_find(&t.out, 0, LC_BUILD_VERSION, 0);

    assert_int_equal(wf_test_macho_get(&t.out, at + 4), 24);
    assert_int_equal(wf_test_macho_get(&t.out, at + 12), WF_MACOS_VERSION(12, 3, 0));
    assert_int_equal(wf_test_macho_get(&t.out, at + 16), WF_MACOS_VERSION(14, 5, 0));
    assert_int_equal(wf_test_macho_get(&t.out, at + 20), 0);
    end_editing(&t);
}

static void
a_new_install_name_begins_where_every_linker_puts_it(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ }");
    const size_t at = wf_test_macho_find(&t.file, 0, LC_ID_DYLIB, 0);

    wf_test_macho_set(&t.file, at + 8, 28); /* "th/libdemo.dylib" */
    t.slices[0].id = "/DLC/libdemo.dylib";
    do_edit(&t);
    assert_int_equal(wf_test_macho_get(&t.out, at + 8), 24);
    assert_string_equal(t.after.objects[0].soname, "/DLC/libdemo.dylib");
    end_editing(&t);
}

static void
an_image_without_install_name_gets_none(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'type': 'bundle' }");
    t.slices[0].id = "/DLC/x";
    assert_refused(&t, WF_ERR_REFUSED, "arm64 has no install name that could be changed");
    end_editing(&t);
}

static void
names_that_are_damaged_stop_the_edit_with_their_place(void **state)
{
    static const struct {
        uint32_t command;
        size_t off;
        uint32_t value;
        const char *text;
    } rows[] = {
        { LC_LOAD_DYLIB, 8, 4000,
          "the name of a library begins at 4000 of its command, which has text "
          "from 24 to 56" },
        { LC_ID_DYLIB, 8, 12,
          "the install name begins at 12 of its command, which has text from "
          "24 to 48" },
        { LC_RPATH, 8, 0xffffffff,
          "a search path begins at 4294967295 of its command, which has text "
          "from 12 to 16" },
    };
    static const char *const added[] = { "/x" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, "{ 'rpaths': ['/a'] }");
        const size_t at = wf_test_macho_find(&t.file, 0, rows[i].command, 0);

        wf_test_macho_set(&t.file, at + rows[i].off, rows[i].value);
        t.slices[0].added_rpaths = added;
        t.slices[0].num_added_rpaths = 1;
        assert_false(try_edit(&t));
        assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
        assert_int_equal(t.err.offset, at + rows[i].off);
        assert_non_null(strstr(t.err.text, rows[i].text));
        end_editing(&t);
    }
}

static void
a_second_install_name_is_refused(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 200 }");
    const size_t at = wf_test_macho_find(&t.file, 0, LC_LOAD_DYLIB, 0);

    wf_test_macho_set(&t.file, at, LC_ID_DYLIB);
    t.slices[0].id = "/x";
    assert_false(try_edit(&t));
    assert_int_equal(t.err.kind, WF_ERR_MALFORMED);
    assert_int_equal(t.err.offset, at);
    assert_non_null(strstr(t.err.text, " is a second LC_ID_DYLIB"));
    end_editing(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_name_keeps_kind_versions_and_flags_of_its_library),
        cmocka_unit_test(the_fixed_part_of_a_dylib_use_stays_byte_for_byte),
        cmocka_unit_test(every_other_command_stays_byte_for_byte_and_in_its_place),
        cmocka_unit_test(content_stays_where_it_is),
        cmocka_unit_test(search_paths_go_stay_in_order_and_come_behind),
        cmocka_unit_test(bytes_that_commands_no_longer_take_become_zero),
        cmocka_unit_test(a_renamed_command_loses_spare_bytes_and_others_keep_theirs),
        cmocka_unit_test(reclaimed_commands_go_and_a_version_keeps_all_but_its_tools),
        cmocka_unit_test(a_new_install_name_begins_where_every_linker_puts_it),
        cmocka_unit_test(an_image_without_install_name_gets_none),
        cmocka_unit_test(names_that_are_damaged_stop_the_edit_with_their_place),
        cmocka_unit_test(a_second_install_name_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
