/* macos_setup.c -- options and environment that speak of macOS wheels. */
#include "cli/macos_setup.h"

#include <string.h>

#include "policy/macos.h"

enum { MOST_PARTS = 3, LARGEST_MAJOR = 0xffff, LARGEST_PART = 0xff };

/* The value of a variable that is set to something, else NULL. */
static const char *
variable(const struct wf_cli *cli, const char *name)
{
    const char *value = cli->environment(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

void
wf_macos_read_search(struct wf_search *search, const struct wf_cli *cli,
                     const struct wf_args *args)
{
    search->dyld_path = variable(cli, "DYLD_LIBRARY_PATH");
    search->dyld_fallback_path = variable(cli, "DYLD_FALLBACK_LIBRARY_PATH");
    search->executable_path = wf_args_value(cli, args, "executable-path");
}

/* "11", "10.9", "12.0.1", packed as load commands have it. */
static bool
parse_version(uint32_t *out, const char *text)
{
    uint64_t parts[MOST_PARTS] = { 0 };
    size_t num = 0;

    for (;;) {
        const size_t len = strcspn(text, ".");

        if (num == MOST_PARTS || !wf_text_decimal(&parts[num], wf_bytes_of(text, len)))
            return false;
        if (parts[num] > (num == 0 ? LARGEST_MAJOR : LARGEST_PART))
            return false;
        num++;
        text += len;
        if (*text == '\0')
            break;
        text++;
    }
    if (parts[0] == 0)
        return false;
    *out = (uint32_t)(parts[0] << 16 | parts[1] << 8 | parts[2]);
    return true;
}

bool
wf_macos_read_target(struct wf_audit_options *audit, const struct wf_cli *cli,
                     const struct wf_args *args, unsigned systems, struct wf_error *err)
{
    const char *text = wf_args_value(cli, args, "require-target-macos-version");

    audit->macos_target_name = "--require-target-macos-version";
    if (text == NULL && (systems & WF_ON_MACOS) != 0) {
        text = variable(cli, "MACOSX_DEPLOYMENT_TARGET");
        audit->macos_target_name = "MACOSX_DEPLOYMENT_TARGET";
    }
    if (text == NULL || parse_version(&audit->macos_target, text))
        return true;
    return wf_error_set(err, WF_ERR_USAGE,
                        "%s takes a version of macOS, such as 10.13 or 11.0, not "
                        "\"%.100s\"",
                        audit->macos_target_name, text);
}

static void
add_once(struct wf_strings *out, struct wf_arena *arena, const char *arch)
{
    if (!wf_strings_has(out, arch))
        wf_strings_append(arena, out, arch);
}

static bool
add_word(struct wf_strings *out, struct wf_arena *arena, const char *text,
         struct wf_error *err)
{
    static const char *const usual[] = { "x86_64", "arm64", "universal2", "intel" };
    const struct wf_macos_word *word = wf_macos_word_find(text);

    for (size_t i = 0; word != NULL && i < word->num_archs; i++)
        add_once(out, arena, word->archs[i]);
    if (word != NULL)
        return true;
    const char *nearest = wf_text_nearest(text, usual, WF_COUNT(usual));

    return wf_error_set(
        err, WF_ERR_USAGE,
        "--require-archs takes x86_64, arm64, universal2, intel or a list "
        "of such, not \"%.100s\"%s%s%s",
        text, nearest == NULL ? "" : "; did you mean ", nearest == NULL ? "" : nearest,
        nearest == NULL ? "" : "?");
}

bool
wf_macos_read_archs(struct wf_strings *out, struct wf_arena *arena, const char *list,
                    struct wf_error *err)
{
    for (;;) {
        list += strspn(list, " ");
        const size_t len = strcspn(list, ",");
        size_t kept = len;

        while (kept > 0 && list[kept - 1] == ' ')
            kept--;
        if (!add_word(out, arena, wf_arena_printf(arena, "%.*s", (int)kept, list), err))
            return false;
        if (list[len] == '\0')
            return true;
        list += len + 1;
    }
}
