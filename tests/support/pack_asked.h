/* pack_asked.h -- what a build is asked for, in tests: a small environment of its own, and
 * all that is said kept in one text. */
#ifndef WF_TESTS_PACK_ASKED_H
#define WF_TESTS_PACK_ASKED_H

#include <string.h>

#include "pack/asked.h"

enum { PACK_MOST_VARIABLES = 32 };

/* "NAME=value", NULL-ended; a test's own, since what asks has no context to give. */
static const char *pack_variables[PACK_MOST_VARIABLES + 1];
static struct wf_buffer pack_said;

static inline const char *
pack_environment(const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; pack_variables[i] != NULL; i++)
        if (strncmp(pack_variables[i], name, len) == 0 && pack_variables[i][len] == '=')
            return pack_variables[i] + len + 1;
    return NULL;
}

/* pack_set adds or replaces a variable, given as "NAME=value" that lives on. */
static inline void
pack_set(const char *variable)
{
    const size_t len = (size_t)(strchr(variable, '=') - variable) + 1;
    size_t i = 0;

    while (pack_variables[i] != NULL && strncmp(pack_variables[i], variable, len) != 0)
        i++;
    pack_variables[i] = variable;
}

static inline void
pack_keep_line(void *context, enum wf_say_kind kind, const char *text)
{
    (void)context;
    if (kind == WF_SAY_COMMAND)
        return;
    wf_buffer_printf(&pack_said, "%s%s\n", kind == WF_SAY_WARNING ? "warning: " : "",
                     text);
}

/* pack_asked_new begins with no variable at all and nothing said. */
static inline struct wf_build_asked
pack_asked_new(const char *folder)
{
    static const struct wf_say say = { .line = pack_keep_line };

    memset(pack_variables, 0, sizeof pack_variables);
    wf_buffer_clear(&pack_said);
    wf_buffer_init(&pack_said, 1 << 16);
    return (struct wf_build_asked){
        .folder = folder,
        .environment = pack_environment,
        .environment_all = pack_variables,
        .say = &say,
        .limits = wf_limits_standard(),
        .level = -1,
        .strip = -1,
        .time = -1,
    };
}

/* pack_says is all that was said since, as a C string. */
static inline const char *
pack_says(void)
{
    wf_buffer_add_char(&pack_said, '\0');
    pack_said.len--;
    return (const char *)pack_said.data;
}

#endif
