/* develop_parts.h -- what the files of `wheelpack develop` share. */
#ifndef WF_PACK_DEVELOP_PARTS_H
#define WF_PACK_DEVELOP_PARTS_H

#include "pack/build.h"
#include "pack/venv.h"

/* wf_installer is how packages get into the environment: the words of a command up to
 * "install". */
struct wf_installer {
    struct wf_arena *arena;
    const struct wf_build_asked *asked;
    struct wf_strings command;
};

/* wf_installer_find: uv when it is asked for, or when it made the environment and is there;
 * else pip (asked->pip_path, or the environment's).  Neither is WF_ERR_REFUSED. */
WF_MUST_USE bool wf_installer_find(struct wf_installer *out, struct wf_arena *arena,
                                   const struct wf_venv *venv,
                                   const struct wf_develop_asked *asked,
                                   struct wf_error *err);

/* wf_install installs requirements or wheels, seen from `folder`; with `anew` them alone
 * and whatever is installed of them.  What the installer says goes to standard error. */
WF_MUST_USE bool wf_install(const struct wf_installer *installer, const char *folder,
                            const struct wf_strings *what, bool anew,
                            struct wf_error *err);

/* wf_install_mark_editable makes direct_url.json in an installed dist-info say that the
 * package is editable and where its project is (PEP 610), and its row of RECORD fit. */
WF_MUST_USE bool wf_install_mark_editable(struct wf_arena *arena, const char *dist_info,
                                          const char *project, struct wf_error *err);

#endif
