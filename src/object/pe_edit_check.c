/* pe_edit_check.c -- what was written is read again and compared with what was asked: a
 * loader would be the first to notice otherwise. */
#include "object/pe_edit_parts.h"

#include <string.h>

enum { MOST_FORWARD_BYTES = 1 << 28 };

static bool
same_names(struct wf_pe_editor *e, const struct wf_pe_file *again)
{
    struct wf_pe_name_list before = { 0 };
    struct wf_pe_name_list after = { 0 };

    if (e->num_items == 0)
        return true;
    if (!wf_pe_list_names(&before, &e->arena, &e->file, e->err) ||
        !wf_pe_list_names(&after, &e->arena, again, e->err) || before.num != after.num)
        return false;
    for (size_t i = 0; i < before.num; i++) {
        const struct wf_bytes old = before.items[i].text;
        const struct wf_bytes new = after.items[i].text;
        size_t rename;
        const bool same = wf_pe_find_rename(&rename, e, old)
                              ? wf_bytes_equal_str(new, e->renames[rename]->to)
                              : wf_bytes_equal(new, old);

        if (!same || after.items[i].is_delay != before.items[i].is_delay)
            return false;
    }
    return true;
}

static bool
is_forwarded(struct wf_bytes text, const struct wf_pe_forwarded *planned)
{
    const struct wf_bytes dll = planned->dll;

    return text.len == dll.len + 1 + planned->symbol.len && text.data[dll.len] == '.' &&
           wf_bytes_equal(wf_bytes_first(text, dll.len), dll) &&
           wf_bytes_equal(wf_bytes_skip(text, dll.len + 1), planned->symbol);
}

/* `*budget` is what is left of the bytes that forwarders of a sound file can have. */
static bool
same_forward(struct wf_pe_editor *e, const struct wf_pe_file *again,
             const struct wf_pe_exports *after, size_t nth, size_t *budget)
{
    struct wf_pe_forwarded planned;
    struct wf_bytes old;
    struct wf_bytes new;

    if (!wf_pe_forward_text(&old, &e->file, &e->exports, &e->exports.forwards[nth],
                            e->err) ||
        !wf_pe_forward_text(&new, again, after, &after->forwards[nth], e->err) ||
        new.len > *budget)
        return false;
    *budget -= new.len;
    return wf_pe_find_forward(&planned, e, old) ? is_forwarded(new, &planned)
                                                : wf_bytes_equal(new, old);
}

static bool
same_exports(struct wf_pe_editor *e, const struct wf_pe_file *again)
{
    const struct wf_pe_exports *before = &e->exports;
    struct wf_pe_exports after = { 0 };
    size_t budget = MOST_FORWARD_BYTES;

    if (!before->is_there)
        return true;
    if (!wf_pe_list_exports(&after, &e->arena, again, e->err) || !after.is_there ||
        after.table.len != before->table.len ||
        after.num_forwards != before->num_forwards)
        return false;
    if (e->edit->export_name != NULL
            ? !wf_bytes_equal_str(after.name, e->edit->export_name)
            : !wf_bytes_equal(after.name, before->name))
        return false;
    if (e->num_renames == 0)
        return true;
    for (size_t i = 0; i < before->num_forwards; i++)
        if (after.forwards[i].index != before->forwards[i].index ||
            !same_forward(e, again, &after, i, &budget))
            return false;
    return true;
}

static bool
same_sections(const struct wf_pe_editor *e, const struct wf_pe_file *again)
{
    const size_t num = e->file.num_sections;

    if (again->num_sections != num + (e->move.is_there ? 1 : 0))
        return false;
    for (size_t i = 0; i < num; i++) {
        const struct wf_pe_section *was = &e->file.sections[i];
        const struct wf_pe_section *is = &again->sections[i];

        if (is->address != was->address || is->raw_size != was->raw_size ||
            is->bytes.len != was->bytes.len || is->flags != was->flags ||
            is->virtual_size < was->virtual_size)
            return false;
    }
    return true;
}

static bool
has_no_flags(const struct wf_pe_editor *e, const struct wf_pe_file *again)
{
    struct wf_bytes flags;
    uint32_t rva;

    return !e->edit->clear_load_flags || !wf_pe_load_flags(&flags, &rva, again) ||
           wf_pe_get_u16(flags, 0) == 0;
}

/* All else that the reader of objects says of an image. */
static bool
same_rest(const struct wf_object *before, const struct wf_object *after)
{
    if (after->num_imports != before->num_imports ||
        after->num_exports != before->num_exports ||
        after->num_module_inits != before->num_module_inits ||
        after->kind != before->kind || after->machine != before->machine ||
        (after->build_id == NULL) != (before->build_id == NULL) ||
        (after->build_id != NULL && strcmp(after->build_id, before->build_id) != 0))
        return false;
    for (size_t i = 0; i < before->num_imports; i++)
        if (strcmp(after->imports[i].name, before->imports[i].name) != 0)
            return false;
    for (size_t i = 0; i < before->num_module_inits; i++)
        if (strcmp(after->module_inits[i], before->module_inits[i]) != 0)
            return false;
    return true;
}

static bool
read_again(struct wf_object_file *out, struct wf_pe_editor *e, struct wf_bytes bytes)
{
    const struct wf_limits limits = wf_limits_standard();

    return wf_object_read(out, &e->arena, "x.dll", bytes, &limits, NULL);
}

/* A file that cannot be read, or not within the usual limits, has been compared as far as it
 * was edited. */
static bool
reads_the_same(struct wf_pe_editor *e, struct wf_bytes out)
{
    struct wf_object_file before;
    struct wf_object_file after;

    if (!read_again(&before, e, e->file.bytes))
        return true;
    return read_again(&after, e, out) && same_rest(before.objects, after.objects);
}

static bool
same_needs(const struct wf_object *before, const struct wf_object *after)
{
    if (after->num_needed != before->num_needed ||
        (after->soname == NULL) != (before->soname == NULL) ||
        (after->soname != NULL && strcmp(after->soname, before->soname) != 0))
        return false;
    for (size_t i = 0; i < before->num_needed; i++)
        if (strcmp(after->needed[i], before->needed[i]) != 0)
            return false;
    return true;
}

static bool
spoiled(struct wf_pe_editor *e)
{
    return wf_error_set(e->err, WF_ERR_MALFORMED,
                        "its parts overlap: changing one of them spoils another");
}

bool
wf_pe_check_stripped(struct wf_pe_editor *e, struct wf_bytes out)
{
    struct wf_object_file before;
    struct wf_object_file after;

    if (!read_again(&before, e, e->file.bytes))
        return true;
    return (read_again(&after, e, out) && same_rest(before.objects, after.objects) &&
            same_needs(before.objects, after.objects)) ||
           spoiled(e);
}

bool
wf_pe_check_result(struct wf_pe_editor *e, struct wf_bytes out)
{
    struct wf_pe_file again;

    if (wf_pe_open(&again, &e->arena, out, e->err) && same_sections(e, &again) &&
        same_names(e, &again) && same_exports(e, &again) && has_no_flags(e, &again) &&
        again.directories[WF_PE_DIR_SECURITY].address == 0 && reads_the_same(e, out))
        return true;
    return spoiled(e);
}
