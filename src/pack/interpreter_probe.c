/* interpreter_probe.c -- running Pythons side by side, and keeping what they answered. */
#include "pack/interpreter_probe.h"

#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/memo.h"
#include "pack/program.h"

enum {
    AT_ONCE = 8,
    MOST_ANSWER = 1 << 16,
    MOST_SHIM = 4096,
    MOST_QUOTED = 600, /* bytes of a Python's own words in an error */
};

/* Runs on every Python from 2.7 on, PyPy and GraalPy.  What sitecustomize prints comes
 * before the mark. */
static const char script[] =
    "import json, os, struct, sys, sysconfig\n"
    "var = sysconfig.get_config_var\n"
    "name = getattr(getattr(sys, 'implementation', None), 'name', 'python')\n"
    "suffix = var('EXT_SUFFIX')\n"
    "if name == 'pypy' or not suffix:\n"
    "    try:\n"
    "        from importlib.machinery import EXTENSION_SUFFIXES\n"
    "        suffix = EXTENSION_SUFFIXES[0]\n"
    "    except (ImportError, IndexError):\n"
    "        pass\n"
    "system = os.uname()[0] if hasattr(os, 'uname') else 'Windows'\n"
    "answer = {'implementation': name, 'executable': sys.executable,\n"
    "    'major': sys.version_info[0], 'minor': sys.version_info[1],\n"
    "    'abiflags': getattr(sys, 'abiflags', None), 'ext_suffix': suffix,\n"
    "    'soabi': var('SOABI') or None, 'platform': sysconfig.get_platform(),\n"
    "    'system': system.lower(), 'pointer_width': struct.calcsize('P') * 8,\n"
    "    'gil_disabled': var('Py_GIL_DISABLED') == 1}\n"
    "sys.stdout.write('\\nwheelpack-python:' + json.dumps(answer) + '\\n')\n";

/* What changes a Python's answers without changing the program. */
static const char *const variables[] = {
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "_PYTHON_HOST_PLATFORM",
    "_PYTHON_PROJECT_BASE",
    "_PYTHON_SYSCONFIGDATA_NAME",
    "_PYTHON_SYSCONFIGDATA_PATH",
};
static const char *const pyenv_variables[] = { "PYENV_VERSION", "PYENV_ROOT",
                                               "PYENV_DIR" };

/* One Python that is run. */
struct run {
    struct wf_probe *probe;
    const char *path;
    struct wf_spawned *spawned; /* NULL: nothing is under way */
    struct wf_buffer key;
    struct wf_buffer out;
    struct wf_buffer err_out;
    bool is_kept; /* its answer may be kept */
};

const char *const *
wf_probe_environment(struct wf_arena *arena, const struct wf_build_asked *asked)
{
    static const char own[] = "PYTHONNOUSERSITE=1";
    const char *const *given = asked->environment_all;
    size_t num = 0;

    if (given == NULL)
        return NULL;
    while (given[num] != NULL)
        num++;
    const char **all = wf_arena_array(arena, num + 2, sizeof *all);
    size_t kept = 0;

    for (size_t i = 0; i < num; i++)
        if (!wf_text_starts_with(given[i], "PYTHONNOUSERSITE="))
            all[kept++] = given[i];
    all[kept] = own;
    return all;
}

/* Keys, kept answers. */

static bool
is_script(const char *path, struct wf_buffer *start)
{
    struct wf_file file = { 0 };
    struct wf_error ignored = { 0 };
    size_t len = 0;

    wf_buffer_init(start, MOST_SHIM);
    if (!wf_buffer_reserve(start, MOST_SHIM) || !wf_file_open(&file, path, &ignored))
        return true;
    const bool ok = wf_file_pread_upto(&file, start->data, MOST_SHIM, 0, &len, &ignored);

    start->len = ok ? len : 0;
    wf_file_close(&file);
    return !ok || wf_bytes_starts_with(wf_buffer_bytes(start), "#!");
}

static bool
says_pyenv(struct wf_bytes text)
{
    for (; text.len >= strlen("pyenv"); text = wf_bytes_skip(text, 1))
        if (wf_bytes_starts_with(text, "pyenv"))
            return true;
    return false;
}

/* Which version a shim of pyenv runs is chosen by variables, by .python-version in the
 * folder and those above, and by a file of its own. */
static void
add_pyenv(struct wf_buffer *key, struct wf_arena *arena,
          const struct wf_build_asked *asked, const char *root)
{
    const char *dir = wf_asked_variable(asked, "PYENV_DIR");
    char *folder = wf_arena_strdup(arena, dir != NULL             ? dir
                                          : asked->folder != NULL ? asked->folder
                                                                  : "");

    for (size_t i = 0; i < WF_COUNT(pyenv_variables); i++)
        wf_memo_key_environment(key, asked, pyenv_variables[i]);
    wf_memo_key_file(key, wf_arena_printf(arena, "%s/version", root));
    for (char *slash = folder + strlen(folder); slash != NULL;
         slash = strrchr(folder, '/')) {
        *slash = '\0';
        wf_memo_key_file(key, wf_arena_printf(arena, "%s/.python-version", folder));
    }
}

/* Whether the answer of the program may be kept, and by which key: scripts answer for
 * whatever they please, but for the shims of pyenv, which is known. */
static bool
make_key(struct wf_buffer *key, struct wf_arena *arena, const char *path,
         const struct wf_build_asked *asked)
{
    static const char shims[] = "/shims/";
    const char *base = wf_text_base_name(path);
    const size_t before = (size_t)(base - path);
    struct wf_buffer start;
    bool ok = true;

    wf_memo_key(key, "python");
    wf_memo_key_text(key, script);
    wf_memo_key_file(key, path);
    for (size_t i = 0; i < WF_COUNT(variables); i++)
        wf_memo_key_environment(key, asked, variables[i]);
    if (is_script(path, &start)) {
        ok = before > strlen(shims) &&
             strncmp(base - strlen(shims), shims, strlen(shims)) == 0 &&
             says_pyenv(wf_buffer_bytes(&start));
        if (ok)
            add_pyenv(key, arena, asked,
                      wf_arena_str(arena, wf_bytes_of(path, before - strlen(shims))));
    }
    wf_buffer_clear(&start);
    return ok;
}

/* An answer is kept behind a line with the state of the executable it names. */
static const char *
state_of(struct wf_arena *arena, const char *executable)
{
    struct wf_stamp stamp = { 0 };

    if (executable == NULL || !wf_path_stamp(&stamp, executable))
        return "absent";
    return wf_arena_printf(arena, "%llu %lld", (unsigned long long)stamp.size,
                           (long long)stamp.time_ns);
}

static bool
recall(struct run *run, struct wf_arena *arena, const struct wf_build_asked *asked)
{
    struct wf_buffer kept;
    struct wf_bytes line;
    struct wf_error ignored = { 0 };
    bool found = false;

    if (!run->is_kept)
        return false;
    wf_buffer_init(&kept, MOST_ANSWER + 256);
    if (wf_memo_recall(&kept, asked, "python", &run->key)) {
        struct wf_bytes rest = wf_buffer_bytes(&kept);

        found =
            wf_bytes_line(&line, &rest) &&
            wf_probe_read(run->probe, arena, rest, run->path, &ignored) &&
            wf_bytes_equal_str(line, state_of(arena, run->probe->interpreter.executable));
    }
    wf_buffer_clear(&kept);
    return found;
}

static void
keep(const struct run *run, struct wf_arena *arena, const struct wf_build_asked *asked)
{
    struct wf_buffer answer;

    if (!run->is_kept || run->probe->result != WF_PROBE_FOUND)
        return;
    wf_buffer_init(&answer, MOST_ANSWER + 256);
    wf_buffer_printf(&answer, "%s\n",
                     state_of(arena, run->probe->interpreter.executable));
    wf_buffer_add(&answer, run->out.data, run->out.len);
    if (!answer.over)
        wf_memo_keep(asked, "python", &run->key, wf_buffer_bytes(&answer));
    wf_buffer_clear(&answer);
}

/* Running. */

static bool
start(struct run *run, struct wf_arena *arena, const struct wf_build_asked *asked,
      unsigned timeout_ms, struct wf_error *err)
{
    run->path = wf_program_find(arena, asked, run->probe->name);
    run->probe->result = WF_PROBE_ABSENT;
    if (run->path == NULL)
        return true;
    run->is_kept = make_key(&run->key, arena, run->path, asked);
    if (recall(run, arena, asked))
        return true;

    const char *const argv[] = { run->path, "-c", script, NULL };
    const char *const told[] = { run->path, "-c", "(what it is)", NULL };

    wf_say_command(asked->say, told);
    return wf_spawn_start(
        &run->spawned,
        &(struct wf_spawn_request){ .argv = argv,
                                    .envp = wf_probe_environment(arena, asked),
                                    .folder = asked->folder,
                                    .timeout_ms = timeout_ms },
        &run->out, &run->err_out, err);
}

static struct wf_bytes
without_end(struct wf_bytes text)
{
    while (text.len > 0 && strchr(" \r\n\t", text.data[text.len - 1]) != NULL)
        text.len--;
    return text;
}

/* A program that is no Python but says so: a shim whose version is not installed (pyenv),
 * or one that has nothing to say (stores, subsystems). */
static bool
failed(struct run *run, int status, const struct wf_build_asked *asked,
       struct wf_error *err)
{
    struct wf_bytes said = without_end(wf_buffer_bytes(&run->err_out));

    run->probe->result = WF_PROBE_SKIPPED;
    if (said.len == 0) {
        wf_say_warning(asked->say,
                       "%s is passed over: it ended with status %d and without a word",
                       run->path, status);
        return true;
    }
    if (wf_bytes_starts_with(said, "pyenv: ")) {
        struct wf_bytes line;

        if (wf_bytes_line(&line, &said))
            wf_say_warning(asked->say, "%s is passed over: %.*s", run->path,
                           (int)(line.len > MOST_QUOTED ? MOST_QUOTED : line.len),
                           (const char *)line.data);
        return true;
    }
    if (said.len > MOST_QUOTED)
        said = wf_bytes_skip(said, said.len - MOST_QUOTED);
    return wf_error_set(err, WF_ERR_IO,
                        "%s cannot be used: asked what it is, it ended with status %d "
                        "and said: %.*s",
                        run->path, status, (int)said.len, (const char *)said.data);
}

static bool
finish(struct run *run, struct wf_arena *arena, const struct wf_build_asked *asked,
       struct wf_error *err)
{
    struct wf_spawned *spawned = run->spawned;
    int status = 0;

    run->spawned = NULL;
    if (spawned == NULL)
        return true;
    if (!wf_spawn_wait(spawned, &status, err))
        return wf_error_prefix(err, "asking %s what it is", run->probe->name);
    if (status != 0)
        return failed(run, status, asked, err);
    if (!wf_probe_read(run->probe, arena, wf_buffer_bytes(&run->out), run->path, err))
        return false;
    keep(run, arena, asked);
    return true;
}

/* One broken Python in PATH must not keep the others from being built for. */
static bool
finish_or_skip(struct run *run, struct wf_arena *arena,
               const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_error fault = { 0 };

    if (!run->probe->by_chance)
        return finish(run, arena, asked, err);
    if (finish(run, arena, asked, &fault))
        return true;
    run->probe->result = WF_PROBE_SKIPPED;
    wf_say_warning(asked->say, "%s is passed over: %s", run->path, fault.text);
    return true;
}

static bool
probe_some(struct wf_probe *probes, size_t num, struct wf_arena *arena,
           const struct wf_build_asked *asked, unsigned timeout_ms, struct wf_error *err)
{
    struct run runs[AT_ONCE] = { 0 };
    bool ok = true;

    for (size_t i = 0; i < num; i++) {
        runs[i].probe = &probes[i];
        wf_buffer_init(&runs[i].out, MOST_ANSWER);
        wf_buffer_init(&runs[i].err_out, MOST_ANSWER);
        ok = ok && start(&runs[i], arena, asked, timeout_ms, err);
    }
    for (size_t i = 0; i < num; i++)
        ok = ok && finish_or_skip(&runs[i], arena, asked, err);
    for (size_t i = 0; i < num; i++) {
        wf_spawn_kill(runs[i].spawned);
        wf_buffer_clear(&runs[i].key);
        wf_buffer_clear(&runs[i].out);
        wf_buffer_clear(&runs[i].err_out);
    }
    return ok;
}

bool
wf_probe_all(struct wf_probe *probes, size_t num, struct wf_arena *arena,
             const struct wf_build_asked *asked, unsigned timeout_ms,
             struct wf_error *err)
{
    for (size_t done = 0; done < num; done += AT_ONCE) {
        const size_t some = num - done < AT_ONCE ? num - done : AT_ONCE;

        if (!probe_some(probes + done, some, arena, asked, timeout_ms, err))
            return false;
    }
    return true;
}
