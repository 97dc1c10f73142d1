/* asked.c -- the words for bindings, as the command line and the settings spell them. */
#include "pack/asked.h"

#include <string.h>

static const char *const bindings_names[] = {
    [WF_BINDINGS_AUTO] = "auto",         [WF_BINDINGS_PYO3] = "pyo3",
    [WF_BINDINGS_PYO3_FFI] = "pyo3-ffi", [WF_BINDINGS_CFFI] = "cffi",
    [WF_BINDINGS_UNIFFI] = "uniffi",     [WF_BINDINGS_BIN] = "bin",
};

const char *
wf_bindings_name(enum wf_bindings bindings)
{
    return bindings_names[bindings];
}

/* "auto" is how it is written when nothing was asked for, and no word to ask with. */
bool
wf_bindings_from_name(enum wf_bindings *out, const char *name)
{
    for (size_t i = WF_BINDINGS_PYO3; i < WF_COUNT(bindings_names); i++) {
        if (strcmp(bindings_names[i], name) == 0) {
            *out = (enum wf_bindings)i;
            return true;
        }
    }
    return false;
}
