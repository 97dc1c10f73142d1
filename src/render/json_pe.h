/* json_pe.h -- what only PE objects have, as keys.  Private to the JSON renderers. */
#ifndef WF_RENDER_JSON_PE_H
#define WF_RENDER_JSON_PE_H

#include "base/json.h"
#include "object/pe.h"

/* wf_write_pe_keys writes the keys of a PE image into an object the caller began: "machine",
 * "hybrid", "needs", "linker", "subsystem", …, "faults" (wheelfix-json(5)). */
void wf_write_pe_keys(struct wf_json_writer *w, const struct wf_object *object);

/* wf_key_machine writes "machine" and "hybrid" alone. */
void wf_key_machine(struct wf_json_writer *w, const struct wf_pe *pe);

/* wf_pe_need_word is "import", "delay" or "forward". */
const char *wf_pe_need_word(enum wf_pe_need_kind kind);

#endif
