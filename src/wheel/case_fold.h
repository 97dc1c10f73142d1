/* case_fold.h -- names as file systems that ignore case compare them. */
#ifndef WF_WHEEL_CASE_FOLD_H
#define WF_WHEEL_CASE_FOLD_H

#include "base/text.h"

/* wf_case_fold is the simple case folding of one code point (Unicode 14; one to one, so
 * "ß" stays itself). */
uint32_t wf_case_fold(uint32_t code_point);

/* wf_case_fold_hash is a number equal for names that differ only in case, and
 * wf_case_fold_compare orders valid UTF-8 names by their folded characters; 0 when they
 * differ in nothing else. */
uint64_t wf_case_fold_hash(struct wf_bytes name);
int wf_case_fold_compare(struct wf_bytes a, struct wf_bytes b);

#endif
