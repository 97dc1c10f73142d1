/* test_malformed.c -- every recipe of fixtures/malformed does what its "expect" says. */
#include "../support/folder.h"
#include "../support/recipe.h"
#include "../support/unit.h"
#include "../support/zip_reading.h"

#include <stdio.h>

#include "base/file.h"
#include "base/text.h"
#include "wheel/wheel.h"

static const char *
fixtures(struct wf_arena *arena)
{
    const char *srcdir = getenv("srcdir");

    return wf_arena_printf(arena, "%s/fixtures/malformed", srcdir == NULL ? "." : srcdir);
}

static struct wf_limits
limits_of(const struct wf_json *expect)
{
    struct wf_limits limits = wf_limits_standard();
    const struct wf_json *given = wf_json_get(expect, "limits");

    for (const struct wf_json *item = given == NULL ? NULL : wf_json_first(given);
         item != NULL; item = wf_json_next(item)) {
        int64_t value = 0;

        assert_true(wf_json_integer(&value, item));
        assert_true(wf_limits_set(&limits, wf_json_key(item), (uint64_t)value));
    }
    return limits;
}

static void
expect_error(const struct wf_json *expect, const struct wf_error *err)
{
    const struct wf_json *text = wf_json_get(expect, "error");
    const struct wf_json *offset = wf_json_get(expect, "offset");
    int64_t value = 0;

    if (text == NULL)
        fail_msg("refused: %s", err->text);
    if (strstr(err->text, wf_json_string(text)) == NULL)
        fail_msg("the error is \"%s\"", err->text);
    assert_true(err->kind == WF_ERR_MALFORMED || err->kind == WF_ERR_UNSUPPORTED ||
                err->kind == WF_ERR_LIMIT);
    assert_int_equal(err->has_offset, offset != NULL);
    if (offset != NULL) {
        assert_true(wf_json_integer(&value, offset));
        assert_int_equal(err->offset, value);
    }
}

/* A list of words, in the order of the recipe, with a blank behind each. */
static const char *
words_of(struct wf_arena *arena, const struct wf_json *list)
{
    const char *words = "";

    for (const struct wf_json *item = list == NULL ? NULL : wf_json_first(list);
         item != NULL; item = wf_json_next(item))
        words = wf_arena_printf(arena, "%s%s ", words, wf_json_string(item));
    return words;
}

static void
expect_notes(struct wf_arena *arena, const struct wf_json *expect,
             const struct wf_zip *zip)
{
    struct wf_strings slugs = { 0 };
    const char *found = "";
    unsigned notes = 0;

    if (wf_json_get(expect, "notes") == NULL)
        fail_msg("accepted, and expected to be refused");
    for (size_t i = 0; i < zip->num_members; i++)
        notes |= zip->members[i].notes;
    for (size_t i = 0; i < wf_num_zip_note_rows; i++) {
        if ((notes & wf_zip_note_rows[i].note) != 0)
            wf_strings_add(arena, &slugs, wf_zip_note_rows[i].slug);
    }
    for (size_t i = 0; i < slugs.num; i++)
        found = wf_arena_printf(arena, "%s%s ", found, slugs.items[i]);
    assert_string_equal(found, words_of(arena, wf_json_get(expect, "notes")));
}

static void
expect_archive(const struct wf_test_recipe *recipe, const struct wf_json *expect)
{
    struct zip_reading reading;
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    assert_true(zip_reading_start(&reading, wf_buffer_bytes(&recipe->bytes)));
    reading.limits = limits_of(expect);
    if (zip_reading_all(&reading, &err)) {
        const char *broken = zip_reading_broken(&reading);

        if (broken != NULL)
            fail_msg("%s", broken);
        expect_notes(&arena, expect, &reading.zip);
    } else {
        expect_error(expect, &err);
    }
    wf_arena_clear(&arena);
    zip_reading_end(&reading);
}

static void
expect_faults(struct wf_arena *arena, const struct wf_json *expect,
              const struct wf_wheel *wheel)
{
    const char *found = "";

    for (size_t i = 0; i < wheel->num_faults; i++)
        found = wf_arena_printf(arena, "%s%s ", found, wheel->faults[i].slug);
    for (size_t i = 0; i < wheel->record.num_faults; i++)
        found = wf_arena_printf(arena, "%s%s ", found, wheel->record.faults[i].slug);
    assert_string_equal(found, words_of(arena, wf_json_get(expect, "faults")));
}

static bool
read_wheel(struct wf_wheel **out, const char *path, const struct wf_limits *limits,
           struct zip_reading *scratch, struct wf_error *err)
{
    if (!wf_wheel_open(out, path, limits, err))
        return false;
    if (wf_zip_check_local(&(*out)->zip, 0, (*out)->zip.num_members, scratch->inflater,
                           err) &&
        wf_wheel_read_metadata(*out, limits, scratch->inflater, &scratch->in,
                               &scratch->out, err))
        return true;
    wf_wheel_free(*out);
    return false;
}

static void
expect_wheel(void **state, struct wf_test_recipe *recipe, const struct wf_json *expect)
{
    const char *path = folder_path(state, recipe->file_name);
    const struct wf_limits limits = limits_of(expect);
    struct zip_reading scratch;
    struct wf_wheel *wheel = NULL;
    struct wf_error err = { 0 };

    assert_true(wf_file_write_atomic(path, wf_buffer_bytes(&recipe->bytes), 0644, &err));
    assert_true(zip_reading_start(&scratch, wf_bytes_str("")));
    if (read_wheel(&wheel, path, &limits, &scratch, &err)) {
        expect_notes(&recipe->arena, expect, &wheel->zip);
        expect_faults(&recipe->arena, expect, wheel);
        wf_wheel_free(wheel);
    } else {
        expect_error(expect, &err);
    }
    zip_reading_end(&scratch);
}

static void
expect_recipe(void **state, const char *path)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };

    if (!wf_test_recipe_read(&recipe, path, &err))
        fail_msg("%s: %s", err.where, err.text);
    const struct wf_json *expect = wf_json_get(recipe.json, "expect");

    if (expect == NULL)
        fail_msg("no \"expect\" in %s", path);
    if (recipe.file_name != NULL)
        expect_wheel(state, &recipe, expect);
    else
        expect_archive(&recipe, expect);
    wf_test_recipe_clear(&recipe);
}

static void
every_recipe_is_read_or_refused_as_it_expects(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *folder = fixtures(&arena);
    char **names = NULL;
    size_t num = 0;
    size_t num_recipes = 0;

    assert_true(wf_folder_list(&arena, folder, &names, &num, &err));
    for (size_t i = 0; i < num; i++) {
        if (!wf_text_ends_with(names[i], ".json"))
            continue;
        print_message("# %s\n", names[i]);
        expect_recipe(state, wf_arena_printf(&arena, "%s/%s", folder, names[i]));
        num_recipes++;
    }
    assert_true(num_recipes > 0);
    wf_arena_clear(&arena);
}

static void
the_tables_list_every_recipe_and_no_other(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *folder = fixtures(&arena);
    struct wf_buffer readme;
    char **names = NULL;
    size_t num = 0;
    size_t num_recipes = 0;
    size_t num_rows = 0;

    (void)state;
    wf_buffer_init(&readme, 1 << 20);
    assert_true(wf_file_read_whole(
        &readme, wf_arena_printf(&arena, "%s/README.md", folder), &err));
    const char *text = wf_arena_str(&arena, wf_buffer_bytes(&readme));

    assert_true(wf_folder_list(&arena, folder, &names, &num, &err));
    for (size_t i = 0; i < num; i++) {
        if (!wf_text_ends_with(names[i], ".json"))
            continue;
        const int len = (int)(strlen(names[i]) - strlen(".json"));

        if (strstr(text, wf_arena_printf(&arena, "| `%.*s` |", len, names[i])) == NULL)
            fail_msg("README.md does not list %s", names[i]);
        num_recipes++;
    }
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; row++)
        num_rows++;
    assert_int_equal(num_rows, num_recipes);
    wf_buffer_clear(&readme);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_recipe_is_read_or_refused_as_it_expects,
                                        folder_setup, folder_teardown),
        cmocka_unit_test(the_tables_list_every_recipe_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
