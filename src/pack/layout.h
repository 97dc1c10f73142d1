/* layout.h -- where the module and the Python files of a project are, and its names. */
#ifndef WF_PACK_LAYOUT_H
#define WF_PACK_LAYOUT_H

#include "pack/bridge.h"
#include "pack/project.h"

struct wf_layout {
    const char *module_name; /* dotted, as configured or found */
    const char *ext;         /* its last part: the extension's name */
    const char *python_dir;  /* absolute */
    const char *module_dir; /* python_dir/<first part>: the package that makes it mixed */
    const char *ext_dir;    /* in the wheel: where the extension goes, "a/b", or "" */
    bool is_mixed;
    struct wf_strings
        package_dirs;     /* absolute: module_dir (when mixed), python-packages */
    const char *data_dir; /* absolute, or NULL */
};

WF_MUST_USE bool wf_layout_find(struct wf_layout *out, struct wf_arena *arena,
                                const struct wf_project *project,
                                const struct wf_cargo_graph *graph,
                                const struct wf_bridge *bridge, struct wf_error *err);

#endif
