/* macho_edit_check.c -- what was written is read again and compared with what was asked: a
 * loader would be the first to notice otherwise. */
#include "object/macho_edit_parts.h"

#include <string.h>

/* What the commands of one slice say, in order. */
struct names {
    const char *id;
    const char **dylibs;
    size_t num_dylibs;
    size_t cap_dylibs;
    const char **rpaths;
    size_t num_rpaths;
    size_t cap_rpaths;
};

static bool
read_name(struct names *names, struct wf_macho_editor *e,
          const struct wf_macho_header *header, const struct wf_macho_command *command)
{
    const bool is_rpath = command->command == LC_RPATH;
    const char *text;

    if (!is_rpath && command->command != LC_ID_DYLIB &&
        !wf_macho_is_dylib(command->command))
        return true;
    if (!wf_macho_text(&text, &e->arena, header, command, 8,
                       is_rpath ? RPATH_LEN : DYLIB_LEN, "a name", e->err))
        return false;
    if (command->command == LC_ID_DYLIB) {
        names->id = text;
    } else if (is_rpath) {
        names->rpaths = wf_arena_grow(&e->arena, names->rpaths, names->num_rpaths,
                                      &names->cap_rpaths, sizeof *names->rpaths);
        names->rpaths[names->num_rpaths++] = text;
    } else {
        names->dylibs = wf_arena_grow(&e->arena, names->dylibs, names->num_dylibs,
                                      &names->cap_dylibs, sizeof *names->dylibs);
        names->dylibs[names->num_dylibs++] = text;
    }
    return true;
}

static bool
read_names(struct names *names, struct wf_macho_editor *e,
           const struct wf_macho_header *header)
{
    struct wf_macho_walk walk = wf_macho_walk_over(header);
    struct wf_macho_command command;

    while (wf_macho_next(&command, &walk, e->err))
        if (!read_name(names, e, header, &command))
            return false;
    return !walk.failed;
}

static bool
same_dylibs(const struct names *before, const struct names *after,
            const struct wf_macho_slice_edit *edit)
{
    size_t done = 0;

    if (after->num_dylibs != before->num_dylibs)
        return false;
    for (size_t i = 0; i < before->num_dylibs; i++) {
        const bool renamed = done < edit->num_renames && edit->renames[done].index == i;
        const char *planned = renamed ? edit->renames[done++].to : before->dylibs[i];

        if (strcmp(after->dylibs[i], planned) != 0)
            return false;
    }
    return true;
}

static bool
same_rpaths(const struct names *before, const struct names *after,
            const struct wf_macho_slice_edit *edit)
{
    size_t dropped = 0;
    size_t num = 0;

    if (after->num_rpaths !=
        before->num_rpaths - edit->num_dropped_rpaths + edit->num_added_rpaths)
        return false;
    for (size_t i = 0; i < before->num_rpaths; i++) {
        if (dropped < edit->num_dropped_rpaths && edit->dropped_rpaths[dropped] == i)
            dropped++;
        else if (strcmp(after->rpaths[num++], before->rpaths[i]) != 0)
            return false;
    }
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        if (strcmp(after->rpaths[num++], edit->added_rpaths[i]) != 0)
            return false;
    return true;
}

static bool
same_segments(const struct wf_macho_layout *before, const struct wf_macho_layout *after)
{
    if (after->num_segments != before->num_segments)
        return false;
    for (size_t i = 0; i < before->num_segments; i++) {
        const struct wf_macho_segment *was = &before->segments[i];
        const struct wf_macho_segment *is = &after->segments[i];

        if (strcmp(is->name, was->name) != 0 || is->vmaddr != was->vmaddr ||
            is->off != was->off ||
            (was != before->linkedit &&
             (is->vmsize != was->vmsize || is->len != was->len)))
            return false;
    }
    return true;
}

static bool
same_signature(const struct wf_macho_part *part, const struct wf_macho_layout *after)
{
    if (part->is_signed)
        return after->has_signature && after->why_not_signable == NULL &&
               after->signature_off == part->signing.code_limit &&
               after->signature_size == part->signature_size;
    return !after->has_signature;
}

static bool
check_part(struct wf_macho_editor *e, const struct wf_macho_part *part,
           struct wf_bytes bytes)
{
    struct wf_macho_header header;
    struct wf_macho_layout layout;
    struct names before = { 0 };
    struct names after = { 0 };

    if (!part->is_changed)
        return wf_bytes_equal(bytes, part->bytes);
    return wf_macho_read_header(&header, bytes, e->err) &&
           wf_macho_read_layout(&layout, &e->arena, bytes, &header, e->err) &&
           read_names(&before, e, &part->header) && read_names(&after, e, &header) &&
           strcmp(part->edit->id != NULL ? part->edit->id
                  : before.id != NULL    ? before.id
                                         : "",
                  after.id != NULL ? after.id : "") == 0 &&
           same_dylibs(&before, &after, part->edit) &&
           same_rpaths(&before, &after, part->edit) &&
           same_segments(&part->layout, &layout) && same_signature(part, &layout);
}

bool
wf_macho_check_result(struct wf_macho_editor *e, struct wf_bytes out)
{
    struct wf_macho_file again;
    bool ok = wf_macho_split(&again, &e->arena, out, e->err) &&
              again.num_slices == e->file.num_slices;

    for (size_t i = 0; ok && i < again.num_slices; i++)
        ok = check_part(e, &e->parts[i], again.slices[i].bytes);
    return ok || wf_error_set(e->err, WF_ERR_MALFORMED,
                              "its parts overlap: changing one of them spoils another");
}
