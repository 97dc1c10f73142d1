/* test_name_table.c -- strings and places, each once. */
#include "../support/unit.h"

#include "resolve/name_table.h"

static struct wf_arena arena;

static int
clear(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static void
keeps_one_entry_for_each_string(void **state)
{
    enum { MANY = 5000 };
    struct wf_names names;
    struct wf_name *entries[MANY];

    (void)state;
    wf_names_init(&names, &arena);
    assert_null(wf_names_find(&names, "lib0.so"));
    for (size_t i = 0; i < MANY; i++)
        entries[i] = wf_names_add(&names, wf_arena_printf(&arena, "lib%zu.so", i));
    for (size_t i = 0; i < MANY; i++) {
        const char *text = wf_arena_printf(&arena, "lib%zu.so", i);

        assert_ptr_equal(wf_names_add(&names, text), entries[i]);
        assert_ptr_equal(wf_names_find(&names, text), entries[i]);
        assert_string_equal(entries[i]->text, text);
    }
    assert_int_equal(names.num, MANY);
    assert_null(wf_names_find(&names, "lib.so"));
    assert_null(wf_names_find(&names, ""));
}

static void
tells_strings_apart_at_every_length(void **state)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz";
    struct wf_names names;

    (void)state;
    wf_names_init(&names, &arena);
    for (size_t len = 0; len < sizeof text; len++) {
        struct wf_name *name =
            wf_names_add(&names, wf_arena_str(&arena, wf_bytes_of(text, len)));

        assert_int_equal(strlen(name->text), len);
    }
    assert_int_equal(names.num, sizeof text);
}

static void
finds_places_by_kind_folder_and_name(void **state)
{
    enum { MANY = 300 };
    struct wf_names names;
    struct wf_place_table table;
    static int values[MANY][3];

    (void)state;
    wf_names_init(&names, &arena);
    wf_place_table_init(&table, &arena);
    struct wf_name *dir = wf_names_add(&names, "dir");

    assert_null(wf_place_table_find(&table, 0, dir, dir));
    for (unsigned i = 0; i < MANY; i++) {
        struct wf_name *name = wf_names_add(&names, wf_arena_printf(&arena, "%u", i));

        wf_place_table_add(&table, 0, dir, name, &values[i][0]);
        wf_place_table_add(&table, 1, dir, name, &values[i][1]);
        wf_place_table_add(&table, 0, name, dir, &values[i][2]);
    }
    for (unsigned i = 0; i < MANY; i++) {
        struct wf_name *name = wf_names_add(&names, wf_arena_printf(&arena, "%u", i));

        assert_ptr_equal(wf_place_table_find(&table, 0, dir, name), &values[i][0]);
        assert_ptr_equal(wf_place_table_find(&table, 1, dir, name), &values[i][1]);
        assert_ptr_equal(wf_place_table_find(&table, 0, name, dir), &values[i][2]);
        assert_null(wf_place_table_find(&table, 1, name, dir));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(keeps_one_entry_for_each_string, clear),
        cmocka_unit_test_teardown(tells_strings_apart_at_every_length, clear),
        cmocka_unit_test_teardown(finds_places_by_kind_folder_and_name, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
