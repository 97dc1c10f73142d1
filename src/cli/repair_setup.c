/* repair_setup.c -- the options of `wheelfix repair`. */
#include <string.h>

#include "base/utf8.h"
#include "cli/audit_setup.h"
#include "cli/macos_setup.h"
#include "cli/repair_run.h"
#include "cli/systems.h"
#include "cli/windows_setup.h"

static const char *const format_choices[] = { "text", "json", NULL };
static const char *const level_choices[] = { "note", "warning", "failure", NULL };
static const char *const strip_choices[] = { "debug", "unneeded", "all", NULL };
static const char *const sign_choices[] = { "auto", "always", NULL };

const struct wf_option wf_repair_option_table[] = {
    { .name = "plat",
      .argument = "TAG|auto",
      .about = "the platform tag to reach (its architecture may be left out); auto, the "
               "standard, is the best one" },
    { .name = "wheel-dir",
      .letter = 'w',
      .argument = "DIR",
      .about = "where repaired wheels go: wheelhouse/ unless given" },
    { .name = "in-place", .about = "put the result where its source is, in place of it" },
    { .name = "dry-run", .about = "print the plan and write nothing" },
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: for people, or one document",
      .choices = format_choices },
    { .name = "lib-sdir",
      .letter = 'L',
      .argument = "SUFFIX",
      .about = "bundled libraries go to the folder NAME + SUFFIX, .libs unless given; "
               "macOS: to the folder SUFFIX in the package, .dylibs unless given" },
    { .name = "no-update-tags", .about = "leave the file name and WHEEL as they are" },
    { .name = "only-plat", .about = "add no better tag than the one asked for" },
    { .name = "exclude",
      .letter = 'e',
      .argument = "GLOB",
      .repeats = true,
      .about = "do not bundle libraries whose name or path matches GLOB" },
    { .name = "no-dll",
      .argument = "GLOB",
      .repeats = true,
      .about = "another name of --exclude",
      .same_as = "exclude" },
    { .name = "include",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle libraries whose name or path matches GLOB in any case; a plain "
               "name also when nothing needs it" },
    { .name = "add-dll",
      .argument = "GLOB",
      .repeats = true,
      .about = "another name of --include",
      .same_as = "include" },
    { .name = "include-only",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle no other libraries than those that match" },
    { .name = "no-mangle",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle matching libraries under the name they have" },
    { .name = "strip",
      .argument = "debug|unneeded|all",
      .standard = "all",
      .about = "take debug information, or all symbols, out of every object; Windows: "
               "only out of files that have no room for longer names",
      .choices = strip_choices },
    { .name = "debug-dir",
      .argument = "DIR",
      .about = "keep what --strip takes out as separate debug files in DIR",
      .systems = WF_ON_LINUX },
    { .name = "clear-exec-stack",
      .about = "take the mark for an executable stack off",
      .systems = WF_ON_LINUX },
    { .name = "sbom",
      .about = "list bundled libraries in the wheel as CycloneDX (the standard)" },
    { .name = "no-sbom", .about = "do not list them" },
    { .name = "zip-compression-level",
      .letter = 'z',
      .argument = "LEVEL",
      .about = "0 (store) to 12; unchanged members are compressed anew, too" },
    { .name = "fail-on",
      .argument = "note|warning|failure",
      .about = "exit with 1 when the plan says something of this severity or above",
      .choices = level_choices },
    WF_SEARCH_OPTIONS,
    WF_POLICY_OPTION,
    { .name = "disable-isa-ext-check",
      .about = "ignore marks of processors above the baseline (x86-64-v2 to v4)",
      .systems = WF_ON_LINUX },
    { .name = "dylibs-only",
      .letter = 'd',
      .about = "macOS: look only at files named *.so and *.dylib, and bundle no others",
      .systems = WF_ON_MACOS },
    WF_EXECUTABLE_PATH_OPTION,
    { .name = "ignore-missing-dependencies",
      .about = "macOS: leave names of libraries that were not found as they are",
      .systems = WF_ON_MACOS },
    { .name = "sanitize-rpaths",
      .about = "macOS: drop search paths that other machines do not have (the standard)",
      .systems = WF_ON_MACOS },
    { .name = "no-sanitize-rpaths",
      .about = "macOS: keep all search paths",
      .systems = WF_ON_MACOS },
    { .name = "check-archs",
      .letter = 'k',
      .about = "macOS: refuse when what a module loads lacks one of its architectures",
      .systems = WF_ON_MACOS },
    { .name = "require-archs",
      .argument = "ARCHS",
      .about = "macOS: refuse when a module, or what it loads, lacks one of these "
               "(x86_64,arm64; universal2; intel)",
      .systems = WF_ON_MACOS },
    WF_MACOS_TARGET_OPTION,
    { .name = "sign",
      .argument = "auto|always",
      .about = "macOS: sign edited x86_64 code only where it was signed (the standard), "
               "or always; arm64 code is always signed",
      .choices = sign_choices,
      .systems = WF_ON_MACOS },
    WF_WINDOWS_SEARCH_OPTIONS,
    WF_WINDOWS_ROOT_OPTIONS,
    { .name = "no-mangle-all",
      .about = "Windows: bundle every DLL under the name it has",
      .systems = WF_ON_WINDOWS },
    { .name = "with-mangle",
      .about =
          "Windows: give what DLLs of the wheel need other names, too, and edit them",
      .systems = WF_ON_WINDOWS },
    { .name = "namespace-pkg",
      .argument = "NAMES",
      .repeats = true,
      .about = "Windows: packages (corp.tools) that are namespaces although they look "
               "like others",
      .systems = WF_ON_WINDOWS },
    { .name = "custom-patch",
      .about = "Windows: patch Python files only where they say '# delvewheel: patch'",
      .systems = WF_ON_WINDOWS },
    { .name = "include-symbols",
      .about = "Windows: bundle the X.pdb beside a bundled X.dll, too",
      .systems = WF_ON_WINDOWS },
    { .name = "include-imports",
      .about = "Windows: bundle the X.lib beside a bundled X.dll, too",
      .systems = WF_ON_WINDOWS },
    { .name = "no-diagnostic", .hidden = true },
    { .name = "allow-pure-python-wheel",
      .about = "accepted for auditwheel's users: wheels without native code are always "
               "copied" },
    { .name = "patcher",
      .argument = "NAME",
      .about = "accepted for auditwheel's users, and ignored: the editor is built in",
      .systems = WF_ON_LINUX },
    { .name = NULL },
};

/* The value of our variable, or else of theirs; an empty one counts as unset.  `out_name`
 * is the one that was taken. */
static const char *
variable(const char **out_name, const struct wf_cli *cli, const char *ours,
         const char *theirs)
{
    const char *value = cli->environment(ours);

    *out_name = ours;
    if (value == NULL || value[0] == '\0') {
        value = cli->environment(theirs);
        *out_name = theirs;
    }
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool
read_level(struct wf_repair_run *repair, const struct wf_args *args, struct wf_error *err)
{
    const char *text = wf_args_value(repair->cli, args, "zip-compression-level");
    const char *source = "--zip-compression-level";
    uint64_t level;

    if (text == NULL)
        text = variable(&source, repair->cli, "WHEELFIX_ZIP_COMPRESSION_LEVEL",
                        "AUDITWHEEL_ZIP_COMPRESSION_LEVEL");
    repair->options.level = -1;
    if (text == NULL)
        return true;
    if (!wf_text_decimal(&level, wf_bytes_str(text)) || level > WF_DEFLATE_MAX_LEVEL)
        return wf_error_set(err, WF_ERR_USAGE, "%s takes 0 to %d, not \"%.100s\"", source,
                            WF_DEFLATE_MAX_LEVEL, text);
    repair->options.level = (int)level;
    return true;
}

/* 1980-01-01, the earliest an archive can say. */
enum { EARLIEST = 315532800 };

static bool
read_time(struct wf_repair_run *repair, struct wf_error *err)
{
    const char *text = repair->cli->environment("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;

    repair->options.time = EARLIEST;
    if (text == NULL || text[0] == '\0')
        return true;
    if (!wf_text_decimal(&seconds, wf_bytes_str(text)) || seconds > INT64_MAX)
        return wf_error_set(err, WF_ERR_USAGE,
                            "SOURCE_DATE_EPOCH is \"%.100s\"; seconds since 1970 are "
                            "expected",
                            text);
    if (seconds > EARLIEST)
        repair->options.time = (int64_t)seconds;
    return true;
}

bool
wf_repair_setup_archive(struct wf_repair_run *repair, const struct wf_args *args,
                        struct wf_error *err)
{
    return read_level(repair, args, err) && read_time(repair, err);
}

static bool
read_plat(struct wf_repair_run *repair, const struct wf_args *args, struct wf_error *err)
{
    struct wf_repair_options *options = &repair->options;
    const char *name = NULL;

    options->plat = wf_args_value(repair->cli, args, "plat");
    if (options->plat == NULL) {
        options->plat = variable(&name, repair->cli, "WHEELFIX_PLAT", "AUDITWHEEL_PLAT");
        options->plat_is_preset = options->plat != NULL;
    }
    if (options->plat != NULL && strcmp(options->plat, "auto") == 0)
        options->plat = NULL;
    if (options->plat == NULL)
        return true;
    /* The audit asks the tag where the wheel itself does not say what it is for. */
    repair->audit.plat = options->plat;
    repair->audit.plat_is_preset = options->plat_is_preset;
    if (wf_setup_plat(repair->cli, repair->audit.policies, options->plat, err))
        return true;
    if (!options->plat_is_preset)
        return false;
    wf_cli_warn(repair->cli, "warning: %s; %s set it, so it is ignored", err->text, name);
    *err = (struct wf_error){ 0 };
    options->plat = NULL;
    repair->audit.plat = NULL;
    return true;
}

static int
choice_index(const char *const *choices, const char *word)
{
    int i = 0;

    while (strcmp(choices[i], word) != 0)
        i++;
    return i;
}

/* What ends the name of a folder that an archive may hold, that a search path means as it
 * stands (':' would end it, '$' be replaced), and that installers take for no other. */
static bool
is_folder_suffix(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || strchr("/\\:$", *c) != NULL)
            return false;
    return text[0] != '\0' && wf_utf8_is_valid(wf_bytes_str(text)) &&
           !wf_text_ends_with(text, ".dist-info") && !wf_text_ends_with(text, ".data");
}

static bool
read_places(struct wf_repair_run *repair, const struct wf_args *args,
            struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    const char *folder = wf_args_value(cli, args, "wheel-dir");
    const char *suffix = wf_args_value(cli, args, "lib-sdir");

    repair->in_place = wf_args_count(cli, args, "in-place") > 0;
    if (repair->in_place && folder != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--in-place and --wheel-dir name two places for the result");
    repair->wheel_dir = folder == NULL ? "wheelhouse" : folder;
    repair->options.lib_sdir = suffix;
    if (suffix != NULL && !is_folder_suffix(suffix))
        return wf_error_set(err, WF_ERR_USAGE,
                            "--lib-sdir takes the end of a folder's name, not \"%.200s\"",
                            suffix);
    repair->options.debug_dir = wf_args_value(cli, args, "debug-dir");
    return true;
}

static bool
read_changes(struct wf_repair_run *repair, const struct wf_args *args,
             struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    struct wf_repair_options *options = &repair->options;
    const char *strip = wf_args_value(cli, args, "strip");

    options->no_update_tags = wf_args_count(cli, args, "no-update-tags") > 0;
    options->only_plat = wf_args_count(cli, args, "only-plat") > 0;
    options->clear_exec_stack = wf_args_count(cli, args, "clear-exec-stack") > 0;
    options->strip =
        strip == NULL
            ? WF_STRIP_NOTHING
            : (enum wf_strip_level)(WF_STRIP_DEBUG + choice_index(strip_choices, strip));
    options->sbom = wf_args_count(cli, args, "no-sbom") == 0;
    wf_setup_list(&options->include_only, cli, args, "include-only");
    wf_setup_list(&options->no_mangle, cli, args, "no-mangle");
    options->tool_version = wf_cli_version();
    if (options->debug_dir != NULL && strip == NULL)
        return wf_error_set(
            err, WF_ERR_USAGE,
            "--debug-dir keeps what --strip takes out: give --strip, too");
    if (!options->sbom && wf_args_count(cli, args, "sbom") > 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--sbom and --no-sbom contradict each other");
    return true;
}

static bool
read_macos(struct wf_repair_run *repair, const struct wf_args *args, unsigned systems,
           struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    struct wf_repair_options *options = &repair->options;
    const char *archs = wf_args_value(cli, args, "require-archs");
    const char *sign = wf_args_value(cli, args, "sign");

    options->dylibs_only = wf_args_count(cli, args, "dylibs-only") > 0;
    options->keep_rpaths = wf_args_count(cli, args, "no-sanitize-rpaths") > 0;
    options->ignore_missing = wf_args_count(cli, args, "ignore-missing-dependencies") > 0;
    options->check_archs = wf_args_count(cli, args, "check-archs") > 0;
    options->sign_always = sign != NULL && strcmp(sign, "always") == 0;
    if (options->keep_rpaths && wf_args_count(cli, args, "sanitize-rpaths") > 0)
        return wf_error_set(
            err, WF_ERR_USAGE,
            "--sanitize-rpaths and --no-sanitize-rpaths contradict each other");
    return wf_macos_read_target(&repair->audit, cli, args, systems, err) &&
           (archs == NULL ||
            wf_macos_read_archs(&options->require_archs, &cli->arena, archs, err));
}

bool
wf_repair_setup(struct wf_repair_run *repair, const struct wf_args *args,
                struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    const char *format = wf_args_value(cli, args, "format");
    const char *level = wf_args_value(cli, args, "fail-on");
    struct wf_audit_options *audit = &repair->audit;
    const unsigned systems = wf_systems_of_wheels(&args->operands);

    repair->json = format != NULL && strcmp(format, "json") == 0;
    repair->fail_on = level == NULL ? -1 : choice_index(level_choices, level);
    repair->dry_run = wf_args_count(cli, args, "dry-run") > 0;
    repair->style = (struct wf_text_style){ .colour = cli->colour_out,
                                            .verbose = cli->verbose,
                                            .width = cli->width };
    if (!wf_setup_search(&audit->search, cli, args, err) ||
        !wf_setup_policies(&audit->policies, cli, args, err))
        return false;
    audit->limits = cli->limits;
    audit->num_threads = cli->num_threads;
    audit->disable_isa_check = wf_args_count(cli, args, "disable-isa-ext-check") > 0;
    audit->allow_pure = true;
    audit->check_hashes = true;
    repair->options.audit = audit;
    if (wf_args_count(cli, args, "patcher") > 0)
        wf_cli_warn(cli, "note: --patcher is ignored: objects are edited by %s itself",
                    wf_cli_program());
    return wf_repair_setup_archive(repair, args, err) && read_places(repair, args, err) &&
           read_changes(repair, args, err) && read_macos(repair, args, systems, err) &&
           wf_windows_read_audit(audit, cli, args, systems, err) &&
           wf_windows_read_repair(&repair->options, cli, args, systems, err) &&
           read_plat(repair, args, err) && wf_systems_check(cli, args, systems, err);
}
