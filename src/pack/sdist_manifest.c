/* sdist_manifest.c -- Cargo.toml of the crates of an sdist (see sdist_parts.h). */
#include <string.h>

#include "base/file.h"
#include "base/toml.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

/* The tables of a manifest that name targets, and the kind cargo gives those. */
static const struct target_row {
    const char *key;
    const char *kind;
} target_rows[] = {
    { "bin", "bin" },
    { "example", "example" },
    { "test", "test" },
    { "bench", "bench" },
};

static bool
is_excluded(struct wf_sdist_manifest *manifest, const char *source)
{
    struct wf_sdist *sdist = manifest->sdist;
    const char *place = wf_path_below(source, sdist->root);

    return wf_content_excludes(&sdist->content, place == NULL ? source : place, source);
}

static const struct wf_crate_target *
target_of(const struct wf_crate *crate, const char *kind, const char *name)
{
    for (size_t i = 0; i < crate->num_targets; i++) {
        const struct wf_crate_target *target = &crate->targets[i];

        if (strcmp(target->name, name) != 0)
            continue;
        for (size_t j = 0; j < target->kinds.num; j++) {
            if (strcmp(target->kinds.items[j], kind) == 0)
                return target;
        }
    }
    return NULL;
}

static bool
is_library(const struct wf_crate_target *target)
{
    for (size_t i = 0; i < target->kinds.num; i++) {
        const char *kind = target->kinds.items[i];

        if (wf_text_ends_with(kind, "lib") || strcmp(kind, "proc-macro") == 0)
            return true;
    }
    return false;
}

/* [[bin]] and its like: entries whose source is excluded. */
static bool
remove_targets(struct wf_sdist_manifest *manifest, const struct target_row *row,
               struct wf_error *err)
{
    const struct wf_toml *list = wf_toml_get(manifest->toml, row->key);
    size_t num = 0;

    if (list == NULL || list->kind != WF_TOML_ARRAY)
        return true;
    for (const struct wf_toml *i = list->first; i != NULL; i = i->next, num++) {
        const struct wf_toml *name = wf_toml_get(i, "name");
        const char *const keys[] = { row->key,
                                     wf_arena_printf(manifest->sdist->arena, "%zu", num),
                                     NULL };
        const struct wf_crate_target *target =
            name == NULL || name->kind != WF_TOML_STRING
                ? NULL
                : target_of(manifest->crate->crate, row->kind, name->string);

        if (target != NULL && is_excluded(manifest, target->src_path) &&
            !wf_sdist_remove(manifest, keys, err))
            return false;
    }
    return true;
}

static bool
remove_excluded(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    static const char *const lib[] = { "lib", NULL };
    static const char *const build[] = { "package", "build", NULL };
    static const char *const default_run[] = { "package", "default-run", NULL };
    const struct wf_crate *crate = manifest->crate->crate;
    const struct wf_toml *run = wf_toml_at(manifest->toml, "package.default-run");

    for (size_t i = 0; i < WF_COUNT(target_rows); i++) {
        if (!remove_targets(manifest, &target_rows[i], err))
            return false;
    }
    for (size_t i = 0; i < crate->num_targets; i++) {
        const struct wf_crate_target *target = &crate->targets[i];
        const bool is_script =
            target->kinds.num > 0 && strcmp(target->kinds.items[0], "custom-build") == 0;

        if ((!is_script && !is_library(target)) ||
            !is_excluded(manifest, target->src_path))
            continue;
        if (!wf_sdist_remove(manifest, is_script ? build : lib, err))
            return false;
    }
    if (run == NULL || run->kind != WF_TOML_STRING)
        return true;
    const struct wf_crate_target *target = target_of(crate, "bin", run->string);

    return target == NULL || !is_excluded(manifest, target->src_path) ||
           wf_sdist_remove(manifest, default_run, err);
}

/* A file that the manifest names goes beside it, and the manifest says so. */
static bool
take_beside(struct wf_sdist_manifest *manifest, const char *key, const char *named,
            struct wf_error *err)
{
    struct wf_sdist *sdist = manifest->sdist;
    const char *const keys[] = { "package", key, NULL };
    const char *source = wf_path_join(sdist->arena, manifest->dir, named);
    const char *name = wf_text_base_name(source);
    const struct wf_toml *there =
        wf_toml_get(wf_toml_get(manifest->toml, "package"), key);

    if (wf_path_kind(source) != WF_PATH_FILE)
        return true;
    if (!wf_sdist_add_named(sdist,
                            wf_sdist_path(sdist->arena, manifest->crate->place, name),
                            source, err))
        return false;
    if (there != NULL && there->kind == WF_TOML_STRING &&
        strcmp(there->string, name) == 0)
        return true;
    return wf_sdist_set_text(manifest, keys, name, err);
}

static bool
take_files(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    const struct wf_sdist *sdist = manifest->sdist;
    const struct wf_crate *crate = manifest->crate->crate;

    if (crate->readme != NULL && !take_beside(manifest, "readme", crate->readme, err))
        return false;
    if (crate->license_file == NULL)
        return true;
    const char *top =
        crate->is_member
            ? sdist->graph.workspace_root
            : wf_project_workspace(sdist->arena, manifest->toml, manifest->dir);

    if (wf_path_below(wf_path_join(sdist->arena, manifest->dir, crate->license_file),
                      wf_path_join(sdist->arena, "/", top)) == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s: package.license-file \"%s\" leads out of %s; name a "
                            "file below it",
                            manifest->path, crate->license_file, top);
    return take_beside(manifest, "license-file", crate->license_file, err);
}

static bool
add_crate(struct wf_sdist *sdist, const struct wf_sdist_crate *crate,
          struct wf_error *err)
{
    const char *path = wf_arena_printf(sdist->arena, "%s/Cargo.toml", crate->dir);
    struct wf_sdist_manifest manifest;

    if (!wf_sdist_manifest_open(&manifest, sdist, path, err))
        return false;
    manifest.crate = crate;
    if (strcmp(crate->dir, sdist->graph.workspace_root) == 0 &&
        !wf_sdist_prune_workspace(&manifest, err))
        return false;
    if (crate == &sdist->crates[0] && !remove_excluded(&manifest, err))
        return false;
    if (!crate->crate->is_member && !wf_sdist_inherit(&manifest, err))
        return false;
    return take_files(&manifest, err) &&
           wf_sdist_manifest_end(
               &manifest, wf_sdist_path(sdist->arena, crate->place, "Cargo.toml"), err);
}

static bool
add_workspace(struct wf_sdist *sdist, struct wf_error *err)
{
    const char *dir = wf_path_join(sdist->arena, "/", sdist->graph.workspace_root);
    struct wf_sdist_manifest manifest;

    if (wf_sdist_crate_in(sdist, dir) != NULL)
        return true;
    return wf_sdist_manifest_open(&manifest, sdist,
                                  wf_arena_printf(sdist->arena, "%s/Cargo.toml", dir),
                                  err) &&
           wf_sdist_prune_workspace(&manifest, err) &&
           wf_sdist_manifest_end(
               &manifest,
               wf_sdist_path(sdist->arena, wf_path_below(dir, sdist->root), "Cargo.toml"),
               err);
}

bool
wf_sdist_add_manifests(struct wf_sdist *sdist, struct wf_error *err)
{
    for (size_t i = 0; i < sdist->num_crates; i++) {
        if (!add_crate(sdist, &sdist->crates[i], err))
            return false;
    }
    return add_workspace(sdist, err);
}
