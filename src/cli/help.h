/* help.h -- help texts, made from the tables. */
#ifndef WF_CLI_HELP_H
#define WF_CLI_HELP_H

#include "cli/command.h"

/* wf_help_program appends what `wheelfix --help` prints: the commands and the options all
 * of them take. */
void wf_help_program(struct wf_buffer *out);

/* wf_help_command appends what `wheelfix COMMAND --help` prints. */
void wf_help_command(struct wf_buffer *out, const struct wf_command *command);

/* wf_help_limits and wf_help_rules append the tables of limits and rules. */
void wf_help_limits(struct wf_buffer *out);
void wf_help_rules(struct wf_buffer *out);

/* wf_cli_find_command is the command called `name`, or NULL; wf_cli_nearest_command the
 * name nearest to a mistyped one, or NULL. */
const struct wf_command *wf_cli_find_command(const char *name);
const char *wf_cli_nearest_command(const char *typed);

#endif
