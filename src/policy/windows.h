/* windows.h -- what Windows and the interpreter provide: policies/windows.json, turned into
 * tables by the build (windows_compile).  Names are compared without case. */
#ifndef WF_POLICY_WINDOWS_H
#define WF_POLICY_WINDOWS_H

#include "base/arch.h"
#include "base/text.h"

/* The oldest Windows that is to be supported (--windows-min). */
enum wf_windows_release { WF_WINDOWS_7, WF_WINDOWS_8_1, WF_WINDOWS_10, WF_WINDOWS_11 };

/* wf_windows_release_find knows "7", "8.1", "10", "11"; false for others. */
bool wf_windows_release_find(enum wf_windows_release *out, const char *word);
const char *wf_windows_release_name(enum wf_windows_release release); /* "Windows 10" */

/* wf_windows_since is the oldest release from which on every one has the DLL for `arch`
 * (x86, amd64, arm64): API sets, too.  False when none has it. */
bool wf_windows_since(enum wf_windows_release *out, enum wf_arch arch, const char *dll);

/* wf_windows_is_interpreter: python3.dll, python312.dll, python313t_d.dll,
 * libpypy3.11-c.dll, python-native.dll. */
bool wf_windows_is_interpreter(const char *dll);

enum wf_windows_source {
    WF_WINDOWS_NOBODY,  /* it must be in the wheel */
    WF_WINDOWS_SYSTEM,  /* `release` and all newer ones have it */
    WF_WINDOWS_PYTHON,  /* the interpreter's own DLL */
    WF_WINDOWS_RUNTIME, /* a C++ runtime that comes with the interpreters of the tags */
    WF_WINDOWS_NEVER,   /* nobody may bundle it: drivers, parts of the system */
};

/* wf_windows_provides says who provides a DLL to code for `arch`; `python_tags` and
 * `abi_tags` are the wheel's (runtimes are implied by them), `importer` the base name of who
 * needs it.  *why is one phrase, borrowed, or NULL. */
enum wf_windows_source wf_windows_provides(const char **why,
                                           enum wf_windows_release release,
                                           enum wf_arch arch,
                                           const struct wf_strings *python_tags,
                                           const struct wf_strings *abi_tags,
                                           const char *importer, const char *dll);

#endif
