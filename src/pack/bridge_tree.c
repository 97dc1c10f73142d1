/* bridge_tree.c -- which binding crates a member of a workspace really has. */
#include <string.h>

#include "base/spawn.h"
#include "pack/bridge_parts.h"
#include "pack/cargo_options.h"

enum { LONGEST_LINE = 1 << 16, MOST_WORDS = 1 << 16 };

struct tree {
    struct wf_binding_list *list;
    struct wf_arena *arena;
};

/* Takes what stands before `end` off the front of *rest. */
static bool
cut(struct wf_bytes *out, struct wf_bytes *rest, char end)
{
    const uint8_t *at = rest->len == 0 ? NULL : memchr(rest->data, end, rest->len);

    if (at == NULL)
        return false;
    const size_t len = (size_t)(at - rest->data);

    *out = wf_bytes_first(*rest, len);
    *rest = wf_bytes_skip(*rest, len + 1);
    return true;
}

static bool
names_a_binding(const struct wf_binding_list *list, struct wf_bytes name)
{
    for (size_t i = 0; i < list->num; i++)
        if (wf_bytes_equal_str(name, list->items[i].crate->name))
            return true;
    return false;
}

/* A crate may stand there several times: built for the host and for the target it can have
 * different features. */
static void
add_features(struct wf_binding *binding, struct wf_arena *arena, struct wf_bytes names)
{
    while (names.len > 0) {
        struct wf_bytes name = names;

        if (!cut(&name, &names, ','))
            names = (struct wf_bytes){ 0 };
        if (name.len > 0)
            wf_strings_add(arena, &binding->features, wf_arena_str(arena, name));
    }
}

static void
see(struct wf_binding_list *list, struct wf_arena *arena, struct wf_bytes name,
    struct wf_bytes version, struct wf_bytes features)
{
    for (size_t i = 0; i < list->num; i++) {
        struct wf_binding *binding = &list->items[i];

        if (!wf_bytes_equal_str(name, binding->crate->name) ||
            !wf_bytes_equal_str(version, binding->crate->version))
            continue;
        if (!binding->is_seen)
            binding->features = (struct wf_strings){ 0 };
        binding->is_seen = true;
        add_features(binding, arena, features);
    }
}

/* The source behind the version ("(/a|b)") may hold anything, the features behind the last
 * bar and the mark of a repeated crate do not. */
bool
wf_binding_tree_line(struct wf_binding_list *list, struct wf_arena *arena,
                     struct wf_bytes line, struct wf_error *err)
{
    static const char again[] = " (*)";
    struct wf_bytes rest = line;
    struct wf_bytes name;
    struct wf_bytes version;

    if (!cut(&name, &rest, ' ') || !names_a_binding(list, name))
        return true;
    size_t bar = rest.len;

    while (bar > 0 && rest.data[bar - 1] != '|')
        bar--;
    if (bar == 0 || rest.data[0] != 'v')
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "\"%.*s\" is no line of the form \"name vVERSION|features\"",
                            (int)line.len, (const char *)line.data);
    struct wf_bytes features = wf_bytes_skip(rest, bar);
    struct wf_bytes package = wf_bytes_skip(wf_bytes_first(rest, bar - 1), 1);

    if (features.len >= sizeof again - 1 &&
        memcmp(features.data + features.len - (sizeof again - 1), again,
               sizeof again - 1) == 0)
        features.len -= sizeof again - 1;
    if (!cut(&version, &package, ' '))
        version = package;
    see(list, arena, name, version, features);
    return true;
}

static bool
take_line(void *context, struct wf_bytes line, struct wf_error *err)
{
    struct tree *tree = context;

    return wf_binding_tree_line(tree->list, tree->arena, line, err);
}

static const char *const *
arguments(struct wf_arena *arena, const char *manifest,
          const struct wf_cargo_asked *cargo)
{
    static const char *const first[] = { "cargo", "tree", "--manifest-path" };
    static const char *const shape[] = { "--edges",  "normal,build,dev",
                                         "--prefix", "none",
                                         "--format", "{p}|{f}",
                                         "--color",  "never" };
    struct wf_strings argv = { 0 };

    for (size_t i = 0; i < WF_COUNT(first); i++)
        wf_strings_append(arena, &argv, first[i]);
    wf_strings_append(arena, &argv, manifest);
    for (size_t i = 0; i < WF_COUNT(shape); i++)
        wf_strings_append(arena, &argv, shape[i]);
    wf_cargo_add_locks(&argv, arena, cargo);
    wf_cargo_add_features(&argv, arena, cargo);
    wf_cargo_add_pair(&argv, arena, "--target",
                      cargo->target == NULL ? "all" : cargo->target);
    wf_cargo_add_each(&argv, arena, "-Z", &cargo->unstable);
    wf_strings_append(arena, &argv, NULL);
    return argv.items;
}

static bool
ask_cargo(struct wf_binding_list *list, struct wf_arena *arena, const char *manifest,
          const struct wf_build_asked *asked, struct wf_error *err)
{
    const struct wf_spawn_request request = {
        .argv = arguments(arena, manifest, &asked->cargo),
        .envp = asked->environment_all,
        .folder = asked->folder,
    };
    struct tree tree = { .list = list, .arena = arena };
    struct wf_buffer words;
    int status = 0;

    wf_buffer_init(&words, MOST_WORDS);
    wf_say_command(asked->say, request.argv);
    bool ok =
        wf_spawn_lines(&request, LONGEST_LINE, take_line, &tree, &words, &status, err);

    if (ok && status != 0)
        ok = wf_error_set(err, WF_ERR_REFUSED, "it ended with status %d: %.*s", status,
                          (int)(words.len < 512 ? words.len : 512),
                          (const char *)words.data);
    wf_buffer_clear(&words);
    return ok;
}

void
wf_binding_correct(struct wf_binding_list *list, struct wf_arena *arena,
                   const char *manifest, const struct wf_build_asked *asked)
{
    struct wf_binding_list seen = { 0 };
    struct wf_error err = { 0 };
    size_t num = 0;

    if (list->num == 0)
        return;
    seen.items = wf_arena_array(arena, list->num, sizeof *seen.items);
    memcpy(seen.items, list->items, list->num * sizeof *seen.items);
    seen.num = list->num;
    if (!ask_cargo(&seen, arena, manifest, asked, &err)) {
        wf_say_warning(asked->say,
                       "`cargo tree` could not tell which bindings the crate itself has, "
                       "so those of the whole workspace count: %s",
                       err.text);
        return;
    }
    for (size_t i = 0; i < seen.num; i++)
        if (seen.items[i].is_seen)
            seen.items[num++] = seen.items[i];
    seen.num = num;
    *list = seen;
}
