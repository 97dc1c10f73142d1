/* old_settings.h -- where configuration of earlier years has its home today. */
#ifndef WF_PACK_OLD_SETTINGS_H
#define WF_PACK_OLD_SETTINGS_H

#include "base/toml.h"
#include "pack/say.h"

/* wf_old_setting_home is a clause on what to write instead of `key` of the table `path`
 * ("tool.maturin"), or NULL when we never heard of it. */
const char *wf_old_setting_home(const char *path, const char *key);

/* wf_old_settings_check looks at a table of old configuration ("tool.pyo3-pack",
 * "package.metadata.maturin"; NULL is fine).  Keys that maturin refuses, and all of
 * pyo3-pack, are WF_ERR_REFUSED, each with its line and new home; others are a warning in
 * which `file` names the manifest. */
WF_MUST_USE bool wf_old_settings_check(const struct wf_toml *table, const char *path,
                                       const char *file, const struct wf_say *say,
                                       struct wf_error *err);

#endif
