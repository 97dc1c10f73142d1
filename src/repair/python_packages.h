/* python_packages.h -- which Python files get the patch, and which modules copies of their
 * DLLs beside them because no patched file is imported before them.
 *
 * Python runs the __init__.py of every package on the way to a module.  So one patch in the
 * topmost package that has such a file serves all below it, and where there is none nothing
 * is patched: a folder without __init__.py is a namespace (PEP 420) that other wheels may
 * have parts of, or data, and a file put there would end the one and change the other.  None
 * is ever created.  Namespaces of the older kinds (pkgutil, pkg_resources) are left alone as
 * well: each wheel brings that file, and only the last one stays. */
#ifndef WF_REPAIR_PYTHON_PACKAGES_H
#define WF_REPAIR_PYTHON_PACKAGES_H

#include "base/text.h"

/* wf_python_need is what a member asks of the folder of DLLs. */
enum wf_python_need {
    WF_NEEDS_NO_FOLDER, /* no native code; or all it needs stands beside it */
    WF_NEEDS_FOLDER,    /* loaded by Python: an extension, or a DLL for ctypes */
    WF_NEEDS_COPIES,    /* a program: Python's patch does not reach it */
};

struct wf_python_member {
    const char *name;      /* in the archive */
    const char *installed; /* wf_member_path_installed of it */
    enum wf_python_need need;
};

struct wf_python_wishes {
    /* Patch the topmost packages all over, because who loads the DLLs is in no import table
     * (--include). */
    bool everywhere;
    /* Patch every .py file, at its marks (--custom-patch): the caller drops those without. */
    bool at_marks;
    /* --namespace-pkg: dotted names; the folders above are namespaces, too.  Their
     * __init__.py stays as it is, every other .py file directly in them is patched, and so
     * is every package. */
    const struct wf_strings *namespaces;
    /* Asked of __init__.py files on the way to what needs the folder: is it one of the older
     * kinds of namespaces (wf_python_is_namespace)?  False ends the whole with `err`. */
    bool (*read_is_namespace)(bool *out, void *context, size_t member,
                              struct wf_error *err);
    void *context;
};

/* wf_python_target is a file to patch. */
struct wf_python_target {
    size_t member;
    unsigned depth; /* folders from the file's up to site-packages */
};

struct wf_python_packages {
    struct wf_python_target *targets; /* by installed path */
    size_t num_targets;
    size_t *copies; /* members that need their DLLs beside them, by installed path */
    size_t num_copies;
    struct wf_strings
        missing; /* declared namespaces that the wheel does not have; sorted */
};

/* wf_python_plan decides from the members alone, wherever in the archive (root, purelib,
 * platlib) the parts of a package come from.  `__init__.py` counts in any case, as Windows
 * opens it; names of folders and modules are compared as they stand, as Python does.  Results
 * are owned by the arena; linear in the bytes of the paths, but for sorting them. */
WF_MUST_USE bool wf_python_plan(struct wf_python_packages *out, struct wf_arena *arena,
                                const struct wf_python_member *members, size_t num,
                                const struct wf_python_wishes *wishes,
                                struct wf_error *err);

#endif
