/* fuzz_pyproject.c -- any bytes as pyproject.toml yield settings and metadata, or a reason
 * with the path in front. */
#include <string.h>

#include "pack/core_metadata.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* No such folder: what the file names is not there. */
#define FOLDER "/nonexistent/project"

static void
take_line(void *context, enum wf_say_kind kind, const char *text)
{
    (void)context;
    (void)kind;
    expect(text[0] != '\0');
}

static void
check_settings(const struct wf_settings *settings)
{
    for (size_t i = 0; i < settings->num_includes; i++) {
        const struct wf_include *include = &settings->includes[i];

        expect(include->glob != NULL && include->glob[0] != '/');
        expect(include->from_out_dir == (include->to != NULL));
    }
    for (size_t i = 0; i < settings->num_excludes; i++)
        expect(settings->excludes[i].glob != NULL && !settings->excludes[i].from_out_dir);
    for (size_t i = 0; i < settings->num_targets; i++)
        expect(settings->targets[i].name != NULL);
    for (size_t i = 0; i < settings->num_features; i++)
        expect(settings->features[i].name != NULL);
}

static void
make_metadata(const struct wf_pyproject *pyproject, const struct wf_say *say)
{
    static const struct wf_crate crate = {
        .id = "demo",
        .name = "demo",
        .version = "0.1.0",
        .manifest_path = FOLDER "/Cargo.toml",
    };
    const struct wf_cargo_graph graph = {
        .root = &crate,
        .workspace_root = FOLDER,
        .target_dir = FOLDER "/target",
        .num_members = 1,
    };
    const struct wf_project project = {
        .root = FOLDER,
        .manifest = FOLDER "/Cargo.toml",
        .manifest_dir = FOLDER,
        .has_pyproject = true,
        .pyproject = *pyproject,
        .cargo = pyproject->root, /* any TOML */
    };
    struct wf_core_metadata metadata = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_core_metadata_make(&metadata, &arena, &project, &graph, say, &err)) {
        expect(metadata.name != NULL && metadata.version != NULL);
        expect(wf_bytes_starts_with(metadata.metadata, "Metadata-Version: 2.4\n"));
    } else {
        expect(err.kind != WF_ERR_NONE && err.text[0] != '\0');
    }
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_say say = { .line = take_line };
    struct wf_pyproject pyproject = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_pyproject_parse(&pyproject, &arena, FOLDER "/pyproject.toml",
                           wf_bytes_of(data, len), &say, &err)) {
        check_settings(&pyproject.settings);
        make_metadata(&pyproject, &say);
    } else {
        expect(err.kind == WF_ERR_MALFORMED || err.kind == WF_ERR_LIMIT ||
               err.kind == WF_ERR_REFUSED);
        expect(err.text[0] != '\0');
        expect(strstr(err.where, FOLDER "/pyproject.toml") != NULL);
    }
    wf_arena_clear(&arena);
    return 0;
}
