/* python_patch.h -- the statements that make Python find bundled DLLs on Windows, and what
 * they look like in a file.  Markers as delvewheel's: other tools look for them. */
#ifndef WF_REPAIR_PYTHON_PATCH_H
#define WF_REPAIR_PYTHON_PATCH_H

#include "base/buffer.h"
#include "wheel/python_source.h"

/* wf_python_patch is what one file gets: a function that is defined, called and deleted. */
struct wf_python_patch {
    const char *lib_dir; /* name of the folder: "demo.libs"; ".": site-packages itself */
    unsigned depth;      /* folders from the file's up to site-packages */
    const char
        *load_order;     /* file in lib_dir that lists DLLs for Pythons before 3.10, one
                               per line in UTF-8, those that others need first; or NULL:
                               the short form, which every Python from 3.8 understands */
    const char *version; /* of the tool, for the function's name */
};

/* wf_python_patch_is_there says whether the text is patched already, by us or another tool. */
bool wf_python_patch_is_there(struct wf_bytes text);

/* wf_python_patch_write appends the patched text to `out`, at wf_python_find_place, or with
 * `at_marks` in place of every `# delvewheel: patch` that wf_python_find_marks finds.  *num
 * is the number of patches put in.  Everything else keeps its bytes; the patch has the line
 * endings of the file and is plain ASCII.  A text that is patched comes out as it went in,
 * *num being 0.  False for what those two refuse, and when `out` is too small. */
WF_MUST_USE bool wf_python_patch_write(struct wf_buffer *out, size_t *num,
                                       struct wf_bytes text,
                                       const struct wf_python_patch *patch, bool at_marks,
                                       struct wf_error *err);

#endif
