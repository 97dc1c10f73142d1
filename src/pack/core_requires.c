/* core_requires.c -- dependencies and extras of [project] as METADATA writes them. */
#include <string.h>

#include "pack/core_parts.h"
#include "wheel/pep508.h"
#include "wheel/wheel_name.h"

static bool
add_requirement(struct wf_core *core, const struct wf_toml *item, const char *path,
                const char *extra, struct wf_error *err)
{
    struct wf_requirement requirement = { 0 };
    struct wf_buffer text;
    const char *written = NULL;

    if (!wf_toml_want_string(&written, item, path, err))
        return false;
    if (!wf_requirement_parse(&requirement, core->arena, written, err))
        return wf_error_prefix(err, "line %u, column %u: %s", item->line, item->column,
                               path);
    wf_buffer_init(&text, SIZE_MAX);
    wf_requirement_write(&text, &requirement, extra);
    wf_strings_append(core->arena, &core->out->requires_dist,
                      wf_arena_str(core->arena, wf_buffer_bytes(&text)));
    wf_buffer_clear(&text);
    return true;
}

static bool
add_requirements(struct wf_core *core, const struct wf_toml *list, const char *path,
                 const char *extra, struct wf_error *err)
{
    if (list == NULL)
        return true;
    if (list->kind != WF_TOML_ARRAY)
        return wf_core_refuse(err, list,
                              "%s is %s; an array of requirements was expected", path,
                              wf_toml_kind_name(list->kind));
    for (const struct wf_toml *item = list->first; item != NULL; item = item->next) {
        if (!add_requirement(core, item, path, extra, err))
            return false;
    }
    return true;
}

/* Names are compared in lower case, with one '-' for runs of "-_.". */
static const char *
normal_extra(struct wf_arena *arena, const char *name)
{
    char *out = wf_arena_strdup(arena, wf_name_normalise(arena, name));

    for (char *c = out; *c != '\0'; c++) {
        if (*c == '_')
            *c = '-';
    }
    return out;
}

static bool
add_extra(struct wf_core *core, const struct wf_toml *list, struct wf_strings *seen,
          struct wf_error *err)
{
    const char *extra = normal_extra(core->arena, list->key);
    const char *path =
        wf_arena_printf(core->arena, "project.optional-dependencies.%s", list->key);

    if (!wf_requirement_is_name(list->key))
        return wf_core_refuse(err, list,
                              "\"%s\" is no name of an extra; letters, digits "
                              "and, between them, \"-_.\" were expected",
                              list->key);
    if (!wf_strings_add(core->arena, seen, extra))
        return wf_core_refuse(err, list,
                              "the extra \"%s\" stands twice in "
                              "project.optional-dependencies, spelled differently",
                              extra);
    wf_strings_append(core->arena, &core->out->extras, extra);
    return add_requirements(core, list, path, extra, err);
}

bool
wf_core_requirements(struct wf_core *core, const struct wf_toml *project,
                     struct wf_error *err)
{
    const struct wf_toml **extras = NULL;
    struct wf_strings seen = { 0 };

    if (!add_requirements(core, wf_toml_get(project, "dependencies"),
                          "project.dependencies", NULL, err) ||
        !wf_core_sorted(&extras, core->arena,
                        wf_toml_get(project, "optional-dependencies"),
                        "project.optional-dependencies", err))
        return false;
    for (; *extras != NULL; extras++) {
        if (!add_extra(core, *extras, &seen, err))
            return false;
    }
    return true;
}
