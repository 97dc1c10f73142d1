/* venv.h -- the virtual environment that `wheelpack develop` installs into. */
#ifndef WF_PACK_VENV_H
#define WF_PACK_VENV_H

#include "pack/asked.h"

struct wf_venv {
    const char *folder; /* absolute */
    const char *python; /* the program in it */
    bool is_uv;         /* made by uv or pixi: uv installs when it is there */
    /* What its Python says of itself: */
    bool has_pip;
    bool has_uv;         /* as a module */
    const char *platlib; /* where wheels are installed */
};

/* wf_venv_find takes VIRTUAL_ENV or CONDA_PREFIX (two that differ are WF_ERR_REFUSED), else
 * the nearest .venv at or above asked->folder, and asks its Python; none at all is
 * WF_ERR_REFUSED with what to do. */
WF_MUST_USE bool wf_venv_find(struct wf_venv *out, struct wf_arena *arena,
                              const struct wf_build_asked *asked, struct wf_error *err);

#endif
