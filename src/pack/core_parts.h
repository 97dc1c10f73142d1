/* core_parts.h -- metadata being gathered: what the core_*.c files share. */
#ifndef WF_PACK_CORE_PARTS_H
#define WF_PACK_CORE_PARTS_H

#include "pack/core_metadata.h"

/* wf_core is the metadata of one project on its way: first what Cargo.toml says and
 * [project] leaves to it, then [project]. */
struct wf_core {
    struct wf_arena *arena;
    const struct wf_project *project;
    const struct wf_cargo_graph *graph;
    const struct wf_say *say;
    struct wf_strings dynamic;    /* of [project], sorted */
    struct wf_core_metadata *out; /* name, version, extras, requires_dist, licences … */

    /* Fields with one value, or NULL. */
    const char *summary, *keywords, *home_page, *author, *author_email, *maintainer,
        *maintainer_email, *license_expression, *license, *content_type;
    struct wf_strings classifiers;
    struct wf_strings urls; /* "label, url" */
    struct wf_bytes body;
    bool has_body;
    size_t cap_licenses;
};

/* wf_core_takes_cargo: a field is Cargo.toml's to give, because there is no [project] or
 * it lists `key` as dynamic. */
bool wf_core_takes_cargo(const struct wf_core *core, const char *key);

WF_MUST_USE bool wf_core_from_cargo(struct wf_core *core, struct wf_error *err);
WF_MUST_USE bool wf_core_from_project(struct wf_core *core, struct wf_error *err);

/* Parts of [project]; `value` may be NULL. */
WF_MUST_USE bool wf_core_people(struct wf_core *core, const char **names,
                                const char **emails, const struct wf_toml *value,
                                const char *path, struct wf_error *err);
WF_MUST_USE bool wf_core_requirements(struct wf_core *core, const struct wf_toml *project,
                                      struct wf_error *err);
WF_MUST_USE bool wf_core_entries(struct wf_core *core, const struct wf_toml *project,
                                 struct wf_error *err);

/* The readme: of Cargo.toml, found by itself, or named in [project]. */
WF_MUST_USE bool wf_core_cargo_readme(struct wf_core *core, struct wf_error *err);
WF_MUST_USE bool wf_core_readme(struct wf_core *core, const struct wf_toml *value,
                                struct wf_error *err);

WF_MUST_USE bool wf_core_cargo_license(struct wf_core *core, struct wf_error *err);
WF_MUST_USE bool wf_core_license(struct wf_core *core, const struct wf_toml *project,
                                 struct wf_error *err);

/* wf_core_write sets out->metadata to the text of METADATA. */
WF_MUST_USE bool wf_core_write(struct wf_core *core, struct wf_error *err);

/* wf_core_refuse sets WF_ERR_MALFORMED with the line and column of `value` in front. */
bool wf_core_refuse(struct wf_error *err, const struct wf_toml *value, const char *fmt,
                    ...) WF_PRINTF(3, 4);
/* wf_core_is_line: no control character and nothing but UTF-8; a line break in a field
 * would begin the next one. */
bool wf_core_is_line(const char *text);
/* wf_core_line reads a string that must be one line; absent leaves *out as it is. */
WF_MUST_USE bool wf_core_line(const char **out, const struct wf_toml *value,
                              const char *path, struct wf_error *err);
/* wf_core_lines reads an array of such strings. */
WF_MUST_USE bool wf_core_lines(struct wf_strings *out, struct wf_arena *arena,
                               const struct wf_toml *value, const char *path,
                               struct wf_error *err);
/* wf_core_sorted is the members of a table by the bytes of their keys, the order of
 * METADATA and entry_points.txt; NULL-ended.  `value` may be NULL. */
WF_MUST_USE bool wf_core_sorted(const struct wf_toml ***out, struct wf_arena *arena,
                                const struct wf_toml *value, const char *path,
                                struct wf_error *err);
/* wf_core_join is the texts with `joint` between them; NULL without any. */
const char *wf_core_join(struct wf_arena *arena, const struct wf_strings *texts,
                         const char *joint);

/* wf_core_summary is a description as one line: its lines trimmed, with a blank between. */
const char *wf_core_summary(struct wf_arena *arena, const char *text);

/* wf_core_place is the absolute path of `written`, relative to `folder`, with "." and ".."
 * resolved by its letters; NULL when it is absolute, empty, has a backslash or a control
 * character, or leaves `root` (NULL: it may). */
const char *wf_core_place(struct wf_arena *arena, const char *root, const char *folder,
                          const char *written);
/* wf_core_allowed is the folder that readme and licences may not leave: the workspace's
 * when the project is in it, else the project's. */
const char *wf_core_allowed(const struct wf_core *core);

#endif
