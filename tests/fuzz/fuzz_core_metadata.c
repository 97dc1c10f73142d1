/* fuzz_core_metadata.c -- any pyproject.toml: METADATA and entry_points.txt are read back
 * with the fields that may stand there and no other, or there is a reason. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pack/core_metadata.h"
#include "promise.h"
#include "wheel/metadata.h"
#include "wheel/pep508.h"
#include "wheel/wheel_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const names[] = {
    "Metadata-Version", "Name",
    "Version",          "Classifier",
    "Requires-Dist",    "Provides-Extra",
    "License-File",     "Summary",
    "Keywords",         "Home-Page",
    "Author",           "Author-email",
    "Maintainer",       "Maintainer-email",
    "License",          "License-Expression",
    "Requires-Python",  "Description-Content-Type",
    "Project-URL",
};

/* An empty folder: a readme or a licence may be asked for and is not there. */
static char folder[] = "/tmp/wheelfix-fuzz-XXXXXX";

static void
remove_folder(void)
{
    (void)rmdir(folder);
}

static bool
is_repeated(const char *name)
{
    static const char *const repeated[] = { "Classifier", "Requires-Dist",
                                            "Provides-Extra", "License-File",
                                            "Project-URL" };

    for (size_t i = 0; i < WF_COUNT(repeated); i++) {
        if (strcmp(repeated[i], name) == 0)
            return true;
    }
    return false;
}

/* As many fields as were written, so that no value became one. */
static void
check_fields(struct wf_arena *arena, const struct wf_core_metadata *metadata)
{
    struct wf_fields fields = { 0 };
    struct wf_error err = { 0 };
    size_t num_known = 0;

    expect(wf_fields_parse(&fields, arena, metadata->metadata, &err));
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const size_t num = wf_fields_count(&fields, names[i]);

        expect(num < 2 || is_repeated(names[i]));
        num_known += num;
    }
    expect(num_known == fields.num);
    expect(strcmp(wf_fields_get(&fields, "Name"), metadata->name) == 0);
    expect(strcmp(wf_fields_get(&fields, "Version"), metadata->version) == 0);
    expect(wf_fields_count(&fields, "Requires-Dist") == metadata->requires_dist.num);
    expect(wf_fields_count(&fields, "Provides-Extra") == metadata->extras.num);
    expect(wf_fields_count(&fields, "License-File") == metadata->num_licenses);
}

static void
check_metadata(struct wf_arena *arena, const struct wf_core_metadata *metadata)
{
    struct wf_entry_points points = { 0 };
    struct wf_error err = { 0 };

    check_fields(arena, metadata);
    expect(wf_requirement_is_name(metadata->name));
    expect(wf_version_is_pep440(metadata->version));
    expect(strpbrk(metadata->dist_name, "/-. ") == NULL);
    expect(strpbrk(metadata->dist_version, "/- ") == NULL);
    expect(wf_entry_points_parse(&points, arena, metadata->entry_points, &err));
    for (size_t i = 0; i < metadata->requires_dist.num; i++) {
        struct wf_requirement requirement = { 0 };

        expect(wf_requirement_parse(&requirement, arena, metadata->requires_dist.items[i],
                                    &err));
    }
}

static void
make(struct wf_arena *arena, const struct wf_toml *root)
{
    struct wf_crate crate = { .name = "demo", .version = "1.0.0" };
    const struct wf_cargo_graph graph = {
        .crates = &crate, .num_crates = 1, .root = &crate, .workspace_root = folder
    };
    struct wf_project project = { .root = folder, .manifest_dir = folder };
    struct wf_core_metadata metadata = { 0 };
    struct wf_error err = { 0 };

    crate.manifest_path = "Cargo.toml";
    project.pyproject.path = "pyproject.toml";
    project.pyproject.project = wf_toml_get(root, "project");
    if (project.pyproject.project != NULL &&
        project.pyproject.project->kind != WF_TOML_TABLE)
        return; /* wf_pyproject_read's to refuse */
    if (wf_core_metadata_make(&metadata, arena, &project, &graph, NULL, &err))
        check_metadata(arena, &metadata);
    else if (err.kind == WF_ERR_IO)
        expect(strstr(err.where, "readme") != NULL || strstr(err.text, "licen") != NULL);
    else
        expect_reason(&err, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool is_made;
    struct wf_arena arena = { 0 };
    const struct wf_toml *root = NULL;
    struct wf_error err = { 0 };

    if (!is_made) {
        expect(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
        is_made = true;
    }
    if (wf_toml_parse(&root, &arena, wf_bytes_of(data, len), &err))
        make(&arena, root);
    else
        expect_reason(&err, len);
    wf_arena_clear(&arena);
    return 0;
}
