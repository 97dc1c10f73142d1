/* sdist_edit.c -- manifests as text that is edited (see sdist_parts.h). */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/toml.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

enum { MOST_MANIFEST = 16 << 20 };

const char *
wf_sdist_path(struct wf_arena *arena, const char *place, const char *name)
{
    return place[0] == '\0' ? name : wf_arena_printf(arena, "%s/%s", place, name);
}

const char *
wf_sdist_relative(struct wf_arena *arena, const char *from, const char *to)
{
    char *common = wf_arena_strdup(arena, from);
    struct wf_buffer up;

    wf_buffer_init(&up, MOST_MANIFEST);
    while (wf_path_below(to, common) == NULL) {
        char *slash = strrchr(common, '/');

        slash[slash == common ? 1 : 0] = '\0';
        wf_buffer_add_str(&up, up.len == 0 ? ".." : "/..");
    }
    const char *rest = wf_path_below(to, common);

    if (rest[0] != '\0' && up.len > 0)
        wf_buffer_add_char(&up, '/');
    wf_buffer_add_str(&up, rest);
    const char *path = up.len == 0 ? "." : wf_arena_str(arena, wf_buffer_bytes(&up));

    wf_buffer_clear(&up);
    return path;
}

bool
wf_sdist_manifest_open(struct wf_sdist_manifest *out, struct wf_sdist *sdist,
                       const char *path, struct wf_error *err)
{
    struct wf_sdist_manifest manifest = { .sdist = sdist, .path = path };
    const char *slash = strrchr(path, '/');
    struct wf_buffer text;

    manifest.dir = wf_path_join(
        sdist->arena, "/",
        wf_arena_str(sdist->arena, wf_bytes_of(path, (size_t)(slash - path) + 1)));
    wf_buffer_init(&text, MOST_MANIFEST);
    const bool ok =
        wf_file_read_whole(&text, path, err) &&
        wf_buffer_ok(&text, "the manifest", err) &&
        wf_toml_parse(&manifest.toml, sdist->arena, wf_buffer_bytes(&text), err);

    if (ok)
        manifest.edit = wf_toml_edit_new(sdist->arena, wf_buffer_bytes(&text));
    wf_buffer_clear(&text);
    if (!ok)
        return wf_error_prefix(err, "%s", path);
    *out = manifest;
    return true;
}

bool
wf_sdist_manifest_end(struct wf_sdist_manifest *manifest, const char *name,
                      struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 2 * MOST_MANIFEST);
    const bool ok = wf_toml_edit_end(&text, manifest->edit, err) &&
                    wf_buffer_ok(&text, "the manifest", err) &&
                    wf_sdist_add_text(manifest->sdist, name, wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    return ok || wf_error_prefix(err, "%s", manifest->path);
}

bool
wf_sdist_set(struct wf_sdist_manifest *manifest, const char *const *keys,
             const char *value, struct wf_error *err)
{
    return wf_toml_edit_set(manifest->edit, keys, value, err) ||
           wf_error_prefix(err, "%s", manifest->path);
}

bool
wf_sdist_set_text(struct wf_sdist_manifest *manifest, const char *const *keys,
                  const char *text, struct wf_error *err)
{
    struct wf_arena *arena = manifest->sdist->arena;
    struct wf_buffer value;

    wf_buffer_init(&value, MOST_MANIFEST);
    wf_toml_quote(&value, text);
    const char *quoted = wf_arena_str(arena, wf_buffer_bytes(&value));

    wf_buffer_clear(&value);
    return wf_sdist_set(manifest, keys, quoted, err);
}

bool
wf_sdist_remove(struct wf_sdist_manifest *manifest, const char *const *keys,
                struct wf_error *err)
{
    return wf_toml_edit_remove(manifest->edit, keys, err) ||
           wf_error_prefix(err, "%s", manifest->path);
}

static void
write_key(struct wf_buffer *out, const char *key)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_-";

    if (key[0] != '\0' && key[strspn(key, bare)] == '\0')
        wf_buffer_add_str(out, key);
    else
        wf_toml_quote(out, key);
}

/* TOML wants a point or an exponent in a number that is no integer; "inf" and "nan" have
 * an 'n'. */
static void
write_number(struct wf_buffer *out, double number)
{
    char text[64];

    snprintf(text, sizeof text, "%.17g", number);
    wf_buffer_add_str(out, text);
    if (strpbrk(text, ".en") == NULL)
        wf_buffer_add_str(out, ".0");
}

/* As deep as the parser lets values be: 64 levels. */
static void
write_children(struct wf_buffer *out, const struct wf_toml *value)
{
    const bool is_table = value->kind == WF_TOML_TABLE;

    wf_buffer_add_str(out, is_table ? "{" : "[");
    for (const struct wf_toml *i = value->first; i != NULL; i = i->next) {
        if (i != value->first)
            wf_buffer_add_str(out, ", ");
        else if (is_table)
            wf_buffer_add_char(out, ' ');
        if (is_table) {
            write_key(out, i->key);
            wf_buffer_add_str(out, " = ");
        }
        wf_sdist_write_value(out, i);
    }
    wf_buffer_add_str(out, !is_table ? "]" : value->first == NULL ? "}" : " }");
}

void
wf_sdist_write_value(struct wf_buffer *out, const struct wf_toml *value)
{
    switch (value->kind) {
    case WF_TOML_STRING:
        wf_toml_quote(out, value->string);
        break;
    case WF_TOML_INTEGER:
        wf_buffer_printf(out, "%lld", (long long)value->integer);
        break;
    case WF_TOML_FLOAT:
        write_number(out, value->number);
        break;
    case WF_TOML_BOOL:
        wf_buffer_add_str(out, value->boolean ? "true" : "false");
        break;
    case WF_TOML_TIME:
        wf_buffer_add_str(out, value->string);
        break;
    case WF_TOML_ARRAY:
    case WF_TOML_TABLE:
        write_children(out, value);
        break;
    }
}
