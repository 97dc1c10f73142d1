/* bind_bin.c -- programs as scripts of the wheel. */
#include "pack/bindings.h"

#include <string.h>

/* Both would be installed as bin/<name>, and the entry point would win. */
static bool
check_scripts(const struct wf_bind_request *request, struct wf_error *err)
{
    return !request->metadata->has_scripts ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "[project.scripts] cannot be had together with the programs of a "
                        "bin crate: take it out of pyproject.toml, or build a library");
}

bool
wf_bind_bin(struct wf_content *content, const struct wf_bind_request *request,
            struct wf_error *err)
{
    const struct wf_core_metadata *metadata = request->metadata;
    const struct wf_compiled *compiled = request->compiled;

    if (!check_scripts(request, err))
        return false;
    if (compiled->num_artifacts == 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "cargo built no program: does the crate have a bin target "
                            "whose required-features are on?");
    for (size_t i = 0; i < compiled->num_artifacts; i++) {
        const char *source = compiled->artifacts[i].path;
        const char *name =
            wf_arena_printf(content->arena, "%s-%s.data/scripts/%s", metadata->dist_name,
                            metadata->dist_version, wf_text_base_name(source));

        if (!wf_content_add_compiled(content, name, source, err))
            return false;
    }
    return true;
}
