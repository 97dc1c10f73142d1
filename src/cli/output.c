/* output.c -- what the program says: error lines, warnings, standard output. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli/command.h"
#include "render/quote.h"

enum { LONGEST_LINE = 16 * 1024 };

int
wf_cli_status(enum wf_error_kind kind)
{
    switch (kind) {
    case WF_ERR_NONE:
        return WF_EXIT_DONE;
    case WF_ERR_REFUSED:
        return WF_EXIT_NO;
    case WF_ERR_USAGE:
        return WF_EXIT_USAGE;
    case WF_ERR_IO:
    case WF_ERR_MALFORMED:
    case WF_ERR_UNSUPPORTED:
    case WF_ERR_LIMIT:
        break;
    }
    return wf_program.failure;
}

/* One line on standard error, behind all that standard output was given before. */
static void
put_line(struct wf_cli *cli, const struct wf_buffer *line)
{
    fflush(cli->out);
    fwrite(line->data, 1, line->len, cli->err);
    fflush(cli->err);
}

int
wf_cli_fail(struct wf_cli *cli, const struct wf_error *err)
{
    struct wf_buffer line;

    wf_buffer_init(&line, LONGEST_LINE);
    wf_buffer_printf(&line, "%s: ", wf_cli_program());
    wf_quote_error(&line, err);
    wf_buffer_add_char(&line, '\n');
    put_line(cli, &line);
    wf_buffer_clear(&line);
    return wf_cli_status(err->kind);
}

static void say(struct wf_cli *cli, const char *hint, const char *fmt, va_list args)
    WF_PRINTF(3, 0);

static void
say(struct wf_cli *cli, const char *hint, const char *fmt, va_list args)
{
    struct wf_buffer line;
    char text[2048];

    vsnprintf(text, sizeof text, fmt, args);
    wf_buffer_init(&line, LONGEST_LINE);
    wf_buffer_printf(&line, "%s: ", wf_cli_program());
    wf_quote_add(&line, text);
    wf_buffer_add_char(&line, '\n');
    if (hint != NULL)
        wf_buffer_add_str(&line, hint);
    put_line(cli, &line);
    wf_buffer_clear(&line);
}

int
wf_cli_usage(struct wf_cli *cli, const char *fmt, ...)
{
    char hint[128];
    va_list args;

    snprintf(hint, sizeof hint, "Try '%s%s%s --help'.\n", wf_cli_program(),
             cli->command != NULL ? " " : "",
             cli->command != NULL ? cli->command->name : "");
    va_start(args, fmt);
    say(cli, hint, fmt, args);
    va_end(args);
    return WF_EXIT_USAGE;
}

void
wf_cli_warn(struct wf_cli *cli, const char *fmt, ...)
{
    va_list args;

    if (cli->quiet)
        return;
    va_start(args, fmt);
    say(cli, NULL, fmt, args);
    va_end(args);
}

bool
wf_cli_write(struct wf_cli *cli, const struct wf_buffer *buffer)
{
    struct wf_error err = { 0 };

    if (cli->out_failed)
        return false;
    errno = 0;
    /* An empty buffer may have no data, which fwrite must not be given. */
    if ((buffer->len == 0 ||
         fwrite(buffer->data, 1, buffer->len, cli->out) == buffer->len) &&
        fflush(cli->out) == 0)
        return true;
    cli->out_failed = true;
    /* The reader went away (`wheelfix ... | head`): it knows. */
    if (errno != EPIPE) {
        wf_error_set(&err, WF_ERR_IO, "cannot write: %s", strerror(errno));
        wf_error_prefix(&err, "standard output");
        wf_cli_fail(cli, &err);
    }
    return false;
}
