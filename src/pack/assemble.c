/* assemble.c -- a wheel's way from its members to its name (see assemble.h). */
#include "pack/assemble.h"

#include <string.h>

#include "pack/assemble_parts.h"
#include "repair/apply.h"
#include "wheel/metadata.h"

/* 1980-01-01, the earliest an archive can say. */
enum { EARLIEST = 315532800, WHEEL_MODE = 0666, MOST_WHEEL_TEXT = 1 << 20 };

static bool
is_judged(const struct wf_assembly *assembly)
{
    if (assembly->audit == WF_AUDIT_SKIP || assembly->compatibility->is_linux)
        return false;
    return assembly->triple->os == WF_OS_LINUX || assembly->audit != WF_AUDIT_WARN ||
           assembly->triple->os == WF_OS_MACOS || assembly->triple->os == WF_OS_WINDOWS;
}

/* What the draft says it is for.  Tags that are asked for stand in it only when nobody is
 * to judge them, or when there are two: these are judged as claims. */
static void
choose_platforms(struct wf_strings *out, struct wf_arena *arena,
                 const struct wf_assembly *assembly)
{
    const struct wf_compatibility *compatibility = assembly->compatibility;
    const bool as_asked = compatibility->tags.num > 0 &&
                          assembly->triple->os == WF_OS_LINUX &&
                          (!is_judged(assembly) || compatibility->tags.num > 1);

    for (size_t i = 0; as_asked && i < compatibility->tags.num; i++)
        wf_platform_with_aliases(out, arena, compatibility->tags.items[i],
                                 assembly->triple->arch_word);
    if (!as_asked)
        wf_strings_append(arena, out, assembly->platform);
    wf_strings_sort(out);
}

const char *
wf_assembly_file_name(struct wf_arena *arena, const struct wf_assembly *assembly,
                      const struct wf_strings *platforms)
{
    struct wf_buffer name;

    wf_buffer_init(&name, MOST_WHEEL_TEXT);
    wf_buffer_printf(&name, "%s-%s-%s-", assembly->metadata->dist_name,
                     assembly->metadata->dist_version, assembly->python_abi);
    for (size_t i = 0; i < platforms->num; i++)
        wf_buffer_printf(&name, "%s%s", i == 0 ? "" : ".", platforms->items[i]);
    wf_buffer_add_str(&name, ".whl");
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&name));

    wf_buffer_clear(&name);
    return copy;
}

static bool
add_wheel_file(struct wf_arena *arena, const struct wf_assembly *assembly,
               const struct wf_strings *platforms, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_WHEEL_TEXT);
    wf_wheel_file_write(&text,
                        wf_arena_printf(arena, "wheelpack (%s)", assembly->tool_version),
                        assembly->python_abi, platforms);
    const bool ok =
        wf_buffer_ok(&text, "WHEEL", err) &&
        wf_content_add_bytes(
            assembly->content, wf_arena_printf(arena, "%s/WHEEL", assembly->dist_info),
            wf_bytes_str(wf_arena_str(arena, wf_buffer_bytes(&text))), false, err);

    wf_buffer_clear(&text);
    return ok;
}

/* Folders of libraries for any target; an empty or relative one would depend on where the
 * program is started. */
static struct wf_strings
library_folders(struct wf_arena *arena, const struct wf_assembly *assembly)
{
    struct wf_strings folders = { 0 };
    const char *list = assembly->asked->environment("WHEELFIX_LD_LIBRARY_PATH");

    for (size_t i = 0; i < assembly->search.num; i++)
        wf_strings_append(arena, &folders, assembly->search.items[i]);
    while (list != NULL && *list != '\0') {
        const size_t len = strcspn(list, ":");

        if (*list == '/')
            wf_strings_append(arena, &folders,
                              wf_arena_str(arena, wf_bytes_of(list, len)));
        list += len + (list[len] == ':');
    }
    return folders;
}

static void
set_options(struct wf_assembling *work)
{
    const struct wf_assembly *assembly = work->assembly;
    const struct wf_build_asked *asked = assembly->asked;

    work->audit = (struct wf_audit_options){
        .policies = wf_policies_builtin(),
        .limits = asked->limits,
        .search = { .lib_path = library_folders(work->arena, assembly),
                    .environment = asked->environment("LD_LIBRARY_PATH"),
                    .environment_name = "LD_LIBRARY_PATH",
                    .sysroot = asked->environment("TARGET_SYSROOT") },
        .windows_min = WF_WINDOWS_10,
        .check_hashes = true,
        .known = &work->known,
        .num_threads = asked->num_threads,
    };
    work->audit.search.use_host =
        work->audit.search.sysroot == NULL && !assembly->triple->is_cross;
    /* A program that embeds Python finds it on the machine it is installed on. */
    if (assembly->bridge->is_bin)
        wf_strings_append(work->arena, &work->audit.search.excludes, "libpython*");
    work->options = (struct wf_repair_options){
        .audit = &work->audit,
        .only_plat = true,
        .sbom = assembly->sbom,
        .level = asked->compression == WF_COMPRESS_STORED ? 0 : asked->level,
        .time = asked->time > EARLIEST ? asked->time : EARLIEST,
        .tool_version = assembly->tool_version,
    };
}

/* The one tag that a repair is to reach, or NULL for the best one. */
static const char *
plat_of(struct wf_arena *arena, const struct wf_assembly *assembly)
{
    const struct wf_compatibility *compatibility = assembly->compatibility;

    if (assembly->triple->os != WF_OS_LINUX)
        return NULL;
    if (compatibility->tags.num == 1)
        return wf_arena_printf(arena, "%s_%s", compatibility->tags.items[0],
                               assembly->triple->arch_word);
    if (assembly->triple->is_musl && !assembly->bridge->is_bin)
        return wf_arena_printf(arena, "musllinux_1_2_%s", assembly->triple->arch_word);
    return NULL;
}

static bool
name_draft(struct wf_assembling *work, const struct wf_strings *platforms,
           struct wf_error *err)
{
    const char *base = wf_assembly_file_name(work->arena, work->assembly, platforms);
    struct wf_output *output = work->output;

    if (!wf_assembling_pypi(work, platforms, err) ||
        !wf_cargo_guess_confirm(work->assembly->guess, err))
        return false;
    work->output = NULL;
    if (!wf_output_commit(output, base, WHEEL_MODE, err) ||
        !wf_output_sync_folder(work->assembly->out_dir, err))
        return wf_error_prefix(err, "%s/%s", work->assembly->out_dir, base);
    work->path = wf_arena_printf(work->arena, "%s/%s", work->assembly->out_dir, base);
    return true;
}

/* take_report runs inside of the auditor, whose pool the repair goes on with. */
static bool
take_report(void *context, struct wf_report *report)
{
    struct wf_assembling *work = context;

    work->ok = wf_assembling_judge(work, report, &work->err);
    return true;
}

static bool
audit_draft(struct wf_assembling *work, const struct wf_strings *platforms,
            struct wf_error *err)
{
    const char *name = wf_assembly_file_name(work->arena, work->assembly, platforms);
    struct wf_file file = { 0 };

    if (!wf_output_reader(&file, work->output, err))
        return false;
    wf_auditor_run_file(work->auditor, name, &file, take_report, work);
    if (!work->ok) {
        *err = work->err;
        return false;
    }
    return work->path != NULL || name_draft(work, platforms, err);
}

static bool
make_wheel(struct wf_assembling *work, struct wf_error *err)
{
    const struct wf_assembly *assembly = work->assembly;
    struct wf_strings platforms = { 0 };

    if (!is_judged(assembly) && !wf_assembling_entry_unaudited(work, err))
        return false;
    choose_platforms(&platforms, work->arena, assembly);
    if (!add_wheel_file(work->arena, assembly, &platforms, err))
        return false;
    wf_content_sort(assembly->content, assembly->dist_info);
    if (!wf_folder_make(assembly->out_dir, err))
        return false;
    if (!wf_output_open(&work->output, assembly->out_dir, err))
        return wf_error_prefix(err, "%s", assembly->out_dir);
    work->auditor = wf_auditor_new(&work->audit);
    bool ok = wf_draft_write(work->output, &work->known, wf_auditor_pool(work->auditor),
                             assembly, &work->options, err) ||
              wf_error_prefix(err, "the wheel for %s", assembly->out_dir);

    ok = ok && (is_judged(assembly) ? audit_draft(work, &platforms, err)
                                    : name_draft(work, &platforms, err));
    wf_auditor_free(work->auditor);
    return ok;
}

/* Nobody could say whether a tag without a policy holds. */
static bool
has_policies(const struct wf_assembly *assembly, struct wf_error *err)
{
    const struct wf_strings *tags = &assembly->compatibility->tags;

    for (size_t i = 0; is_judged(assembly) && i < tags->num; i++)
        if (wf_policies_find(wf_policies_builtin(), tags->items[i]) == NULL)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "Error ensuring %s compliance: no policy is known that "
                                "says what this tag promises; ask for another one, or "
                                "pass --auditwheel=skip to claim it unjudged",
                                tags->items[i]);
    return true;
}

bool
wf_assemble(const char **out, struct wf_arena *arena, const struct wf_assembly *assembly,
            struct wf_error *err)
{
    struct wf_assembling work = { .assembly = assembly, .arena = arena };

    if (!has_policies(assembly, err))
        return false;
    set_options(&work);
    work.options.plat = plat_of(arena, assembly);
    work.audit.plat = work.options.plat;
    work.options.packages = wf_packages_new(
        work.audit.search.sysroot == NULL ? "" : work.audit.search.sysroot);
    const bool ok = make_wheel(&work, err);

    wf_output_discard(work.output);
    wf_packages_free(work.options.packages);
    *out = work.path;
    return ok;
}
