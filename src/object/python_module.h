/* python_module.h -- the names of functions that initialise a Python extension module. */
#ifndef WF_OBJECT_PYTHON_MODULE_H
#define WF_OBJECT_PYTHON_MODULE_H

#include "base/arena.h"

enum wf_module_init {
    WF_INIT_NONE,    /* no such function */
    WF_INIT_FOREIGN, /* one, but of a module of another name */
    WF_INIT_PYTHON2, /* of this module: initx, or PyPy's _cffi_pypyinit_x */
    WF_INIT_PYTHON3, /* of this module: PyInit_x, PyInitU_x, PyModExport_x */
};

/* wf_python_module is the module a file of this name can be. */
struct wf_python_module {
    const char *name;     /* the base name up to its first dot */
    const char *punycode; /* the ending of PyInitU_x (PEP 489), or NULL for ASCII names */
};

/* wf_python_module_of reads the base name of `path`. */
struct wf_python_module wf_python_module_of(struct wf_arena *arena, const char *path);

/* wf_python_module_init classifies a symbol name, which begins at text.data and ends at
 * its first NUL or at the end of `text`.  "initx" counts only for module x: other
 * functions begin with "init" everywhere. */
enum wf_module_init wf_python_module_init(const struct wf_python_module *module,
                                          struct wf_bytes text);

#endif
