/* search_path.h -- lists of folders as dynamic loaders read them: splitting, $TOKENS
 * (ld.so(8) "Dynamic string tokens"), and folders inside a wheel. */
#ifndef WF_RESOLVE_SEARCH_PATH_H
#define WF_RESOLVE_SEARCH_PATH_H

#include "base/text.h"

/* wf_search_path_start begins a walk over the items of a list; NULL for none, as NULL and
 * "" have.  wf_search_path_next takes the next item off *rest; any byte of `separators`
 * ends one, and empty items count: "a::b" and ":a:" have three.  False at the end. */
const char *wf_search_path_start(const char *list);
bool wf_search_path_next(struct wf_bytes *item, const char **rest,
                         const char *separators);

/* wf_tokens says what stands for each token; NULL when it cannot be known. */
struct wf_tokens {
    const char *origin;   /* folder of the object that holds the list */
    const char *lib;      /* "lib/x86_64-linux-gnu" */
    const char *platform; /* "x86_64" */
    bool musl; /* musl's rules: $ORIGIN alone, and any other '$' spoils the list */
};

enum wf_expansion {
    WF_EXPANDED,        /* `text` is what the loader would open */
    WF_EXPANDED_ORIGIN, /* the same, and it starts with the folder of the object */
    WF_NOT_EXPANDED,    /* a token has no value here, or no path can be that long */
};

/* wf_search_path_expand replaces $ORIGIN, $LIB, $PLATFORM and the ${...} forms.  What only
 * resembles a token ("$ORIGINAL", "$HOME") stays as it is, as in glibc.  *text is
 * arena-owned, and untouched when not expanded.  An origin of "" is the top of a wheel:
 * "$ORIGIN/x" is then "x", and "$ORIGIN.libs" has no meaning. */
enum wf_expansion wf_search_path_expand(const char **text, struct wf_arena *arena,
                                        struct wf_bytes item,
                                        const struct wf_tokens *tokens);

/* wf_search_path_in_wheel normalises a path relative to site-packages by its letters alone
 * (a wheel holds no links): no ".", "..", or doubled slash remains, and "" is
 * site-packages itself.  NULL when it climbs above that. */
const char *wf_search_path_in_wheel(struct wf_arena *arena, const char *path);

/* wf_search_path_folder is the folder part of a path: "" for a bare name, "/" for "/x". */
const char *wf_search_path_folder(struct wf_arena *arena, const char *path);

/* wf_search_path_join puts a slash between the two, unless the folder is "" or ends in
 * one. */
const char *wf_search_path_join(struct wf_arena *arena, const char *folder,
                                const char *name);

#endif
