/* elf_edit_check.c -- what was written is read again: in a damaged image tables may overlap,
 * so that the change of one spoils another, and a loader would be the first to notice. */
#include "object/elf_edit_parts.h"

#include <string.h>

static bool
same_name(const struct wf_elf_editor *e, const struct wf_elf_editor *again, size_t name,
          uint64_t old_off, uint64_t new_off)
{
    struct wf_bytes before, after;

    if (!wf_elf_name_at(&after, again, new_off))
        return false;
    if (name != WF_NO_IDX)
        return wf_bytes_equal_str(after, e->names[name].text);
    return wf_elf_name_at(&before, e, old_off) && wf_bytes_equal(before, after);
}

static bool
same_entries(const struct wf_elf_editor *e, const struct wf_elf_editor *again)
{
    if (again->num_entries != e->num_entries)
        return false;
    for (size_t i = 0; i < e->num_entries; i++) {
        const struct wf_elf_entry *planned = &e->entries[i];
        const struct wf_elf_entry *found = &again->entries[i];

        if (found->tag != planned->tag)
            return false;
        if (wf_elf_value_of(planned->tag) == WF_ELF_VALUE_NAME &&
            !same_name(e, again, planned->name, planned->value, found->value))
            return false;
    }
    return true;
}

static bool
same_needs(const struct wf_elf_editor *e, const struct wf_elf_editor *again)
{
    size_t num = 0;

    if (again->num_needs != e->num_kept_needs)
        return false;
    for (size_t i = 0; i < e->num_needs; i++) {
        const struct wf_elf_need *need = &e->needs[i];

        if (need->is_removed)
            continue;
        if (!same_name(e, again, need->name, need->file, again->needs[num++].file))
            return false;
    }
    return true;
}

/* Edits change values of dynamic symbols, nothing else about them. */
static bool
same_symbols(const struct wf_elf_editor *e, const struct wf_elf_editor *again)
{
    enum { BATCH = 64 };
    const size_t len = wf_elf_symbol_len(&e->image);
    struct wf_elf_symbol old[BATCH], new[BATCH];

    if (again->num_symbols != e->num_symbols)
        return false;
    for (size_t done = 0; done < e->num_symbols; done += BATCH) {
        const size_t rest = e->num_symbols - done;
        const size_t num = rest < BATCH ? rest : BATCH;

        (void)wf_elf_decode_symbols(&e->image, wf_bytes_skip(e->symbols, done * len), old,
                                    num);
        (void)wf_elf_decode_symbols(&again->image,
                                    wf_bytes_skip(again->symbols, done * len), new, num);
        for (size_t i = 0; i < num; i++)
            if (old[i].name_off != new[i].name_off || old[i].info != new[i].info ||
                old[i].other != new[i].other || old[i].section != new[i].section)
                return false;
    }
    return true;
}

bool
wf_elf_check_result(struct wf_elf_editor *e, const struct wf_buffer *out)
{
    static const struct wf_elf_edit nothing = { 0 };
    struct wf_elf_editor again = { .edit = &nothing, .err = e->err };
    bool ok = wf_elf_take_image(&again, wf_buffer_bytes(out)) &&
              same_symbols(e, &again) && again.num_sections == e->num_sections;

    if (ok && e->has_dynamic)
        ok = wf_elf_plan_versions(&again) && wf_elf_plan_entries(&again) &&
             same_entries(e, &again) && same_needs(e, &again);
    wf_arena_clear(&again.arena);
    return ok || wf_error_set(e->err, WF_ERR_MALFORMED,
                              "its tables overlap: changing one of them spoils another");
}
