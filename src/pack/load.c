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

static bool
read_graph(struct wf_loaded *out, struct wf_cargo_guess *guess, struct wf_arena *arena,
           struct wf_error *err)
{
    const char *manifest = out->project.manifest;

    out->guess = guess;
    if (guess != NULL)
        return wf_cargo_guess_graph(&out->graph, guess, arena, manifest, out->asked, err);
    return wf_cargo_graph_read(&out->graph, arena, manifest, out->asked, err);
}

bool
wf_project_load(struct wf_loaded *out, struct wf_arena *arena,
                const struct wf_build_asked *asked, struct wf_error *err)
{
    return wf_project_load_guess(out, NULL, arena, asked, err);
}

bool
wf_project_load_guess(struct wf_loaded *out, struct wf_cargo_guess *guess,
                      struct wf_arena *arena, const struct wf_build_asked *asked,
                      struct wf_error *err)
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
        find_triple(out, arena, whole, err) && read_graph(out, guess, arena, err) &&
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
