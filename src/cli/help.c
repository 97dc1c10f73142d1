/* help.c -- help texts, made from the tables. */
#include "cli/help.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/rule.h"
#include "cli/options.h"

enum { TEXT_COLUMN = 28, LINE_WIDTH = 80, MOST_COMMANDS = 64 };

const struct wf_command *
wf_cli_find_command(const char *name)
{
    for (size_t i = 0; i < wf_program.num_commands; i++) {
        const struct wf_command *command = wf_program.commands[i];

        if (strcmp(command->name, name) == 0 ||
            (command->alias != NULL && strcmp(command->alias, name) == 0))
            return command;
    }
    return NULL;
}

const char *
wf_cli_nearest_command(const char *typed)
{
    const char *names[MOST_COMMANDS];
    size_t num = 0;

    for (size_t i = 0; i < wf_program.num_commands && num < MOST_COMMANDS; i++)
        names[num++] = wf_program.commands[i]->name;
    return wf_text_nearest(typed, names, num);
}

/* Appends words from column `column` on, broken before LINE_WIDTH and indented alike. */
static void
add_wrapped(struct wf_buffer *out, const char *text, size_t column)
{
    size_t at = column;
    bool first = true;

    while (*text != '\0') {
        const size_t len = strcspn(text, " ");

        if (!first && at + 1 + len > LINE_WIDTH) {
            wf_buffer_printf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (!first) {
            wf_buffer_add_char(out, ' ');
            at++;
        }
        wf_buffer_add(out, text, len);
        at += len;
        first = false;
        text += len;
        text += strspn(text, " ");
    }
    wf_buffer_add_char(out, '\n');
}

/* Appends a row: what it is on the left, what it does in its column or below. */
static void
add_row(struct wf_buffer *out, const char *left, const char *about)
{
    const size_t len = strlen(left);

    wf_buffer_add_str(out, left);
    if (len + 2 > TEXT_COLUMN)
        wf_buffer_printf(out, "\n%*s", TEXT_COLUMN, "");
    else
        wf_buffer_printf(out, "%*s", (int)(TEXT_COLUMN - len), "");
    add_wrapped(out, about, TEXT_COLUMN);
}

static void
add_options(struct wf_buffer *out, const struct wf_option *rows)
{
    char left[128];

    for (; rows->name != NULL; rows++) {
        if (rows->hidden)
            continue;
        int len = rows->letter != '\0'
                      ? snprintf(left, sizeof left, "  -%c, ", rows->letter)
                      : snprintf(left, sizeof left, "      ");

        len += snprintf(left + len, sizeof left - (size_t)len, "--%s", rows->name);
        if (rows->argument != NULL)
            snprintf(left + len, sizeof left - (size_t)len,
                     rows->standard != NULL ? "[=%s]" : " %s", rows->argument);
        add_row(out, left, rows->about);
    }
}

void
wf_help_program(struct wf_buffer *out)
{
    char left[128];

    wf_buffer_printf(out, "Usage: %s COMMAND [OPTION]... [OPERAND]...\n\n",
                     wf_cli_program());
    wf_buffer_printf(out, "%s\nCommands:\n", wf_program.about);
    for (size_t i = 0; i < wf_program.num_commands; i++) {
        if (wf_program.commands[i]->hidden)
            continue;
        snprintf(left, sizeof left, "  %s", wf_program.commands[i]->name);
        add_row(out, left, wf_program.commands[i]->summary);
    }
    wf_buffer_add_str(out, "\nOptions of every command:\n");
    add_options(out, wf_program.globals);
    wf_buffer_printf(out, "\n'%s COMMAND --help' tells a command's own options.  %s",
                     wf_cli_program(), wf_program.exits);
}

void
wf_help_command(struct wf_buffer *out, const struct wf_command *command)
{
    wf_buffer_printf(out, "Usage: %s %s [OPTION]...%s%s\n\n", wf_cli_program(),
                     command->name, command->operands[0] != '\0' ? " " : "",
                     command->operands);
    add_wrapped(out, command->summary, 0);
    if (command->options != NULL && command->options->name != NULL) {
        wf_buffer_add_str(out, "\nOptions:\n");
        add_options(out, command->options);
    }
    wf_buffer_add_str(out, "\nOptions of every command:\n");
    add_options(out, wf_program.globals);
    if (command->more != NULL)
        wf_buffer_printf(out, "\n%s", command->more);
}

void
wf_help_limits(struct wf_buffer *out)
{
    char left[128];
    char about[256];

    wf_buffer_add_str(out, "What one input may ask for; each is set by --limit "
                           "NAME=VALUE.\n\n");
    for (size_t i = 0; i < wf_num_limit_rows; i++) {
        const struct wf_limit_row *row = &wf_limit_rows[i];

        snprintf(left, sizeof left, "  %s", row->name);
        snprintf(about, sizeof about, "%s (%" PRIu64 ")", row->about, row->standard);
        add_row(out, left, about);
    }
}

static int
compare_rules(const void *left, const void *right)
{
    const struct wf_rule *a = *(const struct wf_rule *const *)left;
    const struct wf_rule *b = *(const struct wf_rule *const *)right;

    return strcmp(a->id, b->id);
}

void
wf_help_rules(struct wf_buffer *out)
{
    struct wf_arena arena = { 0 };
    const size_t num = wf_rules_count();
    const struct wf_rule **rules = wf_arena_array(&arena, num, sizeof *rules);
    char left[128];

    for (size_t i = 0; i < num; i++)
        rules[i] = wf_rules_at(i);
    if (num > 1)
        qsort(rules, num, sizeof *rules, compare_rules);
    wf_buffer_add_str(out, "The findings of 'show'.  A rule's id never changes its "
                           "meaning.\n\n");
    for (size_t i = 0; i < num; i++) {
        snprintf(left, sizeof left, "  %-8s %s", wf_severity_name(rules[i]->severity),
                 rules[i]->id);
        add_row(out, left, rules[i]->title);
    }
    wf_arena_clear(&arena);
}
