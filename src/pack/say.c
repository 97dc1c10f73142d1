/* say.c -- lines for whoever listens (see say.h). */
#include "pack/say.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_LINE = 4096, MAX_COMMAND = 1 << 16 };

static WF_PRINTF(3, 0) void say(const struct wf_say *say, enum wf_say_kind kind,
                                const char *fmt, va_list values)
{
    char line[MAX_LINE];

    if (say == NULL || say->line == NULL)
        return;
    (void)vsnprintf(line, sizeof line, fmt, values);
    say->line(say->context, kind, line);
}

void
wf_say_step(const struct wf_say *to, const char *fmt, ...)
{
    va_list values;

    va_start(values, fmt);
    say(to, WF_SAY_STEP, fmt, values);
    va_end(values);
}

void
wf_say_warning(const struct wf_say *to, const char *fmt, ...)
{
    va_list values;

    va_start(values, fmt);
    say(to, WF_SAY_WARNING, fmt, values);
    va_end(values);
}

void
wf_say_command(const struct wf_say *to, const char *const *argv)
{
    struct wf_buffer line;

    if (to == NULL || to->line == NULL)
        return;
    wf_buffer_init(&line, MAX_COMMAND);
    for (size_t i = 0; argv[i] != NULL; i++) {
        wf_buffer_add_str(&line, i == 0 ? "" : " ");
        wf_buffer_add_str(&line, argv[i]);
    }
    wf_buffer_add_char(&line, '\0');
    if (!line.over)
        to->line(to->context, WF_SAY_COMMAND, (const char *)line.data);
    wf_buffer_clear(&line);
}
