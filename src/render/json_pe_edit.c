/* json_pe_edit.c -- what a plan changes in PE files (see json_pe_edit.h). */
#include "render/json_pe_edit.h"
#include "base/json_keys.h"

void
wf_key_pe_edit(struct wf_json_writer *w, const struct wf_plan_edit *change)
{
    const struct wf_pe_edit *edit = change->pe;

    if (edit == NULL)
        return;
    wf_json_write_key(w, "names");
    wf_json_begin_array(w);
    for (size_t i = 0; i < edit->num_renames; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "from", edit->renames[i].from);
        wf_key_string(w, "to", edit->renames[i].to);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
    wf_key_string(w, "export_name", edit->export_name);
    wf_key_bool(w, "load_flags_cleared", edit->clear_load_flags);
    wf_key_bool(w, "may_strip", change->strip);
}

void
wf_key_pe_graft(struct wf_json_writer *w, const struct wf_plan_graft *graft)
{
    if (graft->change.pe == NULL)
        return;
    wf_key_pe_edit(w, &graft->change);
    wf_key_strings(w, "copies", &graft->copies);
}

static bool
is_for_windows(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_platforms; i++)
        if (report->platforms[i].system == WF_SYSTEM_WINDOWS)
            return true;
    return false;
}

void
wf_key_windows_plan(struct wf_json_writer *w, const struct wf_plan *plan)
{
    if (!is_for_windows(plan->report))
        return;
    wf_key_strings(w, "patched", &plan->patched);
    wf_key_string(w, "load_order", plan->load_order);
    wf_json_write_key(w, "files");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_files; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "path", plan->files[i].path);
        wf_key_string(w, "from", plan->files[i].from);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}
