/* load.c -- what every command begins with (see build.h). */
#include "pack/build.h"
#include "pack/cargo_options.h"

static bool
find_triple(struct wf_loaded *out, struct wf_arena *arena,
            const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *host = NULL;
    const char *release = NULL;

    if (!wf_rustc_host(&host, &release, arena, asked, err))
        return false;
    return wf_triple_parse(&out->triple, arena,
                           out->cargo.target != NULL ? out->cargo.target : host, host,
                           err);
}

bool
wf_project_load(struct wf_loaded *out, struct wf_arena *arena,
                const struct wf_build_asked *asked, struct wf_error *err)
{
    *out = (struct wf_loaded){ 0 };
    if (!wf_project_find(&out->project, arena, asked, err) ||
        !wf_cargo_options(&out->cargo, arena, &out->project, asked, err))
        return false;
    struct wf_build_asked *whole = wf_arena_alloc(arena, sizeof *whole);

    *whole = *asked;
    whole->cargo = out->cargo;
    out->features_asked = asked->cargo.features.num > 0;
    out->asked = whole;
    const bool ok =
        find_triple(out, arena, whole, err) &&
        wf_cargo_graph_read(&out->graph, arena, out->project.manifest, whole, err) &&
        wf_core_metadata_make(&out->metadata, arena, &out->project, &out->graph,
                              asked->say, err) &&
        wf_bridge_find(&out->bridge, arena, &out->project, &out->graph, whole, err) &&
        wf_layout_find(&out->layout, arena, &out->project, &out->graph, &out->bridge,
                       err);

    if (!ok)
        wf_loaded_end(out);
    return ok;
}

void
wf_loaded_end(struct wf_loaded *loaded)
{
    wf_cargo_graph_end(&loaded->graph);
}
