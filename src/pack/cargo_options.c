/* cargo_options.c -- cargo's options from two sources (see cargo_options.h). */
#include "pack/cargo_options.h"

#include <string.h>

#include "pack/program.h"

/* What the configuration gave, for the line that says so. */
struct adopted {
    struct wf_arena *arena;
    struct wf_strings keys;
};

static void
adopt(struct adopted *a, const char *key)
{
    wf_strings_append(a->arena, &a->keys, key);
}

static void
adopt_flag(struct adopted *a, bool *value, bool configured, const char *key)
{
    if (*value || !configured)
        return;
    *value = true;
    adopt(a, key);
}

static void
adopt_list(struct adopted *a, struct wf_strings *value,
           const struct wf_strings *configured, const char *key)
{
    if (value->num > 0 || configured->num == 0)
        return;
    *value = *configured;
    adopt(a, key);
}

/* Which profile is taken is decided where cargo runs (pack/build.c); it is told of here. */
static void
tell_profile(struct adopted *a, const struct wf_build_asked *asked,
             const struct wf_settings *settings)
{
    if (asked->cargo.profile != NULL)
        return;
    if (asked->editable && settings->editable_profile != NULL)
        adopt(a, "editable-profile");
    else if (settings->profile != NULL)
        adopt(a, "profile");
}

static bool
has_conditions(const struct wf_feature *feature)
{
    return feature->python_version != NULL || feature->python_implementation != NULL;
}

/* Any configured feature is told of, also where all of them have conditions. */
static void
adopt_features(struct adopted *a, struct wf_cargo_asked *cargo,
               const struct wf_settings *settings)
{
    if (cargo->features.num > 0 || settings->num_features == 0)
        return;
    for (size_t i = 0; i < settings->num_features; i++)
        if (!has_conditions(&settings->features[i]))
            wf_strings_append(a->arena, &cargo->features, settings->features[i].name);
    adopt(a, "features");
}

static void
say_adopted(const struct adopted *a, const struct wf_say *say)
{
    struct wf_buffer list;

    if (a->keys.num == 0)
        return;
    wf_buffer_init(&list, 1024);
    for (size_t i = 0; i < a->keys.num; i++) {
        wf_buffer_add_str(&list, i == 0 ? "" : ", ");
        wf_buffer_add_str(&list, a->keys.items[i]);
    }
    wf_say_step(say, "Using build options %.*s from pyproject.toml", (int)list.len,
                (const char *)list.data);
    wf_buffer_clear(&list);
}

/* Whether one of the words between blanks is `word`. */
static bool
has_word(const char *text, const char *word)
{
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        const size_t len = strcspn(text, " ");

        if (strlen(word) == len && memcmp(text, word, len) == 0)
            return true;
        text += len;
    }
    return false;
}

/* ARCHFLAGS is how builds on macOS are told what for: "-arch x86_64 -arch arm64". */
static const char *
target_of_archflags(const struct wf_build_asked *asked)
{
    /* By whether x86_64 and arm64 are among them. */
    static const char *const targets[2][2] = {
        { NULL, "aarch64-apple-darwin" },
        { "x86_64-apple-darwin", "universal2-apple-darwin" },
    };
    const char *flags = wf_asked_variable(asked, "ARCHFLAGS");
    const char *target =
        flags == NULL ? NULL
                      : targets[has_word(flags, "x86_64")][has_word(flags, "arm64")];

    if (target != NULL)
        wf_say_step(asked->say, "Building for %s by ARCHFLAGS", target);
    return target;
}

static const char *
target_of_environment(const struct wf_build_asked *asked)
{
    const char *target = wf_asked_variable(asked, "CARGO_BUILD_TARGET");

    return target != NULL ? target : target_of_archflags(asked);
}

bool
wf_cargo_options(struct wf_cargo_asked *out, struct wf_arena *arena,
                 const struct wf_project *project, const struct wf_build_asked *asked,
                 struct wf_error *err)
{
    const struct wf_settings *settings = &project->pyproject.settings;
    struct adopted a = { .arena = arena };
    struct wf_cargo_asked cargo = asked->cargo;

    (void)err;
    if (cargo.manifest_path == NULL && settings->manifest_path != NULL)
        adopt(&a, "manifest-path");
    cargo.manifest_path = project->manifest;
    tell_profile(&a, asked, settings);
    adopt_features(&a, &cargo, settings);
    adopt_flag(&a, &cargo.all_features, settings->all_features, "all-features");
    adopt_flag(&a, &cargo.no_default_features, settings->no_default_features,
               "no-default-features");
    adopt_flag(&a, &cargo.frozen, settings->frozen, "frozen");
    adopt_flag(&a, &cargo.locked, settings->locked, "locked");
    adopt_list(&a, &cargo.config, &settings->config, "config");
    adopt_list(&a, &cargo.unstable, &settings->unstable_flags, "unstable-flags");
    if (asked->bindings == WF_BINDINGS_AUTO && settings->bindings != WF_BINDINGS_AUTO)
        adopt(&a, "bindings");
    adopt_list(&a, &cargo.rustc_args, &settings->rustc_args, "rustc-args");
    if (asked->compatibility.num == 0 && settings->compatibility != NULL)
        adopt(&a, "compatibility");
    if (cargo.target == NULL)
        cargo.target = target_of_environment(asked);
    say_adopted(&a, asked->say);
    *out = cargo;
    return true;
}

void
wf_cargo_add_pair(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                  const char *value)
{
    if (value == NULL)
        return;
    wf_strings_append(arena, argv, flag);
    wf_strings_append(arena, argv, value);
}

void
wf_cargo_add_each(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                  const struct wf_strings *values)
{
    for (size_t i = 0; i < values->num; i++)
        wf_cargo_add_pair(argv, arena, flag, values->items[i]);
}

void
wf_cargo_add_flag(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                  bool is_set)
{
    if (is_set)
        wf_strings_append(arena, argv, flag);
}

void
wf_cargo_add_locks(struct wf_strings *argv, struct wf_arena *arena,
                   const struct wf_cargo_asked *cargo)
{
    wf_cargo_add_flag(argv, arena, "--frozen", cargo->frozen);
    wf_cargo_add_flag(argv, arena, "--locked", cargo->locked);
    wf_cargo_add_flag(argv, arena, "--offline", cargo->offline);
}

void
wf_cargo_add_features(struct wf_strings *argv, struct wf_arena *arena,
                      const struct wf_cargo_asked *cargo)
{
    wf_cargo_add_each(argv, arena, "--features", &cargo->features);
    wf_cargo_add_flag(argv, arena, "--all-features", cargo->all_features);
    wf_cargo_add_flag(argv, arena, "--no-default-features", cargo->no_default_features);
}
