/* dist_info.c -- the dist-info folder ahead of its wheel (see wf_write_dist_info). */
#include "base/file.h"
#include "pack/build_parts.h"
#include "pack/compile.h"
#include "pack/paths.h"
#include "pack/select.h"
#include "wheel/metadata.h"

enum { MOST_WHEEL_TEXT = 1 << 20 };

/* Nothing is compiled yet, so the platform is the plain one, whatever an audit finds. */
static bool
add_wheel_file(struct wf_content *content, const struct wf_building *work,
               struct wf_error *err)
{
    struct wf_strings platforms = { 0 };
    struct wf_buffer text;

    if (work->num_wheels == 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "no interpreter suits the project, so there is no wheel to "
                            "describe");
    wf_buffer_init(&text, MOST_WHEEL_TEXT);
    wf_strings_append(work->arena, &platforms, work->platform);
    wf_wheel_file_write(
        &text, wf_arena_printf(work->arena, "wheelpack (%s)", work->asked->tool_version),
        wf_wheel_for_tag(work, &work->wheels[0]), &platforms);
    const bool ok =
        wf_buffer_ok(&text, "WHEEL", err) &&
        wf_content_add_bytes(
            content, wf_arena_printf(work->arena, "%s/WHEEL", work->dist_info),
            wf_bytes_str(wf_arena_str(work->arena, wf_buffer_bytes(&text))), false, err);

    wf_buffer_clear(&text);
    return ok;
}

static bool
write_loaded(const char **out, struct wf_arena *arena, const struct wf_loaded *loaded,
             const char *folder, struct wf_error *err)
{
    struct wf_content content = { .arena = arena };
    struct wf_building work = { 0 };
    const struct wf_crate_target **targets = NULL;
    size_t num_targets = 0;
    const struct wf_bind_request request = {
        .asked = loaded->asked,
        .project = &loaded->project,
        .metadata = &loaded->metadata,
    };

    /* What a build would refuse has no metadata ahead of it either. */
    if (!wf_building_start(&work, arena, loaded, err) ||
        !wf_compile_targets(&targets, &num_targets, arena, &loaded->bridge,
                            &loaded->project, &loaded->graph, loaded->asked->say, err) ||
        !wf_select_dist_info(&content, &request, err) ||
        !add_wheel_file(&content, &work, err) || !wf_folder_make(folder, err) ||
        !wf_content_write_tree(&content, folder, err))
        return false;
    *out = work.dist_info;
    return true;
}

bool
wf_write_dist_info(const char **out, struct wf_arena *arena,
                   const struct wf_build_asked *asked, const char *folder,
                   struct wf_error *err)
{
    struct wf_loaded loaded;

    if (!wf_project_load(&loaded, arena, asked, err))
        return false;
    const bool ok = write_loaded(out, arena, &loaded,
                                 wf_path_join(arena, asked->folder, folder), err);

    wf_loaded_end(&loaded);
    return ok;
}
