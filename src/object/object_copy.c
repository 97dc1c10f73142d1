/* object_copy.c -- the facts of an object in another arena. */
#include "object/object.h"

#include <string.h>

/* NULL stays NULL. */
static const char *
copy_text(struct wf_arena *arena, const char *text)
{
    return text == NULL ? NULL : wf_arena_strdup(arena, text);
}

static const char **
copy_texts(struct wf_arena *arena, const char **texts, size_t num)
{
    const char **copy = wf_arena_array(arena, num, sizeof *copy);

    for (size_t i = 0; i < num; i++)
        copy[i] = wf_arena_strdup(arena, texts[i]);
    return copy;
}

/* Neighbouring entries mostly name the same library, and then share its text. */
static struct wf_version_need *
copy_version_needs(struct wf_arena *arena, const struct wf_object *object)
{
    struct wf_version_need *copy =
        wf_arena_array(arena, object->num_version_needs, sizeof *copy);
    const char *before = NULL;

    for (size_t i = 0; i < object->num_version_needs; i++) {
        const struct wf_version_need *need = &object->version_needs[i];

        copy[i] = *need;
        copy[i].version = wf_arena_strdup(arena, need->version);
        copy[i].library = need->library == before ? copy[i - 1].library
                                                  : wf_arena_strdup(arena, need->library);
        before = need->library;
    }
    return copy;
}

static struct wf_import *
copy_imports(struct wf_arena *arena, const struct wf_object *object)
{
    struct wf_import *copy = wf_arena_array(arena, object->num_imports, sizeof *copy);

    for (size_t i = 0; i < object->num_imports; i++) {
        copy[i] = object->imports[i];
        copy[i].name = wf_arena_strdup(arena, object->imports[i].name);
    }
    return copy;
}

void
wf_object_copy(struct wf_object *out, struct wf_arena *arena,
               const struct wf_object *object, const char *path)
{
    *out = *object;
    out->path = wf_arena_strdup(arena, path);
    out->arch_name = copy_text(arena, object->arch_name);
    out->soname = copy_text(arena, object->soname);
    out->rpath = copy_text(arena, object->rpath);
    out->runpath = copy_text(arena, object->runpath);
    out->interp = copy_text(arena, object->interp);
    out->libc_why = copy_text(arena, object->libc_why);
    out->build_id = copy_text(arena, object->build_id);
    out->needed = copy_texts(arena, object->needed, object->num_needed);
    out->version_needs = copy_version_needs(arena, object);
    out->imports = copy_imports(arena, object);
    out->module_inits = copy_texts(arena, object->module_inits, object->num_module_inits);
    out->section_differences =
        copy_texts(arena, object->section_differences, object->num_section_differences);
}
