/* select.h -- which files of a project go into its wheel and its sdist. */
#ifndef WF_PACK_SELECT_H
#define WF_PACK_SELECT_H

#include "pack/bindings.h"
#include "pack/ignore.h"

/* wf_select_wheel adds Python packages, `include`, files of build scripts, the data folder,
 * and of dist-info METADATA, entry_points.txt, licences and further SBOMs; and sets what is
 * excluded.  In an editable build the packages stay where they are, and a .pth leads there. */
WF_MUST_USE bool wf_select_wheel(struct wf_content *content,
                                 const struct wf_bind_request *request,
                                 struct wf_error *err);

/* wf_select_sdist lists the Python files and `include` of the sdist, by paths below
 * `root`, the folder that is its top. */
WF_MUST_USE bool wf_select_sdist(struct wf_found_file **out, size_t *out_num,
                                 struct wf_arena *arena, const struct wf_project *project,
                                 const struct wf_layout *layout, const char *root,
                                 struct wf_error *err);

#endif
