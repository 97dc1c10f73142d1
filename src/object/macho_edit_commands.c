/* macho_edit_commands.c -- the list of load commands as an edit wants it: order and number of
 * libraries and segments stay, because symbols and fixups name them by their place. */
#include "object/macho_edit_parts.h"

#include <assert.h>
#include <string.h>

/* How far the lists of the edit are used up. */
struct listing {
    struct wf_macho_editor *e;
    struct wf_macho_part *part;
    uint32_t *reclaimed; /* bytes that each load command gives */
    size_t num_dylibs;
    size_t num_rpaths;
    size_t renames_done;
    size_t drops_done;
    bool has_id;
};

void
wf_macho_put_word(struct wf_buffer *commands, size_t off, uint32_t value,
                  enum wf_endian endian)
{
    assert(off + 4 <= commands->len);
    for (size_t i = 0; i < 4; i++)
        commands->data[off + i] =
            (uint8_t)(value >> (endian == WF_LITTLE ? 8 * i : 24 - 8 * i));
}

static void
add_zeros(struct wf_buffer *out, size_t len)
{
    static const uint8_t zeros[8];

    assert(len <= sizeof zeros);
    wf_buffer_add(out, zeros, len);
}

static void
copy_command(struct wf_macho_part *part, struct wf_bytes command)
{
    wf_buffer_add(&part->commands, command.data, command.len);
    part->num_commands++;
}

static void
note_growth(struct wf_macho_part *part, const char *kind, const char *text,
            uint64_t new_len, uint64_t old_len)
{
    struct wf_macho_growth *growth = &part->growth;

    if (new_len <= old_len)
        return;
    growth->num++;
    if (new_len - old_len <= growth->bytes)
        return;
    growth->bytes = new_len - old_len;
    growth->kind = kind;
    growth->text = text;
}

/* Writes a command of `fixed` (its bytes before the text) and `text`; the size stands in its
 * second word.  The list is bounded long before that can overflow. */
static void
add_text_command(struct wf_macho_part *part, struct wf_bytes fixed, const char *text)
{
    struct wf_buffer *commands = &part->commands;
    const size_t at = commands->len;
    const uint64_t len = wf_macho_command_size(fixed.len, text, part->header.is_64);

    wf_buffer_add(commands, fixed.data, fixed.len);
    wf_buffer_add(commands, text, strlen(text));
    add_zeros(commands, (size_t)(len - fixed.len - strlen(text)));
    if (!commands->over)
        wf_macho_put_word(commands, at + 4, (uint32_t)len, part->header.endian);
    part->num_commands++;
}

static bool
list_id(struct listing *l, const struct wf_macho_command *command)
{
    struct wf_macho_part *part = l->part;
    const char *text = part->edit->id;
    const char *old;
    const size_t at = part->commands.len;

    if (l->has_id)
        return wf_error_at(l->e->err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "load command %u is a second LC_ID_DYLIB", command->index);
    l->has_id = true;
    if (!wf_macho_text(&old, &l->e->arena, &part->header, command, 8, DYLIB_LEN,
                       "the install name", l->e->err))
        return false;
    if (text == NULL) {
        copy_command(part, command->bytes);
        return true;
    }
    add_text_command(part, wf_bytes_first(command->bytes, DYLIB_LEN), text);
    if (!part->commands.over)
        wf_macho_put_word(&part->commands, at + 8, DYLIB_LEN, part->header.endian);
    note_growth(part, "install name", text, part->commands.len - at, command->bytes.len);
    return true;
}

/* The fixed part ends where the text begins, so that the flags of a dylib_use stay. */
static bool
list_dylib(struct listing *l, const struct wf_macho_command *command)
{
    struct wf_macho_part *part = l->part;
    const struct wf_macho_slice_edit *edit = part->edit;
    const size_t index = l->num_dylibs++;
    const size_t at = part->commands.len;
    const char *old;

    if (!wf_macho_text(&old, &l->e->arena, &part->header, command, 8, DYLIB_LEN,
                       "the name of a library", l->e->err))
        return false;
    if (l->renames_done == edit->num_renames ||
        edit->renames[l->renames_done].index != index) {
        copy_command(part, command->bytes);
        return true;
    }
    const char *to = edit->renames[l->renames_done++].to;
    const uint32_t text_off = wf_macho_word(&part->header, command, 8);

    add_text_command(part, wf_bytes_first(command->bytes, text_off), to);
    note_growth(part, "library name", to, part->commands.len - at, command->bytes.len);
    return true;
}

static bool
list_rpath(struct listing *l, const struct wf_macho_command *command)
{
    const struct wf_macho_slice_edit *edit = l->part->edit;
    const size_t index = l->num_rpaths++;
    const char *old;

    if (!wf_macho_text(&old, &l->e->arena, &l->part->header, command, 8, RPATH_LEN,
                       "a search path", l->e->err))
        return false;
    if (l->drops_done < edit->num_dropped_rpaths &&
        edit->dropped_rpaths[l->drops_done] == index)
        l->drops_done++;
    else
        copy_command(l->part, command->bytes);
    return true;
}

/* The tools that built the image go from the end; the rest of LC_BUILD_VERSION stays. */
static void
shorten_build_version(struct wf_macho_part *part, const struct wf_macho_command *command,
                      uint32_t gain)
{
    enum { NUM_TOOLS_OFF = 20, TOOL_LEN = 8 };
    const uint32_t num_tools = wf_macho_word(&part->header, command, NUM_TOOLS_OFF);
    const size_t at = part->commands.len;
    const uint32_t len = (uint32_t)command->bytes.len - gain;

    assert(command->command == LC_BUILD_VERSION && gain / TOOL_LEN <= num_tools);
    copy_command(part, wf_bytes_first(command->bytes, len));
    if (part->commands.over)
        return;
    wf_macho_put_word(&part->commands, at + 4, len, part->header.endian);
    wf_macho_put_word(&part->commands, at + NUM_TOOLS_OFF, num_tools - gain / TOOL_LEN,
                      part->header.endian);
}

static void
list_signature(struct wf_macho_part *part, const struct wf_macho_command *command)
{
    if (part->edit->sign == WF_MACHO_SIGN_DROP)
        return;
    part->signature_at = part->commands.len;
    copy_command(part, command->bytes);
}

static bool
list_command(struct listing *l, const struct wf_macho_command *command)
{
    struct wf_macho_part *part = l->part;
    const uint32_t gain = l->reclaimed[command->index];

    if (gain > 0) {
        if (gain < command->bytes.len)
            shorten_build_version(part, command, gain);
        return true;
    }
    if (wf_macho_is_dylib(command->command))
        return list_dylib(l, command);
    switch (command->command) {
    case LC_ID_DYLIB:
        return list_id(l, command);
    case LC_RPATH:
        return list_rpath(l, command);
    case LC_CODE_SIGNATURE:
        list_signature(part, command);
        return true;
    default:
        if (part->layout.linkedit != NULL &&
            command->index == part->layout.linkedit->command)
            part->linkedit_at = part->commands.len;
        copy_command(part, command->bytes);
        return true;
    }
}

static void
add_head(struct wf_macho_part *part, uint32_t command, uint32_t second, uint32_t third,
         size_t len)
{
    struct wf_buffer *commands = &part->commands;
    const size_t at = commands->len;
    static const uint8_t zeros[LINKEDIT_DATA_LEN];

    wf_buffer_add(commands, zeros, len);
    if (commands->over)
        return;
    wf_macho_put_word(commands, at, command, part->header.endian);
    wf_macho_put_word(commands, at + 4, second, part->header.endian);
    wf_macho_put_word(commands, at + 8, third, part->header.endian);
}

static void
add_rpath(struct wf_macho_part *part, const char *path)
{
    struct wf_buffer *commands = &part->commands;
    const uint64_t len = wf_macho_command_size(RPATH_LEN, path, part->header.is_64);

    add_head(part, LC_RPATH, (uint32_t)len, RPATH_LEN, RPATH_LEN);
    wf_buffer_add(commands, path, strlen(path));
    add_zeros(commands, (size_t)(len - RPATH_LEN - strlen(path)));
    part->num_commands++;
    note_growth(part, "search path", path, len, 0);
}

/* New commands come last, where codesign and install_name_tool put them, too. */
static void
add_commands(struct wf_macho_part *part)
{
    for (size_t i = 0; i < part->edit->num_added_rpaths; i++)
        add_rpath(part, part->edit->added_rpaths[i]);
    if (part->edit->sign != WF_MACHO_SIGN || part->layout.has_signature)
        return;
    part->signature_at = part->commands.len;
    add_head(part, LC_CODE_SIGNATURE, LINKEDIT_DATA_LEN, 0, LINKEDIT_DATA_LEN);
    part->num_commands++;
}

static uint32_t *
mark_reclaimed(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    uint32_t *reclaimed =
        wf_arena_array(&e->arena, part->header.num_commands, sizeof *reclaimed);

    assert(part->edit->num_reclaimed <= part->layout.num_reclaims);
    for (size_t i = 0; i < part->edit->num_reclaimed; i++)
        reclaimed[part->layout.reclaims[i].command] = part->layout.reclaims[i].bytes;
    return reclaimed;
}

bool
wf_macho_list_commands(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    struct listing l = { .e = e, .part = part, .reclaimed = mark_reclaimed(e, part) };
    struct wf_macho_walk walk = wf_macho_walk_over(&part->header);
    struct wf_macho_command command;

    wf_buffer_init(&part->commands, UINT32_MAX / 2);
    while (wf_macho_next(&command, &walk, e->err))
        if (!list_command(&l, &command))
            return false;
    if (walk.failed)
        return false;
    assert(l.renames_done == part->edit->num_renames &&
           l.drops_done == part->edit->num_dropped_rpaths);
    if (part->edit->id != NULL && !l.has_id)
        return wf_error_set(e->err, WF_ERR_REFUSED,
                            "%s has no install name that could be changed", part->name);
    add_commands(part);
    return wf_buffer_ok(&part->commands, "the list of load commands", e->err);
}
