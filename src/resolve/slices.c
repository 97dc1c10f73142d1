/* slices.c -- slices of universal files (see slices.h). */
#include "resolve/slices.h"

#include <string.h>

#include "object/macho.h"

struct wf_loaded *
wf_slices_new(struct wf_arena *arena, const struct wf_object_file *image)
{
    struct wf_loaded *slices = wf_arena_array(arena, image->num_objects, sizeof *slices);

    for (size_t i = 0; i < image->num_objects; i++) {
        slices[i].library.object = &image->objects[i];
        slices[i].library.slices = image->objects;
        slices[i].library.num_slices = image->num_objects;
        slices[i].first_slice = slices;
        slices[i].next_slice = i + 1 < image->num_objects ? &slices[i + 1] : NULL;
    }
    return slices;
}

void
wf_slices_join(struct wf_loaded **by_path, size_t num)
{
    for (size_t i = 1; i < num; i++) {
        const struct wf_object *a = by_path[i - 1]->library.object;
        const struct wf_object *b = by_path[i]->library.object;

        if (a->format != WF_FORMAT_MACHO || b->format != WF_FORMAT_MACHO ||
            strcmp(a->path, b->path) != 0)
            continue;
        by_path[i]->first_slice = by_path[i - 1]->first_slice;
        by_path[i - 1]->next_slice = by_path[i];
    }
}

void
wf_slices_put_first(struct wf_loaded *slice, struct wf_loaded *known)
{
    slice->first_slice = slice;
    slice->next_slice = known;
    for (; known != NULL; known = known->next_slice)
        known->first_slice = slice;
}

/* How much a process likes a slice: 0 is not at all. */
static int
grade(const struct wf_object *process, const struct wf_object *slice)
{
    if (slice->format != WF_FORMAT_MACHO)
        return 0;
    if (strcmp(slice->arch_name, process->arch_name) == 0)
        return 2;
    return strcmp(process->arch_name, "x86_64h") == 0 &&
           strcmp(slice->arch_name, "x86_64") == 0;
}

/* Why nothing can be linked to a slice, or NULL. */
static const char *
why_not_linkable(const struct wf_object *slice, bool by_dlopen)
{
    if (!wf_object_is_judged(slice) || (slice->kind == WF_KIND_EXECUTABLE && !by_dlopen))
        return wf_object_kind_name(slice->kind);
    if (slice->macho != NULL && slice->macho->file_type == WF_MACHO_BUNDLE && !by_dlopen)
        return "bundle";
    return NULL;
}

static const char *
slices_text(struct wf_arena *arena, struct wf_loaded *first)
{
    if (first->slices != NULL)
        return first->slices;
    first->slices = first->library.object->arch_name;
    for (const struct wf_loaded *slice = first->next_slice; slice != NULL;
         slice = slice->next_slice)
        first->slices = wf_arena_printf(arena, "%s, %s", first->slices,
                                        slice->library.object->arch_name);
    return first->slices;
}

struct wf_found
wf_slice_for(struct wf_arena *arena, struct wf_loaded *any,
             const struct wf_object *process, bool by_dlopen)
{
    struct wf_loaded *first = any->first_slice;
    struct wf_loaded *best = NULL;
    int best_grade = 0;

    if (first->library.object->format != WF_FORMAT_MACHO)
        return (struct wf_found){
            .result = WF_TRY_NOT_OBJECT,
            .detail = wf_format_name(first->library.object->format),
        };
    for (struct wf_loaded *slice = first; slice != NULL; slice = slice->next_slice) {
        const int its = grade(process, slice->library.object);

        if (its > best_grade) {
            best = slice;
            best_grade = its;
        }
    }
    if (best == NULL)
        return (struct wf_found){ .result = WF_TRY_ARCH,
                                  .detail = slices_text(arena, first) };
    const char *why = why_not_linkable(best->library.object, by_dlopen);

    if (why != NULL)
        return (struct wf_found){ .result = WF_TRY_NOT_OBJECT, .detail = why };
    return (struct wf_found){ .loaded = best };
}
