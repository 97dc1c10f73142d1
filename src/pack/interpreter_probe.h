/* interpreter_probe.h -- asking Pythons what they are, by running them. */
#ifndef WF_PACK_INTERPRETER_PROBE_H
#define WF_PACK_INTERPRETER_PROBE_H

#include "pack/interpreter_parts.h"

enum wf_probe_result {
    WF_PROBE_ABSENT,  /* no such program */
    WF_PROBE_SKIPPED, /* there is one, but it only stands in for a Python that is not
                         installed (a shim of pyenv, of a store), or is broken and was
                         asked by chance; a warning was said */
    WF_PROBE_OLD,     /* Python 2, or 3.4 and before */
    WF_PROBE_FOUND,
};

struct wf_probe {
    const char *name; /* as it is asked for: "python3.12", "/usr/bin/python3" */
    bool by_chance;   /* nobody named it: it happens to be in PATH */
    enum wf_probe_result result;
    struct wf_interpreter interpreter; /* of FOUND; its major and minor also of OLD */
    const char *system;                /* "linux", "darwin", "windows" */
};

enum { WF_PROBE_TIMEOUT_MS = 30000 };

/* wf_probe_all asks all of them, several at a time.  A Python that fails, hangs, floods or
 * answers something else is an error that names it; one that is asked by chance is skipped
 * with a warning. */
WF_MUST_USE bool wf_probe_all(struct wf_probe *probes, size_t num, struct wf_arena *arena,
                              const struct wf_build_asked *asked, unsigned timeout_ms,
                              struct wf_error *err);

/* wf_probe_read takes what a Python wrote; `path` is what was run.  Sets result,
 * interpreter and system. */
WF_MUST_USE bool wf_probe_read(struct wf_probe *probe, struct wf_arena *arena,
                               struct wf_bytes text, const char *path,
                               struct wf_error *err);

/* wf_probe_environment is the environment that a Python is run with. */
const char *const *wf_probe_environment(struct wf_arena *arena,
                                        const struct wf_build_asked *asked);

#endif
