/* pe_edit.c -- the order of work of an edit: read, plan, find room, write, check. */
#include "object/pe_edit_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *
wf_pe_room_name(enum wf_pe_room room)
{
    static const char *const names[] = {
        [WF_PE_UNCHANGED] = "unchanged", [WF_PE_IN_PLACE] = "in-place",
        [WF_PE_PADDING] = "padding",     [WF_PE_SECTION] = "new-section",
        [WF_PE_HEADER] = "moved-up",
    };

    return names[room];
}

void
wf_pe_put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

uint32_t
wf_pe_get_u32(struct wf_bytes bytes, size_t off)
{
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);

    return wf_read_u32(&r);
}

uint16_t
wf_pe_get_u16(struct wf_bytes bytes, size_t off)
{
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);

    return wf_read_u16(&r);
}

static struct wf_pe_change *
add_change(struct wf_pe_editor *e, uint64_t off, uint32_t rva, uint32_t len)
{
    e->changes = wf_arena_grow(&e->arena, e->changes, e->num_changes, &e->cap_changes,
                               sizeof *e->changes);
    struct wf_pe_change *change = &e->changes[e->num_changes++];

    *change = (struct wf_pe_change){ .off = off, .rva = rva, .len = len };
    return change;
}

void
wf_pe_change_bytes(struct wf_pe_editor *e, uint64_t off, uint32_t rva, const void *data,
                   uint32_t len)
{
    add_change(e, off, rva, len)->data = data;
}

void
wf_pe_change_u32(struct wf_pe_editor *e, uint64_t off, uint32_t rva, uint32_t value)
{
    uint8_t *data = wf_arena_alloc(&e->arena, 4);

    wf_pe_put_u32(data, value);
    wf_pe_change_bytes(e, off, rva, data, 4);
}

void
wf_pe_change_address(struct wf_pe_editor *e, uint64_t off, uint32_t rva,
                     const struct wf_pe_item *item, uint32_t plus)
{
    struct wf_pe_change *change = add_change(e, off, rva, 4);

    change->item = item;
    change->plus = plus;
}

void
wf_pe_change_directory(struct wf_pe_editor *e, enum wf_pe_directory directory,
                       const struct wf_pe_item *item, uint32_t size)
{
    const uint64_t off = e->file.directories_off + 8 * (uint64_t)directory;

    if (directory >= e->file.num_directories)
        return;
    if (item != NULL)
        wf_pe_change_address(e, off, (uint32_t)off, item, 0);
    else
        wf_pe_change_u32(e, off, (uint32_t)off, 0);
    wf_pe_change_u32(e, off + 4, (uint32_t)off + 4, size);
}

struct wf_pe_item *
wf_pe_new_item(struct wf_pe_editor *e, uint32_t len, uint32_t align, uint32_t home)
{
    struct wf_pe_item *item = wf_arena_alloc(&e->arena, sizeof *item);

    *item = (struct wf_pe_item){
        .data = wf_arena_alloc(&e->arena, len), .len = len, .align = align, .home = home
    };
    e->items = wf_arena_grow(&e->arena, e->items, e->num_items, &e->cap_items,
                             sizeof(struct wf_pe_item *));
    e->items[e->num_items++] = item;
    return item;
}

static int
lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int
compare_names(struct wf_bytes a, struct wf_bytes b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return lower(a.data[i]) - lower(b.data[i]);
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int
compare_renames(const void *a, const void *b)
{
    const struct wf_pe_rename *const *left = a;
    const struct wf_pe_rename *const *right = b;

    return compare_names(wf_bytes_str((*left)->from), wf_bytes_str((*right)->from));
}

static bool
sort_renames(struct wf_pe_editor *e)
{
    const size_t num = e->edit->num_renames;

    e->renames = wf_arena_array(&e->arena, num, sizeof(struct wf_pe_rename *));
    e->new_names = wf_arena_array(&e->arena, num, sizeof(struct wf_pe_item *));
    e->num_renames = num;
    for (size_t i = 0; i < num; i++) {
        const struct wf_pe_rename *rename = &e->edit->renames[i];

        if (strlen(rename->to) > WF_PE_LONGEST_DLL_NAME)
            return wf_error_set(
                e->err, WF_ERR_REFUSED,
                "the new name of %s has %zu bytes; at most %d are written", rename->from,
                strlen(rename->to), WF_PE_LONGEST_DLL_NAME);
        e->renames[i] = rename;
    }
    if (num > 0)
        qsort(e->renames, num, sizeof(struct wf_pe_rename *), compare_renames);
    for (size_t i = 1; i < num; i++)
        assert(compare_renames(&e->renames[i - 1], &e->renames[i]) != 0);
    return true;
}

bool
wf_pe_find_rename(size_t *out, const struct wf_pe_editor *e, struct wf_bytes name)
{
    size_t first = 0;
    size_t end = e->num_renames;

    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        const int order = compare_names(name, wf_bytes_str(e->renames[middle]->from));

        if (order == 0) {
            *out = middle;
            return !wf_bytes_equal_str(name, e->renames[middle]->to);
        }
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return false;
}

const struct wf_pe_item *
wf_pe_new_name(struct wf_pe_editor *e, size_t rename, uint32_t home)
{
    const char *to = e->renames[rename]->to;

    if (e->new_names[rename] == NULL) {
        e->new_names[rename] = wf_pe_new_item(e, (uint32_t)strlen(to) + 1, 1, home);
        memcpy(e->new_names[rename]->data, to, strlen(to));
    }
    return e->new_names[rename];
}

/* Windows maps an image with this flag only as long as its signature is true. */
bool
wf_pe_check_integrity(struct wf_pe_editor *e)
{
    const uint64_t off = e->file.optional_off + PE_OPT_DLL_CHARACTERISTICS;
    const uint16_t flags = wf_pe_get_u16(e->file.bytes, (size_t)off);

    if ((flags & PE_DLL_FORCE_INTEGRITY) == 0)
        return true;
    return wf_error_at(
        e->err, WF_ERR_REFUSED, off,
        "the image may only be loaded with a true signature "
        "(FORCE_INTEGRITY), and any change makes it false; leave it alone (--no-mangle)");
}

static bool
plan_names(struct wf_pe_editor *e)
{
    if (e->num_renames > 0 &&
        (!wf_pe_list_names(&e->names, &e->arena, &e->file, e->err) ||
         !wf_pe_plan_imports(e)))
        return false;
    if (e->num_renames == 0 && e->edit->export_name == NULL)
        return true;
    return wf_pe_list_exports(&e->exports, &e->arena, &e->file, e->err) &&
           wf_pe_plan_exports(e);
}

static bool
find_room(struct wf_pe_editor *e)
{
    e->room = WF_PE_IN_PLACE;
    if (e->num_items == 0)
        return true;
    if (!wf_pe_plan_unbinding(e))
        return false;
    e->room = WF_PE_PADDING;
    return wf_pe_find_padding(e) || wf_pe_add_section(e);
}

static bool
apply(struct wf_pe_editor *e, struct wf_buffer *out, struct wf_pe_edited *result)
{
    const struct wf_bytes bytes = e->file.bytes;

    if (!wf_pe_open(&e->file, &e->arena, bytes, e->err) || !sort_renames(e) ||
        !plan_names(e) || !wf_pe_plan_load_flags(e))
        return false;
    if (e->num_changes == 0) {
        *result = (struct wf_pe_edited){ .room = WF_PE_UNCHANGED };
        wf_buffer_add(out, bytes.data, bytes.len);
        return wf_buffer_ok(out, "the file", e->err);
    }
    if (!wf_pe_check_integrity(e))
        return false;
    wf_pe_read_tail(&e->tail, &e->file);
    result->lost_certificate = e->file.directories[WF_PE_DIR_SECURITY].address != 0;
    if (result->lost_certificate)
        wf_pe_change_directory(e, WF_PE_DIR_SECURITY, NULL, 0);
    if (!find_room(e) || !wf_pe_check_dynamic(e) || !wf_pe_write(e, out))
        return false;
    result->room = e->room;
    result->growth = out->len > bytes.len ? out->len - bytes.len : 0;
    return wf_pe_check_result(e, wf_buffer_bytes(out));
}

bool
wf_pe_apply_edit(struct wf_buffer *out, struct wf_pe_edited *result, struct wf_bytes file,
                 const struct wf_pe_edit *edit, struct wf_error *err)
{
    struct wf_pe_editor e = { .edit = edit, .err = err, .file.bytes = file };
    struct wf_pe_edited edited = { 0 };

    assert(out->len == 0);
    e.file.bytes.file_off = 0;
    const bool ok = apply(&e, out, &edited);

    wf_arena_clear(&e.arena);
    if (ok)
        *result = edited;
    else
        wf_buffer_reset(out);
    return ok;
}
