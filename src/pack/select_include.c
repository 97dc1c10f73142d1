/* select_include.c -- `include`, also from build scripts, and the data folder. */
#include "pack/select_parts.h"

#include <string.h>

#include "base/file.h"
#include "pack/paths.h"

bool
wf_select_glob(struct wf_found_file **out, size_t *out_num, const char **from,
               struct wf_arena *arena, const struct wf_project *project,
               const struct wf_layout *layout, const char *glob, struct wf_error *err)
{
    *from = project->root;
    if (!wf_glob_files(out, out_num, arena, project->root, glob, err))
        return wf_error_prefix(err, "include");
    if (*out_num > 0 || strcmp(layout->python_dir, project->root) == 0)
        return true;
    *from = layout->python_dir;
    return wf_glob_files(out, out_num, arena, layout->python_dir, glob, err) ||
           wf_error_prefix(err, "include");
}

static bool
add_files(struct wf_content *content, const struct wf_bind_request *request,
          const struct wf_include *include, struct wf_error *err)
{
    struct wf_found_file *files = NULL;
    const char *from = NULL;
    size_t num = 0;

    if (!wf_select_glob(&files, &num, &from, content->arena, request->project,
                        request->layout, include->glob, err))
        return false;
    wf_say_step(request->asked->say, "Including files matching \"%s\"", include->glob);
    for (size_t i = 0; i < num; i++) {
        const char *name = wf_path_below(files[i].source, request->layout->python_dir);

        if (!wf_content_add_file(content, name != NULL ? name : files[i].path,
                                 files[i].source, files[i].is_executable, err))
            return false;
    }
    return true;
}

/* The folder that the build script of a crate was given, or NULL. */
static const char *
find_out_dir(const struct wf_bind_request *request, const char *crate_name)
{
    const struct wf_cargo_graph *graph = request->graph;
    const struct wf_compiled *compiled = request->compiled;

    for (size_t i = 0; i < compiled->num_out_dirs; i++) {
        const char *id = compiled->out_dirs[i].crate_id;

        for (size_t j = 0; j < graph->num_crates; j++) {
            const struct wf_crate *crate = &graph->crates[j];

            if (strcmp(crate->id, id) == 0 &&
                (crate_name == NULL ? crate == graph->root
                                    : strcmp(crate->name, crate_name) == 0))
                return compiled->out_dirs[i].path;
        }
    }
    return NULL;
}

/* "to" is a folder of the wheel, or "" for its top; names that would climb out of it are
 * refused as those of all members are. */
static const char *
name_in(struct wf_arena *arena, const char *to, const char *path)
{
    size_t len = strlen(to);

    while (len > 0 && to[len - 1] == '/')
        len--;
    return len == 0 ? path : wf_arena_printf(arena, "%.*s/%s", (int)len, to, path);
}

static bool
add_out_files(struct wf_content *content, const struct wf_bind_request *request,
              const struct wf_include *include, struct wf_error *err)
{
    const char *folder = find_out_dir(request, include->crate_name);
    const char *crate =
        include->crate_name != NULL ? include->crate_name : request->graph->root->name;
    const char *to = include->to == NULL ? "" : include->to;
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (folder == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "include takes \"%s\" from OUT_DIR of %s, which has none: "
                            "the crate needs a build.rs that was run",
                            include->glob, crate);
    if (!wf_glob_files(&files, &num, content->arena, folder, include->glob, err))
        return wf_error_prefix(err, "include");
    if (num == 0)
        wf_say_warning(request->asked->say,
                       "include: no file in OUT_DIR of %s matches \"%s\"", crate,
                       include->glob);
    for (size_t i = 0; i < num; i++) {
        const char *name = name_in(content->arena, to, files[i].path);

        if (!wf_content_add_file(content, name, files[i].source, files[i].is_executable,
                                 err))
            return false;
    }
    return true;
}

bool
wf_select_includes(struct wf_content *content, const struct wf_bind_request *request,
                   struct wf_error *err)
{
    const struct wf_settings *settings = &request->project->pyproject.settings;
    const bool stays = request->asked->editable && request->layout->package_dirs.num > 0;

    for (size_t i = 0; i < settings->num_includes; i++) {
        const struct wf_include *include = &settings->includes[i];

        if ((include->formats & WF_IN_WHEEL) == 0)
            continue;
        if (include->from_out_dir && request->graph != NULL &&
            request->compiled != NULL) {
            struct wf_content *into =
                stays && request->tree != NULL ? request->tree : content;

            if (!add_out_files(into, request, include, err))
                return false;
        } else if (!include->from_out_dir && !stays &&
                   !add_files(content, request, include, err)) {
            return false;
        }
    }
    return true;
}

/* The keys of .data (the binary distribution format): other folders are installed nowhere. */
static const char *const data_keys[] = { "data", "headers", "platlib", "purelib",
                                         "scripts" };

static bool
check_data(struct wf_arena *arena, const char *folder, struct wf_error *err)
{
    struct wf_folder_identity identity;
    struct wf_folder_entry *entries = NULL;
    size_t num = 0;

    if (!wf_folder_scan(arena, folder, &entries, &num, &identity, err))
        return wf_error_prefix(err, "%s", folder);
    for (size_t i = 0; i < num; i++) {
        bool is_known = false;

        for (size_t j = 0; j < WF_COUNT(data_keys); j++)
            is_known = is_known || strcmp(entries[i].name, data_keys[j]) == 0;
        if (!is_known || entries[i].kind != WF_PATH_FOLDER)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "the data folder %s holds \"%s\"; only the folders data, "
                                "headers, platlib, purelib and scripts are installed",
                                folder, entries[i].name);
    }
    return true;
}

bool
wf_select_data(struct wf_content *content, const struct wf_bind_request *request,
               struct wf_error *err)
{
    const struct wf_core_metadata *metadata = request->metadata;
    const struct wf_walk_request walk = {
        .root = request->layout->data_dir,
        .no_rules = true,
        .follow_folders = true,
        .say = request->asked->say,
        .max_files = request->asked->limits.members,
    };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (walk.root == NULL)
        return true;
    if (!check_data(content->arena, walk.root, err))
        return wf_setting_blame(err, &request->project->pyproject, "data");
    if (!wf_walk(&files, &num, content->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const char *name =
            wf_arena_printf(content->arena, "%s-%s.data/%s", metadata->dist_name,
                            metadata->dist_version, files[i].path);

        if (!wf_content_add_file(content, name, files[i].source, files[i].is_executable,
                                 err))
            return false;
    }
    return true;
}
