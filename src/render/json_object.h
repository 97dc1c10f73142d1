/* json_object.h -- one object of a wheel.  Private to the JSON renderers. */
#ifndef WF_RENDER_JSON_OBJECT_H
#define WF_RENDER_JSON_OBJECT_H

#include "audit/report.h"
#include "base/json.h"

/* wf_write_object writes an object of "objects" of wheelfix.show/1. */
void wf_write_object(struct wf_json_writer *w, const struct wf_member_object *entry);

#endif
