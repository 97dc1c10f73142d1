/* say.h -- what building says on its way: steps, warnings, notes.  This layer prints
 * nothing; the program gives a function that does. */
#ifndef WF_PACK_SAY_H
#define WF_PACK_SAY_H

#include "base/buffer.h"

enum wf_say_kind {
    WF_SAY_STEP,    /* one line per step: "Found pyo3 bindings with abi3-py39" */
    WF_SAY_WARNING, /* something the user should change */
    WF_SAY_COMMAND, /* a program that is run, with -v */
};

struct wf_say {
    void (*line)(void *context, enum wf_say_kind kind, const char *text);
    void *context;
};

void wf_say_step(const struct wf_say *say, const char *fmt, ...) WF_PRINTF(2, 3);
void wf_say_warning(const struct wf_say *say, const char *fmt, ...) WF_PRINTF(2, 3);
void wf_say_command(const struct wf_say *say, const char *const *argv);

#endif
