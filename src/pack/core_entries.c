/* core_entries.c -- entry_points.txt from the scripts and entry points of [project]. */
#include <string.h>

#include "pack/core_parts.h"

enum { MAX_TEXT = 16 << 20 };

/* One group being written; `is_script` when its names become files. */
struct group {
    const char *name;
    const char *path; /* for messages */
    bool is_script;
};

static bool
add_entry(struct wf_buffer *out, const struct group *group, const struct wf_toml *item,
          struct wf_error *err)
{
    const char *target = NULL;

    if (!wf_core_line(&target, item, group->path, err))
        return false;
    const bool has_target = target[strspn(target, " \t")] != '\0';

    if (*item->key == '\0' || !has_target)
        return wf_core_refuse(err, item, "%s has an entry without %s", group->path,
                              has_target ? "name" : "target");
    if (strchr("[#; \t", *item->key) != NULL || strchr(item->key, '=') != NULL ||
        strchr(" \t", item->key[strlen(item->key) - 1]) != NULL)
        return wf_core_refuse(err, item,
                              "%s: \"%s\" cannot be a name of entry_points.txt",
                              group->path, item->key);
    if (group->is_script &&
        (strpbrk(item->key, "/\\:") != NULL || strstr(item->key, "..") != NULL))
        return wf_core_refuse(err, item,
                              "%s: \"%s\" is no plain file name, as a script's must be",
                              group->path, item->key);
    wf_buffer_printf(out, "%s=%s\n", item->key, target);
    return true;
}

static bool
add_group(struct wf_core *core, struct wf_buffer *out, const struct group *group,
          const struct wf_toml *table, struct wf_error *err)
{
    const struct wf_toml **items = NULL;

    if (!wf_core_sorted(&items, core->arena, table, group->path, err))
        return false;
    if (*items == NULL)
        return true;
    wf_buffer_printf(out, "[%s]\n", group->name);
    for (; *items != NULL; items++) {
        if (!add_entry(out, group, *items, err))
            return false;
    }
    return true;
}

static bool
add_other_group(struct wf_core *core, struct wf_buffer *out, const struct wf_toml *table,
                struct wf_error *err)
{
    const struct group group = {
        table->key,
        wf_arena_printf(core->arena, "project.entry-points.%s", table->key),
        false,
    };
    const bool is_console = strcmp(table->key, "console_scripts") == 0;

    if (is_console || strcmp(table->key, "gui_scripts") == 0)
        return wf_core_refuse(err, table,
                              "project.entry-points.%s is not allowed; project.%s is the "
                              "place for it",
                              table->key, is_console ? "scripts" : "gui-scripts");
    if (*table->key == '\0' || strchr(table->key, ']') != NULL)
        return wf_core_refuse(err, table, "\"%s\" cannot be a group of entry_points.txt",
                              table->key);
    return add_group(core, out, &group, table, err);
}

static bool
write_all(struct wf_core *core, struct wf_buffer *out, const struct wf_toml *project,
          struct wf_error *err)
{
    static const struct group scripts = { "console_scripts", "project.scripts", true };
    static const struct group windows = { "gui_scripts", "project.gui-scripts", true };
    const struct wf_toml **groups = NULL;

    if (!add_group(core, out, &scripts, wf_toml_get(project, "scripts"), err))
        return false;
    core->out->has_scripts = out->len > 0;
    if (!add_group(core, out, &windows, wf_toml_get(project, "gui-scripts"), err) ||
        !wf_core_sorted(&groups, core->arena, wf_toml_get(project, "entry-points"),
                        "project.entry-points", err))
        return false;
    for (; *groups != NULL; groups++) {
        if (!add_other_group(core, out, *groups, err))
            return false;
    }
    return wf_buffer_ok(out, "entry_points.txt", err);
}

bool
wf_core_entries(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MAX_TEXT);
    const bool ok = write_all(core, &text, project, err);

    if (ok)
        core->out->entry_points =
            wf_bytes_of(wf_arena_str(core->arena, wf_buffer_bytes(&text)), text.len);
    wf_buffer_clear(&text);
    return ok;
}
