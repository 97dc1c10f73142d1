/* settings_read.h -- what the files that read pyproject.toml share. */
#ifndef WF_PACK_SETTINGS_READ_H
#define WF_PACK_SETTINGS_READ_H

#include "pack/settings.h"

/* wf_settings_reading is one reading: its texts go into the arena. */
struct wf_settings_reading {
    struct wf_settings *out;
    struct wf_arena *arena;
    const struct wf_say *say;
    struct wf_error *err;
};

/* wf_settings_read takes [tool.maturin] and [tool.wheelpack] (either may be NULL) into
 * `settings`; what neither has gets its default. */
WF_MUST_USE bool wf_settings_read(struct wf_settings *out, struct wf_arena *arena,
                                  const struct wf_toml *maturin,
                                  const struct wf_toml *wheelpack,
                                  const struct wf_say *say, struct wf_error *err);

/* One key each: `path` is its name for messages.  Entries come in the order of the file. */
WF_MUST_USE bool wf_settings_globs(struct wf_settings_reading *r, struct wf_include **out,
                                   size_t *out_num, const struct wf_toml *value,
                                   const char *path, bool is_exclude);
WF_MUST_USE bool wf_settings_targets(struct wf_settings_reading *r,
                                     const struct wf_toml *value, const char *path);
WF_MUST_USE bool wf_settings_features(struct wf_settings_reading *r,
                                      const struct wf_toml *value, const char *path);
WF_MUST_USE bool wf_settings_sbom(struct wf_settings_reading *r,
                                  const struct wf_toml *value, const char *path);

/* wf_settings_choice finds a word in a list; the error names all of them. */
WF_MUST_USE bool wf_settings_choice(size_t *out, const struct wf_toml *value,
                                    const char *path, const char *const *words,
                                    size_t num, struct wf_error *err);

/* wf_settings_warn_unknown says of each key of `table` that is not among `words` that
 * nobody reads it, with the nearest that is read. */
void wf_settings_warn_unknown(const struct wf_settings_reading *r,
                              const struct wf_toml *table, const char *path,
                              const char *const *words, size_t num);

#endif
