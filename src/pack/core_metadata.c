/* core_metadata.c -- METADATA: Cargo.toml first, then [project] over it. */
#include "pack/core_metadata.h"

#include <string.h>

#include "pack/core_parts.h"
#include "wheel/wheel_name.h"

static bool
read_dynamic(struct wf_core *core, struct wf_error *err)
{
    const struct wf_toml *value =
        wf_toml_get(core->project->pyproject.project, "dynamic");

    if (!wf_core_lines(&core->dynamic, core->arena, value, "project.dynamic", err))
        return false;
    wf_strings_sort(&core->dynamic);
    if (wf_strings_has(&core->dynamic, "name"))
        return wf_core_refuse(err, value,
                              "project.dynamic lists \"name\"; a name is never dynamic");
    return true;
}

static void
name_files(struct wf_core_metadata *out, struct wf_arena *arena)
{
    char *version = wf_arena_strdup(arena, out->version);

    for (char *c = version; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
    }
    out->dist_name = wf_name_normalise(arena, out->name);
    out->dist_version = version;
}

bool
wf_core_metadata_make(struct wf_core_metadata *out, struct wf_arena *arena,
                      const struct wf_project *project,
                      const struct wf_cargo_graph *graph, const struct wf_say *say,
                      struct wf_error *err)
{
    struct wf_core_metadata metadata = { 0 };
    struct wf_core core = {
        .arena = arena, .project = project, .graph = graph, .say = say, .out = &metadata
    };

    if (!read_dynamic(&core, err))
        return wf_error_prefix(err, "%s", project->pyproject.path);
    if (!wf_core_from_cargo(&core, err))
        return wf_error_prefix(err, "%s", graph->root->manifest_path);
    if (project->pyproject.project != NULL && !wf_core_from_project(&core, err))
        return wf_error_prefix(err, "%s", project->pyproject.path);
    if (!wf_core_write(&core, err))
        return false;
    name_files(&metadata, arena);
    *out = metadata;
    return true;
}
