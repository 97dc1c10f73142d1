/* cargo_metadata.c -- `cargo metadata` as a program: its arguments, its answer. */
#include <string.h>

#include "base/spawn.h"
#include "pack/cargo_graph.h"
#include "pack/cargo_options.h"

const char *const *
wf_cargo_metadata_arguments(struct wf_arena *arena, const char *manifest,
                            const struct wf_cargo_asked *cargo)
{
    static const char *const first[] = { "cargo", "metadata", "--format-version", "1" };
    struct wf_strings argv = { 0 };

    for (size_t i = 0; i < WF_COUNT(first); i++)
        wf_strings_append(arena, &argv, first[i]);
    wf_cargo_add_pair(&argv, arena, "--manifest-path", manifest);
    wf_cargo_add_locks(&argv, arena, cargo);
    wf_cargo_add_features(&argv, arena, cargo);
    wf_cargo_add_pair(&argv, arena, "--filter-platform", cargo->target);
    wf_cargo_add_each(&argv, arena, "-Z", &cargo->unstable);
    wf_strings_append(arena, &argv, NULL);
    return argv.items;
}

enum { MOST_TOLD = 800 };

/* An error is one line: what cargo indents below it goes behind it. */
static size_t
fold(char line[MOST_TOLD], struct wf_bytes words)
{
    size_t len = 0;

    for (size_t i = 0; i < words.len; i++) {
        if (strchr(" \t\r\n", words.data[i]) == NULL || words.data[i] == '\0')
            line[len++] = (char)words.data[i];
        else if (len == 0 || line[len - 1] != ' ')
            line[len++] = ' ';
    }
    return len;
}

/* cargo's words without the line ends around them, and the last of them when they are many:
 * there stands what it ends of. */
bool
wf_cargo_failed(struct wf_error *err, const char *command, struct wf_bytes words,
                int status)
{
    char line[MOST_TOLD];

    while (words.len > 0 && words.data[words.len - 1] <= ' ')
        words.len--;
    while (words.len > 0 && words.data[0] <= ' ')
        words = wf_bytes_skip(words, 1);
    const bool is_cut = words.len > MOST_TOLD;

    if (is_cut)
        words = wf_bytes_skip(words, words.len - MOST_TOLD);
    if (words.len == 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "`%s` exited with an error: it said nothing, and ended with "
                            "status %d",
                            command, status);
    const size_t len = fold(line, words);

    return wf_error_set(err, WF_ERR_REFUSED, "`%s` exited with an error: %s%.*s", command,
                        is_cut ? "..." : "", (int)len, line);
}

bool
wf_cargo_metadata_ask(struct wf_buffer *answer, struct wf_arena *arena,
                      const char *manifest, const struct wf_build_asked *asked,
                      struct wf_error *err)
{
    const struct wf_spawn_request request = {
        .argv = wf_cargo_metadata_arguments(arena, manifest, &asked->cargo),
        .envp = asked->environment_all,
        .folder = asked->folder,
    };
    struct wf_buffer words;
    int status = 0;

    wf_buffer_init(&words, WF_CARGO_MOST_WORDS);
    wf_say_command(asked->say, request.argv);
    bool ok = wf_spawn(&request, answer, &words, &status, err);

    if (ok && status != 0)
        ok = wf_cargo_failed(err, "cargo metadata", wf_buffer_bytes(&words), status);
    wf_buffer_clear(&words);
    return ok;
}

bool
wf_cargo_graph_read(struct wf_cargo_graph *out, struct wf_arena *arena,
                    const char *manifest, const struct wf_build_asked *asked,
                    struct wf_error *err)
{
    struct wf_buffer answer;

    wf_buffer_init(&answer, WF_CARGO_MOST_ANSWER);
    const bool ok =
        wf_cargo_metadata_ask(&answer, arena, manifest, asked, err) &&
        wf_cargo_graph_parse(out, arena, wf_buffer_bytes(&answer), manifest, err);

    wf_buffer_clear(&answer);
    return ok;
}
