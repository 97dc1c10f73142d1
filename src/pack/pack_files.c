/* pack_files.c -- a wheel of files that are there already (see wf_pack). */
#include <string.h>

#include "audit/audit.h"
#include "base/file.h"
#include "pack/build.h"
#include "pack/ignore.h"
#include "pack/manifest_read.h"
#include "pack/pack_parts.h"
#include "pack/paths.h"
#include "pack/select.h"
#include "pack/settings_read.h"
#include "wheel/metadata.h"

/* 1980-01-01, the earliest an archive can say. */
enum { EARLIEST = 315532800, WHEEL_MODE = 0666, MOST_WHEEL_TEXT = 1 << 20 };

/* packing is one wheel on its way. */
struct packing {
    struct wf_arena *arena;
    const struct wf_pack_asked *asked;
    struct wf_project project;
    struct wf_core_metadata metadata;
    struct wf_content content;
    const char *stem; /* "demo-1.0" */
    struct wf_pack_tag tag;
};

/* [project] must say all of it: there is no Cargo.toml to fill in what is dynamic. */
static bool
check_project(const struct wf_pyproject *pyproject, struct wf_error *err)
{
    const struct wf_toml *dynamic = wf_toml_get(pyproject->project, "dynamic");

    if (pyproject->project == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "there is no [project]; its name and version are needed");
    if (dynamic != NULL && dynamic->num > 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "line %u, column %u: project.dynamic lists something, and "
                            "there is no Cargo.toml to take it from: say it in [project]",
                            dynamic->line, dynamic->column);
    if (wf_toml_get(pyproject->project, "version") == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "line %u: [project] has no version; one must stand there",
                            pyproject->project->line);
    return true;
}

/* Who builds it does not matter here, so [build-system] and [tool] are not asked. */
static bool
read_project(struct packing *work, struct wf_error *err)
{
    const struct wf_build_asked *asked = &work->asked->build;
    const char *named = asked->cargo.manifest_path;
    const char *path = wf_path_join(work->arena, asked->folder,
                                    named == NULL ? "pyproject.toml" : named);
    struct wf_project *project = &work->project;
    struct wf_pyproject *pyproject = &project->pyproject;

    project->has_pyproject = true;
    project->root =
        wf_arena_str(work->arena, wf_bytes_of(path, (size_t)(strrchr(path, '/') - path)));
    project->manifest = path;
    project->manifest_dir = project->root;
    pyproject->path = path;
    return (wf_manifest_read(&pyproject->root, work->arena, path, err) &&
            wf_toml_want_table(&pyproject->project,
                               wf_toml_get(pyproject->root, "project"), "project", err) &&
            check_project(pyproject, err) &&
            wf_settings_read(&pyproject->settings, work->arena, NULL, NULL, asked->say,
                             err)) ||
           wf_error_prefix(err, "%s", path);
}

/* Name and version stand in [project]; a crate without anything fills the place of one. */
static bool
make_metadata(struct packing *work, struct wf_error *err)
{
    struct wf_crate crate = { .name = "",
                              .version = "0",
                              .manifest_path = work->project.manifest };
    const struct wf_cargo_graph graph = { .crates = &crate,
                                          .num_crates = 1,
                                          .root = &crate };
    const struct wf_bind_request request = {
        .asked = &work->asked->build,
        .project = &work->project,
        .metadata = &work->metadata,
    };

    if (!wf_core_metadata_make(&work->metadata, work->arena, &work->project, &graph,
                               work->asked->build.say, err))
        return false;
    work->stem = wf_arena_printf(work->arena, "%s-%s", work->metadata.dist_name,
                                 work->metadata.dist_version);
    return wf_select_dist_info(&work->content, &request, err);
}

/* What Python leaves behind is of one machine and one moment. */
static bool
is_bytecode(const char *path)
{
    return strstr(path, "__pycache__/") != NULL || wf_text_ends_with(path, ".pyc");
}

static bool
add_folder(struct packing *work, const char *place, const char *folder,
           struct wf_error *err)
{
    const struct wf_walk_request walk = {
        .root = folder,
        .no_rules = true,
        .say = work->asked->build.say,
        .max_files = work->asked->build.limits.members,
    };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (!wf_walk(&files, &num, work->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++)
        if (!is_bytecode(files[i].path) &&
            !wf_content_add_file(
                &work->content,
                wf_arena_printf(work->arena, "%s/%s", place, files[i].path),
                files[i].source, files[i].is_executable, err))
            return false;
    return true;
}

static bool
not_there(struct wf_error *err, const char *option, const char *path)
{
    return wf_error_set(err, WF_ERR_REFUSED, "--%s: there is no file %s", option, path);
}

/* Installers read meaning into folders of these names: one dist-info is the wheel's. */
static bool
check_place(const struct packing *work, const char *place, struct wf_error *err)
{
    const char *top = wf_arena_str(work->arena, wf_bytes_of(place, strcspn(place, "/")));
    const char *answer = NULL;

    if (wf_text_ends_with(top, ".dist-info"))
        answer = "metadata comes from [project]";
    else if (strcmp(top, wf_arena_printf(work->arena, "%s.data", work->stem)) == 0)
        answer = "--script and --data put files there";
    return answer == NULL ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "--module: \"%s\" is no place for a module: %s", place, answer);
}

static bool
add_module(struct packing *work, const char *text, struct wf_error *err)
{
    const char *equals = strchr(text, '=');
    const char *source =
        equals == NULL
            ? text
            : wf_arena_str(work->arena, wf_bytes_of(text, (size_t)(equals - text)));

    source = wf_path_join(work->arena, work->asked->build.folder, source);
    const char *place = equals != NULL ? equals + 1 : wf_text_base_name(source);

    if (!check_place(work, place, err))
        return false;
    switch (wf_path_kind(source)) {
    case WF_PATH_FILE:
        return wf_content_add_file(&work->content, place, source,
                                   wf_path_is_program(source), err);
    case WF_PATH_FOLDER:
        return add_folder(work, place, source, err);
    case WF_PATH_ABSENT:
    case WF_PATH_OTHER:
        break;
    }
    return not_there(err, "module", source);
}

static bool
add_script(struct packing *work, const char *text, struct wf_error *err)
{
    const char *source = wf_path_join(work->arena, work->asked->build.folder, text);

    if (wf_path_kind(source) != WF_PATH_FILE)
        return not_there(err, "script", source);
    return wf_content_add_file(&work->content,
                               wf_arena_printf(work->arena, "%s.data/scripts/%s",
                                               work->stem, wf_text_base_name(source)),
                               source, true, err);
}

static bool
is_data_key(const char *name)
{
    static const char *const keys[] = { "purelib", "platlib", "headers", "scripts",
                                        "data" };

    for (size_t i = 0; i < WF_COUNT(keys); i++)
        if (strcmp(keys[i], name) == 0)
            return true;
    return false;
}

static bool
add_data(struct packing *work, const char *text, struct wf_error *err)
{
    const char *folder = wf_path_join(work->arena, work->asked->build.folder, text);
    char **names = NULL;
    size_t num = 0;

    if (!wf_folder_list(work->arena, folder, &names, &num, err))
        return wf_error_prefix(err, "--data: %s", folder);
    for (size_t i = 0; i < num; i++)
        if (!is_data_key(names[i]))
            return wf_error_set(err, WF_ERR_REFUSED,
                                "--data: %s has \"%s\" in it; purelib, platlib, headers, "
                                "scripts and data are what can be installed",
                                folder, names[i]);
    return add_folder(work, wf_arena_printf(work->arena, "%s.data", work->stem), folder,
                      err);
}

static bool
gather(struct packing *work, struct wf_error *err)
{
    const struct {
        const struct wf_strings *values;
        bool (*add)(struct packing *work, const char *text, struct wf_error *err);
    } lists[] = {
        { &work->asked->modules, add_module },
        { &work->asked->scripts, add_script },
        { &work->asked->data, add_data },
    };
    size_t num = 0;

    for (size_t list = 0; list < WF_COUNT(lists); list++)
        for (size_t i = 0; i < lists[list].values->num; i++, num++)
            if (!lists[list].add(work, lists[list].values->items[i], err))
                return false;
    if (num == 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "nothing to pack: name files with --module, --script or "
                            "--data");
    if (work->asked->tag != NULL)
        return wf_pack_tag_read(&work->tag, work->arena, work->asked->tag, err);
    return wf_pack_tag_find(&work->tag, work->arena, &work->content,
                            &work->asked->build.limits, err);
}

static bool
add_wheel_file(struct packing *work, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_WHEEL_TEXT);
    wf_wheel_file_write(
        &text,
        wf_arena_printf(work->arena, "wheelpack (%s)", work->asked->build.tool_version),
        work->tag.python_abi, &work->tag.platforms);
    const bool ok =
        wf_buffer_ok(&text, "WHEEL", err) &&
        wf_content_add_bytes(
            &work->content,
            wf_arena_printf(work->arena, "%s.dist-info/WHEEL", work->stem),
            wf_bytes_str(wf_arena_str(work->arena, wf_buffer_bytes(&text))), false, err);

    wf_buffer_clear(&text);
    return ok;
}

static const char *
file_name(const struct packing *work)
{
    struct wf_buffer name;

    wf_buffer_init(&name, MOST_WHEEL_TEXT);
    wf_buffer_printf(&name, "%s-%s-", work->stem, work->tag.python_abi);
    for (size_t i = 0; i < work->tag.platforms.num; i++)
        wf_buffer_printf(&name, "%s%s", i == 0 ? "" : ".", work->tag.platforms.items[i]);
    wf_buffer_add_str(&name, ".whl");
    const char *copy = wf_arena_str(work->arena, wf_buffer_bytes(&name));

    wf_buffer_clear(&name);
    return copy;
}

static bool
write_archive(struct packing *work, struct wf_output *output, struct wf_error *err)
{
    const struct wf_build_asked *asked = &work->asked->build;
    const struct wf_audit_options audit = { .policies = wf_policies_builtin(),
                                            .limits = asked->limits,
                                            .num_threads = asked->num_threads };
    const struct wf_repair_options options = {
        .audit = &audit,
        .level = asked->compression == WF_COMPRESS_STORED ? 0 : asked->level,
        .time = asked->time > EARLIEST ? asked->time : EARLIEST,
        .tool_version = asked->tool_version,
    };
    const struct wf_assembly assembly = {
        .asked = asked,
        .metadata = &work->metadata,
        .dist_info = wf_arena_printf(work->arena, "%s.dist-info", work->stem),
        .content = &work->content,
    };
    struct wf_auditor *auditor = wf_auditor_new(&audit);

    wf_content_sort(&work->content, assembly.dist_info);
    const bool ok =
        wf_draft_write(output, NULL, wf_auditor_pool(auditor), &assembly, &options, err);

    wf_auditor_free(auditor);
    return ok;
}

static bool
write_wheel(const char **out, struct packing *work, struct wf_error *err)
{
    const char *asked = work->asked->build.out_dir;
    const char *folder = wf_path_join(work->arena, work->asked->build.folder,
                                      asked == NULL ? "dist" : asked);
    const char *name = file_name(work);
    struct wf_output *output = NULL;

    if (!wf_folder_make(folder, err))
        return false;
    if (!wf_output_open(&output, folder, err))
        return wf_error_prefix(err, "%s", folder);
    if (!write_archive(work, output, err)) {
        wf_output_discard(output);
        return false;
    }
    if (!wf_output_commit(output, name, WHEEL_MODE, err) ||
        !wf_output_sync_folder(folder, err))
        return wf_error_prefix(err, "%s/%s", folder, name);
    *out = wf_arena_printf(work->arena, "%s/%s", folder, name);
    return true;
}

bool
wf_pack(const char **out, struct wf_arena *arena, const struct wf_pack_asked *asked,
        struct wf_error *err)
{
    struct packing work = { .arena = arena,
                            .asked = asked,
                            .content = { .arena = arena, .say = asked->build.say } };

    return read_project(&work, err) && make_metadata(&work, err) && gather(&work, err) &&
           add_wheel_file(&work, err) && write_wheel(out, &work, err);
}
