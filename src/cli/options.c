/* options.c -- from an argument vector to option values, by tables. */
#include "cli/options.h"

#include <string.h>

/* A walk over argv: one step yields an operand, or an option with its argument. */
struct walk {
    int argc;
    char **argv;
    int idx;                              /* of the next word */
    int skip;                             /* a word that is not ours to read, or 0 */
    const char *cluster;                  /* letters left in "-abc", or NULL */
    bool only_operands;                   /* "--" was seen */
    const struct wf_option_table *greedy; /* whose option takes further words, or NULL */
    size_t greedy_row;
    const struct wf_option_table *tables;
    size_t num_tables;
};

enum step_kind { STEP_END, STEP_OPERAND, STEP_OPTION, STEP_ERROR };

struct step {
    enum step_kind kind;
    const struct wf_option_table *table;
    size_t row;
    const char *value; /* operand, or the option's argument; "" for a flag */
    bool is_rest;      /* an operand behind "--" */
    int word;          /* index in argv of the operand */
};

enum { MAX_PROPOSALS = 256 };

size_t
wf_options_count(const struct wf_option *rows)
{
    size_t num = 0;

    while (rows[num].name != NULL)
        num++;
    return num;
}

struct wf_strings *
wf_options_values(struct wf_arena *arena, const struct wf_option *rows)
{
    return wf_arena_array(arena, wf_options_count(rows), sizeof(struct wf_strings));
}

size_t
wf_options_find(const struct wf_option *rows, const char *name)
{
    const size_t num = wf_options_count(rows);

    for (size_t i = 0; i < num; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].same_as == NULL ? i : wf_options_find(rows, rows[i].same_as);
    }
    return num;
}

/* Finds a long name given by its first `len` bytes, following same_as. */
static bool
find_long(struct step *step, const struct walk *walk, const char *name, size_t len)
{
    for (size_t t = 0; t < walk->num_tables; t++) {
        const struct wf_option *rows = walk->tables[t].rows;

        for (size_t i = 0; rows[i].name != NULL; i++) {
            if (strlen(rows[i].name) != len || memcmp(rows[i].name, name, len) != 0)
                continue;
            step->table = &walk->tables[t];
            step->row = wf_options_find(rows, rows[i].name);
            return true;
        }
    }
    return false;
}

static bool
find_letter(struct step *step, const struct walk *walk, char letter)
{
    for (size_t t = 0; t < walk->num_tables; t++) {
        const struct wf_option *rows = walk->tables[t].rows;

        for (size_t i = 0; rows[i].name != NULL; i++) {
            if (rows[i].letter == '\0' || rows[i].letter != letter)
                continue;
            step->table = &walk->tables[t];
            step->row = wf_options_find(rows, rows[i].name);
            return true;
        }
    }
    return false;
}

static bool
unknown_long(const struct walk *walk, const char *name, size_t len, struct wf_error *err)
{
    const char *words[MAX_PROPOSALS];
    char typed[64];
    size_t num = 0;

    for (size_t t = 0; t < walk->num_tables; t++) {
        for (const struct wf_option *row = walk->tables[t].rows; row->name != NULL;
             row++) {
            if (num < MAX_PROPOSALS && !row->hidden)
                words[num++] = row->name;
        }
    }
    /* A word that does not fit here is near to no option. */
    const char *nearest = NULL;

    if (len < sizeof typed) {
        memcpy(typed, name, len);
        typed[len] = '\0';
        nearest = wf_text_nearest(typed, words, num);
    }
    const int shown = len < 200 ? (int)len : 200;

    if (nearest == NULL)
        return wf_error_set(err, WF_ERR_USAGE, "unknown option --%.*s", shown, name);
    return wf_error_set(err, WF_ERR_USAGE, "unknown option --%.*s; did you mean --%s?",
                        shown, name, nearest);
}

static bool
is_choice(const struct wf_option *row, const char *word)
{
    for (const char *const *choice = row->choices; *choice != NULL; choice++)
        if (strcmp(*choice, word) == 0)
            return true;
    return false;
}

/* Checks an option's argument against its choices. */
static bool
check_choice(const struct wf_option *row, const char *value, struct wf_error *err)
{
    size_t num = 0;

    if (row->choices == NULL || is_choice(row, value))
        return true;
    while (row->choices[num] != NULL)
        num++;
    const char *nearest = wf_text_nearest(value, row->choices, num);

    if (nearest != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--%s takes %s, not \"%.200s\"; did you mean %s?", row->name,
                            row->argument, value, nearest);
    return wf_error_set(err, WF_ERR_USAGE, "--%s takes %s, not \"%.200s\"", row->name,
                        row->argument, value);
}

static void
skip_foreign_word(struct walk *walk)
{
    if (walk->skip != 0 && walk->idx == walk->skip)
        walk->idx++;
}

/* Whether the next word can be a value of a greedy option. */
static bool
has_value(const struct walk *walk)
{
    return walk->idx < walk->argc && walk->argv[walk->idx][0] != '-';
}

/* The argument of an option that may go without. */
static const char *
standard_or_choice(struct walk *walk, const struct wf_option *row)
{
    if (!row->takes_next_choice)
        return row->standard;
    skip_foreign_word(walk);
    return walk->idx < walk->argc && is_choice(row, walk->argv[walk->idx])
               ? walk->argv[walk->idx++]
               : row->standard;
}

/* The argument of an option that does not carry it in its own word: the next one. */
static bool
take_next_word(struct step *step, struct walk *walk, struct wf_error *err)
{
    const struct wf_option *row = &step->table->rows[step->row];

    skip_foreign_word(walk);
    if (row->greedy && !has_value(walk)) {
        step->value = "";
        return true;
    }
    if (walk->idx >= walk->argc)
        return wf_error_set(err, WF_ERR_USAGE, "--%s needs an argument: %s", row->name,
                            row->argument);
    step->value = walk->argv[walk->idx++];
    if (row->greedy) {
        walk->greedy = step->table;
        walk->greedy_row = step->row;
    }
    return true;
}

static bool
step_long(struct step *step, struct walk *walk, const char *word, struct wf_error *err)
{
    const char *equals = strchr(word, '=');
    const size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);

    if (!find_long(step, walk, word, len))
        return unknown_long(walk, word, len, err);
    const struct wf_option *row = &step->table->rows[step->row];

    if (row->argument == NULL) {
        if (equals != NULL)
            return wf_error_set(err, WF_ERR_USAGE, "--%s takes no argument", row->name);
        step->value = "";
        return true;
    }
    if (equals != NULL)
        step->value = equals + 1;
    else if (row->standard != NULL)
        step->value = standard_or_choice(walk, row);
    else if (!take_next_word(step, walk, err))
        return false;
    return check_choice(row, step->value, err);
}

static bool
step_letter(struct step *step, struct walk *walk, struct wf_error *err)
{
    const char letter = *walk->cluster;
    const char *rest = walk->cluster + 1;

    if (!find_letter(step, walk, letter))
        return wf_error_set(err, WF_ERR_USAGE, "unknown option -%c", letter);
    const struct wf_option *row = &step->table->rows[step->row];

    walk->cluster = NULL;
    if (row->argument == NULL) {
        step->value = "";
        if (*rest != '\0')
            walk->cluster = rest;
        return true;
    }
    if (*rest != '\0')
        step->value = rest;
    else if (!take_next_word(step, walk, err))
        return false;
    return check_choice(row, step->value, err);
}

static struct step
next_step(struct walk *walk, struct wf_error *err)
{
    struct step step = { .kind = STEP_OPTION };

    if (walk->cluster != NULL) {
        if (!step_letter(&step, walk, err))
            step.kind = STEP_ERROR;
        return step;
    }
    skip_foreign_word(walk);
    if (walk->greedy != NULL && has_value(walk)) {
        step.table = walk->greedy;
        step.row = walk->greedy_row;
        step.value = walk->argv[walk->idx++];
        return step;
    }
    walk->greedy = NULL;
    if (walk->idx >= walk->argc)
        return (struct step){ .kind = STEP_END };
    step.word = walk->idx;
    const char *word = walk->argv[walk->idx++];

    if (!walk->only_operands && strcmp(word, "--") == 0) {
        walk->only_operands = true;
        return next_step(walk, err);
    }
    if (walk->only_operands || word[0] != '-' || word[1] == '\0') {
        step.kind = STEP_OPERAND;
        step.value = word;
        step.is_rest = walk->only_operands;
        return step;
    }
    if (word[1] != '-')
        walk->cluster = word + 1;
    const bool ok = word[1] == '-' ? step_long(&step, walk, word + 2, err)
                                   : step_letter(&step, walk, err);

    if (!ok)
        step.kind = STEP_ERROR;
    return step;
}

bool
wf_options_first_operand(int *out, int argc, char **argv,
                         const struct wf_option_table *tables, size_t num_tables,
                         struct wf_error *err)
{
    struct walk walk = {
        .argc = argc, .argv = argv, .idx = 1, .tables = tables, .num_tables = num_tables
    };
    struct step step;

    do {
        step = next_step(&walk, err);
        if (step.kind == STEP_ERROR)
            return false;
    } while (step.kind == STEP_OPTION);
    *out = step.kind == STEP_OPERAND ? step.word : argc;
    return true;
}

bool
wf_options_parse(struct wf_arena *arena, int argc, char **argv, int skip,
                 const struct wf_option_table *tables, size_t num_tables,
                 struct wf_strings *operands, struct wf_strings *rest,
                 struct wf_error *err)
{
    struct walk walk = { .argc = argc,
                         .argv = argv,
                         .idx = 1,
                         .skip = skip,
                         .tables = tables,
                         .num_tables = num_tables };

    for (;;) {
        const struct step step = next_step(&walk, err);

        if (step.kind == STEP_END)
            return true;
        if (step.kind == STEP_ERROR)
            return false;
        if (step.kind == STEP_OPERAND)
            wf_strings_append(arena, step.is_rest && rest != NULL ? rest : operands,
                              step.value);
        else if (step.table->values != NULL)
            wf_strings_append(arena, &step.table->values[step.row], step.value);
    }
}
