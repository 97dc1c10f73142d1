/* toml_scan.h -- which bytes of a TOML document define which key; what TOML 1.0 says about
 * structure, checked before toml++ sees the text. */
#ifndef WF_BASE_TOML_SCAN_H
#define WF_BASE_TOML_SCAN_H

#include "base/toml_nodes.h"
#include "base/toml_text.h"

enum { WF_TOML_MOST_BYTES = 16 << 20 };

/* wf_toml_scan refuses, with line and column: bytes that are not UTF-8, keys that are
 * defined twice or extended where TOML forbids it, strings, numbers and dates that TOML
 * does not allow, and what exceeds the limits of toml.h: toml++ 3.3 stops the program at
 * some of it.  The nodes live as long as the arena. */
WF_MUST_USE bool wf_toml_scan(struct wf_toml_node **out, struct wf_arena *arena,
                              struct wf_bytes text, struct wf_error *err);

#endif
