/* sdist.c -- from a project to its sdist (see build.h). */
#include <string.h>

#include "base/file.h"
#include "base/scratch.h"
#include "pack/cargo_options.h"
#include "pack/paths.h"
#include "pack/program.h"
#include "pack/sdist_archive.h"
#include "pack/sdist_parts.h"

/* 2006-07-24, the day of maturin's and cargo's sdists: some archivers take 1970 for an
 * error. */
static const int64_t STANDARD_TIME = 1153704088;

/* Optional path dependencies belong to the sdist, whatever is asked for; and it is made for
 * every target. */
static const struct wf_build_asked *
asked_for_all(struct wf_arena *arena, const struct wf_project *project,
              const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_build_asked *whole = wf_arena_alloc(arena, sizeof *whole);

    *whole = *asked;
    if (!wf_cargo_options(&whole->cargo, arena, project, asked, err))
        return NULL;
    whole->cargo.target = NULL;
    if (wf_sdist_has_paths(project->cargo))
        whole->cargo.all_features = true;
    return whole;
}

static bool
has_up(const char *path)
{
    for (const char *at = path; *at != '\0'; at += strspn(at, "/")) {
        const size_t len = strcspn(at, "/");

        if (len == 2 && memcmp(at, "..", 2) == 0)
            return true;
        at += len;
    }
    return false;
}

/* git lists what is below the project's folder, and nothing is rewritten. */
static bool
check_git(const struct wf_project *project, struct wf_error *err)
{
    static const char *const paths[] = { "readme", "readme.file", "license.file" };

    for (size_t i = 0; i < WF_COUNT(paths); i++) {
        const struct wf_toml *value = wf_toml_at(project->pyproject.project, paths[i]);

        if (value != NULL && value->kind == WF_TOML_STRING && has_up(value->string))
            return wf_error_set(err, WF_ERR_REFUSED,
                                "%s: line %u, column %u: project.%s must not contain "
                                "`..` when using the git sdist generator",
                                project->pyproject.path, value->line, value->column,
                                paths[i]);
    }
    return true;
}

static bool
read_project(struct wf_sdist *sdist, struct wf_error *err)
{
    /* Only the module's name depends on it: a wheel's concern. */
    const struct wf_bridge bridge = { .bindings = WF_BINDINGS_BIN, .is_bin = true };

    return wf_cargo_graph_read(&sdist->graph, sdist->arena, sdist->project->manifest,
                               sdist->asked, err) &&
           wf_core_metadata_make(&sdist->metadata, sdist->arena, sdist->project,
                                 &sdist->graph, sdist->asked->say, err) &&
           wf_layout_find(&sdist->layout, sdist->arena, sdist->project, &sdist->graph,
                          &bridge, err);
}

static void
place(struct wf_sdist *sdist, const char *out_dir)
{
    sdist->out_dir = out_dir != NULL
                         ? wf_path_join(sdist->arena, sdist->asked->folder, out_dir)
                         : wf_path_join(sdist->arena, sdist->graph.target_dir, "wheels");
    sdist->root = sdist->project->root;
    sdist->place = "";
}

/* The name stands in the manifest itself: it is not inherited. */
static bool
list_main(struct wf_sdist_listing **out, const struct wf_sdist *sdist,
          struct wf_error *err)
{
    const struct wf_project *project = sdist->project;
    const char *name = NULL;

    if (!wf_toml_want_string(&name, wf_toml_at(project->cargo, "package.name"),
                             "package.name", err))
        return wf_error_prefix(err, "%s", project->manifest);
    if (name == NULL)
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "%s has no package.name: it is no manifest of a package; name "
            "one of a workspace's members with --manifest-path",
            project->manifest);
    return wf_sdist_list_crate(out, sdist, project->manifest, name, err);
}

/* Git or cargo lists the files of the project while cargo tells its graph. */
static bool
gather(struct wf_sdist *sdist, const char *out_dir, struct wf_error *err)
{
    const bool by_git = sdist->project->pyproject.settings.sdist_by_git;
    struct wf_sdist_listing *listing = NULL;

    if (by_git && !check_git(sdist->project, err))
        return false;
    if (!(by_git ? wf_sdist_list_git(&listing, sdist, err)
                 : list_main(&listing, sdist, err)))
        return false;
    if (!read_project(sdist, err)) {
        wf_sdist_unlist(listing);
        return false;
    }
    place(sdist, out_dir);
    if (by_git)
        return wf_sdist_gather_git(sdist, listing, err);
    if (wf_sdist_find_crates(sdist, err))
        return wf_sdist_gather(sdist, listing, err);
    wf_sdist_unlist(listing);
    return false;
}

static bool
write_archive(const char **out, struct wf_sdist *sdist, struct wf_bytes info,
              struct wf_error *err)
{
    const struct wf_content *content = &sdist->content;
    struct wf_content_member *members =
        wf_arena_array(sdist->arena, content->num + 1, sizeof *members);
    const struct wf_sdist_archive archive = {
        .top = wf_arena_printf(sdist->arena, "%s-%s", sdist->metadata.dist_name,
                               sdist->metadata.dist_version),
        .folder = sdist->out_dir,
        .members = members,
        .num = content->num + 1,
        .time = sdist->asked->time >= 0 ? sdist->asked->time : STANDARD_TIME,
    };

    wf_content_sort(&sdist->content, "");
    members[0] = (struct wf_content_member){ .name = "PKG-INFO", .bytes = info };
    memcpy(members + 1, content->members, content->num * sizeof *members);
    return wf_folder_make(sdist->out_dir, err) &&
           wf_sdist_archive_write(out, sdist->arena, &archive, err);
}

static bool
make(const char **out, struct wf_sdist *sdist, const char *out_dir, struct wf_error *err)
{
    struct wf_bytes info = { 0 };
    const char *path = NULL;

    if (!gather(sdist, out_dir, err) || !wf_sdist_licenses(&info, sdist, err) ||
        !write_archive(&path, sdist, info, err))
        return false;
    wf_say_step(sdist->asked->say, "Built source distribution to %s", path);
    *out = path;
    return true;
}

bool
wf_build_sdist(const char **out, struct wf_arena *arena,
               const struct wf_build_asked *asked, const char *out_dir,
               struct wf_error *err)
{
    struct wf_project project;
    struct wf_sdist sdist = { .arena = arena,
                              .project = &project,
                              .content = { .arena = arena } };
    const char *parent = wf_asked_variable(asked, "TMPDIR");

    if (!wf_project_find(&project, arena, asked, err))
        return false;
    if (!project.has_pyproject)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "there is no pyproject.toml in %s, and an sdist needs one: "
                            "pip reads there how to build it",
                            project.root);
    sdist.asked = asked_for_all(arena, &project, asked, err);
    if (sdist.asked == NULL ||
        !wf_scratch_new(&sdist.scratch, arena, parent == NULL ? "/tmp" : parent, err))
        return false;
    const bool ok = make(out, &sdist, out_dir, err);

    wf_scratch_end(sdist.scratch);
    wf_cargo_graph_end(&sdist.graph);
    return ok;
}
