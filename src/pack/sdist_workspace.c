/* sdist_workspace.c -- [workspace] and [patch] with what an sdist has of them. */
#include <string.h>

#include "base/toml.h"
#include "pack/glob.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

enum { MOST_VALUE = 1 << 20 };

/* Does the entry of `members` stand for the crate?  Globs are about paths below the
 * workspace, as cargo's are. */
static bool
entry_names(struct wf_sdist_manifest *manifest, const char *entry, const char *dir)
{
    struct wf_arena *arena = manifest->sdist->arena;
    const char *absolute = wf_path_join(arena, manifest->dir, entry);
    struct wf_glob glob;

    if (strcmp(absolute, dir) == 0)
        return true;
    if (strpbrk(entry, "*?[") == NULL ||
        wf_glob_parse(&glob, arena, wf_bytes_str(absolute + 1), WF_GLOB_INCLUDE) != NULL)
        return false;
    return wf_glob_matches(&glob, wf_bytes_str(dir + 1));
}

static bool
is_kept(struct wf_sdist_manifest *manifest, const char *entry)
{
    const struct wf_sdist *sdist = manifest->sdist;
    const char *absolute = wf_path_join(sdist->arena, manifest->dir, entry);

    if (wf_sdist_crate_in(sdist, absolute) != NULL)
        return true;
    if (strpbrk(entry, "*?[") == NULL)
        return false;
    for (size_t i = 0; i < sdist->num_crates; i++) {
        if (sdist->crates[i].crate->is_member &&
            entry_names(manifest, entry, sdist->crates[i].dir))
            return true;
    }
    return false;
}

static bool
is_main_named(struct wf_sdist_manifest *manifest, const struct wf_toml *members)
{
    for (const struct wf_toml *i = members == NULL ? NULL : members->first; i != NULL;
         i = i->next) {
        if (i->kind == WF_TOML_STRING &&
            entry_names(manifest, i->string, manifest->sdist->crates[0].dir))
            return true;
    }
    return false;
}

/* The project's crate may have been a member only by being a dependency of the package that
 * goes: then it is named. */
static bool
add_main(struct wf_sdist_manifest *manifest, const struct wf_toml *members,
         struct wf_error *err)
{
    static const char *const keys[] = { "workspace", "members", NULL };
    const struct wf_sdist *sdist = manifest->sdist;
    struct wf_buffer value;

    wf_buffer_init(&value, MOST_VALUE);
    wf_buffer_add_str(&value, "[");
    for (const struct wf_toml *i = members == NULL ? NULL : members->first; i != NULL;
         i = i->next) {
        if (i->kind != WF_TOML_STRING || !is_kept(manifest, i->string))
            continue;
        wf_toml_quote(&value, i->string);
        wf_buffer_add_str(&value, ", ");
    }
    wf_toml_quote(&value,
                  wf_sdist_relative(sdist->arena, manifest->dir, sdist->crates[0].dir));
    wf_buffer_add_str(&value, "]");
    const char *text = wf_arena_str(sdist->arena, wf_buffer_bytes(&value));
    const bool ok = wf_buffer_ok(&value, "workspace.members", err);

    wf_buffer_clear(&value);
    return ok && wf_sdist_set(manifest, keys, text, err);
}

static bool
prune_members(struct wf_sdist_manifest *manifest, const struct wf_toml *members,
              struct wf_error *err)
{
    static const char *const all[] = { "workspace", "members", NULL };
    struct wf_arena *arena = manifest->sdist->arena;
    size_t num = 0;
    size_t kept = 0;

    for (const struct wf_toml *i = members->first; i != NULL; i = i->next, num++)
        kept += i->kind == WF_TOML_STRING && is_kept(manifest, i->string);
    if (kept == 0)
        return wf_sdist_remove(manifest, all, err);
    if (kept == num)
        return true;
    num = 0;
    for (const struct wf_toml *i = members->first; i != NULL; i = i->next, num++) {
        const char *const keys[] = { "workspace", "members",
                                     wf_arena_printf(arena, "%zu", num), NULL };

        if ((i->kind != WF_TOML_STRING || !is_kept(manifest, i->string)) &&
            !wf_sdist_remove(manifest, keys, err))
            return false;
    }
    return true;
}

/* A crate that depends on nothing beside it needs no members, and then no workspace, unless
 * more is said there. */
static bool
remove_members(struct wf_sdist_manifest *manifest, const struct wf_toml *workspace,
               struct wf_error *err)
{
    static const char *const all[] = { "workspace", NULL };
    static const char *const members[] = { "workspace", "members", NULL };
    static const char *const defaults[] = { "workspace", "default-members", NULL };
    bool says_more = wf_toml_get(workspace, "members") == NULL;

    for (const struct wf_toml *i = workspace->first; i != NULL; i = i->next)
        says_more = says_more || (strcmp(i->key, "members") != 0 &&
                                  strcmp(i->key, "default-members") != 0);
    if (!says_more)
        return wf_sdist_remove(manifest, all, err);
    return wf_sdist_remove(manifest, members, err) &&
           wf_sdist_remove(manifest, defaults, err);
}

/* Cargo reads the manifest of every path in [patch], used or not. */
static bool
prune_paths(struct wf_sdist_manifest *manifest, const struct wf_toml *table,
            const char *const *keys, size_t num_keys, struct wf_error *err)
{
    struct wf_sdist *sdist = manifest->sdist;
    const char *path[4] = { 0 };

    if (table == NULL || table->kind != WF_TOML_TABLE)
        return true;
    memcpy(path, keys, num_keys * sizeof *keys);
    for (const struct wf_toml *i = table->first; i != NULL; i = i->next) {
        const struct wf_toml *to = wf_toml_get(i, "path");

        if (to == NULL || to->kind != WF_TOML_STRING ||
            wf_sdist_crate_in(
                sdist, wf_path_join(sdist->arena, manifest->dir, to->string)) != NULL)
            continue;
        path[num_keys] = i->key;
        if (!wf_sdist_remove(manifest, path, err))
            return false;
    }
    return true;
}

static bool
prune_patches(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    const struct wf_toml *patch = wf_toml_get(manifest->toml, "patch");
    const char *keys[2] = { "replace", NULL };

    if (!prune_paths(manifest, wf_toml_get(manifest->toml, "replace"), keys, 1, err))
        return false;
    keys[0] = "patch";
    for (const struct wf_toml *i =
             patch == NULL || patch->kind != WF_TOML_TABLE ? NULL : patch->first;
         i != NULL; i = i->next) {
        keys[1] = i->key;
        if (!prune_paths(manifest, i, keys, 2, err))
            return false;
    }
    return true;
}

/* A workspace without a package of its own resolves as in 2015 unless told: what the edition
 * of the package that goes implied is written down. */
static bool
keep_resolver(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    static const char *const keys[] = { "workspace", "resolver", NULL };
    const struct wf_toml *resolver = wf_toml_at(manifest->toml, "package.resolver");
    const struct wf_toml *edition = wf_toml_at(manifest->toml, "package.edition");
    const char *implied = NULL;

    if (wf_toml_at(manifest->toml, "workspace.resolver") != NULL)
        return true;
    if (edition != NULL && edition->kind == WF_TOML_TABLE)
        edition = wf_toml_at(manifest->toml, "workspace.package.edition");
    if (resolver != NULL && resolver->kind == WF_TOML_STRING)
        implied = resolver->string;
    else if (edition != NULL && edition->kind == WF_TOML_STRING)
        implied = strcmp(edition->string, "2021") < 0    ? NULL
                  : strcmp(edition->string, "2021") == 0 ? "2"
                                                         : "3";
    return implied == NULL || wf_sdist_set_text(manifest, keys, implied, err);
}

/* The package at the workspace's root is nobody's dependency: its sources are not there. */
static bool
strip_package(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    static const char *const kept[] = { "workspace", "profile", "patch", "replace",
                                        "cargo-features" };

    if (!keep_resolver(manifest, err))
        return false;
    for (const struct wf_toml *i = manifest->toml->first; i != NULL; i = i->next) {
        const char *const keys[] = { i->key, NULL };
        bool stays = false;

        for (size_t j = 0; j < WF_COUNT(kept); j++)
            stays = stays || strcmp(i->key, kept[j]) == 0;
        if (!stays && !wf_sdist_remove(manifest, keys, err))
            return false;
    }
    return true;
}

bool
wf_sdist_prune_workspace(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    static const char *const defaults[] = { "workspace", "default-members", NULL };
    const struct wf_sdist *sdist = manifest->sdist;
    const struct wf_toml *workspace = wf_toml_get(manifest->toml, "workspace");
    const struct wf_toml *members = wf_toml_get(workspace, "members");
    const bool is_main = manifest->crate == &sdist->crates[0];

    if (!prune_patches(manifest, err))
        return false;
    if (workspace == NULL || workspace->kind != WF_TOML_TABLE)
        return true;
    if (members != NULL && members->kind != WF_TOML_ARRAY)
        members = NULL;
    if (is_main && sdist->num_crates == 1)
        return remove_members(manifest, workspace, err);
    if (!wf_sdist_remove(manifest, defaults, err))
        return false;
    if (!is_main && !is_main_named(manifest, members)) {
        if (!add_main(manifest, members, err))
            return false;
    } else if (members != NULL && !prune_members(manifest, members, err)) {
        return false;
    }
    return manifest->crate != NULL || wf_toml_get(manifest->toml, "package") == NULL ||
           strip_package(manifest, err);
}
