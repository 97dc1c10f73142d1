/* pe_edit_exports.c -- the name in the export directory, and forwarders: exports that another
 * DLL has.  A forwarder is known by its place, inside of the export directory's range; so when
 * one of them changes, the directory's header and the texts of all move into new space
 * together.  The tables stay where they are.
 *
 * The loader cuts a forwarder's text at its last dot, and puts ".dll" behind a module without
 * any dot (LdrpParseForwarderDescription and LdrpPreprocessDllName in Windows' ntdll;
 * find_forwarded_export in wine's).  Hence "a-1.2.dll" has to be written out. */
#include "object/pe_edit_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    EXPORT_NAME = 12,
    EXPORT_NUM = 20,
    EXPORT_TABLE = 28,
    /* Texts may overlap in a file that means harm. */
    MOST_FORWARD_BYTES = 1 << 24,
    LONGEST_NAME = WF_PE_LONGEST_DLL_NAME + 4, /* with ".dll" */
};

static bool
is_forward(const struct wf_pe_range *range, uint32_t rva)
{
    return rva >= range->address && rva - range->address < range->size;
}

static void
list_forwards(struct wf_pe_exports *out, struct wf_arena *arena,
              const struct wf_pe_range *range)
{
    struct wf_reader r = wf_reader_over(out->table, WF_LITTLE);

    for (uint32_t i = 0; i < out->table.len / 4; i++) {
        const uint32_t rva = wf_read_u32(&r);

        if (rva == 0 || !is_forward(range, rva))
            continue;
        out->forwards = wf_arena_grow(arena, out->forwards, out->num_forwards,
                                      &out->cap_forwards, sizeof *out->forwards);
        out->forwards[out->num_forwards++] = (struct wf_pe_forward){ i, rva };
    }
}

static bool
list_table(struct wf_pe_exports *out, const struct wf_pe_file *file, struct wf_error *err)
{
    const uint64_t num = wf_pe_get_u32(out->header, EXPORT_NUM);
    struct wf_pe_view view;

    const struct wf_pe_place place = { wf_pe_get_u32(out->header, EXPORT_TABLE),
                                       out->header.file_off + EXPORT_TABLE,
                                       "the table of exported functions" };

    out->table_rva = place.rva;
    if (num == 0)
        return true;
    if (!wf_pe_map(&view, file, place, err))
        return false;
    if (num * 4 > view.bytes.len + view.num_zeros)
        return wf_error_at(err, WF_ERR_MALFORMED, out->header.file_off + EXPORT_NUM,
                           "%s has %u entries; there is room for %zu", place.what,
                           (uint32_t)num, (view.bytes.len + (size_t)view.num_zeros) / 4);
    out->table = num * 4 < view.bytes.len ? wf_bytes_first(view.bytes, (size_t)num * 4)
                                          : view.bytes;
    return true;
}

bool
wf_pe_list_exports(struct wf_pe_exports *out, struct wf_arena *arena,
                   const struct wf_pe_file *file, struct wf_error *err)
{
    const struct wf_pe_place place =
        wf_pe_directory_place(file, WF_PE_DIR_EXPORT, "the export directory");
    struct wf_bytes bytes;

    if (place.rva == 0)
        return true;
    if (!wf_pe_at(&bytes, file, place, err))
        return false;
    if (bytes.len < PE_EXPORT_LEN)
        return wf_error_at(err, WF_ERR_MALFORMED, bytes.file_off,
                           "the export directory needs %d bytes; there are %zu",
                           PE_EXPORT_LEN, bytes.len);
    out->is_there = true;
    out->header = wf_bytes_first(bytes, PE_EXPORT_LEN);
    const struct wf_pe_place name = { wf_pe_get_u32(out->header, EXPORT_NAME),
                                      out->header.file_off + EXPORT_NAME,
                                      "the name in the export directory" };

    if ((name.rva != 0 &&
         !wf_pe_string(&out->name, file, name, WF_PE_LONGEST_DLL_NAME, err)) ||
        !list_table(out, file, err))
        return false;
    list_forwards(out, arena, &file->directories[WF_PE_DIR_EXPORT]);
    return true;
}

bool
wf_pe_forward_text(struct wf_bytes *out, const struct wf_pe_file *file,
                   const struct wf_pe_exports *exports,
                   const struct wf_pe_forward *forward, struct wf_error *err)
{
    const struct wf_pe_place place = { forward->rva,
                                       exports->table.file_off + 4 * forward->index,
                                       "a forwarder" };

    return wf_pe_string(out, file, place, WF_PE_LONGEST_SYMBOL_NAME, err);
}

/* What stands before and behind the last dot.  The module is the name that the loader looks
 * for, in `name`. */
static bool
split(struct wf_bytes *module, struct wf_bytes *symbol, char name[LONGEST_NAME],
      struct wf_bytes text)
{
    size_t cut = text.len;

    while (cut > 0 && text.data[cut - 1] != '.')
        cut--;
    if (cut <= 1 || cut == text.len || cut > WF_PE_LONGEST_DLL_NAME)
        return false;
    const struct wf_bytes before = wf_bytes_first(text, cut - 1);
    const bool is_whole = memchr(before.data, '.', before.len) != NULL;

    memcpy(name, before.data, before.len);
    memcpy(name + before.len, ".dll", 4);
    *module = wf_bytes_of(name, before.len + (is_whole ? 0 : 4));
    *symbol = wf_bytes_skip(text, cut);
    return true;
}

/* How much of a DLL's name stands in a forwarder: "a" of a.dll, all of a-1.2.dll. */
static size_t
shown_len(const char *name)
{
    static const char lower[] = ".dll";
    static const char upper[] = ".DLL";
    const size_t len = strlen(name);

    if (len <= 4 || memchr(name, '.', len - 4) != NULL)
        return len;
    for (size_t i = 0; i < 4; i++)
        if (name[len - 4 + i] != lower[i] && name[len - 4 + i] != upper[i])
            return len;
    return len - 4;
}

bool
wf_pe_find_forward(struct wf_pe_forwarded *out, const struct wf_pe_editor *e,
                   struct wf_bytes old)
{
    char name[LONGEST_NAME];
    struct wf_bytes module;
    struct wf_bytes symbol;
    size_t rename;

    if (!split(&module, &symbol, name, old) || !wf_pe_find_rename(&rename, e, module))
        return false;
    const char *to = e->renames[rename]->to;

    *out = (struct wf_pe_forwarded){ wf_bytes_of(to, shown_len(to)), symbol };
    return true;
}

/* One text of the new directory. */
struct text {
    uint32_t rva;   /* of the old one */
    uint32_t index; /* of a function that leads to it */
    struct wf_bytes old;
    uint32_t len; /* of the new one, with its NUL */
    uint32_t at;  /* in the new directory */
};

struct texts {
    struct text *items;
    size_t num;
    uint32_t len; /* of the new directory, all told */
    bool changes;
};

static int
compare_texts(const void *a, const void *b)
{
    const struct text *left = a;
    const struct text *right = b;

    return left->rva < right->rva ? -1 : left->rva > right->rva;
}

static bool
add_text(struct wf_pe_editor *e, struct texts *texts, struct text *text)
{
    struct wf_pe_forwarded changed;
    struct wf_bytes old;

    if (!wf_pe_forward_text(&old, &e->file, &e->exports,
                            &(struct wf_pe_forward){ text->index, text->rva }, e->err))
        return false;
    text->old = old;
    text->len = (uint32_t)old.len + 1;
    if (wf_pe_find_forward(&changed, e, old)) {
        texts->changes = true;
        text->len = (uint32_t)(changed.dll.len + changed.symbol.len) + 2;
    }
    text->at = texts->len;
    texts->len += text->len;
    if (texts->len <= MOST_FORWARD_BYTES)
        return true;
    return wf_error_at(e->err, WF_ERR_LIMIT, old.file_off,
                       "the texts of forwarders have more than %d bytes",
                       MOST_FORWARD_BYTES);
}

/* Behind it stands a zero already. */
static void
put_text(const struct wf_pe_editor *e, uint8_t *at, struct wf_bytes old)
{
    struct wf_pe_forwarded changed;

    if (wf_pe_find_forward(&changed, e, old)) {
        memcpy(at, changed.dll.data, changed.dll.len);
        at[changed.dll.len] = '.';
        memcpy(at + changed.dll.len + 1, changed.symbol.data, changed.symbol.len);
    } else if (old.len > 0) {
        memcpy(at, old.data, old.len);
    }
}

/* Every text once, by address. */
static bool
list_texts(struct wf_pe_editor *e, struct texts *texts)
{
    const struct wf_pe_exports *exports = &e->exports;
    size_t num = 0;

    texts->items = wf_arena_array(&e->arena, exports->num_forwards, sizeof *texts->items);
    for (size_t i = 0; i < exports->num_forwards; i++)
        texts->items[i] = (struct text){ .rva = exports->forwards[i].rva,
                                         .index = exports->forwards[i].index };
    if (exports->num_forwards > 0)
        qsort(texts->items, exports->num_forwards, sizeof *texts->items, compare_texts);
    texts->len = PE_EXPORT_LEN;
    for (size_t i = 0; i < exports->num_forwards; i++) {
        if (num > 0 && texts->items[i].rva == texts->items[num - 1].rva)
            continue;
        texts->items[num] = texts->items[i];
        if (!add_text(e, texts, &texts->items[num++]))
            return false;
    }
    texts->num = num;
    return true;
}

static void
point_to_texts(struct wf_pe_editor *e, const struct texts *texts,
               const struct wf_pe_item *item)
{
    const struct wf_pe_exports *exports = &e->exports;

    for (size_t i = 0; i < exports->num_forwards; i++) {
        const struct wf_pe_forward *forward = &exports->forwards[i];
        const struct text key = { .rva = forward->rva };
        const struct text *text =
            bsearch(&key, texts->items, texts->num, sizeof key, compare_texts);
        const uint32_t at = forward->index * 4;

        if (text != NULL)
            wf_pe_change_address(e, exports->table.file_off + at, exports->table_rva + at,
                                 item, text->at);
    }
}

static void
move_directory(struct wf_pe_editor *e, struct texts *texts, const char *new_name)
{
    const size_t name_len = new_name != NULL ? strlen(new_name) + 1 : 0;
    struct wf_pe_item *item =
        wf_pe_new_item(e, texts->len + (uint32_t)name_len, 4,
                       e->file.directories[WF_PE_DIR_EXPORT].address);

    memcpy(item->data, e->exports.header.data, PE_EXPORT_LEN);
    for (size_t i = 0; i < texts->num; i++)
        put_text(e, item->data + texts->items[i].at, texts->items[i].old);
    if (new_name != NULL) {
        memcpy(item->data + texts->len, new_name, name_len);
        item->self_at = EXPORT_NAME;
        item->self_plus = texts->len;
    }
    wf_pe_change_directory(e, WF_PE_DIR_EXPORT, item, item->len);
    point_to_texts(e, texts, item);
}

static void
change_name(struct wf_pe_editor *e, const char *new_name)
{
    const size_t len = strlen(new_name);
    struct wf_pe_item *item = wf_pe_new_item(
        e, (uint32_t)len + 1, 1, e->file.directories[WF_PE_DIR_EXPORT].address);

    memcpy(item->data, new_name, len);
    wf_pe_change_address(e, e->exports.header.file_off + EXPORT_NAME,
                         e->file.directories[WF_PE_DIR_EXPORT].address + EXPORT_NAME,
                         item, 0);
}

bool
wf_pe_plan_exports(struct wf_pe_editor *e)
{
    const char *new_name = e->edit->export_name;
    struct texts texts = { 0 };

    if (!e->exports.is_there)
        return true;
    if (new_name != NULL && wf_bytes_equal_str(e->exports.name, new_name))
        new_name = NULL;
    if (e->num_renames > 0 && !list_texts(e, &texts))
        return false;
    if (texts.changes)
        move_directory(e, &texts, new_name);
    else if (new_name != NULL)
        change_name(e, new_name);
    return true;
}
