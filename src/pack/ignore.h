/* ignore.h -- patterns of .gitignore, and walking a tree by them. */
#ifndef WF_PACK_IGNORE_H
#define WF_PACK_IGNORE_H

#include "base/text.h"

/* wf_ignore is a list of patterns (gitignore(5)) that count from one folder on. */
struct wf_ignore;

/* wf_ignore_new parses the text of a file of patterns, or those of `exclude`; `base` is the
 * folder they are about, relative to the root of the walk ("" for itself). */
struct wf_ignore *wf_ignore_new(struct wf_arena *arena, const char *base,
                                struct wf_bytes text, const struct wf_ignore *parent);
/* wf_ignore_match asks for a path relative to the root: 1 ignored, -1 explicitly let in
 * ("!"), 0 not mentioned.  Later patterns win over earlier ones, nearer files over those
 * above. */
int wf_ignore_match(const struct wf_ignore *ignore, const char *path, bool is_folder);

struct wf_found_file {
    const char *path;   /* relative to the root, '/' */
    const char *source; /* absolute */
    bool is_executable;
};
struct wf_walk_request {
    const char *root;               /* absolute */
    const struct wf_strings *below; /* absolute folders; only files below one are found */
    bool use_gitignore;             /* NULL-safe: decided by wf_walk where a .git is */
    bool skip_hidden;               /* names that start with '.', as in sdists */
    bool use_outer_rules;           /* rules of folders above the root, too */
};
/* wf_walk lists files in byte order of their paths.  Links are followed (a circle is an
 * error); folders that cannot be read are errors below `below`, else skipped; a folder that
 * leads to nothing wanted is not entered.  At most limits.members files. */
WF_MUST_USE bool wf_walk(struct wf_found_file **out, size_t *out_num,
                         struct wf_arena *arena, const struct wf_walk_request *request,
                         struct wf_error *err);

/* wf_glob_files lists the files below `root` that match a glob of `include` (*, ?, [], **;
 * case counts; relative, no "..").  A pattern that is not relative is WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_glob_files(struct wf_found_file **out, size_t *out_num,
                               struct wf_arena *arena, const char *root, const char *glob,
                               struct wf_error *err);

#endif
