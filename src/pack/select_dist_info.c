/* select_dist_info.c -- METADATA, entry points, licences and SBOMs of a wheel. */
#include "pack/select.h"

#include <string.h>

#include "base/file.h"
#include "pack/paths.h"

static const char *
dist_info_of(struct wf_arena *arena, const struct wf_core_metadata *metadata)
{
    return wf_arena_printf(arena, "%s-%s.dist-info", metadata->dist_name,
                           metadata->dist_version);
}

/* Nothing of dist-info is ever excluded: METADATA names it. */
static bool
add_whole(struct wf_content *content, const char *name, const char *source,
          struct wf_error *err)
{
    const struct wf_ignore *exclude = content->exclude;

    content->exclude = NULL;
    const bool ok = wf_content_add_file(content, name, source, false, err);

    content->exclude = exclude;
    return ok;
}

static bool
add_licenses(struct wf_content *content, const char *dist_info,
             const struct wf_core_metadata *metadata, struct wf_error *err)
{
    for (size_t i = 0; i < metadata->num_licenses; i++) {
        const struct wf_license_file *license = &metadata->licenses[i];

        if (!add_whole(content,
                       wf_arena_printf(content->arena, "%s/licenses/%s", dist_info,
                                       license->path),
                       license->source, err))
            return false;
    }
    return true;
}

/* A relative path must stay in the project, links followed; an absolute one was meant. */
static bool
find_sbom(const char **out, struct wf_arena *arena, const char *root, const char *path,
          struct wf_error *err)
{
    const char *source = wf_path_join(arena, root, path);
    const char *real = wf_path_resolve(arena, "", source);
    const char *real_root = wf_path_resolve(arena, "", root);

    if (real == NULL || wf_path_kind(real) != WF_PATH_FILE)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the SBOM %s is not a file that is there", source);
    if (path[0] != '/' && (real_root == NULL || wf_path_below(real, real_root) == NULL))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the SBOM \"%s\" is outside the project (%s): give its "
                            "absolute path if that is meant",
                            path, real);
    *out = source;
    return true;
}

static bool
add_sboms(struct wf_content *content, const char *dist_info,
          const struct wf_bind_request *request, struct wf_error *err)
{
    const struct wf_strings *const lists[] = {
        &request->project->pyproject.settings.sbom_include,
        &request->asked->sbom_include,
    };

    for (size_t list = 0; list < WF_COUNT(lists); list++) {
        for (size_t i = 0; i < lists[list]->num; i++) {
            const char *source = NULL;

            if (!find_sbom(&source, content->arena, request->project->root,
                           lists[list]->items[i], err) ||
                !add_whole(content,
                           wf_arena_printf(content->arena, "%s/sboms/%s", dist_info,
                                           wf_text_base_name(source)),
                           source, err))
                return false;
        }
    }
    return true;
}

static bool
holds_metadata(struct wf_arena *arena, const char *folder)
{
    return wf_path_kind(wf_path_join(arena, folder, "METADATA")) == WF_PATH_FILE;
}

/* The folder of a frontend is the dist-info folder, or the one it is in. */
static bool
find_prepared(const char **out, struct wf_arena *arena, const char *folder,
              const char *dist_info, struct wf_error *err)
{
    const char *inner = wf_path_join(arena, folder, dist_info);

    *out = holds_metadata(arena, inner) ? inner : folder;
    return holds_metadata(arena, *out) ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "there is no METADATA in %s, nor in %s: the metadata directory "
                        "is not what prepare_metadata_for_build_wheel made",
                        folder, inner);
}

static bool
add_prepared(struct wf_content *content, const char *dist_info,
             const struct wf_bind_request *request, struct wf_error *err)
{
    struct wf_walk_request walk = { .no_rules = true, .follow_folders = true };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (!find_prepared(&walk.root, content->arena,
                       wf_path_join(content->arena, request->asked->folder,
                                    request->asked->metadata_dir),
                       dist_info, err) ||
        !wf_walk(&files, &num, content->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (strcmp(files[i].path, "WHEEL") == 0 || strcmp(files[i].path, "RECORD") == 0)
            continue;
        if (!add_whole(content,
                       wf_arena_printf(content->arena, "%s/%s", dist_info, files[i].path),
                       files[i].source, err))
            return false;
    }
    return true;
}

bool
wf_select_dist_info(struct wf_content *content, const struct wf_bind_request *request,
                    struct wf_error *err)
{
    const struct wf_core_metadata *metadata = request->metadata;
    const char *dist_info = dist_info_of(content->arena, metadata);

    if (request->asked->metadata_dir != NULL)
        return add_prepared(content, dist_info, request, err);
    if (!wf_content_add_bytes(content,
                              wf_arena_printf(content->arena, "%s/METADATA", dist_info),
                              metadata->metadata, false, err))
        return false;
    if (metadata->entry_points.len > 0 &&
        !wf_content_add_bytes(
            content, wf_arena_printf(content->arena, "%s/entry_points.txt", dist_info),
            metadata->entry_points, false, err))
        return false;
    return add_licenses(content, dist_info, metadata, err) &&
           add_sboms(content, dist_info, request, err);
}
