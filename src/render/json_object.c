/* json_object.c -- one object of a wheel, schema wheelfix.show/1 (see json_object.h). */
#include "render/json_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_keys.h"
#include "render/json_macho.h"
#include "render/json_pe.h"

static int
compare_needs(const void *left, const void *right)
{
    const struct wf_version_need *a = *(const struct wf_version_need *const *)left;
    const struct wf_version_need *b = *(const struct wf_version_need *const *)right;
    const int order = strcmp(a->library, b->library);

    return order != 0 ? order : wf_text_compare_natural(a->version, b->version);
}

/* The versions an object needs, by library; each library and version once. */
static void
write_versions(struct wf_json_writer *w, const struct wf_object *object)
{
    struct wf_arena arena = { 0 };
    const size_t num = object->num_version_needs;
    const struct wf_version_need **needs = wf_arena_array(&arena, num, sizeof *needs);

    for (size_t i = 0; i < num; i++)
        needs[i] = &object->version_needs[i];
    if (num > 1)
        qsort(needs, num, sizeof *needs, compare_needs);
    wf_json_write_key(w, "versions");
    wf_json_begin_object(w);
    for (size_t i = 0; i < num; i++) {
        const bool opens =
            i == 0 || strcmp(needs[i]->library, needs[i - 1]->library) != 0;

        if (opens && i > 0)
            wf_json_end_array(w);
        if (opens) {
            wf_json_write_key(w, needs[i]->library);
            wf_json_begin_array(w);
        }
        if (opens || strcmp(needs[i]->version, needs[i - 1]->version) != 0)
            wf_json_write_string(w, needs[i]->version);
    }
    if (num > 0)
        wf_json_end_array(w);
    wf_json_end_object(w);
    wf_arena_clear(&arena);
}

void
wf_write_object(struct wf_json_writer *w, const struct wf_member_object *entry)
{
    const struct wf_object *object = &entry->object;
    const char *arch = object->arch == WF_ARCH_UNKNOWN && object->arch_name != NULL
                           ? object->arch_name
                           : wf_arch_name(object->arch);

    wf_json_begin_object(w);
    wf_key_string(w, "path", entry->member->name);
    wf_key_string(w, "slice", object->slice);
    wf_key_string(w, "format", wf_format_name(object->format));
    wf_key_string(w, "arch", arch);
    wf_key_string(w, "kind", wf_object_kind_name(object->kind));
    wf_key_string(w, "libc", wf_libc_name(object->libc));
    wf_key_bool(w, "judged", entry->judged);
    wf_key_string(w, "why_not", entry->why_not);
    wf_key_string(w, "soname", object->soname);
    wf_json_write_key(w, "needed");
    wf_json_begin_array(w);
    for (size_t k = 0; k < object->num_needed; k++)
        wf_json_write_string(w, object->needed[k]);
    wf_json_end_array(w);
    wf_key_string(w, "rpath", object->rpath);
    wf_key_string(w, "runpath", object->runpath);
    wf_key_string(w, "interpreter", object->interp);
    write_versions(w, object);
    wf_key_string(w, "build_id", object->build_id);
    if (object->macho != NULL)
        wf_write_macho_keys(w, object);
    if (object->pe != NULL)
        wf_write_pe_keys(w, object);
    wf_json_end_object(w);
}
