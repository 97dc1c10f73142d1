/* json_macho_edit.h -- what a plan changes in Mach-O files, as keys.  Private to the JSON
 * renderers. */
#ifndef WF_RENDER_JSON_MACHO_EDIT_H
#define WF_RENDER_JSON_MACHO_EDIT_H

#include "base/json.h"
#include "repair/plan.h"

/* wf_key_macho_member writes "slices" of an edited member, wf_key_macho_graft of a library
 * that comes in: an object for each slice of the file; nothing when it is no Mach-O file. */
void wf_key_macho_member(struct wf_json_writer *w, const struct wf_report *report,
                         const struct wf_plan_member *member);
void wf_key_macho_graft(struct wf_json_writer *w, const struct wf_plan_graft *graft);

#endif
