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

/* ", note `a`, `b`": the slugs of a list, each once. */
static const char *
told(struct wf_arena *arena, const char *word, const struct wf_json *list)
{
    struct wf_strings slugs = { 0 };
    const char *text = "";

    for (const struct wf_json *item = list == NULL ? NULL : wf_json_first(list);
         item != NULL; item = wf_json_next(item))
        wf_strings_add(arena, &slugs, wf_json_string(item));
    for (size_t i = 0; i < slugs.num; i++)
        text = i == 0 ? wf_arena_printf(arena, ", %s `%s`", word, slugs.items[i])
                      : wf_arena_printf(arena, "%s, `%s`", text, slugs.items[i]);
    return text;
}

/* The last column of a recipe's row. */
static const char *
decision(struct wf_arena *arena, const struct wf_json *expect)
{
    const struct wf_json *error = wf_json_get(expect, "error");

    if (error != NULL)
        return wf_arena_printf(arena, "refused: %s", wf_json_string(error));
    return wf_arena_printf(arena, "read%s%s",
                           told(arena, "note", wf_json_get(expect, "notes")),
                           told(arena, "fault", wf_json_get(expect, "faults")));
}

static void
expect_row(const char *readme, const char *folder, const char *file_name)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_arena *arena = &recipe.arena;
    struct wf_error err = { 0 };
    const int len = (int)(strlen(file_name) - strlen(".json"));
    struct wf_arena scratch = { 0 }; /* the recipe's own begins when it is read */

    if (!wf_test_recipe_read(&recipe,
                             wf_arena_printf(&scratch, "%s/%s", folder, file_name), &err))
        fail_msg("%s: %s", err.where, err.text);
    wf_arena_clear(&scratch);
    const char *row = strstr(
        readme, wf_arena_printf(arena, "\n| `%.*s` | %s | ", len, file_name,
                                wf_json_string(wf_json_get(recipe.json, "about"))));

    if (row == NULL)
        fail_msg("README.md does not list %s as what it is about", file_name);
    const char *line = wf_arena_str(
        arena, wf_bytes_first(wf_bytes_str(row + 1), strcspn(row + 1, "\n")));
    const char *end = wf_arena_printf(
        arena, " | %s |", decision(arena, wf_json_get(recipe.json, "expect")));

    if (!wf_text_ends_with(line, end))
        fail_msg("README.md says of %s: %s", file_name, line);
    wf_test_recipe_clear(&recipe);
}

static const char *
read_tables(struct wf_arena *arena)
{
    struct wf_buffer readme;
    struct wf_error err = { 0 };

    wf_buffer_init(&readme, 1 << 20);
    assert_true(wf_file_read_whole(
        &readme, wf_arena_printf(arena, "%s/README.md", fixtures(arena)), &err));
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&readme));

    wf_buffer_clear(&readme);
    return text;
}

static void
the_tables_tell_of_every_recipe_and_no_other(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *folder = fixtures(&arena);
    const char *text = read_tables(&arena);
    char **names = NULL;
    size_t num = 0;
    size_t num_recipes = 0;
    size_t num_rows = 0;

    (void)state;
    assert_true(wf_folder_list(&arena, folder, &names, &num, &err));
    for (size_t i = 0; i < num; i++) {
        if (!wf_text_ends_with(names[i], ".json"))
            continue;
        expect_row(text, folder, names[i]);
        num_recipes++;
    }
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; row++)
        num_rows++;
    assert_int_equal(num_rows, num_recipes);
    wf_arena_clear(&arena);
}

/* Z1 to Z30 are the tricks that fixtures/malformed/README.md names. */
static void
the_tables_decide_on_every_trick_of_the_catalogue(void **state)
{
    enum { NUM_TRICKS = 30 };
    bool decided[NUM_TRICKS + 1] = { false };
    struct wf_arena arena = { 0 };
    const char *at = read_tables(&arena);

    (void)state;
    for (; (at = strstr(at, "\n| ")) != NULL; at++) {
        const char *end = at + 1 + strcspn(at + 1, "\n");

        for (const char *word = at; (word = strstr(word, "Z")) != NULL && word < end;
             word++) {
            const unsigned long trick = strtoul(word + 1, NULL, 10);

            if (trick <= NUM_TRICKS)
                decided[trick] = true;
        }
    }
    for (unsigned trick = 1; trick <= NUM_TRICKS; trick++)
        if (!decided[trick])
            fail_msg("Z%u has no row", trick);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_recipe_is_read_or_refused_as_it_expects,
                                        folder_setup, folder_teardown),
        cmocka_unit_test(the_tables_tell_of_every_recipe_and_no_other),
        cmocka_unit_test(the_tables_decide_on_every_trick_of_the_catalogue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
