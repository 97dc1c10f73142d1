/* systems.c -- options that mean something for none of the wheels given are an error. */
#include "cli/systems.h"

#include "base/file.h"
#include "wheel/wheel_name.h"

static unsigned
systems_of_family(enum wf_tag_family family)
{
    switch (family) {
    case WF_TAG_LINUX:
    case WF_TAG_MANYLINUX:
    case WF_TAG_MUSLLINUX:
    case WF_TAG_ANDROID:
        return WF_ON_LINUX;
    case WF_TAG_MACOS:
        return WF_ON_MACOS;
    case WF_TAG_WINDOWS:
        return WF_ON_WINDOWS;
    case WF_TAG_ANY:
    case WF_TAG_IOS:
    case WF_TAG_EMSCRIPTEN:
    case WF_TAG_OTHER:
        break;
    }
    return WF_ON_ALL;
}

static unsigned
systems_of_name(struct wf_arena *arena, const char *base_name)
{
    struct wf_wheel_name name = { 0 };
    struct wf_error err = { 0 };
    unsigned systems = 0;

    if (!wf_wheel_name_parse(&name, arena, base_name, &err))
        return WF_ON_ALL;
    for (size_t i = 0; i < name.num_platforms; i++)
        systems |= systems_of_family(name.platforms[i].family);
    return systems;
}

static unsigned
systems_of_folder(struct wf_arena *arena, const char *path)
{
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;
    unsigned systems = 0;

    if (!wf_folder_list(arena, path, &names, &num, &err))
        return WF_ON_ALL;
    for (size_t i = 0; i < num && systems != WF_ON_ALL; i++) {
        if (wf_text_ends_with(names[i], ".whl"))
            systems |= systems_of_name(arena, names[i]);
    }
    /* A folder without wheels is an error of its own. */
    return systems == 0 ? WF_ON_ALL : systems;
}

unsigned
wf_systems_of_wheels(const struct wf_strings *operands)
{
    struct wf_arena arena = { 0 };
    unsigned systems = 0;

    for (size_t i = 0; i < operands->num && systems != WF_ON_ALL; i++) {
        const char *path = operands->items[i];

        systems |= wf_path_kind(path) == WF_PATH_FOLDER
                       ? systems_of_folder(&arena, path)
                       : systems_of_name(&arena, wf_text_base_name(path));
    }
    wf_arena_clear(&arena);
    return systems;
}

static const char *
words_of_systems(unsigned systems)
{
    switch (systems) {
    case WF_ON_LINUX:
        return "Linux";
    case WF_ON_MACOS:
        return "macOS";
    case WF_ON_WINDOWS:
        return "Windows";
    case WF_ON_LINUX | WF_ON_MACOS:
        return "Linux and macOS";
    case WF_ON_LINUX | WF_ON_WINDOWS:
        return "Linux and Windows";
    case WF_ON_MACOS | WF_ON_WINDOWS:
        return "macOS and Windows";
    default:
        return "all";
    }
}

bool
wf_systems_check(const struct wf_cli *cli, const struct wf_args *args, unsigned systems,
                 struct wf_error *err)
{
    const struct wf_option *rows = cli->command->options;

    for (size_t i = 0; rows[i].name != NULL; i++) {
        if (rows[i].systems != 0 && (rows[i].systems & systems) == 0 &&
            args->values[i].num > 0)
            return wf_error_set(err, WF_ERR_USAGE,
                                "--%s means something for %s wheels only, and none of "
                                "them was given",
                                rows[i].name, words_of_systems(rows[i].systems));
    }
    return true;
}
