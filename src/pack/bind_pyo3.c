/* bind_pyo3.c -- the extension of pyo3 and pyo3-ffi, and the package made around it. */
#include "pack/bindings.h"

#include <string.h>

#include "base/file.h"
#include "pack/bind_parts.h"
#include "pack/paths.h"

/* The extension may export a name like its own, which the star import would then put in
 * the module's place: so the module is kept first. */
static const char package_text[] = "# The package is its extension: all of %s is here.\n"
                                   "from . import %s as _extension\n"
                                   "from .%s import *\n"
                                   "\n"
                                   "__doc__ = _extension.__doc__\n"
                                   "if hasattr(_extension, \"__all__\"):\n"
                                   "    __all__ = _extension.__all__\n";

static bool
add_text(struct wf_content *content, const char *folder, const char *name,
         const char *text, struct wf_error *err)
{
    return wf_content_add_bytes(content,
                                wf_arena_printf(content->arena, "%s/%s", folder, name),
                                wf_bytes_str(text), false, err);
}

/* A stub beside the manifest is the package's, which has no other place for one. */
static bool
add_stub(struct wf_content *content, const struct wf_bind_request *request,
         struct wf_error *err)
{
    const char *ext = request->layout->ext;
    const char *stub = wf_arena_printf(content->arena, "%s.pyi", ext);
    const char *source = wf_path_join(content->arena, request->project->root, stub);

    if (wf_path_kind(source) != WF_PATH_FILE)
        return true;
    wf_say_step(request->asked->say, "Found type stub file at %s", stub);
    return wf_content_add_file(content,
                               wf_arena_printf(content->arena, "%s/__init__.pyi", ext),
                               source, false, err) &&
           add_text(content, ext, "py.typed", "", err);
}

bool
wf_bind_pyo3(struct wf_content *content, const struct wf_bind_request *request,
             struct wf_error *err)
{
    const struct wf_layout *layout = request->layout;
    struct wf_content *into = request->tree != NULL ? request->tree : content;
    const struct wf_artifact *artifact = wf_bind_library(request, err);

    if (artifact == NULL)
        return false;
    const char *file =
        wf_extension_file(content->arena, layout->ext, request->interpreter,
                          request->stable, request->triple);

    if (!wf_bind_add_library(into, request, artifact, layout->ext_dir, file, err))
        return false;
    if (layout->is_mixed)
        return true;
    return add_text(content, layout->ext, "__init__.py",
                    wf_arena_printf(content->arena, package_text, layout->ext,
                                    layout->ext, layout->ext),
                    err) &&
           add_stub(content, request, err);
}
