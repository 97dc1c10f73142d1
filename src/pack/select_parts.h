/* select_parts.h -- what the files of selecting share. */
#ifndef WF_PACK_SELECT_PARTS_H
#define WF_PACK_SELECT_PARTS_H

#include "pack/select.h"

/* wf_select_is_left_over: a file that an editable build put beside the Python files
 * ("demo.cpython-312-x86_64-linux-gnu.so", "libdemo.so", "demo.pdb"). */
bool wf_select_is_left_over(const struct wf_layout *layout, const char *path);

/* wf_select_walk_root is where the walk for Python files begins: the project, or the Python
 * folder when that is elsewhere. */
const char *wf_select_walk_root(const struct wf_project *project,
                                const struct wf_layout *layout);

/* wf_select_glob lists what one `include` names, below the project or else below the Python
 * folder; *from is the folder it was found below. */
WF_MUST_USE bool wf_select_glob(struct wf_found_file **out, size_t *out_num,
                                const char **from, struct wf_arena *arena,
                                const struct wf_project *project,
                                const struct wf_layout *layout, const char *glob,
                                struct wf_error *err);

/* wf_select_includes adds what `include` names for wheels; wf_select_data the data folder. */
WF_MUST_USE bool wf_select_includes(struct wf_content *content,
                                    const struct wf_bind_request *request,
                                    struct wf_error *err);
WF_MUST_USE bool wf_select_data(struct wf_content *content,
                                const struct wf_bind_request *request,
                                struct wf_error *err);

#endif
