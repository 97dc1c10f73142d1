/* object_copy.c -- the facts of an object in another arena. */
#include "object/macho.h"
#include "object/pe.h"

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

static void
copy_signature(struct wf_macho_signature *out, struct wf_arena *arena)
{
    out->identifier = copy_text(arena, out->identifier);
    out->team = copy_text(arena, out->team);
    out->hash = copy_text(arena, out->hash);
    out->fault = copy_text(arena, out->fault);
}

static const struct wf_macho *
copy_macho(struct wf_arena *arena, const struct wf_object *object)
{
    const struct wf_macho *macho = object->macho;

    if (macho == NULL)
        return NULL;
    struct wf_macho *copy = wf_arena_alloc(arena, sizeof *copy);
    struct wf_macho_dylib *dylibs =
        wf_arena_array(arena, object->num_needed, sizeof *dylibs);
    uint32_t *sizes = wf_arena_array(arena, object->num_rpaths, sizeof *sizes);
    struct wf_macho_reclaim *reclaims =
        wf_arena_array(arena, macho->num_reclaims, sizeof *reclaims);
    struct wf_macho_fault *faults =
        wf_arena_array(arena, macho->num_faults, sizeof *faults);

    *copy = *macho;
    for (size_t i = 0; i < object->num_needed; i++)
        dylibs[i] = macho->dylibs[i];
    for (size_t i = 0; i < object->num_rpaths; i++)
        sizes[i] = macho->rpath_sizes[i];
    for (size_t i = 0; i < macho->num_reclaims; i++) {
        reclaims[i] = macho->reclaims[i];
        reclaims[i].what = copy_text(arena, reclaims[i].what);
    }
    for (size_t i = 0; i < macho->num_faults; i++) {
        faults[i].rule = copy_text(arena, macho->faults[i].rule);
        faults[i].text = copy_text(arena, macho->faults[i].text);
    }
    copy->dylibs = dylibs;
    copy->rpath_sizes = sizes;
    copy->reclaims = reclaims;
    copy->faults = faults;
    copy->why_not_signable = copy_text(arena, macho->why_not_signable);
    copy_signature(&copy->signature, arena);
    return copy;
}

static const struct wf_pe *
copy_pe(struct wf_arena *arena, const struct wf_object *object)
{
    const struct wf_pe *pe = object->pe;

    if (pe == NULL)
        return NULL;
    struct wf_pe *copy = wf_arena_alloc(arena, sizeof *copy);
    struct wf_pe_need *needs = wf_arena_array(arena, object->num_needed, sizeof *needs);
    struct wf_pe_fault *faults = wf_arena_array(arena, pe->num_faults, sizeof *faults);

    *copy = *pe;
    for (size_t i = 0; i < object->num_needed; i++)
        needs[i] = pe->needs[i];
    for (size_t i = 0; i < pe->num_faults; i++) {
        faults[i].rule = copy_text(arena, pe->faults[i].rule);
        faults[i].text = copy_text(arena, pe->faults[i].text);
    }
    copy->needs = needs;
    copy->faults = faults;
    copy->certificate_fault = copy_text(arena, pe->certificate_fault);
    copy->pdb = copy_text(arena, pe->pdb);
    return copy;
}

void
wf_object_copy(struct wf_object *out, struct wf_arena *arena,
               const struct wf_object *object, const char *path)
{
    *out = *object;
    out->path = wf_arena_strdup(arena, path);
    out->slice = copy_text(arena, object->slice);
    out->arch_name = copy_text(arena, object->arch_name);
    out->soname = copy_text(arena, object->soname);
    out->rpath = copy_text(arena, object->rpath);
    out->runpath = copy_text(arena, object->runpath);
    out->interp = copy_text(arena, object->interp);
    out->libc_why = copy_text(arena, object->libc_why);
    out->build_id = copy_text(arena, object->build_id);
    out->needed = copy_texts(arena, object->needed, object->num_needed);
    out->rpaths = copy_texts(arena, object->rpaths, object->num_rpaths);
    out->macho = copy_macho(arena, object);
    out->pe = copy_pe(arena, object);
    out->version_needs = copy_version_needs(arena, object);
    out->imports = copy_imports(arena, object);
    out->module_inits = copy_texts(arena, object->module_inits, object->num_module_inits);
    out->section_differences =
        copy_texts(arena, object->section_differences, object->num_section_differences);
}
