/* rustflags.c -- the flags of rustc that cargo would take (The Cargo Book, "Configuration",
 * build.rustflags), for those cases where we add some: ours then replace cargo's. */
#include <string.h>

#include "base/file.h"
#include "pack/compile_parts.h"
#include "pack/program.h"

enum { MOST_CONFIG = 1 << 20, MOST_CFG = 1 << 20, MOST_FILES = 256 };

/* One configuration, with where it is from for messages. */
struct config {
    const char *path;
    const struct wf_toml *root;
};

/* All of them, the weakest first. */
struct configs {
    struct wf_arena *arena;
    const struct wf_build_asked *asked;
    struct config items[MOST_FILES];
    size_t num;
    size_t num_files; /* those behind are of --config */
};

static const char *
variable(const struct wf_build_asked *asked, const char *name)
{
    return asked->environment == NULL ? NULL : asked->environment(name);
}

/* Words of a text without quotes, as cargo splits it. */
static void
split(struct wf_strings *out, struct wf_arena *arena, const char *text, const char *ends)
{
    for (;;) {
        const size_t len = strcspn(text, ends);

        if (len > 0)
            wf_strings_append(arena, out, wf_arena_str(arena, wf_bytes_of(text, len)));
        if (text[len] == '\0')
            return;
        text += len + 1;
    }
}

/* What is set but empty counts as well: it turns the weaker sources off. */
static bool
from_environment(struct wf_strings *out, struct wf_arena *arena,
                 const struct wf_build_asked *asked)
{
    const char *encoded = variable(asked, "CARGO_ENCODED_RUSTFLAGS");
    const char *plain = variable(asked, "RUSTFLAGS");

    if (encoded != NULL)
        split(out, arena, encoded, "\x1f");
    else if (plain != NULL)
        split(out, arena, plain, " ");
    return encoded != NULL || plain != NULL;
}

static bool
add_config(struct configs *c, const char *path, struct wf_bytes text,
           struct wf_error *err)
{
    if (c->num == MOST_FILES)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "there are more than %d configurations of cargo", MOST_FILES);
    c->items[c->num].path = path;
    if (!wf_toml_parse(&c->items[c->num].root, c->arena, text, err))
        return wf_error_prefix(err, "%s", path);
    c->num++;
    return true;
}

static bool
read_config(struct configs *c, const char *path, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_CONFIG);
    const bool ok =
        (wf_file_read_whole(&text, path, err) || wf_error_prefix(err, "%s", path)) &&
        add_config(c, path, wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    return ok;
}

/* Of both names cargo takes the old one, and says so itself. */
static const char *
config_in(struct wf_arena *arena, const char *folder)
{
    static const char *const names[] = { "config", "config.toml" };

    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const char *path = wf_arena_printf(arena, "%s/%s", folder, names[i]);

        if (wf_path_kind(path) == WF_PATH_FILE)
            return path;
    }
    return NULL;
}

static const char *
cargo_home(const struct configs *c)
{
    const char *home = variable(c->asked, "CARGO_HOME");
    const char *user = variable(c->asked, "HOME");

    if (home != NULL && home[0] != '\0')
        return home[0] == '/'
                   ? home
                   : wf_arena_printf(c->arena, "%s/%s", c->asked->folder, home);
    return user == NULL ? NULL : wf_arena_printf(c->arena, "%s/.cargo", user);
}

/* cargo's own folder first, then from the root to where cargo runs. */
static bool
read_files(struct configs *c, struct wf_error *err)
{
    const char *home = cargo_home(c);
    const char *home_config = home == NULL ? NULL : config_in(c->arena, home);
    const char *folder = c->asked->folder;

    if (home_config != NULL && !read_config(c, home_config, err))
        return false;
    for (size_t len = 0; folder[len] != '\0'; len++) {
        if (folder[len + 1] != '/' && folder[len + 1] != '\0')
            continue;
        const char *above = wf_arena_printf(c->arena, "%.*s/.cargo",
                                            (int)(len == 0 ? 0 : len + 1), folder);
        const char *path = config_in(c->arena, above);

        if (path != NULL && (home == NULL || strcmp(above, home) != 0) &&
            !read_config(c, path, err))
            return false;
    }
    return true;
}

/* --config is a file, or "key=value" in TOML. */
static bool
read_asked(struct configs *c, struct wf_error *err)
{
    const struct wf_strings *asked = &c->asked->cargo.config;

    for (size_t i = 0; i < asked->num; i++) {
        const char *value = asked->items[i];
        const char *path =
            value[0] == '/' ? value
                            : wf_arena_printf(c->arena, "%s/%s", c->asked->folder, value);
        const bool ok = wf_path_kind(path) == WF_PATH_FILE
                            ? read_config(c, path, err)
                            : add_config(c, "--config", wf_bytes_str(value), err);

        if (!ok)
            return false;
    }
    return true;
}

static void
add_variable(struct wf_strings *out, struct configs *c, const char *name)
{
    const char *value = name == NULL ? NULL : variable(c->asked, name);

    if (value != NULL)
        split(out, c->arena, value, " ");
}

/* Lists of several configurations are joined; of texts, and of both, the strongest wins.
 * The variable (or NULL) is stronger than files and weaker than --config. */
static bool
gather(struct wf_strings *out, struct configs *c, const char *table, const char *key,
       const char *variable_name, struct wf_error *err)
{
    const char *name =
        key == NULL ? table : wf_arena_printf(c->arena, "%s.%s", table, key);

    for (size_t i = 0; i < c->num; i++) {
        if (i == c->num_files)
            add_variable(out, c, variable_name);
        const struct wf_toml *of = wf_toml_get(c->items[i].root, table);
        const struct wf_toml *value =
            wf_toml_get(key == NULL ? of : wf_toml_get(of, key), "rustflags");

        if (value == NULL)
            continue;
        if (value->kind == WF_TOML_STRING) {
            *out = (struct wf_strings){ 0 };
            split(out, c->arena, value->string, " ");
            continue;
        }
        struct wf_strings more = { 0 };

        if (!wf_toml_want_strings(&more, c->arena, value,
                                  wf_arena_printf(c->arena, "%s.rustflags", name), err))
            return wf_error_prefix(err, "%s", c->items[i].path);
        for (size_t j = 0; j < more.num; j++)
            wf_strings_append(c->arena, out, more.items[j]);
    }
    if (c->num == c->num_files)
        add_variable(out, c, variable_name);
    return true;
}

/* CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS */
static const char *
variable_of_target(struct wf_arena *arena, const char *triple)
{
    char *name = wf_arena_printf(arena, "CARGO_TARGET_%s_RUSTFLAGS", triple);

    for (char *c = name; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        else if (*c == '-' || *c == '.')
            *c = '_';
    return name;
}

/* The conditions of all configurations that come with flags, in byte order. */
static void
list_conditions(struct wf_strings *out, const struct configs *c)
{
    for (size_t i = 0; i < c->num; i++) {
        const struct wf_toml *targets = wf_toml_get(c->items[i].root, "target");

        if (targets == NULL || targets->kind != WF_TOML_TABLE)
            continue;
        for (const struct wf_toml *t = targets->first; t != NULL; t = t->next)
            if (wf_text_starts_with(t->key, "cfg(") &&
                wf_toml_get(t, "rustflags") != NULL)
                wf_strings_append(c->arena, out, t->key);
    }
    wf_strings_sort(out);
}

static bool
ask_rustc(struct wf_strings *lines, struct configs *c, const char *triple,
          struct wf_error *err)
{
    const char *const arguments[] = { "--print", "cfg", "--target", triple, NULL };
    struct wf_buffer out;
    struct wf_bytes line;

    wf_buffer_init(&out, MOST_CFG);
    const bool ok = wf_rustc_ask(&out, c->asked, arguments, NULL, err);
    struct wf_bytes rest = wf_buffer_bytes(&out);

    while (ok && wf_bytes_line(&line, &rest))
        wf_strings_append(c->arena, lines, wf_arena_str(c->arena, line));
    wf_buffer_clear(&out);
    return ok;
}

static bool
gather_conditions(struct wf_strings *out, struct configs *c, const char *triple,
                  struct wf_error *err)
{
    struct wf_strings conditions = { 0 };
    struct wf_strings lines = { 0 };

    list_conditions(&conditions, c);
    if (conditions.num > 0 && !ask_rustc(&lines, c, triple, err))
        return false;
    for (size_t i = 0; i < conditions.num; i++) {
        struct wf_strings more = { 0 };
        bool matches = false;

        if (!wf_cfg_matches(&matches, conditions.items[i], &lines, err))
            return wf_error_prefix(err, "cargo's configuration");
        if (matches && !gather(&more, c, "target", conditions.items[i], NULL, err))
            return false;
        for (size_t j = 0; j < more.num; j++)
            wf_strings_append(c->arena, out, more.items[j]);
    }
    return true;
}

bool
wf_rustflags_effective(struct wf_strings *out, struct wf_arena *arena,
                       const struct wf_build_asked *asked, const char *triple,
                       struct wf_error *err)
{
    struct configs c = { .arena = arena, .asked = asked };
    struct wf_strings flags = { 0 };

    if (from_environment(out, arena, asked))
        return true;
    if (!read_files(&c, err))
        return false;
    c.num_files = c.num;
    if (!read_asked(&c, err) ||
        !gather(&flags, &c, "target", triple, variable_of_target(arena, triple), err) ||
        !gather_conditions(&flags, &c, triple, err))
        return false;
    if (flags.num == 0 &&
        !gather(&flags, &c, "build", NULL, "CARGO_BUILD_RUSTFLAGS", err))
        return false;
    for (size_t i = 0; i < flags.num; i++)
        wf_strings_append(arena, out, flags.items[i]);
    return true;
}
