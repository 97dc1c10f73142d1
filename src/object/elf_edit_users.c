/* elf_edit_users.c -- who uses a string of .dynstr: linkers let names share bytes, so an old
 * name may be the end of a symbol's.  Format: gABI chapters 4 and 5; GNU symbol versioning. */
#include "object/elf_edit_parts.h"

enum { BATCH = 64 };

struct marker {
    const struct wf_elf_editor *e;
    struct wf_elf_run *runs;
    size_t num;
};

/* Marks the run that holds the string at `off`, if it is one of those asked about. */
static void
mark(struct marker *m, uint64_t off)
{
    size_t low = 0, high = m->num;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (m->runs[middle].off <= off)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && off <= m->runs[low - 1].end)
        m->runs[low - 1].is_used = true;
}

/* The section headers may give the table more symbols than the hash table does. */
static size_t
most_symbols(const struct wf_elf_editor *e)
{
    const size_t len = wf_elf_symbol_len(&e->image);
    const size_t room = e->symbols.len / len;
    size_t num = e->num_symbols;

    if (e->symbols.len == 0)
        return 0;
    const uint64_t off = (uint64_t)(e->symbols.data - e->image.bytes.data);
    const size_t idx = wf_elf_section_at(e, SHT_DYNSYM, off);

    if (idx != WF_NO_IDX && e->sections[idx].len / len > num)
        num = (size_t)(e->sections[idx].len / len);
    return num < room ? num : room;
}

static void
mark_symbols(struct marker *m)
{
    const struct wf_elf_editor *e = m->e;
    const size_t len = wf_elf_symbol_len(&e->image);
    struct wf_bytes rest = wf_bytes_first(e->symbols, most_symbols(e) * len);
    struct wf_elf_symbol batch[BATCH];
    size_t num;

    while ((num = wf_elf_decode_symbols(&e->image, rest, batch, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++)
            mark(m, batch[i].name_off);
        rest = wf_bytes_skip(rest, num * len);
    }
}

/* A value of unknown meaning may be the offset of a string. */
static void
mark_entries(struct marker *m)
{
    for (size_t i = 0; i < m->e->num_entries; i++) {
        const struct wf_elf_entry *entry = &m->e->entries[i];
        const enum wf_elf_value value = wf_elf_value_of(entry->tag);

        if (entry->name == WF_NO_IDX &&
            (value == WF_ELF_VALUE_NAME || value == WF_ELF_VALUE_UNKNOWN))
            mark(m, entry->value);
    }
    for (size_t i = 0; i < m->e->num_names; i++)
        if (m->e->names[i].is_placed)
            mark(m, m->e->names[i].off);
}

/* Walks the names of one version record: `len` bytes each, `name` and `next` as fields.
 * *visits bounds all walks together. */
static bool
mark_chain(struct marker *m, struct wf_bytes table, uint64_t off, size_t len,
           enum wf_elf_field name, enum wf_elf_field next, size_t *visits)
{
    const struct wf_elf_image *image = &m->e->image;
    struct wf_bytes record;
    uint64_t step;

    do {
        if (*visits == 0 || !wf_bytes_slice(&record, table, off, len, "", NULL))
            return false;
        (*visits)--;
        mark(m, wf_elf_get(image, record, 0, name));
        step = wf_elf_get(image, record, 0, next);
        off += step;
    } while (step != 0);
    return true;
}

static bool
mark_needs(struct marker *m)
{
    const struct wf_elf_editor *e = m->e;
    size_t visits = e->needs_table.len / sizeof(Elf64_Vernaux);

    for (size_t i = 0; i < e->num_needs; i++) {
        const struct wf_elf_need *need = &e->needs[i];

        if (need->name == WF_NO_IDX)
            mark(m, need->file);
        if (!mark_chain(m, e->needs_table, need->off + need->aux, sizeof(Elf64_Vernaux),
                        WF_VNA_NAME, WF_VNA_NEXT, &visits))
            return false;
    }
    return true;
}

/* The entries of the dynamic section that the reader keeps do not include this one. */
static bool
find_entry(uint64_t *value, const struct wf_elf_editor *e, uint64_t tag)
{
    for (size_t i = 0; i < e->num_entries; i++)
        if (e->entries[i].tag == tag) {
            *value = e->entries[i].value;
            return true;
        }
    return false;
}

static bool
mark_definitions(struct marker *m)
{
    const struct wf_elf_image *image = &m->e->image;
    struct wf_bytes table, record;
    uint64_t vaddr, off = 0, step;

    if (!find_entry(&vaddr, m->e, DT_VERDEF))
        return true;
    if (!wf_elf_map(&table, image, vaddr, "DT_VERDEF", 0, NULL))
        return false;
    size_t visits = table.len / sizeof(Elf64_Verdaux);

    do {
        if (!wf_bytes_slice(&record, table, off, sizeof(Elf64_Verdef), "", NULL) ||
            !mark_chain(m, table, off + wf_elf_get(image, record, 0, WF_VD_AUX),
                        sizeof(Elf64_Verdaux), WF_VDA_NAME, WF_VDA_NEXT, &visits))
            return false;
        step = wf_elf_get(image, record, 0, WF_VD_NEXT);
        off += step;
    } while (step != 0);
    return true;
}

/* Sections of other kinds that are linked to .dynstr, prelink's list of libraries for one,
 * and section names kept in it, are users whose form is not known here. */
static bool
has_strange_users(const struct wf_elf_editor *e)
{
    const size_t strings = wf_elf_section_at(e, SHT_STRTAB, e->strings_off);
    uint64_t value;

    if (find_entry(&value, e, DT_GNU_LIBLIST))
        return true;
    if (strings == WF_NO_IDX)
        return e->section_fault != NULL;
    if (e->image.header.names_idx == strings)
        return true;
    for (size_t i = 0; i < e->num_sections; i++) {
        const struct wf_elf_edit_section *s = &e->sections[i];

        if (s->link == strings && s->type != SHT_DYNSYM && s->type != SHT_DYNAMIC &&
            s->type != SHT_GNU_verdef && s->type != SHT_GNU_verneed && s->len > 0)
            return true;
    }
    return false;
}

bool
wf_elf_mark_users(const struct wf_elf_editor *e, struct wf_elf_run *runs, size_t num)
{
    struct marker m = { e, runs, num };

    if ((e->symbols.len > 0 && !e->symbols_are_counted) || has_strange_users(e))
        return false;
    mark_symbols(&m);
    mark_entries(&m);
    return mark_needs(&m) && mark_definitions(&m);
}

/* A segment of its own kind, or a section, that has bytes of .dynstr. */
static bool
is_shared(const struct wf_elf_editor *e, size_t strings, uint64_t end)
{
    for (size_t i = 0; i < e->image.num_segments; i++) {
        const struct wf_elf_segment *s = &e->image.segments[i];

        if (s->type != PT_LOAD && s->type != PT_GNU_RELRO && s->off < end &&
            s->file_len > 0 && e->strings_off < s->off + s->file_len)
            return true;
    }
    for (size_t i = 0; i < e->num_sections; i++) {
        const struct wf_elf_edit_section *s = &e->sections[i];

        if (i != strings && wf_elf_has_bytes(s) && s->off < end &&
            e->strings_off < s->off + s->len)
            return true;
    }
    return false;
}

bool
wf_elf_owns_strings(const struct wf_elf_editor *e)
{
    const size_t strings = wf_elf_section_at(e, SHT_STRTAB, e->strings_off);
    const uint64_t len = e->dynamic.strtab.len;

    return strings != WF_NO_IDX && e->sections[strings].len == len &&
           !has_strange_users(e) && !is_shared(e, strings, e->strings_off + len);
}
