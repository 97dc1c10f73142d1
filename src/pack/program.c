/* program.c -- PATH, and asking rustc (see program.h). */
#include "pack/program.h"

#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/memo.h"

enum { MOST_ANSWER = 1 << 16, MOST_ARGUMENTS = 8, RUSTC_TIMEOUT_MS = 60000 };

const char *
wf_asked_variable(const struct wf_build_asked *asked, const char *name)
{
    const char *value = asked->environment == NULL ? NULL : asked->environment(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

static const char *
below(struct wf_arena *arena, const struct wf_build_asked *asked, struct wf_bytes folder,
      const char *name)
{
    const char *path =
        folder.len == 0
            ? wf_arena_strdup(arena, name)
            : wf_arena_printf(arena, "%s/%s", wf_arena_str(arena, folder), name);

    if (path[0] == '/')
        return path;
    return wf_arena_printf(arena, "%s/%s", asked->folder == NULL ? "." : asked->folder,
                           path);
}

const char *
wf_program_find(struct wf_arena *arena, const struct wf_build_asked *asked,
                const char *name)
{
    const char *path = wf_asked_variable(asked, "PATH");

    if (*name == '\0')
        return NULL;
    if (strchr(name, '/') != NULL) {
        const char *there = below(arena, asked, wf_bytes_str(""), name);

        return wf_path_is_program(there) ? there : NULL;
    }
    while (path != NULL) {
        const char *colon = strchr(path, ':');
        const size_t len = colon == NULL ? strlen(path) : (size_t)(colon - path);
        const char *there = below(arena, asked, wf_bytes_of(path, len), name);

        if (wf_path_is_program(there))
            return there;
        path = colon == NULL ? NULL : colon + 1;
    }
    return NULL;
}

/* Files by which a rustup proxy chooses: overrides in the folder and above, its settings,
 * and what was last updated. */
static void
add_rustup(struct wf_buffer *key, struct wf_arena *arena,
           const struct wf_build_asked *asked)
{
    const char *home = wf_asked_variable(asked, "RUSTUP_HOME");
    char *folder = wf_arena_strdup(arena, asked->folder == NULL ? "" : asked->folder);
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;

    if (home == NULL)
        home = wf_arena_printf(arena, "%s/.rustup",
                               wf_asked_variable(asked, "HOME") == NULL
                                   ? ""
                                   : wf_asked_variable(asked, "HOME"));
    wf_memo_key_environment(key, asked, "RUSTUP_TOOLCHAIN");
    wf_memo_key_file(key, wf_arena_printf(arena, "%s/settings.toml", home));
    home = wf_arena_printf(arena, "%s/update-hashes", home);
    if (wf_folder_list(arena, home, &names, &num, &err))
        for (size_t i = 0; i < num; i++)
            wf_memo_key_file(key, wf_arena_printf(arena, "%s/%s", home, names[i]));
    for (char *slash = folder + strlen(folder); slash != NULL;
         slash = strrchr(folder, '/')) {
        *slash = '\0';
        wf_memo_key_file(key, wf_arena_printf(arena, "%s/rust-toolchain", folder));
        wf_memo_key_file(key, wf_arena_printf(arena, "%s/rust-toolchain.toml", folder));
    }
}

static void
make_key(struct wf_buffer *key, struct wf_arena *arena,
         const struct wf_build_asked *asked, const char *const *argv,
         const char *depends_on)
{
    const char *real = wf_path_resolve(arena, "", argv[0]);

    wf_memo_key(key, "rustc");
    wf_memo_key_file(key, argv[0]);
    for (size_t i = 1; argv[i] != NULL; i++)
        wf_memo_key_text(key, argv[i]);
    if (depends_on != NULL)
        wf_memo_key_environment(key, asked, depends_on);
    if (real != NULL && strcmp(wf_text_base_name(real), "rustup") == 0)
        add_rustup(key, arena, asked);
}

static bool
run_rustc(struct wf_buffer *out, const struct wf_build_asked *asked,
          const char *const *argv, struct wf_error *err)
{
    struct wf_buffer said;
    int status = 0;

    wf_say_command(asked->say, argv);
    wf_buffer_init(&said, MOST_ANSWER);
    bool ok = wf_spawn(&(struct wf_spawn_request){ .argv = argv,
                                                   .envp = asked->environment_all,
                                                   .folder = asked->folder,
                                                   .timeout_ms = RUSTC_TIMEOUT_MS },
                       out, &said, &status, err);

    if (ok && status != 0) {
        while (said.len > 0 && said.data[said.len - 1] == '\n')
            said.len--;
        ok = wf_error_set(err, WF_ERR_IO, "%s ended with status %d and said: %.*s",
                          argv[0], status, (int)said.len,
                          said.len == 0 ? "" : (const char *)said.data);
    }
    wf_buffer_clear(&said);
    return ok;
}

bool
wf_rustc_ask(struct wf_buffer *out, const struct wf_build_asked *asked,
             const char *const *arguments, const char *depends_on, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer key;
    struct wf_buffer answer;
    const char *argv[MOST_ARGUMENTS + 2] = { 0 };
    const char *name = wf_asked_variable(asked, "RUSTC");
    bool ok = true;

    argv[0] = wf_program_find(&arena, asked, name == NULL ? "rustc" : name);
    if (argv[0] == NULL) {
        wf_arena_clear(&arena);
        return wf_error_set(err, WF_ERR_IO,
                            "no rustc was found (looked for '%s' in PATH); install Rust "
                            "(https://rustup.rs) or set RUSTC",
                            name == NULL ? "rustc" : name);
    }
    for (size_t i = 0; arguments[i] != NULL && i < MOST_ARGUMENTS; i++)
        argv[i + 1] = arguments[i];
    make_key(&key, &arena, asked, argv, depends_on);
    wf_buffer_init(&answer, MOST_ANSWER);
    if (!wf_memo_recall(&answer, asked, "rustc", &key)) {
        ok = run_rustc(&answer, asked, argv, err);
        if (ok)
            wf_memo_keep(asked, "rustc", &key, wf_buffer_bytes(&answer));
    }
    if (ok)
        wf_buffer_add(out, answer.data, answer.len);
    wf_buffer_clear(&answer);
    wf_buffer_clear(&key);
    wf_arena_clear(&arena);
    return ok;
}
