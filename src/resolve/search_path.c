/* search_path.c -- reading search lists the way glibc's and musl's loaders do. */
#include "resolve/search_path.h"

#include <string.h>

/* Longer than PATH_MAX of any system: what does not fit cannot be opened either. */
enum { LONGEST_PATH = 8192 };

const char *
wf_search_path_start(const char *list)
{
    return list == NULL || *list == '\0' ? NULL : list;
}

bool
wf_search_path_next(struct wf_bytes *item, const char **rest, const char *separators)
{
    if (*rest == NULL)
        return false;
    const size_t len = strcspn(*rest, separators);

    *item = wf_bytes_of(*rest, len);
    *rest = (*rest)[len] == '\0' ? NULL : *rest + len + 1;
    return true;
}

/* How many bytes of `rest` (behind the '$') spell `name`; 0 when they do not.  A letter
 * directly behind an unbraced name makes it another word for glibc, not for musl. */
static size_t
token_len(struct wf_bytes rest, const char *name, bool musl)
{
    const bool is_curly = rest.len > 0 && rest.data[0] == '{';
    const size_t name_len = strlen(name);
    const struct wf_bytes word = is_curly ? wf_bytes_skip(rest, 1) : rest;

    if (!wf_bytes_starts_with(word, name))
        return 0;
    const uint8_t next = word.len > name_len ? word.data[name_len] : '\0';

    if (is_curly)
        return next == '}' ? name_len + 2 : 0;
    const bool continues = (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') ||
                           (next >= '0' && next <= '9') || next == '_';

    return continues && !musl ? 0 : name_len;
}

/* A path being put together; `over` once it did not fit. */
struct path {
    char text[LONGEST_PATH];
    size_t len;
    bool over;
};

static void
add_bytes(struct path *path, const void *data, size_t len)
{
    if (len >= sizeof path->text - path->len) {
        path->over = true;
        return;
    }
    if (len > 0)
        memcpy(path->text + path->len, data, len);
    path->len += len;
}

/* At the top of a wheel the origin is "", so the slash behind it goes too, and anything
 * but a slash would name a neighbour of site-packages. */
static size_t
add_origin(struct path *path, const char *origin, struct wf_bytes behind)
{
    add_bytes(path, origin, strlen(origin));
    if (*origin != '\0' || behind.len == 0)
        return 0;
    if (behind.data[0] != '/')
        path->over = true;
    return 1;
}

/* Replaces the token at `rest` (which starts with '$'); returns how many bytes it took,
 * 0 when no value is known for it. */
static size_t
add_token(struct path *path, struct wf_bytes rest, const struct wf_tokens *tokens)
{
    const struct wf_bytes word = wf_bytes_skip(rest, 1);
    size_t len = token_len(word, "ORIGIN", tokens->musl);

    if (len > 0)
        return tokens->origin == NULL
                   ? 0
                   : 1 + len + add_origin(path, tokens->origin, wf_bytes_skip(word, len));
    if (tokens->musl)
        return 0;
    const char *value = tokens->lib;

    len = token_len(word, "LIB", false);
    if (len == 0) {
        value = tokens->platform;
        len = token_len(word, "PLATFORM", false);
    }
    if (len == 0) {
        add_bytes(path, "$", 1);
        return 1;
    }
    if (value == NULL)
        return 0;
    add_bytes(path, value, strlen(value));
    return 1 + len;
}

enum wf_expansion
wf_search_path_expand(const char **text, struct wf_arena *arena, struct wf_bytes item,
                      const struct wf_tokens *tokens)
{
    const struct wf_bytes behind = item.len > 0 ? wf_bytes_skip(item, 1) : item;
    const bool starts_with_origin = item.len > 0 && item.data[0] == '$' &&
                                    token_len(behind, "ORIGIN", tokens->musl) > 0;
    struct path path;

    path.len = 0;
    path.over = false;
    while (item.len > 0 && !path.over) {
        size_t len = 0;

        if (item.data[0] == '$') {
            len = add_token(&path, item, tokens);
            if (len == 0)
                return WF_NOT_EXPANDED;
        } else {
            const uint8_t *dollar = memchr(item.data, '$', item.len);

            len = dollar == NULL ? item.len : (size_t)(dollar - item.data);
            add_bytes(&path, item.data, len);
        }
        item = wf_bytes_skip(item, len);
    }
    if (path.over)
        return WF_NOT_EXPANDED;
    *text = wf_arena_str(arena, wf_bytes_of(path.text, path.len));
    return starts_with_origin ? WF_EXPANDED_ORIGIN : WF_EXPANDED;
}

const char *
wf_search_path_in_wheel(struct wf_arena *arena, const char *path)
{
    char *out = wf_arena_alloc(arena, strlen(path) + 1);
    size_t len = 0;

    while (*path != '\0') {
        const size_t part = strcspn(path, "/");

        if (part == 2 && path[0] == '.' && path[1] == '.') {
            if (len == 0)
                return NULL;
            while (len > 0 && out[len - 1] != '/')
                len--;
            if (len > 0)
                len--;
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            if (len > 0)
                out[len++] = '/';
            memcpy(out + len, path, part);
            len += part;
        }
        path += part;
        path += *path == '/';
    }
    out[len] = '\0';
    return out;
}

const char *
wf_search_path_folder(struct wf_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return "";
    if (slash == path)
        return "/";
    return wf_arena_str(arena, wf_bytes_of(path, (size_t)(slash - path)));
}

const char *
wf_search_path_join(struct wf_arena *arena, const char *folder, const char *name)
{
    const size_t len = strlen(folder);
    const bool bare = len == 0 || folder[len - 1] == '/';

    return wf_arena_printf(arena, "%s%s%s", folder, bare ? "" : "/", name);
}
