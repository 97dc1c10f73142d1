/* cffi_key.c -- what the glue of cffi depends on, as one digest. */
#include "pack/cffi_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "pack/ignore.h"
#include "pack/paths.h"

enum { MAX_FILES = 5000, MAX_FILE = 8 << 20, FORMAT = 1 };

struct digest {
    struct wf_arena arena;
    struct wf_sha256 *sha;
    struct wf_buffer text;
    bool is_certain;
};

/* With its length in front, so that no two lists of pieces are one. */
static void
add_piece(struct digest *digest, struct wf_bytes piece)
{
    char len[32];

    (void)snprintf(len, sizeof len, "%zu:", piece.len);
    wf_sha256_add(digest->sha, wf_bytes_str(len));
    wf_sha256_add(digest->sha, piece);
}

static bool
has(struct wf_bytes text, const char *word)
{
    const size_t len = strlen(word);

    for (size_t i = 0; i + len <= text.len; i++) {
        const uint8_t *first = memchr(text.data + i, word[0], text.len - i - len + 1);

        if (first == NULL)
            return false;
        i = (size_t)(first - text.data);
        if (memcmp(first, word, len) == 0)
            return true;
    }
    return false;
}

/* A module of another place (#[path = "…"]), and settings that make cbindgen read more than
 * the crate, or run the compiler. */
static bool
reads_elsewhere(struct wf_bytes text)
{
    static const char *const words[] = { "path =",     "path=",  "include!",
                                         "parse_deps", "expand", "extra_bindings" };

    for (size_t i = 0; i < WF_COUNT(words); i++) {
        if (has(text, words[i]))
            return true;
    }
    return false;
}

/* Of the manifests `path =` is a dependency, which cbindgen does not read. */
static void
add_file(struct digest *digest, const char *name, const char *source, bool is_manifest)
{
    if (wf_path_kind(source) != WF_PATH_FILE)
        return;
    wf_buffer_reset(&digest->text);
    if (!wf_file_read_whole(&digest->text, source, NULL)) {
        digest->is_certain = false;
        return;
    }
    const struct wf_bytes text = wf_buffer_bytes(&digest->text);

    if (!is_manifest && reads_elsewhere(text))
        digest->is_certain = false;
    add_piece(digest, wf_bytes_str(name));
    add_piece(digest, text);
}

/* The folder of the library's sources, when it is the crate's src or the like and not the
 * crate's folder itself, where the target folder may be. */
static const char *
source_folder(struct wf_arena *arena, const struct wf_bind_request *request)
{
    const struct wf_crate *root = request->graph->root;

    for (size_t i = 0; i < root->num_targets; i++) {
        const struct wf_crate_target *target = &root->targets[i];

        if (!wf_strings_has(&target->crate_types, "cdylib") || target->src_path == NULL)
            continue;
        const char *folder =
            wf_path_join(arena, request->project->manifest_dir,
                         wf_arena_printf(arena, "%s/..", target->src_path));
        const char *below = wf_path_below(folder, request->project->manifest_dir);

        if (below == NULL || below[0] == '\0' ||
            wf_path_below(request->graph->target_dir, folder) != NULL)
            return NULL;
        return folder;
    }
    return NULL;
}

static void
add_sources(struct digest *digest, const struct wf_bind_request *request)
{
    static const char *const manifests[] = { "Cargo.toml", "Cargo.lock" };
    const char *crate_dir = request->project->manifest_dir;
    struct wf_walk_request walk = { .no_rules = true,
                                    .follow_folders = true,
                                    .max_files = MAX_FILES };
    struct wf_found_file *files = NULL;
    size_t num = 0;

    walk.root = source_folder(&digest->arena, request);
    if (walk.root == NULL || !wf_walk(&files, &num, &digest->arena, &walk, NULL)) {
        digest->is_certain = false;
        return;
    }
    for (size_t i = 0; i < num && digest->is_certain; i++) {
        if (wf_text_ends_with(files[i].path, ".rs"))
            add_file(digest, files[i].path, files[i].source, false);
    }
    for (size_t i = 0; i < WF_COUNT(manifests); i++)
        add_file(digest, manifests[i],
                 wf_path_join(&digest->arena, crate_dir, manifests[i]), true);
    add_file(digest, "cbindgen.toml",
             wf_path_join(&digest->arena, crate_dir, "cbindgen.toml"), false);
}

bool
wf_cffi_key(char out[WF_SHA256_HEX + 1], const struct wf_cffi_inputs *inputs,
            const struct wf_bind_request *request)
{
    struct digest digest = { .sha = wf_sha256_new(), .is_certain = true };
    uint8_t bytes[WF_SHA256_LEN];
    char format[16];

    wf_buffer_init(&digest.text, MAX_FILE);
    (void)snprintf(format, sizeof format, "%d", FORMAT);
    wf_sha256_start(digest.sha);
    add_piece(&digest, wf_bytes_str(format));
    add_piece(&digest, wf_bytes_str(inputs->python));
    add_piece(&digest, wf_bytes_str(inputs->cbindgen == NULL ? "" : inputs->cbindgen));
    if (inputs->header != NULL)
        add_file(&digest, "header.h", inputs->header, true);
    else
        add_sources(&digest, request);
    wf_sha256_end(digest.sha, bytes);
    wf_sha256_hex(out, bytes);
    wf_sha256_free(digest.sha);
    wf_buffer_clear(&digest.text);
    wf_arena_clear(&digest.arena);
    return digest.is_certain;
}
