/* sdist_crates.c -- which crates an sdist has, and which folder is its top. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

static bool
is_table(const struct wf_toml *value)
{
    return value != NULL && value->kind == WF_TOML_TABLE;
}

static bool
names_path(const struct wf_toml *dependencies)
{
    if (!is_table(dependencies))
        return false;
    for (const struct wf_toml *i = dependencies->first; i != NULL; i = i->next) {
        if (wf_toml_get(i, "path") != NULL || wf_toml_get(i, "workspace") != NULL)
            return true;
    }
    return false;
}

static bool
has_paths(const struct wf_toml *table)
{
    static const char *const keys[] = { "dependencies", "dev-dependencies",
                                        "dev_dependencies", "build-dependencies",
                                        "build_dependencies" };

    for (size_t i = 0; i < WF_COUNT(keys); i++) {
        if (names_path(wf_toml_get(table, keys[i])))
            return true;
    }
    return false;
}

bool
wf_sdist_has_paths(const struct wf_toml *manifest)
{
    const struct wf_toml *targets = wf_toml_get(manifest, "target");

    if (has_paths(manifest))
        return true;
    for (const struct wf_toml *i = is_table(targets) ? targets->first : NULL; i != NULL;
         i = i->next) {
        if (is_table(i) && has_paths(i))
            return true;
    }
    return false;
}

/* Every crate without a source is one of a path: declared, or put in by [patch]. */
static void
walk(struct wf_sdist *sdist)
{
    const struct wf_cargo_graph *graph = &sdist->graph;
    bool *seen = wf_arena_array(sdist->arena, graph->num_crates, sizeof *seen);
    size_t done = 0;

    sdist->crates =
        wf_arena_array(sdist->arena, graph->num_crates, sizeof *sdist->crates);
    sdist->crates[sdist->num_crates++].crate = graph->root;
    seen[graph->root - graph->crates] = true;
    while (done < sdist->num_crates) {
        const struct wf_crate *crate = sdist->crates[done++].crate;

        for (size_t i = 0; i < crate->num_dependencies; i++) {
            const struct wf_crate *next = crate->dependencies[i].crate;

            if (next->source != NULL || seen[next - graph->crates])
                continue;
            seen[next - graph->crates] = true;
            sdist->crates[sdist->num_crates++].crate = next;
        }
    }
}

static int
compare_dirs(const void *a, const void *b)
{
    const struct wf_sdist_crate *left = a;
    const struct wf_sdist_crate *right = b;

    return strcmp(left->dir, right->dir);
}

static bool
find_dirs(struct wf_sdist *sdist, struct wf_error *err)
{
    for (size_t i = 0; i < sdist->num_crates; i++) {
        const char *manifest = sdist->crates[i].crate->manifest_path;
        const char *slash = strrchr(manifest, '/');

        if (manifest[0] != '/' || strcmp(slash, "/Cargo.toml") != 0)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "`cargo metadata`: %s has the manifest \"%s\"; an "
                                "absolute path to a Cargo.toml was expected",
                                sdist->crates[i].crate->name, manifest);
        sdist->crates[i].dir = wf_path_join(
            sdist->arena, "/",
            wf_arena_str(sdist->arena,
                         wf_bytes_of(manifest, (size_t)(slash - manifest) + 1)));
    }
    if (sdist->num_crates > 2)
        qsort(sdist->crates + 1, sdist->num_crates - 1, sizeof *sdist->crates,
              compare_dirs);
    return true;
}

const struct wf_sdist_crate *
wf_sdist_crate_in(const struct wf_sdist *sdist, const char *dir)
{
    const struct wf_sdist_crate key = { .dir = dir };

    if (sdist->num_crates > 0 && strcmp(sdist->crates[0].dir, dir) == 0)
        return &sdist->crates[0];
    if (sdist->num_crates < 2)
        return NULL;
    return bsearch(&key, sdist->crates + 1, sdist->num_crates - 1, sizeof *sdist->crates,
                   compare_dirs);
}

/* Takes parts off `root` until `path` is below it. */
static void
widen(char *root, const char *path)
{
    while (wf_path_below(path, root) == NULL) {
        char *slash = strrchr(root, '/');

        slash[slash == root ? 1 : 0] = '\0';
    }
}

bool
wf_sdist_find_crates(struct wf_sdist *sdist, struct wf_error *err)
{
    walk(sdist);
    if (!find_dirs(sdist, err))
        return false;
    char *root = wf_arena_strdup(sdist->arena, sdist->project->root);

    widen(root, wf_path_join(sdist->arena, "/", sdist->graph.workspace_root));
    widen(root, sdist->layout.python_dir);
    for (size_t i = 0; i < sdist->num_crates; i++) {
        widen(root, sdist->crates[i].dir);
        if (strcmp(root, "/") == 0)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "%s and %s have no folder in common but \"/\", which "
                                "cannot be the top of an sdist: move one to the other",
                                sdist->project->root, sdist->crates[i].dir);
    }
    if (strcmp(root, "/") == 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s, its workspace and its Python files have no folder in "
                            "common but \"/\", which cannot be the top of an sdist",
                            sdist->project->root);
    for (size_t i = 0; i < sdist->num_crates; i++)
        sdist->crates[i].place = wf_path_below(sdist->crates[i].dir, root);
    sdist->root = root;
    sdist->place = wf_path_below(sdist->project->root, root);
    sdist->moves_along = sdist->place[0] != '\0' &&
                         sdist->project->pyproject.settings.python_source == NULL &&
                         strcmp(sdist->layout.python_dir, sdist->project->root) == 0;
    return true;
}
