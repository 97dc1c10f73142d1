/* cffi_make.c -- the header by cbindgen, and ffi.py by the interpreter's own cffi. */
#include "pack/cffi_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/bind_parts.h"
#include "pack/paths.h"

enum {
    MAX_HEADER = 16 << 20,
    MAX_GLUE = 64 << 20,
    MAX_MESSAGES = 1 << 20,
    MAX_CONFIG = 1 << 20,
    CBINDGEN_MS = 600000,
    PYTHON_MS = 120000,
    MOST_TOLD = 700,
    PIECE = 100000, /* one argument of a program holds up to 128 KiB */
    MOST_PIECES = 12,
    NO_CFFI = 3, /* exit status of the script */
};

/* The folder it runs in is nobody's, so that no module of the project is taken for one of
 * Python's.  cffi says on standard output what it does; old versions write to files only. */
static const char script[] = "import io, sys\n"
                             "try:\n"
                             "    import cffi\n"
                             "except ImportError as error:\n"
                             "    sys.stderr.write(str(error))\n"
                             "    sys.exit(3)\n"
                             "real, sys.stdout = sys.stdout, sys.stderr\n"
                             "ffi = cffi.FFI()\n"
                             "ffi.cdef(''.join(sys.argv[1:]))\n"
                             "ffi.set_source('ffi', None)\n"
                             "text = io.StringIO()\n"
                             "try:\n"
                             "    ffi.emit_python_code(text)\n"
                             "    text = text.getvalue()\n"
                             "except TypeError:\n"
                             "    import os, tempfile\n"
                             "    with tempfile.TemporaryDirectory() as folder:\n"
                             "        path = os.path.join(folder, 'ffi.py')\n"
                             "        ffi.emit_python_code(path)\n"
                             "        with open(path, encoding='utf-8') as written:\n"
                             "            text = written.read()\n"
                             "real.buffer.write(text.encode('utf-8'))\n";

/* The crate's own settings without [defines], which would wrap what they name in conditions
 * that nobody meets here.  Everything else that must not be in the header is taken out
 * behind cbindgen. */
static bool
find_config(const char **out, struct wf_arena *arena, const char *crate_dir,
            const char *target_dir, struct wf_error *err)
{
    static const char *const defines[] = { "defines", NULL };
    const char *own = wf_path_join(arena, crate_dir, "cbindgen.toml");
    const char *folder = wf_path_join(arena, target_dir, "wheelpack");
    const char *path = wf_path_join(arena, folder, "cbindgen.toml");
    const struct wf_toml *root = NULL;
    struct wf_buffer text;
    struct wf_buffer edited;
    bool ok = true;

    *out = NULL;
    if (wf_path_kind(own) != WF_PATH_FILE)
        return true;
    wf_buffer_init(&text, MAX_CONFIG);
    wf_buffer_init(&edited, MAX_CONFIG);
    ok = wf_file_read_whole(&text, own, err) &&
         wf_toml_parse(&root, arena, wf_buffer_bytes(&text), err);
    *out = own;
    if (ok && wf_toml_get(root, "defines") != NULL) {
        struct wf_toml_edit *edit = wf_toml_edit_new(arena, wf_buffer_bytes(&text));

        *out = path;
        ok = wf_toml_edit_remove(edit, defines, err) &&
             wf_toml_edit_end(&edited, edit, err) && wf_folder_make(folder, err) &&
             wf_file_write_atomic(path, wf_buffer_bytes(&edited), 0666, err);
    }
    wf_buffer_clear(&edited);
    wf_buffer_clear(&text);
    return ok || wf_error_prefix(err, "%s", own);
}

static bool
find_cbindgen(struct wf_cffi_inputs *out, struct wf_arena *arena,
              const struct wf_bind_request *request, struct wf_error *err)
{
    const char *target_dir = request->graph->target_dir;

    out->cbindgen = wf_bind_find_program(arena, request->asked, "cbindgen");
    if (out->cbindgen == NULL)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "cffi needs a C header of the crate, and the program cbindgen "
            "that makes one is not in PATH: install it (`apt-get install "
            "cbindgen`, or `cargo install cbindgen --locked`), or let "
            "build.rs write %s/header.h",
            target_dir);
    return find_config(&out->config, arena, out->crate_dir, target_dir, err);
}

bool
wf_cffi_find_inputs(struct wf_cffi_inputs *out, struct wf_arena *arena,
                    const struct wf_bind_request *request, struct wf_error *err)
{
    const char *header = wf_path_join(arena, request->graph->target_dir, "header.h");
    struct wf_cffi_inputs inputs = {
        .crate_dir = request->project->manifest_dir,
        .environment = request->asked->environment_all,
    };

    if (request->interpreter == NULL || request->interpreter->executable == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "cffi needs a Python that can be run here, to make its glue: "
                            "name one with -i");
    inputs.python = request->interpreter->executable;
    inputs.python_text = wf_interpreter_text(arena, request->interpreter);
    if (wf_path_kind(header) == WF_PATH_FILE)
        inputs.header = header;
    else if (!find_cbindgen(&inputs, arena, request, err))
        return false;
    *out = inputs;
    return true;
}

/* The end of what a program said, which names the reason, as one line.  Of a traceback it is
 * what stands behind the calls, whose lines are indented. */
static const char *
last_words(struct wf_arena *arena, const struct wf_buffer *messages)
{
    struct wf_bytes rest = wf_buffer_bytes(messages);
    const char *earlier = "";
    const char *words = "";
    struct wf_bytes line;

    if (rest.len > MOST_TOLD) {
        rest = wf_bytes_skip(rest, rest.len - MOST_TOLD);
        if (memchr(rest.data, '\n', rest.len - 1) != NULL)
            (void)wf_bytes_line(&line, &rest);
    }
    while (wf_bytes_line(&line, &rest)) {
        const char *text = wf_arena_str(arena, line);

        if (isspace((unsigned char)text[0]) || wf_text_starts_with(text, "Traceback ")) {
            earlier = words[0] == '\0' ? earlier : words;
            words = "";
        } else if (text[0] != '\0') {
            words = wf_arena_printf(arena, "%s%s%s", words, words[0] == '\0' ? "" : "; ",
                                    text);
        }
    }
    return words[0] == '\0' ? earlier : words;
}

static bool
run_cbindgen(struct wf_buffer *out, struct wf_arena *arena,
             const struct wf_cffi_inputs *inputs, struct wf_error *err)
{
    const char *argv[] = { inputs->cbindgen,  "--quiet", "--lang", "c",
                           inputs->crate_dir, NULL,      NULL,     NULL };
    struct wf_buffer messages;
    int status = 0;

    if (inputs->config != NULL) {
        argv[4] = "--config";
        argv[5] = inputs->config;
        argv[6] = inputs->crate_dir;
    }
    const struct wf_spawn_request request = { .argv = argv,
                                              .envp = inputs->environment,
                                              .folder = inputs->crate_dir,
                                              .timeout_ms = CBINDGEN_MS };

    wf_buffer_init(&messages, MAX_MESSAGES);
    bool ok = wf_spawn(&request, out, &messages, &status, err);

    if (ok && status != 0)
        ok = wf_error_set(err, WF_ERR_REFUSED,
                          "cbindgen could not make a header of the crate (exit status "
                          "%d): %s",
                          status, last_words(arena, &messages));
    wf_buffer_clear(&messages);
    return ok;
}

static bool
make_header(struct wf_buffer *out, struct wf_arena *arena,
            const struct wf_cffi_inputs *inputs, struct wf_error *err)
{
    const char *name = inputs->header != NULL ? inputs->header : "cbindgen's header";
    struct wf_buffer header;

    wf_buffer_init(&header, MAX_HEADER);
    bool ok = inputs->header != NULL ? wf_file_read_whole(&header, inputs->header, err)
                                     : run_cbindgen(&header, arena, inputs, err);

    if (!ok && inputs->header != NULL)
        wf_error_prefix(err, "%s", name);
    if (ok && !wf_cffi_preprocess(out, wf_buffer_bytes(&header), err))
        ok = wf_error_prefix(err, "%s", name);
    wf_buffer_clear(&header);
    return ok;
}

/* The header goes as arguments, which needs no file. */
static bool
add_pieces(const char **argv, size_t at, struct wf_arena *arena, struct wf_bytes header,
           struct wf_error *err)
{
    if (header.len > (size_t)PIECE * MOST_PIECES)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "the header has %zu bytes; at most %zu are given to cffi",
                            header.len, (size_t)PIECE * MOST_PIECES);
    while (header.len > 0) {
        const size_t len = header.len < PIECE ? header.len : PIECE;

        argv[at++] = wf_arena_str(arena, wf_bytes_first(header, len));
        header = wf_bytes_skip(header, len);
    }
    argv[at] = NULL;
    return true;
}

static bool
tell_failure(const struct wf_cffi_inputs *inputs, struct wf_arena *arena,
             const struct wf_buffer *messages, int status, struct wf_error *err)
{
    const char *words = last_words(arena, messages);

    if (status == NO_CFFI)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s has no cffi, which makes the glue of the library (%s): "
                            "install it with `%s -m pip install cffi`",
                            inputs->python_text, words, inputs->python);
    return wf_error_set(
        err, WF_ERR_REFUSED,
        "cffi does not take the header of the crate (%s ended with status "
        "%d): %s",
        inputs->python_text, status, words);
}

static bool
run_cffi(struct wf_buffer *out, struct wf_arena *arena,
         const struct wf_cffi_inputs *inputs, struct wf_bytes header,
         struct wf_error *err)
{
    const char *argv[3 + MOST_PIECES + 1] = { inputs->python, "-c", script };
    const struct wf_spawn_request request = {
        .argv = argv, .envp = inputs->environment, .folder = "/", .timeout_ms = PYTHON_MS
    };
    struct wf_buffer messages;
    int status = 0;

    if (!add_pieces(argv, 3, arena, header, err))
        return false;
    wf_buffer_init(&messages, MAX_MESSAGES);
    bool ok = wf_spawn(&request, out, &messages, &status, err);

    if (ok && status != 0)
        ok = tell_failure(inputs, arena, &messages, status, err);
    else if (ok && out->len == 0)
        ok = wf_error_set(err, WF_ERR_REFUSED, "%s made no glue for cffi",
                          inputs->python_text);
    wf_buffer_clear(&messages);
    return ok;
}

bool
wf_cffi_make(struct wf_buffer *out, const struct wf_cffi_inputs *inputs,
             struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer header;

    wf_buffer_init(&header, MAX_HEADER);
    const bool ok = make_header(&header, &arena, inputs, err) &&
                    run_cffi(out, &arena, inputs, wf_buffer_bytes(&header), err);

    wf_buffer_clear(&header);
    wf_arena_clear(&arena);
    return ok;
}
