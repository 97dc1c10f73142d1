/* plan_macos_edits.c -- what changes in each Mach-O file, slice by slice, and why. */
#include <stdlib.h>
#include <string.h>

#include "object/macho_sign.h"
#include "repair/plan_macos_parts.h"

/* One reason of one slice. */
struct reason {
    const char *text;
    size_t slice;
    size_t order;
};

struct reasons {
    struct wf_arena *arena;
    struct reason *items;
    size_t num;
    size_t cap;
    size_t slice;
};

static void
explain(struct reasons *reasons, const char *text)
{
    reasons->items = wf_arena_grow(reasons->arena, reasons->items, reasons->num,
                                   &reasons->cap, sizeof *reasons->items);
    reasons->items[reasons->num] = (struct reason){ text, reasons->slice, reasons->num };
    reasons->num++;
}

static void
explain_names(struct reasons *reasons, const struct wf_mac_slice *slice)
{
    const struct wf_macho_slice_edit *edit = &slice->edit;

    for (size_t i = 0; i < edit->num_renames; i++)
        explain(reasons, wf_arena_printf(reasons->arena, "needs %s as %s",
                                         slice->object->needed[edit->renames[i].index],
                                         edit->renames[i].to));
    if (edit->id != NULL)
        explain(reasons, wf_arena_printf(reasons->arena, "is called %s", edit->id));
    for (size_t i = 0; i < edit->num_dropped_rpaths; i++)
        explain(reasons, wf_arena_printf(reasons->arena, "no longer looks in %s: %s",
                                         slice->object->rpaths[edit->dropped_rpaths[i]],
                                         slice->dropped_why[i]));
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        explain(reasons, wf_arena_printf(reasons->arena, "looks for libraries in %s",
                                         edit->added_rpaths[i]));
    for (size_t i = 0; i < edit->num_reclaimed; i++)
        explain(reasons,
                wf_arena_printf(reasons->arena, "gives up %s, to have room in its header",
                                slice->object->macho->reclaims[i].what));
}

static int
compare_reasons(const void *left, const void *right)
{
    const struct reason *a = left;
    const struct reason *b = right;
    const int order = strcmp(a->text, b->text);

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int
compare_orders(const void *left, const void *right)
{
    const struct reason *a = left;
    const struct reason *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* What holds for every slice is said once; the rest with its slice. */
static void
tell_reasons(struct wf_strings *out, struct reasons *reasons,
             const struct wf_mac_file *file)
{
    size_t num = 0;

    if (reasons->num > 1)
        qsort(reasons->items, reasons->num, sizeof *reasons->items, compare_reasons);
    for (size_t first = 0, end; first < reasons->num; first = end) {
        for (end = first + 1; end < reasons->num && strcmp(reasons->items[first].text,
                                                           reasons->items[end].text) == 0;
             end++)
            ;
        if (end - first == file->num_slices) {
            reasons->items[num++] = reasons->items[first];
            continue;
        }
        for (size_t i = first; i < end; i++) {
            const char *word = file->slices[reasons->items[i].slice].object->slice;

            reasons->items[num] = reasons->items[i];
            if (word != NULL)
                reasons->items[num].text = wf_arena_printf(reasons->arena, "%s: %s", word,
                                                           reasons->items[i].text);
            num++;
        }
    }
    if (num > 1)
        qsort(reasons->items, num, sizeof *reasons->items, compare_orders);
    for (size_t i = 0; i < num; i++)
        wf_strings_append(reasons->arena, out, reasons->items[i].text);
}

/* Commands are reclaimed only for the sake of something else. */
static bool
is_changed(const struct wf_macho_slice_edit *edit)
{
    return edit->id != NULL || edit->num_renames > 0 || edit->num_dropped_rpaths > 0 ||
           edit->num_added_rpaths > 0;
}

static enum wf_macho_strip
strip_level(const struct wf_planning *planning, const struct wf_mac_file *file)
{
    /* A slice that nobody judges is nobody's to strip. */
    for (size_t i = 0; i < file->num_slices; i++)
        if (!file->slices[i].is_ours)
            return WF_MACHO_STRIP_NOTHING;
    switch (planning->options->strip) {
    case WF_STRIP_NOTHING:
        return WF_MACHO_STRIP_NOTHING;
    case WF_STRIP_DEBUG:
        return WF_MACHO_STRIP_DEBUG;
    case WF_STRIP_UNNEEDED:
    case WF_STRIP_ALL:
        break;
    }
    return WF_MACHO_STRIP_LOCAL;
}

static const char *
identifier_of(struct wf_arena *arena, const struct wf_mac_file *file,
              const struct wf_mac_slice *slice)
{
    const char *old = slice->object->macho->signature.identifier;

    if (old != NULL && old[0] != '\0')
        return old;
    return wf_macho_default_identifier(arena, file->graft != NULL ? file->graft->path
                                                                  : file->path);
}

/* The edit of a slice under one id.  Room is made as if it were signed, since it will be
 * when anything changes. */
static void
edit_slice(struct wf_mac_layout *layout, const struct wf_mac_file *file,
           struct wf_mac_slice *slice, const char *id)
{
    const struct wf_planning *planning = layout->planning;
    const char *old_id = slice->object->soname;
    const bool new_id = id != NULL && old_id != NULL && strcmp(old_id, id) != 0;

    slice->edit = (struct wf_macho_slice_edit){ 0 };
    slice->room = (struct wf_plan_room){ 0 };
    if (!slice->is_ours)
        return;
    slice->room.before = wf_macho_room(slice->object, &slice->edit);
    slice->edit.id = new_id ? id : NULL;
    slice->edit.dropped_rpaths = slice->dropped;
    slice->edit.num_dropped_rpaths = slice->num_dropped;
    slice->edit.sign = wf_mac_sign_edited(planning, slice);
    wf_mac_fit_slice(layout, file, slice);
    if (is_changed(&slice->edit))
        return;
    slice->edit = (struct wf_macho_slice_edit){ 0 };
    slice->room.after = slice->room.before;
    slice->room.step = WF_ROOM_ENOUGH;
}

static bool
is_short(const struct wf_mac_file *file)
{
    for (size_t i = 0; i < file->num_slices; i++)
        if (file->slices[i].room.step == WF_ROOM_SHORT)
            return true;
    return false;
}

static void
edit_slices(struct wf_mac_layout *layout, const struct wf_mac_file *file, const char *id)
{
    for (size_t i = 0; i < file->num_slices; i++)
        edit_slice(layout, file, &file->slices[i], id);
}

/* The id of a library only has to be its own: /DLC/ and a part of its digest will do. */
static void
shorten_id(struct wf_mac_layout *layout, const struct wf_mac_file *file)
{
    enum { DIGITS = 8 };
    char hex[WF_SHA256_HEX + 1];

    wf_sha256_hex(hex, file->graft->sha256);
    file->graft->soname =
        wf_arena_printf(layout->planning->arena, "/DLC/%.*s", DIGITS, hex);
    edit_slices(layout, file, file->graft->soname);
    for (size_t i = 0; i < file->num_slices; i++)
        if (file->slices[i].edit.id != NULL && file->slices[i].room.after >= 0)
            file->slices[i].room.step = WF_ROOM_SHORT_ID;
}

/* What has no other edit is signed only where the signature fits: without it is no worse
 * than it was. */
static bool
can_sign(const struct wf_mac_slice *slice)
{
    const struct wf_macho_slice_edit sign = { .sign = WF_MACHO_SIGN };

    return slice->object->macho->why_not_signable == NULL &&
           wf_macho_room(slice->object, &sign) >= 0;
}

static void
sign_slice(struct wf_mac_layout *layout, const struct wf_mac_file *file,
           struct wf_mac_slice *slice, struct reasons *reasons, bool strip)
{
    struct wf_arena *arena = layout->planning->arena;
    const char *why = NULL;

    if (!slice->is_ours)
        return;
    if (!is_changed(&slice->edit) && can_sign(slice)) {
        if (strip) {
            slice->edit.sign = wf_mac_sign_edited(layout->planning, slice);
        } else if (wf_mac_needs_signature(arena, slice, &why)) {
            slice->edit.sign = WF_MACHO_SIGN;
            explain(reasons, why);
        }
    }
    if (slice->edit.sign == WF_MACHO_SIGN)
        slice->edit.identifier = identifier_of(arena, file, slice);
}

static struct wf_plan_edit *
finish_file(struct wf_mac_layout *layout, struct wf_mac_file *file)
{
    struct wf_arena *arena = layout->planning->arena;
    const enum wf_macho_strip strip =
        file->skipped ? WF_MACHO_STRIP_NOTHING : strip_level(layout->planning, file);
    struct wf_plan_edit *out = wf_arena_alloc(arena, sizeof *out);
    struct wf_macho_edit *macho = wf_arena_alloc(arena, sizeof *macho);
    struct wf_macho_slice_edit *edits =
        wf_arena_array(arena, file->num_slices, sizeof *edits);
    struct wf_plan_room *rooms = wf_arena_array(arena, file->num_slices, sizeof *rooms);
    struct reasons reasons = { .arena = arena };

    for (size_t i = 0; i < file->num_slices; i++) {
        struct wf_mac_slice *slice = &file->slices[i];

        reasons.slice = i;
        if (slice->is_ours)
            explain_names(&reasons, slice);
        sign_slice(layout, file, slice, &reasons, strip != WF_MACHO_STRIP_NOTHING);
        edits[i] = slice->edit;
        rooms[i] = slice->room;
    }
    tell_reasons(&out->reasons, &reasons, file);
    if (strip != WF_MACHO_STRIP_NOTHING) {
        out->strip = true;
        wf_strings_append(arena, &out->reasons, "is stripped");
    }
    *macho = (struct wf_macho_edit){ edits, file->num_slices, strip };
    out->macho = macho;
    out->rooms = rooms;
    return out->reasons.num == 0 && file->moved == NULL && file->graft == NULL ? NULL
                                                                               : out;
}

static void
edit_file(struct wf_mac_layout *layout, struct wf_mac_file *file)
{
    for (size_t i = 0; i < file->num_slices; i++)
        wf_mac_sort_rpaths(layout, file, &file->slices[i]);
    edit_slices(layout, file, file->graft == NULL ? NULL : file->graft->soname);
    if (file->graft != NULL && is_short(file))
        shorten_id(layout, file);
    for (size_t i = 0; i < file->num_slices; i++)
        layout->num_short += file->slices[i].room.step == WF_ROOM_SHORT;
}

void
wf_mac_fit_files(struct wf_mac_layout *layout)
{
    layout->num_short = 0;
    for (size_t i = 0; i < layout->num_files; i++)
        edit_file(layout, &layout->files[i]);
}

void
wf_mac_edit_files(struct wf_mac_layout *layout)
{
    struct wf_arena *arena = layout->planning->arena;

    layout->edits =
        wf_arena_array(arena, layout->num_files, sizeof(struct wf_plan_edit *));
    for (size_t i = 0; i < layout->num_files; i++) {
        struct wf_mac_file *file = &layout->files[i];

        layout->edits[i] = finish_file(layout, file);
        for (size_t k = 0; k < file->num_slices; k++) {
            if (!file->slices[k].is_ours)
                continue;
            wf_mac_note_signing(layout, file, &file->slices[k]);
            wf_mac_note_rpaths(layout, file, &file->slices[k]);
            wf_mac_refuse_overnamed(layout, file, &file->slices[k]);
        }
    }
}
