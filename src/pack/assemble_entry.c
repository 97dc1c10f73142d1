/* assemble_entry.c -- whether Python finds its way into the extension of a wheel. */
#include <string.h>

#include "base/file.h"
#include "pack/assemble_parts.h"

static bool
is_initialiser(const char *symbol, const char *module)
{
    static const char *const prefixes[] = { "PyInit_", "PyModExport_" };

    for (size_t i = 0; i < WF_COUNT(prefixes); i++)
        if (wf_text_starts_with(symbol, prefixes[i]) &&
            strcmp(symbol + strlen(prefixes[i]), module) == 0)
            return true;
    return false;
}

bool
wf_assembling_entry(const struct wf_assembling *work, const struct wf_object *object,
                    struct wf_error *err)
{
    const char *module = work->assembly->entry_module;
    const char *other = NULL;

    for (size_t i = 0; i < object->num_module_inits; i++) {
        if (is_initialiser(object->module_inits[i], module))
            return true;
        other = object->module_inits[i];
    }
    if (other != NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the module is called %s, but the library has %s and no "
                            "PyInit_%s: importing it would fail; give the #[pymodule] "
                            "that name, or set module-name",
                            module, other, module);
    wf_say_warning(work->assembly->asked->say,
                   "the library has no PyInit_%s, so Python cannot import it: is there a "
                   "#[pymodule] of that name?",
                   module);
    return true;
}

static const struct wf_content_member *
find_entry(const struct wf_assembly *assembly)
{
    for (size_t i = 0; i < assembly->content->num; i++)
        if (strcmp(assembly->content->members[i].name, assembly->entry_member) == 0)
            return &assembly->content->members[i];
    return NULL;
}

static bool
check_file(const struct wf_assembling *work, const struct wf_object_file *file,
           struct wf_error *err)
{
    for (size_t i = 0; i < file->num_objects; i++)
        if (!wf_assembling_entry(work, &file->objects[i], err))
            return false;
    return true;
}

bool
wf_assembling_entry_unaudited(const struct wf_assembling *work, struct wf_error *err)
{
    const struct wf_assembly *assembly = work->assembly;
    const struct wf_content_member *member =
        assembly->entry_member == NULL ? NULL : find_entry(assembly);
    const struct wf_limits *limits = &assembly->asked->limits;
    struct wf_arena scratch = { 0 };
    struct wf_object_file file = { 0 };
    struct wf_buffer bytes;

    if (member == NULL || member->source == NULL)
        return true;
    wf_object_warm_up();
    wf_arena_init(&scratch, limits->arena_bytes);
    wf_buffer_init(&bytes, limits->member_bytes);
    bool ok = wf_file_read_whole(&bytes, member->source, err) &&
              wf_buffer_ok(&bytes, "the library", err);

    /* What is no image of a known format was said to be the library: nothing is known. */
    if (ok && wf_object_recognise(wf_buffer_bytes(&bytes)) != WF_FORMAT_NONE)
        ok = wf_object_read(&file, &scratch, member->name, wf_buffer_bytes(&bytes),
                            limits, err) &&
             check_file(work, &file, err);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&scratch);
    return ok || wf_error_prefix(err, "%s", member->name);
}
