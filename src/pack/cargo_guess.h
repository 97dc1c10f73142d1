/* cargo_guess.h -- a build that begins with what `cargo metadata` said last time.
 *
 * cargo is asked again while the library is compiled, or beside what follows it, and nothing
 * gets a name before the new answer was the same: a guess saves time and decides nothing. */
#ifndef WF_PACK_CARGO_GUESS_H
#define WF_PACK_CARGO_GUESS_H

#include "base/spawn.h"
#include "pack/cargo_graph.h"

/* wf_cargo_guess starts as { 0 }. */
struct wf_cargo_guess {
    struct wf_arena *arena;
    const struct wf_build_asked *asked;
    const char *const *argv;
    struct wf_buffer key;
    struct wf_buffer kept; /* what is kept: see cargo_guess.c */
    struct wf_buffer answer;
    struct wf_buffer words;
    struct wf_spawned *asking;
    struct wf_error err;
    enum {
        WF_GUESS_NONE, /* there is nothing to begin with: the graph is cargo's own */
        WF_GUESS_OPEN,
        WF_GUESS_RIGHT,
        WF_GUESS_WRONG, /* everything that was made of it is to be made again */
        WF_GUESS_FAILED,
    } state;
};

/* wf_cargo_guess_graph is wf_cargo_graph_read, with an answer that is kept when no manifest
 * and no Cargo.lock has changed since; what cargo says itself is kept. */
WF_MUST_USE bool wf_cargo_guess_graph(struct wf_cargo_graph *out,
                                      struct wf_cargo_guess *guess,
                                      struct wf_arena *arena, const char *manifest,
                                      const struct wf_build_asked *asked,
                                      struct wf_error *err);

/* wf_cargo_guess_ask starts cargo, once.  Two of them that start together wait for each
 * other's locks, and say so to the user: so not before a compiling one is past these. */
void wf_cargo_guess_ask(struct wf_cargo_guess *guess);

/* wf_cargo_guess_confirm waits for cargo's answer; true when the guess was right, or none
 * was made.  Otherwise the error is cargo's, or guess->state is WF_GUESS_WRONG. */
WF_MUST_USE bool wf_cargo_guess_confirm(struct wf_cargo_guess *guess,
                                        struct wf_error *err);

/* wf_cargo_guess_end ends cargo, too. */
void wf_cargo_guess_end(struct wf_cargo_guess *guess);

#endif
