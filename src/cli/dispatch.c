/* dispatch.c -- the global options, and from argv to the command that answers. */
#include <signal.h>
#include <string.h>

#include "base/file.h"
#include "base/output.h"
#include "base/scratch.h"
#include "base/spawn.h"
#include "cli/help.h"
#include "cli/options.h"

static const char *const colour_choices[] = { "auto", "always", "never", NULL };

const struct wf_option wf_wheelfix_globals[] = {
    { .name = "jobs",
      .letter = 'j',
      .argument = "N",
      .about = "use N processors (all that this process may use)" },
    { .name = "verbose",
      .letter = 'v',
      .repeats = true,
      .about = "say everything: long lists whole, and how libraries were found" },
    { .name = "quiet",
      .letter = 'q',
      .about = "print errors only; the exit status is the answer" },
    { .name = "color",
      .argument = "auto|always|never",
      .about = "colour standard output (auto: on a terminal, unless NO_COLOR is set)",
      .choices = colour_choices },
    { .name = "limit",
      .argument = "NAME=VALUE",
      .repeats = true,
      .about = "change what one input may ask for ('help limits' lists the names)" },
    { .name = "help", .letter = 'h', .about = "print help and exit" },
    { .name = "version", .letter = 'V', .about = "print the version and exit" },
    { .name = NULL },
};

/* All tables: the global one, then one per command. */
enum { MOST_TABLES = 65 };

/* The values of a command line: the command's, and those of the global options. */
struct command_line {
    struct wf_args args;
    struct wf_strings *global;
};

const struct wf_strings *
wf_args_list(const struct wf_cli *cli, const struct wf_args *args, const char *name)
{
    static const struct wf_strings none = { 0 };
    const struct wf_option *rows = cli->command->options;

    if (rows == NULL)
        return &none;
    const size_t i = wf_options_find(rows, name);

    return rows[i].name == NULL ? &none : &args->values[i];
}

size_t
wf_args_count(const struct wf_cli *cli, const struct wf_args *args, const char *name)
{
    return wf_args_list(cli, args, name)->num;
}

const char *
wf_args_value(const struct wf_cli *cli, const struct wf_args *args, const char *name)
{
    const struct wf_strings *list = wf_args_list(cli, args, name);

    return list->num == 0 ? NULL : list->items[list->num - 1];
}

static const struct wf_strings *
global(const struct command_line *line, const char *name)
{
    static const struct wf_strings none = { 0 };
    const size_t i = wf_options_find(wf_program.globals, name);

    return wf_program.globals[i].name == NULL ? &none : &line->global[i];
}

static bool
wants_colour(const struct wf_cli *cli, const char *when)
{
    if (when != NULL && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no_colour = cli->environment("NO_COLOR");
    const char *term = cli->environment("TERM");

    return cli->out_is_terminal && (no_colour == NULL || no_colour[0] == '\0') &&
           term != NULL && strcmp(term, "dumb") != 0;
}

static bool
set_limit(struct wf_cli *cli, const char *text, struct wf_error *err)
{
    const char *equals = strchr(text, '=');
    const char *names[64];
    size_t num = 0;
    uint64_t value = 0;

    if (equals == NULL)
        return wf_error_set(err, WF_ERR_USAGE, "--limit takes NAME=VALUE, not \"%.200s\"",
                            text);
    const char *name = wf_arena_printf(&cli->arena, "%.*s", (int)(equals - text), text);

    if (!wf_text_decimal(&value, wf_bytes_str(equals + 1)))
        return wf_error_set(err, WF_ERR_USAGE,
                            "--limit %.200s: the value is a whole number, not \"%.200s\"",
                            name, equals + 1);
    if (wf_limits_set(&cli->limits, name, value))
        return true;
    for (size_t i = 0; i < wf_num_limit_rows && num < WF_COUNT(names); i++)
        names[num++] = wf_limit_rows[i].name;
    const char *nearest = wf_text_nearest(name, names, num);

    if (nearest != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "unknown limit \"%.200s\"; did you mean %s?", name, nearest);
    return wf_error_set(err, WF_ERR_USAGE,
                        "unknown limit \"%.200s\"; '%s help limits' lists them", name,
                        wf_cli_program());
}

static bool
set_threads(struct wf_cli *cli, const char *text, struct wf_error *err)
{
    uint64_t num = 0;

    if (!wf_text_decimal(&num, wf_bytes_str(text)) || num == 0 || num > 1024)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--jobs takes a number from 1 to 1024, not \"%.200s\"", text);
    cli->num_threads = (unsigned)num;
    return true;
}

static bool
set_globals(struct wf_cli *cli, const struct command_line *line, struct wf_error *err)
{
    const struct wf_strings *jobs = global(line, "jobs");
    const struct wf_strings *colour = global(line, "color");
    const struct wf_strings *limits = global(line, "limit");

    cli->verbose = (unsigned)global(line, "verbose")->num;
    cli->quiet = global(line, "quiet")->num > 0;
    cli->colour_out =
        wants_colour(cli, colour->num > 0 ? colour->items[colour->num - 1] : NULL);
    if (jobs->num > 0 && !set_threads(cli, jobs->items[jobs->num - 1], err))
        return false;
    for (size_t i = 0; i < limits->num; i++) {
        if (!set_limit(cli, limits->items[i], err))
            return false;
    }
    return true;
}

static int
print_help(struct wf_cli *cli)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    if (cli->command == NULL)
        wf_help_program(&out);
    else
        wf_help_command(&out, cli->command);
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok ? WF_EXIT_DONE : wf_program.failure;
}

static int
unknown_command(struct wf_cli *cli, const char *typed)
{
    const char *nearest = wf_cli_nearest_command(typed);

    for (const struct wf_elsewhere *i = wf_program.elsewhere;
         i != NULL && i->name != NULL; i++)
        if (strcmp(i->name, typed) == 0)
            return wf_cli_usage(cli, "there is no command \"%s\": %s", typed, i->answer);
    if (nearest != NULL)
        return wf_cli_usage(cli, "unknown command \"%.200s\"; did you mean %s?", typed,
                            nearest);
    if (wf_text_ends_with(typed, ".whl"))
        return wf_cli_usage(cli, "which command? '%s show %.200s' audits that wheel",
                            wf_cli_program(), typed);
    return wf_cli_usage(cli, "unknown command \"%.200s\"", typed);
}

/* Options may stand before the command, so finding it asks every command's table. */
static bool
find_command_word(int *out, int argc, char **argv, struct wf_error *err)
{
    struct wf_option_table tables[MOST_TABLES] = { { .rows = wf_program.globals } };
    size_t num = 1;

    for (size_t i = 0; i < wf_program.num_commands && num < MOST_TABLES; i++) {
        if (wf_program.commands[i]->options != NULL)
            tables[num++].rows = wf_program.commands[i]->options;
    }
    return wf_options_first_operand(out, argc, argv, tables, num, err);
}

static bool
parse(struct wf_cli *cli, struct command_line *line, int argc, char **argv, int word,
      struct wf_error *err)
{
    const struct wf_option *own = cli->command != NULL ? cli->command->options : NULL;
    struct wf_option_table tables[2] = { { .rows = wf_program.globals } };
    const bool keeps_rest = cli->command != NULL && cli->command->keeps_rest;
    size_t num = 1;

    line->global = wf_options_values(&cli->arena, wf_program.globals);
    tables[0].values = line->global;
    if (own != NULL) {
        line->args.values = wf_options_values(&cli->arena, own);
        tables[num++] =
            (struct wf_option_table){ .rows = own, .values = line->args.values };
    }
    return wf_options_parse(&cli->arena, argc, argv, word, tables, num,
                            &line->args.operands, keeps_rest ? &line->args.rest : NULL,
                            err);
}

static int
run(struct wf_cli *cli, int argc, char **argv)
{
    struct command_line line = { 0 };
    struct wf_error err = { 0 };
    int word = argc;

    if (!find_command_word(&word, argc, argv, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (word < argc) {
        cli->command = wf_cli_find_command(argv[word]);
        if (cli->command == NULL)
            return unknown_command(cli, argv[word]);
    }
    if (!parse(cli, &line, argc, argv, word < argc ? word : 0, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (global(&line, "help")->num > 0)
        return print_help(cli);
    if (global(&line, "version")->num > 0)
        return wf_cmd_version.run(cli, &line.args);
    if (!set_globals(cli, &line, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (cli->command == NULL)
        return print_help(cli);
    if (cli->command->operands[0] == '\0' && line.args.operands.num > 0)
        return wf_cli_usage(cli, "%s takes no operands, not \"%.200s\"",
                            cli->command->name, line.args.operands.items[0]);
    return cli->command->run(cli, &line.args);
}

/* Programs and temporary files go, and then the signal does what it does to every program. */
static void
end_by_signal(int number)
{
    wf_spawn_end_groups();
    wf_output_drop_names();
    wf_scratch_drop();
    signal(number, SIG_DFL);
    raise(number);
}

/* A reader that goes away and a file that may not grow are errors of the write, which
 * commands can clean up after; not signals.  What was ignored when the program was started
 * (nohup) stays so. */
static void
prepare_signals(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGABRT };

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < WF_COUNT(ends); i++) {
        if (signal(ends[i], end_by_signal) == SIG_IGN)
            signal(ends[i], SIG_IGN);
    }
}

/* What one input may take by the defaults must fit into this machine; who gives a limit
 * knows better. */
static void
fit_limits(struct wf_limits *limits)
{
    const uint64_t half = wf_memory_of_machine() / 2;

    if (half == 0)
        return;
    if (limits->member_bytes > half)
        limits->member_bytes = half;
    if (limits->arena_bytes > half)
        limits->arena_bytes = half;
}

int
wf_cli_run(struct wf_cli *cli, int argc, char **argv)
{
    prepare_signals();
    wf_arena_init(&cli->arena, 0);
    cli->limits = wf_limits_standard();
    fit_limits(&cli->limits);
    const int status = run(cli, argc, argv);

    wf_arena_clear(&cli->arena);
    return status;
}
