/* develop.c -- build into the source tree, and install what leads there (see wf_develop). */
#include <string.h>

#include "base/scratch.h"
#include "pack/build_parts.h"
#include "pack/dependency_groups.h"
#include "pack/develop_parts.h"
#include "pack/program.h"
#include "pack/select.h"
#include "wheel/wheel_name.h"

/* developing is one run of the command. */
struct developing {
    struct wf_arena *arena;
    const struct wf_develop_asked *asked;
    struct wf_build_asked build; /* as a build for the environment's Python */
    struct wf_venv venv;
    struct wf_installer installer;
    struct wf_loaded loaded;
    const char *scratch;
};

static void
set_build(struct developing *work)
{
    struct wf_build_asked *build = &work->build;

    *build = work->asked->build;
    build->editable = true;
    build->audit = WF_AUDIT_SKIP;
    build->compatibility = (struct wf_strings){ 0 };
    wf_strings_append(work->arena, &build->compatibility, "linux");
    build->interpreters = (struct wf_strings){ 0 };
    wf_strings_append(work->arena, &build->interpreters, work->venv.python);
    build->has_interpreters = true;
    build->out_dir = work->scratch;
}

/* A wheel whose version nobody wrote would be installed as something else each time. */
static bool
check_version(const struct wf_project *project, struct wf_error *err)
{
    const struct wf_toml *table = project->pyproject.project;
    const struct wf_toml *dynamic = wf_toml_get(table, "dynamic");

    if (table == NULL || wf_toml_get(table, "version") != NULL)
        return true;
    for (const struct wf_toml *at = dynamic == NULL ? NULL : dynamic->first; at != NULL;
         at = at->next)
        if (at->kind == WF_TOML_STRING && strcmp(at->string, "version") == 0)
            return true;
    wf_error_set(err, WF_ERR_REFUSED,
                 "line %u: [project] has neither project.version nor dynamic = "
                 "[\"version\"]; one of both is needed",
                 table->line);
    return wf_error_prefix(err, "%s", project->pyproject.path);
}

static void
warn_of_extras(const struct developing *work)
{
    const struct wf_core_metadata *metadata = &work->loaded.metadata;
    const struct wf_strings *asked = &work->asked->extras;

    for (size_t i = 0; i < asked->num; i++) {
        bool found = false;

        for (size_t j = 0; j < metadata->extras.num && !found; j++)
            found = strcmp(wf_name_normalise(work->arena, metadata->extras.items[j]),
                           wf_name_normalise(work->arena, asked->items[i])) == 0;
        if (!found)
            wf_say_warning(work->build.say, "%s has no extra \"%s\"", metadata->name,
                           asked->items[i]);
    }
}

static bool
add_requirements(struct developing *work, struct wf_strings *out, struct wf_error *err)
{
    const struct wf_strings *all = &work->loaded.metadata.requires_dist;

    warn_of_extras(work);
    for (size_t i = 0; i < all->num; i++) {
        const char *requirement = NULL;

        if (!wf_requirement_for(&requirement, work->arena, all->items[i],
                                &work->asked->extras, err))
            return false;
        if (requirement != NULL)
            wf_strings_append(work->arena, out, requirement);
    }
    return true;
}

/* Groups are named, or the one called dev is meant when there is one. */
static bool
add_groups(struct developing *work, struct wf_strings *out, struct wf_error *err)
{
    const struct wf_pyproject *pyproject = &work->loaded.project.pyproject;
    const struct wf_toml *groups = wf_toml_get(pyproject->root, "dependency-groups");
    struct wf_strings names = work->asked->groups;

    if (names.num == 0 && wf_dependency_group_is(groups, "dev"))
        wf_strings_append(work->arena, &names, "dev");
    for (size_t i = 0; i < names.num; i++)
        if (!wf_dependency_group_add(out, work->arena, groups, names.items[i], err))
            return wf_error_prefix(err, "%s", pyproject->path);
    return true;
}

static bool
install_requirements(struct developing *work, struct wf_error *err)
{
    struct wf_strings wanted = { 0 };

    if (!add_requirements(work, &wanted, err) || !add_groups(work, &wanted, err))
        return false;
    return wanted.num == 0 ||
           wf_install(&work->installer, work->loaded.project.root, &wanted, false, err);
}

static bool
install_wheel(struct developing *work, const struct wf_builts *builts,
              struct wf_error *err)
{
    const struct wf_core_metadata *metadata = &work->loaded.metadata;
    struct wf_error none = { 0 };
    struct wf_strings wheel = { 0 };

    if (builts->num != 1)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%zu wheels were built for one interpreter; one was expected",
                            builts->num);
    wf_strings_append(work->arena, &wheel, builts->items[0].path);
    if (!wf_install(&work->installer, work->loaded.project.root, &wheel, true, err))
        return false;
    const char *dist_info =
        wf_arena_printf(work->arena, "%s/%s-%s.dist-info", work->venv.platlib,
                        metadata->dist_name, metadata->dist_version);

    if (!wf_install_mark_editable(work->arena, dist_info, work->loaded.project.root,
                                  &none))
        wf_say_warning(work->build.say,
                       "the installed package cannot be marked as editable: %s: %s",
                       none.where, none.text);
    wf_say_step(work->build.say, "Installed %s-%s", metadata->name, metadata->version);
    return true;
}

static bool
develop_loaded(struct developing *work, struct wf_error *err)
{
    const bool installs = !work->asked->skip_install;
    struct wf_builts builts = { 0 };

    wf_say_step(work->build.say, "Found %s",
                wf_bridge_word(work->arena, &work->loaded.bridge));
    if (!check_version(&work->loaded.project, err) ||
        (installs && !install_requirements(work, err)) ||
        !wf_build_loaded(&builts, work->arena, &work->loaded, err))
        return false;
    if (installs)
        return install_wheel(work, &builts, err);
    if (!wf_select_is_editable_tree(&work->build, &work->loaded.layout))
        wf_say_warning(work->build.say,
                       "nothing is left of this build: a project without Python files of "
                       "its own has to be installed");
    return true;
}

bool
wf_develop(struct wf_arena *arena, const struct wf_develop_asked *asked,
           struct wf_error *err)
{
    struct developing work = { .arena = arena, .asked = asked };
    const char *temporary = wf_asked_variable(&asked->build, "TMPDIR");

    if (!wf_venv_find(&work.venv, arena, &asked->build, err) ||
        (!asked->skip_install &&
         !wf_installer_find(&work.installer, arena, &work.venv, asked, err)) ||
        !wf_scratch_new(&work.scratch, arena, temporary == NULL ? "/tmp" : temporary,
                        err))
        return false;
    set_build(&work);
    bool ok = wf_project_load(&work.loaded, arena, &work.build, err);

    if (ok) {
        ok = develop_loaded(&work, err);
        wf_loaded_end(&work.loaded);
    }
    wf_scratch_end(work.scratch);
    return ok;
}
