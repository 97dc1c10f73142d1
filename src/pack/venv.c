/* venv.c -- which virtual environment is meant, and what its Python says (see venv.h). */
#include "pack/venv.h"

#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/paths.h"
#include "pack/program.h"

enum { MOST_ANSWER = 16384, MOST_CONFIG = 1 << 16, PROBE_TIMEOUT_MS = 30000 };

/* A line for each question, behind one that says that ours begin (a sitecustomize may
 * print, too); works from Python 3.4 on. */
static const char question[] = "import importlib.util as u, sysconfig\n"
                               "print('wheelpack-develop-1')\n"
                               "print('yes' if u.find_spec('pip') else 'no')\n"
                               "print('yes' if u.find_spec('uv') else 'no')\n"
                               "print(sysconfig.get_path('platlib'))\n";
static const char answer_start[] = "wheelpack-develop-1\n";

static const char *
python_of(struct wf_arena *arena, const char *folder)
{
    const char *python = wf_arena_printf(arena, "%s/bin/python", folder);

    return wf_path_is_program(python) ? python : NULL;
}

static bool
is_venv(struct wf_arena *arena, const char *folder)
{
    return wf_path_kind(wf_arena_printf(arena, "%s/pyvenv.cfg", folder)) ==
               WF_PATH_FILE &&
           python_of(arena, folder) != NULL;
}

/* The nearest .venv at or above a folder, or NULL. */
static const char *
find_above(struct wf_arena *arena, const char *folder)
{
    char *above = wf_arena_strdup(arena, folder);

    for (;;) {
        const char *venv = wf_arena_printf(arena, "%s/.venv", above);
        char *slash = strrchr(above, '/');

        if (is_venv(arena, venv))
            return venv;
        if (slash == NULL)
            return NULL;
        *slash = '\0';
    }
}

static bool
find_folder(const char **out, struct wf_arena *arena, const struct wf_build_asked *asked,
            struct wf_error *err)
{
    const char *venv = wf_asked_variable(asked, "VIRTUAL_ENV");
    const char *conda = wf_asked_variable(asked, "CONDA_PREFIX");

    if (venv != NULL && conda != NULL && strcmp(venv, conda) != 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "both VIRTUAL_ENV (%.300s) and CONDA_PREFIX (%.300s) are set "
                            "and differ; unset the one that is not meant",
                            venv, conda);
    const char *named = venv != NULL ? venv : conda;

    *out = named != NULL ? wf_path_join(arena, asked->folder, named)
                         : find_above(arena, asked->folder);
    return *out != NULL ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "develop installs into a virtual environment, and none is "
                        "active: activate one (VIRTUAL_ENV, or CONDA_PREFIX of conda), "
                        "or make one called .venv here or in a folder above: python3 -m "
                        "venv .venv");
}

/* uv writes its version into pyvenv.cfg. */
static bool
is_of_uv(struct wf_arena *arena, const char *folder)
{
    struct wf_buffer text;
    struct wf_error none = { 0 };
    bool found = false;

    if (wf_path_kind(wf_arena_printf(arena, "%s/conda-meta/pixi_env_prefix", folder)) ==
        WF_PATH_FILE)
        return true;
    wf_buffer_init(&text, MOST_CONFIG);
    if (wf_file_read_whole(&text, wf_arena_printf(arena, "%s/pyvenv.cfg", folder),
                           &none)) {
        const char *config = wf_arena_str(arena, wf_buffer_bytes(&text));

        found = strncmp(config, "uv = ", 5) == 0 || strstr(config, "\nuv = ") != NULL;
    }
    wf_buffer_clear(&text);
    return found;
}

/* Cuts the next line off; false when there is none. */
static bool
take_line(char **rest, const char **line)
{
    char *end = strchr(*rest, '\n');

    if (end == NULL)
        return false;
    *end = '\0';
    if (end > *rest && end[-1] == '\r')
        end[-1] = '\0';
    *line = *rest;
    *rest = end + 1;
    return true;
}

static bool
read_answer(struct wf_venv *venv, struct wf_arena *arena, struct wf_bytes text,
            struct wf_error *err)
{
    char *copy = wf_arena_str(arena, text);
    char *rest = strstr(copy, answer_start);
    const char *pip = NULL;
    const char *uv = NULL;
    const char *platlib = NULL;

    if (rest != NULL)
        rest += strlen(answer_start);
    if (rest == NULL || !take_line(&rest, &pip) || !take_line(&rest, &uv) ||
        !take_line(&rest, &platlib) || platlib[0] != '/')
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s does not answer as a Python does: it printed \"%.200s\"",
                            venv->python, wf_arena_str(arena, text));
    venv->has_pip = strcmp(pip, "yes") == 0;
    venv->has_uv = strcmp(uv, "yes") == 0;
    venv->platlib = platlib;
    return true;
}

static bool
ask_python(struct wf_venv *venv, struct wf_arena *arena,
           const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *const argv[] = { venv->python, "-c", question, NULL };
    const struct wf_spawn_request request = { .argv = argv,
                                              .envp = asked->environment_all,
                                              .folder = venv->folder,
                                              .timeout_ms = PROBE_TIMEOUT_MS };
    struct wf_buffer text;
    struct wf_buffer said;
    int status = 0;

    wf_buffer_init(&text, MOST_ANSWER);
    wf_buffer_init(&said, MOST_ANSWER);
    bool ok = wf_spawn(&request, &text, &said, &status, err);

    if (ok && status != 0)
        ok = wf_error_set(err, WF_ERR_REFUSED, "%s ended with status %d: %.300s",
                          venv->python, status,
                          wf_arena_str(arena, wf_buffer_bytes(&said)));
    ok = ok && read_answer(venv, arena, wf_buffer_bytes(&text), err);
    wf_buffer_clear(&text);
    wf_buffer_clear(&said);
    return ok;
}

bool
wf_venv_find(struct wf_venv *out, struct wf_arena *arena,
             const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_venv venv = { 0 };

    if (!find_folder(&venv.folder, arena, asked, err))
        return false;
    venv.python = python_of(arena, venv.folder);
    if (venv.python == NULL)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "the virtual environment %s has no bin/python that can be run", venv.folder);
    venv.is_uv = is_of_uv(arena, venv.folder);
    if (!ask_python(&venv, arena, asked, err))
        return false;
    *out = venv;
    return true;
}
