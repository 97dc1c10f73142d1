/* macho_edit_room.c -- whether new load commands fit before the content of a slice. */
#include "object/macho_edit_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

uint64_t
wf_macho_command_size(uint64_t fixed_len, const char *text, bool is_64)
{
    const uint64_t word = is_64 ? 8 : 4;
    const uint64_t len = fixed_len + strlen(text) + 1;

    return (len + word - 1) / word * word;
}

/* The magic number decides, also where the processor is unknown. */
static bool
has_words_of_64(const struct wf_macho *macho)
{
    return macho->header_len == MH_HEADER_64_LEN;
}

static int64_t
change_of_names(const struct wf_object *slice, const struct wf_macho_slice_edit *edit)
{
    const struct wf_macho *macho = slice->macho;
    const bool is_64 = has_words_of_64(macho);
    int64_t change = 0;

    if (edit->id != NULL && macho->id_size > 0)
        change +=
            (int64_t)wf_macho_command_size(DYLIB_LEN, edit->id, is_64) - macho->id_size;
    for (size_t i = 0; i < edit->num_renames; i++) {
        const struct wf_macho_rename *rename = &edit->renames[i];

        assert(rename->index < slice->num_needed);
        const struct wf_macho_dylib *dylib = &macho->dylibs[rename->index];

        change += (int64_t)wf_macho_command_size(dylib->text_off, rename->to, is_64) -
                  dylib->command_size;
    }
    return change;
}

static int64_t
change_of_rpaths(const struct wf_object *slice, const struct wf_macho_slice_edit *edit)
{
    int64_t change = 0;

    for (size_t i = 0; i < edit->num_dropped_rpaths; i++) {
        assert(edit->dropped_rpaths[i] < slice->num_rpaths);
        change -= slice->macho->rpath_sizes[edit->dropped_rpaths[i]];
    }
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        change += (int64_t)wf_macho_command_size(RPATH_LEN, edit->added_rpaths[i],
                                                 has_words_of_64(slice->macho));
    return change;
}

static int64_t
change_of_signature(const struct wf_macho *macho, enum wf_macho_sign sign)
{
    if (sign == WF_MACHO_SIGN && !macho->has_signature)
        return LINKEDIT_DATA_LEN;
    if (sign == WF_MACHO_SIGN_DROP && macho->has_signature)
        return -LINKEDIT_DATA_LEN;
    return 0;
}

int64_t
wf_macho_room(const struct wf_object *slice, const struct wf_macho_slice_edit *edit)
{
    const struct wf_macho *macho = slice->macho;
    int64_t end = (int64_t)macho->header_len + macho->commands_len +
                  change_of_names(slice, edit) + change_of_rpaths(slice, edit) +
                  change_of_signature(macho, edit->sign);

    assert(edit->num_reclaimed <= macho->num_reclaims);
    for (size_t i = 0; i < edit->num_reclaimed; i++)
        end -= macho->reclaims[i].bytes;
    return (int64_t)macho->first_content - end;
}

/* What does not fit, as the subject of a sentence. */
static const char *
name_the_cause(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    const struct wf_macho_growth *growth = &part->growth;

    if (growth->num == 0)
        return wf_arena_printf(&e->arena, "the load commands of %s are", part->name);
    if (growth->num == 1)
        return wf_arena_printf(&e->arena, "the %s %s of %s is", growth->kind,
                               growth->text, part->name);
    return wf_arena_printf(&e->arena,
                           "the %zu longer names of %s, among them the %s %s, are",
                           growth->num, part->name, growth->kind, growth->text);
}

bool
wf_macho_check_room(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    const struct wf_macho_layout *layout = &part->layout;
    const uint64_t end = part->header.len + part->commands.len;

    if (layout->first_content < layout->commands_end)
        return wf_error_at(e->err, WF_ERR_MALFORMED,
                           part->slice->bytes.file_off + layout->first_content,
                           "content of %s begins here, and its load commands end %" PRIu64
                           " bytes later",
                           part->name, layout->commands_end - layout->first_content);
    if (end <= layout->first_content)
        return true;
    return wf_error_set(
        e->err, WF_ERR_REFUSED,
        "%s %" PRIu64 " bytes too long: the header has room for %" PRIu64
        " more bytes; link with -headerpad_max_install_names (or -headerpad 0x%" PRIx64
        ")",
        name_the_cause(e, part), end - layout->first_content,
        layout->first_content - layout->commands_end, end - layout->commands_end);
}
