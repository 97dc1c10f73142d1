/* cargo_metadata.c -- `cargo metadata` as a program: its arguments, its answer. */
#include <string.h>

#include "base/spawn.h"
#include "pack/cargo_graph.h"
#include "pack/cargo_options.h"

/* The answer grows by about 5 KB a crate; errors of cargo are a page at most. */
enum { MOST_ANSWER = 64 << 20, MOST_WORDS = 1 << 20 };

static const char *const *
arguments(struct wf_arena *arena, const char *manifest,
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

/* cargo's words without the line ends around them, and the last of them when they are many:
 * there stands what it ends of. */
bool
wf_cargo_failed(struct wf_error *err, const char *command, struct wf_bytes words,
                int status)
{
    enum { MOST_TOLD = 800 };

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
    return wf_error_set(err, WF_ERR_REFUSED, "`%s` exited with an error: %s%.*s", command,
                        is_cut ? "..." : "", (int)words.len, (const char *)words.data);
}

static bool
ask_cargo(struct wf_buffer *answer, struct wf_buffer *words, struct wf_arena *arena,
          const char *manifest, const struct wf_build_asked *asked, struct wf_error *err)
{
    const struct wf_spawn_request request = {
        .argv = arguments(arena, manifest, &asked->cargo),
        .envp = asked->environment_all,
        .folder = asked->folder,
    };
    int status = 0;

    wf_say_command(asked->say, request.argv);
    if (!wf_spawn(&request, answer, words, &status, err))
        return false;
    return status == 0 ||
           wf_cargo_failed(err, "cargo metadata", wf_buffer_bytes(words), status);
}

bool
wf_cargo_graph_read(struct wf_cargo_graph *out, struct wf_arena *arena,
                    const char *manifest, const struct wf_build_asked *asked,
                    struct wf_error *err)
{
    struct wf_buffer answer;
    struct wf_buffer words;

    wf_buffer_init(&answer, MOST_ANSWER);
    wf_buffer_init(&words, MOST_WORDS);
    const bool ok =
        ask_cargo(&answer, &words, arena, manifest, asked, err) &&
        wf_cargo_graph_parse(out, arena, wf_buffer_bytes(&answer), manifest, err);

    wf_buffer_clear(&words);
    wf_buffer_clear(&answer);
    return ok;
}
