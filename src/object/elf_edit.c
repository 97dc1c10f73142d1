/* elf_edit.c -- the order of work of an edit: read, plan, find room, write. */
#include "object/elf_edit_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/checked.h"

const char *
wf_elf_room_name(enum wf_elf_room room)
{
    static const char *const names[] = {
        [WF_ELF_UNCHANGED] = "unchanged",
        [WF_ELF_IN_PLACE] = "in-place",
        [WF_ELF_SLACK] = "slack",
        [WF_ELF_HEAD] = "head",
    };

    assert((size_t)room < WF_COUNT(names));
    return names[room];
}

static bool
asks_for_nothing(const struct wf_elf_edit *edit)
{
    return edit->soname == NULL && edit->num_needed == 0 && edit->num_added == 0 &&
           edit->search == WF_ELF_SEARCH_KEEP && !edit->clear_exec_stack;
}

static bool
read_symbols(struct wf_elf_editor *e)
{
    if (!e->dynamic.has[WF_TAG_SYMTAB])
        return true;
    return wf_elf_map_tag(&e->symbols, &e->image, &e->dynamic, WF_TAG_SYMTAB, "DT_SYMTAB",
                          e->err) &&
           wf_elf_count_symbols(&e->num_symbols, &e->symbols_are_counted, &e->image,
                                &e->dynamic, e->symbols, e->err);
}

static bool
read_dynamic(struct wf_elf_editor *e)
{
    const struct wf_elf_segment *segment = wf_elf_find_segment(&e->image, PT_DYNAMIC);

    if (segment == NULL)
        return true;
    e->has_dynamic = true;
    if (!wf_elf_read_dynamic(&e->dynamic, &e->object, &e->image, &e->arena, e->err) ||
        !read_symbols(e))
        return false;
    e->dynamic_vaddr = segment->vaddr;
    e->dynamic_off = (uint64_t)(e->dynamic.table.data - e->image.bytes.data);
    e->strings_off = (uint64_t)(e->dynamic.strtab.data - e->image.bytes.data);
    return true;
}

bool
wf_elf_take_image(struct wf_elf_editor *e, struct wf_bytes bytes)
{
    if (!wf_elf_read_header(&e->image, bytes, e->err))
        return false;
    const struct wf_elf_header *h = &e->image.header;

    if (h->type != ET_DYN && h->type != ET_EXEC)
        return wf_error_at(e->err, WF_ERR_REFUSED, EI_NIDENT,
                           "the type is %u; only programs and shared objects (2 and 3) "
                           "are edited",
                           h->type);
    if (!wf_elf_read_segments(&e->image, &e->arena, e->err))
        return false;
    if (wf_elf_find_segment(&e->image, PT_LOAD) == NULL)
        return wf_error_at(e->err, WF_ERR_MALFORMED, h->segments_off,
                           "none of its %zu program headers is a PT_LOAD; there is "
                           "nothing to load",
                           e->image.num_segments);
    e->object.type = h->type;
    return wf_elf_check_segments(&e->image, e->err) && read_dynamic(e) &&
           wf_elf_take_sections(e);
}

/* A static program has no place for names; what asks for their absence is met. */
static bool
check_static(const struct wf_elf_editor *e)
{
    const struct wf_elf_edit *edit = e->edit;
    const bool wants_names = (edit->soname != NULL && edit->soname[0] != '\0') ||
                             edit->num_added > 0 || edit->search == WF_ELF_SEARCH_RPATH ||
                             edit->search == WF_ELF_SEARCH_RUNPATH;

    if (!wants_names)
        return true;
    return wf_error_set(e->err, WF_ERR_REFUSED,
                        "it is a static program: it has no dynamic section that could "
                        "hold a name or a search path");
}

/* Without PT_GNU_STACK the stack is executable on some machines. */
static void
plan_stack(struct wf_elf_editor *e)
{
    if (!e->edit->clear_exec_stack)
        return;
    e->layout.adds_stack = true;
    for (size_t i = 0; i < e->image.num_segments; i++) {
        const struct wf_elf_segment *s = &e->image.segments[i];

        if (s->type != PT_GNU_STACK)
            continue;
        e->layout.adds_stack = false;
        if ((s->flags & PF_X) != 0)
            e->clears_stack = true;
    }
    if (e->layout.adds_stack)
        e->clears_stack = true;
}

static bool
plan_changes(struct wf_elf_editor *e)
{
    wf_elf_sort_renames(e);
    plan_stack(e);
    if (!e->has_dynamic)
        return check_static(e);
    return wf_elf_plan_versions(e) && wf_elf_plan_entries(e);
}

static bool
write_out(struct wf_elf_editor *e, struct wf_buffer *out)
{
    size_t len = 0;

    if (!wf_u64_to_size(&len, e->layout.file_len) || !wf_buffer_reserve(out, len))
        return wf_error_set(e->err, WF_ERR_LIMIT,
                            "the edited image has %" PRIu64
                            " bytes; at most %zu are allowed",
                            e->layout.file_len, out->max);
    wf_elf_write_image(e, out);
    assert(out->len == len && !out->over);
    if (wf_elf_check_result(e, out))
        return true;
    wf_buffer_reset(out);
    return false;
}

static bool
apply(struct wf_elf_editor *e, struct wf_buffer *out, struct wf_elf_edited *result,
      struct wf_bytes image)
{
    const bool asks = !asks_for_nothing(e->edit);

    if (asks && (!wf_elf_take_image(e, image) || !plan_changes(e)))
        return false;
    if (!asks || (!e->changes_entries && !e->changes_needs && !e->clears_stack)) {
        wf_buffer_add(out, image.data, image.len);
        return wf_buffer_ok(out, "the image", e->err);
    }
    if (!wf_elf_place_names(e) || !wf_elf_find_room(e) || !write_out(e, out))
        return false;
    *result = (struct wf_elf_edited){
        .room = e->layout.room,
        .moved_dynamic = e->layout.moves_dynamic,
        .growth = e->layout.file_len - image.len,
    };
    return true;
}

bool
wf_elf_apply_edit(struct wf_buffer *out, struct wf_elf_edited *result,
                  struct wf_bytes image, const struct wf_elf_edit *edit,
                  struct wf_error *err)
{
    struct wf_elf_editor e = { .edit = edit, .err = err };
    struct wf_elf_edited edited = { 0 };

    assert(out->len == 0);
    image.file_off = 0;
    e.layout.grown_idx = WF_NO_IDX;
    const bool ok = apply(&e, out, &edited, image);

    wf_arena_clear(&e.arena);
    if (ok)
        *result = edited;
    return ok;
}
