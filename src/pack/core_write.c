/* core_write.c -- METADATA in its order of fields ("Core metadata specifications" 2.4). */
#include <string.h>

#include "pack/core_parts.h"

enum { MAX_METADATA = 64 << 20 };

static void
add_field(struct wf_buffer *out, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        wf_buffer_printf(out, "%s: %s\n", name, value);
}

static void
add_each(struct wf_buffer *out, const char *name, const struct wf_strings *values)
{
    for (size_t i = 0; i < values->num; i++)
        add_field(out, name, values->items[i]);
}

static void
add_license_files(struct wf_buffer *out, const struct wf_core_metadata *metadata)
{
    for (size_t i = 0; i < metadata->num_licenses; i++)
        add_field(out, "License-File", metadata->licenses[i].path);
}

static void
add_single_fields(struct wf_buffer *out, const struct wf_core *core)
{
    const struct {
        const char *name;
        const char *value;
    } fields[] = {
        { "Summary", core->summary },
        { "Keywords", core->keywords },
        { "Home-Page", core->home_page },
        { "Author", core->author },
        { "Author-email", core->author_email },
        { "Maintainer", core->maintainer },
        { "Maintainer-email", core->maintainer_email },
        { "License-Expression", core->license_expression },
        { "License", core->license },
        { "Requires-Python", core->out->requires_python },
        { "Description-Content-Type", core->content_type },
    };

    for (size_t i = 0; i < WF_COUNT(fields); i++)
        add_field(out, fields[i].name, fields[i].value);
}

bool
wf_core_write(struct wf_core *core, struct wf_error *err)
{
    struct wf_core_metadata *metadata = core->out;
    struct wf_buffer out;

    wf_buffer_init(&out, MAX_METADATA);
    add_field(&out, "Metadata-Version", "2.4");
    add_field(&out, "Name", metadata->name);
    add_field(&out, "Version", metadata->version);
    add_each(&out, "Classifier", &core->classifiers);
    add_each(&out, "Requires-Dist", &metadata->requires_dist);
    add_each(&out, "Provides-Extra", &metadata->extras);
    add_license_files(&out, metadata);
    add_single_fields(&out, core);
    add_each(&out, "Project-URL", &core->urls);
    if (core->has_body) {
        wf_buffer_add_char(&out, '\n');
        wf_buffer_add(&out, core->body.data, core->body.len);
        wf_buffer_add_char(&out, '\n');
    }
    const bool ok = wf_buffer_ok(&out, "METADATA", err);

    if (ok)
        metadata->metadata =
            wf_bytes_of(wf_arena_str(core->arena, wf_buffer_bytes(&out)), out.len);
    wf_buffer_clear(&out);
    return ok;
}
