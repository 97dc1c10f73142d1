/* text.h -- small questions about C strings: globs, nearest words, order of numbers. */
#ifndef WF_BASE_TEXT_H
#define WF_BASE_TEXT_H

#include "base/arena.h"
#include "base/utf8.h"

bool wf_text_starts_with(const char *text, const char *prefix);
bool wf_text_ends_with(const char *text, const char *suffix);

/* Without regard to the case of ASCII letters, as Windows compares names of DLLs: the order
 * of the texts with small letters, and such a copy. */
int wf_text_compare_nocase(const char *a, const char *b);
char *wf_text_lower(struct wf_arena *arena, const char *text);

/* wf_text_base_name is the part after the last '/', borrowed from `path`. */
const char *wf_text_base_name(const char *path);

/* wf_text_glob matches the whole of `text` as Python's fnmatchcase does: * (also across
 * '/'), ?, [set], [!set]; by characters, where a byte that is not UTF-8 is one.  Linear
 * in text times pattern; never recursive. */
bool wf_text_glob(const char *pattern, const char *text);

/* wf_text_nearest returns the word of `words` closest to `typed` by edits (insert,
 * delete, change, swap of neighbours; the first of equals), or NULL when none is within a
 * third of the length of `typed` (one edit for the shortest words).  Words over 64 bytes
 * are never near. */
const char *wf_text_nearest(const char *typed, const char *const *words, size_t num);

/* wf_text_compare_natural orders runs of digits as numbers: GLIBC_2.5 before GLIBC_2.17.
 * Equal only when the texts are equal.  Usable with qsort through a wrapper. */
int wf_text_compare_natural(const char *a, const char *b);

/* wf_text_decimal reads a whole decimal number; false on anything else or overflow. */
WF_MUST_USE bool wf_text_decimal(uint64_t *out, struct wf_bytes text);

/* A growing list of strings owned by an arena; filled by wf_strings_add it is a sorted
 * set. */
struct wf_strings {
    const char **items;
    size_t num;
    size_t cap;
};

/* wf_strings_append puts `text` (borrowed) at the end. */
void wf_strings_append(struct wf_arena *arena, struct wf_strings *list, const char *text);

/* wf_strings_add inserts `text` (borrowed) unless it is there, keeping byte order.
 * Returns true when it was new.  Each insertion moves what follows: for sets whose size
 * the input decides, append and then sort once. */
bool wf_strings_add(struct wf_arena *arena, struct wf_strings *set, const char *text);

/* wf_strings_sort puts a list in byte order and keeps one of each. */
void wf_strings_sort(struct wf_strings *list);

bool wf_strings_has(const struct wf_strings *set, const char *text); /* any order */

#endif
