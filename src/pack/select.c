/* select.c -- Python packages of a wheel (see select.h). */
#include "pack/select.h"

#include <string.h>

#include "base/file.h"
#include "pack/paths.h"
#include "pack/select_parts.h"

enum { MAX_PATTERNS = 1 << 24 };

void
wf_select_exclude(struct wf_content *content, const struct wf_project *project,
                  enum wf_dist_format format, const struct wf_say *say)
{
    const struct wf_settings *settings = &project->pyproject.settings;
    struct wf_buffer patterns;

    wf_buffer_init(&patterns, MAX_PATTERNS);
    for (size_t i = 0; i < settings->num_excludes; i++) {
        if ((settings->excludes[i].formats & (unsigned)format) == 0)
            continue;
        wf_buffer_add_str(&patterns, settings->excludes[i].glob);
        wf_buffer_add_char(&patterns, '\n');
    }
    if (patterns.len > 0)
        wf_content_exclude(content, project->root, wf_buffer_bytes(&patterns), say);
    wf_buffer_clear(&patterns);
}

bool
wf_select_is_editable_tree(const struct wf_build_asked *asked,
                           const struct wf_layout *layout)
{
    return asked->editable && layout->is_mixed;
}

static bool
ends_as_compiled(const char *name)
{
    static const char *const endings[] = {
        ".so", ".pyd", ".dll", ".dylib", ".pdb", ".dwp", ".dSYM",
    };

    for (size_t i = 0; i < WF_COUNT(endings); i++) {
        if (wf_text_ends_with(name, endings[i]))
            return true;
    }
    return false;
}

static bool
is_left_over_name(const char *ext, const char *name)
{
    const char *stem = strncmp(name, "lib", 3) == 0 ? name + 3 : name;

    return (wf_text_starts_with(name, ext) || wf_text_starts_with(stem, ext)) &&
           ends_as_compiled(name);
}

bool
wf_select_is_left_over(const struct wf_layout *layout, const char *path)
{
    struct wf_arena scratch = { 0 };
    char *rest = wf_arena_strdup(&scratch, path);
    bool is_left_over = false;

    while (!is_left_over && rest != NULL) {
        char *slash = strchr(rest, '/');

        if (slash != NULL)
            *slash = '\0';
        /* Folders are left over only as debug information of macOS. */
        is_left_over = is_left_over_name(layout->ext, rest) &&
                       (slash == NULL) != wf_text_ends_with(rest, ".dSYM");
        rest = slash == NULL ? NULL : slash + 1;
    }
    wf_arena_clear(&scratch);
    return is_left_over;
}

const char *
wf_select_walk_root(const struct wf_project *project, const struct wf_layout *layout)
{
    return wf_path_below(layout->python_dir, project->root) != NULL ? project->root
                                                                    : layout->python_dir;
}

static void
warn_of_missing(const struct wf_layout *layout, const struct wf_say *say)
{
    for (size_t i = 0; i < layout->package_dirs.num; i++) {
        if (wf_path_kind(layout->package_dirs.items[i]) == WF_PATH_ABSENT)
            wf_say_warning(say, "python-packages names %s, which is not there",
                           layout->package_dirs.items[i]);
    }
}

static bool
add_python(struct wf_content *content, const struct wf_bind_request *request,
           struct wf_error *err)
{
    const struct wf_layout *layout = request->layout;
    const struct wf_walk_request walk = {
        .root = wf_select_walk_root(request->project, layout),
        .below = &layout->package_dirs,
        .say = request->asked->say,
        .max_files = request->asked->limits.members,
    };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    warn_of_missing(layout, request->asked->say);
    if (!wf_walk(&files, &num, content->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const char *name = wf_path_below(files[i].source, layout->python_dir);

        if (!wf_select_is_left_over(layout, name) &&
            !wf_content_add_file(content, name, files[i].source, files[i].is_executable,
                                 err))
            return false;
    }
    return true;
}

/* site.py adds each line of such a file to sys.path; a newline would be a second one, and
 * one that begins with "import" a statement. */
static bool
add_path_file(struct wf_content *content, const struct wf_bind_request *request,
              struct wf_error *err)
{
    const char *folder = request->layout->python_dir;

    if (strpbrk(folder, "\r\n") != NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the path of the Python files has a line ending in it, which "
                            "an editable install cannot point to: %s",
                            folder);
    return wf_content_add_bytes(
        content, wf_arena_printf(content->arena, "%s.pth", request->metadata->dist_name),
        wf_bytes_str(folder), false, err);
}

bool
wf_select_wheel(struct wf_content *content, const struct wf_bind_request *request,
                struct wf_error *err)
{
    const struct wf_layout *layout = request->layout;
    const bool stays = request->asked->editable && layout->package_dirs.num > 0;

    content->say = request->asked->say;
    wf_select_exclude(content, request->project, WF_IN_WHEEL, request->asked->say);
    if (stays && !add_path_file(content, request, err))
        return false;
    if (!stays && layout->package_dirs.num > 0 && !add_python(content, request, err))
        return false;
    return wf_select_includes(content, request, err) &&
           wf_select_data(content, request, err) &&
           wf_select_dist_info(content, request, err);
}
