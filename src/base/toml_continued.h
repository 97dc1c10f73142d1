/* toml_continued.h -- strings with a backslash at the end of a line: toml++ 3.3 refuses some
 * that TOML allows, and with letters beyond ASCII behind the backslash its behaviour is
 * undefined.  It gets them with their content masked, and their values come from us. */
#ifndef WF_BASE_TOML_CONTINUED_H
#define WF_BASE_TOML_CONTINUED_H

#include "base/toml.h"
#include "base/toml_nodes.h"

/* wf_toml_mask appends the text with each character of such strings an 'x', but for the
 * ends of lines; so every other character keeps its line and column. */
void wf_toml_mask(struct wf_buffer *out, const struct wf_toml_node *root,
                  struct wf_bytes text);

/* wf_toml_unmask gives the masked values of the parsed tree what they are. */
void wf_toml_unmask(struct wf_arena *arena, struct wf_toml *value,
                    const struct wf_toml_node *node, struct wf_bytes text);

#endif
