/* cargo_guess.c -- the last answer of `cargo metadata`, and whether it still holds (see
 * cargo_guess.h).  Kept are "1\n" or "0\n" (an answer that was not the same twice although
 * no manifest had changed is no guess), the state of the manifests, a NUL, and the JSON. */
#include "pack/cargo_guess.h"

#include <string.h>

#include "pack/memo.h"

enum { MOST_STATES = 1 << 20 };

static const char memo_kind[] = WF_MEMO_METADATA;

/* What changes the answer often; whatever else does is noticed when it is compared. */
static const char *const variables[] = {
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_TARGET",
    "PATH",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_HOME",
    "RUSTC",
};

static void
make_key(struct wf_cargo_guess *guess)
{
    wf_memo_key(&guess->key, memo_kind);
    wf_memo_key_text(&guess->key, guess->asked->folder);
    for (size_t i = 1; guess->argv[i] != NULL; i++)
        wf_memo_key_text(&guess->key, guess->argv[i]);
    for (size_t i = 0; i < WF_COUNT(variables); i++)
        wf_memo_key_environment(&guess->key, guess->asked, variables[i]);
}

/* Path, size and time of each file by which cargo resolves: those of the crates of
 * registries never change. */
static void
add_states(struct wf_buffer *out, const struct wf_cargo_graph *graph)
{
    static const char *const files[] = { "Cargo.toml", "Cargo.lock" };
    struct wf_arena scratch = { 0 };

    for (size_t i = 0; i < WF_COUNT(files); i++)
        wf_memo_key_file(
            out, wf_arena_printf(&scratch, "%s/%s", graph->workspace_root, files[i]));
    for (size_t i = 0; i < graph->num_crates; i++)
        if (graph->crates[i].source == NULL)
            wf_memo_key_file(out, graph->crates[i].manifest_path);
    wf_arena_clear(&scratch);
}

/* The parts of what is kept. */
struct kept {
    bool is_sure;
    struct wf_bytes states;
    struct wf_bytes json;
};

static bool
take_apart(struct kept *out, struct wf_bytes all)
{
    const uint8_t *nul = all.len == 0 ? NULL : memchr(all.data, '\0', all.len);

    if (nul == NULL || all.len < 2 || all.data[1] != '\n')
        return false;
    const size_t at = (size_t)(nul - all.data);

    if (at < 2)
        return false;
    out->is_sure = all.data[0] == '1';
    out->states = wf_bytes_skip(wf_bytes_first(all, at), 2);
    out->json = wf_bytes_skip(all, at + 1);
    return true;
}

/* The graph of the answer that is kept, when the manifests are as they were. */
static bool
recall(struct wf_cargo_graph *out, struct wf_cargo_guess *guess, struct wf_arena *arena,
       const char *manifest)
{
    struct wf_error err = { 0 };
    struct wf_buffer states;
    struct kept kept;

    if (!take_apart(&kept, wf_buffer_bytes(&guess->kept)) || !kept.is_sure ||
        !wf_cargo_graph_parse(out, arena, kept.json, manifest, &err))
        return false;
    wf_buffer_init(&states, MOST_STATES);
    add_states(&states, out);
    const bool same =
        !states.over && wf_bytes_equal(wf_buffer_bytes(&states), kept.states);

    wf_buffer_clear(&states);
    if (!same)
        wf_cargo_graph_end(out);
    return same;
}

static void
keep(struct wf_cargo_guess *guess, const struct wf_cargo_graph *graph)
{
    const struct wf_bytes was = wf_buffer_bytes(&guess->kept);
    struct kept kept = { 0 };
    struct wf_buffer states;
    struct wf_buffer whole;

    wf_buffer_init(&states, MOST_STATES);
    wf_buffer_init(&whole, SIZE_MAX);
    add_states(&states, graph);
    const bool differs = take_apart(&kept, was) &&
                         wf_bytes_equal(kept.states, wf_buffer_bytes(&states)) &&
                         !wf_bytes_equal(kept.json, wf_buffer_bytes(&guess->answer));

    wf_buffer_add_str(&whole, differs ? "0\n" : "1\n");
    wf_buffer_add(&whole, states.data, states.len);
    wf_buffer_add_char(&whole, '\0');
    wf_buffer_add(&whole, guess->answer.data, guess->answer.len);
    if (!states.over && !whole.over && !wf_bytes_equal(wf_buffer_bytes(&whole), was))
        wf_memo_keep(guess->asked, memo_kind, &guess->key, wf_buffer_bytes(&whole));
    wf_buffer_clear(&whole);
    wf_buffer_clear(&states);
}

bool
wf_cargo_guess_graph(struct wf_cargo_graph *out, struct wf_cargo_guess *guess,
                     struct wf_arena *arena, const char *manifest,
                     const struct wf_build_asked *asked, struct wf_error *err)
{
    guess->arena = arena;
    guess->asked = asked;
    guess->argv = wf_cargo_metadata_arguments(arena, manifest, &asked->cargo);
    wf_buffer_init(&guess->kept, SIZE_MAX);
    wf_buffer_init(&guess->answer, WF_CARGO_MOST_ANSWER);
    wf_buffer_init(&guess->words, WF_CARGO_MOST_WORDS);
    make_key(guess);
    if (!wf_memo_recall(&guess->kept, asked, memo_kind, &guess->key))
        wf_buffer_reset(&guess->kept);
    if (guess->state == WF_GUESS_NONE && recall(out, guess, arena, manifest)) {
        guess->state = WF_GUESS_OPEN;
        return true;
    }
    guess->state = WF_GUESS_NONE;
    if (!wf_cargo_metadata_ask(&guess->answer, arena, manifest, asked, err) ||
        !wf_cargo_graph_parse(out, arena, wf_buffer_bytes(&guess->answer), manifest, err))
        return false;
    keep(guess, out);
    return true;
}

void
wf_cargo_guess_ask(struct wf_cargo_guess *guess)
{
    if (guess == NULL || guess->state != WF_GUESS_OPEN || guess->asking != NULL)
        return;
    const struct wf_spawn_request request = {
        .argv = guess->argv,
        .envp = guess->asked->environment_all,
        .folder = guess->asked->folder,
    };

    wf_say_command(guess->asked->say, guess->argv);
    if (!wf_spawn_start(&guess->asking, &request, &guess->answer, &guess->words,
                        &guess->err))
        guess->state = WF_GUESS_FAILED;
}

static void
compare(struct wf_cargo_guess *guess)
{
    struct wf_spawned *asking = guess->asking;
    struct kept kept = { 0 };
    int status = 0;

    guess->asking = NULL;
    guess->state = WF_GUESS_FAILED;
    if (!wf_spawn_wait(asking, &status, &guess->err))
        return;
    if (status != 0)
        wf_cargo_failed(&guess->err, "cargo metadata", wf_buffer_bytes(&guess->words),
                        status);
    else if (take_apart(&kept, wf_buffer_bytes(&guess->kept)) &&
             wf_bytes_equal(kept.json, wf_buffer_bytes(&guess->answer)))
        guess->state = WF_GUESS_RIGHT;
    else
        guess->state = WF_GUESS_WRONG;
}

bool
wf_cargo_guess_confirm(struct wf_cargo_guess *guess, struct wf_error *err)
{
    if (guess == NULL || guess->state == WF_GUESS_NONE || guess->state == WF_GUESS_RIGHT)
        return true;
    wf_cargo_guess_ask(guess);
    if (guess->state == WF_GUESS_OPEN)
        compare(guess);
    if (guess->state == WF_GUESS_RIGHT)
        return true;
    if (guess->state == WF_GUESS_FAILED) {
        *err = guess->err;
        return false;
    }
    return wf_error_set(err, WF_ERR_IO,
                        "`cargo metadata` says something else than it did last time");
}

void
wf_cargo_guess_end(struct wf_cargo_guess *guess)
{
    wf_spawn_kill(guess->asking);
    guess->asking = NULL;
    wf_buffer_clear(&guess->key);
    wf_buffer_clear(&guess->kept);
    wf_buffer_clear(&guess->answer);
    wf_buffer_clear(&guess->words);
}
