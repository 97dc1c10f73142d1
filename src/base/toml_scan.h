/* toml_scan.h -- which bytes of a TOML document define which key; what TOML 1.0 says about
 * structure, checked before toml++ sees the text. */
#ifndef WF_BASE_TOML_SCAN_H
#define WF_BASE_TOML_SCAN_H

#include "base/toml_nodes.h"

enum { WF_TOML_MOST_BYTES = 16 << 20 };

/* wf_toml_scan refuses, with line and column: bytes that are not UTF-8, keys that are
 * defined twice or extended where TOML forbids it, brackets and quotes that are not closed,
 * and what exceeds the limits of toml.h.  What stands inside strings, numbers and dates is
 * left to toml++.  The nodes live as long as the arena. */
WF_MUST_USE bool wf_toml_scan(struct wf_toml_node **out, struct wf_arena *arena,
                              struct wf_bytes text, struct wf_error *err);

/* wf_toml_place counts lines and characters up to `off`, both from 1. */
void wf_toml_place(uint32_t *line, uint32_t *column, struct wf_bytes text, size_t off);

/* wf_toml_line_end is the offset behind the line that `off` stands in, its LF included. */
size_t wf_toml_line_end(struct wf_bytes text, size_t off);
size_t wf_toml_line_start(struct wf_bytes text, size_t off);

#endif
