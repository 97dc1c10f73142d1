/* sdist_files.c -- the files of an sdist: what cargo packages, Python files, `include`. */
#include <string.h>

#include "base/file.h"
#include "pack/ignore.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"
#include "pack/select.h"

/* As many cargos at once: each is a process of 25 ms that mostly reads. */
enum { MOST_AT_ONCE = 8 };

/* What stands at the top already, and comes from elsewhere. */
static const char *const own_files[] = { "PKG-INFO", "pyproject.toml" };

static bool
is_own(const char *path)
{
    for (size_t i = 0; i < WF_COUNT(own_files); i++) {
        if (strcmp(path, own_files[i]) == 0)
            return true;
    }
    return false;
}

/* An sdist or a wheel of ours from before, in the folder this one goes to. */
static bool
is_earlier(const struct wf_sdist *sdist, const char *source)
{
    const char *name = wf_path_below(source, sdist->out_dir);
    const char *dist = sdist->metadata.dist_name;

    return name != NULL && strchr(name, '/') == NULL && wf_text_starts_with(name, dist) &&
           name[strlen(dist)] == '-' &&
           (wf_text_ends_with(name, ".tar.gz") || wf_text_ends_with(name, ".whl"));
}

bool
wf_sdist_add(struct wf_sdist *sdist, const char *path, const char *source,
             struct wf_error *err)
{
    if (wf_content_has(&sdist->content, path) || is_earlier(sdist, source))
        return true;
    return wf_content_add_file(&sdist->content, path, source, false, err);
}

bool
wf_sdist_add_named(struct wf_sdist *sdist, const char *path, const char *source,
                   struct wf_error *err)
{
    const struct wf_ignore *exclude = sdist->content.exclude;

    sdist->content.exclude = NULL;
    const bool ok = wf_sdist_add(sdist, path, source, err);

    sdist->content.exclude = exclude;
    return ok;
}

bool
wf_sdist_add_text(struct wf_sdist *sdist, const char *path, struct wf_bytes text,
                  struct wf_error *err)
{
    return wf_content_has(&sdist->content, path) ||
           wf_content_add_bytes(&sdist->content, path, text, false, err);
}

bool
wf_sdist_holds(const struct wf_sdist *sdist, const char *path, const char *source)
{
    const struct wf_content *content = &sdist->content;

    for (size_t i = 0; i < content->num; i++) {
        const struct wf_content_member *member = &content->members[i];

        if (strcmp(member->name, path) == 0)
            return member->source != NULL && strcmp(member->source, source) == 0;
    }
    return false;
}

/* One crate's list under way. */
struct crate_list {
    struct wf_sdist *sdist;
    const struct wf_sdist_crate *crate;
    bool is_main;
};

static bool
is_compiled(const char *name)
{
    static const char *const endings[] = { ".pyc", ".pyd", ".so" };

    for (size_t i = 0; i < WF_COUNT(endings); i++) {
        if (wf_text_ends_with(name, endings[i]))
            return true;
    }
    return false;
}

/* What follows the rules of Python packages, and is added by them. */
static bool
is_python(const struct wf_sdist *sdist, const char *source)
{
    for (size_t i = 0; i < sdist->layout.package_dirs.num; i++) {
        if (wf_path_below(source, sdist->layout.package_dirs.items[i]) != NULL)
            return true;
    }
    return false;
}

static bool
check_count(const struct wf_sdist *sdist, struct wf_error *err)
{
    const uint64_t most = sdist->asked->limits.members;

    return sdist->content.num < most ||
           wf_error_set(err, WF_ERR_LIMIT, "there are more than %llu files",
                        (unsigned long long)most);
}

/* What cargo would make itself, or take from elsewhere, is listed, and need not be there. */
static bool
is_made_by_cargo(const struct wf_crate *crate, const char *name)
{
    const char *const made[] = { "Cargo.lock", ".cargo_vcs_info.json", crate->readme,
                                 crate->license_file };

    for (size_t i = 0; i < WF_COUNT(made); i++) {
        if (made[i] != NULL && strcmp(name, wf_text_base_name(made[i])) == 0)
            return true;
    }
    return false;
}

static void
warn_of_missing(const struct crate_list *list, const char *name)
{
    if (!is_made_by_cargo(list->crate->crate, name))
        wf_say_warning(list->sdist->asked->say,
                       "cargo lists \"%s\" of %s, and there is no such file: a line "
                       "break in a name would do that",
                       name, list->crate->crate->name);
}

/* Cargo.toml is there already, rewritten. */
static bool
take_name(void *context, const char *name, struct wf_error *err)
{
    const struct crate_list *list = context;
    struct wf_sdist *sdist = list->sdist;
    const char *source = wf_arena_printf(sdist->arena, "%s/%s", list->crate->dir, name);
    const char *path = wf_sdist_path(sdist->arena, list->crate->place, name);

    if (strcmp(name, "Cargo.toml.orig") == 0 || is_own(path) || is_compiled(name) ||
        (list->is_main && strcmp(name, "pyproject.toml") == 0) ||
        (list->is_main && list->crate->place[0] != '\0' && is_python(sdist, source)))
        return true;
    if (wf_path_kind(source) != WF_PATH_FILE) {
        warn_of_missing(list, name);
        return true;
    }
    return check_count(sdist, err) && wf_sdist_add(sdist, path, source, err);
}

static bool
take_crates(struct wf_sdist *sdist, struct wf_sdist_listing **lists, struct wf_error *err)
{
    size_t started = 1;

    for (size_t i = 0; i < sdist->num_crates; i++) {
        struct crate_list list = { sdist, &sdist->crates[i], i == 0 };

        for (; started < sdist->num_crates && started <= i + MOST_AT_ONCE; started++) {
            const struct wf_crate *crate = sdist->crates[started].crate;

            if (!wf_sdist_list_crate(&lists[started], sdist, crate->manifest_path,
                                     crate->name, err))
                return false;
        }
        struct wf_sdist_listing *waited = lists[i];

        lists[i] = NULL;
        if (!wf_sdist_listed(waited, take_name, &list, err))
            return false;
    }
    return true;
}

static bool
add_crates(struct wf_sdist *sdist, struct wf_sdist_listing *first, struct wf_error *err)
{
    struct wf_sdist_listing **lists =
        wf_arena_array(sdist->arena, sdist->num_crates, sizeof *lists);

    lists[0] = first;
    const bool ok = take_crates(sdist, lists, err);

    for (size_t i = 0; i < sdist->num_crates; i++)
        wf_sdist_unlist(lists[i]);
    return ok;
}

/* Cargo reads the lock of the workspace; one beside the manifest counts where there is no
 * other. */
static bool
add_lock(struct wf_sdist *sdist, struct wf_error *err)
{
    const struct wf_cargo_asked *cargo = &sdist->asked->cargo;
    const char *const folders[] = { sdist->graph.workspace_root, sdist->crates[0].dir };

    for (size_t i = 0; i < WF_COUNT(folders); i++) {
        const char *path = wf_path_join(sdist->arena, folders[i], "Cargo.lock");

        if (wf_path_kind(path) == WF_PATH_FILE)
            return wf_sdist_add_named(sdist, wf_path_below(path, sdist->root), path, err);
    }
    if (cargo->locked || cargo->frozen)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "there is no Cargo.lock in %s, and --%s asks for one: run "
                            "`cargo generate-lockfile`",
                            folders[0], cargo->locked ? "locked" : "frozen");
    wf_say_warning(sdist->asked->say,
                   "there is no Cargo.lock in %s: builds from the sdist will take what "
                   "versions there are then",
                   folders[0]);
    return true;
}

/* Where a file goes that pyproject.toml tells of: `path` is its place in the tree. */
static const char *
told_path(const struct wf_sdist *sdist, const char *path, const char *source)
{
    const char *moved =
        sdist->moves_along ? wf_path_below(source, sdist->project->root) : NULL;

    return moved == NULL ? path : moved;
}

/* Python files and `include`; without packages `include` alone. */
static bool
add_selected(struct wf_sdist *sdist, const struct wf_layout *layout, struct wf_error *err)
{
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (!wf_select_sdist(&files, &num, sdist->arena, sdist->project, layout, sdist->root,
                         err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const char *path = told_path(sdist, files[i].path, files[i].source);

        if (!is_own(path) && (!check_count(sdist, err) ||
                              !wf_sdist_add(sdist, path, files[i].source, err)))
            return false;
    }
    return true;
}

/* The data folder goes into wheels as it is, ignored files as well. */
static bool
add_data(struct wf_sdist *sdist, struct wf_error *err)
{
    const struct wf_walk_request walk = {
        .root = sdist->layout.data_dir,
        .no_rules = true,
        .follow_folders = true,
        .max_files = sdist->asked->limits.members,
    };
    const char *place = walk.root == NULL ? NULL : wf_path_below(walk.root, sdist->root);
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (place == NULL)
        return true;
    if (!wf_walk(&files, &num, sdist->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const char *path = wf_sdist_path(sdist->arena, place, files[i].path);

        if (!wf_sdist_add(sdist, told_path(sdist, path, files[i].source), files[i].source,
                          err))
            return false;
    }
    return true;
}

bool
wf_sdist_gather(struct wf_sdist *sdist, struct wf_sdist_listing *first,
                struct wf_error *err)
{
    wf_select_exclude(&sdist->content, sdist->project, WF_IN_SDIST, sdist->asked->say);
    if (!wf_sdist_add_manifests(sdist, err) || !wf_sdist_add_pyproject(sdist, err)) {
        wf_sdist_unlist(first);
        return false;
    }
    return add_crates(sdist, first, err) && add_lock(sdist, err) &&
           add_selected(sdist, &sdist->layout, err) && add_data(sdist, err);
}

static bool
take_tracked(void *context, const char *name, struct wf_error *err)
{
    struct wf_sdist *sdist = context;
    const char *source = wf_arena_printf(sdist->arena, "%s/%s", sdist->root, name);

    if (strcmp(name, own_files[0]) == 0 || wf_path_kind(source) != WF_PATH_FILE)
        return true;
    return check_count(sdist, err) && wf_sdist_add(sdist, name, source, err);
}

bool
wf_sdist_gather_git(struct wf_sdist *sdist, struct wf_sdist_listing *listing,
                    struct wf_error *err)
{
    struct wf_layout without_packages = sdist->layout;

    without_packages.package_dirs = (struct wf_strings){ 0 };
    wf_select_exclude(&sdist->content, sdist->project, WF_IN_SDIST, sdist->asked->say);
    return wf_sdist_listed(listing, take_tracked, sdist, err) &&
           wf_sdist_add_named(sdist, "pyproject.toml", sdist->project->pyproject.path,
                              err) &&
           add_selected(sdist, &without_packages, err);
}
