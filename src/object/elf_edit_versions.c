/* elf_edit_versions.c -- the version needs follow their library: its new name, or away with
 * it.  Format: GNU symbol versioning (LSB Core, chapter 10.7). */
#include "object/elf_edit_parts.h"

#include <inttypes.h>

/* Both records are 16 bytes long in either class; a version index has 15 bits. */
enum { RECORD_LEN = 16, INDEX_MASK = 0x7fff, NUM_INDICES = 0x8000 };

static bool
has_bit(const uint8_t *bits, uint64_t idx)
{
    return (bits[idx / 8] >> (idx % 8) & 1) != 0;
}

/* What the walk over both chains carries. */
struct walk {
    struct wf_elf_editor *e;
    size_t
        visits; /* records that may still be visited: overlapping chains would be more */
    size_t cap;
    uint8_t *kept;    /* bits: version indices of libraries that stay */
    uint8_t *dropped; /* and of those that go */
};

static bool
take_record(struct wf_bytes *out, struct walk *w, uint64_t off, const char *what)
{
    const struct wf_bytes table = w->e->needs_table;

    if (!wf_bytes_slice(out, table, off, RECORD_LEN, what, w->e->err))
        return false;
    if (w->visits == 0)
        return wf_error_at(
            w->e->err, WF_ERR_MALFORMED, out->file_off,
            "the version needs overlap: more records than the %zu bytes hold", table.len);
    w->visits--;
    return true;
}

/* Notes the version indices of one library. */
static bool
take_indices(struct walk *w, uint64_t off, uint8_t *bits)
{
    const struct wf_elf_image *image = &w->e->image;
    struct wf_bytes record;
    uint64_t step;

    do {
        if (!take_record(&record, w, off, "a version need's entry"))
            return false;
        const uint64_t idx = wf_elf_get(image, record, 0, WF_VNA_OTHER) & INDEX_MASK;

        bits[idx / 8] |= (uint8_t)(1U << (idx % 8));
        step = wf_elf_get(image, record, 0, WF_VNA_NEXT);
        off += step;
    } while (step != 0);
    return true;
}

static bool
take_library(struct walk *w, uint64_t off, uint64_t *step)
{
    struct wf_elf_editor *e = w->e;
    struct wf_elf_need need = { .off = off, .name = WF_NO_IDX };
    struct wf_bytes record, name;

    if (!take_record(&record, w, off, "a version need"))
        return false;
    need.file = wf_elf_get(&e->image, record, 0, WF_VN_FILE);
    need.aux = wf_elf_get(&e->image, record, 0, WF_VN_AUX);
    *step = wf_elf_get(&e->image, record, 0, WF_VN_NEXT);
    if (!wf_elf_name_at(&name, e, need.file))
        return wf_error_at(e->err, WF_ERR_MALFORMED, record.file_off,
                           "the library of a version need, at 0x%" PRIx64
                           " in the string table, is not within its %zu bytes",
                           need.file, e->dynamic.strtab.len);
    const struct wf_elf_rename *rename = wf_elf_find_rename(e, name);

    need.is_removed = rename != NULL && rename->to == NULL;
    if (rename != NULL && rename->to != NULL && !wf_bytes_equal_str(name, rename->to))
        need.name = wf_elf_want_name(e, rename->to, need.file);
    if (need.is_removed || need.name != WF_NO_IDX)
        e->changes_needs = true;
    e->needs = wf_arena_grow(&e->arena, e->needs, e->num_needs, &w->cap, sizeof need);
    e->needs[e->num_needs++] = need;
    e->num_kept_needs += !need.is_removed;
    return take_indices(w, off + need.aux, need.is_removed ? w->dropped : w->kept);
}

/* Symbols of a library that goes lose their version.  An index that a library which stays
 * has, too, is not touched. */
static bool
plan_versym(struct walk *w)
{
    struct wf_elf_editor *e = w->e;
    const uint64_t len = (uint64_t)e->num_symbols * sizeof(Elf64_Versym);
    bool has_definitions = false;
    struct wf_bytes mapped;

    for (size_t i = 0; i < NUM_INDICES / 8; i++)
        w->dropped[i] &= (uint8_t)~w->kept[i];
    /* VER_NDX_LOCAL and VER_NDX_GLOBAL are no versions. */
    w->dropped[0] &= (uint8_t)~3U;
    if (!e->dynamic.has[WF_TAG_VERSYM])
        return true;
    if (!wf_elf_map_tag(&mapped, &e->image, &e->dynamic, WF_TAG_VERSYM, "DT_VERSYM",
                        e->err) ||
        !wf_bytes_slice(&e->versym, mapped, 0, len, "the symbol versions", e->err))
        return false;
    e->dropped_versions = w->dropped;
    for (size_t off = 0; off < e->dynamic.table.len; off += wf_elf_dyn_len(&e->image))
        if (wf_elf_get(&e->image, e->dynamic.table, off, WF_D_TAG) == DT_VERDEF)
            has_definitions = true;
    /* glibc follows DT_VERSYM into tables that it makes only when there are version needs
     * or definitions, and crashes without them. */
    e->drops_versym = e->num_kept_needs == 0 && !has_definitions;
    return true;
}

bool
wf_elf_plan_versions(struct wf_elf_editor *e)
{
    struct walk w = { .e = e };
    uint64_t off = 0, step = 0;

    if (!e->dynamic.has[WF_TAG_VERNEED])
        return true;
    if (!wf_elf_map_tag(&e->needs_table, &e->image, &e->dynamic, WF_TAG_VERNEED,
                        "DT_VERNEED", e->err))
        return false;
    w.visits = e->needs_table.len / RECORD_LEN;
    w.kept = wf_arena_alloc(&e->arena, NUM_INDICES / 8);
    w.dropped = wf_arena_alloc(&e->arena, NUM_INDICES / 8);
    do {
        off += step;
        if (!take_library(&w, off, &step))
            return false;
    } while (step != 0);
    return e->num_kept_needs == e->num_needs || plan_versym(&w);
}

/* Links the records that stay.  The table's address must not change, so when the first
 * library goes the record of the first that stays is put in its place. */
static void
link_needs(const struct wf_elf_editor *e, struct wf_buffer *out, uint64_t table)
{
    const struct wf_elf_image *image = &e->image;
    uint64_t last = 0;
    bool is_first = true;

    for (size_t i = 0; i < e->num_needs; i++) {
        const struct wf_elf_need *need = &e->needs[i];
        const uint64_t to = is_first ? 0 : need->off;

        if (need->is_removed)
            continue;
        if (!is_first)
            wf_elf_put(image, out, table + last, WF_VN_NEXT, to - last);
        for (enum wf_elf_field f = WF_VN_VERSION; f <= WF_VN_FILE; f++)
            wf_elf_put(image, out, table + to, f,
                       wf_elf_get(image, e->needs_table, need->off, f));
        if (need->name != WF_NO_IDX)
            wf_elf_put(image, out, table + to, WF_VN_FILE,
                       wf_elf_name_off(e, need->name));
        wf_elf_put(image, out, table + to, WF_VN_AUX, need->off + need->aux - to);
        wf_elf_put(image, out, table + to, WF_VN_NEXT, 0);
        last = to;
        is_first = false;
    }
}

static void
clear_versym(const struct wf_elf_editor *e, struct wf_buffer *out, uint64_t table)
{
    for (size_t off = 0; off < e->versym.len; off += sizeof(Elf64_Versym)) {
        const uint64_t idx =
            wf_elf_get(&e->image, e->versym, off, WF_VERSYM) & INDEX_MASK;

        if (has_bit(e->dropped_versions, idx))
            wf_elf_put(&e->image, out, table + off, WF_VERSYM, VER_NDX_GLOBAL);
    }
}

void
wf_elf_write_versions(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    if (!e->changes_needs)
        return;
    const uint8_t *start = e->image.bytes.data;
    const struct wf_elf_layout *l = &e->layout;

    link_needs(e, out, wf_elf_new_off(l, (uint64_t)(e->needs_table.data - start)));
    if (e->dropped_versions != NULL)
        clear_versym(e, out, wf_elf_new_off(l, (uint64_t)(e->versym.data - start)));
}
