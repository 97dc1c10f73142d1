/* core_people.c -- authors and maintainers as METADATA writes them: names in one field,
 * addresses (with their names) in another. */
#include <string.h>

#include "pack/core_parts.h"

/* A display name with one of the special characters of RFC 5322 is quoted. */
static const char *
display_name(struct wf_arena *arena, const char *name)
{
    char *out = wf_arena_alloc(arena, 2 * strlen(name) + 3);
    size_t len = 0;

    if (strpbrk(name, "()<>@,;:\\\".[]") == NULL)
        return name;
    out[len++] = '"';
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '\\' || *c == '"')
            out[len++] = '\\';
        out[len++] = *c;
    }
    out[len] = '"';
    return out;
}

static bool
take_person(struct wf_core *core, struct wf_strings *names, struct wf_strings *emails,
            const struct wf_toml *person, const char *path, struct wf_error *err)
{
    const char *name = NULL;
    const char *email = NULL;

    if (person->kind != WF_TOML_TABLE)
        return wf_core_refuse(err, person,
                              "%s has %s; a table with name, email or both was expected",
                              path, wf_toml_kind_name(person->kind));
    if (!wf_core_line(&name, wf_toml_get(person, "name"), path, err) ||
        !wf_core_line(&email, wf_toml_get(person, "email"), path, err))
        return false;
    if (name == NULL && email == NULL)
        return wf_core_refuse(err, person, "%s has a table with neither name nor email",
                              path);
    if (email == NULL)
        wf_strings_append(core->arena, names, name);
    else if (name == NULL)
        wf_strings_append(core->arena, emails, email);
    else
        wf_strings_append(core->arena, emails,
                          wf_arena_printf(core->arena, "%s <%s>",
                                          display_name(core->arena, name), email));
    return true;
}

bool
wf_core_people(struct wf_core *core, const char **names, const char **emails,
               const struct wf_toml *value, const char *path, struct wf_error *err)
{
    struct wf_strings name_list = { 0 };
    struct wf_strings email_list = { 0 };

    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_ARRAY)
        return wf_core_refuse(err, value, "%s is %s; an array of tables was expected",
                              path, wf_toml_kind_name(value->kind));
    for (const struct wf_toml *item = value->first; item != NULL; item = item->next) {
        if (!take_person(core, &name_list, &email_list, item, path, err))
            return false;
    }
    if (name_list.num > 0)
        *names = wf_core_join(core->arena, &name_list, ", ");
    if (email_list.num > 0)
        *emails = wf_core_join(core->arena, &email_list, ", ");
    return true;
}
