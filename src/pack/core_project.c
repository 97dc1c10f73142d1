/* core_project.c -- [project] of pyproject.toml ("pyproject.toml specification", PyPA). */
#include <string.h>

#include "pack/core_parts.h"
#include "wheel/pep508.h"

static const char *const known_keys[] = {
    "name",
    "version",
    "description",
    "readme",
    "requires-python",
    "license",
    "license-files",
    "authors",
    "maintainers",
    "keywords",
    "classifiers",
    "urls",
    "scripts",
    "gui-scripts",
    "entry-points",
    "dependencies",
    "optional-dependencies",
    "dynamic",
    "import-names",
    "import-namespaces",
};

static bool
is_known(const char *key)
{
    for (size_t i = 0; i < WF_COUNT(known_keys); i++) {
        if (strcmp(known_keys[i], key) == 0)
            return true;
    }
    return false;
}

static void
warn_of_unknown_keys(const struct wf_core *core, const struct wf_toml *project)
{
    for (const struct wf_toml *item = project->first; item != NULL; item = item->next) {
        const char *near = NULL;

        if (is_known(item->key))
            continue;
        near = wf_text_nearest(item->key, known_keys, WF_COUNT(known_keys));
        wf_say_warning(core->say,
                       "pyproject.toml: line %u: unknown key project.%s is ignored%s%s%s",
                       item->key_line, item->key, near == NULL ? "" : "; did you mean \"",
                       near == NULL ? "" : near, near == NULL ? "" : "\"?");
    }
}

static bool
take_name(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(project, "name");
    const char *name = NULL;

    if (value == NULL)
        return wf_core_refuse(err, project,
                              "[project] has no name; a name must stand there");
    if (!wf_core_line(&name, value, "project.name", err))
        return false;
    if (!wf_requirement_is_name(name))
        return wf_core_refuse(err, value,
                              "\"%s\" is no name of a package; letters, digits and, "
                              "between them, \"-_.\" were expected",
                              name);
    core->out->name = name;
    return true;
}

static bool
take_version(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(project, "version");
    const bool is_dynamic = wf_strings_has(&core->dynamic, "version");
    struct wf_version version = { 0 };
    const char *text = NULL;

    if (value == NULL) {
        if (!is_dynamic)
            wf_say_warning(core->say,
                           "pyproject.toml: project.version is missing and not listed in "
                           "project.dynamic; the version of Cargo.toml is used");
        return true;
    }
    if (is_dynamic)
        wf_say_warning(
            core->say,
            "pyproject.toml: project.version is set, and project.dynamic lists "
            "it; the version of Cargo.toml is not used");
    if (!wf_core_line(&text, value, "project.version", err))
        return false;
    if (!wf_version_parse(&version, core->arena, text, err))
        return wf_error_prefix(err, "line %u, column %u: project.version", value->line,
                               value->column);
    core->out->version = version.text;
    return true;
}

static bool
take_requires_python(struct wf_core *core, const struct wf_toml *project,
                     struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(project, "requires-python");
    struct wf_specifiers specifiers = { 0 };
    const char *text = NULL;

    if (!wf_core_line(&text, value, "project.requires-python", err))
        return false;
    if (text == NULL)
        return true;
    if (!wf_specifiers_parse(&specifiers, core->arena, text, err))
        return wf_error_prefix(err, "line %u, column %u: project.requires-python",
                               value->line, value->column);
    if (specifiers.num > 0)
        core->out->requires_python = wf_specifiers_text(core->arena, &specifiers, ", ");
    return true;
}

static bool
take_texts(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(project, "description");
    struct wf_strings keywords = { 0 };
    const char *description = NULL;

    if (!wf_toml_want_string(&description, value, "project.description", err))
        return false;
    if (description != NULL) {
        core->summary = wf_core_summary(core->arena, description);
        if (!wf_core_is_line(core->summary))
            return wf_core_refuse(err, value,
                                  "project.description has a control character");
    }
    if (!wf_core_lines(&keywords, core->arena, wf_toml_get(project, "keywords"),
                       "project.keywords", err))
        return false;
    if (keywords.num > 0)
        core->keywords = wf_core_join(core->arena, &keywords, ",");
    return wf_core_lines(&core->classifiers, core->arena,
                         wf_toml_get(project, "classifiers"), "project.classifiers", err);
}

static bool
take_urls(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(project, "urls");
    const struct wf_toml **urls = NULL;

    if (!wf_core_sorted(&urls, core->arena, value, "project.urls", err))
        return false;
    if (value != NULL)
        core->urls = (struct wf_strings){ 0 };
    for (; *urls != NULL; urls++) {
        const char *url = NULL;

        if (!wf_core_line(&url, *urls, "project.urls", err))
            return false;
        wf_strings_append(core->arena, &core->urls,
                          wf_arena_printf(core->arena, "%s, %s", (*urls)->key, url));
    }
    return true;
}

bool
wf_core_from_project(struct wf_core *core, struct wf_error *err)
{
    const struct wf_toml *project = core->project->pyproject.project;

    warn_of_unknown_keys(core, project);
    return take_name(core, project, err) && take_version(core, project, err) &&
           take_requires_python(core, project, err) && take_texts(core, project, err) &&
           wf_core_people(core, &core->author, &core->author_email,
                          wf_toml_get(project, "authors"), "project.authors", err) &&
           wf_core_people(core, &core->maintainer, &core->maintainer_email,
                          wf_toml_get(project, "maintainers"), "project.maintainers",
                          err) &&
           take_urls(core, project, err) && wf_core_requirements(core, project, err) &&
           wf_core_readme(core, wf_toml_get(project, "readme"), err) &&
           wf_core_license(core, project, err) && wf_core_entries(core, project, err);
}
