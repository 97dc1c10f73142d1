/* json_macho_edit.c -- what a plan changes in Mach-O files (see json_macho_edit.h). */
#include "render/json_macho_edit.h"
#include "base/json_keys.h"

static void
write_change(struct wf_json_writer *w, const char *from, const char *to)
{
    wf_json_begin_object(w);
    wf_key_string(w, "from", from);
    wf_key_string(w, "to", to);
    wf_json_end_object(w);
}

static void
write_id(struct wf_json_writer *w, const struct wf_object *slice,
         const struct wf_macho_slice_edit *edit)
{
    wf_json_write_key(w, "id");
    if (edit->id == NULL)
        wf_json_write_null(w);
    else
        write_change(w, slice->soname, edit->id);
}

static void
write_names(struct wf_json_writer *w, const struct wf_object *slice,
            const struct wf_macho_slice_edit *edit)
{
    wf_json_write_key(w, "names");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edit->num_renames; i++)
        write_change(w, slice->needed[edit->renames[i].index], edit->renames[i].to);
    wf_json_end_array(w);
}

static void
write_rpaths(struct wf_json_writer *w, const struct wf_object *slice,
             const struct wf_macho_slice_edit *edit)
{
    wf_json_write_key(w, "rpaths_dropped");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edit->num_dropped_rpaths; i++)
        wf_json_write_string(w, slice->rpaths[edit->dropped_rpaths[i]]);
    wf_json_end_array(w);
    wf_json_write_key(w, "rpaths_added");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        wf_json_write_string(w, edit->added_rpaths[i]);
    wf_json_end_array(w);
}

static void
write_reclaimed(struct wf_json_writer *w, const struct wf_object *slice,
                const struct wf_macho_slice_edit *edit)
{
    wf_json_write_key(w, "reclaimed");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edit->num_reclaimed; i++)
        wf_json_write_string(w, slice->macho->reclaims[i].what);
    wf_json_end_array(w);
}

static void
write_room(struct wf_json_writer *w, const struct wf_plan_room *room)
{
    wf_json_write_key(w, "header_room");
    wf_json_begin_object(w);
    wf_key_number(w, "before", room->before > 0 ? (uint64_t)room->before : 0);
    wf_key_number(w, "after", room->after > 0 ? (uint64_t)room->after : 0);
    wf_key_number(w, "short", room->after < 0 ? (uint64_t)-room->after : 0);
    wf_key_string(w, "step", wf_room_step_name(room->step));
    wf_json_end_object(w);
}

static void
write_slice(struct wf_json_writer *w, const struct wf_object *slice,
            const struct wf_macho_slice_edit *edit, const struct wf_plan_room *room)
{
    static const char *const words[] = {
        [WF_MACHO_SIGN_KEEP] = "keep",
        [WF_MACHO_SIGN] = "sign",
        [WF_MACHO_SIGN_DROP] = "drop",
    };

    wf_json_begin_object(w);
    wf_key_string(w, "slice", slice->slice);
    write_id(w, slice, edit);
    write_names(w, slice, edit);
    write_rpaths(w, slice, edit);
    write_reclaimed(w, slice, edit);
    wf_key_string(w, "signature", words[edit->sign]);
    wf_key_string(w, "identifier", edit->identifier);
    if (room != NULL)
        write_room(w, room);
    wf_json_end_object(w);
}

void
wf_key_macho_member(struct wf_json_writer *w, const struct wf_report *report,
                    const struct wf_plan_member *member)
{
    const struct wf_plan_edit *change = member->change;

    if (change->macho == NULL)
        return;
    /* The slices of a member stand side by side. */
    size_t first = (size_t)(member->object - report->objects);

    while (first > 0 && report->objects[first - 1].member == member->member)
        first--;
    wf_json_write_key(w, "slices");
    wf_json_begin_array(w);
    for (size_t i = 0; i < change->macho->num_slices && first + i < report->num_objects;
         i++)
        write_slice(w, &report->objects[first + i].object, &change->macho->slices[i],
                    change->rooms == NULL ? NULL : &change->rooms[i]);
    wf_json_end_array(w);
}

void
wf_key_macho_graft(struct wf_json_writer *w, const struct wf_plan_graft *graft)
{
    const struct wf_plan_edit *change = &graft->change;
    const struct wf_library *library = graft->library;

    if (change->macho == NULL)
        return;
    wf_json_write_key(w, "slices");
    wf_json_begin_array(w);
    for (size_t i = 0; i < change->macho->num_slices && i < library->num_slices; i++)
        write_slice(w, &library->slices[i], &change->macho->slices[i],
                    change->rooms == NULL ? NULL : &change->rooms[i]);
    wf_json_end_array(w);
}
