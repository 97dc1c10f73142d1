/* elf_edit_strings.c -- where the names of the edited image stand in .dynstr: there already,
 * over the name they replace, or appended. */
#include "object/elf_edit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

size_t
wf_elf_want_name(struct wf_elf_editor *e, const char *text, uint64_t old_off)
{
    const size_t idx = e->num_names;

    e->names = wf_arena_grow(&e->arena, e->names, idx, &e->cap_names, sizeof *e->names);
    e->names[idx] = (struct wf_elf_name){
        .text = text,
        .len = strlen(text),
        .old_off = old_off,
        .same_as = WF_NO_IDX,
    };
    e->num_names++;
    return idx;
}

uint64_t
wf_elf_name_off(const struct wf_elf_editor *e, size_t name)
{
    const size_t same = e->names[name].same_as;

    return e->names[same == WF_NO_IDX ? name : same].off;
}

bool
wf_elf_name_at(struct wf_bytes *out, const struct wf_elf_editor *e, uint64_t off)
{
    const struct wf_bytes table = e->dynamic.strtab;

    if (off >= table.len)
        return false;
    const struct wf_bytes rest = wf_bytes_skip(table, (size_t)off);
    const uint8_t *end = memchr(rest.data, '\0', rest.len);

    if (end == NULL)
        return false;
    *out = wf_bytes_first(rest, (size_t)(end - rest.data));
    return true;
}

/* Names in the order of their texts read backwards: the ends of a string stand together,
 * the shorter before the longer. */
struct backward {
    struct wf_elf_name *name;
    size_t idx;     /* in the editor's names */
    size_t shorter; /* the longest other name this one ends in, or WF_NO_IDX */
};

static int
compare_backward(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    const size_t len = a_len < b_len ? a_len : b_len;

    for (size_t i = 1; i <= len; i++)
        if (a[a_len - i] != b[b_len - i])
            return a[a_len - i] < b[b_len - i] ? -1 : 1;
    return a_len < b_len ? -1 : a_len > b_len;
}

static int
compare_names(const void *a, const void *b)
{
    const struct backward *x = a;
    const struct backward *y = b;
    const int order = compare_backward((const uint8_t *)x->name->text, x->name->len,
                                       (const uint8_t *)y->name->text, y->name->len);

    if (order != 0)
        return order;
    return x->idx < y->idx ? -1 : x->idx > y->idx;
}

static bool
ends_in(struct wf_bytes run, const struct wf_elf_name *name)
{
    return run.len >= name->len &&
           memcmp(run.data + (run.len - name->len), name->text, name->len) == 0;
}

/* Sorts the names, unites equal ones, and links each with the ends of it that are names,
 * too.  Returns how many different ones there are. */
static size_t
sort_names(struct backward *sorted, struct wf_elf_editor *e)
{
    size_t num = 0;

    for (size_t i = 0; i < e->num_names; i++)
        sorted[i] = (struct backward){ &e->names[i], i, WF_NO_IDX };
    qsort(sorted, e->num_names, sizeof *sorted, compare_names);
    for (size_t i = 0; i < e->num_names; i++) {
        struct backward *last = num == 0 ? NULL : &sorted[num - 1];

        if (last != NULL && strcmp(last->name->text, sorted[i].name->text) == 0) {
            sorted[i].name->same_as = last->idx;
            if (last->name->old_off == WF_NO_OFF)
                last->name->old_off = sorted[i].name->old_off;
            continue;
        }
        sorted[num] = sorted[i];
        size_t shorter = num == 0 ? WF_NO_IDX : num - 1;

        while (shorter != WF_NO_IDX &&
               !ends_in(wf_bytes_str(sorted[num].name->text), sorted[shorter].name))
            shorter = sorted[shorter].shorter;
        sorted[num++].shorter = shorter;
    }
    return num;
}

/* The last name in order that is not behind `run`; every name that `run` ends in is this
 * one or linked from it. */
static size_t
last_not_behind(const struct backward *sorted, size_t num, struct wf_bytes run)
{
    size_t low = 0, high = num;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct wf_elf_name *name = sorted[middle].name;

        if (compare_backward((const uint8_t *)name->text, name->len, run.data, run.len) <=
            0)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? WF_NO_IDX : low - 1;
}

/* Visits every string of .dynstr once. */
static void
find_existing(struct wf_elf_editor *e, const struct backward *sorted, size_t num)
{
    const struct wf_bytes table = e->dynamic.strtab;
    struct wf_bytes rest = table;
    const uint8_t *end;

    while (rest.len > 0 && (end = memchr(rest.data, '\0', rest.len)) != NULL) {
        const struct wf_bytes run = wf_bytes_first(rest, (size_t)(end - rest.data));

        for (size_t i = last_not_behind(sorted, num, run); i != WF_NO_IDX;
             i = sorted[i].shorter) {
            struct wf_elf_name *name = sorted[i].name;

            if (name->is_placed || !ends_in(run, name))
                continue;
            name->is_placed = true;
            name->off = (uint64_t)(end - table.data) - name->len;
        }
        rest = wf_bytes_skip(rest, run.len + 1);
    }
}

/* A run that starts further back than this is none that a linker made of names. */
enum { LONGEST_RUN = 64 * 1024 };

/* The run that the string at `off` is part of. */
static bool
run_around(struct wf_elf_run *out, const struct wf_elf_editor *e, uint64_t off)
{
    const uint8_t *table = e->dynamic.strtab.data;
    struct wf_bytes text;
    uint64_t start = off;

    if (!wf_elf_name_at(&text, e, off))
        return false;
    while (start > 0 && table[start - 1] != '\0' && off - start < LONGEST_RUN)
        start--;
    if (start > 0 && table[start - 1] != '\0')
        return false;
    *out = (struct wf_elf_run){ .off = start, .end = off + text.len };
    return true;
}

static int
compare_runs(const void *a, const void *b)
{
    const struct wf_elf_run *x = a;
    const struct wf_elf_run *y = b;

    return x->off < y->off ? -1 : x->off > y->off;
}

static size_t
unite_runs(struct wf_elf_run *runs, size_t num)
{
    size_t kept = 0;

    qsort(runs, num, sizeof *runs, compare_runs);
    for (size_t i = 0; i < num; i++)
        if (kept == 0 || runs[kept - 1].off != runs[i].off)
            runs[kept++] = runs[i];
    return kept;
}

static bool
is_settled(const struct wf_elf_name *name)
{
    return name->is_placed || name->same_as != WF_NO_IDX;
}

/* Puts every name that is not there yet over the one it replaces; false, with nothing
 * changed, when one does not fit or a run may be somebody else's. */
static bool
place_over(struct wf_elf_editor *e)
{
    struct wf_elf_run *runs = wf_arena_array(&e->arena, e->num_names, sizeof *runs);
    size_t num = 0;

    for (size_t i = 0; i < e->num_names; i++) {
        const struct wf_elf_name *name = &e->names[i];

        if (is_settled(name))
            continue;
        if (name->old_off == WF_NO_OFF || !run_around(&runs[num], e, name->old_off) ||
            name->len > runs[num].end - runs[num].off)
            return false;
        num++;
    }
    num = unite_runs(runs, num);
    if (!wf_elf_mark_users(e, runs, num))
        return false;
    for (size_t i = 0; i < e->num_names; i++) {
        struct wf_elf_run key;

        if (is_settled(&e->names[i]) || !run_around(&key, e, e->names[i].old_off))
            continue;
        struct wf_elf_run *run = bsearch(&key, runs, num, sizeof *runs, compare_runs);

        if (run == NULL || run->is_used || run->is_taken)
            return false;
        run->is_taken = true;
        e->names[i].off = run->off;
    }
    return true;
}

/* Offsets of names are 32 bits wide in symbols and version needs. */
static bool
append_names(struct wf_elf_editor *e)
{
    const struct wf_bytes table = e->dynamic.strtab;
    uint64_t off = table.len;

    if (!e->dynamic.has[WF_TAG_STRSZ])
        return wf_error_at(e->err, WF_ERR_REFUSED, e->dynamic_off,
                           "the dynamic section has no DT_STRSZ; where its strings end, "
                           "and new ones could go, is not known");
    /* A table that ends inside a string would run on into the new ones. */
    if (table.len == 0 || table.data[table.len - 1] != '\0')
        off++;
    for (size_t i = 0; i < e->num_names; i++) {
        struct wf_elf_name *name = &e->names[i];

        if (is_settled(name))
            continue;
        name->off = off;
        off += name->len + 1;
    }
    if (off > UINT32_MAX)
        return wf_error_at(e->err, WF_ERR_REFUSED, e->strings_off,
                           "the string table would have 0x%" PRIx64
                           " bytes; names are found by 32 bits",
                           off);
    e->appended_len = off - table.len;
    return true;
}

bool
wf_elf_place_names(struct wf_elf_editor *e)
{
    struct backward *sorted = wf_arena_array(&e->arena, e->num_names, sizeof *sorted);
    const size_t num = sort_names(sorted, e);
    bool is_done = true;

    if (num == 0)
        return true;
    find_existing(e, sorted, num);
    for (size_t i = 0; i < num; i++)
        is_done = is_done && sorted[i].name->is_placed;
    if (is_done)
        return true;
    e->layout.overwrites = place_over(e);
    return e->layout.overwrites || append_names(e);
}
