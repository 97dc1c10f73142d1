/* cmd_help.c -- `wheelfix help`: the program, a command, the rules, the limits. */
#include <string.h>

#include "cli/help.h"

/* Topics that are tables rather than commands. */
static const struct {
    const char *name;
    void (*add)(struct wf_buffer *out);
} topics[] = {
    { "limits", wf_help_limits },
    { "rules", wf_help_rules },
};

static bool
add_topic(struct wf_buffer *out, const char *name)
{
    const struct wf_command *command = wf_cli_find_command(name);

    if (command != NULL) {
        wf_help_command(out, command);
        return true;
    }
    for (size_t i = 0; i < WF_COUNT(topics); i++) {
        if (strcmp(topics[i].name, name) == 0) {
            topics[i].add(out);
            return true;
        }
    }
    return false;
}

/* The command or topic nearest to a mistyped one, or NULL. */
static const char *
nearest_word(const char *typed)
{
    const char *words[WF_COUNT(topics) + 1] = { wf_cli_nearest_command(typed) };
    size_t num = words[0] != NULL;

    for (size_t i = 0; i < WF_COUNT(topics); i++)
        words[num++] = topics[i].name;
    return wf_text_nearest(typed, words, num);
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
        const char *typed = args->operands.items[0];
        const char *nearest = nearest_word(typed);

        status = nearest != NULL
                     ? wf_cli_usage(cli, "no help for \"%.200s\"; did you mean %s?",
                                    typed, nearest)
                     : wf_cli_usage(cli,
                                    "no help for \"%.200s\"; a command, 'limits' or "
                                    "'rules' is asked for",
                                    typed);
    }
    if (status == WF_EXIT_DONE && !wf_cli_write(cli, &out))
        status = WF_EXIT_INPUT;
    wf_buffer_clear(&out);
    return status;
}

const struct wf_command wf_cmd_help = {
    .name = "help",
    .summary = "Print help about the program, a command, the limits or the rules.",
    .operands = "[COMMAND|limits|rules]",
    .run = run_help,
};
