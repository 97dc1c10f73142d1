/* windows_setup.c -- options and environment that speak of Windows wheels. */
#include "cli/windows_setup.h"

#include <string.h>

#include "cli/audit_setup.h"

/* In the order of enum wf_windows_release. */
const char *const wf_windows_min_choices[] = { "7", "8.1", "10", "11", NULL };

static bool
contradict(struct wf_error *err, const char *one, const char *other)
{
    return wf_error_set(err, WF_ERR_USAGE, "--%s and --%s contradict each other", one,
                        other);
}

/* Empty and relative folders would depend on where the tool is started. */
static void
add_path_folders(struct wf_search *search, struct wf_cli *cli)
{
    const char *path = cli->environment("PATH");
    struct wf_strings folders = { 0 };

    if (path != NULL)
        wf_setup_split(&folders, &cli->arena, path);
    for (size_t i = 0; i < folders.num; i++)
        if (folders.items[i][0] == '/')
            wf_strings_append(&cli->arena, &search->use_path, folders.items[i]);
}

bool
wf_windows_read_search(struct wf_search *search, struct wf_cli *cli,
                       const struct wf_args *args, struct wf_error *err)
{
    search->no_search_wheel = wf_args_count(cli, args, "no-search-wheel") > 0;
    if (search->no_search_wheel && wf_args_count(cli, args, "ignore-existing") > 0)
        return contradict(err, "ignore-existing", "no-search-wheel");
    if (wf_args_count(cli, args, "use-path") > 0)
        add_path_folders(search, cli);
    return true;
}

/* A name that both lists have, before anybody wonders which of them won. */
static bool
check_lists(const struct wf_search *search, struct wf_cli *cli, struct wf_error *err)
{
    const struct wf_strings *includes = &search->includes;
    const struct wf_strings *excludes = &search->excludes;

    for (size_t k = 0; k < excludes->num; k++) {
        const char *exclude = wf_text_lower(&cli->arena, excludes->items[k]);

        for (size_t i = 0; i < includes->num; i++)
            if (wf_text_glob(exclude, wf_text_lower(&cli->arena, includes->items[i])))
                return wf_error_set(err, WF_ERR_USAGE,
                                    "--include %.200s and --exclude %.200s contradict "
                                    "each other",
                                    includes->items[i], excludes->items[k]);
    }
    return true;
}

static bool
check_names(const char *option, const struct wf_strings *names, struct wf_error *err)
{
    for (size_t i = 0; i < names->num; i++)
        for (const char *c = names->items[i]; *c != '\0'; c++)
            if ((unsigned char)*c < ' ' || strchr("<>\"/\\|", *c) != NULL)
                return wf_error_set(err, WF_ERR_USAGE,
                                    "--%s takes names of DLLs for Windows wheels, not "
                                    "\"%.200s\"",
                                    option, names->items[i]);
    return true;
}

/* A DLL is looked for by its name, which nothing else in the wheel may have: all that a
 * pattern fits in a folder would be too much. */
static bool
check_includes(const struct wf_strings *names, struct wf_error *err)
{
    for (size_t i = 0; i < names->num; i++)
        if (strpbrk(names->items[i], "*?") != NULL)
            return wf_error_set(err, WF_ERR_USAGE,
                                "--include takes whole names of DLLs for Windows wheels, "
                                "no patterns, not \"%.200s\"",
                                names->items[i]);
    return check_names("include", names, err);
}

static bool
check_foreign(struct wf_cli *cli, const struct wf_args *args, struct wf_error *err)
{
    if (wf_args_count(cli, args, "test") > 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--test is for the tests of delvewheel itself, and %s has "
                            "no such paths to force",
                            wf_cli_program());
    if (wf_args_count(cli, args, "extract-dir") > 0)
        wf_cli_warn(cli, "note: --extract-dir is ignored: wheels are not unpacked");
    return true;
}

bool
wf_windows_read_audit(struct wf_audit_options *audit, struct wf_cli *cli,
                      const struct wf_args *args, unsigned systems, struct wf_error *err)
{
    const char *min = wf_args_value(cli, args, "windows-min");
    const struct wf_search *search = &audit->search;
    int release = WF_WINDOWS_10;

    for (int i = 0; min != NULL && wf_windows_min_choices[i] != NULL; i++)
        if (strcmp(min, wf_windows_min_choices[i]) == 0)
            release = i;
    audit->windows_min = (enum wf_windows_release)release;
    audit->analyze_existing = wf_args_count(cli, args, "analyze-existing") > 0;
    audit->analyze_existing_exes = wf_args_count(cli, args, "analyze-existing-exes") > 0;
    if (!check_foreign(cli, args, err))
        return false;
    if ((systems & WF_ON_WINDOWS) != 0 && !check_lists(search, cli, err))
        return false;
    return systems != WF_ON_WINDOWS || (check_includes(&search->includes, err) &&
                                        check_names("exclude", &search->excludes, err));
}

/* Letters as Python takes them, which are more than those of ASCII. */
static bool
is_package_name(const char *text)
{
    bool at_start = true;

    for (const char *c = text; *c != '\0'; c++) {
        const bool is_digit = *c >= '0' && *c <= '9';
        const bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                               *c == '_' || (unsigned char)*c >= 0x80;

        if (*c == '.' ? at_start : !is_letter && (at_start || !is_digit))
            return false;
        at_start = *c == '.';
    }
    return !at_start && wf_utf8_is_valid(wf_bytes_str(text));
}

static bool
read_namespaces(struct wf_repair_options *options, struct wf_cli *cli,
                const struct wf_args *args, struct wf_error *err)
{
    struct wf_strings *names = &options->namespace_pkgs;

    wf_setup_list(names, cli, args, "namespace-pkg");
    for (size_t i = 0; i < names->num; i++)
        if (!is_package_name(names->items[i]))
            return wf_error_set(err, WF_ERR_USAGE,
                                "--namespace-pkg takes names of packages, such as "
                                "corp.tools, not \"%.200s\"",
                                names->items[i]);
    if (options->custom_patch && names->num > 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--custom-patch has the places of the patch marked in the "
                            "files, so --namespace-pkg says nothing beside it");
    return true;
}

/* What a file name on Windows cannot hold or end with. */
static bool
check_folder(const char *suffix, struct wf_error *err)
{
    const size_t len = strlen(suffix);

    if (strpbrk(suffix, "<>\"|?*") == NULL && suffix[len - 1] != '.' &&
        suffix[len - 1] != ' ')
        return true;
    return wf_error_set(err, WF_ERR_USAGE,
                        "--lib-sdir takes the end of a folder's name on Windows, not "
                        "\"%.200s\"",
                        suffix);
}

bool
wf_windows_read_repair(struct wf_repair_options *options, struct wf_cli *cli,
                       const struct wf_args *args, unsigned systems, struct wf_error *err)
{
    options->no_mangle_all = wf_args_count(cli, args, "no-mangle-all") > 0;
    options->with_mangle = wf_args_count(cli, args, "with-mangle") > 0;
    options->custom_patch = wf_args_count(cli, args, "custom-patch") > 0;
    options->include_symbols = wf_args_count(cli, args, "include-symbols") > 0;
    options->include_imports = wf_args_count(cli, args, "include-imports") > 0;
    if (options->with_mangle && options->no_mangle_all)
        return contradict(err, "with-mangle", "no-mangle-all");
    if (options->with_mangle && wf_args_count(cli, args, "no-search-wheel") > 0)
        return contradict(err, "with-mangle", "no-search-wheel");
    if (systems == WF_ON_WINDOWS && !check_names("no-mangle", &options->no_mangle, err))
        return false;
    if ((systems & WF_ON_WINDOWS) != 0 && options->lib_sdir != NULL &&
        !check_folder(options->lib_sdir, err))
        return false;
    return read_namespaces(options, cli, args, err);
}
