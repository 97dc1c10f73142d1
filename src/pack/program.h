/* program.h -- programs that are run: where they are, and rustc's answers. */
#ifndef WF_PACK_PROGRAM_H
#define WF_PACK_PROGRAM_H

#include "pack/asked.h"

/* wf_program_find is the absolute path of the program `name`: of PATH, or where its slash
 * says (seen from asked->folder); NULL when there is none that can be run. */
const char *wf_program_find(struct wf_arena *arena, const struct wf_build_asked *asked,
                            const char *name);

/* wf_asked_variable is a variable of the environment; NULL when unset or empty. */
const char *wf_asked_variable(const struct wf_build_asked *asked, const char *name);

/* wf_rustc_ask appends what rustc ($RUSTC) writes for the arguments (NULL-ended, behind the
 * program's name).  Kept between runs by rustc's path, size and time, by what rustup
 * chooses a toolchain by, and by the variable `depends_on` (or NULL). */
WF_MUST_USE bool wf_rustc_ask(struct wf_buffer *out, const struct wf_build_asked *asked,
                              const char *const *arguments, const char *depends_on,
                              struct wf_error *err);

#endif
