/* select.h -- which files of a project go into its wheel and its sdist. */
#ifndef WF_PACK_SELECT_H
#define WF_PACK_SELECT_H

#include "pack/bindings.h"
#include "pack/ignore.h"

/* wf_select_wheel adds Python packages, `include`, files of build scripts, the data folder,
 * and wf_select_dist_info; and sets what is excluded.  In an editable build the packages
 * stay where they are, a .pth leads there, and files of build scripts go to
 * request->tree. */
WF_MUST_USE bool wf_select_wheel(struct wf_content *content,
                                 const struct wf_bind_request *request,
                                 struct wf_error *err);

/* wf_select_dist_info adds METADATA, entry_points.txt, licences and further SBOMs, or what
 * is in asked->metadata_dir in their place; never WHEEL and RECORD.  Needs `asked`,
 * `project` and `metadata` of the request. */
WF_MUST_USE bool wf_select_dist_info(struct wf_content *content,
                                     const struct wf_bind_request *request,
                                     struct wf_error *err);

/* wf_select_is_editable_tree: an editable build whose Python files stay in the source tree,
 * so that what is compiled goes there, too (request->tree). */
bool wf_select_is_editable_tree(const struct wf_build_asked *asked,
                                const struct wf_layout *layout);

/* wf_select_sdist lists the Python files and `include` of the sdist, by paths below
 * `root`, the folder that is its top, without those that are excluded.  Python packages
 * follow the rules of ignore files, and hidden files and what was compiled are left out;
 * `include` follows no rules. */
WF_MUST_USE bool wf_select_sdist(struct wf_found_file **out, size_t *out_num,
                                 struct wf_arena *arena, const struct wf_project *project,
                                 const struct wf_layout *layout, const char *root,
                                 struct wf_error *err);

/* wf_select_exclude gives `content` the patterns of `exclude` for a format, for other files
 * of an sdist. */
void wf_select_exclude(struct wf_content *content, const struct wf_project *project,
                       enum wf_dist_format format, const struct wf_say *say);

#endif
