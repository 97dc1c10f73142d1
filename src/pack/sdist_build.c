/* sdist_build.c -- wheels from an sdist that was just made (see build_parts.h). */
#include "base/scratch.h"
#include "pack/build_parts.h"
#include "pack/paths.h"
#include "pack/program.h"
#include "pack/sdist_archive.h"

static const char *
folder_of(struct wf_arena *arena, const char *path)
{
    const char *name = wf_text_base_name(path);

    return wf_arena_str(arena, wf_bytes_of(path, (size_t)(name - path) - 1));
}

/* The project is found in the unpacked tree by what its pyproject.toml says. */
static bool
build_below(struct wf_builts *out, struct wf_arena *arena,
            const struct wf_build_asked *asked, const char *sdist, const char *scratch,
            struct wf_error *err)
{
    struct wf_build_asked inner = *asked;

    if (!wf_sdist_archive_unpack(&inner.folder, arena, sdist, scratch, &asked->limits,
                                 err))
        return false;
    inner.sdist = false;
    inner.out_dir = folder_of(arena, sdist);
    inner.cargo.manifest_path = NULL;
    if (asked->cargo.target_dir != NULL)
        inner.cargo.target_dir =
            wf_path_join(arena, asked->folder, asked->cargo.target_dir);
    return wf_build(out, arena, &inner, err);
}

bool
wf_build_from_sdist(struct wf_builts *out, struct wf_arena *arena,
                    const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *parent = wf_asked_variable(asked, "TMPDIR");
    const char *scratch = NULL;
    const char *sdist = NULL;

    if (!wf_build_sdist(&sdist, arena, asked, asked->out_dir, err))
        return false;
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = (struct wf_built){ .path = sdist, .is_sdist = true };
    if (!wf_scratch_new(&scratch, arena, parent == NULL ? "/tmp" : parent, err))
        return false;
    const bool ok = build_below(out, arena, asked, sdist, scratch, err);

    wf_scratch_end(scratch);
    return ok;
}
