/* plan_macos_room.c -- whether the edit of a slice fits between its load commands and its
 * content, and what is done until it does.  Content is never moved; most new linkers leave
 * 32 bytes (delocate-macho.md 4.3). */
#include <inttypes.h>
#include <string.h>

#include "repair/plan_macos_parts.h"

const char *
wf_room_step_name(enum wf_room_step step)
{
    static const char *const names[] = {
        [WF_ROOM_ENOUGH] = "enough",
        [WF_ROOM_REUSED_RPATH] = "reused-rpath",
        [WF_ROOM_ADDED_RPATH] = "added-rpath",
        [WF_ROOM_RECLAIMED] = "reclaimed",
        [WF_ROOM_SHORT_ID] = "short-id",
        [WF_ROOM_SHORT_FOLDER] = "short-folder",
        [WF_ROOM_SHORT] = "short",
    };

    return names[step];
}

static enum wf_room_step
step_of(enum wf_mac_form form)
{
    static const enum wf_room_step steps[] = {
        [WF_MAC_PLAIN] = WF_ROOM_ENOUGH,
        [WF_MAC_REUSE] = WF_ROOM_REUSED_RPATH,
        [WF_MAC_ADDED] = WF_ROOM_ADDED_RPATH,
    };

    return steps[form];
}

/* As few as it takes, the most harmless first. */
static void
reclaim(struct wf_mac_slice *slice)
{
    const struct wf_macho *macho = slice->object->macho;

    while (slice->room.after < 0 && slice->edit.num_reclaimed < macho->num_reclaims)
        slice->room.after += macho->reclaims[slice->edit.num_reclaimed++].bytes;
}

/* What the slice's own commands allow: the first form that fits, else the shortest, and then
 * what can be reclaimed for it. */
static void
fit_names(struct wf_mac_layout *layout, const struct wf_mac_file *file,
          struct wf_mac_slice *slice)
{
    struct wf_macho_slice_edit best = slice->edit;
    int64_t most = INT64_MIN;

    for (int form = WF_MAC_PLAIN; form <= WF_MAC_ADDED; form++) {
        wf_mac_name_needs(layout, file, slice, (enum wf_mac_form)form);
        const int64_t room = wf_macho_room(slice->object, &slice->edit);

        if (room > most) {
            most = room;
            best = slice->edit;
            slice->room.step = step_of((enum wf_mac_form)form);
        }
        if (room >= 0)
            break;
    }
    slice->edit = best;
    slice->room.after = most;
    if (most >= 0)
        return;
    reclaim(slice);
    slice->room.step = slice->room.after < 0 ? WF_ROOM_SHORT : WF_ROOM_RECLAIMED;
}

void
wf_mac_fit_slice(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                 struct wf_mac_slice *slice)
{
    slice->edit.num_reclaimed = 0;
    fit_names(layout, file, slice);
}

/* -headerpad says how much there shall be in all. */
static void
refuse(struct wf_mac_layout *layout, const struct wf_mac_file *file,
       const struct wf_mac_slice *slice)
{
    struct wf_arena *arena = layout->planning->arena;
    const int64_t lack = -slice->room.after;
    const int64_t room = slice->room.before < 0 ? 0 : slice->room.before;

    wf_plan_refuse(
        layout->planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_ROOM,
            .object = file->path,
            .text = wf_arena_printf(
                arena,
                "%s has no room for the new names of its libraries: the load commands "
                "are %" PRId64 " byte%s too long for its header, in which %" PRId64
                " are free",
                wf_mac_where(arena, file->path, slice->object), lack,
                lack == 1 ? "" : "s", room),
            .advice = wf_arena_printf(
                arena,
                "link it with -headerpad_max_install_names (or -headerpad 0x%" PRIx64 ")",
                (uint64_t)(room + lack)),
        });
}

void
wf_mac_refuse_short(struct wf_mac_layout *layout)
{
    for (size_t i = 0; i < layout->num_files; i++)
        for (size_t k = 0; k < layout->files[i].num_slices; k++)
            if (layout->files[i].slices[k].room.step == WF_ROOM_SHORT)
                refuse(layout, &layout->files[i], &layout->files[i].slices[k]);
}

bool *
wf_mac_list_short(const struct wf_mac_layout *layout)
{
    size_t num = 0;

    for (size_t i = 0; i < layout->num_files; i++)
        num += layout->files[i].num_slices;
    bool *list = wf_arena_array(layout->planning->arena, num, sizeof *list);

    num = 0;
    for (size_t i = 0; i < layout->num_files; i++)
        for (size_t k = 0; k < layout->files[i].num_slices; k++)
            list[num++] = layout->files[i].slices[k].room.step == WF_ROOM_SHORT;
    return list;
}

void
wf_mac_mark_helped(struct wf_mac_layout *layout, const bool *was_short)
{
    for (size_t i = 0; i < layout->num_files; i++)
        for (size_t k = 0; k < layout->files[i].num_slices; k++) {
            struct wf_plan_room *room = &layout->files[i].slices[k].room;

            if (*was_short++ && room->step != WF_ROOM_SHORT)
                room->step = WF_ROOM_SHORT_FOLDER;
        }
}
