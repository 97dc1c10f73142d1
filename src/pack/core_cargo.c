/* core_cargo.c -- what Cargo.toml gives to METADATA, where [project] leaves it to it. */
#include <string.h>

#include "pack/core_parts.h"
#include "wheel/wheel_name.h"

const char *
wf_semver_to_pep440(struct wf_arena *arena, const char *semver)
{
    return wf_version_normalise(arena, semver);
}

bool
wf_core_takes_cargo(const struct wf_core *core, const char *key)
{
    return core->project->pyproject.project == NULL ||
           wf_strings_has(&core->dynamic, key);
}

/* One line of Cargo.toml, or NULL; empty is as good as absent. */
static bool
take_line(const char **out, const char *value, const char *key, struct wf_error *err)
{
    if (value == NULL || *value == '\0')
        return true;
    if (!wf_core_is_line(value))
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "package.%s has a line break or another control character; "
                            "it must be one line",
                            key);
    *out = value;
    return true;
}

/* [project] with a version of its own does not care for Cargo's. */
static bool
take_version(struct wf_core *core, struct wf_error *err)
{
    const struct wf_crate *crate = core->graph->root;
    const struct wf_toml *project = core->project->pyproject.project;

    if (wf_toml_get(project, "version") != NULL)
        return true;
    core->out->version = wf_semver_to_pep440(core->arena, crate->version);
    if (core->out->version != NULL)
        return true;
    return wf_error_set(
        err, WF_ERR_MALFORMED,
        "Rust version used in Cargo.toml is not a valid python version: \"%s\"; use "
        "-alpha, -beta, -rc, -dev or -post with a number, or set project.version in "
        "pyproject.toml",
        crate->version);
}

/* Cargo's one list is both: names, and with an address in it addresses, too. */
static bool
take_authors(struct wf_core *core, struct wf_error *err)
{
    const struct wf_strings *authors = &core->graph->root->authors;
    const char *joined = NULL;

    if (!wf_core_takes_cargo(core, "authors"))
        return true;
    if (!take_line(&joined, wf_core_join(core->arena, authors, ", "), "authors", err))
        return false;
    core->author = joined;
    if (joined != NULL && strchr(joined, '@') != NULL)
        core->author_email = joined;
    return true;
}

static bool
take_urls(struct wf_core *core, struct wf_error *err)
{
    const struct wf_crate *crate = core->graph->root;
    const struct {
        const char *label;
        const char *value;
        const char *key;
    } rows[] = {
        { "Homepage", crate->homepage, "homepage" },
        { "Documentation", crate->documentation, "documentation" },
        { "Source Code", crate->repository, "repository" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *url = NULL;

        if (!wf_core_takes_cargo(core, "urls"))
            break;
        if (!take_line(&url, rows[i].value, rows[i].key, err))
            return false;
        if (url != NULL)
            wf_strings_append(core->arena, &core->urls,
                              wf_arena_printf(core->arena, "%s, %s", rows[i].label, url));
    }
    return take_line(&core->home_page, crate->homepage, "homepage", err);
}

static bool
take_texts(struct wf_core *core, struct wf_error *err)
{
    const struct wf_crate *crate = core->graph->root;
    const char *words = wf_core_join(core->arena, &crate->keywords, ",");

    if (crate->description != NULL && wf_core_takes_cargo(core, "description") &&
        !take_line(&core->summary, wf_core_summary(core->arena, crate->description),
                   "description", err))
        return false;
    if (wf_core_takes_cargo(core, "keywords") &&
        !take_line(&core->keywords, words, "keywords", err))
        return false;
    return !wf_core_takes_cargo(core, "license") ||
           take_line(&core->license, crate->license, "license", err);
}

bool
wf_core_from_cargo(struct wf_core *core, struct wf_error *err)
{
    core->out->name = core->graph->root->name;
    return take_version(core, err) && take_texts(core, err) && take_authors(core, err) &&
           take_urls(core, err) &&
           (!wf_core_takes_cargo(core, "readme") || wf_core_cargo_readme(core, err)) &&
           wf_core_cargo_license(core, err);
}
