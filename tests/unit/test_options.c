/* test_options.c -- command lines in every GNU spelling. */
#include "../support/unit.h"
#include "cli/options.h"

static const char *const colours[] = { "red", "green", NULL };

static const struct wf_option first[] = {
    { .name = "verbose", .letter = 'v', .repeats = true, .about = "say more" },
    { .name = "jobs", .letter = 'j', .argument = "N", .about = "threads" },
    { .name = NULL },
};

static const struct wf_option second[] = {
    { .name = "format", .argument = "red|green", .about = "colour", .choices = colours },
    { .name = "exclude",
      .letter = 'e',
      .argument = "GLOB",
      .repeats = true,
      .about = "x" },
    { .name = "leave-out", .argument = "GLOB", .about = "x", .same_as = "exclude" },
    { .name = "strict", .letter = 's', .about = "flag" },
    { .name = "paint",
      .letter = 'p',
      .argument = "red|green",
      .standard = "green",
      .about = "x",
      .choices = colours },
    { .name = "interpreter",
      .letter = 'i',
      .argument = "V",
      .repeats = true,
      .about = "x",
      .greedy = true },
    { .name = "thin",
      .argument = "red|green",
      .standard = "green",
      .about = "x",
      .choices = colours,
      .takes_next_choice = true },
    { .name = NULL },
};

enum { VERBOSE, JOBS };
enum { FORMAT, EXCLUDE, LEAVE_OUT, STRICT, PAINT, INTERPRETER, THIN };

struct line {
    struct wf_arena arena;
    struct wf_option_table tables[2];
    struct wf_strings operands;
    struct wf_strings rest;
    struct wf_error err;
    char *argv[16];
    char words[16][64];
    int argc;
};

/* Splits at spaces; '~' stands for an empty word. */
static void
split(struct line *line, const char *text)
{
    *line = (struct line){ .tables = { { .rows = first }, { .rows = second } } };
    for (size_t i = 0; i < WF_COUNT(line->tables); i++)
        line->tables[i].values = wf_options_values(&line->arena, line->tables[i].rows);
    while (*text != '\0') {
        const size_t len = strcspn(text, " ");

        assert_true(line->argc < 16 && len < 64);
        if (text[0] != '~')
            memcpy(line->words[line->argc], text, len);
        line->argv[line->argc] = line->words[line->argc];
        line->argc++;
        text += len;
        text += *text == ' ';
    }
}

static bool
parse(struct line *line, const char *text, int skip)
{
    split(line, text);
    return wf_options_parse(&line->arena, line->argc, line->argv, skip, line->tables, 2,
                            &line->operands, NULL, &line->err);
}

static void
assert_strings(const struct wf_strings *list, const char *expected)
{
    struct wf_buffer joined;

    wf_buffer_init(&joined, 1024);
    for (size_t i = 0; i < list->num; i++)
        wf_buffer_printf(&joined, "%s%s", i > 0 ? " " : "", list->items[i]);
    wf_buffer_add_char(&joined, '\0');
    assert_string_equal((const char *)joined.data, expected);
    wf_buffer_clear(&joined);
}

static void
reads_every_spelling_of_an_argument(void **state)
{
    static const char *const spellings[] = {
        "p --jobs=4",    "p --jobs 4", "p -j4",      "p -j 4",
        "p -vj4 -v",     "p -vvj 4",   "p -svj4 -v", "p --verbose -v --jobs=4",
        "p a -j 9 -j 4",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(spellings); i++) {
        struct line line;

        assert_true(parse(&line, spellings[i], 0));
        const struct wf_strings *jobs = &line.tables[0].values[JOBS];

        assert_string_equal(jobs->items[jobs->num - 1], "4");
        if (strchr(spellings[i], 'v') != NULL)
            assert_int_equal(line.tables[0].values[VERBOSE].num, 2);
        wf_arena_clear(&line.arena);
    }
}

static void
takes_options_and_operands_in_any_order(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p one -s two --exclude a three -eb", 0));
    assert_strings(&line.operands, "one two three");
    assert_strings(&line.tables[1].values[EXCLUDE], "a b");
    assert_int_equal(line.tables[1].values[STRICT].num, 1);
    wf_arena_clear(&line.arena);
}

static void
two_dashes_end_the_options_and_one_is_an_operand(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p - -s -- -s --jobs -- x", 0));
    assert_strings(&line.operands, "- -s --jobs -- x");
    assert_int_equal(line.tables[1].values[STRICT].num, 1);
    wf_arena_clear(&line.arena);
}

static void
an_argument_may_be_empty_or_look_like_an_option(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p --exclude= -e ~ -e -s --exclude -- x", 0));
    assert_int_equal(line.tables[1].values[EXCLUDE].num, 4);
    assert_strings(&line.tables[1].values[EXCLUDE], "  -s --");
    assert_strings(&line.operands, "x");
    wf_arena_clear(&line.arena);
}

static void
another_name_fills_the_same_list(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p --leave-out a -e b --leave-out=c", 0));
    assert_strings(&line.tables[1].values[EXCLUDE], "a b c");
    assert_int_equal(line.tables[1].values[LEAVE_OUT].num, 0);
    assert_int_equal(wf_options_find(second, "leave-out"), EXCLUDE);
    assert_int_equal(wf_options_find(second, "none"), wf_options_count(second));
    wf_arena_clear(&line.arena);
}

/* A word behind "--paint" is an operand: scripts say "--strip WHEEL". */
static void
an_argument_that_may_be_left_out_follows_an_equals_sign(void **state)
{
    static const struct {
        const char *text;
        const char *paint;
        const char *operands;
    } cases[] = {
        { "p --paint", "green", "" },
        { "p --paint red", "green", "red" },
        { "p --paint=red x", "red", "x" },
        { "p --paint -s x", "green", "x" },
        { "p x --paint --paint=red", "green red", "x" },
        { "p -pred", "red", "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;

        assert_true(parse(&line, cases[i].text, 0));
        assert_strings(&line.tables[1].values[PAINT], cases[i].paint);
        assert_strings(&line.operands, cases[i].operands);
        wf_arena_clear(&line.arena);
    }
}

static void
an_argument_that_may_be_left_out_can_be_the_next_word_where_the_row_says_so(void **state)
{
    static const struct {
        const char *text;
        int skip;
        const char *thin;
        const char *operands;
    } cases[] = {
        { "p --thin", 0, "green", "" },
        { "p --thin red x", 0, "red", "x" },
        { "p --thin=red green", 0, "red", "green" },
        { "p --thin blue", 0, "green", "blue" },
        { "p --thin -- red", 0, "green", "red" },
        { "p --thin red", 2, "green", "" },
        { "p --thin word red", 2, "red", "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;

        assert_true(parse(&line, cases[i].text, cases[i].skip));
        assert_strings(&line.tables[1].values[THIN], cases[i].thin);
        assert_strings(&line.operands, cases[i].operands);
        wf_arena_clear(&line.arena);
    }
}

static void
the_skipped_word_is_neither_operand_nor_argument(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p -j show 4 x", 2));
    assert_strings(&line.tables[0].values[JOBS], "4");
    assert_strings(&line.operands, "x");
    wf_arena_clear(&line.arena);
}

static void
refuses_what_it_does_not_know_and_proposes_the_nearest(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { "p --fromat=red", "unknown option --fromat; did you mean --format?" },
        { "p --jbos 3", "unknown option --jbos; did you mean --jobs?" },
        { "p --entirely-else", "unknown option --entirely-else" },
        { "p --", NULL },
        { "p --=x", "unknown option --" },
        { "p -x", "unknown option -x" },
        { "p -sx", "unknown option -x" },
        { "p --strict=yes", "--strict takes no argument" },
        { "p --jobs", "--jobs needs an argument: N" },
        { "p -sj", "--jobs needs an argument: N" },
        { "p --format gren",
          "--format takes red|green, not \"gren\"; did you mean green?" },
        { "p --format=", "--format takes red|green, not \"\"" },
        { "p --format violet", "--format takes red|green, not \"violet\"" },
        { "p --format red", NULL },
        { "p --paint=", "--paint takes red|green, not \"\"" },
        { "p --paint=gren",
          "--paint takes red|green, not \"gren\"; did you mean green?" },
        { "p -p", "--paint needs an argument: red|green" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;
        const bool ok = parse(&line, cases[i].text, 0);

        assert_int_equal(ok, cases[i].error == NULL);
        if (!ok) {
            assert_int_equal(line.err.kind, WF_ERR_USAGE);
            assert_string_equal(line.err.text, cases[i].error);
        }
        wf_arena_clear(&line.arena);
    }
}

static void
finds_the_first_operand_behind_options_and_their_arguments(void **state)
{
    static const struct {
        const char *text;
        int expected;
    } cases[] = {
        { "p show", 1 },
        { "p -v show x", 2 },
        { "p -j 3 show", 3 },
        { "p -j3 show", 2 },
        { "p --exclude a show", 3 },
        { "p", 1 },
        { "p -v", 2 },
        { "p -- -v", 2 },
        { "p -vs --format=red show", 3 },
        { "p --paint show", 2 },
        { "p --paint=red show", 2 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;
        int found = -1;

        split(&line, cases[i].text);
        assert_true(wf_options_first_operand(&found, line.argc, line.argv, line.tables, 2,
                                             &line.err));
        assert_int_equal(found, cases[i].expected);
        wf_arena_clear(&line.arena);
    }
}

static void
words_behind_a_greedy_option_are_its_values(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p -i 3.9 3.10 --strict a -i pypy3.11", 0));
    assert_strings(&line.tables[1].values[INTERPRETER], "3.9 3.10 pypy3.11");
    assert_strings(&line.operands, "a");
    wf_arena_clear(&line.arena);
}

static void
a_greedy_option_needs_no_value(void **state)
{
    struct line line;

    (void)state;
    assert_true(parse(&line, "p --interpreter --strict", 0));
    assert_int_equal(line.tables[1].values[INTERPRETER].num, 1);
    assert_string_equal(line.tables[1].values[INTERPRETER].items[0], "");
    assert_int_equal(line.tables[1].values[STRICT].num, 1);
    wf_arena_clear(&line.arena);
}

static void
words_behind_two_dashes_are_kept_apart_where_that_is_wanted(void **state)
{
    struct line line;

    (void)state;
    split(&line, "p a -- -C opt-level=3 --strict");
    assert_true(wf_options_parse(&line.arena, line.argc, line.argv, 0, line.tables, 2,
                                 &line.operands, &line.rest, &line.err));
    assert_strings(&line.operands, "a");
    assert_strings(&line.rest, "-C opt-level=3 --strict");
    wf_arena_clear(&line.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_behind_a_greedy_option_are_its_values),
        cmocka_unit_test(a_greedy_option_needs_no_value),
        cmocka_unit_test(words_behind_two_dashes_are_kept_apart_where_that_is_wanted),
        cmocka_unit_test(reads_every_spelling_of_an_argument),
        cmocka_unit_test(takes_options_and_operands_in_any_order),
        cmocka_unit_test(two_dashes_end_the_options_and_one_is_an_operand),
        cmocka_unit_test(an_argument_may_be_empty_or_look_like_an_option),
        cmocka_unit_test(another_name_fills_the_same_list),
        cmocka_unit_test(an_argument_that_may_be_left_out_follows_an_equals_sign),
        cmocka_unit_test(
            an_argument_that_may_be_left_out_can_be_the_next_word_where_the_row_says_so),
        cmocka_unit_test(the_skipped_word_is_neither_operand_nor_argument),
        cmocka_unit_test(refuses_what_it_does_not_know_and_proposes_the_nearest),
        cmocka_unit_test(finds_the_first_operand_behind_options_and_their_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
