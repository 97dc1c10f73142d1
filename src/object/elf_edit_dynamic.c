/* elf_edit_dynamic.c -- which entries the dynamic section will have.
 * Format: gABI chapter 5, "Dynamic Section"; GNU, MIPS and Android extensions. */
#include "object/elf_edit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* glibc 2.36's <elf.h> has neither. */
enum { TAG_RELRENT_LAST = 37, TAG_SYMTAB_SHNDX = 34 };

struct tag {
    uint64_t tag;
    const char *name;
    enum wf_elf_value value;
};

/* Tags outside the table are numbers inside the gABI's range, else unknown. */
static const struct tag tags[] = {
    { DT_NEEDED, "DT_NEEDED", WF_ELF_VALUE_NAME },
    { DT_PLTGOT, "DT_PLTGOT", WF_ELF_VALUE_ADDRESS },
    { DT_HASH, "DT_HASH", WF_ELF_VALUE_TABLE },
    { DT_STRTAB, "DT_STRTAB", WF_ELF_VALUE_TABLE },
    { DT_SYMTAB, "DT_SYMTAB", WF_ELF_VALUE_TABLE },
    { DT_RELA, "DT_RELA", WF_ELF_VALUE_TABLE },
    { DT_INIT, "DT_INIT", WF_ELF_VALUE_ADDRESS },
    { DT_FINI, "DT_FINI", WF_ELF_VALUE_ADDRESS },
    { DT_SONAME, "DT_SONAME", WF_ELF_VALUE_NAME },
    { DT_RPATH, "DT_RPATH", WF_ELF_VALUE_NAME },
    { DT_REL, "DT_REL", WF_ELF_VALUE_TABLE },
    { DT_DEBUG, "DT_DEBUG", WF_ELF_VALUE_ADDRESS },
    { DT_JMPREL, "DT_JMPREL", WF_ELF_VALUE_TABLE },
    { DT_INIT_ARRAY, "DT_INIT_ARRAY", WF_ELF_VALUE_ADDRESS },
    { DT_FINI_ARRAY, "DT_FINI_ARRAY", WF_ELF_VALUE_ADDRESS },
    { DT_RUNPATH, "DT_RUNPATH", WF_ELF_VALUE_NAME },
    { DT_PREINIT_ARRAY, "DT_PREINIT_ARRAY", WF_ELF_VALUE_ADDRESS },
    { TAG_SYMTAB_SHNDX, "DT_SYMTAB_SHNDX", WF_ELF_VALUE_TABLE },
    { DT_RELR, "DT_RELR", WF_ELF_VALUE_TABLE },
    { 0x6000000f, "DT_ANDROID_REL", WF_ELF_VALUE_TABLE },
    { 0x60000010, "DT_ANDROID_RELSZ", WF_ELF_VALUE_NUMBER },
    { 0x60000011, "DT_ANDROID_RELA", WF_ELF_VALUE_TABLE },
    { 0x60000012, "DT_ANDROID_RELASZ", WF_ELF_VALUE_NUMBER },
    { 0x6fffe000, "DT_ANDROID_RELR", WF_ELF_VALUE_TABLE },
    { DT_GNU_HASH, "DT_GNU_HASH", WF_ELF_VALUE_TABLE },
    { DT_TLSDESC_PLT, "DT_TLSDESC_PLT", WF_ELF_VALUE_ADDRESS },
    { DT_TLSDESC_GOT, "DT_TLSDESC_GOT", WF_ELF_VALUE_ADDRESS },
    { DT_GNU_CONFLICT, "DT_GNU_CONFLICT", WF_ELF_VALUE_ADDRESS },
    { DT_GNU_LIBLIST, "DT_GNU_LIBLIST", WF_ELF_VALUE_ADDRESS },
    { DT_CONFIG, "DT_CONFIG", WF_ELF_VALUE_NAME },
    { DT_DEPAUDIT, "DT_DEPAUDIT", WF_ELF_VALUE_NAME },
    { DT_AUDIT, "DT_AUDIT", WF_ELF_VALUE_NAME },
    { DT_PLTPAD, "DT_PLTPAD", WF_ELF_VALUE_ADDRESS },
    { DT_MOVETAB, "DT_MOVETAB", WF_ELF_VALUE_ADDRESS },
    { DT_SYMINFO, "DT_SYMINFO", WF_ELF_VALUE_ADDRESS },
    { DT_VERSYM, "DT_VERSYM", WF_ELF_VALUE_TABLE },
    { DT_RELACOUNT, "DT_RELACOUNT", WF_ELF_VALUE_NUMBER },
    { DT_RELCOUNT, "DT_RELCOUNT", WF_ELF_VALUE_NUMBER },
    { DT_FLAGS_1, "DT_FLAGS_1", WF_ELF_VALUE_NUMBER },
    { DT_VERDEF, "DT_VERDEF", WF_ELF_VALUE_TABLE },
    { DT_VERDEFNUM, "DT_VERDEFNUM", WF_ELF_VALUE_NUMBER },
    { DT_VERNEED, "DT_VERNEED", WF_ELF_VALUE_TABLE },
    { DT_VERNEEDNUM, "DT_VERNEEDNUM", WF_ELF_VALUE_NUMBER },
    { DT_AUXILIARY, "DT_AUXILIARY", WF_ELF_VALUE_NAME },
    { DT_FILTER, "DT_FILTER", WF_ELF_VALUE_NAME },
};

static const struct tag *
find_tag(uint64_t tag)
{
    for (size_t i = 0; i < WF_COUNT(tags); i++)
        if (tags[i].tag == tag)
            return &tags[i];
    return NULL;
}

enum wf_elf_value
wf_elf_value_of(uint64_t tag)
{
    const struct tag *known = find_tag(tag);

    if (known != NULL)
        return known->value;
    if (tag <= TAG_RELRENT_LAST || (tag >= DT_VALRNGLO && tag <= DT_VALRNGHI))
        return WF_ELF_VALUE_NUMBER;
    return WF_ELF_VALUE_UNKNOWN;
}

const char *
wf_elf_tag_name(struct wf_elf_editor *e, uint64_t tag)
{
    const struct tag *known = find_tag(tag);

    return known != NULL
               ? known->name
               : wf_arena_printf(&e->arena, "the dynamic entry 0x%" PRIx64, tag);
}

static int
compare_renames(const void *a, const void *b)
{
    const struct wf_elf_rename *const *x = a;
    const struct wf_elf_rename *const *y = b;
    const int order = strcmp((*x)->from, (*y)->from);

    if (order != 0)
        return order;
    return *x < *y ? -1 : *x > *y;
}

void
wf_elf_sort_renames(struct wf_elf_editor *e)
{
    const size_t num = e->edit->num_needed;

    e->renames = wf_arena_array(&e->arena, num, sizeof *e->renames);
    for (size_t i = 0; i < num; i++)
        e->renames[i] = &e->edit->needed[i];
    qsort(e->renames, num, sizeof *e->renames, compare_renames);
}

static int
compare_text(struct wf_bytes a, const char *text)
{
    const size_t len = strlen(text);
    const int order =
        a.len == 0 || len == 0 ? 0 : memcmp(a.data, text, a.len < len ? a.len : len);

    if (order != 0)
        return order;
    return a.len < len ? -1 : a.len > len;
}

/* The first of equal ones counts. */
const struct wf_elf_rename *
wf_elf_find_rename(const struct wf_elf_editor *e, struct wf_bytes name)
{
    const size_t num = e->edit->num_needed;
    size_t low = 0, high = num;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_text(name, e->renames[middle]->from) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == num || !wf_bytes_equal_str(name, e->renames[low]->from))
        return NULL;
    return e->renames[low];
}

/* A DT_NEEDED that the image may end with. */
struct candidate {
    const char *name;
    size_t idx; /* in needed, then in added */
    enum { KEPT, RENAMED, ADDED } kind;
};

static int
compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    const int order = strcmp(x->name, y->name);

    if (order != 0)
        return order;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->idx < y->idx ? -1 : x->idx > y->idx;
}

/* What becomes of each DT_NEEDED: its new name, or NULL when it goes. */
struct needs_plan {
    const char **needed;
    const char **added;
};

/* Of the candidates for one name those that stood there stay, or else one of the new. */
static void
drop_repeated(struct needs_plan *plan, struct candidate *list, size_t num)
{
    const struct candidate *first = NULL;

    qsort(list, num, sizeof *list, compare_candidates);
    for (size_t i = 0; i < num; i++) {
        if (first == NULL || strcmp(first->name, list[i].name) != 0)
            first = &list[i];
        else if (list[i].kind == RENAMED)
            plan->needed[list[i].idx] = NULL;
        else if (list[i].kind == ADDED)
            plan->added[list[i].idx] = NULL;
    }
}

static void
plan_needed(struct needs_plan *plan, struct wf_elf_editor *e)
{
    const struct wf_elf_edit *edit = e->edit;
    const size_t num_needed = e->object.num_needed;
    struct candidate *list =
        wf_arena_array(&e->arena, num_needed + edit->num_added, sizeof *list);
    size_t num = 0;

    plan->needed = wf_arena_array(&e->arena, num_needed, sizeof *plan->needed);
    plan->added = wf_arena_array(&e->arena, edit->num_added, sizeof *plan->added);
    for (size_t i = 0; i < num_needed; i++) {
        const char *name = e->object.needed[i];
        const struct wf_elf_rename *rename = wf_elf_find_rename(e, wf_bytes_str(name));
        const char *to = rename == NULL ? name : rename->to;

        plan->needed[i] = to;
        if (to != NULL)
            list[num++] =
                (struct candidate){ to, i, strcmp(to, name) == 0 ? KEPT : RENAMED };
    }
    for (size_t i = 0; i < edit->num_added; i++) {
        plan->added[i] = edit->added[i];
        list[num++] = (struct candidate){ edit->added[i], i, ADDED };
    }
    drop_repeated(plan, list, num);
}

/* What the walk over the old entries carries. */
struct walk {
    struct wf_elf_editor *e;
    struct needs_plan needs;
    size_t needed_idx;
    size_t
        last_needed; /* entry behind which added names go, or WF_NO_IDX: at the front */
    bool has_soname;
    bool has_search;
};

static void
add_entry(struct walk *w, struct wf_elf_entry entry)
{
    w->e->entries[w->e->num_entries++] = entry;
}

/* Adds `entry` with `text` as its value; nothing changes when that is what it had. */
static void
add_name(struct walk *w, struct wf_elf_entry entry, const char *text)
{
    struct wf_elf_editor *e = w->e;
    struct wf_bytes old;
    const bool had = entry.old_idx != WF_NO_IDX;

    if (!had || !wf_elf_name_at(&old, e, entry.value) || !wf_bytes_equal_str(old, text)) {
        entry.name = wf_elf_want_name(e, text, had ? entry.value : WF_NO_OFF);
        e->changes_entries = true;
    }
    add_entry(w, entry);
}

static void
add_new_name(struct walk *w, uint64_t tag, const char *text)
{
    add_name(w, (struct wf_elf_entry){ tag, 0, WF_NO_IDX, WF_NO_IDX }, text);
}

static void
add_added(struct walk *w)
{
    for (size_t i = 0; i < w->e->edit->num_added; i++)
        if (w->needs.added[i] != NULL)
            add_new_name(w, DT_NEEDED, w->needs.added[i]);
}

static void
drop_entry(struct walk *w)
{
    w->e->changes_entries = true;
}

static void
take_needed(struct walk *w, struct wf_elf_entry entry)
{
    const char *to = w->needs.needed[w->needed_idx++];

    if (to == NULL)
        drop_entry(w);
    else
        add_name(w, entry, to);
    if (entry.old_idx == w->last_needed)
        add_added(w);
}

static void
take_soname(struct walk *w, struct wf_elf_entry entry)
{
    const char *soname = w->e->edit->soname;

    w->has_soname = true;
    if (soname == NULL)
        add_entry(w, entry);
    else if (soname[0] == '\0')
        drop_entry(w);
    else
        add_name(w, entry, soname);
}

/* The first entry with a search path gets the new one, whatever its tag was. */
static void
take_search(struct walk *w, struct wf_elf_entry entry)
{
    const struct wf_elf_edit *edit = w->e->edit;
    const uint64_t tag = edit->search == WF_ELF_SEARCH_RPATH ? DT_RPATH : DT_RUNPATH;

    if (edit->search == WF_ELF_SEARCH_KEEP) {
        add_entry(w, entry);
        return;
    }
    if (edit->search == WF_ELF_SEARCH_NONE || w->has_search) {
        drop_entry(w);
        return;
    }
    w->has_search = true;
    w->e->changes_entries = w->e->changes_entries || entry.tag != tag;
    entry.tag = tag;
    add_name(w, entry, edit->search_path);
}

/* The tables of version needs go when no need is left. */
static bool
is_dropped(const struct wf_elf_editor *e, uint64_t tag)
{
    if (tag == DT_VERSYM)
        return e->drops_versym;
    return (tag == DT_VERNEED || tag == DT_VERNEEDNUM) && e->changes_needs &&
           e->num_kept_needs == 0;
}

static void
take_entry(struct walk *w, struct wf_elf_entry entry)
{
    switch (entry.tag) {
    case DT_NEEDED:
        take_needed(w, entry);
        return;
    case DT_SONAME:
        take_soname(w, entry);
        return;
    case DT_RPATH:
    case DT_RUNPATH:
        take_search(w, entry);
        return;
    default:
        break;
    }
    if (is_dropped(w->e, entry.tag)) {
        drop_entry(w);
        return;
    }
    if (entry.tag == DT_VERNEEDNUM && w->e->num_kept_needs < w->e->num_needs) {
        entry.value = w->e->num_kept_needs;
        w->e->changes_entries = true;
    }
    add_entry(w, entry);
}

/* Entries that were not there go to the end. */
static void
add_missing(struct walk *w)
{
    const struct wf_elf_edit *edit = w->e->edit;
    const bool wants_search =
        edit->search == WF_ELF_SEARCH_RPATH || edit->search == WF_ELF_SEARCH_RUNPATH;

    if (edit->soname != NULL && edit->soname[0] != '\0' && !w->has_soname)
        add_new_name(w, DT_SONAME, edit->soname);
    if (wants_search && !w->has_search)
        add_new_name(w, edit->search == WF_ELF_SEARCH_RPATH ? DT_RPATH : DT_RUNPATH,
                     edit->search_path);
}

static size_t
find_last_needed(const struct wf_elf_editor *e, size_t num)
{
    const size_t len = wf_elf_dyn_len(&e->image);
    size_t last = WF_NO_IDX;

    for (size_t i = 0; i < num; i++)
        if (wf_elf_get(&e->image, e->dynamic.table, i * len, WF_D_TAG) == DT_NEEDED)
            last = i;
    return last;
}

/* Tags are signed in the format. */
static uint64_t
read_tag(const struct wf_elf_editor *e, uint64_t off)
{
    const uint64_t tag = wf_elf_get(&e->image, e->dynamic.table, off, WF_D_TAG);

    return e->image.bits == 32 ? (uint64_t)(int64_t)(int32_t)(uint32_t)tag : tag;
}

bool
wf_elf_plan_entries(struct wf_elf_editor *e)
{
    const size_t len = wf_elf_dyn_len(&e->image);
    const size_t num = e->dynamic.table.len / len - 1; /* without DT_NULL */
    struct walk w = { .e = e };

    w.last_needed = find_last_needed(e, num);
    plan_needed(&w.needs, e);
    e->entries =
        wf_arena_array(&e->arena, num + e->edit->num_added + 2, sizeof *e->entries);
    if (w.last_needed == WF_NO_IDX)
        add_added(&w);
    for (size_t i = 0; i < num; i++) {
        const struct wf_elf_entry entry = {
            .tag = read_tag(e, i * len),
            .value = wf_elf_get(&e->image, e->dynamic.table, i * len, WF_D_VAL),
            .name = WF_NO_IDX,
            .old_idx = i,
        };

        take_entry(&w, entry);
    }
    add_missing(&w);
    return wf_arena_ok(&e->arena, "the edit", e->err);
}
