/* macho_edit.c -- the order of work of an edit: read, plan every slice, place, write, check. */
#include "object/macho_edit_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "object/macho_strip.h"

static bool
asks_for_nothing(const struct wf_macho_slice_edit *edit)
{
    return edit->id == NULL && edit->num_renames == 0 && edit->num_dropped_rpaths == 0 &&
           edit->num_added_rpaths == 0 && edit->num_reclaimed == 0 &&
           edit->sign == WF_MACHO_SIGN_KEEP;
}

static bool
check_kind(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    const uint32_t type = part->header.file_type;

    if (type == MH_EXECUTE || type == MH_DYLIB || type == MH_BUNDLE)
        return true;
    return wf_error_at(e->err, WF_ERR_REFUSED, part->slice->bytes.file_off + 12,
                       "the file type of %s is %u; only programs, dylibs and bundles "
                       "(2, 6 and 8) are edited",
                       part->name, type);
}

/* A signature is true of all bytes before it. */
static bool
check_stale(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    if (part->edit->sign != WF_MACHO_SIGN_KEEP || !part->layout.has_signature)
        return true;
    return wf_error_set(e->err, WF_ERR_REFUSED,
                        "%s has a signature that this change would make false; it must "
                        "be made anew or dropped",
                        part->name);
}

static void
name_part(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    const struct wf_macho_slice *slice = part->slice;
    const char *name = wf_macho_cpu_name(slice->cpu_type, slice->cpu_subtype);

    part->name = name != NULL ? name
                              : wf_arena_printf(&e->arena, "processor %#x/%#x",
                                                slice->cpu_type, slice->cpu_subtype);
}

static bool
plan_commands(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    if (!wf_macho_read_header(&part->header, part->bytes, e->err) ||
        !check_kind(e, part) ||
        !wf_macho_read_layout(&part->layout, &e->arena, part->bytes, &part->header,
                              e->err) ||
        !wf_macho_list_commands(e, part))
        return false;
    part->is_changed =
        part->is_stripped || part->edit->sign == WF_MACHO_SIGN ||
        !wf_bytes_equal(part->header.commands, wf_buffer_bytes(&part->commands));
    if (!part->is_changed)
        return true;
    return check_stale(e, part) && wf_macho_check_room(e, part) &&
           wf_macho_place_signature(e, part);
}

/* Static libraries in a universal file keep their symbols: those are what they are for. */
static bool
strip_part(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    const struct wf_bytes old = part->slice->bytes;

    if (e->edit->strip == WF_MACHO_STRIP_NOTHING || part->slice->is_archive)
        return true;
    wf_buffer_init(&part->stripped, old.len + WF_MACHO_SIGN_ALIGN);
    if (!wf_macho_strip_slice(&part->stripped, old, e->edit->strip, e->err))
        return false;
    part->is_stripped = !wf_bytes_equal(wf_buffer_bytes(&part->stripped), old);
    if (part->is_stripped)
        part->bytes = wf_buffer_bytes(&part->stripped);
    return true;
}

static bool
plan_part(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    assert(part->edit->sign != WF_MACHO_SIGN || part->edit->identifier != NULL);
    name_part(e, part);
    part->bytes = part->slice->bytes;
    part->new_len = part->bytes.len;
    if (!strip_part(e, part))
        return false;
    if (asks_for_nothing(part->edit) && !part->is_stripped)
        return true;
    if (part->slice->is_archive)
        return wf_error_at(e->err, WF_ERR_REFUSED, part->bytes.file_off,
                           "%s is a static library, which has no load commands",
                           part->name);
    return plan_commands(e, part);
}

static bool
plan_parts(struct wf_macho_editor *e, bool *changes)
{
    const size_t num = e->file.num_slices;

    assert(e->edit->num_slices == num);
    e->parts = wf_arena_array(&e->arena, num, sizeof *e->parts);
    for (size_t i = 0; i < num; i++) {
        struct wf_macho_part *part = &e->parts[i];

        part->slice = &e->file.slices[i];
        part->edit = &e->edit->slices[i];
        if (!plan_part(e, part))
            return false;
        *changes = *changes || part->is_changed;
    }
    return true;
}

static bool
write_out(struct wf_macho_editor *e, struct wf_buffer *out,
          struct wf_macho_edited *result, struct wf_arena *arena)
{
    size_t len = 0;

    if (!wf_u64_to_size(&len, e->new_len) || !wf_buffer_reserve(out, len))
        return wf_error_set(e->err, WF_ERR_LIMIT,
                            "the edited file has %" PRIu64
                            " bytes; at most %zu are allowed",
                            e->new_len, out->max);
    *result = (struct wf_macho_edited){ .changed = true };
    wf_macho_write_file(e, out, result, arena);
    assert(out->len == len && !out->over);
    if (wf_macho_check_result(e, wf_buffer_bytes(out)))
        return true;
    wf_buffer_reset(out);
    return false;
}

static bool
apply(struct wf_macho_editor *e, struct wf_buffer *out, struct wf_macho_edited *result,
      struct wf_arena *arena)
{
    bool changes = false;

    if (!wf_macho_split(&e->file, &e->arena, e->bytes, e->err) ||
        !plan_parts(e, &changes))
        return false;
    if (changes)
        return wf_macho_place_parts(e) && write_out(e, out, result, arena);
    *result = (struct wf_macho_edited){ 0 };
    wf_buffer_add(out, e->bytes.data, e->bytes.len);
    return wf_buffer_ok(out, "the file", e->err);
}

static void
clear(struct wf_macho_editor *e)
{
    for (size_t i = 0; e->parts != NULL && i < e->file.num_slices; i++) {
        wf_buffer_clear(&e->parts[i].stripped);
        wf_buffer_clear(&e->parts[i].commands);
    }
    wf_arena_clear(&e->arena);
}

bool
wf_macho_apply_edit(struct wf_buffer *out, struct wf_macho_edited *result,
                    struct wf_arena *arena, struct wf_bytes file,
                    const struct wf_macho_edit *edit, struct wf_error *err)
{
    struct wf_macho_editor e = { .edit = edit, .bytes = file, .err = err };
    struct wf_macho_edited edited = { 0 };

    assert(out->len == 0);
    e.bytes.file_off = 0;
    const bool ok = apply(&e, out, &edited, arena);

    clear(&e);
    if (ok)
        *result = edited;
    return ok;
}

void
wf_macho_finish_edit(struct wf_buffer *out, const struct wf_macho_edited *result)
{
    struct wf_sha256 *sha = wf_sha256_new();

    for (size_t i = 0; i < result->num_waiting; i++) {
        const struct wf_macho_unsigned *waiting = &result->waiting[i];
        const struct wf_bytes all = wf_buffer_bytes(out);
        const struct wf_bytes pages = wf_bytes_first(
            wf_bytes_skip(all, (size_t)waiting->slice_off), (size_t)waiting->code_limit);

        wf_macho_hash_pages(out->data + waiting->hashes_off, pages, 0, waiting->num_pages,
                            sha);
    }
    wf_sha256_free(sha);
}
