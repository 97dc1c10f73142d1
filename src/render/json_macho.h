/* json_macho.h -- what only Mach-O objects have, as keys.  Private to the JSON renderers. */
#ifndef WF_RENDER_JSON_MACHO_H
#define WF_RENDER_JSON_MACHO_H

#include "base/json.h"
#include "object/macho.h"

/* wf_write_macho_keys writes the keys of a Mach-O slice into an object the caller began:
 * "rpaths", "platform", "min_os", "sdk", "dylibs", "header_room", "faults", "signature". */
void wf_write_macho_keys(struct wf_json_writer *w, const struct wf_object *slice);

/* wf_key_rpaths writes the LC_RPATHs of a slice, in their order. */
void wf_key_rpaths(struct wf_json_writer *w, const struct wf_object *slice);

/* wf_key_macos_version writes a packed version as text, 0 as null. */
void wf_key_macos_version(struct wf_json_writer *w, const char *key,
                          wf_macos_version version);

#endif
