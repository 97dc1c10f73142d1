/* interpreter_parts.h -- what the files about interpreters share. */
#ifndef WF_PACK_INTERPRETER_PARTS_H
#define WF_PACK_INTERPRETER_PARTS_H

#include "pack/interpreter.h"

/* wf_python_spec is a Python by name alone: "python3.12", "3.14t", "pypy-3.11". */
struct wf_python_spec {
    enum wf_python_kind kind;
    unsigned major, minor; /* 0: the name has no version */
    bool free_threaded;
};

/* wf_python_spec_parse takes a name apart (a ".exe" behind it is let be); false when it is
 * none of ours. */
WF_MUST_USE bool wf_python_spec_parse(struct wf_python_spec *out, const char *text);

/* wf_interpreter_of_spec makes the interpreter of the table that cannot be run: false, with
 * *err set as WF_ERR_USAGE, when there is no such Python for the target. */
WF_MUST_USE bool wf_interpreter_of_spec(struct wf_interpreter *out,
                                        struct wf_arena *arena,
                                        const struct wf_python_spec *spec,
                                        const struct wf_triple *triple,
                                        struct wf_error *err);
/* wf_python_versions is the range of minor versions of Python 3 in the table. */
void wf_python_versions(enum wf_python_kind kind, unsigned *min, unsigned *max);

/* wf_python_kind_of is by sys.implementation.name; wf_python_kind_name "CPython". */
enum wf_python_kind wf_python_kind_of(const char *implementation);
const char *wf_python_kind_name(enum wf_python_kind kind);

/* wf_interpreters_add appends a copy. */
void wf_interpreters_add(struct wf_interpreters *list, struct wf_arena *arena,
                         const struct wf_interpreter *interpreter);

/* wf_bridge_is_pyo3: extensions and programs with pyo3 or pyo3-ffi, which are for one
 * interpreter each.  wf_pyo3_is_at_least compares its version with 0.MINOR.PATCH. */
bool wf_bridge_is_pyo3(const struct wf_bridge *bridge);
bool wf_pyo3_is_at_least(const struct wf_bridge *bridge, unsigned minor, unsigned patch);

/* WF_FREE_THREADED_FIRST is the first minor version whose free-threaded build has wheels
 * from here; WF_ABI3T_FIRST the first that knows abi3t. */
enum { WF_FREE_THREADED_FIRST = 14, WF_ABI3T_FIRST = 15 };

/* wf_stable_can_use says whether an interpreter can load what is built for the family. */
bool wf_stable_can_use(const struct wf_interpreter *interpreter,
                       const struct wf_stable_floor *floor);

#endif
