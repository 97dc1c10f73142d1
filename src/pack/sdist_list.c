/* sdist_list.c -- programs that name the files of an sdist: cargo and git. */
#include <string.h>

#include "base/spawn.h"
#include "pack/sdist_parts.h"

enum { MOST_NAMES = 1 << 27, MOST_WORDS = 1 << 20 };

struct wf_sdist_listing {
    struct wf_arena *arena;
    const struct wf_build_asked *asked;
    struct wf_spawned *spawned; /* NULL: ended */
    const char *command;        /* as messages have it */
    char end;                   /* of a name */
    struct wf_buffer names, words;
};

static bool
start(struct wf_sdist_listing **out, const struct wf_sdist *sdist,
      const char *const *argv, const char *folder, struct wf_sdist_listing listing,
      struct wf_error *err)
{
    struct wf_sdist_listing *started = wf_arena_alloc(sdist->arena, sizeof *started);
    const struct wf_spawn_request request = {
        .argv = argv,
        .envp = sdist->asked->environment_all,
        .folder = folder,
    };

    *started = listing;
    started->arena = sdist->arena;
    started->asked = sdist->asked;
    wf_buffer_init(&started->names, MOST_NAMES);
    wf_buffer_init(&started->words, MOST_WORDS);
    wf_say_command(sdist->asked->say, argv);
    if (!wf_spawn_start(&started->spawned, &request, &started->names, &started->words,
                        err)) {
        wf_buffer_clear(&started->names);
        wf_buffer_clear(&started->words);
        return false;
    }
    *out = started;
    return true;
}

/* Cargo makes its target folder even to list files: not in the source tree. */
bool
wf_sdist_list_crate(struct wf_sdist_listing **out, const struct wf_sdist *sdist,
                    const char *manifest, const char *name, struct wf_error *err)
{
    /* Without the name cargo would list the workspace's default members. */
    const char *const argv[] = { "cargo",
                                 "package",
                                 "--list",
                                 "--allow-dirty",
                                 "--target-dir",
                                 sdist->scratch,
                                 "--manifest-path",
                                 manifest,
                                 "--package",
                                 name,
                                 NULL };
    const struct wf_sdist_listing listing = {
        .command = wf_arena_printf(
            sdist->arena, "cargo package --list --allow-dirty --manifest-path %s",
            manifest),
        .end = '\n',
    };

    return start(out, sdist, argv, sdist->asked->folder, listing, err);
}

bool
wf_sdist_list_git(struct wf_sdist_listing **out, const struct wf_sdist *sdist,
                  struct wf_error *err)
{
    static const char *const argv[] = { "git", "ls-files", "-z", NULL };
    const struct wf_sdist_listing listing = { .command = "git ls-files -z", .end = '\0' };

    return start(out, sdist, argv, sdist->project->root, listing, err);
}

void
wf_sdist_unlist(struct wf_sdist_listing *listing)
{
    if (listing == NULL)
        return;
    wf_spawn_kill(listing->spawned);
    listing->spawned = NULL;
    wf_buffer_clear(&listing->names);
    wf_buffer_clear(&listing->words);
}

/* What the program said besides: warnings about the manifest, mostly. */
static void
echo(const struct wf_sdist_listing *listing)
{
    struct wf_bytes rest = wf_buffer_bytes(&listing->words);
    struct wf_bytes line = { 0 };
    bool told = false;

    while (!listing->asked->cargo.quiet && wf_bytes_line(&line, &rest)) {
        if (line.len == 0)
            continue;
        if (!told)
            wf_say_step(listing->asked->say, "From `%s`:", listing->command);
        told = true;
        wf_say_step(listing->asked->say, "%.*s", (int)line.len, (const char *)line.data);
    }
}

static bool
hand_out(struct wf_sdist_listing *listing, wf_sdist_take *take, void *context,
         struct wf_error *err)
{
    struct wf_bytes rest = wf_buffer_bytes(&listing->names);

    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, listing->end, rest.len);
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);

        if (memchr(rest.data, '\0', len) != NULL)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "`%s` named a file with a NUL in its name",
                                listing->command);
        if (len > 0 &&
            !take(context, wf_arena_str(listing->arena, wf_bytes_first(rest, len)), err))
            return false;
        rest = wf_bytes_skip(rest, end == NULL ? len : len + 1);
    }
    return true;
}

bool
wf_sdist_listed(struct wf_sdist_listing *listing, wf_sdist_take *take, void *context,
                struct wf_error *err)
{
    int status = 0;
    bool ok = wf_spawn_wait(listing->spawned, &status, err);

    listing->spawned = NULL;
    if (ok && status != 0)
        ok = wf_cargo_failed(err, listing->command, wf_buffer_bytes(&listing->words),
                             status);
    if (ok) {
        echo(listing);
        ok = hand_out(listing, take, context, err);
    }
    wf_buffer_clear(&listing->names);
    wf_buffer_clear(&listing->words);
    return ok;
}
