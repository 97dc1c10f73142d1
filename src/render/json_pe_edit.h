/* json_pe_edit.h -- what a plan changes in PE files, and in a Windows wheel besides, as keys.
 * Private to the JSON renderers. */
#ifndef WF_RENDER_JSON_PE_EDIT_H
#define WF_RENDER_JSON_PE_EDIT_H

#include "base/json.h"
#include "repair/plan.h"

/* wf_key_pe_edit writes "names", "export_name", "load_flags_cleared" and "may_strip" of an
 * edited PE file; nothing when it is none. */
void wf_key_pe_edit(struct wf_json_writer *w, const struct wf_plan_edit *change);

/* wf_key_pe_graft writes the same of a DLL that comes in, and its "copies". */
void wf_key_pe_graft(struct wf_json_writer *w, const struct wf_plan_graft *graft);

/* wf_key_windows_plan writes "patched", "load_order" and "files" of a wheel with code for
 * Windows; nothing of others. */
void wf_key_windows_plan(struct wf_json_writer *w, const struct wf_plan *plan);

#endif
