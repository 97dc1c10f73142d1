/* interpreter_cross.h -- Pythons of other machines, by what pyo3's variables point at. */
#ifndef WF_PACK_INTERPRETER_CROSS_H
#define WF_PACK_INTERPRETER_CROSS_H

#include "pack/interpreter_parts.h"

/* Each appends one interpreter and sets *done when its variable is set, and does nothing
 * otherwise. */

/* PYO3_CONFIG_FILE: pyo3's own configuration file ("version=3.12"). */
WF_MUST_USE bool wf_interpreter_of_config(struct wf_interpreters *out, bool *done,
                                          struct wf_arena *arena,
                                          const struct wf_triple *triple,
                                          const struct wf_build_asked *asked,
                                          struct wf_error *err);
/* PYO3_CROSS_LIB_DIR: the library folder of a Python, with build-details.json (PEP 739) or
 * _sysconfigdata*.py, which `host_python` runs; it stands in for the interpreter. */
WF_MUST_USE bool
wf_interpreter_of_lib_dir(struct wf_interpreters *out, bool *done, struct wf_arena *arena,
                          const struct wf_triple *triple, const char *host_python,
                          const struct wf_build_asked *asked, struct wf_error *err);

/* The same of texts: pyo3's configuration, and build-details.json.  `path` is for errors. */
WF_MUST_USE bool wf_interpreter_of_config_text(struct wf_interpreter *out,
                                               struct wf_arena *arena,
                                               struct wf_bytes text, const char *path,
                                               const struct wf_triple *triple,
                                               struct wf_error *err);
WF_MUST_USE bool wf_interpreter_of_details_text(struct wf_interpreter *out,
                                                struct wf_arena *arena,
                                                struct wf_bytes text, const char *path,
                                                const struct wf_triple *triple,
                                                struct wf_error *err);

#endif
