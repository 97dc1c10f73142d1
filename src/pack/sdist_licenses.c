/* sdist_licenses.c -- licence files where PKG-INFO says that they are (PEP 639): package
 * indexes refuse an sdist that lacks one. */
#include <string.h>

#include "pack/paths.h"
#include "pack/sdist_parts.h"

enum { MOST_INFO = 1 << 28 };

/* A licence above the project that [project] names keeps its place in the tree, and
 * pyproject.toml at the top names that; a wheel made from the sdist says the same. */
static const char *
moved_path(const struct wf_sdist *sdist, const struct wf_license_file *license)
{
    const struct wf_toml *named =
        wf_toml_at(sdist->project->pyproject.project, "license.file");

    if (sdist->place[0] == '\0' || named == NULL || named->kind != WF_TOML_STRING ||
        strcmp(wf_path_join(sdist->arena, sdist->project->root, named->string),
               license->source) != 0)
        return license->path;
    const char *path = wf_path_below(license->source, sdist->root);

    return path == NULL || !wf_sdist_holds(sdist, path, license->source) ? license->path
                                                                         : path;
}

/* METADATA with other paths of licence files, in the same order. */
static struct wf_bytes
with_paths(const struct wf_sdist *sdist, const struct wf_strings *paths)
{
    static const char key[] = "License-File: ";
    struct wf_bytes rest = sdist->metadata.metadata;
    struct wf_buffer out;
    size_t idx = 0;

    wf_buffer_init(&out, MOST_INFO);
    while (rest.len > 0 && rest.data[0] != '\n') {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.data) + 1;

        if (wf_bytes_starts_with(rest, key) && idx < paths->num)
            wf_buffer_printf(&out, "%s%s\n", key, paths->items[idx++]);
        else
            wf_buffer_add(&out, rest.data, len);
        rest = wf_bytes_skip(rest, len);
    }
    wf_buffer_add(&out, rest.data, rest.len);
    const struct wf_bytes text =
        wf_bytes_of(wf_arena_str(sdist->arena, wf_buffer_bytes(&out)), out.len);

    wf_buffer_clear(&out);
    return text;
}

bool
wf_sdist_licenses(struct wf_bytes *out, struct wf_sdist *sdist, struct wf_error *err)
{
    const struct wf_core_metadata *metadata = &sdist->metadata;
    struct wf_strings paths = { 0 };

    for (size_t i = 0; i < metadata->num_licenses; i++) {
        const struct wf_license_file *license = &metadata->licenses[i];
        const char *path = moved_path(sdist, license);

        if (!wf_sdist_add_named(sdist, path, license->source, err))
            return false;
        wf_strings_append(sdist->arena, &paths, path);
    }
    *out = with_paths(sdist, &paths);
    return true;
}
