/* select_sdist.c -- Python files and `include` of an sdist (see select.h). */
#include "pack/select_parts.h"

#include <string.h>

#include "pack/paths.h"

struct sdist {
    struct wf_arena *arena;
    const struct wf_project *project;
    const struct wf_layout *layout;
    const char *root;
    struct wf_content content; /* `exclude`, and one of each path */
    struct wf_found_file *files;
    size_t num;
    size_t cap;
};

/* A Python folder outside the top of the sdist stands there by its own name. */
static const char *
path_in_sdist(const struct sdist *sdist, const struct wf_found_file *file)
{
    const char *path = wf_path_below(file->source, sdist->root);
    const char *in_python = wf_path_below(file->source, sdist->layout->python_dir);

    if (path != NULL || in_python == NULL)
        return path != NULL ? path : file->path;
    return wf_arena_printf(sdist->arena, "%s/%s",
                           wf_text_base_name(sdist->layout->python_dir), in_python);
}

static bool
add(struct sdist *sdist, const struct wf_found_file *file, struct wf_error *err)
{
    const char *path = path_in_sdist(sdist, file);
    const size_t before = sdist->content.num;

    if (!wf_content_add_file(&sdist->content, path, file->source, file->is_executable,
                             err))
        return false;
    if (sdist->content.num == before)
        return true;
    sdist->files = wf_arena_grow(sdist->arena, sdist->files, sdist->num, &sdist->cap,
                                 sizeof *sdist->files);
    sdist->files[sdist->num++] =
        (struct wf_found_file){ path, file->source, file->is_executable };
    return true;
}

static bool
is_compiled(const struct wf_layout *layout, const char *path)
{
    return wf_text_ends_with(path, ".pyc") || wf_select_is_left_over(layout, path);
}

static bool
add_python(struct sdist *sdist, struct wf_error *err)
{
    const struct wf_walk_request walk = {
        .root = wf_select_walk_root(sdist->project, sdist->layout),
        .below = &sdist->layout->package_dirs,
        .use_outer_rules = true,
        .skip_hidden = true,
    };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (sdist->layout->package_dirs.num == 0)
        return true;
    if (!wf_walk(&files, &num, sdist->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (!is_compiled(sdist->layout, files[i].path) && !add(sdist, &files[i], err))
            return false;
    }
    return true;
}

static bool
add_includes(struct sdist *sdist, struct wf_error *err)
{
    const struct wf_settings *settings = &sdist->project->pyproject.settings;

    for (size_t i = 0; i < settings->num_includes; i++) {
        const struct wf_include *include = &settings->includes[i];
        struct wf_found_file *files = NULL;
        const char *from = NULL;
        size_t num = 0;

        if ((include->formats & WF_IN_SDIST) == 0 || include->from_out_dir)
            continue;
        if (!wf_select_glob(&files, &num, &from, sdist->arena, sdist->project,
                            sdist->layout, include->glob, err))
            return false;
        for (size_t j = 0; j < num; j++) {
            if (!add(sdist, &files[j], err))
                return false;
        }
    }
    return true;
}

bool
wf_select_sdist(struct wf_found_file **out, size_t *out_num, struct wf_arena *arena,
                const struct wf_project *project, const struct wf_layout *layout,
                const char *root, struct wf_error *err)
{
    struct sdist sdist = { .arena = arena,
                           .project = project,
                           .layout = layout,
                           .root = root,
                           .content = { .arena = arena } };

    wf_select_exclude(&sdist.content, project, WF_IN_SDIST, NULL);
    if (!add_python(&sdist, err) || !add_includes(&sdist, err))
        return false;
    *out = wf_found_files_sorted(arena, sdist.files, sdist.num);
    *out_num = sdist.num;
    return true;
}
