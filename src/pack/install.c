/* install.c -- pip or uv, and what they write about the source (see develop_parts.h). */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/spawn.h"
#include "pack/develop_parts.h"
#include "pack/program.h"
#include "wheel/record_write.h"

enum { MOST_TEXT = 1 << 16, MOST_RECORD = 1 << 28, FILE_MODE = 0666 };

static void
add_words(struct wf_installer *out, const char *const *words)
{
    for (; *words != NULL; words++)
        wf_strings_append(out->arena, &out->command, *words);
}

/* uv as a module of the environment, else as a program; false when there is none. */
static bool
take_uv(struct wf_installer *out, const struct wf_venv *venv)
{
    const char *program =
        venv->has_uv ? NULL : wf_program_find(out->arena, out->asked, "uv");

    if (venv->has_uv)
        add_words(out, (const char *const[]){ venv->python, "-m", "uv", NULL });
    else if (program != NULL)
        add_words(out, (const char *const[]){ program, NULL });
    else
        return false;
    add_words(out,
              (const char *const[]){ "pip", "install", "--python", venv->python, NULL });
    return true;
}

static bool
take_pip(struct wf_installer *out, const struct wf_venv *venv, const char *pip_path,
         struct wf_error *err)
{
    if (pip_path == NULL && !venv->has_pip)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "the environment %s has no pip; give --uv to install with uv, "
            "or --pip-path for a pip elsewhere",
            venv->folder);
    if (pip_path == NULL)
        add_words(out, (const char *const[]){ venv->python, "-m", "pip", NULL });
    else
        add_words(out, (const char *const[]){ pip_path, "--python", venv->python, NULL });
    add_words(out,
              (const char *const[]){ "--disable-pip-version-check", "install", NULL });
    return true;
}

bool
wf_installer_find(struct wf_installer *out, struct wf_arena *arena,
                  const struct wf_venv *venv, const struct wf_develop_asked *asked,
                  struct wf_error *err)
{
    *out = (struct wf_installer){ .arena = arena, .asked = &asked->build };
    if ((asked->uv || (venv->is_uv && asked->pip_path == NULL)) && take_uv(out, venv))
        return true;
    if (asked->uv)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "--uv was given, but uv is neither a module of %s nor a "
                            "program in PATH",
                            venv->folder);
    return take_pip(out, venv, asked->pip_path, err);
}

bool
wf_install(const struct wf_installer *installer, const char *folder,
           const struct wf_strings *what, bool anew, struct wf_error *err)
{
    struct wf_installer run = *installer;
    int status = 0;

    run.command = (struct wf_strings){ 0 };
    for (size_t i = 0; i < installer->command.num; i++)
        wf_strings_append(run.arena, &run.command, installer->command.items[i]);
    if (anew)
        add_words(&run, (const char *const[]){ "--no-deps", "--force-reinstall", NULL });
    /* A requirement is no option, whatever it begins with. */
    wf_strings_append(run.arena, &run.command, "--");
    for (size_t i = 0; i < what->num; i++)
        wf_strings_append(run.arena, &run.command, what->items[i]);
    wf_strings_append(run.arena, &run.command, NULL);
    wf_say_command(installer->asked->say, run.command.items);
    const struct wf_spawn_request request = { .argv = run.command.items,
                                              .envp = installer->asked->environment_all,
                                              .folder = folder,
                                              .shares_stderr = true };

    if (!wf_spawn(&request, NULL, NULL, &status, err))
        return false;
    return status == 0 ||
           wf_error_set(err, WF_ERR_REFUSED, "installing %s%s failed: %s ended with %d",
                        wf_text_base_name(what->items[0]),
                        what->num > 1 ? " and others" : "", run.command.items[0], status);
}

/* RFC 8089, with everything but unreserved characters and '/' encoded. */
static void
add_file_url(struct wf_buffer *out, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~/";

    wf_buffer_add_str(out, "file://");
    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            wf_buffer_add_char(out, *path);
        else
            wf_buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
    }
}

static void
write_direct_url(struct wf_arena *arena, struct wf_buffer *out, const char *project)
{
    struct wf_json_writer w = { .out = out };
    struct wf_buffer url;

    wf_buffer_init(&url, MOST_TEXT);
    add_file_url(&url, project);
    wf_json_begin_object(&w);
    wf_json_write_key(&w, "dir_info");
    wf_json_begin_object(&w);
    wf_json_write_key(&w, "editable");
    wf_json_write_bool(&w, true);
    wf_json_end_object(&w);
    wf_json_write_key(&w, "url");
    wf_json_write_string(&w, wf_arena_str(arena, wf_buffer_bytes(&url)));
    wf_json_end_object(&w);
    wf_buffer_clear(&url);
}

static void
add_row(struct wf_buffer *out, const char *path, struct wf_bytes content)
{
    struct wf_sha256 *sha = wf_sha256_new();
    uint8_t digest[WF_SHA256_LEN];

    wf_sha256_of(sha, digest, content);
    wf_sha256_free(sha);
    wf_record_write_row(out, path, digest, content.len);
}

/* RECORD with the row of `path` for its new content, and every other line as it is. */
static void
rewrite_record(struct wf_buffer *out, struct wf_bytes record, const char *path,
               struct wf_bytes content)
{
    const size_t len = strlen(path);

    while (record.len > 0) {
        const uint8_t *end = memchr(record.data, '\n', record.len);
        const size_t line = end == NULL ? record.len : (size_t)(end - record.data) + 1;

        if (line <= len || memcmp(record.data, path, len) != 0 || record.data[len] != ',')
            wf_buffer_add(out, record.data, line);
        record = wf_bytes_skip(record, line);
    }
    add_row(out, path, content);
}

static bool
fix_record(struct wf_arena *arena, const char *dist_info, struct wf_bytes content,
           struct wf_error *err)
{
    const char *path = wf_arena_printf(arena, "%s/RECORD", dist_info);
    const char *row =
        wf_arena_printf(arena, "%s/direct_url.json", wf_text_base_name(dist_info));
    struct wf_buffer old;
    struct wf_buffer text;

    wf_buffer_init(&old, MOST_RECORD);
    wf_buffer_init(&text, MOST_RECORD);
    bool ok = wf_file_read_whole(&old, path, err);

    if (ok) {
        rewrite_record(&text, wf_buffer_bytes(&old), row, content);
        ok = wf_buffer_ok(&text, "RECORD", err) &&
             wf_file_write_atomic(path, wf_buffer_bytes(&text), FILE_MODE, err);
    }
    if (!ok)
        wf_error_prefix(err, "%s", path);
    wf_buffer_clear(&old);
    wf_buffer_clear(&text);
    return ok;
}

bool
wf_install_mark_editable(struct wf_arena *arena, const char *dist_info,
                         const char *project, struct wf_error *err)
{
    const char *path = wf_arena_printf(arena, "%s/direct_url.json", dist_info);
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_TEXT);
    write_direct_url(arena, &text, project);
    bool ok = wf_buffer_ok(&text, "direct_url.json", err) &&
              wf_file_write_atomic(path, wf_buffer_bytes(&text), FILE_MODE, err);

    if (!ok)
        wf_error_prefix(err, "%s", path);
    ok = ok && fix_record(arena, dist_info, wf_buffer_bytes(&text), err);
    wf_buffer_clear(&text);
    return ok;
}
