/* python_patch.h -- the statements that make Python find bundled DLLs on Windows, and what
 * they look like in a file.  Markers as delvewheel's: other tools look for them. */
#ifndef WF_REPAIR_PYTHON_PATCH_H
#define WF_REPAIR_PYTHON_PATCH_H

#include "base/buffer.h"
#include "wheel/python_source.h"

/* wf_python_patch is what one file gets. */
struct wf_python_patch {
    const char *lib_dir;    /* name of the folder: "demo.libs" */
    unsigned depth;         /* folders from the file's up to site-packages */
    const char *load_order; /* file in lib_dir that lists DLLs for Pythons before 3.10, or
                               NULL: the short form */
    const char *version;    /* of the tool, for the function's name */
};

/* wf_python_patch_is_there says whether the text is patched already, by us or another tool. */
bool wf_python_patch_is_there(struct wf_bytes text);

/* wf_python_patch_write appends the patched text to `out`, at wf_python_find_place, or at every
 * line that is a `# delvewheel: patch` comment with `at_marks` (*num of them).  Everything
 * else keeps its bytes.  A text that is patched comes out as it went in. */
WF_MUST_USE bool wf_python_patch_write(struct wf_buffer *out, size_t *num,
                                       struct wf_bytes text,
                                       const struct wf_python_patch *patch, bool at_marks,
                                       struct wf_error *err);

#endif
