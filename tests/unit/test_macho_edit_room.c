/* test_macho_edit_room.c -- whether an edit fits is known from facts, and is true. */
#include <stdio.h>

#include "../support/macho_editing.h"

/* The default id, "@rpath/libdemo.dylib", has 20 bytes: a command of 48. */
static const char *
id_of(struct editing *t, size_t len)
{
    char *id = wf_arena_alloc(&t->arena, len + 1);

    memset(id, 'x', len);
    id[0] = '/';
    return id;
}

static int64_t
room_of(const struct editing *t, size_t nth)
{
    return wf_macho_room(&t->before.objects[nth], &t->slices[nth]);
}

static void
a_file_tells_how_much_room_it_has(void **state)
{
    static const struct {
        const char *recipe;
        int64_t room;
    } rows[] = {
        { "{ 'pad': 0 }", 0 },
        { "{ 'pad': 32 }", 32 },
        { "{ 'pad': 4096, 'arch': 'x86_64' }", 4096 },
        { "{ 'pad': 36, 'arch': 'i386' }", 36 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, rows[i].recipe);
        assert_int_equal(room_of(&t, 0), rows[i].room);
        end_editing(&t);
    }
}

static void
a_name_that_fits_to_the_byte_is_written(void **state)
{
    static const struct {
        const char *recipe;
        size_t len; /* of the longest id that fits */
        int64_t room;
    } rows[] = {
        { "{ 'pad': 32 }", 55, 0 },
        { "{ 'pad': 36, 'arch': 'i386', 'signature': 'none' }", 59, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct editing t;

        start_editing(&t, rows[i].recipe);
        t.slices[0].id = id_of(&t, rows[i].len);
        assert_int_equal(room_of(&t, 0), rows[i].room);
        do_edit(&t);
        assert_string_equal(t.after.objects[0].soname, t.slices[0].id);
        end_editing(&t);
    }
}

static void
a_name_one_byte_longer_is_refused_with_the_bytes_that_lack(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 32 }");
    t.slices[0].id = "/DLC/a/folder/with/a/long/name/.dylibs/libdemo.12.dylib1";
    assert_int_equal(room_of(&t, 0), -8);
    assert_refused(&t, WF_ERR_REFUSED,
                   "the install name /DLC/a/folder/with/a/long/name/.dylibs/"
                   "libdemo.12.dylib1 of arm64 is 8 bytes too long: the header has room "
                   "for 32 more bytes; link with -headerpad_max_install_names (or "
                   "-headerpad 0x28)");
    end_editing(&t);
}

static void
a_new_signature_takes_sixteen_bytes_and_a_dropped_one_gives_them(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 16 }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    assert_int_equal(room_of(&t, 0), 0);
    do_edit(&t);
    end_editing(&t);

    start_editing(&t, "{ 'pad': 8 }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    assert_int_equal(room_of(&t, 0), -8);
    assert_refused(&t, WF_ERR_REFUSED,
                   "the load commands of arm64 are 8 bytes too long: the header has room "
                   "for 8 more bytes; link with -headerpad_max_install_names (or "
                   "-headerpad 0x10)");
    end_editing(&t);

    start_editing(&t, "{ 'pad': 8, 'signature': 'linker' }");
    t.slices[0].sign = WF_MACHO_SIGN;
    t.slices[0].identifier = "x";
    assert_int_equal(room_of(&t, 0), 8);
    t.slices[0].sign = WF_MACHO_SIGN_DROP;
    assert_int_equal(room_of(&t, 0), 24);
    do_edit(&t);
    end_editing(&t);
}

static void
content_among_the_commands_is_damage_and_not_want_of_room(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 0 }");
    const struct wf_macho *macho = t.before.objects[0].macho;
    const uint32_t end = macho->header_len + macho->commands_len;
    const size_t text = wf_test_macho_find(&t.file, 0, LC_SEGMENT_64, 0) + 72;

    wf_test_macho_set(&t.file, text + 48, end - 8); /* where __text begins */
    t.slices[0].id = "x";
    assert_false(try_edit(&t));
    assert_error_at(t.err, WF_ERR_MALFORMED, end - 8,
                    wf_arena_printf(&t.arena,
                                    "at 0x%x: content of arm64 begins here, and its load "
                                    "commands end 8 bytes later",
                                    end - 8));
    end_editing(&t);
}

static void
several_longer_names_are_told_by_the_one_that_grows_most(void **state)
{
    static const struct wf_macho_rename renames[] = {
        { 0, "@loader_path/../.dylibs/liba.dylib" },
        { 1, "@loader_path/../../.dylibs/libb.1.2.3.4.dylib" },
    };
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 8, 'dylibs': ['/liba.dylib', '/libb.dylib'] }");
    t.slices[0].renames = renames;
    t.slices[0].num_renames = 2;
    assert_refused(
        &t, WF_ERR_REFUSED,
        "the 2 longer names of arm64, among them the library name @loader_path/../../"
        ".dylibs/libb.1.2.3.4.dylib, are 48 bytes too long: the header has room for 8 "
        "more bytes; link with -headerpad_max_install_names (or -headerpad 0x38)");
    end_editing(&t);
}

static void
a_shorter_name_makes_room_for_a_longer_one(void **state)
{
    static const struct wf_macho_rename renames[] = {
        { 0, "@loader_path/x/liba.dylib" }, /* 24 more */
        { 1, "@loader_path/b" },            /* 24 less */
    };
    struct editing t;

    (void)state;
    start_editing(&t,
                  "{ 'pad': 0, 'dylibs': ['a', '/a/long/way/from/home/libb.dylib'] }");
    t.slices[0].renames = renames;
    t.slices[0].num_renames = 2;
    assert_int_equal(room_of(&t, 0), 0);
    do_edit(&t);
    assert_string_equal(t.after.objects[0].needed[0], renames[0].to);
    assert_string_equal(t.after.objects[0].needed[1], renames[1].to);
    end_editing(&t);
}

static void
commands_that_nothing_needs_make_room(void **state)
{
    struct editing t;

    (void)state;
    start_editing(&t, "{ 'pad': 0, 'rpaths': ['/gone'] }");
    const struct wf_macho *macho = t.before.objects[0].macho;
    int64_t gained = 0;

    for (size_t i = 0; i < macho->num_reclaims; i++) {
        assert_int_equal(room_of(&t, 0), gained);
        gained += macho->reclaims[i].bytes;
        t.slices[0].num_reclaimed++;
    }
    assert_true(gained >= 16 + 8);
    assert_int_equal(room_of(&t, 0), gained);
    do_edit(&t);
    assert_int_equal(t.after.objects[0].macho->num_reclaims, 0);
    assert_int_equal(t.after.objects[0].macho->commands_len,
                     macho->commands_len - gained);
    end_editing(&t);
}

/* A small generator, the same on every host. */
static uint32_t
next_random(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (uint32_t)(((uint64_t)(*seed >> 8) * below) >> 24);
}

static const char *
random_name(struct editing *t, uint32_t *seed)
{
    const size_t len = 1 + next_random(seed, 60);

    return id_of(t, len);
}

static void
choose_edit(struct editing *t, size_t nth, uint32_t *seed)
{
    const struct wf_object *slice = &t->before.objects[nth];
    struct wf_macho_slice_edit *edit = &t->slices[nth];
    struct wf_macho_rename *renames =
        wf_arena_array(&t->arena, slice->num_needed + 1, sizeof *renames);
    uint32_t *dropped = wf_arena_array(&t->arena, slice->num_rpaths + 1, sizeof *dropped);
    const char **added = wf_arena_array(&t->arena, 2, sizeof *added);

    for (uint32_t i = 0; i < slice->num_needed; i++)
        if (next_random(seed, 2) == 0)
            renames[edit->num_renames++] =
                (struct wf_macho_rename){ i, random_name(t, seed) };
    for (uint32_t i = 0; i < slice->num_rpaths; i++)
        if (next_random(seed, 2) == 0)
            dropped[edit->num_dropped_rpaths++] = i;
    edit->num_added_rpaths = next_random(seed, 3);
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        added[i] = random_name(t, seed);
    edit->renames = renames;
    edit->dropped_rpaths = dropped;
    edit->added_rpaths = added;
    edit->id =
        slice->soname != NULL && next_random(seed, 2) == 0 ? random_name(t, seed) : NULL;
    edit->num_reclaimed = next_random(seed, (uint32_t)slice->macho->num_reclaims + 1);
    edit->sign = next_random(seed, 2) == 0 ? WF_MACHO_SIGN : WF_MACHO_SIGN_DROP;
    edit->identifier = "x";
}

static void
what_facts_say_is_what_the_edit_finds(void **state)
{
    static const char *const recipes[] = {
        "{ 'pad': 64, 'rpaths': ['/a', '@loader_path/../b'] }",
        "{ 'pad': 48, 'arch': 'x86_64', 'version': 'min', 'signature': 'adhoc' }",
        "{ 'pad': 60, 'arch': 'i386', 'rpaths': ['/a', '/b', '/c'] }",
        "{ 'pad': 60, 'arch': 'ppc64', 'rpaths': ['/a'] }",
        "{ 'pad': 64, 'type': 'bundle', 'signature': 'linker', 'tools': 3 }",
        /* A processor nobody knows: the magic number tells the size of words. */
        "{ 'pad': 60, 'poke': [{ 'at': 4, 'u32': 16842888 }], 'rpaths': ['/a'] }",
        "{ 'pad': 80, 'dylibs': [{ 'name': 'a', 'kind': 'use', 'use_flags': 3 }, "
        "  { 'name': 'b', 'kind': 'weak', 'pad': 24 }, { 'name': 'c', 'kind': "
        "  'reexport' }] }",
    };
    uint32_t seed = 1;
    size_t num_fitting = 0;
    size_t num_refused = 0;

    (void)state;
    for (size_t i = 0; i < 200 * WF_COUNT(recipes); i++) {
        struct editing t;

        start_editing(&t, recipes[i % WF_COUNT(recipes)]);
        choose_edit(&t, 0, &seed);
        const int64_t room = room_of(&t, 0);

        if (room >= 0) {
            static const struct wf_macho_slice_edit nothing = { 0 };

            do_edit(&t);
            assert_int_equal(wf_macho_room(&t.after.objects[0], &nothing), room);
            num_fitting++;
        } else {
            char text[32];

            assert_false(try_edit(&t));
            assert_int_equal(t.err.kind, WF_ERR_REFUSED);
            (void)snprintf(text, sizeof text, " %d bytes too long: ", (int)-room);
            assert_non_null(strstr(t.err.text, text));
            num_refused++;
        }
        end_editing(&t);
    }
    assert_true(num_fitting > 200 && num_refused > 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_tells_how_much_room_it_has),
        cmocka_unit_test(a_name_that_fits_to_the_byte_is_written),
        cmocka_unit_test(a_name_one_byte_longer_is_refused_with_the_bytes_that_lack),
        cmocka_unit_test(
            a_new_signature_takes_sixteen_bytes_and_a_dropped_one_gives_them),
        cmocka_unit_test(content_among_the_commands_is_damage_and_not_want_of_room),
        cmocka_unit_test(several_longer_names_are_told_by_the_one_that_grows_most),
        cmocka_unit_test(a_shorter_name_makes_room_for_a_longer_one),
        cmocka_unit_test(commands_that_nothing_needs_make_room),
        cmocka_unit_test(what_facts_say_is_what_the_edit_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
