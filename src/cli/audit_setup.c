/* audit_setup.c -- from options and environment to what the audit and the search read. */
#include "cli/audit_setup.h"

#include <string.h>

#include "base/file.h"
#include "cli/macos_setup.h"
#include "cli/windows_setup.h"
#include "policy/macos.h"
#include "wheel/tags.h"

/* The value of a variable that is set to something, else NULL. */
static const char *
variable(const struct wf_cli *cli, const char *name)
{
    const char *value = cli->environment(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

void
wf_setup_split(struct wf_strings *out, struct wf_arena *arena, const char *list)
{
    while (*list != '\0') {
        const size_t len = strcspn(list, ":;");

        if (len > 0)
            wf_strings_append(arena, out, wf_arena_printf(arena, "%.*s", (int)len, list));
        list += len;
        list += *list != '\0';
    }
}

void
wf_setup_list(struct wf_strings *out, struct wf_cli *cli, const struct wf_args *args,
              const char *name)
{
    const struct wf_strings *lists = wf_args_list(cli, args, name);

    for (size_t i = 0; i < lists->num; i++)
        wf_setup_split(out, &cli->arena, lists->items[i]);
}

bool
wf_setup_search(struct wf_search *search, struct wf_cli *cli, const struct wf_args *args,
                struct wf_error *err)
{
    static const char *const named[] = { "WHEELFIX_LD_LIBRARY_PATH",
                                         "AUDITWHEEL_LD_LIBRARY_PATH" };

    wf_setup_list(&search->lib_path, cli, args, "lib-path");
    for (size_t i = 0; i < search->lib_path.num; i++)
        if (wf_path_kind(search->lib_path.items[i]) != WF_PATH_FOLDER)
            wf_cli_warn(cli, "warning: --lib-path %s: no such folder",
                        search->lib_path.items[i]);
    wf_setup_list(&search->excludes, cli, args, "exclude");
    wf_setup_list(&search->includes, cli, args, "include");
    search->environment = variable(cli, "LD_LIBRARY_PATH");
    search->environment_name = "LD_LIBRARY_PATH";
    for (size_t i = 0; i < WF_COUNT(named) && search->named_environment == NULL; i++) {
        search->named_environment = variable(cli, named[i]);
        search->named_environment_name = named[i];
    }
    wf_macos_read_search(search, cli, args);
    if (!wf_windows_read_search(search, cli, args, err))
        return false;
    search->ldpaths = wf_args_value(cli, args, "ldpaths");
    search->sysroot = wf_args_value(cli, args, "sysroot");
    search->use_host = search->sysroot == NULL;
    if (search->sysroot != NULL && wf_path_kind(search->sysroot) != WF_PATH_FOLDER)
        return wf_error_set(err, WF_ERR_USAGE, "--sysroot %.500s: no such folder",
                            search->sysroot);
    return true;
}

static bool
add_policy_file(const struct wf_policies **set, struct wf_cli *cli, const char *path,
                struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, cli->limits.text_bytes);
    const bool ok = wf_file_read_whole(&text, path, err) &&
                    wf_policies_load(set, &cli->arena, *set, wf_buffer_bytes(&text), err);

    if (!ok)
        wf_error_prefix(err, "%s", path);
    wf_buffer_clear(&text);
    return ok;
}

bool
wf_setup_policies(const struct wf_policies **out, struct wf_cli *cli,
                  const struct wf_args *args, struct wf_error *err)
{
    const struct wf_strings *files = wf_args_list(cli, args, "policy-file");
    const struct wf_policies *set = wf_policies_builtin();

    for (size_t i = 0; i < files->num; i++) {
        if (!add_policy_file(&set, cli, files->items[i], err))
            return false;
    }
    *out = set;
    return true;
}

static bool
has_policy_below(const struct wf_policies *policies, enum wf_policy_family family,
                 const struct wf_platform_tag *tag)
{
    return tag->arch != WF_ARCH_UNKNOWN &&
           wf_policies_not_above(policies, family, tag->arch, tag->major, tag->minor) !=
               NULL;
}

static bool
is_known_tag(const struct wf_policies *policies, const struct wf_platform_tag *tag)
{
    switch (tag->family) {
    case WF_TAG_MANYLINUX:
        return has_policy_below(policies, WF_POLICY_MANYLINUX, tag);
    case WF_TAG_MUSLLINUX:
        return has_policy_below(policies, WF_POLICY_MUSLLINUX, tag);
    case WF_TAG_ANDROID:
        return has_policy_below(policies, WF_POLICY_ANDROID, tag);
    case WF_TAG_LINUX:
        return tag->arch != WF_ARCH_UNKNOWN;
    case WF_TAG_MACOS:
        return wf_macos_word_find(tag->arch_word) != NULL;
    case WF_TAG_WINDOWS:
    case WF_TAG_IOS:
    case WF_TAG_EMSCRIPTEN:
        return true;
    case WF_TAG_ANY:
    case WF_TAG_OTHER:
        break;
    }
    return false;
}

bool
wf_setup_plat(struct wf_cli *cli, const struct wf_policies *policies, const char *plat,
              struct wf_error *err)
{
    struct wf_platform_tag tag = wf_platform_tag_parse(&cli->arena, plat);

    if (is_known_tag(policies, &tag) || wf_policies_find(policies, plat) != NULL)
        return true;
    /* Without its architecture: known if it is with any. */
    for (int arch = WF_ARCH_UNKNOWN + 1; arch < WF_ARCH_COUNT; arch++) {
        tag = wf_platform_tag_parse(&cli->arena,
                                    wf_arena_printf(&cli->arena, "%s_%s", plat,
                                                    wf_arch_name((enum wf_arch)arch)));
        if (is_known_tag(policies, &tag))
            return true;
    }
    if (wf_text_starts_with(plat, "macosx_"))
        return wf_error_set(err, WF_ERR_USAGE,
                            "--plat: unknown tag \"%.200s\"; tags of macOS are "
                            "macosx_MAJOR_MINOR_ARCH, with x86_64, arm64 or universal2",
                            plat);
    const char *nearest = wf_policies_suggest(policies, &cli->arena, plat);

    if (nearest != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--plat: unknown tag \"%.200s\"; did you "
                            "mean %s?",
                            plat, nearest);
    return wf_error_set(err, WF_ERR_USAGE,
                        "--plat: unknown tag \"%.200s\"; '%s policies' lists them", plat,
                        wf_cli_program());
}
