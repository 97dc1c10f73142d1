/* pep440_scan.h -- reading a version or a clause where it stands in a longer text, for the
 * parsers of versions, specifiers and requirements. */
#ifndef WF_WHEEL_PEP440_SCAN_H
#define WF_WHEEL_PEP440_SCAN_H

#include "wheel/pep440.h"

/* wf_version_scan reads the longest version that `text` starts with and returns where it
 * ends; NULL when there is none. */
const char *wf_version_scan(struct wf_version *out, struct wf_arena *arena,
                            const char *text);

/* wf_specifier_scan reads one clause at *at and moves *at behind it.  On failure *at is
 * where reading stopped and *expected says what had to stand there. */
WF_MUST_USE bool wf_specifier_scan(struct wf_specifier *out, struct wf_arena *arena,
                                   const char **at, const char **expected);

/* wf_specifier_append puts a clause at the end of a list. */
void wf_specifier_append(struct wf_arena *arena, struct wf_specifiers *list,
                         const struct wf_specifier *specifier);

/* wf_scan_blanks is the first character behind spaces and tabs. */
const char *wf_scan_blanks(const char *at);

/* wf_scan_error sets WF_ERR_MALFORMED: the column of `at` in `text` (in characters, from
 * 1), what was expected, and what stands there.  Returns false. */
bool wf_scan_error(struct wf_error *err, const char *text, const char *at,
                   const char *expected);

/* wf_scan_plain refuses what no version or requirement may hold: control characters (a line
 * break would begin a field of its own in METADATA) and bytes that are not UTF-8. */
WF_MUST_USE bool wf_scan_plain(const char *text, struct wf_error *err);

#endif
