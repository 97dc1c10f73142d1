/* ignore.h -- patterns of .gitignore, and walking a tree by them. */
#ifndef WF_PACK_IGNORE_H
#define WF_PACK_IGNORE_H

#include "base/text.h"
#include "pack/say.h"

/* wf_ignore is a list of patterns (gitignore(5)) that count from one folder on. */
struct wf_ignore;

/* wf_ignore_new parses the text of a file of patterns, or those of `exclude` (each on a
 * line); `base` is the folder they are about, relative to the root of the walk ("" for
 * itself).  A line that can match nothing is left out, as git does. */
struct wf_ignore *wf_ignore_new(struct wf_arena *arena, const char *base,
                                struct wf_bytes text, const struct wf_ignore *parent);
/* wf_ignore_match asks for a path relative to the root: 1 ignored, -1 explicitly let in
 * ("!"), 0 not mentioned.  Later patterns win over earlier ones, nearer files over those
 * above.  It asks about this path alone: what is below an ignored folder is ignored by not
 * entering the folder. */
int wf_ignore_match(const struct wf_ignore *ignore, const char *path, bool is_folder);

struct wf_found_file {
    const char *path;   /* relative to the root, '/' */
    const char *source; /* absolute */
    bool is_executable;
};
/* wf_found_files_sorted is a copy in byte order of the paths. */
struct wf_found_file *wf_found_files_sorted(struct wf_arena *arena,
                                            const struct wf_found_file *files,
                                            size_t num);

struct wf_walk_request {
    const char *root;               /* absolute */
    const struct wf_strings *below; /* absolute folders; only files below one are found */
    /* Rules: .ignore files at or below the root; .gitignore files from the nearest folder
     * with a .git (or .jj) on, but none above the root; user's and repository's own
     * (.git/info/exclude) never.  With `use_outer_rules` those of folders between the .git
     * and the root, too, as in sdists.  `no_rules`: every file. */
    bool no_rules;
    bool use_outer_rules;
    bool skip_hidden; /* names that start with '.', unless a rule lets them in (sdists) */
    /* Links to files are always followed; those to folders with this (a circle is then an
     * error), else a warning names them; one names those that lead to nothing, too. */
    bool follow_folders;
    const struct wf_say *say; /* or NULL */
    uint64_t max_files;       /* 0: limits.members; as many folders are entered */
};
/* wf_walk lists files in byte order of their paths.  Folders that cannot be read are errors
 * below `below`, else skipped; a folder that leads to nothing wanted is not entered. */
WF_MUST_USE bool wf_walk(struct wf_found_file **out, size_t *out_num,
                         struct wf_arena *arena, const struct wf_walk_request *request,
                         struct wf_error *err);

/* wf_glob_files lists the files below `root` that match a glob of `include` (*, ?, [], **;
 * case counts; relative, no ".."), in byte order; links are followed (a circle is an error),
 * hidden files are like others.  A "**" at the end names folders, so it finds nothing.  A
 * pattern that is not relative, or is none at all, is WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_glob_files(struct wf_found_file **out, size_t *out_num,
                               struct wf_arena *arena, const char *root, const char *glob,
                               struct wf_error *err);

#endif
