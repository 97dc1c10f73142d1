/* cmd_help.c -- `help`: the program, a command, or one of the program's topics. */
#include <string.h>

#include "cli/help.h"

enum { MOST_TOPICS = 8 };

static bool
add_topic(struct wf_buffer *out, const char *name)
{
    const struct wf_command *command = wf_cli_find_command(name);

    if (command != NULL) {
        wf_help_command(out, command);
        return true;
    }
    for (const struct wf_topic *topic = wf_program.topics; topic->name != NULL; topic++) {
        if (strcmp(topic->name, name) == 0) {
            topic->add(out);
            return true;
        }
    }
    return false;
}

/* The command or topic nearest to a mistyped one, or NULL. */
static const char *
nearest_word(const char *typed)
{
    const char *words[MOST_TOPICS + 1] = { wf_cli_nearest_command(typed) };
    size_t num = words[0] != NULL;

    for (const struct wf_topic *topic = wf_program.topics;
         topic->name != NULL && num <= MOST_TOPICS; topic++)
        words[num++] = topic->name;
    return wf_text_nearest(typed, words, num);
}

static int
unknown_word(struct wf_cli *cli, const char *typed)
{
    const char *nearest = nearest_word(typed);

    if (nearest != NULL)
        return wf_cli_usage(cli, "no help for \"%.200s\"; did you mean %s?", typed,
                            nearest);
    return wf_cli_usage(cli, "no help for \"%.200s\"; %s is asked for", typed,
                        cli->command->operands);
}

static int
run_help(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_buffer out;
    int status = WF_EXIT_DONE;

    if (args->operands.num > 1)
        return wf_cli_usage(cli, "help takes one word, not %zu", args->operands.num);
    wf_buffer_init(&out, 1 << 20);
    if (args->operands.num == 0) {
        wf_help_program(&out);
    } else if (!add_topic(&out, args->operands.items[0])) {
        status = unknown_word(cli, args->operands.items[0]);
    }
    if (status == WF_EXIT_DONE && !wf_cli_write(cli, &out))
        status = wf_program.failure;
    wf_buffer_clear(&out);
    return status;
}

const struct wf_command wf_cmd_help = {
    .name = "help",
    .summary = "Print help about the program, a command, the limits or the rules.",
    .operands = "[COMMAND|limits|rules]",
    .run = run_help,
};

const struct wf_command wf_cmd_pack_help = {
    .name = "help",
    .summary = "Print help about the program, a command or the limits.",
    .operands = "[COMMAND|limits]",
    .run = run_help,
};
