/* metadata_tool.c -- versions, requirements and metadata, for tests/proof_metadata.py.
 *
 *     metadata_tool             requests on standard input, one a line, fields parted by
 *                               tabs; each is answered by one line: "ok VALUE", "no TEXT"
 *     metadata_tool metadata|entries|sbom FOLDER
 *                               what a wheel of the project in FOLDER has as METADATA,
 *                               entry_points.txt or SBOM of its crates
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/core_metadata.h"
#include "pack/crate_sbom.h"
#include "wheel/pep508.h"

enum { MAX_REQUEST = 1 << 16, MAX_FIELDS = 3, MAX_FILE = 1 << 24 };

static bool
say(bool is_good, const char *text)
{
    printf("%s %s\n", is_good ? "ok" : "no", text);
    return is_good;
}

static bool
answer_version(struct wf_arena *arena, char **fields, struct wf_error *err)
{
    struct wf_version version = { 0 };

    return wf_version_parse(&version, arena, fields[1], err) && say(true, version.text);
}

static bool
answer_compare(struct wf_arena *arena, char **fields, struct wf_error *err)
{
    struct wf_version a = { 0 };
    struct wf_version b = { 0 };

    if (!wf_version_parse(&a, arena, fields[1], err) ||
        !wf_version_parse(&b, arena, fields[2], err))
        return false;
    const int order = wf_version_compare(&a, &b);

    return say(true, order < 0 ? "-1" : order > 0 ? "1" : "0");
}

static bool
answer_contains(struct wf_arena *arena, char **fields, struct wf_error *err)
{
    struct wf_specifiers specifiers = { 0 };
    struct wf_version version = { 0 };

    return wf_specifiers_parse(&specifiers, arena, fields[1], err) &&
           wf_version_parse(&version, arena, fields[2], err) &&
           say(true, wf_specifiers_contain(&specifiers, &version) ? "1" : "0");
}

static bool
answer_requirement(struct wf_arena *arena, char **fields, struct wf_error *err)
{
    struct wf_requirement requirement = { 0 };
    struct wf_buffer text;

    if (!wf_requirement_parse(&requirement, arena, fields[1], err))
        return false;
    wf_buffer_init(&text, MAX_FILE);
    wf_requirement_write(&text, &requirement, *fields[2] == '\0' ? NULL : fields[2]);
    (void)say(true, wf_arena_str(arena, wf_buffer_bytes(&text)));
    wf_buffer_clear(&text);
    return true;
}

static const struct {
    const char *word;
    bool (*answer)(struct wf_arena *arena, char **fields, struct wf_error *err);
} questions[] = {
    { "version", answer_version },
    { "compare", answer_compare },
    { "contains", answer_contains },
    { "requirement", answer_requirement },
};

static void
answer(char *line)
{
    static char none[] = "";
    char *fields[MAX_FIELDS] = { line, none, none };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 1; i < MAX_FIELDS; i++) {
        char *tab = strchr(fields[i - 1], '\t');

        if (tab == NULL)
            break;
        *tab = '\0';
        fields[i] = tab + 1;
    }
    for (size_t i = 0; i < WF_COUNT(questions); i++) {
        if (strcmp(questions[i].word, line) == 0 &&
            !questions[i].answer(&arena, fields, &err))
            (void)say(false, err.text);
    }
    wf_arena_clear(&arena);
}

static const char *
environment(const char *name)
{
    return getenv(name);
}

static bool
read_whole(struct wf_buffer *out, const char *folder, const char *name,
           struct wf_error *err)
{
    char path[MAX_REQUEST];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return wf_path_kind(path) != WF_PATH_FILE || wf_file_read_whole(out, path, err);
}

static bool
write_part(struct wf_buffer *out, struct wf_arena *arena, const char *part,
           const struct wf_project *project, const struct wf_cargo_graph *graph,
           struct wf_error *err)
{
    struct wf_core_metadata metadata = { 0 };
    struct wf_buffer lock;
    bool ok = false;

    wf_buffer_init(&lock, MAX_FILE);
    if (strcmp(part, "sbom") == 0) {
        ok = read_whole(&lock, graph->workspace_root, "Cargo.lock", err) &&
             wf_crate_sbom_write(out, graph, wf_buffer_bytes(&lock), "1.0", err);
    } else if (wf_core_metadata_make(&metadata, arena, project, graph, NULL, err)) {
        const struct wf_bytes text =
            strcmp(part, "entries") == 0 ? metadata.entry_points : metadata.metadata;

        wf_buffer_add(out, text.data, text.len);
        ok = true;
    }
    wf_buffer_clear(&lock);
    return ok;
}

static bool
show(struct wf_arena *arena, const char *part, const char *folder, struct wf_error *err)
{
    const struct wf_say say = { 0 };
    const struct wf_build_asked asked = { .folder = folder,
                                          .environment = environment,
                                          .say = &say };
    struct wf_project project = { 0 };
    struct wf_cargo_graph graph = { 0 };
    struct wf_buffer out;

    if (!wf_project_find(&project, arena, &asked, err) ||
        !wf_cargo_graph_read(&graph, arena, project.manifest, &asked, err))
        return false;
    wf_buffer_init(&out, MAX_FILE);
    const bool ok = write_part(&out, arena, part, &project, &graph, err);

    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    wf_buffer_clear(&out);
    wf_cargo_graph_end(&graph);
    return ok;
}

int
main(int argc, char **argv)
{
    static char line[MAX_REQUEST];
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (argc < 3) {
        while (fgets(line, sizeof line, stdin) != NULL)
            answer(line);
        return 0;
    }
    const bool ok = show(&arena, argv[1], argv[2], &err);

    if (!ok)
        fprintf(stderr, "%s: %s\n", err.where, err.text);
    wf_arena_clear(&arena);
    return ok ? 0 : 1;
}
