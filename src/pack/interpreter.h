/* interpreter.h -- the Pythons a wheel is for: probed, or from the table. */
#ifndef WF_PACK_INTERPRETER_H
#define WF_PACK_INTERPRETER_H

#include "pack/bridge.h"
#include "pack/triple.h"

enum wf_python_kind {
    WF_PYTHON_CPYTHON,
    WF_PYTHON_PYPY,
    WF_PYTHON_GRAALPY,
    WF_PYTHON_OTHER
};

struct wf_interpreter {
    enum wf_python_kind kind;
    const char *implementation;  /* sys.implementation.name */
    const char *executable;      /* NULL: from the table, cannot be run */
    const char *host_executable; /* a Python of this machine that stands in for it */
    unsigned major, minor;
    const char *abiflags;   /* "", "m", "t" */
    const char *ext_suffix; /* ".cpython-312-x86_64-linux-gnu.so" */
    const char *soabi;      /* or NULL */
    const char *platform;   /* sysconfig.get_platform(), or NULL */
    unsigned pointer_width;
    bool gil_disabled;
    bool is_placeholder; /* for a stable ABI without any interpreter */
};

struct wf_interpreters {
    struct wf_interpreter *items;
    size_t num;
    size_t cap;
};

/* wf_interpreters_find resolves -i, -f, the environment and the cross settings as maturin
 * does; requires_python may be NULL.  Probes run side by side and are cached by path, size
 * and time. */
WF_MUST_USE bool
wf_interpreters_find(struct wf_interpreters *out, struct wf_arena *arena,
                     const struct wf_bridge *bridge, const struct wf_triple *triple,
                     const struct wf_project *project, const char *requires_python,
                     const struct wf_build_asked *asked, struct wf_error *err);

/* wf_stable_choice is which stable ABI, if any, the build has, and whom the one wheel of it
 * is for; the others get wheels of their own.  abi3t before abi3, when some interpreter can
 * use it; WF_STABLE_NONE when none can use what the crate asks for. */
struct wf_stable_choice {
    struct wf_stable_floor floor;    /* family WF_STABLE_NONE: none */
    const struct wf_interpreter *by; /* built with it; NULL: none */
    const struct wf_interpreter **others;
    size_t num_others;
};
void wf_stable_choose(struct wf_stable_choice *out, struct wf_arena *arena,
                      const struct wf_bridge *bridge,
                      const struct wf_interpreters *interpreters);

/* Names: "cp312-cp312", "cp39-abi3", "cp315-abi3.abi3t", "pp311-pypy311_pp73"; the file of
 * an extension called `ext`: "ext.cpython-312-x86_64-linux-gnu.so", "ext.abi3.so". */
const char *wf_interpreter_tag(struct wf_arena *arena,
                               const struct wf_interpreter *interpreter);
const char *wf_stable_tag(struct wf_arena *arena, const struct wf_stable_floor *floor,
                          const struct wf_interpreter *by);
const char *wf_extension_file(struct wf_arena *arena, const char *ext,
                              const struct wf_interpreter *interpreter,
                              const struct wf_stable_floor *stable,
                              const struct wf_triple *triple);
/* wf_interpreter_platform is the platform tag of a wheel for this interpreter alone: what it
 * says itself on Windows and Linux, where it was run and fits the target; else `plain`. */
const char *wf_interpreter_platform(struct wf_arena *arena,
                                    const struct wf_interpreter *interpreter,
                                    const struct wf_triple *triple, const char *plain);
/* "CPython 3.12", "CPython 3.14t"; and "CPython 3.12 at /usr/bin/python3.12". */
const char *wf_interpreter_name(struct wf_arena *arena,
                                const struct wf_interpreter *interpreter);
const char *wf_interpreter_text(struct wf_arena *arena,
                                const struct wf_interpreter *interpreter);

/* wf_pyo3_environment appends the "NAME=value" that cargo gets for one interpreter, and
 * writes pyo3's configuration file where one is needed (only when it differs). */
WF_MUST_USE bool wf_pyo3_environment(
    struct wf_strings *out, struct wf_arena *arena, const struct wf_bridge *bridge,
    const struct wf_interpreter *interpreter, const struct wf_stable_floor *stable,
    const struct wf_triple *triple, const char *target_dir,
    const struct wf_build_asked *asked, struct wf_error *err);

#endif
